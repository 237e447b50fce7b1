"""What the reference shows beyond what Griffe reads in the source.

Griffe knows the `__init__` that somebody writes, and that of a dataclass. `AttrsSignatures` makes
the one that attrs or a named tuple makes: a parameter a field, without the underscore of a private
one. `Docstrings` has an example shown as code, and the rules that a module counts as a list.
`Strategies` knows what Hypothesis makes of a function that draws.
"""

import re
from typing import Any

from griffe import (
    Attribute,
    Class,
    Expr,
    ExprCall,
    ExprKeyword,
    Extension,
    Function,
    Object,
    Parameter,
    ParameterKind,
    Parameters,
)

__all__ = ["AttrsSignatures", "Docstrings", "Strategies"]

LONG = 1_000
CLASSES = {"attrs.frozen", "attrs.define", "typing.NamedTuple"}


class AttrsSignatures(Extension):
    """Gives each class that is made of its fields the `__init__` that it will have."""

    def on_class(self, *, cls: Class, **_: Any) -> None:
        """Add the `__init__`, where none is written."""
        makers = [*(d.value for d in cls.decorators), *cls.bases]
        made = next((maker for maker in makers if _path(maker) in CLASSES), None)
        if made is None or "__init__" in cls.members:
            return
        options = _keywords(made)
        if options.get("init") == "False":
            return
        fields = [m for m in cls.members.values() if isinstance(m, Attribute)]
        found = [_parameter(f, all_named="kw_only" in options) for f in fields if _is_field(f)]
        found.sort(key=lambda parameter: parameter.kind is ParameterKind.keyword_only)
        self_ = Parameter("self", kind=ParameterKind.positional_or_keyword)
        init = Function("__init__", parent=cls, parameters=Parameters(self_, *found))
        cls.set_member("__init__", init)


class Strategies(Extension):
    """Shows a composite strategy of Hypothesis as it is called, without its first parameter."""

    def on_function(self, *, func: Function, **_: Any) -> None:
        """Take the draw away, and say that what is drawn comes in a strategy."""
        if any(str(d.value).endswith("composite") for d in func.decorators):
            del func.parameters["draw"]
            func.returns = f"SearchStrategy[{func.returns}]"


class Docstrings(Extension):
    """Writes docstrings as Griffe and Markdown read them."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Name a section of examples as Griffe does, and begin a list with an empty line."""
        if obj.docstring is not None:
            named = re.sub(r"^Example:$", "Examples:", obj.docstring.value, flags=re.MULTILINE)
            obj.docstring.value = re.sub(r"(?<!\n)\n(?=1\. )", "\n\n", named)

    def on_attribute(self, *, attr: Attribute, **_: Any) -> None:
        """Leave out a value that is longer than what can be said of it."""
        if len(str(attr.value)) > LONG:
            attr.value = None


def _is_field(attribute: Attribute) -> bool:
    if attribute.annotation is None or "property" in attribute.labels:
        return False
    is_of_class = str(attribute.annotation).startswith("ClassVar")
    return not is_of_class and _keywords(attribute.value).get("init") != "False"


def _parameter(attribute: Attribute, *, all_named: bool) -> Parameter:
    options = _keywords(attribute.value)
    by_name = all_named or options.get("kw_only") == "True"
    is_told = _path(attribute.value) == "attrs.field"
    default: Any = options.get("default") if is_told else attribute.value
    # What is made anew for each value, or of the other fields, is no text that says much.
    if "factory" in options or str(default).startswith("attrs.Factory"):
        default = "..."
    return Parameter(
        attribute.name.lstrip("_"),
        annotation=attribute.annotation,
        kind=ParameterKind.keyword_only if by_name else ParameterKind.positional_or_keyword,
        default=default,
    )


def _path(value: Any) -> str:
    called = value.function if isinstance(value, ExprCall) else value
    return called.canonical_path if isinstance(called, Expr) else ""


def _keywords(value: Any) -> dict[str, Any]:
    """Return what a call is given by name, as text where it is a plain one."""
    if not isinstance(value, ExprCall):
        return {}
    return {given.name: given.value for given in value.arguments if isinstance(given, ExprKeyword)}
