"""A user's status through time, and when it counts: the gate.

Three rules hold in this module (E-15, E-23 to E-27, AMB-6, AMB-6b):
1. A change holds from its instant; before the first change the rules' initial status holds.
2. A repost replaces [start, end) with the status it books; where reposts overlap, and where two
   statuses begin at one instant, the one learnt later wins, then the higher event id.
3. Names are resolved by the rules; an unknown one is refused. Neighbours of equal status are one.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

from worklog_core.errors import ConflictingEventsError, WorklogError
from worklog_core.events.facts import UserStatusChange, UserStatusRepost
from worklog_core.events.kinds import learnt_at
from worklog_core.instants import to_microseconds
from worklog_core.worklog.rules import StatusMode, WorklogRules

__all__ = ["StatusTimeline", "status_timeline"]


class StatusTimeline:
    """The status of one user: `modes[i]` holds from `starts[i]`, and `initial` before the first."""

    __slots__ = ("initial", "modes", "starts")

    def __init__(self, initial: StatusMode, changes: Iterable[tuple[int, StatusMode]] = ()) -> None:
        self.initial: Final = initial
        self.starts: list[int] = []
        self.modes: list[StatusMode] = []
        current = initial
        for at, mode in changes:
            if mode is not current:
                self.starts.append(at)
                self.modes.append(mode)
                current = mode

    @property
    def may_always_read(self) -> bool:
        """Whether tickets may be read in every status of this user."""
        return self.initial.may_read and all(mode.may_read for mode in self.modes)

    @property
    def may_always_edit(self) -> bool:
        """Whether tickets may be edited in every status of this user."""
        return self.initial.may_edit and all(mode.may_edit for mode in self.modes)

    def mode_at(self, instant: int) -> StatusMode:
        """Return the mode in force at an instant; a change at that instant came first."""
        index = bisect_right(self.starts, instant)
        return self.modes[index - 1] if index else self.initial

    def runs(self, start: int, end: int) -> list[tuple[int, int, StatusMode]]:
        """Return the stretch [start, end) cut where the status changes, each with its mode."""
        index = bisect_right(self.starts, start)
        mode = self.modes[index - 1] if index else self.initial
        if index == len(self.starts) or self.starts[index] >= end:
            return [(start, end, mode)]
        runs: list[tuple[int, int, StatusMode]] = []
        while index < len(self.starts) and self.starts[index] < end:
            runs.append((start, self.starts[index], mode))
            start, mode = self.starts[index], self.modes[index]
            index += 1
        runs.append((start, end, mode))
        return runs


def status_timeline(
    changes: Iterable[UserStatusChange],
    reposts: Iterable[UserStatusRepost],
    rules: WorklogRules,
    *,
    as_of: int | None,
) -> StatusTimeline:
    """Return the timeline of one user's status."""
    initial = rules.mode_of(rules.initial_status)
    seen = [change for change in changes if as_of is None or to_microseconds(change.at) <= as_of]
    booked = [
        repost for repost in reposts if as_of is None or to_microseconds(repost.start) < as_of
    ]
    return StatusTimeline(
        initial, _overlay(initial, _changes(seen, rules), _reposts(booked, rules, as_of))
    )


def _mode_of(event: UserStatusChange | UserStatusRepost, rules: WorklogRules) -> StatusMode:
    try:
        return rules.mode_of(event.status)
    except WorklogError as unknown:
        field = f"{type(event).__name__}.status"
        message = f"{str(unknown).replace('status', field, 1)} The event is {event!r}."
        raise WorklogError(message, field=field, value=event.status) from None


def _rank(event: UserStatusChange | UserStatusRepost) -> tuple[Any, str]:
    return (learnt_at(event), event.event_id or "")


def _refuse(
    one: UserStatusChange | UserStatusRepost, other: UserStatusChange | UserStatusRepost
) -> ConflictingEventsError:
    return ConflictingEventsError(
        "two statuses of a user at one time must say which is the later word: "
        f"found {one!r} and {other!r}. Give them a known_at, or event ids in their order.",
        field="status",
        value=other.status,
    )


def _changes(events: list[UserStatusChange], rules: WorklogRules) -> list[tuple[int, StatusMode]]:
    """Return the changes of one user in order, one to an instant."""
    changes: list[tuple[int, StatusMode]] = []
    in_order = sorted(events, key=attrgetter("at"))
    for instant, at_once in groupby(in_order, attrgetter("at")):
        *before, last = sorted(at_once, key=_rank)
        for other in before:
            mode = _mode_of(other, rules)
            if _rank(other) == _rank(last) and mode is not _mode_of(last, rules):
                raise _refuse(other, last)
        changes.append((to_microseconds(instant), _mode_of(last, rules)))
    return changes


class _Booked(NamedTuple):
    """A repost, by its place in the order of knowledge; equal places are a tie."""

    start: int
    end: int
    place: int
    mode: StatusMode
    event: UserStatusRepost


def _reposts(
    events: list[UserStatusRepost], rules: WorklogRules, as_of: int | None
) -> list[_Booked]:
    """Return one user's reposts in order of start."""
    ranks = sorted({_rank(event) for event in events})
    places = {rank: place for place, rank in enumerate(ranks)}
    booked: list[_Booked] = []
    for event in events:
        start, end = to_microseconds(event.start), to_microseconds(event.end)
        end = end if as_of is None else min(end, as_of)
        booked.append(_Booked(start, end, places[_rank(event)], _mode_of(event, rules), event))
    return sorted(booked, key=itemgetter(0))


def _overlay(
    initial: StatusMode, changes: list[tuple[int, StatusMode]], reposts: list[_Booked]
) -> list[tuple[int, StatusMode]]:
    """Return the changes with the reposts laid over them, the later word on top.

    Raises ConflictingEventsError where two modes are on top at once.
    """
    if not reposts:
        return changes
    cuts = sorted(
        {at for at, _ in changes} | {at for repost in reposts for at in (repost.start, repost.end)}
    )
    result: list[tuple[int, StatusMode]] = []
    # Of each place in the order of knowledge, the repost of each mode that reaches furthest.
    reach: defaultdict[int, dict[StatusMode, _Booked]] = defaultdict(dict)
    places: list[int] = []
    below, next_change, next_repost = initial, 0, 0
    for at in cuts:
        while next_change < len(changes) and changes[next_change][0] <= at:
            below = changes[next_change][1]
            next_change += 1
        while next_repost < len(reposts) and reposts[next_repost].start <= at:
            repost = reposts[next_repost]
            known = reach[repost.place].get(repost.mode)
            if known is None or known.end < repost.end:
                reach[repost.place][repost.mode] = repost
            heappush(places, -repost.place)
            next_repost += 1
        mode = below
        while places:
            on_top = [b for b in reach[-places[0]].values() if b.end > at]
            if len(on_top) > 1:
                raise _refuse(on_top[0].event, on_top[1].event)
            if on_top:
                mode = on_top[0].mode
                break
            heappop(places)
        result.append((at, mode))
    return result
