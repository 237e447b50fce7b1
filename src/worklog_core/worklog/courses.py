"""What held when: the words about a ticket, in time order, and the last one at an instant.

Two rules hold in this module:
1. A word holds from its instant, that instant included, until the next word about the same thing.
2. Of several at one instant the last in the history's order holds.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

__all__ = ["Course", "courses"]

V = TypeVar("V")


class Course(Generic[V]):
    """The words about one thing, with their instants as integer microseconds.

    Example:
        >>> from worklog_core.worklog.courses import Course
        >>> topic = Course([(10, "invoice"), (20, "meter")])
        >>> topic.at(5), topic.at(10), topic.at(25)
        (None, 'invoice', 'meter')
    """

    __slots__ = ("_instants", "words")

    def __init__(self, words: Iterable[tuple[int, V]]) -> None:
        """Take words with their instants, in time order."""
        ordered = list(words)
        self._instants = [at for at, _ in ordered]
        self.words = [word for _, word in ordered]

    def at(self, instant: int) -> V | None:
        """Return the word that holds at an instant, None before the first."""
        number = bisect_right(self._instants, instant)
        return self.words[number - 1] if number else None

    def upto(self, instant: int) -> list[V]:
        """Return the words said at or before an instant, in time order."""
        return self.words[: bisect_right(self._instants, instant)]


def courses(words: Iterable[tuple[str, int, V]]) -> Mapping[str, Course[V]]:
    """Return the course of each thing that is spoken of; words of one thing in any order.

    The order of words at one instant is kept.
    """
    by_thing: defaultdict[str, list[tuple[int, V]]] = defaultdict(list)
    for thing, at, word in words:
        by_thing[thing].append((at, word))
    return {thing: Course(sorted(said, key=_instant)) for thing, said in by_thing.items()}


def _instant(word: tuple[int, object]) -> int:
    return word[0]
