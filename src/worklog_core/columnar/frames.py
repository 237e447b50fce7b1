"""Frames of any kind in, a frame of the same kind out: pandas, Polars, PyArrow and DuckDB.

Three rules hold in this module:
1. A frame is read whole and never written to. A lazy one is refused with the way out, for somebody
   has to decide where it is computed.
2. Integers stay integers, nullable where one is missing; instants are `timestamp[us, UTC]`.
3. No library of frames is imported: a frame brings its own along.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from worklog_core.columnar.arrays import Flags, Ints
from worklog_core.columnar.records import NONE_US
from worklog_core.columnar.words import Words
from worklog_core.errors import WorklogError

__all__ = ["Column", "Dates", "Frame", "Instants", "Numbers", "Texts", "Truths", "frame_of"]

_EPOCH_ORDINAL: Final = 719_163  # 1970-01-01

# Their frames are not even looked at: some would be drawn to this machine by the look.
_ENGINES: Final = frozenset({"dask", "ibis", "pyspark", "ray", "sqlframe"})
_VIEW: Final = "_worklog_core_given"  # a name that DuckDB asks for, and that nobody else uses
_MUST_BE_EAGER: Final = "must be a frame in memory, not a lazy one"
_RECIPE: Final = "Run worklog_job(rules) on its engine: docs/how-to/clusters.md has the recipe."


@attrs.frozen(eq=False)
class Texts:
    """A column of texts to be written: codes into words, -1 where there is none."""

    codes: Ints
    words: Words


@attrs.frozen(eq=False)
class Instants:
    """A column of instants to be written, `NONE_US` where there is none."""

    microseconds: Ints


@attrs.frozen(eq=False)
class Numbers:
    """A column of whole numbers to be written, and where there is none."""

    values: Ints
    is_missing: Flags


@attrs.frozen(eq=False)
class Dates:
    """A column of dates to be written, as proleptic ordinals; 0 where there is none."""

    ordinals: Ints


@attrs.frozen(eq=False)
class Truths:
    """A column of flags to be written, -1 where there is none."""

    values: Ints


Column = Texts | Instants | Numbers | Dates | Truths


@attrs.frozen(eq=False)
class Frame:
    """A frame that was given: its data, and the relation that it came from if DuckDB's."""

    data: Any
    relation: Any = None

    def written(self, columns: Mapping[str, Column]) -> Any:
        """Return columns as a frame of the kind that this one is."""
        backend = self.data.implementation
        library = backend.to_native_namespace()
        write: Callable[[str, Column, Any], Any] = _to_arrow
        if backend.is_pandas():
            write = _to_pandas
        elif backend.is_polars():
            write = _to_polars
        made = {name: write(name, column, library) for name, column in columns.items()}
        if not backend.is_pyarrow():
            return library.DataFrame(made)
        answer = library.table(made)
        if self.relation is None:
            return answer
        # On the caller's connection: one of the default connection could not be joined there.
        told = self.relation.query(_VIEW, "select * from answer")
        # Before its version 2, DuckDB leaves that name behind on the caller's connection.
        self.relation.query(_VIEW, f"drop view if exists {_VIEW}")
        return told


def frame_of(argument: str, given: Any) -> Frame:
    """Return what was given for an argument as a frame.

    Raises WorklogError for what is no frame, for a lazy frame, and for one that names a column
    twice.
    """
    if type(given).__module__.partition(".")[0] in _ENGINES:
        raise _refused(argument, given, _MUST_BE_EAGER, _RECIPE)
    try:
        found = nw.from_native(given, pass_through=True)
    except ValueError as fault:  # of two columns of one name
        raise _refused(
            argument, given, f"must name each column once: {fault}", "Rename one."
        ) from (None)
    if isinstance(found, nw.DataFrame):
        return Frame(found)
    if isinstance(found, nw.LazyFrame):
        backend = found.implementation
        if backend.is_duckdb():
            return Frame(found.collect(backend="pyarrow"), given)
        is_polars = backend.is_polars()
        way_out = "Collect it first, with .collect()." if is_polars else _RECIPE
        raise _refused(argument, given, _MUST_BE_EAGER, way_out)
    if hasattr(given, "__arrow_c_stream__"):
        library: Any = nw
        return Frame(library.from_arrow(given, backend="pyarrow"))
    raise _refused(
        argument,
        given,
        "must be a frame",
        "Pass a pandas or Polars DataFrame, a PyArrow table or a DuckDB relation.",
    )


def _refused(argument: str, given: Any, must: str, way_out: str) -> WorklogError:
    kind = f"{type(given).__module__}.{type(given).__qualname__}"
    return WorklogError(f"{argument} {must}: found {kind}. {way_out}", field=argument, value=given)


def _to_pandas(_: str, column: Column, pandas: Any) -> Any:
    if isinstance(column, Texts):
        words = _native(column.words, "is_pandas")
        if words is None:
            words = pandas.Series(list(column.words), dtype=_text_type(pandas))
        return words.astype(_text_type(pandas)).array.take(column.codes, allow_fill=True)
    if isinstance(column, Numbers):
        return pandas.arrays.IntegerArray(column.values, column.is_missing)
    if isinstance(column, Truths):
        return pandas.arrays.BooleanArray(column.values > 0, column.values < 0)
    if isinstance(column, Dates):
        instants = _midnights(column).view("datetime64[us]")
        return pandas.Series(instants)
    return pandas.Series(column.microseconds.view("datetime64[us]")).dt.tz_localize("UTC")


def _native(words: Words, backend: str) -> Any:
    """Return words in the memory of a library, None where they are not its own."""
    if not isinstance(words.series, tuple) and getattr(words.series.implementation, backend)():
        return words.series.to_native()
    return None


def _text_type(pandas: Any) -> Any:
    # What pandas itself makes of texts; before version 3 that is object.
    return pandas.Series(["text"]).dtype


def _to_polars(name: str, column: Column, polars: Any) -> Any:
    if isinstance(column, Texts):
        words = _native(column.words, "is_polars")
        if words is None:
            words = polars.Series(list(column.words), dtype=polars.String)
        codes = polars.Series(column.codes)
        return words.gather(codes.set(codes < 0, None)).alias(name)
    if isinstance(column, Numbers):
        values = polars.Series(name, column.values)
        return values.set(polars.Series(column.is_missing), None)
    if isinstance(column, Truths):
        flags = polars.Series(name, column.values > 0)
        return flags.set(polars.Series(column.values < 0), None)
    if isinstance(column, Dates):
        days = polars.Series(name, _days(column)).cast(polars.Int32)
        return days.set(polars.Series(column.ordinals == 0), None).cast(polars.Date)
    values = polars.Series(name, column.microseconds)
    values = values.set(polars.Series(column.microseconds == NONE_US), None)
    return values.cast(polars.Datetime("us", "UTC"))


def _to_arrow(_: str, column: Column, arrow: Any) -> Any:
    if isinstance(column, Texts):
        words = _native(column.words, "is_pyarrow")
        if words is None:
            words = arrow.array(list(column.words), arrow.string())
        return words.take(arrow.array(column.codes, mask=column.codes < 0))
    if isinstance(column, Numbers):
        return arrow.array(column.values, arrow.int64(), mask=column.is_missing)
    if isinstance(column, Truths):
        return arrow.array(column.values > 0, mask=column.values < 0)
    if isinstance(column, Dates):
        days = arrow.array(_days(column).astype(np.int32), mask=column.ordinals == 0)
        return days.cast(arrow.date32())
    instants = arrow.array(column.microseconds, mask=column.microseconds == NONE_US)
    return instants.cast(arrow.type_for_alias("timestamp[us]")).cast(_instant_type(arrow))


def _instant_type(arrow: Any) -> Any:
    make = arrow.timestamp
    return make("us", tz="UTC")


def _days(column: Dates) -> Ints:
    return column.ordinals - _EPOCH_ORDINAL


def _midnights(column: Dates) -> Ints:
    return np.where(column.ordinals == 0, NONE_US, _days(column) * 86_400_000_000)
