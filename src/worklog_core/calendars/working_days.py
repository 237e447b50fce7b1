"""Working days: dates with any open time, counted and stepped over.

Two rules hold in this module:
1. A working day is a civil day with a period in the table: after shifts, holidays and breaks.
2. Days are dates. An instant is refused, because which day it means is the caller's decision.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from worklog_core.calendars.days import CivilTime
from worklog_core.calendars.growth import MAX_SPAN_YEARS, GrowingTable
from worklog_core.calendars.spans import Span
from worklog_core.errors import RangeError, WorklogError, describe

__all__ = ["advance_by_days", "working_days_of"]

_MOST_DAYS: Final = MAX_SPAN_YEARS * 366


def working_days_of(growing: GrowingTable, civil: CivilTime, start: date, end: date) -> int:
    """Return how many working days lie from one date up to another, signed."""
    first, after = _ordinal("start", start), _ordinal("end", end)
    if first > after:
        return -working_days_of(growing, civil, end, start)
    low, high = civil.day_start(first), civil.day_start(after)
    if low >= high:
        return 0
    return sum(1 for _ in _days(civil, growing.covering(low, high).within(low, high)))


def advance_by_days(growing: GrowingTable, civil: CivilTime, start: date, count: int) -> date:
    """Return the date that lies so many working days after another, or before it."""
    day = _ordinal("start", start)
    if type(count) is not int:
        raise WorklogError(
            f"working_days must be an int: found {describe(count)}. Days are whole.",
            field="working_days",
            value=count,
        )
    if abs(count) > _MOST_DAYS:
        raise RangeError(
            f"working_days must be at most {_MOST_DAYS}: found {describe(count)}. "
            "Use a nearer target.",
            field="working_days",
            value=count,
        )
    if count == 0:
        return start
    forward = count > 0
    at = civil.day_start(day)
    growing.require_openings(at)
    table = growing.knowing(at)
    while True:
        if forward:
            ahead = _days(civil, table.within(at, table.last))
            found: Iterator[int] = (each for each in ahead if each > day)
        else:
            found = _days_back(civil, table.within(table.first, at))
        for each in islice(found, abs(count) - 1, None):
            return date.fromordinal(each)
        table = growing.longer(
            table, at, since=table.farthest_change(at, forward=forward), forward=forward
        )


def _days(civil: CivilTime, periods: Iterable[Span]) -> Iterator[int]:
    """Yield the days that periods touch, each once, in order.

    A period may go on over a day that its zone skipped: no instant of it lies on that day.
    """
    seen = 0
    for start, end in periods:
        first = max(civil.day_of(start), seen + 1)
        seen = civil.day_of(end - 1)
        for day in range(first, seen + 1):
            if day == seen or civil.day_start(day) < civil.day_start(day + 1):
                yield day


def _days_back(civil: CivilTime, periods: Iterable[Span]) -> Iterator[int]:
    """Yield the days that periods touch, each once, the last one first."""
    return reversed(list(_days(civil, periods)))


def _ordinal(field: str, day: Any) -> int:
    if type(day) is not date:
        raise WorklogError(
            f"{field} must be a date: found {describe(day)}. Use local_day(instant, zone).",
            field=field,
            value=day,
        )
    return day.toordinal()
