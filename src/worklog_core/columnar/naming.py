"""Which column of a frame stands for which field of an event.

Three rules hold in this module:
1. A field has the column that *columns* names for it, for that one frame or for all; where the
   frame has no such column, the one that is named like the field.
2. What *columns* names is there: a field that no event has, and a column that no frame has, are
   refused, for a slip would otherwise read as a column that is absent.
3. A field without a default must have a column.
"""

from collections.abc import Mapping
from typing import Any, cast

import attrs

from worklog_core.columnar.frames import Frame
from worklog_core.errors import WorklogError, describe
from worklog_core.events.kinds import KINDS

__all__ = ["columns_of"]

Named = dict[str, str]


def columns_of(frames: Mapping[str, Frame | None], columns: Any) -> dict[str, Named]:
    """Return the column of each field that has one, by argument and field.

    Raises WorklogError for names that do not fit the frames.
    """
    fields = {argument: attrs.fields_dict(KINDS[argument]) for argument in frames}
    common, own = _split(columns, fields)
    found: dict[str, Named] = {}
    for argument, frame in frames.items():
        found[argument] = {}
        if frame is not None:
            names = common | own.get(argument, {})
            present = list(frame.data.columns)
            for field, attribute in fields[argument].items():
                column = next((c for c in (names.get(field), field) if c in present), None)
                if column is not None:
                    found[argument][field] = column
                elif attribute.default is attrs.NOTHING:
                    raise _absent(f"{KINDS[argument].__name__}.{field}", field, present)
    _check_used(common, own, found)
    return found


def _split(columns: Any, fields: Mapping[str, Mapping[str, Any]]) -> tuple[Named, dict[str, Named]]:
    """Return the names for all frames, and those for one."""
    given: Mapping[Any, Any] = columns
    if not isinstance(columns, Mapping):
        raise WorklogError(
            f"columns must map fields to columns: found {describe(columns)}. "
            "Pass a dict such as {'user_id': 'agent'}.",
            field="columns",
            value=columns,
        )
    known = {field for one in fields.values() for field in one}
    common: Named = {}
    own: dict[str, Named] = {}
    for name, value in given.items():
        if name in fields and isinstance(value, Mapping):
            own[name] = dict(cast("Mapping[str, str]", value))
            unknown = [field for field in own[name] if field not in fields[name]]
        else:
            common[name] = value
            unknown = [] if name in known else [name]
        if unknown:
            raise WorklogError(
                f"columns must map fields of events to columns: found {describe(unknown[0])}. "
                f"The fields are {', '.join(sorted(known))}.",
                field="columns",
                value=unknown[0],
            )
    return common, own


def _check_used(
    common: Named, own: Mapping[str, Named], found: Mapping[str, Mapping[str, str]]
) -> None:
    wanted = [
        (f"{name}.{f}", c, [found[name].get(f)]) for name in own for f, c in own[name].items()
    ]
    wanted += [(f, c, [one.get(f) for one in found.values()]) for f, c in common.items()]
    for field, column, used in wanted:
        if not isinstance(column, str):
            raise WorklogError(
                f"columns must name columns by texts: found {describe(column)} for {field}. "
                "Rename the column first, or leave the field out.",
                field="columns",
                value=column,
            )
        if column not in used:
            raise WorklogError(
                f"columns must name columns that are there: found {describe(column)} for {field}, "
                "which no frame has. Correct the name, or leave it out.",
                field="columns",
                value=column,
            )


def _absent(place: str, field: str, present: list[str]) -> WorklogError:
    return WorklogError(
        f"{place} must be a column: found {', '.join(map(str, present)) or 'none'}. "
        f"Name yours with columns={{{field!r}: ...}}.",
        field=place,
    )
