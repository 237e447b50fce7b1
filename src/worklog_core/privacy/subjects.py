"""What a kind of result tells privacy about itself: its records, their people, their fields.

Two rules hold for every subject:
1. Its fields are an allow-list: what no line of it reads is in no release, whatever a record holds.
2. Every field of a record is the source of a line, or a test fails until it is decided.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta, tzinfo
from enum import Enum
from operator import attrgetter
from typing import Any

import attrs

from worklog_core.privacy.levels import Form, Treatment, Treatments
from worklog_core.undetermined import Undetermined

__all__ = ["Measure", "ReleasedField", "Subject"]


class Measure(Enum):
    """What kind of time a field is, and so how it is rounded."""

    HANDLING = "handling"
    """Of a person's work: apportioned to whole seconds with the person's day."""
    WAITING = "waiting"
    """Of a ticket: to the nearest second."""
    DEVIATION = "deviation"
    """From a due date: away from zero, so that late stays late."""


@attrs.frozen(kw_only=True)
class ReleasedField:
    """One line of a table: a field of a release, what it is read from, what becomes of it.

    It is read from the field of its own name unless *read* and *sources*, the record's fields that
    it tells of, say otherwise; *read_rounded* reads it to four digits.
    *is_label* says that its texts are chosen by people, so that they may hold an id; *within* is
    the field in which it lies. *is_person* says that it reads the id of a person of its own, who is
    named as the record's is. *people_of* says whose figure it is: a record is then a group of its
    own there, and its people are all in it.
    """

    name: str
    treatments: Treatments
    sources: tuple[str, ...] = attrs.Factory(lambda field: (field.name,), takes_self=True)
    read: Callable[[Any], Any] = attrs.Factory(
        lambda field: attrgetter(field.name), takes_self=True
    )
    read_rounded: Callable[[Any], Any] = attrs.Factory(lambda field: field.read, takes_self=True)
    measure: Measure | None = None
    is_label: bool = False
    within: str | None = None
    is_person: bool = False
    people_of: Callable[[Any], AbstractSet[str]] | None = None


def _any(_: object) -> bool:
    return True


@attrs.frozen(kw_only=True)
class Subject:
    """A kind of result, as far as privacy asks.

    *records* gives the records of a result; *person_of* whose a record is, None for an AI agent;
    *ids_of* what identifies the person or the ticket of one; *day_of* the local day that stands in
    place of an instant; *seconds_of* the handling times in whole seconds, by field; *reasons_of*
    why fields are None; *zone_of* the zone in which a result's days begin. Small groups are judged
    in the order of *fields*.

    A type may have several tables: *is_of* tells whether a result belongs in this one. Where
    records are figures of many people, *everybody_in* gives all of a result, and *are_parts* says
    that the records sum to a whole, which would give one away that stands in it alone. *merged*
    makes one record of those whose first field is withheld. *sets_apart* says that being in it
    tells how somebody differs from the others.
    """

    kind: str
    records: Callable[[Any], Sequence[Any]]
    person_of: Callable[[Any], str | None]
    ids_of: Callable[[Any], Iterable[str]]
    day_of: Callable[[Any], date | None]
    reasons_of: Callable[[Any], Mapping[str, Undetermined]]
    zone_of: Callable[[Any], tzinfo]
    fields: tuple[ReleasedField, ...]
    # Who has no handling times is not asked for them.
    seconds_of: Callable[[Sequence[Any]], Sequence[Mapping[str, timedelta | None]]] = list
    is_of: Callable[[Any], bool] = _any
    everybody_in: Callable[[Any], AbstractSet[str]] | None = None
    are_parts: bool = False
    merged: Callable[[Sequence[Any]], Any] | None = None
    sets_apart: bool = False

    @property
    def is_of_persons(self) -> bool:
        """Whether any field names somebody, at whatever level."""
        return any(field.treatments.real is Treatment.REAL_NAME for field in self.fields)

    def fields_of(self, form: Form, *treatments: Treatment) -> tuple[ReleasedField, ...]:
        """Return the fields that become one of some things in a form."""
        return tuple(field for field in self.fields if field.treatments.of(form) in treatments)
