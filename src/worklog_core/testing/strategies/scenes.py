"""Scenes of the main job: who had what on screen, what they did, in which status they were."""

from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from worklog_core.events.actions import Action
from worklog_core.events.facts import (
    CustomerMessage,
    FocusChange,
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
from worklog_core.testing.strategies.rules import NAMES

__all__ = ["scenes"]

_ACTIONS: Final = st.sampled_from((*Action, None))
_CLOSES: Final = st.sampled_from((None, None, False, True))
_MANY: Final = tuple(f"T{n}" for n in range(1, 9))


def scenes(pool: Pool) -> st.SearchStrategy[Scene]:
    """Draw a scene of the main job."""
    single = (
        _sessions,
        _edits,
        _messages,
        _status_changes,
        _reposts,
        _exclusions,
        _ticket_statuses,
        _focus_changes,
    )
    together = (_work, _chat, _beats, _absence, _crowd, _turning, _overnight)
    corrections = versions(*single, _heartbeats)
    # Single events stand first, for that is what a finding shrinks to.
    return one_of(
        pool, *map(alone, single), *together, *together, corrections, corrections, _overnight
    )


def _sessions(pool: Pool) -> st.SearchStrategy[ScreenSession]:
    return st.builds(_session, USERS, TICKETS, pool.span())


def _session(user: str, ticket: str, span: tuple[datetime, datetime]) -> ScreenSession:
    return ScreenSession(user, ticket, *span)


def _edits(pool: Pool) -> st.SearchStrategy[TicketEdit]:
    return st.builds(TicketEdit, USERS, TICKETS, pool.instant(), _ACTIONS, closes=_CLOSES)


def _messages(pool: Pool) -> st.SearchStrategy[CustomerMessage]:
    return st.builds(CustomerMessage, TICKETS, pool.instant(), CONVERSATIONS, is_initial=FLAGS)


def _status_changes(pool: Pool) -> st.SearchStrategy[UserStatusChange]:
    return st.builds(UserStatusChange, USERS, pool.instant(), st.sampled_from(NAMES))


def _reposts(pool: Pool) -> st.SearchStrategy[UserStatusRepost]:
    return st.builds(_repost, USERS, pool.true_span(), st.sampled_from(NAMES))


def _repost(user: str, span: tuple[datetime, datetime], status: str) -> UserStatusRepost:
    start, end = span
    return UserStatusRepost(user, start, end, status)


def _focus_changes(pool: Pool) -> st.SearchStrategy[FocusChange]:
    return st.builds(FocusChange, USERS, TICKETS, pool.instant())


def _exclusions(pool: Pool) -> st.SearchStrategy[TrackingExclusion]:
    return st.builds(TrackingExclusion, st.sampled_from(("T3", "T2", "T1")), pool.instant())


def _ticket_statuses(pool: Pool) -> st.SearchStrategy[TicketStatusChange]:
    return st.builds(
        TicketStatusChange,
        TICKETS,
        pool.instant(),
        st.sampled_from(TicketStatus),
        cause=st.sampled_from(StatusCause),
        user_id=st.one_of(st.none(), USERS),
        deferred_until=st.one_of(st.none(), pool.instant()),
    )


def _heartbeats(pool: Pool) -> st.SearchStrategy[Heartbeat]:
    return st.builds(Heartbeat, USERS, TICKETS, pool.instant())


@st.composite
def _work(draw: Draw[Any], pool: Pool) -> Scene:
    """A session, and what was done in it: at its ends, in its middle, or just after."""
    session = draw(_sessions(pool))
    moments = draw(st.lists(pool.within(session.start, session.end), min_size=1, max_size=3))
    return [session, *(_edit_of(draw, session, at) for at in moments)]


@st.composite
def _chat(draw: Draw[Any], pool: Pool) -> Scene:
    """A session in which the customer writes: at its start, inside, at its end."""
    first, *rest = draw(_work(pool))
    at = draw(pool.within(first.start, first.end))
    wrote = draw(_messages(pool))
    return [first, *rest, attrs.evolve(wrote, ticket_id=first.ticket_id, at=at)]


@st.composite
def _beats(draw: Draw[Any], pool: Pool) -> Scene:
    """A train of pings about a ttl apart, and edits between and after them."""
    user, ticket, at = draw(USERS), draw(TICKETS), draw(pool.instant())
    gaps = st.sampled_from((pool.ttl, timedelta(seconds=30), pool.ttl + TICK, timedelta(0)))
    scene: Scene = [Heartbeat(user, ticket, at)]
    for gap in draw(st.lists(gaps, max_size=5)):
        at += gap
        kind = draw(st.sampled_from((Heartbeat, Heartbeat, TicketEdit)))
        action = () if kind is Heartbeat else (draw(_ACTIONS),)
        scene.append(kind(user, ticket, at, *action))
    return scene


@st.composite
def _absence(draw: Draw[Any], pool: Pool) -> Scene:
    """A user went away from an open ticket, came back, and booked the absence (E-27)."""
    user, ticket = draw(USERS), draw(TICKETS)
    start, end = draw(pool.true_span())
    slack = st.sampled_from((timedelta(0), pool.ttl, pool.ttl + TICK, -TICK))
    left, back = start - draw(slack), end + draw(slack)
    work = timedelta(minutes=5)
    booked = draw(st.sampled_from(("Active", "Active", *NAMES)))
    scene: Scene = [
        ScreenSession(user, ticket, left - work, left),
        ScreenSession(user, ticket, back, back + work),
        UserStatusRepost(user, start, end, booked),
    ]
    if draw(st.booleans()):
        scene += [
            UserStatusChange(user, start, "Auto-Absent"),
            UserStatusChange(user, end, "Active"),
        ]
    if draw(st.booleans()):
        scene.append(TicketEdit(user, ticket, draw(pool.within(left, back)), draw(_ACTIONS)))
    return scene


@st.composite
def _crowd(draw: Draw[Any], pool: Pool) -> Scene:
    """Several tickets open at once, up to eight, of which some are edited."""
    user, (start, end) = draw(USERS), draw(pool.true_span())
    tickets = _MANY[: draw(st.sampled_from((2, 3, 7, 8)))]
    scene: Scene = [ScreenSession(user, ticket, start, end) for ticket in tickets]
    for ticket in draw(st.lists(st.sampled_from(tickets), max_size=3)):
        scene.append(TicketEdit(user, ticket, draw(pool.within(start, end)), draw(_ACTIONS)))
    return scene


@st.composite
def _turning(draw: Draw[Any], pool: Pool) -> Scene:
    """A crowd, and to which of its tickets the user turned, or to one that was not open."""
    scene: Scene = draw(_crowd(pool))
    user: Any = scene[0]
    turns = draw(st.lists(st.tuples(TICKETS, pool.within(user.start, user.end)), max_size=3))
    return [*scene, *(FocusChange(user.user_id, ticket, at) for ticket, at in turns)]


@st.composite
def _overnight(draw: Draw[Any], pool: Pool) -> Scene:
    """A session over all the landmarks, edited before the first midnight or between two."""
    an_hour = timedelta(hours=1)
    start, end = min(pool.marks) - an_hour, max(pool.marks) + an_hour
    session = ScreenSession(draw(USERS), draw(TICKETS), start, end)
    at = draw(st.sampled_from((start, *pool.marks)))
    return [session, _edit_of(draw, session, at)]


def _edit_of(draw: Draw[Any], session: ScreenSession, at: datetime) -> TicketEdit:
    return TicketEdit(session.user_id, session.ticket_id, at, draw(_ACTIONS), closes=draw(_CLOSES))
