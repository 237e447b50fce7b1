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

from datetime import date, datetime, timedelta, tzinfo
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

__all__ = ["DAY_US", "CivilTime", "local_day", "local_day_bounds", "midnight_of"]

DAY_US: Final = 86_400_000_000
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()
_ONE_DAY: Final = timedelta(days=1)

# A zone is asked once a day, block by block; no zone of the tz database kept an offset for less
# than a week and then took it back. A block knows two days on either side, because an offset is
# less than a day, so that it answers for every wall time and every day that begin in it.
_BLOCK_US: Final = 16 * DAY_US
_MARGIN_US: Final = 2 * DAY_US
_HOUR_US: Final = DAY_US // 24

# A zone cannot be asked within a day of datetime's ends: its local time may not exist.
_FIRST_ASKED: Final = FIRST_US + DAY_US
_LAST_ASKED: Final = LAST_US + 1 - 2 * DAY_US

# A clock that runs by the sun changes its offset all the time, and has no days to speak of.
_MOST_CHANGES: Final = 1000

Segment = tuple[int, int, int]
"""The first instant of a stretch of time with one offset, the first one after it, the offset."""


def midnight_of(day: int) -> int:
    """Return the wall time at which a day begins."""
    return (day - _EPOCH_ORDINAL) * DAY_US


class CivilTime:
    """The local days and wall clock of one time zone, in integer microseconds.

    Answers are remembered, so keep one for as long as a zone is in use. It holds nothing else: two
    threads may share it, and at worst compute the same answer twice.
    """

    __slots__ = ("_blocks", "_spans", "time_zone")

    def __init__(self, time_zone: tzinfo) -> None:
        self.time_zone: Final = time_zone
        self._blocks: dict[int, list[Segment]] = {}
        self._spans: dict[int, tuple[int, int, int]] = {}

    def offset_at(self, instant: int) -> int:
        """Return the offset from UTC that is in force at an instant."""
        within = min(max(instant, _FIRST_ASKED), _LAST_ASKED)
        return timedelta_to_microseconds(self._offset_of(from_microseconds(within)))

    def day_of(self, instant: int) -> int:
        """Return the ordinal of the local day that holds an instant."""
        # A day is never taken back: it is the latest local date that was shown up to then.
        segments = self._block_of(instant)
        latest = (instant + segments[0][2]) // DAY_US
        if len(segments) > 1:
            latest = max(
                (min(instant, end - 1) + offset) // DAY_US
                for start, end, offset in segments
                if start <= instant
            )
        return min(max(latest + _EPOCH_ORDINAL, _FIRST_DAY), _LAST_DAY)

    def day_span(self, instant: int) -> tuple[int, int, int]:
        """Return the local day that holds an instant, its first instant and the first after it."""
        hour = instant // _HOUR_US  # most hours lie within one day, so the last answer serves
        span = self._spans.get(hour)
        if span is None or not span[1] <= instant < span[2]:
            day = self.day_of(instant)
            span = self._spans[hour] = (day, self.day_start(day), self.day_start(day + 1))
        return span

    def day_start(self, day: int) -> int:
        """Return the first instant of a local day; the day's end is the start of the next.

        The first day of the proleptic calendar has no beginning and the last no end: their outer
        bounds are the ends of datetime's range.
        """
        if day <= _FIRST_DAY:
            return FIRST_US
        if day > _LAST_DAY:
            return LAST_US + 1
        midnight = midnight_of(day)
        return next(
            max(start, midnight - offset)
            for start, end, offset in self._block_of(midnight)
            if midnight - offset < end
        )

    def midnights(self, start: int, end: int) -> list[int]:
        """Return the starts of local days that lie strictly between two instants, in order."""
        starts = map(self.day_start, range(self.day_of(start), self.day_of(end) + 1))
        # A skipped day begins where the next one does: one cut, not two.
        return [at for at in dict.fromkeys(starts) if start < at < end]

    def days_of(self, start: int, end: int) -> range:
        """Return the days that [start, end) touches."""
        return range(self.day_of(start), self.day_of(end - 1) + 1)

    def instant_of(self, wall: int) -> int:
        """Return the instant of a wall time: the first of two, or past a gap by its length."""
        segments = self._block_of(wall)
        for start, end, offset in segments:
            if start <= wall - offset < end:
                return wall - offset
        # In a gap: every stretch that ends before this wall time is over, the next has not begun.
        return next(wall - offset for _, end, offset in reversed(segments) if wall - offset >= end)

    def occurrences_of(self, wall: int) -> list[int]:
        """Return every instant at which the clock shows a wall time: one, two, or none in a gap."""
        return [
            wall - offset
            for start, end, offset in self._block_of(wall)
            if start <= wall - offset < end
        ]

    def segments(self, start: int, end: int) -> list[Segment]:
        """Return the stretches of one offset that together hold [start, end), cut at its ends."""
        found: list[Segment] = []
        for block in range(start // _BLOCK_US, end // _BLOCK_US + 1):
            first, after = max(start, block * _BLOCK_US), min(end, (block + 1) * _BLOCK_US)
            for since, until, offset in self._block_of(first):
                low, high = max(since, first), min(until, after)
                if low >= high:
                    continue
                if found and found[-1][2] == offset:
                    low = found.pop()[0]
                found.append((low, high, offset))
        return found

    def _block_of(self, instant: int) -> list[Segment]:
        """Return the stretches of one offset in the block that holds an instant or a wall time."""
        block = instant // _BLOCK_US
        known = self._blocks.get(block)
        if known is None:
            known = self._blocks[block] = self._segments_of_block(block)
        return known

    def _segments_of_block(self, block: int) -> list[Segment]:
        first = block * _BLOCK_US - _MARGIN_US
        last = first + _BLOCK_US + 2 * _MARGIN_US
        low, high = max(first, _FIRST_ASKED), min(last, _LAST_ASKED)
        asked = from_microseconds(low)
        before = self._offset_of(asked)
        changes = [(first, timedelta_to_microseconds(before))]
        for left in range(low, high, DAY_US):
            asked = asked + _ONE_DAY
            after = self._offset_of(asked)
            if after != before:
                self._find_changes(left, left + DAY_US, timedelta_to_microseconds(after), changes)
            before = after
        ends = [start for start, _ in changes[1:]] + [last]
        return [(start, end, offset) for (start, offset), end in zip(changes, ends, strict=True)]

    def _find_changes(
        self, left: int, right: int, after: int, changes: list[tuple[int, int]]
    ) -> None:
        """Append (instant, offset) of each change of the offset in (left, right]."""
        while changes[-1][1] != after:
            low, high, at_high = left, right, after
            while high - low > 1:
                middle = (low + high) // 2
                offset = self.offset_at(middle)
                if offset == changes[-1][1]:
                    low = middle
                else:
                    high, at_high = middle, offset
            changes.append((high, at_high))
            left = high
            if len(changes) > _MOST_CHANGES:
                raise self._refusal("keep its offset for a while")

    def _offset_of(self, at: datetime) -> timedelta:
        try:
            offset = at.astimezone(self.time_zone).utcoffset()
        except Exception as fault:
            # A tzinfo is foreign code, which may raise anything; its own words are the cause.
            raise self._refusal("know its offset at every instant") from fault
        if offset is None:
            raise self._refusal("know its offset at every instant")
        return offset

    def _refusal(self, must: str) -> WorklogError:
        return WorklogError(
            f"time_zone must {must}: found {describe(self.time_zone)}. "
            "Pass zoneinfo.ZoneInfo(...).",
            field="time_zone",
            value=self.time_zone,
        )


def local_day(instant: datetime, time_zone: tzinfo) -> date:
    """Return the local day that an instant belongs to.

    It is the local date of the instant, except just after a zone falls back across midnight: the
    clock then shows the old date again, and the new day has already begun (AMB-4d).

    Raises NaiveDatetimeError for a naive instant, WorklogError for a zone that is not a tzinfo.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import local_day
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
        >>> from worklog_core import local_day_bounds
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
