"""Instants: aware datetimes at the door, integer microseconds of UTC inside.

Three rules hold for everything that passes here:
1. An instant has a time zone, and is kept in UTC. Two datetimes of one zone subtract and compare by
   wall clock, an hour wrong across a change of the clocks, and forget the fold; in UTC they do not.
2. An instant that UTC cannot represent, near the ends of datetime's range, is refused by name.
3. An answer carries the zone of the question: `in_zone_of` brings it back.
"""

from datetime import UTC, datetime, timedelta
from operator import ne
from typing import Any, Final

import attrs

from worklog_core.errors import NaiveDatetimeError, RangeError, WorklogError, describe

__all__ = [
    "FIRST_US",
    "LAST_US",
    "MICROSECOND",
    "as_utc",
    "as_utc_or_none",
    "check_instant",
    "check_optional_instant",
    "from_microseconds",
    "in_zone_of",
    "require_instant",
    "timedelta_to_microseconds",
    "to_microseconds",
]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta.resolution

# What a tzinfo raises that knows no offset, or one that is none, or that leaves datetime's range.
_NO_ANSWER: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)


def to_microseconds(instant: datetime) -> int:
    """Return the microseconds since 1970 of an instant that is already in UTC."""
    elapsed = instant - EPOCH
    return (elapsed.days * 86400 + elapsed.seconds) * 1000000 + elapsed.microseconds


def timedelta_to_microseconds(duration: timedelta) -> int:
    """Return a duration as a whole number of microseconds."""
    return (duration.days * 86400 + duration.seconds) * 1000000 + duration.microseconds


def from_microseconds(microseconds: int) -> datetime:
    """Return the instant in UTC that lies so many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=microseconds)


FIRST_US: Final = to_microseconds(datetime.min.replace(tzinfo=UTC))
LAST_US: Final = to_microseconds(datetime.max.replace(tzinfo=UTC))


def as_utc(value: datetime) -> datetime:
    """Convert an aware datetime to UTC; hand on anything else, for `check_instant` to refuse."""
    given: Any = value
    if type(given) is datetime and given.tzinfo is UTC:
        # A fold says nothing in UTC, but it would show.
        return value.replace(fold=0) if value.fold else value
    if not isinstance(given, datetime) or getattr(given, "nanosecond", 0) != 0:
        return value
    try:
        if value.utcoffset() is None:
            return value
        moved = value.astimezone(UTC)
    except _NO_ANSWER:
        return value
    # A subclass (pandas.Timestamp) is brought to the plain class: it compares and pickles as one.
    if type(moved) is datetime:
        return moved
    return datetime.combine(moved.date(), moved.time(), tzinfo=UTC)


def as_utc_or_none(value: datetime | None) -> datetime | None:
    """Convert as `as_utc` does, and let None pass."""
    return None if value is None else as_utc(value)


def check_instant(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse, as an attrs validator, what `as_utc` could not bring to UTC."""
    if type(value) is not datetime or value.tzinfo is not UTC:
        raise _refusal(f"{type(instance).__name__}.{attribute.name}", value)


def check_optional_instant(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse as `check_instant` does, and let None pass."""
    if value is not None:
        check_instant(instance, attribute, value)


def require_instant(field: str, value: Any) -> datetime:
    """Return the argument *field* in UTC, or raise the error that names it."""
    instant = as_utc(value)
    if type(instant) is not datetime or instant.tzinfo is not UTC:
        raise _refusal(field, value)
    return instant


def in_zone_of(question: datetime, answer: datetime, field: str) -> datetime:
    """Return an answer in the zone of the instant that was given."""
    try:
        return answer.astimezone(question.tzinfo)
    except _NO_ANSWER:
        raise RangeError(
            f"the answer to {field} must lie within datetime's range in the zone of the question: "
            f"found {describe(answer)}. Ask in UTC.",
            field=field,
            value=answer,
        ) from None


def _refusal(field: str, value: Any) -> WorklogError:
    # A missing value of pandas is a datetime that does not even equal itself.
    if value is None or (isinstance(value, datetime) and ne(value, value)):
        return WorklogError(
            f"{field} must be a datetime with a time zone: found {describe(value)}. "
            "What has no instant cannot be measured: leave it out.",
            field=field,
            value=value,
        )
    if not isinstance(value, datetime):
        return WorklogError(
            f"{field} must be a datetime with a time zone: found {describe(value)}. "
            "Parse it at the edge, with datetime.fromisoformat(...) for example.",
            field=field,
            value=value,
        )
    if getattr(value, "nanosecond", 0):
        return WorklogError(
            f"{field} must be a whole number of microseconds: found {describe(value)}. "
            "Round it where it enters.",
            field=field,
            value=value,
        )
    try:
        offset = value.utcoffset()
    except _NO_ANSWER:
        return WorklogError(
            f"{field} must have a zone that knows its offset: found {describe(value)}. "
            "Use zoneinfo.ZoneInfo(...) or datetime.timezone.",
            field=field,
            value=value,
        )
    if offset is None:
        return NaiveDatetimeError(
            f"{field} must carry a time zone: {describe(value)} has none. "
            "Attach the zone it was written in with .replace(tzinfo=...).",
            field=field,
            value=value,
        )
    return RangeError(
        f"{field} must be an instant that UTC can represent: found {describe(value)}. "
        "Leave open ends out, or use a nearer date.",
        field=field,
        value=value,
    )
