"""The worked examples among the conformance vectors, with their figures as found by hand."""

from collections.abc import Iterator
from typing import Any

import attrs

from worklog_core.testing.conformance import Operation

MINUTE = 60_000_000
HOUR = 60 * MINUTE
Given = dict[str, Any]


@attrs.frozen
class Worked:
    """A vector whose answer was found by hand; of a worklog the rows' times and actions."""

    title: str
    rules: tuple[str, ...]
    given: Given
    by_hand: Any


def on(day: str, clock: str) -> str:
    return f"{day}T{clock}:00.000000Z" if len(clock) == 5 else f"{day}T{clock}Z"


def calendar(weekly: str, zone: str = "Europe/Berlin", **more: Any) -> Given:
    plain = {"shifts": {}, "breaks": {}, "holidays": [], "overnight": "cut"}
    return {"time_zone": zone, "weekly": weekly, **plain, **more}


OFFICE = calendar("Mon-Fri 09:00-17:00")
ALWAYS = calendar("Mon-Sun 00:00-24:00")


def between(hours: Given, start: str, end: str) -> Given:
    return {"calendar": hours, "start": start, "end": end}


def after(hours: Given, start: str, working_time: int) -> Given:
    return {"calendar": hours, "start": start, "working_time_us": working_time}


def working_times() -> Iterator[Worked]:
    rule = ("E-46", "AMB-8")
    friday, monday = on("2026-03-06", "15:00"), on("2026-03-09", "09:00")
    yield Worked("over a weekend", rule, between(OFFICE, friday, monday), 2 * HOUR)
    yield Worked("backwards it is negative", rule, between(OFFICE, monday, friday), -2 * HOUR)
    yield Worked("from an instant to itself", rule, between(OFFICE, friday, friday), 0)
    odd = on("2026-03-06", "08:59:59.999999")
    yield Worked("to the microsecond", rule, between(OFFICE, odd, on("2026-03-06", "09:00")), 1)
    easter = calendar("Mon-Fri 09:00-17:00", holidays=["2026-04-03", "2026-04-06"])
    yield Worked(
        "Good Friday and Easter Monday are closed",
        rule,
        between(easter, on("2026-04-02", "13:00"), on("2026-04-07", "08:00")),
        3 * HOUR,
    )
    eve = calendar(
        "Mon-Fri 09:00-17:00", shifts={"2026-12-24": "09:00-12:00"}, holidays=["2026-12-24"]
    )
    yield Worked(
        "a shift opens a holiday by half",
        rule,
        between(eve, on("2026-12-24", "00:00"), on("2026-12-25", "00:00")),
        3 * HOUR,
    )
    lunch = calendar("Mon-Fri 09:00-17:00", breaks="Mon-Fri 12:00-12:30")
    yield Worked(
        "a break never adds time",
        rule,
        between(lunch, on("2026-03-06", "00:00"), on("2026-03-07", "00:00")),
        7 * HOUR + 30 * MINUTE,
    )
    night = calendar("Fri 22:00-06:00", holidays=["2026-03-07"])
    owned = night | {"overnight": "owned"}
    span = on("2026-03-06", "12:00"), on("2026-03-07", "12:00")
    yield Worked("a holiday cuts the morning after", rule, between(night, *span), 2 * HOUR)
    yield Worked("a night belongs to its first date", rule, between(owned, *span), 8 * HOUR)
    spring = on("2026-03-28", "23:00"), on("2026-03-29", "22:00")
    autumn = on("2026-10-24", "22:00"), on("2026-10-25", "23:00")
    yield Worked("a day of 23 hours", rule, between(ALWAYS, *spring), 23 * HOUR)
    yield Worked("a day of 25 hours", rule, between(ALWAYS, *autumn), 25 * HOUR)
    gap = calendar("Sun 01:30-03:30")
    yield Worked("a window over the gap is an hour short", rule, between(gap, *spring), HOUR)
    inside = calendar("Sun 02:00-03:00")
    yield Worked("a window that lies in the gap is empty", rule, between(inside, *spring), 0)
    fold = calendar("Sun 01:30-03:30")
    yield Worked("a window over the fold is an hour long", rule, between(fold, *autumn), 3 * HOUR)
    apia = calendar("Mon-Sun 00:00-24:00", "Pacific/Apia")
    yield Worked(
        "a day that was skipped",
        rule,
        between(apia, on("2011-12-29", "10:00"), on("2011-12-31", "10:00")),
        48 * HOUR,
    )
    howe = calendar("Mon-Sun 00:00-24:00", "Australia/Lord_Howe")
    yield Worked(
        "a clock that changes by half an hour",
        rule,
        between(howe, on("2026-04-03", "13:00"), on("2026-04-05", "13:30")),
        48 * HOUR + 30 * MINUTE,
    )
    closed = calendar("")
    yield Worked("a calendar that never opens", rule, between(closed, friday, monday), 0)


def advances() -> Iterator[Worked]:
    rule = ("P-E10", "AMB-8")
    friday = on("2026-03-06", "15:00")
    yield Worked(
        "four hours from Friday afternoon are due on Monday",
        rule,
        after(OFFICE, friday, 4 * HOUR),
        on("2026-03-09", "11:00:00.000000"),
    )
    yield Worked(
        "a target that fills the day is due at the closing bell",
        rule,
        after(OFFICE, on("2026-03-06", "08:00"), 8 * HOUR),
        on("2026-03-06", "16:00:00.000000"),
    )
    closed = on("2026-03-07", "12:00:00.000000")
    yield Worked("nothing is due at once, open or not", rule, after(OFFICE, closed, 0), closed)
    yield Worked(
        "backwards it is the latest instant",
        rule,
        after(OFFICE, on("2026-03-09", "08:00"), -8 * HOUR),
        on("2026-03-06", "08:00:00.000000"),
    )
    yield Worked(
        "over the night of the fold",
        rule,
        after(ALWAYS, on("2026-10-24", "22:00"), 24 * HOUR),
        on("2026-10-25", "22:00:00.000000"),
    )
    yield Worked(
        "a microsecond is worked in the next window",
        rule,
        after(OFFICE, on("2026-03-06", "16:00"), 1),
        on("2026-03-09", "08:00:00.000001"),
    )


DAY = "2026-03-02"


def span(start: str, end: str) -> list[str]:
    return [on(DAY, start), on(DAY, end)]


def divisions() -> Iterator[Worked]:
    twenty = [span("09:00", "09:20")]
    four = {f"T{n}": twenty for n in range(1, 5)}
    yield Worked(
        "four tickets open for twenty minutes are five minutes each",
        ("E-14",),
        {"open_times": four, "weights": {}},
        dict.fromkeys(four, 5 * MINUTE),
    )
    tick = [span("09:00:00.000000", "09:00:00.000001")]
    yield Worked(
        "a microsecond that does not divide goes to the lower key",
        ("AMB-5c",),
        {"open_times": {"T2": tick, "T1": tick}, "weights": {}},
        {"T1": 1, "T2": 0},
    )
    yield Worked(
        "only what is open at once is divided",
        ("E-14",),
        {
            "open_times": {"T1": [span("09:00", "09:20")], "T2": [span("09:10", "09:30")]},
            "weights": {},
        },
        {"T1": 15 * MINUTE, "T2": 15 * MINUTE},
    )
    yield Worked(
        "one ticket in two windows is open once",
        ("E-14",),
        {"open_times": {"T1": [*twenty, *twenty], "T2": []}, "weights": {}},
        {"T1": 20 * MINUTE, "T2": 0},
    )
    yield Worked(
        "a call may weigh three times a mail",
        ("E-14",),
        {"open_times": {"call": twenty, "mail": twenty}, "weights": {"call": 3}},
        {"call": 15 * MINUTE, "mail": 5 * MINUTE},
    )


def similarities() -> Iterator[Worked]:
    def pair(recommended: str | None, sent: str | None) -> Given:
        return {"recommended": recommended, "sent": sent}

    def found(distance: int, length: int) -> Given:
        return {"distance": distance, "length": length, "reason": None}

    none = {"distance": None, "length": None}
    rule = ("E-41",)
    yield Worked("kitten and sitting", rule, pair("kitten", "sitting"), found(3, 7))
    yield Worked("equal texts", rule, pair("Dear Ann", "Dear Ann"), found(0, 8))
    yield Worked("a swap gives the same", rule, pair("sitting", "kitten"), found(3, 7))
    yield Worked(
        "98.43 per cent", ("E-40",), pair("a" * 10_000, "b" * 157 + "a" * 9_843), found(157, 10_000)
    )
    yield Worked("the longer text divides", rule, pair("ab", "abcd"), found(2, 4))
    yield Worked("an accent in two ways is one", rule, pair("u\u0308ber", "über"), found(0, 4))
    yield Worked("line ends do not count", rule, pair("a\r\nb  \n", "a\nb"), found(0, 3))
    yield Worked("case is content", rule, pair("Über", "über"), found(1, 4))
    yield Worked("beyond the plane", rule, pair("🎉!", "🎉?"), found(1, 2))
    yield Worked("sent empty", ("AMB-10",), pair("Hello", ""), found(5, 5))
    rule = ("E-42",)
    missing = none | {"reason": "no_recommendation"}
    yield Worked("nothing recommended", rule, pair(None, "Hello"), missing)
    yield Worked("recommended empty", rule, pair(" \n", "Hello"), missing)
    yield Worked("nothing sent", rule, pair("Hello", None), none | {"reason": "nothing_sent"})


def seen(user: str, ticket: str, start: str, end: str, day: str = DAY) -> Given:
    names = {"event": "ScreenSession", "user_id": user, "ticket_id": ticket}
    return names | {"start": on(day, start), "end": on(day, end)}


def edited(user: str, ticket: str, at: str, action: str = "writeAction", day: str = DAY) -> Given:
    names = {"event": "TicketEdit", "user_id": user, "ticket_id": ticket}
    return names | {"at": on(day, at), "action": action}


def wrote(ticket: str, at: str, conversation: str, **more: Any) -> Given:
    names = {"event": "CustomerMessage", "ticket_id": ticket, "conversation_id": conversation}
    return names | {"at": on(DAY, at), **more}


def status(user: str, at: str, name: str) -> Given:
    return {"event": "UserStatusChange", "user_id": user, "at": on(DAY, at), "status": name}


def history(*events: Given, zone: str = "UTC", **rules: Any) -> Given:
    return {"rules": {"time_zone": zone, **rules}, "events": list(events)}


def worklogs() -> Iterator[Worked]:
    write, close = "writeAction", "closeAction"
    yield Worked(
        "of three who had a ticket on screen two have rows, of 15 and 2 minutes",
        ("E-08", "E-09", "E-10"),
        history(
            seen("U1", "T1", "09:00", "09:05"),
            seen("U1", "T1", "12:00", "12:10"),
            edited("U1", "T1", "12:10", close),
            seen("U2", "T1", "13:00", "13:05"),
            seen("U3", "T1", "14:00", "14:02"),
            edited("U3", "T1", "14:02", "statusAction"),
        ),
        [("U1", "T1", 15 * MINUTE, close), ("U3", "T1", 2 * MINUTE, "statusAction")],
    )
    apart = (
        seen("U1", "T1", "09:00", "09:05"),
        edited("U1", "T1", "09:05"),
        seen("U1", "T1", "15:00", "15:07"),
        edited("U1", "T1", "15:07"),
    )
    yield Worked(
        "a customer query at noon makes two processings",
        ("E-11",),
        history(*apart, wrote("T1", "12:00", "C1")),
        [("U1", "T1", 5 * MINUTE, write), ("U1", "T1", 7 * MINUTE, write)],
    )
    yield Worked(
        "without the query it is one processing of twelve minutes",
        ("E-12",),
        history(*apart),
        [("U1", "T1", 12 * MINUTE, write)],
    )
    tickets = [f"T{n}" for n in range(1, 5)]
    yield Worked(
        "four tickets open for twenty minutes are five minutes each",
        ("E-14",),
        history(
            *(seen("U1", ticket, "09:00", "09:20") for ticket in tickets),
            *(edited("U1", ticket, "09:20") for ticket in tickets),
        ),
        [("U1", ticket, 5 * MINUTE, write) for ticket in tickets],
    )
    yield Worked(
        "closed and then answered is a write action",
        ("E-21",),
        history(
            seen("U1", "T1", "09:00", "09:05"),
            edited("U1", "T1", "09:01", close),
            edited("U1", "T1", "09:02", write),
        ),
        [("U1", "T1", 5 * MINUTE, write)],
    )
    yield Worked(
        "time counts only while active",
        ("E-15", "AMB-6"),
        history(
            seen("U1", "T1", "09:00", "09:30"),
            edited("U1", "T1", "09:30"),
            status("U1", "09:10", "Pause"),
            status("U1", "09:25", "Active"),
        ),
        [("U1", "T1", 15 * MINUTE, write)],
    )
    yield Worked(
        "an agent of AI needs no screen",
        ("E-20", "AMB-15"),
        history(edited("A1", "T1", "09:00", "autoProcessAction")),
        [("A1", "T1", None, "autoProcessAction")],
    )
    yield Worked(
        "an excluded ticket takes its share and has no row",
        ("AMB-29", "AMB-5b"),
        history(
            seen("U1", "T1", "09:00", "09:20"),
            seen("U1", "T2", "09:00", "09:20"),
            edited("U1", "T1", "09:20"),
            edited("U1", "T2", "09:20"),
            {"event": "TrackingExclusion", "ticket_id": "T2", "at": on(DAY, "10:00")},
        ),
        [("U1", "T1", 10 * MINUTE, write)],
    )
    yield Worked(
        "pings half a minute apart are a session",
        ("P-E4", "AMB-17"),
        history(
            *(
                {"event": "Heartbeat", "user_id": "U1", "ticket_id": "T1", "at": on(DAY, clock)}
                for clock in ("09:00", "09:00:30.000000", "09:01", "09:02:30.000000", "09:10")
            ),
            edited("U1", "T1", "09:02"),
        ),
        [("U1", "T1", 2 * MINUTE + MINUTE // 2, write)],
    )
    yield Worked(
        "what follows an edit over midnight joins its row",
        ("AMB-4c", "AMB-5d"),
        history(
            {
                "event": "ScreenSession",
                "user_id": "U1",
                "ticket_id": "T1",
                "start": on("2026-10-24", "21:30"),
                "end": on("2026-10-25", "02:00"),
            },
            edited("U1", "T1", "21:45", day="2026-10-24"),
            zone="Europe/Berlin",
        ),
        [("U1", "T1", 4 * HOUR + 30 * MINUTE, write)],
    )
    yield Worked(
        "without tails it ends at midnight",
        ("AMB-4c",),
        history(
            seen("U1", "T1", "22:30", "23:30", day="2026-03-28"),
            edited("U1", "T1", "22:45", day="2026-03-28"),
            zone="Europe/Berlin",
            carry_tail=False,
        ),
        [("U1", "T1", 30 * MINUTE, write)],
    )


WORKED: dict[Operation, list[Worked]] = {
    Operation.WORKING_TIME: list(working_times()),
    Operation.ADVANCE: list(advances()),
    Operation.DIVISION: list(divisions()),
    Operation.WORKLOG: list(worklogs()),
    Operation.SIMILARITY: list(similarities()),
}


def figures(operation: Operation, answer: Any) -> Any:
    """Return of an answer what was found by hand."""
    if operation is not Operation.WORKLOG:
        return answer
    return [(r["user_id"], r["ticket_id"], r["duration_us"], r["action"]) for r in answer["rows"]]
