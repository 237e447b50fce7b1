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
    order_of,
    sums,
)
from worklog_core.columnar.cells import Pieces, Rows
from worklog_core.columnar.presence import Screens
from worklog_core.columnar.sharing import Marks, read_clocks
from worklog_core.worklog.ledger import LABELS, LedgerLabel

__all__ = ["Gate", "Lines", "Shares", "lines_of"]

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
    """How pieces share: the weight of each, whether it is a fallback, and which are too heavy."""

    weight: Ints
    is_late: Flags | None
    is_beyond: Flags


class _Slices(NamedTuple):
    """Runs cut at first edits and caps."""

    start: Ints
    end: Ints
    piece: Ints
    counts: Flags


def lines_of(
    pieces: Pieces,
    rows: Rows,
    gate: Gate,
    forgotten: Screens | None,
    user_day: Ints,
    day_start: Ints,
    shares: Shares,
    is_excluded: Flags,
    exactly: Callable[[Ints], list[int]],
) -> Lines:
    """Return the lines of pieces, all of which have a length.

    *user_day* numbers the user-days of the pieces, *day_start* tells where the piece's day begins,
    *is_excluded* is by piece. *exactly* is given the pieces of a user-day that int64 does not hold
    and returns the amounts of its lines by start and ticket.
    """
    slices = _slices(pieces, rows, gate, forgotten)
    piece = slices.piece
    row = pieces.row[piece]
    label = np.where(row >= 0, _COUNTED, np.where(is_excluded[piece], _EXCLUDED, _VIEW_ONLY))
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
    amount = _amounts(pieces, slices, user_day, day_start, shares, exactly)
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
            (found >= 0)
            & is_cut[found]
            & (session[found] == sessions)
            & (bounds < gate.end[found])
        )
        whose, at = np.append(whose, found[inside]), np.append(at, bounds[inside])
    start, end, run = cut(gate.start, gate.end, whose, at)
    return _Slices(start, end, gate.piece[run], gate.counts[run])


def _amounts(
    pieces: Pieces,
    slices: _Slices,
    user_day: Ints,
    day_start: Ints,
    shares: Shares,
    exactly: Callable[[Ints], list[int]],
) -> Ints:
    """Return the microseconds that each slice is given."""
    piece = slices.piece
    whole, rest, scale, is_beyond = _shares(pieces, slices, user_day, day_start, shares)
    unit = np.cumsum(is_first(pieces.pair[piece], pieces.day[piece], pieces.home[piece]))
    amount = np.zeros(len(piece), dtype=np.int64)
    for pot in (slices.counts, ~slices.counts):
        if np.all(pot):
            amount = _apportion(whole, rest, unit, user_day[piece], scale)
        elif np.any(pot):
            amount[pot] = _apportion(
                whole[pot], rest[pot], unit[pot], user_day[piece[pot]], scale
            )
    for group in np.flatnonzero(is_beyond).tolist():
        mine = np.flatnonzero(user_day == group)
        lines = np.flatnonzero(user_day[piece] == group)
        lines = lines[np.lexsort((pieces.pair[piece[lines]], slices.start[lines]))]
        amount[lines] = exactly(mine)
    return amount


def _shares(
    pieces: Pieces, slices: _Slices, user_day: Ints, day_start: Ints, shares: Shares
) -> tuple[Ints, Ints, Ints, Flags]:
    """Return the exact share of each slice, whole and rest, beside scales and faults by user-day."""
    piece, count = slices.piece, len(slices.piece)
    opens = is_first(piece)
    change = np.where(opens, shares.weight[piece], 0)
    is_late = shares.is_late
    late: Ints | None = None
    if is_late is not None:
        late = np.append(
            np.where(is_late[piece], change, 0), np.where(is_late, -shares.weight, 0)
        )
        change = np.where(is_late[piece], 0, change)
    marks = Marks(
        group=np.append(user_day[piece], user_day),
        within=np.append(slices.start - day_start[piece], pieces.end - day_start),
        change=np.append(
            change, -shares.weight if is_late is None else np.where(is_late, 0, -shares.weight)
        ),
        late=late,
    )
    faces = read_clocks(marks)
    # A slice ends where the next one of its piece begins, the last one where the piece ends.
    closes = np.arange(1, count + 1)
    last = np.append(opens[1:], True)
    closes[last] = count + np.arange(len(pieces.pair))
    whole = faces.whole[closes] - faces.whole[:count]
    rest = faces.rest[closes] - faces.rest[:count]
    if is_late is not None and faces.late_whole is not None and faces.late_rest is not None:
        chosen = is_late[piece]
        whole = np.where(chosen, faces.late_whole[closes] - faces.late_whole[:count], whole)
        rest = np.where(chosen, faces.late_rest[closes] - faces.late_rest[:count], rest)
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
    lengths = np.diff(np.append(first, len(unit)))
    lift = np.repeat(np.where(gets_more, scale[first] - 1, 0), lengths)
    whole, rest = np.cumsum(whole), np.cumsum(rest)
    base = np.append(0, whole[first[1:] - 1]), np.append(0, rest[first[1:] - 1])
    reached = whole - np.repeat(base[0], lengths)
    reached += (rest - np.repeat(base[1], lengths) + lift) // scale
    before = np.append(0, reached[:-1])
    before[first] = 0
    return reached - before


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
    if int(scale.max()) < 2**62 // count:
        order = order_of(group, (scale - rest) * count + np.arange(count))
    else:
        order = np.lexsort((-rest, group))
    rest, group = rest[order], group[order]
    first = first_of_each(group)
    left = sums(rest, first) // scales[group[first]]
    rank = np.arange(count) - np.repeat(first, np.diff(np.append(first, count)))
    chosen = rank < np.repeat(left, np.diff(np.append(first, count)))
    found[open_units[order[chosen]]] = True
    return found
