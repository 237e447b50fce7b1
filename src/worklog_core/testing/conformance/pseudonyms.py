"""What every assignment of pseudonyms must hold, whatever words it takes (E-29).

An assignment is asked with a roster, a key, a tenant and a scope; each property asks it once more
with one of them changed.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["PROPERTIES", "Assign", "properties_that_hold"]

Assign = Callable[[dict[str, Any]], Mapping[str, str]]
"""From `{"roster": [...], "key": hex, "tenant": ..., "scope": ...}` to a name for each user."""

Given = dict[str, Any]


def _everybody_has_a_name(assign: Assign, given: Given) -> bool:
    names = assign(given)
    return set(names) == set(given["roster"]) and all(names.values())


def _no_two_share_a_name(assign: Assign, given: Given) -> bool:
    names = list(assign(given).values())
    return len(set(names)) == len(names)


def _the_same_again(assign: Assign, given: Given) -> bool:
    return dict(assign(given)) == dict(assign(given))


def _order_does_not_matter(assign: Assign, given: Given) -> bool:
    turned = given | {"roster": given["roster"][::-1]}
    return dict(assign(turned)) == dict(assign(given))


def _repetition_does_not_matter(assign: Assign, given: Given) -> bool:
    twice = given | {"roster": [*given["roster"], *given["roster"]]}
    return dict(assign(twice)) == dict(assign(given))


def _no_name_holds_the_id(assign: Assign, given: Given) -> bool:
    names = assign(given)
    return not any(user.casefold() in name.casefold() for user, name in names.items())


def _renames(assign: Assign, given: Given, field: str, other: str) -> bool:
    return dict(assign(given | {field: other})) != dict(assign(given))


def _another_tenant_renames(assign: Assign, given: Given) -> bool:
    return _renames(assign, given, "tenant", f"{given['tenant']} two")


def _another_scope_renames(assign: Assign, given: Given) -> bool:
    return _renames(assign, given, "scope", f"{given['scope']} two")


def _another_key_renames(assign: Assign, given: Given) -> bool:
    return _renames(assign, given, "key", given["key"][::-1])


PROPERTIES: Final[Mapping[str, Callable[[Assign, Given], bool]]] = {
    "everybody_has_a_name": _everybody_has_a_name,
    "no_two_share_a_name": _no_two_share_a_name,
    "the_same_again": _the_same_again,
    "order_does_not_matter": _order_does_not_matter,
    "repetition_does_not_matter": _repetition_does_not_matter,
    "no_name_holds_the_id": _no_name_holds_the_id,
    "another_tenant_renames": _another_tenant_renames,
    "another_scope_renames": _another_scope_renames,
    "another_key_renames": _another_key_renames,
}
"""The properties, by the name under which the vectors ask for them."""


def properties_that_hold(assign: Assign, given: Given) -> list[str]:
    """Return the names of the properties that an assignment has, in the order of the table."""
    return [name for name, holds in PROPERTIES.items() if holds(assign, given)]
