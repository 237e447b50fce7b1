"""Late events, spliced into the canonical order of many that are not sorted or checked again.

What comes out is what the canonical order of all events together is: only the places where late
events belong are looked at.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar

from worklog_core.events.kinds import KINDS, ORDER, Event
from worklog_core.events.versions import total_key

__all__ = ["Change", "Cut", "cut_in", "is_among", "order_of", "span_of", "spliced"]

E = TypeVar("E", bound=Event)
T = TypeVar("T")
Cut = tuple[int, int, Sequence[T]]
"""Where something is taken out, from and up to, and what is put in."""


class Change(NamedTuple):
    """Events of one kind that were taken out and put in, because of what the late ones told."""

    kind: str
    removed: tuple[Event, ...]
    added: tuple[Event, ...]
    told: tuple[Event, ...]


def order_of(name: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return what tells by which values the events of a kind are sorted."""
    return attrgetter(*ORDER[KINDS[name]])


def span_of(name: str, events: Sequence[E], *first: Any) -> tuple[int, int]:
    """Return from where and up to where events begin with values of what they are sorted by."""
    wanted = first[0] if len(first) == 1 else first
    key = attrgetter(*ORDER[KINDS[name]][: len(first)])
    since = bisect_left(events, wanted, key=key)
    # Most runs are short: the end is looked for nearby first.
    reach = 4
    while since + reach < len(events) and key(events[since + reach]) == wanted:
        reach *= 8
    return since, bisect_right(events, wanted, since, min(since + reach, len(events)), key=key)


def is_among(event: Event, events: Iterable[Event]) -> bool:
    """Return whether an event, and not one like it, is among others."""
    return any(event is other for other in events)


def spliced(name: str, events: tuple[E, ...], changes: Iterable[Change]) -> tuple[E, ...]:
    """Return the events of a kind in canonical order, after the changes."""
    key = order_of(name)
    touched: defaultdict[tuple[Any, ...], tuple[list[Any], list[Any]]]
    touched = defaultdict(lambda: ([], []))
    for change in changes:
        for side, of in enumerate((change.removed, change.added)):
            for event in of:
                touched[key(event)][side].append(event)
    found: list[E] = []
    done = 0
    for order, (removed, added) in sorted(touched.items(), key=lambda item: item[0]):
        since = bisect_left(events, order, done, key=key)
        until = bisect_right(events, order, since, key=key)
        found += events[done:since]
        left = [event for event in events[since:until] if not is_among(event, removed)]
        found += sorted([*left, *added], key=total_key)
        done = until
    found += events[done:]
    return tuple(found)


def cut_in(kept: tuple[T, ...], cuts: Iterable[Cut[T]]) -> tuple[T, ...]:
    """Return what is kept with every cut made in it."""
    found: list[T] = []
    done = 0
    for since, until, added in sorted(cuts, key=itemgetter(0, 1)):
        found += kept[done:since]
        found += added
        done = until
    if not done and not found:
        return kept
    found += kept[done:]
    return tuple(found)
