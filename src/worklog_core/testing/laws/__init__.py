"""Laws that a metric of your own can be held to, in any test runner or in none.

Needs the extra `hypothesis`. A law takes your function and says nothing if it keeps the law; else
it raises `LawBroken`, an AssertionError, with the smallest case that was found, in words too. Each
draws its cases from the strategies beside it, or from your own, always the same ones, and
writes no file. `max_examples` says how many.

Example:
    >>> from worklog_core import divide_parallel_time
    >>> from worklog_core.testing import laws
    >>> laws.conserves_time(divide_parallel_time, max_examples=500)
"""

from worklog_core.testing.laws.broken import LawBroken
from worklog_core.testing.laws.clocks import (
    adds_up_over_time,
    is_antisymmetric,
    never_runs_backwards,
)
from worklog_core.testing.laws.divisions import conserves_time
from worklog_core.testing.laws.metrics import (
    counts_no_time_twice,
    late_events_equal_a_rebuild,
    same_word_same_number,
    screen_histories,
)
from worklog_core.testing.laws.publishing import ignores_names, names_nobody
from worklog_core.testing.laws.streams import ignores_duplicates, ignores_order, is_idempotent

__all__ = [
    "LawBroken",
    "adds_up_over_time",
    "conserves_time",
    "counts_no_time_twice",
    "ignores_duplicates",
    "ignores_names",
    "ignores_order",
    "is_antisymmetric",
    "is_idempotent",
    "late_events_equal_a_rebuild",
    "names_nobody",
    "never_runs_backwards",
    "same_word_same_number",
    "screen_histories",
]
