"""Conversations: responses, assignments and resolutions, the case log, and the reports over it."""

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.cases import build_case_log
from worklog_core.conversations.conversation import Assignment, Conversation, conversations_of
from worklog_core.conversations.entries import CaseEntry, ContactType
from worklog_core.conversations.lifecycle import Turn
from worklog_core.conversations.promises import SlaStatus
from worklog_core.conversations.responses import (
    Response,
    ResponseRun,
    first_response_of,
    response_runs,
)
from worklog_core.conversations.rules import (
    CaseRules,
    FirstResponseFrom,
    MergedCases,
    OutboundFirstResponse,
    OutsideHours,
    ResolvedAt,
    WaitAtClose,
)

__all__ = [
    "Assignment",
    "CaseEntry",
    "CaseLog",
    "CaseRules",
    "ContactType",
    "Conversation",
    "FirstResponseFrom",
    "MergedCases",
    "OutboundFirstResponse",
    "OutsideHours",
    "ResolvedAt",
    "Response",
    "ResponseRun",
    "SlaStatus",
    "Turn",
    "WaitAtClose",
    "build_case_log",
    "conversations_of",
    "first_response_of",
    "response_runs",
]
