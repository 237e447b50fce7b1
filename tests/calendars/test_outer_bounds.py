"""The least and the most that a calendar answers: one tick, 400 years, the last instant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from worklog_core.calendars import CalendarVersions, DayHours, WeeklyHours, WorkingCalendar
from worklog_core.calendars.civil_days import CivilDays
from worklog_core.calendars.days import DAY_US
from worklog_core.calendars.spans import subtract
from worklog_core.errors import NoWorkingTimeError, RangeError

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)


def test_a_day_that_is_open_for_one_tick_is_a_working_day() -> None:
    tick = WorkingCalendar(WeeklyHours.parse("Mon 00:00-00:00:00.000001"), time_zone=BERLIN)
    assert tick.working_days_between(MONDAY, MONDAY + timedelta(days=1)) == 1
    assert tick.advance_days(MONDAY, 1) == MONDAY + timedelta(days=7)


def test_the_most_working_days_are_still_a_question() -> None:
    once_a_week = WorkingCalendar(WeeklyHours.parse("Mon 09:00-10:00"), time_zone=UTC)
    for count in (146_400, -146_400):
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 y"):
            once_a_week.advance_days(MONDAY, count)
    with pytest.raises(RangeError, match=r"^working_days must be at most 146400: found 146401 "):
        once_a_week.advance_days(MONDAY, 146_401)


def test_the_last_instant_is_an_answer() -> None:
    always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)
    end = datetime.max.replace(tzinfo=UTC)
    assert always.next_opening(end) == end
    assert always.advance(end - timedelta(hours=1), timedelta(hours=1)) == end


@pytest.mark.parametrize("to_the_end", range(4))
def test_a_search_reads_on_to_the_last_instant(to_the_end: int) -> None:
    last = {date.max: DayHours([(DAY_US - 1, DAY_US)])}
    once = WorkingCalendar(WeeklyHours(), time_zone=UTC, shifts=last)
    # What is compiled for a first question ends a year after it: here at the end of time, or so
    # many ticks before.
    end = datetime.max.replace(tzinfo=UTC)
    at = end - timedelta(days=366, microseconds=to_the_end)
    assert once.next_opening(at) == end


def test_no_first_date_is_regular() -> None:
    # Its eve is not asked about, whether the date has hours of its own or not.
    noon = DayHours.parse("12:00-13:00")
    weekly = WeeklyHours.parse("Mon-Fri 09:00-17:00")
    for shifts in ({}, {MONDAY: noon}, {MONDAY + timedelta(days=1): noon}):
        calendar = WorkingCalendar(weekly, time_zone=UTC, shifts=shifts)
        days = CivilDays(calendar.civil.rules)
        assert days.regular(MONDAY.toordinal(), MONDAY.toordinal()) == [None]


def test_a_search_beyond_hundreds_of_periods_ends_as_one_beyond_few() -> None:
    office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
    nothing = WorkingCalendar(WeeklyHours(), time_zone=UTC)
    calendar = CalendarVersions(office, {date(2028, 1, 1): nothing}, time_zone=UTC)
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    assert calendar.working_time(start, end) == 522 * timedelta(hours=8)
    with pytest.raises(NoWorkingTimeError, match=r"found no opening from 2028-01-01"):
        calendar.next_opening(end)


def test_hundreds_of_holes_are_taken_away() -> None:
    holes = [(10 * n, 10 * n + 5) for n in range(300)]
    assert subtract([(0, 3000), (4000, 5000)], holes) == [
        *((10 * n + 5, 10 * n + 10) for n in range(300)),
        (4000, 5000),
    ]


@pytest.mark.parametrize("ticks", [-1, 0, 1])
def test_a_calendar_that_never_closes_does_not_close_where_what_is_compiled_ends(
    ticks: int,
) -> None:
    always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)
    at = datetime(2026, 3, 2, tzinfo=UTC) + ticks * timedelta.resolution
    with pytest.raises(RangeError, match=r"^a calendar must close within 30 years"):
        always.next_closing(at)
