"""Cells, pieces and tails: to which processing an edit and a stretch of screen time belong.

Four rules hold in this module (AMB-4 to AMB-4c, per user and ticket):
1. A cell is (local day, epoch). An edit's cell is a function of its instant alone: a message and a
   midnight at the same instant came first.
2. Messages and midnights cut a continuous session into pieces [start, end); the last piece is
   closed at its end. A row-making edit edits the piece that holds its instant.
3. Only what follows joins: a piece without a row-making edit joins the row of the piece before it
   in the same continuous session, if that one is edited or has itself joined. In chains.
4. Any other piece belongs to its own cell, and to that cell's row where it has one.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from worklog_core.calendars.days import CivilTime
from worklog_core.events.facts import CustomerMessage, TicketEdit
from worklog_core.instants import timedelta_to_microseconds, to_microseconds
from worklog_core.worklog.presence import Stretch, unedited
from worklog_core.worklog.rules import FirstEdit, WorklogRules

__all__ = ["Cell", "Desk", "Epochs", "Piece", "RowDraft"]

Cell = tuple[int, int]
"""A local day and an epoch of one user's work on one ticket."""

_NO_SPAN: Final = (0, 0)


class Epochs:
    """The epochs of all tickets, as one user meets them.

    An epoch is the number of the message that opened it, in the order of ticket and instant; -1 is
    before any message of the ticket. One table serves all, for most tickets have few messages.
    """

    __slots__ = ("_opened", "_spans", "messages")

    def __init__(self, openings: Iterable[tuple[int, CustomerMessage]]) -> None:
        """Take messages with the instants at which they open an epoch, by ticket and in order.

        Of several that open at one instant the last stands.
        """
        self._opened: list[int] = []
        self._spans: dict[str, tuple[int, int]] = {}
        self.messages: list[CustomerMessage] = []
        for at, message in openings:
            count = len(self._opened)
            first, after = self._spans.get(message.ticket_id, (count, count))
            if first < after and self._opened[-1] == at:
                self.messages[-1] = message
            else:
                self._opened.append(at)
                self.messages.append(message)
                self._spans[message.ticket_id] = (first, count + 1)

    @classmethod
    def of(cls, messages: Iterable[CustomerMessage]) -> "Epochs":
        """Return the epochs of messages in the order of a history.

        Of several at one instant the last is the one with the highest conversation id.
        """
        return cls((to_microseconds(message.at), message) for message in messages)

    @property
    def tickets(self) -> Container[str]:
        """The tickets that have messages."""
        return self._spans

    def at(self, ticket_id: str, instant: int) -> int:
        """Return the epoch of a ticket that holds an instant."""
        first, after = self._spans.get(ticket_id, _NO_SPAN)
        epoch = bisect_right(self._opened, instant, first, after) - 1
        return epoch if epoch >= first else -1

    def openings(self, ticket_id: str, start: int, end: int) -> list[int]:
        """Return where epochs of a ticket open strictly between two instants, in order."""
        first, after = self._spans.get(ticket_id, _NO_SPAN)
        first = bisect_right(self._opened, start, first, after)
        return self._opened[first : bisect_left(self._opened, end, first, after)]

    def last_opening(self, ticket_id: str, but: Container[tuple[str, int]] = ()) -> int | None:
        """Return where the last epoch of a ticket opens that is not left out, None without any."""
        first, after = self._spans.get(ticket_id, _NO_SPAN)
        while first < after and (ticket_id, self._opened[after - 1]) in but:
            after -= 1
        return self._opened[after - 1] if first < after else None

    def kept_whole(self, stretches: Iterable[Stretch], edited: Iterable[str]) -> "Epochs":
        """Return the epochs of a user who keeps a session whole when a message arrives in it.

        They are of the tickets that the user had on screen or *edited*. A message inside one of the
        user's sessions on its ticket opens its epoch just after the session's end. One at the
        session's very start came before it, and one at its end does not cut it; both stay where
        they are.
        """
        sessions: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for ticket_id, start, end in stretches:
            sessions[ticket_id].append((start, end))
        openings: list[tuple[int, CustomerMessage]] = []
        for ticket_id in sorted(sessions.keys() | edited):
            first, after = self._spans.get(ticket_id, _NO_SPAN)
            latest = -1
            for at, epoch in sorted(self._delayed(range(first, after), sessions[ticket_id])):
                if epoch > latest:
                    openings.append((at, self.messages[epoch]))
                    latest = epoch
        return Epochs(openings)

    def _delayed(
        self, epochs: Iterable[int], sessions: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        """Return when each epoch opens for a user with these sessions, which stand in order."""
        for epoch in epochs:
            at = self._opened[epoch]
            before = bisect_left(sessions, (at,)) - 1
            end = sessions[before][1] if before >= 0 else at
            yield (end + 1 if at < end else at), epoch


RowDraft = tuple[int, str, int, int, int, int, int]
"""A row before its time is known, in the order of rows: local day, ticket id, instant of its first
edit, epoch, number of its first edit among the user's edits, and the run of them, from and up to,
in which its row-making edits stand. A bare tuple, like a piece: there are as many as rows."""

Piece = tuple[str, int, int, int, int, int, int, Sequence[tuple[int, int]]]
"""A stretch of one continuous session inside one cell: ticket id, start, end, the local day on
which the clock ran (AMB-5d), day and epoch of the cell that it is apportioned with (its own, or the
one whose row it joined), the number of that cell's row, -1 if it has none, and the parts of the
session that were left unedited for longer than the rules allow."""


class Desk:
    """One user's edits, the rows that they make, and the cells of whatever was on screen.

    `edited_at` are the instants of the `edits`, in their order. `rows` are in the worklog's order;
    `is_touched` tells of each whether a screen touched its cell.
    """

    __slots__ = (
        "_carry_tail",
        "_civil",
        "_epochs",
        "_max_unedited",
        "_numbers",
        "_runs",
        "edited_at",
        "edits",
        "is_touched",
        "rows",
    )

    def __init__(
        self,
        edits: Sequence[TicketEdit],
        epochs: Epochs,
        *,
        excluded: Container[str],
        civil: CivilTime,
        rules: WorklogRules,
    ) -> None:
        """Take the user's edits in the order of ticket and instant, and the epochs met by the user.

        An excluded ticket makes no rows (AMB-29).
        """
        self._civil = civil
        self._epochs = epochs
        self._carry_tail = rules.carry_tail
        cap = rules.max_unedited
        self._max_unedited = None if cap is None else timedelta_to_microseconds(cap)
        self.edits = edits
        self.edited_at = [to_microseconds(edit.at) for edit in edits]
        self._runs: dict[str, tuple[int, int]] = {}
        for number, edit in enumerate(edits):
            since, _ = self._runs.get(edit.ticket_id, (number, number))
            self._runs[edit.ticket_id] = (since, number + 1)
        self.rows = sorted(self._drafts(excluded, rules.first_edit))
        self._numbers = {
            (ticket_id, day, epoch): number
            for number, (day, ticket_id, _, epoch, *_) in enumerate(self.rows)
        }
        self.is_touched = bytearray(len(self.rows))

    def _drafts(self, excluded: Container[str], first_edit: FirstEdit) -> Iterator[RowDraft]:
        # Edits stand by ticket and instant, and cells follow one another: a cell's edits are a run.
        for ticket_id, (first, after) in self._runs.items():
            since = first
            while since < after and ticket_id not in excluded:
                cell = self.cell_of(ticket_id, self.edited_at[since])
                until = since + 1
                while until < after and self.cell_of(ticket_id, self.edited_at[until]) == cell:
                    until += 1
                recorded = self._first_acting(since, until)
                if recorded < until:
                    recorded = since if first_edit is FirstEdit.ANY else recorded
                    day, epoch = cell
                    at = self.edited_at[recorded]
                    yield day, ticket_id, at, epoch, recorded, since, until
                since = until

    def _first_acting(self, since: int, until: int) -> int:
        """Return the number of the first row-making edit of a run, its end if there is none."""
        while since < until and self.edits[since].action is None:
            since += 1
        return since

    def message_of(self, epoch: int) -> CustomerMessage | None:
        """Return the customer message that opened an epoch, None before any."""
        return self._epochs.messages[epoch] if epoch >= 0 else None

    def edits_of(self, row: RowDraft) -> list[TicketEdit]:
        """Return the row-making edits of a row, in time order."""
        return [edit for edit in self.edits[row[5] : row[6]] if edit.action is not None]

    def cell_of(self, ticket_id: str, instant: int) -> Cell:
        """Return the cell of an instant: what happened then first was a message or a midnight."""
        return self._civil.day_span(instant)[0], self._epochs.at(ticket_id, instant)

    def lay_out(self, stretches: Iterable[Stretch]) -> Iterator[Piece]:
        """Return the pieces of the user's sessions, and mark the rows that the screen touches."""
        epochs, day_span, with_messages = self._epochs, self._civil.day_span, self._epochs.tickets
        left_alone: Sequence[tuple[int, int]] = ()
        longest = self._max_unedited
        for ticket_id, start, end in stretches:
            day, _, day_end = day_span(start)
            cuts: list[int] = []
            epoch = -1
            if ticket_id in with_messages:
                cuts = epochs.openings(ticket_id, start, end)
                epoch = epochs.at(ticket_id, start)
            if end > day_end:
                cuts = sorted({*cuts, *self._civil.midnights(start, end)})
            if longest is not None:
                left_alone = unedited(
                    start, end, self._edits_within(ticket_id, start, end), longest=longest
                )
            if cuts:
                yield from self._pieces(ticket_id, [start, *cuts, end], left_alone)
            else:
                number = self._touch(ticket_id, day, epoch)
                yield ticket_id, start, end, day, day, epoch, number, left_alone
            # An edit at a session's end touches its cell, even where a cut lies there (AMB-22).
            # One at its start needs no more than the first piece.
            since, until = self._runs.get(ticket_id, _NO_SPAN)
            last = bisect_left(self.edited_at, end, since, until)
            if last < until and self.edited_at[last] == end:
                self._touch(ticket_id, *self.cell_of(ticket_id, end))

    def _edits_within(self, ticket_id: str, start: int, end: int) -> list[int]:
        """Return the instants of a ticket's edits from one instant to another, both included."""
        since, until = self._runs.get(ticket_id, _NO_SPAN)
        since = bisect_left(self.edited_at, start, since, until)
        return self.edited_at[since : bisect_right(self.edited_at, end, since, until)]

    def _touch(self, ticket_id: str, day: int, epoch: int) -> int:
        """Return the number of a cell's row, which the user's screen touches; -1 without a row."""
        number = self._numbers.get((ticket_id, day, epoch), -1)
        if number >= 0:
            self.is_touched[number] = True
        return number

    def _pieces(
        self, ticket_id: str, bounds: Sequence[int], left_alone: Sequence[tuple[int, int]]
    ) -> Iterator[Piece]:
        """Return the pieces of one continuous session between its bounds, tails joined."""
        joined: Cell | None = None
        for left, right in pairwise(bounds):
            own = self.cell_of(ticket_id, left)
            cell = own
            if self._is_edited(ticket_id, left, right, own):
                joined = own
            elif joined is not None and self._carry_tail:
                cell = joined
            number = self._touch(ticket_id, *cell)
            yield ticket_id, left, right, own[0], *cell, number, left_alone

    def _is_edited(self, ticket_id: str, start: int, end: int, cell: Cell) -> bool:
        """Return whether a row-making edit lies in a piece, or at its end where no cut lies there.

        An excluded ticket's edits make no row, so its pieces have no tail to join.
        """
        if (ticket_id, *cell) not in self._numbers:
            return False
        since, until = self._runs[ticket_id]
        until = bisect_right(self.edited_at, end, since, until)
        first = self._first_acting(bisect_left(self.edited_at, start, since, until), until)
        if first == until:
            return False
        return self.edited_at[first] < end or cell == self.cell_of(ticket_id, end)
