"""What concerns a ticket whoever works on it: its epochs, its closings and openings, its exclusion.

Instants are integer microseconds. Events after an `as_of` are not seen (AMB-24).
"""

from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from worklog_core.events.facts import TicketEdit, TicketStatus
from worklog_core.events.history import History
from worklog_core.tickets.reopening import (
    Latest,
    StatusCourse,
    is_thank_you,
    status_courses,
    with_later,
)
from worklog_core.worklog.cells import Epochs
from worklog_core.worklog.further_facts import FurtherFacts, further_facts
from worklog_core.worklog.rules import SlaScope, WorklogRules
from worklog_core.worklog.turns import answers, customer_wrote, seen, ticket_turns

__all__ = ["TicketFacts", "latest_unclosing", "reads_every_edit", "ticket_facts"]


class TicketFacts(NamedTuple):
    """The facts of all tickets.

    `courses` are of the tickets that have status changes; `unclosing` tells, for every ticket, of
    the latest row-making edits that did not close it, and who made them; `thank_yous` are openings,
    as tickets and instants, that count for none; `further` is None where no event tells more.
    """

    epochs: Epochs
    courses: Mapping[str, StatusCourse]
    unclosing: Mapping[str, Latest | None]
    thank_yous: AbstractSet[tuple[str, int]]
    excluded: AbstractSet[str]
    further: FurtherFacts | None
    rules: WorklogRules


def ticket_facts(history: History, rules: WorklogRules, as_of: int | None) -> TicketFacts:
    """Return what a history says of its tickets up to an instant."""
    thank_yous: AbstractSet[tuple[str, int]] = frozenset()
    if rules.reopen_needs_reply:
        thank_yous = _thank_yous(history, as_of)
    return TicketFacts(
        epochs=Epochs.of(message for _, message in seen(customer_wrote(history), as_of)),
        courses=status_courses(
            (at, change)
            for at, change in seen(history.ticket_statuses, as_of)
            if change.status is TicketStatus.CLOSED or (change.ticket_id, at) not in thank_yous
        ),
        unclosing=latest_unclosing(history.edits, as_of, but=thank_yous),
        thank_yous=thank_yous,
        excluded={exclusion.ticket_id for _, exclusion in seen(history.exclusions, as_of)},
        further=further_facts(history, rules, as_of),
        rules=rules,
    )


def latest_unclosing(
    edits: Iterable[TicketEdit], as_of: int | None, *, but: Container[tuple[str, int]] = ()
) -> dict[str, Latest]:
    """Return the latest row-making edits that did not close their ticket, without those left out.

    Each ticket's, as `with_later` keeps them; tickets without any are left out.
    """
    latest: dict[str, Latest] = {}
    openings = (e for e in edits if e.action is not None and not e.is_closing)
    for at, edit in seen(openings, as_of):
        if (edit.ticket_id, at) not in but:
            latest[edit.ticket_id] = with_later(latest.get(edit.ticket_id), at, edit.user_id)
    return latest


def reads_every_edit(rules: WorklogRules) -> bool:
    """Return whether what is said of a ticket needs more of everybody's edits than the latest."""
    return rules.reopen_needs_reply or rules.sla_scope is not SlaScope.CELL


def _thank_yous(history: History, as_of: int | None) -> AbstractSet[tuple[str, int]]:
    """Return the instants at which tickets were opened only for a thank-you (AMB-7)."""
    turns = ticket_turns(history, as_of)
    answered = answers(history, as_of)
    return {
        (ticket_id, opening.at)
        for ticket_id, (closings, openings) in turns.items()
        for opening in openings
        if is_thank_you(opening.at, [c.at for c in closings], answered.get(ticket_id, ()))
    }
