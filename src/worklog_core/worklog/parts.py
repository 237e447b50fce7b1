"""One user's part of a worklog: the pipeline from what was on screen to rows and ledger entries.

Two rules hold in this module:
1. A user's part depends on that user's events and on facts about tickets, and on nothing else: what
   one user had on screen divides no other's time.
2. The pipeline is fixed (AMB-5): heartbeats to sessions; the union per ticket; the status gate; at
   each instant, division by what this user has open; cuts at messages and midnights; cells with a
   row are counted.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple, TypeVar

from worklog_core.calendars.days import CivilTime
from worklog_core.events.facts import (
    FocusChange,
    Heartbeat,
    ScreenSession,
    TicketEdit,
    UserStatusChange,
    UserStatusRepost,
)
from worklog_core.events.history import History
from worklog_core.instants import timedelta_to_microseconds, to_microseconds
from worklog_core.worklog.accounting import Sharing, account_day
from worklog_core.worklog.cells import Desk, Piece
from worklog_core.worklog.division import ExclusiveFocus, whole_weights
from worklog_core.worklog.findings import Notice, against_status, forgotten, in_order
from worklog_core.worklog.focus import Focus
from worklog_core.worklog.ledger import Entry, RowTimes, UserAccount
from worklog_core.worklog.presence import Stretch, bridge_holes, screen_time
from worklog_core.worklog.row_facts import rows_of
from worklog_core.worklog.rules import MessageInSession, RepostPresence, WorklogRules
from worklog_core.worklog.status_ledger import StatusRun
from worklog_core.worklog.statuses import StatusTimeline, status_timeline
from worklog_core.worklog.ticket_facts import TicketFacts, ticket_facts

__all__ = [
    "NO_TRACE",
    "Ground",
    "Trace",
    "UserDesk",
    "UserEvents",
    "UserPart",
    "account_of",
    "build_part",
    "entries_by_day",
    "events_by_user",
    "focus_of",
    "lay_desk",
    "notices_of",
    "status_runs",
    "trace_of",
]

E = TypeVar(
    "E", ScreenSession, Heartbeat, TicketEdit, UserStatusChange, UserStatusRepost, FocusChange
)


class UserEvents:
    """The events of one user, each kind in the order of the history."""

    __slots__ = ("edits", "focus", "heartbeats", "reposts", "sessions", "statuses")

    def __init__(self) -> None:
        self.sessions: tuple[ScreenSession, ...] = ()
        self.heartbeats: tuple[Heartbeat, ...] = ()
        self.edits: tuple[TicketEdit, ...] = ()
        self.statuses: tuple[UserStatusChange, ...] = ()
        self.reposts: tuple[UserStatusRepost, ...] = ()
        self.focus: tuple[FocusChange, ...] = ()


class Ground(NamedTuple):
    """What all parts of one worklog stand on: facts about tickets, rules, and how far one sees."""

    tickets: TicketFacts
    rules: WorklogRules
    civil: CivilTime
    as_of: datetime | None

    @classmethod
    def of(cls, facts: History, rules: WorklogRules, as_of: datetime | None) -> "Ground":
        """Return the ground of a worklog of settled facts."""
        cut = None if as_of is None else to_microseconds(as_of)
        return cls(ticket_facts(facts, rules, cut), rules, CivilTime(rules.time_zone), as_of)


class UserDesk(NamedTuple):
    """What a user did and had on screen, and which status the user was in."""

    desk: Desk
    on_screen: Sequence[Stretch]
    timeline: StatusTimeline


class Trace(NamedTuple):
    """What a later event needs to know of a user and the ledger does not say.

    `tickets` are those that the user had on screen or edited, and maybe others; `points` are the
    continuous sessions of no length, by start.
    """

    tickets: frozenset[str]
    points: tuple[tuple[int, str], ...]


NO_TRACE: Final = Trace(frozenset(), ())


class UserPart(NamedTuple):
    """One user's part: rows and entries, None without any; what was noticed; the statuses."""

    account: UserAccount | None
    notices: tuple[Notice, ...]
    statuses: tuple[StatusRun, ...]
    trace: Trace


def build_part(user_id: str, events: UserEvents, ground: Ground) -> UserPart:
    """Return one user's part of a worklog."""
    desk, on_screen, timeline = lay_desk(events, ground)
    focus = focus_of(events.focus, ground)
    entries = tuple(entries_by_day(desk, on_screen, lambda _: timeline, focus, ground))
    span = None
    if on_screen:
        span = (min(map(itemgetter(1), on_screen)), max(map(itemgetter(2), on_screen)))
    return UserPart(
        account_of(user_id, desk, entries, ground),
        notices_of(on_screen, desk, range(len(desk.edits)), timeline, ground.rules),
        status_runs(timeline, events, span, ground.as_of),
        trace_of(on_screen, events.edits),
    )


def account_of(
    user_id: str, desk: Desk, entries: tuple[Entry, ...], ground: Ground
) -> UserAccount | None:
    """Return a user's rows and entries, None without any."""
    if not (desk.rows or entries):
        return None
    times = RowTimes([(row[1], row[2]) for row in desk.rows], entries)
    return UserAccount(rows_of(user_id, desk, times, ground.tickets), entries)


def notices_of(
    on_screen: Sequence[Stretch],
    desk: Desk,
    numbers: Sequence[int],
    timeline: StatusTimeline,
    rules: WorklogRules,
) -> tuple[Notice, ...]:
    """Return what is noticed of a user, by start and ticket, as to the edits of these numbers."""
    noticed = against_status(on_screen, desk, numbers, timeline)
    if rules.max_unedited is not None:
        longest = timedelta_to_microseconds(rules.max_unedited)
        noticed += forgotten(on_screen, desk, numbers, timeline, longest=longest)
    return in_order(noticed) if noticed else ()


def trace_of(on_screen: Iterable[Stretch], edits: Iterable[TicketEdit]) -> Trace:
    """Return what later events need to know of a user."""
    tickets = frozenset(chain(map(itemgetter(0), on_screen), map(_ticket_id, edits)))
    points = sorted((start, ticket_id) for ticket_id, start, end in on_screen if start == end)
    return Trace(tickets, tuple(points))


def lay_desk(events: UserEvents, ground: Ground) -> UserDesk:
    """Return a user's desk: the cells of the edits, the sessions, the statuses."""
    tickets, rules, civil, as_of = ground
    cut = None if as_of is None else to_microseconds(as_of)
    edits = [edit for edit in events.edits if as_of is None or edit.at <= as_of]
    timeline = status_timeline(events.statuses, events.reposts, rules, as_of=cut)
    on_screen = _on_screen(events, edits, rules, cut)
    epochs = tickets.epochs
    if rules.message_in_session is MessageInSession.KEEP:
        epochs = epochs.kept_whole(on_screen, {edit.ticket_id for edit in edits})
    desk = Desk(edits, epochs, excluded=tickets.excluded, civil=civil, rules=rules)
    return UserDesk(desk, on_screen, timeline)


def events_by_user(history: History) -> Mapping[str, UserEvents]:
    """Return the events of each user, by user id in order."""
    users: defaultdict[str, UserEvents] = defaultdict(UserEvents)
    for user_id, sessions in _runs(history.sessions):
        users[user_id].sessions = sessions
    for user_id, heartbeats in _runs(history.heartbeats):
        users[user_id].heartbeats = heartbeats
    for user_id, edits in _runs(history.edits):
        users[user_id].edits = edits
    for user_id, statuses in _runs(history.user_statuses):
        users[user_id].statuses = statuses
    for user_id, reposts in _runs(history.status_reposts):
        users[user_id].reposts = reposts
    for user_id, focus in _runs(history.focus_changes):
        users[user_id].focus = focus
    return dict(sorted(users.items()))


def _runs(events: tuple[E, ...]) -> Iterator[tuple[str, tuple[E, ...]]]:
    """Return the events of each user, which stand together, without asking every one."""
    start = 0
    while start < len(events):
        user_id = events[start].user_id
        end = bisect_right(events, user_id, start, key=_user_id)
        yield user_id, events[start:end]
        start = end


_user_id: Final = attrgetter("user_id")
_ticket_id: Final = attrgetter("ticket_id")


def _on_screen(
    events: UserEvents, edits: Iterable[TicketEdit], rules: WorklogRules, as_of: int | None
) -> list[Stretch]:
    ttl = timedelta_to_microseconds(rules.heartbeat_ttl)
    stretches = screen_time(events.sessions, events.heartbeats, edits, ttl=ttl, as_of=as_of)
    if rules.repost_presence is RepostPresence.BRIDGE and events.reposts:
        return bridge_holes(stretches, events.reposts, ttl=ttl, as_of=as_of)
    return stretches


def focus_of(changes: Sequence[FocusChange], ground: Ground) -> Focus | None:
    """Return what a user turned to, None where that does not matter to the rules."""
    if not changes or not isinstance(ground.rules.division, ExclusiveFocus):
        return None
    cut = None if ground.as_of is None else to_microseconds(ground.as_of)
    return Focus(changes, as_of=cut)


def entries_by_day(
    desk: Desk,
    on_screen: Iterable[Stretch],
    timeline_on: Callable[[int], StatusTimeline],
    focus: Focus | None,
    ground: Ground,
) -> Iterator[Entry]:
    """Return one user's entries in the ledger's order, local day by local day.

    *timeline_on* returns the statuses of a day. Weights are those of the day's own tickets: what a
    user does on one day changes no entry of another.
    """
    rules = ground.rules
    days: defaultdict[int, list[Piece]] = defaultdict(list)
    for piece in desk.lay_out(on_screen):
        if piece[1] < piece[2]:
            days[piece[3]].append(piece)
    for day in sorted(days):
        pieces = days[day]
        weights = whole_weights(rules.division, {piece[0] for piece in pieces})
        sharing = Sharing(weights, ground.tickets.excluded, rules.divide_over, focus)
        yield from account_day(pieces, desk.rows, timeline_on(day), sharing)


def status_runs(
    timeline: StatusTimeline,
    events: UserEvents,
    span: tuple[int, int] | None,
    as_of: datetime | None,
) -> tuple[StatusRun, ...]:
    """Return the statuses of one user from the first to the last instant known of that user.

    Empty where no status is known. What is on screen, the *span* of it, is known too: its time must
    not be missing.
    """
    marks = [change.at for change in events.statuses]
    for repost in events.reposts:
        marks += (repost.start, repost.end)
    known = [to_microseconds(at) for at in marks if as_of is None or at <= as_of]
    if not known:
        return ()
    known += span or ()
    first, last = min(known), max(known) if as_of is None else to_microseconds(as_of)
    return tuple(
        (start, end, mode.name, mode.counts)
        for start, end, mode in timeline.runs(first, last)
        if start < end
    )
