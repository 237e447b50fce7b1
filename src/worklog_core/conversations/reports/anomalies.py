"""Anomalies: resolutions and outgoing conversations that lie far from all others (R-06, R-08).

Two rules hold in this module:
1. An anomaly is an outlier by the median and the median absolute deviation of what it was compared
   with; the report tells what that was, and who looks at it decides what it means.
2. Resolved conversations are compared with each other, users by what they sent or opened.
"""

from collections import Counter
from fractions import Fraction
from typing import Any

import attrs

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.reports.heading import (
    Heading,
    heading_of,
    report_html,
    report_repr,
)
from worklog_core.conversations.reports.measurements import Metric, measurements
from worklog_core.conversations.reports.outliers import DEFAULT_K, Spread, require_k, spread_of
from worklog_core.conversations.reports.selection import Selection
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import timedelta_to_microseconds

__all__ = ["Anomalies", "Anomaly", "outgoing_anomalies", "resolved_anomalies"]


@attrs.frozen
class Anomaly:
    """What lies beyond a limit: whose it is, the value, and on which side it lies."""

    name: str
    value: Fraction
    is_high: bool


@attrs.frozen(repr=False)
class Anomalies:
    """The outliers among some values, the furthest from the median first.

    `compared` says what the values are and in which unit, `spread` by what they were compared.
    `is_of_persons` says that they are users' and not conversations', `people` whose they are:
    everybody's who was compared.
    """

    heading: Heading
    compared: str
    spread: Spread
    anomalies: tuple[Anomaly, ...]
    is_of_persons: bool = attrs.field(default=False, kw_only=True)
    people: frozenset[str] = attrs.field(repr=False, kw_only=True)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the anomalies as plain values, one dict an anomaly."""
        return [attrs.asdict(anomaly) for anomaly in self.anomalies]

    def _repr_html_(self) -> str:
        return report_html(self.heading, self.to_dicts())

    def __repr__(self) -> str:
        return report_repr("Anomalies", self.heading, self.anomalies)


def resolved_anomalies(
    log: CaseLog, selection: Selection | None = None, *, k: Fraction = DEFAULT_K
) -> Anomalies:
    """Return the conversations whose resolution time lies far from the others', in microseconds."""
    values: dict[str, Fraction] = {}
    people: set[str | None] = set()
    for figure in measurements(log, Metric.RESOLUTION_TIME, selection):
        if figure.value is not None:
            values[figure.case.case_id] = Fraction(timedelta_to_microseconds(figure.value))
            people.add(figure.user_id)
    spread, anomalies = _anomalies(values, k)
    return Anomalies(
        heading_of("Anomalies of resolved conversations", log, selection),
        "resolution times of closed conversations, in microseconds",
        spread,
        anomalies,
        people=frozenset(person for person in people if person is not None),
    )


def outgoing_anomalies(
    log: CaseLog,
    selection: Selection | None = None,
    *,
    of: Metric = Metric.OUTGOING_MESSAGES,
    k: Fraction = DEFAULT_K,
) -> Anomalies:
    """Return the users who sent or opened far more, or far less, than the others.

    *of* is OUTGOING_MESSAGES or, for conversations that users opened themselves, OPENED. Raises
    WorklogError for any other metric.
    """
    if of not in (Metric.OUTGOING_MESSAGES, Metric.OPENED):
        raise WorklogError(
            f"of must be OUTGOING_MESSAGES or OPENED: found {describe(of)}. "
            "For resolution times use resolved_anomalies.",
            field="of",
            value=of,
        )
    counts: Counter[str] = Counter()
    for figure in measurements(log, of, selection):
        user_id = figure.case.opened_by_user if of is Metric.OPENED else figure.user_id
        if user_id is not None:
            counts[user_id] += 1
    what = "conversations opened" if of is Metric.OPENED else "messages sent"
    spread, anomalies = _anomalies({user: Fraction(count) for user, count in counts.items()}, k)
    return Anomalies(
        heading_of("Anomalies of outgoing conversations", log, selection),
        f"{what} by user, a count",
        spread,
        anomalies,
        is_of_persons=True,
        people=frozenset(counts),
    )


def _anomalies(values: dict[str, Fraction], k: Fraction) -> tuple[Spread, tuple[Anomaly, ...]]:
    spread = spread_of(list(values.values()), require_k(k))
    middle = spread.median or Fraction(0)
    found = sorted(
        ((abs(value - middle), name) for name, value in values.items() if spread.is_outlier(value)),
        key=lambda each: (-each[0], each[1]),
    )
    anomalies = (Anomaly(name, values[name], spread.is_high(values[name])) for _, name in found)
    return spread, tuple(anomalies)
