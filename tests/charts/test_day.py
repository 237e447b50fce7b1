"""A person's day as lanes: only of a release, with the ledger's labels, in wall times."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vl_convert

from office import at, edited, seen, status, worked
from worklog_core import (
    FieldPolicy,
    History,
    PrivacyLevel,
    PrivacyPolicy,
    Release,
    ScreenSession,
    WorklogError,
    WorklogRules,
    build_worklog,
    charts,
    desk_day,
    release,
)

DAY = date(2026, 3, 2)
NAMED = PrivacyPolicy(PrivacyLevel.REAL, names={"U1": "Meike Mustermann"})
WORKLOG = worked(
    seen("U1", "T1", "9:00", "9:20"),
    seen("U1", "T2", "9:10", "9:30"),
    edited("U1", "T1", "9:18"),
    status("U1", "9:20", "Pause"),
)


def released(policy: PrivacyPolicy = NAMED) -> Release:
    return release(desk_day(WORKLOG, user_id="U1", day=DAY), policy)


def bars(chart: Any) -> list[tuple[str, str, str, str, str]]:
    (values,) = chart.to_dict()["datasets"].values()
    return [(b["ticket"], b["start"], b["end"], b["label"], b["share"]) for b in values]


class TestTheDay:
    def test_it_is_what_the_ledger_has_of_that_day(self) -> None:
        found = desk_day(WORKLOG, user_id="U1", day=DAY)
        assert found.lines == WORKLOG.ledger.lines
        total = sum((line.amount for line in found.lines), timedelta())
        assert total == timedelta(minutes=30)

    @pytest.mark.parametrize(("user", "day"), [("U2", DAY), ("U1", date(2026, 3, 3))])
    def test_a_day_with_nothing_on_screen_is_refused(self, user: str, day: date) -> None:
        with pytest.raises(WorklogError, match=r"^user_id and day must name a day") as refused:
            desk_day(WORKLOG, user_id=user, day=day)
        assert refused.value.field == "day"


class TestItsRelease:
    def test_it_holds_the_lines_in_whole_seconds_under_the_persons_name(self) -> None:
        rows = released().rows
        assert {row["name"] for row in rows} == {"Meike Mustermann"}
        assert sum((row["amount"] for row in rows), timedelta()) == timedelta(minutes=30)
        assert [row["ticket_id"] for row in rows] == [
            line.ticket_id for line in WORKLOG.ledger.lines
        ]

    @pytest.mark.parametrize(
        "policy",
        [
            PrivacyPolicy(PrivacyLevel.ANONYMOUS),
            PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names={"U1": "Hungry Raspberry"}),
        ],
        ids=["anonymous", "strict"],
    )
    def test_one_persons_day_is_too_few_people_for_the_guarded_forms(
        self, policy: PrivacyPolicy
    ) -> None:
        with pytest.raises(WorklogError, match=r"at least k = 5 people in it: found 1\."):
            released(policy)

    def test_beside_a_pseudonym_the_page_shows_it(self) -> None:
        page = PrivacyPolicy(
            PrivacyLevel.PSEUDONYMOUS,
            names={"U1": "Hungry Raspberry"},
            fields=FieldPolicy.PAGE,
        )
        chart = charts.day(released(page)).to_dict()
        assert chart["title"]["text"] == "Hungry Raspberry, 2026-03-02"
        assert "U1" not in str(chart)


class TestThePicture:
    def test_a_bar_is_a_line_of_the_ledger(self) -> None:
        found = bars(charts.day(released()))
        assert found[0] == (
            "T1",
            "2026-03-02T09:00:00.000",
            "2026-03-02T09:18:00.000",
            "counted",
            "0:14:00",
        )
        assert {label for _, _, _, label, _ in found} == {"counted", "view_only", "not_counting"}

    def test_it_says_the_sums_in_words(self) -> None:
        chart = charts.day(released()).to_dict()
        assert chart["title"]["subtitle"] == (
            "counted 0:15:00, view only 0:05:00, not counting 0:10:00; times of UTC"
        )
        assert "2 lanes" in chart["description"]

    def test_each_label_keeps_its_colour_whatever_else_is_there(self) -> None:
        scale = charts.day(released()).to_dict()["encoding"]["color"]["scale"]
        assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
            "counted": "#0072B2",
            "view_only": "#BBBBBB",
            "not_counting": "#E69F00",
        }

    def test_times_are_wall_times_of_the_release_through_a_change_of_the_clocks(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        start = datetime(2026, 10, 25, 1, 30, tzinfo=berlin)
        end = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin)
        history = History(sessions=[ScreenSession("U1", "T1", start, end)])
        worklog = build_worklog(history, WorklogRules(time_zone=berlin))
        lines = desk_day(worklog, user_id="U1", day=date(2026, 10, 25))
        found = bars(charts.day(release(lines, NAMED)))
        assert [bar[1:3] for bar in found] == [
            ("2026-10-25T01:30:00.000", "2026-10-25T02:30:00.000")
        ]
        assert found[0][4] == "2:00:00"

    def test_it_can_be_rendered(self) -> None:
        png = vl_convert.vegalite_to_png(charts.day(released()).to_json())
        assert png.startswith(b"\x89PNG")
        assert charts.day(released()) == charts.day(released())


class TestWhatIsRefused:
    def test_anything_but_a_release_of_a_day(self) -> None:
        rows = release(WORKLOG, NAMED)
        for given, found in ((rows, "a release of a worklog"), (WORKLOG, "no release")):
            with pytest.raises(WorklogError, match=rf"found {found}\.") as refused:
                charts.day(given)  # type: ignore[arg-type]  # what a caller might try
            assert refused.value.field == "release"

    def test_a_release_that_withholds_what_is_drawn(self) -> None:
        two = worked(seen("U1", "T1", "9:00", "9:20"), seen("U2", "T1", "9:00", "9:20"))
        lines = desk_day(two, user_id="U1", day=at("9:00").date())
        hidden = release(lines, NAMED)
        blanked = [row | {"start": None} for row in map(dict, hidden.rows)]
        object.__setattr__(hidden, "rows", tuple(blanked))
        with pytest.raises(WorklogError, match=r"must show start to be drawn"):
            charts.day(hidden)

    def test_a_release_without_rows(self) -> None:
        empty = released()
        object.__setattr__(empty, "rows", ())
        with pytest.raises(WorklogError, match=r"must have something to draw: found a desk day"):
            charts.day(empty)
