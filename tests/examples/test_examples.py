"""The examples, run as a reader runs them: in a process of their own, from another folder."""

import gzip
import json
import os
import re
import runpy
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import worklog_core
from worklog_core import History, ScreenSession, WorklogRules, build_worklog

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ONE_DAY = EXAMPLES / "one_day.py"
HELPDESK_LOG = EXAMPLES / "helpdesk_log.py"
REPORTS = EXAMPLES / "reports.py"

COLUMNS = "Case ID,Activity,Resource,Complete Timestamp"
# Ann has a ticket for ten minutes beside another for five; Bob closes what lies on her desk.
SMALL_LOG = f"""\
{COLUMNS}
Case 1,Take in charge ticket,Ann,2013-04-12 10:00:00
Case 2,Take in charge ticket,Ann,2013-04-12 10:05:00
Case 1,Resolve ticket,Ann,2013-04-12 10:10:00
Case 1,Resolve ticket,Ann,2013-04-12 10:10:00
Case 2,Require upgrade,Ann,2013-04-12 10:10:00
Case 2,Closed,Bob,2013-04-12 11:00:00
Case 3,Take in charge ticket,Ann,2013-04-12 12:00:00
"""


def run(*arguments: object, within: Path) -> subprocess.CompletedProcess[str]:
    """Run this Python on a script from some folder, with warnings as errors."""
    source = Path(worklog_core.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-W", "error", *map(str, arguments)],
        cwd=within,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def one_day(tmp_path_factory: pytest.TempPathFactory) -> str:
    done = run(ONE_DAY, within=tmp_path_factory.mktemp("elsewhere"))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def real_log(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = run(HELPDESK_LOG, shared / "data" / "helpdesk_log.csv.gz", within=elsewhere)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


class TestOneDay:
    @pytest.mark.rule("E-08", "E-10")
    def test_of_three_who_had_a_ticket_on_screen_two_have_rows_of_8_5_minutes(
        self, one_day: str
    ) -> None:
        _, _, classic = one_day.partition("Another day, one ticket")
        rows = [line.split() for line in classic.splitlines() if "Action" in line]
        assert [(row[0], row[4]) for row in rows] == [("U1", "0:15:00"), ("U3", "0:02:00")]
        assert "U2: no row, only 0:20:00 of looking" in classic
        assert "(0:15:00 + 0:02:00) / 2 = 0:08:30, 8.5 minutes" in classic

    def test_the_ledger_sums_to_what_was_on_screen(self, one_day: str) -> None:
        assert "Aylin: the ledger sums to 0:53:00, on screen was 0:53:00: equal" in one_day
        assert "Ben: the ledger sums to 0:08:00, on screen was 0:08:00: equal" in one_day
        for label in (
            "counted       0:48:00",
            "not_counting  0:05:00",
            "view_only     0:06:00",
            "excluded      0:02:00",
        ):
            assert label in one_day

    @pytest.mark.rule("E-14")
    def test_ten_minutes_beside_two_others_are_a_third(self, one_day: str) -> None:
        assert "11:10-11:20  open beside 2 others: a third, 0:03:20" in one_day

    @pytest.mark.rule("E-11", "E-54")
    def test_a_reply_at_noon_begins_another_row(self, one_day: str) -> None:
        invoice = [line.split() for line in one_day.splitlines() if "writeAction" in line]
        assert [(row[1], row[5], row[8]) for row in invoice] == [
            ("11:18", "0:10:20", "no_customer_message"),
            ("12:26", "0:08:00", "mail-7"),
        ]

    def test_what_else_a_row_says_is_that_of_a_calculation_by_hand(self, one_day: str) -> None:
        _, _, rest = one_day.partition("What else the rows say")
        table, _, _ = rest.partition("Which closings held")
        cells = [re.split(r"  +", line.rstrip()) for line in table.splitlines()[3:] if line]
        assert {name: facts[:4] for name, *facts in cells} == {
            "teams": ["none", "Billing", "Billing", "Billing"],
            "topic": ["(not_told)", "Invoice", "(not_told)", "(not_told)"],
            "channel": ["email", "email", "portal", "letter"],
            "tags": ["none", "VIP, billing", "none", "refund"],
            "tags recognised": ["(nothing_detected)", "no", "(nothing_detected)", "yes"],
            "AI level": ["5 autonomous", "2 base agent", "0 none", "0 none"],
            "AI agents": ["meter bot", "base", "none", "none"],
            "share of the draft": [
                "(base_agent_not_used)",
                "0.9206, 5 of 63 changed",  # "else " was put in
                "(base_agent_not_used)",
                "(base_agent_not_used)",
            ],
            "skipped before": ["no", "no", "no", "yes"],
            # 8 h of the day, 2 h from the opening bell, 8 h over night, 4 h over the weekend.
            "due": ["02 Mar 17:00", "02 Mar 11:00", "03 Mar 10:50", "02 Mar 11:00"],
            "served": ["02 Mar 08:30", "02 Mar 11:18", "(no_closing_event)", "02 Mar 11:50"],
            "late by, open hours": ["-8:00:00", "0:18:00", "(no_closing_event)", "0:50:00"],
            "waited for": ["(not_told)", "(not_told)", "photo of the label", "(not_told)"],
            "waited": ["(not_told)", "(not_told)", "2:32:00", "(not_told)"],
        }

    @pytest.mark.rule("E-22", "AMB-7", "AMB-11")
    def test_one_closing_of_four_was_reopened_and_one_offer_of_three_skipped(
        self, one_day: str
    ) -> None:
        assert "#101 invoice, closed 11:18: reopened 12:00 by the customer" in one_day
        assert "First-contact resolution: 3 of 4 closings held, 3/4" in one_day
        assert "Aylin skipped 1 of 3 offers, 1/3" in one_day

    @pytest.mark.rule("AMB-15")
    def test_a_missing_time_says_why(self, one_day: str) -> None:
        assert "No time for AI agent on #104 meter: dark_processing" in one_day


class TestTheRealLog:
    def test_every_line_is_read(self, real_log: str) -> None:
        assert "20,937 lines, 125 of them repeat another; 4,479 tickets" in real_log

    def test_the_labels_sum_to_the_union_of_what_lay_on_desks(self, real_log: str) -> None:
        sums = dict(line.rsplit("  ", 1) for line in real_log.splitlines() if " days, " in line)
        of = {name.strip(): value.strip() for name, value in sums.items()}
        assert of["all labels"] == of["on desks, by intervals"] == "6271 days, 9:26:36"
        assert of["counted"] == of["all handling times"] == "303 days, 16:45:54.376376"
        assert of["view_only"] == "5967 days, 16:40:41.623624"

    def test_rows_without_a_time_are_counted_apart(self, real_log: str) -> None:
        assert "All agents: 1:58:27 on average over 3,692 rows." in real_log
        assert "Without a time, in no average: 6,617 rows, no_session." in real_log
        assert "Equal for each of 21 agents with a desk, and for each of 10,309 rows" in real_log


class TestASmallLog:
    def test_it_may_be_plain_or_packed(self, tmp_path: Path) -> None:
        plain, packed = tmp_path / "log.csv", tmp_path / "log.csv.gz"
        plain.write_text(SMALL_LOG, encoding="utf-8")
        packed.write_bytes(gzip.compress(SMALL_LOG.encode()))
        outputs = [run(HELPDESK_LOG, path.name, within=tmp_path) for path in (plain, packed)]
        assert [(done.returncode, done.stderr) for done in outputs] == [(0, "")] * 2
        assert outputs[0].stdout == outputs[1].stdout

    def test_its_figures_are_those_of_a_calculation_by_hand(self, tmp_path: Path) -> None:
        (tmp_path / "log.csv").write_text(SMALL_LOG, encoding="utf-8")
        output = run(HELPDESK_LOG, "log.csv", within=tmp_path).stdout
        agents = [line.split() for line in output.splitlines() if line[:4] in {"Ann ", "Bob "}]
        assert [agent[:4] for agent in agents] == [
            ["Ann", "1", "1", "0:07:30"],
            ["Bob", "1", "0", "-"],
        ]
        assert "7 lines, 1 of them repeat another; 3 tickets" in output
        assert "Without a time, in no average: 1 rows, no_session." in output


class TestBadUsage:
    def test_without_an_argument_it_says_how_to_call_it(self, tmp_path: Path) -> None:
        done = run(HELPDESK_LOG, within=tmp_path)
        assert done.returncode == 2
        assert "usage: helpdesk_log.py" in done.stderr
        assert "path" in done.stderr.splitlines()[-1]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("ticket,agent\n1,Ann\n", "no column Case ID, Activity, Resource, Complete Timestamp"),
            ("", "no column Case ID, Activity, Resource, Complete Timestamp: found nothing"),
            (f"{COLUMNS}\n", "no events"),
            (f"{COLUMNS}\nCase 1,Closed,,2013-04-12 10:00:00\n", "line 2 lacks a value"),
            (f"{COLUMNS}\nCase 1,Closed,Ann\n", "line 2 lacks a value"),
            (
                f"{COLUMNS}\nCase 1,Closed,Ann,noon\n",
                "line 2 holds no time such as 2013-04-12 10:25:17: noon",
            ),
            (
                f"{COLUMNS}\nCase 1,Closed,Ann,2013-03-31 02:30:00\n",
                "clocks of Europe/Rome skipped",
            ),
            (f"{COLUMNS}\nCase 1,Closed,Ann,0001-01-01 00:00:00\n", "line 2 holds no time"),
        ],
    )
    def test_a_log_that_is_none_is_refused_in_a_line(
        self, tmp_path: Path, content: str, said: str
    ) -> None:
        (tmp_path / "log.csv").write_text(content, encoding="utf-8")
        done = run(HELPDESK_LOG, "log.csv", within=tmp_path)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("log.csv: ")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1

    @pytest.mark.parametrize(
        "content",
        [None, b"not packed", gzip.compress(b"cut off")[:-9]],
        ids=["missing", "not packed", "cut off"],
    )
    def test_a_file_that_cannot_be_read_is_refused_in_a_line(
        self, tmp_path: Path, content: bytes | None
    ) -> None:
        if content is not None:
            (tmp_path / "log.csv.gz").write_bytes(content)
        done = run(HELPDESK_LOG, "log.csv.gz", within=tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith("log.csv.gz: cannot be read: ")
        assert len(done.stderr.splitlines()) == 1

    def test_without_tqdm_it_says_what_to_install(self, tmp_path: Path) -> None:
        script = (
            "import runpy, sys; sys.modules['tqdm'] = None; "
            f"runpy.run_path({str(HELPDESK_LOG)!r}, run_name='__main__')"
        )
        done = run("-c", script, within=tmp_path)
        assert done.returncode == 1
        assert done.stderr.endswith("pip install -e '.[examples]'\n")
        assert len(done.stderr.splitlines()) == 1


def test_a_ledger_that_does_not_sum_is_named() -> None:
    session = ScreenSession(
        user_id="Ann",
        ticket_id="Case 1",
        start=datetime(2013, 4, 12, 8, tzinfo=UTC),
        end=datetime(2013, 4, 12, 9, tzinfo=UTC),
    )
    worklog = build_worklog(History(sessions=[session]), WorklogRules(time_zone=UTC))
    what_does_not_sum = runpy.run_path(str(HELPDESK_LOG))["what_does_not_sum"]
    assert not list(what_does_not_sum(worklog, {"Ann": timedelta(hours=1)}))
    assert list(what_does_not_sum(worklog, {"Bob": timedelta(microseconds=1)})) == [
        "Ann: on the desk was 0:00:00, the lines sum to 1:00:00",
        "Bob: on the desk was 0:00:00.000001, the lines sum to 0:00:00",
    ]


@pytest.mark.rule("P-E4", "AMB-17")
def test_a_day_told_by_pings_makes_the_same_rows(one_day: str) -> None:
    assert "201 pings make the same 5 rows." in one_day


class TestReports:
    def test_a_small_log_is_reported_on(self, tmp_path: Path) -> None:
        (tmp_path / "log.csv").write_text(SMALL_LOG, encoding="utf-8")
        done = run(REPORTS, "log.csv", within=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "<CaseLog: 3 cases, 0 responses, 1 messages>" in done.stdout
        assert "First response time in buckets, 2013-04-01 to 2013-04-30" in done.stdout
        assert "1 closed, 0 to review" in done.stdout
        other = run(REPORTS, "log.csv", 2013, 5, within=tmp_path)
        assert "0 closed, 0 to review" in other.stdout

    def test_the_real_log_sums(self, shared: Path, tmp_path: Path) -> None:
        done = run(REPORTS, shared / "data" / "helpdesk_log.csv.gz", within=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "<CaseLog: 4479 cases, 0 responses, 4794 messages>" in done.stdout

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (None, "cannot be read"),
            ("Case ID\n1\n", "cannot be read: 'Complete Timestamp'"),
            (f"{COLUMNS}\n", "no events"),
            (f"{COLUMNS}\n1,2,3,noon\n", "noon"),
        ],
    )
    def test_a_log_that_is_none_is_refused_in_a_line(
        self, tmp_path: Path, content: str | None, said: str
    ) -> None:
        if content is not None:
            (tmp_path / "log.csv").write_text(content, encoding="utf-8")
        done = run(REPORTS, "log.csv", within=tmp_path)
        assert done.returncode == 1
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1

    def test_a_year_alone_is_no_month(self, tmp_path: Path) -> None:
        done = run(REPORTS, "log.csv", 2013, within=tmp_path)
        assert done.returncode == 2
        assert "give a year and a month, or neither" in done.stderr

    def test_the_pictures_are_written_to_the_folder_that_is_given(
        self, tmp_path: Path, shared: Path
    ) -> None:
        log, folder = shared / "data" / "helpdesk_log.csv.gz", tmp_path / "pictures"
        done = run(REPORTS, log, "2013", "3", "--charts", folder, within=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        written = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.iterdir()}
        assert set(written) == {
            "first-response",
            "leaderboard",
            "opened",
            "outgoing",
            "resolution",
            "trend",
        }
        for chart in written.values():
            assert chart["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
            assert chart["description"] in done.stdout


def test_a_month_in_frames_sums_for_each_user(tmp_path: Path) -> None:
    done = run(EXAMPLES / "month_in_frames.py", "2000", within=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2,000 sessions, 1,311 rows" in done.stdout
    assert "the ledger of each of 4 users sums to what was on screen" in done.stdout
