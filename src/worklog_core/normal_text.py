"""The form in which texts are compared: what no reader sees is taken out, and nothing else.

Three rules hold in this module:
1. Line ends become LF, the text NFC, and blanks at the end of a line and blank lines at the start
   and the end go. A blank is a space or a tab. Case, digits, and what NFKC would fold (½, ², ™, …,
   the no-break space) are content: an edit of them is an edit. Normalising twice changes nothing.
2. Work is linear whatever the text is: what would not be is refused, with a reason, beforehand.
3. The profile names the form, so that figures of two forms are not mixed.
"""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Any, Final
from unicodedata import category, normalize

from worklog_core.errors import WorklogError, describe
from worklog_core.undetermined import Undetermined

__all__ = ["Preprocess", "normalise", "profile_of", "require_preprocess"]

Preprocess = Callable[[str], str]

PROFILE: Final = "text-v1"

# Code points of one text, before it is normalised.
MAX_LENGTH: Final = 2_000_000
# Unicode's limit for safe streams (UAX #15). NFC sorts a run of marks in quadratic time.
MAX_MARKS: Final = 30

# No mark is a letter or a digit, and none stands before U+0300: prose of no script matches this.
_PERHAPS_MARKS: Final = re.compile(rf"[^\w\x00-\u02ff][^\w\x00-\u02ff]{{{MAX_MARKS},}}")


def profile_of(preprocess: Preprocess | None) -> str:
    """Return the name of the form, which says whether a function of the caller had a part in it."""
    return PROFILE if preprocess is None else f"preprocess+{PROFILE}"


def require_preprocess(preprocess: Any) -> None:
    """Refuse what is neither None nor a function."""
    if preprocess is not None and not callable(preprocess):
        raise WorklogError(
            f"preprocess must be a function from str to str: found {describe(preprocess)}. "
            "Leave it out to compare the texts as they are.",
            field="preprocess",
            value=preprocess,
        )


def normalise(text: str, preprocess: Preprocess | None = None) -> str | Undetermined:
    r"""Return a text as it is compared, or the reason why it cannot be (AMB-10).

    *preprocess* comes first; the limits hold for what it returns.

    Example:
        >>> from worklog_core.normal_text import normalise
        >>> normalise("\r\nDear Ann,  \r\n  yes.\r\n\r\n")
        'Dear Ann,\n  yes.'
    """
    if preprocess is not None:
        text = _preprocessed(text, preprocess)
    if len(text) > MAX_LENGTH:
        return Undetermined.TOO_LARGE
    # Text in Latin-1, which most mails are, is NFC and holds no marks; this asks at memory speed.
    beyond_latin = len(text) - len(text.encode("latin-1", "ignore"))
    if beyond_latin:
        if beyond_latin > MAX_MARKS and _has_endless_marks(text):
            return Undetermined.TOO_MANY_MARKS
        text = normalize("NFC", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if " \n" in text or ("\t" in text and "\t\n" in text):
        # A pattern for blanks before a line end takes quadratic time on a long row of blanks.
        text = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
    return text.rstrip(" \t\n").lstrip("\n")


def _preprocessed(text: str, preprocess: Callable[[str], Any]) -> str:
    found = preprocess(text)
    if not isinstance(found, str):
        raise WorklogError(
            f"preprocess must return a str: found {type(found).__name__}. "
            "Return '' where nothing is left of a text.",
            field="preprocess",
            value=found,
        )
    return found


def _has_endless_marks(text: str) -> bool:
    return any(
        is_mark and sum(1 for _ in run) > MAX_MARKS
        for stretch in _PERHAPS_MARKS.finditer(text)
        for is_mark, run in groupby(stretch[0], lambda character: category(character)[0] == "M")
    )
