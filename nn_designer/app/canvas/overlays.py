"""What gestures draw over the cards: the wire under way, the marquee, guides, the ghost card."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_designer.app.canvas.card_content import CardContent
from nn_designer.app.canvas.card_layout import CardLayouts
from nn_designer.app.canvas.look import CARD_HEIGHT, Level, Look, level_at
from nn_designer.app.canvas.routing import plain_path
from nn_designer.design.arrange import card_width
from nn_designer.layers import KINDS

OVERLAY_Z = 1e9


class Overlay(QGraphicsItem):
    """Base: knows its bounds, lies above everything, is hidden until it is shown."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._bounds = QRectF()
        self.setZValue(OVERLAY_Z)
        self.setVisible(False)

    def _resize(self, bounds: QRectF) -> None:
        self.prepareGeometryChange()
        self._bounds = bounds
        self.setVisible(not bounds.isNull())
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds


class WirePreview(Overlay):
    """The wire being drawn. ``state`` is "", "valid" or "invalid"."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.state = ""
        self._path = QPainterPath()
        self._end = QPointF()

    def draw(self, start: QPointF, end: QPointF, state: str, free_end: QPointF) -> None:
        self._path = plain_path(start, end)
        self.state = state
        self._end = free_end
        self._resize(self._path.controlPointRect().adjusted(-8, -8, 8, 8))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        look = self.look
        pens = {"valid": look.preview_valid, "invalid": look.preview_invalid}
        pen = pens.get(self.state, look.preview)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        painter.setBrush(pen.brush())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(self._end, 4.5, 4.5)


class Marquee(Overlay):
    """The rectangle that selects."""

    def draw(self, rect: QRectF) -> None:
        self._resize(rect.adjusted(-2, -2, 2, 2))
        self.rect = rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setPen(self.look.marquee)
        painter.setBrush(self.look.marquee_fill)
        painter.drawRect(self.rect)


class Guides(Overlay):
    """Lines through cards that are in line with the one being moved."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.lines: list[QLineF] = []

    def draw(self, lines: list[QLineF]) -> None:
        self.lines = lines
        bounds = QRectF()
        for line in lines:
            one = QRectF(line.p1(), line.p2()).normalized().adjusted(-3, -3, 3, 3)
            bounds = bounds.united(one)
        self._resize(bounds)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        pen = QPen(self.look.guide)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.drawLines(self.lines)


class GhostCard(Overlay):
    """Where a layer dragged from the palette would land."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.kind = ""

    def draw(self, kind: str, middle: QPointF) -> None:
        """A card of this kind around ``middle``."""
        self.kind = kind
        width = card_width(kind)
        self.setPos(middle - QPointF(width / 2, CARD_HEIGHT / 2))
        self._resize(QRectF(-3, -3, width + 6, CARD_HEIGHT + 6))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        kind = KINDS[self.kind]
        activation = "linear" if "activation" in kind.params else ""
        width = card_width(self.kind)
        content = CardContent(
            kind.title, self.kind, kind.category, activation=activation, width=width
        )
        body = CardLayouts(content, self.look).body
        painter.setPen(self.look.ghost_border(kind.category))
        painter.setBrush(self.look.ghost_fill(kind.category))
        painter.drawRoundedRect(body, 10, 10)
        level = level_at(painter.worldTransform().m11())
        if level >= Level.MIDDLE:
            # The picture under the cursor is the kind's drawing; its title goes below that.
            painter.setFont(self.look.names[level][0].font)
            painter.setPen(self.look.text)
            place = QRectF(body.x(), body.center().y() + 15, body.width(), 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, kind.title)
