"""For numbers: what the network answers against what is right. On the diagonal, it is right."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from nn_designer.app.theme import Theme, ThemeManager, with_alpha
from nn_designer.app.training_messages import Probe, Scene
from nn_designer.app.views.axes import PlainAxis
from nn_designer.app.views.plot_frame import PlotFrame


class PredictedVsTrue(PlotFrame):
    """A point for each sample of the validation part (of the training part without one)."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        axes = {"left": PlainAxis("left", grid=True), "bottom": PlainAxis("bottom", grid=True)}
        super().__init__(
            "Predicted and true", themes, name="predicted_vs_true", axes=axes, parent=parent
        )
        self.diagonal = pg.PlotCurveItem()
        self.points = pg.ScatterPlotItem(size=7, antialias=True)
        for item in (self.diagonal, self.points):
            self.plot.addItem(item, ignoreBounds=True)
        self._limits: tuple[float, float] | None = None
        self.plot.getAxis("left").setWidth(self.fontMetrics().horizontalAdvance("−0.000") + 18)
        self.setToolTip("On the dashed line, the answer is right; above it, too high.")
        self.apply_theme(themes.theme)

    def show_scene(self, scene: Scene) -> None:
        """Clear; the points come with a probe."""
        target = scene.target_names[0] if scene.target_names else "target"
        self.set_title("Predicted and true", f"{scene.part} part")
        self.set_axis_labels(f"true {target}", "predicted")
        self._limits = None
        self.points.clear()
        self.diagonal.setData(x=np.empty(0), y=np.empty(0))
        self.set_empty(
            f"After the first batches: what the network answers for {target}, "
            "against what is right."
        )

    def show_probe(self, probe: Probe) -> None:
        """Show what the network answers now."""
        self.set_empty("")
        true, predicted = probe.values[:, 0], probe.values[:, 1]
        if not len(true):
            return
        if self._limits is None:
            low, high = float(true.min()), float(true.max())
            margin = 0.12 * (high - low) or 1.0
            self._limits = (low - margin, high + margin)
            self.plot.vb.setRange(xRange=self._limits, yRange=self._limits, padding=0)
            self.diagonal.setData(x=np.array(self._limits), y=np.array(self._limits))
        # What is far off is shown at the edge rather than not at all.
        self.points.setData(x=true, y=np.clip(predicted, *self._limits))

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.points.setBrush(pg.mkBrush(with_alpha(theme.validation, 0.55)))
        self.points.setPen(pg.mkPen(None))
        self.diagonal.setPen(pg.mkPen(theme.text_muted, width=1, style=Qt.PenStyle.DashLine))
