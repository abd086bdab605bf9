"""For autoencoders: pictures of the validation part, and below each what is made of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.plot_frame import Frame

_GAP = 6.0
_COLUMNS = (7, 6, 5, 4)  # as many as can be shown at least _CLEAR times as large as they are
_CLEAR = 2.0
_LABELS = ("original", "rebuilt")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class _Places:
    """Where pictures go: ``columns`` of them, each ``size`` large, from ``corner`` on."""

    columns: int
    size: QSizeF
    corner: QPointF

    def place(self, row: int, column: int) -> QRectF:
        step_x, step_y = self.size.width() + _GAP, self.size.height() + _GAP
        return QRectF(self.corner + QPointF(column * step_x, row * step_y), self.size)


class _Pairs(QWidget):
    """The pictures, as large as fits; a pixel of theirs is a square of whole screen pixels."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.pairs: NDArray[np.uint8] | None = None  # (2, n, height, width, channels)

    def layout_of(self, n: int, height: int, width: int) -> _Places:
        """Places for ``n`` pictures of ``height`` × ``width`` pixels above as many others."""
        ratio = self.devicePixelRatioF()
        label = self._label_width()
        room = QSizeF(self.width() - label - 2 * _GAP, self.height() - 2 * _GAP)
        highest = (room.height() - _GAP) / 2 / height
        whole = 0.0
        for fewest in (min(n, columns) for columns in _COLUMNS):
            widest = (room.width() - (fewest - 1) * _GAP) / fewest / width
            whole = max(1.0, math.floor(min(widest, highest) * ratio)) / ratio
            if whole >= _CLEAR:
                break
        size = QSizeF(width * whole, height * whole)
        columns = int((room.width() + _GAP) // (size.width() + _GAP))
        columns = max(1, min(n, columns))
        taken = QSizeF(columns * (size.width() + _GAP) - _GAP + label, 2 * size.height() + _GAP)
        left = max(0.0, (self.width() - taken.width()) / 2) + label
        top = max(0.0, (self.height() - taken.height()) / 2)
        corner = QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio)
        return _Places(columns, size, corner)

    def _label_width(self) -> float:
        return max(self.fontMetrics().horizontalAdvance(text) for text in _LABELS) + 10.0

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.pairs is None or not self.pairs.size:
            return  # the frame says what will be here
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        _, n, height, width, _ = self.pairs.shape
        places = self.layout_of(n, height, width)
        for row, pictures in enumerate(self.pairs):
            first = places.place(row, 0)
            area = QRectF(0.0, first.top(), first.left() - 10.0, first.height())
            painter.setPen(QColor(self.theme.text_muted))
            painter.drawText(area, _RIGHT, _LABELS[row])
            for column in range(places.columns):
                place = places.place(row, column)
                painter.drawImage(place, _image(pictures[column]))
                painter.setPen(QPen(QColor(self.theme.border), 0))
                painter.drawRect(place)


class Reconstructions(Frame):
    """Some samples of the validation part (of the training part without one), above; what the
    network makes of them, below."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__("Reconstructions", themes, name="reconstructions", parent=parent)
        self.pictures = _Pairs(themes.theme)
        self.pictures.setObjectName("reconstructed_pictures")
        self.set_body(self.pictures)
        self.apply_theme(themes.theme)

    @property
    def pairs(self) -> NDArray[np.uint8] | None:
        """(2, n, height, width, channels): the originals, and what is made of them."""
        return self.pictures.pairs

    def show_scene(self, scene: Scene) -> None:
        """Clear; the pictures come with a probe."""
        self.pictures.pairs = None
        self.set_title("Reconstructions", f"{scene.part} part")
        self.set_empty("Pictures, and what the network makes of them.")
        self.pictures.update()

    def show_probe(self, probe: Probe) -> None:
        """Show what the network makes of the pictures now."""
        self.set_empty("")
        self.pictures.pairs = np.ascontiguousarray(probe.values)
        originals, rebuilt = probe.values.astype(float)
        off = np.abs(originals - rebuilt).mean() if originals.size else 0.0
        self.pictures.setAccessibleName("Pictures and their reconstructions")
        self.pictures.setAccessibleDescription(
            f"{len(originals)} pictures; their pixels are off by {off:.1f} of 255 on average."
        )
        self.pictures.update()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.pictures.theme = theme
        self.pictures.update()


def _image(pixels: NDArray[Any]) -> QImage:
    """(height, width, channels) uint8 as a picture: grey for one channel, else colours."""
    height, width, channels = pixels.shape
    form = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    shown = np.ascontiguousarray(pixels[..., : 1 if channels == 1 else 3])
    return QImage(shown.data, width, height, shown.strides[0], form).copy()
