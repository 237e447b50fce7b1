"""The recipes for engines run as the page shows them, and find the local answer.

The page's plain `python` blocks run with those of every other page; here run the blocks of engines
that need an installation of their own, each behind the plain blocks before it.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest

import worklog_core
from worklog_core import WorklogRules
from worklog_core.columnar import Job, ledger_job, worklog_job

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "clusters.md"
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(block["info"], block["body"]) for block in FENCE.finditer(PAGE.read_text("utf-8"))]


def run_recipe(engine: str, tmp_path: Path, *options: str) -> None:

    first = next(body for info, body in BLOCKS if info == "python")
    own = "\n".join(body for info, body in BLOCKS if info == f"python {engine}")
    assert own.count("# True") == 1
    script = tmp_path / "recipe.py"
    # Workers of an engine start with the file anew.
    script.write_text(f"if __name__ == '__main__':\n{_indented(first + own)}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *options, str(script)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(worklog_core.__file__).parents[1]),
            "PYSPARK_PYTHON": sys.executable,
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("True\nTrue\n")


def _indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.splitlines())


def test_the_recipe_for_spark_finds_the_local_answer(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    run_recipe("spark", tmp_path)


def test_the_recipe_for_dask_finds_the_local_answer(tmp_path: Path) -> None:
    pytest.importorskip("dask.dataframe")
    run_recipe("dask", tmp_path)


def test_every_engine_on_the_page_is_run_or_said_not_to_be() -> None:
    engines = {info.partition(" ")[2] for info, _ in BLOCKS if info.startswith("python")}
    assert engines == {"", "spark", "dask", "ray"}


@pytest.mark.parametrize("make", [worklog_job, ledger_job])
def test_the_ddl_of_a_job_is_what_spark_makes_of_its_schema(make: Callable[..., Job]) -> None:
    types = pytest.importorskip("pyspark.sql.pandas.types")
    job = make(WorklogRules(time_zone=UTC))
    fields = types.from_arrow_schema(job.schema)
    told = (f"{field.name} {field.dataType.simpleString()}" for field in fields)
    assert ", ".join(told) == job.ddl
