"""What all charts share: colours, wall times, titles and the words for who cannot see them.

Four rules hold for every chart:
1. It is an Altair specification of values that were aggregated before: equal for equal input, and
   small. It opens no file and no page; saving it is the caller's business.
2. Its times are wall times of the zone that the title names. They carry no zone themselves, for a
   viewer would draw them in the zone of the machine that shows them.
3. Colours are told apart by colour-blind eyes, and no meaning hangs on colour alone.
4. It has a title, units at its axes, and a description that says in words what it shows.
"""

from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any, Final

import altair as alt

from worklog_core.door import require_kind, require_zone
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.worklog.ledger import LedgerLabel

__all__ = [
    "BAR",
    "BLUE",
    "GREY",
    "LABEL_COLOURS",
    "VERMILION",
    "bars",
    "hours",
    "in_words",
    "minutes",
    "table",
    "time_axis",
    "titled",
    "wall",
]

# Okabe and Ito's palette.
ORANGE: Final = "#E69F00"
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
GREY: Final = "#BBBBBB"
# The height of a bar, in pixels.
BAR: Final = 26
LABEL_COLOURS: Final = {
    LedgerLabel.COUNTED: BLUE,
    LedgerLabel.VIEW_ONLY: GREY,
    LedgerLabel.NOT_COUNTING: ORANGE,
    LedgerLabel.EXCLUDED: PURPLE,
    LedgerLabel.UNEDITED: VERMILION,
}
"""The colour of each label of the ledger, the same in every picture."""


def table(rows: list[dict[str, Any]]) -> alt.InlineData:
    """Return rows as the data of a chart, written into its specification."""
    return alt.InlineData(values=rows)


def wall(instant: datetime, time_zone: tzinfo) -> str:
    """Return an instant as the wall time of a zone, without one."""
    local = instant.astimezone(require_zone("time_zone", time_zone))
    return local.replace(tzinfo=None, fold=0).isoformat(timespec="milliseconds")


def time_axis(field: str, *, form: str = "%a %d %H:%M") -> alt.X:
    """Return the axis of wall times, by a clock of 24 hours; *form* is in d3's notation."""
    axis = alt.Axis(format=form, labelFlush=False, labelOverlap="parity", labelSeparation=8)
    return alt.X(field, title="time", axis=axis)


def hours(duration: timedelta) -> float:
    """Return a duration in hours, as far as a screen shows it."""
    return float(Fraction(timedelta_to_microseconds(duration), 3_600_000_000))


def minutes(duration: timedelta) -> float:
    """Return a duration in minutes, as far as a screen shows it."""
    return float(Fraction(timedelta_to_microseconds(duration), 60_000_000))


def in_words(duration: timedelta) -> str:
    """Return a duration as it is read, to the nearest second."""
    return str(timedelta(seconds=round(duration / timedelta(seconds=1))))


def bars(rows: list[dict[str, Any]], name: str, value: alt.X, *, words: str) -> Any:
    """Return a bar a row, in the rows' order, with *words* behind each."""
    base = alt.Chart(table(rows)).encode(
        y=alt.Y(f"{name}:N", title=None, sort=[str(row[name]) for row in rows]),
        x=value,
        tooltip=[f"{name}:N", alt.Tooltip(value.shorthand), f"{words}:N"],
    )
    behind = base.mark_text(align="left", dx=4).encode(text=f"{words}:N")
    return alt.layer(base.mark_bar(color=BLUE), behind)


def titled(
    chart: Any, *, title: str, subtitle: str | list[str], description: str, height: int = 240
) -> Any:
    """Return a chart with its title, what it was measured by, and a description in words.

    Raises WorklogError for a title that is no text.
    """
    require_kind("title", title, str, "Say in a few words what the chart shows.")
    return chart.properties(
        title=alt.TitleParams(text=title, subtitle=subtitle, anchor="start"),
        description=description,
        width=560,
        height=height,
    )
