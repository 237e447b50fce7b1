"""Measure the worklog of frames, time and memory, against DuckDB doing the division alone.

Run it with `python benchmarks/columnar_worklog.py`, a number of sessions behind it. The input is
drawn with a fixed seed: 2,000 users over twenty days, string ids, two edits to three sessions, a
customer message to five, 8 status changes a user-day; then the same on forty tickets
that all users share, where a customer writes once in five hundred sessions. DuckDB is given the
sessions alone and divides them with window functions, in floats and without days, statuses or rows.
Every run checks that the ledger sums to what DuckDB found on screen.
"""

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from worklog_core import WorklogRules
from worklog_core.columnar import build_ledger, build_worklog

RULES = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
FIRST = 1_772_434_800_000_000  # a Monday in March 2026, at seven
DAY, HOUR, MINUTE = 86_400_000_000, 3_600_000_000, 60_000_000
USERS, DAYS = 2_000, 20
BREAKS = ((1, "Pause"), (3, "Support"), (5, "Pause"), (7, "Auto-Absent"))
ACTIONS = ("statusAction", "closeAction", "writeAction", "autoProcessAction")
DIVISION = """
with bounds as (
    select user_id, t, sum(d)::bigint as d from (
        select user_id, epoch_us("start") as t, 1 as d from sessions
        union all select user_id, epoch_us("end"), -1 from sessions
    ) group by all
), levels as (
    select user_id, t, sum(d) over w as n, lead(t) over w - t as dt from bounds
    window w as (partition by user_id order by t)
), clock as (
    select user_id, t, coalesce(sum(case when n > 0 then dt::double / n else 0 end) over (
        partition by user_id order by t rows between unbounded preceding and 1 preceding
    ), 0) as face from levels
)
select s.user_id, s.ticket_id, z.face - a.face as share from sessions s
join clock a on a.user_id = s.user_id and a.t = epoch_us(s."start")
join clock z on z.user_id = s.user_id and z.t = epoch_us(s."end")
"""


def instants(values: Any) -> Any:
    """Return microseconds since 1970 as a column of instants."""
    return pa.array(values, pa.timestamp("us", tz="UTC"))


def names(prefix: str, numbers: Any) -> Any:
    """Return numbers as ids."""
    distinct = np.array([f"{prefix}-{n:08}" for n in range(int(numbers.max()) + 1)], dtype=object)
    return pa.array(distinct[numbers], pa.string())


def service_desk(count: int, tickets: int, sessions_a_message: int) -> dict[str, Any]:
    """Return the frames of so many sessions on so many tickets."""
    draw = np.random.default_rng(count)
    user, ticket = draw.integers(0, USERS, count), draw.integers(0, tickets, count)
    start = FIRST + draw.integers(0, DAYS, count) * DAY + draw.integers(0, 8 * HOUR, count)
    end = start + draw.integers(1, HOUR // 2, count)
    edited = np.flatnonzero(draw.random(count) < 2 / 3)
    at = start[edited] + (end - start)[edited] * draw.integers(0, 100, len(edited)) // 100
    wrote = np.arange(0, count, sessions_a_message)
    days, hours = np.arange(DAYS) * DAY, np.array([h * HOUR for h, _ in BREAKS])
    changes = (days[:, None, None] + hours[:, None] + np.array([0, HOUR // 4])).ravel()
    statuses = np.tile(np.array([(name, "Active") for _, name in BREAKS]).ravel(), DAYS * USERS)
    whose = np.arange(USERS).repeat(len(changes))
    return {
        "sessions": pa.table(
            {
                "user_id": names("user", user),
                "ticket_id": names("ticket", ticket),
                "start": instants(start),
                "end": instants(end),
            }
        ),
        "edits": pa.table(
            {
                "user_id": names("user", user[edited]),
                "ticket_id": names("ticket", ticket[edited]),
                "at": instants(at),
                "action": pa.array(np.array(ACTIONS, dtype=object)[edited % 4], pa.string()),
            }
        ),
        "customer_messages": pa.table(
            {
                "ticket_id": names("ticket", ticket[wrote]),
                "at": instants(start[wrote] + draw.integers(-HOUR, HOUR, len(wrote))),
                "conversation_id": names("message", wrote),
            }
        ),
        "user_statuses": pa.table(
            {
                "user_id": names("user", whose),
                "at": instants(FIRST + np.tile(changes, USERS) + whose % 60 * MINUTE),
                "status": pa.array(statuses, pa.string()),
            }
        ),
    }


def timed(work: Callable[[], Any], runs: int = 3) -> float:
    """Return the median seconds of some calls."""
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return median(seconds)


def peak() -> int:
    """Return the most bytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def check(frames: dict[str, Any], connection: Any) -> None:
    """Compare the ledger with what DuckDB finds on screen, in all."""
    ledger = build_ledger(**frames, rules=RULES)
    shares = sum(connection.sql(DIVISION).to_arrow_table()["share"].to_pylist())
    assert abs(sum(ledger["amount_us"].to_pylist()) - shares) < 1e-9 * shares


def measure(label: str, count: int, tickets: int, sessions_a_message: int) -> None:
    """Print the seconds of one desk, for each kind of frame."""
    frames = service_desk(count, tickets, sessions_a_message)
    kinds = {
        "pyarrow": frames,
        "polars": {name: pl.from_arrow(table) for name, table in frames.items()},
        "pandas": {name: table.to_pandas() for name, table in frames.items()},
    }
    connection = duckdb.connect()
    connection.register("sessions", frames["sessions"])
    before = peak()
    build_worklog(**frames, rules=RULES)
    held = (peak() - before) / count
    for kind, given in kinds.items():
        seconds = timed(partial(build_worklog, **given, rules=RULES))
        print(f"{label:>32} {kind:>24} {seconds:8.3f}")
    ledger = timed(partial(build_ledger, **frames, rules=RULES))
    print(f"{label:>32} {'the ledger, pyarrow':>24} {ledger:8.3f}")
    alone = timed(lambda: connection.sql(DIVISION).to_arrow_table())
    print(f"{label:>32} {'the division in DuckDB':>24} {alone:8.3f}")
    print(f"{label:>32} {'bytes a session, at most':>24} {held:8.0f}")
    check(frames, connection)


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    measure(f"{count:,} sessions", count, count // 3, 5)
    measure(f"{count:,} on forty tickets", count, 40, 500)


if __name__ == "__main__":
    main()
