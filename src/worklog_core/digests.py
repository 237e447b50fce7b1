"""Digests of values: the same for equal values, on every platform and under every hash seed.

Three rules hold for every digest:
1. A value is written out with its kind and its length, so that no two values are written alike.
2. Sets and mappings are written in the order of what is written of their items, sequences in their
   own. Instants are microseconds of UTC; a value of a class is its name and its compared fields.
3. What has no such form is refused by name: a digest never rests on an address or a repr.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from typing import Any, Final

import attrs

from worklog_core.errors import WorklogError, describe
from worklog_core.instants import timedelta_to_microseconds, to_microseconds

__all__ = ["digest_of", "written"]


def digest_of(values: Iterable[Any]) -> str:
    """Return the digest of some values in their order, 64 hexadecimal digits.

    Raises WorklogError for a value that has no form of its own: a function, an open file.

    Example:
        >>> from worklog_core.digests import digest_of
        >>> digest_of(["U1", 7])[:16], digest_of(["U17"])[:16] == digest_of(["U1", 7])[:16]
        ('f35fe8a51198777f', False)
    """
    digest = sha256()
    for value in values:
        digest.update(written(value))
    return digest.hexdigest()


def written(given: object) -> bytes:
    """Return a value as it is digested."""
    value: Any = given  # what is asked of one name is not known of the other
    kind: type[Any] = type(given)
    write = _WRITERS.get(kind)
    if write is not None:
        return write(value)
    if isinstance(given, Enum):
        return _framed(b"E", f"{kind.__name__}.{given.name}".encode())
    if attrs.has(kind):
        values = (written(getattr(value, name)) for name in _compared(kind))
        return _framed(b"A", _text(kind.__name__) + b"".join(values))
    if isinstance(given, Mapping):
        items = value.items()
        return _framed(b"M", b"".join(sorted(written(k) + written(v) for k, v in items)))
    if isinstance(given, AbstractSet):
        return _framed(b"S", b"".join(sorted(map(written, value))))
    if isinstance(given, Sequence) and not isinstance(given, str | bytes | bytearray):
        return _framed(b"L", b"".join(map(written, value)))
    raise WorklogError(
        f"a value must have a form that can be digested: found {describe(value)}. "
        "Use plain values, enums and attrs classes.",
        field="value",
        value=value,
    )


def _framed(kind: bytes, content: bytes) -> bytes:
    return kind + str(len(content)).encode() + b":" + content


def _text(text: str) -> bytes:
    return _framed(b"T", text.encode("utf-8", "surrogatepass"))


_FIELDS: Final[dict[type, tuple[str, ...]]] = {}


def _compared(kind: type) -> tuple[str, ...]:
    known = _FIELDS.get(kind)
    if known is None:
        known = _FIELDS[kind] = tuple(field.name for field in attrs.fields(kind) if field.eq)
    return known


_WRITERS: Final[Mapping[type, Callable[[Any], bytes]]] = {
    type(None): lambda _: b"N",
    bool: lambda flag: b"B1" if flag else b"B0",
    int: lambda number: _framed(b"I", str(number).encode()),
    Fraction: lambda share: _framed(b"F", str(share).encode()),
    str: _text,
    datetime: lambda at: _framed(b"D", str(to_microseconds(at)).encode()),
    date: lambda day: _framed(b"d", day.isoformat().encode()),
    timedelta: lambda length: _framed(b"t", str(timedelta_to_microseconds(length)).encode()),
}
