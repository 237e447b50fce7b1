"""The same calendars in workclock, a Rust library with another way of computing them.

It has no shifts and no breaks by date, cuts nights at midnight, and resolves the ends of windows
once, as this library does. A day that the zone skipped differs on purpose: it has no hours here,
and workclock moves them onto the next day.
"""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import workclock
from hypothesis import assume, given
from hypothesis import strategies as st

from worklog_core.calendars import WeeklyHours, WorkingCalendar
from worklog_core.errors import NoWorkingTimeError
from worklog_core.testing.strategies import weekly_hours

CHANGES = [
    ("UTC", "2026-03-04T00:00:00"),
    ("Europe/Berlin", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2026-10-25T01:00:00"),
    ("America/New_York", "2026-11-01T06:00:00"),
    ("America/Goose_Bay", "2010-11-07T03:01:00"),
    ("America/Sao_Paulo", "2015-10-18T03:00:00"),
    ("America/Sao_Paulo", "2015-02-22T02:00:00"),
    ("America/Havana", "2026-11-01T05:00:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00"),
    ("Antarctica/Troll", "2026-03-29T01:00:00"),
    ("Europe/Dublin", "2026-10-25T01:00:00"),
]
DAY_US = 24 * 60 * 60 * 1_000_000
REACH = timedelta(days=6)


def time_of(microseconds: int) -> time:
    return (datetime.min + timedelta(microseconds=microseconds % DAY_US)).time()


def rules(kind: type[workclock.WorkDay] | type[workclock.Break], hours: WeeklyHours) -> list[Any]:
    found: list[Any] = []
    for weekday, day in enumerate(hours.days):
        for start, end in day.windows:
            cuts = [start, end] if end - start <= DAY_US else [start, DAY_US, end]
            for since, until in pairwise(cuts):
                on = [(weekday + since // DAY_US) % 7]
                found.append(kind(time_of(since), time_of(until), on))
    return found


@st.composite
def pairs(draw: st.DrawFn) -> tuple[WorkingCalendar, workclock.Schedule, list[datetime]]:
    name, at = draw(st.sampled_from(CHANGES))
    change = datetime.fromisoformat(at).replace(tzinfo=UTC)
    zone = ZoneInfo(name)
    hours, breaks = draw(weekly_hours()), draw(st.just(WeeklyHours()) | weekly_hours())
    # So that a few days of work end within a few years.
    assume(sum(b - a for day in (hours - breaks).days for a, b in day.windows) >= DAY_US // 24)
    near = [change.astimezone(zone).date() + timedelta(days=step) for step in range(-3, 4)]
    holidays = draw(st.frozensets(st.sampled_from(near), max_size=3))
    calendar = WorkingCalendar(hours, time_zone=zone, breaks=breaks, holidays=holidays)
    schedule = workclock.Schedule(
        [
            *rules(workclock.WorkDay, hours),
            *rules(workclock.Break, breaks),
            workclock.Holidays(sorted(holidays)),
        ],
        time_zone=zone,
    )
    instant = st.timedeltas(-REACH, REACH).map(lambda step: change + step)
    return calendar, schedule, [draw(instant), draw(instant)]


@given(pairs(), st.timedeltas(timedelta(), timedelta(days=4)))
def test_workclock_agrees(
    pair: tuple[WorkingCalendar, workclock.Schedule, list[datetime]], work: timedelta
) -> None:
    calendar, schedule, (start, end) = pair
    assert calendar.working_time(start, end) == schedule.between(start, end)
    try:
        due, since = schedule.add(start, work), schedule.add(start, -work)
    except workclock.NoWorkingTimeError:
        with pytest.raises(NoWorkingTimeError, match=r"^a calendar must open within 30 years"):
            calendar.advance(start, work)
        return
    assert calendar.advance(start, work) == due
    assert calendar.advance(start, -work) == since
    assert calendar.next_opening(start) == max(start, schedule.next_period(start)[0])


def test_workclock_moves_the_hours_of_a_skipped_day_and_this_library_does_not() -> None:
    # Apia had no 30 December 2011. The case dst-apia-004 decides for 24 hours.
    zone = ZoneInfo("Pacific/Apia")
    weekdays = WeeklyHours.parse("Mon-Fri 09:00-17:00")
    calendar = WorkingCalendar(weekdays, time_zone=zone)
    schedule = workclock.Schedule([workclock.WorkDay(time(9), time(17))], time_zone=zone)
    week = datetime(2011, 12, 28, tzinfo=zone), datetime(2012, 1, 3, tzinfo=zone)
    assert calendar.working_time(*week) == timedelta(hours=24)
    assert schedule.between(*week) == timedelta(hours=32)
