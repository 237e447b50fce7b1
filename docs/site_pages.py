"""The hooks of the site: MkDocs calls them while it builds, and `site_text` says what pages say.

Links that lead out of the folder of the docs, to the README, an example or a benchmark, are led to
the page made of it. A public name without an entry in the built reference ends the build.
"""

import re
from pathlib import Path
from typing import Any

import site_text
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

FENCE = re.compile(r"^```(\w+) [^\n`]+$", re.MULTILINE)
LINK = re.compile(
    r"\]\((?P<up>(?:\.\./)+)(?P<path>README\.md|CHANGELOG\.md|src/[\w/]+\.md|[\w/]+\.py)"
)


def on_config(config: Any) -> Any:
    """Put the generated pages into the sections of the navigation that are named after them."""
    for section in config["nav"]:
        for title, pages in section.items():
            if isinstance(pages, list):
                pages.extend(site_text.pages_of_section(title))
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the generated pages to those that stand in the folder."""
    for path, text in site_text.generated_pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead links out of the folder to the pages that are made of what they lead to."""
    up = "../" * (len(Path(page.file.src_uri).parts) - 1)
    # Behind the language a fence may say where its text comes from; that is for the tests.
    plain = FENCE.sub(r"```\1", markdown)
    led = LINK.sub(lambda link: f"]({up}{site_text.page_of(link['path'])}", plain)
    return re.sub(r"(\]\([\w/-]+)\.ipynb\)", r"\1.md)", led)


def on_post_build(config: Any) -> None:
    """End the build where a public name has no entry in the reference."""
    if missing := [*site_text.names_without_entry(Path(config["site_dir"]))]:
        message = f"the reference has no entry for {', '.join(missing)}: give each a docstring"
        raise PluginError(message)
