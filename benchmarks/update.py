"""Measure an update: 100 late events on a long history, against the worklog built anew.

Run it with `python benchmarks/update.py [sessions ...]`; without sizes, of 10,000, 100,000 and
1,000,000 sessions. The desk is drawn with a fixed seed: 25 sessions a user-day for 40 days, two
edits to three sessions, a customer message to five, a break a day. Late come 40 sessions with 35
edits, 15 customer messages, 8 status changes and 2 exclusions, spread over all users and days. Both
start from the history and the worklog at hand; every run compares the two answers in full.
"""

import gc
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

from worklog_core import (
    Action,
    CustomerMessage,
    Event,
    History,
    ScreenSession,
    TicketEdit,
    TrackingExclusion,
    UserStatusChange,
    Worklog,
    WorklogRules,
    build_worklog,
    update_worklog,
)

T = TypeVar("T")
RULES = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
FIRST_DAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
SESSIONS_A_DAY = 25
DAYS = 40
SIZES = (10_000, 100_000, 1_000_000)


def moments(draw: random.Random, day: int) -> tuple[datetime, datetime]:
    """Return the start and the end of a session on a day."""
    start = FIRST_DAY + timedelta(days=day, microseconds=draw.randrange(8 * 3600 * 10**6))
    return start, start + timedelta(microseconds=draw.randrange(1, 1800 * 10**6))


def service_desk(sessions: int, draw: random.Random) -> Iterator[Event]:
    """Yield the events of a desk with so many sessions."""
    for number in range(sessions):
        user_id = f"U{number // (SESSIONS_A_DAY * DAYS):05}"
        day = number // SESSIONS_A_DAY % DAYS
        ticket_id = f"T{draw.randrange(max(1, sessions // 3)):07}"
        start, end = moments(draw, day)
        yield ScreenSession(user_id, ticket_id, start, end)
        if number % 3:
            at = start + (end - start) / draw.randrange(1, 9)
            yield TicketEdit(user_id, ticket_id, at, draw.choice(tuple(Action)))
        if number % 5 == 0:
            yield CustomerMessage(ticket_id, start + timedelta(minutes=3), f"M{number:07}")
        if number % SESSIONS_A_DAY == 0:
            noon = FIRST_DAY + timedelta(days=day, hours=4)
            yield UserStatusChange(user_id, noon, "Pause")
            yield UserStatusChange(user_id, noon + timedelta(minutes=30), "Active")


def late_events(sessions: int, draw: random.Random) -> Iterator[Event]:
    """Yield 100 events that the desk learns of late."""
    users = max(1, sessions // SESSIONS_A_DAY // DAYS)
    for number in range(40):
        user_id = f"U{draw.randrange(users):05}"
        ticket_id = f"T{draw.randrange(max(1, sessions // 3)):07}"
        start, end = moments(draw, draw.randrange(DAYS))
        yield ScreenSession(user_id, ticket_id, start, end)
        if number < 35:
            yield TicketEdit(user_id, ticket_id, end, Action.CLOSE)
        if number < 15:
            message = f"T{draw.randrange(max(1, sessions // 3)):07}"
            yield CustomerMessage(message, start, f"L{number}")
        if number < 8:
            yield UserStatusChange(user_id, start, "Support")
        if number < 2:
            ticket_id = f"T{draw.randrange(max(1, sessions // 3)):07}"
            yield TrackingExclusion(ticket_id, start)


def timed(function: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds of processor time that a call takes, and its answer."""
    gc.collect()
    start = time.process_time()
    answer = function()
    return time.process_time() - start, answer


def compare(updated: Worklog, whole: Worklog) -> None:
    """Compare all that two worklogs say."""
    assert updated.rows == whole.rows
    assert updated.ledger.accounts == whole.ledger.accounts
    assert updated.findings == whole.findings
    assert updated.statuses == whole.statuses
    assert updated.history == whole.history


def measure(sessions: int) -> None:
    """Print the line of one size."""
    history = History.of(service_desk(sessions, random.Random(sessions)))
    late = History.of(late_events(sessions, random.Random(7)))
    worklog = build_worklog(history, RULES)
    joining, both = timed(lambda: History.of([*history, *late]))
    building, whole = timed(lambda: build_worklog(both, RULES))
    runs = [timed(lambda: update_worklog(worklog, late)) for _ in range(5)]
    update = runs[-1][1]
    compare(update.worklog, whole)
    seconds = median(run[0] for run in runs)
    differing = len(update.added) + len(update.removed) + len(update.changed)
    print(
        f"{sessions:>12,} {len(late):>6} {differing:>6} {seconds * 1e3:>10.1f} "
        f"{joining:>9.2f} {building:>9.2f} {building / seconds:>9.0f}"
    )


def main() -> None:
    """Print the table."""
    print(
        f"{'sessions':>12} {'late':>6} {'rows':>6} {'update ms':>10} "
        f"{'join s':>9} {'build s':>9} {'build/upd':>9}"
    )
    for sessions in map(int, sys.argv[1:]) if len(sys.argv) > 1 else SIZES:
        measure(sessions)


if __name__ == "__main__":
    main()
