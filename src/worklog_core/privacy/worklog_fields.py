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
from worklog_core.privacy.levels import (
    DATED,
    DAY,
    EVERYWHERE,
    FURTHER,
    GROUP,
    NAMED,
    TECHNICAL,
    Treatment,
    Treatments,
)
from worklog_core.privacy.subjects import Measure, ReleasedField, Subject
from worklog_core.privacy.whole_seconds import seconds_of_rows
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.worklog import Worklog

__all__ = ["WORKLOG_ROWS"]

_KEEP: Final = Treatment.KEEP
_DROP: Final = Treatment.DROP

_METRIC: Final = Treatments(_DROP, _KEEP, _KEEP, _KEEP)


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
        NAMED,
        "user_id",
        read=attrgetter("user_id"),
    ),
    _field("day", DAY),
    _field("recorded_at", DATED),
    _field("ticket_id", TECHNICAL),
    _field("conversation_id", TECHNICAL),
    _field("user_id", TECHNICAL),
    _field("key", TECHNICAL, "user_id", "ticket_id", "day", "epoch_at"),
    _field("teams", GROUP, is_label=True),
    _field("topic", GROUP, is_label=True),
    _field("subtopic", GROUP, is_label=True, within="topic"),
    _field("channel", GROUP, is_label=True),
    _field("tags", GROUP, is_label=True),
    _field("status_detail", GROUP, is_label=True),
    _field("action", EVERYWHERE),
    _field("actions", FURTHER),
    _field("duration", EVERYWHERE, measure=Measure.HANDLING),
    _field("after_work", EVERYWHERE, measure=Measure.HANDLING),
    _field("open_time", _METRIC, measure=Measure.HANDLING),
    _field("reopened", EVERYWHERE),
    _field("offered", EVERYWHERE),
    _field("skipped", EVERYWHERE),
    _field("automation_level", EVERYWHERE),
    _field("automation_evidence", Treatments(_DROP, _DROP, _DROP, _KEEP)),
    _field("ai_agents_used", EVERYWHERE, "ai_usage", is_label=True),
    _field("ai_usage", FURTHER),
    _field(
        "text_assistance_accuracy",
        Treatments(Treatment.FOUR_DIGITS, _KEEP, _KEEP, _KEEP),
        "text_assistance",
        read_rounded=_rounded_accuracy,
    ),
    _field("text_assistance", FURTHER),
    _field("tags_identified_correctly", EVERYWHERE),
    _field("customer_identified_correctly", EVERYWHERE),
    _field("sla_deviation", EVERYWHERE, measure=Measure.DEVIATION),
    _field("gross_sla_deviation", _METRIC, measure=Measure.DEVIATION),
    _field("sla_due_at", FURTHER),
    _field("served_at", TECHNICAL),
    _field("pending_due_at", TECHNICAL),
    _field("first_pending_at", TECHNICAL),
    _field("pending_time", EVERYWHERE, measure=Measure.WAITING),
    _field("net_pending_time", EVERYWHERE, measure=Measure.WAITING),
    _field("times_set_to_open", EVERYWHERE),
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
