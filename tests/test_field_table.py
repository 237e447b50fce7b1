"""The table of a row's fields is current, and every field and reason says what it is."""

import attrs
import pytest

import field_table
import rule_index
from worklog_core import Undetermined, WorklogRow

SAMPLE = '''
class Why(Enum):
    """Reasons."""

    __hash__ = object.__hash__

    ONE = "one"
    """Because of
    one."""

    TWO = "two"
'''


def test_the_page_is_what_the_code_says() -> None:
    written = field_table.PAGE.read_text(encoding="utf-8")
    assert written == field_table.page(), "write it anew with: python tests/field_table.py"


def test_meanings_stand_under_the_members() -> None:
    assert field_table.meanings(SAMPLE) == {"ONE": "Because of one."}


@pytest.mark.parametrize("field", attrs.fields(WorklogRow), ids=lambda field: field.name)
def test_every_field_says_its_unit_its_rules_and_why_it_may_be_none(
    field: "attrs.Attribute[object]",
) -> None:
    told = field.metadata
    assert told["unit"]
    assert rule_index.rules_named_in(told["rules"])
    assert all(isinstance(reason, Undetermined) for reason in told["reasons"])
    may_be_none = "None" in str(field.type)
    assert bool(told["reasons"]) is may_be_none


def test_every_field_of_the_page_is_explained_once() -> None:
    lines = list(field_table.field_lines())
    assert len(lines) == len(attrs.fields(WorklogRow))
    assert "| `duration` | duration, us | E-05, AMB-2, AMB-5 |" in field_table.page()
    assert "| `no_sla_due` | No due date: no target applies" in field_table.page()
