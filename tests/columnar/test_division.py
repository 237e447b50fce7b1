"""Parallel time of many users at once, against stepping through it in fractions."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from worklog_core import Interval
from worklog_core import divide_parallel_time as divide_scalar
from worklog_core.columnar import divide_parallel_time, division, packing, parallel
from worklog_core.columnar.packing import both_in_order, in_order, owner_starts

SECOND = 1_000_000
Session = tuple[int, int, int, int]  # user, ticket, start, end


def divided(sessions: list[Session]) -> list[int]:
    columns = np.array(sessions, np.int64).reshape(-1, 4).T.copy()
    parts: list[int] = divide_parallel_time(*columns).tolist()
    return parts


def stepped(sessions: list[Session]) -> list[int]:
    """Divide by going through every stretch between two boundaries, in fractions."""
    parts = [0] * len(sessions)
    for user in {session[0] for session in sessions}:
        mine = [n for n, session in enumerate(sessions) if session[0] == user]
        by_start = sorted(mine, key=lambda n: (*sessions[n][2:], n))
        shares = dict.fromkeys(mine, Fraction())
        instants = sorted({at for n in mine for at in sessions[n][2:]})
        for since, until in pairwise(instants):
            first: dict[int, int] = {}
            for n in by_start:
                _, ticket, start, end = sessions[n]
                if start <= since and until <= end:
                    first.setdefault(ticket, n)
            for n in first.values():
                shares[n] += Fraction(until - since, len(first))
        for n in mine:
            parts[n] = int(shares[n])
        left = int(sum(shares.values())) - sum(parts[n] for n in mine)
        by_rest = sorted(mine, key=lambda n: (parts[n] - shares[n], *sessions[n][1:], n))
        for n in by_rest[:left]:
            parts[n] += 1
    return parts


@st.composite
def sessions_of_some(draw: st.DrawFn, most: int = 14) -> list[Session]:
    """Draw sessions of few users and tickets, so that they meet in every way."""
    users = st.integers(0, draw(st.sampled_from([0, 1, 3])))
    tickets = st.integers(0, draw(st.sampled_from([0, 1, 4, 9])))
    span = draw(st.sampled_from([3, 8, 50, 10**9]))
    start = st.integers(-span, span)
    length = st.integers(0, span)
    rows = st.tuples(users, tickets, start, length).map(lambda s: (s[0], s[1], s[2], s[2] + s[3]))
    return draw(st.lists(rows, max_size=most))


@pytest.mark.rule("E-14", "AMB-5", "AMB-5c")
@settings(max_examples=300)
@given(sessions_of_some())
def test_parts_are_those_of_stepping_through_fractions(sessions: list[Session]) -> None:
    assert divided(sessions) == stepped(sessions)


@given(sessions_of_some())
def test_nothing_is_counted_twice_and_nothing_is_lost(sessions: list[Session]) -> None:
    parts = divided(sessions)
    for user in {session[0] for session in sessions}:
        mine = sorted(session[2:] for session in sessions if session[0] == user)
        union, reached = 0, mine[0][0]
        for start, end in mine:
            union += max(end - max(start, reached), 0)
            reached = max(reached, end)
        given_out = [p for p, session in zip(parts, sessions, strict=True) if session[0] == user]
        assert sum(given_out) == union
        assert min(given_out) >= 0


@given(sessions_of_some(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_but_ties_of_equal_sessions(
    sessions: list[Session], chance: Any
) -> None:
    unlike = list(dict.fromkeys(sessions))
    parts = dict(zip(unlike, divided(unlike), strict=True))
    chance.shuffle(unlike)
    assert dict(zip(unlike, divided(unlike), strict=True)) == parts


@given(sessions_of_some(), st.sampled_from([2**40, -(2**62), 2**61 - 7]))
def test_what_codes_are_used_changes_nothing_but_their_order(
    sessions: list[Session], far: int
) -> None:
    moved = [
        (user + far, ticket * 2**57 - far, start, end) for user, ticket, start, end in sessions
    ]
    assert divided(moved) == divided(sessions)
    for spread in (2**17, 2**59, 2**61):
        moved = [(s[0] * spread - 2**62, s[1], s[2], s[3]) for s in sessions]
        assert divided(moved) == divided(sessions)


@given(sessions_of_some(), st.sampled_from([-62_135_596_800, 253_402_000_000, 1_772_000_000]))
def test_when_it_was_changes_nothing(sessions: list[Session], seconds: int) -> None:
    near = [s for s in sessions if s[2] > -(10**9) and s[3] < 10**9]
    shift = seconds * SECOND + 10**9
    moved = [(user, ticket, start + shift, end + shift) for user, ticket, start, end in near]
    assert divided(moved) == divided(near)


@settings(max_examples=50)
@given(sessions_of_some(most=8))
def test_one_users_tickets_are_divided_as_the_scalar_function_does(
    sessions: list[Session],
) -> None:
    epoch = datetime(2026, 3, 2, tzinfo=UTC)
    by_ticket: dict[int, list[Interval]] = {}
    mine: list[Session] = []
    for _, ticket, start, end in sessions:
        if start < end and not any(t == ticket and start < e and s < end for _, t, s, e in mine):
            mine.append((0, ticket, start, end))
            span = (epoch + timedelta(microseconds=at) for at in (start, end))
            by_ticket.setdefault(ticket, []).append(Interval(*span))
    # Sessions of one ticket tie among themselves here and not there: one each is the same.
    if all(len(spans) == 1 for spans in by_ticket.values()):
        expected = divide_scalar(by_ticket)
        found = {s[1]: timedelta(microseconds=p) for s, p in zip(mine, divided(mine), strict=True)}
        assert found == expected


class TestExamples:
    """Worked examples of dividing, each a rule."""

    @pytest.mark.rule("E-14")
    def test_an_hour_on_four_tickets_is_a_quarter_of_an_hour_each(self) -> None:
        hour = 3600 * SECOND
        assert divided([(1, ticket, 0, hour) for ticket in range(4)]) == [hour // 4] * 4

    @pytest.mark.rule("AMB-5c")
    def test_ties_go_to_the_lower_ticket_then_the_earlier_start_end_and_place(self) -> None:
        assert divided([(1, 9, 0, 1), (1, 8, 0, 1)]) == [0, 1]
        assert divided([(1, 8, 0, 1), (1, 8, 2, 3), (1, 9, 0, 1), (1, 9, 2, 3)]) == [1, 1, 0, 0]
        assert divided([(1, 8, 2, 3), (1, 8, 0, 1), (1, 9, 0, 3)]) == [0, 1, 2]

    @pytest.mark.rule("AMB-5c")
    def test_the_largest_rests_are_served_first_and_once_for_each_user(self) -> None:
        # Ticket 3 has a third and a half, tickets 1 and 2 a third: one of two microseconds is its.
        rows = [(1, 1, 0, 1), (1, 2, 0, 1), (1, 3, 0, 2), (1, 4, 1, 2)]
        assert divided(rows) == [0, 0, 1, 1]
        assert divided([*rows, *((2, *row[1:]) for row in rows)]) == [0, 0, 1, 1] * 2

    def test_where_sessions_of_one_ticket_overlap_the_first_has_the_time(self) -> None:
        assert divided([(1, 1, 0, 10), (1, 1, 5, 12)]) == [10, 2]
        assert divided([(1, 1, 0, 10), (1, 1, 0, 4)]) == [6, 4]
        assert divided([(1, 1, 0, 10), (1, 1, 0, 10)]) == [10, 0]
        assert divided([(1, 1, 0, 10), (1, 1, 2, 4), (1, 1, 3, 11)]) == [10, 0, 1]
        assert divided([(1, 1, 0, 10), (1, 2, 0, 10), (1, 1, 0, 20)]) == [5, 5, 10]

    def test_sessions_that_touch_or_take_no_time_disturb_nobody(self) -> None:
        assert divided([(1, 1, 0, 5), (1, 1, 5, 9), (1, 2, 5, 5), (1, 3, 2, 2)]) == [5, 4, 0, 0]
        assert divided([(1, 1, 5, 9), (1, 1, 0, 5)]) == [4, 5]

    def test_no_sessions_have_no_parts(self) -> None:
        assert divided([]) == []
        assert divide_parallel_time(*np.empty((4, 0), np.int64)).dtype == np.int64


class TestManyAtOnce:
    """What 64 bits hold and what they do not: quotient and rest, and integers of any size."""

    def staircase(self, user: int, tickets: int, step: int, length: int) -> list[Session]:
        return [(user, n, n * step, length + n * step * 2) for n in range(tickets)]

    @pytest.mark.parametrize("tickets", [2, 12, 20, 36, 40, 41, 60, 97])
    @pytest.mark.parametrize("length", [10**4, 10**11 + 7])
    def test_stairs_of_tickets_are_divided_exactly(self, tickets: int, length: int) -> None:
        sessions = self.staircase(1, tickets, 7, length)
        assert divided(sessions) == stepped(sessions)

    def test_one_crowded_user_among_others_is_counted_alone(self) -> None:
        sessions = [
            *self.staircase(3, 3, 11, 1000),
            *self.staircase(2, 60, 3, 10**12),
            *self.staircase(1, 2, 5, 10**12),
            *self.staircase(5, 37, 3, 10**12),
        ]
        assert divided(sessions) == stepped(sessions)

    @pytest.mark.parametrize("limit", [2**12, 2**20, 2**30])
    @settings(max_examples=60)
    @given(sessions=sessions_of_some())
    def test_every_way_of_counting_gives_the_same_integers(
        self, limit: int, sessions: list[Session]
    ) -> None:
        expected = divided(sessions)
        with pytest.MonkeyPatch.context() as patch:
            # As if integers had so few bits: quotient and rest, then lists of any size.
            patch.setattr(parallel, "_LIMIT", limit)
            assert divided(sessions) == expected

    def test_a_session_of_many_stretches_is_counted_in_integers_of_any_size(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sessions = [(1, 0, 0, 99), *((1, n, 10 * n, 10 * n + 5) for n in range(1, 10))]
        expected = stepped(sessions)
        monkeypatch.setattr(parallel, "_LIMIT", 30)
        assert divided(sessions) == expected

    @settings(max_examples=60)
    @given(sessions=sessions_of_some(most=40), bits=st.sampled_from([0, 8, 12, 20]))
    def test_however_few_users_fit_in_one_sort_the_parts_are_the_same(
        self, sessions: list[Session], bits: int
    ) -> None:
        expected = divided(sessions)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(packing, "_BITS", bits)
            assert divided(sessions) == expected

    @example(sessions=[(n % 2, n, 0, 4) for n in range(1, 5)], rows=1, by_user=False)
    @settings(max_examples=60)
    @given(
        sessions=sessions_of_some(most=60), rows=st.sampled_from([1, 2, 5]), by_user=st.booleans()
    )
    def test_however_users_are_taken_together_the_parts_are_the_same(
        self, sessions: list[Session], rows: int, *, by_user: bool
    ) -> None:
        if by_user:
            sessions.sort(key=lambda session: session[0])
        expected = stepped(sessions)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(division, "_ROWS", rows)
            assert divided(sessions) == expected

    def test_a_hundred_thousand_sessions_are_divided_in_buckets(self) -> None:
        draw = np.random.default_rng(20260302)
        count = 3 * division._ROWS  # noqa: SLF001  # so many that there are buckets
        user, ticket = draw.integers(0, 500, count), draw.integers(0, 40, count)
        start = draw.integers(0, 30 * 86400 * SECOND, count)
        end = start + draw.integers(0, 3600 * SECOND, count)
        parts = divide_parallel_time(user, ticket, start, end)
        for code in (0, 250, 499):
            mine = np.flatnonzero(user == code)
            alone = divide_parallel_time(user[mine], ticket[mine], start[mine], end[mine])
            assert (alone == parts[mine]).all()
        by_user = np.argsort(user, kind="stable")
        again = divide_parallel_time(user[by_user], ticket[by_user], start[by_user], end[by_user])
        assert (again == parts[by_user]).all()

    @pytest.mark.parametrize("long", [False, True], ids=["many rests", "one long session"])
    def test_rests_too_many_for_64_bits_are_counted_in_integers_of_any_size(
        self, *, long: bool
    ) -> None:
        count, at_once = 90_000 if long else 200_000, 36
        start = np.arange(count) * 1_000_003
        end = start + at_once * 1_000_003 - 1 - np.arange(count) % 7
        if long:
            start[0], end[0] = 0, end[-1] + 1
        user, ticket = np.zeros(count, np.int64), np.arange(count)
        parts = divide_parallel_time(user, ticket, start, end)
        assert int(parts.sum()) == int(end.max())
        assert int(parts.min()) > 0

    def test_thousands_of_tickets_at_once_sum_to_the_time(self) -> None:
        tickets = 700
        sessions = self.staircase(1, tickets, 1, 10**9)
        parts = divided(sessions)
        assert sum(parts) == sessions[-1][3]
        assert min(parts) > 0


@given(
    values=st.lists(st.integers(0, 9), min_size=1, max_size=30),
    owners=st.integers(1, 6),
    bits=st.sampled_from([0, 6, 8, 10, 63]),
)
def test_rows_are_sorted_within_their_owners_and_equal_ones_stay_in_order(
    values: list[int], owners: int, bits: int
) -> None:
    of = sorted(value % owners for value in range(len(values)))
    starts = owner_starts(np.array(of))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "_BITS", bits)
        places, kept = in_order(np.array(values), starts, 9)
    expected = sorted(range(len(values)), key=lambda n: (of[n], values[n], n))
    assert places.tolist() == expected
    for first, end in pairwise(starts.tolist()):
        moved = kept[first:end] - kept[first]
        assert moved.tolist() == [values[n] - values[expected[first]] for n in expected[first:end]]


@given(
    rows=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 9)), min_size=1),
    bits=st.sampled_from([0, 4, 8, 10, 63]),
)
def test_both_values_of_rows_are_sorted_within_owners_or_it_is_said_that_bits_are_too_few(
    rows: list[tuple[int, int, int]], bits: int
) -> None:
    owners, *both = np.array(rows).T
    values = np.column_stack(both).ravel()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "_BITS", bits)
        found = both_in_order(owners, values, 9)
    of = np.repeat(owners, 2)
    expected = sorted(range(len(values)), key=lambda n: (of[n], values[n], n))
    if found is None:
        assert bits < 63
    else:
        assert found.places.tolist() == expected
        for owner in set(of.tolist()):
            mine = np.flatnonzero(of[expected] == owner)
            told = found.values[mine] - found.values[mine[0]]
            in_fact = values[expected][mine] - values[expected][mine[0]]
            assert told.tolist() == in_fact.tolist()


@pytest.mark.parametrize("near", [0, 1])
def test_instants_that_look_alike_in_few_bits_are_told_apart(near: int) -> None:
    # Ten years and as many users leave no room for single microseconds.
    far = 10 * 366 * 86400 * SECOND
    sessions = [(n % 4000, n, 0, far) for n in range(8000)]
    sessions += [(1, 9001, far - near, far), (1, 9002, far - 3 * near, far), (0, 1, 5, 5)]
    assert divided(sessions) == stepped(sessions)
