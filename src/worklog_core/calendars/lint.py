"""What in a calendar is probably not what was meant.

Two rules hold in this module:
1. A finding is a value that names the date it is about; nothing is refused or changed.
2. Only what lies in the interval is read, day by day. Of a calendar that is made of others each
   part is read, where it counts.
"""

from collections.abc import Iterator
from datetime import date
from enum import Enum
from itertools import pairwise
from typing import Final

import attrs

from worklog_core.calendars.algebra import CombinedCalendar
from worklog_core.calendars.calendar import WorkingCalendar
from worklog_core.calendars.civil import CivilPeriods
from worklog_core.calendars.civil_days import Overnight
from worklog_core.calendars.days import midnight_of
from worklog_core.calendars.given import NO_HOLIDAYS, comparable
from worklog_core.calendars.hours import DayHours
from worklog_core.calendars.notation import WEEKDAYS
from worklog_core.calendars.protocol import Calendar
from worklog_core.calendars.spans import Span, clip, subtract
from worklog_core.calendars.versions import CalendarVersions, Handover
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import to_microseconds
from worklog_core.intervals import Interval

__all__ = ["CalendarFinding", "CalendarFindingKind", "lint"]

_A_YEAR_OF_DAYS: Final = 366


class CalendarFindingKind(Enum):
    """What a finding is about.

    Example:
        >>> from worklog_core import CalendarFindingKind
        >>> CalendarFindingKind.HOLIDAYS_END.value
        'holidays_end'
    """

    END_IN_GAP = "end_in_gap"
    """A window begins or ends at a wall time that the clock skips: it moves by the gap."""

    END_IN_FOLD = "end_in_fold"
    """A window begins or ends at a wall time that comes twice: the first one counts."""

    OVERLAP = "overlap"
    """Time is given twice: within a day's hours, or by a night and the next morning."""

    HOLIDAY_ON_CLOSED_DAY = "holiday_on_closed_day"
    """A holiday closes a date that would be closed anyway."""

    SHIFT_AS_WEEKLY = "shift_as_weekly"
    """A shift says what the weekly hours say already."""

    OVERNIGHT_MATTERS = "overnight_matters"
    """The hours of this date depend on whether a night is cut or owned."""

    HOLIDAYS_END = "holidays_end"
    """The holidays stop more than a year before the interval does; a list that was not extended?"""


@attrs.frozen
class CalendarFinding:
    """One finding: what it is about, the date if it has one, and what was found there."""

    kind: CalendarFindingKind
    day: date | None
    what: str


def lint(calendar: Calendar, interval: Interval) -> tuple[CalendarFinding, ...]:
    """Return what in a calendar is probably not what was meant, within an interval.

    Raises WorklogError for a calendar that is neither a WorkingCalendar nor made of such, and
    RangeError for an interval of more than 400 years.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from worklog_core import Interval, WeeklyHours, WorkingCalendar, lint
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC,
        ...                          holidays={date(2026, 3, 7)})
        >>> march = Interval(start=datetime(2026, 3, 1, tzinfo=UTC),
        ...                  end=datetime(2026, 4, 1, tzinfo=UTC))
        >>> [(str(found.day), found.kind.value) for found in lint(office, march)]
        [('2026-03-07', 'holiday_on_closed_day')]
    """
    if type(interval) is not Interval:
        raise WorklogError(
            f"interval must be an Interval: found {describe(interval)}. "
            "Make one with Interval(start, end).",
            field="interval",
            value=interval,
        )
    first, last = to_microseconds(interval.start), to_microseconds(interval.end)
    return tuple(dict.fromkeys(_findings(calendar, first, last)))


def _findings(calendar: Calendar, first: int, last: int) -> Iterator[CalendarFinding]:
    if isinstance(calendar, WorkingCalendar):
        yield from _of_working_calendar(calendar, first, last)
    elif isinstance(calendar, CombinedCalendar):
        yield from _findings(calendar.left, first, last)
        yield from _findings(calendar.right, first, last)
    elif isinstance(calendar, CalendarVersions | Handover):
        for part, since, until in calendar.turns.pieces(first, last):
            yield from _findings(part, since, until)
    else:
        raise WorklogError(
            f"calendar must be a WorkingCalendar or made of such: found {describe(calendar)}. "
            "Lint its parts.",
            field="calendar",
            value=calendar,
        )


def _of_working_calendar(
    calendar: WorkingCalendar, first: int, last: int
) -> Iterator[CalendarFinding]:
    # The table refuses an interval that would take seconds to read.
    calendar.table.covering(first, last)
    periods = calendar.civil
    days = periods.civil.days_of(first, last)
    for name, hours in zip(WEEKDAYS, calendar.hours.days, strict=True):
        yield from _overlaps_within(None, f"{name} ", hours)
    for day in days:
        yield from _of_shift(periods, day)
        yield from _of_windows(periods, day)
    holidays = frozenset(date.fromordinal(day) for day in days if periods.days.is_holiday(day))
    yield from _of_holidays(calendar, holidays, days)
    yield from _of_nights(calendar, holidays, first, last)


def _of_shift(periods: CivilPeriods, day: int) -> Iterator[CalendarFinding]:
    shift, weekly = periods.days.written_on(day)
    if shift is None:
        if periods.days.is_holiday(day) and not periods.would_open(day):
            kind = CalendarFindingKind.HOLIDAY_ON_CLOSED_DAY
            yield CalendarFinding(kind, date.fromordinal(day), "no hours are lost to this holiday")
        return
    yield from _overlaps_within(date.fromordinal(day), "", shift)
    if shift == weekly and not periods.days.is_holiday(day):
        what = f"shift {shift}" if shift else "a shift without hours"
        yield CalendarFinding(CalendarFindingKind.SHIFT_AS_WEEKLY, date.fromordinal(day), what)


def _overlaps_within(day: date | None, name: str, hours: DayHours) -> Iterator[CalendarFinding]:
    if hours.overlaps:
        what = f"{name}{DayHours(hours.overlaps)} is given twice"
        yield CalendarFinding(CalendarFindingKind.OVERLAP, day, what)


def _of_windows(periods: CivilPeriods, day: int) -> Iterator[CalendarFinding]:
    on = date.fromordinal(day)
    windows = sorted((start, end) for start, end, _ in periods.days.windows_on(day))
    for (_, end), (start, later) in pairwise(windows):
        if start < end:
            twice = DayHours([(start, min(end, later))])
            what = f"{twice} is given by a night and by the morning"
            yield CalendarFinding(CalendarFindingKind.OVERLAP, on, what)
    civil = periods.civil
    bounds = civil.day_start(day), civil.day_start(day + 1)
    for window in windows + periods.days.breaks_on(day):
        for end in window:
            wall = midnight_of(day) + end
            occurrences = civil.occurrences_of(wall)
            if len(occurrences) == 1 or civil.instant_of(wall) in bounds:
                continue
            kind = (
                CalendarFindingKind.END_IN_FOLD if occurrences else CalendarFindingKind.END_IN_GAP
            )
            yield CalendarFinding(kind, on, f"an end of {DayHours([window])}")


def _of_holidays(
    calendar: WorkingCalendar, holidays: frozenset[date], days: range
) -> Iterator[CalendarFinding]:
    if comparable(calendar.holidays) == NO_HOLIDAYS:
        return
    latest = max(holidays, default=None)
    silent = len(days) if latest is None else days[-1] - latest.toordinal()
    if silent > _A_YEAR_OF_DAYS:
        what = "no holiday in more than a year up to the end"
        yield CalendarFinding(CalendarFindingKind.HOLIDAYS_END, latest, what)


def _of_nights(
    calendar: WorkingCalendar, holidays: frozenset[date], first: int, last: int
) -> Iterator[CalendarFinding]:
    cut, owned = (
        CivilPeriods(attrs.evolve(calendar.civil.rules, holidays=holidays, overnight=mode))
        for mode in (Overnight.CUT, Overnight.OWNED)
    )
    by_cut, by_owner = cut.in_stretch(first, last), owned.in_stretch(first, last)
    differing = subtract(by_cut, by_owner) + subtract(by_owner, by_cut)
    civil = calendar.civil.civil
    touched = {day for start, end in differing for day in civil.days_of(start, end)}
    for day in sorted(touched):
        on: list[Span] = clip(sorted(differing), civil.day_start(day), civil.day_start(day + 1))
        amount = sum(end - start for start, end in on)
        what = f"{amount // 60_000_000} minutes are open under one of cut and owned only"
        yield CalendarFinding(CalendarFindingKind.OVERNIGHT_MATTERS, date.fromordinal(day), what)
