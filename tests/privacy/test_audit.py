"""The account of a release, in words that a works council can read."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from privacy.staff import IDS, LABELS, STAFF, one_each, released, row, worklog_of, worklogs
from worklog_core import Audit, Coarsening, SmallGroups, Worklog
from worklog_core.mappings import FrozenMapping
from worklog_core.privacy.audit import AuditFacts
from worklog_core.privacy.rebuilding import Plan
from worklog_core.privacy.subjects import ReleasedField, Subject
from worklog_core.privacy.words import ADJECTIVES, NOUNS, Language, is_pseudonym, name_at

FORMS = ("anonymous", "strict", "page", "real")

TEXT = """\
Release at level anonymous: 7 rows of 7 people
Released: name, teams, topic, subtopic, channel, tags, status_detail, action, duration, \
after_work, reopened, offered, skipped, automation_level, ai_agents_used, \
text_assistance_accuracy, tags_identified_correctly, customer_identified_correctly, \
sla_deviation, pending_time, net_pending_time, times_set_to_open
Blank in every row: day, recorded_at, ticket_id, conversation_id, user_id, key, served_at, \
pending_due_at, first_pending_at
Left out: actions, open_time, automation_evidence, ai_usage, text_assistance, \
gross_sla_deviation, sla_due_at
Groups of fewer than 5 people are withheld:
  teams: 1 groups of too few people, 1 more so that none is found by subtraction, \
0 whose names identify; withheld in 7 rows
Rows alone with their values: 1 of 7, before the release 1
  by duration: 1
What to know:
  - Who holds the tickets can find a row that is alone with its values again.
  - Groups of 5 people and more are a minimum. They do not mean that no agreement is needed: \
figures of a small team can monitor its members too.
  - Never give one recipient two levels of the same period: exact times join them row by row."""


@pytest.mark.rule("AMB-9")
def test_it_reads_like_this() -> None:
    worklog = one_each({"teams": ("Solo",), "duration": timedelta(minutes=9)})
    assert str(released(worklog, "anonymous").audit()) == TEXT


def test_it_says_when_nothing_is_withheld() -> None:
    assert "withheld:\n  there were none\n" in str(released(one_each(), "strict").audit())
    assert "withheld" not in str(released(one_each(), "page").audit())


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=30)
@given(worklog=worklogs())
def test_it_counts_rows_that_are_alone(form: str, worklog: Worklog) -> None:
    found = released(worklog, form)
    audit = found.audit()
    left = [
        [value for name, value in one.items() if name not in {"name", "reasons"}]
        for one in found.rows
    ]
    assert audit.unique_after == sum(left.count(one) == 1 for one in left)
    assert audit.rows == len(worklog.rows)
    assert (audit.singling_out[-1][1] if audit.singling_out else 0) == audit.unique_after
    assert {*audit.released, *audit.blanked, "reasons"} == set(found.columns)
    assert not {*audit.dropped} & {*found.columns}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=30)
@given(worklog=worklogs(labels=(*LABELS, IDS[0])))
def test_it_travels_as_json_and_names_nobody(form: str, worklog: Worklog) -> None:
    audit = released(worklog, form).audit()
    told = json.loads(json.dumps(audit.to_dict()))
    assert told["form"] == audit.form.value
    assert told["unique_after"] == audit.unique_after
    assert len(told["withheld"]) == len(audit.withheld)
    if form in {"anonymous", "strict"}:
        assert not any(user_id in str(audit) + repr(told) for user_id in STAFF)


def warnings_of(form: str, **settings: object) -> str:
    return " ".join(released(one_each(), form, **settings).audit().warnings)


class TestWhatItWarnsOf:
    def test_the_id_beside_the_pseudonym(self) -> None:
        said = {form: "id stands beside the pseudonym" in warnings_of(form) for form in FORMS}
        assert said == {"anonymous": False, "strict": False, "page": True, "real": False}

    def test_what_people_do_links_what_names_do_not(self) -> None:
        said = {form: "Behaviour can link" in warnings_of(form) for form in FORMS}
        assert said == {"anonymous": False, "strict": True, "page": True, "real": False}

    def test_two_levels_in_one_hand(self) -> None:
        said = {form: "two levels of the same period" in warnings_of(form) for form in FORMS}
        assert said == {"anonymous": True, "strict": True, "page": True, "real": False}

    def test_real_names(self) -> None:
        assert "persons can be ranked" in warnings_of("real")

    def test_names_that_are_of_no_list(self) -> None:
        own = {user: f"Agent {n}" for n, user in enumerate(IDS)}
        assert "7 names are not of the lists of words" in warnings_of("strict", names=own)
        assert "lists of words" not in warnings_of("strict") + warnings_of("real")

    def test_rounded_times(self) -> None:
        assert "do not sum" in warnings_of("strict", coarsening=Coarsening())
        assert "do not sum" not in warnings_of("strict")

    def test_too_few_people_where_they_are_not_refused(self) -> None:
        few = released(worklog_of([row()]), "page").audit()
        assert "There are 1 people in all: fewer than 5 hide nobody." in few.warnings
        assert "hide nobody" not in warnings_of("page")
        five = worklog_of(row(user, n) for n, user in enumerate(IDS[:5]))
        assert "hide nobody" not in " ".join(released(five, "page").audit().warnings)
        assert "hide nobody" not in " ".join(released(worklog_of([]), "page").audit().warnings)


def test_a_group_that_is_all_alike_is_named() -> None:
    skipped = {"skipped": True, "topic": "Rude", "teams": ("North", "South")}
    rows = [row(user, n, **skipped) for n, user in enumerate(IDS)]
    rows += [row(user, 20 + n, topic="Kind", teams=("East",)) for n, user in enumerate(IDS)]
    audit = released(worklog_of(rows), "anonymous").audit()
    assert audit.uniform == (
        ("teams", ("East",), "skipped", False),
        ("teams", ("North", "South"), "skipped", True),
        ("topic", "Kind", "skipped", False),
        ("topic", "Rude", "skipped", True),
    )
    assert "All rows of teams North, South have skipped = True: it tells of each." in str(audit)
    assert ["teams", "North, South", "skipped", True] in audit.to_dict()["uniform"]


def test_a_group_that_is_not_all_alike_or_not_all_known_is_not() -> None:
    flags = [
        {
            "topic": "Mixed",
            "skipped": n > 3,
            "tags_identified_correctly": (None, True, False)[n % 3],
        }
        for n in range(7)
    ]
    assert released(one_each(*flags), "anonymous").audit().uniform == ()
    unknown = [{"topic": "Unknown", "skipped": n > 3} for n in range(7)]
    rows = [*one_each(*flags).rows, *one_each(*unknown).rows]
    assert released(worklog_of(rows), "anonymous").audit().uniform == ()


def test_what_everybody_has_is_said_of_no_group() -> None:
    rows = [row(user, n, skipped=True, topic="Rude") for n, user in enumerate(IDS)]
    rows += [row(user, 20 + n, skipped=True, topic="Kind") for n, user in enumerate(IDS)]
    assert released(worklog_of(rows), "anonymous").audit().uniform == ()


def test_a_group_is_all_alike_though_others_are_not_all_known() -> None:
    told: dict[str, list[bool | None]] = {
        "All": [True] * 7,
        "None": [False] * 7,
        "Some": [None, True, False] * 2 + [None],
    }
    rows = [
        row(user, 20 * m + n, topic=topic, tags_identified_correctly=flags[n])
        for m, (topic, flags) in enumerate(told.items())
        for n, user in enumerate(IDS)
    ]
    assert released(worklog_of(rows), "anonymous").audit().uniform == (
        ("topic", "All", "tags_identified_correctly", True),
        ("topic", "None", "tags_identified_correctly", False),
    )


def test_any_released_column_may_single_a_row_out() -> None:
    for field, value in (("action", None), ("skipped", True), ("reopened", True)):
        audit = released(one_each({field: value}), "anonymous").audit()
        assert (audit.unique_after, audit.singling_out) == (1, ((field, 1),))


def test_nothing_has_an_account_too() -> None:
    audit = released(worklog_of([]), "anonymous").audit()
    assert (audit.rows, audit.unique_after, audit.singling_out) == (0, 0, ())
    assert "teams" in audit.released


class TestNamesOfTheLists:
    @pytest.mark.parametrize("language", Language)
    def test_every_name_is_known_again(self, language: Language) -> None:
        count = len(ADJECTIVES) * len(NOUNS)
        assert all(is_pseudonym(name_at(slot, language)) for slot in range(0, count, 7))

    @pytest.mark.parametrize(
        "name",
        [
            "Meike Mustermann",
            "Hungry",
            "Raspberry Hungry",
            "Hungry Himbeere",
            "Hungriger Himbeere",
            "Hungrig Himbeere",
            "hungry raspberry",
            "Hungry  Raspberry",
            "",
        ],
    )
    def test_others_are_not(self, name: str) -> None:
        assert not is_pseudonym(name)


@pytest.mark.parametrize("kind", [Audit, AuditFacts, ReleasedField, Subject])
def test_a_long_list_of_fields_is_given_by_name(kind: type) -> None:
    with pytest.raises(TypeError, match=r"takes 1 positional argument but"):
        kind(*["given by position"] * 4)


def test_what_releases_are_made_of_shows_nobody() -> None:
    result: Any = ["Meike"]
    assert "Meike" not in repr(Plan(result, result, result))
    hidden = FrozenMapping({"Meike": (True,)})
    assert "Meike" not in repr(SmallGroups(k=3, contributors=3, withheld=hidden, fields=()))
