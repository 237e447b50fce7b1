"""Dirty data: what is sound becomes a history, and every fault of the rest is told."""

import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.specimens import (
    CHOICES,
    FLAGS,
    IDS,
    INSTANTS,
    KINDS,
    LEAST,
    NAME_SETS,
    NINE,
    NUMBERS,
    TEN,
    TEXTS,
    TICK,
    every_kind,
    full,
    least,
)
from worklog_core import (
    CsatReceived,
    Heartbeat,
    History,
    Rejected,
    ScreenSession,
    TagsDetected,
    TicketEdit,
    WorklogError,
)

MERGED = {"ticket_id": "T1", "at": NINE, "into_ticket_id": "T1"}


def as_mapping(event: Any, **changes: Any) -> dict[str, Any]:
    told = {field.name: getattr(event, field.name) for field in attrs.fields(type(event))}
    return {"event": type(event).__name__, **told, **changes}


def faults(items: Iterable[Any]) -> list[tuple[int, str, Any]]:
    return [(fault.position, fault.field, fault.value) for fault in History.sift(items)[1]]


class TestWhatIsSound:
    @every_kind
    @pytest.mark.parametrize("wrap", [dict, OrderedDict, MappingProxyType])
    @pytest.mark.parametrize("make", [least, full])
    def test_a_mapping_of_sound_fields_is_the_event(
        self, kind: type[Any], wrap: Callable[[Any], Any], make: Any
    ) -> None:
        event = make(kind)
        history, rejected = History.sift(iter([wrap(as_mapping(event))]))
        assert rejected == ()
        assert history == History.of([event])

    @every_kind
    def test_what_has_a_default_may_be_left_out(self, kind: type[Any]) -> None:
        history, rejected = History.sift([{"event": kind.__name__, **LEAST[kind]}])
        assert rejected == ()
        assert list(history) == [least(kind)]

    def test_events_and_mappings_come_in_one_stream(self) -> None:
        items = [event for kind in KINDS for event in (least(kind), as_mapping(full(kind)))]
        history, rejected = History.sift(items)
        assert rejected == ()
        assert history == History.of([make(kind) for kind in KINDS for make in (least, full)])

    def test_nothing_at_all_is_sound(self) -> None:
        assert History.sift([]) == (History(), ())

    def test_an_iterator_of_names_is_gone_through_once(self) -> None:
        detected = least(TagsDetected, tags=["mail", "vip"])
        item = as_mapping(detected, tags=(tag for tag in ["vip", "mail"]))
        assert History.sift([item]) == (History.of([detected]), ())

    def test_what_is_given_is_left_as_it_was(self) -> None:
        item = as_mapping(least(Heartbeat))
        before = dict(item)
        History.sift([item])
        assert item == before


class TestWhatIsRejected:
    @pytest.mark.parametrize(
        "junk", [None, 7, "Heartbeat", b"", NINE, ["event"], Heartbeat, (), {1, 2}, object()]
    )
    def test_junk_is_no_event(self, junk: Any) -> None:
        history, [fault] = History.sift([least(Heartbeat), junk])
        assert list(history) == [least(Heartbeat)]
        assert (fault.position, fault.field) == (1, "events")
        assert fault.item is fault.value is junk
        assert fault.message.startswith(
            "events must be events or mappings of an event's fields: found "
        )
        assert fault.message.endswith("Say what it is under 'event', or leave it out.")

    @pytest.mark.parametrize(
        "name", [None, "", "heartbeat", "Ping", "Event", 7, Heartbeat, ["Heartbeat"], {}]
    )
    def test_a_kind_that_does_not_exist_is_told(self, name: Any) -> None:
        item = {**as_mapping(least(Heartbeat)), "event": name}
        [fault] = History.sift([item])[1]
        assert (fault.position, fault.field, fault.value) == (0, "event", name)
        assert fault.item is item
        assert fault.message.startswith("event must be the class name of an event: found ")
        assert "Known are ScreenSession, Heartbeat, TicketEdit, " in fault.message

    @pytest.mark.parametrize("item", [{}, {"user_id": "U1"}, LEAST[Heartbeat]])
    def test_a_kind_that_is_missing_is_told(self, item: dict[str, Any]) -> None:
        assert faults([item]) == [(0, "event", None)]

    @every_kind
    def test_every_missing_field_is_told_at_once(self, kind: type[Any]) -> None:
        _, rejected = History.sift([{"event": kind.__name__}])
        assert {fault.field for fault in rejected} == {f"{kind.__name__}.{f}" for f in LEAST[kind]}
        assert {fault.value for fault in rejected} == {None}
        for fault in rejected:
            assert fault.message == (
                f"{fault.field} must be given: found no such field. "
                "Add it, or map its column to this name."
            )

    @every_kind
    def test_every_unknown_field_is_told(self, kind: type[Any]) -> None:
        item = as_mapping(full(kind), tenant="A", mood=None)
        _, rejected = History.sift([item])
        name = kind.__name__
        assert [(f.field, f.value) for f in rejected] == [
            (f"{name}.tenant", "A"),
            (f"{name}.mood", None),
        ]
        assert rejected[0].message.startswith(
            f"{name} must have known fields only: found 'tenant' (str). Its fields are "
        )

    @pytest.mark.parametrize("name", [7, None, NINE, ("user_id",)])
    def test_a_field_is_known_by_a_text(self, name: Any) -> None:
        item: dict[Any, Any] = {**as_mapping(least(Heartbeat)), name: 1}
        [fault] = History.sift([item])[1]
        assert (fault.field, fault.value) == (f"Heartbeat.{name}", 1)

    @every_kind
    def test_every_fault_of_an_item_is_told_with_its_field_and_value(self, kind: type[Any]) -> None:
        unsound: dict[str, Any] = {
            **dict.fromkeys([*IDS, *TEXTS, *NAME_SETS, "status"], 7),
            **dict.fromkeys(INSTANTS, "2026-03-02"),
            **dict.fromkeys(FLAGS, "yes"),
            **dict.fromkeys(NUMBERS, 4.5),
            **{field: 1 for owner, field in CHOICES if owner is kind},
        }
        fields = [field.name for field in attrs.fields(kind)]
        item = {"event": kind.__name__, **{name: unsound[name] for name in fields}}
        history, rejected = History.sift([least(TicketEdit), item])
        assert list(history) == [least(TicketEdit)]
        assert [(fault.position, fault.field, fault.value) for fault in rejected] == [
            (1, f"{kind.__name__}.{name}", unsound[name]) for name in fields
        ]
        assert all(fault.item is item for fault in rejected)

    @every_kind
    def test_it_is_told_as_the_door_tells_it(self, kind: type[Any]) -> None:
        for field in attrs.fields(kind):
            item = as_mapping(full(kind), **{field.name: 7.0})
            [fault] = History.sift([item])[1]
            with pytest.raises(WorklogError, match=rf"^{kind.__name__}\.{field.name} ") as caught:
                full(kind, **{field.name: 7.0})
            assert fault.message == str(caught.value)
            assert (fault.field, fault.value) == (caught.value.field, caught.value.value)

    @pytest.mark.parametrize("kind", ["ScreenSession", "UserStatusRepost", "TeamMembership"])
    def test_a_span_that_runs_backwards_is_told(self, kind: str) -> None:
        [sound] = [as_mapping(least(k)) for k in KINDS if k.__name__ == kind]
        [fault] = History.sift([{**sound, "end": NINE - TICK}])[1]
        assert (fault.field, fault.value) == (f"{kind}.end", NINE - TICK)
        assert "its start 2026-03-02T09:00:00+00:00: found " in fault.message

    def test_what_two_fields_say_together_is_told(self) -> None:
        items = [as_mapping(full(CsatReceived), score=6), {"event": "TicketMerged", **MERGED}]
        assert faults(items) == [
            (0, "CsatReceived.score", 6),
            (1, "TicketMerged.into_ticket_id", "T1"),
        ]

    def test_a_naive_instant_is_told_as_it_stood_there(self) -> None:
        naive = datetime(2026, 3, 2, 9)
        item = as_mapping(least(Heartbeat), at=naive)
        assert faults([item]) == [(0, "Heartbeat.at", naive)]

    def test_a_subclass_of_an_event_is_junk(self) -> None:
        class Click(Heartbeat):
            pass

        click = Click("U1", "T1", NINE)
        assert faults([click]) == [(0, "events", click)]

    def test_names_of_choices_are_not_parsed(self) -> None:
        item = as_mapping(least(TicketEdit), action="writeAction")
        assert faults([item]) == [(0, "TicketEdit.action", "writeAction")]


@pytest.mark.rule("AMB-25")
class TestVersionsThatContradict:
    def test_all_of_them_are_rejected_and_nothing_else(self) -> None:
        one = least(Heartbeat, event_id="e1")
        two = as_mapping(least(Heartbeat, at=TEN, event_id="e1"))
        namesake = least(TicketEdit, event_id="e1")
        other = least(Heartbeat, event_id="e2")
        items = [one, other, two, namesake, one]
        history, rejected = History.sift(items)
        assert set(history) == {other, namesake}
        assert [(fault.position, fault.field, fault.value) for fault in rejected] == [
            (position, "Heartbeat.event_id", "e1") for position in (0, 2, 4)
        ]
        assert [fault.item for fault in rejected] == [one, two, one]
        assert rejected[0].message == (
            "Heartbeat.event_id must name one fact: found 'e1' (str) with other content too, and "
            "nothing tells which is the later word. Give the correction a later known_at."
        )

    def test_versions_that_can_be_settled_are_all_kept(self) -> None:
        versions = [least(Heartbeat, event_id="e1"), full(Heartbeat, at=TEN)]
        history, rejected = History.sift(versions)
        assert rejected == ()
        assert set(history) == set(versions)

    def test_an_unsound_version_contradicts_nothing(self) -> None:
        sound = least(Heartbeat, event_id="e1")
        unsound = as_mapping(sound, at=None)
        history, [fault] = History.sift([unsound, sound])
        assert list(history) == [sound]
        assert (fault.position, fault.field) == (0, "Heartbeat.at")

    def test_an_older_version_falls_with_the_two_that_contradict(self) -> None:
        versions = [
            full(Heartbeat, known_at=TEN),
            full(Heartbeat, at=TEN, known_at=TEN + TICK),
            full(Heartbeat, at=TEN + TICK, known_at=TEN + TICK),
        ]
        history, rejected = History.sift(versions)
        assert history == History()
        assert [fault.position for fault in rejected] == [0, 1, 2]


class TestTheFault:
    def test_it_is_a_value(self) -> None:
        [fault] = History.sift([{"event": "Heartbeat", **LEAST[Heartbeat], "at": [1]}])[1]
        again = pickle.loads(pickle.dumps(fault))
        assert again == fault
        assert hash(again) == hash(fault)
        assert type(fault) is Rejected
        with pytest.raises(AttributeError, match=r"set attribute|^$"):
            fault.position = 1  # type: ignore[misc]  # that it cannot is what is asked

    def test_faults_stand_in_the_order_of_the_items(self) -> None:
        items = [
            least(Heartbeat, event_id="e1"),
            None,
            {"event": "Heartbeat"},
            least(Heartbeat, at=TEN, event_id="e1"),
            7,
        ]
        assert [position for position, _, _ in faults(items)] == [0, 1, 2, 2, 2, 3, 4]


ITEMS: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        7,
        {"event": "Heartbeat"},
        as_mapping(least(Heartbeat)),
        as_mapping(least(ScreenSession), end=NINE - TICK),
        *(make(kind) for kind in KINDS for make in (least, full)),
        *(least(Heartbeat, at=NINE + n * timedelta(minutes=1), event_id="e1") for n in range(3)),
    ]
)


@given(st.lists(ITEMS, max_size=10))
def test_every_item_is_in_the_history_or_rejected(items: list[Any]) -> None:
    history, rejected = History.sift(items)
    at_fault = {fault.position for fault in rejected}
    sound = [item for position, item in enumerate(items) if position not in at_fault]
    assert History.sift(sound) == (history, ())
    made = [item if type(item) in KINDS else least(Heartbeat) for item in sound]
    assert history == History.of(made)
    assert all(fault.item is items[fault.position] for fault in rejected)
