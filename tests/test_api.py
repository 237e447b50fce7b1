"""The public interface: what is handed on is what the snapshot says, and it is documented."""

import inspect
from importlib import import_module
from typing import Any

import pytest

import api_snapshot
import worklog_core

NAMES = [
    pytest.param(room, name, id=f"{room}.{name}")
    for room, names in vars(worklog_core)["_ROOMS"].items()
    for name in names.split()
]


def test_the_interface_is_what_the_snapshot_says() -> None:
    assert [*api_snapshot.lines()] == api_snapshot.SNAPSHOT.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("room", "name"), NAMES)
def test_a_public_name_says_what_it_is(room: str, name: str) -> None:
    value: Any = getattr(import_module(room), name)
    if inspect.isclass(value) or inspect.isroutine(value):
        said = inspect.getdoc(value)
        assert said, f"{name} has no docstring"
        assert said.splitlines()[0].endswith((".", ":")), said.splitlines()[0]


def test_everything_at_the_front_door_comes_from_one_room() -> None:
    names = [name for names in vars(worklog_core)["_ROOMS"].values() for name in names.split()]
    assert len(names) == len(set(names))
