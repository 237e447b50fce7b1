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
    from worklog_core.conversations.rules import CaseRules
    from worklog_core.events.history import History
    from worklog_core.intervals import Interval, IntervalSet
    from worklog_core.worklog.rules import WorklogRules

    st.register_type_strategy(CaseRules, _of_case_rules)
    st.register_type_strategy(DayHours, _of_days)
    st.register_type_strategy(History, _of_histories)
    st.register_type_strategy(Interval, _of_intervals)
    st.register_type_strategy(IntervalSet, _of_interval_sets)
    st.register_type_strategy(WeeklyHours, _of_weeks)
    st.register_type_strategy(WorkingCalendar, _of_calendars)
    st.register_type_strategy(WorklogRules, _of_rules)


def _of_case_rules(_: Any) -> Any:
    from worklog_core.testing.strategies.case_rules import case_rules

    return case_rules()


def _of_days(_: Any) -> Any:
    from worklog_core.testing.strategies.calendars import day_hours

    return day_hours()


def _of_histories(_: Any) -> Any:
    from worklog_core.testing.strategies.histories import histories

    return histories()


def _of_intervals(_: Any) -> Any:
    from worklog_core.testing.strategies.intervals import intervals

    return intervals()


def _of_interval_sets(_: Any) -> Any:
    from worklog_core.testing.strategies.intervals import interval_sets

    return interval_sets()


def _of_weeks(_: Any) -> Any:
    from worklog_core.testing.strategies.calendars import weekly_hours

    return weekly_hours()


def _of_calendars(_: Any) -> Any:
    from worklog_core.testing.strategies.calendars import working_calendars

    return working_calendars()


def _of_rules(_: Any) -> Any:
    from worklog_core.testing.strategies.rules import worklog_rules

    return worklog_rules()
