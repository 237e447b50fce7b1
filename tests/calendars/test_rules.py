"""The decided rules of working calendars as worked examples with figures."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from holidays import country_holidays

from worklog_core.calendars import (
    DayHours,
    Overnight,
    RecurringDates,
    Rule,
    WeeklyHours,
    WorkingCalendar,
    diff,
)
from worklog_core.calendars.explanation import explained
from worklog_core.calendars.notation import WEEKDAYS
from worklog_core.errors import NaiveDatetimeError, RangeError, WorklogError
from worklog_core.intervals import Interval, IntervalSet

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WeeklyHours.parse("Mon-Fri 09:00-17:00")
NIGHTS = WeeklyHours.parse("Mon-Sun 22:00-06:00")
GETTZ: Any = tz.gettz
MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
WEDNESDAY = date(2026, 3, 4)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def at(text: str, zone: Any = UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def open_on(calendar: WorkingCalendar, day: date) -> str:
    """Return what is open on a date of UTC, as it would be written."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = calendar.open_intervals(Interval(start, start + timedelta(days=1)))
    ends = [(f"{each.start:%H:%M}", f"{each.end:%H:%M}") for each in found]
    return ",".join(f"{start}-{'24:00' if end == '00:00' else end}" for start, end in ends)


def calendar(weekly: str, **given: Any) -> WorkingCalendar:
    return WorkingCalendar(WeeklyHours.parse(weekly), time_zone=UTC, **given)


@pytest.mark.rule("AMB-8")
class TestPrecedence:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({}, "09:00-17:00"),
            ({"holidays": {MONDAY}}, ""),
            ({"shifts": {MONDAY: DayHours.parse("10:00-12:00")}}, "10:00-12:00"),
            # A shift on a holiday opens it: 24 December is half a day.
            (
                {"shifts": {MONDAY: DayHours.parse("10:00-12:00")}, "holidays": {MONDAY}},
                "10:00-12:00",
            ),
            ({"shifts": {MONDAY: DayHours()}}, ""),
            ({"breaks": {MONDAY: DayHours.parse("12:00-13:00")}}, "09:00-12:00,13:00-17:00"),
            (
                {"breaks": WeeklyHours.parse("Mon-Fri 12:00-13:00")},
                "09:00-12:00,13:00-17:00",
            ),
            # A break is taken out of a shift too, and never adds time.
            (
                {
                    "shifts": {MONDAY: DayHours.parse("10:00-14:00")},
                    "breaks": {MONDAY: DayHours.parse("06:00-11:00,13:30-20:00")},
                },
                "11:00-13:30",
            ),
            ({"breaks": {MONDAY: DayHours.parse("00:00-24:00")}}, ""),
        ],
    )
    def test_a_shift_comes_before_a_holiday_and_breaks_come_last(
        self, given: dict[str, Any], expected: str
    ) -> None:
        assert open_on(calendar("Mon-Fri 09:00-17:00", **given), MONDAY) == expected

    def test_a_shift_opens_a_closed_weekday(self) -> None:
        sunday = date(2026, 3, 8)
        shifts = {sunday: DayHours.parse("10:00-14:00")}
        assert open_on(calendar("Mon-Fri 09:00-17:00", shifts=shifts), sunday) == "10:00-14:00"


@pytest.mark.rule("AMB-8")
class TestOvernight:
    """Nights from 22:00 to 06:00; what happens on a Tuesday, by either reading."""

    @pytest.mark.parametrize(
        ("given", "cut", "owned"),
        [
            # date: Monday, Tuesday, Wednesday
            (
                {},
                ["00:00-06:00,22:00-24:00"] * 3,
                ["00:00-06:00,22:00-24:00"] * 3,
            ),
            (
                {"holidays": {TUESDAY}},
                ["00:00-06:00,22:00-24:00", "", "00:00-06:00,22:00-24:00"],
                ["00:00-06:00,22:00-24:00", "00:00-06:00", "22:00-24:00"],
            ),
            (
                {"shifts": {TUESDAY: DayHours.parse("10:00-14:00")}},
                ["00:00-06:00,22:00-24:00", "10:00-14:00", "00:00-06:00,22:00-24:00"],
                ["00:00-06:00,22:00-24:00", "00:00-06:00,10:00-14:00", "22:00-24:00"],
            ),
            # A shift over midnight opens the next date too.
            (
                {"shifts": {TUESDAY: DayHours.parse("20:00-08:00")}},
                ["00:00-06:00,22:00-24:00", "20:00-24:00", "00:00-08:00,22:00-24:00"],
                ["00:00-06:00,22:00-24:00", "00:00-06:00,20:00-24:00", "00:00-08:00,22:00-24:00"],
            ),
            # ... unless that is a holiday, or has a shift of its own.
            (
                {"shifts": {MONDAY: DayHours.parse("20:00-08:00")}, "holidays": {TUESDAY}},
                ["20:00-24:00", "", "00:00-06:00,22:00-24:00"],
                ["00:00-06:00,20:00-24:00", "00:00-08:00", "22:00-24:00"],
            ),
            (
                {
                    "shifts": {
                        MONDAY: DayHours.parse("20:00-08:00"),
                        TUESDAY: DayHours.parse("07:00-09:00"),
                    }
                },
                ["20:00-24:00", "07:00-09:00", "00:00-06:00,22:00-24:00"],
                ["00:00-06:00,20:00-24:00", "00:00-09:00", "22:00-24:00"],
            ),
            # A break continues on the next civil day in both.
            (
                {"breaks": {MONDAY: DayHours.parse("23:00-02:00")}},
                ["00:00-06:00,22:00-23:00", "02:00-06:00,22:00-24:00", "00:00-06:00,22:00-24:00"],
                ["00:00-06:00,22:00-23:00", "02:00-06:00,22:00-24:00", "00:00-06:00,22:00-24:00"],
            ),
        ],
    )
    def test_a_night_belongs_to_the_date_it_lies_on_or_to_the_one_it_begins_on(
        self, given: dict[str, Any], cut: list[str], owned: list[str]
    ) -> None:
        days = (MONDAY, TUESDAY, WEDNESDAY)
        for mode, expected in ((Overnight.CUT, cut), (Overnight.OWNED, owned)):
            nights = WorkingCalendar(NIGHTS, time_zone=UTC, overnight=mode, **given)
            assert [open_on(nights, day) for day in days] == expected

    def test_a_shift_does_not_take_the_night_of_its_eve_from_the_next_date(self) -> None:
        # The morning that opens Wednesday is that of Tuesday's weekly hours, shift or not.
        shifts = {TUESDAY: DayHours.parse("20:00-03:00")}
        nights = WorkingCalendar(NIGHTS, time_zone=UTC, shifts=shifts)
        assert open_on(nights, WEDNESDAY) == "00:00-06:00,22:00-24:00"


@pytest.mark.rule("AMB-8")
@pytest.mark.parametrize(
    ("weekly", "gap", "fold"),
    [
        ("Sun 01:00-05:00", 3, 5),
        ("Sun 00:00-24:00", 23, 25),
        ("Sun 09:00-17:00", 8, 8),
        ("Sun 02:00-03:00", 0, 2),
        ("Sun 02:30-05:00", 1.5, 3.5),
        ("Sun 01:00-02:30", 1.5, 1.5),
        ("Sun 02:15-02:45", 0.5, 0.5),
        ("Sun 02:30-03:15", 0, 1.75),
        ("Sat 22:00-06:00", 7, 9),
    ],
)
def test_ends_are_resolved_once_where_the_clock_changes(
    weekly: str, gap: float, fold: float
) -> None:
    berlin = WorkingCalendar(WeeklyHours.parse(weekly), time_zone=BERLIN)
    assert berlin.working_time(at("2026-03-27"), at("2026-03-31")) == hours(gap)
    assert berlin.working_time(at("2026-10-23"), at("2026-10-27")) == hours(fold)


@pytest.mark.rule("AMB-8")
def test_breaks_are_resolved_like_windows_and_never_add_time() -> None:
    breaks = WeeklyHours.parse("Sun 02:30-03:15")
    berlin = WorkingCalendar(WeeklyHours.parse("Sun 00:00-24:00"), time_zone=BERLIN, breaks=breaks)
    # In the gap the break has no length; in the fold it lasts from the first 02:30.
    assert berlin.working_time(at("2026-03-28"), at("2026-03-30")) == hours(23)
    assert berlin.working_time(at("2026-10-24"), at("2026-10-26")) == hours(23.25)


@pytest.mark.rule("AMB-8")
def test_windows_of_two_days_are_resolved_one_by_one() -> None:
    # Apart: the night ends at 03:00, and the day begins at 02:15, which is 03:15 in the gap.
    hours_apart = WeeklyHours.parse("Sat 22:00-03:00; Sun 02:15-24:00")
    span = at("2026-03-28T23:00"), at("2026-03-29T22:00")
    assert WorkingCalendar(hours_apart, time_zone=BERLIN).working_time(*span) == hours(22.75)
    always = WeeklyHours.parse("Mon-Sun 00:00-24:00")
    with_breaks = WorkingCalendar(always, time_zone=BERLIN, breaks=hours_apart)
    assert with_breaks.working_time(*span) == hours(0.25)


@pytest.mark.rule("AMB-8")
class TestTheEdgesOfPeriods:
    office = WorkingCalendar(OFFICE, time_zone=UTC)

    def test_a_target_that_fills_the_day_is_due_at_the_closing_bell(self) -> None:
        assert self.office.advance(at("2026-03-02T09:00"), hours(8)) == at("2026-03-02T17:00")
        assert self.office.advance(at("2026-03-02T17:00"), -hours(8)) == at("2026-03-02T09:00")
        assert self.office.advance(at("2026-03-07"), hours(8)) == at("2026-03-09T17:00")
        assert self.office.advance(at("2026-03-07"), -hours(8)) == at("2026-03-06T09:00")

    @pytest.mark.parametrize("text", ["2026-03-02T10:00", "2026-03-07", "2026-03-02T17:00"])
    def test_no_time_at_all_leads_nowhere(self, text: str) -> None:
        start = at(text, BERLIN)
        assert self.office.advance(start, timedelta()) is start

    def test_periods_hold_their_start_and_not_their_end(self) -> None:
        assert self.office.is_open(at("2026-03-02T09:00"))
        assert not self.office.is_open(at("2026-03-02T17:00"))
        assert self.office.is_open(at("2026-03-02T17:00") - timedelta(microseconds=1))

    @pytest.mark.parametrize(
        ("text", "opening", "closing", "previous_opening", "previous_closing"),
        [
            ("02T09:00", "02T09:00", "02T17:00", "02T09:00", "27T17:00"),
            ("02T12:00", "02T12:00", "02T17:00", "02T09:00", "27T17:00"),
            ("02T17:00", "03T09:00", "02T17:00", "02T09:00", "02T17:00"),
            ("07T12:00", "09T09:00", "07T12:00", "06T09:00", "06T17:00"),
        ],
    )
    def test_searches_begin_with_the_instant_itself(
        self, text: str, opening: str, closing: str, previous_opening: str, previous_closing: str
    ) -> None:
        def march(day: str) -> datetime:
            return at(f"2026-0{2 if day.startswith('27') else 3}-{day}")

        now = march(text)
        assert self.office.next_opening(now) == march(opening)
        assert self.office.next_closing(now) == march(closing)
        assert self.office.previous_opening(now) == march(previous_opening)
        assert self.office.previous_closing(now) == march(previous_closing)

    def test_windows_that_touch_or_overlap_are_one(self) -> None:
        whole = calendar("Mon-Sun 00:00-24:00")
        assert whole.working_time(at("2026-03-01"), at("2026-03-08")) == timedelta(days=7)
        week = Interval(at("2026-03-01"), at("2026-03-08"))
        assert whole.open_intervals(week) == IntervalSet([week])
        twice = calendar("Mon 09:00-12:00,11:00-14:00,14:00-15:00")
        assert open_on(twice, MONDAY) == "09:00-15:00"

    def test_the_order_of_the_arguments_is_a_sign(self) -> None:
        span = at("2026-03-02"), at("2026-03-04")
        assert self.office.working_time(*span) == hours(16)
        assert self.office.working_time(*reversed(span)) == -hours(16)


@pytest.mark.rule("AMB-8")
class TestInstants:
    office = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=BERLIN)

    @pytest.mark.parametrize(
        "zone", [UTC, BERLIN, timezone(hours(-7)), GETTZ("Europe/Berlin"), tz.UTC]
    )
    def test_the_zone_of_an_argument_does_not_matter_and_the_answer_carries_it(
        self, zone: Any
    ) -> None:
        start, end = (at(f"2026-03-0{day}T12:00").astimezone(zone) for day in (2, 5))
        assert self.office.working_time(start, end) == timedelta(days=3)
        for answer in (
            self.office.advance(start, hours(5)),
            self.office.advance(start, -hours(5)),
            self.office.next_opening(start),
        ):
            assert answer.tzinfo is zone
        assert self.office.advance(start, hours(5)) - start == hours(5)

    def test_the_fold_of_an_argument_counts(self) -> None:
        first = at("2026-10-25T02:30", BERLIN)
        second = first.replace(fold=1)
        assert self.office.working_time(first, second) == hours(1)
        assert self.office.advance(first, hours(1)).fold == 1

    @pytest.mark.parametrize(
        ("value", "error", "message"),
        [
            (datetime(2026, 3, 2), NaiveDatetimeError, "must carry a time zone"),
            (None, WorklogError, "must be a datetime with a time zone"),
            ("2026-03-02", WorklogError, "must be a datetime with a time zone"),
            (MONDAY, WorklogError, "must be a datetime with a time zone"),
            (1772442787, WorklogError, "must be a datetime with a time zone"),
            (
                datetime.max.replace(tzinfo=timezone(-hours(1))),
                RangeError,
                "must be an instant that UTC can represent",
            ),
            (
                datetime.min.replace(tzinfo=timezone(hours(1))),
                RangeError,
                "must be an instant that UTC can represent",
            ),
        ],
    )
    def test_what_is_no_instant_is_refused_by_name(
        self, value: Any, error: type[WorklogError], message: str
    ) -> None:
        good = at("2026-03-02")
        asks: list[tuple[Callable[[], object], str]] = [
            (lambda: self.office.working_time(value, good), "start"),
            (lambda: self.office.working_time(good, value), "end"),
            (lambda: self.office.advance(value, hours(1)), "start"),
            (lambda: self.office.is_open(value), "at"),
            (lambda: self.office.next_opening(value), "at"),
            (lambda: self.office.next_closing(value), "at"),
            (lambda: self.office.previous_opening(value), "at"),
            (lambda: self.office.previous_closing(value), "at"),
            (lambda: self.office.explain(value, good), "start"),
            (lambda: self.office.explain(good, value), "end"),
        ]
        for ask, field in asks:
            with pytest.raises(error, match=f"^{field} {message}") as caught:
                ask()
            assert caught.value.field == field

    @pytest.mark.parametrize("amount", [None, 8, 8.0, "8h", True])
    def test_what_is_no_amount_is_refused(self, amount: Any) -> None:
        with pytest.raises(WorklogError, match=r"^working_time must be a timedelta of whole"):
            self.office.advance(at("2026-03-02"), amount)

    @pytest.mark.parametrize("interval", [None, (at("2026-03-02"), at("2026-03-03"))])
    def test_what_is_no_interval_is_refused(self, interval: Any) -> None:
        with pytest.raises(WorklogError, match=r"^interval must be an Interval: found"):
            self.office.open_intervals(interval)

    @pytest.mark.parametrize("day", [None, "2026-03-02", at("2026-03-02"), 5])
    def test_what_is_no_date_is_refused(self, day: Any) -> None:
        with pytest.raises(WorklogError, match=r"^start must be a date: found"):
            self.office.working_days_between(day, MONDAY)
        with pytest.raises(WorklogError, match=r"^end must be a date: found"):
            self.office.working_days_between(MONDAY, day)
        with pytest.raises(WorklogError, match=r"^start must be a date: found"):
            self.office.advance_days(day, 1)

    @pytest.mark.parametrize("count", [None, 1.0, "1", True])
    def test_days_are_whole(self, count: Any) -> None:
        with pytest.raises(WorklogError, match=r"^working_days must be an int: found"):
            self.office.advance_days(MONDAY, count)

    @pytest.mark.parametrize("count", [10**9, -(10**9)])
    def test_days_beyond_the_range_are_refused_at_once(self, count: int) -> None:
        with pytest.raises(RangeError, match=r"^working_days must be at most 146400: found"):
            self.office.advance_days(MONDAY, count)


class Stamp(datetime):
    """A datetime of somebody else's that counts nanoseconds, as pandas has it."""

    nanosecond = 0


class Lapse(timedelta):
    """A timedelta of somebody else's that counts nanoseconds."""

    nanoseconds = 7


def test_a_subclass_of_datetime_is_an_instant_and_odd_nanoseconds_are_none() -> None:
    office = WorkingCalendar(OFFICE, time_zone=UTC)
    start = Stamp(2026, 3, 2, 9, tzinfo=UTC)
    assert office.working_time(start, at("2026-03-02T12:00")) == hours(3)
    assert office.advance(start, hours(3)) == at("2026-03-02T12:00")
    Stamp.nanosecond = 1
    try:
        with pytest.raises(WorklogError, match=r"^start must be a whole number of microseconds"):
            office.working_time(start, at("2026-03-02T12:00"))
    finally:
        Stamp.nanosecond = 0
    with pytest.raises(WorklogError, match=r"^working_time must be a timedelta of whole"):
        office.advance(start, Lapse(hours=3))


@pytest.mark.rule("AMB-8")
class TestWorkingDays:
    office = WorkingCalendar(
        OFFICE,
        time_zone=BERLIN,
        holidays={TUESDAY},
        shifts={date(2026, 3, 7): DayHours.parse("10:00-12:00")},
        breaks={WEDNESDAY: DayHours.parse("00:00-24:00")},
    )

    def test_a_day_with_any_open_time_counts(self) -> None:
        assert self.office.working_days_between(MONDAY, date(2026, 3, 9)) == 4
        assert self.office.working_days_between(date(2026, 3, 9), MONDAY) == -4
        assert self.office.working_days_between(MONDAY, MONDAY) == 0

    @pytest.mark.parametrize(
        ("start", "count", "expected"),
        [
            (MONDAY, 1, date(2026, 3, 5)),
            (MONDAY, 3, date(2026, 3, 7)),
            (date(2026, 3, 8), -1, date(2026, 3, 7)),
            (date(2026, 3, 5), -1, MONDAY),
            (TUESDAY, 0, TUESDAY),
        ],
    )
    def test_days_are_stepped_over_from_the_date_on(
        self, start: date, count: int, expected: date
    ) -> None:
        assert self.office.advance_days(start, count) == expected

    def test_a_day_counts_once_however_often_it_opens(self) -> None:
        shop = calendar("Mon 09:00-12:00,13:00-17:00,22:00-02:00; Tue 09:00-12:00")
        assert shop.working_days_between(MONDAY, date(2026, 3, 9)) == 2
        assert shop.advance_days(date(2026, 3, 1), 2) == TUESDAY

    def test_a_night_makes_both_its_days_working_days(self) -> None:
        night = calendar("Mon 22:00-06:00")
        assert night.working_days_between(MONDAY, date(2026, 3, 9)) == 2

    def test_a_year_has_its_working_days(self) -> None:
        germany = WorkingCalendar(OFFICE, time_zone=BERLIN, holidays=country_holidays("DE"))
        assert germany.working_days_between(date(2026, 1, 1), date(2027, 1, 1)) == 254

    def test_the_ends_of_the_calendar_are_days_too(self) -> None:
        always = calendar("Mon-Sun 00:00-24:00")
        assert always.working_days_between(date(9999, 12, 1), date.max) == 30
        assert always.working_days_between(date.min, date(1, 2, 1)) == 31
        assert always.advance_days(date(9999, 12, 30), 1) == date.max
        assert always.advance_days(date(1, 1, 2), -1) == date.min
        for start, count in ((date.max, 1), (date.min, -1)):
            with pytest.raises(RangeError, match=r"^an answer of a calendar must lie within"):
                always.advance_days(start, count)


@pytest.mark.rule("AMB-8")
class TestHolidays:
    def test_anything_that_answers_in_is_a_source_of_holidays(self) -> None:
        week = at("2026-12-21"), at("2026-12-28")
        eve = RecurringDates("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", start=date(2020, 1, 1))
        for holidays, expected in [
            (set(), 40),
            ([date(2026, 12, 24)], 32),
            ((date(2026, 12, 24),), 32),
            ({date(2026, 12, 24): "Heiligabend"}, 32),
            ({date(2026, 12, 24): "Heiligabend"}.keys(), 32),
            (eve, 32),
            (country_holidays("DE"), 32),
            (country_holidays("DE", years=2025), 32),
        ]:
            office = WorkingCalendar(OFFICE, time_zone=BERLIN, holidays=holidays)
            assert office.working_time(*week) == hours(expected), holidays

    def test_the_holidays_package_fills_on_look_up_and_must_not_be_copied(self) -> None:
        assert frozenset(country_holidays("DE")) == frozenset()
        source = country_holidays("DE")
        office = WorkingCalendar(OFFICE, time_zone=BERLIN, holidays=source)
        assert office.holidays is source
        assert not office.is_open(at("2026-05-01T10:00"))

    def test_what_is_copied_cannot_change_the_calendar(self) -> None:
        days, shifts = {MONDAY}, {TUESDAY: DayHours.parse("10:00-11:00")}
        breaks = {TUESDAY: DayHours.parse("10:00-10:30")}
        office = WorkingCalendar(OFFICE, time_zone=UTC, holidays=days, shifts=shifts, breaks=breaks)
        before = hash(office)
        for given_one in (days, shifts, breaks):
            given_one.clear()
        assert open_on(office, MONDAY) == ""
        assert open_on(office, TUESDAY) == "10:30-11:00"
        assert hash(office) == before

    def test_calendars_are_equal_by_dates_and_else_by_the_very_container(self) -> None:
        def office(holidays: Any) -> WorkingCalendar:
            return WorkingCalendar(OFFICE, time_zone=UTC, holidays=holidays)

        assert office([MONDAY]) == office({MONDAY})
        assert office({MONDAY}) != office({TUESDAY})
        source, other = country_holidays("DE"), country_holidays("DE")
        assert office(source) == office(source)
        assert office(source) != office(other)
        assert office(source) != office(set())
        assert hash(office(source)) == hash(office(other))
        rule = "FREQ=YEARLY"
        assert office(RecurringDates(rule, start=MONDAY)) == office(
            RecurringDates(rule, start=MONDAY)
        )

    @pytest.mark.parametrize(
        "holidays",
        [
            None,
            5,
            "2026-12-24",
            b"",
            iter([MONDAY]),
            (day for day in [MONDAY]),
            MONDAY,
            [[MONDAY]],
            [at("2026-12-24")],
            {at("2026-12-24")},
            ["2026-12-24"],
            {datetime(2026, 12, 24): "Heiligabend"},
        ],
    )
    def test_what_holds_no_dates_is_refused(self, holidays: Any) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^WorkingCalendar.holidays must (hold dates only|be a set of dates)",
        ) as caught:
            WorkingCalendar(OFFICE, time_zone=UTC, holidays=holidays)
        assert caught.value.field == "WorkingCalendar.holidays"

    def test_an_array_is_refused(self) -> None:
        class Array:
            dtype = "datetime64[D]"

            def __contains__(self, day: object) -> bool:
                return False

        with pytest.raises(WorklogError, match=r"^WorkingCalendar.holidays must be a set of dates"):
            WorkingCalendar(OFFICE, time_zone=UTC, holidays=Array())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hours": "Mon-Fri 09:00-17:00"}, "hours must be WeeklyHours: .* WeeklyHours.parse"),
        ({"hours": DayHours.parse("09:00-17:00")}, "hours must be WeeklyHours"),
        ({"time_zone": "Europe/Berlin"}, "time_zone must be a tzinfo .*ZoneInfo"),
        ({"time_zone": None}, "time_zone must be a tzinfo"),
        ({"shifts": None}, "shifts must be a mapping from date to DayHours"),
        ({"shifts": [(MONDAY, DayHours())]}, "shifts must be a mapping from date to DayHours"),
        ({"shifts": {at("2026-03-02"): DayHours()}}, "shifts must have dates as keys"),
        ({"shifts": {"2026-03-02": DayHours()}}, "shifts must have dates as keys"),
        ({"shifts": {MONDAY: "09:00-17:00"}}, "shifts must have DayHours as values"),
        ({"breaks": DayHours()}, "breaks must be a mapping from date to DayHours"),
        ({"breaks": {MONDAY: OFFICE}}, "breaks must have DayHours as values"),
        ({"overnight": "cut"}, "overnight must be a member of Overnight"),
        ({"known_until": at("2026-12-31")}, "known_until must be the last date"),
        ({"known_until": "2026-12-31"}, "known_until must be the last date"),
    ],
)
def test_what_makes_no_calendar_is_refused_by_name(given: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"hours": OFFICE, "time_zone": UTC} | given
    with pytest.raises(WorklogError, match=f"^WorkingCalendar.{message}") as caught:
        WorkingCalendar(arguments.pop("hours"), **arguments)
    assert caught.value.field == f"WorkingCalendar.{next(iter(given))}"


class Localizing(tzinfo):
    """A zone as pytz has them."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        return hours(1)

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:
        return "Localizing"

    def localize(self, wall: datetime) -> datetime:
        return wall


def test_a_zone_of_pytz_is_refused_with_the_way_out() -> None:
    with pytest.raises(WorklogError, match=r"^WorkingCalendar.time_zone .*pytz zone .*ZoneInfo"):
        WorkingCalendar(OFFICE, time_zone=Localizing())


def test_a_due_date_past_the_known_holidays_is_provisional() -> None:
    office = WorkingCalendar(OFFICE, time_zone=BERLIN, known_until=date(2026, 12, 31))
    assert not office.is_provisional(at("2026-12-31T22:59:59"))
    # The very midnight rests on nothing that is unknown.
    assert not office.is_provisional(at("2026-12-31T23:00"))
    assert office.is_provisional(at("2026-12-31T23:00") + timedelta(microseconds=1))
    assert not WorkingCalendar(OFFICE, time_zone=BERLIN).is_provisional(at("2090-01-01"))


@pytest.mark.rule("AMB-8")
class TestExplanations:
    office = WorkingCalendar(
        OFFICE,
        time_zone=UTC,
        shifts={TUESDAY: DayHours.parse("08:00-10:00,20:00-02:00")},
        breaks=WeeklyHours.parse("Mon-Fri 12:00-13:00"),
        holidays={WEDNESDAY},
    )

    def lines(self, start: str, end: str) -> list[tuple[str, str, str, float]]:
        return [
            (
                f"{line.start:%d %H:%M}",
                f"{line.end:%d %H:%M}",
                line.rule.value,
                line.counted / hours(1),
            )
            for line in self.office.explain(at(start), at(end))
        ]

    def test_each_period_names_the_rule_that_had_the_last_word(self) -> None:
        assert self.lines("2026-03-02T10:00", "2026-03-05T10:00") == [
            ("02 10:00", "02 12:00", "weekly", 2),
            ("02 12:00", "02 13:00", "break", 0),
            ("02 13:00", "02 17:00", "weekly", 4),
            ("03 08:00", "03 10:00", "shift", 2),
            ("03 20:00", "04 00:00", "shift", 4),
            ("04 00:00", "04 02:00", "holiday", 0),
            ("04 09:00", "04 12:00", "holiday", 0),
            ("04 13:00", "04 17:00", "holiday", 0),
            ("05 09:00", "05 10:00", "weekly", 1),
        ]

    def test_a_question_that_runs_backwards_counts_below_zero(self) -> None:
        assert self.lines("2026-03-02T13:30", "2026-03-02T11:00") == [
            ("02 11:00", "02 12:00", "weekly", -1),
            ("02 12:00", "02 13:00", "break", 0),
            ("02 13:00", "02 13:30", "weekly", -0.5),
        ]

    def test_lines_run_forwards_unless_they_are_said_to_run_back(self) -> None:
        (forwards,) = explained([(0, 5, Rule.WEEKLY)])
        (back,) = explained([(0, 5, Rule.WEEKLY)], backwards=True)
        assert forwards.counted == timedelta(microseconds=5) == -back.counted

    def test_nothing_asked_is_nothing_explained(self) -> None:
        assert self.lines("2026-03-02T11:00", "2026-03-02T11:00") == []

    def test_where_a_night_meets_a_shift_time_is_counted_once(self) -> None:
        both = WorkingCalendar(
            WeeklyHours.parse("Mon 20:00-02:00"),
            time_zone=UTC,
            shifts={MONDAY: DayHours.parse("22:00-04:00")},
        )
        lines = both.explain(at("2026-03-03"), at("2026-03-04"))
        assert [(line.rule, line.counted) for line in lines] == [
            (Rule.WEEKLY, hours(2)),
            (Rule.SHIFT, hours(2)),
        ]


@pytest.mark.parametrize("overnight", Overnight)
@pytest.mark.parametrize("known_until", [None, MONDAY])
def test_values_are_equal_when_their_fields_are(
    overnight: Overnight, known_until: date | None
) -> None:
    def office() -> WorkingCalendar:
        return WorkingCalendar(
            OFFICE,
            time_zone=BERLIN,
            shifts={MONDAY: DayHours.parse("10:00-11:00")},
            overnight=overnight,
            known_until=known_until,
        )

    assert office() == office()
    assert hash(office()) == hash(office())
    assert office() != WorkingCalendar(OFFICE, time_zone=UTC)
    assert "table" not in repr(office())


# A break of its own makes a date one that is asked about by itself.
NOONS = {MONDAY + timedelta(days=n): DayHours.parse("12:00-13:00") for n in range(14)}


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("given", [{}, {"breaks": NOONS}])
def test_a_night_reaches_into_the_next_morning_on_every_day_of_the_week(
    weekday: int, given: dict[str, Any]
) -> None:
    night = calendar(f"{WEEKDAYS[weekday]} 22:00-06:00", **given)
    eve = MONDAY + timedelta(days=weekday)
    assert open_on(night, eve) == "22:00-24:00"
    assert open_on(night, eve + timedelta(days=1)) == "00:00-06:00"
    assert open_on(night, eve + timedelta(days=2)) == ""


def test_an_explanation_counts_what_lies_around_1970_too() -> None:
    office = calendar("Mon-Sun 01:00-06:00")
    first, last = datetime(1969, 12, 30, tzinfo=UTC), datetime(1970, 1, 3, tzinfo=UTC)
    lines = office.explain(first, last)
    assert [line.counted for line in lines] == [line.end - line.start for line in lines]
    assert sum((line.counted for line in lines), timedelta()) == hours(4 * 5)


def test_a_difference_is_one_whatever_way_it_goes() -> None:
    short, long = calendar("Mon 09:00-12:00"), calendar("Mon 09:00-17:00")
    week = Interval(at("2026-03-02"), at("2026-03-09"))
    assert diff(short, long, week)
    assert diff(long, short, week)
    assert not diff(short, short, week)
