"""Closed conversations and those that lie far from the others: which field leaves at which level.

Two rules hold for the two tables:
1. A conversation is released as it is in a case log: who had it goes by a name, what could be
   looked up is blank in the two guarded forms, what people wrote is left out there.
2. For small groups it counts for who closed it, else for who had it last. Anomalies count for
   everybody whose conversations were compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Final, NamedTuple

import attrs

from worklog_core.calendars.days import CivilTime
from worklog_core.conversations.reports.anomalies import Anomalies, Anomaly
from worklog_core.conversations.reports.conversation_list import ConversationList, ConversationRow
from worklog_core.privacy.case_fields import local_day
from worklog_core.privacy.figures import table_of_figures
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
from worklog_core.undetermined import Undetermined

__all__ = ["CONVERSATIONS", "OUTLYING_CASES"]

_PEOPLE: Final = ("assignee", "closed_by")
_WAITED: Final = ("first_response_time", "resolution_time")


class _Conversation(NamedTuple):
    """A conversation and the local day on which it began."""

    row: ConversationRow
    day: date | None


def _fields(names: Iterable[str], treatments: Treatments, **told: Any) -> list[ReleasedField]:
    return [
        ReleasedField(
            name=name,
            sources=(name,),
            read=attrgetter(f"row.{name}"),
            treatments=treatments,
            **told,
        )
        for name in names
    ]


def _conversations(report: ConversationList) -> Sequence[_Conversation]:
    civil = CivilTime(report.heading.zone)
    return [_Conversation(row, local_day(row.started_at, civil)) for row in report.rows]


def _person(conversation: _Conversation) -> str | None:
    return conversation.row.closed_by or conversation.row.assignee


def _ids(conversation: _Conversation) -> Iterable[str]:
    row = conversation.row
    found = (row.case_id, row.contact_id, row.assignee, row.closed_by)
    return (text for text in found if text is not None)


def _reasons(conversation: _Conversation) -> Mapping[str, Undetermined]:
    row = conversation.row
    names = [field.name for field in attrs.fields(ConversationRow)]
    missing = (name for name in names if getattr(row, name) is None)
    return {
        name: Undetermined.NOTHING_MEASURED if name in _WAITED else Undetermined.NOT_TOLD
        for name in missing
    }


CONVERSATIONS: Final = Subject(
    kind="conversation list",
    records=_conversations,
    person_of=_person,
    ids_of=_ids,
    day_of=attrgetter("day"),
    reasons_of=_reasons,
    zone_of=attrgetter("heading.zone"),
    fields=(
        *_fields(_PEOPLE, NAMED, is_person=True),
        *(
            ReleasedField(
                name=f"{name}_id",
                sources=(name,),
                read=attrgetter(f"row.{name}"),
                treatments=TECHNICAL,
            )
            for name in _PEOPLE
        ),
        ReleasedField(name="day", sources=("started_at",), treatments=DAY, read=attrgetter("day")),
        *_fields(("started_at",), DATED),
        *_fields(("case_id", "contact_id", "closed_at"), TECHNICAL),
        *_fields(("channel", "category"), GROUP, is_label=True),
        *_fields(("summary",), FURTHER),
        *_fields(_WAITED, EVERYWHERE, measure=Measure.WAITING),
        *_fields(("messages", "flags"), EVERYWHERE),
    ),
)
"""How a `ConversationList` is released."""


def _is_of_cases(report: Anomalies) -> bool:
    return not report.is_of_persons


def _everybody_compared(report: Anomalies) -> AbstractSet[str]:
    return report.people


def _outlier_ids(outlier: Anomaly) -> Iterable[str]:
    return (outlier.name,)


def _time_of(outlier: Anomaly) -> timedelta:
    return timedelta(microseconds=int(outlier.value))


OUTLYING_CASES: Final = table_of_figures(
    kind="anomalies of conversations",
    records=attrgetter("anomalies"),
    ids_of=_outlier_ids,
    is_of=_is_of_cases,
    everybody_in=_everybody_compared,
    fields=(
        ReleasedField(
            name="case_id", sources=("name",), read=attrgetter("name"), treatments=TECHNICAL
        ),
        ReleasedField(
            name="resolution_time",
            sources=("value",),
            read=_time_of,
            treatments=EVERYWHERE,
            measure=Measure.WAITING,
        ),
        ReleasedField(name="is_high", treatments=EVERYWHERE),
    ),
)
"""How `Anomalies` of conversations are released."""
