"""A history as frames of any kind, and what comes back as plain values.

Frames have a column for each field of an event; text is text, actions are their export names.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

import attrs
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

from oracle_days import us
from worklog_core import (
    CustomerMessage,
    FocusChange,
    Heartbeat,
    History,
    ScreenSession,
    TicketEdit,
    TrackingExclusion,
    UserStatusChange,
    UserStatusRepost,
    Worklog,
)

__all__ = [
    "KINDS",
    "MAKERS",
    "arrow_of",
    "frames_of",
    "in_frames",
    "lines_told",
    "plain",
    "rows_told",
]

KINDS = {
    "sessions": ScreenSession,
    "heartbeats": Heartbeat,
    "edits": TicketEdit,
    "customer_messages": CustomerMessage,
    "user_statuses": UserStatusChange,
    "status_reposts": UserStatusRepost,
    "focus_changes": FocusChange,
    "exclusions": TrackingExclusion,
}
INSTANT = pa.timestamp("us", tz="UTC")
TYPES = {
    "start": INSTANT,
    "end": INSTANT,
    "at": INSTANT,
    "known_at": INSTANT,
    "closes": pa.bool_(),
    "is_initial": pa.bool_(),
}


def arrow_of(kind: type, events: Any) -> pa.Table:
    """Return events of one kind as a PyArrow table."""
    names = [field.name for field in attrs.fields(kind)]
    columns = {}
    for name in names:
        values = [getattr(event, name) for event in events]
        told = [value.value if isinstance(value, Enum) else value for value in values]
        columns[name] = pa.array(told, TYPES.get(name, pa.string()))
    return pa.table(columns)


def to_pandas(table: pa.Table) -> Any:
    return table.to_pandas()


def to_polars(table: pa.Table) -> Any:
    return pl.from_arrow(table)


def to_duckdb(table: pa.Table) -> Any:
    # Before its version 1.5, DuckDB forgets a relation with the connection that nobody holds.
    return duckdb.from_arrow(table)


MAKERS: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow": lambda table: table,
    "pandas": to_pandas,
    "polars": to_polars,
    "duckdb": to_duckdb,
}


def in_frames(history: History) -> History:
    """Return the events of a history that frames are for."""
    return History(**{name: getattr(history, name) for name in KINDS})


def frames_of(history: History, make: Callable[[pa.Table], Any] = MAKERS["pyarrow"]) -> Any:
    """Return the frames of a history, as the arguments of the columnar functions."""
    return {name: make(arrow_of(kind, getattr(history, name))) for name, kind in KINDS.items()}


def plain(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame of any kind as plain values."""
    if isinstance(frame, pd.DataFrame):
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    elif isinstance(frame, pl.DataFrame):
        frame = frame.to_arrow()
    elif isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    return list(map(_plain, frame.to_pylist()))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    told = dict(row)
    for name, value in row.items():
        if name.endswith("day") and hasattr(value, "hour"):
            told[name] = value.date()
        elif hasattr(value, "hour"):
            told[name] = us(value)
    return told


def rows_told(worklog: Worklog) -> list[dict[str, Any]]:
    """Return the rows of a scalar worklog as the columnar ones are told."""

    def ticks(duration: Any) -> Any:
        return None if duration is None else duration // type(duration).resolution

    def reason(row: Any) -> Any:
        found = row.reasons.get("duration")
        return None if found is None else found.value

    return [
        {
            "user_id": row.user_id,
            "ticket_id": row.ticket_id,
            "day": row.day,
            "recorded_at": us(row.recorded_at),
            "conversation_id": row.conversation_id,
            "action": row.action.value,
            "duration_us": ticks(row.duration),
            "after_work_us": ticks(row.after_work),
            "duration_reason": reason(row),
        }
        for row in worklog.rows
    ]


def lines_told(worklog: Worklog) -> list[dict[str, Any]]:
    """Return the lines of a scalar worklog as the columnar ones are told."""
    recorded = {row.key: row.recorded_at for row in worklog.rows}
    told = []
    for line in worklog.ledger.lines:
        key = line.row_key
        epoch_at = None if key is None else key.epoch_at
        told.append(
            {
                "user_id": line.user_id,
                "ticket_id": line.ticket_id,
                "start": us(line.start),
                "end": us(line.end),
                "label": line.label.value,
                "amount_us": line.amount // type(line.amount).resolution,
                "day": line.day,
                "row_day": None if key is None else key.day,
                "row_recorded_at": None if key is None else us(recorded[key]),
                "row_epoch_at": None if epoch_at is None else us(epoch_at),
            }
        )
    return told
