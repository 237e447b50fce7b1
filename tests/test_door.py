"""What values refuse at the door, and that the refusal says the way out."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from worklog_core.door import (
    check_flag,
    check_id,
    check_optional_id,
    check_zone,
    choice_of,
    duration_of_at_least,
    optional,
    parse_choice,
    require_iterable,
    require_zone,
)
from worklog_core.errors import WorklogError


class Flavour(Enum):
    SWEET = "sweet"
    SOUR = "sour"


@attrs.frozen
class Guest:
    user_id: Any = attrs.field(default="u1", validator=check_id)
    parent_id: Any = attrs.field(default=None, validator=check_optional_id)
    is_first: Any = attrs.field(default=True, validator=check_flag)
    flavour: Any = attrs.field(default=Flavour.SOUR, validator=choice_of(Flavour))
    nap: Any = attrs.field(default=timedelta(1), validator=duration_of_at_least(timedelta(1)))
    rest: Any = attrs.field(default=None, validator=optional(duration_of_at_least(timedelta(1))))
    zone: Any = attrs.field(default=UTC, validator=check_zone)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_id", "u"),
        ("user_id", " "),
        ("parent_id", None),
        ("parent_id", "p"),
        ("is_first", False),
        ("flavour", Flavour.SWEET),
        ("nap", timedelta(1)),
        ("nap", timedelta.max),
        ("rest", None),
        ("rest", timedelta(1)),
        ("zone", timezone(timedelta(hours=3))),
        ("zone", ZoneInfo("Europe/Berlin")),
    ],
)
def test_what_holds_comes_in_unchanged(field: str, value: object) -> None:
    assert getattr(Guest(**{field: value}), field) is value


AN_ID = ("be a non-empty str", "Leave out what has no id.")
A_TEXT = ("be a non-empty str", "Read it as text where it enters.")
A_FLAG = ("be True or False", "Pass a bool.")
A_FLAVOUR = ("be a member of Flavour", "Choose one of Flavour.SWEET, Flavour.SOUR.")
A_DAY = ("be a timedelta of at least 1 day, 0:00:00", "Pass timedelta(seconds=...).")
SHORT_OF_A_DAY = timedelta(1) - timedelta.resolution


@pytest.mark.parametrize(
    ("field", "rule", "value", "found"),
    [
        ("user_id", AN_ID, "", "'' (str)"),
        ("user_id", A_TEXT, 7, "7 (int)"),
        ("user_id", A_TEXT, 7.0, "7.0 (float)"),
        ("user_id", A_TEXT, True, "True (bool)"),
        ("user_id", A_TEXT, b"u", "b'u' (bytes)"),
        ("user_id", AN_ID, None, "None"),
        ("parent_id", AN_ID, "", "'' (str)"),
        ("parent_id", A_TEXT, 0, "0 (int)"),
        ("is_first", A_FLAG, 1, "1 (int)"),
        ("is_first", A_FLAG, None, "None"),
        ("flavour", A_FLAVOUR, "sour", "'sour' (str)"),
        ("flavour", A_FLAVOUR, None, "None"),
        ("nap", A_DAY, SHORT_OF_A_DAY, f"{SHORT_OF_A_DAY!r} (timedelta)"),
        ("nap", A_DAY, 86400, "86400 (int)"),
        ("nap", A_DAY, None, "None"),
        ("rest", A_DAY, SHORT_OF_A_DAY, f"{SHORT_OF_A_DAY!r} (timedelta)"),
        ("rest", A_DAY, "1 day", "'1 day' (str)"),
    ],
)
def test_what_does_not_hold_is_refused_with_the_way_out(
    field: str, rule: tuple[str, str], value: object, found: str
) -> None:
    with pytest.raises(WorklogError, match=rf"^Guest\.{field} must ") as caught:
        Guest(**{field: value})
    must, way_out = rule
    assert str(caught.value) == f"Guest.{field} must {must}: found {found}. {way_out}"
    assert caught.value.field == f"Guest.{field}"
    assert caught.value.value is value


class PytzLike(tzinfo):
    """A zone of the standard kind but for the method by which pytz resolves wall times."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta()

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:
        return "UTC"

    def localize(self, at: datetime) -> datetime:
        return at.replace(tzinfo=self)


@pytest.mark.parametrize("value", ["Europe/Berlin", None, 1, timedelta(hours=1), tzinfo])
def test_the_name_of_a_zone_is_no_zone(value: object) -> None:
    with pytest.raises(
        WorklogError,
        match=r"^tz must be a tzinfo .* opens no zone files: ",
    ) as caught:
        require_zone("tz", value)
    assert (caught.value.field, caught.value.value) == ("tz", value)


def test_a_pytz_zone_is_refused() -> None:
    zone = PytzLike()
    with pytest.raises(
        WorklogError,
        match=r"^Guest\.zone must be a tzinfo .* A pytz zone ",
    ) as caught:
        Guest(zone=zone)
    assert caught.value.value is zone


@pytest.mark.parametrize("member", Flavour)
def test_a_choice_is_parsed_from_its_exported_name(member: Flavour) -> None:
    assert parse_choice(Flavour, member.value, "flavour") is member


@given(st.none() | st.booleans() | st.integers() | st.lists(st.text()) | st.text())
def test_any_other_text_is_no_choice(text: object) -> None:
    assume(text not in ("sweet", "sour"))
    with pytest.raises(
        WorklogError,
        match=r"^flavour must be one of 'sweet', 'sour': found .* Map other names ",
    ):
        parse_choice(Flavour, text, "flavour")


def test_a_refused_choice_names_its_field_and_value() -> None:
    with pytest.raises(WorklogError, match="found 'SWEET'") as caught:
        parse_choice(Flavour, "SWEET", "Guest.flavour")
    assert (caught.value.field, caught.value.value) == ("Guest.flavour", "SWEET")


@pytest.mark.parametrize("value", [(), [1, 2], {"a": 1}, "ab", range(3), Flavour])
def test_what_can_be_gone_through_is_handed_on(value: Any) -> None:
    assert list(require_iterable("parts", value, "numbers")) == list(value)


@pytest.mark.parametrize("value", [None, 1, True, object(), int])
def test_what_cannot_be_gone_through_is_refused(value: object) -> None:
    with pytest.raises(
        WorklogError, match=r"^parts must be an iterable of numbers: found .* for none at all pass "
    ) as caught:
        require_iterable("parts", value, "numbers")
    assert (caught.value.field, caught.value.value) == ("parts", value)
