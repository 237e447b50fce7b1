"""The three levels of privacy, and what each does with a field.

Two rules hold for every table of fields:
1. It decides every field in every form: nothing is released because nobody thought of it.
2. A form is a level, and at the middle level a choice of fields; there are four.
"""

from enum import Enum
from typing import Final

import attrs

from worklog_core.errors import WorklogError

__all__ = [
    "DATED",
    "DAY",
    "EVERYWHERE",
    "FURTHER",
    "GROUP",
    "NAMED",
    "RANKED",
    "TECHNICAL",
    "FieldPolicy",
    "Form",
    "PrivacyLevel",
    "Treatment",
    "Treatments",
    "form_of",
]


class PrivacyLevel(Enum):
    """How much of a person a release shows (E-28 to E-30).

    Example:
        >>> from worklog_core import PrivacyLevel
        >>> [level.value for level in PrivacyLevel]
        ['anonymous', 'pseudonymous', 'real']
    """

    ANONYMOUS = "anonymous"
    """Everybody is "Anonymous", and what would single somebody out is left out (E-28)."""
    PSEUDONYMOUS = "pseudonymous"
    """Everybody goes by a pseudonym such as "Hungry Raspberry" (E-29)."""
    REAL = "real"
    """Real names, every field as it is (E-30)."""


class FieldPolicy(Enum):
    """Which fields stand beside a pseudonym (E-31, AMB-9); other levels do not ask."""

    STRICT = "strict"
    """None that anybody could look the person up by, and no group of fewer than k people."""
    PAGE = "page"
    """The technical fields too, as the page says to the letter: the pseudonym hides little then."""


class Form(Enum):
    """What a release comes as: a level, and at the middle level its choice of fields."""

    ANONYMOUS = "anonymous"
    STRICT = "pseudonymous, strict"
    PAGE = "pseudonymous, page"
    REAL = "real"

    @property
    def is_guarded(self) -> bool:
        """Whether small groups are withheld, and rows stand in no order of people or time."""
        return self in {Form.ANONYMOUS, Form.STRICT}


class Treatment(Enum):
    """What becomes of a field."""

    KEEP = "as is"
    BLANK = "blank"
    """The field stays and is None in every row."""
    DROP = "left out"
    """The field is not there."""
    ANONYMOUS = '"Anonymous"'
    PSEUDONYM = "pseudonym"
    REAL_NAME = "real name"
    DAY_ONLY = "day only"
    """The local day in place of the instant."""
    SUPPRESS_IF_SMALL = "withheld if fewer than k people"
    FOUR_DIGITS = "to 4 digits"


@attrs.frozen
class Treatments:
    """One line of a table: what becomes of a field in each form."""

    anonymous: Treatment
    strict: Treatment
    page: Treatment
    real: Treatment

    def of(self, form: Form) -> Treatment:
        """Return what becomes of the field in a form."""
        chosen: Treatment = getattr(self, form.name.lower())
        return chosen


EVERYWHERE: Final = Treatments(*(Treatment.KEEP,) * 4)
TECHNICAL: Final = Treatments(Treatment.BLANK, Treatment.BLANK, Treatment.KEEP, Treatment.KEEP)
"""What could be looked up elsewhere."""
FURTHER: Final = Treatments(Treatment.DROP, Treatment.DROP, Treatment.KEEP, Treatment.KEEP)
"""What no export asks for."""
DAY: Final = Treatments(Treatment.BLANK, Treatment.KEEP, Treatment.KEEP, Treatment.KEEP)
DATED: Final = Treatments(Treatment.BLANK, Treatment.DAY_ONLY, Treatment.KEEP, Treatment.KEEP)
GROUP: Final = Treatments(
    Treatment.SUPPRESS_IF_SMALL, Treatment.SUPPRESS_IF_SMALL, Treatment.KEEP, Treatment.KEEP
)
RANKED: Final = Treatments(Treatment.DROP, Treatment.DROP, Treatment.DROP, Treatment.KEEP)
"""What sets one above another."""
NAMED: Final = Treatments(
    Treatment.ANONYMOUS, Treatment.PSEUDONYM, Treatment.PSEUDONYM, Treatment.REAL_NAME
)


def form_of(level: PrivacyLevel, fields: FieldPolicy) -> Form:
    """Return the form of a level; refuse what is none, without showing it.

    What stands where a level should may be anything, a roster as well.
    """
    if not isinstance(level, PrivacyLevel):
        raise _refused("PrivacyPolicy.level", "PrivacyLevel", level, "PrivacyLevel.ANONYMOUS")
    if not isinstance(fields, FieldPolicy):
        raise _refused("PrivacyPolicy.fields", "FieldPolicy", fields, "FieldPolicy.STRICT")
    if level is PrivacyLevel.ANONYMOUS:
        return Form.ANONYMOUS
    if level is PrivacyLevel.REAL:
        return Form.REAL
    return Form.STRICT if fields is FieldPolicy.STRICT else Form.PAGE


def _refused(field: str, of: str, value: object, example: str) -> WorklogError:
    return WorklogError(
        f"{field} must be a member of {of}: found {type(value).__name__}. "
        f"Pass for example {example}.",
        field=field,
    )
