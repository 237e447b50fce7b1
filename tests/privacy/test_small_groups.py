"""Small groups are withheld, and nothing gives them back."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.staff import IDS, ROBOT, one_each, released, row, worklog_of
from worklog_core import Action, SmallGroups, WorklogError, judge_small_groups

Columns = Mapping[str, Sequence[Hashable]]

crowds = st.integers(0, 9).map(str) | st.none()
shared = st.sampled_from([None, (), ("A",), ("A", "B"), "x", "y"])
FIELDS = ("teams", "topic", "subtopic")


@st.composite
def tables(draw: Any) -> tuple[list[str | None], dict[str, list[Hashable]]]:
    people = draw(st.lists(crowds, max_size=25))
    several = {
        field: draw(st.lists(shared, min_size=len(people), max_size=len(people)))
        for field in FIELDS
    }
    return people, several


def shown(columns: Columns, verdict: SmallGroups) -> list[tuple[Hashable, ...]]:
    """Return what is left of each row; a star for what is withheld."""
    return [
        tuple("*" if verdict.withheld[f][n] else columns[f][n] for f in columns)
        for n in range(len(next(iter(columns.values()))))
    ]


def people_of(rows: Sequence[Hashable], people: Sequence[str | None]) -> dict[Hashable, set[str]]:
    found: dict[Hashable, set[str]] = {}
    for one, person in zip(rows, people, strict=True):
        if person is not None:
            found.setdefault(one, set()).add(person)
    return found


class TestWhateverIsLeftIsSharedByK:
    @given(table=tables(), k=st.integers(2, 4))
    def test_in_every_combination(
        self, table: tuple[list[str | None], dict[str, list[Hashable]]], k: int
    ) -> None:
        people, columns = table
        verdict = judge_small_groups(columns, people, k=k, within={"subtopic": "topic"})
        assert verdict.contributors == len(set(people) - {None})
        if verdict.contributors < k:
            assert verdict.is_refused == (verdict.contributors > 0)
            return
        left = shown(columns, verdict)
        for length in range(1, len(FIELDS) + 1):
            for sharing in people_of([one[:length] for one in left], people).values():
                assert len(sharing) >= k

    @given(table=tables(), k=st.integers(2, 4))
    def test_and_no_group_is_withheld_alone(
        self, table: tuple[list[str | None], dict[str, list[Hashable]]], k: int
    ) -> None:
        people, columns = table
        verdict = judge_small_groups(columns, people, k=k)
        if verdict.contributors < k:
            return
        left = shown(columns, verdict)
        for place, field in enumerate(FIELDS):
            hidden: dict[Hashable, set[Hashable]] = {}
            for n, person in enumerate(people):
                if person is not None and verdict.withheld[field][n]:
                    hidden.setdefault(left[n][:place], set()).add(columns[field][n])
            assert all(len(groups) > 1 for groups in hidden.values())

    @given(table=tables(), k=st.integers(2, 4), data=st.data())
    def test_whatever_the_order_of_the_rows(
        self, table: tuple[list[str | None], dict[str, list[Hashable]]], k: int, data: st.DataObject
    ) -> None:
        people, columns = table
        order = data.draw(st.permutations(range(len(people))))
        verdict = judge_small_groups(columns, people, k=k)
        moved = judge_small_groups(
            {field: [column[n] for n in order] for field, column in columns.items()},
            [people[n] for n in order],
            k=k,
        )
        assert moved.fields == verdict.fields
        for field in FIELDS:
            assert moved.withheld[field] == tuple(verdict.withheld[field][n] for n in order)

    @given(table=tables())
    def test_pycanon_counts_as_many(
        self, table: tuple[list[str | None], dict[str, list[Hashable]]]
    ) -> None:
        anonymity = pytest.importorskip("pycanon.anonymity")
        pandas = pytest.importorskip("pandas")
        people, columns = table
        verdict = judge_small_groups(columns, people, k=3)
        if verdict.contributors < 3:
            return
        # The oracle counts rows: each person stands once in each combination.
        rows = {
            (person, *map(repr, left))
            for person, left in zip(people, shown(columns, verdict), strict=True)
            if person is not None
        }
        frame = pandas.DataFrame(sorted(rows), columns=["person", *FIELDS])
        assert anonymity.k_anonymity(frame, list(FIELDS)) >= 3


def judged(*groups: tuple[str, int], k: int = 5) -> dict[str, bool]:
    """Return which groups of so many people are withheld."""
    column = [name for name, count in groups for _ in range(count)]
    people = [f"{name}{n}" for name, count in groups for n in range(count)]
    verdict = judge_small_groups({"team": column}, people, k=k)
    return dict(zip(column, verdict.withheld["team"], strict=True))


class TestWhatIsWithheld:
    """Adversarial tests 14 and 15."""

    def test_one_small_group_takes_the_next_smallest_with_it(self) -> None:
        assert judged(("A", 9), ("B", 5), ("C", 1)) == {"A": False, "B": True, "C": True}

    def test_two_small_groups_are_filled_up_to_k(self) -> None:
        assert judged(("A", 9), ("B", 3), ("C", 2)) == {"A": False, "B": True, "C": True}
        assert judged(("A", 9), ("B", 6), ("C", 2), ("D", 1)) == {
            "A": False,
            "B": True,
            "C": True,
            "D": True,
        }

    def test_of_two_groups_either_both_are_shown_or_none(self) -> None:
        assert judged(("A", 5), ("B", 5)) == {"A": False, "B": False}
        assert judged(("A", 50), ("B", 1)) == {"A": True, "B": True}

    def test_of_equally_large_groups_the_first_by_name_is_taken(self) -> None:
        assert judged(("B", 6), ("A", 6), ("C", 1)) == {"A": True, "B": False, "C": True}

    def test_a_thousand_rows_of_one_person_are_one_person(self) -> None:
        column, people = ["A"] * 6 + ["B"] * 1000, [*"123456"] + ["7"] * 1000
        verdict = judge_small_groups({"team": column}, people)
        assert all(verdict.withheld["team"])

    def test_a_list_is_a_group_and_none_at_all_is_another(self) -> None:
        teams = [("A",)] * 5 + [("A", "B")] + [()] * 6
        verdict = judge_small_groups({"teams": teams}, list(map(str, range(12))))
        assert [verdict.withheld["teams"][n] for n in (0, 5, 6)] == [True, True, False]

    def test_topics_are_judged_within_teams(self) -> None:
        teams = ["A"] * 6 + ["B"] * 6
        topics = ["t"] * 5 + ["u"] + ["t"] * 6
        verdict = judge_small_groups({"team": teams, "topic": topics}, list(map(str, range(12))))
        assert verdict.withheld["team"] == (False,) * 12
        assert verdict.withheld["topic"] == (True,) * 6 + (False,) * 6

    def test_a_subtopic_goes_with_its_topic(self) -> None:
        topics = ["t"] * 5 + ["u"] * 7
        columns = {"topic": ["x", *topics], "subtopic": ["x1"] + ["t1"] * 5 + ["u1"] * 7}
        people = list(map(str, range(13)))
        verdict = judge_small_groups(columns, people, within={"subtopic": "topic"})
        assert (
            verdict.withheld["subtopic"] == verdict.withheld["topic"] == (True,) * 6 + (False,) * 7
        )
        # Judged and counted once: the subtopic of a withheld topic is no group of its own.
        assert [(one.small, one.complement) for one in verdict.fields] == [(1, 1), (0, 0)]

    def test_rows_of_agents_count_nobody_and_follow(self) -> None:
        topics, people = ["a"] * 5 + ["b", "b", "c"], [*"12345", "6", None, None]
        verdict = judge_small_groups({"topic": topics}, people)
        assert verdict.withheld["topic"] == (True,) * 7 + (False,)
        assert verdict.contributors == 6

    def test_an_identifying_name_is_withheld_however_many_share_it(self) -> None:
        topics, people = ["a"] * 5 + ["Meike"] * 6 + ["Meike"], [*"123456789xy", None]
        verdict = judge_small_groups(
            {"topic": topics}, people, is_identifying=lambda group: group == "Meike"
        )
        assert all(verdict.withheld["topic"])
        (counted,) = verdict.fields
        assert counted.to_dict() == {
            "field": "topic",
            "small": 0,
            "complement": 1,
            "identifying": 1,
            "rows": 12,
        }
        assert str(counted) == (
            "topic: 0 groups of too few people, 1 more so that none is found by subtraction, "
            "1 whose names identify; withheld in 12 rows"
        )

    def test_also_where_only_an_agent_has_it(self) -> None:
        verdict = judge_small_groups(
            {"topic": ["a"] * 5 + ["Meike"]}, [*"12345", None], is_identifying="Meike".__eq__
        )
        assert verdict.withheld["topic"] == (False,) * 5 + (True,)

    def test_nobody_is_refused_nothing(self) -> None:
        verdict = judge_small_groups({"topic": []}, [])
        assert (verdict.contributors, verdict.is_refused) == (0, False)


@pytest.mark.parametrize(
    ("k", "found"), [(1, "found 1"), (0, "found 0"), (True, "found bool"), (5.0, "found float")]
)
def test_a_k_below_two_is_refused(k: Any, found: str) -> None:
    with pytest.raises(WorklogError, match=f"^k must be a whole number of at least 2: {found}"):
        judge_small_groups({}, [], k=k)


class TestInARelease:
    @pytest.mark.parametrize("form", ["anonymous", "strict"])
    @pytest.mark.rule("AMB-9", "E-50", "E-51")
    @pytest.mark.parametrize("field", ["teams", "tags"])
    def test_a_team_or_a_tag_of_one_is_not_shown(self, form: str, field: str) -> None:
        found = released(one_each({field: ("Solo",)}, {field: ("Solo", "Duo")}), form)
        assert "Solo" not in repr([one[field] for one in found.rows])
        assert {one[field] for one in found.rows} == {None}

    @pytest.mark.parametrize("form", ["page", "real"])
    def test_at_the_other_levels_it_is(self, form: str) -> None:
        found = released(one_each({"teams": ("Solo",)}), form)
        assert [one["teams"] for one in found.rows] == [("Solo",), *[()] * 6]

    def test_rows_of_an_agent_are_not_counted(self) -> None:
        robots = [row(ROBOT, n, action=Action.AUTO_PROCESS, topic="Rare") for n in range(100, 110)]
        people = [row(user, n, topic="Rare" if n == 0 else "Much") for n, user in enumerate(IDS)]
        found = released(worklog_of([*people, *robots]), "anonymous")
        assert {one["topic"] for one in found.rows} == {None}

    @pytest.mark.parametrize("form", ["anonymous", "strict"])
    def test_fewer_than_k_people_are_refused(self, form: str) -> None:
        few = worklog_of(row(user, n) for n, user in enumerate(IDS[:4]))
        with pytest.raises(WorklogError, match="at least k = 5 people in it: found 4") as caught:
            released(few, form)
        assert caught.value.field == "result"
        assert caught.value.value is None
        assert len(released(few, form, k=4)) == 4

    @pytest.mark.parametrize("form", ["page", "real"])
    def test_at_the_other_levels_they_are_not(self, form: str) -> None:
        assert len(released(worklog_of([row()]), form)) == 1


@pytest.mark.parametrize("form", ["anonymous", "strict"])
@pytest.mark.parametrize(
    "field", ["teams", "topic", "subtopic", "channel", "tags", "status_detail"]
)
def test_a_label_that_holds_an_id_is_withheld_from_however_many_share_it(
    field: str, form: str
) -> None:
    label = f"ask {IDS[0]}"
    shared: Any = (label,) if field in {"teams", "tags"} else label
    found = released(one_each(*({field: shared} for _ in IDS)), form)
    assert label not in repr(found.rows)
    assert {one[field] for one in found.rows} <= {None, ()}


def test_five_people_are_enough_unless_it_is_said_otherwise() -> None:
    column = {"topic": ["x"] * 5}
    assert not judge_small_groups(column, [*"abcde"]).is_refused
    assert judge_small_groups({"topic": ["x"] * 4}, [*"abcd"]).is_refused
