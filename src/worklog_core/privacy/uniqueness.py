"""How many rows are alone with their values, and which columns make them so.

A row that is alone can be found again by whoever knows these values from elsewhere.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

__all__ = ["alone", "singling_out"]


def alone(rows: Sequence[Hashable]) -> int:
    """Return how many rows equal no other.

    Example:
        >>> from worklog_core.privacy.uniqueness import alone
        >>> alone([("a", 1), ("a", 2), ("a", 1)])
        1
    """
    return _alone(Counter(rows).values())


def _alone(counts: Iterable[int]) -> int:
    return sum(1 for count in counts if count == 1)


def singling_out(columns: Mapping[str, Sequence[Hashable]]) -> tuple[tuple[str, int], ...]:
    """Return columns, the one first that leaves most rows alone, until no more can be left alone.

    With each stands how many rows are alone by it and those before it. Of columns that do equally
    much the first is taken. It is a greedy search: fewer columns might do.

    Example:
        >>> from worklog_core.privacy.uniqueness import singling_out
        >>> singling_out({"a": [1, 1, 2], "b": [1, 2, 3], "c": [0, 0, 0]})
        (('b', 3),)
    """
    left = dict(columns)
    classes = [0] * len(next(iter(left.values()), ()))
    most = alone(list(zip(*left.values(), strict=True)))
    found: list[tuple[str, int]] = []
    while (found[-1][1] if found else 0) < most:
        # Two columns may do together what neither does alone: then the finer division is taken.
        counts = {name: Counter(zip(classes, left[name], strict=True)) for name in left}
        best = max(left, key=lambda name: (_alone(counts[name].values()), len(counts[name])))
        numbers = {pair: number for number, pair in enumerate(counts[best])}
        classes = [numbers[pair] for pair in zip(classes, left.pop(best), strict=True)]
        found.append((best, _alone(counts[best].values())))
    return tuple(found)
