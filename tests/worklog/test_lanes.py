"""A day as lanes of text: what filled most of a slice, and exact sums beside it."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from office import MINUTE, at, edited, seen, status, worked
from worklog_core import TrackingExclusion, Worklog, WorklogError

TICK = timedelta(microseconds=1)
MONDAY = date(2026, 3, 2)
HOUR = 60 * MINUTE


def lanes(worklog: Worklog, *, day: date = MONDAY, width: int = 30) -> list[str]:
    return worklog.lanes("U1", day, width=width).split("\n")


def test_a_ticket_is_a_lane_and_a_label_is_a_sign() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        seen("U1", "T200", "9:30", "10:00"),
        seen("U1", "X", "9:50", "10:00"),
        edited("U1", "T1", "9:00"),
        TrackingExclusion("X", at("9:00")),
        status("U1", "9:40", "Pause"),
        status("U1", "9:50", "Active"),
    )
    assert lanes(worklog) == [
        "      09:00:00  2026-03-02  10:00:00",
        "T1   |####################~~~~~#####| 0:43:20",
        "T200 |               -----~~~~~-----| 0:13:20",
        "X    |                         xxxxx| 0:03:20",
        "      # counted, - view_only, ~ not_counting, x excluded",
    ]


def test_what_was_left_unedited_has_a_sign_of_its_own() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"), edited("U1", "T1", "9:00"), max_unedited=40 * MINUTE
    )
    assert lanes(worklog)[1:] == [
        "T1 |####################??????????| 1:00:00",
        "    # counted, ? unedited",
    ]


def test_a_slice_shows_what_filled_most_of_it() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:30"),
        edited("U1", "T1", "9:00"),
        status("U1", at("9:00") + timedelta(seconds=29), "Pause"),
        status("U1", at("9:02") - timedelta(seconds=29), "Active"),
    )
    assert lanes(worklog)[1] == "T1 |~~############################| 0:30:00"


def test_a_microsecond_is_never_invisible() -> None:
    for start in range(0, 60 * 60_000_000, 123_456_789):
        blink = at("9:00") + start * TICK
        worklog = worked(seen("U1", "T1", "9:00", "10:00"), seen("U1", "T2", blink, blink + TICK))
        assert lanes(worklog, width=31)[2].count("-") == 1


def test_where_microseconds_are_fewer_than_columns_each_still_shows() -> None:
    start = at("9:00")
    for length in range(1, 30):
        screen = seen("U1", "T1", start, start + length * TICK)
        for n in range(length):
            blink = seen("U1", "T2", start + n * TICK, start + (n + 1) * TICK)
            assert lanes(worked(screen, blink), width=28)[2].count("-") >= 1


def test_times_are_local_and_so_is_the_day() -> None:
    worklog = worked(seen("U1", "T1", "9:00", "10:00"), time_zone=ZoneInfo("Asia/Kathmandu"))
    assert lanes(worklog)[0] == "    14:45:00  2026-03-02  15:45:00"


def test_the_day_is_the_ledgers_where_the_clock_shows_the_one_before() -> None:
    # At 00:01 on 7 November the clocks of Goose Bay show 23:01 of the 6th again.
    midnight = datetime(2010, 11, 7, 3, tzinfo=UTC)
    worklog = worked(
        seen("U1", "T1", midnight + 30 * MINUTE, midnight + HOUR),
        time_zone=ZoneInfo("America/Goose_Bay"),
    )
    assert lanes(worklog, day=date(2010, 11, 7))[0] == "    23:30:00  2010-11-07  00:00:00"


@pytest.mark.parametrize("hours", [-23, 0, 23])
def test_the_ends_of_time_can_be_drawn_in_any_zone(hours: int) -> None:
    first, last = (moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max))
    worklog = worked(
        seen("U1", "T1", first, first + TICK),
        seen("U1", "T1", last - TICK, last),
        time_zone=timezone(timedelta(hours=hours)),
    )
    assert lanes(worklog, day=date.min)[0].split()[:2] == [f"{hours % 24:02}:00:00", "0001-01-01"]
    assert lanes(worklog, day=date.max)[0].split()[1:] == [
        "9999-12-31",
        f"{(hours - 1) % 24:02}:59:59",
    ]


def test_only_that_user_and_day_are_drawn() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        seen("U2", "T2", "9:00", "10:00"),
        seen("U1", "T3", at("9:00", day=3), at("10:00", day=3)),
    )
    assert [line[:2] for line in lanes(worklog)[1:-1]] == ["T1"]


@pytest.mark.parametrize(
    ("user", "day"), [("U2", MONDAY), ("U1", date(2026, 3, 3)), ("U1", None), (None, MONDAY)]
)
def test_a_day_without_anything_on_screen_is_refused(user: Any, day: Any) -> None:
    worklog = worked(seen("U1", "T1", "9:00", "10:00"))
    with pytest.raises(
        WorklogError, match=r"^user_id and day must name a day with something on screen: found "
    ) as caught:
        worklog.lanes(user, day)
    assert (caught.value.field, caught.value.value) == ("day", day)


@pytest.mark.parametrize("width", [0, 27, -1, True, 72.0, "72", None])
def test_a_width_without_room_for_the_axis_is_refused(width: Any) -> None:
    worklog = worked(seen("U1", "T1", "9:00", "10:00"))
    with pytest.raises(
        WorklogError, match=r"^width must be a number of columns from 28 on: found "
    ) as caught:
        worklog.lanes("U1", MONDAY, width=width)
    assert (caught.value.field, caught.value.value) == ("width", width)
