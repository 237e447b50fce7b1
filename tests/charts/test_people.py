"""Pictures of people: an account and a leaderboard, of releases and of nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import vl_convert

from charts.pictures import values
from office import edited, seen, status, worked
from worklog_core import (
    Direction,
    Event,
    FieldPolicy,
    History,
    MessageSent,
    Metric,
    PrivacyLevel,
    PrivacyPolicy,
    Release,
    SenderKind,
    TicketOpened,
    WorklogError,
    WorklogRules,
    account,
    build_case_log,
    charts,
    leaderboard,
    release,
)

NAMES = {"U1": "Meike Mustermann", "U2": "Jan Jansen"}
NAMED = PrivacyPolicy(PrivacyLevel.REAL, names=NAMES)
PAGE = PrivacyPolicy(
    PrivacyLevel.PSEUDONYMOUS,
    names={"U1": "Hungry Raspberry", "U2": "Quiet Walnut"},
    fields=FieldPolicy.PAGE,
)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def told(policy: PrivacyPolicy = NAMED, *, counting: bool = True) -> Release:
    worklog = worked(
        *([] if counting else [status("U1", "8:00", "Pause")]),
        seen("U1", "T1", "9:00", "9:20"),
        seen("U1", "T2", "9:10", "9:30"),
        edited("U1", "T1", "9:18"),
        status("U1", "9:19", "Pause"),
    )
    return release(account(worklog, worklog.rows[0]), policy)


class TestTheAccount:
    def test_a_part_is_as_wide_as_it_lasted_and_as_high_as_its_share(self) -> None:
        parts = values(charts.account(told()))
        assert [(p["start"][11:16], p["end"][11:16], p["share"], p["what"]) for p in parts] == [
            ("09:00", "09:10", 1.0, "this row"),
            ("09:10", "09:18", 0.5, "this row"),
            ("09:18", "09:19", 0.5, "this row"),
            ("09:19", "09:20", 0.5, "not_counting"),
        ]
        assert [p["open beside it"] for p in parts] == ["nothing", "T2", "T2", "T2"]

    def test_what_did_not_count_bears_the_colour_of_its_label(self) -> None:
        scale = charts.account(told()).to_dict()["encoding"]["color"]["scale"]
        assert scale["domain"] == ["this row", "not_counting"]
        assert scale["range"] == ["#0072B2", "#E69F00"]
        nothing = charts.account(told(counting=False)).to_dict()["encoding"]["color"]["scale"]
        assert nothing["domain"] == ["not_counting"]

    def test_it_is_under_the_name_of_the_release(self) -> None:
        chart = charts.account(told(PAGE)).to_dict()
        assert chart["title"]["text"] == "Hungry Raspberry, T1, 2026-03-02"
        assert "U1" not in str(chart)
        assert "3 of which count" in chart["description"]

    def test_one_persons_account_is_no_group(self) -> None:
        with pytest.raises(WorklogError, match=r"at least k = 5 people"):
            told(PrivacyPolicy(PrivacyLevel.ANONYMOUS))

    def test_it_can_be_rendered(self) -> None:
        png = vl_convert.vegalite_to_png(charts.account(told()).to_json())
        assert png.startswith(b"\x89PNG")


def events() -> Iterator[Event]:
    for number, (user, minutes) in enumerate([("U1", 3), ("U2", 9), ("U2", 11)]):
        ticket, opened = f"T{number}", NINE + timedelta(hours=number)
        yield TicketOpened(ticket, opened)
        yield MessageSent(ticket, opened, "in", direction=Direction.IN, sender=SenderKind.CUSTOMER)
        yield MessageSent(
            ticket,
            opened + timedelta(minutes=minutes),
            "out",
            direction=Direction.OUT,
            sender=SenderKind.HUMAN,
            sender_id=user,
        )


LOG = build_case_log(History.of(events()), WorklogRules(time_zone=UTC))


@pytest.mark.rule("R-04", "P-R8")
class TestTheLeaderboard:
    def test_the_best_stands_on_top_with_the_mean_in_minutes(self) -> None:
        ranked = release(leaderboard(LOG, Metric.FIRST_RESPONSE_TIME), NAMED)
        chart = charts.leaderboard(ranked, title="First response, March")
        assert values(chart) == [
            {"name": "1. Meike Mustermann", "value": 3.0, "said": "0:03:00"},
            {"name": "2. Jan Jansen", "value": 10.0, "said": "0:10:00"},
        ]
        assert chart.to_dict()["title"]["text"] == "First response, March"
        assert "1. Meike Mustermann: 0:03:00" in chart.to_dict()["description"]
        assert vl_convert.vegalite_to_png(chart.to_json()).startswith(b"\x89PNG")

    def test_a_count_is_a_count(self) -> None:
        ranked = release(leaderboard(LOG, Metric.OUTGOING_MESSAGES), NAMED)
        chart = charts.leaderboard(ranked, title="Messages")
        assert [(row["name"], row["value"]) for row in values(chart)] == [
            ("1. Jan Jansen", 2),
            ("2. Meike Mustermann", 1),
        ]

    def test_nobody_is_ranked_under_a_pseudonym(self) -> None:
        pseudonymous = release(leaderboard(LOG, Metric.FIRST_RESPONSE_TIME), PAGE)
        with pytest.raises(WorklogError, match=r"^release must be one that may rank persons"):
            charts.leaderboard(pseudonymous, title="First response")

    def test_it_takes_a_release(self) -> None:
        with pytest.raises(WorklogError, match=r"of a leaderboard or a .* teams: found no release"):
            charts.leaderboard(LOG, title="First response")  # type: ignore[arg-type]  # on purpose
