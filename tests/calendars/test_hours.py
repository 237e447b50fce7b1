"""Hours as they are written: the grammar, what is refused, and their algebra."""

from datetime import UTC, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.calendars import DayHours, WeeklyHours
from worklog_core.errors import WorklogError
from worklog_core.testing.strategies import weekly_hours
from worklog_core.testing.strategies.calendars import day_hours

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("", ()),
        ("  ", ()),
        ("09:00-17:00", ((9 * HOUR, 17 * HOUR),)),
        ("9:00-17:00", ((9 * HOUR, 17 * HOUR),)),
        (" 09:00 - 12:00 , 13:00-17:00 ", ((9 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))),
        ("00:00-24:00", ((0, DAY),)),
        ("20:00-00:00", ((20 * HOUR, DAY),)),
        ("20:00-24:00", ((20 * HOUR, DAY),)),
        ("22:00-06:00", ((22 * HOUR, 30 * HOUR),)),
        ("00:00:01-00:00:02", ((1_000_000, 2_000_000),)),
        ("00:00:00.5-00:01", ((500_000, MINUTE),)),
        ("01:00-06:00+1", ((25 * HOUR, 30 * HOUR),)),
        ("01:00-24:00 + 1", ((25 * HOUR, 48 * HOUR),)),
        ("13:00-14:00,09:00-12:00", ((9 * HOUR, 12 * HOUR), (13 * HOUR, 14 * HOUR))),
        ("09:00-12:00,12:00-17:00", ((9 * HOUR, 17 * HOUR),)),
        ("09:00-12:00,11:00-17:00", ((9 * HOUR, 17 * HOUR),)),
        ("22:00-06:00,00:00-24:00", ((0, 30 * HOUR),)),
    ],
)
def test_the_hours_of_a_day_are_read(text: str, windows: tuple[tuple[int, int], ...]) -> None:
    assert DayHours.parse(text).windows == windows
    assert DayHours.parse(text) == DayHours(windows)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9:60", "9:60"),
        ("9:60-10:00", "9:60"),
        ("09:00-25:00", "25:00"),
        ("24:01-25:00", "24:01"),
        ("09:00-24:00:01", "24:00:01"),
        ("09:00:60-10:00", "09:00:60"),
        ("9-17", "9"),
        ("09:00", "09:00"),
        ("09:00-", "09:00-"),
        ("-17:00", "-17:00"),
        ("09:00-17:00,", ""),
        ("09:00-12:00-17:00", "09:00-12:00-17:00"),
        ("09:00--17:00", "09:00--17:00"),
        ("09:00-17:00+2", "09:00-17:00+2"),
        ("09:00:00.1234567-10:00", "09:00:00.1234567"),
        ("٠٩:00-10:00", "٠٩:00"),
        ("closed", "closed"),
        ("09:00-09:00", "09:00-09:00"),
        ("00:00-00:00", "00:00-00:00"),
        ("24:00-24:00", "24:00-24:00"),
        ("24:00-06:00", "24:00-06:00"),
        ("06:00-01:00+1", "06:00-01:00+1"),
        ("01:00-01:00+1", "01:00-01:00+1"),
    ],
)
def test_what_is_no_window_is_refused_with_its_part(text: str, value: str) -> None:
    with pytest.raises(WorklogError, match=r"^hours must .*: found .* [A-Z0-9].*\.$") as caught:
        DayHours.parse(text)
    assert (caught.value.field, caught.value.value) == ("hours", value)


@pytest.mark.parametrize("text", [None, 9, b"09:00-17:00", ["09:00-17:00"]])
def test_what_is_no_text_is_refused(text: Any) -> None:
    with pytest.raises(WorklogError, match=r"^hours must be text: found "):
        DayHours.parse(text)
    with pytest.raises(WorklogError, match=r"^hours must be text: found "):
        WeeklyHours.parse(text)


@pytest.mark.parametrize(
    ("windows", "text"),
    [
        ([(time(9), time(17))], "09:00-17:00"),
        ([(time(22), time(6))], "22:00-06:00"),
        ([(time(20), time())], "20:00-24:00"),
        ([(time(9, 30, 15, 500), time(10))], "09:30:15.000500-10:00"),
        ([], ""),
    ],
)
def test_hours_are_made_of_times(windows: list[tuple[time, time]], text: str) -> None:
    assert str(DayHours.of(*windows)) == text


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        ([(time(9), time(9))], "be windows whose ends differ"),
        ([(time(9), "17:00")], "be pairs of datetime.time"),
        ([time(9)], "be pairs of datetime.time"),
        ([(time(9),)], "be pairs of datetime.time"),
        ([(time(9, tzinfo=UTC), time(17))], "be times of day without a zone"),
        ([(time(9), time(17, tzinfo=UTC))], "be times of day without a zone"),
    ],
)
def test_times_that_make_no_window_are_refused(windows: list[Any], message: str) -> None:
    with pytest.raises(WorklogError, match=f"^(windows|hours) must {message}: found "):
        DayHours.of(*windows)


@pytest.mark.parametrize(
    "windows",
    [
        None,
        "09:00-17:00",
        5,
        [5],
        [(1,)],
        [(1, 2, 3)],
        [(1.0, 2)],
        [(-1, 2)],
        [(2, 2)],
        [(3, 2)],
        [(1, 2 * DAY + 1)],
        [("1", "2")],
    ],
)
def test_windows_are_pairs_of_microseconds_in_order(windows: Any) -> None:
    message = r"^DayHours.windows must be pairs of whole microseconds .*: found .* DayHours.parse"
    with pytest.raises(WorklogError, match=message):
        DayHours(windows)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00"),
        (
            "Mon-Fri 09:00-17:00; Sat 10:00-14:00",
            "Mon-Fri 09:00-17:00; Sat 10:00-14:00",
        ),
        ("sat-MON 10:00-12:00", "Mon 10:00-12:00; Sat-Sun 10:00-12:00"),
        ("Mon,Wed 9:00-12:00", "Mon 09:00-12:00; Wed 09:00-12:00"),
        ("Mon - Tue , Sun 09:00-12:00", "Mon-Tue 09:00-12:00; Sun 09:00-12:00"),
        ("Mon 09:00-12:00; Mon 11:00-14:00", "Mon 09:00-14:00"),
        ("Mon-Mon 09:00-12:00", "Mon 09:00-12:00"),
        ("Tue-Mon 00:00-24:00", "Mon-Sun 00:00-24:00"),
        ("Fri 22:00-06:00,08:00-09:00", "Fri 08:00-09:00,22:00-06:00"),
    ],
)
def test_the_hours_of_a_week_are_read_and_written(text: str, canonical: str) -> None:
    assert str(WeeklyHours.parse(text)) == canonical
    assert WeeklyHours.parse(canonical) == WeeklyHours.parse(text)
    assert eval(repr(WeeklyHours.parse(text))) == WeeklyHours.parse(text)  # noqa: S307  # our own repr


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Mon", "Mon"),
        ("Mon-Fri", "Mon-Fri"),
        ("09:00-17:00", "09:00-17:00"),
        ("Monday 09:00-17:00", "Monday"),
        ("Mon-Foo 09:00-17:00", "Foo"),
        ("Mon-Tue-Wed 09:00-17:00", "Tue-Wed"),
        ("Mon 09:00-17:00;", ""),
        ("Mon 09:00-17:00;;Tue 09:00-17:00", ""),
        ("Mon 09:00-17:00, Tue 10:00-12:00", "Mon 09:00-17:00, Tue 10:00-12:00"),
        ("Mon closed", "Mon closed"),
        ("Mon 9:60-10:00", "9:60"),
        ("Mon, 09:00-17:00", "Mon, 09:00-17:00"),
    ],
)
def test_what_is_no_entry_of_a_week_is_refused_with_its_part(text: str, value: str) -> None:
    with pytest.raises(WorklogError, match=r"^hours must .*: found ") as caught:
        WeeklyHours.parse(text)
    assert caught.value.value == value


@pytest.mark.parametrize(
    "days", [None, "Mon", [], [DayHours()] * 6, [DayHours()] * 8, ["09:00-17:00"] * 7]
)
def test_a_week_has_seven_days(days: Any) -> None:
    with pytest.raises(WorklogError, match=r"^WeeklyHours.days must be seven DayHours"):
        WeeklyHours(days)


@given(day_hours(), weekly_hours())
def test_what_is_written_reads_back_as_the_same(day: DayHours, week: WeeklyHours) -> None:
    assert DayHours.parse(str(day)) == day
    assert WeeklyHours.parse(str(week)) == week
    assert hash(WeeklyHours.parse(str(week))) == hash(week)
    assert bool(week) is (week != WeeklyHours())


def test_what_lies_in_the_next_morning_is_written_with_a_plus() -> None:
    night = DayHours.parse("22:00-06:00")
    assert str(night - DayHours.parse("22:00-01:00")) == "01:00-06:00+1"
    longer = DayHours.parse("00:00-24:00") | night
    assert str(longer) == "00:00-24:00,00:00-06:00+1"
    assert DayHours.parse(str(longer)) == longer
    assert night.before_midnight == ((22 * HOUR, DAY),)
    assert night.after_midnight == ((0, 6 * HOUR),)


def ticks(hours: WeeklyHours) -> set[int]:
    """Return the open half minutes of the circle of a week, one by one."""
    return {
        tick % (7 * 2880)
        for day, of_day in enumerate(hours.days)
        for start, end in of_day.windows
        for tick in range(day * 2880 + start * 2 // MINUTE, day * 2880 + end * 2 // MINUTE)
    }


def whole(hours: WeeklyHours) -> WeeklyHours:
    """Return the hours with their ends on whole minutes, where ticks tell the truth."""
    days = [
        [(a // MINUTE * MINUTE, -(-b // MINUTE) * MINUTE) for a, b in day.windows]
        for day in hours.days
    ]
    return WeeklyHours(DayHours((a, min(b, 2 * DAY)) for a, b in day) for day in days)


@given(weekly_hours().map(whole), weekly_hours().map(whole))
def test_the_algebra_of_weeks_is_that_of_what_is_open(a: WeeklyHours, b: WeeklyHours) -> None:
    assert ticks(a | b) == ticks(a) | ticks(b)
    assert ticks(a & b) == ticks(a) & ticks(b)
    assert ticks(a - b) == ticks(a) - ticks(b)
    assert a & b == b & a
    assert a | b == b | a
    assert a | a == a & a == a
    assert not a - a


@given(day_hours(), day_hours(), st.integers(0, 2 * 48))
def test_the_algebra_of_days_is_that_of_what_is_open(a: DayHours, b: DayHours, half: int) -> None:
    for at in (half * 30 * MINUTE, half * 30 * MINUTE + 1):

        def is_open(hours: DayHours, at: int = at) -> bool:
            return any(start <= at < end for start, end in hours.windows)

        assert is_open(a | b) is (is_open(a) or is_open(b))
        assert is_open(a & b) is (is_open(a) and is_open(b))
        assert is_open(a - b) is (is_open(a) and not is_open(b))


def test_a_night_stays_with_its_day_where_both_say_so() -> None:
    night = WeeklyHours.parse("Mon 22:00-06:00")
    split = WeeklyHours.parse("Mon 22:00-24:00; Tue 00:00-06:00")
    assert str(night & night) == "Mon 22:00-06:00"
    assert str(night & split) == str(split & night) == str(split)
    assert str(night - WeeklyHours.parse("Mon 22:00-23:00")) == "Mon 23:00-06:00"
    assert str(night - WeeklyHours.parse("Tue 02:00-24:00")) == "Mon 22:00-02:00"
    sunday = WeeklyHours.parse("Sun 22:00-06:00")
    assert str(sunday - WeeklyHours.parse("Mon 00:00-24:00")) == "Sun 22:00-24:00"


def test_overlaps_are_remembered_and_do_not_count_for_equality() -> None:
    twice = DayHours.parse("09:00-12:00,11:00-13:00,10:00-10:30")
    assert twice == DayHours.parse("09:00-13:00")
    assert hash(twice) == hash(DayHours.parse("09:00-13:00"))
    assert str(DayHours(twice.overlaps)) == "10:00-10:30,11:00-12:00"
    assert DayHours.parse("09:00-12:00,12:00-13:00").overlaps == ()


@pytest.mark.parametrize("hours", [DayHours(), WeeklyHours()])
@pytest.mark.parametrize("operation", ["__or__", "__and__", "__sub__"])
def test_hours_combine_with_their_own_kind_only(hours: Any, operation: str) -> None:
    assert getattr(hours, operation)("09:00-17:00") is NotImplemented


@pytest.mark.parametrize(
    ("window", "text"),
    [
        ((DAY, 30 * HOUR), "00:00-06:00+1"),
        ((DAY, 2 * DAY), "00:00-24:00+1"),
        ((25 * HOUR, 2 * DAY), "01:00-24:00+1"),
        ((22 * HOUR, 30 * HOUR), "22:00-06:00"),
        ((DAY - 1, DAY + 1), "23:59:59.999999-00:00:00.000001"),
        ((HOUR, DAY + HOUR - 1), "01:00-00:59:59.999999"),
        ((HOUR, DAY + HOUR), "01:00-24:00,00:00-01:00+1"),
        ((13 * HOUR, 36 * HOUR), "13:00-12:00"),
        ((3 * HOUR, 26 * HOUR), "03:00-02:00"),
    ],
)
def test_a_window_is_written_in_one_way(window: tuple[int, int], text: str) -> None:
    hours = DayHours([window])
    assert str(hours) == text
    assert DayHours.parse(text) == hours


def test_hours_read_as_they_were_written() -> None:
    hours = DayHours.parse("09:00-17:00")
    assert repr(hours) == "DayHours.parse('09:00-17:00')"
    assert repr(WeeklyHours([hours] * 7)) == "WeeklyHours.parse('Mon-Sun 09:00-17:00')"
