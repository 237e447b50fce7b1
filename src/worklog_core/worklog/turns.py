"""When tickets were closed and opened, and by whom.

Three rules hold in this module (E-22, AMB-7):
1. A ticket with status changes is judged by them: a change to CLOSED closes it unless it is closed
   already, a change to OPEN or PENDING opens it unless the due date of a deferral did (D-06). Of
   several at one instant the one that was learnt later follows, then the higher event id, then the
   one further on the way open, pending, closed.
2. A ticket without them is judged by its edits: one that closes closes it, one that makes a row and
   does not close opens it, and so does a customer's message.
3. An answer is an edit that writes, or a public message of a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, TypeVar

from worklog_core.events.actions import Action
from worklog_core.events.facts import (
    CustomerMessage,
    StatusCause,
    TicketEdit,
    TicketStatus,
    TicketStatusChange,
    TrackingExclusion,
)
from worklog_core.events.history import History
from worklog_core.events.messages import MessageSent
from worklog_core.instants import to_microseconds
from worklog_core.tickets.timeline import rank_at_once

__all__ = ["Turn", "Turns", "answers", "customer_wrote", "seen", "ticket_turns"]

E = TypeVar("E", CustomerMessage, MessageSent, TicketEdit, TicketStatusChange, TrackingExclusion)


class Turn(NamedTuple):
    """A ticket was closed or opened at an instant; `user_id` is None where nobody is named.

    `is_of_edit` tells that an edit did it, which lies in a cell of its user.
    """

    at: int
    user_id: str | None
    is_by_customer: bool
    is_of_edit: bool


class Turns(NamedTuple):
    """The closings and the openings of one ticket, each in time order."""

    closings: list[Turn]
    openings: list[Turn]


def ticket_turns(history: History, as_of: int | None) -> Mapping[str, Turns]:
    """Return when each ticket was closed and opened, up to an instant."""
    turns: defaultdict[str, Turns] = defaultdict(lambda: Turns([], []))
    closed: set[str] = set()
    for at, change in seen(sorted(history.ticket_statuses, key=_in_turn), as_of):
        of_ticket = turns[change.ticket_id]
        turn = Turn(at, change.user_id, change.cause is StatusCause.CUSTOMER, is_of_edit=False)
        if change.status is not TicketStatus.CLOSED:
            closed.discard(change.ticket_id)
            if change.cause is not StatusCause.DUE_DATE:
                of_ticket.openings.append(turn)
        elif change.ticket_id not in closed:
            closed.add(change.ticket_id)
            of_ticket.closings.append(turn)
    by_status = frozenset(turns)
    for at, edit in seen(history.edits, as_of):
        if edit.action is not None and edit.ticket_id not in by_status:
            of_ticket = turns[edit.ticket_id]
            mine = of_ticket.closings if edit.is_closing else of_ticket.openings
            mine.append(Turn(at, edit.user_id, is_by_customer=False, is_of_edit=True))
    for at, message in seen(customer_wrote(history), as_of):
        if message.ticket_id not in by_status:
            turn = Turn(at, None, is_by_customer=True, is_of_edit=False)
            turns[message.ticket_id].openings.append(turn)
    return {
        ticket_id: Turns(sorted(closings, key=_instant), sorted(openings, key=_customer_first))
        for ticket_id, (closings, openings) in turns.items()
    }


def _customer_first(opening: Turn) -> tuple[int, bool]:
    # At one instant a message came before an edit (AMB-4).
    return (opening.at, not opening.is_by_customer)


def _in_turn(change: TicketStatusChange) -> tuple[datetime, tuple[datetime, str, int]]:
    return change.at, rank_at_once(change)


_instant = attrgetter("at")
# As a history orders them: where two sources tell one message, the one that says more comes last.
_by_ticket_and_instant = attrgetter("ticket_id", "at", "conversation_id", "is_initial")


def customer_wrote(history: History) -> Sequence[CustomerMessage]:
    """Return what opens epochs: customer messages, and public inbound ones of the general kind."""
    opening = [
        CustomerMessage(m.ticket_id, m.at, m.message_id, is_initial=m.is_initial)
        for m in history.messages
        if m.opens_epoch
    ]
    if not opening:
        return history.customer_messages
    return sorted([*history.customer_messages, *opening], key=_by_ticket_and_instant)


def answers(history: History, as_of: int | None) -> Mapping[str, Sequence[int]]:
    """Return when somebody answered on each ticket, in time order."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    written = (edit for edit in history.edits if edit.action is Action.WRITE)
    sent = (message for message in history.messages if message.is_answer)
    for at, edit in seen(written, as_of):
        found[edit.ticket_id].append(at)
    for at, message in seen(sent, as_of):
        found[message.ticket_id].append(at)
    return {ticket_id: sorted(instants) for ticket_id, instants in found.items()}


def seen(events: Iterable[E], as_of: int | None) -> Iterator[tuple[int, E]]:
    """Yield the events at or before an instant, each with its own (AMB-24)."""
    for event in events:
        at = to_microseconds(event.at)
        if as_of is None or at <= as_of:
            yield at, event
