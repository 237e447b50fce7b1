"""Reopening: was a ticket opened again after somebody closed it, by whom, and is that decided?

Six rules hold in this module (E-22, AMB-7):
1. A ticket with status changes is judged by them: it is closed by a change to CLOSED and reopened
   by a later change to OPEN or PENDING, unless the cause is the due date of a deferral (D-06).
2. A ticket without them is judged by its edits: it is closed by an edit that closes, and reopened
   by a later customer message or a later row-making edit that does not close, in another cell.
3. Later means strictly later. The first opening after a closing reopens it, whoever opened it.
4. Where a reopening needs a reply, an opening is none that was closed again without an answer: the
   customer said thank you. While nobody has closed the ticket again, it counts, and is decided only
   once somebody has answered.
5. A closing is decided once it was reopened, or its window has ended by then; without a window
   every closing is decided, and all are provisional. A window is half-open: what comes at its end,
   or later, changes nothing.
6. A ticket is decided once all its closings are, or one of them is decided and was reopened.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

import attrs

from worklog_core.events.facts import StatusCause, TicketStatus, TicketStatusChange

__all__ = [
    "Closing",
    "FcrPer",
    "FirstContactResolution",
    "Latest",
    "ReopenedBy",
    "StatusCourse",
    "first_contact_of",
    "is_thank_you",
    "latest_of_others",
    "status_courses",
    "with_later",
]


class FcrPer(Enum):
    """What first-contact resolution counts (AMB-7)."""

    CLOSING = "closing"
    TICKET = "ticket"


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


def is_thank_you(opening: int, closings: Sequence[int], answers: Sequence[int]) -> bool:
    """Return whether an opening was closed again without an answer; both sequences are sorted.

    An answer at the instant of the opening or of the closing is one.

    Example:
        >>> from worklog_core.tickets.reopening import is_thank_you
        >>> is_thank_you(5, closings=[3, 8], answers=[2]), is_thank_you(5, [3, 8], [2, 8])
        (True, False)
    """
    after = bisect_right(closings, opening)
    if after == len(closings):
        return False
    return bisect_left(answers, opening) == bisect_right(answers, closings[after])


class ReopenedBy(Enum):
    """Who opened a closed ticket again (AMB-7)."""

    CUSTOMER = "customer"
    COLLEAGUE = "colleague"
    """Anybody in the operation but the one who had closed it."""
    SELF = "self"


@attrs.frozen(kw_only=True)
class Closing:
    """One closing of a ticket, and what became of it.

    `closed_by` is None where nobody is named. `reopened_at` is the first opening after it, in UTC,
    within the window where there is one; None where there was none. `is_decided` is whether that
    can no longer change, or, without a window, all that is known: then it `is_provisional`.
    """

    ticket_id: str
    closed_at: datetime
    closed_by: str | None
    reopened_at: datetime | None
    reopened_by: ReopenedBy | None
    is_decided: bool
    is_provisional: bool


@attrs.frozen(kw_only=True)
class FirstContactResolution:
    """How many closings, or tickets, were not reopened, of those that are decided (AMB-7).

    `is_provisional` says that they were judged without a window: what was not reopened yet may
    still be.
    """

    not_reopened: int
    decided: int
    undecided: int
    is_provisional: bool

    @property
    def rate(self) -> Fraction | None:
        """The share of the decided that were not reopened; None where nothing is decided."""
        return Fraction(self.not_reopened, self.decided) if self.decided else None


def first_contact_of(closings: Iterable[Closing], *, per: FcrPer) -> FirstContactResolution:
    """Return the first-contact resolution of some closings, counted by closing or by ticket.

    Example:
        >>> from worklog_core import FcrPer
        >>> from worklog_core.tickets.reopening import first_contact_of
        >>> first_contact_of([], per=FcrPer.TICKET).rate is None
        True
    """
    groups: defaultdict[Hashable, list[Closing]] = defaultdict(list)
    for number, closing in enumerate(closings):
        groups[closing.ticket_id if per is FcrPer.TICKET else number].append(closing)
    verdicts = [_was_held(alike) for alike in groups.values()]
    return FirstContactResolution(
        not_reopened=verdicts.count(True),
        decided=len(verdicts) - verdicts.count(None),
        undecided=verdicts.count(None),
        is_provisional=any(c.is_provisional for alike in groups.values() for c in alike),
    )


def _was_held(closings: Sequence[Closing]) -> bool | None:
    """Return whether none of some closings was reopened; None while that is not decided."""
    if any(closing.is_decided and closing.reopened_at is not None for closing in closings):
        return False
    return True if all(closing.is_decided for closing in closings) else None
