"""Pieces at the corners: edits at ends, tails beside rows of their own, caps over cuts."""

from datetime import timedelta

import pytest

from office import MINUTE, at, edited, lines, seen, status, worked, wrote
from worklog_core import LedgerLabel, MessageInSession, TrackingExclusion, Worklog

COUNTED, UNEDITED, VIEW_ONLY = LedgerLabel.COUNTED, LedgerLabel.UNEDITED, LedgerLabel.VIEW_ONLY
TICK = timedelta(microseconds=1)


def durations(worklog: Worklog) -> list[float | None]:
    return [None if r.duration is None else r.duration / MINUTE for r in worklog.rows]


@pytest.mark.rule("AMB-4b", "AMB-4c")
def test_an_edit_at_the_end_of_a_tail_makes_it_a_row_of_its_own() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        edited("U1", "T1", "9:10"),
        wrote("T1", "9:40"),
        edited("U1", "T1", "10:00"),
    )
    assert durations(worklog) == [40, 20]
    assert [row.after_work for row in worklog.rows] == [30 * MINUTE, timedelta(0)]


@pytest.mark.rule("AMB-4b", "AMB-4c")
def test_an_edit_at_an_end_that_is_a_cut_leaves_the_tail_where_it_was() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        edited("U1", "T1", "9:10"),
        wrote("T1", "9:40"),
        wrote("T1", "10:00"),
        edited("U1", "T1", "10:00"),
    )
    assert durations(worklog) == [60, 0]


@pytest.mark.rule("AMB-4c")
def test_an_edit_that_makes_no_row_does_not_end_a_tail() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        edited("U1", "T1", "9:10"),
        wrote("T1", "9:40"),
        edited("U1", "T1", "9:45", None),
        edited("U1", "T1", "10:00", None),
    )
    assert durations(worklog) == [60]


@pytest.mark.rule("AMB-4c")
def test_a_tail_runs_over_many_cuts_until_the_next_edit() -> None:
    worklog = worked(
        seen("U1", "T1", "22:00", at("3:00", day=4)),
        edited("U1", "T1", "23:00"),
        wrote("T1", "23:30", "M1"),
        wrote("T1", at("12:00", day=3), "M2"),
        edited("U1", "T1", at("1:00", day=4)),
    )
    assert durations(worklog) == [26 * 60, 3 * 60]


@pytest.mark.rule("AMB-5c", "AMB-29")
def test_an_excluded_ticket_has_no_tail_and_its_pieces_are_rounded_one_by_one() -> None:
    start = at("9:00")
    worklog = worked(
        seen("U1", "T1", start, start + 2 * TICK),
        seen("U1", "T2", start, start + 2 * TICK),
        edited("U1", "T1", start),
        wrote("T1", start + TICK),
        TrackingExclusion("T1", start),
    )
    amounts = [x.amount // TICK for x in worklog.ledger.lines if x.ticket_id == "T1"]
    assert amounts == [1, 0]


@pytest.mark.rule("AMB-4c")
def test_a_message_that_had_to_wait_does_not_come_back_after_a_later_one() -> None:
    # M1 arrives on screen and would open its epoch just after the end, where M2 already has.
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        wrote("T1", "9:30", "M1"),
        wrote("T1", "10:00", "M2"),
        edited("U1", "T1", "10:30"),
        message_in_session=MessageInSession.KEEP,
    )
    assert [row.conversation_id for row in worklog.rows] == ["M2"]


@pytest.mark.rule("AMB-4c")
def test_of_several_messages_that_waited_the_last_one_opens_the_epoch() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        wrote("T1", "9:30", "M2"),
        wrote("T1", "9:40", "M1"),
        edited("U1", "T1", "10:00"),
        edited("U1", "T1", "10:00:00.000001"),
        message_in_session=MessageInSession.KEEP,
    )
    assert [row.conversation_id for row in worklog.rows] == [None, "M1"]


def test_the_cap_cuts_a_rows_time_and_no_other() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        edited("U1", "T1", "9:10"),
        seen("U1", "T2", "11:00", "12:00"),
        edited("U1", "T2", "11:30", None),
        max_unedited=20 * MINUTE,
    )
    assert lines(worklog) == [
        ("09:00", "09:10", COUNTED, 10),
        ("09:10", "09:30", COUNTED, 20),
        ("09:30", "10:00", UNEDITED, 30),
        ("11:00", "12:00", VIEW_ONLY, 60),
    ]
    assert durations(worklog) == [30]


@pytest.mark.rule("AMB-28")
def test_the_cap_does_not_cut_what_does_not_count() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        edited("U1", "T1", "9:10"),
        status("U1", "9:25", "Pause"),
        status("U1", "9:50", "Active"),
        max_unedited=20 * MINUTE,
    )
    assert lines(worklog)[1:] == [
        ("09:10", "09:25", COUNTED, 15),
        ("09:25", "09:50", LedgerLabel.NOT_COUNTING, 25),
        ("09:50", "10:00", UNEDITED, 10),
    ]


@pytest.mark.rule("AMB-5d")
def test_a_forgotten_stretch_is_cut_at_midnights_and_messages_like_any_other() -> None:
    worklog = worked(
        seen("U1", "T1", "22:00", at("2:00", day=3)),
        edited("U1", "T1", "22:10"),
        wrote("T1", at("1:00", day=3)),
        max_unedited=30 * MINUTE,
    )
    assert lines(worklog) == [
        ("22:00", "22:10", COUNTED, 10),
        ("22:10", "22:40", COUNTED, 30),
        ("22:40", "00:00", UNEDITED, 80),
        ("00:00", "01:00", UNEDITED, 60),
        ("01:00", "02:00", UNEDITED, 60),
    ]
    assert [line.day.day for line in worklog.ledger.lines] == [2, 2, 2, 3, 3]


def test_a_piece_that_is_not_forgotten_in_the_middle_is_whole() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "10:00"),
        edited("U1", "T1", "9:05"),
        wrote("T1", "9:15"),
        edited("U1", "T1", "9:25", None),
        edited("U1", "T1", "9:50", None),
        max_unedited=20 * MINUTE,
    )
    assert lines(worklog) == [
        ("09:00", "09:05", COUNTED, 5),
        ("09:05", "09:15", COUNTED, 10),
        ("09:15", "09:45", COUNTED, 30),
        ("09:45", "09:50", UNEDITED, 5),
        ("09:50", "10:00", COUNTED, 10),
    ]


def test_an_edit_of_an_epoch_that_another_session_opened_counts_what_came_before() -> None:
    worklog = worked(
        wrote("T1", "8:00"),
        seen("U1", "T1", "9:00", "9:10"),
        seen("U1", "T1", "9:20", "9:50"),
        wrote("T1", "9:30", "M2"),
        edited("U1", "T1", "9:25"),
        edited("U1", "T1", "9:55"),
    )
    assert durations(worklog) == [40, None]
