"""Measure columns of questions to a calendar, and the division of parallel time, against peers.

Run it with `python benchmarks/columnar.py`, with the extra `bench` installed; numbers behind it are
the sizes at which parallel time is divided (10000 100000 1000000; 10000000 takes 2 GB and is
compared with the sort alone). With `--picture FILE`, and sizes if not those of the docs, it writes
what it costs to divide a session and to sort its boundaries, and nothing else. One process and one
table of ratios. Every answer is compared with ours: those of calendars exactly, or to the second
where a library rounds, and those of engines to two microseconds, because they divide in floats and
hand out no remainder. Libraries that take one question at a time are asked the first of them and
their time is scaled. Figures are the least of runs in turn: processor time, but wall time where the
peer is an engine that uses all cores.
"""

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import businesstimedelta
import duckdb
import holidays
import numpy as np
import pandas as pd
import polars as pl
import portion
import timegrid
import workclock
from business_duration import businessDuration
from pm4py.util.business_hours import soj_time_business_hours_diff

from worklog_core.calendars import WeeklyHours, WorkingCalendar
from worklog_core.columnar import advance, divide_parallel_time, working_time
from worklog_core.columnar.arrays import Ints
from worklog_core.intervals import Interval

BERLIN = ZoneInfo("Europe/Berlin")
PYTZ_BERLIN = businesstimedelta.pytz.timezone("Europe/Berlin")
HOURS = WeeklyHours.parse("Mon-Fri 09:00-17:00")
NINE, FIVE = time_of_day(9), time_of_day(17)
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
HOLIDAYS = sorted(holidays.country_holidays("DE", years=range(2023, 2029)))
OFFICE = WorkingCalendar(HOURS, time_zone=BERLIN, holidays=HOLIDAYS)
RUNS = 7
QUESTIONS = 1_000_000
SECOND, DAY = 10**6, 86_400 * 10**6
USERS = 2000
BATCH = "workclock (Rust), its batch"
MOST_FOR_ENGINES = 1_000_000
SIZES = (10_000, 100_000, 1_000_000)
PICTURED = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)

HEAD = "| work | ours, ms | against | ms | times ours | goal |\n|---|---|---|---|---|---|"


class OpenDays:
    """Every day that is no holiday, as pm4py asks for it."""

    def __init__(self, closed: Sequence[date]) -> None:
        self._closed = frozenset(closed)

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is none of the holidays; which weekdays are open is told apart."""
        return day not in self._closed


@attrs.frozen
class Peer:
    """Something to be measured against: how it is run, and which part of the work it did."""

    name: str
    run: Callable[[], Any]
    share: float = 1.0
    goal: str = ""


def least(
    runs: dict[str, Callable[[], Any]], times: int, clock: Callable[[], float]
) -> dict[str, float]:
    """Return the least milliseconds of each run, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    gc.collect()
    for _ in range(times):
        for name, run in runs.items():
            start = clock()
            run()
            taken[name].append(clock() - start)
    return {name: min(each) * 1e3 for name, each in taken.items()}


def report(
    work: str,
    ours: Callable[[], Any],
    peers: Sequence[Peer],
    times: int = RUNS,
    clock: Callable[[], float] = time.process_time,
) -> None:
    """Measure and print the lines of a work."""
    slow = {peer.name for peer in peers if peer.share < 1 or peer.name == BATCH}
    fast = {peer.name: peer.run for peer in peers if peer.name not in slow}
    found = least({"ours": ours, **fast}, times, clock)
    found |= least({peer.name: peer.run for peer in peers if peer.name in slow}, 2, clock)
    for peer in peers:
        theirs = found[peer.name] / peer.share
        times_ours = f"{theirs / found['ours']:,.2f}"
        line = (work, f"{found['ours']:.2f}", peer.name, f"{theirs:,.2f}", times_ours, peer.goal)
        print(f"| {' | '.join(line)} |")
    sys.stdout.flush()


def questions() -> tuple[Any, Any, Any]:
    """Return pairs of instants up to 30 days apart over three years, and amounts of work."""
    draw = np.random.default_rng(20260302)
    first = int(FIRST.timestamp()) * SECOND
    span = ((LAST - FIRST).days - 31) * DAY
    starts = first + draw.integers(0, span, QUESTIONS)
    ends = starts + draw.integers(0, 30 * DAY, QUESTIONS)
    amounts = draw.integers(1, 80 * 3600 * SECOND, QUESTIONS)
    return starts.view("M8[us]"), ends.view("M8[us]"), amounts.view("m8[us]")


def in_zone(column: Any, most: int, zone: Any) -> list[datetime]:
    """Return the first instants as datetimes, or as wall times in Berlin without a zone."""
    aware = [at.replace(tzinfo=UTC).astimezone(BERLIN) for at in column[:most].tolist()]
    return aware if zone else [at.replace(tzinfo=None) for at in aware]


def compared(found: Sequence[Any], ours: Any, off: timedelta = timedelta()) -> None:
    """Refuse answers that differ from the first of ours by more than is allowed."""
    for theirs, expected in zip(found, ours.tolist(), strict=False):
        if isinstance(theirs, datetime) and theirs.tzinfo:
            theirs = theirs.astimezone(UTC).replace(tzinfo=None)  # noqa: PLW2901 - as ours is
        assert abs(theirs - expected) <= off, (theirs, expected)


def calendars() -> None:
    """Print the lines of working time and of advance."""
    starts, ends, amounts = questions()
    rust = workclock.Schedule(
        [workclock.WorkDay(NINE, FIVE), workclock.Holidays(HOLIDAYS)], time_zone=BERLIN
    )
    worked, due = working_time(OFFICE, starts, ends), advance(OFFICE, starts, amounts)
    assert (rust.between_many(starts, ends) == worked).all()
    assert (rust.add_many(starts, amounts) == due).all()
    report(
        "1,000,000 `working_time`",
        lambda: working_time(OFFICE, starts, ends),
        [
            Peer(BATCH, lambda: rust.between_many(starts, ends), goal="250"),
            *one_by_one(starts, ends, worked),
        ],
    )
    report(
        "1,000,000 `advance`",
        lambda: advance(OFFICE, starts, amounts),
        [
            Peer(BATCH, lambda: rust.add_many(starts, amounts), goal="200"),
            *adding(starts, amounts, due),
        ],
    )


def one_by_one(starts: Any, ends: Any, worked: Any) -> list[Peer]:
    """Return the libraries that measure one pair at a time."""
    peers = []
    grid = timegrid.TimeGridCalendar.weekdays(NINE, FIVE)
    for day in HOLIDAYS:
        grid = grid.close(day)
    line = grid.compile(datetime(2023, 12, 1), datetime(2027, 3, 1))  # noqa: DTZ001 - its kind
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(
                start_time=NINE, end_time=FIVE, working_days=[0, 1, 2, 3, 4], tz=PYTZ_BERLIN
            ),
            businesstimedelta.HolidayRule(dict.fromkeys(HOLIDAYS, ""), tz=PYTZ_BERLIN),
        ]
    )
    off = dict.fromkeys(HOLIDAYS, "")
    opened = OFFICE.open_intervals(Interval(FIRST - timedelta(1), LAST + timedelta(31)))
    union = portion.Interval(*(portion.closedopen(i.start, i.end) for i in opened))

    def by_portion(start: datetime, end: datetime) -> timedelta:
        within = union & portion.closedopen(start, end)
        return sum((i.upper - i.lower for i in within if not i.empty), timedelta())

    def by_duration(start: datetime, end: datetime) -> timedelta:
        seconds = businessDuration(start, end, NINE, FIVE, holidaylist=off, unit="sec")
        return timedelta(seconds=float(seconds))

    days = OpenDays(HOLIDAYS)
    week = [((24 * day + 9) * 3600, (24 * day + 17) * 3600) for day in range(5)]

    def by_pm4py(start: datetime, end: datetime) -> timedelta:
        return timedelta(seconds=soj_time_business_hours_diff(start, end, week, days))

    asked: list[tuple[str, Any, bool, int]] = [
        ("worklog_core, one by one", OFFICE.working_time, True, 20_000),
        ("timegrid (Rust), compiled", line.get_working_duration, False, 20_000),
        ("pm4py, business hours", by_pm4py, False, 20_000),
        ("portion", by_portion, True, 20),
        ("business-duration", by_duration, False, 500),
        ("businesstimedelta", lambda a, b: rules.difference(a, b).timedelta, True, 30),
    ]
    for name, ask, zone, most in asked:
        pairs = list(zip(in_zone(starts, most, zone), in_zone(ends, most, zone), strict=True))
        if name == "portion":
            pairs = [(a.astimezone(UTC), b.astimezone(UTC)) for a, b in pairs]
        compared([ask(*pair) for pair in pairs], worked, timedelta(seconds=1))

        def run(ask: Any = ask, pairs: Any = pairs) -> list[Any]:
            return [ask(first, second) for first, second in pairs]

        peers.append(Peer(name, run, most / QUESTIONS))
    return peers


def adding(starts: Any, amounts: Any, due: Any) -> list[Peer]:
    """Return the libraries that advance one instant at a time."""
    peers = []
    most = 20_000
    aware = list(zip(in_zone(starts, most, zone=True), amounts[:most].tolist(), strict=True))
    compared([OFFICE.advance(*pair) for pair in aware], due)
    peers.append(
        Peer(
            "worklog_core, one by one",
            lambda: [OFFICE.advance(start, amount) for start, amount in aware],
            most / QUESTIONS,
        )
    )
    # Pandas adds whole hours of wall time and rolls on from a closing bell: its answers differ by
    # design, and only its time is taken.
    hours = pd.offsets.CustomBusinessHour(8, start="09:00", end="17:00", holidays=HOLIDAYS)
    few = [pd.Timestamp(at) for at in in_zone(starts, 500, zone=False)]
    name = "pandas CustomBusinessHour, 8 hours"
    peers.append(Peer(name, lambda: [at + hours for at in few], len(few) / QUESTIONS))
    return peers


def sessions(count: int, tickets: int, length: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Return sessions of 2,000 users over 30 days, each user's about as crowded at every size."""
    draw = np.random.default_rng(20260302)
    user, ticket = draw.integers(0, USERS, count), draw.integers(0, tickets, count)
    if tickets == count:
        ticket = draw.permutation(count)
    start = int(FIRST.timestamp()) * SECOND + draw.integers(0, 30 * DAY, count)
    return user, ticket, start, start + draw.integers(0, 2 * length, count)


def by_polars(frame: pl.DataFrame) -> Any:
    """Divide by a clock that runs at 1/n, as one writes it in Polars."""
    rows = frame.lazy().with_row_index("row")
    edges = pl.concat(
        [
            rows.select("row", "user", at="start", change=pl.lit(1)),
            rows.select("row", "user", at="end", change=pl.lit(-1)),
        ]
    )
    step = pl.when(pl.col("n") > 0).then(pl.col("elapsed") / pl.col("n")).otherwise(0.0)
    return (
        edges.sort("user", "at")
        .with_columns(n=pl.col("change").cum_sum(), elapsed=pl.col("at").diff(-1) * -1)
        .with_columns(step=step.fill_null(0.0))
        .with_columns(shown=pl.col("step").cum_sum() - pl.col("step"))
        .group_by("row")
        .agg(part=-(pl.col("shown") * pl.col("change")).sum())
        .sort("row")
        .select("part")
        .collect()
        .to_series()
        .to_numpy()
    )


SQL = """
with edges as (
  select place, who, since as moment, 1 as change from sessions
  union all select place, who, until, -1 from sessions
), opened as (
  select place, who, moment, change,
    sum(change) over w as n, lead(moment) over w - moment as elapsed
  from edges window w as (partition by who order by moment rows unbounded preceding)
), clock as (
  select place, change,
    coalesce(sum(case when n > 0 then elapsed::double / n else 0 end) over (
      partition by who order by moment rows between unbounded preceding and 1 preceding
    ), 0) as shown
  from opened
)
select -sum(shown * change) as part from clock group by place order by place
"""


def against_a_sort(work: str, columns: Any, goal: str, times: int) -> None:
    """Print how a division compares with sorting its boundaries."""
    boundaries = np.concatenate(columns[2:])
    peer = Peer("a bare `numpy.argsort`", lambda: np.argsort(boundaries), goal=goal)
    report(work, lambda: divide_parallel_time(*columns), [peer], times)


def division(count: int) -> None:
    """Print the lines of dividing so many sessions."""
    named = f"{count:,}"
    columns = sessions(count, count, 300 * SECOND)
    user, ticket, start, end = columns
    ours = divide_parallel_time(*columns)
    frame = pl.DataFrame({"user": user, "ticket": ticket, "start": start, "end": end})
    times = max(3, min(50, 3_000_000 // count))
    against_a_sort(f"dividing {named} sessions", columns, "0.5", times)
    against_a_sort(
        f"dividing {named} of an hour", sessions(count, count, 3600 * SECOND), "0.5", times
    )
    few = sessions(count, 40, 300 * SECOND)
    against_a_sort(f"dividing {named} over 40 tickets", few, "0.25", times)
    if count <= MOST_FOR_ENGINES:
        base = duckdb.connect()
        base.from_arrow(
            frame.rename({"user": "who", "start": "since", "end": "until"})
            .with_row_index("place")
            .to_arrow()
        ).create("sessions")
        for found in (by_polars(frame), base.sql(SQL).fetchnumpy()["part"]):
            assert float(np.abs(found - ours).max()) <= 2
        engines = [
            Peer("Polars", lambda: by_polars(frame), goal="4"),
            Peer("DuckDB", lambda: base.sql(SQL).fetchnumpy(), goal="7"),
        ]
        run = lambda: divide_parallel_time(*columns)  # noqa: E731 - like its peers
        report(f"dividing {named} sessions", run, engines, 5, clock=time.perf_counter)
    tracemalloc.start()
    divide_parallel_time(*columns)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{named} sessions: {peak / 2**20:.0f} MB at the peak", file=sys.stderr)


def picture(path: Path, sizes: Sequence[int]) -> None:
    """Write the nanoseconds that a session costs at each size, for the picture in the docs."""
    found = []
    for count in sizes:
        columns = sessions(count, count, 300 * SECOND)
        boundaries = np.concatenate(columns[2:])
        runs: dict[str, Callable[[], Any]] = {
            "division": partial(divide_parallel_time, *columns),
            "argsort": partial(np.argsort, boundaries),
        }
        taken = least(runs, max(3, min(400, 10_000_000 // count)), time.process_time)
        each = {name: round(ms * 1e6 / count, 1) for name, ms in taken.items()}
        found.append({"sessions": count, **each})
        print(found[-1])
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Print the table, or write what the picture is drawn from."""
    asked = sys.argv[1:]
    if asked[:1] == ["--picture"]:
        picture(Path(asked[1]), [int(size) for size in asked[2:]] or PICTURED)
        return
    print(HEAD)
    calendars()
    for count in [int(size) for size in asked] or SIZES:
        division(count)


if __name__ == "__main__":
    main()
