"""The account of a row as a picture: a stretch is as wide as it lasted, as high as its share."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from worklog_core.charts.page import BLUE, LABEL_COLOURS, table, time_axis, titled, wall
from worklog_core.charts.released import require_release
from worklog_core.privacy.release import Release
from worklog_core.worklog.ledger import LedgerLabel

__all__ = ["account"]

_THIS_ROW = "this row"


def account(release: Release) -> Any:
    """Return why each minute of a row counted as it did: the area of a stretch is its time.

    It takes the release of an `Account`, at a level that shows instants. What counted for the row
    is in one colour, what was left out in those of the ledger's labels; the tooltip names what was
    open beside it.

    Raises WorklogError for anything else, and for a release without instants.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     Action, History, PrivacyLevel, PrivacyPolicy, ScreenSession, TicketEdit,
        ...     WorklogRules, account, build_worklog, charts, release)
        >>> def at(hour): return datetime(2026, 3, 2, hour, tzinfo=UTC)
        >>> history = History(sessions=[ScreenSession("U1", "T1", at(9), at(11))],
        ...                   edits=[TicketEdit("U1", "T1", at(10), Action.WRITE)])
        >>> worklog = build_worklog(history, WorklogRules(time_zone=UTC))
        >>> named = PrivacyPolicy(PrivacyLevel.REAL, names={"U1": "Meike Mustermann"})
        >>> told = account(worklog, worklog.rows[0])
        >>> charts.account(release(told, named)).to_dict()["title"]["text"]
        'Meike Mustermann, T1, 2026-03-02'
    """
    shown = ("name", "ticket_id", "day", "start", "end")
    require_release(release, kinds=("account",), columns=shown)
    zone = release.time_zone
    rows = [
        {
            "start": wall(row["start"], zone),
            "end": wall(row["end"], zone),
            "none": 0,
            "share": float(row["share"]),
            "what": _what(row),
            "open beside it": ", ".join(row["beside"]) or "nothing",
        }
        for row in release.rows
    ]
    colours = {
        _what(row): BLUE if row["counts"] else LABEL_COLOURS[row["label"]]
        for row in sorted(release.rows, key=lambda row: not row["counts"])
    }
    boxes = (
        alt.Chart(table(rows))
        .mark_rect(stroke="white")
        .encode(
            x=time_axis("start:T", form="%H:%M"),
            x2="end:T",
            y=alt.Y("none:Q", title="share of the time", scale=alt.Scale(domain=[0, 1])),
            y2="share:Q",
            color=alt.Color(
                "what:N",
                title="counts for",
                scale=alt.Scale(domain=list(colours), range=list(colours.values())),
            ),
            tooltip=["start:T", "end:T", "share:Q", "what:N", "open beside it:N"],
        )
    )
    first = release.rows[0]
    counted = sum(row["counts"] for row in release.rows)
    return titled(
        boxes,
        title=f"{first['name']}, {first['ticket_id']}, {first['day']}",
        subtitle=f"width is time, height is the share; times of {zone}",
        description=(
            f"{len(rows)} parts of the day of {first['name']} on {first['ticket_id']}, "
            f"{counted} of which count for the row."
        ),
        height=160,
    )


def _what(row: Mapping[str, Any]) -> str:
    label: LedgerLabel = row["label"]
    return _THIS_ROW if row["counts"] else label.value
