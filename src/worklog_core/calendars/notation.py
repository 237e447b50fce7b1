"""How hours are written.

Three rules hold in this module:
1. A window is a pair of microseconds since midnight; past 24:00 it lies in the next morning.
2. What cannot be read is refused with the part that could not, never the whole text alone.
3. Text is read and written here and nowhere else.

The grammar, blanks being free:

    day hours   = [ window { "," window } ]             nothing at all is closed
    window      = time "-" time [ "+1" ]                +1: both times are of the next morning
    time        = hour ":" minute [ ":" second [ "." one to six digits ] ]
    weekly hours = [ days window { "," window } { ";" days window { "," window } } ]
    days        = name [ "-" name ] { "," name [ "-" name ] }      Mon Tue Wed Thu Fri Sat Sun

A window whose end is not after its start runs into the next morning: `22:00-06:00`; an end of
00:00 is 24:00. Equal times are refused. Ranges of days may wrap (`Sat-Mon`), and a day that is
named twice has the windows of both.
"""

import re
from datetime import time
from typing import Final

from worklog_core.calendars.days import DAY_US
from worklog_core.calendars.spans import Span
from worklog_core.errors import WorklogError, describe

__all__ = [
    "DAY_WAY_OUT",
    "WEEKDAYS",
    "WEEK_WAY_OUT",
    "entry_of",
    "microseconds_of",
    "refused",
    "require_text",
    "texts_of",
    "window_from",
    "window_of",
]

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_WAY_OUT: Final = "Write windows such as '09:00-12:00,13:00-17:00' or '22:00-06:00'."
WEEK_WAY_OUT: Final = "Write days and windows such as 'Mon-Fri 09:00-17:00; Sat 10:00-14:00'."

_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII)
_WINDOW: Final = re.compile(r"\s*([^\s\-+]+)\s*-\s*([^\s\-+]+)\s*(\+\s*1)?\s*")
_ENTRY: Final = re.compile(r"\s*([A-Za-z]+(?:\s*[-,]\s*[A-Za-z]+)*)\s+([^A-Za-z]+)")
_LAST_OF_A_CLOCK: Final = 59


def entry_of(text: str) -> list[tuple[int, Span]]:
    """Read one entry of weekly hours: each day it names, Monday being 0, with each window."""
    match = _ENTRY.fullmatch(text)
    if match is None:
        raise refused("hours", "name days and windows", text.strip(), WEEK_WAY_OUT)
    windows = [window_of(part) for part in match[2].split(",")]
    return [(day, window) for day in _days_of(match[1]) for window in windows]


def window_of(text: str) -> Span:
    """Read one window."""
    match = _WINDOW.fullmatch(text)
    if match is None:
        raise refused("hours", "be windows of time", text.strip(), DAY_WAY_OUT)
    start, end = _time_of_day(match[1]), _time_of_day(match[2])
    if match[3] is None:
        return window_from(start, end, text.strip())
    if start >= end:
        must = "end after they start where +1 puts both in the next morning"
        raise refused("hours", must, text.strip(), DAY_WAY_OUT)
    return start + DAY_US, end + DAY_US


def window_from(start: int, end: int, text: str) -> Span:
    """Return the window of two times of day: over midnight unless the end is after the start."""
    if start == end:
        way_out = "Write 00:00-24:00 for the whole day, and nothing for a closed one."
        raise refused("hours", "be windows whose ends differ", text, way_out)
    if start == DAY_US:
        way_out = "24:00 is an end only: write 00:00 on the next day."
        raise refused("hours", "be windows that start before 24:00", text, way_out)
    return start, end if end > start else end + DAY_US


def _time_of_day(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise refused("hours", "have times such as 09:00 or 09:00:30", text, DAY_WAY_OUT)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    microsecond = int((match[4] or "").ljust(6, "0"))
    at = ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond
    if max(minute, second) > _LAST_OF_A_CLOCK or at > DAY_US:
        raise refused("hours", "have times from 00:00 to 24:00", text, DAY_WAY_OUT)
    return at


def microseconds_of(at: time) -> int:
    """Return a time of day as microseconds since midnight."""
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _days_of(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        name, *until = part.split("-", maxsplit=1)
        first = _weekday(name.strip())
        last = _weekday(until[0].strip()) if until else first
        found += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return found


def _weekday(name: str) -> int:
    try:
        return WEEKDAYS.index(name.capitalize())
    except ValueError:
        must = f"name the days {' '.join(WEEKDAYS)}"
        raise refused("hours", must, name, WEEK_WAY_OUT) from None


def texts_of(start: int, end: int) -> list[str]:
    """Write a window; one that is longer than a day takes two."""
    if end <= DAY_US:
        return [f"{_time_text(start)}-{_time_text(end)}"]
    morning = _time_text(end - DAY_US)
    if start >= DAY_US:
        return [f"{_time_text(start - DAY_US)}-{morning}+1"]
    if end - start < DAY_US:
        return [f"{_time_text(start)}-{morning}"]
    return [f"{_time_text(start)}-24:00", f"00:00-{morning}+1"]


def _time_text(at: int) -> str:
    seconds, microsecond = divmod(at, 1_000_000)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    if second or microsecond:
        text += f":{second:02}"
    return text + f".{microsecond:06}" if microsecond else text


def require_text(field: str, text: object, way_out: str) -> str:
    """Return what was given for *field* if it is text."""
    if not isinstance(text, str):
        raise refused(field, "be text", text, way_out)
    return text


def refused(field: str, must: str, value: object, way_out: str) -> WorklogError:
    """Return the error: what must hold, what was found, the way out."""
    return WorklogError(
        f"{field} must {must}: found {describe(value)}. {way_out}", field=field, value=value
    )
