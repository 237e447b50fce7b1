"""Laws of what is told: neither its order nor its repetition says anything, and clean stays clean.

A metric takes a list here, and not a `History`, which sorts and removes duplicates by itself.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, TypeVar

from hypothesis import strategies as st

from worklog_core.testing.laws.broken import MAX_EXAMPLES, Law
from worklog_core.testing.laws.words import any_in_words, events_in_words
from worklog_core.testing.strategies.histories import histories
from worklog_core.testing.strategies.intervals import intervals

__all__ = ["ignores_duplicates", "ignores_order", "is_idempotent"]

T = TypeVar("T")

_ORDER = Law(
    "ignores_order",
    "a metric must not depend on the order in which its input is told",
    "Sort by what the items say, with a tie-break for those that are equal in it.",
)
_DUPLICATES = Law(
    "ignores_duplicates",
    "a metric must not depend on how often an item is told",
    "Remove what is equal before counting or summing: History.of(events) does.",
)
_IDEMPOTENT = Law(
    "is_idempotent",
    "what is clean must stay as it is when it is cleaned again",
    "Bring it to one form in one pass: joining may make new neighbours, padding never ends.",
)


def ignores_order(
    metric: Callable[[list[Any]], Any],
    strategy: st.SearchStrategy[Any] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold a metric to permutation invariance: a shuffled file gives the same figures.

    *metric* takes a list of events and returns anything that compares by content. *strategy* draws
    other lists.

    Example:
        >>> from worklog_core.testing import laws
        >>> laws.ignores_order(len)
        >>> laws.ignores_order(lambda events: events[:1])  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        LawBroken: ignores_order: a metric must not depend on the order
    """
    _ORDER.require_metric("metric", metric)

    def ask(given: tuple[Sequence[Any], Sequence[Any]]) -> str | None:
        told, shuffled = given
        first, second = metric(list(told)), metric(list(shuffled))
        return None if first == second else f"{first}, and {second} in another order"

    def in_words(given: tuple[Sequence[Any], Sequence[Any]]) -> str:
        return f"{events_in_words(given[0])}\nand the same as {events_in_words(given[1])}"

    cases = _lists(strategy).flatmap(
        lambda items: st.tuples(st.just(items), st.permutations(items))
    )
    _ORDER.hold(cases, ask, words=in_words, max_examples=max_examples)


def ignores_duplicates(
    metric: Callable[[list[Any]], Any],
    strategy: st.SearchStrategy[Any] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold a metric to duplicate invariance: a line that a system sends twice counts once.

    *metric* and *strategy* are those of `ignores_order`. A repeated item stands right behind the
    one that it repeats, so that order plays no part.

    Example:
        >>> from worklog_core import History
        >>> from worklog_core.testing import laws
        >>> laws.ignores_duplicates(lambda events: len(History.of(events)))
        >>> laws.ignores_duplicates(len)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        LawBroken: ignores_duplicates: a metric must not depend on how often
    """
    _DUPLICATES.require_metric("metric", metric)

    def ask(given: Sequence[tuple[Any, bool]]) -> str | None:
        once = metric([item for item, _ in given])
        repeated = metric(_repeated(given))
        return None if once == repeated else f"{once}, and {repeated} with some of it told twice"

    def in_words(given: Sequence[tuple[Any, bool]]) -> str:
        return events_in_words(_repeated(given))

    cases = _lists(strategy).flatmap(_marked)
    _DUPLICATES.hold(cases, ask, words=in_words, max_examples=max_examples)


def is_idempotent(
    cleaning: Callable[[Any], Any],
    strategy: st.SearchStrategy[Any] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold a cleaning to idempotence: done twice it is done once.

    *cleaning* takes what it returns; without a *strategy* that is a list of intervals.

    Example:
        >>> from worklog_core import IntervalSet
        >>> from worklog_core.testing import laws
        >>> laws.is_idempotent(IntervalSet)
        >>> laws.is_idempotent(  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     lambda intervals: [*intervals, *intervals])
        Traceback (most recent call last):
        LawBroken: is_idempotent: what is clean must stay as it is
    """
    _IDEMPOTENT.require_metric("cleaning", cleaning)

    def ask(given: Any) -> str | None:
        once = cleaning(deepcopy(given))
        # A cleaning may return what it was handed, changed: what it was is kept apart.
        before = deepcopy(once)
        twice = cleaning(once)
        return None if before == twice else f"{before}, and {twice} once more"

    cases = st.lists(intervals(), max_size=5) if strategy is None else strategy
    _IDEMPOTENT.hold(cases, ask, words=any_in_words, max_examples=max_examples)


def _lists(strategy: st.SearchStrategy[Any] | None) -> st.SearchStrategy[list[Any]]:
    return histories().map(list) if strategy is None else strategy


def _marked(items: Sequence[T]) -> st.SearchStrategy[list[tuple[T, bool]]]:
    flags = st.lists(st.booleans(), min_size=len(items), max_size=len(items))
    return flags.map(lambda drawn: list(zip(items, drawn, strict=True)))


def _repeated(marked: Sequence[tuple[T, bool]]) -> list[T]:
    return [item for item, is_repeated in marked for _ in range(1 + is_repeated)]
