"""The examples of the docstrings, run outside of a test runner.

An example is a block of a docstring, compiled beforehand. Whatever it makes can be watched, so that
tests can ask of every public value what should hold of each.
"""

import doctest
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from io import StringIO
from pkgutil import walk_packages
from types import CodeType, ModuleType
from typing import Any

import attrs

import worklog_core

# Laws search, vectors are files, and columns and charts stand on libraries that do as they please.
LEFT_OUT = ("testing", "columnar", "charts")


@attrs.frozen
class Example:
    """A docstring's examples in their order, and whether each is to raise."""

    name: str
    steps: tuple[tuple[CodeType, bool], ...]
    source: str

    def run(self) -> dict[str, Any]:
        """Run all steps; return what they named."""
        names: dict[str, Any] = {"__name__": "an_example"}
        before, sys.displayhook = sys.displayhook, repr
        try:
            with redirect_stdout(StringIO()):
                for code, raises in self.steps:
                    try:
                        exec(code, names)  # noqa: S102  # examples are what stands in the source
                    except Exception:
                        if not raises:
                            raise
        finally:
            sys.displayhook = before
        return names


def modules() -> Iterator[ModuleType]:
    """Yield every room of the library but those left out, imported."""
    yield worklog_core
    for found in walk_packages(worklog_core.__path__, "worklog_core."):
        if not found.name.removeprefix("worklog_core.").startswith(LEFT_OUT):
            yield import_module(found.name)


def examples() -> list[Example]:
    """Return the examples of every docstring."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for module in modules() for test in finder.find(module) if test.examples]
    return [
        Example(
            test.name,
            tuple(
                (compile(step.source, test.name, "single"), step.exc_msg is not None)
                for step in test.examples
            ),
            "".join(step.source for step in test.examples),
        )
        for test in found
    ]


@contextmanager
def watching(kinds: Iterable[type[Any]]) -> Generator[dict[type[Any], Any]]:
    """Keep the latest value of each kind that is made meanwhile, unless making it fails."""
    made: dict[type[Any], Any] = {}
    before = {kind: kind.__init__ for kind in kinds}

    def watched(init: Callable[..., None]) -> Callable[..., None]:
        def keep(self: Any, *arguments: Any, **more: Any) -> None:
            init(self, *arguments, **more)
            made[type(self)] = self

        return keep

    try:
        for kind, init in before.items():
            type.__setattr__(kind, "__init__", watched(init))
        yield made
    finally:
        for kind, init in before.items():
            type.__setattr__(kind, "__init__", init)
