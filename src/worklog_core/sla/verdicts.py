"""How a clock is judged: met, breached, running, paused, or undetermined with a reason.

Two rules hold in this module:
1. Several targets are met together only if each is, missed as soon as one is, and undecided else
   (AMB-14).
2. A verdict shows the comparison of the bare instants beside the net time: they differ where the
   due date is a closing bell and the completion falls into closed hours (AMB-8 d).
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import Enum

import attrs

from worklog_core.undetermined import Undetermined

__all__ = ["SlaState", "Verdict", "are_all_met"]


class SlaState(Enum):
    """How a clock stands.

    Example:
        >>> from worklog_core import SlaState
        >>> [state.value for state in SlaState]
        ['met', 'breached', 'running', 'paused', 'undetermined']
    """

    MET = "met"
    """Completed with no more than the target on the clock."""

    BREACHED = "breached"
    """More than the target has run, completed or not."""

    RUNNING = "running"
    """Not completed, and the target is not overrun."""

    PAUSED = "paused"
    """Not completed, not overrun, and the clock stands."""

    UNDETERMINED = "undetermined"
    """Nothing can be said; the reason tells why."""


@attrs.frozen
class Verdict:
    """How a clock stands, and by how much.

    `net_time_after_due` is the working time past the target, negative while some is left;
    `is_past_due` compares the bare instants. Both are None where there is nothing to compare, and
    `reason` says why where the state is undetermined. `is_provisional`: the judgement rests on
    holidays that the calendar does not know yet.
    """

    state: SlaState
    reason: Undetermined | None = None
    net_time_after_due: timedelta | None = attrs.field(default=None, kw_only=True)
    is_past_due: bool | None = attrs.field(default=None, kw_only=True)
    is_provisional: bool = attrs.field(default=False, kw_only=True)

    @classmethod
    def undetermined(cls, reason: Undetermined) -> "Verdict":
        """Return the verdict that there is none, and why."""
        return cls(SlaState.UNDETERMINED, reason)


def are_all_met(verdicts: Iterable[Verdict]) -> bool | None:
    """Say whether every target was met (AMB-14); None without a target or while undecided.

    Example:
        >>> from worklog_core import SlaState, Verdict, are_all_met
        >>> met, running = Verdict(SlaState.MET), Verdict(SlaState.RUNNING)
        >>> are_all_met([met, met]), are_all_met([met, running])
        (True, None)
    """
    states = {verdict.state for verdict in verdicts}
    if SlaState.BREACHED in states:
        return False
    return True if states == {SlaState.MET} else None
