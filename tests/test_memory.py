"""Memory does not grow with use: nothing is remembered beyond what a value itself holds."""

import gc
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from worklog_core import (
    Action,
    History,
    PrivacyLevel,
    PrivacyPolicy,
    ScreenSession,
    TicketEdit,
    WorklogRules,
    build_worklog,
    release,
    text_similarity,
)

RULES = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def use(number: int) -> None:
    """Build, explain, release and compare for a user and a ticket that were not there before."""
    user, ticket = f"U{number}", f"T{number}"
    start = MONDAY + timedelta(days=number % 50, microseconds=number)
    end = start + timedelta(minutes=10)
    history = History(
        sessions=[ScreenSession(user, ticket, start, end), ScreenSession(user, "T", start, end)],
        edits=[TicketEdit(user, ticket, start + timedelta(minutes=5), Action.WRITE)],
    )
    worklog = build_worklog(history, RULES)
    assert worklog.ledger.explain(worklog.rows[0])
    assert len(release(worklog, PrivacyPolicy(PrivacyLevel.REAL, names={user: user}))) == 1
    assert text_similarity(f"text {number}", "text").distance


def traced(until: int, since: int = 0) -> int:
    for number in range(since, until):
        use(number)
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize(
    ("few", "many"), [(1_000, 2_000), pytest.param(1_000, 10_000, marks=pytest.mark.slow)]
)
def test_after_many_uses_memory_is_what_it_was_after_a_thousand(few: int, many: int) -> None:
    # In a process of its own: a runner and other tests remember things while this one counts.
    done = subprocess.run(
        [sys.executable, "-c", f"import test_memory; test_memory.tell({few}, {many})"],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, after = map(int, done.stdout.split())
    assert after <= before * 1.05


def tell(few: int, many: int) -> None:
    use(0)
    gc.collect()
    tracemalloc.start()
    print(traced(few), traced(many, since=few))  # noqa: T201  # to the test that asked
