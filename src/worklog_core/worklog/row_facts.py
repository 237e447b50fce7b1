"""What a row says beside its time: its action, its conversation, whether the ticket came back.

Each of these is a function of the row's own edits and of facts about its ticket; none looks at what
was on screen, but for the reason why a time is missing.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from worklog_core.events.actions import Action, action_of
from worklog_core.events.facts import TicketEdit
from worklog_core.instants import to_microseconds
from worklog_core.mappings import FrozenMapping
from worklog_core.tickets.reopening import Latest, latest_of_others, with_later
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.cells import Desk
from worklog_core.worklog.ledger import RowTimes
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import WorklogRules
from worklog_core.worklog.ticket_facts import TicketFacts

__all__ = ["rows_of"]


def rows_of(
    user_id: str, desk: Desk, times: RowTimes, tickets: TicketFacts, rules: WorklogRules
) -> tuple[WorklogRow, ...]:
    """Return one user's rows, in the order of their numbers."""
    is_reopened = _reopened(user_id, desk, tickets)
    return tuple(
        _row(number, desk, times, rules, reopened=reopened)
        for number, reopened in enumerate(is_reopened)
    )


def _reopened(user_id: str, desk: Desk, tickets: TicketFacts) -> list[bool]:
    """Return for each row whether its ticket was opened again after the row's last closing.

    A row that closed nothing is not reopened (AMB-7).
    """
    unclosing: dict[str, Latest] = {}
    closed_at: list[int | None] = [None] * len(desk.rows)
    for number, (_, ticket_id, *_, since, until) in enumerate(desk.rows):
        for edit in desk.edits[since:until]:
            if edit.action is None:
                continue
            at = to_microseconds(edit.at)
            if edit.is_closing:
                closed_at[number] = at
            else:
                unclosing[ticket_id] = with_later(unclosing.get(ticket_id), at, number)
    if tickets.courses:
        closed_at = _closed_by_status(user_id, desk, closed_at, tickets)
    is_reopened: list[bool] = []
    for number, closing in enumerate(closed_at):
        opening = None
        if closing is not None:
            ticket_id = desk.rows[number][1]
            own = latest_of_others(unclosing.get(ticket_id), number)
            opening = _opened_at(user_id, ticket_id, own, tickets)
        is_reopened.append(closing is not None and opening is not None and opening > closing)
    return is_reopened


def _closed_by_status(
    user_id: str, desk: Desk, by_edit: Sequence[int | None], tickets: TicketFacts
) -> list[int | None]:
    """Return when rows closed their tickets, those with status changes by these changes.

    A change that names nobody is the user's if one of the user's edits in that cell closes.
    """
    closed_at = [
        None if row[1] in tickets.courses else at
        for row, at in zip(desk.rows, by_edit, strict=True)
    ]
    numbers = {
        (ticket_id, (day, epoch)): number
        for number, (day, ticket_id, _, epoch, *_) in enumerate(desk.rows)
    }
    for ticket_id in {row[1] for row in desk.rows} & tickets.courses.keys():
        for at, by in tickets.courses[ticket_id].closings:
            number = numbers.get((ticket_id, desk.cell_of(ticket_id, at)))
            if number is not None and (
                by == user_id or (by is None and by_edit[number] is not None)
            ):
                closed_at[number] = at
    return closed_at


def _opened_at(user_id: str, ticket_id: str, own: int | None, tickets: TicketFacts) -> int | None:
    """Return when a ticket was last opened by anything outside a row, None if never.

    *own* is the latest of the user's own edits in other rows that do not close.
    """
    if ticket_id in tickets.courses:
        return tickets.courses[ticket_id].last_opening
    message = tickets.epochs.last_opening(ticket_id)
    others = latest_of_others(tickets.unclosing.get(ticket_id), user_id)
    return max((at for at in (message, others, own) if at is not None), default=None)


def _row(
    number: int, desk: Desk, times: RowTimes, rules: WorklogRules, *, reopened: bool
) -> WorklogRow:
    draft, is_measured = desk.rows[number], desk.is_touched[number]
    day, ticket_id, _, epoch, recorded, *_ = draft
    first = desk.edits[recorded]
    action, actions = _actions(desk.edits_of(draft), rules)
    message = desk.message_of(epoch)
    no_conversation = unmeasured = None
    if message is None:
        no_conversation = Undetermined.NO_CUSTOMER_MESSAGE
    elif message.is_initial:
        no_conversation = Undetermined.INITIAL_REQUEST
    if not is_measured:
        is_dark = action is Action.AUTO_PROCESS
        unmeasured = Undetermined.DARK_PROCESSING if is_dark else Undetermined.NO_SESSION
    return WorklogRow(
        user_id=first.user_id,
        ticket_id=ticket_id,
        day=date.fromordinal(day),
        recorded_at=first.at,
        conversation_id=message.conversation_id if message and not no_conversation else None,
        epoch_at=message.at if message else None,
        action=action,
        actions=actions,
        duration=timedelta(0, 0, times.duration[number]) if is_measured else None,
        after_work=timedelta(0, 0, times.after_work[number]) if is_measured else None,
        open_time=timedelta(0, 0, times.open_time[number]) if is_measured else None,
        reopened=reopened,
        reasons=_REASONS[no_conversation, unmeasured],
    )


def _reasons(
    no_conversation: Undetermined | None, unmeasured: Undetermined | None
) -> FrozenMapping[str, Undetermined]:
    reasons: dict[str, Undetermined] = {}
    if no_conversation is not None:
        reasons["conversation_id"] = no_conversation
    if unmeasured is not None:
        reasons |= dict.fromkeys(("duration", "after_work", "open_time"), unmeasured)
    return FrozenMapping(reasons)


# A row's reasons are one of nine; rows share them.
_REASONS: Final = {
    (no_conversation, unmeasured): _reasons(no_conversation, unmeasured)
    for no_conversation in (None, Undetermined.INITIAL_REQUEST, Undetermined.NO_CUSTOMER_MESSAGE)
    for unmeasured in (None, Undetermined.DARK_PROCESSING, Undetermined.NO_SESSION)
}


_ALONE: Final = {action: (action,) for action in Action}  # most rows have one edit: they share


def _actions(edits: Sequence[TicketEdit], rules: WorklogRules) -> tuple[Action, tuple[Action, ...]]:
    """Return what a row's edits amount to, and all their actions in time order (AMB-1)."""
    if len(edits) == 1 and edits[0].action is not None:
        return edits[0].action, _ALONE[edits[0].action]
    # At one instant the lower priority stands first.
    made = sorted((edit.at, edit.action) for edit in edits if edit.action is not None)
    actions = tuple(action for _, action in made)
    if len(set(actions)) == 1:
        return actions[0], actions  # any action alone, however often, is itself
    action = action_of(
        replied=Action.WRITE in actions,
        closed=(
            Action.CLOSE in actions
            or Action.AUTO_PROCESS in actions
            or any(edit.action is Action.WRITE and edit.is_closing for edit in edits)
        ),
        deferred=Action.STATUS in actions,
        by_ai=Action.AUTO_PROCESS in actions,
        reply_with_deferral=rules.reply_with_deferral,
    )
    # Every row-making edit amounts to something, so the second half only tells the type checker.
    return action or actions[-1], actions
