"""The events of cases in frames: read, settled, cut off, and each under the case it belongs to.

Three rules hold in this module:
1. A case is a ticket, known by its number in the order of the ids. What was written in a ticket
   that is united with another belongs to the other; its course, which is its opening, its statuses
   and its edits, belongs to nobody (`MergedCases.UNITED`).
2. There is a case for every ticket of which any event is left.
3. Events after `as_of` are unseen (AMB-24).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from worklog_core.calendars.protocol import Calendar
from worklog_core.columnar.arrays import Flags, Ints, numbered
from worklog_core.columnar.frames import Frame, frame_of
from worklog_core.columnar.homes import check_merges, homes_of
from worklog_core.columnar.opening import limit_of
from worklog_core.columnar.reading import read_records, with_common_ids
from worklog_core.columnar.records import Records
from worklog_core.columnar.versions import settled
from worklog_core.columnar.words import Words
from worklog_core.conversations.rules import CaseRules, MergedCases
from worklog_core.door import require_kind
from worklog_core.worklog.rules import WorklogRules

__all__ = ["CASE_ARGUMENTS", "CaseEvents", "case_events", "case_frames"]

CASE_ARGUMENTS: Final = (
    "messages",
    "customer_messages",
    "openings",
    "ticket_statuses",
    "edits",
    "merges",
)
"""The kinds of events that the times of cases are made of."""

_WRITTEN: Final = ("messages", "customer_messages")


class CaseEvents(NamedTuple):
    """Events of cases by argument, the case of each message, and what is the same for all.

    `cases` are the ids of the cases, by number; a ticket of what was written goes by another.
    `is_bot` says of each user, and where -1 looks of nobody, whether it is a machine.
    """

    records: Mapping[str, Records]
    case_of: Mapping[str, Ints]
    cases: Words
    is_bot: Flags
    rules: WorklogRules
    case_rules: CaseRules

    @property
    def calendar(self) -> Calendar | None:
        """The calendar that net times are counted by."""
        policy = self.rules.sla_policy
        return self.case_rules.calendar or (None if policy is None else policy.calendar)


def case_frames(
    frames: Mapping[str, Any], required: tuple[str, ...] = ("messages",)
) -> dict[str, Frame | None]:
    """Return the frames that were given, by argument; only the *required* ones have to be."""
    return {
        name: None if given is None and name not in required else frame_of(name, given)
        for name, given in frames.items()
    }


def case_events(
    frames: Mapping[str, Frame | None],
    rules: Any,
    case_rules: Any,
    as_of: datetime | None,
    columns: Any,
) -> CaseEvents:
    """Return the events of frames, as they are known and seen.

    Raises WorklogError for rules that are none, and for what `read_records` refuses.
    """
    choices = CaseRules() if case_rules is None else case_rules
    require_kind("rules", rules, WorklogRules, "Pass WorklogRules(time_zone=...).")
    require_kind("case_rules", choices, CaseRules, "Pass CaseRules(...), or None.")
    limit = limit_of(as_of)
    read = {name: settled(one) for name, one in read_records(frames, columns).items()}
    records, users, tickets = with_common_ids(read)
    check_merges(records["merges"])
    if limit is not None:
        records = {name: one.take(one["at"] <= limit) for name, one in records.items()}
    count = len(tickets)
    homes = np.arange(count, dtype=np.int64)
    if choices.merged_cases is MergedCases.UNITED:
        homes = homes_of(records["merges"], count)
        stays = homes == np.arange(count)
        records = {
            name: one if name in _WRITTEN else one.take(stays[one["ticket_id"]])
            for name, one in records.items()
        }
    case_of = {name: homes[one["ticket_id"]] for name, one in records.items()}
    is_case = np.zeros(count, dtype=np.bool_)
    for cases in case_of.values():
        is_case[cases] = True
    numbers, ids = numbered(is_case), tickets.taken(np.flatnonzero(is_case))
    return CaseEvents(
        {
            name: one if name in _WRITTEN else _renumbered(one, numbers, ids)
            for name, one in records.items()
        },
        {name: numbers[case_of[name]] for name in _WRITTEN},
        ids,
        users.among(choices.bots),
        rules,
        choices,
    )


def _renumbered(records: Records, numbers: Ints, ids: Words) -> Records:
    """Return events whose tickets go by the numbers of their cases."""
    columns = {**records.columns, "ticket_id": numbers[records["ticket_id"]]}
    return Records(records.kind, records.size, columns, {**records.words, "ticket_id": ids})
