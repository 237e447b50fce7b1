"""Sorted arrays of groups and instants: the few kernels that every stage is made of.

Three rules hold in this module:
1. Arrays are int64 and may be read-only; nothing is written in place that was given. Time and codes
   are whole numbers, and there are no floats.
2. A group is a whole number from zero up: a user, a ticket, a pair of both. An instant is
   microseconds since 1970.
3. Groups and instants are packed into one integer where that fits, for one sort of integers costs a
   tenth of a sort by two columns; where it does not fit, instants give way to their ranks.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Flags",
    "Ints",
    "TimeKeys",
    "cut",
    "distinct",
    "first_of_each",
    "is_first",
    "lengths_of",
    "next_places",
    "numbered",
    "order_of",
    "order_with_ties",
    "place_of",
    "places_within",
    "rows_of",
    "spread",
    "sums",
    "tied_places",
]

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

_MOST_BITS: Final = 62


def order_of(group: Ints, at: Ints) -> Ints:
    """Return the order by group, then instant; of equal ones any order."""
    if len(group) == 0:
        return np.zeros(0, dtype=np.int64)
    lowest, last = int(at.min()), int(group.max())
    # Coarser instants make room for the groups; whether they sufficed is seen afterwards.
    free = _MOST_BITS - last.bit_length()
    shift = max(0, (int(at.max()) - lowest).bit_length() - free)
    order = np.argsort((group << free) | ((at - lowest) >> shift))
    if shift:
        groups, instants = group[order], at[order]
        if np.any((instants[1:] < instants[:-1]) & (groups[1:] == groups[:-1])):
            return np.lexsort((at, group))
    return order


def order_with_ties(group: Ints, at: Ints, further: Callable[[Ints], Sequence[Ints]]) -> Ints:
    """Return the order by group, then instant, then by columns that tell rows apart.

    *further* is asked for those columns of the rows that agree in both, and of no others.
    """
    order = order_of(group, at)
    places = tied_places(group[order], at[order])
    if len(places):
        rows = order[places]
        order[places] = rows[np.lexsort((*further(rows)[::-1], at[rows], group[rows]))]
    return order


def tied_places(*columns: Ints) -> Ints:
    """Return the places in sorted columns that agree with a neighbour in all of them."""
    is_alone = is_first(*columns)
    is_alone[:-1] &= is_alone[1:].copy()
    return np.flatnonzero(~is_alone)


def is_first(*columns: Ints) -> Flags:
    """Return where in sorted columns any of them differs from the row before."""
    first = np.zeros(len(columns[0]), dtype=np.bool_)
    first[:1] = True
    for column in columns:
        first[1:] |= column[1:] != column[:-1]
    return first


def first_of_each(*columns: Ints) -> Ints:
    """Return the places at which the groups of sorted columns begin."""
    return np.flatnonzero(is_first(*columns))


def numbered(first: Flags) -> Ints:
    """Return the number of the group of each row, where groups begin where it is said."""
    return np.cumsum(first, dtype=np.int64) - 1


def next_places(flags: Flags) -> Ints:
    """Return for each place, and the end, the first one from it on that is flagged, or the end."""
    count = len(flags)
    places = np.where(flags, np.arange(count, dtype=np.int64), count)
    return np.append(np.minimum.accumulate(places[::-1])[::-1], count)


def lengths_of(first: Ints, count: int) -> Ints:
    """Return how long the stretches are that begin at some places, of so many rows in all."""
    return np.diff(np.append(first, count))


def sums(values: Ints, first: Ints) -> Ints:
    """Return the sums of stretches that begin at some places; the last goes on to the end."""
    return np.add.reduceat(values, first) if len(first) else np.zeros(0, dtype=np.int64)


def spread(first: Ints, after: Ints) -> tuple[Ints, Ints]:
    """Return every place from *first* up to *after*, range by range, beside whose range it is."""
    counts = after - first
    owner = np.repeat(np.arange(len(first), dtype=np.int64), counts)
    before = np.cumsum(counts) - counts
    return owner, np.arange(len(owner), dtype=np.int64) - np.repeat(before - first, counts)


def rows_of(columns: Iterable[Any], rows: "Ints | Flags") -> Iterator[Any]:
    """Yield some rows of each of several columns."""
    return (column[rows] for column in columns)


def cut(start: Ints, end: Ints, whose: Ints, at: Ints) -> tuple[Ints, Ints, Ints]:
    """Return stretches cut at instants: the starts and ends of the parts, and whose part each is.

    *whose* names the stretch that each cut lies strictly inside of. Parts stand in the order of the
    stretches and of time; a cut that is named twice is one.
    """
    count = len(start)
    if len(at) == 0:
        return start, end, np.arange(count, dtype=np.int64)
    order = order_of(whose, at)
    whose, at = whose[order], at[order]
    kept = is_first(whose, at)
    whose, at = whose[kept], at[kept]
    places = whose + np.arange(1, len(whose) + 1)
    owner = np.repeat(np.arange(count, dtype=np.int64), 1 + np.bincount(whose, minlength=count))
    starts, ends = start[owner], end[owner]
    starts[places] = at
    ends[places - 1] = at
    return starts, ends, owner


def distinct(values: Ints) -> Ints:
    """Return the distinct values, sorted."""
    in_order = np.sort(values)
    return in_order[is_first(in_order)]


def place_of(sorted_keys: Ints, keys: Ints) -> Ints:
    """Return where each key stands among sorted distinct ones, -1 where it is none of them."""
    if len(sorted_keys) == 0:
        return np.full(len(keys), -1, dtype=np.int64)
    place = np.searchsorted(sorted_keys, keys)
    found = sorted_keys[np.minimum(place, len(sorted_keys) - 1)] == keys
    return np.where(found, place, -1)


def places_within(values: Ints, ranges: tuple[Ints, Ints], at: Ints, *, after: bool) -> Ints:
    """Return where instants belong in ranges of values, each of which is sorted.

    Equal ones come before the instant if *after* is said, else behind it. Made for many ranges of
    few values: those that are done are not looked at again.
    """
    low, high = ranges[0].copy(), ranges[1].copy()
    asked = np.flatnonzero(low < high)
    while len(asked):
        middle = (low[asked] + high[asked]) >> 1
        value, wanted = values[middle], at[asked]
        goes_up = value <= wanted if after else value < wanted
        low[asked[goes_up]] = middle[goes_up] + 1
        high[asked[~goes_up]] = middle[~goes_up]
        asked = asked[low[asked] < high[asked]]
    return low


class TimeKeys:
    """One integer for a group and an instant, in their order, so that one search asks for both.

    It is made for a number of groups and for the instants that are searched among. Any instant may
    be searched for; one before the first, or after the last, is kept from the neighbouring group.
    """

    __slots__ = ("_lowest", "_ranks", "_span")

    def __init__(self, groups: int, instants: Iterable[Ints]) -> None:
        given = [column for column in instants if len(column)]
        self._lowest = min((int(column.min()) for column in given), default=0) - 1
        highest = max((int(column.max()) for column in given), default=0) + 1
        self._span = highest - self._lowest + 1
        self._ranks: Ints | None = None
        if groups.bit_length() + self._span.bit_length() > _MOST_BITS:
            self._ranks = np.unique(np.concatenate(given))
            self._span = 2 * len(self._ranks) + 1

    def __call__(self, group: Any, at: Ints) -> Ints:
        """Return the keys of instants in their groups."""
        if self._ranks is None:
            found: Ints = group * self._span + np.clip(at - self._lowest, 0, self._span - 1)
            return found
        # An instant between two that are known gets the even number between their odd ones.
        place = np.searchsorted(self._ranks, at)
        known = self._ranks[np.minimum(place, len(self._ranks) - 1)] == at
        keys: Ints = group * self._span + 2 * place + known
        return keys
