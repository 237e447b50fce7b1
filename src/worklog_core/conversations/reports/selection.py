"""What a report is about: which period, whose, by which anchor and clock.

Three rules hold in this module:
1. The same selection selects the same, whichever report asks; there is no other filter.
2. By the event date a figure belongs to the day of its own event, so that a closed period never
   changes; by the conversation date to the day on which the conversation began (P-R11).
3. A filter by user or team looks at whom the metric is attributed to, all others at the case.
"""

from collections.abc import Callable, Iterable
from datetime import tzinfo
from enum import Enum
from typing import Any

import attrs

from worklog_core.conversations.entries import CaseEntry
from worklog_core.conversations.reports.periods import Period
from worklog_core.door import check_names, check_zone, choice_of, names, optional, refuse

__all__ = ["Anchor", "Hours", "Selection"]


class Anchor(Enum):
    """Which instant puts a figure into a period (P-R11)."""

    EVENT = "event"
    """That of its own event: a closing for a resolution, an answer for a response (P-R9)."""
    CONVERSATION = "conversation"
    """The beginning of the conversation."""


class Hours(Enum):
    """By which clock times are measured."""

    GROSS = "gross"
    NET = "net"
    """By the calendar of the case rules."""


def _names_or_none(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if given is None else names(given)


def _check_period(selection: Any, attribute: "attrs.Attribute[Any]", period: Any) -> None:
    if type(period) is not Period:
        way_out = "Pass Period(first, last) or Period.month(2026, 3)."
        raise refuse(selection, attribute, period, "be a Period or None", way_out)


def _check_where(selection: Any, attribute: "attrs.Attribute[Any]", where: Any) -> None:
    if not callable(where):
        way_out = "Pass for example where=lambda case: case.is_closed."
        raise refuse(selection, attribute, where, "be a function of a case or None", way_out)


@attrs.frozen(kw_only=True)
class Selection:
    """What a report is about; nothing given selects everything.

    `users`, `teams`, `channels`, `queues`, `tags` and `contact_labels` select what has one of those
    names, `where` whatever a function says of a case. `time_zone` is where the report's days begin;
    None is the zone of the log's rules.

    Example:
        >>> from worklog_core import Period, Selection
        >>> Selection(period=Period.month(2026, 3), teams=["Sales"]).anchor.value
        'event'
    """

    period: Period | None = attrs.field(default=None, validator=optional(_check_period))
    anchor: Anchor = attrs.field(default=Anchor.EVENT, validator=choice_of(Anchor))
    hours: Hours = attrs.field(default=Hours.GROSS, validator=choice_of(Hours))
    time_zone: tzinfo | None = attrs.field(default=None, validator=optional(check_zone))
    users: tuple[str, ...] | None = attrs.field(
        default=None, converter=_names_or_none, validator=optional(check_names)
    )
    teams: tuple[str, ...] | None = attrs.field(
        default=None, converter=_names_or_none, validator=optional(check_names)
    )
    channels: tuple[str, ...] | None = attrs.field(
        default=None, converter=_names_or_none, validator=optional(check_names)
    )
    queues: tuple[str, ...] | None = attrs.field(
        default=None, converter=_names_or_none, validator=optional(check_names)
    )
    tags: tuple[str, ...] | None = attrs.field(
        default=None, converter=_names_or_none, validator=optional(check_names)
    )
    contact_labels: tuple[str, ...] | None = attrs.field(
        default=None, converter=_names_or_none, validator=optional(check_names)
    )
    where: Callable[[CaseEntry], bool] | None = attrs.field(
        default=None, validator=optional(_check_where)
    )

    def holds(self, case: CaseEntry) -> bool:
        """Say whether a case is selected, whoever had it and whenever it was."""
        asked: tuple[tuple[tuple[str, ...] | None, tuple[str | None, ...]], ...] = (
            (self.channels, (case.channel,)),
            (self.queues, (case.queue,)),
            (self.tags, case.tags),
            (self.contact_labels, case.contact_labels),
        )
        for wanted, found in asked:
            if wanted is not None and not set(wanted) & set(found):
                return False
        return self.where is None or bool(self.where(case))

    def holds_person(self, user_id: str | None, teams: Iterable[str]) -> bool:
        """Say whether what is attributed to a user with some teams is selected."""
        if self.users is not None and user_id not in self.users:
            return False
        return self.teams is None or bool(set(self.teams) & set(teams))
