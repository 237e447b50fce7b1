"""Calls of the public functions that no example of a docstring calls, on a busy week."""

from datetime import timedelta
from typing import Any

import busy_week
import worklog_core as wc

__all__ = ["make"]


def make() -> dict[str, Any]:
    """Return what each function answers, by its name."""
    history = busy_week.history()
    worklog = wc.build_worklog(history, busy_week.RULES["defaults"], as_of=busy_week.AS_OF)
    log = wc.build_case_log(history, busy_week.RULES["defaults"])
    conversations = wc.conversations_of(history, day_of=lambda at: at.date())
    ticket = wc.TicketState("T1", wc.TicketStatus.OPEN)
    later = busy_week.MONDAY + timedelta(days=1)
    deferred = wc.defer(ticket, later, at=busy_week.MONDAY)
    opened = wc.Metric.OPENED
    monday = busy_week.MONDAY.date()
    week = wc.Selection(period=wc.Period(monday, monday + timedelta(days=6)))
    return {
        "conversations_of": conversations,
        "first_response_of": [wc.first_response_of(each) for each in conversations.values()],
        "response_runs": [wc.response_runs(each) for each in conversations.values()],
        "count_by": wc.count_by(log, opened, by=str),
        "measure_by": wc.measure_by(log, opened, by=str),
        **{
            name: getattr(wc, name)(log)
            for name in (
                *("first_response_breakdown", "incoming_by_channel", "opened_by_contact_type"),
                *("opened_by_user", "outgoing_anomalies", "outgoing_by_source"),
                *("resolution_breakdown", "resolved_anomalies", "response_breakdown"),
            )
        },
        "compare_with_previous": wc.compare_with_previous(log, week),
        "judge": wc.judge(None, as_of=later),
        "is_routable": [wc.is_routable(status) for status in wc.TicketStatus],
        "reminder_of": wc.reminder_of(deferred.ticket),
        "close": wc.close(ticket, at=later),
        "reopen": wc.reopen(deferred.ticket, at=later),
        "ticket_timelines": wc.ticket_timelines(history.ticket_statuses),
        "first_contact_resolution": wc.first_contact_resolution(worklog),
        "first_contact_resolutions": wc.first_contact_resolutions(
            worklog, by=lambda closing: closing.ticket_id
        ),
    }
