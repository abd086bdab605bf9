"""The mouse on the canvas: starts the gesture that fits, feeds it, and marks what is hovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer

from nn_designer.app.canvas.gestures import Gesture, MoveCards, Pan, SelectArea
from nn_designer.app.canvas.scene import Hit
from nn_designer.app.canvas.wire_gestures import DrawWire, PressWire, grab_input

if TYPE_CHECKING:
    from nn_designer.app.canvas.view import CanvasView

_EDGE_PX = 20
_EDGE_STEP_PX = 14
_NOTHING = Hit("canvas")
_CURSORS = {
    "input": Qt.CursorShape.CrossCursor,
    "output": Qt.CursorShape.CrossCursor,
    "activation": Qt.CursorShape.PointingHandCursor,
    "wire": Qt.CursorShape.PointingHandCursor,
}


class Mouse(QObject):
    """One gesture at a time; between gestures, what is under the mouse is marked.

    All places are viewport pixels. ``panning`` says that Space is held: the left button moves
    the view.
    """

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._gesture: Gesture | None = None
        self._hovered = _NOTHING
        self._at = QPoint()
        self.panning = False
        self._edge_timer = QTimer(self)
        self._edge_timer.setObjectName("canvas_edge_timer")
        self._edge_timer.setInterval(16)
        self._edge_timer.timeout.connect(self._on_edge_timeout)

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None

    def hit(self, at: QPoint) -> Hit:
        """What is at a place."""
        canvas = self._canvas
        return canvas.canvas_scene.hit(canvas.mapToScene(at), canvas.navigator.zoom)

    def press(self, at: QPoint, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        if self._gesture is not None:
            return
        self._canvas.canvas_scene.motion.finish()
        left = button == Qt.MouseButton.LeftButton
        if button == Qt.MouseButton.MiddleButton or (left and self.panning):
            self._gesture = Pan(self._canvas, at)
        elif left:
            self._gesture = self._gesture_at(at, modifiers)

    def _gesture_at(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> Gesture:
        canvas, hit = self._canvas, self.hit(at)
        if hit.wire is not None:
            return PressWire(canvas, at, hit.wire)
        if hit.card is None:
            return SelectArea(canvas, at)
        if hit.part == "output":
            return DrawWire(canvas, at, hit.card, from_output=True)
        if hit.part == "input":
            return grab_input(canvas, at, hit.card, hit.port)
        return MoveCards(canvas, at, hit, modifiers)

    def move(self, at: QPoint, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        self._at = at
        if self._gesture is not None and not buttons:
            self.cancel()  # the release went somewhere else
        if self._gesture is None:
            self.hover(at)
            return
        self._gesture.move(at, modifiers)
        inner = self._canvas.viewport().rect().adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
        scrolls = self._gesture.moving and not isinstance(self._gesture, Pan)
        if scrolls and not inner.contains(at):
            self._edge_timer.start()
        else:
            self._edge_timer.stop()

    def moved_below(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """The view moved or zoomed under the mouse: the gesture goes on from there."""
        if self._gesture is not None:
            self._gesture.move(at, modifiers)

    def release(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if self._gesture is None:
            return
        gesture, self._gesture = self._gesture, None
        self._edge_timer.stop()
        gesture.release(at, modifiers)
        self.hover(at)

    def cancel(self) -> None:
        """Leave the gesture under way, if there is one; nothing was changed."""
        gesture, self._gesture = self._gesture, None
        self._edge_timer.stop()
        if gesture is not None:
            gesture.cancel()

    def hover(self, at: QPoint | None = None) -> None:
        """Mark what is at a place (where the mouse was last, if not said)."""
        if self.panning:
            self._canvas.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            return
        hit = self.hit(self._at if at is None else at)
        self._mark(hit)
        cursor = _CURSORS.get(hit.part, Qt.CursorShape.ArrowCursor)
        self._canvas.viewport().setCursor(cursor)

    def leave(self) -> None:
        """The mouse left the canvas."""
        self._mark(_NOTHING)

    def _mark(self, hit: Hit) -> None:
        before = self._hovered
        if before.card is not None and before.card is not hit.card:
            before.card.set_hovered("")
        if before.wire is not None and before.wire is not hit.wire:
            before.wire.set_marks(hovered=False)
        if hit.card is not None:
            hit.card.set_hovered(hit.hover_name)
        if hit.wire is not None:
            hit.wire.set_marks(hovered=True)
        self._hovered = hit

    def _on_edge_timeout(self) -> None:
        """A drag rests at the edge: the canvas goes on moving below it."""
        if self._gesture is None:
            self._edge_timer.stop()
            return
        room, at = self._canvas.viewport().rect(), self._at
        left, right = at.x() < _EDGE_PX, at.x() > room.width() - _EDGE_PX
        up, down = at.y() < _EDGE_PX, at.y() > room.height() - _EDGE_PX
        navigator = self._canvas.navigator
        navigator.pan_by((left - right) * _EDGE_STEP_PX, (up - down) * _EDGE_STEP_PX)
        self._gesture.move(at, Qt.KeyboardModifier.NoModifier)
