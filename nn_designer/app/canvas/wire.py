"""Wires: smooth curves with the shape they carry written at the middle."""

from __future__ import annotations

import itertools
import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_designer.app.canvas.look import DETAIL_ZOOM, TEXT_ZOOM, Look
from nn_designer.design.document import Wire

_LABEL_HEIGHT = 16.0
_LARGE_HEIGHT = 24.0
_LABEL_PADDING = 5.0
_LEAST_LINE = 18.0  # of the wire to be seen on each side of its label
_SAMPLES = 24


def wire_path(start: QPointF, end: QPointF) -> QPainterPath:
    """The curve from an output (leaves to the right) to an input (arrives from the left)."""
    dx, dy = end.x() - start.x(), end.y() - start.y()
    reach = max(abs(dx) * 0.5, min(48.0, abs(dy) * 0.5 + 12.0))
    if dx < 0:  # backwards: a wide loop that stays clear of the cards
        reach = min(abs(dx) * 0.6 + 60.0, 260.0)
    path = QPainterPath(start)
    path.cubicTo(start.x() + reach, start.y(), end.x() - reach, end.y(), end.x(), end.y())
    return path


class WireItem(QGraphicsItem):
    """One wire. ``label`` is the shape it carries, "" while that is not known."""

    def __init__(self, wire: Wire, look: Look) -> None:
        super().__init__()
        self.wire = wire
        self.look = look
        self.label = ""
        self.problem = ""
        self.selected = False
        self.hovered = False
        self.target = False  # a layer dropped now would go in here
        self.start = QPointF()
        self.end = QPointF()
        self._path = QPainterPath()
        self._points: list[tuple[float, float]] = []
        self._bounds = QRectF()
        self._label_rect = QRectF()
        self._large_label_rect = QRectF()
        self.setZValue(-1.0)

    def place(self, start: QPointF, end: QPointF) -> None:
        """Draw the curve anew from ``start`` (output) to ``end`` (input), in scene pixels."""
        if start == self.start and end == self.end and not self._path.isEmpty():
            return
        shift = start - self.start
        rigid = not self._path.isEmpty() and shift == end - self.end
        self.start, self.end = QPointF(start), QPointF(end)
        self.prepareGeometryChange()
        self._points = []
        if rigid:  # both cards move alike: hundreds of wires may follow the mouse
            self._path.translate(shift)
            self._bounds.translate(shift)
            self._label_rect.translate(shift)
            self._large_label_rect.translate(shift)
            return
        self._path = wire_path(start, end)
        self._measure_label()
        reach = self._path.controlPointRect().adjusted(-5, -5, 5, 5)
        self._bounds = reach.united(self._label_rect).united(self._large_label_rect)

    def set_content(self, label: str, problem: str, look: Look) -> None:
        """Take a new label, problem or theme; repaints only if something differs."""
        if (label, problem) == (self.label, self.problem) and look is self.look:
            return
        self.label, self.problem, self.look = label, problem, look
        self.prepareGeometryChange()
        self._measure_label()
        self._bounds = self._bounds.united(self._label_rect).united(self._large_label_rect)
        self.update()

    def set_marks(
        self,
        *,
        selected: bool | None = None,
        hovered: bool | None = None,
        target: bool | None = None,
    ) -> None:
        """Change some of the marks; those not named stay."""
        marks = (
            self.selected if selected is None else selected,
            self.hovered if hovered is None else hovered,
            self.target if target is None else target,
        )
        if marks != (self.selected, self.hovered, self.target):
            self.selected, self.hovered, self.target = marks
            self.setZValue(-0.5 if any(marks) else -1.0)
            self.update()

    @property
    def middle(self) -> QPointF:
        """The middle of the curve, in scene pixels."""
        return self._path.pointAtPercent(0.5)

    def distance_to(self, position: QPointF) -> float:
        """How far a place is from the curve, in scene pixels."""
        x, y = position.x(), position.y()
        bounds = self._bounds
        if not bounds.adjusted(-60, -60, 60, 60).contains(position):
            return math.inf
        if not self._points:
            steps = [self._path.pointAtPercent(i / _SAMPLES) for i in range(_SAMPLES + 1)]
            self._points = [(point.x(), point.y()) for point in steps]
        nearest = math.inf
        for (ax, ay), (bx, by) in itertools.pairwise(self._points):
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            share = 0.0 if length == 0 else ((x - ax) * dx + (y - ay) * dy) / length
            share = 0.0 if share < 0.0 else 1.0 if share > 1.0 else share
            nearest = min(nearest, math.hypot(x - ax - share * dx, y - ay - share * dy))
        return nearest

    def _measure_label(self) -> None:
        self._label_rect = self._place_for(self.look.text_metrics, _LABEL_HEIGHT)
        self._large_label_rect = self._place_for(self.look.large_detail_metrics, _LARGE_HEIGHT)

    def _place_for(self, metrics: QFontMetricsF, height: float) -> QRectF:
        """On the line if there is room, else above it; null if even that would touch cards."""
        if not self.label:
            return QRectF()
        advance = metrics.horizontalAdvance(self.label)
        width = advance + 2 * _LABEL_PADDING
        middle = self.middle
        top = middle.y() - height / 2
        length = abs(self.end.x() - self.start.x())
        if abs(self.end.y() - self.start.y()) < 40:
            if advance > length - 4:
                return QRectF()
            if width + 2 * _LEAST_LINE > length:
                top = middle.y() - height - 3
        return QRectF(middle.x() - width / 2, top, width, height)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        return self._path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        look = self.look
        if self.target:
            pen = look.wire_target
        elif self.selected:
            pen = look.wire_selected
        elif self.problem:
            pen = look.wire_failed
        else:
            pen = look.wire_hovered if self.hovered else look.wire
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        zoom = painter.worldTransform().m11()
        if zoom >= DETAIL_ZOOM:
            self._paint_label(painter, self._label_rect, look.text_font)
        elif zoom >= TEXT_ZOOM:
            self._paint_label(painter, self._large_label_rect, look.large_detail_font)

    def _paint_label(self, painter: QPainter, place: QRectF, font: QFont) -> None:
        if place.isNull():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.wire_label)
        painter.drawRoundedRect(place, 5, 5)
        painter.setFont(font)
        painter.setPen(self.look.wire_text)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.label)
