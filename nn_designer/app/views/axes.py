"""Axes: ticks as people read them, quiet grid lines, ranges that move in steps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

_DECADES = 12  # that a logarithmic axis spans at most
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)


def shown_value(value: float, percent: bool = False) -> str:
    """A value for a legend: "0.2134", "97.3 %", "12.4", "3e+08"."""
    if percent:
        return f"{100 * value:.1f} %"
    size = abs(value)
    if size >= 1e5 or (0 < size < 1e-4):
        return f"{value:.0e}"
    if size >= 100:
        return f"{value:.1f}"
    return f"{value:.3f}" if size >= 1 else f"{value:.4f}"


def short_value(value: float, percent: bool = False) -> str:
    """A value where room is short: "0.213", "97 %", "3e+08"."""
    if percent:
        return f"{100 * value:.0f} %"
    size = abs(value)
    if size >= 1e5 or 0 < size < 5e-4:
        return f"{value:.0e}"
    if size >= 100 or size == 0:
        return f"{value:.0f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3f}"


def step_above(value: float) -> float:
    """The smallest of 1, 1.5, 2, 3, 4, 6, 8, 10, 15 ... (and 0.8, 0.6 ...) that is >= value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        (step * power for step in _STEPS if step * power >= value * (1 - 1e-9)), 10.0 * power
    )


def epochs_shown(reached: float, epochs: int) -> float:
    """How many epochs the axis spans. Short runs: all of them from the start. Long runs: a
    growing part, in steps, so that the curve always fills most of the plot."""
    if epochs <= 20:
        return float(epochs)
    return float(min(epochs, step_above(max(10.0, reached * 1.02))))


def fitted_range(
    values: np.ndarray, *, percent: bool, from_zero: bool, logarithmic: bool, first: float
) -> tuple[float, float]:
    """The lower and upper end of a value axis for ``values`` (n,) (log10 if logarithmic).
    ``first`` is the value the curve begins with."""
    if not len(values):
        return (-3.0, 0.5) if logarithmic else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if logarithmic:
        positive = values[values > 0]
        if not len(positive):
            return -3.0, 0.5
        low, high = math.log10(float(positive.min())), math.log10(float(positive.max()))
        low = max(low, high - _DECADES)
        return math.floor(4 * low - 0.2) / 4, math.ceil(4 * high + 0.2) / 4
    if percent:
        return max(0.0, math.floor((low - 0.02) * 10) / 10), 1.02
    if from_zero and low == high == 0.0:
        return -0.025, 1.06
    if from_zero and first > 0:
        # A loss that blew up must not press everything else flat; the log axis shows it all.
        high = min(high, 4.0 * first)
    span = max(high - min(low, 0.0 if from_zero else low), 1e-6, 1e-3 * abs(high))
    if from_zero and low >= 0.0 and low < 0.7 * high:
        return -0.025 * span, high + 0.06 * span  # a line along zero is seen whole
    return low - 0.08 * span, high + 0.08 * span


class _Axis(pg.AxisItem):
    """An axis that shows the labels at its ends too (pyqtgraph leaves out what sticks out), and
    that is painted once and then copied while curves move over its grid."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.setCacheMode(pg.GraphicsObject.CacheMode.DeviceCoordinateCache)

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-24, -8, 24, 8)

    def label_metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.style["tickFont"] or QFont())

    def _thinned(
        self, levels: list[tuple[float, Any]], low: float, high: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """So many of the widest level's ticks that their labels do not touch; zero stays."""
        if not levels:
            return []
        step, ticks = levels[0][0], list(levels[0][1])
        metrics = self.label_metrics()
        least_px = metrics.height()
        if self.orientation == "bottom":
            texts = self.tickStrings(ticks, 1.0, step)
            least_px = 8.0 + max((metrics.horizontalAdvance(t) for t in texts), default=0.0)
        every = max(1, math.ceil(least_px * (high - low) / (step * max(size, 1.0)) - 1e-9))
        return [(step, [tick for tick in ticks if round(tick / step) % every == 0])]


class ValueAxis(_Axis):
    """Tick labels without zeros that say nothing; ``percent`` and ``whole`` numbers."""

    def __init__(self, side: str, *, whole: bool = False) -> None:
        super().__init__(side)
        self.percent = False
        self._whole = whole
        self.setGrid(255)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if self.logMode:
            return [(1.0, _log_ticks(low, high, size))]
        if self._whole:
            widest = self.label_metrics().horizontalAdvance(f"{high:,.0f}")
            return [whole_ticks(low, high, size, widest)]
        levels: list[tuple[float, Any]] = super().tickValues(low, high, size)
        # Grid lines at labelled ticks only: the finest levels would be noise.
        return self._thinned(levels, low, high, size)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.logMode:
            return [_power(value) for value in values]
        if self.percent:
            return [f"{100 * value:.4g} %" if value <= 1.0 + 1e-9 else "" for value in values]
        decimals = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 0
        if max((abs(value) for value in values), default=0.0) >= 1e5 or decimals > 5:
            return [f"{value:.2g}" for value in values]
        if self._whole:
            return [f"{value:,.0f}" for value in values]
        return [_minus(f"{value:.{decimals}f}") for value in values]


def whole_ticks(
    low: float, high: float, size: float, label_width: float
) -> tuple[float, list[float]]:
    """Whole numbers from ``low`` to ``high`` on an axis of ``size`` pixels, 1, 2, 5, 10 ...
    apart, so that labels of this width do not touch."""
    fewest = max(1.0, (high - low) * (label_width + 12.0) / max(size, 1.0))
    power = 10.0 ** math.floor(math.log10(fewest))
    step = next(f * power for f in (1.0, 2.0, 5.0, 10.0) if f * power >= fewest * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return step, [step * i for i in range(first, last + 1)]


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _log_ticks(low: float, high: float, size: float) -> list[float]:
    """Where to label a logarithmic axis from 10^low to 10^high that is ``size`` pixels long:
    powers of ten, with 2 and 5 times these if there is room, and fewer if there is none."""
    decades = max(high - low, 1e-6)
    factors = (1, 2, 5) if size / decades > 90 else (1,)
    every = max(1, math.ceil(30 * decades / max(size, 1.0)))
    powers = range(math.floor(low), math.ceil(high) + 1)
    ticks = [p + math.log10(f) for p in powers if p % every == 0 for f in factors]
    return [tick for tick in ticks if low <= tick <= high]


def _power(value: float) -> str:
    """10^value as a person writes it."""
    return f"{10.0**value:.3g}"


class PlainAxis(_Axis):
    """An axis with few, short labels; ``grid`` draws quiet lines across."""

    def __init__(self, side: str, *, grid: bool = False) -> None:
        super().__init__(side)
        if grid:
            self.setGrid(255)

    def fit_width(self, low: float, high: float) -> None:
        """Be as wide as the labels from ``low`` to ``high`` are, however many there is room for."""
        texts = [
            text
            for size in (100.0, 200.0, 400.0, 800.0)
            for step, ticks in self.tickValues(low, high, size)
            for text in self.tickStrings(ticks, 1.0, step)
        ]
        metrics = self.label_metrics()
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0.0)
        self.setWidth(math.ceil(widest) + 12)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        return self._thinned(super().tickValues(low, high, size), low, high, size)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        decimals = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 0
        if max((abs(value) for value in values), default=0.0) >= 1e6 or decimals > 4:
            return [_minus(f"{value:.2g}") for value in values]
        return [_minus(f"{value:.{decimals}f}") for value in values]
