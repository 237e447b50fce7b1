"""Pictures of results, as Altair specifications; needs the extra `charts`."""

from worklog_core.charts.account import account
from worklog_core.charts.burn_down import burn_down
from worklog_core.charts.day import day
from worklog_core.charts.heatmap import heatmap
from worklog_core.charts.leaderboard import leaderboard
from worklog_core.charts.reports import breakdown, distribution, trend

__all__ = [
    "account",
    "breakdown",
    "burn_down",
    "day",
    "distribution",
    "heatmap",
    "leaderboard",
    "trend",
]
