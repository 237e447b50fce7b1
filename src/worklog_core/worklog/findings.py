"""What a worklog noticed: values beside the result, never a warning and never a line in a log."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum

import attrs

from worklog_core.instants import from_microseconds
from worklog_core.worklog.cells import TimedEdit
from worklog_core.worklog.presence import Stretch
from worklog_core.worklog.statuses import StatusTimeline

__all__ = ["Finding", "FindingKind", "against_status"]


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


def against_status(
    user_id: str,
    on_screen: Mapping[str, Iterable[Stretch]],
    edits: Mapping[str, Iterable[TimedEdit]],
    timeline: StatusTimeline,
) -> list[Finding]:
    """Return one user's presence and edits against a status mode, in order of start and ticket."""
    found: list[Finding] = []
    if not timeline.may_always_read:
        kind = FindingKind.PRESENCE_AGAINST_STATUS
        for ticket_id, stretches in on_screen.items():
            for stretch in stretches:
                for start, end, mode in timeline.runs(*stretch):
                    if not mode.may_read:
                        since, until = from_microseconds(start), from_microseconds(end)
                        found.append(Finding(kind, user_id, ticket_id, since, until, mode.name))
    if not timeline.may_always_edit:
        kind = FindingKind.EDIT_AGAINST_STATUS
        for ticket_id, timed_edits in edits.items():
            for at, edit in timed_edits:
                mode = timeline.mode_at(at)
                if not mode.may_edit:
                    found.append(Finding(kind, user_id, ticket_id, edit.at, edit.at, mode.name))
    return sorted(set(found), key=lambda f: (f.start, f.ticket_id, f.kind.value, f.end))
