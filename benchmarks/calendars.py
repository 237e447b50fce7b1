"""Measure questions to a working calendar against the libraries that people use for them.

Run it with `python benchmarks/calendars.py`, with the extra `bench` installed; a number behind it
is the count of questions. Monday to Friday 09:00-17:00 in Berlin with the German holidays, one
process. Each question has instants of its own, drawn with a fixed seed over three years to the
microsecond, up to 30 days apart. Every answer is compared with ours before anything is measured;
libraries that are slow are asked the first questions only. Figures are medians of interleaved runs.
Libraries that know no zones are given wall times, which are right here because no hours lie at
night; turning instants into them is not measured.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import businesstimedelta
import holidays
import timegrid
import workclock
from business_duration import businessDuration

from worklog_core.calendars import DayHours, WeeklyHours, WorkingCalendar
from worklog_core.instants import to_microseconds

BERLIN = ZoneInfo("Europe/Berlin")
PYTZ_BERLIN = businesstimedelta.pytz.timezone("Europe/Berlin")
HOURS = WeeklyHours.parse("Mon-Fri 09:00-17:00")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
LAST = datetime(2027, 1, 1, tzinfo=UTC)
HOLIDAYS = sorted(holidays.country_holidays("DE", years=range(2023, 2029)))
NINE, FIVE = time_of_day(9), time_of_day(17)
TARGET = timedelta(hours=8)
RUNS = 11

Question = tuple[datetime, Any]


@attrs.frozen
class Engine:
    """A library and how it is asked: the zone of its questions, and how many it can bear."""

    name: str
    ask: Callable[[Any, Any], Any]
    zone: tzinfo | None = BERLIN
    most: int | None = None
    as_ours: Callable[[Any], Any] = lambda answer: answer


def drawn(count: int) -> list[tuple[datetime, datetime]]:
    """Return pairs of instants in UTC."""
    draw, found = Random(20260302), []
    day = 86_400_000_000
    for _ in range(count):
        start = FIRST + timedelta(microseconds=draw.randrange(((LAST - FIRST).days - 31) * day))
        found.append((start, start + timedelta(microseconds=draw.randrange(30 * day))))
    return found


def in_zone(at: Any, zone: tzinfo | None) -> Any:
    """Return an instant in a zone, or as wall time in Berlin where a library knows no zones."""
    if not isinstance(at, datetime):
        return at
    return at.astimezone(BERLIN).replace(tzinfo=None) if zone is None else at.astimezone(zone)


def asked(ask: Callable[[Any, Any], object], questions: Iterable[Question]) -> None:
    """Ask every question."""
    for first, second in questions:
        ask(first, second)


def seconds(run: Callable[[], object]) -> float:
    """Return how long a call takes."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    run()
    taken = time.process_time() - start
    gc.enable()
    return taken


def compare(title: str, engines: Sequence[Engine], drawn_ones: list[Question]) -> None:
    """Compare the answers, measure the engines in turn and print a table of their medians."""
    by_engine = {
        engine.name: [
            (in_zone(first, engine.zone), in_zone(second, engine.zone))
            for first, second in drawn_ones[: engine.most]
        ]
        for engine in engines
    }
    ours = [engines[0].ask(*question) for question in by_engine[engines[0].name]]
    for engine in engines:
        for expected, question in zip(ours, by_engine[engine.name], strict=False):
            found = engine.as_ours(engine.ask(*question))
            same = in_zone(expected, engine.zone) if isinstance(found, datetime) else expected
            off = abs(found - same)
            # Two of the libraries round to the second.
            assert off < timedelta(seconds=1), (engine.name, question, found, same)
            assert engine.most or not off, (engine.name, question, found, same)
    taken: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for _ in range(RUNS):
        for engine in engines:
            questions = by_engine[engine.name]

            def run(engine: Engine = engine, questions: list[Question] = questions) -> None:
                asked(engine.ask, questions)

            taken[engine.name].append(seconds(run) / len(questions))
    base = median(taken[engines[0].name])
    print(f"\n| {title} | microseconds | times ours |\n|---|---|---|")
    for name, figures in taken.items():
        print(f"| {name} | {median(figures) * 1e6:.2f} | {median(figures) / base:.1f} |")


def measured(name: str, make: Callable[[], object]) -> None:
    """Print the median milliseconds of something that is made anew each time."""
    print(f"| {name} | {median(seconds(make) for _ in range(RUNS)) * 1e3:.1f} |")


def compiled(**given: Any) -> object:
    """Make a calendar and compile three years of it."""
    calendar = WorkingCalendar(HOURS, time_zone=ZoneInfo("Europe/Berlin"), **given)
    return calendar.civil.in_stretch(to_microseconds(FIRST), to_microseconds(LAST))


def main() -> None:
    """Print the tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    pairs: list[Question] = list(drawn(count))
    office = WorkingCalendar(HOURS, time_zone=BERLIN, holidays=HOLIDAYS)
    office.working_time(FIRST, LAST)
    rust = workclock.Schedule(
        [workclock.WorkDay(NINE, FIVE), workclock.Holidays(HOLIDAYS)], time_zone=BERLIN
    )
    grid = timegrid.TimeGridCalendar.weekdays(NINE, FIVE)
    for day in HOLIDAYS:
        grid = grid.close(day)
    line = grid.compile(datetime(2023, 12, 1), datetime(2027, 3, 1))  # noqa: DTZ001 - its kind
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(
                start_time=NINE, end_time=FIVE, working_days=[0, 1, 2, 3, 4], tz=PYTZ_BERLIN
            ),
            businesstimedelta.HolidayRule(dict.fromkeys(HOLIDAYS, ""), tz=PYTZ_BERLIN),
        ]
    )
    print(f"{count} questions, medians of {RUNS} runs")
    for zone, called in ((BERLIN, "Berlin"), (UTC, "UTC")):
        peers = [
            Engine("worklog_core", office.working_time, zone),
            Engine("workclock (Rust)", rust.between, zone),
        ]
        if zone is BERLIN:
            peers += slow_peers(line, rules)
        compare(f"`working_time`, instants in {called}", peers, pairs)
        targets: list[Question] = [(start, TARGET) for start, _ in pairs]
        adders = [
            Engine("worklog_core", office.advance, zone),
            Engine("workclock (Rust)", rust.add, zone),
        ]
        if zone is BERLIN:
            adders.append(Engine("timegrid (Rust)", grid.add_work_duration, None))
        compare(f"`advance`, instants in {called}", adders, targets)
    print("\n| made and compiled, three years | milliseconds |\n|---|---|")
    measured("weekly hours and a set of holidays", lambda: compiled(holidays=HOLIDAYS))
    measured(
        "`holidays.Germany()`, asked", lambda: compiled(holidays=holidays.country_holidays("DE"))
    )
    shifts = {
        date.fromordinal(FIRST.toordinal() - 9000 + n): DayHours.parse("10:00-14:00")
        for n in range(20_000)
    }
    many = {date.fromordinal(FIRST.toordinal() - 7000 + 3 * n) for n in range(5_000)}
    measured("20,000 shifts, 5,000 holidays", lambda: compiled(shifts=shifts, holidays=many))


def slow_peers(line: Any, rules: Any) -> list[Engine]:
    """Return the libraries that measure only."""
    on = dict.fromkeys(HOLIDAYS, "")

    def by_duration(start: datetime, end: datetime) -> float:
        return float(businessDuration(start, end, NINE, FIVE, holidaylist=on, unit="sec"))

    return [
        Engine("timegrid (Rust), compiled", line.get_working_duration, None),
        Engine(
            "business-duration",
            by_duration,
            None,
            200,
            as_ours=lambda answer: timedelta(seconds=answer),
        ),
        Engine(
            "businesstimedelta",
            rules.difference,
            BERLIN,
            50,
            as_ours=lambda answer: answer.timedelta,
        ),
    ]


if __name__ == "__main__":
    main()
