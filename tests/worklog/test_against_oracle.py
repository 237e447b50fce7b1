"""The worklog equals the dull oracle's, on anything that the strategies draw."""

from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from oracle_days import TICK
from worklog_core import History, Interval, WorklogError, WorklogRules, build_worklog
from worklog_core import divide_parallel_time as divided
from worklog_core.testing.strategies import histories, instants, intervals, worklog_rules
from worklog_values import lines_of, rows_of


@attrs.frozen
class ByNumber:
    """A division in which the second ticket weighs twice as much as the first, and so on."""

    def weight_of(self, key: str) -> Fraction:
        return Fraction(int(key.removeprefix("T")), 7)


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


@given(inputs())
def test_rows_and_ledger_are_those_of_the_oracle(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    rows, lines = oracles.worklog(history, rules)
    worklog = build_worklog(history, rules)
    assert rows_of(worklog) == rows
    assert lines_of(worklog) == lines


@given(inputs_until())
def test_what_was_visible_at_an_instant_is_the_oracles_too(
    drawn: tuple[History, WorklogRules, Any],
) -> None:
    history, rules, as_of = drawn
    rows, lines = oracles.worklog(history, rules, as_of)
    worklog = build_worklog(history, rules, as_of=as_of)
    assert rows_of(worklog) == rows
    assert lines_of(worklog) == lines


@given(inputs_until())
def test_what_was_known_at_an_instant_is_the_oracles_too(
    drawn: tuple[History, WorklogRules, Any],
) -> None:
    history, rules, instant = drawn
    known = history.as_known_at(instant)
    rows, lines = oracles.worklog(known, rules)
    worklog = build_worklog(known, rules)
    assert rows_of(worklog) == rows
    assert lines_of(worklog) == lines


@given(inputs())
def test_time_divided_by_weight_is_the_oracles_too(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    rules = attrs.evolve(rules, division=ByNumber())
    rows, lines = oracles.worklog(history, rules)
    worklog = build_worklog(history, rules)
    assert rows_of(worklog) == rows
    assert lines_of(worklog) == lines


@given(histories(), worklog_rules(), st.sampled_from(("Lunch", "Active", "Pause")))
def test_what_the_oracle_refuses_is_refused(
    history: History, rules: WorklogRules, status: str
) -> None:
    # A second word at the instant of every change, and nothing to tell which is the later.
    again = [attrs.evolve(change, status=status, event_id=None) for change in history.user_statuses]
    doubled = history | History(user_statuses=again)
    try:
        expected = oracles.worklog(doubled, rules)
    except WorklogError as refusal:
        with pytest.raises(type(refusal), match="status"):
            build_worklog(doubled, rules)
    else:
        assert lines_of(build_worklog(doubled, rules)) == expected[1]


@given(inputs())
def test_the_average_is_the_oracles(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    rows, _ = oracles.worklog(history, rules)
    average = build_worklog(history, rules).average_handling_time()
    assert (None if average is None else average // TICK) == oracles.average(rows)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.lists(intervals(), max_size=3)))
def test_parallel_time_is_divided_as_the_oracle_divides_it(
    open_times: dict[str, list[Interval]],
) -> None:
    shares = divided(open_times)
    assert {key: share // TICK for key, share in shares.items()} == oracles.divide(open_times)
