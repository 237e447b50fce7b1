"""Hypothesis draws the library's values by their type, once both are installed, and not before."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

import worklog_core
from worklog_core import (
    CaseRules,
    DayHours,
    History,
    Interval,
    IntervalSet,
    WeeklyHours,
    WorkingCalendar,
    WorklogRules,
)
from worklog_core.testing import _hypothesis

SOURCE = Path(worklog_core.__file__).parents[1]
PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
TYPES = (
    *(CaseRules, DayHours, History, Interval, IntervalSet, WeeklyHours, WorkingCalendar),
    WorklogRules,
)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder that stands for an installation, with the entry points of the project."""
    points = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["entry-points"]
    info = tmp_path / "an_installed_worklog_core-0.dist-info"
    info.mkdir()
    lines = [f"[{group}]" for group in points]
    lines += [f"{name} = {target}" for name, target in points["hypothesis"].items()]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    (info / "METADATA").write_text(
        "Name: an-installed-worklog-core\nVersion: 0\n", encoding="utf-8"
    )
    return tmp_path


def said(code: str, *places: Path) -> str:
    path = os.pathsep.join(map(str, places))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


FROM_TYPE = """
from hypothesis import Phase, find, settings, strategies as st
import worklog_core
briefly = settings(database=None, max_examples=3, phases=[Phase.generate])
for name in {names}:
    drawn = find(st.from_type(getattr(worklog_core, name)), lambda _: True, settings=briefly)
    print(type(drawn).__name__)
"""


def test_a_value_is_drawn_by_its_type_once_it_is_installed(installed: Path) -> None:
    names = [each.__name__ for each in TYPES]
    assert said(FROM_TYPE.format(names=names), installed, SOURCE).split() == names


@pytest.mark.parametrize(
    "first", ["intervals", "calendars", "histories", "rules", "instants", "scenes", "pool"]
)
def test_it_does_not_matter_whether_a_strategy_or_hypothesis_is_imported_first(
    first: str, installed: Path
) -> None:
    code = f"import worklog_core.testing.strategies.{first}; from hypothesis import given"
    assert not said(code, installed, SOURCE)


def test_the_entry_point_is_the_function_that_registers() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    (target,) = project["project"]["entry-points"]["hypothesis"].values()
    assert target == f"{_hypothesis.__name__}:{_hypothesis.register.__name__}"


@pytest.mark.parametrize("module", ["worklog_core", "worklog_core.testing._hypothesis"])
def test_importing_it_does_not_import_hypothesis(module: str) -> None:
    code = f"import sys, {module}; print('hypothesis' in sys.modules)"
    assert said(code, SOURCE) == "False"


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_registered_draws_values_of_the_type(kind: type[object]) -> None:
    _hypothesis.register()
    briefly = settings(database=None, max_examples=3, phases=[Phase.generate])
    assert type(find(st.from_type(kind), lambda _: True, settings=briefly)) is kind
