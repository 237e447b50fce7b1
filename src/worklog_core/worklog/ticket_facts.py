"""What concerns a ticket whoever works on it: its epochs, its closings and openings, its exclusion.

Instants are integer microseconds. Events after an `as_of` are not seen (AMB-24).
"""

from collections.abc import Mapping
from typing import NamedTuple

from worklog_core.events.history import History
from worklog_core.instants import to_microseconds
from worklog_core.tickets.reopening import Latest, StatusCourse, status_courses, with_later
from worklog_core.worklog.cells import Epochs

__all__ = ["TicketFacts", "ticket_facts"]


class TicketFacts(NamedTuple):
    """The facts of all tickets.

    `courses` are of the tickets that have status changes; `unclosing` tells, for every ticket, of
    the latest row-making edits that did not close it, and who made them.
    """

    epochs: Epochs
    courses: Mapping[str, StatusCourse]
    unclosing: Mapping[str, Latest]
    excluded: set[str]


def ticket_facts(history: History, as_of: int | None) -> TicketFacts:
    """Return what a history says of its tickets up to an instant."""

    def is_seen(at: int) -> bool:
        return as_of is None or at <= as_of

    unclosing: dict[str, Latest] = {}
    for edit in history.edits:
        if edit.action is not None and not edit.is_closing:
            at = to_microseconds(edit.at)
            if is_seen(at):
                known = unclosing.get(edit.ticket_id)
                unclosing[edit.ticket_id] = with_later(known, at, edit.user_id)
    changes = [(to_microseconds(change.at), change) for change in history.ticket_statuses]
    return TicketFacts(
        epochs=Epochs.of(m for m in history.customer_messages if is_seen(to_microseconds(m.at))),
        courses=status_courses((at, change) for at, change in changes if is_seen(at)),
        unclosing=unclosing,
        excluded={
            exclusion.ticket_id
            for exclusion in history.exclusions
            if is_seen(to_microseconds(exclusion.at))
        },
    )
