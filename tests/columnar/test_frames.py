"""Frames of any kind and make come in, and the same kind goes out: every trap is a test."""

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from history_frames import MAKERS, plain
from worklog_core import NaiveDatetimeError, RangeError, WorklogError, WorklogRules
from worklog_core.columnar import build_ledger, build_worklog

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
INSTANT = pa.timestamp("us", tz="UTC")
RULES = WorklogRules(time_zone=UTC)
TEXTS = ("user_id", "ticket_id", "conversation_id", "action", "duration_reason")


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def sessions() -> pa.Table:
    return pa.table(
        {
            "user_id": ["U2", "U1", "U1"],
            "ticket_id": ["T1", "T1", "T2"],
            "start": pa.array([at(0), at(0), at(5)], INSTANT),
            "end": pa.array([at(1), at(10), at(10)], INSTANT),
        }
    )


def edits() -> pa.Table:
    return pa.table(
        {
            "user_id": ["U1", "U1", "U3"],
            "ticket_id": ["T1", "T2", "T9"],
            "at": pa.array([at(8), at(9), at(9)], INSTANT),
            "action": ["writeAction", None, "autoProcessAction"],
            "closes": pa.array([None, True, False]),
        }
    )


def messages() -> pa.Table:
    return pa.table(
        {
            "ticket_id": ["T1", "T9"],
            "at": pa.array([at(-5), at(-5)], INSTANT),
            "conversation_id": ["C1", "C9"],
            "is_initial": [False, True],
        }
    )


WORKED = [
    {
        "user_id": "U1",
        "ticket_id": "T1",
        "day": NINE.date(),
        "recorded_at": 1772442480000000,
        "conversation_id": "C1",
        "action": "writeAction",
        "duration_us": 450_000_000,
        "after_work_us": 60_000_000,
        "duration_reason": None,
    },
    {
        "user_id": "U3",
        "ticket_id": "T9",
        "day": NINE.date(),
        "recorded_at": 1772442540000000,
        "conversation_id": None,
        "action": "autoProcessAction",
        "duration_us": None,
        "after_work_us": None,
        "duration_reason": "dark_processing",
    },
]


def built(make: Any, **changes: Any) -> Any:
    given = {"sessions": sessions(), "edits": edits(), "customer_messages": messages()} | changes
    frames = {name: make(table) for name, table in given.items()}
    return build_worklog(**frames, rules=RULES)


def to_other_arrow(table: pa.Table) -> pa.Table:
    """Return a table in chunks, with ids as large, dictionary and view strings."""
    for number, name in enumerate(("user_id", "ticket_id")):
        if name in table.column_names:
            kinds = (pa.dictionary(pa.int32(), pa.string()), pa.large_string(), pa.string_view())
            kind = kinds[(number + len(table)) % 3]
            column = table[name].cast(pa.string())
            column = (
                column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)
            )
            table = table.set_column(table.column_names.index(name), name, column)
    return pa.concat_tables([table.slice(0, 1), table.slice(1)])


def to_categories(table: pa.Table) -> Any:
    frame = table.to_pandas()
    for name in ("user_id", "ticket_id", "action"):
        if name in frame:
            known = ["", "never used", *frame[name].dropna().unique()]
            frame[name] = frame[name].astype(pd.CategoricalDtype(known))
    return frame


def to_polars_categories(table: pa.Table) -> Any:
    # Numbers of categories come from a pool that others fill, too.
    pl.Series([f"somebody else's {n}" for n in range(1000)]).cast(pl.Categorical)
    frame: Any = pl.from_arrow(table)
    return frame.with_columns(
        *(
            pl.col(name).cast(pl.Categorical)
            for name in ("user_id", "ticket_id")
            if name in frame.columns
        )
    )


def to_polars_enum(table: pa.Table) -> Any:
    frame: Any = pl.from_arrow(table)
    if "action" in frame.columns:
        names = pl.Enum(["statusAction", "closeAction", "writeAction", "autoProcessAction"])
        frame = frame.with_columns(pl.col("action").cast(names))
    return frame


def to_objects(table: pa.Table) -> Any:
    frame = table.to_pandas()
    for name in TEXTS:
        if name in frame:
            frame[name] = frame[name].astype(object)
    return frame


def in_units(unit: str) -> Any:
    def make(table: pa.Table) -> Any:
        for place, field in enumerate(table.schema):
            if field.type == INSTANT:
                column = table[field.name].cast(pa.timestamp(unit, tz="America/New_York"))
                table = table.set_column(place, field.name, column)
        return table

    return make


OTHER = {
    "chunked and encoded arrow": to_other_arrow,
    "pandas categories": to_categories,
    "pandas objects": to_objects,
    "pandas with arrow types": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars categories": to_polars_categories,
    "polars enum": to_polars_enum,
    **{f"arrow in {unit}": in_units(unit) for unit in ("s", "ms", "us", "ns")},
    **{
        f"pandas in {unit}": lambda table, unit=unit: in_units(unit)(table).to_pandas()
        for unit in ("s", "ms", "us", "ns")
    },
    **{
        f"polars in {unit}": lambda table, unit=unit: pl.from_arrow(in_units(unit)(table))
        for unit in ("ms", "us", "ns")
    },
    "the capsule of any other library": lambda table: Capsule(table),  # noqa: PLW0108  # defined below
}


class Capsule:
    """A frame of a library that nobody knows, which speaks Arrow."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize("kind", [*MAKERS, *OTHER])
def test_every_make_of_frame_gives_the_same(kind: str) -> None:
    assert plain(built((MAKERS | OTHER)[kind])) == WORKED


def test_pandas_gets_pandas_with_nullable_integers() -> None:
    rows = built(MAKERS["pandas"])
    assert isinstance(rows, pd.DataFrame)
    assert {name: str(kind) for name, kind in rows.dtypes.items()} == {
        **dict.fromkeys(TEXTS, "str" if pd.__version__ >= "3" else "object"),
        "day": "datetime64[us]",
        "recorded_at": "datetime64[us, UTC]",
        "duration_us": "Int64",
        "after_work_us": "Int64",
    }
    assert list(rows.index) == [0, 1]


def test_polars_gets_polars() -> None:
    rows = built(MAKERS["polars"])
    assert isinstance(rows, pl.DataFrame)
    assert dict(rows.schema) == {
        **dict.fromkeys(TEXTS, pl.String),
        "day": pl.Date,
        "recorded_at": pl.Datetime("us", "UTC"),
        "duration_us": pl.Int64,
        "after_work_us": pl.Int64,
    }


SCHEMA = pa.schema(
    {
        "user_id": pa.string(),
        "ticket_id": pa.string(),
        "day": pa.date32(),
        "recorded_at": INSTANT,
        "conversation_id": pa.string(),
        "action": pa.string(),
        "duration_us": pa.int64(),
        "after_work_us": pa.int64(),
        "duration_reason": pa.string(),
    }
)


@pytest.mark.parametrize("kind", ["pyarrow", *(name for name in OTHER if "arrow" in name)])
def test_arrow_gets_arrow(kind: str) -> None:
    rows = built((MAKERS | OTHER)[kind])
    if isinstance(rows, pa.Table):
        assert rows.schema == SCHEMA


def test_a_relation_is_answered_on_its_own_connection() -> None:
    connection = duckdb.connect()
    given = {"sessions": sessions(), "edits": edits()}
    frames: dict[str, Any] = {name: connection.from_arrow(t) for name, t in given.items()}
    rows = build_worklog(**frames, rules=RULES)
    assert isinstance(rows, duckdb.DuckDBPyRelation)
    frames["edits"].join(rows.set_alias("worked"), "user_id").fetchall()
    assert rows.filter("duration_us > 0").count("*").fetchall() == [(1,)]
    assert connection.sql("show tables").fetchall() == []


def test_frames_of_several_kinds_go_together() -> None:
    rows = build_worklog(
        sessions=MAKERS["polars"](sessions()),
        customer_messages=MAKERS["duckdb"](messages()),
        edits=MAKERS["pandas"](edits()),
        rules=RULES,
    )
    assert isinstance(rows, pd.DataFrame)
    assert plain(rows) == WORKED


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("build", [build_worklog, build_ledger])
def test_an_empty_answer_keeps_its_types(kind: str, build: Any) -> None:
    def typed(frame: Any) -> Any:
        arrow = MAKERS["pyarrow"]
        if kind == "pandas":
            return frame.dtypes.to_dict()
        if kind == "duckdb":
            return arrow(frame.to_arrow_table()).schema
        return frame.schema

    full = build(sessions=MAKERS[kind](sessions()), edits=MAKERS[kind](edits()), rules=RULES)
    for given in ({"sessions": sessions()[:0], "edits": edits()[:0]}, {"edits": edits()[:0]}):
        empty = build(**{name: MAKERS[kind](table) for name, table in given.items()}, rules=RULES)
        assert plain(empty) == []
        assert typed(empty) == typed(full)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("nothing", [pa.null(), pa.float64(), pa.string(), pa.bool_(), INSTANT])
def test_missing_is_missing_whatever_it_is_written_as(kind: str, nothing: pa.DataType) -> None:
    none = pa.array([None] * 3, nothing)
    if nothing == pa.float64():
        none = pa.array([float("nan")] * 3)
    table = edits().drop_columns(["closes"])
    for name in ("closes", "event_id", "known_at"):
        table = table.append_column(name, none)
    assert plain(built(MAKERS[kind], edits=table)) == WORKED


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_pandas_writes_missing_texts_in_four_ways(missing: object) -> None:
    frame = edits().to_pandas()
    frame["action"] = pd.Series(["writeAction", missing, "autoProcessAction"], dtype=object)
    frame["closes"] = pd.Series([missing, True, False], dtype=object)
    given = {"sessions": sessions().to_pandas(), "customer_messages": messages().to_pandas()}
    assert plain(build_worklog(**given, edits=frame, rules=RULES)) == WORKED


def test_columns_go_by_your_names() -> None:
    renamed = edits().rename_columns(["agent", "case", "edited", "action", "closes"])
    shown = sessions().rename_columns(["agent", "case", "opened", "left"])
    rows = build_worklog(
        sessions=shown,
        edits=renamed,
        customer_messages=messages(),
        rules=RULES,
        columns={
            "user_id": "agent",
            "ticket_id": "case",
            "end": "left",
            "sessions": {"start": "opened"},
            "edits": {"at": "edited"},
        },
    )
    assert plain(rows) == WORKED


def test_a_column_without_a_text_for_a_name_is_refused() -> None:
    numbered = sessions().to_pandas().rename(columns={"user_id": 0})
    columns = {"sessions": {"user_id": 0}}
    with pytest.raises(WorklogError, match=r"columns must name columns by texts: found 0 \(int\)"):
        build_worklog(sessions=numbered, edits=edits().to_pandas(), rules=RULES, columns=columns)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"user": "agent"}, r"'user' \(str\)"),
        ({"user_id": "agnet"}, r"'agnet' \(str\) for user_id"),
        ({"edits": {"start": "at"}}, r"'start' \(str\)"),
        ({"edits": {"at": "start"}}, r"'start' \(str\) for edits\.at"),
        ({"edits": "at"}, r"'edits' \(str\)"),
        ("user_id", r"'user_id' \(str\)"),
    ],
)
def test_a_slip_in_the_names_of_columns_is_refused(columns: Any, found: str) -> None:
    with pytest.raises(WorklogError, match=rf"columns must .*: found {found}") as refused:
        build_worklog(sessions=sessions(), edits=edits(), rules=RULES, columns=columns)
    assert refused.value.field == "columns"


def test_what_is_given_is_left_as_it_was() -> None:
    frames = {"sessions": sessions().to_pandas(), "edits": edits().to_pandas()}
    before = {name: frame.copy(deep=True) for name, frame in frames.items()}
    build_ledger(**frames, rules=RULES)
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_frames_whose_memory_is_read_only_are_read() -> None:
    shown: Any = pl.from_arrow(sessions())
    assert not shown["start"].to_numpy().flags.writeable
    assert plain(built(MAKERS["polars"])) == WORKED


class Lazy:
    """What is no frame at all."""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (pl.from_arrow(edits()).lazy(), r"not a lazy one.*Collect it first, with \.collect\(\)"),  # type: ignore[union-attr]  # a table becomes a frame
        ([1, 2], "edits must be a frame: found builtins.list"),
        (None, "edits must be a frame: found builtins.NoneType"),
        (Lazy(), "edits must be a frame"),
        (
            pd.DataFrame([["U", "T"]], columns=["user_id", "user_id"]),
            "must name each column once",
        ),
        (edits().drop_columns(["at"]), "TicketEdit.at must be a column: found user_id, ticket_id"),
        (pd.DataFrame(), "TicketEdit.user_id must be a column: found none"),
    ],
)
def test_what_is_no_frame_of_edits_is_refused_with_the_way_out(given: Any, message: str) -> None:
    with pytest.raises(WorklogError, match=message) as refused:
        build_worklog(edits=given, rules=RULES)
    assert refused.value.field is not None


def test_a_cluster_is_not_pulled_to_the_driver() -> None:
    dask = pytest.importorskip("dask.dataframe")
    lazy = dask.from_pandas(edits().to_pandas(), npartitions=1)
    with pytest.raises(WorklogError, match="worklog_job"):
        build_worklog(edits=lazy, rules=RULES)


def changed(name: str, values: Any) -> Any:
    table = edits()
    column = values if isinstance(values, pa.Array) else pa.array(values)
    return table.set_column(table.column_names.index(name), name, column)


NAIVE = [datetime(2026, 3, 2, 9)] * 3
BEYOND = pa.array([2**62 // 10**6, 0, 0], pa.timestamp("s", tz="UTC"))
BROKEN = pa.array([1, 1000, 0], pa.timestamp("ns", tz="UTC"))


@pytest.mark.parametrize(
    ("table", "kind", "message"),
    [
        (changed("at", NAIVE), NaiveDatetimeError, "TicketEdit.at must carry a time zone"),
        (changed("at", [1, 2, 3]), WorklogError, "instants with a zone: found Int64"),
        (changed("at", ["9", "10", "11"]), WorklogError, r"pd\.to_datetime\(\.\.\., utc=True\)"),
        (changed("at", BEYOND), RangeError, "an instant that a datetime can hold"),
        (changed("at", BROKEN), WorklogError, "whole number of microseconds: found 1 ns"),
        (changed("at", pa.array([at(1), None, at(2)])), WorklogError, "in every row: found None"),
        (changed("at", pa.array([None] * 3, INSTANT)), WorklogError, "every row: found None"),
        (changed("user_id", [1, 2, 3]), WorklogError, "user_id must be a non-empty str: found 1"),
        (changed("user_id", [1.5, 2, 3]), WorklogError, "user_id must be a non-empty str"),
        (changed("user_id", [True, False, True]), WorklogError, "must be a non-empty str: found"),
        (changed("user_id", [["U"], ["V"], None]), WorklogError, "user_id must be a non-empty str"),
        (
            changed("user_id", pa.array([1, 2, 1]).dictionary_encode()),
            WorklogError,
            "user_id must be a non-empty str",
        ),
        (changed("user_id", ["U", "", "V"]), WorklogError, r"non-empty str: found '' \(str\)"),
        (changed("ticket_id", ["U", None, "V"]), WorklogError, "every row: found None"),
        (changed("action", ["write", None, None]), WorklogError, "TicketEdit.action must be one"),
        (changed("closes", [1, 0, 1]), WorklogError, "TicketEdit.closes must be True or False"),
        (changed("closes", ["a", "b", "c"]), WorklogError, "closes must be True or False"),
    ],
)
@pytest.mark.parametrize("make", ["pyarrow", "pandas", "polars"])
def test_a_column_of_the_wrong_kind_is_refused_by_name(
    make: str, table: pa.Table, kind: type, message: str
) -> None:
    with pytest.raises(kind, match=message) as refused:
        build_worklog(edits=MAKERS[make](table), rules=RULES)
    assert isinstance(refused.value, WorklogError)
    assert str(refused.value.field).startswith("TicketEdit.")


def test_python_datetimes_in_pandas_are_refused_with_the_way_out() -> None:
    frame = edits().to_pandas()
    frame["at"] = pd.Series([at(0), None, at(1)], dtype=object)
    with pytest.raises(WorklogError, match=r"found Object.*utc=True"):
        build_worklog(edits=frame, rules=RULES)


def test_a_flag_that_must_be_told_is_not_missing() -> None:
    table = messages().set_column(3, "is_initial", pa.array([True, None]))
    with pytest.raises(WorklogError, match=r"CustomerMessage\.is_initial must be given"):
        build_worklog(edits=edits(), customer_messages=table, rules=RULES)
    table = messages().set_column(3, "is_initial", pa.array([None, None], pa.bool_()))
    with pytest.raises(WorklogError, match=r"CustomerMessage\.is_initial must be given"):
        build_worklog(edits=edits(), customer_messages=table, rules=RULES)


def test_nanoseconds_keep_what_is_missing() -> None:
    known = pa.array([at(8), None, at(9)], pa.timestamp("ns", tz="UTC"))
    table = edits().append_column("known_at", known).append_column("event_id", [["a", "b", "c"]])
    assert plain(built(MAKERS["pandas"], edits=table)) == WORKED


def test_rules_are_rules() -> None:
    given: Any = {"time_zone": UTC}
    with pytest.raises(WorklogError, match="rules must be a WorklogRules"):
        build_worklog(edits=edits(), rules=given)


def test_as_of_has_a_zone() -> None:
    with pytest.raises(NaiveDatetimeError, match="as_of must carry a time zone"):
        build_worklog(edits=edits(), rules=RULES, as_of=datetime(2026, 3, 2))
