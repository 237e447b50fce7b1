"""How long a ticket waited: the course of its status, its waits, gross and net."""

import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import (
    DueSetBy,
    Interval,
    IntervalSet,
    NaiveDatetimeError,
    PendingTimes,
    SlaPolicy,
    SlaTarget,
    StatusCause,
    TicketStatus,
    TicketStatusChange,
    TicketTimeline,
    Undetermined,
    WeeklyHours,
    WorkingCalendar,
    WorklogError,
    pending_times,
    ticket_timelines,
)

OPEN, PENDING, CLOSED = TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.CLOSED
TICK = timedelta.resolution
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
HOUR = timedelta(hours=1)


def at(hour: int, tick: int = 0, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC) + tick * TICK


def turned(instant: datetime, status: TicketStatus, **further: Any) -> TicketStatusChange:
    fields: dict[str, Any] = {"cause": StatusCause.AGENT, **further}
    return TicketStatusChange(fields.pop("ticket_id", "T1"), instant, status, **fields)


def reasons(times: PendingTimes) -> dict[str, str]:
    return {field: reason.value for field, reason in times.reasons.items()}


class TestTimeline:
    def test_a_ticket_is_open_from_its_beginning(self) -> None:
        assert TicketTimeline().status_at(at(9)) is OPEN
        assert TicketTimeline().change_at(at(9)) is None
        assert TicketTimeline([turned(at(10), PENDING)]).status_at(at(10, -1)) is OPEN

    def test_a_change_holds_from_its_instant(self) -> None:
        timeline = TicketTimeline([turned(at(10), PENDING), turned(at(12), CLOSED)])
        hours = [(at(10), PENDING), (at(12, -1), PENDING), (at(12), CLOSED), (at(23), CLOSED)]
        assert [timeline.status_at(instant) for instant, _ in hours] == [s for _, s in hours]
        assert timeline.change_at(at(11)) == timeline.changes[0]

    @pytest.mark.rule("AMB-24")
    def test_what_comes_later_is_unseen(self) -> None:
        timeline = TicketTimeline([turned(at(10), PENDING), turned(at(12), OPEN)])
        assert timeline.until(at(12)) == timeline
        assert timeline.until(at(12, -1)) == TicketTimeline([turned(at(10), PENDING)])

    def test_of_two_changes_at_one_instant_the_later_word_holds(self) -> None:
        early = turned(at(10), CLOSED, known_at=at(11))
        late = turned(at(10), PENDING, known_at=at(12))
        assert TicketTimeline([late, early]).changes == (late,)
        first, second = (
            turned(at(10), status, event_id=i) for i, status in (("1", OPEN), ("2", CLOSED))
        )
        assert TicketTimeline([second, first]).changes == (second,)

    def test_where_nothing_tells_which_the_one_further_on_the_way_holds(self) -> None:
        changes = [turned(at(10), status) for status in (CLOSED, OPEN, PENDING)]
        for order in permutations(changes):
            assert TicketTimeline(order).status_at(at(10)) is CLOSED
            assert TicketTimeline(change for change in order if change.status is not CLOSED) == (
                TicketTimeline([turned(at(10), PENDING)])
            )

    def test_two_that_say_the_same_are_no_contradiction(self) -> None:
        both = [turned(at(10), CLOSED, user_id=user) for user in ("U1", "U2")]
        assert TicketTimeline(both) == TicketTimeline(both[::-1])
        assert len(TicketTimeline(both).changes) == 1

    @pytest.mark.rule("AMB-25")
    def test_a_corrected_version_is_the_fact(self) -> None:
        wrong = turned(at(10), CLOSED, event_id="7")
        right = turned(at(11), PENDING, event_id="7", known_at=at(12))
        assert TicketTimeline([wrong, right, wrong]).changes == (right,)

    def test_changes_of_several_tickets_are_refused(self) -> None:
        mixed = [turned(at(10), PENDING), turned(at(11), OPEN, ticket_id="T2")]
        with pytest.raises(WorklogError, match=r"^changes must be those of one ticket: found 'T1'"):
            TicketTimeline(mixed)
        timelines = ticket_timelines(mixed)
        assert timelines == {"T1": TicketTimeline(mixed[:1]), "T2": TicketTimeline(mixed[1:])}

    def test_since_when_it_has_its_status(self) -> None:
        twice = [turned(at(9), OPEN), turned(at(10), CLOSED), turned(at(12), CLOSED)]
        timeline = TicketTimeline(twice)
        assert timeline.since(CLOSED) == at(10)
        assert timeline.since(OPEN) is timeline.since(PENDING) is None
        assert timeline.until(at(9)).since(OPEN) is None
        assert TicketTimeline([turned(at(9), CLOSED), turned(at(10), OPEN)]).since(OPEN) == at(10)
        assert TicketTimeline().since(CLOSED) is None

    def test_it_travels_as_an_equal_value(self) -> None:
        timeline = TicketTimeline([turned(at(10), PENDING)])
        assert pickle.loads(pickle.dumps(timeline)) == timeline
        assert hash(pickle.loads(pickle.dumps(timeline))) == hash(timeline)

    def test_what_is_no_change_is_refused(self) -> None:
        junk: Any = [at(9)]
        with pytest.raises(WorklogError, match=r"^ticket_statuses must hold TicketStatusChange"):
            TicketTimeline(junk)


class TestPendingTimes:
    @pytest.mark.rule("P-E1", "AMB-12")
    def test_two_waits_of_a_ticket(self) -> None:
        times = pending_times(
            [
                turned(at(10), PENDING, deferred_until=at(12)),
                turned(at(12), OPEN, cause=StatusCause.DUE_DATE),
                turned(at(16), PENDING, deferred_until=at(10, day=4)),
                turned(at(10, day=3), OPEN, cause=StatusCause.CUSTOMER),
                turned(at(11, day=3), CLOSED),
            ],
            calendar=OFFICE,
        )
        assert times.pending_time == 20 * HOUR
        assert times.net_pending_time == 4 * HOUR
        assert times.first_pending_at == at(10)
        assert times.times_set_to_open == 2
        assert (times.pending_due_at, reasons(times)) == (None, {"pending_due_at": "not_pending"})

    @pytest.mark.rule("AMB-12")
    def test_while_it_waits_nobody_knows_for_how_long(self) -> None:
        changes = [
            turned(at(10), PENDING, deferred_until=at(12)),
            turned(at(12), OPEN),
            turned(at(13), PENDING, deferred_until=at(15)),
        ]
        times = pending_times(changes, as_of=at(23), calendar=OFFICE)
        assert (times.pending_time, times.net_pending_time) == (None, None)
        assert reasons(times) == dict.fromkeys(
            ("pending_time", "net_pending_time"), "still_pending"
        )
        assert (times.first_pending_at, times.pending_due_at) == (at(10), at(15))
        assert times.times_set_to_open == 1

    @pytest.mark.rule("AMB-24")
    def test_a_change_at_the_instant_asked_about_is_seen(self) -> None:
        changes = [turned(at(10), PENDING, deferred_until=at(12)), turned(at(12), OPEN)]
        assert pending_times(changes, as_of=at(12)).pending_time == 2 * HOUR
        assert pending_times(changes, as_of=at(12, -1)).pending_time is None
        assert pending_times(changes, as_of=at(10, -1)).pending_time == timedelta(0)

    def test_a_ticket_that_never_waited_has_waited_for_no_time(self) -> None:
        for changes in ([], [turned(at(9), OPEN), turned(at(10), CLOSED)]):
            times = pending_times(changes, calendar=OFFICE)
            assert times.pending_time == times.net_pending_time == timedelta(0)
            assert times.times_set_to_open == 0
            assert reasons(times) == {
                "first_pending_at": "never_pending",
                "pending_due_at": "not_pending",
            }

    def test_net_needs_a_calendar(self) -> None:
        times = pending_times([turned(at(10), PENDING), turned(at(12), CLOSED)])
        assert (times.pending_time, times.net_pending_time) == (2 * HOUR, None)
        assert times.reasons["net_pending_time"] is Undetermined.NO_CALENDAR

    @pytest.mark.rule("D-01", "AMB-8")
    def test_the_last_due_date_set_is_in_force(self) -> None:
        changes = [
            turned(at(10), PENDING, deferred_until=at(12), due_set_by=DueSetBy.TAG),
            turned(at(11), PENDING, deferred_until=at(17), due_set_by=DueSetBy.MANUAL),
            turned(at(14), OPEN),
        ]
        assert pending_times(changes, as_of=at(10)).pending_due_at == at(12)
        assert pending_times(changes, as_of=at(11)).pending_due_at == at(17)
        times = pending_times(changes)
        assert (times.pending_due_at, times.pending_time) == (None, 4 * HOUR)

    @pytest.mark.rule("D-02")
    def test_a_source_may_not_say_until_when(self) -> None:
        times = pending_times([turned(at(10), PENDING)])
        assert times.reasons["pending_due_at"] is Undetermined.NO_DUE_DATE

    @pytest.mark.rule("AMB-12", "D-06")
    def test_a_due_date_that_has_passed_ends_no_wait_by_itself(self) -> None:
        times = pending_times([turned(at(10), PENDING, deferred_until=at(12))], as_of=at(23))
        assert times.pending_time is None

    def test_an_opening_of_an_open_ticket_is_none(self) -> None:
        changes = [turned(at(h), s) for h, s in ((8, OPEN), (9, CLOSED), (10, OPEN), (11, OPEN))]
        assert pending_times(changes).times_set_to_open == 1

    def test_a_wait_over_a_repeated_hour_is_as_long_as_it_took(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=f) for f in (0, 1))
        times = pending_times([turned(first, PENDING), turned(second, OPEN)])
        assert times.pending_time == HOUR
        spring = [datetime(2026, 3, 29, h, tzinfo=berlin) for h in (1, 4)]
        times = pending_times([turned(spring[0], PENDING), turned(spring[1], OPEN)])
        assert times.pending_time == 2 * HOUR

    def test_what_is_no_calendar_or_instant_is_refused(self) -> None:
        junk: Any = "office"
        with pytest.raises(WorklogError, match=r"^calendar must be a calendar or None: found 'off"):
            pending_times([], calendar=junk)
        with pytest.raises(NaiveDatetimeError, match=r"^as_of must carry a time zone"):
            pending_times([], as_of=datetime(2026, 3, 2))

    def test_it_travels_as_an_equal_value(self) -> None:
        times = pending_times([turned(at(10), PENDING)])
        assert pickle.loads(pickle.dumps(times)) == times
        assert hash(pickle.loads(pickle.dumps(times))) == hash(times)


@pytest.mark.rule("AMB-8b", "P-E8")
def test_a_wait_moves_the_sla_only_where_the_policy_says_so() -> None:
    waits = TicketTimeline([turned(at(10), PENDING), turned(at(12), OPEN)]).waits
    assert waits == IntervalSet([Interval(at(10), at(12))])

    def due(*, pause_on_pending: bool) -> datetime | None:
        policy = SlaPolicy(OFFICE, otherwise=SlaTarget(4 * HOUR), pause_on_pending=pause_on_pending)
        pauses = policy.pausing(IntervalSet(), pending=waits)
        return policy.due_at([], opened_at=at(9), pauses=pauses)

    assert due(pause_on_pending=False) == at(13)
    assert due(pause_on_pending=True) == at(15)


# Against an oracle that asks every microsecond which change came last.

HORIZON = 12
courses = st.dictionaries(
    st.integers(0, HORIZON - 1), st.sampled_from(TicketStatus), max_size=6
).map(lambda course: sorted(course.items()))


def status_at_tick(course: list[tuple[int, TicketStatus]], tick: int) -> TicketStatus:
    return next((status for at_tick, status in reversed(course) if at_tick <= tick), OPEN)


@given(course=courses, as_of=st.integers(0, HORIZON), data=st.data())
def test_every_microsecond_is_in_a_wait_or_not(
    course: list[tuple[int, TicketStatus]], as_of: int, data: st.DataObject
) -> None:
    changes = data.draw(st.permutations([turned(at(9, tick), status) for tick, status in course]))
    doubled = [*changes, *changes[:2]]
    statuses = [status_at_tick(course, tick) for tick in range(as_of + 1)]
    times = pending_times(doubled, as_of=at(9, as_of), calendar=OFFICE)
    pending = [tick for tick, status in enumerate(statuses) if status is PENDING]
    if statuses[-1] is PENDING:
        assert times.pending_time is times.net_pending_time is None
    else:
        assert times.pending_time == times.net_pending_time == len(pending) * TICK
    assert times.first_pending_at == (at(9, pending[0]) if pending else None)
    opened = sum(b is OPEN and a is not OPEN for a, b in pairwise([OPEN, *statuses]))
    assert times.times_set_to_open == opened
    timeline = TicketTimeline(doubled)
    assert [timeline.status_at(at(9, tick)) for tick in range(as_of + 1)] == statuses


@given(course=courses)
def test_net_is_the_part_of_gross_in_which_the_calendar_is_open(
    course: list[tuple[int, TicketStatus]],
) -> None:
    # The calendar closes in the middle of the course.
    shift = HORIZON // 2
    changes = [turned(at(17, tick - shift), status) for tick, status in course]
    times = pending_times([*changes, turned(at(18), CLOSED)], calendar=OFFICE)
    open_ticks = [tick for tick in range(shift) if status_at_tick(course, tick) is PENDING]
    assert times.net_pending_time == len(open_ticks) * TICK
