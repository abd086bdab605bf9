"""What the canvas's actions do: one method for each, each edit one undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QCursor

from nn_designer.app.canvas import clipboard, steps
from nn_designer.design import edits
from nn_designer.layers import KINDS

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView

_CASCADE = 24.0


class Commands:
    """The commands of one canvas. Those that need a selection do nothing without one."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._store = canvas.store
        self._last_paste: tuple[str, QPointF] | None = None

    def edit_adding(self, text: str, function: Callable[..., Any], *arguments: Any) -> bool:
        """An edit that makes layers: they are selected afterwards."""
        before = frozenset(self._store.document.by_id)
        if not self._store.edit(text, function, *arguments):
            return False
        added = frozenset(self._store.document.by_id) - before
        self._canvas.canvas_scene.select_wires(())
        self._store.select(added)
        return True

    # ---- clipboard and deletion

    def copy(self) -> None:
        if self._store.selection:
            clipboard.put(edits.copy(self._store.document, self._store.selection))
            count = len(self._store.selection)
            self._store.noted.emit("1 layer copied." if count == 1 else f"{count} layers copied.")

    def cut(self) -> None:
        if self._store.selection:
            clipboard.put(edits.copy(self._store.document, self._store.selection))
            self._store.edit("Cut", edits.delete, self._store.selection)

    def paste(self) -> None:
        """At the mouse if it is over the canvas, else in the middle; again: a little beside."""
        clip = clipboard.get()
        if clip is None:
            self._store.noted.emit("The clipboard holds no layers. Copy some first.")
            return
        at = self._paste_position()
        if self._last_paste is not None and self._last_paste[0] == clip:
            last = self._last_paste[1]
            if (last - at).manhattanLength() < 4 * _CASCADE:
                at = last + QPointF(_CASCADE, _CASCADE)
        if self.edit_adding("Paste", edits.paste, clip, at.x(), at.y()):
            self._last_paste = (clip, at)

    def _paste_position(self) -> QPointF:
        viewport = self._canvas.viewport()
        mouse = viewport.mapFromGlobal(QCursor.pos())
        middle = viewport.rect().center()
        place = mouse if viewport.rect().contains(mouse) and viewport.underMouse() else middle
        return self._canvas.mapToScene(place)

    def duplicate(self) -> None:
        if self._store.selection:
            self.edit_adding("Duplicate", edits.duplicate, self._store.selection)

    def delete(self) -> None:
        """The selected layers and wires."""
        chosen, wires = self._store.selection, self._canvas.canvas_scene.selected_wires
        if chosen or wires:
            self._store.edit("Delete", edits.delete, chosen, wires)

    def delete_healing(self) -> None:
        """The selected layers; the wire through a chain is closed again."""
        chosen, wires = self._store.selection, self._canvas.canvas_scene.selected_wires
        if chosen or wires:
            self._store.edit("Delete and reconnect", edits.delete_healing, chosen, wires)

    # ---- selection

    def select_all(self) -> None:
        self._store.select(self._store.document.by_id)

    def select_none(self) -> None:
        self._store.select(())
        self._canvas.canvas_scene.select_wires(())

    def select_next(self) -> None:
        """The layer after the selected one, along the network."""
        self._select_beside(1)

    def select_previous(self) -> None:
        self._select_beside(-1)

    def _select_beside(self, step: int) -> None:
        document = self._store.document
        order = [*document.order, *(i for i in document.by_id if i not in document.order)]
        if not order:
            return
        chosen = [place for place, i in enumerate(order) if i in self._store.selection]
        if not chosen:
            place = 0 if step > 0 else len(order) - 1
        else:
            place = (chosen[-1 if step > 0 else 0] + step) % len(order)
        self._store.select((order[place],))
        self._canvas.reveal(order[place])

    # ---- view

    def zoom_in(self) -> None:
        self._canvas.navigator.zoom_in()

    def zoom_out(self) -> None:
        self._canvas.navigator.zoom_out()

    def zoom_reset(self) -> None:
        self._canvas.navigator.set_zoom(1.0)

    def fit(self) -> None:
        """Show everything; it stays in sight when the window changes its size."""
        rect = self._canvas.canvas_scene.content_rect()
        self._canvas.navigator.glide(rect, self._canvas.animation_ms)
        self._canvas.navigator.fitted = True

    def fit_at_once(self) -> None:
        """As :meth:`fit`, for a view that nobody has looked at yet."""
        self._canvas.navigator.fit(self._canvas.canvas_scene.content_rect())
        self._canvas.navigator.fitted = True

    def keep_in_sight(self, added: Iterable[str]) -> None:
        """New layers are seen; if all was in sight before, all is now."""
        navigator, scene = self._canvas.navigator, self._canvas.canvas_scene
        if not navigator.fitted:
            navigator.reveal(scene.content_rect(added))
        elif not self._canvas.shown_rect().contains(scene.content_rect()):
            self.fit()

    def fit_selection(self) -> None:
        chosen = self._store.selection or None
        rect = self._canvas.canvas_scene.content_rect(chosen)
        self._canvas.navigator.glide(rect, self._canvas.animation_ms)

    # ---- layers

    def arrange(self) -> None:
        """Several selected layers, or all: into tidy columns; then everything is shown."""
        chosen = self._store.selection if len(self._store.selection) > 1 else None
        if self._store.edit("Arrange", steps.arranged, chosen) and chosen is None:
            self.fit()

    def connect(self) -> None:
        """One selected layer: choose from a list where its wire leads. Two: wire them."""
        document = self._store.document
        chosen = [layer for layer in document.layers if layer.id in self._store.selection]
        if len(chosen) == 1:
            self._canvas.reveal(chosen[0].id)
            self._canvas.open_layer_chooser(chosen[0].id)
        elif len(chosen) == 2:
            first, second = (one.id for one in sorted(chosen, key=lambda layer: layer.x))
            if edits.can_connect(document, first, second) is not None and (
                edits.can_connect(document, second, first) is None
            ):
                first, second = second, first
            self._store.edit("Connect", edits.connect, first, second)
        else:
            self._store.noted.emit("Select the layer that the wire leaves, or two layers.")

    def activation(self) -> None:
        """The curves to choose from, for the selected layer."""
        if len(self._store.selection) == 1:
            layer_id = next(iter(self._store.selection))
            self._canvas.reveal(layer_id)
            self._canvas.open_activation_menu(layer_id)

    def rename(self) -> None:
        """The selected layer, if it is one."""
        if len(self._store.selection) == 1:
            self._canvas.rename(next(iter(self._store.selection)))
        else:
            self._store.noted.emit("Select the layer to rename, one only.")

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selection; a run of presses is one undo step."""
        if self._store.selection:
            key = "nudge " + " ".join(sorted(self._store.selection))
            usual_ms = self._canvas.animation_ms
            self._canvas.animation_ms = 0  # a key held down moves faster than cards glide
            self._store.edit("Move", steps.nudged, self._store.selection, dx, dy, merge_key=key)
            self._canvas.animation_ms = usual_ms

    def quick_add(self) -> None:
        """The list of layers: what is chosen goes behind the selected layer, wired; without one
        to the mouse or, if that is elsewhere, to the end of the network."""
        chosen = self._store.selection
        viewport = self._canvas.viewport()
        at = viewport.mapFromGlobal(QCursor.pos())
        if not chosen and viewport.rect().contains(at) and viewport.underMouse():
            self._canvas.open_quick_add(at)
        else:
            self._canvas.open_quick_append(next(iter(chosen)) if len(chosen) == 1 else None)

    def add(self, kind: str, at: QPoint) -> None:
        """A layer with the middle of its card at a place of the viewport."""
        place = self._canvas.mapToScene(at)
        self.edit_adding(f"Add {KINDS[kind].title}", steps.add_at, kind, place.x(), place.y())
