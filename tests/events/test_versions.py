"""Several versions of one event: which is the fact, and when nothing can tell."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.specimens import NINE, TEN, TICK, every_kind, full, happened, least
from worklog_core import (
    ConflictingEventsError,
    Heartbeat,
    History,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    UserStatusRepost,
)
from worklog_core.events.versions import conflicts, settled

MINUTE = timedelta(minutes=1)
DATES = ["at", "start", "end"]


def beat(minute: int, known: int | None = None, event_id: str | None = "e1") -> Heartbeat:
    """Return a heartbeat at a minute past nine, learnt at another or when it happened."""
    known_at = None if known is None else NINE + known * MINUTE
    return Heartbeat("U1", "T1", NINE + minute * MINUTE, event_id=event_id, known_at=known_at)


def facts(*versions: Heartbeat) -> list[Heartbeat]:
    return list(History(heartbeats=versions).settled().heartbeats)


@pytest.mark.rule("AMB-25")
class TestOneContent:
    @every_kind
    def test_the_same_event_twice_is_one_event(self, kind: type[Any]) -> None:
        assert list(History.of([full(kind), full(kind)])) == [full(kind)]
        assert list(History.of([least(kind), least(kind)])) == [least(kind)]

    @every_kind
    @pytest.mark.parametrize("event_id", [None, "e1"])
    def test_of_equal_content_the_earliest_word_counts(
        self, kind: type[Any], event_id: str | None
    ) -> None:
        words = [full(kind, event_id=event_id, known_at=TEN + n * MINUTE) for n in range(3)]
        for order in permutations(words):
            assert list(History.of(order)) == words[:1]

    @every_kind
    def test_no_word_of_when_it_was_learnt_means_when_it_happened(self, kind: type[Any]) -> None:
        silent = least(kind)
        then_at = happened(silent)
        before, then, later = (least(kind, known_at=then_at + d) for d in (-TICK, TICK * 0, TICK))
        assert list(History.of([later, silent])) == [silent]
        assert list(History.of([then, silent])) == [silent]
        assert list(History.of([before, silent])) == [before]

    def test_events_without_an_id_are_never_versions_of_each_other(self) -> None:
        loose = [beat(1, event_id=None), beat(2, event_id=None), beat(2, known=9, event_id=None)]
        assert facts(*loose) == loose[:2]

    def test_an_id_tells_equal_events_apart(self) -> None:
        assert len(facts(beat(1), beat(1, event_id="e2"), beat(1, event_id=None))) == 3


@pytest.mark.rule("AMB-25")
class TestVersions:
    @every_kind
    def test_the_version_that_was_learnt_last_is_the_fact(self, kind: type[Any]) -> None:
        [dated, *_] = [name for name in DATES if name in attrs.fields_dict(kind)]
        words = [
            full(kind, **{dated: NINE + n * TICK}, known_at=TEN - n * MINUTE) for n in range(3)
        ]
        for order in permutations(words):
            history = History.of(order)
            assert len(history) == 3
            assert list(history.settled()) == words[:1]
            assert list(history.as_known_at(TEN - TICK).settled()) == words[1:2]
            assert list(history.as_known_at(TEN - 2 * MINUTE).settled()) == words[2:]

    def test_a_version_learnt_a_microsecond_later_is_later(self) -> None:
        first = beat(1, known=5)
        second = attrs.evolve(beat(2), known_at=NINE + 5 * MINUTE + TICK)
        assert facts(second, first) == [second]

    @pytest.mark.parametrize(
        ("versions", "fact"),
        [
            ([beat(1), beat(3, known=2)], beat(3, known=2)),
            ([beat(3), beat(1, known=2)], beat(3)),
            ([beat(1), beat(2), beat(3, known=9)], beat(3, known=9)),
            ([beat(1, known=5), beat(2, known=5), beat(3, known=6)], beat(3, known=6)),
        ],
    )
    def test_a_later_word_settles_what_stood_before(
        self, versions: list[Heartbeat], fact: Heartbeat
    ) -> None:
        for order in permutations(versions):
            assert facts(*order) == [fact]

    @pytest.mark.parametrize(
        "versions",
        [
            [beat(1), beat(2)],
            [beat(1, known=5), beat(2, known=5)],
            [beat(5), beat(1, known=5)],
            [beat(1, known=3), beat(2, known=5), beat(3, known=5)],
            [beat(8), beat(9), beat(1, known=7)],
            [beat(8), beat(2, known=7), beat(6)],
            [beat(1, known=5), beat(2, known=5), beat(1, known=6)],
        ],
    )
    def test_what_nothing_settles_is_refused_and_both_are_named(
        self, versions: list[Heartbeat]
    ) -> None:
        latest = sorted(set(versions), key=lambda event: event.known_at or event.at)[-2:]
        told = set()
        for order in permutations(versions):
            with pytest.raises(
                ConflictingEventsError,
                match=r"^Heartbeat\.event_id 'e1' must name one fact, or known_at tell its latest "
                r"version: found Heartbeat\(.*\) and Heartbeat\(.*\)\. "
                r"Give the correction a later known_at, or each its own event_id\.$",
            ) as caught:
                History(heartbeats=order)
            assert (caught.value.field, caught.value.value) == ("Heartbeat.event_id", "e1")
            told.add(str(caught.value))
        [message] = told
        if len(versions) == 2:
            assert all(repr(event) in message for event in latest)

    @every_kind
    def test_every_kind_is_checked(self, kind: type[Any]) -> None:
        [dated, *_] = [name for name in DATES if name in attrs.fields_dict(kind)]
        other = full(kind, **{dated: NINE + TICK})
        with pytest.raises(ConflictingEventsError, match=rf"^{kind.__name__}\.event_id 'e1' "):
            History.of([full(kind), other])

    def test_ids_are_compared_within_one_kind(self) -> None:
        edit = TicketEdit("U1", "T1", NINE, event_id="e1")
        change = UserStatusChange("U1", NINE, "Pause", event_id="e1")
        assert len(History.of([beat(1), edit, change]).settled()) == 3

    def test_two_versions_at_one_instant_stand_apart_until_they_are_settled(self) -> None:
        first = UserStatusChange("U1", NINE, "Pause", event_id="e1")
        second = attrs.evolve(first, status="Active", known_at=TEN)
        history = History(user_statuses=[second, first])
        assert set(history.user_statuses) == {first, second}
        assert history.settled().user_statuses == (second,)

    def test_a_repost_without_a_word_was_learnt_at_its_end(self) -> None:
        first = UserStatusRepost("U1", NINE, TEN, "Active", event_id="e1")
        second = attrs.evolve(first, status="Pause", known_at=TEN - TICK)
        assert History(status_reposts=[first, second]).settled().status_reposts == (first,)

    def test_a_fact_that_was_taken_back_and_said_again_stays_taken_back(self) -> None:
        """For equal content counts the earliest word, so saying it again says nothing new."""
        assert facts(beat(1, known=5), beat(2, known=6), beat(1, known=7)) == [beat(2, known=6)]


@pytest.mark.rule("AMB-25")
class TestJoining:
    def test_joining_settles(self) -> None:
        first, second = (
            History(heartbeats=[beat(1, known=5)]),
            History(heartbeats=[beat(2, known=6)]),
        )
        assert list((first | second).settled()) == [beat(2, known=6)]
        assert first | second == second | first

    def test_joining_may_bring_out_a_contradiction(self) -> None:
        first, second = History(heartbeats=[beat(1)]), History(heartbeats=[beat(2)])
        with pytest.raises(ConflictingEventsError, match=r"^Heartbeat\.event_id 'e1' must "):
            first | second

    def test_an_earlier_word_for_the_same_content_may_break_what_was_settled(self) -> None:
        settles = History(heartbeats=[beat(1, known=5), beat(2, known=6)])
        earlier = History(heartbeats=[beat(2, known=5)])
        with pytest.raises(ConflictingEventsError, match=r"^Heartbeat\.event_id 'e1' "):
            settles | earlier

    def test_what_was_known_before_the_last_word_may_contradict_itself(self) -> None:
        history = History(heartbeats=[beat(1, known=5), beat(2, known=5), beat(3, known=6)])
        assert len(history.settled()) == 1
        with pytest.raises(ConflictingEventsError, match=r"^Heartbeat\.event_id 'e1' "):
            history.as_known_at(NINE + 5 * MINUTE)


def first_words(events: list[Heartbeat]) -> set[Heartbeat]:
    """Drop each event that another one of equal content was learnt before."""

    def word(event: Heartbeat) -> tuple[datetime, bool]:
        return (event.known_at or event.at, event.known_at is not None)

    return {
        event
        for event in events
        if not any(
            (other.at, other.event_id) == (event.at, event.event_id) and word(other) < word(event)
            for other in events
        )
    }


def is_later_word(event: Heartbeat, other: Heartbeat) -> bool:
    says = event.known_at is not None or other.known_at is not None
    return says and (event.known_at or event.at) > (other.known_at or other.at)


def brute_force(events: list[Heartbeat]) -> Heartbeat | None:
    """Return the version that is a later word than each other one, if there is one."""
    words = first_words(events)
    winners = [
        word for word in words if all(is_later_word(word, other) for other in words - {word})
    ]
    return winners[0] if winners else None


@pytest.mark.rule("AMB-25")
@given(st.lists(st.builds(beat, st.integers(0, 3), st.none() | st.integers(0, 4)), min_size=1))
@example([beat(3), beat(2), beat(1, known=2)])
@example([beat(3), beat(1), beat(0, known=2)])
def test_the_fact_is_a_later_word_than_every_other(versions: list[Heartbeat]) -> None:
    fact = brute_force(versions)
    if fact is None:
        with pytest.raises(ConflictingEventsError, match=r"^Heartbeat\.event_id 'e1' "):
            facts(*versions)
    else:
        assert facts(*versions) == [fact]
        assert facts(*versions[::-1]) == [fact]


@given(
    st.lists(
        st.builds(beat, st.integers(0, 2), st.none() | st.integers(0, 3), st.sampled_from("ab"))
    )
)
def test_what_would_be_refused_is_known_beforehand(events: list[Heartbeat]) -> None:
    by_id = {name: [event for event in events if event.event_id == name] for name in "ab"}
    refused = {name for name, found in by_id.items() if found and brute_force(found) is None}
    assert conflicts(tuple(first_words(events))) == refused


def test_many_corrections_are_settled_in_one_go() -> None:
    """A quadratic walk over ten thousand corrected sessions would take minutes."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    sessions = [
        ScreenSession(
            "U1",
            f"T{n}",
            start,
            start + (correction + 1) * MINUTE,
            event_id=f"e{n}",
            known_at=TEN + correction * MINUTE,
        )
        for n in range(10_000)
        for correction in range(2)
    ]
    kept = settled(tuple(sessions))
    assert kept == tuple(sessions[1::2])
    assert settled(kept) is kept
