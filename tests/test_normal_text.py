"""The form in which texts are compared: what it takes out, what it keeps, and that it is linear."""

import sys
from unicodedata import category, combining, normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worklog_core import Undetermined, normal_text
from worklog_core.normal_text import MAX_LENGTH, MAX_MARKS, normalise

EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1)]
MARKS = [character for character in EVERY_CHARACTER if category(character).startswith("M")]
texts = st.text(
    st.sampled_from("aB \t\r\n\u00a0ü") | st.sampled_from("u\u0308\u0323\u2028…½\ud800")
)


def test_line_ends_become_lf() -> None:
    assert normalise("a\r\nb\rc\nd\r\r\ne") == "a\nb\nc\nd\n\ne"


def test_blanks_at_line_ends_and_blank_lines_around_the_text_go() -> None:
    assert normalise(" \n\t\r\n  a \t\n\n\t b\t\r\n \n") == "  a\n\n\t b"
    assert normalise("a\t\nb") == "a\nb"
    assert normalise("a\tb") == "a\tb"
    assert normalise(" \t\r\n ") == ""


def test_composed_and_decomposed_letters_are_one() -> None:
    assert normalise("Gru\u0308ße") == normalise("Grüße") == "Grüße"


@pytest.mark.rule("AMB-10")
@pytest.mark.parametrize(
    "text", ["½", "²", "™", "…", "GROSS", "a\u00a0b", "a\u00a0", "\u2003a", "ﬁ"]
)
def test_what_an_edit_may_change_is_kept(text: str) -> None:
    assert normalise(text) == normalize("NFC", text)
    assert normalise(text) != normalise(normalize("NFKC", text).lower())


@given(texts)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert isinstance(once, str)
    assert normalise(once) == once


@given(texts)
@example(" \u0308a")
def test_it_is_what_the_plain_steps_give(text: str) -> None:
    lines = normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    lines = [line.rstrip(" \t") for line in lines]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    assert normalise(text) == "\n".join(lines)


def test_a_lone_surrogate_is_kept() -> None:
    assert normalise("a\ud83d \n") == "a\ud83d"


def test_a_text_over_the_cap_is_not_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normal_text, "normalize", None)
    assert normalise("\u2026" * (MAX_LENGTH + 1)) is Undetermined.TOO_LARGE


def test_a_text_of_exactly_the_cap_is_normalised() -> None:
    assert normalise("a" * MAX_LENGTH) == "a" * MAX_LENGTH


@pytest.mark.rule("AMB-10")
@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0f73", "\u05b0", "\U0001d165", "\u302a"])
@pytest.mark.parametrize("before", ["", "a", "\u2500", "\u2500" * 40, "a" * 40 + "\u0301…"])
def test_more_than_30_marks_in_a_row_are_refused_before_they_cost(
    monkeypatch: pytest.MonkeyPatch, before: str, marks: str
) -> None:
    row = (marks * MAX_MARKS)[:MAX_MARKS]
    text = f"{before}{row}b"
    assert normalise(text) == normalize("NFC", text)
    monkeypatch.setattr(normal_text, "normalize", None)
    assert normalise(f"{before}{row}{marks[0]}b") is Undetermined.TOO_MANY_MARKS


@pytest.mark.parametrize(
    "text", ["\u2500" * 40, "Привет " * 20, "你好" * 40, "🎉" * 40, "\ud800" * 40]
)
def test_many_characters_that_are_no_marks_are_text(text: str) -> None:
    assert normalise(text) == text.rstrip()


def test_marks_of_several_rows_do_not_add_up() -> None:
    text = ("a" + "\u0323" * MAX_MARKS) * 3
    assert normalise(text) == normalize("NFC", text)


def test_every_mark_is_seen_as_one() -> None:
    # Each is beyond Latin-1 and in a stretch that is looked through.
    for mark in MARKS:
        assert normalise(mark * (MAX_MARKS + 1)) is Undetermined.TOO_MANY_MARKS, hex(ord(mark))


def test_every_character_that_nfc_would_sort_is_a_mark() -> None:
    # A character that is no mark decomposes to one that stands still, and at most three marks.
    marks = set(MARKS)
    for character in EVERY_CHARACTER:
        if character not in marks:
            first, *rest = list(normalize("NFD", character))
            assert not combining(first), hex(ord(character))
            assert len(rest) <= 3, hex(ord(character))
