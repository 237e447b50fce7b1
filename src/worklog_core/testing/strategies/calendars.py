"""Working hours and calendars that are hard to get right, drawn where clocks change.

Two rules hold in this module:
1. Windows end where clocks like to change, at midnight, and a microsecond beside; some run over
   midnight, some touch or overlap.
2. Shifts, breaks and holidays fall on the days around the landmarks of the calendar's zone, so that
   they meet its changes and each other. Calendars shrink towards closed days in UTC.
"""

from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from hypothesis import strategies as st

from worklog_core.calendars import (
    DayHours,
    Overnight,
    WeeklyHours,
    WorkingCalendar,
    local_day,
)
from worklog_core.testing.strategies.instants import landmarks, time_zones

__all__ = ["day_hours", "weekly_hours", "working_calendars"]

_MINUTE_US: Final = 60_000_000
_DAY_US: Final = 24 * 60 * _MINUTE_US
_MINUTES: Final = (
    *(540, 720, 780, 1020),
    *(0, 1, 30, 60, 90, 120, 135, 150, 165, 180, 195, 300),
    *(1200, 1320, 1380, 1410, 1439, 1440),
)
_STEPS: Final = (0, 0, 0, 1, -1)


def _time(minute: int, step: int) -> int:
    return min(max(minute * _MINUTE_US + step, 0), _DAY_US)


def _times() -> st.SearchStrategy[int]:
    return st.builds(_time, st.sampled_from(_MINUTES), st.sampled_from(_STEPS))


def _windows() -> st.SearchStrategy[tuple[int, int]]:
    ends = st.tuples(_times(), _times()).filter(
        lambda drawn: drawn[0] != drawn[1] and drawn[0] < _DAY_US
    )
    return ends.map(
        lambda drawn: (drawn[0], drawn[1] if drawn[1] > drawn[0] else drawn[1] + _DAY_US)
    )


def day_hours() -> st.SearchStrategy[DayHours]:
    """Draw the hours of a day: up to three windows, some over midnight; shrinks to closed."""
    return st.lists(_windows(), max_size=3).map(DayHours)


def weekly_hours() -> st.SearchStrategy[WeeklyHours]:
    """Draw the hours of a week, some days open, some closed, some alike.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.strategies import weekly_hours
        >>> bool(find(weekly_hours(), bool))
        True
    """
    apart = st.tuples(*(day_hours() for _ in range(7)))
    alike = day_hours().map(lambda hours: (hours,) * 7)
    return st.one_of(apart, alike).map(WeeklyHours)


def working_calendars(
    time_zone: tzinfo | None = None,
) -> st.SearchStrategy[WorkingCalendar]:
    """Draw a working calendar in a hostile zone, with shifts, breaks and holidays where it hurts.

    In *time_zone*, or in any that `time_zones` draws. Some calendars never open.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.strategies import working_calendars
        >>> find(working_calendars(), lambda calendar: calendar.holidays).hours
        WeeklyHours.parse('')
    """
    zones = time_zones() if time_zone is None else st.just(time_zone)
    return zones.flatmap(
        lambda zone: landmarks(zone).flatmap(lambda marks: _calendars_around(zone, marks))
    )


def _calendars_around(
    zone: tzinfo, marks: tuple[datetime, ...]
) -> st.SearchStrategy[WorkingCalendar]:
    days = sorted(
        {local_day(mark, zone) + timedelta(days=step) for mark in marks for step in range(-2, 4)}
    )
    on: st.SearchStrategy[date] = st.sampled_from(days)
    by_date = st.dictionaries(on, day_hours(), max_size=3)
    return st.builds(
        WorkingCalendar,
        weekly_hours(),
        time_zone=st.just(zone),
        shifts=by_date,
        breaks=st.one_of(by_date, weekly_hours()),
        holidays=st.frozensets(on, max_size=3),
        overnight=st.sampled_from(Overnight),
    )
