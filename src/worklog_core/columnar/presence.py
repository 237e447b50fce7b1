"""Presence in columns: which tickets were on whose screen, and when.

The rules are those of `worklog_core.worklog.presence`: pings by the ttl, the union per user and
ticket, holes that a repost explains. A pair is a user and a ticket as one number.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    first_of_each,
    is_first,
    lengths_of,
    numbered,
    order_of,
    spread,
)
from worklog_core.worklog.presence import join

__all__ = [
    "Screens",
    "bridged",
    "joined",
    "refuse_endless",
    "sessions_of_heartbeats",
    "together",
]

_LONGEST: Final = 3_653 * 86_400_000_000  # ten years


class Screens(NamedTuple):
    """Stretches of presence: a pair of user and ticket, from start to end."""

    pair: Ints
    start: Ints
    end: Ints


def together(screens: Screens, others: Screens) -> Screens:
    """Return some stretches and others, not yet in order."""
    return Screens(*map(np.concatenate, zip(screens, others, strict=True)))


def sessions_of_heartbeats(pings: tuple[Ints, Ints], edits: tuple[Ints, Ints], ttl: int) -> Screens:
    """Return the sessions of accesses, given as pairs and instants (AMB-17).

    Between two gaps longer than the ttl lies one session, from the first ping to the last access;
    where there is no ping, none. Edits of pairs without pings open nothing.
    """
    beside = np.isin(edits[0], pings[0])
    pair = np.concatenate([pings[0], edits[0][beside]])
    at = np.concatenate([pings[1], edits[1][beside]])
    is_ping = np.arange(len(pair)) < len(pings[0])
    order = order_of(pair, at)
    pair, at, is_ping = pair[order], at[order], is_ping[order]
    begins = is_first(pair)
    begins[1:] |= at[1:] - at[:-1] > ttl
    # Edits before the first ping of a stretch extend nothing.
    count = np.cumsum(is_ping, dtype=np.int64)
    first = np.flatnonzero(begins)
    before = count - is_ping
    is_dead = ~is_ping & (count == np.repeat(before[first], lengths_of(first, len(pair))))
    kept = ~is_dead
    block = numbered(begins)[kept]
    pair, at = pair[kept], at[kept]
    opens = first_of_each(block)
    closes = np.append(opens[1:], len(pair))[: len(opens)] - 1
    return Screens(pair[opens], at[opens], at[closes])


def joined(screens: Screens) -> Screens:
    """Return the union by pair: in order, neither overlapping nor touching."""
    order = order_of(screens.pair, screens.start)
    pair, start, end = (column[order] for column in screens)
    if not len(pair):
        return Screens(pair, start, end)
    number = numbered(is_first(pair))
    keys = TimeKeys(int(number[-1]) + 1, (start, end))
    reached = np.maximum.accumulate(keys(number, end))
    opens = np.ones(len(pair), dtype=np.bool_)
    opens[1:] = keys(number, start)[1:] > reached[:-1]
    first = np.flatnonzero(opens)
    return Screens(pair[first], start[first], np.maximum.reduceat(end, first))


def refuse_endless(screens: Screens, name_of: Callable[[int], str]) -> None:
    """Refuse a stretch of more than ten years, of a ticket that *name_of* tells of its pair."""
    for row in np.flatnonzero(screens.end - screens.start > _LONGEST)[:1]:
        pair, start, end = (int(column[row]) for column in screens)
        join([(name_of(pair), start, end)])


def bridged(screens: Screens, users: Ints, reposts: tuple[Ints, Ints, Ints], ttl: int) -> Screens:
    """Return sessions, in order, with the holes closed that a repost of the user explains (AMB-6b).

    *users* are those of the screens; *reposts* are users, starts and ends, clipped.
    """
    booked_by, booked_from, booked_to = reposts
    holes = np.flatnonzero(screens.pair[1:] == screens.pair[:-1])
    holes = holes[np.isin(users[holes], booked_by)]
    if not len(holes):
        return screens
    order = order_of(booked_by, booked_to)
    booked_by, booked_from, booked_to = booked_by[order], booked_from[order], booked_to[order]
    user, last_seen = users[holes], screens.end[holes]
    seen_again, seen_until = screens.start[holes + 1], screens.end[holes + 1]
    keys = TimeKeys(int(max(booked_by[-1], user.max())) + 1, (booked_to,))
    ends = keys(booked_by, booked_to)
    first = np.searchsorted(ends, keys(user, np.maximum(last_seen + 1, seen_again - ttl)))
    after = np.searchsorted(ends, keys(user, seen_until), side="right")
    hole, repost = spread(first, np.maximum(first, after))
    latest = np.minimum(last_seen + ttl, seen_again - 1)
    explains: Flags = booked_from[repost] <= latest[hole]
    closed = np.unique(hole[explains])
    if not len(closed):
        return screens
    bridges = Screens(screens.pair[holes[closed]], last_seen[closed], seen_again[closed])
    return joined(together(screens, bridges))
