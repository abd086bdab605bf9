"""Edits made of several: each is one pure function, so each is one undo step."""

from __future__ import annotations

from nn_designer.app.canvas.look import CARD_HEIGHT
from nn_designer.design import arrange, edits
from nn_designer.design.document import Document
from nn_designer.layers import KINDS
from nn_designer.layers.base import LayerKind

WHAT_FOLLOWS: dict[str, tuple[str, ...]] = {
    "input": ("dense", "flatten", "output"),
    "dense": ("dense", "output", "dropout"),
    "flatten": ("dense",),
    "dropout": ("dense", "output"),
    "activation": ("dense", "output"),
    "add": ("dense", "activation", "output"),
    "concatenate": ("dense", "output"),
}
"""Kind → kinds that usually come next: they stand first when a wire asks for a new layer."""


def kinds_after(kind: str | None) -> list[type[LayerKind]]:
    """Kinds that may take a wire from a layer of ``kind``, likely ones first."""
    likely = WHAT_FOLLOWS.get(kind or "", ())
    fitting = [found for found in KINDS.values() if found.maximum_inputs != 0]
    return sorted(fitting, key=lambda k: likely.index(k.key) if k.key in likely else len(likely))


def kinds_before() -> list[type[LayerKind]]:
    """Kinds that may send a wire."""
    return [kind for kind in KINDS.values() if kind.has_output]


def kinds_inside() -> list[type[LayerKind]]:
    """Kinds that may stand in the middle of a wire."""
    return [k for k in KINDS.values() if k.has_output and k.maximum_inputs != 0]


def add_at(document: Document, kind: str, x: float, y: float) -> tuple[Document, str]:
    """A new layer with the middle of its card at (x, y)."""
    width = arrange.card_width(kind)
    return edits.add_layer(document, kind, x - width / 2, y - CARD_HEIGHT / 2)


def add_after(
    document: Document, kind: str, source: str, x: float, y: float
) -> tuple[Document, str]:
    """A new layer whose input is at (x, y), wired from ``source``."""
    document, layer_id = edits.add_layer(document, kind, x, y - CARD_HEIGHT / 2)
    return edits.connect(document, source, layer_id), layer_id


def add_before(
    document: Document, kind: str, target: str, port: int, x: float, y: float
) -> tuple[Document, str]:
    """A new layer whose output is at (x, y), wired to an input of ``target``."""
    width = arrange.card_width(kind)
    document, layer_id = edits.add_layer(document, kind, x - width, y - CARD_HEIGHT / 2)
    return edits.connect(document, layer_id, target, port), layer_id


def arranged(document: Document, ids: frozenset[str] | None) -> Document:
    """The layers (all if ``ids`` is None) at tidy places."""
    return edits.move(document, arrange.arrange(document, ids))


def nudged(document: Document, ids: frozenset[str], dx: float, dy: float) -> Document:
    """Layers moved by (dx, dy)."""
    chosen = [document.layer(layer_id) for layer_id in ids]
    return edits.move(document, {one.id: (one.x + dx, one.y + dy) for one in chosen})
