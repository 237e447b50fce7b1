"""Metrics, and the single figures that every report is made of.

Three rules hold in this module:
1. A metric is defined here once: its event, whom it is attributed to, its value. Every report reads
   it here, so the same metric under the same selection is the same number everywhere.
2. A response belongs to who gave it, a resolution to who closed, an opening to the last assignee.
3. A figure that cannot be determined has no event: it stands in the period in which its case began,
   with its reason, and is in no average.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import Final

import attrs

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.entries import CaseEntry
from worklog_core.conversations.reports.selection import Anchor, Hours, Selection
from worklog_core.door import require_kind
from worklog_core.events.messages import Direction, MessageSent, SenderKind
from worklog_core.instants import to_microseconds
from worklog_core.undetermined import Undetermined

__all__ = ["Measurement", "Metric", "measurements", "zone_of"]

_WAY_OUT: Final = "Ask for example measurements(log, Metric.OPENED, Selection())."


class Metric(Enum):
    """What a report may count or average; the value is its name in an export."""

    OPENED = "opened"
    CLOSED = "closed"
    INCOMING_MESSAGES = "incoming_messages"
    OUTGOING_MESSAGES = "outgoing_messages"
    NOTES = "notes"
    FAILED_MESSAGES = "failed_messages"
    FIRST_RESPONSE_TIME = "first_response_time"
    RESPONSE_TIME = "response_time"
    RESOLUTION_TIME = "resolution_time"
    TIME_TO_FIRST_ASSIGNMENT = "time_to_first_assignment"
    FIRST_ASSIGNMENT_TO_FIRST_RESPONSE = "first_assignment_to_first_response"
    LAST_ASSIGNMENT_TO_RESPONSE = "last_assignment_to_response"
    FIRST_ASSIGNMENT_TO_CLOSE = "first_assignment_to_close"
    LAST_ASSIGNMENT_TO_CLOSE = "last_assignment_to_close"
    HANDLED_TIME = "handled_time"
    FULL_HANDLED_TIME = "full_handled_time"
    HOLD = "hold"
    WRAP_UP = "wrap_up"

    @property
    def is_time(self) -> bool:
        """Whether it is a time, of which less is better, and not a count, of which more is."""
        return self not in _COUNTS


_COUNTS: Final = (
    Metric.OPENED,
    Metric.CLOSED,
    Metric.INCOMING_MESSAGES,
    Metric.OUTGOING_MESSAGES,
    Metric.NOTES,
    Metric.FAILED_MESSAGES,
)
_WITHOUT_NET: Final = (
    Metric.HANDLED_TIME,
    Metric.FULL_HANDLED_TIME,
    Metric.HOLD,
    Metric.WRAP_UP,
)
_CLOSE: Final = ("closed_at", "closed_by")
_OF_A_CASE: Final[dict[Metric, tuple[str, str]]] = {
    Metric.OPENED: ("started_at", "last_assignee"),
    Metric.CLOSED: _CLOSE,
    Metric.FIRST_RESPONSE_TIME: ("first_response_at", "first_response_by"),
    Metric.RESOLUTION_TIME: _CLOSE,
    Metric.TIME_TO_FIRST_ASSIGNMENT: ("first_assigned_at", "first_assignee"),
    Metric.FIRST_ASSIGNMENT_TO_FIRST_RESPONSE: ("first_assigned_at", "first_assignee"),
    Metric.LAST_ASSIGNMENT_TO_RESPONSE: ("last_assigned_at", "last_assignee"),
    Metric.FIRST_ASSIGNMENT_TO_CLOSE: _CLOSE,
    Metric.LAST_ASSIGNMENT_TO_CLOSE: _CLOSE,
    Metric.HANDLED_TIME: _CLOSE,
    Metric.FULL_HANDLED_TIME: _CLOSE,
    Metric.HOLD: _CLOSE,
    Metric.WRAP_UP: _CLOSE,
}
"""The instant of a metric's event and whom it is attributed to, as fields of an entry."""
_AFTER_ASSIGNMENT: Final = (
    Metric.FIRST_ASSIGNMENT_TO_FIRST_RESPONSE,
    Metric.LAST_ASSIGNMENT_TO_RESPONSE,
)


@attrs.frozen(kw_only=True)
class Measurement:
    """One figure: of which case, when, by whom, how much.

    `value` is a time, or None for a count and for what cannot be determined; `reason` says why the
    latter. `at` is None where the event did not happen. `message` is the message that a count of
    messages counts.
    """

    metric: Metric
    case: CaseEntry
    at: datetime | None
    user_id: str | None
    teams: tuple[str, ...]
    value: timedelta | None = None
    reason: Undetermined | None = None
    message: MessageSent | None = None


def zone_of(log: CaseLog, selection: Selection) -> tzinfo:
    """Return the zone of a report; refuse what is neither a log nor a selection."""
    require_kind("log", log, CaseLog, _WAY_OUT)
    require_kind("selection", selection, Selection, _WAY_OUT)
    return selection.time_zone or log.rules.time_zone


def measurements(
    log: CaseLog, metric: Metric, selection: Selection | None = None
) -> tuple[Measurement, ...]:
    """Return every figure of a metric that a selection holds, in time order.

    Raises WorklogError for what is neither a log, a metric nor a selection.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, Metric, WorklogRules, build_case_log, measurements
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> measurements(log, Metric.RESOLUTION_TIME)
        ()
    """
    chosen = Selection() if selection is None else selection
    for field, value, kind in (
        ("log", log, CaseLog),
        ("metric", metric, Metric),
        ("selection", chosen, Selection),
    ):
        require_kind(field, value, kind, _WAY_OUT)
    bounds = None
    if chosen.period is not None:
        bounds = chosen.period.bounds(zone_of(log, chosen))
    found: list[tuple[int, str, Measurement]] = []
    for figure in _all(log, metric, chosen.hours):
        is_told = chosen.anchor is Anchor.EVENT and figure.at is not None
        anchored = figure.at if is_told else figure.case.started_at
        instant = None if anchored is None else to_microseconds(anchored)
        if bounds is not None and (instant is None or not bounds[0] <= instant < bounds[1]):
            continue
        if chosen.holds(figure.case) and chosen.holds_person(figure.user_id, figure.teams):
            found.append((0 if instant is None else instant, figure.case.case_id, figure))
    return tuple(figure for *_, figure in sorted(found, key=lambda each: each[:2]))


def _all(log: CaseLog, metric: Metric, hours: Hours) -> Iterator[Measurement]:
    if metric is Metric.RESPONSE_TIME:
        yield from _responses(log, hours)
    elif metric in _OF_A_CASE:
        for case in log.entries:
            yield from _of_case(log, metric, case, hours)
    else:
        yield from _messages(log, metric)


def _of_case(log: CaseLog, metric: Metric, case: CaseEntry, hours: Hours) -> Iterator[Measurement]:
    when, whose = _OF_A_CASE[metric]
    at: datetime | None = getattr(case, when)
    user_id: str | None = getattr(case, whose)
    if not metric.is_time:
        if at is not None:
            yield _figure(log, metric, case, at, user_id)
        return
    field = metric.value
    if hours is Hours.NET and metric not in _WITHOUT_NET:
        field = f"net_{field}"
    value: timedelta | None = getattr(case, field)
    if value is None:
        reason = case.reasons[field]
        nobody = case.last_assignee
        yield attrs.evolve(_figure(log, metric, case, None, nobody), reason=reason)
        return
    if at is not None and metric in _AFTER_ASSIGNMENT:
        at += getattr(case, metric.value)
    yield attrs.evolve(_figure(log, metric, case, at, user_id), value=value)


def _figure(
    log: CaseLog, metric: Metric, case: CaseEntry, at: datetime | None, user_id: str | None
) -> Measurement:
    when = at or case.started_at
    teams = () if when is None else log.teams_of(user_id, when)
    return Measurement(metric=metric, case=case, at=at, user_id=user_id, teams=teams)


def _responses(log: CaseLog, hours: Hours) -> Iterator[Measurement]:
    for response in log.responses:
        case = log[response.ticket_id]
        at = response.answered_at
        figure = _figure(log, Metric.RESPONSE_TIME, case, at, response.responder_id)
        net = response.net_response_time
        value = response.response_time if hours is Hours.GROSS else net
        reason = response.reason if value is None else None
        yield attrs.evolve(figure, value=value, reason=reason)


def _messages(log: CaseLog, metric: Metric) -> Iterator[Measurement]:
    for message in log.messages:
        if metric is _metric_of(message):
            case = log[log.case_ids.get(message.ticket_id, message.ticket_id)]
            is_persons = message.sender is SenderKind.HUMAN
            user_id = message.sender_id if is_persons else None
            if metric is Metric.INCOMING_MESSAGES:
                user_id = case.last_assignee
            figure = _figure(log, metric, case, message.at, user_id)
            yield attrs.evolve(figure, message=message)


def _metric_of(message: MessageSent) -> Metric:
    if message.failure is not None:
        return Metric.FAILED_MESSAGES
    return {
        Direction.IN: Metric.INCOMING_MESSAGES,
        Direction.OUT: Metric.OUTGOING_MESSAGES,
        Direction.INTERNAL: Metric.NOTES,
    }[message.direction]
