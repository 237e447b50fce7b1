"""Rules say what they mean, and are read as they were written."""

import json
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import Enum
from fractions import Fraction
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given

from worklog_core import (
    DivideOver,
    EqualSplit,
    ExclusiveFocus,
    Language,
    SlaPolicy,
    SlaTarget,
    TargetKind,
    WeeklyHours,
    Weighted,
    WorkingCalendar,
    WorklogError,
    WorklogRules,
)
from worklog_core.testing.strategies import worklog_rules

BERLIN = ZoneInfo("Europe/Berlin")
RULES = WorklogRules(time_zone=BERLIN)
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
SLA = SlaPolicy(OFFICE)
TARGETS = SlaPolicy(
    OFFICE,
    by_tag={
        "VIP": [
            SlaTarget(timedelta(hours=2)),
            SlaTarget(timedelta(minutes=30), TargetKind.FIRST_RESPONSE),
        ]
    },
    otherwise=SlaTarget(timedelta(days=1)),
    pause_on_pending=True,
)


class Own:
    def weight_of(self, key: Any) -> int:
        return len(key)


class Nameless(tzinfo):
    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        return "nowhere"


@given(worklog_rules())
def test_rules_are_read_as_they_were_written(rules: WorklogRules) -> None:
    told = json.loads(json.dumps(rules.to_dict(leave_out=["sla_policy", "preprocess"])))
    again = WorklogRules.from_dict(
        told,
        time_zone=rules.time_zone,
        sla_policy=rules.sla_policy,
        preprocess=rules.preprocess,
    )
    assert again == rules


@given(worklog_rules())
def test_every_rule_has_a_sentence_in_both_languages(rules: WorklogRules) -> None:
    for language in Language:
        sentences = rules.describe(language=language).splitlines()
        assert len(sentences) == len(attrs.fields(WorklogRules))
        assert all(said.endswith(".") and "{" not in said for said in sentences)


def test_every_value_of_every_choice_has_its_own_sentence() -> None:
    for field in attrs.fields(WorklogRules):
        kind = type(getattr(RULES, field.name))
        choices: list[Any] = [True, False] if kind is bool else []
        choices = list(kind) if issubclass(kind, Enum) else choices
        changed = [attrs.evolve(RULES, **{field.name: choice}) for choice in choices]
        for language in Language:
            assert len({rules.describe(language=language) for rules in changed}) == len(choices)


def test_the_defaults_in_words() -> None:
    assert RULES.describe().splitlines()[:6] == [
        "Days begin and end in Europe/Berlin.",
        (
            "Time counts in the status Active; tickets may be read in Active, Support and edited "
            "in Active."
        ),
        "Other names of a status: Ticket Processing = Active.",
        "Before a user's first status the status is Active.",
        "Pings up to 0:01:30 apart are one session.",
        "What follows a processing in the same session belongs to it.",
    ]
    assert "Tage beginnen und enden in Europe/Berlin." in RULES.describe(language=Language.GERMAN)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"division": ExclusiveFocus()}, "The ticket turned to last gets all of the time"),
        ({"division": Weighted({"T1": Fraction(1, 3)})}, "by its weight (T1: 1/3, *: 1)."),
        ({"division": Own()}, "by a policy of the operation's own (Own)."),
        (
            {"sla_policy": SLA},
            (
                "Where no due date was set, targets in working time make one: -. "
                "Their clock runs on while a ticket is pending."
            ),
        ),
        (
            {"sla_policy": TARGETS},
            (
                "make one: VIP 2:00:00 to the resolution, VIP 0:30:00 to the first response, "
                "all others 1 day, 0:00:00 to the resolution. "
                "Their clock stands while a ticket is pending."
            ),
        ),
        ({"preprocess": str.strip}, "after str.strip took out"),
        ({"preprocess": partial(str.strip)}, "after partial took out"),
        ({"max_unedited": timedelta(minutes=20)}, "at most 0:20:00 without an edit."),
        ({"fcr_window": timedelta(days=7)}, "A closing is decided after 7 days, 0:00:00."),
        ({"time_zone": Nameless()}, "Days begin and end in Nameless."),
        ({"status_aliases": {}}, "Other names of a status: -."),
    ],
)
def test_a_changed_rule_in_words(changed: dict[str, Any], said: str) -> None:
    assert said in attrs.evolve(RULES, **changed).describe()


@pytest.mark.parametrize(
    ("days", "said"), [(0, "1:00:00"), (1, "1 Tag, 1:00:00"), (7, "7 Tage, 1:00:00")]
)
def test_a_length_of_days_in_german(days: int, said: str) -> None:
    rules = attrs.evolve(RULES, fcr_window=timedelta(days=days, hours=1))
    assert f"Ein Abschluss ist entschieden, wenn {said} vergangen sind." in rules.describe(
        language=Language.GERMAN
    )


def test_the_written_form_is_plain() -> None:
    told = attrs.evolve(RULES, division=Weighted({"T1": 2}, default=Fraction(1, 2))).to_dict()
    assert told["time_zone"] == "Europe/Berlin"
    assert told["status_modes"][1] == {
        "name": "Support",
        "counts": False,
        "may_read": True,
        "may_edit": False,
    }
    assert told["division"] == {"policy": "weighted", "weights": {"T1": "2"}, "default": "1/2"}
    assert (told["max_unedited"], told["divide_over"], told["carry_tail"]) == (None, "open", True)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"sla_policy": SLA}, r"^WorklogRules\.sla_policy must have a plain form"),
        ({"preprocess": str.strip}, r"^WorklogRules\.preprocess must have a plain form"),
        ({"division": Own()}, r"^WorklogRules\.division must have a plain form"),
        ({"division": Weighted({1: 2})}, r"^WorklogRules\.division must have .* Give weights to"),
        ({"time_zone": Nameless()}, r"^WorklogRules\.time_zone must have a plain form"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(changed: dict[str, Any], match: str) -> None:
    rules = attrs.evolve(RULES, **changed)
    with pytest.raises(WorklogError, match=match):
        rules.to_dict()
    (field,) = changed
    left = rules.to_dict(leave_out=[field])
    assert WorklogRules.from_dict(left, **({"time_zone": BERLIN} | changed)) == rules


def test_fixed_offsets_have_names_and_defaults_fill_what_is_left_out() -> None:
    zone = timezone(timedelta(hours=2))
    assert WorklogRules(time_zone=zone).to_dict()["time_zone"] == "UTC+02:00"
    assert WorklogRules.from_dict({}, time_zone=BERLIN) == RULES


@pytest.mark.parametrize(
    ("given_", "match"),
    [
        ({"divide_by": "open"}, r"^WorklogRules must name fields of WorklogRules only: found 'div"),
        ({"divide_over": "closed"}, r"^WorklogRules\.divide_over must be as to_dict writes it"),
        ({"heartbeat_ttl": 1.5}, r"^WorklogRules\.heartbeat_ttl must be as to_dict writes it"),
        ({"heartbeat_ttl": 10**30}, r"^WorklogRules\.heartbeat_ttl must be as to_dict writes it"),
        ({"status_modes": [{"name": "A"}]}, r"^WorklogRules\.status_modes must be as to_dict"),
        ({"division": "equal_split"}, r"^WorklogRules\.division must be as to_dict writes it"),
        ({"division": {"policy": "mine"}}, r"^WorklogRules\.division must be as to_dict writes"),
        ({"division": {"policy": "weighted"}}, r"^WorklogRules\.division must be as to_dict"),
        ({"time_zone": "Asia/Tokyo"}, r"^time_zone must be the zone that was written, 'Asia/Tok"),
        ({"heartbeat_ttl": True}, r"^WorklogRules\.heartbeat_ttl must be as to_dict writes it"),
        (None, r"^given must be a Mapping: found None\. Pass what to_dict returned\."),
        ([], r"^given must be a Mapping: found \[\]"),
    ],
)
def test_what_was_not_written_so_is_refused(given_: Any, match: str) -> None:
    with pytest.raises(WorklogError, match=match):
        WorklogRules.from_dict(given_, time_zone=BERLIN)


def test_a_weight_that_is_none_is_refused_as_ever() -> None:
    told = {"division": {"policy": "weighted", "weights": {"T1": "-1"}, "default": "1"}}
    with pytest.raises(WorklogError, match=r"^a weight must be an exact number above zero"):
        WorklogRules.from_dict(told, time_zone=BERLIN)


def test_what_is_left_out_must_be_a_field() -> None:
    with pytest.raises(WorklogError, match=r"^leave_out must name fields of WorklogRules only"):
        RULES.to_dict(leave_out=["divide_by"])


def test_the_policies_have_names() -> None:
    for policy, name in ((EqualSplit(), "equal_split"), (ExclusiveFocus(), "exclusive_focus")):
        told = attrs.evolve(RULES, division=policy, divide_over=DivideOver.EDITED).to_dict()
        assert told["division"] == {"policy": name}
        assert WorklogRules.from_dict(told, time_zone=BERLIN).division == policy


def test_a_language_by_name_is_refused() -> None:
    language: Any = "de"
    with pytest.raises(WorklogError, match=r"^language must be a member of Language"):
        RULES.describe(language=language)


def test_the_targets_of_a_policy_in_german() -> None:
    assert (
        "Fristen folgen, wo keine gesetzt wurde, aus Zielen in Arbeitszeit: VIP 2:00:00 bis zur "
        "Lösung, VIP 0:30:00 bis zur ersten Antwort, alle anderen 1 Tag, 0:00:00 bis zur Lösung. "
        "Ihre Uhr steht, während ein Ticket wartet."
    ) in attrs.evolve(RULES, sla_policy=TARGETS).describe(language=Language.GERMAN)
