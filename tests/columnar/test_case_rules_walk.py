"""Every field and every value of the case rules is in the columns: a new one fails here first."""

from datetime import timedelta
from enum import Enum
from typing import Any

import attrs
import pytest

from case_frames import case_frames_of, cases_told, runs_told
from helpdesk import (
    HOUR,
    OFFICE,
    RULES,
    agent_opened,
    answered,
    asked,
    at,
    closed,
    edited,
    opened,
    pended,
    reopened,
    said,
)
from history_frames import plain
from worklog_core import CaseRules, Direction, History, SenderKind, StatusCause, TicketMerged
from worklog_core.columnar import case_times, response_runs

VALUES: dict[str, tuple[Any, ...]] = {
    "calendar": (None, OFFICE),
    "longest_response": (None, timedelta(0), HOUR),
    "opt_out_words": ((), ("stop",)),
    "bots": ((), ("U1",)),
}
# What these say is about times that no column holds.
NOT_IN_COLUMNS = {"on_hold_details"}
FIELDS = {
    field.name: field for field in attrs.fields(CaseRules) if field.name not in NOT_IN_COLUMNS
}


def values_of(name: str) -> tuple[Any, ...]:
    """Return what a field is tried with: all members of an enum, or what is listed."""
    if name in VALUES:
        return VALUES[name]
    default = FIELDS[name].default
    assert isinstance(default, Enum), f"say what {name} is to be tried with"
    return tuple(type(default))


API: dict[str, Any] = {"cause": StatusCause.API}
HISTORY = History.of(
    [
        *(opened(at(8)), asked(at(8)), closed(at(9), None, **API), reopened(at(10))),
        *(answered(at(10, 30)), pended(at(11)), closed(at(15), None, **API)),
        *(agent_opened(at(9), "T2"), answered(at(9), ticket="T2"), asked(at(18), "T2")),
        *(answered(at(20), "U2", "T2"), edited(at(21), ticket="T2"), asked(at(22), "T2")),
        *(edited(at(23), by="U2", ticket="T2"), opened(at(9), "T3")),
        said(at(9), SenderKind.CUSTOMER, Direction.IN, "T3", text=" Stop"),
        *(answered(at(12), ticket="T3"), TicketMerged("T4", at(14), "T3")),
        *(asked(at(13), "T4"), answered(at(13, 30), "U2", "T4")),
    ]
)
FRAMES = case_frames_of(HISTORY)
BASES = {
    "defaults": CaseRules(),
    "every other choice": CaseRules(**{name: values_of(name)[-1] for name in FIELDS}),
}
CHOICES = [(name, value) for name in FIELDS for value in values_of(name)]


def told(choices: CaseRules) -> list[Any]:
    given: dict[str, Any] = {"rules": RULES, "case_rules": choices}
    cases = [dict(sorted(row.items())) for row in plain(case_times(**FRAMES, **given))]
    return [cases, plain(response_runs(**FRAMES, **given))]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("name", "value"), CHOICES)
def test_every_value_of_every_field_gives_the_scalar_answer(
    name: str, value: Any, base: str
) -> None:
    choices = attrs.evolve(BASES[base], **{name: value})
    known = HISTORY, RULES, choices, None
    cases = [dict(sorted(row.items())) for row in cases_told(*known)]
    assert told(choices) == [cases, runs_told(*known)]


@pytest.mark.parametrize("name", FIELDS)
def test_every_choice_matters_to_the_history(name: str) -> None:
    base = CaseRules(calendar=OFFICE)
    answers = [told(attrs.evolve(base, **{name: value})) for value in values_of(name)]
    assert all(answers.count(answer) == 1 for answer in answers)
