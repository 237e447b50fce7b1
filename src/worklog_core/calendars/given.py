"""What a calendar is given, checked and copied where it enters.

Two rules hold in this module:
1. Mappings and plain collections are copied, so that nobody can change a calendar that is in use. A
   container of another kind is kept: it may fill on look-up, or know more dates than can be listed.
2. What is copied is checked whole; a container that is kept is only asked `date in holidays`.
"""

from collections.abc import Container, Mapping
from datetime import date
from typing import Any, Final, cast

import attrs

from worklog_core.calendars.hours import DayHours, WeeklyHours
from worklog_core.calendars.recurrence import RecurringDates
from worklog_core.door import refuse
from worklog_core.errors import WorklogError, describe
from worklog_core.mappings import FrozenMapping

__all__ = [
    "NO_DATES",
    "NO_HOLIDAYS",
    "breaks_given",
    "check_hours",
    "check_last_date",
    "comparable",
    "holidays_given",
    "shifts_given",
]

NO_DATES: Final[FrozenMapping[date, DayHours]] = FrozenMapping()
NO_HOLIDAYS: Final[frozenset[date]] = frozenset()
_COPIED: Final = (set, frozenset, list, tuple, dict)


def shifts_given(given: Mapping[date, DayHours]) -> FrozenMapping[date, DayHours]:
    """Return a copy of the shifts, each date with its hours."""
    return _dated("WorkingCalendar.shifts", given)


def breaks_given(
    given: Mapping[date, DayHours] | WeeklyHours,
) -> FrozenMapping[date, DayHours] | WeeklyHours:
    """Return the breaks of the week, or a copy of those by date."""
    return given if isinstance(given, WeeklyHours) else _dated("WorkingCalendar.breaks", given)


def holidays_given(given: Container[date]) -> Container[date]:
    """Return the holidays as a frozenset if they are a plain collection, else as they are."""
    field = "WorkingCalendar.holidays"
    if type(given) in _COPIED:
        try:
            found = frozenset(cast("Any", given))
        except TypeError:
            raise _refused(field, "hold dates only", given, "Put dates in a set.") from None
        for day in found:
            if type(day) is not date:
                raise _refused(field, "hold dates only", day, "Use .date() of a datetime.")
        return found
    # Text and arrays answer `in` with something else, and an iterator is used up by it.
    kind = type(given)
    asks = callable(getattr(kind, "__contains__", None))
    if isinstance(given, str | bytes) or hasattr(kind, "dtype") or not asks:
        must = "be a set of dates, or a container that answers `date in holidays`"
        raise _refused(field, must, given, "Pass a set of datetime.date.")
    return given


def check_hours(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse what are no weekly hours."""
    if type(value) is not WeeklyHours:
        way_out = "WeeklyHours.parse reads 'Mon-Fri 09:00-17:00'."
        raise refuse(instance, attribute, value, "be WeeklyHours", way_out)


def check_last_date(instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Refuse what is neither a date nor None."""
    if value is not None and type(value) is not date:
        must = "be the last date whose holidays are known, or None"
        raise refuse(instance, attribute, value, must, "Use .date() of a datetime.")


def comparable(holidays: object) -> object:
    """Return what stands for holidays in a comparison: dates, or the very object that was given."""
    return holidays if type(holidays) in (frozenset, RecurringDates) else _Itself(holidays)


class _Itself:
    """An object that is equal to itself alone: its own == and hash may say anything."""

    __slots__ = ("held",)

    def __init__(self, held: object) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.held is other.held

    def __hash__(self) -> int:
        return hash(_Itself)


def _dated(field: str, given: Mapping[date, DayHours]) -> FrozenMapping[date, DayHours]:
    way_out = "Map each datetime.date to its DayHours; DayHours() is a closed day."
    if not isinstance(given, Mapping):
        raise _refused(field, "be a mapping from date to DayHours", given, way_out)
    copied = FrozenMapping(given)
    for day, hours in copied.items():
        if type(day) is not date:
            raise _refused(field, "have dates as keys", day, way_out)
        if type(hours) is not DayHours:
            raise _refused(field, "have DayHours as values", hours, way_out)
    return copied


def _refused(field: str, must: str, value: object, way_out: str) -> WorklogError:
    return WorklogError(
        f"{field} must {must}: found {describe(value)}. {way_out}", field=field, value=value
    )
