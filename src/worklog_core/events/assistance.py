"""What was recognised and proposed by machines, and what people made of it.

One rule holds for the events of this module: they tell what was shown, applied, detected and
changed. Whether that was right follows from comparing them (E-39, AMB-20).
"""

from datetime import datetime
from enum import IntEnum

import attrs

from worklog_core.door import (
    check_flag,
    check_id,
    check_names,
    check_optional_id,
    check_text,
    choice_of,
    names,
    optional,
)
from worklog_core.instants import as_utc, as_utc_or_none, check_instant, check_optional_instant

__all__ = [
    "AiActionApplied",
    "AiSuggestionShown",
    "AutomationLevel",
    "CustomerCorrected",
    "CustomerDetected",
    "TagsChanged",
    "TagsDetected",
]


class AutomationLevel(IntEnum):
    """How much of the work AI did, from nothing to all of it (E-32 to E-38)."""

    NONE = 0
    """No AI but the recognition of customer and tags (E-33)."""
    TEXT_EDITING = 1
    """AI edited a text (E-34)."""
    BASE_AGENT = 2
    """A user confirmed the base agent's proposal, changed or not (E-35)."""
    AI_AGENT = 3
    """A user confirmed another agent's proposal (E-36)."""
    RELEASED = 4
    """Processed by AI, released by a person (E-37)."""
    AUTONOMOUS = 5
    """Processed by AI alone (E-38)."""


@attrs.frozen
class AiSuggestionShown:
    """An AI agent's proposal was shown; *text* is the answer that it recommends (E-41).

    Being shown is not being used: that is an `AiActionApplied` (AMB-20). *is_base* says whether it
    was the base agent, of whom alone the accuracy of a text is asked (E-42); *user_id* is to whom
    it was shown, None where nobody is named.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    agent: str = attrs.field(validator=check_id)
    is_base: bool = attrs.field(kw_only=True, validator=check_flag)
    text: str | None = attrs.field(default=None, kw_only=True, validator=optional(check_text))
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class AiActionApplied:
    """An AI agent's proposal was applied or confirmed: the agent was used (E-43, AMB-20).

    *level* is how much of the work that was; *user_id* is who confirmed it, None where nobody did
    or nobody is named.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    agent: str = attrs.field(validator=check_id)
    level: AutomationLevel = attrs.field(kw_only=True, validator=choice_of(AutomationLevel))
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TagsDetected:
    """The tags of a ticket were recognised; *tags* are all that it has from then on (E-39).

    They are kept sorted by name, each once; without any, it was found that none fits.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    tags: tuple[str, ...] = attrs.field(converter=names, validator=check_names)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class TagsChanged:
    """Somebody changed the tags of a ticket; *tags* are all that it has from then on (E-51).

    *user_id* is who did, None where nobody is named.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    tags: tuple[str, ...] = attrs.field(converter=names, validator=check_names)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class CustomerDetected:
    """The customer of a ticket was recognised (P-E1)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    customer_id: str = attrs.field(validator=check_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class CustomerCorrected:
    """Somebody set the customer of a ticket; None takes the customer away (P-E1).

    *user_id* is who did, None where nobody is named.
    """

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    customer_id: str | None = attrs.field(validator=check_optional_id)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )
