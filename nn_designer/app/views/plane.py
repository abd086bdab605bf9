"""The plane of two features: a picture of the network's answers with the data's points on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.axes import PlainAxis
from nn_designer.app.views.plot_frame import PlotFrame

_FINER = 3  # picture points between two points of the grid
_BESIDE, _ABOVE, _BELOW = 16, 4, 1  # around plot and axes


class SmoothPicture(pg.GraphicsObject):
    """A picture over a rectangle of the plane, its first row at the lowest y, drawn smoothly."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._pixels: NDArray[np.uint8] | None = None  # QImage does not own its memory
        self._area = QRectF(0, 0, 1, 1)

    def set_picture(self, pixels: NDArray[np.uint8] | None, area: QRectF) -> None:
        """``pixels`` (rows, columns, 4) as blue, green, red, 255; None for no picture."""
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area
        self._image = None
        if pixels is not None:
            pixels = np.ascontiguousarray(pixels)
            rows, columns, _ = pixels.shape
            self._image = QImage(pixels.data, columns, rows, QImage.Format.Format_RGB32)
        self._pixels = pixels
        self.update()

    @property
    def image(self) -> QImage | None:
        return self._image

    def boundingRect(self) -> QRectF:
        return self._area

    def paint(self, painter: QPainter, *_: Any) -> None:
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._area, self._image)


def finer(values: NDArray[Any], factor: int = _FINER) -> NDArray[np.float32]:
    """``values`` (k, rows, columns) with ``factor`` times as many rows and columns, linearly
    between neighbours. The outermost points stay where they are."""
    result = values.astype(np.float32)
    # Not as a product of matrices: that would wake a second thread beside the training.
    for axis in (1, 2):
        n = result.shape[axis]
        at = np.linspace(0.0, n - 1.0, n * factor)
        low = np.minimum(at.astype(int), n - 2)
        share = (at - low).astype(np.float32)
        below, above = result.take(low, axis), result.take(low + 1, axis)
        above -= below
        above *= share[:, None] if axis == 1 else share
        above += below
        result = above
    return result


def rgb(colour: str) -> tuple[int, int, int]:
    """ "#rrggbb" as blue, green, red of 0..255: the order in which QImage wants them."""
    parsed = QColor(colour)
    return parsed.blue(), parsed.green(), parsed.red()


def to_pixels(channels: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """Blue, green, red, each (rows, columns) of 0..255 → (rows, columns, 4) opaque."""
    pixels = np.full((*channels[0].shape, 4), 255, dtype=np.uint8)
    for i, channel in enumerate(channels):
        pixels[..., i] = channel
    return pixels


class _Square(QWidget):
    """Keeps a plot's inside as square as there is room for, in the middle."""

    def __init__(self, plot_widget: pg.PlotWidget) -> None:
        super().__init__()
        self._plot_widget = plot_widget
        plot_widget.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Find the greatest plot for the room and the width of the labels."""
        axes = self._plot_widget.getPlotItem()
        beside = axes.getAxis("left").width() + _BESIDE
        below = axes.getAxis("bottom").height() + _ABOVE + _BELOW
        side = min(self.width() - beside, (self.height() - below) * 1.3)
        width = min(self.width(), int(max(side, 80) + beside))
        self._plot_widget.setGeometry((self.width() - width) // 2, 0, width, self.height())


class PlaneView(PlotFrame):
    """Base of the views of two features. Subclasses make the picture and the points' colours."""

    names_from_px = 260

    def __init__(self, themes: ThemeManager, *, name: str, parent: QWidget | None = None) -> None:
        axes = {"left": PlainAxis("left"), "bottom": PlainAxis("bottom")}
        super().__init__("", themes, name=name, axes=axes, parent=parent)
        self.scene_shown: Scene | None = None
        self.probe_shown: Probe | None = None
        self.picture = SmoothPicture()
        self.training_points = pg.ScatterPlotItem(antialias=True, pxMode=True)
        self.validation_points = pg.ScatterPlotItem(antialias=True, pxMode=True)
        for item in (self.picture, self.training_points, self.validation_points):
            self.plot.addItem(item, ignoreBounds=True)
        self.plot.setContentsMargins(2, _ABOVE, _BESIDE - 2, _BELOW)
        self.outer.removeWidget(self.plot_widget)
        self._square = _Square(self.plot_widget)
        self.set_body(self._square)

    # ------------------------------------------------------------------ for subclasses

    def picture_of(self, probe: Probe) -> NDArray[np.uint8]:
        raise NotImplementedError

    def point_colours(self, y: NDArray[np.float32]) -> list[QColor]:
        raise NotImplementedError

    def edge_colour(self) -> QColor:
        """Of the thin line around a filled point."""
        return QColor(self.theme.plot_background)

    # ------------------------------------------------------------------ for everybody

    def show_scene(self, scene: Scene) -> None:
        """Show the data's points; the picture comes with a probe."""
        self.scene_shown = scene
        self.probe_shown = None
        low_x, high_x, low_y, high_y = scene.bounds
        self.plot.vb.setRange(xRange=(low_x, high_x), yRange=(low_y, high_y), padding=0)
        self.plot.getAxis("left").fit_width(low_y, high_y)
        self.set_axis_labels(*scene.feature_names[:2])
        self.picture.set_picture(None, self._area(scene))
        self._draw_points()

    def show_probe(self, probe: Probe) -> None:
        """Show what the network answers now."""
        if self.scene_shown is not None:
            self.probe_shown = probe
            self.picture.set_picture(self.picture_of(probe), self._area(self.scene_shown))

    @staticmethod
    def _area(scene: Scene) -> QRectF:
        low_x, high_x, low_y, high_y = scene.bounds
        return QRectF(low_x, low_y, high_x - low_x, high_y - low_y)

    def _draw_points(self) -> None:
        scene = self.scene_shown
        if scene is None:
            return
        size = self._point_size(scene)
        edge = self.edge_colour()
        inside = pg.mkBrush(self.theme.plot_background)
        if len(scene.train_x):
            colours = self.point_colours(scene.train_y)
            brushes = {c.name(): pg.mkBrush(c) for c in colours}
            self.training_points.setData(
                pos=scene.train_x,
                brush=[brushes[c.name()] for c in colours],
                pen=pg.mkPen(edge, width=1),
                size=size,
            )
        else:
            self.training_points.clear()
        if len(scene.validation_x):
            colours = self.point_colours(scene.validation_y)
            pens = {c.name(): pg.mkPen(c, width=1.5) for c in colours}
            self.validation_points.setData(
                pos=scene.validation_x,
                brush=inside,
                pen=[pens[c.name()] for c in colours],
                size=max(3.0, size - 1),
            )
        else:
            self.validation_points.clear()

    def _point_size(self, scene: Scene) -> float:
        """Smaller where there are many points or little room."""
        room = max(60.0, float(self.plot.vb.height()))
        many = len(scene.train_x) + len(scene.validation_x)
        return float(np.clip(room / 28 * min(1.0, (500 / max(many, 1)) ** 0.25), 3.5, 8.0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        scene = self.scene_shown
        if scene is not None:
            self._draw_points()

    def _name_axes(self) -> None:
        super()._name_axes()
        self._square.fit()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._draw_points()
        if self.probe_shown is not None:
            self.show_probe(self.probe_shown)
