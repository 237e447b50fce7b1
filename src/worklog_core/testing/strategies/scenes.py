"""Scenes: a few events that belong together, out of which a history is drawn.

Two rules hold for every scene:
1. All its instants come from one small pool, so that scenes meet: edits at the ends of sessions,
   messages at cuts, two things at one instant.
2. It is valid by itself. What only several scenes together can break is settled by `histories`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import attrs
from hypothesis import strategies as st

from worklog_core.events.actions import Action
from worklog_core.events.facts import (
    CustomerMessage,
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
from worklog_core.events.kinds import Event, learnt_at
from worklog_core.testing.strategies.rules import NAMES

__all__ = ["Pool", "scenes"]

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]
Scene = list[Event]

_USERS: Final = st.sampled_from(("U1", "U1", "U1", "U2"))
_TICKETS: Final = st.sampled_from(("T1", "T1", "T2", "T3"))
_ACTIONS: Final = st.sampled_from((*Action, None))
_CONVERSATIONS: Final = st.sampled_from(("C1", "C2", "C3"))
_FLAGS: Final = st.sampled_from((False, False, False, True))
_CLOSES: Final = st.sampled_from((None, None, False, True))
_MANY: Final = tuple(f"T{n}" for n in range(1, 9))
_TICK: Final = timedelta.resolution


@attrs.frozen
class Pool:
    """The few instants of a history, the landmarks they lie near, and the ttl of its heartbeats."""

    marks: tuple[datetime, ...]
    instants: tuple[datetime, ...]
    ttl: timedelta

    def instant(self) -> st.SearchStrategy[datetime]:
        """Draw one of the instants."""
        return st.sampled_from(self.instants)

    def span(self) -> st.SearchStrategy[tuple[datetime, datetime]]:
        """Draw two instants in order; they may be one."""
        return st.tuples(self.instant(), self.instant()).map(lambda pair: (min(pair), max(pair)))

    def true_span(self) -> st.SearchStrategy[tuple[datetime, datetime]]:
        """Draw two instants in order, a microsecond apart at the least."""
        return self.span().map(lambda pair: (pair[0], max(pair[1], pair[0] + _TICK)))

    def within(self, start: datetime, end: datetime) -> st.SearchStrategy[datetime]:
        """Draw an instant of a span: one of its ends, what the pool has inside, or just outside."""
        inside = [instant for instant in self.instants if start < instant < end]
        return st.sampled_from((start, end, *inside, start + (end - start) // 2, end + _TICK))


def scenes(pool: Pool) -> st.SearchStrategy[Scene]:
    """Draw a scene in which all instants come from a pool."""
    single = (
        _sessions,
        _edits,
        _messages,
        _status_changes,
        _reposts,
        _exclusions,
        _ticket_statuses,
    )
    together = (_work, _chat, _beats, _absence, _crowd, _overnight, _corrections)
    # Single events stand first, for that is what a finding shrinks to.
    return st.one_of(
        *(kind(pool).map(lambda event: [event]) for kind in single),
        *(kind(pool) for kind in (*together, *together, _overnight)),
    )


def _sessions(pool: Pool) -> st.SearchStrategy[ScreenSession]:
    return st.builds(_session, _USERS, _TICKETS, pool.span())


def _session(user: str, ticket: str, span: tuple[datetime, datetime]) -> ScreenSession:
    return ScreenSession(user, ticket, *span)


def _edits(pool: Pool) -> st.SearchStrategy[TicketEdit]:
    return st.builds(TicketEdit, _USERS, _TICKETS, pool.instant(), _ACTIONS, closes=_CLOSES)


def _messages(pool: Pool) -> st.SearchStrategy[CustomerMessage]:
    return st.builds(CustomerMessage, _TICKETS, pool.instant(), _CONVERSATIONS, is_initial=_FLAGS)


def _status_changes(pool: Pool) -> st.SearchStrategy[UserStatusChange]:
    return st.builds(UserStatusChange, _USERS, pool.instant(), st.sampled_from(NAMES))


def _reposts(pool: Pool) -> st.SearchStrategy[UserStatusRepost]:
    return st.builds(_repost, _USERS, pool.true_span(), st.sampled_from(NAMES))


def _repost(user: str, span: tuple[datetime, datetime], status: str) -> UserStatusRepost:
    start, end = span
    return UserStatusRepost(user, start, end, status)


def _exclusions(pool: Pool) -> st.SearchStrategy[TrackingExclusion]:
    return st.builds(TrackingExclusion, st.sampled_from(("T3", "T2", "T1")), pool.instant())


def _ticket_statuses(pool: Pool) -> st.SearchStrategy[TicketStatusChange]:
    return st.builds(
        TicketStatusChange,
        _TICKETS,
        pool.instant(),
        st.sampled_from(TicketStatus),
        cause=st.sampled_from(StatusCause),
        user_id=st.one_of(st.none(), _USERS),
        deferred_until=st.one_of(st.none(), pool.instant()),
    )


def _heartbeats(pool: Pool) -> st.SearchStrategy[Heartbeat]:
    return st.builds(Heartbeat, _USERS, _TICKETS, pool.instant())


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
    user, ticket, at = draw(_USERS), draw(_TICKETS), draw(pool.instant())
    gaps = st.sampled_from((pool.ttl, timedelta(seconds=30), pool.ttl + _TICK, timedelta(0)))
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
    user, ticket = draw(_USERS), draw(_TICKETS)
    start, end = draw(pool.true_span())
    slack = st.sampled_from((timedelta(0), pool.ttl, pool.ttl + _TICK, -_TICK))
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
    user, (start, end) = draw(_USERS), draw(pool.true_span())
    tickets = _MANY[: draw(st.sampled_from((2, 3, 7, 8)))]
    scene: Scene = [ScreenSession(user, ticket, start, end) for ticket in tickets]
    for ticket in draw(st.lists(st.sampled_from(tickets), max_size=3)):
        scene.append(TicketEdit(user, ticket, draw(pool.within(start, end)), draw(_ACTIONS)))
    return scene


@st.composite
def _overnight(draw: Draw[Any], pool: Pool) -> Scene:
    """A session over all the landmarks, edited before the first midnight or between two."""
    an_hour = timedelta(hours=1)
    start, end = min(pool.marks) - an_hour, max(pool.marks) + an_hour
    session = ScreenSession(draw(_USERS), draw(_TICKETS), start, end)
    at = draw(st.sampled_from((start, *pool.marks)))
    return [session, _edit_of(draw, session, at)]


@st.composite
def _corrections(draw: Draw[Any], pool: Pool) -> Scene:
    """Two or three versions of one event, the later ones learnt later (AMB-25)."""
    kind = draw(
        st.sampled_from(
            (
                _edits,
                _sessions,
                _messages,
                _heartbeats,
                _status_changes,
                _reposts,
                _exclusions,
                _ticket_statuses,
            )
        )
    )
    versions = draw(st.lists(kind(pool), min_size=2, max_size=3))
    learnt = max(learnt_at(version) for version in versions)
    said_later = [
        attrs.evolve(version, known_at=learnt + n * _TICK)
        for n, version in enumerate(versions[1:], start=1)
    ]
    return [attrs.evolve(version, event_id="E") for version in (versions[0], *said_later)]


def _edit_of(draw: Draw[Any], session: ScreenSession, at: datetime) -> TicketEdit:
    return TicketEdit(session.user_id, session.ticket_id, at, draw(_ACTIONS), closes=draw(_CLOSES))
