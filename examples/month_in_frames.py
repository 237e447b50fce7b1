"""A month of an operation as columns: the worklog of a frame, with a bar that shows its progress.

    python examples/month_in_frames.py [SESSIONS]

It draws so many sessions (100,000 without a number) of users who have several tickets open at once,
builds rows and ledger out of one PyArrow table, and checks that each user's ledger sums to what was
on screen. The exit status is 1 if it does not.
"""

import sys
from typing import Any
from zoneinfo import ZoneInfo

from worklog_core import WorklogRules, columnar

try:
    import numpy as np
    import pyarrow as pa
    from tqdm import tqdm
except ModuleNotFoundError:
    sys.exit("month_in_frames.py needs: pip install -e '.[frames,arrow,examples]'")

RULES = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
FIRST = np.datetime64("2026-03-02T07:00:00", "us").astype(np.int64)
HOUR, DAY = 3_600_000_000, 86_400_000_000


def main() -> None:
    """Draw a month, build it, and check its sums."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    sessions, edits = month(count)
    rows = with_progress("rows", columnar.build_worklog, sessions, edits)
    ledger = with_progress("ledger", columnar.build_ledger, sessions, edits)
    print(f"{count:,} sessions, {len(rows):,} rows, {len(ledger):,} ledger lines")
    seconds = rows["duration_us"].to_numpy().sum() // 1_000_000
    print(f"average handling time: {seconds // len(rows)} s over {len(rows):,} rows")
    told, seen = by_user(ledger, "amount_us"), on_screen(sessions)
    if told != seen:
        sys.exit("the ledger does not sum to what was on screen")
    print(f"the ledger of each of {len(told):,} users sums to what was on screen, exactly")


def month(count: int) -> tuple[Any, Any]:
    """Return the sessions of a month, and an answer in two of three of them."""
    draw = np.random.default_rng(7)
    number = np.arange(count)
    user = number % max(1, count // 500)
    start = FIRST + number // max(1, count // 20) * DAY + draw.integers(0, 8 * HOUR, count)
    end = start + draw.integers(1, HOUR // 2, count)
    sessions = {
        "user_id": ids("U", user),
        "ticket_id": ids("T", draw.integers(0, max(1, count // 3), count)),
        "start": instants(start),
        "end": instants(end),
    }
    answered = number % 3 > 0
    edits = {
        "user_id": sessions["user_id"].filter(pa.array(answered)),
        "ticket_id": sessions["ticket_id"].filter(pa.array(answered)),
        "at": instants((start + (end - start) // 2)[answered]),
        "action": pa.array(["writeAction"] * int(answered.sum())),
    }
    return pa.table(sessions), pa.table(edits)


def ids(letter: str, numbers: Any) -> Any:
    """Return numbers as ids."""
    return pa.array([f"{letter}{number:07}" for number in numbers])


def instants(microseconds: Any) -> Any:
    """Return microseconds since 1970 as instants."""
    return pa.array(microseconds).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))


def with_progress(label: str, build: Any, sessions: Any, edits: Any) -> Any:
    """Build one frame of another, and show how many users are done."""
    with tqdm(desc=label, unit=" users", disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return build(sessions=sessions, edits=edits, rules=RULES, on_progress=show)


def by_user(frame: Any, amount: str) -> dict[str, int]:
    """Return the sum of an amount of each user."""
    sums = frame.group_by("user_id").aggregate([(amount, "sum")])
    return dict(zip(sums["user_id"].to_pylist(), sums[f"{amount}_sum"].to_pylist(), strict=True))


def on_screen(sessions: Any) -> dict[str, int]:
    """Return how long each user had anything on screen, by going through the sessions in order."""
    found: dict[str, int] = {}
    until: dict[str, int] = {}
    columns = sessions.sort_by([("user_id", "ascending"), ("start", "ascending")])
    starts, ends = (columns[name].cast(pa.int64()).to_pylist() for name in ("start", "end"))
    for user, start, end in zip(columns["user_id"].to_pylist(), starts, ends, strict=True):
        since = max(start, until.get(user, start))
        found[user] = found.get(user, 0) + max(0, end - since)
        until[user] = max(end, until.get(user, end))
    return found


if __name__ == "__main__":
    main()
