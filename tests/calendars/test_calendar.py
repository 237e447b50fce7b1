"""Working calendars against the dull oracle, in zones whose clocks misbehave."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calendar_oracle import Oracle
from worklog_core.calendars import WeeklyHours, WorkingCalendar
from worklog_core.errors import NoWorkingTimeError, RangeError
from worklog_core.instants import from_microseconds, to_microseconds
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.testing.strategies import working_calendars

REACH = timedelta(days=3)
TICK = timedelta(microseconds=1)

# Zones whose clocks change on whole minutes, as the oracle steps, and when they do.
CHANGES = [
    (ZoneInfo(name), datetime.fromisoformat(at).replace(tzinfo=UTC))
    for name, at in [
        ("Europe/Berlin", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-10-25T01:00:00"),
        ("America/Goose_Bay", "2010-11-07T03:01:00"),
        ("America/Goose_Bay", "2010-03-14T03:31:00"),
        ("America/Sao_Paulo", "2015-10-18T03:00:00"),
        ("America/Sao_Paulo", "2015-02-22T02:00:00"),
        ("America/Havana", "2026-11-01T05:00:00"),
        ("America/Toronto", "1919-03-31T04:30:00"),
        ("Pacific/Apia", "2011-12-30T10:00:00"),
        ("Pacific/Kwajalein", "1993-08-21T12:00:00"),
        ("Pacific/Kwajalein", "1969-09-30T13:00:00"),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00"),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00"),
        ("Antarctica/Troll", "2026-03-29T01:00:00"),
        ("Asia/Pyongyang", "2018-05-04T15:00:00"),
        ("Europe/Dublin", "2026-10-25T01:00:00"),
        ("Africa/Casablanca", "2026-02-15T02:00:00"),
    ]
]
CALM: list[tuple[tzinfo, datetime]] = [
    (UTC, datetime(2026, 3, 4, tzinfo=UTC)),
    (timezone(timedelta(hours=5, minutes=45)), datetime(2026, 3, 4, tzinfo=UTC)),
]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[WorkingCalendar, Oracle, datetime, datetime]:
    """Draw a calendar around a change of its clock, its oracle, and two instants nearby."""
    zone, change = draw(st.sampled_from(CHANGES + CALM))
    calendar = draw(working_calendars(zone))
    days = [change.astimezone(zone).date() + timedelta(days=n) for n in range(-2, 3)]
    moved = draw(st.booleans())
    if moved:
        # The dates that the strategy drew may lie elsewhere: bring them to this change.
        targets = st.sampled_from(days)
        calendar = WorkingCalendar(
            calendar.hours,
            time_zone=zone,
            shifts={draw(targets): hours for hours in calendar.shifts.values()},
            breaks=calendar.breaks
            if not isinstance(calendar.breaks, dict | type(calendar.shifts))
            else {draw(targets): hours for hours in calendar.breaks.values()},
            holidays={draw(targets) for _ in range(draw(st.integers(0, 2)))},
            overnight=calendar.overnight,
        )
    oracle = Oracle(calendar, change - REACH, change + REACH)
    ends = [end for span in oracle.stretches for end in span[:2]]
    near = st.builds(
        lambda end, step: min(max(end + step, oracle.first), oracle.last - TICK),
        st.sampled_from(ends),
        st.sampled_from([timedelta(), TICK, -TICK, timedelta(minutes=20), -timedelta(hours=7)]),
    )
    return calendar, oracle, draw(near), draw(near)


@pytest.mark.rule("AMB-8", "E-46")
@given(scenes())
def test_a_calendar_is_open_when_the_oracle_says_so(
    scene: tuple[WorkingCalendar, Oracle, datetime, datetime],
) -> None:
    calendar, oracle, at, end = scene
    horizon = Interval(oracle.first, oracle.last)
    expected = IntervalSet(Interval(a, b) for a, b in oracle.periods())
    assert calendar.open_intervals(horizon) == expected
    assert calendar.is_open(at) is oracle.is_open(at)
    assert calendar.working_time(at, end) == oracle.working_time(at, end)


@pytest.mark.rule("AMB-8")
@given(scenes(), st.sampled_from([timedelta(hours=2), TICK, timedelta(hours=7, microseconds=3)]))
def test_the_searches_find_what_the_oracle_finds(
    scene: tuple[WorkingCalendar, Oracle, datetime, datetime], amount: timedelta
) -> None:
    calendar, oracle, at, end = scene
    between = abs(oracle.working_time(at, end))
    for work in (amount, -amount, between, -between):
        expected = oracle.advance(at, work)
        if expected is not None:
            assert calendar.advance(at, work) == expected
    for search in ("next_opening", "next_closing", "previous_opening", "previous_closing"):
        expected = getattr(oracle, search)(at)
        if expected is not None and oracle.periods():
            assert getattr(calendar, search)(at) == expected, search


@given(scenes())
def test_an_explanation_sums_to_the_answer(
    scene: tuple[WorkingCalendar, Oracle, datetime, datetime],
) -> None:
    calendar, _, start, end = scene
    lines = calendar.explain(start, end)
    assert sum((line.counted for line in lines), timedelta()) == calendar.working_time(start, end)
    early, late = sorted([start, end])
    for before, after in pairwise(lines):
        assert before.end <= after.start
    for line in lines:
        assert early <= line.start < line.end <= late
        length = line.end - line.start
        assert abs(line.counted) == (length if line.rule.opens else timedelta())
        assert calendar.is_open(line.start) is line.rule.opens


WORK = st.timedeltas(timedelta(), timedelta(days=3)) | st.sampled_from([TICK, timedelta(hours=8)])


@st.composite
def questions(draw: st.DrawFn) -> tuple[WorkingCalendar, list[datetime]]:
    zone, change = draw(st.sampled_from(CHANGES + CALM))
    calendar = draw(working_calendars(zone))
    # A microsecond a day is open too, but three days of that are refused after 400 years.
    month = calendar.working_time(change, change + timedelta(days=28))
    assume(not month or month > timedelta(hours=4))
    reach = timedelta(days=20)
    at = st.timedeltas(-reach, reach).map(lambda step: change + step)
    zones = st.sampled_from([UTC, zone, ZoneInfo("Asia/Tokyo")])
    return calendar, [draw(at).astimezone(draw(zones)) for _ in range(3)]


class TestLaws:
    @pytest.mark.rule("AMB-8")
    @given(questions())
    def test_working_time_is_additive_and_antisymmetric(
        self, question: tuple[WorkingCalendar, list[datetime]]
    ) -> None:
        calendar, (a, b, c) = question
        assert calendar.working_time(a, b) + calendar.working_time(b, c) == calendar.working_time(
            a, c
        )
        assert calendar.working_time(a, b) == -calendar.working_time(b, a)
        assert calendar.working_time(a, a) == timedelta()

    @given(questions())
    def test_working_time_never_exceeds_what_elapsed(
        self, question: tuple[WorkingCalendar, list[datetime]]
    ) -> None:
        calendar, instants = question
        first, *_, last = sorted(instants, key=to_microseconds_of)
        elapsed = last.astimezone(UTC) - first.astimezone(UTC)
        assert timedelta() <= calendar.working_time(first, last) <= elapsed

    @given(questions(), WORK)
    def test_advance_is_the_inverse_of_working_time_both_ways(
        self, question: tuple[WorkingCalendar, list[datetime]], work: timedelta
    ) -> None:
        calendar, (at, *_) = question
        try:
            due, since = calendar.advance(at, work), calendar.advance(at, -work)
        except (NoWorkingTimeError, RangeError):
            assume(False)
        assert due.tzinfo is since.tzinfo is at.tzinfo
        assert calendar.working_time(at, due) == calendar.working_time(since, at) == work
        if work:
            # The earliest, and the latest: a microsecond nearer is not enough.
            assert calendar.working_time(at, due.astimezone(UTC) - TICK) == work - TICK
            assert calendar.working_time(since.astimezone(UTC) + TICK, at) == work - TICK

    @given(questions(), WORK, WORK)
    def test_advance_is_monotone_in_both_arguments(
        self, question: tuple[WorkingCalendar, list[datetime]], work: timedelta, more: timedelta
    ) -> None:
        calendar, (a, b, _) = question
        early, late = sorted([a, b], key=to_microseconds_of)
        try:
            due = calendar.advance(early, work)
            assert to_microseconds_of(due) <= to_microseconds_of(calendar.advance(late, work))
            assert to_microseconds_of(due) <= to_microseconds_of(
                calendar.advance(early, work + more)
            )
        except (NoWorkingTimeError, RangeError):
            assume(False)

    @given(questions())
    def test_the_days_of_a_partition_sum_to_the_whole(
        self, question: tuple[WorkingCalendar, list[datetime]]
    ) -> None:
        calendar, instants = question
        start, _, end = sorted(to_microseconds_of(at) for at in instants)
        cuts = [start, *calendar.civil.civil.midnights(start, end), end]
        parts = [
            calendar.working_time(from_microseconds(a), from_microseconds(b))
            for a, b in pairwise(cuts)
        ]
        whole = calendar.working_time(from_microseconds(start), from_microseconds(end))
        assert sum(parts, timedelta()) == whole

    @given(questions())
    def test_searching_again_finds_the_same(
        self, question: tuple[WorkingCalendar, list[datetime]]
    ) -> None:
        calendar, (at, *_) = question
        try:
            opening, closing = calendar.next_opening(at), calendar.next_closing(at)
        except (NoWorkingTimeError, RangeError):
            assume(False)
        assert calendar.next_opening(opening) == opening
        assert calendar.next_closing(closing) == closing
        assert calendar.is_open(opening)
        assert not calendar.is_open(closing)
        assert at in (opening, closing)

    @settings(max_examples=15)
    @given(questions(), st.permutations(range(3)))
    def test_the_order_of_questions_does_not_change_an_answer(
        self, drawn: tuple[WorkingCalendar, list[datetime]], order: list[int]
    ) -> None:
        calendar, instants = drawn
        far = datetime(2040, 6, 1, tzinfo=UTC), datetime(1950, 6, 1, tzinfo=UTC)
        # One instant in two zones is one key, and 400 days by their two clocks are two spans.
        asked = [
            (at, at + timedelta(days=step)) for at in (*instants, *far) for step in (-400, 0, 400)
        ]
        answers = {question: calendar.working_time(*question) for question in asked}
        fresh = copied(calendar)
        for question in [asked[i] for i in order] + asked[::-1]:
            assert fresh.working_time(*question) == answers[question]


def to_microseconds_of(at: datetime) -> int:
    return to_microseconds(at.astimezone(UTC))


def copied(calendar: WorkingCalendar, **changes: Any) -> WorkingCalendar:
    given = {
        name: getattr(calendar, name)
        for name in ("time_zone", "shifts", "breaks", "holidays", "overnight", "known_until")
    }
    return WorkingCalendar(calendar.hours, **(given | changes))


@pytest.mark.rule("AMB-8")
@given(questions())
def test_working_days_are_the_days_with_open_time(
    question: tuple[WorkingCalendar, list[datetime]],
) -> None:
    calendar, (a, b, _) = question
    first, last = a.date(), b.date()
    civil = calendar.civil.civil

    def is_working(day: date) -> bool:
        start, end = civil.day_start(day.toordinal()), civil.day_start(day.toordinal() + 1)
        return calendar.working_time(from_microseconds(start), from_microseconds(end)) > timedelta()

    low, high = min(first, last), max(first, last)
    days = [low + timedelta(days=n) for n in range((high - low).days)]
    count = sum(map(is_working, days))
    assert calendar.working_days_between(first, last) == (count if first <= last else -count)
    for steps in (1, 3, -1, -4):
        try:
            day = calendar.advance_days(first, steps)
        except NoWorkingTimeError:
            continue
        assert is_working(day)
        between = sorted([first, day])
        passed = [between[0] + timedelta(days=n) for n in range(1, (between[1] - between[0]).days)]
        assert sum(map(is_working, passed)) == abs(steps) - 1
        assert (day > first) is (steps > 0)


@pytest.mark.rule("AMB-4d")
def test_a_day_that_its_zone_skipped_is_no_working_day_though_nobody_closed() -> None:
    apia = ZoneInfo("Pacific/Apia")  # there was no 30 December 2011
    always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=apia)
    before, after = date(2011, 12, 29), date(2012, 1, 1)
    assert always.working_days_between(before, after) == 2
    assert always.working_days_between(after, before) == -2
    assert always.advance_days(before, 1) == date(2011, 12, 31)
    assert always.advance_days(after, -2) == before
