"""The exports of respond.io: conversations, messages, and what its closing trigger offers.

Four rules hold in this module:
1. The conversations are the closed ones (R-12): the 13 columns of the page, then the 17 that the
   real file has besides; what the page calls the resolver is headed Closed By there (P-R2).
2. Ids are text: long numbers lose digits as floats (P-R3).
3. Dates are DD/MM/YYYY HH:MM in the zone of the release, to the minute; times H:MM:SS.
4. Failed messages are an export of their own, in the columns of the messages (R-10). So are the
   contacts, which have no range of dates; no source lists their columns, so these are our own.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from worklog_core.events.facts import StatusCause
from worklog_core.events.messages import Direction, SenderKind
from worklog_core.events.tickets import OpenedBy
from worklog_core.exports.cells import (
    ArrayStyle,
    CellKind,
    CellStyle,
    DecimalMark,
    DurationStyle,
    read_cell,
    wall_time,
    write_cell,
)
from worklog_core.exports.columns import (
    CaseColumn,
    column_of,
    read_rows,
    require_release,
    written_rows,
)
from worklog_core.instants import EPOCH
from worklog_core.privacy.release import Release

__all__ = [
    "CONTACT_COLUMNS",
    "CONVERSATION_COLUMNS",
    "MESSAGE_COLUMNS",
    "TRIGGER_VARIABLES",
    "closed_variables",
    "contacts",
    "conversations",
    "messages",
    "read_conversations",
]

_SECOND: Final = timedelta(seconds=1)
_DATE: Final = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?: (\d\d):(\d\d))?")
_SOURCES: Final = {
    StatusCause.AGENT: "user",
    StatusCause.CUSTOMER: "contact",
    StatusCause.DUE_DATE: "workflow",
    StatusCause.API: "api",
}
_WAYS: Final = {
    Direction.IN: "incoming",
    Direction.OUT: "outgoing",
    Direction.INTERNAL: "internal",
}


def _text(name: str, field: str | None, rules: str) -> CaseColumn:
    return column_of(CellKind.TEXT, name, field, rules)


def _time(name: str, field: str, rules: str) -> CaseColumn:
    return column_of(CellKind.DURATION, name, field, rules)


def _count(name: str, field: str, rules: str) -> CaseColumn:
    return column_of(CellKind.COUNT, name, field, rules)


def _choice(name: str, field: str, rules: str, words: Mapping[Any, str]) -> CaseColumn:
    back = {word: choice for choice, word in words.items()}
    return CaseColumn(name, field, rules, lambda value, _: words[value], lambda cell: back[cell])


def _dated(name: str, field: str, rules: str) -> CaseColumn:
    return CaseColumn(name, field, rules, _written_date, _read_date)


def _listed(name: str, field: str, rules: str) -> CaseColumn:
    return CaseColumn(name, field, rules, _written_list, _read_list)


def _written_date(at: date, style: CellStyle) -> str:
    if not isinstance(at, datetime):
        return f"{at:%d/%m}/{at.year:04}"
    local = wall_time(at, style)
    return f"{local:%d/%m}/{local.year:04} {local:%H:%M}"


def _read_date(cell: Any) -> date:
    found = _DATE.fullmatch(cell)
    if found is None:
        raise ValueError(_DATE.pattern)
    day, month, year = int(found[1]), int(found[2]), int(found[3])
    if found[4] is None:
        return date(year, month, day)
    return datetime(year, month, day, int(found[4]), int(found[5]))  # noqa: DTZ001  # wall time


def _written_list(names: tuple[str, ...], style: CellStyle) -> Any:
    return write_cell(CellKind.TEXT, ",".join(names), style) if names else None


def _read_list(cell: Any) -> tuple[str, ...]:
    return tuple(str(read_cell(CellKind.TEXT, cell)).split(","))


_OPENERS: Final = {opener: opener.value for opener in OpenedBy}

CONVERSATION_COLUMNS: Final = (
    _text("Conversation ID", "case_id", "R-12, P-R3"),
    _dated("DateTime Conversation Started", "started_at", "R-12"),
    _dated("DateTime Conversation Resolved", "closed_at", "R-12"),
    _text("Contact ID", "contact_id", "R-12"),
    _text("Assignee", "current_assignee", "R-12"),
    _count("Number of Outgoing Messages", "outgoing_messages", "R-12"),
    _count("Number of Incoming Messages", "incoming_messages", "R-12"),
    _dated("DateTime First Response", "first_response_at", "R-12"),
    _text("Closed By", "closed_by", "R-12, P-R2"),
    _time("First Response Time", "first_response_time", "R-12"),
    _time("Resolution Time", "resolution_time", "R-12"),
    _text("Category", "category", "R-07, R-12"),
    _text("Summary", "summary", "R-07, R-12"),
    _text("First Assignee", "first_assignee", "P-R2"),
    _text("Last Assignee", "last_assignee", "P-R2"),
    _choice("Closed By Source", "closed_by_cause", "P-R2", _SOURCES),
    _listed("Closed By Team", "closed_by_teams", "P-R2"),
    _choice("Opened By Source", "opened_by", "P-R2, P-R10", _OPENERS),
    _text("Opened By Channel", "channel", "P-R2"),
    _dated("First Assignment Timestamp", "first_assigned_at", "P-R2"),
    _dated("Last Assignment Timestamp", "last_assigned_at", "P-R2"),
    _text("First Response By", "first_response_by", "P-R2"),
    _time("Time to First Assignment", "time_to_first_assignment", "P-R2"),
    _time("First Assignment to First Response Time", "first_assignment_to_first_response", "P-R2"),
    _time("Last Assignment to Response Time", "last_assignment_to_response", "P-R2"),
    _time("First Assignment to Close Time", "first_assignment_to_close", "P-R2"),
    _time("Last Assignment to Close Time", "last_assignment_to_close", "P-R2"),
    _time("Average Response Time", "response_time", "P-R2, AMB-18"),
    _count("Number of Assignments", "assignments", "P-R2"),
    _count("Number of Responses", "responses", "P-R2, P-R5"),
)
"""The 30 columns of the conversations: the 13 of the page, then 17 of the real file."""

MESSAGE_COLUMNS: Final = (
    _dated("Date & Time", "at", "R-11, P-R1"),
    _text("Sender ID", "sender_id", "R-11"),
    _choice("Sender Type", "sender", "R-11, P-R1", {kind: kind.value for kind in SenderKind}),
    _text("Contact ID", "contact_id", "R-11"),
    _text("Message ID", "message_id", "R-11, P-R1"),
    _text("Content Type", "content_type", "R-11, P-R1"),
    _choice("Message Type", "direction", "R-11", _WAYS),
    _text("Content", "text", "R-11"),
    _text("Channel ID", "channel", "P-R1"),
    # No event tells a type besides content and way, nor a sub type.
    _text("Type", None, "P-R1"),
    _text("Sub Type", None, "P-R1"),
)
"""The 11 columns of the messages."""


CONTACT_COLUMNS: Final = (
    _text("Contact ID", "contact_id", "R-10, AMB-23"),
    _listed("Tags", "labels", "K-04"),
    _listed("Channels", "channels", "K-05"),
    _text("Assignee", "assignee", "K-08"),
    _count("Number of Conversations", "conversations", "R-02"),
    _dated("DateTime First Conversation", "first_at", "R-02"),
    _dated("DateTime Last Conversation", "last_at", "R-02"),
)
"""The columns of the contacts."""


def conversations(release: Release) -> list[dict[str, Any]]:
    """Return the closed conversations of a release of a case log, in 30 columns (R-12, P-R2).

    Raises WorklogError for anything but a release of a case log, RangeError for an instant that has
    no wall time.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, PrivacyLevel, PrivacyPolicy, WorklogRules
        >>> from worklog_core import build_case_log, exports, release
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> exports.respondio.conversations(release(log, PrivacyPolicy(PrivacyLevel.ANONYMOUS)))
        []
    """
    written = written_rows(release, "case log", CONVERSATION_COLUMNS, _style(release))
    return [row for row, case in zip(written, release.rows, strict=True) if _is_closed(case)]


def _is_closed(case: Mapping[str, Any]) -> bool:
    # At every level a resolution time is shown, while the instant of the closing may not be.
    return case["closed_by_cause"] is not None


def messages(release: Release) -> list[dict[str, Any]]:
    """Return a release of a message log in the 11 columns of the messages (R-11, P-R1).

    The log of failed messages has the same columns: `message_log(log, failed=True)`.
    """
    return written_rows(release, "message log", MESSAGE_COLUMNS, _style(release))


def contacts(release: Release) -> list[dict[str, Any]]:
    """Return a release of a contact log, a row a contact (R-10, AMB-23)."""
    return written_rows(release, "contact log", CONTACT_COLUMNS, _style(release))


def read_conversations(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the values of exported conversations by column: times, wall times, counts, text.

    Ids stay text, however long (P-R3); wall times come back without a zone, to the minute. A column
    may be missing. Raises WorklogError for a column that the export has not, and for a cell that is
    no value of its column; the error shows column and row, not the cell.

    Example:
        >>> from worklog_core import exports
        >>> exports.respondio.read_conversations([
        ...     {"Conversation ID": "17201234567999996", "Number of Responses": "2"}])
        [{'Conversation ID': '17201234567999996', 'Number of Responses': 2}]
    """
    return read_rows(rows, CONVERSATION_COLUMNS)


TRIGGER_VARIABLES: Final = {
    "conversation.category": "category",
    "conversation.summary": "summary",
    "conversation.openedTime": "started_at",
    "conversation.openedBySource": "opened_by",
    "conversation.closedTime": "closed_at",
    "conversation.closedBy": "closed_by",
    "conversation.closedBySource": "closed_by_cause",
    "conversation.firstResponseTime": "first_response_time",
    "conversation.resolutionTime": "resolution_time",
    "conversation.incomingMessageCount": "incoming_messages",
    "conversation.outgoingMessageCount": "outgoing_messages",
    "conversation.assigneeTeam": "team",
    "conversation.lastAssignmentTime": "last_assigned_at",
    "contact.assignee": "current_assignee",
}
"""The variables of the closing trigger, and the fields of a release that they show (P-R4)."""


def closed_variables(release: Release) -> list[dict[str, Any]]:
    """Return what the closing trigger offers of each closed conversation (R-13, R-14, P-R4).

    Instants are whole seconds since 1970 and times whole seconds, as numbers; a day stands as text
    where no more is released. An open conversation has no variables: it is not in the list.
    """
    style = _style(release)
    found = require_release(release, "case log").rows
    return [
        {name: _variable(case.get(field), style) for name, field in TRIGGER_VARIABLES.items()}
        for case in found
        if _is_closed(case)
    ]


def _variable(value: Any, style: CellStyle) -> Any:
    if isinstance(value, datetime):
        return (value - EPOCH) // _SECOND
    if isinstance(value, timedelta):
        return value // _SECOND
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StatusCause):
        return _SOURCES[value]
    if isinstance(value, OpenedBy):
        return value.value
    return write_cell(CellKind.TEXT, value, style) if isinstance(value, str) else value


def _style(release: Any) -> CellStyle:
    return CellStyle(
        time_zone=getattr(release, "time_zone", UTC),
        arrays=ArrayStyle.LISTS,
        durations=DurationStyle.CLOCK,
        decimals=DecimalMark.POINT,
    )
