"""Where a user's day went: the laws of the status ledger, and a day with its figures."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office import MINUTE, edited, reposted, seen, status, worked
from oracle_days import TICK, day_of, us
from oracle_desks import Statuses, facts
from worklog_core import History, LedgerLabel, WorklogRules, build_worklog
from worklog_core.testing.strategies import histories, worklog_rules

NOTHING = timedelta(0)
HOUR = 60 * MINUTE


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(histories(rules=rules)), rules


@pytest.mark.rule("E-15", "E-24", "E-25", "E-26")
def test_a_day_is_counting_time_and_the_rest_and_half_of_it_was_on_screen() -> None:
    worklog = worked(
        status("U1", "8:00", "Active"),
        seen("U1", "T1", "9:00", "11:00"),
        seen("U1", "T2", "10:00", "11:00"),
        edited("U1", "T1", "9:10"),
        status("U1", "12:00", "Pause"),
        seen("U1", "T1", "12:10", "13:00"),
        status("U1", "13:00", "Ticket Processing"),
        seen("U1", "T1", "13:00", "14:00"),
    )
    (day,) = worklog.status_ledger.days
    assert dict(day.by_status) == {"Active": 5 * HOUR, "Pause": HOUR}
    assert (day.screen_time, day.counting_time, day.idle_time) == (3 * HOUR, 5 * HOUR, 2 * HOUR)
    assert day.occupancy == Fraction(3, 5)


@pytest.mark.rule("E-27", "AMB-6b")
def test_a_repost_moves_time_from_one_status_to_another() -> None:
    worklog = worked(
        status("U1", "8:00", "Active"),
        status("U1", "9:00", "Auto-Absent"),
        status("U1", "10:00", "Active"),
        reposted("U1", "9:00", "9:30", "Support"),
        seen("U1", "T1", "11:00", "12:00"),
    )
    (day,) = worklog.status_ledger.days
    assert dict(day.by_status) == {
        "Active": 3 * HOUR,
        "Support": HOUR / 2,
        "Auto-Absent": HOUR / 2,
    }


def test_of_a_user_without_a_status_nobody_says_when_that_user_was_there() -> None:
    (day,) = worked(seen("U1", "T1", "9:00", "10:00")).status_ledger.days
    assert day.screen_time == HOUR
    assert (day.counting_time, day.idle_time, day.occupancy) == (None, None, None)
    assert {reason.value for reason in day.reasons.values()} == {"no_status"}


@pytest.mark.rule("AMB-24")
def test_with_an_instant_of_evaluation_it_runs_to_there() -> None:
    worklog = worked(status("U1", "8:00", "Active"), status("U1", "9:00", "Pause"), as_of="12:00")
    (day,) = worklog.status_ledger.days
    assert dict(day.by_status) == {"Active": HOUR, "Pause": 3 * HOUR}


@pytest.mark.rule("E-15")
@given(inputs())
def test_a_day_adds_up(drawn: tuple[History, WorklogRules]) -> None:
    worklog = build_worklog(*drawn)
    screen = worklog.ledger.totals(
        by=lambda line: (line.user_id, line.day, line.label is LedgerLabel.NOT_COUNTING)
    )
    days = worklog.status_ledger.days
    assert len({(day.user_id, day.day) for day in days}) == len(days)
    for day in days:
        assert day.screen_time == screen.pop((day.user_id, day.day, False), NOTHING)
        if day.counting_time is None or day.idle_time is None:
            assert "counting_time" in day.reasons
            continue
        assert day.idle_time + day.screen_time == day.counting_time
        assert day.idle_time >= NOTHING
        if day.occupancy is None:
            assert day.counting_time == NOTHING
        else:
            assert day.occupancy == Fraction(day.screen_time // TICK, day.counting_time // TICK)
    assert not any(amount for (*_, is_idle), amount in screen.items() if not is_idle)


@given(inputs())
def test_the_lines_of_a_user_touch_and_say_the_status_of_every_instant(
    drawn: tuple[History, WorklogRules],
) -> None:
    history, rules = drawn
    ledger = build_worklog(history, rules).status_ledger
    by_user: dict[str, list[Any]] = {}
    for line in ledger.lines:
        by_user.setdefault(line.user_id, []).append(line)
    for user, lines in by_user.items():
        statuses = Statuses(
            [c for c in facts(history.user_statuses) if c.user_id == user],
            [r for r in facts(history.status_reposts) if r.user_id == user],
            rules,
        )
        assert all(a.end == b.start for a, b in pairwise(lines))
        for line in lines:
            start, last = us(line.start), us(line.end) - 1
            within = {start, last, *(t for t in statuses.instants if start <= t <= last)}
            assert {statuses.at(t).name for t in within} == {line.status}
            assert {statuses.at(t).counts for t in within} == {line.counts}
            assert day_of(rules.time_zone, start) == day_of(rules.time_zone, last) == line.day


@given(inputs())
def test_the_statuses_of_a_day_are_the_sums_of_its_lines(
    drawn: tuple[History, WorklogRules],
) -> None:
    ledger = build_worklog(*drawn).status_ledger
    sums: dict[tuple[str, date], dict[str, timedelta]] = {}
    for line in ledger.lines:
        day = sums.setdefault((line.user_id, line.day), {})
        elapsed: timedelta = line.end - line.start
        day[line.status] = day.get(line.status, NOTHING) + elapsed
    told = {(d.user_id, d.day): dict(d.by_status) for d in ledger.days if d.by_status}
    assert told == sums


@given(inputs())
def test_the_span_of_a_user_is_from_the_first_to_the_last_status_or_screen(
    drawn: tuple[History, WorklogRules],
) -> None:
    history, rules = drawn
    claims = (history.user_statuses, history.status_reposts)
    history = History(sessions=history.sessions, user_statuses=claims[0], status_reposts=claims[1])
    lines = build_worklog(history, rules).status_ledger.lines
    events = [event for kind in (history.sessions, *claims) for event in facts(kind)]
    claimed = {event.user_id for kind in claims for event in facts(kind)}
    for user in claimed:
        known = {
            instant
            for event in events
            if event.user_id == user
            for instant in ((event.start, event.end) if hasattr(event, "end") else (event.at,))
        }
        spent = [line.end - line.start for line in lines if line.user_id == user]
        assert sum(spent, NOTHING) == max(known) - min(known)
    assert {line.user_id for line in lines} <= claimed
