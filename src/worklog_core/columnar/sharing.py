"""Shared clocks in columns: parallel time, divided, for many user-days at once.

Three rules hold in this module (E-14, AMB-5):
1. A clock runs at 1/w while what is open weighs w together; a user-day is a group with a clock of
   its own. What a clock shows is a quotient and a remainder over the group's scale, so int64 holds
   it exactly.
2. The scale is the least common multiple of what weights can be met, of 1 to 36 for plain counts.
   A group for which that leaves int64 is told apart, for exact integers of any size.
3. Sums may leave int64 where only their differences are asked for, which do not.
"""

from collections.abc import Sequence
from math import lcm
from typing import Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import Flags, Ints, first_of_each, lengths_of

__all__ = ["Faces", "Marks", "read_clocks"]

# Of a table by the highest level: a multiple of every level up to it.
_MOST_LEVEL: Final = 36
_SCALES: Final = np.array([lcm(*range(1, level + 1)) for level in range(_MOST_LEVEL + 1)])
_MOST: Final = 2**62
# A group begins at its day's first instant, and no day lasts longer than three.
_DAY_BITS: Final = 38


class Marks(NamedTuple):
    """Instants at which clocks are read: the group, the instant within it, and what changes there.

    `changes` are by how much the weight of what is open rises, by rank: who comes later shares only
    while nothing before it is open. All are 0 where a clock is only read.
    """

    group: Ints
    within: Ints
    changes: Sequence[Ints]


class Faces(NamedTuple):
    """What the clocks show at the marks, by rank: whole microseconds, and a rest over the scale.

    A group in `is_beyond` is not answered.
    """

    shown: Sequence[tuple[Ints, Ints]]
    scale: Ints
    is_beyond: Flags


def read_clocks(marks: Marks) -> Faces:
    """Read the clocks of groups numbered from zero up, each of which has marks."""
    order = np.argsort((marks.group << _DAY_BITS) | marks.within)
    group, within = marks.group[order], marks.within[order]
    levels = [np.cumsum(change[order]) for change in marks.changes]
    elapsed = np.zeros(len(order), dtype=np.int64)
    elapsed[:-1] = within[1:] - within[:-1]
    first = first_of_each(group)
    highest = np.maximum.reduce([np.maximum.reduceat(level, first) for level in levels])
    for place, level in enumerate(levels):
        for before in levels[:place]:
            level[before > 0] = 0
    scale, is_beyond = _scales(highest, levels, first)
    each = np.repeat(scale, lengths_of(first, len(order)))
    return Faces([_face(elapsed, level, each, order) for level in levels], scale, is_beyond)


def _face(elapsed: Ints, level: Ints, scale: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Return what a clock shows at each mark, in the order in which the marks were given."""
    runs = level > 0
    weight = np.where(runs, level, 1)
    passed = np.where(runs, elapsed, 0)
    whole, rest = np.divmod(passed, weight)
    rest *= scale // weight
    shown: list[Ints] = []
    for part in (whole, rest):
        face = np.cumsum(part)
        face -= part
        given = np.empty_like(face)
        given[order] = face
        shown.append(given)
    return shown[0], shown[1]


def _scales(highest: Ints, levels: Sequence[Ints], first: Ints) -> tuple[Ints, Flags]:
    """Return the scale of each group, and which groups int64 does not hold."""
    after = np.append(first[1:], len(levels[0]))
    scale = _SCALES[np.minimum(highest, _MOST_LEVEL)]
    is_beyond = np.zeros(len(first), dtype=np.bool_)
    for group in np.flatnonzero(highest > _MOST_LEVEL).tolist():
        rows = slice(int(first[group]), int(after[group]))
        met = {weight for level in levels for weight in np.unique(level[rows]).tolist()}
        exact = lcm(*(met - {0}))
        is_beyond[group] = exact >= _MOST
        scale[group] = 1 if is_beyond[group] else exact
    # Each mark adds less than one scale to the rest, and a share is the rest times a weight.
    is_beyond |= scale >= _MOST // np.maximum((after - first) * highest, 1)
    return scale, is_beyond
