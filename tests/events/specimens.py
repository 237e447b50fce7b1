"""An event of every kind, and which of its fields is what: a table for the tests beside it."""

from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from worklog_core import (
    Action,
    AiActionApplied,
    AiSuggestionShown,
    AssigneeKind,
    AssignmentMode,
    AutomationLevel,
    ContactEnded,
    ContactLabelled,
    CsatReceived,
    CustomerCorrected,
    CustomerDetected,
    CustomerMessage,
    Direction,
    DueSetBy,
    FocusChange,
    Heartbeat,
    HoldEnded,
    HoldStarted,
    MessageSent,
    OpenedBy,
    RecordingStored,
    RoutingOffered,
    RoutingSkipped,
    ScreenSession,
    SenderKind,
    SentimentScored,
    SlaDueSet,
    StatusCause,
    TagsChanged,
    TagsDetected,
    TargetKind,
    TeamMembership,
    TicketAssigned,
    TicketClosed,
    TicketEdit,
    TicketMerged,
    TicketOpened,
    TicketQueued,
    TicketStatus,
    TicketStatusChange,
    TicketTransferred,
    TopicChange,
    TrackingExclusion,
    UserStatusChange,
    UserStatusRepost,
    WrapUpFinished,
)

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)

WHO_AND_WHAT = {"user_id": "U1", "ticket_id": "T1"}
SPAN = {"start": NINE, "end": TEN}
TICKET = {"ticket_id": "T1", "at": NINE}
# The least that makes an event of each kind.
LEAST: dict[type[Any], dict[str, Any]] = {
    ScreenSession: WHO_AND_WHAT | SPAN,
    Heartbeat: WHO_AND_WHAT | {"at": NINE},
    TicketEdit: WHO_AND_WHAT | {"at": NINE},
    CustomerMessage: TICKET | {"conversation_id": "C1"},
    UserStatusChange: {"user_id": "U1", "at": NINE, "status": "Active"},
    UserStatusRepost: {"user_id": "U1", "status": "Active"} | SPAN,
    FocusChange: WHO_AND_WHAT | {"at": NINE},
    TrackingExclusion: TICKET,
    TicketStatusChange: TICKET | {"status": TicketStatus.PENDING, "cause": StatusCause.AGENT},
    MessageSent: TICKET
    | {"message_id": "M1", "direction": Direction.OUT, "sender": SenderKind.AI_AGENT},
    TicketOpened: TICKET,
    TicketClosed: TICKET,
    TicketMerged: TICKET | {"into_ticket_id": "T2"},
    TopicChange: TICKET | {"topic": "Invoice"},
    SlaDueSet: TICKET | {"due_at": TEN},
    RoutingOffered: WHO_AND_WHAT | {"at": NINE},
    RoutingSkipped: WHO_AND_WHAT | {"at": NINE},
    TicketAssigned: TICKET,
    TicketTransferred: TICKET,
    TicketQueued: TICKET | {"queue": "Mail"},
    TeamMembership: {"user_id": "U1", "team": "Blue", "start": NINE},
    AiSuggestionShown: TICKET | {"agent": "Base", "is_base": True},
    AiActionApplied: TICKET | {"agent": "Base", "level": AutomationLevel.BASE_AGENT},
    TagsDetected: TICKET | {"tags": ("mail", "vip")},
    TagsChanged: TICKET | {"tags": ("mail", "vip")},
    CustomerDetected: TICKET | {"customer_id": "K1"},
    CustomerCorrected: TICKET | {"customer_id": "K1"},
    HoldStarted: TICKET,
    HoldEnded: TICKET,
    ContactEnded: TICKET,
    WrapUpFinished: TICKET,
    ContactLabelled: {"contact_id": "K1", "at": NINE, "labels": ("new", "vip")},
    RecordingStored: TICKET | {"link": "recordings/1"},
    SentimentScored: TICKET | {"score": Fraction(1, 2)},
    CsatReceived: TICKET | {"score": Fraction(4)},
}
WHO = {"user_id": "U1"}
SCALE = {"out_of": Fraction(5)}
# Everything else that may be said of it.
FURTHER: dict[type[Any], dict[str, Any]] = {kind: {} for kind in LEAST} | {
    TicketEdit: {"action": Action.WRITE, "closes": False},
    CustomerMessage: {"is_initial": True, "channel": "email"},
    TicketStatusChange: {
        "user_id": "U1",
        "deferred_until": TEN,
        "due_set_by": DueSetBy.TAG,
        "detail": "waits for the meter reading",
    },
    TrackingExclusion: {"reason": "spam"},
    MessageSent: {
        "sender_id": "A1",
        "channel": "email",
        "content_type": "text/plain",
        "text": "Dear customer",
        "is_initial": True,
        "failure": "no such address",
    },
    TicketOpened: {
        "contact_id": "K1",
        "channel": "phone",
        "direction": Direction.OUT,
        "opened_by": OpenedBy.USER,
        "user_id": "U1",
        "queue": "Mail",
        "is_hold_capable": True,
    },
    TicketClosed: {
        "user_id": "U1",
        "category": "Invoice",
        "summary": "Paid twice",
        "disposition": "Resolved",
        "note": "",
    },
    TicketMerged: WHO,
    TopicChange: {"subtopic": "Instalment"},
    SlaDueSet: {"target": TargetKind.FIRST_RESPONSE, "set_by": DueSetBy.MANUAL},
    TicketAssigned: {
        "assignee_id": "U1",
        "team": "Blue",
        "mode": AssignmentMode.ROUTING,
        "assignee_kind": AssigneeKind.BOT,
    },
    TicketTransferred: {"from_user_id": "U1", "to_user_id": "U2", "to_queue": "Mail"},
    TeamMembership: {"end": TEN},
    AiSuggestionShown: {"text": "Dear customer"} | WHO,
    AiActionApplied: WHO,
    TagsChanged: WHO,
    CustomerCorrected: WHO,
    HoldStarted: WHO,
    HoldEnded: WHO,
    ContactEnded: WHO,
    WrapUpFinished: {"form_id": "F1", "note": "Called back"} | WHO,
    SentimentScored: SCALE,
    CsatReceived: SCALE,
}
# What else than None a field is that is left out.
DEFAULTS: dict[type[Any], dict[str, Any]] = {kind: {} for kind in LEAST} | {
    CustomerMessage: {"is_initial": False},
    MessageSent: {"is_initial": False},
    TicketOpened: {
        "direction": Direction.IN,
        "opened_by": OpenedBy.CONTACT,
        "is_hold_capable": False,
    },
    SlaDueSet: {"target": TargetKind.RESOLUTION},
    TicketAssigned: {"mode": AssignmentMode.MANUAL, "assignee_kind": AssigneeKind.HUMAN},
}
# What must be given and may be None: a word that takes back what was said before.
NULLABLE = {
    (TopicChange, "topic"),
    (SlaDueSet, "due_at"),
    (TicketQueued, "queue"),
    (CustomerCorrected, "customer_id"),
}
KINDS = list(LEAST)
VERSION = {"event_id": "e1", "known_at": TEN}

IDS = [
    *("user_id", "ticket_id", "conversation_id", "event_id", "reason", "channel", "detail"),
    *("message_id", "sender_id", "content_type", "failure", "contact_id", "queue", "category"),
    *("disposition", "into_ticket_id", "topic", "subtopic", "assignee_id", "team", "from_user_id"),
    *("to_user_id", "to_queue", "agent", "customer_id", "form_id", "link"),
]
INSTANTS = ["at", "start", "end", "known_at", "deferred_until", "due_at"]
FLAGS = ["closes", "is_initial", "is_hold_capable", "is_base"]
TEXTS = ["text", "summary", "note"]
NAME_SETS = ["tags", "labels"]
NUMBERS = ["score", "out_of"]
CHOICES: dict[tuple[type[Any], str], type[Enum]] = {
    (TicketEdit, "action"): Action,
    (TicketStatusChange, "status"): TicketStatus,
    (TicketStatusChange, "cause"): StatusCause,
    (TicketStatusChange, "due_set_by"): DueSetBy,
    (MessageSent, "direction"): Direction,
    (MessageSent, "sender"): SenderKind,
    (TicketOpened, "direction"): Direction,
    (TicketOpened, "opened_by"): OpenedBy,
    (SlaDueSet, "target"): TargetKind,
    (SlaDueSet, "set_by"): DueSetBy,
    (TicketAssigned, "mode"): AssignmentMode,
    (TicketAssigned, "assignee_kind"): AssigneeKind,
    (AiActionApplied, "level"): AutomationLevel,
}


def least(kind: type[Any], **changes: Any) -> Any:
    return kind(**{**LEAST[kind], **changes})


def full(kind: type[Any], **changes: Any) -> Any:
    return kind(**{**LEAST[kind], **FURTHER[kind], **VERSION, **changes})


def happened(event: Any) -> datetime:
    """Return the instant at which an event is over, or a membership in a team begins."""
    if isinstance(event, TeamMembership):
        return event.start
    over: datetime = event.end if hasattr(event, "end") else event.at
    return over


def other_than(event: Any, field: str) -> Any:
    """Return another sound value of a field of an event."""
    choices = CHOICES.get((type(event), field))
    if choices is not None:
        return next(member for member in choices if member is not getattr(event, field))
    if field in INSTANTS:
        return NINE + timedelta(minutes=7)
    if field in FLAGS:
        return not getattr(event, field)
    if field in NAME_SETS:
        return ("other",)
    return Fraction(3, 7) + 4 if field in NUMBERS else "other"


def is_optional(kind: type[Any], field: str) -> bool:
    if field in LEAST[kind]:
        return (kind, field) in NULLABLE
    return field not in DEFAULTS[kind]


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
every_text = pytest.mark.parametrize(("kind", "field"), fields_of(TEXTS))
every_name_set = pytest.mark.parametrize(("kind", "field"), fields_of(NAME_SETS))
every_number = pytest.mark.parametrize(("kind", "field"), fields_of(NUMBERS))
every_choice = pytest.mark.parametrize(("kind", "field"), list(CHOICES))


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
