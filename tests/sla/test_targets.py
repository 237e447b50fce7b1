"""Policies by tag: the targets of P-E9, several tags, and the sentinel of P-E10."""

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from worklog_core.calendars import WeeklyHours, WorkingCalendar
from worklog_core.errors import NaiveDatetimeError, WorklogError
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.sla import (
    Escalation,
    SlaPolicy,
    SlaState,
    SlaTarget,
    TargetKind,
    Verdict,
    judge,
    without_sentinel,
)
from worklog_core.undetermined import Undetermined

OFFICE = WeeklyHours.parse("Mon-Fri 09:00-17:00")
office = WorkingCalendar(OFFICE, time_zone=UTC)
always = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


# Mail 8 h of an 8-hour day, blocking market communication 4 h, VIP 2 h, letters 40 h, else 32 h.
policy = SlaPolicy(
    office,
    by_tag={
        "mail": SlaTarget(hours(8)),
        "blocking": [SlaTarget(hours(4), escalations=[Fraction(80, 100), Fraction(1, 2)])],
        "VIP": (SlaTarget(hours(2)), SlaTarget(hours(1), TargetKind.FIRST_RESPONSE)),
        "letter": SlaTarget(hours(40)),
        "emergency": SlaTarget(hours(3), calendar=always),
    },
    otherwise=SlaTarget(hours(32)),
)


@pytest.mark.rule("P-E9", "AMB-8")
@pytest.mark.parametrize(
    ("tags", "opened", "due", "tag"),
    [
        (["mail"], "02T09:00", "02T17:00", "mail"),
        (["blocking"], "02T15:00", "03T11:00", "blocking"),
        (["VIP"], "06T16:00", "09T10:00", "VIP"),
        (["letter"], "02T09:00", "06T17:00", "letter"),
        ([], "02T09:00", "05T17:00", None),
        (["complaint"], "02T09:00", "05T17:00", None),
        # Several tags: the earliest due date, in whatever order they come.
        (["letter", "VIP", "mail"], "02T09:00", "02T11:00", "VIP"),
        (["mail", "VIP"], "02T09:00", "02T11:00", "VIP"),
        # By night the emergency is due first, by day the VIP.
        (["VIP", "emergency"], "02T20:00", "02T23:00", "emergency"),
        (["VIP", "emergency"], "02T09:00", "02T11:00", "VIP"),
    ],
)
def test_a_policy_gives_the_earliest_due_date_of_its_tags(
    tags: list[str], opened: str, due: str, tag: str | None
) -> None:
    assert policy.due_at(tags, opened_at=at(opened)) == at(due)
    assignment = policy.assign(tags, opened_at=at(opened))
    assert assignment is not None
    assert assignment.tag == tag
    assert assignment.clock.due_at == at(due)


def test_first_response_and_resolution_are_judged_apart() -> None:
    opened = at("02T09:00")
    kind = TargetKind.FIRST_RESPONSE
    assert policy.due_at(["VIP"], opened_at=opened, kind=kind) == at("02T10:00")
    assert policy.due_at(["mail"], opened_at=opened, kind=kind) is None
    answered = judge(
        policy.assign(["VIP"], opened_at=opened, kind=kind),
        as_of=at("03T09:00"),
        completed_at=at("02T09:30"),
    )
    assert answered.state is SlaState.MET


@pytest.mark.rule("E-48", "P-E10")
def test_no_target_is_no_due_date_and_no_date_far_away() -> None:
    nothing = SlaPolicy(office)
    assert nothing.assign(["mail"], opened_at=at("02T09:00")) is None
    assert nothing.due_at(["mail"], opened_at=at("02T09:00")) is None
    assert judge(None, as_of=at("02T09:00")) == Verdict(
        SlaState.UNDETERMINED, Undetermined.NO_SLA_DUE
    )


def test_pauses_move_the_due_date_and_an_open_one_takes_it_away() -> None:
    opened = at("02T09:00")
    pauses = IntervalSet([Interval(at("02T10:00"), at("02T11:00"))])
    assert policy.due_at(["VIP"], opened_at=opened, pauses=pauses) == at("02T12:00")
    assert policy.due_at(["VIP"], opened_at=opened, paused_since=at("02T10:00")) is None
    assignment = policy.assign(
        ["mail", "VIP"], opened_at=opened, pauses=pauses, paused_since=at("02T10:00")
    )
    assert assignment is not None
    assert (assignment.tag, assignment.clock.paused_since) == ("VIP", at("02T10:00"))
    verdict = judge(assignment, as_of=at("02T12:00"))
    assert verdict.state is SlaState.PAUSED


def test_equal_due_dates_go_to_the_lower_target_then_to_the_first_tag() -> None:
    # Over a weekend 1 h of office hours and 65 h round the clock end together.
    ties = SlaPolicy(
        office,
        by_tag={
            "a": SlaTarget(hours(65), calendar=always),
            "b": SlaTarget(hours(1)),
            "c": SlaTarget(hours(1)),
        },
    )
    for tags in (["a", "b", "c"], ["c", "b", "a"]):
        assignment = ties.assign(tags, opened_at=at("06T17:00"))
        assert assignment is not None
        assert assignment.tag == "b"


def test_escalations_come_in_the_order_of_their_shares() -> None:
    assignment = policy.assign(["blocking"], opened_at=at("02T09:00"))
    assert assignment is not None
    assert assignment.escalations == (
        Escalation(Fraction(1, 2), at("02T11:00")),
        Escalation(Fraction(4, 5), at("02T12:12")),
    )


@pytest.mark.rule("P-E10")
@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (None, None),
        (datetime(2099, 12, 31, tzinfo=UTC), None),
        (datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC), None),
        (datetime(2099, 12, 31, tzinfo=ZoneInfo("Europe/Berlin")), None),
        (datetime(2099, 12, 31, tzinfo=timezone(hours(14))), None),
        (datetime(2099, 12, 31, 23, tzinfo=timezone(-hours(12))), None),
        (datetime(2099, 12, 30, 9, tzinfo=UTC), datetime(2099, 12, 30, 9, tzinfo=UTC)),
        (datetime(2100, 1, 1, 12, tzinfo=UTC), datetime(2100, 1, 1, 12, tzinfo=UTC)),
        (datetime(2100, 1, 2, tzinfo=UTC), datetime(2100, 1, 2, tzinfo=UTC)),
        (at("02T09:00"), at("02T09:00")),
    ],
)
def test_the_sentinel_of_queues_is_no_due_date(
    due: datetime | None, expected: datetime | None
) -> None:
    assert without_sentinel(due) == expected


def test_a_sentinel_is_looked_for_in_instants_only() -> None:
    with pytest.raises(NaiveDatetimeError, match=r"^due_at must carry a time zone"):
        without_sentinel(datetime(2099, 12, 31))


# Without their types, as a caller without a type checker has them.
Target: Any = SlaTarget
Policy: Any = SlaPolicy
assign: Any = policy.assign


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Target(hours(-1)), "SlaTarget.working_time must be a timedelta of at least"),
        (lambda: Target("8h"), "SlaTarget.working_time must be a timedelta"),
        (lambda: Target(hours(8), "resolution"), "SlaTarget.kind must be a member of"),
        (lambda: Target(hours(8), calendar=OFFICE), "SlaTarget.calendar must be a calendar"),
        (lambda: Target(hours(8), escalations=[0.8]), "SlaTarget.escalations must be Fractions"),
        (lambda: Target(hours(8), escalations=[Fraction(0)]), "SlaTarget.escalations must be F"),
        (lambda: Target(hours(8), escalations=[-Fraction(1)]), "SlaTarget.escalations must be F"),
        (lambda: Target(hours(8), escalations=0.8), "SlaTarget.escalations must be shares"),
        (lambda: Policy(OFFICE), "SlaPolicy.calendar must be a calendar"),
        (lambda: Policy(office, by_tag=None), "SlaPolicy.by_tag must be a mapping"),
        (lambda: Policy(office, by_tag={"": Target(hours(1))}), "SlaPolicy.by_tag must have"),
        (lambda: Policy(office, by_tag={5: Target(hours(1))}), "SlaPolicy.by_tag must have"),
        (lambda: Policy(office, by_tag={"mail": hours(8)}), "SlaPolicy.by_tag must be SLA"),
        (lambda: Policy(office, by_tag={"mail": [hours(8)]}), "SlaPolicy.by_tag must be SLA"),
        (lambda: Policy(office, otherwise=hours(8)), "SlaPolicy.otherwise must be SLA targets"),
        (
            lambda: Policy(office, otherwise=[Target(hours(8)), Target(hours(4))]),
            "SlaPolicy.otherwise must be at most one of a kind",
        ),
        (lambda: assign("mail", opened_at=at("02T09:00")), "tags must be the names of tags"),
        (lambda: assign(None, opened_at=at("02T09:00")), "tags must be the names of tags"),
        (
            lambda: assign([], opened_at=at("02T09:00"), kind="resolution"),
            "kind must be a TargetKind",
        ),
        (
            lambda: assign([], opened_at=datetime(2026, 3, 2)),
            "SlaClock.opened_at must carry a time zone",
        ),
    ],
)
def test_what_makes_no_policy_is_refused_by_name(make: Any, message: str) -> None:
    with pytest.raises(WorklogError, match=f"^{message}"):
        make()


def test_a_policy_is_a_value() -> None:
    def make() -> SlaPolicy:
        return SlaPolicy(office, by_tag={"mail": [SlaTarget(hours(8))]}, otherwise=())

    assert make() == make() == SlaPolicy(office, by_tag={"mail": SlaTarget(hours(8))})
    assert hash(make()) == hash(make())
    assert make() != policy


def test_holidays_move_a_due_date() -> None:
    holiday = WorkingCalendar(OFFICE, time_zone=UTC, holidays={date(2026, 3, 3)})
    by_tag = {"mail": SlaTarget(hours(8))}
    due = SlaPolicy(holiday, by_tag=by_tag).due_at(["mail"], opened_at=at("02T12:00"))
    assert due == at("04T12:00")
