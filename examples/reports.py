"""From the event log of a real help desk to its reports.

    python examples/reports.py PATH [YEAR MONTH] [--charts FOLDER]

PATH is a CSV or CSV.gz with the columns `Case ID`, `Activity`, `Resource` and `Complete Timestamp`,
such as the log of an Italian software company that M. Polato published at 4TU.ResearchData
(doi:10.4121/uuid:0c60edf1-6f83-4e75-9367-4c63b3e9d5bb). The reports are about one month, the
busiest one where none is given, beside the month before. With a folder, their pictures are written
there as Vega-Lite specifications. The exit status is 1 if anything does not sum.
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
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from worklog_core import (
    Action,
    CaseLog,
    Direction,
    Event,
    History,
    LedgerLabel,
    MessageSent,
    Metric,
    Period,
    PrivacyLevel,
    PrivacyPolicy,
    ScreenSession,
    Selection,
    SenderKind,
    StatusCause,
    TicketAssigned,
    TicketEdit,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    WorklogError,
    WorklogRules,
    build_case_log,
    charts,
    compare_with_previous,
    conversation_list,
    first_response_breakdown,
    leaderboard,
    measure,
    opened_by_contact_type,
    opened_heatmap,
    outgoing_anomalies,
    outgoing_by_source,
    release,
    resolution_breakdown,
    resolved_anomalies,
    user_performance,
)

ROME: Final = ZoneInfo("Europe/Rome")
COLUMNS: Final = ("Case ID", "Activity", "Resource", "Complete Timestamp")
TAKEN: Final = "Take in charge ticket"
STATUSES: Final = {
    TAKEN: TicketStatus.OPEN,
    "Wait": TicketStatus.PENDING,
    "Closed": TicketStatus.CLOSED,
}
DEEDS: Final = {"Wait": Action.STATUS, "Resolve ticket": Action.WRITE, "Closed": Action.CLOSE}
SHOWN: Final = 5

READING: Final = """\
How the log is read
-------------------
A case is a conversation that begins with its first event; the log knows no contacts, no
channels and nothing that a customer wrote. "Take in charge ticket" assigns it, and opens it
again where it waited or was closed; "Resolve ticket" is an answer, "Wait" sets it pending,
"Closed" closes it. From being taken to its next event it is on that agent's desk, and handled
time is what the ledger counts of it: it divides round the clock, for the log does not tell when
anybody worked. Times are gross."""


class Entry(NamedTuple):
    """A line of the log; entries sort by instant, and at one instant by their place in the file."""

    at: datetime
    line: int
    ticket_id: str
    activity: str
    user_id: str


def main() -> None:
    """Read a log, build its cases, check that they sum, and print the reports of a month."""
    parser = argparse.ArgumentParser(description="Reports out of a help desk's event log.")
    parser.add_argument("path", type=Path, help=f"a CSV or CSV.gz with {', '.join(COLUMNS)}")
    parser.add_argument("month", type=int, nargs="*", metavar="YEAR MONTH")
    parser.add_argument("--charts", type=Path, help="a folder for the pictures of the reports")
    arguments = parser.parse_args()
    if len(arguments.month) not in {0, 2}:
        parser.error("give a year and a month, or neither")
    try:
        entries = read(arguments.path)
        history = History.of(events_of(entries))
        log = build_case_log(history, WorklogRules(time_zone=ROME))
        period = Period.month(*arguments.month) if arguments.month else busiest_month(entries)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error, KeyError) as error:
        sys.exit(f"{arguments.path}: cannot be read: {error}")
    except (ValueError, WorklogError) as error:
        sys.exit(f"{arguments.path}: {error}")
    faults = list(what_does_not_sum(log))
    if faults:
        sys.exit("\n".join(["this does not sum:", *faults]))
    print(READING)
    month = Selection(period=period)
    print_reports(log, month)
    if arguments.charts is not None:
        arguments.charts.mkdir(parents=True, exist_ok=True)
        for name, chart in pictures(log, month).items():
            chart.save(arguments.charts / f"{name}.json")
            print(f"\n{arguments.charts / name}.json: {chart.to_dict()['description']}")


def pictures(log: CaseLog, month: Selection) -> dict[str, Any]:
    """Return the pictures of a month; the one of people goes through a release, by real names."""
    board = leaderboard(log, Metric.FIRST_RESPONSE_TIME, month, n=SHOWN, min_count=SHOWN)
    names = {leader.name: f"Agent {leader.name}" for leader in board.leaders}
    ranked = release(board, PrivacyPolicy(PrivacyLevel.REAL, names=names))
    metrics = [Metric.OPENED, Metric.CLOSED, Metric.FIRST_RESPONSE_TIME, Metric.RESOLUTION_TIME]
    return {
        "opened": charts.heatmap(opened_heatmap(log, month)),
        "first-response": charts.breakdown(first_response_breakdown(log, month)),
        "resolution": charts.breakdown(resolution_breakdown(log, month)),
        "outgoing": charts.distribution(outgoing_by_source(log, month)),
        "trend": charts.trend(compare_with_previous(log, month, metrics=metrics)),
        "leaderboard": charts.leaderboard(ranked, title=board.heading.title),
    }


def read(path: Path) -> list[Entry]:
    """Return the entries of a log in time order; of an hour that comes twice the first is taken."""
    unpacked = gzip.open if path.suffix == ".gz" else open
    with unpacked(path, "rt", encoding="utf-8-sig", newline="") as text:
        log = csv.DictReader(text)
        entries = [
            Entry(
                datetime.fromisoformat(row[COLUMNS[3]]).replace(tzinfo=ROME).astimezone(UTC),
                log.line_num,
                row[COLUMNS[0]],
                row[COLUMNS[1]],
                row[COLUMNS[2]],
            )
            for row in log
        ]
    if not entries:
        message = "no events: only a line of column names"
        raise ValueError(message)
    return sorted(entries)


def busiest_month(entries: Iterable[Entry]) -> Period:
    """Return the month in which most was done."""
    months = Counter(entry.at.astimezone(ROME).strftime("%Y-%m") for entry in entries)
    year, month = max(months, key=lambda name: (months[name], name)).split("-")
    return Period.month(int(year), int(month))


def events_of(entries: Iterable[Entry]) -> Iterator[Event]:
    """Return what the entries of a log mean."""
    cases: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        cases[entry.ticket_id].append(entry)
    for case in cases.values():
        yield TicketOpened(case[0].ticket_id, case[0].at)
        for entry, following in pairwise([*case, case[-1]]):
            yield from events_of_one(entry, following.at)


def events_of_one(entry: Entry, until: datetime) -> Iterator[Event]:
    """Return what one entry means; *until* is when the next one of its case follows."""
    ticket_id, at, user_id = entry.ticket_id, entry.at, entry.user_id
    # Named by what it says, so that a line that repeats another is no second message.
    name = f"{ticket_id}, {at.isoformat()}"
    if entry.activity == TAKEN:
        yield TicketAssigned(ticket_id, at, user_id)
        yield ScreenSession(user_id, ticket_id, at, until)
    else:
        action = DEEDS.get(entry.activity)
        closes = False if action is Action.WRITE else None
        yield TicketEdit(user_id, ticket_id, at, action, closes=closes)
    if entry.activity == "Resolve ticket":
        yield MessageSent(
            ticket_id,
            at,
            name,
            direction=Direction.OUT,
            sender=SenderKind.HUMAN,
            sender_id=user_id,
        )
    status = STATUSES.get(entry.activity)
    if status is not None:
        # At one instant the later line is the later word.
        yield TicketStatusChange(
            ticket_id,
            at,
            status,
            cause=StatusCause.AGENT,
            user_id=user_id,
            event_id=f"{entry.line:09}",
        )


def what_does_not_sum(log: CaseLog) -> Iterator[str]:
    """Return what differs though it must be equal."""
    labels = log.worklog.ledger.totals(by=lambda line: line.label)
    counted = labels.get(LedgerLabel.COUNTED, timedelta())
    handled = sum((case.counted_time or timedelta() for case in log), timedelta())
    if handled != counted:
        yield f"the cases sum to {handled}, the ledger counts {counted}"
    opened = measure(log, Metric.OPENED).count
    for total in (opened_heatmap(log).total, opened_by_contact_type(log).total, len(log)):
        if total != opened:
            yield f"{opened} conversations were opened, a report says {total}"


def print_reports(log: CaseLog, month: Selection) -> None:
    """Print the reports of a month."""
    print(f"\n{log!r}")
    heatmap = opened_heatmap(log, month)
    busiest = sorted(heatmap.cells, key=lambda cell: -(cell.rate or 0))[:SHOWN]
    table(
        str(heatmap.heading),
        [
            {
                "weekday": cell.weekday,
                "hour": f"{cell.hour:02}",
                "opened": cell.opened,
                "exposed": cell.exposure,
                "an hour": f"{float(cell.rate or 0):.2f}",
            }
            for cell in busiest
        ],
    )
    for report in (
        compare_with_previous(log, month),
        first_response_breakdown(log, month),
        resolution_breakdown(log, month),
        leaderboard(log, Metric.FIRST_RESPONSE_TIME, month, n=SHOWN, min_count=SHOWN),
        leaderboard(log, Metric.OUTGOING_MESSAGES, month, n=SHOWN),
        outgoing_by_source(log, month),
    ):
        table(str(report.heading), report.to_dicts())
    performance = user_performance(log, month)
    columns = ("user_id", "assigned", "closed", "messages", "average_resolution_time")
    table(
        str(performance.heading),
        [
            {name: row.get(name) for name in columns}
            for row in (
                *performance.to_dicts()[:-2],
                {"user_id": "mean"} | dict(performance.mean),
                {"user_id": "median"} | dict(performance.median),
            )
        ],
    )
    listed = conversation_list(log, month)
    print(f"\n{listed.heading}\n{len(listed.rows)} closed, {len(listed.to_review)} to review")
    for anomalies in (resolved_anomalies(log, month), outgoing_anomalies(log, month)):
        spread = anomalies.spread
        found = ", ".join(anomaly.name for anomaly in anomalies.anomalies[:SHOWN]) or "none"
        print(f"\n{anomalies.heading}\n{spread.count} {anomalies.compared}: {found}")


def table(title: str, rows: list[dict[str, Any]]) -> None:
    """Print rows as a table under a headline."""
    print(f"\n{title}\n{'-' * min(len(title), 100)}")
    if not rows:
        print("nothing")
        return
    cells = [list(rows[0]), *([shown(value) for value in row.values()] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    for row in cells:
        print("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)))


def shown(value: Any) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return "-"
    if isinstance(value, timedelta):
        seconds = round(abs(value) / timedelta(seconds=1))
        sign = "-" if value < timedelta() else ""
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, list):
        return ", ".join(value)
    return value if isinstance(value, str) else f"{float(value):.4g}"


if __name__ == "__main__":
    main()
