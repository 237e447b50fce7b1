"""Hypothesis strategies for valid input, drawn where time is at its worst.

Needs the extra `hypothesis`. They compose like any other strategy, and they shrink towards few
events, early instants and the default rules.

Example:
    >>> from hypothesis import find
    >>> from worklog_core.testing.strategies import histories
    >>> len(find(histories(), lambda history: history.edits).edits)
    1
"""

from worklog_core.testing.strategies.calendars import weekly_hours, working_calendars
from worklog_core.testing.strategies.case_rules import case_rules
from worklog_core.testing.strategies.histories import histories
from worklog_core.testing.strategies.instants import instants, time_zones
from worklog_core.testing.strategies.intervals import interval_sets, intervals
from worklog_core.testing.strategies.rules import worklog_rules

__all__ = [
    "case_rules",
    "histories",
    "instants",
    "interval_sets",
    "intervals",
    "time_zones",
    "weekly_hours",
    "working_calendars",
    "worklog_rules",
]
