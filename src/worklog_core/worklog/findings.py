"""What a worklog noticed: values beside the result, never a warning and never a line in a log."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from operator import itemgetter

import attrs

from worklog_core.instants import from_microseconds
from worklog_core.worklog.cells import Desk
from worklog_core.worklog.presence import Stretch, unedited
from worklog_core.worklog.statuses import StatusTimeline

__all__ = ["Finding", "FindingKind", "Notice", "against_status", "finding", "forgotten", "in_order"]


class FindingKind(Enum):
    """What was noticed."""

    PRESENCE_AGAINST_STATUS = "presence_against_status"
    """A ticket was on screen in a status in which tickets may not be read (AMB-6)."""
    EDIT_AGAINST_STATUS = "edit_against_status"
    """A ticket was edited in a status in which tickets may not be edited (AMB-6)."""
    FORGOTTEN = "forgotten"
    """A ticket stayed on screen without an edit for longer than `max_unedited`, from *start* on."""


@attrs.frozen
class Finding:
    """Something that a reader of the worklog should look at; the numbers stand as they are.

    It holds from *start* to *end*, which are equal for an edit, in UTC; *status* is the name of the
    mode that was in force when it began.
    """

    kind: FindingKind
    user_id: str
    ticket_id: str
    start: datetime
    end: datetime
    status: str


Notice = tuple[int, str, str, int, str]
"""A finding about one user as it is kept: start, ticket id, value of the kind, end, name of the
mode. A desk that works through its pauses has one for every session, so the finding is made when
asked for."""


def finding(user_id: str, notice: Notice) -> Finding:
    """Return a notice about a user as a value."""
    start, ticket_id, kind, end, status = notice
    return Finding(
        FindingKind(kind),
        user_id,
        ticket_id,
        from_microseconds(start),
        from_microseconds(end),
        status,
    )


def against_status(
    on_screen: Iterable[Stretch], desk: Desk, numbers: Iterable[int], timeline: StatusTimeline
) -> list[Notice]:
    """Return one user's presence against a status mode, and the edits of these numbers."""
    found: list[Notice] = []
    if not timeline.may_always_read:
        kind = FindingKind.PRESENCE_AGAINST_STATUS.value
        found.extend(
            (start, ticket_id, kind, end, mode.name)
            for ticket_id, first, last in on_screen
            for start, end, mode in timeline.runs(first, last)
            if not mode.may_read
        )
    if not timeline.may_always_edit:
        kind = FindingKind.EDIT_AGAINST_STATUS.value
        for number in numbers:
            at = desk.edited_at[number]
            mode = timeline.mode_at(at)
            if not mode.may_edit:
                found.append((at, desk.edits[number].ticket_id, kind, at, mode.name))
    return found


def forgotten(
    on_screen: Iterable[Stretch],
    desk: Desk,
    numbers: Iterable[int],
    timeline: StatusTimeline,
    *,
    longest: int,
) -> list[Notice]:
    """Return where one user left a ticket on screen for too long without an edit of these."""
    accesses = [(desk.edits[number].ticket_id, desk.edited_at[number]) for number in numbers]
    found: list[Notice] = []
    for ticket_id, start, end in on_screen:
        first = bisect_left(accesses, (ticket_id, start))
        after = bisect_right(accesses, (ticket_id, end))
        made = [at for _, at in accesses[first:after]]
        found.extend(
            (since, ticket_id, FindingKind.FORGOTTEN.value, until, timeline.mode_at(since).name)
            for since, until in unedited(start, end, made, longest=longest)
        )
    return found


def in_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return one user's notices by start and ticket; of one start, as they were found."""
    return tuple(sorted(notices, key=itemgetter(0, 1)))
