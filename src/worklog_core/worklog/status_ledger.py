"""The status ledger: where a user's day went, with and without a ticket on screen.

Three rules hold for every status ledger (E-15, E-24 to E-27):
1. It runs, for every user of whom a status is known, from the first to the last instant that is
   known of that user; with an `as_of` it runs to there. Its lines touch, and sum to that span
   exactly.
2. Screen time is what was on screen while the status counted, undivided: the sum of the screen
   ledger's lines of that day but NOT_COUNTING. Idle time is the counting time without it.
3. Occupancy is screen time over counting time, an exact fraction of at most 1. Of a user without
   any known status it is None, and so is the counting time: nobody says when that user was there.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final, TypeVar

import attrs

from worklog_core.calendars.days import CivilTime
from worklog_core.door import require_function, require_key
from worklog_core.instants import (
    from_microseconds,
    timedelta_to_microseconds,
)
from worklog_core.mappings import FrozenMapping
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.ledger import Ledger, LedgerLabel
from worklog_core.worklog.rows import frozen_reasons

__all__ = ["StatusDay", "StatusLedger", "StatusLine", "StatusRun"]

K = TypeVar("K")

StatusRun = tuple[int, int, str, bool]
"""A stretch of one status: start, end, the name of its mode, whether it counts."""


@attrs.frozen
class StatusLine:
    """A stretch of one user's day in one status; instants are in UTC, *end* is not part of it."""

    user_id: str
    day: date
    start: datetime
    end: datetime
    status: str
    counts: bool

    @property
    def duration(self) -> timedelta:
        """The length of the stretch."""
        return self.end - self.start


def _frozen_times(times: Mapping[str, timedelta]) -> FrozenMapping[str, timedelta]:
    return FrozenMapping(times)


@attrs.frozen(kw_only=True)
class StatusDay:
    """One user's local day: time by status, and how much of what counted had a ticket on screen.

    `by_status` sums to the logged-in time of the day. `counting_time` and `idle_time` are None
    where no status of the user is known (`no_status`); `occupancy` also where nothing counted
    (`no_counting_time`). `idle_time` plus `screen_time` is `counting_time`.
    """

    user_id: str
    day: date
    by_status: Mapping[str, timedelta] = attrs.field(converter=_frozen_times)
    screen_time: timedelta
    counting_time: timedelta | None
    idle_time: timedelta | None
    occupancy: Fraction | None
    reasons: Mapping[str, Undetermined] = attrs.field(converter=frozen_reasons)


_NO_STATUS: Final = FrozenMapping[str, Undetermined](
    dict.fromkeys(("counting_time", "idle_time", "occupancy"), Undetermined.NO_STATUS)
)
_NO_COUNTING_TIME: Final = FrozenMapping[str, Undetermined](
    {"occupancy": Undetermined.NO_COUNTING_TIME}
)
_DETERMINED: Final = FrozenMapping[str, Undetermined]()


def _frozen_runs(
    runs: Mapping[str, tuple[StatusRun, ...]],
) -> FrozenMapping[str, tuple[StatusRun, ...]]:
    return FrozenMapping(runs)


@attrs.frozen(repr=False)
class StatusLedger:
    """The statuses of all users, cut at midnights, beside what was on screen.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import (
        ...     History, ScreenSession, UserStatusChange, WorklogRules, build_worklog)
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> history = History(
        ...     sessions=[ScreenSession(user_id="U1", ticket_id="T1", start=at(9), end=at(11))],
        ...     user_statuses=[UserStatusChange(user_id="U1", at=at(8), status="Active"),
        ...                    UserStatusChange(user_id="U1", at=at(12), status="Pause")])
        >>> rules = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
        >>> [day] = build_worklog(history, rules).status_ledger.days
        >>> day.counting_time, day.idle_time, day.occupancy
        (datetime.timedelta(seconds=14400), datetime.timedelta(seconds=7200), Fraction(1, 2))
    """

    _runs: FrozenMapping[str, tuple[StatusRun, ...]] = attrs.field(converter=_frozen_runs)
    _ledger: Ledger
    _time_zone: tzinfo

    @cached_property
    def lines(self) -> tuple[StatusLine, ...]:
        """All lines, by user and start, cut where the status changes and at midnights."""
        civil = CivilTime(self._time_zone)
        lines: list[StatusLine] = []
        for user_id, runs in sorted(self._runs.items()):
            for start, end, status, counts in runs:
                bounds = [start, *civil.midnights(start, end), end]
                for left, right in pairwise(bounds):
                    day = date.fromordinal(civil.day_of(left))
                    since, until = from_microseconds(left), from_microseconds(right)
                    lines.append(StatusLine(user_id, day, since, until, status, counts))
        return tuple(lines)

    @cached_property
    def days(self) -> tuple[StatusDay, ...]:
        """Every user's days with a status or a screen, by day and user."""
        on_screen = self._screen_times()
        by_day: defaultdict[tuple[date, str], list[StatusLine]] = defaultdict(list)
        for line in self.lines:
            by_day[line.day, line.user_id].append(line)
        keys = sorted({*by_day, *on_screen})
        return tuple(_day(key, by_day.get(key, []), on_screen.get(key, 0)) for key in keys)

    def totals(self, by: Callable[[StatusLine], K]) -> dict[K, timedelta]:
        """Return the sums of the lines' durations, grouped by what *by* says of each line."""
        require_function("by", by, "line")
        sums: defaultdict[K, timedelta] = defaultdict(timedelta)
        for line in self.lines:
            sums[require_key("by", by(line))] += line.duration
        return dict(sums)

    def _screen_times(self) -> dict[tuple[date, str], int]:
        """Return the screen time that counted, by day and user."""
        times: defaultdict[tuple[date, str], int] = defaultdict(int)
        for line in self._ledger.lines:
            amount = 0
            if line.label is not LedgerLabel.NOT_COUNTING:
                amount = timedelta_to_microseconds(line.amount)
            times[line.day, line.user_id] += amount
        return times

    def __repr__(self) -> str:
        return f"<StatusLedger: {len(self._runs)} users>"


def _day(key: tuple[date, str], lines: list[StatusLine], on_screen: int) -> StatusDay:
    day, user_id = key
    screen_time = timedelta(microseconds=on_screen)
    by_status: defaultdict[str, timedelta] = defaultdict(timedelta)
    counting = timedelta()
    for line in lines:
        by_status[line.status] += line.duration
        counting += line.duration if line.counts else timedelta()
    if not lines:
        return StatusDay(
            user_id=user_id,
            day=day,
            by_status={},
            screen_time=screen_time,
            counting_time=None,
            idle_time=None,
            occupancy=None,
            reasons=_NO_STATUS,
        )
    return StatusDay(
        user_id=user_id,
        day=day,
        by_status=by_status,
        screen_time=screen_time,
        counting_time=counting,
        idle_time=counting - screen_time,
        occupancy=Fraction(on_screen, timedelta_to_microseconds(counting)) if counting else None,
        reasons=_DETERMINED if counting else _NO_COUNTING_TIME,
    )
