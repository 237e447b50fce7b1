"""Targets by tag: which clock a ticket runs by.

Four rules hold in this module:
1. A target is working time, said on a tag (P-E9). The targets of several tags compete and the
   earliest due date wins (AMB-8 g); tags without one leave it to the targets for all others.
2. No target is None, and never a date far away: the sentinel 2099-12-31 that queues sort by comes
   from outside, and `without_sentinel` stops it at the edge (P-E10).
3. First response and resolution are judged apart, each by its own targets.
4. Shares of a target are fractions, so that 80 % is 80 %.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any, Final, cast

import attrs

from worklog_core.calendars import Calendar
from worklog_core.door import check_flag, choice_of, duration_of_at_least, optional
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import require_instant
from worklog_core.intervals import IntervalSet
from worklog_core.mappings import FrozenMapping
from worklog_core.sla.clock import SlaClock, check_calendar, sla_due_at
from worklog_core.sla.verdicts import Verdict
from worklog_core.undetermined import Undetermined

__all__ = [
    "Escalation",
    "SlaAssignment",
    "SlaPolicy",
    "SlaTarget",
    "TargetKind",
    "judge",
    "without_sentinel",
]

_NEVER_PAUSED: Final = IntervalSet()

# 2099-12-31 as a day, wherever on earth it was written down.
_SENTINEL_FROM: Final = datetime(2099, 12, 30, 10, tzinfo=UTC)
_SENTINEL_UNTIL: Final = datetime(2100, 1, 1, 12, tzinfo=UTC)


class TargetKind(Enum):
    """What must have happened by the due date.

    Example:
        >>> from worklog_core import TargetKind
        >>> TargetKind.FIRST_RESPONSE.value, TargetKind.RESOLUTION.value
        ('first_response', 'resolution')
    """

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


def _shares(given: Iterable[Fraction]) -> tuple[Fraction, ...]:
    field, way_out = "SlaTarget.escalations", "Write 80 % as Fraction(80, 100)."
    if not isinstance(given, Iterable):
        raise _refused(field, "be shares of the target", given, way_out)
    found = tuple(given)
    for share in found:
        if type(share) is not Fraction or share <= 0:
            raise _refused(field, "be Fractions above 0", share, way_out)
    return found


@attrs.frozen
class SlaTarget:
    """So much working time, for a first response or for the resolution.

    `calendar` is the policy's if it is not given; `escalations` are shares of the target at which
    somebody is to be told.

    Example:
        >>> from datetime import timedelta
        >>> from fractions import Fraction
        >>> from worklog_core import SlaTarget
        >>> SlaTarget(timedelta(hours=8), escalations=[Fraction(80, 100)]).kind.value
        'resolution'
    """

    working_time: timedelta = attrs.field(validator=duration_of_at_least(timedelta(0)))
    kind: TargetKind = attrs.field(default=TargetKind.RESOLUTION, validator=choice_of(TargetKind))
    calendar: Calendar | None = attrs.field(
        default=None, kw_only=True, validator=optional(check_calendar)
    )
    escalations: tuple[Fraction, ...] = attrs.field(default=(), kw_only=True, converter=_shares)


_Tagged = tuple[str | None, SlaTarget]
"""A target and the tag that it was said on; None for one of those for all others."""


@attrs.frozen
class Escalation:
    """A point on the way to the due date: the share of the target, and when it has run."""

    share: Fraction
    at: datetime | None


@attrs.frozen
class SlaAssignment:
    """The clock that a policy gave a ticket, and the target and tag that decided it.

    `tag` is None where no tag had a target and the one for all others holds.
    """

    clock: SlaClock
    target: SlaTarget
    tag: str | None

    @property
    def escalations(self) -> tuple[Escalation, ...]:
        """The escalation points, in the order of their shares; `at` is None while paused before."""
        shares = sorted(set(self.target.escalations))
        return tuple(Escalation(share, self.clock.escalates_at(share)) for share in shares)


def _targets(field: str, given: Any) -> tuple[SlaTarget, ...]:
    targets = (given,) if isinstance(given, SlaTarget) else given
    way_out = "Give an SlaTarget, or one of each kind."
    if not isinstance(targets, Iterable):
        raise _refused(field, "be SLA targets", given, way_out)
    found: list[SlaTarget] = []
    for target in cast("Iterable[object]", targets):
        if not isinstance(target, SlaTarget):
            raise _refused(field, "be SLA targets", target, way_out)
        if target.kind in {other.kind for other in found}:
            raise _refused(field, "be at most one of a kind", target, way_out)
        found.append(target)
    return tuple(found)


def _by_tag(given: Any) -> FrozenMapping[str, tuple[SlaTarget, ...]]:
    field = "SlaPolicy.by_tag"
    if not isinstance(given, Mapping):
        raise _refused(field, "be a mapping from tag to targets", given, "Use {} for none.")
    found: dict[str, tuple[SlaTarget, ...]] = {}
    for tag, targets in cast("Mapping[object, object]", given).items():
        if not isinstance(tag, str) or not tag:
            raise _refused(field, "have names of tags as keys", tag, "Use the tag's name.")
        found[tag] = _targets(field, targets)
    return FrozenMapping(found)


def _otherwise(given: Any) -> tuple[SlaTarget, ...]:
    return _targets("SlaPolicy.otherwise", given)


@attrs.frozen
class SlaPolicy:
    """The targets of an operation: by tag, and for tickets whose tags have none.

    A deferral moves its ticket's due date only with *pause_on_pending*: what a ticket waits for and
    what its customer was promised are two dates (AMB-8b).

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from worklog_core import SlaPolicy, SlaTarget, WeeklyHours, WorkingCalendar
        >>> office = WorkingCalendar(WeeklyHours.parse("Mon-Fri 09:00-17:00"), time_zone=UTC)
        >>> vip, mail = SlaTarget(timedelta(hours=2)), SlaTarget(timedelta(hours=8))
        >>> policy = SlaPolicy(office, by_tag={"VIP": vip, "mail": mail})
        >>> opened = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> print(policy.due_at(["mail", "VIP"], opened_at=opened))
        2026-03-02 11:00:00+00:00
    """

    calendar: Calendar = attrs.field(validator=check_calendar)
    by_tag: FrozenMapping[str, tuple[SlaTarget, ...]] = attrs.field(
        default=FrozenMapping[str, tuple[SlaTarget, ...]](), kw_only=True, converter=_by_tag
    )
    otherwise: tuple[SlaTarget, ...] = attrs.field(default=(), kw_only=True, converter=_otherwise)
    pause_on_pending: bool = attrs.field(default=False, kw_only=True, validator=check_flag)

    def pausing(self, pauses: IntervalSet, *, pending: IntervalSet) -> IntervalSet:
        """Return what stops the clocks: the pauses, and the deferrals where they do (AMB-8b)."""
        return pauses | pending if self.pause_on_pending else pauses

    def assign(
        self,
        tags: Iterable[str],
        *,
        opened_at: datetime,
        kind: TargetKind = TargetKind.RESOLUTION,
        pauses: IntervalSet = _NEVER_PAUSED,
        paused_since: datetime | None = None,
    ) -> SlaAssignment | None:
        """Return the clock with the earliest due date; None where no target applies.

        While a pause has no end, the clock that would be due first if it ended where it began.
        Equal due dates go to the lower target, then to the tag that sorts first.
        """
        found: list[tuple[datetime, timedelta, str, SlaAssignment]] = []
        for tag, target in self._targets_of(tags, kind):
            calendar = self.calendar if target.calendar is None else target.calendar
            clock = SlaClock(
                calendar,
                opened_at=opened_at,
                target=target.working_time,
                pauses=pauses,
                paused_since=paused_since,
            )
            due = sla_due_at(calendar, clock.opened_at, target.working_time, pauses=pauses)
            assignment = SlaAssignment(clock, target, tag)
            found.append((due, target.working_time, tag or "", assignment))
        return min(found, key=lambda each: each[:3])[3] if found else None

    def due_at(
        self,
        tags: Iterable[str],
        *,
        opened_at: datetime,
        kind: TargetKind = TargetKind.RESOLUTION,
        pauses: IntervalSet = _NEVER_PAUSED,
        paused_since: datetime | None = None,
    ) -> datetime | None:
        """Return the due date in UTC: None without a target, and while the clock is paused."""
        assignment = self.assign(
            tags, opened_at=opened_at, kind=kind, pauses=pauses, paused_since=paused_since
        )
        return None if assignment is None else assignment.clock.due_at

    def _targets_of(self, tags: Iterable[str], kind: TargetKind) -> list[_Tagged]:
        if isinstance(tags, str) or not isinstance(tags, Iterable):
            raise _refused("tags", "be the names of tags", tags, "Put a single one in a list.")
        if not isinstance(kind, TargetKind):
            raise _refused("kind", "be a TargetKind", kind, "Choose TargetKind.RESOLUTION.")
        tagged: list[_Tagged] = [
            (tag, target)
            for tag in tags
            for target in self.by_tag.get(tag, ())
            if target.kind is kind
        ]
        return tagged or [(None, target) for target in self.otherwise if target.kind is kind]


def judge(
    assignment: SlaAssignment | None, *, as_of: datetime, completed_at: datetime | None = None
) -> Verdict:
    """Judge what a policy assigned; undetermined by `no_sla_due` where no target applies (E-48)."""
    if assignment is None:
        return Verdict.undetermined(Undetermined.NO_SLA_DUE)
    return assignment.clock.verdict(as_of=as_of, completed_at=completed_at)


def without_sentinel(due_at: datetime | None) -> datetime | None:
    """Return a due date that came from outside, and None for 2099-12-31, which stands for none.

    Enneo sorts tickets without an SLA by that date (P-E10); as a due date it would make every
    metric wrong. It is recognised in whatever zone its day was meant.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import without_sentinel
        >>> without_sentinel(datetime(2099, 12, 31, tzinfo=UTC)) is None
        True
    """
    if due_at is None:
        return None
    is_sentinel = _SENTINEL_FROM <= require_instant("due_at", due_at) < _SENTINEL_UNTIL
    return None if is_sentinel else due_at


def _refused(field: str, must: str, value: object, way_out: str) -> WorklogError:
    return WorklogError(
        f"{field} must {must}: found {describe(value)}. {way_out}", field=field, value=value
    )
