"""What a row says beside its action and its time, gathered once for all tickets and users.

Four rules hold in this module:
1. A fact is taken where the decisions say: teams, topic and channel at the row's first edit, tags
   and corrections at its last one or as of the evaluation (AMB-26).
2. What belongs to a processing lies in the row's cell: what AI did, what was offered and skipped,
   the answer that was sent. An event that names a user is of that user's row alone.
3. Of several words at one instant the one that was learnt later holds, then the correction of what
   was detected, then the higher event id, then the later one in the history's order.
4. A value that cannot be determined is handed on as its reason, an `Undetermined`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import attrs

from worklog_core.calendars import Calendar
from worklog_core.events.actions import Action
from worklog_core.events.assistance import (
    AiActionApplied,
    AiSuggestionShown,
    CustomerCorrected,
    CustomerDetected,
    TagsChanged,
    TagsDetected,
)
from worklog_core.events.facts import TicketEdit, TicketStatus
from worklog_core.events.history import History
from worklog_core.events.kinds import learnt_at
from worklog_core.events.messages import MessageSent
from worklog_core.events.routing import TeamMembership
from worklog_core.events.tickets import TicketOpened
from worklog_core.instants import from_microseconds, to_microseconds
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.sla.targets import TargetKind
from worklog_core.tickets.pending import pending_times
from worklog_core.tickets.timeline import TicketTimeline, ticket_timelines
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.assistance import (
    CorrectionUntil,
    ai_usage_of,
    highest_automation,
    text_assistance_of,
)
from worklog_core.worklog.courses import Course, courses
from worklog_core.worklog.rules import SlaScope, WorklogRules
from worklog_core.worklog.service import Service, is_served_by

__all__ = ["FurtherFacts", "Place", "further_facts"]

Told = dict[str, Any]
"""Values of a row by field; an `Undetermined` stands for None and says why."""

_FOREVER: Final = 1 << 62


class Place(NamedTuple):
    """Where a row stands: whose, on which ticket, when its first and its last edit were.

    `holds` tells whether the row's cell holds an instant, `is_of_epoch` whether its epoch does.
    """

    user_id: str
    ticket_id: str
    action: Action
    edits: Sequence[TicketEdit]
    recorded_at: int
    last_edit_at: int
    last_action_at: int
    holds: Callable[[int], bool]
    is_of_epoch: Callable[[int], bool]


class FurtherFacts(NamedTuple):
    """The courses of all that rows are told beside their time; each is empty where nobody tells."""

    rules: WorklogRules
    teams: Mapping[str, Sequence[TeamMembership]]
    topics: Mapping[str, Course[Any]]
    channels: Mapping[str, Course[str]]
    tags: Mapping[str, Course[TagsDetected | TagsChanged]]
    customers: Mapping[str, Course[CustomerDetected | CustomerCorrected]]
    offers: Mapping[tuple[str, str], Sequence[int]]
    skips: Mapping[tuple[str, str], Sequence[int]]
    ai_actions: Mapping[str, Course[tuple[int, AiActionApplied]]]
    drafts: Mapping[str, Course[AiSuggestionShown]]
    answers: Mapping[str, Course[tuple[int, MessageSent]]]
    timelines: Mapping[str, TicketTimeline]
    waiting: Mapping[str, Told]
    edits: Mapping[str, Course[tuple[int, TicketEdit]]]
    service: Service

    def of(self, place: Place) -> Told:
        """Return what is known of one row."""
        tags = self._tags(place)
        return {
            **self._dimensions(place),
            **tags,
            **self._routing(place),
            **self._assistance(place),
            **self._customer(place),
            **self._sla(place, tags["tags"]),
            **self._waiting(place),
        }

    def _dimensions(self, place: Place) -> Told:
        at = place.recorded_at
        topic = _word_at(self.topics, place.ticket_id, at)
        instant = from_microseconds(at)
        return {
            "teams": tuple(
                sorted(
                    {
                        member.team
                        for member in self.teams.get(place.user_id, ())
                        if member.start <= instant and (member.end is None or instant < member.end)
                    }
                )
            ),
            "topic": _or_not_told(None if topic is None else topic.topic),
            "subtopic": _or_not_told(None if topic is None else topic.subtopic),
            "channel": _or_not_told(_word_at(self.channels, place.ticket_id, at)),
        }

    def _judged_at(self, place: Place) -> int:
        until_row_end = self.rules.correction_until is CorrectionUntil.ROW_END
        return place.last_edit_at if until_row_end else _FOREVER

    def _tags(self, place: Place) -> Told:
        course = self.tags.get(place.ticket_id)
        at_last_edit = _word_at(self.tags, place.ticket_id, place.last_edit_at)
        return {
            "tags": () if at_last_edit is None else at_last_edit.tags,
            "tags_identified_correctly": _identified(
                course, TagsDetected, self._judged_at(place), lambda word: word.tags
            ),
        }

    def _customer(self, place: Place) -> Told:
        course = self.customers.get(place.ticket_id)
        return {
            "customer_identified_correctly": _identified(
                course, CustomerDetected, self._judged_at(place), lambda word: word.customer_id
            )
        }

    def _routing(self, place: Place) -> Told:
        def happened(marks: Mapping[tuple[str, str], Sequence[int]]) -> bool:
            own = marks.get((place.user_id, place.ticket_id), ())
            return any(at <= place.last_action_at and place.holds(at) for at in own)

        return {"offered": happened(self.offers), "skipped": happened(self.skips)}

    def _assistance(self, place: Place) -> Told:
        concerned = (None, place.user_id)
        actions = [
            action
            for at, action in _words(self.ai_actions, place.ticket_id)
            if action.user_id in concerned and place.holds(at)
        ]
        answer = self._answer(place)
        shown_by, sent = place.last_edit_at, Undetermined.NOTHING_SENT
        if answer is not None:
            shown_by, sent = answer[0], _or_not_told(answer[1].text)
        course = self.drafts.get(place.ticket_id)
        shown = [] if course is None else course.upto(shown_by)
        drafts = [draft for draft in shown if draft.user_id in concerned]
        usage = ai_usage_of(actions, drafts, sent=sent, preprocess=self.rules.preprocess)
        is_autonomous = place.action is Action.AUTO_PROCESS
        level, evidence = highest_automation(actions, is_autonomous=is_autonomous)
        untold = Undetermined.NOT_TOLD if is_autonomous else Undetermined.NO_AI_USED
        return {
            "automation_level": level,
            "automation_evidence": evidence or untold,
            "ai_usage": usage,
            "text_assistance": text_assistance_of(usage, drafts),
        }

    def _answer(self, place: Place) -> tuple[int, MessageSent] | None:
        """Return the user's last public message in the cell, up to the row's last edit (AMB-10)."""
        course = self.answers.get(place.ticket_id)
        if course is not None:
            for at, message in reversed(course.upto(place.last_edit_at)):
                if message.sender_id == place.user_id and place.holds(at):
                    return at, message
        return None

    def _sla(self, place: Place, tags: tuple[str, ...]) -> Told:
        served_at = self._served_at(place)
        judged = self.service.judge(
            place.ticket_id, tags, served_at=served_at, at=place.recorded_at
        )
        unserved = Undetermined.NO_CLOSING_EVENT
        return {
            "served_at": unserved if served_at is None else from_microseconds(served_at),
            "sla_due_at": judged.due_at or Undetermined.NO_SLA_DUE,
            "sla_deviation": judged.reason if judged.net is None else judged.net,
            "gross_sla_deviation": judged.reason if judged.gross is None else judged.gross,
        }

    def _waiting(self, place: Place) -> Told:
        """Return what the ticket waited for and how long, as of the evaluation (AMB-12)."""
        timeline = self.timelines.get(place.ticket_id)
        if timeline is None:
            return {}
        details = [
            change.detail
            for change in timeline.changes
            if change.user_id in (None, place.user_id)
            and change.detail is not None
            and place.holds(to_microseconds(change.at))
        ]
        detail = details[-1] if details else Undetermined.NOT_TOLD
        return {"status_detail": detail, **self.waiting[place.ticket_id]}

    def _served_at(self, place: Place) -> int | None:
        scope = self.rules.sla_scope
        if scope is SlaScope.CELL:
            served = (to_microseconds(edit.at) for edit in place.edits if is_served_by(edit))
            return min(served, default=None)
        is_of_epoch = place.is_of_epoch
        for at, edit in _words(self.edits, place.ticket_id):
            if is_served_by(edit) and (scope is SlaScope.TICKET or is_of_epoch(at)):
                return int(at)
        return None


def _words(of: Mapping[str, Course[Any]], ticket_id: str) -> Sequence[Any]:
    return of[ticket_id].words if ticket_id in of else ()


def _word_at(of: Mapping[str, Course[Any]], ticket_id: str, instant: int) -> Any:
    return of[ticket_id].at(instant) if ticket_id in of else None


def _or_not_told(value: Any) -> Any:
    return Undetermined.NOT_TOLD if value is None else value


def _identified(
    course: Course[Any] | None, detection: type, judged: int, content: Callable[[Any], Any]
) -> bool | Undetermined:
    """Return whether what was detected last is what holds at an instant (E-39, AMB-20)."""
    known = [] if course is None else course.upto(judged)
    detected = next((word for word in reversed(known) if isinstance(word, detection)), None)
    if detected is None:
        return Undetermined.NOTHING_DETECTED
    return bool(content(detected) == content(known[-1]))


def further_facts(history: History, rules: WorklogRules, as_of: int | None) -> FurtherFacts | None:
    """Return what a history says of its rows beside their time, None where it says nothing."""
    told = (
        *(history.messages, history.openings, history.topics, history.sla_dues),
        *(history.offers, history.skips, history.team_memberships),
        *(history.suggestions, history.ai_actions, history.tag_detections, history.tag_changes),
        *(history.customer_detections, history.customer_corrections, history.ticket_statuses),
    )
    asks = rules.sla_scope is not SlaScope.CELL
    has_channels = any(message.channel for message in history.customer_messages)
    if not (any(told) or asks or has_channels):
        return None

    def seen(*kinds: Iterable[Any]) -> list[tuple[str, int, Any]]:
        """Return what is visible of some kinds, as its words of one instant follow one another."""
        told = ((number, event) for number, events in enumerate(kinds) for event in events)
        ordered = sorted(told, key=lambda of: (learnt_at(of[1]), of[0], of[1].event_id or ""))
        words = ((event.ticket_id, to_microseconds(event.at), event) for _, event in ordered)
        return [word for word in words if as_of is None or word[1] <= as_of]

    def dated(events: Iterable[Any]) -> Mapping[str, Course[Any]]:
        return courses((ticket_id, at, (at, event)) for ticket_id, at, event in seen(events))

    changes = (change for *_, change in seen(history.ticket_statuses))
    timelines = ticket_timelines(changes)
    calendar = None if rules.sla_policy is None else rules.sla_policy.calendar
    wrote = (message for message in history.messages if message.opens_epoch)
    return FurtherFacts(
        rules=rules,
        teams=_by_user(history.team_memberships),
        topics=courses(seen(history.topics)),
        channels=courses(
            (ticket_id, at, event.channel)
            for ticket_id, at, event in seen(history.openings, history.customer_messages, wrote)
            if event.channel is not None
        ),
        tags=courses(seen(history.tag_detections, history.tag_changes)),
        customers=courses(seen(history.customer_detections, history.customer_corrections)),
        offers=_by_user_and_ticket(seen(history.offers)),
        skips=_by_user_and_ticket(seen(history.skips)),
        ai_actions=dated(history.ai_actions),
        drafts=courses(seen(history.suggestions)),
        answers=dated(message for message in history.messages if message.is_answer),
        timelines=timelines,
        waiting={name: _waited(timeline, calendar) for name, timeline in timelines.items()},
        edits=dated(history.edits) if asks else {},
        service=Service(
            rules.sla_policy,
            settings=courses(
                word for word in seen(history.sla_dues) if word[2].target is TargetKind.RESOLUTION
            ),
            openings=_first_openings(seen(history.openings)),
            waits=lambda ticket_id, until: _waits(timelines.get(ticket_id), until),
        ),
    )


def _by_user(memberships: Iterable[TeamMembership]) -> Mapping[str, Sequence[TeamMembership]]:
    by_user: defaultdict[str, list[TeamMembership]] = defaultdict(list)
    for membership in memberships:
        by_user[membership.user_id].append(membership)
    return by_user


def _by_user_and_ticket(
    words: Iterable[tuple[str, int, Any]],
) -> Mapping[tuple[str, str], Sequence[int]]:
    instants: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for ticket_id, at, event in words:
        instants[event.user_id, ticket_id].append(at)
    return instants


def _first_openings(words: Iterable[tuple[str, int, Any]]) -> Mapping[str, TicketOpened]:
    return {ticket_id: course.words[0] for ticket_id, course in courses(words).items()}


def _waited(timeline: TicketTimeline, calendar: Calendar | None) -> Told:
    """Return how long a ticket waited, by field, or why nobody knows."""
    times = pending_times(timeline.changes, calendar=calendar)
    told = attrs.asdict(times, recurse=False)
    reasons = told.pop("reasons")
    return {name: reasons[name] if value is None else value for name, value in told.items()}


def _waits(timeline: TicketTimeline | None, until: int) -> IntervalSet:
    """Return the time up to an instant for which a ticket was pending."""
    if timeline is None:
        return IntervalSet()
    end = from_microseconds(until)
    seen = timeline.until(end)
    change = seen.change_at(end)
    if change is None or change.status is not TicketStatus.PENDING or change.at == end:
        return seen.waits
    return seen.waits | IntervalSet([Interval(change.at, end)])
