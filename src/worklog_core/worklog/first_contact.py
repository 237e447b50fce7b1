"""First-contact resolution: the closings of a worklog's tickets, and how many of them held.

Three rules hold in this module (E-22, AMB-7):
1. Closings and openings are told apart as for the flag of a row: by status changes where a ticket
   has any, else by its edits and customer messages; no closing is reopened by its own cell.
2. A change to CLOSED of a ticket that is closed closes nothing; of a row's closing edits the last
   one is its closing.
3. What is decided is judged at the worklog's `as_of`; without one, at the history's last event.
   Where a reopening needs a reply, one that nobody answered or closed yet decides nothing.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

from worklog_core.door import require_function, require_key, require_kind
from worklog_core.events.history import History
from worklog_core.events.kinds import over_at
from worklog_core.instants import from_microseconds, timedelta_to_microseconds, to_microseconds
from worklog_core.tickets.reopening import (
    Closing,
    FirstContactResolution,
    ReopenedBy,
    first_contact_of,
)
from worklog_core.worklog.cells import Cell, Desk
from worklog_core.worklog.parts import Ground, events_by_user, lay_desk
from worklog_core.worklog.rules import WorklogRules
from worklog_core.worklog.turns import Turn, Turns, answers, ticket_turns
from worklog_core.worklog.worklog import Worklog

__all__ = ["closings", "first_contact_resolution", "first_contact_resolutions"]

K = TypeVar("K")


def closings(worklog: Worklog) -> tuple[Closing, ...]:
    """Return every closing of the tickets of a worklog, by ticket, instant and user (AMB-7).

    Excluded tickets have none. A closing by an edit is the last one of its row. Raises WorklogError
    for what is no worklog.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     Action, CustomerMessage, History, TicketEdit, WorklogRules, build_worklog, closings)
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> history = History(edits=[TicketEdit("U1", "T1", at(9), Action.CLOSE)],
        ...                   customer_messages=[CustomerMessage("T1", at(11), "M1")])
        >>> closed, = closings(build_worklog(history, WorklogRules(time_zone=UTC)))
        >>> closed.reopened_by.value, closed.reopened_at.hour
        ('customer', 11)
    """
    require_kind("worklog", worklog, Worklog, "Take what build_worklog returns.")
    facts = worklog.facts
    ground = Ground.of(facts, worklog.rules, worklog.as_of)
    cut = None if worklog.as_of is None else to_microseconds(worklog.as_of)
    judged_at = _last_instant(facts) if cut is None else cut
    answered = answers(facts, cut)
    judge = _Judge(worklog.rules, judged_at, ground, _desks(facts, ground), answered)
    found: list[Closing] = []
    for ticket_id, turns in sorted(ticket_turns(facts, cut).items()):
        if ticket_id not in ground.tickets.excluded:
            found += judge.closings_of(ticket_id, turns)
    return tuple(found)


def first_contact_resolution(worklog: Worklog) -> FirstContactResolution:
    """Return how many closings, or tickets, were not reopened: counts and rate (E-22, AMB-7).

    `WorklogRules.fcr_per` says what is counted, `fcr_window` when a closing is decided.
    """
    return first_contact_of(closings(worklog), per=worklog.rules.fcr_per)


def first_contact_resolutions(
    worklog: Worklog, *, by: Callable[[Closing], K]
) -> dict[K, FirstContactResolution]:
    """Return the first-contact resolution of each group of closings, for example by `closed_by`."""
    require_function("by", by, "closing")
    groups: defaultdict[K, list[Closing]] = defaultdict(list)
    for closing in closings(worklog):
        groups[require_key("by", by(closing))].append(closing)
    per = worklog.rules.fcr_per
    return {group: first_contact_of(found, per=per) for group, found in groups.items()}


def _last_instant(facts: History) -> int:
    return max((to_microseconds(over_at(event)) for event in facts), default=0)


def _desks(facts: History, ground: Ground) -> Mapping[str, Desk]:
    return {
        user_id: lay_desk(events, ground).desk for user_id, events in events_by_user(facts).items()
    }


class _Judge(NamedTuple):
    """What a closing is judged by: the rules, until when, whose cell holds what, the answers."""

    rules: WorklogRules
    judged_at: int
    ground: Ground
    desks: Mapping[str, Desk]
    answered: Mapping[str, Sequence[int]]

    def closings_of(self, ticket_id: str, turns: Turns) -> Iterator[Closing]:
        """Return the closings of a ticket, of several in one cell the last, in time order."""
        last_in_cell = {self._cell(ticket_id, turn) or turn: turn for turn in turns.closings}
        for turn in sorted(last_in_cell.values(), key=lambda t: (t.at, t.user_id or "")):
            yield self._judge(ticket_id, turn, turns.openings)

    def _judge(self, ticket_id: str, closing: Turn, openings: Sequence[Turn]) -> Closing:
        window = self.rules.fcr_window
        until = None if window is None else closing.at + timedelta_to_microseconds(window)
        cell = self._cell(ticket_id, closing)
        reopening = next(
            (
                turn
                for turn in openings[bisect_right(openings, closing.at, key=_instant) :]
                if (ticket_id, turn.at) not in self.ground.tickets.thank_yous
                and (cell is None or self._cell(ticket_id, turn) != cell)
            ),
            None,
        )
        if reopening is not None and until is not None and reopening.at >= until:
            reopening = None
        return Closing(
            ticket_id=ticket_id,
            closed_at=from_microseconds(closing.at),
            closed_by=closing.user_id,
            reopened_at=None if reopening is None else from_microseconds(reopening.at),
            reopened_by=None if reopening is None else _reopened_by(reopening, closing),
            is_decided=until is None or self._is_final(ticket_id, reopening, until),
            is_provisional=until is None,
        )

    def _is_final(self, ticket_id: str, reopening: Turn | None, until: int) -> bool:
        """Return whether nothing that may still come changes what became of a closing."""
        if reopening is None:
            return until <= self.judged_at
        answered = self.answered.get(ticket_id, ())
        return not self.rules.reopen_needs_reply or any(at >= reopening.at for at in answered)

    def _cell(self, ticket_id: str, turn: Turn) -> tuple[str, Cell] | None:
        """Return whose cell an edit lies in; None for what is no edit."""
        if not turn.is_of_edit or turn.user_id is None:
            return None
        return turn.user_id, self.desks[turn.user_id].cell_of(ticket_id, turn.at)


def _reopened_by(opening: Turn, closing: Turn) -> ReopenedBy:
    if opening.is_by_customer:
        return ReopenedBy.CUSTOMER
    is_same = opening.user_id is not None and opening.user_id == closing.user_id
    return ReopenedBy.SELF if is_same else ReopenedBy.COLLEAGUE


_instant = attrgetter("at")
