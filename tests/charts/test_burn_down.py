"""The burn-down of a promise: what is left where, what is marked, and that it can be drawn."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
import vl_convert

from charts.pictures import values
from worklog_core import (
    Interval,
    IntervalSet,
    SlaClock,
    WeeklyHours,
    WorkingCalendar,
    WorklogError,
)
from worklog_core.charts import burn_down

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=BERLIN)
HOUR = timedelta(hours=1)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=BERLIN)


CLOCK = SlaClock(OFFICE, opened_at=at(2, 15), target=4 * HOUR)
WAITED = IntervalSet([Interval(at(2, 16), at(3, 10))])


def drawn(clock: SlaClock = CLOCK, **changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"as_of": at(3, 12), "time_zone": BERLIN, **changes}
    return dict(burn_down(clock, **told).to_dict())


def points(chart: dict[str, Any]) -> list[tuple[str, float]]:
    return [(point["at"][5:16], point["left"]) for point in values(chart, "line")]


def marks(chart: dict[str, Any]) -> list[str]:
    return [layer["mark"]["type"] for layer in chart["layer"]]


def test_the_line_falls_while_the_office_is_open_and_stands_at_night() -> None:
    assert points(drawn()) == [
        ("03-02T15:00", 4),
        ("03-02T17:00", 2),
        ("03-03T09:00", 2),
        ("03-03T12:00", -1),
    ]


def test_it_stands_in_a_pause_and_the_pause_is_shaded() -> None:
    chart = drawn(attrs.evolve(CLOCK, pauses=WAITED))
    assert points(chart)[1:4] == [("03-02T16:00", 3), ("03-03T10:00", 3), ("03-03T12:00", 1)]
    assert values(chart, "rect") == [
        {"start": "2026-03-02T16:00:00.000", "end": "2026-03-03T10:00:00.000", "what": "paused"}
    ]


def test_a_pause_without_an_end_is_shaded_to_the_end_and_nothing_is_due() -> None:
    chart = drawn(attrs.evolve(CLOCK, paused_since=at(2, 16)))
    assert marks(chart) == ["rect", "line", "rule"]
    assert "paused" in chart["title"]["subtitle"]
    later = drawn(attrs.evolve(CLOCK, paused_since=at(5, 16)))
    assert "rect" not in marks(later)


def test_it_ends_where_the_work_was_done() -> None:
    assert points(drawn(completed_at=at(3, 10)))[-1] == ("03-03T10:00", 1)
    assert points(drawn(completed_at=at(9, 10)))[-1] == ("03-03T12:00", -1)


def test_the_due_date_is_marked_in_the_zone_of_the_chart() -> None:
    assert "due 2026-03-03 11:00" in drawn()["title"]["subtitle"]
    assert "due 2026-03-03 10:00" in drawn(time_zone=UTC)["title"]["subtitle"]


def test_it_says_in_words_what_it_shows() -> None:
    assert drawn()["description"].endswith("overrun by 1:00:00.")
    assert drawn(completed_at=at(3, 10))["description"].endswith("1:00:00 left.")


def test_equal_input_gives_an_equal_chart_and_it_can_be_rendered() -> None:
    assert drawn() == drawn()
    png = vl_convert.vegalite_to_png(burn_down(CLOCK, as_of=at(3, 12), time_zone=BERLIN).to_json())
    assert png.startswith(b"\x89PNG")


def test_there_is_nothing_to_draw_before_the_opening() -> None:
    early: list[dict[str, Any]] = [{"as_of": at(2, 15)}, {"completed_at": at(2, 14)}]
    for told in early:
        with pytest.raises(WorklogError, match=r"^as_of must be after the opening") as refused:
            drawn(**told)
        assert refused.value.field == "as_of"


def test_it_draws_a_clock_and_nothing_else() -> None:
    nothing: Any = None
    with pytest.raises(WorklogError, match="clock must be a SlaClock: found None"):
        burn_down(nothing, as_of=at(3, 12), time_zone=BERLIN)
