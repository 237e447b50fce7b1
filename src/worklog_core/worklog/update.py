"""Late events: a worklog brought up to date where they reach it, and what changed by them.

Three rules hold in this module (AMB-24, AMB-25):
1. An update equals the worklog that is built of all events together, to the microsecond.
2. It costs what the late events reach: their users' days and their tickets' rows. What they do not
   reach is handed on.
3. It says which rows came, went or say something else, and which late events reach each of them.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from worklog_core.calendars.days import CivilTime
from worklog_core.collector import without_full_collections
from worklog_core.door import require_kind
from worklog_core.errors import WorklogError
from worklog_core.events.history import History, Joined
from worklog_core.events.kinds import KINDS, ORDER
from worklog_core.events.overlay import run_of
from worklog_core.instants import to_microseconds
from worklog_core.tickets.reopening import Latest
from worklog_core.worklog.build import build_worklog
from worklog_core.worklog.changes import RowChange, in_row_order, row_changes
from worklog_core.worklog.late_rows import with_changes
from worklog_core.worklog.ledger import NOBODY, Ledger
from worklog_core.worklog.parts import NO_TRACE, Ground, Trace, UserPart
from worklog_core.worklog.reach import Late, Reach, reached_users
from worklog_core.worklog.renewal import Plan, plan_of, renewed
from worklog_core.worklog.ticket_facts import latest_unclosing, reads_every_edit
from worklog_core.worklog.worklog import Worklog

__all__ = ["WorklogUpdate", "update_worklog"]

_WAY_OUT: Final = "Call update_worklog(build_worklog(...), History(...))."


@attrs.define(repr=False, kw_only=True, on_setattr=attrs.setters.frozen)
class WorklogUpdate:
    """A worklog after late events, and the rows that differ by them, in the order of rows.

    A microsecond that moves between other rows of the same user and day is a change, too. A row
    whose key differs, because a customer's message came late, is one that went and one that came.
    """

    worklog: Worklog
    added: tuple[RowChange, ...]
    removed: tuple[RowChange, ...]
    changed: tuple[RowChange, ...]

    def __repr__(self) -> str:
        return (
            f"<WorklogUpdate: {len(self.added)} rows added, {len(self.removed)} removed, "
            f"{len(self.changed)} changed>"
        )


@without_full_collections()
def update_worklog(worklog: Worklog, more: History) -> WorklogUpdate:
    """Return a worklog with late events in it, and what they changed.

    The same as `build_worklog(worklog.history | more, worklog.rules, as_of=worklog.as_of)`, always,
    at the cost of what the late events reach: the days of their users, and the rows of others on
    their tickets. Each change has its old and its new values by field, and the late events that
    reach the row.

    Raises what the build of all events together raises.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (Action, History, ScreenSession, TicketEdit, WorklogRules,
        ...                           build_worklog, update_worklog)
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> def seen(ticket): return ScreenSession("U1", ticket, start=at(0), end=at(20))
        >>> closed = TicketEdit("U1", "T1", at(20), Action.CLOSE)
        >>> worklog = build_worklog(History(sessions=[seen("T1")], edits=[closed]),
        ...                         WorklogRules(time_zone=UTC))
        >>> update_worklog(worklog, History(sessions=[seen("T2")])).changed[0].fields["duration"]
        (datetime.timedelta(seconds=1200), datetime.timedelta(seconds=600))
    """
    require_kind("worklog", worklog, Worklog, _WAY_OUT)
    require_kind("more", more, History, _WAY_OUT)
    joined = worklog.history.joined(more, worklog.facts)
    try:
        return _updated(worklog, joined)
    except WorklogError:
        # What cannot be renewed is refused by the whole, in the words of the whole.
        whole = build_worklog(joined.history, worklog.rules, as_of=worklog.as_of)
        return _update_of(whole, row_changes(worklog.rows, whole.rows))


def _updated(worklog: Worklog, joined: Joined) -> WorklogUpdate:
    cut = None if worklog.as_of is None else to_microseconds(worklog.as_of)
    rules = worklog.rules
    civil = CivilTime(rules.time_zone)
    late = Late(worklog.facts, joined.facts, joined.changes, rules, civil, cut)
    plans = [
        _plan(user_id, own, tickets, worklog, late)
        for user_id, (own, tickets) in reached_users(late, worklog.traces).items()
    ]
    unclosing = worklog.unclosing
    if reads_every_edit(rules):
        about = _facts_about(plans, joined.facts, worklog.traces)
        ground = Ground.of(about, rules, worklog.as_of)
    else:
        about = _facts_about(plans, joined.facts, {})
        ground = Ground.of(about, rules, worklog.as_of)
        unclosing = _unclosing(worklog, late)
        ground = ground._replace(tickets=ground.tickets._replace(unclosing=unclosing))
    found = {plan.reach.user_id: renewed(plan, about, ground) for plan in plans}
    changes = in_row_order(change for each in found.values() for change in each.changes)
    parts = {user_id: each.part for user_id, each in found.items()}
    known = {user_id for user_id in parts if _is_known(user_id, joined.facts)}
    accounts = {user_id: part.account for user_id, part in parts.items()}
    notices = {user_id: part.notices for user_id, part in parts.items()}
    updated = Worklog(
        rows=with_changes(worklog.rows_kept, changes),
        ledger=Ledger(_merged(worklog.ledger.accounts, accounts, set(filter(accounts.get, known)))),
        notices=_merged(worklog.notices, notices, set(filter(notices.get, known))),
        statuses=_merged(
            worklog.statuses, {user_id: part.statuses for user_id, part in parts.items()}, known
        ),
        traces=_merged(
            worklog.traces, {user_id: part.trace for user_id, part in parts.items()}, known
        ),
        unclosing=unclosing,
        history=joined.history,
        facts=joined.facts,
        rules=rules,
        as_of=worklog.as_of,
    )
    return _update_of(updated, changes)


def _update_of(worklog: Worklog, changes: Iterable[RowChange]) -> WorklogUpdate:
    in_order = in_row_order(changes)
    return WorklogUpdate(
        worklog=worklog,
        added=tuple(change for change in in_order if change.old is None),
        removed=tuple(change for change in in_order if change.new is None),
        changed=tuple(change for change in in_order if change.old and change.new),
    )


def _plan(
    user_id: str, own: set[int], tickets: Mapping[str, set[int]], worklog: Worklog, late: Late
) -> Plan:
    account = worklog.ledger.accounts.get(user_id, NOBODY)
    trace = worklog.traces.get(user_id, NO_TRACE)
    notices, statuses = worklog.notices.get(user_id, ()), worklog.statuses.get(user_id, ())
    reach = Reach(user_id, account, trace, late)
    reach.by_own(own)
    reach.through_tickets(tickets)
    return plan_of(reach, UserPart(account, notices, statuses, trace))


def _unclosing(worklog: Worklog, late: Late) -> ChainMap[str, Latest | None]:
    """Return the latest edits that left a ticket open, asked again where edits changed."""
    changes = (change for change in late.changes if change.kind == "edits")
    edits: list[Any] = [e for change in changes for e in (*change.removed, *change.added)]
    found, known = worklog.unclosing.maps
    found = dict(found)
    for ticket_id in {edit.ticket_id for edit in edits}:
        users = {edit.user_id for edit in edits if edit.ticket_id == ticket_id}
        users |= {
            user_id for user_id, trace in worklog.traces.items() if ticket_id in trace.tickets
        }
        on_ticket = (edit for user in users for edit in late.now.run("edits", user, ticket_id))
        found[ticket_id] = latest_unclosing(on_ticket, late.cut).get(ticket_id)
    return ChainMap(found, known)


def _facts_about(plans: Iterable[Plan], facts: History, every: Mapping[str, Trace]) -> History:
    """Return what is known of the tickets that are needed, and of the users that are reached.

    Edits are those of the users that are reached, and of *every* user of whom they are asked for.
    """
    wanted = {ticket_id for plan in plans for ticket_id in plan.tickets}
    users = {plan.reach.user_id: plan.tickets for plan in plans}
    kept: dict[str, tuple[Any, ...]] = {}
    for name, kind in KINDS.items():
        order = ORDER[kind]
        if name in _NOT_ABOUT or not facts.events_of(name):
            continue
        if name == "edits":
            worked_on = {user_id: {*wanted & trace.tickets} for user_id, trace in every.items()}
            for user_id, tickets in users.items():
                worked_on[user_id] = worked_on.get(user_id, set()) | tickets
            found = _runs_of_users(name, facts, worked_on)
        elif order[0] == "ticket_id":
            found = (facts.run(name, ticket_id) for ticket_id in sorted(wanted))
        elif "ticket_id" in order:
            found = _runs_of_users(name, facts, users)
        else:
            found = (facts.run(name, user_id) for user_id in sorted(users))
        kept[name] = tuple(event for run in found for event in run)
    return History.of_facts(kept)


_NOT_ABOUT: Final = {
    *("sessions", "heartbeats", "user_statuses", "status_reposts", "focus_changes"),
    *(name for name, kind in KINDS.items() if ORDER[kind][0] not in ("ticket_id", "user_id")),
}


def _runs_of_users(
    name: str, facts: History, worked_on: Mapping[str, Iterable[str]]
) -> Iterator[Any]:
    for user_id in sorted(worked_on):
        if worked_on[user_id]:
            mine = tuple(facts.run(name, user_id))
            for ticket_id in sorted(worked_on[user_id]):
                yield run_of(name, mine, user_id, ticket_id)


def _is_known(user_id: str, facts: History) -> bool:
    """Return whether any event says what a user did, saw or was."""
    kinds = ("sessions", "heartbeats", "edits", "user_statuses", "status_reposts", "focus_changes")
    return any(facts.run(name, user_id) for name in kinds)


def _merged(known: Mapping[str, Any], late: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    """Return what is known of each user in order, late word on top, of those that are kept."""
    merged = {user_id: value for user_id, value in known.items() if user_id not in late}
    merged |= {user_id: late[user_id] for user_id in kept}
    return dict(sorted(merged.items()))
