"""Measure the main job: microseconds a session, from event values to rows and ledger.

Run it with `python benchmarks/worklog.py`. The input is drawn with a fixed seed: 50 users, 25
sessions a user-day on a few tickets at once, two edits to three sessions, a customer message to
five, 8 status changes a user-day (four breaks of a quarter of an hour); then a desk that sends
pings instead of sessions, a day and four days of it; then 5,000 tickets at once. Every run checks
that the ledger sums to what was on screen.
"""

import random
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from worklog_core import (
    Action,
    CustomerMessage,
    Event,
    Heartbeat,
    History,
    Interval,
    IntervalSet,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    Worklog,
    WorklogRules,
    build_worklog,
)

RULES = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
FIRST_DAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
USERS = 50
SESSIONS_A_DAY = 25
BREAKS = {1: "Pause", 3: "Support", 5: "Pause", 7: "Auto-Absent"}
QUARTER = timedelta(minutes=15)


def service_desk(sessions: int) -> list[Event]:
    """Return a mixed stream of events with so many sessions."""
    draw = random.Random(sessions)
    events: list[Event] = []
    for number in range(sessions):
        user = number % USERS
        day = number // USERS // SESSIONS_A_DAY
        user_id, ticket_id = f"U{user:02}", f"T{draw.randrange(max(1, sessions // 3)):06}"
        opening = FIRST_DAY + timedelta(days=day)
        start = opening + timedelta(microseconds=draw.randrange(8 * 3600 * 10**6))
        end = start + timedelta(microseconds=draw.randrange(1, 1800 * 10**6))
        events.append(ScreenSession(user_id, ticket_id, start, end))
        if number % 3:
            at = start + (end - start) * draw.randrange(100) / 100
            events.append(TicketEdit(user_id, ticket_id, at, draw.choice(tuple(Action))))
        if number % 5 == 0:
            at = start + timedelta(minutes=draw.randrange(-60, 60))
            events.append(CustomerMessage(ticket_id, at, f"M{number:06}"))
        if number // USERS % SESSIONS_A_DAY == 0:
            for hour, status in BREAKS.items():
                since = opening + timedelta(hours=hour, minutes=user)
                events.append(UserStatusChange(user_id, since, status))
                events.append(UserStatusChange(user_id, since + QUARTER, "Active"))
    return events


def many_at_once(tickets: int) -> list[Event]:
    """Return one user's day with so many tickets on screen at once, opened one after another."""
    end = FIRST_DAY + timedelta(hours=8)
    events: list[Event] = [
        ScreenSession(
            "U1", f"T{i:05}", FIRST_DAY + timedelta(seconds=i), end - timedelta(seconds=i)
        )
        for i in range(tickets)
    ]
    edits = (TicketEdit("U1", f"T{i:05}", end, Action.WRITE) for i in range(0, tickets, 2))
    return [*events, *edits]


def pinging_desks(days: int) -> list[Event]:
    """Return the pings of so many days: 50 agents, 5 tickets each, 8 hours, one in 30 seconds."""
    events: list[Event] = []
    for day in range(days):
        opening = FIRST_DAY + timedelta(days=day)
        for user in range(USERS):
            for ticket in range(5):
                user_id, ticket_id = f"U{user:02}", f"T{day:02}{user:02}{ticket}"
                events.extend(
                    Heartbeat(user_id, ticket_id, opening + timedelta(seconds=30 * ping))
                    for ping in range(8 * 120)
                )
                at = opening + timedelta(hours=4, minutes=ticket)
                events.append(TicketEdit(user_id, ticket_id, at, Action.WRITE))
    return events


def build(events: list[Event]) -> Worklog:
    """Do what is measured: from event values to rows and ledger lines."""
    worklog = build_worklog(History.of(events), RULES)
    assert len(worklog.ledger.lines) == len(worklog.ledger)
    return worklog


def check(worklog: Worklog, events: list[Event]) -> None:
    """Compare the ledger with the union of what was on each user's screens."""
    on_screen: dict[str, list[Interval]] = {}
    for event in events:
        if isinstance(event, ScreenSession) and event.start < event.end:
            on_screen.setdefault(event.user_id, []).append(Interval(event.start, event.end))
        if isinstance(event, Heartbeat) and event.at > FIRST_DAY:
            # Each ping but the first of a day ends 30 seconds of screen time.
            since = event.at - timedelta(seconds=30)
            if since.hour >= FIRST_DAY.hour:
                on_screen.setdefault(event.user_id, []).append(Interval(since, event.at))
    totals = worklog.ledger.totals(by=lambda line: line.user_id)
    assert totals == {user: IntervalSet(seen).duration for user, seen in on_screen.items()}


def measure(label: str, events: list[Event], count: int, runs: int) -> float:
    """Print and return the median microseconds for each of so many sessions or pings."""
    seconds = [timed(build, events) for _ in range(runs)]
    check(build(events), events)
    each = median(seconds) / count * 1e6
    print(f"{label:>34} {each:10.1f} {median(seconds):10.3f} {min(seconds):10.3f}")
    return each


def timed(function: Callable[[list[Event]], Worklog], events: list[Event]) -> float:
    """Return the seconds that one call takes."""
    start = time.perf_counter()
    function(events)
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    print(f"{'':>34} {'us each':>10} {'median s':>10} {'min s':>10}")
    each = {
        n: measure(f"{n:,} sessions", service_desk(n), n, 3 if n >= 100_000 else 9)
        for n in (1_000, 10_000, 100_000)
    }
    print(f"time at 100,000 over time at 10,000: {each[100_000] / each[10_000] * 10:.1f}")
    for days in (1, 4):
        events = pinging_desks(days)
        pings = days * USERS * 5 * 8 * 120
        measure(f"{pings:,} pings of {days} days", events, pings, 2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    measure("5,000 tickets at once by one user", many_at_once(5_000), 5_000, 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"peak memory: {peak / 1024:.0f} MB, of which before 5,000 at once {before / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
