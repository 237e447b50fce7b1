"""How tests draw, and what stands beside the checkout.

Hypothesis has four profiles. `develop` draws anew each time, so that a day's work sees many
examples. `gate` draws the same examples each time, so that a run judges the change and not its
luck; it is chosen where `CI` is set. `nightly` draws anew, 200 examples a test, so that a suite
takes about 10 minutes on two processors; `--hypothesis-profile nightly` asks for it. `brief`
draws 20, to see on another Python whether anything breaks at all. None has a deadline: a slow
machine is no counterexample. Comparisons that are to see far more are asked by `.ci/histories.py`.

The folder `shared` stands beside the checkout where the domain rules and conformance cases are at
hand. A test that needs it asks for the fixture, and is skipped only where there is none.
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile("develop", deadline=None, max_examples=100)
settings.register_profile(
    "gate", deadline=None, max_examples=100, derandomize=True, print_blob=True
)
settings.register_profile(
    "nightly", deadline=None, max_examples=200, derandomize=False, print_blob=True
)
settings.register_profile("brief", deadline=None, max_examples=20, print_blob=True)
settings.load_profile("gate" if os.environ.get("CI") else "develop")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of rules, cases and data beside the checkout; skip where there is none."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` does not stand beside the checkout")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that asked for `shared` and was skipped although the folder is there."""
    report = yield
    asked = "shared" in getattr(item, "fixturenames", ())
    if report.skipped and asked and not hasattr(report, "wasxfail") and SHARED.is_dir():
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although {SHARED.name} is there"
    return report
