"""SLA clocks and the policies that start them."""

from worklog_core.sla.clock import SlaClock, net_time_after_due, sla_due_at
from worklog_core.sla.judged import due_date_in_force, served_at
from worklog_core.sla.targets import (
    Escalation,
    SlaAssignment,
    SlaPolicy,
    SlaTarget,
    TargetKind,
    judge,
    without_sentinel,
)
from worklog_core.sla.verdicts import SlaState, Verdict, are_all_met

__all__ = [
    "Escalation",
    "SlaAssignment",
    "SlaClock",
    "SlaPolicy",
    "SlaState",
    "SlaTarget",
    "TargetKind",
    "Verdict",
    "are_all_met",
    "due_date_in_force",
    "judge",
    "net_time_after_due",
    "served_at",
    "sla_due_at",
    "without_sentinel",
]
