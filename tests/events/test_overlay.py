"""Events that late ones are laid over: put together when asked, and the same events either way."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import Heartbeat, History, TicketEdit
from worklog_core.events import overlay
from worklog_core.events.kinds import KINDS, ORDER
from worklog_core.events.overlay import Overlaid, run_of
from worklog_core.testing.strategies import histories

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ping(user_id: str, minute: int) -> Heartbeat:
    return Heartbeat(user_id, "T1", NINE + timedelta(minutes=minute))


def pending() -> History:
    """A history whose heartbeats are not put together yet."""
    early = History(heartbeats=[ping("U1", 0), ping("U2", 0), ping("U3", 0)])
    return early.joined(History(heartbeats=[ping("U2", 1)]), early).history


ALL = (ping("U1", 0), ping("U2", 0), ping("U2", 1), ping("U3", 0))


def is_pending(history: History) -> bool:
    return isinstance(history.events_of("heartbeats"), Overlaid)


@given(st.lists(histories(max_scenes=3), min_size=2, max_size=4))
def test_updates_on_updates_are_all_events_together(drawn: list[History]) -> None:
    whole = joined = History()
    for more in drawn:
        late = History.of(event for event in more if event.event_id is None)
        whole = History.of([*whole, *late])
        joined = joined.joined(late, joined).history
        assert len(joined) == len(whole)
    for name, kind in KINDS.items():
        for event in getattr(whole, name):
            values = [getattr(event, field) for field in ORDER[kind]]
            for count in range(1, len(values) + 1):
                known = run_of(name, getattr(whole, name), *values[:count])
                assert tuple(joined.run(name, *values[:count])) == tuple(known)
    assert joined == whole


class TestPuttingTogether:
    def test_nothing_is_put_together_until_it_is_asked_for_as_a_whole(self) -> None:
        history = pending()
        assert is_pending(history)
        assert len(history) == 4
        assert repr(history) == "<History: 4 heartbeats>"
        assert history.run("heartbeats", "U2") == ALL[1:3]
        assert history.run("heartbeats", "U3") == ALL[3:]
        assert history.run("heartbeats", "U4") == ()
        assert is_pending(history)
        assert history.heartbeats == ALL
        assert not is_pending(history)
        assert history.heartbeats is history.heartbeats

    def test_a_run_that_nobody_had_is_put_where_it_belongs(self) -> None:
        early = History(heartbeats=[ping("U1", 0), ping("U3", 0)])
        late = History(heartbeats=[ping("U0", 0), ping("U2", 0), ping("U4", 0)])
        users = [one.user_id for one in early.joined(late, early).history.heartbeats]
        assert users == ["U0", "U1", "U2", "U3", "U4"]

    @pytest.mark.parametrize(
        "travel", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
    )
    def test_what_is_not_put_together_travels(self, travel: Any) -> None:
        there = travel(pending())
        assert there == History(heartbeats=ALL)
        assert there.heartbeats == ALL

    def test_an_unknown_kind_is_no_attribute(self) -> None:
        with pytest.raises(AttributeError, match="pings"):
            _ = pending().pings  # type: ignore[attr-defined]  # on purpose

    def test_beyond_many_runs_all_are_put_together_at_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(overlay, "_MOST_RUNS", 1)
        one = pending()
        assert is_pending(one)
        two = one.joined(History(heartbeats=[ping("U3", 9)]), one).history
        assert not is_pending(two)
        assert two.heartbeats == (*ALL, ping("U3", 9))

    def test_what_leaves_nothing_is_nothing(self) -> None:
        early = History(edits=[TicketEdit("U1", "T1", NINE, event_id="E1", known_at=NINE)])
        later = TicketEdit("U2", "T2", NINE, event_id="E1", known_at=NINE + timedelta(hours=1))
        facts = early.joined(History(edits=[later]), early).facts
        assert facts.run("edits", "U1") == ()
        assert facts.run("edits", "U2") == (later,)
        assert facts.edits == (later,)

    def test_threads_that_ask_at_once_get_the_same(self) -> None:
        with ThreadPoolExecutor(8) as threads:
            for _ in range(50):
                history = pending()
                found = set(threads.map(lambda _, h=history: h.heartbeats, range(8)))
                assert found == {ALL}
