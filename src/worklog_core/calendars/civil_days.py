"""Which windows of wall time a date has: hours, shifts, breaks and holidays, in their order.

Five rules hold in this module:
1. A shift replaces the hours of its date, a holiday closes them, else the weekly hours hold.
   Breaks are told apart: they are taken out of whatever is left.
2. A window over midnight is two, one on each date. `Overnight` says whose the second one is; that
   of a break belongs to the next date always.
3. A date is asked once whether it is a holiday, and the answer kept.
4. Dates end with the years 1 and 9999; nothing comes over midnight from outside.
5. Dates are proleptic ordinals, windows microseconds since the midnight of their date, up to 24:00.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import date, tzinfo
from enum import Enum
from typing import Any, Final, cast

import attrs

from worklog_core.calendars.explanation import Rule, RuledSpan
from worklog_core.calendars.hours import DayHours, WeeklyHours
from worklog_core.calendars.spans import Span, subtract, unite

__all__ = ["CivilDays", "CivilRules", "Overnight"]

_FIRST_DAY: Final = date.min.toordinal()
_CLOSED: Final = DayHours()


class Overnight(Enum):
    """Whose the hours after midnight are, where a window runs into the next morning.

    Example:
        >>> from worklog_core import Overnight
        >>> Overnight.CUT.value, Overnight.OWNED.value
        ('cut', 'owned')
    """

    CUT = "cut"
    """The date's they lie on: its own holiday or shift replaces them, that of the eve does not."""

    OWNED = "owned"
    """The date's they begin on: they stand or fall with it, whatever the next date is."""


@attrs.frozen(eq=False)
class CivilRules:
    """What a working calendar is given, as it is given."""

    hours: WeeklyHours
    time_zone: tzinfo
    shifts: Mapping[date, DayHours]
    breaks: Mapping[date, DayHours] | WeeklyHours
    holidays: Container[date]
    overnight: Overnight


class CivilDays:
    """The rules of a calendar, ready to be asked date by date.

    It remembers which dates are holidays and nothing else: two threads may share it.
    """

    __slots__ = (
        "_answers",
        "_breaks",
        "_holidays",
        "_listed",
        "_owned",
        "_regular",
        "_shifts",
        "_weekly",
        "_weekly_breaks",
    )

    def __init__(self, rules: CivilRules) -> None:
        breaks = rules.breaks
        weekly_breaks = breaks.days if isinstance(breaks, WeeklyHours) else (_CLOSED,) * 7
        dated_breaks: Mapping[date, DayHours] = {} if isinstance(breaks, WeeklyHours) else breaks
        self._weekly: Final = rules.hours.days
        self._weekly_breaks: Final = weekly_breaks
        self._breaks: Final = {day.toordinal(): taken for day, taken in dated_breaks.items()}
        self._shifts: Final = {day.toordinal(): own for day, own in rules.shifts.items()}
        self._holidays: Final = rules.holidays
        self._listed: Final = _listed(rules.holidays)
        self._owned: Final = rules.overnight is Overnight.OWNED
        self._answers: Final[dict[int, bool]] = {}
        self._regular: Final = [self._regular_on(weekday) for weekday in range(7)]

    def is_holiday(self, day: int) -> bool:
        """Say whether the holidays hold a date; asked once, remembered since."""
        if self._listed is not None:
            return day in self._listed
        known = self._answers.get(day)
        if known is None:
            found = bool(date.fromordinal(day) in self._holidays)
            known = self._answers.setdefault(day, found)
        return known

    def regular(self, first: int, last: int) -> list[list[Span] | None]:
        """List what is open on the dates from first to last: None where a date is not regular.

        A date is regular where weekly hours and weekly breaks are all that touches it. The first
        one never is, for its eve is not asked about.
        """
        days = range(first, last + 1)
        dated = {day for day in days if day in self._shifts or day in self._breaks}
        closed = {day for day in days if self.is_holiday(day)}
        if self._owned:
            closed |= {day + 1 for day in closed}
        special = {first} | dated | {day + 1 for day in dated} | closed
        regular = self._regular
        return [None if day in special else regular[(day - 1) % 7] for day in days]

    def windows_on(self, day: int, *, heed_holidays: bool = True) -> list[RuledSpan]:
        """List the windows that lie on a date, and whether weekly hours or a shift opens them.

        They may overlap. Without heed to holidays: as if there were none.
        """
        rule, hours = self._hours_of(day, heed_holidays=heed_holidays)
        own = _ruled(rule, hours.before_midnight)
        eve = day - 1
        if eve < _FIRST_DAY:
            return own
        if self._owned:
            rule, hours = self._hours_of(eve, heed_holidays=heed_holidays)
            return own + _ruled(rule, hours.after_midnight)
        if day in self._shifts or (heed_holidays and self.is_holiday(day)):
            return own
        carried = _ruled(Rule.WEEKLY, self._weekly[(eve - 1) % 7].after_midnight)
        return own + carried + _ruled(Rule.SHIFT, self._shifts.get(eve, _CLOSED).after_midnight)

    def breaks_on(self, day: int) -> list[Span]:
        """List the breaks that lie on a date, those that come over midnight included.

        They may overlap, and are resolved one by one: their ends may lie in a gap.
        """
        eve = self._breaks_of(day - 1).after_midnight if day > _FIRST_DAY else ()
        return [*self._breaks_of(day).before_midnight, *eve]

    def written_on(self, day: int) -> tuple[DayHours | None, DayHours]:
        """Return the shift of a date, if it has one, and the weekly hours of its weekday."""
        return self._shifts.get(day), self._weekly[(day - 1) % 7]

    def _hours_of(self, day: int, *, heed_holidays: bool) -> tuple[Rule, DayHours]:
        shift = self._shifts.get(day)
        if shift is not None:
            return Rule.SHIFT, shift
        if heed_holidays and self.is_holiday(day):
            return Rule.WEEKLY, _CLOSED
        return Rule.WEEKLY, self._weekly[(day - 1) % 7]

    def _breaks_of(self, day: int) -> DayHours:
        return self._breaks.get(day, self._weekly_breaks[(day - 1) % 7])

    def _regular_on(self, weekday: int) -> list[Span]:
        hours, eve = self._weekly[weekday], self._weekly[weekday - 1]
        taken, before = self._weekly_breaks[weekday], self._weekly_breaks[weekday - 1]
        return subtract(
            unite(hours.before_midnight + eve.after_midnight),
            unite(taken.before_midnight + before.after_midnight),
        )


def _listed(holidays: Container[date]) -> frozenset[int] | None:
    """Return the dates of a plain set; a container of another kind is asked instead."""
    if type(holidays) is not frozenset:
        return None
    days: Iterable[date] = cast("Any", holidays)
    return frozenset(day.toordinal() for day in days)


def _ruled(rule: Rule, windows: Iterable[Span]) -> list[RuledSpan]:
    return [(start, end, rule) for start, end in windows]
