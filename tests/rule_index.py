"""The table of domain rules and the tests that hold them, read off the markers of the tests.

    python tests/rule_index.py                            writes docs/reference/rules.md
    python tests/rule_index.py --missing ../shared/rules  names the rules that no test holds yet

Markers are read from the syntax tree, so that no test need be imported: a rule is named by literal
strings in `@pytest.mark.rule("E-08", "E-09")`, on a function, a class, one set of parameters or, as
`pytestmark`, on a whole file.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "reference" / "rules.md"

RULE_ID = re.compile(r"\b(?P<kind>(?:E|D|G|K|R|AMB)-|P-[EKR])(?P<number>\d+)(?P<part>[a-z]?)\b")
KINDS = ("E-", "D-", "G-", "K-", "R-", "P-E", "P-K", "P-R", "AMB-")
HELD_BY_A_TEST = ("E-", "D-", "G-", "K-", "R-", "AMB-")

HEAD = """\
# Rules and the tests that hold them

Every domain rule by its id, with the tests that are marked with it and fail when it is broken.
This page is generated: `python tests/rule_index.py` writes it.

| rule | tests |
|---|---|
"""


def place_of(rule: str) -> tuple[int, int, str]:
    """Return where a rule stands in the table: by kind, number and part."""
    found = RULE_ID.fullmatch(rule)
    if found is None:
        message = f"{rule} is no id of a rule"
        raise ValueError(message)
    return KINDS.index(found["kind"]), int(found["number"]), found["part"]


def rules_named_in(text: str) -> set[str]:
    return {found[0] for found in RULE_ID.finditer(text)}


def markers_of(source: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, test) for every marker in the source of one file of tests."""
    tree = ast.parse(source)
    yield from _markers_within(tree.body, "", set())


def _markers_within(
    body: list[ast.stmt], prefix: str, inherited: set[str]
) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            inherited = inherited | _rules_in(node.value)
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name[:4] in {"test", "Test"}:
            rules = inherited.union(*map(_rules_in, node.decorator_list))
            name = f"{prefix}{node.name}"
            if isinstance(node, ast.ClassDef):
                yield from _markers_within(node.body, f"{name}::", rules)
            else:
                yield from ((rule, name) for rule in rules)


def _rules_in(expression: ast.expr) -> set[str]:
    return {
        ast.literal_eval(argument)
        for node in ast.walk(expression)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule"
        for argument in node.args
    }


def tests_by_rule(tests: Path) -> dict[str, list[str]]:
    """Return the tests of a folder by the rule they hold, rules and tests in order."""
    found: dict[str, set[str]] = {}
    for path in tests.rglob("test_*.py"):
        name = path.relative_to(tests).as_posix()
        for rule, test in markers_of(path.read_text(encoding="utf-8")):
            found.setdefault(rule, set()).add(f"{name}::{test}")
    return {rule: sorted(found[rule]) for rule in sorted(found, key=place_of)}


def table_of(tests: dict[str, list[str]]) -> str:
    rows = (
        f"| {rule} | {'<br>'.join(f'`{name}`' for name in names)} |\n"
        for rule, names in tests.items()
    )
    return HEAD + "".join(rows)


def rules_of(folder: Path) -> set[str]:
    """Return the id of every rule that a folder of rules names."""
    return set().union(
        *(rules_named_in(path.read_text(encoding="utf-8")) for path in folder.glob("*.md"))
    )


def missing(folder: Path, tests: dict[str, list[str]]) -> list[str]:
    """Return the rules of a folder that a test should hold and none does."""
    wanted = {rule for rule in rules_of(folder) if KINDS[place_of(rule)[0]] in HELD_BY_A_TEST}
    return sorted(wanted - tests.keys(), key=place_of)


def main(arguments: list[str]) -> None:
    found = tests_by_rule(ROOT / "tests")
    if arguments[:1] == ["--missing"]:
        sys.stdout.write("\n".join([*missing(Path(arguments[1]), found), ""]))
    else:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(table_of(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
