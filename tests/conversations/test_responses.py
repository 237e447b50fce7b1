"""How long customers waited: runs, first responses, averages, gross and net."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from helpdesk import (
    HOUR,
    MINUTE,
    OFFICE,
    RULES,
    TICK,
    agent_opened,
    answered,
    asked,
    at,
    case_of,
    closed,
    edited,
    log_of,
    noted,
    opened,
    reason_of,
    reopened,
    said,
    turned,
)
from worklog_core import (
    Action,
    CaseRules,
    Direction,
    FirstResponseFrom,
    History,
    OutboundFirstResponse,
    OutsideHours,
    ResponseRun,
    SenderKind,
    StatusCause,
    TicketStatus,
    WorklogError,
    build_case_log,
    conversations_of,
    first_response_of,
    response_runs,
)

MACHINES = [
    SenderKind.AI_AGENT,
    SenderKind.WORKFLOW,
    SenderKind.BROADCAST,
    SenderKind.API,
    SenderKind.ECHO,
    SenderKind.SYSTEM,
]


def waits(*events: Any, **more: Any) -> list[timedelta]:
    return [response.response_time for response in log_of(*events, **more).responses]


class TestRuns:
    @pytest.mark.rule("AMB-18", "R-04")
    def test_the_wait_is_from_the_first_message_of_a_run(self) -> None:
        answer = answered(at(10, 7))
        assert waits(asked(at(10)), asked(at(10, 5)), answer) == [7 * MINUTE]

    def test_a_second_answer_in_a_row_starts_no_run(self) -> None:
        events = [asked(at(10)), answered(at(10, 7)), answered(at(10, 9))]
        assert waits(*events) == [7 * MINUTE]
        assert case_of(*events).responses == 1

    @pytest.mark.rule("AMB-23", "P-R5", "P-K5")
    @pytest.mark.parametrize("machine", MACHINES)
    def test_a_machine_neither_answers_nor_splits_a_run(self, machine: SenderKind) -> None:
        bot = said(at(10, 1), machine)
        assert waits(asked(at(10)), bot, asked(at(10, 5)), answered(at(10, 7))) == [7 * MINUTE]

    def test_a_note_a_failed_message_and_a_user_that_is_a_bot_answer_nobody(self) -> None:
        failed = answered(at(10, 2), failure="bounced")
        bot = answered(at(10, 3), "B1")
        events = [asked(at(10)), noted(at(10, 1)), failed, bot, answered(at(10, 7))]
        assert waits(*events, bots=["B1"]) == [7 * MINUTE]
        assert waits(*events) == [3 * MINUTE]

    def test_the_average_is_over_answered_runs(self) -> None:
        events = [
            *(asked(at(10)), answered(at(10, 7))),
            *(asked(at(11)), answered(at(11, 2))),
            asked(at(12)),
        ]
        case = case_of(*events)
        assert case.response_time == timedelta(minutes=4, seconds=30)
        assert (case.responses, case.unanswered_runs) == (2, 1)

    def test_a_mean_is_rounded_half_to_even_at_the_microsecond(self) -> None:
        events = [asked(at(10)), answered(at(10)), asked(at(11)), answered(at(11) + 3 * TICK)]
        assert case_of(*events).response_time == 2 * TICK

    def test_a_closing_ends_a_run_and_is_no_answer(self) -> None:
        events = [asked(at(10)), closed(at(11)), answered(at(12))]
        assert waits(*events) == []
        again = [*events, reopened(at(13)), asked(at(13)), answered(at(13, 5))]
        assert waits(*again) == [5 * MINUTE]
        assert case_of(*again).unanswered_runs == 1

    def test_at_one_instant_the_question_comes_first_and_the_closing_last(self) -> None:
        events = [closed(at(10)), answered(at(10)), asked(at(10))]
        assert waits(*events) == [timedelta(0)]

    def test_an_answer_to_nobody_is_none(self) -> None:
        events = [answered(at(9)), opened(at(9))]
        assert waits(*events) == []
        assert reason_of(case_of(*events), "response_time") == "no_reply"

    def test_an_answer_that_comes_too_late_is_none(self) -> None:
        events = [asked(at(10)), answered(at(11))]
        assert waits(*events, longest_response=HOUR) == [HOUR]
        assert waits(*events, longest_response=HOUR - TICK) == []
        case = case_of(*events, longest_response=HOUR - TICK)
        assert reason_of(case, "first_response_time") == "no_reply"

    def test_who_opts_out_waits_for_no_answer(self) -> None:
        stop = said(at(10), SenderKind.CUSTOMER, Direction.IN, text=" Stop ")
        answer = answered(at(11))
        assert waits(stop, answer) == [HOUR]
        assert waits(stop, answer, opt_out_words=["STOP"]) == []

    def test_runs_tell_how_many_messages_wait_and_who_answered(self) -> None:
        history = History.of([asked(at(10)), asked(at(10, 5)), answered(at(10, 7), message_id="A")])
        conversation = conversations_of(history, day_of=lambda at: at.date())["T1"]
        assert response_runs(conversation) == (
            ResponseRun(
                ticket_id="T1",
                waiting_since=at(10),
                messages=2,
                answered_at=at(10, 7),
                responder_id="U1",
                message_id="A",
            ),
        )
        first = first_response_of(conversation)
        assert isinstance(first, tuple)
        assert (first[0], first[1].at) == (at(10), at(10, 7))

    def test_one_message_of_two_kinds_of_events_is_one(self) -> None:
        question = said(at(10), SenderKind.CUSTOMER, Direction.IN, message_id="C1")
        twin = asked(at(10))
        twin = type(twin)("T1", at(10), "C1")
        assert case_of(question, twin).incoming_messages == 1
        answer = answered(at(10), message_id="C1")
        assert waits(answer, twin) == [timedelta(0)]


class TestFirstResponse:
    @pytest.mark.rule("K-13")
    def test_it_is_from_the_opening_to_the_first_answer_of_a_person(self) -> None:
        bot = said(at(9, 1), SenderKind.WORKFLOW)
        case = case_of(opened(at(9)), asked(at(9)), bot, answered(at(9, 20)), answered(at(9, 30)))
        assert case.first_response_time == 20 * MINUTE
        assert (case.first_response_at, case.first_response_by) == (at(9, 20), "U1")

    @pytest.mark.rule("P-R11")
    def test_the_public_example_is_ten_hours(self) -> None:
        asked_at, answered_at = at(23, day=30), at(23, day=30) + 10 * HOUR
        case = case_of(opened(asked_at), asked(asked_at), answered(answered_at))
        assert case.first_response_time == 10 * HOUR

    def test_without_an_opening_it_is_from_the_first_public_message(self) -> None:
        case = case_of(noted(at(8)), asked(at(9)), answered(at(10)))
        assert (case.started_at, case.direction) == (at(9), Direction.IN)
        assert case.first_response_time == HOUR

    def test_what_was_written_before_the_opening_is_no_response(self) -> None:
        assert reason_of(case_of(answered(at(8)), opened(at(9))), "first_response_at") == "no_reply"

    def test_an_answer_at_the_opening_itself_is_one(self) -> None:
        case = case_of(opened(at(9)), answered(at(9)))
        assert case.first_response_time == timedelta(0)

    def test_without_any_beginning_it_is_not_told(self) -> None:
        case = case_of(noted(at(8)))
        assert reason_of(case, "first_response_time") == "not_told"
        assert reason_of(case, "started_at") == "not_told"

    def test_an_answer_without_a_name_is_one(self) -> None:
        case = case_of(asked(at(9)), answered(at(10), None))
        assert case.first_response_time == HOUR
        assert reason_of(case, "first_response_by") == "not_told"

    @pytest.mark.rule("AMB-23")
    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            (OutboundFirstResponse.FROM_CUSTOMER, 30 * MINUTE),
            (OutboundFirstResponse.ZENDESK, 20 * MINUTE),
            (OutboundFirstResponse.NONE, "outbound"),
        ],
    )
    def test_a_case_that_the_service_began(
        self, policy: OutboundFirstResponse, expected: Any
    ) -> None:
        case = case_of(
            *(agent_opened(at(9)), answered(at(9)), answered(at(9, 20))),
            *(asked(at(10)), answered(at(10, 30))),
            outbound_first_response=policy,
        )
        found = case.first_response_time
        assert (found or reason_of(case, "first_response_time")) == expected

    @pytest.mark.rule("AMB-23")
    def test_an_outbound_case_without_a_word_of_the_customer_has_none(self) -> None:
        case = case_of(agent_opened(at(9)), answered(at(9)), answered(at(10)))
        assert reason_of(case, "first_response_time") == "no_customer_message"

    def test_with_zendesk_a_case_that_began_without_an_answer_counts_the_first(self) -> None:
        zendesk = OutboundFirstResponse.ZENDESK
        events = [agent_opened(at(9)), asked(at(9, 5)), answered(at(9, 20))]
        case = case_of(*events, outbound_first_response=zendesk)
        assert case.first_response_time == 20 * MINUTE
        silent = case_of(agent_opened(at(9)), outbound_first_response=zendesk)
        assert reason_of(silent, "first_response_time") == "no_reply"

    @pytest.mark.rule("AMB-23")
    def test_after_a_handover_the_clock_starts_with_the_reopening(self) -> None:
        by_bot = turned(at(10), TicketStatus.CLOSED, cause=StatusCause.API)
        events = [asked(at(9)), by_bot, reopened(at(11)), asked(at(11)), answered(at(11, 30))]
        handover = FirstResponseFrom.HANDOVER
        assert case_of(*events).first_response_time == 150 * MINUTE
        case = case_of(*events, first_response_from=handover)
        assert case.first_response_time == 30 * MINUTE
        by_person = [asked(at(9)), closed(at(10)), reopened(at(11)), answered(at(11, 30))]
        case = case_of(*by_person, first_response_from=handover)
        assert case.first_response_time == 150 * MINUTE

    def test_a_handover_after_an_answer_is_none(self) -> None:
        by_bot = turned(at(10), TicketStatus.CLOSED, cause=StatusCause.API)
        events = [asked(at(9)), answered(at(9, 5)), by_bot, reopened(at(11)), answered(at(12))]
        case = case_of(*events, first_response_from=FirstResponseFrom.HANDOVER)
        assert case.first_response_time == 5 * MINUTE

    def test_without_an_answer_a_handover_changes_nothing(self) -> None:
        by_bot = turned(at(10), TicketStatus.CLOSED, cause=StatusCause.API)
        events = [asked(at(9)), by_bot, reopened(at(11))]
        case = case_of(*events, first_response_from=FirstResponseFrom.HANDOVER)
        assert reason_of(case, "first_response_time") == "no_reply"

    def test_dark_processing_is_a_bots_closing(self) -> None:
        dark = edited(at(10), Action.AUTO_PROCESS, "B1")
        events = [asked(at(9)), dark, asked(at(11)), answered(at(11, 30))]
        case = case_of(*events, first_response_from=FirstResponseFrom.HANDOVER)
        assert case.first_response_time == 30 * MINUTE

    @pytest.mark.rule("AMB-24")
    def test_what_comes_after_the_evaluation_is_unseen(self) -> None:
        events = [asked(at(9)), answered(at(10))]
        assert case_of(*events, as_of=at(10)).first_response_time == HOUR
        early = case_of(*events, as_of=at(10) - TICK)
        assert reason_of(early, "first_response_time") == "no_reply"


class TestNet:
    def test_net_counts_the_calendar_and_is_none_without_one(self) -> None:
        events = [asked(at(16)), answered(at(10, day=3))]
        case = case_of(*events, calendar=OFFICE)
        assert (case.first_response_time, case.net_first_response_time) == (18 * HOUR, 2 * HOUR)
        assert (case.response_time, case.net_response_time) == (18 * HOUR, 2 * HOUR)
        without = case_of(*events)
        assert reason_of(without, "net_first_response_time") == "no_calendar"
        assert reason_of(without, "net_response_time") == "no_calendar"

    @pytest.mark.parametrize(
        ("policy", "expected"),
        [(OutsideHours.ZERO, timedelta(0)), (OutsideHours.SKIP, "outside_hours")],
    )
    def test_an_answer_outside_the_hours_is_zero_or_left_out(
        self, policy: OutsideHours, expected: Any
    ) -> None:
        case = case_of(*(asked(at(18)), answered(at(19))), calendar=OFFICE, outside_hours=policy)
        for field in ("net_first_response_time", "net_response_time"):
            found = getattr(case, field)
            assert (reason_of(case, field) if found is None else found) == expected
        assert case.first_response_time == case.response_time == HOUR
        assert case.responses_outside_hours == 1

    def test_what_is_left_out_is_in_no_average(self) -> None:
        events = [asked(at(18)), answered(at(19)), asked(at(9, day=3)), answered(at(10, day=3))]
        zero = case_of(*events, calendar=OFFICE)
        assert zero.net_response_time == 30 * MINUTE
        skip = case_of(*events, calendar=OFFICE, outside_hours=OutsideHours.SKIP)
        assert skip.net_response_time == HOUR
        assert skip.response_time == HOUR
        assert (skip.responses, skip.responses_outside_hours) == (2, 1)

    def test_an_answer_at_once_is_not_outside_the_hours(self) -> None:
        case = case_of(
            asked(at(18)), answered(at(18)), calendar=OFFICE, outside_hours=OutsideHours.SKIP
        )
        assert case.net_response_time == timedelta(0)
        assert case.responses_outside_hours == 0


@pytest.mark.rule("R-12", "P-E5")
def test_messages_are_counted_by_their_way_and_failed_ones_apart() -> None:
    case = case_of(
        *(asked(at(9)), asked(at(10)), noted(at(10)), said(at(11), SenderKind.WORKFLOW)),
        *(answered(at(12)), answered(at(13), failure="bounced"), noted(at(14)), noted(at(15))),
    )
    assert (case.incoming_messages, case.outgoing_messages) == (2, 2)
    assert (case.notes, case.failed_messages) == (3, 1)


class TestDoor:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("calendar", "Mon-Fri"),
            ("first_response_from", "opened"),
            ("outbound_first_response", "zendesk"),
            ("outside_hours", "zero"),
            ("resolved_at", "last_close"),
            ("wait_at_close", "counted"),
            ("merged_cases", "apart"),
            ("longest_response", -MINUTE),
            ("opt_out_words", "STOP"),
            ("bots", [7]),
            ("on_hold_details", "supplier"),
        ],
    )
    def test_a_choice_is_checked_at_the_door(self, field: str, value: Any) -> None:
        with pytest.raises(WorklogError, match=rf"^CaseRules\.{field} must ") as caught:
            CaseRules(**{field: value})
        assert caught.value.field == f"CaseRules.{field}"

    def test_case_rules_are_a_value_of_their_own(self) -> None:
        with pytest.raises(WorklogError, match=r"^case_rules must be a CaseRules or None: found "):
            build_case_log(History(), RULES, case_rules=RULES)  # type: ignore[arg-type]  # it is wrong

    def test_an_instant_of_evaluation_has_a_zone(self) -> None:
        with pytest.raises(WorklogError, match=r"^as_of must carry a time zone"):
            build_case_log(History(), RULES, as_of=datetime(2026, 3, 2))
