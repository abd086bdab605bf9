"""Gestures on ports and wires: draw, re-route, select and cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF

from nn_designer.app.canvas.card import CardItem
from nn_designer.app.canvas.gestures import Gesture, Modifiers
from nn_designer.app.canvas.wire import WireItem
from nn_designer.design import edits
from nn_designer.design.document import Document, Wire

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView

SNAP_REACH_PX = 24.0


class DrawWire(Gesture):
    """From a port to a card, either way round; or an existing wire's end to somewhere else.

    The whole card is the target. Cards that would take the wire are lit, the others are faint,
    and over one of those the reason stands beside the cursor.
    """

    hint = "Drag to a layer, or release on empty canvas to add one; Esc cancels"

    def __init__(
        self,
        canvas: CanvasView,
        origin: QPoint,
        card: CardItem,
        *,
        from_output: bool,
        port: int = 0,
        detached: Wire | None = None,
    ) -> None:
        super().__init__(canvas, origin)
        self._card = card
        self._from_output = from_output
        self._port = port
        self._detached = detached
        self._refusals: dict[tuple[str, int | None], str | None] = {}
        self._target: CardItem | None = None
        self._base: Document = self.store.document

    def begin(self, modifiers: Modifiers) -> None:
        if self._detached is not None:
            self._base = edits.disconnect(self.store.document, self._detached)
            item = self.scene.wires.get(self._detached)
            if item is not None:
                item.setVisible(False)
        if not self._from_output:
            self._base.descendants(self._card.layer_id)  # so that hundreds of sources are quick
        for card in self.scene.cards.values():
            if card is not self._card:
                allowed = self._refusal(card, None) is None
                card.set_marks(target=allowed, dimmed=not allowed)
        self.canvas.viewport().update()  # at once: hundreds of small parts take far longer

    def _refusal(self, card: CardItem, port: int | None) -> str | None:
        """Why the wire may not end at a card (found once), or None if it may."""
        key = (card.layer_id, port)
        if key not in self._refusals:
            source, target = self._ends(card.layer_id)
            port_asked = port if self._from_output else self._port
            self._refusals[key] = edits.can_connect(self._base, source, target, port_asked)
        return self._refusals[key]

    def _ends(self, other: str) -> tuple[str, str]:
        mine = self._card.layer_id
        return (mine, other) if self._from_output else (other, mine)

    def _port_for(self, card: CardItem, at: QPointF) -> int | None:
        """The input meant: a particular one if the mouse is near it, else the next free one."""
        if not self._from_output or card.content.input_count < 2:
            return None
        port = card.nearest_input(at)
        offset = card.pos() + card.input_port(port) - at
        near = offset.manhattanLength() <= SNAP_REACH_PX / self.canvas.navigator.zoom
        return port if near else None

    def drag(self, at: QPoint, modifiers: Modifiers) -> None:
        position = self.canvas.mapToScene(at)
        margin = SNAP_REACH_PX / 2 / self.canvas.navigator.zoom
        card = self.scene.card_at(position, margin)
        if card is self._card:
            card = None
        end, state, reason = position, "", None
        if card is not None:
            port = self._port_for(card, position)
            reason = self._refusal(card, port)
            state = "valid" if reason is None else "invalid"
            if reason is None:
                end = card.pos() + self._port_position(card, port)
        self._set_target(card if state == "valid" else None)
        self.canvas.tip.show_reason(reason or "", at)
        mine = self._card.pos() + (
            self._card.output_port() if self._from_output else self._card.input_port(self._port)
        )
        start, stop = (mine, end) if self._from_output else (end, mine)
        self.scene.preview.draw(start, stop, state, end)

    def _port_position(self, card: CardItem, port: int | None) -> QPointF:
        if not self._from_output:
            return card.output_port()
        if port is None:
            used = card.used_inputs - (
                {self._detached.port}
                if self._detached is not None and self._detached.target == card.layer_id
                else set()
            )
            free = [p for p in range(card.content.input_count) if p not in used]
            port = free[0] if free else 0
        return card.input_port(port)

    def _set_target(self, card: CardItem | None) -> None:
        if card is self._target:
            return
        if self._target is not None:
            self._target.set_hovered("")
        self._target = card
        if card is not None:
            card.set_hovered("card" if self._from_output else "output")

    def finish(self, at: QPoint, modifiers: Modifiers) -> None:
        position = self.canvas.mapToScene(at)
        card = self.scene.card_at(position, SNAP_REACH_PX / 2 / self.canvas.navigator.zoom)
        self.tidy()
        if card is self._card:
            return
        if card is None:
            self._finish_on_empty(at)
            return
        port = self._port_for(card, position)
        reason = self._refusal(card, port)
        if reason is not None:
            self.store.refused.emit(reason)
            return
        source, target = self._ends(card.layer_id)
        port = port if self._from_output else self._port
        detached = self._detached

        def connect(document: Document) -> Document:
            if detached is not None:
                document = edits.disconnect(document, detached)
            return edits.connect(document, source, target, port)

        self.store.edit("Connect" if detached is None else "Re-route wire", connect)

    def _finish_on_empty(self, at: QPoint) -> None:
        if self._detached is not None:
            self.store.edit("Disconnect", edits.disconnect, self._detached)
            return
        self.canvas.open_quick_add(
            at,
            source=self._card.layer_id if self._from_output else None,
            target=None if self._from_output else (self._card.layer_id, self._port),
        )

    def tidy(self) -> None:
        self._set_target(None)
        self.canvas.tip.hide()
        self.scene.preview.setVisible(False)
        for card in self.scene.cards.values():
            card.set_marks(target=False, dimmed=False)
        self.canvas.viewport().update()
        if self._detached is not None and self._detached in self.scene.wires:
            self.scene.wires[self._detached].setVisible(True)


def grab_input(canvas: CanvasView, origin: QPoint, card: CardItem, port: int) -> DrawWire:
    """A press on an input: take the end of its wire if it has one, else draw a new wire back."""
    wires = canvas.store.document.incoming(card.layer_id)
    wire = next((wire for wire in wires if wire.port == port), None)
    if wire is None or wire.source not in canvas.canvas_scene.cards:
        return DrawWire(canvas, origin, card, from_output=False, port=port)
    source = canvas.canvas_scene.cards[wire.source]
    return DrawWire(canvas, origin, source, from_output=True, detached=wire)


class PressWire(Gesture):
    """A press on a wire: a click selects it, with Alt it cuts; a drag takes the nearer end."""

    def __init__(self, canvas: CanvasView, origin: QPoint, item: WireItem) -> None:
        super().__init__(canvas, origin)
        self._wire = item.wire
        self._drawing: DrawWire | None = None
        self._nearer_start = _distance(self.start, item.start) < _distance(self.start, item.end)

    def click(self, at: QPoint, modifiers: Modifiers) -> None:
        if modifiers & Modifiers.AltModifier:
            self.store.edit("Disconnect", edits.disconnect, self._wire)
            return
        if modifiers & (Modifiers.ShiftModifier | Modifiers.ControlModifier):
            self.scene.select_wires(self.scene.selected_wires ^ {self._wire})
            return
        self.store.select(())
        self.scene.select_wires((self._wire,))

    def begin(self, modifiers: Modifiers) -> None:
        cards, wire = self.scene.cards, self._wire
        held = cards[wire.target] if self._nearer_start else cards[wire.source]
        self._drawing = DrawWire(
            self.canvas,
            self.origin,
            held,
            from_output=not self._nearer_start,
            port=wire.port,
            detached=wire,
        )
        self._drawing.moving = True
        self.canvas.hinted.emit(self._drawing.hint)
        self._drawing.begin(modifiers)

    def drag(self, at: QPoint, modifiers: Modifiers) -> None:
        if self._drawing is not None:
            self._drawing.drag(at, modifiers)

    def finish(self, at: QPoint, modifiers: Modifiers) -> None:
        if self._drawing is not None:
            self._drawing.finish(at, modifiers)

    def tidy(self) -> None:
        if self._drawing is not None:
            self._drawing.tidy()


def _distance(a: QPointF, b: QPointF) -> float:
    return (a - b).manhattanLength()
