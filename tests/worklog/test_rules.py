"""The rules of a worklog: every default as decided, and every field's door."""

import copy
import pickle
import re
from collections.abc import Callable
from datetime import UTC, timedelta, timezone, tzinfo
from fractions import Fraction
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from worklog_core import (
    STATUS_MODES,
    CorrectionUntil,
    DivideOver,
    EqualSplit,
    FcrPer,
    FirstEdit,
    MessageInSession,
    ReplyWithDeferral,
    RepostPresence,
    SlaPolicy,
    SlaScope,
    SlaTarget,
    StatusMode,
    WeeklyHours,
    WorkingCalendar,
    WorklogError,
    WorklogRules,
)

BERLIN = ZoneInfo("Europe/Berlin")
TRAINING = StatusMode("Training", counts=False, may_read=True, may_edit=False)
PHONE = StatusMode("Phone", counts=True, may_read=True, may_edit=True)
CHOICES = {
    "message_in_session": MessageInSession,
    "divide_over": DivideOver,
    "first_edit": FirstEdit,
    "reply_with_deferral": ReplyWithDeferral,
    "repost_presence": RepostPresence,
    "sla_scope": SlaScope,
    "correction_until": CorrectionUntil,
    "fcr_per": FcrPer,
}
OFFICE = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)


@attrs.frozen
class Heavy:
    """A policy of a caller's own."""

    def weight_of(self, key: Any) -> Fraction:
        return Fraction(len(str(key)))


class PytzLike(tzinfo):
    """A zone of the standard kind but for the method by which pytz resolves wall times."""

    def utcoffset(self, _: Any) -> timedelta:
        return timedelta()

    dst = utcoffset

    def tzname(self, _: Any) -> str:
        return "UTC"

    def localize(self, at: Any) -> Any:
        return at.replace(tzinfo=self)


FULL: dict[str, Any] = {
    "time_zone": BERLIN,
    "status_modes": (*STATUS_MODES, TRAINING),
    "status_aliases": {"Working": "Active", "Course": "Training"},
    "initial_status": "Training",
    "heartbeat_ttl": timedelta(seconds=30),
    "carry_tail": False,
    "message_in_session": MessageInSession.KEEP,
    "divide_over": DivideOver.EDITED,
    "first_edit": FirstEdit.ANY,
    "reply_with_deferral": ReplyWithDeferral.WRITE,
    "repost_presence": RepostPresence.SESSIONS,
    "max_unedited": timedelta(minutes=30),
    "division": Heavy(),
    "sla_policy": SlaPolicy(OFFICE, otherwise=SlaTarget(timedelta(hours=8))),
    "sla_scope": SlaScope.EPOCH,
    "correction_until": CorrectionUntil.AS_OF,
    "preprocess": str.casefold,
    "fcr_window": timedelta(days=1),
    "fcr_per": FcrPer.TICKET,
    "reopen_needs_reply": True,
}


def rules(**changes: Any) -> WorklogRules:
    return WorklogRules(**{"time_zone": BERLIN, **changes})


def refusal(field: str, value: object, **changes: Any) -> WorklogError:
    """Return what is said of a value at the door, having checked which field it names."""
    with pytest.raises(WorklogError, match=rf"^WorklogRules\.{field} must ") as caught:
        rules(**changes, **{field: value})
    assert caught.value.field == f"WorklogRules.{field}"
    return caught.value


class TestTheDecidedDefaults:
    @pytest.mark.rule("E-23", "E-24", "E-25", "E-26", "AMB-6")
    def test_there_are_four_modes(self) -> None:
        table = {m.name: (m.counts, m.may_read, m.may_edit) for m in STATUS_MODES}
        assert table == {
            "Active": (True, True, True),
            "Support": (False, True, False),
            "Pause": (False, False, False),
            "Auto-Absent": (False, False, False),
        }
        assert rules().status_modes == STATUS_MODES

    @pytest.mark.rule("E-23", "E-24", "AMB-6")
    def test_active_is_where_the_day_begins_and_has_another_name(self) -> None:
        assert rules().initial_status == "Active"
        assert rules().status_aliases == {"Ticket Processing": "Active"}
        assert rules().mode_of("Ticket Processing") is rules().mode_of("Active")

    @pytest.mark.rule("AMB-17")
    def test_three_pings_may_be_missed(self) -> None:
        assert rules().heartbeat_ttl == timedelta(seconds=90)

    @pytest.mark.rule("AMB-1", "AMB-4c", "AMB-5b", "AMB-6b", "AMB-7", "AMB-8", "AMB-21", "AMB-26")
    def test_the_first_value_of_a_policy_is_its_default(self) -> None:
        for field, choices in CHOICES.items():
            assert getattr(rules(), field) is next(iter(choices))
        assert rules().carry_tail is True
        assert rules().division == EqualSplit()
        assert (rules().sla_policy, rules().preprocess, rules().fcr_window) == (None, None, None)
        assert rules().reopen_needs_reply is False
        assert [choice.name for choices in CHOICES.values() for choice in choices] == [
            "CUT", "KEEP", "OPEN", "EDITED", "ACTION", "ANY",
            "STATUS", "WRITE", "BRIDGE", "SESSIONS", "CELL", "EPOCH", "TICKET",
            "ROW_END", "AS_OF", "CLOSING", "TICKET",
        ]  # fmt: skip

    def test_where_days_begin_is_never_guessed_and_all_is_said_by_keyword(self) -> None:
        with pytest.raises(TypeError, match="required keyword-only argument: 'time_zone'"):
            cast("Any", WorklogRules)()
        with pytest.raises(TypeError, match="positional argument"):
            cast("Any", WorklogRules)(BERLIN)


class TestTheDoor:
    @pytest.mark.parametrize(
        "value", ["Europe/Berlin", "UTC", "", None, 1, timedelta(hours=1), tzinfo]
    )
    def test_the_name_of_a_zone_is_no_zone(self, value: object) -> None:
        told = refusal("time_zone", value)
        assert told.value is value
        assert "must be a tzinfo of the standard kind: found " in str(told)
        assert str(told).endswith(
            "The library opens no zone files: pass zoneinfo.ZoneInfo('Europe/Berlin')."
        )

    def test_a_pytz_zone_is_refused(self) -> None:
        zone = PytzLike()
        told = refusal("time_zone", zone)
        assert told.value is zone
        assert "A pytz zone resolves wall times in its own way" in str(told)

    @pytest.mark.parametrize("zone", [UTC, BERLIN, timezone(timedelta(hours=2))])
    def test_any_standard_zone_will_do(self, zone: tzinfo) -> None:
        assert rules(time_zone=zone).time_zone is zone

    @pytest.mark.parametrize("field", CHOICES)
    @pytest.mark.parametrize("value", ["open", "OPEN", "cut", "", None, 0, True, Fraction])
    def test_a_choice_is_no_text(self, field: str, value: object) -> None:
        told = refusal(field, value)
        name = CHOICES[field].__name__
        assert told.value is value
        assert f"must be a member of {name}: found " in str(told)
        assert f"Choose one of {', '.join(map(str, CHOICES[field]))}." in str(told)

    @pytest.mark.parametrize("field", CHOICES)
    def test_a_choice_of_another_enum_is_refused(self, field: str) -> None:
        for other, choices in CHOICES.items():
            for choice in choices:
                if other == field:
                    assert getattr(rules(**{field: choice}), field) is choice
                else:
                    assert refusal(field, choice).value is choice

    @pytest.mark.parametrize("value", [-timedelta.resolution, 90, 90.0, "90s", None, True])
    def test_a_ttl_is_a_duration_from_zero_up(self, value: object) -> None:
        told = refusal("heartbeat_ttl", value)
        assert told.value is value
        assert "must be a timedelta of at least 0:00:00: found " in str(told)
        assert str(told).endswith("Pass timedelta(seconds=...).")

    def test_a_ttl_of_zero_joins_no_two_pings(self) -> None:
        assert rules(heartbeat_ttl=timedelta()).heartbeat_ttl == timedelta()

    @pytest.mark.parametrize("value", [0, 1, None, "no"])
    def test_whether_tails_are_carried_is_true_or_false(self, value: object) -> None:
        told = refusal("carry_tail", value)
        assert told.value is value
        assert "must be True or False: found " in str(told)

    @pytest.mark.parametrize("value", [EqualSplit, Heavy, None, "equal", 1, {"T1": 2}, len])
    def test_a_division_policy_can_be_asked(self, value: object) -> None:
        told = refusal("division", value)
        assert told.value is value
        assert "must be a division policy: found " in str(told)
        assert str(told).endswith("Pass a value such as EqualSplit().")


class TestModes:
    @pytest.mark.parametrize("value", [None, 7, TRAINING])
    def test_modes_are_an_iterable(self, value: object) -> None:
        told = refusal("status_modes", value)
        assert told.value is value
        assert "must be an iterable of StatusMode: found " in str(told)
        assert "Put a single one in a list" in str(told)

    @pytest.mark.parametrize(
        "value",
        [
            (),
            "Active",
            ["Active"],
            [*STATUS_MODES, None],
            [*STATUS_MODES, STATUS_MODES[0]],
            [PHONE, StatusMode("Phone", counts=False, may_read=True, may_edit=True)],
            {"Active": True},
        ],
    )
    def test_modes_have_names_of_their_own(self, value: Any) -> None:
        told = refusal("status_modes", value)
        assert told.value == tuple(value)
        assert "must hold StatusMode values with distinct names: found " in str(told)
        assert str(told).endswith("Start from STATUS_MODES.")

    def test_a_generator_of_modes_will_do(self) -> None:
        found = rules(status_modes=(mode for mode in STATUS_MODES))
        assert found == rules()
        [mode] = rules(status_modes=[PHONE], initial_status="Phone").status_modes
        assert mode is PHONE

    @pytest.mark.parametrize("field", ["counts", "may_read", "may_edit"])
    @pytest.mark.parametrize("value", [None, 0, 1, "yes"])
    def test_what_a_mode_allows_is_true_or_false(self, field: str, value: Any) -> None:
        allowed = {"counts": True, "may_read": True, "may_edit": True, field: value}
        with pytest.raises(
            WorklogError, match=rf"^StatusMode\.{field} must be True or False: found "
        ) as caught:
            StatusMode("Phone", **allowed)
        assert (caught.value.field, caught.value.value) == (f"StatusMode.{field}", value)

    @pytest.mark.parametrize("name", ["", None, 7, True])
    def test_a_mode_has_a_name(self, name: Any) -> None:
        with pytest.raises(
            WorklogError, match=r"^StatusMode\.name must be a non-empty str: found "
        ) as caught:
            StatusMode(name, counts=True, may_read=True, may_edit=True)
        assert (caught.value.field, caught.value.value) == ("StatusMode.name", name)

    def test_what_a_mode_allows_is_said_by_keyword(self) -> None:
        with pytest.raises(TypeError, match="positional argument"):
            cast("Any", StatusMode)("Phone", True, True, True)


@pytest.mark.rule("AMB-6")
class TestNames:
    @pytest.mark.parametrize("value", [None, 7, "Active", [("Working", "Active")], ("Active",)])
    def test_aliases_are_a_mapping(self, value: object) -> None:
        told = refusal("status_aliases", value)
        assert told.value is value
        assert "must map other names of a status to its own: found " in str(told)
        assert str(told).endswith("Pass a dict.")

    @pytest.mark.parametrize(
        "alias",
        [
            {"Working": "Busy"},
            {"Working": ""},
            {"Working": None},
            {"Working": ["Active"]},
            {"Working": 7},
            {"": "Active"},
            {7: "Active"},
            {None: "Active"},
            {True: "Active"},
            {"Active": "Active"},
            {"Pause": "Active"},
        ],
        ids=str,
    )
    def test_an_alias_gives_a_new_name_to_a_mode(self, alias: dict[Any, Any]) -> None:
        told = refusal("status_aliases", {"Course": "Support", **alias})
        assert told.value == alias
        assert str(told) == (
            "WorklogRules.status_aliases must give another name to one of Active, Auto-Absent, "
            f"Pause, Support: found {alias!r} (dict). Add the mode, or drop the alias."
        )

    def test_an_alias_of_an_alias_is_no_alias(self) -> None:
        told = refusal("status_aliases", {"Working": "Active", "Busy": "Working"})
        assert told.value == {"Busy": "Working"}

    @pytest.mark.parametrize("value", ["Busy", "active", "", None, 7, ["Active"], STATUS_MODES[0]])
    def test_the_initial_status_is_a_known_name(self, value: object) -> None:
        told = refusal("initial_status", value)
        assert told.value is value
        assert str(told).startswith(
            "WorklogRules.initial_status must be one of Active, Auto-Absent, Pause, Support, "
            "Ticket Processing: found "
        )
        assert str(told).endswith("Pass initial_status=... with a known name.")

    def test_an_alias_is_a_known_name(self) -> None:
        found = rules(initial_status="Ticket Processing")
        assert found.mode_of(found.initial_status).name == "Active"

    def test_without_the_default_modes_every_name_is_the_caller_s(self) -> None:
        own = rules(status_modes=[PHONE, TRAINING], initial_status="Phone")
        assert own.status_aliases == {}
        assert own.mode_of("Training") is TRAINING
        told = refusal("initial_status", "Active", status_modes=[PHONE])
        assert "must be one of Phone: found 'Active'" in str(told)
        with pytest.raises(WorklogError, match=r"^WorklogRules\.initial_status must be one of Ph"):
            rules(status_modes=[PHONE])

    def test_a_mode_may_take_the_name_of_the_default_alias(self) -> None:
        modes = [StatusMode("Ticket Processing", counts=True, may_read=True, may_edit=True)]
        found = rules(status_modes=modes, initial_status="Ticket Processing")
        assert found.mode_of("Ticket Processing") is modes[0]

    def test_a_mode_beside_active_may_take_the_name_of_the_default_alias(self) -> None:
        extra = StatusMode("Ticket Processing", counts=False, may_read=True, may_edit=True)
        found = rules(status_modes=[*STATUS_MODES, extra])
        assert found.mode_of("Ticket Processing") is extra
        assert found.status_aliases == {}

    @pytest.mark.rule("E-23")
    @pytest.mark.parametrize(
        ("status", "mode"),
        [
            ("Active", STATUS_MODES[0]),
            ("Ticket Processing", STATUS_MODES[0]),
            ("Support", STATUS_MODES[1]),
            ("Pause", STATUS_MODES[2]),
            ("Auto-Absent", STATUS_MODES[3]),
        ],
    )
    def test_a_status_means_its_mode(self, status: str, mode: StatusMode) -> None:
        assert rules().mode_of(status) is mode

    @pytest.mark.parametrize(
        "status", ["Busy", "active", "", None, 7, True, ["Active"], {}, STATUS_MODES[0]]
    )
    def test_an_unknown_status_is_refused(self, status: Any) -> None:
        with pytest.raises(
            WorklogError,
            match=r"^status must be one of Active, Auto-Absent, Pause, Support, Ticket Processing: "
            rf"found {re.escape(repr(status))}.*\. "
            r"Add it to status_modes or status_aliases of the rules\.$",
        ) as caught:
            rules().mode_of(status)
        assert (caught.value.field, caught.value.value) == ("status", status)


class TestTheCap:
    @pytest.mark.parametrize("longest", [None, timedelta.resolution, timedelta.max])
    def test_none_or_any_time_above_zero_is_one(self, longest: timedelta | None) -> None:
        assert rules(max_unedited=longest).max_unedited == longest

    @pytest.mark.parametrize("value", [timedelta(0), -timedelta.resolution, 1800, 30.0, "PT30M"])
    def test_anything_else_is_refused(self, value: Any) -> None:
        told = refusal("max_unedited", value)
        assert told.value == value
        assert "must be a timedelta of at least 0:00:00.000001: found " in str(told)


class TestPromisesAndTexts:
    @pytest.mark.parametrize("value", [OFFICE, SlaPolicy, "8h", timedelta(hours=8), {}, False])
    def test_a_policy_is_one_or_none(self, value: object) -> None:
        told = refusal("sla_policy", value)
        assert told.value is value
        assert "must be an SlaPolicy or None: found " in str(told)
        assert str(told).endswith("Pass SlaPolicy(calendar, by_tag={...}).")

    @pytest.mark.parametrize("value", ["casefold", 7, False, ()])
    def test_what_prepares_a_text_is_a_function(self, value: object) -> None:
        told = refusal("preprocess", value)
        assert told.value is value
        assert "must be a function from str to str or None: found " in str(told)

    @pytest.mark.parametrize("window", [None, timedelta(0), timedelta.max])
    def test_a_window_is_none_or_any_time_from_zero_up(self, window: timedelta | None) -> None:
        assert rules(fcr_window=window).fcr_window == window

    @pytest.mark.parametrize("value", [-timedelta.resolution, 1, 1.0, "P1D", True])
    def test_any_other_window_is_refused(self, value: Any) -> None:
        told = refusal("fcr_window", value)
        assert told.value == value
        assert "must be a timedelta of at least 0:00:00: found " in str(told)

    @pytest.mark.parametrize("value", [0, 1, None, "no"])
    def test_whether_a_reopening_needs_a_reply_is_true_or_false(self, value: object) -> None:
        told = refusal("reopen_needs_reply", value)
        assert told.value is value
        assert "must be True or False: found " in str(told)


class TestTheValue:
    def test_it_holds_what_it_was_told(self) -> None:
        found = WorklogRules(**FULL)
        assert {field: getattr(found, field) for field in FULL} == FULL
        assert set(FULL) == set(attrs.fields_dict(WorklogRules))

    @pytest.mark.parametrize("make", [rules, lambda: WorklogRules(**FULL)], ids=["least", "full"])
    def test_it_travels_as_an_equal_value(self, make: Callable[[], WorklogRules]) -> None:
        found = make()
        for other in (
            pickle.loads(pickle.dumps(found)),
            copy.copy(found),
            copy.deepcopy(found),
            attrs.evolve(found),
            make(),
        ):
            assert type(other) is WorklogRules
            assert other == found
            assert hash(other) == hash(found)
            assert repr(other) == repr(found)

    @pytest.mark.parametrize("field", FULL)
    def test_each_field_tells_rules_apart(self, field: str) -> None:
        other = {**FULL, field: getattr(rules(), field)}
        if field == "time_zone":
            other[field] = UTC
        if field == "status_modes":
            other[field] = (*STATUS_MODES, TRAINING, PHONE)
        assert WorklogRules(**other) != WorklogRules(**FULL)

    @pytest.mark.parametrize("field", FULL)
    def test_it_cannot_change(self, field: str) -> None:
        with pytest.raises(FrozenInstanceError, match=r"set attribute|^$"):
            setattr(rules(), field, FULL[field])

    def test_it_keeps_a_copy_of_what_can_change(self) -> None:
        aliases, modes = {"Working": "Active"}, list(STATUS_MODES)
        found = rules(status_aliases=aliases, status_modes=modes)
        aliases["Course"] = "Support"
        modes.clear()
        assert found.status_aliases == {"Working": "Active"}
        assert found.status_modes == STATUS_MODES

    def test_the_order_of_aliases_does_not_matter(self) -> None:
        aliases = {"Working": "Active", "Reading": "Support"}
        there = rules(status_aliases=aliases)
        back = rules(status_aliases=dict(reversed(aliases.items())))
        assert there == back
        assert hash(there) == hash(back)
