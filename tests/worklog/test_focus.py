"""Under an exclusive focus the ticket turned to last gets all of the time while it is open."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from worklog_core import (
    Action,
    Bound,
    DivideOver,
    ExclusiveFocus,
    FocusChange,
    History,
    Interval,
    ScreenSession,
    TicketEdit,
    WorklogRules,
    account,
    build_worklog,
    divide_parallel_time,
)

RULES = WorklogRules(time_zone=UTC, division=ExclusiveFocus())


def at(minute: int) -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(minutes=minute)


def amounts(*more: Any, rules: WorklogRules = RULES, **given: Any) -> dict[str, int]:
    sessions = [ScreenSession("U1", ticket, at(0), at(30)) for ticket in ("T1", "T2")]
    worklog = build_worklog(History.of([*sessions, *more]), rules, **given)
    totals = worklog.ledger.totals(by=lambda line: line.ticket_id)
    return {ticket: amount // timedelta(minutes=1) for ticket, amount in totals.items()}


def turned(ticket: str, minute: int, **more: Any) -> FocusChange:
    return FocusChange("U1", ticket, at(minute), **more)


def test_before_the_first_focus_tickets_share_alike() -> None:
    assert amounts(turned("T1", 10)) == {"T1": 25, "T2": 5}


def test_a_focus_holds_until_the_next() -> None:
    assert amounts(turned("T1", 0), turned("T2", 20)) == {"T1": 20, "T2": 10}


def test_a_focus_on_what_is_not_open_leaves_the_time_to_all() -> None:
    assert amounts(turned("T9", 0)) == {"T1": 15, "T2": 15}
    opened = ScreenSession("U1", "T9", at(10), at(20))
    assert amounts(turned("T9", 0), opened) == {"T1": 10, "T2": 10, "T9": 10}


def test_of_two_at_one_instant_the_higher_ticket_stands() -> None:
    assert amounts(turned("T2", 0), turned("T1", 0)) == {"T1": 0, "T2": 30}


def test_another_policy_does_not_ask() -> None:
    assert amounts(turned("T1", 0), rules=WorklogRules(time_zone=UTC)) == {"T1": 15, "T2": 15}


def test_a_focus_after_the_evaluation_is_unseen() -> None:
    assert amounts(turned("T1", 10), turned("T2", 20), as_of=at(15)) == {"T1": 10, "T2": 5}
    assert amounts(turned("T1", 10), as_of=at(10)) == {"T1": 5, "T2": 5}


def test_a_focus_goes_before_what_is_edited() -> None:
    rules = WorklogRules(time_zone=UTC, division=ExclusiveFocus(), divide_over=DivideOver.EDITED)
    edit = TicketEdit("U1", "T1", at(30), Action.CLOSE)
    assert amounts(turned("T2", 20), edit, rules=rules) == {"T1": 20, "T2": 10}


def test_a_corrected_focus_is_the_later_word() -> None:
    first = turned("T1", 0, event_id="F")
    assert amounts(first, turned("T2", 0, event_id="F", known_at=at(60))) == {"T1": 0, "T2": 30}


def test_lines_are_cut_where_a_focus_comes_or_goes() -> None:
    sessions = [ScreenSession("U1", ticket, at(0), at(30)) for ticket in ("T1", "T2")]
    edit = TicketEdit("U1", "T1", at(0), Action.CLOSE)
    worklog = build_worklog(
        History.of([*sessions, edit, turned("T1", 10), turned("T2", 20), turned("T2", 25)]), RULES
    )
    told = account(worklog, worklog.rows[0]).counted
    assert [(s.start, s.end) for s in told] == [(at(n), at(n + 10)) for n in (0, 10, 20)]
    assert [s.parts[0].share for s in told] == [Fraction(1, 2), 1, 0]
    assert [s.ends_by for s in told] == [Bound.SHARING, Bound.SHARING, Bound.SCREEN]


def test_without_a_history_it_is_an_equal_split() -> None:
    hour = Interval(at(0), at(60))
    shares = divide_parallel_time({"T1": [hour], "T2": [hour]}, policy=ExclusiveFocus())
    assert set(shares.values()) == {timedelta(minutes=30)}


@pytest.mark.parametrize("policy", [ExclusiveFocus()])
def test_every_ticket_weighs_one(policy: ExclusiveFocus) -> None:
    assert policy.weight_of("T1") == 1
