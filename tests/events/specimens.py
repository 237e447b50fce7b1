"""An event of every kind, and which of its fields is what: a table for the tests beside it."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from worklog_core import (
    Action,
    CustomerMessage,
    Heartbeat,
    ScreenSession,
    StatusCause,
    TicketEdit,
    TicketStatus,
    TicketStatusChange,
    TrackingExclusion,
    UserStatusChange,
    UserStatusRepost,
)

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)

WHO_AND_WHAT = {"user_id": "U1", "ticket_id": "T1"}
SPAN = {"start": NINE, "end": TEN}
# The least that makes an event of each kind.
LEAST: dict[type[Any], dict[str, Any]] = {
    ScreenSession: WHO_AND_WHAT | SPAN,
    Heartbeat: WHO_AND_WHAT | {"at": NINE},
    TicketEdit: WHO_AND_WHAT | {"at": NINE},
    CustomerMessage: {"ticket_id": "T1", "at": NINE, "conversation_id": "C1"},
    UserStatusChange: {"user_id": "U1", "at": NINE, "status": "Active"},
    UserStatusRepost: {"user_id": "U1", "status": "Active"} | SPAN,
    TicketStatusChange: {
        "ticket_id": "T1",
        "at": NINE,
        "status": TicketStatus.PENDING,
        "cause": StatusCause.AGENT,
    },
    TrackingExclusion: {"ticket_id": "T1", "at": NINE},
}
# Everything else that may be said of it.
FURTHER: dict[type[Any], dict[str, Any]] = {kind: {} for kind in LEAST} | {
    TicketEdit: {"action": Action.WRITE, "closes": False},
    CustomerMessage: {"is_initial": True},
    TicketStatusChange: {"user_id": "U1", "deferred_until": TEN},
    TrackingExclusion: {"reason": "spam"},
}
KINDS = list(LEAST)
VERSION = {"event_id": "e1", "known_at": TEN}

IDS = ["user_id", "ticket_id", "conversation_id", "event_id", "reason"]
INSTANTS = ["at", "start", "end", "known_at", "deferred_until"]
FLAGS = ["closes", "is_initial"]
CHOICES = {
    (TicketEdit, "action"): "Action",
    (TicketStatusChange, "status"): "TicketStatus",
    (TicketStatusChange, "cause"): "StatusCause",
}


def least(kind: type[Any], **changes: Any) -> Any:
    return kind(**{**LEAST[kind], **changes})


def full(kind: type[Any], **changes: Any) -> Any:
    return kind(**{**LEAST[kind], **FURTHER[kind], **VERSION, **changes})


def fields_of(names: list[str]) -> list[Any]:
    """Return each kind with each of its fields among some names."""
    return [
        pytest.param(kind, field.name, id=f"{kind.__name__}.{field.name}")
        for kind in KINDS
        for field in attrs.fields(kind)
        if field.name in names and (kind, field.name) not in CHOICES
    ]


every_kind = pytest.mark.parametrize("kind", KINDS)
every_id = pytest.mark.parametrize(("kind", "field"), fields_of([*IDS, "status"]))
every_instant = pytest.mark.parametrize(("kind", "field"), fields_of(INSTANTS))
every_flag = pytest.mark.parametrize(("kind", "field"), fields_of(FLAGS))


class Stamp(datetime):
    """A subclass of datetime that knows nanoseconds, as pandas has."""

    nanosecond = 0


class PytzLike(tzinfo):
    """A zone in its summer state, as pytz makes one instance for each offset of a zone."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta(hours=2)

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(hours=1)

    def tzname(self, _: datetime | None) -> str:
        return "CEST"

    def localize(self, at: datetime) -> datetime:
        return at.replace(tzinfo=self)
