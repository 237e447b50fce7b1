"""The leaderboard as bars: only where persons may be ranked."""

from typing import Any

import altair as alt

from worklog_core.charts.page import BAR, bars, in_words, minutes, titled
from worklog_core.charts.released import require_release
from worklog_core.errors import WorklogError
from worklog_core.privacy.release import Release

__all__ = ["leaderboard"]


def leaderboard(release: Release, *, title: str) -> Any:
    """Return the ranked users of a metric as bars, the best on top (R-04).

    It takes the release of a `Leaderboard` at the level of real names: persons are ranked at no
    other. A time is its mean in minutes, a count the count. *title* says what is ranked, and when.

    Raises WorklogError for anything else.
    """
    require_release(release, kind="leaderboard", columns=("name",))
    if not release.may_rank_persons:
        raise WorklogError(
            f"release must be one that may rank persons: found level {release.level.value}. "
            "Rank under real names, by agreement, or not at all.",
            field="release",
        )
    is_time = any(row["mean"] is not None for row in release.rows)
    rows = [
        {
            "name": f"{row['rank']}. {row['name']}",
            "value": minutes(row["mean"]) if is_time else row["count"],
            "said": in_words(row["mean"]) if is_time else str(row["count"]),
        }
        for row in release.rows
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
