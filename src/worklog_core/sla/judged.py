"""What an SLA is judged by: when the customer was served, and which due date was in force.

Two rules hold in this module:
1. The customer is served by a reply, a closing or an autonomous processing, whichever comes first
   (E-49). Setting a ticket to waiting serves nobody: without any of the three there is no
   completion, and the reason is `no_closing_event` (AMB-8 a, b).
2. Of several due dates that were set one after the other, the last one set at or before the event
   judged is in force (AMB-8 g).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from worklog_core.door import require_iterable
from worklog_core.errors import ConflictingEventsError, WorklogError, describe
from worklog_core.instants import require_instant

__all__ = ["due_date_in_force", "served_at"]


def served_at(
    *,
    replies: Iterable[datetime] = (),
    closings: Iterable[datetime] = (),
    auto_processings: Iterable[datetime] = (),
) -> datetime | None:
    """Return when the customer was served, in UTC: the earliest reply, closing or AI processing.

    None where none of them happened: a deferral alone is not seen by the customer (E-49, AMB-8 b).
    Raises NaiveDatetimeError for an instant without a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import served_at
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> served_at(replies=[at(11), at(10)], closings=[at(12)]).hour
        10
    """
    given = {"replies": replies, "closings": closings, "auto_processings": auto_processings}
    found = [
        require_instant(field, instant)
        for field, instants in given.items()
        for instant in require_iterable(field, instants, "datetimes")
    ]
    return min(found, default=None)


def due_date_in_force(
    settings: Iterable[tuple[datetime, datetime | None]], *, at: datetime
) -> datetime | None:
    """Return the due date that was set last at or before an instant, in UTC.

    *settings* are pairs of when it was set and what it was set to, in any order; None takes a due
    date back. None where none was set by then.

    Raises ConflictingEventsError for two different due dates set at one instant, WorklogError for
    what is no pair.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import due_date_in_force
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> due_date_in_force([(at(9), at(17)), (at(12), at(15))], at=at(11)).hour
        17
    """
    judged = require_instant("at", at)
    set_at: datetime | None = None
    due_at: datetime | None = None
    for setting in require_iterable("settings", settings, "pairs of instants"):
        when, what = _pair(setting)
        since = require_instant("settings", when)
        due = None if what is None else require_instant("settings", what)
        if since > judged or (set_at is not None and since < set_at):
            continue
        if since == set_at and due != due_at:
            raise ConflictingEventsError(
                "settings must name one due date for one instant: "
                f"found {describe(due_at)} and {describe(due)}. "
                "Give the later word a later instant.",
                field="settings",
                value=due,
            )
        set_at, due_at = since, due
    return due_at


def _pair(setting: Any) -> tuple[Any, Any]:
    given: object = setting
    if not isinstance(given, tuple) or len(setting) != len(("when", "what")):
        raise WorklogError(
            f"settings must be pairs of when and what: found {describe(setting)}. "
            "Give each as (set_at, due_at).",
            field="settings",
            value=setting,
        )
    return setting[0], setting[1]
