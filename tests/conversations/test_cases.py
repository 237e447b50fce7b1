"""The case log, column by column (K-01 to K-22, P-K1, P-K2)."""

import pickle
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from helpdesk import (
    DAY,
    HOUR,
    MINUTE,
    OFFICE,
    RULES,
    TICK,
    agent_opened,
    answered,
    asked,
    assigned,
    at,
    case_of,
    closed,
    edited,
    log_of,
    noted,
    opened,
    pended,
    reason_of,
    reopened,
    seen,
    turned,
)
from worklog_core import (
    Action,
    AssigneeKind,
    CaseLog,
    ContactEnded,
    ContactLabelled,
    ContactType,
    CsatReceived,
    CustomerCorrected,
    CustomerDetected,
    Direction,
    Event,
    HoldEnded,
    HoldStarted,
    LedgerLabel,
    MergedCases,
    OpenedBy,
    RecordingStored,
    ResolvedAt,
    SentimentScored,
    SlaDueSet,
    SlaPolicy,
    SlaStatus,
    SlaTarget,
    StatusCause,
    TagsChanged,
    TagsDetected,
    TargetKind,
    TeamMembership,
    TicketClosed,
    TicketMerged,
    TicketQueued,
    TicketStatus,
    TicketTransferred,
    TopicChange,
    TrackingExclusion,
    WaitAtClose,
    WeeklyHours,
    WorkingCalendar,
    WorklogError,
    WorklogRules,
    WrapUpFinished,
)

SECOND = timedelta(seconds=1)


def held(start: datetime, end: datetime | None, by: str | None = "U1") -> list[Event]:
    events: list[Event] = [HoldStarted("T1", start, user_id=by)]
    return events if end is None else [*events, HoldEnded("T1", end, user_id=by)]


def ended(instant: datetime) -> ContactEnded:
    return ContactEnded("T1", instant, user_id="U1")


def wrapped_up(instant: datetime, **more: Any) -> WrapUpFinished:
    return WrapUpFinished("T1", instant, user_id="U1", **more)


class TestWhatItIs:
    @pytest.mark.rule("K-01", "K-02", "G-03")
    def test_every_ticket_that_any_event_names_is_a_case_and_each_once(self) -> None:
        log = log_of(
            *(opened(at(9), "T3"), asked(at(9), "T3"), seen(at(9), at(10), ticket="T1")),
            TopicChange("T2", at(9), "invoice"),
        )
        assert [entry.case_id for entry in log] == ["T1", "T2", "T3"]
        assert len(log) == 3

    @pytest.mark.rule("AMB-24")
    def test_what_is_named_after_the_evaluation_is_no_case_yet(self) -> None:
        events = [seen(at(10), at(11)), opened(at(10), "T2"), opened(at(10) + TICK, "T3")]
        assert [entry.case_id for entry in log_of(*events, as_of=at(10))] == ["T2"]

    @pytest.mark.rule("K-03")
    def test_the_contact_is_whom_it_was_corrected_to_else_the_openings(self) -> None:
        told = [opened(at(9), contact_id="K1"), CustomerDetected("T1", at(9), "K2")]
        assert case_of(*told).contact_id == "K1"
        assert case_of(*told, CustomerCorrected("T1", at(10), "K3")).contact_id == "K3"
        assert reason_of(case_of(*told, CustomerCorrected("T1", at(10), None)), "contact_id") == (
            "not_told"
        )
        assert case_of(opened(at(9)), told[1]).contact_id == "K2"
        assert case_of(told[1]).contact_id == "K2"

    @pytest.mark.rule("K-04")
    def test_a_contacts_labels_are_those_at_the_evaluation(self) -> None:
        events = [
            opened(at(9), contact_id="K1"),
            ContactLabelled("K1", at(8), ["Tier 2: Support"]),
            ContactLabelled("K1", at(12), ["VIP", "Tier 2: Support"]),
        ]
        assert case_of(*events).contact_labels == ("Tier 2: Support", "VIP")
        assert case_of(*events, as_of=at(11)).contact_labels == ("Tier 2: Support",)
        assert case_of(opened(at(9))).contact_labels == ()

    @pytest.mark.rule("R-02", "AMB-19")
    def test_a_contact_is_new_if_no_case_of_it_began_before(self) -> None:
        log = log_of(
            opened(at(9), "T2", contact_id="K1"),
            opened(at(10), "T1", contact_id="K1"),
            opened(at(9), "T3", contact_id="K1"),
            opened(at(9), "T4"),
            TagsChanged("T5", at(9), ["x"]),
        )
        types = {entry.case_id: entry.contact_type for entry in log}
        new, returning = ContactType.NEW, ContactType.RETURNING
        assert types == {"T1": returning, "T2": new, "T3": new, "T4": None, "T5": None}
        assert reason_of(log["T4"], "contact_type") == "not_told"

    @pytest.mark.rule("K-05", "G-04")
    def test_the_channel_is_the_openings_else_the_first_messages(self) -> None:
        message = asked(at(9), channel="email")
        assert case_of(opened(at(9), channel="phone"), message).channel == "phone"
        assert case_of(opened(at(9)), message).channel == "email"
        assert case_of(message).channel == "email"
        assert reason_of(case_of(opened(at(9))), "channel") == "not_told"

    @pytest.mark.rule("K-06")
    def test_the_queue_is_the_last_that_was_named(self) -> None:
        first = opened(at(9), queue="mail")
        queued = TicketQueued("T1", at(10), "phone")
        moved = TicketTransferred("T1", at(11), to_queue="second line")
        assert case_of(first).queue == "mail"
        assert case_of(first, queued).queue == "phone"
        assert case_of(first, queued, moved).queue == "second line"
        out = TicketQueued("T1", at(12), None)
        assert reason_of(case_of(first, queued, moved, out), "queue") == "not_told"
        assert reason_of(case_of(opened(at(9))), "queue") == "not_told"

    @pytest.mark.rule("K-10", "K-11", "P-R10")
    def test_direction_start_and_opener(self) -> None:
        case = case_of(agent_opened(at(9)), asked(at(8)))
        assert (case.direction, case.started_at) == (Direction.OUT, at(9))
        assert (case.opened_by, case.opened_by_user) == (OpenedBy.USER, "U1")
        assert case_of(answered(at(9))).direction is Direction.OUT
        assert reason_of(case_of(asked(at(9))), "opened_by") == "not_told"

    @pytest.mark.rule("K-16", "K-17", "K-18", "K-19", "K-20", "K-21", "R-07")
    def test_what_was_made_of_it(self) -> None:
        case = case_of(
            TicketClosed("T1", at(9), category="Billing", disposition="Escalated", note="first"),
            TicketClosed("T1", at(11), summary="paid", disposition="Resolved"),
            wrapped_up(at(12), form_id="F1", note="second"),
            TagsDetected("T1", at(9), ["invoice"]),
            TagsChanged("T1", at(10), ["vip", "invoice"]),
            RecordingStored("T1", at(10), "recordings/2"),
            RecordingStored("T1", at(9), "recordings/1"),
            SentimentScored("T1", at(9), Fraction(-1, 3)),
            CsatReceived("T1", at(9), Fraction(3), out_of=Fraction(5)),
            CsatReceived("T1", at(10), Fraction(4), out_of=Fraction(5)),
        )
        assert (case.category, case.summary, case.disposition) == ("Billing", "paid", "Resolved")
        assert (case.note, case.wrap_up_form_id) == ("second", "F1")
        assert case.tags == ("invoice", "vip")
        assert case.recordings == ("recordings/1", "recordings/2")
        assert (case.sentiment_score, case.sentiment_out_of) == (Fraction(-1, 3), None)
        assert (case.csat_score, case.csat_out_of) == (Fraction(4), Fraction(5))
        bare = case_of(opened(at(9)))
        for field in ("category", "summary", "disposition", "note", "csat_score"):
            assert reason_of(bare, field) == "not_told"


class TestAssignments:
    @pytest.mark.rule("K-07", "K-08")
    def test_first_current_and_last_assignee(self) -> None:
        case = case_of(
            *(opened(at(9)), assigned(at(9, 10), None, team="A"), assigned(at(9, 20), "U1")),
            TicketTransferred("T1", at(9, 30), from_user_id="U1", to_user_id="U2"),
            assigned(at(9, 30), "U2", team="B"),
            assigned(at(9, 40), "bot", assignee_kind=AssigneeKind.BOT),
        )
        assert (case.first_assignee, case.last_assignee) == ("U1", "U2")
        assert reason_of(case, "current_assignee") == "not_assigned"
        assert (case.assignees, case.assignments, case.team) == (("U1", "U2"), 2, "B")
        assert (case.first_assigned_at, case.last_assigned_at) == (at(9, 20), at(9, 30))
        assert case.time_to_first_assignment == 20 * MINUTE

    def test_a_transfer_alone_is_an_assignment_and_one_to_a_queue_makes_it_nobodys(self) -> None:
        moved = TicketTransferred("T1", at(10), to_user_id="U2")
        assert case_of(opened(at(9)), moved).current_assignee == "U2"
        assert case_of(opened(at(9)), moved, bots=["U2"]).assignments == 0
        away = TicketTransferred("T1", at(11), from_user_id="U2", to_queue="mail")
        assert reason_of(case_of(moved, away), "current_assignee") == "not_assigned"

    def test_the_times_between_hands(self) -> None:
        case = case_of(
            *(opened(at(9)), answered(at(9, 5)), assigned(at(9, 10), "U1")),
            *(answered(at(9, 15), "U3"), assigned(at(10), "U2"), answered(at(10, 10), "U1")),
            *(answered(at(10, 30), "U2"), closed(at(11))),
            calendar=OFFICE,
        )
        assert case.first_assignment_to_first_response == 5 * MINUTE
        assert case.last_assignment_to_response == 30 * MINUTE
        assert case.first_assignment_to_close == 110 * MINUTE
        assert case.last_assignment_to_close == HOUR == case.net_last_assignment_to_close

    def test_what_happens_at_once_takes_no_time(self) -> None:
        case = case_of(opened(at(9)), assigned(at(9), "U1"), answered(at(9)), closed(at(9)))
        for field in ("time_to_first_assignment", "last_assignment_to_response"):
            assert getattr(case, field) == timedelta(0)
        assert case.first_assignment_to_close == timedelta(0)

    def test_what_did_not_happen_has_no_time(self) -> None:
        never = case_of(opened(at(9)))
        assert reason_of(never, "first_assignee") == "never_assigned"
        assert reason_of(never, "time_to_first_assignment") == "never_assigned"
        waiting = case_of(opened(at(9)), assigned(at(10), "U1"))
        assert reason_of(waiting, "last_assignment_to_response") == "no_reply"
        assert reason_of(waiting, "first_assignment_to_close") == "not_closed"
        assert reason_of(case_of(assigned(at(9), "U1")), "time_to_first_assignment") == "not_told"
        late = case_of(opened(at(9)), closed(at(10)), assigned(at(11), "U1"))
        assert reason_of(late, "first_assignment_to_close") == "not_closed"


class TestResolution:
    @pytest.mark.rule("K-09", "K-14", "AMB-7")
    def test_it_is_the_last_closing_unless_the_case_is_open_again(self) -> None:
        once = [opened(at(9)), closed(at(10))]
        twice = [*once, reopened(at(11)), closed(at(13), "U2")]
        assert case_of(*once).resolution_time == HOUR
        assert (case_of(*twice).resolution_time, case_of(*twice).closed_by) == (4 * HOUR, "U2")
        again = case_of(*twice, reopened(at(14)))
        assert reason_of(again, "resolution_time") == "not_closed"
        assert reason_of(again, "closed_by") == "not_closed"
        assert (again.times_closed, again.times_reopened, again.is_closed) == (2, 2, False)
        first = case_of(*twice, reopened(at(14)), resolved_at=ResolvedAt.FIRST_CLOSE)
        assert (first.resolution_time, first.closed_by) == (HOUR, "U1")
        assert reason_of(case_of(opened(at(9))), "closed_at") == "not_closed"

    def test_a_second_closing_of_what_is_closed_is_none(self) -> None:
        case = case_of(opened(at(9)), closed(at(10)), closed(at(12), "U2"))
        assert (case.closed_at, case.closed_by, case.times_closed) == (at(10), "U1", 1)

    def test_a_wake_up_opens_and_is_no_reopening(self) -> None:
        case = case_of(closed(at(10)), reopened(at(11), cause=StatusCause.DUE_DATE))
        assert (case.status, case.times_reopened) == (TicketStatus.OPEN, 0)

    @pytest.mark.rule("AMB-7")
    def test_without_status_changes_edits_close_and_reopen(self) -> None:
        answer = edited(at(10, 5), Action.WRITE, closes=False)
        same_cell = [opened(at(9)), edited(at(10), Action.CLOSE), answer]
        assert case_of(*same_cell).resolution_time == HOUR
        assert case_of(*same_cell).closed_by_cause is StatusCause.AGENT
        other = edited(at(10, 5), Action.WRITE, "U2", closes=False)
        next_day = edited(at(10, day=3), Action.WRITE, closes=False)
        for opening in (other, next_day, asked(at(10, 5))):
            case = case_of(*same_cell[:2], opening)
            assert (case.status, case.times_reopened) == (TicketStatus.OPEN, 1)
        at_once = edited(at(10), Action.WRITE, "U2", closes=False)
        for first in (asked(at(10)), at_once):
            assert case_of(*same_cell[:2], first).is_closed
        tagged = edited(at(12), Action.STATUS, "U2")
        assert not case_of(*same_cell[:2], tagged).is_closed
        assert case_of(*same_cell[:2], edited(at(12), Action.CLOSE, "U2")).times_closed == 1

    def test_what_closes_by_a_flag_closes(self) -> None:
        tag_fix = type(edited(at(9)))("U1", "T1", at(10), None, closes=True)
        assert case_of(opened(at(9)), tag_fix).resolution_time == HOUR

    def test_who_closed_is_told_by_the_note_where_the_status_names_nobody(self) -> None:
        events = [opened(at(9)), closed(at(10), None)]
        assert case_of(*events, TicketClosed("T1", at(10), user_id="U4")).closed_by == "U4"
        early = TicketClosed("T1", at(10) - TICK, user_id="U4")
        late = TicketClosed("T1", at(12), user_id="U4")
        assert reason_of(case_of(*events, early), "closed_by") == "not_told"
        again = [*events, reopened(at(11)), late]
        first = case_of(*again, resolved_at=ResolvedAt.FIRST_CLOSE)
        assert reason_of(first, "closed_by") == "not_told"
        nameless = TicketClosed("T1", at(10))
        assert reason_of(case_of(*events, nameless), "closed_by") == "not_told"

    @pytest.mark.rule("P-R2")
    def test_the_closers_teams_are_those_at_the_closing(self) -> None:
        case = case_of(
            *(opened(at(9)), closed(at(10))),
            TeamMembership("U1", "B", at(10)),
            TeamMembership("U1", "A", at(8), at(10) + TICK),
            TeamMembership("U1", "C", at(8), at(10)),
            TeamMembership("U2", "D", at(8)),
        )
        assert case.closed_by_teams == ("A", "B")
        assert case_of(opened(at(9))).closed_by_teams == ()

    def test_plains_resolution_ends_where_the_wait_began(self) -> None:
        by_itself = turned(at(12), TicketStatus.CLOSED, cause=StatusCause.API)
        events = [opened(at(9)), pended(at(10)), by_itself]
        assert case_of(*events).resolution_time == 3 * HOUR
        left_out = case_of(*events, wait_at_close=WaitAtClose.LEFT_OUT)
        assert (left_out.resolution_time, left_out.resolved_at) == (HOUR, at(10))
        assert left_out.closed_at == at(12)
        by_person = [opened(at(9)), pended(at(10)), closed(at(12))]
        assert case_of(*by_person, wait_at_close=WaitAtClose.LEFT_OUT).resolution_time == 3 * HOUR
        later = [opened(at(8)), turned(at(9), TicketStatus.CLOSED, cause=StatusCause.API)]
        later += [pended(at(10)), reopened(at(11))]
        first: dict[str, Any] = {
            "resolved_at": ResolvedAt.FIRST_CLOSE,
            "wait_at_close": WaitAtClose.LEFT_OUT,
        }
        assert case_of(*later, **first).resolution_time == HOUR
        no_wait = [opened(at(9)), pended(at(9)), reopened(at(10)), by_itself]
        assert case_of(*no_wait, wait_at_close=WaitAtClose.LEFT_OUT).resolution_time == 3 * HOUR

    def test_without_a_beginning_or_before_it_there_is_no_time(self) -> None:
        assert reason_of(case_of(closed(at(10))), "resolution_time") == "not_told"
        assert reason_of(case_of(opened(at(11)), closed(at(10))), "resolution_time") == "not_told"
        assert reason_of(case_of(closed(at(10))), "full_resolution_time") == "not_told"

    @pytest.mark.rule("P-K2")
    def test_the_full_resolution_adds_the_wrap_up_and_is_experimental(self) -> None:
        events = [opened(at(9)), ended(at(9, 30)), wrapped_up(at(9, 33)), closed(at(10))]
        case = case_of(*events)
        assert case.full_resolution_time == HOUR + 3 * MINUTE
        assert case_of(opened(at(9)), closed(at(10))).full_resolution_time == HOUR


class TestStatusTimes:
    EVENTS = (
        opened(at(9)),
        pended(at(10)),
        pended(at(11), detail="supplier"),
        reopened(at(13)),
        closed(at(14)),
        reopened(at(15)),
        closed(at(16)),
    )

    @pytest.mark.rule("K-12")
    def test_zendesks_requester_wait_agent_work_and_on_hold(self) -> None:
        case = case_of(*self.EVENTS, on_hold_details=["supplier"], calendar=OFFICE)
        assert case.agent_work == 3 * HOUR == case.net_agent_work
        assert case.on_hold == 2 * HOUR
        assert case.requester_wait == 5 * HOUR
        plain = case_of(*self.EVENTS)
        assert (plain.on_hold, plain.requester_wait) == (timedelta(0), 3 * HOUR)
        assert reason_of(plain, "net_on_hold") == "no_calendar"

    def test_an_open_case_is_measured_up_to_the_evaluation(self) -> None:
        case = case_of(*self.EVENTS[:1], as_of=at(12))
        assert case.agent_work == 3 * HOUR
        assert reason_of(case_of(*self.EVENTS[:1]), "agent_work") == "not_closed"
        assert reason_of(case_of(pended(at(9)), as_of=at(12)), "agent_work") == "not_told"
        held_now = case_of(*self.EVENTS[:3], as_of=at(12), on_hold_details=["supplier"])
        assert held_now.on_hold == HOUR
        at_once = case_of(*self.EVENTS[:1], as_of=at(9))
        assert at_once.agent_work == timedelta(0)

    def test_without_status_changes_the_edits_tell(self) -> None:
        case = case_of(opened(at(9)), edited(at(10), Action.CLOSE), asked(at(12)), as_of=at(13))
        assert case.agent_work == 2 * HOUR

    def test_a_change_before_the_opening_begins_with_it(self) -> None:
        case = case_of(opened(at(10)), pended(at(9)), closed(at(11)))
        assert (case.agent_work, case.requester_wait) == (timedelta(0), timedelta(0))

    @pytest.mark.rule("AMB-12")
    def test_pending_time_is_none_while_it_waits(self) -> None:
        assert case_of(*self.EVENTS, calendar=OFFICE).net_pending_time == 3 * HOUR
        assert reason_of(case_of(*self.EVENTS[:2]), "pending_time") == "still_pending"


class TestHandledTime:
    @pytest.mark.rule("P-K2", "AMB-13b", "K-12")
    def test_the_public_sample_2720_and_45_is_2765(self) -> None:
        start, end = at(8, 30), at(9, 15, 20)
        case = case_of(
            *(opened(start, channel="phone"), seen(start, end + 45 * SECOND)),
            edited(start + 60 * SECOND),
            *held(at(8, 40), at(8, 40, 45)),
            ended(end),
            wrapped_up(end + 180 * SECOND),
        )
        assert case.handled_time == 2720 * SECOND
        assert case.hold == 45 * SECOND
        assert case.full_handled_time == 2765 * SECOND
        assert case.wrap_up == 180 * SECOND
        assert case.wrap_up_counted == 45 * SECOND

    @pytest.mark.rule("AMB-13b", "K-12")
    def test_hold_takes_its_share_of_the_divided_time_and_no_more(self) -> None:
        events = [
            opened(at(9)),
            *(seen(at(9), at(10)), edited(at(9))),
            *(seen(at(9, 30), at(10), ticket="T2"), edited(at(9, 30), ticket="T2")),
            *held(at(9, 20), at(9, 50)),
        ]
        log = log_of(*events)
        case = log["T1"]
        # Alone 09:00 to 09:30, shared 09:30 to 10:00; on hold 10 minutes alone and 20 shared.
        assert case.hold == 30 * MINUTE
        assert case.handled_time == 25 * MINUTE
        assert case.full_handled_time == 45 * MINUTE == case.counted_time
        assert log["T2"].handled_time == 15 * MINUTE

    def test_a_share_of_thirds_sums_to_the_microsecond(self) -> None:
        events = [opened(at(9)), *held(at(9), at(9) + TICK), edited(at(9)), seen(at(9), at(10))]
        for other in ("T2", "T3"):
            events += [seen(at(9), at(10), ticket=other), edited(at(9), ticket=other)]
        log = log_of(*events)
        total = sum((case.counted_time or timedelta() for case in log), timedelta())
        assert total == HOUR
        case = log["T1"]
        assert case.handled_time == 20 * MINUTE
        assert case.full_handled_time == case.counted_time == 20 * MINUTE

    @pytest.mark.rule("AMB-13b")
    @pytest.mark.parametrize(("is_capable", "hold"), [(True, timedelta(0)), (False, "not_told")])
    def test_without_a_hold_event_it_is_0_only_where_it_could_be_held(
        self, *, is_capable: bool, hold: Any
    ) -> None:
        case = case_of(
            *(opened(at(9), is_hold_capable=is_capable), seen(at(9), at(10)), edited(at(9)))
        )
        assert (case.hold if is_capable else reason_of(case, "hold")) == hold
        assert case.handled_time == case.counted_time == HOUR
        if is_capable:
            assert case.full_handled_time == HOUR
        else:
            assert reason_of(case, "full_handled_time") == "not_told"

    def test_without_an_opening_it_is_not_told_whether_it_could_be_held(self) -> None:
        assert reason_of(case_of(asked(at(9))), "hold") == "not_told"

    def test_a_hold_while_nobody_looked_takes_nothing(self) -> None:
        screen = [seen(at(9), at(10)), edited(at(9))]
        case = case_of(opened(at(9)), *screen, *held(at(11), at(12)))
        assert (case.hold, case.handled_time, case.full_handled_time) == (HOUR, HOUR, HOUR)

    def test_double_holds_are_merged(self) -> None:
        case = case_of(
            opened(at(9)),
            *held(at(9), at(9, 10), "U1"),
            *held(at(9, 5), at(9, 20), "U2"),
            HoldStarted("T1", at(9, 6), user_id="U1"),
        )
        assert case.hold == 20 * MINUTE

    @pytest.mark.parametrize(
        ("rest", "hold"),
        [
            ([], "still_on_hold"),
            ([ended(at(9, 30))], 20 * MINUTE),
            ([ended(at(9, 10)), ended(at(9, 30))], timedelta(0)),
            ([closed(at(9, 40))], 30 * MINUTE),
            ([HoldEnded("T1", at(9, 15))], 5 * MINUTE),
            ([HoldEnded("T1", at(9, 15), user_id="U2")], "still_on_hold"),
            ([HoldEnded("T1", at(9, 15), user_id="U1"), *held(at(9, 15), at(9, 20))], 10 * MINUTE),
            ([HoldEnded("T1", at(9, 10))], "still_on_hold"),
        ],
    )
    def test_how_a_hold_ends(self, rest: list[Event], hold: Any) -> None:
        case = case_of(opened(at(9)), *held(at(9, 10), None), *rest)
        if rest == [HoldEnded("T1", at(9, 10))]:
            assert case.hold == timedelta(0)
        else:
            assert (case.hold if case.hold is not None else reason_of(case, "hold")) == hold

    def test_a_hold_without_an_end_lasts_until_the_evaluation(self) -> None:
        events = [opened(at(9)), *held(at(9, 10), None), seen(at(9), at(10)), edited(at(9))]
        assert case_of(*events, as_of=at(9, 30)).hold == 20 * MINUTE
        forever = case_of(*events)
        assert reason_of(forever, "full_handled_time") == "still_on_hold"
        assert (forever.handled_time, forever.counted_time) == (10 * MINUTE, HOUR)

    def test_a_hold_is_clipped_to_the_case(self) -> None:
        early = held(at(8), at(9, 10))
        assert case_of(opened(at(9)), *early).hold == 10 * MINUTE
        assert case_of(*early).hold == 70 * MINUTE
        assert case_of(opened(at(10)), *early).hold == timedelta(0)
        late = held(at(9, 30), at(10, 30))
        assert case_of(opened(at(9)), closed(at(10)), *late).hold == 30 * MINUTE
        assert case_of(opened(at(9)), closed(at(9, 10)), *late).hold == timedelta(0)
        assert case_of(opened(at(9)), closed(at(9, 10)), *held(at(9, 20), None)).hold == timedelta(
            0
        )
        assert case_of(opened(at(9)), edited(at(9)), *late).hold == HOUR

    @pytest.mark.rule("K-12")
    def test_who_only_looks_handles_nothing_and_machines_handle_nothing(self) -> None:
        looked = case_of(opened(at(9)), seen(at(9), at(10)))
        assert (looked.handled_time, looked.counted_time) == (timedelta(0), timedelta(0))
        nobody = case_of(opened(at(9)), edited(at(9)))
        assert reason_of(nobody, "handled_time") == "no_session"
        machine = [opened(at(9)), seen(at(9), at(10), "B1"), edited(at(9), by="B1")]
        assert case_of(*machine).handled_time == HOUR
        assert reason_of(case_of(*machine, bots=["B1"]), "handled_time") == "no_session"

    def test_what_is_excluded_from_tracking_has_no_handled_time(self) -> None:
        events = [seen(at(9), at(10)), edited(at(9)), TrackingExclusion("T1", at(9))]
        assert reason_of(case_of(*events), "handled_time") == "excluded"

    @pytest.mark.rule("AMB-13b")
    def test_the_cases_sum_to_the_worklog(self) -> None:
        log = log_of(
            *(seen(at(9), at(11)), edited(at(9))),
            *(seen(at(9), at(10), "U2"), edited(at(9), by="U2")),
            *(seen(at(10), at(11), "U2", "T2"), edited(at(10), by="U2", ticket="T2")),
            *(seen(at(9), at(10), "U3", "T3"), *held(at(9, 20), at(10, 20))),
        )
        counted = log.worklog.ledger.totals(by=lambda line: line.label)[LedgerLabel.COUNTED]
        assert sum((c.counted_time or timedelta() for c in log), timedelta()) == counted == 4 * HOUR


class TestWrapUp:
    @pytest.mark.rule("K-15", "AMB-13")
    def test_it_is_the_time_from_the_end_of_the_contact_to_the_form(self) -> None:
        assert case_of(ended(at(9)), wrapped_up(at(9, 3))).wrap_up == 3 * MINUTE
        assert case_of(ended(at(9)), wrapped_up(at(9))).wrap_up == timedelta(0)
        assert case_of(ended(at(9)), wrapped_up(at(9, 3)), wrapped_up(at(9, 9))).wrap_up == (
            3 * MINUTE
        )

    def test_several_contacts_have_a_wrap_up_each(self) -> None:
        events = [ended(at(9)), wrapped_up(at(9, 3)), ended(at(10)), wrapped_up(at(10, 1))]
        assert case_of(*events).wrap_up == 4 * MINUTE
        assert case_of(ended(at(8)), *events).wrap_up == 4 * MINUTE

    @pytest.mark.parametrize("events", [[ended(at(9))], [wrapped_up(at(9))]])
    def test_one_of_the_two_alone_is_none(self, events: list[Event]) -> None:
        assert reason_of(case_of(*events), "wrap_up") == "no_wrap_up"
        looked = case_of(*events, seen(at(9), at(10)))
        assert reason_of(looked, "wrap_up_counted") == "no_wrap_up"

    def test_hold_inside_a_wrap_up_is_hold(self) -> None:
        case = case_of(
            *(opened(at(9)), seen(at(9), at(10)), edited(at(9))),
            *(*held(at(9, 30), at(9, 40)), ended(at(9, 30)), wrapped_up(at(9, 50))),
        )
        assert (case.wrap_up, case.wrap_up_counted) == (20 * MINUTE, 10 * MINUTE)
        assert case.handled_time == 50 * MINUTE

    def test_amazon_connects_handle_time_is_interaction_hold_and_wrap_up_by_the_wall(self) -> None:
        talk = [assigned(at(9), "U1"), *held(at(9, 5), at(9, 10)), ended(at(9, 30))]
        assert case_of(*talk, wrapped_up(at(9, 33))).connect_handle_time == 33 * MINUTE
        assert reason_of(case_of(*talk), "connect_handle_time") == "no_wrap_up"
        assert reason_of(case_of(talk[0]), "connect_handle_time") == "not_told"
        assert reason_of(case_of(ended(at(9))), "connect_handle_time") == "never_assigned"
        late = [assigned(at(9, 32), "U1"), ended(at(9, 30)), wrapped_up(at(9, 33))]
        assert reason_of(case_of(*late), "connect_handle_time") == "not_told"
        at_once = [assigned(at(9, 30), "U1"), ended(at(9, 30)), wrapped_up(at(9, 33))]
        assert case_of(*at_once).connect_handle_time == 3 * MINUTE
        earlier = [ended(at(8)), wrapped_up(at(8, 5)), *at_once]
        assert case_of(*earlier).connect_handle_time == 3 * MINUTE

    def test_between_two_contacts_nobody_handles(self) -> None:
        first = [assigned(at(9), "U1"), ended(at(9, 30)), wrapped_up(at(9, 33))]
        second = [ended(at(15, 10)), wrapped_up(at(15, 12))]
        again = case_of(*first, assigned(at(15), "U1"), *second)
        assert again.connect_handle_time == 45 * MINUTE
        reopening = [closed(at(10)), reopened(at(15, 5))]
        assert (
            case_of(opened(at(9)), *first, *reopening, *second).connect_handle_time == 40 * MINUTE
        )
        transferred = [assigned(at(9, 15), "U2"), ended(at(9, 20))]
        assert case_of(*first, *transferred).connect_handle_time == 33 * MINUTE
        untold = case_of(*first, *second)
        assert untold.connect_handle_time == 6 * HOUR + 12 * MINUTE


def policy(**more: Any) -> WorklogRules:
    fields: dict[str, Any] = {
        "otherwise": [SlaTarget(HOUR, TargetKind.FIRST_RESPONSE), SlaTarget(4 * HOUR)]
    }
    return WorklogRules(time_zone=UTC, sla_policy=SlaPolicy(OFFICE, **(fields | more)))


MEET, UNMEET = SlaStatus.MEET, SlaStatus.UNMEET


class TestSla:
    @pytest.mark.rule("K-22", "AMB-14")
    @pytest.mark.parametrize(
        ("events", "expected"),
        [
            ([answered(at(10)), closed(at(13))], MEET),
            ([answered(at(10)), closed(at(13, 0, 1))], UNMEET),
            ([answered(at(10, 0, 1)), closed(at(13))], UNMEET),
            ([answered(at(10, 0, 1))], UNMEET),
            ([answered(at(10))], "undecided"),
            ([closed(at(13))], "undecided"),
            ([], "undecided"),
        ],
    )
    def test_meet_if_all_are_met_unmeet_as_soon_as_one_is_missed(
        self, events: list[Event], expected: Any
    ) -> None:
        case = case_of(opened(at(9)), *events, rules=policy())
        assert (case.sla_status or reason_of(case, "sla_status")) == expected

    @pytest.mark.rule("AMB-14")
    def test_the_evaluation_may_decide_what_did_not_happen(self) -> None:
        found = {
            hour: case_of(opened(at(9)), rules=policy(), as_of=at(hour)).sla_status
            for hour in (9, 10, 11)
        }
        assert found == {9: None, 10: None, 11: UNMEET}

    def test_each_target_tells_its_due_date_and_how_it_was_judged(self) -> None:
        case = case_of(opened(at(9)), answered(at(10)), closed(at(16)), rules=policy())
        assert (case.first_response_due_at, case.first_response_sla) == (at(10), MEET)
        assert (case.resolution_due_at, case.resolution_sla) == (at(13), UNMEET)
        assert case.sla_status is UNMEET

    @pytest.mark.rule("AMB-14", "AMB-8")
    def test_a_due_date_that_was_set_counts_and_may_be_taken_back(self) -> None:
        late = [opened(at(9)), answered(at(10)), closed(at(16))]
        set_later = SlaDueSet("T1", at(10), at(17))
        assert case_of(*late, set_later, rules=policy()).sla_status is MEET
        taken_back = SlaDueSet("T1", at(11), None)
        case = case_of(*late, set_later, taken_back, rules=policy())
        assert reason_of(case, "resolution_due_at") == "no_sla_due"
        assert case.sla_status is MEET
        at_the_closing = SlaDueSet("T1", at(16), at(12))
        assert case_of(*late, set_later, at_the_closing, rules=policy()).resolution_sla is UNMEET
        after = SlaDueSet("T1", at(16, 0, 1), at(12))
        assert case_of(*late, set_later, after, rules=policy()).resolution_sla is MEET

    def test_without_a_policy_a_set_due_date_is_judged_by_the_wall(self) -> None:
        due = SlaDueSet("T1", at(9), at(12), target=TargetKind.FIRST_RESPONSE)
        met, missed = (case_of(opened(at(9)), due, answered(at(12, s))) for s in (0, 1))
        assert (met.sla_status, missed.sla_status) == (MEET, UNMEET)
        waiting = case_of(opened(at(9)), due)
        assert reason_of(waiting, "sla_status") == "undecided"
        assert case_of(opened(at(9)), due, as_of=at(13)).sla_status is UNMEET
        assert reason_of(case_of(opened(at(9))), "sla_status") == "no_sla_due"

    def test_the_tags_choose_the_target(self) -> None:
        rules = policy(by_tag={"vip": SlaTarget(2 * HOUR)}, otherwise=[])
        events = [opened(at(9)), closed(at(12))]
        assert reason_of(case_of(*events, rules=rules), "sla_status") == "no_sla_due"
        tagged = TagsDetected("T1", at(9), ["vip"])
        assert case_of(*events, tagged, rules=rules).sla_status is UNMEET
        late = TagsDetected("T1", at(12, 1), ["vip"])
        assert reason_of(case_of(*events, late, rules=rules), "sla_status") == "no_sla_due"

    @pytest.mark.parametrize(("pauses", "expected"), [(True, MEET), (False, UNMEET)])
    def test_a_wait_stops_the_clock_where_the_policy_says_so(
        self, *, pauses: bool, expected: SlaStatus
    ) -> None:
        rules = policy(otherwise=[SlaTarget(4 * HOUR)], pause_on_pending=pauses)
        events = [opened(at(9)), pended(at(10)), reopened(at(12)), closed(at(14))]
        assert case_of(*events, rules=rules).sla_status is expected
        due = SlaDueSet("T1", at(9), at(11))
        assert case_of(*events[:2], due, rules=rules, as_of=at(13)).sla_status is (
            None if pauses else UNMEET
        )
        if pauses:
            paused = case_of(*events[:2], rules=rules, as_of=at(13))
            assert reason_of(paused, "resolution_due_at") == "still_pending"
            assert reason_of(paused, "resolution_sla") == "undecided"
        waiting = case_of(*events[:2], rules=rules, as_of=at(16))
        assert waiting.sla_status is (None if pauses else UNMEET)

    def test_where_the_hours_never_reach_it_there_is_no_due_date(self) -> None:
        shut = WorkingCalendar(WeeklyHours.parse(""), time_zone=UTC)
        rules = WorklogRules(time_zone=UTC, sla_policy=SlaPolicy(shut, otherwise=[SlaTarget(HOUR)]))
        assert reason_of(case_of(opened(at(9)), rules=rules), "sla_status") == "no_sla_due"

    def test_what_was_closed_before_its_opening_is_not_judged(self) -> None:
        case = case_of(opened(at(9)), closed(at(8)), rules=policy())
        assert reason_of(case, "resolution_sla") == "no_sla_due"


class TestMerged:
    EVENTS = (
        *(opened(at(9)), asked(at(9)), seen(at(9), at(10)), edited(at(9))),
        *(opened(at(8), "T2"), asked(at(9, 30), "T2"), seen(at(10), at(11), ticket="T2")),
        edited(at(10), ticket="T2"),
        TicketMerged("T2", at(10, 30), "T1"),
        *(answered(at(11)), closed(at(11), ticket="T2"), closed(at(12))),
    )

    @pytest.mark.rule("K-01")
    def test_apart_a_merged_case_names_the_other(self) -> None:
        log = log_of(*self.EVENTS)
        assert [(c.case_id, c.merged_into, c.handled_time) for c in log] == [
            ("T1", None, HOUR),
            ("T2", "T1", HOUR),
        ]
        assert log.case_ids == {}

    def test_united_its_messages_and_time_are_the_others(self) -> None:
        log = log_of(*self.EVENTS, merged_cases=MergedCases.UNITED)
        (case,) = log
        assert (case.case_id, case.handled_time, case.incoming_messages) == ("T1", 2 * HOUR, 2)
        assert (case.started_at, case.closed_at) == (at(9), at(12))
        assert log.case_ids == {"T2": "T1"}

    def test_a_circle_of_merges_goes_into_the_first_id(self) -> None:
        merges = [TicketMerged("T2", at(9), "T3"), TicketMerged("T3", at(10), "T2")]
        into_them = TicketMerged("T1", at(9), "T3")
        log = log_of(*merges, into_them, opened(at(9), "T2"), merged_cases=MergedCases.UNITED)
        assert log.case_ids == {"T1": "T2", "T2": "T2", "T3": "T2"}

    def test_what_is_merged_after_the_evaluation_is_apart(self) -> None:
        log = log_of(*self.EVENTS, merged_cases=MergedCases.UNITED, as_of=at(10))
        assert [case.case_id for case in log] == ["T1", "T2"]


class TestLog:
    LOG = log_of(opened(at(9)), asked(at(9)), noted(at(9)), answered(at(10)), closed(at(11)))

    def test_a_case_is_found_by_its_id(self) -> None:
        assert self.LOG["T1"] is self.LOG.entries[0]
        for unknown in ("T2", "", 7):
            with pytest.raises(WorklogError, match=r"^case_id must name a case of this log"):
                self.LOG[unknown]  # type: ignore[index]  # asking is the point

    def test_it_shows_itself(self) -> None:
        assert repr(self.LOG) == "<CaseLog: 1 cases, 1 responses, 3 messages>"
        assert repr(self.LOG["T1"]) == "<CaseEntry T1 closed: not measured (no_session)>"
        seen_one = case_of(seen(at(9), at(10)), edited(at(9)))
        assert repr(seen_one) == "<CaseEntry T1 closed: handled 1:00:00>"
        page = self.LOG._repr_html_()
        assert "<caption>1 cases</caption>" in page
        many = log_of(*(opened(at(9), f"T{n:02}") for n in range(21)))
        assert "21 cases (the first 20 are shown)" in many._repr_html_()

    def test_it_is_plain_values_on_demand(self) -> None:
        (row,) = self.LOG.to_dicts()
        assert row["case_id"] == "T1"
        assert (row["status"], row["tags"]) == ("closed", [])
        assert row["reasons"]["handled_time"] == "no_session"
        assert row["first_response_time"] == HOUR

    def test_every_none_has_a_reason_and_every_reason_a_none(self) -> None:
        for row in (*self.LOG.to_dicts(), *log_of(opened(at(9))).to_dicts()):
            reasons = row.pop("reasons")
            assert {name for name, value in row.items() if value is None} == set(reasons)

    def test_it_pickles(self) -> None:
        copy: CaseLog = pickle.loads(pickle.dumps(self.LOG))
        assert copy.entries == self.LOG.entries
        assert hash(copy["T1"]) == hash(self.LOG["T1"])

    @pytest.mark.rule("D-10")
    def test_the_stock_is_that_of_the_cases(self) -> None:
        log = log_of(
            *(opened(at(9)), closed(at(11)), opened(at(10), "T2"), pended(at(10, 30), "T2")),
            *(closed(at(8), ticket="T3"), opened(at(9), "T3")),
        )
        count = log.stock_at(at(12)).count
        assert (count.open, count.pending, count.closed) == (1, 1, 1)
        flow = log.stock_between(at(10), at(12))
        assert flow.opening + flow.came_in - flow.went_out == flow.closing == 2

    @pytest.mark.rule("D-10", "AMB-7")
    def test_what_edits_close_is_no_longer_in_stock(self) -> None:
        log = log_of(opened(at(9)), edited(at(10), Action.CLOSE), asked(at(12)))
        counts = [log.stock_at(at(hour)).count for hour in (9, 10, 12)]
        assert [count.in_stock for count in counts] == [1, 0, 1]

    def test_teams_are_those_at_an_instant(self) -> None:
        log = log_of(opened(at(9)), TeamMembership("U1", "A", at(9), at(10)))
        assert [log.teams_of("U1", at(h)) for h in (8, 9, 10)] == [(), ("A",), ()]
        assert log.teams_of(None, at(9)) == log.teams_of("U2", at(9)) == ()

    def test_the_rules_and_the_evaluation_are_those_of_the_worklog(self) -> None:
        log = log_of(opened(at(9)), as_of=at(9) + DAY)
        assert (log.rules, log.as_of) == (RULES, at(9) + DAY)
