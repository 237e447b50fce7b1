"""A scalar worklog as the plain values in which the dull oracle answers."""

from typing import Any

from oracle_days import TICK, us
from worklog_core import RowKey, Worklog

__all__ = ["lines_of", "rows_of"]

OF_TIME = {"conversation_id", "duration", "after_work", "open_time"}


def rows_of(worklog: Worklog) -> list[dict[str, Any]]:
    """Return the rows, in ticks."""

    def ticks(duration: Any) -> int | None:
        return None if duration is None else duration // TICK

    return [
        {
            "key": _key(row.key),
            "recorded_at": us(row.recorded_at),
            "conversation_id": row.conversation_id,
            "action": row.action,
            "actions": row.actions,
            "duration": ticks(row.duration),
            "after_work": ticks(row.after_work),
            "open_time": ticks(row.open_time),
            "reasons": {name: why for name, why in row.reasons.items() if name in OF_TIME},
        }
        for row in worklog.rows
    ]


def lines_of(worklog: Worklog) -> list[tuple[Any, ...]]:
    """Return the lines of the ledger, in ticks."""
    return [
        (
            line.user_id,
            line.ticket_id,
            us(line.start),
            us(line.end),
            line.label,
            line.amount // TICK,
            line.day,
            None if line.row_key is None else _key(line.row_key),
        )
        for line in worklog.ledger.lines
    ]


def _key(key: RowKey) -> tuple[Any, ...]:
    return (*key[:3], None if key.epoch_at is None else us(key.epoch_at))
