"""The case log: one entry a case, the answers behind them, and the worklog of their times."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import attrs

from worklog_core.conversations.entries import CaseEntry
from worklog_core.conversations.responses import Response
from worklog_core.conversations.rules import CaseRules
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import TicketStatusChange
from worklog_core.events.messages import MessageSent
from worklog_core.events.routing import TeamMembership
from worklog_core.instants import require_instant
from worklog_core.mappings import FrozenMapping
from worklog_core.tables import html_table
from worklog_core.tickets.stock import Stock, StockFlow, StockTicket, stock_at, stock_between
from worklog_core.worklog.rules import WorklogRules
from worklog_core.worklog.worklog import Worklog

__all__ = ["CaseLog"]

_SHOWN: Final = 20


# Compared by content and not hashed: a month of cases is no key of a dictionary.
@attrs.define(repr=False, kw_only=True, on_setattr=attrs.setters.frozen)
class CaseLog:
    """What a history amounts to, case by case, under some rules.

    `entries` are sorted by case id. `responses` are the answers of persons, `messages` everything
    that was written, both by case and time; `worklog` is where handled time comes from.

    Example:
        >>> from datetime import UTC
        >>> from worklog_core import History, WorklogRules, build_case_log
        >>> build_case_log(History(), WorklogRules(time_zone=UTC))
        <CaseLog: 0 cases, 0 responses, 0 messages>
    """

    entries: tuple[CaseEntry, ...]
    responses: tuple[Response, ...]
    messages: tuple[MessageSent, ...]
    worklog: Worklog
    case_rules: CaseRules
    case_ids: Mapping[str, str] = attrs.field(converter=FrozenMapping[str, str])
    """The case of each ticket that is not one by itself, because it was merged."""
    memberships: Mapping[str, tuple[TeamMembership, ...]] = attrs.field(repr=False)
    statuses: tuple[TicketStatusChange, ...] = attrs.field(repr=False)

    @property
    def rules(self) -> WorklogRules:
        """The rules of the worklog."""
        return self.worklog.rules

    @property
    def as_of(self) -> datetime | None:
        """The instant of the evaluation; None where all that was given is seen."""
        return self.worklog.as_of

    @cached_property
    def _ids(self) -> list[str]:
        return [entry.case_id for entry in self.entries]

    def __getitem__(self, case_id: str) -> CaseEntry:
        """Return the entry of a case; raise WorklogError where there is none."""
        found = bisect_left(self._ids, case_id) if isinstance(case_id, str) else len(self._ids)
        if found < len(self._ids) and self._ids[found] == case_id:
            return self.entries[found]
        raise WorklogError(
            f"case_id must name a case of this log: found {describe(case_id)}. "
            "Take it from an entry, or see case_ids for a ticket that was merged.",
            field="case_id",
            value=case_id,
        )

    def __iter__(self) -> Iterator[CaseEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def teams_of(self, user_id: str | None, at: datetime) -> tuple[str, ...]:
        """Return the teams of a user at an instant, sorted; none for nobody (E-50)."""
        instant = require_instant("at", at)
        own = () if user_id is None else self.memberships.get(user_id, ())
        return tuple(
            sorted(
                {m.team for m in own if m.start <= instant and (m.end is None or instant < m.end)}
            )
        )

    def stock_at(self, as_of: datetime) -> Stock:
        """Return the stock of cases at an instant; cases without an opening are not in it."""
        return stock_at(self._stock_tickets, self.statuses, as_of=as_of)

    def stock_between(self, start: datetime, end: datetime) -> StockFlow:
        """Return how the stock changed over [start, end): opening + in - out = closing (D-10)."""
        return stock_between(self._stock_tickets, self.statuses, start=start, end=end)

    @cached_property
    def _stock_tickets(self) -> list[StockTicket]:
        return [
            StockTicket(entry.case_id, entry.started_at, queue=entry.queue, tags=entry.tags)
            for entry in self.entries
            if entry.started_at is not None
        ]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the entries as plain values, one dict a case."""
        return [entry.to_dict() for entry in self.entries]

    def _repr_html_(self) -> str:
        shown = self.entries[:_SHOWN]
        caption = f"{len(self.entries)} cases"
        if len(shown) < len(self.entries):
            caption += f" (the first {len(shown)} are shown)"
        headers = ("case", "started", "status", "handled", "first response", "resolution", "SLA")
        cells = (
            (
                entry.case_id,
                entry.started_at,
                entry.status.value,
                entry.handled_time,
                entry.first_response_time,
                entry.resolution_time,
                entry.sla_status and entry.sla_status.value,
            )
            for entry in shown
        )
        return html_table(caption, headers, cells)

    def __repr__(self) -> str:
        return (
            f"<CaseLog: {len(self.entries)} cases, {len(self.responses)} responses, "
            f"{len(self.messages)} messages>"
        )
