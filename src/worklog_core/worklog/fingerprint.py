"""The fingerprint of a result: what it was made of, and by which rules, in 64 digits.

Four rules hold for every fingerprint:
1. Equal input under equal rules has an equal one, on every platform and under every hash seed;
   other rules, another `as_of`, one more event or another version of the library has another.
2. The input is all that the history holds, outdated versions included, in its canonical order.
3. A zone and a calendar are what they say within the input's span: offsets and open periods, as far
   as the last due date. So new zone data or another holiday there show, and those elsewhere do not.
4. A division policy of the caller's own is its name and the weights of the tickets that occur; a
   function of the caller's goes by its name.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import attrs

from worklog_core._version import __version__
from worklog_core.calendars import Calendar
from worklog_core.calendars.days import CivilTime
from worklog_core.digests import digest_of
from worklog_core.events.history import History
from worklog_core.events.kinds import KINDS, over_at
from worklog_core.instants import to_microseconds
from worklog_core.normal_text import profile_of
from worklog_core.sla.targets import SlaPolicy
from worklog_core.worklog.division import DivisionPolicy
from worklog_core.worklog.rules import WorklogRules

__all__ = ["fingerprint_of"]

_CENTURY: Final = 36_525 * 86_400_000_000


def fingerprint_of(
    history: History, rules: WorklogRules, *, as_of: datetime | None, last_due: datetime | None
) -> str:
    """Return the fingerprint of what is built of a history, whose last due date is *last_due*."""
    return digest_of(_parts(history, rules, as_of, last_due))


def _parts(
    history: History, rules: WorklogRules, as_of: datetime | None, last_due: datetime | None
) -> Iterator[Any]:
    yield "worklog-fingerprint-v1"
    yield __version__
    yield as_of
    span = _span(history, as_of, last_due)
    for field in attrs.fields(WorklogRules):
        yield field.name
        value = getattr(rules, field.name)
        if field.name == "time_zone":
            yield _offsets(CivilTime(value), *span)
        elif field.name == "division":
            yield from _division(value, history)
        elif isinstance(value, SlaPolicy):
            yield from _sla(value, *span)
        elif field.name == "preprocess":
            yield profile_of(value)
            yield getattr(value, "__qualname__", type(value).__qualname__)
        else:
            yield value
    for name in KINDS:
        yield name
        yield from getattr(history, name)


def _span(history: History, as_of: datetime | None, last_due: datetime | None) -> tuple[int, int]:
    """Return the first instant that the input speaks of and the first after the last."""
    instants: list[datetime] = [at for at in (as_of, last_due) if at is not None]
    for event in history:
        instants.append(over_at(event))
        instants.append(getattr(event, "start", instants[-1]))
    if not instants:
        return 0, 0
    return to_microseconds(min(instants)), to_microseconds(max(instants)) + 1


def _offsets(civil: CivilTime, first: int, last: int) -> list[tuple[int, int]]:
    """Return from when which offset was in force, in microseconds."""
    found: list[tuple[int, int]] = []
    for start, _, offset in civil.segments(first, last) if first < last else ():
        found.append((start, offset))
    return found


def _division(policy: DivisionPolicy, history: History) -> Iterator[Any]:
    if attrs.has(type(policy)):
        yield policy
        return
    yield type(policy).__qualname__
    tickets = {session.ticket_id for session in history.sessions}
    tickets |= {heartbeat.ticket_id for heartbeat in history.heartbeats}
    yield {ticket_id: policy.weight_of(ticket_id) for ticket_id in tickets}


def _sla(policy: SlaPolicy, first: int, last: int) -> Iterator[Any]:
    targets = [(None, policy.otherwise), *sorted(policy.by_tag.items())]
    yield _open_periods(policy.calendar, first, last)
    yield policy.pause_on_pending
    for tag, of_tag in targets:
        for target in of_tag:
            yield (tag, target.working_time, target.kind, target.escalations)
            if target.calendar is not None:
                yield _open_periods(target.calendar, first, last)


def _open_periods(calendar: Calendar, first: int, last: int) -> list[tuple[int, int]]:
    """Return what is open within the span, as the compiled table has it."""
    bounds = [*range(first, last, _CENTURY), last]
    found: list[tuple[int, int]] = []
    for since, until in pairwise(bounds):
        table = calendar.table.covering(since, until)
        for start, end in zip(table.starts, table.ends, strict=True):
            if start < until and since < end:
                found.append((max(start, since), min(end, until)))
    return found
