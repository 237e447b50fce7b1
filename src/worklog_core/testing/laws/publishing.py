"""Laws of what is published: nobody is named in it, and nothing in it depends on the names.

The two are not one. A digest of an id names nobody and yet goes back to one person; rows that stand
in the order of names tell who comes first although every name was taken out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, cast

import attrs
from hypothesis import strategies as st

from worklog_core.events.history import History
from worklog_core.events.messages import SenderKind
from worklog_core.testing.laws.broken import MAX_EXAMPLES, Law
from worklog_core.testing.laws.words import any_in_words, events_in_words
from worklog_core.testing.strategies.histories import histories

__all__ = ["ignores_names", "names_nobody"]

_WHO: Final = ("user_id", "sender_id", "assignee_id", "from_user_id", "to_user_id")
# Who writes goes by the same id where the ticket names its contact: one person keeps one name.
_ANYWHERE: Final = (*_WHO, "contact_id", "customer_id")
_NAME: Final = "meike-mustermann-"
# A frame writes a few of its rows and columns; one of these gives all of them.
_WHOLE: Final = ("to_pylist", "to_dicts", "to_dict")

_NAMES_NOBODY = Law(
    "names_nobody",
    "what is published must not hold the id of a user",
    "Publish what release() returns, at a level that shows no names.",
)
_IGNORES_NAMES = Law(
    "ignores_names",
    "what is published must be the same whatever the users are called",
    "Sort by what is shown, and derive nothing from an id, digests included.",
)


def names_nobody(
    publish: Callable[[History], Any],
    strategy: st.SearchStrategy[History] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold what is published to E-28: no user's id is in it, at no depth.

    *publish* takes a `History` and returns what others will see: text, bytes, or values of any
    depth, whose keys, items and fields are all looked through, and frames as a whole. Users are
    given ids that occur nowhere else, and are looked for without regard to case. Who is asked
    about: whoever edits, writes, gets or gives a ticket, customers too, and no AI agent.

    Example:
        >>> from worklog_core.testing import laws
        >>> laws.names_nobody(lambda history: {"edits": len(history.edits)})
        >>> laws.names_nobody(  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     lambda history: [f"by {edit.user_id}" for edit in history.edits])
        Traceback (most recent call last):
        LawBroken: names_nobody: what is published must not hold the id of a user
    """
    _NAMES_NOBODY.require_metric("publish", publish)

    def ask(given: History) -> str | None:
        for text in _texts(publish(given)):
            if _NAME in text.casefold():
                return f"{text!r} holds one"
        return None

    cases = (histories() if strategy is None else strategy).map(_told_apart)
    _NAMES_NOBODY.hold(cases, ask, words=events_in_words, max_examples=max_examples)


def _told_apart(history: History) -> History:
    names = {user: f"{_NAME}{n}" for n, user in enumerate(_users(history), 1)}
    return _renamed(history, names)


def ignores_names(
    publish: Callable[[History], Any],
    strategy: st.SearchStrategy[History] | None = None,
    *,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Hold what is published to anonymity: users may change their names without being noticed.

    *publish* takes a `History` and returns anything that compares by content. It is asked about the
    same events twice, the users called otherwise and in the opposite order. Pseudonyms rest on the
    ids, so what shows them breaks this law and keeps `names_nobody`.

    Example:
        >>> from worklog_core.testing import laws
        >>> laws.ignores_names(lambda history: len(history.edits))
        >>> laws.ignores_names(  # doctest: +IGNORE_EXCEPTION_DETAIL
        ...     lambda history: [edit.ticket_id for edit in history.edits])
        Traceback (most recent call last):
        LawBroken: ignores_names: what is published must be the same whatever users are called
    """
    _IGNORES_NAMES.require_metric("publish", publish)

    def ask(given: History) -> str | None:
        users = _users(given)
        others = {user: f"{_NAME}{n:03}" for n, user in enumerate(reversed(users))}
        first, second = publish(given), publish(_renamed(given, others))
        if first == second:
            return None
        return f"{any_in_words(first)}, and {any_in_words(second)} under other names"

    cases = histories() if strategy is None else strategy
    _IGNORES_NAMES.hold(cases, ask, words=events_in_words, max_examples=max_examples)


def _users(history: History) -> list[str]:
    return sorted({user for event in history for user in _named(event).values()})


def _named(event: Any, fields: Iterable[str] = _WHO) -> dict[str, str]:
    told = {field: getattr(event, field, None) for field in fields}
    if getattr(event, "sender", None) is SenderKind.AI_AGENT:
        told["sender_id"] = None
    return {field: user for field, user in told.items() if user is not None}


def _renamed(history: History, names: Mapping[str, str]) -> History:
    return History.of(_under_other_names(event, names) for event in history)


def _under_other_names(event: Any, names: Mapping[str, str]) -> Any:
    told = _named(event, _ANYWHERE)
    return attrs.evolve(event, **{field: names[who] for field, who in told.items() if who in names})


def _texts(published: Any) -> Iterator[str]:
    """Yield every text in what is published, with how each value writes itself."""
    waiting, seen = [published], dict[int, Any]()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen[id(value)] = value  # held, so that no other value gets its id
        if isinstance(value, str):
            yield value
        elif isinstance(value, bytes | bytearray | memoryview):
            yield bytes(cast("bytes", value)).decode("utf-8", "replace")
        else:
            yield f"{value!r} {value}"
            waiting += _parts(value)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, type):
        return []
    if isinstance(value, Mapping):
        content = cast("Mapping[object, object]", value)
        return [*content, *content.values()]
    is_table = hasattr(value, "columns")
    parts = [getattr(value, name)() for name in _WHOLE if is_table and hasattr(value, name)]
    parts.extend(getattr(value, "__dict__", {}).values())
    if attrs.has(value.__class__):
        parts += [getattr(value, field.name) for field in attrs.fields(value.__class__)]
    if isinstance(value, Iterable):
        parts.extend(cast("Iterable[object]", value))  # a frame would add itself to what += names
    return parts
