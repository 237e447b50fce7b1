"""From a history to a worklog: the main job.

The pipeline is fixed (AMB-5): heartbeats to sessions; the union per user and ticket; the status
gate; at each instant, division by what this user has open; cuts at messages and midnights; cells
with a row are counted. It runs user by user, for what one user had on screen divides no other's
time; only messages, exclusions and reopenings cross users, and those belong to the ticket.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Final

from worklog_core.calendars.days import CivilTime
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import (
    Heartbeat,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    UserStatusRepost,
)
from worklog_core.events.history import History
from worklog_core.instants import (
    require_instant,
    timedelta_to_microseconds,
    to_microseconds,
)
from worklog_core.worklog.accounting import Sharing, account_day
from worklog_core.worklog.cells import Desk, Piece
from worklog_core.worklog.division import whole_weights
from worklog_core.worklog.findings import Notice, against_status, forgotten, in_order
from worklog_core.worklog.ledger import Entry, Ledger, RowTimes, UserAccount
from worklog_core.worklog.presence import Stretch, bridge_holes, screen_time
from worklog_core.worklog.row_facts import rows_of
from worklog_core.worklog.rules import MessageInSession, RepostPresence, WorklogRules
from worklog_core.worklog.status_ledger import StatusRun
from worklog_core.worklog.statuses import StatusTimeline, status_timeline
from worklog_core.worklog.ticket_facts import TicketFacts, ticket_facts
from worklog_core.worklog.worklog import Worklog

__all__ = ["build_worklog"]


class _UserEvents:
    """The events of one user, each kind in the order of the history."""

    __slots__ = ("edits", "heartbeats", "reposts", "sessions", "statuses")

    def __init__(self) -> None:
        self.sessions: list[ScreenSession] = []
        self.heartbeats: list[Heartbeat] = []
        self.edits: list[TicketEdit] = []
        self.statuses: list[UserStatusChange] = []
        self.reposts: list[UserStatusRepost] = []


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
    _require("history", history, History)
    _require("rules", rules, WorklogRules)
    asked = None if as_of is None else require_instant("as_of", as_of)
    cut = None if asked is None else to_microseconds(asked)
    facts = history.settled()
    tickets = ticket_facts(facts, cut)
    civil = CivilTime(rules.time_zone)
    accounts: dict[str, UserAccount] = {}
    notices: dict[str, tuple[Notice, ...]] = {}
    statuses: dict[str, tuple[StatusRun, ...]] = {}
    for user_id, events in sorted(_by_user(facts).items()):
        edits = [edit for edit in events.edits if asked is None or edit.at <= asked]
        timeline = status_timeline(events.statuses, events.reposts, rules, as_of=cut)
        on_screen = _on_screen(events, edits, rules, cut)
        epochs = tickets.epochs
        if rules.message_in_session is MessageInSession.KEEP:
            epochs = epochs.kept_whole(on_screen, {edit.ticket_id for edit in edits})
        desk = Desk(edits, epochs, excluded=tickets.excluded, civil=civil, rules=rules)
        entries = _account(desk, on_screen, timeline, tickets, rules)
        if desk.rows or entries:
            times = RowTimes([row[2] for row in desk.rows], entries)
            rows = rows_of(user_id, desk, times, tickets, rules)
            accounts[user_id] = UserAccount(rows, entries)
        noticed = against_status(on_screen, edits, timeline)
        if rules.max_unedited is not None:
            longest = timedelta_to_microseconds(rules.max_unedited)
            noticed += forgotten(on_screen, edits, timeline, longest=longest)
        if noticed:
            notices[user_id] = in_order(noticed)
        statuses[user_id] = _status_runs(timeline, events, on_screen, asked)
    every_row = (row for account in accounts.values() for row in account.rows)
    return Worklog(
        rows=tuple(sorted(every_row, key=_row_order)),
        ledger=Ledger(accounts),
        notices=notices,
        statuses=statuses,
        rules=rules,
        as_of=asked,
    )


_row_order: Final = attrgetter("day", "user_id", "ticket_id", "recorded_at")


def _require(field: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        raise WorklogError(
            f"{field} must be a {kind.__name__}: found {describe(value)}. "
            "Call build_worklog(History(...), WorklogRules(time_zone=...)).",
            field=field,
            value=value,
        )


def _by_user(history: History) -> dict[str, _UserEvents]:
    users: defaultdict[str, _UserEvents] = defaultdict(_UserEvents)
    by_user = attrgetter("user_id")
    for user_id, sessions in groupby(history.sessions, by_user):
        users[user_id].sessions.extend(sessions)
    for user_id, heartbeats in groupby(history.heartbeats, by_user):
        users[user_id].heartbeats.extend(heartbeats)
    for user_id, edits in groupby(history.edits, by_user):
        users[user_id].edits.extend(edits)
    for user_id, statuses in groupby(history.user_statuses, by_user):
        users[user_id].statuses.extend(statuses)
    for user_id, reposts in groupby(history.status_reposts, by_user):
        users[user_id].reposts.extend(reposts)
    return users


def _on_screen(
    events: _UserEvents, edits: Iterable[TicketEdit], rules: WorklogRules, as_of: int | None
) -> list[Stretch]:
    ttl = timedelta_to_microseconds(rules.heartbeat_ttl)
    stretches = screen_time(events.sessions, events.heartbeats, edits, ttl=ttl, as_of=as_of)
    if rules.repost_presence is RepostPresence.BRIDGE and events.reposts:
        return bridge_holes(stretches, events.reposts, ttl=ttl, as_of=as_of)
    return stretches


def _account(
    desk: Desk,
    on_screen: Iterable[Stretch],
    timeline: StatusTimeline,
    tickets: TicketFacts,
    rules: WorklogRules,
) -> tuple[Entry, ...]:
    """Return one user's entries in the ledger's order, local day by local day."""
    weights = whole_weights(rules.division, {ticket_id for ticket_id, _, _ in on_screen})
    days: defaultdict[int, list[Piece]] = defaultdict(list)
    for piece in desk.lay_out(on_screen):
        if piece[1] < piece[2]:
            days[piece[3]].append(piece)
    sharing = Sharing(weights, tickets.excluded, rules.divide_over)
    entries: list[Entry] = []
    for day in sorted(days):
        entries.extend(account_day(days[day], desk.rows, timeline, sharing))
    return tuple(entries)


def _status_runs(
    timeline: StatusTimeline,
    events: _UserEvents,
    on_screen: Sequence[Stretch],
    as_of: datetime | None,
) -> tuple[StatusRun, ...]:
    """Return the statuses of one user from the first to the last instant known of that user.

    Empty where no status is known. What is on screen is known too: its time must not be missing.
    """
    marks = [change.at for change in events.statuses]
    for repost in events.reposts:
        marks += (repost.start, repost.end)
    known = [to_microseconds(at) for at in marks if as_of is None or at <= as_of]
    if not known:
        return ()
    if on_screen:
        known += (min(map(itemgetter(1), on_screen)), max(map(itemgetter(2), on_screen)))
    first, last = min(known), max(known) if as_of is None else to_microseconds(as_of)
    return tuple(
        (start, end, mode.name, mode.counts)
        for start, end, mode in timeline.runs(first, last)
        if start < end
    )
