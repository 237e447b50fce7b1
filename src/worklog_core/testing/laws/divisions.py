"""Laws of rules that divide one worker's time: nothing is counted twice and nothing is lost."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from worklog_core.intervals import Interval, IntervalSet
from worklog_core.testing.laws.broken import MAX_EXAMPLES, Law
from worklog_core.testing.laws.words import open_times_in_words
from worklog_core.testing.strategies.intervals import intervals

__all__ = ["Division", "OpenTimes", "conserves_time", "open_times"]

OpenTimes = Mapping[str, tuple[Interval, ...]]
"""What one worker had open when, by ticket; a ticket's intervals may overlap, or be none at all."""

Division = Callable[[OpenTimes], Mapping[str, timedelta]]
"""A rule that divides one worker's time over what was open."""

_CONSERVES = Law(
    "conserves_time",
    "the shares must sum to the time in which anything was open",
    "Divide an instant over what is open in it, and give what is left of a unit to one of them.",
)


def open_times() -> st.SearchStrategy[OpenTimes]:
    """Draw what one worker had open: up to five tickets, a few intervals each."""
    tickets = st.sampled_from([f"T{n}" for n in range(1, 6)])
    spans = st.lists(intervals(), max_size=3).map(tuple)
    return st.dictionaries(tickets, spans, max_size=5)


def conserves_time(
    division: Division,
    strategy: st.SearchStrategy[Any] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold a division to E-14: never a double counting, and no microsecond lost.

    *division* takes a mapping of tickets to the intervals in which one worker had them open, and
    returns a mapping of tickets to timedelta. It must sum to the duration of the union of all that
    was open, to the microsecond, and no share may be negative. *strategy* draws such mappings.

    Example:
        >>> from worklog_core import divide_parallel_time
        >>> from worklog_core.testing import laws
        >>> laws.conserves_time(divide_parallel_time)
        >>> def halved(open_times):
        ...     return {t: sum((i.duration for i in spans), timedelta()) / 2
        ...             for t, spans in open_times.items()}
        >>> from datetime import timedelta
        >>> laws.conserves_time(halved)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        LawBroken: conserves_time: the shares must sum to the time in which anything was open
    """
    _CONSERVES.require_metric("division", division)

    def ask(given: OpenTimes) -> str | None:
        on_screen = IntervalSet(i for spans in given.values() for i in spans).duration
        shares = division(deepcopy(dict(given)))
        for ticket, share in shares.items():
            if share < timedelta():
                return f"{ticket} gets {share}, which is less than none"
        shared = sum(shares.values(), timedelta())
        return None if shared == on_screen else f"they sum to {shared}, and {on_screen} was open"

    cases = open_times() if strategy is None else strategy
    _CONSERVES.hold(cases, ask, words=open_times_in_words, max_examples=max_examples)
