"""The life of a ticket: deferrals and their times, readiness, routing order, stock, reopenings."""

from worklog_core.tickets.deferrals import (
    Reminder,
    Transition,
    close,
    defer,
    release_due,
    reminder_of,
    reopen,
)
from worklog_core.tickets.pending import PendingTimes, pending_times
from worklog_core.tickets.queue import Priority, QueuedTicket, routing_order
from worklog_core.tickets.readiness import Capability, Connected, Readiness, readiness
from worklog_core.tickets.reopening import (
    Closing,
    FcrPer,
    FirstContactResolution,
    ReopenedBy,
)
from worklog_core.tickets.skips import SkipRate, skip_rates
from worklog_core.tickets.stock import (
    AgeBucket,
    Stock,
    StockCount,
    StockedTicket,
    StockFlow,
    StockTicket,
    stock_at,
    stock_between,
)
from worklog_core.tickets.timeline import TicketTimeline, ticket_timelines
from worklog_core.tickets.transitions import (
    TRANSITIONS,
    Deferral,
    Refused,
    TicketCommand,
    TicketState,
    is_routable,
    next_status,
)

__all__ = [
    "TRANSITIONS",
    "AgeBucket",
    "Capability",
    "Closing",
    "Connected",
    "Deferral",
    "FcrPer",
    "FirstContactResolution",
    "PendingTimes",
    "Priority",
    "QueuedTicket",
    "Readiness",
    "Refused",
    "Reminder",
    "ReopenedBy",
    "SkipRate",
    "Stock",
    "StockCount",
    "StockFlow",
    "StockTicket",
    "StockedTicket",
    "TicketCommand",
    "TicketState",
    "TicketTimeline",
    "Transition",
    "close",
    "defer",
    "is_routable",
    "next_status",
    "pending_times",
    "readiness",
    "release_due",
    "reminder_of",
    "reopen",
    "routing_order",
    "skip_rates",
    "stock_at",
    "stock_between",
    "ticket_timelines",
]
