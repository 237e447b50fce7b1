"""Small groups: what fewer than k people share is withheld, and nothing gives it back.

Six rules hold for every verdict:
1. People are counted, not rows, and before anything is blanked. Rows of AI agents count nobody.
2. Fields are judged one after the other, each within what is shown of those before: so whatever
   combination of them is left, at least k people share it. None and "none at all" are groups too.
3. What is withheld together is shared by at least k people and has at least two groups in it, the
   next smallest ones if need be: no group is found by subtracting the others from a total.
4. A list of names is shown whole or not at all. A field that lies within another is withheld with
   it: a subtopic tells its topic.
5. A group that is identifying in itself is withheld however many share it.
6. A figure of several people is a group like any other. What is nobody's tells of nobody.

k people are no promise beyond that: a group that is all alike still tells about each of them.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any, Final

import attrs

from worklog_core.errors import WorklogError
from worklog_core.mappings import FrozenMapping

__all__ = [
    "SmallGroups",
    "Suppression",
    "WithheldField",
    "judge_figures",
    "judge_small_groups",
    "require_k",
]

Group = Hashable
LEAST_K: Final = 2


class Suppression(Enum):
    """Why a group is withheld."""

    SMALL = "small"
    """Fewer than k people share it."""
    COMPLEMENT = "complement"
    """With it shown, a small one could be found by subtraction."""
    IDENTIFYING = "identifying"
    """Its name holds an id or a name of somebody."""


@attrs.frozen(kw_only=True)
class WithheldField:
    """How much of one field is withheld: groups by the reason, and the rows that this touches.

    Groups are counted, not named: the name of a team of one is the name of that one.
    """

    field: str
    small: int
    complement: int
    identifying: int
    rows: int

    def to_dict(self) -> dict[str, Any]:
        """Return the counts under their names."""
        return attrs.asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.field}: {self.small} groups of too few people, {self.complement} more so that "
            f"none is found by subtraction, {self.identifying} whose names identify; "
            f"withheld in {self.rows} rows"
        )


@attrs.frozen(kw_only=True)
class SmallGroups:
    """The verdict: who counts, and what is withheld in which rows.

    `withheld` holds for each field one flag a row. Where `is_refused`, there are fewer than *k*
    people in all, and nothing may be shown.
    """

    k: int
    contributors: int
    withheld: FrozenMapping[str, tuple[bool, ...]] = attrs.field(repr=False)
    fields: tuple[WithheldField, ...]

    @property
    def is_refused(self) -> bool:
        """Whether the whole has contributors, and fewer than k."""
        return 0 < self.contributors < self.k


def judge_small_groups(
    columns: Mapping[str, Sequence[Group]],
    people: Sequence[str | None],
    *,
    k: int = 5,
    within: Mapping[str, str] | None = None,
    is_identifying: Callable[[Group], bool] | None = None,
) -> SmallGroups:
    """Return what is to be withheld of some columns, judged in their order.

    *people* says for each row whose it is, None for an AI agent. *within* names for a field the one
    that it lies in. *is_identifying* tells of a group that it must not be shown in any case.

    Raises WorklogError for a k below 2: a group of one is that one.

    Example:
        >>> from worklog_core.privacy.small_groups import judge_small_groups
        >>> verdict = judge_small_groups(
        ...     {"team": ["A", "A", "A", "B", "B", "C"]}, ["1", "2", "3", "4", "5", "6"], k=2)
        >>> verdict.withheld["team"]
        (False, False, False, True, True, True)
    """
    require_k("k", k)
    contributors = len({person for person in people if person is not None})
    classes = [0] * len(people)
    withheld: dict[str, tuple[bool, ...]] = {}
    found: list[WithheldField] = []
    for field, column in columns.items():
        barred = {group for group in set(column) if is_identifying and is_identifying(group)}
        hidden = withheld.get((within or {}).get(field, ""), (False,) * len(people))
        groups = _people_of_groups(column, people, classes, hidden)
        why = {
            (inside, group): reason
            for inside, members in groups.items()
            for group, reason in _withheld(members, k, barred).items()
        }
        withheld[field] = tuple(
            is_hidden or place in why or place[1] in barred
            for place, is_hidden in zip(zip(classes, column, strict=True), hidden, strict=True)
        )
        found.append(_counted(field, why, withheld[field]))
        classes = _refined(classes, column, withheld[field])
    return SmallGroups(
        k=k,
        contributors=contributors,
        withheld=FrozenMapping(withheld),
        fields=tuple(found),
    )


def judge_figures(
    field: str,
    people: Sequence[AbstractSet[str]],
    *,
    k: int,
    are_parts: bool,
    is_identifying: Sequence[bool],
) -> tuple[tuple[bool, ...], WithheldField]:
    """Return which of some figures are withheld, each of which is of some people.

    *are_parts* says that they sum to a whole: what is withheld is then of at least k people and has
    at least two figures in it, or it is all of them where the whole has fewer people.
    *is_identifying* tells of each whether its own name must not be shown.

    Example:
        >>> from worklog_core.privacy.small_groups import judge_figures
        >>> people = [{"1"}, {"1", "2"}, {"2", "3", "4"}, set()]
        >>> judge_figures("sent", people, k=2, are_parts=True, is_identifying=[False] * 4)[0]
        (True, True, False, False)
    """
    barred = {number for number, is_barred in enumerate(is_identifying) if is_barred}
    members: dict[Group, AbstractSet[str]] = {n: own for n, own in enumerate(people) if own}
    wholes: list[dict[Group, AbstractSet[str]]]
    wholes = [members] if are_parts else [{number: own} for number, own in members.items()]
    why: dict[tuple[int, Group], Suppression] = {
        (0, number): Suppression.IDENTIFYING for number in barred
    }
    for whole in wholes:
        why |= {(0, number): reason for number, reason in _withheld(whole, k, barred).items()}
    everybody = {person for own in people for person in own}
    are_few = are_parts and 0 < len(everybody) < k
    hidden = tuple(are_few or (0, number) in why for number in range(len(people)))
    return hidden, _counted(field, why, hidden)


def require_k(field: str, k: Any) -> None:
    """Refuse a k that is no whole number of at least 2."""
    if type(k) is not int or k < LEAST_K:
        found = str(k) if type(k) is int else type(k).__name__
        raise WorklogError(
            f"{field} must be a whole number of at least {LEAST_K}: found {found}. "
            "Practice asks for 5 and more.",
            field=field,
        )


def _people_of_groups(
    column: Sequence[Group],
    people: Sequence[str | None],
    classes: Sequence[int],
    hidden: Sequence[bool],
) -> dict[int, dict[Group, set[str]]]:
    groups: dict[int, dict[Group, set[str]]] = {}
    for group, person, inside, is_hidden in zip(column, people, classes, hidden, strict=True):
        if person is not None and not is_hidden:
            groups.setdefault(inside, {}).setdefault(group, set()).add(person)
    return groups


def _withheld(
    members: Mapping[Group, AbstractSet[str]], k: int, barred: AbstractSet[Group]
) -> dict[Group, Suppression]:
    """Return which groups of one class are withheld, and why."""
    why: dict[Group, Suppression] = {}
    pooled: set[str] = set()
    # Of equally many the first by name: the order of the rows must make no difference.
    by_size = sorted(members, key=lambda group: (len(members[group]), repr(group)))
    for group in by_size:
        if group in barred:
            why[group] = Suppression.IDENTIFYING
        elif len(members[group]) < k:
            why[group] = Suppression.SMALL
        else:
            continue
        pooled |= members[group]
    for group in by_size if why else ():
        if len(why) > 1 and len(pooled) >= k:
            break
        if group not in why:
            why[group] = Suppression.COMPLEMENT
            pooled |= members[group]
    return why


def _refined(classes: Sequence[int], column: Sequence[Group], hidden: Sequence[bool]) -> list[int]:
    """Return the classes, each divided by what is shown of one more column."""
    numbers: dict[tuple[int, bool, Group], int] = {}
    return [
        numbers.setdefault((inside, is_hidden, None if is_hidden else group), len(numbers))
        for inside, group, is_hidden in zip(classes, column, hidden, strict=True)
    ]


def _counted(
    field: str, why: Mapping[tuple[int, Group], Suppression], hidden: Sequence[bool]
) -> WithheldField:
    reasons = list(why.values())
    return WithheldField(
        field=field,
        small=reasons.count(Suppression.SMALL),
        complement=reasons.count(Suppression.COMPLEMENT),
        identifying=reasons.count(Suppression.IDENTIFYING),
        rows=sum(hidden),
    )
