"""The epochs of tickets in columns: since which customer message an instant stands.

The rules are those of `worklog_core.worklog.cells.Epochs`. An epoch is known by the place of its
message among the messages of all tickets, in the order of ticket and instant; -1 is before any. A
key is what epochs belong to: a ticket, or where a user keeps sessions whole a pair of user and
ticket.
"""

from typing import Final

import numpy as np

from worklog_core.columnar.arrays import (
    Ints,
    TimeKeys,
    first_of_each,
    order_of,
    places_within,
    spread,
)
from worklog_core.columnar.presence import Screens
from worklog_core.columnar.records import Records

__all__ = ["Epochs", "messages_in_order"]


def messages_in_order(messages: Records) -> Records:
    """Return the messages that open epochs, in the order of ticket and instant.

    Of several at one instant it is the one with the highest conversation id.
    """
    ticket, at = messages["ticket_id"], messages["at"]
    order = order_of(ticket, at)
    first = first_of_each(ticket[order], at[order])
    if len(first) < len(order):
        conversation = messages.words["conversation_id"].ranks()[messages["conversation_id"]]
        order = np.lexsort((messages["is_initial"], conversation, at, ticket))
        first = first_of_each(ticket[order], at[order])
        last = np.append(first[1:], len(order)) - 1
        order = order[last]
    return messages.take(order)


class Epochs:
    """When epochs open, for each of some keys."""

    __slots__ = ("_first", "message", "opened")

    def __init__(self, key: Ints, opened: Ints, message: Ints, *, key_count: int) -> None:
        """Take the openings in the order of key and instant; of several at one instant the last."""
        is_last = np.ones(len(key), dtype=np.bool_)
        is_last[:-1] = (key[1:] != key[:-1]) | (opened[1:] != opened[:-1])
        key = key[is_last]
        self.opened: Final = opened[is_last]
        self.message: Final = message[is_last]
        self._first: Final = np.searchsorted(key, np.arange(key_count + 1))

    def place_at(self, key: Ints, at: Ints) -> Ints:
        """Return the place of the epoch that holds an instant, -1 before any of its key."""
        first = self._first[key]
        ranges = first, self._first[key + 1]
        place = places_within(self.opened, ranges, at, after=True) - 1
        return np.where(place >= first, place, -1)

    def openings(self, key: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return when epochs open strictly inside of stretches, beside the stretch of each."""
        last = self._first[key + 1]
        first = places_within(self.opened, (self._first[key], last), start, after=True)
        after = places_within(self.opened, (first, last), end, after=False)
        whose, place = spread(first, after)
        return whose, self.opened[place]

    def kept_whole(self, pairs: Ints, tickets: Ints, screens: Screens) -> "Epochs":
        """Return the epochs of pairs of user and ticket that keep their sessions whole.

        *self* is by ticket; *tickets* are those of the distinct *pairs*, which stand in order, and
        *screens* have places in them for pairs. A message strictly inside of a session opens its
        epoch just after that session's end.
        """
        pair, epoch = spread(self._first[tickets], self._first[tickets + 1])
        at = self.opened[epoch]
        keys = TimeKeys(len(pairs), (screens.start,))
        starts = keys(screens.pair, screens.start)
        before = np.searchsorted(starts, keys(pair, at)) - 1
        first = np.searchsorted(screens.pair, np.arange(len(pairs)))
        is_inside = before >= first[pair]
        end = np.append(screens.end, 0)[before]
        delayed = np.where(is_inside & (at < end), end + 1, at)
        order = np.lexsort((epoch, delayed, pair))
        pair, epoch, delayed = pair[order], epoch[order], delayed[order]
        # An epoch that opens after a later one has opened opens nothing.
        highest = np.maximum.accumulate(pair * (len(self.opened) + 1) + epoch)
        is_new = np.ones(len(pair), dtype=np.bool_)
        is_new[1:] = highest[1:] > highest[:-1]
        return Epochs(
            pair[is_new], delayed[is_new], self.message[epoch[is_new]], key_count=len(pairs)
        )
