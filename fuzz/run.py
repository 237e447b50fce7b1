"""Fuzz one target, guided by coverage, for some seconds.

    PYTHONPATH=src python fuzz/run.py parsers 60

Needs atheris. A finding is written beside what is kept in .nightly/fuzz, or in the folder that is
named behind the seconds, and ends it with an error.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["worklog_core", "targets"]):
    from targets import TARGETS

KEPT = Path(__file__).resolve().parents[1] / ".nightly" / "fuzz"


def main(name: str, seconds: str, kept: str = str(KEPT)) -> None:
    """Fuzz, beginning with what earlier runs found to reach somewhere new."""
    corpus = Path(kept) / name
    corpus.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={kept}/{name}-", "-max_len=1024"]
    atheris.Setup([sys.argv[0], *options, "-timeout=20", str(corpus)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:4])
