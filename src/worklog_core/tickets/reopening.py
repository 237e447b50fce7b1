"""Reopening: was a ticket opened again after somebody closed it?

Three rules hold in this module (E-22, AMB-7):
1. A ticket with status changes is judged by them: it is closed by a change to CLOSED and reopened
   by a later change to OPEN or PENDING, unless the cause is the due date of a deferral (D-06).
2. A ticket without them is judged by its edits: it is closed by an edit that closes, and reopened
   by a later customer message or a later row-making edit that does not close, in another cell.
3. Later means strictly later. Whoever reopened it, the row that closed it last before is reopened.
"""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from worklog_core.events.facts import StatusCause, TicketStatus, TicketStatusChange

__all__ = ["Latest", "StatusCourse", "latest_of_others", "status_courses", "with_later"]


class StatusCourse(NamedTuple):
    """When a ticket was closed, and by whom if anybody is named, and when it was last opened."""

    closings: list[tuple[int, str | None]]
    last_opening: int | None


def status_courses(
    changes: Iterable[tuple[int, TicketStatusChange]],
) -> dict[str, StatusCourse]:
    """Return the course of every ticket that has status changes, which stand in time order.

    An opening is a change to OPEN or PENDING whose cause is not the due date of a deferral.
    """
    courses: dict[str, StatusCourse] = {}
    for at, change in changes:
        course = courses.get(change.ticket_id, StatusCourse([], None))
        if change.status is TicketStatus.CLOSED:
            course.closings.append((at, change.user_id))
        elif change.cause is not StatusCause.DUE_DATE:
            course = StatusCourse(course.closings, at)
        courses[change.ticket_id] = course
    return courses


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
