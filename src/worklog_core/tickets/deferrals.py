"""Deferrals: a ticket waits until a due date, and wakes up by itself when it comes.

Three rules hold in this module:
1. Nothing is changed in place: a command takes a ticket and returns the next, with its event for
   the history. What it may do stands in `TRANSITIONS`.
2. The due date wakes a ticket at the due date itself, however late the host looks (D-06).
3. One instant has one word: a command comes strictly after the ticket's last change.
"""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

import attrs

from worklog_core.door import check_id, check_optional_id
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import DueSetBy, StatusCause, TicketStatusChange
from worklog_core.instants import as_utc, check_instant, require_instant
from worklog_core.tickets.register import by_ticket_id
from worklog_core.tickets.transitions import (
    Deferral,
    TicketCommand,
    TicketState,
    next_status,
    require_future,
)

__all__ = [
    "Reminder",
    "Transition",
    "close",
    "defer",
    "release_due",
    "reminder_of",
    "reopen",
]


@attrs.frozen
class Transition:
    """What a command came to: the ticket as it is now, and the event for the history."""

    ticket: TicketState
    change: TicketStatusChange

    @property
    def is_auto_opened(self) -> bool:
        """Whether the due date opened the ticket (D-07)."""
        return self.change.cause is StatusCause.DUE_DATE

    def ticket_updated(self) -> dict[str, str | bool | None]:
        """Return the event `ticketUpdated` as a host publishes it (D-07, D-08); instants in UTC.

        Example:
            >>> from datetime import UTC, datetime
            >>> from worklog_core import TicketState, defer
            >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
            >>> event = defer(TicketState("T1"), at(17), at=at(9)).ticket_updated()
            >>> event["dueBy"], event["dueByWasSetManually"], event["autoOpenedDueToDueDate"]
            ('2026-03-02T17:00:00+00:00', True, False)
        """
        deferral = self.ticket.deferral
        return {
            "event": "ticketUpdated",
            "ticketId": self.ticket.ticket_id,
            "at": self.change.at.isoformat(),
            "status": self.ticket.status.value,
            "dueBy": None if deferral is None else deferral.due_at.isoformat(),
            "dueByWasSetManually": None if deferral is None else deferral.is_due_set_manually,
            "autoOpenedDueToDueDate": self.is_auto_opened,
        }


@attrs.frozen
class Reminder:
    """An internal reminder of a deferred ticket: it comes when the due date does (D-05)."""

    ticket_id: str = attrs.field(validator=check_id)
    due_at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    note: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)


def reminder_of(ticket: TicketState, *, note: str | None = None) -> Reminder:
    """Return the reminder of a pending ticket; it references the due date (D-05).

    Raises WorklogError for a ticket that is not pending.
    """
    if ticket.deferral is None:
        raise WorklogError(
            f"a reminder must be of a pending ticket: found {ticket.ticket_id!r}, which is "
            f"{ticket.status.value}. Defer it first.",
            field="ticket",
            value=ticket,
        )
    return Reminder(ticket.ticket_id, ticket.deferral.due_at, note=note)


def defer(  # noqa: PLR0913  # what an event says of a deferral, each by its keyword
    ticket: TicketState,
    due_at: datetime,
    *,
    at: datetime,
    set_by: DueSetBy = DueSetBy.MANUAL,
    detail: str | None = None,
    cause: StatusCause = StatusCause.AGENT,
    user_id: str | None = None,
) -> Transition:
    """Set a ticket to pending until a due date (D-01); one that is pending gets the new date.

    *set_by* tells a date that a person chose from one that the configuration of a tag gave (D-08);
    *detail* is what the ticket waits for (D-11). A closed ticket is reopened by it (AMB-7).

    Raises WorklogError without a due date (D-02), and for one that is not strictly after *at*
    (D-03, D-13).

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from worklog_core import TicketState, defer
        >>> now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> deferred = defer(TicketState("T1"), now + timedelta(days=5), at=now).ticket
        >>> deferred.status.value, deferred.is_due(as_of=now + timedelta(days=5))
        ('pending', True)
    """
    given: Any = due_at
    if given is None:
        raise WorklogError(
            "due_at must be given when a ticket is set to pending: found None. "
            "Say until when it waits, or leave it open.",
            field="due_at",
            value=None,
        )
    due = require_instant("due_at", due_at)
    instant = require_instant("at", at)
    require_future("due_at", due, instant)
    deferral = Deferral(due, set_by=set_by, detail=detail)
    return _moved(ticket, TicketCommand.DEFER, instant, _By(cause, user_id), deferral)


def reopen(
    ticket: TicketState,
    *,
    at: datetime,
    cause: StatusCause = StatusCause.AGENT,
    user_id: str | None = None,
) -> Transition:
    """Set a pending or closed ticket to open, by hand or over the API (D-12).

    Where a customer's reply shall end the wait, the host says so here, with
    `cause=StatusCause.CUSTOMER` (D-14, AMB-12). A wake-up by the due date is `release_due`.
    """
    return _moved(ticket, TicketCommand.REOPEN, at, _By(cause, user_id))


def close(
    ticket: TicketState,
    *,
    at: datetime,
    cause: StatusCause = StatusCause.AGENT,
    user_id: str | None = None,
) -> Transition:
    """Close an open or pending ticket; a wait ends with it."""
    return _moved(ticket, TicketCommand.CLOSE, at, _By(cause, user_id))


def release_due(tickets: Iterable[TicketState], *, as_of: datetime) -> tuple[Transition, ...]:
    """Wake up the tickets whose due date has come, and return them with their events (D-06, D-07).

    They come in order of due date and ticket id; all others are left out. Each opens at its due
    date, and its event was learnt at *as_of*: so it does not matter how often, or how late, a host
    looks, as long as it looks before it gives the ticket another command. Looking again at what was
    released finds nothing.

    Raises ConflictingEventsError for two states of one ticket.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import TicketState, defer, release_due
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> waiting = defer(TicketState("T1"), at(12), at=at(9)).ticket
        >>> [woken] = release_due([waiting, TicketState("T2")], as_of=at(13))
        >>> woken.ticket.status.value, woken.is_auto_opened, woken.change.at.hour
        ('open', True, 12)
    """
    now = require_instant("as_of", as_of)
    released: list[Transition] = []
    for ticket in by_ticket_id(tickets, TicketState).values():
        if ticket.deferral is not None and ticket.deferral.due_at <= now:
            status = next_status(ticket, TicketCommand.RELEASE_DUE)
            change = TicketStatusChange(
                ticket.ticket_id,
                ticket.deferral.due_at,
                status,
                cause=StatusCause.DUE_DATE,
                known_at=now,
            )
            released.append(
                Transition(TicketState(ticket.ticket_id, status, since=change.at), change)
            )
    return tuple(sorted(released, key=attrgetter("change.at", "change.ticket_id")))


class _By(NamedTuple):
    """Who or what gave a command."""

    cause: StatusCause
    user_id: str | None


def _moved(
    ticket: TicketState,
    command: TicketCommand,
    at: datetime,
    by: _By,
    deferral: Deferral | None = None,
) -> Transition:
    status = next_status(ticket, command)
    instant = require_instant("at", at)
    if ticket.since is not None and instant <= ticket.since:
        raise WorklogError(
            f"at must be after the last change of {ticket.ticket_id!r} at "
            f"{ticket.since.isoformat()}: found {instant.isoformat()}. "
            "Give the later word a later instant.",
            field="at",
            value=at,
        )
    if by.cause is StatusCause.DUE_DATE:
        raise WorklogError(
            f"cause of {command.value} must not be the due date: found {describe(by.cause)}. "
            "Use release_due for what the due date does.",
            field="cause",
            value=by.cause,
        )
    change = TicketStatusChange(
        ticket.ticket_id,
        instant,
        status,
        cause=by.cause,
        user_id=by.user_id,
        deferred_until=None if deferral is None else deferral.due_at,
        due_set_by=None if deferral is None else deferral.set_by,
        detail=None if deferral is None else deferral.detail,
    )
    return Transition(
        TicketState(ticket.ticket_id, status, since=instant, deferral=deferral), change
    )
