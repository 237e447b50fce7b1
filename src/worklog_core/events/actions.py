"""The four actions of a processing, and which of them a set of edits amounts to.

Two rules hold in this module (E-17 to E-21, AMB-1):
1. Edits are united to four facts, and the facts are mapped once. Arrival order never matters.
2. For edits that keep their defaults the mapping is the highest action in the order of the enum.
"""

from collections.abc import Iterable
from enum import Enum
from functools import total_ordering
from typing import Final

from worklog_core.door import parse_choice, require_iterable
from worklog_core.errors import WorklogError, describe

__all__ = ["Action", "ReplyWithDeferral", "action_of", "highest_priority"]


@total_ordering
class Action(Enum):
    """What a processing did to the ticket, from the lowest priority to the highest.

    The value is the name in an export. Members compare by priority (E-21).

    Example:
        >>> from worklog_core import Action
        >>> Action.CLOSE < Action.WRITE, Action.parse("closeAction")
        (True, <Action.CLOSE: 'closeAction'>)
    """

    STATUS = "statusAction"
    """The ticket was set to waiting (E-17)."""
    CLOSE = "closeAction"
    """Closed without an answer (E-18)."""
    WRITE = "writeAction"
    """Answered (E-19, P-E3)."""
    AUTO_PROCESS = "autoProcessAction"
    """Closed by an AI agent on its own: dark processing (E-20)."""

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Action):
            return NotImplemented
        return _PRIORITY[self] < _PRIORITY[other]

    # A member is equal to itself alone; its name need not be hashed for every row.
    __hash__ = object.__hash__

    @classmethod
    def parse(cls, text: str) -> "Action":
        """Return the action of an export name; raise WorklogError for any other text."""
        return parse_choice(cls, text, "action")


_PRIORITY: Final = {action: priority for priority, action in enumerate(Action)}


class ReplyWithDeferral(Enum):
    """What an answer and a deferral in one processing amount to (AMB-1)."""

    STATUS = "status"
    WRITE = "write"


def highest_priority(actions: Iterable[Action]) -> Action | None:
    """Return the action of the highest priority, or None where there is none (E-21).

    Raises WorklogError for anything that is not an `Action`, the names of actions included.

    Example:
        >>> from worklog_core import Action, highest_priority
        >>> highest_priority([Action.CLOSE, Action.WRITE])
        <Action.WRITE: 'writeAction'>
    """
    found = list(require_iterable("actions", actions, "Action"))
    for position, action in enumerate(found):
        if not isinstance(action, Action):
            raise WorklogError(
                f"actions must hold members of Action: found {describe(action)} at position "
                f"{position}. Parse names with Action.parse; leave out edits without an action.",
                field="actions",
                value=action,
            )
    return max(found, default=None)


def action_of(
    *,
    replied: bool,
    closed: bool,
    deferred: bool,
    by_ai: bool,
    reply_with_deferral: ReplyWithDeferral = ReplyWithDeferral.STATUS,
) -> Action | None:
    """Return the action that the united facts of some edits amount to (AMB-1).

    Closed by AI is AUTO_PROCESS, closed and replied WRITE, closed alone CLOSE; a deferral is
    STATUS, answered or not (*reply_with_deferral* may say WRITE where it was answered); an answer
    alone is WRITE. None where none of it happened: no row.

    Raises WorklogError for a fact that is not True or False, and for a policy that is not a member
    of `ReplyWithDeferral`.

    Example:
        >>> from worklog_core import action_of
        >>> action_of(replied=True, closed=True, deferred=False, by_ai=False)
        <Action.WRITE: 'writeAction'>
    """
    facts = {"replied": replied, "closed": closed, "deferred": deferred, "by_ai": by_ai}
    for name, fact in facts.items():
        if not isinstance(fact, bool):
            raise WorklogError(
                f"{name} must be True or False: found {describe(fact)}. "
                "Say of each fact whether any of the edits makes it true.",
                field=name,
                value=fact,
            )
    if not isinstance(reply_with_deferral, ReplyWithDeferral):
        raise WorklogError(
            "reply_with_deferral must be a member of ReplyWithDeferral: "
            f"found {describe(reply_with_deferral)}. "
            f"Choose one of {', '.join(map(str, ReplyWithDeferral))}.",
            field="reply_with_deferral",
            value=reply_with_deferral,
        )
    if closed:
        if by_ai:
            return Action.AUTO_PROCESS
        return Action.WRITE if replied else Action.CLOSE
    if deferred and not (replied and reply_with_deferral is ReplyWithDeferral.WRITE):
        return Action.STATUS
    return Action.WRITE if replied else None
