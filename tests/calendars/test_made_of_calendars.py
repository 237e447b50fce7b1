"""What is made of calendars: which one counts when, how it reads, and what is taken for one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from worklog_core.calendars import (
    Calendar,
    CalendarVersions,
    DayHours,
    Handover,
    WeeklyHours,
    WorkingCalendar,
)
from worklog_core.calendars.protocol import require_calendar, require_optional_calendar
from worklog_core.calendars.table import DeltaTable, PeriodTable
from worklog_core.errors import WorklogError
from worklog_core.instants import FIRST_US, LAST_US, to_microseconds

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def office(weekly: str = "Mon-Fri 09:00-17:00") -> WorkingCalendar:
    return WorkingCalendar(WeeklyHours.parse(weekly), time_zone=UTC)


def late() -> WorkingCalendar:
    return office("Mon-Fri 13:00-21:00")


MADE: dict[str, Callable[[], Any]] = {
    "calendar": office,
    "both": lambda: office() & late(),
    "either": lambda: office() | late(),
    "less": lambda: office() - late(),
    "versions": lambda: CalendarVersions(office(), {JUNE.date(): late()}, time_zone=UTC),
    "handover": lambda: Handover(office(), {JUNE: late()}),
}


@pytest.mark.parametrize("made", MADE)
def test_a_calendar_reads_as_it_was_made_and_equals_its_like(made: str) -> None:
    one, other = MADE[made](), MADE[made]()
    assert one.is_open(datetime(2026, 3, 2, 14, tzinfo=UTC)) is (made != "less")
    assert one == other
    assert hash(one) == hash(other)
    assert " at 0x" not in repr(one)
    assert "table" not in repr(one)
    assert "turns" not in repr(one)
    assert "civil" not in repr(one)


@pytest.mark.parametrize("made", ["versions", "handover"])
def test_the_last_calendar_counts_to_the_last_instant(made: str) -> None:
    calendar = MADE[made]()
    june = to_microseconds(JUNE)
    assert calendar.turns.pieces(FIRST_US, LAST_US + 1) == [
        (office(), FIRST_US, june),
        (late(), june, LAST_US + 1),
    ]
    assert type(calendar.turns.pieces(FIRST_US, LAST_US + 1)[-1][2]) is int
    assert calendar.turns.pieces(june, june + 1) == [(late(), june, june + 1)]
    assert calendar.turns.pieces(june - 1, june) == [(office(), june - 1, june)]
    assert calendar.turns.dated == (june, june)


@pytest.mark.parametrize("made", MADE)
def test_every_calendar_is_taken_for_one(made: str) -> None:
    calendar = MADE[made]()
    assert require_calendar(calendar) is calendar
    require_optional_calendar(calendar)


def test_nothing_else_is() -> None:
    require_optional_calendar(None)
    for found in (None, "Mon-Fri 09:00-17:00", date(2026, 3, 2), WorkingCalendar, Calendar):
        with pytest.raises(WorklogError, match=r"^calendar must be a calendar: found "):
            require_calendar(found)
        if found is not None:
            with pytest.raises(WorklogError, match=r"^calendar must be a calendar or None: found "):
                require_optional_calendar(found)


def test_the_farthest_change_is_the_last_end_or_the_first_start() -> None:
    table = PeriodTable.of([(10, 20)], first=0, last=100)
    assert [table.farthest_change(at, forward=True) for at in (0, 20, 30)] == [20, 20, 30]
    assert [table.farthest_change(at, forward=False) for at in (0, 10, 30)] == [0, 10, 10]
    longer = PeriodTable.of([(10, 20), (40, 50), (60, 70)], first=0, last=100)
    assert longer.farthest_change(15, forward=True) == 70
    assert longer.farthest_change(55, forward=False) == 10


def test_a_table_is_told_from_another_of_the_same_periods() -> None:
    one, other = (PeriodTable.of([(10, 20)], first=0, last=100) for _ in range(2))
    assert one != other
    assert DeltaTable.of(one) != DeltaTable.of(one)


def test_of_many_calendars_the_last_one_that_took_over_counts() -> None:
    days = [date(2026, month, 1) for month in (6, 7, 8, 9)]
    first, *later = [office(f"Mon-Fri {9 + n:02}:00-18:00") for n in range(5)]
    calendar = CalendarVersions(first, dict(zip(days, later, strict=True)), time_zone=UTC)
    before = first
    for day, after in zip(days, later, strict=True):
        seam = datetime(day.year, day.month, day.day, tzinfo=UTC)
        assert calendar.in_force_at(seam - timedelta.resolution) is before
        assert calendar.in_force_at(seam) is after
        before = after


def test_a_search_goes_on_to_the_last_date_of_any_of_its_calendars() -> None:
    far = date(2080, 1, 1)
    shifts = {far: DayHours.parse("09:00-17:00")}
    nothing, once = (
        WorkingCalendar(WeeklyHours(), time_zone=UTC, shifts=given) for given in ({}, shifts)
    )
    calendar = CalendarVersions(nothing, {JUNE.date(): once}, time_zone=UTC)
    assert calendar.next_opening(JUNE) == datetime(2080, 1, 1, 9, tzinfo=UTC)


def test_what_is_known_up_to_the_turn_is_known_enough() -> None:
    def known(until: date | None) -> WorkingCalendar:
        return WorkingCalendar(
            WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC, known_until=until
        )

    for day, is_provisional in ((date(2026, 5, 31), False), (date(2026, 5, 30), True)):
        calendar = CalendarVersions(known(day), {JUNE.date(): known(None)}, time_zone=UTC)
        assert calendar.is_provisional(JUNE + timedelta(days=400)) is is_provisional
    late_turn = CalendarVersions(
        known(None), {date(9000, 1, 1): known(date(9000, 12, 31))}, time_zone=UTC
    )
    assert not late_turn.is_provisional(datetime(9000, 12, 31, tzinfo=UTC))
    assert late_turn.is_provisional(datetime(9001, 1, 2, tzinfo=UTC))
