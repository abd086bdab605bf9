"""What all edits share: the error, finding layers, fresh ids and names, places."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from nn_designer.design.document import MAXIMUM_NAME_LENGTH, Document, Layer, Wire, slug
from nn_designer.layers import LayerKind, UnknownKind, kind_of
from nn_designer.params import ParamError

MAXIMUM_PLACE = 1e6


class EditError(ValueError):
    """An edit that can't be made; the text says why and what to do."""


def known_kind(key: str) -> type[LayerKind]:
    """The layer kind with this key, or EditError."""
    try:
        return kind_of(key)
    except UnknownKind as error:
        raise EditError(str(error)) from None


def kind_or_none(key: str) -> type[LayerKind] | None:
    """The layer kind with this key; None for one that this version does not know."""
    try:
        return kind_of(key)
    except UnknownKind:
        return None


def found(document: Document, id: str) -> Layer:
    """The layer with this id, or EditError."""
    layer = document.get(id)
    if layer is None:
        raise EditError(f"There is no layer {id!r} in this design.")
    return layer


def with_layers(document: Document, changed: Mapping[str, Layer]) -> Document:
    """The document with some layers exchanged for others of the same id."""
    return replace(
        document, layers=tuple(changed.get(layer.id, layer) for layer in document.layers)
    )


def checked_place(x: float, y: float) -> tuple[float, float]:
    """A position as two ordinary numbers, or EditError."""
    for value in (x, y):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise EditError(f"A position is two numbers, but one of them is {value!r}.")
        if not math.isfinite(value) or abs(value) > MAXIMUM_PLACE:
            raise EditError(
                f"The position {value:g} is too far away; the canvas reaches to "
                f"{MAXIMUM_PLACE:,.0f} pixels."
            )
    return float(x), float(y)


def checked_settings(kind: type[LayerKind], settings: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a layer of this kind, defaults filled in, or EditError."""
    try:
        return kind(**settings).values()
    except ParamError as error:
        raise EditError(str(error)) from None


def checked_name(name: object, what: str = "name") -> str:
    """A name as people may give it: trimmed, printable, not too long; or EditError."""
    if not isinstance(name, str):
        raise EditError(f"The {what} must be text, but it is {name!r}.")
    # Surrogates and control characters can't be written to a file or shown on a card.
    name = " ".join(name.split())
    if not name:
        raise EditError(f"The {what} is empty; give at least one letter.")
    if not name.isprintable():
        raise EditError(f"The {what} holds characters that can't be shown; leave them out.")
    if len(name) > MAXIMUM_NAME_LENGTH:
        raise EditError(
            f"The {what} has {len(name)} characters; at most {MAXIMUM_NAME_LENGTH} fit."
        )
    return name


class Namer:
    """Gives ids and names that are not taken yet, many in a row."""

    def __init__(self, document: Document) -> None:
        self._ids = set(document.by_id)
        self._slugs = {slug(layer.name) for layer in document.layers}
        self._next: dict[str, int] = {}

    def id_for(self, kind: str) -> str:
        """The next free id: "dense_1", "dense_2"..."""
        number = self._next.get(kind, 1)
        while f"{kind}_{number}" in self._ids:
            number += 1
        self._next[kind] = number + 1
        id = f"{kind}_{number}"
        self._ids.add(id)
        return id

    def name_like(self, name: str) -> str:
        """``name`` if it is free, else with the next free number: "Dense 2", "Encoder 2"."""
        if slug(name) not in self._slugs:
            self._slugs.add(slug(name))
            return name
        stem = re.sub(r"\s+\d+$", "", name)
        stem = stem[: MAXIMUM_NAME_LENGTH - 8].rstrip() or "Layer"
        number = self._next.get("name:" + slug(stem), 1)
        while slug(f"{stem} {number}") in self._slugs:
            number += 1
        self._next["name:" + slug(stem)] = number + 1
        self._slugs.add(slug(f"{stem} {number}"))
        return f"{stem} {number}"

    def name_for(self, kind: str) -> str:
        """The default name of a new layer: "Dense 1". ``kind`` may be unknown, or any text."""
        known = kind_or_none(kind)
        words = " ".join(kind.split())[:40] if kind.isprintable() else ""
        return self.name_like(f"{known.title if known else words or 'Layer'} 1")


def renumbered(wires: Iterable[Wire], targets: Iterable[str]) -> tuple[Wire, ...]:
    """The wires, with the ports of these targets counted 0, 1, 2... in their present order."""
    kept = list(wires)
    places: dict[str, list[int]] = {target: [] for target in targets}
    for place, wire in enumerate(kept):
        if wire.target in places:
            places[wire.target].append(place)
    for at_target in places.values():
        for port, place in enumerate(sorted(at_target, key=lambda place: kept[place].port)):
            if kept[place].port != port:
                kept[place] = replace(kept[place], port=port)
    return tuple(kept)
