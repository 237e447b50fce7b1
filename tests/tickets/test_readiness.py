"""What can be done with what is connected."""

import ast
import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worklog_core
from office import edited, seen, worked, wrote
from worklog_core import (
    Action,
    Capability,
    Connected,
    TicketEdit,
    WorklogError,
    readiness,
)

CHANNEL, DATA, AGENTS = Connected
SOURCE = Path(worklog_core.__file__).parent


@pytest.mark.rule("G-01", "G-06")
def test_the_whole_table() -> None:
    # By what is connected: for each capability whether it is possible, and what it lacks.
    everything = {
        (): "receive no C, manual yes C, data no CD, ai no CDA, both no CDA",
        ("C",): "receive yes -, manual yes -, data no D, ai no DA, both no DA",
        ("D",): "receive no C, manual yes C, data yes C, ai no CA, both no CA",
        ("A",): "receive no C, manual yes C, data no CD, ai yes CD, both no CD",
        ("C", "D"): "receive yes -, manual yes -, data yes -, ai no A, both no A",
        ("C", "A"): "receive yes -, manual yes -, data no D, ai yes D, both no D",
        ("D", "A"): "receive no C, manual yes C, data yes C, ai yes C, both yes C",
        ("C", "D", "A"): "receive yes -, manual yes -, data yes -, ai yes -, both yes -",
    }
    letters = {"C": CHANNEL, "D": DATA, "A": AGENTS}
    names = ["receive", "manual", "data", "ai", "both"]
    for connected, expected in everything.items():
        found = readiness(letters[letter] for letter in connected)
        words = [
            f"{name} {'yes' if verdict.is_possible else 'no'} "
            + ("".join(k for k, part in letters.items() if part in verdict.missing) or "-")
            for name, verdict in zip(names, found.values(), strict=True)
        ]
        assert (list(found), ", ".join(words)) == (list(Capability), expected)


@pytest.mark.rule("G-01")
def test_without_a_channel_a_ticket_may_still_arise_and_be_worked_on() -> None:
    found = readiness([])
    assert not found[Capability.RECEIVE].is_possible
    assert found[Capability.MANUAL] == (True, (CHANNEL,))
    # An outbound ticket: nobody wrote, and the worklog is built all the same.
    worklog = worked(seen("U1", "T1", "9:00", "9:05"), edited("U1", "T1", "9:03"))
    assert [row.ticket_id for row in worklog.rows] == ["T1"]


@pytest.mark.rule("G-06")
def test_without_a_channel_nothing_is_complete() -> None:
    parts = [DATA, AGENTS]
    subsets = [c for n in range(3) for c in itertools.combinations(parts, n)]
    for connected in subsets:
        assert all(CHANNEL in verdict.missing for verdict in readiness(connected).values())


@pytest.mark.rule("G-05", "G-06")
def test_customer_data_are_needed_for_data_and_ai_and_not_for_manual_work() -> None:
    lacking = {c for c, verdict in readiness([CHANNEL, AGENTS]).items() if DATA in verdict.missing}
    assert lacking == {Capability.DATA_DRIVEN, Capability.AI, Capability.AI_WITH_DATA}


@pytest.mark.rule("G-07")
@given(st.permutations(list(Connected)))
def test_any_order_of_connecting_is_as_good_as_the_advised_one(order: list[Connected]) -> None:
    assert all(verdict == (True, ()) for verdict in readiness(order).values())
    before = [readiness(order[:n]) for n in range(4)]
    for earlier, later in itertools.pairwise(before):
        for capability in Capability:
            assert set(later[capability].missing) <= set(earlier[capability].missing)
            assert later[capability].is_possible >= earlier[capability].is_possible


@pytest.mark.rule("G-07")
def test_what_is_missing_stands_in_the_advised_order() -> None:
    assert readiness([])[Capability.AI_WITH_DATA].missing == (CHANNEL, DATA, AGENTS)


@pytest.mark.rule("G-02", "G-05")
@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize("action", [Action.WRITE, Action.AUTO_PROCESS])
def test_there_is_no_processing_without_a_ticket(nothing: Any, action: Action) -> None:
    with pytest.raises(WorklogError, match=r"^TicketEdit\.ticket_id must be a non-empty str"):
        TicketEdit("U1", nothing, datetime(2026, 3, 2, 9, tzinfo=UTC), action)


@pytest.mark.rule("G-03")
def test_a_ticket_covers_the_whole_conversation() -> None:
    messages = [wrote("T1", f"{hour}:00") for hour in (8, 10, 12)]
    edits = [edited("U1", "T1", f"{hour}:30") for hour in (8, 10, 12)]
    rows = worked(*messages, *edits).rows
    assert {row.ticket_id for row in rows} == {"T1"}
    assert len({row.epoch_at for row in rows}) == 3


def branches_on_the_channel(tree: ast.Module) -> list[int]:
    """Return the lines that compare a channel with anything but None."""
    found: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            against = [side for side in sides if not _names_channel(side)]
            if len(against) < len(sides) and any(ast.unparse(side) != "None" for side in against):
                found.append(node.lineno)
        if isinstance(node, ast.Match) and _names_channel(node.subject):
            found.append(node.lineno)
    return found


def _names_channel(node: ast.expr) -> bool:
    return any(
        getattr(part, "attr", getattr(part, "id", "")) == "channel" for part in ast.walk(node)
    )


@pytest.mark.rule("G-04")
@pytest.mark.parametrize("room", ["calendars", "sla", "tickets", "worklog"])
def test_no_formula_branches_on_the_channel(room: str) -> None:
    for path in sorted((SOURCE / room).glob("*.py")):
        assert not branches_on_the_channel(ast.parse(path.read_text(encoding="utf-8"))), path.name


@pytest.mark.parametrize(
    ("source", "branches"),
    [
        ("x = 1 if event.channel == 'phone' else 2", True),
        ("[e for e in events if e.channel in {'chat'}]", True),
        ("match event.channel:\n case 'mail': pass", True),
        ("if event.channel is not None: pass", False),
        ("if event.ticket_id == other.ticket_id: pass", False),
    ],
)
def test_a_branch_on_the_channel_is_found(source: str, branches: Any) -> None:
    assert bool(branches_on_the_channel(ast.parse(source))) is branches


@pytest.mark.parametrize("junk", ["channel", [1], [["channel"]], 7])
def test_names_are_read_where_they_enter(junk: Any) -> None:
    with pytest.raises(WorklogError, match=r"^connected must (hold members|be an iterable) of Con"):
        readiness(junk)


def test_naming_a_part_twice_changes_nothing() -> None:
    assert readiness([CHANNEL, CHANNEL]) == readiness({CHANNEL})
