"""From a history to a case log: one entry for every ticket that any event names."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from worklog_core.calendars.days import CivilTime
from worklog_core.conversations.assignments import assignments_of
from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.contact_times import ContactTimes, contact_of, contact_times
from worklog_core.conversations.conversation import Conversation, conversations_of, homes_of
from worklog_core.conversations.entries import CaseEntry
from worklog_core.conversations.openings import contacts_of, opening_of
from worklog_core.conversations.promises import promises_of, tags_of
from worklog_core.conversations.resolution import closing_of, resolution_of, status_times_of
from worklog_core.conversations.responses import Response, responses_of
from worklog_core.conversations.rules import CaseRules, MergedCases
from worklog_core.conversations.shares import Shares, shares_by_case
from worklog_core.conversations.told import Clocks, Told, values_and_reasons
from worklog_core.errors import WorklogError, describe
from worklog_core.events.facts import TicketStatus, TicketStatusChange
from worklog_core.events.history import History
from worklog_core.events.routing import TeamMembership
from worklog_core.instants import to_microseconds
from worklog_core.sla.targets import TargetKind
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.build import build_worklog
from worklog_core.worklog.rules import WorklogRules

__all__ = ["build_case_log"]


def build_case_log(
    history: History,
    rules: WorklogRules,
    *,
    as_of: datetime | None = None,
    case_rules: CaseRules | None = None,
) -> CaseLog:
    """Return the case log of a history: one entry for every ticket that any event names (K-01).

    *as_of* cuts event time: later events are unseen (AMB-24). Handled time comes out of the
    worklog that *rules* give, so that the cases sum to it; *case_rules* are the further choices.

    Raises as `build_worklog` and `TicketTimeline` do, and WorklogError for what is no CaseRules.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     Direction, History, MessageSent, SenderKind, TicketOpened, WorklogRules,
        ...     build_case_log)
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> history = History(
        ...     openings=[TicketOpened("T1", at(0), contact_id="K1", channel="chat")],
        ...     messages=[MessageSent("T1", at(4), "M1", direction=Direction.OUT,
        ...                           sender=SenderKind.HUMAN, sender_id="U1")])
        >>> case = build_case_log(history, WorklogRules(time_zone=UTC))["T1"]
        >>> str(case.first_response_time), case.resolution_time, case.reasons["resolution_time"]
        ('0:04:00', None, <Undetermined.NOT_CLOSED: 'not_closed'>)
    """
    choices = CaseRules() if case_rules is None else case_rules
    if not isinstance(choices, CaseRules):
        raise WorklogError(
            f"case_rules must be a CaseRules or None: found {describe(choices)}. "
            "Call build_case_log(history, rules, case_rules=CaseRules(...)).",
            field="case_rules",
            value=case_rules,
        )
    worklog = build_worklog(history, rules, as_of=as_of)
    building = _Building(history.settled(), rules, choices, worklog.as_of)
    bots = set(choices.bots)
    shares = shares_by_case(
        worklog,
        {case: (times.holds, times.wrap_ups) for case, times in building.contacts.items()},
        case_of=lambda ticket_id: building.homes.get(ticket_id, ticket_id),
        bots=bots,
    )
    answers: list[Response] = []
    entries: list[CaseEntry] = []
    for case_id, conversation in building.conversations.items():
        told, given = building.told_of(conversation, shares.get(case_id, Shares()))
        values, reasons = values_and_reasons(told)
        entries.append(CaseEntry(**values, reasons=reasons))
        answers.extend(given)
    return CaseLog(
        entries=tuple(entries),
        responses=tuple(answers),
        messages=tuple(m for each in building.conversations.values() for m in each.messages),
        worklog=worklog,
        case_rules=choices,
        case_ids=building.homes,
        memberships=building.memberships,
        statuses=tuple(
            change
            for conversation in building.conversations.values()
            for change in _statuses_of(conversation)
            if conversation.opened_at is not None and change.at >= conversation.opened_at
        ),
    )


class _Building:
    """What the entries of one log share: the conversations, the clocks, who was when in a team."""

    def __init__(
        self, history: History, rules: WorklogRules, choices: CaseRules, as_of: datetime | None
    ) -> None:
        civil = CivilTime(rules.time_zone)
        self.rules = rules
        self.choices = choices
        self.as_of = as_of
        is_united = choices.merged_cases is MergedCases.UNITED
        self.homes = homes_of(history, as_of=as_of) if is_united else {}
        self.conversations = conversations_of(
            history,
            day_of=lambda at: civil.day_of(to_microseconds(at)),
            as_of=as_of,
            merged=choices.merged_cases,
            bots=choices.bots,
        )
        self.contacts: dict[str, ContactTimes] = {
            case: contact_times(conversation, as_of=as_of)
            for case, conversation in self.conversations.items()
        }
        policy = rules.sla_policy
        calendar = choices.calendar or (None if policy is None else policy.calendar)
        self.clocks = Clocks(calendar)
        self.memberships = _by_user(history.team_memberships)
        self.seen = _seen_by_persons(history, self.homes, choices.bots, as_of)
        self.openings = contacts_of(self.conversations, history, as_of=as_of)

    def told_of(
        self, conversation: Conversation, shares: Shares
    ) -> tuple[Told, tuple[Response, ...]]:
        """Return all that is told of one case, and its answers."""
        contact = contact_of(conversation, self.contacts[conversation.ticket_id])
        wrap_up = None if isinstance(contact["wrap_up"], Undetermined) else contact["wrap_up"]
        resolution = resolution_of(conversation, self.choices, self.clocks, wrap_up=wrap_up)
        responses, answers = responses_of(conversation, self.choices, self.clocks)
        closing = closing_of(conversation, self.choices)
        closed_at = None if closing is None else closing.at
        first = responses["first_response_at"]
        completed = {
            TargetKind.FIRST_RESPONSE: None if isinstance(first, Undetermined) else first,
            TargetKind.RESOLUTION: closed_at,
        }
        told = {
            **opening_of(conversation, self.openings),
            **assignments_of(conversation, self.clocks, closed_at=closed_at),
            **responses,
            **resolution,
            **status_times_of(conversation, self.choices, self.clocks, as_of=self.as_of),
            **contact,
            **self._handled(conversation, shares, contact["hold"]),
            **promises_of(conversation, self.rules.sla_policy, completed, as_of=self.as_of),
            "tags": tags_of(conversation),
            "closed_by_teams": self._teams(resolution["closed_by"], closed_at),
        }
        return told, answers

    def _handled(self, conversation: Conversation, shares: Shares, hold: Any) -> Told:
        names = ("counted_time", "handled_time", "full_handled_time", "wrap_up_counted")
        if not shares.whole:
            if conversation.of("exclusions"):
                return dict.fromkeys(names, Undetermined.EXCLUDED)
            if conversation.ticket_id not in self.seen:
                return dict.fromkeys(names, Undetermined.NO_SESSION)
        is_known = not isinstance(hold, Undetermined)
        has_wrap_up = bool(self.contacts[conversation.ticket_id].wrap_ups)
        return {
            "counted_time": shares.whole,
            "handled_time": shares.handled,
            "full_handled_time": shares.whole if is_known else hold,
            "wrap_up_counted": shares.in_wrap_up if has_wrap_up else Undetermined.NO_WRAP_UP,
        }

    def _teams(self, user_id: Any, at: datetime | None) -> tuple[str, ...]:
        own = () if at is None else self.memberships.get(user_id, ())
        return tuple(
            sorted({m.team for m in own if at and m.start <= at and (m.end is None or at < m.end)})
        )


def _statuses_of(conversation: Conversation) -> Iterable[TicketStatusChange]:
    """Return the status changes of a case; where there are none, its turns say the same."""
    if conversation.statuses.changes:
        return conversation.statuses.changes
    return (
        TicketStatusChange(
            conversation.ticket_id,
            turn.at,
            TicketStatus.CLOSED if turn.is_closing else TicketStatus.OPEN,
            cause=turn.cause,
            user_id=turn.user_id,
        )
        for turn in conversation.turns
    )


def _by_user(memberships: Iterable[TeamMembership]) -> dict[str, tuple[TeamMembership, ...]]:
    by_user: defaultdict[str, list[TeamMembership]] = defaultdict(list)
    for membership in memberships:
        by_user[membership.user_id].append(membership)
    return {user_id: tuple(own) for user_id, own in by_user.items()}


def _seen_by_persons(
    history: History, homes: Mapping[str, str], bots: Collection[str], as_of: datetime | None
) -> set[str]:
    """Return the cases that a person had on screen, whether or not the time counted."""
    seen = {
        session.ticket_id
        for session in history.sessions
        if session.user_id not in bots and (as_of is None or session.start < as_of)
    }
    seen |= {
        ping.ticket_id
        for ping in history.heartbeats
        if ping.user_id not in bots and (as_of is None or ping.at <= as_of)
    }
    return {homes.get(ticket_id, ticket_id) for ticket_id in seen}
