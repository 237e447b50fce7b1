"""An agent disputes 14 minutes: the account, the what-if, the late event, the changed row.

Run it with `python examples/dispute.py`. Meike had two tickets open and got half of the time for
each. She says that the second one was shut long before the month says so, and she is right: the
browser had told of it too late.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from worklog_core import (
    Action,
    DivideOver,
    History,
    Language,
    ScreenSession,
    TicketEdit,
    WorklogRules,
    account,
    build_worklog,
    compare,
    update_worklog,
    what_if,
)

RULES = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))


def at(hour: int, minute: int, *, day: int = 2) -> datetime:
    """Return an instant of March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


CLAIM = ScreenSession(user_id="meike", ticket_id="T-1", start=at(8, 0), end=at(8, 42))
OTHER = ScreenSession(
    user_id="meike", ticket_id="T-2", start=at(8, 0), end=at(8, 42), event_id="screen-17"
)
DONE = TicketEdit(user_id="meike", ticket_id="T-1", at=at(8, 40), action=Action.WRITE)
HISTORY = History.of([CLAIM, OTHER, DONE])

# The browser of T-2 had lost its network: when it shut the ticket was learnt after the month.
CORRECTION = attrs.evolve(OTHER, end=at(8, 14), known_at=at(7, 0, day=31))


def main() -> None:
    """Print the dispute from the claim to the changed row."""
    worklog = build_worklog(HISTORY, RULES)
    (row,) = worklog.rows
    reported = row.duration or timedelta()
    print(f"Reported: {reported}. Meike claims {reported + timedelta(minutes=14)}.\n")
    print(account(worklog, row).text(), "\n")
    print(account(worklog, row).text(language=Language.GERMAN).splitlines()[2], "\n")

    others = attrs.evolve(RULES, divide_over=DivideOver.EDITED, heartbeat_ttl=timedelta(minutes=2))
    asked = what_if(HISTORY, {"in force": RULES, "as asked for": others})
    print("Under the rules that she asks for, rule by rule:")
    for step in asked.contributions("as asked for"):
        print(f"  {', '.join(step.fields)}: {step.comparison.total.duration}")
    print("No rule makes 14 minutes of it. The screen of T-2 does:\n")

    update = update_worklog(worklog, History.of([CORRECTION]))
    (change,) = update.changed
    for field, (old, new) in change.fields.items():
        print(f"  {field}: {old} -> {new}")
    told = change.events[0]
    print(f"  told by {told.event_id}, known at {told.known_at:%Y-%m-%d}\n")
    print(account(update.worklog, change.row).text(), "\n")

    closed = update.worklog.as_known_at(at(0, 0, day=30))
    print(f"The month as it was closed: {closed.rows[0].duration}.")
    print(f"The difference to now: {compare(closed, update.worklog).total.duration}.")
    is_same = (
        update.worklog.fingerprint
        == build_worklog(HISTORY | History.of([CORRECTION]), RULES).fingerprint
    )
    print(f"Built anew, it is the same to the last digit: {is_same}.")


if __name__ == "__main__":
    main()
