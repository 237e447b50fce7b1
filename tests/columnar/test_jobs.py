"""A job gives each engine the local answer, however whole users are put together."""

import inspect
import pickle
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import busy_week
from history_frames import MAKERS, frames_of, in_frames, lines_told, plain, rows_told
from worklog_core import History, NaiveDatetimeError, WorklogError, WorklogRules
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar import event_table, ledger_job, worklog_job
from worklog_core.testing.strategies import histories, worklog_rules

RULES = busy_week.RULES["defaults"]


def table_of(history: History, kind: str = "pyarrow") -> Any:
    return event_table(**frames_of(history, MAKERS[kind]))


def users_of(table: Any, users: list[str]) -> Any:
    mask = pa.array([user in users for user in table["user_id"].to_pylist()], pa.bool_())
    return table.filter(mask)


def in_parts(job: Any, table: Any, parts: list[list[str]]) -> list[dict[str, Any]]:
    """Return what a job makes of users that are put together as they are listed."""
    work = job.table()
    return [row for users in parts for row in plain(work(users_of(table, users)))]


def by_row(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("day", "user_id", "ticket_id", "recorded_at")
    return sorted(rows, key=lambda row: tuple(row[name] for name in names))


def by_line(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("user_id", "start", "ticket_id")
    return sorted(lines, key=lambda line: tuple(line[name] for name in names))


@st.composite
def inputs(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(histories(rules=rules)), rules


@given(inputs(), st.sampled_from(([["U1", "U2"]], [["U1"], ["U2"]], [["U2"], ["U1"], []])))
def test_whole_users_at_a_time_are_the_scalar_answer(
    drawn: tuple[History, WorklogRules], parts: list[list[str]]
) -> None:
    history, rules = in_frames(drawn[0]), drawn[1]
    table = table_of(history)
    scalar = build_scalar(history, rules)
    assert by_row(in_parts(worklog_job(rules), table, parts)) == rows_told(scalar)
    assert by_line(in_parts(ledger_job(rules), table, parts)) == lines_told(scalar)


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_of_frame_makes_the_same_event_table(kind: str) -> None:
    history = in_frames(busy_week.history())
    assert plain(table_of(history, kind)) == plain(table_of(history))


def test_a_job_sees_what_was_visible_at_an_instant() -> None:
    history = in_frames(busy_week.history())
    scalar = build_scalar(history, RULES, as_of=busy_week.AS_OF)
    job = worklog_job(RULES, as_of=busy_week.AS_OF)
    assert plain(job.table()(table_of(history))) == rows_told(scalar)


@pytest.mark.parametrize("make", [worklog_job, ledger_job])
def test_a_job_says_what_goes_in_and_out(make: Any) -> None:
    job = make(RULES)
    table = table_of(in_frames(busy_week.history()))
    assert [part.split(" ")[0] for part in job.input_ddl.split(", ")] == table.column_names
    answer = job.table()(table)
    assert answer.schema == job.schema
    assert [part.split(" ")[0] for part in job.ddl.split(", ")] == job.schema.names
    empty = job.table()(table[:0])
    assert empty.schema == job.schema
    assert len(empty) == 0


def test_the_function_of_a_job_has_one_positional_parameter() -> None:
    # Engines count the parameters, and call what has two or more with the group's key.
    work = worklog_job(RULES).table()
    assert inspect.getfullargspec(work).args == ["table"]
    assert inspect.isfunction(work)


def test_instants_in_the_zone_of_a_session_are_right_and_come_back_in_utc() -> None:
    history = in_frames(busy_week.history())
    table = table_of(history)
    elsewhere = pa.table(
        [
            column.cast(pa.timestamp("us", tz="America/New_York"))
            if pa.types.is_timestamp(column.type)
            else column
            for column in table.columns
        ],
        table.column_names,
    )
    job = worklog_job(RULES)
    answer = job.table()(elsewhere)
    assert answer.schema == job.schema
    assert plain(answer) == rows_told(build_scalar(history, RULES))


def test_a_job_is_a_value_that_travels() -> None:
    job = worklog_job(RULES)
    assert pickle.loads(pickle.dumps(job)) == job
    assert hash(worklog_job(RULES)) == hash(job)
    assert ledger_job(RULES) != job


@pytest.mark.rule("AMB-25")
def test_only_the_last_word_of_an_event_is_in_an_event_table() -> None:
    # A message that was moved from one ticket to another, each touched by somebody else.
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    instant = pa.timestamp("us", tz="UTC")
    edits = pa.table(
        {
            "user_id": ["U1", "U2", "U2"],
            "ticket_id": ["T1", "T2", "T1"],
            "at": pa.array([nine] * 3, instant),
        }
    )
    moved = pa.table(
        {
            "ticket_id": ["T1", "T2"],
            "at": pa.array([nine] * 2, instant),
            "conversation_id": ["M1"] * 2,
            "event_id": ["E"] * 2,
            "known_at": pa.array([nine, nine.replace(hour=10)], instant),
        }
    )
    exclusions = pa.table({"ticket_id": ["T1", "T9"], "at": pa.array([nine] * 2, instant)})
    table = event_table(edits=edits, customer_messages=moved, exclusions=exclusions)
    told = [(row["event"], row["user_id"], row["ticket_id"]) for row in plain(table)]
    assert told[3:] == [
        ("CustomerMessage", "U2", "T2"),
        ("TrackingExclusion", "U1", "T1"),
        ("TrackingExclusion", "U2", "T1"),
    ]


def test_what_is_no_event_table_is_refused() -> None:
    table = table_of(in_frames(busy_week.history()))
    work = worklog_job(RULES).table()
    with pytest.raises(WorklogError, match=r"table must have the columns .*: found no known_at"):
        work(table.drop_columns(["known_at"]))
    wrong = table.set_column(0, "event", pa.array(["Sneeze"] * len(table)))
    with pytest.raises(WorklogError, match=r"event must be one of .*: found 'Sneeze'"):
        work(wrong)
    for other, found in ((None, "NoneType"), (table.to_pandas(), "DataFrame"), (5, "int")):
        with pytest.raises(WorklogError, match=rf"table must be a PyArrow table: found {found}"):
            work(other)


def test_a_job_asks_for_rules_and_an_instant_with_a_zone() -> None:
    given: Any = None
    with pytest.raises(WorklogError, match="rules must be a WorklogRules"):
        worklog_job(given)
    for make in (worklog_job, ledger_job):
        with pytest.raises(NaiveDatetimeError, match="as_of must carry a time zone"):
            make(RULES, as_of=datetime(2026, 3, 2))
