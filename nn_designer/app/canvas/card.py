"""A layer's card: one item for all its parts, painted from prepared texts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_designer.app.canvas import card_painting as paint
from nn_designer.app.canvas.card_content import CardContent
from nn_designer.app.canvas.look import (
    BLOCK_TEXT_ZOOM,
    CARD_HEIGHT,
    CARD_WIDTH,
    DETAIL_ZOOM,
    TEXT_ZOOM,
    Look,
)

PORT_SPACING = 20.0
_DIMMED_OPACITY = 0.45
_MARGIN = 9.0  # ports, halo and shadow reach this far beyond the card


class CardItem(QGraphicsItem):
    """One layer on the canvas. Its position is the top left corner of the 200 × 104 place.

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
        self.hovered_part = ""  # "", "card", "activation", "output", "input 0"…
        self.used_inputs: frozenset[int] = frozenset()
        self.output_used = False
        self._texts = paint.CardTexts(content, look)
        self._bounds = QRectF()
        self._measure()

    # ---- what it shows

    def set_content(self, content: CardContent, look: Look) -> None:
        """Take new content or a new theme; repaints only if something differs."""
        if content == self.content and look is self.look:
            return
        self.content = content
        self.look = look
        self._texts = paint.CardTexts(content, look)
        self._measure()
        self.update()

    def set_ports_used(self, inputs: frozenset[int], output: bool) -> None:
        """Which ports have a wire."""
        if (inputs, output) != (self.used_inputs, self.output_used):
            self.used_inputs, self.output_used = inputs, output
            self.update()

    def set_selected(self, selected: bool) -> None:
        if selected != self.selected:
            self.selected = selected
            self.update()

    def set_hovered(self, part: str) -> None:
        """The part under the mouse: "card", "activation", "output", "input 0" or ""."""
        if part != self.hovered_part:
            self.hovered_part = part
            self.update()

    def set_target(self, target: bool) -> None:
        """Whether the card is lit as a place where the wire being drawn may end."""
        if target != self.target:
            self.target = target
            self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Whether the card is faint: the wire being drawn may not end here."""
        opacity = _DIMMED_OPACITY if dimmed else 1.0
        if opacity != self.opacity():
            self.setOpacity(opacity)

    def _measure(self) -> None:
        bounds = paint.body_rect(False).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        if not self._texts.badge.isNull():
            bounds = bounds.united(self._texts.badge.adjusted(-1, -1, 1, 1))
        spread = (self.content.input_count - 1) * self._spacing() / 2 - CARD_HEIGHT / 2
        if spread > 0:
            bounds = bounds.adjusted(0, -spread, 0, spread)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    # ---- where its parts are

    @property
    def body(self) -> QRectF:
        """The outline in the item's coordinates."""
        return paint.body_rect(self._texts.compact)

    @property
    def badge(self) -> QRectF:
        """The problem's place in the item's coordinates; null if there is none."""
        return self._texts.badge

    @property
    def chip(self) -> QRectF:
        """The activation's place when all details show; null if the layer has none."""
        return self.chip_at(1.0)

    def chip_at(self, zoom: float) -> QRectF:
        """The activation's place in the item's coordinates at a zoom; null if it shows none."""
        if self._texts.compact or zoom < TEXT_ZOOM:
            return QRectF()
        return paint.chip_rect() if zoom >= DETAIL_ZOOM else paint.large_curve_rect()

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
        return QPointF(CARD_WIDTH, CARD_HEIGHT / 2)

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
        look, content, texts = self.look, self.content, self._texts
        zoom = painter.worldTransform().m11()
        scale = zoom * painter.device().devicePixelRatioF()
        if zoom < TEXT_ZOOM:
            marks = self.selected, self.target
            named = zoom >= BLOCK_TEXT_ZOOM
            paint.paint_block(painter, look, content, texts, *marks, scale, named)
            return
        paint.paint_body(painter, look, content, texts)
        if zoom < DETAIL_ZOOM:
            paint.paint_large(painter, look, content, texts, scale)
            self._paint_border(painter)
            self._paint_ports(painter)
            return
        paint.paint_heading(painter, look, content, texts, scale)
        if content.activation:
            hovered = self.hovered_part == "activation"
            paint.paint_activation(painter, look, content, texts, hovered)
        paint.paint_footer(painter, look, content, texts)
        self._paint_border(painter)
        self._paint_ports(painter)
        if texts.badge_lines:
            paint.paint_badge(painter, look, content, texts)

    def _paint_border(self, painter: QPainter) -> None:
        if self.target:
            paint.paint_target(painter, self.look, self._texts)
        else:
            paint.paint_border(
                painter,
                self.look,
                self._texts,
                self.content.severity,
                self.selected,
                bool(self.hovered_part),
            )

    def _paint_ports(self, painter: QPainter) -> None:
        for port in range(self.content.input_count):
            state = "hovered" if self.hovered_part == f"input {port}" else ""
            used = port in self.used_inputs
            paint.paint_port(painter, self.look, self.input_port(port), used, state)
        if self.content.has_output:
            state = "hovered" if self.hovered_part == "output" else ""
            paint.paint_port(painter, self.look, self.output_port(), self.output_used, state)
