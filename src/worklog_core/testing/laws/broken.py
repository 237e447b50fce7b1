"""A law that was broken, and the search for the smallest case that breaks it.

Four rules hold for every law:
1. It says nothing where it holds, and raises `LawBroken` with the smallest case found where not. An
   error that the metric raises breaks the law too, for every case drawn is valid.
2. It draws the same cases each time, whatever ran before, so a run judges the metric and not luck.
3. It needs no test runner, and it writes no file: nothing is remembered between two runs.
4. It asks in the order of its cases: what it was given is never changed by the law itself.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import attrs
from hypothesis import Phase, Verbosity, find, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir, storage_directory
from hypothesis.errors import Flaky, HypothesisException, NoSuchExample

from worklog_core.errors import WorklogError, describe

__all__ = ["MAX_EXAMPLES", "Law", "LawBroken"]

T = TypeVar("T")

MAX_EXAMPLES: Final = 100
"""How many cases a law tries unless it is told otherwise."""

# Hypothesis keeps what it finds in source files on disk; below a file no folder can be made.
_NO_FOLDER: Final = f"{__file__}/nothing-is-kept"


class LawBroken(AssertionError):  # noqa: N818  # it is a finding, and an error of the metric alone
    """A metric that breaks a law, shown by the smallest case that was found.

    `law` is the name of the law, `counterexample` the case as it was handed to the metric. The
    message says what must hold, what was found, and the case in words. An error of the metric's own
    is its `__cause__`.

    Example:
        >>> from datetime import timedelta
        >>> from worklog_core.testing.laws import LawBroken, is_antisymmetric
        >>> try:
        ...     is_antisymmetric(lambda start, end: timedelta(hours=1))
        ... except LawBroken as broken:
        ...     broken.law
        'is_antisymmetric'
    """

    law: str
    counterexample: Any

    def __init__(self, message: str, law: str, counterexample: Any) -> None:
        super().__init__(message, law, counterexample)
        self.law = law
        self.counterexample = counterexample

    def __str__(self) -> str:
        return str(self.args[0])


@attrs.frozen
class Law:
    """A law: its name, what must hold, and where a metric that breaks it should look."""

    name: str
    demand: str
    way_out: str

    def require_metric(self, field: str, metric: object) -> None:
        """Refuse for a metric what cannot be called."""
        if not callable(metric):
            raise WorklogError(
                f"{field} must be a function that {self.name} can call: found {describe(metric)}. "
                "Pass the function itself, not what it returned.",
                field=field,
                value=metric,
            )

    def hold(
        self,
        cases: st.SearchStrategy[T],
        ask: Callable[[T], str | None],
        *,
        words: Callable[[T], str],
        max_examples: int,
    ) -> None:
        """Raise `LawBroken` for the smallest case about which *ask* has something to say.

        *ask* returns what was found where the demand is not met, and None where it is.
        """
        case: T
        try:
            with _nothing_kept():
                case = find(
                    cases, lambda drawn: _breaks(ask, drawn), settings=_settings(max_examples)
                )
        except NoSuchExample:
            return
        except Flaky:
            raise self._answered_in_two_ways() from None
        try:
            found = ask(case)
        except Exception as error:
            message = (
                f"{self.name}: what is asked must answer every case: {type(error).__name__} was "
                f"raised: {error}. All that is drawn is valid, what holds nothing too.\n"
                f"Found with {words(case)}"
            )
            raise LawBroken(message, self.name, case) from error
        if found is None:
            raise self._answered_in_two_ways()
        message = f"{self.name}: {self.demand}: {found}. {self.way_out}\nFound with {words(case)}"
        raise LawBroken(message, self.name, case)

    def _answered_in_two_ways(self) -> LawBroken:
        message = f"{self.name}: {self.demand}: the metric answered twice in two ways. "
        return LawBroken(f"{message}Let nothing but its input decide.", self.name, None)


def _breaks(ask: Callable[[T], str | None], case: T) -> bool:
    try:
        return ask(case) is not None
    except HypothesisException:
        raise
    except Exception:  # noqa: BLE001  # whatever a metric raises is its answer to a valid case
        return True


def _settings(max_examples: int) -> settings:
    # All is said here, for what is left out comes from the profile of whoever runs the law.
    return settings(
        max_examples=max_examples,
        backend="hypothesis",
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )


@contextmanager
def _nothing_kept() -> Generator[None]:
    """Let Hypothesis find no place for its files while a law runs."""
    place: Any = storage_directory(intent_to_write=False)
    set_hypothesis_home_dir(_NO_FOLDER)
    try:
        yield
    finally:
        set_hypothesis_home_dir(getattr(place, "home_directory", place))
