"""From windows of wall time to the periods of real time in which a calendar is open.

Three rules hold in this module:
1. A window is resolved once, by its two ends: a wall time that occurs twice is its first
   occurrence, one that never occurs takes the offset before the gap. It is then clipped to the
   civil day it lies on and dropped if nothing is left; so a day that the zone skipped is closed by
   itself.
2. Breaks are resolved in the same way and subtracted as instants: a break never adds time.
3. Where no change of the clock is near, wall time and real time run alike, and a day's windows are
   moved as a whole. On all other days every end is resolved by itself.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from worklog_core.calendars.civil_days import CivilDays, CivilRules
from worklog_core.calendars.days import DAY_US, CivilTime, midnight_of
from worklog_core.calendars.explanation import Rule, RuledSpan, with_closed
from worklog_core.calendars.spans import Span, clip, subtract, unite

__all__ = ["CivilPeriods", "calm_days"]

_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


def calm_days(start: int, end: int, offset: int) -> range:
    """Return the days of a stretch with one offset that lie a day or more from either end of it."""
    first, after = start + DAY_US + offset, end - DAY_US + offset
    return range(_EPOCH_ORDINAL - (-first // DAY_US), _EPOCH_ORDINAL + after // DAY_US)


class CivilPeriods:
    """The periods of a working calendar: what `Periods` asks for, and what explains them.

    What it prepares from the rules waits for the first question, and does not travel by pickle.
    """

    __slots__ = ("_days", "civil", "rules")

    def __init__(self, rules: CivilRules) -> None:
        self.rules: Final = rules
        self.civil: Final = CivilTime(rules.time_zone)
        self._days: CivilDays | None = None

    def __reduce__(self) -> "tuple[type[CivilPeriods], tuple[CivilRules]]":
        return (CivilPeriods, (self.rules,))

    @property
    def days(self) -> CivilDays:
        """The windows of each date."""
        if self._days is None:
            self._days = CivilDays(self.rules)
        return self._days

    @property
    def never_opens(self) -> bool:
        """Whether weekly hours and shifts are all empty."""
        return not self.rules.hours and not any(self.rules.shifts.values())

    @property
    def dated(self) -> Span | None:
        """From the first to the last day that a shift opens, to the day: a search adds years."""
        opened = [day.toordinal() for day, own in self.rules.shifts.items() if own]
        if not opened:
            return None
        return midnight_of(min(opened)), midnight_of(max(opened))

    def in_stretch(self, first: int, last: int) -> list[Span]:
        """List the open periods of [first, last)."""
        first_day, last_day = self.civil.day_of(first), self.civil.day_of(last)
        offsets = {
            day: offset
            for start, end, offset in self.civil.segments(first, last)
            for day in calm_days(start, end, offset)
        }
        found: list[Span] = []
        for day, regular in enumerate(self.days.regular(first_day, last_day), first_day):
            offset = offsets.get(day)
            if offset is None:
                found += self._resolved(day)
                continue
            windows = self._as_written(day) if regular is None else regular
            midnight = midnight_of(day) - offset
            found += [(midnight + start, midnight + end) for start, end in windows]
        return unite(clip(found, first, last))

    def ruled_spans(self, first: int, last: int) -> list[RuledSpan]:
        """List what lies in [first, last) with the rule behind it, in order."""
        days = self.civil.days_of(first, last)
        lines = (
            (max(start, first), min(end, last), rule)
            for day in days
            for start, end, rule in self._explained(day)
        )
        return [line for line in lines if line[0] < line[1]]

    def would_open(self, day: int) -> bool:
        """Say whether a date would be open at all if it were no holiday."""
        return bool(subtract(self._otherwise(day), self.resolve(day, self.days.breaks_on(day))))

    def resolve(self, day: int, windows: Iterable[Span]) -> list[Span]:
        """Return windows of a date as instants, each clipped to the civil day, and united."""
        midnight = midnight_of(day)
        first, after = self.civil.day_start(day), self.civil.day_start(day + 1)
        instant_of = self.civil.instant_of
        return unite(
            (max(instant_of(midnight + start), first), min(instant_of(midnight + end), after))
            for start, end in windows
        )

    def _as_written(self, day: int) -> list[Span]:
        windows = unite((start, end) for start, end, _ in self.days.windows_on(day))
        return subtract(windows, unite(self.days.breaks_on(day)))

    def _resolved(self, day: int) -> list[Span]:
        windows = self.resolve(day, ((start, end) for start, end, _ in self.days.windows_on(day)))
        return subtract(windows, self.resolve(day, self.days.breaks_on(day)))

    def _otherwise(self, day: int) -> list[Span]:
        windows = self.days.windows_on(day, heed_holidays=False)
        return self.resolve(day, ((start, end) for start, end, _ in windows))

    def _explained(self, day: int) -> list[RuledSpan]:
        opened: list[Span] = []
        lines: list[RuledSpan] = []
        for start, end, rule in self.days.windows_on(day):
            fresh = subtract(self.resolve(day, [(start, end)]), opened)
            lines += [(since, until, rule) for since, until in fresh]
            opened = unite([*opened, *fresh])
        breaks = self.resolve(day, self.days.breaks_on(day))
        kept_closed = subtract(subtract(self._otherwise(day), opened), breaks)
        lines += [(since, until, Rule.HOLIDAY) for since, until in kept_closed]
        return with_closed(lines, breaks, Rule.BREAK)
