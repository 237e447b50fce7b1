"""The cases of a log, their messages and contacts: which field is released at which level.

Four rules hold for the three tables:
1. A case has several people: each goes by a name of its own, or by none. For small groups it counts
   for one: who closed it, else its last assignee, else who answered first.
2. The contact is a person too, and nobody's subject here: the contact's id and whatever else could
   be looked up is blank in the two guarded forms, and what people wrote is left out there.
3. The counted times of the cases are rounded together, so that they sum to the whole; the parts of
   one sum to it. Other times go to the nearest second.
4. Labels are chosen by people, so small groups of them are withheld.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Final, NamedTuple

from worklog_core.calendars.days import CivilTime
from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.contact_log import ContactEntry, ContactLog
from worklog_core.conversations.entries import CaseEntry
from worklog_core.conversations.message_log import LoggedMessage, MessageLog
from worklog_core.instants import to_microseconds
from worklog_core.privacy.levels import (
    DATED,
    DAY,
    EVERYWHERE,
    FURTHER,
    GROUP,
    NAMED,
    TECHNICAL,
    Treatments,
)
from worklog_core.privacy.subjects import Measure, ReleasedField, Subject
from worklog_core.privacy.whole_seconds import nearest, rounded_together
from worklog_core.undetermined import Undetermined

__all__ = ["CASES", "CONTACTS", "MESSAGES", "ids_of_case", "local_day"]


_PEOPLE: Final = (
    "first_assignee",
    "current_assignee",
    "last_assignee",
    "closed_by",
    "first_response_by",
    "opened_by_user",
)
_LABELS: Final = (
    "channel",
    "queue",
    "team",
    "closed_by_teams",
    "category",
    "disposition",
    "tags",
    "contact_labels",
)
_LOOKED_UP: Final = (
    "case_id",
    "contact_id",
    "merged_into",
    "first_assigned_at",
    "last_assigned_at",
    "first_response_at",
    "closed_at",
    "resolved_at",
    "first_response_due_at",
    "resolution_due_at",
    "wrap_up_form_id",
    "recordings",
)
_WRITTEN: Final = ("summary", "note", "assignees")
_HANDLED: Final = ("counted_time", "handled_time", "full_handled_time", "wrap_up_counted")
_WAITED: Final = tuple(
    f"{net}{name}"
    for name in (
        "time_to_first_assignment",
        "first_assignment_to_first_response",
        "last_assignment_to_response",
        "first_assignment_to_close",
        "last_assignment_to_close",
        "first_response_time",
        "response_time",
        "resolution_time",
        "requester_wait",
        "agent_work",
        "on_hold",
        "pending_time",
    )
    for net in ("", "net_")
)
_LASTED: Final = ("full_resolution_time", "hold", "wrap_up", "connect_handle_time")
_TOLD: Final = (
    "contact_type",
    "direction",
    "opened_by",
    "status",
    "assignments",
    "responses",
    "unanswered_runs",
    "responses_outside_hours",
    "incoming_messages",
    "outgoing_messages",
    "notes",
    "failed_messages",
    "closed_by_cause",
    "times_closed",
    "times_reopened",
    "sentiment_score",
    "sentiment_out_of",
    "csat_score",
    "csat_out_of",
    "first_response_sla",
    "resolution_sla",
    "sla_status",
)


class _Case(NamedTuple):
    """A case and the local day on which it began."""

    entry: CaseEntry
    day: date | None


def _reading(name: str) -> Callable[[Any], Any]:
    return attrgetter(f"entry.{name}")


def _fields(names: Iterable[str], treatments: Treatments, **told: Any) -> list[ReleasedField]:
    return [
        ReleasedField(
            name=name, sources=(name,), read=_reading(name), treatments=treatments, **told
        )
        for name in names
    ]


_CASE_FIELDS: Final = (
    *_fields(_PEOPLE, NAMED, is_person=True),
    *(
        ReleasedField(name=f"{name}_id", sources=(name,), read=_reading(name), treatments=TECHNICAL)
        for name in _PEOPLE
    ),
    ReleasedField(name="day", sources=("started_at",), read=attrgetter("day"), treatments=DAY),
    *_fields(("started_at",), DATED),
    *_fields(_LOOKED_UP, TECHNICAL),
    *_fields(_LABELS, GROUP, is_label=True),
    *_fields(_WRITTEN, FURTHER),
    *_fields(_HANDLED, EVERYWHERE, measure=Measure.HANDLING),
    *_fields((*_WAITED, *_LASTED), EVERYWHERE, measure=Measure.WAITING),
    *_fields(_TOLD, EVERYWHERE),
)


def _cases(log: CaseLog) -> Sequence[_Case]:
    civil = CivilTime(log.rules.time_zone)
    return [_Case(entry, local_day(entry.started_at, civil)) for entry in log.entries]


def local_day(at: datetime | None, civil: CivilTime) -> date | None:
    """Return the local day of an instant, None for none."""
    return None if at is None else date.fromordinal(civil.day_of(to_microseconds(at)))


def _person(case: _Case) -> str | None:
    entry = case.entry
    return entry.closed_by or entry.last_assignee or entry.first_response_by


def ids_of_case(entry: CaseEntry) -> Iterable[str]:
    """Return the ids of a case, its contact, and everybody who had to do with it."""
    people = (getattr(entry, name) for name in _PEOPLE)
    ids = (entry.case_id, entry.contact_id, entry.merged_into, *people, *entry.assignees)
    return (text for text in ids if text is not None)


def _ids(case: _Case) -> Iterable[str]:
    return ids_of_case(case.entry)


def _case_reasons(case: _Case) -> Mapping[str, Undetermined]:
    return case.entry.reasons


def _case_seconds(cases: Sequence[_Case]) -> list[dict[str, timedelta | None]]:
    """Return the handled times in whole seconds: cases sum to the whole, parts to their case."""
    exact = [case.entry.counted_time or timedelta() for case in cases]
    rounded = rounded_together(exact, nearest(sum(exact, timedelta())))
    return [_parts(case.entry, whole) for case, whole in zip(cases, rounded, strict=True)]


def _parts(entry: CaseEntry, whole: timedelta) -> dict[str, timedelta | None]:
    counted, handled = entry.counted_time, entry.handled_time
    if counted is None or handled is None:
        return dict.fromkeys(_HANDLED)
    in_wrap_up = entry.wrap_up_counted or timedelta()
    parts = [in_wrap_up, handled - in_wrap_up, counted - handled]
    wrapped, outside, _ = rounded_together(parts, whole)
    return {
        "counted_time": whole,
        "handled_time": wrapped + outside,
        "full_handled_time": None if entry.full_handled_time is None else whole,
        "wrap_up_counted": None if entry.wrap_up_counted is None else wrapped,
    }


CASES: Final = Subject(
    kind="case log",
    records=_cases,
    person_of=_person,
    ids_of=_ids,
    day_of=attrgetter("day"),
    seconds_of=_case_seconds,
    reasons_of=_case_reasons,
    zone_of=attrgetter("rules.time_zone"),
    fields=_CASE_FIELDS,
)
"""How a `CaseLog` is released."""


def _message_fields(names: Iterable[str], treatments: Treatments, **told: Any) -> list[Any]:
    return [ReleasedField(name=name, treatments=treatments, **told) for name in names]


_MESSAGE_FIELDS: Final = (
    ReleasedField(
        name="name",
        sources=("user_id",),
        read=attrgetter("user_id"),
        treatments=NAMED,
        is_person=True,
    ),
    *_message_fields(("day",), DAY),
    *_message_fields(("at",), DATED),
    *_message_fields(("message_id", "case_id", "contact_id", "sender_id"), TECHNICAL),
    *_message_fields(("channel", "content_type", "failure"), GROUP, is_label=True),
    *_message_fields(("text",), FURTHER),
    *_message_fields(("direction", "sender"), EVERYWHERE),
)


def _messages(log: MessageLog) -> Sequence[LoggedMessage]:
    return log.messages


def _message_ids(message: LoggedMessage) -> Iterable[str]:
    found = (message.message_id, message.case_id, message.contact_id, message.sender_id)
    return (text for text in found if text is not None)


def _message_reasons(message: LoggedMessage) -> Mapping[str, Undetermined]:
    names = ("contact_id", "sender_id", "user_id", "channel", "content_type", "text", "failure")
    return {name: Undetermined.NOT_TOLD for name in names if getattr(message, name) is None}


MESSAGES: Final = Subject(
    kind="message log",
    records=_messages,
    person_of=attrgetter("user_id"),
    ids_of=_message_ids,
    day_of=attrgetter("day"),
    reasons_of=_message_reasons,
    zone_of=attrgetter("time_zone"),
    fields=_MESSAGE_FIELDS,
)
"""How a `MessageLog` is released."""

_CONTACT_FIELDS: Final = (
    ReleasedField(
        name="assignee",
        treatments=NAMED,
        is_person=True,
    ),
    *_message_fields(("contact_id", "first_at", "last_at"), TECHNICAL),
    *_message_fields(("labels", "channels"), GROUP, is_label=True),
    *_message_fields(("conversations",), EVERYWHERE),
)


def _contacts(log: ContactLog) -> Sequence[ContactEntry]:
    return log.contacts


def _contact_ids(contact: ContactEntry) -> Iterable[str]:
    return [contact.contact_id, *filter(None, [contact.assignee])]


def _contact_reasons(contact: ContactEntry) -> Mapping[str, Undetermined]:
    names = ("assignee", "first_at", "last_at")
    return {name: Undetermined.NOT_TOLD for name in names if getattr(contact, name) is None}


def _no_day(_: object) -> date | None:
    return None


CONTACTS: Final = Subject(
    kind="contact log",
    records=_contacts,
    person_of=attrgetter("assignee"),
    ids_of=_contact_ids,
    day_of=_no_day,
    reasons_of=_contact_reasons,
    zone_of=attrgetter("time_zone"),
    fields=_CONTACT_FIELDS,
)
"""How a `ContactLog` is released: for small groups a contact counts for its assignee."""
