"""Several versions of one event, and which of them is the fact.

Three rules hold in this module (AMB-24, AMB-25):
1. Equal content under the same id is one event, learnt when it was first learnt.
2. Events of one kind and one id with other content are versions; the one learnt last is the fact.
   Two that were learnt at the same instant, or of which neither says when, cannot be settled.
3. The order of events is total and depends on their content alone, so neither the order of the
   input nor its duplicates reach a result.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from itertools import groupby, islice
from operator import attrgetter, eq
from typing import Any, TypeVar

import attrs

from worklog_core.door import require_iterable
from worklog_core.errors import ConflictingEventsError, WorklogError, describe
from worklog_core.events.kinds import KINDS, ORDER, Event, learnt_at

__all__ = ["canonical", "conflicts", "gathered", "settled", "total_key", "without_duplicates"]

E = TypeVar("E", bound=Event)


def canonical(name: str, events: Iterable[E]) -> tuple[E, ...]:
    """Return the events of one kind, checked, without duplicates and in their canonical order."""
    return gathered(name, events)[0]


def gathered(name: str, events: Iterable[E]) -> tuple[tuple[E, ...], bool]:
    """Return the events of one kind as `canonical` does, and whether any of them has an id."""
    kind = KINDS[name]
    first, *others = map(attrgetter, ORDER[kind])
    groups: defaultdict[str, list[Any]] = defaultdict(list)
    has_ids = False
    for position, event in enumerate(require_iterable(name, events, kind.__name__)):
        if type(event) is not kind:
            raise WorklogError(
                f"{name} must hold {kind.__name__} values: found {describe(event)} at position "
                f"{position}. Leave it out, or pass a mixed stream to History.of.",
                field=name,
                value=event,
            )
        groups[first(event)].append(event)
        has_ids = has_ids or event.event_id is not None
    found: list[E] = []
    for whose in sorted(groups):
        # Whatever is asked of an event is asked while its user's or ticket's events are at hand.
        found += _in_order(groups[whose], others, key=attrgetter(*ORDER[kind]))
    return tuple(found), has_ids


def _in_order(
    group: list[E], fields: Sequence[Callable[[E], Any]], key: Callable[[E], Any]
) -> list[E]:
    """Return the events of one user or ticket in order, without duplicates."""
    if len(group) == 1:
        return group
    # Stable sorts by one field each beat one by tuples.
    for field in reversed(fields):
        group.sort(key=field)
    # Where no two neighbours agree in the last field, which is the cheapest to ask, none are alike.
    if not _has_equal_neighbours(group, fields[-1]) or not _has_equal_neighbours(group, key):
        return group
    return [event for _, alike in groupby(group, key) for event in without_duplicates(alike)]


def _has_equal_neighbours(events: list[E], key: Callable[[E], Any]) -> bool:
    return any(map(eq, map(key, events), map(key, islice(events, 1, None))))


def settled(events: tuple[E, ...]) -> tuple[E, ...]:
    """Return the facts: of several versions of one event the one that was learnt last.

    Raises ConflictingEventsError, naming both, where nothing tells which that is.
    """
    outdated: set[E] = set()
    for versions in _versions(events):
        last, rival = _last_and_rival(versions)
        if rival is not None:
            field = f"{type(last).__name__}.event_id"
            raise ConflictingEventsError(
                f"{field} {last.event_id!r} must name one fact, or known_at tell its latest "
                f"version: found {rival!r} and {last!r}. "
                "Give the correction a later known_at, or each its own event_id.",
                field=field,
                value=last.event_id,
            )
        outdated.update(version for version in versions if version is not last)
    if not outdated:
        return events
    return tuple(event for event in events if event not in outdated)


def conflicts(events: tuple[E, ...]) -> set[str]:
    """Return the ids whose versions `settled` would refuse."""
    return {
        str(versions[0].event_id)
        for versions in _versions(events)
        if _last_and_rival(versions)[1] is not None
    }


def without_duplicates(alike: Iterable[E]) -> list[E]:
    """Return events that agree in what they are sorted by, each content once, in total order."""
    earliest: dict[E, E] = {}
    for event in alike:
        content = attrs.evolve(event, known_at=None)
        known = earliest.get(content)
        if known is None or _known_key(event) < _known_key(known):
            earliest[content] = event
    return sorted(earliest.values(), key=total_key)


def _known_key(event: Event) -> tuple[Any, bool]:
    return (learnt_at(event), event.known_at is not None)


def total_key(event: Event) -> tuple[tuple[bool, Any], ...]:
    """Return what puts events in order that agree in what they are sorted by."""
    values = (getattr(event, field.name) for field in attrs.fields(type(event)))
    return tuple((v is not None, v.value if isinstance(v, Enum) else v) for v in values)


def _versions(events: tuple[E, ...]) -> list[list[E]]:
    by_id: defaultdict[str, list[E]] = defaultdict(list)
    for event in events:
        if event.event_id is not None:
            by_id[event.event_id].append(event)
    return [versions for versions in by_id.values() if len(versions) > 1]


def _last_and_rival(versions: list[E]) -> tuple[E, E | None]:
    """Return the version that was learnt last, and one of which nothing tells that it is older."""
    last = max(versions, key=learnt_at)
    for rival in versions:
        neither_says = rival.known_at is None and last.known_at is None
        if rival is not last and (neither_says or learnt_at(rival) == learnt_at(last)):
            return last, rival
    return last, None
