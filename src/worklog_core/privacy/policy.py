"""What a release is to be: the level, the names, k, and how coarse.

Two rules hold in this module:
1. Whatever is unclear is refused, never read as a lower level (fail closed).
2. No error and no text of a policy shows an id or a name.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

import attrs

from worklog_core.door import refuse
from worklog_core.errors import WorklogError
from worklog_core.mappings import FrozenMapping
from worklog_core.privacy.levels import FieldPolicy, Form, PrivacyLevel, form_of
from worklog_core.privacy.small_groups import require_k
from worklog_core.privacy.subjects import Measure
from worklog_core.privacy.whole_seconds import away_from_zero, nearest

__all__ = ["Coarsening", "PrivacyPolicy"]

_DAY: Final = 86_400


def _check_unit(coarsening: "Coarsening", attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if type(value) is not int or value < 1:
        must = "be a whole number of seconds, 1 or more"
        raise refuse(coarsening, attribute, value, must, "Pass 60 for minutes.")


@attrs.frozen(kw_only=True)
class Coarsening:
    """How far times are rounded, so that fewer rows are alone with theirs.

    Handling times go to the nearest *round_seconds*, each for itself: **they do not sum any more**.
    What belongs to the ticket is rounded to *round_sla_seconds*, waiting to the nearest one, a
    deviation from its due date away from zero, so that late stays late.

    Example:
        >>> from worklog_core import Coarsening
        >>> Coarsening(round_seconds=30)
        Coarsening(round_seconds=30, round_sla_seconds=86400)
    """

    round_seconds: int = attrs.field(default=60, validator=_check_unit)
    round_sla_seconds: int = attrs.field(default=_DAY, validator=_check_unit)

    def coarse(self, amount: timedelta, measure: Measure) -> timedelta:
        """Return a time as coarse as its kind is to be."""
        if measure is Measure.HANDLING:
            return nearest(amount, timedelta(seconds=self.round_seconds))
        unit = timedelta(seconds=self.round_sla_seconds)
        return (
            away_from_zero(amount, unit) if measure is Measure.DEVIATION else nearest(amount, unit)
        )


def _names(given: Mapping[str, str]) -> FrozenMapping[str, str]:
    found: Any = given
    # Raised without what was found: it may be a roster of people.
    if not isinstance(found, Mapping):
        raise _refused("be a mapping of ids to names", type(given).__name__)
    texts: Iterable[Any] = (text for pair in given.items() for text in pair)
    if not all(isinstance(text, str) and text for text in texts):
        raise _refused("map ids to names, all non-empty str", "something else")
    return FrozenMapping(given)


def _check_names(
    policy: "PrivacyPolicy", _: "attrs.Attribute[Any]", names: FrozenMapping[str, str]
) -> None:
    if policy.level is not PrivacyLevel.PSEUDONYMOUS:
        return
    if len(set(names.values())) < len(names):
        raise _refused("give each person a pseudonym of their own", "one twice")
    if any(user_id == name for user_id, name in names.items()):
        raise _refused("hold pseudonyms", "an id as its own name")


def _refused(must: str, found: str) -> WorklogError:
    return WorklogError(
        f"PrivacyPolicy.names must {must}: found {found}. "
        "Take pseudonyms from assign_pseudonyms(roster, ...), real names from the roster.",
        field="PrivacyPolicy.names",
    )


def _check_level(policy: "PrivacyPolicy", _: "attrs.Attribute[Any]", __: Any) -> None:
    form_of(policy.level, policy.fields)


def _check_k(_: "PrivacyPolicy", __: "attrs.Attribute[Any]", k: Any) -> None:
    require_k("PrivacyPolicy.k", k)


def _check_coarsening(_: "PrivacyPolicy", __: "attrs.Attribute[Any]", found: Any) -> None:
    if found is not None and not isinstance(found, Coarsening):
        raise WorklogError(
            f"PrivacyPolicy.coarsening must be a Coarsening or None: found {type(found).__name__}. "
            "Pass for example Coarsening(round_seconds=60).",
            field="PrivacyPolicy.coarsening",
        )


@attrs.frozen(repr=False)
class PrivacyPolicy:
    """How a result is to be released.

    *names* gives everybody a name: at PSEUDONYMOUS what `assign_pseudonyms` gave, at REAL real
    names. At ANONYMOUS nobody is named; real names that are given there are looked for in teams,
    tags and topics, and never shown. *k* is the fewest people who may share a group, *fields* what
    stands beside a pseudonym (AMB-9), *coarsening* how far times are rounded.

    Raises WorklogError for a level that is none, for names that are no names, at PSEUDONYMOUS for a
    pseudonym that two people share, and for a k below 2. The error shows none of them.

    Example:
        >>> from worklog_core import PrivacyLevel, PrivacyPolicy
        >>> PrivacyPolicy(PrivacyLevel.REAL, names={"u-1": "Meike Mustermann"})
        PrivacyPolicy(REAL, k=5, fields=STRICT, coarsening=None)
    """

    level: PrivacyLevel = attrs.field()
    names: FrozenMapping[str, str] = attrs.field(
        factory=FrozenMapping, kw_only=True, converter=_names, validator=_check_names
    )
    k: int = attrs.field(default=5, kw_only=True, validator=_check_k)
    fields: FieldPolicy = attrs.field(
        default=FieldPolicy.STRICT, kw_only=True, validator=_check_level
    )
    coarsening: Coarsening | None = attrs.field(
        default=None, kw_only=True, validator=_check_coarsening
    )

    @property
    def form(self) -> Form:
        """What a release under this policy comes as."""
        return form_of(self.level, self.fields)

    def __repr__(self) -> str:
        level, fields = self.level.name, self.fields.name
        return f"PrivacyPolicy({level}, k={self.k}, fields={fields}, coarsening={self.coarsening})"
