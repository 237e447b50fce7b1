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
from typing import NamedTuple

from worklog_core.calendars.days import CivilTime
from worklog_core.events.facts import CustomerMessage, TicketEdit
from worklog_core.instants import to_microseconds
from worklog_core.worklog.presence import Stretch
from worklog_core.worklog.rules import FirstEdit, WorklogRules

__all__ = ["Cell", "Epochs", "Piece", "RowDraft", "TimedEdit", "lay_out"]

TimedEdit = tuple[int, TicketEdit]


Cell = tuple[int, int]
"""A local day and an epoch of one user's work on one ticket; epoch -1 is before any message."""


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
    """A row in the making: its edits, and the time that has been counted for it so far.

    `number` is its place among its user's rows.
    """

    __slots__ = (
        "after_work",
        "cell",
        "duration",
        "edits",
        "epochs",
        "first_edit",
        "is_touched",
        "number",
        "open_time",
    )

    def __init__(self, cell: Cell, epochs: Epochs, first_edit: int) -> None:
        self.cell = cell
        self.epochs = epochs
        self.first_edit = first_edit
        self.edits: list[TimedEdit] = []
        self.is_touched = False
        self.number = self.duration = self.after_work = self.open_time = 0

    @property
    def message(self) -> CustomerMessage | None:
        """The customer message that opened the row's epoch."""
        return self.epochs.messages[self.cell[1]] if self.cell[1] >= 0 else None

    def count(self, start: int, end: int, amount: int) -> None:
        """Count a stretch that lies wholly before or wholly after the first edit."""
        self.duration += amount
        self.open_time += end - start
        if start >= self.first_edit:
            self.after_work += amount


class Piece(NamedTuple):
    """A stretch of one continuous session inside one cell.

    `cell` is the cell that it is apportioned with: its own, or the one whose row it joined. `day` is
    the local day on which the clock ran (AMB-5d). `row` is None where the cell has none.
    """

    start: int
    end: int
    day: int
    cell: Cell
    row: RowDraft | None


def lay_out(
    sessions: Sequence[Stretch],
    edits: Sequence[TimedEdit],
    epochs: Epochs,
    *,
    civil: CivilTime,
    rules: WorklogRules,
    makes_rows: bool,
) -> tuple[list[Piece], list[RowDraft]]:
    """Return the pieces and rows of one user on one ticket, in time order.

    *edits* are in time order; *epochs* are those of this user; *makes_rows* is False for a ticket
    that is excluded from tracking (AMB-29).
    """
    rows = _drafts(edits, epochs, civil, rules) if makes_rows and edits else {}
    pieces: list[Piece] = []
    for start, end in sessions:
        day, _, day_end = civil.day_span(start)
        epoch = epochs.at(start)
        following = epoch + 1
        if end <= day_end and (
            following == len(epochs.opened) or end <= epochs.opened[following]
        ):
            cell = (day, epoch)  # nothing cuts the session: it is one piece
            pieces.append(Piece(start, end, day, cell, rows.get(cell)))
        else:
            cuts = _cuts(start, end, epochs, civil)
            edited = [at for at, edit in edits if edit.action is not None] if rows else []
            pieces.extend(
                _pieces([start, *cuts, end], edited, rows, epochs, civil, carry=rules.carry_tail)
            )
    if rows:
        for piece in pieces:
            if piece.row is not None:
                piece.row.is_touched = True
        _touch_at_ends(sessions, edits, rows, epochs, civil)
    return pieces, list(rows.values())


def _drafts(
    edits: Sequence[TimedEdit], epochs: Epochs, civil: CivilTime, rules: WorklogRules
) -> dict[Cell, RowDraft]:
    rows: dict[Cell, RowDraft] = {}
    earliest: dict[Cell, int] = {}
    for timed in edits:
        at, edit = timed
        cell = (civil.day_span(at)[0], epochs.at(at))
        earliest.setdefault(cell, at)
        if edit.action is not None:
            draft = rows.get(cell)
            if draft is None:
                draft = rows[cell] = RowDraft(cell, epochs, at)
            draft.edits.append(timed)
    if rules.first_edit is FirstEdit.ANY:
        for cell, draft in rows.items():
            draft.first_edit = earliest[cell]
    return rows


def _cuts(start: int, end: int, epochs: Epochs, civil: CivilTime) -> list[int]:
    """Return the messages and midnights strictly inside a session, in order."""
    messages = epochs.opened[bisect_right(epochs.opened, start) : bisect_left(epochs.opened, end)]
    return sorted({*messages, *civil.midnights(start, end)})


def _pieces(
    bounds: Sequence[int],
    edited: Sequence[int],
    rows: dict[Cell, RowDraft],
    epochs: Epochs,
    civil: CivilTime,
    *,
    carry: bool,
) -> Iterable[Piece]:
    """Return the pieces of one continuous session between its bounds, tails joined."""
    joined: Cell | None = None
    for left, right in zip(bounds, bounds[1:], strict=False):
        day = civil.day_span(left)[0]
        cell = (day, epochs.at(left))
        if _is_edited(left, right, cell, edited, epochs, civil):
            joined = cell
        elif joined is not None and carry:
            cell = joined
        else:
            joined = None
        yield Piece(left, right, day, cell, rows.get(cell))


def _is_edited(
    start: int,
    end: int,
    cell: Cell,
    edited: Sequence[int],
    epochs: Epochs,
    civil: CivilTime,
) -> bool:
    """Return whether an edit lies in a piece, or at its end where no cut lies there."""
    first = bisect_left(edited, start)
    if first == len(edited) or edited[first] > end:
        return False
    return edited[first] < end or cell == (civil.day_span(end)[0], epochs.at(end))


def _touch_at_ends(
    sessions: Sequence[Stretch],
    edits: Sequence[TimedEdit],
    rows: dict[Cell, RowDraft],
    epochs: Epochs,
    civil: CivilTime,
) -> None:
    """Mark the rows of edits at a session's end: its screen touches their cell (AMB-22).

    An edit at a session's start needs no mark: the first piece lies in its cell.
    """
    ends = {end for _, end in sessions}
    for at, _ in edits:
        if at in ends:
            row = rows.get((civil.day_span(at)[0], epochs.at(at)))
            if row is not None:
                row.is_touched = True
