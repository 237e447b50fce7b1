"""Laws of metrics over a history: no time twice, late news change nothing, one word one number."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from worklog_core.errors import WorklogError, describe
from worklog_core.events.history import History
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.testing.laws.broken import MAX_EXAMPLES, Law
from worklog_core.testing.laws.words import any_in_words, events_in_words
from worklog_core.testing.strategies.histories import histories

__all__ = [
    "counts_no_time_twice",
    "late_events_equal_a_rebuild",
    "same_word_same_number",
    "screen_histories",
]

R = TypeVar("R")

_NO_TIME_TWICE = Law(
    "counts_no_time_twice",
    "handling times must not sum to more than the users had anything on screen",
    "Merge what overlaps on one ticket, and divide what is open at once.",
)
_LATE = Law(
    "late_events_equal_a_rebuild",
    "an update with late events must equal what is built of all of them",
    "Recompute every user and day that a late event touches, whole.",
)
_SAME_WORD = Law(
    "same_word_same_number",
    "two ways to one figure must agree",
    "Let both read one definition: one set of rows, one unit, one way to round.",
)


def screen_histories() -> st.SearchStrategy[History]:
    """Draw a `History` in which screen sessions alone say what was on screen: no pings, no reposts.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.laws import screen_histories
        >>> len(find(screen_histories(), lambda history: history.edits).edits)
        1
    """
    return histories().map(History.settled).map(_of_screens)


def _of_screens(history: History) -> History:
    return History(
        sessions=history.sessions,
        edits=history.edits,
        customer_messages=history.customer_messages,
        user_statuses=history.user_statuses,
        exclusions=history.exclusions,
    )


def counts_no_time_twice(
    handling_times: Callable[[History], Mapping[Any, timedelta | None]],
    strategy: st.SearchStrategy[History] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold handling times to E-14: an hour at the desk is an hour, however many tickets were open.

    *handling_times* takes a `History` and returns a mapping whose values are timedelta, or None for
    what was not measured; what its keys are does not matter. Their sum must not exceed the time in
    which the users had anything on screen, each user's sessions merged. *strategy* draws histories;
    pings and reposts make more screen time than sessions tell, so the default draws none.

    Example:
        >>> from datetime import UTC, timedelta
        >>> from worklog_core import WorklogRules, build_worklog
        >>> from worklog_core.testing import laws
        >>> def handling_times(history):
        ...     worklog = build_worklog(history, WorklogRules(time_zone=UTC))
        ...     return {row.key: row.duration for row in worklog.rows}
        >>> laws.counts_no_time_twice(handling_times)
        >>> laws.counts_no_time_twice(  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     lambda history: {each: each.end - each.start for each in history.sessions})
        Traceback (most recent call last):
        LawBroken: counts_no_time_twice: handling times must not sum to more than ...
    """
    _NO_TIME_TWICE.require_metric("handling_times", handling_times)

    def ask(given: History) -> str | None:
        times = handling_times(given)
        _require_mapping(times)
        counted = sum((time for time in times.values() if time is not None), timedelta())
        on_screen = _on_screen(given)
        if counted <= on_screen:
            return None
        return f"they sum to {counted}, and {on_screen} was on screen"

    cases = screen_histories() if strategy is None else strategy
    _NO_TIME_TWICE.hold(cases, ask, words=events_in_words, max_examples=max_examples)


def _require_mapping(times: object) -> None:
    if not isinstance(times, Mapping):
        raise WorklogError(
            f"handling_times must return a mapping to times: found {describe(times)}. "
            "Return one by user, ticket or row, and an empty one where there is nothing.",
            field="handling_times",
            value=times,
        )


def _on_screen(history: History) -> timedelta:
    by_user: dict[str, list[Interval]] = {}
    for session in history.sessions:
        if session.start < session.end:
            seen = Interval(session.start, session.end)
            by_user.setdefault(session.user_id, []).append(seen)
    return sum((IntervalSet(seen).duration for seen in by_user.values()), timedelta())


def late_events_equal_a_rebuild(
    build: Callable[[History], R],
    update: Callable[[R, History], R],
    *,
    strategy: st.SearchStrategy[History] | None = None,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold an update to the full rebuild: it does not matter when something became known.

    *build* makes a result of a `History`, *update* one of an earlier result and a `History` of what
    came late. `update(build(early), late)` must equal `build(early | late)`. *strategy* draws whole
    histories, which the law divides into early and late.

    Example:
        >>> from worklog_core.testing import laws
        >>> def count(history): return len(history)
        >>> laws.late_events_equal_a_rebuild(count, lambda known, late: known + len(late))
        >>> laws.late_events_equal_a_rebuild(  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     count, lambda known, late: known)
        Traceback (most recent call last):
        LawBroken: late_events_equal_a_rebuild: an update with late events must equal ...
    """
    _LATE.require_metric("build", build)
    _LATE.require_metric("update", update)

    def ask(given: tuple[History, History]) -> str | None:
        early, late = given
        updated, rebuilt = update(build(early), late), build(early | late)
        if updated == rebuilt:
            return None
        return f"{any_in_words(updated)}, and {any_in_words(rebuilt)} when built anew"

    def in_words(given: tuple[History, History]) -> str:
        early, late = given
        return f"{events_in_words(early)}\nand late {events_in_words(late)}"

    cases = (histories() if strategy is None else strategy).flatmap(_divided)
    _LATE.hold(cases, ask, words=in_words, max_examples=max_examples)


def _divided(history: History) -> st.SearchStrategy[tuple[History, History]]:
    events = list(history)
    flags = st.lists(st.booleans(), min_size=len(events), max_size=len(events))
    return flags.map(
        lambda drawn: (
            History.of(e for e, is_late in zip(events, drawn, strict=True) if not is_late),
            History.of(e for e, is_late in zip(events, drawn, strict=True) if is_late),
        )
    )


def same_word_same_number(
    one: Callable[[History], Any],
    other: Callable[[History], Any],
    *,
    strategy: st.SearchStrategy[History] | None = None,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold two ways to a figure of one name to one answer: the dashboard's and the report's.

    *one* and *other* take a `History` and return what compares by content; None equals None alone.
    *strategy* draws histories.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import WorklogRules, build_worklog
        >>> from worklog_core.testing import laws
        >>> def aht(history):
        ...     return build_worklog(history, WorklogRules(time_zone=UTC)).average_handling_time()
        >>> def of_rows(history):
        ...     rows = build_worklog(history, WorklogRules(time_zone=UTC)).rows
        ...     measured = [row.duration for row in rows if row.duration is not None]
        ...     return sum(measured, timedelta()) / len(measured) if measured else None
        >>> from datetime import timedelta
        >>> laws.same_word_same_number(aht, of_rows)
        >>> laws.same_word_same_number(  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     aht, lambda history: of_rows(history) or timedelta())
        Traceback (most recent call last):
        LawBroken: same_word_same_number: two ways to one figure must agree
    """
    _SAME_WORD.require_metric("one", one)
    _SAME_WORD.require_metric("other", other)

    def ask(given: History) -> str | None:
        first, second = one(given), other(given)
        return None if first == second else f"{any_in_words(first)}, and {any_in_words(second)}"

    cases = histories() if strategy is None else strategy
    _SAME_WORD.hold(cases, ask, words=events_in_words, max_examples=max_examples)
