"""From the event log of a real help desk to handling times that sum up.

    python examples/helpdesk_log.py PATH

PATH is a CSV or CSV.gz with the columns `Case ID`, `Activity`, `Resource` and `Complete Timestamp`,
such as the log of an Italian software company that M. Polato published at 4TU.ResearchData
(doi:10.4121/uuid:0c60edf1-6f83-4e75-9367-4c63b3e9d5bb). Such a log knows no screens, so this takes
one reading of it, which the output states. The exit status is 1 if anything does not sum.
"""

import argparse
import csv
import gzip
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from worklog_core import (
    Action,
    Event,
    History,
    Interval,
    IntervalSet,
    ScreenSession,
    TicketEdit,
    Worklog,
    WorklogError,
    WorklogRules,
    build_worklog,
)

try:
    from tqdm import tqdm
except ModuleNotFoundError:
    sys.exit("helpdesk_log.py shows its progress with tqdm: pip install -e '.[examples]'")

ROME: Final = ZoneInfo("Europe/Rome")
COLUMNS: Final = ("Case ID", "Activity", "Resource", "Complete Timestamp")
TAKE_IN_CHARGE: Final = "Take in charge ticket"
DEEDS: Final = {
    "Wait": Action.STATUS,
    "Resolve ticket": Action.WRITE,
    "Closed": Action.CLOSE,
}

READING: Final = """\
How the log is read
-------------------
A case is a ticket and a resource is an agent. From "Take in charge ticket" to the next event of
its case a ticket is on that agent's desk. "Wait" sets it pending, "Resolve ticket" answers it and
leaves it open, "Closed" closes it: each is a row for the agent it names. Other events make no row.
Times are those of Europe/Rome; of an hour that the clocks show twice the first is taken.

A desk is not a screen: nobody clears it at night or at weekends, and the log does not tell when
anybody worked. What follows is how time on desks divides round the clock, not how long people
worked. A row counts the local day of its edit: of a ticket that was taken days before, the earlier
days stand in the ledger as view_only. Whoever edits a ticket that is on no desk of theirs has a
row without a time, for the reason no_session."""


class Entry(NamedTuple):
    """A line of the log; entries sort by instant, and at one instant by their place in the file."""

    at: datetime
    line: int
    ticket_id: str
    activity: str
    user_id: str


class BadLogError(Exception):
    """A log that cannot be read; the message says why, without naming its path."""


def main() -> None:
    """Read a log, build its worklog, check that it sums, and print it."""
    parser = argparse.ArgumentParser(description="Handling times out of a help desk's event log.")
    parser.add_argument(
        "path", type=Path, help=f"a CSV or CSV.gz with the columns {', '.join(COLUMNS)}"
    )
    path = parser.parse_args().path
    try:
        entries = read(path)
        events = list(events_of(entries))
        history = History.of(events)
        worklog = build_worklog(history=history, rules=WorklogRules(time_zone=ROME))
    except (BadLogError, WorklogError) as error:
        sys.exit(f"{path}: {error}")
    on_desk = time_on_desk(history)
    faults = list(what_does_not_sum(worklog, on_desk))
    if faults:
        sys.exit("\n".join(["this does not sum:", *faults]))

    print(READING)
    repeated = len(events) - len(history)
    tickets = {entry.ticket_id for entry in entries}
    print(
        f"\n{len(entries):,} lines, {repeated:,} of them repeat another; {len(tickets):,} tickets"
    )
    print_agents(worklog)
    print_sums(worklog, on_desk)


def read(path: Path) -> list[Entry]:
    """Return the entries of a log, in the order of the file."""
    unpacked = gzip.open if path.suffix == ".gz" else open
    try:
        with unpacked(path, "rt", encoding="utf-8-sig", newline="") as text:
            log = csv.DictReader(text)
            names = log.fieldnames or ["nothing"]
            missing = [name for name in COLUMNS if name not in names]
            if missing:
                raise BadLogError(f"no column {', '.join(missing)}: found {', '.join(names)}")
            rows = tqdm(log, desc="reading", unit=" lines", disable=None)
            entries = [entry_of(row, log.line_num) for row in rows]
    except (OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error) as error:
        raise BadLogError(f"cannot be read: {error}") from error
    if not entries:
        raise BadLogError("no events: only a line of column names")
    return entries


def entry_of(row: dict[str, str | None], line: int) -> Entry:
    """Return a line of the log; raise BadLogError where a value is missing or is no time."""
    ticket_id, activity, user_id, wall = (row[name] for name in COLUMNS)
    if not (ticket_id and activity and user_id and wall):
        raise BadLogError(f"line {line} lacks a value: {', '.join(COLUMNS)} must all be there")
    try:
        stated = datetime.fromisoformat(wall)
        instant = stated.replace(tzinfo=stated.tzinfo or ROME).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadLogError(
            f"line {line} holds no time such as 2013-04-12 10:25:17: {wall}"
        ) from error
    if stated.tzinfo is None and instant.astimezone(ROME).replace(tzinfo=None) != stated:
        raise BadLogError(
            f"line {line} holds a time that the clocks of Europe/Rome skipped: {wall}"
        )
    return Entry(instant, line, ticket_id, activity, user_id)


def events_of(entries: Iterable[Entry]) -> Iterator[Event]:
    """Return what the entries of a log mean for desks and tickets."""
    cases: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        cases[entry.ticket_id].append(entry)
    for case in cases.values():
        case.sort()
        # What is taken in charge and never heard of again has been on a desk for no known time.
        for entry, following in pairwise([*case, case[-1]]):
            if entry.activity == TAKE_IN_CHARGE:
                yield ScreenSession(
                    user_id=entry.user_id,
                    ticket_id=entry.ticket_id,
                    start=entry.at,
                    end=following.at,
                )
            else:
                action = DEEDS.get(entry.activity)
                yield TicketEdit(
                    user_id=entry.user_id,
                    ticket_id=entry.ticket_id,
                    at=entry.at,
                    action=action,
                    closes=False if action is Action.WRITE else None,
                )


def time_on_desk(history: History) -> dict[str, timedelta]:
    """Return how long each agent had any ticket on the desk, computed without the ledger."""
    stretches: defaultdict[str, list[Interval]] = defaultdict(list)
    for session in history.sessions:
        if session.start < session.end:
            stretches[session.user_id].append(Interval(session.start, session.end))
    return {user_id: IntervalSet(of_user).duration for user_id, of_user in stretches.items()}


def what_does_not_sum(worklog: Worklog, on_desk: dict[str, timedelta]) -> Iterator[str]:
    """Return the rows and users whose ledger lines do not sum to what they must."""
    for row in tqdm(worklog.rows, desc="checking", unit=" rows", disable=None):
        explained = sum((line.amount for line in worklog.ledger.explain(row)), timedelta())
        if explained != (row.duration or timedelta()):
            yield f"{row.key}: the row says {row.duration}, its lines sum to {explained}"
    accounted = worklog.ledger.totals(by=lambda line: line.user_id)
    for user_id in sorted({*on_desk, *accounted}):
        seen = on_desk.get(user_id, timedelta())
        total = accounted.get(user_id, timedelta())
        if total != seen:
            yield f"{user_id}: on the desk was {seen}, the lines sum to {total}"


def print_agents(worklog: Worklog) -> None:
    """Print a line for each agent, those with the most handling times first."""
    at_once: defaultdict[str, int] = defaultdict(int)
    for line in tqdm(worklog.ledger.lines, desc="dividing", unit=" lines", disable=None):
        most = max(segment.open_count for segment in worklog.ledger.segments(line))
        at_once[line.user_id] = max(at_once[line.user_id], most)
    averages = worklog.average_handling_times(by=lambda row: row.user_id)

    title("Handling time by agent, in h:mm:ss")
    print("agent      rows  with a time  average   median  9 in 10 within  tickets at once")
    for user_id, times in sorted(averages.items(), key=lambda of: (-of[1].count, of[0])):
        print(
            f"{user_id:<8} {times.count + times.unmeasured:>6,} {times.count:>12,} "
            f"{clock(times.mean):>8} {clock(times.median):>8} {clock(times.percentile_90):>15} "
            f"{f'up to {at_once[user_id]}':>16}"
        )
    everybody = worklog.average_handling_times(by=lambda _: None)[None]
    print(f"All agents: {clock(everybody.mean)} on average over {everybody.count:,} rows.")
    unmeasured = Counter(row.reasons.get("duration") for row in worklog.rows)
    for reason, count in unmeasured.items():
        if reason is not None:
            print(f"Without a time, in no average: {count:,} rows, {reason.value}.")


def print_sums(worklog: Worklog, on_desk: dict[str, timedelta]) -> None:
    """Print the sums of the ledger beside the same time computed without it."""
    title("The ledger, to the microsecond")
    labels = worklog.ledger.totals(by=lambda line: line.label)
    for label, total in labels.items():
        print(f"{label.value:<22} {total!s:>27}")
    print(f"{'all labels':<22} {sum(labels.values(), timedelta())!s:>27}")
    print(f"{'on desks, by intervals':<22} {sum(on_desk.values(), timedelta())!s:>27}")
    durations = (row.duration for row in worklog.rows if row.duration is not None)
    print(f"{'all handling times':<22} {sum(durations, timedelta())!s:>27}")
    print(
        f"Equal for each of {len(on_desk)} agents with a desk, and for each of "
        f"{len(worklog.rows):,} rows with its ledger lines."
    )


def title(text: str) -> None:
    """Print a headline."""
    print(f"\n{text}\n{'-' * len(text)}")


def clock(amount: timedelta | None) -> str:
    """Return an amount of time as h:mm:ss, to the nearest second; a dash where there is none."""
    if amount is None:
        return "-"
    minutes, seconds = divmod(round(amount / timedelta(seconds=1)), 60)
    return f"{minutes // 60:,}:{minutes % 60:02}:{seconds:02}"


if __name__ == "__main__":
    main()
