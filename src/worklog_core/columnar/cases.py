"""The times of cases of frames: first responses, response runs and resolutions, as columns.

The answers are those of the scalar `worklog_core.build_case_log` to the microsecond, for any kind
of frame and at any size. What needs screens, assignments, holds or forms is not in the columns.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np

from worklog_core.columnar.arrays import Ints
from worklog_core.columnar.case_events import (
    CASE_ARGUMENTS,
    CaseEvents,
    case_events,
    case_frames,
)
from worklog_core.columnar.case_messages import CaseMessages, case_messages
from worklog_core.columnar.case_resolutions import resolutions, statuses_of
from worklog_core.columnar.case_responses import (
    DIRECTIONS,
    Openings,
    ResponseTimes,
    case_openings,
    case_runs,
    first_responses,
    mean_times,
    response_times,
    run_times,
)
from worklog_core.columnar.case_turns import CAUSES, STATUSES, CaseTurns, case_turns
from worklog_core.columnar.frames import Column, Instants, Numbers, Texts, Truths
from worklog_core.columnar.records import NONE_US
from worklog_core.columnar.words import Words
from worklog_core.conversations.rules import CaseRules, ResolvedAt
from worklog_core.events.messages import Direction
from worklog_core.worklog.rules import WorklogRules

__all__ = ["case_times", "response_runs"]

_NO_COLUMNS: Final[Mapping[str, Any]] = {}
_DIRECTIONS: Final = Words.of(direction.value for direction in DIRECTIONS)
_STATUSES: Final = Words.of(status.value for status in STATUSES)
_CAUSES: Final = Words.of(cause.value for cause in CAUSES)


def case_times(  # noqa: PLR0913  # one for each kind of event
    *,
    messages: Any,
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
    """Return how long customers of each case waited, as a frame of the kind of *messages*.

    Frames are those of `build_worklog`, with the fields of `MessageSent`, `CustomerMessage`,
    `TicketOpened`, `TicketStatusChange`, `TicketEdit` and `TicketMerged` as columns and choices by
    their export names; *columns* maps a field to the name that you have for it. There is one row
    for every ticket that any event names, sorted by id, and its columns go by the fields of
    `CaseEntry`: a time under its name with `_us` behind it, in whole microseconds, `net_` before it
    where the calendar counts, and beside each `_reason`, which says why it is missing.

    `response_time_us` is the mean over the answered runs, half to even; `response_time_sum_us` and
    `responses` are what it is made of, and `net_responses` counts the runs that have a net time, so
    that means of groups of cases are exact. `resolution_time_us` is by `case_rules.resolved_at`;
    the resolutions by the first and by the last closing stand beside it. `started_at` is missing
    where no event tells it; `first_response_at`, `closed_at` and `resolved_at` are missing with
    the time that ends there.

    The calendar is that of *case_rules*, else of the SLA policy of *rules*. *as_of* cuts event time
    (AMB-24). A case is closed by status changes, or without any by edits, whose days *rules* tell.

    Raises WorklogError for what is no frame or a lazy one, for a column that is missing, naive or
    of the wrong type, and for whatever the events and the calendar refuse.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from worklog_core import WorklogRules
        >>> from worklog_core.columnar import case_times
        >>> def at(minute): return datetime(2026, 3, 2, 10, minute, tzinfo=UTC)
        >>> messages = pa.table({
        ...     "ticket_id": ["T1", "T1", "T1"], "at": [at(0), at(5), at(7)],
        ...     "message_id": ["M1", "M2", "M3"], "direction": ["in", "in", "out"],
        ...     "sender": ["contact", "contact", "user"]})
        >>> cases = case_times(messages=messages, rules=WorklogRules(time_zone=UTC))
        >>> cases.select(["case_id", "first_response_time_us"]).to_pylist()
        [{'case_id': 'T1', 'first_response_time_us': 420000000}]
        >>> cases["resolution_time_reason"].to_pylist()
        ['not_closed']
    """
    given = (messages, customer_messages, openings, ticket_statuses, edits, merges)
    frames: Any = case_frames(dict(zip(CASE_ARGUMENTS, given, strict=True)))
    events = case_events(frames, rules, case_rules, as_of, columns)
    return frames["messages"].written(_case_columns(events))


def response_runs(  # noqa: PLR0913  # one for each kind of event
    *,
    messages: Any,
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
    """Return the response runs of all cases, answered or not, as a frame like that of *messages*.

    It takes what `case_times` takes. A row is a maximal run of customer messages that nobody
    answered in between (AMB-18), under the fields of `ResponseRun` and `Response`: ticket_id,
    waiting_since, messages, answered_at, responder_id, message_id, response_time_us and
    net_response_time_us with their reasons, and is_outside_hours. What follows on waiting_since is
    missing, for the reason `no_reply`, where no person answered before the closing, or not in time.
    Rows are sorted by ticket and instant.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from worklog_core import WorklogRules
        >>> from worklog_core.columnar import response_runs
        >>> def at(minute): return datetime(2026, 3, 2, 10, minute, tzinfo=UTC)
        >>> asked = pa.table({"ticket_id": ["T1", "T1"], "at": [at(0), at(5)],
        ...                   "conversation_id": ["M1", "M2"]})
        >>> sent = pa.table({"ticket_id": ["T1"], "at": [at(7)], "message_id": ["M3"],
        ...                  "direction": ["out"], "sender": ["user"], "sender_id": ["U1"]})
        >>> runs = response_runs(messages=sent, customer_messages=asked,
        ...                      rules=WorklogRules(time_zone=UTC))
        >>> runs.select(["ticket_id", "messages", "response_time_us"]).to_pylist()
        [{'ticket_id': 'T1', 'messages': 2, 'response_time_us': 420000000}]
    """
    given = (messages, customer_messages, openings, ticket_statuses, edits, merges)
    frames: Any = case_frames(dict(zip(CASE_ARGUMENTS, given, strict=True)))
    events = case_events(frames, rules, case_rules, as_of, columns)
    return frames["messages"].written(_run_columns(events))


def _run_columns(events: CaseEvents) -> dict[str, Column]:
    messages = case_messages(events)
    turns, _ = case_turns(events, messages)
    runs = case_runs(messages, turns, events.case_rules)
    times = run_times(runs, events)
    is_outside = np.where(runs.answer >= 0, times.is_outside, -1)
    ids = events.records["messages"].words.get("message_id", Words.of(()))
    return {
        "ticket_id": Texts(runs.case, events.cases),
        "waiting_since": Instants(runs.waiting_since),
        "messages": _counted(runs.messages),
        "answered_at": Instants(runs.answered_at),
        "responder_id": _sender_of(events, messages, runs.answer),
        "message_id": Texts(np.append(messages.message_id, -1)[runs.answer], ids),
        **times.columns("response_time"),
        "is_outside_hours": Truths(is_outside),
    }


def _case_columns(events: CaseEvents) -> dict[str, Column]:
    messages = case_messages(events)
    turns, last_status = case_turns(events, messages)
    openings = case_openings(events, messages)
    first = first_responses(events, messages, turns, openings)
    runs = case_runs(messages, turns, events.case_rules)
    waits = response_times(runs, run_times(runs, events), len(events.cases))
    numbers = np.arange(len(events.cases), dtype=np.int64)
    return {
        "case_id": Texts(numbers, events.cases),
        "started_at": Instants(openings.at),
        "direction": Texts(openings.direction, _DIRECTIONS),
        "first_response_at": Instants(np.append(messages.at, NONE_US)[first.answer]),
        "first_response_by": _sender_of(events, messages, first.answer),
        **first.times.columns("first_response_time"),
        **_of_responses(waits),
        **_of_messages(messages, len(numbers)),
        "status": Texts(statuses_of(last_status, turns), _STATUSES),
        "times_closed": _counted(np.bincount(turns.case[turns.is_closing], minlength=len(numbers))),
        "times_reopened": _counted(
            np.bincount(turns.case[turns.is_reopening], minlength=len(numbers))
        ),
        **_of_resolutions(events, turns, openings),
    }


def _sender_of(events: CaseEvents, messages: CaseMessages, answer: Ints) -> Texts:
    words = events.records["messages"].words.get("sender_id", Words.of(()))
    return Texts(np.append(messages.sender_id, -1)[answer], words)


def _counted(counts: Ints) -> Numbers:
    return Numbers(counts, np.zeros(len(counts), dtype=np.bool_))


def _of_messages(messages: CaseMessages, cases: int) -> dict[str, Column]:
    ways = {
        "incoming_messages": Direction.IN,
        "outgoing_messages": Direction.OUT,
        "notes": Direction.INTERNAL,
    }
    counted = {
        name: ~messages.is_failed & (messages.direction == DIRECTIONS.index(way))
        for name, way in ways.items()
    }
    counted["failed_messages"] = messages.is_failed
    return {
        name: _counted(np.bincount(messages.case[rows], minlength=cases))
        for name, rows in counted.items()
    }


def _of_responses(waits: ResponseTimes) -> dict[str, Column]:
    total = waits.total
    return {
        "responses": _counted(waits.responses),
        "unanswered_runs": _counted(waits.unanswered),
        "responses_outside_hours": _counted(waits.outside_hours),
        "net_responses": _counted(waits.net_responses),
        "response_time_sum_us": Numbers(total.gross, total.gross == NONE_US),
        "net_response_time_sum_us": Numbers(total.net, total.net == NONE_US),
        **mean_times(waits).columns("response_time"),
    }


def _of_resolutions(events: CaseEvents, turns: CaseTurns, openings: Openings) -> dict[str, Column]:
    by_policy = {
        policy: resolutions(events, turns, openings, policy)
        for policy in (ResolvedAt.FIRST_CLOSE, ResolvedAt.LAST_CLOSE)
    }
    found = by_policy[events.case_rules.resolved_at]
    return {
        "closed_at": Instants(found.closed_at),
        "closed_by_cause": Texts(found.cause, _CAUSES),
        "resolved_at": Instants(found.resolved_at),
        **found.times.columns("resolution_time"),
        **by_policy[ResolvedAt.FIRST_CLOSE].times.columns("first_close_resolution_time"),
        **by_policy[ResolvedAt.LAST_CLOSE].times.columns("last_close_resolution_time"),
    }
