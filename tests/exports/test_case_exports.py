"""The exports of cases and messages: klink's table and API, respond.io's files and variables."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk import (
    HOUR,
    MINUTE,
    answered,
    asked,
    assigned,
    at,
    closed,
    edited,
    log_of,
    noted,
    opened,
    pended,
    said,
    seen,
    turned,
)
from worklog_core import (
    ArrayStyle,
    ContactEnded,
    ContactLabelled,
    CsatReceived,
    DecimalMark,
    Direction,
    DurationStyle,
    History,
    HoldEnded,
    HoldStarted,
    OpenedBy,
    PrivacyLevel,
    PrivacyPolicy,
    RangeError,
    RecordingStored,
    Release,
    SenderKind,
    SentimentScored,
    SlaDueSet,
    SlaStatus,
    StatusCause,
    TagsDetected,
    TeamMembership,
    TicketClosed,
    TicketStatus,
    WorklogError,
    WorklogRules,
    WrapUpFinished,
    build_worklog,
    contact_log,
    exports,
    message_log,
    release,
)
from worklog_core.exports import klink, respondio

SECOND = timedelta(seconds=1)
BERLIN = ZoneInfo("Europe/Berlin")
NAMES = {"U1": "Ada", "U2": "Ben", "U3": "Cem", "U4": "Dee", "U5": "Eve"}
REAL = PrivacyPolicy(PrivacyLevel.REAL, names=NAMES)
RULES = WorklogRules(time_zone=BERLIN)

# The public sample: 08:30:00 to 09:15:20, hold 45, wrap-up 180, first response 120 (P-K2).
START, END = at(8, 30), at(9, 15, 20)
SAMPLE: list[Any] = [
    opened(START, contact_id="K1", channel="phone", queue="Q1", is_hold_capable=True),
    assigned(START, "U1", team="A"),
    *(asked(START), answered(START + 120 * SECOND)),
    *(seen(START, END + 45 * SECOND), edited(START + 60 * SECOND)),
    *(HoldStarted("T1", at(8, 40)), HoldEnded("T1", at(8, 40, 45))),
    *(ContactEnded("T1", END), WrapUpFinished("T1", END + 180 * SECOND, form_id="F1")),
    closed(START + 2905 * SECOND),
    TicketClosed(
        "T1", START + 2905 * SECOND, disposition="Resolved", note="=SUM(A1)", summary="-1"
    ),
    ContactLabelled("K1", START, ["VIP"]),
    *(TagsDetected("T1", START, ["bill"]), RecordingStored("T1", END, "recordings/1")),
    *(SentimentScored("T1", END, Fraction(1, 4)), CsatReceived("T1", END, Fraction(4))),
    SlaDueSet("T1", START, END + HOUR),
    TeamMembership("U1", "A", at(0)),
    TeamMembership("U1", "B", at(0)),
]


def released(*events: Any, policy: PrivacyPolicy = REAL, **more: Any) -> Release:
    return release(log_of(*events, **({"rules": RULES} | more)), policy)


def through_csv(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return list(csv.DictReader(io.StringIO(text.getvalue())))


class TestKlink:
    @pytest.mark.rule(
        "K-02",
        "K-03",
        "K-04",
        "K-05",
        "K-06",
        "K-07",
        "K-08",
        "K-09",
        "K-10",
        "K-11",
        "K-12",
        "K-13",
        "K-14",
        "K-15",
        "K-16",
        "K-17",
        "K-18",
        "K-19",
        "K-20",
        "K-21",
        "K-22",
    )
    def test_the_table_has_the_columns_of_the_page(self) -> None:
        (row,) = klink.rows(released(*SAMPLE))
        assert row == {
            "Case ID": "T1",
            "Contact": "K1",
            "Contact Label": ["VIP"],
            "Channel": "phone",
            "Queue": "Q1",
            "First Assignee": "Ada",
            "Current Assignee": "Ada",
            "Closed By": "Ada",
            "Direction": "Inbound",
            "Start Date / Time": "2026-03-02 09:30:00",
            "Handled Time": 2720,
            "First Response Time": 120,
            "Resolution Time": 2905,
            "Wrap-up Duration": 180,
            "Recording": ["recordings/1"],
            "Disposition": "Resolved",
            "Tags": ["bill"],
            "Note": "'=SUM(A1)",
            "Sentiment Score": 0.25,
            "CSAT Score": 4,
            "SLA": "Meet",
        }

    @pytest.mark.rule("P-K1", "P-K2")
    def test_the_api_has_the_fields_of_its_samples(self) -> None:
        (row,) = klink.api(released(*SAMPLE))
        assert row == {
            "caseId": "T1",
            "entityName": None,
            "channel": "phone",
            "queueId": "Q1",
            "queueName": "Q1",
            "agentId": "U1",
            "direction": "inbound",
            "startedDate": "2026-03-02T08:30:00Z",
            "closedAt": "2026-03-02T09:18:25Z",
            "handledTime": 2720,
            "totalHoldDuration": 45,
            "firstResponseTime": 120,
            "disposition": "Resolved",
            "contactLabel": ["VIP"],
            "wrapUpFormId": "F1",
            "wrapUpDuration": 180,
            "slaStatus": "meet",
            "firstAssigneeId": "U1",
            "closedAssigneeId": "U1",
            "fullHandledTime": 2765,
            "resolutionTime": 2905,
            "fullResolutionTime": 3085,
            "firstRepliedTime": None,
            "cxIntelligenceStatus": None,
        }

    @pytest.mark.rule("P-K1")
    def test_what_is_not_known_is_null(self) -> None:
        (row,) = klink.api(released(opened(at(9), direction=Direction.INTERNAL)))
        empty = ("handledTime", "firstResponseTime", "wrapUpDuration", "slaStatus", "direction")
        assert [row[name] for name in (*empty, "resolutionTime", "totalHoldDuration")] == [None] * 7

    def test_what_the_api_says_reads_back(self) -> None:
        rows = klink.api(released(*SAMPLE))
        (value,) = klink.read_api(json.loads(json.dumps(rows)))
        assert value["startedDate"] == START
        assert value["handledTime"] == 2720 * SECOND
        assert value["contactLabel"] == ("VIP",)
        assert value["slaStatus"] is SlaStatus.MEET
        assert value["direction"] is Direction.IN
        assert value["entityName"] is None

    def test_styles(self) -> None:
        (row,) = klink.rows(
            released(*SAMPLE),
            arrays=ArrayStyle.JSON,
            durations=DurationStyle.CLOCK,
            decimals=DecimalMark.COMMA,
        )
        assert (row["Handled Time"], row["Sentiment Score"]) == ("0:45:20", "0,25")
        (value,) = klink.read(through_csv([row]))
        assert (value["Handled Time"], value["CSAT Score"]) == (2720 * SECOND, Fraction(4))
        assert (value["Sentiment Score"], value["Tags"]) == (Fraction(1, 4), ("bill",))
        assert (value["Note"], value["Direction"]) == ("=SUM(A1)", Direction.IN)

    def test_the_guarded_forms_show_days_and_no_ids(self) -> None:
        events: list[Any] = []
        for n in range(1, 6):
            events += [opened(at(9), f"T{n}"), closed(at(10), f"U{n}", f"T{n}")]
        pseudonyms = {user: f"Calm Heron {n}" for n, user in enumerate(NAMES)}
        strict = PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=pseudonyms)
        found = released(*events, policy=strict)
        rows = klink.rows(found)
        assert {row["Closed By"] for row in rows} == set(pseudonyms.values())
        assert {row["Start Date / Time"] for row in rows} == {"2026-03-02"}
        api = klink.api(found)
        assert {row["startedDate"] for row in api} == {"2026-03-02"}
        assert {row["caseId"] for row in api} == {None}
        assert klink.read_api(api)[0]["startedDate"] == date(2026, 3, 2)
        trigger = respondio.closed_variables(found)
        assert {row["conversation.openedTime"] for row in trigger} == {"2026-03-02"}
        conversations = respondio.conversations(found)
        assert {row["DateTime Conversation Started"] for row in conversations} == {"02/03/2026"}
        (first, *_) = respondio.read_conversations(conversations)
        assert first["DateTime Conversation Started"] == date(2026, 3, 2)
        anonymous = released(*events, policy=PrivacyPolicy(PrivacyLevel.ANONYMOUS))
        assert {row["Closed By"] for row in klink.rows(anonymous)} == {"Anonymous"}

    @pytest.mark.parametrize(
        "row",
        [{"handledTime": "soon"}, {"slaStatus": "maybe"}, {"startedDate": 7}, {"channel": 7}],
    )
    def test_what_is_no_value_is_refused_without_showing_it(self, row: dict[str, Any]) -> None:
        (name,) = row
        with pytest.raises(WorklogError, match=rf"found none in {name} of row 1") as caught:
            klink.read_api([row])
        assert str(row[name]) not in str(caught.value).replace("row 1", "")

    def test_a_column_of_the_hosts_own_is_refused(self) -> None:
        with pytest.raises(WorklogError, match=r"^row 2 must have columns of the export"):
            klink.read_api([{"caseId": "C1"}, {"secret": "C1"}])


class TestPresence:
    ROWS = (
        ("2026-03-02T12:00:00Z", "available"),
        ("2026-03-02T09:00:00+00:00", "offline"),
        ("2026-03-02T14:00:00+01:00", "break"),
    )

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"createdAt": at, "previousPresenceStatus": {"systemName": name}}
            for at, name in self.ROWS
        ]

    @pytest.mark.rule("P-K4")
    def test_a_status_began_where_the_one_before_it_ended(self) -> None:
        changes = klink.read_presence(self.rows(), user_id="U1")
        assert [(c.user_id, c.at, c.status) for c in changes] == [
            ("U1", at(9), "available"),
            ("U1", at(12), "break"),
        ]
        with_now = klink.read_presence(self.rows(), user_id="U1", current="available")
        assert with_now[:2] == changes
        assert (with_now[2].at, with_now[2].status) == (at(13), "available")
        assert klink.read_presence([], user_id="U1", current="available") == ()

    @pytest.mark.parametrize(
        "row",
        [
            {},
            {"createdAt": "2026-03-02T09:00:00", "previousPresenceStatus": {"systemName": "x"}},
            {"createdAt": "soon", "previousPresenceStatus": {"systemName": "x"}},
            {"createdAt": "2026-03-02T09:00:00Z", "previousPresenceStatus": "x"},
            {"createdAt": "2026-03-02T09:00:00Z", "previousPresenceStatus": {"systemName": ""}},
        ],
    )
    def test_a_row_that_does_not_tell_is_refused(self, row: dict[str, Any]) -> None:
        with pytest.raises(WorklogError, match=r"^row 1 must have createdAt with a zone"):
            klink.read_presence([row], user_id="U1")


class TestRespondio:
    NAMES = tuple(column.name for column in respondio.CONVERSATION_COLUMNS)

    @pytest.mark.rule("R-12", "P-R2")
    def test_the_30_columns_of_a_closed_conversation(self) -> None:
        (row,) = respondio.conversations(released(*SAMPLE, opened(at(9), "T2")))
        assert len(row) == 30
        assert row == {
            "Conversation ID": "T1",
            "DateTime Conversation Started": "02/03/2026 09:30",
            "DateTime Conversation Resolved": "02/03/2026 10:18",
            "Contact ID": "K1",
            "Assignee": "Ada",
            "Number of Outgoing Messages": 1,
            "Number of Incoming Messages": 1,
            "DateTime First Response": "02/03/2026 09:32",
            "Closed By": "Ada",
            "First Response Time": "0:02:00",
            "Resolution Time": "0:48:25",
            "Category": None,
            "Summary": "'-1",
            "First Assignee": "Ada",
            "Last Assignee": "Ada",
            "Closed By Source": "user",
            "Closed By Team": "A,B",
            "Opened By Source": "contact",
            "Opened By Channel": "phone",
            "First Assignment Timestamp": "02/03/2026 09:30",
            "Last Assignment Timestamp": "02/03/2026 09:30",
            "First Response By": "Ada",
            "Time to First Assignment": "0:00:00",
            "First Assignment to First Response Time": "0:02:00",
            "Last Assignment to Response Time": "0:02:00",
            "First Assignment to Close Time": "0:48:25",
            "Last Assignment to Close Time": "0:48:25",
            "Average Response Time": "0:02:00",
            "Number of Assignments": 1,
            "Number of Responses": 1,
        }

    @pytest.mark.rule("P-R3")
    def test_ids_are_text_and_survive_a_file(self) -> None:
        long = "1720123456799999600123"
        rows = respondio.conversations(released(opened(at(9), long), closed(at(10), ticket=long)))
        (value,) = respondio.read_conversations(through_csv(rows))
        assert value["Conversation ID"] == long

    def test_what_is_exported_reads_back_through_a_file(self) -> None:
        rows = respondio.conversations(released(*SAMPLE))
        (value,) = respondio.read_conversations(through_csv(rows))
        assert value["DateTime Conversation Started"] == datetime(2026, 3, 2, 9, 30)
        assert value["First Response Time"] == 2 * MINUTE
        assert value["Summary"] == "-1"
        assert value["Closed By Team"] == ("A", "B")
        assert value["Closed By Source"] is StatusCause.AGENT
        assert value["Opened By Source"] is OpenedBy.CONTACT
        assert value["Category"] is None
        assert value["Number of Responses"] == 1

    def test_a_date_of_another_form_is_refused(self) -> None:
        with pytest.raises(WorklogError, match=r"found none in DateTime First Response of row 1"):
            respondio.read_conversations([{"DateTime First Response": "2026-03-02"}])

    def test_nobodys_teams_are_an_empty_cell(self) -> None:
        (row,) = respondio.conversations(released(opened(at(9)), closed(at(10))))
        assert row["Closed By Team"] is None

    @pytest.mark.rule("R-10", "R-11", "P-R1")
    def test_messages_in_11_columns_and_failed_ones_apart(self) -> None:
        log = log_of(
            opened(at(9), contact_id="K1"),
            asked(at(9), channel="chat"),
            answered(at(9, 5), message_id="A1", text="+49 30", content_type="text"),
            *(noted(at(9, 6)), answered(at(9, 7), message_id="A2", failure="bounced")),
            said(at(9, 8), SenderKind.AI_AGENT, sender_id="base"),
            rules=RULES,
        )
        rows = respondio.messages(release(message_log(log), REAL))
        assert len(rows) == 4
        assert rows[1] == {
            "Date & Time": "02/03/2026 10:05",
            "Sender ID": "U1",
            "Sender Type": "user",
            "Contact ID": "K1",
            "Message ID": "A1",
            "Content Type": "text",
            "Message Type": "outgoing",
            "Content": "'+49 30",
            "Channel ID": None,
            "Type": None,
            "Sub Type": None,
        }
        assert [row["Message Type"] for row in rows] == [
            "incoming",
            "outgoing",
            "internal",
            "outgoing",
        ]
        (failed,) = respondio.messages(release(message_log(log, failed=True), REAL))
        assert failed["Message ID"] == "A2"

    @pytest.mark.rule("R-10", "AMB-23")
    def test_contacts_without_a_range_of_dates(self) -> None:
        (row,) = respondio.contacts(release(contact_log(log_of(*SAMPLE, rules=RULES)), REAL))
        assert row == {
            "Contact ID": "K1",
            "Tags": "VIP",
            "Channels": "phone",
            "Assignee": "Ada",
            "Number of Conversations": 1,
            "DateTime First Conversation": "02/03/2026 09:30",
            "DateTime Last Conversation": "02/03/2026 09:30",
        }

    @pytest.mark.rule("R-13", "R-14", "P-R4")
    def test_the_closing_trigger_offers_numbers_of_closed_conversations_alone(self) -> None:
        found = released(*SAMPLE, pended(at(9), "T2"))
        (row,) = respondio.closed_variables(found)
        assert row == {
            "conversation.category": None,
            "conversation.summary": "'-1",
            "conversation.openedTime": 1772440200,
            "conversation.openedBySource": "contact",
            "conversation.closedTime": 1772443105,
            "conversation.closedBy": "Ada",
            "conversation.closedBySource": "user",
            "conversation.firstResponseTime": 120,
            "conversation.resolutionTime": 2905,
            "conversation.incomingMessageCount": 1,
            "conversation.outgoingMessageCount": 1,
            "conversation.assigneeTeam": "A",
            "conversation.lastAssignmentTime": 1772440200,
            "contact.assignee": "Ada",
        }

    @pytest.mark.rule("P-R4")
    def test_who_closed_may_be_nobody(self) -> None:
        by_itself = turned(at(10), TicketStatus.CLOSED, cause=StatusCause.API)
        (row,) = respondio.closed_variables(released(opened(at(9)), by_itself))
        assert (row["conversation.closedBy"], row["contact.assignee"]) == (None, None)
        assert row["conversation.closedBySource"] == "api"

    def test_an_instant_without_a_wall_time_is_refused(self) -> None:
        last = datetime.max.replace(tzinfo=UTC)
        log = log_of(said(last, SenderKind.WORKFLOW))
        found = release(message_log(log), REAL)
        far = exports.respondio.messages(found)
        assert far[0]["Date & Time"] == "31/12/9999 23:59"
        local = message_log(log_of(said(last, SenderKind.WORKFLOW)))
        east = release(type(local)(local.messages, BERLIN), REAL)
        with pytest.raises(RangeError, match=r"^an instant must have a wall time"):
            exports.respondio.messages(east)


EXPORTS: list[Callable[[Release], Any]] = [
    klink.rows,
    klink.api,
    respondio.conversations,
    respondio.closed_variables,
    respondio.messages,
    respondio.contacts,
]


@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize(
    "given",
    [log_of(), release(build_worklog(History(), RULES), REAL), None],
    ids=["a log", "a worklog", "nothing"],
)
def test_nothing_but_its_release_is_exported(export: Callable[[Any], Any], given: Any) -> None:
    with pytest.raises(WorklogError, match=r"^release must be the Release of a "):
        export(given)


@given(text=st.text(min_size=1))
@settings(max_examples=200)
def test_any_free_text_reads_back_and_no_cell_begins_like_a_formula(text: str) -> None:
    closing = TicketClosed("T1", at(10), summary=text, category=text)
    (row,) = respondio.conversations(released(opened(at(9)), closed(at(10)), closing))
    assert row["Summary"][0] not in "=+-@\t\r\n"
    (value,) = respondio.read_conversations([row])
    assert (value["Summary"], value["Category"]) == (text, text)


class TestRowsThatAreNone:
    READERS = (
        *(exports.enneo.read, exports.klink.read, exports.klink.read_api),
        *(exports.respondio.read_conversations, partial(exports.klink.read_presence, user_id="U1")),
    )

    @pytest.mark.parametrize("reader", READERS)
    @pytest.mark.parametrize("rows", [None, 5])
    def test_what_is_no_collection_is_refused(self, reader: Any, rows: Any) -> None:
        with pytest.raises(WorklogError, match="rows must be an iterable of mappings"):
            reader(rows)

    @pytest.mark.parametrize("reader", READERS)
    @pytest.mark.parametrize("rows", [[None], [5], "secret", {"secret": 1}])
    def test_a_row_that_is_no_mapping_is_refused_and_not_shown(
        self, reader: Any, rows: Any
    ) -> None:
        with pytest.raises(WorklogError, match=r"row 1 must be a mapping of columns") as refused:
            reader(rows)
        assert "secret" not in str(refused.value)
