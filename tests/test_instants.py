"""Instants at the door: what comes in, what is refused and how, and the way back."""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.errors import NaiveDatetimeError, RangeError, WorklogError
from worklog_core.instants import (
    FIRST_US,
    LAST_US,
    MICROSECOND,
    as_utc,
    as_utc_or_none,
    check_instant,
    check_optional_instant,
    from_microseconds,
    in_zone_of,
    require_instant,
    timedelta_to_microseconds,
    to_microseconds,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    UTC,
    timezone(timedelta()),
    timezone(timedelta(0), "GMT"),
    timezone(timedelta(hours=23, minutes=59, microseconds=1)),
    timezone(-timedelta(hours=23, minutes=59, seconds=59)),
    *map(
        ZoneInfo,
        [
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Monrovia",
            "Pacific/Apia",
            "Asia/Kathmandu",
        ],
    ),
]
utc_instants = st.datetimes(timezones=st.just(UTC))
zones = st.sampled_from(ZONES)
near = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)


class StampLike(datetime):
    """A subclass of datetime that knows nanoseconds, as pandas has."""

    nanosecond: Any = 0


class MissingLike(datetime):
    """A datetime that is none, as pandas has: unequal to itself, and every question is an error."""

    nanosecond = float("nan")

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = datetime.__hash__

    def utcoffset(self) -> timedelta | None:
        raise ValueError


class BareMissingLike(MissingLike):
    """The same without a word about nanoseconds."""

    nanosecond = 0


class SilentZone(tzinfo):
    """A zone that does not know its offset, and says so."""

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str | None:
        return None


class WildZone(SilentZone):
    """A zone whose offset is none that a datetime accepts."""

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return timedelta(hours=30)


class AbstractZone(SilentZone):
    """A zone whose author stopped half way."""

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        raise NotImplementedError


def wall_clock_minus_offset(instant: datetime) -> int:
    """Count the microseconds since 1970 field by field, without a subtraction of datetimes."""
    offset = instant.utcoffset()
    assert offset is not None
    days = instant.toordinal() - date(1970, 1, 1).toordinal() - offset.days
    seconds = (instant.hour * 60 + instant.minute) * 60 + instant.second - offset.seconds
    return (days * 86400 + seconds) * 10**6 + instant.microsecond - offset.microseconds


@given(near)
def test_an_instant_keeps_its_moment_and_loses_its_zone(instant: datetime) -> None:
    inside = require_instant("at", instant)
    assert type(inside) is datetime
    assert inside.tzinfo is UTC
    assert to_microseconds(inside) == wall_clock_minus_offset(instant)
    assert as_utc(instant) == as_utc_or_none(instant) == inside


@given(utc_instants)
def test_microseconds_and_instants_are_each_others_inverse(instant: datetime) -> None:
    count = to_microseconds(instant)
    assert FIRST_US <= count <= LAST_US
    assert from_microseconds(count) == instant
    assert from_microseconds(count).tzinfo is UTC


@given(st.integers(FIRST_US, LAST_US))
def test_every_microsecond_of_the_range_has_its_instant(count: int) -> None:
    assert to_microseconds(from_microseconds(count)) == count


def test_the_range_is_that_of_datetime() -> None:
    assert from_microseconds(FIRST_US) == datetime.min.replace(tzinfo=UTC)
    assert from_microseconds(LAST_US) == datetime.max.replace(tzinfo=UTC)
    assert to_microseconds(datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)) == 1
    assert to_microseconds(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == -1
    assert timedelta(microseconds=1) == MICROSECOND


@given(st.timedeltas())
def test_a_duration_is_a_whole_number_of_microseconds(duration: timedelta) -> None:
    assert timedelta_to_microseconds(duration) == duration // timedelta(microseconds=1)


def test_the_two_occurrences_of_a_wall_time_are_two_instants() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    assert first == second, "this is how datetimes of one zone compare"
    assert require_instant("at", first) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert require_instant("at", second) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_wall_time_that_never_was_is_read_with_the_offset_before_the_gap() -> None:
    missing = datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN)
    assert require_instant("at", missing) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", [UTC, BERLIN])
def test_a_subclass_comes_in_as_the_plain_class(zone: tzinfo) -> None:
    inside = require_instant("at", StampLike(2026, 3, 2, 9, 0, 0, 7, tzinfo=zone))
    assert type(inside) is datetime
    assert inside.tzinfo is UTC
    assert inside == datetime(2026, 3, 2, 9, 0, 0, 7, tzinfo=zone)


def test_nanoseconds_are_refused_and_never_cut_off() -> None:
    stamp = StampLike(2026, 3, 2, 9, tzinfo=UTC)
    stamp.nanosecond = 1
    with pytest.raises(
        WorklogError, match=r"^at must be a whole number of microseconds: .* Round it "
    ) as caught:
        require_instant("at", stamp)
    assert caught.value.field == "at"
    assert caught.value.value is stamp


@pytest.mark.parametrize(
    "naive",
    [
        datetime(2026, 3, 2, 9),
        datetime(2026, 3, 2, 9, fold=1),
        datetime.min,
        datetime.max,
        datetime(2026, 3, 2, 9, tzinfo=SilentZone()),
        StampLike(2026, 3, 2, 9),
    ],
)
def test_a_naive_datetime_is_refused_by_its_own_kind(naive: datetime) -> None:
    with pytest.raises(
        NaiveDatetimeError, match=r"^start must carry a time zone: .* has none\. Attach the zone "
    ) as caught:
        require_instant("start", naive)
    assert caught.value.field == "start"
    assert caught.value.value is naive


@pytest.mark.parametrize("zone", [WildZone(), AbstractZone()])
def test_a_zone_that_knows_no_offset_is_refused(zone: tzinfo) -> None:
    with pytest.raises(
        WorklogError, match=r"^at must have a zone that knows its offset: found .* Use zoneinfo"
    ):
        require_instant("at", datetime(2026, 3, 2, 9, tzinfo=zone))


@pytest.mark.parametrize(
    "missing",
    [None, MissingLike(2026, 3, 2, tzinfo=UTC), BareMissingLike(2026, 3, 2)],
    ids=["None", "NaT", "bare NaT"],
)
def test_a_missing_value_is_no_instant(missing: datetime | None) -> None:
    with pytest.raises(
        WorklogError, match=r"^at must be a datetime with a time zone: found .* leave it out\.$"
    ) as caught:
        require_instant("at", missing)
    assert type(caught.value) is WorklogError
    assert caught.value.value is missing


@pytest.mark.parametrize(
    "value",
    ["2026-03-02T09:00:00Z", 0, 1.5, True, b"", date(2026, 3, 2), time(9), timedelta(1), [], UTC],
)
def test_what_is_no_datetime_is_refused(value: object) -> None:
    with pytest.raises(
        WorklogError,
        match=r"^at must be a datetime with a time zone: found .* Parse it at the edge",
    ) as caught:
        require_instant("at", value)
    assert (caught.value.field, caught.value.value) == ("at", value)


@pytest.mark.parametrize(
    "instant",
    [
        datetime.min.replace(tzinfo=timezone(MICROSECOND)),
        datetime.max.replace(tzinfo=timezone(-MICROSECOND)),
        datetime.min.replace(tzinfo=BERLIN),
        datetime.max.replace(tzinfo=ZoneInfo("America/New_York")),
    ],
)
def test_an_instant_that_utc_cannot_represent_is_refused(instant: datetime) -> None:
    with pytest.raises(
        RangeError,
        match=r"^at must be an instant that UTC can represent: found .* Leave open ends ",
    ) as caught:
        require_instant("at", instant)
    assert caught.value.value is instant


@pytest.mark.parametrize(
    "instant",
    [
        datetime.min.replace(tzinfo=timezone(-MICROSECOND)),
        datetime.max.replace(tzinfo=timezone(MICROSECOND)),
        datetime.min.replace(tzinfo=ZoneInfo("America/New_York")),
        datetime.max.replace(tzinfo=BERLIN),
    ],
)
def test_the_ends_of_the_range_come_in_where_utc_has_them(instant: datetime) -> None:
    assert to_microseconds(require_instant("at", instant)) == wall_clock_minus_offset(instant)


@attrs.frozen
class Ping:
    at: Any = attrs.field(converter=as_utc, validator=check_instant)
    seen_at: Any = attrs.field(
        default=None, converter=as_utc_or_none, validator=check_optional_instant
    )


def test_a_field_holds_an_instant_in_utc() -> None:
    nine = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
    assert Ping(nine).at.tzinfo is UTC
    assert Ping(nine).seen_at is None
    assert Ping(nine, nine).seen_at == datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize("value", [datetime(2026, 3, 2), "now", 0])
def test_a_refused_field_is_named_with_its_class(value: Any) -> None:
    nine = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
    with pytest.raises(WorklogError, match=r"^Ping\.at must ") as caught:
        Ping(value)
    assert caught.value.field == "Ping.at"
    with pytest.raises(WorklogError, match=r"^Ping\.seen_at must "):
        Ping(nine, value)


def test_a_required_field_refuses_none() -> None:
    with pytest.raises(WorklogError, match=r"^Ping\.at must be a datetime .*: found None\."):
        Ping(at=cast("Any", None))


@given(near, st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)))
def test_an_answer_carries_the_zone_of_the_question(question: datetime, answer: datetime) -> None:
    given_back = in_zone_of(question, answer, "start")
    assert given_back.tzinfo is question.tzinfo
    assert as_utc(given_back) == answer


def test_an_answer_beyond_the_range_of_its_zone_is_refused() -> None:
    question = datetime(2026, 3, 2, tzinfo=BERLIN)
    last = datetime.max.replace(tzinfo=UTC)
    with pytest.raises(
        RangeError, match=r"^the answer to start must lie within datetime's range .* Ask in UTC\.$"
    ) as caught:
        in_zone_of(question, last, "start")
    assert (caught.value.field, caught.value.value) == ("start", last)
