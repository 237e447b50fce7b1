"""The example of due dates over Easter prints what it promises."""

import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sla_with_holidays.py"


@pytest.mark.rule("P-E9", "P-E10")
def test_the_example_prints_its_due_dates(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    for line in [
        "VIP          Thu 02 Apr 17:30",
        "blocking     Tue 07 Apr 11:00",
        "mail         Tue 07 Apr 15:30",
        "letter       Mon 13 Apr 15:30",
        "complaint    Fri 10 Apr 15:30",
        "due not while it is paused; paused, 3:00:00 left",
        "at 80% of the target: Tue 03 Mar 12:42",
        "closed Tue 03 Mar 14:30: breached, 1:00:00 late",
        "seven hours are used up Sun 29 Mar 06:00, eight Sat 04 Apr 23:00",
    ]:
        assert line in lines
    assert [line.split()[-1] for line in lines if line.startswith("together")] == [
        "4:00:00",
        "5:00:00",
        "7:00:00",
    ]
