"""The site: every public name has an entry, every page a place, and every picture is at hand."""

import json
import re
import runpy
from importlib import import_module
from pathlib import Path
from typing import Any

import api_snapshot
import worklog_core

DOCS = Path(__file__).resolve().parents[1] / "docs"
SITE: dict[str, Any] = runpy.run_path(str(DOCS / "site_text.py"))
# An entry is headed by its name, or by what it is told to be headed by.
ENTRY = re.compile(r"^::: (\S+)(?:\n    options:\n      heading: (\S+))?", re.MULTILINE)


def test_every_public_name_has_an_entry_in_the_reference_and_nothing_else_has() -> None:
    pages = SITE["generated_pages"]()
    found = [entry for page in pages.values() for entry in ENTRY.finditer(page)]
    entries = [entry[2] or entry[1] for entry in found]
    rooms = {room: set(import_module(room).__all__) for room in api_snapshot.BESIDE}
    beside = {f"{room}.{name}" for room, names in rooms.items() for name in names}
    front_door = {name.rpartition(".")[2] for name in set(entries) - beside}
    assert len(entries) == len(set(entries))
    assert beside <= set(entries)
    assert front_door == set(vars(worklog_core)["__all__"]) - {"__version__"}


def test_a_name_that_its_module_bears_too_is_asked_for_where_it_is_made() -> None:
    made_in = "worklog_core.charts.day"
    assert SITE["definition_of"]("worklog_core.charts", "day") == made_in
    assert f"::: {made_in}.day\n" in SITE["generated_pages"]()["reference/charts.md"]
    assert SITE["entry"]("worklog_core.exports", "enneo") == "::: worklog_core.exports.enneo"


def test_the_list_of_names_says_of_each_what_it_is() -> None:
    listed = SITE["generated_pages"]()["reference/index.md"]
    lines = [line for line in listed.splitlines() if line.startswith("- ")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"- \[`\w+`\]\(\S+\): .+", line)] == []


def test_a_name_without_an_entry_is_found_in_the_built_pages(tmp_path: Path) -> None:
    for room, names in SITE["public_rooms"]().items():
        page = tmp_path / "reference" / room / "index.html"
        page.parent.mkdir(parents=True)
        shown = [name for name in names if name != "Interval"]
        anchors = (f'<h2 id="worklog_core.{room}.{name}"></h2>' for name in shown)
        page.write_text("".join(anchors), encoding="utf-8")
    found = [*SITE["names_without_entry"](tmp_path)]
    assert found == ["worklog_core.intervals.Interval"]


def test_every_page_has_a_place_in_the_navigation() -> None:
    nav = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    written = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    sections = ("Examples", "Reference", "Benchmarks")
    added = {page for title in sections for page in SITE["pages_of_section"](title)}
    listed = set(re.findall(r"^ +- (?:.*: )?(\S+\.md)$", nav, re.MULTILINE))
    assert written | SITE["generated_pages"]().keys() == added | listed


def test_notebooks_show_their_pictures_without_the_network() -> None:
    notebooks = sorted(DOCS.glob("notebooks/*.ipynb"))
    assert notebooks
    for path in notebooks:
        outputs = [
            output
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            for output in cell.get("outputs", ())
        ]
        assert any("image/png" in output.get("data", {}) for output in outputs), path.name
        for output in outputs:
            html = "".join(output.get("data", {}).get("text/html", ""))
            assert not re.search("<script|http", html), path.name


def test_the_glossary_is_in_order_and_names_what_there_is() -> None:
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    terms = [term.casefold() for term in re.findall(r"^\| \*\*(.+?)\*\*", glossary, re.MULTILINE)]
    assert terms == sorted(set(terms))
    names = SITE["public_rooms"]().values()
    public = {name for room in names for name in room}
    for brackets in re.findall(r"\((`[^)]+)\)", glossary):
        assert {name.split(".")[0] for name in re.findall(r"`(\w[\w.]*)`", brackets)} <= public
