"""Similarities of two columns of texts, on as many threads as are given.

The values are those of `worklog_core.text_similarities`. Distances are computed outside of Python's
lock, in one call; texts too long for that are compared one by one, in bounded time.
"""

from collections.abc import Iterable
from operator import ne
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from worklog_core.errors import WorklogError, describe
from worklog_core.normal_text import Preprocess
from worklog_core.similarity import Similarity, paired_texts, similarity_of

__all__ = ["text_similarities"]

# As many cells as one comparison may visit in the scalar function; most texts are far below.
_MOST_CELLS = 10**9


def text_similarities(
    recommended: Iterable[str | None],
    sent: Iterable[str | None],
    *,
    preprocess: Preprocess | None = None,
    workers: int = 1,
) -> list[Similarity]:
    """Compare two columns of texts row by row, each as `worklog_core.text_similarity` does.

    Columns are lists, or those of pandas, Polars or PyArrow, where NaN and NA are missing too.
    *workers* is the number of threads; -1 is one for every core.

    Raises WorklogError for columns of different lengths, for a text that is no str and for workers
    that are not a whole number of threads.

    Example:
        >>> from worklog_core.columnar import text_similarities
        >>> [s.value for s in text_similarities(recommended=["Hello", None], sent=["Hallo", "Hi"])]
        [0.8, None]
    """
    if type(workers) is not int or (workers < 1 and workers != -1):
        raise WorklogError(
            f"workers must be a number of threads, or -1 for all cores: found {describe(workers)}. "
            "Pass workers=1 to stay on one.",
            field="workers",
            value=workers,
        )
    texts = paired_texts(_listed(recommended), _listed(sent), preprocess)
    at_once = [
        (row, pair)
        for row, pair in enumerate(texts)
        if isinstance(pair, tuple) and len(pair[0]) * len(pair[1]) <= _MOST_CELLS
    ]
    distances: dict[int, int] = {}
    if at_once:
        found = cpdist(
            [pair[0] for _, pair in at_once],
            [pair[1] for _, pair in at_once],
            scorer=Levenshtein.distance,
            dtype=np.int32,
            workers=workers,
        )
        distances = dict(zip((row for row, _ in at_once), found.tolist(), strict=True))
    return [
        similarity_of(pair, preprocess, distance=distances.get(row))
        for row, pair in enumerate(texts)
    ]


def _listed(column: Any) -> Any:
    """Return a column of a frame as a list, None for what is missing; anything else as it is."""
    for name in ("to_pylist", "to_list"):
        if hasattr(column, name):
            listed = getattr(column, name)()
            # What is missing in pandas differs from itself, or does not say whether it does.
            return [
                text if isinstance(text, str) or not _is_missing(text) else None for text in listed
            ]
    return column


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType" or bool(ne(value, value))
