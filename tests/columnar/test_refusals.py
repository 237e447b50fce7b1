"""What the scalar engine refuses, the columns refuse: the same kind of error, the same field."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from history_frames import KINDS, TYPES, arrow_of, frames_of, in_frames, lines_told, plain
from oracle_days import TICK
from worklog_core import (
    Action,
    ConflictingEventsError,
    CustomerMessage,
    FocusChange,
    Heartbeat,
    History,
    RangeError,
    ScreenSession,
    TicketEdit,
    TrackingExclusion,
    UserStatusChange,
    UserStatusRepost,
    WorklogError,
    WorklogRules,
)
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar import build_ledger, build_worklog
from worklog_core.testing.strategies import histories, worklog_rules

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = WorklogRules(time_zone=UTC)
NO_EDITS = arrow_of(TicketEdit, [])


def refusal(call: Any) -> WorklogError:
    with pytest.raises(WorklogError, match=" must ") as refused:
        call()
    return refused.value


def check(**events: list[Any]) -> None:
    """Compare the refusals of a history that the scalar engine refuses somewhere."""
    frames = {name: arrow_of(KINDS[name], given) for name, given in events.items()}
    columnar = refusal(lambda: build_worklog(**{"edits": NO_EDITS} | frames, rules=RULES))
    scalar = refusal(lambda: build_scalar(History(**events), RULES))
    assert type(columnar) is type(scalar)
    assert columnar.field == scalar.field
    assert str(columnar) == str(scalar)


@pytest.mark.rule("AMB-6")
def test_an_unknown_status_is_refused() -> None:
    check(user_statuses=[UserStatusChange("U1", NINE, "Lunch")])
    check(status_reposts=[UserStatusRepost("U1", NINE, NINE + HOUR, "Lunch")])


def test_an_unknown_status_that_is_not_seen_yet_is_none() -> None:
    changes = arrow_of(UserStatusChange, [UserStatusChange("U1", NINE, "Lunch")])
    rows = build_worklog(edits=NO_EDITS, user_statuses=changes, rules=RULES, as_of=NINE - TICK)
    assert len(rows) == 0


@pytest.mark.rule("AMB-6b")
def test_two_statuses_at_one_time_are_refused() -> None:
    check(
        user_statuses=[
            UserStatusChange("U2", NINE, "Pause"),
            UserStatusChange("U1", NINE, "Active"),
            UserStatusChange("U1", NINE, "Pause"),
        ]
    )
    check(
        status_reposts=[
            UserStatusRepost("U1", NINE, NINE + 2 * HOUR, "Active"),
            UserStatusRepost("U1", NINE + HOUR, NINE + 2 * HOUR, "Pause"),
        ]
    )


@pytest.mark.rule("AMB-6b")
def test_what_a_later_word_settles_is_not_refused() -> None:
    until = NINE + 9 * HOUR
    history = History(
        sessions=[ScreenSession("U1", "T1", NINE, until)],
        user_statuses=[
            UserStatusChange("U1", NINE, "Active"),
            UserStatusChange("U1", NINE, "Pause"),
            UserStatusChange("U1", NINE, "Support", known_at=until),
        ],
        status_reposts=[
            UserStatusRepost("U1", NINE + HOUR, NINE + 5 * HOUR, "Active"),
            UserStatusRepost("U1", NINE + 2 * HOUR, NINE + 3 * HOUR, "Pause", known_at=until),
            UserStatusRepost("U1", NINE + 6 * HOUR, NINE + 7 * HOUR, "Active"),
        ],
    )
    lines = plain(build_ledger(**frames_of(history), rules=RULES))
    assert lines == lines_told(build_scalar(history, RULES))
    assert [line["label"] for line in lines] == [
        *("not_counting", "view_only", "not_counting", "view_only"),
        *("not_counting", "view_only", "not_counting"),
    ]


@pytest.mark.rule("AMB-25")
@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("sessions", [ScreenSession("U1", "T1", NINE, NINE + n * HOUR) for n in (1, 2)]),
        ("heartbeats", [Heartbeat("U1", "T1", NINE + n * HOUR) for n in (1, 2)]),
        ("edits", [TicketEdit("U1", "T1", NINE, action) for action in (Action.CLOSE, None)]),
        ("edits", [TicketEdit("U1", "T1", NINE, closes=closes) for closes in (True, None)]),
        ("customer_messages", [CustomerMessage("T1", NINE, c) for c in "AB"]),
        ("user_statuses", [UserStatusChange("U1", NINE, s) for s in ("Active", "Pause")]),
        (
            "status_reposts",
            [UserStatusRepost("U1", NINE, NINE + HOUR, s) for s in ("Active", "Pause")],
        ),
        ("focus_changes", [FocusChange("U1", ticket, NINE) for ticket in ("T1", "T2")]),
        ("exclusions", [TrackingExclusion("T1", NINE, reason=r) for r in ("spam", "test")]),
    ],
)
def test_versions_that_nothing_tells_apart_are_refused(name: str, versions: list[Any]) -> None:
    others = [attrs.evolve(versions[0], event_id="D"), attrs.evolve(versions[0], event_id="F")]
    for known_at in (None, NINE + 9 * HOUR):
        told = [attrs.evolve(event, event_id="E", known_at=known_at) for event in versions]
        check(**{name: [others[0], *told, *others]})


def test_a_session_of_eleven_years_is_refused() -> None:
    long = ScreenSession("U2", "T2", NINE, NINE + timedelta(days=11 * 366))
    check(sessions=[ScreenSession("U1", "T1", NINE, NINE + HOUR), long])
    frames = frames_of(History(sessions=[long]))
    with pytest.raises(RangeError, match="found T2 there from 2026"):
        build_ledger(**frames, rules=RULES)
    assert len(build_ledger(**frames, rules=RULES, as_of=NINE + HOUR)) == 1


@pytest.mark.parametrize("kind", [ScreenSession, UserStatusRepost])
def test_an_end_before_its_start_is_refused_by_the_events_own_door(kind: type) -> None:
    name = next(name for name, one in KINDS.items() if one is kind)
    table = pa.table(
        {
            "user_id": ["U1", "U1"],
            "ticket_id": ["T1", "T1"],
            "status": ["Active", "Active"],
            "start": pa.array([NINE, NINE + HOUR], TYPES["start"]),
            "end": pa.array([NINE + HOUR, NINE], TYPES["end"]),
        }
    )
    with pytest.raises(WorklogError, match=rf"{kind.__name__}.end must .*09:00:00") as refused:
        build_worklog(edits=NO_EDITS, **{name: table}, rules=RULES)
    assert refused.value.field == f"{kind.__name__}.end"
    assert refused.value.value == NINE


@given(histories(), worklog_rules(), st.sampled_from(("Lunch", "Active", "Pause")))
def test_what_the_scalar_engine_refuses_is_refused(
    history: History, rules: WorklogRules, status: str
) -> None:
    # A second word at the instant of every change, and nothing to tell which is the later.
    again = [attrs.evolve(change, status=status, event_id=None) for change in history.user_statuses]
    doubled = in_frames(history) | History(user_statuses=again)
    frames = frames_of(doubled)
    try:
        scalar = build_scalar(doubled, rules)
    except WorklogError as refused:
        with pytest.raises(type(refused), match="status"):
            build_ledger(**frames, rules=rules)
    else:
        assert plain(build_ledger(**frames, rules=rules)) == lines_told(scalar)


@given(histories(), worklog_rules(), st.sampled_from((None, NINE)))
def test_reposts_that_contradict_each_other_are_refused(
    history: History, rules: WorklogRules, known_at: datetime | None
) -> None:
    again = [
        attrs.evolve(repost, status="Pause", event_id=None, known_at=known_at or repost.known_at)
        for repost in history.status_reposts
    ]
    doubled = in_frames(history) | History(status_reposts=again)
    frames = frames_of(doubled)
    try:
        scalar = build_scalar(doubled, rules)
    except ConflictingEventsError:
        with pytest.raises(ConflictingEventsError, match="two statuses of a user"):
            build_ledger(**frames, rules=rules)
    else:
        assert plain(build_ledger(**frames, rules=rules)) == lines_told(scalar)


@given(histories(), st.randoms(use_true_random=False))
def test_order_and_duplicates_of_rows_do_not_matter(history: History, chance: Any) -> None:
    known = in_frames(history)
    frames = {}
    for name, kind in KINDS.items():
        events = [*getattr(known, name), *getattr(known, name)[::2]]
        chance.shuffle(events)
        frames[name] = arrow_of(kind, events)
    assert plain(build_ledger(**frames, rules=RULES)) == lines_told(build_scalar(known, RULES))
