"""Stretches of one offset, and the local day of every hour around a change of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from worklog_core.calendars import local_day
from worklog_core.calendars.days import DAY_US, CivilTime
from worklog_core.instants import LAST_US, from_microseconds, to_microseconds

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
START = to_microseconds(datetime(2026, 1, 1, tzinfo=UTC))
ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("first", [-1, 0, 1, 7 * DAY_US])
@pytest.mark.parametrize("days", [1, 15, 16, 17, 100, 400])
def test_stretches_hold_a_span_together_and_each_has_one_offset(
    zone: str, first: int, days: int
) -> None:
    civil = CivilTime(ZoneInfo(zone))
    start = START + first
    for end in (
        start + days * DAY_US,
        start + days * DAY_US + 1,
        START // DAY_US * DAY_US + 16 * DAY_US * 30,
    ):
        found = civil.segments(start, end)
        assert (found[0][0], found[-1][1]) == (start, end)
        for (_, until, before), (since, _, after) in pairwise(found):
            assert until == since
            assert before != after
        for since, until, offset in found:
            assert since < until
            for at in (since, (since + until) // 2, until - 1):
                local = from_microseconds(at).astimezone(ZoneInfo(zone)).utcoffset()
                assert local == timedelta(microseconds=offset)


def test_every_hour_around_a_change_has_its_local_day() -> None:
    for change in (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)):
        civil = CivilTime(BERLIN)
        for hour in range(-24 * 10, 24 * 10):
            for at in (change + hour * HOUR, change + hour * HOUR - timedelta.resolution):
                expected = at.astimezone(BERLIN).date()
                assert civil.day_of(to_microseconds(at)) == expected.toordinal()
        assert local_day(change, BERLIN) == change.astimezone(BERLIN).date()


def test_midnights_lie_strictly_between_two_instants() -> None:
    civil = CivilTime(BERLIN)
    midnight = to_microseconds(datetime(2026, 3, 2, tzinfo=BERLIN))
    for span in range(1, 4):
        end = midnight + span * DAY_US
        inner = [midnight + n * DAY_US for n in range(1, span)]
        assert civil.midnights(midnight, end) == inner
        assert civil.midnights(midnight - 1, end + 1) == [midnight, *inner, end]
        assert civil.midnights(midnight + 1, end - 1) == inner


def test_the_last_day_ends_where_instants_do() -> None:
    civil = CivilTime(ZoneInfo("UTC"))
    end = civil.day_start(datetime.max.toordinal() + 1)
    assert (end, type(end)) == (LAST_US + 1, int)


def test_a_wall_time_occurs_once_twice_or_never() -> None:
    civil = CivilTime(BERLIN)

    def wall(day: datetime) -> int:
        return to_microseconds(day.replace(tzinfo=UTC))

    def instants(*hours: datetime) -> list[int]:
        return [to_microseconds(hour.replace(tzinfo=UTC)) for hour in hours]

    assert civil.occurrences_of(wall(datetime(2026, 3, 2, 9))) == instants(datetime(2026, 3, 2, 8))
    assert civil.occurrences_of(wall(datetime(2026, 3, 29, 2, 30))) == []
    assert civil.occurrences_of(wall(datetime(2026, 10, 25, 2, 30))) == instants(
        datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30)
    )
