"""Gestures: one object owns the mouse from press to release and ends in at most one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from nn_designer.app.canvas.card import CardItem
from nn_designer.app.canvas.look import CARD_HEIGHT, GRID
from nn_designer.app.canvas.scene import Hit
from nn_designer.design import edits
from nn_designer.design.document import Document, Wire
from nn_designer.layers import KINDS

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView

Modifiers = Qt.KeyboardModifier
ALIGN_REACH_PX = 7.0
SPLICE_REACH = 26.0
"""How near (in card pixels) the middle of a card must come to a wire to go into it."""
MANY_CARDS = 12
"""More are dragged as pictures."""


class Gesture:
    """Base. ``origin`` is where the button went down, in viewport pixels."""

    hint = ""

    def __init__(self, canvas: CanvasView, origin: QPoint) -> None:
        self.canvas = canvas
        self.scene = canvas.canvas_scene
        self.store = canvas.store
        self.origin = origin
        self.start = canvas.mapToScene(origin)
        self.moving = False

    def move(self, at: QPoint, modifiers: Modifiers) -> None:
        """The mouse went to ``at`` (viewport pixels). Small trembling is not a drag."""
        if not self.moving:
            if (at - self.origin).manhattanLength() < QApplication.startDragDistance():
                return
            self.moving = True
            self.canvas.hinted.emit(self.hint)
            self.begin(modifiers)
        self.drag(at, modifiers)

    def release(self, at: QPoint, modifiers: Modifiers) -> None:
        """The button came up: finish the drag, or act as a click."""
        if self.moving:
            self.drag(at, modifiers)
            self.finish(at, modifiers)
        else:
            self.click(at, modifiers)
        self.clear()

    def cancel(self) -> None:
        """Escape, or the window lost the mouse: leave everything as it was."""
        if self.moving:
            self.abandon()
        self.clear()

    def clear(self) -> None:
        if self.moving:
            self.canvas.hinted.emit("")
        self.tidy()

    # What a gesture fills in.

    def begin(self, modifiers: Modifiers) -> None: ...

    def drag(self, at: QPoint, modifiers: Modifiers) -> None: ...

    def finish(self, at: QPoint, modifiers: Modifiers) -> None: ...

    def click(self, at: QPoint, modifiers: Modifiers) -> None: ...

    def abandon(self) -> None: ...

    def tidy(self) -> None: ...


class Pan(Gesture):
    """Middle button, or Space and the left one: move the picture."""

    hint = "Moving the view"

    def __init__(self, canvas: CanvasView, origin: QPoint) -> None:
        super().__init__(canvas, origin)
        self._last = origin

    def begin(self, modifiers: Modifiers) -> None:
        self.canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def drag(self, at: QPoint, modifiers: Modifiers) -> None:
        step = at - self._last
        self._last = at
        self.canvas.navigator.pan_by(step.x(), step.y())


class SelectArea(Gesture):
    """A marquee from empty canvas. Shift adds to the selection, Ctrl toggles."""

    hint = "Selecting: Shift adds, Ctrl toggles"

    def begin(self, modifiers: Modifiers) -> None:
        self._before = self.store.selection
        self.scene.select_wires(())

    def drag(self, at: QPoint, modifiers: Modifiers) -> None:
        rect = QRectF(self.start, self.canvas.mapToScene(at)).normalized()
        self.scene.marquee.draw(rect)
        self.store.select(combined(self._before, self.scene.cards_in(rect), modifiers))

    def click(self, at: QPoint, modifiers: Modifiers) -> None:
        if not modifiers & (Modifiers.ShiftModifier | Modifiers.ControlModifier):
            self.store.select(())
            self.scene.select_wires(())

    def abandon(self) -> None:
        self.store.select(self._before)

    def tidy(self) -> None:
        self.scene.marquee.setVisible(False)


def combined(
    before: frozenset[str], chosen: frozenset[str], modifiers: Modifiers
) -> frozenset[str]:
    """The selection after choosing: replaced, with Shift added, with Ctrl toggled."""
    if modifiers & Modifiers.ControlModifier:
        return before ^ chosen
    if modifiers & Modifiers.ShiftModifier:
        return before | chosen
    return chosen


class MoveCards(Gesture):
    """A press on a card: a click selects (or opens the activation menu), a drag moves.

    The cards follow the mouse; the document changes once, on release. A single card without
    wires goes into the wire that it is dropped on.
    """

    hint = "Moving: Shift snaps to the grid, Esc cancels"

    def __init__(self, canvas: CanvasView, origin: QPoint, hit: Hit, modifiers: Modifiers) -> None:
        super().__init__(canvas, origin)
        assert hit.card is not None
        self._card: CardItem = hit.card
        self._hit = hit
        self._was_selected = hit.card.layer_id in self.store.selection
        self._places: dict[str, QPointF] = {}
        self._splice: Wire | None = None
        self.scene.select_wires(())
        self.scene.raise_card(self._card)
        extending = modifiers & (Modifiers.ShiftModifier | Modifiers.ControlModifier)
        if not self._was_selected:
            chosen = frozenset((self._card.layer_id,))
            self.store.select(self.store.selection | chosen if extending else chosen)

    def click(self, at: QPoint, modifiers: Modifiers) -> None:
        layer_id = self._card.layer_id
        if self._was_selected and modifiers & Modifiers.ControlModifier:
            self.store.select(self.store.selection - {layer_id})
        elif self._was_selected and not modifiers & Modifiers.ShiftModifier:
            self.store.select((layer_id,))
        if self._hit.part == "activation" and not modifiers & (
            Modifiers.ShiftModifier | Modifiers.ControlModifier
        ):
            self.canvas.open_activation_menu(layer_id)

    def begin(self, modifiers: Modifiers) -> None:
        cards = self.scene.cards
        self._places = {i: QPointF(cards[i].pos()) for i in self.store.selection if i in cards}
        self._others = [c for i, c in cards.items() if i not in self._places]
        self._may_splice = self._is_free()
        if len(self._places) > MANY_CARDS:  # a picture of each card takes a third of the time
            self.scene.keep_pictures(True)
        self.canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def _is_free(self) -> bool:
        if len(self._places) != 1:
            return False
        layer = self.store.document.layer(self._card.layer_id)
        kind = KINDS.get(layer.kind)
        wired = self.store.document.incoming(layer.id) or self.store.document.outgoing(layer.id)
        return kind is not None and not wired and kind.has_output and kind.maximum_inputs != 0

    def drag(self, at: QPoint, modifiers: Modifiers) -> None:
        shift = self.canvas.mapToScene(at) - self.start
        place = self._places[self._card.layer_id] + shift
        guides: list[QLineF] = []
        if modifiers & Modifiers.ShiftModifier:
            place = QPointF(round(place.x() / GRID) * GRID, round(place.y() / GRID) * GRID)
        else:
            place, guides = self._aligned(place)
        self.scene.guides.draw(guides)
        shift = place - self._places[self._card.layer_id]
        for layer_id, start in self._places.items():
            self.scene.cards[layer_id].move_to(start.x() + shift.x(), start.y() + shift.y())
        self.scene.drag_wires(self._places)
        if self._may_splice:
            self._look_for_wire(place)

    def _look_for_wire(self, place: QPointF) -> None:
        middle = place + QPointF(self._card.width / 2, CARD_HEIGHT / 2)
        item = self.scene.wire_at(middle, SPLICE_REACH, without=self._places)
        wire = item.wire if item is not None else None
        if wire != self._splice:
            self._light(False)
            self._splice = wire
            self._light(True)
            self.canvas.hinted.emit(
                "Release to put the layer into this wire" if wire else self.hint
            )

    def _light(self, on: bool) -> None:
        if self._splice is not None and self._splice in self.scene.wires:
            self.scene.wires[self._splice].set_marks(target=on)

    def _aligned(self, place: QPointF) -> tuple[QPointF, list[QLineF]]:
        """Snap to cards whose top or left is nearly the same, with lines that show it."""
        reach = ALIGN_REACH_PX / self.canvas.navigator.zoom
        x, y = place.x(), place.y()
        lines: list[QLineF] = []
        row = min(self._others, key=lambda c: abs(c.y() - y), default=None)
        if row is not None and abs(row.y() - y) <= reach:
            y = row.y()
            same = [c for c in self._others if abs(c.y() - y) < 0.5]
            middle = y + CARD_HEIGHT / 2
            near = min(same, key=lambda other: abs(other.x() - x))
            left, right = min(near.x(), x), max(near.x() + near.width, x + self._card.width)
            lines.append(QLineF(left - 10, middle, right + 10, middle))
        column = min(self._others, key=lambda c: abs(c.x() - x), default=None)
        if column is not None and abs(column.x() - x) <= reach:
            x = column.x()
            same = [c.y() for c in self._others if abs(c.x() - x) < 0.5]
            near = min(same, key=lambda other: abs(other - y))
            lines.append(QLineF(x, min(near, y) - 10, x, max(near, y) + CARD_HEIGHT + 10))
        return QPointF(x, y), lines

    def finish(self, at: QPoint, modifiers: Modifiers) -> None:
        cards = self.scene.cards
        places = {i: (cards[i].x(), cards[i].y()) for i in self._places}
        splice = self._splice
        self._light(False)
        self._splice = None
        if splice is not None:
            layer_id = self._card.layer_id

            def move_and_splice(document: Document) -> Document:
                return edits.splice_layer(edits.move(document, places), layer_id, splice)

            done = self.store.edit("Insert on wire", move_and_splice)
        else:
            done = self.store.edit("Move", edits.move, places)
        if not done:
            self.abandon()

    def abandon(self) -> None:
        self._light(False)
        document = self.store.document
        for layer_id in self._places:
            layer = document.get(layer_id)
            if layer is not None:
                self.scene.cards[layer_id].move_to(layer.x, layer.y)
        self.scene.place_wires(self._places)

    def tidy(self) -> None:
        self.scene.guides.draw([])
        if len(self._places) > MANY_CARDS:
            self.scene.keep_pictures(False)
