"""A history: everything that is known to have happened, checked, without duplicates, in order.

Three rules hold for every history:
1. It is the same value whatever the order of its input and however often an event was given.
2. It keeps every version of an event, for a report may ask what was known earlier; `settled` leaves
   the facts. That its versions can be settled is checked when it is made (AMB-25).
3. A kind that late events joined is put together when it is asked for as a whole, and then kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import attrs

from worklog_core.collector import without_full_collections
from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe
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
from worklog_core.events.identified import ById, Identified
from worklog_core.events.kinds import KINDS, Event, learnt_at
from worklog_core.events.late import changed, changed_facts
from worklog_core.events.messages import MessageSent
from worklog_core.events.overlay import Events, Overlaid, laid_over, run_of
from worklog_core.events.routing import (
    RoutingOffered,
    RoutingSkipped,
    TeamMembership,
    TicketAssigned,
    TicketQueued,
    TicketTransferred,
)
from worklog_core.events.sifting import Rejected, conflicting, sift_each
from worklog_core.events.splicing import Change
from worklog_core.events.tickets import (
    SlaDueSet,
    TicketClosed,
    TicketMerged,
    TicketOpened,
    TopicChange,
)
from worklog_core.events.versions import gathered, settled
from worklog_core.instants import require_instant

__all__ = ["History", "Joined"]


# Compared by content and yet not hashed: a month of events is no key of a dictionary.
@attrs.frozen(init=False, repr=False, unsafe_hash=False)
class History:
    """The events of a customer service, by kind.

    Each kind takes any iterable. Raises WorklogError for anything that is not an event of its kind
    (naming kind and position), and ConflictingEventsError for two events of one kind and id that
    contradict each other with nothing to tell which is the later word.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import History, ScreenSession
        >>> seen = ScreenSession(user_id="U1", ticket_id="T1",
        ...                      start=datetime(2026, 3, 2, 9, tzinfo=UTC),
        ...                      end=datetime(2026, 3, 2, 9, 5, tzinfo=UTC))
        >>> History(sessions=[seen, seen]) == History.of([seen])
        True
    """

    sessions: tuple[ScreenSession, ...]
    heartbeats: tuple[Heartbeat, ...]
    edits: tuple[TicketEdit, ...]
    customer_messages: tuple[CustomerMessage, ...]
    user_statuses: tuple[UserStatusChange, ...]
    status_reposts: tuple[UserStatusRepost, ...]
    focus_changes: tuple[FocusChange, ...]
    exclusions: tuple[TrackingExclusion, ...]
    ticket_statuses: tuple[TicketStatusChange, ...]
    messages: tuple[MessageSent, ...]
    openings: tuple[TicketOpened, ...]
    closings: tuple[TicketClosed, ...]
    merges: tuple[TicketMerged, ...]
    topics: tuple[TopicChange, ...]
    sla_dues: tuple[SlaDueSet, ...]
    offers: tuple[RoutingOffered, ...]
    skips: tuple[RoutingSkipped, ...]
    assignments: tuple[TicketAssigned, ...]
    transfers: tuple[TicketTransferred, ...]
    queues: tuple[TicketQueued, ...]
    team_memberships: tuple[TeamMembership, ...]
    suggestions: tuple[AiSuggestionShown, ...]
    ai_actions: tuple[AiActionApplied, ...]
    tag_detections: tuple[TagsDetected, ...]
    tag_changes: tuple[TagsChanged, ...]
    customer_detections: tuple[CustomerDetected, ...]
    customer_corrections: tuple[CustomerCorrected, ...]
    hold_starts: tuple[HoldStarted, ...]
    hold_ends: tuple[HoldEnded, ...]
    contact_ends: tuple[ContactEnded, ...]
    wrap_ups: tuple[WrapUpFinished, ...]
    contact_labels: tuple[ContactLabelled, ...]
    recordings: tuple[RecordingStored, ...]
    sentiments: tuple[SentimentScored, ...]
    satisfactions: tuple[CsatReceived, ...]
    _versioned: frozenset[str] = attrs.field(eq=False)
    """The kinds of which some events are outdated by later versions."""
    _by_id: ById = attrs.field(eq=False)
    """The events that have an id, by kind; for facts, of the kinds that were asked for."""
    _overlaid: dict[str, Overlaid[Any]] = attrs.field(eq=False)
    """The kinds that are not put together yet; these have no value of their own."""

    @without_full_collections()
    def __init__(  # noqa: PLR0913  # one for each kind of event
        self,
        *,
        sessions: Iterable[ScreenSession] = (),
        heartbeats: Iterable[Heartbeat] = (),
        edits: Iterable[TicketEdit] = (),
        customer_messages: Iterable[CustomerMessage] = (),
        user_statuses: Iterable[UserStatusChange] = (),
        status_reposts: Iterable[UserStatusRepost] = (),
        focus_changes: Iterable[FocusChange] = (),
        exclusions: Iterable[TrackingExclusion] = (),
        ticket_statuses: Iterable[TicketStatusChange] = (),
        messages: Iterable[MessageSent] = (),
        openings: Iterable[TicketOpened] = (),
        closings: Iterable[TicketClosed] = (),
        merges: Iterable[TicketMerged] = (),
        topics: Iterable[TopicChange] = (),
        sla_dues: Iterable[SlaDueSet] = (),
        offers: Iterable[RoutingOffered] = (),
        skips: Iterable[RoutingSkipped] = (),
        assignments: Iterable[TicketAssigned] = (),
        transfers: Iterable[TicketTransferred] = (),
        queues: Iterable[TicketQueued] = (),
        team_memberships: Iterable[TeamMembership] = (),
        suggestions: Iterable[AiSuggestionShown] = (),
        ai_actions: Iterable[AiActionApplied] = (),
        tag_detections: Iterable[TagsDetected] = (),
        tag_changes: Iterable[TagsChanged] = (),
        customer_detections: Iterable[CustomerDetected] = (),
        customer_corrections: Iterable[CustomerCorrected] = (),
        hold_starts: Iterable[HoldStarted] = (),
        hold_ends: Iterable[HoldEnded] = (),
        contact_ends: Iterable[ContactEnded] = (),
        wrap_ups: Iterable[WrapUpFinished] = (),
        contact_labels: Iterable[ContactLabelled] = (),
        recordings: Iterable[RecordingStored] = (),
        sentiments: Iterable[SentimentScored] = (),
        satisfactions: Iterable[CsatReceived] = (),
    ) -> None:
        given: dict[str, Iterable[Any]] = {
            "sessions": sessions,
            "heartbeats": heartbeats,
            "edits": edits,
            "customer_messages": customer_messages,
            "user_statuses": user_statuses,
            "status_reposts": status_reposts,
            "focus_changes": focus_changes,
            "exclusions": exclusions,
            "ticket_statuses": ticket_statuses,
            "messages": messages,
            "openings": openings,
            "closings": closings,
            "merges": merges,
            "topics": topics,
            "sla_dues": sla_dues,
            "offers": offers,
            "skips": skips,
            "assignments": assignments,
            "transfers": transfers,
            "queues": queues,
            "team_memberships": team_memberships,
            "suggestions": suggestions,
            "ai_actions": ai_actions,
            "tag_detections": tag_detections,
            "tag_changes": tag_changes,
            "customer_detections": customer_detections,
            "customer_corrections": customer_corrections,
            "hold_starts": hold_starts,
            "hold_ends": hold_ends,
            "contact_ends": contact_ends,
            "wrap_ups": wrap_ups,
            "contact_labels": contact_labels,
            "recordings": recordings,
            "sentiments": sentiments,
            "satisfactions": satisfactions,
        }
        versioned: set[str] = set()
        by_id: ById = {}
        kinds: dict[str, tuple[Any, ...]] = {}
        for name, events in given.items():
            kinds[name], has_ids = found, _ = gathered(name, events)
            by_id[name] = Identified.of(found if has_ids else ())
            if by_id[name].versions and settled(found) is not found:
                versioned.add(name)
        self._keep(kinds, versioned, by_id)

    def _keep(
        self, kinds: Mapping[str, Events[Any]], versioned: Iterable[str], by_id: ById
    ) -> None:
        overlaid: dict[str, Overlaid[Any]] = {}
        for name in KINDS:
            events = kinds.get(name, ())
            if isinstance(events, Overlaid):
                overlaid[name] = events
            else:
                object.__setattr__(self, name, events)
        object.__setattr__(self, "_overlaid", overlaid)
        object.__setattr__(self, "_versioned", frozenset(versioned))
        object.__setattr__(self, "_by_id", by_id)

    @classmethod
    def of_facts(cls, kinds: Mapping[str, Events[Any]]) -> "History":
        """Return the history of facts that stood in the canonical order of another, unchecked.

        What is taken from a settled history needs no second look; a kind left out is empty.
        """
        facts = object.__new__(cls)
        facts._keep(kinds, (), {})
        return facts

    @classmethod
    def of(cls, events: Iterable[Event]) -> "History":
        """Return the history of one mixed stream of events, in any order."""
        return cls(**_by_kind(events))

    @classmethod
    def sift(cls, events: Iterable[Any]) -> tuple["History", tuple[Rejected, ...]]:
        """Return the history of what is sound in dirty data, and what was rejected and why.

        An item is an event, or a mapping of an event's fields with its class name under `"event"`
        (`{"event": "Heartbeat", "user_id": "U1", ...}`), which need not be sound. Every fault of an
        item is one `Rejected` with its field and value; versions that cannot be settled are all
        rejected. Nothing is repaired.

        Example:
            >>> from worklog_core import History
            >>> history, rejected = History.sift([{"event": "Heartbeat", "user_id": 7,
            ...                                    "ticket_id": "T1", "at": None}])
            >>> [(fault.field, fault.value) for fault in rejected]
            [('Heartbeat.user_id', 7), ('Heartbeat.at', None)]
        """
        sound, rejected = sift_each(events)
        contradictory = conflicting(sound)
        history = cls.of(event for at, _, event in sound if at not in contradictory)
        faults = [*rejected, *contradictory.values()]
        return history, tuple(sorted(faults, key=lambda fault: fault.position))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Put together a kind that late events joined; asked only where it has no value."""
            overlaid = object.__getattribute__(self, "_overlaid")
            events = overlaid.get(name)
            if events is not None:
                object.__setattr__(self, name, events.together())
                overlaid.pop(name, None)  # another thread may have done the same
            return object.__getattribute__(self, name)

    def events_of(self, name: str) -> Events[Any]:
        """Return the events of one kind as they are kept, put together or not yet."""
        return self._overlaid.get(name) or getattr(self, name)

    def run(self, name: str, *first: str) -> Sequence[Any]:
        """Return the events of a kind that begin with these values of what they are sorted by.

        The cost is that of the answer: of one user's or one ticket's events, or of the user's
        events on a ticket.

        Example:
            >>> from datetime import UTC, datetime
            >>> from worklog_core import Heartbeat, History
            >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> pings = [Heartbeat("U1", "T1", nine), Heartbeat("U2", "T1", nine)]
            >>> history = History(heartbeats=pings)
            >>> [ping.user_id for ping in history.run("heartbeats", "U2", "T1")]
            ['U2']
        """
        return run_of(name, self.events_of(name), *first)

    def by_id(self, name: str) -> Identified:
        """Return the events of one kind that have an id, by id."""
        if name not in self._by_id:
            self._by_id[name] = Identified.of(getattr(self, name))
        return self._by_id[name]

    def settled(self) -> "History":
        """Return the facts: of several versions of one event, the last word (AMB-25)."""
        if not self._versioned:
            return self
        facts = {name: getattr(self, name) for name in KINDS}
        return History.of_facts(facts | {name: settled(facts[name]) for name in self._versioned})

    def as_known_at(self, instant: datetime) -> "History":
        """Return what the system knew at an instant: the events learnt at or before it (AMB-24).

        Raises NaiveDatetimeError for a naive instant, and ConflictingEventsError where two versions
        contradicted each other until a later word settled them.
        """
        at = require_instant("instant", instant)
        return History.of(event for event in self if learnt_at(event) <= at)

    def __or__(self, other: object) -> "History":
        if not isinstance(other, History):
            return NotImplemented
        if len(other) * _FEW < len(self):
            return self.joined(other, self).history
        return History(**{name: getattr(self, name) + getattr(other, name) for name in KINDS})

    def joined(self, late: "History", facts: "History") -> "Joined":
        """Return the history with late events in it, the facts of that, and what changed of them.

        *facts* are those of this history, as `settled` leaves them. Costs what the late events
        cost. Raises ConflictingEventsError for versions that cannot be settled.
        """
        events = {name: self.events_of(name) for name in KINDS}
        settled_events = {name: facts.events_of(name) for name in KINDS}
        versioned, by_id = set(self._versioned), dict(self._by_id)
        found: list[Change] = []
        for name, known in list(events.items()):
            changes = changed(name, known, getattr(late, name))
            if not changes:
                continue
            events[name] = laid_over(name, known, changes)
            of_facts, by_id[name], is_outdated = changed_facts(name, self.by_id(name), changes)
            if is_outdated:
                versioned.add(name)
            was = settled_events[name]
            is_same = was is known and name not in versioned
            settled_events[name] = events[name] if is_same else laid_over(name, was, of_facts)
            found += of_facts
        history = object.__new__(History)
        history._keep(events, versioned, by_id)
        left = History.of_facts(settled_events) if versioned else history
        return Joined(history, left, tuple(found))

    def __iter__(self) -> Iterator[Event]:
        for name in KINDS:
            yield from getattr(self, name)

    def __len__(self) -> int:
        return sum(len(self.events_of(name)) for name in KINDS)

    def __repr__(self) -> str:
        counts = ((name, len(self.events_of(name))) for name in KINDS)
        return f"<History: {', '.join(f'{n} {name}' for name, n in counts if n) or 'no events'}>"


class Joined(NamedTuple):
    """A history that late events joined, the facts of it, and what changed among them."""

    history: History
    facts: History
    changes: tuple[Change, ...]


# One late event among so many known ones is looked up faster than they are sorted again.
_FEW: Final = 16


def _by_kind(events: Iterable[Any]) -> dict[str, list[Any]]:
    names = {kind: name for name, kind in KINDS.items()}
    by_kind: defaultdict[str, list[Any]] = defaultdict(list)
    for position, event in enumerate(require_iterable("events", events, "events")):
        name = names.get(cast("type[Event]", type(event)))
        if name is None:
            raise WorklogError(
                f"events must hold events: found {describe(event)} at position {position}. "
                "For data that may be unsound use History.sift.",
                field="events",
                value=event,
            )
        by_kind[name].append(event)
    return by_kind
