"""An update equals the worklog of all events together, and says what changed by which events."""

from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from oracle_days import TICK
from worklog_core import (
    History,
    SlaScope,
    Worklog,
    WorklogError,
    WorklogRules,
    build_worklog,
    update_worklog,
)
from worklog_core.testing.strategies import histories, worklog_rules
from worklog_core.worklog.ledger import Entry


@st.composite
def rules_of_rows(draw: Any) -> WorklogRules:
    rules = draw(worklog_rules())
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
def test_an_update_is_the_worklog_of_all_events(
    drawn: tuple[History, History, WorklogRules, Any],
) -> None:
    early, late, rules, as_of = drawn
    worklog = build_worklog(early, rules, as_of=as_of)
    whole = build_worklog(early | late, rules, as_of=as_of)
    same(update_worklog(worklog, late).worklog, whole)
