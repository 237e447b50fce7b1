"""When a case was closed and opened again, by whom.

Three rules hold in this module (AMB-7):
1. A ticket with status changes is judged by them; without any by its edits: it is closed by an edit
   that closes, and open again with a later customer message or a later row-making edit that does
   not close, in another cell.
2. Turns alternate: a closing of what is closed already, and an opening of what is open, are none.
3. An automatic wake-up opens a case and yet is no reopening (D-06).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

import attrs

from worklog_core.events.actions import Action
from worklog_core.events.facts import StatusCause, TicketEdit, TicketStatus
from worklog_core.tickets.timeline import TicketTimeline

__all__ = ["Turn", "turns_of"]


@attrs.frozen
class Turn:
    """A case was closed, or opened again.

    *user_id* is who did it, None where nobody is named; *by_machine* tells that no person did.
    """

    at: datetime
    is_closing: bool
    cause: StatusCause
    user_id: str | None
    by_machine: bool

    @property
    def is_reopening(self) -> bool:
        """Whether somebody opened the case again; a wake-up by the due date is none (D-06)."""
        return not self.is_closing and self.cause is not StatusCause.DUE_DATE


def turns_of(
    timeline: TicketTimeline,
    edits: Iterable[TicketEdit],
    asked_at: Iterable[datetime],
    *,
    day_of: Callable[[datetime], Any],
    bots: Iterable[str] = (),
) -> tuple[Turn, ...]:
    """Return the turns of one case in time order.

    *asked_at* is when the customer wrote, *day_of* tells the local day of an instant.
    """
    machines = set(bots)
    if timeline.changes:
        return tuple(_turns_of_statuses(timeline, machines))
    return tuple(_turns_of_edits(edits, asked_at, day_of, machines))


def _turns_of_statuses(timeline: TicketTimeline, machines: set[str]) -> Iterable[Turn]:
    is_closed = False
    for change in timeline.changes:
        if (change.status is TicketStatus.CLOSED) is is_closed:
            continue
        is_closed = not is_closed
        unnamed = change.user_id is None and change.cause in (StatusCause.API, StatusCause.DUE_DATE)
        by_machine = unnamed or change.user_id in machines
        yield Turn(change.at, is_closed, change.cause, change.user_id, by_machine)


def _turns_of_edits(
    edits: Iterable[TicketEdit],
    asked_at: Iterable[datetime],
    day_of: Callable[[datetime], Any],
    machines: set[str],
) -> Iterable[Turn]:
    made = (edit for edit in edits if edit.action is not None or edit.is_closing)
    # What the customer wrote at the instant of an edit came first (AMB-4).
    course: list[tuple[datetime, TicketEdit | None]] = [(at, None) for at in asked_at]
    course += [(edit.at, edit) for edit in sorted(made, key=attrgetter("at", "user_id"))]
    course.sort(key=lambda entry: (entry[0], entry[1] is not None))
    closing: TicketEdit | None = None
    for at, edit in course:
        if closing is None:
            if edit is not None and edit.is_closing:
                closing = edit
                by_ai = edit.action is Action.AUTO_PROCESS
                cause = StatusCause.API if by_ai else StatusCause.AGENT
                yield Turn(at, True, cause, edit.user_id, by_ai or edit.user_id in machines)
        elif at > closing.at and _reopens(edit, closing, day_of):
            closing = None
            cause = StatusCause.CUSTOMER if edit is None else StatusCause.AGENT
            user_id = None if edit is None else edit.user_id
            yield Turn(at, False, cause, user_id, user_id in machines)


def _reopens(
    edit: TicketEdit | None, closing: TicketEdit, day_of: Callable[[datetime], Any]
) -> bool:
    """Return whether a customer's message, or an edit in another cell, opens a case again."""
    if edit is None:
        return True
    # No message lies between the two, for it would have opened the case: the epoch is the same.
    is_same_cell = edit.user_id == closing.user_id and day_of(edit.at) == day_of(closing.at)
    return not edit.is_closing and not is_same_cell
