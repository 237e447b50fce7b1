"""The hours of a day and of a week, as people write them.

Four rules hold in this module:
1. The hours of a day are windows of wall time, in microseconds since midnight. They begin on the
   day and may reach into the next morning, up to 48:00; what falls there still belongs to this day.
2. Hours are canonical: windows are sorted, and those that overlap or touch are one. Equal hours are
   equal values, and `parse(str(hours)) == hours`.
3. Wall time is all that is known here: no zone, no date, no change of the clocks.
4. `|`, `&` and `-` speak of what is open. For a week this is the circle of its seven days, so the
   night from Sunday to Monday meets Monday's morning.
"""

from collections.abc import Iterable
from datetime import time
from typing import Any, Final, cast

import attrs

from worklog_core.calendars.days import DAY_US
from worklog_core.calendars.notation import (
    DAY_WAY_OUT,
    WEEK_WAY_OUT,
    WEEKDAYS,
    entry_of,
    microseconds_of,
    refused,
    require_text,
    texts_of,
    window_from,
    window_of,
)
from worklog_core.calendars.spans import Span, clip, intersect, shift, subtract, unite

__all__ = ["DayHours", "WeeklyHours"]

_WEEK_US: Final = 7 * DAY_US
_TWO_DAYS_US: Final = 2 * DAY_US


def _pairs(given: Iterable[Any]) -> tuple[Span, ...]:
    must = "be pairs of whole microseconds since midnight, 0 <= start < end <= 48 hours"
    way_out = "DayHours.parse reads '09:00-17:00'."
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise refused("DayHours.windows", must, given, way_out)
    windows: list[Span] = []
    for window in cast("Iterable[object]", given):
        match window:
            case (int(start), int(end)) if 0 <= start < end <= _TWO_DAYS_US:
                windows.append((start, end))
            case _:
                raise refused("DayHours.windows", must, window, way_out)
    return tuple(windows)


@attrs.frozen(repr=False)
class DayHours:
    """The windows of wall time that are open on one day.

    `windows` are pairs of microseconds since midnight; a window may end after 24:00, in the next
    morning. Overlapping and touching windows unite; `overlaps` keeps what was given twice, for
    `lint`, and does not count for equality. `|`, `&`, `-` and `bool` (any time at all?) work as for
    a set, and `str` writes the hours as `parse` reads them.

    Example:
        >>> from worklog_core import DayHours
        >>> hours = DayHours.parse("13:00-17:00, 9:00-12:00")
        >>> str(hours), str(hours - DayHours.parse("16:00-24:00"))
        ('09:00-12:00,13:00-17:00', '09:00-12:00,13:00-16:00')
    """

    windows: tuple[Span, ...] = attrs.field(default=(), converter=_pairs)
    overlaps: tuple[Span, ...] = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        given, found = sorted(self.windows), list[Span]()
        reached = 0
        for start, end in given:
            if start < reached:
                found.append((start, min(end, reached)))
            reached = max(reached, end)
        object.__setattr__(self, "windows", tuple(unite(given)))
        object.__setattr__(self, "overlaps", tuple(unite(found)))

    @classmethod
    def parse(cls, text: str) -> "DayHours":
        """Read hours such as `09:00-12:00,13:00-17:00`; nothing at all is closed.

        `24:00` may end a window, `22:00-06:00` runs into the next morning, seconds and fractions of
        one may follow the minutes, and `01:00-06:00+1` lies wholly in the next morning.

        Raises WorklogError that carries the part which is no window, or no time of day.

        Example:
            >>> from worklog_core import DayHours
            >>> str(DayHours.parse("20:00-00:00")), bool(DayHours.parse(""))
            ('20:00-24:00', False)
        """
        written = require_text("hours", text, DAY_WAY_OUT)
        if not written.strip():
            return cls()
        return cls(window_of(part) for part in written.split(","))

    @classmethod
    def of(cls, *windows: tuple[time, time]) -> "DayHours":
        """Return the hours between pairs of `datetime.time`, read as `parse` reads its windows.

        Raises WorklogError for equal times and for times that carry a zone.

        Example:
            >>> from datetime import time
            >>> from worklog_core import DayHours
            >>> str(DayHours.of((time(22), time(6))))
            '22:00-06:00'
        """
        for window in windows:
            if not isinstance(window, tuple) or [type(end) for end in window] != [time, time]:
                raise refused("windows", "be pairs of datetime.time", window, DAY_WAY_OUT)
            if window[0].tzinfo is not None or window[1].tzinfo is not None:
                way_out = "The calendar has the zone: leave it out of the times."
                raise refused("windows", "be times of day without a zone", window, way_out)
        return cls(
            window_from(microseconds_of(start), microseconds_of(end), str(start))
            for start, end in windows
        )

    @property
    def before_midnight(self) -> tuple[Span, ...]:
        """The windows up to 24:00, on the day itself."""
        return tuple(clip(self.windows, 0, DAY_US))

    @property
    def after_midnight(self) -> tuple[Span, ...]:
        """The windows past 24:00, in microseconds since the midnight that ends the day."""
        return tuple(shift(clip(self.windows, DAY_US, _TWO_DAYS_US), -DAY_US))

    def __bool__(self) -> bool:
        return bool(self.windows)

    def __str__(self) -> str:
        return ",".join(text for window in self.windows for text in texts_of(*window))

    def __repr__(self) -> str:
        return f"DayHours.parse({str(self)!r})"

    def __or__(self, other: object) -> "DayHours":
        if not isinstance(other, DayHours):
            return NotImplemented
        return DayHours(unite(self.windows + other.windows))

    def __and__(self, other: object) -> "DayHours":
        if not isinstance(other, DayHours):
            return NotImplemented
        return DayHours(intersect(self.windows, other.windows))

    def __sub__(self, other: object) -> "DayHours":
        if not isinstance(other, DayHours):
            return NotImplemented
        return DayHours(subtract(self.windows, other.windows))


def _seven_days(given: Iterable[Any]) -> tuple[DayHours, ...]:
    days = tuple(given) if isinstance(given, Iterable) else ()
    if len(days) != len(WEEKDAYS) or not all(type(day) is DayHours for day in days):
        must = "be seven DayHours, Monday first"
        raise refused("WeeklyHours.days", must, given, "WeeklyHours.parse reads text.")
    return days


@attrs.frozen(repr=False)
class WeeklyHours:
    """The hours of each day of the week, Monday first.

    `|`, `&` and `-` give the hours that are open in either, in both, and in the left only. A night
    stays with the day it begins on; where one of the two says Monday night and the other Tuesday
    morning, `&` gives what they share to Tuesday.

    Example:
        >>> from worklog_core import WeeklyHours
        >>> hours = WeeklyHours.parse("Mon-Fri 09:00-17:00; Sat 10:00-14:00")
        >>> str(hours - WeeklyHours.parse("Fri 15:00-24:00"))
        'Mon-Thu 09:00-17:00; Fri 09:00-15:00; Sat 10:00-14:00'
    """

    days: tuple[DayHours, ...] = attrs.field(default=(DayHours(),) * 7, converter=_seven_days)

    @classmethod
    def parse(cls, text: str) -> "WeeklyHours":
        """Read hours such as `Mon-Fri 09:00-17:00; Sat,Sun 10:00-14:00`; nothing is closed.

        Raises WorklogError that carries the part which cannot be read.

        Example:
            >>> from worklog_core import WeeklyHours
            >>> str(WeeklyHours.parse("Sat-Mon 10:00-12:00; Mon 11:00-14:00"))
            'Mon 10:00-14:00; Sat-Sun 10:00-12:00'
        """
        written = require_text("hours", text, WEEK_WAY_OUT)
        windows: list[list[Span]] = [[] for _ in WEEKDAYS]
        if written.strip():
            for entry in written.split(";"):
                for day, window in entry_of(entry):
                    windows[day].append(window)
        return cls(DayHours(of_day) for of_day in windows)

    def __bool__(self) -> bool:
        return any(self.days)

    def __str__(self) -> str:
        entries: list[str] = []
        first = 0
        for day in range(1, 8):
            if day < len(WEEKDAYS) and self.days[day] == self.days[first]:
                continue
            if self.days[first]:
                names = WEEKDAYS[first] + (f"-{WEEKDAYS[day - 1]}" if day - 1 > first else "")
                entries.append(f"{names} {self.days[first]}")
            first = day
        return "; ".join(entries)

    def __repr__(self) -> str:
        return f"WeeklyHours.parse({str(self)!r})"

    def __or__(self, other: object) -> "WeeklyHours":
        if not isinstance(other, WeeklyHours):
            return NotImplemented
        return WeeklyHours(a | b for a, b in zip(self.days, other.days, strict=True))

    def __and__(self, other: object) -> "WeeklyHours":
        if not isinstance(other, WeeklyHours):
            return NotImplemented
        agreed = WeeklyHours(a & b for a, b in zip(self.days, other.days, strict=True))
        shared = intersect(_circle(self), _circle(other))
        rest = subtract(shared, _circle(agreed))
        return WeeklyHours(
            DayHours(hours.windows + tuple(_on_day(rest, day, DAY_US)))
            for day, hours in enumerate(agreed.days)
        )

    def __sub__(self, other: object) -> "WeeklyHours":
        if not isinstance(other, WeeklyHours):
            return NotImplemented
        closed = _circle(other)
        return WeeklyHours(
            DayHours(subtract(hours.windows, _on_day(closed, day, _TWO_DAYS_US)))
            for day, hours in enumerate(self.days)
        )


def _circle(hours: WeeklyHours) -> list[Span]:
    """Return what is open in a week, in microseconds since it began; Sunday night comes round."""
    spans = [
        window
        for day, of_day in enumerate(hours.days)
        for window in shift(of_day.windows, day * DAY_US)
    ]
    return unite(clip(spans, 0, _WEEK_US) + shift(clip(spans, _WEEK_US, 2 * _WEEK_US), -_WEEK_US))


def _on_day(circle: list[Span], day: int, length: int) -> list[Span]:
    """Return what a circle holds from the beginning of a day on, since then."""
    twice = unite(circle + shift(circle, _WEEK_US))
    return shift(clip(twice, day * DAY_US, day * DAY_US + length), -day * DAY_US)
