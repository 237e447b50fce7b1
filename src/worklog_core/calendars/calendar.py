"""The working calendar: weekly hours in a time zone, and the dates that differ.

Four rules hold in this module:
1. A calendar is a value. What it was given is checked and copied at the door, except a container of
   holidays, which is asked `date in holidays` and never looked into; what it compiled is a cache
   that counts neither for equality nor for the hash, and does not travel by pickle.
2. Precedence: a shift replaces the hours of its date, a holiday closes them, else the weekly hours
   hold; breaks are taken out of whatever is left.
3. A working day is a date with any open time, after the breaks. Days are counted, not converted: a
   target in days is no number of hours.
4. A date whose holidays are not known yet answers as if it had none, and says that it is
   provisional.
"""

from collections.abc import Container
from datetime import date, tzinfo

import attrs

from worklog_core.calendars import operations
from worklog_core.calendars.algebra import difference_of, intersection_of, union_of
from worklog_core.calendars.civil import CivilPeriods
from worklog_core.calendars.civil_days import CivilRules, Overnight
from worklog_core.calendars.explanation import RuledSpan
from worklog_core.calendars.given import (
    NO_DATES,
    NO_HOLIDAYS,
    breaks_given,
    check_hours,
    check_last_date,
    comparable,
    holidays_given,
    shifts_given,
)
from worklog_core.calendars.growth import GrowingTable
from worklog_core.calendars.hours import DayHours, WeeklyHours
from worklog_core.calendars.working_days import advance_by_days, working_days_of
from worklog_core.door import check_zone, choice_of
from worklog_core.mappings import FrozenMapping

__all__ = ["WorkingCalendar"]


@attrs.frozen
class WorkingCalendar:
    """The working hours of one place: weekly hours in a time zone, and the dates that differ.

    `shifts` give a date hours of its own, holiday or not; `breaks` are taken out of whatever is
    open, by date or by week; `holidays` is anything that answers `date in holidays`: a set, the
    `holidays` package, `RecurringDates`. `overnight` says whether the hours after midnight follow
    the date they lie on or the one they begin on, and `known_until` is the last date whose holidays
    are known: what is due later is provisional.

    A window end that falls into a gap of the clock moves by the gap, one that occurs twice is the
    first. Sets, lists, tuples and dicts of holidays are copied; any other container is kept, asked
    once for each date, and compared by identity. `frozenset(holidays.Germany())` is empty, because
    that object fills on look-up: pass the object, or give it its years.

    Raises WorklogError that names the field which is refused, a zone that is a string or pytz's
    among them. The methods are those of `Calendar`, and two that count days.

    Example:
        >>> from datetime import date, datetime, timedelta
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import DayHours, WeeklyHours, WorkingCalendar
        >>> berlin = ZoneInfo("Europe/Berlin")
        >>> office = WorkingCalendar(
        ...     WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=berlin,
        ...     shifts={date(2026, 12, 24): DayHours.parse("09:00-12:00")},
        ...     holidays={date(2026, 12, 25)})
        >>> eve = datetime(2026, 12, 24, 10, tzinfo=berlin)
        >>> print(office.advance(eve, timedelta(hours=3)))
        2026-12-28 10:00:00+01:00
    """

    hours: WeeklyHours = attrs.field(validator=check_hours)
    time_zone: tzinfo = attrs.field(kw_only=True, validator=check_zone)
    shifts: FrozenMapping[date, DayHours] = attrs.field(
        default=NO_DATES, kw_only=True, converter=shifts_given
    )
    breaks: FrozenMapping[date, DayHours] | WeeklyHours = attrs.field(
        default=NO_DATES, kw_only=True, converter=breaks_given
    )
    holidays: Container[date] = attrs.field(
        default=NO_HOLIDAYS, kw_only=True, converter=holidays_given, eq=comparable
    )
    overnight: Overnight = attrs.field(
        default=Overnight.CUT, kw_only=True, validator=choice_of(Overnight)
    )
    known_until: date | None = attrs.field(default=None, kw_only=True, validator=check_last_date)
    civil: CivilPeriods = attrs.field(init=False, eq=False, repr=False)
    table: GrowingTable = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        rules = CivilRules(
            self.hours, self.time_zone, self.shifts, self.breaks, self.holidays, self.overnight
        )
        object.__setattr__(self, "civil", CivilPeriods(rules))
        object.__setattr__(self, "table", GrowingTable(self.civil))

    working_time = operations.working_time
    advance = operations.advance
    is_open = operations.is_open
    next_opening = operations.next_opening
    next_closing = operations.next_closing
    previous_opening = operations.previous_opening
    previous_closing = operations.previous_closing
    open_intervals = operations.open_intervals
    explain = operations.explain
    is_provisional = operations.is_provisional
    __and__ = intersection_of
    __or__ = union_of
    __sub__ = difference_of

    def ruled_spans(self, first: int, last: int) -> list[RuledSpan]:
        """Return the lines of `explain` for [first, last) in integer microseconds."""
        return self.civil.ruled_spans(first, last)

    @property
    def known_before(self) -> int | None:
        """The first instant, in integer microseconds, whose holidays are not known; or None."""
        if self.known_until is None:
            return None
        return self.civil.civil.day_start(self.known_until.toordinal() + 1)

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many dates from *start* up to, and not including, *end* are open at all.

        Negative where the end is before the start. Raises WorklogError for what is no date.

        Example:
            >>> from datetime import UTC, date
            >>> from worklog_core import WeeklyHours, WorkingCalendar
            >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
            >>> office.working_days_between(date(2026, 3, 6), date(2026, 3, 10))
            2
        """
        return working_days_of(self.table, self.civil.civil, start, end)

    def advance_days(self, start: date, working_days: int) -> date:
        """Return the date that is so many working days after *start*, or before it if negative.

        *start* itself is not counted, open or not, and no days lead to it. Raises WorklogError for
        what is no date or no int, RangeError and NoWorkingTimeError as the other searches do.

        Example:
            >>> from datetime import UTC, date
            >>> from worklog_core import WeeklyHours, WorkingCalendar
            >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
            >>> office.advance_days(date(2026, 3, 6), 1), office.advance_days(date(2026, 3, 8), -1)
            (datetime.date(2026, 3, 9), datetime.date(2026, 3, 6))
        """
        return advance_by_days(self.table, self.civil.civil, start, working_days)
