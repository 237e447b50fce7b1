"""What is fuzzed: functions from bytes to nothing, out of which only declared errors may come.

Each reads its arguments from the bytes, calls the library, and lets a `WorklogError` pass as the
answer that it is. Everything else that comes out is a finding.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from worklog_core import (
    DayHours,
    History,
    PrivacyLevel,
    PrivacyPolicy,
    RecurringDates,
    Undetermined,
    WeeklyHours,
    WorkingCalendar,
    WorklogError,
    WorklogRules,
    build_worklog,
    release,
    similarity_opcodes,
    text_similarity,
)

ZONES = ("UTC", "Europe/Berlin", "Pacific/Apia", "America/Sao_Paulo", "Australia/Lord_Howe")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = WorklogRules(time_zone=ZoneInfo("Europe/Berlin"))


TOKENS = (
    *"Mon Tue Wed Thu Fri Sat Sun mon Mo 0 1 2 9 09 17 24 30 59 60 - : ; , = + . /".split(),
    *"FREQ=YEARLY FREQ=DAILY FREQ=WEEKLY ;BYMONTH= ;BYMONTHDAY= ;BYDAY= ;BYEASTER= COUNT=".split(),
    *";INTERVAL= ;UNTIL= ;BYSETPOS= ;WKST= ;BYHOUR= 20260302 T000000Z MO 1FR -1SU -1 366".split(),
    *(" ", "\n", "\t", "09:00-17:00", "22:00-06:00", "24:00", "+1", "\u0660", "\ud800"),
)


class Bytes:
    """The arguments that some bytes stand for; zeros follow the last of them."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self, size: int = 1) -> int:
        taken = self.data[self.at : self.at + size]
        self.at += size
        return int.from_bytes(taken, "big")

    def signed(self, size: int) -> int:
        return self.number(size) - (1 << (8 * size - 1))

    def text(self, most: int = 255) -> str:
        size = min(self.number(), most)
        taken = self.data[self.at : self.at + size]
        self.at += size
        # Halves of surrogate pairs come in too, as they do from elsewhere.
        return taken.decode("utf-8", "surrogateescape")

    def written(self, most: int = 40) -> str:
        """Return text as a parser likes it, or nearly."""
        return "".join(TOKENS[self.number() % len(TOKENS)] for _ in range(self.number() % most))

    def hours(self) -> str:
        """Return hours of a day that can be read, most of them."""
        windows = [
            "-".join(f"{self.number() % 25:02}:{self.number() % 61:02}" for _ in "se")
            for _ in range(self.number() % 3)
        ]
        return ",".join(windows)

    def week(self) -> str:
        """Return hours of a week that can be read, most of them."""
        days = "Mon Tue Wed Thu Fri Sat Sun Mon-Fri Sat-Mon Mon-Sun".split()
        told = [(days[self.number() % 10], self.hours()) for _ in range(self.number() % 4)]
        return "; ".join(f"{day} {hours}" for day, hours in told if hours)

    def instant(self) -> datetime:
        """Return an instant near one Monday, or anywhere at all."""
        if self.number() % 4:
            return MONDAY + timedelta(microseconds=self.signed(6) % 10**12)
        first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
        far = self.number(8) % ((last - first) // timedelta.resolution)
        return first + timedelta(microseconds=far)

    def day(self) -> date:
        return date.fromordinal(1 + self.number(3) % date.max.toordinal())

    def __bool__(self) -> bool:
        return self.at < len(self.data)


def parsers(data: bytes) -> None:
    """Read hours of a day, hours of a week and recurring dates."""
    text = Bytes(data[1:]).written(255) if data[:1] > b"@" else data.decode("utf-8", "replace")
    for parse in (DayHours.parse, WeeklyHours.parse, _recurring):
        try:
            read = parse(text)
        except WorklogError:
            continue
        if isinstance(read, DayHours | WeeklyHours):
            assert type(read).parse(str(read)) == read


def _recurring(text: str) -> object:
    dates = RecurringDates(text, start=date(2020, 2, 29))
    return date(2026, 3, 2) in dates


def calendar(data: bytes) -> None:
    """Ask a calendar of any hours, dates and zone, anywhere in time."""
    told = Bytes(data)
    try:
        asked = WorkingCalendar(
            WeeklyHours.parse(told.week()),
            time_zone=ZoneInfo(ZONES[told.number() % len(ZONES)]),
            shifts={told.day(): DayHours.parse(told.hours()) for _ in range(told.number() % 3)},
            breaks=WeeklyHours.parse(told.week()),
            holidays={told.day() for _ in range(told.number() % 3)},
        )
        start, end = told.instant(), told.instant()
        if abs(end - start) > timedelta(days=3660):
            return
        worked = asked.working_time(start, end)
        assert worked == -asked.working_time(end, start)
        assert abs(worked) <= abs(end - start)
        reached = asked.advance(start, worked)
        assert asked.working_time(start, reached) == worked
        asked.next_opening(start)
        asked.advance(start, timedelta(microseconds=told.signed(7)))
    except WorklogError:
        return


def similarity(data: bytes) -> None:
    """Compare two texts and explain it."""
    told = Bytes(data)
    recommended, sent = told.text(), told.text()
    found = text_similarity(recommended, sent)
    explained = similarity_opcodes(recommended, sent)
    assert explained.similarity == found
    assert text_similarity(sent, recommended).value in (found.value, None) or found.value is None
    assert found.value is None or 0 <= found.value <= 1
    assert isinstance(found.reason, Undetermined) == (found.value is None)


EVENTS = ("ScreenSession", "Heartbeat", "TicketEdit", "CustomerMessage", "UserStatusChange")
FIELDS = ("user_id", "ticket_id", "at", "start", "end", "action", "conversation_id", "status")


def releasing(data: bytes) -> None:
    """Sift dirty events, build what is sound in them, and release it; nobody's id may come out."""
    told = Bytes(data)
    dirty = [
        {
            "event": EVENTS[told.number() % len(EVENTS)],
            **{field: _value(told, field) for field in FIELDS if told.number() % 8},
        }
        for _ in range(told.number() % 12)
    ]
    for each in dirty:
        for field in FIELDS:
            if told.number() % 2 and field not in _NEEDED[str(each["event"])]:
                each.pop(field, None)
    history, _ = History.sift(dirty)
    try:
        worklog = build_worklog(history, RULES)
        shown = release(worklog, PrivacyPolicy(PrivacyLevel.ANONYMOUS, k=2))
    except WorklogError:
        return
    assert "meike" not in repr([shown.rows, shown, shown.audit()]).casefold()


_NEEDED = {
    "ScreenSession": ("user_id", "ticket_id", "start", "end"),
    "Heartbeat": ("user_id", "ticket_id", "at"),
    "TicketEdit": ("user_id", "ticket_id", "at"),
    "CustomerMessage": ("ticket_id", "at", "conversation_id"),
    "UserStatusChange": ("user_id", "at", "status"),
}


def _value(told: Bytes, field: str) -> object:
    if field in ("at", "start", "end"):
        return told.instant() if told.number() % 16 else told.text(10)
    names = {"user_id": "Meike ", "ticket_id": "T", "status": "Pause", "conversation_id": "C"}
    if told.number() % 16 == 0:
        return told.text(10)
    number = "" if field == "status" else str(told.number() % 4)
    return None if field == "action" else f"{names[field]}{number}"


TARGETS: dict[str, Callable[[bytes], None]] = {
    "parsers": parsers,
    "calendar": calendar,
    "similarity": similarity,
    "release": releasing,
}
