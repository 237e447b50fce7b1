"""A user's status through time, and when it counts: the gate.

Three rules hold in this module (E-15, E-23 to E-27, AMB-6, AMB-6b):
1. A change holds from its instant; before the first change the rules' initial status holds.
2. A repost replaces [start, end) with the status it books; where reposts overlap, and where two
   statuses begin at one instant, the one learnt later wins, then the higher event id.
3. Names are resolved by the rules; an unknown one is refused. Neighbours of equal status are one.
"""

from bisect import bisect_right
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Any, Final

from worklog_core.errors import ConflictingEventsError, WorklogError
from worklog_core.events.facts import UserStatusChange, UserStatusRepost, learnt_at
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
    at_instant: dict[int, UserStatusChange] = {}
    for event in sorted(events, key=_rank):
        at = to_microseconds(event.at)
        before = at_instant.get(at)
        is_tied = before is not None and _rank(before) == _rank(event)
        if before is not None and is_tied and _mode_of(before, rules) is not _mode_of(event, rules):
            raise _refuse(before, event)
        at_instant[at] = event
    return [(at, _mode_of(at_instant[at], rules)) for at in sorted(at_instant)]


def _reposts(
    events: list[UserStatusRepost], rules: WorklogRules, as_of: int | None
) -> list[tuple[int, int, int, StatusMode]]:
    """Return (start, end, precedence, mode) of one user's reposts; refuse overlaps without order."""
    ranked = sorted(events, key=_rank)
    booked: list[tuple[int, int, int, StatusMode]] = []
    reach: dict[StatusMode, tuple[int, UserStatusRepost]] = {}
    for precedence, event in enumerate(ranked):
        start, end = to_microseconds(event.start), to_microseconds(event.end)
        mode = _mode_of(event, rules)
        # Within one rank events stand in order of start, so the furthest end met so far tells.
        if precedence and _rank(ranked[precedence - 1]) != _rank(event):
            reach.clear()
        for other_mode, (other_end, other) in reach.items():
            if other_mode is not mode and other_end > start:
                raise _refuse(other, event)
        if mode not in reach or reach[mode][0] < end:
            reach[mode] = (end, event)
        booked.append((start, end if as_of is None else min(end, as_of), precedence, mode))
    return booked


def _overlay(
    initial: StatusMode,
    changes: list[tuple[int, StatusMode]],
    reposts: list[tuple[int, int, int, StatusMode]],
) -> list[tuple[int, StatusMode]]:
    """Return the changes with the reposts laid over them, the last precedence on top."""
    if not reposts:
        return changes
    opening = sorted(reposts)
    cuts = sorted(
        {at for at, _ in changes}
        | {start for start, *_ in reposts}
        | {end for _, end, *_ in reposts}
    )
    result: list[tuple[int, StatusMode]] = []
    on_top: list[tuple[int, int, StatusMode]] = []
    below, next_change, next_repost = initial, 0, 0
    for at in cuts:
        while next_change < len(changes) and changes[next_change][0] <= at:
            below = changes[next_change][1]
            next_change += 1
        while next_repost < len(opening) and opening[next_repost][0] <= at:
            _, end, precedence, mode = opening[next_repost]
            heappush(on_top, (-precedence, end, mode))
            next_repost += 1
        while on_top and on_top[0][1] <= at:
            heappop(on_top)
        result.append((at, on_top[0][2] if on_top else below))
    return result
