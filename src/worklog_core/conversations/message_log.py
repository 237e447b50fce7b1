"""Everything that was written, message by message, with the case and the contact of each."""

from datetime import date, datetime, tzinfo
from typing import Any

import attrs

from worklog_core.calendars.days import CivilTime
from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.reports.heading import plain, report_html
from worklog_core.conversations.reports.measurements import Metric, measurements, zone_of
from worklog_core.conversations.reports.selection import Selection
from worklog_core.door import require_kind
from worklog_core.events.messages import Direction, MessageSent, SenderKind
from worklog_core.instants import to_microseconds

__all__ = ["LoggedMessage", "MessageLog", "message_log"]


@attrs.frozen(kw_only=True)
class LoggedMessage:
    """One message: when, by whom, to which case and contact, and what it says.

    `user_id` is the user who wrote it, None where no person did; `day` is its local day.
    """

    message_id: str
    case_id: str
    contact_id: str | None
    at: datetime
    day: date
    direction: Direction
    sender: SenderKind
    sender_id: str | None
    user_id: str | None
    channel: str | None
    content_type: str | None
    text: str | None
    failure: str | None


@attrs.frozen(repr=False)
class MessageLog:
    """Messages in time order; failed ones are told apart by their failure."""

    messages: tuple[LoggedMessage, ...]
    time_zone: tzinfo

    def __repr__(self) -> str:
        return f"<MessageLog: {len(self.messages)} messages>"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the messages as plain values, one dict a message."""
        return [
            {name: plain(value) for name, value in attrs.asdict(one, recurse=False).items()}
            for one in self.messages
        ]

    def _repr_html_(self) -> str:
        return report_html(f"{len(self.messages)} messages", self.to_dicts())


def message_log(
    log: CaseLog, selection: Selection | None = None, *, failed: bool = False
) -> MessageLog:
    """Return what was written, by the instants of the messages; or what failed (R-10, R-11).

    Messages that failed are in a log of their own. Notes are messages.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, WorklogRules, build_case_log, message_log
        >>> message_log(build_case_log(History(), WorklogRules(time_zone=UTC)))
        <MessageLog: 0 messages>
    """
    require_kind("failed", failed, bool, "Pass True for the messages that failed.")
    zone = zone_of(log, Selection() if selection is None else selection)
    civil = CivilTime(zone)
    metrics = (Metric.INCOMING_MESSAGES, Metric.OUTGOING_MESSAGES, Metric.NOTES)
    asked = (Metric.FAILED_MESSAGES,) if failed else metrics
    found = [
        _logged(figure.message, figure.case.case_id, figure.case.contact_id, civil)
        for metric in asked
        for figure in measurements(log, metric, selection)
        if figure.message is not None
    ]
    found.sort(key=lambda message: (message.at, message.case_id, message.message_id))
    return MessageLog(tuple(found), zone)


def _logged(
    message: MessageSent, case_id: str, contact_id: str | None, civil: CivilTime
) -> LoggedMessage:
    is_persons = message.sender is SenderKind.HUMAN
    return LoggedMessage(
        message_id=message.message_id,
        case_id=case_id,
        contact_id=contact_id,
        at=message.at,
        day=date.fromordinal(civil.day_of(to_microseconds(message.at))),
        direction=message.direction,
        sender=message.sender,
        sender_id=message.sender_id,
        user_id=message.sender_id if is_persons else None,
        channel=message.channel,
        content_type=message.content_type,
        text=message.text,
        failure=message.failure,
    )
