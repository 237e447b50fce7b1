"""Whose a case was, and how long it took from one hand to the next.

Three rules hold in this module:
1. Only persons are assignees: an assignment to a bot or to a team alone makes it nobody's (P-R11).
2. A time from an assignment to an answer ends with the first answer at or after it, that from the
   last assignment with the first answer of that assignee.
3. A time to the closing is None while the case is open, and where it was assigned after it.
"""

from datetime import datetime

from worklog_core.conversations.conversation import Conversation
from worklog_core.conversations.told import Clocks, Told, or_not_told
from worklog_core.undetermined import Undetermined

__all__ = ["assignments_of"]


def assignments_of(
    conversation: Conversation, clocks: Clocks, *, closed_at: datetime | None
) -> Told:
    """Return what is told of the assignments of a conversation (K-07, K-08, P-R2)."""
    everybodys = conversation.assignments
    persons = [each for each in everybodys if each.user_id is not None]
    current = everybodys[-1] if everybodys else None
    teams = [each.team for each in everybodys if each.team is not None]
    nobodys = Undetermined.NOT_ASSIGNED if persons else Undetermined.NEVER_ASSIGNED
    told: Told = {
        "current_assignee": nobodys if current is None else current.user_id or nobodys,
        "team": or_not_told(teams[-1] if teams else None),
        "assignees": tuple(sorted({each.user_id for each in persons if each.user_id is not None})),
        "assignments": len(persons),
    }
    if not persons:
        reason = Undetermined.NEVER_ASSIGNED
        names = ("first_assignee", "last_assignee", "first_assigned_at", "last_assigned_at")
        return {**told, **dict.fromkeys(names, reason), **_untimed(clocks, reason)}
    first, last = persons[0], persons[-1]
    return {
        **told,
        "first_assignee": first.user_id,
        "last_assignee": last.user_id,
        "first_assigned_at": first.at,
        "last_assigned_at": last.at,
        **_times(conversation, clocks, closed_at),
    }


_TIMES = (
    "time_to_first_assignment",
    "first_assignment_to_first_response",
    "last_assignment_to_response",
    "first_assignment_to_close",
    "last_assignment_to_close",
)


def _untimed(clocks: Clocks, reason: Undetermined) -> Told:
    told: Told = {}
    for name in _TIMES:
        told |= clocks.untold(name, reason)
    return told


def _times(conversation: Conversation, clocks: Clocks, closed_at: datetime | None) -> Told:
    persons = [each for each in conversation.assignments if each.user_id is not None]
    first, last = persons[0], persons[-1]
    replies = conversation.replies
    answered = next((reply.at for reply in replies if reply.at >= first.at), None)
    answered_by_last = (r.at for r in replies if r.at >= last.at and r.sender_id == last.user_id)
    told: Told = {}
    ends: dict[str, tuple[datetime | None, datetime | None, Undetermined]] = {
        _TIMES[0]: (conversation.opened_at, first.at, Undetermined.NOT_TOLD),
        _TIMES[1]: (first.at, answered, Undetermined.NO_REPLY),
        _TIMES[2]: (last.at, next(answered_by_last, None), Undetermined.NO_REPLY),
        _TIMES[3]: (first.at, closed_at, Undetermined.NOT_CLOSED),
        _TIMES[4]: (last.at, closed_at, Undetermined.NOT_CLOSED),
    }
    for name, (start, end, reason) in ends.items():
        if start is None or end is None or end < start:
            told |= clocks.untold(name, reason)
        else:
            told |= clocks.between(name, start, end)
    return told
