"""What values refuse at the door, and that the refusal says the way out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from worklog_core.door import (
    as_fraction,
    as_fraction_or_none,
    check_flag,
    check_fraction,
    check_id,
    check_names,
    check_optional_id,
    check_text,
    check_zone,
    choice_of,
    duration_of_at_least,
    names,
    optional,
    parse_choice,
    require_function,
    require_iterable,
    require_zone,
)
from worklog_core.errors import WorklogError


class Flavour(Enum):
    SWEET = "sweet"
    SOUR = "sour"


class Rank(IntEnum):
    """A choice whose members write themselves as bare numbers."""

    LOW = 0
    HIGH = 1


@attrs.frozen
class Guest:
    user_id: Any = attrs.field(default="u1", validator=check_id)
    parent_id: Any = attrs.field(default=None, validator=check_optional_id)
    is_first: Any = attrs.field(default=True, validator=check_flag)
    flavour: Any = attrs.field(default=Flavour.SOUR, validator=choice_of(Flavour))
    nap: Any = attrs.field(default=timedelta(1), validator=duration_of_at_least(timedelta(1)))
    rest: Any = attrs.field(default=None, validator=optional(duration_of_at_least(timedelta(1))))
    zone: Any = attrs.field(default=UTC, validator=check_zone)
    rank: Any = attrs.field(default=Rank.LOW, validator=choice_of(Rank))
    note: Any = attrs.field(default="", validator=check_text)
    tags: Any = attrs.field(default=(), converter=names, validator=check_names)
    score: Any = attrs.field(default=0, converter=as_fraction, validator=check_fraction)
    out_of: Any = attrs.field(
        default=None, converter=as_fraction_or_none, validator=optional(check_fraction)
    )


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
        ("rank", Rank.HIGH),
        ("note", ""),
        ("note", " as it was written\n"),
        ("score", Fraction(9, 2)),
        ("out_of", Fraction(-1, 3)),
        ("out_of", None),
    ],
)
def test_what_holds_comes_in_unchanged(field: str, value: Any) -> None:
    assert getattr(Guest(**{field: value}), field) is value


AN_ID = ("be a non-empty str", "Leave out what has no id.")
A_TEXT = ("be a non-empty str", "Read it as text where it enters.")
A_FLAG = ("be True or False", "Pass a bool.")
A_FLAVOUR = ("be a member of Flavour", "Choose one of Flavour.SWEET, Flavour.SOUR.")
A_DAY = ("be a timedelta of at least 1 day, 0:00:00", "Pass timedelta(seconds=...).")
A_RANK = ("be a member of Rank", "Choose one of Rank.LOW, Rank.HIGH.")
WRITTEN = ("be a str", "Read it as text where it enters.")
SEVERAL = (
    "be a collection of non-empty strs",
    "Put a single one in a list; for none at all pass ().",
)
EXACT = ("be an int, a Fraction or a finite Decimal", "Write 4.5 as Fraction(9, 2).")
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
        ("rank", A_RANK, 1, "1 (int)"),
        ("rank", A_RANK, True, "True (bool)"),
        ("note", WRITTEN, b"note", "b'note' (bytes)"),
        ("note", WRITTEN, 7, "7 (int)"),
        ("note", WRITTEN, None, "None"),
        ("tags", SEVERAL, None, "None"),
        ("tags", SEVERAL, 7, "7 (int)"),
        ("tags", SEVERAL, "vip", "'vip' (str)"),
        ("tags", SEVERAL, "", "'' (str)"),
        ("tags", SEVERAL, b"vip", "b'vip' (bytes)"),
        ("tags", SEVERAL, [""], "[''] (list)"),
        ("tags", SEVERAL, ("vip", ""), "('vip', '') (tuple)"),
        ("tags", SEVERAL, ("vip", 7), "('vip', 7) (tuple)"),
        ("tags", SEVERAL, ["vip", None], "['vip', None] (list)"),
        ("tags", SEVERAL, [["vip"]], "[['vip']] (list)"),
        ("tags", SEVERAL, {"vip": False}, "{'vip': False} (dict)"),
        ("score", EXACT, 4.5, "4.5 (float)"),
        ("score", EXACT, True, "True (bool)"),
        ("score", EXACT, None, "None"),
        ("score", EXACT, "4", "'4' (str)"),
        ("score", EXACT, Decimal("NaN"), "Decimal('NaN') (Decimal)"),
        ("score", EXACT, Decimal("-Infinity"), "Decimal('-Infinity') (Decimal)"),
        ("out_of", EXACT, 5.0, "5.0 (float)"),
        ("out_of", EXACT, False, "False (bool)"),
    ],
)
def test_what_does_not_hold_is_refused_with_the_way_out(
    field: str, rule: tuple[str, str], value: Any, found: str
) -> None:
    with pytest.raises(WorklogError, match=rf"^Guest\.{field} must ") as caught:
        Guest(**{field: value})
    must, way_out = rule
    assert str(caught.value) == f"Guest.{field} must {must}: found {found}. {way_out}"
    assert caught.value.field == f"Guest.{field}"
    assert caught.value.value is value


@pytest.mark.parametrize(
    "given",
    [
        ["b", "a"],
        ("a", "b"),
        ["b", "a", "b"],
        {"b", "a"},
        frozenset("ab"),
        {"b": 1, "a": 2}.keys(),
        iter(["b", "a"]),
        (name for name in "bba"),
    ],
    ids=lambda given: type(given).__name__,
)
def test_names_are_kept_sorted_and_each_once(given: Any) -> None:
    assert Guest(tags=given).tags == ("a", "b")


@pytest.mark.parametrize("given", [(), [], set(), iter(())], ids=lambda given: type(given).__name__)
def test_there_may_be_no_names(given: Any) -> None:
    assert Guest(tags=given).tags == ()


def test_names_are_kept_to_the_letter() -> None:
    assert names(["a", "A", " a", "\u00e9", "e\u0301"]) == (" a", "A", "a", "e\u0301", "\u00e9")


def test_of_an_iterator_it_is_told_what_it_held() -> None:
    with pytest.raises(
        WorklogError, match=r"^Guest\.tags must .*: found \('vip', 7\) \(tuple\)\. "
    ) as caught:
        Guest(tags=iter(cast("Any", ["vip", 7])))
    assert caught.value.value == ("vip", 7)


def test_a_mistake_inside_a_generator_of_names_is_not_hidden() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        Guest(tags=(cast("Any", 1) + word for word in ["a"]))


@pytest.mark.parametrize("convert", [as_fraction, as_fraction_or_none])
@pytest.mark.parametrize(
    ("given", "exact"),
    [
        (0, Fraction(0)),
        (-3, Fraction(-3)),
        (Decimal("4.5"), Fraction(9, 2)),
        (Decimal("-0.1"), Fraction(-1, 10)),
        (Decimal("1E+2"), Fraction(100)),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_an_exact_number_is_kept_as_the_fraction_that_it_is(
    convert: Callable[[Any], Any], given: Any, exact: Fraction
) -> None:
    kept = convert(given)
    assert (type(kept), kept) == (Fraction, exact)


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


@pytest.mark.parametrize("value", [None, "user_id", 7, ("user_id",)])
def test_what_cannot_be_asked_is_no_function(value: object) -> None:
    with pytest.raises(
        WorklogError,
        match=r"^by must be a function of a row: found .*\. "
        r"Pass for example by=lambda row: row\.user_id\.$",
    ) as caught:
        require_function("by", value, "row")
    assert (caught.value.field, caught.value.value) == ("by", value)


def test_what_can_be_asked_is_a_function() -> None:
    require_function("by", len, "row")
