"""Scenes of a ticket's way: what was written, who got it, what it was about, when it was due.

What the customer writes publicly opens epochs, as a `CustomerMessage` does.
"""

from datetime import datetime
from itertools import product
from typing import Any, Final

from hypothesis import strategies as st

from worklog_core.events.actions import Action
from worklog_core.events.facts import (
    CustomerMessage,
    DueSetBy,
    StatusCause,
    TicketEdit,
    TicketStatus,
    TicketStatusChange,
)
from worklog_core.events.messages import Direction, MessageSent, SenderKind
from worklog_core.events.routing import (
    AssigneeKind,
    AssignmentMode,
    RoutingOffered,
    RoutingSkipped,
    TeamMembership,
    TicketAssigned,
    TicketQueued,
    TicketTransferred,
)
from worklog_core.events.tickets import (
    OpenedBy,
    SlaDueSet,
    TicketClosed,
    TicketMerged,
    TicketOpened,
    TopicChange,
)
from worklog_core.sla.targets import TargetKind
from worklog_core.testing.strategies.pool import (
    CONVERSATIONS,
    FLAGS,
    TICK,
    TICKETS,
    USERS,
    Draw,
    Pool,
    Scene,
    alone,
    one_of,
    versions,
)

__all__ = ["TEXTS", "ticket_scenes"]

TEXTS: Final = st.sampled_from((None, "", "Dear customer", "Dear customer, it is paid."))
"""Texts that are alike, equal, empty or not told."""

_CHANNELS: Final = st.sampled_from((None, "email", "chat"))
_CONTACTS: Final = st.sampled_from((None, "K1", "K2"))
_QUEUES: Final = st.sampled_from((None, "Q1", "Q2"))
_TEAMS: Final = st.sampled_from(("A", "B", "C"))
_NOBODY_OR_USERS: Final = st.sampled_from((None, "U1", "U2"))
_ANSWER: Final = (Direction.OUT, SenderKind.HUMAN)
_QUESTION: Final = (Direction.IN, SenderKind.CUSTOMER)
_WAYS: Final = st.sampled_from(
    (*(_ANSWER,) * 4, *(_QUESTION,) * 4, *product(Direction, SenderKind))
)


def ticket_scenes(pool: Pool) -> st.SearchStrategy[Scene]:
    """Draw a scene of a ticket's way."""
    single = (
        _messages,
        _questions,
        _notes,
        _openings,
        _closings,
        _merges,
        _topics,
        _assignments,
        _transfers,
        _queues,
        _memberships,
    )
    together = (_changed_team, _routed, _conversed, _due_twice, _told_twice)
    return one_of(pool, *map(alone, single), *together, *together, versions(*single))


def _messages(
    pool: Pool, ways: st.SearchStrategy[tuple[Direction, SenderKind]] = _WAYS
) -> st.SearchStrategy[MessageSent]:
    return st.builds(
        _message,
        TICKETS,
        pool.instant(),
        CONVERSATIONS,
        ways,
        USERS,
        channel=_CHANNELS,
        content_type=st.sampled_from((None, "text")),
        text=TEXTS,
        is_initial=FLAGS,
        failure=st.sampled_from((None, None, None, "bounced")),
    )


def _message(
    ticket: str,
    at: datetime,
    message_id: str,
    way: tuple[Direction, SenderKind],
    user: str,
    **further: Any,
) -> MessageSent:
    direction, sender = way
    sender_id = {SenderKind.HUMAN: user, SenderKind.CUSTOMER: "K1", SenderKind.AI_AGENT: "base"}
    return MessageSent(
        ticket,
        at,
        message_id,
        direction=direction,
        sender=sender,
        sender_id=sender_id.get(sender),
        **further,
    )


def _questions(pool: Pool) -> st.SearchStrategy[MessageSent]:
    return _messages(pool, st.just(_QUESTION))


def _notes(pool: Pool) -> st.SearchStrategy[MessageSent]:
    return _messages(pool, st.just((Direction.INTERNAL, SenderKind.HUMAN)))


def _openings(pool: Pool) -> st.SearchStrategy[TicketOpened]:
    return st.builds(
        TicketOpened,
        TICKETS,
        pool.instant(),
        contact_id=_CONTACTS,
        channel=_CHANNELS,
        direction=st.sampled_from((Direction.IN, Direction.IN, Direction.OUT)),
        opened_by=st.sampled_from(OpenedBy),
        user_id=_NOBODY_OR_USERS,
        queue=_QUEUES,
        is_hold_capable=st.booleans(),
    )


def _closings(pool: Pool) -> st.SearchStrategy[TicketClosed]:
    return st.builds(
        TicketClosed,
        TICKETS,
        pool.instant(),
        user_id=_NOBODY_OR_USERS,
        category=st.sampled_from((None, "Invoice")),
        summary=TEXTS,
        disposition=st.sampled_from((None, "Resolved", "Escalated")),
        note=TEXTS,
    )


def _merges(pool: Pool) -> st.SearchStrategy[TicketMerged]:
    pairs = st.sampled_from((("T2", "T1"), ("T3", "T1"), ("T1", "T2")))
    return st.builds(_merge, pairs, pool.instant(), _NOBODY_OR_USERS)


def _merge(pair: tuple[str, str], at: datetime, user: str | None) -> TicketMerged:
    ticket, into = pair
    return TicketMerged(ticket, at, into, user_id=user)


def _topics(pool: Pool) -> st.SearchStrategy[TopicChange]:
    return st.builds(
        TopicChange,
        TICKETS,
        pool.instant(),
        st.sampled_from((None, "General", "Invoice")),
        subtopic=st.sampled_from((None, "Instalment")),
    )


def _dues(pool: Pool, tickets: st.SearchStrategy[str] = TICKETS) -> st.SearchStrategy[SlaDueSet]:
    return st.builds(
        SlaDueSet,
        tickets,
        pool.instant(),
        st.one_of(pool.instant(), pool.instant(), st.none()),
        target=st.sampled_from((TargetKind.RESOLUTION, TargetKind.FIRST_RESPONSE)),
        set_by=st.sampled_from((None, *DueSetBy)),
    )


def _assignments(pool: Pool) -> st.SearchStrategy[TicketAssigned]:
    return st.builds(
        TicketAssigned,
        TICKETS,
        pool.instant(),
        st.one_of(USERS, st.none()),
        team=st.one_of(st.none(), _TEAMS),
        mode=st.sampled_from(AssignmentMode),
        assignee_kind=st.sampled_from((AssigneeKind.HUMAN, AssigneeKind.HUMAN, AssigneeKind.BOT)),
    )


def _transfers(pool: Pool) -> st.SearchStrategy[TicketTransferred]:
    return st.builds(
        TicketTransferred,
        TICKETS,
        pool.instant(),
        from_user_id=_NOBODY_OR_USERS,
        to_user_id=_NOBODY_OR_USERS,
        to_queue=_QUEUES,
    )


def _queues(pool: Pool) -> st.SearchStrategy[TicketQueued]:
    return st.builds(TicketQueued, TICKETS, pool.instant(), _QUEUES)


def _memberships(pool: Pool) -> st.SearchStrategy[TeamMembership]:
    without_end = st.tuples(pool.instant(), st.none())
    spans = st.one_of(without_end, pool.true_span(), pool.true_span())
    return st.builds(_membership, USERS, _TEAMS, spans)


def _membership(user: str, team: str, span: tuple[datetime, datetime | None]) -> TeamMembership:
    return TeamMembership(user, team, *span)


@st.composite
def _changed_team(draw: Draw[Any], pool: Pool) -> Scene:
    """A user leaves a team for another, at the start, the end or the very instant of an edit."""
    user, ticket = draw(USERS), draw(TICKETS)
    start, end = draw(pool.true_span())
    edited = draw(st.sampled_from((end, start, end - TICK)))
    return [
        TeamMembership(user, "A", start, end),
        TeamMembership(user, "B", end),
        TicketEdit(user, ticket, edited, Action.CLOSE),
    ]


@st.composite
def _routed(draw: Draw[Any], pool: Pool) -> Scene:
    """A ticket lies in a queue, is offered, skipped, and offered to somebody else."""
    ticket, user = draw(TICKETS), draw(USERS)
    queued, offered, skipped, taken = draw(pool.moments(4))
    scene: Scene = [
        RoutingOffered(user, ticket, offered),
        TicketQueued(ticket, queued, draw(_QUEUES)),
    ]
    if draw(st.sampled_from((True, True, False))):
        scene += [
            RoutingSkipped(user, ticket, skipped),
            RoutingOffered(draw(USERS), ticket, taken),
        ]
    mode = AssignmentMode.ROUTING
    return [*scene, TicketAssigned(ticket, taken, draw(USERS), mode=mode)]


@st.composite
def _conversed(draw: Draw[Any], pool: Pool) -> Scene:
    """A customer asks, once or twice, somebody answers, and the ticket is closed."""
    ticket, user = draw(TICKETS), draw(USERS)
    opened, asked, asked_again, answered, closed = draw(pool.moments(5))
    channel = draw(_CHANNELS)
    scene: Scene = [
        TicketOpened(ticket, opened, contact_id="K1", channel=channel),
        _message(ticket, asked, "C1", _QUESTION, user, channel=channel, is_initial=draw(FLAGS)),
        _message(ticket, answered, "C3", _ANSWER, user, channel=channel, text=draw(TEXTS)),
    ]
    if draw(st.booleans()):
        scene.append(_message(ticket, asked_again, "C2", _QUESTION, user, channel=channel))
    if draw(st.booleans()):
        status, cause = TicketStatus.CLOSED, StatusCause.AGENT
        scene += [
            TicketStatusChange(ticket, closed, status, cause=cause, user_id=user),
            TicketClosed(ticket, closed, user_id=user, disposition="Resolved"),
        ]
    return scene


@st.composite
def _told_twice(draw: Draw[Any], pool: Pool) -> Scene:
    """The customer writes, and two sources tell it: as a message of theirs and as one of many."""
    question = draw(_questions(pool))
    conversation = draw(st.one_of(st.just(question.message_id), CONVERSATIONS))
    told = CustomerMessage(question.ticket_id, question.at, conversation, is_initial=draw(FLAGS))
    return [question, told]


def _due_twice(pool: Pool) -> st.SearchStrategy[Scene]:
    """A due date is set for one ticket, and set again or taken back."""
    return TICKETS.flatmap(
        lambda ticket: st.lists(_dues(pool, st.just(ticket)), min_size=2, max_size=2)
    )
