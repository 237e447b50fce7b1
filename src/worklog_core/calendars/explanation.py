"""Why a stretch of time was counted or not: the lines that explain a calendar's answer.

Two rules hold in this module:
1. The lines of an explanation are in time order and do not overlap, and what they count sums to the
   answer, exactly.
2. A line says the rule that had the last word. Time that no rule would have opened has no line.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

import attrs

from worklog_core.calendars.spans import Span, clip, subtract
from worklog_core.instants import from_microseconds

__all__ = ["ExplainedPeriod", "Rule", "RuledSpan", "explained", "outside", "with_closed"]


class Rule(Enum):
    """The rule that counted a period, or kept it from being counted.

    Example:
        >>> from worklog_core import Rule
        >>> [rule.value for rule in Rule if rule.opens]
        ['weekly', 'shift']
    """

    WEEKLY = "weekly"
    """The weekly hours are open: counted."""

    SHIFT = "shift"
    """The date has hours of its own: counted."""

    BREAK = "break"
    """A break was taken out of open hours."""

    HOLIDAY = "holiday"
    """A holiday closed the weekly hours of its date."""

    OTHER_CALENDAR = "other_calendar"
    """The other one of two combined calendars closed what this one had open."""

    PAUSE = "pause"
    """The clock was paused while the calendar was open."""

    @property
    def opens(self) -> bool:
        """Whether time under this rule is counted."""
        return self in (Rule.WEEKLY, Rule.SHIFT)


@attrs.frozen
class ExplainedPeriod:
    """One line of an explanation: a period, what of it was counted, and the rule behind it.

    `counted` is the whole period or nothing; where the question ran backwards it is negative.
    """

    start: datetime
    end: datetime
    rule: Rule
    counted: timedelta


RuledSpan = tuple[int, int, Rule]
"""A span of instants and the rule behind it; spans of a list are in order and do not overlap."""


def explained(
    lines: Iterable[RuledSpan], *, backwards: bool = False
) -> tuple[ExplainedPeriod, ...]:
    """Return lines as values; a question that ran backwards counts below zero."""
    return tuple(
        ExplainedPeriod(
            from_microseconds(start),
            from_microseconds(end),
            rule,
            timedelta(microseconds=start - end if backwards else end - start)
            if rule.opens
            else timedelta(),
        )
        for start, end, rule in lines
    )


def with_closed(lines: Iterable[RuledSpan], closed: list[Span], rule: Rule) -> list[RuledSpan]:
    """Return lines in which what was counted inside *closed* is not, because of *rule*."""
    found: list[RuledSpan] = []
    for start, end, behind in lines:
        if not behind.opens:
            found.append((start, end, behind))
            continue
        taken = clip(closed, start, end)
        found += [(since, until, rule) for since, until in taken]
        found += [(since, until, behind) for since, until in subtract([(start, end)], taken)]
    return sorted(found, key=lambda line: line[:2])


def outside(lines: Iterable[RuledSpan], spans: list[Span]) -> list[RuledSpan]:
    """Return what of each line lies outside of spans."""
    return [
        (since, until, rule)
        for start, end, rule in lines
        for since, until in subtract([(start, end)], spans)
    ]
