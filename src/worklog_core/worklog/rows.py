"""The row of a worklog: one processing of one ticket by one user (E-13, E-16).

Three rules hold for every row:
1. Its key, (user, ticket, local day, epoch), is unique in a worklog and stable when it is rebuilt.
2. A value that cannot be determined is None, and `reasons` says why under the field's name.
3. 0 <= after_work <= duration <= open_time, in exact microseconds.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import attrs

from worklog_core.events.actions import Action
from worklog_core.mappings import FrozenMapping
from worklog_core.undetermined import Undetermined

__all__ = ["RowKey", "WorklogRow", "frozen_reasons"]


class RowKey(NamedTuple):
    """What makes a row the row it is (AMB-26); `epoch_at` is None before any customer message."""

    user_id: str
    ticket_id: str
    day: date
    epoch_at: datetime | None


def frozen_reasons(given: Mapping[str, Undetermined]) -> FrozenMapping[str, Undetermined]:
    """Return the reasons of a value, by field, as they are kept; shared ones stay shared."""
    return given if isinstance(given, FrozenMapping) else FrozenMapping(given)


@attrs.frozen(kw_only=True, repr=False)
class WorklogRow:
    """One processing: who worked on which ticket on which day, what came of it, how long it took.

    `day` is the local day of the first edit, `recorded_at` its instant in UTC. `duration` is the
    divided time that counts for this row, `after_work` the part of it from the first edit on
    (AMB-2), `open_time` the same time undivided; all three are None where no screen of that user
    touched it (AMB-22). `actions` are all actions in time order, `action` what they amount to
    (AMB-1). `conversation_id` is the last customer message at the first edit (AMB-27). `reopened`
    tells whether the ticket was opened again after the row's last closing (AMB-7).
    """

    user_id: str
    ticket_id: str
    day: date
    recorded_at: datetime
    conversation_id: str | None
    epoch_at: datetime | None
    action: Action
    actions: tuple[Action, ...]
    duration: timedelta | None
    after_work: timedelta | None
    open_time: timedelta | None
    reopened: bool
    reasons: Mapping[str, Undetermined] = attrs.field(converter=frozen_reasons)

    @property
    def key(self) -> RowKey:
        """The row's identity: (user_id, ticket_id, day, epoch_at)."""
        return RowKey(self.user_id, self.ticket_id, self.day, self.epoch_at)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain values under the names of its fields.

        Actions and reasons stand as their export names; instants, dates and durations stay what
        they are.
        """
        return {
            "user_id": self.user_id,
            "ticket_id": self.ticket_id,
            "day": self.day,
            "recorded_at": self.recorded_at,
            "conversation_id": self.conversation_id,
            "epoch_at": self.epoch_at,
            "action": self.action.value,
            "actions": [action.value for action in self.actions],
            "duration": self.duration,
            "after_work": self.after_work,
            "open_time": self.open_time,
            "reopened": self.reopened,
            "reasons": {field: reason.value for field, reason in self.reasons.items()},
        }

    def __repr__(self) -> str:
        measured = f"{self.duration}, after-work {self.after_work}"
        if self.duration is None:
            reason = self.reasons.get("duration")
            measured = f"not measured ({reason.value if reason else 'no reason given'})"
        place = f"{self.day} {self.user_id} {self.ticket_id}"
        return f"<WorklogRow {place} {self.action.value}: {measured}>"
