"""The facts of the main job: who had what on screen, what they did, in which status they were.

Three rules hold for every event, here and in the modules beside:
1. It says what happened, not what follows from it. Instants are kept in UTC.
2. `event_id` names it where the source does: two events of one kind and one id are versions of one
   fact (AMB-25). `known_at` is when the system learnt it; None means when it happened (AMB-24).
3. It refuses at the door: an id is a non-empty str, an instant has a zone, a choice is an enum.
"""

from datetime import datetime
from enum import Enum

import attrs

from worklog_core.door import check_flag, check_id, check_optional_id, choice_of, optional
from worklog_core.errors import WorklogError
from worklog_core.events.actions import Action
from worklog_core.instants import (
    as_utc,
    as_utc_or_none,
    check_instant,
    check_optional_instant,
)

__all__ = [
    "CustomerMessage",
    "DueSetBy",
    "FocusChange",
    "Heartbeat",
    "ScreenSession",
    "StatusCause",
    "TicketEdit",
    "TicketStatus",
    "TicketStatusChange",
    "TrackingExclusion",
    "UserStatusChange",
    "UserStatusRepost",
]


class TicketStatus(Enum):
    """The status of a ticket (P-E7)."""

    OPEN = "open"
    PENDING = "pending"
    CLOSED = "closed"


class StatusCause(Enum):
    """Who or what changed the status of a ticket."""

    AGENT = "agent"
    CUSTOMER = "customer"
    DUE_DATE = "due_date"
    """The deferral's due date came, and the ticket woke up by itself (D-06)."""
    API = "api"


class DueSetBy(Enum):
    """What set a due date (D-08)."""

    MANUAL = "manual"
    TAG = "tag"
    """The configuration of a tag."""


@attrs.frozen
class ScreenSession:
    """A user had a ticket on screen from *start* to *end* (E-02, E-04).

    A session of no length is allowed: a single ping, which can hold an edit.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import ScreenSession
        >>> ScreenSession(user_id="U1", ticket_id="T1",
        ...               start=datetime(2026, 3, 2, 9, tzinfo=UTC),
        ...               end=datetime(2026, 3, 2, 9, 5, tzinfo=UTC)).user_id
        'U1'
    """

    user_id: str = attrs.field(validator=check_id)
    ticket_id: str = attrs.field(validator=check_id)
    start: datetime = attrs.field(converter=as_utc, validator=check_instant)
    end: datetime = attrs.field(converter=as_utc, validator=check_instant)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise WorklogError(
                "ScreenSession.end must not be before its start "
                f"{self.start.isoformat()}: found {self.end.isoformat()}. "
                "Swap the two, or leave the session out.",
                field="ScreenSession.end",
                value=self.end,
            )


@attrs.frozen
class Heartbeat:
    """A user's browser had a ticket open at this instant (P-E4).

    How far apart two may lie and still be one session, `WorklogRules.heartbeat_ttl` says.
    """

    user_id: str = attrs.field(validator=check_id)
    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class FocusChange:
    """A user turned to a ticket, of perhaps several that are open at once.

    Under the division policy `ExclusiveFocus` that ticket gets the time from then on while it is
    open, until the user turns to another. Of several at one instant the highest ticket id stands.
    """

    user_id: str = attrs.field(validator=check_id)
    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TicketEdit:
    """A user or an AI agent changed a ticket (E-03, E-16).

    *action* is what the edit did; None is an edit that makes no row by itself (a note, a tag, a
    re-assignment: P-E5). *closes* says whether it closed the ticket; None is the action's default:
    CLOSE, WRITE and AUTO_PROCESS close. An answer that leaves the ticket open has `closes=False`.
    """

    user_id: str = attrs.field(validator=check_id)
    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    action: Action | None = attrs.field(default=None, validator=optional(choice_of(Action)))
    closes: bool | None = attrs.field(default=None, kw_only=True, validator=optional(check_flag))
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    @property
    def is_closing(self) -> bool:
        """Whether the ticket was closed by this edit (AMB-7)."""
        if self.closes is not None:
            return self.closes
        return self.action in (Action.CLOSE, Action.WRITE, Action.AUTO_PROCESS)


@attrs.frozen
class CustomerMessage:
    """The customer wrote, publicly: a new epoch of the ticket begins (E-13, AMB-4).

    *conversation_id* is the id of this message (E-54). *is_initial* marks the request that opened
    the ticket; a row that follows it has no conversation id, and the reason `initial_request`.
    *channel* is the one it came in by, where that is known; no formula branches on it (G-04).
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    conversation_id: str = attrs.field(validator=check_id)
    is_initial: bool = attrs.field(default=False, kw_only=True, validator=check_flag)
    channel: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class UserStatusChange:
    """A user's status is *status* from this instant on (E-23, AMB-6).

    The set of statuses is open: `WorklogRules.status_modes` says what each means.
    """

    user_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    status: str = attrs.field(validator=check_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class UserStatusRepost:
    """A user booked a past absence under another status (E-27, AMB-6b).

    It replaces what stood in [start, end). Without a `known_at` it was learnt at its end.
    """

    user_id: str = attrs.field(validator=check_id)
    start: datetime = attrs.field(converter=as_utc, validator=check_instant)
    end: datetime = attrs.field(converter=as_utc, validator=check_instant)
    status: str = attrs.field(validator=check_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    def __attrs_post_init__(self) -> None:
        if not self.start < self.end:
            raise WorklogError(
                "UserStatusRepost.end must be after its start "
                f"{self.start.isoformat()}: found {self.end.isoformat()}. "
                "Leave out a repost of no time.",
                field="UserStatusRepost.end",
                value=self.end,
            )


@attrs.frozen
class TicketStatusChange:
    """A ticket was opened, set to pending or closed (P-E7, D-01).

    *deferred_until* is the due date of a deferral, *due_set_by* what set it, *detail* what the
    ticket waits for (D-11); each is None where nobody says. *user_id* is who changed the status,
    None where nobody did.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    status: TicketStatus = attrs.field(validator=choice_of(TicketStatus))
    cause: StatusCause = attrs.field(kw_only=True, validator=choice_of(StatusCause))
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    deferred_until: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )
    due_set_by: DueSetBy | None = attrs.field(
        default=None, kw_only=True, validator=optional(choice_of(DueSetBy))
    )
    detail: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TrackingExclusion:
    """A ticket is excluded from time tracking, for its whole life (P-E6, AMB-29)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    reason: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )
