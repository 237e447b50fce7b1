"""An update equals the worklog of all events together, and says what changed by which events."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_days import TICK
from worklog_core import (
    Action,
    ConflictingEventsError,
    CustomerMessage,
    Heartbeat,
    History,
    ScreenSession,
    SlaScope,
    TeamMembership,
    TicketEdit,
    TrackingExclusion,
    UserStatusChange,
    UserStatusRepost,
    Worklog,
    WorklogError,
    WorklogRules,
    build_worklog,
    update_worklog,
)
from worklog_core.testing import laws
from worklog_core.testing.strategies import histories, worklog_rules
from worklog_core.worklog.ledger import Entry

RULES = WorklogRules(time_zone=UTC)


def at(minute: int, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=UTC) + timedelta(minutes=minute)


def seen(ticket: str, start: int, end: int, *, user: str = "U1", day: int = 2) -> ScreenSession:
    return ScreenSession(user, ticket, at(start, day=day), at(end, day=day))


def closed(ticket: str, minute: int, *, user: str = "U1", day: int = 2) -> TicketEdit:
    return TicketEdit(user, ticket, at(minute, day=day), Action.CLOSE)


@st.composite
def rules_of_rows(draw: Any) -> WorklogRules:
    rules: WorklogRules = draw(worklog_rules())
    return attrs.evolve(
        rules,
        sla_scope=draw(st.sampled_from(SlaScope)),
        reopen_needs_reply=draw(st.booleans()),
    )


@st.composite
def late_events(draw: Any) -> tuple[History, History, WorklogRules, Any]:
    """A history in two parts, rules, and an `as_of` that is mostly none."""
    rules = draw(rules_of_rows())
    events = list(draw(histories(rules=rules, max_scenes=draw(st.sampled_from((3, 7, 10))))))
    share = draw(st.sampled_from(((0, 0, 0, 1), (0, 0, 1, 2), (0, 1))))
    places = draw(st.lists(st.sampled_from(share), min_size=len(events), max_size=len(events)))
    early = [e for e, place in zip(events, places, strict=True) if place in (0, 2)]
    late = [e for e, place in zip(events, places, strict=True) if place]
    as_of = None
    if events and draw(st.sampled_from((False, False, True))):
        moment = draw(st.sampled_from(events))
        as_of = getattr(moment, "at", None) or getattr(moment, "end", None) or moment.start
        as_of += draw(st.sampled_from((0, 1, -1))) * TICK
    return History.of(early), History.of(late), rules, as_of


def same(one: Worklog, other: Worklog) -> None:
    """Compare all that a worklog says and keeps."""
    assert one.rows == other.rows
    entries: list[list[tuple[str, tuple[Entry, ...]]]] = [
        [(user_id, account.entries) for user_id, account in worklog.ledger.accounts.items()]
        for worklog in (one, other)
    ]
    assert entries[0] == entries[1]
    assert one.ledger.lines == other.ledger.lines
    assert one.findings == other.findings
    assert list(one.statuses.items()) == list(other.statuses.items())
    assert one == other
    assert one.history == other.history
    assert one.facts == other.facts
    assert list(one.traces) == list(other.traces)
    for user_id, trace in other.traces.items():
        assert one.traces[user_id].points == trace.points
        assert one.traces[user_id].tickets >= trace.tickets


@given(late_events())
@pytest.mark.rule("AMB-24", "AMB-25")
def test_an_update_is_the_worklog_of_all_events(
    drawn: tuple[History, History, WorklogRules, Any],
) -> None:
    early, late, rules, as_of = drawn
    worklog = build_worklog(early, rules, as_of=as_of)
    whole = build_worklog(early | late, rules, as_of=as_of)
    update = update_worklog(worklog, late)
    same(update.worklog, whole)
    rows = {row.key: row for row in worklog.rows}
    for change in update.removed:
        assert rows.pop(change.key) == change.old
    for change in update.added:
        assert change.key not in rows
        rows[change.key] = change.row
    for change in update.changed:
        assert rows[change.key] == change.old
        assert change.fields
        rows[change.key] = change.row
    assert rows == {row.key: row for row in whole.rows}
    for change in (*update.added, *update.removed, *update.changed):
        assert change.events
        assert set(change.events) <= set(late)


@given(late_events())
def test_events_that_do_not_reach_a_row_leave_its_change_alone(
    drawn: tuple[History, History, WorklogRules, Any],
) -> None:
    early, late, rules, as_of = drawn
    worklog = build_worklog(early, rules, as_of=as_of)
    update = update_worklog(worklog, late)
    for change in (*update.added, *update.removed, *update.changed)[:2]:
        alone = build_worklog(early | History.of(change.events), rules, as_of=as_of)
        found = {row.key: row for row in alone.rows}
        assert found.get(change.key) == change.new


@given(late_events(), late_events())
def test_one_update_follows_another(
    drawn: tuple[History, History, WorklogRules, Any],
    further: tuple[History, History, WorklogRules, Any],
) -> None:
    early, late, rules, as_of = drawn
    more = History.of(attrs.evolve(e, event_id=None) for e in list(further[0])[:4])
    try:
        whole = build_worklog(early | late | more, rules, as_of=as_of)
    except WorklogError as refusal:
        worklog = build_worklog(early, rules, as_of=as_of)
        updated = update_worklog(worklog, late).worklog
        with pytest.raises(type(refusal), match=r"."):
            update_worklog(updated, more)
        return
    worklog = build_worklog(early, rules, as_of=as_of)
    same(update_worklog(update_worklog(worklog, late).worklog, more).worklog, whole)


class TestChanges:
    def test_a_late_session_takes_its_part_from_another_row(self) -> None:
        worklog = build_worklog(History.of([seen("T1", 0, 20), closed("T1", 20)]), RULES)
        late = seen("T2", 0, 20)
        update = update_worklog(worklog, History.of([late]))
        (change,) = update.changed
        assert change.fields["duration"] == (timedelta(minutes=20), timedelta(minutes=10))
        assert set(change.fields) == {"duration"}
        assert change.events == (late,)
        assert (update.added, update.removed) == ((), ())
        assert repr(update) == "<WorklogUpdate: 0 rows added, 0 removed, 1 changed>"

    def test_a_microsecond_that_moves_between_other_rows_is_a_change(self) -> None:
        events: list[Any] = [e for t in ("T1", "T2", "T3") for e in (seen(t, 0, 1), closed(t, 1))]
        tick = attrs.evolve(seen("T0", 0, 1), start=at(1) - 3 * TICK)
        worklog = build_worklog(History.of(events), RULES)
        update = update_worklog(worklog, History.of([tick]))
        moved = {c.key.ticket_id: c.fields["duration"] for c in update.changed}
        assert all(abs(old - new) == TICK for old, new in moved.values())
        assert moved

    @pytest.mark.rule("AMB-4")
    def test_a_late_message_splits_a_row_in_two(self) -> None:
        events: list[Any] = [seen("T1", 0, 20), closed("T1", 5), closed("T1", 15)]
        late = CustomerMessage("T1", at(10), "M1")
        update = update_worklog(build_worklog(History.of(events), RULES), History.of([late]))
        assert [c.row.duration for c in update.added] == [timedelta(minutes=10)]
        (change,) = update.changed
        assert change.fields["actions"] == ((Action.CLOSE, Action.CLOSE), (Action.CLOSE,))
        assert change.fields["reopened"] == (False, True)
        assert update.added[0].events == (late,)

    @pytest.mark.rule("AMB-25")
    def test_a_correction_outdates_what_was_known(self) -> None:
        first = attrs.evolve(seen("T1", 0, 20), event_id="E")
        again = attrs.evolve(first, end=at(6), known_at=at(60))
        worklog = build_worklog(History.of([first, closed("T1", 5)]), RULES)
        update = update_worklog(worklog, History.of([again]))
        (change,) = update.changed
        assert change.fields["duration"] == (timedelta(minutes=20), timedelta(minutes=6))
        assert change.events == (again,)
        back = attrs.evolve(first, known_at=at(90), end=at(7))
        assert update_worklog(update.worklog, History.of([back])).changed[0].row.duration == (
            timedelta(minutes=7)
        )

    def test_a_correction_may_move_everything_to_another_user(self) -> None:
        first = attrs.evolve(closed("T1", 5), event_id="E")
        again = attrs.evolve(first, user_id="U2", known_at=at(60))
        worklog = build_worklog(History.of([first]), RULES)
        update = update_worklog(worklog, History.of([again]))
        assert [c.key.user_id for c in update.removed] == ["U1"]
        assert [c.key.user_id for c in update.added] == ["U2"]
        assert list(update.worklog.statuses) == ["U2"]

    @pytest.mark.rule("AMB-29")
    def test_a_late_exclusion_takes_the_rows_of_all(self) -> None:
        events: list[Any] = [
            e
            for user in ("U1", "U2")
            for e in (seen("T1", 0, 5, user=user), closed("T1", 5, user=user))
        ]
        worklog = build_worklog(History.of(events), RULES)
        update = update_worklog(worklog, History(exclusions=[TrackingExclusion("T1", at(99))]))
        assert [c.key.user_id for c in update.removed] == ["U1", "U2"]
        assert update.worklog.rows == ()

    @pytest.mark.rule("AMB-6b")
    def test_a_late_repost_bridges_a_hole(self) -> None:
        events: list[Any] = [seen("T1", 0, 5), seen("T1", 10, 20), closed("T1", 20)]
        late = UserStatusRepost("U1", at(5), at(10), "Active")
        worklog = build_worklog(History.of(events), RULES)
        (change,) = update_worklog(worklog, History.of([late])).changed
        assert change.fields["duration"] == (timedelta(minutes=15), timedelta(minutes=20))

    def test_a_late_ping_joins_two_sessions(self) -> None:
        pings = [Heartbeat("U1", "T1", at(n)) for n in (0, 2)]
        worklog = build_worklog(History.of([*pings, closed("T1", 2)]), RULES)
        late = Heartbeat("U1", "T1", at(1))
        (change,) = update_worklog(worklog, History.of([late])).changed
        assert change.fields["duration"] == (timedelta(), timedelta(minutes=2))

    def test_a_colleague_who_opens_the_ticket_again_reaches_the_row_but_not_its_time(self) -> None:
        worklog = build_worklog(History.of([seen("T1", 0, 5), closed("T1", 5)]), RULES)
        late = TicketEdit("U2", "T1", at(9, day=9), Action.STATUS)
        update = update_worklog(worklog, History.of([late]))
        (change,) = update.changed
        assert dict(change.fields) == {"reopened": (False, True)}
        assert update.worklog.ledger.accounts["U1"].entries is (
            worklog.ledger.accounts["U1"].entries
        )

    @pytest.mark.rule("AMB-26")
    def test_a_late_membership_reaches_the_rows_of_its_time(self) -> None:
        events = [closed("T1", 5), closed("T2", 5, day=4), closed("T3", 5, day=6)]
        worklog = build_worklog(History.of(events), RULES)
        late = TeamMembership("U1", "Sales", at(0, day=3), at(0, day=5))
        update = update_worklog(worklog, History.of([late]))
        assert [c.fields["teams"] for c in update.changed] == [((), ("Sales",))]


class TestReuse:
    def test_what_is_not_reached_is_handed_on(self) -> None:
        events: list[Any] = [
            e
            for user in ("U1", "U2")
            for day in (2, 3, 4)
            for e in (seen("T1", 0, 5, user=user, day=day), closed("T1", 5, user=user, day=day))
        ]
        status = UserStatusChange("U2", at(-10), "Active")
        worklog = build_worklog(History.of([*events, status]), RULES)
        late = History.of([seen("T9", 2, 4, day=3)])
        updated = update_worklog(worklog, late).worklog
        assert updated.ledger.accounts["U2"] is worklog.ledger.accounts["U2"]
        assert updated.statuses["U2"] is worklog.statuses["U2"]
        assert updated.traces["U2"] is worklog.traces["U2"]
        kept = [row for row in updated.rows if any(row is other for other in worklog.rows)]
        assert len(kept) == 5

    def test_nothing_late_changes_nothing(self) -> None:
        worklog = build_worklog(History.of([seen("T1", 0, 5), closed("T1", 5)]), RULES)
        update = update_worklog(worklog, worklog.history)
        assert update.worklog.rows is worklog.rows
        assert (update.added, update.removed, update.changed) == ((), (), ())


class TestRefusals:
    def test_contradictions_are_refused(self) -> None:
        first = attrs.evolve(closed("T1", 5), event_id="E")
        worklog = build_worklog(History(edits=[first]), RULES)
        with pytest.raises(ConflictingEventsError, match=r"'E' must name one fact"):
            update_worklog(worklog, History(edits=[attrs.evolve(first, at=at(6))]))

    def test_an_unknown_status_is_refused_in_the_words_of_the_whole(self) -> None:
        worklog = build_worklog(History(edits=[closed("T1", 5)]), RULES)
        late = History(user_statuses=[UserStatusChange("U1", at(0), "Lunch")])
        with pytest.raises(WorklogError, match=r"^UserStatusChange\.status must be one of"):
            update_worklog(worklog, late)

    def test_an_endless_session_is_refused(self) -> None:
        worklog = build_worklog(History(edits=[closed("T1", 5)]), RULES)
        endless = ScreenSession("U1", "T1", at(0), datetime(2099, 1, 1, tzinfo=UTC))
        with pytest.raises(WorklogError, match=r"^ScreenSession\.end must lie within ten years"):
            update_worklog(worklog, History(sessions=[endless]))

    def test_words_that_a_later_one_hides_are_no_contradiction(self) -> None:
        # Two reposts contradict each other only where a third one stands above them.
        reposts = [
            attrs.evolve(UserStatusRepost("U1", at(0), at(60), status), known_at=at(90))
            for status in ("Active", "Pause")
        ]
        reposts += [
            UserStatusRepost("U1", at(0), at(30), "Active", known_at=at(99)),
            UserStatusRepost("U1", at(30), at(60), "Active", known_at=at(99)),
        ]
        worklog = build_worklog(History(status_reposts=reposts), RULES)
        late = History.of([seen("T1", 40, 50), closed("T1", 50)])
        same(update_worklog(worklog, late).worklog, build_worklog(worklog.history | late, RULES))

    def test_what_is_refused_in_part_is_asked_of_the_whole(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise WorklogError("a part must be sound: found none. Ask the whole.", field="part")

        worklog = build_worklog(History(), RULES)
        monkeypatch.setattr(sys.modules[update_worklog.__module__], "_updated", refuse)
        update = update_worklog(worklog, History.of([closed("T1", 5)]))
        assert update.worklog == build_worklog(History.of([closed("T1", 5)]), RULES)
        assert [c.key.ticket_id for c in update.added] == ["T1"]

    @pytest.mark.parametrize("field", ["worklog", "more"])
    def test_what_is_no_worklog_or_history_is_refused(self, field: str) -> None:
        given: dict[str, Any] = {"worklog": build_worklog(History(), RULES), "more": History()}
        with pytest.raises(WorklogError, match=rf"^{field} must be a (Worklog|History): found 7"):
            update_worklog(**given | {field: 7})


@pytest.mark.rule("AMB-24")
def test_an_update_keeps_the_law_that_users_hold_their_own_to() -> None:
    laws.late_events_equal_a_rebuild(
        lambda history: build_worklog(history, RULES),
        lambda worklog, late: update_worklog(worklog, late).worklog,
    )
