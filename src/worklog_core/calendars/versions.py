"""Calendars that take turns: versions by date, and hand-overs in the middle of a clock.

Three rules hold in this module:
1. Each calendar counts from the instant it takes over up to the next one's, and nothing outside.
   The seam is an instant: no time is lost there and none counted twice, in either direction.
2. The first calendar holds from the beginning of time, so that no question meets nothing.
3. A result is a calendar like any other. What was open in March is judged by March's hours, even if
   it is asked for today.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from operator import itemgetter
from typing import Any

import attrs

from worklog_core.calendars import operations
from worklog_core.calendars.algebra import (
    difference_of,
    earliest_known,
    intersection_of,
    union_of,
)
from worklog_core.calendars.days import CivilTime
from worklog_core.calendars.explanation import RuledSpan
from worklog_core.calendars.growth import GrowingTable
from worklog_core.calendars.protocol import Calendar, is_calendar
from worklog_core.calendars.spans import Span, unite
from worklog_core.door import check_zone, refuse
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import FIRST_US, LAST_US, require_instant, to_microseconds
from worklog_core.mappings import FrozenMapping

__all__ = ["CalendarVersions", "Handover", "Turns"]


@attrs.frozen(eq=False)
class Turns:
    """Calendars and the instants from which each counts: what `Periods` asks for."""

    starts: tuple[int, ...]
    calendars: tuple[Calendar, ...]

    @classmethod
    def of(cls, first: Calendar, later: Mapping[int, Calendar]) -> "Turns":
        """Return the turns of a first calendar and of those that take over at an instant."""
        starts = sorted(later)
        return cls((FIRST_US, *starts), (first, *(later[start] for start in starts)))

    @property
    def never_opens(self) -> bool:
        """Whether none of the calendars ever opens."""
        return all(calendar.table.periods.never_opens for calendar in self.calendars)

    @property
    def dated(self) -> Span | None:
        """From the first to the last instant at which a date, or a turn, changes the hours."""
        spans = [(start, start) for start in self.starts[1:]]
        for calendar in self.calendars:
            dated = calendar.table.periods.dated
            spans += [] if dated is None else [dated]
        if not spans:
            return None
        return min(start for start, _ in spans), max(end for _, end in spans)

    def in_stretch(self, first: int, last: int) -> list[Span]:
        """List the open periods of [first, last)."""
        return unite(
            period
            for calendar, since, until in self.pieces(first, last)
            for period in calendar.table.covering(since, until).within(since, until)
        )

    def pieces(self, first: int, last: int) -> list[tuple[Calendar, int, int]]:
        """Return which calendar counts from when to when within [first, last)."""
        ends = (*self.starts[1:], LAST_US + 1)
        return [
            (calendar, max(start, first), min(end, last))
            for calendar, start, end in zip(self.calendars, self.starts, ends, strict=True)
            if max(start, first) < min(end, last)
        ]

    def at(self, instant: int) -> Calendar:
        """Return the calendar that counts at an instant."""
        return self.calendars[bisect_right(self.starts, instant) - 1]

    def ruled_spans(self, first: int, last: int) -> list[RuledSpan]:
        """Return the lines of `explain` for [first, last)."""
        return [
            line
            for calendar, since, until in self.pieces(first, last)
            for line in calendar.ruled_spans(since, until)
        ]

    @property
    def known_before(self) -> int | None:
        """The first instant at which the calendar that counts does not know its holidays."""
        return earliest_known(
            *(
                max(start, known)
                for calendar, start, end in self.pieces(FIRST_US, LAST_US + 1)
                if (known := calendar.known_before) is not None and known < end
            )
        )


def _check_calendar(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if not is_calendar(value):
        way_out = "Pass a WorkingCalendar, or what is made of them."
        raise refuse(instance, attribute, value, "be a calendar", way_out)


def _changes(given: Mapping[date, Calendar]) -> FrozenMapping[date, Calendar]:
    field = "CalendarVersions.changes"
    way_out = "Map the first date of each later version to its calendar."
    if not isinstance(given, Mapping):
        raise _refused(field, "be a mapping from date to calendar", given, way_out)
    copied = FrozenMapping(given)
    for day, calendar in copied.items():
        if type(day) is not date:
            raise _refused(field, "have dates as keys", day, way_out)
        if not is_calendar(calendar):
            raise _refused(field, "have calendars as values", calendar, way_out)
    return copied


def _later(given: Mapping[datetime, Calendar]) -> tuple[tuple[datetime, Calendar], ...]:
    field = "Handover.later"
    way_out = "Map each instant to the calendar that takes over."
    if not isinstance(given, Mapping):
        raise _refused(field, "be a mapping from instant to calendar", given, way_out)
    pairs = [(require_instant(field, at), to) for at, to in given.items()]
    for _, calendar in pairs:
        if not is_calendar(calendar):
            raise _refused(field, "have calendars as values", calendar, way_out)
    return tuple(sorted(pairs, key=itemgetter(0)))


def _refused(field: str, must: str, value: object, way_out: str) -> WorklogError:
    return WorklogError(
        f"{field} must {must}: found {describe(value)}. {way_out}", field=field, value=value
    )


@attrs.frozen
class CalendarVersions:
    """A calendar that was changed: the original, and its later versions by their first date.

    A version counts from the beginning of its first date, in `time_zone`, up to that of the next;
    the original holds before all of them.

    Raises WorklogError for keys that are no dates and values that are no calendars. The methods are
    those of `Calendar`, and `in_force_at`.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from worklog_core import CalendarVersions, WeeklyHours, WorkingCalendar
        >>> old = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> new = WorkingCalendar(WeeklyHours.parse("Mon-Fri 08:00-16:00"), time_zone=UTC)
        >>> office = CalendarVersions(old, {date(2026, 4, 1): new}, time_zone=UTC)
        >>> print(office.next_opening(datetime(2026, 3, 31, 6, tzinfo=UTC)))
        2026-03-31 09:00:00+00:00
        >>> print(office.next_opening(datetime(2026, 4, 1, 6, tzinfo=UTC)))
        2026-04-01 08:00:00+00:00
    """

    original: Calendar = attrs.field(validator=_check_calendar)
    changes: FrozenMapping[date, Calendar] = attrs.field(converter=_changes)
    time_zone: tzinfo = attrs.field(kw_only=True, validator=check_zone)
    turns: Turns = attrs.field(init=False, eq=False, repr=False)
    table: GrowingTable = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        civil = CivilTime(self.time_zone)
        later = {
            civil.day_start(day.toordinal()): each for day, each in sorted(self.changes.items())
        }
        object.__setattr__(self, "turns", Turns.of(self.original, later))
        object.__setattr__(self, "table", GrowingTable(self.turns))

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
        return self.turns.ruled_spans(first, last)

    @property
    def known_before(self) -> int | None:
        """The first instant at which the version in force does not know its holidays; or None."""
        return self.turns.known_before

    def in_force_at(self, at: datetime) -> Calendar:
        """Return the version in force at an instant."""
        return self.turns.at(to_microseconds(require_instant("at", at)))


@attrs.frozen
class Handover:
    """A clock that is handed on: from one calendar to the next at given instants.

    A ticket that follows the sun is counted by the hours of whoever has it. `later` maps instants
    to the calendar that takes over; it is kept as pairs in time order.

    Raises WorklogError for keys that are no instants and values that are no calendars. The methods
    are those of `Calendar`, and `in_charge_at`.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import Handover, WeeklyHours, WorkingCalendar
        >>> hours = WeeklyHours.parse("Mon-Fri 09:00-17:00")
        >>> berlin = WorkingCalendar(hours, time_zone=ZoneInfo("Europe/Berlin"))
        >>> new_york = WorkingCalendar(hours, time_zone=ZoneInfo("America/New_York"))
        >>> ticket = Handover(berlin, {datetime(2026, 3, 2, 15, tzinfo=UTC): new_york})
        >>> print(ticket.advance(datetime(2026, 3, 2, 14, tzinfo=UTC), timedelta(hours=8)))
        2026-03-02 22:00:00+00:00
    """

    first: Calendar = attrs.field(validator=_check_calendar)
    later: tuple[tuple[datetime, Calendar], ...] = attrs.field(converter=_later)
    turns: Turns = attrs.field(init=False, eq=False, repr=False)
    table: GrowingTable = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        later = {to_microseconds(at): to for at, to in self.later}
        object.__setattr__(self, "turns", Turns.of(self.first, later))
        object.__setattr__(self, "table", GrowingTable(self.turns))

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
        return self.turns.ruled_spans(first, last)

    @property
    def known_before(self) -> int | None:
        """The first instant at which the calendar in charge does not know its holidays; or None."""
        return self.turns.known_before

    def in_charge_at(self, at: datetime) -> Calendar:
        """Return the calendar that counts at an instant."""
        return self.turns.at(to_microseconds(require_instant("at", at)))
