"""Reopening: was a ticket opened again after somebody closed it?

Three rules hold in this module (E-22, AMB-7):
1. A ticket with status changes is judged by them: it is closed by a change to CLOSED and reopened by
   a later change to OPEN or PENDING, unless the cause is the due date of a deferral (D-06).
2. A ticket without them is judged by its edits: it is closed by an edit that closes, and reopened by
   a later customer message or a later row-making edit that does not close, in another cell.
3. Later means strictly later. Whoever reopened it, the row that closed it last before is reopened.
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence

from worklog_core.events.facts import (
    CustomerMessage,
    StatusCause,
    TicketEdit,
    TicketStatus,
    TicketStatusChange,
)
from worklog_core.instants import to_microseconds

__all__ = ["TicketCourse"]


class TicketCourse:
    """What closed one ticket and what opened it again, in microseconds."""

    __slots__ = ("_closings", "_edits", "_openings")

    def __init__(
        self,
        *,
        changes: Iterable[TicketStatusChange] = (),
        messages: Iterable[CustomerMessage] = (),
        edits: Iterable[tuple[int, Hashable, TicketEdit]] = (),
    ) -> None:
        """Take the ticket's events; an edit comes with its instant and its cell."""
        changes = list(changes)
        self._closings: list[tuple[int, str | None]] | None = None
        self._edits: list[tuple[int, Hashable]] = []
        if changes:
            self._closings = [
                (to_microseconds(change.at), change.user_id)
                for change in changes
                if change.status is TicketStatus.CLOSED
            ]
            self._openings = sorted(
                to_microseconds(change.at)
                for change in changes
                if change.status is not TicketStatus.CLOSED
                and change.cause is not StatusCause.DUE_DATE
            )
        else:
            self._openings = sorted(to_microseconds(message.at) for message in messages)
            self._edits = [
                (at, cell)
                for at, cell, edit in edits
                if edit.action is not None and not edit.is_closing
            ]

    def is_reopened(
        self,
        *,
        user_id: str,
        cell: Hashable,
        edits: Sequence[TicketEdit],
        holds: Callable[[int], bool],
    ) -> bool:
        """Return whether the ticket was opened again after a row's last closing.

        *cell* is the row's, *edits* are its row-making edits, and *holds* tells whether an instant
        lies in it. False where the row closed nothing.
        """
        closing_edits = [to_microseconds(edit.at) for edit in edits if edit.is_closing]
        closed = closing_edits
        if self._closings is not None:
            # A closing that names nobody is the row's if one of the row's edits closed.
            owners = {user_id, None} if closing_edits else {user_id}
            closed = [at for at, by in self._closings if by in owners and holds(at)]
        if not closed:
            return False
        last = max(closed)
        if bisect_right(self._openings, last) < len(self._openings):
            return True
        return any(at > last and other != cell for at, other in self._edits)
