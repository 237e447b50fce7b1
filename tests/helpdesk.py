"""Short words for what happens on a help desk, for the tests of cases and reports."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from worklog_core import (
    Action,
    CaseEntry,
    CaseLog,
    CaseRules,
    CustomerMessage,
    Direction,
    Event,
    History,
    MessageSent,
    OpenedBy,
    ScreenSession,
    SenderKind,
    StatusCause,
    TicketAssigned,
    TicketEdit,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    WeeklyHours,
    WorkingCalendar,
    WorklogRules,
    build_case_log,
)

RULES = WorklogRules(time_zone=UTC)
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
TICK = timedelta.resolution
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_numbers = count(1)


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 2) -> datetime:
    """Return an instant of March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


def opened(instant: datetime, ticket: str = "T1", **more: Any) -> TicketOpened:
    return TicketOpened(ticket, instant, **more)


def agent_opened(instant: datetime, ticket: str = "T1", **more: Any) -> TicketOpened:
    fields: dict[str, Any] = {
        "direction": Direction.OUT,
        "opened_by": OpenedBy.USER,
        "user_id": "U1",
    } | more
    return TicketOpened(ticket, instant, **fields)


def asked(instant: datetime, ticket: str = "T1", **more: Any) -> CustomerMessage:
    return CustomerMessage(ticket, instant, f"M{next(_numbers)}", **more)


def said(
    instant: datetime,
    sender: SenderKind,
    direction: Direction = Direction.OUT,
    ticket: str = "T1",
    **more: Any,
) -> MessageSent:
    message_id = more.pop("message_id", f"M{next(_numbers)}")
    return MessageSent(ticket, instant, message_id, direction=direction, sender=sender, **more)


def answered(instant: datetime, by: str | None = "U1", ticket: str = "T1", **more: Any) -> Event:
    return said(instant, SenderKind.HUMAN, ticket=ticket, sender_id=by, **more)


def noted(instant: datetime, by: str = "U1", ticket: str = "T1") -> Event:
    return said(instant, SenderKind.HUMAN, Direction.INTERNAL, ticket, sender_id=by)


def assigned(instant: datetime, to: str | None, ticket: str = "T1", **more: Any) -> TicketAssigned:
    return TicketAssigned(ticket, instant, to, **more)


def turned(
    instant: datetime, status: TicketStatus, ticket: str = "T1", **more: Any
) -> TicketStatusChange:
    fields: dict[str, Any] = {"cause": StatusCause.AGENT} | more
    return TicketStatusChange(ticket, instant, status, **fields)


def closed(instant: datetime, by: str | None = "U1", ticket: str = "T1", **more: Any) -> Event:
    return turned(instant, TicketStatus.CLOSED, ticket, user_id=by, **more)


def reopened(instant: datetime, ticket: str = "T1", **more: Any) -> Event:
    return turned(instant, TicketStatus.OPEN, ticket, **({"cause": StatusCause.CUSTOMER} | more))


def pended(instant: datetime, ticket: str = "T1", **more: Any) -> Event:
    return turned(instant, TicketStatus.PENDING, ticket, **more)


def seen(start: datetime, end: datetime, by: str = "U1", ticket: str = "T1") -> ScreenSession:
    return ScreenSession(by, ticket, start, end)


def edited(
    instant: datetime,
    action: Action = Action.WRITE,
    by: str = "U1",
    ticket: str = "T1",
    **more: Any,
) -> TicketEdit:
    return TicketEdit(by, ticket, instant, action, **more)


def log_of(
    *events: Any,
    rules: WorklogRules = RULES,
    as_of: datetime | None = None,
    **case_rules: Any,
) -> CaseLog:
    choices = CaseRules(**case_rules) if case_rules else None
    return build_case_log(History.of(events), rules, as_of=as_of, case_rules=choices)


def case_of(*events: Any, ticket: str = "T1", **more: Any) -> CaseEntry:
    return log_of(*events, **more)[ticket]


def reason_of(entry: CaseEntry, field: str) -> str:
    """Return why a field is None; it must be."""
    assert getattr(entry, field) is None
    return entry.reasons[field].value
