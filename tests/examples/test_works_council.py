"""The example for the works council says what it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import worklog_core

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "works_council.py"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLE],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env={**os.environ, "PYTHONPATH": str(Path(worklog_core.__file__).parents[1])},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def part(printed: str, headline: str) -> str:
    _, _, after = printed.partition(f"\n{headline}")
    return after.partition("\n\n")[0]


@pytest.mark.rule("E-28", "E-29", "E-30")
def test_it_shows_the_same_rows_at_three_levels(printed: str) -> None:
    real = part(printed, "real: some rows")
    strict = part(printed, "pseudonymous, strict: some rows")
    anonymous = part(printed, "anonymous: some rows")
    assert "Lena Nachtigal" in real
    assert "['Night']" in real
    assert "540 rows under 14 names" in strict
    assert "540 rows under 1 names" in anonymous
    for hidden in (strict, anonymous):
        assert "Night" not in hidden
        assert "u-13" not in hidden


def test_it_withholds_the_team_of_one_and_another(printed: str) -> None:
    account = part(printed, "anonymous: the account")
    assert "teams: 1 groups of too few people, 1 more so that none is found by" in account
    assert "withheld in 280 rows" in account


def test_it_searches_for_names_and_ids(printed: str) -> None:
    assert "Searched for 26 names and ids in the anonymous export: none is there." in printed


def test_rounded_times_leave_fewer_rows_alone(printed: str) -> None:
    lines = [line for line in printed.splitlines() if "rows alone" in line]
    alone = [int(line.split(":")[1].split()[0]) for line in lines]
    assert alone == [520, 230, 47, 2]
    assert lines[0].endswith("sum off by +0 s")


def test_a_junior_renames_nobody_and_a_month_everybody(printed: str) -> None:
    assert "Renamed when a junior joins: 0 of 13" in printed
    assert "Renamed in another month: 13 of 13" in printed


def test_too_few_people_are_refused(printed: str) -> None:
    assert "at least k = 20 people in it: found 13" in printed
