"""A mapping that is a value: it cannot change, it hashes, it pickles.

The standard library's read-only view does neither of the latter, and values of this library hold
mappings (weights, aliases, reasons, shifts) that must travel to other processes and serve as keys.
"""

from collections.abc import ItemsView, Iterable, Iterator, Mapping
from typing import TypeVar

__all__ = ["FrozenMapping"]

K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)


class FrozenMapping(Mapping[K, V_co]):
    """A read-only copy of a mapping, equal to any mapping of the same items.

    Example:
        >>> from worklog_core.mappings import FrozenMapping
        >>> FrozenMapping({"a": 1}) == {"a": 1}
        True
    """

    __slots__ = ("_items",)

    _items: dict[K, V_co]

    def __init__(self, items: Mapping[K, V_co] | Iterable[tuple[K, V_co]] = ()) -> None:
        object.__setattr__(self, "_items", dict(items))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a FrozenMapping cannot change: {name} was set. Make a new one.")

    def __getitem__(self, key: K) -> V_co:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def items(self) -> ItemsView[K, V_co]:
        """Return the pairs as the dict has them: tens of thousands of shifts pass through here."""
        return self._items.items()

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[type["FrozenMapping[K, V_co]"], tuple[dict[K, V_co]]]:
        return (type(self), (self._items,))
