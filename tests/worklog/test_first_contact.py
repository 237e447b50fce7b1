"""Closings and first-contact resolution, with figures (E-22, AMB-7)."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from office import MINUTE, at, edited, seen, worked, wrote
from worklog_core import (
    Action,
    Closing,
    Direction,
    FcrPer,
    FirstContactResolution,
    History,
    MessageInSession,
    MessageSent,
    ReopenedBy,
    SenderKind,
    StatusCause,
    TicketStatus,
    TicketStatusChange,
    TrackingExclusion,
    UserStatusChange,
    Worklog,
    WorklogError,
    closings,
    first_contact_resolution,
    first_contact_resolutions,
)

OPEN, PENDING, CLOSED = TicketStatus
HOUR = timedelta(hours=1)
CLOSED_AT_NINE = edited("U1", "T1", "9:00")


def turned(
    clock: str,
    status: TicketStatus,
    user: str | None = "U1",
    cause: StatusCause = StatusCause.AGENT,
    *,
    ticket: str = "T1",
    **more: Any,
) -> TicketStatusChange:
    return TicketStatusChange(ticket, at(clock), status, cause=cause, user_id=user, **more)


def answered(clock: str, sender: SenderKind = SenderKind.HUMAN) -> MessageSent:
    return MessageSent("T1", at(clock), "A1", direction=Direction.OUT, sender=sender)


def told(worklog: Worklog) -> list[tuple[str, str | None, str | None, str | None]]:
    """Return ticket and clock of each closing, who closed, when and by whom it was reopened."""
    return [
        (
            f"{c.ticket_id} {c.closed_at:%H:%M}",
            c.closed_by,
            None if c.reopened_at is None else f"{c.reopened_at:%H:%M}",
            None if c.reopened_by is None else c.reopened_by.value,
        )
        for c in closings(worklog)
    ]


def counts(result: FirstContactResolution) -> tuple[int, int, int]:
    return result.not_reopened, result.decided, result.undecided


class TestClosings:
    @pytest.mark.rule("E-22", "E-08", "AMB-7")
    def test_in_the_classic_example_one_closing_was_reopened_by_a_colleague(self) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "9:05"),
            seen("U2", "T1", "10:00", "10:04"),
            seen("U1", "T1", "12:00", "12:10"),
            edited("U1", "T1", "12:08"),
            seen("U3", "T1", "15:00", "15:02"),
            edited("U3", "T1", "15:01", Action.STATUS),
        )
        assert closings(worklog) == (
            Closing(
                ticket_id="T1",
                closed_at=at("12:08"),
                closed_by="U1",
                reopened_at=at("15:01"),
                reopened_by=ReopenedBy.COLLEAGUE,
                is_decided=True,
                is_provisional=True,
            ),
        )
        result = first_contact_resolution(worklog)
        assert counts(result) == (0, 1, 0)
        assert (result.rate, result.is_provisional) == (Fraction(0), True)

    @pytest.mark.rule("AMB-7")
    @pytest.mark.parametrize(
        ("opening", "by"),
        [
            (wrote("T1", "9:30"), "customer"),
            (edited("U2", "T1", "9:30", Action.STATUS), "colleague"),
            (edited("U2", "T1", "9:30", Action.WRITE, closes=False), "colleague"),
            (edited("U1", "T1", "9:30", Action.STATUS), None),
            (edited("U2", "T1", "9:30", Action.CLOSE), None),
            (edited("U2", "T1", "9:30", None), None),
            (wrote("T1", "9:00"), None),
            (answered("9:30"), None),
        ],
        ids=[
            "the customer wrote",
            "a colleague deferred",
            "a colleague answered and left it open",
            "the user's own edit in the same cell",
            "a closing",
            "a note",
            "a message at the instant",
            "an answer is no opening",
        ],
    )
    def test_by_edits_it_was_the_customer_or_a_colleague(
        self, opening: Any, by: str | None
    ) -> None:
        first = told(worked(CLOSED_AT_NINE, opening))[0]
        assert first == ("T1 09:00", "U1", None if by is None else "09:30", by)

    @pytest.mark.rule("AMB-7")
    def test_by_edits_of_another_cell_it_was_the_user(self) -> None:
        events = (
            CLOSED_AT_NINE,
            wrote("T1", "8:00"),
            edited("U1", "T1", at("9:00", day=3), STATUS),
        )
        assert told(worked(*events)) == [("T1 09:00", "U1", "09:00", "self")]

    @pytest.mark.rule("AMB-7", "AMB-4")
    def test_at_one_instant_the_customer_came_first(self) -> None:
        events = (CLOSED_AT_NINE, wrote("T1", "9:30"), edited("U2", "T1", "9:30", STATUS))
        assert told(worked(*events))[0][3] == "customer"

    @pytest.mark.rule("AMB-7", "D-06")
    @pytest.mark.parametrize(
        ("opening", "by"),
        [
            (turned("9:30", OPEN), "self"),
            (turned("9:30", PENDING), "self"),
            (turned("9:30", OPEN, "U2"), "colleague"),
            (turned("9:30", OPEN, None), "colleague"),
            (turned("9:30", OPEN, None, StatusCause.API), "colleague"),
            (turned("9:30", OPEN, None, StatusCause.CUSTOMER), "customer"),
            (turned("9:30", OPEN, "U1", StatusCause.CUSTOMER), "customer"),
            (turned("9:30", OPEN, None, StatusCause.DUE_DATE), None),
            (turned("9:30", PENDING, None, StatusCause.DUE_DATE), None),
            (turned("9:00", OPEN, "U2"), None),
            (wrote("T1", "9:30"), None),
            (edited("U2", "T1", "9:30", Action.STATUS), None),
        ],
    )
    def test_by_status_changes_it_was_whom_they_name(self, opening: Any, by: str | None) -> None:
        found = told(worked(turned("9:00", CLOSED), opening))
        assert found == [("T1 09:00", "U1", None if by is None else "09:30", by)]

    @pytest.mark.rule("AMB-7")
    def test_two_that_name_nobody_are_not_the_same_one(self) -> None:
        found = told(worked(turned("9:00", CLOSED, None), turned("9:30", OPEN, None)))
        assert found == [("T1 09:00", None, "09:30", "colleague")]

    @pytest.mark.rule("AMB-7")
    def test_closed_twice_is_closed_once(self) -> None:
        changes = [
            *(turned("9:00", CLOSED), turned("9:10", CLOSED, "U2")),
            *(turned("9:20", OPEN, "U3"), turned("9:30", CLOSED, "U3")),
        ]
        assert told(worked(changes)) == [
            ("T1 09:00", "U1", "09:20", "colleague"),
            ("T1 09:30", "U3", None, None),
        ]

    @pytest.mark.rule("AMB-7", "D-06")
    def test_what_woke_up_by_itself_can_be_closed_again(self) -> None:
        woken = turned("9:10", OPEN, None, StatusCause.DUE_DATE)
        found = told(worked(turned("9:00", CLOSED), woken, turned("9:20", CLOSED, "U2")))
        assert found == [("T1 09:00", "U1", None, None), ("T1 09:20", "U2", None, None)]

    @pytest.mark.rule("AMB-7")
    def test_of_two_changes_at_one_instant_the_one_further_on_follows(self) -> None:
        changes = [turned("9:00", CLOSED), turned("9:10", CLOSED, "U2"), turned("9:10", OPEN, "U2")]
        assert told(worked(changes)) == [
            ("T1 09:00", "U1", "09:10", "colleague"),
            ("T1 09:10", "U2", None, None),
        ]
        later = turned("9:10", OPEN, "U2", known_at=at("9:11"))
        assert told(worked(changes[:2], later)) == [("T1 09:00", "U1", "09:10", "colleague")]
        named = [
            turned("9:10", CLOSED, "U2", event_id="1"),
            turned("9:10", OPEN, "U2", event_id="2"),
        ]
        assert told(worked(changes[:1], named)) == [("T1 09:00", "U1", "09:10", "colleague")]

    @pytest.mark.rule("AMB-7")
    def test_a_row_has_one_closing_its_last(self) -> None:
        events = [
            *(edited("U1", "T1", "9:00"), edited("U2", "T1", "9:10", STATUS)),
            *(edited("U1", "T1", "9:20"), edited("U2", "T1", "9:30")),
        ]
        assert told(worked(events)) == [
            ("T1 09:20", "U1", None, None),
            ("T1 09:30", "U2", None, None),
        ]

    @pytest.mark.rule("AMB-7")
    def test_closings_of_one_instant_stand_by_user(self) -> None:
        edits = [edited(user, "T1", "9:00") for user in ("U2", "U1")]
        early = edited("U2", "T1", "8:00")
        assert [c.closed_by for c in closings(worked(early, edits))] == ["U1", "U2"]

    @pytest.mark.rule("AMB-7", "AMB-29")
    def test_an_excluded_ticket_has_none(self) -> None:
        events = (CLOSED_AT_NINE, edited("U1", "T2", "9:00"), TrackingExclusion("T1", at("12:00")))
        assert [c.ticket_id for c in closings(worked(*events))] == ["T2"]
        assert [c.ticket_id for c in closings(worked(*events, as_of="11:00"))] == ["T1", "T2"]

    @pytest.mark.rule("AMB-7", "AMB-4c")
    def test_a_cell_is_as_its_user_met_it(self) -> None:
        events = [
            *(seen("U1", "T1", "9:00", "9:30"), edited("U1", "T1", "9:05")),
            *(wrote("T1", "9:10"), edited("U1", "T1", "9:20", Action.WRITE)),
        ]
        cut, kept = (told(worked(events, message_in_session=way)) for way in MessageInSession)
        assert cut == [("T1 09:05", "U1", "09:10", "customer"), ("T1 09:20", "U1", None, None)]
        assert kept == [("T1 09:20", "U1", None, None)]

    @pytest.mark.rule("AMB-7", "AMB-24")
    def test_what_comes_after_the_instant_is_unseen(self) -> None:
        events = (CLOSED_AT_NINE, wrote("T1", "9:30"))
        assert told(worked(*events, as_of="9:29:59.999999")) == [("T1 09:00", "U1", None, None)]
        assert told(worked(*events, as_of="9:30")) == [("T1 09:00", "U1", "09:30", "customer")]
        changes = (CLOSED_AT_NINE, turned("10:00", CLOSED, "U2"))
        assert told(worked(*changes, as_of="9:59")) == [("T1 09:00", "U1", None, None)]
        assert told(worked(*changes, as_of="10:00")) == [("T1 10:00", "U2", None, None)]


STATUS = Action.STATUS


class TestTheWindow:
    def decided(self, opening: str | None, as_of: str | None, window: timedelta) -> Any:
        events = [CLOSED_AT_NINE] + ([] if opening is None else [wrote("T1", opening)])
        (closing,) = closings(worked(events, as_of=as_of, fcr_window=window))
        assert not closing.is_provisional
        return closing.reopened_at is not None, closing.is_decided

    @pytest.mark.rule("AMB-7")
    @pytest.mark.parametrize(
        ("opening", "as_of", "found"),
        [
            (None, "9:59:59.999999", (False, False)),
            (None, "10:00", (False, True)),
            ("9:30", "9:29", (False, False)),
            ("9:30", "9:30", (True, True)),
            ("9:59:59.999999", "12:00", (True, True)),
            ("10:00", "12:00", (False, True)),
            (None, None, (False, False)),
            ("11:00", None, (False, True)),
        ],
        ids=[
            "before its end",
            "at its end",
            "before the opening",
            "reopened",
            "reopened in its last microsecond",
            "reopened at its end",
            "nothing is known after the closing",
            "the last event lies beyond",
        ],
    )
    def test_a_closing_is_decided_once_reopened_or_at_the_end_of_the_window(
        self, opening: str | None, as_of: str | None, found: tuple[bool, bool]
    ) -> None:
        assert self.decided(opening, as_of, HOUR) == found

    @pytest.mark.rule("AMB-7")
    def test_a_window_of_no_time_holds_nothing(self) -> None:
        assert self.decided("9:00:00.000001", "9:00", timedelta()) == (False, True)
        assert self.decided("9:00:00.000001", None, timedelta()) == (False, True)

    @pytest.mark.rule("AMB-7", "AMB-25")
    def test_without_an_instant_the_last_fact_is_now(self) -> None:
        moved = UserStatusChange("U9", at("9:10"), "Active", event_id="E", known_at=at("12:00"))
        later = UserStatusChange("U9", at("10:00"), "Active", event_id="E")
        (closing,) = closings(worked(CLOSED_AT_NINE, moved, later, fcr_window=HOUR))
        assert not closing.is_decided
        (closing,) = closings(worked(CLOSED_AT_NINE, later, fcr_window=HOUR))
        assert closing.is_decided

    @pytest.mark.rule("AMB-7")
    def test_without_a_window_all_is_decided_and_provisional(self) -> None:
        for opening in ([], [wrote("T1", "9:30")]):
            (closing,) = closings(worked(CLOSED_AT_NINE, opening))
            assert (closing.is_decided, closing.is_provisional) == (True, True)


class TestThankYou:
    THANKS = (CLOSED_AT_NINE, wrote("T1", "9:30"), edited("U2", "T1", "9:40"))

    @pytest.mark.rule("AMB-7")
    @pytest.mark.parametrize(
        ("needs_reply", "flags"), [(False, [True, False]), (True, [False] * 2)]
    )
    def test_closed_without_an_answer_it_is_no_reopening_where_one_needs_a_reply(
        self, flags: list[bool], *, needs_reply: bool
    ) -> None:
        worklog = worked(*self.THANKS, reopen_needs_reply=needs_reply)
        assert [closing.reopened_at is not None for closing in closings(worklog)] == flags
        assert [row.reopened for row in worklog.rows] == flags

    @pytest.mark.rule("AMB-7")
    @pytest.mark.parametrize(
        ("answer", "is_reopened"),
        [
            (answered("9:35"), True),
            (answered("9:30"), True),
            (answered("9:40"), True),
            (answered("9:29"), False),
            (answered("9:41"), False),
            (answered("9:35", SenderKind.WORKFLOW), False),
            (edited("U3", "T1", "9:35", Action.WRITE, closes=False), True),
            (edited("U2", "T1", "9:40", Action.WRITE), True),
        ],
        ids=[
            "between the two",
            "at the message",
            "at the closing",
            "before the message",
            "after the closing",
            "by a machine",
            "an edit that answers",
            "an answer that closes",
        ],
    )
    def test_an_answer_between_the_two_makes_it_one(
        self, answer: Any, *, is_reopened: bool
    ) -> None:
        worklog = worked(*self.THANKS, answer, reopen_needs_reply=True)
        assert (closings(worklog)[0].reopened_at is not None) is is_reopened
        assert worklog.rows[0].reopened is is_reopened

    @pytest.mark.rule("AMB-7")
    def test_by_status_changes_too(self) -> None:
        changes = [
            turned("9:00", CLOSED),
            turned("9:30", OPEN, None, StatusCause.CUSTOMER),
            turned("9:40", CLOSED, "U2"),
        ]
        events = (CLOSED_AT_NINE, changes)
        assert told(worked(*events, reopen_needs_reply=True))[0][2] is None
        assert not worked(*events, reopen_needs_reply=True).rows[0].reopened
        assert told(worked(*events, answered("9:35"), reopen_needs_reply=True))[0][2] == "09:30"

    @pytest.mark.rule("AMB-7")
    def test_the_users_own_opening_is_none_either_where_nobody_answered(self) -> None:
        own = edited("U1", "T1", at("9:00", day=3), STATUS)
        again = edited("U2", "T1", at("10:00", day=3))
        for needs_reply in (False, True):
            worklog = worked(CLOSED_AT_NINE, own, again, reopen_needs_reply=needs_reply)
            assert worklog.rows[0].reopened is not needs_reply
            assert (told(worklog)[0][3] is None) is needs_reply

    @pytest.mark.rule("AMB-7")
    def test_after_a_thank_you_the_next_opening_counts(self) -> None:
        events = (*self.THANKS, wrote("T1", "10:00", "M2"), answered("10:05"))
        assert [c[2] for c in told(worked(*events, reopen_needs_reply=True))] == ["10:00", "10:00"]

    @pytest.mark.rule("AMB-7")
    def test_nothing_is_decided_while_it_may_still_become_a_thank_you(self) -> None:
        def decided(*more: Any, as_of: str, needs_reply: bool = True) -> tuple[bool, bool]:
            closing = closings(
                worked(
                    *(CLOSED_AT_NINE, wrote("T1", "9:30"), *more),
                    as_of=as_of,
                    fcr_window=HOUR,
                    reopen_needs_reply=needs_reply,
                )
            )[0]
            return closing.reopened_at is not None, closing.is_decided

        assert decided(as_of="9:35", needs_reply=False) == (True, True)
        assert decided(as_of="9:35") == (True, False)
        assert decided(as_of="12:00") == (True, False)
        assert decided(answered("9:35"), as_of="9:35") == (True, True)
        assert decided(edited("U2", "T1", "9:40"), as_of="9:40") == (False, False)
        assert decided(edited("U2", "T1", "9:40"), as_of="10:00") == (False, True)

    @pytest.mark.rule("AMB-7")
    def test_a_ticket_waits_for_it_too(self) -> None:
        open_still = (CLOSED_AT_NINE, wrote("T1", "9:30"))
        for per in FcrPer:
            worklog = worked(
                *open_still,
                as_of="12:00",
                fcr_window=HOUR,
                fcr_per=per,
                reopen_needs_reply=True,
            )
            result = first_contact_resolution(worklog)
            assert (counts(result), result.rate) == ((0, 0, 1), None)


class TestResolution:
    # T1 is closed, reopened and closed again; T2 is closed; T3 is closed shortly before noon.
    DAY = (
        *(edited("U1", "T1", "9:00"), wrote("T1", "9:30"), edited("U2", "T1", "10:00")),
        *(edited("U1", "T2", "9:00"), edited("U2", "T3", "11:30")),
    )

    @pytest.mark.rule("E-22", "AMB-7")
    @pytest.mark.parametrize(
        ("per", "window", "found", "rate"),
        [
            (FcrPer.CLOSING, None, (3, 4, 0), Fraction(3, 4)),
            (FcrPer.TICKET, None, (2, 3, 0), Fraction(2, 3)),
            (FcrPer.CLOSING, HOUR, (2, 3, 1), Fraction(2, 3)),
            (FcrPer.TICKET, HOUR, (1, 2, 1), Fraction(1, 2)),
            (FcrPer.CLOSING, 30 * MINUTE, (4, 4, 0), Fraction(1)),
            (FcrPer.CLOSING, 24 * HOUR, (0, 1, 3), Fraction(0)),
            (FcrPer.TICKET, 24 * HOUR, (0, 1, 2), Fraction(0)),
        ],
    )
    def test_it_counts_closings_or_tickets_that_are_decided(
        self,
        per: FcrPer,
        window: timedelta | None,
        found: tuple[int, int, int],
        rate: Fraction,
    ) -> None:
        worklog = worked(*self.DAY, as_of="12:00", fcr_per=per, fcr_window=window)
        result = first_contact_resolution(worklog)
        assert (counts(result), result.rate) == (found, rate)
        assert result.is_provisional is (window is None)

    @pytest.mark.rule("AMB-7")
    def test_where_nothing_was_closed_there_is_no_rate(self) -> None:
        result = first_contact_resolution(worked(edited("U1", "T1", "9:00", STATUS)))
        assert (counts(result), result.rate, result.is_provisional) == ((0, 0, 0), None, False)
        assert first_contact_resolutions(worked([]), by=lambda closing: closing.closed_by) == {}

    @pytest.mark.rule("AMB-7")
    def test_it_can_be_told_by_whoever_closed(self) -> None:
        worklog = worked(*self.DAY, fcr_per=FcrPer.CLOSING)
        by_user = first_contact_resolutions(worklog, by=lambda closing: closing.closed_by)
        assert {user: result.rate for user, result in by_user.items()} == {
            "U1": Fraction(1, 2),
            "U2": Fraction(1),
        }

    @pytest.mark.parametrize("ask", [closings, first_contact_resolution])
    def test_what_is_no_worklog_is_refused(self, ask: Any) -> None:
        for given in (History(), None, ()):
            with pytest.raises(WorklogError, match=r"^worklog must be a Worklog: found") as caught:
                ask(given)
            assert (caught.value.field, caught.value.value) == ("worklog", given)

    def test_what_names_no_group_is_refused(self) -> None:
        name: Any = "closed_by"
        with pytest.raises(WorklogError, match="by must be a function of a closing: found"):
            first_contact_resolutions(worked([]), by=name)
