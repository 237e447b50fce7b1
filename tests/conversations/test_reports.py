"""The reports: what each counts, its edges, and that all of them tell the same numbers."""

import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdesk import (
    DAY,
    HOUR,
    MINUTE,
    OFFICE,
    TICK,
    agent_opened,
    answered,
    asked,
    assigned,
    at,
    closed,
    edited,
    log_of,
    noted,
    opened,
    said,
    seen,
)
from worklog_core import (
    RESOLUTION_EDGES,
    RESPONSE_EDGES,
    Action,
    Anchor,
    CaseLog,
    Direction,
    GroupBy,
    Hours,
    IntervalLength,
    MergedCases,
    Metric,
    NaiveDatetimeError,
    Period,
    RangeError,
    ReviewFlag,
    ReviewLimits,
    Selection,
    SenderKind,
    TeamMembership,
    TicketMerged,
    Undetermined,
    WorklogError,
    WorklogRules,
    breakdown,
    compare_with_previous,
    contact_log,
    conversation_list,
    count_by,
    first_response_breakdown,
    incoming_by_channel,
    leaderboard,
    measure,
    measure_by,
    measurements,
    message_log,
    opened_by_contact_type,
    opened_by_user,
    opened_heatmap,
    outgoing_anomalies,
    outgoing_by_source,
    resolution_breakdown,
    resolved_anomalies,
    response_breakdown,
    user_performance,
    volume_by_interval,
)
from worklog_core.conversations.reports.user_table import USER_COLUMNS

BERLIN = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
MONDAY = Selection(period=Period(date(2026, 3, 2), date(2026, 3, 2)))
TUESDAY = Selection(period=Period(date(2026, 3, 3), date(2026, 3, 3)))
EMPTY = log_of()


def conversation(
    ticket: str, start: datetime, *, by: str = "U1", wait: timedelta, lasts: timedelta, **more: Any
) -> list[Any]:
    """Return a conversation that is assigned, answered and closed by one user."""
    return [
        opened(start, ticket, **more),
        asked(start, ticket),
        assigned(start, by, ticket),
        answered(start + wait, by, ticket),
        closed(start + lasts, by, ticket),
    ]


def three() -> CaseLog:
    return log_of(
        *conversation("T1", at(9), wait=MINUTE, lasts=HOUR, contact_id="K1", channel="chat"),
        *conversation("T2", at(10), wait=3 * MINUTE, lasts=2 * HOUR, contact_id="K1"),
        *conversation("T3", at(9, day=3), by="U2", wait=HOUR, lasts=DAY, contact_id="K2"),
        TeamMembership("U1", "A", at(0)),
        TeamMembership("U1", "B", at(0)),
        TeamMembership("U2", "B", at(0)),
    )


class TestPeriod:
    def test_it_holds_its_last_day_in_the_reports_zone(self) -> None:
        log = log_of(opened(at(23)))
        assert measure(log, Metric.OPENED, MONDAY).value == 1
        berlin = Selection(period=MONDAY.period, time_zone=BERLIN)
        assert measure(log, Metric.OPENED, berlin).value == 0
        assert measure(log_of(opened(at(0, day=3))), Metric.OPENED, MONDAY).value == 0

    @pytest.mark.parametrize(
        ("period", "before"),
        [
            (Period.month(2026, 3), Period.month(2026, 2)),
            (Period.month(2026, 1), Period.month(2025, 12)),
            (
                Period(date(2026, 1, 1), date(2026, 3, 31)),
                Period(date(2025, 10, 1), date(2025, 12, 31)),
            ),
            (
                Period(date(2026, 3, 1), date(2026, 3, 30)),
                Period(date(2026, 1, 30), date(2026, 2, 28)),
            ),
            (
                Period(date(2026, 3, 2), date(2026, 3, 31)),
                Period(date(2026, 1, 31), date(2026, 3, 1)),
            ),
        ],
    )
    def test_before_it_lie_as_many_months_or_days(self, period: Period, before: Period) -> None:
        assert period.previous() == before

    def test_before_the_first_day_of_the_calendar_lies_nothing(self) -> None:
        for period in (Period(date.min, date.min), Period.month(1, 1)):
            with pytest.raises(RangeError, match=r"^the period before must lie in the calendar"):
                period.previous()

    def test_its_door(self) -> None:
        with pytest.raises(WorklogError, match=r"^Period\.first must be a date: found "):
            Period(datetime(2026, 3, 2), date(2026, 3, 2))
        with pytest.raises(WorklogError, match=r"^Period\.last must not be before the first day"):
            Period(date(2026, 3, 2), date(2026, 3, 1))
        for bad in ((2026, 13), ("2026", 1)):
            with pytest.raises(WorklogError, match=r"^year and month must name a month: found "):
                Period.month(*bad)


class TestSelection:
    LOG = log_of(
        *(opened(at(9), channel="chat", queue="Q1", contact_id="K1"), assigned(at(9), "U1")),
        *(opened(at(9), "T2", channel="mail"), assigned(at(9), "U2", "T2")),
        *(TeamMembership("U1", "A", at(0)), TeamMembership("U2", "A", at(12))),
    )

    @pytest.mark.rule("R-09")
    @pytest.mark.parametrize(
        ("chosen", "count"),
        [
            ({}, 2),
            ({"users": ["U1"]}, 1),
            ({"users": []}, 0),
            ({"teams": ["A"]}, 1),
            ({"teams": ["A", "B"], "users": ["U2"]}, 0),
            ({"channels": ["chat", "mail"]}, 2),
            ({"channels": ["chat"]}, 1),
            ({"queues": ["Q1"]}, 1),
            ({"tags": ["vip"]}, 0),
            ({"contact_labels": ["VIP"]}, 0),
            ({"where": lambda case: case.contact_id is None}, 1),
        ],
    )
    def test_filters(self, chosen: dict[str, Any], count: int) -> None:
        assert measure(self.LOG, Metric.OPENED, Selection(**chosen)).value == count

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("period", "March"),
            ("anchor", "event"),
            ("hours", "net"),
            ("time_zone", "UTC"),
            ("users", "U1"),
            ("where", "closed"),
        ],
    )
    def test_its_door(self, field: str, value: Any) -> None:
        with pytest.raises(WorklogError, match=rf"^Selection\.{field} must ") as caught:
            Selection(**{field: value})
        assert caught.value.field == f"Selection.{field}"

    def test_the_heading_tells_all_of_it(self) -> None:
        chosen = Selection(
            period=Period.month(2026, 3), teams=["A"], time_zone=BERLIN, where=lambda _: True
        )
        text = str(opened_heatmap(self.LOG, chosen).heading)
        assert text == (
            "Conversations opened by hour, 2026-03-01 to 2026-03-31 (Europe/Berlin, by event date, "
            "gross); teams: A; a condition"
        )
        assert str(opened_heatmap(self.LOG).heading) == (
            "Conversations opened by hour, all that is known (UTC, by event date, gross)"
        )


class TestAnchor:
    @pytest.mark.rule("P-R9", "P-R11")
    def test_by_event_date_it_is_october_by_conversation_date_september(self) -> None:
        start = datetime(2026, 9, 30, 23, tzinfo=UTC)
        log = log_of(
            *(opened(start), asked(start), assigned(start, "U1")),
            *(answered(start + 10 * HOUR), closed(start + 24 * HOUR)),
        )
        for metric, event_month in (
            (Metric.OPENED, 9),
            (Metric.FIRST_RESPONSE_TIME, 10),
            (Metric.RESPONSE_TIME, 10),
            (Metric.RESOLUTION_TIME, 10),
            (Metric.CLOSED, 10),
            (Metric.OUTGOING_MESSAGES, 10),
            (Metric.FIRST_ASSIGNMENT_TO_FIRST_RESPONSE, 10),
        ):
            for month in (9, 10):
                period = Period.month(2026, month)
                event = measure(log, metric, Selection(period=period)).count
                assert event == (month == event_month), (metric, month)
                by_start = Selection(period=period, anchor=Anchor.CONVERSATION)
                assert measure(log, metric, by_start).count == (month == 9)
        october = Selection(period=Period.month(2026, 10))
        assert measure(log, Metric.FIRST_RESPONSE_TIME, october).mean == 10 * HOUR

    def test_what_has_no_event_and_no_beginning_is_in_no_period(self) -> None:
        log = log_of(noted(at(9)))
        assert measure(log, Metric.RESOLUTION_TIME, MONDAY).undetermined == {}
        everything = measure(log, Metric.RESOLUTION_TIME).undetermined
        assert everything == {Undetermined.NOT_CLOSED: 1}


class TestStatistics:
    def test_mean_median_and_percentile(self) -> None:
        events: list[Any] = [opened(at(9), "T0")]
        for n in range(1, 11):
            events += [opened(at(9), f"T{n}"), answered(at(9) + n * MINUTE, ticket=f"T{n}")]
        found = measure(log_of(*events), Metric.FIRST_RESPONSE_TIME)
        assert (found.count, found.total) == (10, 55 * MINUTE)
        assert found.mean == found.median == found.value == timedelta(minutes=5, seconds=30)
        assert (found.percentile_90, found.least, found.most) == (
            9 * MINUTE,
            MINUTE,
            10 * MINUTE,
        )
        assert found.undetermined == {Undetermined.NO_REPLY: 1}
        assert (found.exact, found.reason) == (Fraction(330 * 10**6), None)

    def test_a_count_has_no_times_and_nothing_has_no_mean(self) -> None:
        count = measure(three(), Metric.OPENED)
        assert (count.value, count.mean, count.reason, count.exact) == (3, None, None, Fraction(3))
        nothing = measure(EMPTY, Metric.RESOLUTION_TIME)
        assert (nothing.value, nothing.exact) == (None, None)
        assert nothing.reason is Undetermined.NOTHING_MEASURED

    def test_groups_are_by_anything_a_figure_carries(self) -> None:
        found = measure_by(three(), Metric.RESOLUTION_TIME, by=lambda m: m.case.contact_id)
        assert {name: s.mean for name, s in found.items()} == {"K1": 90 * MINUTE, "K2": DAY}
        with pytest.raises(WorklogError, match=r"^by must be a function of a measurement"):
            measure_by(EMPTY, Metric.OPENED, by="user_id")  # type: ignore[arg-type]  # the point

    def test_net_times_are_by_the_calendar(self) -> None:
        log = log_of(
            *(opened(at(16)), asked(at(16)), answered(at(10, day=3)), closed(at(11, day=3))),
            *(seen(at(16), at(17)), edited(at(16))),
            calendar=OFFICE,
        )
        net = Selection(hours=Hours.NET)
        assert measure(log, Metric.FIRST_RESPONSE_TIME, net).mean == 2 * HOUR
        assert measure(log, Metric.RESPONSE_TIME, net).mean == 2 * HOUR
        assert measure(log, Metric.RESOLUTION_TIME, net).mean == 3 * HOUR
        assert measure(log, Metric.HANDLED_TIME, net).mean == HOUR
        assert user_performance(log, net).rows[0].values["average_response_time"] == 2 * HOUR
        assert conversation_list(log, net).rows[0].resolution_time == 3 * HOUR
        without = measure(three(), Metric.RESPONSE_TIME, net)
        assert without.undetermined == {Undetermined.NO_CALENDAR: 3}

    @pytest.mark.parametrize(
        ("field", "arguments"),
        [
            ("log", ("T1", Metric.OPENED)),
            ("metric", (EMPTY, "opened")),
            ("selection", (EMPTY, Metric.OPENED, "March")),
        ],
    )
    def test_the_door_of_measurements(self, field: str, arguments: Any) -> None:
        with pytest.raises(WorklogError, match=rf"^{field} must be a ") as caught:
            measurements(*arguments)
        assert caught.value.field == field


class TestHeatmap:
    @pytest.mark.rule("R-01")
    def test_168_cells_sum_to_what_was_opened(self) -> None:
        log = log_of(opened(at(9, 59)), opened(at(10), "T2"), opened(at(9, day=9), "T3"))
        heatmap = opened_heatmap(log)
        assert len(heatmap.cells) == 168
        assert heatmap.total == 3 == measure(log, Metric.OPENED).value
        assert (heatmap.cell(1, 9).opened, heatmap.cell(1, 10).opened) == (2, 1)
        assert [(c.weekday, c.hour) for c in heatmap.cells[:2]] == [(1, 0), (1, 1)]

    @pytest.mark.rule("P-K3")
    def test_an_hour_is_that_of_the_readers_zone(self) -> None:
        heatmap = opened_heatmap(log_of(opened(at(23, 30))), Selection(time_zone=BERLIN))
        assert heatmap.cell(2, 0).opened == 1
        assert heatmap.heading.time_zone == "Europe/Berlin"

    def test_exposure_is_as_long_as_the_wall_showed_the_hour(self) -> None:
        def of(first: date, last: date) -> Any:
            chosen = Selection(period=Period(first, last), time_zone=BERLIN)
            return opened_heatmap(EMPTY, chosen)

        spring = of(date(2026, 3, 29), date(2026, 3, 29))
        assert [spring.cell(7, hour).exposure for hour in (1, 2, 3)] == [HOUR, 0 * HOUR, HOUR]
        autumn = of(date(2026, 10, 25), date(2026, 10, 25))
        assert [autumn.cell(7, hour).exposure for hour in (1, 2, 3)] == [HOUR, 2 * HOUR, HOUR]
        year = of(date(2026, 1, 1), date(2026, 12, 31))
        assert sum((cell.exposure for cell in year.cells), timedelta()) == 365 * DAY
        assert year.cell(7, 2).exposure == year.cell(7, 3).exposure == 52 * HOUR
        assert year.cell(4, 12).exposure == 53 * HOUR

    def test_a_rate_is_fair_across_a_change_of_the_clocks(self) -> None:
        def at_two(n: int) -> Any:
            return opened(datetime(2026, 10, 25, 0, 30, tzinfo=UTC) + n * HOUR, f"T{n}")

        day = Selection(period=Period(date(2026, 10, 25), date(2026, 10, 25)), time_zone=BERLIN)
        heatmap = opened_heatmap(log_of(at_two(0), at_two(1)), day)
        assert (heatmap.cell(7, 2).opened, heatmap.cell(7, 2).rate) == (2, Fraction(1))
        monday = heatmap.cell(1, 2)
        assert (monday.exposure, monday.rate) == (timedelta(0), None)

    def test_without_a_period_it_is_exposed_from_the_first_day_to_the_last(self) -> None:
        heatmap = opened_heatmap(log_of(opened(at(12)), opened(at(1, day=3), "T2")))
        assert sum((cell.exposure for cell in heatmap.cells), timedelta()) == 2 * DAY
        assert not any(cell.exposure for cell in opened_heatmap(EMPTY).cells)

    def test_a_day_that_the_zone_skipped_has_no_exposure(self) -> None:
        skipped = Period(date(2011, 12, 30), date(2011, 12, 30))
        chosen = Selection(period=skipped, time_zone=ZoneInfo("Pacific/Apia"))
        assert not any(cell.exposure for cell in opened_heatmap(EMPTY, chosen).cells)

    def test_as_a_table_it_has_a_row_an_hour(self) -> None:
        page = opened_heatmap(log_of(opened(at(9))))._repr_html_()
        assert page.count("<tr>") == 25
        assert "<th>Mon</th>" in page


class TestDistributions:
    @pytest.mark.rule("R-02", "AMB-19")
    def test_opened_by_contact_type_totals_what_was_opened(self) -> None:
        log = log_of(
            *(opened(at(h), f"T{h}", contact_id="K1") for h in (9, 10, 11)),
            *(opened(at(9), "T1"), opened(at(9), "T2", contact_id="K2")),
        )
        found = opened_by_contact_type(log)
        assert found.to_dicts() == [
            {"name": "new", "count": 2, "percent": 40},
            {"name": "returning", "count": 2, "percent": 40},
            {"name": "unknown", "count": 1, "percent": 20},
        ]
        assert found.total == measure(log, Metric.OPENED).value
        assert (found.count_of("new"), found.count_of("other")) == (2, 0)

    def test_percentages_total_100(self) -> None:
        log = log_of(*(opened(at(9), f"T{c}", channel=c) for c in "abc"))
        found = count_by(log, Metric.OPENED, by=lambda m: m.case.channel)
        assert [share.percent for share in found.shares] == [34, 33, 33]
        assert opened_by_contact_type(EMPTY).shares[0].percent is None

    @pytest.mark.rule("R-03")
    def test_incoming_messages_by_channel(self) -> None:
        log = log_of(
            *(asked(at(9), channel="chat"), asked(at(10)), answered(at(11), channel="chat")),
            *(asked(at(9), "T2"), said(at(9), SenderKind.API, Direction.IN, "T2", channel="mail")),
            asked(at(9), "T3"),
        )
        found = incoming_by_channel(log)
        assert [(s.name, s.count) for s in found.shares] == [("chat", 2), ("mail", 2), (None, 1)]
        assert found.total == measure(log, Metric.INCOMING_MESSAGES).value

    @pytest.mark.rule("R-08", "P-K5")
    def test_outgoing_messages_by_source_and_notes_in_none(self) -> None:
        log = log_of(
            *(answered(at(9)), answered(at(10), "U2"), noted(at(11)), asked(at(9))),
            *(said(at(9), SenderKind.AI_AGENT), answered(at(9), failure="bounced")),
        )
        found = outgoing_by_source(log)
        assert {share.name: share.count for share in found.shares} == {
            "user": 2,
            "ai_agent": 1,
            "workflow": 0,
            "broadcast": 0,
            "api": 0,
            "echo": 0,
        }
        of_user = outgoing_by_source(log, Selection(users=["U2"]))
        assert (of_user.total, of_user.count_of("user")) == (1, 1)
        assert measure(log, Metric.FAILED_MESSAGES).value == 1
        assert measure(log, Metric.NOTES).value == 1

    @pytest.mark.rule("AMB-23", "P-R10")
    def test_opened_by_a_user_is_a_count_and_a_share(self) -> None:
        log = log_of(*(agent_opened(at(9), f"T{n}") for n in range(3)), opened(at(9), "T9"))
        assert opened_by_user(log).to_dicts() == [
            {"name": "U1", "count": 3, "percent": 75},
            {"name": "unknown", "count": 1, "percent": 25},
        ]

    def test_a_time_counts_as_often_as_it_was_measured(self) -> None:
        log = log_of(opened(at(9)), closed(at(10)), opened(at(9), "T2"))
        found = count_by(log, Metric.RESOLUTION_TIME, by=lambda m: m.user_id)
        assert found.total == 1


class TestBreakdowns:
    @pytest.mark.rule("P-R6")
    def test_exactly_30_seconds_is_in_the_second_bucket(self) -> None:
        waits = [30 * SECOND - TICK, 30 * SECOND, HOUR - TICK, HOUR]
        events = [
            event
            for n, wait in enumerate(waits)
            for event in (opened(at(9), f"T{n}"), answered(at(9) + wait, ticket=f"T{n}"))
        ]
        found = first_response_breakdown(log_of(*events, opened(at(9), "T9")))
        assert [bucket.count for bucket in found.buckets] == [1, 1, 0, 0, 0, 1, 1]
        assert [bucket.percent for bucket in found.buckets] == [25, 25, 0, 0, 0, 25, 25]
        assert [bucket.at_least for bucket in found.buckets[1:]] == list(RESPONSE_EDGES)
        assert found.buckets[-1].below is None
        assert (found.total, found.undetermined) == (4, {Undetermined.NO_REPLY: 1})

    def test_what_was_never_answered_is_counted_where_its_case_began(self) -> None:
        log = log_of(opened(at(9)), opened(at(9, day=3), "T2"))
        for day in (MONDAY, TUESDAY):
            found = first_response_breakdown(log, day).undetermined
            assert found == {Undetermined.NO_REPLY: 1}

    def test_responses_and_resolutions(self) -> None:
        log = three()
        assert response_breakdown(log).total == 3
        resolutions = resolution_breakdown(log)
        assert [bucket.count for bucket in resolutions.buckets] == [0, 2, 0, 0, 1, 0, 0]
        assert len(resolutions.buckets) == len(RESOLUTION_EDGES) + 1

    def test_empty_buckets_have_no_percentages(self) -> None:
        assert [bucket.percent for bucket in response_breakdown(EMPTY).buckets] == [None] * 7

    @pytest.mark.parametrize("edges", [[HOUR, HOUR], [timedelta(0)], [60], 60])
    def test_edges_ascend_above_zero(self, edges: Any) -> None:
        with pytest.raises(WorklogError, match=r"^edges must be a"):
            breakdown(EMPTY, Metric.HOLD, edges=edges)

    def test_a_count_has_no_buckets(self) -> None:
        with pytest.raises(WorklogError, match=r"^metric must be a time: found "):
            breakdown(EMPTY, Metric.OPENED, edges=[HOUR])


def answering(waits: dict[str, list[int]]) -> CaseLog:
    """Return a log in which each user answered after so many minutes."""
    events: list[Any] = []
    for user, minutes in waits.items():
        for n, minute in enumerate(minutes):
            ticket = f"{user}-{n}"
            events += [asked(at(9), ticket), answered(at(9) + minute * MINUTE, user, ticket)]
    return log_of(*events)


class TestLeaderboard:
    @pytest.mark.rule("R-04", "P-R8", "AMB-18")
    def test_times_ascend_and_a_response_counts_for_who_gave_it(self) -> None:
        log = answering({"U3": [3], "U1": [2, 4], "U2": [1]})
        board = leaderboard(log, Metric.RESPONSE_TIME)
        assert [(x.rank, x.name, x.statistics.mean) for x in board.leaders] == [
            (1, "U2", MINUTE),
            (2, "U1", 3 * MINUTE),
            (2, "U3", 3 * MINUTE),
        ]

    def test_counts_descend(self) -> None:
        log = answering({"U1": [1], "U2": [1, 1]})
        board = leaderboard(log, Metric.OUTGOING_MESSAGES)
        assert [leader.name for leader in board.leaders] == ["U2", "U1"]

    @pytest.mark.rule("P-R8")
    def test_there_are_exactly_n_and_ties_at_the_edge_are_told(self) -> None:
        log = answering({f"U{n:02}": [5] for n in range(12)} | {"A": [1]})
        board = leaderboard(log, Metric.RESPONSE_TIME)
        assert len(board.leaders) == 10
        assert [leader.rank for leader in board.leaders] == [1] + [2] * 9
        assert (board.leaders[-1].name, board.ties_left_out) == ("U08", 3)
        assert leaderboard(log, Metric.RESPONSE_TIME, n=1).ties_left_out == 0
        after = leaderboard(answering({"A": [1], "B": [1], "C": [2]}), Metric.RESPONSE_TIME)
        assert [leader.rank for leader in after.leaders] == [1, 1, 3]

    def test_equal_to_the_microsecond_is_compared_before_rounding(self) -> None:
        log = log_of(
            *(asked(at(9), "A1"), answered(at(9), "A", "A1")),
            *(asked(at(9), "A2"), answered(at(9) + TICK, "A", "A2")),
            *(asked(at(9), "B1"), answered(at(9), "B", "B1")),
        )
        board = leaderboard(log, Metric.RESPONSE_TIME)
        assert [(x.rank, x.name) for x in board.leaders] == [(1, "B"), (2, "A")]

    def test_who_has_too_little_is_left_out_and_nobodys_is_told(self) -> None:
        log = log_of(
            *(asked(at(9)), answered(at(10), None)),
            *(asked(at(9), "T2"), answered(at(10), "U1", "T2")),
            *(asked(at(9), "T3"), assigned(at(9), "U2", "T3")),
        )
        board = leaderboard(log, Metric.FIRST_RESPONSE_TIME)
        assert [leader.name for leader in board.leaders] == ["U1"]
        # U2 has a figure without a value.
        assert (board.left_out, board.unattributed) == (1, 1)
        assert leaderboard(log, Metric.FIRST_RESPONSE_TIME, min_count=2).leaders == ()

    @pytest.mark.rule("R-04")
    def test_who_is_in_several_teams_counts_in_each(self) -> None:
        board = leaderboard(three(), Metric.RESOLUTION_TIME, group_by=GroupBy.TEAM)
        assert [(x.name, x.statistics.count) for x in board.leaders] == [("A", 2), ("B", 3)]
        assert board.counts_several_times
        assert board.workspace.count == 3
        users = leaderboard(three(), Metric.RESOLUTION_TIME)
        assert not users.counts_several_times

    @pytest.mark.parametrize(
        ("field", "value"), [("n", 0), ("n", True), ("min_count", 1.5), ("group_by", "team")]
    )
    def test_its_door(self, field: str, value: Any) -> None:
        with pytest.raises(WorklogError, match=rf"^{field} must be a ") as caught:
            leaderboard(EMPTY, Metric.OPENED, **{field: value})
        assert caught.value.field == field

    def test_as_plain_values(self) -> None:
        board = leaderboard(answering({"U1": [2]}), Metric.RESPONSE_TIME)
        assert board.to_dicts() == [
            {"rank": 1, "name": "U1", "response_time": 2 * MINUTE, "count": 1}
        ]


class TestUserTable:
    @pytest.mark.rule("R-05", "P-R7")
    def test_all_columns_are_of_what_the_user_closed(self) -> None:
        log = log_of(
            *conversation("T1", at(9), wait=MINUTE, lasts=HOUR, contact_id="K1"),
            *conversation("T2", at(10), wait=3 * MINUTE, lasts=3 * HOUR, contact_id="K1"),
            *(noted(at(9, 30)), answered(at(9, 40), "U2"), answered(at(9, 50), failure="x")),
            *conversation("T3", at(9), by="U2", wait=HOUR, lasts=2 * HOUR, contact_id="K2"),
            *(answered(at(9, 5), "U1", "T3"), opened(at(9), "T4"), answered(at(10), "U1", "T4")),
            TeamMembership("U1", "A", at(0)),
        )
        table = user_performance(log)
        first, second = table.rows
        assert (first.user_id, first.teams) == ("U1", ("A",))
        assert list(first.values) == list(USER_COLUMNS)
        assert dict(first.values) == {
            "assigned": 2,
            "closed": 2,
            "contacts": 1,
            "messages": 2,
            "comments": 1,
            "average_response_time": 2 * MINUTE,
            "average_first_response_time": 2 * MINUTE,
            "average_first_assignment_to_first_response": 2 * MINUTE,
            "average_last_assignment_to_response": 2 * MINUTE,
            "average_resolution_time": 2 * HOUR,
            "longest_resolution_time": 3 * HOUR,
            "average_first_assignment_to_close": 2 * HOUR,
            "average_last_assignment_to_close": 2 * HOUR,
            "average_handled_time": None,
        }
        assert second.values["average_first_response_time"] == 5 * MINUTE
        assert second.values["average_response_time"] is None

    @pytest.mark.rule("R-05")
    def test_the_benchmark_is_the_mean_and_median_over_users(self) -> None:
        log = log_of(
            *conversation("T1", at(9), by="U1", wait=MINUTE, lasts=HOUR),
            *conversation("T2", at(9), by="U1", wait=MINUTE, lasts=HOUR),
            *conversation("T3", at(9), by="U2", wait=MINUTE, lasts=2 * HOUR),
            *conversation("T4", at(9), by="U3", wait=MINUTE, lasts=6 * HOUR),
        )
        table = user_performance(log)
        assert table.mean["average_resolution_time"] == 3 * HOUR
        assert table.median["average_resolution_time"] == 2 * HOUR
        assert (table.mean["closed"], table.median["closed"]) == (Fraction(4, 3), Fraction(1))
        assert [row.deviations["average_resolution_time"] for row in table.rows] == [
            -2 * HOUR,
            -HOUR,
            3 * HOUR,
        ]
        assert table.rows[0].deviations["closed"] == Fraction(2, 3)
        assert table.rows[0].deviations["average_handled_time"] is None
        assert table.mean["average_handled_time"] is None
        assert "-2:00:00" not in table._repr_html_()
        assert "1.333" in table._repr_html_()

    def test_users_stand_by_id(self) -> None:
        log = log_of(
            *conversation("T1", at(9), by="U2", wait=MINUTE, lasts=HOUR),
            *conversation("T2", at(9), by="U1", wait=MINUTE, lasts=2 * HOUR),
        )
        assert [row.user_id for row in user_performance(log).rows] == ["U1", "U2"]

    def test_who_closed_nothing_in_the_period_is_not_in_it(self) -> None:
        assert user_performance(three(), TUESDAY).rows == ()
        assert [row.user_id for row in user_performance(three(), MONDAY).rows] == ["U1"]
        nobody = log_of(opened(at(9)), closed(at(10), None))
        assert user_performance(nobody).rows == ()
        assert len(user_performance(nobody).to_dicts()) == 2


class TestConversationList:
    @pytest.mark.rule("R-06", "R-07")
    def test_it_holds_what_is_closed_in_the_order_of_closing(self) -> None:
        found = conversation_list(three())
        assert [row.case_id for row in found.rows] == ["T1", "T2", "T3"]
        assert conversation_list(three(), TUESDAY).rows == ()
        row = found.rows[0]
        assert (row.messages, row.resolution_time, row.assignee) == (2, HOUR, "U1")

    @pytest.mark.rule("R-06")
    def test_long_and_many_messages_is_to_be_reviewed(self) -> None:
        limits = ReviewLimits(resolution_time=2 * HOUR, messages=1)
        found = conversation_list(three(), limits=limits)
        both = (ReviewFlag.LONG_RESOLUTION, ReviewFlag.MANY_MESSAGES)
        assert [row.flags for row in found.rows] == [both[1:], both[1:], both]
        assert [row.case_id for row in found.to_review] == ["T3"]
        assert found.to_dicts()[2]["flags"] == ["long_resolution", "many_messages"]
        assert "long_resolution, many_messages" in found._repr_html_()
        lax = conversation_list(three(), limits=ReviewLimits())
        assert not any(row.flags for row in lax.rows)

    def test_without_limits_they_are_taken_from_the_list(self) -> None:
        events: list[Any] = []
        for n in range(1, 8):
            ticket = f"T{n}"
            lasts = n * MINUTE if n < 7 else 7 * DAY
            events += conversation(ticket, at(9), wait=SECOND, lasts=lasts)
            events += [asked(at(9), ticket) for _ in range(n if n < 7 else 60)]
        found = conversation_list(log_of(*events))
        # Minutes 1 to 6 and a week: median 4, deviation 2, limit 4 + 3 * 1.4826 * 2 minutes.
        assert found.limits.resolution_time == timedelta(seconds=773, microseconds=736000)
        assert found.limits.messages == 14
        assert [row.case_id for row in found.to_review] == ["T7"]

    def test_without_a_spread_there_are_no_limits(self) -> None:
        assert conversation_list(EMPTY).limits == ReviewLimits()

    def test_its_door(self) -> None:
        with pytest.raises(WorklogError, match=r"^ReviewLimits\.messages must be a whole number"):
            ReviewLimits(messages=-1)
        with pytest.raises(WorklogError, match=r"^k must be an int or a Fraction above 0"):
            conversation_list(EMPTY, k=3.5)  # type: ignore[arg-type]  # the point


class TestAnomalies:
    @pytest.mark.rule("R-06")
    def test_a_resolution_far_from_the_others(self) -> None:
        events: list[Any] = []
        for n in (10, 11, 12, 13, 100):
            events += [opened(at(9), f"T{n:03}"), closed(at(9) + n * SECOND, ticket=f"T{n:03}")]
        found = resolved_anomalies(log_of(*events, opened(at(9), "T9")))
        assert [(a.name, a.is_high) for a in found.anomalies] == [("T100", True)]
        assert found.spread.count == 5
        assert (found.spread.median, found.spread.deviation) == (
            Fraction(12 * 10**6),
            Fraction(10**6),
        )
        assert found.spread.upper == Fraction(12 * 10**6) + 3 * Fraction(14826, 10000) * 10**6
        assert "resolution times" in found.compared

    @pytest.mark.rule("R-08")
    def test_a_user_who_sends_or_opens_far_more(self) -> None:
        events: list[Any] = []
        for user, count in (("U1", 2), ("U2", 3), ("U3", 4), ("U4", 30), ("U5", 3)):
            for n in range(count):
                ticket = f"{user}-{n}"
                events += [answered(at(9), user, ticket)]
                events += [agent_opened(at(9), ticket, user_id=user)]
        log = log_of(*events, opened(at(8), "T1"))
        for of in (Metric.OUTGOING_MESSAGES, Metric.OPENED):
            found = outgoing_anomalies(log, of=of)
            assert (
                [anomaly.name for anomaly in found.anomalies]
                == ["U4"]
                == [found.to_dicts()[0]["name"]]
            )

    def test_a_low_value_is_one_and_the_furthest_comes_first(self) -> None:
        events: list[Any] = []
        for n in (1, 100, 101, 102, 103, 250):
            events += [opened(at(9), f"T{n}"), closed(at(9) + n * MINUTE, ticket=f"T{n}")]
        found = resolved_anomalies(log_of(*events))
        assert [(a.name, a.is_high) for a in found.anomalies] == [("T250", True), ("T1", False)]

    def test_what_lies_on_a_limit_is_none(self) -> None:
        events: list[Any] = []
        for n in range(5):
            events += [opened(at(9), f"T{n}"), closed(at(9) + n * MINUTE, ticket=f"T{n}")]
        two_deviations = Fraction(20000, 14826)
        assert resolved_anomalies(log_of(*events), k=two_deviations).anomalies == ()
        found = resolved_anomalies(log_of(*events), k=two_deviations - Fraction(1, 10**9))
        assert [anomaly.name for anomaly in found.anomalies] == ["T0", "T4"]

    def test_where_most_are_equal_nothing_stands_out(self) -> None:
        events: list[Any] = []
        for n in (10, 10, 10, 500):
            ticket = f"T{len(events)}"
            events += [opened(at(9), ticket), closed(at(9) + n * MINUTE, ticket=ticket)]
        found = resolved_anomalies(log_of(*events))
        assert (found.spread.deviation, found.anomalies) == (Fraction(0), ())
        assert resolved_anomalies(EMPTY).spread.median is None

    def test_its_door(self) -> None:
        with pytest.raises(WorklogError, match=r"^of must be OUTGOING_MESSAGES or OPENED"):
            outgoing_anomalies(EMPTY, of=Metric.CLOSED)


class TestVolume:
    def test_intervals_are_half_open_and_none_is_left_out(self) -> None:
        log = log_of(
            *(opened(at(9)), opened(at(9, 15) - TICK, "T2"), opened(at(9, 15), "T3")),
            *(asked(at(9, 20)), answered(at(9, 29)), closed(at(23, 59))),
        )
        found = volume_by_interval(log, MONDAY)
        assert len(found.intervals) == 96
        assert [i.opened for i in found.intervals[36:38]] == [2, 1]
        second = found.intervals[37]
        assert (second.start, second.incoming_messages, second.outgoing_messages) == (
            at(9, 15),
            1,
            1,
        )
        assert found.intervals[-1].closed == 1
        halves = volume_by_interval(log, MONDAY, length=IntervalLength.HALF_HOUR)
        assert len(halves.intervals) == 48
        assert sum(i.opened for i in halves.intervals) == 3

    def test_workload_is_divided_time_and_sums_to_the_ledger(self) -> None:
        log = log_of(
            *(seen(at(9, 10), at(9, 40)), edited(at(9, 10))),
            *(seen(at(9, 20), at(9, 40), ticket="T2"), edited(at(9, 20), ticket="T2")),
            *(seen(at(23, 50), at(0, 10, day=3), "U2"), edited(at(23, 50), by="U2")),
        )
        found = volume_by_interval(log, MONDAY)
        by_start = {i.start: i.workload for i in found.intervals if i.workload}
        assert by_start == {
            at(9): 5 * MINUTE,
            at(9, 15): 15 * MINUTE,
            at(9, 30): 10 * MINUTE,
            at(23, 45): 10 * MINUTE,
        }
        assert found.workload == 40 * MINUTE
        only = volume_by_interval(log, Selection(period=MONDAY.period, users=["U2"]))
        assert only.workload == 10 * MINUTE

    def test_view_only_time_and_machines_are_no_workload(self) -> None:
        log = log_of(
            *(
                seen(at(9), at(10)),
                seen(at(9), at(10), "B1", "T2"),
                edited(at(9), by="B1", ticket="T2"),
            ),
            bots=["B1"],
        )
        assert volume_by_interval(log, MONDAY).workload == timedelta(0)

    def test_a_line_that_rounding_left_nothing_is_no_workload(self) -> None:
        log = log_of(
            *(
                event
                for n in range(3)
                for event in (
                    seen(at(9, 15) - TICK, at(9, 15) + TICK, ticket=f"X{n}"),
                    edited(at(9, 15) - TICK, Action.STATUS, ticket=f"X{n}"),
                )
            ),
        )
        assert volume_by_interval(log, MONDAY).workload == 2 * TICK

    def test_a_day_of_23_hours_has_92_quarters(self) -> None:
        day = Selection(period=Period(date(2026, 3, 29), date(2026, 3, 29)), time_zone=BERLIN)
        found = volume_by_interval(EMPTY, day)
        assert len(found.intervals) == 92
        assert found.intervals[0].start.isoformat() == "2026-03-29T00:00:00+01:00"

    @pytest.mark.parametrize(
        ("message", "arguments", "keywords"),
        [
            (r"^selection must have a period", (Selection(),), {}),
            (r"^selection must have a period", (None,), {}),
            (
                r"^selection\.anchor must be EVENT",
                (Selection(period=MONDAY.period, anchor=Anchor.CONVERSATION),),
                {},
            ),
            (r"^length must be a member of IntervalLength", (MONDAY,), {"length": 15}),
        ],
    )
    def test_its_door(self, message: str, arguments: Any, keywords: Any) -> None:
        with pytest.raises(WorklogError, match=message):
            volume_by_interval(EMPTY, *arguments, **keywords)


class TestComparison:
    def test_a_period_against_the_one_before(self) -> None:
        found = compare_with_previous(
            three(), TUESDAY, metrics=[Metric.OPENED, Metric.RESPONSE_TIME, Metric.CLOSED]
        )
        assert found.previous == MONDAY.period
        assert found.to_dicts() == [
            {"metric": "opened", "now": 1, "before": 2, "difference": -1, "percent": -50},
            {
                "metric": "response_time",
                "now": HOUR,
                "before": 2 * MINUTE,
                "difference": 58 * MINUTE,
                "percent": 2900,
            },
            {"metric": "closed", "now": 0, "before": 2, "difference": -2, "percent": -100},
        ]
        assert "-50.000" in found._repr_html_()

    def test_from_nothing_there_is_no_percentage(self) -> None:
        found = compare_with_previous(three(), MONDAY)
        opened_change = found.changes[0]
        assert (opened_change.difference, opened_change.percent) == (2, None)
        resolution = next(c for c in found.changes if c.metric is Metric.RESOLUTION_TIME)
        assert (resolution.difference, resolution.percent) == (None, None)

    def test_less_time_is_shown_with_its_sign(self) -> None:
        log = log_of(
            *conversation("T1", at(9), wait=HOUR, lasts=HOUR),
            *conversation("T2", at(9, day=3), wait=MINUTE, lasts=HOUR),
        )
        found = compare_with_previous(log, TUESDAY, metrics=[Metric.RESPONSE_TIME])
        assert found.changes[0].difference == -59 * MINUTE
        assert "-0:59:00" in found._repr_html_()

    def test_its_door(self) -> None:
        with pytest.raises(WorklogError, match=r"^selection must have a period"):
            compare_with_previous(EMPTY, Selection())


class TestAllReports:
    REPORTS = (
        opened_heatmap,
        opened_by_contact_type,
        opened_by_user,
        incoming_by_channel,
        outgoing_by_source,
        first_response_breakdown,
        response_breakdown,
        resolution_breakdown,
        lambda log, chosen: leaderboard(log, Metric.RESOLUTION_TIME, chosen),
        user_performance,
        conversation_list,
        resolved_anomalies,
        outgoing_anomalies,
        volume_by_interval,
        compare_with_previous,
    )

    @pytest.mark.parametrize("report", REPORTS)
    def test_each_names_its_zone_shows_itself_and_travels(self, report: Any) -> None:
        chosen = Selection(period=Period(date(2026, 3, 1), date(2026, 3, 8)), time_zone=BERLIN)
        for log in (three(), EMPTY):
            found = report(log, chosen)
            assert found.heading.time_zone == "Europe/Berlin"
            assert "Europe/Berlin" in repr(found)
            assert "Europe/Berlin" in found._repr_html_()
            assert isinstance(found.to_dicts(), list)
            assert pickle.loads(pickle.dumps(found)) == found

    def test_a_zone_without_a_key_is_named_as_it_names_itself(self) -> None:
        log = log_of(rules=WorklogRules(time_zone=UTC))
        assert opened_heatmap(log).heading.time_zone == "UTC"

    def test_united_cases_are_one_in_every_report(self) -> None:
        log = log_of(
            *conversation("T1", at(9), wait=MINUTE, lasts=HOUR),
            *(asked(at(9, 2), "T2", channel="chat"), seen(at(9), at(10), ticket="T2")),
            *(edited(at(9), ticket="T2"), TicketMerged("T2", at(9, 10), "T1")),
            merged_cases=MergedCases.UNITED,
        )
        assert incoming_by_channel(log).total == 2
        assert user_performance(log).rows[0].values["messages"] == 1
        assert volume_by_interval(log, MONDAY).workload == HOUR


class TestDoors:
    LOG = log_of(opened(at(9)))
    DAY = Selection(period=Period(date(2026, 3, 2), date(2026, 3, 2)))

    @pytest.mark.parametrize(
        "report",
        [
            *(first_response_breakdown, resolution_breakdown, opened_heatmap),
            *(volume_by_interval, compare_with_previous, user_performance),
            *(conversation_list, message_log, outgoing_anomalies, opened_by_user),
        ],
    )
    def test_a_report_asks_for_a_log_and_a_selection(self, report: Any) -> None:
        for other in (None, self.LOG.worklog):
            with pytest.raises(WorklogError, match="log must be a CaseLog"):
                report(other, self.DAY)
        for wrong in (5, 0, "", ()):
            with pytest.raises(WorklogError, match="selection must"):
                report(self.LOG, wrong)

    def test_the_contacts_ask_for_a_log(self) -> None:
        nothing: Any = None
        with pytest.raises(WorklogError, match="log must be a CaseLog: found None"):
            contact_log(nothing)

    @pytest.mark.parametrize(
        ("weekday", "hour", "field"),
        [
            (0, 5, "weekday"),
            (8, 0, "weekday"),
            ("Mon", 0, "weekday"),
            (1, 24, "hour"),
            (1, -1, "hour"),
        ],
    )
    def test_a_heatmap_has_no_cell_beyond_the_week(
        self, weekday: Any, hour: Any, field: str
    ) -> None:
        with pytest.raises(WorklogError, match=f"{field} must be a whole number from") as refused:
            opened_heatmap(self.LOG).cell(weekday, hour)
        assert refused.value.field == field

    def test_a_period_that_no_instant_ends_has_no_intervals(self) -> None:
        last = Selection(period=Period(date(9999, 12, 31), date(9999, 12, 31)))
        with pytest.raises(RangeError, match=r"selection\.period must end within datetime's range"):
            volume_by_interval(self.LOG, last)
        before = Selection(period=Period(date(9999, 12, 30), date(9999, 12, 30)))
        assert len(volume_by_interval(self.LOG, before).intervals) == 96

    def test_the_limits_of_a_review_are_a_value_of_their_own(self) -> None:
        limits: Any = 5
        with pytest.raises(WorklogError, match="limits must be a ReviewLimits: found 5"):
            conversation_list(self.LOG, limits=limits)

    def test_whether_messages_failed_is_a_flag(self) -> None:
        failed: Any = "yes"
        with pytest.raises(WorklogError, match="failed must be a bool: found 'yes'"):
            message_log(self.LOG, failed=failed)

    def test_the_teams_of_a_user_are_asked_for_at_an_instant(self) -> None:
        with pytest.raises(NaiveDatetimeError, match="at must carry a time zone"):
            self.LOG.teams_of("U1", datetime(2026, 3, 2))

    def test_groups_may_be_numbers_but_must_have_an_order(self) -> None:
        log = log_of(opened(at(9)), opened(at(10), ticket="T2"))
        numbers: Any = {"T1": 1, "T2": 0}.get
        counted = count_by(log, Metric.OPENED, by=lambda figure: numbers(figure.case.case_id))
        assert [row["name"] for row in counted.to_dicts()] == [0, 1]
        names: Any = {"T1": 1, "T2": "x"}.get
        with pytest.raises(WorklogError, match=r"by must name groups .*: found \[1, 'x'\]"):
            count_by(log, Metric.OPENED, by=lambda figure: names(figure.case.case_id))
        nothing: Any = None
        with pytest.raises(WorklogError, match="expected must be an iterable of str: found None"):
            count_by(log, Metric.OPENED, by=str, expected=nothing)
