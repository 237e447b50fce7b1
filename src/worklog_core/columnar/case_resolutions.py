"""When each case was resolved, on columns.

The rules are those of `worklog_core.conversations.resolution`: by the first closing, or by the last
as long as the case is not open again; with Plain's policy without the wait that a machine's closing
ended.
"""

from typing import NamedTuple

import numpy as np

from worklog_core.columnar.arrays import Ints, is_first
from worklog_core.columnar.case_clocks import NO_REASON, Times, code_of, times_between
from worklog_core.columnar.case_events import CaseEvents
from worklog_core.columnar.case_responses import Openings
from worklog_core.columnar.case_turns import STATUSES, CaseTurns
from worklog_core.columnar.records import NONE_US
from worklog_core.conversations.rules import ResolvedAt, WaitAtClose
from worklog_core.events.facts import TicketStatus
from worklog_core.undetermined import Undetermined

__all__ = ["Resolutions", "resolutions", "statuses_of"]


class Resolutions(NamedTuple):
    """By case: the closing that resolves it, and how long it took; `NONE_US` and -1 for none."""

    closed_at: Ints
    cause: Ints
    resolved_at: Ints
    times: Times


def resolutions(
    events: CaseEvents, turns: CaseTurns, openings: Openings, resolved_at: ResolvedAt
) -> Resolutions:
    """Return the resolution of each case under a policy."""
    closing = np.full(len(events.cases), -1, dtype=np.int64)
    if resolved_at is ResolvedAt.FIRST_CLOSE:
        chosen = np.flatnonzero(is_first(turns.case))
    else:
        is_last = np.ones(len(turns.case), dtype=np.bool_)
        is_last[:-1] = is_first(turns.case)[1:]
        chosen = np.flatnonzero(is_last & turns.is_closing)
    closing[turns.case[chosen]] = chosen
    ended = turns.at
    if events.case_rules.wait_at_close is WaitAtClose.LEFT_OUT:
        ended = np.where(turns.by_machine, turns.waiting_since, turns.at)
    until = np.append(ended, NONE_US)[closing]
    is_closed = closing >= 0
    # A case without a beginning, and one that was over before it, has no such time.
    is_told = is_closed & (openings.at != NONE_US) & (until >= openings.at)
    why_not = np.where(is_closed, code_of(Undetermined.NOT_TOLD), code_of(Undetermined.NOT_CLOSED))
    reason = np.where(is_told, NO_REASON, why_not)
    return Resolutions(
        np.append(turns.at, NONE_US)[closing],
        np.append(turns.cause, -1)[closing],
        until,
        times_between(events.calendar, openings.at, until, reason),
    )


def statuses_of(last_status: Ints, turns: CaseTurns) -> Ints:
    """Return the status of each case: as it was last told, else as its edits left it."""
    is_closed = np.zeros(len(last_status), dtype=np.bool_)
    # Turns stand in time order: the last one of a case stays.
    is_closed[turns.case] = turns.is_closing
    closed, still_open = STATUSES.index(TicketStatus.CLOSED), STATUSES.index(TicketStatus.OPEN)
    return np.where(last_status >= 0, last_status, np.where(is_closed, closed, still_open))
