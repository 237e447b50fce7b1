"""What a consumer's type checker sees: a file that is checked and never run.

mypy --strict and pyright read it as they would read a program that uses the library.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, assert_type

from worklog_core import (
    Action,
    CombinedCalendar,
    EqualSplit,
    Heartbeat,
    History,
    Interval,
    IntervalSet,
    Ledger,
    LedgerLine,
    PseudonymKey,
    RowKey,
    ScreenSession,
    Similarity,
    SlaClock,
    SlaPolicy,
    SlaTarget,
    TicketEdit,
    Undetermined,
    WeeklyHours,
    WorkingCalendar,
    Worklog,
    WorklogRow,
    WorklogRules,
    action_of,
    apportion,
    assign_pseudonyms,
    build_worklog,
    divide_parallel_time,
    highest_priority,
    merge_intervals,
    net_time_after_due,
    sla_due_at,
    text_similarity,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def intervals() -> None:
    """Half-open time and its algebra."""
    one = Interval(NOW, NOW + HOUR)
    assert_type(one.duration, timedelta)
    assert_type(merge_intervals([one]) | IntervalSet([one]), IntervalSet)
    assert_type(divide_parallel_time({"T1": [one]}), dict[str, timedelta])
    assert_type(divide_parallel_time({1: [one]}, policy=EqualSplit()), dict[int, timedelta])
    assert_type(apportion([Fraction(1, 3)], total=1), list[int])


def calendars() -> None:
    """A calendar is accepted wherever one is asked for."""
    office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
    assert_type(office.working_time(NOW, NOW), timedelta)
    assert_type(office.advance(NOW, HOUR), datetime)
    assert_type(office & office, CombinedCalendar)
    for calendar in (office, office | office):
        assert_type(sla_due_at(calendar, NOW, HOUR), datetime)
        assert_type(net_time_after_due(calendar, due_at=NOW, completed_at=NOW), timedelta)
        assert_type(SlaClock(calendar, opened_at=NOW, target=HOUR).due_at, datetime | None)
        SlaPolicy(calendar, by_tag={"VIP": SlaTarget(HOUR)})


def worklogs() -> None:
    """From events to rows and lines."""
    history = History(
        sessions=[ScreenSession("U1", "T1", NOW, NOW + HOUR)],
        edits=[TicketEdit("U1", "T1", NOW, Action.WRITE)],
    )
    assert_type(history | History.of([Heartbeat("U1", "T1", NOW)]), History)
    worklog = build_worklog(history, WorklogRules(time_zone=UTC), as_of=NOW)
    assert_type(worklog, Worklog)
    assert_type(worklog.rows, tuple[WorklogRow, ...])
    assert_type(worklog.ledger, Ledger)
    assert_type(worklog.average_handling_time(), timedelta | None)
    for row in worklog.rows:
        assert_type(row.key, RowKey)
        assert_type(row.day, date)
        assert_type(row.duration, timedelta | None)
        assert_type(row.reasons, Mapping[str, Undetermined])
        assert_type(row.to_dict(), dict[str, Any])
        for line in worklog.ledger.explain(row):
            assert_type(line, LedgerLine)
    assert_type(worklog.ledger.totals(by=lambda line: line.day), dict[date, timedelta])


def others() -> None:
    """What stands by itself."""
    assert_type(text_similarity("a", None), Similarity)
    assert_type(highest_priority([Action.CLOSE]), Action | None)
    assert_type(action_of(replied=True, closed=True, deferred=False, by_ai=False), Action | None)
    key = PseudonymKey(b"0123456789abcdef")
    assert_type(
        assign_pseudonyms({"U1": 1}, key=key, tenant="acme", scope="2026-03"), dict[str, str]
    )
