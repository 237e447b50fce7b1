"""The implementations beside each other on a hundred thousand drawn histories.

    python .ci/histories.py [--histories 100000] [--beside 60000] [--seed 1]

Each comparison is a test of the suite, which Hypothesis asks again and again in as many processes
as there are processors, under another seed each time. Counted is what came to its end: a draw that
was given up counts for nothing, and draws that were the same count once under `different`. Fails
where a comparison fails, or where fewer ran than were asked for. The library is the one that is
installed, or that PYTHONPATH names.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from multiprocessing import get_context
from pathlib import Path
from secrets import randbelow
from time import perf_counter, process_time
from typing import Any

from hypothesis import HealthCheck, seed, settings

TESTS = Path(__file__).resolve().parents[1] / "tests"
# Examples under one seed: what Hypothesis remembers of them grows, and a process has its share.
AT_ONCE = 250
SHARDS = 40

# What is compared, the test that does it, and its part of the histories in hundredths.
HISTORIES = (
    (
        "worklog: scalar, columns and oracle",
        "columnar/test_three_ways.py::test_one_history_has_one_worklog",
        70,
    ),
    (
        "worklog as known at an instant: scalar and oracle",
        "worklog/test_against_oracle.py::test_what_was_known_at_an_instant_is_the_oracles_too",
        10,
    ),
    (
        "worklog as visible at an instant, every rule: scalar and oracle",
        "worklog/test_against_oracle.py::test_what_was_visible_at_an_instant_is_the_oracles_too",
        10,
    ),
    (
        "worklog divided by weight: scalar and oracle",
        "worklog/test_against_oracle.py::test_time_divided_by_weight_is_the_oracles_too",
        10,
    ),
)
# What needs no history, in hundredths of what runs beside them.
BESIDE = (
    (
        "division: scalar and oracle",
        "worklog/test_against_oracle.py::test_parallel_time_is_divided_as_the_oracle_divides_it",
        20,
    ),
    (
        "division: columns and oracle",
        "columnar/test_division.py::test_parts_are_those_of_stepping_through_fractions",
        20,
    ),
    (
        "working time: scalar and oracle",
        "calendars/test_calendar.py::test_a_calendar_is_open_when_the_oracle_says_so",
        20,
    ),
    (
        "working time: columns and scalar",
        "columnar/test_clock.py::test_columns_have_the_scalar_answers",
        5,
    ),
    (
        "similarity: scalar and oracle",
        "test_similarity.py::test_it_agrees_with_the_whole_table_of_distances",
        20,
    ),
    (
        "similarity: columns and scalar",
        "columnar/test_similarities.py::test_every_row_is_the_scalar_answer",
        15,
    ),
)


@dataclass
class Tally:
    """What ran of one comparison, and what went wrong."""

    ran: int = 0
    different: set[int] = field(default_factory=set)
    processors: float = 0.0
    fault: str = ""


@cache
def test_at(place: str) -> Any:
    """Return a test by its file and name, ready to be asked at length."""
    settings.register_profile(
        "at length",
        max_examples=AT_ONCE,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("at length")
    file, _, name = place.partition("::")
    sys.path[:0] = [str(TESTS)] * (str(TESTS) not in sys.path)
    spec = spec_from_file_location(file.removesuffix(".py").replace("/", "_"), TESTS / file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


def counting(test: Callable[..., None], tally: Tally, wanted: int) -> Callable[..., None]:
    """Return the inner test, which counts what comes to its end until enough did."""

    def counted(*given: Any, **named: Any) -> None:
        if tally.ran >= wanted:
            return
        test(*given, **named)
        tally.ran += 1
        values = (*given, *named.values())
        try:
            tally.different.add(hash(values))
        except TypeError:
            tally.different.add(hash(repr(values)))

    return counted


def shard(place: str, wanted: int, first_seed: int) -> Tally:
    """Ask one test until so many draws came to their end; draw at most four times as many."""
    tally, since = Tally(), process_time()
    test = test_at(place)
    inner = test.hypothesis.inner_test
    test.hypothesis.inner_test = counting(inner, tally, wanted)
    try:
        for number in range(first_seed, first_seed + 4 * (wanted // 25 + 1)):
            if tally.ran >= wanted:
                break
            seed(number)(test)()
    except BaseException:  # noqa: BLE001  # whatever the test raised is what is to be told
        tally.fault = f"under seed {number}:\n{traceback.format_exc()}"
    finally:
        test.hypothesis.inner_test = inner
    tally.processors = process_time() - since
    return tally


def shards_of(wanted: int) -> Iterator[int]:
    """Yield the shares of as many shards as there are, which sum to what is wanted."""
    for number in range(SHARDS):
        share = wanted * (number + 1) // SHARDS - wanted * number // SHARDS
        if share:
            yield share


def main(histories: int, beside: int, base: int) -> int:
    """Print what ran, a line a comparison, and return 1 where one failed or fell short."""
    # The same value has the same hash in every process, so that different ones can be counted.
    os.environ["PYTHONHASHSEED"] = "0"
    since = perf_counter()
    asked = [(title, place, histories * part // 100) for title, place, part in HISTORIES]
    asked += [(title, place, beside * part // 100) for title, place, part in BESIDE]
    tallies = {title: Tally() for title, _, _ in asked}
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        running = {
            pool.submit(shard, place, share, base + 10_000_000 * row + 100_000 * number): title
            for row, (title, place, wanted) in enumerate(asked)
            for number, share in enumerate(shards_of(wanted))
        }
        for done in as_completed(running):
            tally, found = tallies[running[done]], done.result()
            tally.ran += found.ran
            tally.different |= found.different
            tally.processors += found.processors
            tally.fault = tally.fault or found.fault
    print(f"seed {base}")
    for title, _, wanted in asked:
        tally = tallies[title]
        print(
            f"{title}: {tally.ran:,} of {wanted:,} run, {len(tally.different):,} different, "
            f"{tally.processors:,.0f} s of processors"
        )
        print(tally.fault, end="")
    of_histories = sum(tallies[title].ran for title, _, _ in HISTORIES)
    others = sum(tallies[title].ran for title, _, _ in BESIDE)
    print(
        f"compared: {of_histories:,} histories, and {others:,} divisions, working times "
        f"and similarities, in {perf_counter() - since:,.0f} s"
    )
    return any(tallies[title].fault or tallies[title].ran < wanted for title, _, wanted in asked)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compare the implementations.")
    parser.add_argument("--histories", type=int, default=100_000)
    parser.add_argument("--beside", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=randbelow(10**9))
    chosen = parser.parse_args()
    sys.exit(main(chosen.histories, chosen.beside, chosen.seed))
