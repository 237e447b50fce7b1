"""The worked examples of the source documents, with their figures."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest

from office import MINUTE, at, edited, lines, minutes, only, pinged, seen, status, worked, wrote
from worklog_core import (
    Action,
    Interval,
    LedgerLabel,
    StatusMode,
    WorklogError,
    WorklogRules,
    divide_parallel_time,
)

COUNTED, VIEW_ONLY = LedgerLabel.COUNTED, LedgerLabel.VIEW_ONLY
NOT_COUNTING = LedgerLabel.NOT_COUNTING

THREE_USERS = (
    seen("U1", "T1", "9:00", "9:05"),
    seen("U2", "T1", "10:00", "10:04"),
    seen("U1", "T1", "12:00", "12:10"),
    edited("U1", "T1", "12:08", Action.CLOSE),
    seen("U3", "T1", "15:00", "15:02"),
    edited("U3", "T1", "15:01", Action.STATUS),
)


@pytest.mark.rule("E-01", "E-07", "E-08", "E-09", "E-10", "E-16", "AMB-3")
def test_three_users_make_two_records_of_fifteen_and_two_minutes() -> None:
    worklog = worked(*THREE_USERS)
    assert minutes(worklog) == {("U1", "T1"): 15, ("U3", "T1"): 2}
    assert worklog.average_handling_time() == timedelta(minutes=8, seconds=30)


@pytest.mark.rule("E-08", "AMB-2", "E-05", "E-06")
def test_the_first_record_is_fifteen_minutes_and_not_three_hours_and_ten() -> None:
    row = worked(*THREE_USERS).rows[0]
    assert (row.duration, row.after_work) == (15 * MINUTE, 2 * MINUTE)
    assert row.recorded_at == at("12:08")


@pytest.mark.rule("E-09", "AMB-3")
def test_the_five_minutes_before_are_in_the_record_and_can_be_shown() -> None:
    worklog = worked(*THREE_USERS)
    shown = [(x.start, x.amount) for x in worklog.ledger.explain(worklog.rows[0])]
    assert shown == [
        (at("09:00"), 5 * MINUTE),
        (at("12:00"), 8 * MINUTE),
        (at("12:08"), 2 * MINUTE),
    ]


@pytest.mark.rule("E-10", "E-16")
def test_who_only_views_is_in_the_ledger_and_in_no_record() -> None:
    worklog = worked(*THREE_USERS)
    view_only = [x for x in worklog.ledger.lines if x.user_id == "U2"]
    assert [(x.label, x.amount, x.row_key) for x in view_only] == [(VIEW_ONLY, 4 * MINUTE, None)]


@pytest.mark.rule("E-11", "E-13", "E-54")
def test_a_customer_query_at_noon_makes_two_processings() -> None:
    worklog = worked(
        wrote("T1", "8:00", "M1"),
        seen("U1", "T1", "9:00", "9:05"),
        edited("U1", "T1", "9:05", Action.WRITE),
        wrote("T1", "12:00", "M2"),
        seen("U1", "T1", "14:00", "14:07"),
        edited("U1", "T1", "14:07", Action.WRITE),
    )
    assert [(r.conversation_id, r.duration) for r in worklog.rows] == [
        ("M1", 5 * MINUTE),
        ("M2", 7 * MINUTE),
    ]
    assert worklog.average_handling_time() == 6 * MINUTE


@pytest.mark.rule("E-12", "E-07")
def test_without_the_query_it_is_one_processing_of_twelve_minutes() -> None:
    row = only(
        worked(
            wrote("T1", "8:00", "M1"),
            seen("U1", "T1", "9:00", "9:05"),
            edited("U1", "T1", "9:05", Action.WRITE),
            seen("U1", "T1", "14:00", "14:07"),
            edited("U1", "T1", "14:07", Action.WRITE),
        )
    )
    assert (row.duration, row.after_work) == (12 * MINUTE, 7 * MINUTE)
    assert row.actions == (Action.WRITE, Action.WRITE)


@pytest.mark.rule("E-14")
def test_four_tickets_open_for_twenty_minutes_are_five_each() -> None:
    tickets = ("T1", "T2", "T3", "T4")
    worklog = worked(
        *(seen("U1", ticket, "9:00", "9:20") for ticket in tickets),
        *(edited("U1", ticket, "9:20") for ticket in tickets),
    )
    assert minutes(worklog) == {("U1", ticket): 5 for ticket in tickets}
    assert {row.open_time for row in worklog.rows} == {20 * MINUTE}


@pytest.mark.rule("E-14")
def test_the_division_alone_says_the_same() -> None:
    twenty = [Interval(at("09:00"), at("09:20"))]
    shares = divide_parallel_time({"T1": twenty, "T2": twenty, "T3": twenty, "T4": twenty})
    assert shares == dict.fromkeys(("T1", "T2", "T3", "T4"), 5 * MINUTE)


@pytest.mark.rule("E-02", "E-03", "E-04")
def test_the_first_of_several_changes_is_the_processing_time() -> None:
    row = only(
        worked(
            seen("U1", "T1", "9:00", "9:30"),
            edited("U1", "T1", "9:20", Action.WRITE),
            edited("U1", "T1", "9:10", Action.STATUS),
        )
    )
    assert row.recorded_at == at("09:10")
    assert (row.duration, row.after_work) == (30 * MINUTE, 20 * MINUTE)


@pytest.mark.rule("E-15", "E-23", "E-24", "E-25", "E-26", "E-27")
@pytest.mark.parametrize("mode", ["Support", "Pause", "Auto-Absent"])
def test_time_counts_only_while_active(mode: str) -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:30"),
        edited("U1", "T1", "9:30"),
        status("U1", "9:10", mode),
        status("U1", "9:25", "Active"),
    )
    assert minutes(worklog) == {("U1", "T1"): 15}
    assert lines(worklog) == [
        ("09:00", "09:10", COUNTED, 10),
        ("09:10", "09:25", NOT_COUNTING, 15),
        ("09:25", "09:30", COUNTED, 5),
    ]


@pytest.mark.rule("E-17", "E-18", "E-19", "E-20")
@pytest.mark.parametrize(
    ("action", "name"),
    [
        (Action.STATUS, "statusAction"),
        (Action.CLOSE, "closeAction"),
        (Action.WRITE, "writeAction"),
        (Action.AUTO_PROCESS, "autoProcessAction"),
    ],
)
def test_an_edit_is_exported_under_the_name_of_its_action(action: Action, name: str) -> None:
    row = only(worked(seen("U1", "T1", "9:00", "9:05"), edited("U1", "T1", "9:05", action)))
    assert row.action.value == name


@pytest.mark.rule("E-21")
@pytest.mark.parametrize(("first", "second"), [("9:01", "9:02"), ("9:02", "9:01")])
def test_closed_and_answered_is_a_write_action_in_either_order(first: str, second: str) -> None:
    row = only(
        worked(
            seen("U1", "T1", "9:00", "9:05"),
            edited("U1", "T1", first, Action.CLOSE),
            edited("U1", "T1", second, Action.WRITE),
        )
    )
    assert row.action is Action.WRITE


@pytest.mark.rule("P-E5")
def test_a_ticket_of_nine_steps_has_three_edits() -> None:
    before = worked(wrote("T1", "8:00", is_initial=True))
    counts = [len(before.rows)]
    events: list[object] = [wrote("T1", "8:00", is_initial=True)]
    for step in (
        edited("U1", "T1", "9:00", Action.WRITE),
        edited("U1", "T1", "9:10", None),
        wrote("T1", "10:00", "M2"),
        wrote("T1", "10:05", "M3"),
        edited("U1", "T1", "11:00", Action.STATUS),
        edited("U1", "T1", "11:10", None),
        edited("U1", "T1", "11:20", None),
        edited("U2", "T1", "12:00", Action.CLOSE),
    ):
        events.append(step)
        counts.append(sum(len(row.actions) for row in worked(*events).rows))
    assert counts == [0, 1, 1, 1, 1, 2, 2, 2, 3]


@pytest.mark.rule("P-E4", "AMB-17")
def test_five_minutes_of_pings_are_five_minutes_of_screen() -> None:
    clocks = [f"9:{second // 60:02}:{second % 60:02}" for second in range(0, 301, 30)]
    row = only(worked(pinged("U1", "T1", *clocks), edited("U1", "T1", "9:05")))
    assert row.duration == 5 * MINUTE


@pytest.mark.rule("P-E11", "E-23")
def test_the_set_of_statuses_is_open() -> None:
    rules = WorklogRules(
        time_zone=ZoneInfo("UTC"),
        status_modes=(
            StatusMode("Ticket processing", counts=True, may_read=True, may_edit=True),
            StatusMode("Extended absence", counts=False, may_read=False, may_edit=False),
        ),
        status_aliases={},
        initial_status="Ticket processing",
    )
    events = (
        seen("U1", "T1", "9:00", "9:30"),
        edited("U1", "T1", "9:05"),
        status("U1", "9:10", "Extended absence"),
    )
    assert minutes(worked(*events, rules=rules)) == {("U1", "T1"): 10}
    with pytest.raises(WorklogError, match="'Extended absence'"):
        worked(*events, rules=attrs.evolve(rules, status_modes=rules.status_modes[:1]))
