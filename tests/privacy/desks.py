"""A help desk whose every id can be found again, and every report over it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from helpdesk import answered, asked, assigned, closed, edited, log_of, opened, seen
from privacy.specimens import names
from worklog_core import (
    CaseLog,
    FieldPolicy,
    GroupBy,
    Metric,
    Period,
    PrivacyLevel,
    PrivacyPolicy,
    Selection,
    TeamMembership,
    TicketClosed,
    Worklog,
    compare_with_previous,
    contact_log,
    conversation_list,
    count_by,
    first_response_breakdown,
    incoming_by_channel,
    leaderboard,
    measure,
    message_log,
    opened_by_contact_type,
    opened_by_user,
    opened_heatmap,
    outgoing_anomalies,
    outgoing_by_source,
    resolution_breakdown,
    resolved_anomalies,
    user_performance,
    volume_by_interval,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
USERS = tuple(f"usr-{number:02}@acme.example" for number in range(12))
STAFF = {user: f"Meike Mustermann-{number:02}" for number, user in enumerate(USERS)}
PSEUDONYMS = names(dict.fromkeys(USERS, 0))
NORTH, SOUTH, SOLO = USERS[:6], USERS[6:11], USERS[11:]
MARCH = Selection(period=Period(date(2026, 3, 2), date(2026, 3, 4)))
# What no guarded form may hold, whatever stands before or behind it.
TELLING = ("usr-", "acme.example", "Meike", "TICKET-", "CUSTOMER-", "MESSAGE-", "Dear", "About")

POLICIES = {
    "anonymous": PrivacyPolicy(PrivacyLevel.ANONYMOUS),
    "strict": PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=PSEUDONYMS),
    "page": PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=PSEUDONYMS, fields=FieldPolicy.PAGE),
    "real": PrivacyPolicy(PrivacyLevel.REAL, names=STAFF),
}


def conversation(number: int, user: str, start: datetime, **more: Any) -> list[Any]:
    """Return a conversation that a user answers after some minutes, works on, and closes."""
    ticket = f"TICKET-{number:03}"
    answered_at = start + (1 + number % 7) * MINUTE + number * timedelta(milliseconds=1)
    told: dict[str, Any] = {"contact_id": f"CUSTOMER-{number % 12:03}", "channel": "mail"}
    return [
        opened(start, ticket, **(told | more)),
        asked(start, ticket),
        assigned(start, user, ticket),
        answered(
            answered_at,
            user,
            ticket,
            message_id=f"MESSAGE-{number:03}",
            text=f"Dear CUSTOMER-{number}",
        ),
        seen(start, answered_at, user, ticket),
        edited(answered_at, by=user, ticket=ticket),
        closed(start + HOUR + (DAY * 20 if number == 0 else number * MINUTE), user, ticket),
        TicketClosed(ticket, start + HOUR, summary=f"About {user}", category="Bill"),
    ]


def desk(start: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC), **more: Any) -> list[Any]:
    """Return two days of a desk of three teams, one of them of one person."""
    begun = start - 30 * DAY
    events: list[Any] = [TeamMembership(user, "North", begun) for user in NORTH]
    events += [TeamMembership(user, "South", begun) for user in SOUTH]
    events += [TeamMembership(user, "Solo", begun) for user in SOLO]
    for number in range(24):
        user = USERS[number % 12]
        told: dict[str, Any] = {"user_id": user} if number < 12 else {}
        if user in SOLO:
            told["channel"] = "fax"
        events += conversation(number, user, start + (number // 12) * DAY, **(told | more))
    for number in range(60):
        user = USERS[0] if number < 40 else USERS[number % 6]
        sent = start + (2 * HOUR + number * MINUTE)
        events.append(answered(sent, user, "TICKET-000", message_id=f"MESSAGE-x{number}"))
    return events


LOG = log_of(*desk())


def _by_team(log: CaseLog) -> Any:
    return leaderboard(log, Metric.FIRST_RESPONSE_TIME, group_by=GroupBy.TEAM)


def _by_ticket(log: CaseLog) -> Any:
    return count_by(log, Metric.CLOSED, by=lambda figure: figure.case.case_id)


def _by_careless_name(log: CaseLog) -> Any:
    return count_by(log, Metric.CLOSED, by=lambda figure: f"of {figure.user_id}")


REPORTS: Mapping[str, Callable[[CaseLog], Any]] = {
    "worklog": lambda log: log.worklog,
    "cases": lambda log: log,
    "messages": message_log,
    "contacts": contact_log,
    "users": user_performance,
    "leaders": lambda log: leaderboard(log, Metric.FIRST_RESPONSE_TIME),
    "most closed": lambda log: leaderboard(log, Metric.CLOSED, n=12),
    "teams": _by_team,
    "teams by count": lambda log: leaderboard(log, Metric.CLOSED, group_by=GroupBy.TEAM),
    "opened by user": opened_by_user,
    "opened by type": opened_by_contact_type,
    "incoming by channel": incoming_by_channel,
    "outgoing by source": outgoing_by_source,
    "by ticket": _by_ticket,
    "by a careless name": _by_careless_name,
    "closed conversations": conversation_list,
    "outlying users": outgoing_anomalies,
    "outlying conversations": resolved_anomalies,
    "heatmap": lambda log: opened_heatmap(log, MARCH),
    "volume": lambda log: volume_by_interval(log, MARCH),
    "first responses": first_response_breakdown,
    "resolutions": resolution_breakdown,
    "change": lambda log: compare_with_previous(log, MARCH),
    "metric": lambda log: measure(log, Metric.RESOLUTION_TIME),
    "metric that is a count": lambda log: measure(log, Metric.OPENED),
}
"""Every kind of report, and every other result of a case log that is released."""

BUILT = {name: build(LOG) for name, build in REPORTS.items()}

PEOPLE_APART = "outlying users"
"""The report that says of persons that they differ: it is released under no pseudonym."""
assert isinstance(BUILT["worklog"], Worklog)
