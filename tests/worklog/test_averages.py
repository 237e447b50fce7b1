"""Averages and volumes: exact sums, exact counts, and nothing that was not measured."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from statistics import median_low
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office import MINUTE, edited, seen, status, worked
from worklog_core import (
    Action,
    AverageHandlingTime,
    AveragePer,
    Undetermined,
    Volume,
    Worklog,
    WorklogError,
    WorklogRow,
)
from worklog_core.worklog.averages import average_handling_times, volume

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ticks(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(microseconds=count)


def row(duration: int | None, *, ticket: str = "T1", user: str = "U1") -> WorklogRow:
    reasons = {} if duration is not None else {"duration": Undetermined.NO_SESSION}
    return WorklogRow(
        user_id=user,
        ticket_id=ticket,
        day=date(2026, 3, 2),
        recorded_at=NINE,
        conversation_id=None,
        epoch_at=None,
        action=Action.CLOSE,
        actions=(Action.CLOSE,),
        duration=ticks(duration),
        after_work=ticks(duration),
        open_time=ticks(duration),
        reopened=False,
        reasons=reasons,
    )


def average(*durations: int | None, per: AveragePer = AveragePer.ROW) -> AverageHandlingTime:
    rows = [row(duration, ticket=f"T{n}") for n, duration in enumerate(durations)]
    return average_handling_times(rows, lambda _: "all", per=per)["all"]


@pytest.mark.rule("AMB-16")
@pytest.mark.parametrize(
    ("durations", "mean"),
    [
        ((7,), 7),
        ((0, 1), 0),
        ((1, 2), 2),
        ((2, 3), 2),
        ((0, 0, 1), 0),
        ((0, 1, 1), 1),
        ((0, 0, 1, 1, 3, 3, 2, 2), 2),
        ((2**53, 2**53 + 2), 2**53 + 1),
    ],
)
def test_the_mean_is_rounded_half_to_even_at_the_microsecond(
    durations: tuple[int, ...], mean: int
) -> None:
    assert average(*durations).mean == ticks(mean)


@pytest.mark.parametrize(
    ("durations", "median"),
    [
        ((5,), 5),
        ((9, 1, 5), 5),
        ((1, 9), 5),
        ((9, 4, 1, 6), 5),
        ((1, 2), 2),
        ((2, 3), 2),
        ((0, 0, 10, 10), 5),
    ],
)
def test_the_median_of_an_even_number_is_the_mean_of_the_middle_two(
    durations: tuple[int, ...], median: int
) -> None:
    assert average(*durations).median == ticks(median)


@pytest.mark.parametrize(
    ("count", "rank"), [(1, 1), (2, 2), (5, 5), (9, 9), (10, 9), (11, 10), (20, 18), (21, 19)]
)
def test_the_ninetieth_percentile_is_the_value_at_the_nearest_rank(count: int, rank: int) -> None:
    # The rank is the least one with nine tenths of the values at or below it.
    assert rank - 1 < Fraction(9, 10) * count <= rank
    assert average(*range(count, 0, -1)).percentile_90 == ticks(rank)


@pytest.mark.rule("AMB-16")
def test_what_was_not_measured_is_counted_apart() -> None:
    assert average(None, 4, None, 8) == AverageHandlingTime(
        total=timedelta(microseconds=12),
        count=2,
        unmeasured=2,
        mean=ticks(6),
        median=ticks(6),
        percentile_90=ticks(8),
    )


@pytest.mark.rule("AMB-16")
@pytest.mark.parametrize("per", AveragePer)
def test_where_nothing_was_measured_there_is_no_average(per: AveragePer) -> None:
    assert average(None, None, per=per) == AverageHandlingTime(
        total=timedelta(0), count=0, unmeasured=2, mean=None, median=None, percentile_90=None
    )


def test_measured_and_nothing_counted_is_zero_and_not_none() -> None:
    assert average(0, 0).mean == timedelta(0)


@pytest.mark.rule("AMB-16")
def test_per_ticket_the_rows_of_a_ticket_are_one_handling_time() -> None:
    rows = [
        row(10, ticket="T1"),
        row(20, ticket="T1", user="U2"),
        row(None, ticket="T1", user="U3"),
        row(6, ticket="T2"),
        row(None, ticket="T3"),
    ]
    (per_ticket,) = average_handling_times(rows, lambda _: 0, per=AveragePer.TICKET).values()
    assert per_ticket == AverageHandlingTime(
        total=timedelta(microseconds=36),
        count=2,
        unmeasured=2,
        mean=ticks(18),
        median=ticks(18),
        percentile_90=ticks(30),
    )
    (per_row,) = average_handling_times(rows, lambda _: 0).values()
    assert (per_row.total, per_row.count, per_row.mean) == (per_ticket.total, 3, ticks(12))


def test_a_ticket_is_one_handling_time_within_each_group() -> None:
    rows = [row(10), row(20, user="U2"), row(30, user="U2")]
    averages = average_handling_times(rows, lambda r: r.user_id, per=AveragePer.TICKET)
    assert {user: (a.count, a.total) for user, a in averages.items()} == {
        "U1": (1, ticks(10)),
        "U2": (1, ticks(50)),
    }


def test_volume_counts_every_row_and_the_unmeasured_apart() -> None:
    rows = [row(1), row(None), row(0, user="U2"), row(None, user="U3")]
    assert volume(rows, lambda r: r.user_id) == {
        "U1": Volume(rows=2, unmeasured=1),
        "U2": Volume(rows=1, unmeasured=0),
        "U3": Volume(rows=1, unmeasured=1),
    }


durations = st.one_of(st.none(), st.integers(0, 40), st.integers(0, 10**16))


@given(
    rows=st.lists(
        st.builds(
            lambda duration, ticket, user: row(duration, ticket=ticket, user=user),
            durations,
            st.sampled_from(("T1", "T2", "T3")),
            st.sampled_from(("U1", "U2")),
        )
    ),
    per=st.sampled_from(AveragePer),
)
def test_every_group_is_what_fractions_say(rows: list[WorklogRow], per: AveragePer) -> None:
    averages = average_handling_times(rows, lambda r: r.user_id, per=per)
    assert averages.keys() == {r.user_id for r in rows}
    for user, found in averages.items():
        own = [r for r in rows if r.user_id == user]
        measured = [(r.ticket_id, r.duration) for r in own if r.duration is not None]
        sums = [duration // timedelta.resolution for _, duration in measured]
        if per is AveragePer.TICKET:
            sums = [
                sum(d // timedelta.resolution for ticket, d in measured if ticket == key)
                for key in {ticket for ticket, _ in measured}
            ]
        times = sorted(sums)
        assert found.count == len(times)
        assert found.unmeasured == sum(r.duration is None for r in own)
        assert found.total == ticks(sum(times))
        assert sum(v.rows for v in volume(own, lambda r: r.ticket_id).values()) == len(own)
        if not times:
            assert (found.mean, found.median, found.percentile_90) == (None, None, None)
            continue
        mirrored = [-time for time in times]
        middle = Fraction(median_low(times) - median_low(mirrored), 2)
        assert found.mean == ticks(round(Fraction(sum(times), len(times))))
        assert found.median == ticks(round(middle))
        least = next(t for t in times if 10 * sum(x <= t for x in times) >= 9 * len(times))
        assert found.percentile_90 == ticks(least)


class TestOfAWorklog:
    WORKLOG = worked(
        seen("U1", "T1", "9:00", "9:10"),
        edited("U1", "T1", "9:05"),
        seen("U2", "T1", "10:00", "10:05"),
        edited("U2", "T1", "10:01", Action.STATUS),
        edited("U2", "T2", "11:00"),
        seen("U3", "T3", "9:00", "9:30"),
    )

    @pytest.mark.rule("AMB-16")
    def test_the_average_handling_time_per_row_and_per_ticket(self) -> None:
        assert self.WORKLOG.average_handling_time() == timedelta(minutes=7, seconds=30)
        assert self.WORKLOG.average_handling_time(per=AveragePer.TICKET) == 15 * MINUTE

    def test_by_anything_that_a_row_says(self) -> None:
        by_user = self.WORKLOG.average_handling_times(by=lambda r: r.user_id)
        assert {user: a.mean for user, a in by_user.items()} == {
            "U1": 10 * MINUTE,
            "U2": 5 * MINUTE,
        }
        assert by_user["U2"].unmeasured == 1
        by_ticket = self.WORKLOG.average_handling_times(by=lambda r: r.ticket_id)
        assert by_ticket["T2"].mean is None
        per_ticket = self.WORKLOG.average_handling_times(
            by=lambda r: r.ticket_id, per=AveragePer.TICKET
        )
        assert per_ticket["T1"].mean == 15 * MINUTE

    def test_its_volume(self) -> None:
        assert self.WORKLOG.volume(by=lambda r: r.action) == {
            Action.CLOSE: Volume(rows=2, unmeasured=1),
            Action.STATUS: Volume(rows=1, unmeasured=0),
        }

    @pytest.mark.parametrize("per", AveragePer)
    def test_without_rows_or_without_times_there_is_none(self, per: AveragePer) -> None:
        assert worked().average_handling_time(per=per) is None
        assert worked(edited("U1", "T1", "9:00")).average_handling_time(per=per) is None

    def test_gated_away_is_an_average_of_zero(self) -> None:
        gated = worked(
            seen("U1", "T1", "9:00", "9:10"),
            edited("U1", "T1", "9:05"),
            status("U1", "8:00", "Pause"),
        )
        assert gated.average_handling_time() == timedelta(0)

    @pytest.mark.parametrize("by", [None, "user_id", 7])
    @pytest.mark.parametrize("question", [Worklog.average_handling_times, Worklog.volume])
    def test_a_group_that_no_function_names_is_refused(self, question: Any, by: Any) -> None:
        with pytest.raises(
            WorklogError, match=r"^by must be a function of a row: found .* row\.user_id\.$"
        ) as caught:
            question(self.WORKLOG, by=by)
        assert (caught.value.field, caught.value.value) == ("by", by)

    @pytest.mark.parametrize("per", [None, "ticket", "TICKET", 1, AveragePer])
    def test_what_is_no_choice_of_an_average_is_refused(self, per: Any) -> None:
        for worklog in (self.WORKLOG, worked()):
            with pytest.raises(
                WorklogError, match=r"^per must be a member of AveragePer: .* AveragePer\.TICKET"
            ) as caught:
                worklog.average_handling_time(per=per)
            assert (caught.value.field, caught.value.value) == ("per", per)
