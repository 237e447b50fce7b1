"""What changes between two calendars.

Two rules hold in this module:
1. Calendars are compared by what is open, as instants: how they came to it does not matter.
2. The comparison is of an interval; outside it nothing is said.
"""

from datetime import timedelta

import attrs

from worklog_core.calendars.protocol import Calendar
from worklog_core.intervals import Interval, IntervalSet

__all__ = ["CalendarDifference", "diff"]


@attrs.frozen
class CalendarDifference:
    """The time that one calendar has open and the other has not."""

    gained: IntervalSet
    lost: IntervalSet

    @property
    def change(self) -> timedelta:
        """How much more is open; negative where more was lost than gained."""
        return self.gained.duration - self.lost.duration

    def __bool__(self) -> bool:
        return bool(self.gained) or bool(self.lost)


def diff(before: Calendar, after: Calendar, interval: Interval) -> CalendarDifference:
    """Return what an interval gains and loses if one calendar gives way to another.

    Raises WorklogError for what is no Interval.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import Interval, WeeklyHours, WorkingCalendar, diff
        >>> hours = WeeklyHours.parse("Mon-Fri 09:00-17:00")
        >>> early_friday = hours - WeeklyHours.parse("Fri 15:00-17:00")
        >>> march = Interval(start=datetime(2026, 3, 1, tzinfo=UTC),
        ...                  end=datetime(2026, 4, 1, tzinfo=UTC))
        >>> print(diff(WorkingCalendar(hours, time_zone=UTC),
        ...            WorkingCalendar(early_friday, time_zone=UTC), march).lost.duration)
        8:00:00
    """
    old, new = before.open_intervals(interval), after.open_intervals(interval)
    return CalendarDifference(gained=new - old, lost=old - new)
