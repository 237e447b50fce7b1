"""The routing order: total, and the same whatever order the tickets come in."""

import pickle
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import (
    ConflictingEventsError,
    NaiveDatetimeError,
    Priority,
    QueuedTicket,
    TicketStatus,
    WorklogError,
    routing_order,
)

LOW, MEDIUM, HIGH, URGENT = Priority
TICK = timedelta.resolution


def at(hour: int, tick: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, tzinfo=UTC) + tick * TICK


def ticket(ticket_id: str, **fields: Any) -> QueuedTicket:
    return QueuedTicket(ticket_id, **{"opened_at": at(8), "priority": MEDIUM, **fields})


def ids(tickets: list[QueuedTicket]) -> list[str]:
    return [found.ticket_id for found in routing_order(tickets)]


@pytest.mark.rule("P-E7")
def test_priorities_rise_from_low_to_urgent() -> None:
    assert sorted([URGENT, LOW, HIGH, MEDIUM]) == [LOW, MEDIUM, HIGH, URGENT]
    assert [Priority.parse(p.value) for p in Priority] == list(Priority)
    assert [p.value for p in Priority] == ["low", "medium", "high", "urgent"]
    with pytest.raises(WorklogError, match=r"^priority must be one of 'low', .*: found 'asap'"):
        Priority.parse("asap")
    assert LOW.__lt__(1) is NotImplemented


@pytest.mark.rule("P-E10")
def test_the_earliest_due_date_comes_first_and_none_last() -> None:
    tickets = [
        ticket("never", priority=URGENT),
        ticket("late", sla_due_at=datetime(2100, 1, 1, tzinfo=UTC), priority=LOW),
        ticket("soon", sla_due_at=at(9), priority=LOW),
        ticket("sooner", sla_due_at=at(9, -1), priority=LOW),
    ]
    assert ids(tickets) == ["sooner", "soon", "late", "never"]


@pytest.mark.rule("P-E10")
@pytest.mark.parametrize("due", [None, at(9)])
def test_then_priority_then_age_then_id(due: datetime | None) -> None:
    tickets = [
        ticket("b", sla_due_at=due),
        ticket("a", sla_due_at=due),
        ticket("older", sla_due_at=due, opened_at=at(8, -1)),
        ticket("urgent", sla_due_at=due, priority=URGENT, opened_at=at(8, 5)),
        ticket("low", sla_due_at=due, priority=LOW, opened_at=at(7)),
    ]
    assert ids(tickets) == ["urgent", "older", "a", "b", "low"]


@pytest.mark.rule("D-04", "P-E10")
def test_pending_and_closed_tickets_are_not_in_it() -> None:
    tickets = [ticket(status.value, status=status) for status in TicketStatus]
    assert ids(tickets) == ["open"]


def test_a_ticket_stands_in_it_once() -> None:
    assert ids([ticket("T1"), ticket("T1")]) == ["T1"]
    with pytest.raises(ConflictingEventsError, match=r"^tickets must name each ticket once: foun"):
        routing_order([ticket("T1"), ticket("T1", priority=LOW)])


def test_what_is_no_ticket_is_refused() -> None:
    junk: Any = ["T1"]
    alone: Any = ticket("T1")
    with pytest.raises(WorklogError, match=r"^tickets must hold QueuedTicket values: found 'T1'"):
        routing_order(junk)
    with pytest.raises(WorklogError, match=r"^tickets must be an iterable of QueuedTicket"):
        routing_order(alone)
    with pytest.raises(WorklogError, match=r"^QueuedTicket\.priority must be a member of Prior"):
        ticket("T1", priority="urgent")
    with pytest.raises(NaiveDatetimeError, match=r"^QueuedTicket\.sla_due_at must carry a time"):
        ticket("T1", sla_due_at=datetime(2026, 3, 2))


def test_a_ticket_travels_as_an_equal_value() -> None:
    queued = ticket("T1", sla_due_at=at(9))
    assert pickle.loads(pickle.dumps(queued)) == queued
    assert pickle.loads(pickle.dumps(URGENT)) is URGENT


tickets_of = st.lists(
    st.builds(
        QueuedTicket,
        st.sampled_from("ABCDEF"),
        st.integers(0, 1).map(lambda tick: at(8, tick)),
        priority=st.sampled_from([LOW, URGENT]),
        sla_due_at=st.none() | st.integers(0, 1).map(lambda tick: at(9, tick)),
        status=st.sampled_from(TicketStatus),
    ),
    max_size=6,
    unique_by=lambda found: found.ticket_id,
)


def comes_before(a: QueuedTicket, b: QueuedTicket) -> bool:
    """Say the rule in words, one question after the other."""
    if (a.sla_due_at is None) != (b.sla_due_at is None):
        return b.sla_due_at is None
    if a.sla_due_at and b.sla_due_at and a.sla_due_at != b.sla_due_at:
        return a.sla_due_at < b.sla_due_at
    if a.priority is not b.priority:
        return a.priority is URGENT
    if a.opened_at != b.opened_at:
        return a.opened_at < b.opened_at
    return a.ticket_id < b.ticket_id


def in_word_order(a: QueuedTicket, b: QueuedTicket) -> int:
    return -1 if comes_before(a, b) else 1


@pytest.mark.rule("P-E10")
@given(tickets=tickets_of, data=st.data())
def test_the_order_is_total_and_hangs_on_no_order_of_arrival(
    tickets: list[QueuedTicket], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*tickets, *tickets[:2]]))
    order = routing_order(shuffled)
    assert order == routing_order(tickets)
    assert all(comes_before(a, b) and not comes_before(b, a) for a, b in pairwise(order))
    in_words = cmp_to_key(in_word_order)
    open_ones = [found for found in tickets if found.status is TicketStatus.OPEN]
    assert list(order) == sorted(open_ones, key=in_words)
