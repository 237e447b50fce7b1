"""What values ask of their fields at the door, as attrs validators.

Each refuses with one sentence: what must hold, what was found, the way out. A check never converts;
the converters beside them leave alone what they cannot convert, so that the check refuses it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar, cast

import attrs

from worklog_core.errors import WorklogError, describe

__all__ = [
    "as_fraction",
    "as_fraction_or_none",
    "check_flag",
    "check_fraction",
    "check_id",
    "check_names",
    "check_optional_id",
    "check_text",
    "check_zone",
    "choice_of",
    "duration_of_at_least",
    "names",
    "optional",
    "parse_choice",
    "refuse",
    "require_function",
    "require_iterable",
    "require_key",
    "require_kind",
    "require_zone",
]

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]
E = TypeVar("E", bound=Enum)
K = TypeVar("K")


def refuse(
    instance: Any, attribute: "attrs.Attribute[Any]", value: Any, must: str, way_out: str
) -> WorklogError:
    """Return the error for one field of a value: what it must, what was found, the way out."""
    field = f"{type(instance).__name__}.{attribute.name}"
    return WorklogError(
        f"{field} must {must}: found {describe(value)}. {way_out}", field=field, value=value
    )


def check_id(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse an id that is not a non-empty str: numbers lose digits and merge what differs."""
    if not isinstance(value, str) or not value:
        # str(None) would be an id that everybody shares, str(7.0) one that nobody has.
        is_missing = value is None or isinstance(value, str)
        way_out = "Leave out what has no id." if is_missing else "Read it as text where it enters."
        raise refuse(instance, attribute, value, "be a non-empty str", way_out)


def check_optional_id(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse what is neither None nor a non-empty str."""
    if value is not None:
        check_id(instance, attribute, value)


def check_text(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse what is not a str; the empty text is one."""
    if not isinstance(value, str):
        raise refuse(instance, attribute, value, "be a str", "Read it as text where it enters.")


def names(given: Iterable[str]) -> tuple[str, ...]:
    """Return names without duplicates, sorted; hand on anything else, for `check_names` to refuse.

    A text is no collection of its letters, and a mapping says more than its keys: `{"vip": False}`.
    """
    found: Any = given
    if isinstance(found, Iterable) and not isinstance(found, str | Mapping):
        items = tuple(given)
        if _are_names(items):
            return tuple(sorted(set(items)))
        # An iterator has nothing left that a message could show.
        found = items if isinstance(found, Iterator) else given
    return cast("tuple[str, ...]", found)


def check_names(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse what `names` did not make a tuple of non-empty texts; there may be none."""
    if not isinstance(value, tuple) or not _are_names(value):
        must = "be a collection of non-empty strs"
        way_out = "Put a single one in a list; for none at all pass ()."
        raise refuse(instance, attribute, value, must, way_out)


def _are_names(items: Any) -> bool:
    return all(isinstance(item, str) and item for item in items)


def as_fraction(given: int | Decimal | Fraction) -> Fraction:
    """Convert an exact number to the Fraction that it is; hand on anything else."""
    number: Any = given
    is_exact = isinstance(number, int | Decimal) and not isinstance(number, bool)
    if is_exact and not (isinstance(number, Decimal) and not number.is_finite()):
        number = Fraction(number)
    return cast("Fraction", number)


def as_fraction_or_none(given: int | Decimal | Fraction | None) -> Fraction | None:
    """Convert as `as_fraction` does, and let None pass."""
    return None if given is None else as_fraction(given)


def check_fraction(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse what `as_fraction` could not make a Fraction: a float has lost what was written."""
    if type(value) is not Fraction:
        must = "be an int, a Fraction or a finite Decimal"
        raise refuse(instance, attribute, value, must, "Write 4.5 as Fraction(9, 2).")


def check_flag(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse what is not True or False."""
    if not isinstance(value, bool):
        raise refuse(instance, attribute, value, "be True or False", "Pass a bool.")


def optional(check: Validator) -> Validator:
    """Return a validator that lets None pass and asks *check* about everything else."""

    def check_unless_none(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if value is not None:
            check(instance, attribute, value)

    return check_unless_none


def choice_of(choices: type[Enum]) -> Validator:
    """Return a validator that accepts the members of an enum and nothing that looks like one."""
    # Written out: the str of a member of an IntEnum is a bare number, which would be refused.
    members = ", ".join(f"{choices.__name__}.{member.name}" for member in choices)

    def check_choice(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if not isinstance(value, choices):
            must = f"be a member of {choices.__name__}"
            raise refuse(instance, attribute, value, must, f"Choose one of {members}.")

    return check_choice


def duration_of_at_least(least: timedelta) -> Validator:
    """Return a validator for a timedelta that is not below *least*."""

    def check_duration(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if not isinstance(value, timedelta) or value < least:
            must = f"be a timedelta of at least {least}"
            raise refuse(instance, attribute, value, must, "Pass timedelta(seconds=...).")

    return check_duration


def require_iterable(field: str, value: Any, items: str) -> Iterator[Any]:
    """Return an iterator over the *items* given for a field; refuse what cannot be gone through."""
    try:
        return iter(value)
    except TypeError:
        raise WorklogError(
            f"{field} must be an iterable of {items}: found {describe(value)}. "
            "Put a single one in a list; for none at all pass ().",
            field=field,
            value=value,
        ) from None


def require_kind(field: str, value: Any, kind: type, way_out: str) -> None:
    """Refuse for a field what is not a value of one type of the library."""
    if not isinstance(value, kind):
        raise WorklogError(
            f"{field} must be a {kind.__name__}: found {describe(value)}. {way_out}",
            field=field,
            value=value,
        )


def require_function(field: str, value: Any, of: str) -> None:
    """Refuse for a field what cannot be asked about a row, a line or the like."""
    if not callable(value):
        raise WorklogError(
            f"{field} must be a function of a {of}: found {describe(value)}. "
            f"Pass for example {field}=lambda {of}: {of}.user_id.",
            field=field,
            value=value,
        )


def require_key(field: str, key: K) -> K:
    """Return what a function said of a row, a line or the like; refuse what names no group."""
    try:
        frozenset((key,))
    except TypeError:
        raise WorklogError(
            f"{field} must name a group by something that has a hash: found {describe(key)}. "
            "Return a text, a date or a tuple of such.",
            field=field,
            value=key,
        ) from None
    return key


def check_zone(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse a time zone that `require_zone` refuses."""
    require_zone(f"{type(instance).__name__}.{attribute.name}", value)


def require_zone(field: str, value: Any) -> tzinfo:
    """Return the tzinfo given for *field*; refuse names of zones and pytz, saying the way out."""
    if not isinstance(value, tzinfo):
        way_out = "The library opens no zone files: pass zoneinfo.ZoneInfo('Europe/Berlin')."
    elif hasattr(value, "localize"):
        way_out = "A pytz zone resolves wall times in its own way: pass zoneinfo.ZoneInfo(...)."
    else:
        return value
    raise WorklogError(
        f"{field} must be a tzinfo of the standard kind: found {describe(value)}. {way_out}",
        field=field,
        value=value,
    )


def parse_choice(choices: type[E], text: object, field: str) -> E:
    """Return the member of an enum that is written *text*, at the edge where text comes in."""
    try:
        return choices(text)
    except ValueError:
        known = ", ".join(repr(member.value) for member in choices)
        raise WorklogError(
            f"{field} must be one of {known}: found {describe(text)}. "
            "Map other names before they enter.",
            field=field,
            value=text,
        ) from None
