"""Every way in which a few instants can meet, each on a user of its own: the scalar answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement, product
from typing import Any

import attrs
import pytest

from history_frames import frames_of, lines_told, plain, rows_told
from worklog_core import (
    Action,
    CustomerMessage,
    DivideOver,
    Event,
    FirstEdit,
    Heartbeat,
    History,
    MessageInSession,
    RepostPresence,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    UserStatusRepost,
    WorklogRules,
)
from worklog_core import build_worklog as build_scalar
from worklog_core.columnar import build_ledger, build_worklog

# Ten microseconds before a midnight, so that what is about as long lies on either side of it.
FIRST = datetime(2026, 3, 2, 23, 59, 59, 999_990, tzinfo=UTC)
TICK = timedelta.resolution
RULES = WorklogRules(time_zone=UTC, heartbeat_ttl=3 * TICK)


def at(tick: int) -> datetime:
    return FIRST + tick * TICK


def check(events: Iterator[Event], rules: WorklogRules) -> None:
    history = History.of(events)
    frames = frames_of(history)
    for as_of in (None, at(10)):
        scalar = build_scalar(history, rules, as_of=as_of)
        assert plain(build_worklog(**frames, rules=rules, as_of=as_of)) == rows_told(scalar)
        assert plain(build_ledger(**frames, rules=rules, as_of=as_of)) == lines_told(scalar)


def chats() -> Iterator[Event]:
    ticks = (-1, 0, 1, 4, 9, 10, 11, 14, 15, 16)
    ways = product(ticks, ticks, (0, 4, 10, 15), (False, True))
    for number, (wrote, edited, end, is_edited_first) in enumerate(ways):
        user, ticket = f"U{number}", f"T{number}"
        yield ScreenSession(user, ticket, at(0), at(end))
        yield ScreenSession(user, ticket, at(18), at(20))
        yield CustomerMessage(ticket, at(wrote), "C1")
        yield CustomerMessage(ticket, at(wrote), "C0", is_initial=True)
        yield TicketEdit(user, ticket, at(edited), Action.WRITE)
        yield TicketEdit(user, ticket, at(0), Action.STATUS if is_edited_first else None)
        yield TicketEdit(user, ticket, at(19), None)
        yield ScreenSession(user, "view", at(3), at(12))


@pytest.mark.rule("AMB-4", "AMB-4b", "AMB-4c", "AMB-22")
@pytest.mark.parametrize("message", MessageInSession)
@pytest.mark.parametrize("carry_tail", [True, False])
@pytest.mark.parametrize("first_edit", FirstEdit)
def test_messages_edits_midnights_and_ends_meet(
    message: MessageInSession, first_edit: FirstEdit, *, carry_tail: bool
) -> None:
    rules = attrs.evolve(
        RULES, message_in_session=message, carry_tail=carry_tail, first_edit=first_edit
    )
    check(chats(), rules)
    check(chats(), attrs.evolve(rules, max_unedited=4 * TICK, divide_over=DivideOver.EDITED))


def absences() -> Iterator[Event]:
    for number, (start, end) in enumerate(combinations_with_replacement(range(-1, 23), 2)):
        if start < end:
            user = f"U{number}"
            yield ScreenSession(user, "T1", at(0), at(6))
            yield ScreenSession(user, "T1", at(8), at(9))
            yield ScreenSession(user, "T1", at(14), at(20))
            yield ScreenSession(user, "T2", at(2), at(17))
            yield UserStatusRepost(user, at(start), at(end), "Active")
            yield UserStatusChange(user, at(5), "Pause")
            yield TicketEdit(user, "T1", at(7), Action.CLOSE)


@pytest.mark.rule("AMB-6b")
@pytest.mark.parametrize("presence", RepostPresence)
@pytest.mark.parametrize("ttl", [0, 1, 3, 9])
def test_reposts_and_holes_meet(presence: RepostPresence, ttl: int) -> None:
    check(absences(), attrs.evolve(RULES, repost_presence=presence, heartbeat_ttl=ttl * TICK))


def beats() -> Iterator[Event]:
    kinds: tuple[Any, ...] = (Heartbeat, TicketEdit)
    for number, (gaps, made) in enumerate(
        product(product((0, 3, 4), repeat=3), product(kinds, repeat=4))
    ):
        tick = 0
        for gap, kind in zip((0, *gaps), made, strict=True):
            tick += gap
            action = () if kind is Heartbeat else (Action.WRITE,)
            yield kind(f"U{number}", "T1", at(tick), *action)


@pytest.mark.rule("AMB-17")
def test_pings_and_edits_meet() -> None:
    check(beats(), RULES)


def statuses() -> Iterator[Event]:
    names = ("Active", "Pause", "Support")
    for number, (spans, booked) in enumerate(
        product(product(((2, 6), (4, 8), (6, 12), (4, 6)), repeat=2), product(names, repeat=2))
    ):
        user = f"U{number}"
        yield ScreenSession(user, "T1", at(0), at(14))
        yield TicketEdit(user, "T1", at(6), Action.WRITE)
        yield UserStatusChange(user, at(4), "Pause")
        yield UserStatusChange(user, at(6), "Active")
        for place, (span, name) in enumerate(zip(spans, booked, strict=True)):
            start, end = map(at, span)
            yield UserStatusRepost(user, start, end, name, event_id=f"E{number}.{place}")


@pytest.mark.rule("AMB-6", "AMB-6b")
def test_reposts_over_each_other_and_changes_meet() -> None:
    check(statuses(), RULES)


def crowds() -> Iterator[Event]:
    spans = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 4), (9, 11), (9, 12))
    for number, chosen in enumerate(product(spans, repeat=3)):
        for place, (start, end) in enumerate(chosen):
            user, ticket = f"U{number}", f"T{(place * number) % 3}"
            yield ScreenSession(user, ticket, at(start), at(end))
            if (number + place) % 3 == 0:
                yield TicketEdit(user, ticket, at(end), Action.STATUS)


@pytest.mark.rule("AMB-5c")
@pytest.mark.parametrize("divide_over", DivideOver)
def test_microseconds_that_do_not_divide_meet(divide_over: DivideOver) -> None:
    check(crowds(), attrs.evolve(RULES, divide_over=divide_over))
