"""The implementations beside each other on a hundred thousand drawn histories.

    python .ci/histories.py [--histories 100000] [--beside 10000] [--seed 1]

Each comparison is a test of the suite, which Hypothesis asks again and again in as many processes
as there are processors, under another seed each time. Counted is what came to its end and differs
from what was counted before: a draw that was given up counts for nothing, and so does one that says
the same once more. Fails where a comparison fails, or where fewer were compared than asked for. The
library is the one that is installed, or that PYTHONPATH names.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from secrets import randbelow
from time import perf_counter, process_time
from typing import Any

from hypothesis import HealthCheck, seed, settings

from worklog_core import History

TESTS = Path(__file__).resolve().parents[1] / "tests"
# Examples under one seed: what Hypothesis remembers of them grows. A shard has several seeds.
AT_ONCE = 250
SHARD = 1000
SEEDS = 1000  # a shard's own; none is asked for twice

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


class Enough(BaseException):
    """So many draws came to their end as were wanted; Hypothesis lets it through."""


@dataclass
class Tally:
    """What ran of one comparison, and what went wrong."""

    drawn: int = 0
    different: set[int] = field(default_factory=set)
    processors: float = 0.0
    fault: str = ""

    def add(self, other: "Tally") -> None:
        """Take in what ran elsewhere."""
        self.drawn += other.drawn
        self.different |= other.different
        self.processors += other.processors
        self.fault = self.fault or other.fault


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


def told(value: Any) -> Any:
    """Return what a draw says as a value that can be hashed."""
    if isinstance(value, dict):
        return frozenset((key, told(each)) for key, each in value.items())
    if isinstance(value, History | list | tuple):
        return tuple(map(told, value))
    return value if isinstance(value, Hashable) else repr(value)


def counting(test: Callable[..., None], tally: Tally, wanted: int) -> Callable[..., None]:
    """Return the inner test, which counts what comes to its end and stops when enough did."""

    def counted(*given: Any, **named: Any) -> None:
        tally.drawn += 1
        drawn = hash(told((*given, *named.values())))
        if drawn in tally.different:
            return
        test(*given, **named)
        tally.different.add(drawn)
        if len(tally.different) == wanted:
            raise Enough

    return counted


def shard(place: str, wanted: int, first_seed: int) -> Tally:
    """Ask one test under one seed after the other, until so many draws came to their end."""
    tally, since = Tally(), process_time()
    test = test_at(place)
    inner = test.hypothesis.inner_test
    test.hypothesis.inner_test = counting(inner, tally, wanted)
    try:
        for number in range(first_seed, first_seed + SEEDS):
            seed(number)(test)()
    except Enough:
        pass
    except BaseException:  # noqa: BLE001  # whatever the test raised is what is to be told
        tally.fault = f"under seed {number}:\n{traceback.format_exc()}"
    finally:
        test.hypothesis.inner_test = inner
    tally.processors = process_time() - since
    return tally


def shares_of(wanted: int) -> Iterator[int]:
    """Yield the shares of the shards, which sum to what is wanted, or to a little more.

    Nothing is wanted any more where more was found than was asked for.
    """
    yield from [SHARD] * (wanted // SHARD)
    if wanted > 0 and wanted % SHARD:
        # The first draws under every seed are alike: a few more would be none.
        yield max(wanted % SHARD, AT_ONCE)


def main(histories: int, beside: int, base: int) -> int:
    """Print what was compared, a line each, and return 1 where something failed or fell short."""
    # The same value has the same hash in every process, so that different ones can be counted.
    os.environ["PYTHONHASHSEED"] = "0"
    since = perf_counter()
    wanted = {(title, place): histories * part // 100 for title, place, part in HISTORIES}
    wanted |= {(title, place): beside * part // 100 for title, place, part in BESIDE}
    tallies = {each: Tally() for each in wanted}
    seeds = count(base, SEEDS)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        # What two shards drew alike is drawn for once more.
        for _ in range(20):
            running = {
                pool.submit(shard, each[1], share, next(seeds)): tally
                for each, tally in tallies.items()
                if not tally.fault
                for share in shares_of(wanted[each] - len(tally.different))
            }
            for done in as_completed(running):
                running[done].add(done.result())
    print(f"seed {base}")
    for each, tally in tallies.items():
        print(
            f"{each[0]}: {len(tally.different):,} different of {tally.drawn:,} drawn, "
            f"{tally.processors:,.0f} s of processors"
        )
        print(tally.fault, end="")
    compared = [len(tally.different) for tally in tallies.values()]
    print(
        f"compared: {sum(compared[: len(HISTORIES)]):,} histories and "
        f"{sum(compared[len(HISTORIES) :]):,} divisions, working times and similarities, "
        f"in {perf_counter() - since:,.0f} s"
    )
    return any(
        tally.fault or len(tally.different) < wanted[each] for each, tally in tallies.items()
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compare the implementations.")
    parser.add_argument("--histories", type=int, default=100_000)
    parser.add_argument("--beside", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=randbelow(10**9))
    chosen = parser.parse_args()
    sys.exit(main(chosen.histories, chosen.beside, chosen.seed))
