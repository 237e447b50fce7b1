"""The table of rules and tests is current, and names only rules that there are."""

from pathlib import Path

import pytest

import rule_index

SAMPLE = """
import pytest
pytestmark = [pytest.mark.rule("G-01")]

@pytest.mark.rule("E-08", "AMB-4d")
@pytest.mark.parametrize("a", [1, pytest.param(2, marks=pytest.mark.rule("P-E5"))])
def test_one(a): ...

def test_two(): ...

@pytest.mark.rule("K-01")
class TestThree:
    @pytest.mark.rule("K-02")
    def test_four(self): ...

@pytest.mark.rule("R-01")
def no_test(): ...
"""


def test_the_table_is_what_the_markers_say() -> None:
    current = rule_index.table_of(rule_index.tests_by_rule(rule_index.ROOT / "tests"))
    written = rule_index.TABLE.read_text(encoding="utf-8")
    assert written == current, "write it anew with: python tests/rule_index.py"


def test_a_marker_names_a_rule_that_there_is(shared: Path) -> None:
    marked = rule_index.tests_by_rule(rule_index.ROOT / "tests").keys()
    assert not marked - rule_index.rules_of(shared / "rules")


def test_markers_are_found_on_functions_classes_parameters_and_files() -> None:
    assert sorted(rule_index.markers_of(SAMPLE)) == [
        ("AMB-4d", "test_one"),
        ("E-08", "test_one"),
        ("G-01", "TestThree::test_four"),
        ("G-01", "test_one"),
        ("G-01", "test_two"),
        ("K-01", "TestThree::test_four"),
        ("K-02", "TestThree::test_four"),
        ("P-E5", "test_one"),
    ]


def test_rows_stand_in_the_order_of_kinds_and_numbers(tmp_path: Path) -> None:
    for number, rules in enumerate([("AMB-13b", "AMB-4"), ("E-10", "E-9", "P-R2"), ("AMB-13",)]):
        marker = f"@pytest.mark.rule{rules!r}\ndef test_it(): ...\n"
        (tmp_path / f"test_{number}.py").write_text(marker, encoding="utf-8")
    found = rule_index.tests_by_rule(tmp_path)
    assert list(found) == ["E-9", "E-10", "P-R2", "AMB-4", "AMB-13", "AMB-13b"]
    assert "| AMB-13b | `test_0.py::test_it` |\n" in rule_index.table_of(found)


def test_a_marker_that_is_no_id_is_refused(tmp_path: Path) -> None:
    marker = "@pytest.mark.rule('E8x9')\ndef test_it(): ...\n"
    (tmp_path / "test_it.py").write_text(marker, encoding="utf-8")
    with pytest.raises(ValueError, match="E8x9 is no id of a rule"):
        rule_index.tests_by_rule(tmp_path)


def test_the_rules_that_no_test_holds_are_named(tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text("- E-01 a. [P-E1]\n- AMB-4b b, see E-02.", encoding="utf-8")
    assert rule_index.missing(tmp_path, {"E-02": ["test"]}) == ["E-01", "AMB-4b"]
