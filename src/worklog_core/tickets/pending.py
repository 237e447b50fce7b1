"""How long a ticket waited, gross and net.

Three rules hold in this module:
1. Only waits that have an end are measured: while a ticket is pending its time is None, and the
   reason is `still_pending` (AMB-12).
2. Gross is elapsed time, net the working time of a calendar within the same waits.
3. A ticket that never waited has waited for no time: that is zero, and not None.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import attrs

from worklog_core.calendars import Calendar
from worklog_core.calendars.protocol import require_optional_calendar
from worklog_core.events.facts import TicketStatus, TicketStatusChange
from worklog_core.mappings import FrozenMapping
from worklog_core.tickets.timeline import TicketTimeline
from worklog_core.undetermined import Undetermined

__all__ = ["PendingTimes", "pending_times"]


@attrs.frozen(kw_only=True)
class PendingTimes:
    """How long a ticket waited, how often it came back, and until when it waits now.

    `pending_time` is gross and `net_pending_time` counts the open hours of a calendar; both are
    None while the ticket is pending, and net without a calendar. `times_set_to_open` counts how
    often a pending or closed ticket was opened, by its due date too. `pending_due_at` is the due
    date in force. Instants are in UTC, and `reasons` says under a field's name why it is None.
    """

    pending_time: timedelta | None
    net_pending_time: timedelta | None
    first_pending_at: datetime | None
    times_set_to_open: int
    pending_due_at: datetime | None
    reasons: Mapping[str, Undetermined] = attrs.field(converter=FrozenMapping[str, Undetermined])


def pending_times(
    changes: Iterable[TicketStatusChange],
    *,
    as_of: datetime | None = None,
    calendar: Calendar | None = None,
) -> PendingTimes:
    """Return how long one ticket waited, from its status changes in any order.

    *as_of* cuts the changes: a later one is unseen; None takes all that are given. Waits are
    half-open, and a deferral of a pending ticket goes on with the same wait.

    Raises WorklogError for the changes of several tickets, and as `TicketTimeline` does.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import StatusCause, TicketStatus, TicketStatusChange, pending_times
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> changes = [
        ...     TicketStatusChange("T1", at(9), TicketStatus.PENDING, cause=StatusCause.AGENT),
        ...     TicketStatusChange("T1", at(11), TicketStatus.OPEN, cause=StatusCause.DUE_DATE)]
        >>> print(pending_times(changes).pending_time)
        2:00:00
        >>> early = pending_times(changes, as_of=at(10))
        >>> early.pending_time, early.reasons["pending_time"].value
        (None, 'still_pending')
    """
    require_optional_calendar(calendar)
    whole = TicketTimeline(changes)
    timeline = whole if as_of is None else whole.until(as_of)
    gross, gross_reason = _gross(timeline)
    net, net_reason = _net(timeline, calendar)
    first, first_reason = _first(timeline)
    due, due_reason = _due_date_in_force(timeline)
    reasons = {
        "pending_time": gross_reason,
        "net_pending_time": net_reason,
        "first_pending_at": first_reason,
        "pending_due_at": due_reason,
    }
    return PendingTimes(
        pending_time=gross,
        net_pending_time=net,
        first_pending_at=first,
        times_set_to_open=_times_set_to_open(timeline),
        pending_due_at=due,
        reasons={field: reason for field, reason in reasons.items() if reason is not None},
    )


def _gross(timeline: TicketTimeline) -> tuple[timedelta | None, Undetermined | None]:
    if timeline.pending_since is not None:
        return None, Undetermined.STILL_PENDING
    return timeline.waits.duration, None


def _net(
    timeline: TicketTimeline, calendar: Calendar | None
) -> tuple[timedelta | None, Undetermined | None]:
    if timeline.pending_since is not None:
        return None, Undetermined.STILL_PENDING
    if calendar is None:
        return None, Undetermined.NO_CALENDAR
    parts = (calendar.working_time(wait.start, wait.end) for wait in timeline.waits)
    return sum(parts, timedelta()), None


def _first(timeline: TicketTimeline) -> tuple[datetime | None, Undetermined | None]:
    for change in timeline.changes:
        if change.status is TicketStatus.PENDING:
            return change.at, None
    return None, Undetermined.NEVER_PENDING


def _times_set_to_open(timeline: TicketTimeline) -> int:
    before, times = TicketStatus.OPEN, 0
    for change in timeline.changes:
        times += change.status is TicketStatus.OPEN and before is not TicketStatus.OPEN
        before = change.status
    return times


def _due_date_in_force(
    timeline: TicketTimeline,
) -> tuple[datetime | None, Undetermined | None]:
    last = timeline.changes[-1] if timeline.changes else None
    if last is None or last.status is not TicketStatus.PENDING:
        return None, Undetermined.NOT_PENDING
    if last.deferred_until is None:
        return None, Undetermined.NO_DUE_DATE
    return last.deferred_until, None
