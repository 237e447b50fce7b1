"""The row of a worklog, as a value."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from worklog_core import (
    Action,
    AiActionApplied,
    AiUsage,
    AutomationLevel,
    Undetermined,
    WorklogRow,
    text_similarity,
)
from worklog_core.mappings import FrozenMapping

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def row(**changes: Any) -> WorklogRow:
    told: dict[str, Any] = {
        "user_id": "U1",
        "ticket_id": "T1",
        "day": date(2026, 3, 2),
        "recorded_at": NINE,
        "conversation_id": None,
        "epoch_at": None,
        "action": Action.WRITE,
        "actions": (Action.CLOSE, Action.WRITE),
        "duration": timedelta(minutes=5),
        "after_work": timedelta(minutes=1),
        "open_time": timedelta(minutes=20),
        "reopened": False,
        "reasons": {"conversation_id": Undetermined.NO_CUSTOMER_MESSAGE},
    }
    return WorklogRow(**{**told, **changes})


@pytest.mark.rule("AMB-26")
@pytest.mark.parametrize("epoch_at", [None, NINE])
def test_its_key_says_who_what_which_day_and_since_which_message(
    epoch_at: datetime | None,
) -> None:
    key = row(epoch_at=epoch_at).key
    assert key == ("U1", "T1", date(2026, 3, 2), epoch_at)
    assert (key.user_id, key.ticket_id, key.day, key.epoch_at) == tuple(key)
    assert pickle.loads(pickle.dumps(key)) == key
    assert hash(key) == hash(row(epoch_at=epoch_at).key)


def test_it_travels_as_an_equal_value() -> None:
    for other in (pickle.loads(pickle.dumps(row())), copy.deepcopy(row()), attrs.evolve(row())):
        assert type(other) is WorklogRow
        assert other == row()
        assert hash(other) == hash(row())


def test_its_reasons_cannot_change() -> None:
    reasons = {"conversation_id": Undetermined.INITIAL_REQUEST}
    found = row(reasons=reasons)
    reasons.clear()
    assert type(found.reasons) is FrozenMapping
    assert found.reasons == {"conversation_id": Undetermined.INITIAL_REQUEST}
    with pytest.raises(FrozenInstanceError, match=r"set attribute|^$"):
        found.__setattr__("reasons", {})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "0:05:00, after-work 0:01:00"),
        (
            {"duration": None, "reasons": {"duration": Undetermined.NO_SESSION}},
            "not measured (no_session)",
        ),
        ({"duration": None}, "not measured (no reason given)"),
    ],
)
def test_it_tells_itself_in_a_line_even_where_a_reason_is_missing(
    changes: dict[str, Any], told: str
) -> None:
    assert repr(row(**changes)) == f"<WorklogRow 2026-03-02 U1 T1 writeAction: {told}>"


def test_it_tells_itself_in_plain_values() -> None:
    applied = AiActionApplied("T1", NINE, "base", level=AutomationLevel.BASE_AGENT)
    similarity = text_similarity("abcd", "abcX")
    found = row(
        teams=("A", "B"),
        automation_level=AutomationLevel.BASE_AGENT,
        automation_evidence=applied,
        ai_usage=(AiUsage("base", AutomationLevel.BASE_AGENT, similarity),),
        text_assistance=similarity,
    )
    told = found.to_dict()
    assert list(told) == [field.name for field in attrs.fields(WorklogRow)]
    chosen = {
        "action": "writeAction",
        "actions": ["closeAction", "writeAction"],
        "day": date(2026, 3, 2),
        "recorded_at": NINE,
        "duration": timedelta(minutes=5),
        "teams": ["A", "B"],
        "automation_level": 2,
        "automation_evidence": "base",
        "ai_usage": ["base"],
        "text_assistance": 0.75,
        "reasons": {"conversation_id": "no_customer_message"},
    }
    assert {name: told[name] for name in chosen} == chosen
    assert type(told["automation_level"]) is int
    assert (found.ai_agents_used, found.text_assistance_accuracy) == (("base",), 0.75)
