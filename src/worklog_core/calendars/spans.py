"""Spans of integers, and the algebra of lists of them.

Two rules hold in this module:
1. A span is (start, end) with start < end and holds its start and not its end. What the integers
   count is the caller's business: microseconds of a day, of a week, or since 1970.
2. A list of spans that comes out of a function is sorted, and its spans neither overlap nor touch.
   Every function but `unite` takes such lists only.
"""

from collections.abc import Iterable, Sequence

__all__ = ["Span", "clip", "intersect", "shift", "subtract", "unite"]

Span = tuple[int, int]
"""The first integer of a span and the first one after it."""


def unite(spans: Iterable[Span]) -> list[Span]:
    """Join spans, given in any order, that overlap or touch; leave out those that are empty."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def intersect(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Return what is in both."""
    shared: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            shared.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return shared


def subtract(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Return what is in the left and not in the right."""
    rest: list[Span] = []
    j = 0
    for start, end in left:
        while j < len(right) and right[j][1] <= start:
            j += 1
        since, k = start, j
        while k < len(right) and right[k][0] < end:
            if since < right[k][0]:
                rest.append((since, right[k][0]))
            since = right[k][1]
            k += 1
        if since < end:
            rest.append((since, end))
    return rest


def clip(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """Return what lies in [start, end)."""
    return [
        (max(first, start), min(last, end)) for first, last in spans if first < end and last > start
    ]


def shift(spans: Iterable[Span], by: int) -> list[Span]:
    """Move every span by the same amount."""
    return [(start + by, end + by) for start, end in spans]
