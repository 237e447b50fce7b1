"""What every report says above its figures, and how it looks where people look at it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta, tzinfo
from enum import Enum
from fractions import Fraction
from typing import Any, cast

import attrs

from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.reports.measurements import zone_of
from worklog_core.conversations.reports.selection import Selection
from worklog_core.tables import html_table

__all__ = ["Heading", "heading_of", "plain", "report_html", "report_repr"]


@attrs.frozen
class Heading:
    """The title of a report, the zone that its days and hours are told in, and its selection."""

    title: str
    zone: tzinfo
    selection: Selection

    @property
    def time_zone(self) -> str:
        """The name of the zone."""
        return str(getattr(self.zone, "key", None) or self.zone)

    def __str__(self) -> str:
        period = self.selection.period
        told = "all that is known" if period is None else str(period)
        chosen = f"by {self.selection.anchor.value} date, {self.selection.hours.value}"
        filters = [
            f"{name}: {', '.join(wanted)}"
            for name in ("users", "teams", "channels", "queues", "tags", "contact_labels")
            if (wanted := getattr(self.selection, name)) is not None
        ]
        if self.selection.where is not None:
            filters.append("a condition")
        return "; ".join([f"{self.title}, {told} ({self.time_zone}, {chosen})", *filters])


def heading_of(title: str, log: CaseLog, selection: Selection | None) -> Heading:
    """Return the heading of a report over a log; without a selection everything is selected."""
    chosen = Selection() if selection is None else selection
    return Heading(title, zone_of(log, chosen), chosen)


def plain(value: Any) -> Any:
    """Return a value as it stands in a dict: choices and reasons by their export names."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(item) for item in cast("tuple[object, ...]", value)]
    return value


def report_repr(kind: str, heading: Heading, rows: Sequence[object]) -> str:
    """Return a report in one line."""
    return f"<{kind}: {heading}: {len(rows)} rows>"


def report_html(caption: Heading | str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a report as a table; a caption says what it is about."""
    headers = list(rows[0]) if rows else []
    cells = ([_shown(row[name]) for name in headers] for row in rows)
    return html_table(str(caption), [name.replace("_", " ") for name in headers], cells)


def _shown(value: Any) -> Any:
    if isinstance(value, Fraction):
        # To three places, in whole numbers: a table is to be read, the dict has the exact value.
        whole, thousandths = divmod(abs(round(value * 1000)), 1000)
        return f"{'-' if value < 0 else ''}{whole}.{thousandths:03}"
    if isinstance(value, timedelta) and value < timedelta():
        return f"-{-value}"
    if isinstance(value, list):
        return ", ".join(str(item) for item in cast("list[object]", value))
    return value
