"""Pseudonyms: a keyed, injective assignment of names to the users of a roster.

Four rules hold in this module:
1. Every draw is an HMAC-SHA-256 under a subkey of the key for one tenant, one scope and one version
   of the words. The parts of a message are length-prefixed: no two contexts spell the same bytes.
2. An id is its code points and nothing else: no case folding, no normalising, no merging.
3. Users stand in line by seniority, then by a keyed priority; each takes the first free place of
   an order of places that is the user's own. So names depend on the roster as a set.
4. Everything is checked before the first draw, and no error holds an id, a seniority, a name or a
   byte of the key, neither in its message nor in its fields.
"""

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NoReturn, final

from worklog_core.door import parse_choice
from worklog_core.errors import WorklogError
from worklog_core.instants import as_utc
from worklog_core.privacy.words import NAME_COUNT, WORDS_VERSION, Language, name_at

__all__ = ["PseudonymKey", "assign_pseudonyms", "assign_slots"]

_FEWEST_BYTES: Final = 16
_DIGEST: Final = "sha256"


def _framed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def _spelt(text: str) -> bytes:
    # A str may hold half a surrogate pair, which plain UTF-8 refuses in an error that quotes it.
    return _framed(text.encode("utf-8", "surrogatepass"))


def _digest(mac: hmac.HMAC, message: bytes) -> bytes:
    # To copy a state costs half of what it costs to begin one.
    copied = mac.copy()
    copied.update(message)
    return copied.digest()


_PRIORITY: Final = _framed(b"prio")
_PROBES: Final = tuple(_framed(b"probe", attempt.to_bytes(2, "big")) for attempt in range(256))


@final
class PseudonymKey:
    """The secret without which nobody can compute or test a pseudonym.

    *secret* is at least 16 random bytes, better 32, made by the host
    (`secrets.token_bytes(32)`) and kept apart from what is published. Everything but `bytes` is
    refused, and so are bytes that are all equal. Another key changes every name.

    The object does not keep the bytes, only the state of the MAC that they began. They are in no
    text and in no error; the key cannot be copied or pickled, and equals only itself. What remains
    in the memory of the process cannot be wiped from Python.

    Example:
        >>> import worklog_core.privacy as privacy
        >>> privacy.PseudonymKey(bytes(range(32)))
        PseudonymKey(<hidden>)
    """

    __slots__ = ("_mac",)

    _mac: hmac.HMAC

    def __init__(self, secret: bytes) -> None:
        given: Any = secret
        # A subclass of bytes could show its content in ways of its own.
        if type(given) is not bytes:
            found, way_out = type(given).__name__, "Decode the secret where it enters."
        elif len(given) < _FEWEST_BYTES:
            found, way_out = f"{len(given)} bytes", "Make one with secrets.token_bytes(32)."
        elif given == given[:1] * len(given):
            found, way_out = "bytes all equal", "Make one with secrets.token_bytes(32)."
        else:
            object.__setattr__(self, "_mac", hmac.new(given, digestmod=_DIGEST))
            return
        raise WorklogError(
            f"PseudonymKey.secret must be at least {_FEWEST_BYTES} random bytes: found {found}. "
            f"{way_out}",
            field="PseudonymKey.secret",
        )

    def mac_for(self, *context: str) -> hmac.HMAC:
        """Return the MAC under the subkey of one context; it tells nothing of any other."""
        subkey = _digest(self._mac, b"".join(map(_spelt, context)))
        return hmac.new(subkey, digestmod=_DIGEST)

    def __repr__(self) -> str:
        return "PseudonymKey(<hidden>)"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a PseudonymKey cannot change. Make a new one.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a PseudonymKey cannot change. Make a new one.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            "a PseudonymKey stays where it was made: it cannot be copied or pickled. "
            "Hand on the object itself, or make one from the secret over there."
        )


def assign_pseudonyms(
    roster: Mapping[str, Any] | Iterable[str],
    *,
    key: PseudonymKey,
    tenant: str,
    scope: str,
    language: Language | str = "en",
) -> dict[str, str]:
    """Give every user of a roster a name of their own, such as "Hungry Raspberry" (E-29).

    *roster* maps ids to seniority: anything that orders, such as a number of account or a date of
    joining (aware datetimes order by instant). Of a plain iterable of ids all are equally senior.
    It comes from the host and names everybody whose data lie in the scope, leavers too. It is not
    gathered from records: a filter would change the roster, and so the names.

    For one key, one tenant, one scope and one version of the words this is guaranteed:

    1. Every user has exactly one name and no two users share a name: always, not just very
       probably.
    2. The names are a function of the roster as a set with its seniorities: not of its order, nor
       of the process, the platform or the hash seed.
    3. Users who are strictly junior to everyone present rename nobody when they are added.
    4. A leaver renames only the chain behind: somebody who stood later in line and had found the
       leaver's name taken gets it, another may get the name that becomes free, and so on. A senior
       who joins starts such a chain too.
    5. English and German names are the same names: nobody changes places.
    6. The names of another tenant or scope are independent of these; a user keeps a name by chance
       alone. What people do is not independent: profiles can link what names do not.
    7. Without the key nobody can compute or test a name.

    The answer is in the order of the ids. It links names to people: keep it apart from what is
    published, as additional information in the sense of GDPR Art. 4(5).

    A roster of more than 65,536 users is refused; so are ids that are not non-empty str,
    seniorities that do not order all of the roster (None, NaN, mixed types) and an empty tenant or
    scope. No error shows what it found.

    Example:
        >>> import worklog_core.privacy as privacy
        >>> key = privacy.PseudonymKey(bytes(range(32)))
        >>> roster = {"u-1": 2019, "u-2": 2023}
        >>> privacy.assign_pseudonyms(roster, key=key, tenant="acme", scope="2026-03")
        {'u-1': 'Maritime Dipper', 'u-2': 'Luminescent Tern'}
    """
    chosen = parse_choice(Language, language, "language")
    context = (_require_text("tenant", tenant), _require_text("scope", scope))
    holder = _require_key(key)
    ranks = _ranks(_seniorities(roster))
    if len(ranks) > NAME_COUNT:
        raise WorklogError(
            f"a roster must hold at most {NAME_COUNT} users: found {len(ranks)}. "
            "Split it by scope or by tenant.",
            field="roster",
        )
    mac = holder.mac_for("worklog-pn-v1", "name", WORDS_VERSION, *context)
    slots = assign_slots(ranks, mac, slots=NAME_COUNT)
    return {user: name_at(slots[user], chosen) for user in sorted(slots)}


def assign_slots(ranks: Mapping[str, int], mac: hmac.HMAC, *, slots: int) -> dict[str, int]:
    """Return a place below *slots* for each user, all different; there are as many at least.

    Lower ranks choose first. After 256 draws a user goes on from the last one to the next free
    place: that order too is the user's own, so it depends on nobody else.
    """
    spelt = {user: _spelt(user) for user in ranks}

    def place_in_line(user: str) -> tuple[int, bytes, str]:
        return ranks[user], _digest(mac, _PRIORITY + spelt[user]), user

    taken = bytearray(slots)
    assigned: dict[str, int] = {}
    for user in sorted(ranks, key=place_in_line):
        slot = _first_free(taken, mac, spelt[user])
        taken[slot] = True
        assigned[user] = slot
    return assigned


def _first_free(taken: bytearray, mac: hmac.HMAC, spelt: bytes) -> int:
    slot = 0
    for probe in _PROBES:
        slot = int.from_bytes(_digest(mac, probe + spelt), "big") % len(taken)
        if not taken[slot]:
            return slot
    following = taken.find(False, slot)
    return following if following >= 0 else taken.find(False)


def _seniorities(roster: Any) -> dict[str, Any]:
    """Return the roster with a seniority for each id, that all share if none is given."""
    if isinstance(roster, str | bytes) or not hasattr(roster, "__iter__"):
        raise WorklogError(
            "a roster must be a mapping of ids to seniority, or an iterable of ids: "
            f"found {type(roster).__name__}. Put a single id in a list.",
            field="roster",
        )
    ids: list[Any] = [*roster]
    for user in ids:
        if not isinstance(user, str) or not user:
            found = "an empty one" if isinstance(user, str) else type(user).__name__
            raise WorklogError(
                f"a roster must hold ids that are non-empty str: found {found}. "
                "Read ids as text where they enter, and leave out what has none.",
                field="roster",
            )
    if isinstance(roster, Mapping):
        return {user: _instant_or_as_given(roster[user]) for user in ids}
    return dict.fromkeys(ids, 0)


def _instant_or_as_given(seniority: Any) -> Any:
    # Two datetimes of one zone would order by wall time, and the fold would be forgotten.
    return as_utc(seniority) if isinstance(seniority, datetime) else seniority


def _ranks(seniorities: Mapping[str, Any]) -> dict[str, int]:
    """Return the place of each user's seniority among those that occur; equal ones share it."""
    try:
        ranks = _ranks_in_order(seniorities)
    except (ArithmeticError, TypeError, ValueError):
        ranks = None
    # Raised out here, where no error of a comparison hangs on, which might quote what it compared.
    if ranks is None:
        raise WorklogError(
            "seniorities must order all of a roster, each before, after or equal to each other: "
            "found some that do not. Use one type, and fill in None and NaN.",
            field="roster",
        )
    return ranks


def _ranks_in_order(seniorities: Mapping[str, Any]) -> dict[str, int] | None:
    in_order = sorted(seniorities, key=seniorities.__getitem__)
    ranks: dict[str, int] = {}
    rank = 0
    # The first is compared with itself, which None and NaN do not survive.
    for before, user in zip([*in_order[:1], *in_order], in_order, strict=False):
        lower, upper = seniorities[before], seniorities[user]
        if lower < upper:
            rank += 1
        elif lower != upper:
            return None
        ranks[user] = rank
    return ranks


def _require_key(key: Any) -> PseudonymKey:
    if not isinstance(key, PseudonymKey):
        raise WorklogError(
            f"key must be a PseudonymKey: found {type(key).__name__}. "
            "Wrap the secret bytes in one.",
            field="key",
        )
    return key


def _require_text(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        found = "an empty one" if isinstance(value, str) else type(value).__name__
        raise WorklogError(
            f"{field} must be a non-empty str: found {found}. Say for whom and for which period "
            "or purpose the names are to hold.",
            field=field,
        )
    return value
