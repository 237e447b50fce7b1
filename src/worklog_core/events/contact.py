"""A contact with a customer: hold, end, wrap-up, and what was made of it afterwards.

Three rules hold for the events of this module:
1. A contact is the talk that a ticket covers; *contact_id* names the person it was with (K-03).
2. *user_id* is the user concerned, None where the source names nobody.
3. A score is an exact number; *out_of* is the highest one of its scale, None where nobody says.
"""

from datetime import datetime
from fractions import Fraction

import attrs

from worklog_core.door import (
    as_fraction,
    as_fraction_or_none,
    check_fraction,
    check_id,
    check_names,
    check_optional_id,
    check_text,
    names,
    optional,
)
from worklog_core.errors import WorklogError
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
    """A user put a contact on hold; it lasts until a `HoldEnded` (AMB-13b)."""

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
    """The contact ended: the customer is gone, and the wrap-up begins (AMB-13)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    user_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class WrapUpFinished:
    """The wrap-up form was finished, and with it the wrap-up (AMB-13)."""

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
    """A person has *labels* from this instant on, and no others (K-04)."""

    contact_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    labels: tuple[str, ...] = attrs.field(converter=names, validator=check_names)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class RecordingStored:
    """A recording of the contact is kept under *link*, an address or a key (K-16)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    link: str = attrs.field(validator=check_id)
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )


@attrs.frozen
class SentimentScored:
    """The customer's sentiment was scored; some scales reach below zero (K-20)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    score: Fraction = attrs.field(converter=as_fraction, validator=check_fraction)
    out_of: Fraction | None = attrs.field(
        default=None,
        kw_only=True,
        converter=as_fraction_or_none,
        validator=optional(check_fraction),
    )
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    def __attrs_post_init__(self) -> None:
        _require_on_scale(self)


@attrs.frozen
class CsatReceived:
    """The customer answered how satisfied they are (K-21)."""

    ticket_id: str = attrs.field(validator=check_id)
    at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    score: Fraction = attrs.field(converter=as_fraction, validator=check_fraction)
    out_of: Fraction | None = attrs.field(
        default=None,
        kw_only=True,
        converter=as_fraction_or_none,
        validator=optional(check_fraction),
    )
    event_id: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    known_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    def __attrs_post_init__(self) -> None:
        _require_on_scale(self)


def _require_on_scale(scored: SentimentScored | CsatReceived) -> None:
    if scored.out_of is not None and scored.score > scored.out_of:
        field = f"{type(scored).__name__}.score"
        raise WorklogError(
            f"{field} must not be above the highest of its scale, {scored.out_of}: "
            f"found {scored.score}. Give the score before it was put on another scale.",
            field=field,
            value=scored.score,
        )
