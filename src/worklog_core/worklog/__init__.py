"""Rows of handling time, and the ledger behind them."""

from worklog_core.worklog.account import (
    Account,
    AccountPart,
    AccountStretch,
    Bound,
    account,
)
from worklog_core.worklog.assistance import (
    AiUsage,
    CorrectionUntil,
    TextAssistance,
    text_assistance_by,
)
from worklog_core.worklog.averages import AverageHandlingTime, AveragePer, Volume
from worklog_core.worklog.bounds import DurationBounds, duration_bounds
from worklog_core.worklog.build import build_worklog
from worklog_core.worklog.changes import RowChange
from worklog_core.worklog.compare import (
    Contribution,
    Difference,
    Figures,
    WhatIf,
    WorklogComparison,
    compare,
    what_if,
)
from worklog_core.worklog.desk_day import DeskDay, desk_day
from worklog_core.worklog.division import (
    DivisionPolicy,
    EqualSplit,
    ExclusiveFocus,
    Weighted,
    divide_parallel_time,
)
from worklog_core.worklog.findings import Finding, FindingKind
from worklog_core.worklog.first_contact import (
    closings,
    first_contact_resolution,
    first_contact_resolutions,
)
from worklog_core.worklog.ledger import Ledger, LedgerLabel, LedgerLine, Segment
from worklog_core.worklog.rows import RowKey, WorklogRow
from worklog_core.worklog.rules import (
    STATUS_MODES,
    USER_GUIDE_STATUS_MODES,
    DivideOver,
    FirstEdit,
    MessageInSession,
    RepostPresence,
    SlaScope,
    StatusMode,
    WorklogRules,
)
from worklog_core.worklog.status_ledger import StatusDay, StatusLedger, StatusLine
from worklog_core.worklog.update import WorklogUpdate, update_worklog
from worklog_core.worklog.worklog import Worklog

__all__ = [
    "STATUS_MODES",
    "USER_GUIDE_STATUS_MODES",
    "Account",
    "AccountPart",
    "AccountStretch",
    "AiUsage",
    "AverageHandlingTime",
    "AveragePer",
    "Bound",
    "Contribution",
    "CorrectionUntil",
    "DeskDay",
    "Difference",
    "DivideOver",
    "DivisionPolicy",
    "DurationBounds",
    "EqualSplit",
    "ExclusiveFocus",
    "Figures",
    "Finding",
    "FindingKind",
    "FirstEdit",
    "Ledger",
    "LedgerLabel",
    "LedgerLine",
    "MessageInSession",
    "RepostPresence",
    "RowChange",
    "RowKey",
    "Segment",
    "SlaScope",
    "StatusDay",
    "StatusLedger",
    "StatusLine",
    "StatusMode",
    "TextAssistance",
    "Volume",
    "Weighted",
    "WhatIf",
    "Worklog",
    "WorklogComparison",
    "WorklogRow",
    "WorklogRules",
    "WorklogUpdate",
    "account",
    "build_worklog",
    "closings",
    "compare",
    "desk_day",
    "divide_parallel_time",
    "duration_bounds",
    "first_contact_resolution",
    "first_contact_resolutions",
    "text_assistance_by",
    "update_worklog",
    "what_if",
]
