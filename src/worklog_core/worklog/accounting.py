"""One user's local day, divided and apportioned into ledger entries.

Four rules hold in this module (AMB-5 to 5c, AMB-28):
1. The day's time is divided by a shared clock over everything that was on screen; no filter per
   ticket comes before that, and the status gate comes after it, for a status is the user's.
2. The counting and the non-counting time are two pots. In each, a cell's exact share is rounded
   once, by largest remainder to the microsecond, ties to the lower ticket id, then the earlier
   start.
3. Inside a cell the entries, in time order, take running floors of their exact shares, or running
   ceilings where the cell got the extra microsecond: they sum to what the cell got.
4. So every amount is exact in sum and less than a microsecond a day from the rational.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from worklog_core.apportion import largest_remainder
from worklog_core.worklog.cells import Piece, RowDraft
from worklog_core.worklog.division import SharedClock
from worklog_core.worklog.focus import FALLBACK, FOCUSED, SHARING, Focus
from worklog_core.worklog.ledger import LABELS, Entry, LedgerLabel
from worklog_core.worklog.rules import DivideOver
from worklog_core.worklog.statuses import StatusTimeline

__all__ = ["Sharing", "account_day"]


_Stretch = tuple[int, int, str, int, int, int, int, int | None]
"""A part of a piece in one status, before or after the first edit of its row: start, end, ticket
id, number of the unit of apportionment, index of the label, weight, rank in the division, and the
first edit of the row that it counts for."""

_COUNTED = LABELS.index(LedgerLabel.COUNTED)
_VIEW_ONLY = LABELS.index(LedgerLabel.VIEW_ONLY)
_NOT_COUNTING = LABELS.index(LedgerLabel.NOT_COUNTING)
_EXCLUDED = LABELS.index(LedgerLabel.EXCLUDED)
_UNEDITED = LABELS.index(LedgerLabel.UNEDITED)


class Sharing(NamedTuple):
    """How one user's open tickets share the time, and which of them are excluded (AMB-29)."""

    weights: Mapping[str, int]
    excluded: Container[str]
    divide_over: DivideOver
    focus: Focus | None = None


def account_day(
    pieces: Sequence[Piece],
    rows: Sequence[RowDraft],
    timeline: StatusTimeline,
    sharing: Sharing,
) -> list[Entry]:
    """Return the entries of one user's day, by start and ticket.

    *pieces* have a length, stand in the order of ticket and start, and are of one day. So the
    pieces of one cell stand together: a joined tail comes before what opens the next cell.
    """
    weights, excluded, divide_over, focus = sharing
    main: defaultdict[int, int] = defaultdict(int)
    fallback: defaultdict[int, int] = defaultdict(int)
    focused: defaultdict[int, int] = defaultdict(int)
    faces = {FOCUSED: focused, SHARING: main, FALLBACK: fallback}
    counting: list[_Stretch] = []
    not_counting: list[_Stretch] = []
    unit, previous = -1, None
    for piece, turn_start, turn_end, rank in _turns(pieces, focus, divide_over):
        ticket_id, first, _, _, cell_day, epoch, row, left_alone = piece
        if previous != (ticket_id, cell_day, epoch):
            unit, previous = unit + 1, (ticket_id, cell_day, epoch)
        weight = weights[ticket_id]
        face = faces[rank]
        face[turn_start] += weight
        face[turn_end] -= weight
        if row >= 0:
            label, edit = _COUNTED, rows[row][2]
            whose: int | None = edit
        else:
            label, edit = _EXCLUDED if ticket_id in excluded else _VIEW_ONLY, first
            whose = None
        for start, end, mode in timeline.runs(turn_start, turn_end):
            if start > turn_start:
                main[start] += 0  # the clock is read where the status changes
            if not mode.counts:
                not_counting.append(
                    (start, end, ticket_id, unit, _NOT_COUNTING, weight, rank, None)
                )
                continue
            if row < 0 or not (left_alone or start < edit < end):
                counting.append((start, end, ticket_id, unit, label, weight, rank, whose))
                continue
            for since, until, is_counted in _parts(start, end, edit, left_alone):
                main[since] += 0  # and at the first edit, and where the cap cuts
                what, of_row = (label, whose) if is_counted else (_UNEDITED, None)
                counting.append((since, until, ticket_id, unit, what, weight, rank, of_row))
    clock, day = SharedClock(main, fallback, focused), pieces[0][3]
    entries = [*_apportion(counting, unit + 1, day, clock)]
    entries += _apportion(not_counting, unit + 1, day, clock)
    entries.sort()
    return entries


def _turns(
    pieces: Sequence[Piece], focus: Focus | None, divide_over: DivideOver
) -> Iterator[tuple[Piece, int, int, int]]:
    """Return the pieces with where they start and end and their rank, cut where that changes."""
    of_view_only = FALLBACK if divide_over is DivideOver.EDITED else SHARING
    for piece in pieces:
        ticket_id, start, end, *_, row, _ = piece
        rank = SHARING if row >= 0 else of_view_only
        if focus is None:
            yield piece, start, end, rank
        else:
            for since, until, own in focus.turns(ticket_id, start, end, rank):
                yield piece, since, until, own


def _parts(
    start: int, end: int, edit: int, left_alone: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, bool]]:
    """Return a row's stretch cut at its first edit and at the cap, and whether each part counts.

    No edit lies in what was left unedited, so that has no cut at the first one.
    """
    first = bisect_right(left_alone, start, key=itemgetter(1))
    after = bisect_left(left_alone, (end,), lo=first)
    for since, until in (*left_alone[first:after], (end, end)):
        if start < edit < since:
            yield start, edit, True
            start = edit
        if start < since:
            yield start, since, True
        if since < end:
            yield max(start, since), min(end, until), False
        start = until


def _apportion(
    pot: Sequence[_Stretch], units: int, day: int, clock: SharedClock
) -> Iterator[Entry]:
    """Return the entries of one pot, whose units stand in the order in which they win ties."""
    scale = clock.scale
    totals = [0] * units
    exact: list[int] = []  # up to the end of each stretch, within its unit
    faces = {FOCUSED: clock.focused, SHARING: clock.main, FALLBACK: clock.fallback}
    for start, end, _, unit, _, weight, rank, _ in pot:
        face = faces[rank]
        totals[unit] += weight * (face[end] - face[start])
        exact.append(totals[unit])
    parts = largest_remainder(totals, scale)
    given = [0] * units
    for (start, end, ticket_id, unit, label, weight, rank, row), so_far in zip(
        pot, exact, strict=True
    ):
        # Where the cell got the extra microsecond, a ceiling: the floor of almost one whole more.
        lift = scale - 1 if parts[unit] * scale > totals[unit] else 0
        until = (so_far + lift) // scale
        yield start, ticket_id, end, label, until - given[unit], day, row, weight, rank
        given[unit] = until
