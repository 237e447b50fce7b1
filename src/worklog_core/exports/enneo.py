"""The processing export of Enneo: a release of a worklog as rows of its columns, and back.

Four rules hold in this module:
1. Nothing but a `Release` is exported: what a level leaves out cannot be asked for here.
2. The columns are data, with the rule and the kind of each; every row has all of them, in order.
3. `department` says what `teams` says and `allTags` what `tags` says: withheld together (E-55).
4. What is exported at the level of real names reads back as it was, in whole seconds.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs

from worklog_core.errors import WorklogError
from worklog_core.exports.cells import (
    ArrayStyle,
    CellKind,
    CellStyle,
    DecimalMark,
    DurationStyle,
    cell_schema,
    read_cell,
    write_cell,
)
from worklog_core.exports.columns import numbered
from worklog_core.privacy.release import Release

__all__ = ["COLUMNS", "Column", "read", "rows", "schema"]


@attrs.frozen
class Column:
    """A column: its name in the export, its kind, the field of a release that it shows, its rules.

    *told* makes something else of the field; it is given the tenant too. *note* says what a
    deprecated column was replaced by.
    """

    name: str
    kind: CellKind
    field: str
    rules: str
    told: Callable[[Any, str], Any] | None = None
    note: str | None = None

    def value(self, row: Mapping[str, Any], tenant: str) -> Any:
        """Return what a row of a release says here; None where it has no such field."""
        found = row.get(self.field)
        return self.told(found, tenant) if found is not None and self.told is not None else found


def _worklog_id(key: Any, tenant: str) -> str:
    return str(key.worklog_id(tenant=tenant))


def _listed(names: tuple[str, ...], _: str) -> str | None:
    return ",".join(names) or None


def _first(names: tuple[str, ...], _: str) -> str | None:
    return names[0] if names else None


_TEXT: Final = CellKind.TEXT
_INSTANT: Final = CellKind.INSTANT
_FLAG: Final = CellKind.FLAG
_SECONDS: Final = CellKind.SECONDS

COLUMNS: Final = (
    Column("date", _INSTANT, "recorded_at", "E-54, P-E1"),
    Column("ticketId", _TEXT, "ticket_id", "E-54"),
    Column("conversationId", _TEXT, "conversation_id", "E-54, AMB-27"),
    Column("userId", _TEXT, "user_id", "E-54"),
    Column("userWorklogId", _TEXT, "key", "E-54, AMB-26", _worklog_id),
    Column("name", _TEXT, "name", "E-28 to E-30"),
    Column("action", CellKind.ACTION, "action", "E-17 to E-21"),
    Column("duration", CellKind.DURATION, "duration", "E-05, AMB-5c"),
    Column("durationAfterWork", CellKind.DURATION, "after_work", "E-06, AMB-5c"),
    Column("reOpened", _FLAG, "reopened", "E-22"),
    Column("aiAutomationLevel", CellKind.COUNT, "automation_level", "E-32"),
    Column("tagsIdentifiedCorrectly", _FLAG, "tags_identified_correctly", "E-39"),
    Column("customerIdentifiedCorrectly", _FLAG, "customer_identified_correctly", "P-E1"),
    Column("textAssistanceAccuracy", CellKind.SHARE, "text_assistance_accuracy", "E-40 to E-42"),
    Column("aiAgentsUsed", CellKind.NAMES, "ai_agents_used", "E-43"),
    Column("skippedTicket", _FLAG, "skipped", "E-44"),
    Column("netSecondsClosedAfterSLA", _SECONDS, "sla_deviation", "E-45 to E-48"),
    Column("closingDateForSLA", _INSTANT, "served_at", "E-49, P-E1"),
    Column("teams", CellKind.NAMES, "teams", "E-50"),
    Column("tags", CellKind.NAMES, "tags", "E-51"),
    Column("topic", _TEXT, "topic", "E-52"),
    Column("subTopic", _TEXT, "subtopic", "E-52"),
    Column("channel", _TEXT, "channel", "E-53"),
    Column("statusActionDetail", _TEXT, "status_detail", "P-E1"),
    Column("pendingDueBy", _INSTANT, "pending_due_at", "P-E1, D-01"),
    Column("pendingSeconds", _SECONDS, "pending_time", "P-E1"),
    Column("netPendingSeconds", _SECONDS, "net_pending_time", "P-E1"),
    Column("firstPendingAt", _INSTANT, "first_pending_at", "P-E1"),
    Column("timesSetToOpen", CellKind.COUNT, "times_set_to_open", "P-E1"),
    Column("aiAgentId", _TEXT, "ai_agents_used", "E-55", _first, "aiAgentsUsed"),
    Column("aiAgent", _TEXT, "ai_agents_used", "E-55, P-E1", _first, "aiAgentsUsed"),
    Column("department", _TEXT, "teams", "E-55", _listed, "teams"),
    Column("allTags", _TEXT, "tags", "E-55", _listed, "tags"),
    # No event tells an address or the raw text of a message: both columns are empty.
    Column("email", _TEXT, "email", "E-55", note="name and userId"),
    Column("rawData", _TEXT, "raw_data", "E-55", note="ticketId and conversationId"),
)
"""The columns of the export, in order, deprecated ones last."""

_KINDS: Final = {column.name: column.kind for column in COLUMNS}


def rows(
    release: Release,
    *,
    tenant: str = "",
    arrays: ArrayStyle = ArrayStyle.LISTS,
    durations: DurationStyle = DurationStyle.SECONDS,
    decimals: DecimalMark = DecimalMark.POINT,
) -> list[dict[str, Any]]:
    """Return a release as rows of the export, for the host to write (E-54, P-E1).

    *tenant* goes into `userWorklogId`, so that two tenants share none. `date` is wall time in the
    zone of the rules, a day where no more is released. A text that a spreadsheet would run begins
    with an apostrophe.

    Raises WorklogError for anything but a release of a worklog, RangeError for an instant that has
    no wall time.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import History, PrivacyLevel, PrivacyPolicy, WorklogRules
        >>> from worklog_core import build_worklog, exports, release
        >>> worklog = build_worklog(History(), WorklogRules(time_zone=ZoneInfo("Europe/Berlin")))
        >>> exports.enneo.rows(release(worklog, PrivacyPolicy(PrivacyLevel.ANONYMOUS)))
        []
    """
    if not isinstance(release, Release) or release.kind != "worklog":
        raise WorklogError(
            f"release must be the Release of a Worklog: found {type(release).__name__}. "
            "Call release(worklog, policy) first.",
            field="release",
        )
    if not isinstance(tenant, str):
        raise WorklogError(
            f"tenant must be a str: found {type(tenant).__name__}. Leave it out if there is one.",
            field="tenant",
        )
    style = CellStyle(
        time_zone=release.time_zone, arrays=arrays, durations=durations, decimals=decimals
    )
    return [
        {
            column.name: write_cell(column.kind, column.value(row, tenant), style)
            for column in COLUMNS
        }
        for row in release.rows
    ]


def read(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the values of exported rows by column, whatever style they are in.

    Times are timedelta, flags bool, lists of names tuples, actions `Action`; wall times come back
    as they are written, without a zone. Cells may be text throughout, as CSV gives them: an empty
    one is None. A column may be missing.

    Raises WorklogError for a column that the export has not, and for a cell that is no value of its
    column; the error shows column and row, not the cell.

    Example:
        >>> from worklog_core import exports
        >>> exports.enneo.read([{"duration": "0:05:30", "reOpened": "1", "teams": '["A"]'}])
        [{'duration': datetime.timedelta(seconds=330), 'reOpened': True, 'teams': ('A',)}]
    """
    return [
        {name: _read(name, cell, number) for name, cell in row.items()}
        for number, row in numbered(rows)
    ]


def _read(name: str, cell: Any, number: int) -> Any:
    kind = _KINDS.get(name)
    if kind is None:
        raise WorklogError(
            f"row {number} must have columns of the export: found another. "
            "Take out the host's own before reading.",
            field="rows",
        )
    try:
        value = read_cell(kind, cell)
    except (ValueError, KeyError):
        value = kind
    # Raised out here, where no error hangs on that quotes the cell.
    if value is kind:
        raise WorklogError(
            f"rows must hold values of the export: found none in {name} of row {number}, which is "
            f"to be of kind {kind.value}. Read exports as they were written.",
            field=name,
        )
    return value


def schema(
    *,
    arrays: ArrayStyle = ArrayStyle.LISTS,
    durations: DurationStyle = DurationStyle.SECONDS,
    decimals: DecimalMark = DecimalMark.POINT,
) -> dict[str, Any]:
    """Return the JSON Schema of a row, for the styles that it is written in.

    Example:
        >>> from worklog_core import exports
        >>> exports.enneo.schema()["properties"]["department"]["description"]
        'E-55. Deprecated: use teams.'
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Enneo processing export",
        "type": "object",
        "properties": {
            column.name: {
                **cell_schema(column.kind, arrays=arrays, durations=durations, decimals=decimals),
                **_described(column),
            }
            for column in COLUMNS
        },
        "required": list(_KINDS),
        "additionalProperties": False,
    }


def _described(column: Column) -> dict[str, Any]:
    if column.note is None:
        return {"description": f"{column.rules}."}
    return {
        "description": f"{column.rules}. Deprecated: use {column.note}.",
        "deprecated": True,
    }
