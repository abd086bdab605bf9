"""Layers and wires as JSON records, and back: what can be read is kept, the rest is listed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from nn_designer.design.document import Document, Layer, Wire
from nn_designer.design.edit_base import (
    MAXIMUM_PLACE,
    EditError,
    Namer,
    checked_name,
    kind_or_none,
    renumbered,
)
from nn_designer.design.frozen import thaw

MAXIMUM_LAYERS = 5_000
MAXIMUM_ID_LENGTH = 200

R = TypeVar("R", bound=msgspec.Struct)


class LayerRecord(msgspec.Struct):
    """A layer in a file. Only ``kind`` is needed."""

    kind: str
    id: str = ""
    name: str | None = None
    settings: dict[str, Any] = {}
    x: float | None = None
    y: float | None = None


class WireRecord(msgspec.Struct, rename={"source": "from", "target": "to"}):
    """A wire in a file."""

    source: str
    target: str
    port: int = 0


_LAYER_KEYS = frozenset(LayerRecord.__struct_encode_fields__)
_WIRE_KEYS = frozenset(WireRecord.__struct_encode_fields__)


def layer_record(layer: Layer) -> dict[str, Any]:
    """A layer as it is written."""
    return {
        "id": layer.id,
        "kind": layer.kind,
        "name": layer.name,
        "settings": layer.settings,
        "x": layer.x,
        "y": layer.y,
        **{key: value for key, value in layer.extra.items() if key not in _LAYER_KEYS},
    }


def wire_record(wire: Wire) -> dict[str, Any]:
    """A wire as it is written."""
    extra = {key: value for key, value in wire.extra.items() if key not in _WIRE_KEYS}
    return {"from": wire.source, "to": wire.target, "port": wire.port, **extra}


def read_record(value: Any, record: type[R]) -> R:
    """``value`` as a record; raises msgspec.ValidationError whose text names the place."""
    return msgspec.convert(value, record, strict=True)


def read_list(value: Any, what: str, problems: list[str]) -> list[Any]:
    """``value`` if it is a list, else an empty one and a problem."""
    if isinstance(value, list):
        return value
    problems.append(f'"{what}" must be a list, but it is {_shown(value)}; it is left out.')
    return []


def read_layers(values: list[Any], problems: list[str]) -> tuple[tuple[Layer, ...], bool]:
    """The layers that can be read, and whether all of them had a place on the canvas."""
    namer = Namer(Document())
    taken: set[str] = set()
    given = {str(value.get("id")) for value in values if isinstance(value, dict)}
    layers: list[Layer] = []
    all_placed, too_far = True, False
    for number, value in enumerate(values, start=1):
        try:
            record = read_record(value, LayerRecord)
        except msgspec.ValidationError as error:
            problems.append(f"Layer number {number} is left out: {_sentence(error)}")
            continue
        kind = kind_or_none(record.kind)
        id = record.id
        if id in taken:
            problems.append(
                f"Layer number {number} has the id {_shown(id)} of another layer; it gets its "
                "own, and wires to this id lead to the first."
            )
        if not id or id in taken or len(id) > MAXIMUM_ID_LENGTH:
            stem = record.kind[:40] or "layer"
            id = namer.id_for(stem)
            while id in given or id in taken:
                id = namer.id_for(stem)
        taken.add(id)
        all_placed = all_placed and _is_place(record.x) and _is_place(record.y)
        too_far = too_far or _is_too_far(record.x) or _is_too_far(record.y)
        layer = Layer(
            id,
            kind.key if kind is not None else record.kind,
            _read_name(record, namer, number, problems),
            record.settings,
            _place(record.x),
            _place(record.y),
            {key: item for key, item in value.items() if key not in _LAYER_KEYS},
        )
        if kind is None:
            problems.append(
                f"{layer.name} is of the kind {_shown(record.kind)}, which this version does not "
                "know; it is kept as it is, but it can't be trained."
            )
        layers.append(layer)
    if too_far:
        problems.append(
            f"Cards lie more than {MAXIMUM_PLACE:,.0f} pixels away, beyond the canvas; all cards "
            "are arranged anew."
        )
    return tuple(layers), all_placed


def read_wires(
    values: list[Any], layers: tuple[Layer, ...], problems: list[str]
) -> tuple[Wire, ...]:
    """The wires that can be drawn between these layers."""
    by_id = {layer.id: layer for layer in layers}
    wires: list[Wire] = []
    pairs: set[tuple[str, str]] = set()
    counts: dict[str, int] = {}
    for number, value in enumerate(values, start=1):
        try:
            record = read_record(value, WireRecord)
        except msgspec.ValidationError as error:
            problems.append(f"Wire number {number} is left out: {_sentence(error)}")
            continue
        why = _impossible(record, by_id, pairs, counts)
        if why:
            problems.append(f"Wire number {number} is left out: {why}")
            continue
        pairs.add((record.source, record.target))
        counts[record.target] = counts.get(record.target, 0) + 1
        extra = {key: item for key, item in value.items() if key not in _WIRE_KEYS}
        wires.append(Wire(record.source, record.target, record.port, extra))
    return renumbered(wires, counts)


def _impossible(
    record: WireRecord,
    by_id: Mapping[str, Layer],
    pairs: set[tuple[str, str]],
    counts: Mapping[str, int],
) -> str:
    """Why a wire can't be drawn, as a sentence; empty if it can."""
    for id in (record.source, record.target):
        if id not in by_id:
            return f"there is no layer {_shown(id)}."
    if record.source == record.target:
        return f"it leads from {by_id[record.source].name} to itself."
    if (record.source, record.target) in pairs:
        return f"{by_id[record.source].name} and {by_id[record.target].name} are connected already."
    source = kind_or_none(by_id[record.source].kind)
    target = kind_or_none(by_id[record.target].kind)
    if source is not None and not source.has_output:
        return f"{by_id[record.source].name} has no output."
    limit = target.maximum_inputs if target is not None else None
    if limit is not None and counts.get(record.target, 0) >= limit:
        inputs = "no input" if limit == 0 else f"only {limit} input{'s' if limit > 1 else ''}"
        return f"{by_id[record.target].name} has {inputs}."
    return ""


def _read_name(record: LayerRecord, namer: Namer, number: int, problems: list[str]) -> str:
    if record.name is None:
        return namer.name_for(record.kind)
    try:
        wanted = checked_name(record.name)
    except EditError as error:
        name = namer.name_for(record.kind)
        problems.append(f"Layer number {number} is now called {name!r}: {error}")
        return name
    name = namer.name_like(wanted)
    if name != wanted:
        problems.append(f"Two layers are called {wanted!r}; layer number {number} is now {name!r}.")
    return name


def _is_too_far(value: float | None) -> bool:
    return value is not None and not abs(value) <= MAXIMUM_PLACE


def _is_place(value: float | None) -> bool:
    return value is not None and not _is_too_far(value)


def _place(value: float | None) -> float:
    return value if value is not None and _is_place(value) else 0.0


def _shown(value: object) -> str:
    text = repr(thaw(value))
    return text if len(text) <= 60 else text[:57] + "..."


_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "float | null": "a number",
    "str | null": "text",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


def _sentence(error: msgspec.ValidationError) -> str:
    """msgspec's text, "Expected `str`, got `int` - at `$.id`", for people."""
    text, _, place = str(error).partition(" - at ")
    key = place.strip("`").removeprefix("$").removeprefix(".")
    where = f"its {key!r}" if key else "it"
    if wrong := re.fullmatch(r"Expected `(.*)`, got `(.*)`", text):
        return f"{where} must be {_TYPES.get(wrong[1], wrong[1])}, not {_TYPES.get(wrong[2], wrong[2])}."
    if lacking := re.fullmatch(r"Object missing required field `(.*)`", text):
        return f"it lacks {lacking[1]!r}."
    return f"{where} is wrong: {text}."
