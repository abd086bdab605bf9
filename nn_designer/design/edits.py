"""Edits: pure functions ``Document → Document``, or an EditError whose sentence says why not.

Edits that make layers return ``(document, id)`` or ``(document, ids)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nn_designer.data.choice import DataChoice
from nn_designer.design.document import Document, Wire


class EditError(ValueError):
    """An edit that can't be made; the text says why and what to do."""


def new_id(document: Document, kind: str) -> str:
    """An id no layer has yet: "dense_1", "dense_2"…"""
    raise NotImplementedError


def add_layer(
    document: Document,
    kind: str,
    x: float = 0.0,
    y: float = 0.0,
    settings: Mapping[str, Any] | None = None,
) -> tuple[Document, str]:
    """A new layer of ``kind``, not wired. Returns the document and the layer's id."""
    raise NotImplementedError


def append_after(document: Document, kind: str, after: str | None = None) -> tuple[Document, str]:
    """A new layer to the right of ``after``, wired to it; a single outgoing wire is spliced.

    With ``after=None``: after the last layer of the network (before its Output).
    """
    raise NotImplementedError


def insert_on_wire(document: Document, kind: str, wire: Wire) -> tuple[Document, str]:
    """A new layer in the middle of a wire."""
    raise NotImplementedError


def splice_layer(document: Document, id: str, wire: Wire) -> Document:
    """Put a layer that is there already into a wire."""
    raise NotImplementedError


def connect(document: Document, source: str, target: str, port: int | None = None) -> Document:
    """A wire from ``source`` to an input of ``target``; the single input of a layer is replaced."""
    raise NotImplementedError


def can_connect(
    document: Document, source: str, target: str, port: int | None = None
) -> str | None:
    """Why :func:`connect` would refuse, or None if it would not."""
    try:
        connect(document, source, target, port)
    except EditError as error:
        return str(error)
    return None


def disconnect(document: Document, wire: Wire) -> Document:
    """Take a wire away."""
    raise NotImplementedError


def delete(document: Document, ids: Iterable[str], wires: Iterable[Wire] = ()) -> Document:
    """Take layers (with all their wires) and wires away."""
    raise NotImplementedError


def delete_healing(document: Document, ids: Iterable[str], wires: Iterable[Wire] = ()) -> Document:
    """As :func:`delete`, and the neighbours of a layer inside a chain are wired to each other."""
    raise NotImplementedError


def move(document: Document, positions: Mapping[str, tuple[float, float]]) -> Document:
    """Put layers at new places, id → (x, y)."""
    raise NotImplementedError


def set_setting(document: Document, ids: str | Iterable[str], name: str, value: Any) -> Document:
    """Change one setting of one or several layers; the value is checked."""
    raise NotImplementedError


def rename(document: Document, id: str, name: str) -> Document:
    """Change the name that people see."""
    raise NotImplementedError


def replace_kind(document: Document, id: str, kind: str) -> Document:
    """Make a layer another kind, keeping its place, its wires and the settings both kinds have."""
    raise NotImplementedError


def duplicate(document: Document, ids: Iterable[str]) -> tuple[Document, tuple[str, ...]]:
    """Copies of layers with the wires among them, a little to the side."""
    raise NotImplementedError


def copy(document: Document, ids: Iterable[str]) -> str:
    """Layers and the wires among them as JSON text for the clipboard."""
    raise NotImplementedError


def paste(
    document: Document, clip: str, x: float | None = None, y: float | None = None
) -> tuple[Document, tuple[str, ...]]:
    """Put copied layers in, their top left corner at (x, y). Returns the new ids."""
    raise NotImplementedError


def set_name(document: Document, name: str) -> Document:
    """Change the design's name."""
    raise NotImplementedError


def set_notes(document: Document, notes: str) -> Document:
    """Change the design's notes."""
    raise NotImplementedError


def set_training(document: Document, name: str, value: Any) -> Document:
    """Change one of the TrainingSettings; choosing another optimizer resets its own settings."""
    raise NotImplementedError


def set_optimizer_setting(document: Document, name: str, value: Any) -> Document:
    """Change one setting of the chosen optimizer."""
    raise NotImplementedError


def set_data(document: Document, choice: DataChoice) -> Document:
    """Choose other data; the layers stay as they are (see adapt.adapt_to_data)."""
    raise NotImplementedError
