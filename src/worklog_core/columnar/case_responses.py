"""Response runs and first responses on columns.

The rules are those of `worklog_core.conversations.responses`. Questions, answers and closings of
all cases stand in one course; a run is a maximal stretch of questions in it, and what stands behind
the stretch is what ended the wait.
"""

from typing import Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    first_of_each,
    is_first,
    lengths_of,
    next_places,
    order_with_ties,
    sums,
)
from worklog_core.columnar.case_clocks import NO_REASON, Times, code_of, times_between
from worklog_core.columnar.case_events import CaseEvents
from worklog_core.columnar.case_messages import CaseMessages
from worklog_core.columnar.case_turns import CaseTurns
from worklog_core.columnar.records import NONE_US
from worklog_core.columnar.versions import content_ranks
from worklog_core.conversations.rules import (
    CaseRules,
    FirstResponseFrom,
    OutboundFirstResponse,
)
from worklog_core.events.messages import Direction
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.undetermined import Undetermined

__all__ = [
    "DIRECTIONS",
    "FirstResponses",
    "Openings",
    "ResponseTimes",
    "Runs",
    "case_openings",
    "case_runs",
    "first_from",
    "first_responses",
    "mean_times",
    "response_times",
    "run_times",
]

DIRECTIONS: Final = tuple(Direction)

_IN: Final = DIRECTIONS.index(Direction.IN)
_INTERNAL: Final = DIRECTIONS.index(Direction.INTERNAL)
_QUESTION, _ANSWER, _CLOSING, _PHASES = range(4)


class Runs(NamedTuple):
    """Response runs by case and instant; `answer` is a place among messages, -1 for none."""

    case: Ints
    waiting_since: Ints
    messages: Ints
    answer: Ints
    answered_at: Ints


class Openings(NamedTuple):
    """By case: since when it has been, `NONE_US` where nobody tells, and who began it, else -1."""

    at: Ints
    direction: Ints


class FirstResponses(NamedTuple):
    """By case: the answer, a place among messages or -1, and how long it was waited for."""

    answer: Ints
    times: Times


class ResponseTimes(NamedTuple):
    """By case: its runs counted, and its waits summed up, `NONE_US` where there is no sum."""

    responses: Ints
    unanswered: Ints
    outside_hours: Ints
    total: Times
    net_responses: Ints


def case_runs(messages: CaseMessages, turns: CaseTurns, rules: CaseRules) -> Runs:
    """Return the runs of all cases, answered or not."""
    spoken = np.flatnonzero(messages.asks | messages.is_reply)
    closings = np.flatnonzero(turns.is_closing)
    case = np.append(messages.case[spoken], turns.case[closings])
    at = np.append(messages.at[spoken], turns.at[closings])
    asks = np.append(messages.asks[spoken], np.zeros(len(closings), dtype=np.bool_))
    place = np.append(spoken, np.full(len(closings), -1))
    phase = np.where(asks, _QUESTION, np.where(place < 0, _CLOSING, _ANSWER))
    # Of one instant the question comes first, the answers in their order, the closing last.
    order = order_with_ties(case, _PHASES * at + phase, lambda rows: (place[rows],))
    case, at, asks, place = case[order], at[order], asks[order], place[order]
    count = len(case)
    new_case = is_first(case)
    follows = asks.copy()
    follows[1:] &= asks[:-1] & ~new_case[1:]
    follows[:1] = False
    begins = np.flatnonzero(asks & ~follows)
    ends = first_of_each(case)
    end = np.repeat(np.append(ends, count)[1:], lengths_of(ends, count))[begins]
    over = np.minimum(next_places(~asks)[begins], end)
    answer = np.where(over < end, np.append(place, -1)[over], -1)
    answered_at = np.append(at, NONE_US)[over]
    if rules.longest_response is not None:
        longest = timedelta_to_microseconds(rules.longest_response)
        is_late = (answer >= 0) & (np.where(answer >= 0, answered_at, 0) - at[begins] > longest)
        answer = np.where(is_late, -1, answer)
    answered_at = np.where(answer >= 0, answered_at, NONE_US)
    return Runs(case[begins], at[begins], over - begins, answer, answered_at)


def run_times(runs: Runs, events: CaseEvents) -> Times:
    """Return how long each run waited."""
    reason = np.where(runs.answer >= 0, NO_REASON, code_of(Undetermined.NO_REPLY))
    outside = events.case_rules.outside_hours
    return times_between(events.calendar, runs.waiting_since, runs.answered_at, reason, outside)


def response_times(runs: Runs, times: Times, cases: int) -> ResponseTimes:
    """Return the runs and waits of each case."""
    is_answered, has_net = runs.answer >= 0, times.net != NONE_US
    responses = np.bincount(runs.case[is_answered], minlength=cases)
    net_responses = np.bincount(runs.case[has_net], minlength=cases)
    reason = np.where(responses > 0, NO_REASON, code_of(Undetermined.NO_REPLY))
    # Of a case whose answers all lack a net time each lacks it for one reason.
    net_reason = reason.copy()
    net_reason[runs.case[is_answered]] = times.net_reason[is_answered]
    net_reason = np.where(net_responses > 0, NO_REASON, net_reason)
    total = Times(
        _summed(runs.case[is_answered], times.gross[is_answered], cases),
        _summed(runs.case[has_net], times.net[has_net], cases),
        reason,
        net_reason,
        np.zeros(cases, dtype=np.bool_),
    )
    return ResponseTimes(
        responses,
        np.bincount(runs.case[~is_answered], minlength=cases),
        np.bincount(runs.case[times.is_outside], minlength=cases),
        total,
        net_responses,
    )


def mean_times(waits: ResponseTimes) -> Times:
    """Return the mean waits of each case, half to even at the microsecond."""
    total = waits.total
    return total._replace(
        gross=_mean(total.gross, waits.responses), net=_mean(total.net, waits.net_responses)
    )


def _mean(total: Ints, count: Ints) -> Ints:
    whole, rest = np.divmod(np.where(count > 0, total, 0), np.maximum(count, 1))
    goes_up = (2 * rest > count) | ((2 * rest == count) & (whole % 2 == 1))
    return np.where(count > 0, whole + goes_up, NONE_US)


def _summed(case: Ints, values: Ints, cases: int) -> Ints:
    """Return the sums by case; runs of one case do not overlap, so that no sum is too large."""
    total = np.full(cases, NONE_US, dtype=np.int64)
    first = first_of_each(case)
    total[case[first]] = sums(values, first)
    return total


def case_openings(events: CaseEvents, messages: CaseMessages) -> Openings:
    """Return when each case began, and who began it: told, else by its first public message."""
    count = len(events.cases)
    since, direction = np.full(count, NONE_US, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    is_public = messages.direction != _INTERNAL
    public_case = messages.case[is_public]
    first = first_of_each(public_case)
    since[public_case[first]] = messages.at[is_public][first]
    direction[public_case[first]] = messages.direction[is_public][first]
    told = events.records["openings"]
    order = order_with_ties(
        told["ticket_id"], told["at"], lambda rows: (content_ranks(told.take(rows)),)
    )
    told = told.take(order[first_of_each(told["ticket_id"][order])])
    since[told["ticket_id"]] = told["at"]
    direction[told["ticket_id"]] = told["direction"]
    return Openings(since, direction)


def first_responses(
    events: CaseEvents, messages: CaseMessages, turns: CaseTurns, openings: Openings
) -> FirstResponses:
    """Return the first response of each case (AMB-23)."""
    rules = events.case_rules
    since, reason = openings.at.copy(), np.full(len(openings.at), NO_REASON)
    reason[openings.at == NONE_US] = code_of(Undetermined.NOT_TOLD)
    skipped = np.zeros(len(since), dtype=np.int64)
    is_inbound = openings.direction == _IN
    if rules.first_response_from is FirstResponseFrom.HANDOVER:
        handover = _handovers(messages, turns, len(since))
        since = np.where(is_inbound & (handover != NONE_US), handover, since)
    outbound = np.flatnonzero(~is_inbound & (reason == NO_REASON))
    opened_at = openings.at[outbound]
    if rules.outbound_first_response is OutboundFirstResponse.NONE:
        reason[outbound] = code_of(Undetermined.OUTBOUND)
    elif rules.outbound_first_response is OutboundFirstResponse.FROM_CUSTOMER:
        asked = first_from(messages, messages.asks, outbound, opened_at)
        since[outbound] = np.append(messages.at, NONE_US)[asked]
        reason[outbound[asked < 0]] = code_of(Undetermined.NO_CUSTOMER_MESSAGE)
    else:
        public = first_from(messages, messages.direction != _INTERNAL, outbound, opened_at)
        # Where the service began with an answer, the second one is the first response.
        skipped[outbound] = np.append(messages.is_reply, False)[public]
    waiting = np.flatnonzero(reason == NO_REASON)
    answer = np.full(len(since), -1, dtype=np.int64)
    answer[waiting] = first_from(
        messages, messages.is_reply, waiting, since[waiting], skipped[waiting]
    )
    answered_at = np.append(messages.at, NONE_US)[answer]
    is_told = answer >= 0
    if rules.longest_response is not None:
        longest = timedelta_to_microseconds(rules.longest_response)
        is_told &= np.where(is_told, answered_at, 0) - np.where(is_told, since, 0) <= longest
    no_reply = code_of(Undetermined.NO_REPLY)
    reason = np.where((reason == NO_REASON) & ~is_told, no_reply, reason)
    times = times_between(events.calendar, since, answered_at, reason, rules.outside_hours)
    return FirstResponses(np.where(is_told, answer, -1), times)


def first_from(
    messages: CaseMessages, chosen: Flags, case: Ints, since: Ints, skipped: "Ints | int" = 0
) -> Ints:
    """Return the first chosen message of each case at or after an instant, some skipped, or -1."""
    rows = np.flatnonzero(chosen)
    keys = TimeKeys(int(messages.case.max(initial=0)) + 1, (messages.at[rows],))
    place = np.searchsorted(keys(messages.case[rows], messages.at[rows]), keys(case, since))
    place = np.minimum(place + skipped, len(rows))
    is_own = np.append(messages.case[rows], -1)[place] == case
    return np.where(is_own, np.append(rows, -1)[place], -1)


def _handovers(messages: CaseMessages, turns: CaseTurns, cases: int) -> Ints:
    """Return when each case came from a bot to people, `NONE_US` where it did not.

    It is the last reopening after a machine's closing before any answer.
    """
    first_reply = np.full(cases, np.iinfo(np.int64).max, dtype=np.int64)
    replies = messages.taken(messages.is_reply)
    first = first_of_each(replies.case)
    first_reply[replies.case[first]] = replies.at[first]
    closed_by_machine = np.zeros(len(turns.case), dtype=np.bool_)
    # Turns alternate: what stands before an opening is the closing of that case.
    closed_by_machine[1:] = (turns.is_closing & turns.by_machine)[:-1]
    is_handover = turns.is_reopening & closed_by_machine & (turns.at <= first_reply[turns.case])
    found = np.full(cases, NONE_US, dtype=np.int64)
    # Turns stand in time order: the last one of a case stays.
    found[turns.case[is_handover]] = turns.at[is_handover]
    return found
