"""The front door: what `worklog_core` hands on, and that it loads it only when asked."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import worklog_core

STUB = Path(worklog_core.__file__).with_name("__init__.pyi")
AT_ONCE = {"worklog_core._version": {"__version__"}, "worklog_core.apportion": {"apportion"}}
FOLDERS = set(vars(worklog_core)["_FOLDERS"])
HANDED = vars(worklog_core)["__all__"]
ROOMS = {room: set(names.split()) for room, names in vars(worklog_core)["_ROOMS"].items()}


def handed_to_type_checkers() -> dict[str, set[str]]:
    handed: dict[str, set[str]] = {}
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        assert isinstance(node, ast.ImportFrom), "the stub hands names on and defines nothing"
        # Only `x as x` hands a name on.
        names = {alias.asname for alias in node.names if alias.asname == alias.name}
        handed.setdefault(str(node.module), set()).update(filter(None, names))
    return handed


def test_type_checkers_and_programs_are_handed_the_same_names() -> None:
    assert handed_to_type_checkers() == ROOMS | AT_ONCE | {"worklog_core": FOLDERS}
    assert set(HANDED) == set().union(*ROOMS.values(), *AT_ONCE.values())


@pytest.mark.parametrize("folder", sorted(vars(worklog_core)["_FOLDERS"]))
def test_a_folder_is_loaded_when_it_is_asked_for(folder: str) -> None:
    asked = f"import worklog_core; print(worklog_core.{folder}.__name__)"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout == f"worklog_core.{folder}\n"
    load = vars(worklog_core)["__getattr__"]
    assert load(folder) is import_module(f"worklog_core.{folder}")


def test_what_a_room_hands_on_the_front_door_hands_on() -> None:
    for room, names in ROOMS.items():
        kept = {"describe", "paired_texts", "similarity_of"}  # for those who write rooms
        assert names == set(import_module(room).__all__) - kept


@pytest.mark.parametrize("name", sorted(set().union(*ROOMS.values())))
def test_a_name_is_that_of_its_room(name: str) -> None:
    room = next(room for room, names in ROOMS.items() if name in names)
    assert getattr(worklog_core, name) is getattr(import_module(room), name)


def test_the_door_lists_what_it_hands_on_and_refuses_the_rest() -> None:
    assert dir(worklog_core) == sorted(HANDED)
    with pytest.raises(
        AttributeError, match=r"^module 'worklog_core' has no attribute 'Worklogs'$"
    ):
        worklog_core.Worklogs  # type: ignore[attr-defined]  # noqa: B018  # asking is the point


def test_a_room_that_is_not_asked_for_is_not_loaded() -> None:
    asked = "import sys, worklog_core; worklog_core.Interval; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "worklog_core.intervals" in loaded
    assert loaded.isdisjoint({"worklog_core.worklog.build", "rapidfuzz", "dateutil", "hypothesis"})
