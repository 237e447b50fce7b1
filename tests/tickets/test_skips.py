"""How often users skip what they are offered, with figures, and against looking through it all."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from office import at, edited
from worklog_core import (
    History,
    NaiveDatetimeError,
    RoutingOffered,
    RoutingSkipped,
    SkipRate,
    TrackingExclusion,
    WorklogError,
    skip_rates,
)


def offered(clock: str, ticket: str = "T1", user: str = "U1", **more: Any) -> RoutingOffered:
    return RoutingOffered(user, ticket, at(clock), **more)


def skipped(clock: str, ticket: str = "T1", user: str = "U1", **more: Any) -> RoutingSkipped:
    return RoutingSkipped(user, ticket, at(clock), **more)


def rates(*events: Any, as_of: str | None = None) -> dict[str, tuple[int, int, int]]:
    found = skip_rates(History.of(events), as_of=None if as_of is None else at(as_of))
    return {user: attrs.astuple(rate) for user, rate in found.items()}


@pytest.mark.rule("E-44", "AMB-11")
def test_one_of_three_offers_was_skipped_and_one_skip_had_no_offer() -> None:
    found = skip_rates(
        History.of(
            [
                *(offered("9:00"), skipped("9:01"), offered("9:30")),
                *(offered("10:00", "T2"), skipped("11:00", "T3")),
            ]
        )
    )
    assert found == {"U1": SkipRate(offered=3, skipped=1, unoffered=1)}
    assert found["U1"].rate == Fraction(1, 3)


@pytest.mark.rule("AMB-11")
@pytest.mark.parametrize(
    ("events", "counted"),
    [
        ([offered("9:00")], (1, 0, 0)),
        ([offered("9:00"), skipped("9:00")], (1, 1, 0)),
        ([offered("9:00"), skipped("8:59:59.999999")], (1, 0, 1)),
        ([offered("9:00"), skipped("9:01"), skipped("9:02")], (1, 1, 0)),
        ([offered("9:00"), offered("9:05"), skipped("9:06")], (2, 1, 0)),
        ([offered("9:00"), offered("9:05"), skipped("9:05")], (2, 1, 0)),
        ([offered("9:00"), skipped("9:01"), offered("9:05"), skipped("9:06")], (2, 2, 0)),
        ([skipped("9:00"), skipped("9:10")], (0, 0, 2)),
        ([offered("9:00"), skipped("9:01", "T2")], (1, 0, 1)),
        ([offered("9:00"), skipped("9:01"), edited("U1", "T1", "9:02")], (1, 1, 0)),
        ([offered("9:00"), skipped("9:01"), TrackingExclusion("T1", at("9:02"))], (1, 1, 0)),
        ([offered("9:00"), offered("9:00", event_id="E2"), skipped("9:01")], (2, 1, 0)),
        ([offered("9:00"), offered("9:00")], (1, 0, 0)),
    ],
)
def test_an_offer_is_skipped_once_or_not(events: list[Any], counted: tuple[int, int, int]) -> None:
    assert rates(*events) == {"U1": counted}


@pytest.mark.rule("AMB-11")
def test_each_user_is_counted_apart() -> None:
    events = (offered("9:00"), offered("9:05", user="U2"), skipped("9:06"))
    assert rates(*events) == {"U1": (1, 1, 0), "U2": (1, 0, 0)}
    assert list(rates(offered("9:00", user="U2"), offered("9:01"))) == ["U1", "U2"]


@pytest.mark.rule("AMB-11")
def test_without_an_offer_there_is_no_rate() -> None:
    assert skip_rates(History.of([skipped("9:00")]))["U1"].rate is None
    assert skip_rates(History()) == {}


@pytest.mark.rule("AMB-24", "AMB-25")
def test_what_comes_after_the_instant_is_unseen_and_the_last_version_is_the_fact() -> None:
    events = (offered("9:00"), skipped("9:10"))
    assert rates(*events, as_of="9:09:59.999999") == {"U1": (1, 0, 0)}
    assert rates(*events, as_of="9:10") == {"U1": (1, 1, 0)}
    moved = skipped("8:00", event_id="E1", known_at=at("12:00"))
    assert rates(offered("9:00"), skipped("9:10", event_id="E1"), moved) == {"U1": (1, 0, 1)}


def test_what_is_no_history_is_refused() -> None:
    nothing: Any = [offered("9:00")]
    with pytest.raises(WorklogError, match=r"^history must be a History: found \[") as caught:
        skip_rates(nothing)
    assert (caught.value.field, caught.value.value) == ("history", nothing)
    with pytest.raises(NaiveDatetimeError, match="as_of must carry a time zone"):
        skip_rates(History(), as_of=datetime(2026, 3, 2))


# The same, said once more: for each offer, was there a skip before the next?

moments = st.integers(0, 6).map(lambda n: datetime(2026, 3, 2, tzinfo=UTC) + n * timedelta(hours=1))
users, tickets = st.sampled_from(("U1", "U2")), st.sampled_from(("T1", "T2"))
marks = st.one_of(
    *(st.builds(k, users, tickets, moments) for k in (RoutingOffered, RoutingSkipped))
)


@given(st.lists(marks, max_size=12, unique=True), st.one_of(st.none(), moments))
def test_looking_at_each_offer_says_the_same(drawn: list[Any], as_of: datetime | None) -> None:
    seen = [mark for mark in drawn if as_of is None or mark.at <= as_of]
    expected = {}
    for user in {mark.user_id for mark in seen}:
        own = [mark for mark in seen if mark.user_id == user]
        offers = [mark for mark in own if isinstance(mark, RoutingOffered)]
        skips = [mark for mark in own if isinstance(mark, RoutingSkipped)]

        def holds(offer: Any, skip: Any, offers: list[Any] = offers) -> bool:
            return offer.at <= skip.at and not any(
                o.ticket_id == skip.ticket_id and offer.at < o.at <= skip.at for o in offers
            )

        pairs = [(o, s) for o in offers for s in skips if o.ticket_id == s.ticket_id]
        met = [(o, s) for o, s in pairs if holds(o, s)]
        expected[user] = SkipRate(
            offered=len(offers),
            skipped=len({o for o, _ in met}),
            unoffered=len(skips) - len({s for _, s in met}),
        )
    assert skip_rates(History.of(drawn), as_of=as_of) == expected
