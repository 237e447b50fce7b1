"""Count, sum, mean, median and 90th percentile of a metric, whole or by group.

Three rules hold in this module:
1. Sums are exact, means and medians are rounded half to even at the microsecond.
2. The 90th percentile is a value that was measured, the least that nine in ten do not exceed.
3. What cannot be determined is in no average; how often it happened is told, reason by reason.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import TypeVar

import attrs

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.reports.measurements import Measurement, Metric, measurements
from worklog_core.conversations.reports.selection import Selection
from worklog_core.door import require_function, require_key
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.mappings import FrozenMapping
from worklog_core.undetermined import Undetermined

__all__ = ["Statistics", "measure", "measure_by", "statistics_of"]

K = TypeVar("K")


@attrs.frozen(kw_only=True)
class Statistics:
    """A metric over some figures.

    `count` is how many there are, `undetermined` how many there are not, by reason. The times are
    None for a count, and where nothing was measured: `reason` says which it is. `figures` are what
    all of it was read from.
    """

    metric: Metric
    count: int
    undetermined: Mapping[Undetermined, int] = attrs.field(
        converter=FrozenMapping[Undetermined, int]
    )
    total: timedelta | None
    mean: timedelta | None
    median: timedelta | None
    percentile_90: timedelta | None
    least: timedelta | None
    most: timedelta | None
    figures: tuple[Measurement, ...] = attrs.field(eq=False, repr=False)

    @property
    def value(self) -> int | timedelta | None:
        """What a report shows first: the count of a count, the mean of a time."""
        return self.mean if self.metric.is_time else self.count

    @property
    def reason(self) -> Undetermined | None:
        """Why the mean of a time is None."""
        is_empty = self.metric.is_time and self.mean is None
        return Undetermined.NOTHING_MEASURED if is_empty else None

    @property
    def exact(self) -> Fraction | None:
        """The value without rounding, a time in microseconds; it is what ranks compare."""
        if not self.metric.is_time:
            return Fraction(self.count)
        if self.total is None:
            return None
        return Fraction(timedelta_to_microseconds(self.total), self.count)


def measure(log: CaseLog, metric: Metric, selection: Selection | None = None) -> Statistics:
    """Return a metric over all that a selection holds.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, Metric, WorklogRules, build_case_log, measure
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> measure(log, Metric.OPENED).value, measure(log, Metric.RESOLUTION_TIME).reason.value
        (0, 'nothing_measured')
    """
    return statistics_of(metric, measurements(log, metric, selection))


def measure_by(
    log: CaseLog,
    metric: Metric,
    selection: Selection | None = None,
    *,
    by: Callable[[Measurement], K],
) -> dict[K, Statistics]:
    """Return a metric over each group of what a selection holds.

    *by* names the group of a figure by anything that it carries: `lambda m: m.case.channel`,
    `lambda m: m.user_id`. Groups stand in the order in which they first occur.
    """
    require_function("by", by, "measurement")
    groups: defaultdict[K, list[Measurement]] = defaultdict(list)
    for figure in measurements(log, metric, selection):
        groups[require_key("by", by(figure))].append(figure)
    return {group: statistics_of(metric, figures) for group, figures in groups.items()}


def statistics_of(metric: Metric, figures: Iterable[Measurement]) -> Statistics:
    """Return the statistics of some figures of one metric."""
    found = tuple(figures)
    if not metric.is_time:
        return _nothing(metric, len(found), {}, found)
    times = sorted(timedelta_to_microseconds(f.value) for f in found if f.value is not None)
    reasons = Counter(f.reason for f in found if f.reason is not None)
    if not times:
        return _nothing(metric, 0, reasons, found)
    count = len(times)
    return Statistics(
        metric=metric,
        count=count,
        undetermined=reasons,
        total=timedelta(microseconds=sum(times)),
        mean=_rounded(sum(times), count),
        median=_rounded(times[(count - 1) // 2] + times[count // 2], 2),
        percentile_90=timedelta(microseconds=times[-(count // 10) - 1]),
        least=timedelta(microseconds=times[0]),
        most=timedelta(microseconds=times[-1]),
        figures=found,
    )


def _nothing(
    metric: Metric,
    count: int,
    reasons: Mapping[Undetermined, int],
    figures: tuple[Measurement, ...],
) -> Statistics:
    return Statistics(
        metric=metric,
        count=count,
        undetermined=reasons,
        total=None,
        mean=None,
        median=None,
        percentile_90=None,
        least=None,
        most=None,
        figures=figures,
    )


def _rounded(total: int, count: int) -> timedelta:
    return timedelta(microseconds=round(Fraction(total, count)))
