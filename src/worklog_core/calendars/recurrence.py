"""Dates that recur: an RRULE of RFC 5545 as a container of dates.

Three rules hold in this module:
1. A rule speaks of dates: no hours, no zone. What is finer than a day is refused.
2. The first date is given beside the rule and never guessed; nothing recurs before it.
3. Every question ends. A rule that matches no date is refused when it is made, an endless one is
   read only as far as it was asked, and never further than 800 years from its start.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any, Final

import attrs
from dateutil.rrule import rrulestr

from worklog_core.errors import RangeError, WorklogError, describe

__all__ = ["RecurringDates"]

_WORDS: Final = {
    "FREQ": re.compile("YEARLY|MONTHLY|WEEKLY|DAILY"),
    "UNTIL": re.compile(r"\d{8}"),
    "WKST": re.compile("MO|TU|WE|TH|FR|SA|SU"),
    "BYDAY": re.compile(r"([+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)"),
}
_NUMBERS: Final = {
    "INTERVAL": range(1, 100_000),
    "COUNT": range(1, 100_000),
    "BYMONTH": range(1, 13),
    "BYMONTHDAY": range(-31, 32),
    "BYYEARDAY": range(-366, 367),
    "BYWEEKNO": range(-53, 54),
    "BYSETPOS": range(-366, 367),
    "BYEASTER": range(-80, 251),
}
_SINGLE: Final = {"FREQ", "UNTIL", "WKST", "INTERVAL", "COUNT"}
_FINER_THAN_A_DAY: Final = re.compile("FREQ=(HOUR|MINUTE|SECOND)LY|BY(HOUR|MINUTE|SECOND)=.*")
_WEEKDAYS_OF_A_MONTH: Final = 5
_WEEKDAYS_OF_A_YEAR: Final = 53
_WAY_OUT: Final = "Write an RRULE such as 'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24'."
_CYCLE: Final = 400
_LONGEST: Final = timedelta(days=2 * 146_097)
_FIRST_STRETCH: Final = timedelta(days=5 * 366)


def _require_rule(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    field = f"{type(instance).__name__}.{attribute.name}"
    if not isinstance(value, str):
        raise _refused(field, "be the text of an RRULE", value, _WAY_OUT)
    named: dict[str, str] = {}
    for part in value.removeprefix("RRULE:").split(";"):
        name, _, written = part.partition("=")
        if _FINER_THAN_A_DAY.fullmatch(part):
            raise _refused(field, "recur by days or longer", part, "A calendar's hours say when.")
        if name not in {*_WORDS, *_NUMBERS} or name in named:
            must = f"have parts of {', '.join((*_WORDS, *_NUMBERS))}, each once"
            raise _refused(field, must, part, _WAY_OUT)
        entries = [written] if name in _SINGLE else written.split(",")
        if not all(_is_valid(name, entry) for entry in entries):
            way_out = "UNTIL takes a date, 20301231. " + _WAY_OUT
            raise _refused(field, f"have a {name} of RFC 5545", part, way_out)
        named[name] = written
    if {"COUNT", "UNTIL"} <= named.keys():
        raise _refused(field, "have a COUNT or an UNTIL, not both", value, "Leave one out.")
    if "FREQ" not in named:
        raise _refused(field, "have a FREQ", value, _WAY_OUT)
    if not _counts_weekdays_well(named):
        way_out = "A month has up to 5 of a weekday, a year 53, a week and a day none to count."
        raise _refused(field, "count weekdays as RFC 5545 does", value, way_out)


def _is_valid(name: str, entry: str) -> bool:
    if name in _WORDS and not _WORDS[name].fullmatch(entry):
        return False
    if name == "UNTIL":
        return _is_date(entry)
    if name in _WORDS:
        return True
    # Zero counts nothing, and dateutil would read it as if it were not there.
    if not re.fullmatch(r"[+-]?\d{1,5}", entry, re.ASCII):
        return False
    return int(entry) in _NUMBERS[name] and (int(entry) != 0 or name == "BYEASTER")


def _is_date(entry: str) -> bool:
    try:
        date(int(entry[:4]), int(entry[4:6]), int(entry[6:]))
    except ValueError:
        return False
    return True


def _counts_weekdays_well(named: dict[str, str]) -> bool:
    if named["FREQ"] == "MONTHLY" or (named["FREQ"] == "YEARLY" and "BYMONTH" in named):
        most = _WEEKDAYS_OF_A_MONTH
    else:
        most = _WEEKDAYS_OF_A_YEAR if named["FREQ"] == "YEARLY" else 0
    counts = re.findall(r"[+-]?\d+", named.get("BYDAY", ""))
    return all(1 <= abs(int(count)) <= most for count in counts)


def _require_date(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if type(value) is not date:
        field = f"{type(instance).__name__}.{attribute.name}"
        raise _refused(field, "be a date", value, "Use .date() of a datetime.")


@attrs.frozen
class RecurringDates:
    """The dates of a recurrence rule from *start* on, for `date in dates`.

    `rule` is an RRULE of RFC 5545 with FREQ of DAILY or longer, `UNTIL` as a date, and dateutil's
    `BYEASTER` (days from Easter Sunday). What the rule leaves open is taken from *start*, as the
    standard says. A rule without COUNT and UNTIL recurs for ever.

    Raises WorklogError for a rule that cannot be read, is finer than a day, or matches no date
    within 400 years; RangeError for a question about a date more than 800 years after *start*.

    Example:
        >>> from datetime import date
        >>> from worklog_core import RecurringDates
        >>> eve = RecurringDates("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", start=date(2020, 1, 1))
        >>> date(2026, 12, 24) in eve, date(2026, 12, 25) in eve, date(2019, 12, 24) in eve
        (True, False, False)
    """

    rule: str = attrs.field(validator=_require_rule)
    start: date = attrs.field(validator=_require_date)
    _read: "tuple[date, frozenset[date]]" = attrs.field(
        init=False, eq=False, repr=False, default=(date.min, frozenset())
    )

    def __attrs_post_init__(self) -> None:
        # The calendar repeats every 400 years, so the rule is tried on the last years that a date
        # can name: dateutil steps to their end where nothing matches.
        ahead = (date.max.year - _CYCLE - self.start.year) // _CYCLE * _CYCLE
        trial = self.start.replace(year=self.start.year + max(ahead, 0))
        rule = re.sub(r";?(UNTIL|COUNT)=\d+", "", self.rule)
        if next(iter(_expand(rule, trial)), None) is None:
            way_out = "Leave it out, or correct it."
            raise _refused("RecurringDates.rule", "match a date", self.rule, way_out)

    def __getstate__(self) -> tuple[str, date]:
        return (self.rule, self.start)

    def __setstate__(self, state: tuple[str, date]) -> None:
        for name, value in zip(("rule", "start"), state, strict=True):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_read", (date.min, frozenset()))

    def __contains__(self, day: object) -> bool:
        if type(day) is not date:
            raise _refused("day", "be a date", day, "Use .date() of a datetime.")
        until, found = self._read
        if day > until and day >= self.start:
            until, found = self._read_until(day)
        return day in found

    def _read_until(self, day: date) -> tuple[date, frozenset[date]]:
        if day - self.start > _LONGEST:
            raise RangeError(
                f"day must lie within {2 * _CYCLE} years after RecurringDates.start: found "
                f"{describe(day)}. Give a later start.",
                field="day",
                value=day,
            )
        # Twice as far as was asked: a calendar asks date by date, and each reading begins anew.
        reach = min(max(2 * (day - self.start), _FIRST_STRETCH), _LONGEST)
        until = self.start + min(reach, date.max - self.start)
        dates = (found.date() for found in _expand(self.rule, self.start))
        read = (until, frozenset(takewhile(lambda found: found <= until, dates)))
        object.__setattr__(self, "_read", read)
        return read


def _expand(rule: str, start: date) -> Iterable[datetime]:
    return rrulestr(rule, dtstart=datetime.combine(start, datetime.min.time()))


def _refused(field: str, must: str, value: object, way_out: str) -> WorklogError:
    return WorklogError(
        f"{field} must {must}: found {describe(value)}. {way_out}", field=field, value=value
    )
