"""Parallel time, labels and averages, decided, each with its figures."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest

from office import MINUTE, RULES, at, edited, lines, minutes, only, pinged, seen, status, worked
from worklog_core import (
    Action,
    DivideOver,
    LedgerLabel,
    TrackingExclusion,
    Undetermined,
    Weighted,
    WorklogError,
    WorklogRules,
)

COUNTED, VIEW_ONLY = LedgerLabel.COUNTED, LedgerLabel.VIEW_ONLY
NOT_COUNTING, EXCLUDED = LedgerLabel.NOT_COUNTING, LedgerLabel.EXCLUDED
UNEDITED = LedgerLabel.UNEDITED
EDITED = attrs.evolve(RULES, divide_over=DivideOver.EDITED)
US = timedelta(microseconds=1)
NINE = at("9:00")


@pytest.mark.rule("AMB-5")
def test_the_status_gates_and_then_what_is_open_divides() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:30"),
        seen("U1", "T2", "9:10", "9:30"),
        edited("U1", "T1", "9:30"),
        status("U1", "9:20", "Pause"),
    )
    assert minutes(worklog) == {("U1", "T1"): 15}
    assert only(worklog).open_time == 20 * MINUTE
    assert lines(worklog) == [
        ("09:00", "09:20", COUNTED, 15),
        ("09:10", "09:20", VIEW_ONLY, 5),
        ("09:20", "09:30", NOT_COUNTING, 5),
        ("09:20", "09:30", NOT_COUNTING, 5),
    ]


@pytest.mark.rule("AMB-5b")
@pytest.mark.parametrize(("rules", "share"), [(RULES, 10), (EDITED, 20)])
def test_a_viewed_ticket_takes_its_share_unless_edited_ones_share_alone(
    rules: WorklogRules, share: int
) -> None:
    events = (
        seen("U1", "T1", "9:00", "9:20"),
        seen("U1", "T2", "9:00", "9:20"),
        edited("U1", "T1", "9:20"),
    )
    worklog = worked(*events, rules=rules)
    assert minutes(worklog) == {("U1", "T1"): share}
    assert lines(worklog) == [
        ("09:00", "09:20", COUNTED, share),
        ("09:00", "09:20", VIEW_ONLY, 20 - share),
    ]


@pytest.mark.rule("AMB-5b")
def test_where_no_edited_ticket_is_open_all_open_ones_share() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:20"),
        seen("U1", "T2", "9:10", "9:30"),
        seen("U1", "T3", "9:10", "9:30"),
        edited("U1", "T1", "9:20"),
        rules=EDITED,
    )
    assert lines(worklog) == [
        ("09:00", "09:20", COUNTED, 20),
        ("09:10", "09:30", VIEW_ONLY, 5),
        ("09:10", "09:30", VIEW_ONLY, 5),
    ]


@pytest.mark.rule("AMB-5b", "AMB-4c")
def test_a_tail_that_joined_a_row_shares_as_edited() -> None:
    worklog = worked(
        seen("U1", "T1", at("23:50"), at("0:10", day=3)),
        edited("U1", "T1", "23:55"),
        seen("U1", "T2", at("0:00", day=3), at("0:10", day=3)),
        rules=EDITED,
    )
    assert minutes(worklog) == {("U1", "T1"): 20}


@pytest.mark.rule("AMB-5b", "E-14")
def test_a_ticket_may_weigh_more_than_another() -> None:
    rules = attrs.evolve(RULES, division=Weighted({"T1": 2}))
    tickets = ("T1", "T2", "T3")
    worklog = worked(
        *(seen("U1", ticket, "9:00", "9:20") for ticket in tickets),
        *(edited("U1", ticket, "9:20") for ticket in tickets),
        seen("U1", "T4", "9:30", "9:37"),
        rules=rules,
    )
    assert minutes(worklog) == {("U1", "T1"): 10, ("U1", "T2"): 5, ("U1", "T3"): 5}
    assert lines(worklog)[-1] == ("09:30", "09:37", VIEW_ONLY, 7)


@pytest.mark.rule("AMB-5c")
def test_the_odd_microsecond_goes_to_the_lower_ticket_once_a_day() -> None:
    first = [seen("U1", t, NINE, NINE + 10 * US) for t in ("T1", "T2", "T3")]
    again = [seen("U1", t, NINE + 100 * US, NINE + 110 * US) for t in ("T1", "T2", "T3")]
    worklog = worked(first, again, [edited("U1", t, NINE) for t in ("T1", "T2", "T3")])
    assert [row.duration for row in worklog.rows] == [7 * US, 7 * US, 6 * US]
    amounts = {
        row.ticket_id: [line.amount // US for line in worklog.ledger.explain(row)]
        for row in worklog.rows
    }
    # 10/3 and 20/3: running ceilings where the extra one went, running floors elsewhere.
    assert amounts == {"T1": [4, 3], "T2": [4, 3], "T3": [3, 3]}


@pytest.mark.rule("AMB-5c")
def test_the_largest_remainder_comes_before_the_lower_ticket() -> None:
    # T1 has 1/2 + 1/3 = 5/6 and T2 the same; T3 has 1/3, and of 2 microseconds two are to give.
    worklog = worked(
        seen("U1", "T1", NINE, NINE + 2 * US),
        seen("U1", "T2", NINE, NINE + 2 * US),
        seen("U1", "T0", NINE + US, NINE + 2 * US),
    )
    assert {x.ticket_id: x.amount // US for x in worklog.ledger.lines} == {
        "T0": 0,
        "T1": 1,
        "T2": 1,
    }


@pytest.mark.rule("AMB-5c")
def test_counting_and_other_time_are_two_pots() -> None:
    one = [seen("U1", t, NINE, NINE + US) for t in ("T1", "T2")]
    two = [seen("U1", t, NINE + US, NINE + 2 * US) for t in ("T1", "T2")]
    worklog = worked(one, two, status("U1", NINE + US, "Pause"))
    assert [(x.ticket_id, x.label, x.amount // US) for x in worklog.ledger.lines] == [
        ("T1", VIEW_ONLY, 1),
        ("T2", VIEW_ONLY, 0),
        ("T1", NOT_COUNTING, 1),
        ("T2", NOT_COUNTING, 0),
    ]


@pytest.mark.rule("AMB-5d", "AMB-4c")
def test_a_tail_over_midnight_is_dated_by_the_edit_and_its_minutes_by_the_clock() -> None:
    worklog = worked(
        seen("U1", "T1", at("23:40"), at("0:15", day=3)),
        edited("U1", "T1", "23:50"),
    )
    row = only(worklog)
    assert (row.day, row.duration, row.after_work) == (date(2026, 3, 2), 35 * MINUTE, 25 * MINUTE)
    assert worklog.ledger.totals(by=lambda line: line.day) == {
        date(2026, 3, 2): 20 * MINUTE,
        date(2026, 3, 3): 15 * MINUTE,
    }


@pytest.mark.rule("AMB-5d")
def test_the_minutes_before_midnight_of_what_is_edited_after_it_stay_view_only() -> None:
    worklog = worked(
        seen("U1", "T1", at("23:40"), at("0:15", day=3)),
        edited("U1", "T1", at("0:10", day=3)),
    )
    assert only(worklog).duration == 15 * MINUTE
    assert lines(worklog)[0] == ("23:40", "00:00", VIEW_ONLY, 20)


@pytest.mark.rule("AMB-28", "AMB-29", "P-E6")
def test_labels_in_their_order() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:10"),
        seen("U1", "T2", "9:10", "9:20"),
        seen("U1", "T3", "9:20", "9:40"),
        edited("U1", "T1", "9:05"),
        edited("U1", "T3", "9:25"),
        TrackingExclusion("T3", at("18:00"), reason="spam"),
        status("U1", "9:30", "Support"),
    )
    assert lines(worklog) == [
        ("09:00", "09:05", COUNTED, 5),
        ("09:05", "09:10", COUNTED, 5),
        ("09:10", "09:20", VIEW_ONLY, 10),
        ("09:20", "09:30", EXCLUDED, 10),
        ("09:30", "09:40", NOT_COUNTING, 10),
    ]
    assert [line.row_key is None for line in worklog.ledger.lines] == [False, False, *[True] * 3]


@pytest.mark.rule("AMB-28")
def test_a_line_is_cut_where_the_status_changes_though_neither_counts() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:30"),
        status("U1", "9:10", "Support"),
        status("U1", "9:20", "Pause"),
        status("U1", "9:25", "Pause"),
    )
    assert lines(worklog) == [
        ("09:00", "09:10", VIEW_ONLY, 10),
        ("09:10", "09:20", NOT_COUNTING, 10),
        ("09:20", "09:30", NOT_COUNTING, 10),
    ]


@pytest.mark.rule("AMB-29", "AMB-5b")
def test_an_excluded_ticket_makes_no_row_and_takes_its_share() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:20"),
        seen("U1", "T2", "9:00", "9:20"),
        edited("U1", "T1", "9:20"),
        edited("U1", "T2", "9:20"),
        TrackingExclusion("T2", at("9:20")),
    )
    assert minutes(worklog) == {("U1", "T1"): 10}
    assert worklog.ledger.totals(by=lambda line: line.label) == {
        COUNTED: 10 * MINUTE,
        EXCLUDED: 10 * MINUTE,
    }


@pytest.mark.rule("AMB-29", "AMB-24")
@pytest.mark.parametrize(("as_of", "rows"), [("17:59", 1), ("18:00", 0), (None, 0)])
def test_an_exclusion_holds_for_the_whole_life_once_it_is_visible(
    as_of: str | None, rows: int
) -> None:
    events = (edited("U1", "T1", "9:00"), TrackingExclusion("T1", at("18:00")))
    assert len(worked(*events, as_of=as_of).rows) == rows


@pytest.mark.rule("AMB-15", "E-20")
@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Action.AUTO_PROCESS, Undetermined.DARK_PROCESSING),
        (Action.CLOSE, Undetermined.NO_SESSION),
    ],
)
def test_a_row_without_a_screen_says_why_it_was_not_measured(
    action: Action, reason: Undetermined
) -> None:
    row = only(worked(edited("AI", "T1", "9:00", action)))
    assert row.duration is row.after_work is row.open_time is None
    assert {row.reasons[name] for name in ("duration", "after_work", "open_time")} == {reason}


@pytest.mark.rule("AMB-15")
def test_with_a_screen_the_time_is_measured_whatever_the_action() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:05"), edited("U1", "T1", "9:05", Action.AUTO_PROCESS)
    )
    assert only(worklog).duration == 5 * MINUTE


@pytest.mark.rule("AMB-28")
def test_a_forgotten_tab_counts_so_long_from_its_opening_and_from_each_edit() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "12:00"),
        edited("U1", "T1", "10:00"),
        edited("U1", "T1", "10:15", None),
        rules=attrs.evolve(RULES, max_unedited=30 * MINUTE),
    )
    assert lines(worklog) == [
        ("09:00", "09:30", COUNTED, 30),
        ("09:30", "10:00", UNEDITED, 30),
        ("10:00", "10:45", COUNTED, 45),
        ("10:45", "12:00", UNEDITED, 75),
    ]
    row = only(worklog)
    assert (row.duration, row.after_work, row.open_time) == (
        75 * MINUTE,
        45 * MINUTE,
        75 * MINUTE,
    )


@pytest.mark.rule("AMB-28")
def test_what_was_only_viewed_is_never_a_forgotten_tab() -> None:
    rules = attrs.evolve(RULES, max_unedited=30 * MINUTE)
    worklog = worked(seen("U1", "T1", "9:00", "12:00"), rules=rules)
    assert lines(worklog) == [("09:00", "12:00", VIEW_ONLY, 180)]


@pytest.mark.rule("AMB-16")
def test_the_average_leaves_out_what_was_not_measured() -> None:
    worklog = worked(
        seen("U1", "T1", "9:00", "9:05"),
        edited("U1", "T1", "9:05"),
        edited("AI", "T2", "9:00", Action.AUTO_PROCESS),
        pinged("U3", "T3", "9:00"),
        edited("U3", "T3", "9:00"),
    )
    assert worklog.average_handling_time() == timedelta(minutes=2, seconds=30)
    assert worked(edited("AI", "T2", "9:00", Action.AUTO_PROCESS)).average_handling_time() is None


@pytest.mark.rule("AMB-16")
@pytest.mark.parametrize(("lengths", "mean"), [((1, 2), 2), ((2, 3), 2), ((1, 1, 2), 1)])
def test_the_mean_is_half_to_even_at_the_microsecond(lengths: tuple[int, ...], mean: int) -> None:
    users = [f"U{n}" for n in range(len(lengths))]
    worklog = worked(
        [seen(u, "T1", NINE, NINE + n * US) for u, n in zip(users, lengths, strict=True)],
        [edited(u, "T1", NINE) for u in users],
    )
    assert worklog.average_handling_time() == mean * US


@pytest.mark.rule("AMB-28")
def test_a_row_of_another_worklog_is_not_explained() -> None:
    row = only(worked(seen("U1", "T1", "9:00", "9:05"), edited("U1", "T1", "9:05")))
    other = worked(seen("U2", "T1", "9:00", "9:05"), edited("U2", "T1", "9:05"))
    with pytest.raises(WorklogError, match="row"):
        other.ledger.explain(row)


@pytest.mark.rule("AMB-4d", "AMB-5c")
def test_a_pot_is_a_local_day() -> None:
    rules = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))
    midnight = at("23:00")
    worklog = worked(
        [seen("U1", t, midnight - US, midnight + US) for t in ("T1", "T2")],
        rules=rules,
    )
    assert [(x.ticket_id, x.day.day, x.amount // US) for x in worklog.ledger.lines] == [
        ("T1", 2, 1),
        ("T2", 2, 0),
        ("T1", 3, 1),
        ("T2", 3, 0),
    ]
