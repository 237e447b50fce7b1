"""The contact inside a case: its hold, its wrap-up, its scores, and its handle time by the wall.

Three rules hold in this module (AMB-13, AMB-13b):
1. Hold is the union of the hold intervals, clipped to the case: to its opening and to the closing
   that its status changes tell. One without an end lasts until the contact ends or the case is
   closed, else until the evaluation.
2. A wrap-up runs from the end of a contact to the first form that is finished after it and before
   the next contact ends. It is wall time and is never added to divided shares.
3. Without a hold event hold is 0 where the opening says that the contact could be held, else None.
"""

from datetime import datetime
from typing import Any, Final

import attrs

from worklog_core.conversations.conversation import Conversation
from worklog_core.conversations.told import Told, or_not_told
from worklog_core.events.contact import HoldStarted
from worklog_core.instants import LAST_US, from_microseconds
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.undetermined import Undetermined

__all__ = ["ContactTimes", "contact_of", "contact_times"]

_LAST: Final = from_microseconds(LAST_US)


@attrs.frozen
class ContactTimes:
    """When a contact was on hold and when it was wrapped up; `is_held` while a hold has no end."""

    holds: IntervalSet
    wrap_ups: IntervalSet
    is_held: bool


def contact_times(conversation: Conversation, *, as_of: datetime | None) -> ContactTimes:
    """Return the holds and the wrap-ups of a conversation."""
    holds: list[Interval] = []
    is_held = False
    limit = _end_of_case(conversation)
    for start, told_end in _holds(conversation):
        end = told_end or _end_of_contact(conversation, start) or as_of
        is_held = is_held or (end is None and start < limit)
        until = limit if end is None else min(end, limit)
        if start < until:
            holds.append(Interval(start, until))
    return ContactTimes(IntervalSet(holds), _wrap_ups(conversation), is_held)


def _holds(conversation: Conversation) -> list[tuple[datetime, datetime | None]]:
    """Return the start and the told end of each hold; an end without a user ends all of them."""
    marks = [*conversation.of("hold_starts"), *conversation.of("hold_ends")]
    opened_at = conversation.opened_at
    found: list[tuple[datetime, datetime | None]] = []
    since: dict[str | None, datetime] = {}
    for at in sorted({mark.at for mark in marks}):
        at_once = [mark for mark in marks if mark.at == at]
        started = {mark.user_id for mark in at_once if isinstance(mark, HoldStarted)}
        ended = {mark.user_id for mark in at_once if not isinstance(mark, HoldStarted)}
        # A hold that is ended and begun at one instant goes on; one begun and ended is none.
        over = [u for u in since if (u in ended or None in ended) and u not in started]
        found += [(since.pop(user_id), at) for user_id in over]
        for user_id in started:
            if user_id not in ended and None not in ended:
                since.setdefault(user_id, at)
    found += [(start, None) for start in since.values()]
    if opened_at is None:
        return found
    return [(max(start, opened_at), end) for start, end in found]


def _end_of_case(conversation: Conversation) -> datetime:
    # An edit that closes is made while the contact goes on; only a status says that it is over.
    closing = conversation.closing if conversation.statuses.changes else None
    return _LAST if closing is None else closing.at


def _end_of_contact(conversation: Conversation, start: datetime) -> datetime | None:
    ends = [event.at for event in conversation.of("contact_ends")]
    ends += [turn.at for turn in conversation.turns if turn.is_closing]
    return min((at for at in ends if at >= start), default=None)


def _wrap_ups(conversation: Conversation) -> IntervalSet:
    ends = sorted({event.at for event in conversation.of("contact_ends")})
    forms = [event.at for event in conversation.of("wrap_ups")]
    found: list[Interval] = []
    for number, end in enumerate(ends):
        following = ends[number + 1] if number + 1 < len(ends) else _LAST
        finished = next((at for at in forms if end <= at < following), None)
        if finished is not None and end < finished:
            found.append(Interval(end, finished))
    return IntervalSet(found)


def contact_of(conversation: Conversation, times: ContactTimes) -> Told:
    """Return what is told of the contact of a conversation (K-15, K-16, K-20, K-21, P-K1)."""
    recordings = tuple(event.link for event in conversation.of("recordings"))
    forms = [word.form_id for word in conversation.of("wrap_ups") if word.form_id is not None]
    return {
        "hold": _hold(conversation, times),
        "wrap_up": _wrap_up(conversation, times),
        "wrap_up_form_id": or_not_told(forms[-1] if forms else None),
        "connect_handle_time": _connect_handle_time(conversation, times),
        "recordings": recordings,
        **_score(conversation, "sentiments", "sentiment"),
        **_score(conversation, "satisfactions", "csat"),
    }


def _hold(conversation: Conversation, times: ContactTimes) -> Any:
    if times.is_held:
        return Undetermined.STILL_ON_HOLD
    is_told = conversation.of("hold_starts") or conversation.of("hold_ends")
    opening = conversation.opening
    if not is_told and (opening is None or not opening.is_hold_capable):
        return Undetermined.NOT_TOLD
    return times.holds.duration


def _wrap_up(conversation: Conversation, times: ContactTimes) -> Any:
    if times.wrap_ups:
        return times.wrap_ups.duration
    ends = {event.at for event in conversation.of("contact_ends")}
    # A form that is finished as the contact ends is a wrap-up of no time.
    is_at_once = any(event.at in ends for event in conversation.of("wrap_ups"))
    return times.wrap_ups.duration if is_at_once else Undetermined.NO_WRAP_UP


def _connect_handle_time(conversation: Conversation, times: ContactTimes) -> Any:
    """Return Amazon Connect's handle time: interaction, hold and after-contact work, by the wall.

    The interaction begins with the first assignment to a person. After the end of a contact it goes
    on with the next assignment or reopening before the next end, or at once where none is told.
    """
    ends = sorted({event.at for event in conversation.of("contact_ends")})
    assigned = [each.at for each in conversation.assignments if each.user_id is not None]
    if not assigned:
        return Undetermined.NEVER_ASSIGNED
    first = assigned[0]
    if not ends or ends[-1] < first:
        return Undetermined.NOT_TOLD
    if isinstance(_wrap_up(conversation, times), Undetermined):
        return Undetermined.NO_WRAP_UP
    begun = [*assigned, *(turn.at for turn in conversation.turns if not turn.is_closing)]
    talked: list[Interval] = []
    since = first
    for end in (at for at in ends if at >= first):
        start = min((at for at in begun if since <= at <= end), default=since)
        if start < end:
            talked.append(Interval(start, end))
        since = end
    after = IntervalSet(
        Interval(max(w.start, first), w.end) for w in times.wrap_ups if w.end > first
    )
    return (IntervalSet(talked) | after).duration


def _score(conversation: Conversation, kind: str, name: str) -> Told:
    scored = conversation.of(kind)
    if not scored:
        reason = Undetermined.NOT_TOLD
        return {f"{name}_score": reason, f"{name}_out_of": reason}
    return {
        f"{name}_score": scored[-1].score,
        f"{name}_out_of": or_not_told(scored[-1].out_of),
    }
