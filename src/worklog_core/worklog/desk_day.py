"""One user's local day, as the ledger has it: the value behind the pictures of a day."""

from datetime import date, tzinfo

import attrs

from worklog_core.worklog.ledger import LedgerLine
from worklog_core.worklog.worklog import Worklog

__all__ = ["DeskDay", "desk_day"]


@attrs.frozen(kw_only=True)
class DeskDay:
    """What a user had on screen on a local day: the ledger's lines, by start and ticket.

    Their amounts sum to the union of what was on screen on that day.
    """

    user_id: str
    day: date
    time_zone: tzinfo
    lines: tuple[LedgerLine, ...]


def desk_day(worklog: Worklog, *, user_id: str, day: date) -> DeskDay:
    """Return one user's day out of a worklog; days begin in the zone of its rules.

    Raises WorklogError where nothing was on that user's screen on that day.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from worklog_core import History, ScreenSession, WorklogRules, build_worklog, desk_day
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> history = History(sessions=[ScreenSession("U1", "T1", at(9), at(11))])
        >>> worklog = build_worklog(history, WorklogRules(time_zone=UTC))
        >>> [line.label.value for line in desk_day(worklog, user_id="U1", day=at(9).date()).lines]
        ['view_only']
    """
    lines = worklog.ledger.of_day(user_id, day)
    return DeskDay(user_id=user_id, day=day, time_zone=worklog.rules.time_zone, lines=lines)
