"""Cells of an export: values as they are written down, and back.

Three rules hold for every cell:
1. None is None and nothing else; 0, 1 and an empty list are values.
2. What is written in any style reads back as the same value, also after a way through CSV, where
   everything is text and None is empty.
3. A text that a spreadsheet would run, or take for one that is guarded, begins with an apostrophe;
   reading takes it off again.
"""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from typing import Any, Final

import attrs

from worklog_core.door import choice_of
from worklog_core.errors import RangeError
from worklog_core.events.actions import Action

__all__ = [
    "ArrayStyle",
    "CellKind",
    "CellStyle",
    "DecimalMark",
    "DurationStyle",
    "cell_schema",
    "read_cell",
    "wall_time",
    "write_cell",
]

_SECOND: Final = timedelta(seconds=1)
_NULL: Final = {"type": "null"}


class ArrayStyle(Enum):
    """How a list of names is written."""

    LISTS = "lists"
    """As a list."""
    JSON = "json"
    """As a text of JSON, as the public samples show: "[]" where there are none (P-E1)."""


class DurationStyle(Enum):
    """How a handling time is written."""

    SECONDS = "seconds"
    """Whole seconds, as a number."""
    CLOCK = "clock"
    """Hours, minutes and seconds: 1:05:30, hours beyond 24 too."""


class DecimalMark(Enum):
    """How a share is written."""

    POINT = "point"
    """As a number."""
    COMMA = "comma"
    """As a text with a comma, for spreadsheets that read one: 0,9843."""


class CellKind(Enum):
    """What kind of value a column holds."""

    TEXT = "text"
    ACTION = "action"
    NAMES = "names"
    INSTANT = "instant"
    """Wall time without an offset; a day where no more is released."""
    DURATION = "duration"
    SECONDS = "seconds"
    COUNT = "count"
    FLAG = "flag"
    SHARE = "share"


@attrs.frozen(kw_only=True)
class CellStyle:
    """The choices of an export; `time_zone` is that of wall times."""

    time_zone: tzinfo
    arrays: ArrayStyle = attrs.field(validator=choice_of(ArrayStyle))
    durations: DurationStyle = attrs.field(validator=choice_of(DurationStyle))
    decimals: DecimalMark = attrs.field(validator=choice_of(DecimalMark))


def write_cell(kind: CellKind, value: Any, style: CellStyle) -> Any:
    """Return a value as it stands in an export."""
    return None if value is None else _WRITERS[kind](value, style)


def read_cell(kind: CellKind, cell: Any) -> Any:
    """Return the value of a cell, whatever style it is in; raise ValueError for what is none."""
    if cell is None or (isinstance(cell, str) and not cell):
        return None
    try:
        return _READERS[kind](cell)
    except (TypeError, ArithmeticError):
        raise ValueError(kind) from None


def cell_schema(
    kind: CellKind, *, arrays: ArrayStyle, durations: DurationStyle, decimals: DecimalMark
) -> dict[str, Any]:
    """Return the JSON Schema of a cell that may be None."""
    written = dict(_SCHEMAS[kind])
    if kind is CellKind.NAMES and arrays is ArrayStyle.JSON:
        written = {"type": "string", "pattern": r"^\[.*\]$", "contentMediaType": "application/json"}
    if kind is CellKind.DURATION and durations is DurationStyle.CLOCK:
        written = {"type": "string", "pattern": r"^[0-9]+:[0-5][0-9]:[0-5][0-9]$"}
    if kind is CellKind.SHARE and decimals is DecimalMark.COMMA:
        written = {"type": "string", "pattern": r"^[01](,[0-9]+)?(e-[0-9]+)?$"}
    return {"anyOf": [written, _NULL]}


# What stands before a formula may itself be an apostrophe: then one more goes before it.
_RUN: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001  # spreadsheets run wide signs too


def _guarded(text: str, _: CellStyle) -> str:
    return f"'{text}" if _RUN.match(text) else text


def _unguarded(cell: Any) -> str:
    text = _text(cell)
    return text[1:] if text.startswith("'") and _RUN.match(text) else text


def _text(cell: Any) -> str:
    if not isinstance(cell, str):
        raise TypeError
    return cell


def _written_names(names: tuple[str, ...], style: CellStyle) -> Any:
    return list(names) if style.arrays is ArrayStyle.LISTS else json.dumps(list(names))


def _read_names(cell: Any) -> tuple[str, ...]:
    names: Any = json.loads(cell) if isinstance(cell, str) else cell
    if not _is_list(names):
        raise TypeError
    return tuple(map(_text, names))


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _written_instant(at: date, style: CellStyle) -> str:
    if not isinstance(at, datetime):
        return at.isoformat()
    return wall_time(at, style).isoformat(" ", "seconds")


def wall_time(at: datetime, style: CellStyle) -> datetime:
    """Return the wall time of an instant in the zone of an export, without the zone."""
    try:
        return at.astimezone(style.time_zone).replace(tzinfo=None)
    except OverflowError:
        raise RangeError(
            "an instant must have a wall time in the zone of the release: found one at the end of "
            "what a datetime can hold. Leave far ends out where they enter.",
            field="time_zone",
        ) from None


_DAY_LENGTH: Final = len("2026-03-02")


def _read_instant(cell: Any) -> date:
    text = _text(cell)
    return date.fromisoformat(text) if len(text) == _DAY_LENGTH else datetime.fromisoformat(text)


def _written_seconds(time: timedelta, _: CellStyle) -> int:
    return time // _SECOND


def _written_duration(time: timedelta, style: CellStyle) -> Any:
    seconds = time // _SECOND
    if style.durations is DurationStyle.SECONDS:
        return seconds
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _read_duration(cell: Any) -> timedelta:
    if isinstance(cell, str) and ":" in cell:
        hours, minutes, seconds = map(int, cell.split(":"))
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timedelta(seconds=_read_count(cell))


def _written_count(count: int, _: CellStyle) -> int:
    return int(count)


def _read_count(cell: Any) -> int:
    if isinstance(cell, bool | float):
        raise TypeError
    return int(cell)


def _read_flag(cell: Any) -> bool:
    return {0: False, 1: True}[_read_count(cell)]


def _written_share(share: float, style: CellStyle) -> Any:
    return share if style.decimals is DecimalMark.POINT else repr(share).replace(".", ",")


def _read_share(cell: Any) -> float:
    return float(cell.replace(",", ".") if isinstance(cell, str) else cell)


def _written_action(action: Action, _: CellStyle) -> str:
    return action.value


_WRITERS: Final[dict[CellKind, Callable[[Any, CellStyle], Any]]] = {
    CellKind.TEXT: _guarded,
    CellKind.ACTION: _written_action,
    CellKind.NAMES: _written_names,
    CellKind.INSTANT: _written_instant,
    CellKind.DURATION: _written_duration,
    CellKind.SECONDS: _written_seconds,
    CellKind.COUNT: _written_count,
    CellKind.FLAG: _written_count,
    CellKind.SHARE: _written_share,
}
_READERS: Final[dict[CellKind, Callable[[Any], Any]]] = {
    CellKind.TEXT: _unguarded,
    CellKind.ACTION: Action.parse,
    CellKind.NAMES: _read_names,
    CellKind.INSTANT: _read_instant,
    CellKind.DURATION: _read_duration,
    CellKind.SECONDS: _read_duration,
    CellKind.COUNT: _read_count,
    CellKind.FLAG: _read_flag,
    CellKind.SHARE: _read_share,
}
_SCHEMAS: Final[dict[CellKind, dict[str, Any]]] = {
    CellKind.TEXT: {"type": "string", "minLength": 1},
    CellKind.ACTION: {"enum": [action.value for action in Action]},
    CellKind.NAMES: {"type": "array", "items": {"type": "string"}},
    CellKind.INSTANT: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$"},
    CellKind.DURATION: {"type": "integer", "minimum": 0},
    CellKind.SECONDS: {"type": "integer"},
    CellKind.COUNT: {"type": "integer", "minimum": 0},
    CellKind.FLAG: {"enum": [0, 1]},
    CellKind.SHARE: {"type": "number", "minimum": 0, "maximum": 1},
}
