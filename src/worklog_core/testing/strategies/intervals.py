"""Intervals and sets of them, drawn so close together that they meet.

Most tick in microseconds within a few ticks, so that drawn intervals overlap, touch, nest and miss
each other by one microsecond; some are hours long and lie at midnights and changes of the clock.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from worklog_core.instants import as_utc
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.testing.strategies.instants import instants as hostile_instants

__all__ = ["interval_sets", "intervals"]

_MONDAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
_TICKS: Final = 24


def _ticks() -> st.SearchStrategy[datetime]:
    return st.integers(0, _TICKS).map(lambda tick: _MONDAY + timedelta(microseconds=tick))


def intervals(
    instants: st.SearchStrategy[datetime] | None = None,
) -> st.SearchStrategy[Interval]:
    """Draw an `Interval` whose two ends come from *instants*.

    Without *instants* most are a few microseconds long and close together; the others are what
    `instants()` draws. Shrinks towards short and early ones.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.strategies import intervals
        >>> find(intervals(), lambda interval: True).duration
        datetime.timedelta(microseconds=1)
    """
    if instants is None:
        return st.one_of(intervals(_ticks()), intervals(_ticks()), intervals(hostile_instants()))
    # By instant: two datetimes of one zone are compared by their wall times.
    ends = st.lists(instants, min_size=2, max_size=2, unique_by=as_utc)
    return ends.map(lambda pair: Interval(*sorted(pair, key=as_utc)))


def interval_sets(
    instants: st.SearchStrategy[datetime] | None = None, *, max_size: int = 6
) -> st.SearchStrategy[IntervalSet]:
    """Draw an `IntervalSet` out of at most *max_size* intervals, the empty one included.

    Two sets drawn beside each other share instants, for both are drawn close together.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.strategies import interval_sets
        >>> find(interval_sets(), lambda times: True)
        IntervalSet()
    """
    if instants is None:
        ticks = interval_sets(_ticks(), max_size=max_size)
        return st.one_of(ticks, ticks, interval_sets(hostile_instants(), max_size=max_size))
    return st.lists(intervals(instants), max_size=max_size).map(IntervalSet)
