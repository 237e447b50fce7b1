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
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Final

from worklog_core.calendars.days import CivilTime
from worklog_core.events.facts import CustomerMessage, TicketEdit
from worklog_core.instants import LAST_US, to_microseconds
from worklog_core.worklog.presence import Stretch
from worklog_core.worklog.rules import FirstEdit, WorklogRules

__all__ = ["NO_EPOCHS", "Cell", "Desk", "Epochs", "Piece", "RowDraft"]

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

    def end_of(self, epoch: int) -> int:
        """Return where an epoch ends: where the next one opens, or never."""
        following = epoch + 1
        return self.opened[following] if following < len(self.opened) else LAST_US + 1

    def kept_whole(self, sessions: Sequence[Stretch]) -> "Epochs":
        """Return the epochs of a user who keeps a session whole when a message arrives in it.

        A message inside one of the user's sessions on this ticket, which stand in order, opens its
        epoch just after the session's end. One at the session's very start came before it, and one at
        its end does not cut it; both stay where they are.
        """
        delayed: list[tuple[int, int]] = []
        for epoch, at in enumerate(self.opened):
            before = bisect_left(sessions, at, key=itemgetter(1)) - 1
            end = sessions[before][2] if before >= 0 else at
            delayed.append((end + 1 if at < end else at, epoch))
        openings: list[tuple[int, CustomerMessage]] = []
        latest = -1
        for at, epoch in sorted(delayed):
            if epoch > latest:
                openings.append((at, self.messages[epoch]))
                latest = epoch
        return Epochs(openings)


NO_EPOCHS: Final = Epochs()


class RowDraft:
    """A row in the making: its edits, and the time that has been counted for it so far.

    `number` is its place among its user's rows.
    """

    __slots__ = (
        "after_work",
        "cell",
        "duration",
        "edits",
        "first_edit",
        "is_touched",
        "message",
        "number",
        "open_time",
        "recorded_at",
        "ticket_id",
    )

    def __init__(
        self, cell: Cell, message: CustomerMessage | None, first_edit: TicketEdit, at: int
    ) -> None:
        self.ticket_id = first_edit.ticket_id
        self.cell = cell
        self.message = message
        self.first_edit = at
        self.recorded_at = first_edit.at
        self.edits: tuple[TicketEdit, ...] = ()
        self.is_touched = False
        self.number = self.duration = self.after_work = self.open_time = 0

    def count(self, start: int, end: int, amount: int) -> None:
        """Count a stretch that lies wholly before or wholly after the first edit."""
        self.duration += amount
        self.open_time += end - start
        if start >= self.first_edit:
            self.after_work += amount


Piece = tuple[str, int, int, int, Cell, int]
"""A stretch of one continuous session inside one cell: ticket id, start, end, the local day on which
the clock ran (AMB-5d), the cell that it is apportioned with (its own, or the one whose row it joined),
and the number of that cell's row, -1 if it has none."""


class Desk:
    """One user's edits, the rows that they make, and the cells of whatever was on screen.

    `rows` are in the worklog's order: by day, ticket and first edit.
    """

    __slots__ = ("_accesses", "_carry_tail", "_civil", "_edited", "_epochs", "_rows", "rows")

    def __init__(
        self,
        edits: Iterable[TicketEdit],
        epochs: Mapping[str, Epochs],
        *,
        excluded: Container[str],
        civil: CivilTime,
        rules: WorklogRules,
    ) -> None:
        """Take the user's edits in the order of ticket and instant, and the epochs of tickets.

        An excluded ticket makes no rows (AMB-29).
        """
        self._civil = civil
        self._epochs = epochs
        self._carry_tail = rules.carry_tail
        self._rows: dict[tuple[str, Cell], RowDraft] = {}
        self._accesses: set[tuple[str, int]] = set()
        self._edited: list[tuple[str, int]] = []
        earliest: dict[tuple[str, Cell], TicketEdit] = {}
        for edit in edits:
            if edit.ticket_id in excluded:
                continue
            at = to_microseconds(edit.at)
            place = (edit.ticket_id, self.cell_of(edit.ticket_id, at))
            self._accesses.add((edit.ticket_id, at))
            earliest.setdefault(place, edit)
            if edit.action is not None:
                self._edited.append((edit.ticket_id, at))
                self._row_at(place, edit, at).edits += (edit,)
        if rules.first_edit is FirstEdit.ANY:
            for place, row in self._rows.items():
                row.recorded_at = earliest[place].at
                row.first_edit = to_microseconds(row.recorded_at)
        self.rows = sorted(
            self._rows.values(), key=lambda row: (row.cell[0], row.ticket_id, row.first_edit)
        )
        for number, row in enumerate(self.rows):
            row.number = number

    def cell_of(self, ticket_id: str, instant: int) -> Cell:
        """Return the cell of an instant: what happened then first was a message or a midnight."""
        return self._civil.day_span(instant)[0], self._epochs.get(ticket_id, NO_EPOCHS).at(instant)

    def lay_out(self, stretches: Iterable[Stretch]) -> Iterator[Piece]:
        """Return the pieces of the user's sessions, and mark the rows that the screen touches."""
        for ticket_id, start, end in stretches:
            epochs = self._epochs.get(ticket_id, NO_EPOCHS)
            day, _, day_end = self._civil.day_span(start)
            epoch = epochs.at(start)
            if end <= day_end and end <= epochs.end_of(epoch):
                cell = (day, epoch)  # nothing cuts the session: it is one piece
                yield ticket_id, start, end, day, cell, self._touch(ticket_id, cell)
            else:
                yield from self._pieces(ticket_id, start, end)
            # An edit at a session's end touches its cell, even where a cut lies there (AMB-22).
            # One at its start needs no more than the first piece.
            if (ticket_id, end) in self._accesses:
                self._touch(ticket_id, self.cell_of(ticket_id, end))

    def _row_at(self, place: tuple[str, Cell], edit: TicketEdit, at: int) -> RowDraft:
        row = self._rows.get(place)
        if row is None:
            ticket_id, cell = place
            message = self._epochs[ticket_id].messages[cell[1]] if cell[1] >= 0 else None
            row = self._rows[place] = RowDraft(cell, message, edit, at)
        return row

    def _touch(self, ticket_id: str, cell: Cell) -> int:
        """Return the number of a cell's row, which the user's screen touches; -1 without a row."""
        row = self._rows.get((ticket_id, cell))
        if row is None:
            return -1
        row.is_touched = True
        return row.number

    def _pieces(self, ticket_id: str, start: int, end: int) -> Iterator[Piece]:
        """Return the pieces of one continuous session, tails joined."""
        opened = self._epochs.get(ticket_id, NO_EPOCHS).opened
        messages = opened[bisect_right(opened, start) : bisect_left(opened, end)]
        cuts = sorted({*messages, *self._civil.midnights(start, end)})
        joined: Cell | None = None
        for left, right in pairwise([start, *cuts, end]):
            own = self.cell_of(ticket_id, left)
            cell = own
            if self._is_edited(ticket_id, left, right, own):
                joined = own
            elif joined is not None and self._carry_tail:
                cell = joined
            else:
                joined = None
            yield ticket_id, left, right, own[0], cell, self._touch(ticket_id, cell)

    def _is_edited(self, ticket_id: str, start: int, end: int, cell: Cell) -> bool:
        """Return whether an edit lies in a piece, or at its end where no cut lies there."""
        found = bisect_left(self._edited, (ticket_id, start))
        if found == len(self._edited) or self._edited[found] > (ticket_id, end):
            return False
        return self._edited[found][1] < end or cell == self.cell_of(ticket_id, end)
