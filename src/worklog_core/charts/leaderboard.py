"""The leaderboard as bars: persons only where they may be ranked, teams where small ones are one.

A bar that bears no name is of the teams that are too small to be shown by themselves.
"""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from worklog_core.charts.page import BAR, bars, in_words, minutes, titled
from worklog_core.charts.released import group_name, require_release
from worklog_core.errors import WorklogError
from worklog_core.privacy.release import Release

__all__ = ["leaderboard"]

_TEAMS: Final = "leaderboard of teams"


def leaderboard(release: Release, *, title: str) -> Any:
    """Return the ranked users or teams of a metric as bars, the best on top (R-04).

    It takes the release of a `Leaderboard`: of users at the level of real names, for persons are
    ranked at no other; of teams there too, with their ranks, and in the guarded forms, where no
    team is of fewer than k people. A time is its mean in minutes, a count the count. *title* says
    what is ranked, and when.

    Raises WorklogError for anything else.
    """
    require_release(release, kinds=("leaderboard", _TEAMS), columns=())
    is_of_teams = release.kind == _TEAMS
    if not release.may_rank_persons and not (is_of_teams and release.form.is_guarded):
        raise WorklogError(
            f"release must be one that may rank persons: found {release.form.value}, "
            f"a {release.kind}. Rank persons under real names, by agreement, or not at all; teams "
            "at the level anonymous, too.",
            field="release",
        )
    is_time = any(row["mean"] is not None for row in release.rows)
    rows = [
        {
            "name": _name(row),
            "value": minutes(row["mean"]) if is_time else row["count"],
            "said": in_words(row["mean"]) if is_time else str(row["count"]),
        }
        for row in sorted(release.rows, key=lambda row: _place(row, is_time=is_time))
    ]
    value = alt.X("value:Q", title="mean (minutes)" if is_time else "count")
    told = ", ".join(f"{row['name']}: {row['said']}" for row in rows)
    return titled(
        bars(rows, "name", value, words="said"),
        title=title,
        subtitle=f"ranked {len(rows)}; days of {release.time_zone}",
        description=f"{title}: {told}.",
        height=BAR * len(rows),
    )


def _name(row: Mapping[str, Any]) -> str:
    name = group_name(row)
    return f"{row['rank']}. {name}" if "rank" in row else name


def _place(row: Mapping[str, Any], *, is_time: bool) -> tuple[Any, ...]:
    """Return what puts the best on top; the rest of the teams is compared with none."""
    if "rank" in row:
        return (row["rank"], row["name"])
    name = row["name"]
    return (name is None, row["mean"] if is_time else -row["count"], name or "")
