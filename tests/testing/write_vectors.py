"""Write the conformance vectors: the worked examples, and after them some that are drawn.

    PYTHONPATH=src:tests python -m testing.write_vectors

Drawing is by a seeded generator that every Python has alike, so the files do not change by
themselves. A test compares them with what this would write.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import worklog_core
from testing.json_bridge import LIBRARY, written
from testing.worked_vectors import HOUR, WORKED, Given, calendar
from worklog_core.testing.conformance import PROPERTIES, Operation

FOLDER = Path(worklog_core.__file__).parent / "testing" / "vectors"
TICK = timedelta(microseconds=1)

CHANGES = {
    "Europe/Berlin": datetime(2026, 10, 25, 1, tzinfo=UTC),
    "America/Goose_Bay": datetime(2010, 11, 7, 3, 1, tzinfo=UTC),
    "America/Sao_Paulo": datetime(2018, 11, 4, 3, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, 15, tzinfo=UTC),
    "UTC": datetime(2026, 3, 2, tzinfo=UTC),
}
ABOUT = {
    Operation.WORKING_TIME: "microseconds of working time between two instants, signed",
    Operation.ADVANCE: "the earliest instant with so much working time since; backwards the latest",
    Operation.DIVISION: "the microseconds of one worker's time that each ticket is given",
    Operation.WORKLOG: "the rows of a worklog, and the lines of the ledger behind them",
    Operation.SIMILARITY: "the edits between two texts, and the length that divides them",
    Operation.PSEUDONYMS: "what an assignment of pseudonyms holds; the names are its own",
}


def an_instant(random: Random, near: datetime) -> datetime:
    step = random.choice((0, 1, -1, 90_000_000, 17 * HOUR, -HOUR, 5 * HOUR + 7))
    return near + timedelta(days=random.randrange(-1, 2)) + step * TICK


def some_hours(random: Random) -> str:
    start = random.choice(("00:00", "00:30", "02:00", "02:30", "09:00"))
    end = random.choice(("02:45", "03:00", "12:00", "17:30", "24:00"))
    return f"{start}-{end}" if start < end else "22:00-06:00"


def a_calendar(random: Random) -> tuple[Given, datetime]:
    zone = random.choice(sorted(CHANGES))
    near = CHANGES[zone]
    day = (near + timedelta(days=random.randrange(-1, 2))).date().isoformat()
    more: Given = {"overnight": random.choice(("cut", "owned"))}
    extra = random.choice(("shifts", "breaks", "holidays", "none"))
    if extra in ("shifts", "breaks"):
        more[extra] = {day: some_hours(random)}
    elif extra == "holidays":
        more[extra] = [day]
    return calendar(f"Mon-Sun {some_hours(random)}", zone, **more), near


def a_working_time(random: Random) -> Given:
    hours, near = a_calendar(random)
    start, end = an_instant(random, near), an_instant(random, near)
    return {"calendar": hours, "start": written(start), "end": written(end)}


def an_advance(random: Random) -> Given:
    hours, near = a_calendar(random)
    amount = random.choice((1, -1, HOUR, -HOUR, 2 * HOUR + 1))
    start = written(an_instant(random, near))
    return {"calendar": hours, "start": start, "working_time_us": amount}


def a_division(random: Random) -> Given:
    def span() -> list[str]:
        start = random.randrange(20)
        monday = datetime(2026, 3, 2, tzinfo=UTC)
        return [written(monday + tick * TICK) for tick in (start, start + random.randrange(1, 9))]

    tickets = [f"T{n}" for n in range(1, random.randrange(3, 8))]
    open_times = {each: [span() for _ in range(random.randrange(1, 4))] for each in tickets}
    weights = random.choice(({}, {}, {"T1": 2}, {"T1": 3, "T2": 5}))
    return {"open_times": open_times, "weights": weights}


def a_worklog(random: Random) -> Given:
    zone = random.choice(sorted(CHANGES))
    moments = [an_instant(random, CHANGES[zone]) for _ in range(6)]

    def names() -> Given:
        return {"user_id": random.choice(("U1", "U1", "U2")), "ticket_id": a_ticket()}

    def a_ticket() -> str:
        return random.choice(("T1", "T2", "T3"))

    def at() -> str:
        return written(random.choice(moments))

    events: list[Given] = []
    for number in range(random.randrange(4, 9)):
        start, end = sorted((random.choice(moments), random.choice(moments)))
        ends = {"start": written(start), "end": written(end)}
        kind = random.choice(("ScreenSession", "ScreenSession", "TicketEdit", "CustomerMessage"))
        if kind == "ScreenSession":
            events.append({"event": kind, **names(), **ends})
        elif kind == "TicketEdit":
            action = random.choice(("statusAction", "closeAction", "writeAction", None))
            events.append({"event": kind, **names(), "at": at(), "action": action})
        else:
            told = {"ticket_id": a_ticket(), "at": at(), "conversation_id": f"C{number}"}
            events.append({"event": kind, **told})
    user, moment = random.choice(("U1", "U2")), random.choice(moments)
    for step, status in enumerate(("Pause", "Active")):
        when = written(moment + step * timedelta(hours=3))
        events.append({"event": "UserStatusChange", "user_id": user, "at": when, "status": status})
    rules = random.choice(
        ({}, {}, {"carry_tail": False}, {"divide_over": "edited"}, {"message_in_session": "keep"})
    )
    return {"rules": {"time_zone": zone, **rules}, "events": events}


def a_similarity(random: Random) -> Given:
    def text() -> str:
        return "".join(random.choice("aab c\nü🎉") for _ in range(random.randrange(12)))

    return {"recommended": text(), "sent": text()}


DRAWN: dict[Operation, tuple[Callable[[Random], Given], int]] = {
    Operation.WORKING_TIME: (a_working_time, 30),
    Operation.ADVANCE: (an_advance, 30),
    Operation.DIVISION: (a_division, 30),
    Operation.WORKLOG: (a_worklog, 30),
    Operation.SIMILARITY: (a_similarity, 30),
}


def rosters() -> list[tuple[str, Given]]:
    base: Given = {"key": bytes(range(32)).hex(), "tenant": "acme", "scope": "2026-03"}
    few = [f"user-{n:02}" for n in range(5)]
    many = [f"user-{n:04}" for n in range(3000)]
    odd = ["Meike Mustermann", "meike mustermann", "Zoë", "Zoe\u0308", "用户 1"]
    return [
        ("five users", base | {"roster": few}),
        ("three thousand users, of whom many would draw the same name", base | {"roster": many}),
        ("ids that differ in case and in normal form alone", base | {"roster": odd}),
    ]


def vectors_of(operation: Operation) -> list[Given]:
    """Return the vectors of one operation as they are written."""
    if operation is Operation.PSEUDONYMS:
        found = [(title, ["E-29"], given, list(PROPERTIES)) for title, given in rosters()]
    else:
        answer = LIBRARY[operation]
        found = [
            (each.title, list(each.rules), each.given, answer(each.given))
            for each in WORKED[operation]
        ]
        draw, count = DRAWN[operation]
        random = Random(operation.value)  # noqa: S311  # the same cases each time are the point
        for number in range(1, count + 1):
            given = draw(random)
            found.append((f"drawn, number {number}", [], given, answer(given)))
    return [
        {
            "id": f"{operation.value}-{number:03}",
            "title": title,
            "rules": rules,
            "given": given,
            "expected": expected,
        }
        for number, (title, rules, given, expected) in enumerate(found, start=1)
    ]


def text_of(operation: Operation) -> str:
    """Return a file of vectors, one vector a line."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in vectors_of(operation))
    head = {"operation": operation.value, "version": 1, "about": ABOUT[operation]}
    opened = json.dumps(head, ensure_ascii=False)[:-1]
    return f'{opened}, "vectors": [\n{lines}\n]}}\n'


def main() -> None:
    for operation in Operation:
        path = FOLDER / f"{operation.value}.json"
        path.write_text(text_of(operation), encoding="utf-8")


if __name__ == "__main__":
    main()
