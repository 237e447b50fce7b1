"""Interval algebra against sets of ticks, and what comes in at its door."""

import copy
import operator
import pickle
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.errors import NaiveDatetimeError, RangeError, WorklogError
from worklog_core.intervals import Interval, IntervalSet, merge_intervals

BERLIN = ZoneInfo("Europe/Berlin")
TICK = timedelta(microseconds=1)
FIRST = datetime(2026, 10, 25, 0, 59, 59, 999990, tzinfo=UTC)
HORIZON = 24
Algebra = Callable[[Any, Any], Any]


def at(tick: int) -> datetime:
    return FIRST + tick * TICK


def interval(start: int, end: int) -> Interval:
    return Interval(at(start), at(end))


def ticks_of(intervals: Iterable[Interval]) -> set[int]:
    """Ask every tick of the horizon whether any interval holds it."""
    found = list(intervals)
    return {tick for tick in range(HORIZON) if any(i.start <= at(tick) < i.end for i in found)}


def is_canonical(whole: IntervalSet) -> bool:
    """Ask whether no interval is empty, and each ends before the next one starts."""
    return all(part.start < part.end for part in whole) and all(
        before.end < after.start for before, after in pairwise(whole)
    )


def interval_set(*ends: tuple[int, int]) -> IntervalSet:
    return IntervalSet(interval(start, end) for start, end in ends)


ends = st.tuples(st.integers(0, HORIZON), st.integers(0, HORIZON)).filter(lambda e: e[0] != e[1])
intervals = ends.map(lambda e: interval(min(e), max(e)))
lists = st.lists(intervals, max_size=6)
sets = lists.map(IntervalSet)
instants = st.integers(-2, HORIZON + 2).map(at)


class TestInterval:
    def test_it_holds_its_start_and_not_its_end(self) -> None:
        hour = Interval(datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC))
        assert hour.start in hour
        assert hour.end - TICK in hour
        assert hour.end not in hour
        assert hour.start - TICK not in hour
        assert hour.duration == timedelta(hours=1)

    def test_its_ends_are_kept_in_utc(self) -> None:
        nine = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
        kept = Interval(start=nine, end=nine + TICK)
        assert kept.start.tzinfo is UTC
        assert kept.end.tzinfo is UTC
        assert kept.start.hour == 8

    @given(intervals)
    def test_the_same_instants_in_other_zones_are_the_same_interval(self, whole: Interval) -> None:
        local = Interval(
            whole.start.astimezone(BERLIN), whole.end.astimezone(timezone(timedelta(hours=5)))
        )
        assert local == whole
        assert hash(local) == hash(whole)
        assert {local, whole} == {whole}

    @given(intervals, intervals)
    def test_intervals_sort_by_their_starts_and_then_their_ends(
        self, left: Interval, right: Interval
    ) -> None:
        assert (left < right) == ((left.start, left.end) < (right.start, right.end))
        assert (left <= right) == (not right < left)

    @given(intervals, instants)
    def test_an_instant_is_held_from_start_to_end(self, whole: Interval, instant: datetime) -> None:
        assert (instant in whole) == (whole.start <= instant < whole.end)

    @given(intervals)
    def test_it_travels_as_an_equal_value(self, whole: Interval) -> None:
        for other in (
            pickle.loads(pickle.dumps(whole)),
            copy.copy(whole),
            copy.deepcopy(whole),
        ):
            assert other == whole
            assert hash(other) == hash(whole)
            assert other.start.tzinfo is UTC

    def test_it_cannot_change(self) -> None:
        with pytest.raises(FrozenInstanceError, match=r"set attribute|^$"):
            cast("Any", interval(0, 1)).start = at(2)

    def test_one_microsecond_is_the_shortest(self) -> None:
        assert interval(0, 1).duration == timedelta.resolution

    def test_the_whole_range_of_datetime_is_an_interval(self) -> None:
        whole = Interval(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
        assert whole.duration == datetime.max - datetime.min
        assert IntervalSet([whole]) - IntervalSet([whole]) == IntervalSet()

    @pytest.mark.parametrize("end", [0, -1])
    def test_an_end_that_is_not_after_the_start_is_refused(self, end: int) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^Interval\.end must be after its start 2026-.*: found 2026-.* use IntervalSet",
        ) as caught:
            interval(0, end)
        assert (caught.value.field, caught.value.value) == ("Interval.end", at(end))

    @pytest.mark.parametrize(
        ("start", "end", "field"),
        [(datetime(2026, 3, 2), at(1), "start"), (at(1), datetime(2026, 3, 2), "end")],
    )
    def test_a_naive_end_is_refused_by_name(
        self, start: datetime, end: datetime, field: str
    ) -> None:
        with pytest.raises(NaiveDatetimeError, match=rf"^Interval\.{field} must carry") as caught:
            Interval(start, end)
        assert caught.value.field == f"Interval.{field}"

    @pytest.mark.parametrize("value", [None, "2026-03-02T09:00:00Z", 0, True])
    def test_what_is_no_datetime_is_refused_by_name(self, value: Any) -> None:
        with pytest.raises(WorklogError, match=r"^Interval\.end must be a datetime"):
            Interval(at(0), value)
        with pytest.raises(WorklogError, match=r"^instant must be a datetime"):
            assert value in interval(0, 1)

    def test_an_end_that_utc_cannot_represent_is_refused(self) -> None:
        with pytest.raises(RangeError, match=r"^Interval\.start must be an instant that UTC"):
            Interval(datetime.min.replace(tzinfo=BERLIN), at(0))


class TestTheFold:
    """On 2026-10-25 Berlin shows 02:30 twice, an hour apart."""

    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)

    def test_between_the_two_occurrences_lies_an_hour(self) -> None:
        assert Interval(self.first, self.second).duration == timedelta(hours=1)

    def test_the_second_occurrence_is_no_start_of_an_interval_to_the_first(self) -> None:
        with pytest.raises(WorklogError, match=r"^Interval\.end must be after its start "):
            Interval(self.second, self.first)

    def test_a_later_wall_time_may_be_an_earlier_instant(self) -> None:
        quarter_to = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN)
        assert Interval(quarter_to, self.second).duration == timedelta(minutes=45)

    def test_only_one_of_the_two_lies_within_the_first_hour(self) -> None:
        hour = Interval(
            datetime(2026, 10, 25, 2, tzinfo=BERLIN),
            datetime(2026, 10, 25, 2, tzinfo=BERLIN, fold=1),
        )
        assert self.first in hour
        assert self.second not in hour
        assert self.first in IntervalSet([hour])
        assert self.second not in IntervalSet([hour])

    def test_the_two_hours_are_two_intervals_that_touch(self) -> None:
        two, fold_two = (datetime(2026, 10, 25, 2, tzinfo=BERLIN, fold=f) for f in (0, 1))
        three = datetime(2026, 10, 25, 3, tzinfo=BERLIN)
        assert Interval(two, fold_two) != Interval(fold_two, three)
        both = IntervalSet([Interval(fold_two, three), Interval(two, fold_two)])
        assert both.intervals == (Interval(two, three),)
        assert both.duration == timedelta(hours=2)

    def test_across_the_gap_an_hour_of_the_wall_clock_is_missing(self) -> None:
        night = Interval(
            datetime(2026, 3, 29, 1, tzinfo=BERLIN), datetime(2026, 3, 29, 4, tzinfo=BERLIN)
        )
        assert night.duration == timedelta(hours=2)


class TestTheSet:
    @given(lists)
    def test_it_holds_the_ticks_of_its_intervals(self, parts: list[Interval]) -> None:
        assert ticks_of(IntervalSet(parts)) == ticks_of(parts)

    @pytest.mark.parametrize("operation", [operator.or_, operator.and_, operator.sub, operator.xor])
    @given(left=sets, right=sets)
    def test_the_algebra_agrees_with_sets_of_ticks(
        self, operation: Algebra, left: IntervalSet, right: IntervalSet
    ) -> None:
        result = operation(left, right)
        assert ticks_of(result) == operation(ticks_of(left), ticks_of(right))
        assert is_canonical(result)

    @given(sets)
    def test_a_set_rebuilt_from_its_ticks_is_itself(self, whole: IntervalSet) -> None:
        rebuilt = IntervalSet(interval(tick, tick + 1) for tick in ticks_of(whole))
        assert rebuilt == whole
        assert hash(rebuilt) == hash(whole)

    @given(sets, sets)
    def test_sets_are_equal_where_their_ticks_are(
        self, left: IntervalSet, right: IntervalSet
    ) -> None:
        assert (left == right) == (ticks_of(left) == ticks_of(right))

    @given(lists, st.randoms())
    def test_order_and_duplicates_do_not_matter(self, parts: list[Interval], random: Any) -> None:
        shuffled = [*parts, *parts]
        random.shuffle(shuffled)
        assert IntervalSet(shuffled) == IntervalSet(parts)

    @given(sets)
    def test_its_intervals_are_sorted_and_apart(self, whole: IntervalSet) -> None:
        assert is_canonical(whole)
        assert tuple(whole) == whole.intervals

    @given(sets)
    def test_its_duration_is_its_number_of_ticks(self, whole: IntervalSet) -> None:
        assert whole.duration == len(ticks_of(whole)) * TICK
        assert bool(whole) == bool(ticks_of(whole))

    @given(sets, st.integers(0, HORIZON - 1))
    def test_it_knows_which_instants_it_holds(self, whole: IntervalSet, tick: int) -> None:
        assert (at(tick) in whole) == (tick in ticks_of(whole))
        assert (at(tick).astimezone(BERLIN) in whole) == (at(tick) in whole)

    @given(sets)
    def test_it_travels_as_an_equal_value(self, whole: IntervalSet) -> None:
        for other in (pickle.loads(pickle.dumps(whole)), copy.copy(whole), copy.deepcopy(whole)):
            assert other == whole
            assert hash(other) == hash(whole)

    def test_a_set_comes_in_as_it_is(self) -> None:
        whole = interval_set((0, 1), (2, 3))
        assert IntervalSet(whole).intervals == whole.intervals

    def test_touching_intervals_are_one(self) -> None:
        assert interval_set((2, 3), (0, 1), (1, 2)).intervals == (interval(0, 3),)

    def test_a_gap_of_one_microsecond_stays(self) -> None:
        assert len(interval_set((0, 1), (2, 3)).intervals) == 2

    def test_an_interval_inside_another_does_not_shorten_it(self) -> None:
        assert interval_set((0, 9), (1, 2), (9, 10)).intervals == (interval(0, 10),)

    def test_one_hole_may_cut_several_intervals(self) -> None:
        assert interval_set((0, 4), (6, 8), (9, 12)) - interval_set((3, 10)) == interval_set(
            (0, 3), (10, 12)
        )

    def test_several_holes_may_cut_one_interval(self) -> None:
        assert interval_set((0, 12)) - interval_set((0, 1), (3, 4), (11, 12)) == interval_set(
            (1, 3), (4, 11)
        )

    def test_hundreds_of_intervals_are_as_exact_as_three(self) -> None:
        many = interval_set(*((3 * n, 3 * n + 2) for n in range(300)))
        whole, after = interval_set((0, 9000)), interval_set((3100, 3200))
        assert all(at(3 * n + 1) in many and at(3 * n + 2) not in many for n in range(300))
        assert many & many == many & whole == whole & many == many
        assert (many - whole, many & after) == (IntervalSet(), IntervalSet())
        assert (after - many, whole - (whole - many)) == (after, many)
        assert (whole - many).duration == 8400 * TICK

    def test_what_touches_shares_nothing(self) -> None:
        assert interval_set((0, 2)) & interval_set((2, 4)) == IntervalSet()
        assert interval_set((2, 4)) & interval_set((0, 2), (4, 5)) == IntervalSet()

    def test_holes_before_and_after_cut_nothing(self) -> None:
        assert interval_set((4, 8)) - interval_set((0, 1), (5, 6), (9, 10)) == interval_set(
            (4, 5), (6, 8)
        )

    def test_no_time_at_all_is_the_empty_set(self) -> None:
        nothing = IntervalSet()
        assert not nothing
        assert nothing.duration == timedelta()
        assert list(nothing) == []
        assert at(0) not in nothing
        assert nothing == IntervalSet([]) == interval_set((0, 1)) - interval_set((0, 1))

    def test_it_shows_what_it_holds(self) -> None:
        assert repr(IntervalSet()) == "IntervalSet()"
        assert repr(interval_set((0, 1))) == f"IntervalSet([{interval(0, 1)!r}])"

    @pytest.mark.parametrize("operation", [operator.or_, operator.and_, operator.sub, operator.xor])
    @pytest.mark.parametrize("other", [None, 1, set(), (), [interval(0, 1)], interval(0, 1)])
    def test_the_algebra_takes_sets_only(self, operation: Algebra, other: object) -> None:
        with pytest.raises(TypeError, match="unsupported operand"):
            operation(IntervalSet(), other)

    @pytest.mark.parametrize("value", [None, 1, interval(0, 1), at(0)])
    @pytest.mark.parametrize("take", [IntervalSet, merge_intervals])
    def test_what_is_no_iterable_is_refused(self, take: Any, value: object) -> None:
        with pytest.raises(
            WorklogError, match=r"^intervals must be an iterable of Interval: .* in a list; "
        ) as caught:
            take(value)
        assert (caught.value.field, caught.value.value) == ("intervals", value)

    @pytest.mark.parametrize("value", [None, (at(0), at(1)), "ab", at(0)])
    @pytest.mark.parametrize("take", [IntervalSet, merge_intervals])
    def test_what_holds_no_intervals_is_refused(self, take: Any, value: object) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^intervals must hold Interval values: .* Interval\(start, end\)\.$",
        ) as caught:
            take([interval(0, 1), value])
        assert (caught.value.field, caught.value.value) == ("intervals", value)

    def test_an_error_while_the_intervals_are_read_stays_its_own(self) -> None:
        def broken() -> Iterator[Interval]:
            yield interval(0, 1)
            raise TypeError("the source is broken")

        with pytest.raises(TypeError, match="the source is broken"):
            IntervalSet(broken())

    @pytest.mark.parametrize("value", [None, "x", 0, datetime(2026, 3, 2), interval(0, 1)])
    def test_only_an_instant_can_be_in_a_set(self, value: object) -> None:
        with pytest.raises(WorklogError, match=r"^instant must "):
            assert value in IntervalSet()


class TestMerging:
    @given(lists, st.integers(0, HORIZON))
    def test_a_gap_up_to_the_bound_is_filled(self, parts: list[Interval], bound: int) -> None:
        covered = ticks_of(parts)
        filled = set(covered)
        for tick in range(HORIZON):
            before = [c for c in covered if c < tick]
            after = [c for c in covered if c > tick]
            if before and after and min(after) - max(before) - 1 <= bound:
                filled.add(tick)
        assert ticks_of(merge_intervals(parts, max_gap=bound * TICK)) == filled

    @given(lists)
    def test_without_a_bound_it_is_the_set(self, parts: list[Interval]) -> None:
        assert merge_intervals(parts) == IntervalSet(parts)
        assert merge_intervals(iter(parts)) == IntervalSet(parts)

    @given(lists, st.integers(0, HORIZON))
    def test_a_result_is_canonical(self, parts: list[Interval], bound: int) -> None:
        merged = merge_intervals(parts, max_gap=bound * TICK)
        assert is_canonical(merged)
        assert merge_intervals(merged, max_gap=bound * TICK) == merged

    def test_a_gap_that_equals_the_bound_is_bridged(self) -> None:
        parts = [interval(0, 2), interval(4, 5)]
        assert merge_intervals(parts, max_gap=2 * TICK).intervals == (interval(0, 5),)
        assert len(merge_intervals(parts, max_gap=TICK).intervals) == 2

    @pytest.mark.parametrize("bound", [-TICK, 0, 1.5, None, "1 s"])
    def test_a_bound_that_is_no_duration_is_refused(self, bound: Any) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^max_gap must be a timedelta that is not negative: .* Leave it out ",
        ) as caught:
            merge_intervals([], max_gap=bound)
        assert (caught.value.field, caught.value.value) == ("max_gap", bound)
