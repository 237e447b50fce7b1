"""The compiled table and how it grows."""

import pickle
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.calendars import DayHours, WeeklyHours, WorkingCalendar, lint
from worklog_core.calendars.growth import MAX_SPAN_YEARS, GrowingTable
from worklog_core.calendars.spans import clip, intersect, subtract, unite
from worklog_core.calendars.table import PeriodTable
from worklog_core.errors import NoWorkingTimeError, RangeError
from worklog_core.instants import FIRST_US, LAST_US, to_microseconds
from worklog_core.intervals import Interval

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WeeklyHours.parse("Mon-Fri 09:00-17:00")
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)

spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def ticks(found: list[tuple[int, int]]) -> set[int]:
    return {tick for start, end in found for tick in range(start, end)}


@given(spans, spans, st.integers(0, 30), st.integers(0, 30))
def test_spans_are_sets_of_ticks(
    a: list[tuple[int, int]], b: list[tuple[int, int]], start: int, end: int
) -> None:
    left, right = unite(a), unite(b)
    assert ticks(left) == ticks(a)
    assert ticks(intersect(left, right)) == ticks(left) & ticks(right)
    assert ticks(subtract(left, right)) == ticks(left) - ticks(right)
    assert ticks(clip(left, start, end)) == ticks(left) & set(range(start, end))
    for found in (left, intersect(left, right), subtract(left, right)):
        assert unite(found) == found


@given(spans, st.integers(0, 30), st.integers(0, 30))
def test_the_clock_of_a_table_counts_the_open_ticks(
    given_spans: list[tuple[int, int]], at: int, end: int
) -> None:
    table = PeriodTable.of(unite(given_spans), first=0, last=31)
    opened = ticks(table.periods)
    assert table.clock_at(at) == len([tick for tick in opened if tick < at])
    assert table.is_open(at) is (at in opened)
    assert table.total == len(opened)
    assert ticks(table.within(at, max(at, end))) == opened & set(range(at, end))
    for reading in range(1, table.total + 1):
        assert table.earliest_at(reading) == min(
            tick for tick in range(32) if table.clock_at(tick) == reading
        )
    for reading in range(table.total):
        assert table.latest_at(reading) == max(
            tick for tick in range(32) if table.clock_at(tick) == reading
        )


class CountingDates:
    """Holidays that remember how often they were asked."""

    def __init__(self, *days: date) -> None:
        self.days = set(days)
        self.asked: list[date] = []

    def __contains__(self, day: object) -> bool:
        assert type(day) is date
        self.asked.append(day)
        return day in self.days


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_date_is_asked_once_however_the_table_grows() -> None:
    holidays = CountingDates(date(2026, 4, 3))
    office = WorkingCalendar(OFFICE, time_zone=BERLIN, holidays=holidays)
    assert office.working_time(at("2026-03-30"), at("2026-04-06")) == timedelta(hours=32)
    holidays.days.clear()
    for year in (2026, 2030, 2020, 2027):
        office.working_time(at(f"{year}-01-01"), at(f"{year + 1}-01-01"))
    assert len(holidays.asked) == len(set(holidays.asked))
    # What the container says later is not seen.
    assert office.working_time(at("2026-03-30"), at("2026-04-06")) == timedelta(hours=32)


def test_a_table_grows_by_doubling_and_keeps_what_it_has() -> None:
    office = WorkingCalendar(OFFICE, time_zone=BERLIN)
    office.is_open(at("2026-03-02"))
    widths = []
    for year in range(2027, 2060):
        table = office.table.latest
        office.is_open(at(f"{year}-03-02"))
        if office.table.latest is not table:
            widths.append(office.table.latest.last - office.table.latest.first)
            assert set(table.starts) <= set(office.table.latest.starts)
    assert len(widths) <= 6
    before = office.table.latest.first
    office.is_open(at("2025-01-01"))
    assert office.table.latest.first < before


def test_the_table_in_timedeltas_keeps_up_and_says_the_same() -> None:
    office = WorkingCalendar(OFFICE, time_zone=BERLIN)
    for ask in (
        lambda year: office.working_time(at(f"{year}-03-02"), at(f"{year}-06-02")),
        lambda year: office.advance(at(f"{year}-03-02"), timedelta(hours=100)),
    ):
        for year in (2026, 2031, 2045):
            first, again = ask(year), ask(year)
            assert office.table.deltas.table is office.table.latest
            assert first == again
    table, deltas = office.table.latest, office.table.deltas
    for microseconds in range(table.first, table.last, 10**12 + 7):
        delta = timedelta(microseconds=microseconds)
        shown = timedelta(microseconds=table.clock_at(microseconds))
        assert deltas.clock_at(delta) == shown
        if shown:
            earliest = timedelta(microseconds=table.earliest_at(table.clock_at(microseconds)))
            assert deltas.earliest_at(shown) == earliest


def test_touching_periods_are_one_across_the_stretches_of_the_table() -> None:
    always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=BERLIN)
    for year in (2026, 2035, 2010):
        always.is_open(at(f"{year}-06-01"))
    table = always.table.latest
    assert table.periods == [(table.first, table.last)]


def test_a_table_far_away_replaces_the_one_there_is() -> None:
    office = WorkingCalendar(OFFICE, time_zone=UTC)
    week = timedelta(hours=40)
    for year in (2026, 9990, 1900, 2026):
        start = datetime(year, 6, 1, tzinfo=UTC)
        monday = start - timedelta(days=start.weekday())
        assert office.working_time(monday, monday + timedelta(days=7)) == week
        span = office.table.latest.last - office.table.latest.first
        assert span <= (MAX_SPAN_YEARS + 2) * 366 * 86_400_000_000


class CountedNights:
    """Opens for the first hour of each day in UTC, and counts how often it is compiled."""

    never_opens = False
    dated = None

    def __init__(self) -> None:
        self.compiled = 0

    def in_stretch(self, first: int, last: int) -> list[tuple[int, int]]:
        self.compiled += 1
        hour, day = 3_600_000_000, 86_400_000_000
        starts = range(first // day * day, last, day)
        return clip(((start, start + hour) for start in starts), first, last)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_search_beyond_a_table_of_400_years_goes_on_by_doubling(sign: int) -> None:
    nights = CountedNights()
    growing = GrowingTable(nights)
    year = 366 * 86_400_000_000
    growing.covering(-195 * year, 195 * year)
    table = growing.reaching(-sign * 100 * year, sign * 380 * 365 * 3_600_000_000)
    assert 0 <= table.clock_at(-sign * 100 * year) + sign * 380 * 365 * 3_600_000_000 <= table.total
    assert nights.compiled <= 12


class TestWhatIsRefusedAtOnce:
    OFFICES = (
        WorkingCalendar(OFFICE, time_zone=UTC),
        WorkingCalendar(OFFICE, time_zone=ZoneInfo("Pacific/Auckland")),
        WorkingCalendar(OFFICE, time_zone=ZoneInfo("America/Los_Angeles")),
    )

    @pytest.mark.parametrize("office", OFFICES)
    def test_a_span_of_more_years_than_are_compiled(self, office: WorkingCalendar) -> None:
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 "):
            office.working_time(FIRST, LAST)
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 "):
            office.working_time(LAST, FIRST)
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 "):
            office.explain(FIRST, LAST)
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 "):
            lint(office, Interval(FIRST, LAST))
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 "):
            office.open_intervals(Interval(FIRST, LAST))
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 "):
            office.working_days_between(date.min, date.max)

    @pytest.mark.parametrize("office", OFFICES)
    @pytest.mark.parametrize("amount", [timedelta.max, timedelta.min, timedelta(days=400_000)])
    def test_an_amount_beyond_the_range(self, office: WorkingCalendar, amount: timedelta) -> None:
        for start in (at("2026-03-02"), FIRST, LAST):
            with pytest.raises(RangeError, match=r"^working_time must end within datetime's range"):
                office.advance(start, amount)

    def test_an_amount_that_the_hours_do_not_reach_in_400_years(self) -> None:
        an_hour_a_week = WorkingCalendar(WeeklyHours.parse("Mon 09:00-10:00"), time_zone=UTC)
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 "):
            an_hour_a_week.advance(at("2026-03-02"), timedelta(days=3000))

    @pytest.mark.parametrize("office", OFFICES)
    def test_an_answer_beyond_the_range(self, office: WorkingCalendar) -> None:
        message = r"^an answer of a calendar must lie within datetime's range"
        for search in (office.next_opening, office.next_closing):
            assert search(at("9999-12-30T10:00"))
        if not office.is_open(LAST):
            with pytest.raises(RangeError, match=message):
                office.next_opening(LAST)
        with pytest.raises(RangeError, match=message):
            office.advance(at("9999-12-30T00:00"), timedelta(days=2))
        with pytest.raises(RangeError, match=message):
            office.previous_opening(FIRST)
        with pytest.raises(RangeError, match=message):
            office.previous_closing(FIRST)
        with pytest.raises(RangeError, match=message):
            office.advance(at("0001-01-03T00:00"), -timedelta(days=2))

    def test_the_ends_of_the_range_are_exact(self) -> None:
        always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)
        tick = timedelta(microseconds=1)
        assert always.working_time(LAST - tick, LAST) == tick
        assert always.advance(LAST - tick, tick) == LAST
        assert always.advance(FIRST + tick, -tick) == FIRST
        for calendar in (always, *self.OFFICES):
            assert calendar.is_open(FIRST) in (True, False)
            assert calendar.is_open(LAST) in (True, False)
            assert calendar.working_time(FIRST, FIRST) == timedelta()
        with pytest.raises(RangeError, match=r"^working_time must end within datetime's range"):
            always.advance(LAST, 2 * tick)
        with pytest.raises(RangeError, match=r"^the answer to advance must lie within datetime's"):
            always.advance(LAST, tick)

    def test_days_outside_the_calendar_are_closed(self) -> None:
        # The first local day of Los Angeles begins after the range does, the last of Auckland ends
        # before.
        hours = WeeklyHours.parse("Mon-Sun 00:00-24:00")
        west = WorkingCalendar(hours, time_zone=ZoneInfo("America/Los_Angeles"))
        assert not west.is_open(FIRST)
        assert west.is_open(FIRST + timedelta(hours=8))
        east = WorkingCalendar(hours, time_zone=ZoneInfo("Pacific/Auckland"))
        assert east.is_open(LAST - timedelta(hours=13))
        assert not east.is_open(LAST)
        nights = WorkingCalendar(WeeklyHours.parse("Sun 22:00-06:00"), time_zone=UTC)
        assert FIRST.weekday() == 0
        assert not nights.is_open(FIRST)

    def test_an_answer_in_a_zone_that_cannot_hold_it(self) -> None:
        always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)
        start = (LAST - timedelta(hours=20)).astimezone(ZoneInfo("Asia/Tokyo"))
        with pytest.raises(RangeError, match=r"^the answer to advance must lie .* Ask in UTC\."):
            always.advance(start, timedelta(hours=19))


EMPTY = WorkingCalendar(WeeklyHours(), time_zone=BERLIN)
CLOSED = WorkingCalendar(WeeklyHours(), time_zone=BERLIN, shifts={date(2026, 3, 2): DayHours()})
SEARCHES: list[Callable[[WorkingCalendar, datetime], Any]] = [
    lambda calendar, at: calendar.advance(at, timedelta(hours=1)),
    lambda calendar, at: calendar.advance(at, -timedelta(hours=1)),
    lambda calendar, at: calendar.next_opening(at),
    lambda calendar, at: calendar.next_closing(at),
    lambda calendar, at: calendar.previous_opening(at),
    lambda calendar, at: calendar.previous_closing(at),
    lambda calendar, at: calendar.advance_days(at.date(), 1),
    lambda calendar, at: calendar.advance_days(at.date(), -1),
]


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("calendar", [EMPTY, CLOSED, EMPTY & EMPTY, EMPTY | EMPTY, EMPTY - EMPTY])
def test_a_calendar_without_hours_refuses_every_search(
    calendar: WorkingCalendar, search: Callable[[WorkingCalendar, datetime], Any]
) -> None:
    if not hasattr(calendar, "advance_days") and search in SEARCHES[-2:]:
        return
    message = r"^a calendar must open within 30 years of the question: .* Check its hours"
    with pytest.raises(NoWorkingTimeError, match=message):
        search(calendar, at("2026-03-02"))


def test_a_calendar_without_hours_measures_nothing() -> None:
    assert EMPTY.working_time(at("2020-01-01"), at("2026-01-01")) == timedelta()
    assert not EMPTY.is_open(at("2026-03-02T10:00"))
    assert EMPTY.advance(at("2026-03-02"), timedelta()) == at("2026-03-02")
    assert EMPTY.advance_days(date(2026, 3, 2), 0) == date(2026, 3, 2)
    assert EMPTY.working_days_between(date(2020, 1, 1), date(2026, 1, 1)) == 0


def test_a_search_ends_thirty_years_after_the_last_dated_opening() -> None:
    only = WorkingCalendar(
        WeeklyHours(), time_zone=UTC, shifts={date(2060, 3, 2): DayHours.parse("09:00-17:00")}
    )
    assert only.next_opening(at("2026-03-02")) == at("2060-03-02T09:00")
    assert only.advance(at("2026-03-02"), timedelta(hours=8)) == at("2060-03-02T17:00")
    assert only.previous_closing(at("2085-03-02")) == at("2060-03-02T17:00")
    assert only.advance_days(date(2026, 3, 2), 1) == date(2060, 3, 2)
    assert only.advance_days(date(2080, 3, 2), -1) == date(2060, 3, 2)
    message = r"^a calendar must open within 30 years"
    for search, start in [
        (only.next_opening, at("2060-03-02T17:00")),
        (only.previous_opening, at("2060-03-02")),
        (only.previous_closing, at("2060-03-02T10:00")),
    ]:
        with pytest.raises(NoWorkingTimeError, match=message):
            search(start)
    for amount in (timedelta(hours=9), -timedelta(hours=9)):
        with pytest.raises(NoWorkingTimeError, match=message):
            only.advance(at("2060-03-02T13:00"), amount)
    for count in (2, -2):
        with pytest.raises(NoWorkingTimeError, match=message):
            only.advance_days(date(2060, 3, 2) - timedelta(days=count), count)


@pytest.mark.parametrize("years", range(31, 75, 4))
def test_a_search_reaches_the_last_dated_opening_however_far(years: int) -> None:
    now = at("2026-03-02")
    for year in (2026 + years, 2026 - years):
        day = date(year, 3, 2)
        only = WorkingCalendar(
            WeeklyHours(), time_zone=UTC, shifts={day: DayHours.parse("09:00-17:00")}
        )
        opening, closing = at(f"{year}-03-02T09:00"), at(f"{year}-03-02T17:00")
        if year > 2026:
            assert only.next_opening(now) == opening
            assert only.advance(now, timedelta(hours=8)) == closing
            assert only.advance_days(date(2026, 3, 2), 1) == day
        else:
            assert only.previous_opening(now) == opening
            assert only.previous_closing(now) == closing
            assert only.advance(now, -timedelta(hours=8)) == opening
            assert only.advance_days(date(2026, 3, 2), -1) == day


class Always:
    def __contains__(self, day: object) -> bool:
        return True


def test_holidays_that_never_end_are_found_out() -> None:
    office = WorkingCalendar(OFFICE, time_zone=UTC, holidays=Always())
    with pytest.raises(NoWorkingTimeError, match=r"^a calendar must open within 30 years"):
        office.next_opening(at("2026-03-02"))
    assert office.next_closing(at("2026-03-02T10:00")) == at("2026-03-02T10:00")


@pytest.mark.parametrize("search", ["next_closing", "previous_opening"])
def test_a_calendar_that_never_closes_is_found_out(search: str) -> None:
    always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=BERLIN)
    with pytest.raises(RangeError, match=r"^a calendar must close within 30 years"):
        getattr(always, search)(at("2026-03-02T10:00"))
    assert always.next_opening(at("2026-03-02T10:00")) == at("2026-03-02T10:00")
    with pytest.raises(RangeError, match=r"^a calendar must close within 30 years"):
        always.previous_closing(at("2026-03-02T10:00"))


def test_a_period_longer_than_the_table_is_found_whole() -> None:
    # Open for three years on end, between two holidays.
    holidays = {date(2026, 1, 1), date(2029, 1, 1)}
    always = WorkingCalendar(
        WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC, holidays=holidays
    )
    assert always.next_closing(at("2026-06-01")) == at("2029-01-01")
    fresh = WorkingCalendar(always.hours, time_zone=UTC, holidays=holidays)
    assert fresh.previous_opening(at("2028-12-01")) == at("2026-01-02")
    assert fresh.previous_closing(at("2028-12-01")) == at("2026-01-01")


def test_what_was_compiled_does_not_travel_and_does_not_count() -> None:
    office = WorkingCalendar(OFFICE, time_zone=BERLIN, holidays=frozenset({date(2026, 1, 1)}))
    fresh = WorkingCalendar(OFFICE, time_zone=BERLIN, holidays=frozenset({date(2026, 1, 1)}))
    size = len(pickle.dumps(fresh))
    office.working_time(at("2020-01-01"), at("2030-01-01"))
    assert office == fresh
    assert hash(office) == hash(fresh)
    assert len(pickle.dumps(office)) == size
    again = pickle.loads(pickle.dumps(office))
    assert again == office
    assert again.table.latest.first == again.table.latest.last
    assert again.working_time(at("2026-01-01"), at("2026-01-08")) == timedelta(hours=32)


def test_threads_that_grow_one_calendar_get_the_same_answers() -> None:
    office = WorkingCalendar(OFFICE, time_zone=BERLIN, holidays=CountingDates(date(2026, 1, 1)))
    expected = WorkingCalendar(OFFICE, time_zone=BERLIN, holidays={date(2026, 1, 1)})
    years = [2026, 2010, 2040, 1990, 2025, 2060]
    faults: list[int] = []

    def ask(order: list[int]) -> None:
        for year in order:
            span = at(f"{year}-01-01"), at(f"{year + 1}-01-01")
            if office.working_time(*span) != expected.working_time(*span):
                faults.append(year)

    expected.working_time(at("1990-01-01"), at("2061-01-01"))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [
            threading.Thread(target=ask, args=(years[n:] + years[:n],)) for n in range(len(years))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not faults


def test_the_range_of_tables_is_that_of_datetimes() -> None:
    office = WorkingCalendar(OFFICE, time_zone=UTC)
    assert office.table.covering(FIRST_US, FIRST_US + 1).first == FIRST_US
    assert office.table.covering(LAST_US, LAST_US + 1).last == LAST_US + 1
    assert to_microseconds(LAST) == LAST_US
