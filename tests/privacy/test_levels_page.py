"""The page about privacy says what the code does."""

import pytest

from privacy import levels_page
from worklog_core.privacy.levels import Form
from worklog_core.privacy.worklog_fields import WORKLOG_ROWS


@pytest.mark.rule("E-31", "AMB-9")
def test_the_table_of_levels_is_that_of_the_code() -> None:
    found = levels_page.PAGE.read_text(encoding="utf-8")
    assert found == levels_page.page_with(levels_page.table())


def test_every_field_stands_in_it_once() -> None:
    rows = levels_page.table()
    assert all(rows.count(f"`{field.name}`") == 1 for field in WORKLOG_ROWS.fields)
    assert all(form.value in rows for form in Form)
