"""The stock of tickets, and how it changed: opening + in - out = closing."""

import itertools
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import (
    AgeBucket,
    ConflictingEventsError,
    NaiveDatetimeError,
    StatusCause,
    Stock,
    StockCount,
    StockFlow,
    StockTicket,
    TicketStatus,
    TicketStatusChange,
    WeeklyHours,
    WorkingCalendar,
    WorklogError,
    stock_at,
    stock_between,
)

OPEN, PENDING, CLOSED = TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.CLOSED
TICK = timedelta.resolution
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)


def at(hour: int, tick: int = 0, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC) + tick * TICK


def turned(ticket_id: str, instant: datetime, status: TicketStatus) -> TicketStatusChange:
    return TicketStatusChange(ticket_id, instant, status, cause=StatusCause.AGENT)


def stock(
    tickets: list[StockTicket], changes: list[TicketStatusChange], as_of: datetime, **more: Any
) -> Stock:
    return stock_at(tickets, changes, as_of=as_of, **more)


TICKETS = [
    StockTicket("T1", at(8), queue="mail", tags=["vip", "bill"]),
    StockTicket("T2", at(9), queue="mail", tags=["bill"]),
    StockTicket("T3", at(10), queue="chat"),
    StockTicket("T4", at(11)),
]
CHANGES = [
    turned("T1", at(9), PENDING),
    turned("T2", at(10), CLOSED),
    turned("T3", at(11), CLOSED),
    turned("T3", at(12), PENDING),
]


class TestStock:
    @pytest.mark.rule("D-10")
    def test_a_pending_ticket_stays_in_it(self) -> None:
        before, after = (stock(TICKETS[:1], CHANGES, as_of).count for as_of in (at(8), at(9)))
        assert (before, after) == (StockCount(open=1), StockCount(pending=1))
        assert before.in_stock == after.in_stock == 1

    def test_what_happened_by_then_is_counted(self) -> None:
        counts = {h: stock(TICKETS, CHANGES, at(h)).count for h in (7, 8, 9, 10, 11, 12)}
        assert counts == {
            7: StockCount(),
            8: StockCount(open=1),
            9: StockCount(open=1, pending=1),
            10: StockCount(open=1, pending=1, closed=1),
            11: StockCount(open=1, pending=1, closed=2),
            12: StockCount(open=1, pending=2, closed=1),
        }
        assert stock(TICKETS, CHANGES, at(10, -1)).count == counts[9]
        assert counts[12].in_stock == 3

    def test_by_queue_and_by_tag(self) -> None:
        found = stock(TICKETS, CHANGES, at(12))
        assert list(found.by_queue().items()) == [
            ("chat", StockCount(pending=1)),
            ("mail", StockCount(pending=1, closed=1)),
            (None, StockCount(open=1)),
        ]
        assert list(found.by_tag().items()) == [
            ("bill", StockCount(pending=1, closed=1)),
            ("vip", StockCount(pending=1)),
            (None, StockCount(open=1, pending=1)),
        ]

    def test_an_age_at_an_edge_is_in_the_upper_bucket(self) -> None:
        tickets = [StockTicket(f"T{n}", at(8, -n)) for n in (-1, 0, 1)]
        found = stock(tickets, [], at(9)).by_age([HOUR, DAY])
        assert found == {
            AgeBucket(timedelta(0), HOUR): StockCount(open=1),
            AgeBucket(HOUR, DAY): StockCount(open=2),
            AgeBucket(DAY, None): StockCount(),
        }
        assert list(found) == sorted(found, key=lambda bucket: bucket.at_least)
        assert stock(tickets, [], at(9)).by_age([]) == {
            AgeBucket(timedelta(0), None): StockCount(open=3)
        }

    def test_a_closed_ticket_stopped_ageing_when_it_was_closed(self) -> None:
        changes = [
            turned("T1", at(9), CLOSED),
            turned("T1", at(10), OPEN),
            turned("T1", at(11), CLOSED),
            turned("T1", at(12), CLOSED),
        ]
        ages = [stock(TICKETS[:1], changes, at(h)).tickets[0].age for h in (8, 9, 10, 11, 13, 20)]
        assert ages == [0 * HOUR, HOUR, 2 * HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR]

    def test_ages_may_be_working_time(self) -> None:
        tickets = [StockTicket("T1", at(16)), StockTicket("T2", at(16))]
        done = [turned("T2", at(10, day=3), CLOSED)]
        found = stock(tickets, done, at(12, day=3), calendar=OFFICE)
        assert [stocked.age for stocked in found.tickets] == [4 * HOUR, 2 * HOUR]

    def test_ages_are_real_time_over_a_repeated_hour(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        opened, now = (datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=f) for f in (0, 1))
        assert stock([StockTicket("T1", opened)], [], now).tickets[0].age == HOUR
        assert stock([StockTicket("T1", now)], [], opened).tickets == ()

    def test_changes_of_other_tickets_are_not_looked_at(self) -> None:
        assert stock(TICKETS[:1], CHANGES, at(12)) == stock(TICKETS[:1], CHANGES[:1], at(12))

    def test_a_change_before_the_opening_is_refused(self) -> None:
        early = turned("T1", at(8, -1), CLOSED)
        with pytest.raises(
            WorklogError, match=r"^changes of 'T1' must not be before its opening"
        ) as e:
            stock(TICKETS, [early], at(12))
        assert (e.value.field, e.value.value) == ("changes", early)
        assert stock(TICKETS[:1], [turned("T1", at(8), CLOSED)], at(8)).count.closed == 1

    @pytest.mark.parametrize("edges", [[HOUR, HOUR], [timedelta(0)], [-HOUR], [DAY, HOUR], [1]])
    def test_edges_rise_from_above_zero(self, edges: Any) -> None:
        with pytest.raises(WorklogError, match=r"^edges must be ascending timedeltas above zero"):
            stock(TICKETS, [], at(12)).by_age(edges)

    def test_what_is_no_ticket_calendar_or_instant_is_refused(self) -> None:
        junk: Any = ["T1"]
        with pytest.raises(WorklogError, match=r"^tickets must hold StockTicket values"):
            stock(junk, [], at(12))
        with pytest.raises(ConflictingEventsError, match=r"^tickets must name each ticket once"):
            stock([*TICKETS, StockTicket("T1", at(7))], [], at(12))
        with pytest.raises(WorklogError, match=r"^calendar must be a calendar or None"):
            stock(TICKETS, [], at(12), calendar="office")
        with pytest.raises(NaiveDatetimeError, match=r"^as_of must carry a time zone"):
            stock(TICKETS, [], datetime(2026, 3, 2))
        with pytest.raises(WorklogError, match=r"^StockTicket\.tags must "):
            StockTicket("T1", at(8), tags="vip")

    def test_it_travels_as_an_equal_value(self) -> None:
        found = stock(TICKETS, CHANGES, at(12))
        assert pickle.loads(pickle.dumps(found)) == found
        assert hash(pickle.loads(pickle.dumps(found))) == hash(found)


class TestFlow:
    @pytest.mark.rule("D-10")
    def test_the_figures_of_a_morning(self) -> None:
        flow = stock_between(TICKETS, CHANGES, start=at(9), end=at(13))
        assert flow == StockFlow(
            start=at(9),
            end=at(13),
            opening=1,
            opened=3,
            reopened=1,
            closed=2,
            deferred=2,
            closing=3,
        )
        assert (flow.came_in, flow.went_out) == (4, 2)

    def test_what_happens_at_the_end_is_in_the_next(self) -> None:
        flow = stock_between(TICKETS, CHANGES, start=at(9), end=at(10))
        assert (flow.opened, flow.closed, flow.deferred, flow.closing) == (1, 0, 1, 2)
        assert stock_between(TICKETS, CHANGES, start=at(10), end=at(10, 1)).closed == 1

    @pytest.mark.rule("D-10")
    def test_a_deferral_moves_none_out(self) -> None:
        flow = stock_between(TICKETS[:1], CHANGES, start=at(9), end=at(12))
        assert (flow.opening, flow.deferred, flow.went_out, flow.closing) == (1, 1, 0, 1)

    def test_a_repeated_closing_is_none(self) -> None:
        twice = [turned("T1", at(h), CLOSED) for h in (9, 10)]
        assert stock_between(TICKETS[:1], twice, start=at(8), end=at(12)).closed == 1

    def test_the_end_is_after_the_start(self) -> None:
        for end in (at(9), at(8)):
            with pytest.raises(WorklogError, match=r"^end must be after the start") as refused:
                stock_between([], [], start=at(9), end=end)
            assert refused.value.field == "end"

    def test_the_whole_range_of_time_is_a_flow(self) -> None:
        first, last = (bound.replace(tzinfo=UTC) for bound in (datetime.min, datetime.max))
        flow = stock_between(TICKETS, CHANGES, start=first, end=last)
        assert (flow.opening, flow.came_in - flow.went_out, flow.closing) == (0, 3, 3)


# Laws, over histories of a few microseconds, against an oracle that follows each ticket by hand.

HORIZON = 8


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[StockTicket], list[TicketStatusChange]]:
    tickets: list[StockTicket] = []
    changes: list[TicketStatusChange] = []
    for n in range(draw(st.integers(0, 4))):
        opened = draw(st.integers(0, HORIZON))
        tags = draw(st.lists(st.sampled_from("xy"), max_size=2))
        queue = draw(st.sampled_from(["mail", None]))
        tickets.append(StockTicket(f"T{n}", at(9, opened), queue=queue, tags=tags))
        course = draw(
            st.dictionaries(st.integers(opened, HORIZON), st.sampled_from(TicketStatus), max_size=4)
        )
        changes += [turned(f"T{n}", at(9, tick), status) for tick, status in course.items()]
    return draw(st.permutations(tickets)), draw(st.permutations(changes))


def status_by_hand(
    ticket: StockTicket, changes: list[TicketStatusChange], now: datetime
) -> TicketStatus | None:
    if ticket.opened_at > now:
        return None
    own = [c for c in changes if c.ticket_id == ticket.ticket_id and c.at <= now]
    return max(own, key=lambda change: change.at).status if own else OPEN


@given(history=histories(), tick=st.integers(-1, HORIZON + 1))
def test_the_stock_is_what_each_ticket_is(history: Any, tick: int) -> None:
    tickets, changes = history
    now = at(9, tick)
    found = stock_at([*tickets, *tickets[:1]], [*changes, *changes[:2]], as_of=now)
    by_hand = {t.ticket_id: status_by_hand(t, changes, now) for t in tickets}
    expected = {ticket_id: s for ticket_id, s in sorted(by_hand.items()) if s is not None}
    assert [(s.ticket.ticket_id, s.status) for s in found.tickets] == list(expected.items())
    statuses = list(expected.values())
    count = StockCount(
        open=statuses.count(OPEN), pending=statuses.count(PENDING), closed=statuses.count(CLOSED)
    )
    assert found.count == count
    for parts in (found.by_queue(), found.by_age([2 * TICK, 5 * TICK])):
        assert sum(part.open for part in parts.values()) == count.open
        assert sum(part.pending for part in parts.values()) == count.pending
        assert sum(part.closed for part in parts.values()) == count.closed
    for tag, part in found.by_tag().items():
        tagged = [t for t in tickets if (tag in t.tags if tag else not t.tags)]
        assert part == stock_at(tagged, changes, as_of=now).count


@pytest.mark.rule("D-10")
@given(
    history=histories(),
    cuts=st.sets(st.integers(-1, HORIZON + 2), min_size=2, max_size=4).map(sorted),
)
def test_opening_and_in_and_out_make_the_closing(history: Any, cuts: list[int]) -> None:
    tickets, changes = history
    flows = [
        stock_between(tickets, changes, start=at(9, start), end=at(9, end))
        for start, end in itertools.pairwise(cuts)
    ]
    for flow in flows:
        assert flow.opening + flow.came_in - flow.went_out == flow.closing
        before = stock_at(tickets, changes, as_of=flow.start - TICK)
        after = stock_at(tickets, changes, as_of=flow.end - TICK)
        assert (flow.opening, flow.closing) == (before.count.in_stock, after.count.in_stock)
    whole = stock_between(tickets, changes, start=at(9, cuts[0]), end=at(9, cuts[-1]))
    for field in ("opened", "reopened", "closed", "deferred"):
        assert sum(getattr(flow, field) for flow in flows) == getattr(whole, field)
    assert (flows[0].opening, flows[-1].closing) == (whole.opening, whole.closing)
    for earlier, later in itertools.pairwise(flows):
        assert earlier.closing == later.opening


@given(history=histories(), start=st.integers(-1, HORIZON), length=st.integers(1, HORIZON))
def test_every_move_is_one_that_was_made(history: Any, start: int, length: int) -> None:
    tickets, changes = history
    opened = reopened = closed = deferred = 0
    for ticket in tickets:
        for tick in range(start, start + length):
            before = status_by_hand(ticket, changes, at(9, tick - 1)) or OPEN
            after = status_by_hand(ticket, changes, at(9, tick))
            opened += ticket.opened_at == at(9, tick)
            reopened += before is CLOSED and after in {OPEN, PENDING}
            closed += before is not CLOSED and after is CLOSED
            deferred += before is not PENDING and after is PENDING
    flow = stock_between(tickets, changes, start=at(9, start), end=at(9, start + length))
    assert (flow.opened, flow.reopened) == (opened, reopened)
    assert (flow.closed, flow.deferred) == (closed, deferred)
