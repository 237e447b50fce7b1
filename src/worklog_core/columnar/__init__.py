"""The hot rules again, on NumPy arrays and frames of millions of rows."""

from worklog_core.columnar.assignments import assignment_times
from worklog_core.columnar.cases import case_times, response_runs
from worklog_core.columnar.clock import advance, working_time
from worklog_core.columnar.division import divide_parallel_time
from worklog_core.columnar.event_tables import event_table
from worklog_core.columnar.histories import history
from worklog_core.columnar.jobs import Job, ledger_job, worklog_job
from worklog_core.columnar.releasing import release
from worklog_core.columnar.reopenings import reopenings
from worklog_core.columnar.similarities import text_similarities
from worklog_core.columnar.sla import net_time_after_due
from worklog_core.columnar.worklog import build_ledger, build_worklog

__all__ = [
    "Job",
    "advance",
    "assignment_times",
    "build_ledger",
    "build_worklog",
    "case_times",
    "divide_parallel_time",
    "event_table",
    "history",
    "ledger_job",
    "net_time_after_due",
    "release",
    "reopenings",
    "response_runs",
    "text_similarities",
    "working_time",
    "worklog_job",
]
