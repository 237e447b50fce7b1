"""Back to the scalar side: the history of frames, whole or of one user.

What a column cannot say, the scalar worklog of a history can: the segments of a line, findings,
why a value is missing.
"""

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any, Final

import numpy as np

from worklog_core.calendars.days import local_day_bounds
from worklog_core.columnar.arrays import Flags, Ints
from worklog_core.columnar.event_tables import ARGUMENTS
from worklog_core.columnar.opening import opened_frames
from worklog_core.columnar.reading import read_records, with_common_ids
from worklog_core.columnar.records import Records
from worklog_core.columnar.words import Words
from worklog_core.errors import WorklogError, describe
from worklog_core.events.history import History
from worklog_core.instants import to_microseconds

__all__ = ["history"]

_OF_A_TICKET: Final = ("customer_messages", "exclusions")
_WITHOUT_END: Final = ("user_statuses", "status_reposts", "focus_changes", *_OF_A_TICKET)
_NO_COLUMNS: Final[Mapping[str, Any]] = {}


def history(  # noqa: PLR0913  # one for each kind of event
    *,
    sessions: Any = None,
    heartbeats: Any = None,
    edits: Any,
    customer_messages: Any = None,
    user_statuses: Any = None,
    status_reposts: Any = None,
    focus_changes: Any = None,
    exclusions: Any = None,
    columns: Mapping[str, Any] = _NO_COLUMNS,
    user_id: str | None = None,
    day: date | None = None,
    time_zone: tzinfo | None = None,
) -> History:
    """Return the events of frames as a `History`, whose worklog is that of the frames.

    With *user_id* only what that user's rows depend on: the user's own events, and the messages and
    exclusions of tickets that the user touched. With *day*, which is a local day in *time_zone*,
    only what lies in that day or lasts into it; statuses, focus and facts about tickets have no end
    and stay: a row whose session goes on over midnight needs the neighbouring days too.

    Raises WorklogError for a user whom no event names, for a day without a zone, and for what
    `build_worklog` refuses at the door.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from worklog_core.columnar import history
        >>> edits = pa.table({"user_id": ["U1", "U2"], "ticket_id": ["T1", "T1"],
        ...                   "at": [datetime(2026, 3, 2, 9, tzinfo=UTC)] * 2})
        >>> history(edits=edits, user_id="U1")
        <History: 1 edits>
    """
    given = (
        *(sessions, heartbeats, edits, customer_messages),
        *(user_statuses, status_reposts, focus_changes, exclusions),
    )
    frames = opened_frames(dict(zip(ARGUMENTS, given, strict=True)))
    records, users, tickets = with_common_ids(read_records(frames, columns))
    whose = None if user_id is None else _number_of(user_id, users)
    span = None if day is None else _span_of(day, time_zone)
    chosen = {name: _chosen(name, one, whose, span) for name, one in records.items()}
    if whose is not None or span is not None:
        touched = np.zeros(len(tickets), dtype=np.bool_)
        for name in ("sessions", "heartbeats", "edits"):
            touched[records[name]["ticket_id"][chosen[name]]] = True
        for name in _OF_A_TICKET:
            chosen[name] = touched[records[name]["ticket_id"]]
    events = {
        name: one.events(np.flatnonzero(_with_versions(one, chosen[name])))
        for name, one in records.items()
    }
    return History(**events)


def _number_of(user_id: str, users: Words) -> int:
    names = list(users)
    if user_id not in names:
        raise WorklogError(
            f"user_id must be a user of some event: found {describe(user_id)}. "
            "Take it from a column of the frames.",
            field="user_id",
            value=user_id,
        )
    return names.index(user_id)


def _span_of(day: date, time_zone: tzinfo | None) -> tuple[int, int]:
    if time_zone is None:
        raise WorklogError(
            f"time_zone must be given with a day: found {describe(day)} and no zone. "
            "Pass the zone of your rules.",
            field="time_zone",
            value=time_zone,
        )
    bounds = local_day_bounds(day, time_zone)
    return (0, 0) if bounds is None else (to_microseconds(bounds[0]), to_microseconds(bounds[1]))


def _chosen(name: str, records: Records, whose: int | None, span: tuple[int, int] | None) -> Flags:
    """Return which records of one kind are the user's, and of the day."""
    chosen = np.ones(len(records), dtype=np.bool_)
    if whose is not None and "user_id" in records:
        chosen &= records["user_id"] == whose
    if span is not None and name not in _WITHOUT_END:
        since: Ints = records["at" if "at" in records else "start"]
        until: Ints = records["at" if "at" in records else "end"]
        chosen &= (since <= span[1]) & (until >= span[0])
    return chosen


def _with_versions(records: Records, chosen: Flags) -> Flags:
    """Return the chosen records, and every other version of them."""
    ids = records["event_id"]
    versions: Flags = np.isin(ids, ids[chosen & (ids >= 0)])
    return chosen | versions
