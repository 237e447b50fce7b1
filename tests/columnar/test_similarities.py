"""Columns of texts are compared as the scalar function compares them."""

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import Undetermined, WorklogError
from worklog_core import text_similarities as scalar
from worklog_core import text_similarity as one
from worklog_core.columnar import similarities, text_similarities

TEXTS = st.one_of(st.none(), st.text(max_size=12), st.text("ab ", max_size=6))
LEFT = ["Hello", None, "", "a\u0301" * 31, "same", "kitten"]
RIGHT = ["Hallo", "Hi", "x", "x", "same", None]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8), st.sampled_from((1, 2, -1)))
def test_every_row_is_the_scalar_answer(rows: list[tuple[Any, Any]], workers: int) -> None:
    left, right = [row[0] for row in rows], [row[1] for row in rows]
    found = text_similarities(left, right, workers=workers)
    assert found == [one(*row) for row in rows] == scalar(left, right)


@pytest.mark.parametrize("make", [list, tuple, pa.array, pl.Series, pd.Series])
def test_columns_of_every_kind_of_frame_are_compared(make: Any) -> None:
    assert text_similarities(make(LEFT), make(RIGHT)) == scalar(LEFT, RIGHT)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_pandas_writes_missing_texts_in_four_ways(missing: object) -> None:
    column = pd.Series(["a", missing], dtype=object)
    found = text_similarities(column, column)
    assert [s.reason for s in found] == [None, Undetermined.NO_RECOMMENDATION]


@given(st.text("ab", max_size=9), st.text("ab", max_size=9), st.integers(0, 30))
def test_what_is_not_compared_at_once_is_compared_the_same(a: str, b: str, cells: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarities, "_MOST_CELLS", cells)
        assert text_similarities([a], [b]) == [one(a, b)]


def test_texts_are_prepared_alike() -> None:
    found = text_similarities(["Hi"], ["hi"], preprocess=str.lower)
    assert found == [one("Hi", "hi", preprocess=str.lower)]


@pytest.mark.parametrize("workers", [0, -2, 1.0, True, None])
def test_workers_are_a_number_of_threads(workers: Any) -> None:
    with pytest.raises(WorklogError, match="workers must be a number of threads"):
        text_similarities([], [], workers=workers)


@pytest.mark.parametrize(
    ("left", "right", "field"),
    [
        ([1], ["a"], r"recommended[0]"),
        (["a"], [], "sent"),
        (pl.Series([1]), ["a"], "recommended[0]"),
    ],
)
def test_what_is_no_column_of_texts_is_refused(left: Any, right: Any, field: str) -> None:
    with pytest.raises(WorklogError, match=" must ") as refused:
        text_similarities(left, right)
    assert refused.value.field == field
