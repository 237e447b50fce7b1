"""The rows of a worklog: which field is released at which level (E-31, E-55, AMB-9).

Two rules hold for the table:
1. A line reads one or more fields of a row. `reasons` goes with the fields that it speaks of.
2. What could be looked up elsewhere is blank in the two guarded forms: ids, and every instant but
   the day. What no export asks for is left out there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Final

from worklog_core.events.actions import Action
from worklog_core.privacy.levels import Treatment, Treatments
from worklog_core.privacy.subjects import Measure, ReleasedField, Subject
from worklog_core.privacy.whole_seconds import seconds_of_rows
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.worklog import Worklog

__all__ = ["WORKLOG_ROWS"]

_KEEP: Final = Treatment.KEEP
_BLANK: Final = Treatment.BLANK
_DROP: Final = Treatment.DROP

_EVERYWHERE: Final = Treatments(_KEEP, _KEEP, _KEEP, _KEEP)
_TECHNICAL: Final = Treatments(_BLANK, _BLANK, _KEEP, _KEEP)
_FURTHER: Final = Treatments(_DROP, _DROP, _KEEP, _KEEP)
_METRIC: Final = Treatments(_DROP, _KEEP, _KEEP, _KEEP)
_GROUP: Final = Treatments(Treatment.SUPPRESS_IF_SMALL, Treatment.SUPPRESS_IF_SMALL, _KEEP, _KEEP)


def _field(name: str, treatments: Treatments, *sources: str, **told: Any) -> ReleasedField:
    read = told.pop("read", attrgetter(name))
    return ReleasedField(
        name=name, sources=sources or (name,), read=read, treatments=treatments, **told
    )


def _rounded_accuracy(row: WorklogRow) -> float | None:
    return None if row.text_assistance is None else row.text_assistance.rounded


_FIELDS: Final = (
    _field(
        "name",
        Treatments(
            Treatment.ANONYMOUS, Treatment.PSEUDONYM, Treatment.PSEUDONYM, Treatment.REAL_NAME
        ),
        "user_id",
        read=attrgetter("user_id"),
    ),
    _field("day", Treatments(_BLANK, _KEEP, _KEEP, _KEEP)),
    _field("recorded_at", Treatments(_BLANK, Treatment.DAY_ONLY, _KEEP, _KEEP)),
    _field("ticket_id", _TECHNICAL),
    _field("conversation_id", _TECHNICAL),
    _field("user_id", _TECHNICAL),
    _field("key", _TECHNICAL, "user_id", "ticket_id", "day", "epoch_at"),
    _field("teams", _GROUP, is_label=True),
    _field("topic", _GROUP, is_label=True),
    _field("subtopic", _GROUP, is_label=True, within="topic"),
    _field("channel", _GROUP, is_label=True),
    _field("tags", _GROUP, is_label=True),
    _field("status_detail", _GROUP, is_label=True),
    _field("action", _EVERYWHERE),
    _field("actions", _FURTHER),
    _field("duration", _EVERYWHERE, measure=Measure.HANDLING),
    _field("after_work", _EVERYWHERE, measure=Measure.HANDLING),
    _field("open_time", _METRIC, measure=Measure.HANDLING),
    _field("reopened", _EVERYWHERE),
    _field("offered", _EVERYWHERE),
    _field("skipped", _EVERYWHERE),
    _field("automation_level", _EVERYWHERE),
    _field("automation_evidence", Treatments(_DROP, _DROP, _DROP, _KEEP)),
    _field("ai_agents_used", _EVERYWHERE, "ai_usage", is_label=True),
    _field("ai_usage", _FURTHER),
    _field(
        "text_assistance_accuracy",
        Treatments(Treatment.FOUR_DIGITS, _KEEP, _KEEP, _KEEP),
        "text_assistance",
        read_rounded=_rounded_accuracy,
    ),
    _field("text_assistance", _FURTHER),
    _field("tags_identified_correctly", _EVERYWHERE),
    _field("customer_identified_correctly", _EVERYWHERE),
    _field("sla_deviation", _EVERYWHERE, measure=Measure.DEVIATION),
    _field("gross_sla_deviation", _METRIC, measure=Measure.DEVIATION),
    _field("sla_due_at", _FURTHER),
    _field("served_at", _TECHNICAL),
    _field("pending_due_at", _TECHNICAL),
    _field("first_pending_at", _TECHNICAL),
    _field("pending_time", _EVERYWHERE, measure=Measure.WAITING),
    _field("net_pending_time", _EVERYWHERE, measure=Measure.WAITING),
    _field("times_set_to_open", _EVERYWHERE),
)


def _rows(worklog: Worklog) -> Sequence[WorklogRow]:
    return worklog.rows


def _person(row: WorklogRow) -> str | None:
    # The user of a dark processing is an AI agent (E-20): no person to name, to count, to protect.
    return None if row.action is Action.AUTO_PROCESS else row.user_id


def _ids(row: WorklogRow) -> Iterable[str]:
    found = (_person(row), row.ticket_id, row.conversation_id)
    return (text for text in found if text is not None)


def _day(row: WorklogRow) -> date:
    return row.day


def _reasons(row: WorklogRow) -> Mapping[str, Undetermined]:
    # A comparison without a basis says itself why it has no value.
    compared = row.text_assistance
    if compared is None or compared.reason is None:
        return row.reasons
    return {**row.reasons, "text_assistance": compared.reason}


def _seconds(rows: Sequence[WorklogRow]) -> list[dict[str, timedelta | None]]:
    return [times._asdict() for times in seconds_of_rows(rows)]


WORKLOG_ROWS: Final = Subject(
    kind="worklog",
    records=_rows,
    person_of=_person,
    ids_of=_ids,
    day_of=_day,
    seconds_of=_seconds,
    reasons_of=_reasons,
    zone_of=attrgetter("rules.time_zone"),
    fields=_FIELDS,
)
"""How a `Worklog` is released."""
