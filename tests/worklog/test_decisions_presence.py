"""Statuses, reposts, pings and the time of knowledge, decided, each with its figures."""

from datetime import timedelta

import attrs
import pytest

from office import (
    MINUTE,
    RULES,
    at,
    edited,
    lines,
    minutes,
    only,
    pinged,
    reposted,
    seen,
    status,
    worked,
    wrote,
)
from worklog_core import (
    Action,
    ConflictingEventsError,
    Heartbeat,
    History,
    LedgerLabel,
    RepostPresence,
    WorklogError,
    WorklogRules,
    build_worklog,
)

COUNTED, VIEW_ONLY = LedgerLabel.COUNTED, LedgerLabel.VIEW_ONLY
NOT_COUNTING = LedgerLabel.NOT_COUNTING
SESSIONS = attrs.evolve(RULES, repost_presence=RepostPresence.SESSIONS)
SCREEN = seen("U1", "T1", "9:00", "9:30")
DONE = edited("U1", "T1", "9:00")
AWAY = (
    seen("U1", "T1", "9:00", "10:00"),
    seen("U1", "T1", "11:00", "11:30"),
    edited("U1", "T1", "11:10"),
    status("U1", "10:00", "Auto-Absent"),
    status("U1", "11:00", "Active"),
)


@pytest.mark.rule("AMB-6", "E-24")
@pytest.mark.parametrize(
    ("initial", "counted"), [("Active", 30), ("Ticket Processing", 30), ("Pause", 10)]
)
def test_before_the_first_change_the_initial_status_holds(initial: str, counted: int) -> None:
    rules = attrs.evolve(RULES, initial_status=initial)
    worklog = worked(SCREEN, DONE, status("U1", "9:20", "Ticket Processing"), rules=rules)
    assert minutes(worklog) == {("U1", "T1"): counted}


@pytest.mark.rule("AMB-6", "AMB-4")
def test_a_change_holds_from_its_instant_on() -> None:
    worklog = worked(SCREEN, edited("U1", "T1", "9:10"), status("U1", "9:10", "Pause"))
    row = only(worklog)
    assert (row.duration, row.after_work) == (10 * MINUTE, timedelta(0))


@pytest.mark.rule("AMB-6", "AMB-22")
def test_an_edit_while_not_counting_makes_the_row_and_is_its_first() -> None:
    worklog = worked(SCREEN, edited("U1", "T1", "9:15"), status("U1", "8:00", "Support"))
    row = only(worklog)
    assert (row.recorded_at, row.duration, row.after_work) == (
        at("9:15"),
        timedelta(0),
        timedelta(0),
    )
    assert lines(worklog) == [("09:00", "09:30", NOT_COUNTING, 30)]


@pytest.mark.rule("AMB-6", "E-25", "E-26")
def test_what_a_mode_forbids_is_kept_and_listed() -> None:
    worklog = worked(SCREEN, edited("U1", "T1", "9:15"), status("U1", "9:10", "Pause"))
    assert {finding.kind.value for finding in worklog.findings} == {
        "presence_against_status",
        "edit_against_status",
    }
    reading = worked(SCREEN, status("U1", "9:10", "Support"))
    assert not reading.findings


@pytest.mark.rule("AMB-6")
@pytest.mark.parametrize(
    "event", [status("U1", "9:00", "Lunch"), reposted("U1", "9:00", "9:10", "Lunch")]
)
def test_an_unknown_status_is_refused(event: object) -> None:
    with pytest.raises(WorklogError, match="'Lunch'"):
        worked(SCREEN, event)


@pytest.mark.rule("AMB-6b")
@pytest.mark.parametrize(
    ("first", "second", "label"),
    [
        ({"known_at": at("12:00")}, {}, VIEW_ONLY),
        ({}, {"known_at": at("12:00")}, NOT_COUNTING),
        ({"event_id": "2"}, {"event_id": "1"}, VIEW_ONLY),
        ({"event_id": "1"}, {"event_id": "2"}, NOT_COUNTING),
        ({"event_id": "1", "known_at": at("12:00")}, {"event_id": "2"}, VIEW_ONLY),
    ],
)
def test_of_two_statuses_at_one_instant_the_later_word_holds(
    first: dict[str, object], second: dict[str, object], label: LedgerLabel
) -> None:
    worklog = worked(
        SCREEN, status("U1", "9:00", "Active", **first), status("U1", "9:00", "Pause", **second)
    )
    assert [line.label for line in worklog.ledger.lines] == [label]


@pytest.mark.rule("AMB-6b")
def test_two_statuses_at_one_instant_without_an_order_are_refused() -> None:
    with pytest.raises(ConflictingEventsError, match="later word"):
        worked(SCREEN, status("U1", "9:00", "Active"), status("U1", "9:00", "Pause"))


@pytest.mark.rule("AMB-6b")
def test_a_tie_below_a_later_word_is_none() -> None:
    tied = (status("U1", "9:00", "Active"), status("U1", "9:00", "Pause"))
    word = status("U1", "9:00", "Support", known_at=at("12:00"))
    assert lines(worked(SCREEN, *tied, word)) == [("09:00", "09:30", NOT_COUNTING, 30)]


@pytest.mark.rule("AMB-6b")
def test_two_names_of_one_mode_are_no_conflict() -> None:
    same = (status("U1", "9:00", "Active"), status("U1", "9:00", "Ticket Processing"))
    assert lines(worked(SCREEN, *same)) == [("09:00", "09:30", VIEW_ONLY, 30)]


@pytest.mark.rule("AMB-6b", "AMB-24")
def test_of_overlapping_reposts_the_one_learnt_later_holds() -> None:
    # Without a known_at a repost was learnt at its end: the one that ends later is the later word.
    early, late = reposted("U1", "9:00", "9:20", "Active"), reposted("U1", "9:10", "9:25", "Pause")
    assert lines(worked(SCREEN, early, late)) == [
        ("09:00", "09:10", VIEW_ONLY, 10),
        ("09:10", "09:25", NOT_COUNTING, 15),
        ("09:25", "09:30", VIEW_ONLY, 5),
    ]
    corrected = attrs.evolve(early, known_at=at("12:00"))
    assert lines(worked(SCREEN, corrected, late))[0] == ("09:00", "09:20", VIEW_ONLY, 20)


@pytest.mark.rule("AMB-6b")
def test_overlapping_reposts_without_an_order_are_refused() -> None:
    with pytest.raises(ConflictingEventsError, match="later word"):
        worked(
            SCREEN,
            reposted("U1", "9:00", "9:20", "Active"),
            reposted("U1", "9:10", "9:20", "Pause"),
        )


@pytest.mark.rule("AMB-6b", "E-27")
def test_a_repost_replaces_what_stood_in_its_time_and_nothing_after() -> None:
    worklog = worked(
        SCREEN,
        status("U1", "9:10", "Pause"),
        reposted("U1", "9:05", "9:20", "Active"),
    )
    assert lines(worklog) == [
        ("09:00", "09:20", VIEW_ONLY, 20),
        ("09:20", "09:30", NOT_COUNTING, 10),
    ]


@pytest.mark.rule("AMB-6b", "E-27")
@pytest.mark.parametrize(("rules", "counted"), [(RULES, 150), (SESSIONS, 90)])
def test_an_absence_booked_as_active_counts_through_the_hole_of_pings(
    rules: WorklogRules, counted: int
) -> None:
    worklog = worked(*AWAY, reposted("U1", "10:00", "11:00", "Active"), rules=rules)
    assert minutes(worklog) == {("U1", "T1"): counted}


@pytest.mark.rule("AMB-6b", "E-27")
def test_an_absence_that_stays_one_does_not_count() -> None:
    assert minutes(worked(*AWAY)) == {("U1", "T1"): 90}


@pytest.mark.rule("AMB-6b")
@pytest.mark.parametrize(
    ("left", "back", "is_bridged"),
    [
        ("9:58:30", "11:01:30", True),
        ("9:58:29", "11:01:30", False),
        ("9:58:30", "11:01:31", False),
        ("10:20", "11:00", True),
        ("10:00", "10:59:59", True),
        ("9:58:30", "9:59:59", False),
    ],
)
def test_a_hole_is_bridged_if_a_ttl_holds_it_to_the_repost(
    left: str, back: str, *, is_bridged: bool
) -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", left),
        seen("U1", "T1", back, "11:30"),
        reposted("U1", "10:00", "11:00", "Active"),
    )
    hole = at(back) - at(left)
    seen_in_all = sum((line.amount for line in worklog.ledger.lines), timedelta())
    assert seen_in_all == 150 * MINUTE - (timedelta() if is_bridged else hole)


@pytest.mark.rule("AMB-17")
@pytest.mark.parametrize(
    ("clocks", "spans"),
    [
        (["9:00", "9:01:30", "9:03"], [("09:00", "09:03", VIEW_ONLY, 3)]),
        (
            ["9:00", "9:01", "9:03", "9:04"],
            [("09:00", "09:01", VIEW_ONLY, 1), ("09:03", "09:04", VIEW_ONLY, 1)],
        ),
        (["9:00"], []),
    ],
)
def test_a_gap_longer_than_the_ttl_splits_and_the_last_ping_ends(
    clocks: list[str], spans: list[object]
) -> None:
    assert lines(worked(pinged("U1", "T1", *clocks))) == spans


@pytest.mark.rule("AMB-17", "AMB-22")
def test_a_single_ping_can_hold_an_edit() -> None:
    row = only(worked(pinged("U1", "T1", "9:00"), edited("U1", "T1", "9:00")))
    assert row.duration == timedelta(0)


@pytest.mark.rule("AMB-17", "E-04")
@pytest.mark.parametrize(
    ("clocks", "duration"),
    [
        (["9:02:30"], 150),
        (["9:02:31"], 60),
        (["9:02:30", "9:04:00"], 240),
        (["8:59:59"], 60),
    ],
)
def test_an_edit_within_the_ttl_after_the_last_access_extends_the_session(
    clocks: list[str], duration: int
) -> None:
    edits = [edited("U1", "T1", clock) for clock in clocks]
    worklog = worked(pinged("U1", "T1", "9:00", "9:01"), edits)
    assert only(worklog).duration == timedelta(seconds=duration)


@pytest.mark.rule("AMB-17")
def test_the_gap_to_the_next_ping_is_measured_from_the_extending_edit() -> None:
    edit = edited("U1", "T1", "9:01:20", None)
    worklog = worked(pinged("U1", "T1", "9:00", "9:02:40"), edit)
    assert [line.amount for line in worklog.ledger.lines] == [timedelta(seconds=160)]


@pytest.mark.rule("AMB-17")
def test_an_edit_extends_no_screen_session_and_opens_none() -> None:
    row = only(worked(SCREEN, edited("U1", "T1", "9:31")))
    assert row.duration == 30 * MINUTE
    assert only(worked(edited("U1", "T1", "9:31"))).duration is None


@pytest.mark.rule("AMB-17")
@pytest.mark.parametrize(("ttl", "spans"), [(90, 1), (30, 1), (29, 0), (0, 0)])
def test_the_ttl_is_a_choice(ttl: int, spans: int) -> None:
    rules = attrs.evolve(RULES, heartbeat_ttl=timedelta(seconds=ttl))
    worklog = worked(pinged("U1", "T1", "9:00", "9:00:30"), rules=rules)
    assert len(worklog.ledger.lines) == spans


@pytest.mark.rule("AMB-24")
def test_later_events_are_unseen_and_sessions_end_at_the_instant_of_evaluation() -> None:
    events = (SCREEN, edited("U1", "T1", "9:10"), edited("U1", "T1", "9:20", Action.WRITE))
    row = only(worked(*events, as_of="9:10"))
    assert (row.duration, row.after_work, row.action) == (
        10 * MINUTE,
        timedelta(0),
        Action.CLOSE,
    )
    assert not worked(*events, as_of="9:09").rows
    assert only(worked(*events, as_of="9:20")).action is Action.WRITE


@pytest.mark.rule("AMB-24")
def test_a_session_that_starts_at_the_instant_of_evaluation_is_not_seen() -> None:
    row = only(worked(SCREEN, edited("U1", "T1", "9:00"), as_of="9:00"))
    assert row.duration is None


@pytest.mark.rule("AMB-24")
def test_what_was_learnt_later_is_not_known_before() -> None:
    late = attrs.evolve(edited("U1", "T1", "9:10"), known_at=at("12:00"))
    history = History.of([SCREEN, late])
    assert not build_worklog(history.as_known_at(at("11:59")), RULES).rows
    assert len(build_worklog(history.as_known_at(at("12:00")), RULES).rows) == 1
    # A session is learnt at its end, a repost too.
    assert not build_worklog(history.as_known_at(at("9:29")), RULES).ledger.lines


@pytest.mark.rule("AMB-25")
def test_of_several_versions_the_one_learnt_last_is_the_fact() -> None:
    wrong = edited("U1", "T1", "9:10", event_id="E1")
    right = edited("U1", "T1", "9:20", event_id="E1", known_at=at("12:00"))
    history = History.of([SCREEN, wrong, right])
    assert only(build_worklog(history, RULES)).recorded_at == at("9:20")
    before = history.as_known_at(at("11:00"))
    assert only(build_worklog(before, RULES)).recorded_at == at("9:10")


@pytest.mark.rule("AMB-25", "AMB-24")
def test_a_correction_into_the_future_leaves_nothing_to_see_before_it() -> None:
    wrong = edited("U1", "T1", "9:10", event_id="E1")
    right = edited("U1", "T1", "11:00", event_id="E1", known_at=at("12:00"))
    assert not worked(SCREEN, wrong, right, as_of="10:00").rows


@pytest.mark.rule("AMB-25")
def test_versions_without_a_later_word_are_refused() -> None:
    one = edited("U1", "T1", "9:10", event_id="E1")
    with pytest.raises(ConflictingEventsError, match="'E1'"):
        History.of([one, attrs.evolve(one, action=Action.WRITE)])


@pytest.mark.rule("AMB-25")
def test_the_same_event_given_twice_is_one_event() -> None:
    row = only(worked(SCREEN, edited("U1", "T1", "9:10"), edited("U1", "T1", "9:10")))
    assert row.actions == (Action.CLOSE,)


@pytest.mark.rule("AMB-25")
def test_ids_are_compared_within_one_kind() -> None:
    ping = Heartbeat("U1", "T1", at("9:00"), event_id="E1")
    worklog = worked(ping, wrote("T1", "8:00", event_id="E1"), edited("U1", "T1", "9:00"))
    assert (only(worklog).conversation_id, only(worklog).duration) == ("M1", timedelta(0))
