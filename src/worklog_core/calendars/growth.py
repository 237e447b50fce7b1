"""A table that grows by stretches as questions come, and knows where to stop.

Four rules hold in this module:
1. What compiles is asked only for stretches that were not compiled before, and a stretch grows by
   doubling, so that a thousand questions compile each day once.
2. No question hangs. A search ends 30 years after the last dated opening, a stretch is never longer
   than 400 years, and nothing lies outside datetime's range; whatever is beyond is refused.
3. What was compiled is a cache: it is neither compared nor pickled, and a thread that finds an
   older table computes a newer one again. Tables are replaced whole, so none is seen half made.
4. Instants are integer microseconds since 1970, in UTC.
"""

from datetime import timedelta
from typing import Final, Protocol

from worklog_core.calendars.days import DAY_US
from worklog_core.calendars.spans import Span
from worklog_core.calendars.table import DeltaTable, PeriodTable
from worklog_core.errors import NoWorkingTimeError, RangeError, describe
from worklog_core.instants import FIRST_US, LAST_US, from_microseconds

__all__ = ["MAX_SPAN_YEARS", "GrowingTable", "Periods"]

MAX_SPAN_YEARS: Final = 400
"""How many years a question may span; the Gregorian calendar repeats after as many."""

_YEAR_US: Final = 146_097 * DAY_US // 400
_MAX_SPAN_US: Final = MAX_SPAN_YEARS * _YEAR_US
_SEARCHED_US: Final = 30 * _YEAR_US
_LEAD_US: Final = 32 * DAY_US
_OUTLOOK_US: Final = 366 * DAY_US
_END_US: Final = LAST_US + 1


class Periods(Protocol):
    """What compiles: anything that can list its open periods in a stretch of time."""

    @property
    def never_opens(self) -> bool:
        """Whether there is certainly no opening, ever."""
        ...

    @property
    def dated(self) -> Span | None:
        """From the first to the last instant at which dates change the hours; None without any."""
        ...

    def in_stretch(self, first: int, last: int) -> list[Span]:
        """List the open periods of [first, last), sorted and disjoint, cut at its ends."""
        ...


class GrowingTable:
    """The compiled table of a calendar, as long as the questions so far needed it.

    `latest` is the table as it stands, and `deltas` the same in timedeltas, perhaps not as long;
    the methods return one that suffices. Raises RangeError for a stretch of more than 400 years.
    """

    __slots__ = ("deltas", "latest", "periods")

    def __init__(self, periods: Periods) -> None:
        self.periods: Final = periods
        self.latest: PeriodTable = PeriodTable.of((), first=0, last=0)
        self.deltas: DeltaTable = DeltaTable.of(self.latest)

    def __reduce__(self) -> "tuple[type[GrowingTable], tuple[Periods]]":
        return (GrowingTable, (self.periods,))

    def covering(self, first: int, last: int) -> PeriodTable:
        """Return a table that knows [first, last), which lies within datetime's range."""
        table = self.latest
        if table.first <= first and last <= table.last:
            return table
        if last - first > _MAX_SPAN_US:
            raise RangeError(
                f"a question to a calendar must span at most {MAX_SPAN_YEARS} years: found "
                f"{_text(first)} to {_text(last - 1)}. Ask by shorter stretches.",
                field="span",
                value=timedelta(microseconds=last - first),
            )
        low, high = min(first, table.first), max(last, table.last)
        if table.first == table.last or high - low > _MAX_SPAN_US:
            # A stretch elsewhere replaces the one there is; the two would be too long together.
            lead, outlook = _LEAD_US, _OUTLOOK_US
            if table.first < table.last:
                room = min(last - first, _MAX_SPAN_US - (last - first))
                lead, outlook = (room, 0) if first < table.first else (_LEAD_US, room)
            low, high = max(first - lead, FIRST_US), min(last + outlook, _END_US)
            periods = self.periods.in_stretch(low, high)
            self.latest = table = PeriodTable.of(periods, first=low, last=high)
            return table
        room = min(table.last - table.first, _MAX_SPAN_US - (high - low))
        if low < table.first:
            low = max(low - room, FIRST_US)
        else:
            high = min(high + room, _END_US)
        earlier = self.periods.in_stretch(low, table.first) if low < table.first else []
        later = self.periods.in_stretch(table.last, high) if high > table.last else []
        self.latest = table = table.extended(earlier, later, low, high)
        return table

    def knowing(self, at: int) -> PeriodTable:
        """Return a table that knows an instant."""
        return self.covering(at, at + 1)

    def refresh(self) -> None:
        """Bring `deltas` up to `latest`, for the next question that is asked with datetimes."""
        if self.deltas.table is not self.latest:
            self.deltas = DeltaTable.of(self.latest)

    def reaching(self, at: int, amount: int) -> PeriodTable:
        """Return a table that knows an instant and the one at which *amount* more has been open.

        The amount may be negative, and is not 0. Raises NoWorkingTimeError where the calendar
        remains closed, RangeError where the answer lies beyond what may be asked.
        """
        forward = amount > 0
        most = _END_US - at if forward else at - FIRST_US
        if abs(amount) > min(most, _MAX_SPAN_US):
            raise RangeError(
                f"working_time must end within datetime's range and within {MAX_SPAN_YEARS} years: "
                f"found {describe(timedelta(microseconds=amount))} from {_text(at)} on. "
                "Use a nearer target.",
                field="working_time",
                value=timedelta(microseconds=amount),
            )
        self.require_openings(at)
        table = self.knowing(at)
        while not 0 <= table.clock_at(at) + amount <= table.total:
            table = self.longer(
                table, at, since=table.farthest_change(at, forward=forward), forward=forward
            )
        return table

    def require_openings(self, at: int) -> None:
        """Raise NoWorkingTimeError for a calendar that never opens."""
        if self.periods.never_opens:
            raise _no_working_time(at)

    def longer(self, table: PeriodTable, at: int, *, since: int, forward: bool) -> PeriodTable:
        """Return a table that knows an instant and more ahead of it, or before it.

        Raises RangeError at the ends of datetime's range, and where nothing has changed for 30
        years from *since* and from the last date with hours of its own: NoWorkingTimeError if
        the calendar has been closed there, RangeError if it has been open.
        """
        if table.last > LAST_US if forward else table.first <= FIRST_US:
            raise RangeError(
                "an answer of a calendar must lie within datetime's range: found none from "
                f"{_text(at)} on. Use a nearer date.",
                field="calendar",
                value=from_microseconds(at),
            )
        dated = self.periods.dated or (since, since)
        unchanged = table.last - max(since, dated[1])
        if not forward:
            unchanged = min(since, dated[0]) - table.first
        if unchanged < _SEARCHED_US:
            first, last = (at, table.last + 1) if forward else (table.first - 1, at)
            return self.covering(first, last)
        if not table.is_open(table.last - 1 if forward else table.first):
            raise _no_working_time(at)
        raise RangeError(
            "a calendar must close within 30 years of the question: found it open from "
            f"{_text(at)} on. Ask for a closing only where hours end.",
            field="calendar",
            value=from_microseconds(at),
        )


def _text(at: int) -> str:
    return from_microseconds(min(max(at, FIRST_US), LAST_US)).isoformat()


def _no_working_time(at: int) -> NoWorkingTimeError:
    return NoWorkingTimeError(
        f"a calendar must open within 30 years of the question: found no opening from {_text(at)} "
        "on. Check its hours, its shifts and its holidays.",
        field="calendar",
        value=from_microseconds(at),
    )
