"""The laws: each catches the wrong metrics that break it and no other, and says so in words."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from math import ceil, floor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.configuration import storage_directory

from testing import wrong_metrics
from testing.wrong_metrics import LAWS, RULES, WRONG, Kind, Wrong
from worklog_core import (
    Action,
    CustomerDetected,
    Direction,
    History,
    IntervalSet,
    MessageSent,
    ScreenSession,
    SenderKind,
    TicketEdit,
    TicketOpened,
    WeeklyHours,
    WorkingCalendar,
    WorklogError,
    build_worklog,
    divide_parallel_time,
)
from worklog_core.testing import laws
from worklog_core.testing.laws import LawBroken
from worklog_core.testing.strategies import instants, intervals

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def desk(number: int, user: str, start: int, minutes: int) -> list[Any]:
    """Return a ticket that was on screen for some minutes and edited then; on none for no time."""
    ticket, begun = f"T{number}", MONDAY + timedelta(minutes=start)
    edit = TicketEdit(user, ticket, begun + timedelta(minutes=minutes), Action.WRITE)
    return [edit, *([ScreenSession(user, ticket, begun, edit.at)] if minutes else [])]


def desks() -> st.SearchStrategy[History]:
    """Draw a history of up to five tickets: less than `histories` draws, and fast."""
    minute = st.integers(0, 3)
    drawn = st.lists(st.tuples(st.sampled_from(["U1", "U2"]), minute, minute), max_size=5)
    return drawn.map(
        lambda each: History.of(e for n, told in enumerate(each) for e in desk(n, *told))
    )


OFFICE = WorkingCalendar(
    WeeklyHours.parse("Mon-Fri 09:00-17:00; Sun 00:00-06:00"), time_zone=ZoneInfo("Europe/Berlin")
)

# What stands for each kind of metric where it is right.
RIGHT: dict[Kind, Callable[..., Any]] = {
    Kind.DIVISION: divide_parallel_time,
    Kind.CLOCK: OFFICE.working_time,
    Kind.EVENTS: lambda events: len(History.of(events)),
    Kind.TIMES: lambda events: {
        (row.ticket_id, row.recorded_at): row.duration for row in worklog_of(events).rows
    },
    Kind.CLEANING: IntervalSet,
    Kind.UPDATE: lambda known, late: known | late,
    Kind.RIVAL: wrong_metrics.average,
}


@dataclass(repr=False)
class Silent:
    """What says nothing of what it holds."""

    name: str


@attrs.frozen
class Table:
    """What shows no name in its rows, and carries one along."""

    _made_by: str = attrs.field(default="nobody", repr=False)
    columns = ("number",)

    def to_dicts(self) -> list[dict[str, int]]:
        return [{"number": 1}]


class Held:
    """What holds a name, and shows it to nobody."""

    def __init__(self, name: str) -> None:
        self.name = name


def users(history: History) -> list[str]:
    return [each.user_id for each in history.edits]


def worklog_of(events: Any) -> Any:
    return build_worklog(History.of(events), RULES)


def ask(name: str, metric: Callable[..., Any], kind: Kind) -> None:
    """Ask a law about a metric, with small cases."""
    law, _ = LAWS[name]
    if kind is Kind.UPDATE:
        build = History.of if metric is RIGHT[kind] else wrong_metrics.times_by_user
        law(build, metric, strategy=desks())
    elif name == "same_word_same_number":
        law(wrong_metrics.average, metric, strategy=desks())
    elif kind in (Kind.DIVISION, Kind.CLOCK):
        law(metric)
    elif kind is Kind.CLEANING:
        law(metric, st.lists(intervals(), max_size=4))
    else:
        takes_lists = name in ("ignores_order", "ignores_duplicates")
        law(metric, desks().map(list) if takes_lists else desks())


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.metric.__name__)
def test_a_wrong_metric_is_caught_by_the_laws_that_it_breaks_and_by_no_other(
    wrong: Wrong, name: str
) -> None:
    if wrong.kind not in LAWS[name][1]:
        assert name not in wrong.breaks, "a law that cannot be asked cannot be broken"
    elif name in wrong.breaks:
        with pytest.raises(LawBroken, match=f"^{name}: ") as broken:
            ask(name, wrong.metric, wrong.kind)
        assert broken.value.law == name
        assert broken.value.counterexample is not None
        assert broken.value.__cause__ is None
    else:
        ask(name, wrong.metric, wrong.kind)


def test_every_law_catches_a_metric_and_every_wrong_metric_is_caught() -> None:
    assert set().union(*(wrong.breaks for wrong in WRONG)) == set(LAWS)
    assert all(wrong.breaks for wrong in WRONG)
    assert len(WRONG) >= 10
    values = {"LawBroken", "screen_histories"}
    assert set(LAWS) == set(laws.__all__) - values


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name, (_, kinds) in LAWS.items() for kind in kinds],
    ids=str,
)
def test_what_is_right_keeps_every_law(name: str, kind: Kind) -> None:
    ask(name, RIGHT[kind], kind)


def test_the_message_says_what_must_hold_what_was_found_and_with_what() -> None:
    with pytest.raises(LawBroken, match="conserves_time") as caught:
        laws.conserves_time(wrong_metrics.undivided)
    # Which tickets it are is the search's own business.
    first, second = caught.value.counterexample
    assert str(caught.value) == (
        "conserves_time: the shares must sum to the time in which anything was open: "
        "they sum to 0:00:00.000002, and 0:00:00.000001 was open. Divide an instant over what is "
        "open in it, and give what is left of a unit to one of them.\n"
        "Found with \n"
        f"  {first} open from 2026-03-02T00:00:00+00:00 to 2026-03-02T00:00:00.000001+00:00\n"
        f"  {second} open from 2026-03-02T00:00:00+00:00 to 2026-03-02T00:00:00.000001+00:00"
    )
    assert [len(spans) for spans in caught.value.counterexample.values()] == [1, 1]


def test_a_finding_travels_between_processes() -> None:
    broken = LawBroken("what was found", "a_law", ("a case",))
    copy = pickle.loads(pickle.dumps(broken))
    assert (str(copy), copy.law, copy.counterexample) == ("what was found", "a_law", ("a case",))
    assert isinstance(copy, AssertionError)


def test_an_error_of_the_metric_breaks_the_law_and_is_the_cause() -> None:
    def of_one_or_more(open_times: Any) -> Any:
        return divide_parallel_time(open_times) if 1 / len(open_times) else {}

    with pytest.raises(
        LawBroken, match=r"ZeroDivisionError was raised: .*\nFound with nothing open"
    ) as caught:
        laws.conserves_time(of_one_or_more)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.counterexample == {}
    assert "must answer every case" in str(caught.value)
    assert "Divide an instant" not in str(caught.value)


def test_what_are_no_times_are_told_as_such() -> None:
    def nothing(_: History) -> Any:
        return None

    with pytest.raises(LawBroken, match=r"handling_times must return a mapping to times: found No"):
        laws.counts_no_time_twice(nothing)


def test_a_metric_that_answers_in_two_ways_breaks_any_law() -> None:
    asked: list[object] = []

    def moody(*instants: datetime) -> timedelta:
        asked.append(instants)
        return timedelta(len(asked) == 1)

    with pytest.raises(
        LawBroken, match=r"^is_antisymmetric: .* answered twice in two ways"
    ) as caught:
        laws.is_antisymmetric(moody)
    assert caught.value.counterexample is None


def test_a_metric_that_answers_otherwise_when_it_is_asked_again_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def find_nothing(*_: object, **__: object) -> tuple[datetime, datetime]:
        return MONDAY, MONDAY

    monkeypatch.setattr("worklog_core.testing.laws.broken.find", find_nothing)
    with pytest.raises(LawBroken, match=r"answered twice in two ways") as caught:
        laws.is_antisymmetric(OFFICE.working_time)
    assert caught.value.counterexample is None


UNITS = ("milliseconds", "seconds", "minutes", "hours", "days")


@pytest.mark.parametrize("unit", [*UNITS, "quarters of an hour"])
@pytest.mark.parametrize("cut", [floor, ceil, round])
def test_a_clock_that_tells_whole_units_does_not_add_up(
    unit: str, cut: Callable[[Fraction], int]
) -> None:
    whole = timedelta(**{unit: 1}) if unit in UNITS else timedelta(minutes=15)
    tick = timedelta.resolution

    def clock(start: datetime, end: datetime) -> timedelta:
        elapsed = end.astimezone(UTC) - start.astimezone(UTC)
        return cut(Fraction(elapsed // tick, whole // tick)) * whole

    with pytest.raises(LawBroken, match=r"^adds_up_over_time: "):
        laws.adds_up_over_time(clock)


@pytest.mark.parametrize("most", [timedelta(hours=1), timedelta(days=1), timedelta(days=30)])
def test_a_clock_that_stops_after_a_while_does_not_add_up(most: timedelta) -> None:
    with pytest.raises(LawBroken, match=r"^adds_up_over_time: "):
        laws.adds_up_over_time(
            lambda start, end: min(most, end.astimezone(UTC) - start.astimezone(UTC))
        )


def test_a_cleaning_may_be_of_anything_and_change_what_it_was_given() -> None:
    with pytest.raises(LawBroken, match=r"is_idempotent: .*: 1, and 0 once more.*\nFound with 2"):
        laws.is_idempotent(lambda number: number // 2, st.just(2))

    def sort_in_place(items: list[int]) -> list[int]:
        items.sort()
        return items

    given = [3, 1, 2]
    laws.is_idempotent(sort_in_place, st.just(given))
    assert given == [3, 1, 2]


def test_a_finding_reads_well_where_there_are_no_events() -> None:
    with pytest.raises(LawBroken, match=r"Found with no events\nand the same as no events$"):
        laws.ignores_order(lambda events: events is None or object(), st.just([]))
    with pytest.raises(LawBroken, match=r"Found with no events\nand late no events$"):
        laws.late_events_equal_a_rebuild(len, lambda _, __: 2, strategy=st.just(History()))


def test_a_law_draws_the_same_cases_each_time_whatever_the_profile() -> None:
    def asked(count: int) -> list[tuple[datetime, datetime]]:
        found = []

        def clock(start: datetime, end: datetime) -> timedelta:
            found.append((start, end))
            return end.astimezone(UTC) - start.astimezone(UTC)

        laws.is_antisymmetric(clock, max_examples=count)
        return found

    settings.register_profile("few", max_examples=1, derandomize=False)
    assert settings.default is not None
    settings.register_profile("before", settings.default)
    first = asked(30)
    settings.load_profile("few")
    try:
        assert asked(30) == first
    finally:
        settings.load_profile("before")
    assert len(asked(60)) > len(first)


def test_cases_can_be_drawn_by_a_strategy_of_ones_own() -> None:
    seen = []

    def clock(start: datetime, end: datetime) -> timedelta:
        seen.extend([start, end])
        return end - start

    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    laws.never_runs_backwards(clock, st.just(noon))
    assert set(seen) == {noon}
    laws.adds_up_over_time(clock, instants(ZoneInfo("Europe/Berlin")))
    assert len(set(seen)) > 5


def test_instants_of_ones_own_are_put_in_order_by_instant() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    twice = [datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1)]

    def elapsed(start: datetime, end: datetime) -> timedelta:
        return end.astimezone(UTC) - start.astimezone(UTC)

    laws.never_runs_backwards(elapsed, st.sampled_from(twice))


def test_a_metric_may_assume_what_it_needs() -> None:
    def of_two(open_times: Any) -> Any:
        assume(len(open_times) == 2)
        return divide_parallel_time(open_times)

    laws.conserves_time(of_two)


@pytest.mark.parametrize(
    ("law", "field"),
    [
        (laws.conserves_time, "division"),
        (laws.adds_up_over_time, "clock"),
        (laws.is_antisymmetric, "clock"),
        (laws.never_runs_backwards, "clock"),
        (laws.counts_no_time_twice, "handling_times"),
        (laws.ignores_order, "metric"),
        (laws.ignores_duplicates, "metric"),
        (laws.is_idempotent, "cleaning"),
        (laws.names_nobody, "publish"),
        (laws.ignores_names, "publish"),
        (lambda build: laws.late_events_equal_a_rebuild(build, max), "build"),
        (lambda update: laws.late_events_equal_a_rebuild(History.of, update), "update"),
        (partial(laws.same_word_same_number, other=len), "one"),
        (partial(laws.same_word_same_number, len), "other"),
    ],
)
def test_what_is_no_function_is_refused_by_name(law: Callable[[Any], None], field: str) -> None:
    with pytest.raises(
        WorklogError, match=f"^{field} must be a function that .* can call: found 7"
    ):
        law(7)


NO_RUNNER = """
import sys
from datetime import timedelta
from worklog_core.testing import laws
try:
    laws.conserves_time(lambda open_times: dict.fromkeys(open_times, timedelta(1)))
except laws.LawBroken as broken:
    print(broken.law, "pytest" in sys.modules)
laws.names_nobody(lambda history: len(history))
"""


def test_a_law_needs_no_runner_and_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"A_CONSTANT = 71234\n{NO_RUNNER}", encoding="utf-8")
    source = Path(laws.__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", "mine.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == "conserves_time False\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_where_hypothesis_keeps_its_files_is_left_as_it_was() -> None:
    def place() -> str:
        found = storage_directory(intent_to_write=False)
        return str(getattr(found, "path", found))

    before = place()
    laws.is_antisymmetric(lambda start, end: end - start, max_examples=5)
    with pytest.raises(LawBroken, match="antisymmetric"):
        laws.is_antisymmetric(wrong_metrics.without_its_sign)
    assert place() == before


@pytest.mark.parametrize(
    "publish",
    [
        lambda history: [{"who": {each.user_id}} for each in history.edits],
        lambda history: {each.user_id: 1 for each in history.edits},
        lambda history: "".join(each.user_id.upper() for each in history.edits),
        lambda history: b"".join(each.user_id.encode() for each in history.edits),
        lambda history: history.edits,
        lambda history: history,
        lambda history: (each for each in history.edits),
        lambda history: build_worklog(history, RULES).ledger.lines,
        lambda history: [Held(who) for who in users(history)],
        lambda history: [Silent(who) for who in users(history)],
        lambda history: [bytearray(who.encode()) for who in users(history)],
        lambda history: [memoryview(who.encode()) for who in users(history)],
        lambda history: pd.DataFrame(
            {f"c{n}": [n, who, n] for who in users(history) for n in range(99)}
        ),
        lambda history: Table(*users(history)[:1]),
        lambda history: pl.DataFrame({"who": [*"a" * 40, *users(history), *"b" * 40]}),
        lambda history: pa.table({"who": [*"a" * 40, *users(history), *"b" * 40]}),
    ],
)
def test_a_name_is_found_wherever_it_stands(publish: Callable[[History], Any]) -> None:
    with pytest.raises(LawBroken, match="holds one"):
        laws.names_nobody(publish, desks())


def test_what_holds_itself_is_looked_through_once() -> None:
    ring: list[Any] = [Held, Held("an agent")]
    ring.append(ring)
    laws.names_nobody(lambda _: ring, desks())


def test_the_counterexample_is_what_was_handed_over() -> None:
    with pytest.raises(LawBroken, match="holds one") as caught:
        laws.names_nobody(users, desks())
    assert users(caught.value.counterexample) == ["meike-mustermann-1"]


def test_an_agent_of_software_is_nobody() -> None:
    def agents(history: History) -> list[str | None]:
        return [each.sender_id for each in history.messages]

    by_software: Any = {"direction": Direction.OUT, "sender": SenderKind.AI_AGENT}
    history = History(messages=[MessageSent("T1", MONDAY, "M1", sender_id="base", **by_software)])
    laws.names_nobody(agents, st.just(history))
    laws.ignores_names(agents, st.just(history))


def test_screens_alone_are_drawn_where_their_time_is_summed() -> None:
    with pytest.raises(LawBroken, match=r"0:00:00\.000002, and 0:00:00\.000001 was on screen"):
        laws.counts_no_time_twice(wrong_metrics.undivided_screens)


def test_who_sent_took_and_gave_is_a_user_too() -> None:
    def everybody(history: History) -> list[Any]:
        return [history.assignments, history.transfers, history.messages]

    with pytest.raises(LawBroken, match="meike"):
        laws.names_nobody(everybody)


def test_a_customer_who_writes_has_one_name_in_messages_and_tickets() -> None:
    def people(history: History) -> int:
        sent = {message.sender_id for message in history.messages}
        found = {detection.customer_id for detection in history.customer_detections}
        return len(sent | found | {opening.contact_id for opening in history.openings})

    incoming: Any = {"direction": Direction.IN, "sender": SenderKind.CUSTOMER}
    history = History(
        messages=[MessageSent("T1", MONDAY, "M1", sender_id="K1", **incoming)],
        openings=[TicketOpened("T1", MONDAY, contact_id="K1")],
        customer_detections=[CustomerDetected("T1", MONDAY, "K1")],
    )
    laws.ignores_names(people, st.just(history))
