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
from itertools import accumulate, chain

import attrs

from worklog_core.calendars.spans import Span, clip, unite

__all__ = ["PeriodTable"]


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

    def extended(
        self, earlier: Sequence[Span], later: Sequence[Span], first: int, last: int
    ) -> "PeriodTable":
        """Return the table of a longer stretch, given the periods before and after this one."""
        # Only at the two seams can periods touch, but joining them all costs little.
        return PeriodTable.of(unite(chain(earlier, self.periods, later)), first=first, last=last)
