"""The table that a calendar compiles into: its periods in a stretch of time, read as a clock.

Four rules hold in this module:
1. Everything is an integer number of microseconds: instants since 1970 in UTC, amounts of open
   time.
2. A table knows the stretch [first, last) and nothing outside it. Its periods are sorted, lie in
   the stretch and neither overlap nor touch.
3. `before[i]` is the open time of the stretch before period i begins, and its last entry all of it:
   a clock that runs only while open. Reading it twice measures, looking a reading up advances.
4. A table never changes. One that is too short is replaced by a longer one.

This is the whole interface between calendars and what computes with them, by one instant or by a
column of them: three sorted sequences to be searched.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate, chain
from typing import Final

import attrs

from worklog_core.calendars.spans import Span, clip, unite

__all__ = ["DeltaTable", "PeriodTable"]


_NOTHING: Final = timedelta(0)


@attrs.frozen(eq=False)
class PeriodTable:
    """The periods of a calendar in the stretch [first, last), and the open time before each.

    Period i is [starts[i], ends[i]). `before` has one entry more than there are periods: the open
    time of the whole stretch. A period that reaches an end of the stretch may go on beyond it.

    Example:
        >>> from worklog_core.calendars.table import PeriodTable
        >>> table = PeriodTable.of([(10, 20), (30, 35)], first=0, last=100)
        >>> table.clock_at(32) - table.clock_at(15), table.earliest_at(10), table.latest_at(10)
        (7, 20, 30)
    """

    first: int
    last: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, periods: Sequence[Span], *, first: int, last: int) -> "PeriodTable":
        """Return the table of periods that are sorted, disjoint and within the stretch."""
        lengths = (end - start for start, end in periods)
        return cls(
            first,
            last,
            tuple(start for start, _ in periods),
            tuple(end for _, end in periods),
            tuple(accumulate(chain((0,), lengths))),
        )

    @property
    def periods(self) -> list[Span]:
        """The periods as spans."""
        return list(zip(self.starts, self.ends, strict=True))

    @property
    def total(self) -> int:
        """The open time of the whole stretch."""
        return self.before[-1]

    def within(self, start: int, end: int) -> list[Span]:
        """Return what is open in [start, end), which lies in the stretch."""
        low, high = bisect_right(self.ends, start), bisect_left(self.starts, end)
        return clip(zip(self.starts[low:high], self.ends[low:high], strict=True), start, end)

    def clock_at(self, at: int) -> int:
        """Return the open time of the stretch before an instant of it."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return 0
        end = self.ends[i]
        at = min(at, end)
        return self.before[i] + at - self.starts[i]

    def earliest_at(self, reading: int) -> int:
        """Return the first instant at which the clock shows 0 < reading <= total."""
        i = bisect_left(self.before, reading) - 1
        return self.starts[i] + reading - self.before[i]

    def latest_at(self, reading: int) -> int:
        """Return the last instant at which the clock shows 0 <= reading < total."""
        i = bisect_right(self.before, reading) - 1
        return self.starts[i] + reading - self.before[i]

    def is_open(self, at: int) -> bool:
        """Say whether an instant of the stretch lies in a period."""
        i = bisect_right(self.starts, at) - 1
        return i >= 0 and at < self.ends[i]

    def farthest_change(self, at: int, *, forward: bool) -> int:
        """Return the last end of a period or the first start, or the instant if it lies beyond."""
        return max((at, *self.ends[-1:])) if forward else min((at, *self.starts[:1]))

    def extended(
        self, earlier: Sequence[Span], later: Sequence[Span], first: int, last: int
    ) -> "PeriodTable":
        """Return the table of a longer stretch, given the periods before and after this one."""
        # Only at the two seams can periods touch, but joining them all costs little.
        return PeriodTable.of(unite(chain(earlier, self.periods, later)), first=first, last=last)


@attrs.frozen(eq=False)
class DeltaTable:
    """The same table in timedeltas, instants counted since 1970: what datetimes meet as they are.

    An instant minus 1970 is a timedelta already, exact to the microsecond, and making an integer of
    it and a timedelta of the answer costs more than the look-up. `lead[i]` is what the clock is
    ahead of time in period i: it shows `at + lead[i]` there.
    """

    table: PeriodTable
    first: timedelta
    last: timedelta
    starts: tuple[timedelta, ...]
    ends: tuple[timedelta, ...]
    before: tuple[timedelta, ...]
    lead: tuple[timedelta, ...]

    @classmethod
    def of(cls, table: PeriodTable) -> "DeltaTable":
        """Return the timedeltas of a table."""
        starts, before = _deltas(table.starts), _deltas(table.before)
        lead = tuple(shown - start for start, shown in zip(starts, before, strict=False))
        first, last = _deltas((table.first, table.last))
        return cls(table, first, last, starts, _deltas(table.ends), before, lead)

    def clock_at(self, at: timedelta) -> timedelta:
        """Return the open time of the stretch before an instant of it."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return _NOTHING
        end = self.ends[i]
        if at > end:
            at = end
        return at + self.lead[i]

    def earliest_at(self, reading: timedelta) -> timedelta:
        """Return the first instant at which the clock shows 0 < reading <= before[-1]."""
        return reading - self.lead[bisect_left(self.before, reading) - 1]


def _deltas(amounts: tuple[int, ...]) -> tuple[timedelta, ...]:
    return tuple([timedelta(0, 0, amount) for amount in amounts])
