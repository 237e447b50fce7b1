"""An account tells how a row came by its duration, and sums to it exactly."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from worklog_core import (
    Account,
    Action,
    Bound,
    CustomerMessage,
    DivideOver,
    ExclusiveFocus,
    FocusChange,
    History,
    Language,
    LedgerLabel,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    WorklogError,
    WorklogRules,
    account,
    build_worklog,
)
from worklog_core.testing.strategies import histories, worklog_rules

BERLIN = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
NOTHING = timedelta()


def at(hour: int, minute: int = 0, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def seen(ticket: str, start: datetime, end: datetime) -> ScreenSession:
    return ScreenSession("U1", ticket, start, end)


def told(rules: WorklogRules, *events: Any, row: int = 0) -> Account:
    worklog = build_worklog(History.of(events), rules)
    return account(worklog, worklog.rows[row])


WORK = TicketEdit("U1", "T1", at(9, 20), Action.WRITE)


@given(histories(), worklog_rules())
def test_what_counted_sums_to_the_row(history: History, rules: WorklogRules) -> None:
    worklog = build_worklog(history, rules)
    for row in worklog.rows:
        told = account(worklog, row)
        assert sum((s.amount for s in told.counted), NOTHING) == (row.duration or NOTHING)
        late = (s.amount for s in told.counted if s.is_after_work)
        assert sum(late, NOTHING) == (row.after_work or NOTHING)
        lines = {(s.start, s.end) for s in (*told.counted, *told.left_out)}
        day = [
            line
            for line in worklog.ledger.of_user(row.user_id)
            if line.ticket_id == row.ticket_id and line.day == row.day
        ]
        assert {(line.start, line.end) for line in day} <= lines
        for language in Language:
            assert row.ticket_id in told.text(language=language)
        assert len(told.to_dicts()) == len(told.counted) + len(told.left_out)


@given(histories(), worklog_rules())
def test_a_stretch_is_given_its_parts_within_a_microsecond(
    history: History, rules: WorklogRules
) -> None:
    worklog = build_worklog(history, rules)
    for row in worklog.rows:
        for stretch in account(worklog, row).counted:
            exact = Fraction(0)
            for part in stretch.parts:
                exact += part.share * ((part.end - part.start) // timedelta.resolution)
            assert abs(exact - stretch.amount // timedelta.resolution) <= 1
            assert stretch.parts[0].start == stretch.start
            assert stretch.parts[-1].end == stretch.end


@pytest.mark.rule("E-14")
def test_a_stretch_beside_two_others_counted_a_third() -> None:
    sessions = [seen(ticket, at(9), at(9, 30)) for ticket in ("T1", "T2", "T3")]
    account = told(BERLIN, *sessions, WORK)
    before, after = account.counted
    assert before.parts[0].beside == ("T2", "T3")
    assert before.parts[0].share == Fraction(1, 3)
    assert (before.amount, after.amount) == (timedelta(minutes=20) / 3, timedelta(minutes=10) / 3)
    assert (before.ends_by, after.begins_by) == (Bound.FIRST_EDIT, Bound.FIRST_EDIT)
    assert (before.begins_by, after.ends_by) == (Bound.SCREEN, Bound.SCREEN)
    assert (before.is_after_work, after.is_after_work) == (False, True)
    assert account.left_out == ()


def test_the_text_says_it_in_local_time_and_in_two_languages() -> None:
    events = [
        seen("T1", at(9), at(9, 30)),
        seen("T2", at(9, 10), at(9, 30)),
        UserStatusChange("U1", at(9, 25), "Pause"),
        seen("T1", at(11), at(11, 5)),
        WORK,
    ]
    account = told(BERLIN, *events)
    assert account.text() == (
        "U1 on T1, 2026-03-02: 0:17:30, 0:02:30 of it after the first edit at 10:20:00.\n"
        "What counted:\n"
        "  10:00:00 - 10:20:00  0:15:00  in parts; until the first edit\n"
        "    10:00:00 - 10:10:00  all of it, for nothing else was open\n"
        "    10:10:00 - 10:20:00  1/2 of it, beside T2\n"
        "  10:20:00 - 10:25:00  0:02:30  1/2 of it, beside T2; after-work; "
        "until a change of status\n"
        "What was left out:\n"
        "  10:25:00 - 10:30:00  0:02:30  the status Pause does not count (E-15)\n"
        "  12:00:00 - 12:05:00  0:05:00  the status Pause does not count (E-15)"
    )
    assert "davon 0:02:30 ab der ersten Bearbeitung um 10:20:00" in account.text(
        language=Language.GERMAN
    )
    assert "der Status Pause zählt nicht (E-15)" in account.text(language=Language.GERMAN)


@pytest.mark.rule("AMB-5d", "AMB-4c")
def test_minutes_before_midnight_are_left_out_and_a_tail_after_it_counts() -> None:
    zone = WorklogRules(time_zone=UTC)
    edit = TicketEdit("U1", "T1", at(0, 10, day=3), Action.CLOSE)
    account = told(zone, seen("T1", at(23, 50), at(0, 20, day=4)), edit)
    assert [s.label for s in account.left_out] == [LedgerLabel.VIEW_ONLY]
    assert account.left_out[0].ends_by is Bound.MIDNIGHT
    assert account.counted[-1].joined
    assert account.counted[-1].start == at(0, day=4)
    text = account.text()
    assert "2026-03-02 23:50:00 - 00:00:00  0:10:00  before the midnight after which" in text
    assert "2026-03-04 00:00:00 - 00:20:00  0:20:00  all of it, for nothing else was open; " in text
    assert "what followed the processing in the same session" in text


@pytest.mark.rule("AMB-4")
def test_what_counts_for_another_processing_is_left_out() -> None:
    wrote = CustomerMessage("T1", at(9, 10), "M1")
    early = TicketEdit("U1", "T1", at(9, 5), Action.WRITE)
    events = (seen("T1", at(9), at(9, 30)), wrote, early, WORK)
    first, second = told(BERLIN, *events), told(BERLIN, *events, row=1)
    assert [s.row_key for s in first.left_out] == [second.row.key] * 2
    assert first.left_out[0].begins_by is Bound.MESSAGE
    assert "counts for another processing of this ticket (AMB-4)" in first.text()


def test_a_tail_after_a_message_says_so() -> None:
    wrote = CustomerMessage("T1", at(9, 25), "M1")
    account = told(BERLIN, seen("T1", at(9), at(9, 30)), wrote, WORK)
    assert [s.joined for s in account.counted] == [False, False, True]


def test_what_was_only_looked_at_says_so() -> None:
    wrote = CustomerMessage("T1", at(9, 15), "M1")
    account = told(BERLIN, seen("T1", at(9), at(9, 30)), wrote, WORK)
    assert "looked at and not processed (E-10, AMB-3); until: a customer's message" not in (
        account.text()
    )
    assert "looked at and not processed (E-10, AMB-3); until a customer's message" in account.text()
    assert "bis: eine Kundennachricht" in account.text(language=Language.GERMAN)


def test_a_forgotten_ticket_says_so() -> None:
    rules = WorklogRules(time_zone=UTC, max_unedited=timedelta(minutes=15))
    account = told(rules, seen("T1", at(9), at(10)), WORK)
    assert [s.label for s in account.left_out] == [LedgerLabel.UNEDITED] * 2
    assert account.left_out[1].begins_by is Bound.UNEDITED
    assert "without an edit for longer than the rules allow" in account.text()
    ends = [line.split("; ")[-1] for line in account.text().splitlines() if "until" in line]
    counted, left_out = "until it was too long without an edit", "until the next edit"
    assert ends == [counted, counted, left_out]
    german = account.text(language=Language.GERMAN)
    assert "bis: zu lange nichts bearbeitet war" in german
    assert "bis: die nächste Bearbeitung" in german


def test_a_ticket_that_the_user_turned_away_from_was_given_nothing() -> None:
    rules = WorklogRules(time_zone=UTC, division=ExclusiveFocus())
    events = [seen("T1", at(9), at(10)), seen("T2", at(9), at(10))]
    edits = [TicketEdit("U1", ticket, at(9, 50), Action.WRITE) for ticket in ("T1", "T2")]
    turned = FocusChange("U1", "T2", at(9, 30))
    lost, won = (told(rules, *events, *edits, turned, row=n).text() for n in (0, 1))
    assert "09:30:00 - 09:50:00  none of it, beside T2" in lost
    assert "09:30:00 - 09:50:00  0:20:00  all of it, beside T1 without a share" in won


def test_the_share_of_a_ticket_that_an_edited_one_displaces_is_nothing() -> None:
    rules = WorklogRules(time_zone=UTC, divide_over=DivideOver.EDITED)
    worklog = build_worklog(
        History.of([seen("T1", at(9), at(10)), seen("T2", at(9), at(10)), WORK]), rules
    )
    (stretch, _) = account(worklog, worklog.rows[0]).counted
    assert (stretch.parts[0].beside, stretch.parts[0].share) == (("T2",), Fraction(1))


@pytest.mark.rule("AMB-15")
@pytest.mark.parametrize(
    ("action", "why", "warum"),
    [
        (Action.WRITE, "the ticket was on no screen of this user", "auf keinem Schirm"),
        (Action.AUTO_PROCESS, "an AI agent did it", "ein KI-Agent war es"),
    ],
)
def test_a_row_that_was_not_measured_says_why(action: Action, why: str, warum: str) -> None:
    account = told(BERLIN, TicketEdit("U1", "T1", at(9), action))
    assert (
        account.text().splitlines()[0].startswith(f"U1 on T1, 2026-03-02: not measured, for {why}")
    )
    assert account.text().splitlines()[1:] == [
        "What counted:",
        "  nothing",
        "What was left out:",
        "  nothing",
    ]
    assert warum in account.text(language=Language.GERMAN)


def test_the_dicts_hold_plain_values_in_time_order() -> None:
    pause = UserStatusChange("U1", at(9, 25), "Pause")
    first, *_, last = told(BERLIN, seen("T1", at(9), at(9, 30)), pause, WORK).to_dicts()
    assert (first["start"], first["label"], first["begins_by"]) == (at(9), "counted", "screen")
    assert first["parts"][0]["share"] == 1
    assert (last["counts"], last["status"], last["label"]) == (False, "Pause", "not_counting")


def test_microseconds_are_shown_where_there_are_any() -> None:
    end = at(9, 21) + timedelta(microseconds=7)
    assert "10:21:00.000007  0:01:00.000007" in told(BERLIN, seen("T1", at(9), end), WORK).text()


def test_a_row_of_another_worklog_is_refused() -> None:
    worklog = build_worklog(History(edits=[WORK]), BERLIN)
    other = build_worklog(History(), BERLIN)
    with pytest.raises(WorklogError, match=r"^row must be one of this worklog's rows"):
        account(other, worklog.rows[0])


def test_what_is_no_worklog_is_refused() -> None:
    worklog: Any = "worklog"
    with pytest.raises(WorklogError, match=r"^worklog must be a Worklog: found 'worklog'"):
        account(worklog, worklog)


def test_a_language_by_name_is_refused() -> None:
    language: Any = "de"
    with pytest.raises(WorklogError, match=r"^language must be a member of Language: found 'de'"):
        told(BERLIN, WORK).text(language=language)
