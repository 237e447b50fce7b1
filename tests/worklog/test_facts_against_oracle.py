"""The further facts of rows and the closings equal the dull oracle's, on anything that is drawn."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import given, reject
from hypothesis import strategies as st

from oracle_days import TICK, us
from oracle_facts import Facts
from worklog_core import (
    Action,
    AiActionApplied,
    AiSuggestionShown,
    AutomationLevel,
    ConflictingEventsError,
    CustomerCorrected,
    CustomerDetected,
    CustomerMessage,
    Direction,
    FcrPer,
    History,
    MessageSent,
    RoutingOffered,
    RoutingSkipped,
    ScreenSession,
    SenderKind,
    Similarity,
    SlaDueSet,
    StatusCause,
    TagsChanged,
    TagsDetected,
    TargetKind,
    TeamMembership,
    TicketEdit,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    TopicChange,
    TrackingExclusion,
    Worklog,
    WorklogRow,
    WorklogRules,
    build_worklog,
    closings,
    first_contact_resolution,
    update_worklog,
)
from worklog_core.events.kinds import over_at
from worklog_core.testing.strategies import histories, instants, worklog_rules

USERS, NOBODY_OR_USERS = st.sampled_from(("U1", "U1", "U2")), st.sampled_from((None, "U1", "U2"))
TICKETS = st.sampled_from(("T1", "T1", "T1", "T2"))
TAGS = st.sampled_from(((), ("invoice",), ("invoice", "vip"), ("vip",)))
AGENTS = st.sampled_from(("base", "base", "meter"))
LEVELS = st.sampled_from(AutomationLevel)
TEXTS = st.sampled_from((None, "", "Dear customer", "dear Customer,", "It is paid."))
NAMES = st.sampled_from((None, "General", "Invoice"))
MINUTE = timedelta(minutes=1)
# Around a midnight, so that days, epochs and windows of a day all meet.
MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)
MOMENTS = st.sampled_from(
    [MIDNIGHT + n * MINUTE for n in range(-3, 4)] + [MIDNIGHT + timedelta(days=1), MIDNIGHT + TICK]
)


def draft(ticket: str, at: datetime, agent: str, text: str | None, user: str | None) -> Any:
    return AiSuggestionShown(ticket, at, agent, is_base=agent == "base", text=text, user_id=user)


def membership(user: str, team: str, since: datetime, length: int | None) -> TeamMembership:
    return TeamMembership(user, team, since, None if length is None else since + length * MINUTE)


def session(user: str, ticket: str, since: datetime, length: int) -> ScreenSession:
    return ScreenSession(user, ticket, since, since + length * MINUTE)


EDITS = st.builds(
    TicketEdit,
    USERS,
    TICKETS,
    MOMENTS,
    st.sampled_from((*Action, Action.WRITE, None)),
    closes=st.sampled_from((None, None, True, False)),
)
EVENTS = st.one_of(
    EDITS,
    EDITS,
    st.builds(session, USERS, TICKETS, MOMENTS, st.integers(0, 3)),
    st.builds(CustomerMessage, TICKETS, MOMENTS, st.sampled_from("CD"), channel=NAMES),
    st.builds(
        MessageSent,
        TICKETS,
        MOMENTS,
        st.sampled_from("CD"),
        direction=st.sampled_from((Direction.OUT, Direction.OUT, *Direction)),
        sender=st.sampled_from((SenderKind.HUMAN, SenderKind.HUMAN, SenderKind.CUSTOMER)),
        sender_id=NOBODY_OR_USERS,
        channel=NAMES,
        text=TEXTS,
    ),
    st.builds(
        TicketStatusChange,
        TICKETS,
        MOMENTS,
        st.sampled_from(TicketStatus),
        cause=st.sampled_from(StatusCause),
        user_id=NOBODY_OR_USERS,
        deferred_until=st.one_of(st.none(), MOMENTS),
        detail=NAMES,
    ),
    st.builds(draft, TICKETS, MOMENTS, AGENTS, TEXTS, NOBODY_OR_USERS),
    st.builds(AiActionApplied, TICKETS, MOMENTS, AGENTS, level=LEVELS, user_id=NOBODY_OR_USERS),
    st.builds(TagsDetected, TICKETS, MOMENTS, TAGS),
    st.builds(TagsChanged, TICKETS, MOMENTS, TAGS),
    st.builds(CustomerDetected, TICKETS, MOMENTS, st.sampled_from("KL")),
    st.builds(CustomerCorrected, TICKETS, MOMENTS, st.sampled_from(("K", "L", None))),
    st.builds(RoutingOffered, USERS, TICKETS, MOMENTS),
    st.builds(RoutingSkipped, USERS, TICKETS, MOMENTS),
    st.builds(membership, USERS, st.sampled_from("AB"), MOMENTS, st.sampled_from((None, 1, 2))),
    st.builds(TopicChange, TICKETS, MOMENTS, NAMES, subtopic=NAMES),
    st.builds(TicketOpened, TICKETS, MOMENTS, channel=NAMES),
    st.builds(
        SlaDueSet,
        TICKETS,
        MOMENTS,
        st.one_of(st.none(), MOMENTS),
        target=st.sampled_from((TargetKind.RESOLUTION, TargetKind.RESOLUTION, *TargetKind)),
    ),
    st.builds(TrackingExclusion, st.just("T2"), MOMENTS),
)


@st.composite
def told_late(draw: Any) -> Any:
    event = draw(EVENTS)
    delay = draw(st.sampled_from((None, None, None, 0, 1, 2)))
    if delay is None:
        return event
    return attrs.evolve(event, known_at=over_at(event) + delay * MINUTE)


@st.composite
def busy_tickets(draw: Any) -> History:
    """Draw a few minutes in which much is told of two tickets, and at least one is edited."""
    events = draw(st.lists(told_late(), min_size=6, max_size=18))
    named = draw(st.sets(st.integers(0, 17), max_size=6))
    events = [
        attrs.evolve(event, event_id=f"E{n % 5}{n}") if n in named else event
        for n, event in enumerate(events)
    ]
    return History.of([*events, *draw(st.lists(EDITS, min_size=1, max_size=4))])


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(st.one_of(busy_tickets(), busy_tickets(), histories(rules=rules))), rules


@st.composite
def inputs_until(draw: Any) -> tuple[History, WorklogRules, datetime]:
    history, rules = draw(inputs())
    moments = [event.at for event in history if hasattr(event, "at")]
    near = st.builds(
        lambda moment, ticks: moment + ticks * TICK,
        st.sampled_from(moments) if moments else instants(rules.time_zone),
        st.sampled_from((0, 1, -1)),
    )
    return history, rules, draw(near)


def share(found: Similarity | None) -> Any:
    if found is None:
        return None
    if found.distance is None or found.length is None:
        return found.reason
    return 1 - Fraction(found.distance, found.length)


def told(row: WorklogRow) -> dict[str, Any]:
    """Return the further facts of a row; a reason stands where a value is None."""
    first = [field.name for field in attrs.fields(WorklogRow)].index("teams")
    names = [field.name for field in attrs.fields(WorklogRow)][first:-1]
    values = {name: getattr(row, name) for name in names}
    values["text_assistance"] = share(row.text_assistance)
    values["ai_usage"] = [(used.agent, used.level, share(used.similarity)) for used in row.ai_usage]
    return {
        name: row.reasons[name] if values[name] is None else values[name] for name in sorted(values)
    }


def rows_of(worklog: Worklog) -> dict[Any, dict[str, Any]]:
    return {
        (
            row.user_id,
            row.ticket_id,
            (row.day, None if row.epoch_at is None else us(row.epoch_at)),
        ): told(row)
        for row in worklog.rows
    }


def closings_of(worklog: Worklog) -> list[dict[str, Any]]:
    return [
        attrs.asdict(closing)
        | {"reopened_by": None if closing.reopened_by is None else closing.reopened_by.value}
        for closing in closings(worklog)
    ]


@given(inputs())
def test_the_further_facts_are_those_of_the_oracle(drawn: tuple[History, WorklogRules]) -> None:
    assert rows_of(build_worklog(*drawn)) == Facts(*drawn).rows()


@given(inputs_until())
def test_the_further_facts_at_an_instant_are_the_oracles_too(
    drawn: tuple[History, WorklogRules, datetime],
) -> None:
    history, rules, as_of = drawn
    assert rows_of(build_worklog(history, rules, as_of=as_of)) == Facts(*drawn).rows()


@given(inputs())
def test_the_closings_are_those_of_the_oracle(drawn: tuple[History, WorklogRules]) -> None:
    assert closings_of(build_worklog(*drawn)) == Facts(*drawn).closings()


@given(inputs_until())
def test_the_closings_at_an_instant_are_the_oracles_too(
    drawn: tuple[History, WorklogRules, datetime],
) -> None:
    history, rules, as_of = drawn
    assert closings_of(build_worklog(history, rules, as_of=as_of)) == Facts(*drawn).closings()


# Laws


def without(history: History, kind: type) -> History:
    return History.of(event for event in history if not isinstance(event, kind))


@given(inputs())
def test_an_event_that_concerns_no_row_changes_no_row(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    elsewhere = TopicChange("a ticket of its own", MIDNIGHT, "General")
    worklog = build_worklog(history, rules)
    assert build_worklog(history | History(topics=[elsewhere]), rules).rows == worklog.rows


@given(inputs_until())
def test_first_contact_counts_every_closing_or_ticket_once(
    drawn: tuple[History, WorklogRules, datetime],
) -> None:
    history, rules, as_of = drawn
    worklog = build_worklog(history, rules, as_of=as_of)
    found, result = closings(worklog), first_contact_resolution(worklog)
    per_ticket = rules.fcr_per is FcrPer.TICKET
    assert result.decided + result.undecided == (
        len({closing.ticket_id for closing in found}) if per_ticket else len(found)
    )
    assert 0 <= result.not_reopened <= result.decided
    assert result.rate is None or 0 <= result.rate <= 1
    assert result.is_provisional == (bool(found) and rules.fcr_window is None)


@given(inputs())
def test_a_rows_flag_is_that_of_its_closing(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    rules = attrs.evolve(rules, fcr_window=None)
    worklog = build_worklog(without(history, TicketStatusChange), rules)
    flags = Counter((r.ticket_id, r.user_id) for r in worklog.rows if r.reopened)
    assert flags == Counter((c.ticket_id, c.closed_by) for c in closings(worklog) if c.reopened_at)


@given(inputs_until())
def test_what_is_decided_under_a_window_stays_decided(
    drawn: tuple[History, WorklogRules, datetime],
) -> None:
    history, rules, as_of = drawn
    window = timedelta(microseconds=1) if rules.fcr_window is None else rules.fcr_window
    rules = attrs.evolve(rules, fcr_window=window)
    early = build_worklog(history, rules, as_of=as_of)
    # From its first change on, a ticket is judged by its changes alone.
    by_status = {c.ticket_id for c in history.ticket_statuses if c.at <= as_of}
    later = as_of + timedelta(days=4000)
    late = closings(build_worklog(without(history, TrackingExclusion), rules, as_of=later))
    for closing in closings(early):
        if closing.is_decided and closing.ticket_id in by_status:
            assert closing in late


@given(worklog_rules(), busy_tickets(), busy_tickets(), st.one_of(st.none(), MOMENTS))
def test_late_facts_reach_every_row_that_they_are_about(
    rules: WorklogRules, early: History, late: History, as_of: datetime | None
) -> None:
    worklog = build_worklog(early, rules, as_of=as_of)
    try:
        whole = build_worklog(early | late, rules, as_of=as_of)
    except ConflictingEventsError:
        reject()
    updated = update_worklog(worklog, late).worklog
    assert updated.rows == whole.rows
    assert closings(updated) == closings(whole)
