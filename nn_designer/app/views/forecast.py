"""A series over time: what came, and what the network expected."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from nn_designer.app.theme import Theme, ThemeManager, with_alpha
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.axes import PlainAxis
from nn_designer.app.views.plot_frame import PlotFrame


class Forecast(PlotFrame):
    """The last part of a series, which was kept back, and the forecast for each of its steps.

    The heading compares the mean error with that of the simplest forecast: the same as last time.
    """

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        axes = {"left": PlainAxis("left", grid=True), "bottom": PlainAxis("bottom", grid=True)}
        super().__init__("Forecast", themes, name="forecast", axes=axes, parent=parent)
        self.scene_shown: Scene | None = None
        self.truth = pg.PlotCurveItem(antialias=True)
        self.before = pg.PlotCurveItem(antialias=True)
        self.forecast = pg.PlotCurveItem(antialias=True)
        for item in (self.before, self.truth, self.forecast):
            self.plot.addItem(item, ignoreBounds=True)
        self.plot.getAxis("left").setWidth(self.fontMetrics().horizontalAdvance("−0.000") + 18)
        self.setToolTip("Blue: what came. Orange, dashed: what the network expected, step by step.")
        self.apply_theme(themes.theme)

    def show_scene(self, scene: Scene) -> None:
        """Show the series; the forecast comes with a probe."""
        self.scene_shown = scene
        low_x, high_x, low_y, high_y = scene.bounds
        self.plot.vb.setRange(xRange=(low_x, high_x), yRange=(low_y, high_y), padding=0)
        self.set_title("Forecast", f"{scene.part} part")
        self.set_axis_labels(*scene.feature_names)
        x, y = self._shown_part(scene)
        self.before.setData(
            x=np.append(scene.train_x[:, 0], x[:1, 0]), y=np.append(scene.train_y, y[:1])
        )
        self.before.setVisible(scene.part == "validation")
        self.truth.setData(x=x[:, 0], y=y)
        self.forecast.setData(x=np.empty(0), y=np.empty(0))

    def show_probe(self, probe: Probe) -> None:
        """Show what the network expects now."""
        self.forecast.setData(x=probe.values[:, 0], y=probe.values[:, 1], skipFiniteCheck=True)
        scene = self.scene_shown
        if scene is None:
            return
        x, y = self._shown_part(scene)
        if len(y) == len(probe.values) and len(y):
            error = float(np.abs(probe.values[:, 1] - y).mean())
            same = float(np.abs(x[:, 1] - y).mean())
            self.set_title("Forecast", f"off by {error:.2g}; same as last time: {same:.2g}")

    def _shown_part(self, scene: Scene) -> tuple[np.ndarray, np.ndarray]:
        """x (n, 2), times and the levels before, and y (n,), the levels, of the scene's part."""
        if scene.part == "validation":
            return scene.validation_x, scene.validation_y
        return scene.train_x, scene.train_y

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.before.setPen(pg.mkPen(with_alpha(theme.training, 0.35), width=1.5))
        self.truth.setPen(pg.mkPen(theme.training, width=2))
        self.forecast.setPen(pg.mkPen(theme.validation, width=2, style=Qt.PenStyle.DashLine))
