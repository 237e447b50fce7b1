"""A contact with a customer: hold, end, wrap-up, and what was made of it afterwards.

One rule holds for the events of this module: a score is an exact number, *out_of* the highest one
of its scale.
"""

from datetime import datetime
from fractions import Fraction

import attrs

from worklog_core.door import (
    as_fraction,
    check_fraction,
    check_id,
    check_names,
    check_optional_id,
    check_text,
    names,
    optional,
)
from worklog_core.instants import as_utc, as_utc_or_none, check_instant, check_optional_instant

__all__ = [
    "ContactEnded",
    "ContactLabelled",
    "CsatReceived",
    "HoldEnded",
    "HoldStarted",
    "RecordingStored",
    "SentimentScored",
    "WrapUpFinished",
]


@attrs.frozen
class HoldStarted:
    """A user put a contact on hold (AMB-13b)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class HoldEnded:
    """A user took a contact off hold (AMB-13b)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class ContactEnded:
    """The contact ended: the customer is gone, wrap-up begins (AMB-13)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class WrapUpFinished:
    """The wrap-up form was finished (AMB-13)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    form_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    note: str | None = attrs.field(default=None, kw_only=True, validator=optional(check_text))
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class ContactLabelled:
    """A contact has *labels* from this instant on (K-04)."""

    contact_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    labels: tuple[str, ...] = attrs.field(converter=names, validator=check_names)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class RecordingStored:
    """A recording of the contact is kept under *link* (K-16)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    link: str = attrs.field(validator=check_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class SentimentScored:
    """The customer's sentiment was scored (K-20)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    score: Fraction = attrs.field(converter=as_fraction, validator=check_fraction)
    out_of: Fraction | None = attrs.field(
        default=None, kw_only=True, converter=as_fraction, validator=optional(check_fraction)
    )
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class CsatReceived:
    """The customer answered how satisfied they are (K-21)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    score: Fraction = attrs.field(converter=as_fraction, validator=check_fraction)
    out_of: Fraction | None = attrs.field(
        default=None, kw_only=True, converter=as_fraction, validator=optional(check_fraction)
    )
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )
