"""Parallel time of some workers, divided: one clock for each, read in whole columns.

Five rules hold in this module (E-14, AMB-5c):
1. The clock of a worker runs at 1/n while n tickets are open, and stands while none is. It is kept
   in units of 1/scale microseconds, the scale a multiple of every n, so that nothing is rounded.
2. A session's share is what the clock shows at its end less what it shows at its start. The sums
   may leave 64 bits; they wrap around, and the difference is right wherever it fits.
3. That it fits is checked first. If it need not, whole microseconds and the rest are added up
   apart; if even that leaves 64 bits, the worker is counted alone, and in integers of any size.
4. An instant on which sessions of one ticket overlap belongs to the first by start, end and place.
5. The microseconds that are left go to the largest rests, ties to the lower ticket, then the
   earlier start, end and place.
"""

from itertools import accumulate
from math import lcm
from operator import mul
from typing import Final, NamedTuple

import numpy as np

from worklog_core.apportion import largest_remainder
from worklog_core.columnar.arrays import Ints
from worklog_core.columnar.packing import InOrder, both_in_order, in_order, in_value_order

__all__ = ["Scattered", "Sessions", "Stretches", "parts_of", "parts_of_scattered"]

_LIMIT: Final = 2**62
_MOST_LEVEL: Final = 40


class Sessions(NamedTuple):
    """Sessions worker by worker, in the order of input; `firsts` is where each worker begins."""

    ticket: Ints
    start: Ints
    end: Ints
    firsts: Ints

    def of_workers(self, first: int, end: int) -> "Sessions":
        """Return the sessions of some of the workers."""
        low, high = self.firsts[first], self.firsts[end]
        rows = slice(low, high)
        firsts = self.firsts[first : end + 1] - low
        return Sessions(self.ticket[rows], self.start[rows], self.end[rows], firsts)

    def workers(self, rows: Ints) -> Ints:
        """Return the numbers of the workers of some sessions."""
        return np.repeat(np.arange(len(self.firsts) - 1), np.diff(self.firsts)).take(rows)


class Scattered(NamedTuple):
    """Sessions in any order; workers are numbers from 0 up, below the count of sessions."""

    ticket: Ints
    start: Ints
    end: Ints
    worker: Ints

    def workers(self, rows: Ints) -> Ints:
        """Return the numbers of the workers of some sessions."""
        return self.worker.take(rows)


class Stretches(NamedTuple):
    """What each session counts for, as places in the order of time; worker follows worker in it.

    `span` is the time from the first start to the last end. `rows` are the sessions by ticket,
    worker, start, end and place, and `since` and `until` are in their order. `elapsed` is the time
    from each place to the next, `opened` how many tickets are open then; where one worker ends and
    the next begins, the former means nothing and this is 0.
    """

    span: int
    rows: Ints
    since: Ints
    until: Ints
    elapsed: Ints
    opened: Ints


def parts_of(sessions: Sessions) -> Ints:
    """Return the whole microseconds of each session."""
    times, span = _times(sessions)
    boundaries = in_order(times, 2 * sessions.firsts, span)
    stretches = _stretches(sessions, boundaries, span)
    parts = np.empty(len(sessions.ticket), np.int64)
    divided = _divided(sessions, stretches)
    if divided is not None:
        parts[stretches.rows] = divided
        return parts
    workers = len(sessions.firsts) - 1
    if workers == 1:
        parts[stretches.rows] = _exactly(stretches)
        return parts
    # Of many workers perhaps only one has too much open at once: the halves are asked again.
    half = workers // 2
    cut = sessions.firsts[half]
    parts[:cut] = parts_of(sessions.of_workers(0, half))
    parts[cut:] = parts_of(sessions.of_workers(half, workers))
    return parts


def parts_of_scattered(sessions: Scattered) -> Ints | None:
    """Return the whole microseconds of each session, None where 64 bits do not hold all at once."""
    times, span = _times(sessions)
    boundaries = both_in_order(sessions.worker, times, span)
    if boundaries is None:
        return None
    stretches = _stretches(sessions, boundaries, span)
    divided = _divided(sessions, stretches)
    if divided is None:
        return None
    parts = np.empty(len(sessions.ticket), np.int64)
    parts[stretches.rows] = divided
    return parts


def _times(sessions: Sessions | Scattered) -> tuple[Ints, int]:
    """Return start and end of each session, side by side, from the first start on; and their span.

    So the place of a start is twice the row, and that of its end one more.
    """
    low, high = int(sessions.start.min()), int(sessions.end.max())
    times = np.empty(2 * len(sessions.start), np.int64)
    np.subtract(sessions.start, low, out=times[0::2])
    np.subtract(sessions.end, low, out=times[1::2])
    return times, high - low


def _stretches(sessions: Sessions | Scattered, in_time: InOrder, span: int) -> Stretches:
    count = len(sessions.ticket)
    boundaries, shown = in_time
    place = np.empty(2 * count, np.int64)
    place[boundaries] = np.arange(2 * count)
    # From one worker to the next it is any number, but there nothing is open.
    elapsed = np.empty(2 * count, np.int64)
    np.subtract(shown[1:], shown[:-1], out=elapsed[:-1])
    elapsed[-1] = 0

    bits = (2 * count - 1).bit_length()
    ticket, tickets = _from_zero(sessions.ticket, bits)
    keys = in_value_order((ticket << bits) + place[0::2], (tickets << bits) - 1)
    since = keys & ((1 << bits) - 1)
    rows = boundaries.take(since)
    until = place.take(rows + 1)
    rows >>= 1
    # Another worker's places are all later, so what overlaps here is the same worker's.
    keys >>= bits
    alike = keys[1:] == keys[:-1]
    if alike.any():
        alike &= since[1:] < until[:-1]
    meets = np.flatnonzero(alike)
    opened = boundaries & 1
    opened <<= 1
    np.subtract(1, opened, out=opened)
    if len(meets):
        meets = meets[sessions.end[rows[meets]] > sessions.start[rows[meets + 1]]]
    if len(meets):
        some = _of_the_same_tickets(keys, meets)
        opened[since[some]] -= 1
        rows[some], since[some], until[some] = _first_come(sessions, rows[some], place)
        np.add.at(opened, since[some], 1)
    np.cumsum(opened, out=opened)
    return Stretches(span, rows, since, until, elapsed, opened)


def _of_the_same_tickets(tickets: Ints, meets: Ints) -> Ints:
    """Return the places of all sessions of the tickets that stand at some places, in order."""
    first = tickets.searchsorted(np.unique(tickets[meets]))
    counts = tickets.searchsorted(tickets[first], "right") - first
    places = np.repeat(first - counts.cumsum() + counts, counts)
    places += np.arange(len(places))
    return places


def _from_zero(codes: Ints, bits: int) -> tuple[Ints, int]:
    """Return codes in the same order from 0 up, small enough for so many bits beside them.

    The second is how many numbers they lie in.
    """
    low, high = int(codes.min()), int(codes.max())
    if (high - low + 1) << bits < _LIMIT:
        return codes - low, high - low + 1
    found, dense = np.unique(codes, return_inverse=True)
    return dense, len(found)


def _first_come(sessions: Sessions | Scattered, rows: Ints, place: Ints) -> tuple[Ints, Ints, Ints]:
    """Return sessions in order, and from where to where each has its ticket to itself."""
    start, end, ticket = sessions.start[rows], sessions.end[rows], sessions.ticket[rows]
    if ((start[1:] == start[:-1]) & (end[1:] < end[:-1])).any():
        worker = sessions.workers(rows)
        order = np.lexsort((rows, end, start, worker, ticket))
        rows, ticket = rows[order], ticket[order]
    since, until = place[0::2][rows], place[1::2][rows]
    begins = ticket[1:] != ticket[:-1]
    # Each ticket has a range of numbers of its own, for one running maximum. Of two workers with
    # the same ticket, the later one's places are beyond all that the other has taken.
    base = np.zeros(len(rows), np.int64)
    np.cumsum(begins, out=base[1:])
    base *= len(place)
    taken = np.maximum.accumulate(base + until)
    taken[:-1] -= base[1:]
    since[1:] = np.minimum(np.maximum(since[1:], taken[:-1]), until[1:])
    return rows, since, until


def _divided(sessions: Sessions | Scattered, stretches: Stretches) -> Ints | None:
    """Return the parts in the order of the stretches, or None where 64 bits need not hold them."""
    longest, _, since, until, elapsed, opened = stretches
    scale, rates = _scale_and_rates(stretches, longest)
    if scale * longest >= _LIMIT:
        longest = int((sessions.end - sessions.start).max())
    # A session has less than two stretches for each session there is, and a worker has one rest for
    # each: either sum of rests stays below twice this.
    if scale * len(since) >= _LIMIT:
        return None
    whole = None
    steps = rates.take(opened)
    if scale * longest < _LIMIT:
        steps *= elapsed
    else:
        each = elapsed // np.maximum(opened, 1)
        steps *= elapsed - each * opened
        whole = _difference(each, since, until)
    rests = _difference(steps, since, until)
    parts = rests // scale
    rests -= parts * scale
    if whole is not None:
        parts += whole
    some = np.flatnonzero(rests != 0)
    if len(some):
        worker = sessions.workers(stretches.rows.take(some))
        parts[some] += _extras(rests.take(some), scale, worker)
    return parts


def _scale_and_rates(stretches: Stretches, most: int) -> tuple[int, Ints]:
    """Return a multiple of how many are open, small if *most* of it fits, and how fast clocks run.

    Rates are in units of 1/scale; they mean nothing where the scale is too large for any use.
    """
    top = int(stretches.opened.max())
    levels = np.arange(1, top + 1)
    scale = lcm(*levels.tolist()) if top <= _MOST_LEVEL else _LIMIT
    if scale * most >= _LIMIT:
        counted = np.bincount(stretches.opened[stretches.elapsed > 0])
        levels = np.flatnonzero(counted[1:]) + 1
        scale = lcm(*levels.tolist())
    rates = np.zeros(top + 1, np.int64)
    if scale < _LIMIT:
        rates[levels] = scale // levels
    return scale, rates


def _difference(steps: Ints, since: Ints, until: Ints) -> Ints:
    shown = np.empty(len(steps), np.int64)
    shown[0] = 0
    np.cumsum(steps[:-1], out=shown[1:])
    difference = shown.take(until)
    difference -= shown.take(since)
    return difference


def _extras(rests: Ints, scale: int, worker: Ints) -> Ints:
    """Return 1 where a session gets one of the microseconds that the rests sum to, and else 0.

    Rests are in units of 1/scale; each worker's sum to whole microseconds.
    """
    counts = np.bincount(worker)
    ends = counts.cumsum()
    # There are no more workers than sessions, so that these numbers fit.
    keys = worker * scale
    keys += scale - 1 - rests
    by_rest = in_order(keys, np.array([0, len(keys)]), len(counts) * scale - 1).places
    total = np.zeros(len(rests) + 1, np.int64)
    np.cumsum(rests.take(by_rest), out=total[1:])
    left = (total[ends] - total[ends - counts]) // scale
    extras = np.empty(len(rests), np.int64)
    extras[by_rest] = np.arange(len(rests)) < np.repeat(ends - counts + left, counts)
    return extras


def _exactly(stretches: Stretches) -> Ints:
    """Return the parts of one worker, counted in integers of any size."""
    return np.array(largest_remainder(*_exact_shares(stretches)), np.int64)


def _exact_shares(stretches: Stretches) -> tuple[list[int], int]:
    """Return the shares over one denominator, and that; what the clock showed is let go of."""
    elapsed, opened = stretches.elapsed.tolist(), stretches.opened.tolist()
    levels = {level for level, time in zip(opened, elapsed, strict=True) if level and time}
    scale = lcm(*levels)
    rates = {level: scale // level for level in levels}
    shown = [0, *accumulate(map(mul, elapsed, (rates.get(level, 0) for level in opened)))]
    shares = [
        shown[until] - shown[since]
        for since, until in zip(stretches.since.tolist(), stretches.until.tolist(), strict=True)
    ]
    return shares, scale
