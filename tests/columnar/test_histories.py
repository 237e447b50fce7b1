"""Frames become the history that they hold, whole or of one user."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given

import busy_week
from history_frames import MAKERS, frames_of, in_frames
from worklog_core import (
    Action,
    CustomerMessage,
    History,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    WorklogError,
    build_worklog,
)
from worklog_core.columnar import history
from worklog_core.testing.strategies import histories

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@given(histories())
def test_what_goes_into_frames_comes_back(known: History) -> None:
    assert history(**frames_of(in_frames(known))) == in_frames(known)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("user", busy_week.USERS)
def test_the_rows_of_one_user_need_that_users_history_alone(kind: str, user: str) -> None:
    known = in_frames(busy_week.history())
    frames = frames_of(known, MAKERS[kind])
    own = history(**frames, user_id=user)
    for rules in busy_week.RULES.values():
        whole, alone = build_worklog(known, rules), build_worklog(own, rules)
        expected = [row for row in whole.rows if row.user_id == user]
        # Who else worked on a ticket tells whether it came back.
        assert [attrs.evolve(row, reopened=False) for row in alone.rows] == [
            attrs.evolve(row, reopened=False) for row in expected
        ]
        assert alone.ledger.of_user(user) == whole.ledger.of_user(user)


def test_a_day_holds_what_lies_in_it_or_lasts_into_it() -> None:
    events: list[Any] = [
        ScreenSession("U1", "T1", NINE - DAY, NINE - DAY + HOUR),
        ScreenSession("U1", "T2", NINE - DAY, NINE),
        ScreenSession("U2", "T3", NINE, NINE),
        TicketEdit("U1", "T2", NINE, Action.WRITE),
        TicketEdit("U1", "T2", NINE + DAY, Action.WRITE),
        CustomerMessage("T2", NINE - 9 * DAY, "C2"),
        CustomerMessage("T3", NINE - 9 * DAY, "C3"),
        UserStatusChange("U1", NINE - 9 * DAY, "Pause"),
    ]
    frames = frames_of(History.of(events))
    monday: dict[str, Any] = {"day": date(2026, 3, 2), "time_zone": UTC}
    assert history(**frames, **monday) == History.of([*events[1:4], *events[5:]])
    assert history(**frames, **monday, user_id="U1") == History.of(
        [events[1], events[3], events[5], events[7]]
    )


def test_a_day_that_a_zone_skipped_holds_only_what_has_no_end() -> None:
    events: list[Any] = [
        ScreenSession("U1", "T1", datetime(2011, 12, 30, 11, tzinfo=UTC), NINE),
        UserStatusChange("U1", NINE, "Pause"),
    ]
    found = history(
        **frames_of(History.of(events)), day=date(2011, 12, 30), time_zone=ZoneInfo("Pacific/Apia")
    )
    assert found == History.of(events[1:])


def test_every_version_of_what_is_chosen_comes_along() -> None:
    first = TicketEdit("U1", "T1", NINE, event_id="E")
    later = TicketEdit("U2", "T1", NINE, event_id="E", known_at=NINE + DAY)
    other = TicketEdit("U2", "T1", NINE, event_id="F")
    frames = frames_of(History.of([first, later, other]))
    assert history(**frames, user_id="U1") == History.of([first, later])


def test_who_and_when_must_be_told_in_full() -> None:
    frames = frames_of(History(edits=[TicketEdit("U1", "T1", NINE)]))
    with pytest.raises(WorklogError, match=r"user_id must be a user of some event: found 'U9'"):
        history(**frames, user_id="U9")
    with pytest.raises(WorklogError, match="time_zone must be given with a day"):
        history(**frames, day=date(2026, 3, 2))
