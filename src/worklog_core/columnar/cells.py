"""Cells, rows and pieces in columns: to which processing an edit and a stretch of screen belong.

The rules are those of `worklog_core.worklog.cells`. A cell is known by its pair of user and ticket
and by the instant at which it begins: the later of its day's and its epoch's beginning.
"""

from typing import Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    cut,
    first_of_each,
    is_first,
    numbered,
    place_of,
    spread,
)
from worklog_core.columnar.days import LocalDays
from worklog_core.columnar.epochs import Epochs
from worklog_core.columnar.presence import Screens
from worklog_core.columnar.records import ACTIONS
from worklog_core.events.actions import Action, ReplyWithDeferral, action_of
from worklog_core.worklog.rules import FirstEdit, WorklogRules

__all__ = ["Cells", "Desks", "Edits", "Pieces", "Rows", "lay_out", "rows_of", "unedited"]

_WRITE: Final = ACTIONS.index(Action.WRITE)
_CLOSE: Final = ACTIONS.index(Action.CLOSE)
_STATUS: Final = ACTIONS.index(Action.STATUS)
_AUTO: Final = ACTIONS.index(Action.AUTO_PROCESS)


class Edits(NamedTuple):
    """Edits in the order of pair and instant; an action is its place in the enum, -1 for none."""

    pair: Ints
    at: Ints
    action: Ints
    closes: Ints


class Cells(NamedTuple):
    """The cells of some instants: when each begins, its day's place and its epoch's."""

    start: Ints
    day: Ints
    epoch: Ints


class Desks(NamedTuple):
    """What the cells of a bucket of users hang on; pairs are places among all that occur."""

    days: LocalDays
    epochs: Epochs
    key_of_pair: Ints
    is_excluded: Flags
    keys: TimeKeys

    def cells_at(self, pair: Ints, at: Ints) -> Cells:
        """Return the cells of instants: a message or a midnight at the same instant came first."""
        day = self.days.index_of(at)
        epoch = self.epochs.place_at(self.key_of_pair[pair], at)
        start = self.days.starts[day]
        is_later = epoch >= 0
        start[is_later] = np.maximum(start[is_later], self.epochs.opened[epoch[is_later]])
        return Cells(start, day, epoch)


class Rows(NamedTuple):
    """Rows before their time is known, by pair and instant of the first edit."""

    pair: Ints
    recorded: Ints
    cell: Ints
    day: Ints
    epoch: Ints
    action: Ints


class Pieces(NamedTuple):
    """Stretches of continuous sessions inside one cell, by pair and start.

    `home` is the beginning of the cell that a piece is apportioned with, `row` the place of that
    cell's row, -1 if it has none; `session` is the place of its continuous session.
    """

    pair: Ints
    start: Ints
    end: Ints
    day: Ints
    home: Ints
    row: Ints
    session: Ints


def rows_of(edits: Edits, desks: Desks, rules: WorklogRules) -> Rows:
    """Return the rows that edits make: cells with a row-making edit, of tickets not excluded."""
    edits = Edits(*(column[~desks.is_excluded[edits.pair]] for column in edits))
    cells = desks.cells_at(edits.pair, edits.at)
    first = first_of_each(edits.pair, cells.start)
    group = numbered(is_first(edits.pair, cells.start))
    makes = edits.action >= 0
    acting = np.flatnonzero(makes)
    # Of each cell the first edit that makes a row, or none.
    leading = np.full(len(first), -1, dtype=np.int64)
    leading[group[acting[::-1]]] = acting[::-1]
    made = leading >= 0
    recorded = (first if rules.first_edit is FirstEdit.ANY else leading)[made]
    does = _facts(edits, first)[made]
    return Rows(
        edits.pair[recorded],
        edits.at[recorded],
        cells.start[recorded],
        cells.day[recorded],
        cells.epoch[recorded],
        _amounts_to(rules.reply_with_deferral)[does],
    )


def _facts(edits: Edits, first: Ints) -> Ints:
    """Return what the edits of each cell did, as the sum of its facts' weights (AMB-1)."""
    replied, by_ai = edits.action == _WRITE, edits.action == _AUTO
    closed = by_ai | (edits.action == _CLOSE) | (replied & (edits.closes != 0))
    deferred = edits.action == _STATUS
    each = replied + 2 * closed + 4 * deferred + 8 * by_ai
    if not len(first):
        return np.zeros(0, dtype=np.int64)
    return np.bitwise_or.reduceat(each.astype(np.int64), first)


def _amounts_to(policy: ReplyWithDeferral) -> Ints:
    """Return, for each sum of facts, the place of the action that they amount to."""
    actions = (
        action_of(
            replied=bool(facts & 1),
            closed=bool(facts & 2),
            deferred=bool(facts & 4),
            by_ai=bool(facts & 8),
            reply_with_deferral=policy,
        )
        for facts in range(16)
    )
    return np.array([-1 if a is None else ACTIONS.index(a) for a in actions], dtype=np.int64)


def lay_out(
    screens: Screens, edits: Edits, rows: Rows, desks: Desks, *, carry_tail: bool
) -> tuple[Pieces, Flags]:
    """Return the pieces of continuous sessions, and which rows the screen touches."""
    by_epoch = desks.epochs.openings(desks.key_of_pair[screens.pair], screens.start, screens.end)
    by_day = desks.days.midnights(screens.start, screens.end)
    whose, at = (np.concatenate(both) for both in zip(by_epoch, by_day, strict=True))
    start, end, session = cut(screens.start, screens.end, whose, at)
    pair = screens.pair[session]
    own = desks.cells_at(pair, start)
    home = own.start
    if carry_tail and len(session) > len(screens.pair):
        # Only a session that was cut has pieces to join.
        counts = np.bincount(session)
        several = np.flatnonzero(counts[session] > 1)
        edited = _are_edited(pair[several], start[several], end[several], edits, desks)
        last = np.full(len(session), -1, dtype=np.int64)
        last[several[edited]] = several[edited]
        last = np.maximum.accumulate(last)
        joins = last >= np.repeat(first_of_each(session), counts)
        home = np.where(joins, own.start[last], own.start)
    row_keys = desks.keys(rows.pair, rows.cell)
    row = place_of(row_keys, desks.keys(pair, home))
    # An edit at a session's end touches its cell, even where a cut lies there (AMB-22).
    edit_keys = desks.keys(edits.pair, edits.at)
    ends = place_of(edit_keys[is_first(edit_keys)], desks.keys(screens.pair, screens.end)) >= 0
    at_end = desks.cells_at(screens.pair[ends], screens.end[ends])
    touched = np.append(row, place_of(row_keys, desks.keys(screens.pair[ends], at_end.start)))
    is_touched = np.zeros(len(rows.pair) + 1, dtype=np.bool_)
    is_touched[touched] = True  # what touches no row touches the last place, which is none
    return Pieces(pair, start, end, own.day, home, row, session), is_touched[:-1]


def _are_edited(pair: Ints, start: Ints, end: Ints, edits: Edits, desks: Desks) -> Flags:
    """Return whether a row-making edit lies in each piece, or at its end where no cut lies."""
    makes = (edits.action >= 0) & ~desks.is_excluded[edits.pair]
    acting = desks.keys(edits.pair[makes], edits.at[makes])
    since, until = desks.keys(pair, start), desks.keys(pair, end)
    first = np.searchsorted(acting, since)
    inside = np.searchsorted(acting, until) > first
    at_end = np.flatnonzero(~inside & (np.searchsorted(acting, until, side="right") > first))
    here = desks.cells_at(pair[at_end], start[at_end]).start
    there = desks.cells_at(pair[at_end], end[at_end]).start
    inside[at_end] = here == there
    return inside


def unedited(screens: Screens, edits: Edits, keys: TimeKeys, *, longest: int) -> Screens:
    """Return the parts of sessions in which nothing was edited for longer than allowed.

    A part has the place of its session for a pair. It begins when the longest time without an edit
    is over, and ends with the next edit, or the session.
    """
    edited = keys(edits.pair, edits.at)
    first = np.searchsorted(edited, keys(screens.pair, screens.start))
    after = np.searchsorted(edited, keys(screens.pair, screens.end), side="right")
    session, place = spread(first, after)
    count = np.arange(len(screens.pair), dtype=np.int64)
    whose = np.concatenate([count, session, count])
    at = np.concatenate([screens.start, edits.at[place], screens.end])
    order = np.lexsort((at, whose))
    whose, at = whose[order], at[order]
    long = np.flatnonzero((whose[1:] == whose[:-1]) & (at[1:] - at[:-1] > longest))
    return Screens(whose[long], at[long] + longest, at[long + 1])
