"""What clocks do occurs in the draws, by counting them and not by luck.

What events do to each other is counted in `test_strategies`; here stand the changes of the clock,
and the list of all that must occur in one draw of a hundred.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from testing.test_strategies import FEATURES
from worklog_core import History, Interval, WorkingCalendar, WorklogRules
from worklog_core.testing.strategies import (
    histories,
    instants,
    intervals,
    time_zones,
    working_calendars,
    worklog_rules,
)

DRAWS = 1500
QUARTER = timedelta(minutes=15)

COUNTED_BESIDE = {
    "an edit at a cut",
    "an edit at the end of a session",
    "a lone ping",
    "two edits at one instant",
    "two statuses at one instant",
    "seven tickets at once",
    "a repost over a status change",
    "an excluded ticket on screen",
    "a tail over two midnights",
}


def test_what_events_do_to_each_other_is_counted_beside() -> None:
    assert set(FEATURES) >= COUNTED_BESIDE


def offsets(zone: tzinfo, start: datetime, end: datetime) -> Iterator[timedelta]:
    """Yield the zone's offsets from UTC from a start to an end, both included."""
    at = start
    while at < end:
        yield at.astimezone(zone).utcoffset() or timedelta()
        at += QUARTER
    yield end.astimezone(zone).utcoffset() or timedelta()


def jumps(zone: tzinfo, start: datetime, end: datetime) -> set[timedelta]:
    """Return by how much the clock jumps from a start to an end."""
    found = list(offsets(zone, start, min(end, start + timedelta(days=5))))
    return {after - before for before, after in pairwise(found)}


def a_gap(zone: tzinfo, start: datetime, end: datetime) -> bool:
    return any(timedelta() < jump < timedelta(hours=12) for jump in jumps(zone, start, end))


def a_fold(zone: tzinfo, start: datetime, end: datetime) -> bool:
    return any(jump < timedelta() for jump in jumps(zone, start, end))


def a_skipped_day(zone: tzinfo, start: datetime, end: datetime) -> bool:
    return any(jump >= timedelta(hours=24) for jump in jumps(zone, start, end))


CHANGES = {"a gap": a_gap, "a fold": a_fold, "a skipped day": a_skipped_day}


def is_ambiguous(at: datetime, zone: tzinfo) -> bool:
    wall = at.astimezone(zone).replace(tzinfo=None)
    earlier, later = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return earlier.utcoffset() != later.utcoffset()


def screens(drawn: tuple[WorklogRules, History]) -> list[tuple[tzinfo, datetime, datetime]]:
    rules, history = drawn
    return [(rules.time_zone, session.start, session.end) for session in history.sessions]


def days_of(calendar: WorkingCalendar) -> list[tuple[tzinfo, datetime, datetime]]:
    """Return the dates on which a calendar differs, with the evening before."""
    breaks = calendar.breaks if isinstance(calendar.breaks, dict | type(calendar.shifts)) else {}
    dates = {*calendar.shifts, *breaks, *getattr(calendar.holidays, "__iter__", tuple)()}
    starts = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in dates]
    return [(calendar.time_zone, at - 4 * QUARTER * 15, at + timedelta(days=1)) for at in starts]


def near(drawn: tuple[tzinfo, datetime]) -> list[tuple[tzinfo, datetime, datetime]]:
    zone, at = drawn
    return [(zone, at - timedelta(hours=1), at + timedelta(hours=1))]


def over(drawn: tuple[tzinfo, Interval]) -> list[tuple[tzinfo, datetime, datetime]]:
    zone, interval = drawn
    return [(zone, interval.start, interval.end)]


Spans = Callable[[Any], list[tuple[tzinfo, datetime, datetime]]]

DRAWN: dict[str, tuple[st.SearchStrategy[Any], Spans]] = {
    "histories of rules": (
        worklog_rules().flatmap(
            lambda rules: st.tuples(st.just(rules), histories(rules=rules, max_scenes=4))
        ),
        screens,
    ),
    "instants of a zone": (
        time_zones().flatmap(lambda zone: st.tuples(st.just(zone), instants(zone))),
        near,
    ),
    "intervals of instants of a zone": (
        time_zones().flatmap(lambda zone: st.tuples(st.just(zone), intervals(instants(zone)))),
        over,
    ),
    "working calendars": (working_calendars(), days_of),
}


@cache
def counted(name: str) -> Counter[str]:
    strategy, spans = DRAWN[name]
    found: Counter[str] = Counter()

    @settings(
        max_examples=DRAWS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def count(drawn: Any) -> None:
        told = spans(drawn)
        found.update(change for change, holds in CHANGES.items() if any(holds(*s) for s in told))
        found["an instant that reads like another"] += any(
            is_ambiguous(at, zone) for zone, *ends in told for at in ends
        )

    count()
    return found


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", DRAWN)
def test_one_draw_in_a_hundred_meets_a_change_of_the_clock(name: str, change: str) -> None:
    assert counted(name)[change] >= DRAWS // 100


@pytest.mark.parametrize("name", ["histories of rules", "intervals of instants of a zone"])
def test_one_draw_in_a_hundred_has_an_instant_that_reads_like_another(name: str) -> None:
    assert counted(name)["an instant that reads like another"] >= DRAWS // 100
