"""The user performance table: what each user closed, beside all the others (R-05, P-R7).

Three rules hold in this module:
1. All columns are based on the conversations that the user closed in the period.
2. The benchmark is the mean and the median over the users, each user once; a deviation is the
   user's value minus the mean.
3. What a user has no figure for is None and in no benchmark.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

import attrs

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.entries import CaseEntry
from worklog_core.conversations.reports.heading import (
    Heading,
    heading_of,
    report_html,
    report_repr,
)
from worklog_core.conversations.reports.measurements import Metric, measurements
from worklog_core.conversations.reports.selection import Hours, Selection
from worklog_core.conversations.responses import Response
from worklog_core.conversations.told import mean_of
from worklog_core.events.messages import Direction, MessageSent, SenderKind
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.mappings import FrozenMapping

__all__ = ["USER_COLUMNS", "UserPerformance", "UserRow", "user_performance"]

Value = int | timedelta | None
Figure = Fraction | timedelta | None

_AVERAGES: Final = (
    Metric.FIRST_RESPONSE_TIME,
    Metric.FIRST_ASSIGNMENT_TO_FIRST_RESPONSE,
    Metric.LAST_ASSIGNMENT_TO_RESPONSE,
    Metric.RESOLUTION_TIME,
    Metric.FIRST_ASSIGNMENT_TO_CLOSE,
    Metric.LAST_ASSIGNMENT_TO_CLOSE,
    Metric.HANDLED_TIME,
)
_WITHOUT_NET: Final = (Metric.HANDLED_TIME,)
_LONGEST: Final = "longest_resolution_time"
_COUNTS: Final = ("assigned", "closed", "contacts", "messages", "comments")

USER_COLUMNS: Final = (
    *_COUNTS,
    "average_response_time",
    *(f"average_{metric.value}" for metric in _AVERAGES),
    _LONGEST,
)
"""The columns of the table, in their order (P-R7)."""


@attrs.frozen
class UserRow:
    """One user: the values by column, and how far each lies from the mean over the users."""

    user_id: str
    teams: tuple[str, ...]
    values: Mapping[str, Value] = attrs.field(converter=FrozenMapping[str, Value])
    deviations: Mapping[str, Figure] = attrs.field(converter=FrozenMapping[str, Figure])


@attrs.frozen(repr=False)
class UserPerformance:
    """The users who closed anything, by id, and the benchmark beside them."""

    heading: Heading
    rows: tuple[UserRow, ...]
    mean: Mapping[str, Figure] = attrs.field(converter=FrozenMapping[str, Figure])
    median: Mapping[str, Figure] = attrs.field(converter=FrozenMapping[str, Figure])

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as plain values, the two of the benchmark last, under no user."""
        own = [
            {"user_id": row.user_id, "teams": list(row.teams), **row.values} for row in self.rows
        ]
        return [
            *own,
            {"user_id": None, "teams": ["mean"], **self.mean},
            {"user_id": None, "teams": ["median"], **self.median},
        ]

    def _repr_html_(self) -> str:
        return report_html(self.heading, self.to_dicts())

    def __repr__(self) -> str:
        return report_repr("UserPerformance", self.heading, self.rows)


def user_performance(log: CaseLog, selection: Selection | None = None) -> UserPerformance:
    """Return what each user closed in a period, with the columns of P-R7 (R-05).

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, WorklogRules, build_case_log, user_performance
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> user_performance(log).rows
        ()
    """
    chosen = Selection() if selection is None else selection
    bases: defaultdict[str, list[CaseEntry]] = defaultdict(list)
    teams: defaultdict[str, set[str]] = defaultdict(set)
    for figure in measurements(log, Metric.CLOSED, chosen):
        if figure.user_id is not None:
            bases[figure.user_id].append(figure.case)
            teams[figure.user_id] |= set(figure.teams)
    written, responses = _by_case(log)
    values = {
        user_id: _values(user_id, base, written, responses, chosen.hours)
        for user_id, base in sorted(bases.items())
    }
    mean = {name: _mean([of[name] for of in values.values()]) for name in USER_COLUMNS}
    median = {name: _median([of[name] for of in values.values()]) for name in USER_COLUMNS}
    rows = (
        UserRow(
            user_id,
            tuple(sorted(teams[user_id])),
            own,
            {name: _difference(own[name], mean[name]) for name in USER_COLUMNS},
        )
        for user_id, own in values.items()
    )
    return UserPerformance(heading_of("User performance", log, chosen), tuple(rows), mean, median)


Written = Mapping[str, Sequence[MessageSent]]
Answered = Mapping[str, Sequence[Response]]


def _by_case(log: CaseLog) -> tuple[Written, Answered]:
    written: defaultdict[str, list[MessageSent]] = defaultdict(list)
    for message in log.messages:
        if message.sender is SenderKind.HUMAN and message.failure is None:
            written[log.case_ids.get(message.ticket_id, message.ticket_id)].append(message)
    responses: defaultdict[str, list[Response]] = defaultdict(list)
    for response in log.responses:
        responses[response.ticket_id].append(response)
    return written, responses


def _values(
    user_id: str, base: list[CaseEntry], written: Written, responses: Answered, hours: Hours
) -> dict[str, Value]:
    own = [m for case in base for m in written.get(case.case_id, ()) if m.sender_id == user_id]
    answers = [
        response.response_time if hours is Hours.GROSS else response.net_response_time
        for case in base
        for response in responses.get(case.case_id, ())
        if response.responder_id == user_id
    ]
    values: dict[str, Value] = {
        "assigned": sum(user_id in case.assignees for case in base),
        "closed": len(base),
        "contacts": len({case.contact_id for case in base} - {None}),
        "messages": sum(message.direction is Direction.OUT for message in own),
        "comments": sum(message.direction is Direction.INTERNAL for message in own),
        "average_response_time": mean_of(time for time in answers if time is not None),
    }
    for metric in _AVERAGES:
        is_net = hours is Hours.NET and metric not in _WITHOUT_NET
        field = f"net_{metric.value}" if is_net else metric.value
        times = [time for case in base if (time := getattr(case, field)) is not None]
        values[f"average_{metric.value}"] = mean_of(times)
        if metric is Metric.RESOLUTION_TIME:
            values[_LONGEST] = max(times, default=None)
    return {name: values[name] for name in USER_COLUMNS}


def _mean(values: list[Value]) -> Figure:
    times, counts = _parted(values)
    if times:
        return mean_of(times)
    return Fraction(sum(counts), len(counts)) if counts else None


def _median(values: list[Value]) -> Figure:
    times, counts = _parted(values)
    if times:
        in_order = sorted(times)
        return mean_of((in_order[(len(in_order) - 1) // 2], in_order[len(in_order) // 2]))
    found = sorted(counts)
    return Fraction(found[(len(found) - 1) // 2] + found[len(found) // 2], 2) if found else None


def _parted(values: list[Value]) -> tuple[list[timedelta], list[int]]:
    """Return the times and the counts of a column, which holds only one of the two."""
    times = [value for value in values if isinstance(value, timedelta)]
    return times, [value for value in values if isinstance(value, int)]


def _difference(value: Value, mean: Figure) -> Figure:
    if isinstance(value, timedelta) and isinstance(mean, timedelta):
        difference = timedelta_to_microseconds(value) - timedelta_to_microseconds(mean)
        return timedelta(microseconds=difference)
    return value - mean if isinstance(value, int) and isinstance(mean, Fraction) else None
