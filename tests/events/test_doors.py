"""Every event's door: what is refused, and that the refusal names the field and the way out."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs
import pytest

from events.specimens import (
    BERLIN,
    CHOICES,
    NINE,
    TEN,
    TICK,
    PytzLike,
    Stamp,
    every_choice,
    every_flag,
    every_id,
    every_instant,
    every_kind,
    every_name_set,
    every_number,
    every_text,
    full,
    is_optional,
    least,
)
from worklog_core import (
    Action,
    AiActionApplied,
    CsatReceived,
    NaiveDatetimeError,
    RangeError,
    ScreenSession,
    SentimentScored,
    TagsDetected,
    TeamMembership,
    TicketMerged,
    UserStatusRepost,
    WorklogError,
)


def refusal(kind: type[Any], field: str, value: object, error: type[WorklogError]) -> str:
    """Return what is said of a value at the door, having checked what the error carries."""
    with pytest.raises(error, match=rf"^{kind.__name__}\.{field} must ") as caught:
        full(kind, **{field: value})
    assert type(caught.value) is error
    assert caught.value.field == f"{kind.__name__}.{field}"
    assert caught.value.value is value
    return str(caught.value)


class FineStamp(Stamp):
    """The same with a nanosecond, which an integer of microseconds cannot hold."""

    nanosecond = 7


class NoStamp(datetime):
    """A datetime that is none, as pandas has: unequal to itself."""

    nanosecond = float("nan")

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = datetime.__hash__


class Mute(PytzLike):
    """A zone that does not know its offset."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        raise NotImplementedError


class TestTheDoor:
    @every_id
    @pytest.mark.parametrize("value", ["", 7, 7.0, True, False, b"U1", ["U1"], float("nan"), ()])
    def test_an_id_is_a_non_empty_str(self, kind: type[Any], field: str, value: object) -> None:
        told = refusal(kind, field, value, WorklogError)
        assert "must be a non-empty str: found " in told
        assert f"({type(value).__name__}). " in told
        way_out = "Read it as text where it enters." if value != "" else "Leave out what has no id."
        assert told.endswith(way_out)

    @every_id
    def test_only_an_id_that_may_be_missing_is_none(self, kind: type[Any], field: str) -> None:
        if is_optional(kind, field):
            assert getattr(full(kind, **{field: None}), field) is None
        else:
            assert "must be a non-empty str: found None. " in refusal(
                kind, field, None, WorklogError
            )

    @every_instant
    def test_a_naive_instant_names_no_moment(self, kind: type[Any], field: str) -> None:
        told = refusal(kind, field, datetime(2026, 3, 2, 9, 30), NaiveDatetimeError)
        assert "must carry a time zone: datetime.datetime(2026, 3, 2, 9, 30) (datetime)" in told
        assert told.endswith("Attach the zone it was written in with .replace(tzinfo=...).")

    @every_instant
    @pytest.mark.parametrize(
        "value", ["2026-03-02T09:00:00Z", "", 0, 1772442000, 1772442000.0, True, date(2026, 3, 2)]
    )
    def test_an_instant_is_a_datetime(self, kind: type[Any], field: str, value: object) -> None:
        told = refusal(kind, field, value, WorklogError)
        assert f"must be a datetime with a time zone: found {value!r} " in told
        assert "Parse it at the edge, with datetime.fromisoformat(...)" in told

    @every_instant
    def test_a_fraction_of_a_microsecond_is_refused(self, kind: type[Any], field: str) -> None:
        told = refusal(kind, field, FineStamp(2026, 3, 2, 9, 30, tzinfo=UTC), WorklogError)
        assert "must be a whole number of microseconds: " in told
        assert told.endswith("Round it where it enters.")

    @every_instant
    def test_a_missing_value_of_a_frame_is_no_instant(self, kind: type[Any], field: str) -> None:
        told = refusal(kind, field, NoStamp(2026, 3, 2, tzinfo=UTC), WorklogError)
        assert told.endswith("What has no instant cannot be measured: leave it out.")

    @every_instant
    @pytest.mark.parametrize(
        "value",
        [
            datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
            datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))),
        ],
    )
    def test_an_instant_beyond_utc_is_refused_by_name(
        self, kind: type[Any], field: str, value: datetime
    ) -> None:
        told = refusal(kind, field, value, RangeError)
        assert "must be an instant that UTC can represent: found " in told
        assert told.endswith("Leave open ends out, or use a nearer date.")

    @every_instant
    def test_a_zone_without_an_offset_is_refused(self, kind: type[Any], field: str) -> None:
        told = refusal(kind, field, datetime(2026, 3, 2, 9, 30, tzinfo=Mute()), WorklogError)
        assert "must have a zone that knows its offset: found " in told
        assert told.endswith("Use zoneinfo.ZoneInfo(...) or datetime.timezone.")

    @every_instant
    def test_only_an_instant_that_may_be_missing_is_none(self, kind: type[Any], field: str) -> None:
        if is_optional(kind, field):
            assert getattr(full(kind, **{field: None}), field) is None
        else:
            told = refusal(kind, field, None, WorklogError)
            assert "must be a datetime with a time zone: found None. " in told

    @every_flag
    @pytest.mark.parametrize("value", [0, 1, "yes", "", 1.0, Action.CLOSE])
    def test_a_flag_is_true_or_false(self, kind: type[Any], field: str, value: object) -> None:
        told = refusal(kind, field, value, WorklogError)
        assert "must be True or False: found " in told

    @every_flag
    def test_only_a_flag_that_may_be_unknown_is_none(self, kind: type[Any], field: str) -> None:
        if is_optional(kind, field):
            assert getattr(full(kind, **{field: None}), field) is None
        else:
            assert "found None. Pass a bool." in refusal(kind, field, None, WorklogError)

    @every_text
    @pytest.mark.parametrize("value", [b"Dear customer", 7, 7.0, False, ["Dear customer"]])
    def test_a_text_is_a_str(self, kind: type[Any], field: str, value: object) -> None:
        told = refusal(kind, field, value, WorklogError)
        assert "must be a str: found " in told
        assert told.endswith("Read it as text where it enters.")

    @every_text
    @pytest.mark.parametrize("value", [None, "", " \n"])
    def test_a_text_may_be_empty_and_may_be_missing(
        self, kind: type[Any], field: str, value: str | None
    ) -> None:
        assert getattr(full(kind, **{field: value}), field) is value

    @every_name_set
    @pytest.mark.parametrize("value", [None, "vip", "", 7, b"vip", ["vip", ""], {"vip": False}])
    def test_names_are_a_collection_of_texts(
        self, kind: type[Any], field: str, value: object
    ) -> None:
        told = refusal(kind, field, value, WorklogError)
        assert "must be a collection of non-empty strs: found " in told
        assert told.endswith("Put a single one in a list; for none at all pass ().")

    @every_number
    @pytest.mark.parametrize("value", [4.5, "4", True, Decimal("NaN"), Decimal("Infinity")])
    def test_a_score_is_an_exact_number(self, kind: type[Any], field: str, value: object) -> None:
        told = refusal(kind, field, value, WorklogError)
        assert "must be an int, a Fraction or a finite Decimal: found " in told
        assert told.endswith("Write 4.5 as Fraction(9, 2).")

    @every_number
    def test_only_a_scale_may_be_unknown(self, kind: type[Any], field: str) -> None:
        if is_optional(kind, field):
            assert getattr(full(kind, **{field: None}), field) is None
        else:
            assert "finite Decimal: found None. " in refusal(kind, field, None, WorklogError)

    @every_choice
    @pytest.mark.parametrize(
        "value",
        ["writeAction", "WRITE", "open", "agent", "", 1, True, [Action.WRITE], UTC, Action],
    )
    def test_a_choice_is_a_member_of_its_enum(
        self, kind: type[Any], field: str, value: object
    ) -> None:
        told = refusal(kind, field, value, WorklogError)
        enum = CHOICES[kind, field]
        members = ", ".join(f"{enum.__name__}.{member.name}" for member in enum)
        assert f"must be a member of {enum.__name__}: found " in told
        assert told.endswith(f"Choose one of {members}.")

    @every_choice
    @pytest.mark.parametrize("other", dict.fromkeys(CHOICES.values()))
    def test_a_member_of_another_enum_is_no_choice(
        self, kind: type[Any], field: str, other: type[Enum]
    ) -> None:
        member = next(iter(other))
        if other is CHOICES[kind, field]:
            assert getattr(full(kind, **{field: member}), field) is member
        else:
            assert "must be a member of " in refusal(kind, field, member, WorklogError)

    @every_choice
    def test_only_a_choice_that_may_be_open_is_none(self, kind: type[Any], field: str) -> None:
        if is_optional(kind, field):
            assert getattr(full(kind, **{field: None}), field) is None
        else:
            assert "must be a member of " in refusal(kind, field, None, WorklogError)

    def test_the_number_of_a_level_is_no_level(self) -> None:
        assert refusal(AiActionApplied, "level", 3, WorklogError).endswith(
            "Choose one of AutomationLevel.NONE, AutomationLevel.TEXT_EDITING, "
            "AutomationLevel.BASE_AGENT, AutomationLevel.AI_AGENT, AutomationLevel.RELEASED, "
            "AutomationLevel.AUTONOMOUS."
        )

    @every_kind
    def test_a_field_that_no_event_has_is_python_s_own_error(self, kind: type[Any]) -> None:
        with pytest.raises(TypeError, match="unexpected keyword argument 'tenant'"):
            least(kind, tenant="A")

    @every_kind
    def test_what_is_only_sometimes_said_is_said_by_keyword(self, kind: type[Any]) -> None:
        positional = [field for field in attrs.fields(kind) if not field.kw_only]
        with pytest.raises(TypeError, match="positional argument"):
            kind(*(getattr(full(kind), field.name) for field in positional), "e1")


class TestReversedSpans:
    def test_a_session_that_ends_before_it_starts_is_refused(self) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^ScreenSession\.end must not be before its start 2026-03-02T10:00:00\+00:00: "
            r"found 2026-03-02T09:59:59\.999999\+00:00\. Swap the two, or leave the session out\.$",
        ) as caught:
            least(ScreenSession, start=TEN, end=TEN - TICK)
        assert (caught.value.field, caught.value.value) == ("ScreenSession.end", TEN - TICK)

    @pytest.mark.rule("AMB-17")
    def test_a_session_of_no_length_is_a_single_ping(self) -> None:
        ping = least(ScreenSession, start=TEN, end=TEN)
        assert ping.start == ping.end

    @pytest.mark.parametrize("end", [TEN, TEN - TICK])
    def test_a_repost_of_no_time_is_refused(self, end: datetime) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^UserStatusRepost\.end must be after its start 2026-03-02T10:00:00\+00:00: "
            r"found .*\+00:00\. Leave out a repost of no time\.$",
        ) as caught:
            least(UserStatusRepost, start=TEN, end=end)
        assert (caught.value.field, caught.value.value) == ("UserStatusRepost.end", end)

    @pytest.mark.rule("E-27")
    def test_the_shortest_repost_is_a_microsecond(self) -> None:
        repost = least(UserStatusRepost, start=TEN, end=TEN + TICK)
        assert repost.end - repost.start == TICK

    @pytest.mark.parametrize("end", [TEN, TEN - TICK])
    def test_a_membership_of_no_time_is_refused(self, end: datetime) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^TeamMembership\.end must be after its start 2026-03-02T10:00:00\+00:00: "
            r"found .*\+00:00\. Leave out a membership of no time\.$",
        ) as caught:
            least(TeamMembership, start=TEN, end=end)
        assert (caught.value.field, caught.value.value) == ("TeamMembership.end", end)

    @pytest.mark.rule("E-50")
    def test_a_membership_lasts_a_microsecond_or_for_ever(self) -> None:
        assert least(TeamMembership, start=TEN, end=TEN + TICK).end == TEN + TICK
        assert least(TeamMembership, start=TEN).end is None
        assert TeamMembership("U1", "Blue", TEN, None) == TeamMembership("U1", "Blue", TEN)

    @pytest.mark.parametrize("kind", [ScreenSession, UserStatusRepost, TeamMembership])
    def test_only_instants_count_not_the_wall_clock(self, kind: type[Any]) -> None:
        """The second 02:30 of the night comes after the first 02:45."""
        first = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN)
        second = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)
        span = least(kind, start=first, end=second)
        assert span.end - span.start == timedelta(minutes=45)
        with pytest.raises(WorklogError, match=rf"^{kind.__name__}\.end must "):
            least(kind, start=second, end=first)


class TestWhatTwoFieldsSayTogether:
    @pytest.mark.rule("K-20", "K-21")
    @pytest.mark.parametrize("kind", [SentimentScored, CsatReceived])
    def test_a_score_above_its_scale_is_refused(self, kind: type[Any]) -> None:
        with pytest.raises(
            WorklogError,
            match=rf"^{kind.__name__}\.score must not be above the highest of its scale, 5: found "
            r"11/2\. Give the score before it was put on another scale\.$",
        ) as caught:
            least(kind, score=Fraction(11, 2), out_of=5)
        assert (caught.value.field, caught.value.value) == (f"{kind.__name__}.score", 5.5)

    @pytest.mark.rule("K-20", "K-21")
    @pytest.mark.parametrize("kind", [SentimentScored, CsatReceived])
    @pytest.mark.parametrize(("score", "out_of"), [(5, 5), (-1, 1), (-3, 0), (7, None)])
    def test_a_score_may_be_the_highest_or_below_zero(
        self, kind: type[Any], score: int, out_of: int | None
    ) -> None:
        scored = least(kind, score=score, out_of=out_of)
        assert (scored.score, scored.out_of) == (score, out_of)

    def test_a_ticket_is_not_merged_into_itself(self) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^TicketMerged\.into_ticket_id must name another ticket than ticket_id: "
            r"found 'T1' \(str\) for both\. Leave it out: a ticket is not merged into itself\.$",
        ) as caught:
            TicketMerged("T1", NINE, "T1")
        assert (caught.value.field, caught.value.value) == ("TicketMerged.into_ticket_id", "T1")

    def test_a_single_tag_is_not_its_letters(self) -> None:
        assert "found 'vip' (str). Put a single one" in refusal(
            TagsDetected, "tags", "vip", WorklogError
        )
