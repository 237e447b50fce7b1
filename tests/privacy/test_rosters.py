"""Which rosters are taken, and what seniority means in them."""

import traceback
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.specimens import PAIRS, names, users
from worklog_core import WorklogError
from worklog_core.privacy import Language

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def rivals() -> tuple[str, str]:
    """Return two users who would go by the same name, each without the other."""
    return PAIRS[0]


class TestIds:
    @pytest.mark.parametrize(
        ("user", "found"),
        [
            (42, "int"),
            (True, "bool"),
            (42.5, "float"),
            (float("nan"), "float"),
            (None, "NoneType"),
            (b"u", "bytes"),
            ("", "an empty one"),
            (("u", 1), "tuple"),
        ],
    )
    @pytest.mark.parametrize("kind", [list, dict.fromkeys])
    def test_what_is_no_text_is_refused_and_not_shown(
        self, kind: Any, user: Any, found: str
    ) -> None:
        """Adversarial test 9."""
        message = rf"^a roster must hold ids that are non-empty str: found {found}\."
        with pytest.raises(WorklogError, match=message) as caught:
            names(kind(["secretive", user]))
        assert (caught.value.field, caught.value.value) == ("roster", None)
        text = "".join(traceback.format_exception(caught.value))
        assert "secretive" not in str(caught.value)
        assert text.count("42") <= text.count("line ")

    def test_a_list_is_no_id(self) -> None:
        with pytest.raises(WorklogError, match="non-empty str: found list"):
            names([["u"]])  # type: ignore[list-item]  # that is what is asked

    @pytest.mark.parametrize("roster", ["u-1", b"u-1", None, 4711])
    def test_one_id_is_no_roster(self, roster: Any) -> None:
        message = (
            rf"^a roster must be .* found {type(roster).__name__}\. Put a single id in a list\."
        )
        with pytest.raises(WorklogError, match=message) as caught:
            names(roster)
        assert (caught.value.field, caught.value.value) == ("roster", None)
        assert not {"u-1", "4711"} & {*str(caught.value).split()}

    def test_ids_that_look_alike_are_not_merged(self) -> None:
        """Adversarial test 10."""
        alike = ["Ä", "A\u0308", "ä", "Ä ", " Ä", "\u212b", "Å", "A\ud800", "A\udfff", "A"]
        assert len(set(names(alike).values())) == len(alike)
        assert len({name for user in alike for name in names([user]).values()}) == len(alike)

    def test_users_may_be_called_like_labels_and_pseudonyms(self) -> None:
        """Adversarial test 18."""
        roster = ["Anonymous", "Hungry Raspberry", *names(users(50)).values()]
        found = names(roster)
        assert found.keys() == set(roster)
        assert len(set(found.values())) == len(roster)

    def test_no_name_can_be_taken_for_a_formula(self) -> None:
        """Adversarial test 23."""
        for language in Language:
            found = names(["=1+1", "+49", "-1", "@sum", *users(100)], language=language)
            assert all(name[0].isalpha() for name in found.values())

    def test_the_roster_is_left_as_it_was(self) -> None:
        roster = {"b": 2, "a": 1}
        names(roster)
        assert list(roster.items()) == [("b", 2), ("a", 1)]

    def test_the_answer_is_in_the_order_of_the_ids(self) -> None:
        assert list(names({"b": 1, "a": 2, "B": 3})) == ["B", "a", "b"]


class Partly:
    """Something that compares with nothing, and says so with what it holds."""

    def __lt__(self, other: object) -> bool:
        raise ValueError("born 1970-01-01 is not comparable.")


class TestSeniority:
    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            (1, 2),
            (-0.5, Fraction(1, 3)),
            (Decimal(1), 2),
            ("A-1", "A-2"),
            (date(2019, 1, 1), date(2020, 1, 1)),
            (datetime(2019, 1, 1), datetime(2020, 1, 1)),
            ((2019, "b"), (2020, "a")),
            ([1], [2]),
            (frozenset("a"), frozenset("ab")),
            # In Berlin 02:45 came before 02:15 on that day, and one o'clock UTC in between.
            (
                datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN),
                datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=BERLIN),
            ),
            (
                datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN),
                datetime(2026, 10, 25, 1, tzinfo=UTC),
            ),
        ],
    )
    def test_anything_that_orders_says_who_comes_first(
        self, rivals: tuple[str, str], earlier: Any, later: Any
    ) -> None:
        (wanted,) = names([rivals[0]]).values()
        for senior, junior in permutations(rivals):
            for roster in ({senior: earlier, junior: later}, {junior: later, senior: earlier}):
                assert names(roster)[senior] == wanted

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (1, True),
            (1.0, Fraction(1)),
            (
                datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
                datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            ),
        ],
    )
    def test_equal_seniority_is_as_good_as_none(
        self, rivals: tuple[str, str], one: Any, other: Any
    ) -> None:
        for first, second in permutations(rivals):
            assert names({first: one, second: other}) == names(rivals)

    @pytest.mark.parametrize(
        "seniorities",
        [
            [None],
            [None, None],
            [1, None],
            [float("nan")],
            [1.5, float("nan"), 2.5],
            [float("nan"), float("nan")],
            [Decimal("nan"), Decimal(1)],
            [Decimal("snan")],
            [1, "1970"],
            [date(1970, 1, 1), datetime(1970, 1, 1)],
            [datetime(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)],
            [frozenset("a"), frozenset("b")],
            [frozenset("a"), frozenset("b"), frozenset("ab")],
            [{}, {}],
            [1j, 2j],
            [Partly()],
            [Partly(), Partly()],
        ],
    )
    def test_what_does_not_order_is_refused_and_not_shown(self, seniorities: list[Any]) -> None:
        for order in permutations(seniorities):
            roster = {f"secretive-{place}": seniority for place, seniority in enumerate(order)}
            with pytest.raises(
                WorklogError, match="seniorities must order all of a roster"
            ) as caught:
                names(roster)
            error = caught.value
            assert (error.field, error.value) == ("roster", None)
            assert error.__cause__ is error.__context__ is None
            text = "".join(traceback.format_exception(error))
            assert "1970" not in text
            assert "secretive-" not in str(error)

    @given(
        instants=st.lists(st.integers(-(10**5), 10**5), min_size=2, max_size=2),
        start=st.just(datetime(2026, 10, 25, 1, tzinfo=UTC)),
    )
    def test_instants_count_and_not_clocks(
        self, rivals: tuple[str, str], instants: list[int], start: datetime
    ) -> None:
        in_berlin = [(start + timedelta(seconds=s)).astimezone(BERLIN) for s in instants]
        assert names(dict(zip(rivals, in_berlin, strict=True))) == names(
            dict(zip(rivals, instants, strict=True))
        )
