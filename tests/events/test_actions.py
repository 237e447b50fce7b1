"""The four actions, their order, and what the facts of some edits amount to."""

import copy
import operator
import pickle
import re
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import Action, ReplyWithDeferral, WorklogError, action_of, highest_priority

LOWEST_TO_HIGHEST = [Action.STATUS, Action.CLOSE, Action.WRITE, Action.AUTO_PROCESS]
actions = st.sampled_from(Action)

# What an edit of each action says by itself (AMB-1): replied, closed, deferred, by AI.
FACTS = {
    Action.STATUS: (False, False, True, False),
    Action.CLOSE: (False, True, False, False),
    Action.WRITE: (True, True, False, False),
    Action.AUTO_PROCESS: (False, True, False, True),
}

S, C, W, A = LOWEST_TO_HIGHEST
# replied, closed, deferred, by AI: under reply_with_deferral STATUS, under WRITE.
TABLE: dict[tuple[bool, bool, bool, bool], tuple[Action | None, Action | None]] = {
    (False, False, False, False): (None, None),
    (False, False, False, True): (None, None),
    (False, False, True, False): (S, S),
    (False, False, True, True): (S, S),
    (False, True, False, False): (C, C),
    (False, True, False, True): (A, A),
    (False, True, True, False): (C, C),
    (False, True, True, True): (A, A),
    (True, False, False, False): (W, W),
    (True, False, False, True): (W, W),
    (True, False, True, False): (S, W),
    (True, False, True, True): (S, W),
    (True, True, False, False): (W, W),
    (True, True, False, True): (A, A),
    (True, True, True, False): (W, W),
    (True, True, True, True): (A, A),
}


def test_every_combination_of_facts_is_decided() -> None:
    assert set(TABLE) == set(product((False, True), repeat=4))


@pytest.mark.rule("AMB-1", "E-16", "E-17", "E-18", "E-19", "E-20", "P-E3", "P-E5")
@pytest.mark.parametrize("facts", TABLE, ids=lambda facts: "".join("01"[fact] for fact in facts))
def test_the_facts_of_a_processing_amount_to_one_action(
    facts: tuple[bool, bool, bool, bool],
) -> None:
    replied, closed, deferred, by_ai = facts
    by_default, answer_first = TABLE[facts]
    found = [
        action_of(replied=replied, closed=closed, deferred=deferred, by_ai=by_ai, **policy)
        for policy in (
            cast("dict[str, Any]", {}),
            {"reply_with_deferral": ReplyWithDeferral.STATUS},
            {"reply_with_deferral": ReplyWithDeferral.WRITE},
        )
    ]
    assert found == [by_default, by_default, answer_first]


@pytest.mark.rule("E-21", "AMB-1")
@given(st.lists(actions, max_size=6))
def test_for_edits_that_keep_their_defaults_the_mapping_is_the_highest(
    edits: list[Action],
) -> None:
    replied, closed, deferred, by_ai = (
        any(FACTS[action][fact] for action in edits) for fact in range(4)
    )
    amounts_to = action_of(replied=replied, closed=closed, deferred=deferred, by_ai=by_ai)
    assert amounts_to == highest_priority(edits)


@pytest.mark.rule("E-21")
def test_closed_and_then_answered_is_a_write() -> None:
    assert highest_priority([Action.CLOSE, Action.WRITE]) is Action.WRITE
    assert action_of(replied=True, closed=True, deferred=False, by_ai=False) is Action.WRITE


@given(st.lists(actions, min_size=1))
def test_the_highest_is_the_last_in_order_however_they_arrive(found: list[Action]) -> None:
    expected = LOWEST_TO_HIGHEST[max(map(LOWEST_TO_HIGHEST.index, found))]
    assert highest_priority(found) is expected
    assert highest_priority(iter(found[::-1])) is expected


def test_of_no_actions_none_is_the_highest() -> None:
    assert highest_priority([]) is None
    assert highest_priority(iter(())) is None


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize(("left", "right"), list(product(Action, repeat=2)))
def test_actions_compare_by_priority(compare: Any, left: Action, right: Action) -> None:
    places = LOWEST_TO_HIGHEST.index(left), LOWEST_TO_HIGHEST.index(right)
    assert compare(left, right) is compare(*places)


@pytest.mark.parametrize("other", ["writeAction", 2, None, ReplyWithDeferral.WRITE])
def test_an_action_has_no_order_beside_anything_else(other: Any) -> None:
    with pytest.raises(TypeError, match="not supported between instances of 'Action'"):
        operator.lt(Action.WRITE, other)
    assert other != Action.WRITE


def test_the_export_names_stay() -> None:
    assert {action.name: action.value for action in Action} == {
        "STATUS": "statusAction",
        "CLOSE": "closeAction",
        "WRITE": "writeAction",
        "AUTO_PROCESS": "autoProcessAction",
    }


@pytest.mark.parametrize("choice", [*Action, *ReplyWithDeferral])
def test_a_choice_stays_the_same_object_on_its_travels(choice: Action | ReplyWithDeferral) -> None:
    assert pickle.loads(pickle.dumps(choice)) is choice
    assert copy.deepcopy(choice) is choice
    assert hash(choice) == hash(type(choice)(choice.value))


@pytest.mark.parametrize("action", Action)
def test_an_action_is_parsed_from_its_export_name(action: Action) -> None:
    assert Action.parse(action.value) is action


@pytest.mark.parametrize("text", ["WRITE", "writeaction", "writeAction ", "", None, 3, []])
def test_any_other_name_is_no_action(text: Any) -> None:
    with pytest.raises(
        WorklogError,
        match=r"^action must be one of 'statusAction', 'closeAction', 'writeAction', "
        rf"'autoProcessAction': found {re.escape(repr(text))}.*\. Map other names before ",
    ) as caught:
        Action.parse(text)
    assert (caught.value.field, caught.value.value) == ("action", text)


@pytest.mark.parametrize("value", [None, 7, Action.CLOSE])
def test_the_highest_is_asked_of_several(value: Any) -> None:
    with pytest.raises(
        WorklogError,
        match=r"^actions must be an iterable of Action: found .*\. Put a single one in a list; "
        r"for none at all pass \(\)\.$",
    ) as caught:
        highest_priority(value)
    assert (caught.value.field, caught.value.value) == ("actions", value)


@pytest.mark.parametrize("value", ["writeAction", None, ReplyWithDeferral.WRITE, 3, "WRITE"])
@pytest.mark.parametrize("before", [[], [Action.AUTO_PROCESS]])
def test_what_is_no_action_has_no_priority(value: Any, before: list[Action]) -> None:
    with pytest.raises(
        WorklogError,
        match=r"^actions must hold members of Action: found .* at position "
        rf"{len(before)}\. Parse names with Action\.parse; leave out edits without an action\.$",
    ) as caught:
        highest_priority([*before, value, Action.STATUS])
    assert (caught.value.field, caught.value.value) == ("actions", value)


def test_a_mistake_inside_a_generator_of_actions_is_not_hidden() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        highest_priority(cast("Any", 1 + word) for word in cast("Any", ["a"]))


@pytest.mark.parametrize("field", ["replied", "closed", "deferred", "by_ai"])
@pytest.mark.parametrize("value", [None, 0, 1, "no", ""])
def test_a_fact_is_true_or_false(field: str, value: Any) -> None:
    facts = dict.fromkeys(["replied", "closed", "deferred", "by_ai"], False)
    with pytest.raises(
        WorklogError, match=rf"^{field} must be True or False: found .*\. Say of each fact "
    ) as caught:
        action_of(**{**facts, field: value})
    assert (caught.value.field, caught.value.value) == (field, value)


@pytest.mark.parametrize("value", ["write", "WRITE", None, Action.WRITE, True])
def test_the_policy_for_an_answer_with_a_deferral_is_a_choice(value: Any) -> None:
    with pytest.raises(
        WorklogError,
        match=r"^reply_with_deferral must be a member of ReplyWithDeferral: found .*\. "
        r"Choose one of ReplyWithDeferral\.STATUS, ReplyWithDeferral\.WRITE\.$",
    ) as caught:
        action_of(replied=True, closed=False, deferred=True, by_ai=False, reply_with_deferral=value)
    assert (caught.value.field, caught.value.value) == ("reply_with_deferral", value)
