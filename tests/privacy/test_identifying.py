"""Labels that hold an id are found, and few others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.privacy.identifying import finder_of_ids
from worklog_core.privacy.uniqueness import alone, singling_out

LONG = finder_of_ids(["meike@acme.example", "Straße-55"])
SHORT = finder_of_ids(["U1", "7"])


@pytest.mark.parametrize(
    "label", ["meike@acme.example", "xMEIKE@acme.EXAMPLEx", ("vip", "strasse-55"), "STRASSE-55"]
)
def test_a_long_id_is_found_anywhere(label: str | tuple[str, ...]) -> None:
    assert LONG(label)


@pytest.mark.parametrize("label", ["U1", "only u1", "u1-7", ("x", "(U1)"), "case 7."])
def test_a_short_id_is_found_as_a_word(label: str | tuple[str, ...]) -> None:
    assert SHORT(label)


@pytest.mark.parametrize(
    "label", ["SU12", "xU1", "U1x", "(xU1)", "(U1x)", "", "77", None, (), 7, ("vip", "x7")]
)
def test_what_holds_no_id_is_left_alone(label: object) -> None:
    assert not SHORT(label)
    assert not LONG(label)


def test_an_id_of_six_characters_is_long_and_one_of_five_is_short() -> None:
    assert finder_of_ids(["abcdef"])("xabcdefx")
    assert not finder_of_ids(["abcde"])("xabcdex")
    assert finder_of_ids(["abcde"])("x abcde x")


def test_a_short_id_at_the_end_is_no_piece_of_a_long_one() -> None:
    either = finder_of_ids(["U1", "meike@acme.example"])
    assert not either("SU1")
    assert not either("x" * 40 + "SU1")
    assert either("S U1")


def test_a_short_id_within_a_word_is_not_found_by_the_length_of_a_long_one() -> None:
    either = finder_of_ids(["abcde", "uvwxyz"])
    assert not either("xabcde")
    assert not either("xuvwxy")
    assert either("xuvwxyz")


@pytest.mark.parametrize("before", range(9))
@pytest.mark.parametrize("after", ["", " ", " no"])
def test_a_word_is_found_wherever_it_stands(before: int, after: str) -> None:
    assert SHORT("x" * before + " U1" + after)
    assert not SHORT("x" * before + " U1x" + after)


def test_without_ids_nothing_is_found() -> None:
    assert not finder_of_ids([])("meike@acme.example")


@given(
    ids=st.lists(st.text(min_size=6, max_size=8), min_size=1, max_size=4),
    before=st.text(max_size=4),
    after=st.text(max_size=4),
)
def test_no_long_id_is_missed(ids: list[str], before: str, after: str) -> None:
    assert all(finder_of_ids(ids)(before + one + after) for one in ids)


columns = st.integers(0, 8).flatmap(
    lambda count: st.dictionaries(
        st.sampled_from("abcd"),
        st.lists(st.integers(0, 2), min_size=count, max_size=count),
        min_size=1,
    )
)


@given(columns=columns)
def test_the_columns_that_are_named_leave_as_many_alone_as_all(
    columns: dict[str, list[int]],
) -> None:
    named = singling_out(columns)
    rows = list(zip(*(columns[name] for name, _ in named), strict=True))
    everything = list(zip(*columns.values(), strict=True))
    most = sum(everything.count(one) == 1 for one in everything)
    assert (named[-1][1] if named else 0) == alone(everything) == most
    assert sum(rows.count(one) == 1 for one in rows) == most
    assert [count for _, count in named] == sorted(count for _, count in named)


def test_the_strongest_column_is_named_first() -> None:
    assert singling_out({"a": [1, 1, 2, 2], "b": [1, 2, 3, 3], "c": [1, 1, 1, 2]}) == (
        ("b", 2),
        ("c", 4),
    )


def test_two_columns_may_do_together_what_neither_does_alone() -> None:
    assert singling_out({"a": [1, 1, 2, 2], "b": [1, 2, 1, 2]}) == (("a", 0), ("b", 4))


def test_nothing_singles_out_nobody() -> None:
    assert singling_out({}) == ()
    assert alone([]) == 0
