"""Local days as a table: where each begins, for every instant that a bucket of events names.

A local day is what `CivilTime` says it is (AMB-4d): days are contiguous, and one that a zone
skipped begins where the next one does. Of days that nothing lies on the table knows nothing.
"""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Final

import numpy as np

from worklog_core.calendars.days import DAY_US, CivilTime
from worklog_core.columnar.arrays import Ints, spread
from worklog_core.instants import LAST_US

__all__ = ["LocalDays"]

_EPOCH_ORDINAL: Final = 719_163  # 1970-01-01
_LAST_DAY: Final = 3_652_059  # 9999-12-31
_MOST_DAYS: Final = 4_000


class LocalDays:
    """The local days of one zone: `ordinals` are days, `starts` the instants they begin at."""

    __slots__ = ("ordinals", "starts")

    def __init__(
        self, time_zone: tzinfo, instants: Iterable[Ints], spans: tuple[Ints, Ints]
    ) -> None:
        """Take the instants that will be asked for, and the ends of stretches to be cut."""
        civil = CivilTime(time_zone)
        days = _days_near([*instants, *spans], spans)
        starts = np.array([civil.day_start(int(day)) for day in days], dtype=np.int64)
        # Of a skipped day and the next one, the next holds the instants.
        kept = np.append(starts[1:] != starts[:-1], [True] * (len(starts) > 0)).astype(np.bool_)
        self.starts: Final = starts[kept]
        self.ordinals: Final = days[kept]

    def index_of(self, at: Ints) -> Ints:
        """Return the places of the days that hold some instants."""
        return np.searchsorted(self.starts, at, side="right") - 1

    def midnights(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return the midnights strictly inside of stretches, beside the stretch of each."""
        first = self.index_of(start) + 1
        over = np.flatnonzero(end > np.append(self.starts, LAST_US + 1)[first])
        after = np.searchsorted(self.starts, end[over], side="left")
        whose, place = spread(first[over], after)
        return over[whose], self.starts[place]


def _days_near(instants: list[Ints], spans: tuple[Ints, Ints]) -> Ints:
    """Return the ordinals of all local days that may hold the instants or lie in the spans."""
    given = [column for column in instants if len(column)]
    if not given:
        return np.zeros(0, dtype=np.int64)
    first = min(int(column.min()) for column in given) // DAY_US
    last = max(int(column.max()) for column in given) // DAY_US
    if last - first < _MOST_DAYS:
        near = np.arange(first - 3, last + 4)
    else:
        # Far apart: only the days that something lies on, and those that something lasts through.
        start, end = spans
        long = end - start > DAY_US
        _, between = spread(start[long] // DAY_US, end[long] // DAY_US)
        days = np.unique(np.concatenate([*(column // DAY_US for column in given), between]))
        near = np.unique(days[:, None] + np.arange(-3, 4))
    return np.unique(np.clip(near + _EPOCH_ORDINAL, 1, _LAST_DAY + 1))
