"""The functions of a folder of the library, for tests that look at how they are called."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import FunctionType, ModuleType

__all__ = ["nameless_parameters"]


def nameless_parameters(package: ModuleType) -> list[str]:
    """List the parameters of a package's functions that cannot be given by name; no dunders."""
    return [
        f"{function.__module__}.{function.__qualname__}: {parameter.name}"
        for function in _functions(package)
        if not function.__name__.startswith("__")
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY
    ]


def _functions(package: ModuleType) -> Iterator[FunctionType]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            members = vars(value).values() if inspect.isclass(value) else [value]
            for member in members:
                plain = getattr(member, "__func__", member)
                if isinstance(plain, FunctionType) and plain.__module__ == module.__name__:
                    yield plain
