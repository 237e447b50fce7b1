"""Averages of handling time, and volumes: exact sums, exact counts.

Three rules hold in this module (AMB-16):
1. An average is over what has a duration, whatever the action. What was not measured is counted
   apart and never taken for zero.
2. The mean is the exact sum over the exact count, half to even at the microsecond. The median of
   an even number is the mean of the middle two; the 90th percentile is the value at the nearest
   rank, a handling time that really occurred.
3. Nothing measured is None, never zero.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from enum import Enum
from fractions import Fraction
from typing import TypeVar

import attrs

from worklog_core.door import require_key
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.worklog.rows import WorklogRow

__all__ = ["AverageHandlingTime", "AveragePer", "Volume", "average_handling_times", "volume"]

K = TypeVar("K")


class AveragePer(Enum):
    """What one handling time is: a row's, or all of a ticket's rows together (AMB-16)."""

    ROW = "row"
    TICKET = "ticket"


@attrs.frozen
class AverageHandlingTime:
    """The handling times of some rows, summed up.

    `total` is their exact sum, `count` how many there are (rows, or tickets), `unmeasured` how many
    rows had no duration. `mean`, `median` and `percentile_90` are None where `count` is 0.
    """

    total: timedelta
    count: int
    unmeasured: int
    mean: timedelta | None
    median: timedelta | None
    percentile_90: timedelta | None


@attrs.frozen
class Volume:
    """How many rows there are; `unmeasured` of them have no duration."""

    rows: int
    unmeasured: int


def average_handling_times(
    rows: Iterable[WorklogRow],
    by: Callable[[WorklogRow], K],
    *,
    per: AveragePer = AveragePer.ROW,
) -> dict[K, AverageHandlingTime]:
    """Return the average handling time of each group of rows."""
    groups: defaultdict[K, list[WorklogRow]] = defaultdict(list)
    for row in rows:
        groups[require_key("by", by(row))].append(row)
    return {key: _average(group, per) for key, group in groups.items()}


def volume(rows: Iterable[WorklogRow], by: Callable[[WorklogRow], K]) -> dict[K, Volume]:
    """Return how many rows each group holds, the unmeasured ones apart."""
    counts: defaultdict[K, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        count = counts[require_key("by", by(row))]
        count[0] += 1
        count[1] += row.duration is None
    return {key: Volume(*count) for key, count in counts.items()}


def _average(rows: list[WorklogRow], per: AveragePer) -> AverageHandlingTime:
    measured = [
        (row.ticket_id, timedelta_to_microseconds(row.duration))
        for row in rows
        if row.duration is not None
    ]
    times = [duration for _, duration in measured]
    if per is AveragePer.TICKET:
        by_ticket: defaultdict[str, int] = defaultdict(int)
        for ticket_id, duration in measured:
            by_ticket[ticket_id] += duration
        times = list(by_ticket.values())
    times.sort()
    total, count = sum(times), len(times)
    return AverageHandlingTime(
        total=timedelta(microseconds=total),
        count=count,
        unmeasured=len(rows) - len(measured),
        mean=_half_even(total, count) if times else None,
        median=_half_even(times[(count - 1) // 2] + times[count // 2], 2) if times else None,
        percentile_90=timedelta(microseconds=times[-(count // 10) - 1]) if times else None,
    )


def _half_even(total: int, count: int) -> timedelta:
    return timedelta(microseconds=round(Fraction(total, count)))
