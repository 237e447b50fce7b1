"""The account of a row: stretch by stretch, what counted for it and why, and what did not.

Four rules hold for every account:
1. It is read from the ledger and computes no time of its own: the amounts of what counted sum to
   the row's duration, those after the first edit to its after-work, exactly.
2. What was left out is the rest of the same ticket on the same user's screen: on the row's day, and
   in every continuous session that the row or its day has a part in.
3. Each stretch says which label it bears, what was open beside it, in which status the user was,
   and what begins and ends it.
4. Its text says the same in the language of the reader, in local time.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from fractions import Fraction
from itertools import chain
from operator import itemgetter
from typing import Any

import attrs

from worklog_core.calendars.days import CivilTime
from worklog_core.errors import WorklogError, describe
from worklog_core.instants import to_microseconds
from worklog_core.languages import Language, require_language
from worklog_core.worklog.account_words import clock, hours, said
from worklog_core.worklog.ledger import LedgerLabel, LedgerLine
from worklog_core.worklog.rows import RowKey, WorklogRow
from worklog_core.worklog.rules import MessageInSession
from worklog_core.worklog.worklog import Worklog

__all__ = ["Account", "AccountPart", "AccountStretch", "Bound", "account"]


class Bound(Enum):
    """What begins or ends a stretch."""

    SCREEN = "screen"
    """The ticket came on screen, or left it (E-02, E-04)."""
    FIRST_EDIT = "first_edit"
    """The row's first edit: after-work begins (E-03, E-06)."""
    MIDNIGHT = "midnight"
    """A local day ended (AMB-4d)."""
    MESSAGE = "message"
    """A customer's message opened another epoch (AMB-4)."""
    STATUS = "status"
    """The user's status changed (AMB-6)."""
    UNEDITED = "unedited"
    """The ticket had been, or was no longer, without an edit for too long."""
    SHARING = "sharing"
    """It began, or ceased, to share the time in another way."""


@attrs.frozen
class AccountPart:
    """A part of a stretch in which the same tickets were open.

    `beside` are the other tickets, in order; `share` is what part of the time this one was given.
    """

    start: datetime
    end: datetime
    beside: tuple[str, ...]
    share: Fraction


@attrs.frozen(kw_only=True)
class AccountStretch:
    """A line of the ledger, explained.

    `counts` tells whether it counts for the row; one that is COUNTED and does not, counts for the
    row of `row_key`. `joined` tells that it lies after a midnight or a customer's message and
    counts because nothing but what followed was left of the session (AMB-4c).
    """

    start: datetime
    end: datetime
    label: LedgerLabel
    amount: timedelta
    counts: bool
    is_after_work: bool
    joined: bool
    row_key: RowKey | None
    status: str
    begins_by: Bound
    ends_by: Bound
    parts: tuple[AccountPart, ...]


@attrs.frozen(kw_only=True)
class Account:
    """How a row came by its duration: what counted, and what was left out, in time order."""

    row: WorklogRow
    counted: tuple[AccountStretch, ...]
    left_out: tuple[AccountStretch, ...]
    time_zone: tzinfo

    def text(self, *, language: Language = Language.ENGLISH) -> str:
        """Return the account as lines of text, in local time; shares are exact fractions."""
        teller = _Writer(require_language(language), CivilTime(self.time_zone))
        lines = [teller.heading(self.row)]
        for title, stretches in (
            ("counted_title", self.counted),
            ("left_out_title", self.left_out),
        ):
            lines.append(said(title, language))
            lines += [line for stretch in stretches for line in teller.lines(stretch, self.row)]
            if not stretches:
                lines.append(said("nothing", language))
        return "\n".join(lines)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the stretches as plain values, in time order, one dict each.

        Choices stand as their export names, shares as exact fractions.
        """
        stretches = sorted((*self.counted, *self.left_out), key=_start)
        return [attrs.asdict(s, value_serializer=_plain) for s in stretches]


class _Writer:
    """The words for the stretches of an account."""

    def __init__(self, language: Language, civil: CivilTime) -> None:
        self._language = language
        self._civil = civil

    def _clock(self, at: datetime) -> str:
        instant = to_microseconds(at)
        return clock(instant + self._civil.offset_at(instant))

    def heading(self, row: WorklogRow) -> str:
        place = {"user": row.user_id, "ticket": row.ticket_id, "day": row.day.isoformat()}
        if row.duration is None or row.after_work is None:
            why = said(row.reasons["duration"].value, self._language)
            return said("unmeasured", self._language, **place, why=why)
        return said(
            "measured",
            self._language,
            **place,
            duration=hours(row.duration),
            after=hours(row.after_work),
            at=self._clock(row.recorded_at),
        )

    def lines(self, stretch: AccountStretch, row: WorklogRow) -> Iterator[str]:
        words = [self._why(stretch, row)]
        if stretch.is_after_work:
            words.append(said("after_work", self._language))
        if stretch.joined:
            words.append(said("joined", self._language))
        if stretch.ends_by is not Bound.SCREEN:
            words.append(said("until", self._language, bound=self._end(stretch)))
        yield f"  {self._times(stretch, row)}  {hours(stretch.amount)}  {'; '.join(words)}"
        if stretch.counts and len(stretch.parts) > 1:
            for part in stretch.parts:
                times = f"{self._clock(part.start)} - {self._clock(part.end)}"
                yield f"    {times}  {self._share(part)}"

    def _end(self, stretch: AccountStretch) -> str:
        end = stretch.ends_by.value
        if stretch.ends_by is Bound.UNEDITED:
            end = "edited" if stretch.label is LedgerLabel.UNEDITED else "too_long"
        return said(end, self._language)

    def _times(self, stretch: AccountStretch, row: WorklogRow) -> str:
        day = date.fromordinal(self._civil.day_of(to_microseconds(stretch.start)))
        shown = f"{self._clock(stretch.start)} - {self._clock(stretch.end)}"
        return shown if day == row.day else f"{day.isoformat()} {shown}"

    def _why(self, stretch: AccountStretch, row: WorklogRow) -> str:
        if stretch.counts:
            first, *more = stretch.parts
            return said("varying", self._language) if more else self._share(first)
        reason = stretch.label.value
        if stretch.label is LedgerLabel.VIEW_ONLY and stretch.start < row.recorded_at:
            is_before = self._civil.day_of(to_microseconds(stretch.start)) < row.day.toordinal()
            reason = "before_midnight" if is_before else reason
        return said(reason, self._language, status=stretch.status)

    def _share(self, part: AccountPart) -> str:
        if not part.beside:
            return said("alone", self._language)
        others = ", ".join(part.beside)
        whole = "undivided" if part.share else "none"
        key = "shared" if 0 < part.share < 1 else whole
        return said(key, self._language, share=part.share, others=others)


def _start(stretch: AccountStretch) -> datetime:
    return stretch.start


def _plain(_: Any, __: Any, value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def account(worklog: Worklog, row: WorklogRow) -> Account:
    """Return how a row of a worklog came by its duration.

    A row that was not measured has nothing that counted; its `reasons` say why. Raises WorklogError
    for a row of another worklog.

    Example:
        >>> from datetime import UTC, datetime
        >>> from worklog_core import (Action, History, ScreenSession, TicketEdit, WorklogRules,
        ...                           account, build_worklog)
        >>> def at(minute): return datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        >>> worklog = build_worklog(History(
        ...     sessions=[ScreenSession("U1", "T1", start=at(0), end=at(10)),
        ...               ScreenSession("U1", "T2", start=at(0), end=at(10))],
        ...     edits=[TicketEdit("U1", "T1", at(10), Action.WRITE)]), WorklogRules(time_zone=UTC))
        >>> stretch, = account(worklog, worklog.rows[0]).counted
        >>> stretch.amount, stretch.parts[0].beside, stretch.parts[0].share
        (datetime.timedelta(seconds=300), ('T2',), Fraction(1, 2))
    """
    if not isinstance(worklog, Worklog):
        raise WorklogError(
            f"worklog must be a Worklog: found {describe(worklog)}. "
            "Call account(worklog, row) with a row of worklog.rows.",
            field="worklog",
            value=worklog,
        )
    counted = set(worklog.ledger.explain(row))
    lines = _lines_about(worklog, row, counted)
    teller = _Teller(worklog, row)
    told = [teller.tell(line, lines, counts=line in counted) for line in lines]
    return Account(
        row=row,
        counted=tuple(stretch for stretch in told if stretch.counts),
        left_out=tuple(stretch for stretch in told if not stretch.counts),
        time_zone=worklog.rules.time_zone,
    )


def _lines_about(worklog: Worklog, row: WorklogRow, counted: set[LedgerLine]) -> list[LedgerLine]:
    """Return the lines of the continuous sessions that a row or its day has a part in."""
    sessions: list[list[LedgerLine]] = []
    for line in worklog.ledger.of_user(row.user_id):
        if line.ticket_id == row.ticket_id:
            if sessions and sessions[-1][-1].end == line.start:
                sessions[-1].append(line)
            else:
                sessions.append([line])
    return [
        line
        for session in sessions
        if any(line.day == row.day or line in counted for line in session)
        for line in session
    ]


class _Teller:
    """What the lines about one row are explained by."""

    def __init__(self, worklog: Worklog, row: WorklogRow) -> None:
        self._ledger = worklog.ledger
        self._row = row
        self._civil = CivilTime(worklog.rules.time_zone)
        self._runs = worklog.statuses.get(row.user_id, ())
        self._initial = worklog.rules.mode_of(worklog.rules.initial_status).name
        facts = worklog.facts
        told = chain(
            (m.at for m in facts.run("customer_messages", row.ticket_id)),
            (m.at for m in facts.run("messages", row.ticket_id) if m.opens_epoch),
        )
        self._messages = {to_microseconds(at) for at in told}
        self._cuts = worklog.rules.message_in_session is MessageInSession.CUT

    def tell(
        self, line: LedgerLine, lines: Sequence[LedgerLine], *, counts: bool
    ) -> AccountStretch:
        row = self._row
        start, end = line.entry[0], line.entry[2]
        before = next((other for other in lines if other.entry[2] == start), None)
        after = next((other for other in lines if other.entry[0] == end), None)
        epoch = None if row.epoch_at is None else to_microseconds(row.epoch_at)
        opened = self._cuts and any(
            at <= start and (epoch is None or at > epoch) for at in self._messages
        )
        return AccountStretch(
            start=line.start,
            end=line.end,
            label=line.label,
            amount=line.amount,
            counts=counts,
            is_after_work=counts and line.start >= row.recorded_at,
            joined=counts and (line.day != row.day or opened),
            row_key=line.row_key,
            status=self._status_at(start),
            begins_by=self._bound(start, before, line),
            ends_by=self._bound(end, line, after),
            parts=tuple(self._parts(line)),
        )

    def _status_at(self, instant: int) -> str:
        place = bisect_right(self._runs, instant, key=itemgetter(0)) - 1
        return self._runs[place][2] if place >= 0 else self._initial

    def _bound(self, at: int, before: LedgerLine | None, after: LedgerLine | None) -> Bound:
        """Return what lies between two lines of one ticket, of which one may be missing."""
        if before is None or after is None:
            return Bound.SCREEN
        labels = {before.label, after.label}
        if self._civil.day_span(at)[1] == at:
            return Bound.MIDNIGHT
        if at in self._messages and self._cuts:
            return Bound.MESSAGE
        if self._status_at(at) != self._status_at(at - 1):
            return Bound.STATUS
        if before.row_key == after.row_key and at == to_microseconds(self._row.recorded_at):
            return Bound.FIRST_EDIT
        return Bound.UNEDITED if LedgerLabel.UNEDITED in labels else Bound.SHARING

    def _parts(self, line: LedgerLine) -> Iterator[AccountPart]:
        beside = self._ledger.beside(line)
        for segment in self._ledger.segments(line):
            others = {
                other.ticket_id
                for other in beside
                if other.start < segment.end and segment.start < other.end
            }
            length = (segment.end - segment.start) // timedelta.resolution
            yield AccountPart(
                segment.start,
                segment.end,
                tuple(sorted(others - {line.ticket_id})),
                segment.share * 1_000_000 / length,
            )
