"""From the events of customer service to exact, explainable numbers.

Facts go in: who had which ticket on screen when, what they did, what the customer wrote, which
status they were in. A worklog comes out, and a ledger in which every microsecond carries one label.

A name is loaded with its room when it is first asked for, so that a service that computes one due
date does not wait for what it never uses. What type checkers see stands in `__init__.pyi`.
"""

from importlib import import_module
from typing import Any, Final

from worklog_core._version import __version__ as __version__
from worklog_core.apportion import apportion as apportion

_ROOMS: Final = {
    "worklog_core.calendars": """
        Calendar CalendarDifference CalendarFinding CalendarFindingKind CalendarVersions
        Combination CombinedCalendar DayHours ExplainedPeriod Handover Overnight RecurringDates
        Rule WeeklyHours WorkingCalendar diff lint local_day local_day_bounds
    """,
    "worklog_core.conversations": """
        RESOLUTION_EDGES RESPONSE_EDGES Anchor Anomalies Anomaly Assignment Breakdown Call
        CallStatus CaseEntry CaseLog CaseRules ContactEntry ContactLog ContactType Conversation
        ConversationList ConversationRow Distribution FirstResponseFrom GroupBy Heading HeatCell
        Hours IntervalLength Leader Leaderboard LoggedMessage Measurement MergedCases MessageLog
        Metric MetricChange OpenedHeatmap OutboundFirstResponse OutsideHours Period
        PeriodComparison ResolvedAt Response ResponseRun ReviewFlag ReviewLimits Selection Share
        SlaStatus Spread Statistics TimeBucket Turn UserPerformance UserRow VolumeInterval
        VolumeReport WaitAtClose breakdown build_case_log compare_with_previous contact_log
        conversation_list conversations_of count_by first_response_breakdown first_response_of
        incoming_by_channel leaderboard measure measure_by measurements message_log
        opened_by_contact_type opened_by_user opened_heatmap outgoing_anomalies
        outgoing_by_source resolution_breakdown resolved_anomalies response_breakdown
        response_runs user_performance volume_by_interval
    """,
    "worklog_core.errors": """
        ConflictingEventsError NaiveDatetimeError NoWorkingTimeError RangeError WorklogError
    """,
    "worklog_core.events": """
        Action AiActionApplied AiSuggestionShown AssigneeKind AssignmentMode AutomationLevel
        ContactEnded ContactLabelled CsatReceived CustomerCorrected CustomerDetected
        CustomerMessage Direction DueSetBy Event FocusChange Heartbeat History HoldEnded
        HoldStarted MessageSent OpenedBy RecordingStored Rejected ReplyWithDeferral
        RoutingOffered RoutingSkipped ScreenSession SenderKind SentimentScored SlaDueSet
        StatusCause TagsChanged TagsDetected TeamMembership TicketAssigned TicketClosed
        TicketEdit TicketMerged TicketOpened TicketQueued TicketStatus TicketStatusChange
        TicketTransferred TopicChange TrackingExclusion UserStatusChange UserStatusRepost
        WrapUpFinished action_of highest_priority
    """,
    "worklog_core.exports": "ArrayStyle DecimalMark DurationStyle enneo klink respondio",
    "worklog_core.intervals": "Interval IntervalSet merge_intervals",
    "worklog_core.privacy": """
        Audit Coarsening FieldPolicy Language PrivacyLevel PrivacyPolicy PseudonymKey Release
        SmallGroups Suppression Treatment WithheldField assign_pseudonyms judge_small_groups
        release words_in_names
    """,
    "worklog_core.similarity": """
        Similarity SimilarityOpcodes TextOpcode TextOperation similarity_opcodes
        text_similarities text_similarity
    """,
    "worklog_core.sla": """
        Escalation SlaAssignment SlaClock SlaPolicy SlaState SlaTarget TargetKind Verdict
        are_all_met due_date_in_force judge net_time_after_due served_at sla_due_at
        without_sentinel
    """,
    "worklog_core.tickets": """
        TRANSITIONS AgeBucket Capability Closing Connected Deferral FcrPer
        FirstContactResolution PendingTimes Priority QueuedTicket Readiness Refused Reminder
        ReopenedBy SkipRate Stock StockCount StockFlow StockTicket StockedTicket TicketCommand
        TicketState TicketTimeline Transition close defer is_routable next_status pending_times
        readiness release_due reminder_of reopen routing_order skip_rates stock_at stock_between
        ticket_timelines
    """,
    "worklog_core.undetermined": "Undetermined",
    "worklog_core.worklog": """
        STATUS_MODES USER_GUIDE_STATUS_MODES Account AccountPart AccountStretch AiUsage
        AverageHandlingTime AveragePer Bound Contribution CorrectionUntil DeskDay Difference
        DivideOver DivisionPolicy DurationBounds EqualSplit ExclusiveFocus Figures Finding
        FindingKind FirstEdit Ledger LedgerLabel LedgerLine MessageInSession RepostPresence
        RowChange RowKey Segment SlaScope StatusDay StatusLedger StatusLine StatusMode
        TextAssistance Volume Weighted WhatIf Worklog WorklogComparison WorklogRow WorklogRules
        WorklogUpdate account build_worklog closings compare desk_day divide_parallel_time
        duration_bounds first_contact_resolution first_contact_resolutions text_assistance_by
        update_worklog what_if
    """,
}
# Folders whose rooms are asked for by name: worklog_core.columnar.working_time.
_FOLDERS: Final = ("charts", "columnar", "exports", "testing")
_ROOM_OF: Final = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = ["__version__", "apportion"]
__all__ += list(_ROOM_OF)  # pyright: ignore[reportUnsupportedDunderAll]  # the stub is its list


def __getattr__(name: str) -> Any:
    if name in _FOLDERS:
        return import_module(f"{__name__}.{name}")
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(room), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
