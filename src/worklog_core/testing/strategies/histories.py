"""Histories, drawn so that everything meets: few users, few tickets, few instants.

Two rules hold for every history that is drawn:
1. It is valid: it can be built under any rules that `worklog_rules` draws. Statuses at one instant
   and versions of one event say which is the later word.
2. It is drawn out of scenes on one small pool of instants near midnights and changes of the clock,
   and shrinks towards one event at the first of them.
"""

from datetime import timedelta
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from worklog_core.events.facts import UserStatusChange, UserStatusRepost
from worklog_core.events.history import History
from worklog_core.events.kinds import learnt_at
from worklog_core.testing.strategies.contact_scenes import contact_scenes
from worklog_core.testing.strategies.instants import landmarks, near, time_zones
from worklog_core.testing.strategies.pool import Draw, Pool
from worklog_core.testing.strategies.scenes import scenes
from worklog_core.testing.strategies.ticket_scenes import ticket_scenes
from worklog_core.worklog.rules import WorklogRules

__all__ = ["histories"]

_TTL: Final = timedelta(seconds=90)
_LATER: Final = (timedelta(0), timedelta(microseconds=1), timedelta(hours=30))


@st.composite
def histories(
    draw: Draw[Any], *, rules: WorklogRules | None = None, max_scenes: int = 7
) -> History:
    """Draw a `History`: all kinds of events, a few users and tickets, at few instants.

    With *rules* they lie near the midnights and clock changes of their zone, and pings about their
    ttl apart; without, in any zone that `time_zones` draws. It reaches edits at cuts and at session
    ends, single pings, seven tickets at once, tails over two midnights, reposts, excluded tickets
    and corrections learnt later. Statuses have the names that every drawn rule knows.

    Of its scenes up to *max_scenes* are of the main job (screens, edits, customers, statuses), and
    up to half as many beside them tell of tickets, routing, assistance and contacts.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.strategies import histories
        >>> len(find(histories(), lambda history: history.sessions).sessions)
        1
    """
    zone = draw(time_zones()) if rules is None else rules.time_zone
    marks = draw(landmarks(zone))
    instants = draw(st.lists(near(marks), min_size=1, max_size=7, unique=True))
    pool = Pool(marks, tuple(instants), _TTL if rules is None else rules.heartbeat_ttl)
    further = st.one_of(ticket_scenes(pool), contact_scenes(pool))
    least = draw(st.integers(0, max_scenes // 3))
    beside = draw(st.lists(further, min_size=least, max_size=max_scenes // 2))
    least = draw(st.integers(0, max_scenes // 2))
    drawn = draw(st.lists(scenes(pool), min_size=least, max_size=max_scenes))
    events: list[Any] = []
    for n, scene in enumerate((*drawn, *beside), start=1):
        named = draw(st.sampled_from((False, False, False, True)))
        events += [
            _named(event, f"{n}", number) if named or event.event_id else event
            for number, event in enumerate(scene)
        ]
    return History.of(_settled([_learnt_late(draw, event) for event in events]))


def _named(event: Any, scene: str, number: int) -> Any:
    # Versions of one event share their id, and no other event of that kind has it.
    return attrs.evolve(event, event_id=f"E{scene}" if event.event_id else f"E{scene}.{number}")


def _learnt_late(draw: Draw[Any], event: Any) -> Any:
    if event.event_id is not None or not draw(st.sampled_from((False,) * 7 + (True,))):
        return event
    return attrs.evolve(event, known_at=learnt_at(event) + draw(st.sampled_from(_LATER)))


def _settled(events: list[Any]) -> list[Any]:
    """Give an id to each claim about a status that nothing else sets before another (AMB-6b)."""
    claims = [e for e in events if isinstance(e, UserStatusChange | UserStatusRepost)]
    return [
        attrs.evolve(event, event_id=f"S{number}")
        if event.event_id is None and any(_clash(event, other) for other in claims)
        else event
        for number, event in enumerate(events)
    ]


def _clash(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or one.user_id != other.user_id or one.status == other.status:
        return False
    if learnt_at(one) != learnt_at(other):
        return False
    if isinstance(one, UserStatusChange):
        return bool(one.at == other.at)
    return bool(one.start < other.end and other.start < one.end)
