"""Pictures of results, as Altair specifications; needs the extra `charts`."""

from worklog_core.charts.burn_down import burn_down
from worklog_core.charts.day import day

__all__ = ["burn_down", "day"]
