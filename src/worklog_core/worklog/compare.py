"""Two worklogs compared, and the same history under other rules.

Four rules hold in this module:
1. Rows are told apart by their keys, and compared field by field; figures are sums of rows.
2. What comes of other rules is told rule by rule: from the one to the other, one field at a time in
   the order of `WorklogRules`. Fields that only fit together are changed together.
3. The steps lead from the one to the other, so what they contribute sums to the whole difference,
   for every row, for every user and in total.
4. What one rule contributes is what it changes where it stands in that order; rules that act upon
   each other would share their effect in another way in another order.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

import attrs

from worklog_core.errors import WorklogError, describe
from worklog_core.events.history import History
from worklog_core.mappings import FrozenMapping
from worklog_core.worklog.build import build_worklog
from worklog_core.worklog.changes import RowChange, in_row_order, row_changes
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import WorklogRules
from worklog_core.worklog.worklog import Worklog

__all__ = [
    "Contribution",
    "Difference",
    "Figures",
    "WhatIf",
    "WorklogComparison",
    "compare",
    "what_if",
]

_NO_TIME = timedelta()


@attrs.frozen(kw_only=True)
class Figures:
    """What some rows sum to; `measured` is how many of them have a duration."""

    rows: int
    measured: int
    duration: timedelta
    after_work: timedelta
    reopened: int

    @classmethod
    def of(cls, rows: Iterable[WorklogRow]) -> "Figures":
        """Return the figures of some rows."""
        found = list(rows)
        return cls(
            rows=len(found),
            measured=sum(row.duration is not None for row in found),
            duration=sum((row.duration or _NO_TIME for row in found), _NO_TIME),
            after_work=sum((row.after_work or _NO_TIME for row in found), _NO_TIME),
            reopened=sum(row.reopened for row in found),
        )


@attrs.frozen
class Difference:
    """Figures before and after; what is asked of it is after less before."""

    before: Figures
    after: Figures

    @property
    def rows(self) -> int:
        """How many rows more there are."""
        return self.after.rows - self.before.rows

    @property
    def measured(self) -> int:
        """How many measured rows more there are."""
        return self.after.measured - self.before.measured

    @property
    def duration(self) -> timedelta:
        """How much more handling time there is."""
        return self.after.duration - self.before.duration

    @property
    def after_work(self) -> timedelta:
        """How much more after-work there is."""
        return self.after.after_work - self.before.after_work

    @property
    def reopened(self) -> int:
        """How many rows more are reopened."""
        return self.after.reopened - self.before.reopened


@attrs.define(repr=False, kw_only=True, on_setattr=attrs.setters.frozen)
class WorklogComparison:
    """What differs between two worklogs: rows in their order, figures by user and in total.

    A row under another key, because its day or its epoch is another, is one that went and one that
    came.
    """

    before: Worklog
    after: Worklog
    rows: tuple[RowChange, ...]

    @property
    def added(self) -> tuple[RowChange, ...]:
        """The rows that came."""
        return tuple(change for change in self.rows if change.old is None)

    @property
    def removed(self) -> tuple[RowChange, ...]:
        """The rows that went."""
        return tuple(change for change in self.rows if change.new is None)

    @property
    def changed(self) -> tuple[RowChange, ...]:
        """The rows that say something else."""
        return tuple(change for change in self.rows if change.fields)

    @cached_property
    def total(self) -> Difference:
        """What all rows sum to, before and after."""
        return Difference(Figures.of(self.before.rows), Figures.of(self.after.rows))

    @cached_property
    def by_user(self) -> FrozenMapping[str, Difference]:
        """What the rows of each user sum to, before and after; all users who have any."""
        sides = (_by_user(self.before.rows), _by_user(self.after.rows))
        users = sorted(sides[0].keys() | sides[1].keys())
        return FrozenMapping(
            {
                user_id: Difference(*(Figures.of(side.get(user_id, ())) for side in sides))
                for user_id in users
            }
        )

    def __repr__(self) -> str:
        return (
            f"<WorklogComparison: {len(self.added)} rows added, {len(self.removed)} removed, "
            f"{len(self.changed)} changed>"
        )


def _by_user(rows: Iterable[WorklogRow]) -> Mapping[str, list[WorklogRow]]:
    by_user: defaultdict[str, list[WorklogRow]] = defaultdict(list)
    for row in rows:
        by_user[row.user_id].append(row)
    return by_user


def compare(before: Worklog, after: Worklog) -> WorklogComparison:
    """Return what differs between two worklogs.

    Of other rules, of more events, or of what was known at another time (AMB-24): a closed month as
    it was reported, against the same month as it is known now.

    Raises WorklogError for what is no worklog.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     Action, History, TicketEdit, WorklogRules, build_worklog, compare)
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> edit = TicketEdit("U1", "T1", at, Action.CLOSE)
        >>> rules = WorklogRules(time_zone=UTC)
        >>> compare(build_worklog(History(), rules), build_worklog(History(edits=[edit]), rules))
        <WorklogComparison: 1 rows added, 0 removed, 0 changed>
    """
    for field, value in (("before", before), ("after", after)):
        if not isinstance(cast("Any", value), Worklog):
            raise WorklogError(
                f"{field} must be a Worklog: found {describe(value)}. "
                "Compare what build_worklog or update_worklog made.",
                field=field,
                value=value,
            )
    rows = in_row_order(row_changes(before.rows, after.rows))
    return WorklogComparison(before=before, after=after, rows=rows)


@attrs.define(kw_only=True, on_setattr=attrs.setters.frozen)
class Contribution:
    """What one rule, or several that only fit together, changed on the way to other rules.

    `fields` are their names in `WorklogRules`, with the old and the new value of each.
    """

    fields: FrozenMapping[str, tuple[Any, Any]]
    comparison: WorklogComparison


@attrs.define(repr=False, kw_only=True, on_setattr=attrs.setters.frozen)
class WhatIf:
    """The worklogs of one history under several rules, by name; the first is what others differ by.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (
        ...     Action, DivideOver, History, ScreenSession, TicketEdit, WorklogRules, what_if)
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> history = History(
        ...     sessions=[ScreenSession("U1", ticket, at(0), at(10)) for ticket in ("T1", "T2")],
        ...     edits=[TicketEdit("U1", "T1", at(9), Action.CLOSE)])
        >>> found = what_if(history, {
        ...     "as decided": WorklogRules(time_zone=UTC),
        ...     "edited only": WorklogRules(time_zone=UTC, divide_over=DivideOver.EDITED)})
        >>> [(list(step.fields), str(step.comparison.total.duration))
        ...  for step in found.contributions("edited only")]
        [(['divide_over'], '0:05:00')]
    """

    worklogs: FrozenMapping[str, Worklog]

    @property
    def base(self) -> Worklog:
        """The worklog under the rules named first."""
        return next(iter(self.worklogs.values()))

    def comparison(self, name: str) -> WorklogComparison:
        """Return what differs under the rules of a name from those named first.

        Raises WorklogError for a name that was not given.
        """
        return compare(self.base, self._named(name))

    def contributions(self, name: str) -> tuple[Contribution, ...]:
        """Return where the difference comes from, rule by rule, in the order of `WorklogRules`.

        They sum to the whole difference. It builds a worklog for each rule that differs. Raises
        WorklogError for a name that was not given.
        """
        before, after = self.base, self._named(name)
        steps: list[Contribution] = []
        pending: dict[str, tuple[Any, Any]] = {}
        rules = before.rules
        fields = [field.name for field in attrs.fields(WorklogRules)]
        differing = [n for n in fields if getattr(rules, n) != getattr(after.rules, n)]
        for field in differing:
            pending[field] = getattr(rules, field), getattr(after.rules, field)
            is_last = field == differing[-1]
            stepped = after if is_last else _stepped(before, pending)
            if stepped is not None:
                comparison = compare(before, stepped)
                steps.append(Contribution(fields=FrozenMapping(pending), comparison=comparison))
                before, pending = stepped, {}
        return tuple(steps)

    def _named(self, name: str) -> Worklog:
        if name not in self.worklogs:
            raise WorklogError(
                f"name must be one of {', '.join(map(repr, self.worklogs))}: "
                f"found {describe(name)}. Take it from .worklogs.",
                field="name",
                value=name,
            )
        return self.worklogs[name]

    def __repr__(self) -> str:
        return f"<WhatIf: {', '.join(self.worklogs)}>"


def _stepped(before: Worklog, fields: Mapping[str, tuple[Any, Any]]) -> Worklog | None:
    """Return a worklog under rules with some fields changed; None where these do not fit alone."""
    changed: dict[str, Any] = {name: new for name, (_, new) in fields.items()}
    try:
        rules = attrs.evolve(before.rules, **changed)
        return build_worklog(before.history, rules, as_of=before.as_of)
    except WorklogError:
        return None


def what_if(
    history: History, rules: Mapping[str, WorklogRules], *, as_of: datetime | None = None
) -> WhatIf:
    """Return the worklogs of one history under several rules, to be compared with the first.

    Raises WorklogError for no rules at all, and what `build_worklog` raises.
    """
    if not isinstance(cast("object", rules), Mapping) or not rules:
        raise WorklogError(
            f"rules must map names to WorklogRules: found {describe(rules)}. "
            'Call what_if(history, {"as it is": rules, "as it might be": other_rules}).',
            field="rules",
            value=rules,
        )
    named = {name: build_worklog(history, each, as_of=as_of) for name, each in rules.items()}
    return WhatIf(worklogs=FrozenMapping(named))
