"""Conformance: vectors with which SQL, or another language, proves that it computes the same.

`vectors()` yields them, `run(implementation)` asks an implementation about them. What the fields
mean stands in `vectors/README.md` beside the files.
"""

from worklog_core.testing.conformance.pseudonyms import PROPERTIES
from worklog_core.testing.conformance.vectors import Operation, Vector, vectors
from worklog_core.testing.conformance.verdicts import Conformance, Failure, Implementation, run

__all__ = [
    "PROPERTIES",
    "Conformance",
    "Failure",
    "Implementation",
    "Operation",
    "Vector",
    "run",
    "vectors",
]
