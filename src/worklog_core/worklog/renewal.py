"""One user's part of a worklog, renewed where late events reach it.

Three rules hold in this module:
1. Days that are reached are computed as the whole would be: by the same pipeline, on what was on
   screen in them, with every edit of the tickets concerned.
2. Rows of other days, of which only what is said of their ticket may differ, keep their time.
3. What is not reached is handed on, the same values.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

import attrs

from worklog_core.events.facts import TicketEdit
from worklog_core.events.history import History
from worklog_core.events.kinds import learnt_at
from worklog_core.events.splicing import Cut, cut_in
from worklog_core.instants import (
    LAST_US,
    from_microseconds,
    timedelta_to_microseconds,
    to_microseconds,
)
from worklog_core.worklog.cells import Desk
from worklog_core.worklog.changes import RowChange, row_changes
from worklog_core.worklog.ledger import Entry, RowTimes, UserAccount
from worklog_core.worklog.parts import (
    Ground,
    Trace,
    UserEvents,
    UserPart,
    entries_by_day,
    focus_of,
    notices_of,
    status_runs,
)
from worklog_core.worklog.presence import Stretch, join
from worklog_core.worklog.reach import Reach, Window
from worklog_core.worklog.row_facts import rows_of
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import MessageInSession
from worklog_core.worklog.statuses import StatusTimeline, status_timeline

__all__ = ["Plan", "Renewed", "plan_of", "renewed"]


class Plan(NamedTuple):
    """What is to be computed anew of one user, and which tickets it needs to know of."""

    reach: Reach
    part: UserPart
    account: UserAccount
    windows: list[Window]
    on_screen: list[list[Stretch]]
    tickets: set[str]


class Renewed(NamedTuple):
    """One user's part after late events, and which rows differ."""

    part: UserPart
    changes: list[RowChange]


def plan_of(reach: Reach, part: UserPart) -> Plan:
    """Return what is to be computed anew of a user that is reached."""
    account, windows = reach.account, reach.windows()
    tickets = set(reach.tickets)
    edits: Sequence[TicketEdit] = ()
    if reach.has_statuses:
        edits = reach.late.now.run("edits", reach.user_id)
    on_screen: list[list[Stretch]] = []
    for window in windows:
        seen = _on_screen(window, reach, part.trace)
        on_screen.append(seen)
        tickets.update(ticket_id for ticket_id, _, _ in seen)
        first, after = _days(account.rows, window)
        tickets.update(row.ticket_id for row in account.rows[first:after])
        first, after = _starts(part.notices, window)
        tickets.update(notice[1] for notice in part.notices[first:after])
        tickets.update(edit.ticket_id for edit in edits if _holds(window, edit))
    return Plan(reach, part, account, windows, on_screen, tickets | reach.screens.keys())


def _holds(window: Window, edit: TicketEdit) -> bool:
    return window.start <= to_microseconds(edit.at) < window.end


def _on_screen(window: Window, reach: Reach, trace: Trace) -> list[Stretch]:
    """Return what was on screen in a window, in the order of ticket and start."""
    entries, again = reach.account.entries, reach.screens
    first, after = _starts(entries, window)
    known = [(e[1], e[0], e[2]) for e in entries[first:after] if e[1] not in again]
    first, after = _starts(trace.points, window)
    known += [(t, at, at) for at, t in trace.points[first:after] if t not in again]
    for stretches in again.values():
        known += [s for s in stretches if window.start <= s[1] < window.end]
    return join(known)


def _starts(kept: Sequence[tuple[Any, ...]], window: Window) -> tuple[int, int]:
    """Return from where and up to where what is kept by start lies in a window."""
    first = bisect_left(kept, window.start, key=itemgetter(0))
    return first, bisect_left(kept, window.end, first, key=itemgetter(0))


def _days(rows: Sequence[WorklogRow], window: Window) -> tuple[int, int]:
    """Return from where and up to where rows are of a window's days."""
    first = bisect_left(rows, date.fromordinal(window.first), key=_day)
    return first, bisect_right(rows, date.fromordinal(window.last), first, key=_day)


_day: Final = attrgetter("day")
_place: Final = attrgetter("day", "ticket_id", "recorded_at")


def renewed(plan: Plan, about: History, ground: Ground) -> Renewed:
    """Return one user's part after late events.

    *about* is what is known of the tickets that it needs, and the *ground* is of that.
    """
    reach, part = plan.reach, plan.part
    edits = _edits_on(plan.tickets, reach.user_id, about, ground)
    desk = _desk(plan, edits, ground)
    timelines = [_timeline(window, reach, ground) for window in plan.windows]
    bounds = [window.first for window in plan.windows]
    on_screen = sorted(stretch for seen in plan.on_screen for stretch in seen)
    turned = reach.late.now.run("focus_changes", reach.user_id)
    new_entries = list(
        entries_by_day(
            desk,
            on_screen,
            lambda day: timelines[bisect_right(bounds, day) - 1],
            focus_of(turned, ground),
            ground,
        )
    )
    entry_cuts: list[Cut[Entry]] = []
    notice_cuts: list[Cut[Any]] = []
    point_cuts: list[Cut[tuple[int, str]]] = []
    for window, seen, timeline in zip(plan.windows, plan.on_screen, timelines, strict=True):
        within = slice(*_starts(new_entries, window))
        entry_cuts.append((*_starts(plan.account.entries, window), new_entries[within]))
        mine = [n for n, at in enumerate(desk.edited_at) if window.start <= at < window.end]
        noticed = notices_of(seen, desk, mine, timeline, ground.rules)
        notice_cuts.append((*_starts(part.notices, window), noticed))
        points = sorted((start, ticket_id) for ticket_id, start, end in seen if start == end)
        point_cuts.append((*_starts(part.trace.points, window), points))
    row_cuts, changes = _row_cuts(plan, desk, new_entries, ground)
    account = UserAccount(
        cut_in(plan.account.rows, row_cuts), cut_in(plan.account.entries, entry_cuts)
    )
    tickets = part.trace.tickets
    if not tickets >= reach.screens.keys():
        tickets |= reach.screens.keys()
    trace = Trace(tickets, cut_in(part.trace.points, point_cuts))
    renewed_part = UserPart(
        account if account.rows or account.entries else None,
        cut_in(part.notices, notice_cuts),
        _statuses(reach, part, account, trace, ground),
        trace,
    )
    return Renewed(renewed_part, changes)


def _edits_on(
    tickets: Iterable[str], user_id: str, facts: History, ground: Ground
) -> list[TicketEdit]:
    found: list[TicketEdit] = []
    for ticket_id in sorted(tickets):
        found += facts.run("edits", user_id, ticket_id)
    as_of = ground.as_of
    return found if as_of is None else [edit for edit in found if edit.at <= as_of]


def _desk(plan: Plan, edits: Sequence[TicketEdit], ground: Ground) -> Desk:
    tickets, rules, reach = ground.tickets, ground.rules, plan.reach
    epochs = tickets.epochs
    if rules.message_in_session is MessageInSession.KEEP:
        seen = {stretch for stretches in plan.on_screen for stretch in stretches}
        # A row of another day stands where all of the user's sessions on its ticket put it.
        seen.update(s for ticket_id in reach.tickets for s in reach.stretches(ticket_id))
        epochs = epochs.kept_whole(sorted(seen), {edit.ticket_id for edit in edits})
    return Desk(edits, epochs, excluded=tickets.excluded, civil=ground.civil, rules=rules)


def _row_cuts(
    plan: Plan, desk: Desk, entries: Iterable[Entry], ground: Ground
) -> tuple[list[Cut[WorklogRow]], list[RowChange]]:
    """Return which rows take the place of which, and what differs between them."""
    old_rows, reach = plan.account.rows, plan.reach
    first_days = [window.first for window in plan.windows]
    times = RowTimes([(row[1], row[2]) for row in desk.rows], entries)
    inside: list[list[int]] = [[] for _ in plan.windows]
    outside: list[tuple[int, int]] = []
    for number, (day, ticket_id, at, *_) in enumerate(desk.rows):
        place = bisect_right(first_days, day) - 1
        if place >= 0 and day <= plan.windows[place].last:
            inside[place].append(number)
        elif ticket_id in reach.tickets:
            key = date.fromordinal(day), ticket_id, from_microseconds(at)
            known = bisect_left(old_rows, key, key=_place)
            _keep_times(old_rows[known], number, times, desk)
            outside.append((known, number))
    rows = rows_of(reach.user_id, desk, times, ground.tickets)
    cuts: list[Cut[WorklogRow]] = []
    changes: list[RowChange] = []
    for known, number in outside:
        if old_rows[known] != rows[number]:
            cuts.append((known, known + 1, (rows[number],)))
            found = row_changes((old_rows[known],), (rows[number],))
            changes += _told_by(found, set(), reach)
    for window, numbers in zip(plan.windows, inside, strict=True):
        first, after = _days(old_rows, window)
        known_rows = {row.key: row for row in old_rows[first:after]}
        new_rows = [rows[number] for number in numbers]
        found = row_changes(old_rows[first:after], new_rows)
        changes += _told_by(found, window.numbers, reach)
        differing = {change.key for change in found}
        kept = [row if row.key in differing else known_rows[row.key] for row in new_rows]
        cuts.append((first, after, kept))
    return cuts, changes


def _keep_times(row: WorklogRow, number: int, times: RowTimes, desk: Desk) -> None:
    if row.duration is not None and row.after_work is not None and row.open_time is not None:
        desk.is_touched[number] = True
        times.duration[number] = timedelta_to_microseconds(row.duration)
        times.after_work[number] = timedelta_to_microseconds(row.after_work)
        times.open_time[number] = timedelta_to_microseconds(row.open_time)


def _told_by(found: Iterable[RowChange], numbers: set[int], reach: Reach) -> Iterator[RowChange]:
    """Return changes of rows with the late events that reach them."""
    changes = reach.late.changes
    for change in found:
        reaching = sorted(numbers | reach.numbers_for(change.row))
        told = [event for number in reaching for event in changes[number].told]
        yield attrs.evolve(change, events=tuple(told))


def _timeline(window: Window, reach: Reach, ground: Ground) -> StatusTimeline:
    """Return a user's statuses as they matter within a window."""
    now, user_id = reach.late.now, reach.user_id
    changes = now.run("user_statuses", user_id)
    start, end = from_microseconds(window.start), from_microseconds(min(window.end, LAST_US))
    since = bisect_right(changes, start, key=_at)
    if since:
        since = bisect_left(changes, changes[since - 1].at, key=_at)
    reposts = [
        attrs.evolve(r, start=max(r.start, start), end=min(r.end, end), known_at=learnt_at(r))
        if r.start < start or r.end > end
        else r
        for r in now.run("status_reposts", user_id)
        if r.start < end and start < r.end
    ]
    until = bisect_right(changes, end, since, key=_at)
    cut = reach.late.cut
    return status_timeline(changes[since:until], reposts, ground.rules, as_of=cut)


_at: Final = attrgetter("at")


def _statuses(
    reach: Reach, part: UserPart, account: UserAccount, trace: Trace, ground: Ground
) -> tuple[Any, ...]:
    """Return a user's statuses, the same ones where neither they nor the known span differ."""
    span = _span(account.entries, trace.points)
    if not reach.has_statuses and span == _span(reach.account.entries, part.trace.points):
        return part.statuses
    now = reach.late.now
    events = UserEvents()
    events.statuses = tuple(now.run("user_statuses", reach.user_id))
    events.reposts = tuple(now.run("status_reposts", reach.user_id))
    timeline = status_timeline(events.statuses, events.reposts, ground.rules, as_of=reach.late.cut)
    return status_runs(timeline, events, span, ground.as_of)


def _span(entries: Sequence[Entry], points: Sequence[tuple[int, str]]) -> tuple[int, int] | None:
    """Return the first and the last instant at which anything was on screen."""
    starts = [kept[0][0] for kept in (entries, points) if kept]
    ends = [point[0] for point in points[-1:]]
    if entries:
        last_day = bisect_left(entries, entries[-1][5], key=itemgetter(5))
        ends += [entry[2] for entry in entries[last_day:]]
    return (min(starts), max(ends)) if starts else None
