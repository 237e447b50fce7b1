"""Between which bounds a duration lies, for what the gaps between pings cannot tell.

Four rules hold in this module:
1. A session of pings is known from its first to its last access, and taken as unbroken between. It
   may have begun up to the ttl before the first and gone on up to the ttl after the last, but not
   beyond the access next to it: there it would have been seen (AMB-17). Sessions that were told as
   such are exact.
2. Some rows together have the least time where their own tickets were open only while that is
   known and all others for as long as may be; the most where it is the other way round. What holds
   of them together is tighter than the sum of what holds of each.
3. Sessions are cut and joined as they are measured, or as they are at their longest, whichever
   leaves less, or more. Edits, statuses and messages are taken as they are told.
4. The bounds are whole microseconds that hold the exact ones, and hold what was measured: that is
   apportioned, and may lie off the exact time by a microsecond a row and day.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any, NamedTuple, TypeVar

import attrs

from worklog_core.door import require_function, require_key
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import ScreenSession
from worklog_core.events.history import History
from worklog_core.events.kinds import KINDS
from worklog_core.instants import (
    FIRST_US,
    LAST_US,
    from_microseconds,
    timedelta_to_microseconds,
    to_microseconds,
)
from worklog_core.worklog.build import build_worklog
from worklog_core.worklog.ledger import NOBODY, UserAccount
from worklog_core.worklog.presence import sessions_of_heartbeats
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.worklog import Worklog

__all__ = ["DurationBounds", "duration_bounds"]

K = TypeVar("K", bound=Hashable)


@attrs.frozen
class DurationBounds:
    """The least and the most time of some rows, and what was measured.

    `measured` is None where none of them was measured; the least is then zero.
    """

    least: timedelta
    measured: timedelta | None
    most: timedelta


def duration_bounds(worklog: Worklog, *, by: Callable[[WorklogRow], K]) -> dict[K, DurationBounds]:
    """Return between which bounds the durations of groups of rows lie.

    *by* names a row's group: its key for each row, its day, its teams. The bounds say what the gaps
    between pings cannot tell, and nothing else: they assume that a ticket was open between two
    pings of one session, and up to the ttl beyond its first and last at the most; that statuses,
    edits and messages happened as they are told; and that sessions are cut and joined as measured
    or as at their longest. Where every session was told as such, the bounds are what was measured,
    to the microsecond a row and day by which that is rounded.

    Raises WorklogError for what is no worklog, and for what is no function.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (Action, Heartbeat, History, TicketEdit, WorklogRules,
        ...                           build_worklog, duration_bounds)
        >>> def at(second): return datetime(2026, 3, 2, 9, 0, second, tzinfo=UTC)
        >>> history = History(heartbeats=[Heartbeat("U1", "T1", at(s)) for s in (0, 30)],
        ...                   edits=[TicketEdit("U1", "T1", at(30), Action.CLOSE)])
        >>> worklog = build_worklog(history, WorklogRules(time_zone=UTC))
        >>> found = duration_bounds(worklog, by=lambda row: row.ticket_id)["T1"]
        >>> str(found.least), str(found.measured), str(found.most)
        ('0:00:30', '0:00:30', '0:03:30')
    """
    if not isinstance(worklog, Worklog):
        raise WorklogError(
            f"worklog must be a Worklog: found {describe(worklog)}. "
            "Call duration_bounds(build_worklog(...), by=lambda row: row.key).",
            field="worklog",
            value=worklog,
        )
    require_function("by", by, "row")
    groups = {row.key: require_key("by", by(row)) for row in worklog.rows}
    widest = worklog
    if worklog.facts.heartbeats:
        widest = build_worklog(_at_longest(worklog), worklog.rules, as_of=worklog.as_of)
    least: defaultdict[K, int] = defaultdict(int)
    most: defaultdict[K, int] = defaultdict(int)
    for user_id in widest.ledger.accounts:
        known = _shown(worklog.ledger.accounts.get(user_id, NOBODY), groups)
        possible = _shown(widest.ledger.accounts[user_id], groups)
        for day in known.keys() | possible.keys():
            for group, low, high in _of_day(known.get(day, []), possible.get(day, [])):
                least[group] += low
                most[group] += high
    measured: defaultdict[K, list[timedelta]] = defaultdict(list)
    for row in worklog.rows:
        measured[groups[row.key]] += [] if row.duration is None else [row.duration]
    return {
        group: _bounds(least[group], sum(found, timedelta()) if found else None, most[group])
        for group, found in measured.items()
    }


def _bounds(least: int, measured: timedelta | None, most: int) -> DurationBounds:
    low, high = timedelta(microseconds=least), timedelta(microseconds=most)
    if measured is None:
        return DurationBounds(low, None, high)
    return DurationBounds(min(low, measured), measured, max(measured, high))


class _Shown(NamedTuple):
    """A line as the bounds see it; `group` is a tuple of one, empty where it counts for no row."""

    start: int
    end: int
    ticket_id: str
    weight: int
    rank: int
    group: tuple[Any, ...]


def _shown(account: UserAccount, groups: Mapping[Any, Any]) -> dict[int, list[_Shown]]:
    """Return the lines of a user by the day on which the clock ran."""
    days: defaultdict[int, list[_Shown]] = defaultdict(list)
    for start, ticket_id, end, _, _, day, edit, weight, rank in account.entries:
        key = None if edit is None else account.by_first_edit[ticket_id, edit].key
        group = (groups[key],) if key in groups else ()
        days[day].append(_Shown(start, end, ticket_id, weight, rank, group))
    return days


def _of_day(known: Iterable[_Shown], possible: Iterable[_Shown]) -> Iterator[tuple[Any, int, int]]:
    """Return the least and the most of each group on one user's day, in whole microseconds."""
    opened: defaultdict[int, list[tuple[int, _Shown]]] = defaultdict(list)
    closed: defaultdict[int, list[tuple[int, _Shown]]] = defaultdict(list)
    for side, lines in enumerate((known, possible)):
        for line in lines:
            opened[line.start].append((side, line))
            closed[line.end].append((side, line))
    now: tuple[dict[str, _Shown], dict[str, _Shown]] = ({}, {})
    least: defaultdict[Any, Fraction] = defaultdict(Fraction)
    most: defaultdict[Any, Fraction] = defaultdict(Fraction)
    for start, end in pairwise(sorted(opened.keys() | closed.keys())):
        for side, line in closed[start]:
            del now[side][line.ticket_id]
        for side, line in opened[start]:
            now[side][line.ticket_id] = line
        for group in {line.group for side in now for line in side.values()} - {()}:
            least[group[0]] += (end - start) * _least(group, *now)
            most[group[0]] += (end - start) * _most(group, *now)
    for group in most:
        yield group, floor(least[group]), ceil(most[group])


Open = Mapping[str, _Shown]


def _least(group: tuple[Any], known: Open, possible: Open) -> Fraction:
    """Return the least share of a group: its tickets that are known, beside all that may be."""
    own = [
        line
        for ticket_id, line in known.items()
        if line.group == group and ticket_id in possible and possible[ticket_id].group == group
    ]
    mine = {line.ticket_id for line in own}
    others = [
        min((side[ticket_id] for side in (known, possible) if ticket_id in side), key=_rank)
        for ticket_id in {*known, *possible} - mine
    ]
    return _share(own, others)


def _most(group: tuple[Any], known: Open, possible: Open) -> Fraction:
    """Return the most share of a group: its tickets that may be, beside those that are known."""
    own = [
        min((line for line in sides if line.group == group), key=_rank)
        for sides in (
            [side[ticket_id] for side in (known, possible) if ticket_id in side]
            for ticket_id in {*known, *possible}
        )
        if any(line.group == group for line in sides)
    ]
    mine = {line.ticket_id for line in own}
    others = [
        max((known[ticket_id], possible[ticket_id]), key=_rank)
        for ticket_id in known.keys() & possible.keys() - mine
    ]
    return _share(own, others)


def _rank(line: _Shown) -> int:
    return line.rank


def _share(own: list[_Shown], others: list[_Shown]) -> Fraction:
    """Return the share of some lines beside others: all goes to the lowest rank."""
    if not own:
        return Fraction(0)
    lowest = min(map(_rank, [*own, *others]))
    mine = sum(line.weight for line in own if line.rank == lowest)
    return Fraction(mine, mine + sum(line.weight for line in others if line.rank == lowest) or 1)


def _at_longest(worklog: Worklog) -> History:
    """Return the facts with every session of pings as long as it may have been."""
    facts, ttl = worklog.facts, timedelta_to_microseconds(worklog.rules.heartbeat_ttl)
    cut = LAST_US if worklog.as_of is None else to_microseconds(worklog.as_of)
    accesses: defaultdict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(list)
    for heartbeat in facts.heartbeats:
        name = heartbeat.user_id, heartbeat.ticket_id
        accesses[name].append((to_microseconds(heartbeat.at), False))
    for edit in facts.edits:
        if (edit.user_id, edit.ticket_id) in accesses:
            accesses[edit.user_id, edit.ticket_id].append((to_microseconds(edit.at), True))
    sessions: list[ScreenSession] = list(facts.sessions)
    for (user_id, ticket_id), mixed in accesses.items():
        seen = sorted(access for access in mixed if access[0] <= cut)
        found = sessions_of_heartbeats(seen, ttl=ttl)
        bounds = [FIRST_US, *(at for session in found for at in session), LAST_US]
        for number, (start, end) in enumerate(found):
            since = max(start - ttl, bounds[2 * number])
            until = min(end + ttl, bounds[2 * number + 3])
            span = from_microseconds(since), from_microseconds(until)
            sessions.append(ScreenSession(user_id, ticket_id, *span))
    kinds: dict[str, Any] = {n: getattr(facts, n) for n in KINDS if n != "heartbeats"}
    kinds["sessions"] = sessions
    return History(**kinds)
