"""The example of a dispute says what it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import worklog_core

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "dispute.py"


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


def test_the_account_shows_where_the_time_went(printed: str) -> None:
    assert printed.startswith("Reported: 0:21:00. Meike claims 0:35:00.\n")
    assert "09:00:00 - 09:40:00  0:20:00  1/2 of it, beside T-2; until the first edit" in printed
    assert "09:00:00 - 09:40:00  0:20:00  1/2 davon, neben T-2" in printed


def test_no_rule_makes_the_difference(printed: str) -> None:
    assert "  heartbeat_ttl: 0:00:00\n  divide_over: 0:21:00\n" in printed


def test_a_late_event_settles_it(printed: str) -> None:
    assert "  duration: 0:21:00 -> 0:35:00\n  after_work: 0:01:00 -> 0:02:00\n" in printed
    assert "told by screen-17, known at 2026-03-31" in printed
    assert "    09:14:00 - 09:40:00  all of it, for nothing else was open\n" in printed


@pytest.mark.rule("AMB-24", "AMB-25")
def test_the_closed_month_stays_what_it_was(printed: str) -> None:
    assert printed.endswith(
        "The month as it was closed: 0:21:00.\n"
        "The difference to now: 0:14:00.\n"
        "Built anew, it is the same to the last digit: True.\n"
    )
