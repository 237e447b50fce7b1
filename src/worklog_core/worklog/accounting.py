"""One user's local day, divided and apportioned into ledger entries.

Four rules hold in this module (AMB-5 to 5c, AMB-28):
1. The day's time is divided by a shared clock over everything that was on screen; no filter per
   ticket comes before that, and the status gate comes after it, for a status is the user's.
2. The counting and the non-counting time are two pots. In each, a cell's exact share is rounded once,
   by largest remainder to the microsecond, ties to the lower ticket id, then the earlier start.
3. Inside a cell the entries, in time order, take running floors of their exact shares, or running
   ceilings where the cell got the extra microsecond: they sum to what the cell got.
4. So every amount is exact in sum and less than a microsecond a day from the rational.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from worklog_core.apportion import largest_remainder
from worklog_core.worklog.cells import Cell, Piece, RowDraft
from worklog_core.worklog.division import SharedClock
from worklog_core.worklog.ledger import LABELS, Entry, LedgerLabel
from worklog_core.worklog.rules import DivideOver
from worklog_core.worklog.statuses import StatusTimeline

__all__ = ["OpenPiece", "account_day"]


OpenPiece = tuple[str, int, bool, Piece]
"""A piece of some length: its ticket's id, what that ticket weighs, whether it is excluded."""

_Stretch = tuple[int, int, int, RowDraft | None, int, bool]
"""Start and end of a part of a piece in one status, before or after the first edit of its row; its
label's index, the row that it counts for, its weight, and whether it shares only as a fallback."""

_Pot = defaultdict[tuple[str, Cell], list[_Stretch]]

_COUNTED, _VIEW_ONLY, _NOT_COUNTING, _EXCLUDED = map(
    LABELS.index,
    (LedgerLabel.COUNTED, LedgerLabel.VIEW_ONLY, LedgerLabel.NOT_COUNTING, LedgerLabel.EXCLUDED),
)


def account_day(
    pieces: Iterable[OpenPiece], timeline: StatusTimeline, divide_over: DivideOver
) -> list[Entry]:
    """Return the entries of one user's day, and count the time in the drafts of its rows.

    *pieces* stand in the order of ticket and start, and are of one day.
    """
    main: defaultdict[int, int] = defaultdict(int)
    fallback: defaultdict[int, int] = defaultdict(int)
    counting: _Pot = defaultdict(list)
    not_counting: _Pot = defaultdict(list)
    only_edited = divide_over is DivideOver.EDITED
    day = 0
    for ticket_id, weight, is_excluded, piece in pieces:
        first, last, day, cell, row = piece
        is_fallback = only_edited and row is None
        face = fallback if is_fallback else main
        face[first] += weight
        face[last] -= weight
        unit = (ticket_id, cell)
        for start, end, mode in timeline.runs(first, last):
            main[start] += 0  # the clock is read here too
            if not mode.counts:
                stretch = (start, end, _NOT_COUNTING, None, weight, is_fallback)
                not_counting[unit].append(stretch)
            elif row is None:
                label = _EXCLUDED if is_excluded else _VIEW_ONLY
                counting[unit].append((start, end, label, None, weight, is_fallback))
            elif start < row.first_edit < end:
                edit = row.first_edit
                main[edit] += 0
                counting[unit].append((start, edit, _COUNTED, row, weight, is_fallback))
                counting[unit].append((edit, end, _COUNTED, row, weight, is_fallback))
            else:
                counting[unit].append((start, end, _COUNTED, row, weight, is_fallback))
    clock = SharedClock(main, fallback)
    entries: list[Entry] = []
    _apportion(counting, day, clock, entries)
    _apportion(not_counting, day, clock, entries)
    entries.sort()
    return entries


def _apportion(pot: _Pot, day: int, clock: SharedClock, entries: list[Entry]) -> None:
    """Append the entries of one pot, whose units stand in the order in which they win ties."""
    scale = clock.scale
    shares = [_exact_shares(unit, clock) for unit in pot.values()]
    totals = [sum(of_unit) for of_unit in shares]
    parts = largest_remainder(totals, scale)
    for unit, of_unit, total, part in zip(pot, shares, totals, parts, strict=True):
        ticket_id = unit[0]
        # Where the cell got the extra microsecond, a ceiling: the floor of almost one whole more.
        lift = scale - 1 if part * scale > total else 0
        exact = given = 0
        for stretch, share in zip(pot[unit], of_unit, strict=True):
            start, end, label, row, weight, is_fallback = stretch
            exact += share
            amount = (exact + lift) // scale - given
            given += amount
            number = -1
            if row is not None:
                row.count(start, end, amount)
                number = row.number
            entries.append(
                (start, ticket_id, end, label, amount, day, number, weight, is_fallback)
            )


def _exact_shares(unit: Sequence[_Stretch], clock: SharedClock) -> list[int]:
    """Return the shares of a unit's stretches, in units of 1/scale microseconds."""
    return [
        weight * (clock.fallback[end] - clock.fallback[start])
        if is_fallback
        else weight * (clock.main[end] - clock.main[start])
        for start, end, _, _, weight, is_fallback in unit
    ]
