"""How a ticket stands, and what each command does to its status: a table with every cell decided.

Three rules hold in this module:
1. A pending ticket has a due date, and it lies strictly after the instant at which it was set
   (D-01 to D-03). No other ticket has one.
2. A command leads to a status, or it is refused with the way out; there is no third.
3. A customer's reply moves no status: the host reopens the ticket, or does not (D-14, AMB-12).
"""

from datetime import datetime
from enum import Enum
from typing import Any, Final

import attrs

from worklog_core.door import check_id, check_optional_id, choice_of, optional, refuse
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import DueSetBy, TicketStatus
from worklog_core.instants import (
    as_utc,
    as_utc_or_none,
    check_instant,
    check_optional_instant,
    require_instant,
)
from worklog_core.mappings import FrozenMapping

__all__ = [
    "TRANSITIONS",
    "Deferral",
    "Refused",
    "TicketCommand",
    "TicketState",
    "is_routable",
    "next_status",
    "require_future",
]


class TicketCommand(Enum):
    """What may be asked of a ticket's status."""

    DEFER = "defer"
    """Set it to pending until a due date, or change the due date (D-01)."""
    RELEASE_DUE = "release_due"
    """Wake it up because its due date has come (D-06)."""
    REOPEN = "reopen"
    """Set it to open by hand or over the API (D-12)."""
    CLOSE = "close"
    CUSTOMER_REPLY = "customer_reply"
    """The customer wrote; what follows from it is the host's to say (D-14, AMB-12)."""


@attrs.frozen
class Refused:
    """A command that a status does not allow, and what to do instead."""

    way_out: str


Cell = tuple[TicketStatus, TicketCommand]
Outcome = TicketStatus | Refused

_OPEN, _PENDING, _CLOSED = TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.CLOSED

_CELLS: Final[dict[Cell, Outcome]] = {
    (_OPEN, TicketCommand.DEFER): _PENDING,
    (_OPEN, TicketCommand.RELEASE_DUE): Refused("It waits for no due date: defer it first."),
    (_OPEN, TicketCommand.REOPEN): Refused("It is open already: leave it as it is."),
    (_OPEN, TicketCommand.CLOSE): _CLOSED,
    (_OPEN, TicketCommand.CUSTOMER_REPLY): _OPEN,
    (_PENDING, TicketCommand.DEFER): _PENDING,
    (_PENDING, TicketCommand.RELEASE_DUE): _OPEN,
    (_PENDING, TicketCommand.REOPEN): _OPEN,
    (_PENDING, TicketCommand.CLOSE): _CLOSED,
    (_PENDING, TicketCommand.CUSTOMER_REPLY): _PENDING,
    (_CLOSED, TicketCommand.DEFER): _PENDING,
    (_CLOSED, TicketCommand.RELEASE_DUE): Refused(
        "A closing ends the wait: reopen it, if somebody shall work on it."
    ),
    (_CLOSED, TicketCommand.REOPEN): _OPEN,
    (_CLOSED, TicketCommand.CLOSE): Refused("It is closed already: leave it as it is."),
    (_CLOSED, TicketCommand.CUSTOMER_REPLY): _CLOSED,
}

TRANSITIONS: Final[FrozenMapping[Cell, Outcome]] = FrozenMapping(_CELLS)
"""What each command does to a ticket of each status: every cell is decided."""


def is_routable(status: TicketStatus) -> bool:
    """Say whether smart routing may assign a ticket of this status: an open one alone (D-04)."""
    return status is TicketStatus.OPEN


@attrs.frozen
class Deferral:
    """Until when a ticket waits, what set that date, and perhaps what it waits for (D-01, D-11).

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Deferral, DueSetBy
        >>> friday = datetime(2026, 3, 6, 9, tzinfo=UTC)
        >>> Deferral(friday).is_due_set_manually
        True
        >>> Deferral(friday, set_by=DueSetBy.TAG).is_due_set_manually
        False
    """

    due_at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    set_by: DueSetBy = attrs.field(
        default=DueSetBy.MANUAL, kw_only=True, validator=choice_of(DueSetBy)
    )
    detail: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)

    @property
    def is_due_set_manually(self) -> bool:
        """Whether a person set the due date, and not the configuration of a tag (D-08)."""
        return self.set_by is DueSetBy.MANUAL


def _check_deferral(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if type(value) is not Deferral:
        raise refuse(instance, attribute, value, "be a Deferral", "Make one with Deferral(due_at).")


@attrs.frozen
class TicketState:
    """How a ticket stands: its status, since when, and its deferral where it is pending.

    *since* is the instant of the last change; None where the ticket was not changed since it arose.

    Raises WorklogError for a pending ticket without a due date (D-02), for a due date that is not
    after *since* (D-03), and for a deferral of a ticket that is not pending.
    """

    ticket_id: str = attrs.field(validator=check_id)
    status: TicketStatus = attrs.field(default=_OPEN, validator=choice_of(TicketStatus))
    since: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )
    deferral: Deferral | None = attrs.field(
        default=None, kw_only=True, validator=optional(_check_deferral)
    )

    def __attrs_post_init__(self) -> None:
        if (self.deferral is not None) is not (self.status is _PENDING):
            raise WorklogError(
                "TicketState.deferral must say until when a pending ticket waits, and be None for "
                f"any other: found {describe(self.deferral)} for {self.ticket_id!r}, which is "
                f"{self.status.value}. Give the deferral with its status.",
                field="TicketState.deferral",
                value=self.deferral,
            )
        if self.deferral is not None and self.since is not None:
            require_future("TicketState.deferral", self.deferral.due_at, self.since)

    def is_due(self, *, as_of: datetime) -> bool:
        """Say whether the ticket waits for a due date that has come: at it, or after."""
        now = require_instant("as_of", as_of)
        return self.deferral is not None and self.deferral.due_at <= now


def next_status(ticket: TicketState, command: TicketCommand) -> TicketStatus:
    """Return the status that a command leads to, as `TRANSITIONS` has it.

    Raises WorklogError where the ticket's status does not allow it: it names the command, the
    statuses that would, the one that was found, and the way out.

    Example:
        >>> from worklog_core import TicketCommand, TicketState, TicketStatus, next_status
        >>> next_status(TicketState("T1", TicketStatus.CLOSED), TicketCommand.CLOSE)
        Traceback (most recent call last):
        ...
        worklog_core.errors.WorklogError: close must find ...
    """
    if type(ticket) is not TicketState:
        raise WorklogError(
            f"ticket must be a TicketState: found {describe(ticket)}. "
            "Make one with TicketState(ticket_id, status).",
            field="ticket",
            value=ticket,
        )
    outcome = TRANSITIONS[ticket.status, command]
    if isinstance(outcome, TicketStatus):
        return outcome
    allowed = " or ".join(
        status.value
        for status in TicketStatus
        if not isinstance(TRANSITIONS[status, command], Refused)
    )
    raise WorklogError(
        f"{command.value} must find a ticket that is {allowed}: "
        f"found {ticket.ticket_id!r}, which is {ticket.status.value}. {outcome.way_out}",
        field="ticket",
        value=ticket,
    )


def require_future(field: str, due: datetime, set_at: datetime) -> None:
    """Refuse a due date that is not strictly after the instant it was set at (D-03)."""
    if not set_at < due:
        raise WorklogError(
            f"{field} must be due after it is set at {set_at.isoformat()}: "
            f"found {due.isoformat()}. Choose a later due date.",
            field=field,
            value=due,
        )
