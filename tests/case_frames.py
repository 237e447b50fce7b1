"""Cases as frames: the events that they are made of, and what the scalar case log tells of them."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

import attrs
import pyarrow as pa

from history_frames import INSTANT, MAKERS
from oracle_days import us
from worklog_core import (
    CaseEntry,
    CaseLog,
    CaseRules,
    CustomerMessage,
    History,
    MessageSent,
    ResolvedAt,
    Response,
    ResponseRun,
    TicketAssigned,
    TicketEdit,
    TicketMerged,
    TicketOpened,
    TicketStatusChange,
    TicketTransferred,
    WorklogRules,
    build_case_log,
    conversations_of,
)
from worklog_core import response_runs as scalar_runs
from worklog_core.calendars.days import CivilTime

__all__ = [
    "ASSIGNMENT_KINDS",
    "CASE_KINDS",
    "assignments_told",
    "case_frames_of",
    "cases_told",
    "in_case_frames",
    "runs_told",
]

CASE_KINDS: dict[str, Any] = {
    "messages": MessageSent,
    "customer_messages": CustomerMessage,
    "openings": TicketOpened,
    "ticket_statuses": TicketStatusChange,
    "edits": TicketEdit,
    "merges": TicketMerged,
}
ASSIGNMENT_KINDS: dict[str, Any] = CASE_KINDS | {
    "assignments": TicketAssigned,
    "transfers": TicketTransferred,
}
TYPES = {
    "at": INSTANT,
    "known_at": INSTANT,
    "deferred_until": INSTANT,
    "closes": pa.bool_(),
    "is_initial": pa.bool_(),
    "is_hold_capable": pa.bool_(),
}
# What neither a frame nor anything in it tells: it needs screens, forms, assignments or notes.
NAMES = (
    *("case_id", "started_at", "direction", "first_response_at", "first_response_by"),
    *("responses", "unanswered_runs", "responses_outside_hours", "incoming_messages"),
    *("outgoing_messages", "notes", "failed_messages", "status", "times_closed"),
    *("times_reopened", "closed_at", "closed_by_cause", "resolved_at"),
)
TIMES = ("first_response_time", "response_time", "resolution_time")
ASSIGNMENT_NAMES = (
    *("case_id", "assignments", "first_assignee", "last_assignee"),
    *("first_assigned_at", "last_assigned_at"),
)
ASSIGNMENT_TIMES = (
    *("time_to_first_assignment", "first_assignment_to_first_response"),
    *("last_assignment_to_response", "first_assignment_to_close", "last_assignment_to_close"),
)


def in_case_frames(history: History, kinds: Mapping[str, Any] = CASE_KINDS) -> History:
    """Return the events of a history that frames of cases are for."""
    return History(**{name: getattr(history, name) for name in kinds})


def case_frames_of(
    history: History,
    make: Callable[[pa.Table], Any] = MAKERS["pyarrow"],
    kinds: Mapping[str, Any] = CASE_KINDS,
) -> dict[str, Any]:
    """Return the frames of a history, as the arguments of the columnar functions.

    Rows stand in the opposite order to that of a history, which no answer may rest on.
    """
    return {name: make(_table(kind, getattr(history, name)[::-1])) for name, kind in kinds.items()}


def _table(kind: Any, events: Any) -> pa.Table:
    columns = {
        field.name: pa.array(
            [_plain(getattr(event, field.name)) for event in events],
            TYPES.get(field.name, pa.string()),
        )
        for field in attrs.fields(kind)
    }
    return pa.table(columns)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _told(value: Any) -> Any:
    if hasattr(value, "microseconds"):
        return value // type(value).resolution
    return us(value) if hasattr(value, "hour") else _plain(value)


def cases_told(history: History, rules: WorklogRules, case_rules: CaseRules, as_of: Any) -> Any:
    """Return what the scalar case log tells, as the rows of `case_times`."""

    def log_by(resolved_at: ResolvedAt) -> CaseLog:
        choices = attrs.evolve(case_rules, resolved_at=resolved_at)
        return build_case_log(history, rules, as_of=as_of, case_rules=choices)

    logs = {policy: log_by(policy) for policy in ResolvedAt}
    log = logs[case_rules.resolved_at]
    found = []
    for entry in log:
        row = {name: _told(getattr(entry, name)) for name in NAMES}
        for name in TIMES:
            row |= _time_told(entry, name, name)
        for policy, other in logs.items():
            as_called = f"{policy.value}_resolution_time"
            row |= _time_told(other[entry.case_id], "resolution_time", as_called)
        own = [each for each in log.responses if each.ticket_id == entry.case_id]
        nets = [each.net_response_time for each in own if each.net_response_time is not None]
        row["net_responses"] = len(nets)
        row["response_time_sum_us"] = _sum([each.response_time for each in own])
        row["net_response_time_sum_us"] = _sum(nets)
        found.append(row)
    return found


def assignments_told(
    history: History, rules: WorklogRules, case_rules: CaseRules, as_of: Any
) -> Any:
    """Return what the scalar case log tells, as the rows of `assignment_times`."""
    found = []
    for entry in build_case_log(history, rules, as_of=as_of, case_rules=case_rules):
        row = {name: _told(getattr(entry, name)) for name in ASSIGNMENT_NAMES}
        for name in ASSIGNMENT_TIMES:
            row |= _time_told(entry, name, name)
        found.append(row)
    return found


def _sum(durations: list[Any]) -> int | None:
    return sum(map(_told, durations)) if durations else None


def _time_told(entry: CaseEntry, name: str, as_called: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for prefix in ("", "net_"):
        row[f"{prefix}{as_called}_us"] = _told(getattr(entry, f"{prefix}{name}"))
        row[f"{prefix}{as_called}_reason"] = _plain(entry.reasons.get(f"{prefix}{name}"))
    return row


def runs_told(history: History, rules: WorklogRules, case_rules: CaseRules, as_of: Any) -> Any:
    """Return the scalar runs and responses, as the rows of `response_runs`."""
    log = build_case_log(history, rules, as_of=as_of, case_rules=case_rules)
    responses = {
        (each.ticket_id, each.waiting_since, each.answered_at): each for each in log.responses
    }
    civil = CivilTime(rules.time_zone)
    conversations = conversations_of(
        history.settled(),
        day_of=lambda at: civil.day_of(us(at)),
        as_of=as_of,
        merged=case_rules.merged_cases,
        bots=case_rules.bots,
    )
    found = []
    for conversation in conversations.values():
        for run in scalar_runs(conversation, case_rules):
            key: Any = (run.ticket_id, run.waiting_since, run.answered_at)
            found.append(_run_told(run, responses.get(key)))
    return found


def _run_told(run: ResponseRun, response: Response | None) -> dict[str, Any]:
    row = {field.name: _told(getattr(run, field.name)) for field in attrs.fields(ResponseRun)}
    if response is None:
        untold = {"us": None, "reason": "no_reply"}
        times = {f"{p}response_time_{k}": v for p in ("", "net_") for k, v in untold.items()}
        return {**row, **times, "is_outside_hours": None}
    return {
        **row,
        "response_time_us": _told(response.response_time),
        "response_time_reason": None,
        "net_response_time_us": _told(response.net_response_time),
        "net_response_time_reason": _plain(response.reason),
        "is_outside_hours": response.is_outside_hours,
    }
