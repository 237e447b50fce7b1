"""What is compiled already answers at once; every other question is asked of the calendar."""

from datetime import UTC, datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest

from worklog_core.calendars import WeeklyHours, WorkingCalendar
from worklog_core.calendars.growth import GrowingTable
from worklog_core.instants import from_microseconds, to_microseconds

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
TICK, HOUR, DAY = timedelta.resolution, timedelta(hours=1), timedelta(days=1)


class CompiledError(Exception):
    """A question went beyond what is compiled."""


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> WorkingCalendar:
    """Return a calendar that was asked once and compiles nothing any more."""
    calendar = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=BERLIN)
    assert calendar.working_time(MONDAY, MONDAY + DAY) == 8 * HOUR

    def compile_more(*_: object) -> NoReturn:
        raise CompiledError

    monkeypatch.setattr(GrowingTable, "covering", compile_more)
    monkeypatch.setattr(GrowingTable, "reaching", compile_more)
    return calendar


def stretch(office: WorkingCalendar) -> tuple[datetime, datetime]:
    """Return the first instant that is compiled, and the first that is not."""
    table = office.table.latest
    return from_microseconds(table.first), from_microseconds(table.last)


def clock(office: WorkingCalendar, at: datetime) -> timedelta:
    """Return what the calendar's clock shows, read from the table of integers."""
    return timedelta(microseconds=office.table.latest.clock_at(to_microseconds(at)))


def test_working_time_of_what_is_compiled_is_read_from_it(office: WorkingCalendar) -> None:
    first, last = stretch(office)
    steps = (timedelta(), TICK, 8 * HOUR, 9 * HOUR + TICK, 13 * HOUR, 30 * DAY + 12 * HOUR)
    instants = [first + step for step in steps] + [last - TICK - step for step in steps]
    # The clocks change in March and in October.
    instants += [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
    for start in instants:
        for end in instants:
            expected = clock(office, end) - clock(office, start)
            assert office.working_time(start, end) == expected
            assert office.working_time(start.astimezone(BERLIN), end) == expected


def test_an_advance_within_what_is_compiled_is_read_from_it(office: WorkingCalendar) -> None:
    first, last = stretch(office)
    whole = clock(office, last)
    for start in (first, first + DAY, MONDAY, MONDAY + 10 * HOUR, last - 3 * DAY, last - TICK):
        rest = whole - clock(office, start)
        for amount in {TICK, HOUR, 8 * HOUR, 8 * HOUR + TICK, 400 * HOUR, rest - TICK, rest}:
            if timedelta() < amount <= rest:
                found = office.advance(start, amount)
                assert clock(office, found) - clock(office, start) == amount
                assert clock(office, found - TICK) < clock(office, found)
                assert found.tzinfo is UTC
                assert office.advance(start.astimezone(BERLIN), amount) == found
                assert office.advance(start.astimezone(BERLIN), amount).tzinfo is BERLIN


def test_what_is_not_compiled_is_asked_for(office: WorkingCalendar) -> None:
    first, last = stretch(office)
    for outside in (first - TICK, last):
        for start, end in ((outside, MONDAY), (MONDAY, outside)):
            with pytest.raises(CompiledError, match=r"^$"):
                office.working_time(start, end)
        with pytest.raises(CompiledError, match=r"^$"):
            office.advance(outside, HOUR)
    for amount in (clock(office, last) - clock(office, MONDAY) + TICK, -HOUR):
        with pytest.raises(CompiledError, match=r"^$"):
            office.advance(MONDAY, amount)


def test_no_amount_stays_where_it_is(office: WorkingCalendar) -> None:
    for start in (MONDAY, MONDAY + 10 * HOUR, MONDAY + 20 * HOUR):
        assert office.advance(start, timedelta()) is start


@pytest.mark.parametrize("tick", [0, 1])
def test_a_question_compiles_up_to_the_tick_after_its_later_instant(tick: int) -> None:
    for backwards in (False, True):
        office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        start, end = MONDAY, MONDAY + DAY + tick * TICK
        office.working_time(*((end, start) if backwards else (start, end)))
        assert stretch(office) == (start - 32 * DAY, end + TICK + 366 * DAY)
