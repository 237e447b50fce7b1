"""Change the library in every small way a tool knows, and count the changes that no test notices.

    python .ci/mutation.py [-j JOBS] [--at COMMIT] [--anew] [apportion ...]

It judges the last commit or another, in a clone in .nightly/mutation, and needs cosmic-ray, which
knows the changes, beside what the tests need. What is asked for are names of `SUBJECTS`; without
one it is all of them. Nothing is left out by pragma, by name or by operator; a change whose tests
run out of time counts for neither side. Fails where fewer than 95 of 100 are noticed.

Verdicts are kept in .nightly/mutation/verdicts.sqlite by commit, so that a run goes on where it was
interrupted. What a test noticed at another commit, where the file reads the same, is taken from
there while the test is still here; `--anew` asks about it again. `--survivors` asks again about
what survived at this commit. Hypothesis draws 10 examples a test and not 100, for most of the time
goes into changes that survive; `--budget 3` asks of each change only tests of so many seconds
together, the quickest, which can only leave more unnoticed. `--check 60` judges so many changes,
drawn at random, once more, each by a plain run of pytest on a changed file, and fails where that
lets one survive that was noticed here.
"""

import argparse
import difflib
import hashlib
import os
import pickle
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from math import inf
from pathlib import Path
from typing import Any

import judging
import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator, operator_names
from judging import Loop, Plan, Verdict

ROOT = Path(__file__).resolve().parents[1]
ROOM = ROOT / ".nightly" / "mutation"
LIBRARY = Path("src", "worklog_core")  # in the clone, which is the working directory
LEAST = 95

# The test that knows what is taken by position and what by name, for every subject.
INTERFACE = "tests/test_api.py::test_the_interface_is_what_the_snapshot_says"

# What is changed, and the tests that must notice: those beside it.
SUBJECTS = {
    "apportion": ("apportion.py", ["tests/test_apportion.py"]),
    "intervals": ("intervals.py", ["tests/test_intervals.py"]),
    "division": (
        "worklog/division.py",
        [
            "tests/worklog/test_division.py",
            "tests/worklog/test_weighted.py",
            "tests/worklog/test_focus.py",
        ],
    ),
    "ledger": (
        "worklog/ledger.py",
        [
            "tests/worklog/test_ledger.py",
            "tests/worklog/test_laws.py",
            "tests/worklog/test_against_oracle.py",
        ],
    ),
    "calendars": ("calendars", ["tests/calendars"]),
    "sla": ("sla", ["tests/sla"]),
    "privacy": ("privacy", ["tests/privacy"]),
}


@dataclass(frozen=True)
class Change:
    """One way to change one file, as cosmic-ray counts them."""

    path: Path
    operator: str
    occurrence: int
    line: int

    @property
    def name(self) -> tuple[str, str, int]:
        """Return what tells it from every other change of one commit."""
        return self.path.relative_to(LIBRARY.absolute()).as_posix(), self.operator, self.occurrence

    def source(self, tree: Any = None) -> str:
        """Return the changed source of the file; a tree that is at hand is changed itself."""
        visitor = MutationVisitor(self.occurrence, get_operator(self.operator)())
        tree = tree or parso.parse(self.path.read_text(encoding="utf-8"))
        return str(visitor.walk(tree).get_code())


def changes_of(files: Iterable[Path]) -> Iterator[Change]:
    """Return every change of some files that needs no settings of ours."""
    for path in files:
        nodes = list(ast_nodes(parso.parse(path.read_text(encoding="utf-8"))))
        for name in operator_names():
            kind = get_operator(name)
            if not kind.arguments():
                places = (place for node in nodes for place in kind().mutation_positions(node))
                for occurrence, (start, _) in enumerate(places):
                    yield Change(path, name, occurrence, start[0])


class Verdicts:
    """What was found out, by commit. A connection never outlives a fork."""

    TABLE = """create table if not exists verdicts (
        at text, subject text, path text, operator text, occurrence integer, digest text,
        outcome text, killer text, way text, examples integer,
        primary key (at, path, operator, occurrence))"""

    def __init__(self, subject: str, at: str) -> None:
        self.subject, self.at = subject, at
        self._ask(self.TABLE)

    def _ask(self, words: str, *values: object) -> list[tuple[Any, ...]]:
        with sqlite3.connect(ROOM / "verdicts.sqlite", timeout=60) as base:
            base.execute("pragma synchronous = off")
            return base.execute(words, values).fetchall()

    def put(self, change: Change, verdict: Verdict, way: str, examples: int) -> None:
        """Keep one verdict."""
        self._ask(
            "insert or replace into verdicts values (?,?,?,?,?,?,?,?,?,?)",
            *(self.at, self.subject, *change.name, verdict.get("digest", "")),
            *(verdict["outcome"], verdict.get("killer", ""), way, examples),
        )

    def known(self) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """Return outcome, killer, way and examples of what is judged at this commit."""
        words = "select path, operator, occurrence, outcome, killer, way, examples from verdicts"
        rows = self._ask(f"{words} where at = ? and subject = ?", self.at, self.subject)
        return {row[:3]: row[3:] for row in rows}

    def noticed_before(self) -> dict[tuple[Any, ...], str]:
        """Return which test noticed a change at another commit, where its file is the same."""
        words = "select at, path, operator, occurrence, killer from verdicts"
        rows = self._ask(f"{words} where subject = ? and outcome = 'killed'", self.subject)
        differing = {at: differing_files(at, self.at) for at in {row[0] for row in rows}}
        return {
            row[1:4]: row[4]
            for row in rows
            if (files := differing[row[0]]) is not None and row[1] not in files
        }

    def killers(self) -> dict[str, str]:
        """Return which test noticed a changed source last, at any commit."""
        words = "select digest, killer from verdicts where subject = ? and outcome = 'killed'"
        return dict(self._ask(f"{words} order by rowid", self.subject))


def differing_files(at: str, other: str) -> set[str] | None:
    """Return the files of the library that differ between two commits, None if one is gone."""
    asked = ["git", "diff", "--name-only", "--relative", at, other]
    done = subprocess.run(asked, cwd=LIBRARY, check=False, capture_output=True, text=True)
    return None if done.returncode else set(done.stdout.splitlines())


def digest_of(change: Change, source: str) -> str:
    """Return a name for a changed file that is the same at every commit."""
    return hashlib.sha256(f"{change.name[0]}\n{source}".encode()).hexdigest()


class Judge:
    """Judges the changes of one subject at one commit."""

    def __init__(self, subject: str, *, at: str, jobs: int, anew: bool, budget: float) -> None:
        place, tests = SUBJECTS[subject]
        self.tests = [*tests, INTERFACE]
        whole = LIBRARY.absolute() / place
        self.files = sorted(whole.rglob("*.py")) if whole.is_dir() else [whole]
        self.sources = {path: path.read_text(encoding="utf-8") for path in self.files}
        self.trees = {path: parso.parse(source) for path, source in self.sources.items()}
        self.verdicts, self.jobs = Verdicts(subject, at), jobs
        self.anew, self.budget = anew, budget
        self.killers = self.verdicts.killers()
        self.changes = sorted(changes_of(self.files), key=lambda c: (c.path, c.line))
        self.left: list[Change] = []
        self.latest: dict[Path, list[str]] = {path: [] for path in self.files}

    def everything(self, *, examples: int, again: bool) -> None:
        """Judge what is not judged by so many examples: what can be swapped, then the rest.

        *again* judges what survived once more.
        """
        known = self.verdicts.known()
        for change in self.changes:
            outcome, *_, drawn = known.get(change.name, ("new", 0))
            if outcome in {"new", "fresh"} or (
                outcome == "survived" and (again or drawn < examples)
            ):
                self.left.append(change)
        if self.left:
            plan = judging.answer_of(partial(self._swapped, examples))
            if isinstance(plan, dict):
                raise SystemExit(plan["killer"])
            self._fresh(plan, examples)

    def _swapped(self, examples: int) -> Plan | Verdict:
        told: list[Plan] = []
        early = judging.Early(self.files)

        def work(loop: Loop, _: object) -> None:
            sys.setprofile(None)
            if loop.failed:
                raise RuntimeError(loop.failed)
            kept = ROOM / f"{self.verdicts.at[:12]}-{self.verdicts.subject}-{examples}.plan"
            if not kept.exists():
                kept.write_bytes(pickle.dumps(judging.plan_of(loop, self.files, early)))
            plan = pickle.loads(kept.read_bytes())
            functions = judging.functions_of(self.files)
            judge = partial(self._judge_swapped, plan, loop, functions)
            noticed = {} if self.anew else self.verdicts.noticed_before()
            left: list[Change] = []
            for change in self.left:
                if (killer := noticed.get(change.name)) in plan.seconds:
                    verdict = {"outcome": "killed", "killer": killer}
                    self.verdicts.put(change, verdict, "earlier", examples)
                else:
                    left.append(change)
            for change, verdict in judging.judged(self.jobs, left, judge):
                if verdict["outcome"] == "broken":
                    verdict["outcome"] = "fresh"
                self._put(change, verdict, "swapped", examples)
            told.append(plan)

        sys.setprofile(early)
        judging.collect(self.tests, work, examples)
        return told[0] if told else {"killer": "the tests were not collected, or fail unchanged"}

    def _fresh(self, plan: Plan, examples: int) -> None:
        judging.preload(plan.modules)
        for most in (
            3,
            sys.maxsize,
        ):  # a few tests need few files; most changes are noticed by them
            known = self.verdicts.known()
            left = [change for change in self.left if known[change.name][0] == "fresh"]
            judge = partial(self._judge_fresh, plan, examples, most)
            for change, verdict in judging.judged(self.jobs, left, judge):
                if verdict["outcome"] != "survived" or most > len(plan.seconds):
                    self._put(change, verdict, "fresh", examples)

    def _judge_swapped(self, plan: Plan, loop: Loop, functions: dict, change: Change) -> Verdict:
        source = change.source(self.trees[change.path])
        digest = digest_of(change, source)
        before = judging.compiled(self.sources[change.path], change.path)
        after = judging.compiled(source, change.path)
        if before is None or after is None:
            return {"outcome": "killed", "killer": "no Python", "digest": digest}
        pairs = judging.swaps(before, after)
        if not pairs or not judging.can_swap(plan, functions, pairs):
            return {"outcome": "fresh", "digest": digest}
        asked = self._asked(plan, change, digest, wide=False)
        return {**judging.swapped_verdict(loop, plan, functions, pairs, asked), "digest": digest}

    def _judge_fresh(self, plan: Plan, examples: int, most: int, change: Change) -> Verdict:
        source = change.source(self.trees[change.path])
        digest = digest_of(change, source)
        name = ".".join(change.path.relative_to(LIBRARY.parent.absolute()).with_suffix("").parts)
        module = judging.ChangedModule(name.removesuffix(".__init__"), change.path, source)
        asked = self._asked(plan, change, digest, wide=True)
        return {**judging.fresh_verdict(plan, module, asked[:most], examples), "digest": digest}

    def _asked(self, plan: Plan, change: Change, digest: str, *, wide: bool) -> list[str]:
        """Return the tests to ask: first those that noticed this change or its neighbours."""
        lines = judging.statement_at(self.sources[change.path], change.line)
        asked = dict.fromkeys(plan.asked(change.path, lines, wide=wide))
        likely = [self.killers.get(digest, ""), *self.latest[change.path]]
        order = [*dict.fromkeys([*(test for test in likely if test in asked), *asked])]
        spent = accumulate(plan.seconds.get(test, 0.0) for test in order)
        return [test for test, total in zip(order, spent, strict=True) if total <= self.budget]

    def _put(self, change: Change, verdict: Verdict, way: str, examples: int) -> None:
        self.verdicts.put(change, verdict, way, examples)
        if "::" in (killer := verdict.get("killer", "")):
            others = [test for test in self.latest[change.path] if test != killer]
            self.latest[change.path] = [killer, *others[:7]]

    def told(self) -> bool:
        """Print what was found, and say whether enough is noticed."""
        known = self.verdicts.known()
        found = Counter(known[change.name][0] for change in self.changes)
        for change in self.changes:
            if known[change.name][0] != "killed":
                print(f"\n{known[change.name]} {change.name}")
                print(diff_of(change))
        counted = found.total() - found["timeout"]
        share = 100 * found["killed"] / counted if counted else 100
        invalid = sum(known[change.name][1] == "no Python" for change in self.changes)
        earlier = sum(known[change.name][2] == "earlier" for change in self.changes)
        print(
            f"{self.verdicts.subject}: {found['killed']} of {counted} killed ({share:.2f} %), "
            f"{found['timeout']} out of time, {found['survived']} survived; "
            f"{invalid} of the killed are no Python, {earlier} were noticed at another commit; "
            f"at {self.verdicts.at[:7]}",
            flush=True,
        )
        return share >= LEAST

    def checked(self, number: int) -> bool:
        """Judge some changes by plain runs of pytest, and say whether all verdicts agree."""
        known = self.verdicts.known()
        timely = [change for change in self.changes if known[change.name][0] != "timeout"]
        drawn = random.Random(self.verdicts.at).sample(timely, min(number, len(timely)))
        agreed = [
            plainly(change, self.tests) == "killed" or known[change.name][0] != "killed"
            for change in drawn
        ]
        for change, same in zip(drawn, agreed, strict=True):
            if not same:
                print(f"differs from {known[change.name]}: {change.name}\n{diff_of(change)}")
        print(f"{self.verdicts.subject}: {sum(agreed)} of {len(agreed)} agree with a plain run")
        return all(agreed)


def diff_of(change: Change) -> str:
    """Return what a change does to its file."""
    before, after = change.path.read_text(encoding="utf-8"), change.source()
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm="")
    return "\n".join(list(lines)[2:])


def plainly(change: Change, tests: Sequence[str]) -> str:
    """Judge a change written into the file, by pytest in a process of its own."""
    kept = change.path.read_bytes()
    try:
        change.path.write_text(change.source(), encoding="utf-8")
        options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly"]
        alone = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            env={**os.environ, **alone},
            check=False,
            capture_output=True,
            timeout=600,
        )
    except subprocess.TimeoutExpired:
        return "killed"
    finally:
        change.path.write_bytes(kept)
    return "killed" if done.returncode else "survived"


def clone(commit: str) -> tuple[Path, str]:
    """Return a clone of a commit, and the commit's whole name."""
    git = partial(subprocess.run, check=True, capture_output=True, text=True)
    at = git(["git", "-C", str(ROOT), "rev-parse", commit]).stdout.strip()
    room = ROOM / at[:12]
    if not room.exists():
        git(["git", "clone", "-q", "--no-checkout", str(ROOT), str(room)])
    git(["git", "-C", str(room), "checkout", "-q", "--force", "--detach", at])
    beside = ROOT.parent / "shared"
    if beside.is_dir() and not (ROOM / "shared").exists():
        (ROOM / "shared").symlink_to(beside)
    return room, at


def main() -> int:
    """Print a line a subject, and return 1 where too many changes went unnoticed."""
    parser = argparse.ArgumentParser(description="Count the changes that no test notices.")
    parser.add_argument("subjects", nargs="*", metavar="subject", help=", ".join(SUBJECTS))
    parser.add_argument("-j", "--jobs", type=int, default=1, help="judge so many at a time")
    parser.add_argument("--examples", type=int, default=10, help="how many Hypothesis draws")
    parser.add_argument("--budget", type=float, default=inf, help="seconds of tests a change")
    parser.add_argument("--survivors", action="store_true", help="ask again about what survived")
    parser.add_argument("--anew", action="store_true", help="take nothing from other commits")
    parser.add_argument("--check", type=int, default=0, help="judge so many plainly, too")
    parser.add_argument("--at", default="HEAD", metavar="COMMIT", help="judge another commit")
    asked = parser.parse_args()
    room, at = clone(asked.at)
    os.chdir(room)
    sys.dont_write_bytecode = False  # every fork reads what the first one compiled
    os.environ |= {
        "CI": "1",
        "HYPOTHESIS_NO_PLUGINS": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(LIBRARY.parent.absolute()),
    }
    sys.path.insert(0, str(LIBRARY.parent.absolute()))
    enough = True
    for subject in asked.subjects or SUBJECTS:
        judge = Judge(subject, at=at, jobs=asked.jobs, anew=asked.anew, budget=asked.budget)
        judge.everything(examples=asked.examples, again=asked.survivors)
        enough &= judge.told()
        if asked.check:
            enough &= judge.checked(asked.check)
    return not enough


if __name__ == "__main__":
    sys.exit(main())
