"""Volume and workload by quarter or half of an hour.

Three rules hold in this module:
1. Intervals are half-open stretches of real time from the beginning of each local day; the last of
   a day ends with it. None is left out, so that what planning reads has no holes.
2. Volume counts events by their own instant. Workload is the time that the ledger counted for
   persons within the interval, and the intervals of a period sum to what it counted in it.
3. A line of the ledger is divided over intervals by its exact shares, in whole microseconds.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from typing import Any, Final

import attrs

from worklog_core.apportion import apportion
from worklog_core.calendars.days import CivilTime
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
from worklog_core.conversations.reports.periods import Period
from worklog_core.conversations.reports.selection import Anchor, Selection
from worklog_core.conversations.shares import amounts_within
from worklog_core.errors import RangeError, WorklogError, describe
from worklog_core.instants import (
    LAST_US,
    from_microseconds,
    in_zone_of,
    timedelta_to_microseconds,
    to_microseconds,
)
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.worklog.ledger import LedgerLabel, LedgerLine

__all__ = ["IntervalLength", "VolumeInterval", "VolumeReport", "volume_by_interval"]


class IntervalLength(Enum):
    """How long an interval is."""

    QUARTER_HOUR = timedelta(minutes=15)
    HALF_HOUR = timedelta(minutes=30)


_COUNTED: Final = (
    Metric.OPENED,
    Metric.CLOSED,
    Metric.INCOMING_MESSAGES,
    Metric.OUTGOING_MESSAGES,
)


@attrs.frozen(kw_only=True)
class VolumeInterval:
    """One interval, its ends in the zone of the report: what came and went, and how much work.

    `workload` is divided time: two persons who work all through a quarter of an hour are half an
    hour. `figures` are what was counted, `workers` those whose time it is.
    """

    start: datetime
    end: datetime
    opened: int
    closed: int
    incoming_messages: int
    outgoing_messages: int
    workload: timedelta
    figures: tuple[Measurement, ...] = attrs.field(eq=False, repr=False)
    workers: frozenset[str] = attrs.field(eq=False, repr=False)


@attrs.frozen(repr=False)
class VolumeReport:
    """Volume and workload of a period, interval by interval."""

    heading: Heading
    intervals: tuple[VolumeInterval, ...]

    @property
    def workload(self) -> timedelta:
        """The work of all intervals."""
        return sum((interval.workload for interval in self.intervals), timedelta())

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the intervals as plain values, one dict an interval."""
        names = ("start", "end", *(metric.value for metric in _COUNTED), "workload")
        return [{name: getattr(interval, name) for name in names} for interval in self.intervals]

    def _repr_html_(self) -> str:
        return report_html(self.heading, self.to_dicts())

    def __repr__(self) -> str:
        return report_repr("VolumeByInterval", self.heading, self.intervals)


def volume_by_interval(
    log: CaseLog,
    selection: Selection,
    *,
    length: IntervalLength = IntervalLength.QUARTER_HOUR,
) -> VolumeReport:
    """Return the volume and the workload of a period in intervals of 15 or 30 minutes.

    Raises WorklogError for a selection without a period, one that is anchored in conversations, and
    for a length that is no `IntervalLength`; RangeError where the period ends beyond datetime.

    Example:
        >>> from datetime import UTC, date
        >>> from worklog_core import (
        ...     History, Period, Selection, WorklogRules, build_case_log, volume_by_interval)
        >>> log = build_case_log(History(), WorklogRules(time_zone=UTC))
        >>> day = Selection(period=Period(date(2026, 3, 2), date(2026, 3, 2)))
        >>> len(volume_by_interval(log, day).intervals)
        96
    """
    period = _require_period(selection, length)
    civil = CivilTime(zone_of(log, selection))
    cuts = _cuts(period, civil, timedelta_to_microseconds(length.value))
    counted = [
        (bisect_right(cuts, to_microseconds(figure.at)) - 1, figure)
        for metric in _COUNTED
        for figure in measurements(log, metric, selection)
        if figure.at is not None
    ]
    figures: defaultdict[int, list[Measurement]] = defaultdict(list)
    for place, figure in counted:
        figures[place].append(figure)
    workload, workers = _workload(log, selection, cuts)
    zone = datetime(2000, 1, 1, tzinfo=civil.time_zone)
    intervals = (
        VolumeInterval(
            start=in_zone_of(zone, from_microseconds(start), "volume_by_interval"),
            end=in_zone_of(zone, from_microseconds(end), "volume_by_interval"),
            workload=timedelta(microseconds=workload[number]),
            figures=tuple(figures[number]),
            workers=frozenset(workers[number]),
            **_counts(figures[number]),
        )
        for number, (start, end) in enumerate(pairwise(cuts))
    )
    heading = heading_of("Volume and workload by interval", log, selection)
    return VolumeReport(heading, tuple(intervals))


def _require_period(selection: Any, length: Any) -> Period:
    if not isinstance(selection, Selection) or selection.period is None:
        raise WorklogError(
            f"selection must have a period: found {describe(selection)}. "
            "Pass Selection(period=Period(first, last)).",
            field="selection",
            value=selection,
        )
    if selection.anchor is not Anchor.EVENT:
        raise WorklogError(
            f"selection.anchor must be EVENT: found {describe(selection.anchor)}. "
            "What happens in an interval is known by its own instant.",
            field="selection",
            value=selection,
        )
    if not isinstance(length, IntervalLength):
        raise WorklogError(
            f"length must be a member of IntervalLength: found {describe(length)}. "
            "Choose IntervalLength.QUARTER_HOUR or IntervalLength.HALF_HOUR.",
            field="length",
            value=length,
        )
    return selection.period


def _cuts(period: Period, civil: CivilTime, step: int) -> list[int]:
    """Return where intervals begin, and the end of the last one."""
    cuts: list[int] = []
    after = period.last.toordinal() + 1
    for day in range(period.first.toordinal(), after):
        cuts.extend(range(civil.day_start(day), civil.day_start(day + 1), step))
    end = civil.day_start(after)
    if end > LAST_US:
        raise RangeError(
            f"selection.period must end within datetime's range: found {period}. "
            "Ask for an earlier one.",
            field="selection",
            value=period,
        )
    return [*cuts, end]


def _counts(figures: list[Measurement]) -> dict[str, int]:
    counts = Counter(figure.metric for figure in figures)
    return {metric.value: counts[metric] for metric in _COUNTED}


def _workload(
    log: CaseLog, selection: Selection, cuts: list[int]
) -> tuple[Counter[int], defaultdict[int, set[str]]]:
    """Return the work of each interval in microseconds, and whose it is."""
    found: Counter[int] = Counter()
    workers: defaultdict[int, set[str]] = defaultdict(set)
    bots = set(log.case_rules.bots)
    for line in log.worklog.ledger.lines:
        if line.label is not LedgerLabel.COUNTED or line.user_id in bots:
            continue
        start, _, end, _, amount, *_ = line.entry
        first, last = bisect_right(cuts, start) - 1, bisect_right(cuts, end - 1) - 1
        if last < 0 or first >= len(cuts) - 1 or not _is_selected(log, selection, line):
            continue
        if first == last:
            found[first] += amount
            workers[first] |= {line.user_id} if amount else set()
            continue
        places = range(max(first, 0), min(last, len(cuts) - 2) + 1)
        parts = [_interval(cuts[place], cuts[place + 1]) for place in places]
        shares = amounts_within(log.worklog.ledger, line, parts)
        if amount:
            for place, share in zip(places, apportion(shares, amount), strict=False):
                found[place] += share
                workers[place] |= {line.user_id} if share else set()
    return found, workers


def _interval(start: int, end: int) -> IntervalSet:
    return IntervalSet([Interval(from_microseconds(start), from_microseconds(end))])


def _is_selected(log: CaseLog, selection: Selection, line: LedgerLine) -> bool:
    case = log[log.case_ids.get(line.ticket_id, line.ticket_id)]
    teams = log.teams_of(line.user_id, line.start)
    return selection.holds(case) and selection.holds_person(line.user_id, teams)
