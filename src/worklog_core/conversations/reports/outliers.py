"""What lies far from the rest: by the median and the median absolute deviation.

Three rules hold in this module:
1. A value is an outlier if it is further from the median than *k* scaled deviations; the scale is
   1.4826, so that for a normal spread *k* counts standard deviations. All of it is exact.
2. Where at least half of the values are equal the deviation is 0, and nothing is an outlier: there
   is no spread to measure by.
3. What was compared is told along with every verdict: how many values, median, deviation, limits.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

import attrs

from worklog_core.errors import WorklogError, describe

__all__ = ["DEFAULT_K", "Spread", "require_k", "spread_of"]

DEFAULT_K: Final = Fraction(3)
_SCALE: Final = Fraction(14826, 10000)


@attrs.frozen
class Spread:
    """What values were compared by: how many they are, their median and its deviation.

    `lower` and `upper` are the limits; all three are None where there is nothing to compare.
    """

    count: int
    median: Fraction | None
    deviation: Fraction | None
    lower: Fraction | None
    upper: Fraction | None

    def is_outlier(self, value: Fraction) -> bool:
        """Say whether a value lies beyond a limit; none does where there is no spread."""
        if not self.deviation or self.lower is None or self.upper is None:
            return False
        return not self.lower <= value <= self.upper

    def is_high(self, value: Fraction) -> bool:
        """Say whether a value lies above the upper limit."""
        return self.upper is not None and self.is_outlier(value) and value > self.upper


def spread_of(values: Sequence[Fraction], k: Fraction = DEFAULT_K) -> Spread:
    """Return the median of some values, its deviation, and the limits *k* deviations away."""
    if not values:
        return Spread(0, None, None, None, None)
    median = _median(values)
    deviation = _median([abs(value - median) for value in values])
    reach = k * _SCALE * deviation
    return Spread(len(values), median, deviation, median - reach, median + reach)


def _median(values: Sequence[Fraction]) -> Fraction:
    in_order = sorted(values)
    count = len(in_order)
    return (in_order[(count - 1) // 2] + in_order[count // 2]) / 2


def require_k(k: Any) -> Fraction:
    """Return how many deviations a limit is away; refuse what is not exact and above 0."""
    if type(k) not in (int, Fraction) or k <= 0:
        raise WorklogError(
            f"k must be an int or a Fraction above 0: found {describe(k)}. "
            "Write 3.5 as Fraction(7, 2).",
            field="k",
            value=k,
        )
    return Fraction(k)
