"""The key of the pseudonyms shows itself to nobody (adversarial tests 7 and 8)."""

import base64
import copy
import dataclasses
import inspect
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable
from io import StringIO
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog_core import WorklogError
from worklog_core.privacy import PseudonymKey, assign_pseudonyms

SECRET = bytes(range(0x41, 0x61))
KEY = PseudonymKey(SECRET)
HIDDEN = "PseudonymKey(<hidden>)"


@dataclasses.dataclass
class Settings:
    """What a host keeps its key in."""

    key: PseudonymKey
    tenant: str = "acme"


@attrs.define
class OtherSettings:
    key: PseudonymKey


class Chatty(bytes):
    def __repr__(self) -> str:
        return f"Chatty({self.hex()})"


def shows_the_secret(text: str) -> bool:
    """Say whether any spelling of the secret, or of eight bytes of it in a row, is in a text."""
    pieces = [SECRET, *(SECRET[start : start + 8] for start in range(len(SECRET) - 7))]
    spellings = (
        spelling
        for piece in pieces
        for spelling in (
            piece.decode("latin-1"),
            repr(piece)[2:-1],
            piece.hex(),
            base64.b64encode(piece).decode().rstrip("="),
            str(list(piece))[1:-1],
        )
    )
    return any(spelling.casefold() in text.casefold() for spelling in spellings)


def logged(value: object) -> str:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(args)r"))
    handler.handle(logging.makeLogRecord({"msg": "key %s %r", "args": (value, value)}))
    return stream.getvalue()


def formatted_traceback(of: Callable[[], object]) -> str:
    """Return the traceback of what a call raises, with what stood in the frames."""
    try:
        of()
    except (AttributeError, TypeError, ValueError) as error:
        raised = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join(raised.format())
    pytest.fail("nothing was raised")


def refused_assignment() -> object:
    return assign_pseudonyms(["u-1", ""], key=KEY, tenant="acme", scope="2026")


def test_the_search_for_the_secret_finds_it() -> None:
    for text in (
        f"{SECRET!r}",
        SECRET[8:16].hex(),
        f"{list(SECRET)}",
        str(base64.b64encode(SECRET)),
    ):
        assert shows_the_secret(text)


@pytest.mark.parametrize(
    "said",
    [
        repr(KEY),
        str(KEY),
        f"{KEY}",
        f"{KEY!r:>30}".strip(),
        "%s" % KEY,  # noqa: UP031  # one of the ways a key gets into a text
        "%r" % KEY,  # noqa: UP031  # likewise
        ascii(KEY),
        pprint.pformat(KEY),
        json.loads(json.dumps(KEY, default=str)),
    ],
)
def test_a_key_says_that_it_is_hidden(said: str) -> None:
    assert said == HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        repr(Settings(KEY)),
        repr(vars(Settings(KEY))),
        repr(attrs.asdict(OtherSettings(KEY))),
        repr({KEY: [KEY]}),
        repr(inspect.getmembers(KEY)),
        repr([getattr(KEY, name) for name in PseudonymKey.__slots__]),
        repr(KEY.__getstate__()),
        repr(dir(KEY)),
        logged(KEY),
        logged(Settings(KEY)),
    ],
    ids=range(10),  # the texts hold addresses, which differ from process to process
)
def test_no_text_about_it_shows_the_secret(text: str) -> None:
    assert "key" in text.casefold() or "_mac" in text or "HMAC" in text
    assert not shows_the_secret(text)


@pytest.mark.parametrize(
    "call",
    [
        refused_assignment,
        lambda: pickle.dumps(KEY),
        lambda: setattr(KEY, "secret", b"x"),
        lambda: dataclasses.asdict(Settings(KEY)),
        lambda: format(KEY, "x"),
        lambda: vars(KEY),
        lambda: bytes(KEY),  # type: ignore[call-overload]  # that is what is asked
    ],
)
def test_no_traceback_shows_the_secret(call: Callable[[], object]) -> None:
    assert not shows_the_secret(formatted_traceback(call))


@pytest.mark.parametrize(
    "carry",
    [
        *(lambda key, p=protocol: pickle.dumps(key, p) for protocol in range(6)),
        copy.copy,
        copy.deepcopy,
        lambda key: copy.deepcopy({"a": [key]}),
        lambda key: dataclasses.asdict(Settings(key)),
    ],
)
def test_a_key_stays_where_it_was_made(carry: Callable[[PseudonymKey], object]) -> None:
    with pytest.raises(TypeError, match="a PseudonymKey stays where it was made"):
        carry(KEY)


def test_a_key_cannot_change() -> None:
    with pytest.raises(AttributeError, match="a PseudonymKey cannot change"):
        KEY._mac = None  # type: ignore[assignment]  # noqa: SLF001  # that is what is asked
    with pytest.raises(AttributeError, match="a PseudonymKey cannot change"):
        del KEY._mac  # noqa: SLF001  # that is what is asked


def test_bytes_in_any_order_are_a_secret() -> None:
    for secret in (SECRET, SECRET[::-1], bytes([1, *[0] * 31]), bytes([*[0] * 31, 1])):
        assert repr(PseudonymKey(secret)) == "PseudonymKey(<hidden>)"


def test_a_key_equals_only_itself() -> None:
    twin = PseudonymKey(SECRET)
    assert twin != KEY
    assert KEY == KEY  # noqa: PLR0124  # that is what is asked
    assert len({KEY, twin}) == 2


@pytest.mark.parametrize(
    ("secret", "found"),
    [
        (b"", "0 bytes"),
        (SECRET[:1], "1 bytes"),
        (SECRET[:15], "15 bytes"),
        (bytes(16), "bytes all equal"),
        (b"k" * 64, "bytes all equal"),
        (SECRET.decode(), "str"),
        (bytearray(SECRET), "bytearray"),
        (memoryview(SECRET), "memoryview"),
        (Chatty(SECRET), "Chatty"),
        (list(SECRET), "list"),
        (KEY, "PseudonymKey"),
        (None, "NoneType"),
        (32, "int"),
    ],
)
def test_what_is_no_secret_is_refused_and_not_shown(secret: Any, found: str) -> None:
    message = rf"^PseudonymKey\.secret must be at least 16 random bytes: found {found}\. \S.*\.$"
    with pytest.raises(WorklogError, match=message) as caught:
        PseudonymKey(secret)
    assert caught.value.field == "PseudonymKey.secret"
    assert caught.value.value is None
    assert not shows_the_secret("".join(traceback.format_exception(caught.value)))


def test_sixteen_bytes_are_enough() -> None:
    assert repr(PseudonymKey(SECRET[:16])) == HIDDEN


@given(
    contexts=st.lists(st.lists(st.text(max_size=3), max_size=3).map(tuple), min_size=2, max_size=5)
)
def test_each_context_has_a_mac_of_its_own(contexts: list[tuple[str, ...]]) -> None:
    digests = {KEY.mac_for(*context).digest() for context in contexts}
    assert len(digests) == len(set(contexts))


def test_a_context_is_not_what_its_parts_spell_together() -> None:
    assert KEY.mac_for("a", "bc").digest() != KEY.mac_for("ab", "c").digest()
    assert KEY.mac_for("ab").digest() != KEY.mac_for("ab", "").digest()
