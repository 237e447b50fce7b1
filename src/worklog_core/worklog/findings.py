"""What a worklog noticed: values beside the result, never a warning and never a line in a log."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum

import attrs

from worklog_core.events.facts import TicketEdit
from worklog_core.instants import from_microseconds, to_microseconds
from worklog_core.worklog.presence import Presence
from worklog_core.worklog.statuses import StatusTimeline

__all__ = ["Finding", "FindingKind", "against_status"]


class FindingKind(Enum):
    """What was noticed."""

    PRESENCE_AGAINST_STATUS = "presence_against_status"
    """A ticket was on screen in a status in which tickets may not be read (AMB-6)."""
    EDIT_AGAINST_STATUS = "edit_against_status"
    """A ticket was edited in a status in which tickets may not be edited (AMB-6)."""


@attrs.frozen(order=False)
class Finding:
    """Something that a reader of the worklog should look at; the numbers stand as they are.

    It holds from *start* to *end*, which are equal for an edit, in UTC.
    """

    kind: FindingKind
    user_id: str
    ticket_id: str
    start: datetime
    end: datetime
    status: str


def against_status(
    presence: Presence,
    edits: Iterable[TicketEdit],
    timelines: Mapping[str, StatusTimeline],
    otherwise: StatusTimeline,
) -> tuple[Finding, ...]:
    """Return presence and edits against a status mode, in order of user, start and ticket.

    *otherwise* is the timeline of users of whom no status is known.
    """
    found = [
        Finding(
            FindingKind.PRESENCE_AGAINST_STATUS,
            user_id,
            ticket_id,
            from_microseconds(start),
            from_microseconds(end),
            mode.name,
        )
        for user_id, tickets in presence.items()
        for ticket_id, stretches in tickets.items()
        for stretch in stretches
        for start, end, mode in timelines.get(user_id, otherwise).runs(*stretch)
        if not mode.may_read
    ]
    for edit in edits:
        mode = timelines.get(edit.user_id, otherwise).mode_at(to_microseconds(edit.at))
        if not mode.may_edit:
            kind = FindingKind.EDIT_AGAINST_STATUS
            found.append(Finding(kind, edit.user_id, edit.ticket_id, edit.at, edit.at, mode.name))
    return tuple(
        sorted(found, key=lambda f: (f.user_id, f.start, f.ticket_id, f.kind.value, f.end))
    )
