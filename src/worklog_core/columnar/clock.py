"""Working time and its inverse for whole columns.

Four rules hold in this module:
1. Every answer is the one that the calendar gives to the same question, to the microsecond, and so
   is every refusal: the first row that the calendar refuses names it.
2. Both operations read the calendar's own table; no second statement of any hours exists.
3. A missing instant or amount has a missing answer.
4. Rows too far apart for one table are answered in parts, by time.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from worklog_core.calendars import operations
from worklog_core.calendars.protocol import Calendar, require_calendar
from worklog_core.calendars.table import PeriodTable
from worklog_core.columnar.arrays import Flags, Ints
from worklog_core.columnar.given import (
    BLOCK,
    NAT,
    TimeColumn,
    durations_of,
    instants_of,
    require_one_length,
)
from worklog_core.columnar.lookups import Clock, Inverse, Scratch
from worklog_core.errors import RangeError
from worklog_core.instants import FIRST_US, LAST_US, from_microseconds, to_microseconds

__all__ = ["advance", "working_time"]

Kernel: TypeAlias = Callable[[Calendar, TimeColumn, TimeColumn, Ints], None]


def working_time(
    calendar: Calendar,
    starts: NDArray[np.datetime64],
    ends: NDArray[np.datetime64],
) -> NDArray[np.timedelta64]:
    """Return the open time between the instants of each row; negative where the end comes first.

    The arrays are datetime64 in UTC and of one length; the answers are timedelta64[us] and equal
    those of `calendar.working_time`. NaT gives NaT. Nanoseconds must be whole microseconds.

    Raises WorklogError for anything else, RangeError for what the calendar refuses: more than 400
    years in a row, and instants that no datetime can hold.

    Example:
        >>> from datetime import UTC
        >>> import numpy as np
        >>> from worklog_core import WeeklyHours, WorkingCalendar
        >>> from worklog_core.columnar import working_time
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> starts = np.array(["2026-03-06T16:00", "NaT"], "datetime64[us]")
        >>> ends = np.array(["2026-03-09T10:30", "2026-03-09T10:30"], "datetime64[us]")
        >>> working_time(office, starts, ends).astype("timedelta64[m]")
        array([  150, 'NaT'], dtype='timedelta64[m]')
    """
    require_calendar(calendar)
    since, until = instants_of("starts", starts), instants_of("ends", ends)
    require_one_length(starts=since.us, ends=until.us)
    asked = None
    if since.missing or until.missing:
        asked = (since.us != NAT) & (until.us != NAT)
    answers = np.empty(len(since.us), np.int64)
    _answer(_working_time, calendar, (since, until), asked, answers)
    return answers.view("timedelta64[us]")


def advance(
    calendar: Calendar,
    starts: NDArray[np.datetime64],
    working_times: NDArray[np.timedelta64],
) -> NDArray[np.datetime64]:
    """Return the instants at which so much working time has passed since each start.

    The starts are datetime64 in UTC, the working times timedelta64 of the same length; the answers
    are datetime64[us] and equal those of `calendar.advance`: what fills the day is due at its
    closing bell, nothing leads to the start itself, and a negative amount leads back. NaT gives
    NaT. Nanoseconds must be whole microseconds.

    Raises WorklogError for anything else, and what `calendar.advance` raises for a row:
    NoWorkingTimeError where the calendar remains closed, RangeError beyond what may be asked.

    Example:
        >>> from datetime import UTC
        >>> import numpy as np
        >>> from worklog_core import WeeklyHours, WorkingCalendar
        >>> from worklog_core.columnar import advance
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> starts = np.array(["2026-03-06T16:00", "2026-03-06T09:00"], "datetime64[us]")
        >>> advance(office, starts, np.array([8, 8], "timedelta64[h]")).astype("datetime64[m]")
        array(['2026-03-09T16:00', '2026-03-06T17:00'], dtype='datetime64[m]')
    """
    require_calendar(calendar)
    since, amounts = instants_of("starts", starts), durations_of("working_times", working_times)
    require_one_length(starts=since.us, working_times=amounts.us)
    asked = None
    if since.missing or amounts.missing or amounts.low <= 0 <= amounts.high:
        asked = (since.us != NAT) & (amounts.us != NAT) & (amounts.us != 0)
    answers = np.empty(len(since.us), np.int64)
    _answer(_advance, calendar, (since, amounts), asked, answers)
    if asked is not None:
        still = amounts.us == 0
        answers[still] = since.us[still]
    return answers.view("datetime64[us]")


def _answer(
    kernel: Kernel,
    calendar: Calendar,
    columns: tuple[TimeColumn, TimeColumn],
    asked: Flags | None,
    answers: Ints,
) -> None:
    """Write the answers to the rows that are asked about, which are all without a mask."""
    first, second = columns
    if asked is None:
        _in_parts(kernel, calendar, first, second, answers)
        return
    rows = np.flatnonzero(asked)
    found = np.empty(len(rows), np.int64)
    columns = TimeColumn.of(first.us[rows]), TimeColumn.of(second.us[rows])
    _in_parts(kernel, calendar, *columns, found)
    answers.fill(NAT)
    answers[rows] = found


def _in_parts(
    kernel: Kernel, calendar: Calendar, first: TimeColumn, second: TimeColumn, answers: Ints
) -> None:
    """Answer all rows from one table, or, where none reaches that far, the halves each."""
    rows = len(answers)
    if not rows:
        return
    try:
        kernel(calendar, first, second, answers)
    except RangeError:
        if rows == 1:
            raise
    else:
        return
    in_time = np.argsort(first.us, kind="stable")
    for half in (in_time[: rows // 2], in_time[rows // 2 :]):
        found = np.empty(len(half), np.int64)
        columns = TimeColumn.of(first.us[half]), TimeColumn.of(second.us[half])
        _in_parts(kernel, calendar, *columns, found)
        answers[half] = found


def _working_time(calendar: Calendar, since: TimeColumn, until: TimeColumn, answers: Ints) -> None:
    low, high = min(since.low, until.low), max(since.high, until.high)
    table = calendar.table.covering(low, high + 1)
    clock = Clock.of(table, low, high, 2 * len(answers))
    for block, scratch in _blocks(len(answers)):
        shown = answers[block]
        clock.read(until.us[block], shown, scratch)
        clock.read(since.us[block], scratch.shown, scratch)
        np.subtract(shown, scratch.shown, out=shown)


def _advance(calendar: Calendar, since: TimeColumn, amounts: TimeColumn, answers: Ints) -> None:
    table = _reaching(calendar, since, amounts)
    low = max(table.clock_at(since.low) + min(amounts.low, 0), 0)
    high = min(table.clock_at(since.high) + max(amounts.high, 0), table.total)
    clock = Clock.of(table, since.low, since.high, len(answers))
    inverse = Inverse.of(table, low, high + 1, len(answers))
    backwards = amounts.low < 0
    for block, scratch in _blocks(len(answers)):
        due, reading = answers[block], scratch.shown
        clock.read(since.us[block], reading, scratch)
        np.add(reading, amounts.us[block], out=reading)
        if backwards:
            # Looking back, the last instant is asked for: that of the next reading, less one.
            reading += amounts.us[block] < 0
        inverse.look_up(reading, due, scratch)
        np.add(due, reading, out=due)
        if backwards:
            due -= amounts.us[block] < 0
    if table.last > LAST_US and int(answers.max()) > LAST_US:
        _ask(calendar, since, amounts, int(answers.argmax()))


def _reaching(calendar: Calendar, since: TimeColumn, amounts: TimeColumn) -> PeriodTable:
    """Return a table that knows every start and every answer; raise what the calendar raises."""
    table = calendar.table.covering(since.low, since.high + 1)
    least = table.clock_at(since.low) + min(amounts.low, 0)
    if least >= 0 and table.clock_at(since.high) + max(amounts.high, 0) <= table.total:
        return table
    too_much = np.abs(amounts.us) > LAST_US - FIRST_US
    if too_much.any():
        _ask(calendar, since, amounts, int(too_much.argmax()))
    reading = np.empty(len(since.us), np.int64)
    clock = Clock.of(table, since.low, since.high, len(reading))
    for block, scratch in _blocks(len(reading)):
        clock.read(since.us[block], reading[block], scratch)
    reading += amounts.us
    # One clock runs for all rows: what the furthest of them reaches, every row reaches.
    furthest = {int(reading.argmax()), int(reading.argmin())}
    found = [_ask(calendar, since, amounts, row) for row in furthest]
    low, high = min(since.low, *found), max(since.high, *found)
    return calendar.table.covering(low, high + 1)


def _ask(calendar: Calendar, since: TimeColumn, amounts: TimeColumn, row: int) -> int:
    """Return the answer of the calendar itself to one row, or let it refuse the row."""
    amount = timedelta(microseconds=int(amounts.us[row]))
    at = from_microseconds(int(since.us[row]))
    return to_microseconds(operations.advance(calendar, at, amount))


def _blocks(rows: int) -> Iterator[tuple[slice, Scratch]]:
    scratch = Scratch.of_length(min(rows, BLOCK))
    for first in range(0, rows, BLOCK):
        length = min(rows - first, BLOCK)
        if length < len(scratch.cell):
            scratch = Scratch.of_length(length)
        yield slice(first, first + length), scratch
