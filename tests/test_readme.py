"""The README and the pages of the docs: what they show runs, and prints what they say.

A `python` block runs after those before it on its page, and the `text` block right behind it is
what it prints. A `text` block that names an example (`text examples/one_day.py`) quotes its output.
Links lead to files that are there; one into the source leads to where the library is.
"""

import os
import re
import runpy
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

import worklog_core

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path(worklog_core.__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]

FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)(?P<target>[^)#\s]+)[^)]*\)")
MADE_WITH_THE_SITE = {
    (ROOT / "docs" / page).resolve()
    for page in runpy.run_path(str(ROOT / "docs" / "site_text.py"))["generated_pages"]()
}
NEXT_BLOCK = "=== the next block ===\n"

ON_A_CLONE = [
    "-e . && .venv/bin/python examples/one_day.py",
    "-e '.[dev]' && .venv/bin/python -m pytest",
]


class Block(NamedTuple):
    """A fenced block of a page: what stands behind its fence, and what stands in it."""

    info: str
    body: str


def blocks_of(page: Path) -> list[Block]:
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(block["info"].strip(), block["body"]) for block in found]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def run(*arguments: object, within: Path) -> str:
    """Run this Python, with warnings as errors, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *map(str, arguments)],
        cwd=within,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def quotes_of(example: str) -> list[str]:
    """Return what the pages quote of the output of an example."""
    return [
        block.body for page in PAGES for block in blocks_of(page) if block.info == f"text {example}"
    ]


def test_the_first_two_blocks_of_the_readme_run_the_main_job_and_the_tests() -> None:
    first_two = blocks_of(README)[:2]
    assert [block.info for block in first_two] == ["sh", "sh"]
    for block, end in zip(first_two, ON_A_CLONE, strict=True):
        assert block.body == f"python3 -m venv .venv && .venv/bin/pip install -q {end}\n"
        assert len(block.body.splitlines()) <= 2


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_shows_runs_and_prints_what_it_says(page: Path, tmp_path: Path) -> None:
    said: list[str] = []
    script = tmp_path / "page.py"
    blocks = blocks_of(page)
    code = []
    for block, following in pairwise([*blocks, Block("", "")]):
        if block.info == "python":
            code.append(f"{block.body}\nprint({NEXT_BLOCK!r}, end='')\n")
            said.append(following.body if following.info == "text" else "")
    script.write_text("\n".join(code), encoding="utf-8")
    printed = run(script, within=tmp_path).split(NEXT_BLOCK)
    assert printed == [*said, ""]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_text_says_where_it_comes_from(page: Path) -> None:
    blocks = [Block("", ""), *blocks_of(page)]
    for before, block in pairwise(blocks):
        if block.info == "text":
            assert before.info == "python", block.body
        elif block.info.startswith("text "):
            assert (ROOT / block.info.removeprefix("text ")).is_file()


def test_what_is_quoted_of_the_day_is_what_it_prints(tmp_path: Path) -> None:
    output = run(ROOT / "examples" / "one_day.py", within=tmp_path)
    quotes = quotes_of("examples/one_day.py")
    assert quotes
    for quote in quotes:
        assert quote in output


def test_what_is_quoted_of_the_log_is_what_it_prints(tmp_path: Path, shared: Path) -> None:
    log = shared / "data" / "helpdesk_log.csv.gz"
    output = run(ROOT / "examples" / "helpdesk_log.py", log, within=tmp_path)
    quotes = quotes_of("examples/helpdesk_log.py")
    assert quotes
    for quote in quotes:
        assert quote in output


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        target = (page.parent / link["target"]).resolve()
        if target.is_relative_to(ROOT / "src"):
            target = SOURCE / target.relative_to(ROOT / "src")
        assert target.exists() or target in MADE_WITH_THE_SITE, link["target"]
