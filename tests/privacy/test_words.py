"""The words of pseudonyms, held to the criteria they were chosen by."""

import hashlib
import re
import unicodedata
from itertools import chain, combinations, product
from typing import Any

import pytest
from rapidfuzz.distance import Levenshtein

from privacy.denied_words import DENIED, denied_by
from worklog_core import WorklogError
from worklog_core.privacy import Language, words_in_names
from worklog_core.privacy.words import ADJECTIVES, NAME_COUNT, NOUNS, WORDS_VERSION, name_at

LISTS = {
    "English adjectives": [english for english, _ in ADJECTIVES],
    "German adjectives": [german for _, german in ADJECTIVES],
    "English nouns": [english for english, _, _ in NOUNS],
    "German nouns": [german for _, german, _ in NOUNS],
}
NAMES = {language: [name_at(n, language) for n in range(NAME_COUNT)] for language in Language}

of_each_list = pytest.mark.parametrize("words", LISTS.values(), ids=LISTS)
of_each_language = pytest.mark.parametrize("names", NAMES.values(), ids=[n.value for n in NAMES])


def spelt_out(word: str) -> str:
    """Return the word as it is typed where there are no umlauts."""
    return word.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")


def bare(word: str) -> str:
    """Return the word with its umlauts stripped of their dots."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def test_there_are_256_of_each() -> None:
    assert (len(ADJECTIVES), len(NOUNS), NAME_COUNT) == (256, 256, 65_536)


@pytest.mark.rule("E-29")
def test_the_words_of_the_page_are_among_them() -> None:
    assert ("Hungry", "Hungrig") in ADJECTIVES
    assert ("Raspberry", "Himbeere", "f") in NOUNS
    assert "Hungry Raspberry" in NAMES[Language.ENGLISH]


@of_each_list
def test_a_word_is_one_word_with_a_capital(words: list[str]) -> None:
    for word in words:
        assert word.isalpha()
        assert word == unicodedata.normalize("NFC", word).capitalize()


@of_each_list
@pytest.mark.parametrize("written", [str.casefold, spelt_out, bare])
def test_no_word_occurs_twice_however_it_is_written(words: list[str], written: Any) -> None:
    assert len({written(word) for word in words}) == len(words)


@of_each_list
def test_two_words_differ_in_two_letters_or_more(words: list[str]) -> None:
    caseless = [word.casefold() for word in words]
    assert [pair for pair in combinations(caseless, 2) if Levenshtein.distance(*pair) < 2] == []


@of_each_list
def test_no_word_is_denied(words: list[str]) -> None:
    assert {word: denied_by(word) for word in words if denied_by(word)} == {}


@pytest.mark.parametrize("name", DENIED)
def test_every_class_denies_its_words(name: str) -> None:
    for denied in DENIED[name].split():
        assert name in denied_by(denied.rstrip("*").title())
        assert name in denied_by(f"Un{denied}ly".replace("*", "")) or not denied.endswith("*")


@of_each_language
@pytest.mark.parametrize("written", [str.casefold, spelt_out, bare])
def test_no_name_occurs_twice_however_it_is_written(names: list[str], written: Any) -> None:
    assert len({written(name) for name in names}) == NAME_COUNT


@of_each_language
def test_a_name_is_two_words_of_at_most_30_letters_and_no_formula(names: list[str]) -> None:
    """Adversarial test 23: a spreadsheet takes what starts with = + - or @ for a formula."""
    for name in names:
        assert len(name) <= 30
        assert all(word.isalpha() and word.istitle() for word in name.split(" "))
        assert name.count(" ") == 1


def test_a_name_is_never_the_label_of_level_one() -> None:
    """Adversarial test 18: nobody is called Anonymous by accident."""
    assert not {"anonymous", "anonym"} & {name.casefold() for name in chain(*NAMES.values())}


def test_a_name_that_is_said_alike_in_both_languages_is_the_same_name() -> None:
    english, german = NAMES[Language.ENGLISH], NAMES[Language.GERMAN]
    places = {name: place for place, name in enumerate(english)}
    assert all(places.get(name, place) == place for place, name in enumerate(german))


def test_each_place_joins_an_adjective_to_a_noun() -> None:
    pairs = product(LISTS["English adjectives"], LISTS["English nouns"])
    assert NAMES[Language.ENGLISH] == [f"{adjective} {noun}" for adjective, noun in pairs]


class TestGerman:
    @pytest.mark.rule("E-29")
    @pytest.mark.parametrize(
        "name", ["Hungriger Apfel", "Hungrige Himbeere", "Hungriges Radieschen"]
    )
    def test_an_adjective_agrees_with_its_noun(self, name: str) -> None:
        assert name in NAMES[Language.GERMAN]

    def test_every_ending_follows_the_gender(self) -> None:
        stems, nouns = LISTS["German adjectives"], LISTS["German nouns"]
        genders = {noun: gender for _, noun, gender in NOUNS}
        ending = {"m": "er", "f": "e", "n": "es"}
        wanted = [f"{stem}{ending[genders[noun]]} {noun}" for stem, noun in product(stems, nouns)]
        assert NAMES[Language.GERMAN] == wanted

    @pytest.mark.parametrize("stem", LISTS["German adjectives"])
    def test_a_stem_takes_an_ending_as_it_is(self, stem: str) -> None:
        # Stems in -el, -er and -en lose their e or may; those in a vowel take no ending or half.
        assert not re.search(r"(el|er|en|[aeiou])$", stem)
        assert stem != "Hoch"

    @pytest.mark.parametrize(
        ("ending", "gender"),
        [
            (r"(beere|blume|nuss|frucht|wurz|wurzel|minze|kresse|dolde|miere|winde)", "f"),
            (r"(ie|ade|otte|ille|ine|ose|ette|uhr|ede)", "f"),
            (r"(chen|lein|gras|kraut)", "n"),
            (r"(ling|ant|baum|kohl|salat|rettich|pilz|vogel|fink|sporn|zahn|käfer|taucher)", "m"),
        ],
    )
    def test_nouns_have_the_gender_that_their_ending_gives(self, ending: str, gender: str) -> None:
        found = [noun for _, noun, given in NOUNS if re.search(f"{ending}$", noun.casefold())]
        assert found
        assert [noun for _, noun, g in NOUNS if noun in found and g != gender] == []

    def test_genders_are_the_three(self) -> None:
        assert {gender for _, _, gender in NOUNS} == {"m", "f", "n"}


def test_another_list_is_another_version() -> None:
    """Every name changes with the lists, so whoever edits them gives them a new version."""
    lists = repr((ADJECTIVES, NOUNS)).encode()
    assert (WORDS_VERSION, hashlib.sha256(lists).hexdigest()) == (
        "1",
        "f87370ebe28fe0fa86065eb6d0c0ee07b91b7687321ecc76cf4e24b2f66484e7",
    )


class TestWordsInNames:
    @pytest.mark.parametrize(
        ("names", "language", "found"),
        [
            (["Meike Mustermann"], "en", ()),
            (["Appleby Apple"], "en", ("Apple",)),
            (["Anna PANDA-Mild", "Ben O'Clove"], "en", ("Clove", "Mild", "Panda")),
            (["Appleby Apple"], "de", ()),
            (["Kim Sanfter", "Tom Igel"], "de", ("Igel", "Sanft")),
            (["Kim Bo\u0308ig"], "de", ("Böig",)),
            (["Kim Gießend", "Kim Hungrige"], Language.GERMAN, ("Gießend", "Hungrig")),
            (["Sanfters Igeln", "Igel2"], "de", ("Igel",)),
            ([], "en", ()),
        ],
    )
    def test_words_that_are_part_of_a_name_are_found(
        self, names: list[str], language: Language | str, found: tuple[str, ...]
    ) -> None:
        assert words_in_names(names, language=language) == found
        assert words_in_names(iter(reversed(names)), language=language) == found

    @pytest.mark.parametrize(
        ("names", "found"),
        [
            ("Appleby Apple", r"names must be an iterable of str: found str\."),
            (b"Apple", r"names must be an iterable of str: found bytes\."),
            (4711, r"names must be an iterable of str: found int\."),
            (["Appleby", 4711], r"names must be str: found int\."),
            ([None], r"names must be str: found NoneType\."),
        ],
    )
    def test_what_is_no_names_is_refused_and_not_shown(self, names: Any, found: str) -> None:
        with pytest.raises(WorklogError, match=found) as caught:
            words_in_names(names)
        assert caught.value.field == "names"
        assert caught.value.value is None
        assert not {"Apple", "4711"} & set(re.findall(r"\w+", str(caught.value)))

    def test_a_language_that_there_is_not_is_refused_by_name(self) -> None:
        with pytest.raises(WorklogError, match=r"language must be one of 'en', 'de': found 'fr'"):
            words_in_names([], language="fr")
