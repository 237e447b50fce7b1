"""Cases and messages of a release: every field is decided, seconds sum, and nobody is shown."""

import pickle
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk import (
    HOUR,
    MINUTE,
    TICK,
    answered,
    asked,
    assigned,
    at,
    closed,
    edited,
    log_of,
    opened,
    seen,
)
from worklog_core import (
    CaseEntry,
    ContactEnded,
    ContactEntry,
    FieldPolicy,
    HoldEnded,
    HoldStarted,
    Leader,
    LoggedMessage,
    Metric,
    PrivacyLevel,
    PrivacyPolicy,
    TicketClosed,
    Undetermined,
    UserRow,
    WorklogError,
    WrapUpFinished,
    contact_log,
    leaderboard,
    message_log,
    release,
    user_performance,
)
from worklog_core.privacy.case_fields import CASES, CONTACTS, MESSAGES
from worklog_core.privacy.levels import Form
from worklog_core.privacy.report_fields import LEADERS, USER_TABLE

SECOND = timedelta(seconds=1)
PEOPLE = tuple(f"U{n}" for n in range(1, 6))
PSEUDONYMS = {user: f"Calm Heron {n}" for n, user in enumerate(PEOPLE)}
ANONYMOUS = PrivacyPolicy(PrivacyLevel.ANONYMOUS)
STRICT = PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=PSEUDONYMS)
PAGE = PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=PSEUDONYMS, fields=FieldPolicy.PAGE)
REAL = PrivacyPolicy(PrivacyLevel.REAL, names={user: f"Name of {user}" for user in PEOPLE})


def desk() -> Any:
    """Return five cases of five people, all named once as closer and once as assignee."""
    events: list[Any] = []
    for n, user in enumerate(PEOPLE):
        ticket, other = f"TICKET{n}", PEOPLE[n - 1]
        events += [opened(at(9), ticket, contact_id=f"CUSTOMER-{n}", channel="chat")]
        events += [asked(at(9), ticket), assigned(at(9), other, ticket)]
        events += [answered(at(9, n), other, ticket, text=f"Dear CUSTOMER-{n}")]
        events += [closed(at(10), user, ticket), seen(at(9), at(9, 0, 10), user, ticket)]
        events += [edited(at(9), by=user, ticket=ticket)]
        events.append(TicketClosed(ticket, at(10), summary=f"about CUSTOMER-{n}", category="Bill"))
    return log_of(*events)


@pytest.mark.parametrize(
    ("subject", "kind"), [(CASES, CaseEntry), (MESSAGES, LoggedMessage), (CONTACTS, ContactEntry)]
)
def test_every_field_of_a_record_is_decided(subject: Any, kind: Any) -> None:
    names = {field.name for field in attrs.fields(kind)} - {"reasons"}
    assert {source for field in subject.fields for source in field.sources} == names
    shown = [field.name for field in subject.fields]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("policy", [ANONYMOUS, STRICT])
def test_the_guarded_forms_show_no_id_of_anybody(policy: PrivacyPolicy) -> None:
    log = desk()
    for result in (log, message_log(log), contact_log(log)):
        found = release(result, policy)
        text = repr(found.rows) + str(pickle.dumps(found))
        for hidden in (*PEOPLE, *(f"TICKET{n}" for n in range(5)), "CUSTOMER-", "about", "Dear"):
            assert hidden not in text, hidden


@pytest.mark.parametrize("policy", [STRICT, PAGE, REAL])
def test_each_person_of_a_case_goes_by_a_name_of_its_own(policy: PrivacyPolicy) -> None:
    found = release(desk(), policy)
    pairs = {(row["closed_by"], row["first_assignee"]) for row in found.rows}
    names = policy.names
    assert pairs == {(names[user], names[PEOPLE[n - 1]]) for n, user in enumerate(PEOPLE)}
    assert {row["opened_by_user"] for row in found.rows} == {None}
    if policy.form is Form.REAL:
        assert found.rows[0]["closed_by_id"] == "U1"
        assert found.rows[0]["reasons"]["opened_by_user"] is Undetermined.NOT_TOLD
    if policy.form is Form.STRICT:
        assert {row["reasons"]["case_id"] for row in found.rows} == {Undetermined.WITHHELD}


def test_everybody_who_is_named_anywhere_needs_a_name() -> None:
    log = log_of(opened(at(9)), assigned(at(9), "U6"), closed(at(10), "U1"))
    with pytest.raises(WorklogError, match=r"found 1 without one") as caught:
        release(log, REAL)
    assert "U6" not in str(caught.value)


def test_a_contact_of_nobodys_says_why_and_has_no_day() -> None:
    (row,) = release(contact_log(log_of(opened(at(9), contact_id="K1"))), REAL).rows
    assert (row["assignee"], row["contact_id"]) == (None, "K1")
    assert row["reasons"]["assignee"] is Undetermined.NOT_TOLD
    assert CONTACTS.day_of(None) is None


def test_what_nobody_had_counts_for_nobody() -> None:
    found = release(log_of(opened(at(9))), ANONYMOUS)
    assert len(found) == 1
    assert found.rows[0]["closed_by"] is None
    with pytest.raises(WorklogError, match=r"at least k = 5 people"):
        release(log_of(opened(at(9)), answered(at(9))), ANONYMOUS)
    with pytest.raises(WorklogError, match=r"at least k = 5 people"):
        release(message_log(log_of(answered(at(9)))), ANONYMOUS)


def test_a_case_without_a_beginning_has_no_day() -> None:
    found = release(log_of(seen(at(9), at(10))), REAL)
    assert (found.rows[0]["day"], found.rows[0]["started_at"]) == (None, None)
    assert found.rows[0]["reasons"]["day"] is Undetermined.NOT_TOLD


@given(
    ends=st.lists(st.integers(1, 3_000_000), min_size=1, max_size=5),
    hold=st.integers(0, 2_000_000),
)
@settings(max_examples=100)
@pytest.mark.rule("AMB-5c", "AMB-13b")
def test_whole_seconds_of_cases_sum_and_so_do_the_parts_of_each(ends: list[int], hold: int) -> None:
    events: list[Any] = []
    for n, end in enumerate(ends):
        start = at(9 + n)
        ticket = f"T{n}"
        events += [opened(start, ticket, is_hold_capable=True), edited(start, ticket=ticket)]
        events += [seen(start, start + end * TICK, ticket=ticket)]
        events += [HoldStarted(ticket, start), HoldEnded(ticket, start + hold * TICK)]
    log = log_of(*events)
    rows = release(log, REAL).rows
    exact = sum((case.counted_time or timedelta() for case in log), timedelta())
    whole = sum((row["counted_time"] for row in rows), timedelta())
    assert abs(whole - exact) <= SECOND / 2
    for row, case in zip(rows, log, strict=True):
        assert row["handled_time"] <= row["full_handled_time"] == row["counted_time"]
        for name in ("handled_time", "counted_time"):
            assert row[name] % SECOND == timedelta()
            assert abs(row[name] - getattr(case, name)) < 2 * SECOND


@pytest.mark.rule("AMB-13b", "AMB-5c")
def test_the_wrap_up_is_a_part_of_what_is_counted_and_no_second_is_lost() -> None:
    half = SECOND / 2
    log = log_of(
        *(opened(at(9), channel="phone"), seen(at(9), at(9, 10) + half), edited(at(9, 1))),
        ContactEnded("T1", at(9, 8) + half, user_id="U1"),
        WrapUpFinished("T1", at(9, 20), user_id="U1"),
        *(opened(at(9), "T2"), seen(at(11), at(11, 5), ticket="T2"), edited(at(11), ticket="T2")),
    )
    with_wrap_up, without = release(log, REAL).rows
    assert log["T1"].wrap_up_counted == 2 * MINUTE
    assert with_wrap_up["wrap_up_counted"] == 2 * MINUTE
    assert with_wrap_up["handled_time"] == with_wrap_up["counted_time"] == 10 * MINUTE
    assert without["wrap_up_counted"] is None
    assert without["reasons"]["wrap_up_counted"] is Undetermined.NO_WRAP_UP
    assert without["handled_time"] == 5 * MINUTE


@pytest.mark.parametrize("who", ["closer", "assignee"])
def test_a_case_counts_for_who_closed_it_else_for_who_had_it(who: str) -> None:
    events: list[Any] = []
    for n, user in enumerate(PEOPLE):
        ticket = f"TICKET{n}"
        closer, assignee = (user, "U1") if who == "closer" else (None, user)
        events += [opened(at(9), ticket), assigned(at(9), assignee, ticket)]
        events += [answered(at(9, n), "U1", ticket), closed(at(10), closer, ticket)]
    assert release(log_of(*events), ANONYMOUS).audit().contributors == 5


def test_a_case_that_was_not_measured_has_no_seconds() -> None:
    (row,) = release(log_of(opened(at(9)), closed(at(10))), REAL).rows
    assert row["handled_time"] is None
    assert row["reasons"]["handled_time"] is Undetermined.NO_SESSION
    assert row["resolution_time"] == HOUR


def test_a_message_log_shows_itself() -> None:
    assert repr(message_log(desk())) == "<MessageLog: 10 messages>"


class TestReports:
    @pytest.mark.parametrize("policy", [ANONYMOUS, STRICT, PAGE, REAL])
    def test_a_user_table_shows_each_by_name_and_sets_nobody_above_another(
        self, policy: PrivacyPolicy
    ) -> None:
        found = release(user_performance(desk()), policy)
        names = {row["name"] for row in found.rows}
        expected = {"Anonymous"} if policy is ANONYMOUS else set(policy.names.values())
        assert names == expected
        assert ("deviations" in found.columns) is (policy is REAL)
        assert [row["closed"] for row in found.rows] == [1] * 5
        assert {row["average_resolution_time"] for row in found.rows} == {HOUR}
        assert found.rows[0]["teams"] in ((), None)

    @pytest.mark.parametrize("policy", [ANONYMOUS, STRICT, PAGE, REAL])
    def test_ranks_are_shown_with_real_names_alone(self, policy: PrivacyPolicy) -> None:
        found = release(leaderboard(desk(), Metric.FIRST_RESPONSE_TIME), policy)
        assert ("rank" in found.columns) is (policy is REAL) is found.may_rank_persons
        assert len(found) == 5
        if policy is ANONYMOUS:
            assert all(user not in repr(found.rows) for user in PEOPLE)

    def test_times_are_in_whole_seconds_and_a_count_has_no_mean(self) -> None:
        log = log_of(asked(at(9)), answered(at(9) + SECOND / 3))
        (row,) = release(leaderboard(log, Metric.RESPONSE_TIME), REAL).rows
        assert (row["rank"], row["mean"], row["count"]) == (1, timedelta(0), 1)
        (row,) = release(leaderboard(log, Metric.OUTGOING_MESSAGES), REAL).rows
        assert (row["mean"], row["count"]) == (None, 1)
        assert row["reasons"]["mean"] is Undetermined.NOTHING_MEASURED

    def test_what_a_user_has_no_figure_for_says_why(self) -> None:
        log = log_of(opened(at(9)), closed(at(10)))
        (row,) = release(user_performance(log), REAL).rows
        assert row["average_response_time"] is None
        assert row["reasons"]["average_response_time"] is Undetermined.NOTHING_MEASURED

    @pytest.mark.parametrize("subject", [USER_TABLE, LEADERS])
    def test_a_report_has_no_day(self, subject: Any) -> None:
        assert subject.day_of(None) is None

    def test_every_field_of_a_row_is_decided(self) -> None:
        for subject, kind in ((USER_TABLE, UserRow), (LEADERS, Leader)):
            names = {field.name for field in attrs.fields(kind)}
            assert names <= {source for field in subject.fields for source in field.sources}
