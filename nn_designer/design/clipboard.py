"""Copy, paste, duplicate: layers and the wires among them as JSON text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nn_designer.design.codec import CodecError, parse_json
from nn_designer.design.document import Document, Wire
from nn_designer.design.edit_base import EditError, Namer, checked_place, found
from nn_designer.design.json_text import json_text
from nn_designer.design.records import (
    MAXIMUM_LAYERS,
    layer_record,
    read_layers,
    read_list,
    read_wires,
    wire_record,
)
from nn_designer.design.sharing import with_new_owners

CLIP_FORMAT = "nn-designer-layers"
OFFSET = 40.0


def copy(document: Document, ids: Iterable[str]) -> str:
    """Layers and the wires among them as JSON text for the clipboard."""
    wanted = {found(document, id).id for id in ids}
    return json_text(
        {
            "format": CLIP_FORMAT,
            "version": 1,
            "layers": [layer_record(layer) for layer in document.layers if layer.id in wanted],
            "wires": [
                wire_record(wire)
                for wire in document.wires
                if wire.source in wanted and wire.target in wanted
            ],
        }
    )


def paste(
    document: Document, clip: str, x: float | None = None, y: float | None = None
) -> tuple[Document, tuple[str, ...]]:
    """Put copied layers in, with their top left corner at (x, y). Returns the new ids.

    Without x and y they come a little to the side of where they were.

    Raises:
        EditError: the text holds no layers.
    """
    try:
        record = parse_json(clip)
    except CodecError:
        record = {}
    if record.get("format") != CLIP_FORMAT:
        raise EditError("The clipboard holds no layers; copy some first.")
    problems: list[str] = []
    layers, _ = read_layers(read_list(record.get("layers", []), "layers", problems), problems)
    wires = read_wires(read_list(record.get("wires", []), "wires", problems), layers, problems)
    if not layers:
        raise EditError("The clipboard holds no layers; copy some first.")
    if len(document.layers) + len(layers) > MAXIMUM_LAYERS:
        raise EditError(f"A design has at most {MAXIMUM_LAYERS:,} layers.")
    left, top = min(layer.x for layer in layers), min(layer.y for layer in layers)
    x, y = checked_place(left + OFFSET if x is None else x, top + OFFSET if y is None else y)
    namer = Namer(document)
    ids = {layer.id: namer.id_for(layer.kind) for layer in layers}
    new_layers = []
    for layer in layers:
        place_x, place_y = checked_place(layer.x - left + x, layer.y - top + y)
        name = namer.name_like(layer.name)
        new_layers.append(replace(layer, id=ids[layer.id], name=name, x=place_x, y=place_y))
    new_layers = with_new_owners(new_layers, ids, document)
    new_wires = [Wire(ids[w.source], ids[w.target], w.port, w.extra) for w in wires]
    pasted = replace(
        document,
        layers=(*document.layers, *new_layers),
        wires=(*document.wires, *new_wires),
    )
    if pasted.has_cycle and not document.has_cycle:
        raise EditError("The copied layers feed each other in a loop; they can't be pasted.")
    return pasted, tuple(ids.values())


def duplicate(document: Document, ids: Iterable[str]) -> tuple[Document, tuple[str, ...]]:
    """Copies of layers with the wires among them, a little to the side. Returns the new ids."""
    wanted = list(ids)
    if not wanted:
        raise EditError("Nothing is selected; select the layers to duplicate first.")
    return paste(document, copy(document, wanted))
