"""The list of closed conversations, and which of them deserve a second look (R-06, R-07).

Two rules hold in this module:
1. The list holds what is closed, in the order in which it was closed.
2. A conversation is to be reviewed if it took long and took many messages: both above their limit.
   Limits are given, or taken from the list itself, and always told.
"""

from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.entries import CaseEntry
from worklog_core.conversations.reports.heading import (
    Heading,
    heading_of,
    plain,
    report_html,
    report_repr,
)
from worklog_core.conversations.reports.measurements import Metric, measurements
from worklog_core.conversations.reports.outliers import DEFAULT_K, require_k, spread_of
from worklog_core.conversations.reports.selection import Hours, Selection
from worklog_core.door import duration_of_at_least, optional, refuse, require_kind
from worklog_core.instants import timedelta_to_microseconds

__all__ = [
    "ConversationList",
    "ConversationRow",
    "ReviewFlag",
    "ReviewLimits",
    "conversation_list",
]


class ReviewFlag(Enum):
    """What speaks for a second look."""

    LONG_RESOLUTION = "long_resolution"
    MANY_MESSAGES = "many_messages"


def _check_count(limits: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if type(value) is not int or value < 0:
        raise refuse(limits, attribute, value, "be a whole number", "Pass for example 20.")


@attrs.frozen(kw_only=True)
class ReviewLimits:
    """Above which a resolution is long, and above how many messages are many; None is no limit."""

    resolution_time: timedelta | None = attrs.field(
        default=None, validator=optional(duration_of_at_least(timedelta()))
    )
    messages: int | None = attrs.field(default=None, validator=optional(_check_count))


@attrs.frozen(kw_only=True)
class ConversationRow:
    """One closed conversation, with what speaks for a second look."""

    case_id: str
    contact_id: str | None
    channel: str | None
    started_at: datetime | None
    closed_at: datetime | None
    assignee: str | None
    closed_by: str | None
    first_response_time: timedelta | None
    resolution_time: timedelta | None
    messages: int
    category: str | None
    summary: str | None
    flags: tuple[ReviewFlag, ...]

    @property
    def needs_review(self) -> bool:
        """Whether it took long and took many messages."""
        return len(self.flags) == len(ReviewFlag)


@attrs.frozen(repr=False)
class ConversationList:
    """The closed conversations of a period, and the limits that their flags were set by."""

    heading: Heading
    rows: tuple[ConversationRow, ...]
    limits: ReviewLimits

    @property
    def to_review(self) -> tuple[ConversationRow, ...]:
        """The conversations that took long and took many messages."""
        return tuple(row for row in self.rows if row.needs_review)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as plain values, one dict a conversation."""
        names = [field.name for field in attrs.fields(ConversationRow)]
        return [{name: plain(getattr(row, name)) for name in names} for row in self.rows]

    def _repr_html_(self) -> str:
        return report_html(self.heading, self.to_dicts())

    def __repr__(self) -> str:
        return report_repr("ConversationList", self.heading, self.rows)


def conversation_list(
    log: CaseLog,
    selection: Selection | None = None,
    *,
    limits: ReviewLimits | None = None,
    k: Fraction = DEFAULT_K,
) -> ConversationList:
    """Return the closed conversations of a period in the order of their closing (R-06).

    Without *limits* those are above them whose resolution and messages lie more than *k* scaled
    deviations above the median of the list.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, WorklogRules, build_case_log, conversation_list
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> conversation_list(log).rows
        ()
    """
    chosen = Selection() if selection is None else selection
    steps = require_k(k)
    cases = [figure.case for figure in measurements(log, Metric.CLOSED, chosen)]
    used = _limits_of(cases, chosen.hours, steps) if limits is None else limits
    require_kind("limits", used, ReviewLimits, "Pass ReviewLimits(messages=20), for example.")
    rows = tuple(_row(case, used, chosen.hours) for case in cases)
    return ConversationList(heading_of("Closed conversations", log, chosen), rows, used)


def _resolution(case: CaseEntry, hours: Hours) -> timedelta | None:
    return case.resolution_time if hours is Hours.GROSS else case.net_resolution_time


def _first_response(case: CaseEntry, hours: Hours) -> timedelta | None:
    return case.first_response_time if hours is Hours.GROSS else case.net_first_response_time


def _messages(case: CaseEntry) -> int:
    return case.incoming_messages + case.outgoing_messages


def _limits_of(cases: list[CaseEntry], hours: Hours, k: Fraction) -> ReviewLimits:
    times = [_resolution(case, hours) for case in cases]
    measured = [Fraction(timedelta_to_microseconds(time)) for time in times if time is not None]
    longest = spread_of(measured, k)
    most = spread_of([Fraction(_messages(case)) for case in cases], k)
    return ReviewLimits(
        resolution_time=timedelta(microseconds=int(longest.upper))
        if longest.deviation and longest.upper is not None
        else None,
        messages=int(most.upper) if most.deviation and most.upper is not None else None,
    )


def _row(case: CaseEntry, limits: ReviewLimits, hours: Hours) -> ConversationRow:
    resolution, messages = _resolution(case, hours), _messages(case)
    flags: list[ReviewFlag] = []
    if resolution is not None and limits.resolution_time is not None:
        flags += [ReviewFlag.LONG_RESOLUTION] if resolution > limits.resolution_time else []
    if limits.messages is not None and messages > limits.messages:
        flags.append(ReviewFlag.MANY_MESSAGES)
    return ConversationRow(
        case_id=case.case_id,
        contact_id=case.contact_id,
        channel=case.channel,
        started_at=case.started_at,
        closed_at=case.closed_at,
        assignee=case.last_assignee,
        closed_by=case.closed_by,
        first_response_time=_first_response(case, hours),
        resolution_time=resolution,
        messages=messages,
        category=case.category,
        summary=case.summary,
        flags=tuple(flags),
    )
