"""What was written: messages to, from and about a customer.

Two rules hold for every message:
1. Its direction says whether it is public; internal notes are messages, too (P-E5).
2. A sender has a kind, and no rule reads it off a name: an outbound message may come from a person,
   an AI agent or a workflow (P-K5).
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
from worklog_core.instants import as_utc, as_utc_or_none, check_instant, check_optional_instant

__all__ = [
    "Direction",
    "MessageSent",
    "SenderKind",
]


class Direction(Enum):
    """Which way a message went (P-E7)."""

    IN = "in"
    """From the customer."""
    OUT = "out"
    """To the customer."""
    INTERNAL = "internal"
    """A note, which no customer sees."""


class SenderKind(Enum):
    """What kind of sender wrote a message; the value is the source in a report (R-08)."""

    HUMAN = "user"
    AI_AGENT = "ai_agent"
    WORKFLOW = "workflow"
    BROADCAST = "broadcast"
    API = "api"
    ECHO = "echo"
    """Written outside the system, in the channel's own application."""
    CUSTOMER = "contact"
    SYSTEM = "system"


@attrs.frozen
class MessageSent:
    """A message was written (P-E5, R-11).

    A customer's inbound message opens a new epoch, as a `CustomerMessage` does, and *message_id* is
    then its conversation id; *is_initial* marks the request that opened the ticket. *sender_id* is
    the user, the contact or the AI agent who wrote it, None where nobody is named. *failure* says
    why it was not delivered, None where it was.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Direction, MessageSent, SenderKind
        >>> answer = MessageSent(ticket_id="T1", at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        ...                      message_id="M2", direction=Direction.OUT,
        ...                      sender=SenderKind.HUMAN, sender_id="U1")
        >>> answer.opens_epoch
        False
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    message_id: str = attrs.field(validator=check_id)
    direction: Direction = attrs.field(kw_only=True, validator=choice_of(Direction))
    sender: SenderKind = attrs.field(kw_only=True, validator=choice_of(SenderKind))
    sender_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    channel: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    content_type: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    text: str | None = attrs.field(default=None, kw_only=True, validator=optional(check_text))
    is_initial: bool = attrs.field(default=False, kw_only=True, validator=check_flag)
    failure: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    @property
    def is_public(self) -> bool:
        """Whether it goes between customer and service, delivered or not; a note does not."""
        return self.direction is not Direction.INTERNAL

    @property
    def is_answer(self) -> bool:
        """Whether a person wrote to the customer."""
        return self.direction is Direction.OUT and self.sender is SenderKind.HUMAN

    @property
    def opens_epoch(self) -> bool:
        """Whether a new epoch of the ticket begins with it: the customer wrote (AMB-4)."""
        return self.direction is Direction.IN and self.sender is SenderKind.CUSTOMER
