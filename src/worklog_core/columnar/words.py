"""Ids as whole numbers: each kind of frame tells its distinct texts in its own, quickest way.

Two rules hold in this module:
1. A missing id is -1; every other is the place of its text in a list.
2. Ids of several frames are put together in the order of their texts, so that comparing the numbers
   is comparing the ids: ties go to the lower one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from worklog_core.columnar.arrays import Ints

__all__ = ["in_order", "texts_of"]


def texts_of(series: Any) -> tuple[Ints, list[Any]]:
    """Return the codes of a column and its distinct values, which need not be texts."""
    native = nw.to_native(series)
    backend = series.implementation
    if backend.is_pandas():
        return _of_pandas(native, backend.to_native_namespace())
    if backend.is_polars():
        return _of_polars(native, backend.to_native_namespace())
    return _of_arrow(native, backend.to_native_namespace())


def _of_pandas(column: Any, pandas: Any) -> tuple[Ints, list[Any]]:
    if isinstance(column.dtype, pandas.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        return _used(codes.astype(np.int64), column.cat.categories.tolist())
    codes, words = pandas.factorize(column)
    return np.asarray(codes, dtype=np.int64), list(words.tolist())


def _of_polars(column: Any, polars: Any) -> tuple[Ints, list[Any]]:
    if not isinstance(column.dtype, polars.String | polars.Categorical | polars.Enum):
        found = column.unique(maintain_order=True).drop_nulls().to_list()
        return np.full(len(column), -1 if not found else 0, dtype=np.int64), found
    # The numbers of a category come out of a pool that the whole process shares: they are no more
    # than different.
    physical = column.cast(polars.Categorical)
    words = physical.unique().drop_nulls()
    numbers = words.to_physical().to_numpy().astype(np.int64)
    shown = physical.to_physical().cast(polars.Int64).fill_null(-1).to_numpy()
    place = np.full(max(int(numbers.max(initial=-1)), -1) + 2, -1, dtype=np.int64)
    place[numbers] = np.arange(len(numbers))
    return place[shown], words.cast(polars.String).to_list()


def _of_arrow(column: Any, arrow: Any) -> tuple[Ints, list[Any]]:
    kind = column.type
    if arrow.types.is_dictionary(kind):
        kind = kind.value_type
    if arrow.types.is_string_view(kind) or column.type != kind:
        # Arrow cannot take out of string views, and dictionaries of several chunks differ.
        column = column.cast(arrow.large_string())
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, arrow.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), encoded.dictionary.to_pylist()


def _used(codes: Ints, words: list[Any]) -> tuple[Ints, list[Any]]:
    """Return the codes of those words that occur: a category may be unused, and unsound."""
    counts = np.bincount(codes + 1, minlength=len(words) + 1)[1:]
    used = np.flatnonzero(counts)
    place = np.full(len(words) + 1, -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    return place[codes], [words[n] for n in used]


def in_order(columns: Iterable[tuple[Ints, Sequence[str]]]) -> tuple[list[Ints], list[str]]:
    """Return columns of codes recoded to one list of words, which is sorted."""
    given = list(columns)
    merged = sorted(set().union(*(words for _, words in given)))
    numbers = {word: number for number, word in enumerate(merged)}
    recoded: list[Ints] = []
    for codes, words in given:
        # One more at the end, where -1 looks.
        place = np.array([*map(numbers.__getitem__, words), -1], dtype=np.int64)
        recoded.append(place[codes])
    return recoded, merged
