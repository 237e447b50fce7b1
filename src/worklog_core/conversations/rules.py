"""The choices of cases and conversations, each with its default as decided.

The rules of the worklog say how time is divided; these say what answers a customer, what resolves a
case, and which clock runs beside the wall clock. A choice is an enum, so that it cannot be
misspelt, and everything is checked when the rules are made.
"""

from datetime import timedelta
from enum import Enum
from typing import Any

import attrs

from worklog_core.calendars import Calendar
from worklog_core.calendars.protocol import is_calendar
from worklog_core.door import check_names, choice_of, duration_of_at_least, names, optional, refuse

__all__ = [
    "CaseRules",
    "FirstResponseFrom",
    "MergedCases",
    "OutboundFirstResponse",
    "OutsideHours",
    "ResolvedAt",
    "WaitAtClose",
]


class FirstResponseFrom(Enum):
    """Where the clock of the first response starts (AMB-23)."""

    OPENED = "opened"
    HANDOVER = "handover"
    """The last reopening after a bot had closed the case, where no person had answered before."""


class OutboundFirstResponse(Enum):
    """What the first response of a case is that the service began (AMB-23)."""

    FROM_CUSTOMER = "from_customer"
    """The first answer to the first message of the customer."""
    ZENDESK = "zendesk"
    """From the opening to the first public answer, or the second where the case began with one."""
    NONE = "none"


class OutsideHours(Enum):
    """What a net response time is where no working time passed between question and answer."""

    ZERO = "zero"
    SKIP = "skip"
    """It is left out: None, and in no average."""


class ResolvedAt(Enum):
    """Which closing resolves a case that was closed several times."""

    LAST_CLOSE = "last_close"
    """The last, as long as the case is not open again."""
    FIRST_CLOSE = "first_close"
    """The first, whatever came after it."""


class WaitAtClose(Enum):
    """Whether the wait that an automatic closing ended belongs to the resolution time."""

    COUNTED = "counted"
    LEFT_OUT = "left_out"
    """The resolution ends where that wait began, as Plain counts it."""


class MergedCases(Enum):
    """What becomes of a case that was merged into another."""

    APART = "apart"
    """It stays an entry of its own, which names the other."""
    UNITED = "united"
    """Its messages, contacts and handled time are those of the other; it has no entry."""


def _check_calendar(rules: Any, attribute: "attrs.Attribute[Any]", calendar: Any) -> None:
    if not is_calendar(calendar):
        way_out = "Pass a WorkingCalendar, or what is made of them."
        raise refuse(rules, attribute, calendar, "be a calendar or None", way_out)


@attrs.frozen(kw_only=True)
class CaseRules:
    """Every choice of a case log beside those of its worklog; the defaults are the decided ones.

    `calendar` counts the net times; without one that of the worklog's SLA policy does.
    `longest_response` is how late an answer may come and still be one; None sets no limit.
    `opt_out_words` are messages such as STOP that wait for no answer, in any case of letters.
    `bots` are users that are machines: their time is nobody's handled time and their assignments
    and answers count as no person's. `on_hold_details` are the details of deferrals that wait for a
    third party and not for the customer.

    Raises WorklogError for a choice that is not of its enum and for what is no calendar.

    Example:
        >>> from worklog_core import CaseRules, OutsideHours
        >>> CaseRules(outside_hours=OutsideHours.SKIP).first_response_from.value
        'opened'
    """

    calendar: Calendar | None = attrs.field(default=None, validator=optional(_check_calendar))
    first_response_from: FirstResponseFrom = attrs.field(
        default=FirstResponseFrom.OPENED, validator=choice_of(FirstResponseFrom)
    )
    outbound_first_response: OutboundFirstResponse = attrs.field(
        default=OutboundFirstResponse.FROM_CUSTOMER, validator=choice_of(OutboundFirstResponse)
    )
    outside_hours: OutsideHours = attrs.field(
        default=OutsideHours.ZERO, validator=choice_of(OutsideHours)
    )
    longest_response: timedelta | None = attrs.field(
        default=None, validator=optional(duration_of_at_least(timedelta()))
    )
    opt_out_words: tuple[str, ...] = attrs.field(default=(), converter=names, validator=check_names)
    resolved_at: ResolvedAt = attrs.field(
        default=ResolvedAt.LAST_CLOSE, validator=choice_of(ResolvedAt)
    )
    wait_at_close: WaitAtClose = attrs.field(
        default=WaitAtClose.COUNTED, validator=choice_of(WaitAtClose)
    )
    merged_cases: MergedCases = attrs.field(
        default=MergedCases.APART, validator=choice_of(MergedCases)
    )
    bots: tuple[str, ...] = attrs.field(default=(), converter=names, validator=check_names)
    on_hold_details: tuple[str, ...] = attrs.field(
        default=(), converter=names, validator=check_names
    )
