"""Count who could be found again in a release, although no name is in it.

Run it with `python benchmarks/reidentification.py`. Rows and people are made up, with a fixed seed.
First: how many of 10,000 rows are alone with their times, exact and rounded. Then: two months whose
pseudonyms have nothing in common; each person of the second is taken for the one of the first whose
topics and handling times are nearest.
"""

import random
from collections import Counter
from math import exp, log
from statistics import fmean

ROWS = 10_000
TOPICS = 25
RECORDS = 300
MINUTE, HOUR, DAY = 60, 3_600, 86_400
# People, how alike their topics are, how far their handling times lie apart.
PROFILES = {
    "strong profiles": (200, 0.8, 0.30),
    "weaker profiles": (60, 5.0, 0.10),
    "all do the same": (60, 500.0, 0.00),
}


def alone(rows: list[tuple[int, ...]]) -> float:
    """Return the share of rows that no other row equals."""
    return sum(count == 1 for count in Counter(rows).values()) / len(rows)


def made_up_rows(draw: random.Random) -> list[tuple[int, int, int]]:
    """Return rows of a duration, an after-work and a deviation from the due date, in seconds."""
    rows = []
    for _ in range(ROWS):
        duration = round(exp(draw.gauss(log(300), 0.8)))
        after_work = round(duration * draw.betavariate(1, 4))
        rows.append((duration, after_work, round(draw.gauss(-DAY, DAY))))
    return rows


def rounded(row: tuple[int, int, int], unit: int, sla_unit: int) -> tuple[int, int, int]:
    """Return a row with its times rounded to units."""
    duration, after_work, deviation = row
    return round(duration / unit), round(after_work / unit), round(deviation / sla_unit)


def month(draw: random.Random, mix: list[float], usual: float) -> list[float]:
    """Return what a month shows of a person: a share for each topic, and the usual log of times."""
    topics = Counter(draw.choices(range(TOPICS), mix, k=RECORDS))
    times = [draw.gauss(usual, 0.8) for _ in range(RECORDS)]
    return [*(topics[topic] / RECORDS for topic in range(TOPICS)), fmean(times)]


def found_again(draw: random.Random, people: int, alike: float, apart: float) -> float:
    """Return the share of people who are nearest to themselves, one month later."""
    months: list[tuple[list[float], list[float]]] = []
    for _ in range(people):
        mix = [draw.gammavariate(alike, 1) for _ in range(TOPICS)]
        usual = draw.gauss(log(300), apart)
        months.append((month(draw, mix, usual), month(draw, mix, usual)))
    found = 0
    for number, (_, later) in enumerate(months):
        far = [sum((a - b) ** 2 for a, b in zip(one, later, strict=True)) for one, _ in months]
        found += far.index(min(far)) == number
    return found / people


def main() -> None:
    """Print both tables."""
    draw = random.Random(7)
    rows = made_up_rows(draw)
    print(f"of {ROWS:,} rows alone")
    print(f"  {alone([row[:1] for row in rows]):6.1%} by duration")
    print(f"  {alone([row[:2] for row in rows]):6.1%} by duration and after-work")
    print(f"  {alone([*rows]):6.1%} by both and the deviation from the due date")
    for unit, sla_unit, said in ((30, HOUR, "30 s and an hour"), (MINUTE, DAY, "60 s and a day")):
        share = alone([rounded(row, unit, sla_unit) for row in rows])
        print(f"  {share:6.1%} by all three, rounded to {said}")
    print(f"\nfound again by topics and times, {RECORDS} rows a month")
    for said, (people, alike, apart) in PROFILES.items():
        share = fmean(found_again(draw, people, alike, apart) for _ in range(5))
        print(f"  {said}: {share:4.0%} of {people} people, by chance {1 / people:.1%}")


if __name__ == "__main__":
    main()
