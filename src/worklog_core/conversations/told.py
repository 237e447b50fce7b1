"""What is told of a case: values by field, and two clocks to measure with.

Two rules hold in this module:
1. Where a value is told, an `Undetermined` stands for None and says why.
2. Every time is measured twice: gross by the wall clock, net by a calendar. Without a calendar net
   is None for the reason `no_calendar`, never 0.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs

from worklog_core.calendars import Calendar
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.undetermined import Undetermined

__all__ = ["Clocks", "Told", "mean_of", "or_not_told", "values_and_reasons"]

Told = dict[str, Any]
"""Values by field; an `Undetermined` stands for None and says why."""


@attrs.frozen
class Clocks:
    """The wall clock, and a calendar's clock where there is one."""

    calendar: Calendar | None

    def net(self, start: datetime, end: datetime) -> timedelta | Undetermined:
        """Return the working time between two instants."""
        if self.calendar is None:
            return Undetermined.NO_CALENDAR
        return self.calendar.working_time(start, end)

    def between(self, name: str, start: datetime, end: datetime) -> Told:
        """Return a time, gross under its name and net under `net_` before it."""
        return {name: end - start, f"net_{name}": self.net(start, end)}

    def within(self, name: str, stretches: Iterable[tuple[datetime, datetime]]) -> Told:
        """Return the sum of some stretches, gross and net."""
        found = list(stretches)
        gross = sum((end - start for start, end in found), timedelta())
        if self.calendar is None:
            return {name: gross, f"net_{name}": Undetermined.NO_CALENDAR}
        worked = (self.calendar.working_time(start, end) for start, end in found)
        return {name: gross, f"net_{name}": sum(worked, timedelta())}

    def untold(self, name: str, reason: Undetermined) -> Told:
        """Return that neither can be determined, and why."""
        return {name: reason, f"net_{name}": reason}


def or_not_told(value: Any) -> Any:
    """Return a value, or that no event tells it."""
    return Undetermined.NOT_TOLD if value is None else value


def values_and_reasons(told: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Undetermined]]:
    """Return the values of fields, None where there is none, and the reasons for that."""
    reasons = {name: value for name, value in told.items() if isinstance(value, Undetermined)}
    return {name: None if name in reasons else value for name, value in told.items()}, reasons


def mean_of(durations: Iterable[timedelta]) -> timedelta | None:
    """Return the mean, half to even at the microsecond; None of nothing."""
    found = [timedelta_to_microseconds(duration) for duration in durations]
    if not found:
        return None
    return timedelta(microseconds=round(Fraction(sum(found), len(found))))
