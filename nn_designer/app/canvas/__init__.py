"""The canvas: layer cards and wires, drawn from the store's document, edited by gestures."""

from nn_designer.app.canvas.view import CanvasView

__all__ = ["CanvasView"]
