"""Worklogs are compared row by row and user by user, and other rules explained one at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given

from worklog_core import (
    Action,
    DivideOver,
    FirstEdit,
    History,
    RowChange,
    ScreenSession,
    StatusMode,
    TicketEdit,
    UserStatusChange,
    Worklog,
    WorklogComparison,
    WorklogError,
    WorklogRules,
    build_worklog,
    compare,
    what_if,
)
from worklog_core.testing.strategies import histories, worklog_rules

NOTHING = timedelta()
RULES = WorklogRules(time_zone=UTC)


def at(minute: int, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=UTC) + timedelta(minutes=minute)


HISTORY = History(
    sessions=[ScreenSession("U1", ticket, at(0), at(20)) for ticket in ("T1", "T2")],
    edits=[TicketEdit("U1", "T1", at(10)), TicketEdit("U1", "T1", at(15), Action.CLOSE)],
    user_statuses=[UserStatusChange("U1", at(16), "Pause")],
)


def durations(change: RowChange) -> tuple[timedelta, timedelta]:
    old, new = (row.duration if row else None for row in (change.old, change.new))
    return old or NOTHING, new or NOTHING


def by_user(worklog: Worklog) -> dict[str, timedelta]:
    sums: dict[str, timedelta] = {}
    for row in worklog.rows:
        sums[row.user_id] = sums.get(row.user_id, NOTHING) + (row.duration or NOTHING)
    return sums


@given(histories(), worklog_rules(), worklog_rules())
def test_a_comparison_tells_every_difference_and_no_other(
    history: History, one: WorklogRules, other: WorklogRules
) -> None:
    before, after = build_worklog(history, one), build_worklog(history, other)
    found = compare(before, after)
    rows = {row.key: row for row in before.rows}
    for change in found.rows:
        assert change.old != change.new
        if change.new is None:
            del rows[change.key]
        else:
            rows[change.key] = change.new
    assert rows == {row.key: row for row in after.rows}
    assert len(found.rows) == len(found.added) + len(found.removed) + len(found.changed)
    totals = {user: each.duration for user, each in found.by_user.items()}
    left, right = by_user(before), by_user(after)
    assert totals == {
        user: right.get(user, NOTHING) - left.get(user, NOTHING) for user in left.keys() | right
    }
    assert found.total.duration == sum(totals.values(), NOTHING)
    for name in ("rows", "measured", "after_work", "reopened"):
        parts = [getattr(each, name) for each in found.by_user.values()]
        assert getattr(found.total, name) == sum(parts[1:], parts[0]) if parts else True


@given(histories(max_scenes=4), worklog_rules(), worklog_rules())
def test_contributions_sum_to_the_whole_difference(
    history: History, one: WorklogRules, other: WorklogRules
) -> None:
    found = what_if(history, {"one": one, "other": other})
    whole = found.comparison("other")
    steps = found.contributions("other")
    sums: dict[Any, timedelta] = {}
    for step in steps:
        for change in step.comparison.rows:
            old, new = (
                row.duration or NOTHING if row else NOTHING for row in (change.old, change.new)
            )
            sums[change.key] = sums.get(change.key, NOTHING) + new - old
    for change in whole.rows:
        old, new = durations(change)
        assert sums.pop(change.key, NOTHING) == new - old
    assert set(sums.values()) <= {NOTHING}
    total = sum((step.comparison.total.duration for step in steps), NOTHING)
    assert total == whole.total.duration
    names = [name for step in steps for name in step.fields]
    fields = list(attrs.fields_dict(WorklogRules))
    assert names == [n for n in fields if getattr(one, n) != getattr(other, n)]


def test_a_difference_comes_from_one_rule_after_another() -> None:
    other = WorklogRules(time_zone=UTC, divide_over=DivideOver.EDITED, first_edit=FirstEdit.ANY)
    steps = what_if(HISTORY, {"is": RULES, "might be": other}).contributions("might be")
    assert [dict(step.fields) for step in steps] == [
        {"divide_over": (DivideOver.OPEN, DivideOver.EDITED)},
        {"first_edit": (FirstEdit.ACTION, FirstEdit.ANY)},
    ]
    totals = [step.comparison.total for step in steps]
    assert [total.duration for total in totals] == [timedelta(minutes=8), NOTHING]
    assert [str(total.after_work) for total in totals] == ["0:00:30", "0:05:00"]


def test_rules_that_only_fit_together_are_changed_together() -> None:
    modes = (
        StatusMode("Working", counts=True, may_read=True, may_edit=True),
        StatusMode("Pause", counts=True, may_read=True, may_edit=True),
    )
    other = WorklogRules(time_zone=UTC, status_modes=modes, initial_status="Working")
    (step,) = what_if(HISTORY, {"is": RULES, "might be": other}).contributions("might be")
    assert list(step.fields) == ["status_modes", "status_aliases", "initial_status"]
    assert step.comparison.total.duration == timedelta(minutes=2)


def test_equal_rules_differ_in_nothing() -> None:
    found = what_if(HISTORY, {"is": RULES, "again": attrs.evolve(RULES)})
    assert found.contributions("again") == ()
    assert found.comparison("again").rows == ()
    assert found.base.rows == build_worklog(HISTORY, RULES).rows
    assert repr(found) == "<WhatIf: is, again>"


def test_the_evaluation_is_handed_on() -> None:
    other = WorklogRules(time_zone=UTC, divide_over=DivideOver.EDITED, first_edit=FirstEdit.ANY)
    found = what_if(HISTORY, {"is": RULES, "might be": other}, as_of=at(15))
    assert [row.duration for row in found.base.rows] == [timedelta(minutes=7.5)]
    first, _ = found.contributions("might be")
    assert first.comparison.total.duration == timedelta(minutes=7.5)


@pytest.mark.rule("AMB-24")
def test_a_closed_month_is_compared_with_what_is_known_now() -> None:
    closed = at(0, day=4)
    late = ScreenSession("U1", "T3", at(0), at(20), known_at=at(0, day=5))
    now = build_worklog(HISTORY | History(sessions=[late]), RULES)
    reported = now.as_known_at(closed)
    assert reported == build_worklog(HISTORY, RULES)
    (change,) = compare(reported, now).changed
    assert repr(change).startswith("<RowChange U1 T1 2026-03-02: duration 0:08:00 -> 0:05:20, ")
    assert change.fields["duration"] == (timedelta(minutes=8), timedelta(minutes=16) / 3)
    assert now.as_known_at(at(0, day=6)) == now


def test_the_evaluation_stays_when_a_month_is_asked_for_as_it_was_known() -> None:
    worklog = build_worklog(HISTORY, RULES, as_of=at(15))
    assert worklog.as_known_at(at(0, day=4)) == worklog


def test_a_row_under_another_day_went_and_came() -> None:
    other = WorklogRules(time_zone=ZoneInfo("Pacific/Kiritimati"))
    late = History(edits=[TicketEdit("U1", "T1", at(300), Action.CLOSE)])
    found = compare(build_worklog(late, RULES), build_worklog(late, other))
    assert repr(found) == "<WorklogComparison: 1 rows added, 1 removed, 0 changed>"
    assert isinstance(found, WorklogComparison)
    assert [repr(change) for change in found.rows] == [
        "<RowChange U1 T1 2026-03-02: went>",
        "<RowChange U1 T1 2026-03-03: came>",
    ]
    assert dict(found.added[0].fields) == {}
    assert found.by_user["U1"].rows == 0


def test_what_is_no_worklog_is_refused() -> None:
    nothing: Any = None
    with pytest.raises(WorklogError, match=r"^after must be a Worklog: found None"):
        compare(build_worklog(HISTORY, RULES), nothing)


@pytest.mark.parametrize("rules", [{}, None, [RULES]])
def test_rules_without_names_are_refused(rules: Any) -> None:
    with pytest.raises(WorklogError, match=r"^rules must map names to WorklogRules: found "):
        what_if(HISTORY, rules)


def test_a_name_that_was_not_given_is_refused() -> None:
    with pytest.raises(WorklogError, match=r"^name must be one of 'is': found 'was'"):
        what_if(HISTORY, {"is": RULES}).contributions("was")
