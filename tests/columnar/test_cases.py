"""The times of cases in frames are those of the scalar case log, on anything that is drawn."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_frames import case_frames_of, cases_told, in_case_frames, runs_told
from history_frames import MAKERS, plain
from worklog_core import (
    Action,
    CaseRules,
    CustomerMessage,
    Direction,
    History,
    MessageSent,
    SenderKind,
    StatusCause,
    TicketEdit,
    TicketMerged,
    TicketOpened,
    TicketStatus,
    TicketStatusChange,
    WeeklyHours,
    WorkingCalendar,
    WorklogRules,
)
from worklog_core.columnar import case_times, response_runs
from worklog_core.testing.strategies import case_rules, histories, worklog_rules

TICK = timedelta.resolution
BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
ALWAYS_WORKING = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=BERLIN)
NIGHTS = WorkingCalendar(WeeklyHours.parse("Mon-Sun 01:30-02:30"), time_zone=BERLIN)
CASES = st.sampled_from(("T1", "T1", "T1", "T1", "T2", "T10"))
USERS = st.sampled_from(("U1", "U2"))
IDS = st.sampled_from(("M1", "M10", "M2"))
MAYBE = st.sampled_from((None, None, "a", "B"))


def check(history: History, rules: Any, choices: CaseRules, make: Any, as_of: Any = None) -> None:
    frames = case_frames_of(history, make)
    given_rules: dict[str, Any] = {"rules": rules, "case_rules": choices, "as_of": as_of}
    known = in_case_frames(history), rules, choices, as_of
    assert plain(response_runs(**frames, **given_rules)) == runs_told(*known)
    found = plain(case_times(**frames, **given_rules))
    assert [dict(sorted(row.items())) for row in found] == [
        dict(sorted(row.items())) for row in cases_told(*known)
    ]


@st.composite
def instants(draw: Any) -> list[datetime]:
    base = draw(st.sampled_from((SPRING, AUTUMN, SPRING - timedelta(hours=1))))
    steps = st.one_of(st.integers(0, 5).map(lambda n: n * TICK), st.integers(0, 9000).map(minutes))
    drawn = draw(st.lists(steps, min_size=1, max_size=5))
    return [base + step for step in drawn]


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@st.composite
def crowded(draw: Any) -> History:
    """Draw a history in which everything that a case is made of meets at few instants."""
    pool = draw(instants())
    at = st.sampled_from(pool)
    ways = ((Direction.OUT, SenderKind.HUMAN), (Direction.IN, SenderKind.CUSTOMER))
    way = st.sampled_from((*ways * 6, *product(Direction, SenderKind)))

    def message(case: str, when: datetime, name: str, told: Any, more: Any) -> MessageSent:
        return MessageSent(case, when, name, direction=told[0], sender=told[1], **more)

    more = st.fixed_dictionaries(
        {
            "sender_id": st.sampled_from((None, "U1", "U1", "U2")),
            "channel": MAYBE,
            "text": st.sampled_from((None, "", "Dear customer", " dear Customer ")),
            "failure": st.sampled_from((None, None, None, "bounced")),
        }
    )
    messages = st.builds(message, CASES, at, IDS, way, more)
    asked = st.builds(CustomerMessage, CASES, at, IDS, channel=MAYBE)
    openings = st.builds(
        TicketOpened,
        CASES,
        at,
        contact_id=MAYBE,
        channel=MAYBE,
        direction=st.sampled_from((Direction.IN, *Direction)),
    )
    actions = st.sampled_from((*Action, None))
    closes = st.sampled_from((None, None, True, False))
    edits = st.builds(TicketEdit, USERS, CASES, at, actions, closes=closes)
    statuses = st.builds(
        TicketStatusChange,
        CASES,
        at,
        st.sampled_from(TicketStatus),
        cause=st.sampled_from(StatusCause),
        user_id=st.one_of(st.none(), USERS),
    )
    themes = (
        (messages, messages, messages, asked, openings, edits, statuses),
        (messages, messages, messages, asked),
        (messages, asked, edits, edits, edits, edits),
        (messages, messages, openings, statuses, statuses, statuses),
    )
    pairs = st.sampled_from(
        [(a, b) for a, b in product(("T1", "T2", "T10", "T3"), repeat=2) if a != b]
    )
    merges = st.builds(lambda pair, when: TicketMerged(pair[0], when, pair[1]), pairs, at)
    drawn = draw(st.lists(st.one_of(*draw(st.sampled_from(themes))), max_size=14))
    drawn += draw(st.lists(merges, max_size=3))
    events = [_told(draw, number, event) for number, event in enumerate(drawn)]
    return History.of(events)


def _told(draw: Any, number: int, event: Any) -> Any:
    name = draw(st.sampled_from((None, None, f"E{number}")))
    known = draw(st.sampled_from((None, None, TICK, timedelta(0))))
    return attrs.evolve(event, event_id=name, known_at=None if known is None else event.at + known)


CHOICES = st.builds(
    lambda rules, calendar: rules if calendar is None else attrs.evolve(rules, calendar=calendar),
    case_rules(),
    st.sampled_from((None, NIGHTS, ALWAYS_WORKING)),
)


@given(crowded(), st.sampled_from((UTC, BERLIN)), CHOICES)
def test_the_times_of_crowded_cases_are_the_scalar_ones(
    history: History, zone: Any, choices: CaseRules
) -> None:
    check(history, WorklogRules(time_zone=zone), choices, MAKERS["pyarrow"])


@given(st.data())
def test_the_times_of_any_history_at_any_instant_are_the_scalar_ones(data: Any) -> None:
    rules = data.draw(worklog_rules())
    history = in_case_frames(data.draw(histories(rules=rules)))
    events: Any = tuple(history)
    as_of = data.draw(st.sampled_from((None, SPRING, *(event.at for event in events))))
    check(history, rules, data.draw(case_rules()), MAKERS["pyarrow"], as_of)


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=20)
@given(history=crowded(), choices=CHOICES)
def test_every_kind_of_frame_gives_the_same(
    kind: str, history: History, choices: CaseRules
) -> None:
    check(history, WorklogRules(time_zone=BERLIN), choices, MAKERS[kind], AUTUMN)
