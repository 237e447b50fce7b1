"""Reopening: was a ticket opened again after somebody closed it?

Three rules hold in this module (E-22, AMB-7):
1. A ticket with status changes is judged by them: it is closed by a change to CLOSED and reopened by
   a later change to OPEN or PENDING, unless the cause is the due date of a deferral (D-06).
2. A ticket without them is judged by its edits: it is closed by an edit that closes, and reopened by
   a later customer message or a later row-making edit that does not close, in another cell.
3. Later means strictly later. Whoever reopened it, the row that closed it last before is reopened.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from worklog_core.events.facts import StatusCause, TicketStatus, TicketStatusChange

__all__ = ["TicketCourse"]


class TicketCourse:
    """What closed one ticket and what opened it again; instants are microseconds."""

    __slots__ = ("_closings", "_edits", "_openings")

    def __init__(
        self,
        *,
        changes: Sequence[tuple[int, TicketStatusChange]],
        messages: Sequence[int],
        edits: Sequence[tuple[int, str]],
    ) -> None:
        """Take status changes, customer messages, and who made row-making edits that do not close."""
        self._closings: list[tuple[int, str | None]] | None = None
        self._openings: Sequence[int] = messages
        self._edits = edits
        if changes:
            self._edits = ()
            self._closings = [
                (at, change.user_id)
                for at, change in changes
                if change.status is TicketStatus.CLOSED
            ]
            self._openings = [
                at
                for at, change in changes
                if change.status is not TicketStatus.CLOSED
                and change.cause is not StatusCause.DUE_DATE
            ]

    def closings_of(self, user_id: str, closing_edits: Sequence[int]) -> Sequence[int]:
        """Return when a user closed the ticket, who closed it by these edits.

        A status change that names nobody is the user's if one of the edits closed.
        """
        if self._closings is None:
            return closing_edits
        owners = {user_id, None} if closing_edits else {user_id}
        return [at for at, by in self._closings if by in owners]

    def is_opened_after(self, closing: int, *, user_id: str, elsewhere: Iterable[int]) -> bool:
        """Return whether the ticket was opened again after a user closed it.

        *elsewhere* are the user's own edits that do not close, in other cells than the closing's.
        """
        if bisect_right(self._openings, closing) < len(self._openings):
            return True
        if any(at > closing and by != user_id for at, by in self._edits):
            return True
        return self._closings is None and any(at > closing for at in elsewhere)
