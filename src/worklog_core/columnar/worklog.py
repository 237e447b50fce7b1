"""Worklogs of frames: rows with handling times, and the ledger behind them, as columns.

The answers are those of the scalar `worklog_core.build_worklog` to the microsecond, on any kind of
frame and at any size. Work goes by buckets of users.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import Ints, order_of
from worklog_core.columnar.days import LocalDays
from worklog_core.columnar.desk_work import Bucket, Given, work_through
from worklog_core.columnar.epochs import Epochs, messages_in_order
from worklog_core.columnar.frames import (
    Column,
    Dates,
    Frame,
    Instants,
    Numbers,
    Texts,
    frame_of,
)
from worklog_core.columnar.reading import read_records, with_common_ids
from worklog_core.columnar.records import ACTIONS, NONE_US, Records
from worklog_core.columnar.statuses import timelines
from worklog_core.columnar.versions import settled
from worklog_core.columnar.words import Words
from worklog_core.errors import WorklogError, describe
from worklog_core.events.actions import Action
from worklog_core.instants import require_instant, to_microseconds
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.ledger import LABELS
from worklog_core.worklog.rules import WorklogRules

__all__ = ["build_ledger", "build_worklog"]

Progress = Callable[[int, int], object]

_BUCKET: Final = 200_000
_AUTO: Final = ACTIONS.index(Action.AUTO_PROCESS)
_REASONS: Final = (Undetermined.DARK_PROCESSING.value, Undetermined.NO_SESSION.value)


def build_worklog(
    *,
    sessions: Any = None,
    heartbeats: Any = None,
    edits: Any,
    customer_messages: Any = None,
    user_statuses: Any = None,
    status_reposts: Any = None,
    exclusions: Any = None,
    rules: WorklogRules,
    as_of: datetime | None = None,
    columns: Mapping[str, Any] = {},
    on_progress: Progress | None = None,
) -> Any:
    """Return the rows of the worklog of frames of events, as a frame of the kind of *edits*.
    """
    work = _work(
        {
            "sessions": sessions,
            "heartbeats": heartbeats,
            "edits": edits,
            "customer_messages": customer_messages,
            "user_statuses": user_statuses,
            "status_reposts": status_reposts,
            "exclusions": exclusions,
        },
        rules,
        as_of,
        columns,
    )
    return work.frame.written(_rows(work, on_progress))


def build_ledger(
    *,
    sessions: Any = None,
    heartbeats: Any = None,
    edits: Any,
    customer_messages: Any = None,
    user_statuses: Any = None,
    status_reposts: Any = None,
    exclusions: Any = None,
    rules: WorklogRules,
    as_of: datetime | None = None,
    columns: Mapping[str, Any] = {},
    on_progress: Progress | None = None,
) -> Any:
    """Return the ledger's lines of frames of events, as a frame of the kind of *edits*."""
    work = _work(
        {
            "sessions": sessions,
            "heartbeats": heartbeats,
            "edits": edits,
            "customer_messages": customer_messages,
            "user_statuses": user_statuses,
            "status_reposts": status_reposts,
            "exclusions": exclusions,
        },
        rules,
        as_of,
        columns,
    )
    return work.frame.written(_lines(work, on_progress))


class _Work(NamedTuple):
    frame: Frame
    records: dict[str, Records]
    messages: Records
    given: Given


def _work(
    frames: Mapping[str, Any], rules: Any, as_of: datetime | None, columns: Mapping[str, Any]
) -> _Work:
    if not isinstance(rules, WorklogRules):
        raise WorklogError(
            f"rules must be a WorklogRules: found {describe(rules)}. "
            "Pass WorklogRules(time_zone=...).",
            field="rules",
            value=rules,
        )
    limit = None if as_of is None else to_microseconds(require_instant("as_of", as_of))
    opened = {
        name: None if given is None and name != "edits" else frame_of(name, given)
        for name, given in frames.items()
    }
    records = {name: settled(one) for name, one in read_records(opened, columns).items()}
    records, users, tickets = with_common_ids(records)
    if limit is not None:
        records = {name: _seen(one, limit) for name, one in records.items()}
    messages = messages_in_order(records["customer_messages"])
    is_excluded = np.zeros(len(tickets), dtype=np.bool_)
    is_excluded[records["exclusions"]["ticket_id"]] = True
    given = Given(
        rules,
        limit,
        users,
        tickets,
        _days(records, rules, limit),
        Epochs(
            messages["ticket_id"],
            messages["at"],
            np.arange(len(messages)),
            key_count=len(tickets),
        ),
        timelines(
            records["user_statuses"],
            records["status_reposts"],
            rules,
            as_of=limit,
            count=len(users),
        ),
        is_excluded,
    )
    edits_frame = opened["edits"]
    assert edits_frame is not None
    return _Work(edits_frame, records, messages, given)


def _seen(records: Records, limit: int) -> Records:
    """Return what happened by an instant; a session that starts at it is not seen."""
    if "at" in records:
        return records.take(records["at"] <= limit)
    return records.take(records["start"] < limit)


def _days(records: Mapping[str, Records], rules: WorklogRules, limit: int | None) -> LocalDays:
    sessions, reposts = records["sessions"], records["status_reposts"]
    instants = [records["heartbeats"]["at"], records["edits"]["at"]]
    del reposts
    end = sessions["end"] if limit is None else np.minimum(sessions["end"], limit)
    return LocalDays(rules.time_zone, instants, (sessions["start"], end))


def _buckets(work: _Work, on_progress: Progress | None) -> Iterator[Bucket]:
    """Yield the buckets in the order of users; tell of each user that is done."""
    names = ("sessions", "heartbeats", "edits", "status_reposts")
    count = len(work.given.users)
    load = np.zeros(count, dtype=np.int64)
    for name in names:
        load += np.bincount(work.records[name]["user_id"], minlength=count)
    bucket_of = np.cumsum(load) // _BUCKET
    bounds = np.append(np.flatnonzero(np.diff(bucket_of, prepend=-1)), count)
    kinds = [_by_user(work.records[name]) for name in names] if len(bounds) > 2 else None
    for first, after in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if kinds is None:
            sessions, heartbeats, edits, reposts = (work.records[name] for name in names)
        else:
            sessions, heartbeats, edits, reposts = (
                records.take(slice(*np.searchsorted(records["user_id"], [first, after])))
                for records in kinds
            )
        yield work_through(sessions, heartbeats, edits, reposts, work.given)
        if on_progress is not None:
            on_progress(after, count)


def _by_user(records: Records) -> Records:
    user = records["user_id"]
    if np.all(user[1:] >= user[:-1]):
        return records
    return records.take(order_of(user, np.arange(len(user))))


def _together(columns: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *columns])


def _rows(work: _Work, on_progress: Progress | None) -> dict[str, Column]:
    """Return the columns of the rows, sorted as the scalar rows are."""
    parts = list(_buckets(work, on_progress))
    user = _together([part.row_user for part in parts])
    ticket = _together([part.row_ticket for part in parts])
    day = _together([part.row_day for part in parts])
    recorded = _together([part.recorded for part in parts])
    tickets = max(len(work.given.tickets), 1)
    users = max(len(work.given.users), 1)
    since = int(day.min(initial=4_000_000))
    order = order_of(((day - since) * users + user) * tickets + ticket, recorded)
    message = _together([part.message for part in parts])[order]
    action = _together([part.action for part in parts])[order]
    measured = np.concatenate(
        [np.zeros(0, dtype=np.bool_), *(part.is_touched for part in parts)]
    )[order]
    reason = np.where(measured, -1, np.where(action == _AUTO, 0, 1))
    columns = work.messages
    is_named = (message >= 0) & (np.append(columns["is_initial"], 1)[message] == 0)
    conversation = np.where(is_named, np.append(columns["conversation_id"], -1)[message], -1)
    return {
        "user_id": Texts(user[order], work.given.users),
        "ticket_id": Texts(ticket[order], work.given.tickets),
        "day": Dates(day[order]),
        "recorded_at": Instants(recorded[order]),
        "conversation_id": Texts(conversation, columns.words.get("conversation_id", Words.of(()))),
        "action": Texts(action, Words.of(one.value for one in ACTIONS)),
        "duration_us": Numbers(_together([p.duration for p in parts])[order], ~measured),
        "after_work_us": Numbers(_together([p.after_work for p in parts])[order], ~measured),
        "duration_reason": Texts(reason, Words.of(_REASONS)),
    }


def _lines(work: _Work, on_progress: Progress | None) -> dict[str, Column]:
    """Return the columns of the ledger's lines, sorted as the scalar lines are."""
    parts = list(_buckets(work, on_progress))
    user = _together([part.line_user for part in parts])
    ticket = _together([part.line_ticket for part in parts])
    start = _together([part.lines.start for part in parts])
    order = np.lexsort((ticket, start, user))
    opened = np.append(work.messages["at"], NONE_US)
    row_day = _together([_of_row(part, part.row_day, 0) for part in parts])
    recorded = _together([_of_row(part, part.recorded, NONE_US) for part in parts])
    epoch_at = _together([_of_row(part, opened[part.message], NONE_US) for part in parts])
    return {
        "user_id": Texts(user[order], work.given.users),
        "ticket_id": Texts(ticket[order], work.given.tickets),
        "start": Instants(start[order]),
        "end": Instants(_together([part.lines.end for part in parts])[order]),
        "label": Texts(
            _together([part.lines.label for part in parts])[order],
            Words.of(label.value for label in LABELS),
        ),
        "amount_us": Numbers(
            _together([part.lines.amount for part in parts])[order],
            np.zeros(len(order), dtype=np.bool_),
        ),
        "day": Dates(_together([part.line_day for part in parts])[order]),
        "row_day": Dates(row_day[order]),
        "row_recorded_at": Instants(recorded[order]),
        "row_epoch_at": Instants(epoch_at[order]),
    }


def _of_row(part: Bucket, values: Ints, missing: int) -> Ints:
    """Return of each line what its row says, or that it has none."""
    return np.append(values, missing)[part.lines.row]
