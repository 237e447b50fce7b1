"""Look-ups of whole columns in a compiled table, by cells.

Four rules hold in this module:
1. Time is cut into cells of one width, a power of two of microseconds, so that a shift finds the
   cell of an instant. What its look-up needs is written down cell by cell.
2. A cell is no wider than the smallest gap between periods, so that it meets at most one of them;
   for the inverse, no wider than the shortest period, so that its answer jumps at most once.
3. Where that makes too many cells, the look-up is a binary search in the same arrays.
4. A look-up says exactly what `PeriodTable` says: the open time before an instant, and the instant
   at which so much has been open.
"""

from bisect import bisect_left, bisect_right
from typing import Final

import attrs
import numpy as np

from worklog_core.calendars.table import PeriodTable
from worklog_core.columnar.arrays import Ints

__all__ = ["Clock", "Inverse", "Scratch"]

_MOST_CELLS: Final = 2**19
_QUESTIONS_A_CELL: Final = 4
_FAR: Final = 2**62


@attrs.frozen(eq=False)
class Scratch:
    """Memory that the look-ups of a block write in, made once for all blocks."""

    cell: Ints
    value: Ints
    shown: Ints

    @classmethod
    def of_length(cls, length: int) -> "Scratch":
        """Return memory for a block of so many rows."""
        return cls(*np.empty((3, length), np.int64))


@attrs.frozen(eq=False)
class Clock:
    """The clock of a calendar from *low* to *high*: the open time before an instant.

    In the period of a cell the clock shows `at + lead`, and in the cell nothing below `least` and
    above `most`, which are what it shows where the cell begins and ends.
    """

    low: int
    shift: int
    lead: Ints
    least: Ints
    most: Ints
    periods: tuple[Ints, Ints, Ints]

    @classmethod
    def of(cls, table: PeriodTable, low: int, high: int, questions: int) -> "Clock":
        """Return the clock of a table for so many questions about instants in [low, high]."""
        i, j = bisect_right(table.ends, low), bisect_left(table.starts, high + 1)
        starts = np.array(table.starts[i:j], np.int64)
        before = np.array(table.before[i : j + 1], np.int64)
        # What lies before the first period finds the last entry, which shows the same everywhere.
        ends = np.array((*table.ends[i:j], -_FAR), np.int64)
        lead = np.append(before[:-1] - starts, before[0] + _FAR)
        width = (high - low).bit_length()
        if len(starts) > 1:
            width = min(width, int((starts[1:] - ends[:-2]).min()).bit_length() - 1)
        cells = ((high - low) >> width) + 1
        if cells > min(questions // _QUESTIONS_A_CELL, _MOST_CELLS):
            none = np.empty(0, np.int64)
            return cls(low, width, none, none, none, (starts, ends, lead))
        bounds = low + (np.arange(cells + 1, dtype=np.int64) << width)
        shown = _searched(starts, ends, lead, bounds)
        # Where no period of the stretch is left the clock stands, whatever its lead.
        period = np.minimum(ends[:-1].searchsorted(bounds[:-1], "right"), max(len(starts) - 1, 0))
        return cls(low, width, lead[period], shown[:-1], shown[1:], (starts, ends, lead))

    def read(self, at: Ints, out: Ints, scratch: Scratch) -> None:
        """Write what the clock shows at instants of the stretch."""
        if not len(self.lead):
            out[:] = _searched(*self.periods, at)
            return
        cell, bound = scratch.cell, scratch.value
        np.subtract(at, self.low, out=cell)
        np.right_shift(cell, self.shift, out=cell)
        # The cells are there, all of them: to wrap is to be spared the check and its copy.
        self.lead.take(cell, out=out, mode="wrap")
        np.add(out, at, out=out)
        self.least.take(cell, out=bound, mode="wrap")
        np.maximum(out, bound, out=out)
        self.most.take(cell, out=bound, mode="wrap")
        np.minimum(out, bound, out=out)


@attrs.frozen(eq=False)
class Inverse:
    """The instant at which a clock shows a reading, for the first time.

    It lies `offset` after the reading, by the last period that began below it. A reading plus one
    finds the period in which the clock shows the reading for the last time.
    """

    low: int
    shift: int
    jump: Ints
    offset: Ints
    periods: tuple[Ints, Ints]

    @classmethod
    def of(cls, table: PeriodTable, low: int, high: int, questions: int) -> "Inverse":
        """Return the inverse of a table for so many questions about readings in [low, high]."""
        i = max(bisect_left(table.before, low) - 1, 0)
        j = max(min(bisect_left(table.before, high), len(table.starts)), i + 1)
        before = np.array(table.before[i:j], np.int64)
        offset = np.array(table.starts[i:j], np.int64) - before
        jumps = before[1:]
        width = (high - low).bit_length()
        if len(jumps) > 1:
            width = min(width, int((jumps[1:] - jumps[:-1]).min()).bit_length() - 1)
        cells = ((high - low) >> width) + 1
        if cells > min(questions // _QUESTIONS_A_CELL, _MOST_CELLS):
            none = np.empty(0, np.int64)
            return cls(low, width, none, none, (jumps, offset))
        jump = np.full(cells, _FAR, np.int64)
        jump[(jumps - low) >> width] = jumps
        bounds = low + (np.arange(cells + 1, dtype=np.int64) << width)
        return cls(low, width, jump, offset[jumps.searchsorted(bounds)], (jumps, offset))

    def look_up(self, reading: Ints, out: Ints, scratch: Scratch) -> None:
        """Write by how much the instant lies after each reading."""
        if not len(self.jump):
            jumps, offset = self.periods
            out[:] = offset[jumps.searchsorted(reading)]
            return
        cell, jump = scratch.cell, scratch.value
        np.subtract(reading, self.low, out=cell)
        np.right_shift(cell, self.shift, out=cell)
        self.jump.take(cell, out=jump, mode="wrap")
        # A cell has one jump at most, so what holds after it is what holds where the next begins.
        np.add(cell, reading > jump, out=cell)
        self.offset.take(cell, out=out, mode="wrap")


def _searched(starts: Ints, ends: Ints, lead: Ints, at: Ints) -> Ints:
    period = starts.searchsorted(at, "right") - 1
    return np.minimum(at, ends[period]) + lead[period]
