"""Change the library in every small way a tool knows, and count the changes that no test notices.

    python .ci/mutation.py [apportion ...]

It works on a clone in .nightly/mutation, for a change is written into the source while tests run,
and needs cosmic-ray beside what the tests need. What is asked for are names of `SUBJECTS`; without
an argument it is all of them, which takes a night. Nothing is left out by pragma, by name or by
operator. A change that makes the tests run for more than `TIMEOUT` seconds counts for neither side.
Fails where fewer than 95 of 100 are killed.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOM = ROOT / ".nightly" / "mutation"
TIMEOUT = 300
LEAST = 95

# What is changed, and the tests that must notice: those beside it, which run for seconds.
SUBJECTS = {
    "apportion": ("apportion.py", ["tests/test_apportion.py"]),
    "intervals": ("intervals.py", ["tests/test_intervals.py"]),
    "division": (
        "worklog/division.py",
        ["tests/worklog/test_division.py", "tests/worklog/test_weighted.py"],
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

CONFIG = """
[cosmic-ray]
module-path = {module}
timeout = {timeout}
excluded-modules = []
test-command = {command}

[cosmic-ray.distributor]
name = "local"
"""


def run(*command: object, capture: bool = False) -> str:
    """Run a command in the clone, under the profile that draws the same examples each time."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOM,
        env={**os.environ, "PYTHONPATH": str(ROOM / "src"), "CI": "1"},
        check=True,
        text=True,
        stdout=subprocess.PIPE if capture else None,
    )
    return done.stdout or ""


def judged(name: str) -> Counter[str]:
    """Change one subject in every way, and return how many changes had which outcome."""
    module, tests = SUBJECTS[name]
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *tests]
    config, session = ROOM / f"{name}.toml", ROOM / f"{name}.sqlite"
    config.write_text(
        CONFIG.format(
            module=json.dumps(f"src/worklog_core/{module}"),
            timeout=TIMEOUT,
            command=json.dumps(" ".join(pytest)),
        ),
        encoding="utf-8",
    )
    cosmic_ray = Path(sys.executable).with_name("cosmic-ray")
    run(cosmic_ray, "init", config, session)
    run(cosmic_ray, "baseline", config)
    run(cosmic_ray, "exec", config, session)
    found: Counter[str] = Counter()
    for line in run(cosmic_ray, "dump", session, capture=True).splitlines():
        item, result = json.loads(line)
        outcome = str((result or {}).get("test_outcome", "not run")).lower()
        timed_out = "timeout" in str((result or {}).get("output", "")).lower()[:40]
        found["timeout" if timed_out else outcome.rpartition(".")[2]] += 1
        if "survived" in outcome:
            print(json.dumps(item))
            print((result or {}).get("diff", ""))
    return found


def main(names: list[str]) -> int:
    """Print a line a subject, and return 1 where too many changes went unnoticed."""
    shutil.rmtree(ROOM, ignore_errors=True)
    ROOM.parent.mkdir(exist_ok=True)
    subprocess.run(["git", "clone", "-q", str(ROOT), str(ROOM)], check=True)
    failed = False
    for name in names or SUBJECTS:
        found = judged(name)
        generated = found.total() - found["timeout"]
        share = 100 * found["killed"] / generated if generated else 0
        failed |= share < LEAST
        print(f"{name}: {found['killed']} of {generated} killed ({share:.1f} %)", dict(found))
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
