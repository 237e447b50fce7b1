"""A conversation: what is known of one ticket, in time order, up to an instant.

Four rules hold for every conversation:
1. It began with its opening, or, where nobody tells one, with its first public message.
2. What the customer wrote is one message, whichever kind of event tells it.
3. An assignment and a transfer to a user are one thing: from then on the ticket is that user's.
4. At one instant the customer's message comes first, the answer next, the closing last (AMB-4).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, TypeVar, cast

import attrs

from worklog_core.conversations.lifecycle import Turn, turns_of
from worklog_core.conversations.rules import MergedCases
from worklog_core.events.history import History
from worklog_core.events.kinds import KINDS
from worklog_core.events.messages import Direction, MessageSent, SenderKind
from worklog_core.events.routing import AssigneeKind, TicketAssigned
from worklog_core.events.tickets import TicketClosed, TicketOpened
from worklog_core.mappings import FrozenMapping
from worklog_core.tickets.timeline import TicketTimeline

__all__ = ["Assignment", "Conversation", "conversations_of", "homes_of"]

K = TypeVar("K")

_OF_A_TICKET: Final = tuple(
    name for name, kind in KINDS.items() if "ticket_id" in attrs.fields_dict(kind)
)
# What goes along with a ticket that is united with another: what was written and done, no course.
_UNITED: Final = {
    "sessions",
    "heartbeats",
    "customer_messages",
    "messages",
    "hold_starts",
    "hold_ends",
    "contact_ends",
    "wrap_ups",
    "recordings",
}


@attrs.frozen
class Assignment:
    """A ticket became somebody's, or nobody's; *user_id* is a person, None for any other."""

    at: datetime
    user_id: str | None
    team: str | None = None


@attrs.frozen(kw_only=True)
class Conversation:
    """What is known of one ticket.

    `turns` are its closings and openings; `facts` are the other events by the name of their kind in
    a history, each in time order. Instants are in UTC.
    """

    ticket_id: str
    facts: Mapping[str, tuple[Any, ...]] = attrs.field(
        default=FrozenMapping[str, tuple[Any, ...]](), repr=False
    )
    statuses: TicketTimeline = attrs.field(factory=TicketTimeline)
    turns: tuple[Turn, ...] = ()
    bots: frozenset[str] = frozenset()

    def of(self, kind: str) -> tuple[Any, ...]:
        """Return the events of a kind, in time order."""
        return self.facts.get(kind, ())

    @property
    def opening(self) -> TicketOpened | None:
        """The first word about its opening."""
        return cast("TicketOpened", self.of("openings")[0]) if self.of("openings") else None

    @property
    def opened_at(self) -> datetime | None:
        """When it began; None where neither an opening nor a public message is told."""
        if self.opening is not None:
            return self.opening.at
        return next((message.at for message in self.messages if message.is_public), None)

    @property
    def direction(self) -> Direction | None:
        """Who began it: IN the customer, OUT the service (K-10)."""
        if self.opening is not None:
            return self.opening.direction
        return next((message.direction for message in self.messages if message.is_public), None)

    @cached_property
    def messages(self) -> tuple[MessageSent, ...]:
        """All messages and notes, in time order; of one instant the customer's come first."""
        told = {(m.at, m.message_id) for m in self.of("messages") if m.opens_epoch}
        found: list[MessageSent] = list(self.of("messages"))
        found += [
            MessageSent(
                message.ticket_id,
                message.at,
                message.conversation_id,
                direction=Direction.IN,
                sender=SenderKind.CUSTOMER,
                channel=message.channel,
                is_initial=message.is_initial,
            )
            for message in self.of("customer_messages")
            if (message.at, message.conversation_id) not in told
        ]
        return tuple(sorted(found, key=_message_order))

    @property
    def replies(self) -> tuple[MessageSent, ...]:
        """What persons answered: public, delivered, by no machine and no broadcast."""
        return tuple(message for message in self.messages if self.is_reply(message))

    def is_reply(self, message: MessageSent) -> bool:
        """Say whether a message is a person's answer to the customer (P-R5)."""
        return (
            message.direction is Direction.OUT
            and message.sender is SenderKind.HUMAN
            and message.failure is None
            and message.sender_id not in self.bots
        )

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """To whom the ticket was given, in time order; what two events tell at once is one."""
        found = [_assigned(event, self.bots) for event in self.of("assignments")]
        for moved in self.of("transfers"):
            user_id = None if moved.to_user_id in self.bots else moved.to_user_id
            told = any(each.at == moved.at and each.user_id == user_id for each in found)
            if not told:
                found.append(Assignment(moved.at, user_id))
        return tuple(sorted(found, key=attrgetter("at")))

    @property
    def closing(self) -> Turn | None:
        """The closing in force: the last one, unless the case is open again."""
        last = self.turns[-1] if self.turns else None
        return last if last is not None and last.is_closing else None

    @property
    def closing_notes(self) -> tuple[TicketClosed, ...]:
        """What was said at its closings, in time order."""
        return cast("tuple[TicketClosed, ...]", self.of("closings"))


def _assigned(event: TicketAssigned, bots: frozenset[str]) -> Assignment:
    is_person = event.assignee_kind is AssigneeKind.HUMAN and event.assignee_id not in bots
    return Assignment(event.at, event.assignee_id if is_person else None, event.team)


def _message_order(message: MessageSent) -> tuple[datetime, bool, str]:
    return (message.at, message.direction is not Direction.IN, message.message_id)


def conversations_of(
    history: History,
    *,
    day_of: Callable[[datetime], Any],
    as_of: datetime | None = None,
    merged: MergedCases = MergedCases.APART,
    bots: Iterable[str] = (),
) -> dict[str, Conversation]:
    """Return the conversations of a settled history by ticket id, sorted; one for every ticket.

    Events after *as_of* are unseen; a session that starts at it is (AMB-24). *day_of* tells the
    local day of an instant.
    """
    machines = frozenset(bots)
    homes = homes_of(history, as_of=as_of) if merged is MergedCases.UNITED else {}
    by_ticket: defaultdict[str, dict[str, list[Any]]] = defaultdict(dict)
    for kind in _OF_A_TICKET:
        for event in getattr(history, kind):
            if not _is_seen(event, as_of):
                continue
            ticket_id: str = event.ticket_id
            home = homes.get(ticket_id, ticket_id)
            if home == ticket_id or kind in _UNITED:
                by_ticket[home].setdefault(kind, []).append(event)
    return {
        ticket_id: _conversation(ticket_id, by_ticket[ticket_id], day_of, machines)
        for ticket_id in sorted(by_ticket)
    }


def _is_seen(event: Any, as_of: datetime | None) -> bool:
    if as_of is None:
        return True
    return bool(event.start < as_of if hasattr(event, "start") else event.at <= as_of)


def _conversation(
    ticket_id: str,
    found: Mapping[str, list[Any]],
    day_of: Callable[[datetime], Any],
    bots: frozenset[str],
) -> Conversation:
    facts = {
        kind: tuple(events if kind == "sessions" else sorted(events, key=attrgetter("at")))
        for kind, events in found.items()
        if kind not in ("heartbeats", "ticket_statuses")
    }
    timeline = TicketTimeline(found.get("ticket_statuses", ()))
    unturned = Conversation(ticket_id=ticket_id, facts=FrozenMapping(facts))
    asked_at = [message.at for message in unturned.messages if message.opens_epoch]
    turns = turns_of(timeline, facts.get("edits", ()), asked_at, day_of=day_of, bots=bots)
    return attrs.evolve(unturned, statuses=timeline, turns=turns, bots=bots)


def homes_of(history: History, *, as_of: datetime | None = None) -> dict[str, str]:
    """Return into which ticket each merged one went at last.

    The last word about a ticket holds. Tickets that were merged in a circle go into the one whose
    id sorts first.
    """
    into = {
        merge.ticket_id: merge.into_ticket_id
        for merge in history.merges
        if as_of is None or merge.at <= as_of
    }
    return {ticket_id: _home(ticket_id, into) for ticket_id in into}


def _home(ticket_id: str, into: Mapping[str, str]) -> str:
    way = [ticket_id]
    following = into.get(ticket_id)
    while following is not None:
        if following in way:
            return min(way[way.index(following) :])
        way.append(following)
        following = into.get(following)
    return way[-1]
