"""What an event is once it is in: a value that holds what it was told, with its instants in UTC."""

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from events.specimens import (
    BERLIN,
    CHOICES,
    DEFAULTS,
    FLAGS,
    FURTHER,
    IDS,
    INSTANTS,
    KINDS,
    LEAST,
    NAME_SETS,
    NINE,
    NUMBERS,
    TEN,
    TEXTS,
    VERSION,
    PytzLike,
    Stamp,
    every_instant,
    every_kind,
    every_name_set,
    every_number,
    full,
    happened,
    least,
    other_than,
)
from worklog_core import (
    Action,
    AiActionApplied,
    AiSuggestionShown,
    AutomationLevel,
    ContactLabelled,
    CsatReceived,
    CustomerCorrected,
    CustomerDetected,
    CustomerMessage,
    Direction,
    FocusChange,
    Heartbeat,
    MessageSent,
    RecordingStored,
    RoutingOffered,
    RoutingSkipped,
    ScreenSession,
    SenderKind,
    SentimentScored,
    SlaDueSet,
    TagsChanged,
    TagsDetected,
    TeamMembership,
    TicketAssigned,
    TicketEdit,
    TicketMerged,
    TicketQueued,
    TicketStatusChange,
    TopicChange,
    UserStatusChange,
    UserStatusRepost,
)
from worklog_core.events.kinds import learnt_at

# What may be said without its name, in this order.
LEADING: dict[type[Any], str] = dict.fromkeys(KINDS, "ticket_id at") | {
    ScreenSession: "user_id ticket_id start end",
    Heartbeat: "user_id ticket_id at",
    FocusChange: "user_id ticket_id at",
    TicketEdit: "user_id ticket_id at action",
    CustomerMessage: "ticket_id at conversation_id",
    UserStatusChange: "user_id at status",
    UserStatusRepost: "user_id start end status",
    TicketStatusChange: "ticket_id at status",
    MessageSent: "ticket_id at message_id",
    TicketMerged: "ticket_id at into_ticket_id",
    TopicChange: "ticket_id at topic",
    SlaDueSet: "ticket_id at due_at",
    RoutingOffered: "user_id ticket_id at",
    RoutingSkipped: "user_id ticket_id at",
    TicketAssigned: "ticket_id at assignee_id",
    TicketQueued: "ticket_id at queue",
    TeamMembership: "user_id team start end",
    AiSuggestionShown: "ticket_id at agent",
    AiActionApplied: "ticket_id at agent",
    TagsDetected: "ticket_id at tags",
    TagsChanged: "ticket_id at tags",
    CustomerDetected: "ticket_id at customer_id",
    CustomerCorrected: "ticket_id at customer_id",
    ContactLabelled: "contact_id at labels",
    RecordingStored: "ticket_id at link",
    SentimentScored: "ticket_id at score",
    CsatReceived: "ticket_id at score",
}


def test_the_tables_of_this_test_know_every_field() -> None:
    for kind in KINDS:
        told = {*LEAST[kind], *FURTHER[kind], *VERSION}
        assert told == {field.name for field in attrs.fields(kind)}
        choices = {field for owner, field in CHOICES if owner is kind}
        known = {*IDS, *INSTANTS, *FLAGS, *TEXTS, *NAME_SETS, *NUMBERS, *choices, "status"}
        assert told <= known


class TestTheValue:
    @every_kind
    def test_it_holds_what_it_was_told(self, kind: type[Any]) -> None:
        told = {**LEAST[kind], **FURTHER[kind], **VERSION}
        assert attrs.asdict(full(kind)) == told

    @every_kind
    def test_what_is_left_out_has_its_default(self, kind: type[Any]) -> None:
        defaults = dict.fromkeys([*FURTHER[kind], *VERSION]) | DEFAULTS[kind]
        assert attrs.asdict(least(kind)) == LEAST[kind] | defaults

    @every_kind
    def test_its_leading_fields_keep_their_order(self, kind: type[Any]) -> None:
        fields = [field.name for field in attrs.fields(kind) if not field.kw_only]
        assert fields == LEADING[kind].split()

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
        for field in attrs.fields(kind):
            other = attrs.evolve(event, **{field.name: other_than(event, field.name)})
            assert other != event
            assert getattr(other, field.name) != getattr(event, field.name)

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

    @every_name_set
    def test_names_are_a_set_in_order(self, kind: type[Any], field: str) -> None:
        event = full(kind, **{field: ["vip", "Mail", "vip"]})
        assert getattr(event, field) == ("Mail", "vip")
        assert event == full(kind, **{field: {"Mail", "vip"}})
        assert getattr(full(kind, **{field: iter(())}), field) == ()

    @every_number
    @pytest.mark.parametrize("given", [5, Decimal(5), Decimal("5.00"), Fraction(5)])
    def test_an_exact_number_is_kept_as_a_fraction(
        self, kind: type[Any], field: str, given: Any
    ) -> None:
        event = full(kind, **{field: given})
        assert type(getattr(event, field)) is Fraction
        assert event == full(kind, **{field: Fraction(5)})

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
    assert learnt_at(least(kind)) == over == happened(least(kind))
    for known_at in (NINE - timedelta(days=1), TEN + timedelta(days=1)):
        assert learnt_at(least(kind, known_at=known_at)) == known_at


@pytest.mark.rule("E-50", "AMB-24")
@pytest.mark.parametrize("end", [None, TEN])
def test_a_membership_is_learnt_when_it_begins(end: datetime | None) -> None:
    assert learnt_at(TeamMembership("U1", "Blue", NINE, end)) == NINE


@pytest.mark.rule("AMB-4")
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("sender", SenderKind)
def test_only_what_the_customer_writes_to_us_opens_an_epoch(
    direction: Direction, sender: SenderKind
) -> None:
    for is_initial in (False, True):
        message = least(MessageSent, direction=direction, sender=sender, is_initial=is_initial)
        wrote = (direction, sender) == (Direction.IN, SenderKind.CUSTOMER)
        assert message.opens_epoch is wrote


@pytest.mark.rule("P-R5")
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("sender", SenderKind)
def test_only_what_a_person_writes_to_the_customer_is_an_answer(
    direction: Direction, sender: SenderKind
) -> None:
    message = least(MessageSent, direction=direction, sender=sender)
    wrote = (direction, sender) == (Direction.OUT, SenderKind.HUMAN)
    assert message.is_answer is wrote


@pytest.mark.rule("P-E5")
@pytest.mark.parametrize(
    ("direction", "is_public"),
    [(Direction.IN, True), (Direction.OUT, True), (Direction.INTERNAL, False)],
)
def test_a_message_is_public_unless_it_is_a_note(direction: Direction, *, is_public: bool) -> None:
    for failure in (None, "no such address"):
        message = least(MessageSent, direction=direction, failure=failure)
        assert message.is_public is is_public


@pytest.mark.rule("E-32")
def test_the_levels_of_automation_run_from_nothing_to_all_of_it() -> None:
    assert [(level.name, int(level)) for level in AutomationLevel] == [
        ("NONE", 0),
        ("TEXT_EDITING", 1),
        ("BASE_AGENT", 2),
        ("AI_AGENT", 3),
        ("RELEASED", 4),
        ("AUTONOMOUS", 5),
    ]
    assert max(AutomationLevel) is AutomationLevel.AUTONOMOUS


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.sampled_from([UTC, BERLIN])),
    st.timedeltas(timedelta(), timedelta(days=2)),
)
def test_a_session_lasts_as_long_as_the_clock_ran(start: datetime, length: timedelta) -> None:
    end = (start.astimezone(UTC) + length).astimezone(start.tzinfo)
    session = least(ScreenSession, start=start, end=end)
    assert session.end - session.start == length
