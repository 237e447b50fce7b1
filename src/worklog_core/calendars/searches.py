"""The next and the previous opening and closing, found in a table that grows.

Three rules hold in this module:
1. What a table cuts off at its ends is no opening and no closing: the search goes on until the
   table knows better.
2. Looking ahead begins with the instant itself, and so does looking back.
3. A calendar that never opens has neither openings nor closings.
"""

from bisect import bisect_right

from worklog_core.calendars.growth import GrowingTable

__all__ = ["next_closing_at", "next_opening_at", "previous_closing_at", "previous_opening_at"]


def next_opening_at(growing: GrowingTable, at: int) -> int:
    """Return the earliest open instant at or after an instant."""
    growing.require_openings(at)
    table = growing.knowing(at)
    while (i := bisect_right(table.ends, at)) == len(table.ends):
        table = growing.longer(table, at, since=at, forward=True)
    return max(at, table.starts[i])


def next_closing_at(growing: GrowingTable, at: int) -> int:
    """Return the earliest closed instant at or after an instant."""
    growing.require_openings(at)
    table = growing.knowing(at)
    while True:
        i = bisect_right(table.starts, at) - 1
        if i < 0 or table.ends[i] <= at:
            return at
        if table.ends[i] < table.last:
            return table.ends[i]
        table = growing.longer(table, at, since=at, forward=True)


def previous_opening_at(growing: GrowingTable, at: int) -> int:
    """Return the latest start of a period at or before an instant."""
    growing.require_openings(at)
    table = growing.knowing(at)
    while True:
        i = bisect_right(table.starts, at) - 1
        if i >= 0 and table.starts[i] > table.first:
            return table.starts[i]
        table = growing.longer(table, at, since=at, forward=False)


def previous_closing_at(growing: GrowingTable, at: int) -> int:
    """Return the latest end of a period at or before an instant."""
    growing.require_openings(at)
    table = growing.knowing(at)
    while not (i := bisect_right(table.ends, at)):
        table = growing.longer(table, at, since=at, forward=False)
    return table.ends[i - 1]
