"""Late events, spliced into the canonical order of many that are not sorted or checked again.

Two rules hold in this module:
1. What comes out is what the canonical order of all events together is: only the places where late
   events belong are looked at.
2. A change says which events were taken out, which were put in, and which late events told so. Of
   versions it is told twice: among all versions, and among the facts that they leave (AMB-25).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from worklog_core.events.kinds import KINDS, ORDER, Event
from worklog_core.events.versions import settled, total_key, without_duplicates

__all__ = ["Change", "changed", "changed_facts", "order_of", "run_of", "spliced"]

E = TypeVar("E", bound=Event)


class Change(NamedTuple):
    """Events of one kind that were taken out and put in, because of what the late ones told."""

    kind: str
    removed: tuple[Event, ...]
    added: tuple[Event, ...]
    told: tuple[Event, ...]


def order_of(name: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return what tells by which values the events of a kind are sorted."""
    return attrgetter(*ORDER[KINDS[name]])


def run_of(name: str, events: Sequence[E], *first: str) -> Sequence[E]:
    """Return the events of a kind that begin with the given values of what they are sorted by."""
    wanted = first[0] if len(first) == 1 else first
    key = attrgetter(*ORDER[KINDS[name]][: len(first)])
    since = bisect_left(events, wanted, key=key)
    # Most runs are short: the end is looked for nearby first.
    reach = 4
    while since + reach < len(events) and key(events[since + reach]) == wanted:
        reach *= 8
    until = bisect_right(events, wanted, since, min(since + reach, len(events)), key=key)
    return events[since:until]


def changed(name: str, events: Sequence[Event], late: Iterable[Event]) -> list[Change]:
    """Return what changes among all events of a kind when late ones, in canonical order, join."""
    key = order_of(name)
    changes: list[Change] = []
    since = 0
    for order, alike in groupby(late, key):
        since = bisect_left(events, order, since, key=key)
        known = events[since : bisect_right(events, order, since, key=key)]
        merged = without_duplicates([*known, *alike])
        removed = tuple(event for event in known if not _is_among(event, merged))
        added = tuple(event for event in merged if not _is_among(event, known))
        if added:
            changes.append(Change(name, removed, added, added))
    return changes


def _is_among(event: Event, events: Iterable[Event]) -> bool:
    return any(event is other for other in events)


def changed_facts(
    name: str, events: Sequence[Event], changes: Iterable[Change], *, has_ids: bool
) -> tuple[list[Change], bool]:
    """Return what changes among the facts of one kind, and whether a version is outdated by now.

    *events* are all events before the changes; *has_ids* tells whether any of them has an id.
    Raises ConflictingEventsError for versions that cannot be settled.
    """
    named: defaultdict[str, tuple[list[Event], list[Event]]] = defaultdict(lambda: ([], []))
    found: list[Change] = []
    for change in changes:
        plain = [[e for e in side if e.event_id is None] for side in change[1:]]
        if plain[1]:
            found.append(Change(name, *map(tuple, plain)))
        for side, of in enumerate((change.removed, change.added)):
            for event in of:
                if event.event_id is not None:
                    named[event.event_id][side].append(event)
    versions: defaultdict[str, list[Event]] = defaultdict(list)
    if named and has_ids:
        is_meant = map(named.__contains__, map(attrgetter("event_id"), events))
        for event in compress(events, is_meant):
            versions[str(event.event_id)].append(event)
    is_outdated = False
    for event_id, (removed, added) in named.items():
        before = versions[event_id]
        after = [event for event in before if not _is_among(event, removed)] + added
        after.sort(key=lambda event: (order_of(name)(event), total_key(event)))
        was, now = settled(tuple(before)), settled(tuple(after))
        is_outdated |= len(now) < len(after)
        if was != now:
            found.append(Change(name, was, now, tuple(added)))
    return found, is_outdated


def spliced(name: str, events: tuple[E, ...], changes: Iterable[Change]) -> tuple[E, ...]:
    """Return the events of a kind in canonical order, after the changes."""
    key = order_of(name)
    touched: defaultdict[tuple[Any, ...], tuple[list[Any], list[Any]]]
    touched = defaultdict(lambda: ([], []))
    for change in changes:
        for side, of in enumerate((change.removed, change.added)):
            for event in of:
                touched[key(event)][side].append(event)
    if not touched:
        return events
    found: list[E] = []
    done = 0
    for order, (removed, added) in sorted(touched.items(), key=lambda item: item[0]):
        since = bisect_left(events, order, done, key=key)
        until = bisect_right(events, order, since, key=key)
        found += events[done:since]
        left = [event for event in events[since:until] if not _is_among(event, removed)]
        found += sorted([*left, *added], key=total_key)
        done = until
    found += events[done:]
    return tuple(found)
