"""The SLA deviation as a column.

The values are those of `worklog_core.net_time_after_due` without pauses, read from the calendar's
own table.
"""

import numpy as np
from numpy.typing import NDArray

from worklog_core.calendars.protocol import Calendar
from worklog_core.columnar.clock import working_time
from worklog_core.columnar.given import instants_of, require_one_length

__all__ = ["net_time_after_due"]


def net_time_after_due(
    calendar: Calendar,
    *,
    due_at: NDArray[np.datetime64],
    completed_at: NDArray[np.datetime64],
) -> NDArray[np.timedelta64]:
    """Return the working time from each due date to its completion: negative is timely (E-45..47).

    The arrays are datetime64 in UTC and of one length; the answers are timedelta64[us], 0 is met.
    NaT stands where no due date is known, or nothing was completed, and gives NaT (E-48).

    Raises what `working_time` raises.

    Example:
        >>> from datetime import UTC
        >>> import numpy as np
        >>> from worklog_core import WeeklyHours, WorkingCalendar
        >>> from worklog_core.columnar import net_time_after_due
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> due = np.array(["2026-03-02T10:30", "2026-03-02T10:30", "NaT"], "datetime64[us]")
        >>> done = np.array(["2026-03-02T11:01", "2026-03-02T09:59", "NaT"], "datetime64[us]")
        >>> net_time_after_due(office, due_at=due, completed_at=done).astype("timedelta64[m]")
        array([   31,   -31, 'NaT'], dtype='timedelta64[m]')
    """
    due, done = instants_of("due_at", due_at), instants_of("completed_at", completed_at)
    require_one_length(due_at=due.us, completed_at=done.us)
    return working_time(calendar, due_at, completed_at)
