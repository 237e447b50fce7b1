"""Whole units whose sum is exact: the method of the largest remainder.

Two rules hold in this module:
1. The result sums to the whole, always, and each part is less than one unit from its exact share.
2. A tie between equal remainders goes to the part named first, so the caller's order decides it.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe

__all__ = ["apportion", "largest_remainder"]


def apportion(weights: Iterable[int | Fraction], total: int) -> list[int]:
    """Divide a whole number of units in proportion to weights, without losing a unit.

    Every part is its exact share rounded down, and the units that are left go one each to the
    largest remainders (ties to the part named first). Used for microseconds, whole seconds and
    percentages alike (AMB-5c).

    Raises WorklogError for a negative weight or total, for a float, and where a total is to be
    divided over nothing (all weights zero).

    Example:
        >>> from worklog_core import apportion
        >>> apportion([1, 1, 1], 100)
        [34, 33, 33]
    """
    if type(total) is not int or total < 0:
        raise WorklogError(
            f"total must be a whole number of units, not negative: found {describe(total)}. "
            "Count in the smallest unit, from zero up.",
            field="total",
            value=total,
        )
    parts = _require_weights(weights)
    scale = lcm(*(part.denominator for part in parts))
    scaled = [int(part * scale) for part in parts]
    whole = sum(scaled)
    if whole == 0:
        if total:
            raise WorklogError(
                f"at least one weight must be above zero to divide {total}: found none. "
                "Leave out what has no share.",
                field="weights",
                value=tuple(parts),
            )
        return scaled
    return largest_remainder([part * total for part in scaled], whole)


def _require_weights(weights: Iterable[Any]) -> list[int | Fraction]:
    found = list(require_iterable("weights", weights, "numbers"))
    for weight in found:
        if isinstance(weight, bool) or not isinstance(weight, int | Fraction) or weight < 0:
            raise WorklogError(
                f"weights must be exact and not negative: found {describe(weight)}. "
                "Use int or fractions.Fraction.",
                field="weights",
                value=weight,
            )
    return found


def largest_remainder(numerators: Sequence[int], denominator: int) -> list[int]:
    """Round fractions over one denominator, whose sum is whole, to whole numbers of that sum."""
    parts = [numerator // denominator for numerator in numerators]
    left = sum(numerators) // denominator - sum(parts)
    if left:
        by_remainder = sorted(
            range(len(parts)), key=lambda i: numerators[i] - parts[i] * denominator, reverse=True
        )
        for i in by_remainder[:left]:
            parts[i] += 1
    return parts
