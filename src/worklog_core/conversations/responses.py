"""Response runs and first responses: how long a customer waited for a person's answer.

Four rules hold in this module:
1. A run is a maximal stretch of customer messages that nobody answered in between; the wait is from
   its first message to the next answer of a person. A second answer in a row starts no run.
2. Machines neither answer nor split a run (AMB-23, P-R5), nor do notes, broadcasts and messages
   that failed. A closing ends a run and yet is no answer to it.
3. The first response and the average response time are two things (AMB-18).
4. Where question and answer lie in one closed stretch the net time is 0, or it is left out, as
   `outside_hours` says; how many there are is told.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from worklog_core.conversations.conversation import Conversation
from worklog_core.conversations.rules import (
    CaseRules,
    FirstResponseFrom,
    OutboundFirstResponse,
    OutsideHours,
)
from worklog_core.conversations.told import Clocks, Told, mean_of
from worklog_core.events.messages import Direction, MessageSent
from worklog_core.undetermined import Undetermined

__all__ = ["Response", "ResponseRun", "first_response_of", "response_runs", "responses_of"]

_NOTHING: Final = timedelta()
_DEFAULT: Final = CaseRules()


@attrs.frozen(kw_only=True)
class ResponseRun:
    """A maximal run of customer messages, from *waiting_since* on, and what answered it.

    `answered_at`, `responder_id` and `message_id` are None where no person answered before the case
    was closed, or not in time.
    """

    ticket_id: str
    waiting_since: datetime
    messages: int
    answered_at: datetime | None = None
    responder_id: str | None = None
    message_id: str | None = None


@attrs.frozen(kw_only=True)
class Response:
    """A person's answer to a run of customer messages.

    `response_time` is gross, `net_response_time` by the calendar; the latter is None without one,
    and where it is left out as outside the hours: `reason` says which.
    """

    ticket_id: str
    waiting_since: datetime
    answered_at: datetime
    responder_id: str | None
    message_id: str
    response_time: timedelta
    net_response_time: timedelta | None
    is_outside_hours: bool
    reason: Undetermined | None


def response_runs(
    conversation: Conversation, rules: CaseRules = _DEFAULT
) -> tuple[ResponseRun, ...]:
    """Return the response runs of a conversation in time order, answered or not.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     CustomerMessage, Direction, History, MessageSent, SenderKind, WorklogRules,
        ...     build_case_log)
        >>> def at(minute): return datetime(2026, 3, 2, 10, minute, tzinfo=UTC)
        >>> answer = MessageSent("T1", at(7), "M3", direction=Direction.OUT,
        ...                      sender=SenderKind.HUMAN, sender_id="U1")
        >>> history = History(messages=[answer], customer_messages=[
        ...     CustomerMessage("T1", at(0), "M1"), CustomerMessage("T1", at(5), "M2")])
        >>> log = build_case_log(history, WorklogRules(time_zone=UTC))
        >>> [str(response.response_time) for response in log.responses]
        ['0:07:00']
    """
    runs: list[ResponseRun] = []
    waiting: list[datetime] = []
    for at, message in _exchange(conversation, rules):
        if message is not None and message.opens_epoch:
            waiting.append(at)
        elif waiting:
            runs.append(_ended(conversation.ticket_id, waiting, message, rules.longest_response))
            waiting = []
    if waiting:
        runs.append(_ended(conversation.ticket_id, waiting, None, None))
    return tuple(runs)


def _exchange(
    conversation: Conversation, rules: CaseRules
) -> Iterator[tuple[datetime, MessageSent | None]]:
    """Yield questions, answers and, as None, closings in time order."""
    closings: list[tuple[datetime, MessageSent | None]] = [
        (turn.at, None) for turn in conversation.turns if turn.is_closing
    ]
    said = [
        (message.at, message)
        for message in conversation.messages
        if conversation.is_reply(message) or _asks(message, rules)
    ]
    # The sort is stable: messages stand in their order, and a closing after those of its instant.
    yield from sorted([*said, *closings], key=lambda entry: (entry[0], entry[1] is None))


def _asks(message: MessageSent, rules: CaseRules) -> bool:
    if not message.opens_epoch:
        return False
    word = (message.text or "").strip().casefold()
    return word not in {opt_out.casefold() for opt_out in rules.opt_out_words}


def _ended(
    ticket_id: str, waiting: list[datetime], answer: MessageSent | None, longest: timedelta | None
) -> ResponseRun:
    run = ResponseRun(ticket_id=ticket_id, waiting_since=waiting[0], messages=len(waiting))
    if answer is None or (longest is not None and answer.at - waiting[0] > longest):
        return run
    return attrs.evolve(
        run,
        answered_at=answer.at,
        responder_id=answer.sender_id,
        message_id=answer.message_id,
    )


def _answer(run: ResponseRun, rules: CaseRules, clocks: Clocks) -> Response | None:
    if run.answered_at is None:
        return None
    since, until = run.waiting_since, run.answered_at
    net, is_outside = _net(since, until, rules, clocks)
    reason = net if isinstance(net, Undetermined) else None
    return Response(
        ticket_id=run.ticket_id,
        waiting_since=since,
        answered_at=until,
        responder_id=run.responder_id,
        message_id=run.message_id or "",
        response_time=until - since,
        net_response_time=None if isinstance(net, Undetermined) else net,
        is_outside_hours=is_outside,
        reason=reason,
    )


def _net(
    since: datetime, until: datetime, rules: CaseRules, clocks: Clocks
) -> tuple[timedelta | Undetermined, bool]:
    """Return the net time, and whether all of it lay outside the hours."""
    net = clocks.net(since, until)
    is_outside = net == _NOTHING and until > since
    if is_outside and rules.outside_hours is OutsideHours.SKIP:
        net = Undetermined.OUTSIDE_HOURS
    return net, is_outside


def first_response_of(
    conversation: Conversation, rules: CaseRules = _DEFAULT
) -> tuple[datetime, MessageSent] | Undetermined:
    """Return since when the first response was waited for, and the answer (AMB-23)."""
    opened_at = conversation.opened_at
    if opened_at is None:
        return Undetermined.NOT_TOLD
    since: datetime | Undetermined = _handover(conversation, rules) or opened_at
    replies: Iterable[MessageSent] = conversation.replies
    if conversation.direction is not Direction.IN:
        since, replies = _outbound(conversation, opened_at, rules)
    if isinstance(since, Undetermined):
        return since
    answer = next((reply for reply in replies if reply.at >= since), None)
    is_late = (
        answer is not None
        and rules.longest_response is not None
        and answer.at - since > rules.longest_response
    )
    return Undetermined.NO_REPLY if answer is None or is_late else (since, answer)


def _outbound(
    conversation: Conversation, opened_at: datetime, rules: CaseRules
) -> tuple[datetime | Undetermined, tuple[MessageSent, ...]]:
    """Return the first instant of the wait in a case that the service began, and the answers."""
    replies = conversation.replies
    if rules.outbound_first_response is OutboundFirstResponse.NONE:
        return Undetermined.OUTBOUND, replies
    later = [message for message in conversation.messages if message.at >= opened_at]
    if rules.outbound_first_response is OutboundFirstResponse.FROM_CUSTOMER:
        asked = next((message.at for message in later if _asks(message, rules)), None)
        return asked or Undetermined.NO_CUSTOMER_MESSAGE, replies
    first = next((message for message in later if message.is_public), None)
    began = first is not None and conversation.is_reply(first)
    answers = tuple(reply for reply in replies if reply.at >= opened_at)
    return opened_at, answers[1:] if began else answers


def _handover(conversation: Conversation, rules: CaseRules) -> datetime | None:
    """Return when a bot's closed case came to people: its last reopening before any answer."""
    if rules.first_response_from is FirstResponseFrom.OPENED:
        return None
    first_reply = min((reply.at for reply in conversation.replies), default=None)
    found: datetime | None = None
    was_closed_by_machine = False
    for turn in conversation.turns:
        is_early = first_reply is None or turn.at <= first_reply
        if turn.is_reopening and was_closed_by_machine and is_early:
            found = turn.at
        was_closed_by_machine = turn.is_closing and turn.by_machine
    return found


def responses_of(
    conversation: Conversation, rules: CaseRules, clocks: Clocks
) -> tuple[Told, tuple[Response, ...]]:
    """Return what is told of a conversation's messages and waits, and its answers."""
    runs = response_runs(conversation, rules)
    answers = tuple(a for a in (_answer(run, rules, clocks) for run in runs) if a is not None)
    nets = [answer.net_response_time for answer in answers]
    net_reason = next((a.reason for a in answers if a.reason), Undetermined.NO_REPLY)
    told: Told = {
        **_first(conversation, rules, clocks),
        **_counts(conversation),
        "response_time": _mean_or(
            Undetermined.NO_REPLY, [answer.response_time for answer in answers]
        ),
        "net_response_time": _mean_or(net_reason, [net for net in nets if net is not None]),
        "responses": len(answers),
        "unanswered_runs": len(runs) - len(answers),
        "responses_outside_hours": sum(answer.is_outside_hours for answer in answers),
    }
    return told, answers


def _mean_or(reason: Undetermined, durations: list[timedelta]) -> timedelta | Undetermined:
    mean = mean_of(durations)
    return reason if mean is None else mean


def _first(conversation: Conversation, rules: CaseRules, clocks: Clocks) -> Told:
    first = first_response_of(conversation, rules)
    if isinstance(first, Undetermined):
        return {
            "first_response_at": first,
            "first_response_by": first,
            **clocks.untold("first_response_time", first),
        }
    since, answer = first
    return {
        "first_response_at": answer.at,
        "first_response_by": answer.sender_id or Undetermined.NOT_TOLD,
        "first_response_time": answer.at - since,
        "net_first_response_time": _net(since, answer.at, rules, clocks)[0],
    }


def _counts(conversation: Conversation) -> dict[str, Any]:
    delivered = [message for message in conversation.messages if message.failure is None]
    ways = [message.direction for message in delivered]
    return {
        "incoming_messages": ways.count(Direction.IN),
        "outgoing_messages": ways.count(Direction.OUT),
        "notes": ways.count(Direction.INTERNAL),
        "failed_messages": len(conversation.messages) - len(delivered),
    }
