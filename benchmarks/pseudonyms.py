"""Measure the assignment of pseudonyms: how long it takes, and how few names change.

Run it with `python benchmarks/pseudonyms.py`. The ids look like e-mail addresses. Seconds are those
of the processor. Names are compared when a roster grows by juniors, when users without a seniority
join, and when somebody leaves.
"""

import time
from itertools import pairwise
from statistics import median

from worklog_core.privacy import PseudonymKey, assign_pseudonyms

KEY = PseudonymKey(bytes(range(32)))


def users(count: int) -> dict[str, int]:
    """Return so many users, each junior to those before."""
    return {f"agent{number}@example.com": number for number in range(count)}


def names(roster: dict[str, int], scope: str = "2026-03") -> dict[str, str]:
    """Return the names of a roster."""
    return assign_pseudonyms(roster, key=KEY, tenant="acme", scope=scope)


def renamed(before: dict[str, str], after: dict[str, str]) -> int:
    """Return how many of those who are in both have another name."""
    return sum(after.get(user, name) != name for user, name in before.items())


def timed(count: int, runs: int) -> tuple[float, float]:
    """Return the median and the least seconds that a roster of so many takes."""
    roster, seconds = users(count), []
    for _ in range(runs):
        start = time.process_time()
        found = names(roster)
        seconds.append(time.process_time() - start)
        assert len(set(found.values())) == count
    return median(seconds), min(seconds)


def growth(few: int, many: int) -> tuple[int, int]:
    """Return how many names change when a roster grows: by juniors, and without seniority."""
    after = users(many)
    by_juniors = renamed(names(users(few)), names(after))
    alike = renamed(names(dict.fromkeys(users(few), 0)), names(dict.fromkeys(after, 0)))
    return by_juniors, alike


def leavers(count: int, tries: int) -> list[int]:
    """Return how many others are renamed when one of a roster leaves, for so many leavers."""
    roster = users(count)
    before = names(roster)
    gone = list(roster)[:: count // tries][:tries]
    return [renamed(before, names({u: s for u, s in roster.items() if u != one})) for one in gone]


def main() -> None:
    """Print the tables."""
    print(f"{'users':>7} {'median s':>9} {'least s':>9} {'us/user':>8}")
    for count in (1_000, 5_000, 50_000, 65_536):
        middle, least = timed(count, 5)
        print(f"{count:7,} {middle:9.3f} {least:9.3f} {middle / count * 1e6:8.1f}")
    print(f"\n{'from':>7} {'to':>7} {'renamed, juniors':>17} {'renamed, no seniority':>22}")
    for few, many in ((500, 5_000), (5_000, 50_000), (5_000, 5_001), (50_000, 65_536)):
        by_juniors, alike = growth(few, many)
        print(f"{few:7,} {many:7,} {by_juniors:17,} {alike:22,}")
    print(f"\n{'of':>7} {'leavers':>8} {'renamed on average':>19} {'at most':>8}")
    for count, tries in ((200, 50), (5_000, 20), (50_000, 5)):
        others = leavers(count, tries)
        print(f"{count:7,} {tries:8} {sum(others) / tries:19.2f} {max(others):8}")
    months = [names(users(5_000), f"2026-{month:02}") for month in range(1, 13)]
    kept = [5_000 - renamed(one, other) for one, other in pairwise(months)]
    print(f"\nof 5,000 users, keep their name from one month to the next: {kept}")


if __name__ == "__main__":
    main()
