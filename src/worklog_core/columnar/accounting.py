"""Ledger lines in columns: user-days divided, apportioned and labelled.

The rules are those of `worklog_core.worklog.accounting` (AMB-5 to 5c, AMB-28). A user-day whose
division does not fit int64 is accounted by that very module, in integers of any size.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    cut,
    first_of_each,
    is_first,
    lengths_of,
    numbered,
    order_of,
    sums,
)
from worklog_core.columnar.cells import Pieces, Rows
from worklog_core.columnar.presence import Screens
from worklog_core.columnar.sharing import Marks, read_clocks
from worklog_core.worklog.ledger import LABELS, LedgerLabel

__all__ = ["Gate", "Lines", "Screened", "Shares", "lines_of"]

_COUNTED: Final = LABELS.index(LedgerLabel.COUNTED)
_VIEW_ONLY: Final = LABELS.index(LedgerLabel.VIEW_ONLY)
_NOT_COUNTING: Final = LABELS.index(LedgerLabel.NOT_COUNTING)
_EXCLUDED: Final = LABELS.index(LedgerLabel.EXCLUDED)
_UNEDITED: Final = LABELS.index(LedgerLabel.UNEDITED)


class Lines(NamedTuple):
    """The ledger's lines, by pair and start; a row is -1 unless the label is COUNTED."""

    pair: Ints
    start: Ints
    end: Ints
    label: Ints
    amount: Ints
    day: Ints
    row: Ints


class Gate(NamedTuple):
    """Runs of pieces in one status: where each starts and ends, whose it is, and if it counts."""

    start: Ints
    end: Ints
    piece: Ints
    counts: Flags


class Shares(NamedTuple):
    """How pieces share: the weight of each, and which are too heavy.

    Time goes to the lowest `rank` of which anything is open; it is None where all have the same.
    """

    weight: Ints
    rank: Ints | None
    is_beyond: Flags


class Screened(NamedTuple):
    """What lines are made of: pieces, all of which have a length, and what is known of each.

    `user_day` numbers the user-days, `day_start` tells where the piece's day begins. `forgotten`
    has places of sessions for pairs, and is None where no part of any session was left alone.
    """

    pieces: Pieces
    rows: Rows
    gate: Gate
    forgotten: Screens | None
    user_day: Ints
    day_start: Ints
    is_excluded: Flags
    shares: Shares


class _Slices(NamedTuple):
    """Runs cut at first edits and caps."""

    start: Ints
    end: Ints
    piece: Ints
    counts: Flags


def lines_of(screened: Screened, exactly: Callable[[Ints, Screened], list[int]]) -> Lines:
    """Return the lines of what was on screen.

    *exactly* is given the places of those pieces whose user-day int64 does not hold, and returns
    the amounts of that day's lines by start and ticket.
    """
    pieces, rows, gate, forgotten, *_ = screened
    slices = _slices(pieces, rows, gate, forgotten)
    piece = slices.piece
    row = pieces.row[piece]
    label = np.where(
        row >= 0, _COUNTED, np.where(screened.is_excluded[piece], _EXCLUDED, _VIEW_ONLY)
    )
    if forgotten is not None:
        keys = TimeKeys(int(pieces.session[-1]) + 1, (forgotten.start, forgotten.end))
        starts = keys(forgotten.pair, forgotten.start)
        place = np.searchsorted(starts, keys(pieces.session[piece], slices.start), side="right") - 1
        is_forgotten = (
            (place >= 0)
            & (forgotten.pair[place] == pieces.session[piece])
            & (slices.start < forgotten.end[place])
        )
        label[is_forgotten & (row >= 0)] = _UNEDITED
    label[~slices.counts] = _NOT_COUNTING
    amount = _amounts(screened, slices, exactly)
    return Lines(
        pair=pieces.pair[piece],
        start=slices.start,
        end=slices.end,
        label=label,
        amount=amount,
        day=pieces.day[piece],
        row=np.where(label == _COUNTED, row, -1),
    )


def _slices(pieces: Pieces, rows: Rows, gate: Gate, forgotten: Screens | None) -> _Slices:
    """Return the runs, those that count for a row cut at its first edit and at the cap."""
    row = pieces.row[gate.piece]
    edit = np.append(rows.recorded, 0)[row]
    is_cut = gate.counts & (row >= 0)
    whose = np.flatnonzero(is_cut & (gate.start < edit) & (edit < gate.end))
    at = edit[whose]
    if forgotten is not None:
        bounds = np.append(forgotten.start, forgotten.end)
        sessions = np.append(forgotten.pair, forgotten.pair)
        session = pieces.session[gate.piece]
        keys = TimeKeys(int(session[-1]) + 1, (gate.start, gate.end))
        found = np.searchsorted(keys(session, gate.start), keys(sessions, bounds)) - 1
        inside = (
            (found >= 0) & is_cut[found] & (session[found] == sessions) & (bounds < gate.end[found])
        )
        whose, at = np.append(whose, found[inside]), np.append(at, bounds[inside])
    start, end, run = cut(gate.start, gate.end, whose, at)
    return _Slices(start, end, gate.piece[run], gate.counts[run])


def _amounts(
    screened: Screened, slices: _Slices, exactly: Callable[[Ints, Screened], list[int]]
) -> Ints:
    """Return the microseconds that each slice is given."""
    pieces, user_day, piece = screened.pieces, screened.user_day, slices.piece
    whole, rest, scale, is_beyond = _shares(screened, slices)
    unit = numbered(is_first(pieces.pair[piece], pieces.day[piece], pieces.home[piece]))
    amount = np.zeros(len(piece), dtype=np.int64)
    for pot in (slices.counts, ~slices.counts):
        if np.all(pot):
            amount = _apportion(whole, rest, unit, user_day[piece], scale)
        elif np.any(pot):
            amount[pot] = _apportion(whole[pot], rest[pot], unit[pot], user_day[piece[pot]], scale)
    for group in np.flatnonzero(is_beyond).tolist():
        lines = np.flatnonzero(user_day[piece] == group)
        lines = lines[np.lexsort((pieces.pair[piece[lines]], slices.start[lines]))]
        amount[lines] = exactly(np.flatnonzero(user_day == group), screened)
    return amount


def _shares(screened: Screened, slices: _Slices) -> tuple[Ints, Ints, Ints, Flags]:
    """Return the exact share of each slice, whole and rest.

    Beside them stand the scale of each user-day, and which user-days int64 does not hold.
    """
    pieces, user_day, day_start = screened.pieces, screened.user_day, screened.day_start
    shares, piece, count = screened.shares, slices.piece, len(slices.piece)
    opens = is_first(piece)
    ranked: Ints | None = None
    change = np.append(np.where(opens, shares.weight[piece], 0), -shares.weight)
    changes = [change]
    if shares.rank is not None:
        ranks, ranked = np.unique(shares.rank, return_inverse=True)
        of_mark = np.append(ranked[piece], ranked)
        changes = [np.where(of_mark == number, change, 0) for number in range(len(ranks))]
    marks = Marks(
        group=np.append(user_day[piece], user_day),
        within=np.append(slices.start - day_start[piece], pieces.end - day_start),
        changes=changes,
    )
    faces = read_clocks(marks)
    # A slice ends where the next one of its piece begins, the last one where the piece ends.
    closes = np.arange(1, count + 1)
    last = np.append(opens[1:], True)
    closes[last] = count + np.arange(len(pieces.pair))
    passed = [
        (whole[closes] - whole[:count], rest[closes] - rest[:count]) for whole, rest in faces.shown
    ]
    whole, rest = passed[0]
    if ranked is not None:
        whole, rest = (np.choose(ranked[piece], parts) for parts in zip(*passed, strict=True))
    weight = shares.weight[piece]
    carried, rest = np.divmod(rest * weight, faces.scale[user_day[piece]])
    is_beyond = faces.is_beyond
    is_beyond[user_day[shares.is_beyond]] = True
    return whole * weight + carried, rest, faces.scale, is_beyond


def _apportion(whole: Ints, rest: Ints, unit: Ints, group: Ints, scales: Ints) -> Ints:
    """Return the microseconds of slices, by unit and time: running floors, or ceilings (AMB-5c)."""
    first = first_of_each(unit)
    scale = scales[group]
    gets_more = _gets_more(sums(rest, first), group[first], scales)
    lengths = lengths_of(first, len(unit))
    lift = np.repeat(np.where(gets_more, scale[first] - 1, 0), lengths)
    whole, rest = np.cumsum(whole), np.cumsum(rest)
    base = np.append(0, whole[first[1:] - 1]), np.append(0, rest[first[1:] - 1])
    reached = whole - np.repeat(base[0], lengths)
    reached += (rest - np.repeat(base[1], lengths) + lift) // scale
    before = np.append(0, reached[:-1])
    before[first] = 0
    amounts: Ints = reached - before
    return amounts


def _gets_more(rest: Ints, group: Ints, scales: Ints) -> Flags:
    """Return which units get an extra microsecond: largest remainder, ties to the first unit."""
    scale = scales[group]
    rest = rest % scale
    open_units = np.flatnonzero(rest)
    found = np.zeros(len(rest), dtype=np.bool_)
    if not len(open_units):
        return found
    rest, group, scale = rest[open_units], group[open_units], scale[open_units]
    count = len(open_units)
    order = order_of(group, scale - rest)
    alike = numbered(is_first(group[order], rest[order]))
    order = order[order_of(alike, order)]
    rest, group = rest[order], group[order]
    first = first_of_each(group)
    left = sums(rest, first) // scales[group[first]]
    rank = np.arange(count) - np.repeat(first, lengths_of(first, count))
    chosen = rank < np.repeat(left, lengths_of(first, count))
    found[open_units[order[chosen]]] = True
    return found
