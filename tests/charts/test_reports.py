"""Pictures of reports: the figures of the report and no others, said in words as well."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vl_convert

from charts.pictures import values
from worklog_core import (
    CaseLog,
    Direction,
    Event,
    History,
    MessageSent,
    Metric,
    Period,
    Selection,
    SenderKind,
    StatusCause,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    WorklogError,
    WorklogRules,
    build_case_log,
    charts,
    compare_with_previous,
    first_response_breakdown,
    incoming_by_channel,
    opened_by_user,
    opened_heatmap,
    resolution_breakdown,
)

MARCH = Selection(period=Period.month(2026, 3))
RESPONSES = (20, 30, 119, 3_600, None)


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def events() -> Iterator[Event]:
    for number, seconds in enumerate(RESPONSES):
        for month in (2, 3):
            ticket, opened = f"T{month}{number}", at(month, 2 + number)
            yield TicketOpened(ticket, opened, channel="mail" if number else None)
            yield MessageSent(
                ticket,
                opened,
                f"in {ticket}",
                direction=Direction.IN,
                sender=SenderKind.CUSTOMER,
                channel="mail" if number else None,
            )
            if seconds is not None:
                yield MessageSent(
                    ticket,
                    opened + timedelta(seconds=seconds * (month - 1)),
                    f"out {ticket}",
                    direction=Direction.OUT,
                    sender=SenderKind.HUMAN,
                    sender_id="U1",
                )
                yield TicketStatusChange(
                    ticket,
                    opened + timedelta(hours=5),
                    TicketStatus.CLOSED,
                    cause=StatusCause.AGENT,
                    user_id="U1",
                )


@pytest.fixture(scope="module")
def log() -> CaseLog:
    return build_case_log(History.of(events()), WorklogRules(time_zone=UTC))


@pytest.mark.rule("R-01")
def test_the_heatmap_has_a_cell_for_each_hour_of_the_week(log: CaseLog) -> None:
    chart = charts.heatmap(opened_heatmap(log, MARCH))
    cells = values(chart)
    assert len(cells) == 168
    assert sum(cell["opened"] for cell in cells) == len(RESPONSES)
    assert next(c for c in cells if (c["day"], c["hour"]) == ("Mon", "09"))["opened"] == 1
    assert "most in the hour of Mon 09:00: 1" in chart.to_dict()["description"]
    assert "UTC" in chart.to_dict()["title"]["subtitle"]


@pytest.mark.rule("R-01")
def test_a_rate_is_told_for_hours_that_were_there(log: CaseLog) -> None:
    chart = charts.heatmap(opened_heatmap(log, MARCH), rate=True)
    assert chart.to_dict()["encoding"]["color"]["field"] == "rate"
    monday = next(c for c in values(chart) if (c["day"], c["hour"]) == ("Mon", "09"))
    assert monday["rate"] == 0.2  # five Mondays in that month
    one_day = Selection(period=Period(at(3, 2).date(), at(3, 2).date()))
    cells = values(charts.heatmap(opened_heatmap(log, one_day)))
    assert sum(cell["rate"] is None for cell in cells) == 168 - 24
    word: Any = "yes"
    with pytest.raises(WorklogError, match=r"^rate must be a bool: found 'yes'"):
        charts.heatmap(opened_heatmap(log, MARCH), rate=word)


@pytest.mark.rule("P-R6")
def test_buckets_are_named_by_their_edges_and_counted_half_open(log: CaseLog) -> None:
    february = Selection(period=Period.month(2026, 2))
    chart = charts.breakdown(first_response_breakdown(log, february))
    counted = {row["bucket"]: row["count"] for row in values(chart)}
    assert counted == {
        "under 30 s": 1,
        "30 s to 2 min": 2,
        "2 min to 5 min": 0,
        "5 min to 10 min": 0,
        "10 min to 30 min": 0,
        "30 min to 1 h": 0,
        "from 1 h on": 1,
    }
    assert chart.to_dict()["title"]["subtitle"][1] == "4 measured, 1 not determinable"
    days = {row["bucket"] for row in values(charts.breakdown(resolution_breakdown(log, MARCH)))}
    assert "from 7 d on" in days


def test_groups_stand_as_the_report_has_them(log: CaseLog) -> None:
    chart = charts.distribution(incoming_by_channel(log, MARCH))
    assert values(chart) == [
        {"group": "mail", "count": 4, "percent": "80 %"},
        {"group": "unknown", "count": 1, "percent": "20 %"},
    ]
    nothing = Selection(period=Period.month(2020, 1))
    assert values(charts.distribution(incoming_by_channel(log, nothing))) == []
    assert {row["percent"] for row in values(charts.breakdown(_nothing(log, nothing)))} == {""}


def _nothing(log: CaseLog, selection: Selection) -> Any:
    return first_response_breakdown(log, selection)


def test_persons_are_drawn_of_a_release_only(log: CaseLog) -> None:
    with pytest.raises(WorklogError, match=r"^report must not be about persons") as refused:
        charts.distribution(opened_by_user(log, MARCH))
    assert refused.value.field == "report"


def test_a_period_stands_beside_the_one_before(log: CaseLog) -> None:
    metrics = [Metric.OPENED, Metric.FIRST_RESPONSE_TIME, Metric.RESOLUTION_TIME, Metric.HOLD]
    chart = charts.trend(compare_with_previous(log, MARCH, metrics=metrics))
    told = chart.to_dict()
    panels = {panel["title"]: panel for panel in told["concat"]}
    figures = {
        name: [row["value"] for row in told["datasets"][panel["data"]["name"]]]
        for name, panel in panels.items()
    }
    units = {name: panel["encoding"]["x"]["title"] for name, panel in panels.items()}
    assert figures["opened"] == [5, 5]
    assert figures["first response time"] == pytest.approx([942.25 / 60, 1884.5 / 60])
    assert figures["resolution time"] == [5, 5]
    assert figures["hold"] == [None, None]
    assert units == {
        "opened": "count",
        "first response time": "minutes",
        "resolution time": "hours",
        "hold": "minutes",
    }
    assert "hold not determinable, then not determinable" in told["description"]


def test_each_can_be_rendered_and_is_equal_for_equal_input(log: CaseLog) -> None:
    def drawn() -> list[Any]:
        return [
            charts.heatmap(opened_heatmap(log, MARCH)),
            charts.breakdown(first_response_breakdown(log, MARCH)),
            charts.distribution(incoming_by_channel(log, MARCH)),
            charts.trend(compare_with_previous(log, MARCH, metrics=[Metric.OPENED])),
        ]

    for one, other in zip(drawn(), drawn(), strict=True):
        assert one.to_dict() == other.to_dict()
        assert vl_convert.vegalite_to_png(one.to_json()).startswith(b"\x89PNG")


@pytest.mark.parametrize("draw", [charts.heatmap, charts.breakdown, charts.distribution])
def test_what_is_no_report_is_refused(draw: Any) -> None:
    with pytest.raises(WorklogError, match=r"^report must be of type \w+: found 7") as refused:
        draw(7)
    assert refused.value.field == "report"


def test_a_title_is_a_text(log: CaseLog) -> None:
    title: Any = 5
    with pytest.raises(WorklogError, match=r"title must be a str: found 5 \(int\)"):
        charts.breakdown(first_response_breakdown(log, MARCH), title=title)
