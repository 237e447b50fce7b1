"""Parallel time, divided, for many users at once: the columns of `worklog.division`.

Two rules hold in this module:
1. Users stand apart: what one had open divides nobody else's time. They are taken some at a time,
   whole, so that what is sorted stays in the cache.
2. What comes out has the places of what came in.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from worklog_core.columnar.arrays import Ints
from worklog_core.columnar.given import codes_of, microseconds_of, require_one_length
from worklog_core.columnar.packing import in_order, owner_starts
from worklog_core.columnar.parallel import Scattered, Sessions, parts_of, parts_of_scattered
from worklog_core.errors import WorklogError

__all__ = ["divide_parallel_time"]

_ROWS: Final = 65_536
"""About how many sessions are taken at a time."""

_SCATTER: Final = np.uint64(0x9E3779B97F4A7C15)
_KEPT: Final = 31 * 2**20
_LONG: Final = 2**62


def divide_parallel_time(user: Ints, ticket: Ints, start: Ints, end: Ints) -> Ints:
    """Divide the time of each user over the tickets that were open, by session.

    Users and tickets are whole numbers that stand for their ids; starts and ends are microseconds
    since 1970 in UTC, int64. The answer is microseconds, one for each session in the order given. A
    user's parts sum to the time in which anything was open, exactly; what does not divide goes by
    largest remainder once for each user, ties to the lower (ticket, start, end, place). An instant
    on which sessions of one ticket overlap counts once, for the first by (start, end, place).

    Raises WorklogError for arrays that are no integers, for NaT, and for an end before its start.

    Example:
        >>> import numpy as np
        >>> from worklog_core.columnar import divide_parallel_time
        >>> nobody_else = np.array([7, 7, 7])
        >>> tickets, starts = np.array([1, 2, 3]), np.array([0, 0, 50])
        >>> divide_parallel_time(nobody_else, tickets, starts, np.array([100, 50, 60]))
        array([70, 25,  5])
    """
    who, what = codes_of("user", user), codes_of("ticket", ticket)
    since, until = microseconds_of("start", start).us, microseconds_of("end", end).us
    require_one_length(user=who, ticket=what, start=since, end=until)
    backwards = until < since
    if backwards.any():
        row = int(backwards.argmax())
        raise WorklogError(
            f"end must not be before start: found {int(until[row])} after {int(since[row])} in "
            f"row {row}. Correct the order of the two, or leave the row out.",
            field="end",
            value=int(until[row]),
        )
    # An allocator that has seen memory of some size keeps memory: what follows takes it again and
    # again, and to be handed fresh pages each time would cost as much as the division.
    np.empty(_KEPT, np.uint8)
    if not len(who):
        return np.empty(0, np.int64)
    stand_together = bool((who[1:] >= who[:-1]).all())
    if len(who) <= 2 * _ROWS and not stand_together:
        return _parts(who, what, since, until)
    parts = np.empty(len(who), np.int64)
    if stand_together:
        for rows in _some_users(who):
            sessions = what[rows], since[rows], until[rows], owner_starts(who[rows])
            parts[rows] = parts_of(Sessions(*sessions))
    else:
        _by_buckets(who, what, since, until, parts)
    return parts


def _some_users(who: Ints) -> Iterator[slice]:
    """Yield rows that hold some users whole, not many more than `_ROWS`; they are in order."""
    cut = 0
    while cut < len(who):
        first, last = cut, int(who[min(cut + _ROWS, len(who)) - 1])
        cut = int(who.searchsorted(last, "right"))
        yield slice(first, cut)


def _by_buckets(who: Ints, ticket: Ints, start: Ints, end: Ints, parts: Ints) -> None:
    """Write the parts of users in any order, bucket by bucket of whole users.

    Rows are sorted into buckets chunk by chunk, so that memory is read and written in runs: to
    gather the rows of a bucket from all over it would cost more than to divide them.
    """
    columns = (who, ticket, start, end)
    bits = min((len(who) // _ROWS).bit_length(), 16)
    orders = np.empty(len(who), np.int64)
    runs = [np.empty(len(who), np.int64) for _ in columns]
    cuts: list[list[int]] = []
    for chunk in _chunks(len(who)):
        # The product scatters codes of any pattern over the buckets; its high bits say which.
        scattered = who[chunk].view(np.uint64) * _SCATTER >> np.uint64(64 - bits)
        bucket = scattered.astype(np.min_scalar_type((1 << bits) - 1))
        order = orders[chunk] = np.argsort(bucket, kind="stable")
        for run, column in zip(runs, columns, strict=True):
            run[chunk] = column[chunk][order]
        ends = chunk.start + np.bincount(bucket, minlength=1 << bits).cumsum()
        cuts.append([chunk.start, *ends.tolist()])
    done = runs[-1]
    for number in range(1 << bits):
        places = [slice(cut[number], cut[number + 1]) for cut in cuts]
        rows = [np.concatenate([run[place] for place in places]) for run in runs]
        if len(rows[0]):
            left = _parts(*rows)
            for place in places:
                length = place.stop - place.start
                done[place], left = left[:length], left[length:]
    for chunk in _chunks(len(who)):
        parts[chunk][orders[chunk]] = done[chunk]


def _chunks(count: int) -> Iterator[slice]:
    return (slice(first, min(first + _ROWS, count)) for first in range(0, count, _ROWS))


def _parts(who: Ints, ticket: Ints, start: Ints, end: Ints) -> Ints:
    """Return the parts of the sessions of some users, in the order given."""
    low, high = int(who.min()), int(who.max())
    if high - low < len(who):
        together = parts_of_scattered(Scattered(ticket, start, end, who - low))
        if together is not None:
            return together
    if high - low < _LONG:
        order, found = in_order(who - low, np.array([0, len(who)]), high - low)
    else:
        order = np.argsort(who, kind="stable")
        found = who[order]
    sessions = Sessions(ticket.take(order), start.take(order), end.take(order), owner_starts(found))
    parts = np.empty(len(who), np.int64)
    parts[order] = parts_of(sessions)
    return parts
