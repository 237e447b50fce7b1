"""The public interface as text: every name that is handed on, with what it takes.

    python tests/api_snapshot.py            writes tests/api_snapshot.txt
    python tests/api_snapshot.py --check    says whether it is what the code hands on

A change of this file is a change of the interface, and belongs into the changelog.
"""

import enum
import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs

import worklog_core

__all__ = ["SNAPSHOT", "lines"]

SNAPSHOT = Path(__file__).with_suffix(".txt")
BESIDE = (
    "worklog_core.charts",
    "worklog_core.columnar",
    "worklog_core.testing.conformance",
    "worklog_core.testing.laws",
    "worklog_core.testing.strategies",
)


def lines() -> Iterator[str]:
    """Yield the interface, a line each for a name, a parameter list, a member."""
    rooms = vars(worklog_core)["_ROOMS"]
    for room in sorted(rooms):
        yield from _room(room, rooms[room].split())
    for room in BESIDE:
        yield from _room(room, import_module(room).__all__)


def _room(room: str, names: list[str]) -> Iterator[str]:
    yield room
    for name in sorted(names):
        yield from _name(name, getattr(import_module(room), name))


def _name(name: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value) and issubclass(value, enum.Enum):
        yield f"    {name}: {', '.join(f'{m.name}={m.value!r}' for m in value)}"
    elif inspect.isclass(value):
        yield f"    {name}{_parameters(value)}"
        yield from _members(value)
    elif inspect.isroutine(value):
        yield f"    {name}{_parameters(value)}"
    else:
        yield f"    {name}: a {type(value).__name__}"


def _members(value: type) -> Iterator[str]:
    fields = {field.name for field in attrs.fields(value)} if attrs.has(value) else set()
    for name, member in sorted(inspect.getmembers_static(value)):
        if name.startswith("_") or name in fields or not _is_own(value, name):
            continue
        if isinstance(member, property):
            yield f"        {name}"
        elif inspect.isroutine(member) or isinstance(member, classmethod):
            yield f"        {name}{_parameters(getattr(value, name))}"
        elif type(member).__name__ == "cached_property":
            yield f"        {name}"


def _is_own(value: type, name: str) -> bool:
    return any(
        name in vars(base) and base.__module__.startswith("worklog_core") for base in value.__mro__
    )


def _parameters(value: Any) -> str:
    """Return the parameters by name and kind; a default shows that there is one."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "(...)"
    bare = [
        parameter.replace(
            annotation=inspect.Parameter.empty,
            default=parameter.empty if parameter.default is parameter.empty else _Default(),
        )
        for parameter in signature.parameters.values()
    ]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


class _Default:
    def __repr__(self) -> str:
        return "..."


def main() -> None:
    """Write the snapshot, or compare it."""
    text = "\n".join([*lines(), ""])
    if sys.argv[1:] != ["--check"]:
        SNAPSHOT.write_text(text, encoding="utf-8")
    elif text != SNAPSHOT.read_text(encoding="utf-8"):
        sys.exit("the interface is not what tests/api_snapshot.txt says")


if __name__ == "__main__":
    main()
