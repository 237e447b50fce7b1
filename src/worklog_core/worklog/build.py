"""From a history to a worklog: the main job.

The pipeline is fixed (AMB-5): heartbeats to sessions; the union per user and ticket; the status
gate; at each instant, division by what this user has open; cuts at messages and midnights; cells
with a row are counted. It runs user by user, for what one user had on screen divides no other's
time; only messages, exclusions and reopenings cross users, and those belong to the ticket.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

from worklog_core.calendars.days import CivilTime
from worklog_core.errors import WorklogError, describe
from worklog_core.events.actions import Action, action_of
from worklog_core.events.facts import (
    Heartbeat,
    ScreenSession,
    TicketEdit,
    TicketStatusChange,
    UserStatusChange,
    UserStatusRepost,
)
from worklog_core.events.history import History
from worklog_core.instants import (
    require_instant,
    timedelta_to_microseconds,
    to_microseconds,
)
from worklog_core.mappings import FrozenMapping
from worklog_core.tickets.reopening import (
    Latest,
    closings_by_status,
    latest_of_others,
    openings_by_status,
    with_later,
)
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.accounting import Sharing, account_day
from worklog_core.worklog.cells import Desk, Epochs, Piece, RowDraft
from worklog_core.worklog.division import whole_weights
from worklog_core.worklog.findings import Notice, against_status
from worklog_core.worklog.ledger import Entry, Ledger, UserAccount
from worklog_core.worklog.presence import Stretch, bridge_holes, screen_time
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import MessageInSession, RepostPresence, WorklogRules
from worklog_core.worklog.statuses import StatusTimeline, status_timeline
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


class _Tickets(NamedTuple):
    """What concerns a ticket whoever works on it; instants are microseconds, in order."""

    epochs: Epochs
    changes: Mapping[str, list[tuple[int, TicketStatusChange]]]
    unclosing: Mapping[str, Latest]
    excluded: set[str]


def build_worklog(
    history: History, rules: WorklogRules, *, as_of: datetime | None = None
) -> Worklog:
    """Return the worklog of a history: rows with handling times, and the ledger behind them.

    *as_of* cuts event time: later events are unseen, and sessions that are still open are clipped
    to it; an event at exactly that instant is seen (AMB-24). None takes all that is given.

    Raises WorklogError for what is neither a history nor rules, for a naive *as_of* and for a
    status that the rules do not know; ConflictingEventsError for two statuses at one time without
    an order.

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
    tickets = _ticket_facts(facts, cut)
    civil = CivilTime(rules.time_zone)
    accounts: dict[str, UserAccount] = {}
    notices: dict[str, tuple[Notice, ...]] = {}
    for user_id, events in sorted(_by_user(facts).items()):
        edits = [edit for edit in events.edits if asked is None or edit.at <= asked]
        timeline = status_timeline(events.statuses, events.reposts, rules, as_of=cut)
        on_screen = _on_screen(events, edits, rules, cut)
        epochs = tickets.epochs
        if rules.message_in_session is MessageInSession.KEEP:
            epochs = epochs.kept_whole(on_screen)
        desk = Desk(edits, epochs, excluded=tickets.excluded, civil=civil, rules=rules)
        entries = _account(desk, on_screen, timeline, tickets, rules)
        if desk.rows or entries:
            accounts[user_id] = UserAccount(_rows(desk, tickets, rules), entries)
        notices[user_id] = against_status(on_screen, edits, timeline)
    every_row = (row for account in accounts.values() for row in account.rows)
    return Worklog(
        rows=tuple(sorted(every_row, key=_row_order)),
        ledger=Ledger(accounts),
        notices=notices,
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


def _ticket_facts(history: History, as_of: int | None) -> _Tickets:
    def is_seen(at: int) -> bool:
        return as_of is None or at <= as_of

    changes: defaultdict[str, list[tuple[int, TicketStatusChange]]] = defaultdict(list)
    for change in history.ticket_statuses:
        at = to_microseconds(change.at)
        if is_seen(at):
            changes[change.ticket_id].append((at, change))
    unclosing: dict[str, Latest] = {}
    for edit in history.edits:
        if edit.action is not None and not edit.is_closing:
            at = to_microseconds(edit.at)
            if is_seen(at):
                known = unclosing.get(edit.ticket_id)
                unclosing[edit.ticket_id] = with_later(known, at, edit.user_id)
    return _Tickets(
        epochs=Epochs.of(m for m in history.customer_messages if is_seen(to_microseconds(m.at))),
        changes=changes,
        unclosing=unclosing,
        excluded={
            exclusion.ticket_id
            for exclusion in history.exclusions
            if is_seen(to_microseconds(exclusion.at))
        },
    )


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
    tickets: _Tickets,
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


def _rows(desk: Desk, tickets: _Tickets, rules: WorklogRules) -> tuple[WorklogRow, ...]:
    """Return one user's rows, in the order of their numbers."""
    own: dict[str, Latest] = {}
    for draft in desk.rows:
        for edit in draft.edits:
            if not edit.is_closing:
                at, known = to_microseconds(edit.at), own.get(draft.ticket_id)
                own[draft.ticket_id] = with_later(known, at, draft.number)
    return tuple(
        _row(draft, rules, is_reopened=_is_reopened(draft, own, desk, tickets))
        for draft in desk.rows
    )


def _is_reopened(draft: RowDraft, own: Mapping[str, Latest], desk: Desk, tickets: _Tickets) -> bool:
    """Return whether the ticket was opened again after a row's last closing (AMB-7).

    *own* are the user's own edits that do not close, by ticket; their owners are the rows.
    """
    ticket_id, user_id = draft.ticket_id, draft.edits[0].user_id
    closings = [to_microseconds(edit.at) for edit in draft.edits if edit.is_closing]
    openings: Iterable[int | None]
    changes = tickets.changes.get(ticket_id)
    if changes is not None:
        by_status = closings_by_status(changes, user_id, has_closing_edit=bool(closings))
        closings = [at for at in by_status if desk.cell_of(ticket_id, at) == draft.cell]
        openings = openings_by_status(changes)
    else:
        openings = (
            tickets.epochs.last_opening(ticket_id),
            latest_of_others(tickets.unclosing.get(ticket_id), user_id),
            latest_of_others(own.get(ticket_id), draft.number),
        )
    return bool(closings) and any(at is not None and at > max(closings) for at in openings)


def _row(draft: RowDraft, rules: WorklogRules, *, is_reopened: bool) -> WorklogRow:
    action, actions = _actions(draft.edits, rules)
    message = draft.message
    no_conversation = unmeasured = None
    if message is None:
        no_conversation = Undetermined.NO_CUSTOMER_MESSAGE
    elif message.is_initial:
        no_conversation = Undetermined.INITIAL_REQUEST
    if not draft.is_touched:
        is_dark = action is Action.AUTO_PROCESS
        unmeasured = Undetermined.DARK_PROCESSING if is_dark else Undetermined.NO_SESSION
    edit = draft.edits[0]
    return WorklogRow(
        user_id=edit.user_id,
        ticket_id=edit.ticket_id,
        day=date.fromordinal(draft.cell[0]),
        recorded_at=draft.recorded_at,
        conversation_id=message.conversation_id if message and not no_conversation else None,
        epoch_at=message.at if message else None,
        action=action,
        actions=actions,
        duration=timedelta(microseconds=draft.duration) if draft.is_touched else None,
        after_work=timedelta(microseconds=draft.after_work) if draft.is_touched else None,
        open_time=timedelta(microseconds=draft.open_time) if draft.is_touched else None,
        reopened=is_reopened,
        reasons=_REASONS[no_conversation, unmeasured],
    )


def _reasons(
    no_conversation: Undetermined | None, unmeasured: Undetermined | None
) -> FrozenMapping[str, Undetermined]:
    reasons: dict[str, Undetermined] = {}
    if no_conversation is not None:
        reasons["conversation_id"] = no_conversation
    if unmeasured is not None:
        reasons |= dict.fromkeys(("duration", "after_work", "open_time"), unmeasured)
    return FrozenMapping(reasons)


# A row's reasons are one of nine; rows share them.
_REASONS: Final = {
    (no_conversation, unmeasured): _reasons(no_conversation, unmeasured)
    for no_conversation in (None, Undetermined.INITIAL_REQUEST, Undetermined.NO_CUSTOMER_MESSAGE)
    for unmeasured in (None, Undetermined.DARK_PROCESSING, Undetermined.NO_SESSION)
}


_ALONE: Final = {action: (action,) for action in Action}  # most rows have one edit: they share


def _actions(edits: Sequence[TicketEdit], rules: WorklogRules) -> tuple[Action, tuple[Action, ...]]:
    """Return what a row's edits amount to, and all their actions in time order (AMB-1)."""
    if len(edits) == 1 and edits[0].action is not None:
        return edits[0].action, _ALONE[edits[0].action]
    # At one instant the lower priority stands first.
    made = sorted((edit.at, edit.action) for edit in edits if edit.action is not None)
    actions = tuple(action for _, action in made)
    if len(set(actions)) == 1:
        return actions[0], actions  # any action alone, however often, is itself
    action = action_of(
        replied=Action.WRITE in actions,
        closed=(
            Action.CLOSE in actions
            or Action.AUTO_PROCESS in actions
            or any(edit.action is Action.WRITE and edit.is_closing for edit in edits)
        ),
        deferred=Action.STATUS in actions,
        by_ai=Action.AUTO_PROCESS in actions,
        reply_with_deferral=rules.reply_with_deferral,
    )
    # Every row-making edit amounts to something, so the second half only tells the type checker.
    return action or actions[-1], actions
