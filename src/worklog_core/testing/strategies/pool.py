"""What the scenes of a history share: few users, few tickets, few instants, so that all meet.

A scene is a few events that belong together. Two rules hold for every scene, in the modules beside:
1. All its instants come from one small pool, so that scenes meet: edits at the ends of sessions,
   messages at cuts, two things at one instant.
2. It is valid by itself. What only several scenes together can break is settled by `histories`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import attrs
from hypothesis import strategies as st

from worklog_core.events.kinds import Event, learnt_at

__all__ = [
    "CONVERSATIONS",
    "FLAGS",
    "TICK",
    "TICKETS",
    "USERS",
    "Draw",
    "Making",
    "Pool",
    "Scene",
    "alone",
    "one_of",
    "versions",
]

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]
Scene = list[Event]

USERS: Final = st.sampled_from(("U1", "U1", "U1", "U2"))
TICKETS: Final = st.sampled_from(("T1", "T1", "T2", "T3"))
CONVERSATIONS: Final = st.sampled_from(("C1", "C2", "C3"))
FLAGS: Final = st.sampled_from((False, False, False, True))
TICK: Final = timedelta.resolution


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
        return self.span().map(lambda pair: (pair[0], max(pair[1], pair[0] + TICK)))

    def within(self, start: datetime, end: datetime) -> st.SearchStrategy[datetime]:
        """Draw an instant of a span: one of its ends, what the pool has inside, or just outside."""
        inside = [instant for instant in self.instants if start < instant < end]
        return st.sampled_from((start, end, *inside, start + (end - start) // 2, end + TICK))

    def moments(self, count: int) -> st.SearchStrategy[list[datetime]]:
        """Draw some of the instants in order; several may be one."""
        return st.lists(self.instant(), min_size=count, max_size=count).map(sorted)


Making = Callable[[Pool], st.SearchStrategy[Scene]]


def alone(kind: Callable[[Pool], st.SearchStrategy[Any]]) -> Making:
    """Return what makes scenes of one event of a kind."""
    return lambda pool: kind(pool).map(lambda event: [event])


def versions(*kinds: Callable[[Pool], st.SearchStrategy[Any]]) -> Making:
    """Return what makes scenes of two or three versions of one event, later ones learnt later."""
    return lambda pool: st.sampled_from(kinds).flatmap(
        lambda kind: st.lists(kind(pool), min_size=2, max_size=3).map(_learnt_in_turn)
    )


def one_of(pool: Pool, *makings: Making) -> st.SearchStrategy[Scene]:
    """Draw a scene, one of several ways to make it; it shrinks to the first of them."""
    return st.one_of(*(_made(pool, making) for making in makings))


@st.composite
def _made(draw: Draw[Any], pool: Pool, making: Making) -> Scene:
    # Made when it is drawn: to set up every way for every history costs more than to draw it.
    scene: Scene = draw(making(pool))
    return scene


def _learnt_in_turn(drafts: list[Any]) -> Scene:
    learnt = max(learnt_at(draft) for draft in drafts)
    first, *others = (attrs.evolve(draft, event_id="E") for draft in drafts)
    later = enumerate(others, start=1)
    return [first, *(attrs.evolve(draft, known_at=learnt + n * TICK) for n, draft in later)]
