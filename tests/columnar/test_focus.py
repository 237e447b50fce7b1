"""What users turned to gets the time in the columns as it does in the scalar engine."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from history_frames import MAKERS, arrow_of, frames_of, in_frames, lines_told, plain, rows_told
from oracle_days import TICK
from worklog_core import (
    Action,
    EqualSplit,
    ExclusiveFocus,
    FocusChange,
    History,
    ScreenSession,
    TicketEdit,
    WorklogRules,
)
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar import build_ledger, build_worklog, event_table, history, worklog_job
from worklog_core.testing.strategies import histories, worklog_rules

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = WorklogRules(time_zone=UTC, division=ExclusiveFocus())


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


HALF_AN_HOUR = History(
    sessions=[ScreenSession("U1", ticket, at(0), at(30)) for ticket in ("T1", "T2")],
    edits=[TicketEdit("U1", ticket, at(30), Action.CLOSE) for ticket in ("T1", "T2")],
    focus_changes=[
        FocusChange("U1", "T1", at(10)),
        FocusChange("U1", "T1", at(15)),
        FocusChange("U1", "T3", at(20)),
        FocusChange("U1", "T2", at(24)),
        FocusChange("U2", "T1", at(0)),
    ],
)


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    """Draw a history whose users turn to what they have on screen, and away, again and again."""
    rules = attrs.evolve(draw(worklog_rules()), division=ExclusiveFocus())
    known = in_frames(draw(histories(rules=rules)))
    turns = []
    for session in known.sessions:
        tickets = sorted({s.ticket_id for s in known.sessions if s.user_id == session.user_id})
        length = (session.end - session.start) // TICK
        for ticks in draw(st.lists(st.integers(-1, length + 1), max_size=3)):
            ticket = draw(st.sampled_from((*tickets, "T-elsewhere")))
            turns.append(FocusChange(session.user_id, ticket, session.start + ticks * TICK))
    return known | History(focus_changes=turns), rules


def check(known: History, rules: WorklogRules, kind: str, as_of: datetime | None = None) -> None:
    frames = frames_of(known, MAKERS[kind])
    scalar = build_scalar(known, rules, as_of=as_of)
    assert plain(build_worklog(**frames, rules=rules, as_of=as_of)) == rows_told(scalar)
    assert plain(build_ledger(**frames, rules=rules, as_of=as_of)) == lines_told(scalar)


@settings(max_examples=200)
@given(inputs())
def test_under_an_exclusive_focus_the_answer_is_the_scalar_one(
    drawn: tuple[History, WorklogRules],
) -> None:
    check(*drawn, "pyarrow")


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=25)
@given(drawn=inputs(), moment=st.integers(0, 5))
def test_every_kind_of_frame_and_every_evaluation_gives_it(
    kind: str, drawn: tuple[History, WorklogRules], moment: int
) -> None:
    known, rules = drawn
    instants = sorted({change.at for change in known.focus_changes})
    check(known, rules, kind, instants[moment] if moment < len(instants) else None)


@pytest.mark.parametrize("drawn", [histories(rules=RULES), inputs().map(lambda both: both[0])])
def test_what_is_drawn_turns_to_tickets_for_which_that_matters(drawn: Any) -> None:
    def told(known: History, rules: WorklogRules) -> Any:
        return rows_told(build_scalar(known, rules))

    equal = attrs.evolve(RULES, division=EqualSplit())
    first = settings(phases=[Phase.generate], max_examples=2000)
    found = find(drawn, lambda known: told(known, RULES) != told(known, equal), settings=first)
    assert found.focus_changes


@pytest.mark.parametrize("kind", MAKERS)
def test_an_instant_goes_to_the_ticket_turned_to_while_it_is_open(kind: str) -> None:
    frames = frames_of(HALF_AN_HOUR, MAKERS[kind])
    rows = plain(build_worklog(**frames, rules=RULES))
    minute = 60_000_000
    assert [row["duration_us"] // minute for row in rows] == [5 + 10 + 2, 5 + 2 + 6]
    lines = plain(build_ledger(**frames, rules=RULES))
    assert [(line["ticket_id"], line["amount_us"] // minute) for line in lines] == [
        *(("T1", 5), ("T2", 7), ("T1", 10), ("T1", 2), ("T2", 6))
    ]


def test_an_event_table_carries_what_users_turned_to() -> None:
    known = frames_of(HALF_AN_HOUR)
    table = event_table(**known)
    assert table["event"].to_pylist().count("FocusChange") == 5
    assert worklog_job(RULES).table()(table) == build_worklog(**known, rules=RULES)


def test_a_focus_of_the_day_before_goes_on() -> None:
    turned = FocusChange("U1", "T1", at(0) - timedelta(days=1))
    known = History.of([*HALF_AN_HOUR.sessions, *HALF_AN_HOUR.edits, turned])
    of_day = history(**frames_of(known), user_id="U1", day=NINE.date(), time_zone=UTC)
    assert of_day == known
    others = history(**frames_of(HALF_AN_HOUR), user_id="U2")
    assert others == History.of([FocusChange("U2", "T1", at(0))])


def test_whoever_only_turned_to_a_ticket_has_no_rows() -> None:
    changes = arrow_of(FocusChange, HALF_AN_HOUR.focus_changes)
    edits = arrow_of(TicketEdit, [])
    assert plain(build_ledger(edits=edits, focus_changes=changes, rules=RULES)) == []
