"""A user's status through time: changes, reposts over them, and who has the last word."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from office import MINUTE, RULES, at, edited, only, reposted, seen, status, worked
from oracle_desks import Statuses
from worklog_core import (
    STATUS_MODES,
    ConflictingEventsError,
    UserStatusChange,
    UserStatusRepost,
    WorklogError,
    WorklogRules,
)
from worklog_core.worklog.statuses import StatusTimeline, status_timeline

TICK = timedelta(microseconds=1)
NINE = int(at("9:00").timestamp()) * 1_000_000
ACTIVE, SUPPORT, PAUSE, ABSENT = STATUS_MODES


def timeline(*events: Any, rules: WorklogRules = RULES, as_of: int | None = None) -> StatusTimeline:
    changes = [e for e in events if isinstance(e, UserStatusChange)]
    reposts = [e for e in events if isinstance(e, UserStatusRepost)]
    return status_timeline(changes, reposts, rules, as_of=as_of)


def told(line: StatusTimeline) -> list[tuple[int, str]]:
    """Return the minutes after nine at which the status changes, and to what."""
    return [
        ((start - NINE) // 60_000_000, mode.name)
        for start, mode in zip(line.starts, line.modes, strict=True)
    ]


class TestTimeline:
    LINE = StatusTimeline(ACTIVE, [(2, ACTIVE), (3, PAUSE), (5, PAUSE), (7, SUPPORT)])

    def test_neighbours_of_one_status_are_one(self) -> None:
        assert (self.LINE.starts, self.LINE.modes) == ([3, 7], [PAUSE, SUPPORT])

    def test_a_change_holds_from_its_instant(self) -> None:
        modes = [self.LINE.mode_at(instant) for instant in (-1, 2, 3, 6, 7, 8)]
        assert modes == [ACTIVE, ACTIVE, PAUSE, PAUSE, SUPPORT, SUPPORT]

    @pytest.mark.parametrize(
        ("start", "end", "runs"),
        [
            (0, 3, [(0, 3, ACTIVE)]),
            (0, 4, [(0, 3, ACTIVE), (3, 4, PAUSE)]),
            (3, 7, [(3, 7, PAUSE)]),
            (2, 7, [(2, 3, ACTIVE), (3, 7, PAUSE)]),
            (2, 9, [(2, 3, ACTIVE), (3, 7, PAUSE), (7, 9, SUPPORT)]),
            (9, 10, [(9, 10, SUPPORT)]),
            (3, 3, [(3, 3, PAUSE)]),
            (2, 2, [(2, 2, ACTIVE)]),
        ],
    )
    def test_a_stretch_is_cut_where_the_status_changes(
        self, start: int, end: int, runs: list[Any]
    ) -> None:
        assert self.LINE.runs(start, end) == runs

    @pytest.mark.parametrize(
        ("modes", "reads", "edits"),
        [
            ([], True, True),
            ([SUPPORT], True, False),
            ([PAUSE], False, False),
            ([SUPPORT, ACTIVE], True, False),
        ],
    )
    def test_it_knows_whether_anything_is_ever_forbidden(
        self, modes: list[Any], *, reads: bool, edits: bool
    ) -> None:
        line = StatusTimeline(ACTIVE, enumerate(modes))
        assert (line.may_always_read, line.may_always_edit) == (reads, edits)
        other = StatusTimeline(PAUSE, enumerate(modes))
        assert (other.may_always_read, other.may_always_edit) == (False, False)


class TestTheLastWord:
    @pytest.mark.rule("AMB-6b")
    def test_of_two_at_one_instant_the_one_learnt_later(self) -> None:
        early = status("U1", "9:10", "Pause", known_at=at("9:20"))
        late = status("U1", "9:10", "Support", known_at=at("9:30"))
        assert told(timeline(early, late)) == told(timeline(late, early)) == [(10, "Support")]

    @pytest.mark.rule("AMB-6b")
    def test_of_two_learnt_at_once_the_higher_id(self) -> None:
        one, two = (
            status("U1", "9:10", name, event_id=key)
            for name, key in (("Pause", "b"), ("Support", "a"))
        )
        assert told(timeline(one, two)) == told(timeline(two, one)) == [(10, "Pause")]

    @pytest.mark.rule("AMB-6b")
    def test_an_id_is_a_later_word_than_none(self) -> None:
        named, nameless = (
            status("U1", "9:10", "Pause", event_id="a"),
            status("U1", "9:10", "Support"),
        )
        assert told(timeline(named, nameless)) == [(10, "Pause")]

    @pytest.mark.rule("AMB-6b")
    def test_a_tie_is_refused_and_names_both(self) -> None:
        one, two = status("U1", "9:10", "Pause"), status("U1", "9:10", "Support")
        with pytest.raises(
            ConflictingEventsError,
            match=r"^two statuses of a user at one time must say which .*Pause.*Support.* known_at",
        ) as caught:
            worked(one, two)
        assert caught.value.field == "status"
        assert caught.value.value == "Support"

    def test_a_tie_of_one_mode_is_none(self) -> None:
        changed = status("U1", "9:10", "Active"), status("U1", "9:10", "Ticket Processing")
        assert told(timeline(*changed, rules=attrs.evolve(RULES, initial_status="Pause"))) == [
            (10, "Active")
        ]
        reposts = (
            reposted("U1", "9:10", "9:30", "Active"),
            reposted("U1", "9:20", "9:30", "Ticket Processing"),
        )
        assert told(timeline(*reposts)) == []

    @pytest.mark.rule("AMB-6b", "AMB-25")
    def test_a_tie_that_loses_anyway_is_none(self) -> None:
        changes = (
            status("U1", "9:10", "Pause"),
            status("U1", "9:10", "Active"),
            status("U1", "9:10", "Support", known_at=at("10:00")),
        )
        for order in permutations(changes):
            assert told(timeline(*order)) == [(10, "Support")]
        booked = (
            reposted("U1", "9:00", "9:30", "Pause"),
            reposted("U1", "9:00", "9:30", "Active"),
            reposted("U1", "9:00", "9:30", "Support", known_at=at("10:00")),
        )
        for given_so in permutations(booked):
            assert told(timeline(*given_so)) == [(0, "Support"), (30, "Active")]

    @pytest.mark.rule("AMB-6b")
    def test_a_tie_that_shows_beside_the_later_word_is_refused(self) -> None:
        tied = (
            reposted("U1", "9:00", "9:40", "Pause", known_at=at("9:40")),
            reposted("U1", "9:00", "9:40", "Active", known_at=at("9:40")),
            reposted("U1", "9:00", "9:30", "Support", known_at=at("10:00")),
        )
        with pytest.raises(ConflictingEventsError, match=r"^two statuses of a user at one time"):
            timeline(*tied)

    def test_reposts_that_touch_do_not_overlap(self) -> None:
        touching = (
            reposted("U1", "9:00", "9:30", "Pause", known_at=at("12:00")),
            reposted("U1", "9:30", "9:40", "Support", known_at=at("12:00")),
        )
        assert told(timeline(*touching)) == [(0, "Pause"), (30, "Support"), (40, "Active")]

    def test_a_later_tie_elsewhere_is_refused_though_an_earlier_part_was_decided(self) -> None:
        events = (
            status("U1", "9:00", "Pause"),
            status("U1", "9:10", "Active"),
            status("U1", "9:10", "Support"),
        )
        with pytest.raises(ConflictingEventsError, match=r"^two statuses of a user at one time"):
            timeline(*events)

    def test_users_do_not_contradict_each_other(self) -> None:
        worklog = worked(status("U1", "9:10", "Pause"), status("U2", "9:10", "Support"))
        assert worklog.findings == ()


class TestReposts:
    @pytest.mark.rule("AMB-6b", "E-27")
    def test_a_repost_replaces_what_stood_and_what_changed_in_it(self) -> None:
        line = timeline(
            status("U1", "9:00", "Pause"),
            status("U1", "9:20", "Support"),
            status("U1", "9:50", "Auto-Absent"),
            reposted("U1", "9:10", "9:40", "Active"),
        )
        assert told(line) == [(0, "Pause"), (10, "Active"), (40, "Support"), (50, "Auto-Absent")]

    @pytest.mark.rule("AMB-6b")
    def test_it_is_laid_over_the_initial_status_too(self) -> None:
        assert told(timeline(reposted("U1", "9:10", "9:40", "Pause"))) == [
            (10, "Pause"),
            (40, "Active"),
        ]

    @pytest.mark.rule("AMB-6b")
    def test_a_repost_stands_above_a_change_learnt_later(self) -> None:
        line = timeline(
            status("U1", "9:20", "Pause", known_at=at("23:00")),
            reposted("U1", "9:10", "9:40", "Support"),
        )
        assert told(line) == [(10, "Support"), (40, "Pause")]

    @pytest.mark.rule("AMB-6b")
    def test_the_one_learnt_later_lies_on_top_and_the_other_shows_beside_it(self) -> None:
        line = timeline(
            reposted("U1", "9:00", "9:50", "Pause", known_at=at("10:00")),
            reposted("U1", "9:10", "9:20", "Support", known_at=at("11:00")),
            reposted("U1", "9:05", "9:30", "Auto-Absent", known_at=at("9:30")),
        )
        assert told(line) == [(0, "Pause"), (10, "Support"), (20, "Pause"), (50, "Active")]

    @pytest.mark.rule("AMB-24")
    def test_as_of_hides_what_begins_at_it_or_later(self) -> None:
        repost = reposted("U1", "9:10", "9:40", "Pause")
        assert told(timeline(repost, as_of=NINE + 10 * 60_000_000)) == []
        assert told(timeline(repost, as_of=NINE + 20 * 60_000_000)) == [
            (10, "Pause"),
            (20, "Active"),
        ]
        change = status("U1", "9:10", "Pause")
        assert told(timeline(change, as_of=NINE + 10 * 60_000_000)) == [(10, "Pause")]
        assert told(timeline(change, as_of=NINE + 10 * 60_000_000 - 1)) == []

    def test_a_tie_that_as_of_hides_is_none(self) -> None:
        tied = status("U1", "9:10", "Pause"), status("U1", "9:10", "Support")
        assert worked(*tied, as_of="9:09").rows == ()

    def test_ten_thousand_that_overlap_are_no_trouble(self) -> None:
        count = 10_000
        names = ("Pause", "Active", "Support")
        stairs = (
            reposted(
                "U1",
                at("9:00") + n * TICK,
                at("9:30") + (7 * n % count) * TICK,
                names[n % 3],
                event_id=f"{n}",
            )
            for n in range(count)
        )
        nested = (
            reposted(
                "U2", at("9:00") + n * TICK, at("9:30") - n * TICK, "Pause", known_at=at("10:00")
            )
            for n in range(count)
        )
        buried = (
            reposted("U3", at("9:00"), at("9:30"), names[n % 3], known_at=at("10:00") + n * TICK)
            for n in range(count)
        )
        worklog = worked(
            *stairs,
            *nested,
            *buried,
            *(seen(user, "T1", "9:00", "9:40") for user in ("U1", "U2", "U3")),
            *(edited(user, "T1", "9:00") for user in ("U1", "U2", "U3")),
        )
        counted = {row.user_id: row.duration for row in worklog.rows}
        assert counted["U2"] == 10 * MINUTE
        assert counted["U3"] == 10 * MINUTE  # the last word is a Pause
        assert counted["U1"] is not None
        assert (
            sum(worklog.ledger.totals(by=lambda x: x.user_id).values(), timedelta()) == 120 * MINUTE
        )


class TestNames:
    @pytest.mark.rule("AMB-6")
    @pytest.mark.parametrize(
        ("event", "field"),
        [
            (status("U1", "9:10", "Coffee"), "UserStatusChange.status"),
            (reposted("U1", "9:10", "9:20", "Coffee"), "UserStatusRepost.status"),
        ],
    )
    def test_an_unknown_one_is_refused_with_its_event_and_the_way_out(
        self, event: Any, field: str
    ) -> None:
        known = "Active, Auto-Absent, Pause, Support, Ticket Processing"
        with pytest.raises(WorklogError, match=rf"^{field} must be one of {known}: ") as caught:
            worked(seen("U1", "T1", "9:00", "10:00"), event)
        assert (caught.value.field, caught.value.value) == (field, "Coffee")
        assert "found 'Coffee' (str). Add it to status_modes or status_aliases" in str(caught.value)
        assert str(caught.value).endswith(f"The event is {event!r}.")

    @pytest.mark.rule("AMB-6")
    def test_one_that_loses_is_refused_all_the_same(self) -> None:
        lost = status("U1", "9:10", "Coffee")
        with pytest.raises(WorklogError, match=r"^UserStatusChange\.status must be one of"):
            timeline(lost, status("U1", "9:10", "Pause", known_at=at("10:00")))
        hidden = reposted("U1", "9:10", "9:20", "Coffee")
        with pytest.raises(WorklogError, match=r"^UserStatusRepost\.status must be one of"):
            timeline(hidden, reposted("U1", "9:10", "9:20", "Pause", known_at=at("10:00")))

    def test_one_that_as_of_hides_is_not_read(self) -> None:
        assert told(timeline(status("U1", "9:10", "Coffee"), as_of=NINE)) == []

    @pytest.mark.rule("AMB-6")
    def test_a_name_that_the_rules_were_told_is_known(self) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "10:00"),
            edited("U1", "T1", "9:00"),
            status("U1", "9:10", "Coffee"),
            status_aliases={"Coffee": "Pause"},
        )
        assert only(worklog).duration == 10 * MINUTE


names = st.sampled_from(("Active", "Pause", "Support", "Ticket Processing"))
moments = st.integers(0, 9).map(lambda n: at("9:00") + n * TICK)
known = st.one_of(st.none(), st.integers(0, 3).map(lambda n: at("10:00") + n * TICK))
ids = st.one_of(st.none(), st.sampled_from("abc"))
changes_drawn = st.builds(
    UserStatusChange, st.just("U1"), moments, names, event_id=ids, known_at=known
)
reposts_drawn = st.builds(
    lambda start, length, name, key, when: UserStatusRepost(
        "U1", start, start + length * TICK, name, event_id=key, known_at=when
    ),
    moments,
    st.integers(1, 6),
    names,
    ids,
    known,
)


@given(st.lists(changes_drawn, max_size=5), st.lists(reposts_drawn, max_size=5))
def test_every_instant_has_the_status_that_the_oracle_finds(
    changes: list[UserStatusChange], reposts: list[UserStatusRepost]
) -> None:
    try:
        oracle = Statuses(changes, reposts, RULES)
    except ConflictingEventsError:
        with pytest.raises(ConflictingEventsError, match=r"^two statuses of a user at one time"):
            timeline(*changes, *reposts)
        return
    line = timeline(*changes, *reposts)
    for instant in range(NINE - 1, NINE + 20):
        assert line.mode_at(instant) == oracle.at(instant)
