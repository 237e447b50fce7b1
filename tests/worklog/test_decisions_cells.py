"""What a row is, decided: actions, cells, pieces, tails and days, each with its figures."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest

from office import MINUTE, RULES, at, edited, lines, minutes, only, seen, worked, wrote
from worklog_core import (
    Action,
    FirstEdit,
    LedgerLabel,
    MessageInSession,
    ReplyWithDeferral,
    Undetermined,
    WorklogRules,
)

COUNTED, VIEW_ONLY = LedgerLabel.COUNTED, LedgerLabel.VIEW_ONLY
KEEP = attrs.evolve(RULES, message_in_session=MessageInSession.KEEP)
NO_TAIL = attrs.evolve(RULES, carry_tail=False)
BERLIN = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
SCREEN = seen("U1", "T1", "9:00", "9:30")


@pytest.mark.rule("AMB-1")
@pytest.mark.parametrize(
    ("edits", "action"),
    [
        ([("9:01", Action.STATUS, None), ("9:02", Action.CLOSE, None)], Action.CLOSE),
        ([("9:01", Action.WRITE, False)], Action.WRITE),
        ([("9:01", Action.WRITE, False), ("9:02", Action.CLOSE, None)], Action.WRITE),
        ([("9:01", Action.WRITE, False), ("9:02", Action.STATUS, None)], Action.STATUS),
        ([("9:01", Action.WRITE, None), ("9:02", Action.STATUS, None)], Action.WRITE),
        ([("9:01", Action.AUTO_PROCESS, None), ("9:02", Action.WRITE, None)], Action.AUTO_PROCESS),
        ([("9:01", Action.STATUS, None), ("9:02", None, True)], Action.STATUS),
    ],
)
def test_the_facts_of_all_edits_are_united_and_mapped_once(
    edits: list[tuple[str, Action | None, bool | None]], action: Action
) -> None:
    done = [edited("U1", "T1", clock, what, closes=closes) for clock, what, closes in edits]
    assert only(worked(SCREEN, done)).action is action


@pytest.mark.rule("AMB-1")
@pytest.mark.parametrize(
    ("policy", "action"),
    [(ReplyWithDeferral.STATUS, Action.STATUS), (ReplyWithDeferral.WRITE, Action.WRITE)],
)
def test_an_answer_with_a_deferral_is_what_the_policy_says(
    policy: ReplyWithDeferral, action: Action
) -> None:
    rules = attrs.evolve(RULES, reply_with_deferral=policy)
    answered = edited("U1", "T1", "9:01", Action.WRITE, closes=False)
    row = only(worked(SCREEN, answered, edited("U1", "T1", "9:02", Action.STATUS), rules=rules))
    assert row.action is action
    assert row.actions == (Action.WRITE, Action.STATUS)


@pytest.mark.rule("AMB-1")
def test_actions_are_kept_in_time_order_with_repeats_and_ties_by_priority() -> None:
    row = only(
        worked(
            SCREEN,
            edited("U1", "T1", "9:02", Action.CLOSE),
            edited("U1", "T1", "9:01", Action.WRITE),
            edited("U1", "T1", "9:02", Action.STATUS),
            edited("U1", "T1", "9:03", Action.WRITE),
            edited("U1", "T1", "9:04", None),
        )
    )
    assert row.actions == (Action.WRITE, Action.STATUS, Action.CLOSE, Action.WRITE)


@pytest.mark.rule("AMB-3", "E-04")
def test_time_after_the_edit_counts_and_the_time_of_another_ticket_does_not() -> None:
    worklog = worked(SCREEN, edited("U1", "T1", "9:10"), seen("U1", "T2", "10:00", "10:07"))
    assert only(worklog).duration == 30 * MINUTE
    assert only(worklog).after_work == 20 * MINUTE
    assert lines(worklog)[-1] == ("10:00", "10:07", VIEW_ONLY, 7)


@pytest.mark.rule("AMB-4", "E-13")
def test_each_message_opens_an_epoch_even_if_its_id_repeats() -> None:
    worklog = worked(
        wrote("T1", "8:00"),
        edited("U1", "T1", "8:30"),
        wrote("T1", "9:00"),
        edited("U1", "T1", "9:30"),
    )
    assert [(row.epoch_at, row.conversation_id) for row in worklog.rows] == [
        (at("8:00"), "M1"),
        (at("9:00"), "M1"),
    ]


@pytest.mark.rule("AMB-4")
def test_of_several_messages_at_one_instant_the_highest_id_names_the_epoch() -> None:
    row = only(
        worked(wrote("T1", "8:00", "M1"), wrote("T1", "8:00", "M2"), edited("U1", "T1", "8:00"))
    )
    assert (row.epoch_at, row.conversation_id) == (at("8:00"), "M2")


@pytest.mark.rule("AMB-4")
def test_a_message_comes_before_an_edit_at_the_same_instant() -> None:
    row = only(worked(SCREEN, wrote("T1", "9:10"), edited("U1", "T1", "9:10")))
    assert row.epoch_at == at("9:10")
    assert row.duration == row.after_work == 20 * MINUTE


@pytest.mark.rule("AMB-4b")
def test_touching_sessions_are_one_continuous_session() -> None:
    parts = (seen("U1", "T1", "9:00", "9:10"), seen("U1", "T1", "9:10", "9:30"))
    worklog = worked(*parts, wrote("T1", "9:10"), edited("U1", "T1", "9:05"))
    assert only(worklog).duration == 30 * MINUTE


@pytest.mark.rule("AMB-4b")
def test_an_edit_at_the_end_of_a_session_edits_its_last_piece() -> None:
    worklog = worked(SCREEN, wrote("T1", "9:10"), edited("U1", "T1", "9:30"))
    assert lines(worklog) == [("09:00", "09:10", VIEW_ONLY, 10), ("09:10", "09:30", COUNTED, 20)]
    assert only(worklog).after_work == timedelta(0)


@pytest.mark.rule("AMB-4b", "AMB-22")
def test_an_edit_at_an_end_that_is_a_cut_is_in_the_new_cell_with_no_time() -> None:
    worklog = worked(SCREEN, wrote("T1", "9:30"), edited("U1", "T1", "9:30"))
    assert only(worklog).duration == timedelta(0)
    assert only(worklog).epoch_at == at("9:30")
    assert lines(worklog) == [("09:00", "09:30", VIEW_ONLY, 30)]


@pytest.mark.rule("AMB-4c")
@pytest.mark.parametrize(
    ("rules", "minutes_of_the_row", "label_after"),
    [(RULES, 30, COUNTED), (NO_TAIL, 10, VIEW_ONLY)],
)
def test_what_follows_an_edited_piece_joins_its_row_unless_tails_are_off(
    rules: WorklogRules, minutes_of_the_row: int, label_after: LedgerLabel
) -> None:
    events = (SCREEN, edited("U1", "T1", "9:05"), wrote("T1", "9:10"), wrote("T1", "9:20", "M2"))
    worklog = worked(*events, rules=rules)
    assert only(worklog).duration == minutes_of_the_row * MINUTE
    assert [label for *_, label, _ in lines(worklog)] == [
        COUNTED,
        COUNTED,
        label_after,
        label_after,
    ]


@pytest.mark.rule("AMB-4c")
def test_what_precedes_an_edited_piece_stays_in_its_own_cell() -> None:
    worklog = worked(SCREEN, wrote("T1", "9:10"), edited("U1", "T1", "9:15"))
    assert lines(worklog) == [
        ("09:00", "09:10", VIEW_ONLY, 10),
        ("09:10", "09:15", COUNTED, 5),
        ("09:15", "09:30", COUNTED, 15),
    ]


@pytest.mark.rule("AMB-4c", "AMB-22")
def test_a_joined_piece_stays_with_its_row_though_its_cell_gets_a_row_of_its_own() -> None:
    worklog = worked(
        SCREEN,
        edited("U1", "T1", "9:05"),
        wrote("T1", "9:10"),
        seen("U1", "T1", "10:00", "10:04"),
        edited("U1", "T1", "10:04"),
    )
    assert [row.duration for row in worklog.rows] == [30 * MINUTE, 4 * MINUTE]


@pytest.mark.rule("AMB-4c", "AMB-22")
def test_a_tail_does_not_measure_the_cell_that_it_left() -> None:
    worklog = worked(
        SCREEN, edited("U1", "T1", "9:05"), wrote("T1", "9:10"), edited("U1", "T1", "11:00")
    )
    assert [row.duration for row in worklog.rows] == [30 * MINUTE, None]


@pytest.mark.rule("AMB-4c")
def test_a_piece_whose_predecessor_lies_in_another_session_never_joins() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:10"),
        edited("U1", "T1", "9:05"),
        wrote("T1", "9:12"),
        seen("U1", "T1", "9:15", "9:30"),
    )
    assert only(worklog).duration == 10 * MINUTE


@pytest.mark.rule("AMB-4c")
def test_a_message_kept_by_policy_opens_the_epoch_when_the_session_is_over() -> None:
    events = (
        wrote("T1", "8:00", "M1"),
        SCREEN,
        wrote("T1", "9:10", "M2"),
        edited("U1", "T1", "9:20", Action.WRITE),
        edited("U1", "T1", "9:30", Action.CLOSE),
        edited("U1", "T1", "9:31", Action.CLOSE),
    )
    kept = worked(*events, rules=KEEP)
    assert [(r.conversation_id, r.duration, r.actions) for r in kept.rows] == [
        ("M1", 30 * MINUTE, (Action.WRITE, Action.CLOSE)),
        ("M2", None, (Action.CLOSE,)),
    ]
    cut = only(worked(*events))
    assert (cut.conversation_id, cut.duration) == ("M2", 20 * MINUTE)


@pytest.mark.rule("AMB-4c", "AMB-4")
@pytest.mark.parametrize("clock", ["9:00", "9:30"])
def test_a_message_at_either_end_of_a_session_is_not_kept(clock: str) -> None:
    worklog = worked(SCREEN, wrote("T1", clock), edited("U1", "T1", "9:30"), rules=KEEP)
    assert only(worklog).epoch_at == at(clock)


@pytest.mark.rule("AMB-4c")
def test_a_message_is_kept_for_the_user_who_has_the_ticket_on_screen_and_for_no_other() -> None:
    worklog = worked(
        SCREEN,
        wrote("T1", "9:10"),
        edited("U1", "T1", "9:20"),
        edited("U2", "T1", "9:20"),
        rules=KEEP,
    )
    assert [(row.user_id, row.epoch_at) for row in worklog.rows] == [
        ("U1", None),
        ("U2", at("9:10")),
    ]


@pytest.mark.rule("AMB-4d")
def test_a_day_that_began_is_not_taken_back_when_the_clock_falls_across_midnight() -> None:
    rules = WorklogRules(time_zone=ZoneInfo("America/Goose_Bay"))
    half_past_eleven_again = datetime(2010, 11, 7, 3, 30, tzinfo=UTC)
    assert half_past_eleven_again.astimezone(rules.time_zone).date() == date(2010, 11, 6)
    row = only(worked(edited("U1", "T1", half_past_eleven_again), rules=rules))
    assert row.day == date(2010, 11, 7)


@pytest.mark.rule("AMB-4d")
def test_a_skipped_day_is_empty() -> None:
    rules = WorklogRules(time_zone=ZoneInfo("Pacific/Apia"), carry_tail=False)
    change = datetime(2011, 12, 30, 10, tzinfo=UTC)
    session = seen("U1", "T1", change - 5 * MINUTE, change + 7 * MINUTE)
    worklog = worked(session, edited("U1", "T1", change), rules=rules)
    assert [(line.day, line.amount) for line in worklog.ledger.lines] == [
        (date(2011, 12, 29), 5 * MINUTE),
        (date(2011, 12, 31), 7 * MINUTE),
    ]
    assert only(worklog).day == date(2011, 12, 31)


@pytest.mark.rule("AMB-4c", "AMB-4d")
@pytest.mark.parametrize(("day", "hours"), [(29, 23), (28, 24)])
def test_without_tails_a_user_works_no_more_than_the_day_has(day: int, hours: int) -> None:
    long = seen("U1", "T1", at("12:00", day=day - 1), at("12:00", day=day + 1))
    rules = attrs.evolve(BERLIN, carry_tail=False)
    row = only(worked(long, edited("U1", "T1", at("10:00", day=day)), rules=rules))
    assert row.duration == timedelta(hours=hours)


@pytest.mark.rule("AMB-21")
@pytest.mark.parametrize(("policy", "after"), [(FirstEdit.ACTION, 10), (FirstEdit.ANY, 25)])
def test_the_first_edit_is_the_first_that_makes_a_row_or_any(policy: FirstEdit, after: int) -> None:
    rules = attrs.evolve(RULES, first_edit=policy)
    events = (SCREEN, edited("U1", "T1", "9:05", None), edited("U1", "T1", "9:20"))
    row = only(worked(*events, rules=rules))
    assert (row.duration, row.after_work) == (30 * MINUTE, after * MINUTE)
    assert row.recorded_at == at("9:30") - after * MINUTE


@pytest.mark.rule("AMB-21", "E-16")
@pytest.mark.parametrize("policy", FirstEdit)
def test_an_edit_without_an_action_makes_no_row(policy: FirstEdit) -> None:
    rules = attrs.evolve(RULES, first_edit=policy)
    assert not worked(SCREEN, edited("U1", "T1", "9:05", None), rules=rules).rows


@pytest.mark.rule("AMB-22")
@pytest.mark.parametrize(
    ("screen", "duration"),
    [
        (("8:00", "8:30"), 30 * MINUTE),
        (("9:10", "9:10"), timedelta(0)),
        (("8:59", "8:59"), timedelta(0)),
        (None, None),
    ],
)
def test_none_is_no_screen_and_zero_is_a_screen_without_time(
    screen: tuple[str, str] | None, duration: timedelta | None
) -> None:
    sessions = [] if screen is None else [seen("U1", "T1", *screen)]
    row = only(worked(sessions, edited("U1", "T1", "9:10")))
    assert row.duration == row.open_time == duration
    assert (row.after_work is None) == (duration is None)


@pytest.mark.rule("AMB-22")
def test_a_ping_in_or_at_a_session_is_a_part_of_it() -> None:
    # At the end of a session of the epoch before, the ping does not touch M2's cell.
    point = seen("U1", "T1", "9:30", "9:30")
    worklog = worked(SCREEN, point, wrote("T1", "9:30", "M2"), edited("U1", "T1", "9:40"))
    assert only(worklog).duration is None
    alone = worked(point, wrote("T1", "9:30", "M2"), edited("U1", "T1", "9:40"))
    assert only(alone).duration == timedelta(0)


@pytest.mark.rule("AMB-26", "AMB-4")
def test_the_key_of_a_row_is_user_ticket_day_and_epoch() -> None:
    row = only(worked(SCREEN, wrote("T1", "8:00"), edited("U1", "T1", "9:05")))
    assert row.key == ("U1", "T1", date(2026, 3, 2), at("8:00"))


@pytest.mark.rule("AMB-27", "E-54")
@pytest.mark.parametrize(
    ("messages", "conversation", "reason"),
    [
        ([], None, Undetermined.NO_CUSTOMER_MESSAGE),
        ([wrote("T1", "8:00", "M1", is_initial=True)], None, Undetermined.INITIAL_REQUEST),
        ([wrote("T1", "8:00", "M1")], "M1", None),
        ([wrote("T1", "8:00", "M1", is_initial=True), wrote("T1", "8:30", "M2")], "M2", None),
        ([wrote("T1", "9:06", "M1")], None, Undetermined.NO_CUSTOMER_MESSAGE),
    ],
)
def test_the_conversation_is_the_last_message_at_the_first_edit(
    messages: list[object], conversation: str | None, reason: Undetermined | None
) -> None:
    row = only(worked(SCREEN, messages, edited("U1", "T1", "9:05")))
    assert row.conversation_id == conversation
    assert row.reasons.get("conversation_id") is reason


@pytest.mark.rule("AMB-22", "AMB-4c")
def test_view_only_time_in_a_cell_that_has_a_row_counts() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:05"),
        seen("U1", "T1", "10:00", "10:05"),
        edited("U1", "T1", "10:02"),
        seen("U1", "T1", "11:00", "11:05"),
    )
    assert minutes(worklog) == {("U1", "T1"): 15}
