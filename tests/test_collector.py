"""The collector of cycles: it rests while a worklog is made, and is left as it was found."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from worklog_core import (
    Action,
    CustomerMessage,
    History,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    WorklogRules,
    build_worklog,
    update_worklog,
)
from worklog_core.collector import collector_at_rest

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = WorklogRules(time_zone=UTC)


@pytest.fixture(autouse=True)
def _collector_on() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if was_on else gc.disable)()


def a_day(users: int) -> History:
    sessions: list[ScreenSession] = []
    edits: list[TicketEdit] = []
    for number in range(users):
        user_id, start = f"U{number}", NINE + timedelta(minutes=number)
        end = start + timedelta(minutes=20)
        sessions += [ScreenSession(user_id, ticket_id, start, end) for ticket_id in ("T1", "T2")]
        edits.append(TicketEdit(user_id, "T1", end, Action.WRITE))
    return History(
        sessions=sessions,
        edits=edits,
        customer_messages=[CustomerMessage("T1", NINE, "M1")],
        user_statuses=[UserStatusChange("U0", NINE, "Support")],
    )


def test_it_rests_within_and_is_on_again_after() -> None:
    with collector_at_rest():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_stays_off_where_it_was_off() -> None:
    gc.disable()
    with collector_at_rest():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_an_error_turns_it_on_again() -> None:
    with pytest.raises(ZeroDivisionError, match="division"), collector_at_rest():
        _ = 1 // 0
    assert gc.isenabled()


def test_of_two_within_one_another_the_outer_one_ends_the_rest() -> None:
    with collector_at_rest():
        with collector_at_rest():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_building_and_updating_make_no_cycles() -> None:
    history, late = a_day(20), a_day(2)
    build_worklog(history, RULES)  # what is made once and kept
    gc.collect()
    gc.disable()
    worklog = build_worklog(history, RULES)
    update_worklog(worklog, late)
    del worklog
    assert gc.collect() == 0


def test_it_walks_what_was_made_once_and_not_again_and_again() -> None:
    runs: list[int] = []

    def count(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            runs.append(info["generation"])

    history = a_day(600)
    gc.collect()
    gc.callbacks.append(count)
    try:
        worklog = build_worklog(history, RULES)
    finally:
        gc.callbacks.remove(count)
    assert len(worklog.rows) == 600  # which is four runs of it, one every few hundred values
    assert len(runs) <= 1
