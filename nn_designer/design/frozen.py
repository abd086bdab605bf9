"""A mapping that can't change, so that documents are values: comparable, hashable, shareable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class FrozenMap(Mapping[str, Any]):
    """An immutable mapping of JSON values. Lists inside become tuples, mappings FrozenMaps.

    Order of keys is kept (it is the order in the file) and does not matter for equality.
    """

    __slots__ = ("_hash", "_values")

    def __init__(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        merged = {**(values or {}), **more}
        self._values = {key: freeze(value) for key, value in merged.items()}
        self._hash: int | None = None

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self._values.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, FrozenMap):
            return self._values == other._values
        if isinstance(other, Mapping):
            return self._values == FrozenMap(other)._values
        return NotImplemented

    def __repr__(self) -> str:
        return f"FrozenMap({self._values!r})"

    def __reduce__(self) -> tuple[type[FrozenMap], tuple[dict[str, Any]]]:
        return FrozenMap, (self._values,)

    def with_values(self, **values: Any) -> FrozenMap:
        """A copy with some values changed or added."""
        return FrozenMap(self._values, **values)

    def without(self, *keys: str) -> FrozenMap:
        """A copy that lacks ``keys``."""
        return FrozenMap({k: v for k, v in self._values.items() if k not in keys})


EMPTY = FrozenMap()


def freeze(value: Any) -> Any:
    """``value`` (JSON: text, numbers, lists, mappings) as a value that can't change."""
    if isinstance(value, FrozenMap):
        return value
    if isinstance(value, Mapping):
        return FrozenMap(value)
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    return value


def thaw(value: Any) -> Any:
    """The opposite of :func:`freeze`: plain dictionaries and lists, as JSON writers want them."""
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [thaw(item) for item in value]
    return value


def as_frozen(values: Mapping[str, Any]) -> FrozenMap:
    """``values`` as a FrozenMap."""
    return values if isinstance(values, FrozenMap) else FrozenMap(values)
