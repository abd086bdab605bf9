"""The two popups of the canvas: the activation menu of a card and the quick-add list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from nn_designer.app.activation_menu import ActivationMenu
from nn_designer.app.canvas import steps
from nn_designer.app.canvas.quick_add import QuickAdd
from nn_designer.design import edits
from nn_designer.design.document import Wire
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.layers import KINDS
from nn_designer.layers.base import LayerKind

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView


class Popups:
    """Opens them, and turns what is chosen into an edit. Both are made once and used again."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self.activation_menu = ActivationMenu(canvas.themes, canvas)
        self.activation_menu.setObjectName("canvas_activation_menu")
        self.quick_add = QuickAdd(canvas.themes, canvas)
        self.activation_menu.chosen.connect(self._on_activation_chosen)
        self.quick_add.chosen.connect(self._on_kind_chosen)
        self._layer_id = ""
        self._add: Callable[[str], None] | None = None

    def open_activation_menu(self, layer_id: str) -> None:
        card = self._canvas.canvas_scene.cards.get(layer_id)
        if card is None or not card.content.activation:
            return
        self._layer_id = layer_id
        chip = card.chip_at(self._canvas.navigator.zoom)
        corner = card.pos() + (chip if not chip.isNull() else card.body).bottomLeft()
        view = self._canvas
        place = view.viewport().mapToGlobal(view.mapFromScene(corner)) + QPoint(0, 4)
        self.activation_menu.open_at(place, card.content.activation)

    def _on_activation_chosen(self, key: str) -> None:
        title = ACTIVATIONS[key].title
        self._canvas.store.edit(
            f"Set activation to {title}", edits.set_setting, self._layer_id, "activation", key
        )

    def open_quick_add(
        self, at: QPoint, *, source: str | None, target: tuple[str, int] | None
    ) -> None:
        commands, place = self._canvas.commands, self._canvas.mapToScene(at)
        kinds: Sequence[type[LayerKind]]
        if source is not None:
            layer = self._canvas.store.document.get(source)
            kinds = steps.kinds_after(layer.kind if layer else None)
            after = source

            def add(kind: str) -> None:
                title = f"Add {KINDS[kind].title}"
                commands.edit_adding(title, steps.add_after, kind, after, place.x(), place.y())

        elif target is not None:
            kinds = steps.kinds_before()
            before, port = target

            def add(kind: str) -> None:
                title = f"Add {KINDS[kind].title}"
                commands.edit_adding(
                    title, steps.add_before, kind, before, port, place.x(), place.y()
                )

        else:
            kinds = list(KINDS.values())

            def add(kind: str) -> None:
                commands.add(kind, at)

        self._open(at, kinds, add)

    def open_quick_add_inside(self, at: QPoint, wire: Wire) -> None:
        """For a layer in the middle of a wire."""
        commands = self._canvas.commands

        def add(kind: str) -> None:
            title = f"Insert {KINDS[kind].title}"
            commands.edit_adding(title, edits.insert_on_wire, kind, wire)

        self._open(at, steps.kinds_inside(), add)

    def _open(
        self, at: QPoint, kinds: Sequence[type[LayerKind]], add: Callable[[str], None]
    ) -> None:
        self._add = add
        self.quick_add.open_at(self._canvas.viewport().mapToGlobal(at), kinds)

    def _on_kind_chosen(self, kind: str) -> None:
        if self._add is not None:
            self._add(kind)
