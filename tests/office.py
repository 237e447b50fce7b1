"""An office on Monday 2 March 2026, for worked examples: events and figures in few words.

Clocks are UTC and written "9:05" or "9:05:30"; days are the days of March. Everything is an event
or a value of the library; nothing is computed here but the reading of a clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from worklog_core import (
    Action,
    CustomerMessage,
    Heartbeat,
    History,
    LedgerLabel,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    UserStatusRepost,
    Worklog,
    WorklogRow,
    WorklogRules,
    build_worklog,
)

__all__ = [
    "MINUTE",
    "RULES",
    "at",
    "edited",
    "lines",
    "minutes",
    "only",
    "pinged",
    "reposted",
    "seen",
    "status",
    "worked",
    "wrote",
]

RULES = WorklogRules(time_zone=ZoneInfo("UTC"))
MINUTE = timedelta(minutes=1)


def at(clock: str, *, day: int = 2) -> datetime:
    hour, rest = clock.split(":", 1)
    return datetime.combine(
        date(2026, 3, day), time.fromisoformat(f"{hour:0>2}:{rest}"), tzinfo=UTC
    )


def _instant(clock: str | datetime) -> datetime:
    return clock if isinstance(clock, datetime) else at(clock)


def seen(
    user: str, ticket: str, start: str | datetime, end: str | datetime, **more: Any
) -> ScreenSession:
    return ScreenSession(user, ticket, _instant(start), _instant(end), **more)


def pinged(user: str, ticket: str, *clocks: str) -> list[Heartbeat]:
    return [Heartbeat(user, ticket, _instant(clock)) for clock in clocks]


def edited(
    user: str,
    ticket: str,
    clock: str | datetime,
    action: Action | None = Action.CLOSE,
    **more: Any,
) -> TicketEdit:
    return TicketEdit(user, ticket, _instant(clock), action, **more)


def wrote(ticket: str, clock: str | datetime, message: str = "M1", **more: Any) -> CustomerMessage:
    return CustomerMessage(ticket, _instant(clock), message, **more)


def status(user: str, clock: str | datetime, name: str, **more: Any) -> UserStatusChange:
    return UserStatusChange(user, _instant(clock), name, **more)


def reposted(
    user: str, start: str | datetime, end: str | datetime, name: str, **more: Any
) -> UserStatusRepost:
    return UserStatusRepost(user, _instant(start), _instant(end), name, **more)


def worked(
    *events: Any,
    rules: WorklogRules = RULES,
    as_of: str | datetime | None = None,
    **choices: Any,
) -> Worklog:
    """Build the worklog of events and lists of them, under some rules but for some choices."""
    flat = [e for event in events for e in (event if isinstance(event, list) else [event])]
    limit = None if as_of is None else _instant(as_of)
    return build_worklog(History.of(flat), attrs.evolve(rules, **choices), as_of=limit)


def only(worklog: Worklog) -> WorklogRow:
    (row,) = worklog.rows
    return row


def minutes(worklog: Worklog) -> dict[tuple[str, str], Any]:
    """Return the minutes of each row, by user and ticket; None where it was not measured."""
    return {
        (r.user_id, r.ticket_id): None if r.duration is None else r.duration / MINUTE
        for r in worklog.rows
    }


def lines(worklog: Worklog) -> list[tuple[str, str, LedgerLabel, float]]:
    """Return each line as start, end, label and minutes."""
    return [
        (f"{x.start:%H:%M}", f"{x.end:%H:%M}", x.label, x.amount / MINUTE)
        for x in worklog.ledger.lines
    ]
