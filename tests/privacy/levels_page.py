"""The table of levels on the page about privacy, made of the tables of the code.

    PYTHONPATH=src:tests python -m privacy.levels_page

writes the page anew.
"""

from pathlib import Path

from worklog_core.privacy.levels import Form, Treatment
from worklog_core.privacy.subjects import ReleasedField
from worklog_core.privacy.worklog_fields import WORKLOG_ROWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "privacy.md"
START, END = "<!-- the table of levels -->\n", "<!-- end of the table -->\n"


def table() -> str:
    """Return the table; fields that are treated alike share a line."""
    alike: dict[tuple[str, ...], list[ReleasedField]] = {}
    for field in WORKLOG_ROWS.fields:
        cells = tuple(told(field.treatments.of(form)) for form in Form)
        alike.setdefault(cells, []).append(field)
    lines = [
        "| field | " + " | ".join(form.value for form in Form) + " |",
        "|---" * (1 + len(Form)) + "|",
    ]
    for cells, fields in alike.items():
        names = ", ".join(f"`{field.name}`" for field in fields)
        lines.append(f"| {names} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def told(treatment: Treatment) -> str:
    return treatment.value


def page_with(rows: str) -> str:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{rows}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(table()), encoding="utf-8")
