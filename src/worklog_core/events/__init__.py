"""What happened: events, and the history they form."""

from worklog_core.events.actions import Action, ReplyWithDeferral, action_of, highest_priority
from worklog_core.events.facts import (
    CustomerMessage,
    Event,
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
from worklog_core.events.history import History
from worklog_core.events.sifting import Rejected

__all__ = [
    "Action",
    "CustomerMessage",
    "Event",
    "Heartbeat",
    "History",
    "Rejected",
    "ReplyWithDeferral",
    "ScreenSession",
    "StatusCause",
    "TicketEdit",
    "TicketStatus",
    "TicketStatusChange",
    "TrackingExclusion",
    "UserStatusChange",
    "UserStatusRepost",
    "action_of",
    "highest_priority",
]
