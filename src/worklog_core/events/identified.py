"""The events of one kind by their id, with all versions of each, so that late ones find their own.

Two rules hold in this module:
1. Every event that has an id is found by it, whoever's it is; its versions stand in the canonical
   order of their kind.
2. What late events change is laid over what is known; the long table beneath is not copied.
"""

from collections.abc import Iterable, Mapping

import attrs

from worklog_core.events.kinds import Event

__all__ = ["ById", "Identified"]


@attrs.frozen
class Identified:
    """The events of a kind by id: *known*, one for each, and all *versions* where there are more.

    They are the very events of the history, and none that is like them.
    """

    known: Mapping[str, Event]
    versions: Mapping[str, tuple[Event, ...]]

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Identified":
        """Return those of events in canonical order that have an id."""
        known: dict[str, Event] = {}
        versions: dict[str, tuple[Event, ...]] = {}
        for event in events:
            event_id = event.event_id
            if event_id is not None:
                first = known.setdefault(event_id, event)
                if first is not event:
                    versions[event_id] = (*versions.get(event_id, (first,)), event)
        return cls(known, versions)

    def of_id(self, event_id: str) -> tuple[Event, ...]:
        """Return all versions of an event, none where the id is unknown."""
        found = self.versions.get(event_id)
        if found is not None:
            return found
        return (self.known[event_id],) if event_id in self.known else ()

    def with_versions(self, found: Mapping[str, tuple[Event, ...]]) -> "Identified":
        """Return the events with those of some ids as they are now."""
        return Identified(self.known, {**self.versions, **found}) if found else self


ById = dict[str, Identified]
"""The events that have an id, by kind."""
