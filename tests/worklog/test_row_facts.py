"""What a row says beside its time, where the facts of several edits meet."""

from itertools import permutations

import attrs
import pytest

from office import at, edited, only, seen, worked, wrote
from worklog_core import Action, Undetermined, WorklogRow

STATUS, CLOSE, WRITE, AUTO = Action.STATUS, Action.CLOSE, Action.WRITE, Action.AUTO_PROCESS


@pytest.mark.rule("AMB-1")
def test_only_an_answer_or_a_closing_closes_whatever_else_was_said_to() -> None:
    deferral = edited("U1", "T1", "9:00", STATUS, closes=True)
    answer = edited("U1", "T1", "9:10", WRITE, closes=False)
    assert only(worked(deferral, answer)).action is STATUS
    assert only(worked(deferral)).action is STATUS


@pytest.mark.rule("P-E3", "E-19", "E-21")
def test_a_reply_is_a_write_action_whether_or_not_the_ticket_was_closed() -> None:
    reply, closing = edited("U1", "T1", "9:00", WRITE, closes=False), edited("U1", "T1", "9:10")
    assert only(worked(reply)).action is WRITE
    assert only(worked(reply, closing)).action is WRITE
    assert only(worked(closing)).action is CLOSE


@pytest.mark.rule("AMB-1")
def test_a_closing_that_was_said_not_to_close_is_a_closing_among_others() -> None:
    closing = edited("U1", "T1", "9:00", CLOSE, closes=False)
    deferral = edited("U1", "T1", "9:10", STATUS)
    assert only(worked(closing, deferral)).action is CLOSE


@pytest.mark.rule("AMB-1")
def test_actions_of_one_instant_stand_by_priority_and_repeats_are_kept() -> None:
    at_once = [edited("U1", "T1", "9:00", action) for action in Action]
    late = edited("U1", "T1", "9:01", STATUS)
    for order in permutations(at_once):
        row = only(worked(*order, late))
        assert row.actions == (STATUS, CLOSE, WRITE, AUTO, STATUS)
        assert row.action is AUTO


@pytest.mark.rule("AMB-1")
def test_the_same_again_is_kept_and_is_itself() -> None:
    row = only(worked(*(edited("U1", "T1", clock, STATUS) for clock in ("9:00", "9:05", "9:09"))))
    assert (row.action, row.actions) == (STATUS, (STATUS, STATUS, STATUS))


@pytest.mark.rule("AMB-15")
@pytest.mark.parametrize(
    ("actions", "reason"),
    [
        ((AUTO,), Undetermined.DARK_PROCESSING),
        ((CLOSE,), Undetermined.NO_SESSION),
        ((CLOSE, AUTO), Undetermined.DARK_PROCESSING),
    ],
)
def test_every_time_that_was_not_measured_has_the_reason_of_its_row(
    actions: tuple[Action, ...], reason: Undetermined
) -> None:
    row = only(worked([edited("U1", "T1", "9:00", action) for action in actions]))
    assert (row.duration, row.after_work, row.open_time) == (None, None, None)
    assert {name: row.reasons[name] for name in ("duration", "after_work", "open_time")} == {
        "duration": reason,
        "after_work": reason,
        "open_time": reason,
    }
    assert row.reasons["conversation_id"] is Undetermined.NO_CUSTOMER_MESSAGE
    assert row.reasons["epoch_at"] is Undetermined.NO_CUSTOMER_MESSAGE


@pytest.mark.rule("AMB-27", "E-54")
def test_a_row_after_the_initial_request_has_an_epoch_and_no_conversation() -> None:
    row = only(
        worked(
            wrote("T1", "8:00", "M1", is_initial=True),
            seen("U1", "T1", "9:00", "9:10"),
            edited("U1", "T1", "9:05"),
        )
    )
    assert (row.conversation_id, row.epoch_at) == (None, at("8:00"))
    assert row.reasons["conversation_id"] is Undetermined.INITIAL_REQUEST
    assert row.reasons.keys().isdisjoint({"epoch_at", "duration", "after_work", "open_time"})


def test_a_value_is_none_where_a_reason_is_given_and_nowhere_else() -> None:
    history = [
        *(wrote("T1", "8:00", "M1"), seen("U1", "T1", "9:00", "9:10"), edited("U1", "T1", "9:05")),
        *(edited("U1", "T2", "9:05", STATUS), edited("U2", "T3", "9:05", AUTO)),
    ]
    for row in worked(*history).rows:
        missing = {f.name for f in attrs.fields(WorklogRow) if getattr(row, f.name) is None}
        assert missing == row.reasons.keys()
        for name, reason in row.reasons.items():
            assert reason in attrs.fields_dict(WorklogRow)[name].metadata["reasons"]
