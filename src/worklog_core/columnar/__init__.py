"""The hot rules again, on NumPy arrays and frames of millions of rows."""

from worklog_core.columnar.clock import advance, working_time
from worklog_core.columnar.division import divide_parallel_time
from worklog_core.columnar.worklog import build_ledger, build_worklog

__all__ = [
    "advance",
    "build_ledger",
    "build_worklog",
    "divide_parallel_time",
    "working_time",
]
