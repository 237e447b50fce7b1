"""What `lint` finds, each by an example and by its absence."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from worklog_core.calendars import (
    CalendarFindingKind,
    CalendarVersions,
    DayHours,
    Handover,
    Overnight,
    WeeklyHours,
    WorkingCalendar,
    lint,
)
from worklog_core.errors import WorklogError
from worklog_core.intervals import Interval
from worklog_core.testing.strategies import working_calendars

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WeeklyHours.parse("Mon-Fri 09:00-17:00")
YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
Kind = CalendarFindingKind


def found(calendar: Any, interval: Interval = YEAR) -> list[tuple[Kind, str]]:
    return [(finding.kind, str(finding.day)) for finding in lint(calendar, interval)]


def office(weekly: str = "Mon-Fri 09:00-17:00", **given: Any) -> WorkingCalendar:
    return WorkingCalendar(WeeklyHours.parse(weekly), time_zone=BERLIN, **given)


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        (office(), []),
        (office("Mon-Sun 00:00-24:00"), []),
        (
            office("Sun 02:30-05:00"),
            [(Kind.END_IN_GAP, "2026-03-29"), (Kind.END_IN_FOLD, "2026-10-25")],
        ),
        (
            office("Sun 01:00-02:00"),
            [(Kind.END_IN_GAP, "2026-03-29"), (Kind.END_IN_FOLD, "2026-10-25")],
        ),
        (office("Sun 03:00-04:00"), []),
        (
            office(breaks={date(2026, 3, 29): DayHours.parse("02:30-04:00")}),
            [(Kind.END_IN_GAP, "2026-03-29")],
        ),
        (office("Mon 09:00-12:00,11:00-13:00"), [(Kind.OVERLAP, "None")]),
        (
            office(shifts={date(2026, 3, 2): DayHours.parse("09:00-12:00,11:00-13:00")}),
            [(Kind.OVERLAP, "2026-03-02")],
        ),
        (office("Mon 22:00-06:00; Tue 06:00-08:00"), []),
        (
            office("Mon 22:00-06:00; Tue 05:00-08:00", holidays={date(2026, 3, 8)}),
            [(Kind.HOLIDAY_ON_CLOSED_DAY, "2026-03-08")],
        ),
        (office(holidays={date(2026, 3, 2)}), []),
        (office(holidays={date(2026, 3, 7)}), [(Kind.HOLIDAY_ON_CLOSED_DAY, "2026-03-07")]),
        (
            office(
                holidays={date(2026, 3, 2)},
                breaks={date(2026, 3, 2): DayHours.parse("00:00-24:00")},
            ),
            [(Kind.HOLIDAY_ON_CLOSED_DAY, "2026-03-02")],
        ),
        (
            office(
                holidays={date(2026, 3, 7)},
                shifts={date(2026, 3, 7): DayHours.parse("10:00-12:00")},
            ),
            [],
        ),
        (
            office(shifts={date(2026, 3, 2): DayHours.parse("09:00-17:00")}),
            [(Kind.SHIFT_AS_WEEKLY, "2026-03-02")],
        ),
        (
            office(shifts={date(2026, 3, 7): DayHours()}),
            [(Kind.SHIFT_AS_WEEKLY, "2026-03-07")],
        ),
        # On a holiday the same hours open what would be closed.
        (
            office(
                shifts={date(2026, 3, 2): DayHours.parse("09:00-17:00")},
                holidays={date(2026, 3, 2)},
            ),
            [],
        ),
        (
            office("Mon 22:00-06:00", holidays={date(2026, 3, 3)}),
            [(Kind.OVERNIGHT_MATTERS, "2026-03-03")],
        ),
        (
            office("Mon 22:00-06:00", holidays={date(2026, 3, 2)}, overnight=Overnight.OWNED),
            [(Kind.OVERNIGHT_MATTERS, "2026-03-03")],
        ),
        (
            office("Mon 22:00-06:00", holidays={date(2026, 3, 4)}),
            [(Kind.HOLIDAY_ON_CLOSED_DAY, "2026-03-04")],
        ),
    ],
)
def test_lint_finds(calendar: WorkingCalendar, expected: list[tuple[Kind, str]]) -> None:
    got = found(calendar)
    if calendar.hours == WeeklyHours.parse("Mon 22:00-06:00; Tue 05:00-08:00"):
        nights = [day for kind, day in got if kind is Kind.OVERLAP]
        assert len(nights) == 52
        got = [each for each in got if each[0] is not Kind.OVERLAP]
    assert got == expected


HAVANA = ZoneInfo("America/Havana")


def at_havana(weekly: str) -> WorkingCalendar:
    return WorkingCalendar(WeeklyHours.parse(weekly), time_zone=HAVANA)


@pytest.mark.parametrize(
    ("weekly", "expected"),
    [
        # 00:00 to 01:00 comes twice on 2026-11-01 and never on 2026-03-08: the day's own bounds are
        # no doubt about a window that begins or ends there.
        ("Sat-Sun 20:00-24:00", []),
        ("Sun 00:00-08:00", []),
        ("Sun 00:30-08:00", [(Kind.END_IN_GAP, "2026-03-08"), (Kind.END_IN_FOLD, "2026-11-01")]),
    ],
)
def test_the_bounds_of_a_day_are_not_doubtful(
    weekly: str, expected: list[tuple[Kind, str]]
) -> None:
    assert found(at_havana(weekly)) == expected


MARCH_7 = datetime(2026, 3, 7, tzinfo=BERLIN)  # a Saturday
A_DAY, TICK = timedelta(days=1), timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (MARCH_7 - A_DAY, MARCH_7, []),
        (MARCH_7 - A_DAY, MARCH_7 + TICK, ["2026-03-07"]),
        (MARCH_7, MARCH_7 + A_DAY, ["2026-03-07"]),
        (MARCH_7, MARCH_7 + A_DAY + TICK, ["2026-03-07", "2026-03-08"]),
        (MARCH_7 + A_DAY - TICK, MARCH_7 + A_DAY, ["2026-03-07"]),
    ],
)
def test_only_days_that_the_interval_touches_are_read(
    start: datetime, end: datetime, days: list[str]
) -> None:
    weekend = office(holidays={date(2026, 3, 7), date(2026, 3, 8)})
    assert [day for _, day in found(weekend, Interval(start, end))] == days


def test_a_night_is_told_on_each_day_that_it_touches() -> None:
    eve = office("Mon 22:00-06:00", holidays={date(2026, 3, 3)}, overnight=Overnight.CUT)
    (on_the_third,) = lint(eve, YEAR)
    assert on_the_third.day == date(2026, 3, 3)
    until = Interval(YEAR.start, datetime(2026, 3, 3, tzinfo=BERLIN))
    assert lint(eve, until) == ()


def test_only_whole_minutes_of_a_night_are_told() -> None:
    eve = office("Mon 22:00-00:00:59.999999", holidays={date(2026, 3, 3)})
    (told,) = lint(eve, YEAR)
    assert told.what == "0 minutes are open under one of cut and owned only"


@pytest.mark.parametrize("year", range(2024, 2030))
def test_a_day_may_end_at_a_midnight_that_does_not_occur(year: int) -> None:
    # In March, Havana's clock goes from 24:00 on a Saturday to 01:00.
    interval = Interval(datetime(year, 1, 1, tzinfo=UTC), datetime(year, 6, 1, tzinfo=UTC))
    assert found(at_havana("Sat 20:00-24:00"), interval) == []


class Endless:
    def __contains__(self, day: object) -> bool:
        return False


@pytest.mark.parametrize(
    ("holidays", "latest"),
    [
        ({date(2025, 12, 25)}, "2025-12-25"),
        ({date(2019, 12, 25)}, "None"),
        (Endless(), "None"),
        ({date(2025, 12, 25), date(2028, 12, 25)}, ""),
        (set(), ""),
    ],
)
def test_holidays_that_end_are_reported(holidays: Any, latest: str) -> None:
    years = Interval(datetime(2025, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))
    ends = [
        day for kind, day in found(office(holidays=holidays), years) if kind is Kind.HOLIDAYS_END
    ]
    assert ends == ([latest] if latest else [])


@pytest.mark.parametrize(
    ("holidays", "days", "told"),
    [
        (set(), 400, []),
        (Endless(), 366, []),
        (Endless(), 367, [(Kind.HOLIDAYS_END, "None")]),
        ({date(2026, 1, 1)}, 367, []),
        ({date(2026, 1, 1)}, 368, [(Kind.HOLIDAYS_END, "2026-01-01")]),
    ],
)
def test_holidays_end_where_more_than_a_year_has_none(
    holidays: Any, days: int, told: list[tuple[Kind, str]]
) -> None:
    start = datetime(2026, 1, 1, tzinfo=BERLIN)
    assert found(office(holidays=holidays), Interval(start, start + days * A_DAY)) == told


@pytest.mark.parametrize("day", [3, 4])
def test_a_night_is_told_day_by_day(day: int) -> None:
    # The holiday's own morning is the eve's or nobody's, and the morning after is the holiday's.
    nights = office("Mon-Sun 22:00-06:00", holidays={date(2026, 3, day)})
    told = lint(nights, YEAR)
    assert [each.day for each in told] == [date(2026, 3, day), date(2026, 3, day + 1)]
    assert {each.what for each in told} == {"360 minutes are open under one of cut and owned only"}


def test_a_night_before_1970_is_told_too() -> None:
    eve = WorkingCalendar(
        WeeklyHours.parse("Wed 22:00-06:00"), time_zone=UTC, holidays={date(1970, 1, 1)}
    )
    week = Interval(datetime(1969, 12, 29, tzinfo=UTC), datetime(1970, 1, 5, tzinfo=UTC))
    (told,) = lint(eve, week)
    assert told.what == "360 minutes are open under one of cut and owned only"


def test_each_part_is_read_where_it_counts() -> None:
    odd = office("Sun 02:30-05:00")
    gap, fold = (Kind.END_IN_GAP, "2026-03-29"), (Kind.END_IN_FOLD, "2026-10-25")
    assert found(odd & office()) == [gap, fold]
    assert found(office() | odd) == [gap, fold]
    june = date(2026, 6, 1)
    assert found(CalendarVersions(odd, {june: office()}, time_zone=BERLIN)) == [gap]
    seam = datetime(2026, 6, 1, tzinfo=UTC)
    assert found(Handover(office(), {seam: odd})) == [fold]


def test_a_finding_says_what_it_found() -> None:
    shift = {date(2026, 3, 7): DayHours()}
    (finding,) = lint(office(shifts=shift), YEAR)
    assert finding.what == "a shift without hours"
    (gap, fold) = lint(office("Sun 02:30-05:00"), YEAR)
    assert (gap.what, fold.what) == ("an end of 02:30-05:00", "an end of 02:30-05:00")
    (night,) = lint(office("Mon 22:00-06:00", holidays={date(2026, 3, 3)}), YEAR)
    assert night.what == "360 minutes are open under one of cut and owned only"


@settings(max_examples=20)
@given(working_calendars())
def test_lint_reads_every_calendar_and_changes_nothing(calendar: WorkingCalendar) -> None:
    first = calendar.time_zone
    before = calendar.open_intervals(YEAR)
    assert lint(calendar, YEAR) == lint(calendar, YEAR)
    assert calendar.open_intervals(YEAR) == before
    assert calendar.time_zone is first


@pytest.mark.parametrize(("calendar", "interval"), [(office(), None), (OFFICE, YEAR)])
def test_what_cannot_be_read_is_refused(calendar: Any, interval: Any) -> None:
    with pytest.raises(WorklogError, match=r"^(interval must be an Interval|calendar must be a W)"):
        lint(calendar, interval)


def test_holidays_end_in_the_first_years_too() -> None:
    early = WorkingCalendar(OFFICE, time_zone=UTC, holidays={date(1, 3, 1)})
    years = Interval(datetime(1, 1, 1, tzinfo=UTC), datetime(2, 8, 24, tzinfo=UTC))
    assert (Kind.HOLIDAYS_END, "0001-03-01") in found(early, years)
