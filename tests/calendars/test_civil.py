"""The days on which wall time and real time run alike."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.calendars.civil import calm_days

HOUR = 3_600_000_000
DAY = 24 * HOUR
EPOCH = date(1970, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("start", "end", "offset", "days"),
    [
        (0, 4 * DAY, 0, [1, 2]),
        (1, 4 * DAY, 0, [2]),
        (0, 4 * DAY - 1, 0, [1]),
        (0, 2 * DAY, 0, []),
        (0, 1, 0, []),
        (-HOUR, 4 * DAY - HOUR, HOUR, [1, 2]),
        (HOUR, 4 * DAY + HOUR, -HOUR, [1, 2]),
        (-5 * DAY, -DAY, 0, [-4, -3]),
        (-5 * DAY - HOUR, 2 * DAY, HOUR, [-4, -3, -2, -1, 0]),
    ],
)
def test_a_day_is_calm_from_a_day_after_the_change_to_a_day_before_the_next(
    start: int, end: int, offset: int, days: list[int]
) -> None:
    assert [day - EPOCH for day in calm_days(start, end, offset)] == days


@given(
    st.integers(-8 * DAY, 8 * DAY) | st.integers(-8, 8).map(lambda days: days * DAY),
    st.integers(1, 9 * DAY) | st.integers(1, 9).map(lambda days: days * DAY),
    st.integers(-15 * 60, 15 * 60).map(lambda minutes: minutes * HOUR // 60),
)
def test_calm_are_the_days_of_which_every_instant_is_far_from_a_change(
    start: int, length: int, offset: int
) -> None:
    calm = calm_days(start, start + length, offset)
    for day in range(-20, 30):
        begins = day * DAY - offset
        far = start + DAY <= begins and begins + DAY <= start + length - DAY
        assert (EPOCH + day in calm) is far
