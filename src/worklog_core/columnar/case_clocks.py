"""Times as columns: gross by the wall clock, net by a calendar, and why one is missing.

A time that cannot be determined is missing and has a reason; one that can has none. Without a
calendar no net time can.
"""

from typing import Final, NamedTuple

import numpy as np

from worklog_core.calendars.protocol import Calendar
from worklog_core.columnar.arrays import Flags, Ints
from worklog_core.columnar.clock import working_time
from worklog_core.columnar.frames import Column, Numbers, Texts
from worklog_core.columnar.records import NONE_US
from worklog_core.columnar.words import Words
from worklog_core.conversations.rules import OutsideHours
from worklog_core.undetermined import Undetermined

__all__ = ["NO_REASON", "REASONS", "Times", "code_of", "reasons_told", "times_between"]

_EVERY: Final = tuple(Undetermined)

NO_REASON: Final = -1
REASONS: Final = Words.of(reason.value for reason in _EVERY)
"""The reasons, as they are exported; a code is a place among them."""


def code_of(reason: Undetermined) -> int:
    """Return the code of a reason."""
    return _EVERY.index(reason)


def reasons_told(codes: Ints) -> Texts:
    """Return a column of reasons."""
    return Texts(codes, REASONS)


class Times(NamedTuple):
    """A time of each row, gross and net, `NONE_US` where there is none, and the reasons for that.

    `is_outside` says that a time has a net of zero though it has a length.
    """

    gross: Ints
    net: Ints
    reason: Ints
    net_reason: Ints
    is_outside: Flags

    def columns(self, name: str) -> dict[str, Column]:
        """Return the columns of a time that goes by a name."""
        return {
            f"{name}_us": Numbers(self.gross, self.gross == NONE_US),
            f"{name}_reason": reasons_told(self.reason),
            f"net_{name}_us": Numbers(self.net, self.net == NONE_US),
            f"net_{name}_reason": reasons_told(self.net_reason),
        }


def times_between(
    calendar: Calendar | None,
    since: Ints,
    until: Ints,
    reason: Ints,
    outside_hours: OutsideHours = OutsideHours.ZERO,
) -> Times:
    """Return the times from one instant to another, in the rows in which nothing speaks against it.

    Under *outside_hours* a net of zero may be left out.
    """
    is_told = reason == NO_REASON
    gross = np.where(is_told, until, 0) - np.where(is_told, since, 0)
    if calendar is None:
        net = np.full(len(gross), NONE_US, dtype=np.int64)
        net_reason = np.where(is_told, code_of(Undetermined.NO_CALENDAR), reason)
        is_outside = np.zeros(len(gross), dtype=np.bool_)
    else:
        starts, ends = (np.where(is_told, at, NONE_US) for at in (since, until))
        worked = working_time(calendar, starts.view("datetime64[us]"), ends.view("datetime64[us]"))
        net, net_reason = worked.view(np.int64), reason
        is_outside = is_told & (net == 0) & (gross > 0)
        if outside_hours is OutsideHours.SKIP:
            net = np.where(is_outside, NONE_US, net)
            net_reason = np.where(is_outside, code_of(Undetermined.OUTSIDE_HOURS), reason)
    return Times(np.where(is_told, gross, NONE_US), net, reason, net_reason, is_outside)
