"""The further facts of rows and the closings equal the dull oracle's, on anything that is drawn."""

from datetime import datetime
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from oracle_days import TICK, us
from oracle_facts import Facts
from worklog_core import (
    History,
    Similarity,
    TopicChange,
    Worklog,
    WorklogRow,
    WorklogRules,
    build_worklog,
    closings,
    first_contact_resolution,
)
from worklog_core.testing.strategies import histories, instants, worklog_rules


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(histories(rules=rules)), rules


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
