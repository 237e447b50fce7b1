"""How many of something there are by group: contact types, channels, sources, users.

Three rules hold in this module:
1. The groups sum to the total. What has no name is the group None, shown as unknown.
2. Percentages are whole, by the largest remainder, so that they total 100.
3. Groups stand by count, the largest first, then by name; None is last.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from worklog_core.apportion import apportion
from worklog_core.conversations.case_log import CaseLog
from worklog_core.conversations.entries import ContactType
from worklog_core.conversations.reports.heading import (
    Heading,
    heading_of,
    report_html,
    report_repr,
)
from worklog_core.conversations.reports.measurements import Measurement, Metric, measurements
from worklog_core.conversations.reports.selection import Selection
from worklog_core.door import require_function, require_iterable, require_key
from worklog_core.errors import WorklogError, describe
from worklog_core.events.messages import SenderKind

__all__ = [
    "Distribution",
    "Share",
    "count_by",
    "incoming_by_channel",
    "opened_by_contact_type",
    "opened_by_user",
    "outgoing_by_source",
]

Figures = Sequence[Measurement]

_SOURCES: Final = (
    SenderKind.HUMAN,
    SenderKind.WORKFLOW,
    SenderKind.BROADCAST,
    SenderKind.API,
    SenderKind.ECHO,
    SenderKind.AI_AGENT,
)


@attrs.frozen
class Share:
    """One group: its name, None where there is none, its count, and its percentage of the total.

    `percent` is None where there is nothing to take a percentage of. `figures` are what was
    counted.
    """

    name: str | None
    count: int
    percent: int | None
    figures: tuple[Measurement, ...] = attrs.field(eq=False, repr=False, kw_only=True)


@attrs.frozen(repr=False)
class Distribution:
    """How many there are of each group.

    `is_of_persons` says that the groups are persons: such a report is drawn of a release only.
    `is_of_choices` says that their names are words of this library, such as "returning", and tell
    of nobody.
    """

    heading: Heading
    metric: Metric
    shares: tuple[Share, ...]
    is_of_persons: bool = attrs.field(default=False, kw_only=True)
    is_of_choices: bool = attrs.field(default=False, kw_only=True)

    @property
    def total(self) -> int:
        """The sum of all groups."""
        return sum(share.count for share in self.shares)

    def count_of(self, name: str | None) -> int:
        """Return the count of a group, 0 for one that does not occur."""
        return next((share.count for share in self.shares if share.name == name), 0)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the groups as plain values; the group without a name is `unknown`."""
        return [
            {
                "name": "unknown" if share.name is None else share.name,
                "count": share.count,
                "percent": share.percent,
            }
            for share in self.shares
        ]

    def _repr_html_(self) -> str:
        return report_html(self.heading, self.to_dicts())

    def __repr__(self) -> str:
        return report_repr("Distribution", self.heading, self.shares)


def count_by(  # noqa: PLR0913  # the report, and what it is called
    log: CaseLog,
    metric: Metric,
    selection: Selection | None = None,
    *,
    by: Callable[[Measurement], str | None],
    title: str = "Counts",
    expected: Iterable[str] = (),
    is_of_persons: bool = False,
) -> Distribution:
    """Return how many figures of a metric there are of each group.

    *by* names the group of a figure; *expected* are groups that are shown even if they are empty.
    A time counts as often as it was measured. Say *is_of_persons* where *by* names people.
    """
    require_function("by", by, "measurement")
    groups: dict[str | None, list[Measurement]] = {
        name: [] for name in require_iterable("expected", expected, "str")
    }
    for figure in measurements(log, metric, selection):
        if figure.value is not None or not metric.is_time:
            groups.setdefault(require_key("by", by(figure)), []).append(figure)
    in_order = _in_order(groups)
    counts = [len(figures) for _, figures in in_order]
    percents = [*apportion(counts, 100)] if any(counts) else [None] * len(counts)
    shares = (
        Share(name, len(figures), percent, figures=tuple(figures))
        for (name, figures), percent in zip(in_order, percents, strict=True)
    )
    heading = heading_of(title, log, selection)
    return Distribution(heading, metric, tuple(shares), is_of_persons=is_of_persons)


def _in_order(groups: Mapping[str | None, list[Measurement]]) -> list[tuple[str | None, Figures]]:
    try:
        return sorted(groups.items(), key=lambda group: _place(*group))
    except TypeError:
        raise WorklogError(
            f"by must name groups that have an order: found {describe(list(groups))}. "
            "Return texts, or None where there is no name.",
            field="by",
            value=tuple(groups),
        ) from None


def _place(name: str | None, figures: Figures) -> tuple[bool, int, str]:
    return name is None, -len(figures), "" if name is None else name


def opened_by_contact_type(log: CaseLog, selection: Selection | None = None) -> Distribution:
    """Return how many conversations new and returning contacts opened (R-02, AMB-19)."""
    counted = count_by(
        log,
        Metric.OPENED,
        selection,
        by=lambda figure: figure.case.contact_type and figure.case.contact_type.value,
        title="Conversations opened by contact type",
        expected=[contact_type.value for contact_type in ContactType],
    )
    return attrs.evolve(counted, is_of_choices=True)


def opened_by_user(log: CaseLog, selection: Selection | None = None) -> Distribution:
    """Return how many conversations each user opened, and their share of all (R-08)."""
    return count_by(
        log,
        Metric.OPENED,
        selection,
        by=lambda figure: figure.case.opened_by_user,
        title="Conversations opened by user",
        is_of_persons=True,
    )


def incoming_by_channel(log: CaseLog, selection: Selection | None = None) -> Distribution:
    """Return how many messages came in by each channel (R-03).

    Where a message tells none it is that of its case.
    """
    return count_by(
        log,
        Metric.INCOMING_MESSAGES,
        selection,
        by=lambda figure: (figure.message and figure.message.channel) or figure.case.channel,
        title="Incoming messages by channel",
    )


def outgoing_by_source(log: CaseLog, selection: Selection | None = None) -> Distribution:
    """Return how many messages went out by each source; notes are in none (R-08)."""
    counted = count_by(
        log,
        Metric.OUTGOING_MESSAGES,
        selection,
        by=_source_of,
        title="Outgoing messages by source",
        expected=[source.value for source in _SOURCES],
    )
    return attrs.evolve(counted, is_of_choices=True)


def _source_of(figure: Measurement) -> str | None:
    return None if figure.message is None else figure.message.sender.value
