"""The SLA deviation as a column is the scalar one."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_days import us
from worklog_core import RangeError, WeeklyHours, WorkingCalendar, WorklogError
from worklog_core import net_time_after_due as scalar
from worklog_core.columnar import net_time_after_due
from worklog_core.testing.strategies import instants, working_calendars

OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)


def column(moments: list[datetime | None]) -> Any:
    told = [np.iinfo(np.int64).min if at is None else us(at) for at in moments]
    return np.array(told, dtype=np.int64).view("datetime64[us]")


@pytest.mark.rule("E-45", "E-47")
@given(working_calendars(), st.lists(st.tuples(instants(), instants()), min_size=1, max_size=4))
def test_every_row_is_the_scalar_answer(
    calendar: WorkingCalendar, rows: list[tuple[datetime, datetime]]
) -> None:
    due, done = column([row[0] for row in rows]), column([row[1] for row in rows])

    def ask() -> list[Any]:
        return [scalar(calendar, due_at=a, completed_at=b) for a, b in rows]

    try:
        expected = ask()
    except RangeError:  # a row of decades
        with pytest.raises(RangeError, match=" must "):
            net_time_after_due(calendar, due_at=due, completed_at=done)
    else:
        found = net_time_after_due(calendar, due_at=due, completed_at=done)
        assert found.tolist() == expected


@pytest.mark.rule("E-48")
def test_what_is_missing_stays_missing() -> None:
    nine, ten = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
    due, done = column([None, nine, nine]), column([nine, None, ten])
    found = net_time_after_due(OFFICE, due_at=due, completed_at=done)
    assert found.astype("timedelta64[m]").tolist()[:2] == [None, None]
    assert found[2] == np.timedelta64(60, "m")


@pytest.mark.parametrize(
    ("due", "done", "field"),
    [(["9:00"], column([None]), "due_at"), (column([None]), np.array([1]), "completed_at")],
)
def test_columns_are_refused_by_their_own_names(due: Any, done: Any, field: str) -> None:
    with pytest.raises(WorklogError, match=f"{field} must") as refused:
        net_time_after_due(OFFICE, due_at=due, completed_at=done)
    assert refused.value.field == field


def test_columns_are_of_one_length() -> None:
    with pytest.raises(WorklogError, match="length"):
        net_time_after_due(OFFICE, due_at=column([None]), completed_at=column([None, None]))
