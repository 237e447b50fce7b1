"""The worklog: rows, the ledger behind them, and what was noticed on the way."""

from collections import ChainMap, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final, TypeVar

import attrs

from worklog_core.collector import without_full_collections
from worklog_core.door import require_function
from worklog_core.errors import WorklogError, describe
from worklog_core.events.history import History
from worklog_core.tables import html_table
from worklog_core.tickets.reopening import Latest
from worklog_core.worklog.averages import (
    AverageHandlingTime,
    AveragePer,
    Volume,
    average_handling_times,
    volume,
)
from worklog_core.worklog.findings import Finding, Notice, finding
from worklog_core.worklog.fingerprint import fingerprint_of
from worklog_core.worklog.lanes import draw_lanes
from worklog_core.worklog.late_rows import Rows, all_rows
from worklog_core.worklog.ledger import Ledger
from worklog_core.worklog.parts import Ground, Trace, UserPart, build_part, events_by_user
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import WorklogRules
from worklog_core.worklog.status_ledger import StatusLedger, StatusRun

__all__ = ["Worklog"]

K = TypeVar("K")


# Frozen, but compared by content and not hashed: a month of rows is no key of a dictionary.
@attrs.frozen(repr=False, kw_only=True, unsafe_hash=False)
class Worklog:
    """What a history amounts to under some rules.

    `rows` are sorted by day, user, ticket and instant; `ledger` accounts for every microsecond that
    anybody had a ticket on screen; `findings` are what a reader should look at. It keeps the
    `history` that it was built of, but two worklogs are compared by what they say.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import History, WorklogRules, build_worklog
        >>> build_worklog(History(), WorklogRules(time_zone=ZoneInfo("Europe/Berlin")))
        <Worklog: 0 rows, 0 ledger lines, 0 findings>
    """

    rows_kept: Rows = attrs.field(eq=all_rows, alias="rows")
    """The rows as they are kept; `rows` are made of them."""
    ledger: Ledger
    history: History = attrs.field(eq=False)
    rules: WorklogRules
    as_of: datetime | None
    notices: Mapping[str, tuple[Notice, ...]]
    """What was noticed, by user, as it is kept; `findings` are made of it."""
    statuses: Mapping[str, tuple[StatusRun, ...]]
    """The statuses of each user, as they are kept; `status_ledger` is made of them."""
    facts: History = attrs.field(eq=False)
    """What the history leaves when its versions are settled (AMB-25)."""
    traces: Mapping[str, Trace] = attrs.field(eq=False)
    """What a later event needs to know of each user."""
    unclosing: ChainMap[str, Latest | None] = attrs.field(eq=False)
    """The latest edits that left each ticket open, for later events; where the rules read every
    edit, nobody asks for them."""

    @classmethod
    @without_full_collections()
    def of(cls, history: History, rules: WorklogRules, *, as_of: datetime | None) -> "Worklog":
        """Return the worklog of a history as `build_worklog`, its door, does."""
        facts = history.settled()
        ground = Ground.of(facts, rules, as_of)
        parts: dict[str, UserPart] = {}
        by_day: defaultdict[date, list[WorklogRow]] = defaultdict(list)
        for user_id, events in events_by_user(facts).items():
            parts[user_id] = part = build_part(user_id, events, ground)
            # Each user's rows stand in order and so do the users, so that only days are out of it.
            for row in part.account.rows if part.account else ():
                by_day[row.day].append(row)
        accounts = {user_id: part.account for user_id, part in parts.items() if part.account}
        return cls(
            rows=tuple(row for day in sorted(by_day) for row in by_day[day]),
            ledger=Ledger(accounts),
            notices={user_id: part.notices for user_id, part in parts.items() if part.notices},
            statuses={user_id: part.statuses for user_id, part in parts.items()},
            traces={user_id: part.trace for user_id, part in parts.items()},
            unclosing=ChainMap({}, dict(ground.tickets.unclosing)),
            history=history,
            facts=facts,
            rules=rules,
            as_of=as_of,
        )

    @cached_property
    def rows(self) -> tuple[WorklogRow, ...]:
        """The rows, sorted by day, user, ticket and instant."""
        return all_rows(self.rows_kept)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader should look at, by user, start and ticket; numbers stand as they are."""
        return tuple(
            finding(user_id, notice)
            for user_id, notices in self.notices.items()
            for notice in notices
        )

    @cached_property
    def fingerprint(self) -> str:
        """What this worklog was made of and by which rules, in 64 hexadecimal digits.

        Equal for equal input and rules, on every platform; made when it is first asked for.
        """
        due = (row.sla_due_at for row in self.rows if row.sla_due_at is not None)
        last_due = max(due, default=None)
        return fingerprint_of(self.history, self.rules, as_of=self.as_of, last_due=last_due)

    def as_known_at(self, instant: datetime) -> "Worklog":
        """Return the worklog as it was reported when no more was known than at an instant.

        The same rules and `as_of` on what the system had learnt by then (AMB-24): a closed month as
        it was closed. `compare` tells the difference to what is known now.

        Raises NaiveDatetimeError for a naive instant.

        Example:
            >>> from datetime import UTC, datetime
            >>> from worklog_core import Action, History, TicketEdit, WorklogRules, build_worklog
            >>> done, told = (datetime(2026, 3, day, 9, tzinfo=UTC) for day in (31, 2))
            >>> late = TicketEdit("U1", "T1", told, Action.CLOSE, known_at=done)
            >>> worklog = build_worklog(History(edits=[late]), WorklogRules(time_zone=UTC))
            >>> len(worklog.rows), len(worklog.as_known_at(told).rows)
            (1, 0)
        """
        return Worklog.of(self.history.as_known_at(instant), self.rules, as_of=self.as_of)

    @cached_property
    def status_ledger(self) -> StatusLedger:
        """Where every user's day went, with and without a ticket on screen: idle, occupancy."""
        return StatusLedger(self.statuses, self.ledger, self.rules.time_zone)

    def lanes(self, user_id: str, day: date, *, width: int = 72) -> str:
        """Return one user's day as text: a lane a ticket, in local time, with exact sums beside.

        Raises WorklogError where nothing was on that user's screen on that day, and for a width
        that has no room for the times of the axis.

        Example:
            >>> from datetime import UTC, date, datetime
            >>> from worklog_core import History, ScreenSession, WorklogRules, build_worklog
            >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
            >>> history = History(sessions=[
            ...     ScreenSession(user_id="U1", ticket_id="T1", start=at(9), end=at(11)),
            ...     ScreenSession(user_id="U1", ticket_id="T2", start=at(10), end=at(12))])
            >>> worklog = build_worklog(history, WorklogRules(time_zone=UTC))
            >>> print(worklog.lanes("U1", date(2026, 3, 2), width=36))
                09:00:00     2026-03-02     12:00:00
            T1 |------------------------            | 1:30:00
            T2 |            ------------------------| 1:30:00
                - view_only
        """
        lines = self.ledger.of_day(user_id, day)
        return draw_lanes(lines, time_zone=self.rules.time_zone, width=width)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as plain values, one dict a row."""
        return [row.to_dict() for row in self.rows]

    def average_handling_time(self, *, per: AveragePer = AveragePer.ROW) -> timedelta | None:
        """Return the average handling time (AHT) over the rows that have a duration (AMB-16).

        Half to even at the microsecond. None where no row was measured.
        """
        averages = self.average_handling_times(by=lambda _: None, per=per)
        return averages[None].mean if averages else None

    def average_handling_times(
        self, *, by: Callable[[WorklogRow], K], per: AveragePer = AveragePer.ROW
    ) -> dict[K, AverageHandlingTime]:
        """Return the average of each group of rows, with its exact sum and count.

        *by* names a row's group; *per* says whether a handling time is a row's or a ticket's within
        the group. A group in which nothing was measured is there, with a mean of None.

        Example:
            >>> from zoneinfo import ZoneInfo
            >>> from worklog_core import History, WorklogRules, build_worklog
            >>> worklog = build_worklog(History(), WorklogRules(time_zone=ZoneInfo("UTC")))
            >>> worklog.average_handling_times(by=lambda row: row.user_id)
            {}
        """
        require_function("by", by, "row")
        return average_handling_times(self.rows, by, per=_checked(per))

    def volume(self, *, by: Callable[[WorklogRow], K]) -> dict[K, Volume]:
        """Return how many rows each group holds, the unmeasured ones apart (AMB-16)."""
        require_function("by", by, "row")
        return volume(self.rows, by)

    def _repr_html_(self) -> str:
        shown = self.rows[:_SHOWN]
        caption = f"{len(self.rows)} rows, average handling time {self.average_handling_time()}"
        if len(shown) < len(self.rows):
            caption += f" (the first {len(shown)} rows are shown)"
        headers = ("day", "user", "ticket", "action", "duration", "after-work", "reopened")
        cells = (
            (r.day, r.user_id, r.ticket_id, r.action.value, r.duration, r.after_work, r.reopened)
            for r in shown
        )
        return html_table(caption, headers, cells)

    def __repr__(self) -> str:
        return (
            f"<Worklog: {len(self.rows)} rows, {len(self.ledger)} ledger lines, "
            f"{sum(map(len, self.notices.values()))} findings>"
        )


_SHOWN: Final = 20


def _checked(per: AveragePer) -> AveragePer:
    if not isinstance(per, AveragePer):
        raise WorklogError(
            f"per must be a member of AveragePer: found {describe(per)}. "
            "Choose AveragePer.ROW or AveragePer.TICKET.",
            field="per",
            value=per,
        )
    return per
