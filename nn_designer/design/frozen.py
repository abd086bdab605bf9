"""A mapping that can't change, so that documents are values: comparable, hashable, shareable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class FrozenMap(Mapping[str, Any]):
    """An immutable mapping of JSON values. Lists inside become tuples, mappings FrozenMaps.

    Order of keys is kept (it is the order in the file) and does not matter for equality. Other
    than in Python, true is not equal to 1: a setting may allow the one and refuse the other.
    """

    __slots__ = ("_hash", "_truths", "_values")

    def __init__(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        merged = {**(values or {}), **more}
        self._values = {key: freeze(value) for key, value in merged.items()}
        self._truths = _truths(self._values.items())
        self._hash: int | None = None

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((frozenset(self._values.items()), self._truths))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Mapping):
            return NotImplemented
        frozen = as_frozen(other)
        return self._values == frozen._values and self._truths == frozen._truths

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


def _truths(items: Iterable[tuple[object, Any]]) -> frozenset[tuple[object, object]]:
    """Where true and false stand among frozen values, lists inside included."""
    found: set[tuple[object, object]] = set()
    for place, value in items:
        if isinstance(value, bool):
            found.add((place, None))
        elif isinstance(value, tuple) and (inside := _truths(enumerate(value))):
            found.add((place, inside))
    return frozenset(found)


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
