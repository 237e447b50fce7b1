"""The lines of one user's day: which field is released at which level.

A day is one person's, so the guarded forms refuse it: it has fewer than k people in it. What the
table says of them holds for whoever lowers k.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Final

from worklog_core.privacy.levels import DAY, EVERYWHERE, NAMED, TECHNICAL
from worklog_core.privacy.subjects import Measure, ReleasedField, Subject
from worklog_core.privacy.whole_seconds import nearest, rounded_together
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.desk_day import DeskDay
from worklog_core.worklog.ledger import LedgerLine

__all__ = ["DESK_DAY_LINES"]


_FIELDS: Final = (
    ReleasedField(name="name", sources=("user_id",), read=attrgetter("user_id"), treatments=NAMED),
    *(
        ReleasedField(name=name, treatments=treatments)
        for name, treatments in {
            "day": DAY,
            "ticket_id": TECHNICAL,
            "start": TECHNICAL,
            "end": TECHNICAL,
            "label": EVERYWHERE,
        }.items()
    ),
    ReleasedField(
        name="amount",
        treatments=EVERYWHERE,
        measure=Measure.HANDLING,
    ),
)


def _lines(day: DeskDay) -> Sequence[LedgerLine]:
    return day.lines


def _ids(line: LedgerLine) -> Iterable[str]:
    return line.user_id, line.ticket_id


def _reasons(_: LedgerLine) -> Mapping[str, Undetermined]:
    return {}  # a line has all its values


def _seconds(lines: Sequence[LedgerLine]) -> list[dict[str, timedelta | None]]:
    exact = [line.amount for line in lines]
    rounded = rounded_together(exact, nearest(sum(exact, timedelta())))
    return [{"amount": amount} for amount in rounded]


DESK_DAY_LINES: Final = Subject(
    kind="desk day",
    records=_lines,
    person_of=attrgetter("user_id"),
    ids_of=_ids,
    day_of=attrgetter("day"),
    seconds_of=_seconds,
    reasons_of=_reasons,
    zone_of=attrgetter("time_zone"),
    fields=_FIELDS,
)
"""How a `DeskDay` is released."""
