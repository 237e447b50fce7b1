"""What is no array of whole microseconds is refused, and nothing that is given is written to."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from worklog_core.calendars import WeeklyHours, WorkingCalendar
from worklog_core.columnar import advance, divide_parallel_time, working_time
from worklog_core.columnar.given import BLOCK, NAT, TimeColumn
from worklog_core.errors import RangeError, WorklogError

CALENDAR = WorkingCalendar(WeeklyHours.parse("Mon-Sun 09:00-17:00"), time_zone=UTC)
NINE = "2026-03-02T09:00"
HOUR = 3_600_000_000


def instants(*texts: str, unit: str = "us") -> Any:
    return np.array(texts, f"datetime64[{unit}]")


def hours(*counts: int, unit: str = "us") -> Any:
    return np.array(counts, "timedelta64[h]").astype(f"timedelta64[{unit}]")


@pytest.mark.parametrize("unit", ["h", "m", "s", "ms", "us", "ns", "60s", "25us"])
def test_units_that_hold_whole_microseconds_are_one_instant(unit: str) -> None:
    starts = instants(NINE, "NaT", unit=unit)
    ends = instants("2026-03-02T12:00", NINE, unit="s")
    worked = working_time(CALENDAR, starts, ends)
    assert worked.dtype == "timedelta64[us]"
    assert worked.view("int64").tolist() == [3 * HOUR, NAT]
    due = advance(CALENDAR, starts, hours(3, 3, unit=unit))
    assert due.dtype == "datetime64[us]"
    assert due.astype(str).tolist() == ["2026-03-02T12:00:00.000000", "NaT"]


def test_nanoseconds_before_1970_are_whole_microseconds_too() -> None:
    starts = instants("1969-12-31T23:59:59.999999", "NaT", unit="ns")
    ends = instants("1970-01-01T09:00", "1970-01-01T09:00")
    assert working_time(CALENDAR, starts, ends).view("int64").tolist() == [0, NAT]
    assert advance(CALENDAR, starts, hours(0, 0))[0] == starts[0]


def test_part_of_a_microsecond_is_refused() -> None:
    odd = instants(NINE, "NaT", "2026-03-02T09:00:00.000000001", unit="ns")
    with pytest.raises(WorklogError, match=r"starts must be whole microseconds: found .* nanosec"):
        working_time(CALENDAR, odd, odd)
    with pytest.raises(WorklogError, match="working_times must be whole microseconds"):
        advance(CALENDAR, instants(NINE), np.array([1], "timedelta64[ns]"))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["2026-03-02"], "found list"),
        (datetime(2026, 3, 2, tzinfo=UTC), "found datetime"),
        (None, "found None"),
        (np.array([1.5]), "found an array of float64"),
        (np.array([1]), "found an array of int64"),
        (np.array(["2026-03-02"]), "found an array of <U10"),
        (np.array([datetime(2026, 3, 2, tzinfo=UTC)]), "found an array of object"),
        (np.array([1], "timedelta64[us]"), r"found an array of timedelta64\[us\]"),
        (np.ma.masked_array(np.array([0], "datetime64[us]"), [True]), "found MaskedArray"),
        (pd.Series(pd.to_datetime(["2026-03-02"], utc=True)), "found Series"),
        (np.array([["2026-03-02"]], "datetime64[us]"), "found 2 dimensions"),
        (np.datetime64("2026-03-02", "us"), "found datetime64"),
        (np.array(["2026-03-02"], "datetime64[D]"), r"found datetime64\[D\]"),
        (np.array([0], "datetime64[ps]"), r"found datetime64\[ps\]"),
        (np.array([0], "datetime64[5ns]"), r"found datetime64\[5ns\]"),
    ],
)
def test_what_is_no_array_of_instants_is_refused_with_the_way_out(values: Any, found: str) -> None:
    good = instants(NINE)
    with pytest.raises(WorklogError, match=rf"^starts must .*: {found}\. \w.*\.$") as caught:
        working_time(CALENDAR, values, good)
    assert caught.value.field == "starts"
    with pytest.raises(WorklogError, match=r"^ends must "):
        working_time(CALENDAR, good, values)
    with pytest.raises(WorklogError, match=r"^starts must "):
        advance(CALENDAR, values, hours(1))


def test_a_series_with_a_zone_comes_in_by_the_way_out() -> None:
    series = pd.Series(pd.to_datetime(["2026-03-02T10:00+01:00", None], utc=True))
    ends = instants("2026-03-02T10:00", NINE)
    worked = working_time(CALENDAR, series.to_numpy(dtype="datetime64[us]"), ends)
    assert worked.view("int64").tolist() == [HOUR, NAT]


@pytest.mark.parametrize("values", [np.array([1.0]), np.array([1]), instants(NINE), [HOUR]])
def test_what_is_no_array_of_durations_is_refused(values: Any) -> None:
    with pytest.raises(WorklogError, match="working_times must be a NumPy array of timedelta64"):
        advance(CALENDAR, instants(NINE), values)


def test_a_calendar_is_asked_for() -> None:
    nobody: Any = WeeklyHours.parse("Mon-Sun 09:00-17:00")
    with pytest.raises(WorklogError, match="calendar must be a calendar: found WeeklyHours"):
        working_time(nobody, instants(NINE), instants(NINE))
    with pytest.raises(WorklogError, match="calendar must be a calendar"):
        advance(nobody, instants(NINE), hours(1))


@pytest.mark.parametrize("year", ["0000", "10000", "-2026"])
def test_instants_beyond_datetime_are_refused(year: str) -> None:
    for unit in ("us", "ms", "s", "h"):
        far = np.array([NINE, "NaT", f"{year}-06-01T00"], f"datetime64[{unit}]")
        with pytest.raises(RangeError, match="starts must lie within datetime's range"):
            working_time(CALENDAR, far, far)


def test_seconds_that_64_bits_of_microseconds_cannot_hold_are_refused() -> None:
    far = np.array([2**62], "datetime64[s]")
    with pytest.raises(RangeError, match="starts must lie within datetime's range"):
        working_time(CALENDAR, far, far)
    with pytest.raises(RangeError, match="working_times must lie within"):
        advance(CALENDAR, instants(NINE), np.array([-(2**62)], "timedelta64[s]"))


def test_columns_must_have_one_length() -> None:
    with pytest.raises(WorklogError, match="must have one length: found 1 in starts, 2 in ends"):
        working_time(CALENDAR, instants(NINE), instants(NINE, NINE))
    with pytest.raises(WorklogError, match="starts and working_times must have one length"):
        advance(CALENDAR, instants(NINE), hours(1, 2))


def read_only(array: Any) -> Any:
    array.setflags(write=False)
    return array


@pytest.mark.parametrize(
    "shape",
    [
        read_only,
        lambda array: array.astype(array.dtype.newbyteorder(">")),
        lambda array: np.repeat(array, 3)[1::3],
        lambda array: array[::-1].copy()[::-1],
        lambda array: np.frombuffer(b"\0" + array.tobytes(), np.uint8)[1:].view(array.dtype),
    ],
    ids=["read-only", "big-endian", "every third", "backwards", "unaligned"],
)
def test_memory_of_any_layout_is_read_and_not_written(shape: Callable[[Any], Any]) -> None:
    plain = instants(NINE, "2026-03-02T10:00", "NaT"), instants("2026-03-03T10:00", NINE, NINE)
    worked = working_time(CALENDAR, *plain)
    shaped = shape(plain[0].copy()), shape(plain[1].copy())
    assert working_time(CALENDAR, *shaped).tolist() == worked.tolist()
    amounts = hours(9, -2, 1)
    due = advance(CALENDAR, plain[0], amounts)
    assert advance(CALENDAR, shaped[0], shape(amounts.copy())).tolist() == due.tolist()
    whole = [np.array(column) for column in ([2, 1, 2], [5, 5, 6], [0, 7, 1], [9, 9, 9])]
    parts = divide_parallel_time(*whole)
    assert divide_parallel_time(*(shape(c.copy()) for c in whole)).tolist() == parts.tolist()
    for before, after in zip(plain, shaped, strict=True):
        assert before.tolist() == after.tolist()


def test_the_extremes_of_a_column_leave_out_what_is_missing() -> None:
    rows = np.full(3 * BLOCK, NAT)
    assert TimeColumn.of(rows).low > TimeColumn.of(rows).high
    rows[BLOCK + 5], rows[-1] = -7, 12
    column = TimeColumn.of(rows)
    assert (column.low, column.high, column.missing) == (-7, 12, True)
    column = TimeColumn.of(rows[-1:])
    assert (column.low, column.high, column.missing) == (12, 12, False)


class TestDivision:
    """What `divide_parallel_time` asks of its four columns."""

    USER, TICKET = np.array([1, 1]), np.array([7, 8])
    START, END = np.array([0, 10]), np.array([20, 20])

    def divided(self, **changed: Any) -> list[int]:
        given = {"user": self.USER, "ticket": self.TICKET, "start": self.START, "end": self.END}
        parts: list[int] = divide_parallel_time(**given | changed).tolist()
        return parts

    @pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.uint32, np.uint64, np.int64])
    def test_codes_may_be_integers_of_any_size(self, kind: Any) -> None:
        codes = {"user": self.USER.astype(kind), "ticket": self.TICKET.astype(kind)}
        assert self.divided(**codes) == [15, 5]

    @pytest.mark.parametrize("field", ["user", "ticket", "start", "end"])
    @pytest.mark.parametrize(
        "values",
        [
            [1, 2],
            np.array([1.0, 2.0]),
            np.array([True, False]),
            np.array(["a", "b"]),
            np.array(["a", None], object),
            np.array([date(2026, 3, 2), None]),
            np.array([0, 30], "datetime64[us]"),
            pd.Series([1, 2]),
        ],
        ids=lambda values: type(values).__name__,
    )
    def test_what_is_no_array_of_whole_numbers_is_refused(self, field: str, values: Any) -> None:
        must = f"^{field} must be a NumPy array of whole numbers: found .*\\. [A-Z].*\\.$"
        with pytest.raises(WorklogError, match=must):
            self.divided(**{field: values})

    def test_a_code_beyond_64_bits_is_refused(self) -> None:
        with pytest.raises(WorklogError, match=r"user must stay below 2\*\*63: found 18446"):
            self.divided(user=np.array([1, 2**64 - 1], np.uint64))

    @pytest.mark.parametrize("field", ["start", "end"])
    def test_a_missing_instant_is_refused(self, field: str) -> None:
        missing = np.array(["1970-01-01", "NaT"], "datetime64[us]").view("int64")
        with pytest.raises(WorklogError, match=f"{field} must hold an instant in each row"):
            self.divided(**{field: missing})

    @pytest.mark.parametrize("far", [2**60, -(2**60)])
    def test_an_instant_beyond_datetime_is_refused(self, far: int) -> None:
        with pytest.raises(RangeError, match="end must lie within datetime's range"):
            self.divided(end=np.array([20, far]))

    def test_an_end_before_its_start_is_refused(self) -> None:
        backwards = r"end must not be before start: found 9 after 10 in row 1\."
        with pytest.raises(WorklogError, match=backwards) as caught:
            self.divided(end=np.array([20, 9]))
        assert (caught.value.field, caught.value.value) == ("end", 9)

    def test_columns_of_different_lengths_are_refused(self) -> None:
        with pytest.raises(WorklogError, match="2 in user, 2 in ticket, 2 in start, 1 in end"):
            self.divided(end=np.array([20]))
