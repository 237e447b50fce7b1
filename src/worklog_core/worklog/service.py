"""When the customer was served, when that was due, and how far the two lie apart, row by row.

Four rules hold in this module (E-45 to E-49, AMB-8):
1. Served is the earliest reply, closing or autonomous processing in the scope that the rules name:
   the row's own cell, all cells of its epoch, or the whole ticket. A deferral serves nobody.
2. A due date that was set is in force from then on, until another is set or it is taken back, which
   the date that stands for none does too (P-E10). Where none was ever set, the policy's target for
   the ticket's tags makes one.
3. Net is counted by the calendar that the due date was made with, or the policy's; the clock stands
   while the ticket is pending only where the policy says so (AMB-8b).
4. No closing event and no due date are two reasons; where both hold, nothing was closed.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from worklog_core.calendars import Calendar
from worklog_core.errors import NoWorkingTimeError, RangeError
from worklog_core.events.actions import Action
from worklog_core.events.facts import TicketEdit
from worklog_core.events.tickets import SlaDueSet, TicketOpened
from worklog_core.instants import from_microseconds, to_microseconds
from worklog_core.intervals import IntervalSet
from worklog_core.sla.clock import net_time_after_due
from worklog_core.sla.targets import SlaPolicy, TargetKind, without_sentinel
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.courses import Course

__all__ = ["Deviation", "Service", "is_served_by"]


def is_served_by(edit: TicketEdit) -> bool:
    """Return whether a customer notices an edit: an answer, a closing, dark processing (E-49).

    An edit that makes no row is noticed by nobody, as it closes nothing either (AMB-7).
    """
    if edit.action is None:
        return False
    return edit.is_closing or edit.action is Action.WRITE or edit.action is Action.AUTO_PROCESS


class Deviation(NamedTuple):
    """What is known of the promise for one row; `reason` is why `net` is None."""

    due_at: datetime | None
    net: timedelta | None
    gross: timedelta | None
    reason: Undetermined | None


class _Due(NamedTuple):
    due_at: datetime
    calendar: Calendar | None
    pauses: IntervalSet


_NEVER: Final = IntervalSet()


class Service:
    """The due dates of all tickets, those that were set and those that the policy makes."""

    __slots__ = ("_openings", "_policy", "_settings", "_waits")

    def __init__(
        self,
        policy: SlaPolicy | None,
        *,
        settings: Mapping[str, Course[SlaDueSet]],
        openings: Mapping[str, TicketOpened],
        waits: Callable[[str, int], IntervalSet],
    ) -> None:
        """Take what sets due dates, and how to ask for a ticket's waits up to an instant."""
        self._policy = policy
        self._settings = settings
        self._openings = openings
        self._waits = waits

    def judge(
        self, ticket_id: str, tags: Iterable[str], *, served_at: int | None, at: int
    ) -> Deviation:
        """Return how far the serving of a customer lies from the due date that was in force.

        Judged is the instant of serving; *at* where nobody was served.
        """
        due = self._due(ticket_id, tags, at if served_at is None else served_at)
        unserved = Undetermined.NO_CLOSING_EVENT if served_at is None else None
        if due is None:
            return Deviation(None, None, None, unserved or Undetermined.NO_SLA_DUE)
        if served_at is None:
            return Deviation(due.due_at, None, None, unserved)
        served = from_microseconds(served_at)
        gross = served - due.due_at
        if due.calendar is None:
            return Deviation(due.due_at, None, gross, Undetermined.NO_CALENDAR)
        net = net_time_after_due(
            due.calendar, due_at=due.due_at, completed_at=served, pauses=due.pauses
        )
        return Deviation(due.due_at, net, gross, None)

    def _due(self, ticket_id: str, tags: Iterable[str], judged: int) -> _Due | None:
        policy = self._policy
        calendar = None if policy is None else policy.calendar
        settings = self._settings.get(ticket_id)
        setting = None if settings is None else settings.at(judged)
        if setting is not None:
            due_at = without_sentinel(setting.due_at)
            if due_at is None:
                return None
            return _Due(due_at, calendar, self._pauses(ticket_id, judged))
        opening = self._openings.get(ticket_id)
        if policy is None or opening is None or to_microseconds(opening.at) > judged:
            return None
        return _promised(policy, tags, opening.at, self._pauses(ticket_id, judged))

    def _pauses(self, ticket_id: str, judged: int) -> IntervalSet:
        if self._policy is None or not self._policy.pause_on_pending:
            return _NEVER
        return self._policy.pausing(_NEVER, pending=self._waits(ticket_id, judged))


def _promised(
    policy: SlaPolicy, tags: Iterable[str], opened_at: datetime, pauses: IntervalSet
) -> _Due | None:
    """Return the policy's due date; None without a target, and where the hours never reach it."""
    kind = TargetKind.RESOLUTION
    try:
        assignment = policy.assign(tags, opened_at=opened_at, kind=kind, pauses=pauses)
        due_at: Any = None if assignment is None else assignment.clock.due_at
    except (NoWorkingTimeError, RangeError):
        return None
    if assignment is None or due_at is None:
        return None
    return _Due(due_at, assignment.clock.calendar, pauses)
