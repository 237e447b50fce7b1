"""A frozen mapping is a value."""

import copy
import pickle
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.mappings import FrozenMapping

items = st.dictionaries(st.text(max_size=2), st.integers())


@given(items)
def test_it_holds_what_the_mapping_held(mapping: dict[str, int]) -> None:
    frozen = FrozenMapping(mapping)
    assert dict(frozen) == mapping
    assert len(frozen) == len(mapping)
    assert list(frozen) == list(mapping)
    assert repr(frozen) == repr(mapping)
    assert frozen == mapping


@given(items)
def test_equal_mappings_hash_alike_whatever_their_order(mapping: dict[str, int]) -> None:
    there = FrozenMapping(mapping)
    back = FrozenMapping(reversed(mapping.items()))
    assert there == back
    assert hash(there) == hash(back)


@given(items, items)
def test_it_equals_only_what_holds_the_same_items(
    left: dict[str, int], right: dict[str, int]
) -> None:
    assert (FrozenMapping(left) == FrozenMapping(right)) == (left == right)


def test_it_copies_what_it_is_given() -> None:
    source = {"a": 1}
    frozen = FrozenMapping(source)
    source["a"] = 2
    assert frozen["a"] == 1


def test_a_missing_key_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="b"):
        FrozenMapping({"a": 1})["b"]
    assert FrozenMapping({"a": 1}).get("b") is None


@pytest.mark.parametrize("name", ["_items", "extra"])
def test_it_cannot_change(name: str) -> None:
    frozen = FrozenMapping({"a": 1})
    with pytest.raises(TypeError, match="item assignment"):
        cast("Any", frozen)["a"] = 2
    with pytest.raises(AttributeError, match=rf"^a FrozenMapping cannot change: {name} was set\. "):
        setattr(frozen, name, {})
    assert frozen == {"a": 1}


@given(items)
def test_it_travels_as_an_equal_value(mapping: dict[str, int]) -> None:
    frozen = FrozenMapping(mapping)
    for other in (
        pickle.loads(pickle.dumps(frozen)),
        copy.copy(frozen),
        copy.deepcopy(frozen),
        FrozenMapping(frozen),
    ):
        assert type(other) is FrozenMapping
        assert other == frozen
        assert hash(other) == hash(frozen)


def test_it_hashes_only_where_its_values_do() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(FrozenMapping({"a": [1]}))
