"""The stock: how many tickets are open, pending and closed, and how that came about.

Four rules hold in this module:
1. A pending ticket stays in the stock; only a closing takes one out of it (D-10).
2. The stock at an instant is counted with what happened at that instant. A flow is over
   [start, end): it opens with the stock before *start*, so flows that touch add up.
3. opening + came in - went out = closing, exactly.
4. A ticket ages from its opening until the instant asked about, a closed one until it was closed.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import attrs

from worklog_core.calendars import Calendar
from worklog_core.calendars.protocol import require_optional_calendar
from worklog_core.door import check_id, check_names, check_optional_id, names, require_iterable
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import TicketStatus, TicketStatusChange
from worklog_core.instants import MICROSECOND, as_utc, check_instant, require_instant
from worklog_core.tickets.register import by_ticket_id
from worklog_core.tickets.timeline import TicketTimeline, ticket_timelines

__all__ = [
    "AgeBucket",
    "Stock",
    "StockCount",
    "StockFlow",
    "StockTicket",
    "StockedTicket",
    "stock_at",
    "stock_between",
]

_NOTHING: Final = timedelta(0)
_NO_CHANGES: Final = TicketTimeline()


@attrs.frozen
class StockTicket:
    """A ticket as the stock needs it: when it was opened, its queue and its tags."""

    ticket_id: str = attrs.field(validator=check_id)
    opened_at: datetime = attrs.field(converter=as_utc, validator=check_instant)
    queue: str | None = attrs.field(default=None, kw_only=True, validator=check_optional_id)
    tags: tuple[str, ...] = attrs.field(
        default=(), kw_only=True, converter=names, validator=check_names
    )


@attrs.frozen
class StockedTicket:
    """A ticket with its status and its age at the instant of a stock."""

    ticket: StockTicket
    status: TicketStatus
    age: timedelta


@attrs.frozen(order=True)
class AgeBucket:
    """Ages from *at_least* up to, and not including, *below*; None is without end."""

    at_least: timedelta
    below: timedelta | None


@attrs.frozen
class StockCount:
    """How many tickets are open, pending and closed."""

    open: int = 0
    pending: int = 0
    closed: int = 0

    @property
    def in_stock(self) -> int:
        """The open and the pending tickets: a deferral takes none out (D-10)."""
        return self.open + self.pending


@attrs.frozen
class Stock:
    """The tickets that had been opened by an instant, by id, each with its status and age.

    Every count can be asked which tickets it is made of: they are `tickets`.
    """

    as_of: datetime
    tickets: tuple[StockedTicket, ...]

    @property
    def count(self) -> StockCount:
        """How many tickets there are of each status."""
        return _count(self.tickets)

    def by_queue(self) -> dict[str | None, StockCount]:
        """Return the counts by queue, sorted, tickets without one under None at the end."""
        return _grouped(self.tickets, lambda stocked: [stocked.ticket.queue])

    def by_tag(self) -> dict[str | None, StockCount]:
        """Return the counts by tag, sorted, tickets without any under None at the end.

        A ticket counts under each of its tags, so that the sum may exceed the whole.
        """
        return _grouped(self.tickets, lambda stocked: stocked.ticket.tags or [None])

    def by_age(self, edges: Iterable[timedelta]) -> dict[AgeBucket, StockCount]:
        """Return the counts by age, every bucket included: an age at an edge is in the upper one.

        Raises WorklogError for edges that are not ascending and above zero.
        """
        buckets = _buckets(edges)
        inside: dict[AgeBucket, list[StockedTicket]] = {bucket: [] for bucket in buckets}
        lower = [bucket.at_least for bucket in buckets]
        for stocked in self.tickets:
            inside[buckets[bisect_right(lower, stocked.age) - 1]].append(stocked)
        return {bucket: _count(tickets) for bucket, tickets in inside.items()}


@attrs.frozen(kw_only=True)
class StockFlow:
    """How the stock changed over [start, end): opening + came in - went out = closing.

    `opened` counts openings, `reopened` closed tickets that became open or pending, `closed`
    closings; one ticket may count several times. `deferred` counts how often a ticket began to
    wait, which takes none out of the stock (D-10).
    """

    start: datetime
    end: datetime
    opening: int
    opened: int
    reopened: int
    closed: int
    deferred: int
    closing: int

    @property
    def came_in(self) -> int:
        """The tickets that entered the stock."""
        return self.opened + self.reopened

    @property
    def went_out(self) -> int:
        """The tickets that left it."""
        return self.closed


def stock_at(
    tickets: Iterable[StockTicket],
    changes: Iterable[TicketStatusChange],
    *,
    as_of: datetime,
    calendar: Calendar | None = None,
) -> Stock:
    """Return the stock of some tickets at an instant; what happened at it is counted.

    Changes of other tickets are not looked at, so that one history serves every selection. Ages are
    elapsed time, or the open hours of *calendar*.

    Raises WorklogError for a change before the ticket's opening, ConflictingEventsError for two
    different values of one ticket, and as `TicketTimeline` does.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     StatusCause, StockTicket, TicketStatus, TicketStatusChange, stock_at)
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> waits = TicketStatusChange("T1", at(9), TicketStatus.PENDING, cause=StatusCause.AGENT)
        >>> both = [StockTicket("T1", at(8), queue="mail"), StockTicket("T2", at(10))]
        >>> stock_at(both, [waits], as_of=at(12)).by_queue()["mail"]
        StockCount(open=0, pending=1, closed=0)
    """
    now = require_instant("as_of", as_of)
    require_optional_calendar(calendar)
    stocked: list[StockedTicket] = []
    for ticket, whole in _with_timelines(tickets, changes):
        if ticket.opened_at <= now:
            until = whole.until(now).since(TicketStatus.CLOSED) or now
            age = (
                until - ticket.opened_at
                if calendar is None
                else calendar.working_time(ticket.opened_at, until)
            )
            stocked.append(StockedTicket(ticket, whole.status_at(now), age))
    return Stock(now, tuple(stocked))


def stock_between(
    tickets: Iterable[StockTicket],
    changes: Iterable[TicketStatusChange],
    *,
    start: datetime,
    end: datetime,
) -> StockFlow:
    """Return how the stock of some tickets changed over [start, end).

    What happens at *start* is in the flow, what happens at *end* is in the next. The stock consists
    of the open and the pending tickets (D-10).

    Raises WorklogError where the end is not after the start, and as `stock_at` does.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     StatusCause, StockTicket, TicketStatus, TicketStatusChange, stock_between)
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> done = TicketStatusChange("T1", at(9), TicketStatus.CLOSED, cause=StatusCause.AGENT)
        >>> both = [StockTicket("T1", at(8)), StockTicket("T2", at(10))]
        >>> flow = stock_between(both, [done], start=at(9), end=at(12))
        >>> flow.opening, flow.came_in, flow.went_out, flow.closing
        (1, 1, 1, 1)
    """
    first, last = require_instant("start", start), require_instant("end", end)
    if not first < last:
        raise WorklogError(
            f"end must be after the start {first.isoformat()}: found {last.isoformat()}. "
            "For the stock at an instant use stock_at.",
            field="end",
            value=end,
        )
    opened = opening = closing = 0
    moves: list[tuple[TicketStatus, TicketStatus]] = []
    for ticket, timeline in _with_timelines(tickets, changes):
        opened += first <= ticket.opened_at < last
        opening += _is_in_stock_before(first, ticket, timeline)
        closing += _is_in_stock_before(last, ticket, timeline)
        statuses = [TicketStatus.OPEN, *(change.status for change in timeline.changes)]
        for change, move in zip(timeline.changes, pairwise(statuses), strict=True):
            if first <= change.at < last:
                moves.append(move)
    return StockFlow(
        start=first,
        end=last,
        opening=opening,
        opened=opened,
        reopened=sum(_leaves(TicketStatus.CLOSED, move) for move in moves),
        closed=sum(_enters(TicketStatus.CLOSED, move) for move in moves),
        deferred=sum(_enters(TicketStatus.PENDING, move) for move in moves),
        closing=closing,
    )


def _leaves(status: TicketStatus, move: tuple[TicketStatus, TicketStatus]) -> bool:
    return move[0] is status and move[1] is not status


def _enters(status: TicketStatus, move: tuple[TicketStatus, TicketStatus]) -> bool:
    return move[0] is not status and move[1] is status


def _with_timelines(
    tickets: Iterable[StockTicket], changes: Iterable[TicketStatusChange]
) -> list[tuple[StockTicket, TicketTimeline]]:
    """Return the tickets by id, each with the course of its status."""
    timelines = ticket_timelines(changes)
    found: list[tuple[StockTicket, TicketTimeline]] = []
    for ticket_id, ticket in sorted(by_ticket_id(tickets, StockTicket).items()):
        timeline = timelines.get(ticket_id, _NO_CHANGES)
        if timeline.changes and timeline.changes[0].at < ticket.opened_at:
            raise WorklogError(
                f"changes of {ticket_id!r} must not be before its opening "
                f"{ticket.opened_at.isoformat()}: found {timeline.changes[0]!r}. "
                "Give the ticket the opening that it had.",
                field="changes",
                value=timeline.changes[0],
            )
        found.append((ticket, timeline))
    return found


def _is_in_stock_before(at: datetime, ticket: StockTicket, timeline: TicketTimeline) -> bool:
    return ticket.opened_at < at and timeline.status_at(at - MICROSECOND) is not TicketStatus.CLOSED


def _count(tickets: Iterable[StockedTicket]) -> StockCount:
    statuses = Counter(stocked.status for stocked in tickets)
    return StockCount(
        open=statuses[TicketStatus.OPEN],
        pending=statuses[TicketStatus.PENDING],
        closed=statuses[TicketStatus.CLOSED],
    )


def _grouped(
    tickets: Iterable[StockedTicket],
    groups_of: Callable[[StockedTicket], Iterable[str | None]],
) -> dict[str | None, StockCount]:
    groups: defaultdict[str | None, list[StockedTicket]] = defaultdict(list)
    for stocked in tickets:
        for group in groups_of(stocked):
            groups[group].append(stocked)
    in_order = sorted(groups, key=lambda group: (group is None, group))
    return {group: _count(groups[group]) for group in in_order}


def _buckets(edges: Iterable[Any]) -> list[AgeBucket]:
    found: list[Any] = list(require_iterable("edges", edges, "timedelta"))
    bounds = [_NOTHING, *found]
    if not all(isinstance(edge, timedelta) for edge in found) or not all(
        lower < upper for lower, upper in pairwise(bounds)
    ):
        raise WorklogError(
            f"edges must be ascending timedeltas above zero: found {describe(found)}. "
            "Pass for example [timedelta(days=1), timedelta(days=7)].",
            field="edges",
            value=edges,
        )
    return [AgeBucket(lower, upper) for lower, upper in zip(bounds, [*found, None], strict=True)]
