"""A layer's card: one item for all its parts, painted from prepared texts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_designer.app.canvas import card_painting as paint
from nn_designer.app.canvas.card_content import CardContent
from nn_designer.app.canvas.card_layout import CardLayouts
from nn_designer.app.canvas.look import CARD_HEIGHT, Level, Look, level_at
from nn_designer.app.canvas.navigation import MINIMUM_ZOOM
from nn_designer.app.canvas.routing import Box

PORT_SPACING = 20.0
_MARGIN = 9.0  # ports, halo and shadow reach this far beyond the card
_MARK_MARGIN = paint.MARK_RADIUS_PX / MINIMUM_ZOOM + 20.0  # of a problem, on the farthest card


class CardItem(QGraphicsItem):
    """One layer on the canvas. Its position is the top left corner of its place; lower cards stand
    in the middle of it, so that all ports of a row are on one line.

    The marks (selected, hovered, target…) are set by the scene and the gestures; the item never
    changes the document.
    """

    def __init__(self, layer_id: str, content: CardContent, look: Look) -> None:
        super().__init__()
        self.layer_id = layer_id
        self.content = content
        self.look = look
        self.made_from: object = None  # what the content was made from, for the scene
        self.selected = False
        self.target = False  # would take the wire being drawn
        self.dimmed = False  # would not take it
        self.hovered_part = ""  # "", "card", "activation", "output", "input 0"…
        self.used_inputs: frozenset[int] = frozenset()
        self.output_used = False
        self._layouts = CardLayouts(content, look)
        self._bounds = QRectF()
        self.box: Box = (0.0, 0.0, 0.0, 0.0)  # the outline in the scene
        self._measure()

    # ---- what it shows

    def set_content(self, content: CardContent, look: Look) -> None:
        """Take new content or a new theme; repaints only if something differs."""
        if content == self.content and look is self.look:
            return
        self.content = content
        self.look = look
        self._layouts = CardLayouts(content, look)
        self._measure()
        self.update()

    def set_ports_used(self, inputs: frozenset[int], output: bool) -> None:
        """Which ports have a wire."""
        if (inputs, output) != (self.used_inputs, self.output_used):
            self.used_inputs, self.output_used = inputs, output
            self.update()

    def move_to(self, x: float, y: float) -> None:
        """Put the top left corner of the card's place there. Use this, not ``setPos``."""
        self.setPos(x, y)
        self._place_box()

    def _place_box(self) -> None:
        x, y, body = self.x(), self.y(), self.body
        self.box = (x, y + body.top(), x + body.width(), y + body.bottom())

    def set_selected(self, selected: bool) -> None:
        if selected != self.selected:
            self.selected = selected
            self.update()

    def set_hovered(self, part: str) -> None:
        """The part under the mouse: "card", "activation", "output", "input 0" or ""."""
        if part != self.hovered_part:
            self.hovered_part = part
            self.update()

    def set_marks(self, *, target: bool, dimmed: bool) -> None:
        """While a wire is drawn: whether the card is lit as a place where it may end, or faint
        because it may not."""
        if (target, dimmed) != (self.target, self.dimmed):
            self.target, self.dimmed = target, dimmed
            self.update()

    def _measure(self) -> None:
        margin = _MARK_MARGIN if self.content.severity else _MARGIN
        bounds = QRectF(0.0, 0.0, self.content.width, CARD_HEIGHT)
        bounds.adjust(-margin, -margin, margin, margin)
        for badge in self._layouts.badges.values():
            bounds = bounds.united(badge.rect.adjusted(-1, -1, 1, 1))
        spread = (self.content.input_count - 1) * self._spacing() / 2 - CARD_HEIGHT / 2
        if spread > 0:
            bounds.adjust(0, -spread, 0, spread)
        self._place_box()
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    # ---- where its parts are

    @property
    def body(self) -> QRectF:
        """The outline in the item's coordinates."""
        return self._layouts.body

    @property
    def width(self) -> float:
        return self.content.width

    def badge_at(self, zoom: float) -> QRectF:
        """Where the problem is told at a zoom: the sentence, or the mark; null without one."""
        level = level_at(zoom)
        badge = self._layouts.badges.get(level)
        if badge is not None:
            return badge.rect
        if not self.content.severity or level > Level.LARGE:
            return QRectF()
        side = 2 * paint.MARK_RADIUS_PX / zoom
        corner = self.body.topRight()
        return QRectF(corner.x() - side / 2, corner.y() - side / 2, side, side)

    @property
    def badge(self) -> QRectF:
        """Where the sentence of the problem is at full size; null without one."""
        return self.badge_at(1.0)

    @property
    def chip(self) -> QRectF:
        """The activation's place at full size; null if the layer has none."""
        return self.chip_at(1.0)

    def chip_at(self, zoom: float) -> QRectF:
        """The activation's place in the item's coordinates at a zoom; null if it shows none."""
        return self._layouts.at(level_at(zoom)).chip

    def name_at(self, zoom: float) -> QRectF:
        """The name's place in the item's coordinates at a zoom; null if it is not shown."""
        level = level_at(zoom)
        return self._layouts.at(level).name if level > Level.GLYPH else QRectF()

    def body_in_scene(self) -> QRectF:
        return self.body.translated(self.pos())

    def _spacing(self) -> float:
        count = self.content.input_count
        return min(PORT_SPACING, (self.body.height() - 16) / (count - 1)) if count > 1 else 0.0

    def input_port(self, port: int) -> QPointF:
        """Centre of an input in the item's coordinates; merges spread theirs along the side."""
        count = self.content.input_count
        offset = (min(port, max(count - 1, 0)) - (count - 1) / 2) * self._spacing()
        return QPointF(0.0, CARD_HEIGHT / 2 + (offset if count > 1 else 0.0))

    def output_port(self) -> QPointF:
        """Centre of the output in the item's coordinates."""
        return QPointF(self.content.width, CARD_HEIGHT / 2)

    def nearest_input(self, scene_position: QPointF) -> int:
        """The input nearest to a place; 0 if there is only one."""
        y = (scene_position - self.pos()).y()
        ports = range(max(self.content.input_count, 1))
        return min(ports, key=lambda port: abs(self.input_port(port).y() - y))

    # ---- Qt

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.body)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        look = self.look.faded if self.dimmed else self.look
        content, layouts = self.content, self._layouts
        zoom = painter.worldTransform().m11()
        scale = zoom * painter.device().devicePixelRatioF()
        level = level_at(zoom)
        if level < Level.LARGE:
            marks = self.selected, self.target
            paint.paint_block(painter, look, content, layouts, level, marks, scale)
        else:
            paint.paint_body(painter, look, content, layouts, level)
            hovered = self.hovered_part == "activation"
            inside = layouts.at(level)
            paint.paint_inside(painter, look, content, inside, level, scale, hovered)
            self._paint_border(painter, look)
            self._paint_ports(painter, look)
        badge = layouts.badges.get(level)
        if badge is not None:
            paint.paint_badge(painter, look, content.severity, badge)
        elif content.severity:
            corner = layouts.body.topRight()
            radius = paint.MARK_RADIUS_PX / zoom
            paint.paint_mark(painter, look, content.severity, corner, radius)

    def _paint_border(self, painter: QPainter, look: Look) -> None:
        outline = self._layouts.outline
        if self.target:
            paint.paint_target(painter, look, outline)
        else:
            severity, hovered = self.content.severity, bool(self.hovered_part)
            paint.paint_border(painter, look, outline, severity, self.selected, hovered)

    def _paint_ports(self, painter: QPainter, look: Look) -> None:
        for port in range(self.content.input_count):
            state = "hovered" if self.hovered_part == f"input {port}" else ""
            used = port in self.used_inputs
            paint.paint_port(painter, look, self.input_port(port), used, state)
        if self.content.has_output:
            state = "hovered" if self.hovered_part == "output" else ""
            paint.paint_port(painter, look, self.output_port(), self.output_used, state)
