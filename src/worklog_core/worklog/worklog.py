"""The worklog: rows, the ledger behind them, and what was noticed on the way."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import attrs

from worklog_core.errors import WorklogError, describe
from worklog_core.worklog.averages import (
    AverageHandlingTime,
    AveragePer,
    Volume,
    average_handling_times,
    volume,
)
from worklog_core.worklog.findings import Finding, Notice, finding
from worklog_core.worklog.ledger import Ledger
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import WorklogRules

__all__ = ["Worklog"]

K = TypeVar("K")


# Frozen, but compared by content and not hashed: a month of rows is no key of a dictionary.
@attrs.define(repr=False, kw_only=True, on_setattr=attrs.setters.frozen)
class Worklog:
    """What a history amounts to under some rules.

    `rows` are sorted by day, user, ticket and instant; `ledger` accounts for every microsecond that
    anybody had a ticket on screen; `findings` are what a reader should look at.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> from worklog_core import History, WorklogRules, build_worklog
        >>> build_worklog(History(), WorklogRules(time_zone=ZoneInfo("Europe/Berlin")))
        <Worklog: 0 rows, 0 ledger lines, 0 findings>
    """

    rows: tuple[WorklogRow, ...]
    ledger: Ledger
    rules: WorklogRules
    as_of: datetime | None
    _notices: Mapping[str, tuple[Notice, ...]] = attrs.field(alias="notices")

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader should look at, by user, start and ticket; numbers stand as they are."""
        return tuple(
            finding(user_id, notice)
            for user_id, notices in self._notices.items()
            for notice in notices
        )

    def average_handling_time(self, *, per: AveragePer = AveragePer.ROW) -> timedelta | None:
        """Return the average handling time (AHT) over the rows that have a duration (AMB-16).

        Half to even at the microsecond. None where no row was measured.
        """
        averages = self.average_handling_times(by=lambda _: None, per=per)
        return averages[None].mean if averages else None

    def average_handling_times(
        self, *, by: Callable[[WorklogRow], K], per: AveragePer = AveragePer.ROW
    ) -> dict[K, AverageHandlingTime]:
        """Return the average of each group of rows, with its exact sum and count.

        *by* names a row's group; *per* says whether a handling time is a row's or a ticket's within
        the group. A group in which nothing was measured is there, with a mean of None.

        Example:
            >>> from zoneinfo import ZoneInfo
            >>> from worklog_core import History, WorklogRules, build_worklog
            >>> worklog = build_worklog(History(), WorklogRules(time_zone=ZoneInfo("UTC")))
            >>> worklog.average_handling_times(by=lambda row: row.user_id)
            {}
        """
        return average_handling_times(_asked(self, by), by, per=_checked(per))

    def volume(self, *, by: Callable[[WorklogRow], K]) -> dict[K, Volume]:
        """Return how many rows each group holds, the unmeasured ones apart (AMB-16)."""
        return volume(_asked(self, by), by)

    def __repr__(self) -> str:
        return (
            f"<Worklog: {len(self.rows)} rows, {len(self.ledger)} ledger lines, "
            f"{sum(map(len, self._notices.values()))} findings>"
        )


def _asked(worklog: Worklog, by: object) -> tuple[WorklogRow, ...]:
    if not callable(by):
        raise WorklogError(
            f"by must be a function of a row: found {describe(by)}. "
            "Pass for example by=lambda row: row.user_id.",
            field="by",
            value=by,
        )
    return worklog.rows


def _checked(per: AveragePer) -> AveragePer:
    if not isinstance(per, AveragePer):
        raise WorklogError(
            f"per must be a member of AveragePer: found {describe(per)}. "
            "Choose AveragePer.ROW or AveragePer.TICKET.",
            field="per",
            value=per,
        )
    return per
