"""Text similarity: the figure, where there is none, what it may cost, and its explanation."""

import pickle
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from worklog_core import (
    Similarity,
    SimilarityOpcodes,
    TextOpcode,
    TextOperation,
    Undetermined,
    WorklogError,
    similarity,
    similarity_opcodes,
    text_similarities,
    text_similarity,
)

# A text that normalising leaves as it is, so that laws speak of the very characters drawn.
plain_texts = st.text("aabcüß. …🎉\ud800", min_size=1, max_size=12).map(str.strip).filter(bool)
messy_texts = st.text("aB \t\r\nüu\u0308", max_size=12)
missing = st.none() | messy_texts


def dull_distance(a: str, b: str) -> int:
    """Fill the whole table of distances between the beginnings of two texts."""
    table = [list(range(len(b) + 1))]
    for i, left in enumerate(a, start=1):
        row = [i]
        for j, right in enumerate(b, start=1):
            row.append(min(table[-1][j] + 1, row[-1] + 1, table[-1][j - 1] + (left != right)))
        table.append(row)
    return table[-1][-1]


def distance_of(a: str, b: str) -> int:
    distance = text_similarity(a, b).distance
    assert distance is not None
    return distance


@pytest.mark.rule("E-40", "E-41")
def test_9843_of_10000_characters_kept_is_a_similarity_of_98_43_percent() -> None:
    recommended = "a" * 10_000
    sent = "b" * 157 + "a" * 9_843
    found = text_similarity(recommended, sent)
    assert found == Similarity(1 - 157 / 10_000, None, 157, 10_000, "text-v1")
    assert f"{found.rounded:.2%}" == "98.43%"


@pytest.mark.rule("E-41")
@pytest.mark.parametrize(
    ("recommended", "sent", "distance", "length"),
    [
        ("kitten", "sitting", 3, 7),
        ("abc", "abc", 0, 3),
        ("abc", "xyz", 3, 3),
        ("abc", "", 3, 3),
        ("a", "abcd", 3, 4),
        ("Yes.", "yes.", 1, 4),
        ("1 kWh", "2 kWh", 1, 5),
        ("🇩🇪", "🇫🇷", 2, 2),
        ("a\ud83d", "a\ud83e", 1, 2),
        ("Hello\r\n", "Hello", 0, 5),
        ("Grüße", "Gru\u0308ße", 0, 5),
        ("a\u00a0b", "a b", 1, 3),
    ],
)
def test_it_is_one_less_the_edits_over_the_longer_length(
    recommended: str, sent: str, distance: int, length: int
) -> None:
    found = text_similarity(recommended, sent)
    assert (found.distance, found.length, found.reason) == (distance, length, None)
    assert found.value == 1 - distance / length


def test_a_quoted_reply_below_the_answer_counts_as_edits() -> None:
    answer = "We have corrected the bill."
    found = text_similarity(answer, f"{answer}\n> {answer}").value
    assert found is not None
    assert found < 0.5


@pytest.mark.rule("E-42", "AMB-10")
@pytest.mark.parametrize(
    ("recommended", "sent", "reason"),
    [
        (None, "Hello", Undetermined.NO_RECOMMENDATION),
        (None, None, Undetermined.NO_RECOMMENDATION),
        (None, "", Undetermined.NO_RECOMMENDATION),
        ("", "Hello", Undetermined.NO_RECOMMENDATION),
        ("", None, Undetermined.NO_RECOMMENDATION),
        ("", "", Undetermined.NO_RECOMMENDATION),
        (" \r\n\t", "Hello", Undetermined.NO_RECOMMENDATION),
        (" ", "\n", Undetermined.NO_RECOMMENDATION),
        ("Hello", None, Undetermined.NOTHING_SENT),
        ("a" * 2_000_001, None, Undetermined.NOTHING_SENT),
        ("a" * 2_000_001, "", Undetermined.TOO_LARGE),
        ("Hello", "a" * 2_000_001, Undetermined.TOO_LARGE),
        ("a" + "\u0301" * 31, "a", Undetermined.TOO_MANY_MARKS),
        ("a", "a" + "\u0301" * 31, Undetermined.TOO_MANY_MARKS),
        ("a" * 40_000, "b" * 40_000, Undetermined.TOO_LARGE),
    ],
)
def test_no_basis_is_none_with_its_reason(
    recommended: str | None, sent: str | None, reason: Undetermined
) -> None:
    nothing = Similarity(None, reason, None, None, "text-v1")
    assert text_similarity(recommended, sent) == nothing
    assert similarity_opcodes(recommended, sent) == SimilarityOpcodes(nothing, None, None, (), ())


@pytest.mark.rule("AMB-10")
@pytest.mark.parametrize("sent", ["", " ", "\r\n\t\n"])
def test_an_answer_that_was_sent_empty_keeps_nothing_of_the_recommendation(sent: str) -> None:
    assert text_similarity("Hello", sent).value == 0.0


@pytest.mark.rule("E-40")
@given(missing, missing)
@example("aB", "aB\t")
def test_it_lies_between_0_and_1_and_is_1_only_for_texts_that_are_equal(
    recommended: str | None, sent: str | None
) -> None:
    found = text_similarity(recommended, sent)
    if found.value is None:
        assert isinstance(found.reason, Undetermined)
    else:
        explained = similarity_opcodes(recommended, sent)
        assert 0 <= found.value <= 1
        assert (found.value == 1) is (explained.recommended == explained.sent)


@pytest.mark.rule("E-41")
@given(plain_texts, plain_texts)
def test_it_agrees_with_the_whole_table_of_distances(a: str, b: str) -> None:
    found = text_similarity(a, b)
    assert found.distance == dull_distance(a, b)
    assert found.value == 1 - dull_distance(a, b) / max(len(a), len(b))


@pytest.mark.rule("E-41")
@given(st.text("ab", min_size=1, max_size=150), st.text("ab", min_size=1, max_size=150))
def test_it_is_to_the_last_bit_what_the_engine_calls_normalized(a: str, b: str) -> None:
    assert text_similarity(a, b).value == Levenshtein.normalized_similarity(a, b)


@given(plain_texts, plain_texts)
def test_a_swap_gives_the_same_value(a: str, b: str) -> None:
    assert text_similarity(a, b) == text_similarity(b, a)


@given(plain_texts, plain_texts, st.data())
def test_one_edit_moves_the_distance_by_at_most_one(a: str, b: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(b)))
    taken = data.draw(st.integers(0, 1))
    edited = b[:at] + data.draw(st.sampled_from(["", "a", "x"])) + b[at + taken :]
    if edited.strip() == edited:
        assert abs(distance_of(a, edited) - distance_of(a, b)) <= 1


@given(plain_texts, plain_texts, plain_texts)
def test_a_detour_is_never_shorter(a: str, b: str, c: str) -> None:
    assert distance_of(a, c) <= distance_of(a, b) + distance_of(b, c)


# Bounds


@pytest.mark.rule("AMB-10")
@pytest.mark.parametrize("cells", [1, 10, 40, 90, 10**9])
@pytest.mark.parametrize("word_band", [0, 2, 31])
@given(a=plain_texts, b=plain_texts)
def test_a_bounded_answer_is_exact_or_none(cells: int, word_band: int, a: str, b: str) -> None:
    exact, longer = dull_distance(a, b), max(len(a), len(b))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "MAX_CELLS", cells)
        patch.setattr(similarity, "WORD_BAND", word_band)
        found = text_similarity(a, b)
    if len(a) * len(b) <= cells or exact <= cells // (2 * longer):
        assert found.distance == exact
    else:
        assert found.reason is Undetermined.TOO_LARGE


MILLION = 10**6
HOSTILE = {
    "equal": ("ab" * 500_000, "ab" * 500_000),
    "unlike": ("a" * MILLION, "b" * MILLION),
    "shifted": ("ab" * 500_000, "ba" * 500_000),
    "of unlike lengths": ("a" * MILLION, "b" * 31),
    "of much unlike lengths": ("a" * MILLION, "ab" * 10_000),
    "blanks": ("a" + " " * MILLION + "b", "a" + "\t" * MILLION + "\n"),
    "blank lines": ("a" + " \n" * 500_000 + "b", "\n" * MILLION),
    "marks": ("a" + "\u0301\u0323" * 500_000, "a"),
    "decomposed": ("u\u0308" * 500_000, "ü" * 500_000),
    "symbols": ("\u2500" * MILLION, "\u2501" * MILLION),
    "one word": ("a" * MILLION, "b" + "a" * MILLION),
}


@pytest.mark.rule("AMB-10")
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_text_makes_the_engine_visit_more_cells_than_allowed(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    calls: list[int] = []

    class Watched:
        @staticmethod
        def distance(a: str, b: str, *, score_cutoff: int = MILLION) -> int:
            calls.append(min(len(a) * len(b), 2 * max(len(a), len(b)) * score_cutoff))
            return Levenshtein.distance(a, b, score_cutoff=score_cutoff)

    monkeypatch.setattr(similarity, "Levenshtein", Watched)
    text_similarity(*HOSTILE[kind])
    assert len(calls) <= 2
    assert all(cells <= similarity.MAX_CELLS for cells in calls)


def test_long_texts_that_differ_little_are_exact() -> None:
    recommended = "a" * MILLION
    sent = "b" * 250 + "a" * (MILLION - 500) + "b" * 250
    assert text_similarity(recommended, sent).distance == 500
    assert text_similarity(recommended, sent[:-1] + "bb").reason is Undetermined.TOO_LARGE


# The door


@pytest.mark.parametrize("compare", [text_similarity, similarity_opcodes])
@pytest.mark.parametrize("field", ["recommended", "sent"])
@pytest.mark.parametrize(
    "text", [b"abc", ["a"], ("a",), 3, 1.5, float("nan"), True, Decimal("nan")]
)
def test_what_is_no_text_is_refused(compare: Callable[..., Any], field: str, text: Any) -> None:
    texts = {"recommended": None, "sent": None, field: text}
    with pytest.raises(WorklogError, match=rf"^{field} must be a str or None: found ") as caught:
        compare(**texts)
    assert caught.value.field == field
    assert caught.value.value is text


def test_a_refusal_does_not_tell_what_was_written() -> None:
    with pytest.raises(WorklogError, match=r"found bytes\. Decode bytes") as caught:
        text_similarity(b"my account number is 12", "Hello")  # type: ignore[arg-type]  # refused
    assert "account" not in str(caught.value)


def test_a_kind_of_str_is_a_text() -> None:
    class Text(str):
        __slots__ = ()

    assert text_similarity(Text("kitten"), Text("sitting")).distance == 3


@pytest.mark.parametrize("compare", [text_similarity, similarity_opcodes])
@pytest.mark.parametrize("preprocess", ["strip", 3, object()])
def test_a_preprocess_that_cannot_be_called_is_refused(
    compare: Callable[..., Any], preprocess: Any
) -> None:
    with pytest.raises(WorklogError, match=r"^preprocess must be a function from str to str"):
        compare("a", "b", preprocess=preprocess)


@pytest.mark.parametrize("answer", [None, b"a", 1])
def test_a_preprocess_that_returns_no_text_is_refused(answer: Any) -> None:
    with pytest.raises(WorklogError, match=r"^preprocess must return a str: found ") as caught:
        text_similarity("a", "b", preprocess=lambda _: answer)
    assert (caught.value.field, caught.value.value) == ("preprocess", answer)


# A function of the caller comes first


def without_tags(text: str) -> str:
    return re.sub(r"<[^>]*>", "", text)


def test_a_preprocess_takes_out_what_is_no_answer_and_the_profile_says_so() -> None:
    found = text_similarity("<p>Hello</p> ", "Hello", preprocess=without_tags)
    assert found == Similarity(1.0, None, 0, 5, "preprocess+text-v1")
    explained = similarity_opcodes("<p>Hello</p> ", "Hello", preprocess=without_tags)
    assert (explained.similarity, explained.recommended) == (found, "Hello")


def test_emptiness_and_bounds_are_judged_after_preprocessing() -> None:
    empty = text_similarity("<p>", "Hello", preprocess=without_tags)
    assert empty.reason is Undetermined.NO_RECOMMENDATION
    long = text_similarity("<p>" * MILLION + "a", "a", preprocess=without_tags)
    assert long.value == 1.0
    grown = text_similarity("a", "b", preprocess=lambda text: text * 2_000_001)
    assert grown.reason is Undetermined.TOO_LARGE


def test_a_preprocess_is_not_asked_about_what_is_not_there() -> None:
    asked: list[str] = []

    def ask(text: str) -> str:
        asked.append(text)
        return text

    columns = ["a", None, "b"], ["c", "d", None]
    assert [s.profile for s in text_similarities(*columns, preprocess=ask)] == [
        "preprocess+text-v1"
    ] * 3
    assert asked == ["a", "c", "b"]


# Columns


@given(st.lists(st.tuples(missing, missing), max_size=6))
def test_columns_give_what_single_pairs_give(pairs: list[tuple[str | None, str | None]]) -> None:
    found = text_similarities([a for a, _ in pairs], (b for _, b in pairs))
    assert found == [text_similarity(a, b) for a, b in pairs]


@pytest.mark.parametrize("field", ["recommended", "sent"])
@pytest.mark.parametrize("text", [b"abc", float("nan"), 3])
def test_a_column_names_the_row_it_is_refused_for(field: str, text: Any) -> None:
    columns: dict[str, Any] = {"recommended": ["a"] * 4, "sent": [None] * 4}
    columns[field][3] = text
    with pytest.raises(WorklogError, match=rf"^{field}\[3\] must be a str or None") as caught:
        text_similarities(**columns)
    assert caught.value.field == f"{field}[3]"


@pytest.mark.parametrize("field", ["recommended", "sent"])
@pytest.mark.parametrize("column", ["abc", None, 3])
def test_what_is_no_column_is_refused(field: str, column: Any) -> None:
    columns: dict[str, Any] = {"recommended": ["a", "b", "c"], "sent": ["a", "b", "c"]}
    columns[field] = column
    with pytest.raises(WorklogError, match=rf"^{field} must be an iterable of texts: found "):
        text_similarities(**columns)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(WorklogError, match=r"each of the 2 recommended: found 1\.") as caught:
        text_similarities(["a", "b"], ["a"])
    assert (caught.value.field, caught.value.value) == ("sent", 1)


def test_a_preprocess_is_refused_even_for_no_rows() -> None:
    with pytest.raises(WorklogError, match=r"^preprocess must be a function"):
        text_similarities([], [], preprocess="strip")  # type: ignore[arg-type]  # refused


# The value


@pytest.mark.parametrize(
    ("value", "reason", "distance", "length"),
    [
        (None, None, None, None),
        (0.0, Undetermined.NOTHING_SENT, None, None),
        (0.0, None, None, None),
        (1.0, None, 0, 0),
        (None, Undetermined.NOTHING_SENT, 1, 2),
        (None, Undetermined.NOTHING_SENT, None, 2),
        (None, Undetermined.NOTHING_SENT, 2, None),
        (0.5, Undetermined.NOTHING_SENT, 1, 2),
        (0.6, None, 1, 2),
        (0.4, None, 1, 2),
    ],
)
def test_a_similarity_that_contradicts_itself_is_refused(
    value: float | None, reason: Undetermined | None, distance: int | None, length: int | None
) -> None:
    with pytest.raises(WorklogError, match=r"^Similarity\.value must be 1 - ") as caught:
        Similarity(value, reason, distance, length)
    assert caught.value.field == "Similarity.value"


@pytest.mark.rule("E-40")
@pytest.mark.parametrize(
    ("distance", "length", "rounded"),
    [
        (0, 7, 1.0),
        (3, 7, 0.5714),
        (7, 7, 0.0),
        (7, 160, 0.9562),
        (107, 160, 0.3312),
        (5, 100_000, 0.9999),
        (1, 2_000_000, 0.9999),
        (1, 10_000, 0.9999),
        (1, 20_000, 0.9999),
        (3, 20_000, 0.9998),
        (5, 20_000, 0.9998),
        (99_999, 100_000, 0.0),
    ],
)
def test_an_export_shows_four_digits_and_1_only_for_equal_texts(
    distance: int, length: int, rounded: float
) -> None:
    assert Similarity(1 - distance / length, None, distance, length).rounded == rounded


@given(st.integers(1, 3_000), st.data())
def test_rounding_starts_from_the_integers(length: int, data: st.DataObject) -> None:
    distance = data.draw(st.integers(1, length))
    rounded = Similarity(1 - distance / length, None, distance, length).rounded
    exact = Fraction(length - distance, length)
    assert rounded is not None
    assert abs(Fraction(str(rounded)) - min(exact, Fraction("0.9999"))) <= Fraction(1, 20_000)


def test_what_is_none_is_rounded_to_none() -> None:
    assert text_similarity(None, "a").rounded is None


def test_values_travel_and_serve_as_keys() -> None:
    for value in (text_similarity("ab", "ac"), similarity_opcodes("ab", "ac")):
        assert pickle.loads(pickle.dumps(value)) == value
        assert {value: 1}[value] == 1


# The explanation


def replay(explained: SimilarityOpcodes, steps: tuple[TextOpcode, ...]) -> str:
    """Walk through the recommended text and return what becomes of it; the steps leave no gap."""
    recommended, sent = explained.recommended, explained.sent
    assert recommended is not None
    assert sent is not None
    at = (0, 0)
    made = ""
    for step in steps:
        (i, i_end), (j, j_end) = step.recommended, step.sent
        assert (i, j) == at
        kept, given_instead = recommended[i:i_end], sent[j:j_end]
        assert {
            TextOperation.EQUAL: kept == given_instead != "",
            TextOperation.REPLACE: "" != kept != given_instead != "",
            TextOperation.DELETE: kept != "" == given_instead,
            TextOperation.INSERT: kept == "" != given_instead,
        }[step.operation]
        made += kept if step.operation is TextOperation.EQUAL else given_instead
        at = (i_end, j_end)
    assert at == (len(recommended), len(sent))
    return made


def insides_of_words(text: str) -> set[int]:
    return {
        at for word in re.finditer(r"[^\W_]+", text) for at in range(word.start() + 1, word.end())
    }


written = st.lists(
    st.sampled_from(
        ["Hello", "Hallo", "Ann", "An", "a", "bill_1", "1", "2", " ", ", ", ".\n", "ü"]
    ),
    max_size=8,
).map("".join)


@given(written | messy_texts, written | messy_texts)
@example("ab cd", "ab xcd")
@example("abc", "abcd abc")
def test_the_steps_lead_to_the_sent_text(recommended: str, sent: str) -> None:
    explained = similarity_opcodes(recommended, sent)
    assert explained.similarity == text_similarity(recommended, sent)
    if explained.similarity.reason is None:
        assert replay(explained, explained.script) == explained.sent
        assert replay(explained, explained.opcodes) == explained.sent


@given(written | messy_texts, written | messy_texts)
def test_the_script_costs_the_distance(recommended: str, sent: str) -> None:
    explained = similarity_opcodes(recommended, sent)
    counts = explained.counts
    assert counts.keys() == set(TextOperation)
    changed = sum(counts[operation] for operation in TextOperation) - counts[TextOperation.EQUAL]
    assert changed == (explained.similarity.distance or 0)
    assert explained.sent is None or len(explained.sent) == (
        counts[TextOperation.EQUAL] + counts[TextOperation.REPLACE] + counts[TextOperation.INSERT]
    )


@given(written, written)
def test_no_step_begins_or_ends_inside_a_word(recommended: str, sent: str) -> None:
    explained = similarity_opcodes(recommended, sent)
    left = insides_of_words(explained.recommended or "")
    right = insides_of_words(explained.sent or "")
    for before, after in pairwise(explained.opcodes):
        assert after.recommended[0] not in left
        assert after.sent[0] not in right
        is_equal = [step.operation is TextOperation.EQUAL for step in (before, after)]
        assert any(is_equal)
        assert not all(is_equal)


@given(written, written)
def test_what_the_words_keep_the_script_keeps(recommended: str, sent: str) -> None:
    explained = similarity_opcodes(recommended, sent)
    kept = {
        (i, step.sent[0] + i - step.recommended[0])
        for step in explained.script
        if step.operation is TextOperation.EQUAL
        for i in range(*step.recommended)
    }
    for step in explained.opcodes:
        if step.operation is TextOperation.EQUAL:
            assert set(zip(range(*step.recommended), range(*step.sent), strict=True)) <= kept


@pytest.mark.parametrize(
    ("recommended", "sent", "steps"),
    [
        ("Dear Ann, yes", "Dear Eve, yes", ["Dear ", ("Ann", "Eve"), ", yes"]),
        ("the bill", "the bill now", ["the bill", ("", " now")]),
        ("billing", "bill", [("billing", "bill")]),
        ("a bill", "a billing", ["a ", ("bill", "billing")]),
        ("1.500 kWh", "1.600 kWh", ["1.", ("500", "600"), " kWh"]),
        ("same", "same", ["same"]),
        ("gone", "", [("gone", "")]),
        ("Grüße", "Grüsse", [("Grüße", "Grüsse")]),
    ],
)
def test_an_explanation_speaks_in_whole_words(
    recommended: str, sent: str, steps: list[str | tuple[str, str]]
) -> None:
    found = [
        recommended[slice(*step.recommended)]
        if step.operation is TextOperation.EQUAL
        else (recommended[slice(*step.recommended)], sent[slice(*step.sent)])
        for step in similarity_opcodes(recommended, sent).opcodes
    ]
    assert found == steps


def test_the_repr_of_an_explanation_does_not_tell_what_was_written() -> None:
    assert "account" not in repr(similarity_opcodes("my account", "your account"))
