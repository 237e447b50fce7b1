"""A period beside the one before.

Two rules hold in this module:
1. Both sides are the same selection of the same log, each over its own period.
2. A change in percent is None where there was nothing before: from nothing there is no ratio.
"""

from collections.abc import Iterable
from datetime import timedelta
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
from worklog_core.conversations.reports.measurements import Metric
from worklog_core.conversations.reports.periods import Period
from worklog_core.conversations.reports.selection import Selection
from worklog_core.conversations.reports.statistics import Statistics, measure
from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe

__all__ = ["MetricChange", "PeriodComparison", "compare_with_previous"]


@attrs.frozen
class MetricChange:
    """One metric in a period and in the one before."""

    metric: Metric
    now: Statistics
    before: Statistics

    @property
    def difference(self) -> int | timedelta | None:
        """The value now minus that before; None where one of them cannot be determined."""
        now, before = self.now.value, self.before.value
        if isinstance(now, timedelta) and isinstance(before, timedelta):
            return now - before
        return now - before if isinstance(now, int) and isinstance(before, int) else None

    @property
    def percent(self) -> Fraction | None:
        """By how many percent it changed, exact; None where there was nothing before."""
        now, before = self.now.exact, self.before.exact
        return (now - before) * 100 / before if now is not None and before else None


@attrs.frozen(repr=False)
class PeriodComparison:
    """Some metrics in a period and in the one before."""

    heading: Heading
    previous: Period
    changes: tuple[MetricChange, ...]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the changes as plain values, one dict a metric."""
        return [
            {
                "metric": change.metric.value,
                "now": change.now.value,
                "before": change.before.value,
                "difference": change.difference,
                "percent": change.percent,
            }
            for change in self.changes
        ]

    def _repr_html_(self) -> str:
        return report_html(self.heading, self.to_dicts())

    def __repr__(self) -> str:
        return report_repr("PeriodComparison", self.heading, self.changes)


def compare_with_previous(
    log: CaseLog, selection: Selection, *, metrics: Iterable[Metric] = tuple(Metric)
) -> PeriodComparison:
    """Return some metrics in the selected period and in the one before it.

    Raises WorklogError for a selection without a period.
    """
    if not isinstance(selection, Selection) or selection.period is None:
        raise WorklogError(
            f"selection must have a period: found {describe(selection)}. "
            "Pass Selection(period=Period.month(2026, 3)).",
            field="selection",
            value=selection,
        )
    previous = selection.period.previous()
    earlier = attrs.evolve(selection, period=previous)
    changes = (
        MetricChange(metric, measure(log, metric, selection), measure(log, metric, earlier))
        for metric in require_iterable("metrics", metrics, "Metric")
    )
    heading = heading_of(f"Change against {previous}", log, selection)
    return PeriodComparison(heading, previous, tuple(changes))
