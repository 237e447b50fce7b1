"""Judge changed programs fast: by forks of a process that has imported and collected everything.

Three rules hold in this module:
1. A change inside functions that did not run while modules were imported and tests collected is
   swapped into those functions (`SWAPPED`). Every other one is judged by a process that has not
   imported the library yet and finds the changed source in place of the file (`FRESH`).
2. A test is asked only where it runs a line of the changed statement, the quickest first, and the
   first failure ends it. To ask too few can only leave a change unnoticed that would be noticed.
3. Time is that of the processor: a test that takes more than ten times its time and two seconds is
   stopped, and the change counts for neither side. On a busy machine nothing runs out of time.
"""

import ast
import gc
import importlib
import os
import pickle
import resource
import signal
import sys
import traceback
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from inspect import CO_OPTIMIZED
from pathlib import Path
from time import process_time
from types import CodeType, FrameType, FunctionType
from typing import Any, TypeVar

import pytest

MEMORY = 4 << 30  # of what is written to; engines reserve far more and are stopped by less
OPTIONS = [
    *("-q", "-s", "-o", "addopts=--doctest-modules --import-mode=importlib -m 'not slow'"),
    *("-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin", "--assert=plain", "--tb=no"),
    *("-p", "no:unraisableexception", "-p", "no:threadexception"),  # they wait for the collector
]

Verdict = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What the tests do without any change: what each takes, and which run a line of a file."""

    seconds: Mapping[str, float]
    tests_of: Mapping[str, Mapping[int, Sequence[str]]]
    early: frozenset[tuple[str, int]]  # file and first line of functions that ran before the tests
    modules: Sequence[str]

    def asked(self, path: Path, lines: Iterable[int], *, wide: bool) -> list[str]:
        """Return the tests that run one of these lines, the quickest first.

        *wide* adds those that run any line of the file, or of no file, for what runs while it is
        imported.
        """
        by_line = self.tests_of.get(str(path), {})
        near = {test for line in lines for test in by_line.get(line, ())}
        running = [(name, set().union(*lines.values())) for name, lines in self.tests_of.items()]
        far = {*self.seconds}.difference(*(tests for name, tests in running if name != str(path)))
        far |= {test for name, tests in running if name == str(path) for test in tests}
        ran = set().union(*(tests for _, tests in running))

        def order(test: str) -> tuple[bool, float]:
            # What runs no line asks what the modules hold, which is all that an import can change.
            return test in ran, self.seconds[test]

        return sorted(near, key=order) + (sorted(far - near, key=order) if wide else [])

    def arguments(self, asked: Iterable[str]) -> list[str]:
        """Return the files to collect, or the test where only one of a file is wanted."""
        known = Counter(test.partition("::")[0] for test in self.seconds)
        files = ((test, test.partition("::")[0]) for test in asked)
        return sorted({test if known[file] == 1 else file for test, file in files})


@dataclass
class Loop:
    """A plugin that takes the place of pytest's loop over what it collected."""

    work: Callable[["Loop", pytest.Session], None]
    examples: int
    failed: str = ""
    items: dict[str, pytest.Item] = field(default_factory=dict)

    def pytest_configure(self) -> None:
        """Draw as the gate does; a counterexample need not be small, nor a machine fast."""
        from hypothesis import HealthCheck, Phase, settings  # noqa: PLC0415  # after pytest's hook

        settings.register_profile(
            "mutation",
            settings.get_profile("gate"),
            database=None,
            max_examples=self.examples,
            phases=[Phase.explicit, Phase.generate, Phase.target],
            suppress_health_check=[HealthCheck.too_slow],
        )
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Hand over what was collected, or name the fault where that failed."""
        self.items = {item.nodeid: item for item in session.items}
        if session.testsfailed:
            self.failed = "collection"
        self.work(self, session)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the first test that failed."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def run(self, tests: Iterable[str], plan: Plan | None = None) -> Iterator[tuple[str, float]]:
        """Run tests until one fails, each within its time; hand out what each took."""
        items = [self.items[test] for test in tests if test in self.items]
        for item, following in zip(items, [*items[1:], None], strict=True):
            if plan:
                stop_after(plan.seconds.get(item.nodeid, 1.0))
            started = process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            yield item.nodeid, process_time() - started
            if self.failed:
                return


def stop_after(usual: float) -> None:
    """Let the system end this process after many times what is usual."""
    limit = 10 * usual + 2
    for timer, name, seconds in (
        (signal.ITIMER_PROF, signal.SIGPROF, limit),
        (signal.ITIMER_REAL, signal.SIGALRM, 10 * limit),  # for what waits and does not work
    ):
        signal.signal(name, signal.SIG_DFL)
        signal.setitimer(timer, seconds)


def quiet() -> None:
    """Send what tests print to nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def forked(job: Callable[[], Any]) -> tuple[int, int]:
    """Do a job in a fork; return its process and the end of a pipe that its answer comes from."""
    reader, writer = os.pipe()
    if process := os.fork():
        os.close(writer)
        return process, reader
    try:
        quiet()
        answer = job()
    except BaseException:  # noqa: BLE001  # whatever it is, the parent must hear of it
        answer = {"outcome": "broken", "killer": traceback.format_exc()}
    with os.fdopen(writer, "wb") as pipe:
        pickle.dump(answer, pipe)
    os._exit(0)


def answer_of(job: Callable[[], Any]) -> Any:
    """Do a job in a fork, and return what it answers."""
    process, reader = forked(job)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    os.waitpid(process, 0)
    return pickle.loads(told)


def judged(
    jobs: int, tasks: Iterable[T], judge: Callable[[T], Verdict]
) -> Iterator[tuple[T, Verdict]]:
    """Judge tasks, some at a time and each in a fork, and hand out the verdicts."""
    gc.freeze()  # or every fork would copy what its collector marks
    waiting = iter(tasks)
    running: dict[int, tuple[T, int]] = {}
    while True:
        while len(running) < jobs and (task := next(waiting, None)) is not None:
            process, reader = forked(lambda task=task: judge(task))
            running[process] = task, reader
        if not running:
            return
        process, status = os.wait()
        task, reader = running.pop(process)
        with os.fdopen(reader, "rb") as pipe:
            told = pipe.read()
        if not os.WIFSIGNALED(status):
            yield task, pickle.loads(told)
        elif os.WTERMSIG(status) in {signal.SIGPROF, signal.SIGALRM}:
            yield task, {"outcome": "timeout"}
        else:
            yield task, {"outcome": "broken", "killer": f"signal {os.WTERMSIG(status)}"}


def compiled(source: str, path: Path) -> CodeType | None:
    """Return the code of a module, None where it is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return compile(source, str(path), "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return None


def _shell(code: CodeType) -> tuple[object, ...]:
    consts = [c for c in code.co_consts if not isinstance(c, CodeType)]
    return code.co_code, code.co_names, repr(consts), code.co_exceptiontable


def swaps(before: CodeType, after: CodeType) -> list[tuple[CodeType, CodeType]] | None:
    """Return the functions that differ; None where something differs that an import runs."""
    if _shell(before) != _shell(after):
        return None
    found: list[tuple[CodeType, CodeType]] = []
    for old, new in zip(before.co_consts, after.co_consts, strict=True):
        if not isinstance(old, CodeType) or old == new:
            continue
        if old.co_flags & CO_OPTIMIZED:
            found.append((old, new))
        elif (inner := swaps(old, new)) is None:
            return None
        else:
            found += inner
    return found


def statement_at(source: str, line: int) -> range:
    """Return the lines of the innermost statement around a line; of a compound one, its head."""
    found = range(line, line + 1)
    for node in ast.walk(ast.parse(source)):  # what lies deeper comes later
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            inner = getattr(node, "body", None)
            first = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
            last = inner[0].lineno - 1 if inner else node.end_lineno
            lines = range(first, max(first, last or first) + 1)
            found = lines if line in lines else found
    return found


class Changed(SourceFileLoader):
    """Loads a module from a source that is not the file's."""

    source = ""

    def get_code(self, fullname: str) -> CodeType | None:  # noqa: ARG002  # the loader's protocol
        """Return the code of the changed source."""
        return compiled(self.source, Path(self.path))


@dataclass
class ChangedModule:
    """Finds one module changed, at the head of `sys.meta_path`."""

    name: str
    path: Path
    source: str

    def find_spec(self, fullname: str, *_: object) -> Any:
        """Return where to load the module from, None for every other."""
        if fullname != self.name:
            return None
        loader = Changed(fullname, str(self.path))
        loader.source = self.source
        package = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return spec_from_file_location(
            fullname, self.path, loader=loader, submodule_search_locations=package
        )


def collect(
    tests: Iterable[str], work: Callable[[Loop, pytest.Session], None], examples: int
) -> Loop:
    """Collect tests, and do the work in place of running them."""
    loop = Loop(work, examples)
    status = pytest.main([*OPTIONS, *tests], plugins=[loop])
    if not loop.items and not loop.failed:
        loop.failed = f"import (status {int(status)})"
    return loop


def fresh_verdict(
    plan: Plan, changed: ChangedModule, asked: Sequence[str], examples: int
) -> Verdict:
    """Judge a source by a process that has not imported the library yet."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    sys.meta_path.insert(0, changed)
    stop_after(2.0)

    def work(loop: Loop, _: pytest.Session) -> None:
        if not loop.failed:
            others = loop.items.keys() - plan.seconds.keys()
            list(loop.run([*asked, *sorted(others)], plan))

    loop = collect(plan.arguments(asked), work, examples)
    return {"outcome": "killed" if loop.failed else "survived", "killer": loop.failed}


def swapped_verdict(
    loop: Loop,
    plan: Plan,
    functions: Mapping[CodeType, Sequence[FunctionType]],
    pairs: Sequence[tuple[CodeType, CodeType]],
    asked: Sequence[str],
) -> Verdict:
    """Judge functions in a fork of the process that has collected the tests."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    for old, new in pairs:
        for function in functions[old]:
            function.__code__ = new
    list(loop.run(asked, plan))
    return {"outcome": "killed" if loop.failed else "survived", "killer": loop.failed}


def can_swap(
    plan: Plan,
    functions: Mapping[CodeType, Sequence[FunctionType]],
    pairs: Sequence[tuple[CodeType, CodeType]] | None,
) -> bool:
    """Say whether all that differs are functions at hand that did not run before the tests."""
    return pairs is not None and all(
        old in functions
        and (old.co_filename, old.co_firstlineno) not in plan.early
        and old.co_freevars == new.co_freevars
        for old, new in pairs
    )


class Early:
    """Notes which functions of some files run, while it is the profiler."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.files = {str(path) for path in files}
        self.seen: set[tuple[str, int]] = set()

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Be told of a call."""
        code = frame.f_code
        if event == "call" and code.co_filename in self.files and code.co_flags & CO_OPTIMIZED:
            self.seen.add((code.co_filename, code.co_firstlineno))


def functions_of(files: Iterable[Path]) -> dict[CodeType, list[FunctionType]]:
    """Return the functions that came out of some files, by their code."""
    names = {str(path) for path in files}
    found: defaultdict[CodeType, list[FunctionType]] = defaultdict(list)
    for value in gc.get_objects():
        if type(value) is FunctionType and value.__code__.co_filename in names:
            found[value.__code__].append(value)
    return dict(found)


def measured(loop: Loop, files: Iterable[Path]) -> dict[str, Any]:
    """Run every test once, and tell its time and the lines of the files that it runs."""
    from coverage import Coverage  # noqa: PLC0415  # its tracer is wanted in this fork alone

    watch = Coverage(data_file=None, include=[str(path) for path in files], config_file=False)
    watch.start()
    seconds: dict[str, float] = {}
    for test in loop.items:
        watch.switch_context(test)
        seconds |= dict(loop.run([test]))
        if loop.failed:
            break
    watch.stop()
    data = watch.get_data()
    lines = {name: data.contexts_by_lineno(name) for name in data.measured_files()}
    return {"seconds": seconds, "tests_of": lines, "failed": loop.failed}


def plan_of(loop: Loop, files: Sequence[Path], early: Early) -> Plan:
    """Return what the tests do without any change, found in a fork that runs them all."""
    told = answer_of(lambda: measured(loop, files))
    if told.get("failed") or "seconds" not in told:
        raise RuntimeError(f"a test fails without any change: {told}")
    return Plan(told["seconds"], told["tests_of"], frozenset(early.seen), foreign_modules())


def foreign_modules() -> list[str]:
    """Return what was imported and does not lie below the working directory."""
    here = str(Path.cwd())
    origins = {
        name: str(getattr(getattr(module, "__spec__", None), "origin", here))
        for name, module in sys.modules.items()
    }
    return sorted(name for name, origin in origins.items() if not origin.startswith(here))


def preload(modules: Iterable[str]) -> None:
    """Import what tests import beside the library, so that forks find it done."""
    for name in modules:
        with suppress(Exception):
            importlib.import_module(name)
