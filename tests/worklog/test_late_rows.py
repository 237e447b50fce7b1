"""Rows after late events: put together when asked for, and the same rows either way."""

import copy
import pickle
from datetime import UTC, datetime, timedelta

import pytest

from worklog_core import (
    Action,
    History,
    ScreenSession,
    TicketEdit,
    WorklogRules,
    build_worklog,
    update_worklog,
)
from worklog_core.worklog import late_rows
from worklog_core.worklog.late_rows import LateRows
from worklog_core.worklog.worklog import Worklog

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = WorklogRules(time_zone=UTC)


def work(ticket_id: str, minute: int, *, day: int = 0) -> History:
    start = NINE + timedelta(days=day, minutes=minute)
    end = start + timedelta(minutes=10)
    return History(
        sessions=[ScreenSession("U1", ticket_id, start, end)],
        edits=[TicketEdit("U1", ticket_id, end, Action.CLOSE)],
    )


EARLY = work("T1", 0) | work("T2", 30) | work("T3", 0, day=1)
LATE = (work("T2", 5), work("T0", 50), work("T4", 0, day=2), work("T2", 1), work("T0", 2, day=1))


def updated(times: int) -> tuple[Worklog, Worklog]:
    """A worklog after so many updates, and the one that is built of all events."""
    worklog, history = build_worklog(EARLY, RULES), EARLY
    for late in LATE[:times]:
        worklog, history = update_worklog(worklog, late).worklog, history | late
    return worklog, build_worklog(history, RULES)


@pytest.mark.parametrize("times", range(len(LATE) + 1))
def test_rows_of_updates_on_updates_are_those_of_all_events(times: int) -> None:
    worklog, whole = updated(times)
    assert isinstance(worklog.rows_kept, LateRows) is (times > 0)
    assert worklog.rows == whole.rows
    assert worklog.rows is worklog.rows
    assert worklog == whole


def test_a_row_that_goes_and_comes_again_is_one_row() -> None:
    later = NINE + timedelta(hours=1)
    edit = TicketEdit("U1", "T9", NINE, Action.CLOSE, event_id="E1", known_at=NINE)
    elsewhere = TicketEdit("U1", "T8", NINE, Action.CLOSE, event_id="E1", known_at=later)
    again = TicketEdit(
        "U1", "T9", NINE, Action.WRITE, event_id="E1", known_at=later + timedelta(hours=1)
    )
    first = build_worklog(EARLY | History(edits=[edit]), RULES)
    second = update_worklog(first, History(edits=[elsewhere])).worklog
    third = update_worklog(second, History(edits=[again])).worklog
    tickets = [[row.ticket_id for row in worklog.rows] for worklog in (first, second, third)]
    assert tickets == [
        ["T1", "T2", "T9", "T3"],
        ["T1", "T2", "T8", "T3"],
        ["T1", "T2", "T9", "T3"],
    ]
    assert third.rows[2].action is Action.WRITE


def test_beyond_many_changes_all_rows_are_put_together_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(late_rows, "_MOST_CHANGES", 1)
    worklog, whole = updated(3)
    assert isinstance(worklog.rows_kept, tuple)
    assert worklog.rows == whole.rows


def test_an_updated_worklog_travels() -> None:
    worklog, whole = updated(2)
    assert copy.copy(worklog) == whole
    assert pickle.loads(pickle.dumps(worklog)).rows == whole.rows
