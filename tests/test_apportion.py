"""Largest remainder: exact sums, fair parts, ties by order."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.apportion import apportion, largest_remainder
from worklog_core.errors import WorklogError

weights = st.lists(
    st.integers(0, 30) | st.fractions(0, 30, max_denominator=12), min_size=1, max_size=8
).filter(any)
totals = st.integers(0, 10**13)


def dull_apportion(parts: list[int | Fraction], total: int) -> list[int]:
    """Round down, then hand out the rest a unit at a time to whoever is shortest of its share."""
    exact = [Fraction(part) * total / sum(parts) for part in parts]
    given_out = [share.numerator // share.denominator for share in exact]
    while sum(given_out) < total:
        missing = [share - got for share, got in zip(exact, given_out, strict=True)]
        given_out[missing.index(max(missing))] += 1
    return given_out


@pytest.mark.rule("AMB-5c")
@pytest.mark.parametrize(
    ("parts", "total", "expected"),
    [
        ([1, 1, 1], 100, [34, 33, 33]),
        ([1, 1, 1], 1, [1, 0, 0]),
        ([1, 1, 1], 2, [1, 1, 0]),
        ([3, 1], 2, [2, 0]),
        ([1, 3], 2, [1, 1]),
        ([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)], 10, [5, 3, 2]),
        ([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)], 7, [4, 2, 1]),
        ([0, 5, 0], 7, [0, 7, 0]),
        ([1, 2], 0, [0, 0]),
        ([7], 3, [3]),
    ],
)
def test_units_that_are_left_go_to_the_largest_remainders(
    parts: list[int | Fraction], total: int, expected: list[int]
) -> None:
    assert apportion(parts, total) == expected


@pytest.mark.rule("AMB-5c")
@given(parts=weights, total=totals)
def test_no_unit_is_made_or_lost(parts: list[int | Fraction], total: int) -> None:
    assert sum(apportion(parts, total)) == total


@given(parts=weights, total=totals)
def test_every_part_is_less_than_one_unit_from_its_exact_share(
    parts: list[int | Fraction], total: int
) -> None:
    for part, got in zip(parts, apportion(parts, total), strict=True):
        assert abs(got - Fraction(part) * total / sum(parts)) < 1


@given(parts=weights, total=totals)
def test_it_agrees_with_handing_out_a_unit_at_a_time(
    parts: list[int | Fraction], total: int
) -> None:
    assert apportion(parts, total) == dull_apportion(parts, total)


@pytest.mark.parametrize("count", range(1, 5))
def test_it_agrees_on_every_small_case(count: int) -> None:
    for parts in product(range(4), repeat=count):
        if any(parts):
            for total in range(8):
                assert apportion(parts, total) == dull_apportion(list(parts), total)


@given(parts=weights, total=totals, factor=st.fractions("1/9", 9, max_denominator=9))
def test_only_the_proportion_of_weights_matters(
    parts: list[int | Fraction], total: int, factor: Fraction
) -> None:
    assert apportion([part * factor for part in parts], total) == apportion(parts, total)


@given(parts=weights, total=totals)
def test_any_iterable_is_read_once(parts: list[int | Fraction], total: int) -> None:
    assert apportion(iter(parts), total) == apportion(tuple(parts), total)


def test_nothing_over_nothing_is_nothing() -> None:
    assert apportion([], 0) == []
    assert apportion([0, Fraction(0)], 0) == [0, 0]


@pytest.mark.parametrize("parts", [[], [0], [0, Fraction(0)]])
def test_a_total_cannot_be_divided_over_nothing(parts: list[int | Fraction]) -> None:
    with pytest.raises(
        WorklogError, match=r"^at least one weight .* to divide 3: found none"
    ) as caught:
        apportion(parts, 3)
    assert (caught.value.field, caught.value.value) == ("weights", tuple(parts))


@pytest.mark.parametrize(
    "total", [-1, 1.0, True, None, "3", Fraction(3), pytest.param(-(10**5000), id="endless")]
)
def test_a_total_that_is_no_whole_number_is_refused(total: Any) -> None:
    with pytest.raises(WorklogError, match=r"^total must be a whole number .* found ") as caught:
        apportion([1], total)
    assert caught.value.field == "total"


@pytest.mark.parametrize("weight", [-1, 0.5, True, None, "1", Fraction(-1, 2), float("nan"), 1j])
def test_a_weight_that_is_not_exact_is_refused(weight: Any) -> None:
    with pytest.raises(WorklogError, match=r"^weights must be exact .*: found ") as caught:
        apportion([1, weight], 3)
    assert caught.value.field == "weights"
    assert caught.value.value is weight


@pytest.mark.parametrize("parts", [None, 3, 1.5])
def test_weights_that_are_no_iterable_are_refused(parts: Any) -> None:
    with pytest.raises(WorklogError, match=r"^weights must be an iterable .*: found ") as caught:
        apportion(parts, 3)
    assert caught.value.field == "weights"


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8), st.integers(1, 10**4))
def test_largest_remainder_keeps_a_whole_sum(numerators: list[int], denominator: int) -> None:
    numerators[0] += -sum(numerators) % denominator
    parts = largest_remainder(numerators, denominator)
    assert sum(parts) * denominator == sum(numerators)
    assert all(
        abs(part * denominator - numerator) < denominator
        for part, numerator in zip(parts, numerators, strict=True)
    )
