"""Into which ticket each merged one went at last, on columns.

The rules are those of `worklog_core.conversations.homes_of`: the last word about a ticket holds,
and tickets that were merged in a circle go into the one whose id sorts first.
"""

import numpy as np

from worklog_core.columnar.arrays import Ints, is_first, order_with_ties
from worklog_core.columnar.records import Records
from worklog_core.columnar.versions import content_ranks

__all__ = ["check_merges", "homes_of"]


def check_merges(merges: Records) -> None:
    """Refuse, by the event's own door, the first ticket that is merged into itself."""
    for row in np.flatnonzero(merges["ticket_id"] == merges["into_ticket_id"])[:1]:
        merges.event(int(row))


def homes_of(merges: Records, tickets: int) -> Ints:
    """Return for every ticket where it went at last; itself where it was never merged."""
    into = np.arange(tickets, dtype=np.int64)
    ticket, at = merges["ticket_id"], merges["at"]
    order = order_with_ties(ticket, at, lambda rows: (content_ranks(merges.take(rows)),))
    is_last = np.ones(len(order), dtype=np.bool_)
    is_last[:-1] = is_first(ticket[order])[1:]
    last = order[is_last]
    into[ticket[last]] = merges["into_ticket_id"][last]
    # Ways are doubled until none is longer: what still moves then is a circle, gone round in full.
    lowest = np.minimum(np.arange(tickets), into)
    for _ in range(len(last).bit_length()):
        lowest = np.minimum(lowest, lowest[into])
        into = into[into]
    return lowest[into]
