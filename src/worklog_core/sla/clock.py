"""The SLA clock: working time that runs towards a target and stops for pauses.

Four rules hold in this module:
1. Pauses are a set of intervals on the axis of time. Inside them the clock stands; what they
   overlap of closed hours costs nothing, because the clock stood there anyway.
2. The due date is the exact inverse: the earliest instant at which so much has run. So
   `net = worked - target`, whatever the pauses, and a target that fills the day is due at its
   closing bell (AMB-8 e).
3. While a pause has no end there is no due date, unless the target was used up before it began.
4. Net time is signed, additive and exact; 0 is met (AMB-8 c, d).
"""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final, cast

import attrs

from worklog_core.calendars import Calendar, ExplainedPeriod
from worklog_core.calendars.explanation import Rule, explained, with_closed
from worklog_core.calendars.protocol import is_calendar, require_calendar
from worklog_core.door import duration_of_at_least, refuse
from worklog_core.errors import NoWorkingTimeError, RangeError, WorklogError, describe
from worklog_core.instants import (
    MICROSECOND,
    as_utc,
    as_utc_or_none,
    check_instant,
    check_optional_instant,
    in_zone_of,
    require_instant,
    timedelta_to_microseconds,
    to_microseconds,
)
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.sla.verdicts import SlaState, Verdict
from worklog_core.undetermined import Undetermined

__all__ = ["SlaClock", "check_calendar", "net_time_after_due", "sla_due_at"]

_NOTHING: Final = timedelta(0)
_NEVER_PAUSED: Final = IntervalSet()

_Stop = tuple[datetime, datetime | None]
"""Where the clock stops, and where it goes on; None if that is not known yet."""


def sla_due_at(
    calendar: Calendar,
    opened_at: datetime,
    working_time: timedelta,
    *,
    pauses: IntervalSet = _NEVER_PAUSED,
) -> datetime:
    """Return the instant at which so much working time has passed since the opening (P-E10).

    Time in *pauses* does not count. A target that fills the day is due at the closing bell, and no
    target at all at the opening itself. The answer carries the zone of *opened_at*.

    Raises NoWorkingTimeError where the calendar does not open, RangeError where the due date lies
    beyond datetime's range, WorklogError for a negative target.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from worklog_core import WeeklyHours, WorkingCalendar, sla_due_at
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> opened = datetime(2026, 3, 6, 13, tzinfo=UTC)
        >>> print(sla_due_at(calendar=office, opened_at=opened, working_time=timedelta(hours=8)))
        2026-03-09 13:00:00+00:00
    """
    opened = require_instant("opened_at", opened_at)
    if not isinstance(working_time, timedelta) or working_time < _NOTHING:
        raise WorklogError(
            f"working_time must be a timedelta that is not negative: found {describe(working_time)}"
            ". Use timedelta(hours=...).",
            field="working_time",
            value=working_time,
        )
    due = _due_at(require_calendar(calendar), opened, working_time, _require_set(pauses), None)
    return in_zone_of(opened_at, cast("datetime", due), "sla_due_at")


def net_time_after_due(
    calendar: Calendar,
    *,
    due_at: datetime,
    completed_at: datetime,
    pauses: IntervalSet = _NEVER_PAUSED,
) -> timedelta:
    """Return the working time from the due date to the completion: negative is timely (E-45..E-47).

    0 is met: what is due at Friday's closing bell is still timely on Sunday. Together with
    `sla_due_at` under the same pauses it is the time worked since the opening minus the target.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import WeeklyHours, WorkingCalendar, net_time_after_due
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> def at(hour, minute): return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)
        >>> late = net_time_after_due(office, due_at=at(10, 30), completed_at=at(11, 1))
        >>> early = net_time_after_due(office, due_at=at(10, 30), completed_at=at(9, 59))
        >>> print(late, -early)
        0:31:00 0:31:00
    """
    due = require_instant("due_at", due_at)
    done = require_instant("completed_at", completed_at)
    return _worked(require_calendar(calendar), due, done, _require_set(pauses))


def check_calendar(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse what is no calendar."""
    if not is_calendar(value):
        way_out = "Pass a WorkingCalendar, or what is made of them."
        raise refuse(instance, attribute, value, "be a calendar", way_out)


def _check_pauses(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if type(value) is not IntervalSet:
        way_out = "Collect the pauses with IntervalSet([...])."
        raise refuse(instance, attribute, value, "be an IntervalSet", way_out)


@attrs.frozen
class SlaClock:
    """One clock of one ticket: a target, the pauses so far, and perhaps one that has no end yet.

    `due_at` is None while the clock is paused and the target is not used up: nobody knows yet when
    it will be. `remaining` says what is left then.

    Raises WorklogError for a negative target, for pauses that are no IntervalSet and for what is no
    calendar; NaiveDatetimeError for instants without a zone.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from worklog_core import SlaClock, WeeklyHours, WorkingCalendar
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> half_a_day = timedelta(hours=4)
        >>> clock = SlaClock(office, opened_at=at(9), target=half_a_day, paused_since=at(11))
        >>> clock.due_at, clock.remaining(as_of=at(15)), clock.verdict(as_of=at(15)).state.value
        (None, datetime.timedelta(seconds=7200), 'paused')
    """

    calendar: Calendar = attrs.field(validator=check_calendar)
    opened_at: datetime = attrs.field(kw_only=True, converter=as_utc, validator=check_instant)
    target: timedelta = attrs.field(kw_only=True, validator=duration_of_at_least(_NOTHING))
    pauses: IntervalSet = attrs.field(default=_NEVER_PAUSED, kw_only=True, validator=_check_pauses)
    paused_since: datetime | None = attrs.field(
        default=None, kw_only=True, converter=as_utc_or_none, validator=check_optional_instant
    )

    @property
    def due_at(self) -> datetime | None:
        """The due date in UTC; None while the clock is paused before the target is used up.

        Raises NoWorkingTimeError and RangeError as `sla_due_at` does.
        """
        return self._instant_of(self.target)

    @property
    def is_provisional(self) -> bool:
        """Whether the due date rests on holidays that the calendar does not know yet."""
        due = self.due_at
        return due is not None and self.calendar.is_provisional(due)

    def worked(self, *, as_of: datetime) -> timedelta:
        """Return the time the clock has run up to *as_of*; nothing before the opening."""
        now = max(require_instant("as_of", as_of), self.opened_at)
        return _worked(self.calendar, self.opened_at, now, self._pauses_until(now))

    def remaining(self, *, as_of: datetime) -> timedelta:
        """Return what is left of the target; negative once it is overrun."""
        return self.target - self.worked(as_of=as_of)

    def verdict(self, *, as_of: datetime, completed_at: datetime | None = None) -> Verdict:
        """Judge the clock as it stands at *as_of*; a completion after that is not seen yet.

        Completed: met or breached. Not completed: breached as soon as more than the target has
        run, else paused or running. Undetermined before the opening (`not_opened`), and where the
        hours never reach a due date (`no_sla_due`).

        Raises WorklogError for a completion before the opening.
        """
        now = require_instant("as_of", as_of)
        done = None if completed_at is None else require_instant("completed_at", completed_at)
        if done is not None and done < self.opened_at:
            raise WorklogError(
                f"completed_at must not be before the opening {self.opened_at.isoformat()}: "
                f"found {describe(completed_at)}. Judge the ticket by its own opening.",
                field="completed_at",
                value=completed_at,
            )
        if now < self.opened_at:
            return Verdict.undetermined(Undetermined.NOT_OPENED)
        is_done = done is not None and done <= now
        judged = done if done is not None and is_done else now
        try:
            due = self.due_at
        except (NoWorkingTimeError, RangeError):
            return Verdict.undetermined(Undetermined.NO_SLA_DUE)
        net = self.worked(as_of=judged) - self.target
        if net > _NOTHING:
            state = SlaState.BREACHED
        elif is_done:
            state = SlaState.MET
        else:
            state = SlaState.PAUSED if self._is_paused_at(now) else SlaState.RUNNING
        return Verdict(
            state,
            net_time_after_due=net,
            is_past_due=None if due is None else judged > due,
            is_provisional=self.calendar.is_provisional(judged),
        )

    def escalates_at(self, share: Fraction) -> datetime | None:
        """Return when a share of the target has run, in UTC: `Fraction(80, 100)` is at 80 %.

        It may be more than the whole. Rounded up to the microsecond; None while paused before it.
        Raises WorklogError for a share that is no Fraction or int above 0: a float is not exact.
        """
        if type(share) not in (Fraction, int) or share <= 0:
            raise WorklogError(
                f"share must be a Fraction or an int above 0: found {describe(share)}. "
                "Write 80 % as Fraction(80, 100).",
                field="share",
                value=share,
            )
        whole = timedelta_to_microseconds(self.target) * share.numerator
        amount = -(-whole // share.denominator)
        if amount > timedelta_to_microseconds(timedelta.max):
            raise RangeError(
                f"share must leave the target a timedelta: found {describe(share)}. "
                "Escalate earlier.",
                field="share",
                value=share,
            )
        return self._instant_of(amount * MICROSECOND)

    def explain(self, *, as_of: datetime) -> tuple[ExplainedPeriod, ...]:
        """Return what ran up to *as_of*, what did not, and by which rule; `worked` is the sum."""
        now = max(require_instant("as_of", as_of), self.opened_at)
        first, last = to_microseconds(self.opened_at), to_microseconds(now)
        self.calendar.table.covering(first, last)  # refuses a span of more than 400 years
        lines = self.calendar.ruled_spans(first, last)
        pauses = [
            (to_microseconds(pause.start), to_microseconds(pause.end))
            for pause in self._pauses_until(now)
        ]
        return explained(with_closed(lines, pauses, Rule.PAUSE))

    def _instant_of(self, amount: timedelta) -> datetime | None:
        return _due_at(self.calendar, self.opened_at, amount, self.pauses, self.paused_since)

    def _pauses_until(self, now: datetime) -> IntervalSet:
        if self.paused_since is None or self.paused_since >= now:
            return self.pauses
        return self.pauses | IntervalSet([Interval(self.paused_since, now)])

    def _is_paused_at(self, now: datetime) -> bool:
        return now in self.pauses or (self.paused_since is not None and self.paused_since <= now)


def _due_at(
    calendar: Calendar,
    opened_at: datetime,
    amount: timedelta,
    pauses: IntervalSet,
    paused_since: datetime | None,
) -> datetime | None:
    """Return the earliest instant by which *amount* has run, in UTC; None if it never has."""
    if amount == _NOTHING:
        return opened_at
    at, left = opened_at, amount
    stops: list[_Stop] = [
        (pause.start, pause.end)
        for pause in pauses
        if paused_since is None or pause.start < paused_since
    ]
    if paused_since is not None:
        stops.append((paused_since, None))
    for start, end in stops:
        if start > at:
            ran = calendar.working_time(at, start)
            if left <= ran:
                return calendar.advance(at, left)
            left -= ran
        if end is None:
            return None
        at = max(at, end)
    return calendar.advance(at, left)


def _worked(calendar: Calendar, start: datetime, end: datetime, pauses: IntervalSet) -> timedelta:
    if start > end:
        return -_worked(calendar, end, start, pauses)
    total = calendar.working_time(start, end)
    if start < end:
        for pause in pauses & IntervalSet([Interval(start, end)]):
            total -= calendar.working_time(pause.start, pause.end)
    return total


def _require_set(pauses: Any) -> IntervalSet:
    if type(pauses) is not IntervalSet:
        raise WorklogError(
            f"pauses must be an IntervalSet: found {describe(pauses)}. "
            "Collect the pauses with IntervalSet([...]).",
            field="pauses",
            value=pauses,
        )
    return pauses
