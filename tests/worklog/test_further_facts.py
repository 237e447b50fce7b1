"""What a row says of its ticket's waiting, with figures; and that every None has its reason."""

from datetime import UTC, timedelta
from typing import Any

import attrs
import pytest

from office import MINUTE, at, edited, only, worked, wrote
from worklog_core import (
    Action,
    SlaPolicy,
    StatusCause,
    TicketStatus,
    TicketStatusChange,
    Undetermined,
    WeeklyHours,
    WorkingCalendar,
    WorklogRow,
)

OPEN, PENDING, CLOSED = TicketStatus
HOUR = timedelta(hours=1)
ANSWERED = edited("U1", "T1", "9:10", Action.WRITE)
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
WAITING = (
    "pending_due_at",
    "first_pending_at",
    "pending_time",
    "net_pending_time",
    "times_set_to_open",
)


def turned(clock: str, status: TicketStatus, *, day: int = 2, **more: Any) -> TicketStatusChange:
    more.setdefault("cause", StatusCause.AGENT)
    return TicketStatusChange("T1", at(clock, day=day), status, **more)


def told(row: WorklogRow, *fields: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in fields}
    return {name: row.reasons[name] if values[name] is None else values[name] for name in fields}


class TestWaiting:
    @pytest.mark.rule("P-E1", "P-E7", "AMB-12")
    def test_it_is_told_gross_and_net_and_how_often_it_was_opened(self) -> None:
        # Waits from Monday 16:00 to Tuesday 10:00: 18 h, of which 1 h and 1 h are open ones.
        events = [
            turned("16:00", PENDING, deferred_until=at("10:00", day=3)),
            turned("10:00", OPEN, day=3, cause=StatusCause.DUE_DATE),
        ]
        row = only(worked(ANSWERED, events, sla_policy=SlaPolicy(OFFICE)))
        assert told(row, *WAITING) == {
            "pending_due_at": Undetermined.NOT_PENDING,
            "first_pending_at": at("16:00"),
            "pending_time": 18 * HOUR,
            "net_pending_time": 2 * HOUR,
            "times_set_to_open": 1,
        }
        no_calendar = only(worked(ANSWERED, events))
        assert told(no_calendar, "net_pending_time") == {
            "net_pending_time": Undetermined.NO_CALENDAR
        }

    @pytest.mark.rule("P-E1", "D-01", "AMB-12")
    def test_while_the_ticket_waits_nobody_knows_for_how_long(self) -> None:
        events = [turned("9:10", PENDING, deferred_until=at("12:00"))]
        row = only(worked(ANSWERED, events, sla_policy=SlaPolicy(OFFICE)))
        assert told(row, *WAITING) == {
            "pending_due_at": at("12:00"),
            "first_pending_at": at("9:10"),
            "pending_time": Undetermined.STILL_PENDING,
            "net_pending_time": Undetermined.STILL_PENDING,
            "times_set_to_open": 0,
        }

    @pytest.mark.rule("D-02")
    def test_a_wait_without_a_due_date_says_so(self) -> None:
        row = only(worked(ANSWERED, turned("9:10", PENDING)))
        assert told(row, "pending_due_at") == {"pending_due_at": Undetermined.NO_DUE_DATE}

    @pytest.mark.rule("P-E1")
    def test_a_ticket_that_never_waited_waited_for_no_time(self) -> None:
        row = only(worked(ANSWERED, turned("9:10", CLOSED), sla_policy=SlaPolicy(OFFICE)))
        assert told(row, *WAITING) == {
            "pending_due_at": Undetermined.NOT_PENDING,
            "first_pending_at": Undetermined.NEVER_PENDING,
            "pending_time": timedelta(),
            "net_pending_time": timedelta(),
            "times_set_to_open": 0,
        }

    @pytest.mark.rule("P-E1")
    def test_without_status_changes_nobody_tells(self) -> None:
        for more in (
            [],
            [wrote("T1", "9:00", channel="chat")],
            [attrs.evolve(LATE, ticket_id="T2")],
        ):
            row = only(worked(ANSWERED, more))
            assert set(told(row, *WAITING, "status_detail").values()) == {Undetermined.NOT_TOLD}

    @pytest.mark.rule("AMB-12", "AMB-24")
    def test_it_is_told_as_of_the_evaluation_for_every_row_of_the_ticket(self) -> None:
        events = [
            *(ANSWERED, edited("U2", "T1", "9:20")),
            *(turned("9:10", PENDING), turned("9:40", OPEN)),
        ]
        for clock, wait in (("9:39:59.999999", None), ("9:40", 30 * MINUTE)):
            assert [row.pending_time for row in worked(events, as_of=clock).rows] == [wait, wait]

    def test_of_two_statuses_at_one_instant_the_one_learnt_later_holds(self) -> None:
        both = [turned("9:10", CLOSED), turned("9:10", PENDING, known_at=at("9:11"))]
        assert only(worked(ANSWERED, both)).first_pending_at == at("9:10")
        both = [turned("9:10", CLOSED), turned("9:10", PENDING)]
        assert only(worked(ANSWERED, both)).first_pending_at is None


LATE = turned("9:10", PENDING, detail="customer")


class TestWhatItWaitsFor:
    @pytest.mark.rule("P-E1", "D-11")
    @pytest.mark.parametrize(
        ("change", "detail"),
        [
            (LATE, "customer"),
            (turned("9:30", PENDING, detail="meter reading"), "meter reading"),
            (turned("9:10", PENDING, detail="customer", user_id="U1"), "customer"),
            (turned("9:10", PENDING, detail="customer", user_id="U2"), None),
            (turned("8:59:59", PENDING, detail="customer"), None),
            (turned("9:10", PENDING, day=3, detail="customer"), None),
            (turned("9:10", PENDING), None),
        ],
        ids=[
            "nobody is named",
            "after the last edit",
            "the user",
            "another user",
            "in the epoch before",
            "on another day",
            "nothing is said",
        ],
    )
    def test_it_is_what_was_said_in_the_rows_cell(
        self, change: TicketStatusChange, detail: str | None
    ) -> None:
        row = only(worked(ANSWERED, wrote("T1", "9:00"), change))
        assert row.status_detail == detail
        assert ("status_detail" in row.reasons) is (detail is None)

    @pytest.mark.rule("P-E1")
    def test_the_last_word_counts(self) -> None:
        changes = [
            turned("9:10", PENDING, detail="customer"),
            turned("9:20", PENDING, detail="meter reading"),
            turned("9:30", OPEN),
        ]
        assert only(worked(ANSWERED, changes)).status_detail == "meter reading"


def test_every_reason_of_every_row_is_one_that_its_field_may_have() -> None:
    events = [
        *(ANSWERED, edited("U2", "T1", "9:20", Action.STATUS), edited("AI", "T2", "9:00", AUTO)),
        *(turned("9:10", PENDING), turned("9:40", OPEN)),
    ]
    for row in worked(events).rows:
        missing = {f.name for f in attrs.fields(WorklogRow) if getattr(row, f.name) is None}
        assert missing == row.reasons.keys()
        for name, reason in row.reasons.items():
            assert reason in attrs.fields_dict(WorklogRow)[name].metadata["reasons"]


AUTO = Action.AUTO_PROCESS
