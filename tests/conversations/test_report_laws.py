"""Laws of the reports: one metric under one selection is one number, whichever report tells it."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpdesk import RULES, answered, asked, assigned, at, closed, log_of, opened
from worklog_core import (
    Anchor,
    CaseLog,
    Event,
    GroupBy,
    IntervalLength,
    LedgerLabel,
    Metric,
    Period,
    Selection,
    TeamMembership,
    breakdown,
    build_case_log,
    compare_with_previous,
    conversation_list,
    first_response_breakdown,
    incoming_by_channel,
    leaderboard,
    local_day,
    local_day_bounds,
    measure,
    opened_by_contact_type,
    opened_by_user,
    opened_heatmap,
    outgoing_by_source,
    resolution_breakdown,
    response_breakdown,
    user_performance,
    volume_by_interval,
)
from worklog_core.testing.strategies import histories, time_zones, worklog_rules

TICK, HOUR = timedelta.resolution, timedelta(hours=1)
MANY = 1000


@st.composite
def desks(draw: Any) -> list[Event]:
    """Draw conversations that are opened, written in, assigned and closed, in a few days."""
    hours = st.integers(0, 60)
    users = st.sampled_from(("U1", "U2", "U3"))
    start = draw(st.sampled_from((at(12), datetime(2026, 3, 28, 12, tzinfo=UTC))))
    events: list[Event] = [TeamMembership("U1", "A", start), TeamMembership("U2", "A", start)]
    events.append(TeamMembership("U1", "B", start, start + 20 * HOUR))
    for number in range(draw(st.integers(1, 5))):
        ticket = f"T{number}"
        begun = start + draw(hours) * HOUR / 2
        contact = draw(st.sampled_from((None, "K1", "K2")))
        channel = draw(st.sampled_from((None, "chat", "mail")))
        opener = draw(st.sampled_from((None, "U1")))
        events.append(opened(begun, ticket, contact_id=contact, channel=channel, user_id=opener))
        for _ in range(draw(st.integers(0, 3))):
            events.append(asked(begun + draw(hours) * HOUR / 4, ticket))
            events.append(answered(begun + draw(hours) * HOUR / 4, draw(users), ticket))
        if draw(st.booleans()):
            events.append(assigned(begun + draw(hours) * HOUR / 4, draw(users), ticket))
        if draw(st.booleans()):
            events.append(closed(begun + draw(hours) * HOUR / 2, draw(users), ticket))
    return events


@st.composite
def logs(draw: Any) -> CaseLog:
    rules = draw(worklog_rules())
    if draw(st.booleans()):
        return build_case_log(draw(histories(rules=rules, max_scenes=12)), rules)
    return log_of(*draw(desks()), rules=rules)


def days_of(log: CaseLog, zone: tzinfo) -> list[date]:
    instants = [case.started_at for case in log if case.started_at is not None]
    instants += [case.closed_at for case in log if case.closed_at is not None]
    instants += [message.at for message in log.messages]
    # Where clocks run back over midnight, the clock shows a date that is over (AMB-4d).
    return sorted({local_day(at, zone) for at in instants})


@st.composite
def selections(draw: Any, log: CaseLog, anchor: Anchor | None = None) -> Selection:
    zone = draw(st.one_of(st.none(), time_zones()))
    days = days_of(log, zone or log.rules.time_zone)
    first = draw(st.sampled_from(days or [date(2026, 3, 2)]))
    last = first + timedelta(days=draw(st.integers(0, 2)))
    users = st.sampled_from((None, None, ["U1"], ["U1", "U2"]))
    teams = st.sampled_from((None, None, ["A"]))
    return Selection(
        period=Period(first, last),
        time_zone=zone,
        anchor=anchor or draw(st.sampled_from(Anchor)),
        users=draw(users),
        teams=draw(teams),
        channels=draw(st.sampled_from((None, None, ["chat"]))),
    )


@given(data=st.data())
@settings(max_examples=100)
@pytest.mark.rule("R-01", "R-02", "R-03", "R-08", "R-09")
def test_what_was_opened_and_written_is_one_number_everywhere(data: st.DataObject) -> None:
    log = data.draw(logs())
    chosen = data.draw(selections(log))
    opened = measure(log, Metric.OPENED, chosen).count
    totals = [
        opened_heatmap(log, chosen).total if chosen.anchor is Anchor.EVENT else opened,
        opened_by_contact_type(log, chosen).total,
        opened_by_user(log, chosen).total,
        compare_with_previous(log, chosen, metrics=[Metric.OPENED]).changes[0].now.count,
    ]
    assert totals == [opened] * 4
    written = measure(log, Metric.INCOMING_MESSAGES, chosen).count
    assert incoming_by_channel(log, chosen).total == written
    sent = measure(log, Metric.OUTGOING_MESSAGES, chosen).count
    found = outgoing_by_source(log, chosen)
    assert found.total == sent
    assert sum(share.percent or 0 for share in found.shares) == (100 if sent else 0)


@given(data=st.data())
@settings(max_examples=100)
@pytest.mark.rule("R-04", "R-05", "R-06", "AMB-18")
def test_a_time_is_one_number_in_every_report(data: st.DataObject) -> None:
    log = data.draw(logs())
    chosen = data.draw(selections(log))
    for metric, report in (
        (Metric.FIRST_RESPONSE_TIME, first_response_breakdown),
        (Metric.RESPONSE_TIME, response_breakdown),
        (Metric.RESOLUTION_TIME, resolution_breakdown),
    ):
        whole = measure(log, metric, chosen)
        buckets = report(log, chosen)
        assert buckets.statistics == whole
        assert sum(bucket.count for bucket in buckets.buckets) == whole.count
        board = leaderboard(log, metric, chosen, n=MANY)
        assert board.workspace == whole
        ranked = sum(leader.statistics.count for leader in board.leaders)
        assert ranked + board.unattributed == whole.count
        for leader in board.leaders:
            if chosen.users is None:
                own = Selection(
                    period=chosen.period,
                    anchor=chosen.anchor,
                    time_zone=chosen.time_zone,
                    teams=chosen.teams,
                    channels=chosen.channels,
                    users=[leader.name],
                )
                alone = measure(log, metric, own)
                assert (alone.count, alone.mean) == (
                    leader.statistics.count,
                    leader.statistics.mean,
                )


@given(data=st.data())
@settings(max_examples=100)
@pytest.mark.rule("R-05", "P-R7")
def test_the_user_table_tells_the_leaderboards_resolution_times(data: st.DataObject) -> None:
    log = data.draw(logs())
    chosen = data.draw(selections(log, Anchor.EVENT))
    table = user_performance(log, chosen)
    board = leaderboard(log, Metric.RESOLUTION_TIME, chosen, n=MANY)
    means = {leader.name: leader.statistics.mean for leader in board.leaders}
    longest = {leader.name: leader.statistics.most for leader in board.leaders}
    for row in table.rows:
        assert row.values["average_resolution_time"] == means.get(row.user_id)
        assert row.values["longest_resolution_time"] == longest.get(row.user_id)
    closed = measure(log, Metric.CLOSED, chosen).count
    assert len(conversation_list(log, chosen).rows) == closed
    counts: list[Any] = [row.values["closed"] for row in table.rows]
    attributed = sum(counts)
    assert attributed + leaderboard(log, Metric.CLOSED, chosen, n=MANY).unattributed == closed


@given(data=st.data())
@settings(max_examples=100)
@pytest.mark.rule("P-R8", "AMB-23")
def test_a_leaderboard_lists_the_best_and_counts_its_ties(data: st.DataObject) -> None:
    log = data.draw(logs())
    metric = data.draw(st.sampled_from(Metric))
    group = data.draw(st.sampled_from(GroupBy))
    whole = leaderboard(log, metric, group_by=group, n=MANY)
    values: list[Any] = [leader.statistics.exact for leader in whole.leaders]
    assert values == sorted(values, reverse=not metric.is_time)
    for place, leader in enumerate(whole.leaders):
        better = [v for v in values if (v < values[place]) is metric.is_time and v != values[place]]
        assert leader.rank == len(better) + 1
    for n in (1, 2):
        board = leaderboard(log, metric, group_by=group, n=n)
        assert board.leaders == whole.leaders[:n]
        edge = board.leaders[-1].statistics.exact if board.leaders else None
        tied = sum(leader.statistics.exact == edge for leader in whole.leaders[n:])
        assert board.ties_left_out == tied


@given(data=st.data())
@settings(max_examples=80)
@pytest.mark.rule("D-10")
def test_the_stock_agrees_with_the_entries(data: st.DataObject) -> None:
    log = data.draw(logs())
    begun = [case for case in log if case.started_at is not None]
    now = datetime.max.replace(tzinfo=UTC)
    stock = {held.ticket.ticket_id: held.status for held in log.stock_at(now).tickets}
    assert stock.keys() == {case.case_id for case in begun}
    # What was changed before its own beginning only is not told to the stock.
    for case_id in {change.ticket_id for change in log.statuses}:
        assert stock[case_id] is log[case_id].status


@given(data=st.data())
@settings(max_examples=60)
def test_volume_and_workload_sum_to_the_whole(data: st.DataObject) -> None:
    log = data.draw(logs())
    days = days_of(log, log.rules.time_zone)
    lines = [line for line in log.worklog.ledger.lines if line.label is LedgerLabel.COUNTED]
    days += [line.day for line in lines]
    assume(days and (max(days) - min(days)).days < 20)
    everything = Selection(period=Period(min(days), max(days)))
    length = data.draw(st.sampled_from(IntervalLength))
    found = volume_by_interval(log, everything, length=length)
    assert found.workload == sum((line.amount for line in lines), timedelta())
    assert all(timedelta() <= interval.workload for interval in found.intervals)
    opened = [case for case in log if case.started_at is not None]
    assert sum(interval.opened for interval in found.intervals) == len(opened)
    for one, two in zip(found.intervals, found.intervals[1:], strict=False):
        assert one.end == two.start
        assert timedelta() < one.end.astimezone(UTC) - one.start.astimezone(UTC) <= length.value


@given(data=st.data())
@settings(max_examples=60)
def test_a_period_holds_what_its_local_days_hold(data: st.DataObject) -> None:
    """Compare with a dull look at the bounds of every day."""
    log = data.draw(logs())
    chosen = data.draw(selections(log, Anchor.EVENT))
    period = chosen.period
    assert period is not None
    zone = chosen.time_zone or log.rules.time_zone

    def is_held(instant: datetime) -> bool:
        days = [period.first + timedelta(days=n) for n in range(period.days)]
        bounds = [local_day_bounds(day, zone) for day in days]
        return any(span is not None and span[0] <= instant < span[1] for span in bounds)

    plain = Selection(period=period, time_zone=chosen.time_zone)
    closed = [c for c in log if c.closed_at is not None and is_held(c.closed_at)]
    assert measure(log, Metric.CLOSED, plain).count == len(closed)
    times = [c.resolution_time for c in closed if c.resolution_time is not None]
    found = measure(log, Metric.RESOLUTION_TIME, plain)
    assert found.count == len(times)
    if times:
        mean = Fraction(sum(time // TICK for time in times), len(times))
        assert found.mean == round(mean) * TICK
        assert found.most == max(times)
    answers = [r.response_time for r in log.responses if is_held(r.answered_at)]
    assert measure(log, Metric.RESPONSE_TIME, plain).count == len(answers)


@given(
    zone=time_zones(), first=st.dates(date(2010, 1, 1), date(2030, 1, 1)), days=st.integers(1, 12)
)
@settings(max_examples=60)
@pytest.mark.rule("R-01")
def test_exposure_is_what_the_wall_showed_minute_by_minute(
    zone: tzinfo, first: date, days: int
) -> None:
    log = log_of(rules=RULES)
    last = first + timedelta(days=days - 1)
    heatmap = opened_heatmap(log, Selection(period=Period(first, last), time_zone=zone))
    minutes: dict[tuple[int, int], int] = {}
    for n in range(days):
        bounds = local_day_bounds(first + timedelta(days=n), zone)
        now, end = bounds or (None, None)
        while now is not None and end is not None and now < end:
            wall = now.astimezone(zone)
            minutes[wall.isoweekday(), wall.hour] = (
                minutes.get((wall.isoweekday(), wall.hour), 0) + 5
            )
            now += timedelta(minutes=5)
    for cell in heatmap.cells:
        seen = minutes.get((cell.weekday, cell.hour), 0)
        assert abs(cell.exposure - timedelta(minutes=seen)) < timedelta(minutes=5)


@given(data=st.data())
@settings(max_examples=60)
@pytest.mark.rule("P-R6")
def test_a_bucket_holds_its_lower_edge_and_not_its_upper(data: st.DataObject) -> None:
    log = data.draw(logs())
    times = [r.response_time for r in log.responses]
    edges = sorted({time + n * TICK for time in times for n in (0, 1)} - {timedelta()})
    found = breakdown(log, Metric.RESPONSE_TIME, edges=edges)
    for bucket in found.buckets:
        inside = [
            t for t in times if bucket.at_least <= t and (bucket.below is None or t < bucket.below)
        ]
        assert bucket.count == len(inside)
    assert sum(bucket.percent or 0 for bucket in found.buckets) == (100 if times else 0)
