"""Reopening: which row's closing was undone, by whom, and what is no reopening (AMB-7)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office import RULES, at, edited, seen, worked, wrote
from worklog_core import (
    Action,
    CustomerMessage,
    Event,
    History,
    StatusCause,
    TicketEdit,
    TicketStatus,
    TicketStatusChange,
    Worklog,
    build_worklog,
)
from worklog_core.tickets.reopening import latest_of_others, with_later

OPEN, PENDING, CLOSED = TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.CLOSED


def turned(
    clock: str,
    status: TicketStatus,
    user: str | None = "U1",
    cause: StatusCause = StatusCause.AGENT,
    *,
    ticket: str = "T1",
) -> TicketStatusChange:
    return TicketStatusChange(ticket, at(clock), status, cause=cause, user_id=user)


def flags(worklog: Worklog) -> list[tuple[str, bool]]:
    """Return each row's first edit and whether its closing was undone."""
    return [(f"{row.user_id} {row.recorded_at:%H:%M}", row.reopened) for row in worklog.rows]


CLOSED_AT_NINE = edited("U1", "T1", "9:00")


class TestWithoutStatusChanges:
    def test_a_closing_that_nobody_undid(self) -> None:
        assert flags(worked(CLOSED_AT_NINE)) == [("U1 09:00", False)]

    @pytest.mark.rule("AMB-7", "E-22", "E-08")
    def test_the_first_of_three_users_was_reopened_by_the_third(self) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "9:05"),
            seen("U2", "T1", "10:00", "10:04"),
            seen("U1", "T1", "12:00", "12:10"),
            edited("U1", "T1", "12:08"),
            seen("U3", "T1", "15:00", "15:02"),
            edited("U3", "T1", "15:01", Action.STATUS),
        )
        assert flags(worklog) == [("U1 12:08", True), ("U3 15:01", False)]

    @pytest.mark.rule("AMB-7", "E-22")
    @pytest.mark.parametrize(
        "opening",
        [
            wrote("T1", "9:30"),
            edited("U2", "T1", "9:30", Action.STATUS),
            edited("U2", "T1", "9:30", Action.WRITE, closes=False),
            edited("U1", "T1", at("9:30", day=3), Action.STATUS),
        ],
        ids=["the customer wrote", "a colleague deferred", "a colleague answered", "another day"],
    )
    def test_what_undoes_a_closing(self, opening: Event) -> None:
        assert flags(worked(CLOSED_AT_NINE, opening))[0] == ("U1 09:00", True)

    @pytest.mark.rule("AMB-7")
    @pytest.mark.parametrize(
        "other",
        [
            wrote("T1", "9:00"),
            wrote("T1", "8:30"),
            wrote("T2", "9:30"),
            edited("U2", "T1", "9:00", Action.STATUS),
            edited("U2", "T1", "8:30", Action.STATUS),
            edited("U2", "T2", "9:30", Action.STATUS),
            edited("U2", "T1", "9:30", None),
            edited("U2", "T1", "9:30", Action.WRITE),
            edited("U2", "T1", "9:30", Action.CLOSE),
            edited("U1", "T1", "9:30", Action.STATUS),
            seen("U2", "T1", "9:30", "9:40"),
        ],
        ids=[
            "a message at the same instant",
            "a message before",
            "a message on another ticket",
            "a deferral at the same instant",
            "a deferral before",
            "a deferral of another ticket",
            "a note",
            "a colleague's answer that closes",
            "a colleague's closing",
            "the user's own deferral in the same row",
            "a colleague's look",
        ],
    )
    def test_what_does_not(self, other: Event) -> None:
        found = dict(flags(worked(CLOSED_AT_NINE, other)))
        assert not found["U1 08:30" if "U1 08:30" in found else "U1 09:00"]

    def test_the_users_own_edit_in_a_later_epoch_undoes_it_too(self) -> None:
        worklog = worked(
            wrote("T1", "9:10"),
            edited("U1", "T1", "9:20"),
            wrote("T1", "9:20:00.000001"),
            edited("U1", "T1", "9:30", Action.STATUS),
        )
        assert flags(worklog) == [("U1 09:20", True), ("U1 09:30", False)]

    @pytest.mark.rule("AMB-7")
    def test_only_the_last_closing_of_a_row_matters(self) -> None:
        worklog = worked(
            CLOSED_AT_NINE,
            edited("U2", "T1", "9:10", Action.STATUS),
            edited("U1", "T1", "9:20", Action.WRITE),
        )
        assert flags(worklog) == [("U1 09:00", False), ("U2 09:10", False)]

    @pytest.mark.parametrize(
        ("edit", "is_closing"),
        [
            (edited("U1", "T1", "9:00", Action.CLOSE), True),
            (edited("U1", "T1", "9:00", Action.WRITE), True),
            (edited("U1", "T1", "9:00", Action.AUTO_PROCESS), True),
            (edited("U1", "T1", "9:00", Action.STATUS), False),
            (edited("U1", "T1", "9:00", Action.WRITE, closes=False), False),
            (edited("U1", "T1", "9:00", Action.STATUS, closes=True), True),
        ],
    )
    def test_a_row_that_did_not_close_cannot_be_reopened(
        self,
        edit: TicketEdit,
        *,
        is_closing: bool,
    ) -> None:
        assert flags(worked(edit, wrote("T1", "9:30"))) == [("U1 09:00", is_closing)]

    def test_of_many_openings_the_last_one_counts_whoever_made_it(self) -> None:
        openings = [
            edited("U2", "T1", "8:10", Action.STATUS),
            edited("U1", "T1", at("10:00", day=1), Action.STATUS),
            edited("U2", "T1", "8:20", Action.STATUS),
            edited("U3", "T1", "8:15", Action.STATUS),
        ]
        assert dict(flags(worked(CLOSED_AT_NINE, openings)))["U1 09:00"] is False
        late = edited("U3", "T1", "9:00:00.000001", Action.STATUS)
        assert dict(flags(worked(CLOSED_AT_NINE, openings, late)))["U1 09:00"] is True


class TestWithStatusChanges:
    @pytest.mark.rule("AMB-7", "E-22", "D-06")
    @pytest.mark.parametrize(
        ("opening", "is_reopened"),
        [
            (turned("9:30", OPEN), True),
            (turned("9:30", PENDING), True),
            (turned("9:30", OPEN, "U2"), True),
            (turned("9:30", OPEN, None, StatusCause.CUSTOMER), True),
            (turned("9:30", OPEN, None, StatusCause.API), True),
            (turned("9:30", OPEN, None, StatusCause.DUE_DATE), False),
            (turned("9:30", PENDING, None, StatusCause.DUE_DATE), False),
            (turned("9:30", CLOSED, "U2"), False),
            (turned("9:00", OPEN, "U2"), False),
            (turned("8:30", OPEN, "U2"), False),
            (turned("9:30", OPEN, "U2", ticket="T2"), False),
            (wrote("T1", "9:30"), False),
            (edited("U2", "T1", "9:30", Action.STATUS), False),
        ],
    )
    def test_what_undoes_a_closing(self, opening: Event, *, is_reopened: bool) -> None:
        worklog = worked(CLOSED_AT_NINE, turned("9:00", CLOSED), opening)
        assert flags(worklog)[0] == ("U1 09:00", is_reopened)

    def test_a_closing_edit_is_none_where_the_status_says_otherwise(self) -> None:
        worklog = worked(CLOSED_AT_NINE, turned("8:00", OPEN), turned("9:30", OPEN, "U2"))
        assert flags(worklog) == [("U1 09:00", False)]

    def test_a_closing_without_an_edit_that_closes_is_one(self) -> None:
        deferred = edited("U1", "T1", "9:00", Action.STATUS)
        worklog = worked(deferred, turned("9:10", CLOSED), turned("9:30", OPEN, "U2"))
        assert flags(worklog) == [("U1 09:00", True)]

    @pytest.mark.rule("AMB-7")
    def test_a_closing_that_names_nobody_is_that_of_whose_edit_closes(self) -> None:
        changes = (turned("9:00:01", CLOSED, None), turned("9:30", OPEN, "U3"))
        others = edited("U2", "T1", "9:00", Action.STATUS)
        assert flags(worked(CLOSED_AT_NINE, others, *changes)) == [
            ("U1 09:00", True),
            ("U2 09:00", False),
        ]

    def test_a_closing_of_a_colleague_is_not_the_users(self) -> None:
        worklog = worked(CLOSED_AT_NINE, turned("9:00", CLOSED, "U2"), turned("9:30", OPEN, "U3"))
        assert flags(worklog) == [("U1 09:00", False)]

    def test_a_closing_belongs_to_the_cell_of_its_instant(self) -> None:
        worklog = worked(
            CLOSED_AT_NINE,
            wrote("T1", "10:00"),
            edited("U1", "T1", "11:00", Action.STATUS),
            turned("11:00", CLOSED),
            turned("12:00", OPEN, "U2"),
        )
        assert flags(worklog) == [("U1 09:00", False), ("U1 11:00", True)]

    def test_only_the_last_closing_of_a_cell_matters(self) -> None:
        changes = (turned("9:00", CLOSED), turned("9:30", OPEN, "U2"), turned("9:40", CLOSED))
        assert flags(worked(CLOSED_AT_NINE, *changes)) == [("U1 09:00", False)]

    def test_a_tickets_changes_say_nothing_about_another(self) -> None:
        worklog = worked(CLOSED_AT_NINE, wrote("T1", "9:30"), turned("9:00", CLOSED, ticket="T2"))
        assert flags(worklog) == [("U1 09:00", True)]


class TestAsOf:
    @pytest.mark.rule("AMB-7", "AMB-24")
    @pytest.mark.parametrize(
        "opening", [wrote("T1", "9:30"), edited("U2", "T1", "9:30", Action.STATUS)]
    )
    def test_an_opening_is_seen_from_its_instant_on(self, opening: Event) -> None:
        assert flags(worked(CLOSED_AT_NINE, opening, as_of="9:29:59.999999")) == [
            ("U1 09:00", False)
        ]
        assert flags(worked(CLOSED_AT_NINE, opening, as_of="9:30"))[0] == ("U1 09:00", True)

    def test_so_is_a_change_of_status(self) -> None:
        events = (CLOSED_AT_NINE, turned("9:00", CLOSED), turned("9:30", OPEN, "U2"))
        assert flags(worked(*events, as_of="9:29:59.999999")) == [("U1 09:00", False)]
        assert flags(worked(*events, as_of="9:30")) == [("U1 09:00", True)]

    def test_a_ticket_whose_changes_lie_ahead_is_judged_by_its_edits(self) -> None:
        events = (CLOSED_AT_NINE, wrote("T1", "9:30"), turned("9:40", CLOSED, "U2"))
        assert flags(worked(*events, as_of="9:39")) == [("U1 09:00", True)]
        assert flags(worked(*events, as_of="9:40")) == [("U1 09:00", False)]


# The same, said once more: too slow to ship, too plain to be wrong.

Cell = tuple[date, datetime | None]


def cell_of(history: History, ticket: str, instant: datetime) -> Cell:
    before = [m.at for m in history.customer_messages if m.ticket_id == ticket and m.at <= instant]
    return instant.date(), max(before, default=None)


def is_reopened(history: History, user: str, ticket: str, cell: Cell) -> bool:
    edits = [e for e in history.edits if e.ticket_id == ticket and e.action is not None]
    own = [e for e in edits if e.user_id == user and cell_of(history, ticket, e.at) == cell]
    changes = [c for c in history.ticket_statuses if c.ticket_id == ticket]
    if changes:
        closings = [
            c.at
            for c in changes
            if c.status is CLOSED
            and cell_of(history, ticket, c.at) == cell
            and (c.user_id == user or (c.user_id is None and any(e.is_closing for e in own)))
        ]
        openings = [
            c.at for c in changes if c.status is not CLOSED and c.cause is not StatusCause.DUE_DATE
        ]
    else:
        closings = [e.at for e in own if e.is_closing]
        openings = [m.at for m in history.customer_messages if m.ticket_id == ticket]
        openings += [e.at for e in edits if e not in own and not e.is_closing]
    return bool(closings) and any(at > max(closings) for at in openings)


moments = st.sampled_from(
    [at("9:00") + timedelta(minutes=n) for n in range(7)] + [at("9:00", day=3), at("0:00", day=3)]
)
users, tickets = st.sampled_from(("U1", "U2")), st.sampled_from(("T1", "T1", "T2"))
events = st.one_of(
    st.builds(
        TicketEdit,
        users,
        tickets,
        moments,
        st.sampled_from(Action),
        closes=st.sampled_from((None, None, True, False)),
    ),
    st.builds(TicketEdit, users, tickets, moments),
    st.builds(CustomerMessage, tickets, moments, st.sampled_from(("C1", "C2"))),
    st.builds(
        TicketStatusChange,
        st.just("T1"),
        moments,
        st.sampled_from(TicketStatus),
        cause=st.sampled_from(StatusCause),
        user_id=st.one_of(st.none(), users),
    ),
)


@settings(max_examples=300)
@given(
    drawn=st.lists(events, max_size=9),
    as_of=st.one_of(st.none(), moments),
    has_changes=st.booleans(),
)
def test_a_flag_is_what_looking_through_everything_says(
    drawn: list[Any],
    as_of: datetime | None,
    *,
    has_changes: bool,
) -> None:
    if not has_changes:
        drawn = [e for e in drawn if not isinstance(e, TicketStatusChange)]
    history = History.of(drawn)
    seen_of_it = History.of(e for e in drawn if as_of is None or e.at <= as_of)
    rules = attrs.evolve(RULES, time_zone=UTC)
    for row in build_worklog(history, rules, as_of=as_of).rows:
        cell = row.day, row.epoch_at
        assert row.reopened == is_reopened(seen_of_it, row.user_id, row.ticket_id, cell)


# What is kept of many openings is enough to tell the latest of anybody else's.


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc"))))
def test_the_latest_of_others_is_known_for_everybody(drawn: list[tuple[int, str]]) -> None:
    latest = None
    for instant, whose in drawn:
        latest = with_later(latest, instant, whose)
    for whose in "abcd":
        others = [instant for instant, owner in drawn if owner != whose]
        assert latest_of_others(latest, whose) == max(others, default=None)
