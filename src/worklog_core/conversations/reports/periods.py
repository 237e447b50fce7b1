"""Periods: stretches of whole local days, and the one before.

Two rules hold in this module:
1. A period holds its last day. Days are local days of the report's zone, contiguous even across a
   change of the clocks (AMB-4d).
2. Before a period of whole calendar months lies one of as many months, before any other one of as
   many days.
"""

from calendar import monthrange
from datetime import date, timedelta, tzinfo
from typing import Any

import attrs

from worklog_core.calendars.days import CivilTime
from worklog_core.door import refuse
from worklog_core.errors import RangeError, WorklogError, describe

__all__ = ["Period"]

_MONTHS = 12


def _check_day(period: Any, attribute: "attrs.Attribute[Any]", day: Any) -> None:
    if type(day) is not date:
        way_out = "Pass datetime.date(2026, 3, 2), a datetime is none."
        raise refuse(period, attribute, day, "be a date", way_out)


@attrs.frozen(order=True)
class Period:
    """The local days from *first* to *last*, both of them in it.

    Raises WorklogError for what is no date and for a last day before the first.

    Example:
        >>> from datetime import date
        >>> from worklog_core import Period
        >>> march = Period.month(2026, 3)
        >>> print(march, "after", march.previous())
        2026-03-01 to 2026-03-31 after 2026-02-01 to 2026-02-28
        >>> print(Period(date(2026, 3, 2), date(2026, 3, 8)).previous())
        2026-02-23 to 2026-03-01
    """

    first: date = attrs.field(validator=_check_day)
    last: date = attrs.field(validator=_check_day)

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise WorklogError(
                f"Period.last must not be before the first day {self.first}: found {self.last}. "
                "Swap the two.",
                field="Period.last",
                value=self.last,
            )

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """Return a calendar month; raise WorklogError for a year or a month that is none."""
        try:
            first = date(year, month, 1)
        except (TypeError, ValueError):
            raise WorklogError(
                f"year and month must name a month: found {describe((year, month))}. "
                "Pass for example Period.month(2026, 3).",
                field="month",
                value=month,
            ) from None
        return cls(first, date(year, month, monthrange(year, month)[1]))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def previous(self) -> "Period":
        """Return the period before: as many whole months, or as many days.

        Raises RangeError where that lies before the first day of the calendar.
        """
        try:
            before = self.first - timedelta(days=1)
            months = self._whole_months()
            if months is None:
                return Period(self.first - timedelta(days=self.days), before)
            year, month = divmod(self.first.year * _MONTHS + self.first.month - 1 - months, _MONTHS)
            return Period(date(year, month + 1, 1), before)
        except (OverflowError, ValueError):
            raise RangeError(
                f"the period before must lie in the calendar: found {self}. Ask for a later one.",
                field="previous",
                value=self,
            ) from None

    def _whole_months(self) -> int | None:
        first, last = self.first, self.last
        if first.day != 1 or last.day != monthrange(last.year, last.month)[1]:
            return None
        return (last.year - first.year) * _MONTHS + last.month - first.month + 1

    def bounds(self, time_zone: tzinfo) -> tuple[int, int]:
        """Return its first instant and the first after it, in integer microseconds."""
        civil = CivilTime(time_zone)
        return civil.day_start(self.first.toordinal()), civil.day_start(self.last.toordinal() + 1)

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"
