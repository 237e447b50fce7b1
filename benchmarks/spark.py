"""Run the recipe for Spark on a desk of a million sessions, and compare it with one call.

Run it with `python benchmarks/spark.py`, with the extras `bench` and `spark` installed and a Java
found; a number of sessions may stand behind it. The desk is that of `columnar_worklog.py`. Its
event table is made once and written to Parquet, and both read it from there: one call of the job's
function in this process, and Spark with two local workers, in buckets of whole users as the page on
clusters shows it. The rows of both are compared. Times are of the clock on the wall, the start of
Spark apart; its first run starts the workers, and the least of the next three is told beside it.
"""

import os
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession, functions

from worklog_core.columnar import Job, event_table, worklog_job

DESKS = runpy.run_path(str(Path(__file__).with_name("columnar_worklog.py")))
BUCKETS = 16
ORDER = ("day", "user_id", "ticket_id", "recorded_at")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call took, and its answer."""
    begun = time.perf_counter()
    answer = work()
    return time.perf_counter() - begun, answer


def with_spark(spark: SparkSession, path: Path, job: Job) -> pa.Table:
    """Return the rows as Spark finds them, in the order of rows."""
    bucket = functions.expr(f"pmod(hash(user_id), {BUCKETS})")
    answer = spark.read.parquet(str(path)).groupBy(bucket).applyInArrow(job.table(), job.ddl)
    return answer.orderBy(*ORDER).toArrow().cast(job.schema)


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    os.environ["PYSPARK_PYTHON"] = sys.executable
    job = worklog_job(DESKS["RULES"])
    frames = DESKS["service_desk"](count, count // 3, 5)
    made, events = timed(lambda: event_table(**frames))
    print(f"{count:,} sessions: {len(events):,} events, their table made in {made:.1f} s")
    with TemporaryDirectory() as folder:
        path = Path(folder, "events.parquet")
        pq.write_table(events, path, row_group_size=len(events) // 8 + 1)
        alone, local = timed(lambda: job.table()(pq.read_table(path)))
        print(f"one call, here: {alone:.1f} s for {len(local):,} rows")
        started, spark = timed(
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.memory", "3g")
            .config("spark.sql.shuffle.partitions", "4")
            .getOrCreate
        )
        runs = [timed(lambda: with_spark(spark, path, job)) for _ in range(4)]
        spark.stop()
    assert all(rows.equals(local) for _, rows in runs)
    first, *others = [seconds for seconds, _ in runs]
    print(f"Spark on local[2], {BUCKETS} buckets: {min(others):.1f} s, the same rows")
    print(f"its start {started:.1f} s, and {first:.1f} s for the first run")


if __name__ == "__main__":
    main()
