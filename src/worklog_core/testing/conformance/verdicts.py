"""Whether an implementation conforms: every vector asked, every difference told.

An implementation is a function for each operation, from what is given to the answer, both as JSON
has them; a bridge to SQL or to another language is such a function. Answers are compared as JSON,
exactly: 5 is neither 5.0 nor true, and the order of a list counts.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, cast

import attrs

from worklog_core.errors import WorklogError, describe
from worklog_core.testing.conformance.pseudonyms import properties_that_hold
from worklog_core.testing.conformance.vectors import Operation, Vector, vectors

__all__ = ["Conformance", "Failure", "Implementation", "run"]

Implementation = Mapping[Operation, Callable[[dict[str, Any]], Any]]
"""What is to be proved: a function for each operation that it claims."""


@attrs.frozen(unsafe_hash=False)
class Failure:
    """A vector that an implementation answers otherwise; `found` is its answer, or its error."""

    vector: Vector
    found: Any

    def __str__(self) -> str:
        return (
            f"{self.vector.id} ({self.vector.title}): "
            f"expected {_written(self.vector.expected)}, found {_written(self.found)}"
        )


@attrs.frozen(unsafe_hash=False)
class Conformance:
    """The outcome: how many vectors were answered as expected, which were not, what was not tried.

    `is_conformant` is true where something was tried and nothing failed; what was not claimed is in
    `untried` and counts neither way.
    """

    passed: int
    failures: tuple[Failure, ...]
    untried: tuple[Operation, ...]

    @property
    def is_conformant(self) -> bool:
        """Whether something was tried and nothing failed."""
        return self.passed > 0 and not self.failures

    def __str__(self) -> str:
        tried = self.passed + len(self.failures)
        told = [f"{self.passed} of {tried} vectors answered as expected", *map(str, self.failures)]
        if self.untried:
            told.append(f"not tried: {', '.join(each.value for each in self.untried)}")
        return "\n".join(told)


def run(implementation: Implementation) -> Conformance:
    """Ask an implementation about every vector of the operations that it claims.

    An error that it raises is its answer to that vector, and the next one is asked. For
    `Operation.PSEUDONYMS` the function is asked several times, and what it holds is compared.

    Raises WorklogError for what is no mapping of operations to functions.

    Example:
        >>> from worklog_core import text_similarity
        >>> from worklog_core.testing import conformance
        >>> from worklog_core.testing.conformance import Operation
        >>> def similarity(given):
        ...     found = text_similarity(given["recommended"], given["sent"])
        ...     reason = found.reason and found.reason.value
        ...     return {"distance": found.distance, "length": found.length, "reason": reason}
        >>> conformance.run({Operation.SIMILARITY: similarity}).is_conformant
        True
    """
    _require(implementation)
    passed = 0
    failures: list[Failure] = []
    for operation, answer in implementation.items():
        for vector in vectors(operation):
            found = _answer(answer, vector)
            if _written(found) == _written(vector.expected):
                passed += 1
            else:
                failures.append(Failure(vector, found))
    untried = tuple(each for each in Operation if each not in implementation)
    return Conformance(passed, tuple(failures), untried)


def _require(implementation: Any) -> None:
    given = cast("Mapping[object, object]", implementation)
    is_sound = isinstance(implementation, Mapping) and all(
        isinstance(operation, Operation) and callable(answer) for operation, answer in given.items()
    )
    if not is_sound:
        raise WorklogError(
            "implementation must map each Operation to a function: "
            f"found {describe(given)}. Pass {{Operation.DIVISION: divide}}, for example.",
            field="implementation",
            value=given,
        )


def _answer(answer: Callable[[dict[str, Any]], Any], vector: Vector) -> Any:
    def asked(given: dict[str, Any]) -> Any:
        return answer(deepcopy(given))  # what it does to what it is given is its own affair

    try:
        if vector.operation is Operation.PSEUDONYMS:
            return properties_that_hold(asked, vector.given)
        return asked(vector.given)
    except Exception as error:  # noqa: BLE001  # whatever it raises is its answer
        return f"{type(error).__name__} was raised: {error}"


def _written(answer: Any) -> str:
    try:
        return json.dumps(answer, sort_keys=True)
    except (TypeError, ValueError):
        return f"no JSON: {describe(answer)}"
