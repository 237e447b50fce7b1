"""Metrics that are wrong on purpose, as metrics are found to be, and the laws that they break.

What a metric takes decides which laws can be asked about it: a division, a clock, a stream of
events, a cleaning of intervals, an update, or a second way to a figure. A metric of events takes
any iterable of them, so it can be asked as a metric of a stream and as one of a history.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from worklog_core import (
    History,
    Interval,
    IntervalSet,
    ScreenSession,
    TicketEdit,
    WorklogRules,
    build_worklog,
    divide_parallel_time,
)
from worklog_core.testing import laws

NOTHING = timedelta(0)
RULES = WorklogRules(time_zone=ZoneInfo("UTC"))


class Kind(Enum):
    """What a metric takes and gives."""

    DIVISION = "open times to shares"
    CLOCK = "two instants to a timedelta"
    EVENTS = "events to anything"
    TIMES = "events to times by key"
    CLEANING = "intervals to intervals"
    UPDATE = "an earlier result and late events to a result"
    RIVAL = "a history to the average handling time"


def undivided(open_times: Mapping[str, Sequence[Interval]]) -> dict[str, timedelta]:
    """Give every ticket all the time in which it was open."""
    return {ticket: IntervalSet(spans).duration for ticket, spans in open_times.items()}


def floored(open_times: Mapping[str, Sequence[Interval]]) -> dict[str, timedelta]:
    """Divide rightly, and cut every share to an even number of microseconds."""
    shares = divide_parallel_time(open_times)
    return {ticket: share // 2 * 2 for ticket, share in shares.items()}


def on_credit(open_times: Mapping[str, Sequence[Interval]]) -> dict[str, timedelta]:
    """Give every ticket all its time, and let the first one owe what is too much."""
    shares = undivided(open_times)
    on_screen = IntervalSet(each for spans in open_times.values() for each in spans).duration
    for first in list(shares)[:1]:
        shares[first] -= sum(shares.values(), NOTHING) - on_screen
    return shares


def by_the_wall_clock(start: datetime, end: datetime) -> timedelta:
    """Subtract two datetimes of one zone, which Python does by their wall times."""
    return end - start


def without_its_sign(start: datetime, end: datetime) -> timedelta:
    return abs(_elapsed(start, end))


def in_whole_minutes(start: datetime, end: datetime) -> timedelta:
    return timedelta(minutes=round(_elapsed(start, end) / timedelta(minutes=1)))


def in_whole_seconds(start: datetime, end: datetime) -> timedelta:
    """Cut what is less than a second, on either side of zero."""
    return timedelta(seconds=int(_elapsed(start, end).total_seconds()))


def _elapsed(start: datetime, end: datetime) -> timedelta:
    zone = ZoneInfo("UTC")
    return end.astimezone(zone) - start.astimezone(zone)


def undivided_screens(events: Iterable[Any]) -> dict[int, timedelta]:
    """Sum what was on screen, ticket by ticket, as if nobody had two open at once."""
    seen: dict[tuple[str, str], list[Interval]] = {}
    for each in events:
        if isinstance(each, ScreenSession) and each.start < each.end:
            place = seen.setdefault((each.user_id, each.ticket_id), [])
            place.append(Interval(each.start, each.end))
    times = sorted(IntervalSet(spans).duration for spans in seen.values())
    return dict(enumerate(times))


def line_by_line(events: Iterable[Any]) -> int:
    """Count edits by counting lines."""
    return sum(isinstance(each, TicketEdit) for each in events)


def first_in_the_file(events: Iterable[Any]) -> datetime | None:
    """Take for the first edit the one that is told first; a history tells by user."""
    return next((each.at for each in events if isinstance(each, TicketEdit)), None)


def under_its_name(events: Iterable[Any]) -> frozenset[str]:
    """Tell who edited anything."""
    return frozenset(f"Edited by {each.user_id}." for each in _edits(events))


def in_the_order_of_names(events: Iterable[Any]) -> tuple[datetime, ...]:
    """Leave the names out, and leave the lines where the names had put them."""
    edits = {(each.user_id, each.at) for each in _edits(events)}
    return tuple(at for _, at in sorted(edits))


def _edits(events: Iterable[Any]) -> list[TicketEdit]:
    return [each for each in events if isinstance(each, TicketEdit)]


def padded(intervals: Iterable[Interval]) -> IntervalSet:
    """Merge, and give every stretch a tail."""
    tail = timedelta(microseconds=1)
    return IntervalSet(Interval(i.start, i.end + tail) for i in IntervalSet(intervals))


def padded_in_place(intervals: list[Interval]) -> list[Interval]:
    """Do as `padded` does to the list that was handed over, and hand it back."""
    intervals[:] = padded(intervals)
    return intervals


def times_by_user(history: History) -> dict[str, timedelta]:
    """Return what is to be updated: the handling time of every user. It is right."""
    rows = build_worklog(history, RULES).rows
    times = dict.fromkeys((row.user_id for row in rows), NOTHING)
    for row in rows:
        times[row.user_id] += row.duration or NOTHING
    return times


def added_on(known: Mapping[str, timedelta], late: History) -> dict[str, timedelta]:
    """Add what came late to what is known, as if one did not divide or count the other."""
    more = times_by_user(late)
    users = sorted({*known, *more})
    return {user: known.get(user, NOTHING) + more.get(user, NOTHING) for user in users}


def average(history: History) -> timedelta | None:
    """Return the average handling time. It is right."""
    return build_worklog(history, RULES).average_handling_time()


def average_of_averages(history: History) -> timedelta | None:
    """Average the users' averages, each weighing the same whatever it is made of."""
    averages = build_worklog(history, RULES).average_handling_times(by=lambda row: row.user_id)
    means = [found.mean for found in averages.values() if found.mean is not None]
    return sum(means, NOTHING) / len(means) if means else None


def unmeasured_as_nothing(history: History) -> timedelta | None:
    """Average over all rows, the unmeasured ones as no time at all."""
    rows = build_worklog(history, RULES).rows
    return sum((row.duration or NOTHING for row in rows), NOTHING) / len(rows) if rows else None


@attrs.frozen
class Wrong:
    """A wrong metric, and exactly the laws that it breaks."""

    metric: Callable[..., Any]
    kind: Kind
    breaks: frozenset[str]


def _wrong(metric: Callable[..., Any], kind: Kind, *breaks: str) -> Wrong:
    return Wrong(metric, kind, frozenset(breaks))


WRONG = (
    _wrong(undivided, Kind.DIVISION, "conserves_time"),
    _wrong(floored, Kind.DIVISION, "conserves_time"),
    _wrong(on_credit, Kind.DIVISION, "conserves_time"),
    _wrong(by_the_wall_clock, Kind.CLOCK, "never_runs_backwards"),
    _wrong(without_its_sign, Kind.CLOCK, "is_antisymmetric"),
    _wrong(in_whole_minutes, Kind.CLOCK, "adds_up_over_time"),
    _wrong(in_whole_seconds, Kind.CLOCK, "adds_up_over_time"),
    _wrong(undivided_screens, Kind.TIMES, "counts_no_time_twice"),
    _wrong(line_by_line, Kind.EVENTS, "ignores_duplicates"),
    _wrong(first_in_the_file, Kind.EVENTS, "ignores_order", "ignores_names"),
    _wrong(under_its_name, Kind.EVENTS, "names_nobody", "ignores_names"),
    _wrong(in_the_order_of_names, Kind.EVENTS, "ignores_names"),
    _wrong(padded, Kind.CLEANING, "is_idempotent"),
    _wrong(padded_in_place, Kind.CLEANING, "is_idempotent"),
    _wrong(added_on, Kind.UPDATE, "late_events_equal_a_rebuild"),
    _wrong(average_of_averages, Kind.RIVAL, "same_word_same_number"),
    _wrong(unmeasured_as_nothing, Kind.RIVAL, "same_word_same_number"),
)
"""The table: what is not named here is kept."""

_OF_EVENTS = frozenset({Kind.EVENTS, Kind.TIMES})

LAWS: dict[str, tuple[Callable[..., None], frozenset[Kind]]] = {
    "conserves_time": (laws.conserves_time, frozenset({Kind.DIVISION})),
    "adds_up_over_time": (laws.adds_up_over_time, frozenset({Kind.CLOCK})),
    "is_antisymmetric": (laws.is_antisymmetric, frozenset({Kind.CLOCK})),
    "never_runs_backwards": (laws.never_runs_backwards, frozenset({Kind.CLOCK})),
    "counts_no_time_twice": (laws.counts_no_time_twice, frozenset({Kind.TIMES})),
    "ignores_order": (laws.ignores_order, _OF_EVENTS | {Kind.CLEANING}),
    "ignores_duplicates": (laws.ignores_duplicates, _OF_EVENTS | {Kind.CLEANING}),
    "names_nobody": (laws.names_nobody, _OF_EVENTS | {Kind.RIVAL}),
    "ignores_names": (laws.ignores_names, _OF_EVENTS | {Kind.RIVAL}),
    "is_idempotent": (laws.is_idempotent, frozenset({Kind.CLEANING})),
    "late_events_equal_a_rebuild": (laws.late_events_equal_a_rebuild, frozenset({Kind.UPDATE})),
    "same_word_same_number": (laws.same_word_same_number, frozenset({Kind.RIVAL})),
}
"""Every law, and the kinds of metric that it can be asked about."""
