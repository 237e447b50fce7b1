"""Write the table of the nightly round into the docs, from the last line of each round.

    python .ci/nightly_table.py

A round that never ran says so. The table judges nothing: which commit a round is of, it names.
"""

import sys
from pathlib import Path

from nightly import RESULTS, ROOT, ROUNDS

PAGE = ROOT / "docs" / "explanation" / "how-it-is-tested.md"
BEGIN, END = "<!-- the nightly round begins -->\n", "<!-- the nightly round ends -->\n"
HEAD = "| round | last run | commit | outcome | duration |\n|---|---|---|---|---|\n"


def last_runs(results: Path) -> dict[str, list[str]]:
    """Return date, commit, outcome and duration of the last run of each round."""
    if not results.exists():
        return {}
    lines = results.read_text(encoding="utf-8").splitlines()
    return {name: told for name, *told in (line.split(" | ") for line in lines)}


def table(results: Path) -> str:
    """Return the table, a row for every round that there is."""
    found = last_runs(results)
    rows = [
        f"| `{name}`: {title} | {' | '.join(found.get(name, ['not run yet', '', '', '']))} |\n"
        for name, (title, _) in ROUNDS.items()
    ]
    return HEAD + "".join(rows)


def main() -> None:
    """Put the table between its marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{PAGE.name} must have the marks of the table: {BEGIN.strip()}, {END.strip()}")
    PAGE.write_text(f"{before}{BEGIN}\n{table(RESULTS)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
