"""Events as columns: one `Records` for each kind, checked like the events themselves.

Four rules hold for every record:
1. Its columns have the names of the event's fields. Text is codes into a list of words, an instant
   microseconds since 1970, a flag 0 or 1, a choice its place in the enum.
2. Missing is `NONE_US` for an instant and -1 for everything else.
3. A field of which nothing is known has no column of its own, and its default in every row.
4. `event` turns a row back into the scalar event, so that a fault is named by the same door.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import attrs
import numpy as np

from worklog_core.columnar.arrays import Flags, Ints
from worklog_core.columnar.words import Words
from worklog_core.events.actions import Action
from worklog_core.events.facts import (
    DueSetBy,
    ScreenSession,
    StatusCause,
    TicketEdit,
    TicketStatus,
    TicketStatusChange,
    UserStatusRepost,
)
from worklog_core.events.kinds import Event
from worklog_core.events.messages import Direction, MessageSent, SenderKind
from worklog_core.events.routing import AssigneeKind, AssignmentMode, TicketAssigned
from worklog_core.events.tickets import OpenedBy, TicketOpened
from worklog_core.instants import from_microseconds

__all__ = ["ACTIONS", "CHOICES", "FLAGS", "FREE_TEXTS", "INSTANTS", "NONE_US", "Records"]

NONE_US: Final = int(np.iinfo(np.int64).min)
"""An instant that is missing: what NumPy keeps for NaT."""

ACTIONS: Final = tuple(Action)

INSTANTS: Final = frozenset({"at", "start", "end", "known_at", "deferred_until"})
FLAGS: Final = frozenset({"closes", "is_initial", "is_hold_capable"})
FREE_TEXTS: Final = frozenset({"text"})
"""What somebody wrote, and may be empty; every other text is a name."""

CHOICES: Final[Mapping[type[Event], Mapping[str, type[Enum]]]] = {
    TicketEdit: {"action": Action},
    TicketStatusChange: {"status": TicketStatus, "cause": StatusCause, "due_set_by": DueSetBy},
    MessageSent: {"direction": Direction, "sender": SenderKind},
    TicketOpened: {"direction": Direction, "opened_by": OpenedBy},
    TicketAssigned: {"mode": AssignmentMode, "assignee_kind": AssigneeKind},
}
"""The fields that are one of an enum, by kind of event."""


@attrs.frozen(eq=False, repr=False)
class Records:
    """The events of one kind, as columns; `words` are the texts behind the codes of a field."""

    kind: type[Event]
    size: int
    columns: Mapping[str, Ints]
    words: Mapping[str, Words]

    def __len__(self) -> int:
        return self.size

    def __contains__(self, field: object) -> bool:
        return field in attrs.fields_dict(self.kind)

    def __getitem__(self, field: str) -> Ints:
        column = self.columns.get(field)
        if column is None:
            column = np.broadcast_to(np.int64(self._untold(field)), self.size)
        return column

    def _untold(self, field: str) -> int:
        """Return what stands for a field of which nothing is known: its default, or missing."""
        attribute = attrs.fields_dict(self.kind).get(field)
        default = None if attribute is None else attribute.default
        if isinstance(default, bool):
            return int(default)
        if isinstance(default, Enum):
            return list(type(default)).index(default)
        return NONE_US if field in INSTANTS else -1

    def take(self, rows: "Ints | Flags | slice") -> "Records":
        """Return some of the rows."""
        size = len(np.broadcast_to(np.False_, self.size)[rows])
        chosen = {field: column[rows] for field, column in self.columns.items()}
        return Records(self.kind, size, chosen, self.words)

    def texts(self, field: str) -> list[str]:
        """Return the words of a field, as a list."""
        return list(self.words[field]) if field in self.words else []

    def learnt_at(self) -> Ints:
        """Return when the system learnt of each event (AMB-24)."""
        at_end = self.kind in (ScreenSession, UserStatusRepost)
        own = self["end" if at_end else "at"]
        known = self["known_at"]
        return np.where(known == NONE_US, own, known)

    def event(self, row: int) -> Any:
        """Return one row as the event that it is; raises what the event's own door raises."""
        values = {field: self._value(field, row) for field in attrs.fields_dict(self.kind)}
        return self.kind(**values)

    def events(self, rows: Ints) -> list[Any]:
        """Return some rows as the events that they are."""
        return [self.event(int(row)) for row in rows]

    def _value(self, field: str, row: int) -> Any:
        code = int(self[field][row])
        if field in INSTANTS:
            return None if code == NONE_US else from_microseconds(code)
        if code < 0:
            return None
        if field in FLAGS:
            return bool(code)
        choice = CHOICES.get(self.kind, {}).get(field)
        return self.words[field][code] if choice is None else list(choice)[code]
