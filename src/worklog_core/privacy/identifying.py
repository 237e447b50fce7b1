"""Labels that hold what they must not: the id or the name of somebody, or the id of a ticket.

One rule holds: an id of six characters or more is found anywhere in a label, a shorter one where it
stands as a word ("U1" in "only U1", not in "SU12"). Case makes no difference.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Final

__all__ = ["finder_of_ids"]

_FOUND_ANYWHERE: Final = 6


def finder_of_ids(ids: Iterable[str]) -> Callable[[Hashable], bool]:
    """Return a function that tells whether a text, or one of several, holds one of some ids.

    Example:
        >>> from worklog_core.privacy.identifying import finder_of_ids
        >>> holds_an_id = finder_of_ids(["meike@acme.example"])
        >>> holds_an_id("Ask MEIKE@acme.example"), holds_an_id(("VIP", "urgent"))
        (True, False)
    """
    known = {text.casefold() for text in ids}
    lengths = sorted({len(text) for text in known})

    def is_found(text: str) -> bool:
        # Pieces of the label are looked up among the ids: there are few labels, and many ids.
        return any(
            text[start : start + length] in known
            and (length >= _FOUND_ANYWHERE or _is_word(text, start, start + length))
            for length in lengths
            for start in range(len(text) - length + 1)
        )

    def holds_an_id(label: Hashable) -> bool:
        texts: tuple[Any, ...] = label if type(label) is tuple else (label,)
        return any(isinstance(text, str) and is_found(text.casefold()) for text in texts)

    return holds_an_id


def _is_word(text: str, start: int, end: int) -> bool:
    return not (text[:start][-1:].isalnum() or text[end : end + 1].isalnum())
