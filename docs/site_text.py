"""What those pages of the site say that are made of the code: reference, examples, README.

Nothing here needs MkDocs, so that tests can ask for the pages, too.
"""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "worklog_core"
# The library that runs: of this checkout, or installed from what was built of it. It is found and
# not imported, for who builds the site need not have what the library needs.
FOUND = find_spec(PACKAGE)
SOURCE = Path(FOUND.origin).parent if FOUND and FOUND.origin else ROOT / "src" / PACKAGE
# Rooms that the front door does not hand on.
BESIDE = ("columnar", "charts", "testing.strategies", "testing.laws", "testing.conformance")
VECTORS = SOURCE / "testing" / "vectors" / "README.md"

REFERENCE = """\
Every public name, by its room. Names are imported from the front door, as in
`from worklog_core import History`. Those of `columnar`, `charts` and `testing` are asked for by
their room: `from worklog_core import charts`, `from worklog_core.testing import laws`."""


def page_of(path: str) -> str:
    """Return the page that is made of a file of the repository."""
    return str(Path(path.lower()).with_suffix(".md"))


def generated_pages() -> dict[str, str]:
    """Return the generated pages by their place."""
    pages = {
        page_of(name): read(name)
        for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
    }
    pages["src/worklog_core/testing/vectors/readme.md"] = read(VECTORS)
    for script in sorted([*ROOT.glob("examples/*.py"), *ROOT.glob("benchmarks/*.py")]):
        name = script.relative_to(ROOT).as_posix()
        pages[page_of(name)] = f"# {name}\n\n```python\n{read(name)}```\n"
    for path in sorted(ROOT.glob("docs/notebooks/*.ipynb")):
        page = path.relative_to(ROOT / "docs").with_suffix(".md").as_posix()
        pages[page] = notebook_page(json.loads(path.read_text(encoding="utf-8")))
        # The page stands in a folder of its own; the notebook lies beside that folder.
        pages[page] += f'\n<a href="../{path.name}" download>This page as a notebook</a>\n'
    rooms = public_rooms()
    for room, names in rooms.items():
        pages[f"reference/{room}.md"] = reference_page(room, names)
    listed = "\n".join(listed_room(room, names) for room, names in rooms.items())
    pages["reference/index.md"] = f"# Reference\n\n{REFERENCE}\n\n{listed}"
    return pages


def read(name: str | Path) -> str:
    """Return the text of a file of the repository; links of the README are made relative to it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if str(name).endswith(".md"):
        text = text.replace("](docs/", "](").replace("](examples/", "](../examples/")
        text = text.replace("](benchmarks/", "](../benchmarks/")
        text = re.sub(r"\]\((CHANGELOG|CONTRIBUTING|SECURITY|README)\.md", _lowered, text)
        text = text.replace("[the licence](LICENSE)", "the licence")
    return text


def notebook_page(notebook: dict[str, Any]) -> str:
    """Return a notebook as a page, its output and pictures included."""
    parts: list[str] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            text = "".join(output.get("text", data.get("text/plain", "")))
            if "image/png" in data:
                picture = "".join(data["image/png"]).replace("\n", "")
                parts.append(f"![the output of the cell above](data:image/png;base64,{picture})")
            elif text:
                parts.append(f"```text\n{text.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def _lowered(link: re.Match[str]) -> str:
    return f"]({link[1].lower()}.md"


def public_rooms() -> dict[str, list[str]]:
    """Return the names that are handed on, by their room: the front door's, then those beside."""
    rooms: dict[str, list[str]] = {}
    stub = ast.parse((SOURCE / "__init__.pyi").read_text(encoding="utf-8"))
    for node in stub.body:
        if isinstance(node, ast.ImportFrom) and node.module not in {None, PACKAGE}:
            room = str(node.module).removeprefix(f"{PACKAGE}.")
            rooms.setdefault(room, []).extend(alias.name for alias in node.names)
    rooms.pop("_version")
    for room in BESIDE:
        rooms[room] = handed_on(syntax_of(f"{PACKAGE}.{room}"))
    return {room: sorted(names, key=str.casefold) for room, names in rooms.items()}


def handed_on(tree: ast.Module) -> list[str]:
    """Return what a module names in its `__all__`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def listed_room(room: str, names: list[str]) -> str:
    """Return a room's names as a list, each with the first sentence that it says of itself."""
    lines = [f"## [{PACKAGE}.{room}]({room}.md)\n"]
    for name in names:
        said = first_line(f"{PACKAGE}.{room}", name)
        lines.append(
            f"- [`{name}`]({room}.md#{PACKAGE}.{room}.{name})" + (f": {said}" if said else "")
        )
    return "\n".join([*lines, "\n"])


def first_line(room: str, name: str) -> str:
    """Return the first line of a name's docstring; nothing where it has none."""
    module = definition_of(room, name)
    body = syntax_of(module).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        match node:
            case ast.ClassDef() | ast.FunctionDef() if node.name == name:
                return (ast.get_docstring(node) or "").partition("\n")[0]
            case (
                ast.Assign(targets=[ast.Name(id=target)])
                | ast.AnnAssign(target=ast.Name(id=target))
            ) if target == name and isinstance(following, ast.Expr):
                return str(ast.literal_eval(following.value)).partition("\n")[0]
    beside = SOURCE.joinpath(*room.split(".")[1:], f"{name}.py")
    if not beside.exists():
        return ""
    return (ast.get_docstring(ast.parse(beside.read_text(encoding="utf-8"))) or "").partition("\n")[
        0
    ]


def reference_page(room: str, names: list[str]) -> str:
    """Return the page of a room: what it says of itself, then every name."""
    entries = "\n\n".join(entry(f"{PACKAGE}.{room}", name) for name in names)
    return f"# {PACKAGE}.{room}\n\n{entries}\n"


def entry(room: str, name: str) -> str:
    """Return the entry of a name; one that its module bears too is asked for where it is made."""
    made_in = definition_of(room, name)
    if not made_in.endswith(f".{name}"):
        return f"::: {room}.{name}"
    heading = f"    options:\n      heading: {room}.{name}\n      toc_label: {name}"
    return f"[](){{#{room}.{name}}}\n::: {made_in}.{name}\n{heading}"


def definition_of(module: str, name: str) -> str:
    """Return the module that a name is made in, along the imports that hand it on."""
    for node in syntax_of(module).body:
        if isinstance(node, ast.ImportFrom) and node.module not in {None, module}:
            for alias in node.names:
                if name in {alias.asname, alias.name}:
                    return definition_of(str(node.module), alias.name)
    return module


@cache
def syntax_of(module: str) -> ast.Module:
    """Return the syntax tree of a module or of a package's `__init__`."""
    place = SOURCE.joinpath(*module.split(".")[1:])
    source = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return ast.parse(source.read_text(encoding="utf-8"))


def pages_of_section(title: str) -> list[str]:
    """Return the generated pages that belong to a section of the navigation."""
    folder = {"Examples": "examples/", "Benchmarks": "benchmarks/", "Reference": "reference/"}
    return sorted(
        page
        for page in generated_pages()
        if title in folder and page.startswith(folder[title]) and page != "reference/index.md"
    )


def names_without_entry(site: Path) -> Iterator[str]:
    """Yield the public names that the pages of a built site have no entry for."""
    for room, names in public_rooms().items():
        page = site / "reference" / room / "index.html"
        html = page.read_text(encoding="utf-8") if page.exists() else ""
        for name in names:
            if f'id="{PACKAGE}.{room}.{name}"' not in html:
                yield f"{PACKAGE}.{room}.{name}"
