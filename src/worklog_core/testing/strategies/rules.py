"""Rules of a worklog, drawn with every value of every choice."""

from datetime import UTC, timedelta
from fractions import Fraction
from typing import Final

from hypothesis import strategies as st

from worklog_core.calendars.calendar import WorkingCalendar
from worklog_core.calendars.hours import WeeklyHours
from worklog_core.events.actions import ReplyWithDeferral
from worklog_core.sla.targets import SlaPolicy, SlaTarget, TargetKind
from worklog_core.testing.strategies.instants import time_zones
from worklog_core.tickets.reopening import FcrPer
from worklog_core.worklog.assistance import CorrectionUntil
from worklog_core.worklog.division import EqualSplit, ExclusiveFocus, Weighted
from worklog_core.worklog.rules import (
    STATUS_MODES,
    DivideOver,
    FirstEdit,
    MessageInSession,
    RepostPresence,
    SlaScope,
    StatusMode,
    WorklogRules,
)

__all__ = ["NAMES", "worklog_rules"]

NAMES: Final = (*(mode.name for mode in STATUS_MODES), "Ticket Processing")
"""The names of a status that every drawn rule knows."""

_TTLS: Final = (
    timedelta(seconds=90),
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(seconds=30),
    timedelta(hours=1),
)


_LONGEST_UNEDITED: Final = (
    *(None,) * 4,
    timedelta(microseconds=1),
    timedelta(microseconds=2),
    timedelta(seconds=90),
    timedelta(hours=2),
)

_DIVISIONS: Final = (
    *(EqualSplit(),) * 3,
    Weighted({"T1": 2}),
    Weighted({"T1": Fraction(1, 3), "T2": 5}, default=Fraction(2, 7)),
    *(ExclusiveFocus(),) * 2,
)

_OFFICE: Final = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
_ALWAYS: Final = WorkingCalendar(WeeklyHours.parse("Mon-Sun 00:00-24:00"), time_zone=UTC)
_CLOSED: Final = WorkingCalendar(WeeklyHours.parse(""), time_zone=UTC)
_HOUR: Final = timedelta(hours=1)
_TARGETS: Final = {
    "invoice": SlaTarget(8 * _HOUR),
    "vip": (SlaTarget(_HOUR, calendar=_ALWAYS), SlaTarget(_HOUR, TargetKind.FIRST_RESPONSE)),
}
_SLA_POLICIES: Final = (
    *(None,) * 3,
    SlaPolicy(_OFFICE, by_tag=_TARGETS),
    SlaPolicy(_OFFICE, otherwise=SlaTarget(timedelta(0)), pause_on_pending=True),
    SlaPolicy(_ALWAYS, by_tag=_TARGETS, otherwise=SlaTarget(2 * _HOUR), pause_on_pending=True),
    SlaPolicy(_CLOSED, otherwise=SlaTarget(_HOUR)),
)

_WINDOWS: Final = (None, timedelta(0), timedelta(microseconds=1), timedelta(days=1))


def _modes() -> st.SearchStrategy[tuple[StatusMode, ...]]:
    flag = st.booleans()
    drawn = [
        st.builds(StatusMode, st.just(mode.name), counts=flag, may_read=flag, may_edit=flag)
        for mode in STATUS_MODES
    ]
    return st.one_of(st.just(STATUS_MODES), st.just(STATUS_MODES), st.tuples(*drawn))


def worklog_rules() -> st.SearchStrategy[WorklogRules]:
    """Draw `WorklogRules`: every value of every choice, in zones that are hard to get right.

    Whatever is drawn knows E-23's four statuses and the name Ticket Processing, so it fits every
    history that `histories` draws. Shrinks to the defaults in UTC.

    Example:
        >>> from hypothesis import find
        >>> from worklog_core.testing.strategies import worklog_rules
        >>> find(worklog_rules(), lambda rules: True).carry_tail
        True
    """
    aliased = [mode.name for mode in STATUS_MODES]
    return st.builds(
        WorklogRules,
        time_zone=time_zones(),
        status_modes=_modes(),
        status_aliases=st.sampled_from(aliased).map(lambda name: {"Ticket Processing": name}),
        initial_status=st.one_of(st.just("Active"), st.sampled_from(NAMES)),
        heartbeat_ttl=st.sampled_from(_TTLS),
        carry_tail=st.sampled_from((True, False)),
        message_in_session=st.sampled_from(MessageInSession),
        divide_over=st.sampled_from(DivideOver),
        first_edit=st.sampled_from(FirstEdit),
        reply_with_deferral=st.sampled_from(ReplyWithDeferral),
        repost_presence=st.sampled_from(RepostPresence),
        max_unedited=st.sampled_from(_LONGEST_UNEDITED),
        division=st.sampled_from(_DIVISIONS),
        sla_policy=st.sampled_from(_SLA_POLICIES),
        sla_scope=st.sampled_from(SlaScope),
        correction_until=st.sampled_from(CorrectionUntil),
        preprocess=st.sampled_from((None, str.casefold)),
        fcr_window=st.sampled_from(_WINDOWS),
        fcr_per=st.sampled_from(FcrPer),
        reopen_needs_reply=st.sampled_from((False, True)),
    )
