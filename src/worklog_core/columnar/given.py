"""Arrays at the door: instants, durations and codes as 64-bit integers.

Four rules hold for every array that passes here:
1. Time is whole microseconds: instants since 1970 in UTC, as datetime64 has them. Coarser units are
   multiplied out, nanoseconds divided where nothing is lost, and everything else is refused.
2. A missing value (NaT) is the lowest integer there is, as NumPy has it, and stays one.
3. Nothing is written in place: an array may belong to a frame, or be read-only. What is returned
   may be a view of what was given.
4. No array is guessed about: objects, floats and strings are refused with the way out.
"""

from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from worklog_core.columnar.arrays import Ints
from worklog_core.errors import RangeError, WorklogError, describe
from worklog_core.instants import FIRST_US, LAST_US

__all__ = [
    "BLOCK",
    "NAT",
    "TimeColumn",
    "codes_of",
    "durations_of",
    "instants_of",
    "microseconds_of",
    "require_one_length",
]

NAT: Final = -(2**63)
"""The integer that stands for NaT."""

BLOCK: Final = 16_384
"""How many rows are worked on at a time: what they need stays in the cache."""

_MOST: Final = 2**63 - 1
_UNITS: Final = {"us": 1, "ms": 1000, "s": 10**6, "m": 60 * 10**6, "h": 3600 * 10**6}
_TO_MICROSECONDS: Final = {
    "M": "Bring it to UTC: a column of a frame with .to_numpy(dtype='datetime64[us]'), another "
    "unit with .astype('datetime64[us]').",
    "m": "Convert a column of a frame with .to_numpy(dtype='timedelta64[us]'), another unit with "
    ".astype('timedelta64[us]').",
}


@attrs.frozen(eq=False)
class TimeColumn:
    """A column of whole microseconds, and what lies in it.

    `low` and `high` are its extremes, NaT apart; without any value `low` is above `high`.
    """

    us: Ints
    low: int
    high: int
    missing: bool

    @classmethod
    def of(cls, us: Ints) -> "TimeColumn":
        """Return a column with its extremes, found block by block in one pass over the memory."""
        low, high, missing = _MOST, NAT, False
        for first in range(0, len(us), BLOCK):
            block = us[first : first + BLOCK]
            lowest = int(block.min())
            if lowest == NAT:
                missing = True
                lowest = int(block.min(initial=_MOST, where=block != NAT))
            low, high = min(low, lowest), max(high, int(block.max()))
        return cls(us, low, high, missing)


def instants_of(field: str, values: Any) -> TimeColumn:
    """Return an array of datetime64 as microseconds since 1970; NaT passes.

    Raises WorklogError for anything else, RangeError for instants that no datetime can hold.
    """
    column = _whole_microseconds(field, values, "M", (FIRST_US, LAST_US))
    if column.low <= column.high and not FIRST_US <= column.low <= column.high <= LAST_US:
        raise _beyond(field, column.low if column.low < FIRST_US else column.high)
    return column


def durations_of(field: str, values: Any) -> TimeColumn:
    """Return an array of timedelta64 as microseconds; NaT passes."""
    return _whole_microseconds(field, values, "m", (NAT + 1, _MOST))


def codes_of(field: str, values: Any) -> Ints:
    """Return an array of whole numbers that stand for users or tickets."""
    return _integers(field, values, "Number the ids first, for example with pandas.factorize.")


def microseconds_of(field: str, values: Any) -> TimeColumn:
    """Return an array of instants that is given as integers: microseconds since 1970.

    Raises WorklogError for anything but whole numbers and for a missing one (NaT), RangeError for
    instants that no datetime can hold.
    """
    way_out = "Pass datetime64 in microseconds as .view('int64')."
    column = TimeColumn.of(_integers(field, values, way_out))
    if column.missing:
        raise WorklogError(
            f"{field} must hold an instant in each row: found NaT. "
            "What has no instant cannot be measured: leave it out.",
            field=field,
            value=NAT,
        )
    if len(column.us) and not FIRST_US <= column.low <= column.high <= LAST_US:
        raise _beyond(field, column.low if column.low < FIRST_US else column.high)
    return column


def require_one_length(**columns: Ints) -> None:
    """Refuse columns of different lengths, named as they are passed."""
    lengths = {field: len(values) for field, values in columns.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{length} in {field}" for field, length in lengths.items())
        raise WorklogError(
            f"{' and '.join(columns)} must have one length: found {found}. "
            "Take them from the same rows.",
            field=next(iter(columns)),
            value=tuple(lengths.values()),
        )


def _one_dimension(field: str, values: Any, must: str, way_out: str) -> NDArray[Any]:
    if not _is_plain(values):
        found = "None" if values is None else type(values).__name__
        raise _refused(field, must, found, values, way_out)
    array: NDArray[Any] = np.asarray(values)
    if array.ndim != 1:
        raise _refused(field, must, f"{array.ndim} dimensions", values, "Pass one column.")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _is_plain(values: object) -> bool:
    # The mask of a masked array would be lost, and with it what is missing.
    return isinstance(values, np.ndarray) and not isinstance(values, np.ma.MaskedArray)


def _integers(field: str, values: Any, way_out: str) -> Ints:
    must = "be a NumPy array of whole numbers"
    array = _one_dimension(field, values, must, way_out)
    if array.dtype.kind not in "iu":
        raise _refused(field, must, f"an array of {array.dtype}", values, way_out)
    if array.dtype == np.uint64 and len(array) and int(array.max()) > _MOST:
        raise _refused(field, "stay below 2**63", str(array.max()), values, way_out)
    return array.astype(np.int64, copy=False)


def _whole_microseconds(field: str, values: Any, kind: str, bounds: tuple[int, int]) -> TimeColumn:
    must = f"be a NumPy array of {'datetime64' if kind == 'M' else 'timedelta64'}"
    array = _one_dimension(field, values, must, _TO_MICROSECONDS[kind])
    if array.dtype.kind != kind:
        found = f"an array of {array.dtype}"
        raise _refused(field, must, found, values, _TO_MICROSECONDS[kind])
    unit, count = np.datetime_data(array.dtype)
    numbers: Ints = array.view(np.int64)
    if unit == "ns" and count == 1:
        return TimeColumn.of(_from_nanoseconds(field, numbers))
    column = TimeColumn.of(numbers)
    if column.low > column.high or (unit, count) == ("us", 1):
        return column
    if unit not in _UNITS:
        must = "be in hours or a finer unit, down to nanoseconds"
        raise _refused(field, must, str(array.dtype), values, _TO_MICROSECONDS[kind])
    factor = _UNITS[unit] * count
    low, high = column.low * factor, column.high * factor
    if low < bounds[0] or high > bounds[1]:
        raise _beyond(field, low if low < bounds[0] else high)
    return TimeColumn(_with_nat(numbers, numbers * factor), low, high, column.missing)


def _from_nanoseconds(field: str, numbers: Ints) -> Ints:
    us = numbers // 1000
    odd = us * 1000 != numbers
    if odd.any():
        odd &= numbers != NAT
        if odd.any():
            found = int(numbers[odd.argmax()])
            raise WorklogError(
                f"{field} must be whole microseconds: found {describe(found)} nanoseconds. "
                "Round it where it enters, for example with .astype('datetime64[us]').",
                field=field,
                value=found,
            )
        us = _with_nat(numbers, us)
    return us


def _with_nat(given: Ints, us: Ints) -> Ints:
    us[given == NAT] = NAT
    return us


def _refused(field: str, must: str, found: str, value: object, way_out: str) -> WorklogError:
    return WorklogError(f"{field} must {must}: found {found}. {way_out}", field=field, value=value)


def _beyond(field: str, us: int) -> RangeError:
    return RangeError(
        f"{field} must lie within datetime's range: found {describe(us)} microseconds. "
        "Leave open ends out, or use nearer dates.",
        field=field,
        value=us,
    )
