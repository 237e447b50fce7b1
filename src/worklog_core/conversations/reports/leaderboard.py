"""The leaderboard: the best users or teams of a metric (R-04, P-R8).

Four rules hold in this module:
1. Less is better of a time, more of a count. Groups are compared by the exact value.
2. Equal values share a rank, and stand by id. There are exactly *n* entries, or all there are; ties
   at the edge go by id, and `ties_left_out` says how many were as good as the last.
3. Whoever has nothing, or less than *min_count*, is left out and not ranked last.
4. Who is in several teams counts in each, so that teams may sum to more than the workspace.
"""

from collections import defaultdict
from enum import Enum
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
from worklog_core.conversations.reports.measurements import Measurement, Metric, measurements
from worklog_core.conversations.reports.selection import Selection
from worklog_core.conversations.reports.statistics import Statistics, statistics_of
from worklog_core.errors import WorklogError, describe

__all__ = ["GroupBy", "Leader", "Leaderboard", "leaderboard"]


class GroupBy(Enum):
    """Who competes."""

    USER = "user"
    TEAM = "team"


@attrs.frozen
class Leader:
    """An entry of the leaderboard: its rank from 1, who it is, and the figures."""

    rank: int
    name: str
    statistics: Statistics


@attrs.frozen(repr=False, kw_only=True)
class Leaderboard:
    """The best groups of a metric.

    `left_out` is how many groups had nothing or too little to be ranked, `unattributed` how many
    figures belong to nobody. `workspace` is the metric over all of them, each counted once.
    """

    heading: Heading
    metric: Metric
    group_by: GroupBy
    leaders: tuple[Leader, ...]
    ties_left_out: int
    left_out: int
    unattributed: int
    workspace: Statistics
    counts_several_times: bool

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the entries as plain values, one dict an entry."""
        return [
            {
                "rank": leader.rank,
                "name": leader.name,
                self.metric.value: leader.statistics.value,
                "count": leader.statistics.count,
            }
            for leader in self.leaders
        ]

    def _repr_html_(self) -> str:
        return report_html(self.heading, self.to_dicts())

    def __repr__(self) -> str:
        return report_repr("Leaderboard", self.heading, self.leaders)


def leaderboard(  # noqa: PLR0913  # who, how many, and from how much on
    log: CaseLog,
    metric: Metric,
    selection: Selection | None = None,
    *,
    group_by: GroupBy = GroupBy.USER,
    n: int = 10,
    min_count: int = 1,
) -> Leaderboard:
    """Return the best *n* users or teams of a metric.

    A response counts for who gave it, a resolution for who closed (R-04).

    Raises WorklogError for an *n* or a *min_count* below 1 and for a group that is no `GroupBy`.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, Metric, WorklogRules, build_case_log, leaderboard
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> leaderboard(log, Metric.RESPONSE_TIME).leaders
        ()
    """
    _require_positive("n", n)
    _require_positive("min_count", min_count)
    if not isinstance(group_by, GroupBy):
        raise WorklogError(
            f"group_by must be a member of GroupBy: found {describe(group_by)}. "
            "Choose GroupBy.USER or GroupBy.TEAM.",
            field="group_by",
            value=group_by,
        )
    figures = measurements(log, metric, selection)
    groups: defaultdict[str, list[Measurement]] = defaultdict(list)
    for figure in figures:
        for name in _groups_of(figure, group_by):
            groups[name].append(figure)
    ranked = _ranked(metric, groups, min_count)
    listed = ranked[:n]
    edge = listed[-1].rank if listed else 0
    workspace = statistics_of(metric, figures)
    counted = sum(statistics_of(metric, own).count for own in groups.values())
    unattributed = [figure for figure in figures if not _groups_of(figure, group_by)]
    nobodys = statistics_of(metric, unattributed).count
    title = f"Leaderboard of {metric.value.replace('_', ' ')} by {group_by.value}"
    return Leaderboard(
        heading=heading_of(title, log, selection),
        metric=metric,
        group_by=group_by,
        leaders=tuple(listed),
        ties_left_out=sum(leader.rank == edge for leader in ranked[n:]),
        left_out=len(groups) - len(ranked),
        unattributed=nobodys,
        workspace=workspace,
        counts_several_times=counted + nobodys > workspace.count,
    )


def _groups_of(figure: Measurement, group_by: GroupBy) -> tuple[str, ...]:
    if group_by is GroupBy.TEAM:
        return figure.teams
    return () if figure.user_id is None else (figure.user_id,)


def _ranked(metric: Metric, groups: dict[str, list[Measurement]], min_count: int) -> list[Leader]:
    """Return all groups that have enough, best first, equal values with an equal rank."""
    sign = 1 if metric.is_time else -1
    found: list[tuple[Fraction, str, Statistics]] = []
    for name, figures in groups.items():
        statistics = statistics_of(metric, figures)
        exact = statistics.exact
        if exact is not None and statistics.count >= min_count:
            found.append((sign * exact, name, statistics))
    found.sort(key=lambda each: each[:2])
    leaders: list[Leader] = []
    for place, (value, name, statistics) in enumerate(found, start=1):
        is_tie = place > 1 and value == found[place - 2][0]
        rank = leaders[-1].rank if is_tie else place
        leaders.append(Leader(rank, name, statistics))
    return leaders


def _require_positive(field: str, value: Any) -> None:
    if type(value) is not int or value < 1:
        raise WorklogError(
            f"{field} must be a whole number from 1 on: found {describe(value)}. "
            "Leave it out for the default.",
            field=field,
            value=value,
        )
