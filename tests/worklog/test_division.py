"""Parallel time is divided without a rest: laws against a walk through every instant."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worklog_core import (
    DivisionPolicy,
    EqualSplit,
    ExclusiveFocus,
    Interval,
    IntervalSet,
    ScreenSession,
    WorklogError,
    divide_parallel_time,
)
from worklog_core.mappings import FrozenMapping
from worklog_core.worklog.division import SharedClock, whole_weights

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HORIZON = 20
A_SESSION = ScreenSession(user_id="U1", ticket_id="T1", start=NINE, end=NINE + TICK)


def span(start: int, end: int, unit: timedelta = TICK) -> Interval:
    return Interval(start=NINE + start * unit, end=NINE + end * unit)


def frozen(given: Mapping[Any, Any]) -> FrozenMapping[Any, Any]:
    return FrozenMapping(given)


@attrs.frozen
class Weighted:
    """A policy for tests: what a ticket weighs stands in a table, and is 1 where it does not."""

    weights: Mapping[Any, Any] = attrs.field(converter=frozen)

    def weight_of(self, key: Any) -> Any:
        return self.weights.get(key, 1)


@attrs.frozen
class Grade:
    """A key that stands beside others of its level: at least as high, and not above them."""

    name: str
    level: int

    def __lt__(self, other: "Grade") -> bool:
        return self.level < other.level

    def __le__(self, other: "Grade") -> bool:
        return self.level <= other.level


def exact_shares(
    open_times: Mapping[str, Iterable[Interval]], weight_of: Mapping[str, int | Fraction]
) -> dict[str, Fraction]:
    """Walk through every microsecond and give each open ticket its part of it."""
    spans = {key: list(intervals) for key, intervals in open_times.items()}
    shares = dict.fromkeys(spans, Fraction())
    for tick in range(HORIZON):
        at = NINE + tick * TICK
        here = [key for key in spans if any(i.start <= at < i.end for i in spans[key])]
        together = sum((Fraction(weight_of[key]) for key in here), Fraction())
        for key in here:
            shares[key] += weight_of[key] / together
    return shares


def by_largest_remainder(shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Hand out what is left one by one, to the largest remainder and then to the lower key."""
    parts = {key: share.numerator // share.denominator for key, share in shares.items()}
    left = sum(shares.values(), Fraction()) - sum(parts.values())
    waiting = sorted(shares, key=lambda key: (parts[key] - shares[key], key))
    for key in waiting[: int(left)]:
        parts[key] += 1
    return parts


ends = st.lists(st.integers(0, HORIZON), min_size=2, max_size=2, unique=True).map(sorted)
spans = ends.map(lambda pair: span(pair[0], pair[1]))
open_times = st.dictionaries(st.text("abcdef", max_size=2), st.lists(spans, max_size=4), max_size=6)
weights: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.text("abcdef", max_size=2),
    st.integers(1, 5) | st.fractions(Fraction(1, 9), 7, max_denominator=9),
)


@pytest.mark.rule("E-14")
def test_four_tickets_open_for_twenty_minutes_are_five_minutes_each() -> None:
    twenty = [span(0, 20, MINUTE)]
    shares = divide_parallel_time({"T1": twenty, "T2": twenty, "T3": twenty, "T4": twenty})
    assert shares == dict.fromkeys(["T1", "T2", "T3", "T4"], 5 * MINUTE)


@pytest.mark.rule("E-14")
def test_only_what_is_open_at_once_is_divided() -> None:
    shares = divide_parallel_time({"T1": [span(0, 20, MINUTE)], "T2": [span(10, 30, MINUTE)]})
    assert shares == {"T1": 15 * MINUTE, "T2": 15 * MINUTE}


@pytest.mark.rule("E-14")
def test_one_ticket_in_two_windows_is_open_once() -> None:
    windows = [span(0, 10, MINUTE), span(5, 15, MINUTE), span(0, 15, MINUTE)]
    assert divide_parallel_time({"T1": windows}) == {"T1": 15 * MINUTE}


class TestLaws:
    @pytest.mark.rule("E-14", "AMB-5c")
    @given(open_times, weights)
    def test_the_shares_sum_to_the_time_in_which_anything_was_open(
        self, opened: dict[str, list[Interval]], heavy: dict[str, Any]
    ) -> None:
        union = IntervalSet(interval for spans in opened.values() for interval in spans)
        for policy in (EqualSplit(), Weighted(heavy)):
            shares = divide_parallel_time(opened, policy=policy)
            assert sum(shares.values(), timedelta()) == union.duration

    @pytest.mark.rule("AMB-5c")
    @given(open_times, weights)
    def test_they_are_the_exact_shares_by_largest_remainder(
        self, opened: dict[str, list[Interval]], heavy: dict[str, Any]
    ) -> None:
        for table in ({}, heavy):
            exact = exact_shares(opened, {key: table.get(key, 1) for key in opened})
            shares = divide_parallel_time(opened, policy=Weighted(table))
            assert {key: share // TICK for key, share in shares.items()} == (
                by_largest_remainder(exact)
            )
            for key, share in exact.items():
                assert abs(shares[key] // TICK - share) < 1

    @given(open_times.flatmap(lambda o: st.tuples(st.just(o), st.permutations(list(o.items())))))
    def test_the_order_of_the_keys_does_not_matter(
        self, pair: tuple[dict[str, list[Interval]], list[tuple[str, list[Interval]]]]
    ) -> None:
        opened, turned = pair
        assert divide_parallel_time(dict(turned)) == divide_parallel_time(opened)

    @given(open_times)
    def test_how_the_time_of_a_key_is_cut_does_not_matter(
        self, opened: dict[str, list[Interval]]
    ) -> None:
        again = {
            key: (i for i in [*reversed(spans), *IntervalSet(spans)])
            for key, spans in opened.items()
        }
        as_sets = {key: IntervalSet(spans) for key, spans in opened.items()}
        shares = divide_parallel_time(opened)
        assert divide_parallel_time(again) == divide_parallel_time(as_sets) == shares

    @given(open_times, weights, st.fractions(Fraction(1, 50), 50, max_denominator=50))
    @example({"a": [span(0, 3)], "b": [span(1, 2)]}, {}, Fraction(1, 7))
    def test_only_the_proportion_of_the_weights_matters(
        self, opened: dict[str, list[Interval]], heavy: dict[str, Any], factor: Fraction
    ) -> None:
        scaled = {key: heavy.get(key, 1) * factor for key in opened}
        assert divide_parallel_time(opened, policy=Weighted(scaled)) == divide_parallel_time(
            opened, policy=Weighted(heavy)
        )

    @given(open_times)
    def test_the_answer_stands_in_the_order_of_the_keys(
        self, opened: dict[str, list[Interval]]
    ) -> None:
        assert list(divide_parallel_time(opened)) == sorted(opened)


class TestTies:
    @pytest.mark.rule("AMB-5c")
    @pytest.mark.parametrize(
        ("keys", "favoured"), [("ab", "a"), ("ba", "a"), (("T10", "T9"), "T10"), ((2, 10), 2)]
    )
    def test_the_odd_microsecond_goes_to_the_lower_key(self, keys: Any, favoured: Any) -> None:
        shares = divide_parallel_time({key: [span(0, 1)] for key in keys})
        assert shares == {key: TICK * (key == favoured) for key in keys}

    @pytest.mark.rule("AMB-5c")
    def test_the_favour_is_granted_once_a_call_and_does_not_add_up(self) -> None:
        moments = [span(2 * n, 2 * n + 1) for n in range(1000)]
        shares = divide_parallel_time({"a": moments, "b": moments, "c": moments})
        assert [share // TICK for share in shares.values()] == [334, 333, 333]

    @pytest.mark.rule("AMB-5c")
    def test_a_larger_remainder_comes_before_a_lower_key(self) -> None:
        shares = divide_parallel_time(
            {"a": [span(0, 1)], "b": [span(0, 1)]}, policy=Weighted({"b": Fraction(3, 2)})
        )
        assert shares == {"a": timedelta(), "b": TICK}


class TestSizes:
    def test_nothing_is_divided_over_nobody(self) -> None:
        assert divide_parallel_time({}) == {}

    @pytest.mark.parametrize("nothing", [(), [], IntervalSet(), iter(())])
    def test_a_key_that_was_never_open_gets_nothing(self, nothing: Any) -> None:
        shares = divide_parallel_time({"a": nothing, "b": [span(0, 7)]})
        assert shares == {"a": timedelta(), "b": 7 * TICK}

    def test_five_thousand_tickets_at_once(self) -> None:
        """They open one by one, so that five thousand levels occur, and sum to the union."""
        count = 5_000
        opened = {f"{n:04}": [span(n, count)] for n in range(count)}
        shares = divide_parallel_time(opened)
        assert sum(shares.values(), timedelta()) == count * TICK
        harmonic = sum((Fraction(1, level) for level in range(1, count + 1)), Fraction())
        assert abs(shares["0000"] // TICK - harmonic) < 1
        assert list(shares.values()) == sorted(shares.values(), reverse=True)

    def test_the_whole_range_of_datetime_is_divided(self) -> None:
        always = Interval(
            start=datetime.min.replace(tzinfo=UTC), end=datetime.max.replace(tzinfo=UTC)
        )
        shares = divide_parallel_time({"a": [always], "b": [always], "c": [always]})
        assert sum(shares.values(), timedelta()) == always.duration


class TestTheDoor:
    @pytest.mark.parametrize("value", [None, [], [("a", [span(0, 1)])], "ab", 7, {"a", "b"}])
    def test_open_times_are_a_mapping(self, value: Any) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^open_times must be a mapping of keys to intervals: found .*\. "
            r"Collect the intervals of each ticket under its id\.$",
        ) as caught:
            divide_parallel_time(value)
        assert (caught.value.field, caught.value.value) == ("open_times", value)

    @pytest.mark.parametrize(
        "keys",
        [
            ("a", 1),
            ("a", None),
            (1j, 2j),
            (frozenset({1}), frozenset({2})),
            (float("nan"), 1.0),
            (EqualSplit(), Weighted({})),
        ],
        ids=repr,
    )
    def test_keys_without_an_order_are_refused(self, keys: tuple[Any, ...]) -> None:
        for order in (keys, keys[::-1]):
            opened = {key: [span(0, 1)] for key in order}
            with pytest.raises(
                WorklogError,
                match=r"^the keys of open_times must have an order, for ties go to the lower one: "
                r"found .*\. Use ids of one type\.$",
            ) as caught:
                divide_parallel_time(opened)
            assert caught.value.field == "open_times"
            assert caught.value.value is opened

    def test_keys_of_which_neither_is_the_lower_have_no_order(self) -> None:
        opened = {Grade("T1", 1): [span(0, 1)], Grade("T2", 1): [span(0, 1)]}
        with pytest.raises(WorklogError, match=r"^the keys of open_times must have an order, "):
            divide_parallel_time(opened)

    def test_any_keys_that_have_an_order_will_do(self) -> None:
        keys: list[Any] = [("U1", "T2"), ("U1", "T1")]
        assert set(divide_parallel_time({key: [span(0, 2)] for key in keys}).values()) == {TICK}
        nested = [frozenset({1}), frozenset({1, 2})]
        assert set(divide_parallel_time({key: [span(0, 2)] for key in nested}).values()) == {TICK}

    @pytest.mark.parametrize(
        ("intervals", "found"),
        [
            ([A_SESSION], A_SESSION),
            (None, None),
            (7, 7),
            (span(0, 1), span(0, 1)),
            ([span(0, 1), None], None),
            ([(NINE, NINE + TICK)], (NINE, NINE + TICK)),
            ("ab", "a"),
        ],
    )
    def test_a_key_holds_intervals_and_is_named_where_it_does_not(
        self, intervals: Any, found: Any
    ) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^open_times must map each key to its intervals: found .* under 'T7' \(str\)\. "
            r"Make each with Interval\(start, end\), and put a single one in a list\.$",
        ) as caught:
            divide_parallel_time({"T1": [span(0, 1)], "T7": intervals})
        assert (caught.value.field, caught.value.value) == ("open_times", found)

    @pytest.mark.parametrize("value", [None, EqualSplit, "EqualSplit", 1, {"T1": 2}])
    def test_a_policy_can_be_asked(self, value: Any) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^policy must be a division policy: found .*\. "
            r"Pass a value such as EqualSplit\(\)\.$",
        ) as caught:
            divide_parallel_time({}, policy=value)
        assert (caught.value.field, caught.value.value) == ("policy", value)

    @pytest.mark.parametrize(
        "weight", [0, -1, Fraction(0), Fraction(-1, 2), 1.0, 0.5, True, False, None, "1"]
    )
    def test_a_weight_is_exact_and_above_zero(self, weight: Any) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^a weight must be an exact number above zero: found .* for 'T2' \(str\)\. "
            r"Use int or fractions\.Fraction\.$",
        ) as caught:
            divide_parallel_time({"T1": [], "T2": []}, policy=Weighted({"T2": weight}))
        assert (caught.value.field, caught.value.value) == ("weight", weight)


@pytest.mark.parametrize("policy", [EqualSplit, ExclusiveFocus])
class TestNobodyCountsForMore:
    def test_every_ticket_weighs_one(self, policy: Callable[[], DivisionPolicy]) -> None:
        assert policy().weight_of("T1") == 1
        assert whole_weights(policy(), ["T1", "T2"]) == {"T1": 1, "T2": 1}

    def test_a_policy_is_a_value(self, policy: Callable[[], DivisionPolicy]) -> None:
        assert policy() == policy()
        assert hash(policy()) == hash(policy())


class TestWeights:
    def test_equal_parts_are_the_default(self) -> None:
        policy: DivisionPolicy = EqualSplit()
        assert policy == EqualSplit()
        assert hash(policy) == hash(EqualSplit())
        assert {policy.weight_of(key) for key in ("T1", 7, None)} == {1}

    def test_a_ticket_of_double_weight_gets_double_the_time(self) -> None:
        opened = {"T1": [span(0, 30, MINUTE)], "T2": [span(0, 15, MINUTE)]}
        shares = divide_parallel_time(opened, policy=Weighted({"T2": 2}))
        assert shares == {"T1": 20 * MINUTE, "T2": 10 * MINUTE}

    @given(st.dictionaries(st.integers(), st.integers(1) | st.fractions(Fraction(1, 99), 99)))
    def test_whole_weights_keep_the_proportion(self, given_weights: dict[int, Any]) -> None:
        whole = whole_weights(Weighted(given_weights), given_weights)
        assert all(type(weight) is int for weight in whole.values())
        factors = {Fraction(whole[key]) / weight for key, weight in given_weights.items()}
        assert len(factors) <= 1


class TestSharedClock:
    """The clock alone: it reads in units of 1/scale microseconds."""

    @staticmethod
    def read(clock: SharedClock) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
        faces = (clock.main, clock.fallback)
        main, fallback = ({at: Fraction(t, clock.scale) for at, t in f.items()} for f in faces)
        return main, fallback

    def test_it_runs_at_one_nth_while_n_are_open(self) -> None:
        main, _ = self.read(SharedClock({0: 1, 6: 2, 12: -2, 20: -1}))
        assert main == {0: 0, 6: 6, 12: 8, 20: 16}

    def test_it_stands_while_nothing_is_open(self) -> None:
        main, fallback = self.read(SharedClock({0: 1, 5: -1, 50: 1, 60: -1}))
        assert main == {0: 0, 5: 5, 50: 5, 60: 15}
        assert set(fallback.values()) == {0}

    def test_an_instant_without_a_change_can_be_read(self) -> None:
        main, _ = self.read(SharedClock({0: 2, 3: 0, 10: -2}))
        assert main[3] == Fraction(3, 2)

    def test_no_instants_make_a_clock_too(self) -> None:
        clock = SharedClock({})
        assert (clock.main, clock.fallback, clock.scale) == ({}, {}, 1)

    @pytest.mark.rule("AMB-5b")
    def test_the_fallback_runs_only_where_nothing_of_the_first_kind_is_open(self) -> None:
        main, fallback = self.read(SharedClock({10: 1, 20: -1}, {0: 2, 30: -2}))
        assert main == {0: 0, 10: 0, 20: 10, 30: 10}
        assert fallback == {0: 0, 10: 5, 20: 5, 30: 10}

    @pytest.mark.rule("AMB-5b")
    @given(st.lists(ends, max_size=5), st.lists(ends, max_size=5))
    def test_both_faces_agree_with_a_walk_through_every_tick(
        self, first: list[list[int]], second: list[list[int]]
    ) -> None:
        main, fallback = self.read(SharedClock(_deltas(first), _deltas(second)))
        for at in main:
            of_main = of_fallback = Fraction()
            for tick in range(min([*main, 0]), at):
                here = sum(start <= tick < end for start, end in first)
                others = sum(start <= tick < end for start, end in second)
                if here:
                    of_main += Fraction(1, here)
                elif others:
                    of_fallback += Fraction(1, others)
            assert (main[at], fallback[at]) == (of_main, of_fallback)


def _deltas(spans: list[list[int]]) -> dict[int, int]:
    return {
        at: sum(start == at for start, _ in spans) - sum(end == at for _, end in spans)
        for at in {at for span in spans for at in span}
    }
