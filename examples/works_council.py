"""One month at three levels of privacy, side by side, with an account for the works council.

    python examples/works_council.py

Thirteen people work in three teams; the night team is one person, and an AI agent closes tickets on
its own. The same worklog is released with real names, with pseudonyms and anonymously. Then: what
rounding does for rows that could be found again, and how stable pseudonyms are.
"""

import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from worklog_core import (
    Action,
    Coarsening,
    Event,
    History,
    PrivacyLevel,
    PrivacyPolicy,
    PseudonymKey,
    Release,
    ScreenSession,
    TeamMembership,
    TicketEdit,
    TopicChange,
    Worklog,
    WorklogError,
    WorklogRules,
    assign_pseudonyms,
    build_worklog,
    exports,
    release,
)

BERLIN = ZoneInfo("Europe/Berlin")
RULES = WorklogRules(time_zone=BERLIN)
FIRST_DAY = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
# In earnest: 32 random bytes, made once with secrets.token_bytes(32) and kept apart.
KEY = PseudonymKey(bytes(range(32)))

NAMES = {
    "u-01": "Meike Mustermann",
    "u-02": "Aylin Demir",
    "u-03": "Ben Okafor",
    "u-04": "Clara Weiss",
    "u-05": "Dmitri Sokolov",
    "u-06": "Eva Lindqvist",
    "u-07": "Farid Haddad",
    "u-08": "Greta Janssen",
    "u-09": "Hana Novak",
    "u-10": "Ivo Petrov",
    "u-11": "Jana Kowalska",
    "u-12": "Kofi Mensah",
    "u-13": "Lena Nachtigal",
}
TEAM_OF = {user: ("North", "South")[n % 2] for n, user in enumerate(NAMES)} | {"u-13": "Night"}
ROSTER = {user: number for number, user in enumerate(NAMES, start=2011)}  # since which year
TOPICS = ("Billing", "Meter reading", "Contract")


def month() -> Worklog:
    """Return the worklog of a month: everybody works on four tickets a day, for ten days."""
    events: list[Event] = [TeamMembership(u, team, FIRST_DAY) for u, team in TEAM_OF.items()]
    for number, user in enumerate(NAMES):
        for n in range(40):
            ticket = f"#{1000 + number * 40 + n}"
            start = FIRST_DAY + timedelta(days=n // 4, minutes=7 * number, hours=n % 4)
            end = start + timedelta(seconds=240 + (n * 97 + number * 31) % 600, milliseconds=n)
            action = (Action.WRITE, Action.CLOSE, Action.STATUS)[(n + number) % 3]
            events += [
                TopicChange(ticket, start, TOPICS[n % 3]),
                ScreenSession(user, ticket, start, end),
                TicketEdit(user, ticket, start + (end - start) * 3 / 4, action),
            ]
    events += [
        TicketEdit(
            "AI agent 7", f"#{9000 + n}", FIRST_DAY + n * timedelta(hours=5), Action.AUTO_PROCESS
        )
        for n in range(20)
    ]
    return build_worklog(history=History.of(events), rules=RULES)


def pseudonyms(roster: Mapping[str, int], scope: str) -> dict[str, str]:
    """Return the pseudonyms of a roster for one month."""
    return assign_pseudonyms(roster, key=KEY, tenant="acme", scope=scope)


def main() -> None:
    """Print the month at each level, and what it costs and promises."""
    worklog = month()
    real = PrivacyPolicy(PrivacyLevel.REAL, names=NAMES)
    hidden = PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=pseudonyms(ROSTER, "2026-03"))
    nobody = PrivacyPolicy(PrivacyLevel.ANONYMOUS)
    releases = [release(result=worklog, policy=policy) for policy in (real, hidden, nobody)]
    for found in releases:
        title(f"{found.form.value}: some rows of the export")
        print_rows(found)
        title(f"{found.form.value}: the account")
        print(found.audit())
    refuse_leaks(releases[-1])

    title("Rounded times: fewer rows are alone with theirs, and they sum to nothing any more")
    print_coarse(worklog)
    title("How stable pseudonyms are")
    print_stability()
    title("Too few people: no release")
    print_refusal(worklog)


def print_rows(found: Release) -> None:
    """Print some columns of an export: of a robot, two people, and the night team where shown."""
    columns = ("name", "date", "ticketId", "userId", "teams", "topic", "action", "duration")
    rows = exports.enneo.rows(release=found, tenant="acme")
    kinds = (
        (row for row in rows if row["duration"] is None),
        (row for row in rows if row["duration"] is not None and row["teams"] != ["Night"]),
        (row for row in rows if row["teams"] == ["Night"]),
    )
    counts = (1, 2, 2)
    chosen = [row for kind, n in zip(kinds, counts, strict=True) for row in islice(kind, n)]
    shown = [columns, *(cells(row, columns) for row in chosen)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for line in shown:
        print("  ".join(f"{cell:<{n}}" for cell, n in zip(line, widths, strict=True)).rstrip())
    people = {row["name"] for row in rows}
    print(f"{len(rows)} rows under {len(people)} names")


def cells(row: Mapping[str, Any], columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return a row as text; a dash is a value that is not there."""
    return tuple("-" if row[name] is None else str(row[name]) for name in columns)


def refuse_leaks(found: Release) -> None:
    """End the run if a name or an id is anywhere in an anonymous export."""
    text = json.dumps(exports.enneo.rows(release=found, tenant="acme"))
    if leaked := [word for pair in NAMES.items() for word in pair if word in text]:
        sys.exit(f"an anonymous export holds {len(leaked)} names and ids")
    print(f"\nSearched for {2 * len(NAMES)} names and ids in the anonymous export: none is there.")


def print_coarse(worklog: Worklog) -> None:
    """Print how many rows are alone with their values, exact and rounded."""
    total = timedelta()
    for unit in (1, 30, 60, 300):
        policy = PrivacyPolicy(PrivacyLevel.ANONYMOUS, coarsening=Coarsening(round_seconds=unit))
        found = release(result=worklog, policy=policy)
        times = [row["duration"] for row in found.rows if row["duration"] is not None]
        total = total or sum(times, timedelta())
        audit = found.audit()
        off = (sum(times, timedelta()) - total) // timedelta(seconds=1)
        alone = f"{audit.unique_after:3} of {audit.rows} rows alone"
        print(f"to {unit:3} s: {alone}, sum off by {off:+} s")


def print_stability() -> None:
    """Print how many of the staff keep their pseudonym when somebody joins, and in April."""
    march = pseudonyms(ROSTER, "2026-03")
    joined = pseudonyms({**ROSTER, "u-14": 2026}, "2026-03")
    april = pseudonyms(ROSTER, "2026-04")
    print(f"{march['u-01']} is {joined['u-01']} when a junior joins, and {april['u-01']} in April.")
    print(f"Renamed when a junior joins: {renamed(march, joined)} of {len(march)}")
    print(f"Renamed in another month: {renamed(march, april)} of {len(march)}")


def renamed(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    """Return how many go by another name afterwards."""
    return sum(after[user] != name for user, name in before.items())


def print_refusal(worklog: Worklog) -> None:
    """Print what is said where there are fewer people than a group must have."""
    try:
        release(result=worklog, policy=PrivacyPolicy(PrivacyLevel.ANONYMOUS, k=20))
    except WorklogError as error:
        print(error)


def title(text: str) -> None:
    """Print a headline."""
    print(f"\n{text}\n{'-' * len(text)}")


if __name__ == "__main__":
    main()
