"""Pictures of released reports: what the level shows, in an order that ranks nobody."""

from typing import Any

import attrs
import pytest

from charts.pictures import values
from privacy.desks import BUILT, LOG, POLICIES, PSEUDONYMS, STAFF, USERS
from worklog_core import (
    Metric,
    PrivacyPolicy,
    Release,
    Undetermined,
    WorklogError,
    charts,
    compare_with_previous,
    count_by,
    opened_by_user,
    release,
)
from worklog_core.conversations.reports import HeatCell, OpenedHeatmap

FORMS = ("anonymous", "strict", "page", "real")


def released(name: str, form: str = "anonymous") -> Release:
    return release(BUILT[name], POLICIES[form])


def groups(name: str, form: str) -> list[tuple[str, int]]:
    chart = charts.distribution(released(name, form), title="Groups")
    return [(row["group"], row["count"]) for row in values(chart)]


@pytest.mark.rule("R-01")
@pytest.mark.parametrize("rate", [False, True])
def test_a_heatmap_is_drawn_the_same(*, rate: bool) -> None:
    of_release = charts.heatmap(released("heatmap"), rate=rate)
    of_report = charts.heatmap(BUILT["heatmap"], rate=rate)
    assert values(of_release) == values(of_report)
    assert of_release.to_dict()["description"] == of_report.to_dict()["description"]
    assert of_release.to_dict()["title"]["subtitle"] == ("released at level anonymous; days of UTC")


@pytest.mark.rule("P-R6")
def test_buckets_are_drawn_the_same_under_a_title_of_ones_own() -> None:
    of_release = charts.breakdown(released("first responses"), title="First response").to_dict()
    of_report = charts.breakdown(BUILT["first responses"]).to_dict()
    assert values(of_release) == values(of_report)
    assert of_release["title"] == {
        "anchor": "start",
        "text": "First response",
        "subtitle": [
            "released at level anonymous; days of UTC",
            "24 measured, 0 not determinable",
        ],
    }
    assert charts.breakdown(BUILT["first responses"], title="Mine").to_dict()["title"]["text"] == (
        "Mine"
    )


class TestGroups:
    def test_small_ones_are_others_and_stand_last(self) -> None:
        of_two = count_by(
            LOG,
            Metric.CLOSED,
            by=lambda m: None if m.user_id in USERS[:5] else str(m.user_id in USERS[5:10]),
        )
        policy: PrivacyPolicy = attrs.evolve(POLICIES["anonymous"], k=3)
        chart = charts.distribution(release(of_two, policy), title="Groups")
        assert [row["group"] for row in values(chart)] == ["unknown", "others"]
        assert chart.to_dict()["description"] == "24 in 2 groups: unknown: 10, others: 14."

    def test_the_largest_stands_first(self) -> None:
        assert groups("incoming by channel", "page") == [("mail", 22), ("fax", 2)]
        assert groups("incoming by channel", "strict") == [("others", 24)]
        chart = charts.distribution(BUILT["incoming by channel"], title="Mine").to_dict()
        assert chart["title"]["text"] == "Mine"

    def test_persons_stand_by_what_they_count_under_real_names_alone(self) -> None:
        uneven = count_by(LOG, Metric.OUTGOING_MESSAGES, by=lambda m: m.user_id, is_of_persons=True)
        drawn = {
            form: values(charts.distribution(release(uneven, POLICIES[form]), title="Sent"))
            for form in FORMS
        }
        names = {form: [row["group"] for row in rows] for form, rows in drawn.items()}
        counts = [row["count"] for row in drawn["real"]]
        assert counts == sorted(counts, reverse=True)
        assert names["real"][0] == STAFF[USERS[0]]
        assert names["strict"] == names["page"] == sorted(PSEUDONYMS.values())
        assert names["anonymous"] == [f"Anonymous {n}" for n in range(1, 13)]

    def test_what_is_nobodys_stands_behind_them(self) -> None:
        for form in FORMS:
            assert groups("opened by user", form)[-1] == ("unknown", 12)


@pytest.mark.rule("R-04", "P-R8")
class TestTeams:
    def test_they_stand_by_their_mean_and_the_rest_is_last(self) -> None:
        chart = charts.leaderboard(released("teams"), title="First response")
        assert [row["name"] for row in values(chart)] == ["North", "others"]
        by_count = charts.leaderboard(released("teams by count", "strict"), title="Closed")
        assert [(row["name"], row["value"]) for row in values(by_count)] == [
            ("North", 12),
            ("others", 12),
        ]

    def test_the_best_stands_on_top(self) -> None:
        found = released("teams")
        better = {**found.rows[0], "name": "East", "mean": found.rows[0]["mean"] / 2, "count": 99}
        object.__setattr__(found, "rows", (found.rows[1], found.rows[0], better))
        for is_time in (True, False):
            rows = [row if is_time else {**row, "mean": None} for row in found.rows]
            object.__setattr__(found, "rows", tuple(rows))
            chart = charts.leaderboard(found, title="Teams")
            assert [row["name"] for row in values(chart)] == ["East", "North", "others"]

    def test_they_have_ranks_under_real_names(self) -> None:
        chart = charts.leaderboard(released("teams", "real"), title="First response")
        ranked = [team.name for team in BUILT["teams"].leaders]
        assert [row["name"] for row in values(chart)] == [
            f"{rank}. {name}" for rank, name in enumerate(ranked, start=1)
        ]

    def test_a_team_of_one_is_not_compared_beside_pseudonyms(self) -> None:
        with pytest.raises(WorklogError, match=r"found pseudonymous, page, a leaderboard of teams"):
            charts.leaderboard(released("teams", "page"), title="First response")


class TestAPeriodBesideTheOneBefore:
    def test_it_is_drawn_with_what_is_withheld_left_out(self) -> None:
        found = released("change", "real")
        chart = charts.trend(found, title="March").to_dict()
        assert chart["title"]["text"] == "March"
        panels = {panel["title"] for panel in chart["concat"]}
        assert panels == {metric.value.replace("_", " ") for metric in Metric}
        assert "opened 0, then 24" in chart["description"]
        assert "hold not determinable, then not determinable" in chart["description"]

    def test_it_says_what_is_withheld(self) -> None:
        found = released("change")
        one = next(row for row in found.rows if row["metric"] is Metric.OPENED)
        hidden = {**one, "now": None, "reasons": {"now": Undetermined.WITHHELD}}
        object.__setattr__(found, "rows", (hidden,))
        chart = charts.trend(found, title="March").to_dict()
        assert chart["description"] == "opened 0, then withheld"

    def test_a_time_of_nothing_is_a_bar_of_nothing(self) -> None:
        chart = charts.trend(BUILT["change"], title="Mine").to_dict()
        assert chart["title"]["text"] == "Mine"
        assert all(type(row["value"]) in {float, type(None)} for row in values(chart))


@pytest.mark.parametrize("draw", [charts.breakdown, charts.distribution, charts.trend])
def test_a_release_needs_a_title_for_it_has_none(draw: Any) -> None:
    name = {
        charts.breakdown: "first responses",
        charts.distribution: "opened by type",
        charts.trend: "change",
    }[draw]
    for title in (None, ""):
        with pytest.raises(WorklogError, match=r"^title must say what a release is of") as found:
            draw(released(name), title=title)
        assert found.value.field == "title"


@pytest.mark.parametrize(
    "draw", [charts.heatmap, charts.breakdown, charts.distribution, charts.trend]
)
def test_the_release_of_something_else_is_refused(draw: Any) -> None:
    with pytest.raises(WorklogError, match=r"found a release of a worklog\."):
        draw(released("worklog", "real"))


def test_a_chart_takes_a_report_or_a_release_of_it() -> None:
    cells = BUILT["heatmap"].cells
    assert isinstance(BUILT["heatmap"], OpenedHeatmap)
    assert all(isinstance(cell, HeatCell) for cell in cells)
    with pytest.raises(WorklogError, match=r"^report must be of type PeriodComparison"):
        charts.trend(compare_with_previous)  # type: ignore[arg-type]  # what is to be refused
    with pytest.raises(WorklogError, match=r"^report must not be about persons"):
        charts.distribution(opened_by_user(LOG))
