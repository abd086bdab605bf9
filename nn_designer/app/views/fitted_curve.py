"""One feature, one number: the data's points and the curve that the network draws through them."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from nn_designer.app.theme import Theme, ThemeManager, with_alpha
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.axes import PlainAxis
from nn_designer.app.views.plot_frame import PlotFrame


class FittedCurve(PlotFrame):
    """Filled points were trained with, rings are of the validation part."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        axes = {"left": PlainAxis("left", grid=True), "bottom": PlainAxis("bottom", grid=True)}
        super().__init__("Fitted curve", themes, name="fitted_curve", axes=axes, parent=parent)
        self.scene_shown: Scene | None = None
        self.training_points = pg.ScatterPlotItem(size=6, antialias=True)
        self.validation_points = pg.ScatterPlotItem(size=6, antialias=True)
        self.curve = pg.PlotCurveItem(antialias=True)
        for item in (self.training_points, self.validation_points, self.curve):
            self.plot.addItem(item, ignoreBounds=True)
        self.plot.getAxis("left").setWidth(self.fontMetrics().horizontalAdvance("−0.000") + 18)
        self.setToolTip("Filled points: training part. Rings: validation part. Line: the network.")
        self.apply_theme(themes.theme)

    def show_scene(self, scene: Scene) -> None:
        """Show the data's points; the curve comes with a probe."""
        self.scene_shown = scene
        low_x, high_x, low_y, high_y = scene.bounds
        self.plot.vb.setRange(xRange=(low_x, high_x), yRange=(low_y, high_y), padding=0)
        self.set_axis_labels(scene.feature_names[0], scene.target_names[0])
        for item, x, y in (
            (self.training_points, scene.train_x, scene.train_y),
            (self.validation_points, scene.validation_x, scene.validation_y),
        ):
            item.setData(x=x[:, 0], y=y)
        self.curve.setData(x=np.empty(0), y=np.empty(0))

    def show_probe(self, probe: Probe) -> None:
        """Show what the network answers now."""
        self.curve.setData(x=probe.values[:, 0], y=probe.values[:, 1], skipFiniteCheck=True)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.training_points.setBrush(pg.mkBrush(with_alpha(theme.training, 0.55)))
        self.training_points.setPen(pg.mkPen(None))
        self.validation_points.setBrush(pg.mkBrush(theme.plot_background))
        self.validation_points.setPen(pg.mkPen(with_alpha(theme.training, 0.9), width=1.5))
        self.curve.setPen(pg.mkPen(theme.validation, width=3))
