"""Reopening: was a ticket opened again after somebody closed it?

Three rules hold in this module (E-22, AMB-7):
1. A ticket with status changes is judged by them: it is closed by a change to CLOSED and reopened
   by a later change to OPEN or PENDING, unless the cause is the due date of a deferral (D-06).
2. A ticket without them is judged by its edits: it is closed by an edit that closes, and reopened
   by a later customer message or a later row-making edit that does not close, in another cell.
3. Later means strictly later. Whoever reopened it, the row that closed it last before is reopened.
"""

from collections.abc import Hashable, Iterable

from worklog_core.events.facts import StatusCause, TicketStatus, TicketStatusChange

__all__ = ["Latest", "closings_by_status", "latest_of_others", "openings_by_status", "with_later"]

TimedChange = tuple[int, TicketStatusChange]


def closings_by_status(
    changes: Iterable[TimedChange], user_id: str, *, has_closing_edit: bool
) -> list[int]:
    """Return when a user closed a ticket, by its status changes.

    A change that names nobody is the user's if one of the user's edits closed.
    """
    owners = {user_id, None} if has_closing_edit else {user_id}
    return [
        at
        for at, change in changes
        if change.status is TicketStatus.CLOSED and change.user_id in owners
    ]


def openings_by_status(changes: Iterable[TimedChange]) -> list[int]:
    """Return when a ticket was opened or set to pending by more than the due date, in order."""
    return [
        at
        for at, change in changes
        if change.status is not TicketStatus.CLOSED and change.cause is not StatusCause.DUE_DATE
    ]


Latest = tuple[int, Hashable, int | None]
"""The latest of some instants, whose it is, and the latest of anybody else's."""


def with_later(latest: Latest | None, at: int, whose: Hashable) -> Latest:
    """Return what is latest when one more instant is known."""
    if latest is None:
        return (at, whose, None)
    first, owner, of_others = latest
    if whose == owner:
        return (max(first, at), owner, of_others)
    if at > first:
        return (at, whose, first)
    return (first, owner, at if of_others is None else max(of_others, at))


def latest_of_others(latest: Latest | None, whose: Hashable) -> int | None:
    """Return the latest instant that is not this one's own."""
    if latest is None:
        return None
    first, owner, of_others = latest
    return of_others if owner == whose else first
