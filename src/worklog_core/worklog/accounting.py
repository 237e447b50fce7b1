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
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from worklog_core.apportion import largest_remainder
from worklog_core.worklog.cells import Cell, Piece, RowDraft
from worklog_core.worklog.division import SharedClock
from worklog_core.worklog.ledger import Entry, LedgerLabel
from worklog_core.worklog.rules import DivideOver
from worklog_core.worklog.statuses import StatusTimeline

__all__ = ["OpenTicket", "account_day"]


class OpenTicket(NamedTuple):
    """What was on screen of one ticket on one local day, in time order."""

    ticket_id: str
    pieces: Sequence[Piece]
    rows: Mapping[Cell, RowDraft]
    weight: int
    is_excluded: bool


class _Stretch(NamedTuple):
    """A part of a piece in one status, before or after the first edit of its row."""

    start: int
    end: int
    label: LedgerLabel
    ticket: OpenTicket
    piece: Piece
    draft: RowDraft | None
    is_fallback: bool


def account_day(
    tickets: Iterable[OpenTicket], timeline: StatusTimeline, divide_over: DivideOver
) -> list[Entry]:
    """Return the entries of one user's day, and count the time in the drafts of its rows.

    *tickets* are in the order of their ids.
    """
    stretches: list[_Stretch] = []
    deltas: defaultdict[int, int] = defaultdict(int)
    fallback: defaultdict[int, int] = defaultdict(int)
    for ticket in tickets:
        for piece in ticket.pieces:
            is_fallback = divide_over is DivideOver.EDITED and not piece.is_in_row
            face = fallback if is_fallback else deltas
            face[piece.start] += ticket.weight
            face[piece.end] -= ticket.weight
            for stretch in _stretches(piece, ticket, timeline, is_fallback=is_fallback):
                deltas[stretch.start] += 0  # the clock is read here too
                stretches.append(stretch)
    clock = SharedClock(deltas, fallback)
    pots: tuple[dict[tuple[str, Cell], list[_Stretch]], ...] = (
        defaultdict(list),
        defaultdict(list),
    )
    for stretch in stretches:
        pot = pots[stretch.label is LedgerLabel.NOT_COUNTING]
        pot[stretch.ticket.ticket_id, stretch.piece.cell].append(stretch)
    entries: list[Entry] = []
    for pot in pots:
        entries.extend(_apportion(pot.values(), clock))
    return entries


def _stretches(
    piece: Piece, ticket: OpenTicket, timeline: StatusTimeline, *, is_fallback: bool
) -> Iterable[_Stretch]:
    draft = ticket.rows[piece.cell] if piece.is_in_row else None
    for start, end, mode in timeline.runs(piece.start, piece.end):
        if not mode.counts:
            label, owner = LedgerLabel.NOT_COUNTING, None
        elif ticket.is_excluded:
            label, owner = LedgerLabel.EXCLUDED, None
        elif draft is not None:
            label, owner = LedgerLabel.COUNTED, draft
        else:
            label, owner = LedgerLabel.VIEW_ONLY, None
        if owner is not None and start < owner.first_edit < end:
            edit = owner.first_edit
            yield _Stretch(start, edit, label, ticket, piece, owner, is_fallback)
            yield _Stretch(edit, end, label, ticket, piece, owner, is_fallback)
        else:
            yield _Stretch(start, end, label, ticket, piece, owner, is_fallback)


def _apportion(units: Iterable[Sequence[_Stretch]], clock: SharedClock) -> Iterable[Entry]:
    """Return the entries of one pot, whose units stand in the order in which they win ties."""
    shares = [[_exact_share(stretch, clock) for stretch in unit] for unit in units]
    parts = largest_remainder([sum(unit_shares) for unit_shares in shares], clock.scale)
    for unit, unit_shares, part in zip(units, shares, parts, strict=True):
        # A ceiling is a floor of what lies one scaled unit below the next whole.
        lift = clock.scale - 1 if part * clock.scale > sum(unit_shares) else 0
        exact = given = 0
        for stretch, share in zip(unit, unit_shares, strict=True):
            exact += share
            amount = (exact + lift) // clock.scale - given
            given += amount
            yield _entry(stretch, amount)


def _exact_share(stretch: _Stretch, clock: SharedClock) -> int:
    face = clock.fallback if stretch.is_fallback else clock.main
    return stretch.ticket.weight * (face[stretch.end] - face[stretch.start])


def _entry(stretch: _Stretch, amount: int) -> Entry:
    start, end, label, ticket, piece, draft, is_fallback = stretch
    key = None
    if draft is not None:
        draft.count(start, end, amount)
        key = draft.key
    return Entry(
        start, ticket.ticket_id, end, label, amount, piece.day, key, ticket.weight, is_fallback
    )
