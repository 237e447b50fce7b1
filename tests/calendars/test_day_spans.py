"""The bounds of an instant's local day, what is remembered of them, and what a zone is asked."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from worklog_core.calendars.days import DAY_US, CivilTime
from worklog_core.instants import LAST_US, from_microseconds, to_microseconds

HOUR_US = DAY_US // 24
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana")
# Clocks change in Berlin on 29 March and in Havana on 1 November.
STARTS = [to_microseconds(datetime(2026, *day, tzinfo=UTC)) for day in ((3, 28), (10, 31))]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("start", STARTS)
def test_a_day_has_its_bounds_whatever_was_asked_before(zone: str, start: int) -> None:
    steps = range(-HOUR_US, 3 * DAY_US, HOUR_US // 2)
    instants = [start + step + tick for step in steps for tick in (-1, 0, 1)]
    remembering, dull = CivilTime(ZoneInfo(zone)), CivilTime(ZoneInfo(zone))
    for at in [*instants, *reversed(instants)]:
        day = dull.day_of(at)
        first, after = dull.day_start(day), dull.day_start(day + 1)
        assert first <= at < after
        assert remembering.day_span(at) == (day, first, after)


def test_the_day_of_an_hour_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    day_of = CivilTime.day_of

    def counted(civil: CivilTime, instant: int) -> int:
        asked.append(instant)
        return day_of(civil, instant)

    monkeypatch.setattr(CivilTime, "day_of", counted)
    civil = CivilTime(UTC)
    for hour in range(24):
        start = STARTS[0] + hour * HOUR_US
        for at in (start, start + HOUR_US // 3, start + HOUR_US - 1, start):
            civil.day_span(at)
    assert asked == [STARTS[0] + hour * HOUR_US for hour in range(24)]


class Recorded(tzinfo):
    """UTC by another name, and the instants that it was asked about."""

    def __init__(self) -> None:
        self.asked: list[datetime] = []

    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta()

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, _: datetime | None) -> str:
        return "recorded"

    def fromutc(self, at: datetime) -> datetime:
        self.asked.append(at.replace(tzinfo=UTC))
        return at


def test_a_zone_is_asked_once_a_day_in_blocks_that_overlap() -> None:
    zone = Recorded()
    civil = CivilTime(zone)
    for at in (0, DAY_US, 16 * DAY_US - 1):
        civil.day_of(at)
    assert zone.asked == [from_microseconds(n * DAY_US) for n in range(-2, 19)]
    civil.day_of(16 * DAY_US)
    assert zone.asked[21:] == [from_microseconds(n * DAY_US) for n in range(14, 35)]


def test_a_zone_is_not_asked_within_a_day_of_the_last_instant() -> None:
    zone = Recorded()
    CivilTime(zone).offset_at(LAST_US)
    assert zone.asked == [from_microseconds(LAST_US + 1 - 2 * DAY_US)]
    CivilTime(zone).day_of(LAST_US)
    assert max(zone.asked) == from_microseconds(LAST_US + 1 - 2 * DAY_US)
