"""Every field and every value of the rules is in the columns: a new one fails here until it is."""

from datetime import UTC, timedelta
from enum import Enum
from fractions import Fraction
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
    History,
    ScreenSession,
    StatusMode,
    TicketEdit,
    UserStatusRepost,
    Weighted,
    WorklogRules,
)
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar import build_ledger, build_worklog

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
    ),
}
# What these say is about values that no column holds.
NOT_IN_COLUMNS = {
    "sla_policy",
    "sla_scope",
    "correction_until",
    "preprocess",
    "fcr_window",
    "fcr_per",
    "reopen_needs_reply",
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
    if name not in NOT_IN_COLUMNS
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
HISTORY = in_frames(busy_week.history()) | ABSENCE
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


def test_the_busy_week_is_busy_enough_for_every_choice_to_matter() -> None:
    answers = {}
    for name, field in FIELDS.items():
        if name in NOT_IN_COLUMNS:
            continue
        told = set()
        for value in values_of(field):
            rules = attrs.evolve(BASES["defaults"], **{name: value})
            found = (build_worklog(**FRAMES, rules=rules), build_ledger(**FRAMES, rules=rules))
            told.add(str(list(map(plain, found))))
        answers[name] = len(told)
    assert {name for name, count in answers.items() if count < 2} == set()
