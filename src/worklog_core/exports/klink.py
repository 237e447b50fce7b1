"""The CX Log of klink.cloud: a release of a case log as its table and as its API has it.

Three rules hold in this module:
1. The table has the 21 columns of the page (K-02 to K-22), the API those of its samples (P-K1).
2. Ids are text. `firstRepliedTime` and `cxIntelligenceStatus` are in the samples and nowhere
   defined: they are empty. `fullResolutionTime` is experimental.
3. Times are whole seconds. The table shows wall time in the zone of the release, the API instants
   of UTC.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final

from worklog_core.conversations.promises import SlaStatus
from worklog_core.errors import WorklogError
from worklog_core.events.facts import UserStatusChange
from worklog_core.events.messages import Direction
from worklog_core.exports.cells import (
    ArrayStyle,
    CellKind,
    CellStyle,
    DecimalMark,
    DurationStyle,
)
from worklog_core.exports.columns import CaseColumn, column_of, numbered, read_rows, written_rows
from worklog_core.instants import require_instant
from worklog_core.privacy.release import Release

__all__ = ["API_COLUMNS", "COLUMNS", "api", "read", "read_api", "read_presence", "rows"]

_DIRECTIONS: Final = {Direction.IN: "Inbound", Direction.OUT: "Outbound"}


def _text(name: str, field: str | None, rules: str) -> CaseColumn:
    return column_of(CellKind.TEXT, name, field, rules)


def _seconds(name: str, field: str | None, rules: str) -> CaseColumn:
    return column_of(CellKind.DURATION, name, field, rules)


def _names(name: str, field: str, rules: str) -> CaseColumn:
    return column_of(CellKind.NAMES, name, field, rules)


def _score(name: str, field: str, rules: str) -> CaseColumn:
    return CaseColumn(name, field, rules, _written_number, _read_number)


def _written_number(value: Fraction, style: CellStyle) -> Any:
    if value.denominator == 1:
        return value.numerator
    share = float(value)
    return share if style.decimals is DecimalMark.POINT else repr(share).replace(".", ",")


def _read_number(cell: Any) -> Fraction:
    return Fraction(str(cell).replace(",", "."))


def _direction(name: str, *, is_lower: bool) -> CaseColumn:
    words = {way: word.lower() if is_lower else word for way, word in _DIRECTIONS.items()}
    back = {word: way for way, word in words.items()}
    return CaseColumn(
        name, "direction", "K-10", lambda value, _: words.get(value), lambda cell: back[cell]
    )


def _sla(name: str, *, is_lower: bool) -> CaseColumn:
    words = {status: status.value.lower() if is_lower else status.value for status in SlaStatus}
    back = {word: status for status, word in words.items()}
    return CaseColumn(
        name, "sla_status", "K-22, AMB-14", lambda value, _: words[value], lambda cell: back[cell]
    )


def _utc(name: str, field: str, rules: str) -> CaseColumn:
    return CaseColumn(name, field, rules, _written_utc, _read_utc)


def _written_utc(at: date, _: CellStyle) -> str:
    if not isinstance(at, datetime):
        return at.isoformat()
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _read_utc(cell: Any) -> date:
    if not str(cell).endswith("Z"):
        return date.fromisoformat(cell)
    return datetime.fromisoformat(cell)


COLUMNS: Final = (
    _text("Case ID", "case_id", "K-02"),
    _text("Contact", "contact_id", "K-03"),
    _names("Contact Label", "contact_labels", "K-04"),
    _text("Channel", "channel", "K-05"),
    _text("Queue", "queue", "K-06"),
    _text("First Assignee", "first_assignee", "K-07"),
    _text("Current Assignee", "current_assignee", "K-08"),
    _text("Closed By", "closed_by", "K-09"),
    _direction("Direction", is_lower=False),
    column_of(CellKind.INSTANT, "Start Date / Time", "started_at", "K-11"),
    _seconds("Handled Time", "handled_time", "K-12"),
    _seconds("First Response Time", "first_response_time", "K-13"),
    _seconds("Resolution Time", "resolution_time", "K-14"),
    _seconds("Wrap-up Duration", "wrap_up", "K-15, AMB-13"),
    _names("Recording", "recordings", "K-16"),
    _text("Disposition", "disposition", "K-17"),
    _names("Tags", "tags", "K-18"),
    _text("Note", "note", "K-19"),
    _score("Sentiment Score", "sentiment_score", "K-20"),
    _score("CSAT Score", "csat_score", "K-21"),
    _sla("SLA", is_lower=False),
)
"""The columns of the table, in the order of the page."""

API_COLUMNS: Final = (
    _text("caseId", "case_id", "P-K1"),
    _text("entityName", None, "P-K1"),
    _text("channel", "channel", "P-K1"),
    _text("queueId", "queue", "P-K1"),
    _text("queueName", "queue", "P-K1"),
    _text("agentId", "current_assignee_id", "P-K1"),
    _direction("direction", is_lower=True),
    _utc("startedDate", "started_at", "P-K1"),
    _utc("closedAt", "closed_at", "P-K1"),
    _seconds("handledTime", "handled_time", "P-K1, P-K2"),
    _seconds("totalHoldDuration", "hold", "P-K1, P-K2"),
    _seconds("firstResponseTime", "first_response_time", "P-K1"),
    _text("disposition", "disposition", "P-K1"),
    _names("contactLabel", "contact_labels", "P-K1"),
    _text("wrapUpFormId", "wrap_up_form_id", "P-K1"),
    _seconds("wrapUpDuration", "wrap_up", "P-K1, P-K2"),
    _sla("slaStatus", is_lower=True),
    _text("firstAssigneeId", "first_assignee_id", "P-K1"),
    _text("closedAssigneeId", "closed_by_id", "P-K1"),
    _seconds("fullHandledTime", "full_handled_time", "P-K1, P-K2"),
    _seconds("resolutionTime", "resolution_time", "P-K1"),
    _seconds("fullResolutionTime", "full_resolution_time", "P-K1, P-K2"),
    _seconds("firstRepliedTime", None, "P-K1"),
    _text("cxIntelligenceStatus", None, "P-K1"),
)
"""The fields of the API, in the order of its samples."""


def rows(
    release: Release,
    *,
    arrays: ArrayStyle = ArrayStyle.LISTS,
    durations: DurationStyle = DurationStyle.SECONDS,
    decimals: DecimalMark = DecimalMark.POINT,
) -> list[dict[str, Any]]:
    """Return a release of a case log as rows of the CX Log's table (K-01 to K-22).

    Raises WorklogError for anything but a release of a case log, RangeError for an instant that has
    no wall time.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, PrivacyLevel, PrivacyPolicy, WorklogRules
        >>> from worklog_core import build_case_log, exports, release
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> exports.klink.rows(release(log, PrivacyPolicy(PrivacyLevel.ANONYMOUS)))
        []
    """
    zone = getattr(release, "time_zone", UTC)
    style = CellStyle(time_zone=zone, arrays=arrays, durations=durations, decimals=decimals)
    return written_rows(release, "case log", COLUMNS, style)


def api(release: Release) -> list[dict[str, Any]]:
    """Return a release of a case log as the API has it: ids, UTC, whole seconds (P-K1)."""
    style = CellStyle(
        time_zone=UTC,
        arrays=ArrayStyle.LISTS,
        durations=DurationStyle.SECONDS,
        decimals=DecimalMark.POINT,
    )
    return written_rows(release, "case log", API_COLUMNS, style)


def read(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the values of rows of the table by column, whatever style they are in.

    Wall times come back without a zone, scores as exact numbers. Raises as `read_api` does.

    Example:
        >>> from worklog_core import exports
        >>> exports.klink.read([{"Case ID": "C1", "Handled Time": "0:45:20", "SLA": ""}])
        [{'Case ID': 'C1', 'Handled Time': datetime.timedelta(seconds=2720), 'SLA': None}]
    """
    return read_rows(rows, COLUMNS)


def read_presence(
    rows: Iterable[Mapping[str, Any]], *, user_id: str, current: str | None = None
) -> tuple[UserStatusChange, ...]:
    """Return the statuses of a user from the rows of the agents' presence log, in any order (P-K4).

    A row says when a status ended, so each began where the row before it ended another. When the
    first one began is not told: it makes no event. *current* is the status after the last row.
    Name the statuses in `status_modes` or `status_aliases` of the rules.

    Raises WorklogError for a row without its instant or its status; the error does not show it.

    Example:
        >>> from worklog_core import exports
        >>> rows = [
        ...     {"createdAt": "2026-03-02T09:00:00Z",
        ...      "previousPresenceStatus": {"systemName": "offline"}},
        ...     {"createdAt": "2026-03-02T10:00:00Z",
        ...      "previousPresenceStatus": {"systemName": "available"}}]
        >>> changes = exports.klink.read_presence(rows, user_id="U1", current="break")
        >>> [(change.at.hour, change.status) for change in changes]
        [(9, 'available'), (10, 'break')]
    """
    ends = sorted(_presence(row, number) for number, row in numbered(rows))
    following = [status for _, status in ends[1:]]
    begun = [at for at, _ in ends]
    statuses = following if current is None else [*following, current]
    return tuple(
        UserStatusChange(user_id, at, status) for at, status in zip(begun, statuses, strict=False)
    )


def _presence(row: Mapping[str, Any], number: int) -> tuple[datetime, str]:
    try:
        at = require_instant("createdAt", datetime.fromisoformat(row["createdAt"]))
        status: Any = row["previousPresenceStatus"]["systemName"]
    except (KeyError, TypeError, ValueError):
        at, status = None, None
    if at is None or not isinstance(status, str) or not status:
        raise WorklogError(
            f"row {number} must have createdAt with a zone and previousPresenceStatus.systemName: "
            "found none. Read the log as the API gives it.",
            field="rows",
        )
    return at, status


def read_api(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the values of API rows by field: times as timedelta, instants in UTC, labels tuples.

    A field may be missing. Raises WorklogError for a field that the API has not, and for what is no
    value of its field; the error shows field and row, not the value.

    Example:
        >>> from worklog_core import exports
        >>> exports.klink.read_api([{"caseId": "C1", "handledTime": 2720}])
        [{'caseId': 'C1', 'handledTime': datetime.timedelta(seconds=2720)}]
    """
    return read_rows(rows, API_COLUMNS)
