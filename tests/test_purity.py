"""The main job asks nobody: no clock, no file, no network, no environment, no order of a hash.

What the job is, stands in `JOB`; it runs in other processes, under other conditions, and must give
the same answer to the letter.
"""

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

import busy_week
import other_calls
import worklog_core
from docstring_examples import examples
from worklog_core import (
    Interval,
    WeeklyHours,
    WorkingCalendar,
    Worklog,
    WorklogRules,
    build_worklog,
)

PUBLIC = {name: getattr(worklog_core, name) for name in vars(worklog_core)["__all__"]}

# Importing is done and the inputs are made before the job begins: zones are the caller's business.
READY = """
import busy_week, hashlib, sys
from datetime import UTC, date
from worklog_core import AveragePer, History, WorklogError, account, build_worklog, compare
from worklog_core import update_worklog
"""
JOB = """
def told():
    history = History.of(busy_week.events())
    known = history.as_known_at(busy_week.AS_OF) | history
    sifted, rejected = History.sift([*history, {"event": "Heartbeat", "user_id": 7}])
    yield from (history, known.settled(), sifted, rejected)
    for rules in busy_week.RULES.values():
        for as_of in (None, busy_week.AS_OF):
            worklog = build_worklog(known, rules, as_of=as_of)
            yield from worklog.rows
            yield from worklog.ledger.lines
            yield from worklog.findings
            yield worklog.ledger.totals(by=lambda line: line.label)
            yield worklog.average_handling_times(by=lambda row: row.user_id)
            yield worklog.average_handling_time(per=AveragePer.TICKET)
            yield worklog.volume(by=lambda row: row.action)
            yield worklog.status_ledger.days
            yield worklog.to_dicts()
            yield worklog.fingerprint
            yield account(worklog, worklog.rows[0]).text()
            yield rules.describe()
            yield compare(worklog.as_known_at(busy_week.AS_OF), worklog).rows
            yield update_worklog(worklog.as_known_at(busy_week.AS_OF), known).changed
            yield worklog.lanes(worklog.ledger.lines[0].user_id, worklog.ledger.lines[0].day)
            for row in worklog.rows[:20]:
                for line in worklog.ledger.explain(row):
                    yield worklog.ledger.segments(line)
            try:
                worklog.ledger.explain(None)
            except WorklogError as error:
                yield error

def digest():
    return hashlib.sha256("\\n".join(map(repr, told())).encode()).hexdigest()
"""
# Values of attrs ask for their id, so that one which holds itself can be written out too.
WATCHED = """
is_watching = True

def refuse(event, arguments):
    if is_watching and event != "builtins.id":
        raise RuntimeError(f"{event} {arguments}")

sys.addaudithook(refuse)
try:
    found = digest()
finally:
    is_watching = False
print(found)
"""


def run(code: str, **environment: str) -> str:
    """Run Python in another process, with this one's path and little else; return what it said."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.fixture(scope="module")
def digest() -> str:
    return run(READY + JOB + "print(digest())", PYTHONHASHSEED="0")


def test_the_main_job_opens_connects_starts_and_imports_nothing(digest: str) -> None:
    assert run(READY + JOB + WATCHED) == digest


def test_the_watch_would_see_a_file_being_opened() -> None:
    peeking = JOB.replace("yield error", "yield open('nowhere').read()")
    with pytest.raises(AssertionError, match=r"RuntimeError: open \('nowhere'"):
        run(READY + peeking + WATCHED)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "4242"},
        {"PYTHONHASHSEED": "random"},
        {"TZ": "America/St_Johns"},
        {"TZ": "Pacific/Apia", "LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONOPTIMIZE": "2"},
        {"PYTHONDEVMODE": "1"},
    ],
    ids=str,
)
def test_the_answer_does_not_depend_on_where_it_runs(
    environment: dict[str, str], digest: str
) -> None:
    assert run(READY + JOB + "print(digest())", **environment) == digest


# All examples once, so that zones are read and rooms are loaded; then again, being watched. What no
# example calls is called beside them.
EXAMPLES = """
import sys
import other_calls
from docstring_examples import examples
every = examples()
kept = [other_calls.make(), *(example.run() for example in every)]
"""
EXAMPLES_WATCHED = """
is_watching = True

def refuse(event, arguments):
    # Running a block of an example is what the watch itself does.
    if is_watching and event not in ("builtins.id", "exec"):
        raise RuntimeError(f"{event} {arguments}")

sys.addaudithook(refuse)
try:
    kept += [other_calls.make(), *(example.run() for example in every)]
finally:
    is_watching = False
print(len(every))
"""


def test_no_example_of_a_docstring_opens_connects_starts_or_imports_anything() -> None:
    assert int(run(EXAMPLES + EXAMPLES_WATCHED)) > 100


def test_the_watch_would_see_an_example_that_opens_a_file() -> None:
    peeking = """
import attrs
step = compile("open('nowhere')", "an example", "single"), False
every = [attrs.evolve(every[0], steps=[step])]
"""
    with pytest.raises(AssertionError, match="RuntimeError: open"):
        run(EXAMPLES + peeking + EXAMPLES_WATCHED)


def test_every_public_function_is_called_while_it_is_watched() -> None:
    called = other_calls.make()
    shown = "\n".join(example.source for example in examples())
    functions = [name for name, what in PUBLIC.items() if callable(what) and name[0].islower()]
    assert len(functions) > 20
    assert not [name for name in functions if f"{name}(" not in shown and name not in called]


every_rule = pytest.mark.parametrize("rules", busy_week.RULES.values(), ids=busy_week.RULES)


@every_rule
def test_eight_threads_at_once_find_the_same(rules: WorklogRules) -> None:
    history = busy_week.history()
    expected = build_worklog(history, rules)
    shared = build_worklog(history, rules)
    together = Barrier(8)

    def work(_: int) -> tuple[Worklog, object]:
        together.wait()
        built = build_worklog(history, rules)
        # Answers that are remembered are asked for at the same time too.
        answers = [shared.ledger.explain(row) for row in shared.rows]
        return built, (shared.ledger.lines, answers, shared.status_ledger.days)

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(work, range(8)))
    alone = (
        expected.ledger.lines,
        [expected.ledger.explain(row) for row in expected.rows],
        expected.status_ledger.days,
    )
    for built, answers in results:
        assert built == expected
        assert built.ledger.lines == expected.ledger.lines
        assert answers == alone


def test_eight_threads_share_one_calendar() -> None:
    hours, zone = WeeklyHours.parse("Mon-Fri 22:00-06:00; Sun 01:30-03:30"), busy_week.BERLIN
    shared, alone = (WorkingCalendar(hours, time_zone=zone) for _ in range(2))
    months = [busy_week.MONDAY + timedelta(days=30 * n) for n in range(-60, 60)]
    together = Barrier(8)

    def ask(calendar: WorkingCalendar, first: int) -> list[object]:
        # Each begins elsewhere, so that the shared table grows in both directions at once.
        return [
            (
                calendar.working_time(busy_week.MONDAY, at),
                calendar.advance(at, timedelta(hours=100)),
                calendar.is_open(at),
                calendar.open_intervals(Interval(at, at + timedelta(days=3))),
            )
            for at in (*months[first:], *months[:first])
        ]

    def work(number: int) -> list[object]:
        together.wait()
        return ask(shared, 15 * number)

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(work, range(8)))
    assert results == [ask(alone, 15 * number) for number in range(8)]


@every_rule
def test_what_goes_in_is_left_as_it_was(rules: WorklogRules) -> None:
    history = busy_week.history()
    before = pickle.dumps((history, rules))
    worklog = build_worklog(history, rules, as_of=busy_week.AS_OF)
    assert len(worklog.rows) > 100
    assert len(worklog.findings) > 10
    assert pickle.dumps((history, rules)) == before


@every_rule
def test_the_same_again_is_the_same(rules: WorklogRules) -> None:
    history = busy_week.history()
    assert build_worklog(history, rules) == build_worklog(busy_week.history(), rules)
