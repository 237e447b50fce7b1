"""The case log against a dull oracle: quadratic searches and minutes stepped one by one."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk import MINUTE, RULES, TICK, at, case_of, seen
from worklog_core import (
    Action,
    CaseRules,
    CustomerMessage,
    Direction,
    Event,
    History,
    HoldEnded,
    HoldStarted,
    LedgerLabel,
    MessageSent,
    ScreenSession,
    SenderKind,
    StatusCause,
    TeamMembership,
    TicketEdit,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    WorklogRules,
    build_case_log,
)
from worklog_core.testing.strategies import case_rules, histories, worklog_rules

START = at(9)
LAST = 12
minutes = st.integers(0, LAST)
users = st.sampled_from(("U1", "U2"))


def moment(minute: int) -> datetime:
    return START + minute * MINUTE


@st.composite
def messages(draw: Any) -> Event:
    minute, number = draw(minutes), draw(st.integers(0, 99))
    way = draw(
        st.sampled_from(
            (
                *((Direction.IN, SenderKind.CUSTOMER),) * 3,
                *((Direction.OUT, SenderKind.HUMAN),) * 3,
                (Direction.OUT, SenderKind.WORKFLOW),
                (Direction.INTERNAL, SenderKind.HUMAN),
            )
        )
    )
    if way[0] is Direction.IN and number % 2:
        return CustomerMessage("T1", moment(minute), f"M{number:02}")
    failure = draw(st.sampled_from((None, None, "bounced")))
    return MessageSent(
        "T1",
        moment(minute),
        f"M{number:02}",
        direction=way[0],
        sender=way[1],
        sender_id=draw(users),
        failure=failure,
    )


@st.composite
def statuses(draw: Any) -> list[Event]:
    found = draw(st.dictionaries(minutes, st.sampled_from(TicketStatus), max_size=4))
    return [
        TicketStatusChange("T1", moment(minute), status, cause=StatusCause.AGENT, user_id="U1")
        for minute, status in found.items()
    ]


def is_reply(event: Any) -> bool:
    return (
        isinstance(event, MessageSent)
        and event.direction is Direction.OUT
        and event.sender is SenderKind.HUMAN
        and event.failure is None
    )


def is_question(event: Any) -> bool:
    if isinstance(event, CustomerMessage):
        return True
    return isinstance(event, MessageSent) and event.sender is SenderKind.CUSTOMER


def status_after(changes: list[Any], instant: datetime) -> TicketStatus:
    status = TicketStatus.OPEN
    for change in sorted(changes, key=lambda change: change.at):
        if change.at <= instant:
            status = change.status
    return status


def closings(changes: list[Any]) -> list[datetime]:
    return [
        change.at
        for change in changes
        if change.status is TicketStatus.CLOSED
        and status_after(changes, change.at - TICK) is not TicketStatus.CLOSED
    ]


def waits(said: list[Any], changes: list[Any]) -> list[timedelta]:
    """For each answer look for the earliest question since the last answer or closing."""
    replies = sorted(
        (event for event in said if is_reply(event)), key=lambda m: (m.at, m.message_id)
    )
    found: list[timedelta] = []
    for number, reply in enumerate(replies):
        # A question at the instant of an earlier answer came before that answer.
        earlier = replies[number - 1].at if number else datetime.min.replace(tzinfo=UTC)
        over = [end for end in closings(changes) if end < reply.at]
        since = max([earlier, *over])
        waiting = [q.at for q in said if is_question(q) and since < q.at <= reply.at]
        if waiting:
            found.append(reply.at - min(waiting))
    return found


@given(said=st.lists(messages(), max_size=8), changes=statuses())
@settings(max_examples=300)
def test_waits_and_first_responses_are_those_of_the_oracle(
    said: list[Any], changes: list[Any]
) -> None:
    opening = TicketOpened("T1", moment(3))
    log = build_case_log(History.of([opening, *said, *changes]), RULES)
    expected = waits(sorted(set(said), key=lambda event: event.at), changes)
    assert [response.response_time for response in log.responses] == expected
    replies = [event.at for event in said if is_reply(event) and event.at >= opening.at]
    case = log["T1"]
    assert case.first_response_time == (min(replies) - opening.at if replies else None)
    if expected:
        mean = Fraction(sum(w // TICK for w in expected), len(expected))
        assert case.response_time == timedelta(microseconds=round(mean))


@given(changes=statuses(), now=minutes)
@settings(max_examples=200)
def test_status_times_are_those_of_the_minutes(changes: list[Any], now: int) -> None:
    opening = TicketOpened("T1", START)
    case = case_of(opening, *changes, as_of=moment(now))
    known = [change for change in changes if change.at <= moment(now)]
    states = [status_after(known, moment(minute)) for minute in range(now)]
    assert case.agent_work == states.count(TicketStatus.OPEN) * MINUTE
    ends = closings(known)
    is_closed = status_after(known, moment(now)) is TicketStatus.CLOSED
    assert case.resolution_time == (max(ends) - START if is_closed else None)
    assert case.times_closed == len(ends)


@st.composite
def holds(draw: Any) -> list[Event]:
    by = st.sampled_from(("U1", "U2", None))
    return [
        *(HoldStarted("T1", moment(draw(minutes)), user_id=draw(by)) for _ in range(2)),
        *(HoldEnded("T1", moment(draw(minutes)), user_id=draw(by)) for _ in range(3)),
    ]


def held_minutes(marks: list[Any], as_of: int) -> list[int]:
    """Step through the minutes, and remember for whom the contact is on hold."""
    held: set[str | None] = set()
    found: list[int] = []
    for minute in range(as_of):
        now = [mark for mark in marks if mark.at == moment(minute)]
        begun = {mark.user_id for mark in now if isinstance(mark, HoldStarted)}
        over = {mark.user_id for mark in now if isinstance(mark, HoldEnded)}
        everybodys = None in over
        for who in ("U1", "U2", None):
            ends, begins = everybodys or who in over, who in begun
            if ends and not begins:
                held.discard(who)
            elif begins and not ends:
                held.add(who)
        if held:
            found.append(minute)
    return found


@given(marks=holds(), others=st.lists(st.tuples(users, minutes, minutes), max_size=4))
@settings(max_examples=200)
def test_hold_and_handled_time_are_those_of_the_minutes(
    marks: list[Any], others: list[tuple[str, int, int]]
) -> None:
    screens: list[Event] = [seen(START, moment(LAST))]
    for number, (user, one, two) in enumerate(others):
        start, end = sorted((one, two))
        screens.append(ScreenSession(user, f"X{number}", moment(start), moment(end)))
    edit = TicketEdit("U1", "T1", START, Action.WRITE, closes=False)
    opening = TicketOpened("T1", START)
    case = case_of(opening, edit, *marks, *screens, as_of=moment(LAST))
    on_hold = held_minutes(marks, LAST)
    assert case.hold == len(on_hold) * MINUTE
    shares: dict[bool, Fraction] = {True: Fraction(0), False: Fraction(0)}
    for minute in range(LAST):
        beside = sum(
            user == "U1" and min(one, two) <= minute < max(one, two) for user, one, two in others
        )
        shares[minute in on_hold] += Fraction(60_000_000, 1 + beside)
    assert case.handled_time is not None
    assert case.full_handled_time is not None
    handled = Fraction(case.handled_time // TICK)
    held = Fraction((case.full_handled_time - case.handled_time) // TICK)
    # Each ledger line is less than a microsecond from its share, and so is the apportionment.
    assert abs(handled - shares[False]) <= len(others) + 2
    assert abs(held - shares[True]) <= len(others) + 2


@given(data=st.data())
@settings(max_examples=200)
@pytest.mark.rule("AMB-13b")
def test_the_cases_of_any_history_sum_to_its_worklog(data: st.DataObject) -> None:
    rules: WorklogRules = data.draw(worklog_rules())
    history: History = data.draw(histories(rules=rules, max_scenes=9))
    choices: CaseRules = data.draw(case_rules())
    log = build_case_log(history, rules, case_rules=choices)
    by_case: defaultdict[str, timedelta] = defaultdict(timedelta)
    for line in log.worklog.ledger.lines:
        if line.label is LedgerLabel.COUNTED and line.user_id not in choices.bots:
            by_case[log.case_ids.get(line.ticket_id, line.ticket_id)] += line.amount
    whole = sum((case.counted_time or timedelta() for case in log), timedelta())
    assert whole == sum(by_case.values(), timedelta())
    for case in log:
        check(case, by_case[case.case_id])
    for response in log.responses:
        assert response.response_time == response.answered_at - response.waiting_since
        assert response.response_time >= timedelta()
        assert response.responder_id not in choices.bots


def check(case: Any, counted: timedelta) -> None:
    assert (case.counted_time or timedelta()) == counted
    row = case.to_dict()
    reasons = row.pop("reasons")
    assert {name for name, value in row.items() if value is None} == set(reasons)
    for value in row.values():
        assert not isinstance(value, timedelta) or value >= timedelta()
    if case.handled_time is not None:
        assert (case.wrap_up_counted or timedelta()) <= case.handled_time <= case.counted_time
    assert case.full_handled_time in (None, case.counted_time)


@given(data=st.data())
@settings(max_examples=60)
def test_neither_order_nor_duplicates_of_events_change_a_case(data: st.DataObject) -> None:
    rules: WorklogRules = data.draw(worklog_rules())
    history: History = data.draw(histories(rules=rules))
    events = list(history)
    choices = data.draw(case_rules())
    shuffled = data.draw(st.permutations(events))
    again = History.of([*shuffled, *events[:3]])
    one, two = (build_case_log(h, rules, case_rules=choices) for h in (history, again))
    assert one.entries == two.entries
    assert one.responses == two.responses


def is_seen(event: Any, as_of: datetime) -> bool:
    if isinstance(event, TeamMembership):
        return True
    if hasattr(event, "start"):
        return bool(event.start < as_of)
    return bool(event.at <= as_of)


@given(data=st.data())
@settings(max_examples=80)
@pytest.mark.rule("AMB-24")
def test_what_comes_after_the_evaluation_changes_no_case(data: st.DataObject) -> None:
    rules: WorklogRules = data.draw(worklog_rules())
    history: History = data.draw(histories(rules=rules, max_scenes=9))
    instants = sorted({event.at for event in history.settled() if hasattr(event, "at")})
    as_of = data.draw(st.sampled_from(instants or [START]))
    facts = [event for event in history.settled() if is_seen(event, as_of)]
    choices = data.draw(case_rules())
    whole = build_case_log(history, rules, as_of=as_of, case_rules=choices)
    cut = build_case_log(History.of(facts), rules, as_of=as_of, case_rules=choices)
    assert whole.entries == cut.entries
    assert whole.responses == cut.responses
    assert whole.messages == cut.messages
