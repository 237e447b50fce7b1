"""From a history to a worklog: the main job.

The pipeline is fixed (AMB-5): heartbeats to sessions; the union per user and ticket; the status gate;
at each instant, division by what this user has open; cuts at messages and midnights; cells with a row
are counted. It runs user by user, for what one user had on screen divides no other's time; only
messages, exclusions and reopenings cross users, and those belong to the ticket.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

from worklog_core.calendars.days import CivilTime
from worklog_core.errors import WorklogError, describe
from worklog_core.events.actions import Action, action_of
from worklog_core.events.facts import (
    CustomerMessage,
    Heartbeat,
    ScreenSession,
    TicketEdit,
    TicketStatusChange,
    UserStatusChange,
    UserStatusRepost,
)
from worklog_core.events.history import History
from worklog_core.instants import (
    from_microseconds,
    require_instant,
    timedelta_to_microseconds,
    to_microseconds,
)
from worklog_core.mappings import FrozenMapping
from worklog_core.tickets.reopening import TicketCourse
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.accounting import OpenPiece, account_day
from worklog_core.worklog.cells import Epochs, RowDraft, TimedEdit, lay_out
from worklog_core.worklog.division import whole_weights
from worklog_core.worklog.findings import Finding, against_status
from worklog_core.worklog.ledger import Entry, Ledger, UserAccount
from worklog_core.worklog.presence import Stretch, bridge_holes, screen_time
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import MessageInSession, RepostPresence, WorklogRules
from worklog_core.worklog.statuses import StatusTimeline, status_timeline
from worklog_core.worklog.worklog import Worklog

__all__ = ["build_worklog"]

_NO_EPOCHS: Final = Epochs()


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

    epochs: Mapping[str, Epochs]
    changes: Mapping[str, list[tuple[int, TicketStatusChange]]]
    answers: Mapping[str, list[tuple[int, str]]]
    excluded: set[str]

    def course_of(self, ticket_id: str) -> TicketCourse:
        """Return what closed a ticket and opened it again."""
        return TicketCourse(
            changes=self.changes.get(ticket_id, ()),
            messages=self.epochs.get(ticket_id, _NO_EPOCHS).opened,
            edits=self.answers.get(ticket_id, ()),
        )


def build_worklog(
    history: History, rules: WorklogRules, *, as_of: datetime | None = None
) -> Worklog:
    """Return the worklog of a history: rows with handling times, and the ledger behind them.

    *as_of* cuts event time: later events are unseen, and sessions that are still open are clipped to
    it; an event at exactly that instant is seen (AMB-24). None takes all that is given.

    Raises WorklogError for what is neither a history nor rules, for a naive *as_of* and for a status
    that the rules do not know; ConflictingEventsError for two statuses at one time without an order.

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
    findings: list[Finding] = []
    for user_id, events in sorted(_by_user(facts).items()):
        edits = _edits_by_ticket(events.edits, cut)
        timeline = status_timeline(events.statuses, events.reposts, rules, as_of=cut)
        on_screen = _on_screen(events, edits, rules, cut)
        drafts, pieces = _lay_out_user(edits, on_screen, tickets, civil, rules)
        entries = _account_user(pieces, timeline, rules)
        rows = _rows(drafts, tickets, civil, rules)
        if rows or entries:
            accounts[user_id] = UserAccount(rows, entries)
        findings.extend(against_status(user_id, on_screen, edits, timeline))
    every_row = (row for account in accounts.values() for row in account.rows)
    return Worklog(
        rows=tuple(sorted(every_row, key=_row_order)),
        ledger=Ledger(accounts),
        findings=tuple(findings),
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


def _edits_by_ticket(
    edits: Iterable[TicketEdit], as_of: int | None
) -> dict[str, list[TimedEdit]]:
    by_ticket: defaultdict[str, list[TimedEdit]] = defaultdict(list)
    for edit in edits:
        at = to_microseconds(edit.at)
        if as_of is None or at <= as_of:
            by_ticket[edit.ticket_id].append((at, edit))
    return by_ticket


def _ticket_facts(history: History, as_of: int | None) -> _Tickets:
    messages: defaultdict[str, list[CustomerMessage]] = defaultdict(list)
    for message in history.customer_messages:
        if as_of is None or to_microseconds(message.at) <= as_of:
            messages[message.ticket_id].append(message)
    changes: defaultdict[str, list[tuple[int, TicketStatusChange]]] = defaultdict(list)
    for change in history.ticket_statuses:
        at = to_microseconds(change.at)
        if as_of is None or at <= as_of:
            changes[change.ticket_id].append((at, change))
    answers: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for edit in history.edits:
        if edit.action is not None and not edit.is_closing:
            at = to_microseconds(edit.at)
            if as_of is None or at <= as_of:
                answers[edit.ticket_id].append((at, edit.user_id))
    return _Tickets(
        epochs={ticket_id: Epochs.of(found) for ticket_id, found in messages.items()},
        changes=changes,
        answers=answers,
        excluded={
            exclusion.ticket_id
            for exclusion in history.exclusions
            if as_of is None or to_microseconds(exclusion.at) <= as_of
        },
    )


def _on_screen(
    events: _UserEvents,
    edits: Mapping[str, list[TimedEdit]],
    rules: WorklogRules,
    as_of: int | None,
) -> dict[str, list[Stretch]]:
    ttl = timedelta_to_microseconds(rules.heartbeat_ttl)
    accesses: dict[str, list[int]] = {}
    if events.heartbeats:
        accesses = {ticket_id: [at for at, _ in found] for ticket_id, found in edits.items()}
    on_screen = screen_time(events.sessions, events.heartbeats, accesses, ttl=ttl, as_of=as_of)
    if rules.repost_presence is RepostPresence.BRIDGE and events.reposts:
        return bridge_holes(on_screen, events.reposts, ttl=ttl, as_of=as_of)
    return on_screen


def _lay_out_user(
    edits: Mapping[str, list[TimedEdit]],
    on_screen: Mapping[str, list[Stretch]],
    tickets: _Tickets,
    civil: CivilTime,
    rules: WorklogRules,
) -> tuple[dict[str, list[RowDraft]], dict[int, list[OpenPiece]]]:
    """Return one user's rows by ticket, and the pieces of each local day by ticket and start."""
    keeps_whole = rules.message_in_session is MessageInSession.KEEP
    ticket_ids = sorted({*on_screen, *edits})
    weights = whole_weights(rules.division, ticket_ids)
    drafts: dict[str, list[RowDraft]] = {}
    days: defaultdict[int, list[OpenPiece]] = defaultdict(list)
    for ticket_id in ticket_ids:
        sessions = on_screen.get(ticket_id, [])
        epochs = tickets.epochs.get(ticket_id, _NO_EPOCHS)
        if keeps_whole:
            epochs = epochs.kept_whole(sessions)
        is_excluded = ticket_id in tickets.excluded
        pieces, found = lay_out(
            sessions,
            edits.get(ticket_id, ()),
            epochs,
            civil=civil,
            rules=rules,
            makes_rows=not is_excluded,
        )
        if found:
            drafts[ticket_id] = found
        weight = weights[ticket_id]
        for piece in pieces:
            if piece.start < piece.end:
                days[piece.day].append((ticket_id, weight, is_excluded, piece))
    _number(drafts)
    return drafts, days


def _number(drafts: Mapping[str, list[RowDraft]]) -> None:
    """Give every row its place among its user's rows: by day, ticket and first edit."""
    in_order = sorted(
        (draft.cell[0], ticket_id, draft.first_edit, draft.cell[1])
        for ticket_id, of_ticket in drafts.items()
        for draft in of_ticket
    )
    places = {(ticket_id, day, epoch): n for n, (day, ticket_id, _, epoch) in enumerate(in_order)}
    for ticket_id, of_ticket in drafts.items():
        for draft in of_ticket:
            draft.number = places[ticket_id, *draft.cell]


def _account_user(
    days: Mapping[int, list[OpenPiece]], timeline: StatusTimeline, rules: WorklogRules
) -> tuple[Entry, ...]:
    """Return one user's entries in the ledger's order, local day by local day."""
    entries: list[Entry] = []
    for day in sorted(days):
        entries.extend(account_day(days[day], timeline, rules.divide_over))
    return tuple(entries)


def _rows(
    drafts: Mapping[str, list[RowDraft]], tickets: _Tickets, civil: CivilTime, rules: WorklogRules
) -> tuple[WorklogRow, ...]:
    """Return one user's rows, by number."""
    rows: list[tuple[int, WorklogRow]] = []
    for ticket_id, of_ticket in drafts.items():
        course = tickets.course_of(ticket_id)
        for draft in of_ticket:
            is_reopened = _is_reopened(draft, of_ticket, course, civil)
            rows.append((draft.number, _row(draft, rules, is_reopened=is_reopened)))
    return tuple(row for _, row in sorted(rows, key=itemgetter(0)))


def _is_reopened(
    draft: RowDraft, of_ticket: Iterable[RowDraft], course: TicketCourse, civil: CivilTime
) -> bool:
    """Return whether the ticket was opened again after a row's last closing (AMB-7)."""
    user_id = draft.edits[0][1].user_id
    closing_edits = [at for at, edit in draft.edits if edit.is_closing]
    closings = [
        at
        for at in course.closings_of(user_id, closing_edits)
        if (civil.day_span(at)[0], draft.epochs.at(at)) == draft.cell
    ]
    if not closings:
        return False
    elsewhere = (
        at
        for other in of_ticket
        if other is not draft
        for at, edit in other.edits
        if not edit.is_closing
    )
    return course.is_opened_after(max(closings), user_id=user_id, elsewhere=elsewhere)


def _row(draft: RowDraft, rules: WorklogRules, *, is_reopened: bool) -> WorklogRow:
    action, actions = _actions([edit for _, edit in draft.edits], rules)
    message = draft.message
    no_conversation = unmeasured = None
    if message is None:
        no_conversation = Undetermined.NO_CUSTOMER_MESSAGE
    elif message.is_initial:
        no_conversation = Undetermined.INITIAL_REQUEST
    if not draft.is_touched:
        is_dark = action is Action.AUTO_PROCESS
        unmeasured = Undetermined.DARK_PROCESSING if is_dark else Undetermined.NO_SESSION
    edit = draft.edits[0][1]
    return WorklogRow(
        user_id=edit.user_id,
        ticket_id=edit.ticket_id,
        day=date.fromordinal(draft.cell[0]),
        recorded_at=from_microseconds(draft.first_edit),
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


def _actions(
    edits: Sequence[TicketEdit], rules: WorklogRules
) -> tuple[Action, tuple[Action, ...]]:
    """Return what a row's edits amount to, and all their actions in time order (AMB-1)."""
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
