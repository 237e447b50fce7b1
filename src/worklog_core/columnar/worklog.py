"""Worklogs of frames: rows with handling times, and the ledger behind them, as columns.

The answers are those of the scalar `worklog_core.build_worklog` to the microsecond, for any kind of
frame and at any size; a value that does not depend on what was on screen is not in the columns.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

import numpy as np

from worklog_core.columnar.arrays import Ints, is_first, numbered, order_of
from worklog_core.columnar.desk_work import LinePart, RowPart
from worklog_core.columnar.frames import Column, Dates, Instants, Numbers, Texts
from worklog_core.columnar.opening import (
    Opened,
    Progress,
    limit_of,
    opened_frames,
    opened_records,
    work_by_bucket,
)
from worklog_core.columnar.records import ACTIONS, NONE_US
from worklog_core.columnar.words import Words
from worklog_core.events.actions import Action
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.ledger import LABELS
from worklog_core.worklog.rules import WorklogRules

__all__ = ["build_ledger", "build_worklog", "line_columns", "row_columns", "rows_in_order"]

_AUTO: Final = ACTIONS.index(Action.AUTO_PROCESS)
_ACTIONS: Final = Words.of(action.value for action in ACTIONS)
_LABELS: Final = Words.of(label.value for label in LABELS)
_REASONS: Final = Words.of((Undetermined.DARK_PROCESSING.value, Undetermined.NO_SESSION.value))
_NO_COLUMNS: Final[Mapping[str, Any]] = {}

P = TypeVar("P", RowPart, LinePart)


def build_worklog(  # noqa: PLR0913  # one for each kind of event
    *,
    sessions: Any = None,
    heartbeats: Any = None,
    edits: Any,
    customer_messages: Any = None,
    user_statuses: Any = None,
    status_reposts: Any = None,
    focus_changes: Any = None,
    exclusions: Any = None,
    rules: WorklogRules,
    as_of: datetime | None = None,
    columns: Mapping[str, Any] = _NO_COLUMNS,
    on_progress: Progress | None = None,
) -> Any:
    """Return the rows of the worklog of frames of events, as a frame of the kind of *edits*.

    Frames are pandas or Polars data frames, PyArrow tables or DuckDB relations; their columns are
    the fields of the events (`ScreenSession` and so on), instants with a zone, actions by their
    export names. *columns* maps a field to the name that you have for it, for every frame or, under
    the name of an argument, for one: `{"user_id": "agent", "edits": {"at": "edited_at"}}`. A column
    for a field with a default may be absent. *focus_changes* matter to the division by
    `ExclusiveFocus` alone.

    The columns of the answer are user_id, ticket_id, day, recorded_at (UTC), conversation_id,
    action, duration_us, after_work_us (whole microseconds, missing where the row was not measured)
    and duration_reason, which says why. Rows are sorted as the scalar ones are: by day, user,
    ticket and first edit. *as_of* cuts event time (AMB-24). *on_progress* is told how many users
    are done, and of how many.

    Raises WorklogError for what is no frame or a lazy one, for a column that is missing, naive or
    of the wrong type, and for whatever the events and the scalar engine refuse.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from worklog_core import WorklogRules
        >>> from worklog_core.columnar import build_worklog
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> sessions = pa.table({"user_id": ["U1", "U1"], "ticket_id": ["T1", "T2"],
        ...                      "start": [at(0), at(5)], "end": [at(10), at(10)]})
        >>> edits = pa.table({"agent": ["U1"], "ticket_id": ["T1"], "at": [at(8)],
        ...                   "action": ["writeAction"]})
        >>> rows = build_worklog(sessions=sessions, edits=edits,
        ...                      rules=WorklogRules(time_zone=UTC), columns={"user_id": "agent"})
        >>> rows.select(["ticket_id", "duration_us", "after_work_us"]).to_pylist()
        [{'ticket_id': 'T1', 'duration_us': 450000000, 'after_work_us': 60000000}]
    """
    frames = opened_frames(
        {
            "sessions": sessions,
            "heartbeats": heartbeats,
            "edits": edits,
            "customer_messages": customer_messages,
            "user_statuses": user_statuses,
            "status_reposts": status_reposts,
            "focus_changes": focus_changes,
            "exclusions": exclusions,
        }
    )
    opened = opened_records(frames, rules, limit_of(as_of), columns)
    return _written(frames, row_columns(opened, on_progress))


def build_ledger(  # noqa: PLR0913  # one for each kind of event
    *,
    sessions: Any = None,
    heartbeats: Any = None,
    edits: Any,
    customer_messages: Any = None,
    user_statuses: Any = None,
    status_reposts: Any = None,
    focus_changes: Any = None,
    exclusions: Any = None,
    rules: WorklogRules,
    as_of: datetime | None = None,
    columns: Mapping[str, Any] = _NO_COLUMNS,
    on_progress: Progress | None = None,
) -> Any:
    """Return the ledger's lines of frames of events, as a frame of the kind of *edits*.

    It takes what `build_worklog` takes. The columns of the answer are user_id, ticket_id, start,
    end, label (as `LedgerLabel` exports it), amount_us and day, and of the row that a counted line
    belongs to row_day, row_recorded_at and row_epoch_at, missing for every other line; a line
    belongs to the row with the same user, ticket and recorded_at. Lines are sorted by user, start
    and ticket; the amounts of a user sum to what was on that user's screens.
    """
    frames = opened_frames(
        {
            "sessions": sessions,
            "heartbeats": heartbeats,
            "edits": edits,
            "customer_messages": customer_messages,
            "user_statuses": user_statuses,
            "status_reposts": status_reposts,
            "focus_changes": focus_changes,
            "exclusions": exclusions,
        }
    )
    opened = opened_records(frames, rules, limit_of(as_of), columns)
    return _written(frames, line_columns(opened, on_progress))


def _written(frames: Mapping[str, Any], columns: Mapping[str, Column]) -> Any:
    return frames["edits"].written(columns)


def _together(kind: type[P], parts: Iterable[P]) -> P:
    """Return the parts of buckets as one."""
    none = (np.zeros(0, dtype=np.int64),) * len(kind._fields)
    return kind(*map(np.concatenate, zip(none, *parts, strict=True)))


def rows_in_order(opened: Opened, parts: Iterable[RowPart]) -> tuple[RowPart, Ints]:
    """Return the rows of all buckets as the scalar ones are sorted, and that order."""
    given = opened.given
    rows = _together(RowPart, parts)
    tickets = max(len(given.tickets), 1)
    since = rows.day - rows.day.min(initial=2**31)
    pair = rows.user * tickets + rows.ticket
    order = order_of(since * max(len(given.users), 1) * tickets + pair, rows.recorded)
    return RowPart(*(column[order] for column in rows)), order


def row_columns(opened: Opened, on_progress: Progress | None = None) -> dict[str, Column]:
    """Return the columns of the rows, sorted as the scalar rows are."""
    given, messages = opened.given, opened.messages
    parts = (worked.row_part() for worked in work_by_bucket(opened, on_progress))
    rows, _ = rows_in_order(opened, parts)
    is_missing = rows.is_touched == 0
    is_named = (rows.message >= 0) & (np.append(messages["is_initial"], 1)[rows.message] == 0)
    conversation = np.append(messages["conversation_id"], -1)[rows.message]
    return {
        "user_id": Texts(rows.user, given.users),
        "ticket_id": Texts(rows.ticket, given.tickets),
        "day": Dates(rows.day),
        "recorded_at": Instants(rows.recorded),
        "conversation_id": Texts(
            np.where(is_named, conversation, -1),
            messages.words.get("conversation_id", Words.of(())),
        ),
        "action": Texts(rows.action, _ACTIONS),
        "duration_us": Numbers(rows.duration, is_missing),
        "after_work_us": Numbers(rows.after_work, is_missing),
        "duration_reason": Texts(
            np.where(is_missing, np.where(rows.action == _AUTO, 0, 1), -1), _REASONS
        ),
    }


def line_columns(opened: Opened, on_progress: Progress | None = None) -> dict[str, Column]:
    """Return the columns of the ledger's lines, sorted as the scalar lines are."""
    given = opened.given
    lines = _together(
        LinePart, (worked.line_part() for worked in work_by_bucket(opened, on_progress))
    )
    order = _by_user_start_and_ticket(lines)
    lines = LinePart(*(column[order] for column in lines))
    opened_at: Ints = np.append(opened.messages["at"], NONE_US)
    return {
        "user_id": Texts(lines.user, given.users),
        "ticket_id": Texts(lines.ticket, given.tickets),
        "start": Instants(lines.start),
        "end": Instants(lines.end),
        "label": Texts(lines.label, _LABELS),
        "amount_us": Numbers(lines.amount, np.zeros(len(order), dtype=np.bool_)),
        "day": Dates(lines.day),
        "row_day": Dates(lines.row_day),
        "row_recorded_at": Instants(lines.row_recorded),
        "row_epoch_at": Instants(opened_at[lines.row_message]),
    }


def _by_user_start_and_ticket(lines: LinePart) -> Ints:
    order = order_of(lines.user, lines.start)
    at_once = numbered(is_first(lines.user[order], lines.start[order]))
    return order[order_of(at_once, lines.ticket[order])]
