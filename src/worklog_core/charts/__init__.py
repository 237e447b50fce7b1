"""Pictures of results, as Altair specifications; needs the extra `charts`."""

from worklog_core.charts.burn_down import burn_down

__all__ = ["burn_down"]
