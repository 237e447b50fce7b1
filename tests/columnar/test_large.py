"""What is big, heavy or far apart: buckets, integers beyond 64 bits, instants beyond one key."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import busy_week
import oracles
from history_frames import frames_of, in_frames, lines_told, plain, rows_told
from oracle_days import us
from worklog_core import (
    Action,
    CustomerMessage,
    DivideOver,
    ExclusiveFocus,
    FocusChange,
    History,
    MessageInSession,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    Weighted,
    WorklogError,
    WorklogRules,
)
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar import arrays, build_ledger, build_worklog, days, opening
from worklog_core.testing.strategies import histories, worklog_rules

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RULES = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))


def check(history: History, rules: WorklogRules) -> None:
    frames = frames_of(history)
    scalar = build_scalar(history, rules)
    assert plain(build_worklog(**frames, rules=rules)) == rows_told(scalar)
    assert plain(build_ledger(**frames, rules=rules)) == lines_told(scalar)


def crowd(tickets: int, *, users: int = 1) -> History:
    """Return users with so many tickets on screen at once, opened one after another."""
    events: list[Any] = []
    for user in range(users):
        for n in range(tickets):
            since, until = NINE + n * SECOND, NINE + timedelta(hours=8) - n * SECOND
            events.append(ScreenSession(f"U{user}", f"T{n:04}", since, until))
            if n % 3:
                at = since + n * SECOND
                events.append(TicketEdit(f"U{user}", f"T{n:04}", at, Action.WRITE))
    events.append(UserStatusChange("U0", NINE + timedelta(hours=1), "Pause"))
    events.append(UserStatusChange("U0", NINE + timedelta(hours=2), "Active"))
    return History.of(events)


@pytest.fixture
def _small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BUCKET", 20)


@pytest.mark.usefixtures("_small_buckets")
@pytest.mark.parametrize("rules", busy_week.RULES.values(), ids=busy_week.RULES)
def test_how_users_are_put_into_buckets_does_not_matter(rules: WorklogRules) -> None:
    check(in_frames(busy_week.history()), rules)


@pytest.mark.usefixtures("_small_buckets")
def test_users_need_not_stand_together() -> None:
    history = in_frames(busy_week.history())
    frames = frames_of(history)
    mixed = {name: table.take(np.arange(len(table))[::-1]) for name, table in frames.items()}
    lines = plain(build_ledger(**mixed, rules=RULES))
    assert lines == lines_told(build_scalar(history, RULES))


@pytest.mark.usefixtures("_small_buckets")
def test_progress_is_told_after_every_bucket() -> None:
    told: list[tuple[int, int]] = []
    frames = frames_of(in_frames(busy_week.history()))
    for build in (build_worklog, build_ledger):
        told.clear()
        build(**frames, rules=RULES, on_progress=lambda done, total: told.append((done, total)))
        assert told == [(n, 5) for n in range(1, 6)]


@pytest.mark.rule("AMB-5c")
@pytest.mark.parametrize("tickets", [36, 37, 60, 150])
@pytest.mark.parametrize("divide_over", DivideOver)
def test_more_tickets_at_once_than_int64_divides(tickets: int, divide_over: DivideOver) -> None:
    check(crowd(tickets, users=2), attrs.evolve(RULES, divide_over=divide_over))


@pytest.mark.parametrize("tickets", [36, 37, 150])
@pytest.mark.parametrize("divide_over", DivideOver)
def test_what_a_user_turned_to_is_beyond_int64_too(tickets: int, divide_over: DivideOver) -> None:
    turns = [
        FocusChange("U0", f"T{n % 7:04}", NINE + 41 * n * SECOND) for n in (*range(9), 200, 900)
    ]
    together = FocusChange("U0", "T0005", NINE + 41 * 200 * SECOND)
    known = crowd(tickets, users=2) | History(focus_changes=[*turns, together])
    check(known, attrs.evolve(RULES, divide_over=divide_over, division=ExclusiveFocus()))


def test_days_beyond_int64_are_capped_and_excluded_alike() -> None:
    check(crowd(90), attrs.evolve(RULES, max_unedited=timedelta(minutes=50)))


@pytest.mark.parametrize(
    "weights",
    [
        {"T0001": 10**30, "T0002": Fraction(1, 3)},
        {f"T{n:04}": Fraction(1, 2 * n + 3) for n in range(30)},
        {f"T{n:04}": 1 + n * n for n in range(40)},
    ],
    ids=["beyond int64", "many denominators", "squares"],
)
def test_weights_of_any_size_are_exact(weights: dict[str, Any]) -> None:
    check(crowd(40), attrs.evolve(RULES, division=Weighted(weights)))


def test_instants_of_ten_centuries_fit_no_key_and_are_told_apart() -> None:
    events: list[Any] = []
    for n in range(300):
        at = datetime(1000 + 3 * n, 1 + n % 12, 1, tzinfo=UTC)
        ticket = f"T{n % 250}"
        events += [
            ScreenSession("U1", ticket, at, at + timedelta(hours=30)),
            ScreenSession("U1", f"T{n}", at, at + timedelta(hours=20)),
            TicketEdit("U1", ticket, at + timedelta(hours=1), Action.CLOSE),
            CustomerMessage(ticket, at + timedelta(hours=2), f"C{n}"),
        ]
    check(History.of(events), RULES)
    kept = attrs.evolve(RULES, message_in_session=MessageInSession.KEEP)
    check(History.of(events), attrs.evolve(kept, max_unedited=timedelta(hours=3)))


def test_the_ends_of_time_are_days_like_any_other() -> None:
    ends = [
        (datetime.min.replace(tzinfo=UTC), datetime(1, 1, 3, tzinfo=UTC)),
        (datetime(9999, 12, 30, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    ]
    events: list[Any] = [ScreenSession("U1", "T1", *end) for end in ends]
    events += [TicketEdit("U1", "T1", at, Action.WRITE) for end in ends for at in end]
    check(History.of(events), RULES)


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(histories(rules=rules)), rules


@given(inputs())
def test_where_nothing_fits_the_answers_stay_the_same(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_MOST_BITS", 12)
        patch.setattr(days, "_MOST_DAYS", 0)
        patch.setattr(opening, "BUCKET", 1)
        check(in_frames(history), rules)


@given(inputs())
def test_the_columns_are_the_dull_oracles_too(drawn: tuple[History, WorklogRules]) -> None:
    history, rules = drawn
    known = in_frames(history)
    rows, lines = oracles.worklog(known, rules)
    frames = frames_of(known)
    assert [
        {
            **dict(zip(("user_id", "ticket_id", "day"), row["key"], strict=False)),
            "recorded_at": row["recorded_at"],
            "conversation_id": row["conversation_id"],
            "action": row["action"].value,
            "duration_us": row["duration"],
            "after_work_us": row["after_work"],
            "duration_reason": getattr(row["reasons"].get("duration"), "value", None),
        }
        for row in rows
    ] == plain(build_worklog(**frames, rules=rules))
    assert [(*line[:4], line[4].value, *line[5:7]) for line in lines] == [
        tuple(line[name] for name in LINE) for line in plain(build_ledger(**frames, rules=rules))
    ]


LINE = ("user_id", "ticket_id", "start", "end", "label", "amount_us", "day")


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**61)), min_size=1, max_size=30),
)
def test_an_order_is_by_group_then_instant(rows: list[tuple[int, int]]) -> None:
    group, at = np.array(rows, dtype=np.int64).T
    order = arrays.order_of(group, at)
    assert [rows[n] for n in order] == sorted(rows)


def test_microseconds_are_not_lost_where_keys_are_shortened() -> None:
    group = np.arange(2**12, dtype=np.int64).repeat(3) * 2**40
    at = np.tile(np.array([us(NINE) + 1, us(NINE), 0], dtype=np.int64), 2**12)
    order = arrays.order_of(group, at)
    assert np.all(np.diff(at[order].reshape(-1, 3)) > 0)


def test_what_cannot_be_told_of_progress_is_refused() -> None:
    anything: Any = 5
    with pytest.raises(
        WorklogError, match=r"on_progress must be a function .*: found 5"
    ) as refused:
        build_worklog(**frames_of(History()), rules=RULES, on_progress=anything)
    assert refused.value.field == "on_progress"
