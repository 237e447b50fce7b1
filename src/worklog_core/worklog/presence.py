"""Presence: which tickets were on a user's screen, and when.

Four rules hold in this module:
1. Heartbeats become sessions by the ttl; a session ends at its last access, with no credit for what
   might have followed (AMB-17).
2. A *continuous session* is a maximal stretch of the union per user and ticket, touching stretches
   joined, taken before the status gate (AMB-4b). It is closed at its end; a session of no length is
   a stretch of its own unless it lies in or at another.
3. `as_of` clips: a session that starts at or after it is unseen (AMB-24).
4. A repost may explain a hole of pings; the ticket then counts as open through it (AMB-6b).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Final

from worklog_core.errors import RangeError
from worklog_core.events.facts import Heartbeat, ScreenSession, TicketEdit, UserStatusRepost
from worklog_core.instants import from_microseconds, to_microseconds

__all__ = ["Stretch", "bridge_holes", "join", "screen_time", "sessions_of_heartbeats", "unedited"]

Stretch = tuple[str, int, int]
"""A continuous session: ticket id, start, end."""

_LONGEST: Final = 3_653 * 86_400_000_000  # ten years


def screen_time(
    sessions: Iterable[ScreenSession],
    heartbeats: Collection[Heartbeat],
    edits: Iterable[TicketEdit],
    *,
    ttl: int,
    as_of: int | None,
) -> list[Stretch]:
    """Return one user's continuous sessions, in the order of ticket and start.

    The *edits* matter to heartbeats alone: an edit is a browser access too.
    """
    found: list[Stretch] = []
    for session in sessions:
        start, end = to_microseconds(session.start), to_microseconds(session.end)
        if as_of is not None:
            if start >= as_of:
                continue
            end = min(end, as_of)
        found.append((session.ticket_id, start, end))
    if heartbeats:
        accesses: defaultdict[str, list[tuple[int, bool]]] = defaultdict(list)
        for events, is_edit in ((heartbeats, False), (edits, True)):
            for event in events:
                at = to_microseconds(event.at)
                if as_of is None or at <= as_of:
                    accesses[event.ticket_id].append((at, is_edit))
        for ticket_id, of_ticket in accesses.items():
            found.extend(
                (ticket_id, start, end)
                for start, end in sessions_of_heartbeats(sorted(of_ticket), ttl=ttl)
            )
    return join(found)


def join(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the union by ticket: sorted stretches that neither overlap nor touch.

    Raises RangeError for one of more than ten years, which is no presence but the lack of an end.
    """
    joined: list[Stretch] = []
    last_ticket, last_end = "", 0
    for stretch in sorted(stretches):
        ticket_id, start, end = stretch
        if ticket_id != last_ticket or start > last_end:
            joined.append(stretch)
            last_ticket, last_end = ticket_id, end
        elif end > last_end:
            joined[-1] = (ticket_id, joined[-1][1], end)
            last_end = end
    for ticket_id, start, end in joined:
        if end - start > _LONGEST:
            raise _endless(ticket_id, start, end)
    return joined


def _endless(ticket_id: str, start: int, end: int) -> RangeError:
    since, until = from_microseconds(start), from_microseconds(end)
    return RangeError(
        "ScreenSession.end must lie within ten years of where the ticket came on screen: "
        f"found {ticket_id} there from {since.isoformat()} to {until.isoformat()}. "
        "Give a session its true end, or clip what is still open with as_of=...",
        field="ScreenSession.end",
        value=until,
    )


def sessions_of_heartbeats(
    accesses: Iterable[tuple[int, bool]], *, ttl: int
) -> list[tuple[int, int]]:
    """Return the sessions of one user's accesses to one ticket, which are pings or edits, in order.

    A gap of more than the ttl since the last access splits. An edit within the ttl after the last
    access extends the session to its instant; alone it opens none.
    """
    sessions: list[tuple[int, int]] = []
    for at, is_edit in accesses:
        if sessions and at - sessions[-1][1] <= ttl:
            sessions[-1] = (sessions[-1][0], at)
        elif not is_edit:
            sessions.append((at, at))
    return sessions


def unedited(start: int, end: int, edits: Iterable[int], *, longest: int) -> list[tuple[int, int]]:
    """Return the parts of a session in which nothing was edited for longer than allowed.

    *edits* are those from its start to its end, in order. Each part begins when the longest time
    without an edit is over and ends with the next edit, or the session.
    """
    return [
        (since + longest, until)
        for since, until in pairwise([start, *edits, end])
        if until - since > longest
    ]


def bridge_holes(
    stretches: list[Stretch],
    reposts: Iterable[UserStatusRepost],
    *,
    ttl: int,
    as_of: int | None,
) -> list[Stretch]:
    """Return one user's sessions with the holes closed that the user's reposts explain.

    A hole is explained if the repost lies in some of it, the ticket was last seen no more than the
    ttl before the repost's start, and is seen again no later than the ttl after its end.
    """
    booked: list[tuple[int, int]] = []
    for repost in reposts:
        start, end = to_microseconds(repost.start), to_microseconds(repost.end)
        booked.append((end if as_of is None else min(end, as_of), start))
    booked.sort()
    holes = [
        (ticket_id, last_seen, seen_again)
        for (ticket_id, _, last_seen), (following, seen_again, seen_until) in pairwise(stretches)
        if following == ticket_id
        and _is_explained((last_seen, seen_again, seen_until), booked, ttl=ttl)
    ]
    return join(stretches + holes) if holes else stretches


def _is_explained(
    hole: tuple[int, int, int], booked: Sequence[tuple[int, int]], *, ttl: int
) -> bool:
    """Return whether a repost, given as end and start in order, explains a hole.

    A hole is where the ticket was last seen, where it is seen again, and until when.
    """
    last_seen, seen_again, seen_until = hole
    first = bisect_left(booked, (max(last_seen + 1, seen_again - ttl),))
    after = bisect_right(booked, seen_until, lo=first, key=itemgetter(0))
    latest = min(last_seen + ttl, seen_again - 1)
    return any(start <= latest for _, start in booked[first:after])
