"""The curve of an activation function and of its derivative, and small pictures of the curve."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen, QPixmap, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nn_designer.app.theme import Theme, ThemeManager
from nn_designer.app.widgets.section import label
from nn_designer.engine.activations import ACTIVATIONS, Activation

RANGE = 4.0
POINTS = 161


def sampled(activation: Activation) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, f(x) and f′(x) over -4..4, each (161,).

    Softmax looks at all numbers of a layer together: shown is the share of the first of two
    numbers, x, while the other is 0.
    """
    x = np.linspace(-RANGE, RANGE, POINTS)
    if activation.elementwise:
        return x, activation.function(x), activation.derivative(x)
    y = activation.function(np.stack([x, np.zeros_like(x)], axis=-1))[:, 0]
    return x, y, y * (1.0 - y)


def curve_icon(key: str, theme: Theme, side_px: int = 20) -> QIcon:
    """A small picture of the function's curve."""
    result = QIcon()
    x, y, _slope = sampled(ACTIVATIONS[key])
    low, high = min(float(y.min()), -0.3), max(float(y.max()), 1.0)
    for ratio in (1, 2, 3):
        side = side_px * ratio
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0, 0, side, side).adjusted(ratio, 3 * ratio, -ratio, -3 * ratio)
        zero = area.bottom() - (0 - low) / (high - low) * area.height()
        painter.setPen(QPen(QColor(theme.border), ratio))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        painter.setPen(QPen(QColor(theme.accent), 1.8 * ratio))
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(
                        area.left() + (float(a) + RANGE) / (2 * RANGE) * area.width(),
                        area.bottom() - (float(b) - low) / (high - low) * area.height(),
                    )
                    for a, b in zip(x[::4], y[::4], strict=True)
                ]
            )
        )
        painter.end()
        picture.setDevicePixelRatio(ratio)
        result.addPixmap(picture)
    return result


class FunctionPlot(QWidget):
    """Both curves over -4..4 with the formula and what the function is good for."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("function_plot")
        self._key = ""
        self._themes = themes
        self.plot = pg.PlotWidget()
        self.plot.setObjectName("function_curves")
        self.plot.setFixedHeight(150)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.plot.getPlotItem()
        item.setMenuEnabled(False)
        item.setMouseEnabled(False, False)
        item.hideButtons()
        item.setXRange(-RANGE, RANGE, padding=0)
        self.plot.wheelEvent = _ignored  # the panel scrolls, the curve stays
        self._slope = item.plot(name="derivative f′(x)")
        self._curve = item.plot(name="function f(x)")
        self._legend = label("", "small")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._formula = label("", wrap=True, selectable=True)
        self._formula.setObjectName("function_formula")
        self._help = label("", "muted", wrap=True)
        self._source = label("", "small", wrap=True, selectable=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.plot)
        layout.addWidget(self._legend)
        layout.addWidget(self._formula)
        layout.addWidget(self._help)
        layout.addWidget(self._source)
        themes.changed.connect(self._on_theme_changed)
        self._on_theme_changed(themes.theme)

    @property
    def key(self) -> str:
        """The function shown; empty for none."""
        return self._key

    @property
    def curves(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, f(x) and f′(x) as drawn."""
        x, y = self._curve.getData()
        return x, y, self._slope.getData()[1]

    def show_function(self, key: str) -> None:
        """Draw the activation with this key."""
        activation = ACTIVATIONS.get(key)
        if activation is None:
            self._key = ""
            self.hide()
            return
        if key != self._key:
            self._key = key
            x, y, slope = sampled(activation)
            self._curve.setData(x, y)
            self._slope.setData(x, slope)
            low = min(float(y.min()), float(slope.min()), -0.2)
            high = min(max(float(y.max()), float(slope.max()), 1.0), 2.2)
            self.plot.getPlotItem().setYRange(max(low, -1.6), high, padding=0.08)
            self._formula.setText(activation.formula)
            self._help.setText(activation.help)
            self._source.setText(activation.source)
            self._source.setVisible(bool(activation.source))
            self.plot.setAccessibleName(f"Curve of {activation.title} and of its derivative")
        self.show()

    def _on_theme_changed(self, theme: Theme) -> None:
        item = self.plot.getPlotItem()
        self.plot.setBackground(theme.panel_raised)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(pg.mkPen(theme.plot_grid))
            axis.setTextPen(pg.mkPen(theme.text_muted))
            axis.setStyle(tickFont=self._small_font(), tickLength=-4)
        item.getAxis("left").setWidth(30)
        item.showGrid(x=True, y=True, alpha=0.18)
        self._curve.setPen(pg.mkPen(theme.accent, width=2.4))
        self._slope.setPen(pg.mkPen(theme.validation, width=1.6, style=Qt.PenStyle.DashLine))
        self._legend.setText(
            f'<span style="color:{theme.accent}">━</span> f(x)&nbsp;&nbsp;&nbsp;'
            f'<span style="color:{theme.validation}">╍</span> derivative f′(x)'
        )

    def _small_font(self) -> QFont:
        font = self.font()
        font.setPointSizeF(8)
        return font


def _ignored(event: QWheelEvent) -> None:
    event.ignore()
