"""A busy week of a help desk, always the same: five users, forty tickets, everything that happens.

Its instants come from sums and remainders, so that it needs no randomness. Its clocks change on its
last day.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from worklog_core import (
    Action,
    CustomerMessage,
    DivideOver,
    Event,
    Heartbeat,
    History,
    MessageInSession,
    ScreenSession,
    StatusCause,
    TicketEdit,
    TicketStatus,
    TicketStatusChange,
    TrackingExclusion,
    UserStatusChange,
    UserStatusRepost,
    WorklogRules,
)

__all__ = ["AS_OF", "BERLIN", "RULES", "events", "history"]

MONDAY = datetime(2026, 3, 23, 6, tzinfo=UTC)
AS_OF = MONDAY + timedelta(days=4, hours=7, microseconds=1)
BERLIN = ZoneInfo("Europe/Berlin")
USERS = tuple(f"U{n}" for n in range(5))
TICKETS = tuple(f"T{n:02}" for n in range(40))
ACTIONS = (*Action, None)
SECOND = timedelta(seconds=1)

RULES = {
    "defaults": WorklogRules(time_zone=BERLIN),
    "every other choice": WorklogRules(
        time_zone=BERLIN,
        carry_tail=False,
        divide_over=DivideOver.EDITED,
        message_in_session=MessageInSession.KEEP,
        max_unedited=timedelta(minutes=10),
    ),
}


def _after(number: int, factor: int) -> datetime:
    """Return an instant of the week that looks drawn and is computed."""
    return MONDAY + timedelta(microseconds=(number * factor * 1_000_003) % (7 * 86_400_000_000))


def _of_user(number: int, user: str) -> list[Event]:
    found: list[Event] = []
    for n in range(60):
        ticket = TICKETS[(n * 7 + number * 11) % 40]
        start = _after(n * 5 + number, 999_331)
        end = start + timedelta(seconds=(n * 397) % 5_000, microseconds=n % 3)
        found += [
            ScreenSession(user, ticket, start, end),
            ScreenSession(user, TICKETS[(n * 3) % 40], start, end + 90 * SECOND),
            TicketEdit(user, ticket, start + (end - start) * (n % 5) / 4, ACTIONS[n % 5]),
        ]
        found += [Heartbeat(user, ticket, end + k * 30 * SECOND) for k in range(n % 6)]
    for n in range(10):
        start = _after(n + number, 700_001)
        found += [
            UserStatusChange(user, start, "Auto-Absent", event_id=f"{user}.{n}"),
            UserStatusChange(user, start + 900 * SECOND, "Ticket Processing"),
            UserStatusRepost(user, start, start + 600 * SECOND, "Active", event_id=f"{user}.{n}"),
        ]
    return found


def events() -> list[Event]:
    found = [event for number, user in enumerate(USERS) for event in _of_user(number, user)]
    for n, ticket in enumerate(TICKETS):
        found += [
            CustomerMessage(ticket, _after(n * 3 + k, 500_009), f"C{k}", is_initial=k == 0)
            for k in range(n % 4)
        ]
    found += [TrackingExclusion(ticket, MONDAY) for ticket in TICKETS[::13]]
    found += [
        TicketStatusChange(
            TICKETS[n % 8],
            _after(n, 300_007),
            tuple(TicketStatus)[n % 3],
            cause=tuple(StatusCause)[n % 4],
            user_id=(*USERS, None)[n % 6],
        )
        for n in range(60)
    ]
    return found


def history() -> History:
    return History.of(events())
