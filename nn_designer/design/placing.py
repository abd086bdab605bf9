"""Where a card goes when a layer is added, and how the others make room. Nothing overlaps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from nn_designer.design.arrange import CARD_HEIGHT, COLUMN_GAP, GRID, ROW, card_width
from nn_designer.design.document import Document, Layer, Wire
from nn_designer.design.edit_base import checked_place, found, with_layers

LEAST_GAP = COLUMN_GAP / 2
"""A card on a wire that stands nearer to its neighbours than this is not left there."""


class Place(NamedTuple):
    """The rectangle of a card."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, kind: str, x: float, y: float) -> Place:
        return cls(x, y, x + card_width(kind), y + CARD_HEIGHT)

    def overlaps(self, other: Place) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def place_of(layer: Layer) -> Place:
    """Where a layer's card lies."""
    return Place.of(layer.kind, layer.x, layer.y)


def behind(layer: Layer) -> float:
    """Where the left edge of the next card to the right goes."""
    return layer.x + card_width(layer.kind) + COLUMN_GAP


def free_place(document: Document, kind: str, x: float, y: float) -> tuple[float, float]:
    """(x, y), or the first place below it where no card lies within a row's distance."""
    width = card_width(kind)
    column = sorted(
        layer.y
        for layer in document.layers
        if layer.x < x + width and x < layer.x + card_width(layer.kind)
    )
    for taken in column:
        if taken - ROW < y < taken + ROW:
            y = taken + ROW
    return x, y


def place_on_wire(document: Document, kind: str, wire: Wire) -> tuple[Document, float, float]:
    """Where a card of this kind goes on a wire: the document with room for it, and (x, y).

    In the middle between the wire's ends if it fits there, else next to the wire's source; what
    follows the wire then moves to the right. A wire that leaves a fork lends its card the row of
    its target, so that the branch runs straight.
    """
    source, target = found(document, wire.source), found(document, wire.target)
    width = card_width(kind)
    start = behind(source)
    room = target.x - COLUMN_GAP - start
    x = start + max(0.0, round((room - width) / 2 / GRID) * GRID)
    forks = len(document.outgoing(source.id)) > 1
    joins = len(document.incoming(target.id)) > 1
    leads_back = target.x <= source.x  # to another band, or put there by hand
    y = target.y if forks and not joins and not leads_back else source.y
    if not leads_back:
        document = shift_right(document, target.id, x + width + COLUMN_GAP - target.x)
    return document, *free_place(document, kind, x, y)


def fits_on_wire(document: Document, id: str, wire: Wire) -> bool:
    """Whether a layer's card stands between the ends of a wire, clear of all other cards."""
    source, target = found(document, wire.source), found(document, wire.target)
    mine = place_of(found(document, id))
    if mine.left < place_of(source).right + LEAST_GAP or mine.right > target.x - LEAST_GAP:
        return False
    return not any(mine.overlaps(place_of(one)) for one in document.layers if one.id != id)


def shift_right(document: Document, id: str, distance: float) -> Document:
    """Move a layer and what follows it at its right, and what they would come to lie on."""
    if distance <= 0:
        return document
    fixed = document.ancestors(id) - {id}
    moving = _at_right(document, id) - fixed
    grid = _Grid(layer for layer in document.layers if layer.id not in moving | fixed)
    waiting = list(moving)
    while waiting:
        layer = document.layer(waiting.pop())
        met = grid.taken_by(Place.of(layer.kind, layer.x + distance, layer.y))
        # What it lies on already was put there on purpose.
        met = [one for one in met if not place_of(one).overlaps(place_of(layer))]
        for one in met:
            pushed = _at_right(document, one.id) - moving - fixed
            for other in pushed:
                grid.remove(document.layer(other))
            moving |= pushed
            waiting.extend(pushed)
    changed = {}
    for moved in moving:
        layer = document.layer(moved)
        x, y = checked_place(layer.x + distance, layer.y)
        changed[moved] = replace(layer, x=x, y=y)
    return with_layers(document, changed)


def _at_right(document: Document, id: str) -> set[str]:
    """The layer and those that follow it, as far as wires lead to the right."""
    found_ids, waiting = {id}, [id]
    while waiting:
        layer = document.layer(waiting.pop())
        for wire in document.outgoing(layer.id):
            if wire.target not in found_ids and document.layer(wire.target).x > layer.x:
                found_ids.add(wire.target)
                waiting.append(wire.target)
    return found_ids


class _Grid:
    """Layers by the rows that their cards touch, to find those in a place."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        self._rows: dict[int, dict[str, Layer]] = {}
        for layer in layers:
            for row in self._touched(place_of(layer)):
                self._rows.setdefault(row, {})[layer.id] = layer

    @staticmethod
    def _touched(place: Place) -> range:
        return range(math.floor(place.top / ROW), math.floor(place.bottom / ROW) + 1)

    def taken_by(self, place: Place) -> list[Layer]:
        """The layers whose cards lie in ``place``."""
        here = {id: one for row in self._touched(place) for id, one in self._row(row)}
        return [one for one in here.values() if place_of(one).overlaps(place)]

    def _row(self, row: int) -> Iterable[tuple[str, Layer]]:
        return self._rows.get(row, {}).items()

    def remove(self, layer: Layer) -> None:
        for row in self._touched(place_of(layer)):
            self._rows.get(row, {}).pop(layer.id, None)
