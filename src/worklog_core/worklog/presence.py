"""Presence: which tickets were on a user's screen, and when.

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
from collections.abc import Iterable, Mapping

from worklog_core.events.facts import Heartbeat, ScreenSession, UserStatusRepost
from worklog_core.instants import to_microseconds

__all__ = ["Stretch", "bridge_holes", "join", "screen_time", "sessions_of_heartbeats"]

Stretch = tuple[int, int]


def screen_time(
    sessions: Iterable[ScreenSession],
    heartbeats: Iterable[Heartbeat],
    edits: Mapping[str, Iterable[int]],
    *,
    ttl: int,
    as_of: int | None,
) -> dict[str, list[Stretch]]:
    """Return one user's continuous sessions by ticket.

    *sessions* stand in the order of ticket and start; *edits* are the instants of the user's edits by
    ticket, for an edit is a browser access too.
    """
    found: dict[str, list[Stretch]] = {}
    for session in sessions:
        start, end = to_microseconds(session.start), to_microseconds(session.end)
        if as_of is not None:
            if start >= as_of:
                continue
            end = min(end, as_of)
        stretches = found.get(session.ticket_id)
        if stretches is None:
            found[session.ticket_id] = [(start, end)]
        elif start > stretches[-1][1]:
            stretches.append((start, end))
        elif end > stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], end)
    pings: defaultdict[str, list[int]] = defaultdict(list)
    for ping in heartbeats:
        at = to_microseconds(ping.at)
        if as_of is None or at <= as_of:
            pings[ping.ticket_id].append(at)
    for ticket_id, instants in pings.items():
        pinged = sessions_of_heartbeats(instants, edits.get(ticket_id, ()), ttl=ttl)
        found[ticket_id] = join(found.get(ticket_id, []) + pinged)
    return found


def join(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the union: sorted stretches that neither overlap nor touch."""
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if not joined or start > joined[-1][1]:
            joined.append((start, end))
        elif end > joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
    return joined


def sessions_of_heartbeats(
    pings: Iterable[int], edits: Iterable[int], *, ttl: int
) -> list[Stretch]:
    """Return the sessions of one user's pings on one ticket.

    A gap of more than the ttl since the last access splits. An edit within the ttl after the last
    access extends the session to its instant; alone it opens none.
    """
    sessions: list[Stretch] = []
    accesses = sorted([(at, False) for at in pings] + [(at, True) for at in edits])
    for at, is_edit in accesses:
        if sessions and at - sessions[-1][1] <= ttl:
            sessions[-1] = (sessions[-1][0], at)
        elif not is_edit:
            sessions.append((at, at))
    return sessions


def bridge_holes(
    on_screen: dict[str, list[Stretch]],
    reposts: Iterable[UserStatusRepost],
    *,
    ttl: int,
    as_of: int | None,
) -> dict[str, list[Stretch]]:
    """Return one user's sessions with the holes closed that the user's reposts explain."""
    holes: defaultdict[str, list[Stretch]] = defaultdict(list)
    for repost in reposts:
        start, end = to_microseconds(repost.start), to_microseconds(repost.end)
        if as_of is not None:
            end = min(end, as_of)
        for ticket_id, stretches in on_screen.items():
            hole = _hole(stretches, start, end, ttl)
            if hole is not None:
                holes[ticket_id].append(hole)
    return on_screen | {ticket: join(on_screen[ticket] + found) for ticket, found in holes.items()}


def _hole(stretches: list[Stretch], start: int, end: int, ttl: int) -> Stretch | None:
    """Return the hole that a repost of [start, end) explains in one ticket's sessions."""
    following = bisect_left(stretches, (end,))
    if not 0 < following < len(stretches):
        return None
    last_seen, seen_again = stretches[following - 1][1], stretches[following][0]
    if start - ttl <= last_seen < end and seen_again <= end + ttl:
        return (last_seen, seen_again)
    return None
