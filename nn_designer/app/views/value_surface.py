"""The number the network answers at each point of the plane, as colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nn_designer.app.theme import Theme, ThemeManager, with_alpha
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.axes import shown_value
from nn_designer.app.views.plane import PlaneView, finer, rgb, to_pixels
from nn_designer.app.views.plot_frame import small


class GradientLegend(QWidget):
    """The scale of colours from the lowest to the highest value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(small(self.font()))
        self._colours = [QColor(), QColor(), QColor()]
        self._text_colour = QColor()
        self._texts = ("", "")

    def show_scale(self, low: float, high: float) -> None:
        self._texts = (shown_value(low), shown_value(high))
        self.setAccessibleName(f"Colours from {self._texts[0]} to {self._texts[1]}")
        self.updateGeometry()
        self.update()

    def set_colours(self, colours: list[str], text: str) -> None:
        self._colours = [QColor(colour) for colour in colours]
        self._text_colour = QColor(text)
        self.update()

    def widths(self) -> tuple[int, ...]:
        """With a long scale, and with a short one."""
        texts = sum(self.fontMetrics().horizontalAdvance(text) for text in self._texts) + 16
        return texts + 72, texts + 32

    def show_wording(self, index: int) -> None:
        """The scale takes the room there is."""

    def sizeHint(self) -> QSize:
        return QSize(self.widths()[0], self.fontMetrics().height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance(self._texts[0]) + 8
        right = self.width() - metrics.horizontalAdvance(self._texts[1]) - 8
        bar = QRectF(left, self.height() / 2 - 4, right - left, 8)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for i, colour in enumerate(self._colours):
            gradient.setColorAt(i / 2, colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 4, 4)
        painter.setPen(self._text_colour)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, self._texts[0])
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignRight, self._texts[1])


class ValueSurface(PlaneView):
    """Ground: the network's answer; points: what is right. Where both look alike, it fits."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        self._range = (-1.0, 1.0)
        super().__init__(themes, name="value_surface", parent=parent)
        self.set_title("Fitted surface")
        self._legend = GradientLegend()
        self.heading.add_legend(self._legend)
        self.setToolTip(
            "Points: the data (rings: validation part). Ground: what the network answers. "
            "Where a point disappears in the ground, the answer is right."
        )
        self.apply_theme(themes.theme)

    def show_scene(self, scene: Scene) -> None:
        values = np.concatenate((scene.train_y, scene.validation_y))
        if len(values):
            low, high = float(values.min()), float(values.max())
            self._range = (low, high if high > low else low + 1.0)
        name = scene.target_names[0] if scene.target_names else ""
        self.set_title("Fitted surface", name)
        super().show_scene(scene)
        self._legend.show_scale(*self._range)

    def picture_of(self, probe: Probe) -> NDArray[np.uint8]:
        """The ground: a little paler than the points."""
        ground = rgb(self.theme.plot_background)
        found = self._between(self._share(finer(probe.values[None])[0]))
        return to_pixels([g + 0.8 * (c - g) for g, c in zip(ground, found, strict=True)])

    def point_colours(self, y: NDArray[np.float32]) -> list[QColor]:
        # Few steps, so that points share their painted marks.
        found = self._between(np.round(32 * self._share(y)) / 32)
        return [QColor(int(r), int(g), int(b)) for b, g, r in zip(*found, strict=True)]

    def edge_colour(self) -> QColor:
        # A point in the middle of the scale would not be seen otherwise.
        return with_alpha(self.theme.text_muted, 0.4)

    def _share(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        low, high = self._range
        return np.clip((values - low) / (high - low), 0.0, 1.0).astype(np.float32)

    def _between(self, share: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Blue, green and red at a share of 0..1 of the scale."""
        scale = [rgb(colour) for colour in self.scale()]
        stops = (0.0, 0.5, 1.0)
        return [np.interp(share, stops, [stop[j] for stop in scale]) for j in range(3)]

    def scale(self) -> list[str]:
        """Blue, the ground's colour, orange: told apart by everybody, and by lightness too."""
        theme = self.theme
        middle = theme.plot_background if theme.name == "light" else theme.card_border
        return [theme.classes[0], middle, theme.classes[1]]

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        legend = getattr(self, "_legend", None)
        if legend is not None:
            legend.set_colours(self.scale(), theme.text_muted)
