"""One bucket of users: from their records to rows and ledger lines.

The pipeline is the scalar one, fixed (AMB-5), each stage on the columns of many users at once. What
one user had on screen divides nobody else's time, so a bucket is any set of whole users; messages
and exclusions belong to tickets and are the same for all.
"""

from typing import Final, NamedTuple

import numpy as np

from worklog_core.columnar.accounting import Gate, Lines, Shares, lines_of
from worklog_core.columnar.arrays import Flags, Ints, TimeKeys, cut, first_of_each, spread, sums
from worklog_core.columnar.cells import Desks, Edits, Pieces, Rows, lay_out, rows_of, unedited
from worklog_core.columnar.days import LocalDays
from worklog_core.columnar.epochs import Epochs
from worklog_core.columnar.exact import exact_amounts, weights_of
from worklog_core.columnar.presence import (
    Screens,
    bridged,
    joined,
    refuse_endless,
    sessions_of_heartbeats,
    together,
)
from worklog_core.columnar.records import Records
from worklog_core.columnar.statuses import Timelines
from worklog_core.columnar.words import Words
from worklog_core.columnar.arrays import order_of
from worklog_core.instants import timedelta_to_microseconds
from worklog_core.worklog.division import EqualSplit
from worklog_core.worklog.rules import DivideOver, MessageInSession, RepostPresence, WorklogRules

__all__ = ["Bucket", "Given", "work_through"]


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


class Bucket(NamedTuple):
    """The rows and lines of a bucket: users and tickets by number, days as ordinals.

    Rows have the places of messages for conversations, -1 for none; lines the places of rows.
    """

    row_user: Ints
    row_ticket: Ints
    row_day: Ints
    recorded: Ints
    message: Ints
    action: Ints
    duration: Ints
    after_work: Ints
    is_touched: Flags
    line_user: Ints
    line_ticket: Ints
    line_day: Ints
    lines: Lines


def work_through(
    sessions: Records, heartbeats: Records, edits: Records, reposts: Records, given: Given
) -> Bucket:
    """Return what becomes of the events of some users, each kind with all of theirs."""
    tickets = len(given.tickets)
    made = _edits(edits, tickets)
    screens = _on_screen(sessions, heartbeats, made, reposts, given)
    pairs = np.unique(np.append(screens.pair, made.pair))
    screens = screens._replace(pair=np.searchsorted(pairs, screens.pair))
    made = made._replace(pair=np.searchsorted(pairs, made.pair))
    desks = _desks(pairs, screens, made, given)
    rows = rows_of(made, desks, given.rules)
    pieces, is_touched = lay_out(
        screens, made, rows, desks, carry_tail=given.rules.carry_tail
    )
    lines = _account(pairs, screens, made, pieces, rows, desks, given)
    duration, after_work = _times(lines, rows)
    message = np.append(desks.epochs.message, -1)[rows.epoch]
    user, ticket = np.divmod(pairs, tickets)
    return Bucket(
        row_user=user[rows.pair],
        row_ticket=ticket[rows.pair],
        row_day=given.days.ordinals[rows.day],
        recorded=rows.recorded,
        message=message,
        action=rows.action,
        duration=duration,
        after_work=after_work,
        is_touched=is_touched,
        line_user=user[lines.pair],
        line_ticket=ticket[lines.pair],
        line_day=given.days.ordinals[lines.day],
        lines=lines,
    )


def _edits(edits: Records, tickets: int) -> Edits:
    pair = edits["user_id"] * tickets + edits["ticket_id"]
    order = order_of(pair, edits["at"])
    return Edits(pair[order], *(edits[name][order] for name in ("at", "action", "closes")))


def _on_screen(
    sessions: Records, heartbeats: Records, edits: Edits, reposts: Records, given: Given
) -> Screens:
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


def _account(
    pairs: Ints,
    screens: Screens,
    edits: Edits,
    pieces: Pieces,
    rows: Rows,
    desks: Desks,
    given: Given,
) -> Lines:
    lasting = pieces.start < pieces.end
    if not np.all(lasting):
        pieces = Pieces(*(column[lasting] for column in pieces))
    if not len(pieces.pair):
        return Lines(*(np.zeros(0, dtype=np.int64) for _ in Lines._fields))
    rules, timelines = given.rules, given.timelines
    users = (pairs // len(given.tickets))[pieces.pair]
    first, after = timelines.changes(users, pieces.start, pieces.end)
    whose, place = spread(first, after)
    start, end, piece = cut(pieces.start, pieces.end, whose, timelines.starts[place])
    counting = np.array([mode.counts for mode in rules.status_modes], dtype=np.bool_)
    counts = counting[timelines.mode_at(users[piece], start)]
    forgotten = None
    if rules.max_unedited is not None:
        longest = timedelta_to_microseconds(rules.max_unedited)
        parts = unedited(screens, edits, desks.keys, longest=longest)
        forgotten = parts if len(parts.pair) else None
    _, user_day = np.unique(users * len(given.days.starts) + pieces.day, return_inverse=True)
    weights = None
    if type(rules.division) is not EqualSplit:
        weights = weights_of(rules.division, pairs, screens.pair, given.tickets)
    shares = Shares(
        np.ones(len(pieces.pair), dtype=np.int64) if weights is None else weights[pieces.pair],
        pieces.row < 0 if rules.divide_over is DivideOver.EDITED else None,
        np.zeros(len(pieces.pair), np.bool_) if weights is None else weights[pieces.pair] == 0,
    )
    return lines_of(
        pieces,
        rows,
        Gate(start, end, piece, counts),
        forgotten,
        user_day,
        desks.days.starts[pieces.day],
        shares,
        desks.is_excluded[pieces.pair],
        lambda mine: exact_amounts(
            mine, pieces, rows, forgotten, pairs, screens, desks.is_excluded, given.timelines,
            given.tickets, rules,
        ),
    )


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


