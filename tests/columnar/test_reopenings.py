"""Which rows were reopened: the column is the flag of the scalar rows."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import busy_week
from history_frames import MAKERS, frames_of, in_frames, plain, rows_told
from worklog_core import History, Worklog, WorklogRules, build_worklog
from worklog_core.columnar import opening, reopenings
from worklog_core.testing.strategies import histories, worklog_rules

NAMES = ("user_id", "ticket_id", "day", "recorded_at")


def told(worklog: Worklog) -> list[dict[str, Any]]:
    return [
        {name: line[name] for name in NAMES} | {"reopened": row.reopened}
        for row, line in zip(worklog.rows, rows_told(worklog), strict=True)
    ]


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    rules = attrs.evolve(rules, reopen_needs_reply=draw(st.booleans()))
    return in_frames(draw(histories(rules=rules))), rules


@pytest.mark.rule("AMB-7")
@given(inputs(), st.sampled_from((1, 50_000)))
def test_every_row_is_flagged_as_the_scalar_one(
    drawn: tuple[History, WorklogRules], bucket: int
) -> None:
    history, rules = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "BUCKET", bucket)
        found = plain(reopenings(**frames_of(history), rules=rules))
    assert found == told(build_worklog(history, rules))


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("needs_reply", [False, True])
@pytest.mark.parametrize("name", busy_week.RULES)
def test_a_busy_week_is_flagged_in_every_kind_of_frame(
    kind: str, name: str, *, needs_reply: bool
) -> None:
    history = in_frames(busy_week.history())
    rules = attrs.evolve(busy_week.RULES[name], reopen_needs_reply=needs_reply)
    scalar = build_worklog(history, rules, as_of=busy_week.AS_OF)
    frames = frames_of(history, MAKERS[kind])
    found = plain(reopenings(**frames, rules=rules, as_of=busy_week.AS_OF))
    assert found == told(scalar)
    assert {row["reopened"] for row in found} == {True, False}
