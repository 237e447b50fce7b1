"""Look-ups by cells say what stepping through the ticks says, at every tick."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core.calendars.table import PeriodTable
from worklog_core.columnar import lookups
from worklog_core.columnar.arrays import Ints
from worklog_core.columnar.lookups import Clock, Inverse, Scratch

MANY = 10**9  # questions, so that there are cells
FEW = 1  # questions, so that there are none

# Runs of closed and open ticks, from a first tick on that may lie before 1970.
timelines = st.tuples(
    st.integers(-100, 100), st.lists(st.integers(1, 20), min_size=1, max_size=9), st.booleans()
)
Timeline = tuple[int, list[int], bool]


def ticks_of(timeline: Timeline) -> list[bool]:
    _, lengths, is_open = timeline
    return [
        is_open is (number % 2 == 0) for number, length in enumerate(lengths) for _ in range(length)
    ]


def table_of(timeline: Timeline) -> PeriodTable:
    first, ticks = timeline[0], ticks_of(timeline)
    runs = [(key, [at for at, _ in run]) for key, run in groupby(enumerate(ticks), lambda t: t[1])]
    periods = [(first + run[0], first + run[-1] + 1) for is_open, run in runs if is_open]
    return PeriodTable.of(periods, first=first, last=first + len(ticks))


def read(clock: Clock, at: Ints) -> list[int]:
    shown = np.empty(len(at), np.int64)
    clock.read(at, shown, Scratch.of_length(len(at)))
    return shown.tolist()


@pytest.mark.parametrize("questions", [MANY, FEW])
@given(timeline=timelines, data=st.data())
def test_a_clock_shows_how_many_ticks_were_open(
    questions: int, timeline: Timeline, data: st.DataObject
) -> None:
    first, ticks = timeline[0], ticks_of(timeline)
    low = data.draw(st.integers(0, len(ticks) - 1))
    high = data.draw(st.integers(low, len(ticks)))
    clock = Clock.of(table_of(timeline), first + low, first + high, questions)
    assert (len(clock.lead) > 0) is (questions == MANY)
    shown = read(clock, first + np.arange(low, high + 1))
    assert shown == [sum(ticks[:at]) for at in range(low, high + 1)]


@pytest.mark.parametrize("questions", [MANY, FEW])
@given(timeline=timelines, data=st.data())
def test_the_inverse_finds_the_first_and_the_last_tick_of_a_reading(
    questions: int, timeline: Timeline, data: st.DataObject
) -> None:
    first, ticks = timeline[0], ticks_of(timeline)
    shown = [sum(ticks[:at]) for at in range(len(ticks) + 1)]
    readings = list(range(1, shown[-1] + 1))
    if not readings:
        return
    low = data.draw(st.integers(1, len(readings)))
    high = data.draw(st.integers(low, len(readings)))
    inverse = Inverse.of(table_of(timeline), low, high, questions)
    asked = np.arange(low, high + 1)
    offset = np.empty(len(asked), np.int64)
    inverse.look_up(asked, offset, Scratch.of_length(len(asked)))
    found = (asked + offset - first).tolist()
    assert found == [shown.index(reading) for reading in asked.tolist()]
    # The last tick of a reading is the one before the first of the next.
    last = [max(at for at in range(len(ticks)) if shown[at] == r - 1) for r in asked.tolist()]
    assert [at - 1 for at in found] == last


def test_cells_are_no_wider_than_the_smallest_gap_and_the_shortest_period() -> None:
    table = PeriodTable.of([(0, 40), (47, 52), (90, 95)], first=-10, last=200)
    assert 1 << Clock.of(table, -10, 199, MANY).shift == 4
    assert 1 << Inverse.of(table, 0, 50, MANY).shift == 4
    # Only what lies between counts, for the first and the last period may be cut off.
    assert 1 << Clock.of(table, 60, 199, MANY).shift >= 140


def test_where_cells_would_be_too_many_the_look_up_is_a_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = PeriodTable.of([(10 * n, 10 * n + 9) for n in range(100)], first=0, last=1000)
    assert len(Clock.of(table, 0, 999, MANY).lead) == 1000
    assert not len(Clock.of(table, 0, 999, 1000).lead)
    monkeypatch.setattr(lookups, "_MOST_CELLS", 999)
    assert not len(Clock.of(table, 0, 999, MANY).lead)
