"""The order in which open tickets are routed (P-E10).

Three rules hold in this module:
1. The earliest SLA due date comes first. A ticket without one comes after all that have one, and
   no date far away stands for it.
2. Then the higher priority, then the ticket that was opened first, then the lower ticket id: the
   order is total, so neither the order of the input nor its duplicates reach a result.
3. Only what may be routed is in it: no pending ticket and no closed one (D-04).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from functools import total_ordering
from typing import Any, Final

import attrs

from worklog_core.door import check_id, choice_of, parse_choice
from worklog_core.events.facts import TicketStatus
from worklog_core.instants import as_utc, as_utc_or_none, check_instant, check_optional_instant
from worklog_core.tickets.register import by_ticket_id
from worklog_core.tickets.transitions import is_routable

__all__ = ["Priority", "QueuedTicket", "routing_order"]


@total_ordering
class Priority(Enum):
    """How urgent a ticket is, from the lowest to the highest; members compare (P-E7).

    Example:
        >>> from worklog_core import Priority
        >>> Priority.HIGH < Priority.URGENT, Priority.parse("low")
        (True, <Priority.LOW: 'low'>)
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Priority):
            return NotImplemented
        return _RANK[self] < _RANK[other]

    # A member is equal to itself alone; its name need not be hashed for every ticket.
    __hash__ = object.__hash__

    @classmethod
    def parse(cls, text: str) -> "Priority":
        """Return the priority of an export name; raise WorklogError for any other text."""
        return parse_choice(cls, text, "priority")


_RANK: Final = {priority: rank for rank, priority in enumerate(Priority)}


@attrs.frozen
class QueuedTicket:
    """A ticket as routing sees it; `sla_due_at` is None where no target applies."""

    ticket_id: str = attrs.field(validator=check_id)
    opened_at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    priority: Priority = attrs.field(kw_only=True, validator=choice_of(Priority))
    sla_due_at: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )
    status: TicketStatus = attrs.field(
        default=TicketStatus.OPEN, kw_only=True, validator=choice_of(TicketStatus)
    )


def routing_order(tickets: Iterable[QueuedTicket]) -> tuple[QueuedTicket, ...]:
    """Return the tickets that may be routed, in the order in which they are.

    Raises ConflictingEventsError for two different tickets of one id.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Priority, QueuedTicket, routing_order
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> timeless = QueuedTicket("T1", at(8), priority=Priority.URGENT)
        >>> due = QueuedTicket("T2", at(9), priority=Priority.LOW, sla_due_at=at(17))
        >>> [ticket.ticket_id for ticket in routing_order([timeless, due])]
        ['T2', 'T1']
    """
    found = by_ticket_id(tickets, QueuedTicket)
    return tuple(sorted((t for t in found.values() if is_routable(t.status)), key=_place))


def _place(ticket: QueuedTicket) -> tuple[Any, ...]:
    # Where both lack a due date, None equals None and is never asked which is less.
    due = ticket.sla_due_at
    return (due is None, due, -_RANK[ticket.priority], ticket.opened_at, ticket.ticket_id)
