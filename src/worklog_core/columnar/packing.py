"""Sorting whole numbers within their owners, by one sort of packed keys.

Three rules hold in this module:
1. Rows come owner by owner, or in any order where it is said. They are sorted by owner, then by
   value, then by place, so that equal values keep their order.
2. Owner, value and place are packed into one integer each, for to sort integers is several times
   faster than to sort places by them. As many owners are sorted together as leave that in 63 bits.
3. Where not even one owner does, the places are sorted by the values.
"""

from itertools import pairwise
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worklog_core.columnar.arrays import Ints

__all__ = ["InOrder", "both_in_order", "in_order", "in_value_order", "owner_starts"]

_BITS = 63
_SHORT_BITS = 32  # half as wide is sorted twice as fast


class InOrder(NamedTuple):
    """The places of the rows in order, and their values: right up to a constant of each owner."""

    places: Ints
    values: Ints


def owner_starts(owners: Ints) -> Ints:
    """Return where each owner's rows begin, and the end, of owners that stand together."""
    changes = np.flatnonzero(owners[1:] != owners[:-1]) + 1
    return np.concatenate(([0], changes, [len(owners)]))


def in_order(values: Ints, starts: Ints, most: int) -> InOrder:
    """Sort values from 0 to *most* within their owners, whose rows begin at *starts*."""
    counts = starts[1:] - starts[:-1]
    rows, owners = len(values), len(counts)
    largest = int(counts.max()) if owners > 1 else rows
    value_bits = most.bit_length()
    together = min(isqrt((1 << max(_BITS - 1 - value_bits, 0)) // largest), owners)
    place_bits = (largest * together - 1).bit_length()
    if not together or value_bits + place_bits + (together - 1).bit_length() > _BITS:
        return _by_places(values, counts)
    groups = starts[:-1:together]
    bits = value_bits + place_bits + (together - 1).bit_length()
    kind = np.uint32 if bits <= _SHORT_BITS else np.int64
    keys: NDArray[Any] = values.astype(kind)
    keys <<= place_bits
    keys += np.arange(rows, dtype=kind)
    if owners > 1:
        owner = np.arange(owners)
        if len(groups) > 1:
            owner %= together
        base = (owner << (value_bits + place_bits)) - np.repeat(groups, together)[:owners]
        keys += np.repeat(base.astype(kind), counts)
    cuts = [*groups.tolist(), rows]
    for first, end in pairwise(cuts):
        keys[first:end].sort()
    places = (keys & kind((1 << place_bits) - 1)).astype(np.int64, copy=False)
    if len(groups) > 1:
        places += np.repeat(groups, np.diff(cuts))
    keys >>= place_bits
    return InOrder(places, keys.astype(np.int64, copy=False))


def both_in_order(owners: Ints, values: Ints, most: int) -> InOrder | None:
    """Sort values from 0 to *most*, two of each row, within the row's owner, a number from 0 up.

    Rows stand in any order, and the values of each side by side. Values give up what bits are
    missing; it is None where none are left, or where what was given up would have told two apart.
    """
    rows = len(owners)
    value_bits, place_bits = most.bit_length(), (2 * rows - 1).bit_length()
    missing = max(int(owners.max()).bit_length() + value_bits + place_bits - _BITS, 0)
    if missing > value_bits:
        return None
    base = owners << (value_bits - missing + place_bits)
    base += np.arange(0, 2 * rows, 2)
    keys = np.empty(2 * rows, np.int64)
    for second in (0, 1):
        coarse = values[second::2] >> missing
        coarse <<= place_bits
        coarse += base
        np.add(coarse, second, out=keys[second::2])
    keys.sort()
    places = keys & ((1 << place_bits) - 1)
    keys >>= place_bits
    if not missing:
        return InOrder(places, keys)
    found = values.take(places)
    alike = keys[1:] == keys[:-1]
    if alike.any() and (alike & (found[1:] < found[:-1])).any():
        return None
    return InOrder(places, found)


def in_value_order(values: Ints, most: int) -> Ints:
    """Return values from 0 to *most* in order; they may be sorted where they stand."""
    if most.bit_length() > _SHORT_BITS:
        values.sort()
        return values
    short = values.astype(np.uint32)
    short.sort()
    return short.astype(np.int64)


def _by_places(values: Ints, counts: Ints) -> InOrder:
    if len(counts) == 1:
        places = np.argsort(values, kind="stable")
    else:
        places = np.lexsort((values, np.repeat(np.arange(len(counts)), counts)))
    return InOrder(places, values[places])
