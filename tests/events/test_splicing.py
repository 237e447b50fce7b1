"""Late events join a history as if they had always been there, and say what they changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import ConflictingEventsError, History, ScreenSession, TicketEdit
from worklog_core.events.identified import Identified
from worklog_core.events.kinds import KINDS
from worklog_core.events.overlay import run_of
from worklog_core.testing.strategies import histories


def at(minute: int) -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(minutes=minute)


@st.composite
def split(draw: Any) -> tuple[History, History, History]:
    """A history, and two parts of it that together hold every event at least once."""
    whole = draw(histories())
    events = list(whole)
    places = draw(st.lists(st.integers(0, 3), min_size=len(events), max_size=len(events)))
    early = [e for e, place in zip(events, places, strict=True) if place in (0, 1, 2)]
    late = [e for e, place in zip(events, places, strict=True) if place in (2, 3)]
    return whole, History.of(early), History.of(late)


@given(split())
def test_late_events_join_as_if_they_had_been_there(
    drawn: tuple[History, History, History],
) -> None:
    whole, early, late = drawn
    joined = early.joined(late, early.settled())
    assert joined.history == whole
    assert joined.facts == whole.settled() == joined.history.settled()
    for event in whole:
        if event.event_id is not None:
            (name,) = (name for name, kind in KINDS.items() if kind is type(event))
            versions = Identified.of(getattr(whole, name)).of_id(event.event_id)
            assert joined.history.by_id(name).of_id(event.event_id) == versions


@given(split())
def test_the_changes_lead_from_the_facts_to_the_facts(
    drawn: tuple[History, History, History],
) -> None:
    whole, early, late = drawn
    facts = list(early.settled())
    for change in early.joined(late, early.settled()).changes:
        assert set(change.told) <= set(late)
        for event in change.removed:
            facts.remove(event)
        facts += change.added
    assert History.of(facts) == whole.settled()


@given(histories(), st.sampled_from((None, timedelta(hours=-1), timedelta(hours=1))))
def test_a_repeated_event_counts_as_learnt_when_it_was_first_learnt(
    history: History, later: timedelta | None
) -> None:
    again = History.of(
        attrs.evolve(e, known_at=None if later is None else (e.known_at or at(0)) + later)
        for e in history.settled()
        if e.event_id is None
    )
    assert history.joined(again, history.settled()).history == History.of([*history, *again])


@given(split())
def test_few_events_join_many_by_the_same_way(drawn: tuple[History, History, History]) -> None:
    whole, _, _ = drawn
    for event in list(whole)[:3]:
        few = History.of([event])
        rest = History.of(e for e in whole if e is not event)
        assert rest | few == few | rest == whole


class TestVersions:
    first = TicketEdit("U1", "T1", at(0), event_id="E1")

    def test_a_later_word_replaces_the_fact(self) -> None:
        again = attrs.evolve(self.first, at=at(9), known_at=at(10))
        known = History(edits=[self.first])
        joined = known.joined(History(edits=[again]), known.settled())
        assert joined.history == History(edits=[self.first, again])
        assert joined.facts.edits == (again,)
        (change,) = joined.changes
        assert (change.removed, change.added, change.told) == ((self.first,), (again,), (again,))

    def test_a_late_version_is_found_in_a_table_that_is_not_copied(self) -> None:
        again = attrs.evolve(self.first, user_id="U2", known_at=at(10))
        known = History(edits=[self.first, TicketEdit("U3", "T1", at(0), event_id="E3")])
        joined = known.joined(History(edits=[again]), known.settled()).history
        found = joined.by_id("edits")
        assert found.known is known.by_id("edits").known
        assert found.of_id("E1") == (self.first, again)
        assert (len(found.of_id("E3")), found.of_id("E2")) == (1, ())
        assert joined.settled().by_id("edits").of_id("E1") == (again,)

    def test_an_earlier_word_changes_no_fact(self) -> None:
        again = attrs.evolve(self.first, at=at(9), known_at=at(-10))
        known = History(edits=[self.first])
        joined = known.joined(History(edits=[again]), known.settled())
        assert joined.facts == known
        assert joined.changes == ()
        assert joined.history.settled() == known

    def test_two_words_without_an_order_are_refused(self) -> None:
        again = attrs.evolve(self.first, at=at(9))
        known = History(edits=[self.first])
        with pytest.raises(ConflictingEventsError, match=r"'E1' must name one fact"):
            known.joined(History(edits=[again]), known.settled())

    def test_a_second_correction_finds_the_versions_of_the_first(self) -> None:
        words = [attrs.evolve(self.first, at=at(n), known_at=at(10 + n)) for n in (1, 2)]
        history = facts = History(edits=[self.first])
        for word in words:
            history, facts, _ = history.joined(History(edits=[word]), facts)
        assert history == History(edits=[self.first, *words])
        assert facts.edits == (words[1],)

    def test_what_is_known_already_changes_nothing(self) -> None:
        known = History(edits=[self.first])
        joined = known.joined(known, known.settled())
        assert joined.changes == ()
        assert joined.history.edits is known.edits


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_that_nobody_tells_of_late_is_handed_on(name: str) -> None:
    known = History(sessions=[ScreenSession("U1", "T1", at(0), at(1))])
    joined = known.joined(History(edits=[TicketEdit("U1", "T1", at(0))]), known)
    if name != "edits":
        assert getattr(joined.history, name) is getattr(known, name)


def test_a_run_is_what_begins_alike() -> None:
    events = tuple(TicketEdit(u, t, at(0)) for u in ("U1", "U2") for t in ("T1", "T2"))
    assert run_of("edits", events, "U2") == events[2:]
    assert run_of("edits", events, "U1", "T2") == events[1:2]
    assert run_of("edits", events, "U3") == ()
