"""One bucket of users: from their records to rows and ledger lines.

The pipeline is the scalar one, fixed (AMB-5), each stage on the columns of many users at once. What
one user had on screen divides nobody else's time, so a bucket is any set of whole users; messages
and exclusions belong to tickets and are the same for all.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from worklog_core.columnar.accounting import Gate, Lines, Screened, Shares, lines_of
from worklog_core.columnar.arrays import (
    Flags,
    Ints,
    TimeKeys,
    distinct,
    first_of_each,
    order_of,
    sums,
)
from worklog_core.columnar.cells import Desks, Edits, Pieces, Rows, lay_out, rows_of, unedited
from worklog_core.columnar.days import LocalDays
from worklog_core.columnar.epochs import Epochs
from worklog_core.columnar.exact import Office, exact_amounts, weights_of
from worklog_core.columnar.focus import Turned, cut_at_turns
from worklog_core.columnar.presence import (
    Screens,
    bridged,
    joined,
    refuse_endless,
    sessions_of_heartbeats,
    together,
)
from worklog_core.columnar.records import NONE_US, Records
from worklog_core.columnar.statuses import Timelines
from worklog_core.columnar.words import Words
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.worklog.division import EqualSplit, ExclusiveFocus
from worklog_core.worklog.focus import FALLBACK, FOCUSED, SHARING
from worklog_core.worklog.rules import DivideOver, MessageInSession, RepostPresence, WorklogRules

__all__ = ["Given", "LinePart", "RowPart", "Users", "Worked", "work_through"]


class Given(NamedTuple):
    """What is the same for every bucket."""

    rules: WorklogRules
    as_of: int | None
    users: Words
    tickets: Words
    days: LocalDays
    epochs: Epochs
    timelines: Timelines
    is_excluded: Flags
    turned: Turned | None


class RowPart(NamedTuple):
    """The rows of a bucket: users, tickets and messages by number, -1 for no message."""

    user: Ints
    ticket: Ints
    day: Ints
    recorded: Ints
    message: Ints
    action: Ints
    duration: Ints
    after_work: Ints
    is_touched: Ints


class LinePart(NamedTuple):
    """The lines of a bucket, beside the day, first edit and message of each one's row.

    Where a line has no row, the day is 0, the first edit `NONE_US` and the message -1.
    """

    user: Ints
    ticket: Ints
    start: Ints
    end: Ints
    label: Ints
    amount: Ints
    day: Ints
    row_day: Ints
    row_recorded: Ints
    row_message: Ints


class Users(NamedTuple):
    """The events of a bucket of whole users."""

    sessions: Records
    heartbeats: Records
    edits: Records
    reposts: Records


class Worked(NamedTuple):
    """What a bucket of users came to, and what it was made of."""

    pairs: Ints
    edits: Edits
    desks: Desks
    rows: Rows
    lines: Lines
    is_touched: Flags
    message: Ints
    given: Given

    def row_part(self) -> RowPart:
        """Return the rows."""
        rows = self.rows
        user, ticket = np.divmod(self.pairs[rows.pair], len(self.given.tickets))
        return RowPart(
            user,
            ticket,
            self.given.days.ordinals[rows.day],
            rows.recorded,
            self.message,
            rows.action,
            *_times(self.lines, rows),
            self.is_touched.astype(np.int64),
        )

    def line_part(self) -> LinePart:
        """Return the lines."""
        lines, days = self.lines, self.given.days.ordinals
        user, ticket = np.divmod(self.pairs[lines.pair], len(self.given.tickets))
        return LinePart(
            user,
            ticket,
            lines.start,
            lines.end,
            lines.label,
            lines.amount,
            days[lines.day],
            np.append(days[self.rows.day], 0)[lines.row],
            np.append(self.rows.recorded, NONE_US)[lines.row],
            np.append(self.message, -1)[lines.row],
        )


def work_through(users: Users, given: Given) -> Worked:
    """Return what becomes of the events of some users, each kind with all of theirs."""
    made = _edits(users.edits, len(given.tickets))
    screens = _on_screen(users, made, given)
    pairs = distinct(np.append(screens.pair, made.pair))
    screens = screens._replace(pair=np.searchsorted(pairs, screens.pair))
    made = made._replace(pair=np.searchsorted(pairs, made.pair))
    desks = _desks(pairs, screens, made, given)
    rows = rows_of(made, desks, given.rules)
    pieces, is_touched = lay_out(screens, made, rows, desks, carry_tail=given.rules.carry_tail)
    lasting = pieces.start < pieces.end
    pieces = Pieces(*(column[lasting] for column in pieces))
    forgotten = _forgotten(screens, made, desks, given.rules)
    office = Office(
        pairs,
        screens.pair,
        desks.is_excluded,
        given.timelines,
        given.tickets,
        given.rules,
        given.turned,
    )
    lines = _account(pieces, rows, forgotten, office, desks)
    message = np.append(desks.epochs.message, -1)[rows.epoch]
    return Worked(pairs, made, desks, rows, lines, is_touched, message, given)


def _edits(edits: Records, tickets: int) -> Edits:
    pair = edits["user_id"] * tickets + edits["ticket_id"]
    order = order_of(pair, edits["at"])
    return Edits(pair[order], *(edits[name][order] for name in ("at", "action", "closes")))


def _on_screen(users: Users, edits: Edits, given: Given) -> Screens:
    sessions, heartbeats, _, reposts = users
    rules, as_of, tickets = given.rules, given.as_of, len(given.tickets)
    ttl = timedelta_to_microseconds(rules.heartbeat_ttl)
    end = sessions["end"]
    screens = Screens(
        sessions["user_id"] * tickets + sessions["ticket_id"],
        sessions["start"],
        end if as_of is None else np.minimum(end, as_of),
    )
    if len(heartbeats):
        pings = heartbeats["user_id"] * tickets + heartbeats["ticket_id"], heartbeats["at"]
        screens = together(screens, sessions_of_heartbeats(pings, (edits.pair, edits.at), ttl))
    screens = joined(screens)
    if rules.repost_presence is RepostPresence.BRIDGE and len(reposts):
        booked_to = reposts["end"]
        booked_to = booked_to if as_of is None else np.minimum(booked_to, as_of)
        booked = reposts["user_id"], reposts["start"], booked_to
        screens = bridged(screens, screens.pair // max(tickets, 1), booked, ttl)
    refuse_endless(screens, lambda pair: given.tickets[pair % tickets])
    return screens


def _desks(pairs: Ints, screens: Screens, edits: Edits, given: Given) -> Desks:
    key = pairs % max(len(given.tickets), 1)
    epochs, is_excluded = given.epochs, given.is_excluded[key]
    if given.rules.message_in_session is MessageInSession.KEEP:
        epochs, key = epochs.kept_whole(pairs, key, screens), np.arange(len(pairs))
    instants = (edits.at, screens.start, screens.end, given.days.starts, epochs.opened)
    return Desks(given.days, epochs, key, is_excluded, TimeKeys(len(pairs), instants))


def _forgotten(screens: Screens, edits: Edits, desks: Desks, rules: WorklogRules) -> Screens | None:
    if rules.max_unedited is None:
        return None
    longest = timedelta_to_microseconds(rules.max_unedited)
    parts = unedited(screens, edits, desks.keys, longest=longest)
    return parts if len(parts.pair) else None


def _account(
    pieces: Pieces, rows: Rows, forgotten: Screens | None, office: Office, desks: Desks
) -> Lines:
    if not len(pieces.pair):
        return Lines(*(np.zeros(0, dtype=np.int64) for _ in Lines._fields))
    rules, is_focused = office.rules, None
    if office.turned is not None:
        pieces, is_focused = cut_at_turns(pieces, office.pairs, office.turned)
    users = (office.pairs // len(office.tickets))[pieces.pair]
    start, end, piece, mode = office.timelines.runs(users, pieces.start, pieces.end)
    counts = np.array([mode.counts for mode in rules.status_modes], dtype=np.bool_)[mode]
    user_day = users * len(desks.days.starts) + pieces.day
    screened = Screened(
        pieces,
        rows,
        Gate(start, end, piece, counts),
        forgotten,
        np.searchsorted(distinct(user_day), user_day),
        desks.days.starts[pieces.day],
        desks.is_excluded[pieces.pair],
        _shares(pieces, is_focused, office),
    )
    return lines_of(screened, partial(exact_amounts, office=office))


def _shares(pieces: Pieces, is_focused: Flags | None, office: Office) -> Shares:
    rules, count = office.rules, len(pieces.pair)
    rank: Ints | None = None
    if rules.divide_over is DivideOver.EDITED:
        rank = np.where(pieces.row < 0, FALLBACK, SHARING)
    if is_focused is not None:
        rank = np.where(is_focused, FOCUSED, SHARING if rank is None else rank)
    if type(rules.division) in (EqualSplit, ExclusiveFocus):
        return Shares(np.ones(count, dtype=np.int64), rank, np.zeros(count, dtype=np.bool_))
    weights = weights_of(rules.division, office.pairs, office.screens, office.tickets)
    weight = weights[pieces.pair]
    return Shares(weight, rank, weight == 0)


def _times(lines: Lines, rows: Rows) -> tuple[Ints, Ints]:
    """Return what the lines count for each row: duration and after-work."""
    counted = np.flatnonzero(lines.row >= 0)
    row, amount = lines.row[counted], lines.amount[counted]
    first = first_of_each(row)
    after = np.where(lines.start[counted] >= rows.recorded[row], amount, 0)
    times: list[Ints] = []
    for values in (amount, after):
        column = np.zeros(len(rows.pair), dtype=np.int64)
        column[row[first]] = sums(values, first)
        times.append(column)
    return times[0], times[1]
