"""From frames to records: every value passes the door that the scalar events have.

Three rules hold in this module:
1. A column that stands for a field without a default must be there and have no missing value; one
   that stands for a field with a default may be absent. None, NaN, NA and NaT are missing alike.
2. An instant has a zone, lies within datetime's range and is whole in microseconds. A naive column
   and a column of Python objects are refused.
3. An id is a non-empty text. Numbers lose digits and merge what differs. A choice is written as it
   is exported.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from worklog_core.columnar.arrays import Ints
from worklog_core.columnar.frames import Frame
from worklog_core.columnar.naming import columns_of
from worklog_core.columnar.records import (
    CHOICES,
    FLAGS,
    FREE_TEXTS,
    INSTANTS,
    NONE_US,
    Records,
)
from worklog_core.columnar.words import Words, in_order, texts_of
from worklog_core.door import parse_choice
from worklog_core.errors import NaiveDatetimeError, RangeError, WorklogError, describe
from worklog_core.events.facts import ScreenSession, UserStatusRepost
from worklog_core.events.kinds import KINDS, Event
from worklog_core.instants import FIRST_US, LAST_US

__all__ = ["instants_in", "read_records", "texts_in", "with_common_ids"]

# Microseconds in a unit, or units in a microsecond.
_UNITS: Final = {"s": 1_000_000, "ms": 1_000, "us": 1}
_NANOSECONDS: Final = 1_000
# The fields that name users, and those that name tickets.
_IDS: Final = (("user_id",), ("ticket_id", "into_ticket_id"))


def read_records(frames: Mapping[str, Frame | None], columns: Any) -> dict[str, Records]:
    """Return the records of every kind, by the name of its argument; none where no frame is given.

    *columns* names columns by field. Raises WorklogError, naming the field, for a column that is
    missing or of the wrong type, and for the first value that the event's own door refuses.
    """
    names = columns_of(frames, columns)
    return {
        argument: _records(KINDS[argument], frame, names[argument])
        for argument, frame in frames.items()
    }


def _records(kind: type[Event], frame: Frame | None, names: Mapping[str, str]) -> Records:
    size = 0 if frame is None else len(frame.data)
    columns: dict[str, Ints] = {}
    words: dict[str, Words] = {}
    choices = CHOICES.get(kind, {})
    for field, name in names.items():
        if frame is None or not size:
            break
        place = f"{kind.__name__}.{field}"
        series = frame.data[name]
        if series.dtype.is_float():
            series = series.fill_nan(None)
        is_required = attrs.fields_dict(kind)[field].default is not None
        if series.null_count() == size:
            if is_required:
                raise _missing(place)
            continue
        if field in INSTANTS:
            columns[field] = instants_in(place, series)
        elif field in FLAGS:
            columns[field] = _flags(place, series)
        elif field in choices:
            columns[field] = _choices(choices[field], place, *texts_in(place, series))
        else:
            columns[field], words[field] = texts_in(place, series, may_be_empty=field in FREE_TEXTS)
        if is_required and int(columns[field].min()) == _missing_in(field):
            raise _missing(place)
    records = Records(kind, size, columns, words)
    _check_ends(records)
    return records


def _missing_in(field: str) -> int:
    return NONE_US if field in INSTANTS else -1


def _missing(place: str) -> WorklogError:
    return WorklogError(
        f"{place} must be given in every row: found None. Leave out what has none.",
        field=place,
    )


def texts_in(place: str, series: Any, *, may_be_empty: bool = False) -> tuple[Ints, Words]:
    """Return the codes and the words of a column of texts; refuse what is no text."""
    codes, words = texts_of(series)
    is_sound = words.series.dtype == nw.String and (may_be_empty or not (words.series == "").any())
    for word in () if is_sound else words:
        if not isinstance(word, str) or not (word or may_be_empty):
            must = "a str" if may_be_empty else "a non-empty str"
            raise WorklogError(
                f"{place} must be {must}: found {describe(word)}. "
                "Read it as text where it enters, and leave out what has none.",
                field=place,
                value=word,
            )
    return codes, words


def _choices(choice: type[Enum], place: str, codes: Ints, words: Words) -> Ints:
    places = {member: number for number, member in enumerate(choice)}
    numbers = [places[parse_choice(choice, word, place)] for word in words]
    return np.array([*numbers, -1], dtype=np.int64)[codes]


def _flags(place: str, series: Any) -> Ints:
    if series.dtype == nw.Boolean:
        missing = series.is_null().to_numpy()
        values = series.fill_null(value=False).to_numpy().astype(np.int64)
        return np.where(missing, -1, values)
    found = [
        None if absent else value for value, absent in zip(series, series.is_null(), strict=True)
    ]
    for value in found:
        if value is not None and not isinstance(value, bool):
            raise WorklogError(
                f"{place} must be True or False: found {describe(value)}. Pass a bool.",
                field=place,
                value=value,
            )
    return np.array([-1 if value is None else int(value) for value in found], dtype=np.int64)


def instants_in(place: str, series: Any) -> Ints:
    """Return the microseconds of a column of instants; refuse one without a zone."""
    native = series.to_native()
    if series.implementation.is_pandas() and getattr(native.dtype, "tz", None) is not None:
        # The name of a zone may be one that only pandas can read.
        series = nw.from_native(native.dt.tz_convert("UTC"), series_only=True)
    kind = series.dtype
    if not isinstance(kind, nw.Datetime):
        raise WorklogError(
            f"{place} must be a column of instants with a zone: found {kind}. "
            "Parse it where it enters, in pandas with pd.to_datetime(..., utc=True).",
            field=place,
            value=str(kind),
        )
    if kind.time_zone is None:
        raise NaiveDatetimeError(
            f"{place} must carry a time zone: found {kind}. "
            "Attach the zone it was written in, with dt.tz_localize or dt.replace_time_zone.",
            field=place,
            value=str(kind),
        )
    values = series.to_numpy()
    unit = np.datetime_data(values.dtype)[0]
    found: Ints = values.view(np.int64)
    missing = found == NONE_US
    if unit == "ns":
        _check_whole(place, found, missing)
        found = np.where(missing, NONE_US, found // _NANOSECONDS)
    else:
        factor = _UNITS[unit]
        low, high = -(-FIRST_US // factor), LAST_US // factor
        outside = ~missing & ((found < low) | (found > high))
        if np.any(outside):
            at = int(found[outside][0])
            raise RangeError(
                f"{place} must be an instant that a datetime can hold: found {at} {unit} after "
                "1970. Leave open ends out, or use a nearer date.",
                field=place,
                value=at,
            )
        if factor > 1:
            found = np.where(missing, NONE_US, found * factor)
    return found


def _check_whole(place: str, found: Ints, missing: Any) -> None:
    broken = ~missing & (found % _NANOSECONDS != 0)
    if np.any(broken):
        at = int(found[broken][0])
        raise WorklogError(
            f"{place} must be a whole number of microseconds: found {at} ns after 1970. "
            "Round it where it enters.",
            field=place,
            value=at,
        )


def _check_ends(records: Records) -> None:
    """Refuse by the event's own door the first row that ends before it starts."""
    if records.kind is ScreenSession:
        wrong = records["end"] < records["start"]
    elif records.kind is UserStatusRepost:
        wrong = records["end"] <= records["start"]
    else:
        return
    for row in np.flatnonzero(wrong)[:1]:
        records.event(int(row))


def with_common_ids(records: Mapping[str, Records]) -> tuple[dict[str, Records], Words, Words]:
    """Return records whose ids of users, and of tickets, are codes of one list each."""
    columns = {name: dict(one.columns) for name, one in records.items()}
    words = {name: dict(one.words) for name, one in records.items()}
    lists: list[Words] = []
    for fields in _IDS:
        having = [(name, field) for name in records for field in fields if field in columns[name]]
        recoded, merged = in_order(
            (columns[name][field], words[name][field]) for name, field in having
        )
        for (name, field), codes in zip(having, recoded, strict=True):
            columns[name][field], words[name][field] = codes, merged
        lists.append(merged)
    common = {
        name: Records(one.kind, one.size, columns[name], words[name])
        for name, one in records.items()
    }
    return common, lists[0], lists[1]
