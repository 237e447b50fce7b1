"""The worklog's counted time by case: on hold, in the wrap-up, and the rest.

Three rules hold in this module (AMB-13, AMB-13b):
1. There is one truth for handled time, the ledger: the parts of a case sum to the COUNTED amounts
   of its lines, exactly, and the cases to those of all persons.
2. What a line was given inside a stretch follows from its segments, whose shares are exact; the
   parts of a case are apportioned once, by the largest remainder, in microseconds.
3. Hold inside a wrap-up is hold.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

import attrs

from worklog_core.apportion import apportion
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.intervals import Interval, IntervalSet
from worklog_core.worklog.ledger import Ledger, LedgerLabel, LedgerLine
from worklog_core.worklog.worklog import Worklog

__all__ = ["Shares", "amounts_within", "shares_by_case"]

Parts = tuple[IntervalSet, IntervalSet]


@attrs.frozen
class Shares:
    """The counted time of a case: on hold, in the wrap-up outside hold, and outside of both."""

    on_hold: timedelta = timedelta()
    in_wrap_up: timedelta = timedelta()
    outside: timedelta = timedelta()

    @property
    def handled(self) -> timedelta:
        """What was counted outside hold."""
        return self.in_wrap_up + self.outside

    @property
    def whole(self) -> timedelta:
        """All that was counted."""
        return self.on_hold + self.handled


def shares_by_case(
    worklog: Worklog,
    parts_of: Mapping[str, Parts],
    *,
    case_of: Callable[[str], str],
    bots: Collection[str],
) -> dict[str, Shares]:
    """Return the counted time of every case that has any; *parts_of* names holds and wrap-ups."""
    exact: defaultdict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
    for line in worklog.ledger.lines:
        if line.label is LedgerLabel.COUNTED and line.user_id not in bots:
            case = case_of(line.ticket_id)
            holds, wrap_ups = parts_of[case]
            amounts = [Fraction(0), Fraction(0), Fraction(_us(line.amount))]
            if holds or wrap_ups:
                amounts = amounts_within(worklog.ledger, line, [holds, wrap_ups - holds])
            exact[case] = [one + other for one, other in zip(exact[case], amounts, strict=True)]
    return {case: _apportioned(amounts) for case, amounts in exact.items()}


def amounts_within(
    ledger: Ledger, line: LedgerLine, parts: Sequence[IntervalSet]
) -> list[Fraction]:
    """Return the microseconds that a line was given in each of some disjoint parts, and in none.

    They are exact and sum to the line's amount.
    """
    found = [Fraction(0)] * len(parts)
    amount = _us(line.amount)
    whole = IntervalSet([Interval(line.start, line.end)])
    inside = [part & whole for part in parts]
    if amount and any(inside):
        segments = ledger.segments(line)
        total = sum((segment.share for segment in segments), Fraction(0))
        for segment in segments:
            span = Interval(segment.start, segment.end)
            for number, part in enumerate(inside):
                overlap = (part & IntervalSet([span])).duration
                if overlap:
                    found[number] += segment.share * Fraction(_us(overlap), _us(span.duration))
        # A line whose exact share is nothing may still carry the microsecond of a rounding.
        found = [share * amount / total if total else Fraction(0) for share in found]
    return [*found, amount - sum(found, Fraction(0))]


def _us(duration: timedelta) -> int:
    return timedelta_to_microseconds(duration)


def _apportioned(amounts: list[Fraction]) -> Shares:
    whole = int(sum(amounts, Fraction(0)))
    if not whole:
        return Shares()
    return Shares(*(timedelta(microseconds=part) for part in apportion(amounts, whole)))
