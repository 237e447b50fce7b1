"""What holds of every worklog, whatever the history and the rules."""

import pickle
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_days import EPOCH, TICK, first_instant, us
from worklog_core import (
    DivideOver,
    EqualSplit,
    Heartbeat,
    History,
    Interval,
    IntervalSet,
    LedgerLabel,
    LedgerLine,
    ScreenSession,
    SlaScope,
    TicketEdit,
    UserStatusChange,
    UserStatusRepost,
    Worklog,
    WorklogRules,
    build_worklog,
)
from worklog_core.testing.strategies import histories, worklog_rules

NOTHING = timedelta(0)


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(histories(rules=rules)), rules


# What a user alone did; whatever else happened, happened to a ticket for all who work on it.
OF_A_USER = (ScreenSession, Heartbeat, TicketEdit, UserStatusChange, UserStatusRepost)


def worklogs() -> st.SearchStrategy[Worklog]:
    return inputs().map(lambda drawn: build_worklog(*drawn))


def total(lines: Iterable[LedgerLine]) -> timedelta:
    return sum((line.amount for line in lines), NOTHING)


def union(spans: Iterable[Any]) -> timedelta:
    return IntervalSet(Interval(s.start, s.end) for s in spans if s.start < s.end).duration


def ends(events: Iterable[Any]) -> list[datetime]:
    # Of a membership that goes on nothing more is to come.
    return [getattr(e, "end", None) or getattr(e, "at", None) or e.start for e in events]


def figures(worklog: Worklog) -> tuple[Any, ...]:
    return worklog.rows, tuple(worklog.ledger.lines), tuple(worklog.findings)


@pytest.mark.rule("E-14", "AMB-5c")
@given(worklogs())
def test_the_lines_of_a_user_sum_to_the_time_in_which_anything_was_on_screen(
    worklog: Worklog,
) -> None:
    for user in {line.user_id for line in worklog.ledger.lines}:
        lines = [line for line in worklog.ledger.lines if line.user_id == user]
        assert total(lines) == union(lines)


@pytest.mark.rule("AMB-28")
@given(inputs())
def test_every_microsecond_of_a_ticket_on_screen_is_on_one_line(
    drawn: tuple[History, WorklogRules],
) -> None:
    history, rules = drawn
    history = History(sessions=history.sessions, edits=history.edits).settled()
    lines = build_worklog(history, rules).ledger.lines
    for name in {(s.user_id, s.ticket_id) for s in history.sessions}:
        own = [x for x in lines if (x.user_id, x.ticket_id) == name]
        assert all(a.end <= b.start for a, b in pairwise(own))
        assert {IntervalSet(Interval(x.start, x.end) for x in own)} == {
            IntervalSet(
                Interval(s.start, s.end)
                for s in history.sessions
                if (s.user_id, s.ticket_id) == name and s.start < s.end
            )
        }


@pytest.mark.rule("AMB-5c")
@given(worklogs())
def test_counting_and_other_time_of_a_day_are_whole_each(worklog: Worklog) -> None:
    lines = worklog.ledger.lines
    for pot in {(x.user_id, x.day, x.label is LedgerLabel.NOT_COUNTING) for x in lines}:
        own = [x for x in lines if (x.user_id, x.day, x.label is LedgerLabel.NOT_COUNTING) == pot]
        assert total(own) == union(own)


@pytest.mark.rule("AMB-2", "E-06")
@given(worklogs())
def test_a_row_is_the_sum_of_its_lines(worklog: Worklog) -> None:
    for row in worklog.rows:
        lines = [line for line in worklog.ledger.lines if line.row_key == row.key]
        assert tuple(worklog.ledger.explain(row)) == tuple(lines)
        if row.duration is None or row.after_work is None or row.open_time is None:
            assert row.duration is row.after_work is row.open_time is None
            assert not lines
            continue
        assert row.duration == total(lines)
        assert row.after_work == total(x for x in lines if x.start >= row.recorded_at)
        assert not any(x.start < row.recorded_at < x.end for x in lines)
        assert row.open_time == sum((x.end - x.start for x in lines), NOTHING)
        assert NOTHING <= row.after_work <= row.duration <= row.open_time


@pytest.mark.rule("AMB-28")
@given(worklogs())
def test_only_a_counted_line_belongs_to_a_row(worklog: Worklog) -> None:
    keys = {row.key for row in worklog.rows}
    for line in worklog.ledger.lines:
        assert (line.row_key in keys) == (line.label is LedgerLabel.COUNTED)
        assert (line.row_key is None) == (line.label is not LedgerLabel.COUNTED)
        assert line.start < line.end
        assert NOTHING <= line.amount <= line.end - line.start


@pytest.mark.rule("E-10")
@given(inputs())
def test_who_only_views_has_no_row_and_no_counted_time(
    drawn: tuple[History, WorklogRules],
) -> None:
    history, rules = drawn
    views = History(sessions=history.sessions, heartbeats=history.heartbeats)
    worklog = build_worklog(views, rules)
    assert not worklog.rows
    assert worklog.average_handling_time() is None
    assert LedgerLabel.COUNTED not in {line.label for line in worklog.ledger.lines}


@given(inputs(), st.randoms(use_true_random=False))
def test_neither_order_nor_duplicates_change_anything(
    drawn: tuple[History, WorklogRules], random: Any
) -> None:
    history, rules = drawn
    events = [*history, *(event for event in history if random.random() < 0.5)]
    random.shuffle(events)
    assert figures(build_worklog(History.of(events), rules)) == figures(
        build_worklog(history, rules)
    )


@given(inputs())
def test_what_was_superseded_leaves_no_trace(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    settled = build_worklog(history.settled(), rules)
    assert figures(settled) == figures(build_worklog(history, rules))


@pytest.mark.rule("AMB-4c")
@given(inputs())
def test_without_tails_a_day_of_a_user_holds_no_more_than_the_day(
    drawn: tuple[History, WorklogRules],
) -> None:
    history, rules = drawn
    rules = attrs.evolve(rules, carry_tail=False)
    worked: dict[tuple[str, date], timedelta] = {}
    for row in build_worklog(history, rules).rows:
        key = (row.user_id, row.day)
        worked[key] = worked.get(key, NOTHING) + (row.duration or NOTHING)
    for (_, day), time in worked.items():
        start, end = (first_instant(rules.time_zone, day + timedelta(days=n)) for n in (0, 1))
        assert time <= (end - start) * TICK


@given(inputs())
def test_users_add_up(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    history = history.settled()
    # Under the other scopes colleagues serve the customer, too.
    rules = attrs.evolve(rules, sla_scope=SlaScope.CELL)
    whole = build_worklog(history, rules)
    rows: list[Any] = []
    lines: list[Any] = []
    for user in sorted({event.user_id for event in history if isinstance(event, OF_A_USER)}):
        alone = build_worklog(
            History.of(e for e in history if not isinstance(e, OF_A_USER) or e.user_id == user),
            rules,
        )
        rows += [attrs.evolve(row, reopened=False) for row in alone.rows]
        lines += alone.ledger.lines
    assert sorted(rows, key=lambda row: row.key[:2]) == sorted(
        (attrs.evolve(row, reopened=False) for row in whole.rows), key=lambda row: row.key[:2]
    )
    assert lines == list(whole.ledger.lines)


@given(inputs(), st.integers(0, 1000))
def test_a_session_in_two_touching_parts_is_one_session(
    drawn: tuple[History, WorklogRules], thousandths: int
) -> None:
    history, rules = drawn
    history = history.settled()

    def halves(session: ScreenSession) -> list[ScreenSession]:
        cut: datetime = session.start + (session.end - session.start) * thousandths // 1000
        return [
            attrs.evolve(session, event_id=None, end=cut),
            attrs.evolve(session, event_id=None, start=cut),
        ]

    others = History.of(event for event in history if not isinstance(event, ScreenSession))
    parted = others | History(sessions=[half for s in history.sessions for half in halves(s)])
    assert figures(build_worklog(parted, rules)) == figures(build_worklog(history, rules))


@pytest.mark.rule("AMB-26")
@given(worklogs())
def test_row_keys_are_unique_and_rows_and_lines_are_in_order(worklog: Worklog) -> None:
    keys = [row.key for row in worklog.rows]
    assert len(keys) == len(set(keys))
    in_order = [(r.day, r.user_id, r.ticket_id, r.recorded_at) for r in worklog.rows]
    assert in_order == sorted(in_order)
    lines = [(line.user_id, line.start, line.ticket_id) for line in worklog.ledger.lines]
    assert lines == sorted(lines)


@pytest.mark.rule("AMB-1", "E-16")
@given(inputs())
def test_rows_hold_every_action_on_a_ticket_that_is_tracked_and_no_other(
    drawn: tuple[History, WorklogRules],
) -> None:
    history, rules = drawn
    excluded = {exclusion.ticket_id for exclusion in history.settled().exclusions}
    made = [
        (edit.user_id, edit.ticket_id, edit.action)
        for edit in history.settled().edits
        if edit.action is not None and edit.ticket_id not in excluded
    ]
    rows = build_worklog(history, rules).rows
    told = [(row.user_id, row.ticket_id, action) for row in rows for action in row.actions]
    assert sorted(told) == sorted(made)


@given(worklogs())
def test_the_exact_shares_of_a_line_are_within_a_microsecond_of_its_amount(
    worklog: Worklog,
) -> None:
    for line in worklog.ledger.lines:
        segments = worklog.ledger.segments(line)
        assert segments[0].start == line.start
        assert segments[-1].end == line.end
        assert all(a.end == b.start for a, b in pairwise(segments))
        shares = sum((segment.share for segment in segments), Fraction(0)) * 1_000_000
        assert abs(shares - line.amount // TICK) < 1


@given(worklogs())
def test_equal_parts_of_an_instant_are_what_its_segments_say(worklog: Worklog) -> None:
    is_plain = worklog.rules.division == EqualSplit()
    if not is_plain or worklog.rules.divide_over is DivideOver.EDITED:
        return
    for line in worklog.ledger.lines:
        for segment in worklog.ledger.segments(line):
            length = Fraction((segment.end - segment.start) // TICK, 1_000_000)
            assert segment.share == length / segment.open_count


@given(worklogs())
def test_totals_leave_nothing_out(worklog: Worklog) -> None:
    lines = worklog.ledger.lines
    totals = worklog.ledger.totals(by=lambda line: (line.user_id, line.label))
    assert sum(totals.values(), NOTHING) == total(lines)
    assert totals.keys() == {(line.user_id, line.label) for line in lines}


@given(worklogs())
def test_a_worklog_survives_pickling(worklog: Worklog) -> None:
    assert figures(pickle.loads(pickle.dumps(worklog))) == figures(worklog)


@given(inputs())
def test_the_input_is_left_as_it_was(drawn: tuple[History, WorklogRules]) -> None:
    before = pickle.dumps(drawn)
    build_worklog(*drawn)
    assert pickle.dumps(drawn) == before


@pytest.mark.rule("AMB-24")
@given(inputs())
def test_after_the_last_event_everything_is_seen(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    last = max(ends(history), default=EPOCH)
    seen = build_worklog(history, rules, as_of=last + TICK)
    assert figures(seen) == figures(build_worklog(history, rules))


@pytest.mark.rule("AMB-24")
@given(inputs(), st.data())
def test_no_line_reaches_past_the_instant_of_evaluation(
    drawn: tuple[History, WorklogRules], data: st.DataObject
) -> None:
    history, rules = drawn
    as_of = data.draw(st.sampled_from([*ends(history), None]))
    worklog = build_worklog(history, rules, as_of=as_of)
    assert as_of is None or all(line.end <= as_of for line in worklog.ledger.lines)
    assert as_of is None or all(row.recorded_at <= as_of for row in worklog.rows)


@pytest.mark.rule("AMB-5")
@given(inputs())
def test_the_status_gates_time_and_moves_none(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    open_rules = attrs.evolve(
        rules,
        status_modes=[attrs.evolve(mode, counts=True) for mode in rules.status_modes],
    )
    gated = build_worklog(history, rules).ledger
    ungated = build_worklog(history, open_rules).ledger
    for line in gated.lines:
        exact = sum((s.share for s in gated.segments(line)), Fraction(0))
        spans = (line.user_id, line.ticket_id, us(line.start), us(line.end))
        covering = [
            s
            for other in ungated.lines
            if (other.user_id, other.ticket_id) == spans[:2]
            for s in ungated.segments(other)
            if us(other.start) < spans[3] and spans[2] < us(other.end)
        ]
        within = sum(
            (
                s.share
                * Fraction(
                    max(0, min(us(s.end), spans[3]) - max(us(s.start), spans[2])),
                    us(s.end) - us(s.start),
                )
                for s in covering
            ),
            Fraction(0),
        )
        assert exact == within
