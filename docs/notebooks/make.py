"""Make the notebooks of this folder from the cells written here, and run them.

    python docs/notebooks/make.py            writes every notebook with its output
    python docs/notebooks/make.py --check    runs them and says whether their cells are these

A notebook keeps its output, pictures included, so that it opens without the network. The cells are
written here, where a diff can be read; the tests hold the two equal and run every notebook.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
OFFLINE = 'import altair as alt\n\nalt.renderers.enable("png");'

FIRST_WORKLOG = [
    """# A first worklog

One morning of one person, from events to handling times, and a picture of it. Nothing here reads a
file or the network.""",
    """from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from worklog_core import (
    Action, CustomerMessage, History, PrivacyLevel, PrivacyPolicy, ScreenSession, TicketEdit,
    UserStatusChange, WorklogRules, build_worklog, charts, desk_day, release,
)

berlin = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 2)

def at(clock):
    return datetime.combine(DAY, time.fromisoformat(clock), tzinfo=berlin)""",
    """## Facts go in

Who had which ticket on screen when, what was done, what the customer wrote, which status somebody
was in. An event refuses what cannot be: try an end before its start.""",
    """history = History(
    sessions=[
        ScreenSession(user_id="aylin", ticket_id="invoice", start=at("09:00"), end=at("09:20")),
        ScreenSession(user_id="aylin", ticket_id="router", start=at("09:05"), end=at("09:40")),
        ScreenSession(user_id="aylin", ticket_id="refund", start=at("09:10"), end=at("09:30")),
    ],
    edits=[
        TicketEdit(user_id="aylin", ticket_id="invoice", at=at("09:18"), action=Action.WRITE),
        TicketEdit(user_id="aylin", ticket_id="refund", at=at("09:29"), action=Action.CLOSE),
    ],
    user_statuses=[UserStatusChange(user_id="aylin", at=at("09:35"), status="Pause")],
    customer_messages=[CustomerMessage(ticket_id="invoice", at=at("08:30"), conversation_id="m-1")],
)
history""",
    """## Numbers come out

A row is one processing. The router was only looked at: it makes no row.""",
    """worklog = build_worklog(history=history, rules=WorklogRules(time_zone=berlin))
worklog""",
    """for row in worklog.rows:
    print(f"{row.ticket_id:<8} {row.action.value:<12} {row.duration}, after work {row.after_work}")
print("average handling time:", worklog.average_handling_time())""",
    """## Every microsecond has a label

The ledger's lines sum to what was on screen, exactly. Each line tells what lay beside it.""",
    """for label, total in worklog.ledger.totals(by=lambda line: line.label).items():
    print(f"{label.value:<13} {total}")
line = worklog.ledger.explain(worklog.rows[0])[0]
for segment in worklog.ledger.segments(line):
    print(f"  {segment.start:%H:%M}-{segment.end:%H:%M} UTC: {segment.open_count} open, "
          f"this one was given {segment.share} s")""",
    """## A picture

A picture of a person is drawn of a release: somebody has decided who may see it, and under which
name.""",
    OFFLINE,
    """names = PrivacyPolicy(PrivacyLevel.REAL, names={"aylin": "Aylin"})
charts.day(release(desk_day(worklog, user_id="aylin", day=DAY), names))""",
]

MILLION = [
    """# A million sessions with Polars

The same worklog from columns: frames go in, one frame of rows comes out, with the same integers
that the scalar library gives.""",
    """import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from worklog_core import WorklogRules, columnar

SESSIONS, USERS, DAYS = 1_000_000, 2_000, 20
draw = np.random.default_rng(7)
FIRST = np.datetime64("2026-03-02T07:00:00", "us")""",
    """## A month of a large operation

2,000 users, 25 sessions a day each, several open at a time, and an answer in two of three.""",
    """number = np.arange(SESSIONS)
user, day = number % USERS, (number // USERS) % DAYS
since = day * 86_400_000_000 + draw.integers(0, 8 * 3_600_000_000, SESSIONS)
start = FIRST + since.astype("timedelta64[us]")
end = start + draw.integers(1, 30 * 60_000_000, SESSIONS).astype("timedelta64[us]")
ticket = draw.integers(0, SESSIONS // 3, SESSIONS)

def ids(letter, codes):
    return pl.Series(codes).cast(pl.String).str.zfill(7).str.replace("^", letter)

def utc(instants):
    return pl.Series(instants).dt.replace_time_zone("UTC")

sessions = pl.DataFrame(
    {"user_id": ids("U", user), "ticket_id": ids("T", ticket), "start": utc(start), "end": utc(end)}
)
edited = number % 3 > 0
edits = sessions.filter(pl.Series(edited)).select(
    "user_id",
    "ticket_id",
    at=pl.col("start") + (pl.col("end") - pl.col("start")) / 2,
    action=pl.lit("writeAction"),
)
sessions.head(3)""",
    """rules = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
began = time.perf_counter()
rows = columnar.build_worklog(sessions=sessions, edits=edits, rules=rules)
print(f"{len(sessions):,} sessions, {len(rows):,} rows in {time.perf_counter() - began:.1f} s")
rows.head(3)""",
    """## Nothing is lost

The ledger's amounts of each user sum to the union of what was on that user's screen. Here for one
user, computed once more by hand.""",
    """ledger = columnar.build_ledger(sessions=sessions, edits=edits, rules=rules)
one = ledger.filter(pl.col("user_id") == "U0000042")
seen = sessions.filter(pl.col("user_id") == "U0000042").sort("start")
until = seen["end"].cum_max().shift(1).fill_null(seen["start"][0])
since = pl.select(pl.max_horizontal(seen["start"], until)).to_series()
union = (seen["end"] - since).clip(pl.duration()).sum()
print(one["amount_us"].sum(), union // timedelta(microseconds=1))""",
    """## And a chart

Aggregate first, then draw: a chart takes the result and not the rows.""",
    OFFLINE,
    """by_day = (
    rows.group_by("day")
    .agg(minutes=pl.col("duration_us").mean() / 60e6, rows=pl.len())
    .sort("day")
    .with_columns(pl.col("day").cast(pl.String))
)
alt.Chart(alt.InlineData(values=by_day.to_dicts())).mark_bar(color="#0072B2").encode(
    x=alt.X("day:O", title="day"), y=alt.Y("minutes:Q", title="average handling time (minutes)")
).properties(width=560, title="Average handling time by day, days of Europe/Berlin")""",
]

REPORTS = [
    """# Reports and charts

A quarter of a made-up service desk: conversations come in, people answer and close them. The
reports are values; every one names its zone, its period and its clock.""",
    """import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from worklog_core import (
    Direction, History, MessageSent, Metric, Period, PrivacyLevel, PrivacyPolicy, Selection,
    SenderKind, StatusCause, TicketOpened, TicketStatus, TicketStatusChange, WorklogRules,
    build_case_log, charts, compare_with_previous, first_response_breakdown, incoming_by_channel,
    leaderboard, opened_heatmap, release,
)

berlin = ZoneInfo("Europe/Berlin")
draw = random.Random(7)""",
    """## A quarter, drawn with a fixed seed""",
    """def conversation(number):
    day = datetime(2026, 1, 1, tzinfo=berlin) + timedelta(days=draw.randrange(90))
    opened = day.replace(hour=min(23, max(0, int(draw.gauss(12, 3)))), minute=draw.randrange(60))
    ticket, channel = f"T{number}", draw.choice(["email", "email", "chat", "phone"])
    yield TicketOpened(ticket, opened, contact_id=f"C{draw.randrange(200)}", channel=channel)
    yield MessageSent(ticket, opened, "in", direction=Direction.IN, sender=SenderKind.CUSTOMER,
                      channel=channel, is_initial=True)
    if draw.random() < 0.9:
        agent = f"U{draw.randrange(6)}"
        answered = opened + timedelta(seconds=int(draw.expovariate(1 / 900)))
        yield MessageSent(ticket, answered, "out", direction=Direction.OUT,
                          sender=SenderKind.HUMAN, sender_id=agent)
        closed = answered + timedelta(minutes=draw.randrange(5, 4_000))
        yield TicketStatusChange(ticket, closed, TicketStatus.CLOSED, cause=StatusCause.AGENT,
                                 user_id=agent)

history = History.of(event for number in range(900) for event in conversation(number))
log = build_case_log(history, WorklogRules(time_zone=berlin))
march = Selection(period=Period.month(2026, 3))
log""",
    OFFLINE,
    """## When do conversations come in?

The hour that the clocks skipped was there one time less: `rate=True` compares it fairly.""",
    """charts.heatmap(opened_heatmap(log, march), rate=True)""",
    """## How long does the first response take?

Buckets are half-open, percentages total 100, and what cannot be determined is counted apart.""",
    """charts.breakdown(first_response_breakdown(log, march))""",
    """charts.distribution(incoming_by_channel(log, march))""",
    """## Against the month before""",
    """shown = [Metric.OPENED, Metric.CLOSED, Metric.FIRST_RESPONSE_TIME, Metric.RESOLUTION_TIME]
charts.trend(compare_with_previous(log, march, metrics=shown))""",
    """## People

A ranking of people is drawn of a release under real names, by agreement, or not at all.""",
    """board = leaderboard(log, Metric.FIRST_RESPONSE_TIME, march)
names = {leader.name: f"Agent {leader.name}" for leader in board.leaders}
ranked = release(board, PrivacyPolicy(PrivacyLevel.REAL, names=names))
charts.leaderboard(ranked, title="First response, March 2026")""",
]

METRIC = [
    """# Testing a metric

You have a handling time of your own, in a spreadsheet, in SQL or in a notebook like this one.
Does it count anything twice? Does it depend on the order of the lines? Examples rarely tell:
laws do. They draw awkward days by the hundred, hand them to your function, and show the smallest
that breaks it.""",
    """from datetime import UTC, datetime, timedelta

from worklog_core import (
    Action, History, Interval, ScreenSession, TicketEdit, WorklogRules, build_worklog,
    divide_parallel_time,
)
from worklog_core.testing import laws

def at(clock):
    return datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=UTC)

def seen(ticket, start, end):
    return ScreenSession(user_id="aylin", ticket_id=ticket, start=at(start), end=at(end))""",
    """## The rule

An analyst's average handling time: how long each ticket was on screen, by user and ticket, and
then the mean.""",
    """def screen_times(history):
    times = {}
    for session in history.sessions:
        key = session.user_id, session.ticket_id
        times[key] = times.get(key, timedelta()) + (session.end - session.start)
    return times

def mean(times):
    return sum(times.values(), timedelta()) / len(times)

quiet = History(sessions=[seen("mail", "09:00", "09:10"), seen("form", "09:30", "09:50")])
print(mean(screen_times(quiet)))""",
    """## The law

Ten minutes and twenty make fifteen on average: it looks right. But whatever is open, an hour at
a desk is an hour. Does the rule keep to that?""",
    """try:
    laws.counts_no_time_twice(screen_times)
except laws.LawBroken as broken:
    print(broken)""",
    """## A busy morning

One user, two tickets open at once, for a microsecond: all that does not matter was shrunk away.
Here is the same where it hurts.""",
    """busy = History(
    sessions=[seen(ticket, "09:00", "09:20") for ticket in ("chat", "form", "mail", "mail 2")]
)
for (_, ticket), time in screen_times(busy).items():
    print(f"{ticket:<7} {time}")
print("sum    ", sum(screen_times(busy).values(), timedelta()), "of 0:20:00 at the desk")""",
    """## The repair

What is open at once is divided, user by user.""",
    """def divided_times(history):
    by_user = {}
    for session in history.sessions:
        if session.start < session.end:
            open_times = by_user.setdefault(session.user_id, {})
            seen = Interval(start=session.start, end=session.end)
            open_times.setdefault(session.ticket_id, []).append(seen)
    return {
        (user_id, ticket_id): time
        for user_id, open_times in by_user.items()
        for ticket_id, time in divide_parallel_time(open_times).items()
    }

laws.counts_no_time_twice(divided_times)
laws.ignores_duplicates(lambda events: divided_times(History.of(events)))
print("no time is counted twice, and no line either")""",
    """## How much it was""",
    OFFLINE,
    """rules = {"on screen": screen_times, "divided": divided_times}
sums = [
    {"rule": name, "ticket": ticket, "minutes": time / timedelta(minutes=1)}
    for name, rule in rules.items()
    for (_, ticket), time in rule(busy).items()
]
bars = alt.Chart(alt.InlineData(values=sums)).mark_bar(stroke="white").encode(
    y=alt.Y("rule:N", title=None, sort=list(rules)),
    x=alt.X("minutes:Q", title="minutes, one box a ticket"),
    color=alt.value("#0072B2"),
    detail="ticket:N",
)
desk = alt.Chart(alt.InlineData(values=[{"minutes": 20}])).mark_rule(
    color="#D55E00", strokeWidth=3
).encode(x="minutes:Q")
(bars + desk).properties(
    width=560, height=90, title="Four tickets open for 20 minutes (the line): what two rules say"
)""",
    """## The same word, the same number

The dashboard and the monthly report both say "AHT". Do they agree on every day there can be?""",
    """RULES = WorklogRules(time_zone=UTC)

def dashboard(history):
    return build_worklog(history, RULES).average_handling_time()

def report(history):
    rows = build_worklog(history, RULES).rows
    if not rows:
        return None
    return sum((row.duration or timedelta() for row in rows), timedelta()) / len(rows)

try:
    laws.same_word_same_number(dashboard, report)
except laws.LawBroken as broken:
    found = broken.counterexample
    print("found with", list(found))
    print("dashboard", dashboard(found), "and report", report(found))""",
    """## Where to go from here

An edit that was on no screen has no time: None in the one, zero in the other. Which law there
is for what stands in [the guide](../how-to/test-your-own-metric.md).""",
]

NOTEBOOKS = {
    "first-worklog.ipynb": FIRST_WORKLOG,
    "a-million-sessions.ipynb": MILLION,
    "reports-and-charts.ipynb": REPORTS,
    "testing-a-metric.ipynb": METRIC,
}


def notebook(cells: list[str]) -> nbformat.NotebookNode:
    """Return a notebook of cells; one that begins with # is text."""
    made = nbformat.v4.new_notebook()
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    for number, source in enumerate(cells):
        is_text = source.startswith("#")
        new = nbformat.v4.new_markdown_cell if is_text else nbformat.v4.new_code_cell
        cell = new(source)
        cell["id"] = f"cell-{number}"
        made.cells.append(cell)
    return made


def main() -> None:
    """Write or check the notebooks."""
    for name, cells in NOTEBOOKS.items():
        made = notebook(cells)
        NotebookClient(made, timeout=600, kernel_name="python3").execute()
        for cell in made.cells:
            cell.metadata.pop("execution", None)
        if sys.argv[1:] == ["--check"]:
            kept = nbformat.read(HERE / name, as_version=4)
            if [c.source for c in kept.cells] != [c.source for c in made.cells]:
                sys.exit(f"{name} is not what make.py says")
        else:
            nbformat.write(made, HERE / name)
        print(name, "ran")


if __name__ == "__main__":
    main()
