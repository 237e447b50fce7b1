"""One history, asked three ways: scalar values, columns, and the dull oracle."""

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import oracles
from columnar.test_against_scalar import inputs
from history_frames import frames_of, in_frames, lines_told, plain, rows_told
from oracle_days import TICK
from worklog_core import History, WorklogRules
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar.worklog import build_ledger, build_worklog
from worklog_values import lines_of, rows_of


@st.composite
def asked(draw: st.DrawFn) -> tuple[History, WorklogRules, datetime | None]:
    """Draw a history and rules for frames; half of them are asked at an instant that matters."""
    drawn, rules = draw(inputs())
    history = in_frames(drawn)
    moments = sorted({moment for event in history for moment in ends_of(event)})
    if not moments or draw(st.booleans()):
        return history, rules, None
    return history, rules, draw(st.sampled_from(moments)) + draw(st.sampled_from((0, 1, -1))) * TICK


def ends_of(event: Any) -> list[datetime]:
    found = (getattr(event, name, None) for name in ("at", "start", "end"))
    return [moment for moment in found if moment is not None]


@given(asked())
def test_one_history_has_one_worklog(
    drawn: tuple[History, WorklogRules, datetime | None],
) -> None:
    history, rules, as_of = drawn
    rows, lines = oracles.worklog(history, rules, as_of)
    scalar = build_scalar(history, rules, as_of=as_of)
    assert rows_of(scalar) == rows
    assert lines_of(scalar) == lines
    frames = frames_of(history)
    assert plain(build_worklog(**frames, rules=rules, as_of=as_of)) == rows_told(scalar)
    assert plain(build_ledger(**frames, rules=rules, as_of=as_of)) == lines_told(scalar)
