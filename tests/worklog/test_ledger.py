"""The ledger: its lines, what lay beside them, and what it refuses to explain."""

import copy
import pickle
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import permutations
from typing import Any

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from office import MINUTE, at, edited, only, reposted, seen, status, worked, wrote
from worklog_core import (
    Action,
    DivideOver,
    Ledger,
    LedgerLabel,
    LedgerLine,
    Segment,
    Worklog,
    WorklogError,
    WorklogRow,
)
from worklog_core.worklog.ledger import LedgerLines

COUNTED, VIEW_ONLY = LedgerLabel.COUNTED, LedgerLabel.VIEW_ONLY
TICK = timedelta(microseconds=1)

# T1 all the hour, T2 from twenty past, T3 for the last twenty minutes.
STAIRS = (
    seen("U1", "T1", "9:00", "10:00"),
    seen("U1", "T2", "9:20", "10:00"),
    seen("U1", "T3", "9:40", "10:00"),
    edited("U1", "T1", "9:00"),
)


def line_of(worklog: Worklog, ticket: str) -> LedgerLine:
    (found,) = (line for line in worklog.ledger.lines if line.ticket_id == ticket)
    return found


def changed(value: Any, **changes: Any) -> Any:
    return attrs.evolve(value, **changes)


def whole(segments: Iterable[Segment]) -> Fraction:
    """Return what the segments were given together, in microseconds."""
    return 1_000_000 * sum((segment.share for segment in segments), Fraction(0))


def told(segments: tuple[Segment, ...]) -> list[tuple[str, str, int, Fraction]]:
    """Return each segment as start, end, open tickets and minutes of share."""
    return [(f"{s.start:%H:%M}", f"{s.end:%H:%M}", s.open_count, s.share / 60) for s in segments]


class TestLines:
    def test_a_line_says_where_the_time_went(self) -> None:
        worklog = worked(*STAIRS)
        line = line_of(worklog, "T1")
        assert (line.user_id, line.ticket_id) == ("U1", "T1")
        assert (line.start, line.end) == (at("9:00"), at("10:00"))
        assert (line.label, line.day) == (COUNTED, date(2026, 3, 2))
        assert line.row_key == only(worklog).key
        assert line.amount == timedelta(minutes=36, seconds=40)
        assert line.open_time == timedelta(hours=1)
        assert line.start.tzinfo is UTC
        assert line.end.tzinfo is UTC

    def test_the_clock_does_not_mind_where_time_is_counted_from(self) -> None:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        for start in (epoch - 90 * MINUTE, epoch, epoch + MINUTE):
            line = line_of(worked(seen("U1", "T1", start, start + 59 * MINUTE)), "T1")
            assert line.open_time == line.amount == 59 * MINUTE
            worklog = worked(
                seen("U1", "T1", start, start + 59 * MINUTE), edited("U1", "T1", start + MINUTE)
            )
            assert only(worklog).open_time == only(worklog).duration == 59 * MINUTE

    def test_the_lines_of_a_day_are_that_days(self) -> None:
        days = range(2, 5)
        ledger = worked(
            *(seen("U1", "T1", at("9:00", day=day), at("9:30", day=day)) for day in days),
            seen("U2", "T1", at("9:00", day=5), at("9:30", day=5)),
        ).ledger
        for day in days:
            (line,) = ledger.of_day("U1", date(2026, 3, day))
            assert (line.user_id, line.start) == ("U1", at("9:00", day=day))

    @pytest.mark.parametrize(("user", "day"), [("U1", 3), ("U2", 2), ("U3", 2)])
    def test_a_day_with_nothing_on_screen_is_refused(self, user: str, day: int) -> None:
        ledger = worked(
            seen("U1", "T1", at("9:00"), at("9:30")),
            seen("U2", "T1", at("9:00", day=3), at("9:30", day=3)),
        ).ledger
        with pytest.raises(
            WorklogError,
            match=r"^user_id and day must name a day with something on screen: found 'U\d' \(str\) "
            r"on .*\. Take both from a ledger line\.$",
        ) as caught:
            ledger.of_day(user, date(2026, 3, day))
        assert (caught.value.field, caught.value.value) == ("day", date(2026, 3, day))

    def test_a_line_that_counts_for_no_row_has_no_key(self) -> None:
        line = line_of(worked(*STAIRS), "T2")
        assert (line.label, line.row_key) == (VIEW_ONLY, None)

    def test_lines_stand_by_user_start_and_ticket(self) -> None:
        lines = worked(
            seen("U2", "T1", "9:00", "9:10"),
            seen("U1", "T2", "9:05", "9:10"),
            seen("U1", "T1", "9:05", "9:10"),
            seen("U1", "T9", "9:00", "9:10"),
        ).ledger.lines
        assert [(line.user_id, line.ticket_id) for line in lines] == [
            ("U1", "T9"),
            ("U1", "T1"),
            ("U1", "T2"),
            ("U2", "T1"),
        ]

    def test_the_lines_of_one_user_are_that_users(self) -> None:
        ledger = worked(*STAIRS, seen("U2", "T1", "9:00", "9:10")).ledger
        assert ledger.of_user("U2") == ledger.lines[-1:]
        assert ledger.of_user("U1") == ledger.lines[:-1]
        assert ledger.of_user("U3") == ()

    @pytest.mark.rule("AMB-28")
    def test_a_line_is_cut_where_something_changes_and_not_where_it_does_not(self) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "9:30"),
            seen("U1", "T1", "9:30", "10:00"),
            status("U1", "9:10", "Ticket Processing"),
            status("U1", "9:20", "Pause"),
            status("U1", "9:25", "Active"),
            wrote("T1", "9:40"),
            edited("U1", "T1", "9:50"),
            edited("U1", "T1", "9:55"),
        )
        cuts = [f"{line.start:%M}" for line in worklog.ledger.lines]
        assert cuts == ["00", "20", "25", "40", "50"]

    @pytest.mark.rule("AMB-5d")
    def test_a_tail_over_midnight_carries_the_day_on_which_the_clock_ran(self) -> None:
        worklog = worked(
            seen("U1", "T1", at("23:00"), at("1:00", day=3)), edited("U1", "T1", "23:30")
        )
        lines = worklog.ledger.explain(only(worklog))
        assert [(line.day.day, line.amount) for line in lines] == [
            (2, 30 * MINUTE),
            (2, 30 * MINUTE),
            (3, 60 * MINUTE),
        ]
        assert {line.row_key for line in lines} == {only(worklog).key}
        assert only(worklog).day == date(2026, 3, 2)
        by_day = worklog.ledger.totals(by=lambda line: line.day)
        assert by_day == {date(2026, 3, 2): 60 * MINUTE, date(2026, 3, 3): 60 * MINUTE}

    def test_a_line_tells_itself(self) -> None:
        assert repr(line_of(worked(*STAIRS), "T2")) == (
            "<LedgerLine U1 T2 2026-03-02 09:20:00.000000 to 10:00:00.000000 VIEW_ONLY: 0:16:40>"
        )

    def test_a_line_is_a_value_that_travels(self) -> None:
        line = line_of(worked(*STAIRS), "T1")
        for other in (copy.copy(line), copy.deepcopy(line), pickle.loads(pickle.dumps(line))):
            assert other == line
            assert hash(other) == hash(line)
        assert line != line_of(worked(*STAIRS), "T2")
        with pytest.raises(FrozenInstanceError, match=r"set attribute|^$"):
            line.__setattr__("user_id", "U2")


class TestTheLedgerAsAValue:
    def test_it_is_equal_to_another_of_the_same_lines_and_to_no_other(self) -> None:
        ledger = worked(*STAIRS).ledger
        assert ledger == worked(*reversed(STAIRS)).ledger
        assert hash(ledger) == hash(worked(*reversed(STAIRS)).ledger)
        assert ledger != worked(*STAIRS[:-1]).ledger

    def test_it_travels_before_and_after_it_was_asked(self) -> None:
        worklog = worked(*STAIRS)
        row = only(worklog)
        fresh = pickle.loads(pickle.dumps(worklog.ledger))
        asked = worklog.ledger.explain(row)
        for ledger in (
            fresh,
            copy.copy(worklog.ledger),
            copy.deepcopy(worklog.ledger),
            pickle.loads(pickle.dumps(worklog.ledger)),
        ):
            assert type(ledger) is Ledger
            assert ledger == worklog.ledger
            assert ledger.lines == worklog.ledger.lines
            assert ledger.explain(row) == asked
            assert ledger.segments(asked[0]) == worklog.ledger.segments(asked[0])

    def test_it_tells_how_many_lines_it_has(self) -> None:
        ledger = worked(*STAIRS).ledger
        assert (len(ledger), repr(ledger)) == (3, "<Ledger: 3 lines>")
        assert (len(worked().ledger), repr(worked().ledger)) == (0, "<Ledger: 0 lines>")

    def test_what_holds_all_lines_does_not_print_them(self) -> None:
        account = worked(*STAIRS).ledger.accounts["U1"]
        assert "T1" not in repr(account)

    def test_it_cannot_change(self) -> None:
        with pytest.raises(FrozenInstanceError, match=r"set attribute|^$"):
            worked().ledger.__setattr__("_accounts", {})


class TestExplain:
    def test_a_row_is_the_sum_of_its_lines_in_time_order(self) -> None:
        worklog = worked(
            *STAIRS,
            seen("U1", "T1", "8:00", "8:10"),
            seen("U1", "T1", "12:00", "12:05"),
            edited("U1", "T2", "9:30"),
        )
        row = worklog.rows[0]
        lines = worklog.ledger.explain(row)
        assert [f"{line.start:%H:%M}" for line in lines] == ["08:00", "09:00", "12:00"]
        assert sum((line.amount for line in lines), timedelta()) == row.duration
        assert {line.row_key for line in lines} == {row.key}

    def test_a_row_that_counted_nothing_has_no_lines(self) -> None:
        gated = worked(*STAIRS, status("U1", "8:00", "Pause"))
        assert (only(gated).duration, gated.ledger.explain(only(gated))) == (timedelta(0), ())

    def test_a_row_that_was_not_measured_has_no_lines(self) -> None:
        unseen = worked(edited("U1", "T1", "9:00"))
        assert (only(unseen).duration, unseen.ledger.explain(only(unseen))) == (None, ())

    def test_an_equal_row_of_the_same_worklog_built_again_is_explained(self) -> None:
        row = only(worked(*STAIRS))
        assert worked(*STAIRS).ledger.explain(row) == worked(*STAIRS).ledger.explain(row) != ()

    @pytest.mark.parametrize(
        "junk",
        [
            None,
            "T1",
            {},
            [],
            object(),
            WorklogRow,
            only(worked(*STAIRS)).key,
            line_of(worked(*STAIRS), "T1"),
            only(worked(*STAIRS, reposted("U1", "9:00", "9:01", "Pause"))),
            changed(only(worked(*STAIRS)), reopened=True),
            changed(only(worked(*STAIRS)), user_id="U2"),
            changed(only(worked(*STAIRS)), actions=[Action.CLOSE]),
        ],
        ids=lambda junk: type(junk).__name__,
    )
    def test_what_is_no_row_of_this_worklog_is_refused(self, junk: Any) -> None:
        with pytest.raises(
            WorklogError, match=r"^row must be one of this worklog's rows: found .* Take it from"
        ) as caught:
            worked(*STAIRS).ledger.explain(junk)
        assert (caught.value.field, caught.value.value) == ("row", junk)


class TestSegments:
    @pytest.mark.rule("E-14", "AMB-5")
    def test_one_of_three_is_given_a_third(self) -> None:
        worklog = worked(*STAIRS)
        assert told(worklog.ledger.segments(line_of(worklog, "T1"))) == [
            ("09:00", "09:20", 1, Fraction(20)),
            ("09:20", "09:40", 2, Fraction(10)),
            ("09:40", "10:00", 3, Fraction(20, 3)),
        ]
        assert told(worklog.ledger.segments(line_of(worklog, "T2"))) == [
            ("09:20", "09:40", 2, Fraction(10)),
            ("09:40", "10:00", 3, Fraction(20, 3)),
        ]
        assert told(worklog.ledger.segments(line_of(worklog, "T3"))) == [
            ("09:40", "10:00", 3, Fraction(20, 3)),
        ]

    def test_a_segment_is_a_value_in_utc(self) -> None:
        worklog = worked(*STAIRS)
        (segment,) = worklog.ledger.segments(line_of(worklog, "T3"))
        assert segment == Segment(at("9:40"), at("10:00"), 3, Fraction(400))
        assert (segment.start.tzinfo, segment.end.tzinfo) == (UTC, UTC)

    def test_the_shares_are_exact_where_the_amounts_are_rounded(self) -> None:
        start = at("9:00")
        worklog = worked(*(seen("U1", f"T{n}", start, start + TICK) for n in range(3)))
        shares = [worklog.ledger.segments(line)[0].share for line in worklog.ledger.lines]
        assert shares == [Fraction(1, 3_000_000)] * 3
        assert [line.amount for line in worklog.ledger.lines] == [TICK, 0 * TICK, 0 * TICK]

    def test_one_that_closes_as_another_opens_is_a_change_beside(self) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "10:00"),
            seen("U1", "T2", "9:00", "9:30"),
            seen("U1", "T3", "9:30", "10:00"),
        )
        assert told(worklog.ledger.segments(line_of(worklog, "T1"))) == [
            ("09:00", "09:30", 2, Fraction(15)),
            ("09:30", "10:00", 2, Fraction(15)),
        ]

    def test_a_cut_in_the_line_beside_is_none(self) -> None:
        # T2 is cut by its first edit and by a message, but it is the same ticket all the time.
        worklog = worked(
            seen("U1", "T1", "9:00", "10:00"),
            seen("U1", "T2", "9:00", "10:00"),
            edited("U1", "T2", "9:20"),
            wrote("T2", "9:40"),
        )
        assert told(worklog.ledger.segments(line_of(worklog, "T1"))) == [
            ("09:00", "10:00", 2, Fraction(30)),
        ]

    def test_a_status_cuts_all_lines_alike(self) -> None:
        worklog = worked(*STAIRS[:2], status("U1", "9:30", "Pause"))
        assert [
            told(worklog.ledger.segments(line))
            for line in worklog.ledger.lines
            if line.ticket_id == "T1"
        ] == [
            [("09:00", "09:20", 1, Fraction(20)), ("09:20", "09:30", 2, Fraction(5))],
            [("09:30", "10:00", 2, Fraction(15))],
        ]

    @pytest.mark.rule("AMB-5b")
    def test_where_the_edited_share_the_others_share_what_is_left(self) -> None:
        worklog = worked(
            seen("U1", "T1", "9:20", "9:40"),
            seen("U1", "T2", "9:00", "10:00"),
            seen("U1", "T3", "9:30", "10:00"),
            edited("U1", "T1", "9:20"),
            divide_over=DivideOver.EDITED,
        )
        assert told(worklog.ledger.segments(line_of(worklog, "T1"))) == [
            ("09:20", "09:30", 2, Fraction(10)),
            ("09:30", "09:40", 3, Fraction(10)),
        ]
        assert told(worklog.ledger.segments(line_of(worklog, "T2"))) == [
            ("09:00", "09:20", 1, Fraction(20)),
            ("09:20", "09:30", 2, Fraction(0)),
            ("09:30", "09:40", 3, Fraction(0)),
            ("09:40", "10:00", 2, Fraction(10)),
        ]
        totals = worklog.ledger.totals(by=lambda line: line.ticket_id)
        assert totals == {"T1": 20 * MINUTE, "T2": 30 * MINUTE, "T3": 10 * MINUTE}

    def test_a_weight_shows_in_the_share_and_not_in_the_count(self) -> None:
        class Heavy:
            def weight_of(self, key: str) -> int | Fraction:
                return Fraction(1, 2) if key == "T2" else 1

        worklog = worked(*STAIRS[:2], division=Heavy())
        assert told(worklog.ledger.segments(line_of(worklog, "T1"))) == [
            ("09:00", "09:20", 1, Fraction(20)),
            ("09:20", "10:00", 2, Fraction(80, 3)),
        ]
        assert told(worklog.ledger.segments(line_of(worklog, "T2"))) == [
            ("09:20", "10:00", 2, Fraction(40, 3)),
        ]

    def test_a_weight_shows_among_those_that_share_what_is_left(self) -> None:
        class ByNumber:
            def weight_of(self, key: str) -> int:
                return int(key[1:])

        worklog = worked(*STAIRS[:3], division=ByNumber(), divide_over=DivideOver.EDITED)
        assert told(worklog.ledger.segments(line_of(worklog, "T3"))) == [
            ("09:40", "10:00", 3, Fraction(10)),
        ]

    def test_only_what_the_same_user_had_open_lies_beside(self) -> None:
        worklog = worked(seen("U1", "T1", "9:00", "10:00"), seen("U2", "T2", "9:00", "10:00"))
        for line in worklog.ledger.lines:
            assert told(worklog.ledger.segments(line)) == [("09:00", "10:00", 1, Fraction(60))]

    def test_what_touches_does_not_lie_beside(self) -> None:
        worklog = worked(
            seen("U1", "T1", "9:00", "9:30"),
            seen("U1", "T2", "9:30", "10:00"),
            seen("U1", "T3", "8:30", "9:00"),
            seen("U1", "T1", at("9:00", day=3), at("9:30", day=3)),
        )
        for line in worklog.ledger.lines:
            assert [s.open_count for s in worklog.ledger.segments(line)] == [1]

    @pytest.mark.parametrize(
        "junk",
        [
            None,
            "T1",
            (),
            LedgerLine,
            only(worked(*STAIRS)),
            worked(*STAIRS).ledger.lines[0].entry,
            line_of(worked(*STAIRS[:2]), "T1"),
            line_of(worked(*STAIRS[:2]), "T2"),
            changed(line_of(worked(*STAIRS), "T1"), user_id="U2"),
            changed(line_of(worked(*STAIRS), "T1"), user_id=[]),
            changed(line_of(worked(*STAIRS), "T1"), row_key=None),
            changed(line_of(worked(*STAIRS), "T1"), entry=None),
            changed(line_of(worked(*STAIRS), "T1"), entry=()),
            changed(line_of(worked(*STAIRS), "T1"), entry="entry"),
        ],
        ids=lambda junk: type(junk).__name__,
    )
    def test_what_is_no_line_of_this_ledger_is_refused(self, junk: Any) -> None:
        with pytest.raises(
            WorklogError, match=r"^line must be one of this ledger's lines: found .* Take it from"
        ) as caught:
            worked(*STAIRS).ledger.segments(junk)
        assert (caught.value.field, caught.value.value) == ("line", junk)


class TestTotals:
    WORKLOG = worked(
        *STAIRS,
        edited("U1", "T2", "9:30"),
        seen("U2", "T1", "9:00", "9:10"),
        status("U2", "9:04", "Pause"),
    )

    def test_by_label(self) -> None:
        assert self.WORKLOG.ledger.totals(by=lambda line: line.label) == {
            COUNTED: timedelta(minutes=53, seconds=20),
            VIEW_ONLY: timedelta(minutes=10, seconds=40),
            LedgerLabel.NOT_COUNTING: 6 * MINUTE,
        }

    def test_by_user(self) -> None:
        totals = self.WORKLOG.ledger.totals(by=lambda line: line.user_id)
        assert totals == {"U1": 60 * MINUTE, "U2": 10 * MINUTE}

    def test_by_row(self) -> None:
        totals = self.WORKLOG.ledger.totals(by=lambda line: line.row_key)
        assert {row.key: row.duration for row in self.WORKLOG.rows}.items() < totals.items()
        assert totals[None] == timedelta(minutes=16, seconds=40)

    def test_of_nothing_there_is_nothing(self) -> None:
        assert worked().ledger.totals(by=lambda line: line.label) == {}

    @pytest.mark.parametrize("by", [None, "user_id", 7])
    def test_what_is_no_function_is_refused(self, by: Any) -> None:
        with pytest.raises(
            WorklogError, match=r"^by must be a function of a line: found .* line\.user_id\.$"
        ) as caught:
            self.WORKLOG.ledger.totals(by=by)
        assert (caught.value.field, caught.value.value) == ("by", by)


def test_five_thousand_tickets_at_once_can_be_explained() -> None:
    count = 5_000
    worklog = worked(
        *(
            seen("U1", f"T{n:04}", at("9:00") + n * TICK, at("10:00") + n * TICK)
            for n in range(count)
        ),
        *(edited("U1", f"T{n:04}", "9:30") for n in range(count)),
    )
    first, last = worklog.ledger.lines[0], worklog.ledger.lines[count - 1]
    opening = worklog.ledger.segments(first)
    assert [segment.open_count for segment in opening] == list(range(1, count + 1))
    assert [s.open_count for s in worklog.ledger.segments(last)] == [count]
    for line in (first, last):
        assert abs(whole(worklog.ledger.segments(line)) - line.amount // TICK) < 1
    for row in worklog.rows:
        lines = worklog.ledger.explain(row)
        assert sum((line.amount for line in lines), timedelta()) == row.duration


def test_a_year_of_days_beside_each_other_does_not_slow_a_line() -> None:
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    days = [start + timedelta(days=n) for n in range(365)]
    worklog = worked(
        *(seen("U1", f"T{n}", day, day + n * MINUTE) for day in days for n in range(1, 9))
    )
    for line in worklog.ledger.lines:
        segments = worklog.ledger.segments(line)
        assert segments[0].open_count == 8
        assert abs(whole(segments) - line.amount // TICK) < 1


class TestTheLinesOfALedger:
    """The lines of a ledger behave like a tuple of them."""

    @pytest.fixture
    def lines(self) -> LedgerLines:
        sessions = (
            seen(user, ticket, "9:00", "9:10")
            for user in ("U1", "U2")
            for ticket in ("T1", "T2", "T3")
        )
        return worked(*sessions).ledger.lines

    def test_they_are_counted_and_found_by_place(self, lines: LedgerLines) -> None:
        made = tuple(lines)
        assert len(lines) == len(made) == 6
        assert [lines[place] for place in range(6)] == list(made)
        assert [lines[place] for place in range(-6, 0)] == list(made)
        assert lines[1:5:2] == made[1:5:2]
        with pytest.raises(IndexError, match="out of range"):
            lines[6]

    def test_they_equal_the_tuple_of_them_and_hash_with_it(self, lines: LedgerLines) -> None:
        made = tuple(lines)
        assert lines == made
        assert made == lines
        assert lines != made[:-1]
        assert lines != (*made, made[0])
        assert lines != list(made)
        assert hash(lines) == hash(made)
        assert repr(lines) == repr(made)

    def test_they_are_equal_where_each_line_is(self) -> None:
        earlier, later, other = (
            worked(seen(user, "T1", start, "9:30")).ledger.lines
            for user, start in (("U1", "9:00"), ("U1", "9:10"), ("U2", "9:00"))
        )
        for left, right in permutations((earlier, later, other), 2):
            assert left != right
        again = worked(seen("U1", "T1", "9:00", "9:30"))
        with_a_row = worked(seen("U1", "T1", "9:00", "9:30"), edited("U1", "T2", "9:00"))
        assert with_a_row.rows != again.rows
        assert earlier == again.ledger.lines == with_a_row.ledger.lines

    def test_there_may_be_none(self) -> None:
        lines = worked().ledger.lines
        assert (len(lines), tuple(lines), lines[:]) == (0, (), ())
