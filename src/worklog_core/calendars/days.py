"""Civil time: where wall clocks become instants, and where local days begin.

Three rules hold in this module (AMB-4d, RFC 5545 3.3.5):
1. Local day d runs from the first instant whose local date is d, or later where d is missing, to
   the first whose local date is after d. So days are contiguous even where a zone falls back across
   midnight, and a day that the zone skipped is empty.
2. A wall time that occurs twice is its first occurrence; one that never occurs is read with the
   offset before the gap.
3. A zone is only ever asked for its offset at an instant, the one question that every tzinfo
   answers without ambiguity. Days are proleptic ordinals inside (`date.toordinal`), instants and
   wall times integer microseconds; a wall time counts them from 1970 as if the zone were UTC.
"""

from datetime import date, datetime, tzinfo
from itertools import pairwise
from typing import Final

from worklog_core.door import require_zone
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import (
    FIRST_US,
    LAST_US,
    from_microseconds,
    require_instant,
    timedelta_to_microseconds,
    to_microseconds,
)

__all__ = ["DAY_US", "CivilTime", "local_day", "local_day_bounds"]

DAY_US: Final = 86_400_000_000
_HALF_DAY_US: Final = DAY_US // 2
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()

Segment = tuple[int, int, int]
"""The first instant of a stretch of time with one offset, the first one after it, the offset."""


class CivilTime:
    """The local days and wall clock of one time zone, in integer microseconds.

    Answers are remembered, so keep one for as long as a zone is in use. It holds nothing else: two
    threads may share it, and at worst compute the same answer twice.
    """

    __slots__ = ("_days", "_offsets", "_segments", "time_zone")

    def __init__(self, time_zone: tzinfo) -> None:
        self.time_zone: Final = time_zone
        self._offsets: dict[int, int] = {}
        self._segments: dict[int, list[Segment]] = {}
        self._days: dict[int, int] = {}

    def offset_at(self, instant: int) -> int:
        """Return the offset from UTC that is in force at an instant."""
        # A zone cannot be asked within a day of datetime's ends: its local time may not exist.
        within = min(max(instant, FIRST_US + DAY_US), LAST_US - DAY_US)
        try:
            offset = from_microseconds(within).astimezone(self.time_zone).utcoffset()
        except (NotImplementedError, ValueError):
            offset = None
        if offset is None:
            raise WorklogError(
                "time_zone must know its offset at every instant: "
                f"found {describe(self.time_zone)}. Pass zoneinfo.ZoneInfo(...).",
                field="time_zone",
                value=self.time_zone,
            )
        return timedelta_to_microseconds(offset)

    def day_of(self, instant: int) -> int:
        """Return the ordinal of the local day that holds an instant."""
        day = min(max(instant // DAY_US + _EPOCH_ORDINAL, _FIRST_DAY), _LAST_DAY)
        while day > _FIRST_DAY and self.day_start(day) > instant:
            day -= 1
        while day < _LAST_DAY and self.day_start(day + 1) <= instant:
            day += 1
        return day

    def day_start(self, day: int) -> int:
        """Return the first instant of a local day; the day's end is the start of the next.

        The first day of the proleptic calendar has no beginning and the last no end: their outer
        bounds are the ends of datetime's range.
        """
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._find_day_start(day)
        return known

    def midnights(self, start: int, end: int) -> list[int]:
        """Return the starts of local days that lie strictly between two instants, in order."""
        first, last = self.day_of(start) + 1, self.day_of(end)
        starts = [self.day_start(day) for day in range(first, last + 1)]
        # A skipped day begins where the next one does: one cut, not two.
        return [at for at in dict.fromkeys(starts) if start < at < end]

    def instant_of(self, wall: int) -> int:
        """Return the instant of a wall time: the first of two, or past a gap by its length."""
        segments = self._segments_around(wall)
        for start, end, offset in segments:
            if start <= wall - offset < end:
                return wall - offset
        # In a gap: every stretch that ends before this wall time is over, the next has not begun.
        return next(wall - offset for _, end, offset in reversed(segments) if wall - offset >= end)

    def _find_day_start(self, day: int) -> int:
        if day <= _FIRST_DAY:
            return FIRST_US
        if day > _LAST_DAY:
            return LAST_US + 1
        midnight = (day - _EPOCH_ORDINAL) * DAY_US
        return next(
            max(start, midnight - offset)
            for start, end, offset in self._segments_around(midnight)
            if midnight - offset < end
        )

    def _segments_around(self, wall: int) -> list[Segment]:
        """Return the stretches of equal offset that reach a day to both sides of a wall time.

        An offset is always less than a day, so they hold every instant that can show this wall
        time.
        """
        noon = (wall // _HALF_DAY_US) * _HALF_DAY_US
        known = self._segments.get(noon)
        if known is None:
            known = self._segments[noon] = self._find_segments(noon)
        return known

    def _find_segments(self, noon: int) -> list[Segment]:
        probes = range(noon - DAY_US, noon + DAY_US + 2 * _HALF_DAY_US, _HALF_DAY_US)
        changes: list[tuple[int, int]] = [(probes[0], self._probe(probes[0]))]
        for left, right in pairwise(probes):
            self._find_changes(left, self._probe(left), right, self._probe(right), changes)
        ends = [start for start, _ in changes[1:]] + [probes[-1]]
        return [(start, end, offset) for (start, offset), end in zip(changes, ends, strict=True)]

    def _probe(self, instant: int) -> int:
        known = self._offsets.get(instant)
        if known is None:
            known = self._offsets[instant] = self.offset_at(instant)
        return known

    def _find_changes(
        self, left: int, before: int, right: int, after: int, changes: list[tuple[int, int]]
    ) -> None:
        """Append (instant, offset) of each change of the offset in (left, right]."""
        while before != after:
            low, high, at_high = left, right, after
            while high - low > 1:
                middle = (low + high) // 2
                offset = self.offset_at(middle)
                if offset == before:
                    low = middle
                else:
                    high, at_high = middle, offset
            changes.append((high, at_high))
            left, before = high, at_high


def local_day(instant: datetime, time_zone: tzinfo) -> date:
    """Return the local day that an instant belongs to.

    It is the local date of the instant, except just after a zone falls back across midnight: the
    clock then shows the old date again, and the new day has already begun (AMB-4d).

    Raises NaiveDatetimeError for a naive instant, WorklogError for a zone that is not a tzinfo.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core.calendars import local_day
        >>> local_day(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
        datetime.date(2026, 3, 2)
    """
    at = to_microseconds(require_instant("instant", instant))
    return date.fromordinal(CivilTime(require_zone("time_zone", time_zone)).day_of(at))


def local_day_bounds(day: date, time_zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Return the first instant of a local day and the first after it, in UTC.

    None for a day that the zone skipped: it holds no instant. The last day of the calendar ends at
    the last instant that a datetime can hold.

    Raises WorklogError for a day that is not a date (a datetime is none) and for a zone that is not
    a tzinfo.

    Example:
        >>> from datetime import date
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core.calendars import local_day_bounds
        >>> start, end = local_day_bounds(date(2026, 10, 25), ZoneInfo("Europe/Berlin"))
        >>> end - start
        datetime.timedelta(days=1, seconds=3600)
        >>> local_day_bounds(date(2011, 12, 30), ZoneInfo("Pacific/Apia")) is None
        True
    """
    if type(day) is not date:
        raise WorklogError(
            f"day must be a date: found {describe(day)}. Use local_day(instant, zone) or .date().",
            field="day",
            value=day,
        )
    civil = CivilTime(require_zone("time_zone", time_zone))
    start, end = civil.day_start(day.toordinal()), civil.day_start(day.toordinal() + 1)
    if start == end:
        return None
    return from_microseconds(start), from_microseconds(min(end, LAST_US))
