"""Which rows were reopened, as a column: judged by edits and by customers' messages (AMB-7).

The rules are those of `worklog_core.tickets.reopening` for tickets whose changes of status are not
known. A row closes its ticket at its last edit that closes. It is reopened by any later message of
the customer, and by any later row-making edit of another row that does not close.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    order_of,
    place_of,
)
from worklog_core.columnar.desk_work import Worked
from worklog_core.columnar.event_tables import ARGUMENTS
from worklog_core.columnar.frames import Column, Dates, Instants, Texts, Truths
from worklog_core.columnar.opening import (
    Opened,
    Progress,
    limit_of,
    opened_frames,
    opened_records,
    work_by_bucket,
)
from worklog_core.columnar.records import ACTIONS, NONE_US
from worklog_core.columnar.worklog import rows_in_order
from worklog_core.events.actions import Action
from worklog_core.worklog.rules import WorklogRules

__all__ = ["reopenings"]

_STATUS: Final = ACTIONS.index(Action.STATUS)
_WRITE: Final = ACTIONS.index(Action.WRITE)
_NO_COLUMNS: Final[Mapping[str, Any]] = {}


def reopenings(  # noqa: PLR0913  # one for each kind of event
    *,
    sessions: Any = None,
    heartbeats: Any = None,
    edits: Any,
    customer_messages: Any = None,
    user_statuses: Any = None,
    status_reposts: Any = None,
    focus_changes: Any = None,
    exclusions: Any = None,
    rules: WorklogRules,
    as_of: datetime | None = None,
    columns: Mapping[str, Any] = _NO_COLUMNS,
    on_progress: Progress | None = None,
) -> Any:
    """Return of every row of a worklog whether it was reopened, as a frame like that of *edits*.

    It takes what `build_worklog` takes, and has its rows in the same order: user_id, ticket_id,
    day, recorded_at and reopened. The flag is that of the scalar rows where no change of a ticket's
    status is known; with such changes, ask the scalar worklog of `history(...)`.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from worklog_core import WorklogRules
        >>> from worklog_core.columnar import reopenings
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> edits = pa.table({"user_id": ["U1"], "ticket_id": ["T1"], "at": [at(9)],
        ...                   "action": ["closeAction"]})
        >>> wrote = pa.table({"ticket_id": ["T1"], "at": [at(12)], "conversation_id": ["M1"]})
        >>> rules = WorklogRules(time_zone=UTC)
        >>> found = reopenings(edits=edits, customer_messages=wrote, rules=rules)
        >>> found["reopened"].to_pylist()
        [True]
    """
    given = (
        *(sessions, heartbeats, edits, customer_messages),
        *(user_statuses, status_reposts, focus_changes, exclusions),
    )
    frames: Any = opened_frames(dict(zip(ARGUMENTS, given, strict=True)))
    opened = opened_records(frames, rules, limit_of(as_of), columns)
    return frames["edits"].written(_columns(opened, on_progress))


class _Openings(NamedTuple):
    """What opened tickets: the ticket, the instant and whose row did it, -1 for the customer's."""

    ticket: Ints
    at: Ints
    row: Ints


def _columns(opened: Opened, on_progress: Progress | None) -> dict[str, Column]:
    worked = list(work_by_bucket(opened, on_progress))
    parts = [one.row_part() for one in worked]
    rows, order = rows_in_order(opened, parts)
    counts = np.array([len(part.user) for part in parts], dtype=np.int64)
    before = np.cumsum(counts) - counts
    closed_at = _joined([_closed_at(one) for one in worked])
    edited = [_opened_by_edits(one, int(n)) for one, n in zip(worked, before, strict=True)]
    messages, nobody = opened.messages, np.full(len(opened.messages), -1, dtype=np.int64)
    edited.append(_Openings(messages["ticket_id"], messages["at"], nobody))
    openings = _Openings(*map(_joined, zip(*edited, strict=True)))
    if opened.given.rules.reopen_needs_reply:
        kept = ~_are_thank_yous(openings, opened)
        openings = _Openings(*(column[kept] for column in openings))
    reopened = np.zeros(len(order), dtype=np.bool_)
    ticket = _joined([part.ticket for part in parts])
    latest, owner, of_others = _latest(openings, len(opened.given.tickets))
    if len(ticket):
        own = owner[ticket] == np.arange(len(ticket))
        last = np.where(own, of_others[ticket], latest[ticket])
        reopened = (closed_at != NONE_US) & (last > closed_at)
    return {
        "user_id": Texts(rows.user, opened.given.users),
        "ticket_id": Texts(rows.ticket, opened.given.tickets),
        "day": Dates(rows.day),
        "recorded_at": Instants(rows.recorded),
        "reopened": Truths(reopened[order].astype(np.int64)),
    }


def _joined(columns: Any) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *columns])


def _are_closing(action: Ints, closes: Ints) -> Flags:
    found: Flags = (closes > 0) | ((closes < 0) & (action >= 0) & (action != _STATUS))
    return found


def _rows_of_edits(worked: Worked) -> Ints:
    """Return the row of each edit; -1 for one that lies in no row."""
    cells = worked.desks.cells_at(worked.edits.pair, worked.edits.at).start
    keys = worked.desks.keys
    return place_of(keys(worked.rows.pair, worked.rows.cell), keys(worked.edits.pair, cells))


def _closed_at(worked: Worked) -> Ints:
    """Return when each row closed its ticket, `NONE_US` for one that did not."""
    edits, row = worked.edits, _rows_of_edits(worked)
    closed_at = np.full(len(worked.rows.pair), NONE_US, dtype=np.int64)
    closing = (row >= 0) & (edits.action >= 0) & _are_closing(edits.action, edits.closes)
    # Edits stand in time order: the last one of a row stays.
    closed_at[row[closing]] = edits.at[closing]
    return closed_at


def _opened_by_edits(worked: Worked, before: int) -> _Openings:
    """Return the row-making edits that do not close, with rows counted on from those before."""
    edits, row = worked.edits, _rows_of_edits(worked)
    opening = (row >= 0) & (edits.action >= 0) & ~_are_closing(edits.action, edits.closes)
    ticket = worked.pairs[edits.pair[opening]] % len(worked.given.tickets)
    return _Openings(ticket, edits.at[opening], row[opening] + before)


def _latest(openings: _Openings, tickets: int) -> tuple[Ints, Ints, Ints]:
    """Return by ticket the latest opening, whose row it is, and the latest of any other's."""
    latest = np.full(tickets, NONE_US, dtype=np.int64)
    owner, of_others = np.full(tickets, -1, dtype=np.int64), latest.copy()
    order = order_of(openings.ticket, openings.at)
    ticket, at, row = (column[order] for column in openings)
    latest[ticket], owner[ticket] = at, row
    other = row != owner[ticket]
    of_others[ticket[other]] = at[other]
    return latest, owner, of_others


def _are_thank_yous(openings: _Openings, opened: Opened) -> Flags:
    """Return which openings were closed again without an answer."""
    edits = opened.records["edits"]
    action = edits["action"]
    closing = (action >= 0) & _are_closing(action, edits["closes"])
    written = action == _WRITE
    keys = TimeKeys(len(opened.given.tickets) + 1, (edits["at"], openings.at))
    every = keys(edits["ticket_id"], edits["at"])
    closings, answers = np.sort(every[closing]), np.sort(every[written])
    own = keys(openings.ticket, openings.at)
    after = np.searchsorted(closings, own, side="right")
    tickets = np.append(np.sort(edits["ticket_id"][closing]), -1)
    again = np.append(closings, 0)[after]
    is_closed_again = tickets[after] == openings.ticket
    first = np.searchsorted(answers, own)
    last = np.searchsorted(answers, again, side="right")
    found: Flags = is_closed_again & (first == last)
    return found
