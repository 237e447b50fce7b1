"""The burn-down of an SLA: how much working time is left, and where the clock stood."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

import altair as alt

from worklog_core.calendars import ExplainedPeriod
from worklog_core.charts.page import BLUE, GREY, VERMILION, hours, table, time_axis, titled, wall
from worklog_core.door import require_kind
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import require_instant
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.sla.clock import SlaClock

__all__ = ["burn_down"]


def burn_down(
    clock: SlaClock, *, as_of: datetime, time_zone: tzinfo, completed_at: datetime | None = None
) -> Any:
    """Return the burn-down of one promise: what was left of the target, from its opening on.

    The line falls while the clock runs, and stands where it stands: outside the open hours, and in
    the pauses, which are shaded. Below 0 the promise is broken. Times are wall times of
    *time_zone*; what is left is in hours of working time. Drawn is up to *completed_at*, else up
    to *as_of*.

    Raises WorklogError for what is no clock, and for an end that is not after the opening.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from worklog_core import SlaClock, WeeklyHours, WorkingCalendar
        >>> from worklog_core.charts import burn_down
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> opened = datetime(2026, 3, 2, 15, tzinfo=UTC)
        >>> clock = SlaClock(office, opened_at=opened, target=timedelta(hours=4))
        >>> chart = burn_down(clock, as_of=datetime(2026, 3, 3, 12, tzinfo=UTC), time_zone=UTC)
        >>> chart.to_dict()["title"]["text"]
        'Working time left of 4:00:00'
    """
    require_kind(
        "clock", clock, SlaClock, "Draw the clock that a policy assigns, or SlaClock(...)."
    )
    end = require_instant("as_of", as_of)
    if completed_at is not None:
        end = min(end, require_instant("completed_at", completed_at))
    if end <= clock.opened_at:
        raise WorklogError(
            f"as_of must be after the opening {clock.opened_at.isoformat()}: "
            f"found {describe(end)}. There is nothing to draw before it.",
            field="as_of",
            value=end,
        )
    periods = clock.explain(as_of=end)
    layers = [
        *_pauses(clock, end, time_zone),
        _line(clock, end, periods, time_zone),
        *_marks(clock, time_zone),
    ]
    due = clock.due_at
    promise = "paused" if due is None else f"due {wall(due, time_zone)[:16].replace('T', ' ')}"
    left = clock.remaining(as_of=end)
    return titled(
        alt.layer(*layers),
        title=f"Working time left of {clock.target}",
        subtitle=f"{promise}, times of {time_zone}",
        description=f"Burn-down of a target of {clock.target}, {promise}; {_words(left)}.",
    )


def _words(left: timedelta) -> str:
    return f"overrun by {-left}" if left < timedelta(0) else f"{left} left"


def _line(
    clock: SlaClock, end: datetime, periods: tuple[ExplainedPeriod, ...], time_zone: tzinfo
) -> Any:
    points = [
        {"at": wall(at, time_zone), "left": hours(left)} for at, left in _left(clock, end, periods)
    ]
    return (
        alt.Chart(table(points))
        .mark_line(color=BLUE, strokeWidth=2.5, point=False)
        .encode(
            x=time_axis("at:T"),
            y=alt.Y("left:Q", title="working time left (hours)"),
            tooltip=[alt.Tooltip("at:T", format="%Y-%m-%d %H:%M"), alt.Tooltip("left:Q")],
        )
    )


def _left(
    clock: SlaClock, end: datetime, periods: tuple[ExplainedPeriod, ...]
) -> Iterator[tuple[datetime, timedelta]]:
    """Return what was left where the clock began and ceased to run."""
    turns = {clock.opened_at, end}
    turns |= {at for period in periods if period.rule.opens for at in (period.start, period.end)}
    for at in sorted(turns):
        yield at, clock.remaining(as_of=at)


def _pauses(clock: SlaClock, end: datetime, time_zone: tzinfo) -> Iterator[Any]:
    drawn = IntervalSet([Interval(clock.opened_at, end)])
    paused = clock.pauses
    if clock.paused_since is not None and clock.paused_since < end:
        paused |= IntervalSet([Interval(clock.paused_since, end)])
    rows = [
        {"start": wall(p.start, time_zone), "end": wall(p.end, time_zone), "what": "paused"}
        for p in paused & drawn
    ]
    if rows:
        yield (
            alt.Chart(table(rows))
            .mark_rect(color=GREY, opacity=0.35)
            .encode(x=time_axis("start:T"), x2="end:T", tooltip="what:N")
        )


def _marks(clock: SlaClock, time_zone: tzinfo) -> Iterator[Any]:
    """Return the line at which nothing is left, and the due date where there is one."""
    yield alt.Chart(table([{"left": 0}])).mark_rule(color=VERMILION).encode(y="left:Q")
    if clock.due_at is not None:
        due = {"at": wall(clock.due_at, time_zone), "what": "due"}
        rule = alt.Chart(table([due])).encode(x=time_axis("at:T"))
        yield rule.mark_rule(color=VERMILION, strokeDash=[4, 3])
        yield rule.mark_text(dy=-6, align="left", dx=4, color=VERMILION, baseline="top").encode(
            text="what:N", y=alt.value(4)
        )
