"""What was written in each case, in order, on columns.

The rules are those of `Conversation.messages`: what the customer wrote is one message, whichever
kind of event tells it, and at one instant it comes first (AMB-4). What else was written at one
instant stands by message id. Of the customer's own messages at one instant any may come first, for
no figure depends on it.
"""

from typing import Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    distinct,
    order_of,
    order_with_ties,
    place_of,
    rows_of,
    tied_places,
)
from worklog_core.columnar.case_events import CaseEvents
from worklog_core.columnar.records import Records
from worklog_core.columnar.versions import content_ranks, rows_once, sortable
from worklog_core.columnar.words import Words, in_order
from worklog_core.events.messages import Direction, SenderKind

__all__ = ["CaseMessages", "case_messages"]

_IN: Final = list(Direction).index(Direction.IN)
_OUT: Final = list(Direction).index(Direction.OUT)
_HUMAN: Final = list(SenderKind).index(SenderKind.HUMAN)
_CUSTOMER: Final = list(SenderKind).index(SenderKind.CUSTOMER)


class CaseMessages(NamedTuple):
    """Messages by case and instant.

    `opens_epoch` says that the customer wrote, `asks` that the customer waits for an answer to it,
    `is_reply` that a person answered. `message_id` and `sender_id` are codes of a reply.
    """

    case: Ints
    at: Ints
    direction: Ints
    is_failed: Flags
    opens_epoch: Flags
    asks: Flags
    is_reply: Flags
    message_id: Ints
    sender_id: Ints

    def taken(self, rows: "Ints | Flags") -> "CaseMessages":
        """Return some of the messages."""
        return CaseMessages(*rows_of(self, rows))


def case_messages(events: CaseEvents) -> CaseMessages:
    """Return the messages of all cases, notes among them."""
    sent, sent_case = _once(events.records["messages"], events.case_of["messages"])
    told, told_case = _once(
        events.records["customer_messages"], events.case_of["customer_messages"]
    )
    opens_epoch = (sent["direction"] == _IN) & (sent["sender"] == _CUSTOMER)
    is_new = ~_are_told(
        (told, told_case), (sent.take(opens_epoch), sent_case[opens_epoch]), len(events.cases)
    )
    told_at, told_case = told["at"][is_new], told_case[is_new]
    senders = sent.words.get("sender_id", Words.of(()))
    is_bot = senders.among(events.case_rules.bots)
    is_reply = (
        (sent["direction"] == _OUT)
        & (sent["sender"] == _HUMAN)
        & (sent["failure"] < 0)
        & ~is_bot[sent["sender_id"]]
    )
    more = len(told_at)
    yes, no = np.ones(more, dtype=np.bool_), np.zeros(more, dtype=np.bool_)
    none = np.full(more, -1, dtype=np.int64)
    every = CaseMessages(
        np.append(sent_case, told_case),
        np.append(sent["at"], told_at),
        np.append(sent["direction"], np.full(more, _IN)),
        np.append(sent["failure"] >= 0, no),
        np.append(opens_epoch, yes),
        np.append(opens_epoch & ~_opts_out(sent, events.case_rules.opt_out_words), yes),
        np.append(is_reply, no),
        np.append(sent["message_id"], none),
        np.append(sent["sender_id"], none),
    )
    is_answer = every.direction != _IN

    def told_apart(rows: Ints) -> tuple[Ints, Ints]:
        ids, contents = np.zeros((2, len(rows)), dtype=np.int64)
        others = is_answer[rows]
        tied = sent.take(rows[others])
        ids[others] = sortable(tied, "message_id")
        contents[others] = content_ranks(tied)
        return ids, contents

    # One instant is two: that of the customer's messages, and that of all others.
    order = order_with_ties(every.case, 2 * every.at + is_answer, told_apart)
    return every.taken(order)


def _once(records: Records, case: Ints) -> tuple[Records, Ints]:
    """Return every message once, however often it was given, and their cases."""
    ticket, at = records["ticket_id"], records["at"]
    order = order_of(ticket, at)
    tied = order[tied_places(ticket[order], at[order])]
    kept = np.ones(len(records), dtype=np.bool_)
    kept[tied] = False
    kept[tied[rows_once(records.take(tied))]] = True
    return (records, case) if kept.all() else (records.take(kept), case[kept])


def _are_told(told: tuple[Records, Ints], asked: tuple[Records, Ints], cases: int) -> Flags:
    """Return which messages of the customer are among those that a messenger tells, too."""
    (own, own_case), (others, other_case) = told, asked
    keys = TimeKeys(cases, (own["at"], others["at"]))
    moments = distinct(keys(other_case, others["at"]))
    moment = place_of(moments, keys(own_case, own["at"]))
    is_told = moment >= 0
    if not is_told.any():
        return is_told
    (ids, other_ids), words = in_order(
        (
            (own["conversation_id"], own.words["conversation_id"]),
            (others["message_id"], others.words["message_id"]),
        )
    )
    other_moment = place_of(moments, keys(other_case, others["at"]))
    known = distinct(other_moment * len(words) + other_ids)
    is_told &= place_of(known, moment * len(words) + ids) >= 0
    return is_told


def _opts_out(messages: Records, opt_out_words: tuple[str, ...]) -> Flags:
    """Return which messages say no more than a word that waits for no answer."""
    if not opt_out_words:
        return np.zeros(len(messages), dtype=np.bool_)
    words = {word.casefold() for word in opt_out_words}
    says = [text.strip().casefold() in words for text in messages.texts("text")]
    return np.array([*says, False])[messages["text"]]
