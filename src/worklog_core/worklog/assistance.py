"""What AI did in a processing: how much of the work, which agents, how good their drafts were.

Four rules hold in this module:
1. The level is the highest that was observed, and its evidence the first event that shows it
   (E-32). A ticket that AI closed alone is at the highest level, event or not (E-38, AMB-15).
2. An agent was used when its proposal was applied or confirmed, not when it was shown (AMB-20).
3. An answer is compared with the last draft of the same agent that was shown by then (AMB-10).
4. Every figure of an average is exact and unrounded; rows without a basis are left out (E-42).
"""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar

import attrs

from worklog_core.door import require_function, require_key
from worklog_core.events.assistance import AiActionApplied, AiSuggestionShown, AutomationLevel
from worklog_core.normal_text import Preprocess
from worklog_core.similarity import Similarity, text_similarity
from worklog_core.undetermined import Undetermined

__all__ = [
    "AiUsage",
    "CorrectionUntil",
    "TextAssistance",
    "ai_usage_of",
    "highest_automation",
    "text_assistance_by",
    "text_assistance_of",
]

K = TypeVar("K")


class CorrectionUntil(Enum):
    """Up to when a correction tells that something was not recognised correctly (AMB-26)."""

    ROW_END = "row_end"
    """The row's last edit."""
    AS_OF = "as_of"
    """All that is known."""


@attrs.frozen
class AiUsage:
    """One AI agent's part in a processing (P-E2).

    `level` is the highest of its actions. `similarity` compares the answer with the agent's last
    draft; its value is None with a reason where there is no basis (E-42).
    """

    agent: str
    level: AutomationLevel
    similarity: Similarity


@attrs.frozen
class TextAssistance:
    """How much of an agent's drafts was sent, over several rows: an exact mean of unrounded shares.

    `accuracy` is None where nothing was compared: `count` is 0. Every row weighs the same, whatever
    the length of its text.
    """

    accuracy: Fraction | None
    count: int


def highest_automation(
    actions: Iterable[AiActionApplied], *, is_autonomous: bool
) -> tuple[AutomationLevel, AiActionApplied | None]:
    """Return the highest level of some actions in time order, and the first event that shows it.

    *is_autonomous* says that the ticket was closed by AI alone, whose level needs no event.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import AiActionApplied, AutomationLevel
        >>> from worklog_core.worklog.assistance import highest_automation
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> edited = AiActionApplied("T1", at, "writer", level=AutomationLevel.TEXT_EDITING)
        >>> highest_automation([edited], is_autonomous=False)[0].value
        1
    """
    # Of equal levels `max` returns the first.
    evidence = max(actions, key=_level, default=None)
    level = AutomationLevel.NONE if evidence is None else evidence.level
    if is_autonomous and level is not AutomationLevel.AUTONOMOUS:
        return AutomationLevel.AUTONOMOUS, None
    return level, evidence


def _level(action: AiActionApplied) -> AutomationLevel:
    return action.level


def ai_usage_of(
    actions: Iterable[AiActionApplied],
    drafts: Sequence[AiSuggestionShown],
    *,
    sent: str | Undetermined,
    preprocess: Preprocess | None = None,
) -> tuple[AiUsage, ...]:
    """Return the agents that were used, in the order of their first use, and what each was worth.

    *drafts* are those shown before the answer, in time order; *sent* is the answer's text, or why
    there is none; *preprocess* takes out of both what is no part of the answer.
    """
    levels: dict[str, AutomationLevel] = {}
    for action in actions:
        levels[action.agent] = max(levels.get(action.agent, action.level), action.level)
    return tuple(
        AiUsage(agent, level, _compared(_last_text(drafts, agent), sent, preprocess))
        for agent, level in levels.items()
    )


def _compared(
    recommended: str | None, sent: str | Undetermined, preprocess: Preprocess | None
) -> Similarity:
    if not isinstance(sent, Undetermined):
        return text_similarity(recommended, sent, preprocess=preprocess)
    similarity = text_similarity(recommended, None, preprocess=preprocess)
    if similarity.reason is Undetermined.NOTHING_SENT:
        return attrs.evolve(similarity, reason=sent)
    return similarity


def _last_text(drafts: Sequence[AiSuggestionShown], agent: str) -> str | None:
    return next((draft.text for draft in reversed(drafts) if draft.agent == agent), None)


def text_assistance_of(
    usage: Sequence[AiUsage], drafts: Sequence[AiSuggestionShown]
) -> Similarity | Undetermined:
    """Return how much of the base agent's draft was sent, or why nobody knows (E-40 to E-42).

    *drafts* are those shown before the answer, in time order: the last one of a base agent tells
    which agent that is. Where no such draft is known, its level may still tell that one was used.
    """
    base = next((draft.agent for draft in reversed(drafts) if draft.is_base), None)
    for used in usage:
        if used.agent == base:
            return used.similarity.reason or used.similarity
    if base is None and any(used.level is AutomationLevel.BASE_AGENT for used in usage):
        return Undetermined.NO_RECOMMENDATION
    return Undetermined.BASE_AGENT_NOT_USED


def text_assistance_by(
    rows: Iterable[Any], by: Callable[[Any], K], *, agent: str | None = None
) -> dict[K, TextAssistance]:
    """Return the mean accuracy of the drafts in each group of rows (E-40, P-E2).

    Of the base agent, or of the *agent* that is named. Rows without a basis are left out, and a
    group that has no others is there with a count of 0.

    Example:
        >>> from worklog_core import text_assistance_by
        >>> text_assistance_by([], by=lambda row: row.user_id)
        {}
    """
    require_function("by", by, "row")
    shares: dict[K, list[Fraction]] = {}
    for row in rows:
        found = shares.setdefault(require_key("by", by(row)), [])
        similarity = row.text_assistance
        if agent is not None:
            usage = (used.similarity for used in row.ai_usage if used.agent == agent)
            similarity = next(usage, None)
        if similarity is not None and similarity.value is not None:
            found.append(1 - Fraction(similarity.distance, similarity.length))
    return {group: TextAssistance(_mean(found), len(found)) for group, found in shares.items()}


def _mean(shares: Sequence[Fraction]) -> Fraction | None:
    return sum(shares, Fraction(0)) / len(shares) if shares else None
