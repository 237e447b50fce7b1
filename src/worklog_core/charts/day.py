"""A person's day as lanes: what was on screen when, and what the ledger says of it."""

from datetime import timedelta
from typing import Any

import altair as alt

from worklog_core.charts.page import BAR, LABEL_COLOURS, table, time_axis, titled, wall
from worklog_core.charts.released import require_release
from worklog_core.privacy.release import Release
from worklog_core.worklog.ledger import LedgerLabel

__all__ = ["day"]


def day(release: Release) -> Any:
    """Return one person's day as a picture: a lane a ticket, coloured by the ledger's labels.

    It takes the release of a `DeskDay`, at a level that shows instants. Times are wall times of
    the release's zone; a bar is as long as the ticket was open, and its share is in the tooltip.

    Raises WorklogError for anything else, and for a release without instants.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     History, PrivacyLevel, PrivacyPolicy, ScreenSession, WorklogRules, build_worklog,
        ...     desk_day, release)
        >>> from worklog_core import charts
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> history = History(sessions=[ScreenSession("U1", "T1", at(9), at(11))])
        >>> worklog = build_worklog(history, WorklogRules(time_zone=UTC))
        >>> lines = desk_day(worklog, user_id="U1", day=at(9).date())
        >>> named = PrivacyPolicy(PrivacyLevel.REAL, names={"U1": "Meike Mustermann"})
        >>> charts.day(release(lines, named)).to_dict()["title"]["text"]
        'Meike Mustermann, 2026-03-02'
    """
    require_release(
        release, kinds=("desk day",), columns=("name", "day", "ticket_id", "start", "end")
    )
    zone = release.time_zone
    rows = [
        {
            "ticket": row["ticket_id"],
            "start": wall(row["start"], zone),
            "end": wall(row["end"], zone),
            "label": row["label"].value,
            "share": str(row["amount"]),
        }
        for row in release.rows
    ]
    totals: dict[LedgerLabel, timedelta] = {}
    for row in release.rows:
        totals[row["label"]] = totals.get(row["label"], timedelta()) + row["amount"]
    present = [label for label in LedgerLabel if label in totals]
    tickets = list(dict.fromkeys(row["ticket"] for row in rows))
    lanes = (
        alt.Chart(table(rows))
        .mark_bar(height=BAR * 0.6)
        .encode(
            x=time_axis("start:T", form="%H:%M"),
            x2="end:T",
            y=alt.Y("ticket:N", title="ticket", sort=tickets),
            color=alt.Color(
                "label:N",
                title="ledger",
                scale=alt.Scale(
                    domain=[label.value for label in present],
                    range=[LABEL_COLOURS[label] for label in present],
                ),
            ),
            tooltip=["ticket:N", "label:N", "share:N"],
        )
    )
    name, on = release.rows[0]["name"], release.rows[0]["day"]
    sums = ", ".join(f"{label.value.replace('_', ' ')} {totals[label]}" for label in present)
    return titled(
        lanes,
        title=f"{name}, {on}",
        subtitle=f"{sums}; times of {zone}",
        description=f"The day of {name} in {len(tickets)} lanes, one a ticket: {sums}.",
        height=BAR * len(tickets),
    )
