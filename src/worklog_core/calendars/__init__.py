"""Civil days and working calendars."""

from worklog_core.calendars.days import local_day, local_day_bounds

__all__ = ["local_day", "local_day_bounds"]
