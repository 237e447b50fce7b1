"""One long table of all events, for engines that hand out whole groups of users.

Three rules hold for an event table:
1. A row is one event; `event` is its class, the other columns are fields, missing where that event
   has no such field. Only the last word of every event is in it (AMB-25).
2. A customer's message and an exclusion belong to a ticket. They stand once for every user who
   touches that ticket, so that the rows of a user are all that the user's worklog depends on.
3. Any selection of whole users of an event table is an event table.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from worklog_core.columnar.arrays import Ints, distinct, spread
from worklog_core.columnar.frames import Column, Frame, Instants, Texts, Truths
from worklog_core.columnar.opening import opened_frames
from worklog_core.columnar.reading import read_records, with_common_ids
from worklog_core.columnar.records import ACTIONS, FLAGS, INSTANTS, Records
from worklog_core.columnar.versions import settled
from worklog_core.columnar.words import Words, in_order
from worklog_core.errors import WorklogError, describe
from worklog_core.events.kinds import KINDS

__all__ = ["ARGUMENTS", "EVENT_COLUMNS", "event_table", "frames_in_table"]

ARGUMENTS: Final = (
    "sessions",
    "heartbeats",
    "edits",
    "customer_messages",
    "user_statuses",
    "status_reposts",
    "focus_changes",
    "exclusions",
)
"""The kinds of events that worklogs of frames are made of."""

EVENT_COLUMNS: Final = (
    *("event", "user_id", "ticket_id", "at", "start", "end", "action", "closes"),
    *("conversation_id", "is_initial", "status", "reason", "event_id", "known_at"),
)
"""The columns of an event table, in their order."""

_OF_A_TICKET: Final = ("customer_messages", "exclusions")
_NO_COLUMNS: Final[Mapping[str, Any]] = {}


def event_table(  # noqa: PLR0913  # one for each kind of event
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
) -> Any:
    """Return frames of events as one long table, a frame of the kind of *edits*.

    It takes the frames that `build_worklog` takes, and refuses what that refuses at the door. Hand
    it, whole users at a time, to the function of a `worklog_job`. Messages and exclusions of
    tickets that nobody touches are left out.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from worklog_core.columnar import event_table
        >>> nine = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
        >>> edits = pa.table({"user_id": ["U1"], "ticket_id": ["T1"], "at": nine})
        >>> wrote = pa.table({"ticket_id": ["T1"], "at": nine, "conversation_id": ["M1"]})
        >>> table = event_table(edits=edits, customer_messages=wrote)
        >>> table.select(["event", "user_id"]).to_pylist()
        [{'event': 'TicketEdit', 'user_id': 'U1'}, {'event': 'CustomerMessage', 'user_id': 'U1'}]
    """
    given = (
        *(sessions, heartbeats, edits, customer_messages),
        *(user_statuses, status_reposts, focus_changes, exclusions),
    )
    frames = opened_frames(dict(zip(ARGUMENTS, given, strict=True)))
    read = read_records(frames, columns)
    records, users, tickets = with_common_ids({n: settled(one) for n, one in read.items()})
    owners = _copied_to_users(records, len(tickets))
    lengths = [len(one) for one, _ in owners]
    numbers = np.repeat(np.arange(len(owners), dtype=np.int64), lengths)
    written: dict[str, Column] = {
        "event": Texts(numbers, Words.of(KINDS[name].__name__ for name in ARGUMENTS)),
        "user_id": Texts(np.concatenate([whose for _, whose in owners]), users),
    }
    every = [one for one, _ in owners]
    for field in EVENT_COLUMNS[len(written) :]:
        written[field] = _column(field, every, tickets)
    edits_frame = frames["edits"]
    return None if edits_frame is None else edits_frame.written(written)


def _copied_to_users(records: Mapping[str, Records], tickets: int) -> list[tuple[Records, Ints]]:
    """Return the events of each kind, those of tickets once for each user, beside the users."""
    touching = [records[name] for name in ("sessions", "heartbeats", "edits")]
    pairs = distinct(
        np.concatenate([one["ticket_id"] + tickets * one["user_id"] for one in touching])
    )
    user, ticket = np.divmod(pairs, max(tickets, 1))
    by_ticket = np.argsort(ticket, kind="stable")
    user, ticket = user[by_ticket], ticket[by_ticket]
    found: list[tuple[Records, Ints]] = []
    for name in ARGUMENTS:
        one = records[name]
        if name in _OF_A_TICKET:
            first = np.searchsorted(ticket, one["ticket_id"])
            after = np.searchsorted(ticket, one["ticket_id"], side="right")
            row, place = spread(first, after)
            found.append((one.take(row), user[place]))
        else:
            found.append((one, one["user_id"]))
    return found


def _column(field: str, records: list[Records], tickets: Words) -> Column:
    """Return one field of all events, one kind after the other."""
    missing = np.iinfo(np.int64).min if field in INSTANTS else -1
    values = [one[field] if field in one else np.full(len(one), missing) for one in records]
    if field in INSTANTS:
        return Instants(np.concatenate(values))
    if field in FLAGS:
        return Truths(np.concatenate(values))
    if field == "action":
        return Texts(np.concatenate(values), Words.of(action.value for action in ACTIONS))
    if field == "ticket_id":
        return Texts(np.concatenate(values), tickets)
    having = [place for place, one in enumerate(records) if field in one.words]
    recoded, words = in_order((values[place], records[place].words[field]) for place in having)
    for place, codes in zip(having, recoded, strict=True):
        values[place] = codes
    return Texts(np.concatenate(values), words)


def frames_in_table(table: Any) -> dict[str, Frame | None]:
    """Return the frames of events that make up an event table of PyArrow, by argument.

    Raises WorklogError for any other frame, for a column that is missing, and for an event that is
    none of these.
    """
    frame = nw.from_native(table, pass_through=True)
    if not isinstance(frame, nw.DataFrame) or not frame.implementation.is_pyarrow():
        raise WorklogError(
            f"table must be a PyArrow table: found {type(table).__name__}. "
            "Convert a pandas frame with pyarrow.Table.from_pandas(..., preserve_index=False).",
            field="table",
        )
    absent = [name for name in EVENT_COLUMNS if name not in table.column_names]
    if absent:
        raise WorklogError(
            f"table must have the columns {', '.join(EVENT_COLUMNS)}: "
            f"found no {', '.join(absent)}. Make it with event_table(...).",
            field="table",
            value=absent[0],
        )
    names = {KINDS[argument].__name__: argument for argument in ARGUMENTS}
    found: dict[str, Frame | None] = dict.fromkeys(ARGUMENTS)
    for event in frame["event"].unique().to_list():
        if event not in names:
            raise WorklogError(
                f"event must be one of {', '.join(names)}: found {describe(event)}. "
                "Make the table with event_table(...).",
                field="event",
                value=event,
            )
        argument = names[event]
        fields = [f for f in attrs.fields_dict(KINDS[argument]) if f in EVENT_COLUMNS]
        found[argument] = Frame(frame.filter(nw.col("event") == event).select(fields))
    return found
