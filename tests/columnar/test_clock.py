"""Columns of questions to a calendar have the scalar answers, and the scalar refusals."""

import pickle
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_oracle import Oracle
from worklog_core.calendars import (
    Calendar,
    CalendarVersions,
    DayHours,
    Handover,
    WeeklyHours,
    WorkingCalendar,
)
from worklog_core.columnar import advance, working_time
from worklog_core.columnar.given import BLOCK
from worklog_core.errors import NoWorkingTimeError, RangeError, WorklogError
from worklog_core.instants import FIRST_US, LAST_US, from_microseconds
from worklog_core.testing.strategies import instants, time_zones, working_calendars

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = 3_600_000_000, 86_400_000_000
TICK = timedelta(microseconds=1)
NAT: Any = np.datetime64("NaT", "us")
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=BERLIN)
ALWAYS = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)
NEVER = WorkingCalendar(WeeklyHours.parse(""), time_zone=UTC)

amounts = st.one_of(
    st.sampled_from([0, 1, -1, HOUR, -HOUR, 8 * HOUR, -8 * HOUR, 40 * HOUR]),
    st.integers(-4 * DAY, 4 * DAY),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def column(rows: Sequence[datetime | None]) -> Any:
    plain = [NAT if row is None else np.datetime64(row.replace(tzinfo=None), "us") for row in rows]
    return np.array(plain, "datetime64[us]")


def durations(rows: Sequence[int | None]) -> Any:
    missing = np.timedelta64("NaT", "us")
    plain = [missing if row is None else np.timedelta64(row, "us") for row in rows]
    return np.array(plain, "timedelta64[us]")


def fresh(calendar: Calendar) -> Calendar:
    """Return the same calendar with nothing compiled yet."""
    copy: Calendar = pickle.loads(pickle.dumps(calendar))
    return copy


def each(ask: Callable[[Any, Any], Any], firsts: Sequence[Any], seconds: Sequence[Any]) -> Any:
    """Ask row by row: the answers as NumPy has them, or the kinds of refusals."""
    answers: list[Any] = []
    refused: set[type] = set()
    for first, second in zip(firsts, seconds, strict=True):
        try:
            missing = first is None or second is None
            answers.append(None if missing else ask(first, second))
        except WorklogError as refusal:
            refused.add(type(refusal))
    naive = [a.replace(tzinfo=None) if isinstance(a, datetime) else a for a in answers]
    return refused or naive


def at_once(ask: Callable[[], Any]) -> Any:
    try:
        return ask().tolist()
    except WorklogError as refusal:
        return {type(refusal)}


def agrees(found: Any, expected: Any) -> bool:
    """Whether answers are equal, or a refusal is one of those that single rows meet."""
    return bool(found and found <= expected) if isinstance(expected, set) else found == expected


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw a calendar of any kind that the library has, and the instants at which it is hard."""
    zone = draw(time_zones())
    one, other = draw(working_calendars(zone)), draw(working_calendars(zone))
    kind = draw(st.integers(0, 5))
    if kind < 3:
        return (one & other, one | other, one - other)[kind]
    if kind == 3:
        days = st.dates(date(2026, 3, 1), date(2026, 4, 30))
        return CalendarVersions(one, draw(st.dictionaries(days, st.just(other))), time_zone=zone)
    if kind == 4:
        return Handover(one, {draw(instants(zone)): other})
    return one


@st.composite
def questions(draw: st.DrawFn) -> tuple[Calendar, list[Any], list[Any], list[Any]]:
    """Draw a calendar, two columns of instants and one of amounts, some of them missing."""
    calendar = draw(calendars())
    zone = getattr(calendar, "time_zone", None) or draw(time_zones())
    near = st.one_of(st.none(), instants(zone), instants(zone), instants(zone))
    rows = draw(st.integers(0, 8))
    starts, ends = (draw(st.lists(near, min_size=rows, max_size=rows)) for _ in range(2))
    counts = st.one_of(st.none(), amounts, amounts, amounts)
    return calendar, starts, ends, draw(st.lists(counts, min_size=rows, max_size=rows))


@settings(max_examples=60)
@given(drawn=questions(), times=st.sampled_from([1, 2000]))
def test_columns_have_the_scalar_answers(drawn: Any, times: int) -> None:
    calendar, starts, ends, counts = drawn
    asked, scalar = fresh(calendar), fresh(calendar)
    # The same rows again and again make it worth while to look up by cells.
    found = at_once(
        lambda: working_time(asked, *(np.tile(column(r), times) for r in (starts, ends)))
    )
    expected = each(scalar.working_time, starts, ends)
    assert agrees(found, expected if isinstance(expected, set) else expected * times)
    spans = [None if count is None else timedelta(microseconds=count) for count in counts]
    found = at_once(
        lambda: advance(asked, np.tile(column(starts), times), np.tile(durations(counts), times))
    )
    expected = each(scalar.advance, starts, spans)
    assert agrees(found, expected if isinstance(expected, set) else expected * times)


@settings(max_examples=50)
@given(st.data())
def test_columns_agree_with_stepping_through_the_hours(data: st.DataObject) -> None:
    zone = data.draw(time_zones())
    calendar = data.draw(working_calendars(zone))
    rows = data.draw(st.lists(instants(zone), min_size=2, max_size=4))
    first, last = min(rows), max(rows)
    if last - first > timedelta(days=9):
        return
    oracle = Oracle(calendar, first, last)
    pairs = list(product(rows, rows))
    found = working_time(calendar, *(column(side) for side in zip(*pairs, strict=True)))
    for (start, end), worked in zip(pairs, found.tolist(), strict=True):
        low, high = min(start, end), max(start, end)
        opened = [
            min(until, high) - max(since, low)
            for since, until, is_open in oracle.stretches
            if is_open and since < high and until > low
        ]
        assert worked == sum(opened, timedelta()) * (1 if start <= end else -1)


@settings(max_examples=50)
@given(calendar=calendars(), start=instants(), amount=amounts.filter(bool))
def test_advance_finds_the_earliest_and_looking_back_the_latest_instant(
    calendar: Calendar, start: datetime, amount: int
) -> None:
    starts, counts = column([start]), durations([amount])
    try:
        due = advance(calendar, starts, counts)
    except (NoWorkingTimeError, RangeError):
        return
    assert working_time(calendar, starts, due) == counts
    step = np.timedelta64(1 if amount < 0 else -1, "us")
    assert abs(working_time(calendar, starts, due + step)) < abs(counts)


@pytest.mark.rule("AMB-8")
class TestDecided:
    """What was decided for working calendars holds for columns."""

    def test_a_target_that_fills_the_day_is_due_at_the_closing_bell(self) -> None:
        starts = column([utc("2026-03-02T08:00"), utc("2026-03-03T16:00")])
        due = advance(OFFICE, starts, durations([8 * HOUR, -8 * HOUR]))
        assert due.astype(str).tolist() == [
            "2026-03-02T16:00:00.000000",
            "2026-03-03T08:00:00.000000",
        ]

    def test_nothing_leads_to_the_start_itself_even_in_a_calendar_that_never_opens(self) -> None:
        starts = column([utc("2026-03-01T03:00"), None, utc("0001-01-01")])
        due = advance(NEVER, starts, durations([0, 0, 0]))
        assert due.tolist()[0] == datetime(2026, 3, 1, 3)
        assert np.isnat(due).tolist() == [False, True, False]

    def test_an_end_before_its_start_counts_backwards(self) -> None:
        one, other = column([utc("2026-03-02T10:00")]), column([utc("2026-03-03T10:00")])
        assert working_time(OFFICE, one, other).tolist() == [timedelta(hours=8)]
        assert working_time(OFFICE, other, one).tolist() == [timedelta(hours=-8)]

    def test_an_empty_calendar_measures_nothing_and_cannot_be_advanced(self) -> None:
        starts = column([utc("2026-03-02"), utc("2026-03-03")])
        assert working_time(NEVER, starts, starts[::-1]).tolist() == [timedelta()] * 2
        with pytest.raises(NoWorkingTimeError, match="must open within 30 years"):
            advance(NEVER, starts, durations([0, 1]))

    def test_the_hour_that_is_shown_twice_counts_twice_and_the_skipped_one_not(self) -> None:
        nights = WorkingCalendar(WeeklyHours.parse("Sun 01:00-05:00"), time_zone=BERLIN)
        days = [utc("2026-03-29"), utc("2026-10-25")]
        worked = working_time(
            nights, column(days) - np.timedelta64(6, "h"), column(days) + np.timedelta64(12, "h")
        )
        assert worked.tolist() == [timedelta(hours=3), timedelta(hours=5)]


def test_what_is_missing_on_either_side_is_missing_in_the_answer() -> None:
    there = utc("2026-03-02T10:00")
    starts, ends = column([None, there, None, there]), column([there, None, None, there])
    worked = working_time(OFFICE, starts, ends)
    assert worked.tolist() == [None, None, None, timedelta()]
    due = advance(OFFICE, starts, durations([HOUR, None, None, HOUR]))
    assert due.tolist() == [None, None, None, datetime(2026, 3, 2, 11)]


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_columns_without_rows_have_no_answers(unit: str) -> None:
    none = np.array([], f"datetime64[{unit}]")
    worked = working_time(OFFICE, none, none)
    due = advance(NEVER, none, np.array([], f"timedelta64[{unit}]"))
    assert (str(worked.dtype), str(due.dtype)) == ("timedelta64[us]", "datetime64[us]")
    assert len(worked) == len(due) == 0


@pytest.mark.parametrize("rows", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3])
def test_blocks_are_joined_without_a_seam(rows: int) -> None:
    step = np.arange(rows).astype("timedelta64[m]")
    starts = np.datetime64("2026-03-02T08:00", "us") + step
    ends = starts + 3 * step
    worked = working_time(OFFICE, starts, ends)
    amounts = worked - np.timedelta64(7, "us")
    due = advance(OFFICE, starts, amounts)
    for row in {0, 1, 59, BLOCK - 2, BLOCK - 1, BLOCK, rows - 1} & set(range(rows)):
        start, end = (side[row].item().replace(tzinfo=UTC) for side in (starts, ends))
        assert worked[row].item() == OFFICE.working_time(start, end)
        assert due[row].item() == OFFICE.advance(start, amounts[row].item()).replace(tzinfo=None)


class TestFarApart:
    """Rows that no single table covers are answered all the same."""

    YEARS = (1, 400, 1000, 1969, 2026, 2426, 9998, 9999)

    def test_each_row_is_answered_by_a_table_of_its_own_time(self) -> None:
        starts = [datetime(year, 3, 2, 10, tzinfo=UTC) for year in self.YEARS]
        ends = [start + timedelta(days=2) for start in starts]
        worked = working_time(OFFICE, column(starts), column(ends))
        assert worked.tolist() == each(OFFICE.working_time, starts, ends)
        counts = [3 * HOUR * (-1) ** n for n in range(len(starts))]
        due = advance(OFFICE, column(starts), durations(counts))
        spans = [timedelta(microseconds=count) for count in counts]
        assert due.tolist() == each(OFFICE.advance, starts, spans)

    def test_a_row_of_more_than_400_years_is_refused(self) -> None:
        starts, ends = (
            column([utc("1600-01-01")] * 2),
            column([utc("1600-01-02"), utc("2001-01-01")]),
        )
        with pytest.raises(RangeError, match="must span at most 400 years"):
            working_time(OFFICE, starts, ends)

    def test_rows_that_reach_far_in_either_direction_are_answered(self) -> None:
        weekly = WorkingCalendar(WeeklyHours.parse("Mon 00:00-12:00"), time_zone=UTC)
        starts = [utc("1700-01-01"), utc("2000-01-01"), utc("2300-01-01"), utc("2301-01-01")]
        counts = [n * 52 * 12 * HOUR for n in (250, 390, -390, -1)]
        due = advance(weekly, column(starts), durations(counts))
        spans = [timedelta(microseconds=count) for count in counts]
        assert due.tolist() == each(fresh(weekly).advance, starts, spans)

    @pytest.mark.parametrize(
        ("start", "amount"),
        [
            ("2026-03-02", 2**63 - 1),
            ("2026-03-02", -(2**63) + 1),
            ("2026-03-02", 401 * 366 * DAY),
            ("9990-01-01", 20 * 366 * DAY),
            ("0002-01-01", -3 * 366 * DAY),
        ],
    )
    def test_an_amount_beyond_what_may_be_asked_is_refused(self, start: str, amount: int) -> None:
        starts = column([utc("2026-03-02"), utc(start)])
        with pytest.raises(RangeError, match="working_time must end within"):
            advance(ALWAYS, starts, durations([HOUR, amount]))
        with pytest.raises(RangeError, match="working_time must end within"):
            ALWAYS.advance(utc(start), timedelta(microseconds=amount))

    def test_the_end_of_time_is_no_answer(self) -> None:
        last = from_microseconds(LAST_US)
        starts = column([last, last])
        with pytest.raises(RangeError, match="must lie within datetime's range"):
            advance(ALWAYS, starts, durations([-1, 1]))
        assert (
            advance(ALWAYS, starts, durations([-1, -1])).tolist()
            == [(last - TICK).replace(tzinfo=None)] * 2
        )

    def test_the_whole_of_time_is_measured(self) -> None:
        ends = [from_microseconds(FIRST_US), from_microseconds(LAST_US)]
        assert working_time(ALWAYS, column(ends), column(ends)).tolist() == [timedelta()] * 2
        back = advance(ALWAYS, column(ends), durations([1, -1]))
        assert back.tolist() == [
            (ends[0] + TICK).replace(tzinfo=None),
            (ends[1] - TICK).replace(tzinfo=None),
        ]


def test_a_search_goes_on_to_the_last_dated_opening_and_not_beyond() -> None:
    once = WorkingCalendar(
        WeeklyHours.parse(""),
        time_zone=UTC,
        shifts={date(2100, 3, 1): DayHours.parse("09:00-17:00")},
    )
    starts = column([utc("2026-03-02"), utc("2090-01-01")])
    due = advance(once, starts, durations([8 * HOUR, HOUR]))
    assert due.tolist() == [datetime(2100, 3, 1, 17), datetime(2100, 3, 1, 10)]
    with pytest.raises(NoWorkingTimeError, match="must open within 30 years"):
        advance(fresh(once), starts, durations([HOUR, 8 * HOUR + 1]))


def test_a_gap_of_a_microsecond_is_found_by_a_search() -> None:
    noon = utc("2026-03-02T12:00")
    later = WorkingCalendar(ALWAYS.hours, time_zone=UTC)
    blinking = Handover(later, {noon: NEVER, noon + TICK: later})
    ends = column([noon, noon + TICK, noon + 2 * TICK] * 1000)
    starts = np.full(len(ends), column([noon - TICK]))
    assert working_time(blinking, starts, ends).tolist() == [TICK, TICK, 2 * TICK] * 1000
    due = advance(blinking, starts, durations([1, 2, 3] * 1000))
    assert due.tolist()[:3] == [
        at.replace(tzinfo=None) for at in (noon, noon + 2 * TICK, noon + 3 * TICK)
    ]
