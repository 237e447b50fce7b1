"""Every report leaves by the same door: at each level, without anybody in it, and as a picture."""

import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk import agent_opened, answered, asked, assigned, closed, edited, log_of, opened, seen
from privacy.desks import (
    BUILT,
    DAY,
    HOUR,
    LOG,
    MARCH,
    MINUTE,
    NORTH,
    PEOPLE_APART,
    POLICIES,
    PSEUDONYMS,
    REPORTS,
    SOLO,
    STAFF,
    TELLING,
    USERS,
    desk,
)
from worklog_core import (
    Coarsening,
    History,
    Metric,
    PrivacyLevel,
    PrivacyPolicy,
    Release,
    Selection,
    TeamMembership,
    Undetermined,
    WorklogError,
    WorklogRules,
    build_case_log,
    charts,
    compare_with_previous,
    conversation_list,
    count_by,
    leaderboard,
    measure,
    opened_by_user,
    opened_heatmap,
    outgoing_anomalies,
    release,
    volume_by_interval,
)
from worklog_core.conversations import reports
from worklog_core.privacy.figure_fields import INTERVALS
from worklog_core.privacy.figures import people_behind
from worklog_core.privacy.release import SUBJECTS
from worklog_core.privacy.small_groups import judge_figures
from worklog_core.testing import laws

FORMS = ("anonymous", "strict", "page", "real")
GUARDED = ("anonymous", "strict")
SECOND = timedelta(seconds=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

DRAWN: dict[str, Any] = {
    "leaderboard": lambda found: charts.leaderboard(found, title="Best"),
    "leaderboard of teams": lambda found: charts.leaderboard(found, title="Best"),
    "distribution": lambda found: charts.distribution(found, title="Groups"),
    "distribution of people": lambda found: charts.distribution(found, title="People"),
    "breakdown": lambda found: charts.breakdown(found, title="Buckets"),
    "heatmap": charts.heatmap,
    "period comparison": lambda found: charts.trend(found, title="Change"),
}


def member(user: str, team: str) -> TeamMembership:
    return TeamMembership(user, team, NINE - 9 * DAY)


def released(name: str, form: str, **changes: Any) -> Release:
    return release(BUILT[name], attrs.evolve(POLICIES[form], **changes))


def drawn(found: Release) -> Any:
    """Return the picture of a release, None where there is none at its level."""
    draw = DRAWN.get(found.kind)
    ranks = found.kind.startswith("leaderboard")
    may_rank = found.may_rank_persons or ("teams" in found.kind and found.form.is_guarded)
    return None if draw is None or (ranks and not may_rank) else draw(found)


def said(found: Release) -> str:
    """Return everything that a release says, in all ways in which it can be looked at."""
    chart = drawn(found)
    parts = [repr(found), repr(found.rows), repr([dict(row) for row in found.rows])]
    parts += [str(found.audit()), repr(found.audit()), json.dumps(found.audit().to_dict())]
    parts += [pickle.dumps(found, protocol).decode("latin-1") for protocol in (0, 5)]
    parts += [] if chart is None else [json.dumps(chart.to_dict()), chart.to_html()]
    return "\n".join(parts).casefold()


class TestEveryKind:
    def test_there_is_a_table_for_every_report(self) -> None:
        public = [getattr(reports, name) for name in reports.__all__]
        kinds = [kind for kind in public if isinstance(kind, type) and attrs.has(kind)]
        whole = {kind for kind in kinds if "heading" in attrs.fields_dict(kind)}
        assert len(whole) == 9
        assert {*whole, reports.Statistics} <= SUBJECTS.keys()

    def test_there_is_a_report_for_every_table(self) -> None:
        kinds = {table.kind for tables in SUBJECTS.values() for table in tables}
        found = {released(name, "real").kind for name in REPORTS}
        assert kinds - found == {"desk day", "account"}
        tables = [table for result in BUILT.values() for table in SUBJECTS[type(result)]]
        used = {
            next(each.kind for each in SUBJECTS[type(result)] if each.is_of(result))
            for result in BUILT.values()
        }
        assert used == {table.kind for table in tables}

    @pytest.mark.parametrize(
        ("name", "kind", "left_out"),
        [
            ("teams", reports.Leader, ()),
            ("opened by user", reports.Share, ("figures",)),
            ("incoming by channel", reports.Share, ("figures",)),
            ("opened by type", reports.Share, ("figures",)),
            ("closed conversations", reports.ConversationRow, ()),
            ("outlying users", reports.Anomaly, ()),
            ("outlying conversations", reports.Anomaly, ()),
            ("heatmap", reports.HeatCell, ("figures",)),
            ("volume", reports.VolumeInterval, ("figures", "workers")),
            ("first responses", reports.TimeBucket, ()),
            ("change", reports.MetricChange, ()),
            ("metric", reports.Statistics, ("figures",)),
        ],
    )
    def test_every_field_is_decided(self, name: str, kind: Any, left_out: tuple[str, ...]) -> None:
        result = BUILT[name]
        table = next(each for each in SUBJECTS[type(result)] if each.is_of(result))
        decided = {source for field in table.fields for source in field.sources}
        assert {field.name for field in attrs.fields(kind)} - decided == set(left_out)
        shown = [field.name for field in table.fields]
        assert len(shown) == len(set(shown))
        assert (
            table.day_of is None
            or table.kind == "conversation list"
            or (table.day_of(object()) is None)
        )

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("name", REPORTS)
    def test_every_level_releases_it_or_says_the_way_out(self, name: str, form: str) -> None:
        if name == PEOPLE_APART and form in {"strict", "page"}:
            with pytest.raises(WorklogError, match=r"^result must not set persons apart") as found:
                released(name, form)
            assert "Release them anonymously, under real names" in str(found.value)
            assert found.value.field == "result"
            return
        one = released(name, form)
        assert one.rows
        assert hash(one) == hash(released(name, form))
        assert pickle.loads(pickle.dumps(one)) == one
        json.dumps(one.audit().to_dict())

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("name", REPORTS)
    def test_times_are_whole_seconds(self, name: str, form: str) -> None:
        if name == PEOPLE_APART and form in {"strict", "page"}:
            return
        for row in released(name, form).rows:
            times = [value for value in row.values() if isinstance(value, timedelta)]
            assert all(time % SECOND == timedelta() for time in times)

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("name", REPORTS)
    def test_every_none_says_why(self, name: str, form: str) -> None:
        if name == PEOPLE_APART and form in {"strict", "page"}:
            return
        found = released(name, form)
        for row in found.rows:
            missing = {column for column, value in row.items() if value is None}
            # The last bucket has no end, and that is no value that is missing.
            assert missing - {"below"} <= row["reasons"].keys()


@pytest.mark.rule("E-28", "E-31", "AMB-9")
class TestNobodyIsInIt:
    @pytest.mark.parametrize("name", REPORTS)
    def test_an_anonymous_release_holds_nothing_that_identifies(self, name: str) -> None:
        text = said(released(name, "anonymous"))
        assert [one for one in TELLING if one.casefold() in text] == []
        assert [one for one in PSEUDONYMS.values() if one.casefold() in text] == []

    @pytest.mark.parametrize("name", set(REPORTS) - {PEOPLE_APART})
    def test_a_strict_release_holds_pseudonyms_alone(self, name: str) -> None:
        text = said(released(name, "strict"))
        assert [one for one in TELLING if one.casefold() in text] == []

    def test_the_search_would_find_it_under_real_names(self) -> None:
        about_persons = {
            "users", "leaders", "most closed", "opened by user", "closed conversations", "cases",
            "outlying users", "worklog", "messages", "contacts",
        }  # fmt: skip
        for name in REPORTS:
            text = said(released(name, "real"))
            found = {one for one in TELLING if one.casefold() in text}
            is_about_cases = name in {"by ticket", "by a careless name", "outlying conversations"}
            assert ("Meike" in found) is (name in about_persons), name
            assert bool(found) is (name in about_persons or is_about_cases), name

    @pytest.mark.parametrize("form", GUARDED)
    @pytest.mark.parametrize("name", sorted(set(REPORTS) - {PEOPLE_APART}))
    def test_the_order_of_what_happened_makes_no_difference(self, name: str, form: str) -> None:
        mixed = REPORTS[name](log_of(*desk()[::-1]))
        found = release(mixed, POLICIES[form])
        assert pickle.dumps(found.rows) == pickle.dumps(released(name, form).rows)


def published(history: History) -> Any:
    """Return what every report of a history publishes anonymously, errors too."""
    log = build_case_log(history, WorklogRules(time_zone=UTC))
    told: list[Any] = []
    for name, build in REPORTS.items():
        try:
            found = release(build(log), PrivacyPolicy(PrivacyLevel.ANONYMOUS, k=2))
        except WorklogError as refused:
            told.append((name, str(refused)))
            continue
        chart = drawn(found) if found.rows else None
        told.append((name, repr(found.rows), repr(found.audit())))
        told.append(None if chart is None else json.dumps(chart.to_dict()))
    return told


@pytest.mark.rule("E-28")
def test_no_report_of_any_history_names_anybody() -> None:
    laws.names_nobody(published, max_examples=40)


@pytest.mark.rule("E-28")
def test_no_report_of_any_history_depends_on_names() -> None:
    laws.ignores_names(published, max_examples=40)


def shares(found: Release) -> list[tuple[Any, Any, Any]]:
    return [(row["name"], row["count"], row["percent"]) for row in found.rows]


@pytest.mark.rule("AMB-9")
class TestGroups:
    @pytest.mark.parametrize("form", GUARDED)
    def test_a_channel_of_one_person_is_merged_with_the_next(self, form: str) -> None:
        found = released("incoming by channel", form)
        assert shares(found) == [(None, 24, 100)]
        assert found.rows[0]["reasons"] == {"name": Undetermined.WITHHELD}
        (counted,) = found.audit().withheld
        assert (counted.field, counted.small, counted.complement, counted.rows) == ("name", 1, 1, 2)
        assert found.audit().contributors == 12

    @pytest.mark.parametrize("form", ["page", "real"])
    def test_the_open_forms_show_it_as_it_is(self, form: str) -> None:
        assert shares(released("incoming by channel", form)) == [("mail", 22, 92), ("fax", 2, 8)]

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("name", ["incoming by channel", "by ticket", "by a careless name"])
    def test_the_groups_sum_to_the_total(self, name: str, form: str) -> None:
        found = released(name, form)
        assert sum(row["count"] for row in found.rows) == BUILT[name].total
        assert sum(row["percent"] for row in found.rows) == 100

    def test_large_groups_stand_and_the_small_ones_are_one(self) -> None:
        log = log_of(*desk(channel="chat"))
        kinds = {SOLO[0]: "rare", USERS[6]: "seldom"}
        by_kind = count_by(
            log,
            Metric.CLOSED,
            by=lambda figure: kinds.get(
                figure.user_id or "", "often" if figure.user_id in NORTH else "usual"
            ),
        )
        found = release(by_kind, attrs.evolve(POLICIES["anonymous"], k=3))
        # The smallest two are of two people: a third group has to go with them.
        assert shares(found) == [("often", 12, 50), (None, 12, 50)]
        again = release(by_kind, attrs.evolve(POLICIES["anonymous"], k=2))
        assert shares(again) == [("often", 12, 50), ("usual", 8, 34), (None, 4, 16)]

    def test_a_name_that_holds_an_id_is_withheld_however_many_share_it(self) -> None:
        telling = count_by(LOG, Metric.CLOSED, by=lambda _: f"see {USERS[0]}")
        found = release(telling, POLICIES["anonymous"])
        assert shares(found) == [(None, 24, 100)]
        (counted,) = found.audit().withheld
        assert (counted.identifying, counted.small) == (1, 0)
        message = count_by(LOG, Metric.OUTGOING_MESSAGES, by=lambda _: "see MESSAGE-003")
        assert shares(release(message, POLICIES["strict"])) == [(None, 84, 100)]

    def test_a_group_that_is_nobodys_keeps_its_name_and_the_id_of_nobody(self) -> None:
        log = log_of(*desk(channel="chat"), opened(datetime(2026, 3, 2, tzinfo=UTC), "TICKET-X"))
        by_ticket = count_by(
            log,
            Metric.OPENED,
            by=lambda figure: figure.case.case_id if figure.user_id is None else "had",
        )
        found = release(by_ticket, POLICIES["anonymous"])
        assert shares(found) == [("had", 24, 96), (None, 1, 4)]
        unattributed = count_by(
            log, Metric.OPENED, by=lambda figure: "free" if figure.user_id is None else "had"
        )
        assert shares(release(unattributed, POLICIES["anonymous"])) == [
            ("free", 1, 4),
            ("had", 24, 96),
        ]

    def test_nothing_to_count_has_groups_and_no_percentages(self) -> None:
        nothing = Selection(users=["nobody"])
        empty = count_by(
            LOG, Metric.CLOSED, nothing, by=lambda _: "x", expected=["Meike M.", "quiet"]
        )
        found = release(empty, PrivacyPolicy(PrivacyLevel.ANONYMOUS, names={"u": "Meike M."}))
        assert shares(found) == [("quiet", 0, None), (None, 0, None)]
        assert found.rows[0]["reasons"] == {"percent": Undetermined.NOTHING_MEASURED}

    def test_a_group_without_a_name_is_not_told_and_not_withheld(self) -> None:
        unnamed = count_by(LOG, Metric.CLOSED, by=lambda _: None)
        (row,) = release(unnamed, POLICIES["anonymous"]).rows
        assert (row["name"], row["reasons"]) == (None, {"name": Undetermined.NOT_TOLD})

    @pytest.mark.parametrize("form", FORMS)
    def test_words_of_the_library_stand_as_they_are(self, form: str) -> None:
        found = released("opened by type", form)
        assert {row["name"]: row["count"] for row in found.rows} == {"new": 12, "returning": 12}
        sources = released("outgoing by source", form)
        assert sum(row["count"] for row in sources.rows) == 84
        assert "user" in {row["name"] for row in sources.rows}

    def test_a_time_counts_for_whom_it_was_measured_of(self) -> None:
        figures = measure(LOG, Metric.FIRST_RESPONSE_TIME).figures
        assert people_behind(figures) == set(USERS)
        unmeasured = [attrs.evolve(one, value=None) for one in figures]
        assert people_behind(unmeasured) == set()
        assert people_behind(measure(LOG, Metric.CLOSED).figures) == set(USERS)


@pytest.mark.rule("R-04", "P-R8", "AMB-9")
class TestTeams:
    @pytest.mark.parametrize("form", GUARDED)
    def test_a_team_of_one_is_merged_and_nobody_has_a_rank(self, form: str) -> None:
        found = released("teams", form)
        board = {team.name: team.statistics for team in BUILT["teams"].leaders}
        assert "rank" not in found.columns
        assert [row["name"] for row in found.rows] == ["North", None]
        rest = board["South"].total + board["Solo"].total
        assert found.rows[1]["count"] == 12
        assert abs(found.rows[1]["mean"] - rest / 12) <= SECOND / 2
        assert abs(found.rows[0]["mean"] - board["North"].mean) <= SECOND / 2

    @pytest.mark.parametrize("form", ["page", "real"])
    def test_the_open_forms_show_all_and_real_names_rank(self, form: str) -> None:
        found = released("teams", form)
        assert {row["name"] for row in found.rows} == {"North", "South", "Solo"}
        assert ("rank" in found.columns) is (form == "real")

    def test_who_is_in_two_small_teams_counts_once_in_the_rest(self) -> None:
        events = [*desk(), member(USERS[10], "East")]
        board = leaderboard(log_of(*events), Metric.CLOSED, group_by=reports.GroupBy.TEAM)
        assert sum(team.statistics.count for team in board.leaders) == 26
        found = release(board, POLICIES["anonymous"])
        assert [(row["name"], row["count"]) for row in found.rows] == [("North", 12), (None, 12)]

    @pytest.mark.parametrize("form", GUARDED)
    def test_the_only_team_loses_a_name_that_says_who_is_in_it(self, form: str) -> None:
        events = [event for event in desk() if not isinstance(event, TeamMembership)]
        only = [member(user, f"of {USERS[0]}") for user in USERS]
        board = leaderboard(log_of(*events, *only), Metric.CLOSED, group_by=reports.GroupBy.TEAM)
        assert len(board.leaders) == 1
        (row,) = release(board, POLICIES[form]).rows
        assert (row["name"], row["count"]) == (None, 24)
        assert row["reasons"]["name"] is Undetermined.WITHHELD

    def test_a_count_has_no_mean_and_says_so(self) -> None:
        found = released("teams by count", "real")
        assert (found.rows[0]["mean"], found.rows[0]["count"]) == (None, 12)
        assert found.rows[0]["reasons"] == {"mean": Undetermined.NOTHING_MEASURED}

    def test_a_team_that_is_called_like_somebody_is_merged(self) -> None:
        events = [member(user, team) for user in USERS for team in ("All", f"of {USERS[0]}")]
        board = leaderboard(log_of(*desk(), *events), Metric.CLOSED, group_by=reports.GroupBy.TEAM)
        named = {row["name"] for row in release(board, POLICIES["anonymous"]).rows}
        assert "All" in named
        assert not any("usr-" in str(name) for name in named)


class TestHours:
    @pytest.mark.rule("R-01")
    @pytest.mark.parametrize("form", FORMS)
    def test_the_heatmap_is_the_same_at_every_level(self, form: str) -> None:
        found = released("heatmap", form)
        cells = {(cell.weekday, cell.hour): cell for cell in BUILT["heatmap"].cells}
        assert len(found) == 168
        for row in found.rows:
            cell = cells[row["weekday"], row["hour"]]
            assert (row["opened"], row["exposure"]) == (cell.opened, cell.exposure)
        assert found.audit().contributors == 12

    def test_whoever_opened_counts_too(self) -> None:
        events = [opened(NINE, f"TICKET-{n}", user_id=user) for n, user in enumerate(USERS[:5])]
        heatmap = opened_heatmap(log_of(*events))
        assert release(heatmap, POLICIES["anonymous"]).audit().contributors == 5
        with pytest.raises(WorklogError, match=r"at least k = 6 people in it: found 5"):
            release(heatmap, attrs.evolve(POLICIES["anonymous"], k=6))

    @pytest.mark.parametrize("form", GUARDED)
    def test_an_interval_of_few_people_shows_what_came_in_and_not_what_they_did(
        self, form: str
    ) -> None:
        found = released("volume", form)
        exact = {interval.start: interval for interval in BUILT["volume"].intervals}
        guarded = ("closed", "outgoing_messages", "workload")
        hidden = [row for row in found.rows if row["workload"] is None]
        assert {row["start"] for row in hidden}
        for row in found.rows:
            interval = exact[row["start"]]
            closers = {one.user_id for one in interval.figures if one.metric is Metric.CLOSED}
            writers = {
                one.user_id for one in interval.figures if one.metric is Metric.OUTGOING_MESSAGES
            }
            people = interval.workers | closers | writers
            assert (row["opened"], row["end"]) == (interval.opened, interval.end)
            assert row["incoming_messages"] == interval.incoming_messages
            if 0 < len(people) < 5:
                assert {row[name] for name in guarded} == {None}
                assert {row["reasons"][name] for name in guarded} == {Undetermined.WITHHELD}
            elif row["workload"] is not None:
                assert (row["closed"], row["outgoing_messages"]) == (
                    interval.closed,
                    interval.outgoing_messages,
                )

    def test_a_single_interval_of_few_takes_another_with_it(self) -> None:
        events: list[Any] = [opened(NINE, "TICKET-0")]
        for number, user in enumerate(USERS[:6]):
            at = NINE if number < 5 else NINE + HOUR
            events.append(answered(at, user, "TICKET-0"))
        events += [answered(NINE + 2 * HOUR, user, "TICKET-0") for user in USERS[:6]]
        found = release(volume_by_interval(log_of(*events), MARCH), POLICIES["anonymous"])
        hidden = {row["start"] for row in found.rows if row["outgoing_messages"] is None}
        assert hidden == {NINE, NINE + HOUR}
        counted = {one.field: one for one in found.audit().withheld}
        assert (counted["closed"].small, counted["closed"].complement) == (1, 1)

    def test_where_few_did_anything_nothing_of_it_is_shown(self) -> None:
        events: list[Any] = []
        for number, user in enumerate(USERS[:6]):
            ticket = f"TICKET-{number}"
            events += [opened(NINE, ticket), asked(NINE, ticket), assigned(NINE, user, ticket)]
        events += [closed(NINE + HOUR, USERS[0], "TICKET-0")]
        report = volume_by_interval(log_of(*events), MARCH)
        found = release(report, POLICIES["anonymous"])
        assert {row["closed"] for row in found.rows} == {None}
        assert sum(row["opened"] for row in found.rows) == 6

    @pytest.mark.parametrize("field", ["channel", "category"])
    def test_a_label_of_a_conversation_that_holds_an_id_is_withheld(self, field: str) -> None:
        label = f"ask {USERS[0]}"
        report = BUILT["closed conversations"]
        rows = [attrs.evolve(row, **{field: label}) for row in report.rows]
        found = release(attrs.evolve(report, rows=tuple(rows)), POLICIES["anonymous"])
        assert {row[field] for row in found.rows} == {None}

    def test_everybody_who_did_anything_in_an_interval_is_in_it(self) -> None:
        worked: list[Any] = []
        for number, user in enumerate(USERS[:5]):
            ticket = f"TICKET-{number}"
            worked += [opened(NINE, ticket), seen(NINE, NINE + MINUTE, user, ticket)]
            worked += [edited(NINE, by=user, ticket=ticket), closed(NINE + MINUTE, user, ticket)]
        only_opened = [
            agent_opened(NINE, f"TICKET-{number}", user_id=user)
            for number, user in enumerate(USERS[:5])
        ]
        given = [assigned(NINE, user, f"TICKET-{n}") for n, user in enumerate(USERS[:5])]
        for events in (worked, only_opened, only_opened + given):
            report = volume_by_interval(log_of(*events), MARCH)
            assert INTERVALS.everybody_in is not None
            assert INTERVALS.everybody_in(report) == {*USERS[:5]}

    def test_who_worked_and_closed_is_one_of_those_behind_an_interval(self) -> None:
        events: list[Any] = [seen(NINE, NINE + MINUTE, USERS[0], "TICKET-0")]
        events += [edited(NINE, by=USERS[0], ticket="TICKET-0")]
        for number, user in enumerate(USERS[:5]):
            ticket = f"TICKET-{number}"
            events += [opened(NINE, ticket), closed(NINE + MINUTE, user, ticket)]
        found = release(volume_by_interval(log_of(*events), MARCH), POLICIES["anonymous"])
        assert [row["closed"] for row in found.rows if row["start"] == NINE] == [5]

    @pytest.mark.rule("AMB-5c")
    def test_the_seconds_of_the_intervals_sum_to_the_work(self) -> None:
        found = released("volume", "real")
        whole = sum((row["workload"] for row in found.rows), timedelta())
        assert abs(whole - BUILT["volume"].workload) <= SECOND / 2
        assert whole > HOUR

    def test_who_has_no_share_of_an_interval_is_not_of_it(self) -> None:
        for interval in BUILT["volume"].intervals:
            assert bool(interval.workers) is bool(interval.workload)


class TestFigures:
    @pytest.mark.rule("P-R6")
    @pytest.mark.parametrize("form", FORMS)
    def test_buckets_stand_with_what_was_not_measured_behind_them(self, form: str) -> None:
        silent = [opened(NINE, "TICKET-a"), opened(NINE, "TICKET-b")]
        report = reports.first_response_breakdown(log_of(*desk(), *silent))
        found = release(report, POLICIES[form])
        buckets = [row for row in found.rows if row["at_least"] is not None]
        assert [
            (row["at_least"], row["below"], row["count"], row["percent"]) for row in buckets
        ] == [(b.at_least, b.below, b.count, b.percent) for b in report.buckets]
        (missing,) = (row for row in found.rows if row["at_least"] is None)
        assert missing["count"] == 2
        assert set(missing["reasons"].values()) == {Undetermined.NO_REPLY}

    def test_buckets_of_nothing_have_no_percentages(self) -> None:
        report = reports.first_response_breakdown(log_of())
        rows = release(report, POLICIES["anonymous"]).rows
        assert {row["reasons"].get("percent") for row in rows} == {Undetermined.NOTHING_MEASURED}

    @pytest.mark.parametrize("form", FORMS)
    def test_a_metric_of_few_people_is_withheld_in_a_period(self, form: str) -> None:
        before = [
            event
            for number, user in enumerate(USERS[:4])
            for event in (
                opened(NINE - 3 * DAY, f"TICKET-b{number}"),
                closed(NINE - 2 * DAY, user, f"TICKET-b{number}"),
            )
        ]
        metrics = [Metric.CLOSED, Metric.RESOLUTION_TIME, Metric.HOLD]
        report = compare_with_previous(log_of(*desk(), *before), MARCH, metrics=metrics)
        rows = {row["metric"]: row for row in release(report, POLICIES[form]).rows}
        closings, times, hold = (rows[metric] for metric in metrics)
        exact = {change.metric: change for change in report.changes}
        assert release(report, POLICIES[form]).audit().contributors == len(USERS)
        assert closings["now"] == exact[Metric.CLOSED].now.value
        assert times["now"] % SECOND == timedelta()
        assert hold["reasons"]["now"] is Undetermined.NOTHING_MEASURED
        if form in GUARDED:
            assert (closings["before"], times["before"]) == (None, None)
            assert closings["reasons"] == {"before": Undetermined.WITHHELD}
        else:
            assert (closings["before"], times["before"]) == (4, DAY)

    def test_a_metric_by_itself_tells_how_much_was_not_measured(self) -> None:
        found = release(measure(LOG, Metric.HOLD), POLICIES["anonymous"])
        (row,) = found.rows
        assert (row["count"], row["undetermined"], row["mean"]) == (0, 24, None)
        assert row["reasons"]["mean"] is Undetermined.NOTHING_MEASURED
        (row,) = released("metric", "anonymous").rows
        assert row["total"] >= row["most"] >= row["mean"] >= row["least"]
        assert "total" not in row["reasons"]
        assert found.time_zone is UTC

    def test_times_are_coarse_where_they_are_to_be_and_counts_are_counts(self) -> None:
        coarse = attrs.evolve(POLICIES["real"], coarsening=Coarsening(round_sla_seconds=3600))
        rows = {row["metric"]: row["now"] for row in release(BUILT["change"], coarse).rows}
        assert rows[Metric.RESOLUTION_TIME] % HOUR == timedelta()
        assert rows[Metric.OPENED] == 24


class TestPeople:
    @pytest.mark.rule("R-08", "E-28", "E-29", "E-30")
    @pytest.mark.parametrize("form", FORMS)
    def test_who_opened_goes_by_the_name_of_the_level(self, form: str) -> None:
        found = released("opened by user", form)
        known = [row for row in found.rows if row["name"] is not None]
        names = {row["name"] for row in known}
        assert names == (
            {"Anonymous"} if form == "anonymous" else set(POLICIES[form].names.values())
        )
        assert len(known) == 12
        (nobody,) = (row for row in found.rows if row["name"] is None)
        assert nobody["count"] == 12
        assert nobody["reasons"]["name"] is Undetermined.NOT_TOLD
        assert sum(row["percent"] for row in found.rows) == 100
        assert {row["user_id"] for row in known} == ({None} if form in GUARDED else set(USERS))

    def test_nobody_opened_anything(self) -> None:
        report = opened_by_user(log_of(opened(NINE, "TICKET-0")))
        (row,) = release(report, POLICIES["anonymous"]).rows
        assert (row["name"], row["count"]) == (None, 1)
        empty = attrs.evolve(report, shares=(attrs.evolve(report.shares[0], percent=None),))
        (row,) = release(empty, POLICIES["anonymous"]).rows
        assert row["reasons"]["percent"] is Undetermined.NOTHING_MEASURED

    @pytest.mark.parametrize("form", ["anonymous", "real"])
    def test_who_lies_far_from_the_others_is_one_of_all_who_were_compared(self, form: str) -> None:
        found = released(PEOPLE_APART, form)
        report = outgoing_anomalies(LOG)
        assert [row["count"] for row in found.rows] == sorted(
            int(a.value) for a in report.anomalies
        )
        assert all(row["is_high"] for row in found.rows)
        assert found.audit().contributors == 12
        assert [row["name"] for row in found.rows] == (
            ["Anonymous"] if form == "anonymous" else [STAFF[USERS[0]]]
        )
        with pytest.raises(WorklogError, match=r"at least k = 13 people in it: found 12"):
            released(PEOPLE_APART, "anonymous", k=13)

    @pytest.mark.parametrize("form", FORMS)
    def test_conversations_that_lie_far_from_the_others(self, form: str) -> None:
        found = released("outlying conversations", form)
        (row,) = found.rows
        assert (row["resolution_time"], row["is_high"]) == (20 * DAY + HOUR, True)
        assert row["case_id"] == (None if form in GUARDED else "TICKET-000")
        assert found.audit().contributors == 12

    @pytest.mark.rule("R-06")
    @pytest.mark.parametrize("form", FORMS)
    def test_closed_conversations(self, form: str) -> None:
        found = released("closed conversations", form)
        assert len(found) == 24
        days = {row["day"] for row in found.rows}
        assert days == ({None} if form == "anonymous" else {NINE.date(), (NINE + DAY).date()})
        begun = {row["started_at"] for row in found.rows}
        shown: dict[str, set[Any]] = {"anonymous": {None}, "strict": days}
        assert begun == shown.get(form, {NINE, NINE + DAY})
        assert ("summary" in found.columns) is (form not in GUARDED)
        assert {row["category"] for row in found.rows} == {"Bill"}
        channels = {row["channel"] for row in found.rows}
        assert channels == ({None} if form in GUARDED else {"mail", "fax"})
        flags = {row["flags"] for row in found.rows}
        assert flags == {(), (reports.ReviewFlag.LONG_RESOLUTION,)}
        people = {row["closed_by"] for row in found.rows}
        names = POLICIES[form].names.values()
        assert people == ({"Anonymous"} if form == "anonymous" else set(names))

    def test_a_conversation_counts_for_who_closed_it_else_for_who_had_it(self) -> None:
        events: list[Any] = []
        for number, user in enumerate(USERS[:5]):
            ticket = f"TICKET-{number}"
            events += [opened(NINE, ticket), assigned(NINE, user, ticket)]
            events.append(closed(NINE + HOUR, USERS[5] if number else None, ticket))
        report = conversation_list(log_of(*events))
        found = release(report, attrs.evolve(POLICIES["anonymous"], k=2))
        assert found.audit().contributors == 2
        row = found.rows[-1]
        assert row["reasons"]["first_response_time"] is Undetermined.NOTHING_MEASURED
        assert row["reasons"]["channel"] is Undetermined.NOT_TOLD
        assert found.rows[0]["flags"] == ()

    def test_flags_put_rows_that_are_alike_in_an_order(self) -> None:
        rows = BUILT["closed conversations"].rows
        alike = [
            attrs.evolve(rows[0], case_id=f"TICKET-{n}", flags=flags)
            for n, flags in enumerate(
                [(reports.ReviewFlag.MANY_MESSAGES,), (reports.ReviewFlag.LONG_RESOLUTION,), ()]
            )
        ]
        report = attrs.evolve(BUILT["closed conversations"], rows=(*rows, *alike))
        there = release(report, POLICIES["anonymous"])
        back = release(attrs.evolve(report, rows=report.rows[::-1]), POLICIES["anonymous"])
        assert there.rows == back.rows

    @pytest.mark.parametrize(
        "name", sorted(set(REPORTS) - {"heatmap", "volume", "worklog", "messages", "contacts"})
    )
    def test_fewer_than_k_people_in_all_are_refused(self, name: str) -> None:
        for form in GUARDED:
            if name == PEOPLE_APART and form == "strict":
                continue
            with pytest.raises(WorklogError, match=r"^a release must have at least k = 13 people"):
                released(name, form, k=13)

    @pytest.mark.parametrize("name", ["heatmap", "volume", "worklog", "messages", "contacts"])
    def test_of_all_other_results_too(self, name: str) -> None:
        with pytest.raises(WorklogError, match=r"Take a longer period or more teams"):
            released(name, "anonymous", k=13)


class TestItsAccount:
    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("name", ["heatmap", "teams", "change", "metric"])
    def test_what_names_nobody_is_not_said_to_name_somebody(self, name: str, form: str) -> None:
        warnings = " ".join(released(name, form).audit().warnings)
        for wrong in ("Real names", "Pseudonyms", "user's id", "holds the tickets"):
            assert wrong not in warnings
        assert ("Groups of 5 people and more are a minimum." in warnings) is (form in GUARDED)
        assert ("Small groups are shown" in warnings) is (form not in GUARDED)
        assert "two levels of the same period" in warnings
        coarse = released(name, form, coarsening=Coarsening()).audit().warnings
        assert sum("rounded one by one" in one for one in coarse) == 1
        assert "rounded one by one" not in warnings

    def test_what_names_somebody_is(self) -> None:
        assert "Real names" in " ".join(released("opened by user", "real").audit().warnings)

    def test_figures_are_no_groups_that_are_all_alike(self) -> None:
        assert released("volume", "anonymous", k=2).audit().uniform == ()

    def test_what_was_alone_before_is_counted_before_it_is_merged(self) -> None:
        audit = released("incoming by channel", "anonymous").audit()
        assert (audit.rows, audit.unique_before, audit.unique_after) == (1, 2, 1)


people_of_figures = st.lists(st.frozensets(st.sampled_from("abcdefgh")), max_size=6)


@pytest.mark.rule("AMB-9")
@settings(max_examples=300)
@given(people=people_of_figures, k=st.integers(2, 5), data=st.data())
def test_what_is_withheld_is_never_found_by_subtraction(
    people: list[frozenset[str]], k: int, data: st.DataObject
) -> None:
    barred = data.draw(st.lists(st.booleans(), min_size=len(people), max_size=len(people)))
    hidden, counted = judge_figures("x", people, k=k, are_parts=True, is_identifying=barred)
    everybody = frozenset[str]().union(*people)
    apart = [own for own, is_hidden in zip(people, hidden, strict=True) if is_hidden and own]
    shown = [own for own, is_hidden in zip(people, hidden, strict=True) if not is_hidden]
    assert counted.rows == sum(hidden)
    assert all(len(own) >= k or not own for own in shown)
    assert all(is_hidden for is_hidden, is_barred in zip(hidden, barred, strict=True) if is_barred)
    if 0 < len(everybody) < k:
        assert all(hidden)
    elif any(0 < len(own) < k for own in people):
        assert len(apart) > 1
        assert len(frozenset[str]().union(*apart)) >= k
    else:
        assert len(apart) <= sum(barred) + 1
    assert counted.identifying == sum(barred)
    assert counted.small == sum(
        0 < len(own) < k and not is_barred for own, is_barred in zip(people, barred, strict=True)
    )


@settings(max_examples=200)
@given(people=people_of_figures, k=st.integers(2, 5))
def test_figures_that_do_not_sum_are_judged_one_by_one(
    people: list[frozenset[str]], k: int
) -> None:
    hidden, counted = judge_figures(
        "x", people, k=k, are_parts=False, is_identifying=[False] * len(people)
    )
    assert hidden == tuple(0 < len(own) < k for own in people)
    assert (counted.field, counted.complement, counted.identifying) == ("x", 0, 0)


class TestPictures:
    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("name", REPORTS)
    def test_each_can_be_rendered(self, name: str, form: str) -> None:
        if name == PEOPLE_APART and form in {"strict", "page"}:
            return
        found = released(name, form)
        chart = drawn(found)
        if chart is None:
            assert found.kind not in DRAWN or found.kind.startswith("leaderboard")
            return
        assert vl_convert.vegalite_to_png(chart.to_json()).startswith(b"\x89PNG")
