"""What an SLA is judged by: when the customer was served, which due date was in force."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import (
    ConflictingEventsError,
    Interval,
    IntervalSet,
    NaiveDatetimeError,
    SlaPolicy,
    SlaTarget,
    WeeklyHours,
    WorkingCalendar,
    WorklogError,
    due_date_in_force,
    served_at,
)

OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


@pytest.mark.rule("E-49", "AMB-8")
def test_the_customer_is_served_by_what_comes_first() -> None:
    assert served_at(replies=[at(11), at(10)], closings=[at(12)]) == at(10)
    assert served_at(replies=[at(11)], closings=[at(9)]) == at(9)
    assert served_at(replies=[at(11)], auto_processings=[at(8)]) == at(8)


@pytest.mark.rule("E-49", "AMB-8")
def test_a_deferral_serves_nobody() -> None:
    assert served_at() is None


@given(st.lists(st.integers(0, 23)), st.lists(st.integers(0, 23)), st.lists(st.integers(0, 23)))
def test_it_is_the_earliest_of_all(
    replies: list[int], closings: list[int], processings: list[int]
) -> None:
    hours = [replies, closings, processings]
    named = dict(
        zip(
            ("replies", "closings", "auto_processings"),
            ([at(h) for h in hs] for hs in hours),
            strict=True,
        )
    )
    everything = sorted(h for hs in hours for h in hs)
    assert served_at(**named) == (at(everything[0]) if everything else None)


def test_instants_need_a_zone() -> None:
    with pytest.raises(NaiveDatetimeError, match="closings must carry a time zone"):
        served_at(closings=[datetime(2026, 3, 2, 9)])
    with pytest.raises(NaiveDatetimeError, match="at must carry a time zone"):
        due_date_in_force([], at=datetime(2026, 3, 2, 9))


@pytest.mark.rule("AMB-8")
def test_the_last_due_date_set_by_then_is_in_force() -> None:
    settings = [(at(12), at(15)), (at(9), at(17)), (at(14), None)]
    hours = {8: None, 9: at(17), 11: at(17), 12: at(15), 13: at(15), 14: None, 20: None}
    assert {hour: due_date_in_force(settings, at=at(hour)) for hour in hours} == hours


def test_one_instant_has_one_due_date() -> None:
    assert due_date_in_force([(at(9), at(17)), (at(9), at(17))], at=at(9)) == at(17)
    with pytest.raises(ConflictingEventsError, match="one due date for one instant"):
        due_date_in_force([(at(9), at(17)), (at(9), at(18))], at=at(9))
    with pytest.raises(ConflictingEventsError, match="one due date for one instant"):
        due_date_in_force([(at(9), at(18)), (at(9), at(17))], at=at(9))


@pytest.mark.parametrize("junk", [at(9), (at(9),), (at(9), at(10), at(11)), None])
def test_what_is_no_pair_is_refused(junk: Any) -> None:
    with pytest.raises(WorklogError, match="pairs of when and what"):
        due_date_in_force([junk], at=at(9))


@pytest.mark.rule("AMB-8b")
def test_a_deferral_moves_the_due_date_only_where_the_policy_says_so() -> None:
    hours = timedelta(hours=4)
    deferred = IntervalSet([Interval(start=at(10), end=at(12))])
    promised = SlaPolicy(OFFICE, otherwise=SlaTarget(hours))
    patient = SlaPolicy(OFFICE, otherwise=SlaTarget(hours), pause_on_pending=True)
    held = IntervalSet([Interval(start=at(11), end=at(13))])
    none = IntervalSet()

    def due_at(policy: SlaPolicy, pauses: IntervalSet) -> datetime | None:
        return policy.due_at([], opened_at=at(9), pauses=policy.pausing(pauses, pending=deferred))

    assert (due_at(promised, none), due_at(patient, none)) == (at(13), at(15))
    assert (due_at(promised, held), due_at(patient, held)) == (at(15), at(16))
    with pytest.raises(WorklogError, match=r"^SlaPolicy\.pause_on_pending must be True or False"):
        SlaPolicy(OFFICE, pause_on_pending="no")  # type: ignore[arg-type]  # the door is the point
