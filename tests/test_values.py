"""Every public value travels: a pickle and a copy of it are the value itself again.

Values are those that the examples of the docstrings and a busy week make. Of a class that they do
not make there is a blank one, whose fields hold anything, for it is the class that knows how to
travel.
"""

import copy
import pickle
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any

import attrs
import pytest

import busy_week
import worklog_core
from docstring_examples import examples, watching
from worklog_core import WorklogError, build_worklog

PUBLIC = {name: getattr(worklog_core, name) for name in vars(worklog_core)["__all__"]}
CLASSES = [what for what in PUBLIC.values() if isinstance(what, type)]
VALUES = [kind for kind in CLASSES if attrs.has(kind)]
CHOICES = [kind for kind in CLASSES if issubclass(kind, Enum)]
ERRORS = [kind for kind in CLASSES if issubclass(kind, WorklogError)]

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)


def pickled(value: Any, protocol: int) -> Any:
    return pickle.loads(pickle.dumps(value, protocol))


WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {protocol}": partial(pickled, protocol=protocol) for protocol in PROTOCOLS},
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def blank(kind: type[Any]) -> Any:
    value = object.__new__(kind)
    for number, field in enumerate(attrs.fields(kind)):
        object.__setattr__(value, field.name, f"anything {number}")
    return value


@pytest.fixture(scope="module")
def made() -> dict[type[Any], Any]:
    with watching(VALUES) as found:
        for example in examples():
            example.run()
        for rules in busy_week.RULES.values():
            worklog = build_worklog(busy_week.history(), rules, as_of=busy_week.AS_OF)
            lines = list(worklog.ledger.lines)
            assert worklog.ledger.segments(lines[0])
            assert worklog.status_ledger.days
    return found


def fields_of(value: Any) -> dict[str, Any]:
    return {
        field.name: getattr(value, field.name) for field in attrs.fields(type(value)) if field.eq
    }


@every_way
@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_a_value_survives_its_way(
    kind: type[Any], way: Callable[[Any], Any], made: dict[type[Any], Any]
) -> None:
    value = made[kind] if kind in made else blank(kind)
    there = way(value)
    assert type(there) is kind
    assert there == value
    assert fields_of(there) == fields_of(value)


def test_most_values_are_made_and_not_blank(made: dict[type[Any], Any]) -> None:
    assert len(made) > 80


@every_way
@pytest.mark.parametrize("kind", CHOICES, ids=lambda kind: kind.__name__)
def test_a_choice_is_the_very_member_again(kind: type[Enum], way: Callable[[Any], Any]) -> None:
    assert all(way(member) is member for member in kind)


@every_way
@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_keeps_what_it_says(kind: type[Any], way: Callable[[Any], Any]) -> None:
    error = way(kind("what must hold: what was found.", field="start", value=7))
    assert type(error) is kind
    assert (str(error), error.field, error.value) == ("what must hold: what was found.", "start", 7)


def test_what_is_public_and_no_value_is_known() -> None:
    others = {kind.__name__ for kind in CLASSES} - {
        kind.__name__ for kind in (*VALUES, *CHOICES, *ERRORS)
    }
    # A key is never copied, a calendar and a policy of division are what others make, and the rest
    # are tuples and unions with names.
    assert others <= {"Calendar", "DivisionPolicy", "PseudonymKey", "RowKey", "Readiness"}
