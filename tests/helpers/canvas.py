"""A canvas with a store, and a mouse to use it with."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nn_designer.app.canvas import CanvasView
from nn_designer.app.canvas.drops import KIND_MIME
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.data.choice import DataChoice
from nn_designer.design import edits
from nn_designer.design.document import Document, Wire

LEFT = Qt.MouseButton.LeftButton
POPUPS_OFFSCREEN = "This plugin does not support (raise|grabbing the keyboard)"
"""What Qt says when a popup opens without a screen."""
NONE = Qt.KeyboardModifier.NoModifier


def chain(*kinds: str, gap: float = 260.0) -> Document:
    """Layers from left to right, each wired to the next: ids "input_1", "dense_1"…"""
    document = Document(data=DataChoice("circles", {}))
    before = None
    for place, kind in enumerate(kinds):
        document, layer_id = edits.add_layer(document, kind, 40.0 + place * gap, 60.0)
        if before is not None:
            document = edits.connect(document, before, layer_id)
        before = layer_id
    return document


def loose(*kinds: str, gap: float = 260.0) -> Document:
    """Layers from left to right without wires."""
    document = Document(data=DataChoice("circles", {}))
    for place, kind in enumerate(kinds):
        document, _ = edits.add_layer(document, kind, 40.0 + place * gap, 60.0)
    return document


def open_canvas(qtbot: QtBot, document: Document) -> Hand:
    """A canvas that shows (0, 0) near its top left, at 100 %."""
    canvas = CanvasView(Store(document), ThemeManager())
    qtbot.addWidget(canvas)
    canvas.animation_ms = 0  # what is tested is where things end up
    canvas.resize(1200, 700)
    canvas.show()
    canvas.activateWindow()  # shortcuts act in the active window only
    canvas.setFocus()
    with qtbot.waitActive(canvas):
        pass
    canvas.navigator.show(QPointF(560, 300), 1.0)
    return Hand(canvas)


class Hand:
    """The person's hand: acts on the canvas with real events at places in the scene."""

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.store: Store = canvas.store
        self.scene = canvas.canvas_scene

    # ---- places

    def at(self, place: QPointF) -> QPoint:
        return self.canvas.mapFromScene(place)

    def card(self, layer_id: str, dx: float = 100.0, dy: float = 30.0) -> QPointF:
        """A place on a card; the middle of its heading if not said."""
        return self.scene.cards[layer_id].pos() + QPointF(dx, dy)

    def output(self, layer_id: str) -> QPointF:
        card = self.scene.cards[layer_id]
        return card.pos() + card.output_port()

    def input(self, layer_id: str, port: int = 0) -> QPointF:
        card = self.scene.cards[layer_id]
        return card.pos() + card.input_port(port)

    def wire(self, source: str, target: str, port: int = 0) -> Wire:
        return next(
            wire
            for wire in self.scene.wires
            if (wire.source, wire.target, wire.port) == (source, target, port)
        )

    def middle(self, source: str, target: str, port: int = 0) -> QPointF:
        return self.scene.wires[self.wire(source, target, port)].middle

    # ---- mouse and keys

    def click(
        self, place: QPointF, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        QTest.mouseClick(self.canvas.viewport(), button, modifiers, self.at(place))

    def double_click(self, place: QPointF) -> None:
        QTest.mouseDClick(self.canvas.viewport(), LEFT, NONE, self.at(place))

    def press(
        self, place: QPointF, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        QTest.mousePress(self.canvas.viewport(), button, modifiers, self.at(place))

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """With the left button down. QTest's own move knows no modifiers."""
        at = self.at(place)
        viewport = self.canvas.viewport()
        where = QPointF(at), QPointF(viewport.mapToGlobal(at))
        event = QMouseEvent(QEvent.Type.MouseMove, *where, Qt.MouseButton.NoButton, LEFT, modifiers)
        QApplication.sendEvent(viewport, event)

    def hover(self, place: QPointF) -> None:
        QTest.mouseMove(self.canvas.viewport(), self.at(place))

    def release(
        self, place: QPointF, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        QTest.mouseRelease(self.canvas.viewport(), button, modifiers, self.at(place))

    def drag(
        self, start: QPointF, end: QPointF, modifiers: Qt.KeyboardModifier = NONE, steps: int = 4
    ) -> None:
        """Press at ``start``, move in some steps, release at ``end``."""
        self.press(start, modifiers)
        for step in range(1, steps + 1):
            self.move(start + (end - start) * (step / steps), modifiers)
        self.release(end, modifiers)

    def key(self, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.canvas, key, modifiers)

    def wheel(self, place: QPointF, delta: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Turn the wheel; 120 is a notch."""
        at = QPointF(self.at(place))
        event = QWheelEvent(
            at,
            QPointF(self.canvas.viewport().mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas.viewport(), event)

    # ---- drag and drop: the offscreen platform has no drags of its own, so the events that a
    # drag sends to the canvas are sent here

    def drag_in(self, mime: QMimeData, place: QPointF) -> bool:
        """A drag enters and hovers at ``place``; whether the canvas would take it."""
        at, viewport = self.at(place), self.canvas.viewport()
        copy = Qt.DropAction.CopyAction
        enter = QDragEnterEvent(at, copy, mime, LEFT, NONE)
        QApplication.sendEvent(viewport, enter)
        if not enter.isAccepted():
            return False
        moved = QDragMoveEvent(at, copy, mime, LEFT, NONE)
        QApplication.sendEvent(viewport, moved)
        return moved.isAccepted()

    def drag_out(self) -> None:
        QApplication.sendEvent(self.canvas.viewport(), QDragLeaveEvent())

    def drop(self, mime: QMimeData, place: QPointF) -> None:
        """A drag enters, hovers and is released at ``place``."""
        if self.drag_in(mime, place):
            event = QDropEvent(QPointF(self.at(place)), Qt.DropAction.CopyAction, mime, LEFT, NONE)
            QApplication.sendEvent(self.canvas.viewport(), event)

    # ---- what the document says

    @property
    def wires(self) -> set[tuple[str, str, int]]:
        return {(wire.source, wire.target, wire.port) for wire in self.store.document.wires}

    @property
    def ids(self) -> list[str]:
        return [layer.id for layer in self.store.document.layers]

    def position(self, layer_id: str) -> tuple[float, float]:
        layer = self.store.document.layer(layer_id)
        return layer.x, layer.y


def dragged(kind: str) -> QMimeData:
    """What the palette puts on a drag."""
    mime = QMimeData()
    mime.setData(KIND_MIME, kind.encode("utf-8"))
    return mime
