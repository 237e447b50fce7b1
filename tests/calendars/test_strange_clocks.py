"""Clocks that no zone of the tz database shows, and that a `tzinfo` may show all the same."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from worklog_core.calendars import WeeklyHours, WorkingCalendar, local_day_bounds
from worklog_core.calendars.days import DAY_US, CivilTime
from worklog_core.errors import WorklogError
from worklog_core.instants import to_microseconds

HOUR_US = DAY_US // 24
MINUTE_US = HOUR_US // 60
SECOND_US = MINUTE_US // 60
EPOCH = date(1970, 1, 1)
MARCH = to_microseconds(datetime(2026, 3, 1, tzinfo=UTC))


class Changing(tzinfo):
    """UTC up to the first of some instants, and from each of them on an offset of its own."""

    def __init__(self, changes: dict[int, int]) -> None:
        self.at = sorted(changes)
        self.offsets = [0, *(changes[at] for at in self.at)]

    def offset_at(self, instant: int) -> timedelta:
        return timedelta(microseconds=self.offsets[bisect_right(self.at, instant)])

    def fromutc(self, at: datetime) -> datetime:
        offset = self.offset_at(to_microseconds(at.replace(tzinfo=UTC)))
        return (at + offset).replace(tzinfo=timezone(offset))

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:
        return "changing"


def test_a_clock_may_change_twice_within_a_week_and_take_nothing_back() -> None:
    first, second = MARCH + 3 * DAY_US + 7, MARCH + 8 * DAY_US + 11
    civil = CivilTime(Changing({first: HOUR_US, second: 3 * HOUR_US}))
    end = MARCH + 12 * DAY_US
    assert civil.segments(MARCH, end) == [
        (MARCH, first, 0),
        (first, second, HOUR_US),
        (second, end, 3 * HOUR_US),
    ]


def test_a_day_that_was_shown_for_one_tick_is_not_taken_back() -> None:
    midnight = MARCH + DAY_US
    civil = CivilTime(Changing({midnight + 1: -MINUTE_US}))
    second = date(2026, 3, 2).toordinal()
    assert [civil.day_of(midnight + tick) for tick in (-1, 0, 1, MINUTE_US)] == [
        second - 1,
        second,
        second,
        second,
    ]


def changing_every_ten_minutes(changes: int) -> CivilTime:
    """Return a clock of which all changes lie in one block: two days before it to two after."""
    assert MARCH // DAY_US % 16 < 16 - 7
    return CivilTime(
        Changing({MARCH + n * 10 * MINUTE_US: n * SECOND_US for n in range(1, changes + 1)})
    )


@pytest.mark.parametrize("changes", [998, 999])
def test_a_clock_may_change_some_hundred_times_in_a_week(changes: int) -> None:
    civil = changing_every_ten_minutes(changes)
    assert civil.day_of(MARCH) == date(2026, 3, 1).toordinal()
    assert len(civil.segments(MARCH, MARCH + 8 * DAY_US)) == changes + 1


@pytest.mark.parametrize("changes", [1000, 1001])
def test_a_clock_that_changes_a_thousand_times_has_no_days(changes: int) -> None:
    civil = changing_every_ten_minutes(changes)
    with pytest.raises(WorklogError, match=r"^time_zone must keep its offset for a while: "):
        civil.day_of(MARCH)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Asia/Kolkata"])
def test_the_stretches_of_a_century_hold_together(zone: str) -> None:
    civil = CivilTime(ZoneInfo(zone))
    start, end = (to_microseconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (1930, 2031))
    found = civil.segments(start, end)
    assert (found[0][0], found[-1][1]) == (start, end)
    assert all(until == since for (_, until, _), (since, _, _) in pairwise(found))
    assert all(before != after for (_, _, before), (_, _, after) in pairwise(found))
    changes = [since for since, _, _ in found[1:]]
    days = range(start, end, DAY_US)
    seen = [day for day in days if civil.offset_at(day) != civil.offset_at(day + DAY_US)]
    assert [(at - start - 1) // DAY_US for at in changes] == [
        (day - start) // DAY_US for day in seen
    ]
    for since, until, offset in found:
        assert civil.offset_at(since) == civil.offset_at(until - 1) == offset


def test_stretches_that_begin_with_a_change_begin_with_the_new_offset() -> None:
    civil = CivilTime(ZoneInfo("Europe/Berlin"))
    change = to_microseconds(datetime(2026, 3, 29, 1, tzinfo=UTC))
    assert civil.segments(change, change + 1) == [(change, change + 1, 2 * HOUR_US)]
    assert civil.segments(change - 1, change) == [(change - 1, change, HOUR_US)]


def test_an_hour_that_holds_a_midnight_has_two_days() -> None:
    civil = CivilTime(ZoneInfo("Asia/Kolkata"))
    midnight = to_microseconds(datetime(2026, 3, 1, 18, 30, tzinfo=UTC))
    first = date(2026, 3, 1).toordinal()
    asked = (midnight - 1, midnight + 1, midnight - 1, midnight)
    assert [civil.day_span(at)[0] for at in asked] == [first, first + 1, first, first + 1]


def test_a_skipped_day_has_no_bounds_wherever_it_is_looked_up() -> None:
    # What is known of a zone is kept by sixteen days: the day after begins the next of them.
    after = MARCH // DAY_US // 16 * 16 + 16
    zone = Changing({0: -12 * HOUR_US, after * DAY_US - 12 * HOUR_US: 12 * HOUR_US})
    skipped = EPOCH + timedelta(days=after - 1)
    civil = CivilTime(zone)
    assert civil.day_start(skipped.toordinal()) == civil.day_start(skipped.toordinal() + 1)
    assert local_day_bounds(skipped, zone) is None
    assert local_day_bounds(skipped + timedelta(days=1), zone) is not None
    always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=zone)
    eve, morrow = (skipped + timedelta(days=days) for days in (-1, 2))
    assert always.working_days_between(eve, morrow) == 2
