"""Calendars made of two: open in both, in either, in one and not the other.

Two rules hold in this module:
1. The parts may be any calendars, in any zones: they are combined as instants, each by its own
   rules.
2. A combination compiles from the tables of its parts and is a calendar like any other.
"""

from enum import Enum

import attrs

from worklog_core.calendars import operations
from worklog_core.calendars.explanation import Rule, RuledSpan, outside, with_closed
from worklog_core.calendars.growth import GrowingTable
from worklog_core.calendars.protocol import Calendar
from worklog_core.calendars.spans import Span, intersect, subtract, unite

__all__ = [
    "Combination",
    "CombinedCalendar",
    "CombinedPeriods",
    "difference_of",
    "earliest_known",
    "intersection_of",
    "union_of",
]


class Combination(Enum):
    """How two calendars are combined.

    Example:
        >>> from worklog_core import Combination
        >>> [combination.value for combination in Combination]
        ['both', 'either', 'left_only']
    """

    BOTH = "both"
    """`a & b`: open where both are."""

    EITHER = "either"
    """`a | b`: open where one is, or both."""

    LEFT_ONLY = "left_only"
    """`a - b`: open where the left is and the right is not."""


@attrs.frozen(eq=False)
class CombinedPeriods:
    """The periods of a combination: what `Periods` asks for."""

    left: GrowingTable
    right: GrowingTable
    combination: Combination

    @property
    def never_opens(self) -> bool:
        """Whether the parts say that there is no opening, ever."""
        left, right = self.left.periods.never_opens, self.right.periods.never_opens
        if self.combination is Combination.BOTH:
            return left or right
        return left and (right or self.combination is Combination.LEFT_ONLY)

    @property
    def dated(self) -> Span | None:
        """From the first to the last instant at which dates change either part."""
        spans = [span for span in (self.left.periods.dated, self.right.periods.dated) if span]
        if not spans:
            return None
        return min(start for start, _ in spans), max(end for _, end in spans)

    def in_stretch(self, first: int, last: int) -> list[Span]:
        """List the open periods of [first, last)."""
        left = self.left.covering(first, last).within(first, last)
        right = self.right.covering(first, last).within(first, last)
        if self.combination is Combination.BOTH:
            return intersect(left, right)
        if self.combination is Combination.EITHER:
            return unite(left + right)
        return subtract(left, right)


@attrs.frozen
class CombinedCalendar:
    """Two calendars read as one; `a & b`, `a | b` and `a - b` make it.

    The methods are those of `Calendar`. An explanation says what the parts say, and where the one
    closed what the other had open it names `Rule.OTHER_CALENDAR`.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import WeeklyHours, WorkingCalendar
        >>> hours = WeeklyHours.parse("Mon-Fri 09:00-17:00")
        >>> berlin = WorkingCalendar(hours, time_zone=ZoneInfo("Europe/Berlin"))
        >>> new_york = WorkingCalendar(hours, time_zone=ZoneInfo("America/New_York"))
        >>> day = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
        >>> print((berlin & new_york).working_time(*day), (berlin | new_york).working_time(*day))
        2:00:00 14:00:00
    """

    left: Calendar
    right: Calendar
    combination: Combination
    table: GrowingTable = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        periods = CombinedPeriods(self.left.table, self.right.table, self.combination)
        object.__setattr__(self, "table", GrowingTable(periods))

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

    def ruled_spans(self, first: int, last: int) -> list[RuledSpan]:
        """Return the lines of `explain` for [first, last) in integer microseconds."""
        left = self.left.ruled_spans(first, last)
        right = self.right.ruled_spans(first, last)
        right_open = [(start, end) for start, end, rule in right if rule.opens]
        left_open = [(start, end) for start, end, rule in left if rule.opens]
        if self.combination is Combination.LEFT_ONLY:
            return with_closed(left, unite(right_open), Rule.OTHER_CALENDAR)
        if self.combination is Combination.BOTH:
            closed = subtract(unite(left_open), unite(right_open))
            return with_closed(left, closed, Rule.OTHER_CALENDAR)
        opened = [line for line in left if line[2].opens]
        closed_by_left = outside([line for line in left if not line[2].opens], unite(right_open))
        lines = opened + closed_by_left
        said = unite((start, end) for start, end, _ in lines)
        return sorted(lines + outside(right, said), key=lambda line: line[:2])

    @property
    def known_before(self) -> int | None:
        """The first instant for which the holidays of either part are not known; or None."""
        return earliest_known(self.left.known_before, self.right.known_before)

    def __and__(self, other: Calendar) -> "CombinedCalendar":
        return intersection_of(self, other)

    def __or__(self, other: Calendar) -> "CombinedCalendar":
        return union_of(self, other)

    def __sub__(self, other: Calendar) -> "CombinedCalendar":
        return difference_of(self, other)


def intersection_of(left: Calendar, right: Calendar) -> CombinedCalendar:
    """Return the calendar that is open where both are."""
    return _combined(left, right, Combination.BOTH)


def union_of(left: Calendar, right: Calendar) -> CombinedCalendar:
    """Return the calendar that is open where either is."""
    return _combined(left, right, Combination.EITHER)


def difference_of(left: Calendar, right: Calendar) -> CombinedCalendar:
    """Return the calendar that is open where the left one is and the right one is not."""
    return _combined(left, right, Combination.LEFT_ONLY)


def earliest_known(*known: int | None) -> int | None:
    """Return the earliest of the instants from which something is not known."""
    return min((each for each in known if each is not None), default=None)


def _combined(left: Calendar, right: Calendar, combination: Combination) -> CombinedCalendar:
    if not isinstance(right, Calendar):
        return NotImplemented
    return CombinedCalendar(left, right, combination)
