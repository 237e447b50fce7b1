"""Whether a case met its targets: Meet, Unmeet, or None while nobody can say.

Four rules hold in this module (K-22, AMB-14):
1. Meet if every target is met, Unmeet as soon as one is missed; None without a target and while one
   is undecided.
2. A due date that was set is in force from then on, until another is set or it is taken back; where
   none was ever set, the policy's target for the case's tags makes one (AMB-8).
3. The first response completes its target, the closing that resolves the case the other.
4. The clock stands while the ticket is pending only where the policy says so (AMB-8b).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

import attrs

from worklog_core.conversations.conversation import Conversation
from worklog_core.conversations.told import Told
from worklog_core.errors import NoWorkingTimeError, RangeError
from worklog_core.events.tickets import SlaDueSet
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.sla.clock import net_time_after_due
from worklog_core.sla.targets import SlaPolicy, TargetKind, judge
from worklog_core.sla.verdicts import SlaState, Verdict, are_all_met
from worklog_core.undetermined import Undetermined

__all__ = ["SlaStatus", "promises_of", "tags_of"]


class SlaStatus(Enum):
    """Whether a case met its targets; the value is the word of the CX Log (K-22)."""

    MEET = "Meet"
    UNMEET = "Unmeet"


@attrs.frozen
class _Promise:
    due_at: datetime | None
    verdict: Verdict


_NONE = _Promise(None, Verdict.undetermined(Undetermined.NO_SLA_DUE))


def tags_of(conversation: Conversation, at: datetime | None = None) -> tuple[str, ...]:
    """Return the tags of a case at an instant, or the last that are known (K-18)."""
    words = sorted(
        [*conversation.of("tag_detections"), *conversation.of("tag_changes")],
        key=lambda word: word.at,
    )
    said: Sequence[tuple[str, ...]] = [word.tags for word in words if at is None or word.at <= at]
    return said[-1] if said else ()


def promises_of(
    conversation: Conversation,
    policy: SlaPolicy | None,
    completed: dict[TargetKind, datetime | None],
    *,
    as_of: datetime | None,
) -> Told:
    """Return what is told of the targets of a case; *completed* says when each was reached."""
    told: Told = {}
    verdicts: list[Verdict] = []
    for kind in TargetKind:
        promise = _promise(conversation, policy, kind, completed[kind], as_of)
        verdict = promise.verdict
        if verdict.reason is None:
            verdicts.append(verdict)
        is_judged = verdict.state in (SlaState.MET, SlaState.BREACHED)
        state = SlaStatus.MEET if verdict.state is SlaState.MET else SlaStatus.UNMEET
        undecided = verdict.reason or Undetermined.UNDECIDED
        # A clock that stands has no due date yet, though there is a target.
        undue = Undetermined.STILL_PENDING if verdict.reason is None else verdict.reason
        told[f"{kind.value}_due_at"] = promise.due_at or undue
        told[f"{kind.value}_sla"] = state if is_judged else undecided
    met = are_all_met(verdicts)
    undecided = Undetermined.UNDECIDED if verdicts else Undetermined.NO_SLA_DUE
    judged = SlaStatus.MEET if met else SlaStatus.UNMEET
    return {**told, "sla_status": undecided if met is None else judged}


def _promise(
    conversation: Conversation,
    policy: SlaPolicy | None,
    kind: TargetKind,
    completed_at: datetime | None,
    as_of: datetime | None,
) -> _Promise:
    judged_at = completed_at or as_of
    settings = [
        word
        for word in conversation.of("sla_dues")
        if word.target is kind and (judged_at is None or word.at <= judged_at)
    ]
    if settings:
        return _set(conversation, policy, settings[-1], completed_at, as_of)
    opened_at = conversation.opened_at
    if policy is None or opened_at is None or (completed_at or opened_at) < opened_at:
        return _NONE
    timeline = conversation.statuses
    pending = policy.pausing(IntervalSet(), pending=timeline.waits)
    try:
        assignment = policy.assign(
            tags_of(conversation, judged_at),
            opened_at=opened_at,
            kind=kind,
            pauses=pending,
            paused_since=timeline.pending_since if policy.pause_on_pending else None,
        )
        due_at = None if assignment is None else assignment.clock.due_at
    except (NoWorkingTimeError, RangeError):
        return _NONE
    # Without an evaluation instant nothing can be overdue: it is judged as it began.
    now = judged_at or opened_at
    return _Promise(due_at, judge(assignment, as_of=now, completed_at=completed_at))


def _set(
    conversation: Conversation,
    policy: SlaPolicy | None,
    setting: SlaDueSet,
    completed_at: datetime | None,
    as_of: datetime | None,
) -> _Promise:
    due_at, judged_at = setting.due_at, completed_at or as_of
    if due_at is None:
        return _NONE
    late = None if judged_at is None else _late(conversation, policy, due_at, judged_at)
    if late is not None and late > timedelta():
        return _Promise(due_at, Verdict(SlaState.BREACHED))
    state = SlaState.RUNNING if completed_at is None else SlaState.MET
    return _Promise(due_at, Verdict(state))


def _late(
    conversation: Conversation, policy: SlaPolicy | None, due_at: datetime, judged_at: datetime
) -> timedelta:
    """Return how long after a set due date something was; by the calendar where there is one."""
    if policy is None:
        return judged_at - due_at
    timeline = conversation.statuses
    waits = timeline.waits
    since = timeline.pending_since
    if since is not None and since < judged_at:
        waits |= IntervalSet([Interval(since, judged_at)])
    pauses = policy.pausing(IntervalSet(), pending=waits)
    return net_time_after_due(policy.calendar, due_at=due_at, completed_at=judged_at, pauses=pauses)
