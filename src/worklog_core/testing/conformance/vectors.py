"""The vectors: questions with their exact answers, for an implementation in any language.

They ship as JSON beside this module, with a schema and a README, and are the only files that the
package reads, when they are asked for and never on import. Every call reads them anew, so what one
caller does to them another never sees.
"""

import json
from enum import Enum
from importlib.resources import files
from typing import Any, Final, cast

import attrs

from worklog_core.errors import WorklogError, describe

__all__ = ["FOLDER", "Operation", "Vector", "vectors"]

FOLDER: Final = "vectors"
"""Where the files stand, below `worklog_core.testing`."""


class Operation(Enum):
    """What an implementation can be asked for; the values are the names of the files.

    Example:
        >>> from worklog_core.testing.conformance import Operation
        >>> Operation("division")
        <Operation.DIVISION: 'division'>
    """

    WORKING_TIME = "working_time"
    ADVANCE = "advance"
    DIVISION = "division"
    WORKLOG = "worklog"
    SIMILARITY = "similarity"
    PSEUDONYMS = "pseudonyms"


@attrs.frozen(kw_only=True, unsafe_hash=False)
class Vector:
    """One question and its answer, both as JSON has them.

    `rules` are the ids of the domain rules that it shows. Instants are text in UTC with six digits
    of a second, `2026-03-02T09:00:00.000000Z`; durations are whole microseconds. For
    `Operation.PSEUDONYMS` the answer names properties, for the names are the implementation's own.
    """

    operation: Operation
    id: str
    title: str
    rules: tuple[str, ...]
    given: dict[str, Any]
    expected: Any


def vectors(operation: Operation | None = None) -> tuple[Vector, ...]:
    """Return the vectors of one operation, or of all.

    Raises WorklogError for what is no `Operation`, its name included.

    Example:
        >>> from worklog_core.testing.conformance import Operation, vectors
        >>> vectors(Operation.DIVISION)[0].title
        'four tickets open for twenty minutes are five minutes each'
    """
    if operation is not None and not isinstance(cast("object", operation), Operation):
        raise WorklogError(
            f"operation must be an Operation or None: found {describe(operation)}. "
            "Choose one, as Operation.DIVISION.",
            field="operation",
            value=operation,
        )
    asked = Operation if operation is None else (operation,)
    return tuple(vector for each in asked for vector in _read(each))


def _read(operation: Operation) -> list[Vector]:
    file = files("worklog_core.testing").joinpath(FOLDER, f"{operation.value}.json")
    written: dict[str, Any] = json.loads(file.read_bytes())
    return [
        Vector(
            operation=operation,
            id=each["id"],
            title=each["title"],
            rules=tuple(each["rules"]),
            given=each["given"],
            expected=each["expected"],
        )
        for each in written["vectors"]
    ]
