"""The front door: what `worklog_core` hands on, and that it loads it only when asked."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import worklog_core

DOOR = Path(worklog_core.__file__)
AT_ONCE = {"__version__", "apportion"}
ROOMS = {room: set(names) for room, names in vars(worklog_core)["_ROOMS"].items()}


def handed_to_type_checkers() -> dict[str, set[str]]:
    tree = ast.parse(DOOR.read_text(encoding="utf-8"))
    for_types = next(node for node in tree.body if isinstance(node, ast.If))
    return {
        str(node.module): {alias.name for alias in node.names}
        for node in for_types.body
        if isinstance(node, ast.ImportFrom)
    }


def test_type_checkers_and_programs_are_handed_the_same_names() -> None:
    assert handed_to_type_checkers() == ROOMS
    assert set(worklog_core.__all__) == AT_ONCE.union(*ROOMS.values())


@pytest.mark.parametrize("name", sorted(set(worklog_core.__all__) - AT_ONCE))
def test_a_name_is_that_of_its_room(name: str) -> None:
    room = next(room for room, names in ROOMS.items() if name in names)
    assert getattr(worklog_core, name) is getattr(import_module(room), name)


def test_the_door_lists_what_it_hands_on_and_refuses_the_rest() -> None:
    assert dir(worklog_core) == sorted(worklog_core.__all__)
    with pytest.raises(
        AttributeError, match=r"^module 'worklog_core' has no attribute 'Worklogs'$"
    ):
        worklog_core.Worklogs  # noqa: B018  # asking is the point


def test_a_room_that_is_not_asked_for_is_not_loaded() -> None:
    asked = "import sys, worklog_core; worklog_core.Interval; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "worklog_core.intervals" in loaded
    assert loaded.isdisjoint({"worklog_core.worklog.build", "rapidfuzz", "dateutil", "hypothesis"})
