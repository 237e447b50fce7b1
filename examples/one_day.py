"""A day at a service desk: who had which ticket on screen, and the numbers it amounts to.

    python examples/one_day.py

Aylin works on three tickets at once, takes a pause and answers a customer who writes again at noon.
Ben only looks, and opens some spam. An AI agent closes a ticket that nobody looks at. Beside that
it is told how the tickets came in, what they are about, what AI drafted and when they were due. At
the end stands another, smaller day: two people work on one ticket and a third one looks; what is
the average handling time?
"""

import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from worklog_core import (
    Action,
    AiActionApplied,
    AiSuggestionShown,
    AutomationLevel,
    CustomerMessage,
    Direction,
    Event,
    Finding,
    Heartbeat,
    History,
    Interval,
    IntervalSet,
    Ledger,
    LedgerLabel,
    LedgerLine,
    MessageSent,
    RoutingOffered,
    RoutingSkipped,
    ScreenSession,
    Segment,
    SenderKind,
    Similarity,
    SlaPolicy,
    SlaTarget,
    StatusCause,
    TagsChanged,
    TagsDetected,
    TeamMembership,
    TicketEdit,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    TopicChange,
    TrackingExclusion,
    UserStatusChange,
    WeeklyHours,
    WorkingCalendar,
    Worklog,
    WorklogRow,
    WorklogRules,
    build_worklog,
    closings,
    first_contact_resolution,
    skip_rates,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 2)
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=BERLIN)
PROMISES = SlaPolicy(
    calendar=OFFICE,
    by_tag={
        "VIP": SlaTarget(working_time=timedelta(hours=2)),
        "refund": SlaTarget(working_time=timedelta(hours=4)),
    },
    otherwise=SlaTarget(working_time=timedelta(hours=8)),
)
RULES = WorklogRules(time_zone=BERLIN, sla_policy=PROMISES)
PING = timedelta(seconds=30)


def at(clock: str) -> datetime:
    """Return an instant of the day by the clock on the wall."""
    return datetime.combine(DAY, time.fromisoformat(clock), tzinfo=BERLIN)


def on_screen(user: str, ticket: str, start: str, end: str) -> ScreenSession:
    """Return a session: the user had the ticket on screen."""
    return ScreenSession(user_id=user, ticket_id=ticket, start=at(start), end=at(end))


def edit(user: str, ticket: str, clock: str, action: Action) -> TicketEdit:
    """Return an edit: the user did something to the ticket."""
    return TicketEdit(user_id=user, ticket_id=ticket, at=at(clock), action=action)


THE_DAY = History(
    sessions=[
        on_screen("Aylin", "#101 invoice", "11:00", "11:20"),
        on_screen("Aylin", "#102 router", "11:04", "11:30"),
        on_screen("Aylin", "#103 refund", "11:10", "11:35"),
        on_screen("Aylin", "#103 refund", "11:45", "11:55"),
        on_screen("Aylin", "#101 invoice", "12:20", "12:28"),
        on_screen("Ben", "#102 router", "11:15", "11:21"),
        on_screen("Ben", "#105 spam", "10:00", "10:02"),
    ],
    edits=[
        edit("Aylin", "#101 invoice", "11:18", Action.WRITE),
        edit("Aylin", "#102 router", "11:28", Action.STATUS),
        edit("Aylin", "#103 refund", "11:50", Action.CLOSE),
        edit("Aylin", "#101 invoice", "12:26", Action.WRITE),
        edit("AI agent", "#104 meter", "08:30", Action.AUTO_PROCESS),
    ],
    user_statuses=[
        UserStatusChange(user_id="Aylin", at=at("11:30"), status="Pause"),
        UserStatusChange(user_id="Aylin", at=at("11:45"), status="Active"),
    ],
    customer_messages=[
        CustomerMessage(ticket_id="#101 invoice", at=at("12:00"), conversation_id="mail-7"),
    ],
    exclusions=[TrackingExclusion(ticket_id="#105 spam", at=at("10:02"), reason="spam")],
)

FRIDAY_AT_THREE = datetime(2026, 2, 27, 15, tzinfo=BERLIN)
DRAFT = "Dear Ms Kern, your invoice is paid. Nothing is left to do."
SENT = "Dear Ms Kern, your invoice is paid. Nothing else is left to do."


def opened(ticket: str, instant: datetime, channel: str) -> TicketOpened:
    """Return that a ticket came in."""
    return TicketOpened(ticket_id=ticket, at=instant, channel=channel)


WHERE_FROM_AND_WHAT_ABOUT: list[Event] = [
    TeamMembership(user_id="Aylin", team="Billing", start=at("08:00")),
    TeamMembership(user_id="Aylin", team="Chat", start=at("12:00"), end=at("17:00")),
    opened("#101 invoice", at("08:40"), "email"),
    opened("#102 router", at("10:50"), "portal"),
    opened("#103 refund", FRIDAY_AT_THREE, "letter"),
    opened("#104 meter", at("08:20"), "email"),
    TopicChange(ticket_id="#101 invoice", at=at("08:40"), topic="Invoice", subtopic="Reminder"),
    TagsDetected(ticket_id="#101 invoice", at=at("08:41"), tags=["billing"]),
    TagsChanged(ticket_id="#101 invoice", at=at("11:16"), tags=["billing", "VIP"], user_id="Aylin"),
    TagsDetected(ticket_id="#103 refund", at=FRIDAY_AT_THREE, tags=["refund"]),
]
WHAT_AI_DID: list[Event] = [
    AiSuggestionShown(
        ticket_id="#101 invoice", at=at("11:02"), agent="base", is_base=True, text=DRAFT
    ),
    AiActionApplied(
        ticket_id="#101 invoice",
        at=at("11:12"),
        agent="base",
        level=AutomationLevel.BASE_AGENT,
        user_id="Aylin",
    ),
    MessageSent(
        ticket_id="#101 invoice",
        at=at("11:18"),
        message_id="mail-6",
        direction=Direction.OUT,
        sender=SenderKind.HUMAN,
        sender_id="Aylin",
        text=SENT,
    ),
    AiActionApplied(
        ticket_id="#104 meter",
        at=at("08:30"),
        agent="meter bot",
        level=AutomationLevel.AUTONOMOUS,
    ),
]
WHO_GOT_IT_AND_WHAT_WAITED: list[Event] = [
    RoutingOffered(user_id="Aylin", ticket_id="#102 router", at=at("11:03")),
    RoutingOffered(user_id="Aylin", ticket_id="#103 refund", at=at("11:05")),
    RoutingSkipped(user_id="Aylin", ticket_id="#103 refund", at=at("11:06")),
    RoutingOffered(user_id="Aylin", ticket_id="#103 refund", at=at("11:10")),
    TicketStatusChange(
        ticket_id="#102 router",
        at=at("11:28"),
        status=TicketStatus.PENDING,
        cause=StatusCause.AGENT,
        user_id="Aylin",
        deferred_until=at("14:00"),
        detail="photo of the label",
    ),
    TicketStatusChange(  # it wakes up by itself
        ticket_id="#102 router",
        at=at("14:00"),
        status=TicketStatus.OPEN,
        cause=StatusCause.DUE_DATE,
    ),
]
THE_DAY |= History.of([*WHERE_FROM_AND_WHAT_ABOUT, *WHAT_AI_DID, *WHO_GOT_IT_AND_WHAT_WAITED])

ONE_TICKET = History(
    sessions=[
        on_screen("U1", "T1", "09:00", "09:05"),
        on_screen("U2", "T1", "10:00", "10:20"),
        on_screen("U1", "T1", "12:00", "12:10"),
        on_screen("U3", "T1", "15:00", "15:02"),
    ],
    edits=[
        edit("U1", "T1", "12:08", Action.CLOSE),
        edit("U3", "T1", "15:01", Action.STATUS),  # reopens it and sets it to waiting
    ],
)


def main() -> None:
    """Print both days."""
    worklog = build_worklog(history=THE_DAY, rules=RULES)
    title("What Aylin had on screen, a sign a minute, and how much time each ticket was given")
    print(worklog.lanes("Aylin", DAY, width=88))
    title("The worklog: one row for each processing, times as h:mm:ss")
    print_rows(worklog)
    print_remarks(worklog)
    title("What else the rows say: a row is a column here, in brackets is why a value is None")
    print_facts([row for row in worklog.rows if local(row.recorded_at) < "12:00"])
    title("Which closings held, and what was skipped")
    print_closings(worklog)
    title("The ledger: every minute on a screen under one label")
    print_sums(worklog, THE_DAY)
    row = next(row for row in worklog.rows if row.ticket_id == "#102 router")
    title(f"Why {row.duration} for {row.ticket_id}? It was open for {row.open_time}")
    print_explanation(worklog.ledger, row)

    title("The same day, told by pings: the front end sends one every 30 seconds")
    print_pinged(worklog)

    worklog = build_worklog(history=ONE_TICKET, rules=RULES)
    title("Another day, one ticket: U1 looks and later closes, U2 looks, U3 reopens")
    print_rows(worklog)
    print_average(worklog)


def print_remarks(worklog: Worklog) -> None:
    """Print what stands beside the rows: why a time is missing, the average, the findings."""
    for row in worklog.rows:
        if row.duration is None:
            reason = row.reasons["duration"].value
            print(f"No time for {row.user_id} on {row.ticket_id}: {reason}, which is not zero.")
    print(f"Average handling time of the measured rows: {worklog.average_handling_time()}")
    for finding in worklog.findings:
        kind = finding.kind.value.replace("_", " ")
        print(f"To look at: {finding.user_id}, {finding.ticket_id}, {span(finding)}, {kind}")


FACTS = {
    "teams": "teams",
    "topic": "topic",
    "channel": "channel",
    "tags": "tags",
    "tags recognised": "tags_identified_correctly",
    "AI level": "automation_level",
    "AI agents": "ai_agents_used",
    "share of the draft": "text_assistance",
    "skipped before": "skipped",
    "due": "sla_due_at",
    "served": "served_at",
    "late by, open hours": "sla_deviation",
    "waited for": "status_detail",
    "waited": "pending_time",
}


def print_facts(rows: Sequence[WorklogRow]) -> None:
    """Print what else some rows say, a row in each column."""
    headings = ["", *(f"{local(row.recorded_at)} {row.ticket_id}" for row in rows)]
    print_table(headings, [[name, *(fact(row, FACTS[name]) for row in rows)] for name in FACTS])


def fact(row: WorklogRow, field: str) -> str:
    """Return a fact of a row as text; where it is None, the reason in brackets."""
    text = value = getattr(row, field)
    match value:
        case None:
            text = f"({row.reasons[field].value})"
        case datetime():
            text = f"{value.astimezone(BERLIN):%d %b %H:%M}"
        case timedelta() if value < timedelta():
            text = f"-{-value}"
        case Similarity():
            text = f"{value.rounded}, {value.distance} of {value.length} changed"
        case AutomationLevel():
            text = f"{value.value} {value.name.lower().replace('_', ' ')}"
        case tuple():
            text = ", ".join(value) or "none"
        case bool():
            text = "yes" if value else "no"
    return str(text)


def print_closings(worklog: Worklog) -> None:
    """Print what became of each closing, the share that held, and the share of skipped offers."""
    for closing in closings(worklog):
        became = "not reopened so far"
        if closing.reopened_at is not None and closing.reopened_by is not None:
            became = f"reopened {local(closing.reopened_at)} by the {closing.reopened_by.value}"
        print(f"{closing.ticket_id}, closed {local(closing.closed_at)}: {became}")
    solved = first_contact_resolution(worklog)
    counts = f"{solved.not_reopened} of {solved.decided} closings held"
    print(f"First-contact resolution: {counts}, {solved.rate}")
    skips = skip_rates(worklog.history)["Aylin"]
    print(f"Aylin skipped {skips.skipped} of {skips.offered} offers, {skips.rate}")


def print_sums(worklog: Worklog, history: History) -> None:
    """Print what the ledger sums to, beside what was on screen; end the run if they differ."""
    for label, total in worklog.ledger.totals(by=lambda line: line.label).items():
        print(f"{label.value:<12}  {total}")
    for user_id, total in worklog.ledger.totals(by=lambda line: line.user_id).items():
        sessions = (session for session in history.sessions if session.user_id == user_id)
        seen = IntervalSet(Interval(s.start, s.end) for s in sessions).duration
        if total != seen:
            sys.exit(f"{user_id}: the ledger sums to {total}, and on screen was {seen}")
        print(f"{user_id}: the ledger sums to {total}, on screen was {seen}: equal")


def print_explanation(ledger: Ledger, row: WorklogRow) -> None:
    """Print the ledger lines of a row, and what was open beside each."""
    parts = ("alone: the whole", "beside 1 other: a half", "beside 2 others: a third")
    for line in ledger.explain(row):
        print(f"{span(line)}  open {line.open_time}, counted {line.amount}")
        for segment in ledger.segments(line):
            share = timedelta(microseconds=round(segment.share * 1_000_000))
            print(f"    {span(segment)}  open {parts[segment.open_count - 1]}, {share}")


def print_pinged(worklog: Worklog) -> None:
    """Build the day from heartbeats instead of sessions, and end the run if a row differs."""
    pings = [
        Heartbeat(user_id=s.user_id, ticket_id=s.ticket_id, at=s.start + n * PING)
        for s in THE_DAY.sessions
        for n in range((s.end - s.start) // PING + 1)
    ]
    others = (event for event in THE_DAY if not isinstance(event, ScreenSession))
    pinged = build_worklog(history=History.of([*pings, *others]), rules=RULES)
    if pinged.rows != worklog.rows:
        sys.exit(f"by pings the rows are {pinged.rows}, by sessions {worklog.rows}")
    print(f"{len(pings)} pings make the same {len(pinged.rows)} rows.")


def print_average(worklog: Worklog) -> None:
    """Print how each row's time and their average come about."""
    for row in worklog.rows:
        parts = [f"{line.amount} ({span(line)})" for line in worklog.ledger.explain(row)]
        print(f"{row.user_id}: {' + '.join(parts)} = {row.duration}")
    looked = worklog.ledger.totals(by=lambda line: (line.user_id, line.label))
    print(f"U2: no row, only {looked['U2', LedgerLabel.VIEW_ONLY]} of looking in the ledger")
    average = worklog.average_handling_times(by=lambda row: row.day)[DAY]
    times = " + ".join(str(row.duration) for row in worklog.rows)
    minutes = average.total / average.count / timedelta(minutes=1)
    print(f"Average handling time: ({times}) / {average.count} = {average.mean}, {minutes} minutes")


def print_rows(worklog: Worklog) -> None:
    """Print the rows of a worklog as a table."""
    headings = ("user", "at", "ticket", "action", "duration", "after work", "reopened", "message")
    rows = [
        (
            row.user_id,
            local(row.recorded_at),
            row.ticket_id,
            row.action.value,
            str(row.duration),
            str(row.after_work),
            "yes" if row.reopened else "no",
            row.conversation_id or row.reasons["conversation_id"].value,
        )
        for row in worklog.rows
    ]
    print_table(headings, rows)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in columns."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for cells in (headings, *rows):
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
        print(line.rstrip())


def span(stretch: Finding | LedgerLine | Segment) -> str:
    """Return where a stretch begins and ends, in local time."""
    return f"{local(stretch.start)}-{local(stretch.end)}"


def local(instant: datetime) -> str:
    """Return the local time of an instant; inside the library instants are in UTC."""
    return f"{instant.astimezone(BERLIN):%H:%M}"


def title(text: str) -> None:
    """Print a headline."""
    print(f"\n{text}\n{'-' * len(text)}")


if __name__ == "__main__":
    main()
