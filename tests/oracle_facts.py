"""What a row says beside its time, and what became of closings: the dull oracle of both.

It shares no code with what it checks: every question about a row or a closing looks through all
events. A calendar is asked for the working time between two instants, and for nothing else.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from oracle_days import EPOCH, TICK, us
from oracle_desks import Cell, Desk, bridges, epochs, joined, ping_sessions
from worklog_core import (
    Action,
    AiActionApplied,
    AiSuggestionShown,
    AutomationLevel,
    CorrectionUntil,
    CustomerCorrected,
    CustomerDetected,
    CustomerMessage,
    Direction,
    FirstEdit,
    Heartbeat,
    History,
    MessageSent,
    RepostPresence,
    RoutingOffered,
    RoutingSkipped,
    ScreenSession,
    SenderKind,
    SlaDueSet,
    SlaScope,
    StatusCause,
    TagsChanged,
    TagsDetected,
    TargetKind,
    TeamMembership,
    TicketEdit,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    TopicChange,
    TrackingExclusion,
    Undetermined,
    UserStatusRepost,
    WorklogRules,
)

__all__ = ["Facts"]

CHOICES = tuple(Undetermined)
FAR = timedelta(days=90)


def over(event: Any) -> datetime:
    at: datetime
    if isinstance(event, ScreenSession | UserStatusRepost):
        at = event.end
    else:
        at = event.start if isinstance(event, TeamMembership) else event.at
    return at


def learnt(event: Any) -> datetime:
    return event.known_at or over(event)


def distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


class Facts:
    """What a history says of its rows and closings under some rules, up to an instant."""

    def __init__(
        self, history: History, rules: WorklogRules, as_of: datetime | None = None
    ) -> None:
        everything: list[Any] = list(history)
        self.settled: list[Any] = [
            event
            for event in everything
            if event.event_id is None
            or all(
                learnt(other) <= learnt(event)
                for other in everything
                if type(other) is type(event) and other.event_id == event.event_id
            )
        ]
        self.rules, self.as_of = rules, as_of
        self.desks: dict[tuple[str, str], Desk] = {}
        for user, ticket in {(e.user_id, e.ticket_id) for e in self.all(TicketEdit)}:
            self.desks[user, ticket] = self._desk(user, ticket)

    def all(self, *kinds: type, **fields: Any) -> list[Any]:
        """Return what is visible of some kinds, the words of one instant as they follow."""
        found = [
            (e.at, learnt(e), number, e.event_id or "", position, e)
            for number, kind in enumerate(kinds)
            for position, e in enumerate(self.settled)
            if type(e).__name__ == kind.__name__
            and (self.as_of is None or e.at <= self.as_of)
            and all(getattr(e, name) == value for name, value in fields.items())
        ]
        return [word[-1] for word in sorted(found, key=lambda word: word[:-1])]

    def _desk(self, user: str, ticket: str) -> Desk:
        edits = self.all(TicketEdit, user_id=user, ticket_id=ticket)
        limit = self.as_of or max(map(over, self.settled))
        sessions = [
            (us(s.start), us(min(s.end, limit)))
            for s in self.settled
            if isinstance(s, ScreenSession)
            and (s.user_id, s.ticket_id) == (user, ticket)
            and (self.as_of is None or s.start < limit)
        ]
        ttl = self.rules.heartbeat_ttl // TICK
        beats = [us(p.at) for p in self.all(Heartbeat, user_id=user, ticket_id=ticket)]
        sessions = joined(sessions + ping_sessions(beats, [us(e.at) for e in edits], ttl))
        if self.rules.repost_presence is RepostPresence.BRIDGE:
            reposts = [
                UserStatusRepost(user, r.start, min(r.end, limit), r.status)
                for r in self.settled
                if isinstance(r, UserStatusRepost) and r.user_id == user and r.start < limit
            ]
            sessions = joined(sessions + bridges(sessions, reposts, ttl))
        wrote = self.all(CustomerMessage, ticket_id=ticket)
        messages = epochs(wrote, self.all(MessageSent, ticket_id=ticket))
        is_excluded = bool(self.all(TrackingExclusion, ticket_id=ticket))
        return Desk(sessions, edits, messages, self.rules, excluded=is_excluded)

    def rows(self) -> dict[tuple[str, str, Cell], dict[str, Any]]:
        """Return the further facts of every row; an `Undetermined` stands for None."""
        return {
            (user, ticket, cell): Row(self, user, ticket, cell).told()
            for (user, ticket), desk in self.desks.items()
            for cell in desk.row_cells
        }

    # What a ticket waited for, as AMB-12 says.

    def course(self, ticket: str, until: datetime | None = None) -> list[TicketStatusChange]:
        """Return the status changes of a ticket that hold, one an instant."""
        progress = list(TicketStatus)
        changes = self.all(TicketStatusChange, ticket_id=ticket)
        held: dict[datetime, TicketStatusChange] = {}
        for change in sorted(
            changes,
            key=lambda c: (c.at, learnt(c), c.event_id or "", progress.index(c.status)),
        ):
            if until is None or change.at <= until:
                held[change.at] = change
        return list(held.values())

    def waits(self, ticket: str, until: datetime) -> list[tuple[datetime, datetime]]:
        changes = self.course(ticket, until)
        ends = [*(change.at for change in changes), until][1:]
        return [
            (change.at, end)
            for change, end in zip(changes, ends, strict=True)
            if change.status is TicketStatus.PENDING and change.at < end
        ]

    # What became of closings, as AMB-7 says.

    def cell(self, event: Any) -> Any:
        if not isinstance(event, TicketEdit):
            return None
        return event.user_id, self.desks[event.user_id, event.ticket_id].cell_at(us(event.at))

    def answers(self, ticket: str) -> list[datetime]:
        return [
            e.at for e in self.all(TicketEdit, ticket_id=ticket) if e.action is Action.WRITE
        ] + [
            m.at
            for m in self.all(MessageSent, ticket_id=ticket)
            if (m.direction, m.sender) == (Direction.OUT, SenderKind.HUMAN)
        ]

    def turns(self, ticket: str) -> tuple[list[Any], list[Any]]:
        """Return the closings and openings of a ticket in time order."""
        progress = list(TicketStatus)
        changes = sorted(
            self.all(TicketStatusChange, ticket_id=ticket),
            key=lambda c: (c.at, learnt(c), c.event_id or "", progress.index(c.status)),
        )
        if changes:
            closings = [
                change
                for before, change in pairwise([None, *changes])
                if change.status is TicketStatus.CLOSED
                and (before is None or before.status is not TicketStatus.CLOSED)
            ]
            opened = [
                c
                for c in changes
                if c.status is not TicketStatus.CLOSED and c.cause is not StatusCause.DUE_DATE
            ]
            first = [c for c in opened if c.cause is StatusCause.CUSTOMER]
        else:
            acting = [e for e in self.all(TicketEdit, ticket_id=ticket) if e.action is not None]
            # The history has its edits user by user.
            acting.sort(key=lambda e: (e.at, self.settled.index(e)))
            closings = [e for e in acting if e.is_closing]
            first = epochs(
                self.all(CustomerMessage, ticket_id=ticket), self.all(MessageSent, ticket_id=ticket)
            )
            opened = [*first, *(e for e in acting if not e.is_closing)]
        return closings, sorted(opened, key=lambda e: (e.at, e not in first))

    def closings(self) -> list[dict[str, Any]]:
        found = []
        tickets = {e.ticket_id for e in self.all(TicketEdit, TicketStatusChange)}
        for ticket in sorted(tickets - {e.ticket_id for e in self.all(TrackingExclusion)}):
            closings, openings = self.turns(ticket)
            for closing in closings:
                cell = self.cell(closing)
                if cell and any(self.cell(c) == cell and c.at > closing.at for c in closings):
                    continue
                if cell and closing is not [c for c in closings if self.cell(c) == cell][-1]:
                    continue
                found.append(self._closing(ticket, closing, closings, openings))
        return sorted(found, key=lambda c: (c["ticket_id"], c["closed_at"], c["closed_by"] or ""))

    def _closing(
        self, ticket: str, closing: Any, closings: list[Any], openings: list[Any]
    ) -> dict[str, Any]:
        answers, cell, window = self.answers(ticket), self.cell(closing), self.rules.fcr_window

        def counts(opening: Any) -> bool:
            after = [c.at for c in closings if c.at > opening.at]
            is_thanks = bool(after) and not any(opening.at <= a <= min(after) for a in answers)
            if self.rules.reopen_needs_reply and is_thanks:
                return False
            return opening.at > closing.at and (cell is None or self.cell(opening) != cell)

        opening = next((o for o in openings if counts(o)), None)
        if window is not None and opening is not None and opening.at >= closing.at + window:
            opening = None
        by = who = None
        if opening is not None:
            who = getattr(opening, "user_id", None)
            is_customers = not isinstance(opening, TicketEdit | TicketStatusChange)
            if is_customers or getattr(opening, "cause", None) is StatusCause.CUSTOMER:
                by = "customer"
            else:
                by = "self" if who is not None and who == closing.user_id else "colleague"
        judged = self.as_of or max(map(over, self.settled))
        is_decided = window is None
        if window is not None and opening is None:
            is_decided = closing.at + window <= judged
        elif opening is not None:
            needs = self.rules.reopen_needs_reply
            is_decided |= not needs or any(a >= opening.at for a in answers)
        return {
            "ticket_id": ticket,
            "closed_at": closing.at,
            "closed_by": closing.user_id,
            "reopened_at": None if opening is None else opening.at,
            "reopened_by": by,
            "is_decided": is_decided,
            "is_provisional": window is None,
        }


class Row:
    """One row, whose every fact is looked for among all events."""

    def __init__(self, facts: Facts, user: str, ticket: str, cell: Cell) -> None:
        self.facts, self.rules = facts, facts.rules
        self.user, self.ticket, self.epoch = user, ticket, cell[1]
        self.desk = facts.desks[user, ticket]
        self.cell = cell
        self.edits = [e for e in self.desk.edits if self.desk.cell_at(us(e.at)) == cell]
        self.acting = [e for e in self.edits if e.action is not None]
        is_any = self.rules.first_edit is FirstEdit.ANY
        self.recorded = min(e.at for e in (self.edits if is_any else self.acting))
        self.last = max(e.at for e in self.edits)
        self.last_action = max(e.at for e in self.acting)

    def words(self, *kinds: type, until: datetime | None = None) -> list[Any]:
        found = self.facts.all(*kinds, ticket_id=self.ticket)
        return [e for e in found if until is None or e.at <= until]

    def within(self, events: Iterable[Any]) -> Iterator[Any]:
        return (e for e in events if self.desk.cell_at(us(e.at)) == self.cell)

    def mine(self, events: Iterable[Any]) -> list[Any]:
        return [e for e in events if e.user_id is None or e.user_id == self.user]

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            **self._dimensions(),
            **self._recognised(),
            **self._assistance(),
            **self._promise(),
            **self._waiting(),
        }
        return {name: told[name] for name in sorted(told)}

    def _dimensions(self) -> dict[str, Any]:
        at = self.recorded
        topics = self.words(TopicChange, until=at)
        channels = [
            e.channel
            for e in self.words(TicketOpened, CustomerMessage, MessageSent, until=at)
            if e.channel is not None
            and (
                not isinstance(e, MessageSent)
                or (e.direction, e.sender) == (Direction.IN, SenderKind.CUSTOMER)
            )
        ]
        teams = {
            m.team
            for m in self.facts.settled
            if isinstance(m, TeamMembership)
            and m.user_id == self.user
            and m.start <= at
            and (m.end is None or at < m.end)
        }
        marks = {
            kind: any(
                e.user_id == self.user and e.at <= self.last_action
                for e in self.within(self.words(kind))
            )
            for kind in (RoutingOffered, RoutingSkipped)
        }
        untold = Undetermined.NOT_TOLD
        return {
            "teams": tuple(sorted(teams)),
            "topic": (topics[-1].topic if topics else None) or untold,
            "subtopic": (topics[-1].subtopic if topics else None) or untold,
            "channel": channels[-1] if channels else untold,
            "offered": marks[RoutingOffered],
            "skipped": marks[RoutingSkipped],
        }

    def _recognised(self) -> dict[str, Any]:
        until = self.last if self.rules.correction_until is CorrectionUntil.ROW_END else None
        found: dict[str, Any] = {}
        for name, detection, correction, content in (
            ("tags", TagsDetected, TagsChanged, "tags"),
            ("customer", CustomerDetected, CustomerCorrected, "customer_id"),
        ):
            known = self.words(detection, correction, until=until)
            detected = [e for e in known if type(e) is detection]
            found[f"{name}_identified_correctly"] = (
                getattr(detected[-1], content) == getattr(known[-1], content)
                if detected
                else Undetermined.NOTHING_DETECTED
            )
        at_last = self.words(TagsDetected, TagsChanged, until=self.last)
        return {**found, "tags": at_last[-1].tags if at_last else ()}

    def _assistance(self) -> dict[str, Any]:
        applied = self.mine(self.within(self.words(AiActionApplied)))
        levels = [a.level for a in applied]
        is_dark = any(e.action is Action.AUTO_PROCESS for e in self.acting)
        level = AutomationLevel.AUTONOMOUS if is_dark else max(levels, default=AutomationLevel.NONE)
        evidence: Any = next((a for a in applied if a.level is level), None)
        if evidence is None:
            evidence = Undetermined.NOT_TOLD if is_dark else Undetermined.NO_AI_USED
        sent_by_me = [
            m
            for m in self.within(self.words(MessageSent, until=self.last))
            if (m.direction, m.sender) == (Direction.OUT, SenderKind.HUMAN)
            and m.sender_id == self.user
        ]
        answer = sent_by_me[-1] if sent_by_me else None
        shown_by = self.last if answer is None else answer.at
        drafts = self.mine(self.words(AiSuggestionShown, until=shown_by))
        usage = []
        for agent in dict.fromkeys(a.agent for a in applied):
            own = [d.text for d in drafts if d.agent == agent]
            highest = max(a.level for a in applied if a.agent == agent)
            usage.append((agent, highest, self._share(own[-1] if own else None, answer)))
        bases = [d.agent for d in drafts if d.is_base]
        assistance: Any = Undetermined.BASE_AGENT_NOT_USED
        for agent, highest, share in usage:
            if bases and agent == bases[-1]:
                assistance = share
            if not bases and highest is AutomationLevel.BASE_AGENT:
                assistance = Undetermined.NO_RECOMMENDATION
        return {
            "automation_level": level,
            "automation_evidence": evidence,
            "ai_usage": usage,
            "text_assistance": assistance,
        }

    def _share(self, draft: str | None, answer: MessageSent | None) -> Fraction | Undetermined:
        if not draft:
            return Undetermined.NO_RECOMMENDATION
        if answer is None:
            return Undetermined.NOTHING_SENT
        if answer.text is None:
            return Undetermined.NOT_TOLD
        prepared = self.rules.preprocess or str
        a, b = prepared(draft), prepared(answer.text)
        return 1 - Fraction(distance(a, b), max(len(a), len(b)))

    # When the customer was served and when that was due, as AMB-8 says.

    def _served(self) -> datetime | None:
        noticed = [
            e
            for e in self.words(TicketEdit)
            if e.action in (Action.WRITE, Action.AUTO_PROCESS)
            or (e.action is not None and e.is_closing)
        ]
        scope = self.rules.sla_scope
        if scope is SlaScope.CELL:
            noticed = [e for e in noticed if e in self.edits]
        if scope is SlaScope.EPOCH:
            noticed = [e for e in noticed if self.desk.cell_at(us(e.at))[1] == self.epoch]
        return min((e.at for e in noticed), default=None)

    def _worked(self, calendar: Any, a: datetime, b: datetime, pauses: Any) -> timedelta:
        if b < a:
            return -self._worked(calendar, b, a, pauses)
        total: timedelta = calendar.working_time(a, b)
        for since, until in pauses:
            start, end = max(since, a), min(until, b)
            if start < end:
                total -= calendar.working_time(start, end)
        return total

    def _reached(self, calendar: Any, a: datetime, target: timedelta, pauses: Any) -> Any:
        low, high = us(a), us(a + FAR)
        if self._worked(calendar, a, a + FAR, pauses) < target:
            return None
        while low < high:
            middle = (low + high) // 2
            if self._worked(calendar, a, EPOCH + middle * TICK, pauses) >= target:
                high = middle
            else:
                low = middle + 1
        return EPOCH + low * TICK

    def _due(self, judged: datetime, tags: tuple[str, ...], pauses: Any) -> tuple[Any, Any]:
        policy = self.rules.sla_policy
        settings = [
            s for s in self.words(SlaDueSet, until=judged) if s.target is TargetKind.RESOLUTION
        ]
        if settings:
            return settings[-1].due_at, policy and policy.calendar
        openings = self.words(TicketOpened, until=judged)
        if policy is None or not openings:
            return None, None
        rivals = [(tag, t) for tag in tags for t in policy.by_tag.get(tag, ())]
        rivals = [(tag, t) for tag, t in rivals if t.kind is TargetKind.RESOLUTION] or [
            ("", t) for t in policy.otherwise if t.kind is TargetKind.RESOLUTION
        ]
        found = []
        for tag, target in rivals:
            calendar = target.calendar or policy.calendar
            due = self._reached(calendar, openings[0].at, target.working_time, pauses)
            if due is None:
                return None, None
            found.append((due, target.working_time, tag, calendar))
        best = min(found, key=lambda f: f[:3], default=(None, None, None, None))
        return best[0], best[3]

    def _promise(self) -> dict[str, Any]:
        served = self._served()
        judged = served or self.recorded
        policy = self.rules.sla_policy
        pauses: Any = ()
        if policy is not None and policy.pause_on_pending:
            pauses = self.facts.waits(self.ticket, judged)
        due, calendar = self._due(judged, self._recognised()["tags"], pauses)
        net: Any = Undetermined.NO_SLA_DUE
        gross: Any = net
        if served is None:
            net = gross = Undetermined.NO_CLOSING_EVENT
        elif due is not None:
            gross = served - due
            net = Undetermined.NO_CALENDAR
            if calendar is not None:
                net = self._worked(calendar, due, served, pauses)
        return {
            "served_at": served or Undetermined.NO_CLOSING_EVENT,
            "sla_due_at": due or Undetermined.NO_SLA_DUE,
            "sla_deviation": net,
            "gross_sla_deviation": gross,
        }

    def _waiting(self) -> dict[str, Any]:
        changes = self.facts.course(self.ticket)
        fields = (
            "status_detail",
            "pending_due_at",
            "first_pending_at",
            "pending_time",
            "net_pending_time",
            "times_set_to_open",
        )
        if not changes:
            return dict.fromkeys(fields, Undetermined.NOT_TOLD)
        last = changes[-1]
        details = [c.detail for c in self.mine(self.within(changes)) if c.detail]
        pending = [c.at for c in changes if c.status is TicketStatus.PENDING]
        waited: Any = sum((b - a for a, b in self.facts.waits(self.ticket, last.at)), timedelta())
        policy = self.rules.sla_policy
        net: Any = Undetermined.NO_CALENDAR
        if policy is not None:
            net = timedelta()
            for a, b in self.facts.waits(self.ticket, last.at):
                net += policy.calendar.working_time(a, b)
        due: Any = Undetermined.NOT_PENDING
        if last.status is TicketStatus.PENDING:
            waited = net = Undetermined.STILL_PENDING
            due = last.deferred_until or Undetermined.NO_DUE_DATE
        statuses = [TicketStatus.OPEN, *(c.status for c in changes)]
        opened = [
            b is TicketStatus.OPEN and a is not TicketStatus.OPEN for a, b in pairwise(statuses)
        ]
        values = (
            details[-1] if details else Undetermined.NOT_TOLD,
            due,
            min(pending) if pending else Undetermined.NEVER_PENDING,
            waited,
            net,
            sum(opened),
        )
        return dict(zip(fields, values, strict=True))
