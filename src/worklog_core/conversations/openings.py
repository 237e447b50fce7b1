"""How a case began and what it is: its contact, its channel, its queue, and who was first.

Three rules hold in this module:
1. The contact is whom somebody corrected it to, else the opening's, else whom it was recognised as,
   else who wrote first. The queue is the last that was named, the channel the first.
2. A contact is new if no case of it began before (AMB-19); of several that begin at one instant
   each is new.
3. Labels are those that the contact has at the evaluation (K-04).
"""

from collections.abc import Mapping
from datetime import datetime

import attrs

from worklog_core.conversations.conversation import Conversation
from worklog_core.conversations.entries import ContactType
from worklog_core.conversations.told import Told, or_not_told
from worklog_core.events.history import History

__all__ = ["Contacts", "contacts_of", "opening_of"]


@attrs.frozen
class Contacts:
    """The contact of each case, the labels of contacts, and when the first case of each began."""

    of_case: Mapping[str, str | None]
    labels: Mapping[str, tuple[str, ...]]
    first_openings: Mapping[str, datetime]


def contacts_of(
    conversations: Mapping[str, Conversation], history: History, *, as_of: datetime | None
) -> Contacts:
    """Return the contacts of all cases."""
    of_case = {case: _contact_of(conversation) for case, conversation in conversations.items()}
    first: dict[str, datetime] = {}
    for case, contact in of_case.items():
        opened_at = conversations[case].opened_at
        if contact is not None and opened_at is not None:
            first[contact] = min(first.get(contact, opened_at), opened_at)
    labels = {
        word.contact_id: word.labels
        for word in sorted(history.contact_labels, key=lambda word: word.at)
        if as_of is None or word.at <= as_of
    }
    return Contacts(of_case, labels, first)


def _contact_of(conversation: Conversation) -> str | None:
    corrections = conversation.of("customer_corrections")
    if corrections:
        corrected: str | None = corrections[-1].customer_id
        return corrected
    told = [] if conversation.opening is None else [conversation.opening.contact_id]
    told += [word.customer_id for word in reversed(conversation.of("customer_detections"))]
    told += [message.sender_id for message in conversation.messages if message.opens_epoch]
    return next((contact for contact in told if contact is not None), None)


def opening_of(conversation: Conversation, contacts: Contacts) -> Told:
    """Return what is told of the opening of a case (K-02 to K-06, K-10, K-11)."""
    opening, opened_at = conversation.opening, conversation.opened_at
    contact = contacts.of_case[conversation.ticket_id]
    contact_type = None
    if contact is not None and opened_at is not None:
        is_new = opened_at == contacts.first_openings[contact]
        contact_type = ContactType.NEW if is_new else ContactType.RETURNING
    merges = conversation.of("merges")
    return {
        "case_id": conversation.ticket_id,
        "contact_id": or_not_told(contact),
        "contact_labels": () if contact is None else contacts.labels.get(contact, ()),
        "contact_type": or_not_told(contact_type),
        "channel": or_not_told(_channel_of(conversation)),
        "queue": or_not_told(_queue_of(conversation)),
        "direction": or_not_told(conversation.direction),
        "opened_by": or_not_told(opening and opening.opened_by),
        "opened_by_user": or_not_told(opening and opening.user_id),
        "started_at": or_not_told(opened_at),
        "merged_into": or_not_told(merges[-1].into_ticket_id if merges else None),
    }


def _channel_of(conversation: Conversation) -> str | None:
    told = [] if conversation.opening is None else [conversation.opening.channel]
    told += [message.channel for message in conversation.messages]
    return next((channel for channel in told if channel is not None), None)


def _queue_of(conversation: Conversation) -> str | None:
    opening = conversation.opening
    words = [] if opening is None or opening.queue is None else [(opening.at, opening.queue)]
    words += [(word.at, word.queue) for word in conversation.of("queues")]
    words += [(word.at, word.to_queue) for word in conversation.of("transfers") if word.to_queue]
    return max(enumerate(words), key=lambda word: (word[1][0], word[0]))[1][1] if words else None
