"""Calendars made of calendars: combined, versioned, handed over, compared."""

import pickle
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worklog_core.calendars import (
    Calendar,
    CalendarVersions,
    Combination,
    DayHours,
    Handover,
    Rule,
    WeeklyHours,
    WorkingCalendar,
    diff,
)
from worklog_core.errors import NaiveDatetimeError, NoWorkingTimeError, RangeError, WorklogError
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.testing.strategies import working_calendars

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
OFFICE = WeeklyHours.parse("Mon-Fri 09:00-17:00")
berlin = WorkingCalendar(OFFICE, time_zone=BERLIN)
new_york = WorkingCalendar(OFFICE, time_zone=NEW_YORK)
TICK = timedelta(microseconds=1)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


HORIZON = Interval(at("2026-03-20"), at("2026-04-05"))
in_horizon = st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 4), timezones=st.just(UTC))
calendars = st.sampled_from([BERLIN, NEW_YORK, UTC]).flatmap(working_calendars)


def opened(calendar: Calendar) -> IntervalSet:
    return calendar.open_intervals(HORIZON)


@st.composite
def composed(draw: st.DrawFn) -> Calendar:
    a, b = draw(calendars), draw(calendars)
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return a & b
    if kind == 1:
        return a | b
    if kind == 2:
        return a - b
    if kind == 3:
        days = st.dates(date(2026, 3, 19), date(2026, 4, 5))
        return CalendarVersions(a, draw(st.dictionaries(days, calendars)), time_zone=BERLIN)
    return Handover(a, draw(st.dictionaries(in_horizon, calendars, max_size=3)))


@settings(max_examples=40)
@given(calendars, calendars)
def test_the_algebra_of_calendars_is_that_of_what_is_open(
    a: WorkingCalendar, b: WorkingCalendar
) -> None:
    assert opened(a & b) == opened(a) & opened(b)
    assert opened(a | b) == opened(a) | opened(b)
    assert opened(a - b) == opened(a) - opened(b)
    both, either = opened(a & b).duration, opened(a | b).duration
    assert both + either == opened(a).duration + opened(b).duration
    assert opened((a - b) | (a & b)) == opened(a)


@settings(max_examples=50)
@given(composed(), in_horizon, in_horizon, st.timedeltas(timedelta(), timedelta(days=2)))
def test_what_is_composed_obeys_the_laws_of_calendars(
    calendar: Calendar, start: datetime, end: datetime, work: timedelta
) -> None:
    spans = opened(calendar)
    early, late = min(start, end), max(start, end)
    within = IntervalSet([Interval(early, late)] if early < late else ())
    assert abs(calendar.working_time(start, end)) == (spans & within).duration
    assert calendar.working_time(start, end) == -calendar.working_time(end, start)
    assert calendar.is_open(start) is (start in spans)
    lines = calendar.explain(start, end)
    assert sum((line.counted for line in lines), timedelta()) == calendar.working_time(start, end)
    for before, after in pairwise(lines):
        assert before.end <= after.start
    for line in lines:
        assert line.rule.opens is calendar.is_open(line.start)
    try:
        due = calendar.advance(start, work)
    except (NoWorkingTimeError, RangeError):
        return
    assert calendar.working_time(start, due) == work
    assert not work or calendar.working_time(start, due - TICK) == work - TICK


@settings(max_examples=20)
@given(composed())
def test_what_is_composed_is_a_calendar_and_a_value(calendar: Calendar) -> None:
    assert isinstance(calendar, Calendar)
    before = opened(calendar)
    again = pickle.loads(pickle.dumps(calendar))
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert opened(again) == before
    assert opened(calendar & calendar) == opened(calendar | calendar) == before
    assert not opened(calendar - calendar)


def test_two_zones_meet_in_the_afternoon() -> None:
    day = at("2026-03-02"), at("2026-03-03")
    assert (berlin & new_york).working_time(*day) == hours(2)
    assert (berlin | new_york).working_time(*day) == hours(14)
    assert (berlin - new_york).working_time(*day) == hours(6)
    # For three weeks in March New York has summer time and Berlin has not.
    day = at("2026-03-09"), at("2026-03-10")
    assert (berlin & new_york).working_time(*day) == hours(3)
    assert (berlin & new_york).combination is Combination.BOTH
    assert (berlin & new_york).table.periods.dated is None
    assert (berlin | new_york).next_opening(at("2026-03-07")) == at("2026-03-09T08:00")


@pytest.mark.parametrize("operation", ["__and__", "__or__", "__sub__"])
@pytest.mark.parametrize("left", [berlin, berlin & new_york, Handover(berlin, {})])
def test_calendars_combine_with_calendars_only(left: Any, operation: str) -> None:
    assert getattr(left, operation)(OFFICE) is NotImplemented
    assert getattr(left, operation)(None) is NotImplemented


def test_an_empty_calendar_takes_nothing_from_the_other() -> None:
    empty = WorkingCalendar(WeeklyHours(), time_zone=UTC)
    morning = at("2026-03-02T08:00")
    assert (empty | berlin).next_opening(at("2026-03-01")) == morning
    assert (berlin | empty).next_opening(at("2026-03-01")) == morning
    assert (berlin - empty).next_opening(at("2026-03-01")) == morning
    for nothing in (empty & berlin, berlin & empty, empty - berlin):
        with pytest.raises(NoWorkingTimeError, match=r"^a calendar must open within 30 years"):
            nothing.next_opening(at("2026-03-01"))


class TestExplanations:
    holiday = WorkingCalendar(OFFICE, time_zone=UTC, holidays={date(2026, 3, 3)})
    morning = WorkingCalendar(WeeklyHours.parse("Mon-Sun 06:00-12:00"), time_zone=UTC)

    def lines(self, calendar: Calendar) -> list[tuple[str, Rule]]:
        return [
            (f"{line.start:%d %H}-{line.end:%H}", line.rule)
            for line in calendar.explain(at("2026-03-02"), at("2026-03-04"))
        ]

    def test_both(self) -> None:
        assert self.lines(self.holiday & self.morning) == [
            ("02 09-12", Rule.WEEKLY),
            ("02 12-17", Rule.OTHER_CALENDAR),
            ("03 09-17", Rule.HOLIDAY),
        ]

    def test_either(self) -> None:
        assert self.lines(self.holiday | self.morning) == [
            ("02 06-09", Rule.WEEKLY),
            ("02 09-17", Rule.WEEKLY),
            ("03 06-12", Rule.WEEKLY),
            ("03 12-17", Rule.HOLIDAY),
        ]
        assert self.lines(self.morning | self.holiday) == [
            ("02 06-12", Rule.WEEKLY),
            ("02 12-17", Rule.WEEKLY),
            ("03 06-12", Rule.WEEKLY),
            ("03 12-17", Rule.HOLIDAY),
        ]

    def test_the_left_one_only(self) -> None:
        assert self.lines(self.morning - self.holiday) == [
            ("02 06-09", Rule.WEEKLY),
            ("02 09-12", Rule.OTHER_CALENDAR),
            ("03 06-12", Rule.WEEKLY),
        ]


class TestVersions:
    march = WorkingCalendar(OFFICE, time_zone=BERLIN)
    april = WorkingCalendar(WeeklyHours.parse("Mon-Fri 08:00-12:00"), time_zone=BERLIN)
    closed = WorkingCalendar(WeeklyHours(), time_zone=BERLIN)

    def versions(self, changes: dict[date, Any]) -> CalendarVersions:
        return CalendarVersions(self.march, changes, time_zone=BERLIN)

    @pytest.mark.rule("AMB-8")
    def test_march_is_judged_by_the_hours_of_march(self) -> None:
        office = self.versions({date(2026, 4, 1): self.april})
        assert office.working_time(at("2026-03-31"), at("2026-04-01")) == hours(8)
        assert office.working_time(at("2026-04-01"), at("2026-04-02")) == hours(4)
        assert office.advance(at("2026-03-31T13:00"), hours(4)) == at("2026-04-01T08:00")
        assert office.advance(at("2026-04-01T08:00"), -hours(4)) == at("2026-03-31T13:00")
        assert office.in_force_at(at("2026-03-31T21:59")) is self.march
        assert office.in_force_at(at("2026-03-31T22:00")) is self.april

    def test_the_seam_is_the_midnight_of_the_zone(self) -> None:
        always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)
        office = CalendarVersions(always, {date(2026, 4, 1): self.closed}, time_zone=BERLIN)
        assert office.next_closing(at("2026-03-01")) == at("2026-03-31T22:00")
        assert office.previous_closing(at("2026-06-01")) == at("2026-03-31T22:00")

    def test_a_search_looks_past_a_closed_version(self) -> None:
        changes = {date(2026, 4, 1): self.closed, date(2060, 4, 1): self.april}
        office = self.versions(changes)
        assert office.next_opening(at("2026-05-01")) == at("2060-04-01T06:00")
        assert office.previous_closing(at("2060-01-01")) == at("2026-03-31T15:00")
        nothing = CalendarVersions(self.closed, {}, time_zone=BERLIN)
        with pytest.raises(NoWorkingTimeError, match=r"^a calendar must open within 30 years"):
            nothing.next_opening(at("2026-05-01"))
        assert nothing.table.periods.dated is None

    def test_no_change_is_the_original(self) -> None:
        office = self.versions({})
        assert opened(office) == opened(self.march)

    def test_a_shift_of_a_version_counts_while_it_is_in_force(self) -> None:
        saturday = date(2026, 3, 28)
        shifts = {saturday: DayHours.parse("10:00-12:00")}
        office = CalendarVersions(
            WorkingCalendar(OFFICE, time_zone=BERLIN, shifts=shifts),
            {date(2026, 3, 28): self.march},
            time_zone=BERLIN,
        )
        assert not office.working_time(at("2026-03-28"), at("2026-03-29"))
        assert office.table.periods.dated is not None

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (None, "changes must be a mapping from date to calendar"),
            ([], "changes must be a mapping from date to calendar"),
            ({at("2026-04-01"): berlin}, "changes must have dates as keys"),
            ({date(2026, 4, 1): OFFICE}, "changes must have calendars as values"),
        ],
    )
    def test_changes_are_calendars_by_date(self, changes: Any, message: str) -> None:
        with pytest.raises(WorklogError, match=f"^CalendarVersions.{message}: found"):
            self.versions(changes)

    def test_the_original_is_a_calendar_and_the_zone_a_zone(self) -> None:
        with pytest.raises(WorklogError, match=r"^CalendarVersions.original must be a calendar"):
            CalendarVersions(OFFICE, {}, time_zone=BERLIN)  # type: ignore[arg-type]  # refused
        with pytest.raises(WorklogError, match=r"^CalendarVersions.time_zone must be a tzinfo"):
            CalendarVersions(berlin, {}, time_zone="UTC")  # type: ignore[arg-type]  # refused

    def test_what_is_known_is_known_by_the_version_in_force(self) -> None:
        def known(until: date | None) -> WorkingCalendar:
            return WorkingCalendar(OFFICE, time_zone=UTC, known_until=until)

        changes = {date(2026, 4, 1): known(date(2026, 12, 31)), date(2027, 7, 1): known(None)}
        office = CalendarVersions(known(date(2026, 12, 31)), changes, time_zone=UTC)
        assert not office.is_provisional(at("2026-12-31T23:00"))
        assert office.is_provisional(at("2027-01-01T01:00"))
        early = CalendarVersions(
            known(None), {date(2026, 4, 1): known(date(2026, 1, 31))}, time_zone=UTC
        )
        assert not early.is_provisional(at("2026-03-31T23:00"))
        assert early.is_provisional(at("2026-04-01T01:00"))
        replaced = CalendarVersions(
            known(date(2026, 12, 31)), {date(2026, 4, 1): known(None)}, time_zone=UTC
        )
        assert not replaced.is_provisional(at("2027-06-01"))
        assert not CalendarVersions(known(None), {}, time_zone=UTC).is_provisional(at("2090-01-01"))
        handed_on = Handover(known(None), {at("2026-04-01"): known(date(2026, 12, 31))})
        assert not handed_on.is_provisional(at("2026-12-31T23:00"))
        assert handed_on.is_provisional(at("2027-01-01T01:00"))
        combined = known(date(2026, 1, 31)) | known(None)
        assert combined.is_provisional(at("2026-02-01T01:00"))
        assert not (known(None) & known(None)).is_provisional(at("2026-02-01T01:00"))


class TestHandover:
    def test_a_clock_that_is_handed_on_is_exact_at_the_seam(self) -> None:
        ticket = Handover(berlin, {at("2026-03-02T15:00"): new_york})
        # Berlin works until 16:00 UTC, New York from 14:00: the seam lies in both.
        assert ticket.working_time(at("2026-03-02T14:00"), at("2026-03-02T16:00")) == hours(2)
        assert ticket.advance(at("2026-03-02T14:00"), hours(8)) == at("2026-03-02T22:00")
        assert ticket.advance(at("2026-03-02T22:00"), -hours(8)) == at("2026-03-02T14:00")
        assert ticket.in_charge_at(at("2026-03-02T14:59:59")) is berlin
        assert ticket.in_charge_at(at("2026-03-02T15:00")) is new_york

    @settings(max_examples=50)
    @given(in_horizon, in_horizon, in_horizon)
    def test_each_calendar_counts_its_own_part(
        self, start: datetime, seam: datetime, end: datetime
    ) -> None:
        first, last = min(start, end), max(start, end)
        middle = min(max(seam, first), last)
        ticket = Handover(berlin, {seam: new_york})
        expected = berlin.working_time(first, middle) + new_york.working_time(middle, last)
        if seam == middle:
            assert ticket.working_time(first, last) == expected

    def test_instants_are_compared_as_instants(self) -> None:
        seam = datetime(2026, 3, 2, 16, tzinfo=BERLIN)
        assert Handover(berlin, {seam: new_york}) == Handover(
            berlin, {seam.astimezone(UTC): new_york}
        )
        later = Handover(berlin, {at("2026-03-04"): berlin, at("2026-03-03"): new_york})
        assert [start for start, _ in later.later] == [at("2026-03-03"), at("2026-03-04")]

    @pytest.mark.parametrize(
        ("later", "error", "message"),
        [
            (None, WorklogError, "must be a mapping from instant to calendar"),
            ([], WorklogError, "must be a mapping from instant to calendar"),
            ({datetime(2026, 3, 2): berlin}, NaiveDatetimeError, "must carry a time zone"),
            ({date(2026, 3, 2): berlin}, WorklogError, "must be a datetime with a time zone"),
            ({at("2026-03-02"): OFFICE}, WorklogError, "must have calendars as values"),
        ],
    )
    def test_hand_overs_are_calendars_by_instant(
        self, later: Any, error: type[WorklogError], message: str
    ) -> None:
        with pytest.raises(error, match=f"^Handover.later {message}"):
            Handover(berlin, later)


class TestDifferences:
    early = WorkingCalendar(
        WeeklyHours.parse("Mon-Thu 09:00-17:00; Fri 08:00-15:00"), time_zone=BERLIN
    )

    def test_a_difference_tells_what_is_gained_and_what_is_lost(self) -> None:
        week = Interval(at("2026-03-02"), at("2026-03-09"))
        change = diff(berlin, self.early, week)
        assert change.lost == IntervalSet(
            [Interval(at("2026-03-06T14:00"), at("2026-03-06T16:00"))]
        )
        assert change.gained == IntervalSet(
            [Interval(at("2026-03-06T07:00"), at("2026-03-06T08:00"))]
        )
        assert change.change == -hours(1)
        assert change
        assert not diff(berlin, berlin, week)

    @settings(max_examples=40)
    @given(calendars, calendars)
    def test_a_difference_leads_from_the_one_to_the_other(
        self, a: WorkingCalendar, b: WorkingCalendar
    ) -> None:
        change = diff(a, b, HORIZON)
        assert (opened(a) | change.gained) - change.lost == opened(b)
        assert not change.gained & opened(a)
        assert change.change == opened(b).duration - opened(a).duration
