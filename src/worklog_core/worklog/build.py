"""From a history to a worklog: the main job.

It runs user by user, for what one user had on screen divides no other's time; only messages,
exclusions and reopenings cross users, and those belong to the ticket.
"""

from datetime import datetime
from typing import Final

from worklog_core.door import require_kind
from worklog_core.events.history import History
from worklog_core.instants import require_instant
from worklog_core.worklog.rules import WorklogRules
from worklog_core.worklog.worklog import Worklog

__all__ = ["build_worklog"]

_WAY_OUT: Final = "Call build_worklog(History(...), WorklogRules(time_zone=...))."


def build_worklog(
    history: History, rules: WorklogRules, *, as_of: datetime | None = None
) -> Worklog:
    """Return the worklog of a history: rows with handling times, and the ledger behind them.

    *as_of* cuts event time: later events are unseen, and sessions that are still open are clipped
    to it; an event at exactly that instant is seen (AMB-24). None takes all that is given.

    Raises WorklogError for what is neither a history nor rules, for a naive *as_of* and for a
    status that the rules do not know; ConflictingEventsError for two statuses at one time without
    an order; RangeError for a ticket that is on screen for more than ten years without a break,
    which lacks an end.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import (
        ...     Action, History, ScreenSession, TicketEdit, WorklogRules, build_worklog)
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> history = History(
        ...     sessions=[ScreenSession(user_id="U1", ticket_id="T1", start=at(0), end=at(10)),
        ...               ScreenSession(user_id="U1", ticket_id="T2", start=at(5), end=at(10))],
        ...     edits=[TicketEdit(user_id="U1", ticket_id="T1", at=at(8), action=Action.WRITE)])
        >>> worklog = build_worklog(history, WorklogRules(time_zone=ZoneInfo("Europe/Berlin")))
        >>> [(row.ticket_id, row.duration, row.after_work) for row in worklog.rows]
        [('T1', datetime.timedelta(seconds=450), datetime.timedelta(seconds=60))]
    """
    require_kind("history", history, History, _WAY_OUT)
    require_kind("rules", rules, WorklogRules, _WAY_OUT)
    asked = None if as_of is None else require_instant("as_of", as_of)
    return Worklog.of(history, rules, as_of=asked)
