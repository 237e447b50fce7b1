"""What the library raises, and how its messages read.

Two rules hold for every error:
1. The message says what must hold: what was found. The way out. It starts in lower case.
2. The offending field and value travel along as attributes, for programs that sort errors.
"""

import reprlib
from typing import Final

__all__ = [
    "ConflictingEventsError",
    "NaiveDatetimeError",
    "NoWorkingTimeError",
    "RangeError",
    "WorklogError",
    "describe",
]

_BOUNDED: Final = reprlib.Repr()
_BOUNDED.maxstring = _BOUNDED.maxother = 120


class WorklogError(ValueError):
    """An input that the library refuses.

    `field` names what was refused (`"start"`, `"ScreenSession.user_id"`) and `value` is what stood
    there.

    Example:
        >>> import worklog_core as wc
        >>> try:
        ...     wc.DayHours.parse("9:60")
        ... except wc.WorklogError as error:
        ...     error.value
        '9:60'
    """

    def __init__(self, message: str, *, field: str | None = None, value: object = None) -> None:
        super().__init__(message)
        self.field = field
        self.value = value


class NaiveDatetimeError(WorklogError):
    """An instant without a time zone: it names no moment, so nothing can be measured from it."""


class ConflictingEventsError(WorklogError):
    """Two events that cannot both be true, with nothing to tell which is the later word."""


class NoWorkingTimeError(WorklogError):
    """A search for working time in a calendar that has none ahead."""


class RangeError(WorklogError):
    """An instant or an amount of time beyond what a datetime can hold."""


def describe(value: object) -> str:
    """Return what was found, bounded in length, with its type: `'x' (str)`, `None`."""
    if value is None:
        return "None"
    try:
        found = _BOUNDED.repr(value)
    except ValueError:
        # Python refuses to write out an int of thousands of digits.
        found = "a value too long to write"
    return f"{found} ({type(value).__name__})"
