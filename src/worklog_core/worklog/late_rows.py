"""The rows of a worklog after late events, put together when all are asked for."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from worklog_core.events.splicing import Cut, cut_in
from worklog_core.worklog.changes import RowChange
from worklog_core.worklog.rows import RowKey, WorklogRow, row_order

__all__ = ["LateRows", "Rows", "all_rows", "with_changes"]

# Beyond so many changes all rows are put together, or each update would copy the table of them.
_MOST_CHANGES: Final = 4096


@attrs.frozen
class LateRows:
    """The rows that were known, and those that came since or take the place of one, by key."""

    known: tuple[WorklogRow, ...]
    late: Mapping[RowKey, tuple[WorklogRow | None, WorklogRow | None]]
    """Each row as it is among those that were known, and as it is now; None for none."""

    def together(self) -> tuple[WorklogRow, ...]:
        """Return all rows in their order."""
        cuts: list[Cut[WorklogRow]] = []
        for old, _ in self.late.values():
            if old is not None:
                place = bisect_left(self.known, row_order(old), key=row_order)
                cuts.append((place, place + 1, ()))
        for new in sorted((new for _, new in self.late.values() if new is not None), key=row_order):
            place = bisect_left(self.known, row_order(new), key=row_order)
            cuts.append((place, place, (new,)))
        return cut_in(self.known, cuts)


Rows = tuple[WorklogRow, ...] | LateRows
"""The rows of a worklog, put together or not yet."""


def all_rows(rows: Rows) -> tuple[WorklogRow, ...]:
    """Return rows, put together."""
    return rows.together() if isinstance(rows, LateRows) else rows


def with_changes(rows: Rows, changes: Iterable[RowChange]) -> Rows:
    """Return the rows as they are after changes."""
    base = rows if isinstance(rows, LateRows) else LateRows(rows, {})
    late = dict(base.late)
    for change in changes:
        was = late[change.key][0] if change.key in late else change.old
        late[change.key] = (was, change.new)
    changed = LateRows(base.known, late)
    return changed if len(late) <= _MOST_CHANGES else changed.together()
