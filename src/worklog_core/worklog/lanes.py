"""A user's day as lanes of text: one lane a ticket, one column a slice of time.

A column shows what filled most of its slice; a slice that holds anything at all shows something, so
a minute on screen is never invisible. The sums beside the lanes are exact, the picture is not.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from worklog_core.calendars.days import DAY_US, CivilTime
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import EPOCH, to_microseconds
from worklog_core.worklog.ledger import LedgerLabel, LedgerLine

__all__ = ["draw_lanes"]

_NARROWEST: Final = 28  # two times of day, a date, and a blank to either side of it

SYMBOLS: Final = {
    LedgerLabel.COUNTED: "#",
    LedgerLabel.VIEW_ONLY: "-",
    LedgerLabel.NOT_COUNTING: "~",
    LedgerLabel.EXCLUDED: "x",
    LedgerLabel.UNEDITED: "?",
}


def draw_lanes(lines: Sequence[LedgerLine], *, time_zone: tzinfo, width: int) -> str:
    """Return the lanes of some lines of one user and day, with a time axis and a legend."""
    if isinstance(width, bool) or not isinstance(width, int) or width < _NARROWEST:
        raise WorklogError(
            f"width must be a number of columns from {_NARROWEST} on: found {describe(width)}. "
            "Leave it out for 72.",
            field="width",
            value=width,
        )
    first = min(line.start for line in lines)
    last = max(line.end for line in lines)
    lanes: defaultdict[str, list[LedgerLine]] = defaultdict(list)
    for line in lines:
        lanes[line.ticket_id].append(line)
    margin = max(len(ticket_id) for ticket_id in lanes)
    civil = CivilTime(time_zone)
    times = [_clock(at, civil) for at in (first, last)]
    day = lines[0].day.isoformat()
    axis = f"{times[0]}{day:^{width - len(times[0]) - len(times[1])}}{times[1]}"
    drawn = [f"{'':<{margin}}  {axis}"]
    for ticket_id, of_ticket in sorted(lanes.items()):
        columns = _columns(of_ticket, first, last - first, width)
        total = sum((line.amount for line in of_ticket), timedelta())
        drawn.append(f"{ticket_id:<{margin}} |{columns}| {total}")
    used = {line.label for line in lines}
    legend = ", ".join(f"{SYMBOLS[label]} {label.value}" for label in LedgerLabel if label in used)
    return "\n".join([*drawn, f"{'':<{margin}}  {legend}"])


def _clock(at: datetime, civil: CivilTime) -> str:
    """Return what the clock on the wall shows; near the ends of time it has no date to show."""
    instant = to_microseconds(at)
    shown = timedelta(microseconds=(instant + civil.offset_at(instant)) % DAY_US)
    return f"{EPOCH + shown:%H:%M:%S}"


def _columns(lines: Sequence[LedgerLine], first: datetime, span: timedelta, width: int) -> str:
    filled: defaultdict[int, defaultdict[LedgerLabel, timedelta]]
    filled = defaultdict(lambda: defaultdict(timedelta))
    for line in lines:
        # The column of an instant, in whole numbers; the last instant lies in the last column.
        column = (line.start - first) * width // span
        while column < width and first + span * column / width < line.end:
            left = max(line.start, first + span * column / width)
            right = min(line.end, first + span * (column + 1) / width)
            filled[column][line.label] += right - left
            column += 1
    return "".join(_symbol(filled[column]) if column in filled else " " for column in range(width))


def _symbol(labels: defaultdict[LedgerLabel, timedelta]) -> str:
    return SYMBOLS[max(labels, key=lambda label: labels[label])]
