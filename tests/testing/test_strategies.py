"""What the public strategies reach, how they shrink, and that they stay valid."""

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import pairwise
from subprocess import run
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import find as find_simplest
from hypothesis import strategies as st

from oracle_days import midnights, us
from oracle_desks import bridges, facts, joined, ping_sessions
from worklog_core import (
    Action,
    CorrectionUntil,
    DivideOver,
    FcrPer,
    FirstEdit,
    History,
    Interval,
    IntervalSet,
    LedgerLabel,
    MessageInSession,
    MessageSent,
    ReplyWithDeferral,
    RepostPresence,
    SenderKind,
    SlaScope,
    Weighted,
    WorklogRules,
    build_worklog,
)
from worklog_core.events.kinds import KINDS
from worklog_core.testing.strategies import (
    histories,
    instants,
    interval_sets,
    intervals,
    time_zones,
    worklog_rules,
)

DRAWS = 1500
T = TypeVar("T")
TICK = timedelta.resolution
Feature = Callable[[History, WorklogRules], bool]


def find(strategy: st.SearchStrategy[T], holds: Callable[[T], bool]) -> T:
    # Without a database: it would hand one test's finding to another, to start from.
    return find_simplest(strategy, holds, settings=settings(database=None, max_examples=DRAWS))


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(histories(rules=rules)), rules


def screens(history: History) -> list[tuple[str, str, int, int]]:
    return [(s.user_id, s.ticket_id, us(s.start), us(s.end)) for s in history.sessions]


def edits_in(history: History) -> list[tuple[int, int, int]]:
    """Return (session's start, session's end, edit) where an edit lies at or in a session."""
    return [
        (start, end, us(e.at))
        for e in history.edits
        for user, ticket, start, end in screens(history)
        if (e.user_id, e.ticket_id) == (user, ticket) and start <= us(e.at) <= end
    ]


def messages_in(history: History) -> list[tuple[int, int, int]]:
    return [
        (start, end, us(m.at))
        for m in history.customer_messages
        for _, ticket, start, end in screens(history)
        if ticket == m.ticket_id and start <= us(m.at) <= end and start < end
    ]


def open_at_once(history: History) -> int:
    return max(
        (
            len({t for u, t, start, end in screens(history) if u == user and start <= now < end})
            for user, _, now, _ in screens(history)
        ),
        default=0,
    )


def lone_pings(history: History, rules: WorklogRules) -> bool:
    names = {(h.user_id, h.ticket_id) for h in history.heartbeats}
    return any(
        start == end
        for name in names
        for start, end in ping_sessions(
            [us(h.at) for h in history.heartbeats if (h.user_id, h.ticket_id) == name],
            [us(e.at) for e in history.edits if (e.user_id, e.ticket_id) == name],
            rules.heartbeat_ttl // TICK,
        )
    )


def edits_a_cut(history: History, rules: WorklogRules) -> bool:
    cuts = {(m.ticket_id, us(m.at)) for m in history.customer_messages}
    return any(
        (e.ticket_id, us(e.at)) in cuts or midnights(rules.time_zone, us(e.at), us(e.at))
        for e in history.edits
    )


def a_bridge(history: History, rules: WorklogRules) -> bool:
    return any(
        bridges(
            joined((a, b) for u, t, a, b in screens(history) if (u, t) == (user, ticket)),
            [r for r in history.status_reposts if r.user_id == user],
            rules.heartbeat_ttl // TICK,
        )
        for user, ticket, _, _ in screens(history)
    )


def row_days(history: History, rules: WorklogRules) -> Counter[Any]:
    days = {(x.row_key, x.day) for x in build_worklog(history, rules).ledger.lines if x.row_key}
    return Counter(key for key, _ in days)


def two_at_one_instant(events: Any) -> bool:
    return any(a.at == b.at for a, b in pairwise(sorted(events, key=lambda e: e.at)))


def asked(history: History) -> list[MessageSent]:
    return [m for m in history.messages if m.opens_epoch]


def follows(first: Any, then: Any) -> bool:
    return any(a.ticket_id == b.ticket_id and a.at <= b.at for a in first for b in then)


def holds_any(name: str, history: History, _: WorklogRules) -> bool:
    return bool(getattr(history, name))


FEATURES: dict[str, Feature] = {
    "an edit at a cut": edits_a_cut,
    "an edit at the end of a session": lambda h, _: any(t == b for _, b, t in edits_in(h)),
    "an edit at the start of a session": lambda h, _: any(t == a for a, _, t in edits_in(h)),
    "an edit inside a session": lambda h, _: any(a < t < b for a, b, t in edits_in(h)),
    "an edit outside every session": lambda h, _: bool(h.edits) and not edits_in(h),
    "an edit at the end of a session that is a cut": lambda h, _: any(
        t == b and any(t == m for _, _, m in messages_in(h)) for _, b, t in edits_in(h)
    ),
    "a message at the start of a session": lambda h, _: any(t == a for a, _, t in messages_in(h)),
    "a message inside a session": lambda h, _: any(a < t < b for a, b, t in messages_in(h)),
    "a message at the end of a session": lambda h, _: any(t == b for _, b, t in messages_in(h)),
    "a lone ping": lone_pings,
    "a train of pings": lambda h, _: len(h.heartbeats) > 2,
    "a session of no length": lambda h, _: any(a == b for _, _, a, b in screens(h)),
    "two edits at one instant": lambda h, _: two_at_one_instant(h.edits),
    "two messages at one instant": lambda h, _: two_at_one_instant(h.customer_messages),
    "an edit and a status change at one instant": lambda h, _: bool(
        {e.at for e in h.edits} & {c.at for c in h.user_statuses}
    ),
    "two statuses at one instant": lambda h, _: any(
        a.user_id == b.user_id and a.at == b.at and a.status != b.status
        for a, b in pairwise(h.user_statuses)
    ),
    "seven tickets at once": lambda h, _: open_at_once(h) >= 7,
    "a row with time on two days": lambda h, r: max(row_days(h, r).values(), default=0) >= 2,
    "a tail over two midnights": lambda h, r: max(row_days(h, r).values(), default=0) >= 3,
    "a session over a change of the clock": lambda h, r: any(
        s.start.astimezone(r.time_zone).utcoffset() != s.end.astimezone(r.time_zone).utcoffset()
        for s in h.sessions
    ),
    "a repost over a status change": lambda h, _: any(
        r.user_id == c.user_id and r.start <= c.at < r.end
        for r in h.status_reposts
        for c in h.user_statuses
    ),
    "overlapping reposts": lambda h, _: any(
        a.user_id == b.user_id and b.start < a.end for a, b in pairwise(h.status_reposts)
    ),
    "a hole that a repost bridges": a_bridge,
    "an excluded ticket on screen": lambda h, _: bool(
        {x.ticket_id for x in h.exclusions} & {s.ticket_id for s in h.sessions}
    ),
    "an initial request": lambda h, _: any(m.is_initial for m in h.customer_messages),
    "a name that is an alias": lambda h, _: any(
        status == "Ticket Processing"
        for status in [c.status for c in h.user_statuses] + [r.status for r in h.status_reposts]
    ),
    "an answer that leaves the ticket open": lambda h, _: any(
        e.action is Action.WRITE and e.closes is False for e in h.edits
    ),
    "an event with an id": lambda h, _: any(e.event_id for e in h),
    "several versions of an event": lambda h, _: len(h.settled()) < len(h),
    "a version that was not known yet": lambda h, _: any(
        len(h.as_known_at(e.known_at - TICK).settled()) != len(h.as_known_at(e.known_at).settled())
        for e in h
        if e.known_at
    ),
    "three rows": lambda h, r: len(build_worklog(h, r).rows) >= 3,
    "a row that was not measured": lambda h, r: any(
        row.duration is None for row in build_worklog(h, r).rows
    ),
    "a row whose time was gated away": lambda h, r: any(
        row.duration == timedelta(0) for row in build_worklog(h, r).rows
    ),
    "two users": lambda h, _: len({s.user_id for s in h.sessions}) == 2,
    "four labels": lambda h, r: len({line.label for line in build_worklog(h, r).ledger.lines}) >= 4,
    "a tab that was forgotten": lambda h, r: any(
        line.label is LedgerLabel.UNEDITED for line in build_worklog(h, r).ledger.lines
    ),
    "tickets of different weights": lambda h, r: (
        isinstance(r.division, Weighted) and open_at_once(h) >= 2
    ),
    "a message of many that opens an epoch": lambda h, _: bool(asked(h)),
    "a message of many inside a session": lambda h, _: any(
        a < us(m.at) < b for m in asked(h) for _, t, a, b in screens(h) if t == m.ticket_id
    ),
    "a message told in both ways": lambda h, _: bool(
        {(m.ticket_id, m.at) for m in asked(h)} & {(m.ticket_id, m.at) for m in h.customer_messages}
    ),
    "a message of many that was the request": lambda h, _: any(m.is_initial for m in asked(h)),
    "an answer": lambda h, _: any(m.sender is SenderKind.HUMAN and m.is_public for m in h.messages),
    "a note": lambda h, _: any(not m.is_public for m in h.messages),
    "a message that did not arrive": lambda h, _: any(m.failure for m in h.messages),
    "tags that were changed after they were detected": lambda h, _: follows(
        h.tag_detections, h.tag_changes
    ),
    "a customer corrected after it was detected": lambda h, _: follows(
        h.customer_detections, h.customer_corrections
    ),
    "a customer taken away": lambda h, _: any(
        c.customer_id is None for c in h.customer_corrections
    ),
    "a proposal shown, applied, and an answer sent": lambda h, _: (
        follows(h.suggestions, h.ai_actions) and follows(h.ai_actions, h.messages)
    ),
    "a proposal of another agent than the base": lambda h, _: any(
        not s.is_base for s in h.suggestions
    ),
    "a due date that was set twice": lambda h, _: any(
        (a.ticket_id, a.target) == (b.ticket_id, b.target) for a, b in pairwise(h.sla_dues)
    ),
    "a due date that was taken back": lambda h, _: any(d.due_at is None for d in h.sla_dues),
    "a skip after an offer": lambda h, _: any(
        (o.user_id, o.ticket_id) == (s.user_id, s.ticket_id) and o.at <= s.at
        for o in h.offers
        for s in h.skips
    ),
    "a membership that ends": lambda h, _: any(m.end for m in h.team_memberships),
    "a membership without an end": lambda h, _: any(m.end is None for m in h.team_memberships),
    "a membership that begins or ends at an edit": lambda h, _: any(
        e.user_id == m.user_id and e.at in (m.start, m.end)
        for m in h.team_memberships
        for e in h.edits
    ),
    "a hold that never ends": lambda h, _: any(
        all(e.ticket_id != s.ticket_id or e.at < s.at for e in h.hold_ends) for s in h.hold_starts
    ),
    "a hold in a hold": lambda h, _: any(
        a.ticket_id == b.ticket_id
        and not any(a.at <= e.at <= b.at for e in h.hold_ends if e.ticket_id == a.ticket_id)
        for a, b in pairwise(h.hold_starts)
    ),
    "a wrap-up after the contact": lambda h, _: follows(h.contact_ends, h.wrap_ups),
    **{name: partial(holds_any, name) for name in KINDS},
}


@cache
def counted() -> Counter[str]:
    found: Counter[str] = Counter()

    @settings(
        max_examples=DRAWS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs())
    def count(drawn: tuple[History, WorklogRules]) -> None:
        found.update(name for name, holds in FEATURES.items() if holds(*drawn))

    count()
    return found


@pytest.mark.parametrize("feature", FEATURES)
def test_one_draw_in_a_hundred_has(feature: str) -> None:
    assert counted()[feature] >= DRAWS // 100


@given(worklog_rules(), histories())
def test_any_history_can_be_built_under_any_rules(rules: WorklogRules, history: History) -> None:
    build_worklog(history, rules)


@given(histories())
def test_a_drawn_history_has_one_version_of_everything_once_settled(history: History) -> None:
    for events in (facts(history.edits), facts(history.sessions), facts(history.user_statuses)):
        ids = [event.event_id for event in events if event.event_id is not None]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("carry_tail", True),
        ("carry_tail", False),
        *(("divide_over", value) for value in DivideOver),
        *(("first_edit", value) for value in FirstEdit),
        *(("message_in_session", value) for value in MessageInSession),
        *(("reply_with_deferral", value) for value in ReplyWithDeferral),
        *(("repost_presence", value) for value in RepostPresence),
        *(("sla_scope", value) for value in SlaScope),
        *(("correction_until", value) for value in CorrectionUntil),
        *(("fcr_per", value) for value in FcrPer),
        *(("fcr_window", value) for value in (None, timedelta(0), TICK, timedelta(days=1))),
        *(("preprocess", value) for value in (None, str.casefold)),
        *(("reopen_needs_reply", value) for value in (False, True)),
        ("sla_policy", None),
        ("initial_status", "Ticket Processing"),
        ("heartbeat_ttl", timedelta(0)),
        ("max_unedited", None),
        ("max_unedited", timedelta(microseconds=1)),
        ("division", Weighted({"T1": 2})),
        ("time_zone", ZoneInfo("Pacific/Apia")),
        ("time_zone", ZoneInfo("Australia/Lord_Howe")),
    ],
)
def test_every_choice_is_drawn_and_the_others_shrink_to_their_defaults(
    field: str, value: Any
) -> None:
    found = find(worklog_rules(), lambda rules: getattr(rules, field) == value)
    assert found == attrs.evolve(WorklogRules(time_zone=ZoneInfo("UTC")), **{field: value})


@pytest.mark.parametrize("pauses", [False, True])
def test_policies_with_and_without_pauses_are_drawn(*, pauses: bool) -> None:
    found = find(
        worklog_rules(),
        lambda rules: rules.sla_policy is not None and rules.sla_policy.pause_on_pending is pauses,
    )
    expected = WorklogRules(time_zone=ZoneInfo("UTC"), sla_policy=found.sla_policy)
    assert found == expected


def test_the_meaning_of_a_status_is_drawn_too() -> None:
    found = find(worklog_rules(), lambda rules: not rules.mode_of("Active").counts)
    assert not found.mode_of("Ticket Processing").counts


def test_rules_shrink_to_the_defaults() -> None:
    assert find(worklog_rules(), lambda _: True) == WorklogRules(time_zone=ZoneInfo("UTC"))


def test_histories_shrink_to_few_events_about_the_first_instant() -> None:
    rules = WorklogRules(time_zone=ZoneInfo("UTC"))
    found = find(histories(rules=rules), lambda h: bool(build_worklog(h, rules).rows))
    # Mostly it is the edit alone. Where the edit was drawn in a scene, the scene may stay.
    (edit,) = found.edits
    assert len(found) <= 5
    assert edit.user_id == "U1"
    assert abs(edit.at - datetime(2026, 3, 2, tzinfo=UTC)) <= timedelta(microseconds=1)


@pytest.mark.parametrize("year", [2011, 2018])
def test_histories_without_rules_are_drawn_at_the_changes_of_many_zones(year: int) -> None:
    assert find(histories(), lambda h: any(e.at.year == year for e in h.edits))


def test_instants_lie_at_the_change_of_the_clock_of_the_zone_given() -> None:
    change = datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert find(instants(ZoneInfo("Europe/Berlin")), lambda at: at == change) == change


def test_zones_shrink_to_utc() -> None:
    assert find(time_zones(), lambda _: True) == ZoneInfo("UTC")


@given(
    intervals(
        st.datetimes(datetime(2026, 10, 25, 1), datetime(2026, 10, 25, 4)).flatmap(
            lambda wall: st.sampled_from(
                [wall.replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold) for fold in (0, 1)]
            )
        )
    )
)
def test_intervals_run_forwards_where_the_clock_runs_back(interval: Interval) -> None:
    assert interval.start < interval.end


@given(intervals(st.integers(0, 9).map(lambda n: datetime(2026, 3, 2, n, tzinfo=UTC))))
def test_intervals_have_the_ends_that_were_asked_for(interval: Interval) -> None:
    assert interval.start.hour < interval.end.hour <= 9


@pytest.mark.parametrize(
    "meets",
    [
        lambda a, b: a.end == b.start,
        lambda a, b: a.start < b.start < a.end < b.end,
        lambda a, b: a.start < b.start and b.end < a.end,
        lambda a, b: b.start - a.end == TICK,
        lambda a, b: a == b,
    ],
)
def test_two_intervals_meet_in_every_way(meets: Callable[[Interval, Interval], bool]) -> None:
    assert find(st.tuples(intervals(), intervals()), lambda pair: meets(*pair))


@given(interval_sets(max_size=2))
def test_interval_sets_hold_no_more_intervals_than_asked_for(times: IntervalSet) -> None:
    assert len(times.intervals) <= 2


def test_interval_sets_shrink_to_the_empty_one() -> None:
    assert find(interval_sets(), lambda _: True) == IntervalSet()


def test_the_testing_package_does_not_need_hypothesis_by_itself() -> None:
    code = "import sys, worklog_core.testing; sys.exit('hypothesis' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0


def test_whatever_else_happened_shrinks_to_the_first_instant_too() -> None:
    rules = WorklogRules(time_zone=ZoneInfo("UTC"))
    found = find(histories(rules=rules), lambda h: bool(h.hold_starts))
    assert len(found) <= 3
    assert found.hold_starts[0].at == datetime(2026, 3, 2, tzinfo=UTC)


def test_without_scenes_nothing_happens() -> None:
    assert find(histories(max_scenes=0), lambda _: True) == History()
