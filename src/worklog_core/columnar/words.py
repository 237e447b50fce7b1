"""Ids as whole numbers: each kind of frame tells its distinct texts in its own, quickest way.

Three rules hold in this module:
1. A missing id is -1; every other is the place of its text among distinct words.
2. Words stay in the memory of the library that they came from: a month has a million of them.
3. Ids of several frames are put together in the order of their texts, so that comparing the numbers
   is comparing the ids: ties go to the lower one.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from worklog_core.columnar.arrays import Flags, Ints, distinct, place_of

__all__ = ["Words", "in_order", "texts_of"]


@attrs.frozen(eq=False, repr=False)
class Words:
    """Distinct values of a column, by place."""

    series: Any

    @classmethod
    def of(cls, words: Iterable[str]) -> "Words":
        """Return some words that come from no frame."""
        return cls(tuple(words))

    def __len__(self) -> int:
        return len(self.series)

    def __getitem__(self, place: int) -> Any:
        return self.series[place]

    def __iter__(self) -> Iterator[Any]:
        is_native = isinstance(self.series, nw.Series)
        return iter(self.series.to_list() if is_native else self.series)

    def ranks(self) -> Ints:
        """Return the place that each word has in their order, and -1 for where -1 looks."""
        words = list(self)
        ranks = np.full(len(words) + 1, -1, dtype=np.int64)
        ranks[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
        return ranks

    def ranks_of(self, codes: Ints) -> Ints:
        """Return numbers that sort as the words of some codes do; what is missing comes first."""
        used = distinct(codes[codes >= 0])
        return self.taken(used).ranks()[place_of(used, codes)]

    def taken(self, places: Ints) -> "Words":
        """Return some of the words."""
        return self if isinstance(self.series, tuple) else Words(self.series[places])

    def among(self, texts: Collection[str]) -> Flags:
        """Return which words are one of some texts; none is where -1 looks."""
        found = np.zeros(len(self) + 1, dtype=np.bool_)
        if texts and not isinstance(self.series, tuple):
            found[:-1] = self.series.is_in(list(texts)).to_numpy()
        return found


def texts_of(series: Any) -> tuple[Ints, Words]:
    """Return the codes of a column and its distinct values, which need not be texts."""
    backend = series.implementation
    library = backend.to_native_namespace()
    native = nw.to_native(series)
    if backend.is_pandas():
        codes, words = _of_pandas(native, library)
    elif backend.is_polars():
        codes, words = _of_polars(native, library)
    else:
        codes, words = _of_arrow(native, library)
    return codes, Words(nw.from_native(words, series_only=True))


def _of_pandas(column: Any, pandas: Any) -> tuple[Ints, Any]:
    if isinstance(column.dtype, pandas.CategoricalDtype):
        codes = column.cat.codes.to_numpy().astype(np.int64)
        # A category may be unused, and unsound.
        used = np.flatnonzero(np.bincount(codes + 1, minlength=len(column.cat.categories) + 1)[1:])
        place = np.full(len(column.cat.categories) + 1, -1, dtype=np.int64)
        place[used] = np.arange(len(used))
        return place[codes], pandas.Series(column.cat.categories.take(used))
    try:
        codes, words = pandas.factorize(column)
    except TypeError:  # of what cannot be hashed, and is no text
        codes, words = np.zeros(len(column)), column[[not isinstance(v, str) for v in column]]
    return np.asarray(codes, dtype=np.int64), pandas.Series(words)


def _of_polars(column: Any, polars: Any) -> tuple[Ints, Any]:
    if not isinstance(column.dtype, polars.String | polars.Categorical | polars.Enum):
        return np.zeros(len(column), dtype=np.int64), column.drop_nulls().head(1)
    # The numbers of a category come out of a pool that the whole process shares: they are no more
    # than different.
    numbered = column.cast(polars.String).cast(polars.Categorical)
    words = numbered.unique().drop_nulls()
    numbers = words.to_physical().to_numpy().astype(np.int64)
    lowest = int(numbers.min(initial=0))
    place = np.full(int(numbers.max(initial=0)) - lowest + 2, -1, dtype=np.int64)
    place[numbers - lowest] = np.arange(len(numbers))
    shown = numbered.to_physical().cast(polars.Int64).fill_null(lowest - 1).to_numpy()
    return place[shown - lowest], words.cast(polars.String)


def _of_arrow(column: Any, arrow: Any) -> tuple[Ints, Any]:
    kind = column.type.value_type if arrow.types.is_dictionary(column.type) else column.type
    if kind not in (arrow.string(), arrow.large_string(), arrow.string_view()):
        return np.zeros(len(column), dtype=np.int64), column.drop_null().slice(0, 1)
    # Arrow cannot take out of string views, dictionaries of several chunks differ, and the chunks
    # of small strings do not always fit into one.
    encoded = column.cast(arrow.large_string()).combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), arrow.chunked_array([encoded.dictionary.cast(arrow.string())])


def in_order(columns: Iterable[tuple[Ints, Words]]) -> tuple[list[Ints], Words]:
    """Return columns of codes recoded to one list of words, which is sorted."""
    given = [(codes, words) for codes, words in columns]
    lists = [words.series for _, words in given if len(words)]
    if not lists:
        return [codes for codes, _ in given], Words.of(())
    first = lists[0]
    if any(one.implementation is not first.implementation for one in lists):
        # Frames of several kinds meet in that of the first.
        lists = [
            nw.new_series("word", one.to_list(), nw.String, backend=first.implementation)
            for one in lists
        ]
    frames = [one.cast(nw.String).alias("word").to_frame() for one in lists]
    numbers, words = texts_of(nw.concat(frames)["word"])
    in_frame = words.series.alias("word").to_frame().with_row_index("place")
    order = in_frame.sort("word")["place"].to_numpy().astype(np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    numbers = rank[numbers]
    recoded: list[Ints] = []
    at = 0
    for codes, own in given:
        # One more at the end, where -1 looks.
        recoded.append(np.append(numbers[at : at + len(own)], -1)[codes])
        at += len(own)
    return recoded, Words(words.series[order])
