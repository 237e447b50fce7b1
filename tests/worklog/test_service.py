"""When the customer was served, when that was due, and by how much: with figures (E-45 to E-49)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from office import MINUTE, at, edited, only, worked, wrote
from worklog_core import (
    Action,
    CalendarVersions,
    DayHours,
    MessageInSession,
    ScreenSession,
    SlaDueSet,
    SlaPolicy,
    SlaScope,
    SlaTarget,
    StatusCause,
    TagsChanged,
    TagsDetected,
    TargetKind,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    TrackingExclusion,
    Undetermined,
    WeeklyHours,
    WorkingCalendar,
    WorklogRow,
)

HOUR = timedelta(hours=1)
# Monday to Friday, nine to five, in UTC as the clocks of the office are.
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
POLICY = SlaPolicy(OFFICE)
ALL_DAY = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)


def due(clock: str | None, *, told: str = "8:00", day: int = 2, **more: Any) -> SlaDueSet:
    return SlaDueSet("T1", at(told), None if clock is None else at(clock, day=day), **more)


def turned(clock: str, status: TicketStatus, day: int = 2) -> TicketStatusChange:
    return TicketStatusChange("T1", at(clock, day=day), status, cause=StatusCause.AGENT)


def promise(row: WorklogRow) -> tuple[Any, ...]:
    """Return due date, net and gross deviation; a reason stands for None."""
    fields = ("sla_due_at", "sla_deviation", "gross_sla_deviation")
    values = {name: getattr(row, name) for name in fields}
    return tuple(row.reasons[name] if values[name] is None else values[name] for name in fields)


class TestServed:
    @pytest.mark.rule("E-49", "AMB-8")
    @pytest.mark.parametrize(
        ("edit", "is_served"),
        [
            (edited("U1", "T1", "9:00", Action.WRITE), True),
            (edited("U1", "T1", "9:00", Action.WRITE, closes=False), True),
            (edited("U1", "T1", "9:00", Action.CLOSE), True),
            (edited("U1", "T1", "9:00", Action.AUTO_PROCESS), True),
            (edited("U1", "T1", "9:00", Action.STATUS, closes=True), True),
            (edited("U1", "T1", "9:00", Action.STATUS), False),
        ],
    )
    def test_a_reply_a_closing_and_dark_processing_serve_and_a_deferral_does_not(
        self, edit: Any, *, is_served: bool
    ) -> None:
        for more in ([], [TicketOpened("T1", at("8:00"))]):
            row = only(worked(edit, more))
            assert row.served_at == (at("9:00") if is_served else None)
            assert ("served_at" in row.reasons) is not is_served

    @pytest.mark.rule("E-49", "AMB-8")
    def test_of_several_the_earliest_counts(self) -> None:
        edits = [
            edited("U1", "T1", "9:00", Action.STATUS),
            edited("U1", "T1", "9:05", None),
            edited("U1", "T1", "9:20", Action.CLOSE),
            edited("U1", "T1", "9:10", Action.WRITE),
        ]
        assert only(worked(edits)).served_at == at("9:10")
        assert only(worked(edits, due("9:30"), sla_policy=POLICY)).sla_deviation == -20 * MINUTE

    @pytest.mark.rule("AMB-8")
    def test_a_deferral_alone_has_another_reason_than_a_missing_due_date(self) -> None:
        deferral = edited("U1", "T1", "9:00", Action.STATUS)
        unserved = Undetermined.NO_CLOSING_EVENT
        row = only(worked(deferral, due("10:00"), sla_policy=POLICY))
        assert promise(row) == (at("10:00"), unserved, unserved)
        for more in ([], [TicketOpened("T2", at("8:00"))]):
            row = only(worked(deferral, more, sla_policy=POLICY))
            assert promise(row) == (Undetermined.NO_SLA_DUE, unserved, unserved)
        no_due = Undetermined.NO_SLA_DUE
        row = only(worked(edited("U1", "T1", "9:00"), sla_policy=POLICY))
        assert promise(row) == (no_due, no_due, no_due)


class TestScope:
    EVENTS = (
        edited("U2", "T1", "8:30", Action.WRITE),
        wrote("T1", "9:00"),
        edited("U2", "T1", "9:10", Action.WRITE, closes=False),
        edited("U2", "T1", "9:05", None, closes=True),
        edited("U1", "T1", "9:20", Action.CLOSE),
        edited("U2", "T2", "9:01", Action.CLOSE),
    )

    @pytest.mark.rule("AMB-8")
    @pytest.mark.parametrize(
        ("scope", "clock"),
        [(SlaScope.CELL, "9:20"), (SlaScope.EPOCH, "9:10"), (SlaScope.TICKET, "8:30")],
    )
    def test_it_says_where_the_earliest_is_looked_for(self, scope: SlaScope, clock: str) -> None:
        worklog = worked(*self.EVENTS, due("9:00"), sla_scope=scope, sla_policy=POLICY)
        row = next(row for row in worklog.rows if row.user_id == "U1")
        assert row.served_at == at(clock)
        assert row.gross_sla_deviation == at(clock) - at("9:00")

    @pytest.mark.rule("AMB-8", "AMB-4c")
    def test_an_epoch_is_as_the_rows_user_met_it(self) -> None:
        events = [
            ScreenSession("U1", "T1", at("9:00"), at("9:30")),
            edited("U1", "T1", "9:05", Action.STATUS),
            wrote("T1", "9:10"),
            edited("U2", "T1", "9:20", Action.WRITE),
        ]
        served = [
            next(
                row.served_at
                for row in worked(events, sla_scope=SlaScope.EPOCH, message_in_session=choice).rows
                if row.user_id == "U1"
            )
            for choice in MessageInSession
        ]
        assert served == [None, at("9:20")]

    @pytest.mark.rule("AMB-24")
    def test_what_comes_after_the_instant_serves_nobody(self) -> None:
        events = (edited("U1", "T1", "9:00", Action.STATUS), edited("U2", "T1", "9:20"))
        for clock, served in (("9:19:59.999999", None), ("9:20", at("9:20"))):
            worklog = worked(*events, sla_scope=SlaScope.TICKET, as_of=clock)
            assert worklog.rows[0].served_at == served


class TestDeviation:
    @pytest.mark.rule("E-45", "E-47", "AMB-8")
    @pytest.mark.parametrize(
        ("clock", "seconds"),
        [("9:59", -1860), ("10:30", 0), ("11:01", 1860), ("10:30:00.000001", 0.000001)],
    )
    def test_early_is_negative_late_is_positive_and_zero_is_met(
        self, clock: str, seconds: float
    ) -> None:
        row = only(worked(edited("U1", "T1", clock), due("10:30"), sla_policy=POLICY))
        assert row.sla_deviation == timedelta(seconds=seconds)

    @pytest.mark.rule("E-46", "P-E12", "AMB-8")
    def test_net_counts_open_hours_and_gross_every_hour(self) -> None:
        # Due on Friday at 16:00, served on Monday at 10:00: 1 h on Friday and 1 h on Monday.
        served = edited("U1", "T1", at("10:00", day=9))
        row = only(worked(served, due("16:00", day=6), sla_policy=POLICY))
        assert row.sla_deviation == 2 * HOUR
        assert row.gross_sla_deviation == 66 * HOUR

    @pytest.mark.rule("AMB-8")
    def test_the_raw_comparison_stands_beside_a_net_of_zero(self) -> None:
        served = edited("U1", "T1", at("8:00", day=7))  # a Saturday
        row = only(worked(served, due("17:00", day=6), sla_policy=POLICY))
        assert (row.sla_deviation, row.gross_sla_deviation) == (timedelta(), 15 * HOUR)

    @pytest.mark.rule("AMB-8")
    @pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 2), (10, 25, 4), (4, 5, 3)])
    def test_open_hours_are_elapsed_ones_on_the_nights_the_clocks_change(
        self, month: int, day: int, hours: int
    ) -> None:
        # From half past one to half past four by the clock on the wall, on three Sundays.
        berlin = ZoneInfo("Europe/Berlin")
        night = WorkingCalendar(WeeklyHours.parse("Sun 01:00-06:00"), time_zone=berlin)
        due_at = datetime(2026, month, day, 1, 30, tzinfo=berlin)
        row = only(
            worked(
                edited("U1", "T1", datetime(2026, month, day, 4, 30, tzinfo=berlin)),
                SlaDueSet("T1", at("8:00", day=1), due_at),
                sla_policy=SlaPolicy(night),
                time_zone=berlin,
            )
        )
        assert (row.sla_deviation, row.gross_sla_deviation) == (hours * HOUR, hours * HOUR)

    @pytest.mark.rule("E-46")
    def test_without_a_calendar_only_the_gross_time_is_known(self) -> None:
        row = only(worked(edited("U1", "T1", "11:00"), due("10:30")))
        assert promise(row) == (at("10:30"), Undetermined.NO_CALENDAR, 30 * MINUTE)

    @pytest.mark.rule("AMB-8")
    def test_a_calendar_of_versions_counts_each_day_by_its_own(self) -> None:
        longer = WorkingCalendar(WeeklyHours.parse("Mon-Fri 08:00-18:00"), time_zone=UTC)
        versions = CalendarVersions(OFFICE, {date(2026, 3, 3): longer}, time_zone=UTC)
        served = edited("U1", "T1", at("9:00", day=3))
        row = only(worked(served, due("16:00"), sla_policy=SlaPolicy(versions)))
        assert row.sla_deviation == 2 * HOUR  # 16:00 to 17:00, and 8:00 to 9:00


class TestDueDates:
    @pytest.mark.rule("P-E8", "E-48", "AMB-8")
    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ([due("10:00")], "10:00"),
            ([due("10:00"), due("11:00", told="8:30")], "11:00"),
            ([due("10:00"), due("11:00", told="9:00")], "11:00"),
            ([due("10:00"), due("11:00", told="9:00:00.000001")], "10:00"),
            ([due("10:00"), due(None, told="8:30")], None),
            ([due("10:00"), due(None, told="9:01")], "10:00"),
            ([due("10:00", target=TargetKind.FIRST_RESPONSE)], None),
            ([due("10:00", known_at=at("8:05")), due("11:00")], "10:00"),
            ([due("10:00", event_id="B"), due("11:00", event_id="A")], "10:00"),
            ([due("7:00")], "7:00"),
        ],
        ids=[
            "one",
            "another later",
            "another at the event judged",
            "another after it",
            "taken back",
            "taken back too late",
            "of the first response",
            "two at once and one learnt later",
            "two at once and one of a higher id",
            "in the past",
        ],
    )
    def test_the_last_one_set_by_the_event_judged_is_in_force(
        self, settings: list[Any], expected: str | None
    ) -> None:
        row = only(worked(edited("U1", "T1", "9:00"), settings, sla_policy=POLICY))
        assert row.sla_due_at == (None if expected is None else at(expected))

    @pytest.mark.rule("P-E10", "E-48")
    def test_the_date_that_stands_for_none_is_none(self) -> None:
        sentinel = SlaDueSet("T1", at("8:00"), datetime(2099, 12, 31, tzinfo=UTC))
        policy = SlaPolicy(OFFICE, otherwise=SlaTarget(HOUR))
        events = (edited("U1", "T1", "9:00"), TicketOpened("T1", at("8:00")), sentinel)
        assert promise(only(worked(*events, sla_policy=policy))) == (Undetermined.NO_SLA_DUE,) * 3

    @pytest.mark.rule("AMB-8")
    def test_judged_is_the_event_that_served_and_not_the_first_edit(self) -> None:
        edits = (edited("U1", "T1", "9:00", Action.STATUS), edited("U1", "T1", "9:20"))
        settings = (due("10:00"), due("11:00", told="9:10"))
        row = only(worked(*edits, *settings, sla_policy=POLICY))
        assert (row.sla_due_at, row.sla_deviation) == (at("11:00"), -100 * MINUTE)

    @pytest.mark.rule("AMB-8")
    def test_where_nothing_was_served_the_first_edit_is_judged(self) -> None:
        deferral = edited("U1", "T1", "9:00", Action.STATUS)
        note = edited("U1", "T1", "9:10", None)
        settings = (due("10:00"), due("11:00", told="9:05"))
        assert only(worked(deferral, note, *settings)).sla_due_at == at("10:00")

    @pytest.mark.rule("P-E9", "P-E10", "AMB-8")
    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            (["VIP"], at("11:00")),
            (["mail"], at("17:00")),
            (["VIP", "mail"], at("11:00")),
            (["other"], at("17:00", day=5)),
            ([], at("17:00", day=5)),
        ],
        ids=["2 h", "8 h: the closing bell", "the earliest", "32 h for all others", "no tag"],
    )
    def test_without_one_the_tags_make_it(self, tags: list[str], expected: datetime) -> None:
        policy = SlaPolicy(
            OFFICE,
            by_tag={"VIP": SlaTarget(2 * HOUR), "mail": SlaTarget(8 * HOUR)},
            otherwise=SlaTarget(32 * HOUR),
        )
        opened, tagged = TicketOpened("T1", at("9:00")), TagsDetected("T1", at("9:00"), tags)
        row = only(worked(edited("U1", "T1", "12:00"), opened, tagged, sla_policy=policy))
        assert row.sla_due_at == expected
        assert row.sla_deviation == OFFICE.working_time(at("9:00"), at("12:00")) - (
            OFFICE.working_time(at("9:00"), expected)
        )

    @pytest.mark.rule("AMB-26", "AMB-8")
    def test_the_tags_are_those_of_the_row(self) -> None:
        policy = SlaPolicy(OFFICE, by_tag={"VIP": SlaTarget(2 * HOUR)})
        events = [
            TicketOpened("T1", at("9:00")),
            TagsDetected("T1", at("9:00"), ["VIP"]),
            TagsChanged("T1", at("12:30"), []),
        ]
        served, note = edited("U1", "T1", "12:00"), edited("U1", "T1", "12:30", None)
        assert only(worked(served, events, sla_policy=policy)).sla_due_at == at("11:00")
        assert only(worked(served, note, events, sla_policy=policy)).sla_due_at is None

    @pytest.mark.rule("E-48", "P-E10")
    @pytest.mark.parametrize(
        ("policy", "opened"),
        [
            (None, "9:00"),
            (SlaPolicy(OFFICE), "9:00"),
            (SlaPolicy(OFFICE, otherwise=SlaTarget(HOUR, TargetKind.FIRST_RESPONSE)), "9:00"),
            (SlaPolicy(OFFICE, otherwise=SlaTarget(HOUR)), None),
            (SlaPolicy(OFFICE, otherwise=SlaTarget(HOUR)), "12:00:00.000001"),
            (
                SlaPolicy(
                    WorkingCalendar(WeeklyHours.parse(""), time_zone=UTC),
                    otherwise=SlaTarget(HOUR),
                ),
                "9:00",
            ),
            (SlaPolicy(OFFICE, otherwise=SlaTarget(timedelta(days=1_000_000))), "9:00"),
        ],
        ids=[
            "no policy",
            "no target",
            "only of the first response",
            "nobody tells the opening",
            "opened after the event judged",
            "never open",
            "beyond all dates",
        ],
    )
    def test_it_is_none_and_no_date_far_away_where_there_is_none(
        self, policy: SlaPolicy | None, opened: str | None
    ) -> None:
        events = [] if opened is None else [TicketOpened("T1", at(opened))]
        row = only(worked(edited("U1", "T1", "12:00"), events, sla_policy=policy))
        assert promise(row) == (Undetermined.NO_SLA_DUE,) * 3

    @pytest.mark.rule("AMB-8")
    def test_a_due_date_that_was_set_goes_before_the_policys_and_so_does_its_end(self) -> None:
        policy = SlaPolicy(OFFICE, otherwise=SlaTarget(HOUR))
        events = (edited("U1", "T1", "12:00"), TicketOpened("T1", at("9:00")))
        assert only(worked(*events, sla_policy=policy)).sla_due_at == at("10:00")
        assert only(worked(*events, due("15:00"), sla_policy=policy)).sla_due_at == at("15:00")
        assert only(worked(*events, due(None), sla_policy=policy)).sla_due_at is None

    def test_the_first_of_two_openings_is_the_opening(self) -> None:
        policy = SlaPolicy(OFFICE, otherwise=SlaTarget(HOUR))
        openings = [TicketOpened("T1", at("9:30")), TicketOpened("T1", at("9:00"), channel="chat")]
        row = only(worked(edited("U1", "T1", "12:00"), openings, sla_policy=policy))
        assert row.sla_due_at == at("10:00")

    @pytest.mark.rule("AMB-8")
    def test_a_target_may_have_a_calendar_of_its_own(self) -> None:
        target = SlaTarget(2 * HOUR, calendar=ALL_DAY)
        policy = SlaPolicy(OFFICE, otherwise=target)
        events = (edited("U1", "T1", "18:00"), TicketOpened("T1", at("16:00")))
        row = only(worked(*events, sla_policy=policy))
        assert (row.sla_due_at, row.sla_deviation) == (at("18:00"), timedelta())

    @pytest.mark.rule("AMB-8")
    def test_holidays_and_shifts_move_it(self) -> None:
        calendar = WorkingCalendar(
            WeeklyHours.parse("Mon-Fri 09:00-17:00"),
            time_zone=UTC,
            holidays=[date(2026, 3, 3)],
            shifts={date(2026, 3, 4): DayHours.parse("12:00-13:00")},
        )
        policy = SlaPolicy(calendar, otherwise=SlaTarget(2 * HOUR))
        served = edited("U1", "T1", at("9:30", day=5))
        row = only(worked(served, TicketOpened("T1", at("16:00")), sla_policy=policy))
        assert (row.sla_due_at, row.sla_deviation) == (at("13:00", day=4), 30 * MINUTE)


class TestPauses:
    EVENTS = (
        TicketOpened("T1", at("9:00")),
        turned("10:00", TicketStatus.PENDING),
        turned("13:00", TicketStatus.OPEN),
        edited("U1", "T1", "15:00"),
    )

    @pytest.mark.rule("AMB-8b")
    @pytest.mark.parametrize(
        ("pauses", "clock", "hours"), [(False, "11:00", 4), (True, "14:00", 1)]
    )
    def test_a_deferral_moves_the_due_date_only_where_the_policy_says_so(
        self, clock: str, hours: int, *, pauses: bool
    ) -> None:
        policy = SlaPolicy(OFFICE, otherwise=SlaTarget(2 * HOUR), pause_on_pending=pauses)
        row = only(worked(*self.EVENTS, sla_policy=policy))
        assert (row.sla_due_at, row.sla_deviation) == (at(clock), hours * HOUR)
        assert row.gross_sla_deviation == hours * HOUR

    @pytest.mark.rule("AMB-8b")
    @pytest.mark.parametrize(("pauses", "hours"), [(False, 4), (True, 2)])
    def test_a_due_date_that_was_set_stays_and_the_wait_after_it_is_not_counted(
        self, hours: int, *, pauses: bool
    ) -> None:
        policy = SlaPolicy(OFFICE, pause_on_pending=pauses)
        row = only(worked(*self.EVENTS, due("11:00"), sla_policy=policy))
        assert (row.sla_due_at, row.sla_deviation) == (at("11:00"), hours * HOUR)
        assert row.gross_sla_deviation == 4 * HOUR

    @pytest.mark.rule("AMB-8b")
    def test_a_wait_without_an_end_stops_the_clock_up_to_the_event_judged(self) -> None:
        policy = SlaPolicy(OFFICE, otherwise=SlaTarget(2 * HOUR), pause_on_pending=True)
        events = (TicketOpened("T1", at("9:00")), turned("10:00", TicketStatus.PENDING))
        row = only(worked(*events, edited("U1", "T1", "15:00"), sla_policy=policy))
        assert (row.sla_due_at, row.sla_deviation) == (at("16:00"), -HOUR)
        at_once = only(worked(*events, edited("U1", "T1", "10:00"), sla_policy=policy))
        assert (at_once.sla_due_at, at_once.sla_deviation) == (at("11:00"), -HOUR)
        before = only(worked(*events, edited("U1", "T1", "9:30"), sla_policy=policy))
        assert (before.sla_due_at, before.sla_deviation) == (at("11:00"), -90 * MINUTE)

    @pytest.mark.rule("AMB-8b")
    def test_of_two_statuses_at_one_instant_the_one_further_on_holds(self) -> None:
        policy = SlaPolicy(OFFICE, otherwise=SlaTarget(2 * HOUR), pause_on_pending=True)
        both = (turned("10:00", TicketStatus.PENDING), turned("10:00", TicketStatus.OPEN))
        served = edited("U1", "T1", "15:00")
        row = only(worked(TicketOpened("T1", at("9:00")), *both, served, sla_policy=policy))
        assert row.sla_due_at == at("16:00")

    def test_a_ticket_without_status_changes_never_waited(self) -> None:
        policy = SlaPolicy(OFFICE, otherwise=SlaTarget(2 * HOUR), pause_on_pending=True)
        events = (TicketOpened("T1", at("9:00")), edited("U1", "T1", "10:00"))
        assert only(worked(*events, sla_policy=policy)).sla_due_at == at("11:00")


@pytest.mark.rule("AMB-29")
def test_an_excluded_ticket_has_no_row_to_judge() -> None:
    excluded = TrackingExclusion("T1", at("8:00"))
    assert worked(edited("U1", "T1", "9:00"), due("10:00"), excluded, sla_policy=POLICY).rows == ()
