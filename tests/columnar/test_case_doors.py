"""Frames of cases at the door, and what comes out: kinds, names, types, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from case_frames import CASE_KINDS, case_frames_of
from helpdesk import OFFICE, answered, asked, at, closed, edited, opened, said
from history_frames import MAKERS, plain
from worklog_core import (
    CaseRules,
    ConflictingEventsError,
    Direction,
    History,
    NaiveDatetimeError,
    SenderKind,
    WorklogError,
    WorklogRules,
)
from worklog_core.columnar import case_times, response_runs

RULES = WorklogRules(time_zone=UTC)
INSTANT = pa.timestamp("us", tz="UTC")
EVENTS = (
    *(opened(at(9)), asked(at(9, 1)), answered(at(9, 30), message_id="A1"), closed(at(10))),
    *(said(at(9), SenderKind.CUSTOMER, Direction.IN, "T2", text="", message_id="Q1"),),
    *(edited(at(9, 30), ticket="T2"), asked(at(23), "T3")),
)
FRAMES = case_frames_of(History.of(EVENTS))
GIVEN: dict[str, Any] = {"rules": RULES, "case_rules": CaseRules(calendar=OFFICE)}
QUESTIONS = (case_times, response_runs)


def sent(**changes: Any) -> pa.Table:
    columns = {
        "ticket_id": ["T1", "T1"],
        "at": pa.array([at(10), at(11)], INSTANT),
        "message_id": ["M1", "M2"],
        "direction": ["in", "out"],
        "sender": ["contact", "user"],
    }
    return pa.table(columns | changes)


def ask(question: Any, make: Any = lambda table: table, **frames: Any) -> Any:
    given = FRAMES | frames
    return question(**{name: make(table) for name, table in given.items()}, **GIVEN)


@pytest.mark.parametrize("question", QUESTIONS)
class TestKinds:
    @pytest.mark.parametrize("kind", MAKERS)
    def test_the_same_kind_comes_out(self, question: Any, kind: str) -> None:
        found = ask(question, MAKERS[kind])
        assert type(found) is type(MAKERS[kind](FRAMES["messages"]))
        assert plain(found) == plain(ask(question))

    @pytest.mark.parametrize("kind", MAKERS)
    def test_an_empty_frame_keeps_its_schema(self, question: Any, kind: str) -> None:
        empty = question(messages=MAKERS[kind](FRAMES["messages"].slice(0, 0)), rules=RULES)
        full = ask(question, MAKERS[kind])
        assert plain(empty) == []
        if kind == "pandas":
            assert list(empty.dtypes) == list(full.dtypes)
        elif kind == "duckdb":
            assert (empty.columns, empty.types) == (full.columns, full.types)
        else:
            assert empty.schema == full.schema

    def test_the_order_of_columns_and_of_rows_does_not_matter(self, question: Any) -> None:
        turned = {
            name: table.select(table.column_names[::-1]).sort_by([("at", "descending")])
            for name, table in FRAMES.items()
        }
        assert plain(question(**turned, **GIVEN)) == plain(ask(question))

    def test_frames_of_several_kinds_may_be_given_together(self, question: Any) -> None:
        makes = [*MAKERS.values(), *MAKERS.values()]
        mixed = {name: make(FRAMES[name]) for name, make in zip(FRAMES, makes, strict=False)}
        assert plain(question(**mixed, **GIVEN)) == plain(ask(question))

    def test_columns_go_by_the_names_that_are_given(self, question: Any) -> None:
        renamed = {
            name: table.rename_columns(
                ["case" if one == "ticket_id" else one for one in table.column_names]
            )
            for name, table in FRAMES.items()
        }
        names = {"ticket_id": "case", "messages": {"sender_id": "sender_id"}}
        assert plain(question(**renamed, **GIVEN, columns=names)) == plain(ask(question))

    def test_a_column_of_a_field_with_a_default_may_be_absent(self, question: Any) -> None:
        bare = {
            "messages": FRAMES["messages"].select(
                ["ticket_id", "at", "message_id", "direction", "sender", "sender_id"]
            ),
            "customer_messages": FRAMES["customer_messages"].select(
                ["ticket_id", "at", "conversation_id"]
            ),
            "openings": FRAMES["openings"].select(["ticket_id", "at"]),
            "ticket_statuses": FRAMES["ticket_statuses"].select(
                ["ticket_id", "at", "status", "cause"]
            ),
            "edits": FRAMES["edits"].select(["user_id", "ticket_id", "at", "action"]),
        }
        assert plain(question(**bare, **GIVEN)) == plain(ask(question))

    def test_chunks_dictionaries_categories_units_and_locked_arrays_are_read(
        self, question: Any
    ) -> None:
        expected = plain(ask(question))
        for make in (_in_chunks, _in_categories, _in_polars_categories, _in_milliseconds, _locked):
            assert plain(ask(question, make)) == expected

    def test_a_lazy_frame_is_refused_with_the_way_out(self, question: Any) -> None:
        lazy = pl.LazyFrame({"ticket_id": ["T1"]})
        with pytest.raises(WorklogError, match=r"messages must be a frame in memory.*\.collect\("):
            question(messages=lazy, rules=RULES)

    def test_what_is_no_frame_is_refused(self, question: Any) -> None:
        with pytest.raises(WorklogError, match=r"messages must be a frame: found .*NoneType"):
            question(messages=None, rules=RULES)
        with pytest.raises(WorklogError, match=r"edits must be a frame: found .*list"):
            question(messages=sent(), edits=[], rules=RULES)

    def test_rules_that_are_none_are_refused(self, question: Any) -> None:
        with pytest.raises(WorklogError, match="rules must be a WorklogRules: found None"):
            question(messages=sent(), rules=None)
        with pytest.raises(WorklogError, match="case_rules must be a CaseRules: found 'STOP'"):
            question(messages=sent(), rules=RULES, case_rules="STOP")
        with pytest.raises(NaiveDatetimeError, match="as_of"):
            question(messages=sent(), rules=RULES, as_of=datetime(2026, 3, 2))


def _in_chunks(table: pa.Table) -> pa.Table:
    for name in ("ticket_id", "sender_id", "status"):
        if name in table.column_names and len(table):
            column = table[name].dictionary_encode()
            table = table.set_column(table.column_names.index(name), name, column)
    return pa.concat_tables([table.slice(0, 1), table.slice(1)])


def _in_categories(table: pa.Table) -> Any:
    frame = table.to_pandas()
    for name in ("ticket_id", "direction", "sender", "sender_id", "status", "cause"):
        if name in frame:
            known = ["", "never used", *frame[name].dropna().unique()]
            frame[name] = frame[name].astype(pd.CategoricalDtype(known))
    return frame


def _in_polars_categories(table: pa.Table) -> Any:
    frame: Any = pl.from_arrow(table)
    names = ("ticket_id", "direction", "sender", "message_id", "status")
    return frame.with_columns(
        *(pl.col(name).cast(pl.Categorical) for name in names if name in frame.columns),
        pl.col("at").cast(pl.Datetime("ns", "Europe/Berlin")),
    )


def _in_milliseconds(table: pa.Table) -> pa.Table:
    column = table["at"].cast(pa.timestamp("ms", tz="America/New_York"))
    return table.set_column(table.column_names.index("at"), "at", column)


def _locked(table: pa.Table) -> Any:
    frame = table.to_pandas()
    for name in frame.columns:
        values = frame[name].array
        if hasattr(values, "_ndarray"):
            np.asarray(values).flags.writeable = False
    return frame


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"direction": ["in", "outbound"]}, "MessageSent.direction must be one of .*'outbound'"),
        ({"direction": ["in", None]}, "MessageSent.direction must be given in every row"),
        ({"sender": ["contact", "human"]}, "MessageSent.sender must be one of .*'human'"),
        ({"ticket_id": [1, 2]}, "MessageSent.ticket_id must be a non-empty str: found 1"),
        ({"ticket_id": ["T1", ""]}, "MessageSent.ticket_id must be a non-empty str: found ''"),
        ({"message_id": ["M1", None]}, "MessageSent.message_id must be given in every row"),
        ({"sender_id": ["", None]}, "MessageSent.sender_id must be a non-empty str: found ''"),
        ({"failure": ["", None]}, "MessageSent.failure must be a non-empty str: found ''"),
        ({"text": [1, None]}, "MessageSent.text must be a str: found 1"),
        (
            {"at": pa.array([at(10).replace(tzinfo=None)] * 2, pa.timestamp("us"))},
            "MessageSent.at must carry a time zone",
        ),
        ({"at": ["10:00", "11:00"]}, "MessageSent.at must be a column of instants with a zone"),
    ],
)
@pytest.mark.parametrize("kind", MAKERS)
def test_what_the_event_refuses_is_refused_by_its_name(
    question: Any, changes: dict[str, Any], message: str, kind: str
) -> None:
    with pytest.raises(WorklogError, match=message):
        question(messages=MAKERS[kind](sent(**changes)), rules=RULES)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_column_of_python_datetimes_is_refused(question: Any) -> None:
    frame = sent().to_pandas()
    frame["at"] = pd.Series([at(10), at(11)], dtype=object)
    with pytest.raises(WorklogError, match=r"MessageSent\.at must be a column of instants"):
        question(messages=frame, rules=RULES)


@pytest.mark.parametrize("name", ["message_id", "direction", "sender", "at", "ticket_id"])
def test_a_column_that_is_needed_is_asked_for(name: str) -> None:
    with pytest.raises(WorklogError, match=f"MessageSent.{name} must be a column"):
        case_times(messages=sent().drop_columns([name]), rules=RULES)


def test_the_empty_text_is_a_text() -> None:
    (run,) = plain(response_runs(messages=sent(text=["", None]), rules=RULES))
    assert run["response_time_us"] == timedelta(hours=1) // timedelta.resolution


def test_a_ticket_that_is_merged_into_itself_is_refused() -> None:
    merges = pa.table(
        {"ticket_id": ["T1"], "at": pa.array([at(9)], INSTANT), "into_ticket_id": ["T1"]}
    )
    with pytest.raises(WorklogError, match=r"into_ticket_id must name another ticket"):
        case_times(messages=sent(), merges=merges, rules=RULES)


@pytest.mark.rule("AMB-25")
def test_versions_of_a_message_are_settled_or_refused() -> None:
    late = pa.array([at(12), at(13)], INSTANT)
    told = sent(event_id=["E", "E"], direction=["in", "in"], sender=["contact", "contact"])
    (run,) = plain(response_runs(messages=told.append_column("known_at", late), rules=RULES))
    assert run["messages"] == 1
    with pytest.raises(
        ConflictingEventsError, match=r"MessageSent\.event_id 'E' must name one fact"
    ):
        case_times(messages=told, rules=RULES)
    opened_twice = pa.table(
        {
            "ticket_id": ["T1", "T1"],
            "at": pa.array([at(9), at(9)], INSTANT),
            "direction": ["in", "out"],
            "is_hold_capable": [True, False],
            "event_id": ["O", "O"],
        }
    )
    with pytest.raises(ConflictingEventsError, match=r"direction=<Direction\.OUT"):
        case_times(messages=sent(), openings=opened_twice, rules=RULES)


def test_a_duckdb_relation_stays_on_its_connection() -> None:
    connection = duckdb.connect()
    found = case_times(messages=connection.from_arrow(sent()), rules=RULES)
    connection.register("others", pa.table({"case_id": ["T1", "T2"]}))
    assert found.join(connection.table("others"), "case_id").select("case_id").fetchall() == [
        ("T1",)
    ]


def test_counts_and_times_are_whole_numbers_in_every_kind() -> None:
    arrow = ask(case_times)
    for name in arrow.column_names:
        if name.endswith("_us") or name in ("responses", "notes", "times_closed"):
            assert arrow.schema.field(name).type == pa.int64()
    frame = ask(case_times, MAKERS["pandas"])
    assert str(frame["resolution_time_us"].dtype) == "Int64"
    assert frame["resolution_time_us"].isna().tolist() == [False, False, True]


def test_every_kind_of_event_is_asked_for_by_its_name_in_a_history() -> None:
    assert tuple(CASE_KINDS) == tuple(FRAMES)
