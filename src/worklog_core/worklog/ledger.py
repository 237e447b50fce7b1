"""The ledger: every microsecond on a user's screens, under exactly one label.

Three rules hold for every ledger (AMB-5c, AMB-5d, AMB-28):
1. The amounts of a user's lines sum to the union of what was on that user's screens; the COUNTED
   lines of a row sum to its duration, those from `recorded_at` on to its after-work.
2. A line is a stretch of one ticket on one screen in which nothing changed but what lay beside it: it
   is cut at session ends, midnights, messages, status changes and its row's first edit.
3. Lines are kept as integers; their datetimes are made when asked for.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import NamedTuple, TypeVar

import attrs

from worklog_core.errors import WorklogError, describe
from worklog_core.instants import from_microseconds
from worklog_core.mappings import FrozenMapping
from worklog_core.worklog.rows import RowKey, WorklogRow

__all__ = ["Entry", "Ledger", "LedgerLabel", "LedgerLine", "Segment"]

K = TypeVar("K")


class LedgerLabel(Enum):
    """Where a stretch of screen time went (AMB-28)."""

    COUNTED = "counted"
    """In a row's handling time."""
    VIEW_ONLY = "view_only"
    """In no row: the ticket was looked at, not processed (E-10)."""
    NOT_COUNTING = "not_counting"
    """The user's status did not count (E-15)."""
    EXCLUDED = "excluded"
    """The ticket is excluded from time tracking (AMB-29)."""


class Entry(NamedTuple):
    """A line as the ledger keeps it: microseconds, and what it weighed in the division.

    `is_fallback` marks a ticket that shared only while no edited ticket was open (AMB-5b).
    """

    start: int
    ticket_id: str
    end: int
    label: LedgerLabel
    amount: int
    day: int
    row_key: RowKey | None
    weight: int
    is_fallback: bool


_Sharer = tuple[str, bool, int]
"""A ticket beside a line: its id, whether it shares only as a fallback, and its weight."""


@attrs.frozen(repr=False)
class LedgerLine:
    """A stretch of one ticket on one user's screen, and the time that it was given.

    `amount` is the divided time, `open_time` the length of the stretch; `day` is the local day on
    which the clock ran, which for a tail over midnight is not the row's (AMB-5d); `row_key` is the
    key of its row, None unless the label is COUNTED. Instants are in UTC.
    """

    user_id: str
    _entry: Entry

    @property
    def ticket_id(self) -> str:
        """The ticket that was on screen."""
        return self._entry.ticket_id

    @property
    def start(self) -> datetime:
        """Where the stretch begins."""
        return from_microseconds(self._entry.start)

    @property
    def end(self) -> datetime:
        """Where it ends; the stretch does not hold this instant."""
        return from_microseconds(self._entry.end)

    @property
    def label(self) -> LedgerLabel:
        """Where the time went."""
        return self._entry.label

    @property
    def amount(self) -> timedelta:
        """The divided time."""
        return timedelta(microseconds=self._entry.amount)

    @property
    def open_time(self) -> timedelta:
        """The undivided length of the stretch."""
        return timedelta(microseconds=self._entry.end - self._entry.start)

    @property
    def day(self) -> date:
        """The local day on which the clock ran."""
        return date.fromordinal(self._entry.day)

    @property
    def row_key(self) -> RowKey | None:
        """The key of the row that the time counts for."""
        return self._entry.row_key

    def __repr__(self) -> str:
        return (
            f"<LedgerLine {self.user_id} {self.ticket_id} {self.start:%Y-%m-%d %H:%M:%S.%f} to "
            f"{self.end:%H:%M:%S.%f} {self.label.name}: {self.amount}>"
        )


@attrs.frozen
class Segment:
    """A part of a line in which the same tickets were open beside it.

    `open_count` is how many tickets the user had open, this one included; `share` is what this one
    was given, in seconds, exact.
    """

    start: datetime
    end: datetime
    open_count: int
    share: Fraction


def _frozen_entries(
    entries: Mapping[str, tuple[Entry, ...]],
) -> FrozenMapping[str, tuple[Entry, ...]]:
    return FrozenMapping(entries)


def _frozen_rows(rows: Mapping[RowKey, WorklogRow]) -> FrozenMapping[RowKey, WorklogRow]:
    return FrozenMapping(rows)


@attrs.frozen(repr=False)
class Ledger:
    """The lines behind a worklog, and the questions that they answer.

    Example:
        >>> from worklog_core import History, LedgerLabel, WorklogRules, build_worklog
        >>> from zoneinfo import ZoneInfo
        >>> worklog = build_worklog(History(), WorklogRules(time_zone=ZoneInfo("UTC")))
        >>> worklog.ledger.lines, worklog.ledger.totals(by=lambda line: line.label)
        ((), {})
    """

    _entries: FrozenMapping[str, tuple[Entry, ...]] = attrs.field(converter=_frozen_entries)
    _rows: FrozenMapping[RowKey, WorklogRow] = attrs.field(converter=_frozen_rows)

    @cached_property
    def lines(self) -> tuple[LedgerLine, ...]:
        """All lines, sorted by user, start and ticket."""
        return tuple(
            LedgerLine(user_id, entry)
            for user_id in sorted(self._entries)
            for entry in self._entries[user_id]
        )

    def explain(self, row: WorklogRow) -> tuple[LedgerLine, ...]:
        """Return the COUNTED lines of a row, in time order: they sum to its duration.

        Empty where the row was measured and nothing counted, or was not measured. Raises WorklogError
        for a row of another worklog.
        """
        if not isinstance(row, WorklogRow) or self._rows.get(row.key) != row:
            raise WorklogError(
                f"row must be one of this worklog's rows: found {describe(row)}. "
                "Take it from the .rows of the same worklog.",
                field="row",
                value=row,
            )
        entries = self._entries.get(row.user_id, ())
        return tuple(
            LedgerLine(row.user_id, entry) for entry in entries if entry.row_key == row.key
        )

    def segments(self, line: LedgerLine) -> tuple[Segment, ...]:
        """Return what lay beside a line: where it was one of three, it was given a third.

        The exact shares sum to the line's amount within a microsecond: amounts are apportioned once
        for each user and day. Raises WorklogError for a line of another worklog.
        """
        beside = self._open_beside(line)
        entry = line._entry  # noqa: SLF001  # the ledger's own
        opened: defaultdict[int, set[_Sharer]] = defaultdict(set)
        closed: defaultdict[int, set[_Sharer]] = defaultdict(set)
        for other in beside:
            sharer = (other.ticket_id, other.is_fallback, other.weight)
            opened[max(other.start, entry.start)].add(sharer)
            closed[min(other.end, entry.end)].add(sharer)
        # A ticket whose line ends where its next one begins changes nothing beside it.
        bounds = sorted(at for at in {*opened, *closed} if opened[at] != closed[at])
        present: set[_Sharer] = set()
        segments: list[Segment] = []
        for start, end in zip(bounds, bounds[1:], strict=False):
            present = (present - closed[start]) | opened[start]
            share = _share_of(entry, present) * Fraction(end - start, 1_000_000)
            segments.append(
                Segment(from_microseconds(start), from_microseconds(end), len(present), share)
            )
        return tuple(segments)

    def totals(self, by: Callable[[LedgerLine], K]) -> dict[K, timedelta]:
        """Return the sums of the amounts, grouped by what *by* says of each line."""
        sums: defaultdict[K, int] = defaultdict(int)
        for line in self.lines:
            sums[by(line)] += line._entry.amount  # noqa: SLF001  # the ledger's own
        return {key: timedelta(microseconds=amount) for key, amount in sums.items()}

    def _open_beside(self, line: LedgerLine) -> list[Entry]:
        """Return the user's entries that overlap a line, itself included."""
        entry = line._entry if isinstance(line, LedgerLine) else None  # noqa: SLF001  # its own
        entries = self._entries.get(line.user_id, ()) if entry else ()
        found = bisect_left(entries, entry[:2], key=itemgetter(0, 1)) if entry else 0
        if entry is None or found == len(entries) or entries[found] != entry:
            raise WorklogError(
                f"line must be one of this ledger's lines: found {describe(line)}. "
                "Take it from the .lines of the same ledger.",
                field="line",
                value=line,
            )
        # Lines never cross a midnight, so whatever overlaps lies on the same day.
        first = bisect_left(entries, entry.day, key=attrgetter("day"))
        after = bisect_left(entries, entry.end, lo=first, key=itemgetter(0))
        return [other for other in entries[first:after] if other.end > entry.start]

    def __len__(self) -> int:
        return sum(map(len, self._entries.values()))

    def __repr__(self) -> str:
        return f"<Ledger: {len(self)} lines>"


def _share_of(entry: Entry, present: set[_Sharer]) -> Fraction:
    """Return what part of an instant a line is given beside the tickets that are present."""
    main = sum(weight for _, is_fallback, weight in present if not is_fallback)
    if main:
        return Fraction(0) if entry.is_fallback else Fraction(entry.weight, main)
    return Fraction(entry.weight, sum(weight for _, _, weight in present))
