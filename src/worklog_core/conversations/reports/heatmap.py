"""When conversations are opened: by weekday and hour of the report's zone (R-01).

Three rules hold in this module:
1. There are 168 cells, Monday at 0 to Sunday at 23, and their counts sum to what was opened.
2. An hour is what the clock on the wall shows. Where the clocks change it lasts 0 or 2 hours that
   day, so each cell tells for how long the wall showed it, and a rate by that time is fair.
3. Exposure is counted over the selected period; without one over the local days from the first to
   the last opening.
"""

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

import attrs

from worklog_core.calendars.days import DAY_US, CivilTime
from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.reports.heading import (
    Heading,
    heading_of,
    report_html,
    report_repr,
)
from worklog_core.conversations.reports.measurements import (
    Measurement,
    Metric,
    measurements,
    zone_of,
)
from worklog_core.conversations.reports.selection import Selection
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import timedelta_to_microseconds, to_microseconds

__all__ = ["HeatCell", "OpenedHeatmap", "opened_heatmap"]

_HOUR_US: Final = DAY_US // 24
_WEEK_HOURS: Final = 168
_HOURS: Final = 24
# 1970-01-01 was a Thursday: the fourth day of an ISO week, three whole days into it.
_INTO_THE_WEEK: Final = 3 * _HOURS


@attrs.frozen
class HeatCell:
    """One hour of the week: how many were opened in it, and for how long the wall showed it.

    `weekday` is 1 for Monday to 7 for Sunday; `figures` are what was opened.
    """

    weekday: int
    hour: int
    opened: int
    exposure: timedelta
    figures: tuple[Measurement, ...] = attrs.field(eq=False, repr=False, kw_only=True)

    @property
    def rate(self) -> Fraction | None:
        """Conversations an hour, exact; None where the period holds no such hour."""
        exposure = timedelta_to_microseconds(self.exposure)
        return Fraction(self.opened * _HOUR_US, exposure) if exposure else None


@attrs.frozen(repr=False)
class OpenedHeatmap:
    """The conversations opened by hour of the week, in 168 cells."""

    heading: Heading
    cells: tuple[HeatCell, ...]

    @property
    def total(self) -> int:
        """How many conversations were opened."""
        return sum(cell.opened for cell in self.cells)

    def cell(self, weekday: int, hour: int) -> HeatCell:
        """Return the cell of a weekday, 1 for Monday, and an hour; refuse any other."""
        for field, value, first, last in (("weekday", weekday, 1, 7), ("hour", hour, 0, 23)):
            if type(value) is not int or not first <= value <= last:
                raise WorklogError(
                    f"{field} must be a whole number from {first} to {last}: "
                    f"found {describe(value)}. Count days from Monday as 1, hours from midnight.",
                    field=field,
                    value=value,
                )
        return self.cells[(weekday - 1) * _HOURS + hour]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the cells as plain values, one dict a cell."""
        names = ("weekday", "hour", "opened", "exposure", "rate")
        return [{name: getattr(cell, name) for name in names} for cell in self.cells]

    def _repr_html_(self) -> str:
        days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        rows = [
            {"hour": f"{hour:02}"}
            | {day: str(self.cell(number, hour).opened) for number, day in enumerate(days, start=1)}
            for hour in range(_HOURS)
        ]
        return report_html(self.heading, rows)

    def __repr__(self) -> str:
        return report_repr("OpenedHeatmap", self.heading, self.cells)


def opened_heatmap(log: CaseLog, selection: Selection | None = None) -> OpenedHeatmap:
    """Return the conversations opened by hour of the week (R-01, P-K3).

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     History, TicketOpened, WorklogRules, build_case_log, opened_heatmap)
        >>> monday = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
        >>> history = History(openings=[TicketOpened("T1", monday)])
        >>> heatmap = opened_heatmap(build_case_log(history, WorklogRules(time_zone=UTC)))
        >>> heatmap.cell(1, 9).opened, heatmap.total, len(heatmap.cells)
        (1, 1, 168)
    """
    chosen = Selection() if selection is None else selection
    zone = zone_of(log, chosen)
    civil = CivilTime(zone)
    told = [
        (to_microseconds(figure.at), figure)
        for figure in measurements(log, Metric.OPENED, selection)
        if figure.at is not None
    ]
    opened: defaultdict[int, list[Measurement]] = defaultdict(list)
    for at, figure in told:
        opened[_hour_of_week(at + civil.offset_at(at))].append(figure)
    instants = [at for at, _ in told]
    bounds = None
    if chosen.period is not None:
        bounds = chosen.period.bounds(zone)
    elif instants:
        first, last = civil.day_span(min(instants)), civil.day_span(max(instants))
        bounds = (first[1], last[2])
    exposures = _exposures(civil, bounds)
    cells = (
        HeatCell(
            number // _HOURS + 1,
            number % _HOURS,
            len(opened[number]),
            timedelta(microseconds=exposures[number]),
            figures=tuple(opened[number]),
        )
        for number in range(_WEEK_HOURS)
    )
    heading = heading_of("Conversations opened by hour", log, chosen)
    return OpenedHeatmap(heading, tuple(cells))


def _hour_of_week(wall: int) -> int:
    return (wall // _HOUR_US + _INTO_THE_WEEK) % _WEEK_HOURS


def _exposures(civil: CivilTime, bounds: tuple[int, int] | None) -> defaultdict[int, int]:
    """Return for how many microseconds the wall showed each hour of the week."""
    found: defaultdict[int, int] = defaultdict(int)
    if bounds is None or bounds[0] >= bounds[1]:
        return found
    for start, end, offset in civil.segments(*bounds):
        left, right = start + offset, end + offset
        weeks = (right - left) // (_WEEK_HOURS * _HOUR_US)
        for number in range(_WEEK_HOURS if weeks else 0):
            found[number] += weeks * _HOUR_US
        left += weeks * _WEEK_HOURS * _HOUR_US
        while left < right:
            until = min(right, (left // _HOUR_US + 1) * _HOUR_US)
            found[_hour_of_week(left)] += until - left
            left = until
    return found
