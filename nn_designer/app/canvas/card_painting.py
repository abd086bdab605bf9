"""How a card looks. Every function paints one part; nothing is laid out while painting."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPixmap

from nn_designer.app import icons
from nn_designer.app.activation_curves import curve_path
from nn_designer.app.canvas.card_content import CardContent
from nn_designer.app.canvas.card_layout import BADGE_PADDING, Badge, CardLayouts, Layout
from nn_designer.app.canvas.look import CORNER_RADIUS, PORT_RADIUS, Level, Look
from nn_designer.layers import KINDS

EDGE_PX = 1.8
"""Of the edge of a block that is selected, a target, or wrong; on the screen."""
MARK_RADIUS_PX = 8.0
"""Of the mark of a problem where the sentence can't be read, on the screen at any zoom."""

_GLYPH_SIDE = 20.0
_BLOCK_GLYPH_SCALE = 0.15


def glyph_name(kind: str) -> str:
    """The drawing of a layer kind in resources/icons; kinds without one share a plain one."""
    name = f"layers/{kind}"
    return name if kind in KINDS and _has_drawing(name) else "layers/layer"


@lru_cache(maxsize=128)
def _has_drawing(name: str) -> bool:
    try:
        icons.svg_text(name)
    except FileNotFoundError:
        return False
    return True


def glyph(kind: str, colour: str, side: float, scale: float) -> QPixmap:
    """A kind's drawing, sharp at ``scale`` (zoom × screen ratio, rounded up to steps)."""
    steps = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
    ratio = next((step for step in steps if step >= scale), steps[-1])
    return icons.pixmap(glyph_name(kind), colour, round(side), ratio)


def paint_words(painter: QPainter, look: Look, layout: Layout) -> None:
    for word in layout.words:
        painter.setFont(word.font)
        painter.setPen(getattr(look, word.pen))
        painter.drawStaticText(word.corner, word.prepared)


def paint_block(
    painter: QPainter,
    look: Look,
    content: CardContent,
    layouts: CardLayouts,
    level: Level,
    marks: tuple[bool, bool],
    scale: float,
) -> None:
    """The card from far away: a block in its category's colour with its name or its drawing.

    ``marks``: whether it is selected, whether the wire being drawn may end here.
    """
    selected, target = marks
    edge: QBrush | None = None
    if target:
        edge = look.port_valid_fill
    elif selected:
        edge = look.selected_edge
    elif content.severity:
        edge = look.error_fill if content.severity == "error" else look.warning_fill
    body = layouts.body
    painter.setPen(Qt.PenStyle.NoPen)
    if edge is not None:
        # The edge lies inside the block, and is seen however far away the card is.
        width = max(7.0, EDGE_PX / painter.worldTransform().m11())
        painter.setBrush(edge)
        painter.drawRoundedRect(body, CORNER_RADIUS, CORNER_RADIUS)
        painter.setBrush(look.strip(content.category))
        painter.drawRect(body.adjusted(width, width, -width, -width))
    else:
        painter.setBrush(look.strip(content.category))
        painter.drawRoundedRect(body, CORNER_RADIUS, CORNER_RADIUS)
    if level is Level.BLOCK:
        paint_words(painter, look, layouts.at(Level.BLOCK))
    elif scale >= _BLOCK_GLYPH_SCALE:
        side = 56.0
        picture = glyph(content.kind, look.theme.card, side, scale)
        place = QRectF(body.center().x() - side / 2, body.center().y() - side / 2, side, side)
        painter.drawPixmap(place, picture, QRectF(picture.rect()))


def paint_body(
    painter: QPainter, look: Look, content: CardContent, layouts: CardLayouts, level: Level
) -> None:
    """Background, shadow and the strip in the category's colour."""
    body = layouts.body
    painter.setPen(Qt.PenStyle.NoPen)
    if level > Level.LARGE:  # so near that a soft edge can be seen
        painter.setBrush(look.shadow_far)
        painter.drawRoundedRect(body.adjusted(-1.5, 1, 1.5, 4.5), 12, 12)
    painter.setBrush(look.shadow_near)
    painter.drawRoundedRect(body.adjusted(-0.5, 0.5, 0.5, 2), 10.5, 10.5)
    painter.setBrush(look.card)
    painter.drawPath(layouts.outline)
    painter.setBrush(look.strip(content.category))
    painter.drawPath(layouts.strip)


def paint_border(
    painter: QPainter, look: Look, path: QPainterPath, severity: str, selected: bool, hovered: bool
) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if selected:
        painter.setPen(look.selected_halo)
        painter.drawPath(path)
        painter.setPen(look.selected)
    elif severity:
        painter.setPen(look.failed if severity == "error" else look.warned)
    else:
        painter.setPen(look.card_border_hovered if hovered else look.card_border)
    painter.drawPath(path)


def paint_target(painter: QPainter, look: Look, path: QPainterPath) -> None:
    """The ring around a card that would take the wire being drawn."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(look.valid_halo)
    painter.drawPath(path)
    painter.setPen(look.valid)
    painter.drawPath(path)


def paint_inside(
    painter: QPainter,
    look: Look,
    content: CardContent,
    layout: Layout,
    level: Level,
    scale: float,
    hovered: bool,
) -> None:
    """Icon, words and activation of a level; ``hovered``: the mouse is over the activation."""
    if not layout.icon.isNull():
        _paint_icon(painter, look, content, layout, scale)
    if not layout.curve.isNull():
        if layout.has_frame:
            _paint_chip(painter, look, layout.chip, hovered)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(look.curve(content.category, level))
        painter.drawPath(curve_path(content.activation, layout.curve))
    paint_words(painter, look, layout)
    if layout.arrow is not None:
        x, y = layout.arrow.x(), layout.arrow.y()
        painter.setPen(look.muted)
        painter.drawLine(QPointF(x, y), QPointF(x + 10, y))
        painter.drawPolyline([QPointF(x + 7, y - 3), QPointF(x + 10, y), QPointF(x + 7, y + 3)])


def _paint_icon(
    painter: QPainter, look: Look, content: CardContent, layout: Layout, scale: float
) -> None:
    side = layout.icon.width()
    if layout.has_tile:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.tile(content.category))
        painter.drawRoundedRect(layout.icon, 8, 8)
        side = _GLYPH_SIDE
    picture = glyph(content.kind, look.colour(content.category), side, scale)
    margin = (layout.icon.width() - side) / 2
    place = QRectF(layout.icon.x() + margin, layout.icon.y() + margin, side, side)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))


def _paint_chip(painter: QPainter, look: Look, chip: QRectF, hovered: bool) -> None:
    """The box of the activation, with a mark that it opens a menu."""
    painter.setPen(look.accent if hovered else look.chip_border)
    painter.setBrush(look.chip_hovered if hovered else look.chip)
    painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    right, middle = chip.right() - 13, chip.center().y()
    painter.setPen(look.accent if hovered else look.muted)
    painter.drawPolyline(
        [QPointF(right - 4, middle - 2), QPointF(right, middle + 2), QPointF(right + 4, middle - 2)]
    )


def paint_badge(painter: QPainter, look: Look, severity: str, badge: Badge) -> None:
    """The sentence of the card's first problem, hanging below it."""
    error = severity == "error"
    rect, height = badge.rect, badge.line_height
    painter.setPen(look.error if error else look.warning)
    painter.setBrush(look.error_soft if error else look.warning_soft)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
    centre = QPointF(rect.x() + 16, rect.y() + BADGE_PADDING + height / 2)
    paint_mark(painter, look, severity, centre, 7.0)
    painter.setFont(badge.type.font)
    painter.setPen(look.error if error else look.warning)
    for number, line in enumerate(badge.lines):
        y = rect.y() + BADGE_PADDING + height * (number + 1) - height * 0.25
        painter.drawText(QPointF(rect.x() + 30, y), line)


def paint_mark(
    painter: QPainter, look: Look, severity: str, centre: QPointF, radius: float
) -> None:
    """A disc with an exclamation mark: here is a problem."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.error_fill if severity == "error" else look.warning_fill)
    painter.drawEllipse(centre, radius, radius)
    painter.setBrush(look.mark)
    width = radius * 0.26
    painter.drawRoundedRect(
        QRectF(centre.x() - width / 2, centre.y() - radius * 0.58, width, radius * 0.66),
        width / 2,
        width / 2,
    )
    painter.drawEllipse(QPointF(centre.x(), centre.y() + radius * 0.46), width * 0.6, width * 0.6)


def paint_port(painter: QPainter, look: Look, centre: QPointF, used: bool, state: str) -> None:
    """One port; ``state`` is "", "hovered" or "valid"."""
    radius = PORT_RADIUS
    if state == "hovered":
        painter.setPen(look.port_hovered)
        painter.setBrush(look.port_hovered_fill)
        radius += 1.5
    elif state == "valid":
        painter.setPen(look.port_valid)
        painter.setBrush(look.port_valid_fill)
        radius += 1.5
    else:
        painter.setPen(look.port)
        painter.setBrush(look.port_used if used else look.port_fill)
    painter.drawEllipse(centre, radius, radius)
