"""Whatever happened: any history, under any rules, is released at every level or refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worklog_core import (
    Action,
    FieldPolicy,
    History,
    PrivacyLevel,
    PrivacyPolicy,
    WorklogError,
    WorklogRules,
    build_worklog,
    exports,
    release,
)
from worklog_core.testing.strategies import histories, worklog_rules

NAMES = {"U1": "Hungry Raspberry", "U2": "Composing Butterfly"}


@st.composite
def _told(draw: Any) -> tuple[History, WorklogRules]:
    rules = draw(worklog_rules())
    return draw(histories(rules=rules)), rules


@pytest.mark.rule("E-28", "E-29", "E-30", "AMB-5c")
@settings(max_examples=60)
@given(told=_told())
def test_it_is_released_and_exported(told: tuple[History, WorklogRules]) -> None:
    history, rules = told
    worklog = build_worklog(history, rules)
    for level, fields in (
        (PrivacyLevel.PSEUDONYMOUS, FieldPolicy.PAGE),
        (PrivacyLevel.REAL, FieldPolicy.STRICT),
    ):
        found = release(worklog, PrivacyPolicy(level, names=NAMES, fields=fields))
        rows = exports.enneo.rows(found, tenant="acme")
        assert [row["userWorklogId"] for row in rows] == [
            row.key.worklog_id(tenant="acme") for row in worklog.rows
        ]
        assert len(exports.enneo.read(rows)) == len(rows)
        json.dumps(rows)


@pytest.mark.rule("E-28", "E-31", "AMB-9")
@pytest.mark.parametrize("level", [PrivacyLevel.ANONYMOUS, PrivacyLevel.PSEUDONYMOUS])
@settings(max_examples=60)
@given(told=_told())
def test_of_two_people_both_are_hidden_or_nobody_is_shown(
    level: PrivacyLevel, told: tuple[History, WorklogRules]
) -> None:
    history, rules = told
    worklog = build_worklog(history, rules)
    people = {row.user_id for row in worklog.rows if row.action is not Action.AUTO_PROCESS}
    policy = PrivacyPolicy(level, names=NAMES, k=2)
    if len(people) == 1:
        with pytest.raises(WorklogError, match="at least k = 2 people in it: found 1"):
            release(worklog, policy)
        return
    found = release(worklog, policy)
    rows = exports.enneo.rows(found)
    assert len(rows) == len(worklog.rows)
    technical = ("ticketId", "conversationId", "userId", "userWorklogId", "email", "rawData")
    assert {row[name] for row in rows for name in technical} <= {None}
    shown = {row["name"] for row in rows}
    assert shown <= (
        {"Anonymous"} if level is PrivacyLevel.ANONYMOUS else {*NAMES.values(), "AI agent"}
    )
    json.dumps([rows, found.audit().to_dict()])
