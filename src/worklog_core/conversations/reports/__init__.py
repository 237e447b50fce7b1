"""Reports over a case log: every figure of them is a measurement of one metric."""

from worklog_core.conversations.reports.anomalies import (
    Anomalies,
    Anomaly,
    outgoing_anomalies,
    resolved_anomalies,
)
from worklog_core.conversations.reports.breakdowns import (
    RESOLUTION_EDGES,
    RESPONSE_EDGES,
    Breakdown,
    TimeBucket,
    breakdown,
    first_response_breakdown,
    resolution_breakdown,
    response_breakdown,
)
from worklog_core.conversations.reports.comparison import (
    MetricChange,
    PeriodComparison,
    compare_with_previous,
)
from worklog_core.conversations.reports.conversation_list import (
    ConversationList,
    ConversationRow,
    ReviewFlag,
    ReviewLimits,
    conversation_list,
)
from worklog_core.conversations.reports.distributions import (
    Distribution,
    Share,
    count_by,
    incoming_by_channel,
    opened_by_contact_type,
    opened_by_user,
    outgoing_by_source,
)
from worklog_core.conversations.reports.heading import Heading
from worklog_core.conversations.reports.heatmap import HeatCell, OpenedHeatmap, opened_heatmap
from worklog_core.conversations.reports.leaderboard import (
    GroupBy,
    Leader,
    Leaderboard,
    leaderboard,
)
from worklog_core.conversations.reports.measurements import Measurement, Metric, measurements
from worklog_core.conversations.reports.outliers import Spread
from worklog_core.conversations.reports.periods import Period
from worklog_core.conversations.reports.selection import Anchor, Hours, Selection
from worklog_core.conversations.reports.statistics import Statistics, measure, measure_by
from worklog_core.conversations.reports.user_table import (
    UserPerformance,
    UserRow,
    user_performance,
)
from worklog_core.conversations.reports.volume import (
    IntervalLength,
    VolumeInterval,
    VolumeReport,
    volume_by_interval,
)

__all__ = [
    "RESOLUTION_EDGES",
    "RESPONSE_EDGES",
    "Anchor",
    "Anomalies",
    "Anomaly",
    "Breakdown",
    "ConversationList",
    "ConversationRow",
    "Distribution",
    "GroupBy",
    "Heading",
    "HeatCell",
    "Hours",
    "IntervalLength",
    "Leader",
    "Leaderboard",
    "Measurement",
    "Metric",
    "MetricChange",
    "OpenedHeatmap",
    "Period",
    "PeriodComparison",
    "ReviewFlag",
    "ReviewLimits",
    "Selection",
    "Share",
    "Spread",
    "Statistics",
    "TimeBucket",
    "UserPerformance",
    "UserRow",
    "VolumeInterval",
    "VolumeReport",
    "breakdown",
    "compare_with_previous",
    "conversation_list",
    "count_by",
    "first_response_breakdown",
    "incoming_by_channel",
    "leaderboard",
    "measure",
    "measure_by",
    "measurements",
    "opened_by_contact_type",
    "opened_by_user",
    "opened_heatmap",
    "outgoing_anomalies",
    "outgoing_by_source",
    "resolution_breakdown",
    "resolved_anomalies",
    "response_breakdown",
    "user_performance",
    "volume_by_interval",
]
