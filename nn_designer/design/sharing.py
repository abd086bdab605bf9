"""Layers that use the weights of another layer: the setting ``weights_of``.

It holds the other layer's id, which a rename does not change. People may give its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from nn_designer.design.document import Document, Layer
from nn_designer.design.frozen import as_frozen
from nn_designer.design.inference import Facts, made, read_settings
from nn_designer.engine.shapes import shape_text
from nn_designer.layers import Shape, kind_of

SETTING = "weights_of"


def wanted_owner(layer: Layer) -> str:
    """Id (or, in a file written by hand, name) of the layer whose weights this one uses; empty if
    it has its own."""
    value = layer.settings.get(SETTING, "")
    return value if isinstance(value, str) else ""


def find_layer(document: Document, wanted: str) -> Layer | None:
    """The layer with this id, or with this name."""
    found = document.get(wanted)
    if found is not None:
        return found
    return next((layer for layer in document.layers if layer.name == wanted), None)


def owner_of(document: Document, layer: Layer) -> Layer | None:
    """The layer whose weights this one uses; None if it has its own, or names none there is."""
    wanted = wanted_owner(layer)
    return find_layer(document, wanted) if wanted else None


def refusal(document: Document, layer: Layer, used: frozenset[str]) -> str:
    """Why the layer can't use the weights that it names, as a sentence; empty if it may, as far
    as the sizes of the tensors are not looked at. ``used``: the layers that take part."""
    wanted = wanted_owner(layer)
    if not wanted:
        return ""
    owner = find_layer(document, wanted)
    way_out = f"Change the setting Weights of of {layer.name}, or empty it."
    if owner is None:
        return (
            f"{layer.name} is to use the weights of {wanted[:60]!r}, which is not there. {way_out}"
        )
    if owner.id == layer.id:
        return f"{layer.name} is to use its own weights as another layer's. {way_out}"
    if owner.kind != layer.kind:
        return (
            f"{layer.name} can't use the weights of {owner.name}, which is a layer of another "
            f"kind. {way_out}"
        )
    if wanted_owner(owner):
        return (
            f"{layer.name} is to use the weights of {owner.name}, which uses another layer's "
            f"itself. {way_out}"
        )
    if layer.id in used and owner.id not in used:
        return (
            f"{layer.name} is to use the weights of {owner.name}, which takes no part in the "
            f"training. Draw a wire from {owner.name} to the next layer. {way_out}"
        )
    return ""


def size_refusal(document: Document, layer: Layer, facts: Mapping[str, Facts]) -> str:
    """As :func:`refusal`, where it is the sizes of the tensors that differ. ``facts``: what is
    known of the layers."""
    owner = owner_of(document, layer)
    if owner is None or any(
        each.id not in facts or facts[each.id].error for each in (layer, owner)
    ):
        return ""
    own, others = (_blocks(document, each, facts) for each in (layer, owner))
    if own == others:
        return ""
    return (
        f"{layer.name} can't use the weights of {owner.name}: its own would be "
        f"{_sizes(own)}, those are {_sizes(others)}. Give both layers the same settings and inputs "
        "of the same shape."
    )


def _blocks(document: Document, layer: Layer, facts: Mapping[str, Facts]) -> dict[str, Shape]:
    kind = kind_of(layer.kind)
    shapes = tuple(facts[wire.source].shape for wire in document.incoming(layer.id))
    made_layer = made(kind, read_settings(kind, layer.settings).values)
    specs = (*made_layer.weight_specs(shapes), *made_layer.state_specs(shapes))
    return {spec.name: spec.shape for spec in specs}


def _sizes(tensors: Mapping[str, Shape]) -> str:
    return ", ".join(f"{name} {shape_text(shape)}" for name, shape in tensors.items())


def without_owners(document: Document, gone: Iterable[str]) -> Document:
    """The document in which layers that used the weights of ``gone`` layers have their own."""
    lost = set(gone)
    return replace(
        document,
        layers=tuple(
            _with_owner(layer, "") if wanted_owner(layer) in lost else layer
            for layer in document.layers
        ),
    )


def with_new_owners(
    layers: Iterable[Layer], ids: Mapping[str, str], document: Document
) -> list[Layer]:
    """Pasted layers: those that use weights of one pasted with them use its copy's, others those
    of a layer of ``document``, if it is there."""
    found = []
    for layer in layers:
        wanted = wanted_owner(layer)
        if wanted:
            layer = _with_owner(layer, ids.get(wanted, wanted if wanted in document else ""))
        found.append(layer)
    return found


def _with_owner(layer: Layer, owner: str) -> Layer:
    return replace(layer, settings=as_frozen(layer.settings).with_values(**{SETTING: owner}))
