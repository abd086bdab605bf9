"""How a card looks. Every function paints one part; nothing is laid out while painting."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPixmap, QTextLayout

from nn_designer.app import icons
from nn_designer.app.activation_curves import curve_path
from nn_designer.app.canvas.card_content import CardContent
from nn_designer.app.canvas.look import (
    CARD_HEIGHT,
    CARD_WIDTH,
    CORNER_RADIUS,
    PORT_RADIUS,
    Look,
)
from nn_designer.layers import KINDS

STRIP_WIDTH = 5.0
COMPACT_HEIGHT = 80.0
BADGE_GAP = 6.0
BADGE_LINE_HEIGHT = 14.0
BADGE_PADDING = 6.0

_ICON_SIDE = 32.0
_GLYPH_SIDE = 20.0
_BLOCK_GLYPH_SCALE = 0.15
_LEFT = 16.0
_TEXT_LEFT = 58.0
_RIGHT = CARD_WIDTH - 14.0


@lru_cache(maxsize=4)
def body_rect(compact: bool) -> QRectF:
    """The card's outline. Compact cards (no activation) are centred in the same place."""
    height = COMPACT_HEIGHT if compact else CARD_HEIGHT
    return QRectF(0.0, (CARD_HEIGHT - height) / 2, CARD_WIDTH, height)


def large_curve_rect() -> QRectF:
    """Where the curve is while the card shows large letters only."""
    return QRectF(CARD_WIDTH - 66, 62, 48, 24)


def chip_rect() -> QRectF:
    """Where the activation is, on cards that have one."""
    return QRectF(_LEFT, 49.0, _RIGHT - _LEFT, 26.0)


@lru_cache(maxsize=4)
def _body_path(compact: bool) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(body_rect(compact), CORNER_RADIUS, CORNER_RADIUS)
    return path


@lru_cache(maxsize=4)
def _strip_path(compact: bool) -> QPainterPath:
    strip = QPainterPath()
    body = body_rect(compact)
    strip.addRect(QRectF(body.x(), body.y(), STRIP_WIDTH, body.height()))
    return _body_path(compact).intersected(strip)


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


class CardTexts:
    """The texts of a card, cut to fit, with their places: made when the content changes."""

    def __init__(self, content: CardContent, look: Look) -> None:
        elide = Qt.TextElideMode.ElideRight
        self.compact = not content.activation
        top = body_rect(self.compact).y()
        width = _RIGHT - _TEXT_LEFT
        self.name = look.name_metrics.elidedText(content.name, elide, width)
        self.subtitle = look.text_metrics.elidedText(content.subtitle, elide, width)
        self.large = look.large_metrics.elidedText(content.name, elide, CARD_WIDTH - 76)
        detail_left, detail_right = (66.0, _RIGHT) if self.compact else (18.0, CARD_WIDTH - 76)
        self.large_detail = look.large_detail_metrics.elidedText(
            content.subtitle, elide, detail_right - detail_left
        )
        if self.compact:
            self.large_icon_middle = CARD_HEIGHT / 2
            self.large_at = QPointF(66, CARD_HEIGHT / 2 + (-5 if self.large_detail else 8))
            self.large_detail_at = QPointF(detail_left, CARD_HEIGHT / 2 + 19)
        else:
            self.large_icon_middle = 34.0
            self.large_at = QPointF(66, 42)
            self.large_detail_at = QPointF(detail_left, 81)
        self.block_font, self.block = _fitting(content.name, look, CARD_WIDTH - 16)
        self.name_at = QPointF(_TEXT_LEFT, top + (24 if content.subtitle else 31))
        self.subtitle_at = QPointF(_TEXT_LEFT, top + 40)
        self.icon = QRectF(_LEFT, top + 10, _ICON_SIDE, _ICON_SIDE)
        chip = chip_rect()
        self.activation = look.value_metrics.elidedText(
            content.activation_title, elide, chip.width() - 80
        )
        self.activation_at = QPointF(chip.x() + 52, chip.center().y() + 4)
        footer = body_rect(self.compact).bottom() - 10
        self.parameters = content.parameters
        parameters_width = look.text_metrics.horizontalAdvance(content.parameters)
        self.parameters_at = QPointF(_RIGHT - parameters_width, footer)
        room = _RIGHT - _LEFT - parameters_width - 26
        self.output = look.value_metrics.elidedText(content.output, elide, room)
        self.output_at = QPointF(_LEFT + 16, footer)
        self.footer_y = footer - 4
        self.badge_lines = _wrapped(content.problem, look, CARD_WIDTH - 42)
        self.badge = QRectF()
        if self.badge_lines:
            height = len(self.badge_lines) * BADGE_LINE_HEIGHT + 2 * BADGE_PADDING
            self.badge = QRectF(
                0.0, body_rect(self.compact).bottom() + BADGE_GAP, CARD_WIDTH, height
            )


def _fitting(name: str, look: Look, width: float) -> tuple[QFont, str]:
    """The largest of the block's fonts in which ``name`` fits; else cut in the smallest."""
    for font in look.block_fonts:
        if QFontMetricsF(font).horizontalAdvance(name) <= width:
            return font, name
    smallest = look.block_fonts[-1]
    cut = QFontMetricsF(smallest).elidedText(name, Qt.TextElideMode.ElideRight, width)
    return smallest, cut


def _wrapped(sentence: str, look: Look, width: float) -> list[str]:
    """``sentence`` in at most two lines, the second cut short with an ellipsis."""
    if not sentence:
        return []
    layout = QTextLayout(sentence, look.text_font)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    first = line.textLength()
    layout.endLayout()
    rest = sentence[first:].strip()
    lines = [sentence[:first].strip()]
    if rest:
        lines.append(look.text_metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width))
    return lines


def paint_block(
    painter: QPainter,
    look: Look,
    content: CardContent,
    texts: CardTexts,
    selected: bool,
    target: bool,
    scale: float,
    named: bool,
) -> None:
    """The card from far away: a block in its category's colour with its name or its drawing."""
    if target:
        painter.setPen(look.block_target)
    elif selected:
        painter.setPen(look.block_selected)
    elif content.severity:
        painter.setPen(look.block_failed if content.severity == "error" else look.block_warned)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.strip(content.category))
    body = body_rect(texts.compact)
    painter.drawRoundedRect(body, CORNER_RADIUS, CORNER_RADIUS)
    if named:
        painter.setFont(texts.block_font)
        painter.setPen(look.block_text)
        painter.drawText(body, Qt.AlignmentFlag.AlignCenter, texts.block)
    elif scale >= _BLOCK_GLYPH_SCALE:
        side = 64.0
        picture = glyph(content.kind, look.theme.card, side, scale)
        target_rect = QRectF(body.center().x() - side / 2, body.center().y() - side / 2, side, side)
        painter.drawPixmap(target_rect, picture, QRectF(picture.rect()))


def paint_body(painter: QPainter, look: Look, content: CardContent, texts: CardTexts) -> None:
    """Background and the strip in the category's colour."""
    body = body_rect(texts.compact)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.shadow_far)
    painter.drawRoundedRect(body.adjusted(-1.5, 1, 1.5, 4.5), 12, 12)
    painter.setBrush(look.shadow_near)
    painter.drawRoundedRect(body.adjusted(-0.5, 0.5, 0.5, 2), 10.5, 10.5)
    painter.setBrush(look.card)
    painter.drawPath(_body_path(texts.compact))
    painter.setBrush(look.strip(content.category))
    painter.drawPath(_strip_path(texts.compact))


def paint_border(
    painter: QPainter, look: Look, texts: CardTexts, severity: str, selected: bool, hovered: bool
) -> None:
    path = _body_path(texts.compact)
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


def paint_target(painter: QPainter, look: Look, texts: CardTexts) -> None:
    """The ring around a card that would take the wire being drawn."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(look.valid_halo)
    painter.drawPath(_body_path(texts.compact))
    painter.setPen(look.valid)
    painter.drawPath(_body_path(texts.compact))


def paint_heading(
    painter: QPainter, look: Look, content: CardContent, texts: CardTexts, scale: float
) -> None:
    """Icon, name and main setting."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.tile(content.category))
    painter.drawRoundedRect(texts.icon, 8, 8)
    picture = glyph(content.kind, look.colour(content.category), _GLYPH_SIDE, scale)
    margin = (_ICON_SIDE - _GLYPH_SIDE) / 2
    target = QRectF(texts.icon.x() + margin, texts.icon.y() + margin, _GLYPH_SIDE, _GLYPH_SIDE)
    painter.drawPixmap(target, picture, QRectF(picture.rect()))
    painter.setFont(look.name_font)
    painter.setPen(look.text)
    painter.drawText(texts.name_at, texts.name)
    painter.setFont(look.text_font)
    painter.setPen(look.muted)
    painter.drawText(texts.subtitle_at, texts.subtitle)


def paint_large(
    painter: QPainter, look: Look, content: CardContent, texts: CardTexts, scale: float
) -> None:
    """Icon, name, main setting and curve, for a zoom at which nothing smaller could be read."""
    side = 36.0
    picture = glyph(content.kind, look.colour(content.category), side, scale)
    place = QRectF(18, texts.large_icon_middle - side / 2, side, side)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))
    painter.setFont(look.large_font)
    painter.setPen(look.text)
    painter.drawText(texts.large_at, texts.large)
    if texts.large_detail:
        painter.setFont(look.large_detail_font)
        painter.setPen(look.muted)
        painter.drawText(texts.large_detail_at, texts.large_detail)
    if content.activation:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(look.large_curve(content.category))
        painter.drawPath(curve_path(content.activation, large_curve_rect()))


def paint_activation(
    painter: QPainter, look: Look, content: CardContent, texts: CardTexts, hovered: bool
) -> None:
    """The activation: its curve, its name, and a mark that it opens a menu."""
    chip = chip_rect()
    painter.setPen(look.accent if hovered else look.chip_border)
    painter.setBrush(look.chip_hovered if hovered else look.chip)
    painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(look.curve(content.category))
    painter.drawPath(curve_path(content.activation, QRectF(chip.x() + 10, chip.y() + 6, 32, 14)))
    painter.setFont(look.value_font)
    painter.setPen(look.text)
    painter.drawText(texts.activation_at, texts.activation)
    right, middle = chip.right() - 14, chip.center().y()
    painter.setPen(look.accent if hovered else look.muted)
    painter.drawPolyline(
        [QPointF(right - 4, middle - 2), QPointF(right, middle + 2), QPointF(right + 4, middle - 2)]
    )


def paint_footer(painter: QPainter, look: Look, content: CardContent, texts: CardTexts) -> None:
    """Output shape on the left, parameter count on the right."""
    if content.has_output or texts.output:
        painter.setPen(look.muted)
        y, x = texts.footer_y, _LEFT
        painter.drawLine(QPointF(x, y), QPointF(x + 10, y))
        painter.drawPolyline([QPointF(x + 7, y - 3), QPointF(x + 10, y), QPointF(x + 7, y + 3)])
        painter.setFont(look.value_font)
        painter.setPen(look.text if texts.output else look.muted)
        painter.drawText(texts.output_at, texts.output or "?")
    if texts.parameters:
        painter.setFont(look.text_font)
        painter.setPen(look.muted)
        painter.drawText(texts.parameters_at, texts.parameters)


def paint_badge(painter: QPainter, look: Look, content: CardContent, texts: CardTexts) -> None:
    """The sentence of the card's first problem, hanging below it."""
    error = content.severity == "error"
    badge = texts.badge
    painter.setPen(look.error if error else look.warning)
    painter.setBrush(look.error_soft if error else look.warning_soft)
    painter.drawRoundedRect(badge.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
    centre = QPointF(badge.x() + 16, badge.y() + BADGE_PADDING + BADGE_LINE_HEIGHT / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.error_fill if error else look.warning_fill)
    painter.drawEllipse(centre, 7.0, 7.0)
    painter.setFont(look.name_font)
    painter.setPen(look.badge_mark)
    painter.drawText(
        QRectF(centre.x() - 7, centre.y() - 7.5, 14, 15), Qt.AlignmentFlag.AlignCenter, "!"
    )
    painter.setFont(look.text_font)
    painter.setPen(look.error if error else look.warning)
    for number, line in enumerate(texts.badge_lines):
        y = badge.y() + BADGE_PADDING + BADGE_LINE_HEIGHT * (number + 1) - 3
        painter.drawText(QPointF(badge.x() + 30, y), line)


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
