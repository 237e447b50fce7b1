"""Parallel time, divided: an hour on four tickets is a quarter of an hour each.

Three rules hold in this module (E-14, AMB-5):
1. Parallel time is a clock that runs at 1/w while the open tickets weigh w together. It is read at
   the start and at the end of a stretch; the difference, times the ticket's weight, is its exact
   share.
2. The clock is kept in whole numbers over one common denominator, so shares are exact rationals and
   nothing is rounded before the whole is apportioned.
3. Shares sum to the time in which anything was open, exactly: "never a double counting".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import Any, Protocol, TypeVar, cast

import attrs

from worklog_core.apportion import largest_remainder
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import to_microseconds
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.mappings import FrozenMapping

__all__ = [
    "DivisionPolicy",
    "EqualSplit",
    "ExclusiveFocus",
    "SharedClock",
    "Weighted",
    "divide_parallel_time",
    "is_policy",
    "whole_weights",
]

K = TypeVar("K")


class DivisionPolicy(Protocol):
    """How the time of one worker is divided over the tickets that are open at once."""

    def weight_of(self, key: Any) -> int | Fraction:
        """Return what a ticket weighs beside others: an exact number above zero."""
        ...


@attrs.frozen
class EqualSplit:
    """Every open ticket gets the same part (E-14).

    Example:
        >>> from worklog_core import EqualSplit
        >>> EqualSplit().weight_of("T1")
        1
    """

    def weight_of(self, key: Any) -> int:  # noqa: ARG002  # a policy is asked about every ticket
        """Return 1: nobody counts for more."""
        return 1


@attrs.frozen
class ExclusiveFocus:
    """The ticket that the user turned to last gets all of the time while it is open.

    What users turned to is told by `FocusChange`. Before the first one, and while the ticket turned
    to last is not open, every open ticket gets the same part; without any it is `EqualSplit`.

    Example:
        >>> from worklog_core import ExclusiveFocus
        >>> ExclusiveFocus() == ExclusiveFocus()
        True
    """

    def weight_of(self, key: Any) -> int:  # noqa: ARG002  # a policy is asked about every ticket
        """Return 1: without a focus nobody counts for more."""
        return 1


def _exact_weights(given: Mapping[Any, int | Fraction]) -> FrozenMapping[Any, int | Fraction]:
    if not isinstance(given, Mapping):
        raise WorklogError(
            f"Weighted.weights must map keys to weights: found {describe(given)}. Pass a dict.",
            field="Weighted.weights",
            value=given,
        )
    for key, weight in given.items():
        _require_weight("Weighted.weights", weight, key)
    return FrozenMapping(given)


def _check_default(policy: "Weighted", attribute: "attrs.Attribute[Any]", weight: Any) -> None:
    _require_weight(f"{type(policy).__name__}.{attribute.name}", weight, attribute.name)


@attrs.frozen
class Weighted:
    """An open ticket gets a part in proportion to its weight: capacity, or how much it binds.

    *weights* are exact numbers above zero by ticket; a ticket without one weighs *default*. Alone,
    a ticket gets all of the time, whatever it weighs: shares sum to the time exactly.

    Raises WorklogError for a weight that is a float, zero or negative.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Interval, Weighted, divide_parallel_time
        >>> hour = Interval(start=datetime(2026, 3, 2, 9, tzinfo=UTC),
        ...                 end=datetime(2026, 3, 2, 10, tzinfo=UTC))
        >>> divide_parallel_time({"call": [hour], "mail": [hour]}, policy=Weighted({"call": 3}))
        {'call': datetime.timedelta(seconds=2700), 'mail': datetime.timedelta(seconds=900)}
    """

    weights: Mapping[Any, int | Fraction] = attrs.field(converter=_exact_weights)
    default: int | Fraction = attrs.field(default=1, validator=_check_default)

    def weight_of(self, key: Any) -> int | Fraction:
        """Return the weight of a ticket, the default where it has none of its own."""
        return self.weights.get(key, self.default)


class SharedClock:
    """The clock of one worker's parallel time, in units of 1/scale microseconds.

    It reads `deltas`: by how much the weight of what is open changes at an instant (0 marks an
    instant at which the clock is to be read). `fallback` is a second kind of ticket that shares
    only while no ticket of the first kind is open, and `focused` one that shares alone while any of
    it is open; each has a clock face of its own.
    """

    __slots__ = ("fallback", "focused", "main", "scale")

    def __init__(
        self,
        deltas: Mapping[int, int],
        fallback: Mapping[int, int] | None = None,
        focused: Mapping[int, int] | None = None,
    ) -> None:
        others = [kind for kind in (fallback, focused) if kind]
        instants = sorted(deltas.keys() | {at for kind in others for at in kind})
        alone, main, late = (_running(instants, kind) for kind in (focused, deltas, fallback))
        if focused:
            main = [0 if other else weight for other, weight in zip(alone, main, strict=True)]
        if fallback:
            late = [
                0 if other or another else weight
                for other, another, weight in zip(alone, main, late, strict=True)
            ]
        levels = {*alone, *main, *late} - {0}
        self.scale = lcm(*levels)
        rates = {level: self.scale // level for level in levels} | {0: 0}
        self.main = _read(instants, main, rates)
        self.fallback = _read(instants, late, rates) if fallback else dict.fromkeys(instants, 0)
        self.focused = _read(instants, alone, rates) if focused else self.fallback


def _running(instants: list[int], deltas: Mapping[int, int] | None) -> list[int]:
    """Return what is open of a kind from each instant on, by weight."""
    if not deltas:
        return [0] * len(instants)
    return list(accumulate(deltas.get(at, 0) for at in instants))


def _read(instants: list[int], weights: list[int], rates: dict[int, int]) -> dict[int, int]:
    """Return what a clock face shows at each instant, running at each weight's rate from there."""
    face: dict[int, int] = {}
    shown, previous, rate = 0, 0, 0
    for at, weight in zip(instants, weights, strict=True):
        shown += (at - previous) * rate
        face[at] = shown
        previous, rate = at, rates[weight]
    return face


def is_policy(value: object) -> bool:
    """Return whether a value can be asked what a ticket weighs; the class of a policy cannot."""
    return not isinstance(value, type) and callable(getattr(value, "weight_of", None))


def _require_weight(field: str, weight: Any, key: object) -> None:
    if isinstance(weight, bool) or not isinstance(weight, int | Fraction) or weight <= 0:
        raise WorklogError(
            "a weight must be an exact number above zero: "
            f"found {describe(weight)} for {describe(key)}. Use int or fractions.Fraction.",
            field=field,
            value=weight,
        )


def whole_weights(policy: DivisionPolicy, keys: Iterable[K]) -> dict[K, int]:
    """Return the weights of some tickets as whole numbers in the same proportion."""
    if type(policy) in (EqualSplit, ExclusiveFocus):
        return dict.fromkeys(keys, 1)  # nothing to ask: it is most of the cost of asking
    exact = {key: policy.weight_of(key) for key in keys}
    for key, weight in exact.items():
        _require_weight("weight", weight, key)
    scale = lcm(*(weight.denominator for weight in exact.values()))
    return {key: int(weight * scale) for key, weight in exact.items()}


def _is_below(key: Any, other: Any) -> bool:
    return bool(key < other)


def _in_order(open_times: Mapping[K, Any]) -> list[K]:
    # That keys have an order is not for a type to say: it is checked by putting them into it. Sets
    # are compared without an error and yet have none, so each key must be below the next.
    with suppress(TypeError):
        keys: list[K] = sorted(cast("Iterable[Any]", open_times))
        if all(map(_is_below, keys, keys[1:])):
            return keys
    raise WorklogError(
        "the keys of open_times must have an order, for ties go to the lower one: "
        f"found {describe(list(open_times))}. Use ids of one type.",
        field="open_times",
        value=open_times,
    )


def _stretches(key: object, intervals: Iterable[Interval]) -> list[tuple[int, int]]:
    try:
        opened = IntervalSet(intervals)
    except WorklogError as fault:
        raise WorklogError(
            "open_times must map each key to its intervals: "
            f"found {describe(fault.value)} under {describe(key)}. "
            "Make each with Interval(start, end), and put a single one in a list.",
            field="open_times",
            value=fault.value,
        ) from None
    return [(to_microseconds(i.start), to_microseconds(i.end)) for i in opened]


def divide_parallel_time(
    open_times: Mapping[K, Iterable[Interval]],
    *,
    policy: DivisionPolicy = EqualSplit(),
) -> dict[K, timedelta]:
    """Divide the time of one worker over what was open, without counting a microsecond twice.

    The shares sum to the duration of the union of all intervals. Microseconds that do not divide go
    by largest remainder, once for the whole call, ties to the lower key (AMB-5c); so the keys must
    have an order. A key that was never open gets zero.

    Raises WorklogError for keys without an order, for anything that is not an `Interval`, and for a
    policy whose weights are not exact numbers above zero.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Interval, divide_parallel_time
        >>> twenty = Interval(start=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        ...                   end=datetime(2026, 3, 2, 9, 20, tzinfo=UTC))
        >>> shares = divide_parallel_time({"T1": [twenty], "T2": [twenty],
        ...                                "T3": [twenty], "T4": [twenty]})
        >>> shares["T1"]
        datetime.timedelta(seconds=300)
    """
    if not isinstance(open_times, Mapping):
        raise WorklogError(
            f"open_times must be a mapping of keys to intervals: found {describe(open_times)}. "
            "Collect the intervals of each ticket under its id.",
            field="open_times",
            value=open_times,
        )
    if not is_policy(policy):
        raise WorklogError(
            f"policy must be a division policy: found {describe(policy)}. "
            "Pass a value such as EqualSplit().",
            field="policy",
            value=policy,
        )
    keys = _in_order(open_times)
    weights = whole_weights(policy, keys)
    stretches = {key: _stretches(key, open_times[key]) for key in keys}
    deltas: defaultdict[int, int] = defaultdict(int)
    for key in keys:
        for start, end in stretches[key]:
            deltas[start] += weights[key]
            deltas[end] -= weights[key]
    clock = SharedClock(deltas)
    shares = [
        weights[key] * sum(clock.main[end] - clock.main[start] for start, end in stretches[key])
        for key in keys
    ]
    parts = largest_remainder(shares, clock.scale)
    return {key: timedelta(microseconds=part) for key, part in zip(keys, parts, strict=True)}
