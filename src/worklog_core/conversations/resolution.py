"""When a case was resolved, by whom and as what, and what its statuses lasted.

Four rules hold in this module:
1. A case is resolved by its last closing, as long as it is not open again, or by its first one.
2. With Plain's policy the wait that an automatic closing ended is no part of the resolution.
3. The full resolution time adds the wrap-up. The source does not define it: it is experimental.
4. The times of the statuses are Zendesk's: a requester waits while the case is open or on hold, the
   service works while it is open; a deferral that waits for the customer is neither.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from worklog_core.conversations.conversation import Conversation
from worklog_core.conversations.lifecycle import Turn
from worklog_core.conversations.rules import CaseRules, ResolvedAt, WaitAtClose
from worklog_core.conversations.told import Clocks, Told, or_not_told
from worklog_core.events.facts import TicketStatus
from worklog_core.tickets.pending import pending_times
from worklog_core.undetermined import Undetermined

__all__ = ["closing_of", "resolution_of", "status_times_of"]


def closing_of(conversation: Conversation, rules: CaseRules) -> Turn | None:
    """Return the closing that resolves a case; None where there is none, or none any more."""
    if rules.resolved_at is ResolvedAt.LAST_CLOSE:
        return conversation.closing
    return next((turn for turn in conversation.turns if turn.is_closing), None)


def resolution_of(
    conversation: Conversation, rules: CaseRules, clocks: Clocks, *, wrap_up: timedelta | None
) -> Told:
    """Return what is told of the closing of a conversation (K-09, K-14, K-17)."""
    closing = closing_of(conversation, rules)
    turns = conversation.turns
    told: Told = {
        "status": _status(conversation),
        "times_closed": sum(turn.is_closing for turn in turns),
        "times_reopened": sum(turn.is_reopening for turn in turns),
        **_words(conversation),
    }
    if closing is None:
        names = ("closed_at", "resolved_at", "closed_by", "closed_by_cause", "full_resolution_time")
        reason = Undetermined.NOT_CLOSED
        return {**told, **dict.fromkeys(names, reason), **clocks.untold("resolution_time", reason)}
    resolved_at = _resolved_at(conversation, closing, rules)
    told |= {
        "closed_at": closing.at,
        "resolved_at": resolved_at,
        "closed_by": or_not_told(_closed_by(conversation, closing)),
        "closed_by_cause": closing.cause,
    }
    opened_at = conversation.opened_at
    if opened_at is None or resolved_at < opened_at:
        reason = Undetermined.NOT_TOLD
        told |= {"full_resolution_time": reason, **clocks.untold("resolution_time", reason)}
        return told
    full = resolved_at - opened_at + (wrap_up or timedelta())
    return {
        **told,
        "full_resolution_time": full,
        **clocks.between("resolution_time", opened_at, resolved_at),
    }


def _status(conversation: Conversation) -> TicketStatus:
    if conversation.statuses.changes:
        return conversation.statuses.changes[-1].status
    return TicketStatus.OPEN if conversation.closing is None else TicketStatus.CLOSED


def _resolved_at(conversation: Conversation, closing: Turn, rules: CaseRules) -> datetime:
    if rules.wait_at_close is WaitAtClose.COUNTED or not closing.by_machine:
        return closing.at
    for wait in conversation.statuses.waits:
        if wait.end == closing.at:
            return wait.start
    return closing.at


def _closed_by(conversation: Conversation, closing: Turn) -> str | None:
    """Return who closed a case: whom the closing names, else the note that was left at it."""
    if closing.user_id is not None:
        return closing.user_id
    following = next((turn.at for turn in conversation.turns if turn.at > closing.at), None)
    for note in conversation.closing_notes:
        if note.at >= closing.at and (following is None or note.at < following) and note.user_id:
            return note.user_id
    return None


def _words(conversation: Conversation) -> Told:
    """Return what was said of the case at its closings, of each thing the last word."""
    notes = conversation.closing_notes
    told: Told = {}
    for name in ("category", "summary", "disposition"):
        said = [getattr(note, name) for note in notes if getattr(note, name) is not None]
        told[name] = or_not_told(said[-1] if said else None)
    written = sorted(
        (
            (word.at, number, word.note)
            for number, word in enumerate((*notes, *conversation.of("wrap_ups")))
            if word.note is not None
        ),
    )
    told["note"] = or_not_told(written[-1][2] if written else None)
    return told


def status_times_of(
    conversation: Conversation, rules: CaseRules, clocks: Clocks, *, as_of: datetime | None
) -> Told:
    """Return how long a case was in which status, up to its closing or to *as_of*."""
    names = ("requester_wait", "agent_work", "on_hold")
    waiting = pending_times(conversation.statuses.changes, calendar=clocks.calendar)
    told: Told = {
        name: waiting.reasons.get(name, getattr(waiting, name))
        for name in ("pending_time", "net_pending_time")
    }
    reason = _unmeasured(conversation, as_of)
    if reason is not None:
        for name in names:
            told |= clocks.untold(name, reason)
        return told
    stretches = list(_stretches(conversation, rules, as_of))
    worked = [(start, end) for start, end, kind in stretches if kind == "open"]
    held = [(start, end) for start, end, kind in stretches if kind == "on_hold"]
    return {
        **told,
        **clocks.within("requester_wait", [*worked, *held]),
        **clocks.within("agent_work", worked),
        **clocks.within("on_hold", held),
    }


def _unmeasured(conversation: Conversation, as_of: datetime | None) -> Undetermined | None:
    if conversation.opened_at is None:
        return Undetermined.NOT_TOLD
    if conversation.closing is None and as_of is None:
        return Undetermined.NOT_CLOSED
    return None


def _stretches(
    conversation: Conversation, rules: CaseRules, as_of: datetime | None
) -> Iterator[tuple[datetime, datetime, str]]:
    """Yield [start, end) and what it was: open, on_hold, pending or closed."""
    since: Any = conversation.opened_at
    kind = "open"
    for at, following in _course(conversation, rules):
        if at > since:
            yield since, at, kind
            since = at
        kind = following
    if kind != "closed" and as_of is not None and as_of > since:
        yield since, as_of, kind


def _course(conversation: Conversation, rules: CaseRules) -> Iterator[tuple[datetime, str]]:
    if not conversation.statuses.changes:
        for turn in conversation.turns:
            yield turn.at, "closed" if turn.is_closing else "open"
        return
    for change in conversation.statuses.changes:
        is_held = change.status is TicketStatus.PENDING and change.detail in rules.on_hold_details
        yield change.at, "on_hold" if is_held else change.status.value
