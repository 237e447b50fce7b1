"""Which ticket a user had turned to, and in which rank an open ticket shares the time.

Three rules hold in this module:
1. A focus holds from its instant until the next one of that user; of several at one instant the
   highest ticket id stands.
2. Time goes to the lowest rank of which anything is open: the ticket turned to, then those that
   share, then those that share only while none of these is open (AMB-5b).
3. A stretch is cut where its rank changes.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from worklog_core.events.facts import FocusChange
from worklog_core.instants import to_microseconds

__all__ = ["FALLBACK", "FOCUSED", "SHARING", "Focus"]

FOCUSED: Final = -1
SHARING: Final = 0
FALLBACK: Final = 1


class Focus:
    """The tickets that one user turned to, in time order."""

    __slots__ = ("_instants", "_tickets")

    def __init__(self, changes: Iterable[FocusChange], *, as_of: int | None) -> None:
        """Take the user's changes in the order of a history; later ones than *as_of* are unseen."""
        seen = ((to_microseconds(change.at), change.ticket_id) for change in changes)
        turned = {at: ticket_id for at, ticket_id in seen if as_of is None or at <= as_of}
        self._instants = list(turned)
        self._tickets = list(turned.values())

    def turns(self, ticket_id: str, start: int, end: int, rank: int) -> list[tuple[int, int, int]]:
        """Return a stretch of a ticket, cut where the user turns to it or away, with its ranks."""
        place = bisect_right(self._instants, start)
        is_turned_to = place > 0 and self._tickets[place - 1] == ticket_id
        found: list[tuple[int, int, int]] = []
        since = start
        while place < len(self._instants) and self._instants[place] < end:
            if (self._tickets[place] == ticket_id) is not is_turned_to:
                at = self._instants[place]
                found.append((since, at, FOCUSED if is_turned_to else rank))
                since, is_turned_to = at, not is_turned_to
            place += 1
        found.append((since, end, FOCUSED if is_turned_to else rank))
        return found
