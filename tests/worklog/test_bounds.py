"""The bounds of a duration hold what was measured, and whatever the pings cannot tell."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import (
    Action,
    DivideOver,
    DurationBounds,
    Heartbeat,
    History,
    RepostPresence,
    ScreenSession,
    TicketEdit,
    WorklogError,
    WorklogRules,
    build_worklog,
    duration_bounds,
)
from worklog_core.testing.strategies import histories, worklog_rules

RULES = WorklogRules(time_zone=UTC)
TICK = timedelta.resolution
GROUPINGS: Any = (lambda row: row.key, lambda row: row.day, lambda row: row.user_id)


def at(second: int) -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(seconds=second)


def pings(ticket: str, *seconds: int) -> list[Heartbeat]:
    return [Heartbeat("U1", ticket, at(second)) for second in seconds]


def bounds(*events: Any, rules: WorklogRules = RULES, **given: Any) -> dict[str, tuple[int, ...]]:
    worklog = build_worklog(History.of(events), rules, **given)
    return {
        ticket: tuple(
            -1 if value is None else value // timedelta(seconds=1) for value in attrs.astuple(found)
        )
        for ticket, found in duration_bounds(worklog, by=lambda row: row.ticket_id).items()
    }


@given(histories(), worklog_rules(), st.sampled_from(GROUPINGS))
def test_what_was_measured_lies_within(history: History, rules: WorklogRules, by: Any) -> None:
    worklog = build_worklog(history, rules)
    found = duration_bounds(worklog, by=by)
    assert found.keys() == {by(row) for row in worklog.rows}
    for group, bound in found.items():
        rows = [row for row in worklog.rows if by(row) == group]
        measured = [row.duration for row in rows if row.duration is not None]
        assert bound.measured == (sum(measured, timedelta()) if measured else None)
        assert timedelta() <= bound.least <= (bound.measured or timedelta()) <= bound.most


@given(histories(max_scenes=5), worklog_rules(), st.data())
def test_so_does_whatever_may_have_been(
    history: History, rules: WorklogRules, data: st.DataObject
) -> None:
    rules = attrs.evolve(rules, carry_tail=False, message_in_session=RULES.message_in_session)
    rules = attrs.evolve(rules, max_unedited=None, repost_presence=RepostPresence.SESSIONS)
    facts = History.of(e for e in history.settled() if not isinstance(e, ScreenSession))
    worklog = build_worklog(facts, rules)
    each = duration_bounds(worklog, by=lambda row: row.key)
    pinged = {(ping.user_id, ping.ticket_id) for ping in facts.heartbeats}
    sessions: list[ScreenSession] = []
    for user, ticket in sorted(pinged):
        alone: list[Any] = [*facts.heartbeats, *facts.edits]
        alone = [e for e in alone if (e.user_id, e.ticket_id) == (user, ticket)]
        spans = _spans(sorted((e.at, isinstance(e, TicketEdit)) for e in alone), rules)
        for number, (start, end) in enumerate(spans):
            before = spans[number - 1][1] if number else start - rules.heartbeat_ttl
            after = spans[number + 1][0] if number + 1 < len(spans) else end + rules.heartbeat_ttl
            first = max(start - rules.heartbeat_ttl, before)
            last = min(end + rules.heartbeat_ttl, after)
            part = data.draw(st.tuples(st.sampled_from((0, 1, 2)), st.sampled_from((0, 1, 2))))
            opened = start - (start - first) * part[0] // 2
            left = end + (last - end) * part[1] // 2
            sessions.append(ScreenSession(user, ticket, opened, left))
    rest = History.of(e for e in facts if not isinstance(e, Heartbeat))
    for row in build_worklog(rest | History(sessions=sessions), rules).rows:
        assert each[row.key].least <= (row.duration or timedelta()) <= each[row.key].most


def _spans(
    accesses: list[tuple[datetime, bool]], rules: WorklogRules
) -> list[tuple[datetime, datetime]]:
    spans: list[tuple[datetime, datetime]] = []
    for moment, is_edit in accesses:
        if spans and moment - spans[-1][1] <= rules.heartbeat_ttl:
            spans[-1] = spans[-1][0], moment
        elif not is_edit:
            spans.append((moment, moment))
    return spans


@pytest.mark.rule("AMB-17")
def test_a_session_of_pings_may_be_a_ttl_longer_at_both_ends() -> None:
    edit = TicketEdit("U1", "T1", at(60), Action.CLOSE)
    assert bounds(*pings("T1", 0, 60), edit) == {"T1": (60, 60, 240)}


def test_it_was_not_open_beyond_the_next_ping() -> None:
    edit = TicketEdit("U1", "T1", at(0), Action.CLOSE)
    assert bounds(*pings("T1", 0, 100), edit) == {"T1": (0, 0, 280)}


def test_a_told_session_is_exact() -> None:
    edit = TicketEdit("U1", "T1", at(60), Action.CLOSE)
    assert bounds(ScreenSession("U1", "T1", at(0), at(60)), edit) == {"T1": (60, 60, 60)}


def test_the_least_is_beside_all_that_may_have_been_open() -> None:
    edits = [TicketEdit("U1", t, at(60), Action.CLOSE) for t in ("T1", "T2")]
    told = ScreenSession("U1", "T1", at(0), at(120))
    assert bounds(told, *pings("T2", 0, 60), *edits) == {
        "T1": (60, 90, 90),
        "T2": (30, 30, 30 + 30 + 90 + 30),
    }


def test_a_group_is_tighter_than_its_rows() -> None:
    edits = [TicketEdit("U1", t, at(60), Action.CLOSE) for t in ("T1", "T2")]
    history = History.of([*pings("T1", 0, 60), *pings("T2", 0, 60), *edits])
    worklog = build_worklog(history, RULES)
    found = duration_bounds(worklog, by=lambda row: row.day)
    assert set(found.values()) == {
        DurationBounds(timedelta(seconds=60), timedelta(seconds=60), timedelta(seconds=240))
    }


def test_a_ticket_that_shares_last_may_get_nothing() -> None:
    rules = WorklogRules(time_zone=UTC, divide_over=DivideOver.EDITED)
    edit = TicketEdit("U1", "T1", at(60), Action.CLOSE)
    assert bounds(*pings("T1", 0, 60), *pings("T2", 0, 60), edit, rules=rules) == {
        "T1": (60, 60, 240)
    }


def test_without_a_ping_nothing_is_known_or_possible() -> None:
    edit = TicketEdit("U1", "T1", at(0), Action.CLOSE)
    assert bounds(edit) == {"T1": (0, -1, 0)}
    assert bounds(*pings("T1", 60), edit) == {"T1": (0, 0, 180)}


def test_the_evaluation_clips_what_may_have_been() -> None:
    edit = TicketEdit("U1", "T1", at(60), Action.CLOSE)
    given = bounds(*pings("T1", 0, 60, 90), edit, as_of=at(70))
    assert given == {"T1": (60, 60, 90 + 70)}


@pytest.mark.parametrize(("worklog", "by", "match"), [
    (None, len, r"^worklog must be a Worklog: found None"),
    (build_worklog(History(), RULES), "day", r"^by must be a function"),
])  # fmt: skip
def test_what_is_no_worklog_or_function_is_refused(worklog: Any, by: Any, match: str) -> None:
    with pytest.raises(WorklogError, match=match):
        duration_bounds(worklog, by=by)
