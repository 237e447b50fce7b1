"""The questions to a calendar, asked with datetimes and answered from its table.

Three rules hold in this module:
1. An operation is two look-ups in one table and a subtraction, or one look-up and its inverse.
2. The way of most questions, a datetime with a zone inside the stretch that is compiled already,
   takes no function call that it can do without. What falls out of it, for whatever reason, goes
   through the door, which refuses by name.
3. An answer carries the zone of the instant that was given.

Calendars take these functions as their methods; `Calendar` documents them.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from worklog_core.calendars.explanation import ExplainedPeriod, explained
from worklog_core.calendars.protocol import Calendar
from worklog_core.calendars.searches import (
    next_closing_at,
    next_opening_at,
    previous_closing_at,
    previous_opening_at,
)
from worklog_core.errors import RangeError, WorklogError, describe
from worklog_core.instants import (
    EPOCH,
    LAST_US,
    from_microseconds,
    in_zone_of,
    require_instant,
    timedelta_to_microseconds,
    to_microseconds,
)
from worklog_core.intervals import Interval, IntervalSet

__all__ = [
    "advance",
    "explain",
    "is_open",
    "is_provisional",
    "next_closing",
    "next_opening",
    "open_intervals",
    "previous_closing",
    "previous_opening",
    "working_time",
]

_NOTHING: Final = timedelta(0)

# What the subtraction of something that is no instant raises; the door says what it is.
_NO_INSTANT: Final = (ArithmeticError, NotImplementedError, TypeError, ValueError)


def working_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the open time between two instants."""
    if type(start) is datetime and type(end) is datetime:
        try:
            # The difference of two zones is taken in UTC, and a naive datetime has none.
            since, until = start - EPOCH, end - EPOCH
        except _NO_INSTANT:
            pass
        else:
            table = calendar.table.deltas
            if table.first <= since < table.last and table.first <= until < table.last:
                return table.clock_at(until) - table.clock_at(since)
    a, b = _microseconds("start", start), _microseconds("end", end)
    compiled = calendar.table.covering(min(a, b), max(a, b) + 1)
    calendar.table.refresh()
    return timedelta(microseconds=compiled.clock_at(b) - compiled.clock_at(a))


def advance(calendar: Calendar, start: datetime, working_time: timedelta) -> datetime:
    """Return the instant at which so much working time has passed."""
    if type(start) is datetime and type(working_time) is timedelta and working_time > _NOTHING:
        try:
            since = start - EPOCH
            table = calendar.table.deltas
            if table.first <= since < table.last:
                reading = table.clock_at(since) + working_time
                if reading <= table.before[-1]:
                    return (EPOCH + table.earliest_at(reading)).astimezone(start.tzinfo)
        except _NO_INSTANT:
            pass
    at, amount = _microseconds("start", start), _amount("working_time", working_time)
    if amount == 0:
        return start
    compiled = calendar.table.reaching(at, amount)
    calendar.table.refresh()
    shown = compiled.clock_at(at) + amount
    found = compiled.earliest_at(shown) if amount > 0 else compiled.latest_at(shown)
    return _answer("advance", start, found)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Say whether the calendar is open at an instant."""
    instant = _microseconds("at", at)
    return calendar.table.knowing(instant).is_open(instant)


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """Return the earliest open instant at or after *at*."""
    return _answer("next_opening", at, next_opening_at(calendar.table, _microseconds("at", at)))


def next_closing(calendar: Calendar, at: datetime) -> datetime:
    """Return the earliest closed instant at or after *at*."""
    return _answer("next_closing", at, next_closing_at(calendar.table, _microseconds("at", at)))


def previous_opening(calendar: Calendar, at: datetime) -> datetime:
    """Return the latest start of a period at or before *at*."""
    found = previous_opening_at(calendar.table, _microseconds("at", at))
    return _answer("previous_opening", at, found)


def previous_closing(calendar: Calendar, at: datetime) -> datetime:
    """Return the latest end of a period at or before *at*."""
    found = previous_closing_at(calendar.table, _microseconds("at", at))
    return _answer("previous_closing", at, found)


def open_intervals(calendar: Calendar, interval: Interval) -> IntervalSet:
    """Return what is open within an interval."""
    if type(interval) is not Interval:
        raise WorklogError(
            f"interval must be an Interval: found {describe(interval)}. "
            "Make one with Interval(start, end).",
            field="interval",
            value=interval,
        )
    start, end = to_microseconds(interval.start), to_microseconds(interval.end)
    table = calendar.table.covering(start, end)
    return IntervalSet(
        Interval(from_microseconds(since), from_microseconds(until))
        for since, until in table.within(start, end)
    )


def explain(calendar: Calendar, start: datetime, end: datetime) -> tuple[ExplainedPeriod, ...]:
    """Return what was counted between two instants, and by which rule."""
    a, b = _microseconds("start", start), _microseconds("end", end)
    calendar.table.covering(min(a, b), max(a, b))  # refuses a span of more than 400 years
    return explained(calendar.ruled_spans(min(a, b), max(a, b)), backwards=b < a)


def is_provisional(calendar: Calendar, at: datetime) -> bool:
    """Say whether an instant lies past the last date whose holidays are known."""
    known = calendar.known_before
    return known is not None and _microseconds("at", at) > known


def _microseconds(field: str, instant: Any) -> int:
    return to_microseconds(require_instant(field, instant))


def _amount(field: str, amount: Any) -> int:
    if not isinstance(amount, timedelta) or getattr(amount, "nanoseconds", 0) != 0:
        raise WorklogError(
            f"{field} must be a timedelta of whole microseconds: found {describe(amount)}. "
            "Use timedelta(hours=...).",
            field=field,
            value=amount,
        )
    return timedelta_to_microseconds(amount)


def _answer(field: str, question: datetime, answer: int) -> datetime:
    if answer > LAST_US:
        raise RangeError(
            f"the answer to {field} must lie within datetime's range: found its end. "
            "Use a nearer date.",
            field=field,
            value=question,
        )
    return in_zone_of(question, from_microseconds(answer), field)
