"""The dots behind the cards."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from nn_designer.app.canvas.look import GRID

_NEAREST_PX = 18.0


class DotGrid:
    """Dots on the grid; coarser when zoomed out, so that they stay apart on the screen.

    The polygon of one stretch of the plane is kept and moved, so that panning makes no points.
    """

    def __init__(self) -> None:
        self._key: tuple[float, int, int] = (0.0, 0, 0)
        self._dots = QPolygonF()

    def paint(self, painter: QPainter, rect: QRectF, pen: QPen, zoom: float) -> None:
        """Dots in ``rect`` (scene pixels)."""
        step = GRID
        while step * zoom < _NEAREST_PX:
            step *= 2.0
        left = math.floor(rect.left() / step) * step
        top = math.floor(rect.top() / step) * step
        columns = math.ceil((rect.right() - left) / step) + 1
        rows = math.ceil((rect.bottom() - top) / step) + 1
        key = (step, columns, rows)
        if key != self._key:
            self._key = key
            self._dots = QPolygonF(
                [QPointF(i * step, j * step) for i in range(columns) for j in range(rows)]
            )
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.translate(left, top)
        painter.drawPoints(self._dots)
        painter.translate(-left, -top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
