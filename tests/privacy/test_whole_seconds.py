"""Whole seconds that sum, rounded before anybody is anonymous."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.staff import IDS, STAFF, one_each, policy, released, row, worklogs
from worklog_core import Coarsening, PrivacyLevel, Worklog, WorklogRow, release
from worklog_core.privacy.whole_seconds import (
    RowSeconds,
    away_from_zero,
    nearest,
    rounded_together,
    seconds_of_rows,
)

SECOND = timedelta(seconds=1)
TICK = timedelta.resolution
ZERO = timedelta()

amounts = st.timedeltas(timedelta(seconds=-5), timedelta(seconds=5))
units = st.sampled_from([TICK, SECOND, 60 * SECOND, 7 * TICK])


@given(amount=amounts, unit=units)
def test_the_nearest_is_what_fractions_round_to(amount: timedelta, unit: timedelta) -> None:
    assert nearest(amount, unit) == round(Fraction(amount // TICK, unit // TICK)) * unit


@given(amount=amounts, unit=units)
def test_away_from_zero_keeps_the_sign_and_adds_less_than_a_unit(
    amount: timedelta, unit: timedelta
) -> None:
    found = away_from_zero(amount, unit)
    assert found % unit == ZERO
    assert (found > ZERO, found < ZERO) == (amount > ZERO, amount < ZERO)
    assert ZERO <= abs(found) - abs(amount) < unit


def dull(exact: Sequence[int], total: int) -> list[int]:
    """Round to whole millions one second at a time: to whoever lacks most, the first of equals."""
    rounded = [amount // 1_000_000 for amount in exact]
    while sum(rounded) < total:
        lacking = [amount - 1_000_000 * found for amount, found in zip(exact, rounded, strict=True)]
        rounded[lacking.index(max(lacking))] += 1
    return rounded


@pytest.mark.rule("AMB-5c")
@given(exact=st.lists(st.integers(0, 3_000_000), max_size=8))
def test_amounts_are_rounded_as_by_hand(exact: list[int]) -> None:
    total = round(Fraction(sum(exact), 1_000_000))
    found = rounded_together([timedelta(microseconds=one) for one in exact], total * SECOND)
    assert found == [one * SECOND for one in dull(exact, total)]


def measured(user: str, number: int, micros: tuple[int, int], **changes: Any) -> WorklogRow:
    before, after = (timedelta(microseconds=one) for one in micros)
    return row(
        user, number, duration=before + after, after_work=after, open_time=before + after, **changes
    )


@pytest.mark.rule("AMB-5c")
def test_three_thirds_of_a_second_are_a_second() -> None:
    rows = [measured("U", n, (333_333, 0)) for n in range(2)] + [measured("U", 2, (333_334, 0))]
    assert [found.duration for found in seconds_of_rows(rows)] == [ZERO, ZERO, SECOND]


@pytest.mark.rule("AMB-5c")
def test_of_equal_rests_the_lower_ticket_takes_the_second_then_the_earlier_edit() -> None:
    rows = [measured("U", n, (500_000, 0)) for n in (3, 1, 2)]
    assert [found.duration for found in seconds_of_rows(rows)] == [ZERO, SECOND, SECOND]
    # Half a second was open, too, and by itself would be none.
    assert [found.open_time for found in seconds_of_rows(rows)] == [ZERO, SECOND, SECOND]
    same = [measured("U", n, (300_000, 0), ticket_id="T") for n in (3, 1)]
    assert [found.duration for found in seconds_of_rows(same)] == [ZERO, SECOND]


@pytest.mark.rule("AMB-5c")
def test_days_and_users_are_rounded_apart() -> None:
    tomorrow = measured("U", 2, (500_000, 0), day=date(2026, 3, 3))
    rows = [measured("U", 1, (500_000, 0)), tomorrow, measured("V", 3, (500_000, 0))]
    assert [found.duration for found in seconds_of_rows(rows)] == [ZERO, ZERO, ZERO]


@pytest.mark.rule("AMB-5c")
def test_before_and_after_sum_to_the_row() -> None:
    (found,) = seconds_of_rows([measured("U", 1, (600_000, 600_000))])
    assert found == RowSeconds(SECOND, ZERO, SECOND)
    (found,) = seconds_of_rows([measured("U", 1, (600_000, 900_000))])
    assert found == RowSeconds(2 * SECOND, SECOND, 2 * SECOND)


def test_a_row_without_a_time_stays_without() -> None:
    nothing = row(duration=None, after_work=None, open_time=None)
    assert seconds_of_rows([nothing]) == [RowSeconds(None, None, None)]


class TestInAnyRelease:
    @pytest.mark.rule("AMB-5c")
    @settings(max_examples=50)
    @given(worklog=worklogs())
    def test_the_seconds_of_a_user_and_day_sum_to_the_exact_sum(self, worklog: Worklog) -> None:
        exact: dict[tuple[str, date], timedelta] = {}
        found: dict[tuple[str, date], timedelta] = {}
        for one, real in zip(worklog.rows, released(worklog, "real").rows, strict=True):
            key = (one.user_id, one.day)
            if one.duration is None or one.after_work is None:
                assert real["duration"] is real["after_work"] is real["open_time"] is None
                continue
            assert ZERO <= real["after_work"] <= real["duration"] <= real["open_time"]
            assert abs(real["duration"] - one.duration) < SECOND
            assert abs(real["after_work"] - one.after_work) < SECOND
            exact[key] = exact.get(key, ZERO) + one.duration
            found[key] = found.get(key, ZERO) + real["duration"]
        assert found == {key: nearest(total) for key, total in exact.items()}

    @pytest.mark.rule("AMB-5c", "AMB-9")
    @settings(max_examples=50)
    @given(worklog=worklogs())
    def test_they_are_the_same_at_every_level(self, worklog: Worklog) -> None:
        of = {
            form: sorted(str(one["duration"]) for one in released(worklog, form).rows)
            for form in ("anonymous", "strict", "page", "real")
        }
        assert of["anonymous"] == of["strict"] == of["page"] == of["real"]

    def test_a_deviation_of_a_microsecond_is_a_second_late(self) -> None:
        worklog = one_each(
            {"sla_deviation": TICK}, {"sla_deviation": -TICK}, {"sla_deviation": ZERO}
        )
        found = [one["sla_deviation"] for one in released(worklog, "real").rows]
        assert found[:4] == [SECOND, -SECOND, ZERO, None]


class TestCoarsening:
    def test_handling_goes_to_the_nearest_and_late_stays_late(self) -> None:
        worklog = one_each(
            {
                "duration": timedelta(seconds=89),
                "after_work": timedelta(seconds=31),
                "sla_deviation": SECOND,
                "pending_time": timedelta(hours=11),
            },
            {"sla_deviation": -SECOND, "pending_time": timedelta(hours=13)},
        )
        coarse = policy(PrivacyLevel.REAL, names=STAFF, coarsening=Coarsening())
        first, second = release(worklog, coarse).rows[:2]
        assert (first["duration"], first["after_work"]) == (60 * SECOND, 60 * SECOND)
        assert (first["sla_deviation"], second["sla_deviation"]) == (timedelta(1), timedelta(-1))
        assert (first["pending_time"], second["pending_time"]) == (ZERO, timedelta(1))

    @settings(max_examples=50)
    @given(worklog=worklogs(), seconds=st.integers(1, 90))
    def test_after_work_is_still_within_the_duration(self, worklog: Worklog, seconds: int) -> None:
        coarse = Coarsening(round_seconds=seconds, round_sla_seconds=3600)
        for one in released(worklog, "anonymous", coarsening=coarse).rows:
            if one["duration"] is not None:
                assert ZERO <= one["after_work"] <= one["duration"]
                assert one["duration"] % (seconds * SECOND) == ZERO


def test_rows_are_rounded_wherever_they_stand() -> None:
    rows = [measured(user, n, (700_000, n)) for n, user in enumerate(IDS * 2)]
    by_ticket = {
        one.ticket_id: found for one, found in zip(rows, seconds_of_rows(rows), strict=True)
    }
    turned = rows[::-1]
    for one, found in zip(turned, seconds_of_rows(turned), strict=True):
        assert by_ticket[one.ticket_id] == found
