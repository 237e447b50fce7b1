"""What a release shows at each level: every cell of the table, decided."""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

from privacy.staff import (
    IDS,
    POLICIES,
    PSEUDONYMS,
    ROBOT,
    STAFF,
    one_each,
    policy,
    released,
    row,
    worklog_of,
    worklogs,
)
from worklog_core import (
    Action,
    Coarsening,
    FieldPolicy,
    PrivacyLevel,
    PrivacyPolicy,
    Treatment,
    Undetermined,
    Worklog,
    WorklogError,
    WorklogRow,
    exports,
    release,
    text_similarity,
)
from worklog_core.privacy.levels import Form
from worklog_core.privacy.release import SUBJECTS
from worklog_core.privacy.worklog_fields import WORKLOG_ROWS

FORMS = ("anonymous", "strict", "page", "real")

# The table of the rules once more, column by column of the export; "as is" is not repeated.
TABLE = {
    "name": ("Anonymous", "pseudonym", "pseudonym", "name"),
    "date": (None, "day", ..., ...),
    "ticketId": (None, None, ..., ...),
    "conversationId": (None, None, ..., ...),
    "userWorklogId": (None, None, ..., ...),
    "userId": (None, None, ..., ...),
    "email": (None, None, None, None),
    "rawData": (None, None, None, None),
    "closingDateForSLA": (None, None, ..., ...),
    "pendingDueBy": (None, None, ..., ...),
    "firstPendingAt": (None, None, ..., ...),
    "department": ("small", "small", ..., ...),
    "teams": ("small", "small", ..., ...),
    "tags": ("small", "small", ..., ...),
    "allTags": ("small", "small", ..., ...),
    "topic": ("small", "small", ..., ...),
    "subTopic": ("small", "small", ..., ...),
    "channel": ("small", "small", ..., ...),
    "statusActionDetail": ("small", "small", ..., ...),
    "textAssistanceAccuracy": ("4 digits", ..., ..., ...),
}


def as_is(found: list[Any], exact: list[Any]) -> None:
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, exact))


def as_is_or_withheld(found: list[Any], exact: list[Any]) -> None:
    assert set(map(json.dumps, found)) <= {*map(json.dumps, exact), "null"}


def blank(found: list[Any], _: list[Any]) -> None:
    assert set(found) == {None}


def anonymous(found: list[Any], _: list[Any]) -> None:
    assert set(found) == {"Anonymous"}


def pseudonyms(found: list[Any], _: list[Any]) -> None:
    assert set(found) - {"AI agent"} == set(PSEUDONYMS.values())


def real_names(found: list[Any], _: list[Any]) -> None:
    assert {name.removeprefix("'") for name in found} - {"AI agent"} == set(STAFF.values())


def days(found: list[Any], exact: list[Any]) -> None:
    assert sorted(found) == sorted(instant[:10] for instant in exact)


def four_digits(found: list[Any], exact: list[Any]) -> None:
    assert sorted(map(str, found)) == sorted(
        str(share if share in {None, 1.0} else min(round(share, 4), 0.9999)) for share in exact
    )


CHECKS: dict[Any, Callable[[list[Any], list[Any]], None]] = {
    ...: as_is,
    None: blank,
    "Anonymous": anonymous,
    "pseudonym": pseudonyms,
    "name": real_names,
    "day": days,
    "small": as_is_or_withheld,
    "4 digits": four_digits,
}


class TestEveryCell:
    @pytest.mark.rule("E-28", "E-29", "E-30", "E-31", "E-55", "AMB-9")
    @pytest.mark.parametrize(("place", "form"), list(enumerate(FORMS)))
    @settings(max_examples=30)
    @given(worklog=worklogs())
    def test_is_as_the_table_says(self, place: int, form: str, worklog: Worklog) -> None:
        exact = exports.enneo.rows(released(worklog, "real"))
        found = exports.enneo.rows(released(worklog, form))
        for column in found[0]:
            told = TABLE.get(column, (..., ..., ..., ...))[place]
            CHECKS[told]([one[column] for one in found], [one[column] for one in exact])

    def test_every_field_of_a_row_is_decided(self) -> None:
        told = {source for field in WORKLOG_ROWS.fields for source in field.sources}
        assert told == {field.name for field in attrs.fields(WorklogRow)} - {"reasons"}

    def test_no_field_is_decided_twice(self) -> None:
        names = [field.name for field in WORKLOG_ROWS.fields]
        assert len(set(names)) == len(names)
        assert SUBJECTS[Worklog] == (WORKLOG_ROWS,)

    def test_a_field_that_says_who_is_in_no_guarded_form(self) -> None:
        who = {"user_id", "ticket_id", "conversation_id", "recorded_at", "epoch_at"}
        hidden = {Treatment.BLANK, Treatment.DROP, Treatment.ANONYMOUS, Treatment.PSEUDONYM}
        for field in WORKLOG_ROWS.fields:
            if who & set(field.sources):
                assert field.treatments.anonymous in hidden
                assert field.treatments.strict in {*hidden, Treatment.DAY_ONLY}

    @pytest.mark.parametrize("form", FORMS)
    @settings(max_examples=30)
    @given(worklog=worklogs())
    def test_every_none_says_why(self, form: str, worklog: Worklog) -> None:
        found = released(worklog, form)
        for one in found.rows:
            assert tuple(one) == found.columns
            for field, reason in one["reasons"].items():
                assert one[field] is None
                assert isinstance(reason, Undetermined)
            for field in found.audit().blanked:
                assert one["reasons"][field] is Undetermined.WITHHELD

    def test_its_own_reason_stays_where_the_field_is_shown(self) -> None:
        reasons = {
            "duration": Undetermined.NO_SESSION,
            "conversation_id": Undetermined.INITIAL_REQUEST,
            "topic": Undetermined.NOT_TOLD,
        }
        unmeasured = {"duration": None, "after_work": None, "open_time": None}
        several = one_each(*[{**unmeasured, "conversation_id": None, "reasons": reasons}] * 7)
        hidden, real = released(several, "anonymous").rows[0], released(several, "real").rows[0]
        assert hidden["reasons"]["duration"] is Undetermined.NO_SESSION
        assert hidden["reasons"]["topic"] is Undetermined.NOT_TOLD
        assert hidden["reasons"]["conversation_id"] is Undetermined.WITHHELD
        assert real["reasons"]["conversation_id"] is Undetermined.INITIAL_REQUEST
        few = one_each(*[{"reasons": reasons}] * 2, *[{"topic": "t"}] * 5)
        topics = {one["reasons"].get("topic") for one in released(few, "anonymous").rows}
        assert topics == {Undetermined.WITHHELD}

    def test_a_comparison_without_a_basis_says_so_itself(self) -> None:
        nothing = text_similarity("Dear Meike", None)
        for one in released(one_each(*[{"text_assistance": nothing}] * 7), "anonymous").rows:
            assert one["text_assistance_accuracy"] is None
            assert one["reasons"]["text_assistance_accuracy"] is Undetermined.NOTHING_SENT

    @pytest.mark.rule("E-40", "E-41")
    def test_the_accuracy_has_four_digits_where_nobody_is_to_be_found_by_it(self) -> None:
        close = text_similarity("a" * 100_000, "a" * 99_999 + "b")
        worklog = one_each(*[{"text_assistance": close}] * 7)
        assert released(worklog, "anonymous").rows[0]["text_assistance_accuracy"] == 0.9999
        assert released(worklog, "strict").rows[0]["text_assistance_accuracy"] == 0.99999


class TestNames:
    @pytest.mark.rule("E-28")
    def test_everything_is_listed_under_anonymous(self) -> None:
        """Adversarial test 17."""
        robot = row(ROBOT, 99, action=Action.AUTO_PROCESS)
        found = released(worklog_of([*one_each().rows, robot]), "anonymous")
        assert {one["name"] for one in found.rows} == {"Anonymous"}

    @pytest.mark.rule("E-29")
    @pytest.mark.parametrize("form", ["strict", "page"])
    def test_everybody_goes_by_their_pseudonym(self, form: str) -> None:
        found = released(one_each(), form)
        assert sorted(one["name"] for one in found.rows) == sorted(PSEUDONYMS.values())

    @pytest.mark.rule("E-30")
    def test_real_names_are_real(self) -> None:
        found = released(one_each(), "real")
        assert {one["user_id"]: one["name"] for one in found.rows} == STAFF

    @pytest.mark.rule("E-20", "AMB-15")
    @pytest.mark.parametrize("form", ["strict", "page", "real"])
    def test_an_agent_has_a_label_and_needs_no_name(self, form: str) -> None:
        """Adversarial test 20."""
        robot = row(ROBOT, 99, action=Action.AUTO_PROCESS)
        found = released(worklog_of([*one_each().rows, robot]), form)
        labelled = [one for one in found.rows if one["action"] is Action.AUTO_PROCESS]
        assert [one["name"] for one in labelled] == ["AI agent"]

    def test_somebody_called_like_a_pseudonym_changes_nothing(self) -> None:
        """Adversarial test 18: the staff has an Anonymous and a Hungry Raspberry."""
        found = released(one_each(), "strict")
        assert len({one["name"] for one in found.rows}) == len(STAFF)
        shown = {one["name"] for one in released(one_each(), "anonymous").rows}
        assert shown == {"Anonymous"}

    @pytest.mark.parametrize("form", ["strict", "page", "real"])
    def test_somebody_without_a_name_is_refused_and_not_named(self, form: str) -> None:
        """Adversarial test 19."""
        several = {user: name for user, name in POLICIES[form].names.items() if user != IDS[1]}
        with pytest.raises(WorklogError, match="found 1 without one") as caught:
            released(one_each(), form, names=several)
        told = f"{caught.value!r} {caught.value.args} {vars(caught.value)}"
        assert not any(text in told for pair in STAFF.items() for text in pair)
        assert caught.value.__context__ is None

    def test_pseudonyms_begin_with_a_letter(self) -> None:
        """Adversarial test 23."""
        for one in exports.enneo.rows(released(one_each(), "page")):
            assert one["name"][0].isalpha()


class TestWhatIsRefused:
    @pytest.mark.parametrize("level", ["Anonymisation", "anonymous", None, 4, True, STAFF])
    def test_a_level_that_is_none(self, level: Any) -> None:
        """Adversarial test 21."""
        with pytest.raises(
            WorklogError, match=rf"^PrivacyPolicy\.level must .*: found {type(level).__name__}\."
        ) as caught:
            PrivacyPolicy(level, names=STAFF)
        assert not any(text in str(caught.value) for pair in STAFF.items() for text in pair)

    @pytest.mark.parametrize("fields", ["strict", None, STAFF])
    def test_a_choice_of_fields_that_is_none(self, fields: Any) -> None:
        with pytest.raises(WorklogError, match=r"^PrivacyPolicy\.fields must be a member of"):
            PrivacyPolicy(PrivacyLevel.REAL, fields=fields)

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (None, "be a mapping of ids to names: found NoneType"),
            ([("u", "n")], "be a mapping of ids to names: found list"),
            ({"meike": ""}, "map ids to names, all non-empty str: found something else"),
            ({"": "Meike"}, "map ids to names, all non-empty str: found something else"),
            ({7: "Meike"}, "map ids to names, all non-empty str: found something else"),
            ({"meike": None}, "map ids to names, all non-empty str: found something else"),
            ({"meike": "A", "eve": "A"}, "give each person a pseudonym of their own: found one"),
            ({"meike": "meike"}, "hold pseudonyms: found an id as its own name"),
            ({"meike": "".join("meike")}, "hold pseudonyms: found an id as its own name"),
        ],
    )
    def test_names_that_are_none(self, names: Any, message: str) -> None:
        with pytest.raises(WorklogError, match=rf"^PrivacyPolicy\.names must {message}") as caught:
            PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=names)
        assert "eike" not in f"{caught.value!r} {vars(caught.value)}"

    def test_hundreds_of_people_have_hundreds_of_pseudonyms(self) -> None:
        names = {f"usr-{n}": f"Busy Bee {n}" for n in range(300)}
        assert PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=names).names == names
        with pytest.raises(WorklogError, match=r"a pseudonym of their own: found one twice"):
            PrivacyPolicy(PrivacyLevel.PSEUDONYMOUS, names=names | {"usr-300": "Busy Bee 7"})

    @pytest.mark.parametrize("level", [PrivacyLevel.REAL, PrivacyLevel.ANONYMOUS])
    def test_real_names_may_be_shared_and_may_be_ids(self, level: PrivacyLevel) -> None:
        names = {"a": "Eve", "b": "Eve", "c": "c"}
        assert PrivacyPolicy(level, names=names).names == names

    @pytest.mark.parametrize("k", [1, 0, -3, True, "5", None, 5.0])
    def test_a_k_below_two(self, k: Any) -> None:
        with pytest.raises(WorklogError, match=r"^PrivacyPolicy\.k must be a whole number of at"):
            PrivacyPolicy(PrivacyLevel.ANONYMOUS, k=k)

    def test_a_coarsening_that_is_none(self) -> None:
        wrong: Any = 60
        with pytest.raises(WorklogError, match=r"^PrivacyPolicy\.coarsening must .* found int"):
            PrivacyPolicy(PrivacyLevel.ANONYMOUS, coarsening=wrong)
        with pytest.raises(WorklogError, match=r"^Coarsening\.round_seconds must be a whole"):
            Coarsening(round_seconds=0)
        with pytest.raises(WorklogError, match=r"^Coarsening\.round_sla_seconds must be a whole"):
            Coarsening(round_sla_seconds=1.5)  # type: ignore[arg-type]  # what is to be refused

    @pytest.mark.parametrize("wrong", [None, "worklog", [row()], 7])
    def test_a_result_without_a_table(self, wrong: Any) -> None:
        with pytest.raises(WorklogError, match=r"^result must be one of .*Worklog.*: found"):
            release(wrong, POLICIES["real"])

    def test_a_policy_that_is_none(self) -> None:
        wrong: Any = PrivacyLevel.REAL
        with pytest.raises(WorklogError, match=r"^policy must be a PrivacyPolicy: found Priv"):
            release(one_each(), wrong)


class TestAsAValue:
    @pytest.mark.parametrize("form", FORMS)
    def test_it_travels_as_an_equal_value(self, form: str) -> None:
        found = released(one_each(), form)
        assert pickle.loads(pickle.dumps(found)) == found == copy.deepcopy(found)
        assert hash(found) == hash(released(one_each(), form))
        assert len(found) == len(IDS)

    def test_it_says_what_it_is_and_no_more(self) -> None:
        assert repr(released(one_each(), "real")) == "<Release of a worklog, real: 7 rows>"
        assert repr(POLICIES["page"]) == (
            "PrivacyPolicy(PSEUDONYMOUS, k=5, fields=PAGE, coarsening=None)"
        )

    def test_persons_are_ranked_by_their_real_names_alone(self) -> None:
        allowed = {form: released(one_each(), form).may_rank_persons for form in FORMS}
        assert allowed == {"anonymous": False, "strict": False, "page": False, "real": True}

    def test_a_form_is_guarded_where_people_are_to_be_hidden(self) -> None:
        assert [form for form in Form if form.is_guarded] == [Form.ANONYMOUS, Form.STRICT]
        assert policy(PrivacyLevel.ANONYMOUS, fields=FieldPolicy.PAGE).form is Form.ANONYMOUS

    @pytest.mark.parametrize("form", FORMS)
    @settings(max_examples=30)
    @given(worklog=worklogs())
    def test_what_goes_in_is_left_as_it_was(self, form: str, worklog: Worklog) -> None:
        """Adversarial test 22."""
        before = pickle.dumps(worklog.rows)
        released(worklog, form)
        assert pickle.dumps(worklog.rows) == before

    @pytest.mark.parametrize("form", ["page", "real"])
    def test_rows_of_the_open_forms_stand_as_they_stood(self, form: str) -> None:
        worklog = worklog_of(one_each().rows[::-1])
        found = released(worklog, form)
        assert [each["ticket_id"] for each in found.rows] == [r.ticket_id for r in worklog.rows]
        assert found.rows[0]["day"] == date(2026, 3, 2)
        assert found.rows[0]["duration"] == timedelta(minutes=5)
