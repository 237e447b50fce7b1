"""The times of assignments in frames are those of the scalar case log."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_frames import ASSIGNMENT_KINDS, assignments_told, case_frames_of, in_case_frames
from helpdesk import (
    HOUR,
    MINUTE,
    OFFICE,
    RULES,
    TICK,
    answered,
    asked,
    assigned,
    at,
    closed,
    opened,
    reopened,
)
from history_frames import INSTANT, MAKERS, plain
from oracle_days import us
from worklog_core import (
    AssigneeKind,
    AssignmentMode,
    CaseRules,
    Direction,
    History,
    MergedCases,
    MessageSent,
    ResolvedAt,
    SenderKind,
    StatusCause,
    TicketAssigned,
    TicketMerged,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    TicketTransferred,
    WorklogError,
)
from worklog_core.columnar import assignment_times
from worklog_core.testing.strategies import case_rules, histories, worklog_rules

CASES = st.sampled_from(("T1", "T1", "T1", "T2"))
NOBODY_OR_USERS = st.sampled_from((None, "U1", "U2", "U10"))
QUEUES = st.sampled_from((None, "B", "a"))


def check(history: History, rules: Any, choices: CaseRules, make: Any, as_of: Any = None) -> None:
    frames = case_frames_of(history, make, ASSIGNMENT_KINDS)
    found = plain(assignment_times(**frames, rules=rules, case_rules=choices, as_of=as_of))
    known = in_case_frames(history, ASSIGNMENT_KINDS)
    assert found == assignments_told(known, rules, choices, as_of)


@st.composite
def handed_on(draw: Any) -> History:
    """Draw tickets that are assigned, transferred, answered and closed at few instants."""
    steps = draw(st.lists(st.integers(0, 4) | st.integers(0, 10**11), min_size=1, max_size=4))
    when = st.sampled_from([at(8) + step * TICK for step in steps])
    statuses = st.sampled_from((TicketStatus.CLOSED, TicketStatus.OPEN))

    def reply(case: str, instant: Any, name: str, by: str | None) -> MessageSent:
        ways: Any = {"direction": Direction.OUT, "sender": SenderKind.HUMAN}
        return MessageSent(case, instant, name, **ways, sender_id=by)

    kinds = (
        st.builds(
            TicketAssigned,
            CASES,
            when,
            NOBODY_OR_USERS,
            team=QUEUES,
            mode=st.sampled_from(AssignmentMode),
            assignee_kind=st.sampled_from((AssigneeKind.HUMAN, *AssigneeKind)),
        ),
        st.builds(
            TicketTransferred,
            CASES,
            when,
            from_user_id=NOBODY_OR_USERS,
            to_user_id=NOBODY_OR_USERS,
            to_queue=QUEUES,
        ),
        st.builds(reply, CASES, when, st.sampled_from(("M1", "M2")), NOBODY_OR_USERS),
        st.builds(TicketOpened, CASES, when),
        st.builds(TicketStatusChange, CASES, when, statuses, cause=st.just(StatusCause.AGENT)),
        st.builds(lambda instant: TicketMerged("T2", instant, "T1"), when),
    )
    weights = (*kinds[:2] * 3, *kinds[2:3] * 2, *kinds[3:])
    return History.of(draw(st.lists(st.one_of(*weights), max_size=12)))


@given(handed_on(), case_rules())
def test_what_is_handed_on_takes_the_scalar_times(history: History, choices: CaseRules) -> None:
    check(history, RULES, choices, MAKERS["pyarrow"])


@settings(max_examples=50)
@given(st.data())
def test_the_assignments_of_any_history_are_the_scalar_ones(data: Any) -> None:
    rules = data.draw(worklog_rules())
    history = in_case_frames(data.draw(histories(rules=rules)), ASSIGNMENT_KINDS)
    events: Any = tuple(history)
    as_of = data.draw(st.sampled_from((None, at(8), *(event.at for event in events))))
    check(history, rules, data.draw(case_rules()), MAKERS["pyarrow"], as_of)


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=10)
@given(history=handed_on(), choices=case_rules())
def test_every_kind_of_frame_gives_the_same(
    kind: str, history: History, choices: CaseRules
) -> None:
    check(history, RULES, choices, MAKERS[kind])


def case(*events: Any, **choices: Any) -> dict[str, Any]:
    frames = case_frames_of(History.of(events), kinds=ASSIGNMENT_KINDS)
    found = assignment_times(**frames, rules=RULES, case_rules=CaseRules(**choices))
    (row,) = [row for row in plain(found) if row["case_id"] == "T1"]
    return row


def told(row: dict[str, Any], name: str) -> Any:
    value, reason = row[f"{name}_us"], row[f"{name}_reason"]
    assert (value is None) is (reason is not None)
    return reason if value is None else value * TICK


@pytest.mark.rule("P-R2", "K-07")
def test_times_run_from_the_first_and_from_the_last_assignment() -> None:
    events = [
        *(opened(at(9)), asked(at(9)), assigned(at(9, 10), "U1"), answered(at(9, 30))),
        *(assigned(at(10), "U2"), answered(at(10, 5)), answered(at(10, 15), "U2")),
        *(closed(at(11)), reopened(at(12)), closed(at(13))),
    ]
    found = case(*events, calendar=OFFICE)
    assert (found["assignments"], found["first_assignee"], found["last_assignee"]) == (
        2,
        "U1",
        "U2",
    )
    assert (found["first_assigned_at"], found["last_assigned_at"]) == (us(at(9, 10)), us(at(10)))
    expected = {
        "time_to_first_assignment": 10 * MINUTE,
        "first_assignment_to_first_response": 20 * MINUTE,
        "last_assignment_to_response": 15 * MINUTE,
        "first_assignment_to_close": 3 * HOUR + 50 * MINUTE,
        "last_assignment_to_close": 3 * HOUR,
    }
    for name, time in expected.items():
        assert told(found, name) == told(found, f"net_{name}") == time
    first = case(*events, resolved_at=ResolvedAt.FIRST_CLOSE)
    assert told(first, "last_assignment_to_close") == HOUR
    assert told(first, "net_last_assignment_to_close") == "no_calendar"


@pytest.mark.rule("P-R11")
def test_machines_teams_and_nobody_are_no_assignees() -> None:
    events = [
        opened(at(9)),
        assigned(at(9, 1), "B1"),
        assigned(at(9, 2), "U3", assignee_kind=AssigneeKind.BOT),
        assigned(at(9, 3), None, team="A"),
    ]
    found = case(*events, bots=["B1"])
    assert (found["assignments"], found["first_assignee"]) == (0, None)
    assert told(found, "time_to_first_assignment") == "never_assigned"
    assert told(found, "net_last_assignment_to_close") == "never_assigned"
    assert case(*events)["first_assignee"] == "B1"


def test_what_an_assignment_and_a_transfer_tell_at_once_is_one() -> None:
    given = assigned(at(9), "U1", team="A")
    moves = [TicketTransferred("T1", at(9), from_user_id=f"U{n}", to_user_id="U1") for n in (2, 3)]
    assert case(given, *moves)["assignments"] == 1
    assert case(*moves)["assignments"] == 1
    assert case(given, assigned(at(9), "U1", team="B"))["assignments"] == 2
    later = TicketTransferred("T1", at(10), to_user_id="U1")
    assert case(given, *moves, later)["assignments"] == 2


def test_what_lies_the_other_way_round_says_why() -> None:
    found = case(opened(at(9)), answered(at(8)), closed(at(8)), assigned(at(8, 30), "U1"))
    assert told(found, "time_to_first_assignment") == "not_told"
    assert told(found, "first_assignment_to_first_response") == "no_reply"
    assert told(found, "last_assignment_to_response") == "no_reply"
    assert told(found, "first_assignment_to_close") == "not_closed"
    united = case(
        *(assigned(at(8), "U1", "T2"), opened(at(9)), TicketMerged("T2", at(9), "T1")),
        merged_cases=MergedCases.UNITED,
    )
    assert united["assignments"] == 0


def test_assignments_are_asked_for() -> None:
    sent = pa.table(
        {
            "ticket_id": ["T1"],
            "at": pa.array([at(9)], INSTANT),
            "message_id": ["M1"],
            "direction": ["in"],
            "sender": ["contact"],
        }
    )
    with pytest.raises(WorklogError, match="assignments must be a frame: found"):
        assignment_times(messages=sent, assignments=None, rules=RULES)
    given = sent.select(["ticket_id", "at"]).append_column("assignee_kind", [["robot"]])
    with pytest.raises(WorklogError, match=r"TicketAssigned\.assignee_kind must be one of"):
        assignment_times(messages=sent, assignments=given, rules=RULES)
    empty = assignment_times(messages=sent, assignments=given.slice(0, 0), rules=RULES)
    assert empty["first_assignee"].to_pylist() == [None]
