"""A worklog as a job for an engine: one function on a table, and the types of what goes in and out.

Three rules hold for a job:
1. Its function takes one PyArrow table, whole users of an event table, and returns one. How users
   are put together does not change an answer; sorted is what one call returns.
2. Engines widen nothing: the last step selects the columns of the schema and casts them to it.
3. No engine is imported. The package has to be installed where the function runs.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import attrs
import narwhals.stable.v2 as nw

from worklog_core.columnar.event_tables import EVENT_COLUMNS, frames_in_table
from worklog_core.columnar.frames import Column, Frame
from worklog_core.columnar.opening import limit_of, opened_records, require_rules
from worklog_core.columnar.records import FLAGS, INSTANTS
from worklog_core.columnar.worklog import line_columns, row_columns
from worklog_core.worklog.rules import WorklogRules

__all__ = ["Job", "ledger_job", "worklog_job"]

_ROWS: Final = {
    "user_id": "string",
    "ticket_id": "string",
    "day": "date",
    "recorded_at": "timestamp",
    "conversation_id": "string",
    "action": "string",
    "duration_us": "bigint",
    "after_work_us": "bigint",
    "duration_reason": "string",
}
_LINES: Final = {
    "user_id": "string",
    "ticket_id": "string",
    "start": "timestamp",
    "end": "timestamp",
    "label": "string",
    "amount_us": "bigint",
    "day": "date",
    "row_day": "date",
    "row_recorded_at": "timestamp",
    "row_epoch_at": "timestamp",
}
_EVENTS: Final = {
    name: "timestamp" if name in INSTANTS else "boolean" if name in FLAGS else "string"
    for name in EVENT_COLUMNS
}


@attrs.frozen
class Job:
    """What an engine is told: a function, and the types of its input and output.

    The rows, or the ledger's lines, of an event table under *rules*, as of *as_of*. Made by
    `worklog_job` and `ledger_job`; needs the extra `arrow`.
    """

    rules: WorklogRules = attrs.field(converter=require_rules)
    as_of: datetime | None
    of_lines: bool

    @property
    def input_ddl(self) -> str:
        """The columns of an event table, as Spark writes types."""
        return _ddl(_EVENTS)

    @property
    def ddl(self) -> str:
        """The columns of the answer, as Spark writes types."""
        return _ddl(_LINES if self.of_lines else _ROWS)

    @property
    def schema(self) -> Any:
        """The columns of the answer, as a PyArrow schema."""
        return _schema(_LINES if self.of_lines else _ROWS)

    def table(self) -> Callable[[Any], Any]:
        """Return the function: one PyArrow table in, one out.

        It has one positional parameter and no other, for engines count them.
        """
        rules, as_of, schema = self.rules, self.as_of, self.schema
        answer = line_columns if self.of_lines else row_columns

        def work(table: Any) -> Any:
            frames = frames_in_table(table)
            opened = opened_records(frames, rules, limit_of(as_of), {})
            return _as_table(answer(opened), schema)

        return work


def worklog_job(rules: WorklogRules, *, as_of: datetime | None = None) -> Job:
    """Return the job that makes the rows of a worklog, those of `build_worklog`.

    Raises WorklogError for rules that are none, NaiveDatetimeError for a naive *as_of*.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import WorklogRules
        >>> from worklog_core.columnar import worklog_job
        >>> worklog_job(WorklogRules(time_zone=UTC)).ddl[:39]
        'user_id string, ticket_id string, day d'
    """
    limit_of(as_of)
    return Job(rules, as_of, of_lines=False)


def ledger_job(rules: WorklogRules, *, as_of: datetime | None = None) -> Job:
    """Return the job that makes the lines of a ledger, those of `build_ledger`.

    Raises WorklogError for rules that are none, NaiveDatetimeError for a naive *as_of*.
    """
    limit_of(as_of)
    return Job(rules, as_of, of_lines=True)


def _ddl(types: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in types.items())


def _schema(types: dict[str, str]) -> Any:
    arrow: Any = nw.Implementation.PYARROW.to_native_namespace()
    instant = arrow.timestamp
    made = {
        "string": arrow.string(),
        "bigint": arrow.int64(),
        "boolean": arrow.bool_(),
        "date": arrow.date32(),
        "timestamp": instant("us", tz="UTC"),
    }
    return arrow.schema([(name, made[kind]) for name, kind in types.items()])


def _as_table(columns: dict[str, Column], schema: Any) -> Any:
    frame = Frame(nw.from_native(schema.empty_table(), eager_only=True))
    return frame.written(columns).select(schema.names).cast(schema)
