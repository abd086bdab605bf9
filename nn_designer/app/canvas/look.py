"""Pens, brushes, fonts and measures of the canvas, made once for each theme."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QGuiApplication, QPen

from nn_designer.app.style import mixed
from nn_designer.app.theme import Theme
from nn_designer.design import arrange
from nn_designer.layers import Category

CARD_WIDTH = arrange.CARD_WIDTH
CARD_HEIGHT = arrange.CARD_HEIGHT
GRID = arrange.GRID
CORNER_RADIUS = 10.0
PORT_RADIUS = 5.0

DETAIL_ZOOM = 0.6
"""Below this zoom a card shows its icon and its name in large letters, nothing else."""
TEXT_ZOOM = 0.34
"""Below this zoom a card is a coloured block with its name across it."""
BLOCK_TEXT_ZOOM = 0.17
"""Below this zoom the block carries the kind's drawing only."""


def with_alpha(colour: str, alpha: float) -> QColor:
    """``#rrggbb`` with an opacity from 0 to 1."""
    result = QColor(colour)
    result.setAlphaF(alpha)
    return result


def _font(size_px: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(size_px)
    font.setWeight(weight)
    # Hinted letters jump about while zooming.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class Look:
    """Everything a card or a wire paints with. Shared by all items of a scene."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        dark = theme.name == "dark"

        self.name_font = _font(13, QFont.Weight.DemiBold)
        self.text_font = _font(11)
        self.value_font = _font(11, QFont.Weight.Medium)
        self.large_font = _font(21, QFont.Weight.DemiBold)
        self.large_detail_font = _font(18)
        self.block_fonts = [_font(size, QFont.Weight.DemiBold) for size in (38, 33, 28)]
        self.block_text = QPen(QColor(theme.card))
        self.name_metrics = QFontMetricsF(self.name_font)
        self.text_metrics = QFontMetricsF(self.text_font)
        self.value_metrics = QFontMetricsF(self.value_font)
        self.large_detail_metrics = QFontMetricsF(self.large_detail_font)
        self.large_metrics = QFontMetricsF(self.large_font)

        self.text = QPen(QColor(theme.text))
        self.muted = QPen(QColor(theme.text_muted))
        self.error = QPen(QColor(theme.error))
        self.warning = QPen(QColor(theme.warning))
        self.accent = QPen(QColor(theme.accent))

        self.card = QBrush(QColor(theme.card))
        self.card_border = QPen(QColor(theme.card_border), 1.0)
        self.card_border_hovered = QPen(QColor(theme.wire), 1.0)
        self.hairline = QPen(with_alpha(theme.card_border, 0.55), 1.0)
        # Opaque: filling a card with a translucent colour takes ten times as long.
        self.shadow_near = QBrush(QColor(mixed(theme.canvas, "#000000", 0.30 if dark else 0.09)))
        self.shadow_far = QBrush(QColor(mixed(theme.canvas, "#000000", 0.14 if dark else 0.035)))
        self.selected = QPen(QColor(theme.accent), 2.0)
        self.selected_halo = QPen(with_alpha(theme.accent, 0.28), 4.0)
        self.failed = QPen(QColor(theme.error), 1.5)
        self.warned = QPen(QColor(theme.warning), 1.5)
        self.valid = QPen(QColor(theme.wire_valid), 2.0)
        self.valid_halo = QPen(with_alpha(theme.wire_valid, 0.35), 5.0)
        self.block_selected = QPen(QColor(theme.accent), 6.0)
        self.block_target = QPen(QColor(theme.wire_valid), 6.0)
        self.block_failed = QPen(QColor(theme.error), 6.0)
        self.block_warned = QPen(QColor(theme.warning), 4.0)
        self.chip = QBrush(QColor(theme.canvas))
        self.chip_hovered = QBrush(QColor(theme.accent_soft))
        self.chip_border = QPen(QColor(theme.border), 1.0)
        self.error_soft = QBrush(QColor(theme.error_soft))
        self.warning_soft = QBrush(QColor(theme.warning_soft))
        self.error_fill = QBrush(QColor(theme.error))
        self.warning_fill = QBrush(QColor(theme.warning))
        self.badge_mark = QPen(QColor(theme.card))

        self.wire = self._line(theme.wire, 2.0)
        self.wire_hovered = self._line(theme.text_muted, 3.0)
        self.wire_selected = self._line(theme.accent, 3.0)
        self.wire_failed = self._line(theme.error, 2.0)
        self.wire_target = self._line(theme.wire_valid, 4.0)
        self.wire_text = QPen(QColor(theme.wire_text))
        self.wire_label = QBrush(QColor(theme.canvas))
        self.preview = self._line(theme.accent, 2.5)
        self.preview_valid = self._line(theme.wire_valid, 3.0)
        self.preview_invalid = self._line(theme.error, 2.5, Qt.PenStyle.DashLine)
        self.port = QPen(QColor(theme.wire), 2.0)
        self.port_hovered = QPen(QColor(theme.accent), 2.0)
        self.port_valid = QPen(QColor(theme.wire_valid), 2.0)
        self.port_fill = QBrush(QColor(theme.card))
        self.port_used = QBrush(QColor(theme.wire))
        self.port_hovered_fill = QBrush(QColor(theme.accent))
        self.port_valid_fill = QBrush(QColor(theme.wire_valid))

        self.marquee = self._line(theme.accent, 1.0)
        self.marquee_fill = QBrush(with_alpha(theme.accent, 0.10))
        self.guide = self._line(theme.accent, 1.0)
        self.grid = QPen(QColor(theme.canvas_grid), 2.0)
        for pen in (self.marquee, self.guide, self.grid):
            pen.setCosmetic(True)  # the same width at every zoom
        self.grid.setCapStyle(Qt.PenCapStyle.SquareCap)  # round dots take fifty times as long

        self._strips = {key: QBrush(QColor(value)) for key, value in theme.categories.items()}
        share = 0.22 if dark else 0.13
        self._tiles = {
            key: QBrush(QColor(mixed(theme.card, value, share)))
            for key, value in theme.categories.items()
        }
        self._curves = {key: self._line(value, 1.6) for key, value in theme.categories.items()}
        self._large_curves = {k: self._line(value, 3.0) for k, value in theme.categories.items()}
        self._unknown = QBrush(QColor(theme.error))
        self._unknown_tile = QBrush(QColor(theme.error_soft))

    @staticmethod
    def _line(colour: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        return QPen(
            QColor(colour), width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        )

    def colour(self, category: Category | None) -> str:
        """``#rrggbb`` of a category; kinds that this version does not know are red."""
        return self.theme.categories[category] if category else self.theme.error

    def strip(self, category: Category | None) -> QBrush:
        return self._strips[category] if category else self._unknown

    def tile(self, category: Category | None) -> QBrush:
        return self._tiles[category] if category else self._unknown_tile

    def large_curve(self, category: Category | None) -> QPen:
        return self._large_curves[category] if category else self.error

    def ghost_border(self, category: Category | None) -> QPen:
        return QPen(QColor(self.colour(category)), 1.5, Qt.PenStyle.DashLine)

    def ghost_fill(self, category: Category | None) -> QBrush:
        return QBrush(with_alpha(self.colour(category), 0.15))

    def curve(self, category: Category | None) -> QPen:
        return self._curves[category] if category else self.error
