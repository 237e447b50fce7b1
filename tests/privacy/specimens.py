"""Rosters to assign pseudonyms to, and users among them who want the same name."""

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from worklog_core.privacy import PseudonymKey, assign_pseudonyms

SECRET = bytes(range(32))
KEY = PseudonymKey(SECRET)


def names(
    roster: Mapping[str, Any] | Iterable[str], *, key: PseudonymKey = KEY, **settings: Any
) -> dict[str, str]:
    return assign_pseudonyms(roster, key=key, **{"tenant": "acme", "scope": "2026-03", **settings})


def users(count: int) -> dict[str, int]:
    """Return so many users, each junior to those before."""
    return {f"agent{number}@example.com": number for number in range(count)}


def in_common(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    """Return how many users go by the same name in two assignments."""
    return sum(other[user] == name for user, name in one.items())


def pairs_who_want_one_name() -> list[tuple[str, str]]:
    """Return pairs of users who would go by the same name, each without the other."""
    alone: dict[str, str] = {}
    pairs = []
    for user in users(1500):
        (name,) = names([user]).values()
        if name in alone:
            pairs.append((alone[name], user))
        alone[name] = user
    return pairs


PAIRS = pairs_who_want_one_name()

ids = st.text(min_size=1, max_size=4) | st.sampled_from(["Ä", "A\u0308", "a", "A", "a ", "\ud800"])
contested_ids = st.sampled_from([user for pair in PAIRS for user in pair])
seniorities = st.integers(-2, 2)
rosters = st.dictionaries(ids, seniorities, max_size=12) | st.dictionaries(
    contested_ids, seniorities, max_size=2 * len(PAIRS)
)
