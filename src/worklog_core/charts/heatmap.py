"""The week as a heat map: when conversations are opened."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import altair as alt

from worklog_core.charts.page import table, titled
from worklog_core.charts.released import heading_of, require_release
from worklog_core.charts.reports import require_report
from worklog_core.conversations import HeatCell, OpenedHeatmap
from worklog_core.door import require_kind
from worklog_core.privacy.release import Release

__all__ = ["heatmap"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def heatmap(report: OpenedHeatmap | Release, *, rate: bool = False) -> Any:
    """Return the conversations opened by weekday and hour, in the zone of the report (R-01).

    With *rate* a cell is conversations an hour: an hour that a change of the clocks showed twice,
    or not at all, is then compared fairly. A cell that the period never showed is left empty.
    *report* may be a release of one.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, WorklogRules, build_case_log, charts, opened_heatmap
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> charts.heatmap(opened_heatmap(log)).to_dict()["mark"]["type"]
        'rect'
    """
    require_kind("rate", rate, bool, "True is conversations an hour, False how many.")
    cells, heading = _told(report)
    rows = [
        {
            "day": _DAYS[cell.weekday - 1],
            "hour": f"{cell.hour:02}",
            "opened": cell.opened,
            "rate": None if cell.rate is None else _shown(cell.rate),
        }
        for cell in cells
    ]
    field, unit = ("rate", "opened an hour") if rate else ("opened", "opened")
    squares = (
        alt.Chart(table(rows))
        .mark_rect(stroke="white")
        .encode(
            x=alt.X("hour:O", title="hour", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("day:O", title="weekday", sort=list(_DAYS)),
            color=alt.Color(f"{field}:Q", title=unit, scale=alt.Scale(scheme="viridis")),
            tooltip=["day:O", "hour:O", "opened:Q", "rate:Q"],
        )
    )
    busiest = max(cells, key=lambda cell: cell.opened)
    peak = f"{_DAYS[busiest.weekday - 1]} {busiest.hour:02}:00"
    return titled(
        squares,
        title="Conversations opened by hour of the week",
        subtitle=heading,
        description=(
            f"{sum(cell.opened for cell in cells)} conversations in 168 cells of weekday and hour; "
            f"most in the hour of {peak}: {busiest.opened}."
        ),
        height=210,
    )


def _told(report: OpenedHeatmap | Release) -> tuple[Sequence[HeatCell], str]:
    if not isinstance(report, Release):
        require_report(report, OpenedHeatmap)
        return report.cells, str(report.heading)
    require_release(report, kinds=("heatmap",))
    names = ("weekday", "hour", "opened", "exposure")
    cells = [HeatCell(*(row[name] for name in names), figures=()) for row in report.rows]
    return cells, heading_of(report)


def _shown(rate: Fraction) -> float:
    return round(float(rate), 4)
