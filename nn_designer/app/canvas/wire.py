"""Wires: smooth curves with the shape they carry written at the middle."""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_designer.app.canvas.look import PORT_RADIUS, Level, Look, Type, level_at
from nn_designer.app.canvas.routing import Box, routed_path
from nn_designer.design.document import Wire

_LABEL_PADDING = 5.0
_LEAST_LINE = 18.0  # of the wire to be seen on each side of its label


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
        self.routed = False  # led around cards
        self._boxes: Sequence[Box] = ()
        self._lane = zlib.crc32(wire.source.encode()) % 3
        self._path = QPainterPath()
        self._points: list[tuple[float, float]] = []
        self._bounds = QRectF()
        self._labels: dict[Level, QRectF] = {}
        self._words: dict[Level, QStaticText] = {}
        self.setZValue(-1.0)

    def place(self, start: QPointF, end: QPointF, boxes: Sequence[Box] = ()) -> None:
        """Draw the curve anew from ``start`` (output) to ``end`` (input), in scene pixels,
        around the cards that may be in its way (:func:`routing.routed_path`)."""
        known = (self.start, self.end, self._boxes)
        if (start, end, boxes) == known and not self._path.isEmpty():
            return
        self.start, self.end, self._boxes = QPointF(start), QPointF(end), boxes
        self.prepareGeometryChange()
        self._points = []
        self._path, self.routed = routed_path(start, end, boxes, self._lane)
        self._measure()

    def shift(self, start: QPointF, end: QPointF) -> bool:
        """Move the curve as it is if both of its ends moved alike: hundreds of wires may follow
        the mouse. False if they did not."""
        step = start - self.start
        if self._path.isEmpty() or step != end - self.end:
            return False
        self.start, self.end = QPointF(start), QPointF(end)
        self.prepareGeometryChange()
        self._points = []
        self._path.translate(step)
        self._bounds.translate(step)
        for place in self._labels.values():
            place.translate(step)
        return True

    def meets(self, boxes: Iterable[Box]) -> bool:
        """Whether one of these cards may be in the wire's way."""
        bounds = self._bounds
        left, top, right, bottom = bounds.left(), bounds.top(), bounds.right(), bounds.bottom()
        return any(
            box[0] < right and box[2] > left and box[1] < bottom and box[3] > top for box in boxes
        )

    def set_content(self, label: str, problem: str, look: Look) -> None:
        """Take a new label, problem or theme; repaints only if something differs."""
        if (label, problem) == (self.label, self.problem) and look is self.look:
            return
        self.label, self.problem, self.look = label, problem, look
        self._words = {}
        self.prepareGeometryChange()
        self._measure()
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
            flat = self._path.toSubpathPolygons()
            self._points = [(point.x(), point.y()) for point in flat[0]] if flat else []
        nearest = math.inf
        for (ax, ay), (bx, by) in itertools.pairwise(self._points):
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            share = 0.0 if length == 0 else ((x - ax) * dx + (y - ay) * dy) / length
            share = 0.0 if share < 0.0 else 1.0 if share > 1.0 else share
            nearest = min(nearest, math.hypot(x - ax - share * dx, y - ay - share * dy))
        return nearest

    def _measure(self) -> None:
        """Where the labels of each level go, and all that is painted."""
        self._labels = {level: self._place_for(type_) for level, type_ in self.look.texts.items()}
        self._bounds = self._path.controlPointRect().adjusted(-5, -5, 5, 5)
        for place in self._labels.values():
            self._bounds = self._bounds.united(place)

    def _place_for(self, type_: Type) -> QRectF:
        """On the line if there is room, else above it; null if even that would touch cards."""
        if not self.label:
            return QRectF()
        advance, height = type_.width(self.label), type_.size_px + 5.0
        width = advance + 2 * _LABEL_PADDING
        middle = self.middle
        top = middle.y() - height / 2
        length = abs(self.end.x() - self.start.x())
        if abs(self.end.y() - self.start.y()) < 40:
            if advance > length - 3 * PORT_RADIUS:
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
        level = level_at(painter.worldTransform().m11())
        place = self._labels.get(level)
        if place is not None and not place.isNull():
            self._paint_label(painter, place, level)

    def _paint_label(self, painter: QPainter, place: QRectF, level: Level) -> None:
        type_ = self.look.texts[level]
        if level not in self._words:
            self._words[level] = type_.prepared(self.label)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.wire_label)
        painter.drawRoundedRect(place, 5, 5)
        painter.setFont(type_.font)
        painter.setPen(self.look.wire_text)
        top = place.center().y() - type_.metrics.height() / 2
        painter.drawStaticText(QPointF(place.x() + _LABEL_PADDING, top), self._words[level])
