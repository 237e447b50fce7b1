"""What differs between the rows of two worklogs: which came, which went, which say something else.

A row is the same row where its key is the same (AMB-26); what it says is compared field by field,
to the microsecond.
"""

from collections.abc import Iterable
from typing import Any, cast

import attrs

from worklog_core.events.kinds import Event
from worklog_core.mappings import FrozenMapping
from worklog_core.worklog.rows import RowKey, WorklogRow, row_order

__all__ = ["RowChange", "in_row_order", "row_changes"]


@attrs.frozen(repr=False)
class RowChange:
    """A row that came, went, or says something else.

    `old` is None for a row that came, `new` for one that went. `events` are the late events that
    reach the row, in the order of a history: those about its ticket, and those of its user on the
    days that had to be computed anew. Without the others the row would have changed just as much.
    """

    old: WorklogRow | None
    new: WorklogRow | None
    events: tuple[Event, ...] = ()

    @property
    def row(self) -> WorklogRow:
        """The row as it is now; the one that went, where it went."""
        return cast("WorklogRow", self.old if self.new is None else self.new)

    @property
    def key(self) -> RowKey:
        """The key of the row."""
        return self.row.key

    @property
    def fields(self) -> FrozenMapping[str, tuple[Any, Any]]:
        """The fields that differ, each with its old and its new value.

        Empty for a row that came or went: there all of them do.
        """
        if self.old is None or self.new is None:
            return FrozenMapping()
        pairs = (
            (field.name, (getattr(self.old, field.name), getattr(self.new, field.name)))
            for field in attrs.fields(WorklogRow)
        )
        return FrozenMapping({name: pair for name, pair in pairs if pair[0] != pair[1]})

    def __repr__(self) -> str:
        place = " ".join(map(str, self.key[:3]))
        if self.old is None:
            return f"<RowChange {place}: came>"
        if self.new is None:
            return f"<RowChange {place}: went>"
        said = ", ".join(f"{name} {old} -> {new}" for name, (old, new) in self.fields.items())
        return f"<RowChange {place}: {said}>"


def row_changes(old: Iterable[WorklogRow], new: Iterable[WorklogRow]) -> list[RowChange]:
    """Return what differs between two sets of rows, each row by its key."""
    before = {row.key: row for row in old}
    after = {row.key: row for row in new}
    found = [RowChange(row, after.get(key)) for key, row in before.items() if row != after.get(key)]
    found += [RowChange(None, row) for key, row in after.items() if key not in before]
    return found


def in_row_order(changes: Iterable[RowChange]) -> tuple[RowChange, ...]:
    """Return changes in the order of a worklog's rows."""
    return tuple(sorted(changes, key=lambda change: row_order(change.row)))
