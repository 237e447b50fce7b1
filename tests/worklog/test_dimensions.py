"""Teams, topic, channel, tags, offers and skips of a row: what held when (E-50 to E-53, E-44)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from office import at, edited, only, worked, wrote
from worklog_core import (
    Action,
    Direction,
    FirstEdit,
    MessageSent,
    RoutingOffered,
    RoutingSkipped,
    SenderKind,
    TagsChanged,
    TagsDetected,
    TeamMembership,
    TicketOpened,
    TopicChange,
    TrackingExclusion,
    Undetermined,
)

ANSWERED = edited("U1", "T1", "9:10", Action.WRITE)
NOT_TOLD = Undetermined.NOT_TOLD


def member(team: str, since: str, until: str | None = None, user: str = "U1") -> TeamMembership:
    return TeamMembership(user, team, at(since), None if until is None else at(until))


class TestTeams:
    @pytest.mark.rule("E-50", "AMB-26")
    def test_they_are_those_at_the_first_edit_sorted_each_once(self) -> None:
        events = [
            *(member("B", "8:00"), member("A", "8:00", "9:11"), member("A", "7:00", "12:00")),
            *(member("C", "8:00", "9:00"), member("D", "9:11"), member("E", "8:00", user="U2")),
        ]
        assert only(worked(ANSWERED, events)).teams == ("A", "B")

    @pytest.mark.rule("E-50")
    @pytest.mark.parametrize(
        ("membership", "is_in"),
        [
            (member("A", "9:10"), True),
            (member("A", "9:10:00.000001"), False),
            (member("A", "8:00", "9:10"), False),
            (member("A", "8:00", "9:10:00.000001"), True),
        ],
    )
    def test_a_membership_holds_from_its_start_up_to_its_end(
        self, membership: TeamMembership, *, is_in: bool
    ) -> None:
        assert only(worked(ANSWERED, membership)).teams == (("A",) if is_in else ())

    @pytest.mark.rule("E-50", "AMB-21")
    def test_the_first_edit_is_the_one_that_records_the_row(self) -> None:
        events = (ANSWERED, edited("U1", "T1", "9:00", None), member("A", "8:00", "9:05"))
        found = [only(worked(*events, first_edit=choice)).teams for choice in FirstEdit]
        assert found == [(), ("A",)]

    @pytest.mark.rule("E-50")
    def test_instants_are_compared_and_no_wall_times(self) -> None:
        # 02:30 comes twice on this night; the team changes between the two.
        berlin = ZoneInfo("Europe/Berlin")
        first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
        second = first.replace(fold=1)
        change = datetime(2026, 10, 25, 3, 0, tzinfo=timezone(timedelta(hours=2)))
        teams = [TeamMembership("U1", "A", first, change), TeamMembership("U1", "B", change)]
        rows = worked(edited("U1", "T1", first), edited("U1", "T2", second), teams).rows
        assert [row.teams for row in rows] == [("A",), ("B",)]
        assert [row.recorded_at.hour for row in rows] == [0, 1]


class TestTopicAndChannel:
    @pytest.mark.rule("E-52", "AMB-26")
    def test_a_topic_holds_from_its_instant(self) -> None:
        events = [
            TopicChange("T1", at("9:00"), "General", subtopic="RG: Instalment/JVB"),
            TopicChange("T1", at("9:10:00.000001"), "Meter"),
            TopicChange("T2", at("9:05"), "Other"),
        ]
        row = only(worked(ANSWERED, events))
        assert (row.topic, row.subtopic) == ("General", "RG: Instalment/JVB")
        row = only(worked(ANSWERED, events, TopicChange("T1", at("9:10"), "Invoice")))
        assert (row.topic, row.subtopic) == ("Invoice", None)
        assert row.reasons["subtopic"] is NOT_TOLD

    @pytest.mark.rule("E-52", "E-53")
    @pytest.mark.parametrize("events", [[], [TopicChange("T1", at("9:11"), "General")]])
    def test_both_are_none_where_nobody_tells(self, events: list[Any]) -> None:
        row = only(worked(ANSWERED, events))
        assert (row.topic, row.subtopic, row.channel) == (None, None, None)
        assert {row.reasons[name] for name in ("topic", "subtopic", "channel")} == {NOT_TOLD}

    @pytest.mark.rule("E-52")
    def test_of_two_topics_at_one_instant_the_one_learnt_later_holds(self) -> None:
        late = TopicChange("T1", at("9:00"), "A", known_at=at("9:05"))
        row = only(worked(ANSWERED, late, TopicChange("T1", at("9:00"), "B")))
        assert row.topic == "A"
        named = [TopicChange("T1", at("9:00"), topic, event_id=topic) for topic in ("B", "A")]
        assert only(worked(ANSWERED, named)).topic == "B"

    @pytest.mark.rule("E-53", "G-04", "P-E7")
    @pytest.mark.parametrize("channel", ["email", "mail", "portal", "phone", "chat", "walkIn"])
    def test_the_channel_is_that_of_the_opening_or_of_the_last_message(self, channel: str) -> None:
        opened = TicketOpened("T1", at("8:00"), channel=channel)
        assert only(worked(ANSWERED, opened)).channel == channel
        message = wrote("T1", "8:30", channel="letter")
        assert only(worked(ANSWERED, message)).channel == "letter"
        assert only(worked(ANSWERED, opened, message)).channel == "letter"
        assert only(worked(ANSWERED, opened, wrote("T1", "8:30"))).channel == channel
        assert (
            only(worked(ANSWERED, opened, wrote("T1", "9:11", channel="chat"))).channel == channel
        )

    @pytest.mark.rule("E-53")
    @pytest.mark.parametrize(
        ("direction", "sender", "channel"),
        [
            (Direction.IN, SenderKind.CUSTOMER, "chat"),
            (Direction.OUT, SenderKind.HUMAN, "email"),
            (Direction.INTERNAL, SenderKind.HUMAN, "email"),
        ],
    )
    def test_only_what_the_customer_wrote_tells_the_channel(
        self, direction: Direction, sender: SenderKind, channel: str
    ) -> None:
        opened = TicketOpened("T1", at("8:00"), channel="email")
        message = MessageSent(
            "T1", at("9:00"), "M9", direction=direction, sender=sender, channel="chat"
        )
        assert only(worked(ANSWERED, opened, message)).channel == channel


class TestTags:
    @pytest.mark.rule("E-51", "AMB-26")
    def test_they_are_those_at_the_last_edit_whatever_it_did(self) -> None:
        events = [
            TagsDetected("T1", at("8:00"), ["skill", "product"]),
            TagsChanged("T1", at("9:20"), ["VIP", "product"]),
            TagsChanged("T1", at("9:21"), ["late"]),
        ]
        assert only(worked(ANSWERED, events)).tags == ("product", "skill")
        note = edited("U1", "T1", "9:20", None)
        assert only(worked(ANSWERED, note, events)).tags == ("VIP", "product")
        assert only(worked(ANSWERED, note, events, as_of="9:19")).tags == ("product", "skill")

    @pytest.mark.rule("E-51")
    def test_without_a_word_there_are_none(self) -> None:
        assert only(worked(ANSWERED)).tags == ()
        assert only(worked(ANSWERED, TagsChanged("T1", at("9:11"), ["a"]))).tags == ()


def offered(clock: str, user: str = "U1", ticket: str = "T1") -> RoutingOffered:
    return RoutingOffered(user, ticket, at(clock))


def skipped(clock: str, user: str = "U1", ticket: str = "T1") -> RoutingSkipped:
    return RoutingSkipped(user, ticket, at(clock))


class TestOffersAndSkips:
    @pytest.mark.rule("E-44", "AMB-11")
    @pytest.mark.parametrize(
        ("events", "flags"),
        [
            ([], (False, False)),
            ([offered("9:00")], (True, False)),
            ([offered("9:00"), skipped("9:01")], (True, True)),
            ([skipped("9:01")], (False, True)),
            ([offered("9:00", "U2"), skipped("9:01", "U2")], (False, False)),
            ([offered("9:00", ticket="T2"), skipped("9:01", ticket="T2")], (False, False)),
            ([skipped("9:10")], (False, True)),
            ([skipped("9:10:00.000001")], (False, False)),
            ([offered("8:30"), skipped("8:30")], (True, True)),
            ([offered("8:29:59.999999"), skipped("8:29:59.999999")], (False, False)),
        ],
        ids=[
            "nothing",
            "offered",
            "offered and skipped",
            "skipped without an offer",
            "another user",
            "another ticket",
            "at the instant of the last action",
            "after it",
            "at the message that opens the cell",
            "in the epoch before",
        ],
    )
    def test_a_row_is_skipped_that_was_skipped_in_its_cell_before_its_last_action(
        self, events: list[Any], flags: tuple[bool, bool]
    ) -> None:
        row = only(worked(ANSWERED, wrote("T1", "8:30"), events))
        assert (row.offered, row.skipped) == flags

    @pytest.mark.rule("AMB-11")
    def test_a_note_is_no_row_making_edit(self) -> None:
        note = edited("U1", "T1", "9:30", None)
        assert not only(worked(ANSWERED, note, skipped("9:20"))).skipped
        late = edited("U1", "T1", "9:30", Action.CLOSE)
        assert only(worked(ANSWERED, late, skipped("9:20"))).skipped

    @pytest.mark.rule("AMB-29", "E-44")
    def test_an_excluded_ticket_has_no_row_to_tell_it(self) -> None:
        excluded = TrackingExclusion("T1", at("12:00"))
        assert worked(ANSWERED, skipped("9:00"), excluded).rows == ()
        assert only(worked(ANSWERED, skipped("9:00"), excluded, as_of="11:00")).skipped


@pytest.mark.rule("AMB-4d", "AMB-11")
def test_days_begin_where_the_rules_say_and_facts_follow() -> None:
    # 23:30 UTC is half past midnight in Berlin: the skip lies on the day before.
    berlin = ZoneInfo("Europe/Berlin")
    edit = edited("U1", "T1", datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    skip = RoutingSkipped("U1", "T1", datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC))
    assert not only(worked(edit, skip, time_zone=berlin)).skipped
    assert only(worked(edit, skip)).skipped
