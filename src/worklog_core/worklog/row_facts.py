"""The row of a processing, made of its edits, its time and what is known of its ticket.

Each value but the times is a function of the row's own edits and of facts about its ticket and its
user; none looks at what was on screen, but for the reason why a time is missing.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from worklog_core.events.actions import Action, action_of
from worklog_core.events.assistance import AutomationLevel
from worklog_core.events.facts import TicketEdit
from worklog_core.instants import to_microseconds
from worklog_core.mappings import FrozenMapping
from worklog_core.tickets.reopening import Latest, latest_of_others, with_later
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.cells import Desk, RowDraft
from worklog_core.worklog.further_facts import Place
from worklog_core.worklog.ledger import RowTimes
from worklog_core.worklog.rows import FURTHER_REASONS, WorklogRow
from worklog_core.worklog.rules import WorklogRules
from worklog_core.worklog.service import is_served_by
from worklog_core.worklog.ticket_facts import TicketFacts

__all__ = ["rows_of"]


def rows_of(
    user_id: str,
    desk: Desk,
    times: RowTimes,
    tickets: TicketFacts,
) -> tuple[WorklogRow, ...]:
    """Return one user's rows, in the order of their numbers."""
    is_reopened = _reopened(user_id, desk, tickets)
    return tuple(
        _row(number, desk, times, tickets, reopened=reopened)
        for number, reopened in enumerate(is_reopened)
    )


def _reopened(user_id: str, desk: Desk, tickets: TicketFacts) -> list[bool]:
    """Return for each row whether its ticket was opened again after the row's last closing.

    A row that closed nothing is not reopened (AMB-7).
    """
    unclosing: dict[str, Latest] = {}
    closed_at: list[int | None] = [None] * len(desk.rows)
    for number, (_, ticket_id, *_, since, until) in enumerate(desk.rows):
        for edit, at in zip(desk.edits[since:until], desk.edited_at[since:until], strict=True):
            if edit.action is None:
                continue
            if edit.is_closing:
                closed_at[number] = at
            elif not tickets.thank_yous or (ticket_id, at) not in tickets.thank_yous:
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
    message = tickets.epochs.last_opening(ticket_id, but=tickets.thank_yous)
    others = latest_of_others(tickets.unclosing.get(ticket_id), user_id)
    return max((at for at in (message, others, own) if at is not None), default=None)


def _row(
    number: int,
    desk: Desk,
    times: RowTimes,
    tickets: TicketFacts,
    *,
    reopened: bool,
) -> WorklogRow:
    draft, is_measured = desk.rows[number], desk.is_touched[number]
    day, ticket_id, _, epoch, recorded, *_ = draft
    first = desk.edits[recorded]
    action, actions = _actions(desk.edits_of(draft), tickets.rules)
    message = desk.message_of(epoch)
    no_conversation = unmeasured = None
    if message is None:
        no_conversation = Undetermined.NO_CUSTOMER_MESSAGE
    elif message.is_initial:
        no_conversation = Undetermined.INITIAL_REQUEST
    if not is_measured:
        is_dark = action is Action.AUTO_PROCESS
        unmeasured = Undetermined.DARK_PROCESSING if is_dark else Undetermined.NO_SESSION
    told: dict[str, Any]
    if tickets.further is None:
        served = _served_at(desk, draft)
        told = {"served_at": served, "automation_level": _LEVEL_OF[action]}
        known, why = _UNSERVED if served is None else _SERVED
        if action is Action.AUTO_PROCESS:
            known, why = _DARK
    else:
        told, why = _split(tickets.further.of(_place(desk, draft, action)))
        known = tuple(told)
    return WorklogRow(
        user_id=first.user_id,
        ticket_id=ticket_id,
        day=_date_of(day),
        recorded_at=first.at,
        conversation_id=message.conversation_id if message and not no_conversation else None,
        epoch_at=message.at if message else None,
        action=action,
        actions=actions,
        duration=timedelta(0, 0, times.duration[number]) if is_measured else None,
        after_work=timedelta(0, 0, times.after_work[number]) if is_measured else None,
        open_time=timedelta(0, 0, times.open_time[number]) if is_measured else None,
        reopened=reopened,
        reasons=_reasons(no_conversation, unmeasured, known, why),
        **told,
    )


# Rows of one day share its date, as they share their reasons: the fewer values, the less to walk.
_date_of: Final = lru_cache(maxsize=4096)(date.fromordinal)
_LEVEL_OF: Final = dict.fromkeys(Action, AutomationLevel.NONE) | {
    Action.AUTO_PROCESS: AutomationLevel.AUTONOMOUS
}


Why = tuple[tuple[str, Undetermined], ...]
_UNSERVED: Final[tuple[tuple[str, ...], Why]] = ((), ())
_SERVED: Final[tuple[tuple[str, ...], Why]] = (
    ("served_at",),
    (
        ("sla_deviation", Undetermined.NO_SLA_DUE),
        ("gross_sla_deviation", Undetermined.NO_SLA_DUE),
    ),
)
_DARK: Final[tuple[tuple[str, ...], Why]] = (
    _SERVED[0],
    (*_SERVED[1], ("automation_evidence", Undetermined.NOT_TOLD)),
)


def _served_at(desk: Desk, draft: RowDraft) -> datetime | None:
    """Return the first edit of a row that a customer notices (E-49)."""
    for edit in desk.edits[draft[5] : draft[6]]:
        if is_served_by(edit):
            return edit.at
    return None


def _place(desk: Desk, draft: RowDraft, action: Action) -> Place:
    day, ticket_id, recorded_at, epoch, recorded, _, until = draft
    acting = desk.edits_of(draft)

    def holds(instant: int) -> bool:
        return desk.cell_of(ticket_id, instant) == (day, epoch)

    def is_of_epoch(instant: int) -> bool:
        return desk.cell_of(ticket_id, instant)[1] == epoch

    return Place(
        user_id=desk.edits[recorded].user_id,
        ticket_id=ticket_id,
        action=action,
        edits=acting,
        recorded_at=recorded_at,
        last_edit_at=desk.edited_at[until - 1],
        last_action_at=to_microseconds(acting[-1].at),
        holds=holds,
        is_of_epoch=is_of_epoch,
    )


def _split(told: Mapping[str, Any]) -> tuple[dict[str, Any], Why]:
    """Return the values that are known, and why the others are not."""
    why = tuple((name, value) for name, value in told.items() if isinstance(value, Undetermined))
    unknown = {name for name, _ in why}
    return {name: value for name, value in told.items() if name not in unknown}, why


# Rows whose reasons are equal share them: there are few of them, and many rows.
@lru_cache(maxsize=4096)
def _reasons(
    no_conversation: Undetermined | None,
    unmeasured: Undetermined | None,
    known: tuple[str, ...],
    why: Why,
) -> FrozenMapping[str, Undetermined]:
    """Return why values of a row are None; *why* and what is *known* speak of the further facts."""
    reasons: dict[str, Undetermined] = {}
    if no_conversation is not None:
        reasons["conversation_id"] = no_conversation
    if no_conversation is Undetermined.NO_CUSTOMER_MESSAGE:
        reasons["epoch_at"] = no_conversation
    if unmeasured is not None:
        reasons |= dict.fromkeys(("duration", "after_work", "open_time"), unmeasured)
    reasons |= {**FURTHER_REASONS, **dict(why)}
    return FrozenMapping({name: why for name, why in reasons.items() if name not in known})


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
