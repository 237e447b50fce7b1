"""Cells, pieces and tails: to which processing an edit and a stretch of screen time belong.

Four rules hold in this module (AMB-4 to AMB-4c, per user and ticket):
1. A cell is (local day, epoch). An edit's cell is a function of its instant alone: a message and a
   midnight at the same instant came first.
2. Messages and midnights cut a continuous session into pieces [start, end); the last piece is closed
   at its end. A row-making edit edits the piece that holds its instant.
3. Only what follows joins: a piece without a row-making edit joins the row of the piece before it in
   the same continuous session, if that one is edited or has itself joined. In chains.
4. Any other piece belongs to its own cell, and to that cell's row where it has one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from worklog_core.calendars.days import CivilTime
from worklog_core.events.facts import CustomerMessage, TicketEdit
from worklog_core.instants import to_microseconds
from worklog_core.worklog.presence import Stretch
from worklog_core.worklog.rows import RowKey
from worklog_core.worklog.rules import FirstEdit, WorklogRules

__all__ = ["Cell", "Epochs", "Layout", "Piece", "RowDraft", "lay_out"]


class Cell(NamedTuple):
    """A local day and an epoch of one user's work on one ticket; epoch -1 is before any message."""

    day: int
    epoch: int


class Piece(NamedTuple):
    """A stretch of one continuous session inside one cell.

    `cell` is the cell that it is apportioned with: its own, or the one whose row it joined. `day` is
    the local day on which the clock ran (AMB-5d).
    """

    start: int
    end: int
    day: int
    cell: Cell
    is_in_row: bool


class Epochs:
    """The epochs of one ticket, as one user meets them: `messages[i]` opens at `opened[i]`."""

    __slots__ = ("messages", "opened")

    def __init__(self, openings: Iterable[tuple[int, CustomerMessage]] = ()) -> None:
        self.opened: list[int] = []
        self.messages: list[CustomerMessage] = []
        for at, message in openings:
            if self.opened and self.opened[-1] == at:
                self.messages[-1] = message
            else:
                self.opened.append(at)
                self.messages.append(message)

    @classmethod
    def of(cls, messages: Iterable[CustomerMessage]) -> "Epochs":
        """Return the epochs of a ticket's messages; of several at one instant the highest id's."""
        in_order = sorted(messages, key=lambda m: (m.at, m.conversation_id, m.is_initial))
        return cls((to_microseconds(message.at), message) for message in in_order)

    def at(self, instant: int) -> int:
        """Return the epoch that holds an instant, -1 before the first message."""
        return bisect_right(self.opened, instant) - 1

    def kept_whole(self, sessions: Sequence[Stretch]) -> "Epochs":
        """Return the epochs of a user who keeps a session whole when a message arrives in it.

        A message inside a session opens its epoch just after the session's end. One at the session's
        very start came before it, and one at its end does not cut it; both stay where they are.
        """
        if not self.opened:
            return self
        delayed: list[tuple[int, int]] = []
        for epoch, at in enumerate(self.opened):
            before = bisect_left(sessions, (at,)) - 1
            is_inside = before >= 0 and at < sessions[before][1]
            delayed.append((sessions[before][1] + 1 if is_inside else at, epoch))
        openings: list[tuple[int, CustomerMessage]] = []
        latest = -1
        for at, epoch in sorted(delayed):
            if epoch > latest:
                openings.append((at, self.messages[epoch]))
                latest = epoch
        return Epochs(openings)


class RowDraft:
    """A row in the making: its edits, and the time that has been counted for it so far."""

    __slots__ = (
        "after_work",
        "cell",
        "duration",
        "edits",
        "first_edit",
        "is_touched",
        "key",
        "open_time",
    )

    def __init__(self, cell: Cell, key: RowKey, first_edit: int) -> None:
        self.cell = cell
        self.key = key
        self.first_edit = first_edit
        self.edits: list[TicketEdit] = []
        self.is_touched = False
        self.duration = self.after_work = self.open_time = 0

    def count(self, start: int, end: int, amount: int) -> None:
        """Count a stretch that lies wholly before or wholly after the first edit."""
        self.duration += amount
        self.open_time += end - start
        if start >= self.first_edit:
            self.after_work += amount


class Layout(NamedTuple):
    """The pieces of one user's sessions on one ticket, in order, its rows by cell, its epochs."""

    pieces: list[Piece]
    rows: dict[Cell, RowDraft]
    epochs: Epochs


def lay_out(
    sessions: Sequence[Stretch],
    edits: Sequence[tuple[int, TicketEdit]],
    epochs: Epochs,
    *,
    civil: CivilTime,
    rules: WorklogRules,
    makes_rows: bool = True,
) -> Layout:
    """Return the pieces and rows of one user on one ticket.

    *edits* are in time order; *epochs* are those of this user, *makes_rows* is False for a ticket
    that is excluded from tracking (AMB-29).
    """
    cells = [Cell(civil.day_of(at), epochs.at(at)) for at, _ in edits]
    rows = _drafts(edits, cells, epochs, rules) if makes_rows else {}
    pieces: list[Piece] = []
    edited = [at for at, edit in edits if edit.action is not None]
    for start, end in sessions:
        pieces.extend(_pieces(start, end, edited, rows, epochs, civil, carry=rules.carry_tail))
    for piece in pieces:
        if piece.is_in_row:
            rows[piece.cell].is_touched = True
    _touch_at_ends(sessions, edits, cells, rows)
    return Layout(pieces, rows, epochs)


def _drafts(
    edits: Sequence[tuple[int, TicketEdit]],
    cells: Sequence[Cell],
    epochs: Epochs,
    rules: WorklogRules,
) -> dict[Cell, RowDraft]:
    rows: dict[Cell, RowDraft] = {}
    for (at, edit), cell in zip(edits, cells, strict=True):
        if edit.action is not None:
            draft = rows.get(cell)
            if draft is None:
                epoch_at = epochs.messages[cell.epoch].at if cell.epoch >= 0 else None
                day = date.fromordinal(cell.day)
                key = RowKey(edit.user_id, edit.ticket_id, day, epoch_at)
                draft = rows[cell] = RowDraft(cell, key, at)
            draft.edits.append(edit)
    if rules.first_edit is FirstEdit.ANY:
        for (at, _), cell in zip(edits, cells, strict=True):
            if cell in rows:
                rows[cell].first_edit = min(rows[cell].first_edit, at)
    return rows


def _pieces(
    start: int,
    end: int,
    edited: Sequence[int],
    rows: dict[Cell, RowDraft],
    epochs: Epochs,
    civil: CivilTime,
    *,
    carry: bool,
) -> Iterable[Piece]:
    """Return the pieces of one continuous session, each with the cell that it belongs to."""
    bounds = [start, *_cuts(start, end, epochs, civil), end]
    joined: Cell | None = None
    for left, right in zip(bounds, bounds[1:], strict=False):
        own = Cell(civil.day_of(left), epochs.at(left))
        if not rows:
            yield Piece(left, right, own.day, own, is_in_row=False)
            continue
        first = bisect_left(edited, left)
        is_edited = first < len(edited) and (
            edited[first] < right
            # The last piece is closed at its end, unless a message or a midnight lies there.
            or (edited[first] == end == right and own == Cell(civil.day_of(end), epochs.at(end)))
        )
        if is_edited:
            joined = own
        elif joined is None or not carry:
            joined = None
            yield Piece(left, right, own.day, own, is_in_row=own in rows)
            continue
        yield Piece(left, right, own.day, joined, is_in_row=True)


def _cuts(start: int, end: int, epochs: Epochs, civil: CivilTime) -> list[int]:
    """Return the messages and midnights strictly inside a session, in order."""
    opened = epochs.opened
    messages = opened[bisect_right(opened, start) : bisect_left(opened, end)]
    day = civil.day_of(start)
    if end <= civil.day_start(day + 1):
        return messages
    return sorted({*messages, *civil.midnights(start, end)})


def _touch_at_ends(
    sessions: Sequence[Stretch],
    edits: Sequence[tuple[int, TicketEdit]],
    cells: Sequence[Cell],
    rows: dict[Cell, RowDraft],
) -> None:
    """Mark the rows of edits at a session's end: its screen touches their cell (AMB-22).

    An edit at a session's start needs no mark: the first piece lies in its cell.
    """
    ends = {end for _, end in sessions}
    for (at, _), cell in zip(edits, cells, strict=True):
        if at in ends and cell in rows:
            rows[cell].is_touched = True
