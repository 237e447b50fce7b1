"""Zones whose clocks misbehave, and instants drawn where they do.

Two rules hold in this module:
1. Instants are drawn near the landmarks of a zone: its midnights, and the moment its clocks change.
   Each lies a microsecond, a few seconds or some hours from one, so that things meet there.
2. They shrink to the first landmark, and a zone shrinks to UTC.
"""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from worklog_core.calendars.days import local_day_bounds

__all__ = ["instants", "landmarks", "near", "time_zones"]


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


_AN_ORDINARY_DAY: Final = ((date(2026, 3, 2), None),)

# By zone: days on which something happens to the clock, and when it does.
_DAYS: Final[dict[str, tuple[tuple[date, datetime | None], ...]]] = {
    "UTC": _AN_ORDINARY_DAY,
    "Europe/Berlin": (
        (date(2026, 3, 29), _utc("2026-03-29T01:00")),
        (date(2026, 10, 25), _utc("2026-10-25T01:00")),
    ),
    # Falls back a minute after midnight, into a day that is over.
    "America/Goose_Bay": (
        (date(2010, 11, 6), _utc("2010-11-07T03:01")),
        (date(2010, 3, 13), _utc("2010-03-14T04:01")),
    ),
    # Skips a day.
    "Pacific/Apia": ((date(2011, 12, 29), _utc("2011-12-30T10:00")),),
    # Changes at midnight: one midnight is repeated, another does not exist.
    "America/Sao_Paulo": (
        (date(2018, 2, 17), _utc("2018-02-18T02:00")),
        (date(2018, 11, 3), _utc("2018-11-04T03:00")),
    ),
    # Changes by half an hour.
    "Australia/Lord_Howe": (
        (date(2026, 4, 5), _utc("2026-04-04T15:00")),
        (date(2026, 10, 4), _utc("2026-10-03T15:30")),
    ),
    # Lives through 23 hours of a day twice.
    "Pacific/Kwajalein": ((date(1969, 9, 30), _utc("1969-09-30T13:00")),),
}

_FIXED: Final = (
    timezone(timedelta(hours=5, minutes=45)),
    timezone(timedelta(minutes=-17, seconds=-9)),
    timezone(timedelta(hours=23, minutes=59)),
)

_STEPS: Final = (
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(microseconds=2),
    timedelta(microseconds=3),
    timedelta(microseconds=7),
    timedelta(microseconds=-1),
    timedelta(seconds=1),
    timedelta(seconds=30),
    timedelta(seconds=90),
    timedelta(seconds=90, microseconds=1),
    timedelta(seconds=-90),
    timedelta(minutes=5),
    timedelta(minutes=20, microseconds=1),
    timedelta(hours=-1),
    timedelta(hours=9),
    timedelta(hours=17, minutes=30),
)


def time_zones() -> st.SearchStrategy[tzinfo]:
    """Draw a time zone whose days are hard to get right: skipped, repeated, half an hour off.

    `ZoneInfo` and fixed offsets; shrinks to UTC.
    """
    named = st.sampled_from(sorted(_DAYS, key=lambda key: key != "UTC")).map(ZoneInfo)
    return st.one_of(named, named, named, st.sampled_from(_FIXED))


def landmarks(time_zone: tzinfo) -> st.SearchStrategy[tuple[datetime, ...]]:
    """Draw the landmarks of one stretch of days: three midnights, and a change of the clock."""
    days = _DAYS.get(str(time_zone), _AN_ORDINARY_DAY)
    return st.sampled_from(days).map(lambda day: _landmarks_of(time_zone, *day))


def _landmarks_of(time_zone: tzinfo, first: date, change: datetime | None) -> tuple[datetime, ...]:
    days = [local_day_bounds(first + timedelta(days=n), time_zone) for n in range(3)]
    midnights = [bounds[0] for bounds in days if bounds is not None]
    return (*midnights, *([] if change is None else [change]))


def near(marks: tuple[datetime, ...]) -> st.SearchStrategy[datetime]:
    """Draw an instant at or near one of some landmarks."""
    return st.builds(_stepped, st.sampled_from(marks), st.sampled_from(_STEPS))


def _stepped(mark: datetime, step: timedelta) -> datetime:
    return mark + step


def instants(time_zone: tzinfo | None = None) -> st.SearchStrategy[datetime]:
    """Draw an instant in UTC, near a midnight or a change of the clock.

    In *time_zone*, or in any that `time_zones` draws.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.strategies import instants
        >>> find(instants(), lambda instant: instant.microsecond).isoformat()
        '2026-03-02T00:00:00.000001+00:00'
    """
    zones = time_zones() if time_zone is None else st.just(time_zone)
    return zones.flatmap(landmarks).flatmap(near)
