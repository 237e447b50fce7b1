"""What errors carry, and what their messages show of a value."""

import copy
import inspect
import pickle
from collections.abc import Callable
from datetime import date
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import errors
from worklog_core.errors import RangeError, WorklogError, describe
from worklog_core.undetermined import Undetermined

KINDS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind is not WorklogError
]


def sent_elsewhere(error: WorklogError) -> WorklogError:
    received: WorklogError = pickle.loads(pickle.dumps(error))
    return received


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_worklog_error_and_a_value_error(kind: type[WorklogError]) -> None:
    assert issubclass(kind, WorklogError)
    assert issubclass(kind, ValueError)
    assert kind.__doc__


@pytest.mark.parametrize("kind", [WorklogError, *KINDS])
@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, sent_elsewhere])
def test_an_error_travels_with_its_field_and_value(
    kind: type[WorklogError], travel: Callable[[WorklogError], WorklogError]
) -> None:
    error = travel(kind("start must hold: found 1 (int). Do that.", field="start", value=1))
    assert type(error) is kind
    assert (str(error), error.field, error.value) == (
        "start must hold: found 1 (int). Do that.",
        "start",
        1,
    )


def test_an_error_without_a_field_names_none() -> None:
    error = RangeError("an amount must fit: found none. Ask for less.")
    assert error.field is None
    assert error.value is None


class _Choice(Enum):
    A = "a"


class _Mute:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        ("x", "'x' (str)"),
        ("", "'' (str)"),
        (True, "True (bool)"),
        (1.5, "1.5 (float)"),
        (_Choice.A, "<_Choice.A: 'a'> (_Choice)"),
        (date(2026, 3, 2), "datetime.date(2026, 3, 2) (date)"),
        (int, "<class 'int'> (type)"),
        pytest.param(10**5000, "a value too long to write (int)", id="int"),
        pytest.param([10**5000], "a value too long to write (list)", id="list"),
    ],
)
def test_a_value_is_described_as_it_stood_there_with_its_type(value: object, shown: str) -> None:
    assert describe(value) == shown


def test_a_value_that_cannot_show_itself_is_described_all_the_same() -> None:
    assert describe(_Mute()).endswith("(_Mute)")


@given(st.text(max_size=5000) | st.binary(max_size=5000) | st.lists(st.text()) | st.integers())
def test_a_description_is_bounded(value: object) -> None:
    assert len(describe(value)) < 1200


def test_every_reason_is_exported_under_its_own_lower_case_name() -> None:
    assert [reason.value for reason in Undetermined] == [
        reason.name.lower() for reason in Undetermined
    ]


@pytest.mark.parametrize("reason", Undetermined)
def test_a_reason_stays_the_same_object_on_its_travels(reason: Undetermined) -> None:
    assert pickle.loads(pickle.dumps(reason)) is reason
    assert Undetermined(reason.value) is reason
