"""Statuses, screens and the pieces of one ticket on one desk, for the dull oracle of the worklog.

It shares no code with what it checks: every question about an instant looks through everything.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from oracle_days import TICK, day_of, midnights, us
from worklog_core import (
    Action,
    ConflictingEventsError,
    CustomerMessage,
    Direction,
    FirstEdit,
    MessageInSession,
    MessageSent,
    ReplyWithDeferral,
    SenderKind,
    StatusMode,
    TicketEdit,
    Undetermined,
    UserStatusChange,
    UserStatusRepost,
    WorklogError,
    WorklogRules,
)

__all__ = [
    "Cell",
    "Desk",
    "Epoch",
    "Statuses",
    "Stretch",
    "bridges",
    "epochs",
    "facts",
    "joined",
    "ping_sessions",
]

Stretch = tuple[int, int]
Cell = tuple[date, int | None]


# Which of several versions is the fact (AMB-25)


def learnt(event: Any) -> datetime:
    own: datetime = event.end if hasattr(event, "end") else event.at
    return event.known_at or own


def facts(events: Iterable[Any]) -> list[Any]:
    """Return the version learnt last of every event that has several."""
    everything = list(events)
    return [
        event
        for event in everything
        if event.event_id is None
        or all(learnt(v) <= learnt(event) for v in everything if v.event_id == event.event_id)
    ]


# What the customer wrote (AMB-4)


class Epoch(NamedTuple):
    ticket_id: str
    at: datetime
    conversation_id: str
    is_initial: bool


def epochs(wrote: Iterable[CustomerMessage], messages: Iterable[MessageSent]) -> list[Epoch]:
    """Return what opens an epoch, told as a message of the customer or as one of many."""
    from_customers = (Direction.IN, SenderKind.CUSTOMER)
    return [Epoch(m.ticket_id, m.at, m.conversation_id, m.is_initial) for m in wrote] + [
        Epoch(m.ticket_id, m.at, m.message_id, m.is_initial)
        for m in messages
        if (m.direction, m.sender) == from_customers
    ]


# The status of a user (AMB-6, AMB-6b)


class Statuses:
    """What status one user is in, asked instant by instant."""

    def __init__(
        self,
        changes: list[UserStatusChange],
        reposts: list[UserStatusRepost],
        rules: WorklogRules,
    ) -> None:
        self.changes, self.reposts, self.rules = changes, reposts, rules
        self.instants = {us(c.at) for c in changes}
        for start, end in ((us(r.start), us(r.end)) for r in reposts):
            self.instants |= {start, end}
        for status in [c.status for c in changes] + [r.status for r in reposts]:
            self._mode(status)
        for t in self.instants:
            self._last_word([c for c in changes if us(c.at) == t])
            self._last_word([r for r in reposts if us(r.start) <= t < us(r.end)])

    def _mode(self, status: str) -> StatusMode:
        name = dict(self.rules.status_aliases).get(status, status)
        for mode in self.rules.status_modes:
            if mode.name == name:
                return mode
        raise WorklogError(f"a status must be known: found {status!r}.", value=status)

    def _last_word(self, claims: list[Any]) -> StatusMode | None:
        if not claims:
            return None
        highest = max((learnt(c), c.event_id or "") for c in claims)
        modes = {
            self._mode(c.status).name: self._mode(c.status)
            for c in claims
            if (learnt(c), c.event_id or "") == highest
        }
        if len(modes) > 1:
            raise ConflictingEventsError(f"one status must hold: found {sorted(modes)}.")
        return next(iter(modes.values()))

    def at(self, t: int) -> StatusMode:
        reposted = self._last_word([r for r in self.reposts if us(r.start) <= t < us(r.end)])
        if reposted is not None:
            return reposted
        before = [c for c in self.changes if us(c.at) <= t]
        last = max((us(c.at) for c in before), default=None)
        changed = self._last_word([c for c in before if us(c.at) == last])
        return self._mode(self.rules.initial_status) if changed is None else changed

    def change_instants(self) -> set[int]:
        return {t for t in self.instants if self.at(t - 1).name != self.at(t).name}


# What was on screen (AMB-17, AMB-4b, AMB-6b)


def ping_sessions(pings: list[int], edits: list[int], ttl: int) -> list[Stretch]:
    found: list[Stretch] = []
    for t, is_edit in sorted([(t, False) for t in pings] + [(t, True) for t in edits]):
        if found and t - found[-1][1] <= ttl:
            found[-1] = (found[-1][0], t)
        elif not is_edit:
            found.append((t, t))
    return found


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join closed stretches that overlap or touch; one of no length stays if it stands alone."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def bridges(sessions: list[Stretch], reposts: list[UserStatusRepost], ttl: int) -> list[Stretch]:
    """Return the holes between neighbouring sessions that a repost explains (AMB-6b)."""
    found = []
    for repost in reposts:
        start, end = us(repost.start), us(repost.end)
        over = [s for s in sessions if s[1] < end]
        if not over or over[-1] == sessions[-1]:
            continue
        left, back = over[-1][1], sessions[len(over)][0]
        if left >= start - ttl and start < back <= end + ttl:
            found.append((left, back))
    return found


# One ticket of one user


class Piece(NamedTuple):
    start: int
    end: int
    cell: Cell
    home: Cell


class Desk:
    """One ticket on one user's desk: sessions, pieces, cells and what became of them."""

    def __init__(
        self,
        sessions: list[Stretch],
        edits: list[TicketEdit],
        messages: list[Epoch],
        rules: WorklogRules,
        *,
        excluded: bool,
    ) -> None:
        self.sessions, self.edits, self.messages, self.rules = sessions, edits, messages, rules
        self.excluded = excluded
        making = [e for e in edits if e.action is not None and not excluded]
        self.row_cells = {self.cell_at(us(e.at)) for e in making}
        self.pieces = [piece for s in sessions for piece in self._pieces(s, making)]
        ends = {t for session in sessions for t in session}
        self.touched = {p.home for p in self.pieces} | {
            self.cell_at(us(e.at)) for e in edits if us(e.at) in ends
        }

    def opens_at(self, message: Epoch) -> int:
        t = us(message.at)
        if self.rules.message_in_session is MessageInSession.KEEP:
            for start, end in self.sessions:
                # At one instant a message comes first: at the start nothing is on screen yet.
                if start < t < end:
                    return end + 1
        return t

    def epoch_at(self, t: int) -> Epoch | None:
        before = [m for m in self.messages if self.opens_at(m) <= t]
        return max(before, key=lambda m: (m.at, m.conversation_id, m.is_initial), default=None)

    def cell_at(self, t: int) -> Cell:
        epoch = self.epoch_at(t)
        return day_of(self.rules.time_zone, t), None if epoch is None else us(epoch.at)

    def _pieces(self, session: Stretch, making: list[TicketEdit]) -> list[Piece]:
        start, end = session
        cuts = midnights(self.rules.time_zone, start, end) | {
            self.opens_at(m) for m in self.messages
        }
        bounds = [start, *sorted(t for t in cuts if start < t < end), end]
        found: list[Piece] = []
        carrier: Cell | None = None
        for a, b in pairwise(bounds):
            cell = self.cell_at(a)
            is_edited = any(
                a <= us(e.at) < b or (us(e.at) == b == end and end not in cuts) for e in making
            )
            if is_edited:
                carrier = cell
            home = carrier if carrier is not None and self.rules.carry_tail else cell
            found.append(Piece(a, b, cell, home))
        return found

    def forgotten(self, piece: Piece) -> list[Stretch]:
        """Return the stretches of a piece's session that are too long after the last edit."""
        if self.rules.max_unedited is None:
            return []
        start, end = next(s for s in self.sessions if s[0] <= piece.start and piece.end <= s[1])
        marks = {start, end} | {us(e.at) for e in self.edits if start <= us(e.at) <= end}
        longest = self.rules.max_unedited // TICK
        return [(a + longest, b) for a, b in pairwise(sorted(marks)) if a + longest < b]

    def row(self, cell: Cell) -> dict[str, Any]:
        """Return what a row says besides its times."""
        edits = [e for e in self.edits if self.cell_at(us(e.at)) == cell]
        actions = [(us(e.at), e.action) for e in edits if e.action is not None]
        is_any = self.rules.first_edit is FirstEdit.ANY
        recorded_at = min(us(e.at) for e in edits if is_any or e.action is not None)
        epoch = self.epoch_at(recorded_at)
        row: dict[str, Any] = {
            "recorded_at": recorded_at,
            "conversation_id": None,
            "action": united(edits, self.rules),
            "actions": tuple(action for _, action in sorted(actions)),
            "reasons": {},
        }
        if epoch is None:
            row["reasons"]["conversation_id"] = Undetermined.NO_CUSTOMER_MESSAGE
        elif epoch.is_initial:
            row["reasons"]["conversation_id"] = Undetermined.INITIAL_REQUEST
        else:
            row["conversation_id"] = epoch.conversation_id
        return row


def united(edits: list[TicketEdit], rules: WorklogRules) -> Action | None:
    kinds = {e.action for e in edits}
    replied = Action.WRITE in kinds
    closed = bool(kinds & {Action.CLOSE, Action.AUTO_PROCESS}) or any(
        e.action is Action.WRITE and e.closes is not False for e in edits
    )
    if closed and Action.AUTO_PROCESS in kinds:
        return Action.AUTO_PROCESS
    if closed:
        return Action.WRITE if replied else Action.CLOSE
    if Action.STATUS in kinds:
        prefers_write = rules.reply_with_deferral is ReplyWithDeferral.WRITE
        return Action.WRITE if replied and prefers_write else Action.STATUS
    return Action.WRITE if replied else None
