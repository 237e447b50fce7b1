"""The cases that stand beside the checkout: facts about working time, and what was decided."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from worklog_core.calendars import DayHours, WeeklyHours, WorkingCalendar

CASES = Path(__file__).parents[2].parent / "shared" / "cases"
FILES = ("calendar.json", "calendar-decided.json")

# The window starts at 00:30 of a night that shows it twice, and an ambiguous end is its first
# occurrence (rule 1, as in dst-berlin-020): 3.5 h and 2.5 h. The case says 5 h, which neither the
# ends resolved once (6 h) nor stepping through the wall clock (5.5 h) gives.
CONTRADICTS_THE_RULE = {"dst-havana-005": timedelta(hours=6)}


def windows(written: list[list[str]]) -> str:
    return ",".join(f"{start}-{end}" for start, end in written)


def calendar_of(case: dict[str, Any]) -> WorkingCalendar:
    weekly = "; ".join(f"{day} {windows(hours)}" for day, hours in case["weekly"].items() if hours)
    return WorkingCalendar(
        WeeklyHours.parse(weekly),
        time_zone=ZoneInfo(case["tz"]),
        shifts={
            date.fromisoformat(day): DayHours.parse(windows(hours))
            for day, hours in case["exceptions"].items()
        },
        holidays={date.fromisoformat(day) for day in case["holidays"]},
    )


def cases() -> Iterator[Any]:
    for name in FILES:
        path = CASES / name
        if not path.is_file():
            reason = f"{name} stands beside the checkout, and is not there"
            yield pytest.param({}, id=name, marks=pytest.mark.skip(reason=reason))
            continue
        for case in json.loads(path.read_text(encoding="utf-8")):
            if case["id"] in CONTRADICTS_THE_RULE:
                mark = pytest.mark.xfail(strict=True, reason="the case contradicts rule 1")
                yield pytest.param(case, id=case["id"], marks=mark)
                corrected = case | {"expect": CONTRADICTS_THE_RULE[case["id"]].total_seconds()}
                yield pytest.param(corrected, id=f"{case['id']}-by-the-rule")
                continue
            yield pytest.param(case, id=case["id"])


@pytest.mark.rule("E-46", "AMB-8")
@pytest.mark.parametrize("case", list(cases()))
def test_a_calendar_answers_the_shared_cases(case: dict[str, Any]) -> None:
    calendar = calendar_of(case)
    args = case["args"]
    at = datetime.fromisoformat(args.get("at", args.get("start")))
    match case["op"]:
        case "between":
            end = datetime.fromisoformat(args["end"])
            assert calendar.working_time(at, end) == timedelta(seconds=case["expect"])
        case "add":
            answer = calendar.advance(at, timedelta(seconds=args["seconds"]))
            assert answer == datetime.fromisoformat(case["expect"])
        case "next_open":
            assert calendar.next_opening(at) == datetime.fromisoformat(case["expect"])
        case "is_open":
            assert calendar.is_open(at) is case["expect"]
        case other:
            pytest.fail(f"no such operation: {other}")
