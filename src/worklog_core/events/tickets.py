"""The course of a ticket, beside its status: how it began, what it is about, how it ended.

One rule holds for the events of this module: channels, topics, categories and dispositions are open
lists, so they are names and no choices (K-17, G-04).
"""

from datetime import datetime
from enum import Enum

import attrs

from worklog_core.door import (
    check_flag,
    check_id,
    check_optional_id,
    check_text,
    choice_of,
    optional,
)
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import DueSetBy
from worklog_core.events.messages import Direction
from worklog_core.instants import as_utc, as_utc_or_none, check_instant, check_optional_instant
from worklog_core.sla.targets import TargetKind

__all__ = [
    "OpenedBy",
    "SlaDueSet",
    "TicketClosed",
    "TicketMerged",
    "TicketOpened",
    "TopicChange",
]


class OpenedBy(Enum):
    """What opened a ticket (P-R10)."""

    CONTACT = "contact"
    USER = "user"
    WORKFLOW = "workflow"


@attrs.frozen
class TicketOpened:
    """A ticket arose (G-01, K-11).

    *direction* is IN where the customer began it, OUT where an agent did (K-10), INTERNAL where no
    customer takes part. *user_id* is who opened it where a user did, *queue* where it lay first.
    *is_hold_capable* says whether its contact can be put on hold at all, so that no hold is 0 and
    not unknown (AMB-13b).
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    contact_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    channel: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    direction: Direction = attrs.field(
        default=Direction.IN, kw_only=True, validator=choice_of(Direction)
    )
    opened_by: OpenedBy = attrs.field(
        default=OpenedBy.CONTACT, kw_only=True, validator=choice_of(OpenedBy)
    )
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    queue: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    is_hold_capable: bool = attrs.field(default=False, kw_only=True, validator=check_flag)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TicketClosed:
    """What was said at the closing of a ticket (K-17, R-07).

    It closes nothing: that a ticket is closed, its `TicketStatusChange` says (AMB-7).
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    category: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    summary: str | None = attrs.field(default=None, kw_only=True, validator=optional(check_text))
    disposition: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    note: str | None = attrs.field(default=None, kw_only=True, validator=optional(check_text))
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TicketMerged:
    """A ticket was merged into another, *into_ticket_id*, which goes on in its place."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    into_ticket_id: str = attrs.field(validator=check_id)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    def __attrs_post_init__(self) -> None:
        if self.into_ticket_id == self.ticket_id:
            raise WorklogError(
                "TicketMerged.into_ticket_id must name another ticket than ticket_id: "
                f"found {describe(self.into_ticket_id)} for both. "
                "Leave it out: a ticket is not merged into itself.",
                field="TicketMerged.into_ticket_id",
                value=self.into_ticket_id,
            )


@attrs.frozen
class TopicChange:
    """A ticket is about *topic* and *subtopic* from this instant on; either may be None (E-52)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    topic: str | None = attrs.field(validator=check_optional_id)
    subtopic: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class SlaDueSet:
    """A due date was set, of the resolution or of the first response; None takes it back (P-E8).

    Of several for one target the last at or before the event judged counts (AMB-8). It may lie in
    the past. *set_by* is None where nobody says.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    due_at: datetime | None = attrs.field(
        converter=as_utc_or_none, validator=check_optional_instant
    )
    target: TargetKind = attrs.field(
        default=TargetKind.RESOLUTION, kw_only=True, validator=choice_of(TargetKind)
    )
    set_by: DueSetBy | None = attrs.field(
        default=None, kw_only=True, validator=optional(choice_of(DueSetBy))
    )
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )
