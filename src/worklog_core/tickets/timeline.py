"""The status of a ticket through time, as its changes tell it.

Three rules hold in this module:
1. A ticket is open from its beginning; a change holds from its instant up to the next. Nothing else
   moves a status: no message and no due date does (AMB-12).
2. Of two changes at one instant the one that was learnt later holds, then that of the higher event
   id, then the one further on the way open, pending, closed: many a source writes whole seconds.
3. A wait is half-open: the ticket is pending at its start and open again, or closed, at its end. A
   deferral of a pending ticket goes on with the same wait, under another due date.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

import attrs

from worklog_core.errors import WorklogError
from worklog_core.events.facts import TicketStatus, TicketStatusChange
from worklog_core.events.kinds import learnt_at
from worklog_core.events.versions import canonical, settled
from worklog_core.instants import require_instant
from worklog_core.intervals import Interval, IntervalSet

__all__ = ["TicketTimeline", "rank_at_once", "ticket_timelines"]

_by_instant = attrgetter("at")
_by_ticket = attrgetter("ticket_id")


def _of_one_ticket(changes: Iterable[TicketStatusChange]) -> tuple[TicketStatusChange, ...]:
    facts = settled(canonical("ticket_statuses", changes))
    if facts and facts[0].ticket_id != facts[-1].ticket_id:
        raise WorklogError(
            f"changes must be those of one ticket: found {facts[0].ticket_id!r} and "
            f"{facts[-1].ticket_id!r}. Use ticket_timelines for many.",
            field="changes",
            value=facts[-1].ticket_id,
        )
    return _one_at_an_instant(facts)


def _one_at_an_instant(facts: Iterable[TicketStatusChange]) -> tuple[TicketStatusChange, ...]:
    """Return, of sorted changes of one ticket, the one that holds from each instant."""
    return tuple(_last_word(list(at_once)) for _, at_once in groupby(facts, _by_instant))


def _last_word(at_once: list[TicketStatusChange]) -> TicketStatusChange:
    # Of equal ranks the last in the order of a history, so that the input's order tells nothing.
    return max(reversed(at_once), key=rank_at_once)


_PROGRESS: Final = {status: number for number, status in enumerate(TicketStatus)}


def rank_at_once(change: TicketStatusChange) -> tuple[datetime, str, int]:
    """Return what tells, of several changes at one instant, which one holds: the highest."""
    return (learnt_at(change), change.event_id or "", _PROGRESS[change.status])


@attrs.frozen
class TicketTimeline:
    """The changes of one ticket's status, one to an instant, in time order.

    Takes them in any order, with duplicates and corrected versions. Raises WorklogError where they
    are of several tickets, ConflictingEventsError for versions of one change that contradict each
    other.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import StatusCause, TicketStatus, TicketStatusChange, TicketTimeline
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> timeline = TicketTimeline([
        ...     TicketStatusChange("T1", at(9), TicketStatus.PENDING, cause=StatusCause.AGENT),
        ...     TicketStatusChange("T1", at(11), TicketStatus.OPEN, cause=StatusCause.CUSTOMER)])
        >>> [timeline.status_at(at(hour)).value for hour in (8, 9, 11)]
        ['open', 'pending', 'open']
        >>> print(timeline.waits.duration)
        2:00:00
    """

    changes: tuple[TicketStatusChange, ...] = attrs.field(default=(), converter=_of_one_ticket)

    def change_at(self, at: datetime) -> TicketStatusChange | None:
        """Return the change in force at an instant; None before the first."""
        index = bisect_right(self.changes, require_instant("at", at), key=_by_instant)
        return self.changes[index - 1] if index else None

    def status_at(self, at: datetime) -> TicketStatus:
        """Return the status at an instant; a change at that instant came first."""
        change = self.change_at(at)
        return TicketStatus.OPEN if change is None else change.status

    def until(self, as_of: datetime) -> "TicketTimeline":
        """Return the timeline as it stands at an instant: later changes are unseen (AMB-24)."""
        index = bisect_right(self.changes, require_instant("as_of", as_of), key=_by_instant)
        return _trusted(self.changes[:index])

    @property
    def waits(self) -> IntervalSet:
        """The time for which the ticket was pending, as far as its waits have an end.

        It is what `SlaPolicy.pausing(pending=...)` takes.
        """
        return IntervalSet(
            Interval(change.at, following.at)
            for change, following in pairwise(self.changes)
            if change.status is TicketStatus.PENDING
        )

    @property
    def pending_since(self) -> datetime | None:
        """When the wait began that has no end yet; None where the ticket is not pending."""
        return self.since(TicketStatus.PENDING)

    def since(self, status: TicketStatus) -> datetime | None:
        """Return since when a ticket has the status that it came to last.

        None where it came to another, and where it has been open from its beginning.
        """
        began: datetime | None = None
        for change in reversed(self.changes):
            if change.status is not status:
                return began
            began = change.at
        return None if status is TicketStatus.OPEN else began


def _trusted(changes: tuple[TicketStatusChange, ...]) -> TicketTimeline:
    # What comes out of settled changes is settled: it is not sorted and judged again.
    timeline = TicketTimeline.__new__(TicketTimeline)
    object.__setattr__(timeline, "changes", changes)
    return timeline


def ticket_timelines(changes: Iterable[TicketStatusChange]) -> Mapping[str, TicketTimeline]:
    """Return the timeline of every ticket that has status changes, by ticket id.

    Raises as `TicketTimeline` does.
    """
    facts = settled(canonical("ticket_statuses", changes))
    return {
        ticket_id: _trusted(_one_at_an_instant(own))
        for ticket_id, own in groupby(facts, _by_ticket)
    }
