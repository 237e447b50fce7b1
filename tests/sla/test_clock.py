"""SLA clocks: worked examples with figures, and the laws of pauses."""

import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from worklog_core.calendars import Rule, WeeklyHours, WorkingCalendar
from worklog_core.errors import NaiveDatetimeError, NoWorkingTimeError, RangeError, WorklogError
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.sla import (
    SlaClock,
    SlaState,
    Verdict,
    are_all_met,
    net_time_after_due,
    sla_due_at,
)
from worklog_core.undetermined import Undetermined

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WeeklyHours.parse("Mon-Fri 09:00-17:00")
office = WorkingCalendar(OFFICE, time_zone=UTC)
closed = WorkingCalendar(WeeklyHours(), time_zone=UTC)
TICK = timedelta(microseconds=1)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def at(text: str) -> datetime:
    """Read `06T13:00` as of March 2026 in UTC; the second is a Monday."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


def paused(*spans: tuple[str, str]) -> IntervalSet:
    return IntervalSet(Interval(at(start), at(end)) for start, end in spans)


@pytest.mark.rule("E-45", "E-46", "E-47")
class TestNetTime:
    @pytest.mark.parametrize(
        ("due", "done", "expected"),
        [
            ("02T10:30", "02T09:59", hours(-31 / 60)),
            ("02T10:30", "02T10:30", hours(0)),
            ("02T10:30", "02T11:30", hours(1)),
            # Over the weekend only working hours count.
            ("06T16:00", "09T10:00", hours(2)),
            ("09T10:00", "06T16:00", hours(-2)),
            # What is due at Friday's closing bell is still timely on Sunday.
            ("06T17:00", "08T12:00", hours(0)),
        ],
    )
    def test_net_time_is_signed_and_counts_working_hours_only(
        self, due: str, done: str, expected: timedelta
    ) -> None:
        assert net_time_after_due(office, due_at=at(due), completed_at=at(done)) == expected

    def test_a_pause_takes_its_working_time_out(self) -> None:
        pauses = paused(("06T16:30", "09T09:30"))
        net = net_time_after_due(
            office, due_at=at("06T16:00"), completed_at=at("09T10:00"), pauses=pauses
        )
        assert net == hours(1)

    def test_the_zone_of_the_instants_does_not_matter(self) -> None:
        due, done = at("06T16:00").astimezone(BERLIN), at("09T10:00").astimezone(BERLIN)
        assert net_time_after_due(office, due_at=due, completed_at=done) == hours(2)

    @pytest.mark.parametrize(
        ("given_ones", "message"),
        [
            ({"due_at": datetime(2026, 3, 2)}, "due_at must carry a time zone"),
            ({"completed_at": None}, "completed_at must be a datetime"),
            ({"pauses": []}, "pauses must be an IntervalSet"),
            ({"calendar": OFFICE}, "calendar must be a calendar"),
        ],
    )
    def test_what_cannot_be_judged_is_refused_by_name(
        self, given_ones: dict[str, Any], message: str
    ) -> None:
        arguments: dict[str, Any] = {
            "calendar": office,
            "due_at": at("02T10:00"),
            "completed_at": at("02T11:00"),
        } | given_ones
        with pytest.raises(WorklogError, match=f"^{message}"):
            net_time_after_due(**arguments)


@pytest.mark.rule("P-E10", "AMB-8")
class TestDueDates:
    @pytest.mark.parametrize(
        ("opened", "target", "pauses", "due"),
        [
            ("06T13:00", hours(8), IntervalSet(), "09T13:00"),
            # A target that fills the day is due at its closing bell.
            ("02T09:00", hours(8), IntervalSet(), "02T17:00"),
            ("02T07:00", hours(8), IntervalSet(), "02T17:00"),
            ("07T12:00", hours(0), IntervalSet(), "07T12:00"),
            ("02T09:00", hours(4), paused(("02T10:00", "02T11:00")), "02T14:00"),
            # A pause at night costs nothing.
            ("02T16:00", hours(2), paused(("02T18:00", "03T08:00")), "03T10:00"),
            ("02T16:00", hours(2), paused(("02T16:30", "03T09:30")), "03T11:00"),
            # A pause that begins as the target is reached does not move it.
            ("02T09:00", hours(1), paused(("02T10:00", "02T11:00")), "02T10:00"),
            # One before the opening, one around it, one after the due date.
            (
                "02T10:00",
                hours(1),
                paused(
                    ("02T08:00", "02T09:00"), ("02T09:30", "02T11:00"), ("02T13:00", "03T13:00")
                ),
                "02T12:00",
            ),
        ],
    )
    def test_a_due_date_is_the_working_time_after_the_opening(
        self, opened: str, target: timedelta, pauses: IntervalSet, due: str
    ) -> None:
        assert sla_due_at(office, at(opened), target, pauses=pauses) == at(due)
        clock = SlaClock(office, opened_at=at(opened), target=target, pauses=pauses)
        assert clock.due_at == at(due)
        assert clock.remaining(as_of=at(due)) == timedelta()

    def test_the_answer_carries_the_zone_of_the_opening(self) -> None:
        opened = at("06T13:00").astimezone(BERLIN)
        due = sla_due_at(office, opened, hours(8))
        assert due.tzinfo is BERLIN
        assert due == at("09T13:00")
        assert sla_due_at(office, opened, hours(0)).tzinfo is BERLIN
        clock = SlaClock(office, opened_at=opened, target=hours(8))
        assert clock.opened_at.tzinfo is UTC
        assert clock.due_at is not None
        assert clock.due_at.tzinfo is UTC

    @pytest.mark.parametrize(
        ("given_ones", "error", "message"),
        [
            ({"opened_at": datetime(2026, 3, 2)}, NaiveDatetimeError, "opened_at must carry"),
            ({"working_time": -TICK}, WorklogError, "working_time must be a timedelta"),
            ({"working_time": 8}, WorklogError, "working_time must be a timedelta"),
            ({"pauses": ()}, WorklogError, "pauses must be an IntervalSet"),
            ({"calendar": None}, WorklogError, "calendar must be a calendar"),
            ({"calendar": closed}, NoWorkingTimeError, "a calendar must open within 30 years"),
            ({"working_time": timedelta.max}, RangeError, "working_time must end within"),
        ],
    )
    def test_what_has_no_due_date_is_refused(
        self, given_ones: dict[str, Any], error: type[WorklogError], message: str
    ) -> None:
        arguments: dict[str, Any] = {
            "calendar": office,
            "opened_at": at("02T10:00"),
            "working_time": hours(8),
        } | given_ones
        with pytest.raises(error, match=f"^{message}"):
            sla_due_at(**arguments)


near = st.datetimes(datetime(2026, 3, 25), datetime(2026, 4, 2), timezones=st.just(UTC))
berlin = WorkingCalendar(
    WeeklyHours.parse("Mon-Fri 09:00-17:00; Sat-Sun 01:00-04:00,22:00-02:30"),
    time_zone=BERLIN,
    holidays={date(2026, 3, 27)},
)
pause_sets = st.lists(st.tuples(near, near).filter(lambda pair: pair[0] < pair[1]), max_size=4).map(
    lambda pairs: IntervalSet(Interval(start, end) for start, end in pairs)
)
targets = st.timedeltas(timedelta(), timedelta(days=2)) | st.sampled_from([TICK, hours(8)])


def worked_by_hand(start: datetime, end: datetime, pauses: IntervalSet) -> timedelta:
    """Measure the open time outside the pauses as a set of instants."""
    if start > end:
        return -worked_by_hand(end, start, pauses)
    if start == end:
        return timedelta()
    return (berlin.open_intervals(Interval(start, end)) - pauses).duration


@pytest.mark.rule("AMB-8", "E-45")
class TestTheLawsOfPauses:
    @given(near, targets, pause_sets)
    def test_a_due_date_is_the_earliest_instant_with_the_target_behind_it(
        self, opened: datetime, target: timedelta, pauses: IntervalSet
    ) -> None:
        due = sla_due_at(berlin, opened, target, pauses=pauses)
        assert worked_by_hand(opened, due, pauses) == target
        if target:
            assert worked_by_hand(opened, due - TICK, pauses) == target - TICK
        else:
            assert due == opened

    @given(near, near, targets, pause_sets)
    def test_net_time_is_what_was_worked_minus_the_target(
        self, opened: datetime, done: datetime, target: timedelta, pauses: IntervalSet
    ) -> None:
        due = sla_due_at(berlin, opened, target, pauses=pauses)
        net = net_time_after_due(berlin, due_at=due, completed_at=done, pauses=pauses)
        assert net == worked_by_hand(opened, done, pauses) - target
        back = net_time_after_due(berlin, due_at=done, completed_at=due, pauses=pauses)
        assert back == -net

    @given(near, targets, pause_sets, near, near)
    def test_a_clock_tells_one_story(
        self,
        opened: datetime,
        target: timedelta,
        pauses: IntervalSet,
        since: datetime,
        now: datetime,
    ) -> None:
        assume(now >= opened)
        clock = SlaClock(berlin, opened_at=opened, target=target, pauses=pauses, paused_since=since)
        stopped = pauses | IntervalSet([Interval(since, datetime(2100, 1, 1, tzinfo=UTC))])
        worked = worked_by_hand(opened, now, stopped)
        assert clock.worked(as_of=now) == worked
        assert clock.remaining(as_of=now) == target - worked
        lines = clock.explain(as_of=now)
        assert sum((line.counted for line in lines), timedelta()) == worked
        all_that_runs = worked_by_hand(opened, max(since, opened), stopped)
        reached = not target or all_that_runs >= target
        assert (clock.due_at is not None) is reached
        verdict = clock.verdict(as_of=now)
        assert (verdict.state is SlaState.BREACHED) is (worked > target)
        assert verdict.net_time_after_due == worked - target
        if verdict.state is not SlaState.BREACHED:
            assert (verdict.state is SlaState.PAUSED) is (now in stopped)

    @given(near, pause_sets)
    def test_a_pause_of_closed_hours_costs_nothing(
        self, opened: datetime, pauses: IntervalSet
    ) -> None:
        horizon = Interval(datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC))
        at_night = pauses - berlin.open_intervals(horizon)
        assert sla_due_at(berlin, opened, hours(9), pauses=at_night) == sla_due_at(
            berlin, opened, hours(9)
        )


@pytest.mark.rule("AMB-8")
class TestVerdicts:
    clock = SlaClock(office, opened_at=at("06T09:00"), target=hours(8))

    @pytest.mark.parametrize(
        ("done", "state", "net", "is_past_due"),
        [
            ("06T16:00", SlaState.MET, hours(-1), False),
            ("06T17:00", SlaState.MET, hours(0), False),
            # 0 is met, and the bare comparison stands beside it.
            ("08T12:00", SlaState.MET, hours(0), True),
            ("09T09:00", SlaState.MET, hours(0), True),
            ("09T10:00", SlaState.BREACHED, hours(1), True),
        ],
    )
    def test_what_is_completed_is_met_or_breached(
        self, done: str, state: SlaState, net: timedelta, *, is_past_due: bool
    ) -> None:
        verdict = self.clock.verdict(as_of=at("20T09:00"), completed_at=at(done))
        assert verdict == Verdict(state, net_time_after_due=net, is_past_due=is_past_due)

    @pytest.mark.parametrize(
        ("now", "state"),
        [
            ("06T09:00", SlaState.RUNNING),
            ("06T17:00", SlaState.RUNNING),
            ("08T12:00", SlaState.RUNNING),
            ("09T09:01", SlaState.BREACHED),
        ],
    )
    def test_what_is_not_completed_runs_until_it_is_overrun(
        self, now: str, state: SlaState
    ) -> None:
        assert self.clock.verdict(as_of=at(now)).state is state
        # A completion in the future is not seen yet; one at this instant is.
        later = at("20T09:00")
        assert self.clock.verdict(as_of=at(now), completed_at=later).state is state

    def test_a_completion_at_as_of_is_seen(self) -> None:
        now = at("06T10:00")
        assert self.clock.verdict(as_of=now, completed_at=now).state is SlaState.MET

    def test_a_pause_without_an_end_leaves_no_due_date(self) -> None:
        clock = SlaClock(
            office, opened_at=at("02T09:00"), target=hours(4), paused_since=at("02T11:00")
        )
        assert clock.due_at is None
        assert not clock.is_provisional
        assert clock.remaining(as_of=at("05T12:00")) == hours(2)
        assert clock.verdict(as_of=at("05T12:00")) == Verdict(
            SlaState.PAUSED, net_time_after_due=hours(-2), is_past_due=None
        )
        assert clock.verdict(as_of=at("02T11:00")).state is SlaState.PAUSED
        # Before it began, nobody knew of it.
        assert clock.verdict(as_of=at("02T10:59")).state is SlaState.RUNNING
        done = clock.verdict(as_of=at("05T12:00"), completed_at=at("04T12:00"))
        assert (done.state, done.net_time_after_due) == (SlaState.MET, hours(-2))

    def test_a_pause_that_begins_after_the_due_date_leaves_it(self) -> None:
        clock = SlaClock(
            office, opened_at=at("02T09:00"), target=hours(4), paused_since=at("02T15:00")
        )
        assert clock.due_at == at("02T13:00")
        assert clock.verdict(as_of=at("03T12:00")).state is SlaState.BREACHED
        assert clock.remaining(as_of=at("03T12:00")) == hours(-2)

    def test_a_pause_that_began_before_the_opening_holds_the_clock(self) -> None:
        clock = SlaClock(
            office, opened_at=at("02T09:00"), target=hours(4), paused_since=at("01T09:00")
        )
        assert clock.due_at is None
        assert clock.remaining(as_of=at("03T09:00")) == hours(4)

    def test_a_closed_pause_is_told_while_it_lasts(self) -> None:
        clock = SlaClock(
            office,
            opened_at=at("02T09:00"),
            target=hours(4),
            pauses=paused(("02T10:00", "02T12:00")),
        )
        states = [clock.verdict(as_of=at(f"02T{hour}:00")).state.value for hour in (10, 11, 12)]
        assert states == ["paused", "paused", "running"]

    def test_before_the_opening_nothing_can_be_said(self) -> None:
        verdict = self.clock.verdict(as_of=at("06T08:59"))
        assert verdict == Verdict(SlaState.UNDETERMINED, Undetermined.NOT_OPENED)
        assert self.clock.remaining(as_of=at("05T09:00")) == hours(8)
        assert self.clock.worked(as_of=at("05T09:00")) == timedelta()
        assert self.clock.explain(as_of=at("05T09:00")) == ()

    @pytest.mark.rule("E-48")
    @pytest.mark.parametrize(("calendar", "target"), [(closed, hours(1)), (office, timedelta.max)])
    def test_hours_that_never_reach_a_due_date_give_no_verdict(
        self, calendar: WorkingCalendar, target: timedelta
    ) -> None:
        clock = SlaClock(calendar, opened_at=at("02T09:00"), target=target)
        assert clock.verdict(as_of=at("03T09:00")) == Verdict(
            SlaState.UNDETERMINED, Undetermined.NO_SLA_DUE
        )
        with pytest.raises((NoWorkingTimeError, RangeError), match=r"within"):
            _ = clock.due_at

    def test_a_completion_before_the_opening_is_refused(self) -> None:
        with pytest.raises(WorklogError, match=r"^completed_at must not be before the opening"):
            self.clock.verdict(as_of=at("20T09:00"), completed_at=at("06T08:59"))

    def test_a_completion_at_the_opening_itself_is_met(self) -> None:
        opened = self.clock.opened_at
        assert self.clock.verdict(as_of=opened, completed_at=opened).state is SlaState.MET

    def test_a_verdict_is_final_unless_it_says_otherwise(self) -> None:
        assert Verdict(SlaState.MET).is_provisional is False

    def test_what_rests_on_unknown_holidays_is_provisional(self) -> None:
        known = WorkingCalendar(OFFICE, time_zone=UTC, known_until=date(2026, 3, 6))
        clock = SlaClock(known, opened_at=at("06T09:00"), target=hours(8))
        assert not clock.is_provisional
        late = SlaClock(known, opened_at=at("06T10:00"), target=hours(8))
        assert late.is_provisional
        assert not late.verdict(as_of=at("06T12:00")).is_provisional
        assert late.verdict(as_of=at("09T12:00")).is_provisional
        done = late.verdict(as_of=at("09T12:00"), completed_at=at("06T12:00"))
        assert not done.is_provisional

    @pytest.mark.rule("AMB-14")
    @pytest.mark.parametrize(
        ("states", "expected"),
        [
            ([], None),
            ([SlaState.MET], True),
            ([SlaState.MET, SlaState.MET], True),
            ([SlaState.MET, SlaState.RUNNING], None),
            ([SlaState.MET, SlaState.PAUSED], None),
            ([SlaState.MET, SlaState.UNDETERMINED], None),
            ([SlaState.MET, SlaState.BREACHED], False),
            ([SlaState.RUNNING, SlaState.BREACHED, SlaState.UNDETERMINED], False),
            ([SlaState.UNDETERMINED], None),
        ],
    )
    def test_targets_are_met_together_only_if_each_is(
        self, states: list[SlaState], *, expected: bool | None
    ) -> None:
        assert are_all_met(Verdict(state) for state in states) is expected


@pytest.mark.rule("AMB-8")
class TestEscalations:
    clock = SlaClock(
        office, opened_at=at("02T09:00"), target=hours(10), pauses=paused(("02T10:00", "02T11:00"))
    )

    @pytest.mark.parametrize(
        ("share", "expected"),
        [
            (Fraction(1, 2), "02T15:00"),
            (Fraction(80, 100), "03T10:00"),
            (1, "03T12:00"),
            (Fraction(3, 2), "03T17:00"),
        ],
    )
    def test_a_share_of_the_target_has_its_instant(self, share: Any, expected: str) -> None:
        assert self.clock.escalates_at(share) == at(expected)

    def test_a_share_is_rounded_up_to_the_microsecond(self) -> None:
        clock = SlaClock(office, opened_at=at("02T09:00"), target=10 * TICK)
        assert clock.escalates_at(Fraction(1, 3)) == at("02T09:00") + 4 * TICK

    def test_a_pause_leaves_later_points_open(self) -> None:
        clock = SlaClock(
            office, opened_at=at("02T09:00"), target=hours(4), paused_since=at("02T11:00")
        )
        assert clock.escalates_at(Fraction(1, 2)) == at("02T11:00")
        assert clock.escalates_at(Fraction(3, 4)) is None

    @pytest.mark.parametrize("share", [0.8, 0, Fraction(-1, 2), "0.8", None, True])
    def test_a_share_is_a_fraction(self, share: Any) -> None:
        with pytest.raises(WorklogError, match=r"^share must be a Fraction or an int above 0"):
            self.clock.escalates_at(share)

    def test_a_share_of_more_than_can_be_held_is_refused(self) -> None:
        with pytest.raises(RangeError, match=r"^share must leave the target a timedelta"):
            self.clock.escalates_at(Fraction(10**12))

    def test_the_whole_of_the_longest_target_can_be_held_and_not_be_due(self) -> None:
        clock = SlaClock(office, opened_at=at("02T09:00"), target=timedelta.max)
        with pytest.raises(RangeError, match=r"^working_time must end within datetime's range"):
            clock.escalates_at(Fraction(1))


def test_no_more_than_400_years_are_explained() -> None:
    clock = SlaClock(office, opened_at=at("02T09:00"), target=hours(4))
    with pytest.raises(RangeError, match=r"must span at most 400 years"):
        clock.explain(as_of=at("02T09:00").replace(year=2427))


@pytest.mark.rule("AMB-8")
def test_a_clock_explains_its_pauses() -> None:
    clock = SlaClock(
        office,
        opened_at=at("02T15:00"),
        target=hours(4),
        pauses=paused(("02T16:00", "03T10:00")),
        paused_since=at("03T11:00"),
    )
    lines = [
        (f"{line.start:%d %H}-{line.end:%H}", line.rule, line.counted)
        for line in clock.explain(as_of=at("03T12:00"))
    ]
    assert lines == [
        ("02 15-16", Rule.WEEKLY, hours(1)),
        ("02 16-17", Rule.PAUSE, hours(0)),
        ("03 09-10", Rule.PAUSE, hours(0)),
        ("03 10-11", Rule.WEEKLY, hours(1)),
        ("03 11-12", Rule.PAUSE, hours(0)),
    ]


@pytest.mark.parametrize(
    ("given_ones", "error", "message"),
    [
        ({"calendar": OFFICE}, WorklogError, "SlaClock.calendar must be a calendar"),
        ({"opened_at": datetime(2026, 3, 2)}, NaiveDatetimeError, "SlaClock.opened_at must carry"),
        ({"opened_at": None}, WorklogError, "SlaClock.opened_at must be a datetime"),
        ({"target": -TICK}, WorklogError, "SlaClock.target must be a timedelta of at least"),
        ({"target": 8}, WorklogError, "SlaClock.target must be a timedelta of at least"),
        ({"pauses": []}, WorklogError, "SlaClock.pauses must be an IntervalSet"),
        (
            {"paused_since": datetime(2026, 3, 2)},
            NaiveDatetimeError,
            "SlaClock.paused_since must carry",
        ),
    ],
)
def test_what_makes_no_clock_is_refused_by_name(
    given_ones: dict[str, Any], error: type[WorklogError], message: str
) -> None:
    arguments: dict[str, Any] = {
        "calendar": office,
        "opened_at": at("02T10:00"),
        "target": hours(8),
    } | given_ones
    with pytest.raises(error, match=f"^{message}"):
        SlaClock(arguments.pop("calendar"), **arguments)


def test_a_clock_of_thousands_of_years_is_refused() -> None:
    clock = SlaClock(office, opened_at=datetime.min.replace(tzinfo=UTC), target=hours(8))
    for ask in (clock.explain, clock.worked, clock.remaining, clock.verdict):
        with pytest.raises(RangeError, match=r"^a question to a calendar must span at most 400 "):
            ask(as_of=at("02T10:00"))


@pytest.mark.parametrize("instant", [datetime(2026, 3, 2), None, "now"])
def test_as_of_is_an_instant(instant: Any) -> None:
    clock = SlaClock(office, opened_at=at("02T10:00"), target=hours(8))
    for ask in (clock.worked, clock.remaining, clock.verdict, clock.explain):
        with pytest.raises(WorklogError, match=r"^as_of must "):
            ask(as_of=instant)


@settings(max_examples=20)
@given(near, targets, pause_sets)
def test_a_clock_is_a_value(opened: datetime, target: timedelta, pauses: IntervalSet) -> None:
    clock = SlaClock(berlin, opened_at=opened, target=target, pauses=pauses)
    again = pickle.loads(pickle.dumps(clock))
    assert again == clock
    assert hash(again) == hash(clock)
    assert again.due_at == clock.due_at
