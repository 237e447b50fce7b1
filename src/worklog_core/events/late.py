"""What late events change among those that are known.

A change says which events were taken out, which were put in, and which late events told so. Of
versions it is told twice: among all versions, and among the facts that they leave (AMB-25).
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from worklog_core.events.identified import Identified
from worklog_core.events.kinds import Event
from worklog_core.events.overlay import Events, run_of
from worklog_core.events.splicing import Change, is_among, order_of
from worklog_core.events.versions import settled, total_key, without_duplicates

__all__ = ["changed", "changed_facts"]


def changed(name: str, events: Events[Event], late: Iterable[Event]) -> list[Change]:
    """Return what changes among all events of a kind when late ones, in canonical order, join."""
    key = order_of(name)
    changes: list[Change] = []
    for order, alike in groupby(late, key):
        known = run_of(name, events, *order)
        merged = without_duplicates([*known, *alike])
        removed = tuple(event for event in known if not is_among(event, merged))
        added = tuple(event for event in merged if not is_among(event, known))
        if added:
            changes.append(Change(name, removed, added, added))
    return changes


def changed_facts(
    name: str, known: Identified, changes: Iterable[Change]
) -> tuple[list[Change], Identified, bool]:
    """Return what changes among the facts of one kind, given its events by id before the changes.

    Beside it the events by id after them, and whether a version is outdated by now. Raises
    ConflictingEventsError for versions that cannot be settled.
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
    versions: dict[str, tuple[Event, ...]] = {}
    is_outdated = False
    for event_id, (removed, added) in named.items():
        before = known.of_id(event_id)
        after = [event for event in before if not is_among(event, removed)] + added
        after.sort(key=lambda event: (order_of(name)(event), total_key(event)))
        versions[event_id] = tuple(after)
        was, now = settled(before), settled(versions[event_id])
        is_outdated |= len(now) < len(after)
        if was != now:
            found.append(Change(name, was, now, tuple(added)))
    return found, known.with_versions(versions), is_outdated
