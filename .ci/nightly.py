"""The nightly round: what takes too long for every change.

    .ci/nightly                    every round, in the order of `ROUNDS`
    .ci/nightly wheel-3.12 fuzz    those of that name, or whose name begins with it and a dash
    .ci/nightly --list             their names, and what they are

It needs python3 (3.11 or later), git, and a Python of each supported version; one that is not at
hand is named and left out. What runs is a clone of the commit that is checked out, in .nightly; a
tree that differs from its commit is refused. A round ends with a line

    round | date | commit | outcome | duration

which is kept in .nightly/results, and from which nightly_table.py writes the table of the docs.
What a round printed stands in .nightly/rounds/<round>/log. FUZZ_SECONDS is the time of one target
of fuzzing, NIGHTLY_PROFILE the profile of Hypothesis (tests/conftest.py) and HISTORIES how many are
compared; each has a default.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".nightly"
RESULTS = KEPT / "results"
PYTHONS = ("3.11", "3.12", "3.13")
TARGETS = ("parsers", "calendar", "similarity", "release")
PACKAGE = "worklog_core"

# Tests may be skipped for these reasons and for no other: what they need is none of the library's.
# Spark needs a Java; the domain rules stand beside the checkout.
MAY_BE_SKIPPED = ("pyspark", "Spark needs Java", "beside the checkout")
# Tools that judge the source; their age says nothing about the library.
TOOLS = ("basedpyright", "coverage", "hatchling", "mypy", "pytest-cov", "ruff")
# An oracle of the tests. It pins numpy and pandas to the patch, and what it imports is at hand.
ORACLE = "pycanon"


class FailedError(Exception):
    """A round that failed, with what there is to say of it."""


class NotAtHandError(Exception):
    """A Python that a round needs and that this machine does not have."""


def environment() -> dict[str, str]:
    """Return the variables of this process but those that lead Python, pip or pytest elsewhere."""
    ours = ("PYTHON", "PYTEST", "COV", "HYPOTHESIS", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    kept.pop("CI", None)  # which lets Hypothesis draw the same examples each time
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(*command: object, log: Path, cwd: Path = ROOT) -> tuple[int, str]:
    """Run a command, add what it prints to the log, and return its status and that text."""
    with log.open("a", encoding="utf-8") as written:
        written.write(f"$ {' '.join(map(str, command))}\n")
        written.flush()
        since = written.tell()
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=environment(),
            stdout=written,
            stderr=subprocess.STDOUT,
            check=False,
        )
    text = log.read_bytes()[since:].decode(errors="replace")
    return done.returncode, text


def must(*command: object, log: Path, cwd: Path = ROOT) -> str:
    """Run a command without which the round cannot go on."""
    status, text = run(*command, log=log, cwd=cwd)
    if status:
        raise FailedError(f"{' '.join(map(str, command[:6]))}: status {status}")
    return text


def git(*arguments: str) -> str:
    """Return what git says of the checkout."""
    asked = ["git", *arguments]
    return subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@cache
def python_of(version: str) -> Path:
    """Find a Python of that version by its name, or among those of pyenv."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    named = shutil.which(f"python{version}")
    there = sorted(root.glob(f"versions/{version}.*/bin/python{version}"))
    for candidate in ([Path(named)] if named else []) + there:
        asked = [str(candidate), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        if said.strip() == version:
            return candidate
    raise NotAtHandError(f"no Python {version} is at hand")


def room_of(name: str) -> tuple[Path, Path]:
    """Make an empty room for a round, and return it with the place of its log."""
    room = KEPT / "rounds" / name
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    return room, room / "log"


@cache
def head() -> str:
    """Return the commit that the rounds are run on: the one that is checked out at their begin."""
    return git("rev-parse", "--short", "HEAD").strip()


def clone(room: Path, log: Path) -> Path:
    """Clone that commit; what stands beside the checkout stands beside the clone."""
    checkout = room / "checkout"
    must("git", "clone", "-q", ROOT, checkout, log=log)
    must("git", "-C", checkout, "checkout", "-q", "--detach", head(), log=log)
    beside = ROOT.parent / "shared"
    if beside.is_dir():
        (room / "shared").symlink_to(beside)
    return checkout


def installed(room: Path, log: Path, python: Path, *wanted: object) -> Path:
    """Install into an environment of its own, and return its Python."""
    must(python, "-m", "venv", "--clear", room / "env", log=log)
    inside = room / "env" / "bin" / "python"
    must(inside, "-m", "pip", "install", "-q", *wanted, log=log)
    return inside


@cache
def wheel() -> Path:
    """Build sdist and wheel of the commit, once; a wheel of the sdist is the same to the byte."""
    room, log = room_of("build")
    checkout = clone(room, log)
    python = installed(room, log, python_of(PYTHONS[0]), "build")
    must(python, "-m", "build", "-q", "-o", room / "dist", "--wheel", checkout, log=log)
    must(python, "-m", "build", "-q", "-o", room / "through", checkout, log=log)
    (built,), (through,) = ((room / each).glob("*.whl") for each in ("dist", "through"))
    if contents(built) != contents(through):
        raise FailedError("a wheel of the sdist is not the wheel of the checkout")
    vectors = [name for name in contents(built) if name.startswith(f"{PACKAGE}/testing/vectors/")]
    if not [name for name in vectors if name.endswith(".json")]:
        raise FailedError("the wheel holds no conformance vectors")
    return built


def contents(path: Path) -> dict[str, bytes]:
    """Return the files of a wheel."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def build() -> str:
    """Say what the wheel holds."""
    names = [*contents(wheel())]
    vectors = [n for n in names if n.startswith(f"{PACKAGE}/testing/vectors/")]
    return f"{len(names)} files, {len(vectors)} of vectors; through the sdist the same"


def package_of(python: Path, checkout: Path, log: Path) -> Path:
    """Take the source away, and return where the library lies that is left."""
    shutil.rmtree(checkout / "src")
    asked = f"import {PACKAGE}; print({PACKAGE}.__file__)"
    package = Path(must(python, "-c", asked, log=log, cwd=checkout).strip()).parent
    if not package.is_relative_to(python.parents[1]):
        raise FailedError(f"{PACKAGE} is not the one that was installed")
    return package


def suite(name: str, version: str, *, oldest: bool = False) -> str:
    """Run the whole suite against the installed wheel, on a clone without its source."""
    room, log = room_of(name)
    wanted: list[object] = [f"{wheel()}[dev]"]
    if oldest:
        bounds = room / "oldest.txt"
        bounds.write_text("\n".join(lower_bounds()) + "\n", encoding="utf-8")
        wanted += ["-c", bounds]
    elif shutil.which("java"):
        wanted = [f"{wheel()}[dev,spark]"]
    python = installed(room, log, python_of(version), *wanted)
    must(python, "-m", "pip", "install", "-q", "--no-deps", ORACLE, log=log)
    must(python, "-m", "pip", "list", log=log)
    checkout = clone(room, log)
    package = package_of(python, checkout, log)
    _, text = run(
        *(python, "-m", "pytest", "-c", "pyproject.toml", "--rootdir", ".", "-q", "-n", "auto"),
        *("-m", "", "-rsxfE", "-p", "no:cacheprovider", "--durations=20"),
        *("--hypothesis-profile", os.environ.get("NIGHTLY_PROFILE", "nightly")),
        *("tests", package),
        log=log,
        cwd=checkout,
    )
    return counts_of(text)


def counts_of(text: str) -> str:
    """Read the counts off the closing line of pytest, and refuse skips that nobody expects."""
    lines = text.rstrip().splitlines()
    closing = re.fullmatch(r"=* ?((?:\d+ \w+,? )+)in [\d.]+s.*", lines[-1])
    if closing is None:
        raise FailedError("pytest did not come to its end")
    counts = closing[1].strip()
    skipped = [line for line in lines if line.startswith(("SKIPPED", "XFAIL"))]
    print(*(f"    {line}" for line in skipped), sep="\n")
    unexpected = [
        line
        for line in skipped
        if line.startswith("SKIPPED") and not any(why in line for why in MAY_BE_SKIPPED)
    ]
    if unexpected:
        raise FailedError(f"{counts}; skipped for no known reason: {len(unexpected)} lines")
    if re.search(r"\b(failed|errors?)\b", counts):
        raise FailedError(counts)
    return counts


def lower_bounds() -> list[str]:
    """Return what the library, its extras and its tests need, each at its lower bound."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {*project["dependencies"]}
    waiting, seen = ["dev"], set()
    while waiting:
        extra = waiting.pop()
        seen.add(extra)
        for each in extras[extra]:
            if inner := re.fullmatch(rf"{project['name']}\[(.+)\]", each):
                waiting += {*inner[1].split(",")} - seen
            else:
                wanted.add(each)
    found = [re.fullmatch(r"([\w.-]+)(?:\[.+\])?>=([\d.]+)", each) for each in sorted(wanted)]
    return [f"{each[1]}=={each[2]}" for each in found if each and each[1] not in TOOLS]


def types() -> str:
    """Check a program of a user against the installed wheel, far from the checkout's settings."""
    room, log = room_of("types")
    python = installed(room, log, python_of(PYTHONS[0]), wheel(), "mypy", "basedpyright")
    user = room / "user"
    user.mkdir()
    (user / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    case = clone(room, log) / "tests" / "typing_cases.py"
    shutil.copy(case, user / "right.py")
    wrong = f"{case.read_text(encoding='utf-8')}\n\nassert_type(build_worklog, int)\n"
    (user / "wrong.py").write_text(wrong, encoding="utf-8")
    checkers: dict[str, tuple[object, ...]] = {
        "mypy --strict": (python, "-m", "mypy", "--strict"),
        "pyright, strict": (python.with_name("basedpyright"), "--pythonpath", python),
    }
    for name, checker in checkers.items():
        if run(*checker, "right.py", log=log, cwd=user)[0]:
            raise FailedError(f"{name} finds fault with tests/typing_cases.py")
        if not run(*checker, "wrong.py", log=log, cwd=user)[0]:
            raise FailedError(f"{name} does not see the types of the library")
    cases = case.read_text(encoding="utf-8").count("assert_type(")
    return f"{cases} types as {' and '.join(checkers)} see them"


def alike() -> str:
    """Compare the implementations on a hundred thousand histories."""
    room, log = room_of("histories")
    python = installed(room, log, python_of(PYTHONS[0]), f"{wheel()}[dev]")
    checkout = clone(room, log)
    package_of(python, checkout, log)
    asked = ("--histories", os.environ.get("HISTORIES", "100000"))
    status, text = run(python, ".ci/histories.py", *asked, log=log, cwd=checkout)
    told = [line for line in text.splitlines() if re.search(r" different of | drawn,|^seed ", line)]
    print(*(f"    {line}" for line in told), sep="\n")
    compared = re.search(r"^compared: (.+), in [\d,]+ s$", text, re.MULTILINE)
    outcome = compared[1] if compared else "it did not come to its end"
    if status:
        raise FailedError(outcome)
    return outcome


def fuzz(target: str) -> str:
    """Fuzz one target, guided by coverage: only declared errors come out."""
    room, log = room_of(f"fuzz-{target}")
    python = installed(room, log, python_of(PYTHONS[0]), f"{wheel()}[hypothesis,nightly]")
    checkout = clone(room, log)
    package_of(python, checkout, log)
    found = KEPT / "fuzz"
    seconds = os.environ.get("FUZZ_SECONDS", "120")
    status, text = run(python, "fuzz/run.py", target, seconds, found, log=log, cwd=checkout)
    inputs = re.search(r"^Done (\d+) runs in (\d+) second", text, re.MULTILINE)
    outcome = f"{int(inputs[1]):,} inputs in {inputs[2]} s" if inputs else "ended early"
    if status or inputs is None:
        raise FailedError(f"{outcome}; what was found lies in {found.relative_to(ROOT)}")
    return f"{outcome}, no findings"


def mutation() -> str:
    """Change the library in every small way: at least 95 of 100 changes are noticed."""
    room, log = room_of("mutation")
    python = installed(room, log, python_of(PYTHONS[0]), f"{ROOT}[dev,nightly]")
    options = ["-j", os.cpu_count() or 1, "--budget", 3, "--at", head()]
    status, text = run(python, ".ci/mutation.py", *options, log=log)
    found = re.findall(r"^([\w/]+): (\d+) of (\d+) killed", text, re.MULTILINE)
    outcome = ", ".join(f"{subject} {killed} of {all_}" for subject, killed, all_ in found)
    if status or not found:
        raise FailedError(outcome or "it did not come to its end")
    return outcome


ROUNDS: dict[str, tuple[str, Callable[[], str]]] = {
    "build": ("sdist and wheel", build),
    "types": ("types as a user sees them", types),
    **{
        f"wheel-{version}": (
            f"the wheel on Python {version}, newest dependencies",
            partial(suite, f"wheel-{version}", version),
        )
        for version in PYTHONS
    },
    "oldest": (
        f"the wheel on Python {PYTHONS[0]}, oldest dependencies",
        partial(suite, "oldest", PYTHONS[0], oldest=True),
    ),
    "histories": ("a hundred thousand histories", alike),
    **{f"fuzz-{target}": (f"fuzzing: {target}", partial(fuzz, target)) for target in TARGETS},
    "mutation": ("mutation: all subjects", mutation),
}


def carried_out(name: str, commit: str) -> bool:
    """Run one round, keep its line, and return whether it may stand."""
    title, carry_out = ROUNDS[name]
    print(f"\n== {title}", flush=True)
    since, stands = perf_counter(), True
    try:
        outcome = f"passed: {carry_out()}"
    except NotAtHandError as missing:
        outcome = f"left out: {missing}"
    except FailedError as failed:
        outcome, stands = f"FAILED: {failed}", False
    minutes, seconds = divmod(round(perf_counter() - since), 60)
    line = f"{name} | {date.today()} | {commit} | {outcome} | {minutes}:{seconds:02} min"  # noqa: DTZ011  # the day of who reads it
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(f"{line}\n")
    print(line, flush=True)
    return stands


def main(asked: list[str]) -> int:
    """Run the rounds that were asked for, and return 1 where one failed."""
    if asked == ["--list"]:
        print(*(f"{name}: {title}" for name, (title, _) in ROUNDS.items()), sep="\n")
        return 0
    chosen = [n for n in ROUNDS if not asked or any(n == a or n.startswith(f"{a}-") for a in asked)]
    for each in asked:
        if not any(n == each or n.startswith(f"{each}-") for n in ROUNDS):
            sys.exit(f"there is no round {each}: .ci/nightly --list names those that there are")
    if changed := git("status", "--porcelain"):
        sys.exit(f"the tree must be that of its commit: it differs in\n{changed}Commit it first.")
    commit = head()
    KEPT.mkdir(exist_ok=True)
    failed = [name for name in chosen if not carried_out(name, commit)]
    print(f"\n== {len(chosen)} rounds, {len(failed)} failed", *failed, sep="\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
