"""The assignments of cases of frames, and the times from and to them, as columns.

The rules are those of `worklog_core.conversations.assignments`: persons are assignees, what an
assignment and a transfer tell at once is one, and the answer to the last assignment is the first of
that assignee.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    distinct,
    first_of_each,
    is_first,
    numbered,
    order_with_ties,
    place_of,
    tied_places,
)
from worklog_core.columnar.case_clocks import NO_REASON, Times, code_of, times_between
from worklog_core.columnar.case_events import CASE_ARGUMENTS, CaseEvents, case_events, case_frames
from worklog_core.columnar.case_messages import CaseMessages, case_messages
from worklog_core.columnar.case_resolutions import resolutions
from worklog_core.columnar.case_responses import case_openings, first_from
from worklog_core.columnar.case_turns import case_turns
from worklog_core.columnar.frames import Column, Instants, Numbers, Texts
from worklog_core.columnar.records import NONE_US
from worklog_core.columnar.versions import content_ranks
from worklog_core.columnar.words import Words, in_order
from worklog_core.conversations.rules import CaseRules
from worklog_core.events.routing import AssigneeKind
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.rules import WorklogRules

__all__ = ["assignment_times"]

_HUMAN: Final = list(AssigneeKind).index(AssigneeKind.HUMAN)
_NO_COLUMNS: Final[Mapping[str, Any]] = {}


def assignment_times(  # noqa: PLR0913  # one for each kind of event
    *,
    messages: Any,
    assignments: Any,
    transfers: Any = None,
    customer_messages: Any = None,
    openings: Any = None,
    ticket_statuses: Any = None,
    edits: Any = None,
    merges: Any = None,
    rules: WorklogRules,
    case_rules: CaseRules | None = None,
    as_of: datetime | None = None,
    columns: Mapping[str, Any] = _NO_COLUMNS,
) -> Any:
    """Return who was assigned to each case and when, as a frame of the kind of *messages*.

    It takes what `case_times` takes, and frames with the fields of `TicketAssigned` and
    `TicketTransferred`. There is one row for every ticket that any event names, sorted by id, with
    the fields of `CaseEntry` (P-R2): case_id, assignments, first_assignee, last_assignee,
    first_assigned_at and last_assigned_at, and, gross and net with their reasons,
    time_to_first_assignment, first_assignment_to_first_response, last_assignment_to_response,
    first_assignment_to_close and last_assignment_to_close. Of a case that was never a person's each
    is missing for the reason `never_assigned`.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from worklog_core import WorklogRules
        >>> from worklog_core.columnar import assignment_times
        >>> def at(minute): return datetime(2026, 3, 2, 10, minute, tzinfo=UTC)
        >>> sent = pa.table({"ticket_id": ["T1", "T1"], "at": [at(0), at(7)],
        ...                  "message_id": ["M1", "M2"], "direction": ["in", "out"],
        ...                  "sender": ["contact", "user"], "sender_id": ["K1", "U1"]})
        >>> given = pa.table({"ticket_id": ["T1"], "at": [at(2)], "assignee_id": ["U1"]})
        >>> rules = WorklogRules(time_zone=UTC)
        >>> times = assignment_times(messages=sent, assignments=given, rules=rules)
        >>> times["first_assignment_to_first_response_us"].to_pylist()
        [300000000]
    """
    of_cases = (messages, customer_messages, openings, ticket_statuses, edits, merges)
    given = {"assignments": assignments, "transfers": transfers}
    frames: Any = case_frames(
        dict(zip(CASE_ARGUMENTS, of_cases, strict=True)) | given,
        required=("messages", "assignments"),
    )
    events = case_events(frames, rules, case_rules, as_of, columns)
    return frames["messages"].written(_columns(events))


class _Assignments(NamedTuple):
    """Assignments to persons, by case and instant."""

    case: Ints
    at: Ints
    user: Ints


class _Ends(NamedTuple):
    """By case: how many there are, the first and the last; `NONE_US` and -1 where none is."""

    assignments: Ints
    first_at: Ints
    first_user: Ints
    last_at: Ints
    last_user: Ints


def _columns(events: CaseEvents) -> dict[str, Column]:
    messages = case_messages(events)
    assignments, sender, users = _assignments(events, messages)
    ends = _ends(assignments, len(events.cases))
    columns: dict[str, Column] = {
        "case_id": Texts(np.arange(len(events.cases), dtype=np.int64), events.cases),
        "assignments": Numbers(ends.assignments, np.zeros(len(events.cases), dtype=np.bool_)),
        "first_assignee": Texts(ends.first_user, users),
        "last_assignee": Texts(ends.last_user, users),
        "first_assigned_at": Instants(ends.first_at),
        "last_assigned_at": Instants(ends.last_at),
    }
    turns, _ = case_turns(events, messages)
    opened = case_openings(events, messages)
    closed_at = resolutions(events, turns, opened, events.case_rules.resolved_at).closed_at
    answered = _answered(messages, messages.is_reply, ends.first_at)
    is_by_last = messages.is_reply & (sender >= 0) & (sender == ends.last_user[messages.case])
    answered_by_last = _answered(messages, is_by_last, ends.last_at)
    times = {
        "time_to_first_assignment": (opened.at, ends.first_at, Undetermined.NOT_TOLD),
        "first_assignment_to_first_response": (ends.first_at, answered, Undetermined.NO_REPLY),
        "last_assignment_to_response": (ends.last_at, answered_by_last, Undetermined.NO_REPLY),
        "first_assignment_to_close": (ends.first_at, closed_at, Undetermined.NOT_CLOSED),
        "last_assignment_to_close": (ends.last_at, closed_at, Undetermined.NOT_CLOSED),
    }
    for name, (since, until, reason) in times.items():
        columns |= _times(events, since, until, reason, ends.assignments).columns(name)
    return columns


def _ends(assignments: _Assignments, cases: int) -> _Ends:
    case, at, user = assignments
    is_last = np.ones(len(case), dtype=np.bool_)
    is_last[:-1] = is_first(case)[1:]
    ends: list[Ints] = []
    for rows in (first_of_each(case), np.flatnonzero(is_last)):
        instants, users = np.full(cases, NONE_US, np.int64), np.full(cases, -1, np.int64)
        instants[case[rows]], users[case[rows]] = at[rows], user[rows]
        ends += [instants, users]
    return _Ends(np.bincount(case, minlength=cases), *ends)


def _answered(messages: CaseMessages, chosen: Flags, since: Ints) -> Ints:
    """Return when the first of chosen messages followed on an instant of each case, if any."""
    asked = np.flatnonzero(since != NONE_US)
    place = np.full(len(since), -1, dtype=np.int64)
    place[asked] = first_from(messages, chosen, asked, since[asked])
    return np.append(messages.at, NONE_US)[place]


def _times(
    events: CaseEvents, since: Ints, until: Ints, untold: Undetermined, counts: Ints
) -> Times:
    """Return times between instants that may be missing, or in the wrong order."""
    is_told = (since != NONE_US) & (until != NONE_US) & (until >= since)
    never = code_of(Undetermined.NEVER_ASSIGNED)
    reason = np.where(is_told, NO_REASON, np.where(counts > 0, code_of(untold), never))
    return times_between(events.calendar, since, until, reason)


def _assignments(events: CaseEvents, messages: CaseMessages) -> tuple[_Assignments, Ints, Words]:
    """Return the assignments to persons, and who sent each reply, as places among the users."""
    given, moved = events.records["assignments"], events.records["transfers"]
    none = Words.of(())
    senders = events.records["messages"].words.get("sender_id", none)
    # Of all who wrote only who answered is looked for: of customers there are many.
    sender = np.where(messages.is_reply, messages.sender_id, -1)
    used = distinct(sender[sender >= 0])
    (assignee, moved_to, sender), users = in_order(
        (
            (given["assignee_id"], given.words.get("assignee_id", none)),
            (moved["to_user_id"], moved.words.get("to_user_id", none)),
            (place_of(used, sender), senders.taken(used)),
        )
    )
    is_bot = users.among(events.case_rules.bots)
    is_person = (assignee >= 0) & (given["assignee_kind"] == _HUMAN) & ~is_bot[assignee]
    given, assignee = given.take(is_person), assignee[is_person]
    is_person = (moved_to >= 0) & ~is_bot[moved_to]
    moved, moved_to = moved.take(is_person), moved_to[is_person]
    case = np.append(given["ticket_id"], moved["ticket_id"])
    at = np.append(given["at"], moved["at"])
    user = np.append(assignee, moved_to)
    count = len(given)

    def told_apart(rows: Ints) -> tuple[Ints, Ints]:
        is_moved = rows >= count
        ranks = np.empty(len(rows), dtype=np.int64)
        ranks[~is_moved] = content_ranks(given.take(rows[~is_moved]))
        ranks[is_moved] = content_ranks(moved.take(rows[is_moved] - count))
        return is_moved.astype(np.int64), ranks

    order = order_with_ties(case, at, told_apart)
    every = _Assignments(case[order], at[order], user[order])
    # What a transfer tells once more, of a user and an instant, is told.
    tied = tied_places(every.case, every.at)
    instant = numbered(is_first(every.case, every.at))[tied]
    tied_user = every.user[tied]
    by_user = np.lexsort((tied, tied_user, instant))
    again = ~is_first(instant[by_user], tied_user[by_user]) & (order[tied[by_user]] >= count)
    kept = np.ones(len(order), dtype=np.bool_)
    kept[tied[by_user[again]]] = False
    return _Assignments(every.case[kept], every.at[kept], every.user[kept]), sender, users
