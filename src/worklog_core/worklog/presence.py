"""Presence: which tickets were on whose screen, and when.

Four rules hold in this module:
1. Heartbeats become sessions by the ttl; a session ends at its last access, with no credit for what
   might have followed (AMB-17).
2. A *continuous session* is a maximal stretch of the union per user and ticket, touching stretches
   joined, taken before the status gate (AMB-4b). It is a pair of microseconds, closed at its end; a
   session of no length is a stretch of its own unless it lies in or at another.
3. `as_of` clips: a session that starts at or after it is unseen (AMB-24).
4. A repost may explain a hole of pings; the ticket then counts as open through it (AMB-6b).
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from worklog_core.events.facts import Heartbeat, TicketEdit
from worklog_core.events.history import History
from worklog_core.instants import timedelta_to_microseconds, to_microseconds
from worklog_core.worklog.rules import RepostPresence, WorklogRules

__all__ = ["Presence", "Stretch", "continuous_sessions", "join", "sessions_of_heartbeats"]

Stretch = tuple[int, int]
Presence = dict[str, dict[str, list[Stretch]]]
"""Sorted continuous sessions by user and ticket."""


def continuous_sessions(
    history: History, rules: WorklogRules, *, as_of: int | None = None
) -> Presence:
    """Return what was on whose screen, from sessions, heartbeats, edits and reposts."""
    found: defaultdict[str, defaultdict[str, list[Stretch]]]
    found = defaultdict(lambda: defaultdict(list))
    for session in history.sessions:
        start, end = to_microseconds(session.start), to_microseconds(session.end)
        if as_of is not None:
            if start >= as_of:
                continue
            end = min(end, as_of)
        found[session.user_id][session.ticket_id].append((start, end))
    ttl = timedelta_to_microseconds(rules.heartbeat_ttl)
    for user_id, ticket_id, stretches in _heartbeat_sessions(history, ttl, as_of):
        found[user_id][ticket_id].extend(stretches)
    presence = {
        user_id: {ticket_id: join(stretches) for ticket_id, stretches in tickets.items()}
        for user_id, tickets in found.items()
    }
    if rules.repost_presence is RepostPresence.BRIDGE:
        _bridge(presence, history, ttl, as_of)
    return presence


def join(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the union: sorted stretches that neither overlap nor touch."""
    joined: list[Stretch] = []
    last_end: int | None = None
    for start, end in sorted(stretches):
        if last_end is None or start > last_end:
            joined.append((start, end))
            last_end = end
        elif end > last_end:
            joined[-1] = (joined[-1][0], end)
            last_end = end
    return joined


def sessions_of_heartbeats(
    pings: Iterable[int], edits: Iterable[int], *, ttl: int
) -> list[Stretch]:
    """Return the sessions of one user's pings on one ticket.

    A gap of more than the ttl since the last access splits. An edit within the ttl after the last
    access extends the session to its instant; alone it opens none.
    """
    sessions: list[Stretch] = []
    start = last = None
    accesses = sorted([(at, False) for at in pings] + [(at, True) for at in edits])
    for at, is_edit in accesses:
        if last is not None and at - last <= ttl:
            last = at
        elif not is_edit:
            if start is not None and last is not None:
                sessions.append((start, last))
            start = last = at
    if start is not None and last is not None:
        sessions.append((start, last))
    return sessions


def _heartbeat_sessions(
    history: History, ttl: int, as_of: int | None
) -> Iterable[tuple[str, str, list[Stretch]]]:
    if not history.heartbeats:
        return
    pings = _instants_by_ticket(history.heartbeats, as_of)
    edits = _instants_by_ticket(history.edits, as_of)
    for key, instants in pings.items():
        sessions = sessions_of_heartbeats(instants, edits.get(key, ()), ttl=ttl)
        yield (*key, sessions)


def _instants_by_ticket(
    events: Iterable[Heartbeat | TicketEdit], as_of: int | None
) -> dict[tuple[str, str], list[int]]:
    by_ticket: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for event in events:
        at = to_microseconds(event.at)
        if as_of is None or at <= as_of:
            by_ticket[event.user_id, event.ticket_id].append(at)
    return by_ticket


def _bridge(presence: Presence, history: History, ttl: int, as_of: int | None) -> None:
    """Close, in place, the holes that reposts explain."""
    holes: defaultdict[tuple[str, str], list[Stretch]] = defaultdict(list)
    for repost in history.status_reposts:
        start, end = to_microseconds(repost.start), to_microseconds(repost.end)
        if as_of is not None:
            end = min(end, as_of)
        for ticket_id, stretches in presence.get(repost.user_id, {}).items():
            hole = _hole(stretches, start, end, ttl)
            if hole is not None:
                holes[repost.user_id, ticket_id].append(hole)
    for (user_id, ticket_id), found in holes.items():
        tickets = presence[user_id]
        tickets[ticket_id] = join(tickets[ticket_id] + found)


def _hole(stretches: list[Stretch], start: int, end: int, ttl: int) -> Stretch | None:
    """Return the hole that a repost of [start, end) explains in one ticket's sessions."""
    following = bisect_left(stretches, (end,))
    if not 0 < following < len(stretches):
        return None
    last_seen, seen_again = stretches[following - 1][1], stretches[following][0]
    if start - ttl <= last_seen < end and seen_again <= end + ttl:
        return (last_seen, seen_again)
    return None
