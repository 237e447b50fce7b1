"""Deferring, waking up, reopening and closing: commands, their events, and what they refuse."""

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office import edited, only, seen, worked
from worklog_core import (
    Action,
    ConflictingEventsError,
    Deferral,
    DueSetBy,
    NaiveDatetimeError,
    Reminder,
    StatusCause,
    TicketState,
    TicketStatus,
    TicketStatusChange,
    TicketTimeline,
    WorklogError,
    action_of,
    close,
    defer,
    release_due,
    reminder_of,
    reopen,
)

OPEN, PENDING, CLOSED = TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.CLOSED
TICK = timedelta.resolution
NEW = TicketState("T1")


def at(hour: int, tick: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, tzinfo=UTC) + tick * TICK


def waiting(ticket_id: str = "T1", *, due_at: datetime, since: datetime | None = None) -> Any:
    return TicketState(ticket_id, PENDING, since=since or at(8), deferral=Deferral(due_at))


class TestDefer:
    @pytest.mark.rule("D-01", "P-E7")
    def test_it_sets_a_ticket_to_pending_until_a_due_date(self) -> None:
        moved = defer(NEW, at(17), at=at(9), user_id="U1", detail="parcel")
        assert moved.ticket == TicketState(
            "T1", PENDING, since=at(9), deferral=Deferral(at(17), detail="parcel")
        )
        assert moved.change == TicketStatusChange(
            "T1",
            at(9),
            PENDING,
            cause=StatusCause.AGENT,
            user_id="U1",
            deferred_until=at(17),
            due_set_by=DueSetBy.MANUAL,
            detail="parcel",
        )

    @pytest.mark.rule("D-02", "D-13")
    @pytest.mark.parametrize("cause", [StatusCause.AGENT, StatusCause.API])
    def test_it_needs_a_due_date(self, cause: StatusCause) -> None:
        nothing: Any = None
        with pytest.raises(WorklogError, match=r"^due_at must be given when a ticket is set") as no:
            defer(NEW, nothing, at=at(9), cause=cause)
        assert (no.value.field, no.value.value) == ("due_at", None)

    @pytest.mark.rule("D-03", "D-13")
    @pytest.mark.parametrize("cause", [StatusCause.AGENT, StatusCause.API])
    @pytest.mark.parametrize("tick", [-1, 0])
    def test_equal_is_not_the_future(self, tick: int, cause: StatusCause) -> None:
        with pytest.raises(
            WorklogError, match=r"^due_at must be due after it is set at"
        ) as refused:
            defer(NEW, at(9, tick), at=at(9), cause=cause)
        assert (refused.value.field, refused.value.value) == ("due_at", at(9, tick))
        assert defer(NEW, at(9, 1), at=at(9), cause=cause).ticket.status is PENDING

    @pytest.mark.rule("D-08")
    @pytest.mark.parametrize(
        ("set_by", "by_hand"), [(DueSetBy.MANUAL, True), (DueSetBy.TAG, False)]
    )
    def test_what_set_the_date_stays_traceable(
        self, set_by: DueSetBy, by_hand: Literal[True, False]
    ) -> None:
        moved = defer(NEW, at(17), at=at(9), set_by=set_by)
        assert moved.change.due_set_by is set_by
        assert moved.ticket_updated()["dueByWasSetManually"] is by_hand

    @pytest.mark.rule("D-01")
    def test_a_pending_ticket_gets_the_new_date(self) -> None:
        moved = defer(waiting(due_at=at(17)), at(12), at=at(9))
        assert moved.ticket == waiting(due_at=at(12), since=at(9))

    @pytest.mark.rule("AMB-7", "E-08")
    def test_a_closed_ticket_is_reopened_by_it(self) -> None:
        assert defer(TicketState("T1", CLOSED), at(12), at=at(9)).ticket.status is PENDING

    @pytest.mark.rule("D-11")
    def test_five_days_are_five_days(self) -> None:
        moved = defer(NEW, at(9) + timedelta(days=5), at=at(9))
        assert moved.change.deferred_until == datetime(2026, 3, 7, 9, tzinfo=UTC)
        [woken] = release_due([moved.ticket], as_of=datetime(2026, 3, 9, tzinfo=UTC))
        assert woken.change.at - moved.change.at == timedelta(days=5)


@pytest.mark.rule("D-11", "D-14", "AMB-12")
def test_each_use_ends_in_its_own_way() -> None:
    for_customer = defer(NEW, at(17), at=at(9), detail="customer").ticket
    answered = reopen(for_customer, at=at(10), cause=StatusCause.CUSTOMER)
    for_process = defer(NEW, at(17), at=at(9), detail="external process").ticket
    finished = reopen(for_process, at=at(11), cause=StatusCause.API)
    for_date = defer(NEW, at(17), at=at(9), detail="date").ticket
    [come] = release_due([for_date], as_of=at(17))
    causes = [moved.change.cause for moved in (answered, finished, come)]
    assert causes == [StatusCause.CUSTOMER, StatusCause.API, StatusCause.DUE_DATE]
    assert {moved.ticket.status for moved in (answered, finished, come)} == {OPEN}


class TestReleaseDue:
    @pytest.mark.rule("D-06", "D-07")
    def test_the_due_date_opens_the_ticket(self) -> None:
        [woken] = release_due([waiting(due_at=at(12))], as_of=at(13))
        assert woken.ticket == TicketState("T1", OPEN, since=at(12))
        assert woken.change == TicketStatusChange(
            "T1", at(12), OPEN, cause=StatusCause.DUE_DATE, known_at=at(13)
        )
        assert woken.is_auto_opened
        assert woken.ticket_updated() == {
            "event": "ticketUpdated",
            "ticketId": "T1",
            "at": "2026-03-02T12:00:00+00:00",
            "status": "open",
            "dueBy": None,
            "dueByWasSetManually": None,
            "autoOpenedDueToDueDate": True,
        }

    @pytest.mark.rule("D-06")
    def test_it_comes_at_the_due_date_and_not_before(self) -> None:
        ticket = waiting(due_at=at(12))
        assert release_due([ticket], as_of=at(12, -1)) == ()
        assert len(release_due([ticket], as_of=at(12))) == 1

    @pytest.mark.rule("D-06")
    def test_what_waits_for_nothing_is_left_out(self) -> None:
        assert release_due([NEW, TicketState("T2", CLOSED)], as_of=at(12)) == ()

    @pytest.mark.rule("D-06")
    def test_looking_again_finds_nothing(self) -> None:
        woken = release_due([waiting(due_at=at(12))], as_of=at(13))
        assert release_due([moved.ticket for moved in woken], as_of=at(23)) == ()

    def test_they_come_in_order_of_due_date_and_id(self) -> None:
        tickets = [
            waiting("T1", due_at=at(12)),
            waiting("T3", due_at=at(11)),
            waiting("T2", due_at=at(11)),
            waiting("T2", due_at=at(11)),
        ]
        assert [m.ticket.ticket_id for m in release_due(tickets, as_of=at(12))] == [
            "T2",
            "T3",
            "T1",
        ]

    def test_two_states_of_one_ticket_are_refused(self) -> None:
        with pytest.raises(ConflictingEventsError, match=r"^tickets must name each ticket once"):
            release_due([NEW, waiting(due_at=at(12))], as_of=at(12))

    def test_what_is_no_ticket_is_refused(self) -> None:
        junk: Any = ["T1"]
        with pytest.raises(
            WorklogError, match=r"^tickets must hold TicketState values: found 'T1'"
        ):
            release_due(junk, as_of=at(12))
        with pytest.raises(NaiveDatetimeError, match=r"^as_of must carry a time zone"):
            release_due([], as_of=datetime(2026, 3, 2))


class TestReopenAndClose:
    @pytest.mark.rule("D-12")
    @pytest.mark.parametrize("cause", [StatusCause.AGENT, StatusCause.API, StatusCause.CUSTOMER])
    def test_a_pending_ticket_is_opened_by_hand(self, cause: StatusCause) -> None:
        moved = reopen(waiting(due_at=at(17)), at=at(9), cause=cause, user_id="U1")
        assert moved.ticket == TicketState("T1", OPEN, since=at(9))
        assert moved.change == TicketStatusChange("T1", at(9), OPEN, cause=cause, user_id="U1")
        assert not moved.is_auto_opened
        assert moved.ticket_updated()["autoOpenedDueToDueDate"] is False

    @pytest.mark.rule("D-07", "D-12")
    def test_only_the_due_date_opens_as_the_due_date(self) -> None:
        ticket = waiting(due_at=at(17))
        match = "must not be the due date: found .*DUE_DATE.* Use release_due"
        with pytest.raises(WorklogError, match=f"^cause of reopen {match}") as refused:
            reopen(ticket, at=at(9), cause=StatusCause.DUE_DATE)
        assert refused.value.field == "cause"
        with pytest.raises(WorklogError, match=f"^cause of close {match}"):
            close(ticket, at=at(9), cause=StatusCause.DUE_DATE)
        with pytest.raises(WorklogError, match=f"^cause of defer {match}"):
            defer(ticket, at(10), at=at(9), cause=StatusCause.DUE_DATE)

    def test_a_closing_ends_the_wait(self) -> None:
        moved = close(waiting(due_at=at(17)), at=at(9), user_id="U1")
        assert moved.ticket == TicketState("T1", CLOSED, since=at(9))
        assert moved.change.deferred_until is None
        assert release_due([moved.ticket], as_of=at(23)) == ()

    def test_one_instant_has_one_word(self) -> None:
        with pytest.raises(
            WorklogError, match=r"^at must be after the last change of 'T1'"
        ) as late:
            close(waiting(due_at=at(17), since=at(9)), at=at(9))
        assert (late.value.field, late.value.value) == ("at", at(9))
        assert close(waiting(due_at=at(17), since=at(9)), at=at(9, 1)).ticket.status is CLOSED

    def test_what_a_status_does_not_allow_is_refused(self) -> None:
        with pytest.raises(
            WorklogError, match=r"^reopen must find a ticket that is pending or clos"
        ):
            reopen(NEW, at=at(9))
        with pytest.raises(
            WorklogError, match=r"^close must find a ticket that is open or pending"
        ):
            close(TicketState("T1", CLOSED), at=at(9))
        with pytest.raises(NaiveDatetimeError, match=r"^at must carry a time zone"):
            close(NEW, at=datetime(2026, 3, 2))


class TestReminder:
    @pytest.mark.rule("D-05")
    def test_it_references_the_due_date(self) -> None:
        ticket = defer(NEW, at(17), at=at(9)).ticket
        assert reminder_of(ticket, note="ask again") == Reminder("T1", at(17), note="ask again")
        moved = defer(ticket, at(18), at=at(10)).ticket
        assert reminder_of(moved) == Reminder("T1", at(18))

    @pytest.mark.rule("D-05")
    @pytest.mark.parametrize("status", [OPEN, CLOSED])
    def test_only_a_pending_ticket_has_one(self, status: TicketStatus) -> None:
        with pytest.raises(
            WorklogError, match=f"^a reminder must be of a .*which is {status.value}"
        ):
            reminder_of(TicketState("T1", status))


@pytest.mark.rule("D-09")
def test_a_deferral_without_an_answer_is_exported_as_a_status_action() -> None:
    row = only(worked(seen("U1", "T1", "9:00", "9:05"), edited("U1", "T1", "9:03", Action.STATUS)))
    assert row.action.value == "statusAction"
    action = action_of(replied=False, closed=False, deferred=True, by_ai=False)
    assert action is Action.STATUS


def test_what_a_command_came_to_travels_as_an_equal_value() -> None:
    moved = defer(NEW, at(17), at=at(9))
    assert pickle.loads(pickle.dumps(moved)) == moved
    assert hash(pickle.loads(pickle.dumps(moved))) == hash(moved)


# A walk of commands, against a dull reading of the rules that keeps two numbers and a word.

commands = st.tuples(
    st.sampled_from(["defer", "reopen", "close", "sweep"]),
    st.integers(1, 3),
    st.integers(-1, 6),
)


def dull(state: tuple[str, int], command: str, now: int, due: int) -> tuple[str, int] | None:
    word, until = state
    if command == "defer":
        return ("pending", due) if due > now else None
    if command == "reopen":
        return ("open", 0) if word in {"pending", "closed"} else None
    if command == "close":
        return ("closed", 0) if word in {"open", "pending"} else None
    return ("open", 0) if word == "pending" and until <= now else state


@given(st.lists(commands, max_size=8))
def test_any_walk_is_what_the_rules_say_and_what_its_history_says(
    walk: list[tuple[Any, int, int]],
) -> None:
    state: tuple[str, int] = ("open", 0)
    ticket, changes, now = NEW, list[TicketStatusChange](), 0
    for command, step, ahead in walk:
        now += step
        expected = dull(state, command, now, now + ahead)
        if command == "sweep":
            moves = release_due([ticket], as_of=at(9, now))
        elif expected is None:
            with pytest.raises(WorklogError, match=r"must find a ticket|must be due after"):
                moved(ticket, command, now, now + ahead)
            continue
        else:
            moves = (moved(ticket, command, now, now + ahead),)
        for move in moves:
            ticket = move.ticket
            changes.append(move.change)
        assert expected is not None
        state = expected
        due = ticket.deferral and ticket.deferral.due_at
        assert (ticket.status.value, due) == (state[0], at(9, state[1]) if state[1] else None)
        assert TicketTimeline(changes).status_at(at(9, now)) is ticket.status


def moved(ticket: TicketState, command: str, now: int, due: int) -> Any:
    if command == "defer":
        return defer(ticket, at(9, due), at=at(9, now))
    return {"reopen": reopen, "close": close}[command](ticket, at=at(9, now))


@pytest.mark.rule("D-06")
@given(
    dues=st.lists(st.integers(1, 9), max_size=5),
    looks=st.lists(st.integers(0, 9), max_size=4).map(sorted),
)
def test_it_does_not_matter_how_often_a_host_looks(dues: list[int], looks: list[int]) -> None:
    tickets = [waiting(f"T{n}", due_at=at(9, due)) for n, due in enumerate(dues)]
    often: dict[str, TicketState] = {ticket.ticket_id: ticket for ticket in tickets}
    for look in [*looks, 9]:
        for move in release_due(often.values(), as_of=at(9, look)):
            often[move.ticket.ticket_id] = move.ticket
    once = {move.ticket.ticket_id: move.ticket for move in release_due(tickets, as_of=at(9, 9))}
    assert often == once
    assert [often[f"T{n}"].since for n in range(len(dues))] == [at(9, due) for due in dues]
