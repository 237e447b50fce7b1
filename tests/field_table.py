"""The table of a row's fields, read off the metadata of `WorklogRow` and the reasons' docstrings.

    python tests/field_table.py    writes docs/reference/worklog-row.md

What a reason means is read from the syntax tree: a member of an enum has no docstring at run time.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import attrs

import worklog_core.undetermined
from worklog_core import Undetermined, WorklogRow

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "worklog-row.md"

HEAD = """\
# The fields of a row

In which unit each field of a `WorklogRow` is, by which [rules](rules.md), and why it may be None.
`help(worklog_core.WorklogRow)` says what they hold. Durations are exact to the microsecond (us). A
value that cannot be determined is None and never 0, and `row.reasons` says why under the field's
name. This page is generated: `python tests/field_table.py` writes it.

| field | unit | rules | None where |
|---|---|---|---|
"""
REASONS = """
## Why a value is None

| reason | what it says |
|---|---|
"""


def field_lines() -> Iterator[str]:
    """Yield a line of the table for each field of a row, in the order of the row."""
    for field in attrs.fields(WorklogRow):
        told = field.metadata
        reasons = ", ".join(f"`{reason.value}`" for reason in told["reasons"]) or "never"
        yield f"| `{field.name}` | {told['unit']} | {told['rules']} | {reasons} |\n"


def reasons_in_use() -> list[Undetermined]:
    """Return the reasons that a field of a row may have, in their own order."""
    used = {why for field in attrs.fields(WorklogRow) for why in field.metadata["reasons"]}
    return [reason for reason in Undetermined if reason in used]


def meanings(source: str) -> dict[str, str]:
    """Return what stands under each member of the first class of a module, by its name."""
    [of_class, *_] = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    found: dict[str, str] = {}
    for before, node in zip(of_class.body, of_class.body[1:], strict=False):
        if isinstance(node, ast.Expr) and isinstance(before, ast.Assign):
            text = str(ast.literal_eval(node.value))
            found[ast.unparse(before.targets[0])] = " ".join(text.split())
    return found


def page() -> str:
    """Return the whole page."""
    source = Path(str(worklog_core.undetermined.__file__)).read_text(encoding="utf-8")
    said = meanings(source)
    reasons = (f"| `{why.value}` | {said[why.name]} |\n" for why in reasons_in_use())
    return HEAD + "".join(field_lines()) + REASONS + "".join(reasons)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
