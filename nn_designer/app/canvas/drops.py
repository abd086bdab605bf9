"""Layers dragged in from the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint

from nn_designer.app.canvas import steps
from nn_designer.app.canvas.wire import WireItem
from nn_designer.design import edits
from nn_designer.layers import KINDS

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView

KIND_MIME = "application/x-nn-designer-kind"
"""Mime type of a dragged layer kind; the data is the kind's key in UTF-8."""
WIRE_REACH = 26.0


def kind_in(mime: QMimeData) -> str | None:
    """The key of the layer kind that is being dragged, or None."""
    if not mime.hasFormat(KIND_MIME):
        return None
    key = bytes(mime.data(KIND_MIME).data()).decode("utf-8", errors="replace")
    return key if key in KINDS else None


class PaletteDrop:
    """A layer kind over the canvas: shows where it would land and lights the wire under it."""

    def __init__(self, canvas: CanvasView, kind: str) -> None:
        self._canvas = canvas
        self._scene = canvas.canvas_scene
        self._kind = kind
        self._wire: WireItem | None = None
        self._fits_wire = KINDS[kind] in steps.kinds_inside()

    def move(self, at: QPoint) -> None:
        """The mouse is at ``at`` (viewport pixels)."""
        position = self._canvas.mapToScene(at)
        self._scene.ghost.draw(self._kind, position)
        found = self._scene.wire_at(position, WIRE_REACH) if self._fits_wire else None
        if found is not self._wire:
            self._light(False)
            self._wire = found
            self._light(True)
        title = KINDS[self._kind].title
        self._canvas.hinted.emit(
            f"Release to put {title} into this wire" if found else f"Release to add {title}"
        )

    def _light(self, on: bool) -> None:
        if self._wire is not None:
            self._wire.set_marks(target=on)

    def leave(self) -> None:
        """The mouse left the canvas, or the drag was cancelled."""
        self._light(False)
        self._wire = None
        self._scene.ghost.setVisible(False)
        self._canvas.hinted.emit("")

    def drop(self, at: QPoint) -> None:
        """The button was released."""
        self.move(at)
        item = self._wire
        self.leave()
        title = KINDS[self._kind].title
        if item is not None:
            self._canvas.commands.edit_adding(
                f"Insert {title}", edits.insert_on_wire, self._kind, item.wire
            )
            return
        position = self._canvas.mapToScene(at)
        self._canvas.commands.edit_adding(
            f"Add {title}", steps.add_at, self._kind, position.x(), position.y()
        )
