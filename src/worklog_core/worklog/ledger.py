"""The ledger: every microsecond on a user's screens, under exactly one label.

Three rules hold for every ledger (AMB-5c, AMB-5d, AMB-28):
1. The amounts of a user's lines sum to the union of what was on that user's screens; the COUNTED
   lines of a row sum to its duration, those from `recorded_at` on to its after-work.
2. A line is a stretch of one ticket on one screen in which nothing changed but what lay beside it:
   it is cut at session ends, midnights, messages, status changes and its row's first edit, and
   where an exclusive focus comes or goes.
3. Lines are kept as integers; their datetimes are made when asked for.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, chain, pairwise
from operator import itemgetter
from typing import Final, TypeVar, overload

import attrs

from worklog_core.door import require_function, require_key
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import from_microseconds, to_microseconds
from worklog_core.mappings import FrozenMapping
from worklog_core.worklog.rows import RowKey, WorklogRow

__all__ = [
    "LABELS",
    "NOBODY",
    "Entry",
    "Ledger",
    "LedgerLabel",
    "LedgerLine",
    "LedgerLines",
    "RowTimes",
    "Segment",
    "UserAccount",
]

K = TypeVar("K")


class LedgerLabel(Enum):
    """Where a stretch of screen time went (AMB-28)."""

    # A member is equal to itself alone; its name need not be hashed for every line.
    __hash__ = object.__hash__

    COUNTED = "counted"
    """In a row's handling time."""
    VIEW_ONLY = "view_only"
    """In no row: the ticket was looked at, not processed (E-10)."""
    NOT_COUNTING = "not_counting"
    """The user's status did not count (E-15)."""
    EXCLUDED = "excluded"
    """The ticket is excluded from time tracking (AMB-29)."""
    UNEDITED = "unedited"
    """On a row's ticket, but left without an edit for longer than `max_unedited` allows."""


LABELS: Final = tuple(LedgerLabel)

Entry = tuple[int, str, int, int, int, int, int | None, int, int]
"""A line as the ledger keeps it, a bare tuple because there are millions of them: start, ticket id,
end, index of the label in `LABELS`, amount, local day, the first edit of its row (None for none),
weight and rank in the division: time goes to the lowest rank that is open. A first edit tells the
row among its user's rows on that ticket, and stays what it is when another row comes or goes."""


_Sharer = tuple[str, int, int]
"""A ticket beside a line: its id, its weight and its rank."""


@attrs.frozen(repr=False)
class LedgerLine:
    """A stretch of one ticket on one user's screen, and the time that it was given.

    `amount` is the divided time, `open_time` the length of the stretch; `day` is the local day on
    which the clock ran, which for a tail over midnight is not the row's (AMB-5d); `row_key` is the
    key of its row, None unless the label is COUNTED. Instants are in UTC. All of it is read from
    `entry`, the line as the ledger keeps it.
    """

    user_id: str
    row_key: RowKey | None
    entry: Entry

    @property
    def ticket_id(self) -> str:
        """The ticket that was on screen."""
        return self.entry[1]

    @property
    def start(self) -> datetime:
        """Where the stretch begins."""
        return from_microseconds(self.entry[0])

    @property
    def end(self) -> datetime:
        """Where it ends; the stretch does not hold this instant."""
        return from_microseconds(self.entry[2])

    @property
    def label(self) -> LedgerLabel:
        """Where the time went."""
        return LABELS[self.entry[3]]

    @property
    def amount(self) -> timedelta:
        """The divided time."""
        return timedelta(microseconds=self.entry[4])

    @property
    def open_time(self) -> timedelta:
        """The undivided length of the stretch."""
        return timedelta(microseconds=self.entry[2] - self.entry[0])

    @property
    def day(self) -> date:
        """The local day on which the clock ran."""
        return date.fromordinal(self.entry[5])

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


@attrs.frozen(repr=False)
class UserAccount:
    """One user's rows in the worklog's order, and entries in the ledger's."""

    rows: tuple[WorklogRow, ...]
    entries: tuple[Entry, ...]

    @cached_property
    def by_first_edit(self) -> dict[tuple[str, int], WorklogRow]:
        """The rows by ticket and first edit, which is how entries name them."""
        return {(row.ticket_id, to_microseconds(row.recorded_at)): row for row in self.rows}

    @cached_property
    def counted(self) -> dict[tuple[str, int], list[Entry]]:
        """The entries that count for each row, in time order."""
        counted: dict[tuple[str, int], list[Entry]] = {name: [] for name in self.by_first_edit}
        for entry in self.entries:
            if entry[6] is not None:
                counted[entry[1], entry[6]].append(entry)
        return counted

    def line(self, user_id: str, entry: Entry) -> LedgerLine:
        """Return an entry as a line."""
        edit = entry[6]
        key = None if edit is None else self.by_first_edit[entry[1], edit].key
        return LedgerLine(user_id, key, entry)


NOBODY: Final = UserAccount((), ())


class LedgerLines(Sequence[LedgerLine]):
    """The lines of a ledger, a sequence like a tuple of them.

    A month of a service desk has millions of lines; one that nobody asks for is never made.
    """

    __slots__ = ("_accounts", "_ends")

    def __init__(self, accounts: Mapping[str, UserAccount]) -> None:
        self._accounts = sorted(accounts.items())
        self._ends = list(accumulate(len(account.entries) for _, account in self._accounts))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[LedgerLine]:
        for user_id, account in self._accounts:
            for entry in account.entries:
                yield account.line(user_id, entry)

    @overload
    def __getitem__(self, index: int) -> LedgerLine: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[LedgerLine, ...]: ...

    def __getitem__(self, index: int | slice) -> LedgerLine | tuple[LedgerLine, ...]:
        places = range(len(self))[index]
        if isinstance(places, range):
            return tuple(self[place] for place in places)
        whose = bisect_right(self._ends, places)
        user_id, account = self._accounts[whose]
        return account.line(user_id, account.entries[places - self._ends[whose]])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LedgerLines):
            return self._accounts == other._accounts or tuple(self) == tuple(other)
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


class RowTimes:
    """What the entries of one user count for each of the user's rows, in microseconds."""

    __slots__ = ("after_work", "duration", "open_time")

    def __init__(self, rows: Sequence[tuple[str, int]], entries: Iterable[Entry]) -> None:
        """Take the ticket and the first edit of each row; no entry reaches over an edit."""
        numbers = {row: number for number, row in enumerate(rows)}
        self.duration = [0] * len(rows)
        self.after_work = [0] * len(rows)
        self.open_time = [0] * len(rows)
        for start, ticket_id, end, _, amount, _, edit, _, _ in entries:
            if edit is not None:
                row = numbers[ticket_id, edit]
                self.duration[row] += amount
                self.open_time[row] += end - start
                if start >= edit:
                    self.after_work[row] += amount


def _frozen(accounts: Mapping[str, UserAccount]) -> FrozenMapping[str, UserAccount]:
    return FrozenMapping(accounts)


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

    accounts: FrozenMapping[str, UserAccount] = attrs.field(converter=_frozen)
    """The rows and entries of each user, as they are kept; `lines` are made of them."""

    @cached_property
    def lines(self) -> LedgerLines:
        """All lines, sorted by user, start and ticket; each is made when it is asked for."""
        return LedgerLines(self.accounts)

    def of_user(self, user_id: str) -> tuple[LedgerLine, ...]:
        """Return the lines of one user, in time order; empty for a user without any."""
        account = self.accounts.get(user_id, NOBODY)
        return tuple(account.line(user_id, entry) for entry in account.entries)

    def of_day(self, user_id: str, day: date) -> tuple[LedgerLine, ...]:
        """Return the lines of one user's local day, in time order.

        Raises WorklogError where nothing was on that user's screen on that day.
        """
        lines = tuple(line for line in self.of_user(user_id) if line.day == day)
        if not lines:
            raise WorklogError(
                "user_id and day must name a day with something on screen: "
                f"found {describe(user_id)} on {describe(day)}. Take both from a ledger line.",
                field="day",
                value=day,
            )
        return lines

    def explain(self, row: WorklogRow) -> tuple[LedgerLine, ...]:
        """Return the COUNTED lines of a row, in time order: they sum to its duration.

        Empty where the row was measured and nothing counted, or was not measured. Raises
        WorklogError for a row of another worklog.
        """
        found = self._account_of(row)
        if found is None:
            raise WorklogError(
                f"row must be one of this worklog's rows: found {describe(row)}. "
                "Take it from the .rows of the same worklog.",
                field="row",
                value=row,
            )
        name = (row.ticket_id, to_microseconds(row.recorded_at))
        return tuple(found.line(row.user_id, entry) for entry in found.counted[name])

    def segments(self, line: LedgerLine) -> tuple[Segment, ...]:
        """Return what lay beside a line: where it was one of three, it was given a third.

        The exact shares sum to the line's amount within a microsecond: amounts are apportioned once
        for each user and day. Raises WorklogError for a line of another worklog.
        """
        entry = self._entry_of(line)
        opened: defaultdict[int, set[_Sharer]] = defaultdict(set)
        closed: defaultdict[int, set[_Sharer]] = defaultdict(set)
        for start, ticket_id, end, *_, weight, rank in self._beside(line.user_id, entry):
            opened[max(start, entry[0])].add((ticket_id, weight, rank))
            closed[min(end, entry[2])].add((ticket_id, weight, rank))
        # A ticket whose line ends where its next one begins changes nothing beside it.
        bounds = sorted(at for at in {*opened, *closed} if opened[at] != closed[at])
        count, weighing = 0, {rank: 0 for _, _, rank in chain.from_iterable(opened.values())}
        segments: list[Segment] = []
        for start, end in pairwise(bounds):
            for sharers, sign in ((opened[start], 1), (closed[start], -1)):
                for _, weight, rank in sharers:
                    count += sign
                    weighing[rank] += sign * weight
            share = _share_of(entry, weighing) * Fraction(end - start, 1_000_000)
            segments.append(Segment(from_microseconds(start), from_microseconds(end), count, share))
        return tuple(segments)

    def beside(self, line: LedgerLine) -> tuple[LedgerLine, ...]:
        """Return the user's lines that overlap a line, itself included, by start and ticket.

        Raises WorklogError for a line of another worklog.
        """
        entry = self._entry_of(line)
        account, overlapping = self.accounts[line.user_id], self._beside(line.user_id, entry)
        return tuple(account.line(line.user_id, entry) for entry in overlapping)

    def totals(self, by: Callable[[LedgerLine], K]) -> dict[K, timedelta]:
        """Return the sums of the amounts, grouped by what *by* says of each line."""
        require_function("by", by, "line")
        sums: defaultdict[K, int] = defaultdict(int)
        for line in self.lines:
            sums[require_key("by", by(line))] += line.entry[4]
        return {key: timedelta(microseconds=amount) for key, amount in sums.items()}

    def _entry_of(self, line: LedgerLine) -> Entry:
        if isinstance(line, LedgerLine):
            with suppress(TypeError):  # what has no hash or no order is no line of ours
                account = self.accounts.get(line.user_id, NOBODY)
                found = bisect_left(account.entries, line.entry[:2], key=itemgetter(0, 1))
                for entry in account.entries[found : found + 1]:
                    if account.line(line.user_id, entry) == line:
                        return entry
        raise WorklogError(
            f"line must be one of this ledger's lines: found {describe(line)}. "
            "Take it from the .lines of the same ledger.",
            field="line",
            value=line,
        )

    def _beside(self, user_id: str, entry: Entry) -> list[Entry]:
        """Return the user's entries that overlap one of them, itself included."""
        entries = self.accounts[user_id].entries
        # Lines never cross a midnight, so whatever overlaps lies on the same day.
        first = bisect_left(entries, entry[5], key=itemgetter(5))
        after = bisect_left(entries, entry[2], lo=first, key=itemgetter(0))
        return [other for other in entries[first:after] if other[2] > entry[0]]

    def _account_of(self, row: WorklogRow) -> UserAccount | None:
        """Return the account that a row stands in, None where it is of another worklog."""
        if isinstance(row, WorklogRow):
            with suppress(TypeError, AttributeError):  # what is no row of ours may be anything
                account = self.accounts.get(row.user_id, NOBODY)
                name = (row.ticket_id, to_microseconds(row.recorded_at))
                if account.by_first_edit.get(name) == row:
                    return account
        return None

    def __len__(self) -> int:
        return sum(len(account.entries) for account in self.accounts.values())

    def __repr__(self) -> str:
        return f"<Ledger: {len(self)} lines>"


def _share_of(entry: Entry, weighing: Mapping[int, int]) -> Fraction:
    """Return what part of an instant an entry is given, beside others that weigh so much by rank.

    It lies in that instant itself, so something weighs.
    """
    *_, weight, rank = entry
    lowest = min(rank for rank, weighs in weighing.items() if weighs)
    return Fraction(weight, weighing[rank]) if rank == lowest else Fraction(0)
