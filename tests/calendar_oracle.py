"""Working calendars the dull way: too slow to ship, too plain to be wrong.

Shares no code with the library; it reads what a calendar was given and nothing that it computed.

1. A wall time becomes an instant by the standard library: a datetime with fold 0 in its zone, which
   is the first of two and in a gap takes the offset before it.
2. The civil day of an instant is the latest local date that was shown up to then, found by stepping
   through the minutes of a day and a quarter.
3. An instant is open if one of the windows of its civil day holds it and no break does. Between two
   ends of windows nothing changes, so one look at each stretch is enough.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

from worklog_core.calendars import DayHours, Overnight, WeeklyHours, WorkingCalendar

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
Window = tuple[date, timedelta, timedelta]


def instant_of(day: date, of_day: timedelta, zone: tzinfo) -> datetime:
    """Read a wall time of a day; 24:00 and later are of the next."""
    wall = datetime.combine(day, time()) + of_day
    return wall.replace(tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def shown_before(at: datetime, zone: tzinfo) -> date:
    return max((at - timedelta(minutes=m)).astimezone(zone).date() for m in range(30 * 60))


@lru_cache(maxsize=65536)
def civil_day(at: datetime, zone: tzinfo) -> date:
    """Return the latest local date shown up to an instant; clocks change on whole minutes."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    latest = shown_before(hour, zone)
    while hour < at:
        latest = max(latest, hour.astimezone(zone).date())
        hour += timedelta(minutes=1)
    return max(latest, at.astimezone(zone).date())


@lru_cache(maxsize=256)
def midnights(first: datetime, last: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the minutes between two whole hours at which the civil day changes."""
    found: list[datetime] = []
    day = civil_day(first, zone)
    minute = first
    while minute <= last:
        if minute.astimezone(zone).date() > day:
            day = minute.astimezone(zone).date()
            found.append(minute)
        minute += timedelta(minutes=1)
    return tuple(found)


def windows(hours: DayHours) -> list[tuple[timedelta, timedelta]]:
    return [(start * TICK, end * TICK) for start, end in hours.windows]


def today(hours: DayHours) -> list[tuple[timedelta, timedelta]]:
    return [(start, min(end, DAY)) for start, end in windows(hours) if start < DAY]


def next_morning(hours: DayHours) -> list[tuple[timedelta, timedelta]]:
    return [(max(start, DAY) - DAY, end - DAY) for start, end in windows(hours) if end > DAY]


def hours_on(calendar: WorkingCalendar, day: date) -> list[tuple[timedelta, timedelta]]:
    """Apply precedence and the overnight rule, as the rules say them."""
    eve = day - DAY
    if calendar.overnight is Overnight.OWNED:
        return today(starting(calendar, day)) + next_morning(starting(calendar, eve))
    if day in calendar.shifts:
        return today(calendar.shifts[day])
    if day in calendar.holidays:
        return []
    found = today(calendar.hours.days[day.weekday()])
    found += next_morning(calendar.hours.days[eve.weekday()])
    if eve in calendar.shifts:
        found += next_morning(calendar.shifts[eve])
    return found


def starting(calendar: WorkingCalendar, day: date) -> DayHours:
    if day in calendar.shifts:
        return calendar.shifts[day]
    if day in calendar.holidays:
        return DayHours()
    return calendar.hours.days[day.weekday()]


def breaks_on(calendar: WorkingCalendar, day: date) -> list[tuple[timedelta, timedelta]]:
    def of(each: date) -> DayHours:
        if isinstance(calendar.breaks, WeeklyHours):
            return calendar.breaks.days[each.weekday()]
        return calendar.breaks.get(each, DayHours())

    return today(of(day)) + next_morning(of(day - DAY))


class Oracle:
    """What a calendar has open in a horizon of some days."""

    def __init__(self, calendar: WorkingCalendar, first: datetime, last: datetime) -> None:
        zone = self.zone = calendar.time_zone
        self.first, self.last = first, last
        self.opened: dict[date, list[tuple[datetime, datetime]]] = {}
        self.taken: dict[date, list[tuple[datetime, datetime]]] = {}
        days = [first.date() + n * DAY for n in range(-2, (last.date() - first.date()).days + 3)]
        for day in days:
            self.opened[day] = [
                (instant_of(day, start, zone), instant_of(day, end, zone))
                for start, end in hours_on(calendar, day)
            ]
            self.taken[day] = [
                (instant_of(day, start, zone), instant_of(day, end, zone))
                for start, end in breaks_on(calendar, day)
            ]
        self.stretches = list(self._stretches())

    def is_open(self, at: datetime) -> bool:
        day = civil_day(at, self.zone)
        opened = any(start <= at < end for start, end in self.opened[day])
        return opened and not any(start <= at < end for start, end in self.taken[day])

    def _stretches(self) -> Iterator[tuple[datetime, datetime, bool]]:
        """Yield the horizon cut wherever something may change, and whether each piece is open."""
        cuts = {self.first, self.last}
        for spans in (*self.opened.values(), *self.taken.values()):
            for start, end in spans:
                cuts |= {start, end}
        cuts |= set(midnights(self.first, self.last, self.zone))
        within = sorted(cut for cut in cuts if self.first <= cut <= self.last)
        for start, end in pairwise(within):
            yield start, end, self.is_open(start)

    def periods(self) -> list[tuple[datetime, datetime]]:
        """Join the open pieces that touch."""
        found: list[tuple[datetime, datetime]] = []
        for start, end, is_open in self.stretches:
            if is_open and found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            elif is_open:
                found.append((start, end))
        return found

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        if start > end:
            return -self.working_time(end, start)
        total = timedelta()
        for since, until in self.periods():
            total += max(min(until, end) - max(since, start), timedelta())
        return total

    def advance(self, start: datetime, amount: timedelta) -> datetime | None:
        """Return the earliest instant with so much time since; the latest one before, if negative.

        None where it lies beyond the horizon.
        """
        if not amount:
            return start
        left = abs(amount)
        if amount > timedelta():
            for since, until in self.periods():
                length = max(until - max(since, start), timedelta())
                if length >= left:
                    return max(since, start) + left
                left -= length
            return None
        for since, until in reversed(self.periods()):
            length = max(min(until, start) - since, timedelta())
            if length >= left:
                return min(until, start) - left
            left -= length
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        return next((max(at, start) for start, end in self.periods() if end > at), None)

    def next_closing(self, at: datetime) -> datetime | None:
        for start, end in self.periods():
            if start <= at < end:
                return end if end < self.last else None
        return at

    def previous_opening(self, at: datetime) -> datetime | None:
        starts = [start for start, _ in self.periods() if start <= at]
        return starts[-1] if starts and starts[-1] > self.first else None

    def previous_closing(self, at: datetime) -> datetime | None:
        ends = [end for _, end in self.periods() if end <= at]
        return ends[-1] if ends else None
