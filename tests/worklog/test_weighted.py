"""Weights of tickets as a value: what it divides by, and what it refuses."""

import copy
import pickle
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from office import MINUTE, at
from worklog_core import Interval, Weighted, WorklogError, divide_parallel_time

HOUR = Interval(start=at("9:00"), end=at("10:00"))


@pytest.mark.rule("AMB-5")
def test_parts_are_in_proportion_and_a_ticket_without_a_weight_has_the_default() -> None:
    policy = Weighted({"call": 3, "mail": Fraction(1, 2)}, default=Fraction(1, 4))
    assert [policy.weight_of(key) for key in ("call", "mail", "chat")] == [
        3,
        Fraction(1, 2),
        Fraction(1, 4),
    ]
    shares = divide_parallel_time({"call": [HOUR], "mail": [HOUR], "chat": [HOUR]}, policy=policy)
    assert shares == {"call": 48 * MINUTE, "mail": 8 * MINUTE, "chat": 4 * MINUTE}
    assert Weighted({}).weight_of("any") == 1


def test_alone_a_ticket_gets_everything_whatever_it_weighs() -> None:
    shares = divide_parallel_time({"call": [HOUR]}, policy=Weighted({"call": Fraction(1, 1000)}))
    assert shares == {"call": timedelta(hours=1)}


def test_it_is_a_value_that_keeps_what_it_was_told() -> None:
    weights: dict[str, int | Fraction] = {"call": 3}
    policy = Weighted(weights)
    weights["call"] = 1
    assert policy.weight_of("call") == 3
    for other in (copy.copy(policy), copy.deepcopy(policy), pickle.loads(pickle.dumps(policy))):
        assert other == policy
        assert hash(other) == hash(policy)


@pytest.mark.parametrize("weights", [None, 3, "call", [("call", 3)], {"call"}])
def test_weights_that_are_no_mapping_are_refused(weights: Any) -> None:
    with pytest.raises(
        WorklogError, match=r"^Weighted\.weights must map keys to weights: found .* Pass a dict\.$"
    ) as caught:
        Weighted(weights)
    assert (caught.value.field, caught.value.value) == ("Weighted.weights", weights)


@pytest.mark.parametrize("weight", [0, -1, 1.0, True, None, "1", Fraction(0), float("nan")])
def test_a_weight_that_is_not_exact_or_not_above_zero_is_refused(weight: Any) -> None:
    with pytest.raises(
        WorklogError, match=r"^a weight must be an exact number above zero: found .* for 'call'"
    ) as caught:
        Weighted({"call": weight})
    assert caught.value.field == "Weighted.weights"
    with pytest.raises(
        WorklogError, match=r"^a weight must be an exact number above zero: found .* for 'default'"
    ) as caught:
        Weighted({}, default=weight)
    assert caught.value.field == "Weighted.default"
