"""The table of a ticket's statuses: every cell is decided, and the docs show it."""

import itertools
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from worklog_core import (
    TRANSITIONS,
    Deferral,
    DueSetBy,
    NaiveDatetimeError,
    Refused,
    TicketCommand,
    TicketState,
    TicketStatus,
    WorklogError,
    is_routable,
    next_status,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "deferrals.md"
OPEN, PENDING, CLOSED = TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.CLOSED


def at(hour: int) -> datetime:
    return datetime(2026, 3, 2, hour, tzinfo=UTC)


def ticket_of(status: TicketStatus) -> TicketState:
    deferral = Deferral(at(17)) if status is PENDING else None
    return TicketState("T1", status, since=at(9), deferral=deferral)


def test_every_command_on_every_status_is_decided() -> None:
    assert set(TRANSITIONS) == set(itertools.product(TicketStatus, TicketCommand))


@pytest.mark.rule("D-01", "D-06", "D-12", "D-14", "AMB-7", "AMB-12")
@pytest.mark.parametrize(
    ("status", "leads_to"),
    [
        (OPEN, [PENDING, None, None, CLOSED, OPEN]),
        (PENDING, [PENDING, OPEN, OPEN, CLOSED, PENDING]),
        (CLOSED, [PENDING, None, OPEN, None, CLOSED]),
    ],
)
def test_where_each_command_leads(
    status: TicketStatus, leads_to: list[TicketStatus | None]
) -> None:
    commands = [
        TicketCommand.DEFER,
        TicketCommand.RELEASE_DUE,
        TicketCommand.REOPEN,
        TicketCommand.CLOSE,
        TicketCommand.CUSTOMER_REPLY,
    ]
    for command, expected in zip(commands, leads_to, strict=True):
        if expected is None:
            with pytest.raises(WorklogError, match=f"^{command.value} must find a ticket that is"):
                next_status(ticket_of(status), command)
        else:
            assert next_status(ticket_of(status), command) is expected


@pytest.mark.parametrize(
    ("status", "command", "message"),
    [
        (
            OPEN,
            TicketCommand.RELEASE_DUE,
            (
                "release_due must find a ticket that is pending: found 'T1', which is open. "
                "It waits for no due date: defer it first."
            ),
        ),
        (
            OPEN,
            TicketCommand.REOPEN,
            (
                "reopen must find a ticket that is pending or closed: found 'T1', which is open. "
                "It is open already: leave it as it is."
            ),
        ),
        (
            CLOSED,
            TicketCommand.RELEASE_DUE,
            (
                "release_due must find a ticket that is pending: found 'T1', which is closed. "
                "A closing ends the wait: reopen it, if somebody shall work on it."
            ),
        ),
        (
            CLOSED,
            TicketCommand.CLOSE,
            (
                "close must find a ticket that is open or pending: found 'T1', which is closed. "
                "It is closed already: leave it as it is."
            ),
        ),
    ],
)
def test_a_refusal_names_the_command_the_status_and_the_way_out(
    status: TicketStatus, command: TicketCommand, message: str
) -> None:
    with pytest.raises(WorklogError, match=r"^\w+ must find a ticket that is") as refused:
        next_status(ticket_of(status), command)
    assert str(refused.value) == message
    assert (refused.value.field, refused.value.value) == ("ticket", ticket_of(status))


def test_what_is_no_ticket_is_refused() -> None:
    nobody: Any = "T1"
    with pytest.raises(WorklogError, match=r"^ticket must be a TicketState: found 'T1' \(str\)"):
        next_status(nobody, TicketCommand.CLOSE)


@pytest.mark.rule("AMB-12", "D-14")
@pytest.mark.parametrize("status", TicketStatus)
def test_a_reply_of_the_customer_moves_no_status(status: TicketStatus) -> None:
    assert next_status(ticket_of(status), TicketCommand.CUSTOMER_REPLY) is status


@pytest.mark.rule("D-04")
def test_only_an_open_ticket_is_routable() -> None:
    assert [is_routable(status) for status in (OPEN, PENDING, CLOSED)] == [True, False, False]


@pytest.mark.rule("D-01", "D-02")
def test_a_pending_ticket_has_a_due_date() -> None:
    with pytest.raises(WorklogError, match=r"^TicketState\.deferral must say until when") as error:
        TicketState("T1", PENDING)
    assert error.value.field == "TicketState.deferral"
    assert "'T1', which is pending" in str(error.value)


@pytest.mark.rule("D-01")
@pytest.mark.parametrize("status", [OPEN, CLOSED])
def test_no_other_ticket_has_one(status: TicketStatus) -> None:
    with pytest.raises(WorklogError, match=rf"be None for any other: .*, which is {status.value}"):
        TicketState("T1", status, deferral=Deferral(at(17)))


@pytest.mark.rule("D-03")
def test_a_due_date_lies_strictly_after_the_instant_it_was_set_at() -> None:
    tick = timedelta.resolution
    assert TicketState("T1", PENDING, since=at(9), deferral=Deferral(at(9) + tick))
    assert TicketState("T1", PENDING, deferral=Deferral(at(9))).since is None
    for due_at in (at(9), at(9) - tick):
        with pytest.raises(WorklogError, match=r"^TicketState\.deferral must be due after it is"):
            TicketState("T1", PENDING, since=at(9), deferral=Deferral(due_at))


@pytest.mark.rule("D-03")
def test_after_is_meant_as_instants_and_not_by_the_wall_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1))
    waits = TicketState("T1", PENDING, since=first, deferral=Deferral(second))
    assert not waits.is_due(as_of=first + timedelta(minutes=29))
    assert waits.is_due(as_of=second)
    with pytest.raises(WorklogError, match="must be due after it is set"):
        TicketState("T1", PENDING, since=second, deferral=Deferral(first))


@pytest.mark.rule("D-06")
def test_a_ticket_is_due_from_its_due_date_on() -> None:
    tick = timedelta.resolution
    waits = ticket_of(PENDING)
    assert [waits.is_due(as_of=at(17) + n * tick) for n in (-1, 0, 1)] == [False, True, True]
    assert not ticket_of(OPEN).is_due(as_of=at(23))
    assert not ticket_of(CLOSED).is_due(as_of=at(23))


@pytest.mark.rule("D-08")
def test_a_due_date_knows_whether_a_person_set_it() -> None:
    assert Deferral(at(17)).is_due_set_manually
    assert not Deferral(at(17), set_by=DueSetBy.TAG).is_due_set_manually
    assert Deferral(at(17)) != Deferral(at(17), set_by=DueSetBy.TAG)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (TicketState, {"ticket_id": ""}, r"ticket_id must be a non-empty str"),
        (TicketState, {"status": "open"}, r"status must be a member of TicketStatus"),
        (TicketState, {"status": PENDING, "deferral": at(17)}, r"deferral must be a Deferral"),
        (Deferral, {"due_at": None}, r"due_at must be a datetime with a time zone"),
        (Deferral, {"set_by": "tag"}, r"set_by must be a member of DueSetBy"),
        (Deferral, {"detail": ""}, r"detail must be a non-empty str"),
    ],
)
def test_what_is_no_ticket_or_deferral_is_refused_by_name(
    kind: Any, fields: dict[str, Any], message: str
) -> None:
    sound = {"ticket_id": "T1"} if kind is TicketState else {"due_at": at(17)}
    with pytest.raises(WorklogError, match=rf"^{kind.__name__}\.{message}"):
        kind(**{**sound, **fields})


def test_instants_need_a_zone() -> None:
    naive = datetime(2026, 3, 2, 9)
    with pytest.raises(NaiveDatetimeError, match=r"^TicketState\.since must carry a time zone"):
        TicketState("T1", since=naive)
    with pytest.raises(NaiveDatetimeError, match=r"^as_of must carry a time zone"):
        ticket_of(OPEN).is_due(as_of=naive)


@pytest.mark.parametrize("status", TicketStatus)
def test_a_ticket_and_the_table_travel_as_equal_values(status: TicketStatus) -> None:
    for value in (ticket_of(status), TRANSITIONS):
        assert pickle.loads(pickle.dumps(value)) == value
        assert hash(pickle.loads(pickle.dumps(value))) == hash(value)


def table_of_the_docs() -> str:
    """Return the table as the page shows it: a row for each command, a column for each status."""
    lines = [
        "| command | " + " | ".join(status.value for status in TicketStatus) + " |",
        "|---|" + "---|" * len(TicketStatus),
    ]
    for command in TicketCommand:
        outcomes = [TRANSITIONS[status, command] for status in TicketStatus]
        cells = [
            f"refused: {outcome.way_out}"
            if isinstance(outcome, Refused)
            else f"**{outcome.value}**"
            for outcome in outcomes
        ]
        lines.append(f"| `{command.value}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_the_docs_show_the_table() -> None:
    assert table_of_the_docs() in PAGE.read_text(encoding="utf-8")
