"""Exports whose columns are data: a release of cases or messages as rows, and rows as values.

Two rules hold in this module:
1. Nothing but a `Release` is exported, and every row has all columns, in order.
2. Reading gives back what was written, in whole seconds and in the precision of the export; the
   errors of reading name column and row and never show a cell.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError
from worklog_core.exports.cells import CellKind, CellStyle, read_cell, write_cell
from worklog_core.privacy.release import Release

__all__ = ["CaseColumn", "column_of", "numbered", "read_rows", "require_release", "written_rows"]


@attrs.frozen
class CaseColumn:
    """A column: its name in the export, the field of a release that it shows, how both ways go.

    *field* is None where no event tells what the column holds: it is empty then. *write* gets a
    value that is not None, and the style; *read* a cell that is not empty.
    """

    name: str
    field: str | None
    rules: str
    write: Callable[[Any, CellStyle], Any]
    read: Callable[[Any], Any]


def column_of(kind: CellKind, name: str, field: str | None, rules: str) -> CaseColumn:
    """Return a column whose cells are written and read as those of a kind are."""
    return CaseColumn(
        name,
        field,
        rules,
        lambda value, style: write_cell(kind, value, style),
        lambda cell: read_cell(kind, cell),
    )


def written_rows(
    release: Release, kind: str, columns: Iterable[CaseColumn], style: CellStyle
) -> list[dict[str, Any]]:
    """Return the rows of a release of that kind."""
    in_order = list(columns)
    return [
        {column.name: _cell(column, row, style) for column in in_order}
        for row in require_release(release, kind).rows
    ]


def _cell(column: CaseColumn, row: Mapping[str, Any], style: CellStyle) -> Any:
    value = None if column.field is None else row.get(column.field)
    return None if value is None else column.write(value, style)


def require_release(release: Any, kind: str) -> Release:
    """Return a release of one kind; refuse everything else."""
    if not isinstance(release, Release) or release.kind != kind:
        raise WorklogError(
            f"release must be the Release of a {kind}: found {type(release).__name__}. "
            "Call release(result, policy) first.",
            field="release",
        )
    return release


def read_rows(
    rows: Iterable[Mapping[str, Any]], columns: Iterable[CaseColumn]
) -> list[dict[str, Any]]:
    """Return the values of exported rows by column; an empty cell is None."""
    known = {column.name: column for column in columns}
    return [
        {name: _read(known.get(name), name, cell, number) for name, cell in row.items()}
        for number, row in numbered(rows)
    ]


def numbered(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield exported rows, counted from 1; refuse what is no row, without showing it."""
    for number, row in enumerate(require_iterable("rows", rows, "mappings"), start=1):
        if not isinstance(row, Mapping):
            raise WorklogError(
                f"row {number} must be a mapping of columns to cells: found {type(row).__name__}. "
                "Read a CSV with csv.DictReader, a frame with .to_dict('records').",
                field="rows",
            )
        yield number, row


def _read(column: CaseColumn | None, name: str, cell: Any, number: int) -> Any:
    if column is None:
        raise WorklogError(
            f"row {number} must have columns of the export: found another. "
            "Take out the host's own before reading.",
            field="rows",
        )
    if cell is None or cell == "":
        return None
    failed = False
    value: Any = None
    try:
        value = column.read(cell)
    except (ArithmeticError, KeyError, TypeError, ValueError):
        failed = True
    # Raised out here, where no error hangs on that quotes the cell.
    if failed:
        raise WorklogError(
            f"rows must hold values of the export: found none in {name} of row {number}. "
            "Read exports as they were written.",
            field=name,
        )
    return value
