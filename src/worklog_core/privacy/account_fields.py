"""The account of a row, part by part: which field is released at which level.

An account is one person's, so the guarded forms refuse it, as they refuse a person's day.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from operator import attrgetter
from typing import Final, NamedTuple

from worklog_core.privacy.levels import DAY, EVERYWHERE, NAMED, TECHNICAL
from worklog_core.privacy.subjects import ReleasedField, Subject
from worklog_core.undetermined import Undetermined
from worklog_core.worklog.account import Account
from worklog_core.worklog.ledger import LedgerLabel

__all__ = ["ACCOUNT_PARTS"]


class _Part(NamedTuple):
    """A part of a stretch, with whose it is."""

    user_id: str
    ticket_id: str
    day: date
    start: datetime
    end: datetime
    label: LedgerLabel
    counts: bool
    share: Fraction
    beside: tuple[str, ...]


_FIELDS: Final = (
    ReleasedField(name="name", sources=("user_id",), read=attrgetter("user_id"), treatments=NAMED),
    *(
        ReleasedField(name=name, treatments=treatments)
        for name, treatments in {
            "ticket_id": TECHNICAL,
            "day": DAY,
            "start": TECHNICAL,
            "end": TECHNICAL,
            "label": EVERYWHERE,
            "counts": EVERYWHERE,
            "share": EVERYWHERE,
            "beside": TECHNICAL,
        }.items()
    ),
)


def _parts(account: Account) -> Sequence[_Part]:
    row = account.row
    found = [
        _Part(
            row.user_id,
            row.ticket_id,
            row.day,
            part.start,
            part.end,
            stretch.label,
            stretch.counts,
            part.share,
            part.beside,
        )
        for stretch in (*account.counted, *account.left_out)
        for part in stretch.parts
    ]
    return sorted(found, key=attrgetter("start"))


def _ids(part: _Part) -> Iterable[str]:
    return part.user_id, part.ticket_id, *part.beside


def _reasons(_: _Part) -> Mapping[str, Undetermined]:
    return {}  # a part has all its values


ACCOUNT_PARTS: Final = Subject(
    kind="account",
    records=_parts,
    person_of=attrgetter("user_id"),
    ids_of=_ids,
    day_of=attrgetter("day"),
    reasons_of=_reasons,
    zone_of=attrgetter("time_zone"),
    fields=_FIELDS,
)
"""How an `Account` is released."""
