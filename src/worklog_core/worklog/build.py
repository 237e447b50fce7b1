"""From a history to a worklog: the main job.

The pipeline is fixed (AMB-5): heartbeats to sessions; the union per user and ticket; the status gate;
at each instant, division by what this user has open; cuts at messages and midnights; cells with a row
are counted. Users are independent of each other, and each user's local days are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from worklog_core.calendars.days import CivilTime
from worklog_core.errors import WorklogError, describe
from worklog_core.events.actions import Action, action_of
from worklog_core.events.facts import CustomerMessage, TicketEdit, TicketStatusChange
from worklog_core.events.history import History
from worklog_core.instants import from_microseconds, require_instant, to_microseconds
from worklog_core.tickets.reopening import TicketCourse
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.accounting import OpenTicket, account_day
from worklog_core.worklog.cells import Cell, Epochs, Layout, RowDraft, lay_out
from worklog_core.worklog.division import whole_weights
from worklog_core.worklog.findings import against_status
from worklog_core.worklog.ledger import Entry, Ledger
from worklog_core.worklog.presence import Presence, continuous_sessions
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import MessageInSession, WorklogRules
from worklog_core.worklog.statuses import StatusTimeline, status_timelines
from worklog_core.worklog.worklog import Worklog

__all__ = ["build_worklog"]

TimedEdit = tuple[int, TicketEdit]


class _Facts(NamedTuple):
    """The facts of a history up to an instant, sorted by whom and what they concern."""

    presence: Presence
    timelines: Mapping[str, StatusTimeline]
    edits: Mapping[str, Mapping[str, list[TimedEdit]]]
    messages: Mapping[str, list[CustomerMessage]]
    changes: Mapping[str, list[TicketStatusChange]]
    excluded: set[str]


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
    _require(history, rules)
    asked = None if as_of is None else require_instant("as_of", as_of)
    facts = _gather(history.settled(), rules, None if asked is None else to_microseconds(asked))
    civil = CivilTime(rules.time_zone)
    every = StatusTimeline(rules.mode_of(rules.initial_status))
    layouts: dict[str, dict[str, Layout]] = {}
    entries: dict[str, tuple[Entry, ...]] = {}
    for user_id in sorted({*facts.presence, *facts.edits}):
        layouts[user_id] = dict(_lay_out_user(user_id, facts, civil, rules))
        timeline = facts.timelines.get(user_id, every)
        found = _account_user(layouts[user_id], facts, timeline, rules)
        if found:
            entries[user_id] = tuple(found)
    rows = _rows(layouts, facts, civil, rules)
    edits = (edit for tickets in facts.edits.values() for e in tickets.values() for _, edit in e)
    return Worklog(
        rows=rows,
        ledger=Ledger(entries, {row.key: row for row in rows}),
        findings=against_status(facts.presence, edits, facts.timelines, every),
        rules=rules,
        as_of=asked,
    )


def _require(history: History, rules: WorklogRules) -> None:
    for field, value, kind in (("history", history, History), ("rules", rules, WorklogRules)):
        if not isinstance(value, kind):
            raise WorklogError(
                f"{field} must be a {kind.__name__}: found {describe(value)}. "
                "Call build_worklog(History(...), WorklogRules(time_zone=...)).",
                field=field,
                value=value,
            )


def _gather(history: History, rules: WorklogRules, as_of: int | None) -> _Facts:
    edits: defaultdict[str, defaultdict[str, list[TimedEdit]]]
    edits = defaultdict(lambda: defaultdict(list))
    for edit in history.edits:  # stands in the order of user, ticket and instant
        at = to_microseconds(edit.at)
        if as_of is None or at <= as_of:
            edits[edit.user_id][edit.ticket_id].append((at, edit))
    messages: defaultdict[str, list[CustomerMessage]] = defaultdict(list)
    for message in history.customer_messages:
        if as_of is None or to_microseconds(message.at) <= as_of:
            messages[message.ticket_id].append(message)
    changes: defaultdict[str, list[TicketStatusChange]] = defaultdict(list)
    for change in history.ticket_statuses:
        if as_of is None or to_microseconds(change.at) <= as_of:
            changes[change.ticket_id].append(change)
    return _Facts(
        presence=continuous_sessions(history, rules, as_of=as_of),
        timelines=status_timelines(history, rules, as_of=as_of),
        edits=edits,
        messages=messages,
        changes=changes,
        excluded={
            exclusion.ticket_id
            for exclusion in history.exclusions
            if as_of is None or to_microseconds(exclusion.at) <= as_of
        },
    )


def _lay_out_user(
    user_id: str, facts: _Facts, civil: CivilTime, rules: WorklogRules
) -> Iterable[tuple[str, Layout]]:
    """Return the pieces and rows of one user's tickets, in the order of their ids."""
    sessions = facts.presence.get(user_id, {})
    edits = facts.edits.get(user_id, {})
    for ticket_id in sorted({*sessions, *edits}):
        on_screen = sessions.get(ticket_id, [])
        epochs = Epochs.of(facts.messages.get(ticket_id, ()))
        if rules.message_in_session is MessageInSession.KEEP:
            epochs = epochs.kept_whole(on_screen)
        yield (
            ticket_id,
            lay_out(
                on_screen,
                edits.get(ticket_id, ()),
                epochs,
                civil=civil,
                rules=rules,
                makes_rows=ticket_id not in facts.excluded,
            ),
        )


def _account_user(
    layouts: Mapping[str, Layout], facts: _Facts, timeline: StatusTimeline, rules: WorklogRules
) -> list[Entry]:
    """Return one user's entries in the ledger's order, day by day."""
    weights = whole_weights(rules.division, layouts)
    days: defaultdict[int, list[OpenTicket]] = defaultdict(list)
    for ticket_id, layout in layouts.items():
        weight, is_excluded = weights[ticket_id], ticket_id in facts.excluded
        on_day: OpenTicket | None = None
        for piece in layout.pieces:
            if piece.start == piece.end:
                continue
            if on_day is None or on_day.pieces[0].day != piece.day:
                on_day = OpenTicket(ticket_id, [], layout.rows, weight, is_excluded)
                days[piece.day].append(on_day)
            on_day.pieces.append(piece)
    entries: list[Entry] = []
    for day in sorted(days):
        entries.extend(sorted(account_day(days[day], timeline, rules.divide_over), key=_in_order))
    return entries


_in_order = attrgetter("start", "ticket_id")


def _rows(
    layouts: Mapping[str, Mapping[str, Layout]],
    facts: _Facts,
    civil: CivilTime,
    rules: WorklogRules,
) -> tuple[WorklogRow, ...]:
    drafts: defaultdict[str, list[tuple[Layout, RowDraft]]] = defaultdict(list)
    for tickets in layouts.values():
        for ticket_id, layout in tickets.items():
            drafts[ticket_id].extend((layout, draft) for draft in layout.rows.values())
    rows: list[WorklogRow] = []
    for ticket_id, of_ticket in drafts.items():
        course = TicketCourse(
            changes=facts.changes.get(ticket_id, ()),
            messages=facts.messages.get(ticket_id, ()),
            edits=(
                (to_microseconds(edit.at), draft.key, edit)
                for _, draft in of_ticket
                for edit in draft.edits
            ),
        )
        rows.extend(_row(draft, layout.epochs, course, civil, rules) for layout, draft in of_ticket)
    return tuple(sorted(rows, key=_row_order))


_row_order = attrgetter("day", "user_id", "ticket_id", "recorded_at")


def _row(
    draft: RowDraft, epochs: Epochs, course: TicketCourse, civil: CivilTime, rules: WorklogRules
) -> WorklogRow:
    def holds(instant: int) -> bool:
        return Cell(civil.day_of(instant), epochs.at(instant)) == draft.cell

    action, actions = _action(draft, rules)
    reasons: dict[str, Undetermined] = {}
    conversation_id, no_conversation = _conversation(draft.cell, epochs)
    if no_conversation is not None:
        reasons["conversation_id"] = no_conversation
    if not draft.is_touched:
        is_dark = action is Action.AUTO_PROCESS
        unmeasured = Undetermined.DARK_PROCESSING if is_dark else Undetermined.NO_SESSION
        reasons |= dict.fromkeys(("duration", "after_work", "open_time"), unmeasured)
    user_id, ticket_id, day, epoch_at = draft.key
    return WorklogRow(
        user_id=user_id,
        ticket_id=ticket_id,
        day=day,
        recorded_at=from_microseconds(draft.first_edit),
        conversation_id=conversation_id,
        epoch_at=epoch_at,
        action=action,
        actions=actions,
        duration=timedelta(microseconds=draft.duration) if draft.is_touched else None,
        after_work=timedelta(microseconds=draft.after_work) if draft.is_touched else None,
        open_time=timedelta(microseconds=draft.open_time) if draft.is_touched else None,
        reopened=course.is_reopened(
            user_id=user_id, cell=draft.key, edits=draft.edits, holds=holds
        ),
        reasons=reasons,
    )


def _action(draft: RowDraft, rules: WorklogRules) -> tuple[Action, tuple[Action, ...]]:
    """Return what a row's edits amount to, and all their actions in time order (AMB-1)."""
    # At one instant the lower priority stands first.
    made = sorted((edit.at, edit.action) for edit in draft.edits if edit.action is not None)
    actions = tuple(action for _, action in made)
    answers = [edit for edit in draft.edits if edit.action is Action.WRITE]
    action = action_of(
        replied=bool(answers),
        closed=(
            Action.CLOSE in actions
            or Action.AUTO_PROCESS in actions
            or any(edit.is_closing for edit in answers)
        ),
        deferred=Action.STATUS in actions,
        by_ai=Action.AUTO_PROCESS in actions,
        reply_with_deferral=rules.reply_with_deferral,
    )
    # A draft has a row-making edit, and every one of them amounts to something.
    return action or actions[-1], actions


def _conversation(cell: Cell, epochs: Epochs) -> tuple[str | None, Undetermined | None]:
    """Return the id of the last customer message at a row's first edit, or why there is none."""
    if cell.epoch < 0:
        return None, Undetermined.NO_CUSTOMER_MESSAGE
    message = epochs.messages[cell.epoch]
    if message.is_initial:
        return None, Undetermined.INITIAL_REQUEST
    return message.conversation_id, None
