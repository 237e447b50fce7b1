"""What an event is once it is in: a value that holds what it was told, with its instants in UTC."""

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from events.specimens import (
    BERLIN,
    FLAGS,
    FURTHER,
    IDS,
    INSTANTS,
    KINDS,
    LEAST,
    NINE,
    TEN,
    VERSION,
    PytzLike,
    Stamp,
    every_instant,
    every_kind,
    full,
    least,
)
from worklog_core import (
    Action,
    CustomerMessage,
    Event,
    Heartbeat,
    ScreenSession,
    StatusCause,
    TicketEdit,
    TicketStatus,
    TicketStatusChange,
    TrackingExclusion,
    UserStatusChange,
    UserStatusRepost,
)
from worklog_core.events.kinds import learnt_at


def test_the_tables_of_this_test_know_every_field() -> None:
    for kind in KINDS:
        told = {*LEAST[kind], *FURTHER[kind], *VERSION}
        assert told == {field.name for field in attrs.fields(kind)}
        assert told <= {*IDS, *INSTANTS, *FLAGS, "status", "action", "cause"}


class TestTheValue:
    @every_kind
    def test_it_holds_what_it_was_told(self, kind: type[Any]) -> None:
        told = {**LEAST[kind], **FURTHER[kind], **VERSION}
        assert attrs.asdict(full(kind)) == told

    @every_kind
    def test_what_is_left_out_has_its_default(self, kind: type[Any]) -> None:
        defaults = dict.fromkeys([*FURTHER[kind], *VERSION]) | (
            {"is_initial": False} if kind is CustomerMessage else {}
        )
        assert attrs.asdict(least(kind)) == LEAST[kind] | defaults

    @pytest.mark.parametrize(
        ("event", "order"),
        [
            (ScreenSession("U1", "T1", NINE, TEN), ["user_id", "ticket_id", "start", "end"]),
            (Heartbeat("U1", "T1", NINE), ["user_id", "ticket_id", "at"]),
            (
                TicketEdit("U1", "T1", NINE, Action.CLOSE),
                ["user_id", "ticket_id", "at", "action"],
            ),
            (CustomerMessage("T1", NINE, "C1"), ["ticket_id", "at", "conversation_id"]),
            (UserStatusChange("U1", NINE, "Pause"), ["user_id", "at", "status"]),
            (UserStatusRepost("U1", NINE, TEN, "Pause"), ["user_id", "start", "end", "status"]),
            (
                TicketStatusChange("T1", NINE, TicketStatus.OPEN, cause=StatusCause.API),
                ["ticket_id", "at", "status"],
            ),
            (TrackingExclusion("T1", NINE), ["ticket_id", "at"]),
        ],
    )
    def test_its_leading_fields_keep_their_order(self, event: Event, order: list[str]) -> None:
        fields = [field.name for field in attrs.fields(type(event)) if not field.kw_only]
        assert fields == order

    @every_kind
    @pytest.mark.parametrize("make", [least, full])
    def test_it_travels_as_an_equal_value(self, kind: type[Any], make: Any) -> None:
        event = make(kind)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(event, protocol)) == event
        for other in (
            pickle.loads(pickle.dumps(event)),
            copy.copy(event),
            copy.deepcopy(event),
            attrs.evolve(event),
            make(kind),
        ):
            assert type(other) is kind
            assert other == event
            assert hash(other) == hash(event)
            assert repr(other) == repr(event)
            assert learnt_at(other).tzinfo is UTC

    @every_kind
    def test_each_field_tells_events_apart(self, kind: type[Any]) -> None:
        event = full(kind)
        others: dict[str, Any] = {
            **dict.fromkeys(IDS, "other"),
            **dict.fromkeys(INSTANTS, NINE + timedelta(minutes=7)),
            "action": None,
            "closes": True,
            "is_initial": False,
            "cause": StatusCause.CUSTOMER,
            "status": TicketStatus.OPEN if kind is TicketStatusChange else "other",
        }
        for field in attrs.fields(kind):
            assert attrs.evolve(event, **{field.name: others[field.name]}) != event

    @every_kind
    def test_it_cannot_change(self, kind: type[Any]) -> None:
        event = full(kind)
        for field in attrs.fields(kind):
            with pytest.raises(FrozenInstanceError, match=r"set attribute|^$"):
                setattr(event, field.name, None)
        with pytest.raises(AttributeError, match=r"tenant|set attribute|^$"):
            event.tenant = "A"
        assert not hasattr(event, "__dict__")

    @every_kind
    def test_events_of_two_kinds_are_never_equal(self, kind: type[Any]) -> None:
        assert [other for other in KINDS if full(other) == full(kind)] == [kind]

    @every_instant
    @pytest.mark.parametrize(
        "given",
        [
            datetime(2026, 3, 2, 10, 30, tzinfo=BERLIN),
            datetime(2026, 3, 2, 9, 30, fold=1, tzinfo=UTC),
            datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(0), "GMT")),
            datetime(2026, 3, 2, 11, 30, tzinfo=PytzLike()),
            Stamp(2026, 3, 2, 9, 30, tzinfo=UTC),
            Stamp(2026, 3, 2, 10, 30, tzinfo=BERLIN),
        ],
        ids=str,
    )
    def test_an_instant_is_kept_in_utc(self, kind: type[Any], field: str, given: datetime) -> None:
        event = full(kind, **{field: given})
        kept = getattr(event, field)
        half_past = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
        assert (type(kept), kept.tzinfo, kept) == (datetime, UTC, half_past)
        same = full(kind, **{field: half_past})
        assert event == same
        assert hash(event) == hash(same)
        assert repr(event) == repr(same)

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if "at" in LEAST[kind]])
    def test_the_two_readings_of_one_wall_time_are_two_events(self, kind: type[Any]) -> None:
        wall = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
        first, second = least(kind, at=wall), least(kind, at=wall.replace(fold=1))
        assert first != second
        assert second.at - first.at == timedelta(hours=1)
        assert len({first, second, least(kind, at=wall)}) == 2

    def test_ids_are_kept_to_the_letter(self) -> None:
        assert least(Heartbeat, user_id=" U1 ").user_id == " U1 "
        assert least(Heartbeat, user_id="\u00e9") != least(Heartbeat, user_id="e\u0301")


@pytest.mark.rule("AMB-1", "AMB-7")
@pytest.mark.parametrize(
    ("action", "by_default"),
    [
        (None, False),
        (Action.STATUS, False),
        (Action.CLOSE, True),
        (Action.WRITE, True),
        (Action.AUTO_PROCESS, True),
    ],
)
def test_whether_an_edit_closes_is_its_word_or_its_actions(
    action: Action | None, *, by_default: bool
) -> None:
    assert least(TicketEdit, action=action).is_closing is by_default
    assert least(TicketEdit, action=action, closes=False).is_closing is False
    assert least(TicketEdit, action=action, closes=True).is_closing is True


@pytest.mark.rule("AMB-24")
@every_kind
def test_an_event_is_learnt_when_it_happened_unless_it_says_otherwise(kind: type[Any]) -> None:
    over = TEN if kind in (ScreenSession, UserStatusRepost) else NINE
    assert learnt_at(least(kind)) == over
    for known_at in (NINE - timedelta(days=1), TEN + timedelta(days=1)):
        assert learnt_at(least(kind, known_at=known_at)) == known_at


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.sampled_from([UTC, BERLIN])),
    st.timedeltas(timedelta(), timedelta(days=2)),
)
def test_a_session_lasts_as_long_as_the_clock_ran(start: datetime, length: timedelta) -> None:
    end = (start.astimezone(UTC) + length).astimezone(start.tzinfo)
    session = least(ScreenSession, start=start, end=end)
    assert session.end - session.start == length
