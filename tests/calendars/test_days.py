"""Local days and wall times, against stepping through instants and asking each for its date.

The oracle says AMB-4d the slow way: a local day is never taken back, so the day of an instant is
the latest local date that was shown up to then.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worklog_core.calendars import local_day, local_day_bounds
from worklog_core.calendars.days import CivilTime
from worklog_core.errors import NaiveDatetimeError, WorklogError
from worklog_core.instants import FIRST_US, LAST_US, from_microseconds, to_microseconds

BERLIN = ZoneInfo("Europe/Berlin")
TICK = timedelta(microseconds=1)
STEP = timedelta(seconds=30)
REACH = timedelta(hours=26)

# (zone, an instant at which its clocks change)
CHANGES = [
    (ZoneInfo(name), datetime.fromisoformat(at).replace(tzinfo=UTC))
    for name, at in [
        ("Europe/Berlin", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-10-25T01:00:00"),
        ("America/Goose_Bay", "2010-11-07T03:01:00"),  # back across midnight, at 00:01
        ("America/Goose_Bay", "2010-03-14T03:31:00"),
        ("America/Sao_Paulo", "2015-10-18T03:00:00"),  # a midnight that does not exist
        ("America/Sao_Paulo", "2015-02-22T02:00:00"),  # back from midnight
        ("Pacific/Apia", "2011-12-30T10:00:00"),  # a day that does not exist
        ("Pacific/Kwajalein", "1993-08-21T12:00:00"),  # another
        ("America/Juneau", "1867-10-18T08:57:41"),  # a day twice over
        ("Africa/Monrovia", "1972-01-07T00:44:30"),  # an offset of odd seconds
        ("Australia/Lord_Howe", "2026-04-04T15:00:00"),  # half an hour
        ("Australia/Lord_Howe", "2026-10-03T15:30:00"),
        ("Antarctica/Troll", "2026-03-29T01:00:00"),  # two hours
        ("Asia/Pyongyang", "2018-05-04T15:00:00"),  # forward at midnight
        ("America/Caracas", "2016-05-01T07:00:00"),
        ("Asia/Kathmandu", "1985-12-31T18:30:00"),
        ("Europe/Dublin", "2026-10-25T01:00:00"),  # winter time is its daylight saving
        ("Africa/Casablanca", "2026-02-15T02:00:00"),
    ]
]
FIXED: list[tzinfo] = [
    UTC,
    timezone(timedelta(hours=14)),
    timezone(-timedelta(hours=12)),
    timezone(timedelta(hours=23, minutes=59, seconds=59, microseconds=999999)),
    timezone(-timedelta(hours=23, minutes=59, seconds=59, microseconds=999999)),
]
around_changes = st.tuples(
    st.sampled_from(CHANGES),
    st.timedeltas(-timedelta(days=2), timedelta(days=2)) | st.timedeltas(-3 * TICK, 3 * TICK),
).map(lambda drawn: (drawn[0][0], drawn[0][1] + drawn[1]))
anywhere = st.tuples(
    st.sampled_from([zone for zone, _ in CHANGES] + FIXED),
    st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
)
places = around_changes | anywhere


def shown_dates(until: datetime, zone: tzinfo) -> Iterator[date]:
    """Yield the local dates shown up to an instant, stepping through the day before it."""
    at = until - REACH
    while at < until:
        yield at.astimezone(zone).date()
        at += STEP
    yield until.astimezone(zone).date()


def dull_local_day(at: datetime, zone: tzinfo) -> date:
    return max(shown_dates(at, zone))


@pytest.mark.rule("AMB-4d")
@given(places)
def test_the_day_of_an_instant_is_the_latest_date_shown_so_far(
    place: tuple[tzinfo, datetime],
) -> None:
    zone, at = place
    assert local_day(at, zone) == dull_local_day(at, zone)


@pytest.mark.rule("AMB-4d")
@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_the_day_is_right_at_every_minute_around_a_change(zone: tzinfo, change: datetime) -> None:
    civil = CivilTime(zone)
    at = change - timedelta(hours=30)
    latest = dull_local_day(at, zone)
    while at < change + timedelta(hours=30):
        latest = max(latest, at.astimezone(zone).date())
        assert date.fromordinal(civil.day_of(to_microseconds(at))) == latest, at
        at += timedelta(minutes=1)


@pytest.mark.rule("AMB-4d")
@given(places)
def test_a_day_holds_the_instants_whose_day_it_is(place: tuple[tzinfo, datetime]) -> None:
    zone, at = place
    bounds = local_day_bounds(local_day(at, zone), zone)
    assert bounds is not None
    start, end = bounds
    assert start <= at < end
    assert start.tzinfo is end.tzinfo is UTC
    assert local_day(start, zone) == local_day(end - TICK, zone) == local_day(at, zone)
    assert local_day(start - TICK, zone) < local_day(at, zone) < local_day(end, zone)


@pytest.mark.rule("AMB-4d")
@given(places, st.integers(-3, 3))
def test_a_day_starts_at_the_first_instant_that_shows_it_or_a_later_date(
    place: tuple[tzinfo, datetime], later: int
) -> None:
    zone, at = place
    day = at.date() + timedelta(days=later)
    start = from_microseconds(CivilTime(zone).day_start(day.toordinal()))
    assert start.astimezone(zone).date() >= day
    assert max(shown_dates(start - TICK, zone)) < day


@given(places, st.integers(0, 4))
def test_days_follow_each_other_without_a_gap(place: tuple[tzinfo, datetime], count: int) -> None:
    zone, at = place
    civil = CivilTime(zone)
    first = at.toordinal()
    starts = [civil.day_start(day) for day in range(first, first + count + 1)]
    assert starts == sorted(starts)
    for day, (start, end) in zip(range(first, first + count), pairwise(starts), strict=True):
        bounds = local_day_bounds(date.fromordinal(day), zone)
        if start == end:
            assert bounds is None
        else:
            assert bounds == (from_microseconds(start), from_microseconds(end))


@given(places, st.timedeltas(timedelta(), timedelta(days=5)))
def test_midnights_are_where_the_day_changes(
    place: tuple[tzinfo, datetime], length: timedelta
) -> None:
    zone, at = place
    start, end = to_microseconds(at), to_microseconds(at + length)
    found = CivilTime(zone).midnights(start, end)
    assert found == sorted(set(found))
    assert all(start < midnight < end for midnight in found)
    days = [local_day(from_microseconds(cut), zone) for cut in [start, *found]]
    for cut, (before, after) in zip(found, pairwise(days), strict=True):
        assert before < after
        assert local_day(from_microseconds(cut) - TICK, zone) == before
    assert start == end or local_day(from_microseconds(end) - TICK, zone) == days[-1]


@given(places)
@example((BERLIN, datetime(2026, 3, 29, 2, 30, tzinfo=UTC)))
@example((BERLIN, datetime(2026, 10, 25, 2, 30, tzinfo=UTC)))
@example((BERLIN, datetime(2026, 3, 29, 2, tzinfo=UTC)))
@example((BERLIN, datetime(2026, 3, 29, 3, tzinfo=UTC)))
@example((BERLIN, datetime(2026, 10, 25, 3, tzinfo=UTC)))
def test_a_wall_time_is_read_as_the_standard_library_reads_it(
    place: tuple[tzinfo, datetime],
) -> None:
    # A datetime with fold 0 is the first of two, and in a gap takes the offset before it.
    zone, wall = place
    instant = CivilTime(zone).instant_of(to_microseconds(wall))
    assert from_microseconds(instant) == wall.replace(tzinfo=zone).astimezone(UTC)


@given(st.sampled_from(CHANGES), st.lists(st.timedeltas(-REACH, REACH), max_size=6))
def test_what_was_asked_before_does_not_change_an_answer(
    change: tuple[tzinfo, datetime], steps: list[timedelta]
) -> None:
    zone, at = change
    asked = CivilTime(zone)
    for step in steps:
        instant = to_microseconds(at + step)
        fresh = CivilTime(zone)
        assert asked.day_of(instant) == fresh.day_of(instant)
        assert asked.instant_of(instant) == fresh.instant_of(instant)
        assert asked.day_start((at + step).toordinal()) == fresh.day_start((at + step).toordinal())


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.rule("AMB-4d")
@pytest.mark.parametrize(
    ("name", "day", "start", "end"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00", "2026-03-29T22:00"),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00", "2026-10-25T23:00"),
        # Midnight came at 03:00 UTC, and a minute later it was 23:01 of the sixth again.
        ("America/Goose_Bay", date(2010, 11, 6), "2010-11-06T03:00", "2010-11-07T03:00"),
        ("America/Goose_Bay", date(2010, 11, 7), "2010-11-07T03:00", "2010-11-08T04:00"),
        # The day begins at 01:00, for there was no midnight.
        ("America/Sao_Paulo", date(2015, 10, 17), "2015-10-17T03:00", "2015-10-18T03:00"),
        ("America/Sao_Paulo", date(2015, 10, 18), "2015-10-18T03:00", "2015-10-19T02:00"),
        ("America/Sao_Paulo", date(2015, 2, 21), "2015-02-21T02:00", "2015-02-22T03:00"),
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-29T10:00", "2011-12-30T10:00"),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00", "2011-12-31T10:00"),
        ("Africa/Monrovia", date(1972, 1, 6), "1972-01-06T00:44:30", "1972-01-07T00:44:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00", "2026-04-05T13:30"),
    ],
)
def test_days_of_odd_length_have_these_bounds(name: str, day: date, start: str, end: str) -> None:
    assert local_day_bounds(day, ZoneInfo(name)) == (utc(start), utc(end))


@pytest.mark.rule("AMB-4d")
@pytest.mark.parametrize(
    ("name", "day"),
    [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))],
)
def test_a_day_that_the_zone_skipped_holds_no_instant(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    assert local_day_bounds(day, zone) is None
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    eve, morrow = local_day_bounds(before, zone), local_day_bounds(after, zone)
    assert eve is not None
    assert morrow is not None
    start = morrow[0]
    assert start == eve[1]
    cuts = CivilTime(zone).midnights(to_microseconds(start) - 1, to_microseconds(start) + 1)
    assert cuts == [to_microseconds(start)]


@pytest.mark.rule("AMB-4d")
def test_a_date_that_is_shown_again_after_midnight_is_the_new_day() -> None:
    goose_bay = ZoneInfo("America/Goose_Bay")
    again = datetime(2010, 11, 6, 23, 30, tzinfo=goose_bay, fold=1)
    assert again.astimezone(UTC) == utc("2010-11-07T03:30")
    assert local_day(again, goose_bay) == date(2010, 11, 7)
    assert local_day(again.replace(fold=0), goose_bay) == date(2010, 11, 6)


def test_the_zone_of_the_instant_does_not_matter() -> None:
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    for zone in (BERLIN, ZoneInfo("Pacific/Apia"), timezone(timedelta(hours=-9))):
        assert local_day(at.astimezone(zone), BERLIN) == date(2026, 3, 2)


@pytest.mark.parametrize("zone", [*FIXED, BERLIN, ZoneInfo("Pacific/Apia")])
class TestTheEndsOfTheRange:
    """Midnights beyond datetime's range are open ends: the outer days reach to the ends."""

    def test_every_instant_has_a_day(self, zone: tzinfo) -> None:
        civil = CivilTime(zone)
        for instant in (FIRST_US, FIRST_US + 1, LAST_US - 1, LAST_US):
            day = civil.day_of(instant)
            assert date.min.toordinal() <= day <= date.max.toordinal()
            assert civil.day_start(day) <= instant < civil.day_start(day + 1)

    def test_the_first_day_has_no_beginning_and_the_last_no_end(self, zone: tzinfo) -> None:
        first, last = local_day_bounds(date.min, zone), local_day_bounds(date.max, zone)
        assert first is not None
        assert last is not None
        assert first[0] == datetime.min.replace(tzinfo=UTC)
        assert last[1] == datetime.max.replace(tzinfo=UTC)

    def test_days_beyond_the_calendar_begin_at_its_ends(self, zone: tzinfo) -> None:
        civil = CivilTime(zone)
        assert civil.day_start(date.min.toordinal() - 1) == FIRST_US
        assert civil.day_start(date.max.toordinal() + 1) == LAST_US + 1

    def test_the_days_next_to_the_ends_are_whole(self, zone: tzinfo) -> None:
        for day in (date.min + timedelta(days=2), date.max - timedelta(days=2)):
            bounds = local_day_bounds(day, zone)
            assert bounds is not None
            assert bounds[0].astimezone(zone) == datetime.combine(day, time(), zone)
            assert bounds[1] - bounds[0] == timedelta(days=1)


class TestWhatIsRefused:
    def test_a_naive_instant(self) -> None:
        with pytest.raises(NaiveDatetimeError, match=r"^instant must carry a time zone: "):
            local_day(datetime(2026, 3, 2), BERLIN)

    @pytest.mark.parametrize("instant", [None, "2026-03-02", date(2026, 3, 2), 0, True])
    def test_what_is_no_instant(self, instant: Any) -> None:
        with pytest.raises(WorklogError, match=r"^instant must be a datetime "):
            local_day(instant, BERLIN)

    @pytest.mark.parametrize("zone", [None, "Europe/Berlin", 1])
    def test_what_is_no_zone(self, zone: Any) -> None:
        with pytest.raises(WorklogError, match=r"^time_zone must be a tzinfo "):
            local_day(datetime(2026, 3, 2, tzinfo=UTC), zone)
        with pytest.raises(WorklogError, match=r"^time_zone must be a tzinfo "):
            local_day_bounds(date(2026, 3, 2), zone)

    @pytest.mark.parametrize(
        "day", [None, "2026-03-02", 1, True, datetime(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC)]
    )
    def test_what_is_no_date(self, day: Any) -> None:
        with pytest.raises(
            WorklogError, match=r"^day must be a date: found .* local_day\("
        ) as caught:
            local_day_bounds(day, BERLIN)
        assert (caught.value.field, caught.value.value) == ("day", day)


class SilentZone(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:
        return "nowhere"


class UnaskableZone(SilentZone):
    """A zone that converts an instant and then does not know what it did."""

    def fromutc(self, at: datetime) -> datetime:
        return at


class AbstractZone(SilentZone):
    """A zone whose author stopped half way."""

    def fromutc(self, at: datetime) -> datetime:
        raise NotImplementedError


@pytest.mark.parametrize("zone", [SilentZone(), UnaskableZone(), AbstractZone()])
def test_a_zone_that_knows_no_offset_is_refused(zone: tzinfo) -> None:
    with pytest.raises(
        WorklogError, match=r"^time_zone must know its offset at every instant: .* Pass zoneinfo"
    ) as caught:
        local_day(datetime(2026, 3, 2, tzinfo=UTC), zone)
    assert (caught.value.field, caught.value.value) == ("time_zone", zone)
