"""What Hypothesis learns of the library's values, so that `st.from_type(Interval)` works.

Hypothesis calls `register` when it is itself imported, which a strategy of this library may do. So
nothing is imported here before it is needed: the values when Hypothesis asks for them, a strategy
when somebody draws from it.
"""

from typing import Any

__all__ = ["register"]


def register() -> None:
    """Tell Hypothesis how to draw the values that not every argument makes valid."""
    from hypothesis import strategies as st

    from worklog_core.calendars.calendar import WorkingCalendar
    from worklog_core.calendars.hours import DayHours, WeeklyHours
    from worklog_core.events.history import History
    from worklog_core.intervals import Interval, IntervalSet
    from worklog_core.worklog.rules import WorklogRules

    st.register_type_strategy(Interval, lambda _: _strategies().intervals())
    st.register_type_strategy(IntervalSet, lambda _: _strategies().interval_sets())
    st.register_type_strategy(DayHours, lambda _: _strategies().calendars.day_hours())
    st.register_type_strategy(WeeklyHours, lambda _: _strategies().weekly_hours())
    st.register_type_strategy(WorkingCalendar, lambda _: _strategies().working_calendars())
    st.register_type_strategy(History, lambda _: _strategies().histories())
    st.register_type_strategy(WorklogRules, lambda _: _strategies().worklog_rules())


def _strategies() -> Any:
    from worklog_core.testing import strategies

    return strategies
