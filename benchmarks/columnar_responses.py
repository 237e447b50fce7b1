"""Measure the times of cases in frames against the plain formulation in Polars.

Run it with `python benchmarks/columnar_responses.py`, a number of messages behind it (1,000,000).
The input is drawn with a fixed seed: cases of eight messages on average over thirty days, string
ids, of each ten messages five of the customer, four of a person and one of a machine; half of the
cases are closed, some of them twice. Polars is given the same frames and told neither of versions,
duplicates, messages at one instant and merged tickets nor of policies and reasons, and answers what
is left: runs, sums of waits, first responses and resolutions. Every answer is compared with ours,
exactly. One process, wall time, least of runs in turn, for Polars uses all cores.
"""

import gc
import sys
import time
from collections.abc import Callable
from datetime import UTC
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl

from worklog_core import CaseRules, WeeklyHours, WorkingCalendar, WorklogRules
from worklog_core.columnar import case_times, response_runs

RULES: Final = WorklogRules(time_zone=UTC)
OFFICE: Final = CaseRules(
    calendar=WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
)
FIRST: Final = 1_772_434_800_000_000  # a Monday in March 2026, at seven
MONTH: Final = 30 * 86_400_000_000
WAYS: Final = (*(("in", "contact"),) * 5, *(("out", "user"),) * 4, ("out", "workflow"))
RUNS: Final = 5
HEAD: Final = "| work | ours, ms | against | ms | times ours |\n|---|---|---|---|---|"


def instants(values: Any) -> Any:
    """Return microseconds since 1970 as a column of instants."""
    return pl.Series(values).cast(pl.Datetime("us", "UTC"))


def ids(prefix: str, numbers: Any) -> Any:
    """Return numbers as ids."""
    frame = pl.DataFrame({"number": numbers})
    return frame.select(pl.format(f"{prefix}-{{}}", "number")).to_series()


def help_desk(count: int) -> dict[str, Any]:
    """Return the frames of so many messages; no two of a case lie at one instant."""
    draw = np.random.default_rng(count)
    cases = max(count // 8, 1)
    case = draw.integers(0, cases, count)
    # The last digits tell events apart: two of a case never meet.
    at = FIRST + draw.integers(0, MONTH // 4 // count, count) * 4 * count + np.arange(count) * 4
    ways = np.array(WAYS, dtype=object)[draw.integers(0, len(WAYS), count)]
    opened = np.full(cases, FIRST - 1) - np.arange(cases)
    closed = np.flatnonzero(draw.random(cases) < 0.5)
    again = closed[: len(closed) // 4]
    turns = np.concatenate([closed, again, again])
    turned_at = FIRST + MONTH // 2 + draw.integers(0, MONTH // 12, len(turns)) * 4 + 1
    turned_at[len(closed) :] += MONTH // 8 * 4
    turned_at[len(closed) + len(again) :] += MONTH // 8 * 4
    statuses = ["closed"] * len(closed) + ["open"] * len(again) + ["closed"] * len(again)
    return {
        "messages": pl.DataFrame(
            {
                "ticket_id": ids("case", case),
                "at": instants(at),
                "message_id": ids("message", np.arange(count)),
                "direction": pl.Series(ways[:, 0].tolist()),
                "sender": pl.Series(ways[:, 1].tolist()),
                "sender_id": ids("user", case % 300),
            }
        ),
        "openings": pl.DataFrame(
            {"ticket_id": ids("case", np.arange(cases)), "at": instants(opened)}
        ),
        "ticket_statuses": pl.DataFrame(
            {
                "ticket_id": ids("case", turns),
                "at": instants(turned_at),
                "status": pl.Series(statuses),
                "cause": pl.Series(["agent"] * len(turns)),
            }
        ),
    }


def runs_by_polars(frames: dict[str, Any]) -> Any:
    """Return the runs as one writes them in Polars."""
    asks = (pl.col("direction") == "in") & (pl.col("sender") == "contact")
    answers = (pl.col("direction") == "out") & (pl.col("sender") == "user")
    said = (
        frames["messages"]
        .lazy()
        .select("ticket_id", "at", phase=pl.when(asks).then(0).when(answers).then(1))
        .filter(pl.col("phase").is_not_null())
    )
    closed = (
        frames["ticket_statuses"]
        .lazy()
        .filter(pl.col("status") == "closed")
        .select("ticket_id", "at", phase=pl.lit(2))
    )
    return (
        pl.concat([said, closed])
        .sort("ticket_id", "at", "phase")
        .with_columns(before=pl.col("phase").shift(1).over("ticket_id"))
        .filter(~((pl.col("phase") == 0) & (pl.col("before") == 0).fill_null(value=False)))
        .with_columns(
            next_phase=pl.col("phase").shift(-1).over("ticket_id"),
            next_at=pl.col("at").shift(-1).over("ticket_id"),
        )
        .filter(pl.col("phase") == 0)
        .select(
            "ticket_id",
            waiting_since="at",
            answered_at=pl.when(pl.col("next_phase") == 1).then(pl.col("next_at")),
        )
        .with_columns(
            response_time_us=(
                pl.col("answered_at") - pl.col("waiting_since")
            ).dt.total_microseconds()
        )
    )


def cases_by_polars(frames: dict[str, Any]) -> Any:
    """Return the times of the cases as one writes them in Polars."""
    wait, at = pl.col("response_time_us"), pl.col("at")
    waits = (
        runs_by_polars(frames)
        .group_by("ticket_id")
        .agg(
            responses=wait.count(),
            unanswered_runs=wait.null_count(),
            response_time_sum_us=wait.sum(),
        )
    )
    openings = frames["openings"].lazy().select("ticket_id", started_at="at")
    answers = (
        frames["messages"]
        .lazy()
        .filter((pl.col("direction") == "out") & (pl.col("sender") == "user"))
        .join(openings, on="ticket_id")
        .filter(at >= pl.col("started_at"))
        .group_by("ticket_id")
        .agg(first_response_at=at.min())
    )
    closings = (
        frames["ticket_statuses"]
        .lazy()
        .sort("ticket_id", "at")
        .group_by("ticket_id", maintain_order=True)
        .agg(
            first_closed_at=at.filter(pl.col("status") == "closed").first(),
            closed_at=pl.when(pl.col("status").last() == "closed").then(at.last()),
        )
    )
    return (
        openings.join(waits, on="ticket_id", how="left")
        .join(answers, on="ticket_id", how="left")
        .join(closings, on="ticket_id", how="left")
        .with_columns(
            first_response_time_us=_since_the_start("first_response_at"),
            first_close_resolution_time_us=_since_the_start("first_closed_at"),
            resolution_time_us=_since_the_start("closed_at"),
        )
        .sort("ticket_id")
    )


def _since_the_start(name: str) -> Any:
    return (pl.col(name) - pl.col("started_at")).dt.total_microseconds()


def collected(plan: Callable[[Any], Any], frames: dict[str, Any]) -> Any:
    """Return the answers of a plan."""
    return plan(frames).collect()


def check(frames: dict[str, Any]) -> None:
    """Compare every answer of Polars with ours."""
    runs = ["ticket_id", "waiting_since", "answered_at", "response_time_us"]
    theirs = runs_by_polars(frames).sort("ticket_id", "waiting_since").collect()
    assert theirs.select(runs).equals(response_runs(**frames, rules=RULES).select(runs))
    ours = case_times(**frames, rules=RULES).rename({"case_id": "ticket_id"})
    told = cases_by_polars(frames).collect()
    counts = ["responses", "unanswered_runs"]
    times = [
        *("first_response_time_us", "first_close_resolution_time_us", "resolution_time_us"),
        "first_response_at",
    ]
    assert told.select(pl.col(counts).fill_null(0).cast(pl.Int64)).equals(ours.select(counts))
    assert told.select(times).equals(ours.select(times))
    sums = pl.col("response_time_sum_us").fill_null(0)
    assert told.select(sums).equals(ours.select(sums))
    assert ours["resolution_time_us"].null_count() < ours["first_response_time_us"].len()


def least(runs: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Return the least milliseconds of each run, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(RUNS):
        for name, run in runs.items():
            gc.collect()
            begun = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - begun)
    return {name: min(each) * 1e3 for name, each in taken.items()}


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    frames = help_desk(count)
    check(frames)
    arrow = {name: frame.to_arrow() for name, frame in frames.items()}
    works: dict[str, tuple[Any, Any]] = {
        "response runs": (response_runs, runs_by_polars),
        "times of cases": (case_times, cases_by_polars),
    }
    print(HEAD)
    for work, (ours, theirs) in works.items():
        found = least(
            {
                "gross": partial(ours, **frames, rules=RULES),
                "net": partial(ours, **frames, rules=RULES, case_rules=OFFICE),
                "arrow": partial(ours, **arrow, rules=RULES),
                "Polars": partial(collected, theirs, frames),
            }
        )
        for name, told in (("gross", ""), ("net", ", net of a calendar"), ("arrow", ", PyArrow")):
            ratio = found["Polars"] / found[name]
            line = f"{work} of {count:,} messages{told} | {found[name]:,.1f} | Polars, gross"
            print(f"| {line} | {found['Polars']:,.1f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
