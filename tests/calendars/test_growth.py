"""How far a table is compiled: a month before and a year after, then twice as far, never twice."""

from datetime import timedelta

import pytest

from worklog_core.calendars.days import DAY_US
from worklog_core.calendars.growth import MAX_SPAN_YEARS, GrowingTable
from worklog_core.calendars.spans import Span, clip
from worklog_core.errors import NoWorkingTimeError, RangeError
from worklog_core.instants import FIRST_US, LAST_US, from_microseconds

YEAR = 146_097 * DAY_US // 400
MOST = MAX_SPAN_YEARS * YEAR
DAY = DAY_US


class Asked:
    """Periods that never open by themselves, and remember which stretches they were asked for."""

    never_opens = False
    dated: Span | None = None

    def __init__(self) -> None:
        self.stretches: list[Span] = []

    def in_stretch(self, first: int, last: int) -> list[Span]:
        assert type(first) is type(last) is int
        self.stretches.append((first, last))
        return []


def asked(*questions: Span) -> list[Span]:
    """Return the stretches that questions led to, and check that each was answered."""
    periods = Asked()
    table = GrowingTable(periods)
    for first, last in questions:
        found = table.covering(first, last)
        assert found.first <= first
        assert last <= found.last
        assert found is table.latest
    return periods.stretches


def test_the_first_question_has_a_month_before_and_a_year_after() -> None:
    assert asked((5 * DAY, 6 * DAY)) == [(-27 * DAY, 372 * DAY)]


@pytest.mark.parametrize(
    "inner", [(0, DAY), (-32 * DAY, 367 * DAY), (-32 * DAY, 0), (0, 367 * DAY)]
)
def test_what_is_known_is_not_asked_again(inner: Span) -> None:
    assert asked((0, DAY), inner) == [(-32 * DAY, 367 * DAY)]


def test_a_table_grows_by_its_own_length_to_the_side_that_is_asked_about() -> None:
    known = (-32 * DAY, 367 * DAY)
    later, earlier = (0, 367 * DAY + 1), (-32 * DAY - 1, 0)
    assert asked((0, DAY), later) == [known, (367 * DAY, 2 * 367 * DAY + 32 * DAY + 1)]
    assert asked((0, DAY), earlier) == [known, (-32 * DAY - 1 - 399 * DAY, -32 * DAY)]
    assert asked((0, DAY), (-33 * DAY, 368 * DAY)) == [
        known,
        (-33 * DAY - 399 * DAY, -32 * DAY),
        (367 * DAY, 368 * DAY),
    ]


def test_a_table_never_grows_beyond_what_may_be_asked() -> None:
    start, end = -32 * DAY, 300 * YEAR + 366 * DAY
    together = 350 * YEAR - start
    assert asked((0, 300 * YEAR), (0, 350 * YEAR)) == [
        (start, end),
        (end, 350 * YEAR + MOST - together),
    ]
    assert asked((0, 300 * YEAR), (0, start + MOST)) == [(start, end), (end, start + MOST)]


def test_a_question_far_away_begins_anew_with_as_much_to_spare_as_it_spans() -> None:
    known, far, past = (-32 * DAY, 367 * DAY), 500 * YEAR, -500 * YEAR
    assert asked((0, DAY), (far, far + 9 * DAY)) == [known, (far - 32 * DAY, far + 18 * DAY)]
    assert asked((0, DAY), (past, past + 9 * DAY)) == [known, (past - 9 * DAY, past + 9 * DAY)]
    assert asked((0, DAY), (far, far + 300 * YEAR)) == [known, (far - 32 * DAY, far + MOST)]
    over = known[0] + MOST + 1
    assert asked((0, DAY), (over - DAY, over)) == [known, (over - 33 * DAY, over + DAY)]


def test_nothing_is_asked_beyond_the_range_of_instants() -> None:
    assert asked((FIRST_US, FIRST_US + DAY)) == [(FIRST_US, FIRST_US + 367 * DAY)]
    assert asked((LAST_US, LAST_US + 1)) == [(LAST_US - 32 * DAY, LAST_US + 1)]
    first = FIRST_US + 40 * DAY
    assert asked((first, first + DAY), (FIRST_US + DAY, first))[1] == (FIRST_US, first - 32 * DAY)
    last = LAST_US + 1 - 400 * DAY
    assert asked((last, last + DAY), (last, LAST_US))[1] == (last + 367 * DAY, LAST_US + 1)


def test_no_more_than_400_years_are_asked_at_once() -> None:
    assert asked((0, MOST)) == [(-32 * DAY, MOST + 366 * DAY)]
    first, last = DAY, DAY + MOST + 1
    with pytest.raises(RangeError, match=r"must span at most 400 years") as caught:
        asked((first, last))
    assert caught.value.value == timedelta(microseconds=MOST + 1)
    said = f"{from_microseconds(first).isoformat()} to {from_microseconds(last - 1).isoformat()}."
    assert said in str(caught.value)


class Opened(Asked):
    """Periods that are open in some spans, and dated as far as they are told to be."""

    def __init__(self, *spans: Span, dated: Span | None = None) -> None:
        super().__init__()
        self.spans, self.dated = spans, dated

    def in_stretch(self, first: int, last: int) -> list[Span]:
        super().in_stretch(first, last)
        return clip(self.spans, first, last)


@pytest.mark.parametrize("at", [5 * DAY, 5 * DAY + 1])
def test_an_instant_is_a_question_of_one_tick(at: int) -> None:
    periods = Opened()
    GrowingTable(periods).knowing(at)
    assert periods.stretches == [(at - 32 * DAY, at + 1 + 366 * DAY)]


@pytest.mark.parametrize("at", [0, 3, 4])
def test_a_search_goes_on_by_as_much_as_is_known(at: int) -> None:
    periods = Opened()
    table = GrowingTable(periods)
    known = table.knowing(at)
    length = known.last - known.first
    ahead = table.longer(known, at, since=at, forward=True)
    assert periods.stretches[1:] == [(known.last, known.last + 1 + length)]
    table.longer(ahead, at, since=at, forward=False)
    assert periods.stretches[2:] == [(known.first - 1 - 2 * length - 1, known.first)]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_search_ends_thirty_years_beyond_the_last_date(sign: int) -> None:
    near, far = sorted((-10 * sign * YEAR, 60 * sign * YEAR))
    periods = Opened(dated=(near, far))
    growing = GrowingTable(periods)
    with pytest.raises(NoWorkingTimeError, match=r"found no opening from 1970-01-01"):
        growing.reaching(0, sign)
    searched = growing.latest.last if sign > 0 else -growing.latest.first
    assert searched >= 90 * YEAR


@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_searched_is_what_lies_ahead(sign: int) -> None:
    # Open where the question came from and closed where it leads, and the other way round.
    behind = sorted((-500 * sign * YEAR, -20 * sign * DAY))
    ahead = sorted((20 * sign * DAY, 500 * sign * YEAR))
    for span, error, found in (
        (behind, NoWorkingTimeError, "found no opening from 1970-01-01"),
        (ahead, RangeError, "found it open from 1970-01-01"),
    ):
        growing = GrowingTable(Opened((span[0], span[1])))
        table = growing.covering(-100 * YEAR, 100 * YEAR)
        with pytest.raises(error, match=found):
            growing.longer(table, 0, since=0, forward=sign > 0)


@pytest.mark.parametrize("amount", [1, -1, 2, -2, DAY, -DAY])
def test_an_amount_is_reached_however_far_its_period(amount: int) -> None:
    ahead, behind = (3 * YEAR, 4 * YEAR), (-4 * YEAR, -3 * YEAR)
    table = GrowingTable(Opened(ahead if amount > 0 else behind)).reaching(0, amount)
    reading = table.clock_at(0) + amount
    assert 0 <= reading <= table.total
    found = table.earliest_at(reading) if amount > 0 else table.latest_at(reading)
    assert found == (3 * YEAR + amount if amount > 0 else -3 * YEAR + amount)


def test_what_remains_up_to_the_last_instant_may_be_asked_for() -> None:
    at = (LAST_US + 1) // 3
    table = GrowingTable(Opened((FIRST_US, LAST_US + 1))).reaching(at, 9 * DAY)
    assert table.earliest_at(table.clock_at(at) + 9 * DAY) == at + 9 * DAY


def test_a_span_that_is_too_long_is_told_by_its_first_and_its_last_instant() -> None:
    with pytest.raises(RangeError, match=r" to 1970-01-01T00:00:00\.000009\+00:00\. Ask by "):
        asked((9 - MOST, 10))


@pytest.mark.parametrize("sign", [1, -1])
def test_thirty_years_without_a_change_are_enough(sign: int) -> None:
    growing = GrowingTable(Opened())
    # A month more is compiled before a question, and a year more after it.
    question = (0, 30 * YEAR - 366 * DAY) if sign > 0 else (32 * DAY - 30 * YEAR, 0)
    table = growing.covering(*question)
    assert (table.last if sign > 0 else -table.first) == 30 * YEAR
    with pytest.raises(NoWorkingTimeError, match=r"within 30 years of the question: found no "):
        growing.longer(table, 0, since=0, forward=sign > 0)
    assert growing.longer(table, 0, since=sign, forward=sign > 0) is not table
