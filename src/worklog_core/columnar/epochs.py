"""The epochs of tickets in columns: since which customer message an instant stands.

The rules are those of `worklog_core.worklog.cells.Epochs`. An epoch is known by the place of its
message among the messages of all tickets, in the order of ticket and instant; -1 is before any. A
key is what epochs belong to: a ticket, or where a user keeps sessions whole a pair of user and
ticket.
"""

from typing import Final

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    first_of_each,
    order_of,
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

    __slots__ = ("_first", "_key", "_keys", "_searched", "key_count", "message", "opened")

    def __init__(self, key: Ints, opened: Ints, message: Ints, *, key_count: int) -> None:
        """Take the openings in the order of key and instant; of several at one instant the last."""
        is_last = np.ones(len(key), dtype=np.bool_)
        is_last[:-1] = (key[1:] != key[:-1]) | (opened[1:] != opened[:-1])
        self._key = key[is_last]
        self.opened: Final = opened[is_last]
        self.message: Final = message[is_last]
        self.key_count: Final = key_count
        self._keys: Final = TimeKeys(key_count, (self.opened,))
        self._searched: Final = self._keys(self._key, self.opened)
        self._first: Final = np.searchsorted(self._key, np.arange(key_count + 1))

    def has_any(self, key: Ints) -> Flags:
        """Return which of some keys have epochs."""
        return (self._first[1:] > self._first[:-1])[key]

    def place_at(self, key: Ints, at: Ints) -> Ints:
        """Return the place of the epoch that holds an instant, -1 before any of its key."""
        place = np.full(len(key), -1, dtype=np.int64)
        asked = np.flatnonzero(self.has_any(key))
        keys = key[asked]
        found = np.searchsorted(self._searched, self._keys(keys, at[asked]), side="right") - 1
        place[asked] = np.where(found >= self._first[keys], found, -1)
        return place

    def openings(self, key: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return when epochs open strictly inside of stretches, beside the stretch of each."""
        asked = np.flatnonzero(self.has_any(key))
        keys = key[asked]
        first = np.searchsorted(self._searched, self._keys(keys, start[asked]), side="right")
        after = np.searchsorted(self._searched, self._keys(keys, end[asked]), side="left")
        whose, place = spread(first, np.maximum(first, after))
        return asked[whose], self.opened[place]

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
