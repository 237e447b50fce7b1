"""Which tickets were on a user's screen, and when: pings, unions, holes that a repost explains."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office import MINUTE, at, edited, only, pinged, reposted, seen, worked
from oracle_desks import bridges, joined, ping_sessions
from worklog_core import (
    Action,
    Heartbeat,
    LedgerLabel,
    RangeError,
    RepostPresence,
    TicketEdit,
    UserStatusRepost,
    Worklog,
)
from worklog_core.worklog.presence import (
    bridge_holes,
    join,
    screen_time,
    sessions_of_heartbeats,
    unedited,
)

TICK = timedelta(microseconds=1)
TEN_YEARS = 3_653 * 86_400_000_000


def spans(worklog: Worklog) -> list[str]:
    """Return where the lines of a worklog lie, whole minutes, by ticket."""
    return [f"{x.ticket_id} {x.start:%H:%M}-{x.end:%H:%M}" for x in worklog.ledger.lines]


class TestUnion:
    @pytest.mark.rule("AMB-4b")
    @pytest.mark.parametrize(
        ("stretches", "union"),
        [
            ([], []),
            ([("T", 1, 3), ("T", 3, 5)], [("T", 1, 5)]),
            ([("T", 1, 3), ("T", 4, 5)], [("T", 1, 3), ("T", 4, 5)]),
            ([("T", 4, 5), ("T", 1, 9), ("T", 2, 3)], [("T", 1, 9)]),
            ([("T", 1, 3), ("U", 2, 5)], [("T", 1, 3), ("U", 2, 5)]),
            ([("T", 1, 3), ("U", 3, 5)], [("T", 1, 3), ("U", 3, 5)]),
            ([("T", 2, 2)], [("T", 2, 2)]),
            ([("T", 2, 2), ("T", 2, 2)], [("T", 2, 2)]),
            ([("T", 2, 2), ("T", 2, 4)], [("T", 2, 4)]),
            ([("T", 2, 4), ("T", 4, 4)], [("T", 2, 4)]),
            ([("T", -5, -2), ("T", 0, 0)], [("T", -5, -2), ("T", 0, 0)]),
        ],
    )
    def test_stretches_of_a_ticket_that_overlap_or_touch_are_one(
        self, stretches: list[tuple[str, int, int]], union: list[tuple[str, int, int]]
    ) -> None:
        assert join(stretches) == join(reversed(stretches)) == union

    @given(st.lists(st.tuples(st.sampled_from("TU"), st.integers(-9, 9), st.integers(0, 5))))
    def test_each_ticket_is_joined_as_the_oracle_joins_it(
        self, drawn: list[tuple[str, int, int]]
    ) -> None:
        stretches = [(ticket, start, start + length) for ticket, start, length in drawn]
        by_hand = [
            (ticket, *stretch)
            for ticket in "TU"
            for stretch in joined((a, b) for t, a, b in stretches if t == ticket)
        ]
        assert join(stretches) == by_hand

    def test_ten_years_without_a_break_are_the_most(self) -> None:
        assert join([("T", 0, TEN_YEARS), ("U", 1, TEN_YEARS)]) == [
            ("T", 0, TEN_YEARS),
            ("U", 1, TEN_YEARS),
        ]
        with pytest.raises(RangeError, match=r"^ScreenSession\.end must lie within ten years"):
            join([("T", 0, TEN_YEARS), ("T", TEN_YEARS, TEN_YEARS + 1)])


class TestHeartbeats:
    @pytest.mark.rule("AMB-17")
    @pytest.mark.parametrize(
        ("accesses", "sessions"),
        [
            ([], []),
            ([(5, False)], [(5, 5)]),
            ([(0, False), (3, False), (6, False)], [(0, 6)]),
            ([(0, False), (4, False)], [(0, 0), (4, 4)]),
            ([(0, False), (3, True)], [(0, 3)]),
            ([(0, False), (4, True)], [(0, 0)]),
            ([(0, False), (3, True), (6, False)], [(0, 6)]),
            ([(0, False), (3, True), (6, True), (9, True)], [(0, 9)]),
            ([(0, False), (4, True), (6, False)], [(0, 0), (6, 6)]),
            ([(0, True), (3, False)], [(3, 3)]),
            ([(0, True)], []),
            ([(0, False), (0, True)], [(0, 0)]),
        ],
    )
    def test_accesses_no_more_than_the_ttl_apart_are_a_session(
        self, accesses: list[tuple[int, bool]], sessions: list[tuple[int, int]]
    ) -> None:
        assert sessions_of_heartbeats(accesses, ttl=3) == sessions

    @given(
        pings=st.lists(st.integers(0, 30)),
        edits=st.lists(st.integers(0, 30)),
        ttl=st.integers(0, 5),
    )
    def test_they_make_the_sessions_of_the_oracle(
        self, pings: list[int], edits: list[int], ttl: int
    ) -> None:
        accesses = sorted([(t, False) for t in pings] + [(t, True) for t in edits])
        assert sessions_of_heartbeats(accesses, ttl=ttl) == ping_sessions(pings, edits, ttl)

    @pytest.mark.rule("AMB-17")
    def test_a_ttl_of_nothing_makes_every_ping_a_session_of_no_length(self) -> None:
        worklog = worked(
            pinged("U1", "T1", "9:00", "9:00:30"),
            edited("U1", "T1", "9:00:30"),
            heartbeat_ttl=timedelta(0),
        )
        assert (only(worklog).duration, tuple(worklog.ledger.lines)) == (timedelta(0), ())

    @pytest.mark.rule("AMB-17", "AMB-29")
    def test_an_edit_that_makes_no_row_extends_too(self) -> None:
        worklog = worked(
            pinged("U1", "T1", "9:00", "9:01"),
            edited("U1", "T1", "9:02", None),
            edited("U1", "T1", "9:00"),
        )
        assert only(worklog).duration == 2 * MINUTE

    def test_another_users_edit_extends_nothing(self) -> None:
        worklog = worked(pinged("U1", "T1", "9:00"), edited("U2", "T1", "9:01"))
        assert worklog.ledger.lines == ()

    def test_another_tickets_edit_extends_nothing(self) -> None:
        worklog = worked(pinged("U1", "T1", "9:00"), edited("U1", "T2", "9:01"))
        assert worklog.ledger.lines == ()

    @pytest.mark.rule("AMB-17")
    def test_pings_and_a_session_of_one_ticket_are_united_and_only_pings_are_extended(
        self,
    ) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "9:05"),
            pinged("U1", "T1", "9:05", "9:06"),
            edited("U1", "T1", "9:07"),
        )
        assert spans(worklog) == ["T1 09:00-09:07"]
        worklog = worked(seen("U1", "T1", "9:00", "9:05"), edited("U1", "T1", "9:06"))
        assert spans(worklog) == ["T1 09:00-09:05"]

    @pytest.mark.rule("AMB-17", "AMB-24")
    @pytest.mark.parametrize(
        ("as_of", "end"), [("9:02", "09:02"), ("9:01:59", "09:01"), ("9:01", "09:01")]
    )
    def test_a_ping_at_as_of_is_seen_and_a_later_one_is_not(self, as_of: str, end: str) -> None:
        worklog = worked(
            pinged("U1", "T1", "9:00", "9:01", "9:02", "9:03"),
            edited("U1", "T1", "9:00"),
            as_of=as_of,
        )
        assert worklog.ledger.lines[-1].end.strftime("%H:%M") == end

    def test_an_edit_after_as_of_extends_nothing(self) -> None:
        found = screen_time(
            (),
            [Heartbeat("U1", "T1", at("9:00"))],
            [TicketEdit("U1", "T1", at("9:01"), Action.CLOSE)],
            ttl=90_000_000,
            as_of=0,
        )
        assert found == []


class TestHoles:
    """Two sessions, 9:00-9:30 and 10:00-10:30, and a repost of what lies between (AMB-6b)."""

    EVENTS = (
        seen("U1", "T1", "9:00", "9:30"),
        seen("U1", "T1", "10:00", "10:30"),
        edited("U1", "T1", "9:10"),
    )
    TTL = timedelta(seconds=90)

    @pytest.mark.rule("AMB-6b")
    @pytest.mark.parametrize(
        ("start", "end", "is_bridged"),
        [
            (at("9:30"), at("10:00"), True),
            (at("9:30") + TTL, at("10:00") - TTL, True),
            (at("9:30") + TTL + TICK, at("10:00") - TTL, False),
            (at("9:30") + TTL, at("10:00") - TTL - TICK, False),
            (at("9:00"), at("10:30"), True),
            (at("8:00"), at("10:00"), True),
            (at("9:30"), at("10:29:59"), True),
            (at("9:30"), at("10:30") + TICK, False),
            (at("10:00") - TICK, at("10:00"), False),
            (at("10:00"), at("10:10"), False),
            (at("9:00"), at("9:30"), False),
            (at("11:00"), at("12:00"), False),
            (at("8:00"), at("9:00"), False),
        ],
    )
    def test_what_explains_one(self, start: datetime, end: datetime, *, is_bridged: bool) -> None:
        repost = reposted("U1", start, end, "Active")
        assert only(worked(*self.EVENTS, repost)).duration == (90 if is_bridged else 60) * MINUTE

    @pytest.mark.rule("AMB-6b")
    def test_a_user_who_is_back_a_second_before_the_end_keeps_the_hole(self) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "10:00"),
            seen("U1", "T1", "10:59:59", "11:30"),
            edited("U1", "T1", "9:30"),
            reposted("U1", "10:00", "11:00", "Active"),
        )
        assert only(worklog).duration == 150 * MINUTE

    @pytest.mark.rule("AMB-6b")
    @pytest.mark.parametrize(("start", "counted"), [("9:30:59.999999", 45), ("9:31", 44)])
    def test_a_repost_that_begins_after_a_short_hole_explains_nothing(
        self, start: str, counted: int
    ) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "9:30"),
            seen("U1", "T1", "9:31", "9:45"),
            edited("U1", "T1", "9:00"),
            reposted("U1", start, "9:45", "Active"),
        )
        assert only(worklog).duration == counted * MINUTE

    def test_another_users_repost_explains_nothing(self) -> None:
        other = reposted("U2", "9:30", "10:00", "Active")
        assert only(worked(*self.EVENTS, other)).duration == 60 * MINUTE

    def test_another_tickets_sessions_do_not_end_the_hole(self) -> None:
        worklog = worked(
            self.EVENTS[0],
            self.EVENTS[2],
            seen("U1", "T2", "10:00", "10:30"),
            reposted("U1", "9:30", "10:00", "Active"),
        )
        assert spans(worklog) == ["T1 09:00-09:10", "T1 09:10-09:30", "T2 10:00-10:30"]

    @pytest.mark.rule("AMB-6b")
    def test_a_hole_may_be_left_open_by_policy(self) -> None:
        worklog = worked(
            *self.EVENTS,
            reposted("U1", "9:30", "10:00", "Active"),
            repost_presence=RepostPresence.SESSIONS,
        )
        assert only(worklog).duration == 60 * MINUTE

    @pytest.mark.rule("AMB-6b")
    def test_a_hole_booked_as_pause_is_open_and_does_not_count(self) -> None:
        worklog = worked(*self.EVENTS, reposted("U1", "9:30", "10:00", "Pause"))
        assert only(worklog).duration == 60 * MINUTE
        totals = worklog.ledger.totals(by=lambda line: line.label)
        assert totals[LedgerLabel.NOT_COUNTING] == 30 * MINUTE

    @pytest.mark.rule("AMB-24", "AMB-6b")
    @pytest.mark.parametrize(
        ("as_of", "counted"),
        [("10:30", 90), ("10:10", 70), ("10:00:00.000001", 60), ("10:00", 30), ("9:45", 30)],
    )
    def test_before_the_user_is_back_there_is_no_hole(self, as_of: str, counted: int) -> None:
        worklog = worked(*self.EVENTS, reposted("U1", "9:30", "10:00", "Active"), as_of=as_of)
        duration = only(worklog).duration
        assert duration is not None
        assert duration // MINUTE == counted

    @pytest.mark.rule("AMB-24", "AMB-6b")
    @pytest.mark.parametrize(("as_of", "counted"), [("9:40", 30), ("9:50", 80), ("10:00", 90)])
    def test_as_of_clips_the_repost_as_it_clips_the_session_in_it(
        self, as_of: str, counted: int
    ) -> None:
        # The user is back before the repost ends, so what is known half way stays true.
        worklog = worked(
            seen("U1", "T1", "8:30", "9:00"),
            seen("U1", "T1", "9:45", "10:30"),
            edited("U1", "T1", "8:30"),
            reposted("U1", "9:00", "9:55", "Active"),
            as_of=as_of,
        )
        duration = only(worklog).duration
        assert duration is not None
        assert duration // MINUTE == counted

    def test_several_holes_of_several_tickets(self) -> None:
        worklog = worked(
            *self.EVENTS,
            seen("U1", "T2", "9:20", "9:29"),
            seen("U1", "T2", "10:01", "10:02"),
            seen("U1", "T2", "10:20", "10:21"),
            reposted("U1", "9:30", "10:00", "Active"),
            reposted("U1", "10:02", "10:20", "Active"),
        )
        assert spans(worklog) == ["T1 09:00-09:10", "T1 09:10-10:30", "T2 09:20-10:21"]

    @given(
        drawn=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4)), min_size=2),
        reposts=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), max_size=3),
        ttl=st.integers(0, 4),
    )
    def test_holes_are_those_of_the_oracle(
        self, drawn: list[tuple[int, int]], reposts: list[tuple[int, int]], ttl: int
    ) -> None:
        epoch = at("9:00")
        base = int(epoch.timestamp()) * 1_000_000
        sessions = joined((base + a, base + a + length) for a, length in drawn)
        booked = [
            UserStatusRepost("U1", epoch + a * TICK, epoch + (a + length) * TICK, "Active")
            for a, length in reposts
        ]
        found = bridge_holes([("T", *s) for s in sessions], booked, ttl=ttl, as_of=None)
        by_hand = joined(sessions + bridges(sessions, booked, ttl))
        assert found == [("T", *s) for s in by_hand]

    def test_many_reposts_and_many_tickets_are_no_trouble(self) -> None:
        count = 5_000
        worklog = worked(
            *(seen("U1", f"T{n}", "9:00", "10:00") for n in range(count)),
            *(seen("U1", f"T{n}", "11:00", "12:00") for n in range(count)),
            *(reposted("U1", at("10:00") + n * TICK, "11:00", "Active") for n in range(count)),
        )
        assert len(worklog.ledger) == count
        assert {line.open_time for line in worklog.ledger.lines} == {180 * MINUTE}


@pytest.mark.parametrize(
    ("edits", "left_alone"),
    [
        ([], [(5, 20)]),
        ([5, 10, 15], []),
        ([6], [(5, 6), (11, 20)]),
        ([0, 20], [(5, 20)]),
        ([14, 15], [(5, 14)]),
    ],
)
def test_what_was_left_unedited_for_longer_than_allowed(
    edits: list[int], left_alone: list[tuple[int, int]]
) -> None:
    assert unedited(0, 20, edits, longest=5) == left_alone
