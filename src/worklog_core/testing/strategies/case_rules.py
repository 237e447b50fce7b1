"""Rules of cases, drawn with every value of every choice."""

from datetime import UTC, timedelta
from typing import Final

from hypothesis import strategies as st

from worklog_core.calendars.calendar import WorkingCalendar
from worklog_core.calendars.hours import WeeklyHours
from worklog_core.conversations.rules import (
    CaseRules,
    FirstResponseFrom,
    MergedCases,
    OutboundFirstResponse,
    OutsideHours,
    ResolvedAt,
    WaitAtClose,
)

__all__ = ["case_rules"]

_CALENDARS: Final = (
    None,
    WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC),
    WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC),
    WorkingCalendar(WeeklyHours.parse(""), time_zone=UTC),
)
_LONGEST: Final = (None, None, timedelta(0), timedelta(microseconds=1), timedelta(hours=1))


def case_rules() -> st.SearchStrategy[CaseRules]:
    """Draw `CaseRules`: every value of every choice, for what `histories` draws.

    Its bots are users of those histories, its words are written in them. Shrinks to the defaults.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.strategies import case_rules
        >>> find(case_rules(), lambda rules: True).calendar is None
        True
    """
    return st.builds(
        CaseRules,
        calendar=st.sampled_from(_CALENDARS),
        first_response_from=st.sampled_from(FirstResponseFrom),
        outbound_first_response=st.sampled_from(OutboundFirstResponse),
        outside_hours=st.sampled_from(OutsideHours),
        longest_response=st.sampled_from(_LONGEST),
        opt_out_words=st.sampled_from(((), (), ("Dear customer",))),
        resolved_at=st.sampled_from(ResolvedAt),
        wait_at_close=st.sampled_from(WaitAtClose),
        merged_cases=st.sampled_from(MergedCases),
        bots=st.sampled_from(((), (), ("U1",), ("U1", "U2"))),
        on_hold_details=st.sampled_from(((), ("supplier",))),
    )
