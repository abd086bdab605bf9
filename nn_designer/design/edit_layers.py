"""Edits of layers: add, append, insert, splice, move, exchange."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nn_designer.design.arrange import COLUMN_GAP, card_width
from nn_designer.design.document import Document, Layer, Wire
from nn_designer.design.edit_base import (
    EditError,
    Namer,
    checked_place,
    checked_settings,
    found,
    kind_or_none,
    known_kind,
    renumbered,
    with_layers,
)
from nn_designer.design.edit_wires import connect, put_on_wire
from nn_designer.design.placing import behind, fits_on_wire, free_place, place_on_wire
from nn_designer.params import ParamError


def new_id(document: Document, kind: str) -> str:
    """The id that the next layer of this kind gets: "dense_1", "dense_2"..."""
    return Namer(document).id_for(kind)


def add_layer(
    document: Document,
    kind: str,
    x: float = 0.0,
    y: float = 0.0,
    settings: Mapping[str, Any] | None = None,
) -> tuple[Document, str]:
    """A new layer of ``kind`` at (x, y), not wired. Returns the document and the layer's id.

    All settings are written down, also those at their default, so that a later version with
    other defaults reads the design as it was meant.
    """
    declared = known_kind(kind)
    x, y = checked_place(x, y)
    namer = Namer(document)
    id = namer.id_for(declared.key)
    values = checked_settings(declared, settings or {})
    layer = Layer(id, declared.key, namer.name_for(declared.key), values, x, y)
    return replace(document, layers=(*document.layers, layer)), id


def append_after(document: Document, kind: str, after: str | None = None) -> tuple[Document, str]:
    """A new layer to the right of ``after``, wired to it. Returns the document and its id.

    If one wire leaves ``after``, the new layer is put on it, and what follows makes room.
    ``after=None`` means the end of the network: before a wired Output, else behind the layer
    furthest to the right from which nothing leads on. A layer without inputs goes to the left
    and feeds the first layer that lacks an input.
    """
    declared = known_kind(kind)
    if after is not None:
        found(document, after)
    if declared.maximum_inputs == 0:
        return _add_source(document, kind)
    start = _end_of_network(document, after, declared.has_output)
    if start is None:
        x, y = free_place(document, kind, *_right_of_all(document))
        document, id = add_layer(document, kind, x, y)
        if after is not None and declared.has_output:  # before an Output that has no wire yet
            document = connect(document, id, after)
        return document, id
    leaving = document.outgoing(start.id)
    if len(leaving) == 1 and declared.has_output:
        return insert_on_wire(document, kind, leaving[0])
    x, y = free_place(document, kind, behind(start), start.y)
    document, id = add_layer(document, kind, x, y)
    return connect(document, start.id, id), id


def insert_on_wire(document: Document, kind: str, wire: Wire) -> tuple[Document, str]:
    """A new layer on a wire; what follows moves to the right if there is no room."""
    if wire not in document.wires:
        raise EditError("This wire is not in the design any more.")
    document, x, y = place_on_wire(document, kind, wire)
    document, id = add_layer(document, kind, x, y)
    return put_on_wire(document, id, wire), id


def splice_layer(document: Document, id: str, wire: Wire) -> Document:
    """Put a layer that is there already, and has no wires, on a wire.

    It stays where it is if it stands clear between the ends, else it moves in between.
    """
    spliced = put_on_wire(document, id, wire)
    if fits_on_wire(document, id, wire):
        return spliced
    layer = found(document, id)
    others = replace(document, layers=tuple(one for one in document.layers if one.id != id))
    others, x, y = place_on_wire(others, layer.kind, wire)
    places = {one.id: (one.x, one.y) for one in others.layers}
    return move(spliced, {**places, id: (x, y)})


def move(document: Document, positions: Mapping[str, tuple[float, float]]) -> Document:
    """Put layers at new places, id → (x, y) of the card's top left corner."""
    changed = {}
    for id, (x, y) in positions.items():
        x, y = checked_place(x, y)
        layer = found(document, id)
        if (layer.x, layer.y) != (x, y):
            changed[id] = replace(layer, x=x, y=y)
    return with_layers(document, changed) if changed else document


def replace_kind(document: Document, id: str, kind: str) -> Document:
    """Make a layer another kind. It keeps its place, its id and the settings both kinds have.

    A name that was the old kind's default becomes the new kind's. Wires beyond the inputs that
    the new kind takes are taken away.

    Raises:
        EditError: the new kind has no output or no input, but wires are there.
    """
    layer = found(document, id)
    declared = known_kind(kind)
    if declared.key == layer.kind:
        return document
    incoming, outgoing = document.incoming(id), document.outgoing(id)
    if outgoing and not declared.has_output:
        raise EditError(f"{layer.name} feeds other layers, and {declared.title} can't do that.")
    if incoming and declared.maximum_inputs == 0:
        raise EditError(f"{layer.name} has an input, and {declared.title} can't have one.")
    kept: dict[str, Any] = {}
    for name, value in layer.settings.items():
        if name in declared.params:
            try:
                kept[name] = declared.params[name].check(value)
            except ParamError:
                continue  # the new kind's default is right where the old value is not
    old = kind_or_none(layer.kind)
    name = layer.name
    if re.fullmatch(rf"{re.escape(old.title if old else layer.kind)} \d+", name):
        name = Namer(document).name_for(declared.key)
    settings = checked_settings(declared, kept)
    changed = replace(layer, kind=declared.key, name=name, settings=settings)
    surplus = set() if declared.maximum_inputs is None else set(incoming[declared.maximum_inputs :])
    wires = renumbered((wire for wire in document.wires if wire not in surplus), [id])
    return replace(with_layers(document, {id: changed}), wires=wires)


def _gives_output(layer: Layer) -> bool:
    kind = kind_or_none(layer.kind)
    return kind is None or kind.has_output


def _end_of_network(document: Document, after: str | None, has_output: bool) -> Layer | None:
    """The layer to append to; None if there is none to wire to."""
    if after is None:
        ends = [layer for layer in document.layers if not _gives_output(layer)]
        wired = [layer for layer in ends if document.incoming(layer.id)]
        if wired and has_output:
            after = wired[-1].id
        else:
            loose = [
                layer
                for layer in document.layers
                if _gives_output(layer) and not document.outgoing(layer.id)
            ]
            return max(loose, key=lambda layer: layer.x, default=None)
    layer = found(document, after)
    if _gives_output(layer):
        return layer
    incoming = document.incoming(after)
    return found(document, incoming[0].source) if incoming else None


def _add_source(document: Document, kind: str) -> tuple[Document, str]:
    """A layer without inputs, to the left of the first layer that lacks one, and wired to it."""
    column = card_width(kind) + COLUMN_GAP
    lacking = [
        layer
        for layer in document.layers
        if not document.incoming(layer.id)
        and ((known := kind_or_none(layer.kind)) is None or known.maximum_inputs != 0)
    ]
    if not lacking:
        left = min((layer.x for layer in document.layers), default=column)
        top = min((layer.y for layer in document.layers), default=0.0)
        return add_layer(document, kind, *free_place(document, kind, left - column, top))
    first = min(lacking, key=lambda layer: layer.x)
    place = free_place(document, kind, first.x - column, first.y)
    document, id = add_layer(document, kind, *place)
    return connect(document, id, first.id), id


def _right_of_all(document: Document) -> tuple[float, float]:
    if not document.layers:
        return 0.0, 0.0
    last = max(document.layers, key=lambda layer: layer.x)
    return behind(last), last.y
