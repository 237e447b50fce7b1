"""A case in words: what was open, which instants, which events, in the order they were handed over.

Instants are written in the zone they carry, to the microsecond, for a microsecond is often the
point.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, cast

import attrs

from worklog_core.intervals import Interval

__all__ = ["any_in_words", "events_in_words", "instants_in_words", "open_times_in_words"]

_MOST = 20


def open_times_in_words(open_times: Mapping[Any, Iterable[Interval]]) -> str:
    """Return what was open when: `T1 open from ... to ..., T2 never open`."""
    told = [f"{key} {_spans_in_words(spans)}" for key, spans in open_times.items()]
    return _listed(told, "nothing open")


def _spans_in_words(spans: Iterable[Interval]) -> str:
    told = [f"from {i.start.isoformat()} to {i.end.isoformat()}" for i in spans]
    return f"open {' and '.join(told)}" if told else "never open"


def instants_in_words(instants: Iterable[datetime]) -> str:
    """Return instants as they read in their zones."""
    return ", ".join(f"{instant.isoformat()} ({instant.tzinfo})" for instant in instants)


def events_in_words(events: Iterable[Any]) -> str:
    """Return events with the fields that were given: `TicketEdit(user_id=U1, ...)`."""
    return _listed([any_in_words(event) for event in events], "no events")


def any_in_words(value: Any) -> str:
    """Return a value of any kind, an event by its fields that say more than their default."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list | tuple):
        items = cast("Iterable[object]", value)
        return _listed([any_in_words(item) for item in items], "nothing")
    kind = value.__class__
    if not attrs.has(kind):
        return str(value)
    told = [
        f"{field.name}={any_in_words(getattr(value, field.name))}"
        for field in attrs.fields(kind)
        if getattr(value, field.name) != field.default
    ]
    return f"{kind.__name__}({', '.join(told)})"


def _listed(told: list[str], nothing: str) -> str:
    if not told:
        return nothing
    more = [f"and {len(told) - _MOST} more"] if len(told) > _MOST else []
    return "".join(f"\n  {each}" for each in (*told[:_MOST], *more))
