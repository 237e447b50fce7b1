"""Events of one kind with late ones laid over them, put together when all are asked for.

Two rules hold in this module:
1. What is laid over costs what the users or tickets have that it is about; the long tuple beneath,
   which may hold millions, is neither copied nor walked.
2. Put together, it is the tuple that the canonical order of all events is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

import attrs

from worklog_core.events.kinds import KINDS, ORDER, Event
from worklog_core.events.splicing import Change, cut_in, span_of, spliced

__all__ = ["Events", "Overlaid", "laid_over", "run_of"]

E = TypeVar("E", bound=Event)

# Beyond so many runs all events are put together, or each update would copy the table of them.
_MOST_RUNS: Final = 1024


@attrs.frozen
class Overlaid(Generic[E]):
    """The known events of a kind, and whole runs that take the place of theirs.

    A run is what is sorted under one user, ticket or contact, by which the kind is sorted first.
    """

    name: str
    known: tuple[E, ...]
    runs: Mapping[str, tuple[E, ...]]
    length: int

    def __len__(self) -> int:
        return self.length

    def together(self) -> tuple[E, ...]:
        """Return all events in canonical order."""
        # In their order, for runs of those of whom nothing was known may belong at one place.
        runs = sorted(self.runs.items())
        spans = ((*span_of(self.name, self.known, whose), run) for whose, run in runs)
        return cut_in(self.known, spans)


Events = tuple[E, ...] | Overlaid[E]
"""The events of one kind, put together or not yet."""


def run_of(name: str, events: Events[E], *first: Any) -> Sequence[E]:
    """Return the events of a kind that begin with the given values of what they are sorted by."""
    if isinstance(events, Overlaid):
        run = events.runs.get(first[0])
        return run_of(name, events.known if run is None else run, *first)
    since, until = span_of(name, events, *first)
    return events[since:until]


def laid_over(name: str, events: Events[E], changes: Iterable[Change]) -> Events[E]:
    """Return the events of a kind with changes laid over them."""
    by_run: defaultdict[str, list[Change]] = defaultdict(list)
    whose_is = attrgetter(ORDER[KINDS[name]][0])
    length = len(events)
    for change in changes:
        length += len(change.added) - len(change.removed)
        for whose in {whose_is(event) for event in (*change.removed, *change.added)}:
            removed, added = (
                tuple(event for event in side if whose_is(event) == whose)
                for side in (change.removed, change.added)
            )
            by_run[whose].append(Change(name, removed, added, change.told))
    base = events if isinstance(events, Overlaid) else Overlaid(name, events, {}, len(events))
    runs = dict(base.runs)
    for whose, mine in by_run.items():
        runs[whose] = spliced(name, tuple(run_of(name, events, whose)), mine)
    if not by_run:
        return events
    overlaid = Overlaid(name, base.known, runs, length)
    return overlaid.together() if len(runs) > _MOST_RUNS else overlaid
