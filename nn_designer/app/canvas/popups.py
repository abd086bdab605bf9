"""The popups of the canvas: the activation menu of a card, the lists of kinds and of layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from nn_designer.app.activation_menu import ActivationMenu
from nn_designer.app.canvas import steps
from nn_designer.app.canvas.quick_add import LayerChooser, QuickAdd
from nn_designer.design import edits
from nn_designer.design.document import Wire
from nn_designer.engine.activations import ACTIVATIONS
from nn_designer.layers import KINDS, kind_of
from nn_designer.layers.base import LayerKind
from nn_designer.params import Choice

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView


class Popups:
    """Opens them, and turns what is chosen into an edit. All are made once and used again."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self.activation_menu = ActivationMenu(canvas.themes, canvas)
        self.activation_menu.setObjectName("canvas_activation_menu")
        self.quick_add = QuickAdd(canvas.themes, canvas)
        self.layer_chooser = LayerChooser(canvas.themes, canvas)
        self.layer_chooser.chosen.connect(self._on_layer_chosen)
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
        part = chip if not chip.isNull() else card.body
        place = self._canvas.below_card(layer_id, part) + QPoint(0, 4)
        param = kind_of(self._canvas.store.document.layer(layer_id).kind).params["activation"]
        assert isinstance(param, Choice)
        self.activation_menu.open_at(place, card.content.activation, param.choices)

    def open_layer_chooser(self, source: str) -> None:
        """The layers that may take a wire from ``source``, next to its card."""
        document = self._canvas.store.document
        layer = document.layer(source)
        fitting = [
            other
            for other in document.layers
            if edits.can_connect(document, source, other.id) is None
        ]
        if not fitting:
            # Why, in the words of the wire that one would draw first.
            others = [other for other in document.layers if other.id != source]
            reason = edits.can_connect(document, source, others[0].id) if others else None
            self._canvas.store.refused.emit(
                reason or f"There is no other layer to wire {layer.name} to. Add one first."
            )
            return
        # What has no input yet comes first, then what stands nearest behind the layer.
        fitting.sort(
            key=lambda other: (
                bool(document.incoming(other.id)),
                other.x < layer.x,
                abs(other.x - layer.x) + abs(other.y - layer.y),
            )
        )
        self._layer_id = source
        place = self._canvas.below_card(source)
        self.layer_chooser.open_at(place, fitting, f"Wire {layer.name} to")

    def _on_layer_chosen(self, target: str) -> None:
        self._canvas.store.edit("Connect", edits.connect, self._layer_id, target)

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

    def open_quick_append(self, after: str | None) -> None:
        """For a layer wired behind ``after``, or at the end of the network."""
        canvas = self._canvas
        layer = canvas.store.document.get(after) if after is not None else None
        kinds = list(KINDS.values()) if layer is None else steps.kinds_after(layer.kind)
        if layer is not None:
            canvas.reveal(layer.id)
            place = canvas.below_card(layer.id)
        else:
            place = canvas.viewport().mapToGlobal(canvas.viewport().rect().center())

        def add(kind: str) -> None:
            title = f"Add {KINDS[kind].title}"
            canvas.commands.edit_adding(title, edits.append_after, kind, after)

        self._add = add
        self.quick_add.open_at(place, kinds)

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
