"""What a calendar is, for everything that takes one.

Three rules hold for every calendar:
1. All operations read one table of periods, so that they agree to the microsecond.
2. Instants come in with any time zone, and an answer carries the zone of the instant it was asked
   for. Periods are half-open: a calendar is open at 09:00 and closed at 17:00.
3. A naive instant is a NaiveDatetimeError, an answer beyond datetime's range or a question over
   more than 400 years a RangeError, a search in a calendar that never opens a NoWorkingTimeError.
"""

from datetime import datetime, timedelta
from typing import Protocol, TypeGuard, runtime_checkable

from worklog_core.calendars.explanation import ExplainedPeriod, RuledSpan
from worklog_core.calendars.growth import GrowingTable
from worklog_core.errors import WorklogError, describe
from worklog_core.intervals import Interval, IntervalSet

__all__ = ["Calendar", "is_calendar", "require_calendar", "require_optional_calendar"]


@runtime_checkable
class Calendar(Protocol):
    """A clock that runs only while it is open: working hours, and everything made of them.

    `WorkingCalendar`, `CalendarVersions`, `Handover` and what `&`, `|` and `-` make of them are
    calendars, and everything in the library that takes a calendar takes any of them.
    """

    @property
    def table(self) -> GrowingTable:
        """The compiled table that every operation reads, scalar and columnar."""
        ...

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time between two instants; negative where the end is before the start.

        It is additive and exact to the microsecond.
        """
        ...

    def advance(self, start: datetime, working_time: timedelta) -> datetime:
        """Return the earliest instant at which so much working time has passed since *start*.

        So what fills the day is due at its closing bell, and no time at all leads to *start*
        itself, open or not. A negative amount leads back to the latest instant from which so much
        working time passes until *start*.
        """
        ...

    def is_open(self, at: datetime) -> bool:
        """Say whether the calendar is open at an instant."""
        ...

    def next_opening(self, at: datetime) -> datetime:
        """Return the earliest open instant at or after *at*: *at* itself while open."""
        ...

    def next_closing(self, at: datetime) -> datetime:
        """Return the earliest closed instant at or after *at*: *at* itself while closed."""
        ...

    def previous_opening(self, at: datetime) -> datetime:
        """Return the latest start of a period that is at or before *at*."""
        ...

    def previous_closing(self, at: datetime) -> datetime:
        """Return the latest end of a period that is at or before *at*."""
        ...

    def open_intervals(self, interval: Interval) -> IntervalSet:
        """Return what is open within an interval."""
        ...

    def explain(self, start: datetime, end: datetime) -> tuple[ExplainedPeriod, ...]:
        """Return, in time order, what was counted between two instants and by which rule.

        Lines that count nothing tell what a break, a holiday or another calendar took away; what
        the lines count sums to `working_time(start, end)`.
        """
        ...

    def ruled_spans(self, first: int, last: int) -> list[RuledSpan]:
        """Return the lines of `explain` for [first, last) in integer microseconds."""
        ...

    def is_provisional(self, at: datetime) -> bool:
        """Say whether an answer that reaches *at* rests on holidays that are not known yet."""
        ...

    @property
    def known_before(self) -> int | None:
        """The first instant, in integer microseconds, for which holidays are not known."""
        ...

    def __and__(self, other: "Calendar", /) -> "Calendar": ...

    def __or__(self, other: "Calendar", /) -> "Calendar": ...

    def __sub__(self, other: "Calendar", /) -> "Calendar": ...


def is_calendar(value: object) -> TypeGuard[Calendar]:
    """Say whether a value is a calendar, by its table: a look at every method costs ten answers."""
    return isinstance(getattr(value, "table", None), GrowingTable)


def require_calendar(calendar: object) -> Calendar:
    """Return what was given for `calendar`; refuse what is none."""
    if not is_calendar(calendar):
        raise _refused("be a calendar", calendar)
    return calendar


def require_optional_calendar(calendar: object) -> None:
    """Refuse for `calendar` what is neither a calendar nor None."""
    if calendar is not None and not is_calendar(calendar):
        raise _refused("be a calendar or None", calendar)


def _refused(must: str, found: object) -> WorklogError:
    return WorklogError(
        f"calendar must {must}: found {describe(found)}. "
        "Pass a WorkingCalendar, or what is made of them.",
        field="calendar",
        value=found,
    )
