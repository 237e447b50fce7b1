"""Dirty data: what is sound in it, and every fault of the rest.

Nothing is repaired and nothing is dropped in silence: an item either becomes an event or is
rejected once for each of its faults, with the field and the value that stood there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import attrs

from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import Event
from worklog_core.events.versions import KINDS, canonical, conflicts

__all__ = ["Rejected", "conflicting", "sift_each"]

_CLASSES: Final = {kind.__name__: kind for kind in KINDS.values()}
_NAMES: Final = {kind: name for name, kind in KINDS.items()}


@attrs.frozen
class Rejected:
    """One fault of one item of dirty data.

    *position* counts the items from 0; *field* is the event's class and field, or `events` where
    the item is no event at all; *message* is what an attempt to make the event would have raised.
    """

    position: int
    item: Any = attrs.field(hash=False)
    field: str
    value: Any = attrs.field(hash=False)
    message: str


def sift_each(items: Iterable[Any]) -> tuple[list[tuple[int, Event]], list[Rejected]]:
    """Return the sound events with their positions, and the faults of the other items."""
    sound: list[tuple[int, Event]] = []
    rejected: list[Rejected] = []
    for position, item in enumerate(require_iterable("events", items, "events")):
        if type(item) in _NAMES:
            sound.append((position, item))
            continue
        made, faults = _make(item)
        if made is not None:
            sound.append((position, made))
        rejected.extend(
            Rejected(position, item, fault.field or "events", fault.value, str(fault))
            for fault in faults
        )
    return sound, rejected


def conflicting(sound: list[tuple[int, Event]]) -> dict[int, Rejected]:
    """Return, by position, the events whose versions contradict each other."""
    by_kind: defaultdict[type[Event], list[tuple[int, Event]]] = defaultdict(list)
    for position, event in sound:
        by_kind[type(event)].append((position, event))
    rejected: dict[int, Rejected] = {}
    for kind, events in by_kind.items():
        unsettled = conflicts(canonical(_NAMES[kind], [event for _, event in events]))
        for position, event in events:
            if event.event_id in unsettled:
                field = f"{kind.__name__}.event_id"
                message = (
                    f"{field} must name one fact: found {event.event_id!r} with other content too, "
                    "and nothing tells which is the later word. Give the correction a known_at."
                )
                rejected[position] = Rejected(position, event, field, event.event_id, message)
    return rejected


def _make(item: Any) -> tuple[Event | None, list[WorklogError]]:
    """Return the event that a mapping describes, or every fault that keeps it from being one."""
    if not isinstance(item, Mapping):
        message = (
            f"events must be events or mappings of their fields: found {describe(item)}. "
            "Leave it out."
        )
        return None, [WorklogError(message, field="events", value=item)]
    given = cast("Mapping[object, Any]", item)
    name = given.get("event")
    kind = _CLASSES.get(name) if isinstance(name, str) else None
    if kind is None:
        message = (
            f"event must be the class name of an event: found {describe(name)}. "
            f"Known are {', '.join(_CLASSES)}."
        )
        return None, [WorklogError(message, field="event", value=name)]
    values: dict[Any, Any] = {key: value for key, value in given.items() if key != "event"}
    faults = _faults(kind, values)
    if faults:
        return None, faults
    try:
        return kind(**values), []
    except WorklogError as fault:  # what only two fields together can show: end before start
        return None, [fault]


def _faults(kind: type[Event], values: dict[Any, Any]) -> list[WorklogError]:
    known = {field.name: field for field in attrs.fields(kind)}
    faults = [
        WorklogError(
            f"{kind.__name__} must have known fields only: found {describe(name)}. "
            f"Its fields are {', '.join(known)}.",
            field=f"{kind.__name__}.{name}",
            value=values[name],
        )
        for name in values
        if name not in known
    ]
    blank = object.__new__(kind)  # validators ask the instance for its class alone
    for name, field in known.items():
        if name not in values and field.default is not attrs.NOTHING:
            continue
        value = values.get(name)
        try:
            converted = field.converter(value) if field.converter is not None else value
            field.validator(blank, field, converted)
        except WorklogError as fault:
            faults.append(fault)
    return faults
