"""A history is the same value whatever the order, the duplicates and the way of its input."""

import copy
import pickle
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from events.specimens import (
    CHOICES,
    FLAGS,
    IDS,
    INSTANTS,
    KINDS,
    NAME_SETS,
    NINE,
    NUMBERS,
    TEN,
    TEXTS,
    every_kind,
    full,
    happened,
    is_optional,
    least,
)
from worklog_core import (
    Event,
    Heartbeat,
    History,
    NaiveDatetimeError,
    ScreenSession,
    TeamMembership,
    TicketEdit,
    TrackingExclusion,
    UserStatusChange,
    WorklogError,
)

TICK = timedelta(microseconds=1)
# By the name under which a history takes a kind: the kind, and what its events are sorted by.
TABLE = {
    "sessions": ("ScreenSession", "user_id ticket_id start end"),
    "heartbeats": ("Heartbeat", "user_id ticket_id at"),
    "edits": ("TicketEdit", "user_id ticket_id at"),
    "customer_messages": ("CustomerMessage", "ticket_id at conversation_id"),
    "user_statuses": ("UserStatusChange", "user_id at"),
    "status_reposts": ("UserStatusRepost", "user_id start end"),
    "focus_changes": ("FocusChange", "user_id at ticket_id"),
    "exclusions": ("TrackingExclusion", "ticket_id at"),
    "ticket_statuses": ("TicketStatusChange", "ticket_id at"),
    "messages": ("MessageSent", "ticket_id at message_id"),
    "openings": ("TicketOpened", "ticket_id at"),
    "closings": ("TicketClosed", "ticket_id at"),
    "merges": ("TicketMerged", "ticket_id at"),
    "topics": ("TopicChange", "ticket_id at"),
    "sla_dues": ("SlaDueSet", "ticket_id at"),
    "offers": ("RoutingOffered", "user_id ticket_id at"),
    "skips": ("RoutingSkipped", "user_id ticket_id at"),
    "assignments": ("TicketAssigned", "ticket_id at"),
    "transfers": ("TicketTransferred", "ticket_id at"),
    "queues": ("TicketQueued", "ticket_id at"),
    "team_memberships": ("TeamMembership", "user_id team start"),
    "suggestions": ("AiSuggestionShown", "ticket_id at agent"),
    "ai_actions": ("AiActionApplied", "ticket_id at agent"),
    "tag_detections": ("TagsDetected", "ticket_id at"),
    "tag_changes": ("TagsChanged", "ticket_id at"),
    "customer_detections": ("CustomerDetected", "ticket_id at"),
    "customer_corrections": ("CustomerCorrected", "ticket_id at"),
    "hold_starts": ("HoldStarted", "ticket_id at"),
    "hold_ends": ("HoldEnded", "ticket_id at"),
    "contact_ends": ("ContactEnded", "ticket_id at"),
    "wrap_ups": ("WrapUpFinished", "ticket_id at"),
    "contact_labels": ("ContactLabelled", "contact_id at"),
    "recordings": ("RecordingStored", "ticket_id at"),
    "sentiments": ("SentimentScored", "ticket_id at"),
    "satisfactions": ("CsatReceived", "ticket_id at"),
}
NAMES = {name: kind for name, (kind, _) in TABLE.items()}
KIND_OF = {name: next(kind for kind in KINDS if kind.__name__ == NAMES[name]) for name in NAMES}
every_name = pytest.mark.parametrize("name", NAMES)

instants = st.integers(0, 3).map(lambda tick: NINE + tick * TICK)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys([*IDS, "status"], st.sampled_from("AB")),
    **dict.fromkeys(TEXTS, st.sampled_from(["", "A"])),
    **dict.fromkeys(FLAGS, st.booleans()),
    **dict.fromkeys(NAME_SETS, st.sets(st.sampled_from("AB"))),
    **dict.fromkeys(NUMBERS, st.integers(0, 1)),
    **dict.fromkeys(INSTANTS, instants),
    "end": st.integers(4, 6).map(lambda tick: NINE + tick * TICK),
    # Above every score, and another ticket than those that are merged.
    "out_of": st.integers(1, 2),
    "into_ticket_id": st.sampled_from("CD"),
}


def values_of(kind: type[Any], field: str) -> st.SearchStrategy[Any]:
    """Draw a value of a field: few, so that equal events, near-equal ones and versions occur."""
    enum = CHOICES.get((kind, field))
    said = VALUES[field] if enum is None else st.sampled_from(enum)
    return st.none() | said if is_optional(kind, field) else said


def drafts_of(kind: type[Any]) -> st.SearchStrategy[Any]:
    names = [field.name for field in attrs.fields(kind) if field.name != "event_id"]
    return st.builds(kind, **{name: values_of(kind, name) for name in names})


DRAFTS = {kind: drafts_of(kind) for kind in KINDS}


@st.composite
def streams(draw: st.DrawFn) -> list[Any]:
    """Draw loose events and versions of a few more, of which each is learnt at its own instant.

    They are of a few kinds only, so that equal events and versions of one event are common.
    """
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
    loose_events = st.one_of([DRAFTS[kind] for kind in kinds])
    loose = draw(st.lists(loose_events, max_size=8))
    drafts = draw(st.lists(st.tuples(loose_events, st.sampled_from(["e1", "e2"])), max_size=6))
    versions = [
        attrs.evolve(event, event_id=event_id, known_at=TEN + minute * timedelta(minutes=1))
        for minute, (event, event_id) in enumerate(drafts)
    ]
    return [*loose, *versions]


def naive_history(events: Iterable[Any]) -> dict[str, list[Any]]:
    """Sort out a stream by looking at every pair: the dull way to a history's content."""
    kept: list[Any] = []
    for event in events:
        twin = next((k for k in kept if _content(k) == _content(event)), None)
        if twin is None:
            kept.append(event)
        elif _learnt(event) < _learnt(twin) or (
            _learnt(event) == _learnt(twin) and event.known_at is None
        ):
            kept[kept.index(twin)] = event
    return {name: [e for e in kept if type(e) is kind] for name, kind in KIND_OF.items()}


def _content(event: Any) -> tuple[Any, ...]:
    told = {k: v for k, v in attrs.asdict(event).items() if k != "known_at"}
    return (type(event), *told.values())


def _learnt(event: Any) -> datetime:
    return event.known_at or happened(event)


class TestOneValue:
    @given(streams(), st.randoms(use_true_random=False))
    def test_neither_order_nor_duplicates_reach_it(self, events: list[Any], chance: Any) -> None:
        again = events + [copy.copy(event) for event in events if chance.random() < 0.5]
        chance.shuffle(again)
        history, other = History.of(events), History.of(again)
        assert history == other
        assert repr(list(history)) == repr(list(other))

    @given(streams())
    def test_a_mixed_stream_and_its_kinds_are_one_history(self, events: list[Any]) -> None:
        by_kind: dict[str, Any] = {
            name: iter([event for event in events if type(event) is kind])
            for name, kind in KIND_OF.items()
        }
        assert History(**by_kind) == History.of(iter(events))

    @given(streams(), st.data())
    def test_parts_make_the_whole_in_any_order(
        self, events: list[Any], data: st.DataObject
    ) -> None:
        places = data.draw(st.lists(st.integers(0, 2), min_size=len(events), max_size=len(events)))
        parts = [
            History.of(event for event, place in zip(events, places, strict=True) if place == part)
            for part in range(3)
        ]
        whole = History.of(events)
        assert parts[0] | parts[1] | parts[2] == whole
        assert parts[2] | (parts[1] | parts[0]) == whole
        assert whole | whole == whole == whole | History()

    @given(streams())
    def test_it_holds_each_content_once_as_it_was_first_learnt(self, events: list[Any]) -> None:
        history = History.of(events)
        for name, expected in naive_history(events).items():
            found = getattr(history, name)
            assert len(found) == len(expected)
            assert set(found) == set(expected)
        assert len(history) == len(list(history)) == sum(map(len, naive_history(events).values()))

    @given(streams())
    def test_what_comes_out_goes_in_again(self, events: list[Any]) -> None:
        history = History.of(events)
        assert History.of(history) == history
        assert History.sift(history) == (history, ())
        assert pickle.loads(pickle.dumps(history)) == history
        assert copy.copy(history) == history == copy.deepcopy(history)

    @given(streams())
    def test_its_events_stand_by_who_and_what_and_when(self, events: list[Any]) -> None:
        history = History.of(events)
        for name, (_, fields) in TABLE.items():
            key = attrgetter(*fields.split())
            keys = [key(event) for event in getattr(history, name)]
            assert keys == sorted(keys)

    def test_it_is_ordered_by_instant_and_not_by_wall_time(self) -> None:
        wall = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        late = wall.replace(fold=1, minute=10)
        history = History(heartbeats=[Heartbeat("U1", "T1", late), Heartbeat("U1", "T1", wall)])
        assert [beat.at for beat in history.heartbeats] == [
            wall.astimezone(UTC),
            late.astimezone(UTC),
        ]

    def test_one_instant_in_two_zones_is_one_event(self) -> None:
        berlin = NINE.astimezone(ZoneInfo("Europe/Berlin"))
        assert len(History.of([Heartbeat("U1", "T1", NINE), Heartbeat("U1", "T1", berlin)])) == 1


class TestTheValue:
    def test_it_has_no_hash(self) -> None:
        with pytest.raises(TypeError, match="unhashable type: 'History'"):
            hash(History())

    @every_name
    def test_it_cannot_change(self, name: str) -> None:
        history = History.of([full(kind) for kind in KINDS])
        with pytest.raises(FrozenInstanceError, match=r"set attribute|^$"):
            setattr(history, name, ())
        with pytest.raises(FrozenInstanceError, match=r"set attribute|^$"):
            delattr(history, name)
        assert getattr(history, name) == (full(KIND_OF[name]),)

    def test_it_does_not_look_like_what_it_was_made_of(self) -> None:
        events = [least(ScreenSession)]
        history = History(sessions=events)
        events.clear()
        assert len(history) == 1
        others: list[Any] = [[least(ScreenSession)], (least(ScreenSession),), None]
        assert history not in others

    def test_its_kinds_are_taken_by_name(self) -> None:
        with pytest.raises(TypeError, match="positional argument"):
            cast("Any", History)([least(ScreenSession)])
        with pytest.raises(TypeError, match="unexpected keyword argument 'pings'"):
            cast("Any", History)(pings=[])

    def test_it_shows_how_much_it_holds_and_not_what(self) -> None:
        assert repr(History()) == "<History: no events>"
        events = [least(Heartbeat), least(TicketEdit), least(TicketEdit, user_id="U2")]
        assert repr(History.of(events)) == "<History: 1 heartbeats, 2 edits>"

    def test_it_hands_out_its_events_kind_by_kind(self) -> None:
        events = [full(kind) for kind in KINDS]
        assert [type(event).__name__ for event in History.of(events[::-1])] == list(NAMES.values())

    def test_nothing_is_a_history_too(self) -> None:
        assert History() == History.of([]) == History(edits=iter(()))
        assert len(History()) == 0
        assert list(History()) == []

    @pytest.mark.parametrize("other", [[], (), None, [least(Heartbeat)], least(Heartbeat)])
    def test_only_histories_are_joined(self, other: Any) -> None:
        with pytest.raises(TypeError, match="unsupported operand"):
            History() | other
        with pytest.raises(TypeError, match="unsupported operand"):
            other | History()


class TestTheDoor:
    @every_name
    @pytest.mark.parametrize("value", [None, 7, True, least(Heartbeat), object()])
    def test_a_kind_is_an_iterable(self, name: str, value: Any) -> None:
        with pytest.raises(
            WorklogError,
            match=rf"^{name} must be an iterable of {NAMES[name]}: found .*\. "
            r"Put a single one in a list; for none at all pass \(\)\.$",
        ) as caught:
            History(**{name: value})
        assert (caught.value.field, caught.value.value) == (name, value)

    @every_name
    @pytest.mark.parametrize(
        "junk", [None, "U1", 7, {"event": "Heartbeat"}, NINE, TrackingExclusion, ["U1"]]
    )
    def test_it_holds_nothing_but_events(self, name: str, junk: Any) -> None:
        good = least(KIND_OF[name])
        with pytest.raises(
            WorklogError,
            match=rf"^{name} must hold {NAMES[name]} values: found {re.escape(repr(junk))}.* at "
            r"position 1\. Leave it out, or pass a mixed stream to History\.of\.$",
        ) as caught:
            History(**{name: (item for item in [good, junk])})
        assert (caught.value.field, caught.value.value) == (name, junk)

    @every_name
    @every_kind
    def test_each_event_goes_under_its_own_kind(self, name: str, kind: type[Any]) -> None:
        event = least(kind)
        if KIND_OF[name] is kind:
            assert list(History(**{name: [event]})) == [event]
            return
        with pytest.raises(WorklogError, match=rf"^{name} must hold {NAMES[name]} values: ") as e:
            History(**{name: [event]})
        assert (e.value.field, e.value.value) == (name, event)

    def test_a_text_is_no_list_of_events(self) -> None:
        with pytest.raises(WorklogError, match=r"^edits must hold .*: found 'T' .* at position 0"):
            History(edits=cast("Any", "T1"))

    @pytest.mark.parametrize("take", [History.of, History.sift])
    @pytest.mark.parametrize("value", [None, 7, least(Heartbeat)])
    def test_a_stream_is_an_iterable(self, take: Callable[[Any], Any], value: Any) -> None:
        with pytest.raises(
            WorklogError, match=r"^events must be an iterable of events: found .*\. Put a single "
        ) as caught:
            take(value)
        assert (caught.value.field, caught.value.value) == ("events", value)

    @pytest.mark.parametrize("junk", [None, "U1", {"event": "Heartbeat"}, Heartbeat, NINE])
    def test_a_stream_holds_events(self, junk: Any) -> None:
        with pytest.raises(
            WorklogError,
            match=rf"^events must hold events: found {re.escape(repr(junk))}.* at position 2\. "
            r"For data that may be unsound use History\.sift\.$",
        ) as caught:
            History.of([least(Heartbeat), least(TicketEdit), junk])
        assert (caught.value.field, caught.value.value) == ("events", junk)

    def test_a_subclass_of_an_event_is_no_event(self) -> None:
        class Click(Heartbeat):
            pass

        click = Click("U1", "T1", NINE)
        with pytest.raises(WorklogError, match=r"^heartbeats must hold Heartbeat values: found "):
            History(heartbeats=[click])
        with pytest.raises(WorklogError, match=r"^events must hold events: found Click"):
            History.of([click])

    @pytest.mark.parametrize(
        "take",
        [History.of, History.sift, lambda events: History(edits=events)],
        ids=["of", "sift", "kind"],
    )
    def test_a_mistake_inside_a_generator_is_not_hidden(self, take: Callable[[Any], Any]) -> None:
        with pytest.raises(TypeError, match="can only concatenate"):
            take(word + 1 for word in cast("Any", ["a"]))


class TestKnowledge:
    @pytest.mark.rule("AMB-24")
    @given(events=streams(), step=st.integers(-1, 8), late=st.booleans())
    def test_as_known_at_an_instant_it_holds_what_was_learnt_by_then(
        self, events: list[Any], step: int, *, late: bool
    ) -> None:
        at = TEN + step * timedelta(minutes=1) if late else NINE + step * TICK
        history = History.of(events)
        known = [event for event in history if _learnt(event) <= at]
        assert list(history.as_known_at(at)) == known
        assert history.as_known_at(at) == History.of(e for e in events if _learnt(e) <= at)

    @pytest.mark.rule("AMB-24")
    def test_what_is_learnt_at_the_very_instant_is_known(self) -> None:
        beat = least(Heartbeat, known_at=TEN)
        history = History(heartbeats=[beat])
        assert history.as_known_at(TEN) == history
        assert history.as_known_at(TEN - TICK) == History()

    @pytest.mark.rule("AMB-24")
    def test_a_session_is_learnt_at_its_end(self) -> None:
        history = History(sessions=[least(ScreenSession)])
        assert history.as_known_at(TEN - TICK) == History()
        assert history.as_known_at(TEN) == history

    @pytest.mark.rule("AMB-24", "E-50")
    @pytest.mark.parametrize("end", [None, TEN])
    def test_a_membership_is_learnt_at_its_start(self, end: datetime | None) -> None:
        history = History(team_memberships=[least(TeamMembership, end=end)])
        assert history.as_known_at(NINE - TICK) == History()
        assert history.as_known_at(NINE) == history

    @given(streams(), st.integers(0, 5), st.integers(0, 5))
    def test_knowing_less_and_then_more_is_knowing_less(
        self, events: list[Any], one: int, two: int
    ) -> None:
        first, second = (TEN + n * timedelta(minutes=1) for n in (one, two))
        history = History.of(events)
        known = history.as_known_at(first).as_known_at(second)
        assert known == history.as_known_at(min(first, second))

    @pytest.mark.parametrize("instant", [NINE.replace(tzinfo=None), "2026-03-02", None])
    def test_the_instant_of_knowledge_has_a_zone(self, instant: Any) -> None:
        kind = NaiveDatetimeError if isinstance(instant, datetime) else WorklogError
        with pytest.raises(kind, match=r"^instant must ") as caught:
            History().as_known_at(instant)
        assert (caught.value.field, caught.value.value) == ("instant", instant)

    @given(streams())
    def test_settled_facts_are_settled(self, events: list[Any]) -> None:
        facts = History.of(events).settled()
        assert facts.settled() is facts
        ids = [(type(event), event.event_id) for event in facts if event.event_id is not None]
        assert len(ids) == len(set(ids))
        assert set(facts) <= set(History.of(events))


def test_the_events_of_a_history_are_the_closed_union() -> None:
    assert set(KINDS) == set(Event.__args__)
    kept = {"_versioned", "_by_id", "_overlaid"}
    assert set(attrs.fields_dict(History)) - kept == set(NAMES)
    assert UserStatusChange in KINDS
