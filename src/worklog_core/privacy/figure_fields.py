"""Reports by hour, bucket or metric: which field is released at which level.

Four rules hold for the tables:
1. A figure of too few people is withheld in the guarded forms. A bucket is no group: it stands as
   it is, as the times do that lie in it.
2. An hour of the week and an interval are an axis and nobody's instant: they are shown everywhere.
3. What came in and what was opened is shown: it does not say which conversations users opened.
4. What was closed, sent and worked in an interval is of all who did any of it there.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, timedelta, tzinfo
from operator import attrgetter
from typing import Final

import attrs

from worklog_core.conversations.reports.breakdowns import Breakdown
from worklog_core.conversations.reports.comparison import MetricChange, PeriodComparison
from worklog_core.conversations.reports.heatmap import OpenedHeatmap
from worklog_core.conversations.reports.measurements import Metric
from worklog_core.conversations.reports.statistics import Statistics
from worklog_core.conversations.reports.volume import VolumeInterval, VolumeReport
from worklog_core.privacy.figures import openers, people_behind, table_of_figures
from worklog_core.privacy.levels import EVERYWHERE, GROUP
from worklog_core.privacy.subjects import Measure, ReleasedField
from worklog_core.privacy.whole_seconds import nearest, rounded_together
from worklog_core.undetermined import Undetermined

__all__ = ["BUCKETS", "CHANGES", "HOURS", "INTERVALS", "STATISTICS"]

Reasons = Mapping[str, Undetermined]
_NOTHING: Final = Undetermined.NOTHING_MEASURED


def _everybody_in_cells(heatmap: OpenedHeatmap) -> AbstractSet[str]:
    figures = [figure for cell in heatmap.cells for figure in cell.figures]
    return people_behind(figures) | openers(figures)


HOURS: Final = table_of_figures(
    kind="heatmap",
    records=attrgetter("cells"),
    everybody_in=_everybody_in_cells,
    fields=tuple(
        ReleasedField(name=name, treatments=EVERYWHERE)
        for name in ("weekday", "hour", "opened", "exposure")
    ),
)
"""How an `OpenedHeatmap` is released."""


def _active(interval: VolumeInterval) -> AbstractSet[str]:
    doings = (Metric.CLOSED, Metric.OUTGOING_MESSAGES)
    return interval.workers | people_behind(
        figure for figure in interval.figures if figure.metric in doings
    )


def _everybody_in_intervals(report: VolumeReport) -> AbstractSet[str]:
    found: set[str] = set()
    for interval in report.intervals:
        found |= _active(interval) | people_behind(interval.figures) | openers(interval.figures)
    return found


def _interval_seconds(intervals: Sequence[VolumeInterval]) -> list[dict[str, timedelta | None]]:
    exact = [interval.workload for interval in intervals]
    rounded = rounded_together(exact, nearest(sum(exact, timedelta())))
    return [{"workload": workload} for workload in rounded]


INTERVALS: Final = table_of_figures(
    kind="volume",
    records=attrgetter("intervals"),
    seconds_of=_interval_seconds,
    everybody_in=_everybody_in_intervals,
    are_parts=True,
    fields=(
        *(
            ReleasedField(name=name, treatments=EVERYWHERE)
            for name in ("start", "end", "opened", "incoming_messages")
        ),
        *(
            ReleasedField(name=name, treatments=GROUP, people_of=_active)
            for name in ("closed", "outgoing_messages")
        ),
        ReleasedField(
            name="workload", treatments=GROUP, measure=Measure.HANDLING, people_of=_active
        ),
    ),
)
"""How a `VolumeReport` is released."""


@attrs.frozen
class _Bucket:
    """A bucket, or what is in none for a reason."""

    at_least: timedelta | None
    below: timedelta | None
    count: int
    percent: int | None
    reason: Undetermined | None


def _buckets(report: Breakdown) -> Sequence[_Bucket]:
    measured = [_Bucket(b.at_least, b.below, b.count, b.percent, None) for b in report.buckets]
    reasons = sorted(report.undetermined.items(), key=lambda each: each[0].value)
    return [*measured, *(_Bucket(None, None, count, None, why) for why, count in reasons)]


def _everybody_in_buckets(report: Breakdown) -> AbstractSet[str]:
    return people_behind(report.statistics.figures)


def _bucket_reasons(bucket: _Bucket) -> Reasons:
    if bucket.reason is not None:
        return dict.fromkeys(("at_least", "below", "percent"), bucket.reason)
    return {"percent": _NOTHING} if bucket.percent is None else {}


BUCKETS: Final = table_of_figures(
    kind="breakdown",
    records=_buckets,
    reasons_of=_bucket_reasons,
    everybody_in=_everybody_in_buckets,
    fields=tuple(
        ReleasedField(name=name, treatments=EVERYWHERE)
        for name in ("at_least", "below", "count", "percent")
    ),
)
"""How a `Breakdown` is released; what was not measured stands behind the buckets, by reason."""


def _now_people(change: MetricChange) -> AbstractSet[str]:
    return people_behind(change.now.figures)


def _before_people(change: MetricChange) -> AbstractSet[str]:
    return people_behind(change.before.figures)


def _everybody_in_changes(report: PeriodComparison) -> AbstractSet[str]:
    found: set[str] = set()
    return found.union(*(_now_people(one) | _before_people(one) for one in report.changes))


def _change_reasons(change: MetricChange) -> Reasons:
    told = {"now": change.now.reason, "before": change.before.reason}
    return {name: reason for name, reason in told.items() if reason is not None}


CHANGES: Final = table_of_figures(
    kind="period comparison",
    records=attrgetter("changes"),
    reasons_of=_change_reasons,
    everybody_in=_everybody_in_changes,
    fields=(
        ReleasedField(name="metric", treatments=EVERYWHERE),
        *(
            ReleasedField(
                name=name,
                read=attrgetter(f"{name}.value"),
                treatments=GROUP,
                measure=Measure.WAITING,
                people_of=people_of,
            )
            for name, people_of in (("now", _now_people), ("before", _before_people))
        ),
    ),
)
"""How a `PeriodComparison` is released; what it changed by follows from the two."""


def _only(statistics: Statistics) -> Sequence[Statistics]:
    return (statistics,)


def _everybody_in_statistics(statistics: Statistics) -> AbstractSet[str]:
    return people_behind(statistics.figures)


def _undetermined(statistics: Statistics) -> int:
    return sum(statistics.undetermined.values())


def _zone_of_no_days(_: object) -> tzinfo:
    return UTC


_TIMES: Final = ("total", "mean", "median", "percentile_90", "least", "most")


def _statistics_reasons(statistics: Statistics) -> Reasons:
    return {name: _NOTHING for name in _TIMES if getattr(statistics, name) is None}


STATISTICS: Final = table_of_figures(
    kind="metric",
    records=_only,
    reasons_of=_statistics_reasons,
    zone_of=_zone_of_no_days,
    everybody_in=_everybody_in_statistics,
    fields=(
        ReleasedField(name="metric", treatments=EVERYWHERE),
        ReleasedField(name="count", treatments=EVERYWHERE),
        ReleasedField(name="undetermined", read=_undetermined, treatments=EVERYWHERE),
        *(
            ReleasedField(name=name, treatments=EVERYWHERE, measure=Measure.WAITING)
            for name in _TIMES
        ),
    ),
)
"""How `Statistics` are released."""
