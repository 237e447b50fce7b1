"""Pictures of reports that name no person: buckets, groups, and a period beside the one before.

One rule holds beside those of all charts: what shows people is drawn of a release only, so a
distribution by user is refused here.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import altair as alt

from worklog_core.charts.page import BAR, BLUE, GREY, bars, hours, in_words, minutes, table, titled
from worklog_core.conversations import Breakdown, Distribution, Metric, PeriodComparison, Statistics
from worklog_core.errors import WorklogError, describe

__all__ = ["breakdown", "distribution", "require_report", "trend"]

_COUNT = alt.X("count:Q", title="count", axis=alt.Axis(tickMinStep=1))


def require_report(report: object, kind: type) -> None:
    """Refuse what is not a report of a kind."""
    if not isinstance(report, kind):
        raise WorklogError(
            f"report must be of type {kind.__name__}: found {describe(report)}. "
            "Build the report, and draw it as it is.",
            field="report",
            value=report,
        )


def breakdown(report: Breakdown) -> Any:
    """Return a time in buckets as bars: counts, with percentages that total 100 (P-R6).

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import (
        ...     History, WorklogRules, build_case_log, charts, first_response_breakdown)
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> charts.breakdown(first_response_breakdown(log)).to_dict()["title"]["text"]
        'First response time'
    """
    require_report(report, Breakdown)
    rows = [
        {
            "bucket": _bucket(bucket.at_least, bucket.below),
            "count": bucket.count,
            "percent": _percent(bucket.percent),
        }
        for bucket in report.buckets
    ]
    name = report.metric.value.replace("_", " ").capitalize()
    unmeasured = sum(report.undetermined.values())
    told = ", ".join(f"{row['bucket']}: {row['count']}" for row in rows)
    return titled(
        bars(rows, "bucket", _COUNT, words="percent"),
        title=name,
        subtitle=[str(report.heading), f"{report.total} measured, {unmeasured} not determinable"],
        description=f"{name} in {len(rows)} buckets: {told}.",
        height=BAR * len(rows),
    )


def distribution(report: Distribution) -> Any:
    """Return groups and their counts as bars, the largest first.

    Raises WorklogError for groups that are persons: their picture is drawn of a release.
    """
    require_report(report, Distribution)
    if report.is_of_persons:
        raise WorklogError(
            "report must not be about persons: found groups that are users. "
            "Release it, and draw the release.",
            field="report",
        )
    rows = [
        {"group": row["name"], "count": row["count"], "percent": _percent(row["percent"])}
        for row in report.to_dicts()
    ]
    told = ", ".join(f"{row['group']}: {row['count']}" for row in rows)
    return titled(
        bars(rows, "group", _COUNT, words="percent"),
        title=report.heading.title,
        subtitle=str(report.heading),
        description=f"{report.total} in {len(rows)} groups: {told}.",
        height=BAR * max(1, len(rows)),
    )


def _percent(percent: int | None) -> str:
    return "" if percent is None else f"{percent} %"


def _bucket(at_least: timedelta, below: timedelta | None) -> str:
    if below is None:
        return f"from {_short(at_least)} on"
    return f"under {_short(below)}" if not at_least else f"{_short(at_least)} to {_short(below)}"


def _short(amount: timedelta) -> str:
    """Return an amount in the largest unit that is whole."""
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (_MINUTE, "min")):
        if amount >= unit and not amount % unit:
            return f"{amount // unit} {name}"
    return f"{amount // timedelta(seconds=1)} s"


_MINUTE = timedelta(minutes=1)


def trend(report: PeriodComparison) -> Any:
    """Return metrics of a period beside those of the period before: a bar each, a panel a metric.

    Counts are numbers and times are hours, so each panel has an axis of its own. A metric that
    cannot be determined in one of the two has no bar there.
    """
    require_report(report, PeriodComparison)
    panels: list[Any] = []
    told: list[str] = []
    for change in report.changes:
        name = change.metric.value.replace("_", " ")
        values = (change.before.value, change.now.value)
        unit, scale = _unit(change.metric, values)
        rows = [
            {"period": period, "value": value and scale(value)}
            for period, value in zip(("before", "now"), values, strict=True)
        ]
        told.append(f"{name} {_words(change.before)}, then {_words(change.now)}")
        panels.append(
            alt.Chart(table(rows))
            .mark_bar()
            .encode(
                x=alt.X("value:Q", title=unit),
                y=alt.Y("period:N", title=None, sort=["before", "now"]),
                color=alt.Color(
                    "period:N",
                    legend=None,
                    scale=alt.Scale(domain=["before", "now"], range=[GREY, BLUE]),
                ),
                tooltip=["period:N", "value:Q"],
            )
            .properties(title=name, width=250, height=2 * BAR)
        )
    return alt.concat(*panels, columns=2).properties(
        title=alt.TitleParams(
            text=f"Against {report.previous}", subtitle=str(report.heading), anchor="start"
        ),
        description="; ".join(told),
    )


def _unit(
    metric: Metric, values: Sequence[int | timedelta | None]
) -> tuple[str, Callable[[Any], float]]:
    """Return the unit in which values can be read, and how to tell one in it."""
    if not metric.is_time:
        return "count", float
    longest = max((v for v in values if isinstance(v, timedelta)), default=timedelta())
    return ("hours", hours) if longest >= timedelta(hours=2) else ("minutes", minutes)


def _words(statistics: Statistics) -> str:
    value = statistics.value
    if isinstance(value, timedelta):
        return in_words(value)
    return "not determinable" if value is None else str(value)
