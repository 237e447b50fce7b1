"""Each weekday by itself: its nights, its breaks, the beginning of time, and what lint reads."""

from datetime import UTC, date, datetime, timedelta

import pytest

from worklog_core.calendars import (
    CalendarFindingKind,
    DayHours,
    WeeklyHours,
    WorkingCalendar,
    lint,
)
from worklog_core.intervals import Interval, IntervalSet

NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
FORTNIGHT = Interval(MONDAY, MONDAY + 14 * DAY)
# Two days before and after as well, so that no date of the fortnight is the first or last asked.
ASKED = Interval(MONDAY - 60 * DAY, MONDAY + 60 * DAY)
# A break at noon on every date: the dates are no longer ruled by the weekday alone.
NOONS = {date(2025, 12, 1) + n * DAY: DayHours.parse("12:00-12:30") for n in range(200)}
WHOLE_WEEK = "Mon-Sun 00:00-24:00"


def nights(weekday: int) -> IntervalSet:
    """Return ten at night to six in the morning of a weekday, as far as they are asked about."""
    begins = [MONDAY + (weekday + 7 * week) * DAY + 22 * HOUR for week in range(-10, 10)]
    return IntervalSet(Interval(at, at + 8 * HOUR) for at in begins) & IntervalSet([FORTNIGHT])


def opened(calendar: WorkingCalendar) -> IntervalSet:
    return calendar.open_intervals(ASKED) & IntervalSet([FORTNIGHT])


@pytest.mark.parametrize("weekday", range(7), ids=NAMES.__getitem__)
class TestOneWeekday:
    def test_a_night_is_open_into_the_next_morning_and_on_no_other(self, weekday: int) -> None:
        weekly = WeeklyHours.parse(f"{NAMES[weekday]} 22:00-06:00")
        for breaks in ({}, NOONS):
            calendar = WorkingCalendar(weekly, time_zone=UTC, breaks=breaks)
            assert opened(calendar) == nights(weekday)

    def test_a_break_over_midnight_closes_that_night_and_no_other(self, weekday: int) -> None:
        breaks = WeeklyHours.parse(f"{NAMES[weekday]} 22:00-06:00")
        calendar = WorkingCalendar(WeeklyHours.parse(WHOLE_WEEK), time_zone=UTC, breaks=breaks)
        assert opened(calendar) == IntervalSet([FORTNIGHT]) - nights(weekday)

    def test_a_shift_is_compared_with_the_hours_of_its_own_weekday(self, weekday: int) -> None:
        hours = [DayHours.parse(f"0{n}:00-1{n}:00") for n in range(7)]
        weekly = WeeklyHours.parse("; ".join(f"{NAMES[n]} {hours[n]}" for n in range(7)))
        days = [MONDAY.date() + n * DAY for n in range(7)]
        shifts = dict.fromkeys(days, hours[weekday])
        found = lint(WorkingCalendar(weekly, time_zone=UTC, shifts=shifts), FORTNIGHT)
        assert [(each.kind, each.day) for each in found] == [
            (CalendarFindingKind.SHIFT_AS_WEEKLY, days[weekday])
        ]


class TestTheFirstDays:
    first = datetime(1, 1, 1, tzinfo=UTC)

    def test_no_break_comes_over_from_before_the_first(self) -> None:
        calendar = WorkingCalendar(
            WeeklyHours.parse(WHOLE_WEEK),
            time_zone=UTC,
            breaks=WeeklyHours.parse("Sun 23:00-02:00"),
        )
        assert self.first.weekday() == 0
        assert calendar.working_time(self.first, self.first + DAY) == DAY

    @pytest.mark.parametrize("breaks", [{}, {date(1, 1, 2): DayHours.parse("12:00-13:00")}])
    def test_the_night_of_the_first_reaches_into_the_second(
        self, breaks: dict[date, DayHours]
    ) -> None:
        weekly = WeeklyHours.parse("Mon 22:00-06:00")
        calendar = WorkingCalendar(weekly, time_zone=UTC, breaks=breaks)
        assert calendar.working_time(self.first, self.first + 2 * DAY) == 8 * HOUR


def test_where_one_never_opens_both_together_never_do() -> None:
    closed = WorkingCalendar(WeeklyHours(), time_zone=UTC)
    office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
    assert {
        (closed & office).table.periods.never_opens,
        (office & closed).table.periods.never_opens,
    } == {True}
    assert {
        (closed | office).table.periods.never_opens,
        (office | closed).table.periods.never_opens,
    } == {False}
    assert (closed - office).table.periods.never_opens
    assert not (office - closed).table.periods.never_opens
