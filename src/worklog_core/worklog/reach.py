"""What late events can reach: of which user which days, and which tickets' rows.

Four rules hold in this module:
1. Time belongs to a user and a local day: what changes on a screen, in a status, in an edit or in
   where an epoch begins reaches the days on which it lies (AMB-5, AMB-5c).
2. Continuous sessions join days: where one reaches or touches a midnight, the days on both sides
   are computed together (AMB-4c).
3. What is said of a ticket reaches the rows of everybody who worked on it, but not their time.
4. More may be reached than changes, never less.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

from worklog_core.calendars.days import CivilTime
from worklog_core.events.facts import UserStatusRepost
from worklog_core.events.history import History
from worklog_core.events.kinds import KINDS, ORDER
from worklog_core.events.splicing import Change
from worklog_core.instants import FIRST_US, LAST_US, timedelta_to_microseconds, to_microseconds
from worklog_core.worklog.division import ExclusiveFocus
from worklog_core.worklog.ledger import UserAccount
from worklog_core.worklog.parts import NO_TRACE, Trace
from worklog_core.worklog.presence import Stretch, bridge_holes, screen_time
from worklog_core.worklog.rows import WorklogRow
from worklog_core.worklog.rules import RepostPresence, WorklogRules

__all__ = ["Late", "Reach", "Window", "reached_users"]

_ABOUT_TICKETS: Final = {
    name for name, kind in KINDS.items() if ORDER[kind][0] == "ticket_id" or name == "edits"
}
_OF_USERS: Final = {name for name, kind in KINDS.items() if ORDER[kind][0] == "user_id"}
_OPENING: Final = {"customer_messages", "messages"}
_SEEN: Final = {"sessions", "heartbeats", "edits"}
_SAID: Final = {"edits", "offers", "skips"}

Numbers = set[int]
"""Changes, by their place among all of them."""


class Late(NamedTuple):
    """Facts before and after late events, what changed among them, and how they are looked at."""

    was: History
    now: History
    changes: Sequence[Change]
    rules: WorklogRules
    civil: CivilTime
    cut: int | None


class Window(NamedTuple):
    """Local days of one user that are computed together, from the first to the last of them.

    Their first instant is *start*, *end* the first after them; no continuous session crosses or
    touches either from outside. *numbers* are the changes that reach them.
    """

    first: int
    last: int
    start: int
    end: int
    numbers: Numbers


class Reach:
    """What late events can reach of one user.

    `days` are the days whose time they reach, `tickets` the tickets whose rows, each with the
    numbers of the changes; `screens` are the continuous sessions of the tickets on which presence
    may differ; `has_statuses` tells whether statuses changed.
    """

    __slots__ = (
        "_members",
        "account",
        "days",
        "has_statuses",
        "late",
        "screens",
        "tickets",
        "trace",
        "user_id",
    )

    def __init__(self, user_id: str, account: UserAccount, trace: Trace, late: Late) -> None:
        self.user_id = user_id
        self.account = account
        self.trace = trace
        self.late = late
        self.days: defaultdict[int, Numbers] = defaultdict(set)
        self.tickets: defaultdict[str, Numbers] = defaultdict(set)
        self.screens: dict[str, list[Stretch]] = {}
        self.has_statuses = False
        self._members: list[tuple[Any, int]] = []

    def by_own(self, own: Numbers) -> None:
        """Reach what the changes among the user's own events can."""
        screens: defaultdict[str, Numbers] = defaultdict(set)
        of_kind: defaultdict[str, list[tuple[Any, int]]] = defaultdict(list)
        for number in sorted(own):
            change = self.late.changes[number]
            for event in (*change.removed, *change.added):
                of_kind[change.kind].append((event, number))
                self._by_work(event, number, screens)
        for event, number in of_kind["status_reposts"]:
            for ticket_id in self._on_screen_about(event):
                screens[ticket_id].add(number)
        for ticket_id, numbers in screens.items():
            before = self._stretches(ticket_id, self.late.was)
            self.screens[ticket_id] = after = self._stretches(ticket_id, self.late.now)
            for _, start, end in {*before}.symmetric_difference(after):
                self._mark(start, end, numbers)
        self._members += of_kind["team_memberships"]
        for event, number in self._members:
            self._by_membership(event, number)
        self._by_states(of_kind)

    def _by_work(self, event: Any, number: int, screens: defaultdict[str, Numbers]) -> None:
        """Reach by a session, a ping, an edit, an offer or a skip."""
        kind = self.late.changes[number].kind
        if kind in _SEEN:
            screens[event.ticket_id].add(number)
        if kind in _SAID:
            self.tickets[event.ticket_id].add(number)
        if kind == "edits":
            at = to_microseconds(event.at)
            self._mark(at, at, {number})

    def _by_membership(self, event: Any, number: int) -> None:
        for row in self.account.rows:
            if _is_within(event, row):
                self.tickets[row.ticket_id].add(number)

    def numbers_for(self, row: WorklogRow) -> Numbers:
        """Return the changes that reach a row by what they say of its ticket or its user."""
        of_user = {number for event, number in self._members if _is_within(event, row)}
        return of_user | self.tickets.get(row.ticket_id, set())

    def _by_states(self, of_kind: Mapping[str, Iterable[tuple[Any, int]]]) -> None:
        """Reach by a status, and by a focus that matters, to the next; by a repost what it books.

        What was on screen must be known by now.
        """
        for event, number in of_kind["user_statuses"]:
            self.has_statuses = True
            until = self._next("user_statuses", event.at)
            self._mark_known(to_microseconds(event.at), until, number)
        for event, number in of_kind["status_reposts"]:
            self.has_statuses = True
            self._mark_known(to_microseconds(event.start), to_microseconds(event.end), number)
        if isinstance(self.late.rules.division, ExclusiveFocus):
            for event, number in of_kind["focus_changes"]:
                until = self._next("focus_changes", event.at)
                self._mark_known(to_microseconds(event.at), until, number)

    def _mark_known(self, start: int, end: int, number: int) -> None:
        """Reach the days from one instant to another on which the user is known to have worked."""
        bounds = self._bounds()
        if bounds is not None and start <= bounds[1] and bounds[0] <= end:
            self._mark(max(start, bounds[0]), min(end, bounds[1]), {number})

    def _next(self, name: str, at: datetime) -> int:
        """Return when the user's next event of a kind is, after an instant."""
        mine = self.late.now.run(name, self.user_id)
        following = bisect_right(mine, at, key=attrgetter("at"))
        return to_microseconds(mine[following].at) if following < len(mine) else LAST_US

    def _bounds(self) -> tuple[int, int] | None:
        """Return from when to the end of which day the user did anything that a status tells of."""
        entries, points = self.account.entries, self.trace.points
        known = [entries[0][0], entries[-1][0]] if entries else []
        known += (point[0] for point in points[:1] + points[-1:])
        edits = self.late.now.run("edits", self.user_id)
        known += (to_microseconds(edit.at) for edit in edits)
        known += (
            at for stretches in self.screens.values() for _, *ends in stretches for at in ends
        )
        return (min(known), self.late.civil.day_span(max(known))[2] - 1) if known else None

    def _on_screen_about(self, repost: UserStatusRepost) -> set[str]:
        """Return the tickets whose holes a repost may explain, or may have explained (AMB-6b)."""
        start, end = to_microseconds(repost.start), to_microseconds(repost.end)
        if self.late.rules.repost_presence is not RepostPresence.BRIDGE:
            return set()
        ttl = timedelta_to_microseconds(self.late.rules.heartbeat_ttl)
        day = self.late.civil.day_of(max(start - ttl - 1, FIRST_US))
        entries, points = self.account.entries, self.trace.points
        since = bisect_left(entries, day, key=itemgetter(5))
        until = bisect_right(entries, end + ttl, since, key=itemgetter(0))
        found = {entry[1] for entry in entries[since:until]}
        since = bisect_left(points, (start - ttl, ""))
        return found | {ticket_id for _, ticket_id in points[since:]}

    def through_tickets(self, tickets: Mapping[str, Numbers]) -> None:
        """Reach what changes of what is said of tickets can, whoever said it."""
        for ticket_id, numbers in tickets.items():
            self.tickets[ticket_id] |= numbers
            for number in numbers:
                kind = self.late.changes[number].kind
                if kind == "exclusions":
                    for start, end in self._worked_on(ticket_id):
                        self._mark(start, end, {number})
                elif kind in _OPENING:
                    self._by_opening(ticket_id, number)

    def _by_opening(self, ticket_id: str, number: int) -> None:
        """Reach the day on which an epoch begins or no longer begins, if the user was there."""
        change = self.late.changes[number]
        for event in (*change.removed, *change.added):
            message: Any = event
            if message.ticket_id == ticket_id and getattr(message, "opens_epoch", True):
                at = to_microseconds(message.at)
                _, first, after = self.late.civil.day_span(at)
                if any(start < after and first <= end for start, end in self._worked_on(ticket_id)):
                    self._mark(at, at, {number})

    def _worked_on(self, ticket_id: str) -> Iterator[tuple[int, int]]:
        """Return when the user had a ticket on screen, or edited it."""
        for _, start, end in self.stretches(ticket_id):
            yield start, end
        for edit in self.late.now.run("edits", self.user_id, ticket_id):
            at = to_microseconds(edit.at)
            yield at, at

    def stretches(self, ticket_id: str) -> list[Stretch]:
        """Return the continuous sessions of the user on a ticket, as they are now."""
        found = self.screens.get(ticket_id)
        return self._stretches(ticket_id, self.late.now) if found is None else found

    def _stretches(self, ticket_id: str, facts: History) -> list[Stretch]:
        rules, cut = self.late.rules, self.late.cut
        ttl = timedelta_to_microseconds(rules.heartbeat_ttl)
        found = screen_time(
            facts.run("sessions", self.user_id, ticket_id),
            facts.run("heartbeats", self.user_id, ticket_id),
            facts.run("edits", self.user_id, ticket_id),
            ttl=ttl,
            as_of=cut,
        )
        if rules.repost_presence is RepostPresence.BRIDGE and len(found) > 1:
            reposts = facts.run("status_reposts", self.user_id)
            return bridge_holes(found, reposts, ttl=ttl, as_of=cut)
        return found

    def _mark(self, start: int, end: int, numbers: Numbers) -> None:
        """Reach the days from one instant to another, both included."""
        cut, civil = self.late.cut, self.late.civil
        if cut is not None:
            start, end = min(start, cut), min(end, cut)
        for day in range(civil.day_of(start), civil.day_of(end) + 1):
            self.days[day] |= numbers

    def windows(self) -> list[Window]:
        """Return the days that are reached, with those that sessions join to them."""
        found: list[Window] = []
        for day in sorted(self.days):
            if found and day <= found[-1].last:
                found[-1].numbers.update(self.days[day])
                continue
            window = self._joined(day)
            # Neighbours are one, for a session that is late may join them.
            while found and window.start <= found[-1].end:
                before = found.pop()
                window.numbers.update(before.numbers)
                first, start = min(window[0], before[0]), min(window[2], before[2])
                window = window._replace(first=first, start=start)
            found.append(window)
        return found

    def _joined(self, day: int) -> Window:
        """Return a day with the days before and after that continuous sessions join to it."""
        civil, entries = self.late.civil, self.account.entries
        first, start = day, civil.day_start(day)
        before = bisect_left(entries, first, key=itemgetter(5))
        while before and self._reaches(start, entries[before - 1][5]):
            first = entries[before - 1][5]
            start = civil.day_start(first)
            before = bisect_left(entries, first, key=itemgetter(5))
        last, end = day, civil.day_start(day + 1)
        while self._reaches(end, last):
            last = civil.day_of(end)
            end = civil.day_start(last + 1)
        return Window(first, last, start, end, set(self.days[day]))

    def _reaches(self, midnight: int, day: int) -> bool:
        """Return whether anything was on screen on a day up to a midnight."""
        entries = self.account.entries
        since = bisect_left(entries, day, key=itemgetter(5))
        until = bisect_right(entries, day, since, key=itemgetter(5))
        return any(entry[2] == midnight for entry in entries[since:until])


def _is_within(membership: Any, row: WorklogRow) -> bool:
    at = row.recorded_at
    return bool(membership.start <= at and (membership.end is None or at < membership.end))


def reached_users(
    late: Late, traces: Mapping[str, Trace]
) -> dict[str, tuple[Numbers, dict[str, Numbers]]]:
    """Return the users that changes reach: by their own, and through tickets that they know."""
    own: defaultdict[str, Numbers] = defaultdict(set)
    by_ticket: defaultdict[str, Numbers] = defaultdict(set)
    met: defaultdict[str, set[str]] = defaultdict(set)
    for number, change in enumerate(late.changes):
        for event in (*change.removed, *change.added):
            one: Any = event
            if change.kind in _OF_USERS:
                own[one.user_id].add(number)
                met[one.user_id].add(getattr(one, "ticket_id", ""))
            if change.kind in _ABOUT_TICKETS:
                by_ticket[one.ticket_id].add(number)
    found: dict[str, tuple[Numbers, dict[str, Numbers]]] = {}
    about = frozenset(by_ticket)
    for user_id in sorted(traces.keys() | own.keys()):
        known = about & traces.get(user_id, NO_TRACE).tickets
        if user_id in own:
            known |= about & met[user_id]
        if known or user_id in own:
            found[user_id] = own[user_id], {ticket_id: by_ticket[ticket_id] for ticket_id in known}
    return found
