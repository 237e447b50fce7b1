"""Pictures of reports: buckets, groups, and a period beside the one before.

Two rules hold beside those of all charts:
1. What shows people is drawn of a release only. All others are drawn of a release too, which has no
   title and no selection of its own: both may name somebody.
2. Persons stand by what they count under real names alone, by name under pseudonyms.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import altair as alt

from worklog_core.charts.page import BAR, BLUE, GREY, bars, hours, in_words, minutes, table, titled
from worklog_core.charts.released import (
    group_name,
    heading_of,
    require_release,
    require_title,
)
from worklog_core.conversations import Breakdown, Distribution, Metric, PeriodComparison
from worklog_core.errors import WorklogError, describe
from worklog_core.privacy.levels import PrivacyLevel
from worklog_core.privacy.release import Release
from worklog_core.undetermined import Undetermined

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


def breakdown(report: Breakdown | Release, *, title: str | None = None) -> Any:
    """Return a time in buckets as bars: counts, with percentages that total 100 (P-R6).

    *title* says what a release is of, which does not say so itself.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import (
        ...     History, WorklogRules, build_case_log, charts, first_response_breakdown)
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> charts.breakdown(first_response_breakdown(log)).to_dict()["title"]["text"]
        'First response time'
    """
    if isinstance(report, Release):
        require_release(report, kinds=("breakdown",))
        name, heading = require_title(title), heading_of(report)
        known: Sequence[Mapping[str, Any]] = report.rows
    else:
        require_report(report, Breakdown)
        name = title or report.metric.value.replace("_", " ").capitalize()
        heading = str(report.heading)
        missing: dict[str, Any] = {"at_least": None, "count": sum(report.undetermined.values())}
        known = [*report.to_dicts(), missing]
    rows: list[dict[str, Any]] = [
        {
            "bucket": _bucket(bucket["at_least"], bucket["below"]),
            "count": bucket["count"],
            "percent": _percent(bucket["percent"]),
        }
        for bucket in known
        if bucket["at_least"] is not None
    ]
    told = ", ".join(f"{row['bucket']}: {row['count']}" for row in rows)
    measured = sum(row["count"] for row in rows)
    unmeasured = sum(row["count"] for row in known) - measured
    return titled(
        bars(rows, "bucket", _COUNT, words="percent"),
        title=name,
        subtitle=[heading, f"{measured} measured, {unmeasured} not determinable"],
        description=f"{name} in {len(rows)} buckets: {told}.",
        height=BAR * len(rows),
    )


def distribution(report: Distribution | Release, *, title: str | None = None) -> Any:
    """Return groups and their counts as bars, the largest first.

    Of a release persons are drawn, too: by name under pseudonyms, and numbered where they have
    none. *title* says what a release is of, which does not say so itself.

    Raises WorklogError for groups that are persons: their picture is drawn of a release.
    """
    if isinstance(report, Release):
        require_release(report, kinds=("distribution", "distribution of people"))
        name, heading = require_title(title), heading_of(report)
        groups = _released_groups(report)
    else:
        require_report(report, Distribution)
        if report.is_of_persons:
            raise WorklogError(
                "report must not be about persons: found groups that are users. "
                "Release it, and draw the release.",
                field="report",
            )
        name, heading = title or report.heading.title, str(report.heading)
        groups = report.to_dicts()
    rows: list[dict[str, Any]] = [
        {"group": row["name"], "count": row["count"], "percent": _percent(row["percent"])}
        for row in groups
    ]
    total = sum(row["count"] for row in rows)
    told = ", ".join(f"{row['group']}: {row['count']}" for row in rows)
    return titled(
        bars(rows, "group", _COUNT, words="percent"),
        title=name,
        subtitle=heading,
        description=f"{total} in {len(rows)} groups: {told}.",
        height=BAR * max(1, len(rows)),
    )


def _released_groups(release: Release) -> list[dict[str, Any]]:
    """Return the groups of a release, in the order in which they may stand."""
    is_of_persons = release.kind == "distribution of people"
    rows = [{**row, "name": group_name(row), "place": _place(row)} for row in release.rows]
    if is_of_persons and release.level is PrivacyLevel.ANONYMOUS:
        # Bars of one name would be one bar; what is nobody's stands behind them.
        for number, row in enumerate(rows, start=1):
            row["name"] = row["name"] if row["place"] else f"{row['name']} {number}"
        return rows
    if is_of_persons and not release.may_rank_persons:
        return sorted(rows, key=lambda row: (row["place"], row["name"]))
    return sorted(rows, key=lambda row: (row["place"], -row["count"], row["name"]))


def _place(row: Mapping[str, Any]) -> int:
    """Return where a group stands: those with a name first, those that are withheld last."""
    if row["name"] is not None:
        return 0
    return 2 if row["reasons"]["name"] is Undetermined.WITHHELD else 1


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


def trend(report: PeriodComparison | Release, *, title: str | None = None) -> Any:
    """Return metrics of a period beside those of the period before: a bar each, a panel a metric.

    Counts are numbers and times are hours, so each panel has an axis of its own. A metric that
    cannot be determined in one of the two, or is withheld there, has no bar. *title* says what a
    release is of, which does not say so itself.
    """
    if isinstance(report, Release):
        require_release(report, kinds=("period comparison",))
        above, heading = require_title(title), heading_of(report)
        changes = [(row["metric"], row["before"], row["now"]) for row in report.rows]
        words = [(_words_in(row, "before"), _words_in(row, "now")) for row in report.rows]
    else:
        require_report(report, PeriodComparison)
        above, heading = title or f"Against {report.previous}", str(report.heading)
        changes = [(each.metric, each.before.value, each.now.value) for each in report.changes]
        words = [(_words(before), _words(now)) for _, before, now in changes]
    panels: list[Any] = []
    told: list[str] = []
    for (metric, before, now), (then, lately) in zip(changes, words, strict=True):
        name = metric.value.replace("_", " ")
        values = (before, now)
        unit, scale = _unit(metric, values)
        rows = [
            {"period": period, "value": None if value is None else scale(value)}
            for period, value in zip(("before", "now"), values, strict=True)
        ]
        told.append(f"{name} {then}, then {lately}")
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
        title=alt.TitleParams(text=above, subtitle=heading, anchor="start"),
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


def _words_in(row: Mapping[str, Any], name: str) -> str:
    is_withheld = row["reasons"].get(name) is Undetermined.WITHHELD
    return "withheld" if is_withheld else _words(row[name])


def _words(value: int | timedelta | None) -> str:
    if isinstance(value, timedelta):
        return in_words(value)
    return "not determinable" if value is None else str(value)
