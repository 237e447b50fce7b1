"""Local days, found by walking: the first half of the dull oracle of the worklog.

It shares no code with what it checks. Instants are whole microseconds since 1970.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache

__all__ = ["EPOCH", "TICK", "day_of", "first_instant", "midnights", "us"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
QUARTER = 900_000_000
DAY = 96 * QUARTER


def us(instant: datetime) -> int:
    return (instant - EPOCH) // TICK


def _local(zone: tzinfo, t: int) -> datetime:
    return (EPOCH + t * TICK).astimezone(zone)


def _first(test: Callable[[int], bool], low: int, high: int) -> int:
    """Return the first of low..high for which a test holds that holds from there on."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if test(middle) else (middle + 1, high)
    return low


@cache
def first_instant(zone: tzinfo, day: date) -> int:
    """Return the first instant whose local date is *day* or later, found by walking towards it."""

    def reached(t: int) -> bool:
        return _local(zone, t).date() >= day

    start = us(datetime(day.year, day.month, day.day, tzinfo=UTC)) - 3 * DAY
    while True:
        stop = start + QUARTER
        offset = _local(zone, start).utcoffset()

        def changed(t: int, offset: timedelta | None = offset) -> bool:
            return _local(zone, t).utcoffset() != offset

        # Between two changes of the clock, local dates only rise.
        change = _first(changed, start, stop) if changed(stop) else stop
        for low, high in ((start, change - 1), (change, stop)):
            if reached(high):
                return _first(reached, low, high)
        start = stop


def day_of(zone: tzinfo, t: int) -> date:
    day = _local(zone, t).date() - timedelta(days=3)
    while first_instant(zone, day + timedelta(days=1)) <= t:
        day += timedelta(days=1)
    return day


def midnights(zone: tzinfo, start: int, end: int) -> set[int]:
    """Return the first instants of all local days that begin in [start, end]."""
    day, last = day_of(zone, start), day_of(zone, end)
    found = set()
    while day <= last:
        found.add(first_instant(zone, day))
        day += timedelta(days=1)
    return {t for t in found if start <= t <= end}
