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
from worklog_core.privacy.small_groups import SmallGroups, judge_small_groups
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
    records: Sequence[Any]

    @property
    def form(self) -> Form:
        """What the release comes as."""
        return self.policy.form

    @cached_property
    def people(self) -> list[str | None]:
        """Whose each record is; None for an AI agent."""
        return [self.subject.person_of(record) for record in self.records]

    @cached_property
    def shown(self) -> tuple[ReleasedField, ...]:
        """The fields of the release, blank ones too."""
        kept = (kind for kind in Treatment if kind is not Treatment.DROP)
        return self.subject.fields_of(self.form, *kept)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields, and `reasons`."""
        return (*(field.name for field in self.shown), "reasons")

    def named(self, treatment: Treatment) -> tuple[str, ...]:
        """Return the names of the fields that become one thing."""
        return tuple(field.name for field in self.subject.fields_of(self.form, treatment))

    @cached_property
    def verdict(self) -> SmallGroups:
        """What is withheld of small groups; nothing where the form does not guard them."""
        fields = self.subject.fields_of(self.form, Treatment.SUPPRESS_IF_SMALL)
        return judge_small_groups(
            {field.name: [field.read(record) for record in self.records] for field in fields},
            self.people,
            k=self.policy.k,
            within={field.name: field.within for field in fields if field.within},
            is_identifying=self._holds_an_id,
        )

    def rows(self) -> tuple[ReleasedRow, ...]:
        """Return the rows of the release, in an order that the form allows."""
        share = _sharing(self.columns)
        seconds = self.subject.seconds_of(self.records)
        made = [self._row(number, seconds[number], share) for number in range(len(self.records))]
        if self.form.is_guarded:
            made.sort(key=_content)
        return tuple(map(FrozenMapping, made))

    def alone_before(self) -> int:
        """Return how many records are alone with the exact values of the fields that are shown."""
        silent = {*_NAMES, Treatment.BLANK}
        telling = [field for field in self.shown if field.treatments.of(self.form) not in silent]
        return alone([tuple(field.read(record) for field in telling) for record in self.records])

    def _row(
        self, number: int, seconds: Mapping[str, timedelta | None], share: Callable[[Any], Any]
    ) -> dict[str, Any]:
        record = self.records[number]
        own = self.subject.reasons_of(record)
        values: dict[str, Any] = {}
        reasons: dict[str, Undetermined] = {}
        for field in self.shown:
            is_withheld = self._is_withheld(field, number)
            value = None if is_withheld else self._value(field, number, seconds)
            values[field.name] = share(value)
            known = (own[source] for source in field.sources if source in own)
            reason = Undetermined.WITHHELD if is_withheld else next(known, None)
            if value is None and reason is not None:
                reasons[field.name] = reason
        return {**values, "reasons": share(FrozenMapping(reasons))}

    def _is_withheld(self, field: ReleasedField, number: int) -> bool:
        if field.treatments.of(self.form) is Treatment.BLANK:
            return True
        if field.name in self.verdict.withheld:
            return self.verdict.withheld[field.name][number]
        is_checked = field.is_label and self.form.is_guarded
        return is_checked and self._holds_an_id(field.read(self.records[number]))

    def _value(
        self, field: ReleasedField, number: int, seconds: Mapping[str, timedelta | None]
    ) -> Any:
        treatment, record = field.treatments.of(self.form), self.records[number]
        if treatment in _NAMES:
            return self._name(treatment, self.people[number])
        if treatment is Treatment.DAY_ONLY:
            return self.subject.day_of(record)
        if treatment is Treatment.FOUR_DIGITS:
            return field.read_rounded(record)
        if field.measure is None:
            return field.read(record)
        is_of_a_person = field.measure is Measure.HANDLING
        exact = seconds[field.name] if is_of_a_person else field.read(record)
        return None if exact is None else self._rounded(exact, field.measure)

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
        ids = {text for record in self.records for text in self.subject.ids_of(record)}
        if self.policy.level is PrivacyLevel.ANONYMOUS:
            ids.update(self.policy.names.values())
        # Few labels, many rows: each label is looked at once.
        return cache(finder_of_ids(ids))


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
        case FrozenMapping():
            reasons = cast("FrozenMapping[str, Undetermined]", value)
            return sorted((name, reason.value) for name, reason in reasons.items())
        case _:
            return value
