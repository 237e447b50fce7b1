"""What a release shows and what it does not, in words that a works council can read.

Two rules hold for every audit:
1. It names no person and no group that is withheld: it may go where the release goes.
2. It promises nothing beyond what is counted, and says what stays possible.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from worklog_core.privacy.levels import Form
from worklog_core.privacy.policy import Coarsening
from worklog_core.privacy.small_groups import WithheldField
from worklog_core.privacy.uniqueness import alone, singling_out

__all__ = ["Audit", "AuditFacts", "audit_of"]

_RELINKED: Final = (
    "Behaviour can link what names do not: by topics and handling times alone, 300 rows a month, a "
    "simulation found every one of 200 people again where their profiles were strong."
)
_TWO_LEVELS: Final = (
    "Never give one recipient two levels of the same period: exact times join them row by row."
)
_ONE_BY_ONE: Final = "Times are rounded one by one: they do not sum to the totals of the worklog."
_SMALL_ONES_TOO: Final = "Small groups are shown: the figure of a team of one is that one's."
_STILL_MONITORING: Final = (
    "Groups of {k} people and more are a minimum. They do not mean that no agreement is needed: "
    "figures of a small team can monitor its members too."
)


@attrs.frozen(kw_only=True)
class AuditFacts:
    """What only the making of a release knows: counts, never values."""

    released: tuple[str, ...]
    blanked: tuple[str, ...]
    dropped: tuple[str, ...]
    groups: tuple[str, ...]
    """The columns whose values are shared by people."""
    withheld: tuple[WithheldField, ...]
    contributors: int
    unique_before: int
    made_up_names: int
    """How many names at the pseudonymous level are not of the lists of words."""
    is_of_persons: bool
    """Whether its rows name people, or would."""


@attrs.frozen(kw_only=True)
class Audit:
    """The account of a release.

    `unique_before` counts the rows that were alone with the exact values of the released columns,
    names left aside; `unique_after` those that are alone with what is released. `singling_out`
    names the columns that leave them alone, the strongest first, with how many rows are alone by
    then. `uniform` lists groups whose rows are all alike: (field, group, column, value).
    """

    form: Form
    rows: int
    k: int
    contributors: int
    released: tuple[str, ...]
    blanked: tuple[str, ...]
    dropped: tuple[str, ...]
    withheld: tuple[WithheldField, ...]
    unique_before: int
    unique_after: int
    singling_out: tuple[tuple[str, int], ...]
    uniform: tuple[tuple[str, Any, str, bool], ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the account as plain values, for JSON."""
        told = {field.name: getattr(self, field.name) for field in attrs.fields(Audit)}
        return {
            **told,
            **{name: list(told[name]) for name in ("released", "blanked", "dropped", "warnings")},
            "form": self.form.value,
            "withheld": [field.to_dict() for field in self.withheld],
            "singling_out": [list(step) for step in self.singling_out],
            "uniform": [[field, _plain(group), *rest] for field, group, *rest in self.uniform],
        }

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"Release at level {self.form.value}: {self.rows} rows of {self.contributors} people"
        yield f"Released: {_listed(self.released)}"
        yield f"Blank in every row: {_listed(self.blanked)}"
        yield f"Left out: {_listed(self.dropped)}"
        if self.form.is_guarded:
            yield f"Groups of fewer than {self.k} people are withheld:"
            touched = [f"  {field}" for field in self.withheld if field.rows]
            yield from touched or ["  there were none"]
        yield (
            f"Rows alone with their values: {self.unique_after} of {self.rows}, "
            f"before the release {self.unique_before}"
        )
        yield from (f"  by {column}: {count}" for column, count in self.singling_out)
        for field, group, column, value in self.uniform:
            yield f"All rows of {field} {_plain(group)} have {column} = {value}: it tells of each."
        yield "What to know:"
        yield from (f"  - {warning}" for warning in self.warnings)


def audit_of(
    rows: Sequence[Mapping[str, Any]],
    facts: AuditFacts,
    *,
    form: Form,
    k: int,
    coarsening: Coarsening | None,
) -> Audit:
    """Return the account of released rows."""
    values: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in facts.released}
    telling = {name: column for name, column in values.items() if name != "name"}
    return Audit(
        form=form,
        rows=len(rows),
        k=k,
        contributors=facts.contributors,
        released=facts.released,
        blanked=facts.blanked,
        dropped=facts.dropped,
        withheld=facts.withheld,
        unique_before=facts.unique_before,
        unique_after=alone(list(zip(*telling.values(), strict=True))),
        singling_out=singling_out(telling),
        uniform=tuple(_uniform(values, facts.groups)),
        warnings=tuple(_warnings(facts, form, k, coarsening)),
    )


def _uniform(
    columns: Mapping[str, Sequence[Any]], groups: Sequence[str]
) -> Iterator[tuple[str, Any, str, bool]]:
    """Yield the groups that are all alike in a flag in which not everybody is."""
    flags = [
        name
        for name, column in columns.items()
        if {True, False} <= set(column) and all(value in {True, False, None} for value in column)
    ]
    for field in groups:
        numbers: dict[Any, list[int]] = {}
        for number, group in enumerate(columns[field]):
            numbers.setdefault(group, []).append(number)
        for group in sorted((group for group in numbers if group), key=repr):
            for flag in flags:
                values = {columns[flag][number] for number in numbers[group]}
                if len(values) == 1 and None not in values:
                    yield field, group, flag, values.pop()


def _warnings(
    facts: AuditFacts, form: Form, k: int, coarsening: Coarsening | None
) -> Iterator[str]:
    if not facts.is_of_persons:
        yield from _warnings_of_figures(form, k, coarsening)
        return
    if form is Form.REAL:
        yield "Real names: everything here is personal data, and persons can be ranked."
        return
    if form is Form.ANONYMOUS:
        yield "Who holds the tickets can find a row that is alone with its values again."
    else:
        yield "Pseudonyms are personal data for whoever has the key or the list of names."
        yield _RELINKED
    if form is Form.PAGE:
        yield "The user's id stands beside the pseudonym: whoever can look it up knows the name."
        yield "So does the number of the ticket for whoever can open it."
        if 0 < facts.contributors < k:
            yield f"There are {facts.contributors} people in all: fewer than {k} hide nobody."
    else:
        yield _STILL_MONITORING.format(k=k)
    if facts.made_up_names:
        yield f"{facts.made_up_names} names are not of the lists of words: are they pseudonyms?"
    if coarsening is not None:
        yield _ONE_BY_ONE
    yield _TWO_LEVELS


def _warnings_of_figures(form: Form, k: int, coarsening: Coarsening | None) -> Iterator[str]:
    yield _STILL_MONITORING.format(k=k) if form.is_guarded else _SMALL_ONES_TOO
    if coarsening is not None:
        yield _ONE_BY_ONE
    yield _TWO_LEVELS


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


def _plain(group: Any) -> Any:
    return group if isinstance(group, str) else ", ".join(group)
