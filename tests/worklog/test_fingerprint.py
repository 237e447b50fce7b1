"""A fingerprint is equal for equal input and rules, and other for anything else."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import Enum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import busy_week
from worklog_core import (
    Action,
    CorrectionUntil,
    DivideOver,
    FcrPer,
    FirstEdit,
    History,
    MessageInSession,
    ReplyWithDeferral,
    RepostPresence,
    ScreenSession,
    SlaPolicy,
    SlaScope,
    SlaTarget,
    TicketEdit,
    TicketOpened,
    WeeklyHours,
    Weighted,
    WorkingCalendar,
    WorklogError,
    WorklogRules,
    build_worklog,
)
from worklog_core.digests import digest_of, written
from worklog_core.testing.strategies import histories, worklog_rules

BERLIN = ZoneInfo("Europe/Berlin")
RULES = WorklogRules(time_zone=BERLIN)
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


HISTORY = History(
    sessions=[ScreenSession("U1", "T1", at(2), at(2, 10))],
    edits=[TicketEdit("U1", "T1", at(2), Action.CLOSE)],
    openings=[TicketOpened("T1", at(2))],
)


def fingerprint(rules: WorklogRules = RULES, history: History = HISTORY) -> str:
    return build_worklog(history, rules).fingerprint


@given(histories(), worklog_rules(), st.randoms())
def test_equal_input_and_rules_have_an_equal_one(
    history: History, rules: WorklogRules, random: Any
) -> None:
    events = list(history)
    random.shuffle(events)
    again = build_worklog(History.of(events * 2), attrs.evolve(rules))
    assert build_worklog(history, rules).fingerprint == again.fingerprint


@given(histories(), worklog_rules(), worklog_rules())
def test_other_rules_have_another(
    history: History, rules: WorklogRules, others: WorklogRules
) -> None:
    others = attrs.evolve(others, time_zone=rules.time_zone)
    is_same = rules == others
    assert (fingerprint(rules, history) == fingerprint(others, history)) == is_same


@given(histories())
def test_one_event_less_has_another(history: History) -> None:
    whole = fingerprint(history=history)
    for event in list(history)[:3]:
        less = History.of(e for e in history if e is not event)
        assert fingerprint(history=less) != whole


OTHER: dict[str, Any] = {
    "time_zone": ZoneInfo("Asia/Tokyo"),
    "initial_status": "Support",
    "status_aliases": {"Working": "Active"},
    "heartbeat_ttl": timedelta(seconds=91),
    "carry_tail": False,
    "message_in_session": MessageInSession.KEEP,
    "divide_over": DivideOver.EDITED,
    "first_edit": FirstEdit.ANY,
    "reply_with_deferral": ReplyWithDeferral.WRITE,
    "repost_presence": RepostPresence.SESSIONS,
    "max_unedited": timedelta(seconds=1),
    "division": Weighted({"T1": 2}),
    "sla_policy": SlaPolicy(OFFICE),
    "sla_scope": SlaScope.TICKET,
    "correction_until": CorrectionUntil.AS_OF,
    "preprocess": str.strip,
    "fcr_window": timedelta(days=7),
    "fcr_per": FcrPer.TICKET,
    "reopen_needs_reply": True,
}


@pytest.mark.parametrize("name", [*OTHER, "status_modes"])
def test_every_rule_is_in_it(name: str) -> None:
    other = OTHER.get(name, (*RULES.status_modes[:-1],))
    assert fingerprint(attrs.evolve(RULES, **{name: other})) != fingerprint()
    assert set(OTHER) | {"status_modes"} == set(attrs.fields_dict(WorklogRules))


def test_the_evaluation_is_in_it() -> None:
    assert build_worklog(HISTORY, RULES, as_of=at(2, 10)).fingerprint != fingerprint()
    assert build_worklog(HISTORY, RULES, as_of=at(4)).fingerprint != fingerprint()


def test_an_outdated_version_is_in_it() -> None:
    first = TicketEdit("U1", "T1", at(2), event_id="E1")
    again = attrs.evolve(first, known_at=at(3), at=at(2, 10))
    both = build_worklog(History(edits=[first, again]), RULES)
    alone = build_worklog(History(edits=[again]), RULES)
    assert both.rows == alone.rows
    assert both.fingerprint != alone.fingerprint


def test_two_zones_that_agree_within_the_span_are_one() -> None:
    assert fingerprint(WorklogRules(time_zone=ZoneInfo("Europe/Paris"))) == fingerprint()
    assert fingerprint(WorklogRules(time_zone=timezone(timedelta(hours=1)))) == fingerprint()
    assert fingerprint(WorklogRules(time_zone=ZoneInfo("Europe/London"))) != fingerprint()


def test_a_change_of_the_clocks_shows_where_the_input_holds_it() -> None:
    later = HISTORY | History(edits=[TicketEdit("U1", "T1", at(30))])
    fixed = WorklogRules(time_zone=timezone(timedelta(hours=1)))
    assert fingerprint(fixed, HISTORY) == fingerprint(RULES, HISTORY)
    assert fingerprint(fixed, later) != fingerprint(RULES, later)


class TestServiceLevels:
    def rules(self, calendar: Any = OFFICE, **more: Any) -> WorklogRules:
        target = SlaTarget(timedelta(hours=20), calendar=more.pop("own", None))
        return attrs.evolve(RULES, sla_policy=SlaPolicy(calendar, otherwise=target, **more))

    def test_a_holiday_within_the_span_shows(self) -> None:
        closed = attrs.evolve(OFFICE, holidays={date(2026, 3, 3)})
        assert fingerprint(self.rules(closed)) != fingerprint(self.rules())

    def test_a_holiday_before_the_last_due_date_shows(self) -> None:
        (row,) = build_worklog(HISTORY, self.rules()).rows
        assert row.sla_due_at == at(4, 13)
        far = attrs.evolve(OFFICE, holidays={date(2026, 3, 5)})
        assert fingerprint(self.rules(far)) == fingerprint(self.rules())

    def test_targets_their_calendars_and_their_tags_show(self) -> None:
        closed = attrs.evolve(OFFICE, holidays={date(2026, 3, 3)})
        hour = SlaTarget(timedelta(hours=1))
        found = {
            fingerprint(self.rules(own=own, **more))
            for own in (None, OFFICE, closed)
            for more in ({}, {"by_tag": {"VIP": hour}}, {"pause_on_pending": True})
        }
        assert len(found) == 9

    def test_a_long_history_is_asked_century_by_century(self) -> None:
        old = HISTORY | History(edits=[TicketEdit("U9", "T9", datetime(1520, 1, 1, tzinfo=UTC))])
        closed = attrs.evolve(OFFICE, holidays={date(1700, 1, 5)})
        assert fingerprint(self.rules(), old) == fingerprint(self.rules(), old)
        assert fingerprint(self.rules(closed), old) != fingerprint(self.rules(), old)


def test_an_empty_history_has_one() -> None:
    assert len(fingerprint(history=History())) == 64
    assert fingerprint(WorklogRules(time_zone=UTC), History()) == fingerprint(history=History())


class Own:
    """A division that is no value: it is what it weighs."""

    def __init__(self, weigh: Callable[[str], int | Fraction]) -> None:
        self.weigh = weigh

    def weight_of(self, key: str) -> int | Fraction:
        return self.weigh(key)


def test_a_division_of_the_callers_own_is_what_it_weighs() -> None:
    one, two = (attrs.evolve(RULES, division=Own(lambda _: 1)) for _ in range(2))
    assert fingerprint(one) == fingerprint(two)
    assert fingerprint(attrs.evolve(RULES, division=Own(lambda _: 2))) != fingerprint(one)


def test_it_is_made_once_and_not_before_it_is_asked_for() -> None:
    worklog = build_worklog(HISTORY, RULES)
    assert worklog.fingerprint is worklog.fingerprint


SAY = """
import busy_week
from worklog_core import History, build_worklog
for rules in busy_week.RULES.values():
    print(build_worklog(History.of(busy_week.events()), rules).fingerprint)
"""


def test_the_seed_of_hashes_does_not_reach_it() -> None:
    path = os.pathsep.join(sys.path)
    found = {
        subprocess.run(
            [sys.executable, "-c", SAY],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(found) == 1
    (said,) = found
    assert len(set(said.split())) == len(busy_week.RULES)


class Colour(Enum):
    RED = 1
    BLUE = 2


VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, "", "1", "U1", Fraction(1, 3), Colour.RED, Colour.BLUE),
    *(at(2), at(3), date(2026, 3, 2), timedelta(seconds=1), timedelta(0)),
    *((), (1,), (1, 2), ((1,), 2), ("12",), ("1", "2"), frozenset(), frozenset({1})),
    *({}, {"a": 1}, {"a": 2}, {1: "a"}),
    *HISTORY,
]


def test_no_two_values_are_written_alike() -> None:
    assert len({written(value) for value in VALUES}) == len(VALUES)


def test_lists_are_tuples_and_mappings_and_sets_have_no_order() -> None:
    assert written([1, 2]) == written((1, 2))
    assert written({"a": 1, "b": 2}) == written({"b": 2, "a": 1})
    assert written({"x", "y", "z"}) == written(frozenset("zyx"))


@pytest.mark.parametrize("value", [object(), len, b"bytes", 1.5])
def test_what_has_no_form_of_its_own_is_refused(value: object) -> None:
    with pytest.raises(WorklogError, match=r"^a value must have a form that can be digested"):
        digest_of([value])


def test_a_zone_of_any_make_is_asked_for_its_offsets() -> None:
    class Fixed(tzinfo):
        def utcoffset(self, _: datetime | None) -> timedelta:
            return timedelta(hours=1)

        def dst(self, _: datetime | None) -> timedelta:
            return timedelta(0)

        def tzname(self, _: datetime | None) -> str:
            return "+1"

    assert fingerprint(WorklogRules(time_zone=Fixed())) == fingerprint()
