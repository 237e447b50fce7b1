"""Worked examples of the times of cases in frames, with the figures written out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from case_frames import case_frames_of
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
    at,
    closed,
    edited,
    noted,
    opened,
    pended,
    reopened,
    said,
    turned,
)
from history_frames import plain
from oracle_days import us
from worklog_core import (
    Action,
    CaseRules,
    CustomerMessage,
    Direction,
    FirstResponseFrom,
    History,
    MergedCases,
    OutboundFirstResponse,
    OutsideHours,
    ResolvedAt,
    SenderKind,
    SlaPolicy,
    StatusCause,
    TicketMerged,
    TicketStatus,
    WaitAtClose,
    WeeklyHours,
    WorkingCalendar,
    WorklogRules,
)
from worklog_core.columnar import case_times, response_runs

MACHINES = [kind for kind in SenderKind if kind not in (SenderKind.HUMAN, SenderKind.CUSTOMER)]
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-06:00"), time_zone=BERLIN)


def cases(*events: Any, rules: Any = RULES, as_of: Any = None, **choices: Any) -> Any:
    frames = case_frames_of(History.of(events))
    found = case_times(**frames, rules=rules, case_rules=CaseRules(**choices), as_of=as_of)
    return {row["case_id"]: row for row in plain(found)}


def case(*events: Any, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = cases(*events, **more)["T1"]
    return found


def runs(*events: Any, rules: Any = RULES, **choices: Any) -> list[dict[str, Any]]:
    frames = case_frames_of(History.of(events))
    return plain(response_runs(**frames, rules=rules, case_rules=CaseRules(**choices)))


def waits(*events: Any, **choices: Any) -> list[Any]:
    return [row["response_time_us"] for row in runs(*events, **choices)]


def told(row: dict[str, Any], name: str) -> Any:
    """Return a time, or why there is none; never both and never neither."""
    value, reason = row[f"{name}_us"], row[f"{name}_reason"]
    assert (value is None) is (reason is not None)
    return reason if value is None else timedelta(microseconds=value)


def ticks(duration: timedelta) -> int:
    return duration // TICK


class TestRuns:
    @pytest.mark.rule("AMB-18", "R-04")
    def test_the_wait_is_from_the_first_message_of_a_run(self) -> None:
        (run,) = runs(asked(at(10)), asked(at(10, 5)), answered(at(10, 7), message_id="A"))
        assert run == {
            "ticket_id": "T1",
            "waiting_since": us(at(10)),
            "messages": 2,
            "answered_at": us(at(10, 7)),
            "responder_id": "U1",
            "message_id": "A",
            "response_time_us": 420_000_000,
            "response_time_reason": None,
            "net_response_time_us": None,
            "net_response_time_reason": "no_calendar",
            "is_outside_hours": False,
        }

    def test_a_second_answer_in_a_row_starts_no_run(self) -> None:
        assert waits(asked(at(10)), answered(at(10, 7)), answered(at(10, 9))) == [ticks(7 * MINUTE)]

    @pytest.mark.rule("AMB-23", "P-R5", "P-K5")
    @pytest.mark.parametrize("machine", MACHINES)
    def test_a_machine_neither_answers_nor_splits_a_run(self, machine: SenderKind) -> None:
        bot = said(at(10, 1), machine)
        events = [asked(at(10)), bot, asked(at(10, 5)), answered(at(10, 7))]
        assert waits(*events) == [ticks(7 * MINUTE)]

    def test_a_note_a_failed_message_and_a_user_that_is_a_bot_answer_nobody(self) -> None:
        failed = answered(at(10, 2), failure="bounced")
        bot = answered(at(10, 3), "B1")
        events = [asked(at(10)), noted(at(10, 1)), failed, bot, answered(at(10, 7))]
        assert waits(*events, bots=["B1"]) == [ticks(7 * MINUTE)]
        assert waits(*events) == [ticks(3 * MINUTE)]

    @pytest.mark.rule("AMB-18")
    def test_a_closing_ends_a_run_and_is_no_answer(self) -> None:
        events = [asked(at(10)), closed(at(11)), answered(at(12))]
        (run,) = runs(*events)
        assert (run["response_time_us"], run["response_time_reason"]) == (None, "no_reply")
        assert (run["answered_at"], run["responder_id"], run["message_id"]) == (None, None, None)
        assert run["is_outside_hours"] is None
        again = [*events, reopened(at(13)), asked(at(13)), answered(at(13, 5))]
        assert waits(*again) == [None, ticks(5 * MINUTE)]

    @pytest.mark.rule("AMB-4")
    def test_at_one_instant_the_question_comes_first_and_the_closing_last(self) -> None:
        assert waits(closed(at(10)), answered(at(10)), asked(at(10))) == [0]

    def test_of_two_answers_at_one_instant_the_first_by_message_id_counts(self) -> None:
        answers = [answered(at(11), by, message_id=name) for by, name in (("U1", "B"), ("U2", "A"))]
        (run,) = runs(asked(at(10)), *answers)
        assert (run["responder_id"], run["message_id"]) == ("U2", "A")
        namesakes = [answered(at(11), by, message_id="A") for by in ("U1", "U2")]
        (run,) = runs(asked(at(10)), *namesakes)
        assert run["responder_id"] == "U1"
        (run,) = runs(asked(at(10)), *namesakes, answered(at(11), None, message_id="A"))
        assert run["responder_id"] is None

    def test_of_two_answers_in_united_tickets_the_message_id_goes_before_the_ticket(self) -> None:
        own = answered(at(11), "U1", message_id="B")
        other = answered(at(11), "U2", "T2", message_id="A")
        events = [asked(at(10)), own, other, TicketMerged("T2", at(12), "T1")]
        (run,) = runs(*events, merged_cases=MergedCases.UNITED)
        assert (run["responder_id"], run["message_id"]) == ("U2", "A")

    def test_a_message_that_two_sources_tell_is_one(self) -> None:
        question = said(at(10), SenderKind.CUSTOMER, Direction.IN, message_id="C1")
        twin, other = CustomerMessage("T1", at(10), "C1"), CustomerMessage("T1", at(10), "C2")
        assert [run["messages"] for run in runs(question, twin)] == [1]
        assert [run["messages"] for run in runs(question, twin, other)] == [2]
        assert case(question, twin, other)["incoming_messages"] == 2

    def test_what_was_given_twice_is_one_message(self) -> None:
        frames = case_frames_of(History.of([asked(at(10)), answered(at(11))]))
        twice = {name: pa.concat_tables([table, table]) for name, table in frames.items()}
        found = [plain(case_times(**given, rules=RULES)) for given in (frames, twice)]
        assert found[0] == found[1]

    def test_an_answer_that_comes_too_late_is_none(self) -> None:
        events = [asked(at(10)), answered(at(11))]
        assert waits(*events, longest_response=HOUR) == [ticks(HOUR)]
        assert waits(*events, longest_response=HOUR - TICK) == [None]
        late = case(*events, longest_response=HOUR - TICK)
        assert told(late, "first_response_time") == told(late, "response_time") == "no_reply"
        assert (late["responses"], late["unanswered_runs"]) == (0, 1)

    def test_who_opts_out_waits_for_no_answer(self) -> None:
        stop = said(at(10), SenderKind.CUSTOMER, Direction.IN, text=" Stop ")
        assert waits(stop, answered(at(11))) == [ticks(HOUR)]
        assert waits(stop, answered(at(11)), opt_out_words=["STOP"]) == []

    def test_a_mean_is_rounded_half_to_even_and_stands_beside_its_sum(self) -> None:
        ends = [0, 3]
        events = [e for n, end in enumerate(ends) for e in _asked_and_answered(10 + n, end)]
        found = case(*events)
        assert (found["response_time_us"], found["response_time_sum_us"]) == (2, 3)
        assert found["responses"] == 2
        found = case(*events, *_asked_and_answered(12, 2))
        assert (found["response_time_us"], found["response_time_sum_us"]) == (2, 5)
        found = case(*_asked_and_answered(10, 0), *_asked_and_answered(11, 1))
        assert found["response_time_us"] == 0


def _asked_and_answered(hour: int, wait: int) -> list[Any]:
    return [asked(at(hour)), answered(at(hour) + wait * TICK)]


class TestNet:
    def test_it_is_counted_by_the_calendar_of_the_case_rules_else_of_the_policy(self) -> None:
        events = [asked(at(16)), answered(at(10, day=3))]
        policy = WorklogRules(time_zone=UTC, sla_policy=SlaPolicy(calendar=OFFICE))
        for found in (case(*events, calendar=OFFICE), case(*events, rules=policy)):
            assert told(found, "response_time") == 18 * HOUR
            assert told(found, "net_response_time") == 2 * HOUR
            assert told(found, "net_first_response_time") == 2 * HOUR
        found = case(*events, rules=policy, calendar=NIGHT)
        assert told(found, "net_response_time") == 6 * HOUR
        assert told(case(*events), "net_response_time") == "no_calendar"

    def test_outside_the_hours_it_is_nothing_or_left_out(self) -> None:
        events = [asked(at(18)), answered(at(20))]
        zero = case(*events, calendar=OFFICE)
        assert told(zero, "net_response_time") == told(zero, "net_first_response_time") == 0 * HOUR
        assert (zero["responses_outside_hours"], zero["net_responses"]) == (1, 1)
        left_out = case(*events, calendar=OFFICE, outside_hours=OutsideHours.SKIP)
        assert told(left_out, "net_response_time") == "outside_hours"
        assert told(left_out, "net_first_response_time") == "outside_hours"
        assert told(left_out, "response_time") == 2 * HOUR
        assert left_out["net_response_time_sum_us"] is None
        assert (left_out["responses_outside_hours"], left_out["net_responses"]) == (1, 0)
        (run,) = runs(*events, calendar=OFFICE)
        assert run["is_outside_hours"] is True

    def test_an_answer_at_once_is_in_no_hours_and_no_stretch(self) -> None:
        found = case(asked(at(18)), answered(at(18)), calendar=OFFICE)
        assert found["responses_outside_hours"] == 0

    def test_a_mean_leaves_out_what_has_no_net_time(self) -> None:
        events = [asked(at(18)), answered(at(20)), asked(at(10, day=3)), answered(at(11, day=3))]
        found = case(*events, calendar=OFFICE, outside_hours=OutsideHours.SKIP)
        assert told(found, "net_response_time") == HOUR
        assert (found["responses"], found["net_responses"]) == (2, 1)
        assert found["response_time_sum_us"] == ticks(3 * HOUR)

    @pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 5), (10, 25, 7), (6, 1, 6)])
    def test_the_night_of_a_change_of_clocks_is_as_long_as_it_was(
        self, month: int, day: int, hours: int
    ) -> None:
        midnight = datetime(2026, month, day, tzinfo=BERLIN).astimezone(UTC)
        events = [asked(midnight - HOUR), answered(midnight + DAY / 2), closed(midnight + DAY / 2)]
        found = case(*events, calendar=NIGHT)
        for name in ("net_response_time", "net_first_response_time", "net_resolution_time"):
            assert told(found, name) == hours * HOUR


class TestFirstResponse:
    @pytest.mark.rule("K-13", "AMB-18")
    def test_it_is_from_the_opening_to_the_first_answer_of_a_person(self) -> None:
        bot = said(at(9, 1), SenderKind.WORKFLOW)
        events = [opened(at(9)), asked(at(9, 2)), bot, answered(at(9, 30), "U2")]
        found = case(*events, answered(at(9, 40)))
        assert told(found, "first_response_time") == 30 * MINUTE
        assert told(found, "response_time") == 28 * MINUTE
        assert (found["first_response_by"], found["first_response_at"]) == ("U2", us(at(9, 30)))
        assert (found["started_at"], found["direction"]) == (us(at(9)), "in")

    def test_without_an_opening_it_is_from_the_first_public_message(self) -> None:
        found = case(noted(at(8)), asked(at(9)), answered(at(10)))
        assert told(found, "first_response_time") == HOUR
        assert found["started_at"] == us(at(9))

    def test_what_cannot_be_told_says_why(self) -> None:
        unanswered = case(opened(at(9)), answered(at(8)))
        assert told(unanswered, "first_response_time") == "no_reply"
        assert told(unanswered, "net_first_response_time") == "no_reply"
        assert unanswered["first_response_by"] is None
        untold = case(noted(at(9)))
        assert told(untold, "first_response_time") == "not_told"
        assert (untold["started_at"], untold["direction"]) == (None, None)
        nobody = case(opened(at(9)), answered(at(10), None))
        assert told(nobody, "first_response_time") == HOUR
        assert nobody["first_response_by"] is None

    @pytest.mark.rule("AMB-23")
    def test_a_case_that_the_service_began_waits_by_policy(self) -> None:
        events = [agent_opened(at(9)), answered(at(9)), asked(at(10)), answered(at(10, 5))]
        expected: dict[Any, Any] = {
            OutboundFirstResponse.FROM_CUSTOMER: 5 * MINUTE,
            OutboundFirstResponse.ZENDESK: HOUR + 5 * MINUTE,
            OutboundFirstResponse.NONE: "outbound",
        }
        for policy, time in expected.items():
            found = case(*events, outbound_first_response=policy)
            assert told(found, "first_response_time") == time
        assert told(case(*events[:2]), "first_response_time") == "no_customer_message"
        zendesk = {"outbound_first_response": OutboundFirstResponse.ZENDESK}
        assert told(case(*events[:2], **zendesk), "first_response_time") == "no_reply"
        questions = [agent_opened(at(9)), asked(at(9, 1)), answered(at(9, 4))]
        assert told(case(*questions, **zendesk), "first_response_time") == 4 * MINUTE

    @pytest.mark.rule("AMB-23")
    def test_after_a_bot_closed_it_may_be_from_the_handover(self) -> None:
        events = [
            opened(at(9)),
            closed(at(9, 5), None, cause=StatusCause.API),
            reopened(at(10)),
            answered(at(10, 20)),
            closed(at(11), None, cause=StatusCause.API),
            reopened(at(12)),
        ]
        handover = {"first_response_from": FirstResponseFrom.HANDOVER}
        assert told(case(*events), "first_response_time") == 80 * MINUTE
        assert told(case(*events, **handover), "first_response_time") == 20 * MINUTE
        at_once = [*events[:3], answered(at(10))]
        assert told(case(*at_once, **handover), "first_response_time") == 0 * MINUTE
        by_a_person = [opened(at(9)), closed(at(9, 5)), reopened(at(10)), answered(at(10, 20))]
        assert told(case(*by_a_person, **handover), "first_response_time") == 80 * MINUTE

    def test_a_handover_moves_no_clock_of_a_case_that_the_service_began(self) -> None:
        events = [
            *(agent_opened(at(9)), answered(at(11)), reopened(at(10))),
            closed(at(9, 5), None, cause=StatusCause.API),
        ]
        choices = {
            "first_response_from": FirstResponseFrom.HANDOVER,
            "outbound_first_response": OutboundFirstResponse.ZENDESK,
        }
        assert told(case(*events, **choices), "first_response_time") == "no_reply"
        asked_first = case(*events, asked(at(9, 1)), **choices)
        assert told(asked_first, "first_response_time") == 2 * HOUR

    def test_of_several_openings_at_one_instant_one_tells_who_began(self) -> None:
        both = [agent_opened(at(9), contact_id="K2"), opened(at(9), contact_id="K1")]
        assert case(*both)["direction"] == "in"
        assert case(*both, agent_opened(at(9)))["direction"] == "out"
        assert case(*both, agent_opened(at(8)))["started_at"] == us(at(8))

    @pytest.mark.rule("P-R11")
    def test_a_night_between_question_and_answer_is_ten_hours(self) -> None:
        wrote = datetime(2026, 9, 30, 23, tzinfo=UTC)
        found = case(asked(wrote), answered(wrote + 10 * HOUR), closed(wrote + 25 * HOUR))
        assert told(found, "first_response_time") == 10 * HOUR


class TestResolution:
    @pytest.mark.rule("K-14", "AMB-7")
    def test_it_is_by_the_last_closing_or_by_the_first(self) -> None:
        events = [opened(at(9)), closed(at(10)), reopened(at(11)), closed(at(13))]
        found = case(*events, calendar=OFFICE)
        assert told(found, "resolution_time") == told(found, "net_resolution_time") == 4 * HOUR
        assert told(found, "first_close_resolution_time") == HOUR
        assert told(found, "last_close_resolution_time") == 4 * HOUR
        assert (found["times_closed"], found["times_reopened"]) == (2, 1)
        assert (found["closed_at"], found["closed_by_cause"]) == (us(at(13)), "agent")
        first = case(*events, resolved_at=ResolvedAt.FIRST_CLOSE)
        assert told(first, "resolution_time") == HOUR
        assert (first["closed_at"], first["status"]) == (us(at(10)), "closed")

    def test_a_case_that_is_open_again_is_resolved_by_its_first_closing_alone(self) -> None:
        found = case(opened(at(9)), closed(at(10)), reopened(at(11)))
        assert told(found, "last_close_resolution_time") == "not_closed"
        assert told(found, "resolution_time") == told(found, "net_resolution_time") == "not_closed"
        assert told(found, "first_close_resolution_time") == HOUR
        assert told(found, "net_first_close_resolution_time") == "no_calendar"
        assert (found["closed_at"], found["resolved_at"], found["status"]) == (None, None, "open")

    def test_what_closed_before_it_began_took_no_time_that_can_be_told(self) -> None:
        found = case(closed(at(9)), opened(at(10)))
        assert told(found, "resolution_time") == "not_told"
        assert found["resolved_at"] == us(at(9))

    def test_a_wait_that_a_machine_ended_may_be_left_out(self) -> None:
        waiting = [opened(at(9)), pended(at(10)), pended(at(11))]
        by_machine = [*waiting, closed(at(15), None, cause=StatusCause.API)]
        left_out = {"wait_at_close": WaitAtClose.LEFT_OUT}
        assert told(case(*by_machine), "resolution_time") == 6 * HOUR
        found = case(*by_machine, **left_out)
        assert told(found, "resolution_time") == HOUR
        assert (found["closed_at"], found["resolved_at"]) == (us(at(15)), us(at(10)))
        assert told(case(*waiting, closed(at(15)), **left_out), "resolution_time") == 6 * HOUR
        named = closed(at(15), "U1", cause=StatusCause.API)
        assert told(case(*waiting, named, **left_out), "resolution_time") == 6 * HOUR
        found = case(*waiting, named, **left_out, bots=["U1"])
        assert told(found, "resolution_time") == HOUR

    @pytest.mark.rule("D-06")
    def test_a_wake_up_by_the_due_date_opens_and_is_no_reopening(self) -> None:
        woken = turned(at(11), TicketStatus.OPEN, cause=StatusCause.DUE_DATE)
        found = case(opened(at(9)), closed(at(10)), woken)
        assert (found["times_reopened"], found["status"]) == (0, "open")

    @pytest.mark.rule("AMB-7")
    def test_without_statuses_edits_close_and_messages_and_other_desks_open_again(self) -> None:
        start = [opened(at(9)), edited(at(10))]
        status = Action.STATUS
        assert told(case(*start), "resolution_time") == HOUR
        assert case(*start, asked(at(11)))["status"] == "open"
        assert case(*start, asked(at(10)))["status"] == "closed"
        assert case(*start, edited(at(11), status))["status"] == "closed"
        assert case(*start, edited(at(11), status, "U2"))["status"] == "open"
        assert case(*start, edited(at(11, day=3), status))["status"] == "open"
        assert (
            case(*start, edited(at(11), status), edited(at(12), status, "U2"))["status"] == "open"
        )
        found = case(*start, asked(at(11)), edited(at(12)), asked(at(13)), edited(at(14)))
        assert (found["times_closed"], found["times_reopened"]) == (3, 2)
        assert told(found, "resolution_time") == 5 * HOUR
        machine = case(opened(at(9)), edited(at(10), Action.AUTO_PROCESS))
        assert machine["closed_by_cause"] == "api"

    @pytest.mark.rule("AMB-4", "AMB-7")
    def test_at_one_instant_the_message_opens_before_an_edit_closes(self) -> None:
        found = case(opened(at(9)), edited(at(10)), asked(at(11)), edited(at(11)))
        assert (found["status"], found["times_closed"]) == ("closed", 2)

    def test_edits_at_one_instant_follow_on_each_other_by_user_and_action(self) -> None:
        start = [opened(at(9)), edited(at(10), by="U9")]
        status, write = Action.STATUS, Action.WRITE
        opened_last = [edited(at(11), write, "U1"), edited(at(11), status, "U2")]
        assert case(*start, *opened_last)["status"] == "open"
        closed_last = [edited(at(11), write, "U2"), edited(at(11), status, "U1")]
        assert case(*start, *closed_last)["status"] == "closed"
        # Of one user, by the names of the actions: auto, close, status, write.
        assert case(*start, edited(at(11), write), edited(at(11), status))["status"] == "closed"
        close = Action.CLOSE
        assert case(*start, edited(at(11), close), edited(at(11), status))["status"] == "open"
        ways = [edited(at(11), write, closes=flag) for flag in (True, False, None)]
        assert case(*start, ways[0], ways[1])["status"] == "closed"
        assert case(*start, ways[1], ways[2])["status"] == "open"

    def test_the_local_day_of_an_edit_is_that_of_the_rules(self) -> None:
        events = [opened(at(9)), edited(at(22, 30)), edited(at(23, 30), Action.STATUS)]
        assert case(*events)["status"] == "closed"
        assert case(*events, rules=WorklogRules(time_zone=BERLIN))["status"] == "open"

    def test_of_several_statuses_at_one_instant_the_last_word_holds(self) -> None:
        late: dict[str, Any] = {"known_at": at(12)}
        early: dict[str, Any] = {"known_at": at(11)}
        first = [opened(at(9))]
        assert case(*first, closed(at(10), **early), reopened(at(10), **late))["status"] == "open"
        assert case(*first, closed(at(10), **late), reopened(at(10), **early))["status"] == "closed"
        named = [closed(at(10), event_id="E1"), reopened(at(10), event_id="E2")]
        assert case(*first, *named)["status"] == "open"
        assert case(*first, closed(at(10)), reopened(at(10)))["status"] == "closed"
        causes = [closed(at(10), cause=cause) for cause in (StatusCause.CUSTOMER, StatusCause.API)]
        assert case(*first, *causes)["closed_by_cause"] == "customer"
        woken = closed(at(10), cause=StatusCause.DUE_DATE)
        assert case(*first, *causes, woken)["closed_by_cause"] == "due_date"

    def test_a_ticket_with_statuses_is_not_judged_by_edits(self) -> None:
        found = case(opened(at(9)), edited(at(10)), turned(at(11), TicketStatus.OPEN))
        assert (found["status"], found["times_closed"]) == ("open", 0)


class TestCases:
    def test_messages_are_counted_by_their_way(self) -> None:
        events = [asked(at(9)), answered(at(10)), answered(at(11), failure="x"), noted(at(12))]
        found = case(*events)
        names = ("incoming_messages", "outgoing_messages", "notes", "failed_messages")
        assert [found[name] for name in names] == [1, 1, 1, 1]

    @pytest.mark.rule("AMB-24")
    def test_what_comes_after_the_instant_is_unseen(self) -> None:
        events = [asked(at(9)), answered(at(10)), opened(at(11), "T2")]
        assert told(case(*events, as_of=at(10)), "response_time") == HOUR
        assert told(case(*events, as_of=at(10) - TICK), "response_time") == "no_reply"
        assert list(cases(*events, as_of=at(10))) == ["T1"]

    def test_a_merged_case_stands_apart_or_is_united_with_the_other(self) -> None:
        events = [
            *(asked(at(9)), opened(at(9))),
            *(answered(at(10), ticket="T2"), opened(at(8), "T2"), closed(at(10), ticket="T2")),
            TicketMerged("T2", at(11), "T1"),
        ]
        apart = cases(*events)
        assert told(apart["T1"], "first_response_time") == "no_reply"
        assert told(apart["T2"], "resolution_time") == 2 * HOUR
        united = cases(*events, merged_cases=MergedCases.UNITED)
        assert list(united) == ["T1"]
        assert told(united["T1"], "first_response_time") == HOUR
        assert told(united["T1"], "resolution_time") == "not_closed"

    def test_a_chain_of_merges_ends_where_the_last_word_says(self) -> None:
        chain = [TicketMerged(f"T{n}", at(9), f"T{n + 1}") for n in range(1, 9)]
        turn = TicketMerged("T8", at(10), "T0")
        united = {"merged_cases": MergedCases.UNITED}
        assert list(cases(asked(at(8)), *chain, **united)) == ["T9"]
        assert list(cases(asked(at(8)), *chain, turn, **united)) == ["T0"]
        both = [TicketMerged("T1", at(9), into) for into in ("T2", "T3")]
        assert list(cases(asked(at(8)), *both, **united)) == ["T3"]

    def test_a_circle_of_merges_goes_into_its_lowest_ticket(self) -> None:
        pairs = [("T1", "T2"), ("T2", "T4"), ("T4", "T3"), ("T3", "T2")]
        circle = [TicketMerged(ticket, at(9), into) for ticket, into in pairs]
        found = cases(asked(at(8)), *circle, merged_cases=MergedCases.UNITED)
        assert {name: row["incoming_messages"] for name, row in found.items()} == {"T2": 1}

    def test_more_turns_than_anybody_takes_are_followed(self) -> None:
        steps = range(1, 1000)
        events = [
            e
            for n in steps
            for e in (edited(at(8) + 2 * n * MINUTE), asked(at(8) + (2 * n + 1) * MINUTE))
        ]
        found = case(opened(at(8)), *events)
        assert (found["times_closed"], found["times_reopened"]) == (999, 999)
