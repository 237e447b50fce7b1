"""How often users skip what the autopilot gives them.

Three rules hold in this module (E-44, AMB-11):
1. An offer is skipped if its user skips that ticket before it is offered to them again; how often
   they do so, and what others do with the ticket, does not matter.
2. At one instant the offer came first.
3. A skip that no offer to that user precedes is counted apart: it is no part of the rate.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

import attrs

from worklog_core.errors import WorklogError, describe
from worklog_core.events.history import History
from worklog_core.events.routing import RoutingOffered, RoutingSkipped
from worklog_core.instants import require_instant

__all__ = ["SkipRate", "skip_rates"]


@attrs.frozen(kw_only=True)
class SkipRate:
    """How many offers a user got, how many of them were skipped, and how many skips had no offer.

    `unoffered` counts the skips before any offer of that ticket to that user.
    """

    offered: int = 0
    skipped: int = 0
    unoffered: int = 0

    @property
    def rate(self) -> Fraction | None:
        """The share of the offers that were skipped; None where nothing was offered."""
        return Fraction(self.skipped, self.offered) if self.offered else None


def skip_rates(history: History, *, as_of: datetime | None = None) -> dict[str, SkipRate]:
    """Return the skip rate of every user who was offered or skipped a ticket, by user id (AMB-11).

    *as_of* cuts what happened: later offers and skips are unseen. An offer that nobody skipped yet
    is not skipped. Tickets that are excluded from time tracking count too: they were offered.

    Raises WorklogError for what is no history, NaiveDatetimeError for a naive *as_of*.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import History, RoutingOffered, RoutingSkipped, skip_rates
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> history = History(
        ...     offers=[RoutingOffered("U1", "T1", at(0)), RoutingOffered("U1", "T1", at(30))],
        ...     skips=[RoutingSkipped("U1", "T1", at(1)), RoutingSkipped("U1", "T2", at(5))])
        >>> found = skip_rates(history)["U1"]
        >>> found.offered, found.skipped, found.unoffered, found.rate
        (2, 1, 1, Fraction(1, 2))
    """
    given: Any = history
    if not isinstance(given, History):
        raise WorklogError(
            f"history must be a History: found {describe(given)}. Call skip_rates(History(...)).",
            field="history",
            value=given,
        )
    limit = None if as_of is None else require_instant("as_of", as_of)
    facts = history.settled()
    offers, skips = _instants(facts.offers, limit), _instants(facts.skips, limit)
    found: defaultdict[str, SkipRate] = defaultdict(SkipRate)
    for user_id, ticket_id in sorted(offers.keys() | skips.keys()):
        offered = offers.get((user_id, ticket_id), [])
        # To which offer each skip belongs, counted from 1; 0 is before the first.
        skipped = [bisect_right(offered, at) for at in skips.get((user_id, ticket_id), [])]
        known = found[user_id]
        found[user_id] = SkipRate(
            offered=known.offered + len(offered),
            skipped=known.skipped + len(set(skipped) - {0}),
            unoffered=known.unoffered + skipped.count(0),
        )
    return dict(found)


def _instants(
    events: Iterable[RoutingOffered] | Iterable[RoutingSkipped], limit: datetime | None
) -> Mapping[tuple[str, str], list[datetime]]:
    instants: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for event in events:
        if limit is None or event.at <= limit:
            instants[event.user_id, event.ticket_id].append(event.at)
    return instants
