"""What a worklog is, said once more: too slow to ship, too plain to be wrong.

It shares no code with what it checks. Time is whole microseconds since 1970, shares are `Fraction`,
every question about an instant is answered by looking through everything, and time is cut into
elementary segments in which nothing at all changes. From the library it takes the values that go in
and the names of the labels and reasons that come out.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import attrs

from oracle_days import TICK, day_of, us
from oracle_desks import (
    Cell,
    Desk,
    Statuses,
    Stretch,
    bridges,
    epochs,
    facts,
    joined,
    ping_sessions,
)
from worklog_core import (
    Action,
    DivideOver,
    ExclusiveFocus,
    FocusChange,
    History,
    Interval,
    LedgerLabel,
    RepostPresence,
    ScreenSession,
    Undetermined,
    UserStatusRepost,
    WorklogRules,
)

__all__ = ["average", "divide", "worklog"]


def worklog(
    history: History, rules: WorklogRules, as_of: datetime | None = None
) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """Return the rows and the ledger's lines, as plain values."""
    limit = None if as_of is None else us(as_of)

    def seen(events: Iterable[Any]) -> list[Any]:
        instant = "start" if isinstance(next(iter(events), None), UserStatusRepost) else "at"
        return [e for e in facts(events) if limit is None or us(getattr(e, instant)) <= limit]

    screens = _clipped(facts(history.sessions), limit)
    edits, pings = seen(history.edits), seen(history.heartbeats)
    messages = epochs(seen(history.customer_messages), seen(history.messages))
    exclusions = seen(history.exclusions)
    changes, reposts = seen(history.user_statuses), seen(history.status_reposts)
    turned = seen(history.focus_changes) if isinstance(rules.division, ExclusiveFocus) else []
    excluded = {e.ticket_id for e in exclusions}
    ttl = rules.heartbeat_ttl // TICK
    rows: list[dict[str, Any]] = []
    lines: list[tuple[Any, ...]] = []
    users = {e.user_id for e in (*history.sessions, *edits, *pings, *changes, *reposts)}
    for user in sorted(users):
        mine = [r for r in reposts if r.user_id == user]
        statuses = Statuses([c for c in changes if c.user_id == user], mine, rules)
        desks: dict[str, Desk] = {}
        for ticket in sorted({e.ticket_id for e in (*history.sessions, *edits, *pings)}):
            name = (user, ticket)
            touches = [e for e in edits if (e.user_id, e.ticket_id) == name]
            beats = [us(p.at) for p in pings if (p.user_id, p.ticket_id) == name]
            sessions = joined(
                [stretch for who, stretch in screens if who == name]
                + ping_sessions(beats, [us(e.at) for e in touches], ttl)
            )
            if rules.repost_presence is RepostPresence.BRIDGE:
                sessions = joined(sessions + bridges(sessions, _until(mine, as_of), ttl))
            own = [m for m in messages if m.ticket_id == ticket]
            desks[ticket] = Desk(sessions, touches, own, rules, excluded=ticket in excluded)
        turns = [change for change in turned if change.user_id == user]
        user_rows, user_lines = _of_user(user, desks, statuses, rules, turns)
        rows += user_rows
        lines += user_lines
    rows.sort(key=lambda r: (r["key"][2], r["key"][0], r["key"][1], r["recorded_at"]))
    return rows, sorted(lines, key=lambda line: (line[0], line[2], line[1]))


def _until(reposts: list[UserStatusRepost], limit: datetime | None) -> list[UserStatusRepost]:
    if limit is None:
        return reposts
    return [attrs.evolve(r, end=min(r.end, limit)) for r in reposts if r.start < limit]


def _clipped(
    sessions: list[ScreenSession], limit: int | None
) -> list[tuple[tuple[str, str], Stretch]]:
    found = []
    for s in sessions:
        start, end = us(s.start), us(s.end)
        if limit is None or start < limit:
            end = end if limit is None else min(end, limit)
            found.append(((s.user_id, s.ticket_id), (start, end)))
    return found


def _of_user(
    user: str,
    desks: Mapping[str, Desk],
    statuses: Statuses,
    rules: WorklogRules,
    turns: list[FocusChange],
) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    rows = {
        (ticket, cell): {"key": (user, ticket, *cell)} | desk.row(cell)
        for ticket, desk in desks.items()
        for cell in desk.row_cells
    }
    lines = _exact_lines(desks, statuses, rules, rows, turns)
    _apportion(lines)
    for (ticket, cell), row in rows.items():
        mine = [x for x in lines if x["ticket"] == ticket and x["home"] == cell]
        mine = [x for x in mine if x["label"] is LedgerLabel.COUNTED]
        if cell in desks[ticket].touched:
            row["duration"] = sum(x["amount"] for x in mine)
            row["after_work"] = sum(x["amount"] for x in mine if x["start"] >= row["recorded_at"])
            row["open_time"] = sum(x["end"] - x["start"] for x in mine)
            continue
        is_dark = row["action"] is Action.AUTO_PROCESS
        reason = Undetermined.DARK_PROCESSING if is_dark else Undetermined.NO_SESSION
        for name in ("duration", "after_work", "open_time"):
            row[name] = None
            row["reasons"][name] = reason
    return list(rows.values()), [
        (
            *(user, x["ticket"], x["start"], x["end"], x["label"], x["amount"], x["day"]),
            (user, x["ticket"], *x["home"]) if x["label"] is LedgerLabel.COUNTED else None,
        )
        for x in lines
    ]


def _exact_lines(
    desks: Mapping[str, Desk],
    statuses: Statuses,
    rules: WorklogRules,
    rows: Mapping[tuple[str, Cell], Mapping[str, Any]],
    turns: list[FocusChange],
) -> list[dict[str, Any]]:
    pieces = [(ticket, piece) for ticket, desk in desks.items() for piece in desk.pieces]
    status_cuts = statuses.change_instants()
    bounds = {t for _, p in pieces for t in (p.start, p.end)} | status_cuts
    bounds |= {row["recorded_at"] for row in rows.values()} | {us(turn.at) for turn in turns}
    bounds |= {t for n, p in pieces for bound in desks[n].forgotten(p) for t in bound}
    segments: list[tuple[int, int, dict[str, Fraction]]] = []
    for a, b in _neighbours(bounds):
        open_now = {ticket: p.home for ticket, p in pieces if p.start <= a and b <= p.end}
        sharers = set(open_now)
        if rules.divide_over is DivideOver.EDITED:
            sharers = {t for t, home in open_now.items() if (t, home) in rows} or sharers
        sharers = {t for t in open_now if t == _turned_to(turns, a)} or sharers
        weights = {t: Fraction(rules.division.weight_of(t)) for t in sharers}
        whole = sum(weights.values())
        shares = {t: (b - a) * weights.get(t, Fraction(0)) / whole for t in open_now}
        segments.append((a, b, shares))
    lines = []
    for ticket, piece in pieces:
        row = rows.get((ticket, piece.home))
        forgotten = desks[ticket].forgotten(piece)
        cuts = set(status_cuts)
        for t in {t for bound in forgotten for t in bound}:
            before, after = (_label(desks[ticket], row, statuses, forgotten, x) for x in (t - 1, t))
            if before is not after:
                cuts.add(t)
        # A line that does not count has no row whose first edit could cut it.
        if row and statuses.at(row["recorded_at"]).counts:
            cuts |= {row["recorded_at"]}
        for t in map(us, (turn.at for turn in turns)):
            if (_turned_to(turns, t) == ticket) != (_turned_to(turns, t - 1) == ticket):
                cuts.add(t)
        inside = {t for t in cuts if piece.start < t < piece.end}
        for a, b in _neighbours({piece.start, piece.end} | inside):
            lines.append(
                {
                    "ticket": ticket,
                    "start": a,
                    "end": b,
                    "home": piece.home,
                    "day": day_of(rules.time_zone, a),
                    "counts": statuses.at(a).counts,
                    "label": _label(desks[ticket], row, statuses, forgotten, a),
                    "share": sum(
                        (s[ticket] for x, y, s in segments if a <= x and y <= b), Fraction(0)
                    ),
                }
            )
    return lines


def _turned_to(turns: list[FocusChange], t: int) -> str | None:
    """Return the ticket that was turned to last, of several at one instant the highest."""
    seen = [(us(turn.at), turn.ticket_id) for turn in turns if us(turn.at) <= t]
    return max(seen)[1] if seen else None


def _label(
    desk: Desk,
    row: Mapping[str, Any] | None,
    statuses: Statuses,
    forgotten: list[Stretch],
    t: int,
) -> LedgerLabel:
    if not statuses.at(t).counts:
        return LedgerLabel.NOT_COUNTING
    if desk.excluded:
        return LedgerLabel.EXCLUDED
    if row is None:
        return LedgerLabel.VIEW_ONLY
    if any(a <= t < b for a, b in forgotten):
        return LedgerLabel.UNEDITED
    return LedgerLabel.COUNTED


def _neighbours(instants: Iterable[int]) -> list[Stretch]:
    return list(pairwise(sorted(set(instants))))


def _apportion(lines: list[dict[str, Any]]) -> None:
    """Give each line its whole microseconds, pot by pot and cell by cell (AMB-5c)."""
    for pot in {(x["day"], x["counts"]) for x in lines}:
        cells: dict[Any, list[dict[str, Any]]] = {}
        for line in sorted(lines, key=lambda x: (x["ticket"], x["start"])):
            if (line["day"], line["counts"]) == pot:
                cells.setdefault((line["ticket"], line["home"]), []).append(line)
        shares = [sum((x["share"] for x in own), Fraction(0)) for own in cells.values()]
        extras = _extras(shares)
        for own, extra in zip(cells.values(), extras, strict=True):
            exact, given = Fraction(0), 0
            for line in own:
                exact += line["share"]
                reached = -floor(-exact) if extra else floor(exact)
                line["amount"] = reached - given
                given = reached


def _extras(shares: list[Fraction]) -> list[int]:
    """Return which shares are rounded up: the largest remainders, ties to those named first."""
    left = sum(shares) - sum(floor(share) for share in shares)
    order = sorted(range(len(shares)), key=lambda i: (floor(shares[i]) - shares[i], i))
    return [1 if order.index(i) < left else 0 for i in range(len(shares))]


def average(rows: list[dict[str, Any]]) -> int | None:
    measured = [row["duration"] for row in rows if row["duration"] is not None]
    return round(Fraction(sum(measured), len(measured))) if measured else None


def divide(
    open_times: Mapping[Any, Iterable[Interval]],
    weight_of: Callable[[Any], int | Fraction] = lambda _: 1,
) -> dict[Any, int]:
    """Return the whole microseconds of each key in the parallel time of one worker."""
    stretches = {k: [(us(i.start), us(i.end)) for i in open_times[k]] for k in sorted(open_times)}
    exact = dict.fromkeys(stretches, Fraction(0))
    for a, b in _neighbours(t for own in stretches.values() for s in own for t in s):
        keys = [k for k, own in stretches.items() if any(x <= a and b <= y for x, y in own)]
        whole = sum(Fraction(weight_of(k)) for k in keys)
        for k in keys:
            exact[k] += (b - a) * Fraction(weight_of(k)) / whole
    extras = _extras(list(exact.values()))
    return {k: floor(exact[k]) + extra for k, extra in zip(exact, extras, strict=True)}
