"""The entry of a case log: one case, with all columns of the CX Log and of the peers' exports.

Four rules hold for every entry:
1. A case is a ticket (K-01, G-03), and its id is unique in a log (K-02).
2. A value that cannot be determined is None, and `reasons` says why under the field's name.
3. Times are gross; under `net_` stands the same by the calendar.
4. Each field tells in its metadata which rule it comes from and its unit.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any, cast

import attrs

from worklog_core.conversations.promises import SlaStatus
from worklog_core.events.facts import StatusCause, TicketStatus
from worklog_core.events.messages import Direction
from worklog_core.events.tickets import OpenedBy
from worklog_core.mappings import FrozenMapping
from worklog_core.undetermined import Undetermined

__all__ = ["CaseEntry", "ContactType"]


class ContactType(Enum):
    """Whether a contact had written before (R-02, AMB-19)."""

    NEW = "new"
    RETURNING = "returning"


def _told(rules: str, unit: str) -> dict[str, Any]:
    return {"rules": rules, "unit": unit}


def _frozen(given: Mapping[str, Undetermined]) -> FrozenMapping[str, Undetermined]:
    return FrozenMapping(given)


@attrs.frozen(kw_only=True, repr=False)
class CaseEntry:
    """One case: who it was with, who had it, how long everything took, and what came of it.

    Durations are exact, instants in UTC. `counted_time` is all that the worklog's ledger counts for
    persons, `handled_time` the part of it outside hold, and `full_handled_time` is that with hold:
    the whole, where it is known whether the contact was held (AMB-13b).
    `full_resolution_time` is experimental, for the source does not define it.
    """

    case_id: str = attrs.field(metadata=_told("K-02", "name"))
    contact_id: str | None = attrs.field(metadata=_told("K-03", "name"))
    contact_labels: tuple[str, ...] = attrs.field(metadata=_told("K-04", "names, sorted"))
    contact_type: ContactType | None = attrs.field(metadata=_told("R-02, AMB-19", "choice"))
    channel: str | None = attrs.field(metadata=_told("K-05", "name"))
    queue: str | None = attrs.field(metadata=_told("K-06", "name"))
    direction: Direction | None = attrs.field(metadata=_told("K-10", "choice"))
    opened_by: OpenedBy | None = attrs.field(metadata=_told("P-R10", "choice"))
    opened_by_user: str | None = attrs.field(metadata=_told("AMB-23", "name"))
    started_at: datetime | None = attrs.field(metadata=_told("K-11", "instant, UTC"))
    status: TicketStatus = attrs.field(metadata=_told("P-E7", "choice"))
    merged_into: str | None = attrs.field(metadata=_told("K-01", "name"))

    first_assignee: str | None = attrs.field(metadata=_told("K-07", "name"))
    current_assignee: str | None = attrs.field(metadata=_told("K-08", "name"))
    last_assignee: str | None = attrs.field(metadata=_told("P-R2", "name"))
    assignees: tuple[str, ...] = attrs.field(metadata=_told("P-R7", "names, sorted"))
    team: str | None = attrs.field(metadata=_told("P-R4", "name"))
    assignments: int = attrs.field(metadata=_told("P-R2", "count"))
    first_assigned_at: datetime | None = attrs.field(metadata=_told("P-R2", "instant, UTC"))
    last_assigned_at: datetime | None = attrs.field(metadata=_told("P-R2", "instant, UTC"))
    time_to_first_assignment: timedelta | None = attrs.field(metadata=_told("P-R2", "duration, us"))
    net_time_to_first_assignment: timedelta | None = attrs.field(
        metadata=_told("P-R2", "working time, us")
    )
    first_assignment_to_first_response: timedelta | None = attrs.field(
        metadata=_told("P-R2", "duration, us")
    )
    net_first_assignment_to_first_response: timedelta | None = attrs.field(
        metadata=_told("P-R2", "working time, us")
    )
    last_assignment_to_response: timedelta | None = attrs.field(
        metadata=_told("P-R2", "duration, us")
    )
    net_last_assignment_to_response: timedelta | None = attrs.field(
        metadata=_told("P-R2", "working time, us")
    )
    first_assignment_to_close: timedelta | None = attrs.field(
        metadata=_told("P-R2", "duration, us")
    )
    net_first_assignment_to_close: timedelta | None = attrs.field(
        metadata=_told("P-R2", "working time, us")
    )
    last_assignment_to_close: timedelta | None = attrs.field(metadata=_told("P-R2", "duration, us"))
    net_last_assignment_to_close: timedelta | None = attrs.field(
        metadata=_told("P-R2", "working time, us")
    )

    first_response_at: datetime | None = attrs.field(metadata=_told("R-12", "instant, UTC"))
    first_response_by: str | None = attrs.field(metadata=_told("P-R2", "name"))
    first_response_time: timedelta | None = attrs.field(
        metadata=_told("K-13, AMB-23", "duration, us")
    )
    net_first_response_time: timedelta | None = attrs.field(
        metadata=_told("K-13, AMB-23", "working time, us")
    )
    response_time: timedelta | None = attrs.field(metadata=_told("R-04, AMB-18", "duration, us"))
    net_response_time: timedelta | None = attrs.field(
        metadata=_told("R-04, AMB-18", "working time, us")
    )
    responses: int = attrs.field(metadata=_told("P-R2, P-R5", "count"))
    unanswered_runs: int = attrs.field(metadata=_told("AMB-23", "count"))
    responses_outside_hours: int = attrs.field(metadata=_told("AMB-23", "count"))
    incoming_messages: int = attrs.field(metadata=_told("R-12", "count"))
    outgoing_messages: int = attrs.field(metadata=_told("R-12", "count"))
    notes: int = attrs.field(metadata=_told("P-R7", "count"))
    failed_messages: int = attrs.field(metadata=_told("R-10", "count"))

    closed_at: datetime | None = attrs.field(metadata=_told("P-K1, P-R4", "instant, UTC"))
    resolved_at: datetime | None = attrs.field(metadata=_told("R-12", "instant, UTC"))
    closed_by: str | None = attrs.field(metadata=_told("K-09", "name"))
    closed_by_cause: StatusCause | None = attrs.field(metadata=_told("P-R4", "choice"))
    closed_by_teams: tuple[str, ...] = attrs.field(metadata=_told("P-R2", "names, sorted"))
    resolution_time: timedelta | None = attrs.field(metadata=_told("K-14", "duration, us"))
    net_resolution_time: timedelta | None = attrs.field(metadata=_told("K-14", "working time, us"))
    full_resolution_time: timedelta | None = attrs.field(
        metadata=_told("P-K1, P-K2", "duration, us; experimental")
    )
    times_closed: int = attrs.field(metadata=_told("AMB-7", "count"))
    times_reopened: int = attrs.field(metadata=_told("AMB-7", "count"))
    category: str | None = attrs.field(metadata=_told("R-07", "name"))
    summary: str | None = attrs.field(metadata=_told("R-07", "text"))
    disposition: str | None = attrs.field(metadata=_told("K-17", "name"))
    note: str | None = attrs.field(metadata=_told("K-19", "text"))

    counted_time: timedelta | None = attrs.field(
        metadata=_told("K-12, AMB-13b", "divided time, us")
    )
    handled_time: timedelta | None = attrs.field(
        metadata=_told("K-12, AMB-13b", "divided time, us")
    )
    full_handled_time: timedelta | None = attrs.field(
        metadata=_told("P-K1, AMB-13b", "divided time, us")
    )
    hold: timedelta | None = attrs.field(metadata=_told("P-K1, AMB-13b", "duration, us"))
    wrap_up: timedelta | None = attrs.field(metadata=_told("K-15, AMB-13", "duration, us"))
    wrap_up_counted: timedelta | None = attrs.field(metadata=_told("AMB-13", "divided time, us"))
    wrap_up_form_id: str | None = attrs.field(metadata=_told("P-K1", "name"))
    connect_handle_time: timedelta | None = attrs.field(metadata=_told("K-12", "duration, us"))
    requester_wait: timedelta | None = attrs.field(metadata=_told("K-12", "duration, us"))
    net_requester_wait: timedelta | None = attrs.field(metadata=_told("K-12", "working time, us"))
    agent_work: timedelta | None = attrs.field(metadata=_told("K-12", "duration, us"))
    net_agent_work: timedelta | None = attrs.field(metadata=_told("K-12", "working time, us"))
    on_hold: timedelta | None = attrs.field(metadata=_told("K-12", "duration, us"))
    net_on_hold: timedelta | None = attrs.field(metadata=_told("K-12", "working time, us"))
    pending_time: timedelta | None = attrs.field(metadata=_told("AMB-12", "duration, us"))
    net_pending_time: timedelta | None = attrs.field(metadata=_told("AMB-12", "working time, us"))

    recordings: tuple[str, ...] = attrs.field(metadata=_told("K-16", "links, in time order"))
    tags: tuple[str, ...] = attrs.field(metadata=_told("K-18", "names, sorted"))
    sentiment_score: Fraction | None = attrs.field(metadata=_told("K-20", "number"))
    sentiment_out_of: Fraction | None = attrs.field(metadata=_told("K-20", "number"))
    csat_score: Fraction | None = attrs.field(metadata=_told("K-21", "number"))
    csat_out_of: Fraction | None = attrs.field(metadata=_told("K-21", "number"))
    first_response_due_at: datetime | None = attrs.field(metadata=_told("P-E8", "instant, UTC"))
    first_response_sla: SlaStatus | None = attrs.field(metadata=_told("AMB-14", "choice"))
    resolution_due_at: datetime | None = attrs.field(metadata=_told("P-E8", "instant, UTC"))
    resolution_sla: SlaStatus | None = attrs.field(metadata=_told("AMB-14", "choice"))
    sla_status: SlaStatus | None = attrs.field(metadata=_told("K-22, AMB-14", "choice"))
    reasons: Mapping[str, Undetermined] = attrs.field(
        converter=_frozen, metadata=_told("AMB-15", "reasons, by field")
    )

    @property
    def is_closed(self) -> bool:
        """Whether the case is closed at the evaluation."""
        return self.status is TicketStatus.CLOSED

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain values under the names of its fields.

        Choices and reasons stand as their export names, collections as lists; instants, durations
        and scores stay what they are.
        """
        return {field.name: _plain(getattr(self, field.name)) for field in attrs.fields(type(self))}

    def __repr__(self) -> str:
        handled = self.handled_time
        measured = f"handled {handled}"
        if handled is None:
            reason = self.reasons.get("handled_time")
            measured = f"not measured ({reason.value if reason else 'no reason given'})"
        return f"<CaseEntry {self.case_id} {self.status.value}: {measured}>"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return list(cast("tuple[str, ...]", value))
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Undetermined]", value)
        return {name: reason.value for name, reason in given.items()}
    return value
