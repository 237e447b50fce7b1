"""The worklog as a value: what it tells of itself, as plain data and in a notebook."""

import copy
import pickle
from datetime import date, timedelta
from typing import Any

import pytest
from attrs.exceptions import FrozenError

from office import MINUTE, at, edited, seen, status, worked, wrote
from worklog_core import Action, WorklogError

EVENTS = (
    seen("U1", "T1", "9:00", "9:10"),
    wrote("T1", "8:00", "M1"),
    edited("U1", "T1", "9:05", Action.WRITE),
    edited("U2", "<T2>", "11:00", Action.AUTO_PROCESS),
    status("U1", "9:08", "Pause"),
)


def test_it_tells_what_it_holds() -> None:
    assert repr(worked(*EVENTS)) == "<Worklog: 2 rows, 3 ledger lines, 1 findings>"


def test_it_is_compared_by_content_and_does_not_change() -> None:
    worklog = worked(*EVENTS)
    assert worklog == worked(*reversed(EVENTS))
    assert worklog != worked(*EVENTS[1:])
    for other in (copy.copy(worklog), copy.deepcopy(worklog), pickle.loads(pickle.dumps(worklog))):
        assert other == worklog
        assert other.findings == worklog.findings
        assert other.status_ledger.days == worklog.status_ledger.days
    with pytest.raises(FrozenError, match=r"set attribute|^$"):
        worklog.__setattr__("rows", ())
    with pytest.raises(TypeError, match="unhashable"):
        hash(worklog)


OF_THE_MAIN_JOB = {
    *("user_id", "ticket_id", "day", "recorded_at", "conversation_id", "epoch_at"),
    *("action", "actions", "duration", "after_work", "open_time", "reopened"),
}


def test_its_rows_as_plain_values() -> None:
    first, second = worked(*EVENTS).to_dicts()
    assert first == {
        "user_id": "U1",
        "ticket_id": "T1",
        "day": date(2026, 3, 2),
        "recorded_at": at("9:05"),
        "conversation_id": "M1",
        "epoch_at": at("8:00"),
        "action": "writeAction",
        "actions": ["writeAction"],
        "duration": 8 * MINUTE,
        "after_work": 3 * MINUTE,
        "open_time": 8 * MINUTE,
        "reopened": False,
    } | {name: value for name, value in first.items() if name not in OF_THE_MAIN_JOB}
    assert (first["served_at"], first["automation_level"], first["teams"]) == (at("9:05"), 0, [])
    assert first["reasons"]["sla_deviation"] == "no_sla_due"
    assert second["duration"] is None
    assert second["action"] == "autoProcessAction"
    assert second["reasons"]["duration"] == "dark_processing"
    assert second["reasons"]["conversation_id"] == "no_customer_message"
    assert worked().to_dicts() == []


def test_a_notebook_shows_its_rows_and_trusts_no_id() -> None:
    shown = worked(*EVENTS)._repr_html_()
    assert shown.startswith(
        "<table><caption>2 rows, average handling time 0:08:00</caption><thead><tr><th>day</th>"
    )
    assert (
        "<tr><td>2026-03-02</td><td>U2</td><td>&lt;T2&gt;</td><td>autoProcessAction</td>"
        "<td></td><td></td><td>False</td></tr>"
    ) in shown
    assert "<T2>" not in shown


def test_a_notebook_shows_no_more_than_the_first_twenty() -> None:
    def shown(count: int) -> str:
        edits = [
            edited("U1", f"T{n:02}", at("9:00") + n * timedelta(minutes=1)) for n in range(count)
        ]
        return worked(edits)._repr_html_()

    assert shown(20).count("<tr>") == 21
    assert "shown" not in shown(20)
    assert shown(21).count("<tr>") == 21
    assert "21 rows, average handling time None (the first 20 rows are shown)" in shown(21)


@pytest.mark.rule("E-15", "E-24", "E-26")
def test_its_status_ledger_sums_by_anything_that_a_line_says() -> None:
    events = (status("U1", "9:00", "Active"), status("U1", "9:40", "Pause"))
    ledger = worked(*events, seen("U1", "T1", "9:10", "10:00")).status_ledger
    assert ledger.totals(by=lambda line: line.status) == {
        "Active": 40 * MINUTE,
        "Pause": 20 * MINUTE,
    }
    assert ledger.totals(by=lambda line: line.counts) == {True: 40 * MINUTE, False: 20 * MINUTE}
    assert repr(ledger) == "<StatusLedger: 1 users>"


@pytest.mark.parametrize("by", [None, "status", 7])
def test_its_status_ledger_refuses_a_group_that_no_function_names(by: Any) -> None:
    with pytest.raises(
        WorklogError, match=r"^by must be a function of a line: found .* line\.user_id\.$"
    ) as caught:
        worked(*EVENTS).status_ledger.totals(by=by)
    assert (caught.value.field, caught.value.value) == ("by", by)
