"""When each case was closed and opened again, on columns.

The rules are those of `worklog_core.conversations.lifecycle` (AMB-7): a ticket with status changes
is judged by them, any other by its edits and by what the customer wrote. Which closing follows on
which reopening is found by pointers: each closing edit knows what would open the case again after
it, and what would close it again after that; from the first of a case on the pointers are followed
in doubled steps.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    first_of_each,
    is_first,
    lengths_of,
    next_places,
    numbered,
    order_with_ties,
    rows_of,
)
from worklog_core.columnar.case_events import CaseEvents
from worklog_core.columnar.case_messages import CaseMessages
from worklog_core.columnar.days import LocalDays
from worklog_core.columnar.records import ACTIONS, Records
from worklog_core.columnar.versions import content_ranks, sortable
from worklog_core.events.actions import Action
from worklog_core.events.facts import StatusCause, TicketStatus

__all__ = ["CAUSES", "STATUSES", "CaseTurns", "case_turns"]

CAUSES: Final = tuple(StatusCause)
STATUSES: Final = tuple(TicketStatus)

_AGENT: Final = CAUSES.index(StatusCause.AGENT)
_CUSTOMER: Final = CAUSES.index(StatusCause.CUSTOMER)
_DUE_DATE: Final = CAUSES.index(StatusCause.DUE_DATE)
_API: Final = CAUSES.index(StatusCause.API)
_CLOSED: Final = STATUSES.index(TicketStatus.CLOSED)
_PENDING: Final = STATUSES.index(TicketStatus.PENDING)
_STATUS_ACTION: Final = ACTIONS.index(Action.STATUS)
_AUTO: Final = ACTIONS.index(Action.AUTO_PROCESS)
# The order in which a history keeps actions: by what they are exported as.
_ACTION_RANKS: Final = np.array(
    [*(sorted(a.value for a in ACTIONS).index(action.value) for action in ACTIONS), -1]
)


class CaseTurns(NamedTuple):
    """Closings and openings by case and instant, alternating; the first of a case is a closing.

    `waiting_since` is when the wait began that a closing ended, else its own instant.
    """

    case: Ints
    at: Ints
    is_closing: Flags
    cause: Ints
    by_machine: Flags
    waiting_since: Ints

    @property
    def is_reopening(self) -> Flags:
        """Which turns are openings by somebody; a wake-up by the due date is none (D-06)."""
        found: Flags = ~self.is_closing & (self.cause != _DUE_DATE)
        return found

    def taken(self, rows: "Ints | Flags") -> "CaseTurns":
        """Return some of the turns."""
        return CaseTurns(*rows_of(self, rows))


def case_turns(events: CaseEvents, messages: CaseMessages) -> tuple[CaseTurns, Ints]:
    """Return the turns of all cases, and the last status of each that has one, else -1."""
    changes = _one_at_an_instant(events.records["ticket_statuses"])
    last_status = np.full(len(events.cases), -1, dtype=np.int64)
    # Changes stand in time order: the last one of a case stays.
    last_status[changes["ticket_id"]] = changes["status"]
    parts = (
        _turns_of_statuses(changes, events.is_bot),
        _turns_of_edits(events, messages, last_status < 0),
    )
    columns: Any = zip(*parts, strict=True)
    every = CaseTurns(*map(np.concatenate, columns))
    return every.taken(np.argsort(every.case, kind="stable")), last_status


def _one_at_an_instant(changes: Records) -> Records:
    """Return the changes in the order of ticket and instant; of several at once the last word."""

    def ranks(rows: Ints) -> tuple[Ints, ...]:
        tied = changes.take(rows)
        told = sortable(tied, "event_id"), tied["status"], content_ranks(tied)
        return tied.learnt_at(), *told

    ticket, at = changes["ticket_id"], changes["at"]
    order = order_with_ties(ticket, at, ranks)
    is_last = np.ones(len(order), dtype=np.bool_)
    is_last[:-1] = is_first(ticket[order], at[order])[1:]
    return changes.take(order[is_last])


def _turns_of_statuses(changes: Records, is_bot: Flags) -> CaseTurns:
    case, at, status = changes["ticket_id"], changes["at"], changes["status"]
    cause, user = changes["cause"], changes["user_id"]
    follows = ~is_first(case)
    is_closed, is_pending = status == _CLOSED, status == _PENDING
    was_closed, was_pending = np.zeros((2, len(case)), dtype=np.bool_)
    was_closed[1:] = is_closed[:-1]
    was_pending[1:] = is_pending[:-1]
    was_closed &= follows
    was_pending &= follows
    places = np.arange(len(case), dtype=np.int64)
    begun = np.maximum.accumulate(np.where(is_pending & ~was_pending, places, 0))
    since = np.where(was_pending, at[np.append(0, begun)[:-1]], at)
    unnamed = (user < 0) & ((cause == _API) | (cause == _DUE_DATE))
    turned = is_closed != was_closed
    turns = CaseTurns(case, at, is_closed, cause, unnamed | is_bot[user], since)
    return turns.taken(turned)


class _Course(NamedTuple):
    """What the customer wrote and what was done of tickets without statuses, in order.

    `desk` tells user and local day apart; `edit` is the row of an edit, -1 for a message.
    """

    case: Ints
    at: Ints
    edit: Ints
    desk: Ints
    closes: Flags


def _turns_of_edits(events: CaseEvents, messages: CaseMessages, is_judged: Flags) -> CaseTurns:
    edits = events.records["edits"]
    action, closes = edits["action"], edits["closes"]
    is_closing = (closes > 0) | ((closes < 0) & (action >= 0) & (action != _STATUS_ACTION))
    # Only what is closed at some time has turns.
    can_turn = np.zeros(len(is_judged), dtype=np.bool_)
    can_turn[edits["ticket_id"][is_closing]] = True
    can_turn &= is_judged
    made = ((action >= 0) | is_closing) & can_turn[edits["ticket_id"]]
    asked = messages.opens_epoch & can_turn[messages.case]
    edits, is_closing = edits.take(made), is_closing[made]
    course = _course(events, edits, is_closing, (messages.case[asked], messages.at[asked]))
    return _turns_in(course, edits, events.is_bot)


def _course(
    events: CaseEvents, edits: Records, is_closing: Flags, asked: tuple[Ints, Ints]
) -> _Course:
    """Return messages and edits in order: of one instant the message first (AMB-4)."""
    asked_case, asked_at = asked
    none = np.zeros(0, dtype=np.int64)
    days = LocalDays(events.rules.time_zone, [edits["at"]], (none, none))
    day = days.index_of(edits["at"])
    desk = edits["user_id"] * (len(days.starts) + 1) + day
    count, more = len(edits), len(asked_at)
    course = _Course(
        np.append(edits["ticket_id"], asked_case),
        np.append(edits["at"], asked_at),
        np.append(np.arange(count, dtype=np.int64), np.full(more, -1)),
        np.append(desk, np.full(more, -1)),
        np.append(is_closing, np.zeros(more, dtype=np.bool_)),
    )

    def told_apart(rows: Ints) -> tuple[Ints, ...]:
        columns = np.zeros((3, len(rows)), dtype=np.int64)
        tied = rows < count
        own = rows[tied]
        columns[0, tied] = edits["user_id"][own]
        columns[1, tied] = _ACTION_RANKS[edits["action"][own]]
        columns[2, tied] = edits["closes"][own]
        return tuple(columns)

    # One instant is two: that of the messages, and that of the edits.
    moment = 2 * course.at + (course.edit >= 0)
    order = order_with_ties(course.case, moment, told_apart)
    return _Course(*rows_of(course, order))


def _turns_in(course: _Course, edits: Records, is_bot: Flags) -> CaseTurns:
    closing = np.flatnonzero(course.closes)
    opener, following = _pointers(course, closing)
    reached = _followed(is_first(course.case[closing]), following)
    closing, opener = closing[reached], opener[reached]
    opener = opener[opener < len(course.at)]
    place = np.append(closing, opener)
    order = np.argsort(place)
    place, is_closing = place[order], (np.arange(len(place)) < len(closing))[order]
    edit = course.edit[place]
    by_ai = is_closing & (np.append(edits["action"], -1)[edit] == _AUTO)
    by_customer = edit < 0
    cause = np.where(by_ai, _API, np.where(by_customer, _CUSTOMER, _AGENT))
    by_machine = by_ai | is_bot[np.append(edits["user_id"], -1)[edit]]
    at = course.at[place]
    return CaseTurns(course.case[place], at, is_closing, cause, by_machine, at)


def _pointers(course: _Course, closing: Ints) -> tuple[Ints, Ints]:
    """Return what opens a case again after each closing, and which closing is the next after that.

    A message of the customer does, and an edit that does not close, of another user or day: either
    at a later instant. Where there is none, it is the end.
    """
    count = len(course.at)
    instants = first_of_each(course.case, course.at)
    after = np.repeat(np.append(instants, count)[1:], lengths_of(instants, count))[closing]
    ends = first_of_each(course.case)
    end = np.repeat(np.append(ends, count)[1:], lengths_of(ends, count))[closing]
    is_message = course.edit < 0
    is_work = ~is_message & ~course.closes
    work = np.flatnonzero(is_work)
    # The next work at another desk, for each place at which there is work.
    desks = first_of_each(course.case[work], course.desk[work])
    elsewhere = np.full(count + 1, count, dtype=np.int64)
    elsewhere[work] = np.repeat(np.append(work[desks], count)[1:], lengths_of(desks, len(work)))
    worked = next_places(is_work)[after]
    is_same_desk = np.append(course.desk, -1)[worked] == course.desk[closing]
    worked = np.where(is_same_desk, elsewhere[worked], worked)
    opener = np.minimum(next_places(is_message)[after], worked)
    opener = np.where(opener < end, opener, count)
    again = next_places(course.closes)[opener]
    number = numbered(course.closes)
    following = np.where(again < end, np.append(number, len(closing))[again], len(closing))
    return opener, following


def _followed(first: Flags, following: Ints) -> Flags:
    """Return what is reached from some places by going on to what follows; the end is none."""
    reached, step = np.append(first, False), np.append(following, len(following))
    while True:
        found = reached.copy()
        found[step[reached]] = True
        found[-1] = False
        if np.array_equal(found, reached):
            return reached[:-1]
        reached, step = found, step[step]
