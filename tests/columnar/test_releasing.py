"""The release of a frame is the scalar release, column by column."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from history_frames import MAKERS, frames_of, in_frames, plain
from worklog_core import (
    Action,
    Coarsening,
    FieldPolicy,
    History,
    PrivacyLevel,
    PrivacyPolicy,
    ScreenSession,
    TicketEdit,
    WorklogError,
    WorklogRules,
    build_worklog,
    columnar,
)
from worklog_core import release as scalar_release
from worklog_core.testing.strategies import histories, worklog_rules

NAMES = {"U1": "Hungry Raspberry", "U2": "Quiet Walnut", "U3": "Bobbing Pinecone"}
RULES = WorklogRules(time_zone=UTC)
POLICIES = [
    PrivacyPolicy(PrivacyLevel.ANONYMOUS, k=2),
    PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=NAMES, k=2),
    PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=NAMES, fields=FieldPolicy.PAGE),
    PrivacyPolicy(PrivacyLevel.REAL, names=NAMES),
]
SHOWN = ("name", "day", "ticket_id", "conversation_id", "user_id")
policies = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.form.value)


def at(minute: int, microsecond: int = 0) -> datetime:
    start = datetime(2026, 3, 2, 9, microsecond=microsecond, tzinfo=UTC)
    return start + timedelta(minutes=minute)


def seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else duration // timedelta(seconds=1)


def scalar(history: History, rules: WorklogRules, policy: PrivacyPolicy) -> list[tuple[Any, ...]]:
    found = scalar_release(build_worklog(history, rules), policy)
    return [
        (
            *(row[name] for name in SHOWN),
            row["action"].value,
            seconds(row["duration"]),
            seconds(row["after_work"]),
        )
        for row in found.rows
    ]


def in_columns(
    history: History, rules: WorklogRules, policy: PrivacyPolicy, kind: str = "pyarrow"
) -> list[tuple[Any, ...]]:
    rows = columnar.build_worklog(**frames_of(history, MAKERS[kind]), rules=rules)
    told = plain(columnar.release(rows, policy))
    return [tuple(row[n] for n in (*SHOWN, "action", "duration_s", "after_work_s")) for row in told]


def answer(ask: Any, *arguments: Any) -> Any:
    """Return rows in an order of their own, or what a refusal says after its field."""
    try:
        return sorted(ask(*arguments), key=repr)
    except WorklogError as refused:
        return str(refused)


@pytest.mark.rule("AMB-5c", "E-31")
@given(st.data())
def test_whatever_is_drawn_the_two_are_equal(data: st.DataObject) -> None:
    rules = data.draw(worklog_rules())
    history = in_frames(data.draw(histories(rules=rules)))
    policy = data.draw(st.sampled_from(POLICIES))
    if data.draw(st.booleans()):
        unit = data.draw(st.sampled_from((1, 30, 60)))
        policy = attrs.evolve(policy, coarsening=Coarsening(round_seconds=unit))
    assert answer(in_columns, history, rules, policy) == answer(scalar, history, rules, policy)


def team(size: int = 3) -> History:
    """A few users with the same kind of day, and an AI agent; two shares end in half a second."""
    users = list(NAMES)[:size]
    return History(
        sessions=[
            ScreenSession(user, ticket, at(0, 500_000), at(2 + number, 1_000 * number))
            for number, user in enumerate(users)
            for ticket in ("T1", "T2", "T3")
        ],
        edits=[
            *(
                TicketEdit(user, ticket, at(1), Action.WRITE)
                for user in users
                for ticket in ("T1", "T2", "T3")
            ),
            TicketEdit("AI agent 7", "T9", at(5), Action.AUTO_PROCESS),
        ],
    )


@policies
@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_every_kind_of_frame_comes_back_as_its_own(policy: PrivacyPolicy, kind: str) -> None:
    history = team()
    rows = columnar.build_worklog(**frames_of(history, MAKERS[kind]), rules=RULES)
    assert type(columnar.release(rows, policy)) is type(rows)
    assert sorted(in_columns(history, RULES, policy, kind), key=repr) == sorted(
        scalar(history, RULES, policy), key=repr
    )


@policies
def test_guarded_rows_stand_by_what_is_left_in_them(policy: PrivacyPolicy) -> None:
    found = in_columns(team(), RULES, policy)
    columns = [[row[0], row[6] is not None, row[6] or 0] for row in found]
    if policy.form.is_guarded:
        assert columns == sorted(columns)
    else:
        assert found == scalar(team(), RULES, policy)


def test_an_ai_agent_needs_no_name_and_everybody_else_does() -> None:
    known = PrivacyPolicy(PrivacyLevel.REAL, names=NAMES)
    assert "AI agent" in {row[0] for row in in_columns(team(), RULES, known)}
    unknown = PrivacyPolicy(PrivacyLevel.REAL, names={"U1": "Meike Mustermann"})
    with pytest.raises(WorklogError, match=r"found 2 without one") as refused:
        in_columns(team(), RULES, unknown)
    assert refused.value.field == "PrivacyPolicy.names"
    assert "U2" not in str(refused.value)


def test_too_few_people_are_refused_and_none_at_all_are_not() -> None:
    anonymous = PrivacyPolicy(PrivacyLevel.ANONYMOUS)
    with pytest.raises(WorklogError, match=r"at least k = 5 people in it: found 3") as refused:
        in_columns(team(), RULES, anonymous)
    assert refused.value.field == "rows"
    assert [row[0] for row in in_columns(team(0), RULES, anonymous)] == ["Anonymous"]
    assert in_columns(History(), RULES, anonymous) == []


def test_what_is_no_frame_of_rows_is_refused() -> None:
    named = PrivacyPolicy(PrivacyLevel.REAL, names=NAMES)
    with pytest.raises(WorklogError, match=r"^rows must have the columns of build_worklog") as no:
        columnar.release(pa.table({"user_id": ["U1"]}), named)
    assert no.value.field == "rows"
    rows = columnar.build_worklog(**frames_of(team()), rules=RULES)
    with pytest.raises(WorklogError, match=r"^policy must be a PrivacyPolicy: found str\."):
        columnar.release(rows, "anonymous")  # type: ignore[arg-type]  # what a caller might try
