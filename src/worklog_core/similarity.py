"""How much of the recommended text was sent: bounded text similarity, and its explanation.

Four rules hold in this module:
1. The value is 1 - d/m: d the Levenshtein distance in code points, every edit counting one, and m
   the longer length (E-41). It is 1.0 for texts that are equal and for no others, and it is never
   rounded here. Both texts are normalised before they are compared or judged empty.
2. No basis is None with a reason and never a number (E-42).
3. Work is bounded whatever the texts are: a value is exact, or it is None. It is never estimated,
   and no text is cut.
4. What is no str is refused: the engine would compare bytes and lists, and give 0.0 for None.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from fractions import Fraction
from typing import Any, Final

import attrs
from rapidfuzz.distance import Levenshtein

from worklog_core.door import require_iterable
from worklog_core.errors import WorklogError, describe
from worklog_core.mappings import FrozenMapping
from worklog_core.normal_text import PROFILE, Preprocess, normalise, profile_of, require_preprocess
from worklog_core.undetermined import Undetermined

__all__ = [
    "Similarity",
    "SimilarityOpcodes",
    "TextOpcode",
    "TextOperation",
    "paired_texts",
    "similarity_of",
    "similarity_opcodes",
    "text_similarities",
    "text_similarity",
]

Span = tuple[int, int]

# Cells of the table of distances that one comparison may visit: about 25 ms.
MAX_CELLS: Final = 10**9
# The widest band that the engine keeps in one machine word: nothing is gained by a narrower one.
WORD_BAND: Final = 31


@attrs.frozen
class Similarity:
    """The share of the recommended text that was sent as it was, and what it rests on.

    *value* is 1 - *distance* / *length*, from 0 to 1; *distance* counts single-character edits and
    *length* the code points of the longer text, both after normalising. All three are None where
    *reason* says why. *profile* names how the texts were normalised; values of different profiles
    do not compare.

    Averages are taken of unrounded values, without the None.

    Example:
        >>> from worklog_core import text_similarity
        >>> text_similarity(recommended="Sincerely, Ann", sent="Sincerely, Eve")
        Similarity(value=0.7857142857142857, reason=None, distance=3, length=14, profile='text-v1')
    """

    value: float | None
    reason: Undetermined | None
    distance: int | None
    length: int | None
    profile: str = PROFILE

    def __attrs_post_init__(self) -> None:
        if self.distance is None or not self.length:
            holds = self.reason is not None and self.value is self.distance is self.length is None
        else:
            holds = self.reason is None and self.value == 1 - self.distance / self.length
        if not holds:
            raise WorklogError(
                "Similarity.value must be 1 - distance / length, or None with a reason: found "
                f"{describe(self.value)}. Take what text_similarity returns.",
                field="Similarity.value",
                value=self.value,
            )

    @property
    def rounded(self) -> float | None:
        """The value to four digits for an export; 1.0 only where the texts are equal.

        Rounded from the integers, halves to even; a few edits in a long text show as 0.9999. None
        where the value is None.

        Example:
            >>> from worklog_core import text_similarity
            >>> text_similarity(recommended="a" * 100_000, sent="a" * 99_999 + "b").rounded
            0.9999
        """
        if self.distance is None or self.length is None:
            return None
        units = round(Fraction((self.length - self.distance) * 10_000, self.length))
        return min(units, 9_999 if self.distance else 10_000) / 10_000


class TextOperation(Enum):
    """What became of a stretch of the recommended text.

    Example:
        >>> from worklog_core import TextOperation
        >>> TextOperation("insert")
        <TextOperation.INSERT: 'insert'>
    """

    EQUAL = "equal"
    REPLACE = "replace"
    DELETE = "delete"
    INSERT = "insert"


@attrs.frozen
class TextOpcode:
    """One step from the recommended text to the sent one, as spans [start, end) in code points.

    Example:
        >>> from worklog_core import TextOpcode, TextOperation
        >>> TextOpcode(TextOperation.INSERT, recommended=(5, 5), sent=(5, 11)).sent
        (5, 11)
    """

    operation: TextOperation
    recommended: Span
    sent: Span


@attrs.frozen
class SimilarityOpcodes:
    """Where two texts differ, to read beside their `Similarity`.

    *recommended* and *sent* are the normalised texts, which all spans refer to. *opcodes* go from
    the one to the other in whole words; *script* goes in single characters and costs exactly the
    distance. Both cover both texts without a gap, equal stretches included; each is one of several
    that are equally short. Without a basis the texts are None and there are no steps.

    The texts are what customers and agents wrote: they belong in no anonymous or pseudonymous
    export, and the repr leaves them out.

    Example:
        >>> from worklog_core import similarity_opcodes
        >>> found = similarity_opcodes(recommended="Call us today", sent="Call me today")
        >>> [(step.operation.value, found.sent[slice(*step.sent)]) for step in found.opcodes]
        [('equal', 'Call '), ('replace', 'me'), ('equal', ' today')]
    """

    similarity: Similarity
    recommended: str | None = attrs.field(repr=False)
    sent: str | None = attrs.field(repr=False)
    opcodes: tuple[TextOpcode, ...]
    script: tuple[TextOpcode, ...] = attrs.field(repr=False)

    @property
    def counts(self) -> FrozenMapping[TextOperation, int]:
        """The characters of the script by operation; all but the equal ones sum to the distance.

        Example:
            >>> from worklog_core import TextOperation, similarity_opcodes
            >>> counts = similarity_opcodes(recommended="kitten", sent="sitting").counts
            >>> counts[TextOperation.REPLACE], counts[TextOperation.INSERT]
            (2, 1)
        """
        counts = dict.fromkeys(TextOperation, 0)
        for step in self.script:
            counts[step.operation] += max(
                end - start for start, end in (step.recommended, step.sent)
            )
        return FrozenMapping(counts)


def text_similarity(
    recommended: str | None, sent: str | None, *, preprocess: Preprocess | None = None
) -> Similarity:
    """Compare the text that the base agent recommended with the text that was sent (E-41).

    The texts are the plain text of the answer alone: markup and a quoted reply count as edits, and
    the library does not guess what they are. *preprocess* is called on each text first, to take
    them out; the profile then says so. A swap of two texts gives the same value.

    The value is None, with its reason, where nothing was recommended (None, or empty once
    normalised), else where nothing was sent (None), and where a text is beyond what can be compared
    in bounded time: above 2,000,000 code points, above 30 combining marks in a row, or two long
    texts that differ much (E-42). An answer that was sent empty is 0.0 (AMB-10).

    The figure divides by the longer length. `Levenshtein.ratio()`, `difflib` and rapidfuzz's
    `Indel` divide by the sum of the lengths and come out higher.

    Raises WorklogError for a text that is neither str nor None, NaN included.

    Example:
        >>> from worklog_core import text_similarity
        >>> text_similarity(recommended="kitten", sent="sitting").value
        0.5714285714285714
        >>> text_similarity(recommended="We will call you.", sent=None).reason.value
        'nothing_sent'
    """
    _require_text("recommended", recommended)
    _require_text("sent", sent)
    require_preprocess(preprocess)
    return similarity_of(_normalise_both(recommended, sent, preprocess), preprocess)


def text_similarities(
    recommended: Iterable[str | None],
    sent: Iterable[str | None],
    *,
    preprocess: Preprocess | None = None,
) -> list[Similarity]:
    """Compare two columns of texts, row by row, each as `text_similarity` does.

    A row without an answer holds None. Raises WorklogError for columns of different lengths, and
    for a text that is neither str nor None, naming its row (`sent[3]`).

    Example:
        >>> from worklog_core import text_similarities
        >>> [s.value for s in text_similarities(recommended=["Hello", None], sent=["Hallo", "Hi"])]
        [0.8, None]
    """
    texts = paired_texts(recommended, sent, preprocess)
    return [similarity_of(pair, preprocess) for pair in texts]


def similarity_opcodes(
    recommended: str | None, sent: str | None, *, preprocess: Preprocess | None = None
) -> SimilarityOpcodes:
    """Explain a similarity: what was kept, replaced, deleted and inserted.

    A call of its own, because the answer holds the texts; it is bounded as `text_similarity` is and
    has a basis where that has one. A word is a run of letters and digits.

    Example:
        >>> from worklog_core import similarity_opcodes
        >>> similarity_opcodes(recommended="Hi Ann", sent="Hi Eve").opcodes[1]
        TextOpcode(operation=<TextOperation.REPLACE: 'replace'>, recommended=(3, 6), sent=(3, 6))
    """
    _require_text("recommended", recommended)
    _require_text("sent", sent)
    require_preprocess(preprocess)
    texts = _normalise_both(recommended, sent, preprocess)
    similarity = similarity_of(texts, preprocess)
    if isinstance(texts, Undetermined) or similarity.distance is None:
        return SimilarityOpcodes(similarity, None, None, (), ())
    left, right = texts
    steps = Levenshtein.opcodes(left, right, score_hint=similarity.distance)
    script = tuple(
        TextOpcode(
            TextOperation(step.tag),
            (step.src_start, step.src_end),
            (step.dest_start, step.dest_end),
        )
        for step in steps
    )
    return SimilarityOpcodes(similarity, left, right, tuple(_by_words(script, left, right)), script)


def _require_text(field: str, text: Any) -> None:
    if not isinstance(text, str) and text is not None:
        # The value itself may be a customer's words, which a message must not carry into a log.
        raise WorklogError(
            f"{field} must be a str or None: found {type(text).__name__}. "
            "Decode bytes, join lists, and pass None for a text that is missing.",
            field=field,
            value=text,
        )


def _require_column(field: str, texts: Any) -> list[str | None]:
    if isinstance(texts, str):
        raise WorklogError(
            f"{field} must be an iterable of texts: found one str. "
            "Compare a single pair with text_similarity.",
            field=field,
            value=texts,
        )
    found = list(require_iterable(field, texts, "texts"))
    for row, text in enumerate(found):
        if not isinstance(text, str) and text is not None:
            _require_text(f"{field}[{row}]", text)
    return found


def paired_texts(
    recommended: Iterable[str | None], sent: Iterable[str | None], preprocess: Preprocess | None
) -> list[tuple[str, str] | Undetermined]:
    """Return both texts of each row as they are compared, or why they cannot be."""
    left = _require_column("recommended", recommended)
    right = _require_column("sent", sent)
    if len(left) != len(right):
        raise WorklogError(
            f"sent must hold a text for each of the {len(left)} recommended: found {len(right)}. "
            "Put None where nothing was sent.",
            field="sent",
            value=len(right),
        )
    require_preprocess(preprocess)
    return [_normalise_both(a, b, preprocess) for a, b in zip(left, right, strict=True)]


def similarity_of(
    texts: tuple[str, str] | Undetermined,
    preprocess: Preprocess | None,
    *,
    distance: int | None = None,
) -> Similarity:
    """Return the similarity of texts as they are compared; their *distance* may be known."""
    profile = profile_of(preprocess)
    if isinstance(texts, Undetermined):
        return Similarity(None, texts, None, None, profile)
    length = max(len(texts[0]), len(texts[1]))
    if distance is None:
        distance = _bounded_distance(texts[0], texts[1], length)
    if distance is None:
        return Similarity(None, Undetermined.TOO_LARGE, None, None, profile)
    return Similarity(1 - distance / length, None, distance, length, profile)


def _bounded_distance(left: str, right: str, length: int) -> int | None:
    # A cutoff keeps the engine near the diagonal and turns every distance above it into cutoff + 1.
    # An assisted answer is mostly near, and where it is not the first look costs little.
    is_affordable = len(left) * len(right) <= MAX_CELLS
    cutoff = max(length // 20, WORD_BAND) if is_affordable else MAX_CELLS // (2 * length)
    distance = Levenshtein.distance(left, right, score_cutoff=cutoff)
    if distance <= cutoff:
        return distance
    return Levenshtein.distance(left, right) if is_affordable else None


def _normalise_both(
    recommended: str | None, sent: str | None, preprocess: Preprocess | None
) -> tuple[str, str] | Undetermined:
    """Return both texts as they are compared, or why they cannot be: absence before excess."""
    if recommended is None:
        return Undetermined.NO_RECOMMENDATION
    left = normalise(recommended, preprocess)
    if not left:
        return Undetermined.NO_RECOMMENDATION
    if sent is None:
        return Undetermined.NOTHING_SENT
    if isinstance(left, Undetermined):
        return left
    right = normalise(sent, preprocess)
    return right if isinstance(right, Undetermined) else (left, right)


def _by_words(script: Iterable[TextOpcode], left: str, right: str) -> Iterator[TextOpcode]:
    """Join the steps of a script so that none begins or ends inside a word of either text."""
    i = j = 0
    for step in script:
        if step.operation is TextOperation.EQUAL:
            first, last = _whole_words(step, left, right)
            if first < last:
                start = step.recommended[0] + first, step.sent[0] + first
                yield from _change((i, start[0]), (j, start[1]))
                i, j = step.recommended[0] + last, step.sent[0] + last
                yield TextOpcode(TextOperation.EQUAL, (start[0], i), (start[1], j))
    yield from _change((i, len(left)), (j, len(right)))


def _whole_words(kept: TextOpcode, left: str, right: str) -> Span:
    """Return the part of an equal stretch that cuts no word at its ends, counted from its start."""
    (i, i_end), (j, _) = kept.recommended, kept.sent
    first, last = 0, i_end - i
    while first < last and (_cuts_word(left, i + first) or _cuts_word(right, j + first)):
        first += 1
    while first < last and (_cuts_word(left, i + last) or _cuts_word(right, j + last)):
        last -= 1
    return first, last


def _cuts_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _change(recommended: Span, sent: Span) -> Iterator[TextOpcode]:
    takes, gives = recommended[0] < recommended[1], sent[0] < sent[1]
    if takes and gives:
        yield TextOpcode(TextOperation.REPLACE, recommended, sent)
    elif takes:
        yield TextOpcode(TextOperation.DELETE, recommended, sent)
    elif gives:
        yield TextOpcode(TextOperation.INSERT, recommended, sent)
