"""Response and resolution times in buckets (P-R6).

Three rules hold in this module:
1. Buckets are half-open: what lies on an edge is in the upper one, so exactly 30 s is no longer
   under 30 s. Every bucket is there, with its count.
2. Percentages are of what was measured, whole, by the largest remainder, and total 100.
3. What was not measured is counted apart, reason by reason.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import attrs

from worklog_core.apportion import apportion
from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.reports.heading import (
    Heading,
    heading_of,
    report_html,
    report_repr,
)
from worklog_core.conversations.reports.measurements import Metric, measurements
from worklog_core.conversations.reports.selection import Selection
from worklog_core.conversations.reports.statistics import Statistics, statistics_of
from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe
from worklog_core.undetermined import Undetermined

__all__ = [
    "RESOLUTION_EDGES",
    "RESPONSE_EDGES",
    "Breakdown",
    "TimeBucket",
    "breakdown",
    "first_response_breakdown",
    "resolution_breakdown",
    "response_breakdown",
]

RESPONSE_EDGES: Final = tuple(timedelta(seconds=s) for s in (30, 120, 300, 600, 1800, 3600))
"""The edges of response times: 30 s, 2, 5, 10 and 30 minutes, 1 hour (P-R6)."""

RESOLUTION_EDGES: Final = tuple(timedelta(hours=h) for h in (1, 4, 12, 24, 72, 168))
"""The edges of resolution times, from 1 hour to 7 days; the inner ones are this library's."""


@attrs.frozen
class TimeBucket:
    """The times from *at_least* up to, and not including, *below*; None is without end."""

    at_least: timedelta
    below: timedelta | None
    count: int
    percent: int | None


@attrs.frozen(repr=False)
class Breakdown:
    """A time in buckets, with its statistics."""

    heading: Heading
    metric: Metric
    buckets: tuple[TimeBucket, ...]
    statistics: Statistics

    @property
    def total(self) -> int:
        """How many were measured; the buckets sum to it."""
        return self.statistics.count

    @property
    def undetermined(self) -> Mapping[Undetermined, int]:
        """How many were not measured, by reason."""
        return self.statistics.undetermined

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the buckets as plain values, one dict a bucket."""
        return [attrs.asdict(bucket) for bucket in self.buckets]

    def _repr_html_(self) -> str:
        return report_html(self.heading, self.to_dicts())

    def __repr__(self) -> str:
        return report_repr("Breakdown", self.heading, self.buckets)


def breakdown(
    log: CaseLog,
    metric: Metric,
    selection: Selection | None = None,
    *,
    edges: Iterable[timedelta],
) -> Breakdown:
    """Return a time in buckets; a time at an edge is in the upper one.

    Raises WorklogError for a metric that is a count, and for edges that are not ascending and above
    zero.

    Example:
        >>> from datetime import UTC, timedelta
        >>> from worklog_core import History, Metric, WorklogRules, breakdown, build_case_log
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> hour = timedelta(hours=1)
        >>> [(b.count, b.percent) for b in breakdown(log, Metric.HOLD, edges=[hour]).buckets]
        [(0, None), (0, None)]
    """
    bounds = _bounds(edges)
    figures = measurements(log, metric, selection)
    if not metric.is_time:
        raise WorklogError(
            f"metric must be a time: found {describe(metric)}. For counts use count_by.",
            field="metric",
            value=metric,
        )
    counts = [0] * len(bounds)
    for figure in figures:
        if figure.value is not None:
            counts[bisect_right(bounds, figure.value) - 1] += 1
    percents: list[int | None] = [None] * len(bounds)
    if any(counts):
        percents = [*apportion(counts, 100)]
    buckets = zip(bounds, [*bounds[1:], None], counts, percents, strict=True)
    title = f"{metric.value.replace('_', ' ').capitalize()} in buckets"
    return Breakdown(
        heading_of(title, log, selection),
        metric,
        tuple(TimeBucket(*bucket) for bucket in buckets),
        statistics_of(metric, figures),
    )


def _bounds(edges: Iterable[Any]) -> list[timedelta]:
    found: list[Any] = list(require_iterable("edges", edges, "timedelta"))
    bounds = [timedelta(), *found]
    if not all(isinstance(edge, timedelta) for edge in found) or not all(
        lower < upper for lower, upper in pairwise(bounds)
    ):
        raise WorklogError(
            f"edges must be ascending timedeltas above zero: found {describe(found)}. "
            "Pass for example RESPONSE_EDGES.",
            field="edges",
            value=edges,
        )
    return bounds


def first_response_breakdown(
    log: CaseLog,
    selection: Selection | None = None,
    *,
    edges: Iterable[timedelta] = RESPONSE_EDGES,
) -> Breakdown:
    """Return first response times in buckets (P-R6)."""
    return breakdown(log, Metric.FIRST_RESPONSE_TIME, selection, edges=edges)


def response_breakdown(
    log: CaseLog,
    selection: Selection | None = None,
    *,
    edges: Iterable[timedelta] = RESPONSE_EDGES,
) -> Breakdown:
    """Return the times of single responses in buckets, first and later ones (AMB-18)."""
    return breakdown(log, Metric.RESPONSE_TIME, selection, edges=edges)


def resolution_breakdown(
    log: CaseLog,
    selection: Selection | None = None,
    *,
    edges: Iterable[timedelta] = RESOLUTION_EDGES,
) -> Breakdown:
    """Return resolution times in buckets (P-R6)."""
    return breakdown(log, Metric.RESOLUTION_TIME, selection, edges=edges)
