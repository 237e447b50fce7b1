"""Scenes of a contact: what machines recognised and proposed, its hold, its end, its scores."""

from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from hypothesis import strategies as st

from worklog_core.events.actions import Action
from worklog_core.events.assistance import (
    AiActionApplied,
    AiSuggestionShown,
    AutomationLevel,
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
from worklog_core.events.facts import TicketEdit
from worklog_core.events.messages import Direction, MessageSent, SenderKind
from worklog_core.testing.strategies.pool import (
    TICKETS,
    USERS,
    Draw,
    Pool,
    Scene,
    alone,
    one_of,
    versions,
)
from worklog_core.testing.strategies.ticket_scenes import TEXTS

__all__ = ["contact_scenes"]

_TAGS: Final = st.sampled_from(((), ("invoice",), ("invoice", "vip"), ("vip",)))
_CUSTOMERS: Final = st.sampled_from(("K1", "K2"))
_AGENTS: Final = st.sampled_from(("base", "meter", "base"))
_NOBODY_OR_USERS: Final = st.sampled_from((None, "U1", "U2"))
_SCORES: Final = st.sampled_from((Fraction(4), Fraction(0), Fraction(9, 2), Fraction(-1, 3)))


def contact_scenes(pool: Pool) -> st.SearchStrategy[Scene]:
    """Draw a scene of a contact."""
    single = (
        _suggestions,
        _ai_actions,
        _tag_changes,
        _recordings,
        _labels,
        _satisfactions,
        _sentiments,
    )
    together = (_tagged, _recognised, _assisted, _held, _wrapped_up)
    return one_of(pool, *map(alone, single), *together, *together, versions(*single))


def _suggestions(pool: Pool) -> st.SearchStrategy[AiSuggestionShown]:
    return st.builds(_suggestion, TICKETS, pool.instant(), _AGENTS, TEXTS, _NOBODY_OR_USERS)


def _suggestion(
    ticket: str, at: datetime, agent: str, text: str | None, user: str | None
) -> AiSuggestionShown:
    return AiSuggestionShown(ticket, at, agent, is_base=agent == "base", text=text, user_id=user)


def _ai_actions(pool: Pool) -> st.SearchStrategy[AiActionApplied]:
    return st.builds(
        AiActionApplied,
        TICKETS,
        pool.instant(),
        _AGENTS,
        level=st.sampled_from(AutomationLevel),
        user_id=_NOBODY_OR_USERS,
    )


def _tag_changes(pool: Pool) -> st.SearchStrategy[TagsChanged]:
    return st.builds(TagsChanged, TICKETS, pool.instant(), _TAGS, user_id=_NOBODY_OR_USERS)


def _recordings(pool: Pool) -> st.SearchStrategy[RecordingStored]:
    return st.builds(RecordingStored, TICKETS, pool.instant(), st.just("recordings/1"))


def _labels(pool: Pool) -> st.SearchStrategy[ContactLabelled]:
    return st.builds(ContactLabelled, _CUSTOMERS, pool.instant(), _TAGS)


def _satisfactions(pool: Pool) -> st.SearchStrategy[CsatReceived]:
    out_of = st.sampled_from((5, None))
    return st.builds(CsatReceived, TICKETS, pool.instant(), _SCORES, out_of=out_of)


def _sentiments(pool: Pool) -> st.SearchStrategy[SentimentScored]:
    out_of = st.sampled_from((None, 5))
    return st.builds(SentimentScored, TICKETS, pool.instant(), _SCORES, out_of=out_of)


@st.composite
def _tagged(draw: Draw[Any], pool: Pool) -> Scene:
    """Tags are recognised, and changed by a user or left as they are."""
    ticket = draw(TICKETS)
    detected, *changed = draw(pool.moments(draw(st.sampled_from((2, 1, 3)))))
    return [
        TagsDetected(ticket, detected, draw(_TAGS)),
        *(TagsChanged(ticket, at, draw(_TAGS), user_id=draw(USERS)) for at in changed),
    ]


@st.composite
def _recognised(draw: Draw[Any], pool: Pool) -> Scene:
    """The customer is recognised, and corrected by a user or left as it is."""
    ticket = draw(TICKETS)
    detected, *corrected = draw(pool.moments(draw(st.sampled_from((2, 1)))))
    customer = st.one_of(_CUSTOMERS, st.none())
    return [
        CustomerDetected(ticket, detected, draw(_CUSTOMERS)),
        *(CustomerCorrected(ticket, at, draw(customer), user_id=draw(USERS)) for at in corrected),
    ]


@st.composite
def _assisted(draw: Draw[Any], pool: Pool) -> Scene:
    """An agent's proposal is shown and applied, an answer sent, and the ticket edited with it."""
    ticket, user, agent = draw(TICKETS), draw(USERS), draw(_AGENTS)
    shown, applied, sent = draw(pool.moments(3))
    level = AutomationLevel.BASE_AGENT if agent == "base" else AutomationLevel.AI_AGENT
    scene: Scene = [
        _suggestion(ticket, shown, agent, draw(TEXTS), user),
        AiActionApplied(ticket, applied, agent, level=level, user_id=user),
        TicketEdit(user, ticket, sent, Action.WRITE),
    ]
    if draw(st.sampled_from((True, True, False))):
        answer = MessageSent(
            ticket,
            sent,
            "C3",
            direction=Direction.OUT,
            sender=SenderKind.HUMAN,
            sender_id=user,
            text=draw(TEXTS),
        )
        scene.append(answer)
    return scene


@st.composite
def _held(draw: Draw[Any], pool: Pool) -> Scene:
    """A contact is put on hold: once or twice, overlapping, of no time, or without an end."""
    ticket, user = draw(TICKETS), draw(_NOBODY_OR_USERS)
    starts = draw(st.lists(pool.instant(), min_size=1, max_size=3))
    ends = draw(st.lists(pool.instant(), max_size=2))
    return [
        *(HoldStarted(ticket, at, user_id=user) for at in starts),
        *(HoldEnded(ticket, at, user_id=user) for at in ends),
    ]


@st.composite
def _wrapped_up(draw: Draw[Any], pool: Pool) -> Scene:
    """A contact ends and its wrap-up is finished, or only one of the two is told."""
    ticket, user = draw(TICKETS), draw(_NOBODY_OR_USERS)
    ended, finished = draw(pool.moments(2))
    end = ContactEnded(ticket, ended, user_id=user)
    form = WrapUpFinished(ticket, finished, user_id=user, form_id="F1", note=draw(TEXTS))
    told: Scene = draw(st.sampled_from(([end, form], [end, form], [end], [form])))
    return told
