"""The row of a worklog: one processing of one ticket by one user (E-13, E-16).

Four rules hold for every row:
1. Its key, (user, ticket, local day, epoch), is unique in a worklog and stable when it is rebuilt.
2. A value that cannot be determined is None, and `reasons` says why under the field's name.
3. 0 <= after_work <= duration <= open_time, in exact microseconds.
4. Each field tells in its metadata which rule it comes from, its unit, and the reasons it may have;
   the table of fields in the documentation is made of that.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from hashlib import sha256
from operator import attrgetter
from typing import Any, Final, NamedTuple, cast

import attrs

from worklog_core.events.actions import Action
from worklog_core.events.assistance import AiActionApplied, AutomationLevel
from worklog_core.instants import to_microseconds
from worklog_core.mappings import FrozenMapping
from worklog_core.similarity import Similarity
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.assistance import AiUsage

__all__ = ["FURTHER_REASONS", "RowKey", "WorklogRow", "frozen_reasons", "row_order"]


class RowKey(NamedTuple):
    """What makes a row the row it is (AMB-26); `epoch_at` is None before any customer message."""

    user_id: str
    ticket_id: str
    day: date
    epoch_at: datetime | None

    def worklog_id(self, *, tenant: str = "") -> str:
        """Return the row's primary key in an export, 32 hexadecimal digits (E-54, AMB-26).

        A digest of tenant and key: stable when the worklog is rebuilt, other for another tenant.

        Example:
            >>> from datetime import date
            >>> from worklog_core import RowKey
            >>> RowKey("U1", "T1", date(2026, 3, 2), None).worklog_id(tenant="acme")
            '6981677cdafe46e78d1f1c7895287970'
        """
        epoch = "" if self.epoch_at is None else str(to_microseconds(self.epoch_at))
        digest = sha256(b"worklog-id-v1")
        for part in (tenant, self.user_id, self.ticket_id, self.day.isoformat(), epoch):
            text = part.encode("utf-8", "surrogatepass")
            digest.update(len(text).to_bytes(8, "big") + text)
        return digest.hexdigest()[:32]


def frozen_reasons(given: Mapping[str, Undetermined]) -> FrozenMapping[str, Undetermined]:
    """Return the reasons of a value, by field, as they are kept; shared ones stay shared."""
    return given if isinstance(given, FrozenMapping) else FrozenMapping(given)


def _told(rules: str, unit: str, *reasons: Undetermined) -> dict[str, Any]:
    """Return what a field says of itself: its rules, its unit, and why it may be None."""
    return {"rules": rules, "unit": unit, "reasons": reasons}


@attrs.frozen(kw_only=True, repr=False)
class WorklogRow:
    """One processing: who worked on which ticket on which day, what came of it, how long it took.

    `day` is the local day of the first edit, `recorded_at` its instant in UTC. `duration` is the
    divided time that counts for this row, `after_work` the part of it from the first edit on
    (AMB-2), `open_time` the same time undivided; all three are None where no screen of that user
    touched it (AMB-22). `actions` are all actions in time order, `action` what they amount to
    (AMB-1). `conversation_id` is the last customer message at the first edit (AMB-27). `reopened`
    tells whether the ticket was opened again after the row's last closing (AMB-7).

    `teams`, `topic` and `channel` are those at the first edit, `tags` those at the last one. What
    AI did is in `automation_level`, `ai_usage` and `text_assistance`. `served_at` is when the
    customer saw something done, `sla_deviation` how much working time after `sla_due_at` that was;
    negative is timely. The waiting of the ticket is told as of the evaluation.
    """

    user_id: str = attrs.field(metadata=_told("E-54", "name"))
    ticket_id: str = attrs.field(metadata=_told("E-54", "name"))
    day: date = attrs.field(metadata=_told("E-13, AMB-4d", "local day"))
    recorded_at: datetime = attrs.field(metadata=_told("E-03, E-54, AMB-21", "instant, UTC"))
    conversation_id: str | None = attrs.field(
        metadata=_told(
            "E-54, AMB-27", "name", Undetermined.INITIAL_REQUEST, Undetermined.NO_CUSTOMER_MESSAGE
        )
    )
    epoch_at: datetime | None = attrs.field(
        metadata=_told("E-13, AMB-4", "instant, UTC", Undetermined.NO_CUSTOMER_MESSAGE)
    )
    action: Action = attrs.field(metadata=_told("E-17 to E-21, AMB-1", "choice"))
    actions: tuple[Action, ...] = attrs.field(metadata=_told("AMB-1", "choices, in time order"))
    duration: timedelta | None = attrs.field(
        metadata=_told(
            "E-05, AMB-2, AMB-5",
            "duration, us",
            Undetermined.DARK_PROCESSING,
            Undetermined.NO_SESSION,
        )
    )
    after_work: timedelta | None = attrs.field(
        metadata=_told(
            "E-06, AMB-2", "duration, us", Undetermined.DARK_PROCESSING, Undetermined.NO_SESSION
        )
    )
    open_time: timedelta | None = attrs.field(
        metadata=_told(
            "E-01", "duration, us", Undetermined.DARK_PROCESSING, Undetermined.NO_SESSION
        )
    )
    reopened: bool = attrs.field(metadata=_told("E-22, AMB-7", "flag"))
    teams: tuple[str, ...] = attrs.field(
        default=(), metadata=_told("E-50, AMB-26", "names, sorted")
    )
    tags: tuple[str, ...] = attrs.field(default=(), metadata=_told("E-51, AMB-26", "names, sorted"))
    topic: str | None = attrs.field(
        default=None, metadata=_told("E-52", "name", Undetermined.NOT_TOLD)
    )
    subtopic: str | None = attrs.field(
        default=None, metadata=_told("E-52", "name", Undetermined.NOT_TOLD)
    )
    channel: str | None = attrs.field(
        default=None, metadata=_told("E-53", "name", Undetermined.NOT_TOLD)
    )
    offered: bool = attrs.field(default=False, metadata=_told("E-44, AMB-11", "flag"))
    skipped: bool = attrs.field(default=False, metadata=_told("E-44, AMB-11", "flag"))
    automation_level: AutomationLevel = attrs.field(
        default=AutomationLevel.NONE, metadata=_told("E-32 to E-38", "level, 0 to 5")
    )
    automation_evidence: AiActionApplied | None = attrs.field(
        default=None,
        metadata=_told("E-32", "event", Undetermined.NO_AI_USED, Undetermined.NOT_TOLD),
    )
    ai_usage: tuple[AiUsage, ...] = attrs.field(
        default=(), metadata=_told("E-43, P-E2", "agents, by first use")
    )
    text_assistance: Similarity | None = attrs.field(
        default=None,
        metadata=_told(
            "E-40 to E-42, AMB-10",
            "share, 0 to 1",
            Undetermined.BASE_AGENT_NOT_USED,
            Undetermined.NO_RECOMMENDATION,
            Undetermined.NOTHING_SENT,
            Undetermined.NOT_TOLD,
            Undetermined.TOO_LARGE,
            Undetermined.TOO_MANY_MARKS,
        ),
    )
    tags_identified_correctly: bool | None = attrs.field(
        default=None, metadata=_told("E-39, AMB-20", "flag", Undetermined.NOTHING_DETECTED)
    )
    customer_identified_correctly: bool | None = attrs.field(
        default=None, metadata=_told("P-E1, AMB-20", "flag", Undetermined.NOTHING_DETECTED)
    )
    sla_due_at: datetime | None = attrs.field(
        default=None, metadata=_told("E-48, AMB-8", "instant, UTC", Undetermined.NO_SLA_DUE)
    )
    served_at: datetime | None = attrs.field(
        default=None, metadata=_told("E-49, AMB-8", "instant, UTC", Undetermined.NO_CLOSING_EVENT)
    )
    sla_deviation: timedelta | None = attrs.field(
        default=None,
        metadata=_told(
            "E-45 to E-48, AMB-8",
            "working time, us",
            Undetermined.NO_CLOSING_EVENT,
            Undetermined.NO_SLA_DUE,
            Undetermined.NO_CALENDAR,
        ),
    )
    gross_sla_deviation: timedelta | None = attrs.field(
        default=None,
        metadata=_told(
            "P-E12, AMB-8", "duration, us", Undetermined.NO_CLOSING_EVENT, Undetermined.NO_SLA_DUE
        ),
    )
    status_detail: str | None = attrs.field(
        default=None, metadata=_told("P-E1, D-11", "name", Undetermined.NOT_TOLD)
    )
    pending_due_at: datetime | None = attrs.field(
        default=None,
        metadata=_told(
            "P-E1, D-01",
            "instant, UTC",
            Undetermined.NOT_TOLD,
            Undetermined.NOT_PENDING,
            Undetermined.NO_DUE_DATE,
        ),
    )
    first_pending_at: datetime | None = attrs.field(
        default=None,
        metadata=_told("P-E1", "instant, UTC", Undetermined.NOT_TOLD, Undetermined.NEVER_PENDING),
    )
    pending_time: timedelta | None = attrs.field(
        default=None,
        metadata=_told(
            "P-E1, AMB-12", "duration, us", Undetermined.NOT_TOLD, Undetermined.STILL_PENDING
        ),
    )
    net_pending_time: timedelta | None = attrs.field(
        default=None,
        metadata=_told(
            "P-E1, AMB-12",
            "working time, us",
            Undetermined.NOT_TOLD,
            Undetermined.STILL_PENDING,
            Undetermined.NO_CALENDAR,
        ),
    )
    times_set_to_open: int | None = attrs.field(
        default=None, metadata=_told("P-E1", "count", Undetermined.NOT_TOLD)
    )
    reasons: Mapping[str, Undetermined] = attrs.field(
        converter=frozen_reasons, metadata=_told("AMB-15, AMB-22", "reasons, by field")
    )

    @property
    def key(self) -> RowKey:
        """The row's identity: (user_id, ticket_id, day, epoch_at)."""
        return RowKey(self.user_id, self.ticket_id, self.day, self.epoch_at)

    @property
    def ai_agents_used(self) -> tuple[str, ...]:
        """The AI agents whose proposals were applied, in the order of their first use (E-43)."""
        return tuple(usage.agent for usage in self.ai_usage)

    @property
    def text_assistance_accuracy(self) -> float | None:
        """How much of the base agent's text was sent as it was, 0 to 1, unrounded (E-41)."""
        return None if self.text_assistance is None else self.text_assistance.value

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain values under the names of its fields.

        Choices and reasons stand as their export names, an AI action as its agent; instants, dates
        and durations stay what they are.
        """
        return {field.name: _plain(getattr(self, field.name)) for field in attrs.fields(type(self))}

    def __repr__(self) -> str:
        measured = f"{self.duration}, after-work {self.after_work}"
        if self.duration is None:
            reason = self.reasons.get("duration")
            measured = f"not measured ({reason.value if reason else 'no reason given'})"
        place = f"{self.day} {self.user_id} {self.ticket_id}"
        return f"<WorklogRow {place} {self.action.value}: {measured}>"


row_order: Final = attrgetter("day", "user_id", "ticket_id", "recorded_at")
"""The order of a worklog's rows, which no two of them share."""


def _plain(value: Any) -> Any:
    if isinstance(value, Enum | Similarity):
        return value.value
    if isinstance(value, AiUsage | AiActionApplied):
        return value.agent
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("Iterable[Any]", value)]
    if isinstance(value, FrozenMapping):
        return {name: _plain(item) for name, item in cast("Mapping[str, Any]", value).items()}
    return value


FURTHER_REASONS: Final = FrozenMapping(
    {
        "topic": Undetermined.NOT_TOLD,
        "subtopic": Undetermined.NOT_TOLD,
        "channel": Undetermined.NOT_TOLD,
        "automation_evidence": Undetermined.NO_AI_USED,
        "text_assistance": Undetermined.BASE_AGENT_NOT_USED,
        "tags_identified_correctly": Undetermined.NOTHING_DETECTED,
        "customer_identified_correctly": Undetermined.NOTHING_DETECTED,
        "sla_due_at": Undetermined.NO_SLA_DUE,
        "served_at": Undetermined.NO_CLOSING_EVENT,
        "sla_deviation": Undetermined.NO_CLOSING_EVENT,
        "gross_sla_deviation": Undetermined.NO_CLOSING_EVENT,
        "status_detail": Undetermined.NOT_TOLD,
        "pending_due_at": Undetermined.NOT_TOLD,
        "first_pending_at": Undetermined.NOT_TOLD,
        "pending_time": Undetermined.NOT_TOLD,
        "net_pending_time": Undetermined.NOT_TOLD,
        "times_set_to_open": Undetermined.NOT_TOLD,
    }
)
"""Why the facts of a row that no event tells are None."""
