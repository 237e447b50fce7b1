"""The columnar worklog is the scalar one, on anything that the strategies draw."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from history_frames import MAKERS, frames_of, in_frames, lines_told, plain, rows_told
from oracle_days import TICK
from worklog_core import History, WorklogRules
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar.worklog import build_ledger, build_worklog
from worklog_core.testing.strategies import histories, instants, worklog_rules


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(histories(rules=rules)), rules


@st.composite
def inputs_until(draw: Any) -> tuple[History, WorklogRules, Any]:
    history, rules = draw(inputs())
    moments = [e.start if hasattr(e, "start") else e.at for e in history]
    moments += [e.end for e in history if getattr(e, "end", None)]
    near = st.builds(
        lambda moment, ticks: moment + ticks * TICK,
        st.sampled_from(moments) if moments else instants(rules.time_zone),
        st.sampled_from((0, 1, -1)),
    )
    return history, rules, draw(near)


def check(history: History, rules: WorklogRules, make: Any, as_of: Any = None) -> None:
    frames = frames_of(history, make)
    scalar = build_scalar(in_frames(history), rules, as_of=as_of)
    assert plain(build_worklog(**frames, rules=rules, as_of=as_of)) == rows_told(scalar)
    assert plain(build_ledger(**frames, rules=rules, as_of=as_of)) == lines_told(scalar)


@given(inputs())
def test_rows_and_lines_are_the_scalar_ones(drawn: tuple[History, WorklogRules]) -> None:
    check(*drawn, MAKERS["pyarrow"])


@given(inputs_until())
def test_what_was_visible_at_an_instant_is_the_scalar_answer(
    drawn: tuple[History, WorklogRules, Any],
) -> None:
    history, rules, as_of = drawn
    check(history, rules, MAKERS["pyarrow"], as_of)


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=25)
@given(drawn=inputs_until())
def test_every_kind_of_frame_gives_the_same(
    kind: str, drawn: tuple[History, WorklogRules, Any]
) -> None:
    history, rules, as_of = drawn
    check(history, rules, MAKERS[kind], as_of)
