"""The rules of the house hold in every room, and each of them can fail."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest

import house_rules as rules
import worklog_core

ROOT = Path(__file__).resolve().parents[1]
# Where the library is read from: this checkout, or an installation of what was built from it.
SOURCE = Path(worklog_core.__file__).parent
TESTS = ROOT / "tests"

DOWN = rules.imports_that_do_not_point_down
HASHES = rules.hashes_that_differ_between_processes
Check = Callable[[str, ast.Module], Iterable[str]]

OF_A_ROOM: list[Check] = [
    rules.calls_of_the_world,
    rules.hashes_that_differ_between_processes,
    rules.imports_below_the_top,
    rules.imports_from_outside,
    rules.imports_that_do_not_point_down,
    rules.messages_of_another_shape,
    rules.names_that_say_nothing,
    rules.packages_that_define,
    rules.rooms_not_in_the_order,
    rules.rooms_without_a_header,
]


def room_at(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


ROOMS = {room_at(path): path for path in sorted(SOURCE.rglob("*.py"))}
FILES = sorted([*SOURCE.rglob("*.py"), *TESTS.rglob("*.py")])


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE.parent if path.is_relative_to(SOURCE) else ROOT).as_posix()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room or rules.PACKAGE)
@pytest.mark.parametrize("check", OF_A_ROOM, ids=lambda check: check.__name__)
def test_a_room_keeps_the_rules(check: Check, room: str) -> None:
    faults = list(check(room, ast.parse(ROOMS[room].read_text(encoding="utf-8"))))
    assert not faults, "\n".join(f"{name_of(ROOMS[room])}:{fault}" for fault in faults)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room or rules.PACKAGE)
def test_a_room_has_one_subject(room: str) -> None:
    assert not list(rules.too_many_lines(ROOMS[room].read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_tool_is_silenced_without_a_reason(path: Path) -> None:
    faults = list(rules.silenced_without_a_reason(path.read_text(encoding="utf-8")))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=name_of)
def test_a_test_says_which_message_it_expects(path: Path) -> None:
    faults = list(rules.raises_without_a_match("", ast.parse(path.read_text(encoding="utf-8"))))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("check", "room", "source"),
    [
        (DOWN, "errors", "from worklog_core.door import check_id"),
        (DOWN, "errors", "from worklog_core import door"),
        (DOWN, "errors", "import worklog_core.door"),
        (DOWN, "errors", "from worklog_core.errors import describe"),
        (DOWN, "sla.clock", "from worklog_core import Interval"),
        (DOWN, "sla.clock", "import worklog_core"),
        (DOWN, "sla.clock", "from worklog_core.sla import targets"),
        (DOWN, "sla.targets", "from worklog_core.sla import A"),
        (DOWN, "sla.clock", "from worklog_core.events import A"),
        (DOWN, "sla.clock", "from . import targets"),
        (DOWN, "sla.clock", "from .targets import A"),
        (DOWN, "sla.clock", "def f():\n from worklog_core.tickets import A"),
        (DOWN, "sla", "from worklog_core.calendars.days import A"),
        (DOWN, "sla.clock", "from worklog_core.nowhere import A"),
        (rules.imports_below_the_top, "door", "def f():\n import re"),
        (rules.imports_below_the_top, "door", "def f():\n from worklog_core import errors"),
        (rules.imports_below_the_top, "door", "if True:\n import re"),
        (rules.imports_below_the_top, "door", "A = 1\nimport re"),
        (rules.imports_from_outside, "door", "import os"),
        (rules.imports_from_outside, "door", "import os.path"),
        (rules.imports_from_outside, "door", "from time import time"),
        (rules.imports_from_outside, "door", "import random"),
        (rules.imports_from_outside, "door", "import warnings"),
        (rules.imports_from_outside, "door", "from zoneinfo import ZoneInfo"),
        (rules.imports_from_outside, "door", "from dateutil import tz"),
        (rules.imports_from_outside, "door", "from dateutil.tz import gettz"),
        (rules.imports_from_outside, "door", "import numpy as np"),
        (rules.imports_from_outside, "columnar.frames", "import pandas"),
        (rules.imports_from_outside, "worklog.build", "def f():\n import numpy"),
        (rules.calls_of_the_world, "door", "datetime.now(UTC)"),
        (rules.calls_of_the_world, "door", "date.today()"),
        (rules.calls_of_the_world, "door", "datetime.utcnow()"),
        (rules.calls_of_the_world, "door", "datetime.fromtimestamp(0, UTC)"),
        (rules.calls_of_the_world, "door", "open('x')"),
        (rules.calls_of_the_world, "door", "path.read_text()"),
        (rules.calls_of_the_world, "door", "print(1)"),
        (rules.calls_of_the_world, "door", "at.astimezone()"),
        (rules.calls_of_the_world, "door", "at.timestamp()"),
        (rules.calls_of_the_world, "worklog.build", "duration.total_seconds()"),
        (HASHES, "door", "def bucket(user): return hash(user) % 8"),
        (HASHES, "door", "sorted(ids, key=hash)"),
        (rules.messages_of_another_shape, "door", "raise WorklogError('Ids must be given.')"),
        (rules.messages_of_another_shape, "door", "raise WorklogError('ids must be given')"),
        (rules.messages_of_another_shape, "door", "raise RangeError(f'the end: {at!r}. Or')"),
        (rules.messages_of_another_shape, "door", "errors.WorklogError(f'The {end} holds.')"),
        (rules.messages_of_another_shape, "door", "refuse(i, a, v, 'be 1', 'pass 1.')"),
        (rules.messages_of_another_shape, "door", "refuse(i, a, v, 'be 1', f'Pass {one} here')"),
        (rules.names_that_say_nothing, "worklog.utils", ""),
        (rules.names_that_say_nothing, "helpers", ""),
        (rules.packages_that_define, "sla", "'''Doc.'''\ndef f(): ..."),
        (rules.packages_that_define, "", "'''Doc.'''\nVERSION = 1"),
        (rules.packages_that_define, "sla", "'Doc.'\nif True:\n from a import b"),
        (rules.rooms_not_in_the_order, "worklog.cellar", ""),
        (rules.rooms_not_in_the_order, "cellar", ""),
        (rules.rooms_without_a_header, "door", "__all__ = []"),
        (rules.rooms_without_a_header, "door", "'''Doc.'''"),
        (rules.rooms_without_a_header, "door", "'''Doc.'''\n__all__ = []\ndef f(): ..."),
        (rules.rooms_without_a_header, "sla", "'''Doc.'''"),
        (rules.raises_without_a_match, "", "with pytest.raises(ValueError): f()"),
    ],
)  # fmt: skip
def test_each_rule_finds_what_breaks_it(check: Check, room: str, source: str) -> None:
    assert list(check(room, ast.parse(source)))


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("sla.targets", "from worklog_core.sla.clock import A"),
        ("sla.targets", "from worklog_core.sla import clock"),
        ("sla.targets", "from worklog_core import door, errors"),
        ("sla.targets", "from worklog_core.calendars import A"),
        ("sla.targets", "from worklog_core.calendars.days import A"),
        ("columnar.frames", "import numpy as np"),
        ("columnar.frames", "def _f():\n import pyarrow as pa"),
        ("testing.strategies", "from hypothesis import strategies\nfrom zoneinfo import ZoneInfo"),
        ("door", "import attrs\nfrom dateutil.rrule import rrulestr"),
        ("door", "at.astimezone(zone)"),
        ("door", "import re\nre.compile('a')"),
        ("door", "class _A:\n def __hash__(self): return hash(self.a)"),
        ("door", "raise WorklogError('Class.field must hold: found 1. Do that.')"),
        ("door", "raise WorklogError(f'{field} must hold: found {value}. {way_out}', field=field)"),
        ("door", "raise WorklogError(message)"),
        ("door", "refuse(i, a, v, must, 'Pass 1.')"),
        ("exports.enneo", "duration.total_seconds()"),
    ],
)
def test_no_rule_finds_fault_with_what_keeps_it(room: str, source: str) -> None:
    headed = ast.parse(f'"""Doc."""\n{source}\n__all__ = []')
    assert not [fault for check in OF_A_ROOM for fault in check(room, headed)]


def test_a_package_may_hand_on_what_stands_in_it() -> None:
    tree = ast.parse('"""Doc."""\nfrom worklog_core.sla.clock import A as A\n__all__ = ["A"]')
    for room in ("sla", ""):
        assert not [fault for check in OF_A_ROOM for fault in check(room, tree)]


def test_a_file_of_more_than_400_lines_is_found() -> None:
    assert list(rules.too_many_lines("x = 1\n" * 401))
    assert not list(rules.too_many_lines("x = 1\n\n" * 400))


@pytest.mark.parametrize(
    "silencer", ["# type: ignore", "# type: ignore[misc]", "# noqa: S101", "# pragma: no cover"]
)
def test_a_silenced_tool_needs_a_reason(silencer: str) -> None:
    assert list(rules.silenced_without_a_reason(f"x = 1  {silencer}\n"))
    assert not list(rules.silenced_without_a_reason(f"x = 1  {silencer}  # attrs does that\n"))
    assert not list(rules.silenced_without_a_reason(f"x = '{silencer}'\n"))


def test_there_are_rooms_to_keep_them() -> None:
    assert ROOMS.keys() > set(rules.ORDER)


def test_the_order_names_every_room_once() -> None:
    assert len(set(rules.ORDER)) == len(rules.ORDER)
    folders = [rules.folder(room) for room in rules.ORDER]
    assert len(set(folders)) == 1 + sum(before != after for before, after in pairwise(folders)), (
        "the rooms of a folder stand together"
    )


def test_importing_the_library_brings_in_no_extra() -> None:
    ask = f"import sys, {rules.PACKAGE}; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", ask], capture_output=True, text=True, check=True
    )
    loaded = {module.partition(".")[0] for module in answer.stdout.split()}
    assert rules.PACKAGE in loaded
    assert not loaded & {*rules.OPTIONAL, "duckdb", "holidays", "pandas", "polars", "pyspark"}
