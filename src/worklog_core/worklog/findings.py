"""What a worklog noticed: values beside the result, never a warning and never a line in a log."""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from operator import itemgetter

import attrs

from worklog_core.events.facts import TicketEdit
from worklog_core.instants import from_microseconds, to_microseconds
from worklog_core.worklog.presence import Stretch
from worklog_core.worklog.statuses import StatusTimeline

__all__ = ["Finding", "FindingKind", "Notice", "against_status", "finding"]


class FindingKind(Enum):
    """What was noticed."""

    PRESENCE_AGAINST_STATUS = "presence_against_status"
    """A ticket was on screen in a status in which tickets may not be read (AMB-6)."""
    EDIT_AGAINST_STATUS = "edit_against_status"
    """A ticket was edited in a status in which tickets may not be edited (AMB-6)."""


@attrs.frozen
class Finding:
    """Something that a reader of the worklog should look at; the numbers stand as they are.

    It holds from *start* to *end*, which are equal for an edit, in UTC; *status* is the name of the
    mode that was in force.
    """

    kind: FindingKind
    user_id: str
    ticket_id: str
    start: datetime
    end: datetime
    status: str


Notice = tuple[int, str, FindingKind, int, str]
"""A finding about one user as it is kept: start, ticket id, kind, end, name of the mode. A desk
that works through its pauses has one for every session, so the value is made when asked for."""


def finding(user_id: str, notice: Notice) -> Finding:
    """Return a notice about a user as a value."""
    start, ticket_id, kind, end, status = notice
    return Finding(
        kind, user_id, ticket_id, from_microseconds(start), from_microseconds(end), status
    )


def against_status(
    on_screen: Iterable[Stretch], edits: Iterable[TicketEdit], timeline: StatusTimeline
) -> tuple[Notice, ...]:
    """Return one user's presence and edits against a status mode, in order of start and ticket."""
    found: list[Notice] = []
    if not timeline.may_always_read:
        kind = FindingKind.PRESENCE_AGAINST_STATUS
        found.extend(
            (start, ticket_id, kind, end, mode.name)
            for ticket_id, first, last in on_screen
            for start, end, mode in timeline.runs(first, last)
            if not mode.may_read
        )
    if not timeline.may_always_edit:
        kind = FindingKind.EDIT_AGAINST_STATUS
        for edit in edits:
            at = to_microseconds(edit.at)
            mode = timeline.mode_at(at)
            if not mode.may_edit:
                found.append((at, edit.ticket_id, kind, at, mode.name))
    # Of one start and ticket, the presence was found first and stays first.
    found.sort(key=itemgetter(0, 1))
    return tuple(found)
