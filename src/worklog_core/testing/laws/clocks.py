"""Laws of clocks: whatever says how much time passed between two instants.

Working time, counting time, elapsed time: each is a clock read twice, so it adds up, it changes its
sign when it is read backwards, and it never runs backwards.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from itertools import accumulate
from operator import add
from typing import Any, Final

from hypothesis import strategies as st

from worklog_core.instants import as_utc
from worklog_core.testing.laws.broken import MAX_EXAMPLES, Law
from worklog_core.testing.laws.words import instants_in_words
from worklog_core.testing.strategies.instants import landmarks, time_zones

__all__ = [
    "Clock",
    "adds_up_over_time",
    "is_antisymmetric",
    "local_instants",
    "never_runs_backwards",
]

Clock = Callable[[datetime, datetime], timedelta]
"""How much time passed from one instant to another; negative where the second is the earlier."""

_Instants = tuple[datetime, ...]

_BEFORE: Final = (
    *(timedelta(0), timedelta(microseconds=1), timedelta(minutes=10), timedelta(minutes=20)),
    *(timedelta(minutes=30), timedelta(microseconds=-1)),
)
_APART: Final = (
    *(timedelta(microseconds=1), timedelta(minutes=10), timedelta(0), timedelta(seconds=90)),
    *(timedelta(minutes=30), timedelta(hours=9), timedelta(days=2)),
)
# Two parts of a unit, of which some two make a whole one or more: a clock that cuts or rounds to
# the unit tells other times of the parts than of their sum.
_UNITS: Final = (
    *(timedelta(minutes=1), timedelta(seconds=1), timedelta(milliseconds=1)),
    *(timedelta(minutes=15), timedelta(hours=1), timedelta(days=1), timedelta(days=30)),
)
_PARTS: Final = (Fraction(3, 10), Fraction(7, 10))

_ADDS_UP = Law(
    "adds_up_over_time",
    "the time from a to b and from b to c must be the time from a to c",
    "Round what is shown, never what is summed, and count an end on one side only.",
)
_ANTISYMMETRIC = Law(
    "is_antisymmetric",
    "the time from b to a must be the negative of the time from a to b",
    "Keep the sign: no abs(), no max(0, ...).",
)
_FORWARD = Law(
    "never_runs_backwards",
    "the time from a to b must not be negative, nor more than that to a later c",
    "Go to UTC before subtracting: two datetimes of one zone are subtracted by their wall times.",
)


def local_instants(count: int) -> st.SearchStrategy[_Instants]:
    """Draw some instants in order, a little apart, around the clock changes of the zone they carry.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.laws.clocks import local_instants
        >>> first, second = find(
        ...     local_instants(2), lambda pair: pair[0].utcoffset() > pair[1].utcoffset())
        >>> first.tzinfo is second.tzinfo
        True
    """
    steps = st.lists(st.sampled_from(_APART), min_size=count - 1, max_size=count - 1)
    return _walks(steps)


def _parted_instants() -> st.SearchStrategy[_Instants]:
    """Draw three instants in order, two parts of one unit apart."""
    units = st.sampled_from(_UNITS)
    return _walks(units.flatmap(lambda unit: st.tuples(_part_of(unit), _part_of(unit))))


def _part_of(unit: timedelta) -> st.SearchStrategy[timedelta]:
    return st.sampled_from([part.numerator * unit / part.denominator for part in _PARTS])


def _walks(steps: st.SearchStrategy[Iterable[timedelta]]) -> st.SearchStrategy[_Instants]:
    return time_zones().flatmap(
        lambda zone: landmarks(zone).flatmap(lambda marks: _around(marks, zone, steps))
    )


def _around(
    marks: tuple[datetime, ...], zone: tzinfo, steps: st.SearchStrategy[Iterable[timedelta]]
) -> st.SearchStrategy[_Instants]:
    # The last landmark is the change of the clock, where there is one.
    mark = st.sampled_from((*marks[-1:] * 8, *marks))
    return st.builds(_walked, st.just(zone), mark, st.sampled_from(_BEFORE), steps)


def _walked(
    zone: tzinfo, mark: datetime, before: timedelta, steps: Iterable[timedelta]
) -> _Instants:
    walked = accumulate(steps, add, initial=mark - before)
    return tuple(instant.astimezone(zone) for instant in walked)


def _cases(strategy: st.SearchStrategy[Any] | None, count: int) -> st.SearchStrategy[_Instants]:
    if strategy is None:
        return local_instants(count)
    drawn = st.lists(strategy, min_size=count, max_size=count)
    # By instant: datetimes of one zone would be put in order by their wall times.
    return drawn.map(lambda found: tuple(sorted(found, key=as_utc)))


def adds_up_over_time(
    clock: Clock,
    strategy: st.SearchStrategy[Any] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold a clock to additivity: a span in two parts is as long as in one.

    *clock* takes two aware instants and returns a timedelta; asked with a <= b <= c. *strategy*
    draws single instants; without it they lie at the midnights and clock changes of a zone, carry
    that zone, and are mostly parts of one unit apart, which is a millisecond, a month or between.

    Example:
        >>> from datetime import timedelta
        >>> from worklog_core.testing import laws
        >>> laws.adds_up_over_time(lambda start, end: end - start)
        >>> def in_minutes(start, end):
        ...     return timedelta(minutes=round((end - start) / timedelta(minutes=1)))
        >>> laws.adds_up_over_time(in_minutes)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        LawBroken: adds_up_over_time: the time from a to b and from b to c must be ...
    """
    _ADDS_UP.require_metric("clock", clock)

    def ask(given: _Instants) -> str | None:
        a, b, c = given
        first, second, whole = clock(a, b), clock(b, c), clock(a, c)
        return None if first + second == whole else f"{first} and {second}, but {whole}"

    parted = _parted_instants()
    own = st.one_of(local_instants(3), parted, parted)
    cases = own if strategy is None else _cases(strategy, 3)
    _ADDS_UP.hold(cases, ask, words=instants_in_words, max_examples=max_examples)


def is_antisymmetric(
    clock: Clock,
    strategy: st.SearchStrategy[Any] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold a clock to its sign: what is early by an hour one way is late by an hour the other.

    *clock* and *strategy* are those of `adds_up_over_time`.

    Example:
        >>> from worklog_core.testing import laws
        >>> laws.is_antisymmetric(lambda start, end: end - start)
        >>> laws.is_antisymmetric(  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     lambda start, end: abs(end - start))
        Traceback (most recent call last):
        LawBroken: is_antisymmetric: the time from b to a must be the negative of ...
    """
    _ANTISYMMETRIC.require_metric("clock", clock)

    def ask(given: _Instants) -> str | None:
        a, b = given
        forth, back = clock(a, b), clock(b, a)
        return None if back == -forth else f"{forth} from a to b, {back} from b to a"

    cases = _cases(strategy, 2)
    _ANTISYMMETRIC.hold(cases, ask, words=instants_in_words, max_examples=max_examples)


def never_runs_backwards(
    clock: Clock,
    strategy: st.SearchStrategy[Any] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold a clock to monotonicity: later is never less.

    *clock* and *strategy* are those of `adds_up_over_time`. A clock that subtracts two datetimes of
    one zone breaks it in the hour that the zone lives through twice.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core.testing import laws
        >>> laws.never_runs_backwards(
        ...     lambda start, end: end.astimezone(UTC) - start.astimezone(UTC))
        >>> laws.never_runs_backwards(  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     lambda start, end: end - start)
        Traceback (most recent call last):
        LawBroken: never_runs_backwards: the time from a to b must not be negative
    """
    _FORWARD.require_metric("clock", clock)

    def ask(given: _Instants) -> str | None:
        a, b, c = given
        sooner, later = clock(a, b), clock(a, c)
        return None if timedelta() <= sooner <= later else f"{sooner} to b, {later} to c"

    cases = _cases(strategy, 3)
    _FORWARD.hold(cases, ask, words=instants_in_words, max_examples=max_examples)
