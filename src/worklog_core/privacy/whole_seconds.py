"""Whole seconds of what is exact to the microsecond, rounded before anything is blanked (AMB-5c).

Three rules hold in this module:
1. The rows of one user and local day are rounded together by the largest remainder: their seconds
   sum to their exact sum, rounded once. Each is less than a second from what is exact.
2. Inside a row the time before and after the first edit is rounded so that both sum to the row.
3. A deviation is rounded away from zero: what was late by a microsecond is not shown as met.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, Protocol

__all__ = [
    "RowSeconds",
    "away_from_zero",
    "nearest",
    "rounded_together",
    "seconds_of_rows",
]

_SECOND: Final = timedelta(seconds=1)


class _Measured(Protocol):
    """What rounding asks of a row."""

    @property
    def user_id(self) -> str: ...
    @property
    def ticket_id(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def duration(self) -> timedelta | None: ...
    @property
    def after_work(self) -> timedelta | None: ...
    @property
    def open_time(self) -> timedelta | None: ...


class RowSeconds(NamedTuple):
    """The times of a row in whole seconds; all three None where the row was not measured."""

    duration: timedelta | None
    after_work: timedelta | None
    open_time: timedelta | None


_UNMEASURED: Final = RowSeconds(None, None, None)


def nearest(amount: timedelta, unit: timedelta = _SECOND) -> timedelta:
    """Return the nearest whole number of units, half to even."""
    units, rest = divmod(amount, unit)
    if 2 * rest > unit or (2 * rest == unit and units % 2):
        units += 1
    return units * unit


def away_from_zero(amount: timedelta, unit: timedelta = _SECOND) -> timedelta:
    """Return the amount in whole units, the last one begun counted in full: the sign survives."""
    units = -(-abs(amount) // unit)
    return units * unit if amount > timedelta() else -units * unit


def rounded_together(amounts: Sequence[timedelta], total: timedelta) -> list[timedelta]:
    """Round amounts that are not negative to whole seconds that sum to *total*.

    *total* is what they sum to, rounded up or down to whole seconds. Each is rounded down, and the
    seconds that are left go one each to the largest remainders, ties to the one named first.
    """
    rounded = [amount // _SECOND * _SECOND for amount in amounts]
    left = (total - sum(rounded, timedelta())) // _SECOND
    by_remainder = sorted(range(len(amounts)), key=lambda i: rounded[i] - amounts[i])
    for i in by_remainder[:left]:
        rounded[i] += _SECOND
    return rounded


def seconds_of_rows(rows: Sequence[_Measured]) -> list[RowSeconds]:
    """Return the times of each row in whole seconds, in the order of the rows (AMB-5c).

    `open_time` is rounded by itself; it is not less than the duration.

    Example:
        >>> from worklog_core.privacy.whole_seconds import seconds_of_rows
        >>> seconds_of_rows([])
        []
    """
    found = [_UNMEASURED] * len(rows)
    for numbers in _days(rows).values():
        exact = [_time(rows[number].duration) for number in numbers]
        seconds = rounded_together(exact, nearest(sum(exact, timedelta())))
        for number, duration in zip(numbers, seconds, strict=True):
            found[number] = _divided(rows[number], duration)
    return found


def _days(rows: Sequence[_Measured]) -> dict[tuple[str, date], list[int]]:
    """Return the numbers of the measured rows of each user and day, ties in AMB-5c's order."""
    days: dict[tuple[str, date], list[int]] = {}
    measured = (number for number, row in enumerate(rows) if row.duration is not None)
    for number in sorted(measured, key=lambda n: (rows[n].ticket_id, rows[n].recorded_at)):
        days.setdefault((rows[number].user_id, rows[number].day), []).append(number)
    return days


def _divided(row: _Measured, duration: timedelta) -> RowSeconds:
    after = _time(row.after_work)
    _, after_work = rounded_together([_time(row.duration) - after, after], duration)
    return RowSeconds(duration, after_work, max(nearest(_time(row.open_time)), duration))


def _time(amount: timedelta | None) -> timedelta:
    # A measured row has all three; None only tells the type checker.
    return timedelta() if amount is None else amount
