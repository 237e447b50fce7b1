"""Half-open intervals of time, and the sets they form.

Three rules hold in this module and nowhere need re-checking:
1. An interval is [start, end): it holds its start and not its end, and it is never empty. "No time
   at all" is the empty `IntervalSet`.
2. A set is canonical: sorted and coalesced, touching intervals joined, so == means "the same
   instants".
3. Ends are instants in UTC: everything compares, sorts and hashes by instant, never by wall time.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import attrs

from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import as_utc, check_instant, require_instant

__all__ = ["Interval", "IntervalSet", "merge_intervals"]

_by_start = attrgetter("start")


@attrs.frozen(order=True)
class Interval:
    """The time from *start* up to, and not including, *end*.

    Both are kept in UTC. Refuses a naive datetime (`NaiveDatetimeError`), and an end that is not
    after the start as instants, whatever the wall clock says.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Interval
        >>> hour = Interval(start=datetime(2026, 3, 2, 9, tzinfo=UTC),
        ...                 end=datetime(2026, 3, 2, 10, tzinfo=UTC))
        >>> hour.duration, hour.start in hour, hour.end in hour
        (datetime.timedelta(seconds=3600), True, False)
    """

    start: datetime = attrs.field(converter=as_utc, validator=check_instant)
    end: datetime = attrs.field(converter=as_utc, validator=check_instant)

    def __attrs_post_init__(self) -> None:
        if not self.start < self.end:
            raise WorklogError(
                f"Interval.end must be after its start {self.start.isoformat()}: "
                f"found {self.end.isoformat()}. For no time at all use IntervalSet().",
                field="Interval.end",
                value=self.end,
            )

    @property
    def duration(self) -> timedelta:
        """The elapsed time between the two instants."""
        return self.end - self.start

    def __contains__(self, instant: object) -> bool:
        return self.start <= require_instant("instant", instant) < self.end


def _trusted(start: datetime, end: datetime) -> Interval:
    # Ends that come out of checked intervals are not checked again: it is most of the cost.
    interval = Interval.__new__(Interval)
    object.__setattr__(interval, "start", start)
    object.__setattr__(interval, "end", end)
    return interval


def _require_intervals(intervals: Iterable[Any]) -> list[Interval]:
    if isinstance(intervals, IntervalSet):
        return list(intervals.intervals)
    found = list(require_iterable("intervals", intervals, "Interval"))
    for interval in found:
        if type(interval) is not Interval:
            raise WorklogError(
                f"intervals must hold Interval values: found {describe(interval)}. "
                "Make each with Interval(start, end).",
                field="intervals",
                value=interval,
            )
    return found


def _join(intervals: list[Interval], max_gap: timedelta) -> tuple[Interval, ...]:
    """Join sorted intervals whose gap is at most *max_gap*; untouched ones are kept as they are."""
    joined: list[Interval] = []
    pending: Interval | None = None
    for interval in intervals:
        if pending is None:
            pending = interval
        elif interval.start - pending.end > max_gap:
            joined.append(pending)
            pending = interval
        elif interval.end > pending.end:
            pending = _trusted(pending.start, interval.end)
    if pending is not None:
        joined.append(pending)
    return tuple(joined)


def _coalesce(intervals: Iterable[Any]) -> tuple[Interval, ...]:
    return _join(sorted(_require_intervals(intervals), key=_by_start), timedelta())


@attrs.frozen(repr=False)
class IntervalSet:
    """A set of instants, as sorted intervals that neither overlap nor touch.

    `|` `&` `-` `^` are union, intersection, difference and symmetric difference; `instant in s`,
    iteration and `bool` (any time at all?) work as for a set. Equal sets hold the same instants.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Interval, IntervalSet
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> morning = IntervalSet([Interval(at(8), at(10)), Interval(at(10), at(12))])
        >>> len(morning.intervals), (morning - IntervalSet([Interval(at(9), at(11))])).duration
        (1, datetime.timedelta(seconds=7200))
    """

    intervals: tuple[Interval, ...] = attrs.field(default=(), converter=_coalesce)

    @property
    def duration(self) -> timedelta:
        """The sum of the durations; zero for the empty set."""
        return sum((interval.duration for interval in self.intervals), timedelta())

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __contains__(self, instant: object) -> bool:
        at = require_instant("instant", instant)
        before = bisect_right(self.intervals, at, key=_by_start)
        return before > 0 and at < self.intervals[before - 1].end

    def __repr__(self) -> str:
        return f"IntervalSet({list(self.intervals)!r})" if self.intervals else "IntervalSet()"

    def __or__(self, other: object) -> "IntervalSet":
        if not isinstance(other, IntervalSet):
            return NotImplemented
        both = sorted(self.intervals + other.intervals, key=_by_start)
        return _trusted_set(_join(both, timedelta()))

    def __and__(self, other: object) -> "IntervalSet":
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return _trusted_set(tuple(_overlaps(self.intervals, other.intervals)))

    def __sub__(self, other: object) -> "IntervalSet":
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return _trusted_set(tuple(_remainders(self.intervals, other.intervals)))

    def __xor__(self, other: object) -> "IntervalSet":
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return (self - other) | (other - self)


def _trusted_set(intervals: tuple[Interval, ...]) -> IntervalSet:
    # What comes out of canonical sets is canonical: it is not sorted and joined again.
    result = IntervalSet.__new__(IntervalSet)
    object.__setattr__(result, "intervals", intervals)
    return result


def _overlaps(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        start = a.start if a.start > b.start else b.start
        end = a.end if a.end < b.end else b.end
        if start < end:
            yield _trusted(start, end)
        if a.end < b.end:
            i += 1
        else:
            j += 1


def _remainders(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    j = 0
    for whole in left:
        start = whole.start
        while j < len(right) and right[j].end <= start:
            j += 1
        k = j
        while k < len(right) and right[k].start < whole.end:
            if start < right[k].start:
                yield _trusted(start, right[k].start)
            start = right[k].end
            k += 1
        if start < whole.end:
            yield _trusted(start, whole.end)


def merge_intervals(
    intervals: Iterable[Interval], *, max_gap: timedelta = timedelta(0)
) -> IntervalSet:
    """Join intervals that overlap, touch, or leave a gap of at most *max_gap* between them.

    The gap that is bridged belongs to the result. Raises WorklogError for a negative gap.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from worklog_core import Interval, merge_intervals
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> seen = [Interval(at(0), at(5)), Interval(at(6), at(9))]
        >>> merge_intervals(seen, max_gap=timedelta(minutes=1)).duration
        datetime.timedelta(seconds=540)
    """
    if not isinstance(max_gap, timedelta) or max_gap < timedelta():
        raise WorklogError(
            f"max_gap must be a timedelta that is not negative: found {describe(max_gap)}. "
            "Leave it out to join only what overlaps or touches.",
            field="max_gap",
            value=max_gap,
        )
    return _trusted_set(_join(sorted(_require_intervals(intervals), key=_by_start), max_gap))
