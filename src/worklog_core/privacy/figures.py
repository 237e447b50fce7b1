"""Figures of many people: whose they are, and what a table of them leaves unsaid.

Two rules hold in this module:
1. A figure is of whom its report attributes it to. What could not be determined is in no figure.
2. A record of many people is of nobody by name, and has no day of its own.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Any

from worklog_core.conversations.reports.measurements import Measurement, Metric
from worklog_core.privacy.case_fields import ids_of_case
from worklog_core.privacy.subjects import Subject
from worklog_core.undetermined import Undetermined

__all__ = ["ids_behind", "openers", "people_behind", "table_of_figures"]


def people_behind(figures: Iterable[Measurement]) -> AbstractSet[str]:
    """Return whose figures are counted."""
    counted = (one for one in figures if one.value is not None or not one.metric.is_time)
    return {one.user_id for one in counted if one.user_id is not None}


def openers(figures: Iterable[Measurement]) -> AbstractSet[str]:
    """Return who opened conversations; those that a contact opened are nobody's doing."""
    opened = (one.case.opened_by_user for one in figures if one.metric is Metric.OPENED)
    return {person for person in opened if person is not None}


def ids_behind(figures: Iterable[Measurement]) -> Iterable[str]:
    """Yield the ids of the people, the cases, the contacts and the messages of some figures."""
    for figure in figures:
        yield from ids_of_case(figure.case)
        yield from () if figure.user_id is None else (figure.user_id,)
        yield from () if figure.message is None else (figure.message.message_id,)


def _nobody(_: object) -> None:
    return None


def _nothing(_: object) -> tuple[str, ...]:
    return ()


def _no_reasons(_: object) -> Mapping[str, Undetermined]:
    return {}  # every value is there


def table_of_figures(**told: Any) -> Subject:
    """Return the table of a report whose records are figures of many people."""
    unsaid: dict[str, Any] = {
        "person_of": _nobody,
        "ids_of": _nothing,
        "day_of": _nobody,
        "reasons_of": _no_reasons,
        "zone_of": attrgetter("heading.zone"),
    }
    return Subject(**(unsaid | told))
