"""All kinds of events: the closed union of them, their names in a history, their order.

One rule holds in this module: a kind of event is named here once, and everything that goes through
the kinds reads it here.
"""

from datetime import datetime
from typing import Final

from worklog_core.events.assistance import (
    AiActionApplied,
    AiSuggestionShown,
    CustomerCorrected,
    CustomerDetected,
    TagsChanged,
    TagsDetected,
)
from worklog_core.events.contact import (
    ContactEnded,
    ContactLabelled,
    CsatReceived,
    HoldEnded,
    HoldStarted,
    RecordingStored,
    SentimentScored,
    WrapUpFinished,
)
from worklog_core.events.facts import (
    CustomerMessage,
    FocusChange,
    Heartbeat,
    ScreenSession,
    TicketEdit,
    TicketStatusChange,
    TrackingExclusion,
    UserStatusChange,
    UserStatusRepost,
)
from worklog_core.events.messages import MessageSent
from worklog_core.events.routing import (
    RoutingOffered,
    RoutingSkipped,
    TeamMembership,
    TicketAssigned,
    TicketQueued,
    TicketTransferred,
)
from worklog_core.events.tickets import (
    SlaDueSet,
    TicketClosed,
    TicketMerged,
    TicketOpened,
    TopicChange,
)

__all__ = ["KINDS", "ORDER", "Event", "learnt_at", "over_at"]

Event = (
    ScreenSession
    | Heartbeat
    | TicketEdit
    | CustomerMessage
    | UserStatusChange
    | UserStatusRepost
    | FocusChange
    | TrackingExclusion
    | TicketStatusChange
    | MessageSent
    | TicketOpened
    | TicketClosed
    | TicketMerged
    | TopicChange
    | SlaDueSet
    | RoutingOffered
    | RoutingSkipped
    | TicketAssigned
    | TicketTransferred
    | TicketQueued
    | TeamMembership
    | AiSuggestionShown
    | AiActionApplied
    | TagsDetected
    | TagsChanged
    | CustomerDetected
    | CustomerCorrected
    | HoldStarted
    | HoldEnded
    | ContactEnded
    | WrapUpFinished
    | ContactLabelled
    | RecordingStored
    | SentimentScored
    | CsatReceived
)
"""One fact, of any of the kinds that a history is made of: their closed union."""

KINDS: Final[dict[str, type[Event]]] = {
    "sessions": ScreenSession,
    "heartbeats": Heartbeat,
    "edits": TicketEdit,
    "customer_messages": CustomerMessage,
    "user_statuses": UserStatusChange,
    "status_reposts": UserStatusRepost,
    "focus_changes": FocusChange,
    "exclusions": TrackingExclusion,
    "ticket_statuses": TicketStatusChange,
    "messages": MessageSent,
    "openings": TicketOpened,
    "closings": TicketClosed,
    "merges": TicketMerged,
    "topics": TopicChange,
    "sla_dues": SlaDueSet,
    "offers": RoutingOffered,
    "skips": RoutingSkipped,
    "assignments": TicketAssigned,
    "transfers": TicketTransferred,
    "queues": TicketQueued,
    "team_memberships": TeamMembership,
    "suggestions": AiSuggestionShown,
    "ai_actions": AiActionApplied,
    "tag_detections": TagsDetected,
    "tag_changes": TagsChanged,
    "customer_detections": CustomerDetected,
    "customer_corrections": CustomerCorrected,
    "hold_starts": HoldStarted,
    "hold_ends": HoldEnded,
    "contact_ends": ContactEnded,
    "wrap_ups": WrapUpFinished,
    "contact_labels": ContactLabelled,
    "recordings": RecordingStored,
    "sentiments": SentimentScored,
    "satisfactions": CsatReceived,
}
"""The kinds of events, by the name under which a history takes them."""

ORDER: Final[dict[type[Event], tuple[str, ...]]] = {
    ScreenSession: ("user_id", "ticket_id", "start", "end"),
    Heartbeat: ("user_id", "ticket_id", "at"),
    TicketEdit: ("user_id", "ticket_id", "at"),
    CustomerMessage: ("ticket_id", "at", "conversation_id"),
    UserStatusChange: ("user_id", "at"),
    UserStatusRepost: ("user_id", "start", "end"),
    FocusChange: ("user_id", "at", "ticket_id"),
    TrackingExclusion: ("ticket_id", "at"),
    TicketStatusChange: ("ticket_id", "at"),
    MessageSent: ("ticket_id", "at", "message_id"),
    TicketOpened: ("ticket_id", "at"),
    TicketClosed: ("ticket_id", "at"),
    TicketMerged: ("ticket_id", "at"),
    TopicChange: ("ticket_id", "at"),
    SlaDueSet: ("ticket_id", "at"),
    RoutingOffered: ("user_id", "ticket_id", "at"),
    RoutingSkipped: ("user_id", "ticket_id", "at"),
    TicketAssigned: ("ticket_id", "at"),
    TicketTransferred: ("ticket_id", "at"),
    TicketQueued: ("ticket_id", "at"),
    TeamMembership: ("user_id", "team", "start"),
    AiSuggestionShown: ("ticket_id", "at", "agent"),
    AiActionApplied: ("ticket_id", "at", "agent"),
    TagsDetected: ("ticket_id", "at"),
    TagsChanged: ("ticket_id", "at"),
    CustomerDetected: ("ticket_id", "at"),
    CustomerCorrected: ("ticket_id", "at"),
    HoldStarted: ("ticket_id", "at"),
    HoldEnded: ("ticket_id", "at"),
    ContactEnded: ("ticket_id", "at"),
    WrapUpFinished: ("ticket_id", "at"),
    ContactLabelled: ("contact_id", "at"),
    RecordingStored: ("ticket_id", "at"),
    SentimentScored: ("ticket_id", "at"),
    CsatReceived: ("ticket_id", "at"),
}
"""The fields by which the events of a kind are sorted."""


def over_at(event: Event) -> datetime:
    """Return the instant of an event, or its end.

    A membership in a team may be without end, so it is over when it began.
    """
    if isinstance(event, TeamMembership):
        return event.start
    return event.end if isinstance(event, ScreenSession | UserStatusRepost) else event.at


def learnt_at(event: Event) -> datetime:
    """Return when the system learnt of an event: `known_at`, else its instant or end (AMB-24)."""
    return over_at(event) if event.known_at is None else event.known_at
