"""What a worklog noticed: values beside the numbers, which stand as they are."""

import pickle
from datetime import UTC, timedelta

import pytest
from hypothesis import given

from office import MINUTE, at, edited, only, pinged, seen, status, worked
from worklog_core import (
    STATUS_MODES,
    Finding,
    FindingKind,
    History,
    StatusMode,
    Worklog,
    WorklogRules,
    build_worklog,
)
from worklog_core.testing.strategies import histories

PRESENCE = FindingKind.PRESENCE_AGAINST_STATUS
EDIT = FindingKind.EDIT_AGAINST_STATUS
FORGOTTEN = FindingKind.FORGOTTEN
MODES = {mode.name: mode for mode in STATUS_MODES}
HOUR_ON_SCREEN = seen("U1", "T1", "9:00", "10:00")


def told(worklog: Worklog) -> list[tuple[FindingKind, str, str, str, str]]:
    return [
        (f.kind, f.ticket_id, f"{f.start:%H:%M}", f"{f.end:%H:%M}", f.status)
        for f in worklog.findings
    ]


def test_nothing_is_found_in_an_ordinary_day() -> None:
    worklog = worked(
        HOUR_ON_SCREEN,
        edited("U1", "T1", "9:30"),
        status("U1", "8:00", "Active"),
        status("U1", "10:00", "Pause"),
    )
    assert worklog.findings == ()


@pytest.mark.rule("AMB-6", "E-25", "E-26")
def test_presence_in_a_status_that_may_not_read_is_found_for_as_long_as_it_lasts() -> None:
    worklog = worked(
        HOUR_ON_SCREEN,
        status("U1", "9:10", "Pause"),
        status("U1", "9:20", "Support"),
        status("U1", "9:30", "Auto-Absent"),
        status("U1", "9:50", "Active"),
    )
    assert told(worklog) == [
        (PRESENCE, "T1", "09:10", "09:20", "Pause"),
        (PRESENCE, "T1", "09:30", "09:50", "Auto-Absent"),
    ]


@pytest.mark.rule("AMB-6", "E-25")
def test_an_edit_in_a_status_that_may_not_edit_is_found_and_still_makes_its_row() -> None:
    worklog = worked(
        HOUR_ON_SCREEN, status("U1", "9:10", "Support"), edited("U1", "T1", "9:30", None)
    )
    assert told(worklog) == [(EDIT, "T1", "09:30", "09:30", "Support")]
    worklog = worked(HOUR_ON_SCREEN, status("U1", "9:10", "Support"), edited("U1", "T1", "9:30"))
    assert told(worklog) == [(EDIT, "T1", "09:30", "09:30", "Support")]
    assert only(worklog).duration == 10 * MINUTE


def test_an_edit_at_the_change_is_made_in_the_new_status() -> None:
    assert told(
        worked(
            status("U1", "9:00", "Pause"),
            status("U1", "9:10", "Active"),
            edited("U1", "T1", "9:00"),
            edited("U1", "T1", "9:10"),
        )
    ) == [(EDIT, "T1", "09:00", "09:00", "Pause")]


def test_findings_stand_by_user_start_and_ticket_and_presence_before_edits() -> None:
    worklog = worked(
        seen("U2", "T1", "9:00", "9:10"),
        seen("U1", "T2", "9:00", "9:10"),
        seen("U1", "T1", "9:00", "9:10"),
        edited("U1", "T1", "9:00"),
        edited("U1", "T1", "8:00"),
        edited("U1", "T2", "8:30"),
        initial_status="Pause",
    )
    assert [
        (f.user_id, *told_of) for f, told_of in zip(worklog.findings, told(worklog), strict=True)
    ] == [
        ("U1", EDIT, "T1", "08:00", "08:00", "Pause"),
        ("U1", EDIT, "T2", "08:30", "08:30", "Pause"),
        ("U1", PRESENCE, "T1", "09:00", "09:10", "Pause"),
        ("U1", EDIT, "T1", "09:00", "09:00", "Pause"),
        ("U1", PRESENCE, "T2", "09:00", "09:10", "Pause"),
        ("U2", PRESENCE, "T1", "09:00", "09:10", "Pause"),
    ]


def test_a_status_may_allow_edits_that_it_does_not_count() -> None:
    modes = (*STATUS_MODES[:2], StatusMode("Pause", counts=False, may_read=True, may_edit=True))
    worklog = worked(
        HOUR_ON_SCREEN,
        edited("U1", "T1", "9:30"),
        edited("U1", "T1", "9:50"),
        status("U1", "9:00", "Pause"),
        status("U1", "9:40", "Support"),
        status_modes=modes,
    )
    assert told(worklog) == [(EDIT, "T1", "09:50", "09:50", "Support")]


def test_a_single_ping_in_a_pause_is_a_presence_of_no_length() -> None:
    worklog = worked(pinged("U1", "T1", "9:00"), status("U1", "8:00", "Pause"))
    assert told(worklog) == [(PRESENCE, "T1", "09:00", "09:00", "Pause")]


def test_a_session_without_a_break_is_found_once() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:30"),
        seen("U1", "T1", "9:30", "10:00"),
        initial_status="Pause",
    )
    assert told(worklog) == [(PRESENCE, "T1", "09:00", "10:00", "Pause")]


def test_a_ticket_that_was_left_alone_for_too_long_is_found_from_there_on() -> None:
    events = (
        HOUR_ON_SCREEN,
        edited("U1", "T1", "9:20"),
        edited("U1", "T1", "9:40", None),
        edited("U1", "T2", "9:50"),
        edited("U2", "T1", "9:50"),
        seen("U1", "T0", "9:30", "9:49"),
        status("U1", "9:55", "Pause"),
    )
    worklog = worked(*events, max_unedited=19 * MINUTE)
    assert told(worklog) == [
        (FORGOTTEN, "T1", "09:19", "09:20", "Active"),
        (FORGOTTEN, "T1", "09:39", "09:40", "Active"),
        (PRESENCE, "T1", "09:55", "10:00", "Pause"),
        (FORGOTTEN, "T1", "09:59", "10:00", "Pause"),
    ]
    assert FORGOTTEN not in {f.kind for f in worked(*events, max_unedited=20 * MINUTE).findings}
    assert FORGOTTEN not in {f.kind for f in worked(*events).findings}


def test_an_edit_at_either_end_of_a_session_is_an_edit_of_it() -> None:
    ends = (edited("U1", "T1", "9:00"), edited("U1", "T1", "10:00"))
    worklog = worked(HOUR_ON_SCREEN, *ends, max_unedited=59 * MINUTE)
    assert told(worklog) == [(FORGOTTEN, "T1", "09:59", "10:00", "Active")]
    assert [line.label.value for line in worklog.ledger.lines] == ["counted", "unedited"]
    assert worked(HOUR_ON_SCREEN, *ends, max_unedited=60 * MINUTE).findings == ()


def test_what_lies_after_as_of_is_not_found() -> None:
    events = (
        HOUR_ON_SCREEN,
        edited("U1", "T1", "9:40"),
        edited("U1", "T1", "9:50"),
        status("U1", "9:30", "Pause"),
    )
    assert worked(*events, as_of="9:29").findings == ()
    assert told(worked(*events, as_of="9:40")) == [
        (PRESENCE, "T1", "09:30", "09:40", "Pause"),
        (EDIT, "T1", "09:40", "09:40", "Pause"),
    ]


def test_a_finding_is_a_value_in_utc() -> None:
    (found,) = worked(HOUR_ON_SCREEN, status("U1", "9:30", "Pause")).findings
    assert found == Finding(PRESENCE, "U1", "T1", at("9:30"), at("10:00"), "Pause")
    assert (found.start.tzinfo, found.end.tzinfo) == (UTC, UTC)
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(pickle.loads(pickle.dumps(found))) == hash(found)


@given(histories())
def test_every_finding_is_against_the_status_in_force_and_none_is_missing(
    history: History,
) -> None:
    worklog = build_worklog(history, WorklogRules(time_zone=UTC))
    presence = [f for f in worklog.findings if f.kind is PRESENCE]
    forbidden = timedelta()
    for line in worklog.ledger.lines:
        beside = [
            f
            for f in presence
            if (f.user_id, f.ticket_id) == (line.user_id, line.ticket_id)
            and f.start <= line.start
            and line.end <= f.end
        ]
        assert len(beside) <= 1
        forbidden += line.open_time if beside else timedelta()
        if beside:
            assert line.label.value == "not_counting"
    # Each microsecond of each finding is on a line.
    assert forbidden == sum((f.end - f.start for f in presence), timedelta())
    for f in worklog.findings:
        mode = MODES["Active" if f.status == "Ticket Processing" else f.status]
        assert not (mode.may_read if f.kind is PRESENCE else mode.may_edit)
        assert f.start == f.end or f.kind is PRESENCE
