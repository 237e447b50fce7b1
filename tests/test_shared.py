"""A test that asks for the folder beside the checkout is not skipped where there is one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = {
    "skips": "def test_it(shared):\n pytest.skip('no wish')",
    "skips by its mark": "@pytest.mark.skip(reason='no wish')\ndef test_it(shared): ...",
    "asks": "def test_it(shared):\n assert shared.name == 'shared'",
    "expects to fail": "@pytest.mark.xfail(strict=True)\ndef test_it(shared):\n assert False",
    "does not ask": "def test_it():\n pytest.skip('no wish')",
}


def run(tmp_path: Path, body: str, *options: str, shared: bool) -> tuple[int, str]:
    """Run one test in a checkout of its own, and return the exit status and the closing line."""
    tests = tmp_path / "checkout" / "tests"
    tests.mkdir(parents=True)
    shutil.copy(CONFTEST, tests)
    (tests / "test_it.py").write_text(f"import pytest\n{body}\n", encoding="utf-8")
    if shared:
        (tmp_path / "shared").mkdir()
    # What the run outside hands on to its workers is not for the run inside.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, "tests"],
        cwd=tests.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.rstrip().splitlines()[-1]


@pytest.mark.parametrize(
    ("test", "shared", "status", "closing"),
    [
        ("skips", True, 1, "1 failed"),
        ("skips by its mark", True, 1, "1 error"),
        ("asks", True, 0, "1 passed"),
        ("expects to fail", True, 0, "1 xfailed"),
        ("does not ask", True, 0, "1 skipped"),
        ("asks", False, 0, "1 skipped"),
    ],
)
def test_a_skip_is_a_failure_only_where_the_folder_is_there(
    tmp_path: Path, test: str, *, shared: bool, status: int, closing: str
) -> None:
    returned, last = run(tmp_path, TESTS[test], shared=shared)
    assert returned == status
    assert closing in last


def test_workers_report_it_too(tmp_path: Path) -> None:
    returned, last = run(tmp_path, TESTS["skips"], "-n", "1", shared=True)
    assert returned == 1
    assert "1 failed" in last
