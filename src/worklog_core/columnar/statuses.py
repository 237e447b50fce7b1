"""The status of users through time, in columns: the gate.

The rules are those of `worklog_core.worklog.statuses`. Where two claims contradict each other, and
where a status has no known name, the scalar timeline of that user is asked for the refusal.
"""

from collections import defaultdict
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Ints,
    TimeKeys,
    cut,
    first_of_each,
    is_first,
    lengths_of,
    numbered,
    order_of,
    spread,
)
from worklog_core.columnar.records import Records
from worklog_core.columnar.versions import without_duplicates
from worklog_core.worklog.rules import WorklogRules
from worklog_core.worklog.statuses import status_timeline

__all__ = ["Timelines", "timelines"]


class Timelines:
    """The status modes of all users: `modes[i]` holds from `starts[i]` for one user.

    Before a user's first change `initial` holds. A mode is its place in the rules' `status_modes`.
    """

    __slots__ = ("_first", "_keys", "_user_keys", "initial", "modes", "starts", "users")

    def __init__(self, users: Ints, starts: Ints, modes: Ints, *, initial: int, count: int) -> None:
        """Take changes in the order of user and instant; those that change nothing are left out."""
        before = np.append([initial], modes[:-1])[: len(modes)]
        before[is_first(users)] = initial
        kept = modes != before
        self.initial = initial
        self.users, self.starts, self.modes = users[kept], starts[kept], modes[kept]
        self._keys = TimeKeys(count + 1, (self.starts,))
        self._user_keys = self._keys(self.users, self.starts)
        self._first = np.searchsorted(self.users, np.arange(count + 2))

    def mode_at(self, users: Ints, at: Ints) -> Ints:
        """Return the modes in force at some instants; a change at an instant came first."""
        place = np.searchsorted(self._user_keys, self._keys(users, at), side="right")
        known = np.append(self.modes, self.initial)
        return np.where(place > self._first[users], known[place - 1], self.initial)

    def runs(self, users: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Return stretches, by user, cut where the status changes: start, end, whose and mode."""
        # Users stand in order: only what lies between the first and the last of them is searched.
        near = slice(*self._first[[int(users[0]), int(users[-1]) + 1]].tolist())
        known = self._user_keys[near]
        first = np.searchsorted(known, self._keys(users, start), side="right")
        until = self._keys(users, end)
        over = np.flatnonzero(until > np.append(known, until.max() + 1)[first])
        after = np.searchsorted(known, until[over], side="left")
        whose, place = spread(first[over], after)
        whose, first, place = over[whose], first + near.start, place + near.start
        starts, ends, owner = cut(start, end, whose, self.starts[place])
        # Each part of a stretch after the first begins with the change that cut it off.
        place = first[owner] + np.arange(len(owner))
        opens = first_of_each(owner)
        place -= np.repeat(opens, lengths_of(opens, len(owner)))
        known = np.append(self.modes, self.initial)
        return (
            starts,
            ends,
            owner,
            np.where(place > self._first[users[owner]], known[place - 1], self.initial),
        )


class _Claims(NamedTuple):
    """Claims about statuses: whose, from when, until when (if they end), how late, which mode."""

    user: Ints
    start: Ints
    end: Ints
    place: Ints
    mode: Ints


def timelines(
    changes: Records, reposts: Records, rules: WorklogRules, *, as_of: int | None, count: int
) -> Timelines:
    """Return the timelines of so many users.

    Raises WorklogError for an unknown status, ConflictingEventsError for two at one time.
    """
    changes, reposts = without_duplicates(changes), without_duplicates(reposts)
    if as_of is not None:
        changes = changes.take(changes["at"] <= as_of)
        reposts = reposts.take(reposts["start"] < as_of)
    names = [mode.name for mode in rules.status_modes]
    initial = names.index(rules.mode_of(rules.initial_status).name)
    claims = _Claims(
        reposts["user_id"],
        reposts["start"],
        reposts["end"] if as_of is None else np.minimum(reposts["end"], as_of),
        _places(reposts),
        _modes(reposts, rules),
    )
    user, at, mode = _changed(changes, _modes(changes, rules), _Fault(changes, reposts, rules))
    on_top = _on_top(claims, _Fault(changes, reposts, rules))
    if len(on_top.user):
        below = Timelines(user, at, mode, initial=initial, count=count)
        user, at, mode = _overlaid(below, on_top, (user, at, mode))
    return Timelines(user, at, mode, initial=initial, count=count)


class _Fault:
    """Asks the scalar timeline of a user to refuse what contradicts itself."""

    def __init__(self, changes: Records, reposts: Records, rules: WorklogRules) -> None:
        self._changes, self._reposts, self._rules = changes, reposts, rules

    def of(self, user: int) -> None:
        """Raise what the scalar timeline of one user raises."""
        changes, reposts = (
            records.events(np.flatnonzero(records["user_id"] == user))
            for records in (self._changes, self._reposts)
        )
        status_timeline(changes, reposts, self._rules, as_of=None)


def _modes(records: Records, rules: WorklogRules) -> Ints:
    """Return the place of each record's mode; refuse the first that the rules do not know."""
    names = {mode.name: place for place, mode in enumerate(rules.status_modes)}
    words = records.texts("status")
    places = [names.get(rules.status_aliases.get(word, word), -1) for word in words]
    modes = np.array([*places, -1], dtype=np.int64)[records["status"]]
    for row in np.flatnonzero(modes < 0)[:1]:
        event = records.events(np.array([row]))
        is_change = "at" in records
        status_timeline(event if is_change else [], [] if is_change else event, rules, as_of=None)
    return modes


def _places(records: Records) -> Ints:
    """Return each claim's place in the order of knowledge: learnt later, then the higher id."""
    ids, learnt = records["event_id"], records.learnt_at()
    if "event_id" in records.words:
        ids = records.words["event_id"].ranks()[ids]
    order = np.lexsort((ids, learnt))
    place = np.zeros(len(records), dtype=np.int64)
    place[order] = numbered(is_first(learnt[order], ids[order]))
    return place


def _changed(changes: Records, modes: Ints, fault: _Fault) -> tuple[Ints, Ints, Ints]:
    """Return the changes in order of user and instant, one to an instant: the last word."""
    places = _places(changes)
    user, at = changes["user_id"], changes["at"]
    order = np.lexsort((places, at, user))
    user, at, modes, places = user[order], at[order], modes[order], places[order]
    is_last = np.append(is_first(user, at)[1:], [True] * (len(user) > 0)).astype(np.bool_)
    # The claims that rank equal stand together at the end of their instant.
    ties = ~is_last[:-1] & (places[1:] == places[:-1]) & (modes[1:] != modes[:-1])
    if np.any(ties):
        block = numbered(is_first(user, at))
        highest = np.zeros(int(block[-1]) + 1, dtype=np.int64)
        highest[block] = places
        for row in np.flatnonzero(ties & (places[1:] == highest[block[1:]]))[:1]:
            fault.of(int(user[row]))
    return user[is_last], at[is_last], modes[is_last]


def _on_top(claims: _Claims, fault: _Fault) -> _Claims:
    """Return claims cut so that none overlap: at each instant the latest word."""
    order = order_of(claims.user, claims.start)
    claims = _Claims(*(column[order] for column in claims))
    if not len(order):
        return claims
    keys = TimeKeys(int(claims.user[-1]) + 1, (claims.start, claims.end))
    reached = np.maximum.accumulate(keys(claims.user, claims.end))
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = keys(claims.user, claims.start)[1:] >= reached[:-1]
    first = np.flatnonzero(begins)
    after = np.append(first[1:], len(order))
    is_alone = after - first == 1
    alone = _Claims(*(column[first[is_alone]] for column in claims))
    pieces: list[tuple[int, int, int, int, int]] = []
    for since, until in zip(first[~is_alone].tolist(), after[~is_alone].tolist(), strict=True):
        pieces.extend(_settled([column[since:until].tolist() for column in claims], fault))
    if not pieces:
        return alone
    settled = np.array(pieces, dtype=np.int64).T
    every = _Claims(*(np.append(a, b) for a, b in zip(alone, settled, strict=True)))
    order = order_of(every.user, every.start)
    return _Claims(*(column[order] for column in every))


def _settled(claims: list[list[int]], fault: _Fault) -> list[tuple[int, int, int, int, int]]:
    """Return one user's overlapping claims, in order of start, as pieces that do not overlap.

    Reposts that overlap are rare, so this goes claim by claim.
    """
    user = claims[0][0]
    todo = list(zip(*claims[1:], strict=True))
    cuts = sorted({at for start, end, _, _ in todo for at in (start, end)})
    # Of each place in the order of knowledge, how far each mode reaches.
    reach: defaultdict[int, dict[int, int]] = defaultdict(dict)
    places: list[int] = []
    pieces: list[tuple[int, int, int, int, int]] = []
    following = 0
    for at, until in pairwise(cuts):
        while following < len(todo) and todo[following][0] <= at:
            _, end, place, mode = todo[following]
            reach[place][mode] = max(end, reach[place].get(mode, end))
            heappush(places, -place)
            following += 1
        # Claims that overlap leave no gap: one of them is always on top.
        while not (on_top := [mode for mode, end in reach[-places[0]].items() if end > at]):
            heappop(places)
        if len(on_top) > 1:
            fault.of(user)
        pieces.append((user, at, until, -places[0], on_top[0]))
    return pieces


def _overlaid(
    below: Timelines, on_top: _Claims, changes: tuple[Ints, Ints, Ints]
) -> tuple[Ints, Ints, Ints]:
    """Return the changes with claims that do not overlap laid over them."""
    user, at, mode = changes
    keys = TimeKeys(int(max(on_top.user[-1], user.max(initial=0))) + 1, (on_top.start,))
    starts = keys(on_top.user, on_top.start)
    place = np.searchsorted(starts, keys(user, at), side="right") - 1
    is_hidden = (place >= 0) & (on_top.user[place] == user) & (at < on_top.end[place])
    # Where a claim ends, what lies below shows again, unless the next claim begins there.
    again = np.ones(len(starts), dtype=np.bool_)
    again[:-1] = (on_top.end[:-1] != on_top.start[1:]) | (on_top.user[:-1] != on_top.user[1:])
    after = on_top.user[again], on_top.end[again]
    every = (
        np.concatenate([user[~is_hidden], on_top.user, after[0]]),
        np.concatenate([at[~is_hidden], on_top.start, after[1]]),
        np.concatenate([mode[~is_hidden], on_top.mode, below.mode_at(*after)]),
    )
    order = order_of(every[0], every[1])
    # A change at the end of a claim says what shows again there: either of the two will do.
    order = order[is_first(every[0][order], every[1][order])]
    return every[0][order], every[1][order], every[2][order]
