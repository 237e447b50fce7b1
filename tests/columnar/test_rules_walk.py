"""Every field and every value of the rules is in the columns: a new one fails here until it is."""

from datetime import UTC, timedelta
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

import busy_week
from history_frames import MAKERS, frames_of, in_frames, lines_told, plain, rows_told
from worklog_core import (
    STATUS_MODES,
    Action,
    EqualSplit,
    ExclusiveFocus,
    FocusChange,
    History,
    ScreenSession,
    SlaPolicy,
    SlaTarget,
    StatusMode,
    TicketEdit,
    UserStatusRepost,
    WeeklyHours,
    Weighted,
    WorkingCalendar,
    WorklogRules,
)
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar import build_ledger, build_worklog, reopenings
from worklog_core.worklog import division

SECOND = timedelta(seconds=1)
ALWAYS = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)

SUPPORT_COUNTS = tuple(
    StatusMode(mode.name, counts=mode.name != "Pause", may_read=True, may_edit=True)
    for mode in STATUS_MODES
)
ALIASES = ({"Ticket Processing": "Pause"}, {"Ticket Processing": "Active", "Break": "Pause"})

VALUES: dict[str, tuple[Any, ...]] = {
    "time_zone": (UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")),
    "status_modes": (STATUS_MODES, SUPPORT_COUNTS),
    "status_aliases": ALIASES,
    "initial_status": ("Active", "Pause", "Ticket Processing"),
    "heartbeat_ttl": (timedelta(0), timedelta(seconds=29), timedelta(hours=2)),
    "carry_tail": (True, False),
    "max_unedited": (None, timedelta(microseconds=1), timedelta(minutes=20)),
    "division": (
        EqualSplit(),
        Weighted({f"T{n:02}": Fraction(n + 1, 7) for n in range(20)}, default=3),
        ExclusiveFocus(),
    ),
    "sla_policy": (None, SlaPolicy(ALWAYS, otherwise=SlaTarget(timedelta(hours=1)))),
    "preprocess": (None, str.casefold),
    "fcr_window": (None, timedelta(hours=1)),
    "reopen_needs_reply": (False, True),
}
# What these say is about values that no column holds: they change nothing here.
NOT_IN_COLUMNS = {
    "sla_policy",
    "sla_scope",
    "correction_until",
    "preprocess",
    "fcr_window",
    "fcr_per",
}


def values_of(field: Any) -> tuple[Any, ...]:
    """Return what a field is tried with: all members of an enum, or what is listed."""
    if field.name in VALUES:
        return VALUES[field.name]
    assert isinstance(field.default, Enum), f"say what {field.name} is to be tried with"
    return tuple(type(field.default))


FIELDS = {field.name: field for field in attrs.fields(WorklogRules)}
CHOICES = [
    pytest.param(name, value, id=f"{name}-{number}")
    for name, field in FIELDS.items()
    for number, value in enumerate(values_of(field))
]
LEFT, BACK = busy_week.MONDAY, busy_week.MONDAY + timedelta(minutes=20)
ABSENCE = History(
    sessions=[
        ScreenSession("U9", "T99", LEFT - timedelta(minutes=5), LEFT),
        ScreenSession("U9", "T99", BACK, BACK + timedelta(minutes=5)),
    ],
    edits=[
        TicketEdit("U9", "T99", LEFT - timedelta(minutes=1)),
        TicketEdit("U9", "T99", BACK, Action.WRITE, closes=False),
        TicketEdit("U9", "T99", BACK + timedelta(minutes=1), Action.STATUS),
    ],
    status_reposts=[UserStatusRepost("U9", LEFT, BACK, "Active")],
)
WEEK = in_frames(busy_week.history())
TURNS = History(
    focus_changes=[
        FocusChange(session.user_id, turned_to.ticket_id, session.start + (n % 3) * SECOND)
        for n, (session, turned_to) in enumerate(pairwise(WEEK.sessions))
        if n % 4
    ]
)
HISTORY = WEEK | ABSENCE | TURNS
FRAMES = frames_of(HISTORY, MAKERS["pyarrow"])
BASES = {
    "defaults": WorklogRules(time_zone=ZoneInfo("Europe/Berlin"), status_aliases=ALIASES[1]),
    "every other choice": attrs.evolve(
        busy_week.RULES["every other choice"], status_aliases=ALIASES[1]
    ),
}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("name", "value"), CHOICES)
def test_every_value_of_every_field_gives_the_scalar_answer(
    name: str, value: Any, base: str
) -> None:
    rules = attrs.evolve(BASES[base], **{name: value})
    scalar = build_scalar(HISTORY, rules, as_of=busy_week.AS_OF)
    known: dict[str, Any] = {"rules": rules, "as_of": busy_week.AS_OF}
    assert plain(build_worklog(**FRAMES, **known)) == rows_told(scalar)
    assert plain(build_ledger(**FRAMES, **known)) == lines_told(scalar)
    flags = [row["reopened"] for row in plain(reopenings(**FRAMES, **known))]
    assert flags == [row.reopened for row in scalar.rows]


def test_every_policy_of_division_is_tried() -> None:
    policies = {one for one in vars(division).values() if is_policy_class(one)}
    assert {type(policy) for policy in VALUES["division"]} == policies


def is_policy_class(value: Any) -> bool:
    return isinstance(value, type) and attrs.has(value) and hasattr(value, "weight_of")


def test_the_busy_week_is_busy_enough_for_every_choice_to_matter() -> None:
    answers = {name: {told(name, value) for value in values_of(FIELDS[name])} for name in FIELDS}
    assert {name for name, found in answers.items() if len(found) < 2} == NOT_IN_COLUMNS
    assert len(answers["division"]) == len(VALUES["division"])


def told(name: str, value: Any) -> str:
    rules = attrs.evolve(BASES["defaults"], **{name: value})
    found = (build(**FRAMES, rules=rules) for build in (build_worklog, build_ledger, reopenings))
    return str(list(map(plain, found)))
