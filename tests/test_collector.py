"""Full collections: put off while a worklog is made, and the collector is left as it was found."""

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
from worklog_core.collector import without_full_collections

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = WorklogRules(time_zone=UTC)
OFTEN = (11, 2, 1)


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    was_on, before = gc.isenabled(), gc.get_threshold()
    gc.enable()
    gc.set_threshold(*OFTEN)
    yield
    gc.set_threshold(*before)
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


def test_only_the_old_are_left_alone_and_only_within() -> None:
    with without_full_collections():
        assert gc.get_threshold()[:2] == OFTEN[:2]
        assert gc.get_threshold()[2] > 10**9
        assert gc.isenabled()
    assert gc.get_threshold() == OFTEN


def test_what_is_off_stays_off() -> None:
    gc.disable()
    with without_full_collections():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_an_error_leaves_the_collector_as_it_was() -> None:
    with pytest.raises(ZeroDivisionError, match="division"), without_full_collections():
        _ = 1 // 0
    assert gc.get_threshold() == OFTEN


def test_of_two_that_overlap_the_first_one_puts_it_back() -> None:
    first, second = without_full_collections(), without_full_collections()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == OFTEN
    second.__exit__(None, None, None)
    assert gc.get_threshold() == OFTEN


def test_building_and_updating_make_no_cycles() -> None:
    history, late = a_day(20), a_day(2)
    build_worklog(history, RULES)  # what is made once and kept
    gc.collect()
    gc.disable()
    worklog = build_worklog(history, RULES)
    update_worklog(worklog, late)
    del worklog
    assert gc.collect() == 0


def test_nothing_old_is_walked_while_a_worklog_is_made() -> None:
    walked: list[int] = []

    def count(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            walked.append(info["generation"])

    gc.collect()
    gc.callbacks.append(count)
    try:
        worklog = build_worklog(a_day(200), RULES)
        update_worklog(worklog, a_day(20))
    finally:
        gc.callbacks.remove(count)
    assert len(worklog.rows) == 200
    assert {0, 1} <= set(walked)
    # Between the calls the collector may take its turn, which it does once for what is made here.
    assert walked.count(2) <= 3
