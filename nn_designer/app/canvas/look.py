"""Pens, brushes, fonts and measures of the canvas, made once for each theme."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPen,
    QStaticText,
    QTransform,
)

from nn_designer.app.style import mixed
from nn_designer.app.theme import Theme, with_alpha
from nn_designer.design import arrange
from nn_designer.layers import Category

CARD_WIDTH = arrange.CARD_WIDTH
CARD_HEIGHT = arrange.CARD_HEIGHT
GRID = arrange.GRID
CORNER_RADIUS = 10.0
PORT_RADIUS = 5.0
FADED_SHARE = 0.55


class Level(IntEnum):
    """How much a card tells, by the zoom: less, in larger letters, the farther away it is."""

    GLYPH = 0  # a block with the kind's drawing
    BLOCK = 1  # a block with the name across it
    LARGE = 2  # name, main setting and curve
    MIDDLE = 3  # everything, in larger letters
    FULL = 4


# Plain names: this is asked for each card of each frame.
_GLYPH, _BLOCK, _LARGE, _MIDDLE, _FULL = Level


def level_at(zoom: float) -> Level:
    """What cards and wires show at a zoom."""
    if zoom >= 0.5:
        return _FULL if zoom >= 0.85 else _MIDDLE
    if zoom >= 0.32:
        return _LARGE
    return _BLOCK if zoom >= 0.17 else _GLYPH


class Type:
    """A font with its measures."""

    def __init__(self, size_px: int, weight: QFont.Weight = QFont.Weight.Normal) -> None:
        self.font = QFont(QGuiApplication.font())
        self.font.setPixelSize(size_px)
        self.font.setWeight(weight)
        # Hinted letters jump about while zooming.
        self.font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        self.size_px = size_px
        self.metrics = QFontMetricsF(self.font)

    def prepared(self, text: str) -> QStaticText:
        """``text`` laid out once: drawing it then takes a tenth of the time."""
        result = QStaticText(text)
        result.setTextFormat(Qt.TextFormat.PlainText)
        result.prepare(QTransform(), self.font)
        return result

    def width(self, text: str) -> float:
        return self.metrics.horizontalAdvance(text)

    def cut(self, text: str, room: float) -> str:
        """``text``, shortened with … where there is no room."""
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


class Look:
    """Everything a card or a wire paints with. Shared by all items of a scene."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        dark = theme.name == "dark"
        bold, medium = QFont.Weight.DemiBold, QFont.Weight.Medium

        # Full, middle and large level; the smaller the card is shown, the larger its letters.
        # Where there are several, a long text takes the first in which it fits.
        self.names = {
            Level.FULL: [Type(size, bold) for size in (14, 13, 12)],
            Level.MIDDLE: [Type(size, bold) for size in (17, 15, 14, 13)],
        }
        self.texts = {Level.FULL: Type(12), Level.MIDDLE: Type(15), Level.LARGE: Type(20)}
        self.small_texts = {
            Level.FULL: [self.texts[Level.FULL], Type(11), Type(10)],
            Level.MIDDLE: [self.texts[Level.MIDDLE], Type(14), Type(13), Type(12)],
            Level.LARGE: [self.texts[Level.LARGE], Type(18), Type(16), Type(14)],
        }
        self.values = {Level.FULL: Type(12, medium), Level.MIDDLE: Type(15, medium)}
        self.large_names = [Type(size, bold) for size in (25, 22, 19, 16)]
        self.block_names = [Type(size, bold) for size in (38, 33, 28, 24, 20)]
        self.block_text = QPen(QColor(theme.card))

        self.text = QPen(QColor(theme.text))
        self.muted = QPen(QColor(theme.text_muted))
        self.error = QPen(QColor(theme.error))
        self.warning = QPen(QColor(theme.warning))
        self.accent = QPen(QColor(theme.accent))

        self.card = QBrush(QColor(theme.card))
        self.card_border = QPen(QColor(theme.card_border), 1.0)
        self.card_border_hovered = QPen(QColor(theme.wire), 1.0)
        # Opaque: filling or outlining with a translucent colour takes up to ten times as long.
        near, far = (0.30, 0.14) if dark else (0.09, 0.035)
        self.shadow_near = QBrush(QColor(mixed(theme.canvas, theme.shadow, near)))
        self.shadow_far = QBrush(QColor(mixed(theme.canvas, theme.shadow, far)))
        self.selected = QPen(QColor(theme.accent), 2.0)
        self.selected_halo = QPen(QColor(mixed(theme.canvas, theme.accent, 0.28)), 4.0)
        self.failed = QPen(QColor(theme.error), 1.5)
        self.warned = QPen(QColor(theme.warning), 1.5)
        self.valid = QPen(QColor(theme.wire_valid), 2.0)
        self.valid_halo = QPen(QColor(mixed(theme.canvas, theme.wire_valid, 0.35)), 5.0)
        self.selected_edge = QBrush(QColor(theme.text))  # the accent is too near to some blocks
        self.chip = QBrush(QColor(theme.canvas))
        self.chip_hovered = QBrush(QColor(theme.accent_soft))
        self.chip_border = QPen(QColor(theme.border), 1.0)
        self.error_soft = QBrush(QColor(theme.error_soft))
        self.warning_soft = QBrush(QColor(theme.warning_soft))
        self.error_fill = QBrush(QColor(theme.error))
        self.warning_fill = QBrush(QColor(theme.warning))
        self.mark = QBrush(QColor(theme.card))

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
        widths = {Level.FULL: 1.6, Level.MIDDLE: 2.0, Level.LARGE: 3.0}
        self._curves = {
            (level, key): self._line(value, width)
            for level, width in widths.items()
            for key, value in theme.categories.items()
        }
        self._unknown = QBrush(QColor(theme.error))
        self._unknown_tile = QBrush(QColor(theme.error_soft))

    @cached_property
    def faded(self) -> Look:
        """The same, half as strong: for cards where the wire being drawn may not end.

        Colours of its own and not a translucent painter, which takes ten times as long.
        """
        theme = self.theme
        names = (
            "text text_muted card card_border border wire accent accent_soft error error_soft "
            "warning warning_soft"
        )
        pale = {n: mixed(getattr(theme, n), theme.canvas, FADED_SHARE) for n in names.split()}
        categories = {
            key: mixed(value, theme.canvas, FADED_SHARE) for key, value in theme.categories.items()
        }
        return Look(replace(theme, **pale, categories=categories))

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

    def curve(self, category: Category | None, level: Level) -> QPen:
        return self._curves[level, category] if category else self.error

    def ghost_border(self, category: Category | None) -> QPen:
        return QPen(QColor(self.colour(category)), 1.5, Qt.PenStyle.DashLine)

    def ghost_fill(self, category: Category | None) -> QBrush:
        return QBrush(with_alpha(self.colour(category), 0.15))
