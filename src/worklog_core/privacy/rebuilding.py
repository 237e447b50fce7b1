"""Rows of a release, rebuilt from records by a table: nothing is changed, nothing else is read.

Three rules hold in this module:
1. A value is read by a line of the table or not at all; what else a record has, stays behind.
2. None stays None, and says why: its own reason where the field is shown, else `withheld`.
3. Equal values are one object. Else a pickle would tell which rows had shared theirs, and so which
   rows came from one person.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from functools import cache, cached_property
from typing import Any, Final, cast

import attrs

from worklog_core.mappings import FrozenMapping
from worklog_core.privacy.identifying import finder_of_ids
from worklog_core.privacy.levels import Form, PrivacyLevel, Treatment
from worklog_core.privacy.policy import PrivacyPolicy
from worklog_core.privacy.small_groups import (
    SmallGroups,
    WithheldField,
    judge_figures,
    judge_small_groups,
)
from worklog_core.privacy.subjects import Measure, ReleasedField, Subject
from worklog_core.privacy.uniqueness import alone
from worklog_core.privacy.whole_seconds import away_from_zero, nearest
from worklog_core.undetermined import Undetermined

__all__ = ["AI_AGENT", "ANONYMOUS", "Plan", "ReleasedRow"]

AI_AGENT: Final = "AI agent"
"""The name of every row of an AI agent, where rows have names (E-20)."""

ANONYMOUS: Final = "Anonymous"
"""The name of every row where nobody has one (E-28)."""

ReleasedRow = FrozenMapping[str, Any]
"""A row of a release: values by field, and under `reasons` why some are None."""

_NAMES: Final = {Treatment.ANONYMOUS, Treatment.PSEUDONYM, Treatment.REAL_NAME}


@attrs.frozen(repr=False)
class Plan:
    """A table of fields under a policy, and the records that it is to be applied to."""

    subject: Subject
    policy: PrivacyPolicy
    result: Any

    @cached_property
    def form(self) -> Form:
        """What the release comes as."""
        return self.policy.form

    @cached_property
    def given(self) -> Sequence[Any]:
        """The records of the result."""
        return self.subject.records(self.result)

    @cached_property
    def records(self) -> Sequence[Any]:
        """The records that are shown: of groups that sum, those of too few people made one."""
        if self.subject.merged is None or not any(self._apart):
            return self.given
        told = list(zip(self.given, self._apart, strict=True))
        one = self.subject.merged([record for record, is_apart in told if is_apart])
        return [*(record for record, is_apart in told if not is_apart), one]

    @cached_property
    def people(self) -> list[str | None]:
        """Whose each record is; None for an AI agent."""
        return [self.subject.person_of(record) for record in self.records]

    @cached_property
    def everybody(self) -> set[str]:
        """Everybody who is named: the people of the records, and those of single fields."""
        own = [field for field in self.subject.fields if field.is_person]
        found = {field.read(record) for field in own for record in self.records}
        return {person for person in {*self.people, *found} if person is not None}

    @cached_property
    def shown(self) -> tuple[ReleasedField, ...]:
        """The fields of the release, blank ones too."""
        kept = (kind for kind in Treatment if kind is not Treatment.DROP)
        return self.subject.fields_of(self.form, *kept)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields, and `reasons`."""
        return (*(field.name for field in self.shown), "reasons")

    @property
    def shared(self) -> tuple[str, ...]:
        """The names of the fields that people share, where small groups of them are withheld."""
        fields = self.subject.fields_of(self.form, Treatment.SUPPRESS_IF_SMALL)
        return tuple(field.name for field in fields if field.people_of is None)

    def named(self, treatment: Treatment) -> tuple[str, ...]:
        """Return the names of the fields that become one thing."""
        return tuple(field.name for field in self.subject.fields_of(self.form, treatment))

    @cached_property
    def verdict(self) -> SmallGroups:
        """What is withheld of small groups; nothing where the form does not guard them."""
        if self.records is self.given:
            return self._judged
        (name,) = self._judged.withheld
        withheld = {name: (*(False for _ in self.records[1:]), True)}
        return attrs.evolve(self._judged, withheld=FrozenMapping(withheld))

    @property
    def _apart(self) -> Sequence[bool]:
        """Which of the given records are withheld by their first field that may be."""
        return next(iter(self._judged.withheld.values()), ())

    @cached_property
    def _judged(self) -> SmallGroups:
        fields = self.subject.fields_of(self.form, Treatment.SUPPRESS_IF_SMALL)
        shared = [field for field in fields if field.name in self.shared]
        judged = judge_small_groups(
            {field.name: [field.read(record) for record in self.given] for field in shared},
            [self.subject.person_of(record) for record in self.given],
            k=self.policy.k,
            within={field.name: field.within for field in shared if field.within},
            is_identifying=self._holds_an_id,
        )
        figures = {field.name: self._judged_by_itself(field) for field in fields if field.people_of}
        everybody_in = self.subject.everybody_in
        return attrs.evolve(
            judged,
            contributors=len(everybody_in(self.result)) if everybody_in else judged.contributors,
            withheld=FrozenMapping(
                {**judged.withheld, **{name: hidden for name, (hidden, _) in figures.items()}}
            ),
            fields=(*judged.fields, *(counted for _, counted in figures.values())),
        )

    def _judged_by_itself(self, field: ReleasedField) -> tuple[tuple[bool, ...], WithheldField]:
        """Return in which records a field is withheld that is a figure of their people."""
        return judge_figures(
            field.name,
            [field.people_of(record) if field.people_of else set() for record in self.given],
            k=self.policy.k,
            are_parts=self.subject.are_parts,
            is_identifying=[
                field.is_label and self._holds_an_id(field.read(record)) for record in self.given
            ],
        )

    def rows(self) -> tuple[ReleasedRow, ...]:
        """Return the rows of the release, in an order that the form allows."""
        share = _sharing(self.columns)
        own = [self.subject.reasons_of(record) for record in self.records]
        reasons: list[dict[str, Undetermined]] = [{} for _ in self.records]
        columns: dict[str, list[Any]] = {}
        for field in self.shown:
            hidden = self._hidden(field)
            values = [
                None if is_hidden else share(value)
                for value, is_hidden in zip(self._values(field), hidden, strict=True)
            ]
            for number in (number for number, value in enumerate(values) if value is None):
                reason = _reason(field, own[number], is_hidden=hidden[number])
                if reason is not None:
                    reasons[number][field.name] = reason
            columns[field.name] = values
        columns["reasons"] = [share(FrozenMapping(why)) for why in reasons]
        made = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        if self.form.is_guarded:
            made.sort(key=_content)
        return tuple(map(FrozenMapping, made))

    def alone_before(self) -> int:
        """Return how many records are alone with the exact values of the fields that are shown."""
        silent = {*_NAMES, Treatment.BLANK}
        telling = [field for field in self.shown if field.treatments.of(self.form) not in silent]
        return alone([tuple(field.read(record) for field in telling) for record in self.given])

    def _hidden(self, field: ReleasedField) -> Sequence[bool]:
        """Return which rows do not show a field."""
        count = len(self.records)
        if field.treatments.of(self.form) is Treatment.BLANK:
            return (True,) * count
        if field.name in self.verdict.withheld:
            return self.verdict.withheld[field.name]
        if field.is_label and self.form.is_guarded:
            return [self._holds_an_id(field.read(record)) for record in self.records]
        return (False,) * count

    def _values(self, field: ReleasedField) -> Iterable[Any]:
        """Return what the rows show of a field, where they show it."""
        treatment = field.treatments.of(self.form)
        if treatment in _NAMES:
            if not field.is_person:
                return (self._name(treatment, person) for person in self.people)
            own = map(field.read, self.records)
            return (None if one is None else self._name(treatment, one) for one in own)
        if treatment is Treatment.DAY_ONLY:
            return map(self.subject.day_of, self.records)
        if treatment is Treatment.FOUR_DIGITS:
            return map(field.read_rounded, self.records)
        if field.measure is None:
            return map(field.read, self.records)
        exact: Iterable[Any] = map(field.read, self.records)
        if field.measure is Measure.HANDLING:
            exact = (seconds[field.name] for seconds in self._seconds)
        measure = field.measure
        # A figure may be a time in one row and a count in another.
        return (self._rounded(v, measure) if isinstance(v, timedelta) else v for v in exact)

    @cached_property
    def _seconds(self) -> Sequence[Mapping[str, timedelta | None]]:
        return self.subject.seconds_of(self.records)

    def _name(self, treatment: Treatment, person: str | None) -> str:
        if treatment is Treatment.ANONYMOUS:
            return ANONYMOUS
        return AI_AGENT if person is None else self.policy.names[person]

    def _rounded(self, exact: timedelta, measure: Measure) -> timedelta:
        if self.policy.coarsening is not None:
            return self.policy.coarsening.coarse(exact, measure)
        return away_from_zero(exact) if measure is Measure.DEVIATION else nearest(exact)

    @cached_property
    def _holds_an_id(self) -> Callable[[Hashable], bool]:
        ids = {text for record in self.given for text in self.subject.ids_of(record)}
        if self.policy.level is PrivacyLevel.ANONYMOUS:
            ids.update(self.policy.names.values())
        # Few labels, many rows: each label is looked at once.
        return cache(finder_of_ids(ids))


def _reason(
    field: ReleasedField, own: Mapping[str, Undetermined], *, is_hidden: bool
) -> Undetermined | None:
    """Return why a field would be None in a row, None where nobody says."""
    if is_hidden:
        return Undetermined.WITHHELD
    return next((own[source] for source in field.sources if source in own), None)


def _sharing(known: Iterable[str]) -> Callable[[Any], Any]:
    """Return a function that gives one object for all equal values of a type."""
    pool: dict[tuple[type, Hashable], Any] = {(str, name): name for name in known}

    def share(value: Any) -> Any:
        if _type_of(value) is tuple:
            value = tuple(map(share, value))
        elif isinstance(value, str):
            value = str.__str__(value)  # what a subclass of str carries along stays behind
        return pool.setdefault((_type_of(value), value), value)

    return share


def _type_of(value: object) -> type:
    return type(value)


def _content(row: Mapping[str, Any]) -> list[tuple[bool, Any]]:
    """Return what sorts rows by what is left in them, None last."""
    return [(value is None, _sortable(value)) for value in row.values()]


def _sortable(value: Any) -> Any:
    match value:
        case None:
            return 0
        case Enum():
            return value.value
        case tuple():
            return tuple(map(_sortable, cast("tuple[object, ...]", value)))
        case FrozenMapping():
            reasons = cast("FrozenMapping[str, Undetermined]", value)
            return sorted((name, reason.value) for name, reason in reasons.items())
        case _:
            return value
