"""The vectors' JSON as values of the library, and two implementations of every operation on it.

`LIBRARY` asks the library, `DULL` asks the oracles of the tests, which share no code with it.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs

import oracles
from calendar_oracle import Oracle
from oracle_days import TICK
from worklog_core import (
    Action,
    DayHours,
    History,
    Interval,
    Overnight,
    Undetermined,
    WeeklyHours,
    Weighted,
    WorkingCalendar,
    WorklogRules,
    assign_pseudonyms,
    build_worklog,
    divide_parallel_time,
    text_similarity,
)
from worklog_core.privacy import PseudonymKey
from worklog_core.testing.conformance import Operation

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Given = dict[str, Any]
REACH = timedelta(days=12)


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def written(at: datetime | int) -> str:
    when = EPOCH + at * TICK if isinstance(at, int) else at.astimezone(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def calendar_of(given: Given) -> WorkingCalendar:
    def by_date(hours: Mapping[str, str]) -> dict[date, DayHours]:
        return {date.fromisoformat(day): DayHours.parse(text) for day, text in hours.items()}

    breaks = given["breaks"]
    return WorkingCalendar(
        WeeklyHours.parse(given["weekly"]),
        time_zone=ZoneInfo(given["time_zone"]),
        shifts=by_date(given["shifts"]),
        breaks=WeeklyHours.parse(breaks) if isinstance(breaks, str) else by_date(breaks),
        holidays={date.fromisoformat(day) for day in given["holidays"]},
        overnight=Overnight(given["overnight"]),
    )


def open_times_of(given: Given) -> dict[str, list[Interval]]:
    return {
        key: [Interval(instant(start), instant(end)) for start, end in spans]
        for key, spans in given["open_times"].items()
    }


INSTANTS = {"at", "start", "end", "known_at"}


def history_of(given: Given) -> History:
    events = [
        {name: instant(value) if name in INSTANTS else value for name, value in event.items()}
        | ({"action": Action(event["action"])} if event.get("action") else {})
        for event in given["events"]
    ]
    history, rejected = History.sift(events)
    assert not rejected
    return history


def rules_of(given: Given) -> WorklogRules:
    plain = WorklogRules(time_zone=ZoneInfo(given["rules"]["time_zone"]))
    changes = {name: value for name, value in given["rules"].items() if name != "time_zone"}
    for name, value in changes.items():
        default = getattr(plain, name)
        if not isinstance(value, bool):
            changes[name] = type(default)(value)
    return attrs.evolve(plain, **changes)


def working_time(given: Given) -> int:
    calendar = calendar_of(given["calendar"])
    return calendar.working_time(instant(given["start"]), instant(given["end"])) // TICK


def advance(given: Given) -> str:
    calendar = calendar_of(given["calendar"])
    return written(calendar.advance(instant(given["start"]), given["working_time_us"] * TICK))


def division(given: Given) -> dict[str, int]:
    policy = Weighted(given["weights"])
    shares = divide_parallel_time(open_times_of(given), policy=policy)
    return {key: share // TICK for key, share in shares.items()}


def similarity(given: Given) -> Given:
    found = text_similarity(given["recommended"], given["sent"])
    reason = found.reason and found.reason.value
    return {"distance": found.distance, "length": found.length, "reason": reason}


def pseudonyms(given: Given) -> Mapping[str, str]:
    key = PseudonymKey(bytes.fromhex(given["key"]))
    return assign_pseudonyms(given["roster"], key=key, tenant=given["tenant"], scope=given["scope"])


def worklog(given: Given) -> Given:
    built = build_worklog(history_of(given), rules_of(given))
    keys = {row.key: number for number, row in enumerate(built.rows)}
    return {
        "rows": [
            {
                "user_id": row.user_id,
                "ticket_id": row.ticket_id,
                "day": row.day.isoformat(),
                "recorded_at": written(row.recorded_at),
                "conversation_id": row.conversation_id,
                "action": row.action.value,
                "duration_us": None if row.duration is None else row.duration // TICK,
                "after_work_us": None if row.after_work is None else row.after_work // TICK,
                "duration_reason": None
                if row.duration is not None
                else row.reasons["duration"].value,
            }
            for row in built.rows
        ],
        "ledger": [
            {
                "user_id": line.user_id,
                "ticket_id": line.ticket_id,
                "start": written(line.start),
                "end": written(line.end),
                "label": line.label.value,
                "amount_us": line.amount // TICK,
                "day": line.day.isoformat(),
                "row": None if line.row_key is None else keys[line.row_key],
            }
            for line in built.ledger.lines
        ],
    }


LIBRARY: dict[Operation, Callable[[Given], Any]] = {
    Operation.WORKING_TIME: working_time,
    Operation.ADVANCE: advance,
    Operation.DIVISION: division,
    Operation.WORKLOG: worklog,
    Operation.SIMILARITY: similarity,
    Operation.PSEUDONYMS: pseudonyms,
}


def _horizon(given: Given, *instants: datetime) -> Oracle:
    first = min(instants).replace(minute=0, second=0, microsecond=0)
    last = max(instants).replace(minute=0, second=0, microsecond=0)
    return Oracle(calendar_of(given["calendar"]), first - REACH, last + REACH)


def dull_working_time(given: Given) -> int:
    start, end = instant(given["start"]), instant(given["end"])
    return _horizon(given, start, end).working_time(start, end) // TICK


def dull_advance(given: Given) -> str:
    start, amount = instant(given["start"]), given["working_time_us"] * TICK
    found = _horizon(given, start).advance(start, amount)
    assert found is not None, "an answer must lie within some days"
    return written(found)


def dull_division(given: Given) -> dict[str, int]:
    return oracles.divide(open_times_of(given), lambda key: given["weights"].get(key, 1))


def dull_similarity(given: Given) -> Given:
    recommended, sent = given["recommended"], given["sent"]
    texts = [None if text is None else _plain(text) for text in (recommended, sent)]
    reason = None
    if not texts[0]:
        reason = Undetermined.NO_RECOMMENDATION.value
    elif texts[1] is None:
        reason = Undetermined.NOTHING_SENT.value
    if reason:
        return {"distance": None, "length": None, "reason": reason}
    left, right = (str(text) for text in texts)
    length = max(len(left), len(right))
    return {"distance": _distance(left, right), "length": length, "reason": None}


def _plain(text: str) -> str:
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip(" \t") for line in lines.split("\n")).strip("\n")


def _distance(a: str, b: str) -> int:
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]  # what both end with costs nothing
    above = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        row = [i]
        for j, right in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
        above = row
    return above[-1]


def dull_pseudonyms(given: Given) -> Mapping[str, str]:
    """Number the users in the order of a keyed digest."""

    def draw(user: str) -> str:
        text = "\0".join((given["key"], given["tenant"], given["scope"], user))
        return hashlib.sha256(text.encode()).hexdigest()

    in_line = sorted(set(given["roster"]), key=draw)
    return {user: f"Number {place}" for place, user in enumerate(in_line)}


def dull_worklog(given: Given) -> Given:
    rows, lines = oracles.worklog(history_of(given), rules_of(given))
    keys = [row["key"] for row in rows]
    return {
        "rows": [
            {
                "user_id": row["key"][0],
                "ticket_id": row["key"][1],
                "day": row["key"][2].isoformat(),
                "recorded_at": written(row["recorded_at"]),
                "conversation_id": row["conversation_id"],
                "action": row["action"].value,
                "duration_us": row["duration"],
                "after_work_us": row["after_work"],
                "duration_reason": row["reasons"]["duration"].value
                if row["duration"] is None
                else None,
            }
            for row in rows
        ],
        "ledger": [
            {
                "user_id": user,
                "ticket_id": ticket,
                "start": written(start),
                "end": written(end),
                "label": label.value,
                "amount_us": amount,
                "day": day.isoformat(),
                "row": None if key is None else keys.index(key),
            }
            for user, ticket, start, end, label, amount, day, key in lines
        ],
    }


DULL: dict[Operation, Callable[[Given], Any]] = {
    Operation.WORKING_TIME: dull_working_time,
    Operation.ADVANCE: dull_advance,
    Operation.DIVISION: dull_division,
    Operation.WORKLOG: dull_worklog,
    Operation.SIMILARITY: dull_similarity,
    Operation.PSEUDONYMS: dull_pseudonyms,
}
