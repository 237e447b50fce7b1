"""Civil days and working calendars."""

from worklog_core.calendars.algebra import Combination, CombinedCalendar
from worklog_core.calendars.calendar import WorkingCalendar
from worklog_core.calendars.civil_days import Overnight
from worklog_core.calendars.days import local_day, local_day_bounds
from worklog_core.calendars.differences import CalendarDifference, diff
from worklog_core.calendars.explanation import ExplainedPeriod, Rule
from worklog_core.calendars.hours import DayHours, WeeklyHours
from worklog_core.calendars.lint import CalendarFinding, CalendarFindingKind, lint
from worklog_core.calendars.protocol import Calendar
from worklog_core.calendars.recurrence import RecurringDates
from worklog_core.calendars.versions import CalendarVersions, Handover

__all__ = [
    "Calendar",
    "CalendarDifference",
    "CalendarFinding",
    "CalendarFindingKind",
    "CalendarVersions",
    "Combination",
    "CombinedCalendar",
    "DayHours",
    "ExplainedPeriod",
    "Handover",
    "Overnight",
    "RecurringDates",
    "Rule",
    "WeeklyHours",
    "WorkingCalendar",
    "diff",
    "lint",
    "local_day",
    "local_day_bounds",
]
