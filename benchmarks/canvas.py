"""How smooth the canvas is with many cards: ``python -m benchmarks.canvas [--layers 500]``.

Prints the median and the slowest time of one step of each, drawn without a screen. A frame of a
60 Hz screen is 16.7 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from nn_designer.app.canvas import CanvasView
from nn_designer.app.canvas.card import CardItem
from nn_designer.app.store import Store
from nn_designer.app.theme import ThemeManager
from nn_designer.design import edits
from nn_designer.design.document import Document, Layer, Wire

STEPS = 15
COLUMNS = 25
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def big_document(count: int) -> Document:
    """A chain of ``count`` layers in rows of 25."""
    layers = [Layer("input_1", "input", "Input", {"shape": (8,)}, 0, 0)]
    for number in range(1, count):
        place = number % COLUMNS * 280, number // COLUMNS * 160
        layers.append(Layer(f"dense_{number}", "dense", f"Dense {number}", {"units": 16}, *place))
    wires = [Wire(a.id, b.id) for a, b in itertools.pairwise(layers)]
    return Document(layers=tuple(layers), wires=tuple(wires))


def measure(name: str, step: Callable[[int], object]) -> None:
    """Times of ``step(number)`` with everything that it makes Qt do."""
    times_ms = []
    for number in range(STEPS):
        start = time.perf_counter()
        step(number)
        QApplication.processEvents()
        times_ms.append((time.perf_counter() - start) * 1e3)
    _print(name, times_ms)


def _print(name: str, times_ms: list[float]) -> None:
    print(f"{name:32s} median {statistics.median(times_ms):6.1f} ms   max {max(times_ms):6.1f} ms")


def send_mouse(canvas: CanvasView, kind: QEvent.Type, at: QPoint) -> None:
    """A press, move or release of the left button."""
    where = QPointF(at), QPointF(canvas.viewport().mapToGlobal(at))
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
    buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
    event = QMouseEvent(kind, *where, button, buttons, NO_KEYS)
    QApplication.sendEvent(canvas.viewport(), event)


def measure_drag(name: str, canvas: CanvasView, start: QPoint) -> None:
    """Press at ``start``, drag, release: the steps, and the release with its edit."""
    send_mouse(canvas, QEvent.Type.MouseButtonPress, start)
    measure(
        name,
        lambda number: send_mouse(
            canvas, QEvent.Type.MouseMove, start + QPoint(20 + number * 7, 15 + number * 5)
        ),
    )
    begin = time.perf_counter()
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, start + QPoint(120, 90))
    QApplication.processEvents()
    print(f"{'    its release':32s} {(time.perf_counter() - begin) * 1e3:13.1f} ms")


def measure_begin_of_wire(name: str, canvas: CanvasView, card: CardItem) -> None:
    """The first movement, at which every card shows whether the wire may end there."""
    port = canvas.mapFromScene(card.pos() + card.output_port())
    times_ms = []
    for _ in range(STEPS):
        start = time.perf_counter()
        send_mouse(canvas, QEvent.Type.MouseButtonPress, port)
        send_mouse(canvas, QEvent.Type.MouseMove, port + QPoint(20, 15))
        QApplication.processEvents()
        times_ms.append((time.perf_counter() - start) * 1e3)
        canvas.mouse.cancel()
        QApplication.processEvents()
    _print(name, times_ms)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--layers", type=int, default=500)
    count = parser.parse_args().layers
    application = QApplication([])
    store = Store(big_document(count))
    canvas = CanvasView(store, ThemeManager())
    canvas.resize(1400, 900)
    canvas.show()
    application.processEvents()
    middle = canvas.canvas_scene.content_rect().center()
    card = min(
        canvas.canvas_scene.cards.values(), key=lambda c: (c.pos() - middle).manhattanLength()
    )
    for zoom in (0.15, 0.3, 0.45, 0.7, 1.0, 2.0):
        canvas.navigator.show(middle, zoom)
        measure(f"repaint all at {zoom:.0%}", lambda _: canvas.viewport().repaint())
        measure(
            f"pan at {zoom:.0%}",
            lambda number: canvas.navigator.pan_by(17 if number % 2 else -17, 9),
        )
    canvas.navigator.show(middle, 0.3)
    measure(
        "zoom with the wheel",
        lambda number: canvas.navigator.wheel(30 if number % 2 else -30, QPoint(500, 400)),
    )
    for zoom in (0.2, 1.0):
        canvas.navigator.show(card.body_in_scene().center(), zoom)
        grip = canvas.mapFromScene(card.pos() + QPointF(100, 30))
        measure_drag(f"drag one card at {zoom:.0%}", canvas, grip)
        store.undo_stack.undo()
    canvas.navigator.show(middle, 0.2)
    nearest = sorted(
        canvas.canvas_scene.cards.values(), key=lambda c: (c.pos() - middle).manhattanLength()
    )
    for part in (nearest[:100], nearest):
        store.select(one.layer_id for one in part)
        grip = canvas.mapFromScene(card.pos() + QPointF(100, 30))
        measure_drag(f"drag {len(part)} cards", canvas, grip)
        store.undo_stack.undo()
    store.select(())
    canvas.navigator.show(card.body_in_scene().center(), 1.0)
    port = canvas.mapFromScene(card.pos() + card.output_port())
    measure_drag("draw a wire at 100%", canvas, port)
    for zoom in (0.33, 0.55, 1.0):
        canvas.navigator.show(card.body_in_scene().center(), zoom)
        measure_begin_of_wire(f"begin a wire at {zoom:.0%}", canvas, card)
    measure(
        "change a setting",
        lambda number: store.edit("Set", edits.set_setting, [card.layer_id], "units", 20 + number),
    )
    canvas.close()


if __name__ == "__main__":
    main()
