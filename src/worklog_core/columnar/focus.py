"""Which ticket a user had turned to, in columns: where pieces are cut, and which parts stand alone.

The rules are those of `worklog_core.worklog.focus`. Every stretch in which a user had turned to one
ticket is a span of that pair of user and ticket, so that a piece asks for nothing but its own pair.
"""

from typing import NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    cut,
    is_first,
    order_of,
    place_of,
    spread,
)
from worklog_core.columnar.cells import Pieces
from worklog_core.columnar.records import Records
from worklog_core.instants import LAST_US
from worklog_core.worklog.focus import Focus

__all__ = ["Turned", "cut_at_turns", "turned"]


class Turned(NamedTuple):
    """From when until when users had turned to a ticket, by pair and start; spans do not touch."""

    pair: Ints
    start: Ints
    end: Ints
    changes: Records

    def of_user(self, user: int) -> Focus:
        """Return what one user turned to, as the scalar engine knows it."""
        changes = self.changes.events(np.flatnonzero(self.changes["user_id"] == user))
        return Focus(sorted(changes, key=lambda one: (one.at, one.ticket_id)), as_of=None)


def turned(changes: Records, tickets: int) -> Turned | None:
    """Return what users turned to, of so many tickets; None where nobody turned to any."""
    if not len(changes):
        return None
    user, ticket, at = changes["user_id"], changes["ticket_id"], changes["at"]
    order = np.lexsort((ticket, at, user))
    user, ticket, at = user[order], ticket[order], at[order]
    # Of several at one instant the last stands, and what changes nothing is none.
    stands = np.append(is_first(user, at)[1:], np.True_)
    user, ticket, at = user[stands], ticket[stands], at[stands]
    turns = is_first(user, ticket)
    user, ticket, at = user[turns], ticket[turns], at[turns]
    end = np.full(len(at), LAST_US + 1)
    goes_on = user[1:] == user[:-1]
    end[:-1][goes_on] = at[1:][goes_on]
    pair = user * tickets + ticket
    order = order_of(pair, at)
    return Turned(pair[order], at[order], end[order], changes)


def cut_at_turns(pieces: Pieces, pairs: Ints, spans: Turned) -> tuple[Pieces, Flags]:
    """Return pieces cut where the user turns to their ticket or away, and which parts it is for.

    *pairs* are those that the places in the pieces are among.
    """
    near = slice(*np.searchsorted(spans.pair, [pairs[0], pairs[-1] + 1]))
    place, latest = place_of(pairs, spans.pair[near]), pieces.end.max()
    met = (place >= 0) & (spans.start[near] < latest)
    ends = np.minimum(spans.end[near], latest + 1)
    # Spans of a pair do not touch: behind an odd number of bounds the ticket is turned to.
    bounds = np.column_stack((spans.start[near][met], ends[met])).ravel()
    keys = TimeKeys(len(pairs), (bounds, pieces.start, pieces.end))
    known = keys(np.repeat(place[met], 2), bounds)
    first = np.searchsorted(known, keys(pieces.pair, pieces.start), side="right")
    after = np.searchsorted(known, keys(pieces.pair, pieces.end))
    whose, bound = spread(first, after)
    start, end, piece = cut(pieces.start, pieces.end, whose, bounds[bound])
    parts = Pieces(*(column[piece] for column in pieces))._replace(start=start, end=end)
    behind = np.searchsorted(known, keys(parts.pair, start), side="right")
    return parts, behind % 2 == 1
