"""The processing export of Enneo: its columns, its styles, and the way back."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worklog_core
from privacy.staff import BERLIN, NINE, STAFF, one_each, released, row, worklog_of, worklogs
from worklog_core import (
    Action,
    ArrayStyle,
    AutomationLevel,
    DecimalMark,
    DurationStyle,
    RangeError,
    Worklog,
    WorklogError,
    WorklogRow,
    exports,
    text_similarity,
)
from worklog_core.worklog.assistance import AiUsage

STYLES: list[dict[str, Any]] = [
    {"arrays": arrays, "durations": durations, "decimals": decimals}
    for arrays in ArrayStyle
    for durations in DurationStyle
    for decimals in DecimalMark
]
every_style = pytest.mark.parametrize(
    "style", STYLES, ids=lambda s: "-".join(c.name for c in s.values())
)

NAMES = tuple(
    """
    date ticketId conversationId userId userWorklogId name action duration durationAfterWork
    reOpened aiAutomationLevel tagsIdentifiedCorrectly customerIdentifiedCorrectly
    textAssistanceAccuracy aiAgentsUsed skippedTicket netSecondsClosedAfterSLA closingDateForSLA
    teams tags topic subTopic channel statusActionDetail pendingDueBy pendingSeconds
    netPendingSeconds firstPendingAt timesSetToOpen aiAgentId aiAgent department allTags email
    rawData
""".split()  # noqa: SIM905  # a list of 35 lines is no easier to read
)
DEPRECATED = {"aiAgentId", "aiAgent", "department", "allTags", "email", "rawData"}

ONE = row(
    reopened=True,
    skipped=True,
    automation_level=AutomationLevel.BASE_AGENT,
    tags_identified_correctly=False,
    customer_identified_correctly=True,
    text_assistance=text_similarity("a" * 10_000, "a" * 9_843 + "b" * 157),
    ai_usage=(
        AiUsage("Base", AutomationLevel.BASE_AGENT, text_similarity(None, None)),
        AiUsage("Payout", AutomationLevel.AI_AGENT, text_similarity(None, None)),
    ),
    sla_deviation=timedelta(minutes=-31),
    served_at=NINE,
    teams=("North", "South"),
    tags=("vip",),
    topic="General",
    subtopic="RG: Instalment/JVB",
    channel="email",
    status_detail="waiting for the customer",
    pending_due_at=NINE + timedelta(days=30),
    first_pending_at=NINE,
    pending_time=timedelta(hours=2),
    net_pending_time=timedelta(hours=1),
    times_set_to_open=2,
)
EXPORTED = {
    "date": "2026-03-02 09:00:07",
    "ticketId": "ticket-00000",
    "conversationId": "message-00000",
    "userId": "meike.mustermann@acme.example",
    "userWorklogId": ONE.key.worklog_id(tenant="acme"),
    "name": "Meike Mustermann",
    "action": "writeAction",
    "duration": 300,
    "durationAfterWork": 60,
    "reOpened": 1,
    "aiAutomationLevel": 2,
    "tagsIdentifiedCorrectly": 0,
    "customerIdentifiedCorrectly": 1,
    "textAssistanceAccuracy": 0.9843,
    "aiAgentsUsed": ["Base", "Payout"],
    "skippedTicket": 1,
    "netSecondsClosedAfterSLA": -1860,
    "closingDateForSLA": "2026-03-02 09:00:07",
    "teams": ["North", "South"],
    "tags": ["vip"],
    "topic": "General",
    "subTopic": "RG: Instalment/JVB",
    "channel": "email",
    "statusActionDetail": "waiting for the customer",
    "pendingDueBy": "2026-04-01 10:00:07",
    "pendingSeconds": 7200,
    "netPendingSeconds": 3600,
    "firstPendingAt": "2026-03-02 09:00:07",
    "timesSetToOpen": 2,
    "aiAgentId": "Base",
    "aiAgent": "Base",
    "department": "North,South",
    "allTags": "vip",
    "email": None,
    "rawData": None,
}


def exported(one: WorklogRow, form: str = "real", **style: Any) -> dict[str, Any]:
    (found,) = exports.enneo.rows(released(worklog_of([one]), form), **style)
    return found


class TestTheColumns:
    @pytest.mark.rule("E-54", "E-55", "P-E1", "E-31", "AMB-26")
    def test_of_a_row_are_these(self) -> None:
        assert list(exported(ONE, tenant="acme").items()) == list(EXPORTED.items())
        assert [column.name for column in exports.enneo.COLUMNS] == list(NAMES)

    @pytest.mark.rule("E-43", "P-E1")
    def test_without_anything_to_say_are_none_or_empty(self) -> None:
        found = exported(row(conversation_id=None, duration=None, after_work=None, open_time=None))
        assert [found[name] for name in ("aiAgentsUsed", "teams", "tags")] == [[], [], []]
        nothing = {name for name, cell in found.items() if cell is None}
        assert nothing == set(NAMES) - {
            *("date", "ticketId", "userId", "userWorklogId", "name", "action", "reOpened"),
            *("aiAutomationLevel", "aiAgentsUsed", "skippedTicket", "teams", "tags"),
        }

    @pytest.mark.rule("P-E1")
    def test_lists_may_be_texts_of_json(self) -> None:
        found = exported(ONE, arrays=ArrayStyle.JSON)
        assert (found["teams"], found["tags"]) == ('["North", "South"]', '["vip"]')
        assert exported(row(), arrays=ArrayStyle.JSON)["aiAgentsUsed"] == "[]"

    def test_times_may_be_clocks_and_shares_have_a_comma(self) -> None:
        long = attrs.evolve(ONE, duration=timedelta(hours=26, seconds=7))
        found = exported(long, durations=DurationStyle.CLOCK, decimals=DecimalMark.COMMA)
        assert (found["duration"], found["durationAfterWork"]) == ("26:00:07", "0:01:00")
        assert (found["textAssistanceAccuracy"], found["pendingSeconds"]) == ("0,9843", 7200)

    @pytest.mark.rule("P-E1")
    def test_wall_times_are_those_of_the_rules_zone(self) -> None:
        summer = attrs.evolve(ONE, recorded_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
        assert exported(summer)["date"] == "2026-07-02 00:30:00"

    @pytest.mark.rule("E-54", "AMB-26")
    def test_the_primary_key_is_another_for_another_tenant(self) -> None:
        ids = {exported(ONE, tenant=tenant)["userWorklogId"] for tenant in ("", "acme", "beta")}
        assert len(ids) == 3

    @pytest.mark.rule("E-55", "AMB-9")
    @pytest.mark.parametrize("form", ["anonymous", "strict"])
    def test_the_deprecated_ones_hide_what_their_successors_hide(self, form: str) -> None:
        worklog = one_each({"teams": ("Solo",), "tags": ("rare",)})
        for found in exports.enneo.rows(released(worklog, form)):
            assert (found["teams"], found["department"]) == (None, None)
            assert (found["tags"], found["allTags"]) == (None, None)

    @pytest.mark.rule("E-28", "E-31")
    def test_an_anonymous_row_says_nothing_technical(self) -> None:
        for found in exports.enneo.rows(released(one_each(), "anonymous"), tenant="acme"):
            technical = ("date", "ticketId", "conversationId", "userId", "userWorklogId")
            assert [found[name] for name in technical] == [None] * 5
            assert found["name"] == "Anonymous"

    def test_a_row_of_a_strict_release_has_a_day(self) -> None:
        for found in exports.enneo.rows(released(one_each(), "strict")):
            assert found["date"] == "2026-03-02"

    def test_an_instant_without_a_wall_time_is_refused(self) -> None:
        last = attrs.evolve(ONE, pending_due_at=datetime.max.replace(tzinfo=UTC))
        with pytest.raises(RangeError, match=r"^an instant must have a wall time in the zone of"):
            exported(last)


class TestTheSchema:
    def test_has_the_columns_and_says_which_are_deprecated(self) -> None:
        schema = exports.enneo.schema()
        assert list(schema["properties"]) == schema["required"] == list(NAMES)
        deprecated = {n for n, told in schema["properties"].items() if told.get("deprecated")}
        assert deprecated == DEPRECATED
        assert json.loads(json.dumps(schema)) == schema

    @pytest.mark.parametrize("form", ["anonymous", "strict", "page", "real"])
    @settings(max_examples=20)
    @given(worklog=worklogs())
    def test_holds_for_whatever_is_exported(self, form: str, worklog: Worklog) -> None:
        found = released(worklog, form)
        for style in STYLES:
            properties = exports.enneo.schema(**style)["properties"]
            for one in exports.enneo.rows(found, **style):
                assert tuple(one) == NAMES
                for name, cell in one.items():
                    assert keeps(cell, properties[name]), (name, cell)

    @every_style
    def test_jsonschema_says_so_too(self, style: dict[str, Any]) -> None:
        jsonschema = pytest.importorskip("jsonschema")
        schema = exports.enneo.schema(**style)
        jsonschema.Draft202012Validator.check_schema(schema)
        for form in ("anonymous", "strict", "page", "real"):
            for found in exports.enneo.rows(released(one_each(), form), **style):
                jsonschema.validate(found, schema)
        jsonschema.validate(exported(ONE, **style), schema)

    @pytest.mark.parametrize(
        ("name", "cell"),
        [
            ("duration", -1),
            ("duration", "5 min"),
            ("reOpened", 2),
            ("reOpened", True),
            ("action", "viewAction"),
            ("teams", "North"),
            ("teams", [7]),
            ("date", "02.03.2026"),
            ("textAssistanceAccuracy", 98.43),
            ("topic", ""),
        ],
    )
    def test_does_not_hold_for_anything(self, name: str, cell: Any) -> None:
        assert not keeps(cell, exports.enneo.schema()["properties"][name])


TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda cell: cell is None,
    "string": lambda cell: isinstance(cell, str),
    "integer": lambda cell: type(cell) is int,
    "number": lambda cell: type(cell) in {int, float},
    "array": lambda cell: isinstance(cell, list),
}


def keeps(cell: Any, schema: dict[str, Any]) -> bool:
    """Tell whether a cell keeps the little of JSON Schema that is used here."""
    if "anyOf" in schema:
        return any(keeps(cell, one) for one in schema["anyOf"])
    if "enum" in schema:
        return any(type(cell) is type(one) and cell == one for one in schema["enum"])
    if not TYPES[schema["type"]](cell):
        return False
    if isinstance(cell, str):
        pattern = schema.get("pattern", "")
        return len(cell) >= schema.get("minLength", 0) and bool(re.search(pattern, cell))
    if isinstance(cell, list):
        return all(keeps(item, schema["items"]) for item in cell)
    low, high = schema.get("minimum", cell), schema.get("maximum", cell)
    return cell is None or bool(low <= cell <= high)


def wall(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(BERLIN).replace(tzinfo=None, microsecond=0)


def told(one: WorklogRow, shown: Any) -> dict[str, Any]:
    """Return what a row says, by column; its seconds are those of the release."""
    share = one.text_assistance
    agents = [used.agent for used in one.ai_usage]
    return {
        "date": wall(one.recorded_at),
        "ticketId": one.ticket_id,
        "conversationId": one.conversation_id,
        "userId": one.user_id,
        "userWorklogId": one.key.worklog_id(tenant="acme"),
        "name": STAFF.get(one.user_id, "AI agent"),
        "action": one.action,
        "duration": shown["duration"],
        "durationAfterWork": shown["after_work"],
        "reOpened": one.reopened,
        "aiAutomationLevel": one.automation_level.value,
        "tagsIdentifiedCorrectly": one.tags_identified_correctly,
        "customerIdentifiedCorrectly": one.customer_identified_correctly,
        "textAssistanceAccuracy": share.value if share else None,
        "aiAgentsUsed": tuple(agents),
        "skippedTicket": one.skipped,
        "netSecondsClosedAfterSLA": shown["sla_deviation"],
        "closingDateForSLA": wall(one.served_at),
        "teams": one.teams,
        "tags": one.tags,
        "topic": one.topic,
        "subTopic": one.subtopic,
        "channel": one.channel,
        "statusActionDetail": one.status_detail,
        "pendingDueBy": wall(one.pending_due_at),
        "pendingSeconds": shown["pending_time"],
        "netPendingSeconds": shown["net_pending_time"],
        "firstPendingAt": wall(one.first_pending_at),
        "timesSetToOpen": one.times_set_to_open,
        "aiAgentId": agents[0] if agents else None,
        "aiAgent": agents[0] if agents else None,
        "department": ",".join(one.teams) or None,
        "allTags": ",".join(one.tags) or None,
        "email": None,
        "rawData": None,
    }


class TestTheWayBack:
    @settings(max_examples=40)
    @given(worklog=worklogs())
    def test_gives_the_values_back(self, worklog: Worklog) -> None:
        found = released(worklog, "real")
        exact = [told(one, s) for one, s in zip(worklog.rows, found.rows, strict=True)]
        for style in STYLES:
            assert exports.enneo.read(exports.enneo.rows(found, tenant="acme", **style)) == exact

    @settings(max_examples=40)
    @given(worklog=worklogs(), style=st.sampled_from(STYLES))
    def test_also_through_csv(self, worklog: Worklog, style: dict[str, Any]) -> None:
        as_text = {**style, "arrays": ArrayStyle.JSON}
        cells = exports.enneo.rows(released(worklog, "real"), **as_text)
        file = io.StringIO(newline="")
        writer = csv.DictWriter(file, NAMES, delimiter=";")
        writer.writeheader()
        writer.writerows(cells)
        file.seek(0)
        back = exports.enneo.read(csv.DictReader(file, delimiter=";"))
        assert back == exports.enneo.read(cells)

    @given(text=st.text(alphabet="'=+-@\t\r\nx \uff1d", min_size=1))
    def test_no_text_is_run_and_every_text_comes_back(self, text: str) -> None:
        cell = exported(row(topic=text))["topic"]
        assert cell[0] not in "=+-@\t\r\n\uff1d"
        (back,) = exports.enneo.read([{"topic": cell}])
        assert back == {"topic": text}

    @pytest.mark.parametrize(
        ("text", "cell"),
        [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("'=1", "''=1"),
            ("'quoted", "'quoted"),
            ("General", "General"),
        ],
    )
    def test_texts_are_guarded_like_this(self, text: str, cell: str) -> None:
        assert exported(row(topic=text))["topic"] == cell

    def test_a_day_comes_back_as_a_day(self) -> None:
        assert exports.enneo.read([{"date": "2026-03-02"}]) == [{"date": date(2026, 3, 2)}]

    @pytest.mark.parametrize(
        ("column", "cell"),
        [
            ("duration", "five"),
            ("duration", "1:2"),
            ("duration", 1.5),
            ("duration", True),
            ("duration", [1]),
            ("duration", 10**15),
            ("netSecondsClosedAfterSLA", "1.5"),
            ("reOpened", 2),
            ("reOpened", "yes"),
            ("action", "viewAction"),
            ("action", ["closeAction"]),
            ("teams", "North"),
            ("teams", '{"North": 1}'),
            ("teams", [7]),
            ("teams", 7),
            ("date", "02.03.2026"),
            ("date", 20260302),
            ("topic", 7),
            ("textAssistanceAccuracy", "much"),
            ("textAssistanceAccuracy", [1]),
            ("timesSetToOpen", 1.0),
        ],
    )
    def test_a_cell_that_is_none_is_refused_and_not_shown(self, column: str, cell: Any) -> None:
        with pytest.raises(WorklogError, match=f"found none in {column} of row 2") as caught:
            exports.enneo.read([{}, {column: cell}])
        assert caught.value.field == column
        assert caught.value.value is None
        assert caught.value.__context__ is None

    def test_a_column_of_the_hosts_own_is_refused_and_not_shown(self) -> None:
        with pytest.raises(WorklogError, match=r"^row 1 must have columns of the export: found a"):
            exports.enneo.read([{"meike": 1}])


class TestWhatIsRefused:
    @pytest.mark.parametrize("wrong", [None, [], one_each(), "release"])
    def test_whatever_is_no_release(self, wrong: Any) -> None:
        with pytest.raises(
            WorklogError, match=f"^release must be .*: found {type(wrong).__name__}"
        ):
            exports.enneo.rows(wrong)

    def test_the_release_of_something_else(self) -> None:
        other = attrs.evolve(released(one_each(), "real"), kind="case log")
        with pytest.raises(
            WorklogError, match=r"^release must be the Release of a Worklog: found R"
        ):
            exports.enneo.rows(other)

    @pytest.mark.parametrize("tenant", [None, 7, b"acme"])
    def test_a_tenant_that_is_no_text(self, tenant: Any) -> None:
        with pytest.raises(WorklogError, match=r"^tenant must be a str: found"):
            exports.enneo.rows(released(one_each(), "real"), tenant=tenant)

    @pytest.mark.parametrize("choice", ["arrays", "durations", "decimals"])
    def test_a_style_that_is_none(self, choice: str) -> None:
        wrong: dict[str, Any] = {choice: "lists"}
        with pytest.raises(WorklogError, match=rf"^CellStyle\.{choice} must be a member of"):
            exports.enneo.rows(released(one_each(), "real"), **wrong)


def test_exports_are_reached_through_the_front_door() -> None:
    assert worklog_core.enneo is exports.enneo
    assert {"ArrayStyle", "DecimalMark", "DurationStyle", "enneo"} <= set(vars(exports)["__all__"])
    assert Action.parse(exported(ONE)["action"]) is Action.WRITE
