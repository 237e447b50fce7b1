"""Dirty data: what is sound in it, and every fault of the rest.

Nothing is repaired and nothing is dropped in silence: an item either becomes an event or is
rejected once for each of its faults, with the field and the value that stood there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

import attrs

from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe
from worklog_core.events.kinds import KINDS, Event
from worklog_core.events.versions import canonical, conflicts

__all__ = ["Rejected", "Sound", "conflicting", "sift_each"]

_CLASSES: Final = {kind.__name__: kind for kind in KINDS.values()}
_NAMES: Final = {kind: name for name, kind in KINDS.items()}


@attrs.frozen
class Rejected:
    """One fault of one item of dirty data.

    *position* counts the items from 0; *field* is the event's class and field, `event` where the
    class is not known, or `events` where the item is no event at all; *message* says what the door
    of the event says.
    """

    position: int
    item: Any = attrs.field(hash=False)
    field: str
    value: Any = attrs.field(hash=False)
    message: str


class Sound(NamedTuple):
    """An item that is an event: where it stood, what was given, what it says."""

    position: int
    item: Any
    event: Event


def sift_each(items: Iterable[Any]) -> tuple[list[Sound], list[Rejected]]:
    """Return the items that are sound each by itself, and the faults of the others."""
    sound: list[Sound] = []
    rejected: list[Rejected] = []
    for position, item in enumerate(require_iterable("events", items, "events")):
        if type(item) in _NAMES:
            sound.append(Sound(position, item, item))
            continue
        made, faults = _make(item)
        if made is not None:
            sound.append(Sound(position, item, made))
        rejected.extend(
            Rejected(position, item, fault.field or "events", fault.value, str(fault))
            for fault in faults
        )
    return sound, rejected


def conflicting(sound: list[Sound]) -> dict[int, Rejected]:
    """Return, by position, the items whose versions contradict each other."""
    by_kind: defaultdict[type[Event], list[Sound]] = defaultdict(list)
    for one in sound:
        by_kind[type(one.event)].append(one)
    rejected: dict[int, Rejected] = {}
    for kind, alike in by_kind.items():
        unsettled = conflicts(canonical(_NAMES[kind], [one.event for one in alike]))
        field = f"{kind.__name__}.event_id"
        for position, item, event in alike:
            if event.event_id in unsettled:
                message = (
                    f"{field} must name one fact: found {describe(event.event_id)} with other "
                    "content too, and nothing tells which is the later word. "
                    "Give the correction a later known_at."
                )
                rejected[position] = Rejected(position, item, field, event.event_id, message)
    return rejected


def _make(item: Any) -> tuple[Event | None, list[WorklogError]]:
    """Return the event that a mapping describes, or every fault that keeps it from being one."""
    if not isinstance(item, Mapping):
        message = (
            "events must be events or mappings of an event's fields: "
            f"found {describe(item)}. Say what it is under 'event', or leave it out."
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
    converted, faults = _convert(kind, values)
    faults = [*_unknown(kind, values), *faults]
    if faults:
        return None, faults
    try:
        # Not the values themselves: an iterator of names has been gone through by now.
        return kind(**converted), []
    except WorklogError as fault:  # what only two fields together can show: end before start
        return None, [fault]


def _unknown(kind: type[Event], values: dict[Any, Any]) -> Iterator[WorklogError]:
    known = attrs.fields_dict(kind)
    for name, value in values.items():
        if name not in known:
            yield WorklogError(
                f"{kind.__name__} must have known fields only: found {describe(name)}. "
                f"Its fields are {', '.join(known)}.",
                field=f"{kind.__name__}.{name}",
                value=value,
            )


def _convert(
    kind: type[Event], values: dict[Any, Any]
) -> tuple[dict[str, Any], list[WorklogError]]:
    """Return the values as the event keeps them, and the fault of each field that has one."""
    blank = object.__new__(kind)  # validators ask the instance for its class alone
    fields: dict[str, Any] = attrs.fields_dict(kind)
    converted: dict[str, Any] = {}
    faults: list[WorklogError] = []
    for name, field in fields.items():
        if name in values:
            value = values[name]
            try:
                converted[name] = field.converter(value) if field.converter is not None else value
                field.validator(blank, field, converted[name])
            except WorklogError as fault:
                faults.append(fault)
        elif field.default is attrs.NOTHING:
            place = f"{kind.__name__}.{name}"
            message = (
                f"{place} must be given: found no such field. "
                "Add it, or map its column to this name."
            )
            faults.append(WorklogError(message, field=place))
    return converted, faults
