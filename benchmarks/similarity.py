"""Measure text similarities against a bare loop over the engine, in one process.

Run it with `python benchmarks/similarity.py`; a number behind it is the count of pairs. They are
drawn with a fixed seed: 600 characters of service prose, 70 % nearly equal (1.5 % of the characters
edited), 20 % heavily edited (30 %), 10 % unrelated. Both loops must give the same values. The bare
loop is given normal texts each time; ours also texts as mail clients leave them. Then come single
pairs of hostile texts.
"""

import gc
import random
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import TypeVar

from rapidfuzz.distance import Levenshtein

from worklog_core.normal_text import normalise
from worklog_core.similarity import similarity_opcodes, text_similarities, text_similarity

T = TypeVar("T")
Columns = tuple[list[str], list[str]]

WORDS = re.findall(
    r"\w+",
    """
    sehr geehrte Frau Müller vielen Dank für Ihre Nachricht gerne prüfen wir den Vertrag und melden
    uns umgehend Rechnung Betrag Abschlag Zählerstand bitte teilen Sie uns Grüße your invoice order
    thank you for contacting we have checked the meter reading and will send a corrected bill
    """,
)
LETTERS = "abcdefghijklmnopqrstuvwxyzäöü ,."
RUNS = 7


def prose(draw: random.Random, length: int) -> str:
    """Return so many characters of words, sentences and short paragraphs."""
    text = ""
    while len(text) < length:
        text += draw.choice(WORDS) + draw.choices((" ", ", ", ". ", ".\n\n"), (80, 8, 10, 2))[0]
    return text[: length - 1] + "."


def edited(draw: random.Random, text: str, share: float) -> str:
    """Return the text with a share of its characters replaced, dropped or doubled."""
    characters = list(text)
    for at in draw.sample(range(len(text) - 1), round(share * len(text))):
        characters[at] = draw.choice((draw.choice(LETTERS), "", text[at] * 2))
    return "".join(characters)


def pairs(count: int) -> Columns:
    """Return two columns of texts."""
    draw = random.Random(600)
    recommended = [prose(draw, 600) for _ in range(count)]
    shares = draw.choices((0.015, 0.3, None), (70, 20, 10), k=count)
    sent = [
        prose(draw, 600) if share is None else edited(draw, text, share)
        for text, share in zip(recommended, shares, strict=True)
    ]
    return [normal(text) for text in recommended], [normal(text) for text in sent]


def normal(text: str) -> str:
    """Return the text as it is compared."""
    found = normalise(text)
    assert isinstance(found, str)
    return found


def bare_loop(recommended: list[str], sent: list[str]) -> list[float]:
    """Do what the ratio is against."""
    return [Levenshtein.normalized_similarity(a, b) for a, b in zip(recommended, sent, strict=True)]


def timed(function: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that one call takes, and its answer."""
    gc.collect()
    start = time.perf_counter()
    answer = function()
    return time.perf_counter() - start, answer


def compare(label: str, columns: Columns, change: Callable[[str], str] = str) -> None:
    """Print the microseconds a pair of both loops, run in turns, and their ratio."""
    changed = [[change(text) for text in column] for column in columns]
    plain = [[normal(text) for text in column] for column in changed]
    bare: list[float] = []
    ours: list[float] = []
    for _ in range(RUNS):
        seconds, values = timed(lambda: bare_loop(*plain))
        bare.append(seconds)
        seconds, answers = timed(lambda: text_similarities(*changed))
        ours.append(seconds)
        assert [answer.value for answer in answers] == values
    each = 1e6 / len(values)
    ratios = [a / b for a, b in zip(ours, bare, strict=True)]
    print(
        f"{label:>34} {min(bare) * each:8.2f} {min(ours) * each:8.2f}"
        f" {min(ours) / min(bare):8.2f} {median(ratios):8.2f}"
    )


def hostile(length: int) -> dict[str, tuple[str, str]]:
    """Return pairs of texts of so many characters that are dear to a careless comparison."""
    draw = random.Random(length)
    text = "".join(draw.choices(LETTERS, k=length))
    return {
        "equal": (text, text),
        "near, 0.02 % edited": (text, edited(draw, text, 0.0002)),
        "one character at the end": (text, text[:-1] + "!"),
        "unrelated": (text, "".join(draw.choices(LETTERS, k=length))),
        "aaa against bbb": ("a" * length, "b" * length),
        "abab against baba": ("ab" * (length // 2), "ba" * (length // 2)),
        "500 characters against all": (text[:500], text[::-1]),
        "blanks": ("x" + " " * length + "y", "x" + " " * length),
        "blank lines": ("x" + " \n" * (length // 2) + "y", "\t\n" * (length // 2)),
        "combining marks, alternating": ("a" + "\u0301\u0323" * (length // 2), "a" * length),
        "runs of 30 marks": (("a" + "\u0301\u0323" * 15) * (length // 31), "a" * length),
        "decomposed": ("u\u0308" * (length // 2), "ü" * (length // 2)),
        "symbols": ("\u2500" * length, "\u2501" * length),
    }


def main(arguments: list[str]) -> None:
    """Print the tables."""
    count = int(arguments[0]) if arguments else 100_000
    columns = pairs(count)
    print(f"{f'{count:,} pairs, us a pair':>34} {'bare':>8} {'ours':>8} {'best':>8} {'median':>8}")
    compare("Latin-1", columns)
    compare("a few wider characters", columns, lambda text: text.replace(".", "…", 3))
    compare("CRLF, blanks at line ends", columns, lambda text: text.replace("\n", " \r\n"))
    print(f"{'1,000,000 characters, ms':>34} {'compare':>9} {'explain':>9}")
    for label, (left, right) in hostile(1_000_000).items():
        seconds, found = timed(partial(text_similarity, left, right))
        explained, _ = timed(partial(similarity_opcodes, left, right))
        verdict = found.reason.value if found.reason else found.value
        print(f"{label:>34} {seconds * 1e3:9.1f} {explained * 1e3:9.1f} {verdict}")


if __name__ == "__main__":
    main(sys.argv[1:])
