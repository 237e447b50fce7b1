"""Who gets a ticket: offers, skips, assignments, queues and teams.

One rule holds for the events of this module: an assignment and a queue hold from their instant
until the next word about them.
"""

from datetime import datetime
from enum import Enum

import attrs

from worklog_core.door import check_id, check_optional_id, choice_of
from worklog_core.errors import WorklogError
from worklog_core.instants import as_utc, as_utc_or_none, check_instant, check_optional_instant

__all__ = [
    "AssigneeKind",
    "AssignmentMode",
    "RoutingOffered",
    "RoutingSkipped",
    "TeamMembership",
    "TicketAssigned",
    "TicketQueued",
    "TicketTransferred",
]


class AssignmentMode(Enum):
    """How a ticket came to its assignee."""

    MANUAL = "manual"
    """Somebody chose."""
    ROUTING = "routing"
    """The autopilot did (E-02)."""


class AssigneeKind(Enum):
    """Whether a ticket was assigned to a person or to a machine."""

    HUMAN = "user"
    BOT = "bot"


@attrs.frozen
class RoutingOffered:
    """The autopilot gave a ticket to a user (E-44)."""

    user_id: str = attrs.field(validator=check_id)
    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class RoutingSkipped:
    """A user skipped a ticket that the autopilot had given to them (E-44, AMB-11)."""

    user_id: str = attrs.field(validator=check_id)
    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TicketAssigned:
    """A ticket was assigned to a user, to a team, or, with neither, to nobody (K-07, K-08).

    *assignee_kind* tells whether the one who is named under *assignee_id* is a person.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    assignee_id: str | None = attrs.field(default=None, validator=check_optional_id)
    team: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    mode: AssignmentMode = attrs.field(
        default=AssignmentMode.MANUAL, kw_only=True, validator=choice_of(AssignmentMode)
    )
    assignee_kind: AssigneeKind = attrs.field(
        default=AssigneeKind.HUMAN, kw_only=True, validator=choice_of(AssigneeKind)
    )
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TicketTransferred:
    """A ticket was handed from one user to another, to a queue, or, with neither, to nobody.

    Without *from_user_id* it was nobody's, or the source does not say whose.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    from_user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    to_user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    to_queue: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TicketQueued:
    """A ticket is in *queue* from this instant on; None takes it out (K-06)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    queue: str | None = attrs.field(validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TeamMembership:
    """A user was in a team in [start, end); without an end, from the start on (E-50).

    At its end the user is no longer in it. Memberships may overlap: one user, several teams.
    """

    user_id: str = attrs.field(validator=check_id)
    team: str = attrs.field(validator=check_id)
    start: datetime = attrs.field(converter=as_utc, validator=check_instant)
    end: datetime | None = attrs.field(
        default=None, converter=as_utc_or_none, validator=check_optional_instant
    )
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    def __attrs_post_init__(self) -> None:
        if self.end is not None and not self.start < self.end:
            raise WorklogError(
                "TeamMembership.end must be after its start "
                f"{self.start.isoformat()}: found {self.end.isoformat()}. "
                "Leave out a membership of no time.",
                field="TeamMembership.end",
                value=self.end,
            )
