"""The conformance vectors: what they say, who agrees with them, and how a wrong answer looks."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

from testing.json_bridge import DULL, LIBRARY
from testing.worked_vectors import WORKED, Worked, figures
from testing.write_vectors import FOLDER, text_of
from worklog_core import WorklogError
from worklog_core.testing import conformance
from worklog_core.testing.conformance import PROPERTIES, Failure, Operation, vectors

PROJECT = Path(__file__).resolve().parents[2]

every_operation = pytest.mark.parametrize("operation", Operation, ids=lambda each: each.value)
ALL = [(operation, worked) for operation, each in WORKED.items() for worked in each]


@pytest.mark.rule("E-08", "E-11", "E-12", "E-14", "E-21", "E-41")
@pytest.mark.rule("E-42", "E-46", "P-E10", "AMB-4c", "AMB-5c")
@pytest.mark.parametrize(("operation", "worked"), ALL, ids=lambda each: getattr(each, "title", ""))
def test_a_worked_example_has_the_figures_that_were_found_by_hand(
    operation: Operation, worked: Worked
) -> None:
    (vector,) = (v for v in vectors(operation) if v.title == worked.title)
    assert vector.given == worked.given
    assert figures(operation, vector.expected) == worked.by_hand


@every_operation
@pytest.mark.parametrize("implementation", [LIBRARY, DULL], ids=["library", "oracles"])
def test_the_library_and_the_dull_oracles_conform(
    implementation: dict[Operation, Callable[[Any], Any]], operation: Operation
) -> None:
    found = conformance.run({operation: implementation[operation]})
    assert found.is_conformant, str(found)
    assert found.passed == len(vectors(operation))
    assert set(found.untried) == set(Operation) - {operation}


@every_operation
def test_the_files_are_what_would_be_written_now(operation: Operation) -> None:
    written = (FOLDER / f"{operation.value}.json").read_text(encoding="utf-8")
    assert written == text_of(operation), (
        "run: PYTHONPATH=src:tests python -m testing.write_vectors"
    )


@every_operation
def test_a_file_keeps_the_schema(operation: Operation) -> None:
    schema = json.loads((FOLDER / "schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    written = json.loads((FOLDER / f"{operation.value}.json").read_bytes())
    validator.validate(written)
    spoilt = json.loads(json.dumps(written))
    spoilt["vectors"][-1]["given"][
        "start" if "start" in spoilt["vectors"][-1]["given"] else "x"
    ] = 7
    assert not validator.is_valid(spoilt)


def test_there_is_a_file_for_every_operation_and_nothing_else() -> None:
    names = {f"{operation.value}.json" for operation in Operation}
    assert {path.name for path in FOLDER.iterdir()} == names | {"README.md", "schema.json"}


def test_the_readme_names_every_operation_and_every_property() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in [*(operation.value for operation in Operation), *PROPERTIES]:
        assert f"`{name}`" in readme


def test_ids_are_unique_and_vectors_are_read_anew() -> None:
    found = vectors()
    assert len({vector.id for vector in found}) == len(found) > 150
    found[0].given.clear()
    assert vectors()[0].given
    assert vectors(Operation.ADVANCE) == tuple(
        vector for vector in vectors() if vector.operation is Operation.ADVANCE
    )


def test_a_difference_is_told_with_what_was_expected_and_found() -> None:
    def undivided(given: dict[str, Any]) -> dict[str, int]:
        return dict.fromkeys(given["open_times"], 20 * 60 * 10**6)

    found = conformance.run({Operation.DIVISION: undivided})
    assert not found.is_conformant
    assert found.passed + len(found.failures) == len(vectors(Operation.DIVISION))
    first = found.failures[0]
    assert first.vector.id == "division-001"
    assert str(first).startswith(
        "division-001 (four tickets open for twenty minutes are five minutes each): "
        'expected {"T1": 300000000, '
    )
    assert str(found).splitlines()[0].endswith(" vectors answered as expected")
    assert str(found).splitlines()[-1] == (
        "not tried: working_time, advance, worklog, similarity, pseudonyms"
    )


def test_an_error_is_the_answer_to_its_vector_and_the_next_is_asked() -> None:
    def worklog(given: dict[str, Any]) -> Any:
        if len(given["events"]) == 1:
            raise ZeroDivisionError("a day without a session")
        return LIBRARY[Operation.WORKLOG](given)

    found = conformance.run({Operation.WORKLOG: worklog})
    assert [failure.found for failure in found.failures] == [
        "ZeroDivisionError was raised: a day without a session"
    ]
    assert found.passed > 30


@pytest.mark.parametrize("operation", Operation)
def test_what_an_answer_does_to_what_it_was_given_is_its_own_affair(operation: Operation) -> None:
    def answer(given: dict[str, Any]) -> Any:
        found = LIBRARY[operation](given)
        given.clear()
        return found

    assert conformance.run({operation: answer}).is_conformant


@pytest.mark.parametrize(
    "spoil",
    [float, str, lambda answer: [answer], lambda _: object(), lambda _: None],
    ids=["a float", "a text", "a list", "no JSON", "nothing"],
)
def test_answers_are_compared_exactly(spoil: Callable[[Any], Any]) -> None:
    working_time = LIBRARY[Operation.WORKING_TIME]
    found = conformance.run({Operation.WORKING_TIME: lambda given: spoil(working_time(given))})
    assert found.passed == 0
    assert len(found.failures) == len(vectors(Operation.WORKING_TIME))
    assert all(str(failure) for failure in found.failures)


def test_an_implementation_of_nothing_proves_nothing() -> None:
    found = conformance.run({})
    assert not found.is_conformant
    assert found.untried == tuple(Operation)
    assert str(conformance.run(LIBRARY)).count("\n") == 0


@pytest.mark.parametrize("wrong", [None, [], {"division": len}, {Operation.DIVISION: 7}], ids=repr)
def test_what_is_no_implementation_is_refused(wrong: Any) -> None:
    with pytest.raises(WorklogError, match=r"^implementation must map each Operation"):
        conformance.run(wrong)


def test_an_operation_by_name_is_refused() -> None:
    operation: Any = "division"
    with pytest.raises(
        WorklogError, match=r"^operation must be an Operation or None: found 'division'"
    ):
        vectors(operation)


WRONG_NAMES: dict[str, Callable[[dict[str, Any]], dict[str, str]]] = {
    "everybody_has_a_name": lambda given: {u: n for u, n in good(given).items() if u > "user-01"},
    "no_two_share_a_name": lambda given: dict.fromkeys(given["roster"], given["key"][:9]),
    "order_does_not_matter": lambda given: {
        user: f"{name} {place[user]}"
        for place in [{user: n for n, user in enumerate(dict.fromkeys(given["roster"]))}]
        for user, name in good(given).items()
    },
    "repetition_does_not_matter": lambda given: {
        user: f"{name} {len(given['roster'])}" for user, name in good(given).items()
    },
    "no_name_holds_the_id": lambda given: {
        user: f"{name} {user.upper()}" for user, name in good(given).items()
    },
    "another_tenant_renames": lambda given: good(given | {"tenant": "any"}),
    "another_scope_renames": lambda given: good(given | {"scope": "any"}),
    "another_key_renames": lambda given: good(given | {"key": "00" * 8 + "ff" * 8}),
}


def good(given: dict[str, Any]) -> dict[str, str]:
    return dict(LIBRARY[Operation.PSEUDONYMS](given))


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_an_assignment_that_lacks_a_property_is_found_out(name: str) -> None:
    found = conformance.run({Operation.PSEUDONYMS: WRONG_NAMES[name]})
    held = found.failures[0].found
    assert name not in held
    assert found.failures[0].vector.id == "pseudonyms-001"


def test_an_assignment_by_chance_is_found_out() -> None:
    asked: list[object] = []

    def by_chance(given: dict[str, Any]) -> dict[str, str]:
        asked.append(given)
        return {user: f"{name} {len(asked)}" for user, name in good(given).items()}

    found = conformance.run({Operation.PSEUDONYMS: by_chance})
    assert "the_same_again" not in found.failures[0].found
    assert set(WRONG_NAMES) | {"the_same_again"} == set(PROPERTIES)


def test_values_are_compared_by_content() -> None:
    one, other = vectors(Operation.ADVANCE)[:2]
    assert Failure(one, 1) == Failure(attrs.evolve(one), 1) != Failure(other, 1)


def test_asking_for_vectors_does_not_need_hypothesis() -> None:
    code = (
        "import sys; from worklog_core.testing.conformance import vectors; "
        "print(len(vectors()), 'hypothesis' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{len(vectors())} False\n"


def built(folder: Path) -> dict[str, str]:
    """Return the files of a wheel built from this checkout; what can be read as text, is."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = map(zipfile.ZipFile, folder.glob("*.whl"))
    return {name: wheel.read(name).decode() for name in wheel.namelist()}


def installed() -> dict[str, str]:
    """Return the files of the wheel from which the library was installed."""
    files = metadata.files("worklog-core") or []
    return {str(file): file.read_text() for file in files if file.suffix != ".pyc"}


def test_the_wheel_holds_the_vectors(tmp_path: Path) -> None:
    wheel = built(tmp_path) if (PROJECT / "src").is_dir() else installed()
    for path in FOLDER.iterdir():
        kept = wheel[f"worklog_core/testing/vectors/{path.name}"]
        assert kept == path.read_text(encoding="utf-8")
    (points,) = (name for name in wheel if name.endswith("entry_points.txt"))
    assert "[hypothesis]" in wheel[points]
